//! Pictures to features, each once.

use image::RgbImage;

use super::{Content, Facts, FeatureCache, Loader, Mixture, Origin, pipeline::shelf};

/// Features of pictures, in the order in which the pictures came.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Extracted {
    /// Values of a picture.
    pub dim: usize,
    /// `[n, dim]`.
    pub values: Vec<f32>,
    /// Class of each.
    pub classes: Vec<usize>,
    /// Where each came from.
    pub origins: Vec<Origin>,
    /// Name of each.
    pub names: Vec<String>,
    /// What else is known of each, if the pipeline was asked for it.
    pub facts: Vec<Facts>,
    /// How many were in the cache.
    pub cached: usize,
}

impl Extracted {
    /// How many pictures.
    pub fn len(&self) -> usize {
        self.classes.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.classes.is_empty()
    }

    /// Features of one.
    pub fn row(&self, index: usize) -> &[f32] {
        &self.values[index * self.dim..(index + 1) * self.dim]
    }
}

/// Takes every picture of `loader` to features of `dim` values, through the cache where one is given. `forward` gets up to
/// `batch` pictures with their classes, which are not kept, and gives `[n, dim]`; `progress` is told how many are done.
///
/// # Errors
/// What `forward` says.
///
/// # Panics
/// When `forward` gives more or fewer values than it was asked for.
pub fn extract<E>(
    loader: &mut Loader,
    mixture: &Mixture,
    cache: Option<&FeatureCache>,
    dim: usize,
    batch: usize,
    mut forward: impl FnMut(&[(RgbImage, usize)]) -> Result<Vec<f32>, E>,
    mut progress: impl FnMut(usize),
) -> Result<Extracted, E> {
    let mut out = Extracted { dim, ..Extracted::default() };
    let (mut pictures, mut waiting) = (Vec::new(), Vec::new());
    loop {
        let loaded = loader.next();
        let ended = loaded.is_none();
        if let Some(loaded) = loaded {
            let row = out.len();
            out.classes.push(loaded.class);
            out.origins.push(loaded.origin);
            out.names.push(loaded.name);
            out.facts.push(loaded.facts);
            match loaded.content {
                Content::Features(features) => {
                    out.values.extend(features);
                    out.cached += 1;
                }
                Content::Pixels(image) => {
                    out.values.resize(out.values.len() + dim, 0.0);
                    pictures.push((image, loaded.class));
                    waiting.push((row, loaded.key));
                }
            }
        }
        if pictures.len() >= batch.max(1) || (ended && !pictures.is_empty()) {
            let features = forward(&pictures)?;
            assert_eq!(features.len(), pictures.len() * dim, "forward gives dim values for each picture");
            for ((row, key), features) in waiting.drain(..).zip(features.chunks_exact(dim)) {
                out.values[row * dim..(row + 1) * dim].copy_from_slice(features);
                if let Some(cache) = cache {
                    cache.put(&shelf(Some(mixture), out.origins[row]), &key, features);
                }
            }
            pictures.clear();
        }
        progress(out.len());
        if ended {
            return Ok(out);
        }
    }
}
