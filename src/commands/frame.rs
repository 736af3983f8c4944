//! `motley frame`: redraws one frame, byte for byte.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use motley_capture::{Renderer, RendererOptions};
use motley_dataset::{ImageFormat, Reader, encode};
use motley_scene::scene::{Output, Scene};
use serde_json::json;

use super::capture;
use crate::{
    Outcome,
    cli::{CaptureArgs, FrameArgs},
    opened::{self, Opened},
    progress::event,
};

/// Runs the command.
pub fn run(args: &FrameArgs) -> anyhow::Result<Outcome> {
    let (opened, mut manifest) = if args.scene.is_dir() {
        let reader = Reader::open(&args.scene)?;
        let opened = of_dataset(&reader, args.base.as_deref())?;
        (opened, reader.manifest().clone())
    } else {
        let opened = opened::open(Some(&args.scene))?;
        // Nothing is written there.
        let args = CaptureArgs { out: Some(PathBuf::new()), ..CaptureArgs::plain() };
        let manifest = capture::spec(&args, &opened)?.manifest;
        (opened, manifest)
    };
    if let Some(seed) = args.seed {
        manifest.seed = seed;
    }
    if let Some(size) = args.size {
        manifest.size = [size, size];
    }
    if let Some(out) = &args.out {
        manifest.image.format = format_of(out)?;
    }
    let options = RendererOptions { size: manifest.size[0], seed: manifest.seed, labels: manifest.labels.clone() };
    let mut renderer = Renderer::new(opened.ready, options)?;
    let frame = renderer.frame(args.index)?;
    let out = args.out.clone().unwrap_or_else(|| {
        PathBuf::from(format!("{}-{:06}.{}", frame.labels.class, args.index, manifest.image.format.extension()))
    });
    let bytes = encode::encode(&frame.rgb, frame.width, frame.height, manifest.image).map_err(anyhow::Error::msg)?;
    write(&out, &bytes)?;
    if args.json {
        event(&json!({ "file": out, "labels": frame.labels }));
    } else {
        eprintln!("{}", out.display());
    }
    Ok(Outcome::Done)
}

/// The picture format that a file's name asks for.
pub fn format_of(path: &Path) -> anyhow::Result<ImageFormat> {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
    match extension.as_deref() {
        Some("jpg" | "jpeg") => Ok(ImageFormat::Jpeg),
        Some("png") => Ok(ImageFormat::Png),
        _ => bail!("{}: a picture's name ends in .jpg, .jpeg or .png", path.display()),
    }
}

/// Writes a file whole or not at all.
pub fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let cannot = || format!("cannot write {}", path.display());
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).with_context(cannot)?;
    }
    let mut aside = path.as_os_str().to_owned();
    aside.push(".part");
    std::fs::write(&aside, bytes).and_then(|()| std::fs::rename(&aside, path)).with_context(cannot).inspect_err(|_| {
        // It may never have been made.
        let _ = std::fs::remove_file(&aside);
    })
}

/// The scene of a dataset. Its packs are named as seen from where the scene file lay, which a dataset does not know.
pub fn of_dataset(reader: &Reader, base: Option<&Path>) -> anyhow::Result<Opened> {
    let name = reader.dir().join("scene.ron").display().to_string();
    let opened = opened::open_text(reader.scene_source()?, base.unwrap_or(Path::new(".")), &name)
        .context("if the scene has packs, name the folder of its file with --base")?;
    let manifest = reader.manifest();
    let scene = &opened.ready.scene;
    let output = Output { size: manifest.size[0], ..scene.output.clone() };
    if capture::hash(&Scene { output, ..scene.clone() }, &opened)? != manifest.scene_hash {
        bail!("{name} or a file of its packs is not what {} was captured from", reader.dir().display());
    }
    Ok(opened)
}
