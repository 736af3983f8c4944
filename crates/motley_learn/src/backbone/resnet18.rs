//! ResNet-18 (He et al. 2015, arXiv 1512.03385).

use burn::module::Module;
use burn::nn::{Linear, LinearConfig};
use burn::tensor::Tensor;
use burn::tensor::activation::relu;
use burn::tensor::backend::Backend;
use burn::tensor::module::max_pool2d;

use super::layer::{Activation, ConvNorm, ConvNormConfig};
use super::{Backbone, Layout, NetOptions, Padding, Spec, global_average_pool};
use crate::preprocess::Preprocessing;

/// What the registry knows of it.
pub const SPEC: Spec = Spec {
    name: "resnet18",
    summary: "eight residual blocks; between MobileNetV2 and VGG-16 in cost",
    width: 512,
    layouts: &[Layout {
        name: "torchvision",
        preprocessing: Preprocessing::IMAGENET,
        options: NetOptions { padding: Padding::Symmetric, norms: true, classes: 1000 },
        signature: "layer4.1.conv2.weight",
        key,
    }],
};

/// Channels of each pair of blocks.
const WIDTHS: [usize; 4] = [64, 128, 256, 512];

fn key(own: &str) -> String {
    let parts: Vec<&str> = own.split('.').collect();
    match parts.as_slice() {
        ["stem", "conv", leaf] => format!("conv1.{leaf}"),
        ["stem", _, leaf] => format!("bn1.{leaf}"),
        ["blocks", number, layer, kind, leaf] => {
            let number: usize = number.parse().unwrap_or(0);
            let layer = match (*layer, *kind) {
                ("first", "conv") => "conv1",
                ("first", _) => "bn1",
                ("second", "conv") => "conv2",
                ("second", _) => "bn2",
                (_, "conv") => "downsample.0",
                _ => "downsample.1",
            };
            format!("layer{}.{}.{layer}.{leaf}", number / 2 + 1, number % 2)
        }
        ["classifier", leaf] => format!("fc.{leaf}"),
        _ => own.into(),
    }
}

/// Two convolutions, added to their input; a 1×1 convolution brings the input to their shape where it differs.
#[derive(Module, Debug)]
struct Residual<B: Backend> {
    first: ConvNorm<B>,
    second: ConvNorm<B>,
    downsample: Option<ConvNorm<B>>,
}

impl<B: Backend> Residual<B> {
    fn forward(&self, input: Tensor<B, 4>) -> Tensor<B, 4> {
        let x = self.second.forward(self.first.forward(input.clone()));
        let shortcut = match &self.downsample {
            Some(downsample) => downsample.forward(input),
            None => input,
        };
        relu(x + shortcut)
    }
}

/// A convolution, eight residual blocks and, where wanted, ImageNet's classifier.
#[derive(Module, Debug)]
pub struct ResNet18<B: Backend> {
    stem: ConvNorm<B>,
    blocks: Vec<Residual<B>>,
    classifier: Option<Linear<B>>,
}

impl<B: Backend> ResNet18<B> {
    /// Random weights; a classifier over `options.classes`, or none at 0.
    pub fn new(options: &NetOptions, device: &B::Device) -> Self {
        let mut input = WIDTHS[0];
        let blocks = (0..2 * WIDTHS.len()).map(|number| {
            let output = WIDTHS[number / 2];
            let stride = if number % 2 == 0 && number > 0 { 2 } else { 1 };
            let linear = |config: ConvNormConfig| config.activation(Activation::Identity).init(options, device);
            let block = Residual {
                first: ConvNormConfig::new([input, output], 3).stride(stride).init(options, device),
                second: linear(ConvNormConfig::new([output, output], 3)),
                downsample: (stride == 2).then(|| linear(ConvNormConfig::new([input, output], 1).stride(stride))),
            };
            input = output;
            block
        });
        let blocks = blocks.collect();
        let classifier = (options.classes > 0).then(|| LinearConfig::new(SPEC.width, options.classes).init(device));
        Self { stem: ConvNormConfig::new([3, WIDTHS[0]], 7).stride(2).init(options, device), blocks, classifier }
    }
}

impl<B: Backend> Backbone<B> for ResNet18<B> {
    fn stages(&self) -> usize {
        1 + self.blocks.len()
    }

    fn stage(&self, index: usize, x: Tensor<B, 4>) -> Tensor<B, 4> {
        match index.checked_sub(1) {
            None => max_pool2d(self.stem.forward(x), [3, 3], [2, 2], [1, 1], [1, 1], false),
            Some(number) => self.blocks[number].forward(x),
        }
    }

    fn classify(&self, activations: Tensor<B, 4>) -> Option<Tensor<B, 2>> {
        self.classifier.as_ref().map(|classifier| classifier.forward(global_average_pool(activations)))
    }

    fn folded(mut self) -> Self {
        self.stem = self.stem.folded();
        self.blocks = self
            .blocks
            .into_iter()
            .map(|block| Residual {
                first: block.first.folded(),
                second: block.second.folded(),
                downsample: block.downsample.map(ConvNorm::folded),
            })
            .collect();
        self
    }
}
