//! What can be typed. Doc comments are the help texts.
#![allow(rustdoc::invalid_html_tags, reason = "these comments are help texts, not web pages")]

use std::{ffi::OsString, path::PathBuf};

use clap::{Args, Parser, Subcommand};
use motley_scene::scene::{Format, LabelKind};

/// Endless labelled, randomized images from a scene file.
#[derive(Debug, Parser)]
#[command(name = "motley", version, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Draw, render, label and write a dataset. `motley --batch N` alone captures the default scene
    Capture(CaptureArgs),
    /// Redraw one frame of a scene or of a dataset, byte for byte
    Frame(FrameArgs),
    /// Lay pictures of a dataset out on a contact sheet
    Sheet(SheetArgs),
    /// Decode every picture of a dataset and report what is wrong with it
    Audit(AuditArgs),
    /// Join the shards of a dataset
    Merge(MergeArgs),
    /// Report all faults of a scene file at once
    Check(CheckArgs),
    /// Write a commented scene for your own models
    New(NewArgs),
    /// Measure how fast this machine is
    Bench(BenchArgs),
    /// Print completions for a shell
    Completions(CompletionsArgs),
    /// Draw frames for a capture: started by it
    #[command(hide = true)]
    Worker,
}

/// Lets `motley --batch 100` mean `motley capture --batch 100`.
pub fn with_default_command(args: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut args: Vec<_> = args.collect();
    let is_flag = |arg: &OsString| arg.to_string_lossy().starts_with("--batch");
    if args.get(1).is_some_and(|first| first.to_string_lossy().starts_with("--")) && args.iter().any(is_flag) {
        args.insert(1, "capture".into());
    }
    args
}

#[derive(Clone, Debug, Args)]
pub struct CaptureArgs {
    /// Scene file; without one, the default scene: cats and dogs
    pub scene: Option<PathBuf>,
    /// Number of frames [default: the scene's]
    #[arg(long, value_name = "N")]
    pub batch: Option<u64>,
    /// Folder of the dataset [default: out/<name of the scene>]
    #[arg(long, short, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Seed of every draw [default: the scene's]
    #[arg(long, value_name = "S")]
    pub seed: Option<u64>,
    /// Index of the first frame
    #[arg(long, value_name = "I", default_value_t = 0)]
    pub start: u64,
    /// Draw only the i-th of n parts, such as 2/4; `motley merge` joins them
    #[arg(long, value_name = "I/N", value_parser = parse_shard)]
    pub shard: Option<[u32; 2]>,
    /// Worker processes [default: one for each core without a GPU, else 2]
    #[arg(long, short, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=256))]
    pub jobs: Option<u32>,
    /// folder, coco, yolo or webdataset; may be given several times [default: the scene's]
    #[arg(long, value_name = "FORMAT", value_delimiter = ',')]
    pub format: Vec<Format>,
    /// box, mask, keypoints, depth, normal, instance, semantic, separated by commas [default: the scene's]
    #[arg(long, value_name = "LABELS", value_delimiter = ',')]
    pub labels: Vec<LabelKind>,
    /// Width and height in pixels [default: the scene's]
    #[arg(long, value_name = "PX", value_parser = clap::value_parser!(u32).range(16..=2048))]
    pub size: Option<u32>,
    /// jpeg, jpeg:QUALITY or png [default: the scene's]
    #[arg(long, value_name = "FORM", value_parser = parse_image)]
    pub image: Option<motley_scene::scene::ImageForm>,
    /// Print progress as JSON lines
    #[arg(long)]
    pub json: bool,
    /// Print nothing but errors
    #[arg(long, short, conflicts_with = "json")]
    pub quiet: bool,
}

impl CaptureArgs {
    /// Nothing asked for: everything as the scene says.
    pub fn plain() -> Self {
        Self {
            scene: None,
            batch: None,
            out: None,
            seed: None,
            start: 0,
            shard: None,
            jobs: None,
            format: Vec::new(),
            labels: Vec::new(),
            size: None,
            image: None,
            json: false,
            quiet: true,
        }
    }
}

fn parse_shard(text: &str) -> Result<[u32; 2], String> {
    let parts = text.split_once('/').and_then(|(i, n)| Some([i.parse().ok()?, n.parse().ok()?]));
    match parts {
        Some([i, n]) if i >= 1 && i <= n => Ok([i, n]),
        _ => Err("write I/N with 1 ≤ I ≤ N, such as 2/4".to_owned()),
    }
}

fn parse_image(text: &str) -> Result<motley_scene::scene::ImageForm, String> {
    use motley_scene::scene::ImageForm;
    match text.split_once(':').unwrap_or((text, "90")) {
        ("png", _) if text == "png" => Ok(ImageForm::Png),
        ("jpeg" | "jpg", quality) => match quality.parse() {
            Ok(quality @ 1..=100) => Ok(ImageForm::Jpeg(quality)),
            _ => Err("quality goes from 1 to 100, such as jpeg:90".to_owned()),
        },
        _ => Err("write jpeg, jpeg:QUALITY or png".to_owned()),
    }
}

#[derive(Debug, Args)]
pub struct FrameArgs {
    /// Scene file, or the folder of a dataset
    pub scene: PathBuf,
    /// Index of the frame
    #[arg(long, value_name = "N")]
    pub index: u64,
    /// Seed [default: the scene's or the dataset's]
    #[arg(long, value_name = "S")]
    pub seed: Option<u64>,
    /// Folder of the scene file that a dataset was captured from, for its packs [default: this folder]
    #[arg(long, value_name = "DIR")]
    pub base: Option<PathBuf>,
    /// Picture to write [default: <class>-<index>.jpg or .png]
    #[arg(long, short, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Width and height in pixels [default: the scene's or the dataset's]
    #[arg(long, value_name = "PX", value_parser = clap::value_parser!(u32).range(16..=2048))]
    pub size: Option<u32>,
    /// Print the labels as JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct SheetArgs {
    /// Folder of a dataset
    pub dataset: PathBuf,
    /// Picture to write [default: <dataset>-sheet.jpg]
    #[arg(long, short, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Number of pictures
    #[arg(long, value_name = "N", default_value_t = 64)]
    pub count: usize,
    /// Pictures in a row [default: about square]
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub columns: u32,
    /// Width of a picture in pixels
    #[arg(long, value_name = "PX", default_value_t = 192, value_parser = clap::value_parser!(u32).range(16..=2048))]
    pub cell: u32,
    /// Draw boxes: visible solid, full dashed
    #[arg(long)]
    pub boxes: bool,
    /// Tint the subject's mask
    #[arg(long)]
    pub masks: bool,
}

#[derive(Debug, Args)]
pub struct AuditArgs {
    /// Folder of a dataset
    pub dataset: PathBuf,
    /// Folder of the scene file that it was captured from, for its packs [default: this folder]
    #[arg(long, value_name = "DIR")]
    pub base: Option<PathBuf>,
    /// Print the whole report as JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct MergeArgs {
    /// Folders of all shards
    #[arg(required = true)]
    pub shards: Vec<PathBuf>,
    /// Folder of the whole dataset
    #[arg(long, short, value_name = "DIR")]
    pub out: PathBuf,
}

#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Scene files
    #[arg(required = true)]
    pub scenes: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub struct NewArgs {
    /// Scene file to write
    pub scene: PathBuf,
    /// Folder with subjects/<class>/*.glb, and materials/ and skies/ if you like
    #[arg(long, value_name = "DIR")]
    pub pack: PathBuf,
    /// Overwrite the scene file
    #[arg(long)]
    pub force: bool,
}

#[derive(Debug, Args)]
pub struct BenchArgs {
    #[command(subcommand)]
    pub what: BenchCommand,
}

#[derive(Debug, Subcommand)]
pub enum BenchCommand {
    /// Images a second from draw to disk, and the share of each stage
    Capture(BenchCaptureArgs),
}

#[derive(Debug, Args)]
pub struct BenchCaptureArgs {
    /// Scene file [default: the default scene]
    pub scene: Option<PathBuf>,
    /// Frames to measure
    #[arg(long, value_name = "N", default_value_t = 400)]
    pub frames: u64,
    /// Worker processes [default: as for capture]
    #[arg(long, short, value_name = "N")]
    pub jobs: Option<u32>,
    /// Width and height in pixels [default: the scene's]
    #[arg(long, value_name = "PX")]
    pub size: Option<u32>,
    /// Print the figures as JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// bash, elvish, fish, powershell or zsh
    pub shell: clap_complete::Shell,
}
