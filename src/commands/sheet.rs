//! `motley sheet`: a contact sheet of a dataset.

use std::path::PathBuf;

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
    let out = args.out.clone().unwrap_or_else(|| {
        // Beside the dataset, not in it: there it would be taken for one of its pictures.
        let name =
            args.dataset.file_name().map_or_else(|| "dataset".to_owned(), |name| name.to_string_lossy().into_owned());
        args.dataset.parent().unwrap_or(&PathBuf::from(".")).join(format!("{name}-sheet.jpg"))
    });
    let form = ImageSpec { format: format_of(&out)?, quality: 90 };
    write(
        &out,
        &encode::encode(picture.as_raw(), picture.width(), picture.height(), form).map_err(anyhow::Error::msg)?,
    )?;
    eprintln!("{}", out.display());
    Ok(Outcome::Done)
}
