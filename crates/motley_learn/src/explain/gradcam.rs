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
    Ok(values
        .chunks(height * width)
        .map(|values| HeatMap { width, height, values: values.to_vec(), full: 0.0 })
        .collect())
}

#[cfg(test)]
mod tests {
    use burn::backend::{Autodiff, Flex};

    use super::*;
    use crate::fit::features::Features;
    use crate::head::compute;

    /// The head divides features by their length, which counts as fixed: a channel weighs what the class gives it, over that
    /// length and the number of places.
    #[test]
    fn channels_weigh_what_a_transfer_head_gives_them() {
        type B = Autodiff<Flex>;
        let device = Default::default();
        let values = vec![1.0, 0.1, 0.3, 0.9, 0.2, 0.4, 0.1, 1.0, 0.2, 0.3, 0.8, 0.1];
        let features = Features { width: 3, values, labels: vec![0, 0, 1, 1], weights: Vec::new() };
        let head = compute::transfer::<B>(&features, 2, 0.1, &device).unwrap();
        let weights: Vec<f32> = head.output.weight.val().into_data().iter::<f32>().collect();
        // Two pictures of three channels, 2 × 2 places each.
        let activations: Vec<f32> = (0..24).map(|i| ((i * 7) % 11) as f32 / 11.0).collect();
        let input = Tensor::<Flex, 4>::from_data(TensorData::new(activations.clone(), [2, 3, 2, 2]), &device);
        let score = |activations: Tensor<B, 4>| head.forward(activations.mean_dim(3).mean_dim(2).flatten(1, 3));
        let classes = [1, 0];
        let maps = grad_cam_of::<B>(input, score, &classes).unwrap();
        let mut lit = 0;
        for (picture, (map, class)) in maps.iter().zip(classes).enumerate() {
            let channel = |channel: usize| &activations[picture * 12 + channel * 4..][..4];
            let pooled = [0, 1, 2].map(|number| channel(number).iter().sum::<f32>() / 4.0);
            let length = pooled.iter().map(|value| value * value).sum::<f32>().sqrt();
            for place in 0..4 {
                let given = |number: usize| weights[number * 2 + class] * channel(number)[place];
                let expected = ((0..3).map(given).sum::<f32>() / (4.0 * length)).max(0.0);
                assert!((map.values[place] - expected).abs() < 1e-4, "{map:?}: {expected}");
                lit += usize::from(expected > 0.01);
            }
        }
        assert!((1..8).contains(&lit), "some places speak for the class, others do not: {lit}");
    }
}
