//! VGG-16 (Simonyan & Zisserman 2014, arXiv 1409.1556, configuration D), the backbone of the paper.

use burn::module::Module;
use burn::nn::{Linear, LinearConfig};
use burn::tensor::Tensor;
use burn::tensor::activation::relu;
use burn::tensor::backend::Backend;
use burn::tensor::module::{adaptive_avg_pool2d, max_pool2d};

use super::layer::{ConvNorm, ConvNormConfig};
use super::{Backbone, Layout, NetOptions, Padding, Spec, global_average_pool};
use crate::preprocess::Preprocessing;

/// What the registry knows of it.
pub const SPEC: Spec = Spec {
    name: "vgg16",
    summary: "thirteen convolutions without batch norm, the paper's backbone; slow on a CPU",
    width: 512,
    layouts: &[Layout {
        name: "torchvision",
        preprocessing: Preprocessing::IMAGENET,
        options: NetOptions { padding: Padding::Symmetric, norms: false, classes: 1000 },
        signature: "features.28.weight",
        key,
    }],
};

/// Output channels of each convolution, and whether a 2×2 max pooling comes before it.
const CONVOLUTIONS: [(usize, bool); 13] = [
    (64, false),
    (64, false),
    (128, true),
    (128, false),
    (256, true),
    (256, false),
    (256, false),
    (512, true),
    (512, false),
    (512, false),
    (512, true),
    (512, false),
    (512, false),
];

/// Where torchvision numbers its layers, activations and poolings count too.
fn key(own: &str) -> String {
    let (number, rest) = numbered(own);
    if own.starts_with("classifier") {
        return format!("classifier.{}.{rest}", 3 * number);
    }
    let poolings = CONVOLUTIONS[..=number].iter().filter(|(_, pooled)| *pooled).count();
    let rest = rest.trim_start_matches("conv.");
    format!("features.{}.{rest}", 2 * number + poolings)
}

/// `stages.3.conv.weight` is `(3, "conv.weight")`.
fn numbered(own: &str) -> (usize, &str) {
    let mut parts = own.splitn(3, '.').skip(1);
    let number = parts.next().and_then(|part| part.parse().ok()).unwrap_or(0);
    (number, parts.next().unwrap_or(""))
}

/// Thirteen convolutions and, where wanted, the three fully connected layers over ImageNet's classes.
#[derive(Module, Debug)]
pub struct Vgg16<B: Backend> {
    stages: Vec<ConvNorm<B>>,
    classifier: Vec<Linear<B>>,
}

impl<B: Backend> Vgg16<B> {
    /// Random weights; a classifier over `options.classes`, or none at 0.
    pub fn new(options: &NetOptions, device: &B::Device) -> Self {
        let mut input = 3;
        let stages = CONVOLUTIONS
            .iter()
            .map(|&(output, _)| {
                let layer = ConvNormConfig::new([input, output], 3).plain().init(options, device);
                input = output;
                layer
            })
            .collect();
        let widths = [SPEC.width * 49, 4096, 4096, options.classes];
        let classifier = if options.classes == 0 {
            Vec::new()
        } else {
            widths.windows(2).map(|width| LinearConfig::new(width[0], width[1]).init(device)).collect()
        };
        Self { stages, classifier }
    }
}

/// Halves a picture; odd sides lose their last row or column.
fn halve<B: Backend>(x: Tensor<B, 4>) -> Tensor<B, 4> {
    max_pool2d(x, [2, 2], [2, 2], [0, 0], [1, 1], false)
}

impl<B: Backend> Backbone<B> for Vgg16<B> {
    fn stages(&self) -> usize {
        self.stages.len()
    }

    fn stage(&self, index: usize, x: Tensor<B, 4>) -> Tensor<B, 4> {
        let x = if CONVOLUTIONS[index].1 { halve(x) } else { x };
        self.stages[index].forward(x)
    }

    /// The last max pooling belongs here, so that Grad-CAM sees 14×14 pixels of `conv5_3`, as Selvaraju et al. do.
    fn pool(&self, activations: Tensor<B, 4>) -> Tensor<B, 2> {
        global_average_pool(halve(activations))
    }

    fn classify(&self, activations: Tensor<B, 4>) -> Option<Tensor<B, 2>> {
        let [first, second, last] = self.classifier.as_slice() else { return None };
        let x = adaptive_avg_pool2d(halve(activations), [7, 7]).flatten::<2>(1, 3);
        let x = relu(second.forward(relu(first.forward(x))));
        Some(last.forward(x))
    }
}
