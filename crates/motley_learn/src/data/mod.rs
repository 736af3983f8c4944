//! Pictures on their way to a network: one pipeline for files and for frames that are drawn while one learns.
//!
//! 1. A [`Source`] is a folder of pictures: a dataset that Motley wrote, photos in class folders, or photos whose names
//!    begin with their class.
//! 2. A [`Mixture`] is several of them under one list of [`Classes`], each with a weight and an augmentation.
//! 3. [`Ticket`]s say which picture comes when: each once, or balanced by a [`Sampler`].
//! 4. A [`Pipeline`] reads, decodes and augments on several threads. What comes out depends on seed and tickets alone,
//!    never on the number of threads. [`Sample`]s from a renderer join it over a bounded channel.
//! 5. A [`FeatureCache`] keeps what a frozen network made of a picture, and [`extract`] fills it.
//!
//! What cannot be read is a [`Fault`]: named, counted, and left out.

mod cache;
mod classes;
mod decode;
mod error;
mod extract;
mod facts;
mod fault;
mod live;
mod mixture;
mod ordered;
mod pipeline;
mod sampler;
mod source;

pub use cache::{Backbone, FeatureCache, Key, Shelf};
pub use classes::Classes;
pub use decode::{decode, decode_file};
pub use error::DataError;
pub use extract::{Extracted, extract};
pub use facts::{Fact, Facts, facts};
pub use fault::{Fault, FaultKind, Faults};
pub use live::{Interleave, Replay, Sample, Seen};
pub use mixture::{Mixture, Part};
pub use pipeline::{Content, Job, Loaded, Loader, Origin, Pipeline};
pub use sampler::{Sampler, Ticket};
pub use source::{Layout, Source};
