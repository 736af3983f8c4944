//! What is known about a picture besides its class, as a flat list: what results are grouped by.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One thing that is known.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Fact {
    /// A number.
    Number(f64),
    /// A word, such as a breed, a clip, a sky, or yes and no.
    Text(String),
}

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => f.write_str(text),
        }
    }
}

/// By name, such as `breed`, `visible_fraction` or `lighting.temperature`.
pub type Facts = BTreeMap<String, Fact>;

/// Labels that say nothing about what kind of picture it is, or that have their own place.
const LEFT_OUT: [&str; 12] = [
    "index",
    "seed",
    "class",
    "class_id",
    "individual",
    "mask",
    "keypoints",
    "instances",
    "camera",
    "box_visible",
    "box_full",
    "file_name",
];

/// The numbers and words of a frame's labels. Parts of the recipe are named by parameter and field, lists of things by
/// how many there are, directions by their elevation in degrees.
pub fn facts(labels: &Value) -> Facts {
    let mut facts = Facts::new();
    let Some(object) = labels.as_object() else { return facts };
    for (name, value) in object.iter().filter(|(name, _)| !LEFT_OUT.contains(&name.as_str())) {
        // The recipe's parameters stand beside the labels, not below them.
        let name = if name == "recipe" { "" } else { name };
        flatten(name, value, &mut facts);
    }
    for name in ["index", "seed", "attempt"] {
        facts.remove(name);
    }
    // The principal point is the middle of the picture.
    let middle = labels["camera"]["intrinsics"][1][2].as_f64().unwrap_or(0.0);
    if let Some(height) = labels["box_full"][3].as_f64()
        && middle > 0.0
    {
        facts.insert("subject_height".into(), Fact::Number(height / (2.0 * middle)));
    }
    facts
}

fn flatten(name: &str, value: &Value, facts: &mut Facts) {
    let below = |part: &str| if name.is_empty() { part.to_owned() } else { format!("{name}.{part}") };
    let mut add = |name: String, fact| drop(facts.insert(name, fact));
    match value {
        Value::Null => add(name.to_owned(), Fact::Text("none".into())),
        Value::Bool(yes) => add(name.to_owned(), Fact::Text(if *yes { "yes" } else { "no" }.into())),
        Value::Number(number) => add(name.to_owned(), Fact::Number(number.as_f64().unwrap_or(f64::NAN))),
        Value::String(text) if text.is_empty() => add(name.to_owned(), Fact::Text("none".into())),
        Value::String(text) => add(name.to_owned(), Fact::Text(text.clone())),
        Value::Array(list) => match direction(list) {
            Some(elevation) => add(format!("{name}_elevation_deg"), Fact::Number(elevation)),
            None if list.iter().all(Value::is_number) && !list.is_empty() => {}
            None => add(name.to_owned(), Fact::Number(list.len() as f64)),
        },
        Value::Object(object) => {
            for (part, value) in object {
                flatten(&below(part), value, facts);
            }
        }
    }
}

/// Degrees above the horizon of a unit vector whose second number points up.
fn direction(list: &[Value]) -> Option<f64> {
    let [x, y, z] = list else { return None };
    let (x, y, z) = (x.as_f64()?, y.as_f64()?, z.as_f64()?);
    ((x * x + y * y + z * z - 1.0).abs() < 1e-3).then(|| y.clamp(-1.0, 1.0).asin().to_degrees())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn labels_become_a_flat_list() {
        let facts = facts(&json!({
            "index": 4, "class": "cat", "breed": "tabby", "clip": "", "visible_fraction": 0.75,
            "box_full": [1.0, 2.0, 30.0, 64.0], "camera": {"intrinsics": [[1, 0, 64], [0, 1, 64], [0, 0, 1]]},
            "recipe": {
                "seed": 1, "attempt": 0,
                "lighting": {"sun": [0.0, 0.5, 0.866_025_4], "intensity": 0.8, "shadows": true, "lamps": [{}, {}]},
                "pose": {"clip": null, "time": 0.5},
            },
        }));
        let text = |text: &str| Fact::Text(text.into());
        let want: Facts = [
            ("breed", text("tabby")),
            ("clip", text("none")),
            ("visible_fraction", Fact::Number(0.75)),
            ("subject_height", Fact::Number(0.5)),
            ("lighting.intensity", Fact::Number(0.8)),
            ("lighting.shadows", text("yes")),
            ("lighting.lamps", Fact::Number(2.0)),
            ("pose.clip", text("none")),
            ("pose.time", Fact::Number(0.5)),
        ]
        .map(|(name, fact)| (name.to_owned(), fact))
        .into();
        let mut got = facts.clone();
        let Some(Fact::Number(elevation)) = got.remove("lighting.sun_elevation_deg") else { panic!("{facts:?}") };
        assert!((elevation - 30.0).abs() < 0.01);
        assert_eq!(got, want);
        assert!(super::facts(&json!(null)).is_empty());
    }
}
