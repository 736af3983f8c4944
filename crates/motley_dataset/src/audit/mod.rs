//! Is a dataset whole and sound? Decodes every picture and reads every label.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use motley_scene::{catalog::Catalog, scene::Scene};
use serde::Serialize;

use crate::{
    DatasetError, Reader, Record,
    stats::{self, Test},
};

mod draws;
mod hypotheses;
mod labels;
mod lists;
mod near;
mod picture;

pub use hypotheses::DrawTest;

/// Below this probability, class counts are called unbalanced: a sound dataset fails it once in a million.
const UNBALANCED: f64 = 1e-6;

/// What an audit found. Faults make a dataset unfit; the rest is for the reader to weigh.
#[derive(Clone, Debug, Default, Serialize)]
pub struct AuditReport {
    /// Frames that the manifest promises.
    pub expected: u64,
    /// Frames that have a record.
    pub frames: u64,
    /// Pictures that were decoded.
    pub decoded: u64,
    /// Whether the capture has ended.
    pub finished: bool,
    /// Frames of each class, in the manifest's order.
    pub classes: Vec<ClassCount>,
    /// Chi-square test of the class counts against the weights, equal ones if none were given.
    pub balance: Option<Test>,
    /// What makes it unfit, by frame.
    pub faults: Vec<Fault>,
    /// Frames that show less of their subject than the scene's `min_visible`, after all tries; 0 if the scene was not at hand.
    pub hidden: u64,
    /// Every distribution of the scene, tested; empty if the scene was not at hand.
    pub draws: Vec<DrawTest>,
    /// Groups of frames whose pictures are hard to tell apart, though not equal.
    pub near_duplicates: Vec<Vec<u64>>,
}

/// Frames of one class.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClassCount {
    /// Its name.
    pub class: String,
    /// Frames found.
    pub count: u64,
    /// Frames expected.
    pub expected: f64,
}

/// Something that makes a dataset unfit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Fault {
    /// Which frame, if it is about one.
    pub index: Option<u64>,
    /// What sort.
    pub kind: FaultKind,
    /// What was found.
    pub detail: String,
}

/// Sorts of faults.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// A frame has no record, or a file is not there.
    Missing,
    /// A file that belongs to no frame.
    Extra,
    /// A file does not decode, or a record does not parse.
    Corrupt,
    /// What was drawn is not what the scene declares.
    Draw,
    /// A picture or raster has another size than the manifest says.
    WrongSize,
    /// A picture is black.
    Black,
    /// A picture has next to no contrast.
    Constant,
    /// A picture equals an earlier one in every pixel.
    Duplicate,
    /// A label cannot be true.
    Label,
    /// Class counts that chance does not explain.
    Balance,
}

/// What to hold a dataset against.
#[derive(Clone, Debug, Default)]
pub struct AuditOptions {
    /// Relative frequency of each class, in the manifest's order; empty for equal ones.
    pub class_weights: Vec<f64>,
}

impl AuditReport {
    /// What makes the dataset unfit.
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// Whether nothing does.
    pub fn ok(&self) -> bool {
        self.faults.is_empty()
    }
}

/// Audits a dataset with equally frequent classes. See [`audit_with`].
///
/// # Errors
/// As [`Reader::open`]: damage within a dataset is a fault in the report.
pub fn audit(dir: &Path) -> Result<AuditReport, DatasetError> {
    audit_with(dir, &AuditOptions::default())
}

/// Audits a dataset: decodes every picture, on two threads, and checks every record against its files.
///
/// # Errors
/// As [`Reader::open`]: damage within a dataset is a fault in the report.
pub fn audit_with(dir: &Path, options: &AuditOptions) -> Result<AuditReport, DatasetError> {
    let reader = Reader::open(dir)?;
    let manifest = reader.manifest();
    let wanted = manifest.indices();
    let mut report = AuditReport {
        expected: wanted.end - wanted.start,
        frames: reader.len() as u64,
        finished: reader.is_finished(),
        ..AuditReport::default()
    };
    let mut faults = Vec::new();
    for run in reader.gaps() {
        let detail = match run.end - run.start {
            1 => "has no record".to_owned(),
            n => format!("has no record, nor have the {} frames after it", n - 1),
        };
        faults.push(Fault::new(run.start, FaultKind::Missing, detail));
    }
    let frames = inspect(&reader);
    let mut counts = vec![0; manifest.classes.len()];
    let mut seen: BTreeMap<[u8; 32], u64> = BTreeMap::new();
    let mut looks = Vec::new();
    for frame in frames {
        if let Some(count) = frame.class_id.and_then(|class| counts.get_mut(class as usize)) {
            *count += 1;
        }
        faults.extend(frame.faults);
        let Some(look) = frame.look else { continue };
        report.decoded += 1;
        if let Some(first) = seen.get(&look.hash) {
            faults.push(Fault::new(frame.index, FaultKind::Duplicate, format!("equals frame {first}")));
        } else {
            seen.insert(look.hash, frame.index);
            looks.push((frame.index, look));
        }
    }
    extra_files(&reader, &mut faults)?;
    // Lists are made of whole records: where one is missing or damaged they cannot be.
    if report.finished
        && report.frames == report.expected
        && faults.iter().all(|fault| fault.kind != FaultKind::Corrupt)
    {
        lists::check(&reader, &mut faults)?;
    }
    report.near_duplicates = near::groups(&looks);
    balance(&mut report, &manifest.classes, &counts, options, &mut faults);
    faults.sort();
    report.faults = faults;
    Ok(report)
}

impl AuditReport {
    /// Adds the tests of what was drawn against what `scene` declares; `catalog` is what it was drawn from.
    ///
    /// # Errors
    /// If a record cannot be read.
    pub fn add_draws(&mut self, dir: &Path, scene: &Scene, catalog: &Catalog) -> Result<(), DatasetError> {
        let reader = Reader::open(dir)?;
        self.draws = draws::audit_draws(&reader, scene, catalog, &mut self.faults)?;
        let hidden = |record: &Record| record.labels.visible_fraction < scene.min_visible;
        self.hidden = reader.records().filter_map(Result::ok).filter(hidden).count() as u64;
        self.faults.sort();
        Ok(())
    }
}

/// What one frame showed.
struct Inspection {
    index: u64,
    class_id: Option<u32>,
    look: Option<picture::Look>,
    faults: Vec<Fault>,
}

/// Looks at every frame that has a record, on two threads; the result is by index.
fn inspect(reader: &Reader) -> Vec<Inspection> {
    let indices: Vec<_> = reader.indices().collect();
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        while let Some(index) = indices.get(next.fetch_add(1, Ordering::Relaxed)) {
            done.push(inspect_frame(reader, *index));
        }
        done
    };
    let mut frames = thread::scope(|scope| {
        let other = scope.spawn(work);
        let mut frames = work();
        match other.join() {
            Ok(more) => frames.extend(more),
            Err(panic) => std::panic::resume_unwind(panic),
        }
        frames
    });
    frames.sort_unstable_by_key(|frame| frame.index);
    frames
}

fn inspect_frame(reader: &Reader, index: u64) -> Inspection {
    let mut frame = Inspection { index, class_id: None, look: None, faults: Vec::new() };
    let mut fault = |kind, detail: String| frame.faults.push(Fault { index: Some(index), kind, detail });
    let record = match reader.record(index) {
        Ok(record) => record,
        Err(error) => {
            fault(FaultKind::Corrupt, error.to_string());
            return frame;
        }
    };
    frame.class_id = Some(record.labels.class_id);
    for detail in labels::check(&record, reader.manifest()) {
        fault(FaultKind::Label, detail);
    }
    let extensions = reader.manifest().extensions();
    for (i, extension) in extensions.iter().enumerate() {
        match reader.bytes(index, extension) {
            Err(error) => fault(FaultKind::Missing, error.to_string()),
            Ok(bytes) if i == 0 => match picture::look(&bytes) {
                Err(error) => fault(FaultKind::Corrupt, error),
                Ok(look) => {
                    if look.size != reader.manifest().size {
                        fault(FaultKind::WrongSize, format!("picture of {:?} pixels", look.size));
                    }
                    if look.is_black() {
                        fault(FaultKind::Black, format!("brightest pixel {}", look.brightest));
                    } else if look.is_constant() {
                        fault(FaultKind::Constant, format!("standard deviation {:.2} of 255", look.deviation));
                    }
                    frame.look = Some(look);
                }
            },
            Ok(bytes) => {
                if let Err((kind, detail)) = labels::check_file(&record.labels, extension, &bytes, reader.manifest()) {
                    fault(kind, detail);
                }
            }
        }
    }
    frame
}

/// Files in the class folders, and folders, that belong to no frame.
fn extra_files(reader: &Reader, faults: &mut Vec<Fault>) -> Result<(), DatasetError> {
    if !reader.is_finished() {
        return Ok(());
    }
    let mut known = BTreeSet::new();
    for index in reader.indices() {
        for extension in reader.manifest().extensions() {
            // A damaged record has been reported already.
            if let Ok(Some(path)) = reader.path(index, extension) {
                known.insert(path);
            }
        }
    }
    let list = |folder: &Path| -> Result<Vec<fs::DirEntry>, DatasetError> {
        fs::read_dir(folder).and_then(Iterator::collect).map_err(DatasetError::io("list", folder))
    };
    let mut extra = |path: &Path, detail: &str| {
        let path = path.strip_prefix(reader.dir()).unwrap_or(path).display();
        faults.push(Fault { index: None, kind: FaultKind::Extra, detail: format!("{path} {detail}") });
    };
    for entry in list(reader.dir())? {
        let path = entry.path();
        if !path.is_dir() {
            continue;
        }
        let name = entry.file_name();
        if !reader.manifest().classes.iter().any(|class| **class == *name) {
            extra(&path, "is no class, but readers of image folders will take it for one");
            continue;
        }
        for file in list(&path)? {
            if !known.contains(&file.path()) {
                extra(&file.path(), "belongs to no frame");
            }
        }
    }
    Ok(())
}

fn balance(
    report: &mut AuditReport,
    classes: &[String],
    counts: &[u64],
    options: &AuditOptions,
    faults: &mut Vec<Fault>,
) {
    let equal = vec![1.0; classes.len()];
    let weights = if options.class_weights.len() == classes.len() { &options.class_weights } else { &equal };
    let (frames, sum) = (counts.iter().sum::<u64>() as f64, weights.iter().sum::<f64>());
    let expected: Vec<_> = weights.iter().map(|weight| if sum > 0.0 { weight / sum * frames } else { 0.0 }).collect();
    let rows = classes.iter().zip(counts).zip(&expected);
    report.classes = rows
        .map(|((class, count), expected)| ClassCount { class: class.clone(), count: *count, expected: *expected })
        .collect();
    if classes.len() < 2 || frames == 0.0 {
        return;
    }
    let test = stats::chi_square(counts, &expected);
    if test.p < UNBALANCED {
        let detail =
            format!("χ² = {:.1}, p = {:.1e}: {counts:?} frames where {expected:.0?} are due", test.statistic, test.p);
        faults.push(Fault { index: None, kind: FaultKind::Balance, detail });
    }
    report.balance = Some(test);
}

impl Fault {
    fn new(index: u64, kind: FaultKind, detail: impl Into<String>) -> Self {
        Self { index: Some(index), kind, detail: detail.into() }
    }
}
