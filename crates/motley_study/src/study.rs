//! A study file with all that it refers to: scenes with their changes, folders, weights.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use motley_learn::{
    data::{Classes, Source},
    fit::Training,
    run::{Folder, Learns, Plan},
    weights,
};

use crate::{
    error::{Error, Result},
    file::{Show, StudyFile, TrainingSpec, With, describe},
    frames::Frames,
};

/// Added to the study's seed for frames that models are judged on, so that no arm draws them.
const TEST_SEED: u64 = 1_000_003;
/// The backbone that needs no weights: it is meant to learn from nothing.
pub const FROM_SCRATCH: &str = "small_cnn";

/// Where things lie that a study file does not say: they differ from machine to machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    /// Folder that `photos` are relative to.
    pub data: PathBuf,
    /// Folder of weights.
    pub weights: Option<PathBuf>,
    /// Folder that keeps features of frozen backbones.
    pub features: Option<PathBuf>,
}

/// A study that can be carried out.
#[derive(Clone, Debug)]
pub struct Study {
    /// What the file says.
    pub file: StudyFile,
    /// Its text.
    pub text: String,
    /// Where things lie.
    pub places: Places,
    /// What is learnt from, arm by arm.
    pub arms: Vec<Material>,
    /// What is judged on, test by test.
    pub tests: Vec<Exam>,
}

/// What an arm learns from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Material {
    /// Its frames, if it has any.
    pub frames: Option<Frames>,
    /// At most so many frames of each class.
    pub frames_per_class: Option<usize>,
    /// Its folder of photos, if it has any.
    pub photos: Option<PathBuf>,
    /// At most so many photos of each class.
    pub photos_per_class: Option<usize>,
    /// Names of the classes; empty: all that the photos have.
    pub classes: Vec<String>,
}

/// What models are judged on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exam {
    /// At most so many pictures of each class of a folder.
    Photos(PathBuf, Option<usize>),
    /// Fresh frames.
    Frames(Frames),
}

/// One training of one arm: what is done, kept and counted by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Position of the arm.
    pub arm: usize,
    /// Number of the repeat, from 0.
    pub repeat: u32,
    /// Position of the training.
    pub training: usize,
    /// Positions of the tests that figures ask for.
    pub tests: BTreeSet<usize>,
    /// The first test of a figure that shows epochs, if one asks for this cell.
    pub by_epoch: Option<usize>,
    /// Whether a figure looks into the model.
    pub keeps_model: bool,
}

impl Study {
    /// Opens a study's text; scenes are relative to the folder of `path`.
    ///
    /// # Errors
    /// All faults, a line each.
    pub fn open(text: String, path: &Path, places: Places) -> Result<Self> {
        let (file, mut faults) = StudyFile::parse(&text);
        let base = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let base = base.canonicalize().unwrap_or_else(|_| base.to_owned());
        let photos = |folder: &str| (!folder.is_empty()).then(|| places.data.join(folder));
        let limit = |count: u32| (count > 0).then_some(count as usize);
        let (mut arms, mut tests, mut alone) = (Vec::new(), Vec::new(), Vec::new());
        // Scenes that other faults hide are looked at once those are mended.
        if let Some(file) = file.as_ref().filter(|_| faults.is_empty()) {
            let mut open = |place: String, scene: &str, changes: &[&With], count: u64| {
                if scene.is_empty() {
                    return None;
                }
                let scene = base.join(scene);
                let text = match std::fs::read_to_string(&scene) {
                    Ok(text) => text,
                    Err(error) => {
                        faults
                            .note_path(&format!("{place}.scene"), format!("cannot read {}: {error}", scene.display()));
                        return None;
                    }
                };
                let folder = scene.parent().unwrap_or(Path::new("."));
                match Frames::new(&text, changes.iter().map(|with| with.0.as_str()), folder, count) {
                    Ok(frames) => Some(frames),
                    Err(found) => {
                        for fault in found {
                            let path = format!("{place}.with.{}", fault.path);
                            faults.note_path(
                                &path,
                                format!("in {} with these changes: {}", scene.display(), fault.message),
                            );
                        }
                        None
                    }
                }
            };
            for at in 0..file.arms.len() {
                let (arm, changes) = file.resolved_arm(at);
                let frames = open(format!("arms[{at}]"), &arm.scene, &changes, arm.frames);
                let classes = match &frames {
                    Some(frames) if arm.classes.is_empty() => frames.classes.clone(),
                    _ => arm.classes,
                };
                if let [one] = classes.as_slice() {
                    let message = format!("there is nothing to be told apart but {one:?}; add a class");
                    alone.push((format!("arms[{at}]"), message));
                }
                arms.push(Material {
                    classes,
                    frames,
                    frames_per_class: limit(arm.frames_per_class),
                    photos: photos(&arm.photos),
                    photos_per_class: limit(arm.photos_per_class),
                });
            }
            for (at, test) in file.tests.iter().enumerate() {
                let frames = open(format!("tests[{at}]"), &test.scene, &[&test.with], test.frames);
                let folder = photos(&test.photos).map(|dir| Exam::Photos(dir, limit(test.per_class)));
                tests.extend(frames.map(Exam::Frames).or(folder));
            }
        }
        for (path, message) in alone {
            faults.note_path(&path, message);
        }
        match file {
            Some(file) if faults.is_empty() => Ok(Self { file, text, places, arms, tests }),
            _ => Err(Error::Faults(describe(path, &faults.into_sorted()))),
        }
    }

    /// All that the figures ask for: repeat by repeat, so that there is a first answer to everything early; then arm by arm.
    pub fn cells(&self) -> Vec<Cell> {
        let mut cells: BTreeMap<(u32, usize, usize), Cell> = BTreeMap::new();
        for figure in &self.file.figures {
            let members = self.file.members(figure);
            let looks = figure.show == Show::Looks;
            let repeats = match figure.repeats {
                // Looking takes one model.
                _ if looks => 1,
                0 => self.file.repeats,
                some => some.min(self.file.repeats),
            };
            for &arm in &members.arms {
                for &training in &members.trainings {
                    for repeat in 0..repeats {
                        let none =
                            Cell { arm, repeat, training, tests: BTreeSet::new(), by_epoch: None, keeps_model: false };
                        let cell = cells.entry((repeat, arm, training)).or_insert(none);
                        cell.tests.extend(&members.tests);
                        cell.keeps_model |= looks;
                        if figure.show == Show::Epochs {
                            cell.by_epoch = cell.by_epoch.or(members.tests.first().copied());
                        }
                    }
                }
            }
        }
        cells.into_values().collect()
    }

    /// Classes of an arm's models.
    ///
    /// # Errors
    /// When they are those of photos that are not there.
    pub fn classes(&self, arm: usize) -> Result<Classes> {
        let material = &self.arms[arm];
        Ok(match &material.photos {
            Some(photos) if material.classes.is_empty() => {
                Classes::found(open(photos)?.words().iter().map(String::as_str))?
            }
            _ => Classes::given(material.classes.iter())?,
        })
    }

    /// Seed of a repeat: of its frames, and of all that its training draws.
    pub fn seed(&self, repeat: u32) -> u64 {
        self.file.seed.wrapping_add(repeat.into())
    }

    /// Seed of frames to be judged on.
    pub fn test_seed(&self) -> u64 {
        self.file.seed.wrapping_add(TEST_SEED)
    }

    /// File of a training's weights; `None` for a network that learns from nothing.
    ///
    /// # Errors
    /// When there is none, and the training needs some.
    pub fn weights(&self, training: &TrainingSpec) -> Result<Option<PathBuf>> {
        let folder = self.places.weights.as_deref();
        if !training.weights.is_empty() {
            let file = folder.map(|folder| folder.join(&training.weights)).filter(|file| file.is_file());
            return match file {
                Some(file) => Ok(Some(file)),
                None => Err(self.missing_weights(&training.weights)),
            };
        }
        match folder.and_then(|folder| weights::find(folder, &training.backbone)) {
            None if training.backbone == FROM_SCRATCH => Ok(None),
            None => Err(self.missing_weights(&training.backbone)),
            found => Ok(found),
        }
    }

    fn missing_weights(&self, name: &str) -> Error {
        let folder = self.places.weights.as_ref().map_or("no folder".to_owned(), |folder| folder.display().to_string());
        Error::Setting(format!("there are no weights {name} in {folder}: name the folder that has them by --weights"))
    }

    /// What `motley train` would be asked for. `frames` and `watched` are folders: those of the arm's frames, and that of a test by
    /// which each epoch is judged and nothing is chosen.
    ///
    /// # Errors
    /// When the weights are missing.
    pub fn plan(&self, cell: &Cell, frames: Option<PathBuf>, watched: Option<PathBuf>) -> Result<Plan> {
        let (material, training) = (&self.arms[cell.arm], &self.file.trainings[cell.training]);
        Ok(Plan {
            backbone: training.backbone.clone(),
            weights: self.weights(training)?,
            head: training.head(),
            learns: Some(match (training.freeze, training.last) {
                (true, _) => Learns::Head,
                (false, 0) => Learns::All,
                (false, last) => Learns::Last(last as usize),
            }),
            training: Training {
                epochs: training.epochs as usize,
                batch: training.batch as usize,
                learning_rate: training.learning_rate.into(),
                weight_decay: training.weight_decay.into(),
                dropout: training.dropout.into(),
                seed: self.seed(cell.repeat),
                ..Training::default()
            },
            augment: training.augment.parse().ok(),
            draws: training.draws,
            classes: material.classes.clone(),
            data: frames.into_iter().map(Folder::from).collect(),
            real: material.photos.iter().cloned().map(Folder::from).collect(),
            val: watched.into_iter().collect(),
            per_class: material.frames_per_class,
            photos_per_class: Some(material.photos_per_class.unwrap_or(usize::MAX)),
            cache: self.places.features.clone().filter(|_| training.freeze),
            ..Plan::default()
        })
    }
}

impl Exam {
    /// Its folder, given that of the study.
    pub fn dir(&self, out: &Path, seed: u64) -> PathBuf {
        match self {
            Self::Photos(dir, _) => dir.clone(),
            Self::Frames(frames) => frames.dir(out, seed),
        }
    }

    /// Its pictures, chosen as they are always chosen.
    ///
    /// # Errors
    /// When the folder holds no labelled pictures.
    pub fn pictures(&self, out: &Path, seed: u64) -> Result<Source> {
        let mut source = open(&self.dir(out, seed))?;
        if let Self::Photos(_, Some(count)) = self {
            source.keep_per_class(*count, 0);
        }
        Ok(source)
    }
}

/// Opens a folder of pictures.
///
/// # Errors
/// When it is not there or holds none, with what to do about it.
pub fn open(dir: &Path) -> Result<Source> {
    if dir.is_dir() {
        return Ok(Source::open(dir)?);
    }
    Err(Error::NoFolder(dir.to_owned()))
}
