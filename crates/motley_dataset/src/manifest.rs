//! What a dataset is: the settings that decide its bytes.

use std::{
    ops::Range,
    path::{Component, Path, PathBuf},
};

use motley_scene::scene::check_name;
pub use motley_scene::scene::{Format, LabelKind as Label};
use serde::{Deserialize, Serialize};

use crate::DatasetError;

/// Version of the layout on disk; it rises when an older reader could no longer read it.
pub const FORMAT_VERSION: u32 = 1;

/// What to write and where.
#[derive(Clone, Debug)]
pub struct Spec {
    /// The dataset's folder; made if it is missing.
    pub out: PathBuf,
    /// What the dataset is.
    pub manifest: Manifest,
    /// Text of the scene file, kept as `scene.ron`.
    pub scene_source: String,
}

/// The settings that decide a dataset's bytes: `motley.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`FORMAT_VERSION`] of the writer.
    pub format_version: u32,
    /// Version of Motley that drew the frames.
    pub version: String,
    /// The scene's name.
    pub scene: String,
    /// Hash of the scene's meaning.
    pub scene_hash: String,
    /// Seed of all draws.
    pub seed: u64,
    /// First index of the whole set, of which a shard holds a part.
    pub start: u64,
    /// Number of frames of the whole set.
    pub count: u64,
    /// `[i, n]`: this is the i-th of n parts, `1 ≤ i ≤ n`; `None` is the whole.
    pub shard: Option<[u32; 2]>,
    /// Width and height of the pictures in pixels.
    pub size: [u32; 2],
    /// How pictures are encoded.
    pub image: ImageSpec,
    /// What is written; `folder` (pictures and `metadata.jsonl`) is part of all but `webdataset`.
    pub formats: Vec<Format>,
    /// What is labelled beyond class, breed and individual.
    pub labels: Vec<Label>,
    /// Class names; a class's position is its number.
    pub classes: Vec<String>,
    /// Graphics adapter that drew the frames; empty until the first worker knows it.
    pub adapter: String,
    /// Its driver; empty until the first worker knows it.
    pub driver: String,
}

/// How pictures are encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageSpec {
    /// JPEG or PNG.
    pub format: ImageFormat,
    /// JPEG quality, 1–100; PNG is lossless and ignores it.
    pub quality: u8,
}

impl Default for ImageSpec {
    fn default() -> Self {
        Self { format: ImageFormat::Jpeg, quality: 90 }
    }
}

/// File format of the pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImageFormat {
    /// Baseline JPEG.
    Jpeg,
    /// PNG, 8 bits a channel.
    Png,
}

impl ImageFormat {
    /// File extension without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
        }
    }
}

/// Extension of a label's file, if it is a raster.
pub fn raster_extension(label: Label) -> Option<&'static str> {
    match label {
        Label::Box | Label::Mask | Label::Keypoints => None,
        Label::Instance => Some("instance.npy"),
        Label::Semantic => Some("semantic.npy"),
        Label::Depth => Some("depth.npy"),
        Label::Normal => Some("normal.npy"),
    }
}

impl Manifest {
    /// The indices of this dataset: all of them, or the shard's contiguous part.
    ///
    /// Parts are contiguous, because a class drawn as `index mod n` would otherwise fill a whole shard.
    pub fn indices(&self) -> Range<u64> {
        let Some([part, parts]) = self.shard else { return self.start..self.start.saturating_add(self.count) };
        // At most `count`, hence within u64.
        let cut = |i: u32| (u128::from(self.count) * u128::from(i) / u128::from(parts.max(1))) as u64;
        self.start.saturating_add(cut(part.saturating_sub(1)))..self.start.saturating_add(cut(part))
    }

    /// Whether pictures lie in class folders, and not in archives only.
    pub fn has_loose_images(&self) -> bool {
        self.formats.is_empty() || self.formats.iter().any(|format| *format != Format::WebDataset)
    }

    /// Whether a format is asked for.
    pub fn writes(&self, format: Format) -> bool {
        self.formats.contains(&format)
    }

    /// Whether a label is asked for.
    pub fn labels(&self, label: Label) -> bool {
        self.labels.contains(&label)
    }

    /// Extensions of the files that every frame has, the picture's first.
    pub fn extensions(&self) -> Vec<&'static str> {
        let yolo = self.writes(Format::Yolo).then_some("txt");
        let rasters =
            Label::ALL.iter().filter(|label| self.labels(**label)).filter_map(|label| raster_extension(*label));
        [self.image.format.extension()].into_iter().chain(yolo).chain(rasters).collect()
    }

    /// Path of one of a frame's files, relative to the class folders' parent.
    pub fn file_name(&self, class: &str, index: u64, extension: &str) -> String {
        format!("{class}/{index:06}.{extension}")
    }

    /// The settings in which two datasets differ, as sentences; the device is compared elsewhere.
    pub(crate) fn differences(&self, other: &Self) -> Vec<String> {
        // A manifest holds only strings, numbers and lists of them: it cannot fail to serialize.
        let fields = |manifest: &Self| serde_json::to_value(manifest).unwrap_or_default();
        let (ours, theirs) = (fields(self), fields(other));
        ours.as_object()
            .into_iter()
            .flatten()
            .filter(|(key, value)| !matches!(key.as_str(), "adapter" | "driver") && **value != theirs[key.as_str()])
            .map(|(key, value)| format!("{key} is {value} there and {} here", theirs[key.as_str()]))
            .collect()
    }

    /// Adapter and driver as one phrase; `None` while unknown.
    pub(crate) fn device(&self) -> Option<String> {
        (!self.adapter.is_empty()).then(|| format!("{} ({})", self.adapter, self.driver))
    }
}

impl Spec {
    /// Checks the settings before anything is written.
    pub(crate) fn validate(&self) -> Result<(), DatasetError> {
        let manifest = &self.manifest;
        let fault = |field, problem: String| Err(DatasetError::Setting { field, problem });
        if manifest.format_version != FORMAT_VERSION {
            return fault("format_version", format!("this program writes {FORMAT_VERSION}"));
        }
        if manifest.size.iter().any(|side| !(1..=u32::from(u16::MAX)).contains(side)) {
            return fault("size", format!("{:?} pixels: sides of 1 to 65535 are possible", manifest.size));
        }
        if manifest.image.format == ImageFormat::Jpeg && !(1..=100).contains(&manifest.image.quality) {
            return fault("quality", format!("{}: write 1 to 100", manifest.image.quality));
        }
        if manifest.start.checked_add(manifest.count).is_none() {
            return fault(
                "count",
                format!("{} frames from {} on leave the 64-bit range", manifest.count, manifest.start),
            );
        }
        if let Some([part, parts]) = manifest.shard
            && !(1..=parts).contains(&part)
        {
            return fault("shard", format!("{part}/{parts}: write i/n with 1 ≤ i ≤ n, such as 1/4"));
        }
        if let Some(problem) = manifest.formats.iter().find_map(|format| format.lacks(&manifest.labels)) {
            return fault("labels", problem.into());
        }
        self.validate_classes()
    }

    fn validate_classes(&self) -> Result<(), DatasetError> {
        let manifest = &self.manifest;
        let fault = |field, problem: String| Err(DatasetError::Setting { field, problem });
        // The semantic raster keeps 0 and 255 for itself.
        if manifest.classes.is_empty() || manifest.classes.len() > 254 {
            return fault("classes", format!("{} classes: 1 to 254 are possible", manifest.classes.len()));
        }
        for (i, class) in manifest.classes.iter().enumerate() {
            check_name(class).map_err(DatasetError::ClassName)?;
            let same = |other: &&String| other.to_lowercase() == class.to_lowercase();
            if let Some(other) = manifest.classes[..i].iter().find(same) {
                return fault("classes", format!("{other:?} and {class:?} share a folder: rename one of them"));
            }
        }
        // Ultralytics looks for the labels of x/images/y.jpg in x/labels/y.txt.
        let images = "images";
        if manifest.writes(Format::Yolo) {
            if manifest.classes.iter().any(|class| class == images) {
                return fault(
                    "classes",
                    "YOLO readers take a folder \"images\" for something else: rename the class".into(),
                );
            }
            let out = std::path::absolute(&self.out).map_err(DatasetError::io("resolve", &self.out))?;
            if has_folder(&out, images) {
                let problem =
                    format!("YOLO readers look for labels elsewhere when \"images\" is part of {}", out.display());
                return fault("out", problem + ": choose another folder");
            }
        }
        Ok(())
    }
}

fn has_folder(path: &Path, name: &str) -> bool {
    path.components().any(|part| matches!(part, Component::Normal(part) if part == name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(count: u64) -> Manifest {
        Manifest {
            format_version: FORMAT_VERSION,
            version: "0.1.0".into(),
            scene: "test".into(),
            scene_hash: "00".into(),
            seed: 1,
            start: 0,
            count,
            shard: None,
            size: [32, 24],
            image: ImageSpec::default(),
            formats: vec![Format::Folder],
            labels: Vec::new(),
            classes: vec!["cat".into(), "dog".into()],
            adapter: String::new(),
            driver: String::new(),
        }
    }

    #[test]
    fn shards_cover_everything_once() {
        for (start, count, parts) in [(0, 10, 3), (5, 2, 4), (7, 0, 2), (u64::MAX - 9, 9, 2)] {
            let mut whole = manifest(count);
            whole.start = start;
            let mut seen = Vec::new();
            for part in 1..=parts {
                let shard = Manifest { shard: Some([part, parts]), ..whole.clone() };
                seen.extend(shard.indices());
            }
            assert_eq!(seen, whole.indices().collect::<Vec<_>>());
        }
    }

    #[test]
    fn words_there_and_back() {
        for format in Format::ALL {
            assert_eq!(format.to_string().parse(), Ok(*format));
            assert_eq!(serde_json::to_string(format).unwrap(), format!("\"{format}\""));
        }
        for label in Label::ALL {
            assert_eq!(serde_json::to_string(label).unwrap(), format!("\"{label}\""));
        }
        assert!("kitti".parse::<Format>().unwrap_err().contains("folder, coco"));
    }
}
