//! Grad-CAM (Selvaraju et al. 2016, arXiv 1610.02391).

use burn::tensor::activation::relu;
use burn::tensor::backend::AutodiffBackend;
use burn::tensor::{Int, Tensor, TensorData};

use super::HeatMap;
use crate::backbone::{Backbone, Trainable};
use crate::classifier::Classifier;
use crate::error::{Error, Result};

/// For each picture of `images` `[n, 3, h, w]`, where the network sees the class of the same place in `classes`: a map at
/// the resolution of the backbone's last convolution. Negative evidence is cut off at 0 (eq. 2 of the paper).
///
/// # Errors
/// When there are not as many classes as pictures, or a class is none of the model's.
pub fn grad_cam<B, N>(
    model: &Classifier<B, N>,
    images: Tensor<B::InnerBackend, 4>,
    classes: &[usize],
) -> Result<Vec<HeatMap>>
where
    B: AutodiffBackend,
    N: Trainable<B>,
{
    let activations = model.backbone.valid().activations(images);
    let score = |activations: Tensor<B, 4>| model.head.forward(model.backbone.pool(activations));
    grad_cam_of::<B>(activations, score, classes)
}

/// The same for any function from activations `[n, c, h, w]` to scores `[n, classes]`, for instance a network's own
/// classifier ([`Backbone::classify`]).
///
/// # Errors
/// See [`grad_cam`].
pub fn grad_cam_of<B: AutodiffBackend>(
    activations: Tensor<B::InnerBackend, 4>,
    score: impl FnOnce(Tensor<B, 4>) -> Tensor<B, 2>,
    classes: &[usize],
) -> Result<Vec<HeatMap>> {
    let [n, _, height, width] = activations.dims();
    let input = Tensor::<B, 4>::from_inner(activations.clone()).require_grad();
    let scores = score(input.clone());
    let [_, known] = scores.dims();
    if classes.len() != n || classes.iter().any(|&class| class >= known) {
        return Err(Error::Setting(format!(
            "{n} pictures need {n} classes below {known} to be explained, but these were given: {classes:?}"
        )));
    }
    let indices: Vec<i32> = classes.iter().map(|&class| class as i32).collect();
    let indices = Tensor::<B, 2, Int>::from_data(TensorData::new(indices, [n, 1]), &scores.device());
    // Pictures do not touch each other, so one sum gives each its own gradient.
    let gradients = scores.gather(1, indices).sum().backward();
    let gradient =
        input.grad(&gradients).ok_or_else(|| Error::Training("the score depends on no activation".into()))?;
    let weights = gradient.mean_dim(3).mean_dim(2);
    let maps = relu((activations * weights).sum_dim(1)).into_data();
    let values: Vec<f32> = maps.iter::<f32>().collect();
    Ok(values.chunks(height * width).map(|values| HeatMap { width, height, values: values.to_vec() }).collect())
}
