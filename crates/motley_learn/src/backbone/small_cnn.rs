//! A small network to be trained from scratch: no weight file, 0.2 million parameters.

use burn::module::Module;
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;
use burn::tensor::module::max_pool2d;

use super::layer::{ConvNorm, ConvNormConfig};
use super::{Backbone, Layout, NetOptions, Padding, Spec};
use crate::preprocess::Preprocessing;

/// What the registry knows of it.
pub const SPEC: Spec = Spec {
    name: "small_cnn",
    summary: "four convolutions on 64×64 pixels, trained from scratch",
    width: 192,
    layouts: &[Layout {
        name: "motley",
        preprocessing: Preprocessing::centred(64),
        options: NetOptions { padding: Padding::Symmetric, norms: true, classes: 0 },
        signature: "stages.0.conv.weight",
        key: str::to_owned,
    }],
};

/// Four convolutions with batch norm; the first one's stride halves the picture, and so does each pooling between them. Early
/// pooling is for two cores: 7.5 million multiplications a picture.
#[derive(Module, Debug)]
pub struct SmallCnn<B: Backend> {
    stages: Vec<ConvNorm<B>>,
}

impl<B: Backend> SmallCnn<B> {
    /// Random weights. It has no classes of its own: `options.classes` is ignored.
    pub fn new(options: &NetOptions, device: &B::Device) -> Self {
        let layer = |channels, stride| ConvNormConfig::new(channels, 3).stride(stride).init(options, device);
        Self { stages: vec![layer([3, 16], 2), layer([16, 48], 1), layer([48, 96], 1), layer([96, SPEC.width], 1)] }
    }
}

impl<B: Backend> Backbone<B> for SmallCnn<B> {
    fn stages(&self) -> usize {
        self.stages.len()
    }

    fn stage(&self, index: usize, x: Tensor<B, 4>) -> Tensor<B, 4> {
        let x = self.stages[index].forward(x);
        if index + 1 < self.stages.len() { max_pool2d(x, [2, 2], [2, 2], [0, 0], [1, 1], false) } else { x }
    }

    fn folded(self) -> Self {
        Self { stages: self.stages.into_iter().map(ConvNorm::folded).collect() }
    }
}
