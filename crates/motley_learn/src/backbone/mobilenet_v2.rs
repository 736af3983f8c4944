//! MobileNetV2 (Sandler et al. 2018, arXiv 1801.04381): the best frozen features a CPU can afford.

use burn::module::Module;
use burn::nn::{Linear, LinearConfig};
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;

use super::layer::{Activation, ConvNorm, ConvNormConfig};
use super::{Backbone, Layout, NetOptions, Padding, Spec, global_average_pool};
use crate::preprocess::{ChannelOrder, Preprocessing};

/// What the registry knows of it.
pub const SPEC: Spec = Spec {
    name: "mobilenet_v2",
    summary: "inverted residuals; good features at little cost",
    width: 1280,
    layouts: &[
        Layout {
            name: "torchvision",
            preprocessing: Preprocessing::IMAGENET,
            options: NetOptions { padding: Padding::Symmetric, norms: true, classes: 1000 },
            signature: "features.18.0.weight",
            key: torchvision_key,
        },
        // Converted from TensorFlow Lite: batch norms are folded, paddings lie at the bottom and right, and class 0 is
        // the background.
        Layout {
            name: "tflite",
            preprocessing: Preprocessing {
                resize: 256,
                crop: 224,
                channels: ChannelOrder::Rgb,
                mean: [128.0; 3],
                std: [128.0; 3],
            },
            options: NetOptions { padding: Padding::Same, norms: false, classes: 1001 },
            signature: "layer52.weight",
            key: tflite_key,
        },
    ],
};

/// Of each inverted residual: channels in, expansion, channels out, stride (table 2 of the paper, unrolled).
const BLOCKS: [(usize, usize, usize, usize); 17] = [
    (32, 1, 16, 1),
    (16, 6, 24, 2),
    (24, 6, 24, 1),
    (24, 6, 32, 2),
    (32, 6, 32, 1),
    (32, 6, 32, 1),
    (32, 6, 64, 2),
    (64, 6, 64, 1),
    (64, 6, 64, 1),
    (64, 6, 64, 1),
    (64, 6, 96, 1),
    (96, 6, 96, 1),
    (96, 6, 96, 1),
    (96, 6, 160, 2),
    (160, 6, 160, 1),
    (160, 6, 160, 1),
    (160, 6, 320, 1),
];

/// An own name taken apart: the block's number, the layer in it and the rest.
fn in_block(own: &str) -> Option<(usize, &str, &str)> {
    let (number, rest) = own.strip_prefix("blocks.")?.split_once('.')?;
    let (layer, rest) = rest.split_once('.')?;
    Some((number.parse().ok()?, layer, rest))
}

fn torchvision_key(own: &str) -> String {
    // A convolution and its norm are neighbours in a sequence: `.0` and `.1`.
    let pair = |prefix: String, rest: &str| match rest.split_once('.') {
        Some(("conv", leaf)) => format!("{prefix}.0.{leaf}"),
        Some((_, leaf)) => format!("{prefix}.1.{leaf}"),
        None => format!("{prefix}.{rest}"),
    };
    if let Some((number, layer, rest)) = in_block(own) {
        let expanded = usize::from(BLOCKS[number].1 != 1);
        let prefix = format!("features.{}.conv", number + 1);
        return match (layer, rest.split_once('.')) {
            ("expand", _) => pair(format!("{prefix}.0"), rest),
            ("depthwise", _) => pair(format!("{prefix}.{expanded}"), rest),
            (_, Some(("conv", leaf))) => format!("{prefix}.{}.{leaf}", expanded + 1),
            (_, leaf) => format!("{prefix}.{}.{}", expanded + 2, leaf.map_or("", |leaf| leaf.1)),
        };
    }
    match own.split_once('.') {
        Some(("stem", rest)) => pair("features.0".into(), rest),
        Some(("last", rest)) => pair("features.18".into(), rest),
        Some(("classifier", rest)) => format!("classifier.1.{rest}"),
        _ => own.into(),
    }
}

fn tflite_key(own: &str) -> String {
    let leaf = own.rsplit('.').next().unwrap_or(own);
    let layer = match in_block(own) {
        // The first block has no expansion, hence two layers instead of three.
        Some((number, layer, _)) => match layer {
            "expand" => 3 * number,
            "depthwise" => 3 * number + 1,
            _ => 3 * number + 2,
        },
        None if own.starts_with("stem") => 0,
        None if own.starts_with("last") => 51,
        None => 52,
    };
    format!("layer{layer:02}.{leaf}")
}

/// Expanded by 1×1, filtered channel by channel, projected to few channels; added to its input where shapes agree.
#[derive(Module, Debug)]
struct InvertedResidual<B: Backend> {
    expand: Option<ConvNorm<B>>,
    depthwise: ConvNorm<B>,
    project: ConvNorm<B>,
    residual: bool,
}

impl<B: Backend> InvertedResidual<B> {
    fn forward(&self, input: Tensor<B, 4>) -> Tensor<B, 4> {
        let x = match &self.expand {
            Some(expand) => expand.forward(input.clone()),
            None => input.clone(),
        };
        let x = self.project.forward(self.depthwise.forward(x));
        if self.residual { input + x } else { x }
    }
}

/// A convolution, seventeen inverted residuals, a last 1×1 convolution and, where wanted, ImageNet's classifier.
#[derive(Module, Debug)]
pub struct MobileNetV2<B: Backend> {
    stem: ConvNorm<B>,
    blocks: Vec<InvertedResidual<B>>,
    last: ConvNorm<B>,
    classifier: Option<Linear<B>>,
}

impl<B: Backend> MobileNetV2<B> {
    /// Random weights; a classifier over `options.classes`, or none at 0.
    pub fn new(options: &NetOptions, device: &B::Device) -> Self {
        let layer = |channels, kernel| ConvNormConfig::new(channels, kernel).activation(Activation::Relu6);
        let blocks = BLOCKS.iter().map(|&(input, expansion, output, stride)| {
            let hidden = input * expansion;
            InvertedResidual {
                expand: (expansion != 1).then(|| layer([input, hidden], 1).init(options, device)),
                depthwise: layer([hidden, hidden], 3).stride(stride).depthwise().init(options, device),
                project: layer([hidden, output], 1).activation(Activation::Identity).init(options, device),
                residual: stride == 1 && input == output,
            }
        });
        let classifier = (options.classes > 0).then(|| LinearConfig::new(SPEC.width, options.classes).init(device));
        Self {
            stem: layer([3, 32], 3).stride(2).init(options, device),
            blocks: blocks.collect(),
            last: layer([320, SPEC.width], 1).init(options, device),
            classifier,
        }
    }
}

impl<B: Backend> Backbone<B> for MobileNetV2<B> {
    fn stages(&self) -> usize {
        self.blocks.len() + 2
    }

    fn stage(&self, index: usize, x: Tensor<B, 4>) -> Tensor<B, 4> {
        match index.checked_sub(1) {
            None => self.stem.forward(x),
            Some(number) => match self.blocks.get(number) {
                Some(block) => block.forward(x),
                None => self.last.forward(x),
            },
        }
    }

    fn classify(&self, activations: Tensor<B, 4>) -> Option<Tensor<B, 2>> {
        self.classifier.as_ref().map(|classifier| classifier.forward(global_average_pool(activations)))
    }

    fn folded(mut self) -> Self {
        self.stem = self.stem.folded();
        self.last = self.last.folded();
        self.blocks = self
            .blocks
            .into_iter()
            .map(|block| InvertedResidual {
                expand: block.expand.map(ConvNorm::folded),
                depthwise: block.depthwise.folded(),
                project: block.project.folded(),
                residual: block.residual,
            })
            .collect();
        self
    }
}
