#!/usr/bin/env python3
"""Compares the backbones with torchvision's on random weights, and the heat maps with those of PyPI's grad-cam and captum;
trains a model, and loads what was written into torchvision's network.

usage: backbones.py MOTLEY NETWORK [BACKBONE ...]
MOTLEY is the program, NETWORK the example program `network` of motley_learn. Needs: pip install torch torchvision
safetensors grad-cam captum. Nothing is downloaded: the weights are random, from a seed.
"""
import json, subprocess, sys, tempfile
from pathlib import Path

import numpy as np
import torch, torchvision
from captum.attr import Occlusion
from pytorch_grad_cam import GradCAM
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from PIL import Image
from safetensors.torch import load_file, save_file

motley, network = sys.argv[1:3]
names = sys.argv[3:] or ["squeezenet1_1", "mobilenet_v2", "resnet18", "vgg16"]
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
            module.momentum = 1.0
    # Statistics of what really comes: with others the signal of a deep network dies, and its answer is the same for all pictures.
    with torch.no_grad():
        net.train()(smooth(4))
    return net.eval()


def smooth(count):
    """Smooth pictures: noise alone gives all classes the same score."""
    return torch.nn.functional.interpolate(torch.randn(count, 3, 14, 14), size=(224, 224), mode="bicubic")


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
    images = smooth(16)
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


def export(name, folder):
    """Trains the paper's head and gets the same probabilities from torchvision's network with the weights that were written."""
    net = build(name)
    save_file({key: tensor.contiguous() for key, tensor in net.state_dict().items()}, folder / "weights.safetensors")
    random = np.random.default_rng(3)
    for kind in ["left", "right"]:
        (folder / "photos" / kind).mkdir(parents=True)
        for number in range(10):
            picture = random.integers(0, 120, (256, 256, 3), dtype=np.uint8)
            half = picture[:, :128] if kind == "left" else picture[:, 128:]
            half += 100
            Image.fromarray(picture).save(folder / "photos" / kind / f"{number}.png")
    run_folder, photos = folder / "run", sorted((folder / "photos").glob("*/*.png"))[::5]
    train = ["train", "--real", folder / "photos", "--backbone", name, "--weights", folder / "weights.safetensors"]
    train += ["--head", "paper", "--epochs", "3", "--device", "cpu", "--cache", folder / "cache", "--quiet"]
    subprocess.run([motley, *train, "--out", run_folder], check=True)
    said = subprocess.run([motley, "predict", run_folder, *photos, "--json"], check=True, capture_output=True, text=True)
    ours = torch.tensor([list(json.loads(line)["scores"].values()) for line in said.stdout.splitlines()])
    stored = load_file(run_folder / "best.safetensors")
    own = {key.removeprefix("backbone."): value for key, value in stored.items() if key.startswith("backbone.")}
    missing, unexpected = net.load_state_dict(own, strict=False)
    assert not unexpected and all(key.startswith(("classifier", "fc")) or "num_batches" in key for key in missing), (missing, unexpected)
    hidden, output = ({key: stored[f"head.{layer}.{key}"] for key in ["weight", "bias"]} for layer in ["hidden", "output"])
    mean, std = torch.tensor([0.485, 0.456, 0.406])[:, None, None], torch.tensor([0.229, 0.224, 0.225])[:, None, None]
    kept = {}
    LAST[name](net).register_forward_hook(lambda module, inputs, output: kept.update(activations=output))
    with torch.no_grad():
        # The shorter side is 256 already: only the middle is cut out.
        pictures = [np.asarray(Image.open(photo))[16:240, 16:240] for photo in photos]
        net(torch.stack([(torch.from_numpy(picture.copy()).permute(2, 0, 1) / 255 - mean) / std for picture in pictures]))
        features = kept["activations"].mean((2, 3))
        x = torch.nn.functional.linear(features, **hidden).relu()
        theirs = torch.nn.functional.linear(x, **output).softmax(1)
    difference = float((ours - theirs).abs().max())
    print(f"{name} trained by Motley, run by PyTorch: probabilities differ by {difference:.2e}", flush=True)
    assert difference < 1e-4


for name in names:
    with tempfile.TemporaryDirectory() as folder:
        compare(name, Path(folder))
with tempfile.TemporaryDirectory() as folder:
    export("resnet18", Path(folder))
print("all agree")
