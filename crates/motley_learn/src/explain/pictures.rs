//! Explanations of pictures by a trained model.

use burn::tensor::{Tensor, TensorData, activation::softmax, backend::AutodiffBackend};
use image::RgbImage;

use super::{HeatMap, Method, gradcam::grad_cam, occlusion};
use crate::{
    error::{Error, Result},
    model::Model,
};

/// What a model says of a picture and where it looked.
#[derive(Clone, Debug, PartialEq)]
pub struct Explained {
    /// The square that the network saw.
    pub picture: RgbImage,
    /// Probability of each class.
    pub probabilities: Vec<f32>,
    /// The class that was looked for.
    pub class: usize,
    /// Where it is seen.
    pub map: HeatMap,
}

impl Explained {
    /// The map laid over the picture.
    pub fn overlay(&self) -> RgbImage {
        let (width, height) = self.picture.dimensions();
        let pixels = self.map.overlay(self.picture.as_raw(), width as usize, height as usize);
        // As many bytes as the picture has.
        RgbImage::from_raw(width, height, pixels).unwrap_or_default()
    }
}

/// Shows where `model` sees `class` in a picture, or without one the class that it finds most likely.
///
/// # Errors
/// When the picture has no pixels, or the class is none of the model's.
pub fn explain<B: AutodiffBackend>(
    model: &Model<B>,
    method: Method,
    picture: &RgbImage,
    class: Option<usize>,
    device: &B::Device,
) -> Result<Explained> {
    let preprocessing = &model.card.preprocessing;
    let square = preprocessing.square(picture.as_raw(), picture.width(), picture.height())?;
    let square = RgbImage::from_raw(preprocessing.crop, preprocessing.crop, square)
        .ok_or_else(|| Error::Training("the square has another size than it says".into()))?;
    explain_square(model, method, square, class, device)
}

/// The same for a picture that is already as large as the network's input: [`crate::preprocess::Preprocessing::crop`].
///
/// # Errors
/// When the picture is of another size, or the class is none of the model's.
pub fn explain_square<B: AutodiffBackend>(
    model: &Model<B>,
    method: Method,
    picture: RgbImage,
    class: Option<usize>,
    device: &B::Device,
) -> Result<Explained> {
    let preprocessing = &model.card.preprocessing;
    let side = preprocessing.crop as usize;
    if picture.dimensions() != (preprocessing.crop, preprocessing.crop) {
        let (width, height) = picture.dimensions();
        return Err(Error::Setting(format!("a picture of {width}×{height} pixels is not the network's {side}×{side}")));
    }
    let values = TensorData::new(preprocessing.normalize(picture.as_raw()), [1, 3, side, side]);
    let images = Tensor::<B::InnerBackend, 4>::from_data(values, device);
    let inner = burn::module::AutodiffModule::valid(&model.classifier);
    let probabilities: Vec<f32> = softmax(inner.forward(images.clone()), 1).into_data().iter::<f32>().collect();
    let likely = (0..probabilities.len()).max_by(|&a, &b| probabilities[a].total_cmp(&probabilities[b])).unwrap_or(0);
    let class = class.unwrap_or(likely);
    let map = match method {
        Method::GradCam => grad_cam(&model.classifier, images, &[class])?.pop(),
        Method::Occlusion => {
            let settings = occlusion::Occlusion::for_side(side, preprocessing.grey());
            let folded = inner.folded();
            Some(occlusion::occlusion(|images| folded.probabilities(images), images, class, &settings)?)
        }
    };
    let map = map.ok_or_else(|| Error::Training("no map came out".into()))?;
    Ok(Explained { picture, probabilities, class, map })
}
