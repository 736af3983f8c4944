//! Batches of pictures, and where they come from.

use burn::tensor::backend::Backend;
use burn::tensor::{Int, Tensor, TensorData};

use crate::error::{Error, Result};

/// Pictures that are learnt together, after preprocessing; or features, as pictures of one pixel.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// `[n, channels, height, width]`.
    pub images: Vec<f32>,
    /// Channels, height, width of each.
    pub shape: [usize; 3],
    /// Class of each, from 0.
    pub labels: Vec<u32>,
}

impl Batch {
    /// Pictures.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// The pictures on a device, `[n, channels, height, width]`.
    ///
    /// # Errors
    /// When they are not as many or as large as they say.
    pub fn images<B: Backend>(&self, device: &B::Device) -> Result<Tensor<B, 4>> {
        let (n, [channels, height, width]) = (self.len(), self.shape);
        if n == 0 || self.images.len() != n * channels * height * width {
            let values = self.images.len();
            let problem =
                format!("a batch of {n} pictures of {channels}×{height}×{width} values holds {values} values");
            return Err(Error::Data(problem));
        }
        Ok(Tensor::from_data(TensorData::new(self.images.clone(), [n, channels, height, width]), device))
    }

    /// The classes on a device, `[n]`.
    ///
    /// # Errors
    /// When one is not below `classes`.
    pub fn labels<B: Backend>(&self, classes: usize, device: &B::Device) -> Result<Tensor<B, 1, Int>> {
        if let Some(label) = self.labels.iter().find(|&&label| label as usize >= classes) {
            return Err(Error::Data(format!("a picture is of class {label}, but the model knows {classes} (from 0)")));
        }
        let labels: Vec<i32> = self.labels.iter().map(|&label| label as i32).collect();
        Ok(Tensor::from_data(TensorData::new(labels, [self.len()]), device))
    }
}

/// Where batches come from.
pub trait Batches {
    /// The batches of an epoch: for a source of files the same ones whenever the same epoch is asked for, so that an
    /// interrupted training goes on as if nothing had happened.
    fn epoch(&mut self, epoch: usize) -> Box<dyn Iterator<Item = Result<Batch>> + '_>;
}

impl<F, I> Batches for F
where
    F: FnMut(usize) -> I,
    I: Iterator<Item = Result<Batch>> + 'static,
{
    fn epoch(&mut self, epoch: usize) -> Box<dyn Iterator<Item = Result<Batch>> + '_> {
        Box::new(self(epoch))
    }
}
