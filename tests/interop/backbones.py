#!/usr/bin/env python3
"""Compares the backbones with torchvision's on random weights, and the heat maps with those of PyPI's grad-cam and captum.

usage: backbones.py NETWORK [BACKBONE ...]
NETWORK is the example program `network` of motley_learn. Needs: pip install torch torchvision safetensors grad-cam captum.
Nothing is downloaded: the weights are random, from a seed.
"""
import subprocess, sys, tempfile
from pathlib import Path

import numpy as np
import torch, torchvision
from captum.attr import Occlusion
from pytorch_grad_cam import GradCAM
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from safetensors.torch import load_file, save_file

network, names = sys.argv[1], sys.argv[2:] or ["squeezenet1_1", "mobilenet_v2", "resnet18", "vgg16"]
# The layer that Grad-CAM looks at, and the features before the classifier.
LAST = {
    "squeezenet1_1": lambda net: net.features[12],
    "mobilenet_v2": lambda net: net.features[18],
    "resnet18": lambda net: net.layer4[1],
    "vgg16": lambda net: net.features[29],
}


def build(name):
    """A network with random weights whose activations neither die nor explode, and norms that do something."""
    torch.manual_seed(1)
    net = getattr(torchvision.models, name)(weights=None)
    for module in net.modules():
        if isinstance(module, torch.nn.Conv2d) and name in ("squeezenet1_1", "vgg16"):
            torch.nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(module.weight, 0.7, 1.3)
            torch.nn.init.normal_(module.bias, 0, 0.2)
            torch.nn.init.normal_(module.running_mean, 0, 0.2)
            torch.nn.init.uniform_(module.running_var, 0.7, 1.3)
    return net.eval()


def run(what, name, weights, inputs, folder):
    save_file(inputs, folder / "input.safetensors")
    output = folder / "output.safetensors"
    subprocess.run([network, what, name, weights, folder / "input.safetensors", output], check=True)
    return load_file(output)


def correlation(ours, theirs):
    return min(float(np.corrcoef(a.ravel(), b.ravel())[0, 1]) for a, b in zip(ours, theirs))


def compare(name, folder):
    net = build(name)
    torch.manual_seed(2)
    # Smooth pictures: noise alone gives all classes the same score. VGG-16 is slow, so its pictures are smaller.
    images = torch.nn.functional.interpolate(torch.randn(16, 3, 14, 14), size=(224, 224), mode="bicubic")
    with torch.no_grad():
        logits = net(images)
        kept = {}
        hook = LAST[name](net).register_forward_hook(lambda module, inputs, output: kept.update(activations=output))
        net(images)
        hook.remove()
        activations = kept["activations"]
        if name == "vgg16":
            activations = torch.nn.functional.max_pool2d(activations, 2)
        features = activations.mean((2, 3))
    state = net.state_dict()
    save_file({key: tensor.contiguous() for key, tensor in state.items()}, folder / "weights.safetensors")
    torch.save(state, folder / "weights.pth")
    torch.save(state, folder / "old.pth", _use_new_zipfile_serialization=False)
    torch.save({"state_dict": net.to(memory_format=torch.channels_last).state_dict()}, folder / "strided.pth")
    net = net.to(memory_format=torch.contiguous_format)
    scale = max(1.0, float(logits.abs().max()))
    for file in ["weights.safetensors", "weights.pth", "old.pth", "strided.pth"]:
        ours = run("forward", name, folder / file, {"images": images}, folder)
        difference = float((ours["logits"] - logits).abs().max())
        of_features = float((ours["features"] - features).abs().max())
        print(f"{name} {file}: logits up to {scale:.3g} differ by {difference:.2e}, features by {of_features:.2e}", flush=True)
        assert difference < 1e-3 * scale and of_features < 1e-3 * max(1.0, float(features.abs().max()))
    images, classes = images[:2], logits[:2].argmax(1)
    inputs = {"images": images.contiguous(), "classes": classes.float()}
    with GradCAM(model=net, target_layers=[LAST[name](net)]) as cam:
        theirs = cam(input_tensor=images, targets=[ClassifierOutputTarget(int(c)) for c in classes])
    ours = run("gradcam", name, folder / "weights.pth", inputs, folder)["maps"]
    # Theirs come at the size of the picture.
    ours = torch.nn.functional.interpolate(ours[:, None], size=(224, 224), mode="bilinear")[:, 0].numpy()
    value = correlation(ours, theirs)
    print(f"{name} Grad-CAM: correlation with grad-cam {value:.5f}", flush=True)
    assert value > 0.99
    window, stride = 48, 32
    inputs |= {"window": torch.tensor([float(window)]), "stride": torch.tensor([float(stride)])}
    ours = run("occlusion", name, folder / "weights.pth", inputs, folder)["maps"].numpy()
    with torch.no_grad():
        theirs = Occlusion(lambda x: net(x).softmax(1)).attribute(
            images, sliding_window_shapes=(3, window, window), strides=(3, stride, stride), target=classes, baselines=0
        )
    value = correlation(ours, theirs[:, 0].numpy())
    print(f"{name} occlusion: correlation with captum {value:.5f}", flush=True)
    assert value > 0.99


for name in names:
    with tempfile.TemporaryDirectory() as folder:
        compare(name, Path(folder))
print("all agree")
