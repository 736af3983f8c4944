//! What can be typed. Doc comments are the help texts.
#![allow(rustdoc::invalid_html_tags, reason = "these comments are help texts, not web pages")]

use std::{ffi::OsString, path::PathBuf};

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use motley_learn::{device::DeviceChoice, explain::Method, fit::Schedule, head::HeadKind, run::Folder};
use motley_pixels::Augment;
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
    /// Open the window: design a scene by looking at it
    Studio(StudioArgs),
    /// Draw, render, label and write a dataset. `motley --batch N` alone captures the default scene
    Capture(CaptureArgs),
    /// Redraw one frame of a scene or of a dataset, byte for byte
    Frame(FrameArgs),
    /// Lay pictures of a dataset out on a contact sheet
    Sheet(SheetArgs),
    /// Decode every picture of a dataset and report what is wrong with it
    Audit(AuditArgs),
    /// Join the shards of a dataset or of a study
    Merge(MergeArgs),
    /// Train a classifier on frames while they are drawn, on datasets, on photos, or on all of them
    Train(TrainArgs),
    /// Judge a trained classifier on photos, datasets or fresh frames
    Eval(EvalArgs),
    /// Ask a trained classifier what is on a picture
    Predict(PredictArgs),
    /// Show where a trained classifier looks
    Explain(ExplainArgs),
    /// Carry out a study: many scenes, trainings and tests, and one report that says what matters and how sure that is
    Study(StudyArgs),
    /// Search a scene's switches and ranges for what a set of real photos says
    Tune(TuneArgs),
    /// Report all faults of a scene file at once
    Check(CheckArgs),
    /// Write a commented scene for your own models
    New(NewArgs),
    /// Measure how fast this machine is
    Bench(BenchArgs),
    /// Look at what the zoo grows, or take it elsewhere
    Zoo(ZooArgs),
    /// Look at a folder of your own models
    Pack(PackArgs),
    /// Print completions for a shell
    Completions(CompletionsArgs),
    /// Draw frames for a capture: started by it
    #[command(hide = true)]
    Worker,
}

/// What was typed. Prints help and what is wrong with it, and ends there.
pub fn parse() -> Cli {
    // Else `--seed -1` is taken for a flag that nobody knows.
    let command = Cli::command().mut_subcommands(|command| command.allow_negative_numbers(true));
    let matches = command.get_matches_from(with_default_command(std::env::args_os()));
    Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
}

/// Lets `motley --batch 100` mean `motley capture --batch 100`.
fn with_default_command(args: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut args: Vec<_> = args.collect();
    let is_flag = |arg: &OsString| arg.to_string_lossy().starts_with("--batch");
    if args.get(1).is_some_and(|first| first.to_string_lossy().starts_with("--")) && args.iter().any(is_flag) {
        args.insert(1, "capture".into());
    }
    args
}

#[derive(Debug, Args)]
pub struct StudioArgs {
    /// Scene file; without one, the default scene: cats and dogs
    pub scene: Option<PathBuf>,
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
    /// box, mask, keypoints, depth, normal, instance, semantic, separated by commas, or none [default: the scene's]
    #[arg(long, value_name = "LABELS", value_delimiter = ',', value_parser = parse_label)]
    pub labels: Vec<Option<LabelKind>>,
    /// Width and height in pixels [default: the scene's]
    #[arg(long, value_name = "PX", value_parser = clap::value_parser!(u32).range(16..=2048))]
    pub size: Option<u32>,
    /// jpeg, jpeg:QUALITY or png [default: the scene's]
    #[arg(long, value_name = "FORM", value_parser = parse_image)]
    pub image: Option<motley_scene::scene::ImageForm>,
    /// Print progress as JSON lines
    #[arg(long)]
    pub json: bool,
    /// Print no progress, only warnings and errors
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

/// `none` asks for no label of its own: with it alone a frame has its class and how it was drawn.
fn parse_label(text: &str) -> Result<Option<LabelKind>, String> {
    if text.trim() == "none" { Ok(None) } else { text.parse().map(Some) }
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
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u64).range(1..=10_000))]
    pub count: u64,
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
    /// Folder of the whole dataset or study
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
    /// Images a second of each stage of a training, and which one waits
    Train(BenchTrainArgs),
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
pub struct BenchTrainArgs {
    /// Scene file [default: the default scene]
    pub scene: Option<PathBuf>,
    /// Frames to draw
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u64).range(2..))]
    pub frames: u64,
    /// Width and height of the frames in pixels [default: the scene's]
    #[arg(long, value_name = "PX", value_parser = clap::value_parser!(u32).range(16..=2048))]
    pub size: Option<u32>,
    /// small_cnn, mobilenet_v2, squeezenet1_1, resnet18 or vgg16
    #[arg(long, value_name = "NAME", default_value = "small_cnn")]
    pub backbone: String,
    /// Its weights, or their folder [default: looked for in ~/.cache/motley/weights, else random: as fast]
    #[arg(long, value_name = "FILE")]
    pub weights: Option<PathBuf>,
    /// Pictures a step
    #[arg(long, value_name = "N", default_value = "16", value_parser = parse_batch)]
    pub batch: usize,
    /// Seconds that each stage is measured for, at least
    #[arg(long, value_name = "S", default_value_t = 5.0)]
    pub seconds: f32,
    /// auto, cpu or wgpu
    #[arg(long, value_name = "DEVICE", default_value = "auto")]
    pub device: DeviceChoice,
    /// Print the figures as JSON
    #[arg(long)]
    pub json: bool,
}

/// A time above 0.
fn parse_minutes(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(minutes) if minutes > 0.0 && minutes.is_finite() => Ok(minutes),
        _ => Err("write a number of minutes above 0, such as 30 or 0.5".into()),
    }
}

fn parse_batch(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|&batch| batch > 0).ok_or_else(|| "write a whole number from 1 on".to_owned())
}

#[derive(Debug, Args)]
pub struct ZooArgs {
    #[command(subcommand)]
    pub what: ZooCommand,
}

#[derive(Debug, Subcommand)]
pub enum ZooCommand {
    /// Contact sheets of every breed from several sides and in its photo scene, and a table of breeds
    Report(ZooReportArgs),
    /// Write individuals of a breed as GLB, with skin, clips and textures
    Export(ZooExportArgs),
}

#[derive(Debug, Args)]
pub struct ZooExportArgs {
    /// Breed: its name, or CLASS/NAME where several classes have one of this name
    pub breed: String,
    /// How many individuals
    #[arg(long, short = 'n', value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub count: u32,
    /// Folder of the files
    #[arg(long, short, value_name = "DIR", default_value = "out/zoo")]
    pub out: PathBuf,
    /// Seed of the individuals: those of a scene that is captured with the same seed
    #[arg(long, value_name = "S", default_value_t = 0)]
    pub seed: u64,
}

#[derive(Debug, Args)]
pub struct PackArgs {
    #[command(subcommand)]
    pub what: PackCommand,
}

#[derive(Debug, Subcommand)]
pub enum PackCommand {
    /// Look at everything in a folder of your own models: a contact sheet, what each is, what is wrong and how to mend it
    Check(PackCheckArgs),
}

#[derive(Debug, Args)]
pub struct PackCheckArgs {
    /// Folder with subjects/CLASS/*.glb, materials and skies
    pub pack: PathBuf,
    /// Folder of the contact sheet, the thumbnails and the descriptions
    #[arg(long, short, value_name = "DIR", default_value = "out/pack")]
    pub out: PathBuf,
}

#[derive(Debug, Args)]
pub struct ZooReportArgs {
    /// Folder of the sheets
    #[arg(long, short, value_name = "DIR", default_value = "out/zoo")]
    pub out: PathBuf,
    /// Only these breeds, separated by commas
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub breeds: Vec<String>,
    /// Seed of the individuals
    #[arg(long, value_name = "S", default_value_t = 0)]
    pub seed: u64,
}

impl ZooReportArgs {
    /// Is this breed to be shown?
    pub fn wants(&self, class: &str, breed: &str) -> bool {
        self.breeds.is_empty() || self.breeds.iter().any(|wanted| is_called(class, breed, wanted))
    }
}

/// Is a breed called so, with its class before it or without?
pub fn is_called(class: &str, breed: &str, name: &str) -> bool {
    name == breed || name.split_once('/') == Some((class, breed))
}

#[derive(Debug, Args)]
pub struct TrainArgs {
    /// Scene whose frames are learnt while they are drawn; may be given several times
    #[arg(long, value_name = "SCENE")]
    pub stream: Vec<PathBuf>,
    /// Frames of each stream, in the order of the streams
    #[arg(long, value_name = "N", default_value = "2000", requires = "stream", value_parser = clap::value_parser!(u64).range(1..))]
    pub count: Vec<u64>,
    /// Width and height of streamed frames in pixels [default: the scene's]
    #[arg(long, value_name = "PX", requires = "stream", value_parser = clap::value_parser!(u32).range(16..=2048))]
    pub size: Option<u32>,
    /// Dataset of frames that `motley capture` wrote, or a folder of frames that another tool drew; may be given several
    /// times, each with its weight beside the others [default weight: 1]
    #[arg(long, value_name = "DIR[:WEIGHT]")]
    pub data: Vec<Folder>,
    /// Folder of photos: one folder a class, or names that begin with their class; may be given several times, each with
    /// its weight beside the others [default weight: 1]
    #[arg(long, value_name = "DIR[:WEIGHT]")]
    pub real: Vec<Folder>,
    /// Pictures to be judged on [default: a tenth of the training pictures, kept apart]
    #[arg(long, value_name = "DIR")]
    pub val: Vec<PathBuf>,
    /// Pictures that each epoch is judged on as well; they choose nothing. Photos, for instance, where validation is on frames
    #[arg(long, value_name = "DIR")]
    pub test: Vec<PathBuf>,
    /// Classes, separated by commas [default: the scene's, or all that the folders have]
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub classes: Vec<String>,
    /// At most so many pictures of each class from each folder
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u32).range(1..))]
    pub per_class: Option<u32>,
    /// At most so many photos of each class from each folder of photos [default: --per-class]
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u32).range(1..))]
    pub photos_per_class: Option<u32>,
    /// small_cnn, mobilenet_v2, squeezenet1_1, resnet18 or vgg16
    #[arg(long, value_name = "NAME", default_value = "small_cnn")]
    pub backbone: String,
    /// Its weights, .safetensors or .pth, or their folder [default: looked for in ~/.cache/motley/weights]
    #[arg(long, value_name = "FILE")]
    pub weights: Option<PathBuf>,
    /// transfer, paper, linear or means [default: transfer on a frozen backbone, else linear]
    #[arg(long, value_name = "HEAD")]
    pub head: Option<HeadKind>,
    /// Train the head alone [default with weights]
    #[arg(long, conflicts_with_all = ["unfreeze", "last"])]
    pub freeze: bool,
    /// Train all of the backbone [default without weights]
    #[arg(long, conflicts_with = "last")]
    pub unfreeze: bool,
    /// Train the last N stages of the backbone
    #[arg(long, value_name = "N")]
    pub last: Option<usize>,
    /// Passes over the pictures; streamed frames come in the first half of them, and are kept to be learnt again
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub epochs: usize,
    /// Pictures a step
    #[arg(long, value_name = "N", default_value_t = 32)]
    pub batch: usize,
    /// Step size of Adam
    #[arg(long, value_name = "RATE", default_value_t = 1e-3)]
    pub lr: f64,
    /// How the step size changes: constant or cosine [default: cosine where the backbone learns, else constant]
    #[arg(long, value_name = "NAME", value_parser = parse_schedule)]
    pub schedule: Option<Schedule>,
    /// Pull of the weights toward 0
    #[arg(long, value_name = "RATE", default_value_t = 0.0)]
    pub weight_decay: f64,
    /// Share of hidden neurons of the paper's head that are left out at each step
    #[arg(long, value_name = "SHARE", default_value_t = 0.3)]
    pub dropout: f64,
    /// Stop after N epochs without a better one
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub early_stop: Option<u16>,
    /// Seed of everything that is drawn, frames included
    #[arg(long, value_name = "S", default_value_t = 0)]
    pub seed: u64,
    /// none, paper, transfer, or what varies and how far, such as '(crop_area: Some((0.4, 1.0)), flip: 0.5, rotate_deg: 10)'
    /// [default: transfer for frames without lens and sensor; crops and flips for those with; photos as they are on a frozen
    /// backbone]
    #[arg(long, value_name = "NAME|FIELDS")]
    pub augment: Option<Augment>,
    /// Draws of the augmentation for each picture of a folder, on a frozen backbone
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub draws: u32,
    /// Share of photos beside frames, above 0 and below 1 [default: on a frozen backbone all frames weigh as much as 5 photos
    /// of each class; else frames come in the first half of the epochs and photos in the second]
    #[arg(long, value_name = "SHARE")]
    pub photo_share: Option<f32>,
    /// Folder that keeps features of frozen backbones [default: ~/.cache/motley/features]
    #[arg(long, value_name = "DIR")]
    pub cache: Option<PathBuf>,
    /// auto, cpu or wgpu
    #[arg(long, value_name = "DEVICE", default_value = "auto")]
    pub device: DeviceChoice,
    /// Folder of the run
    #[arg(long, short, value_name = "RUN")]
    pub out: PathBuf,
    /// Go on with a run that was interrupted, with the settings that it has; frames of a stream are drawn again up to where
    /// it was
    #[arg(long)]
    pub resume: bool,
    /// Print progress as JSON lines
    #[arg(long)]
    pub json: bool,
    /// Print no progress, only warnings and errors
    #[arg(long, short, conflicts_with = "json")]
    pub quiet: bool,
}

fn parse_schedule(text: &str) -> Result<Schedule, String> {
    match text {
        "constant" => Ok(Schedule::Constant),
        "cosine" => Ok(Schedule::Cosine),
        _ => Err("write constant or cosine".to_owned()),
    }
}

#[derive(Debug, Args)]
pub struct EvalArgs {
    /// Folder of a run
    pub run: PathBuf,
    /// Pictures to judge it on: NAME=DIR, or NAME=SCENE:N for N fresh frames; may be given several times
    #[arg(long, value_name = "NAME=DIR|SCENE:N", required = true, value_parser = parse_test)]
    pub test: Vec<Test>,
    /// Seed of fresh frames: another one than in training shows others
    #[arg(long, value_name = "S", default_value_t = 1_000_003)]
    pub seed: u64,
    /// Folder of tables and page [default: <RUN>/eval]
    #[arg(long, short, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// auto, cpu or wgpu
    #[arg(long, value_name = "DEVICE", default_value = "auto")]
    pub device: DeviceChoice,
    /// Print one JSON object a test set
    #[arg(long)]
    pub json: bool,
}

/// Pictures that a classifier is judged on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Test {
    /// What it is called in tables.
    pub name: String,
    /// A folder, or a scene file.
    pub path: PathBuf,
    /// Frames of a scene.
    pub frames: Option<u64>,
}

fn parse_test(text: &str) -> Result<Test, String> {
    let (name, place) = text.split_once('=').ok_or("write NAME=DIR or NAME=SCENE:N, such as photos=photos/val")?;
    // A Windows drive has a colon as well, and no number behind it.
    let frames = place.rsplit_once(':').and_then(|(scene, count)| Some((scene, count.parse().ok()?)));
    if name.is_empty() || place.is_empty() || name.contains(['/', '\\']) {
        return Err("write NAME=DIR or NAME=SCENE:N, with a name that can be a file's".to_owned());
    }
    let (path, frames) = frames.map_or((place, None), |(scene, count)| (scene, Some(count)));
    match frames {
        Some(0) => Err("no frames cannot be judged: write SCENE:500".to_owned()),
        _ => Ok(Test { name: name.to_owned(), path: path.into(), frames }),
    }
}

#[derive(Debug, Args)]
pub struct PredictArgs {
    /// Folder of a run
    pub run: PathBuf,
    /// Pictures
    #[arg(required = true)]
    pub images: Vec<PathBuf>,
    /// auto, cpu or wgpu
    #[arg(long, value_name = "DEVICE", default_value = "cpu")]
    pub device: DeviceChoice,
    /// Print one JSON object a picture
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// Folder of a run
    pub run: PathBuf,
    /// Pictures
    #[arg(required = true)]
    pub images: Vec<PathBuf>,
    /// gradcam or occlusion
    #[arg(long, value_name = "NAME", default_value = "gradcam")]
    pub method: Method,
    /// The class that is looked for [default: the one that the classifier sees]
    #[arg(long, value_name = "NAME")]
    pub class: Option<String>,
    /// Folder of overlays, raw maps and a grid of all
    #[arg(long, short, value_name = "DIR")]
    pub out: PathBuf,
    /// auto, cpu or wgpu
    #[arg(long, value_name = "DEVICE", default_value = "cpu")]
    pub device: DeviceChoice,
}

#[derive(Debug, Args)]
pub struct StudyArgs {
    /// Study file
    pub study: PathBuf,
    /// Folder of the study: what is there already is not done again
    #[arg(long, short, value_name = "DIR")]
    pub out: PathBuf,
    #[command(flatten)]
    pub places: PlacesArgs,
    /// Do only the i-th of n parts, such as 2/4; `motley merge` joins them
    #[arg(long, value_name = "I/N", value_parser = parse_shard)]
    pub shard: Option<[u32; 2]>,
    #[command(flatten)]
    pub work: WorkArgs,
}

#[derive(Debug, Args)]
pub struct TuneArgs {
    /// Scene file to begin with
    pub scene: PathBuf,
    /// Folder of photos: half of each class is searched by, the other half only judges the result. Name no test set here
    #[arg(long, value_name = "DIR")]
    pub real: PathBuf,
    /// Folder of the search: it goes on where it was
    #[arg(long, short, value_name = "DIR")]
    pub out: PathBuf,
    /// Minutes of search, those of earlier calls included; judging the result takes some more
    #[arg(long, value_name = "N", default_value_t = 30.0, value_parser = parse_minutes)]
    pub minutes: f64,
    /// Frames of each class in a round's last step; the first takes a ninth of them
    #[arg(long, value_name = "N", default_value_t = 180, value_parser = clap::value_parser!(u64).range(9..=100_000))]
    pub frames: u64,
    /// small_cnn, mobilenet_v2, squeezenet1_1, resnet18 or vgg16: always frozen
    #[arg(long, value_name = "NAME", default_value = "mobilenet_v2")]
    pub backbone: String,
    /// Its weights, .safetensors or .pth, or their folder [default: looked for in ~/.cache/motley/weights]
    #[arg(long, value_name = "FILE")]
    pub weights: Option<PathBuf>,
    /// Folder that keeps features [default: ~/.cache/motley/features]
    #[arg(long, value_name = "DIR")]
    pub cache: Option<PathBuf>,
    /// Seed of everything that is drawn
    #[arg(long, value_name = "S", default_value_t = 0)]
    pub seed: u64,
    #[command(flatten)]
    pub work: WorkArgs,
}

/// How frames are drawn and learnt from, and what is said meanwhile.
#[derive(Debug, Args)]
pub struct WorkArgs {
    /// Worker processes that draw frames [default: as for capture]
    #[arg(long, short, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=256))]
    pub jobs: Option<u32>,
    /// auto, cpu or wgpu
    #[arg(long, value_name = "DEVICE", default_value = "auto")]
    pub device: DeviceChoice,
    /// Print progress as JSON lines
    #[arg(long)]
    pub json: bool,
    /// Print no progress, only warnings and errors
    #[arg(long, short, conflicts_with = "json")]
    pub quiet: bool,
}

/// Where things lie that a study file does not say.
#[derive(Debug, Args)]
pub struct PlacesArgs {
    /// Folder that the study's photos are relative to [default: $MOTLEY_DATA, else the folder of the study file]
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Folder of the backbones' weights [default: ~/.cache/motley/weights]
    #[arg(long, value_name = "DIR")]
    pub weights: Option<PathBuf>,
    /// Folder that keeps features of frozen backbones [default: ~/.cache/motley/features]
    #[arg(long, value_name = "DIR")]
    pub cache: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// bash, elvish, fish, powershell or zsh
    pub shell: clap_complete::Shell,
}
