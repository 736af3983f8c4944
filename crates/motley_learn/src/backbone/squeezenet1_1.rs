//! SqueezeNet 1.1 (Iandola et al. 2016, arXiv 1602.07360; its authors' later release 1.1): five megabytes of weights.

use burn::module::Module;
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;
use burn::tensor::module::max_pool2d;

use super::layer::{ConvNorm, ConvNormConfig};
use super::{Backbone, Layout, NetOptions, Padding, Spec, global_average_pool};
use crate::preprocess::{ChannelOrder, Preprocessing};

/// What the registry knows of it.
pub const SPEC: Spec = Spec {
    name: "squeezenet1_1",
    summary: "eight fire modules; the fastest with ImageNet weights",
    width: 512,
    layouts: &[
        Layout {
            name: "torchvision",
            preprocessing: Preprocessing::IMAGENET,
            options: NetOptions { padding: Padding::Symmetric, norms: false, classes: 1000 },
            signature: "features.12.expand3x3.weight",
            key: torchvision_key,
        },
        Layout {
            name: "caffe",
            preprocessing: Preprocessing {
                resize: 256,
                crop: 227,
                channels: ChannelOrder::Bgr,
                mean: [104.0, 117.0, 123.0],
                std: [1.0; 3],
            },
            options: NetOptions { padding: Padding::Symmetric, norms: false, classes: 1000 },
            signature: "fire9.expand3x3.weight",
            key: caffe_key,
        },
    ],
};

/// Channels of each fire module: in, squeezed, and out of each of its two expansions; and whether a max pooling comes
/// before it.
const FIRES: [(usize, usize, usize, bool); 8] = [
    (64, 16, 64, true),
    (128, 16, 64, false),
    (128, 32, 128, true),
    (256, 32, 128, false),
    (256, 48, 192, true),
    (384, 48, 192, false),
    (384, 64, 256, false),
    (512, 64, 256, false),
];

/// The key with the fire module's number written by `fire`.
fn renamed(own: &str, stem: &str, fire: impl Fn(usize) -> String, classifier: &str) -> String {
    let own = own.replace(".conv.", ".");
    if let Some(rest) = own.strip_prefix("stem.") {
        return format!("{stem}.{rest}");
    }
    if let Some(rest) = own.strip_prefix("classifier.") {
        return format!("{classifier}.{rest}");
    }
    let mut parts = own.splitn(3, '.').skip(1);
    let number = parts.next().and_then(|part| part.parse().ok()).unwrap_or(0);
    format!("{}.{}", fire(number), parts.next().unwrap_or(""))
}

fn torchvision_key(own: &str) -> String {
    // Of `features`, 0 is the first convolution, 1 its activation, and each pooling takes a number too.
    let fire = |number: usize| {
        let poolings = FIRES[..=number].iter().filter(|fire| fire.3).count();
        format!("features.{}", 2 + number + poolings)
    };
    renamed(own, "features.0", fire, "classifier.1")
}

fn caffe_key(own: &str) -> String {
    renamed(own, "conv1", |number| format!("fire{}", number + 2), "conv10").replace(".squeeze.", ".squeeze1x1.")
}

/// Squeezed to few channels by 1×1, then expanded by 1×1 and by 3×3 side by side.
#[derive(Module, Debug)]
struct Fire<B: Backend> {
    squeeze: ConvNorm<B>,
    expand1x1: ConvNorm<B>,
    expand3x3: ConvNorm<B>,
}

/// A convolution, eight fire modules and, where wanted, a last convolution to ImageNet's classes.
#[derive(Module, Debug)]
pub struct SqueezeNet11<B: Backend> {
    stem: ConvNorm<B>,
    fires: Vec<Fire<B>>,
    classifier: Option<ConvNorm<B>>,
}

impl<B: Backend> SqueezeNet11<B> {
    /// Random weights; a classifier over `options.classes`, or none at 0.
    pub fn new(options: &NetOptions, device: &B::Device) -> Self {
        let layer = |channels, kernel| ConvNormConfig::new(channels, kernel).plain();
        let fires = FIRES.iter().map(|&(input, squeezed, output, _)| Fire {
            squeeze: layer([input, squeezed], 1).init(options, device),
            expand1x1: layer([squeezed, output], 1).init(options, device),
            expand3x3: layer([squeezed, output], 3).init(options, device),
        });
        let classifier = (options.classes > 0).then(|| layer([SPEC.width, options.classes], 1).init(options, device));
        Self { stem: layer([3, 64], 3).stride(2).valid().init(options, device), fires: fires.collect(), classifier }
    }
}

impl<B: Backend> Backbone<B> for SqueezeNet11<B> {
    fn stages(&self) -> usize {
        1 + self.fires.len()
    }

    fn stage(&self, index: usize, x: Tensor<B, 4>) -> Tensor<B, 4> {
        let Some(number) = index.checked_sub(1) else { return self.stem.forward(x) };
        let x = if FIRES[number].3 { max_pool2d(x, [3, 3], [2, 2], [0, 0], [1, 1], true) } else { x };
        let fire = &self.fires[number];
        let squeezed = fire.squeeze.forward(x);
        Tensor::cat(vec![fire.expand1x1.forward(squeezed.clone()), fire.expand3x3.forward(squeezed)], 1)
    }

    fn classify(&self, activations: Tensor<B, 4>) -> Option<Tensor<B, 2>> {
        self.classifier.as_ref().map(|classifier| global_average_pool(classifier.forward(activations)))
    }
}
