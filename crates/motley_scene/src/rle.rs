//! Masks as run lengths, in COCO's compressed form.
//!
//! A mask is read column by column, top to bottom and then left to right, and turned into the lengths of its
//! runs: first of zeros (perhaps none), then of ones, then of zeros, and so on. Each length from the fourth on is
//! stored as its difference to the length two before it, and every number is written as groups of five bits,
//! lowest first, in printable characters from `0` (48) on; a group's sixth bit says that another follows.
//! The format is the one of `pycocotools` (`maskApi`), which is its only specification.

use thiserror::Error;

use crate::frame::Rle;

/// Why a run-length string cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RleError {
    /// A character outside the alphabet.
    #[error("mask: byte {byte} at position {position} is not part of COCO's run-length alphabet (48–111)")]
    Character {
        /// The byte found.
        byte: u8,
        /// Where, in bytes from the start of the string.
        position: usize,
    },
    /// The string ends within a number, or a number has more than 64 bits.
    #[error("mask: the run-length string is cut off or holds a number out of range")]
    Number,
    /// The runs do not add up to the picture.
    #[error("mask: the runs cover {covered} pixels, but the picture has {pixels}")]
    Length {
        /// Sum of all runs.
        covered: u64,
        /// Height times width.
        pixels: u64,
    },
}

/// Encodes the pixels whose value is `id` in a row-major raster of `width × height` pixels.
///
/// # Panics
/// If `instance` does not hold `width × height` values.
pub fn encode_mask(instance: &[u8], id: u8, width: u32, height: u32) -> Rle {
    let (columns, rows) = (width as usize, height as usize);
    assert_eq!(instance.len(), columns * rows, "a raster of {width}×{height} pixels is needed");
    let mut runs = Vec::new();
    let (mut inside, mut run) = (false, 0u64);
    for x in 0..columns {
        for value in instance[x..].iter().step_by(columns) {
            if (*value == id) != inside {
                runs.push(run);
                inside = !inside;
                run = 0;
            }
            run += 1;
        }
    }
    runs.push(run);
    Rle { size: [height, width], counts: compress(&runs) }
}

/// Decodes into a row-major raster of `height × width` zeros and ones.
///
/// # Errors
/// If the string is malformed or does not fit the size.
pub fn decode(rle: &Rle) -> Result<Vec<u8>, RleError> {
    let runs = runs(rle)?;
    let [rows, columns] = rle.size.map(|side| side as usize);
    let mut mask = vec![0; rows * columns];
    for (start, length) in spans(&runs) {
        for at in start..start + length {
            let (x, y) = (at as usize / rows, at as usize % rows);
            mask[y * columns + x] = 1;
        }
    }
    Ok(mask)
}

/// Number of pixels in the mask.
///
/// # Errors
/// If the string is malformed or does not fit the size.
pub fn area(rle: &Rle) -> Result<u64, RleError> {
    Ok(spans(&runs(rle)?).map(|(_, length)| length).sum())
}

/// The mask's tight box as x, y, width and height in whole pixels; `None` when it is empty.
///
/// # Errors
/// If the string is malformed or does not fit the size.
pub fn bounds(rle: &Rle) -> Result<Option<[u32; 4]>, RleError> {
    let runs = runs(rle)?;
    let rows = u64::from(rle.size[0]);
    // Left, top, right and bottom, the last two inclusive.
    let mut tight: Option<[u64; 4]> = None;
    for (start, length) in spans(&runs) {
        let last = start + length - 1;
        let (left, right) = (start / rows, last / rows);
        // A run over a column's end touches both the bottom and the top row.
        let (top, bottom) = if left == right { (start % rows, last % rows) } else { (0, rows - 1) };
        let [l, t, r, b] = tight.unwrap_or([left, top, right, bottom]);
        tight = Some([l.min(left), t.min(top), r.max(right), b.max(bottom)]);
    }
    // All four lie within the picture, whose sides are u32.
    Ok(tight.map(|[l, t, r, b]| [l, t, r - l + 1, b - t + 1].map(|side| side as u32)))
}

/// Start and length of every run of ones that is not empty.
fn spans(runs: &[u64]) -> impl Iterator<Item = (u64, u64)> {
    let mut at = 0;
    runs.iter().enumerate().filter_map(move |(i, &length)| {
        let start = at;
        at += length;
        (i % 2 == 1 && length > 0).then_some((start, length))
    })
}

fn compress(runs: &[u64]) -> String {
    let mut text = String::new();
    for (i, &run) in runs.iter().enumerate() {
        // A raster's length fits i64 on every machine, hence so does each run.
        let mut rest = run as i64 - if i > 2 { runs[i - 2] as i64 } else { 0 };
        loop {
            let group = (rest & 0x1f) as u8;
            rest >>= 5;
            // The last group's highest bit is the sign of the number.
            let done = rest == if group & 0x10 == 0 { 0 } else { -1 };
            text.push(char::from(48 + group + if done { 0 } else { 0x20 }));
            if done {
                break;
            }
        }
    }
    text
}

/// The run lengths, checked to cover the picture exactly.
fn runs(rle: &Rle) -> Result<Vec<u64>, RleError> {
    let mut runs: Vec<u64> = Vec::new();
    let (mut number, mut shift) = (0i64, 0u32);
    for (position, byte) in rle.counts.bytes().enumerate() {
        let group = byte.checked_sub(48).filter(|group| *group < 64).ok_or(RleError::Character { byte, position })?;
        if shift > 55 {
            return Err(RleError::Number);
        }
        number |= i64::from(group & 0x1f) << shift;
        shift += 5;
        if group & 0x20 != 0 {
            continue;
        }
        if group & 0x10 != 0 {
            number |= -1 << shift;
        }
        let before = if runs.len() > 2 { runs[runs.len() - 2] } else { 0 };
        runs.push(before.checked_add_signed(number).ok_or(RleError::Number)?);
        (number, shift) = (0, 0);
    }
    if shift != 0 {
        return Err(RleError::Number);
    }
    let pixels = u64::from(rle.size[0]) * u64::from(rle.size[1]);
    let covered = runs.iter().try_fold(0u64, |sum, run| sum.checked_add(*run)).ok_or(RleError::Number)?;
    if covered == pixels { Ok(runs) } else { Err(RleError::Length { covered, pixels }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        // Column-major runs 0 zeros, 1 one, 2 zeros, 1 one, 2 zeros; the fourth and fifth as differences 0 and 0.
        let rle = encode_mask(&[1, 0, 0, 0, 1, 0], 1, 3, 2);
        assert_eq!(rle, Rle { size: [2, 3], counts: "01200".into() });
        // 40 zeros = 0b01_01000: groups 8 with "more follows" (48 + 8 + 32 = X) and 1; then 16 ones: its group has the
        // sign bit, so another group of 0 follows (48 + 16 + 32 = `, 0).
        let mut raster = vec![0; 56];
        raster[40..].fill(7);
        assert_eq!(encode_mask(&raster, 7, 1, 56).counts, "X1`0");
        // Falling lengths give negative differences: runs 1, 9, 1, 3 → 3 − 9 = −6 = 26 without more = J.
        let raster = [0, 7, 7, 7, 7, 7, 7, 7, 7, 7, 0, 7, 7, 7];
        assert_eq!(encode_mask(&raster, 7, 1, 14).counts, "191J");
    }

    #[test]
    fn nothing_and_everything() {
        let none = encode_mask(&[0; 12], 1, 4, 3);
        let all = encode_mask(&[1; 12], 1, 4, 3);
        assert_eq!((none.counts.as_str(), all.counts.as_str()), ("<", "0<"));
        assert_eq!((area(&none), bounds(&none)), (Ok(0), Ok(None)));
        assert_eq!((area(&all), bounds(&all)), (Ok(12), Ok(Some([0, 0, 4, 3]))));
    }

    #[test]
    fn there_and_back() {
        // A fixed linear congruence: blobs, single pixels and long runs.
        let mut state = 1u32;
        for (width, height) in [(1, 1), (7, 5), (64, 48), (3, 400)] {
            for spread in [1, 3, 40] {
                let raster: Vec<u8> = (0..width * height)
                    .map(|i| {
                        if i % spread == 0 {
                            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                        }
                        (state >> 30) as u8
                    })
                    .collect();
                let mask: Vec<u8> = raster.iter().map(|id| u8::from(*id == 2)).collect();
                let rle = encode_mask(&raster, 2, width, height);
                assert_eq!(decode(&rle).unwrap(), mask);
                assert_eq!(area(&rle).unwrap(), mask.iter().map(|v| u64::from(*v)).sum::<u64>());
                assert_eq!(bounds(&rle).unwrap(), tight(&mask, width));
            }
        }
    }

    fn tight(mask: &[u8], width: u32) -> Option<[u32; 4]> {
        let on = |i: usize| (i as u32 % width, i as u32 / width);
        let points: Vec<_> = mask.iter().enumerate().filter(|(_, v)| **v == 1).map(|(i, _)| on(i)).collect();
        let (l, r) = (points.iter().map(|p| p.0).min()?, points.iter().map(|p| p.0).max()?);
        let (t, b) = (points.iter().map(|p| p.1).min()?, points.iter().map(|p| p.1).max()?);
        Some([l, t, r - l + 1, b - t + 1])
    }

    #[test]
    fn malformed() {
        let rle = |counts: &str| Rle { size: [2, 2], counts: counts.into() };
        assert_eq!(decode(&rle("4\n")), Err(RleError::Character { byte: 10, position: 1 }));
        assert_eq!(decode(&rle("X")), Err(RleError::Number));
        assert_eq!(decode(&rle(&"o".repeat(40))), Err(RleError::Number));
        assert_eq!(decode(&rle("3")), Err(RleError::Length { covered: 3, pixels: 4 }));
        // A difference that would make a run negative.
        assert_eq!(decode(&rle("1111000@")), Err(RleError::Number));
        assert_eq!(area(&Rle { size: [0, 0], counts: String::new() }), Ok(0));
    }
}
