//! Contact sheets: many pictures at a glance, with their labels drawn over.

use font8x8::{BASIC_FONTS, LATIN_FONTS, UnicodeFonts};
use image::{
    Rgb, RgbImage,
    imageops::{self, FilterType},
};
use motley_scene::{frame::Labels, rle};

use crate::{DatasetError, Reader};

/// How a contact sheet looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SheetOptions {
    /// Pictures in a row; 0 makes the sheet about square.
    pub columns: u32,
    /// Side of a picture's square in pixels; pictures keep their proportions.
    pub cell: u32,
    /// Draw the visible box solid and the full box dashed.
    pub overlay_boxes: bool,
    /// Tint the subject's visible pixels.
    pub overlay_masks: bool,
    /// Write index and class below each picture.
    pub captions: bool,
}

impl Default for SheetOptions {
    fn default() -> Self {
        Self { columns: 0, cell: 192, overlay_boxes: false, overlay_masks: false, captions: true }
    }
}

/// One picture of a sheet.
#[derive(Clone, Debug)]
pub struct SheetPicture {
    /// The picture.
    pub image: RgbImage,
    /// Its labels, in the picture's pixels; without them there is neither caption nor overlay.
    pub labels: Option<Labels>,
}

const GAP: u32 = 4;
/// Height and width of a letter, in pixels.
pub const GLYPH: u32 = 8;
const PAPER: Rgb<u8> = Rgb([24, 24, 27]);
const INK: Rgb<u8> = Rgb([228, 228, 231]);
/// Okabe & Ito's palette, which colour-blind readers can tell apart too; one colour a class, in turn.
const PALETTE: [Rgb<u8>; 7] = [
    Rgb([230, 159, 0]),
    Rgb([86, 180, 233]),
    Rgb([0, 158, 115]),
    Rgb([240, 228, 66]),
    Rgb([204, 121, 167]),
    Rgb([213, 94, 0]),
    Rgb([0, 114, 178]),
];

/// Lays pictures out in rows, with captions and overlays as asked.
pub fn sheet(pictures: &[SheetPicture], options: &SheetOptions) -> RgbImage {
    let count = u32::try_from(pictures.len()).unwrap_or(u32::MAX).max(1);
    let columns = match options.columns {
        0 => (1..).find(|side| side * side >= count).unwrap_or(1),
        columns => columns.min(count),
    };
    let cell = options.cell.max(16);
    let (step_x, step_y) = (cell + GAP, cell + GAP + if options.captions { GLYPH + 4 } else { 0 });
    let rows = count.div_ceil(columns);
    let mut sheet = RgbImage::from_pixel(columns * step_x + GAP, rows * step_y + GAP, PAPER);
    for (i, picture) in (0..).zip(pictures) {
        let (x, y) = (GAP + i % columns * step_x, GAP + i / columns * step_y);
        let drawn = draw(picture, cell, options);
        let (inset_x, inset_y) = ((cell - drawn.width()) / 2, (cell - drawn.height()) / 2);
        imageops::replace(&mut sheet, &drawn, i64::from(x + inset_x), i64::from(y + inset_y));
        if let Some(labels) = picture.labels.as_ref().filter(|_| options.captions) {
            caption(&mut sheet, x, y + cell + 3, cell, labels);
        }
    }
    sheet
}

/// Reads frames of a dataset for a sheet: `count` of them, spread over all.
///
/// # Errors
/// If a record or picture is missing or damaged.
pub fn spread(reader: &Reader, count: usize) -> Result<Vec<SheetPicture>, DatasetError> {
    let indices: Vec<_> = reader.indices().collect();
    places(indices.len(), count)
        .map(|place| indices[place])
        .map(|index| Ok(SheetPicture { image: reader.image(index)?, labels: Some(reader.record(index)?.labels) }))
        .collect()
}

/// `count` different places among `total`, rising: one from each of `count` stretches, at a place that wanders by the golden
/// ratio, since a fixed stride would show one class only where classes alternate.
fn places(total: usize, count: usize) -> impl Iterator<Item = usize> {
    let count = count.min(total);
    (0..count).map(move |i| {
        // Whole numbers, so that no two stretches share a place.
        let (start, end) = (i * total / count, (i + 1) * total / count);
        start + ((i as f64 * 0.618_033_988_75).fract() * (end - start) as f64) as usize
    })
}

/// The picture with its overlays, fitted into a square.
fn draw(picture: &SheetPicture, cell: u32, options: &SheetOptions) -> RgbImage {
    let (width, height) = (picture.image.width().max(1), picture.image.height().max(1));
    let mut image = picture.image.clone();
    let color = picture.labels.as_ref().map_or(INK, color);
    if let Some(mask) =
        picture.labels.as_ref().and_then(|labels| labels.mask.as_ref()).filter(|_| options.overlay_masks)
    {
        tint(&mut image, mask, color);
    }
    let scale = f64::from(cell) / f64::from(width.max(height));
    let fit = |side: u32| ((f64::from(side) * scale).round() as u32).clamp(1, cell);
    // Shrinking needs averages; growing shows the pixels as they are.
    let filter = if scale < 1.0 { FilterType::Triangle } else { FilterType::Nearest };
    let mut image = imageops::resize(&image, fit(width), fit(height), filter);
    if let Some(labels) = picture.labels.as_ref().filter(|_| options.overlay_boxes) {
        let scaled = |bounds: [f32; 4]| bounds.map(|side| f64::from(side) * scale);
        if let Some(bounds) = labels.box_full {
            outline(&mut image, scaled(bounds), Rgb([255, 255, 255]), true);
        }
        if let Some(bounds) = labels.box_visible {
            outline(&mut image, scaled(bounds), color, false);
        }
    }
    image
}

fn color(labels: &Labels) -> Rgb<u8> {
    PALETTE[labels.class_id as usize % PALETTE.len()]
}

/// Mixes the colour into the mask's pixels; a mask that does not fit is left out.
fn tint(image: &mut RgbImage, mask: &motley_scene::frame::Rle, Rgb(color): Rgb<u8>) {
    if mask.size != [image.height(), image.width()] {
        return;
    }
    let Ok(mask) = rle::decode(mask) else { return };
    for (pixel, _) in image.pixels_mut().zip(mask).filter(|(_, inside)| *inside == 1) {
        for (value, tint) in pixel.0.iter_mut().zip(color) {
            *value = ((u16::from(*value) + u16::from(tint)) / 2) as u8;
        }
    }
}

/// Draws a box's outline, of which what lies outside the picture is cut off.
fn outline(image: &mut RgbImage, [x, y, w, h]: [f64; 4], color: Rgb<u8>, dashed: bool) {
    let (width, height) = (i64::from(image.width()), i64::from(image.height()));
    // Clamped before the cast, one pixel outside, so that an edge far away draws nothing.
    let pixel = |value: f64, side: i64| value.round().clamp(-1.0, side as f64) as i64;
    let (left, right) = (pixel(x, width), pixel(x + w - 1.0, width));
    let (top, bottom) = (pixel(y, height), pixel(y + h - 1.0, height));
    let mut dot = |x: i64, y: i64| {
        if (0..width).contains(&x) && (0..height).contains(&y) && (!dashed || (x + y) / 3 % 2 == 0) {
            // Within the picture, as just checked.
            image.put_pixel(x as u32, y as u32, color);
        }
    };
    for x in left..=right {
        dot(x, top);
        dot(x, bottom);
    }
    for y in top..=bottom {
        dot(left, y);
        dot(right, y);
    }
}

/// Index, class and, if little is visible, how much.
fn caption(sheet: &mut RgbImage, x: u32, y: u32, cell: u32, labels: &Labels) {
    let number = labels.index.to_string();
    let end = write(sheet, x, y, x + cell, &number, INK) + GLYPH;
    let end = write(sheet, end, y, x + cell, &labels.class, color(labels)) + GLYPH;
    if labels.visible_fraction < 0.995 {
        write(sheet, end, y, x + cell, &format!("{:.0}%", labels.visible_fraction * 100.0), INK);
    }
}

/// Writes text from `x`, `y` up to the column `limit`, [`GLYPH`] pixels high; returns the column after it.
///
/// # Panics
/// If a letter would lie outside the picture.
pub fn write(sheet: &mut RgbImage, mut x: u32, y: u32, limit: u32, text: &str, ink: Rgb<u8>) -> u32 {
    for character in text.chars() {
        if x + GLYPH > limit {
            break;
        }
        let glyph = BASIC_FONTS.get(character).or_else(|| LATIN_FONTS.get(character)).or_else(|| BASIC_FONTS.get('?'));
        for (row, bits) in (0..).zip(glyph.unwrap_or_default()) {
            for column in (0..GLYPH).filter(|column| bits >> column & 1 == 1) {
                sheet.put_pixel(x + column, y + row, ink);
            }
        }
        x += GLYPH;
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_picture_is_shown_twice() {
        for total in 0..200 {
            for count in [0, 1, 2, 60, 64, 199, 500] {
                let shown: Vec<_> = places(total, count).collect();
                assert_eq!(shown.len(), count.min(total), "{count} of {total}");
                assert!(shown.windows(2).all(|pair| pair[0] < pair[1]), "{count} of {total}: {shown:?}");
                assert!(shown.last().is_none_or(|last| *last < total), "{count} of {total}: {shown:?}");
            }
        }
    }

    fn picture(width: u32, height: u32) -> SheetPicture {
        let labels = Labels {
            index: 12,
            class: "cät".into(),
            box_visible: Some([0.0, 0.0, width as f32, height as f32]),
            box_full: Some([-1e30, -5.0, 2e30, f32::INFINITY]),
            mask: Some(rle::encode_mask(&vec![1; (width * height) as usize], 1, width, height)),
            visible_fraction: 0.5,
            ..Labels::default()
        };
        SheetPicture { image: RgbImage::from_pixel(width, height, Rgb([0, 0, 0])), labels: Some(labels) }
    }

    #[test]
    fn rows_and_columns() {
        let pictures: Vec<_> = (0..5).map(|_| picture(64, 32)).collect();
        let options = SheetOptions { columns: 3, cell: 64, captions: true, ..SheetOptions::default() };
        let sheet = sheet(&pictures, &options);
        assert_eq!(sheet.dimensions(), (3 * 68 + 4, 2 * 80 + 4));
        // A wide picture stands in the middle of its square: paper above, black within.
        assert_eq!((*sheet.get_pixel(5, 5), *sheet.get_pixel(36, 36)), (PAPER, Rgb([0, 0, 0])));
        let inked = sheet.pixels().filter(|pixel| **pixel == INK).count();
        assert!(inked > 50, "captions are written: {inked} pixels");
        assert_eq!(super::sheet(&[], &options).dimensions(), (72, 84));
    }

    #[test]
    fn overlays() {
        let options = SheetOptions { cell: 64, overlay_masks: true, captions: false, ..SheetOptions::default() };
        let half = PALETTE[0].0.map(|value| value / 2);
        assert_eq!(sheet(&[picture(32, 32)], &options).get_pixel(36, 36).0, half);
        let options = SheetOptions { overlay_boxes: true, overlay_masks: false, ..options };
        let sheet = sheet(&[picture(32, 32)], &options);
        assert_eq!((sheet.get_pixel(4, 4), sheet.get_pixel(67, 40)), (&PALETTE[0], &PALETTE[0]));
        assert_eq!(sheet.get_pixel(36, 36).0, [0, 0, 0]);
    }
}
