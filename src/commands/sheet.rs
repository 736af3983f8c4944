//! `motley sheet`: a contact sheet of a dataset.

use std::path::{Path, PathBuf};

use motley_dataset::{
    ImageSpec, Reader, encode,
    sheet::{SheetOptions, sheet, spread},
};

use super::frame::{format_of, write};
use crate::{Outcome, cli::SheetArgs};

/// Runs the command.
pub fn run(args: &SheetArgs) -> anyhow::Result<Outcome> {
    let reader = Reader::open(&args.dataset)?;
    let pictures = spread(&reader, usize::try_from(args.count)?)?;
    let options = SheetOptions {
        columns: args.columns,
        cell: args.cell,
        overlay_boxes: args.boxes,
        overlay_masks: args.masks,
        captions: true,
    };
    let picture = sheet(&pictures, &options);
    let out = match &args.out {
        Some(out) => out.clone(),
        None => beside(&args.dataset)?,
    };
    let form = ImageSpec { format: format_of(&out)?, quality: 90 };
    write(
        &out,
        &encode::encode(picture.as_raw(), picture.width(), picture.height(), form).map_err(anyhow::Error::msg)?,
    )?;
    eprintln!("{}", out.display());
    Ok(Outcome::Done)
}

/// Where the sheet of a dataset lies: not in it, where it would be taken for one of its pictures.
fn beside(dataset: &Path) -> std::io::Result<PathBuf> {
    // `.` has no name of its own.
    let dataset = if dataset.file_name().is_some() { dataset.to_owned() } else { dataset.canonicalize()? };
    let name = dataset.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(dataset.with_file_name(format!("{name}-sheet.jpg")))
}
