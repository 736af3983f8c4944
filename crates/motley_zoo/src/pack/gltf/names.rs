//! What the names of nodes and materials tell: landmarks, the head, and which way is front.

use bevy_math::Vec3;
use bevy_math::bounding::Aabb3d;

use crate::model::{Local, Model, Node};

/// The most keypoints of a model whose joints bear names that mean nothing here.
const MAX_OTHER_KEYPOINTS: usize = 64;

/// Words of landmarks, and what the landmark is called. Where two words of a name match, the earlier line wins.
const LANDMARKS: &[(&[&str], &str)] = &[
    (&["eyelid", "eyebrow", "eyerims", "eyetarget"], ""),
    (&["nose", "snout", "muzzle", "beak"], "nose"),
    (&["jaw", "mouth", "chin"], "jaw"),
    (&["eye", "eyes", "eyeball"], "eye"),
    (&["ear", "ears"], "ear"),
    (&["head", "skull"], "head"),
    (&["neck"], "neck"),
    (&["paw", "hoof"], "paw"),
    (&["foot", "feet"], "foot"),
    (&["hand", "wrist"], "hand"),
    (&["elbow"], "elbow"),
    (&["knee"], "knee"),
    (&["hip", "hips", "pelvis"], "hip"),
    (&["tail", "tailbase"], "tail"),
    (&["wheel", "wheels", "tire", "tyre"], "wheel"),
    (&["handle", "handlebar", "handlebars"], "handlebar"),
    (&["saddle", "seat"], "saddle"),
    (&["pedal", "pedals"], "pedal"),
];
/// Words that mark a helper of the animator, at the place of no landmark.
const HELPERS: &[&str] = &["end", "ik", "pole", "target", "poletarget", "ctrl", "control", "helper", "leaf", "nub"];
/// Words that say nothing about what a node is.
const NOISE: &[&str] = &[
    "bone",
    "bones",
    "joint",
    "jnt",
    "def",
    "org",
    "mch",
    "mixamorig",
    "bip",
    "biped",
    "rig",
    "metarig",
    "armature",
    "node",
    "object",
    "root",
    "rootjoint",
    "rootnode",
    "mesh",
    "scene",
    "gltf",
    "created",
    "sketchfab",
    "model",
    "fbx",
    "cube",
];
/// Parts that lie at the front of whatever has them.
const FRONT_PARTS: &[&str] = &["head", "nose", "jaw", "eye", "ear", "handlebar"];

/// What a name says.
#[derive(Debug, Default, PartialEq, Eq)]
struct Reading {
    part: Option<&'static str>,
    side: Option<&'static str>,
    end: Option<&'static str>,
    helper: bool,
    words: Vec<String>,
}

impl Reading {
    fn of(name: &str) -> Self {
        let mut reading = Self { words: words(name), ..Self::default() };
        let has = |list: &[&str]| reading.words.iter().any(|word| list.contains(&word.as_str()));
        reading.helper = has(HELPERS);
        reading.part =
            LANDMARKS.iter().find(|(words, _)| has(words)).map(|(_, part)| *part).filter(|part| !part.is_empty());
        reading.side = match (has(&["l", "left", "fl", "bl", "rl"]), has(&["r", "right", "fr", "br", "rr"])) {
            (true, false) => Some("left"),
            (false, true) => Some("right"),
            _ => None,
        };
        reading.end = match (
            has(&["front", "fore", "f", "fl", "fr"]),
            has(&["back", "rear", "hind", "b", "bl", "br", "rl", "rr"]),
        ) {
            (true, false) => Some("front"),
            (false, true) => Some("back"),
            _ => None,
        };
        reading
    }

    fn landmark(&self) -> Option<String> {
        let part = self.part.filter(|_| !self.helper)?;
        // "back" beside a tail or a neck means a spine.
        let end = self.end.filter(|_| !matches!(part, "head" | "neck" | "tail" | "nose" | "jaw" | "eye" | "ear"));
        Some([self.side, end, Some(part)].into_iter().flatten().collect::<Vec<_>>().join("_"))
    }
}

/// Lower-case words of a name, split at everything that is no letter, before a capital that follows a small letter, and
/// before the last of several capitals where a small letter follows ("IKFront").
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let (mut small_before, mut capital_before) = (false, false);
    let mut letters = name.chars().peekable();
    while let Some(letter) = letters.next() {
        let small_after = letters.peek().is_some_and(|next| next.is_lowercase());
        if !letter.is_alphabetic() || (letter.is_uppercase() && (small_before || (capital_before && small_after))) {
            words.push(String::new());
        }
        (small_before, capital_before) = (letter.is_lowercase(), letter.is_uppercase());
        if letter.is_alphabetic()
            && let Some(word) = words.last_mut()
        {
            word.extend(letter.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Sets the keypoints by the names of joints and of nodes that carry a mesh: landmarks where there are some, else all
/// joints with telling names. Sets the head, too.
pub(super) fn name_keypoints(model: &mut Model) {
    let mut is_joint = vec![false; model.nodes.len()];
    let mut carries = vec![false; model.nodes.len()];
    for part in &model.parts {
        match &part.skin {
            Some(skin) => skin.joints.iter().for_each(|joint| is_joint[*joint] = true),
            None => carries[part.node] = true,
        }
    }
    let readings: Vec<Reading> = model.nodes.iter().map(|node| Reading::of(&node.name)).collect();
    let mut points: Vec<(String, usize)> = Vec::new();
    let mut tip = None;
    for (node, reading) in readings.iter().enumerate().filter(|(node, _)| is_joint[*node] || carries[*node]) {
        let Some(name) = reading.landmark() else { continue };
        if name == "tail" {
            tip = Some(node);
        }
        if !points.iter().any(|(other, _)| *other == name) {
            points.push((name, node));
        }
    }
    if let Some(tip) = tip
        && !points.iter().any(|(_, node)| *node == tip)
    {
        points.push(("tail_tip".into(), tip));
    }
    let named = |name: &&str| points.iter().find(|(other, _)| other == name).map(|(_, node)| *node);
    let head = ["head", "nose", "jaw", "eye", "left_eye", "left_ear", "neck"].iter().find_map(named);
    if points.is_empty() {
        for (node, reading) in readings.iter().enumerate().filter(|(node, _)| is_joint[*node]) {
            let telling = |word: &&String| word.len() > 1 && !NOISE.contains(&word.as_str());
            if reading.helper || !reading.words.iter().any(|word| telling(&word)) {
                continue;
            }
            let name = reading.words.join("_");
            if points.len() < MAX_OTHER_KEYPOINTS && !points.iter().any(|(other, _)| *other == name) {
                points.push((name, node));
            }
        }
    }
    (model.keypoints, model.head) = (points, head);
    place_at_meshes(model, &carries);
}

/// Keypoints of rigid parts whose node lies elsewhere (at the model's origin, say) move to the middle of their mesh, on a
/// node of their own.
fn place_at_meshes(model: &mut Model, carries: &[bool]) {
    let (mut locals, mut globals) = (Vec::new(), Vec::new());
    model.locals(None, 0.0, &mut locals);
    model.globals(&locals, &mut globals);
    for keypoint in 0..model.keypoints.len() {
        let (name, node) = model.keypoints[keypoint].clone();
        let own = model.parts.iter().filter(|part| carries[node] && part.node == node && part.skin.is_none());
        let boxes = own.filter_map(|part| part.bounds(&globals));
        let Some(bounds) = boxes.reduce(|a, b| Aabb3d { min: a.min.min(b.min), max: a.max.max(b.max) }) else {
            continue;
        };
        let middle = 0.5 * (bounds.min + bounds.max);
        let global = globals[node];
        let near = (global.translation - middle).length() < 0.25 * (bounds.max - bounds.min).length();
        if near || global.matrix3.determinant().abs() < 1e-18 {
            continue;
        }
        let translation = Vec3::from(global.inverse().transform_point3a(middle));
        let at_mesh = model.nodes.len();
        model.nodes.push(Node {
            name: name.clone(),
            parent: Some(node),
            rest: Local { translation, ..Local::IDENTITY },
        });
        if model.head == Some(node) {
            model.head = Some(at_mesh);
        }
        model.keypoints[keypoint] = (name, at_mesh);
    }
}

/// Whether a name belongs to the front (`Some(true)`) or the back (`Some(false)`) of what bears it.
pub(super) fn is_front(name: &str) -> Option<bool> {
    let reading = Reading::of(name);
    let has = |list: &[&str]| reading.words.iter().any(|word| list.contains(&word.as_str()));
    // The target of a limb's inverse kinematics is where the limb is; other helpers may be anywhere.
    if reading.helper && !has(&["ik"]) {
        return None;
    }
    if has(&["headlight", "headlights", "headlamp", "headlamps"]) {
        return Some(true);
    }
    if has(&["taillight", "taillights", "taillamp", "tailpipe", "exhaust"]) {
        return Some(false);
    }
    match reading.part {
        Some("tail") => return Some(false),
        Some(part) if FRONT_PARTS.contains(&part) => return Some(true),
        _ => {}
    }
    // "Tail" and "Head" of "TailLights" and "head_lights" are caught above; "back" alone is often a spine.
    let limb = reading.part.is_some()
        || has(&[
            "ik", "leg", "legs", "shin", "thigh", "toe", "toes", "shoulder", "claw", "light", "lights", "lamp",
            "bumper", "door",
        ]);
    reading.end.filter(|_| limb).map(|end| end == "front")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_many_rigs_become_readable_landmarks() {
        for (name, want) in [
            ("mixamorig:LeftHand", Some("left_hand")),
            ("foot.F.L_016", Some("left_front_foot")),
            ("foot_b_R_14", Some("right_back_foot")),
            ("Ear1.L_metarig.004", Some("left_ear")),
            ("Head", Some("head")),
            ("Bip01 Head", Some("head")),
            ("wheel-front-left", Some("left_front_wheel")),
            ("NormalCar1_FrontRightWheel", Some("right_front_wheel")),
            ("TailBase_metarig", Some("tail")),
            ("jaw_01", Some("jaw")),
            ("Head_end", None),
            ("eyelid_L_25", None),
            ("EyeTarget.L", None),
            ("FootIK.L", None),
            ("Bone.003", None),
            ("spine.010", None),
            ("headlight", None),
        ] {
            assert_eq!(Reading::of(name).landmark().as_deref(), want, "{name}");
        }
    }

    #[test]
    fn front_and_back() {
        for (name, want) in [
            ("Headlights", Some(true)),
            ("TailLights", Some(false)),
            ("Taxi_rear lights_0", Some(false)),
            ("BackWheel", Some(false)),
            ("FrontShoulder.L", Some(true)),
            ("Tail3", Some(false)),
            ("snout", Some(true)),
            ("IKFrontRight", Some(true)),
            ("Head_end", None),
            ("Back", None),
            ("Body", None),
            ("Sport body_Body_0", None),
        ] {
            assert_eq!(is_front(name), want, "{name}");
        }
    }
}
