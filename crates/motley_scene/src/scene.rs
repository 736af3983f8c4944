//! The scene file.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    catalog::Catalog,
    distribution::{Names, stands_for},
    field::{Described, Field, FieldInfo, Limits, nearest},
    params::{
        camera::Camera, lens_sensor::LensSensor, lighting::Lighting, materials::Materials, obstructors::Obstructors,
        placement::Placement, pose::Pose, props::Props, sky::Sky, subject::Subject, subject_texture::SubjectTexture,
    },
    slot::{Choice, Part, Slot, plain_choice},
    source::{Fault, Faults, Node},
};

crate::fields! {
    /// A scene: what is shown and how it may vary.
    pub struct Scene {
        /// Version of this file's format.
        version: u32 = 1, 1 => 1;
        /// Name of the scene.
        name: String = "scene".to_owned();
        /// Folders with your own models, materials and skies, relative to this file.
        packs: Vec<String> = Vec::new();
        /// What is told apart.
        classes: Vec<Class> = Vec::new();
        /// Size, number and form of the pictures. Command-line flags win over it.
        output: Output = Output::default();
        /// Obstructors and camera are drawn again when less of the subject is visible than this.
        min_visible: f32 = 0.3, 0 => 1;
        /// At most so many draws; then the frame is taken as it is.
        max_tries: u32 = 10, 1 => 1000;
        /// What is shown.
        subject: Subject = Subject::default();
        /// How the subject holds itself.
        pose: Pose = Pose::default();
        /// Where it stands.
        placement: Placement = Placement::default();
        /// A random material on the subject.
        subject_texture: SubjectTexture = SubjectTexture::default();
        /// Ground, walls and obstructors.
        materials: Materials = Materials::default();
        /// Sky or room.
        sky: Sky = Sky::default();
        /// Sun and lamps.
        lighting: Lighting = Lighting::default();
        /// Camera.
        camera: Camera = Camera::default();
        /// Things around the subject.
        obstructors: Obstructors = Obstructors::default();
        /// Bedding, people and bars.
        props: Props = Props::default();
        /// Lens and sensor.
        lens_sensor: LensSensor = LensSensor::default();
        /// Settings of parameters that your own plugins bring, by name.
        custom: Custom = Custom::default();
    }
}

crate::fields! {
    /// A class.
    pub struct Class {
        /// Name; the folder that its pictures go to.
        name: String = String::new();
        /// How often, relative to the other classes. Equal weights give exact balance.
        weight: f32 = 1.0, 0 => 1e6;
        /// Where its subjects come from.
        source: Source = Source::Auto;
        /// Which of its breeds.
        breeds: Names = Names::All;
        /// Under which of the skies that the scene allows: pets in rooms, cars in streets.
        skies: Names = Names::All;
        /// Height in metres of models from packs; procedural breeds know their own.
        height: Option<Height> = None;
    }
}

crate::fields! {
    /// A range of heights.
    pub struct Height {
        /// Smallest.
        min: f32 = 0.5, 0.001 => 1000, "m";
        /// Largest.
        max: f32 = 0.5, 0.001 => 1000, "m";
    }
}

/// The most frames of one dataset.
pub const MOST_FRAMES: u64 = 1_000_000_000;

crate::fields! {
    /// Size, number and form of the pictures.
    pub struct Output {
        /// Width and height.
        size: u32 = 256, 16 => 2048, "px";
        /// Number of frames.
        count: u64 = 1000, 0 => MOST_FRAMES;
        /// Seed of all random streams.
        seed: u64 = 0, 0 => 1.8446744073709552e19;
        /// Form of the pictures.
        image: ImageForm = ImageForm::Jpeg(90);
        /// Form of the dataset: Folder, Coco, Yolo, WebDataset.
        formats: Vec<Format> = vec![Format::Folder];
        /// What is written besides class, breed, camera and recipe: Box, Mask, Keypoints, Depth, Normal, Instance, Semantic.
        labels: Vec<LabelKind> = vec![LabelKind::Box, LabelKind::Mask];
    }
}

/// Where a class's subjects come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Source {
    /// From packs that have the class, else from the built-in zoo.
    #[default]
    Auto,
    /// The built-in zoo only.
    Zoo,
    /// Packs only.
    Packs,
    /// Both.
    Both,
}

/// Form of the pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImageForm {
    /// JPEG of a quality from 1 to 100.
    Jpeg(u8),
    /// PNG, without loss.
    Png,
}

/// A simple enum field: one word of several.
macro_rules! words {
    ($(#[$meta:meta])* $Name:ident { $($(#[$doc:meta])* $Variant:ident = $flag:literal),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $Name {
            $(
                $(#[$doc])*
                #[serde(rename = $flag)]
                $Variant,
            )*
        }

        impl std::fmt::Display for $Name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.flag())
            }
        }

        impl $Name {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$Variant),*];

            /// Name on the command line and in the manifest.
            pub const fn flag(self) -> &'static str {
                match self {
                    $(Self::$Variant => $flag,)*
                }
            }
        }

        impl std::str::FromStr for $Name {
            type Err = String;

            fn from_str(word: &str) -> Result<Self, String> {
                let word = word.trim();
                Self::ALL.iter().copied().find(|known| known.flag() == word).ok_or_else(|| {
                    format!("`{word}` is none of {}", [$($flag),*].join(", "))
                })
            }
        }

        plain_choice!($Name, concat!("one of", $(" ", stringify!($Variant)),*); $($Variant),*);
    };
}

words! {
    /// Form of a dataset.
    Format {
        /// `<class>/<index>.jpg` and `metadata.jsonl`: torchvision's ImageFolder, Keras, Hugging Face's `imagefolder`.
        Folder = "folder",
        /// `annotations.json`: COCO's instances, with boxes and run-length masks.
        Coco = "coco",
        /// `<index>.txt` beside each picture and `data.yaml`: Ultralytics.
        Yolo = "yolo",
        /// `shard-000000.tar`: WebDataset.
        WebDataset = "webdataset",
    }
}

words! {
    /// A label that can be switched on.
    LabelKind {
        /// Boxes of the visible and of the whole subject, visible fraction and truncation.
        Box = "box",
        /// The subject's visible pixels, run-length encoded.
        Mask = "mask",
        /// Named points of the subject.
        Keypoints = "keypoints",
        /// Metres along the optical axis, a NumPy file.
        Depth = "depth",
        /// Surface normals in camera axes, a NumPy file.
        Normal = "normal",
        /// Instance ids, a NumPy file.
        Instance = "instance",
        /// Class numbers, a NumPy file.
        Semantic = "semantic",
    }
}

impl Format {
    /// What it needs that is not among the labels, and what to do about it.
    pub fn lacks(self, labels: &[LabelKind]) -> Option<&'static str> {
        let boxes = labels.contains(&LabelKind::Box);
        match self {
            Self::Yolo if !boxes => Some("YOLO's files hold boxes: add the label box, or leave YOLO out"),
            Self::Coco if !boxes && !labels.contains(&LabelKind::Mask) => {
                Some("COCO's file holds boxes and masks: add the labels box and mask, or leave COCO out")
            }
            _ => None,
        }
    }
}

plain_choice!(Source, "Auto, Zoo, Packs or Both"; Auto, Zoo, Packs, Both);

const QUALITY: FieldInfo = FieldInfo {
    name: "quality",
    doc: "JPEG's quality.",
    limits: Limits { min: 1.0, max: 100.0, unit: "" },
    expects: u32::EXPECTS,
};

impl Choice for ImageForm {
    fn variants(&self) -> &'static [&'static str] {
        &["Jpeg", "Png"]
    }

    fn chosen(&self) -> usize {
        usize::from(*self == Self::Png)
    }

    fn choose(&mut self, variant: usize) {
        if variant != self.chosen() {
            *self = if variant == 0 { Self::fresh() } else { Self::Png };
        }
    }

    fn parts(&mut self) -> Vec<Part<'_>> {
        match self {
            Self::Jpeg(quality) => vec![Part { info: QUALITY, slot: Slot::Number(quality) }],
            Self::Png => Vec::new(),
        }
    }
}

impl Field for ImageForm {
    const EXPECTS: &'static str = "Jpeg(90) or Png";

    fn read(node: &Node<'_>, _: &Limits, faults: &mut Faults) -> Option<Self> {
        match node.variant() {
            Some(("Png", None)) => Some(Self::Png),
            Some(("Jpeg", Some(content))) => {
                let quality = u32::read(&content.unwrapped(), &QUALITY.limits, faults)?;
                u8::try_from(quality).ok().map(Self::Jpeg)
            }
            _ => {
                faults.note(node, format!("found {}; expected {}", node.shown(), Self::EXPECTS));
                None
            }
        }
    }

    fn write(&self, out: &mut String, _: usize) {
        *out += &format!("{self:?}");
    }

    fn slot(&mut self) -> Slot<'_> {
        Slot::Choice(self)
    }

    fn fresh() -> Self {
        Self::Jpeg(90)
    }
}

/// Settings of parameters that plugins bring: RON texts by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Custom(pub BTreeMap<String, String>);

impl Field for Custom {
    const EXPECTS: &'static str = r#"a map of names to any RON, such as {"fog": (density: 0.1)}"#;

    fn read(node: &Node<'_>, _: &Limits, faults: &mut Faults) -> Option<Self> {
        Some(Self(node.entries(faults)?.into_iter().map(|(name, node)| (name, node.text.to_owned())).collect()))
    }

    fn write(&self, out: &mut String, indent: usize) {
        out.push('{');
        for (name, text) in &self.0 {
            *out += &format!("\n{:1$}{name:?}: {text},", "", indent + 4);
        }
        out.push('}');
    }

    fn slot(&mut self) -> Slot<'_> {
        Slot::Fixed
    }

    fn fresh() -> Self {
        Self::default()
    }
}

impl Custom {
    /// The settings called `name`, as a struct made by [`fields!`](crate::fields); its defaults when the scene has none.
    ///
    /// # Errors
    /// All faults of the settings; their lines count from where the settings begin.
    pub fn settings<T: Described>(&self, name: &str) -> Result<T, Vec<Fault>> {
        let Some(text) = self.0.get(name) else { return Ok(T::default()) };
        let mut faults = Faults::new(text);
        let read = Node::root(text, &mut faults).and_then(|root| T::read(&root, &Limits::NONE, &mut faults));
        if faults.is_empty() { Ok(read.unwrap_or_default()) } else { Err(faults.into_sorted()) }
    }
}

impl Scene {
    /// Reads a scene file and checks all that can be known without its packs.
    ///
    /// The second value holds the faults and knows where each field stands, for faults found later. The first is there
    /// whenever the text is RON; a field that is at fault has its default in it.
    pub fn parse(text: &str) -> (Option<Self>, Faults) {
        let mut faults = Faults::new(text);
        let scene = Node::root(text, &mut faults).and_then(|root| Self::read(&root, &Limits::NONE, &mut faults));
        if let Some(scene) = &scene {
            scene.check(&mut faults);
        }
        (scene, faults)
    }

    /// Faults that concern several fields at once.
    pub fn check(&self, faults: &mut Faults) {
        if self.classes.is_empty() {
            faults
                .note_path("classes", r#"there is no class; add one, such as classes: [(name: "cat"), (name: "dog")]"#);
        } else if self.classes.iter().all(|class| class.weight <= 0.0) {
            faults.note_path("classes", "the weights sum to zero; give at least one class a weight above 0");
        }
        for (i, class) in self.classes.iter().enumerate() {
            if let Err(message) = check_name(&class.name) {
                faults.note_path(&format!("classes[{i}].name"), message);
            }
            let twin = |c: &Class| c.name.to_lowercase() == class.name.to_lowercase();
            if self.classes[..i].iter().any(twin) {
                faults.note_path(
                    &format!("classes[{i}].name"),
                    format!("{:?} is there twice; rename or remove one", class.name),
                );
            }
            if let Some(height) = &class.height
                && height.min > height.max
            {
                let (min, max) = (height.min, height.max);
                faults.note_path(
                    &format!("classes[{i}].height"),
                    format!("the range is empty: min {min} is above max {max}; swap them"),
                );
            }
        }
        if self.output.formats.is_empty() {
            faults.note_path("output.formats", "the list is empty; write [Folder]");
        }
        for problem in self.output.formats.iter().filter_map(|format| format.lacks(&self.output.labels)) {
            faults.note_path("output.labels", problem);
        }
        self.camera.check(faults);
    }

    /// Checks every name in the scene against what there is.
    pub fn check_names(&self, catalog: &Catalog, faults: &mut Faults) {
        let lists = [
            ("materials.ground", &self.materials.ground, self.materials.enabled),
            ("materials.wall", &self.materials.wall, self.materials.enabled),
            ("materials.obstructor", &self.materials.obstructor, self.materials.enabled),
            ("subject_texture.material", &self.subject_texture.material, self.subject_texture.enabled),
            ("sky.name", &self.sky.name, self.sky.enabled),
            ("obstructors.shape", &self.obstructors.shape, self.obstructors.enabled),
        ];
        for (path, names, needed) in lists {
            check_list(path, names, catalog.names(path).unwrap_or_default(), needed, faults);
        }
        self.check_clips(catalog, faults);
        // Its default names cloths, which not every catalogue has.
        if self.props.enabled {
            check_list("props.cloth", &self.props.cloth, &catalog.materials, true, faults);
        }
        for (i, class) in self.classes.iter().enumerate() {
            let path = format!("classes[{i}].skies");
            check_list(&path, &class.skies, &catalog.skies, false, faults);
            let chosen = self.sky.enabled && class.skies != Names::All;
            if chosen && self.sky.options(Some(class), &catalog.skies).is_empty() {
                faults.note_path(&path, "the scene's sky.name allows none of these; name others here or there");
            }
        }
        let classes: Vec<String> = self.classes.iter().map(|class| class.name.clone()).collect();
        for (i, shot) in self.camera.shots.iter().enumerate() {
            // Where there is no class at all, that is said already.
            let needed = !classes.is_empty();
            check_list(&format!("camera.shots[{i}].classes"), &shot.classes, &classes, needed, faults);
        }
        for class in &classes {
            if self.camera.enabled && self.camera.weights(class).all(|weight| weight <= 0.0) {
                faults.note_path("camera.shots", format!("no shot is for {class:?}; let one have classes: All"));
            }
        }
    }

    /// Names of clips, and whether each class has one of them.
    fn check_clips(&self, catalog: &Catalog, faults: &mut Faults) {
        let Some(known) = catalog.names("pose.clips") else { return };
        let before = faults.len();
        check_list("pose.clips", &self.pose.clips, known, self.pose.enabled, faults);
        if !self.pose.enabled || faults.len() > before {
            return;
        }
        for class in &catalog.classes {
            if self.pose.clips.among(&class.clips).is_empty() {
                let (name, clips) = (&class.name, class.clips.join(", "));
                faults.note_path(
                    "pose.clips",
                    format!("{name:?} has none of these and would only stand there; name one of {clips}"),
                );
            }
        }
    }

    /// Hash that tells whether two scenes draw the same pictures: everything but name, comments and output.
    pub fn hash(&self) -> String {
        let plain = Self {
            name: String::new(),
            output: Output { size: self.output.size, ..Output::default() },
            ..self.clone()
        };
        let mut hasher = blake3::Hasher::new();
        for line in plain.to_ron().lines().filter(|line| !line.trim_start().starts_with("//")) {
            hasher.update(line.as_bytes());
        }
        hasher.finalize().to_hex()[..32].to_owned()
    }

    /// The scene as commented RON.
    pub fn to_ron(&self) -> String {
        let mut text = String::new();
        self.write(&mut text, 0);
        text.push('\n');
        text
    }
}

/// Checks a selection of names against what there is.
pub fn check_list(path: &str, names: &Names, known: &[String], needed: bool, faults: &mut Faults) {
    let refs: Vec<&str> = known.iter().map(String::as_str).collect();
    let before = faults.len();
    for name in names.mentioned() {
        if !refs.iter().any(|known| stands_for(name, known)) {
            let hint = nearest(name, &refs)
                .map_or_else(|| format!("there are {}", listed(&refs)), |close| format!("did you mean {close:?}?"));
            faults.note_path(path, format!("nothing is called {name:?}; {hint}"));
        }
    }
    // A misspelt name is one fault, not two.
    if needed && faults.len() == before && names.among(known).is_empty() {
        faults
            .note_path(path, "nothing is left to draw from; name at least one, write All, or switch the parameter off");
    }
}

/// Names with commas; those that are numbered in a row as the first and the last: `lane_1 to lane_24`.
fn listed(names: &[&str]) -> String {
    let numbered =
        |name: &str| name.rsplit_once('_').and_then(|(stem, n)| Some((stem.to_owned(), n.parse::<u32>().ok()?)));
    let mut rows: Vec<(&str, &str)> = Vec::new();
    for name in names {
        let follows = rows.last().is_some_and(|(_, last)| match (numbered(last), numbered(name)) {
            (Some((a, m)), Some((b, n))) => a == b && n == m + 1,
            _ => false,
        });
        match rows.last_mut() {
            Some(row) if follows => row.1 = name,
            _ => rows.push((name, name)),
        }
    }
    let row = |(first, last): (&str, &str)| if first == last { first.to_owned() } else { format!("{first} to {last}") };
    rows.into_iter().map(row).collect::<Vec<_>>().join(", ")
}

/// Can this be the name of a folder of a class or a dataset, on Linux, macOS and Windows alike?
///
/// # Errors
/// What is wrong and what to write instead.
pub fn check_name(name: &str) -> Result<(), String> {
    // Windows keeps these for devices, with any extension: "Naming Files, Paths, and Namespaces", Win32 documentation.
    const RESERVED: [&str; 4] = ["con", "prn", "aux", "nul"];
    // Files that stand beside the class folders.
    const TAKEN: [&str; 7] =
        ["metadata.jsonl", "records.jsonl", "motley.json", "scene.ron", "annotations.json", "data.yaml", "yolo.txt"];
    let lower = name.to_lowercase();
    let stem = lower.split('.').next().unwrap_or_default().trim_end();
    let device = ["com", "lpt"].iter().any(|d| stem.strip_prefix(d).is_some_and(|n| n.len() == 1 && n != "0"));
    let fault = if name.is_empty() {
        "the name is empty"
    } else if name.len() > 100 {
        "the name is longer than 100 bytes"
    } else if !name.chars().all(|c| c.is_alphanumeric() || "-_ .".contains(c)) {
        "the name holds characters other than letters, digits, space, dot, - and _"
    } else if name.starts_with(['.', ' ', '-']) || name.ends_with(['.', ' ']) {
        "the name starts or ends with a dot, a space or a dash"
    } else if RESERVED.contains(&stem) || device {
        "the name is reserved on some systems"
    } else if TAKEN.contains(&lower.as_str()) || (lower.starts_with("shard-") && lower.ends_with(".tar")) {
        "the name is that of a file of the dataset"
    } else {
        return Ok(());
    };
    Err(format!("{name:?} cannot name a folder: {fault}; write a plain word such as \"cat\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::distribution::Scalar;

    crate::fields! {
        /// Settings of a plugin.
        pub struct Fog {
            /// Density.
            density: Scalar = Scalar::uniform(0.0, 1.0), 0 => 1;
        }
    }

    #[test]
    fn numbered_names_are_listed_as_a_row() {
        assert_eq!(
            listed(&["a", "lane_1", "lane_2", "lane_3", "wall_1", "sit", "x_3", "x_5"]),
            "a, lane_1 to lane_3, wall_1, sit, x_3, x_5"
        );
    }

    #[test]
    fn settings_of_plugins_are_read_and_checked() {
        let fog = |text: &str| Custom([("fog".to_owned(), text.to_owned())].into()).settings::<Fog>("fog");
        assert_eq!(Custom::default().settings::<Fog>("fog"), Ok(Fog::default()));
        assert_eq!(fog("(density: 0.5)"), Ok(Fog { density: Scalar::Constant(0.5) }));
        for (text, word) in [("(density: 2)", "0 to 1"), ("(denisty: 0.5)", "density"), ("7", "(name: value)")] {
            let faults = fog(text).unwrap_err();
            assert!(faults[0].to_string().contains(word), "{text}: {faults:?}");
        }
    }
}
