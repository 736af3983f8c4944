//! Heads that are computed from features: nothing is drawn, so they have no seed and no epochs.

use burn::module::Param;
use burn::nn::Linear;
use burn::tensor::activation::softmax;
use burn::tensor::backend::Backend;
use burn::tensor::{Tensor, TensorData};

use super::Head;
use crate::error::Result;
use crate::fit::features::Features;

/// Cosines are multiplied with this before the softmax.
const SCALE: f64 = 10.0;
/// How strongly [`transfer`] is held near the class means by frames, which are not what it is judged by: chosen by photos/train
/// (95.4 % right at 10, 95.1 at 3, 93.5 at 0.1, 95.0 by the class means themselves; docs/real-photos.md).
pub const RIDGE_OF_FRAMES: f64 = 10.0;
/// The least steps of [`transfer`], and the most: small ridges are near enough to their minimum then.
const STEPS: [f64; 2] = [64.0, 1024.0];

/// The ridge for so many photos a class. What is judged by other photos may leave the class means the farther the more there
/// are: as a normal prior of the same width behind more and more data. 5 was chosen by photos/train among 2.5 to 20.
pub fn ridge_of_photos(per_class: f64) -> f64 {
    5.0 / per_class.max(1.0)
}

/// Nearest class mean by cosine: features and means have unit length, each class counts the same however many pictures
/// it has.
///
/// # Errors
/// See [`Features::validate`].
pub fn means<B: Backend>(features: &Features, classes: usize, device: &B::Device) -> Result<Head<B>> {
    features.validate(classes)?;
    let rows = unit(features.tensor::<B>(device));
    let means = unit(shares(features, classes, device).matmul(rows)).transpose();
    Ok(linear(means.mul_scalar(SCALE)))
}

/// Logistic regression on features of unit length, its weights `W` drawn toward the class means `M`:
/// the mean cross entropy, each class counting the same, plus `ridge / 2 · ‖W − M‖²`, at its minimum.
/// For `ridge`, above 0, see [`ridge_of_photos`] and [`RIDGE_OF_FRAMES`].
///
/// The minimum is unique, and found by Nesterov's gradient method with constant momentum for strongly convex functions
/// (Nesterov 2004, Introductory Lectures on Convex Optimization, scheme 2.2.11).
///
/// # Errors
/// See [`Features::validate`].
pub fn transfer<B: Backend>(features: &Features, classes: usize, ridge: f64, device: &B::Device) -> Result<Head<B>> {
    features.validate(classes)?;
    let rows = unit(features.tensor::<B>(device));
    let shares = shares(features, classes, device);
    let columns = rows.clone().transpose();
    let means = unit(shares.clone().matmul(rows.clone())).transpose();
    // Each row of `[n, classes]` is its class with the weight that the row has in the mean over classes.
    let targets = shares.transpose().div_scalar(classes as f64);
    let weights = targets.clone().sum_dim(1);
    // The cross entropy of a softmax curves by at most 1/2 along its scores (Böhning 1992).
    let steepness = SCALE * SCALE / 2.0 + ridge;
    let root = (steepness / ridge).sqrt();
    let momentum = (root - 1.0) / (root + 1.0);
    let mut current = means.clone();
    let mut ahead = means.clone();
    // Each step takes the error down by 1 − 1 / root: in all by 10⁵.
    let steps = (12.0 * root).clamp(STEPS[0], STEPS[1]) as usize;
    for _ in 0..steps {
        let scores = rows.clone().matmul(ahead.clone()).mul_scalar(SCALE);
        let errors = softmax(scores, 1) * weights.clone() - targets.clone();
        let pull = (ahead.clone() - means.clone()).mul_scalar(ridge);
        let gradient = columns.clone().matmul(errors).mul_scalar(SCALE) + pull;
        let next = ahead - gradient.div_scalar(steepness);
        ahead = next.clone() + (next.clone() - current).mul_scalar(momentum);
        current = next;
    }
    Ok(linear(current.mul_scalar(SCALE)))
}

/// `[classes, n]`: what each row gives to the mean of its class.
fn shares<B: Backend>(features: &Features, classes: usize, device: &B::Device) -> Tensor<B, 2> {
    let weight = |row: usize| features.weights.get(row).copied().unwrap_or(1.0);
    let mut sums = vec![0.0; classes];
    for (row, &label) in features.labels.iter().enumerate() {
        sums[label as usize] += weight(row);
    }
    let n = features.len();
    let mut values = vec![0.0; classes * n];
    for (row, &label) in features.labels.iter().enumerate() {
        values[label as usize * n + row] = weight(row) / sums[label as usize];
    }
    Tensor::from_data(TensorData::new(values, [classes, n]), device)
}

/// Each row divided by its Euclidean length.
pub(super) fn unit<B: Backend>(rows: Tensor<B, 2>) -> Tensor<B, 2> {
    // Its gradient would be at right angles to the features, and heat maps made of it sum to zero: bright is then what the
    // features lack. No other use takes a gradient through here.
    let length = rows.clone().square().sum_dim(1).sqrt().clamp_min(1e-12).detach();
    rows / length
}

/// A head of one layer without hidden neurons and without a bias that matters. What the weights of all classes have in common
/// changes no probability; it is taken out, so that a heat map shows what speaks for one class and not for all.
fn linear<B: Backend>(weight: Tensor<B, 2>) -> Head<B> {
    let weight = weight.clone() - weight.mean_dim(1);
    let bias = Tensor::zeros([weight.dims()[1]], &weight.device());
    let output = Linear { weight: Param::from_tensor(weight), bias: Some(Param::from_tensor(bias)) };
    Head { hidden: None, output, unit_length: true }
}

#[cfg(test)]
mod tests {
    use burn_flex::Flex;
    use rand::RngExt;

    use super::*;
    use crate::init::stream;

    /// Two clouds whose means differ along the first axis alone; along the second, classes differ too, but by little.
    fn clouds(n: usize) -> Features {
        let mut rng = stream(3, 0);
        let mut features = Features::new(3);
        for index in 0..n {
            let label = (index % 2) as u32;
            let side = if label == 0 { -1.0 } else { 1.0 };
            let values = [side + rng.random_range(-2.0..2.0), 0.3 * side + rng.random_range(-0.1..0.1), 2.0];
            features.values.extend(values);
            features.labels.push(label);
        }
        features
    }

    fn accuracy(head: &Head<Flex>, features: &Features) -> f64 {
        let best = head.forward(features.tensor(&Default::default())).argmax(1).into_data();
        let right =
            best.iter::<i64>().zip(&features.labels).filter(|(best, label)| *best == i64::from(**label)).count();
        right as f64 / features.len() as f64
    }

    #[test]
    fn transfer_learns_what_means_cannot_see() {
        let features = clouds(400);
        let device = Default::default();
        let means = accuracy(&means::<Flex>(&features, 2, &device).unwrap(), &features);
        let transfer = accuracy(&transfer::<Flex>(&features, 2, 0.1, &device).unwrap(), &features);
        assert!(means > 0.7 && transfer > means + 0.02, "{means} {transfer}");
    }

    #[test]
    fn transfer_is_at_its_minimum() {
        let features = clouds(60);
        let device = Default::default();
        let rows = unit(features.tensor::<Flex>(&device));
        let shares = shares::<Flex>(&features, 2, &device);
        let means = unit(shares.clone().matmul(rows.clone())).transpose();
        let means = means.clone() - means.mean_dim(1);
        let ridge = 0.02;
        let head = transfer::<Flex>(&features, 2, ridge, &device).unwrap();
        let weights = head.output.weight.val().div_scalar(SCALE);
        let targets = shares.transpose().div_scalar(2.0);
        let scores = head.forward(features.tensor(&device));
        let errors = softmax(scores, 1) * targets.clone().sum_dim(1) - targets;
        let gradient = rows.transpose().matmul(errors).mul_scalar(SCALE) + (weights - means).mul_scalar(ridge);
        let largest = gradient.abs().max().into_data().iter::<f32>().next().unwrap();
        assert!(largest < 1e-4, "{largest}");
    }

    #[test]
    fn few_rows_with_a_large_share_are_heard() {
        let rows = |value: f32, count: usize| {
            let mut features = Features::new(2);
            for label in 0..2u32 {
                for _ in 0..count {
                    features
                        .values
                        .extend([if label == 0 { 1.0 } else { value }, if label == 0 { value } else { 1.0 }]);
                    features.labels.push(label);
                }
            }
            features
        };
        // The many say that class 1 lies along the second axis, the few that it lies along the first's opposite.
        let mut both = rows(0.0, 500);
        both.append(&rows(-1.0, 2), 0.99).unwrap();
        let few = means::<Flex>(&rows(-1.0, 2), 2, &Default::default()).unwrap().output.weight.val();
        let head = means::<Flex>(&both, 2, &Default::default()).unwrap().output.weight.val();
        assert!((head - few).abs().max().into_scalar() < 0.1 * SCALE as f32);
        assert!(both.append(&rows(0.0, 1), 1.0).is_err());
    }

    #[test]
    fn a_class_without_pictures_is_named() {
        let error = means::<Flex>(&clouds(4), 3, &Default::default()).unwrap_err().to_string();
        assert!(error.contains("class 2"), "{error}");
    }
}
