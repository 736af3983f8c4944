//! Can the labels of a frame be true?

use motley_scene::{frame::Labels, rle};

use super::FaultKind;
use crate::{Format, Label, Manifest, Record, npy};

/// Pixels by which the box of a mask and a box from elsewhere may differ.
const MASK_SLACK: f32 = 1.0;

/// Pixels by which visible parts may stick out of the whole's box: it is projected, and pixels are not points.
const FULL_SLACK: f32 = 2.0;

/// What cannot be true of a record.
pub(crate) fn check(record: &Record, manifest: &Manifest) -> Vec<String> {
    let labels = &record.labels;
    let mut faults = Vec::new();
    let mut expect = |holds: bool, detail: &dyn Fn() -> String| {
        if !holds {
            faults.push(detail());
        }
    };
    let [width, height] = manifest.size.map(|side| side as f32);
    let class = manifest.classes.get(labels.class_id as usize);
    expect(class == Some(&labels.class), &|| format!("class {:?} is not number {}", labels.class, labels.class_id));
    let name = manifest.file_name(&labels.class, labels.index, manifest.image.format.extension());
    expect(record.file_name == name, &|| format!("file_name is {:?} instead of {name:?}", record.file_name));
    for (field, value) in [("visible_fraction", labels.visible_fraction), ("truncation", labels.truncation)] {
        expect((0.0..=1.0).contains(&value), &|| format!("{field} is {value}, not within 0–1"));
    }
    expect(labels.visible_fraction != 0.0, &|| "nothing of its subject is visible".into());
    if let Some([x, y, w, h]) = labels.box_visible {
        // Written so that NaN fails.
        let inside = x >= 0.0 && y >= 0.0 && w > 0.0 && h > 0.0 && x + w <= width + 0.01 && y + h <= height + 0.01;
        expect(inside, &|| format!("box_visible {:?} lies outside the picture or is empty", [x, y, w, h]));
    }
    if let Some([x, y, w, h]) = labels.box_full {
        let sound = [x, y, w, h].iter().all(|side| side.is_finite()) && w > 0.0 && h > 0.0;
        expect(sound, &|| format!("box_full {:?} is empty or not finite", [x, y, w, h]));
    }
    if let (Some(visible), Some(full)) = (labels.box_visible, labels.box_full) {
        let (inner, outer) = (edges(visible), edges(full));
        let within = inner[0] >= outer[0] - FULL_SLACK
            && inner[1] >= outer[1] - FULL_SLACK
            && inner[2] <= outer[2] + FULL_SLACK
            && inner[3] <= outer[3] + FULL_SLACK;
        expect(within, &|| format!("box_visible {visible:?} sticks out of box_full {full:?}"));
    }
    if let Some(mask) = &labels.mask {
        expect(mask.size == [manifest.size[1], manifest.size[0]], &|| format!("mask of size {:?}", mask.size));
        match rle::bounds(mask) {
            Err(error) => expect(false, &|| error.to_string()),
            Ok(bounds) => {
                let of_mask = bounds.map(|bounds| bounds.map(|side| side as f32));
                let agree = match (of_mask, labels.box_visible) {
                    (Some(a), Some(b)) => edges(a).iter().zip(edges(b)).all(|(a, b)| (a - b).abs() <= MASK_SLACK),
                    (None, None) => true,
                    _ => !manifest.labels(Label::Box),
                };
                let boxed = labels.box_visible;
                expect(agree, &|| format!("the mask's box {of_mask:?} is not box_visible {boxed:?}"));
            }
        }
    }
    if manifest.labels(Label::Mask) {
        expect(labels.mask.is_some(), &|| "has no mask".into());
    }
    faults
}

/// Left, top, right and bottom.
fn edges([x, y, w, h]: [f32; 4]) -> [f32; 4] {
    [x, y, x + w, y + h]
}

/// Checks a file beside the picture.
pub(crate) fn check_file(
    labels: &Labels,
    extension: &str,
    bytes: &[u8],
    manifest: &Manifest,
) -> Result<(), (FaultKind, String)> {
    let [width, height] = manifest.size;
    let shape = [height, width];
    let named = |error: String| (FaultKind::Corrupt, format!("{extension}: {error}"));
    match extension {
        "txt" => {
            let expected = crate::formats::yolo::label(labels, manifest.size);
            let differs = || (FaultKind::Label, format!("{}: the .txt does not hold the record's box", Format::Yolo));
            (bytes == expected.as_bytes()).then_some(()).ok_or_else(differs)
        }
        "instance.npy" => {
            let instance = npy::body::<u8>(bytes, &shape).map_err(named)?;
            // Id 1 is the subject.
            let differs =
                labels.mask.as_ref().is_some_and(|mask| *mask != rle::encode_mask(instance, 1, width, height));
            if differs {
                return Err((FaultKind::Label, "the instance raster's subject is not the mask".into()));
            }
            Ok(())
        }
        "semantic.npy" => npy::body::<u8>(bytes, &shape).map(drop).map_err(named),
        "depth.npy" => npy::body::<f32>(bytes, &shape).map(drop).map_err(named),
        "normal.npy" => npy::body::<f32>(bytes, &[height, width, 3]).map(drop).map_err(named),
        _ => Ok(()),
    }
}
