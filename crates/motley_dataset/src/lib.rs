//! Datasets on disk: writers, resume, readers, merge, audit and contact sheets.
//!
//! A finished dataset in `DIR` holds, besides the class folders, files only, so that torchvision's
//! `ImageFolder(DIR)`, Keras and Hugging Face's `imagefolder` read `DIR` itself:
//!
//! | path | what |
//! |---|---|
//! | `<class>/<index>.jpg` (or `.png`) | the pictures; rasters (`.depth.npy`, …) and YOLO boxes (`.txt`) lie beside them |
//! | `metadata.jsonl` | one [`Record`] a line, by index; `records.jsonl` where no loose pictures lie beside it |
//! | `motley.json`, `scene.ron` | the [`Manifest`], and the scene that was drawn |
//! | `annotations.json` | COCO, when asked for |
//! | `data.yaml`, `yolo.txt` | YOLO, when asked for |
//! | `shard-000000.tar` … | WebDataset, when asked for; alone, it leaves no loose pictures |
//!
//! How a dataset comes to be, whatever dies on the way:
//!
//! 1. [`Dataset::open`] locks the folder, compares what lies there with what is asked for, and says which frames
//!    are [missing](Dataset::missing).
//! 2. Worker processes draw them, each through a [`FrameSink`] with a journal of its own under `DIR/.motley`. A file
//!    is written aside and renamed; the journal's line comes last, so it vouches for the files.
//! 3. [`Dataset::finish`] turns the journals into the lists and archives of each format, and removes `.motley`.
//!
//! Nothing written depends on the number of workers, on restarts or on time, so the finished bytes do not either.

mod atomic;
pub mod audit;
mod dataset;
pub mod encode;
mod error;
mod formats;
mod layout;
mod lock;
mod manifest;
mod merge;
mod names;
pub mod npy;
mod reader;
mod records;
pub mod sheet;
mod sink;
pub mod stats;

pub use audit::{AuditReport, audit};
pub use dataset::{Dataset, Summary, frames_in};
pub use error::DatasetError;
pub use manifest::{FORMAT_VERSION, Format, ImageFormat, ImageSpec, Label, Manifest, Spec};
pub use merge::merge;
pub use reader::Reader;
pub use records::Record;
pub use sink::FrameSink;
