//! What turns features into scores of classes.
//!
//! Every head is the same small module, at most two linear layers, so that it is stored, loaded and explained in one way;
//! they differ in how they are trained: [`HeadKind::Transfer`] and [`HeadKind::Means`] are computed ([`compute`]), the
//! others learn step by step ([`crate::fit::features::fit_head`]).

pub mod compute;

use burn::module::Module;
use burn::nn::{Linear, LinearConfig};
use burn::tensor::Tensor;
use burn::tensor::activation::relu;
use burn::tensor::backend::Backend;
use serde::{Deserialize, Serialize};

use crate::error::Error;

/// Which head, and so how it is trained.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HeadKind {
    /// Logistic regression held near the class means: learns from photos what they teach, and from rendered frames not
    /// whose frames they are. See [`compute::transfer`].
    #[default]
    Transfer,
    /// The paper's: one layer of 128 neurons with ReLU and [dropout](crate::fit::Training::dropout), then one neuron a class.
    Paper,
    /// One neuron a class.
    Linear,
    /// Nearest class mean by cosine: nothing is trained.
    Means,
}

/// Neurons of the paper's hidden layer.
pub const HIDDEN: usize = 128;

impl HeadKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Transfer, Self::Paper, Self::Linear, Self::Means];

    /// As it is written in commands.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Transfer => "transfer",
            Self::Paper => "paper",
            Self::Linear => "linear",
            Self::Means => "means",
        }
    }

    /// Whether it is computed from features in one go, not trained step by step.
    pub const fn is_computed(self) -> bool {
        matches!(self, Self::Transfer | Self::Means)
    }
}

impl std::str::FromStr for HeadKind {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.name() == name)
            .ok_or_else(|| Error::UnknownHead { name: name.into(), known: Self::ALL.map(Self::name).join(", ") })
    }
}

/// A head: features `[n, width]` to scores (logits) `[n, classes]`.
#[derive(Module, Debug)]
pub struct Head<B: Backend> {
    /// `[width, HIDDEN]`, of [`HeadKind::Paper`] alone.
    pub hidden: Option<Linear<B>>,
    /// `[width or HIDDEN, classes]`.
    pub output: Linear<B>,
    /// Whether features are first divided by their Euclidean length.
    pub unit_length: bool,
}

impl<B: Backend> Head<B> {
    /// A head with random weights, for features of `width` and so many classes.
    pub fn new(kind: HeadKind, width: usize, classes: usize, device: &B::Device) -> Self {
        let (hidden, into) = match kind {
            HeadKind::Paper => (Some(LinearConfig::new(width, HIDDEN).init(device)), HIDDEN),
            HeadKind::Transfer | HeadKind::Linear | HeadKind::Means => (None, width),
        };
        let output = LinearConfig::new(into, classes).init(device);
        Self { hidden, output, unit_length: kind.is_computed() }
    }

    /// Scores for features `[n, width]`.
    pub fn forward(&self, features: Tensor<B, 2>) -> Tensor<B, 2> {
        self.forward_with_dropout(features, None)
    }

    /// Scores while training: the hidden layer's activations are multiplied with `mask` `[n, HIDDEN]`, which holds 0
    /// where a neuron is left out and `1 / (1 − dropout)` elsewhere.
    pub fn forward_with_dropout(&self, features: Tensor<B, 2>, mask: Option<Tensor<B, 2>>) -> Tensor<B, 2> {
        let mut x = if self.unit_length { compute::unit(features) } else { features };
        if let Some(hidden) = &self.hidden {
            x = relu(hidden.forward(x));
            if let Some(mask) = mask {
                x = x * mask;
            }
        }
        self.output.forward(x)
    }
}
