//! YOLO, as Ultralytics reads it: a `.txt` beside each picture, `data.yaml` and `yolo.txt` at the root.
//!
//! Ultralytics replaces `/images/` in a picture's path by `/labels/` to find its boxes; where the path has no such
//! part, it looks beside the picture. Paths in a list that start with `./` are taken from the list's folder.

use std::path::Path;

use motley_scene::frame::Labels;

use crate::{
    DatasetError, Manifest, formats,
    records::{Head, Records},
};

/// The list of pictures. Not `train.txt`: Hugging Face's `imagefolder` would take that for the whole training split.
pub(crate) const LIST: &str = "yolo.txt";
/// What Ultralytics is told to read.
pub(crate) const DATA: &str = "data.yaml";

/// A line for the subject and each other thing of one of the classes: class number, centre and size of the visible box as shares
/// of the picture. Nothing for what is not visible or only a speck.
pub(crate) fn label(labels: &Labels, size: [u32; 2]) -> String {
    let subject = labels.box_visible.map(|visible| (labels.class_id, visible));
    let others = labels.others.iter().filter(|other| !other.is_speck());
    let all = subject.into_iter().chain(others.map(|other| (other.class_id, other.box_visible)));
    all.map(|(class, visible)| line(class, visible, size)).collect()
}

fn line(class: u32, visible: [f32; 4], [width, height]: [u32; 2]) -> String {
    let [x, y, w, h] = visible.map(f64::from);
    let (width, height) = (f64::from(width), f64::from(height));
    let (left, right) = (x.clamp(0.0, width), (x + w).clamp(0.0, width));
    let (top, bottom) = (y.clamp(0.0, height), (y + h).clamp(0.0, height));
    format!(
        "{} {:.6} {:.6} {:.6} {:.6}\n",
        class,
        (left + right) / 2.0 / width,
        (top + bottom) / 2.0 / height,
        (right - left) / width,
        (bottom - top) / height,
    )
}

/// Writes `data.yaml` and `yolo.txt`.
pub(crate) fn write(out: &Path, manifest: &Manifest, records: &Records, temp: &Path) -> Result<(), DatasetError> {
    formats::each(temp, &out.join(LIST), records, |file, index| {
        let head: Head = records.get(index)?;
        writeln!(file, "./{}", head.file_name).map_err(DatasetError::io("write", temp))
    })?;
    formats::whole(temp, &out.join(DATA), |file| {
        let mut text = String::from(
            "# Paths are relative to this file. Validate on real photographs: put their list in place of val.\n\
             train: yolo.txt\nval: yolo.txt\nnames:\n",
        );
        for (number, class) in manifest.classes.iter().enumerate() {
            // A JSON string is a YAML string, whatever it holds.
            text += &format!("  {number}: {}\n", serde_json::Value::from(class.as_str()));
        }
        file.write_all(text.as_bytes()).map_err(DatasetError::io("write", temp))
    })
}

#[cfg(test)]
mod tests {
    use motley_scene::frame::Other;

    use super::*;

    #[test]
    fn boxes_are_clipped_shares() {
        let mut labels = Labels { class_id: 2, box_visible: Some([64.0, 32.0, 128.0, 64.0]), ..Labels::default() };
        assert_eq!(label(&labels, [256, 128]), "2 0.500000 0.500000 0.500000 0.500000\n");
        labels.box_visible = Some([-10.0, 96.0, 20.0, 64.0]);
        assert_eq!(label(&labels, [100, 128]), "2 0.050000 0.875000 0.100000 0.250000\n");
        labels.box_visible = None;
        assert_eq!(label(&labels, [256, 128]), "");
        let other = |side| Other { class_id: 1, box_visible: [0.0, 0.0, 128.0, side], ..Other::default() };
        labels.others = vec![other(64.0), other(2.0)];
        assert_eq!(label(&labels, [256, 128]), "1 0.250000 0.250000 0.500000 0.500000\n");
    }
}
