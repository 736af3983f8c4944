//! What is trained, on what, and how.

use std::{convert::Infallible, fmt, path::PathBuf, str::FromStr};

use motley_pixels::Augment;
use serde::{Deserialize, Serialize};

use crate::{
    error::{Error, Result},
    fit::Training,
    head::HeadKind,
};

/// So many photos of a class weigh as much as all its frames where the backbone is frozen: chosen by photos/train among 1, 2.5
/// and 5 (docs/real-photos.md).
const FRAMES_WORTH: f64 = 5.0;

/// Share of all weight that so many photos a class have beside frames on a frozen backbone: ten must not drown among
/// thousands of frames, and hundreds need no frames.
pub(super) fn share_of_photos(per_class: f64) -> f32 {
    (per_class / (per_class + FRAMES_WORTH)) as f32
}

/// Which part of a network learns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Learns {
    /// The head alone; the backbone is frozen.
    Head,
    /// The head and the last so many stages of the backbone, at least one.
    Last(usize),
    /// All of it.
    All,
}

/// A folder of pictures, and its part beside others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Folder {
    /// The folder.
    pub dir: PathBuf,
    /// How much its pictures count, all together, relative to those of another folder of the same kind (frames or photos).
    /// Above 0.
    pub weight: f32,
}

impl From<PathBuf> for Folder {
    fn from(dir: PathBuf) -> Self {
        Self { dir, weight: 1.0 }
    }
}

impl FromStr for Folder {
    type Err = Infallible;

    /// `DIR`, or `DIR:WEIGHT`. What is there under the whole text is a folder, whatever follows a colon in its name.
    fn from_str(text: &str) -> std::result::Result<Self, Infallible> {
        let weighted = || {
            let (dir, weight) = text.rsplit_once(':')?;
            Some(Self { dir: dir.into(), weight: weight.parse().ok()? })
        };
        let whole = PathBuf::from(text);
        Ok(if whole.exists() { whole.into() } else { weighted().unwrap_or(whole.into()) })
    }
}

impl fmt::Display for Folder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.dir.display())?;
        if self.weight != 1.0 { write!(f, " (weight {})", self.weight) } else { Ok(()) }
    }
}

/// What is trained, on what, and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Plan {
    /// Name of the backbone: see [`crate::backbone::SPECS`].
    pub backbone: String,
    /// Its weights; `None` looks into [`crate::weights::cache_folder`], and draws them at random where that has none.
    pub weights: Option<PathBuf>,
    /// The head; `None` is [`HeadKind::Transfer`] on a frozen backbone and [`HeadKind::Linear`] otherwise.
    pub head: Option<HeadKind>,
    /// What learns; `None` is the head where the backbone's weights come from a file, and all of it otherwise.
    pub learns: Option<Learns>,
    /// Steps, epochs and seed.
    pub training: Training,
    /// What all training pictures go through; `None` chooses: see [`Plan::augment`].
    pub augment: Option<Augment>,
    /// Draws of the augmentation that each picture's features are made of, ≥ 1, where the backbone is frozen.
    pub draws: u32,
    /// Share of photos beside frames, above 0 and below 1. `None`: by their number on a frozen backbone; a network that learns
    /// step by step learns from frames first and from photos last, or from both alike where there is but one epoch.
    pub photo_share: Option<f32>,
    /// Names of the classes in their order; empty: all that frames and photos have.
    pub classes: Vec<String>,
    /// Datasets of rendered frames.
    pub data: Vec<Folder>,
    /// Folders of photos.
    pub real: Vec<Folder>,
    /// Folders that the model is judged on while it learns; none: a tenth of the training pictures is kept for it.
    pub val: Vec<PathBuf>,
    /// Folders that each epoch is judged on as well, such as photos where frames are kept for validation; they choose nothing.
    pub test: Vec<PathBuf>,
    /// At most so many pictures of each class from each folder.
    pub per_class: Option<usize>,
    /// At most so many photos of each class from each folder of photos; `None`: as many as of frames.
    pub photos_per_class: Option<usize>,
    /// Where features are kept; `None`: nowhere.
    pub cache: Option<PathBuf>,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            backbone: "small_cnn".into(),
            weights: None,
            head: None,
            learns: None,
            training: Training::default(),
            augment: None,
            draws: 1,
            photo_share: None,
            classes: Vec::new(),
            data: Vec::new(),
            real: Vec::new(),
            val: Vec::new(),
            test: Vec::new(),
            per_class: None,
            photos_per_class: None,
            cache: None,
        }
    }
}

impl Plan {
    /// # Errors
    /// Names the setting that is out of its range.
    pub fn validate(&self) -> Result<()> {
        self.training.validate()?;
        let problem = if self.draws == 0 {
            "draws must be at least 1"
        } else if self.photo_share.is_some_and(|share| !(share > 0.0 && share < 1.0)) {
            "the share of photos lies between 0 and 1, for instance 0.95"
        } else if self.learns == Some(Learns::Last(0)) {
            "at least the last 1 stage learns; to train the head alone, freeze the backbone"
        } else {
            return Ok(());
        };
        Err(Error::Setting(problem.into()))
    }

    /// What learns, given whether the backbone's weights come from a file.
    pub fn learns(&self, from_file: bool) -> Learns {
        self.learns.unwrap_or(if from_file { Learns::Head } else { Learns::All })
    }

    /// Which head, given what learns.
    ///
    /// # Errors
    /// When a head that is computed was asked for on a backbone that learns.
    pub fn head(&self, learns: Learns) -> Result<HeadKind> {
        let frozen = learns == Learns::Head;
        match self.head {
            Some(kind) if kind.is_computed() && !frozen => Err(Error::Setting(format!(
                "the head `{}` is computed from features of a frozen backbone: add --freeze, or use `linear` or `paper`",
                kind.name()
            ))),
            Some(kind) => Ok(kind),
            None if frozen => Ok(HeadKind::Transfer),
            None => Ok(HeadKind::Linear),
        }
    }

    /// What training pictures go through. Photos that a frozen backbone sees stay as they are; those that a network learns
    /// from are cropped and flipped; frames get a lens and a sensor as well, unless they have them.
    pub fn augment(&self, learns: Learns, rendered: bool, has_lens: bool) -> Augment {
        let geometry = Augment { blur_px: [0.0; 2], noise: [0.0; 2], ..Augment::transfer() };
        match self.augment {
            Some(augment) => augment,
            None if rendered && !has_lens => Augment::transfer(),
            None if rendered || learns != Learns::Head => geometry,
            None => Augment::none(),
        }
    }
}
