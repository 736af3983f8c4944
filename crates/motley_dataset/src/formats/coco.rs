//! COCO's object detection format (<https://cocodataset.org/#format-data>): `annotations.json`.
//!
//! Picture ids are frame indices, category ids are class numbers plus one (as in the semantic raster), and annotation
//! ids are frame indices plus one, because `pycocotools` takes annotation 0 for "no match"; those of other things than the
//! subject follow by [`OTHERS`]. The file is streamed: its size does not show in memory.

use std::{io::Write, path::Path};

use motley_scene::{
    frame::{Labels, Rle},
    rle,
};
use serde::Serialize;

use crate::{
    DatasetError, Label, Manifest, Record, formats,
    records::{Head, Records},
};

// Structs rather than `json!`, whose order of keys hangs on a feature that any other crate may switch on.

#[derive(Serialize)]
struct Info<'a> {
    description: &'a str,
    version: &'a str,
    contributor: &'a str,
}

#[derive(Serialize)]
struct Category<'a> {
    id: usize,
    name: &'a str,
    supercategory: &'a str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    keypoints: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    skeleton: Option<[[u32; 2]; 0]>,
}

#[derive(Serialize)]
struct Image<'a> {
    id: u64,
    width: u32,
    height: u32,
    file_name: &'a str,
}

#[derive(Serialize)]
struct Annotation<'a> {
    id: u64,
    image_id: u64,
    category_id: u32,
    bbox: [f32; 4],
    area: f64,
    iscrowd: u8,
    segmentation: Segmentation<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    keypoints: Option<Vec<f32>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    num_keypoints: Option<usize>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Segmentation<'a> {
    Rle(&'a Rle),
    None([u8; 0]),
}

/// File name of the annotations.
pub(crate) const ANNOTATIONS: &str = "annotations.json";

/// Writes `annotations.json`.
pub(crate) fn write(out: &Path, manifest: &Manifest, records: &Records, temp: &Path) -> Result<(), DatasetError> {
    let names = if manifest.labels(Label::Keypoints) {
        keypoint_names(manifest, records)?
    } else {
        vec![Vec::new(); manifest.classes.len()]
    };
    let categories = manifest.classes.iter().zip(&names).enumerate().map(|(number, (class, keypoints))| Category {
        id: number + 1,
        name: class,
        supercategory: "subject",
        keypoints,
        skeleton: (!keypoints.is_empty()).then_some([]),
    });
    let info = Info { description: &manifest.scene, version: &manifest.version, contributor: "Motley" };
    let path = out.join(ANNOTATIONS);
    formats::whole(temp, &path, |file| {
        let mut file = Json { file, path: &path };
        file.text("{\"info\":")?;
        file.value(&info)?;
        file.text(",\"licenses\":[],\n\"categories\":")?;
        file.value(&categories.collect::<Vec<_>>())?;
        file.text(",\n\"images\":[")?;
        let mut separator = "\n";
        for index in records.indices() {
            let head: Head = records.get(index)?;
            let [width, height] = manifest.size;
            file.text(separator)?;
            file.value(&Image { id: index, width, height, file_name: &head.file_name })?;
            separator = ",\n";
        }
        file.text("],\n\"annotations\":[")?;
        separator = "\n";
        for index in records.indices() {
            let record: Record = records.get(index)?;
            let names = names.get(record.labels.class_id as usize).map_or(&[][..], Vec::as_slice);
            let annotations = annotations(&record.labels, names)
                .map_err(|error| DatasetError::Frame { index, problem: error.to_string() })?;
            for annotation in annotations {
                file.text(separator)?;
                file.value(&annotation)?;
                separator = ",\n";
            }
        }
        file.text("]}\n")
    })
}

/// JSON that is written piece by piece.
struct Json<'a> {
    file: &'a mut dyn Write,
    path: &'a Path,
}

impl Json<'_> {
    fn text(&mut self, text: &str) -> Result<(), DatasetError> {
        self.file.write_all(text.as_bytes()).map_err(DatasetError::io("write", self.path))
    }

    fn value(&mut self, value: &impl Serialize) -> Result<(), DatasetError> {
        let written = serde_json::to_writer(&mut *self.file, value);
        written.map_err(|error| DatasetError::io("write", self.path)(error.into()))
    }
}

/// What a frame's annotations of others are numbered by.
const OTHERS: u64 = 1 << 40;

/// A frame's annotations: of the subject, if something of it is visible, and of all else that is of one of the classes. Specks
/// are crowds to COCO: whoever finds them is neither right nor wrong.
fn annotations<'a>(labels: &'a Labels, names: &[String]) -> Result<Vec<Annotation<'a>>, rle::RleError> {
    let mut all: Vec<_> = subject(labels, names)?.into_iter().collect();
    for (other, number) in labels.others.iter().zip(1..) {
        let [_, _, width, height] = other.box_visible;
        all.push(Annotation {
            id: labels.index + 1 + number * OTHERS,
            image_id: labels.index,
            category_id: other.class_id + 1,
            bbox: other.box_visible,
            area: other.mask.as_ref().map_or(Ok(f64::from(width * height)), |mask| Ok(rle::area(mask)? as f64))?,
            iscrowd: other.is_speck().into(),
            segmentation: other.mask.as_ref().map_or(Segmentation::None([]), Segmentation::Rle),
            keypoints: None,
            num_keypoints: None,
        });
    }
    Ok(all)
}

/// The subject's annotation; `None` when nothing of it is visible.
fn subject<'a>(labels: &'a Labels, names: &[String]) -> Result<Option<Annotation<'a>>, rle::RleError> {
    let of_mask = labels.mask.as_ref().map(rle::bounds).transpose()?.flatten();
    let of_mask = of_mask.map(|bounds| bounds.map(|side| side as f32));
    let Some(bbox) = labels.box_visible.or(of_mask) else { return Ok(None) };
    let area = match &labels.mask {
        Some(mask) => rle::area(mask)? as f64,
        None => f64::from(bbox[2]) * f64::from(bbox[3]),
    };
    let keypoints = (!names.is_empty()).then(|| keypoints(labels, names));
    Ok(Some(Annotation {
        id: labels.index + 1,
        image_id: labels.index,
        category_id: labels.class_id + 1,
        bbox,
        area,
        iscrowd: 0,
        segmentation: labels.mask.as_ref().map_or(Segmentation::None([]), Segmentation::Rle),
        num_keypoints: keypoints.as_ref().map(|flat| flat.chunks(3).filter(|point| point[2] > 0.0).count()),
        keypoints,
    }))
}

/// x, y and visibility of each name in turn; three zeros for what is outside the picture or not there, as COCO has it.
fn keypoints(labels: &Labels, names: &[String]) -> Vec<f32> {
    let point = |name| labels.keypoints.iter().find(|point| &point.name == name && point.visibility > 0);
    names.iter().flat_map(|name| point(name).map_or([0.0; 3], |p| [p.x, p.y, f32::from(p.visibility)])).collect()
}

/// Names of each class's keypoints, in the order of their first appearance.
fn keypoint_names(manifest: &Manifest, records: &Records) -> Result<Vec<Vec<String>>, DatasetError> {
    let mut names: Vec<Vec<String>> = vec![Vec::new(); manifest.classes.len()];
    for index in records.indices() {
        let record: Record = records.get(index)?;
        let Some(known) = names.get_mut(record.labels.class_id as usize) else { continue };
        for point in record.labels.keypoints {
            if !known.contains(&point.name) {
                known.push(point.name);
            }
        }
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use motley_scene::frame::{Keypoint, Other};

    use super::*;

    #[test]
    fn mask_box_and_points() {
        let point = |name: &str, visibility| Keypoint { name: name.into(), x: 3.0, y: 4.5, visibility };
        let labels = Labels {
            index: 9,
            class_id: 1,
            mask: Some(rle::encode_mask(&[0, 1, 1, 0, 0, 1], 1, 3, 2)),
            keypoints: vec![point("tail", 0), point("nose", 2)],
            ..Labels::default()
        };
        let names = ["nose", "ear", "tail"].map(String::from);
        let text = serde_json::to_string(&subject(&labels, &names).unwrap()).unwrap();
        let expected = r#"{"id":10,"image_id":9,"category_id":2,"bbox":[1.0,0.0,2.0,2.0],"area":3.0,"iscrowd":0,"#;
        assert!(text.starts_with(expected), "{text}");
        assert!(text.ends_with(r#""keypoints":[3.0,4.5,2.0,0.0,0.0,0.0,0.0,0.0,0.0],"num_keypoints":1}"#), "{text}");
        assert!(subject(&Labels::default(), &[]).unwrap().is_none());
    }

    #[test]
    fn others_follow_and_specks_are_crowds() {
        let other = |id, width| Other { id, box_visible: [0.0, 0.0, width, 10.0], ..Other::default() };
        let labels = Labels {
            index: 4,
            box_visible: Some([0.0, 0.0, 20.0, 20.0]),
            others: vec![other(130, 30.0), other(131, 3.0)],
            ..Labels::default()
        };
        let all = annotations(&labels, &[]).unwrap();
        let told: Vec<_> = all.iter().map(|one| (one.id, one.iscrowd, one.area)).collect();
        assert_eq!(told, [(5, 0, 400.0), (5 + OTHERS, 0, 300.0), (5 + 2 * OTHERS, 1, 30.0)]);
    }
}
