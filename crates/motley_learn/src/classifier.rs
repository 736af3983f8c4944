//! A backbone and its head.

use burn::module::{Module, ModuleDisplay};
use burn::tensor::Tensor;
use burn::tensor::activation::softmax;
use burn::tensor::backend::Backend;

use crate::backbone::Backbone;
use crate::head::Head;

/// A backbone and its head.
#[derive(Module, Debug)]
pub struct Classifier<B: Backend, N: Module<B> + ModuleDisplay> {
    /// Pictures to features.
    pub backbone: N,
    /// Features to scores.
    pub head: Head<B>,
}

impl<B: Backend, N: Backbone<B>> Classifier<B, N> {
    /// Scores `[n, classes]` of pictures `[n, 3, h, w]`.
    pub fn forward(&self, images: Tensor<B, 4>) -> Tensor<B, 2> {
        self.head.forward(self.backbone.features(images))
    }

    /// Probabilities `[n, classes]` of pictures `[n, 3, h, w]`.
    pub fn probabilities(&self, images: Tensor<B, 4>) -> Tensor<B, 2> {
        softmax(self.forward(images), 1)
    }

    /// The same function, batch norms folded: for inference.
    pub fn folded(self) -> Self {
        Self { backbone: self.backbone.folded(), head: self.head }
    }
}
