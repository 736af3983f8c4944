//! The study file: what is learnt from, how, and what it is judged on.
//!
//! It is read as scenes are: every fault has its place and says what to write instead.

use std::path::Path;

use motley_learn::{backbone::spec, head::HeadKind};
use motley_pixels::Augment;
use motley_scene::{
    field::{Field, Limits, nearest},
    plain_choice,
    scene::{MOST_FRAMES, Scene, check_name},
    slot::Slot,
    source::{Fault, Faults, Node},
};

motley_scene::fields! {
    /// A study: arms to learn from, trainings, tests, and figures that say which of them belong together.
    pub struct StudyFile {
        /// Version of this file's format.
        version: u32 = 1, 1 => 1;
        /// Title of the report.
        name: String = "study".to_owned();
        /// What is asked, in a sentence or two.
        about: String = String::new();
        /// What is learnt from. All arms draw the same frames: same indices, same random streams, only what `with` names differs.
        arms: Vec<Arm> = Vec::new();
        /// How it is learnt.
        trainings: Vec<TrainingSpec> = Vec::new();
        /// What models are judged on.
        tests: Vec<TestSpec> = Vec::new();
        /// Times that each training of each arm is repeated, each with frames and seeds of its own.
        repeats: u32 = 1, 1 => 100;
        /// Seed of the first repeat; the next one has the next number.
        seed: u64 = 0;
        /// Which arms, trainings and tests are looked at together. Nothing else is trained.
        figures: Vec<Figure> = Vec::new();
    }
}

motley_scene::fields! {
    /// What is learnt from: frames, photos, or both.
    pub struct Arm {
        /// Its name in figures.
        name: String = String::new();
        /// Name of an arm above it, whose fields it takes where it has none of its own; `with` comes on top of that arm's.
        like: String = String::new();
        /// Scene file, relative to this file.
        scene: String = String::new();
        /// What differs from the scene, written like a scene.
        with: With = With::fresh();
        /// Frames of all classes together.
        frames: u64 = 0, 0 => MOST_FRAMES;
        /// Of these, at most so many of each class are learnt from; 0 for all.
        frames_per_class: u32 = 0, 0 => 1_000_000_000;
        /// Folder of photos, relative to the data folder.
        photos: String = String::new();
        /// At most so many photos of each class; 0 for all.
        photos_per_class: u32 = 0, 0 => 1_000_000_000;
        /// Classes: the scene's, or all that the photos have, where none is named.
        classes: Vec<String> = Vec::new();
        /// Its place on the axis of a `Curve`.
        x: Option<f32> = None;
        /// The line of a `Curve` that it belongs to.
        series: String = String::new();
    }
}

motley_scene::fields! {
    /// How a model is trained.
    pub struct TrainingSpec {
        /// Its name in figures.
        name: String = String::new();
        /// small_cnn, mobilenet_v2, squeezenet1_1, resnet18 or vgg16.
        backbone: String = "mobilenet_v2".to_owned();
        /// File of its weights in the folder of weights; without one, the file that begins with the backbone's name.
        weights: String = String::new();
        /// transfer, paper, linear or means.
        head: String = "paper".to_owned();
        /// Train the head alone?
        freeze: bool = true;
        /// With `freeze: false`: only the last so many stages of the backbone learn; 0 for all.
        last: u32 = 0, 0 => 100;
        /// Share of hidden neurons of the paper's head that are left out at each step.
        dropout: f32 = 0.3, 0 => 0.99;
        /// Passes over the pictures.
        epochs: u32 = 10, 1 => 10_000;
        /// Pictures a step.
        batch: u32 = 32, 1 => 100_000;
        /// Step size of Adam.
        learning_rate: f32 = 0.001, 1e-9 => 10;
        /// Pull of the weights toward 0.
        weight_decay: f32 = 0.0, 0 => 10;
        /// none, paper or transfer; empty to choose by what is learnt from, as `motley train` does.
        augment: String = "paper".to_owned();
        /// Draws of the augmentation for each picture, on a frozen backbone.
        draws: u32 = 1, 1 => 1000;
    }
}

motley_scene::fields! {
    /// What models are judged on: a folder of photos, or fresh frames of a scene.
    pub struct TestSpec {
        /// Its name in figures.
        name: String = String::new();
        /// Folder of pictures, relative to the data folder.
        photos: String = String::new();
        /// At most so many pictures of each class; 0 for all.
        per_class: u32 = 0, 0 => 1_000_000_000;
        /// Scene file, relative to this file.
        scene: String = String::new();
        /// What differs from the scene, written like a scene.
        with: With = With::fresh();
        /// Frames of all classes together. No arm learns from them: they have a seed of their own.
        frames: u64 = 0, 0 => MOST_FRAMES;
    }
}

motley_scene::fields! {
    /// Arms, trainings and tests that are looked at together.
    pub struct Figure {
        /// Its title.
        title: String = String::new();
        /// What to look for, in a sentence or two.
        about: String = String::new();
        /// Bars, Epochs, Curve, Categories or Looks.
        show: Show = Show::Bars;
        /// Names of arms.
        arms: Vec<String> = Vec::new();
        /// Names of trainings; all where none is named.
        trainings: Vec<String> = Vec::new();
        /// Names of tests; all where none is named.
        tests: Vec<String> = Vec::new();
        /// The arm that all others are compared with; none: nothing is compared.
        control: String = String::new();
        /// `Curve`: the series that all others are compared with, where both have an arm at the same place; none: nothing is compared.
        control_series: String = String::new();
        /// The training that all others are compared with, arm by arm; none: trainings are not compared.
        control_training: String = String::new();
        /// Repeats that it needs; 0 for as many as the study has.
        repeats: u32 = 0, 0 => 100;
        /// What others found.
        paper: Vec<PaperNumber> = Vec::new();
        /// `Curve`: what runs to the right.
        axis: String = String::new();
        /// `Looks`: pictures of each class.
        pictures: u32 = 4, 1 => 16;
        /// `Looks`: the class that is looked for; the first one where none is named.
        class: String = String::new();
    }
}

motley_scene::fields! {
    /// An accuracy that others found, with the arm, training and test that it belongs to; an empty name fits any.
    pub struct PaperNumber {
        /// Name of the arm.
        arm: String = String::new();
        /// Name of the training.
        training: String = String::new();
        /// Name of the test.
        test: String = String::new();
        /// Share of right answers.
        value: f32 = 0.0, 0 => 1;
    }
}

/// What a figure shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Show {
    /// Accuracy of each arm, training and test, as bars with their intervals.
    #[default]
    Bars,
    /// Accuracy on the first test by epoch.
    Epochs,
    /// Accuracy by the arms' `x`, a line for each `series`.
    Curve,
    /// Accuracy and accuracy above random by the number of classes.
    Categories,
    /// Where the models look: Grad-CAM and occlusion.
    Looks,
}

plain_choice!(Show, "Bars, Epochs, Curve, Categories or Looks"; Bars, Epochs, Curve, Categories, Looks);

/// Part of a scene, as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct With(pub String);

impl Field for With {
    const EXPECTS: &'static str = "part of a scene, such as (sky: (enabled: false))";

    fn read(node: &Node<'_>, limits: &Limits, faults: &mut Faults) -> Option<Self> {
        // Read for its faults alone: it is laid over a scene's text later.
        Scene::read(node, limits, faults).map(|_| Self(node.text.to_owned()))
    }

    fn write(&self, out: &mut String, _: usize) {
        out.push_str(&self.0);
    }

    fn slot(&mut self) -> Slot<'_> {
        Slot::Fixed
    }

    fn fresh() -> Self {
        Self("()".to_owned())
    }
}

impl StudyFile {
    /// Reads a study file and checks all that can be known without other files. The second value holds the faults and knows where
    /// each field stands, for faults found later; the first is there whenever the text is RON.
    pub fn parse(text: &str) -> (Option<Self>, Faults) {
        let mut faults = Faults::new(text);
        let file = Node::root(text, &mut faults).and_then(|root| Self::read(&root, &Limits::NONE, &mut faults));
        if let Some(file) = &file {
            file.check(&mut faults);
        }
        (file, faults)
    }

    /// The same for a text that was checked before.
    ///
    /// # Errors
    /// All faults.
    pub fn parse_whole(text: &str) -> Result<Self, Vec<Fault>> {
        match Self::parse(text) {
            (Some(file), faults) if faults.is_empty() => Ok(file),
            (_, faults) => Err(faults.into_sorted()),
        }
    }

    /// Position of the arm of that name.
    pub fn arm(&self, name: &str) -> Option<usize> {
        self.arms.iter().position(|arm| arm.name == name)
    }

    /// Position of the training of that name.
    pub fn training(&self, name: &str) -> Option<usize> {
        self.trainings.iter().position(|training| training.name == name)
    }

    /// Position of the test of that name.
    pub fn test(&self, name: &str) -> Option<usize> {
        self.tests.iter().position(|test| test.name == name)
    }

    /// Positions of a figure's arms, trainings and tests; names that are not there are left out.
    pub fn members(&self, figure: &Figure) -> Members {
        let all_or = |names: &[String], all: usize, find: &dyn Fn(&str) -> Option<usize>| match names {
            [] => (0..all).collect(),
            names => names.iter().filter_map(|name| find(name)).collect(),
        };
        Members {
            arms: figure.arms.iter().filter_map(|name| self.arm(name)).collect(),
            trainings: all_or(&figure.trainings, self.trainings.len(), &|name| self.training(name)),
            tests: all_or(&figure.tests, self.tests.len(), &|name| self.test(name)),
        }
    }

    fn check(&self, faults: &mut Faults) {
        for (list, names, example) in [
            (
                "arms",
                self.arms.iter().map(|arm| arm.name.as_str()).collect::<Vec<_>>(),
                r#"(name: "control", scene: "cats-dogs.scene.ron", frames: 1000)"#,
            ),
            ("trainings", self.trainings.iter().map(|training| training.name.as_str()).collect(), r#"(name: "paper")"#),
            (
                "tests",
                self.tests.iter().map(|test| test.name.as_str()).collect(),
                r#"(name: "photos", photos: "photos/val")"#,
            ),
        ] {
            if names.is_empty() {
                faults.note_path(list, format!("the list is empty; add one, such as {example}"));
            }
            for (at, name) in names.iter().enumerate() {
                let path = format!("{list}[{at}].name");
                if let Err(message) = check_name(name) {
                    faults.note_path(&path, message.replace("name a folder", "be a name"));
                } else if names[..at].contains(name) {
                    faults.note_path(&path, format!("{name:?} is there twice; rename one"));
                }
            }
        }
        if self.figures.is_empty() {
            faults.note_path(
                "figures",
                r#"there is nothing to show; add one, such as (title: "Arms", arms: ["control"])"#,
            );
        }
        for (at, arm) in self.arms.iter().enumerate() {
            self.check_arm(at, arm, faults);
        }
        for (at, training) in self.trainings.iter().enumerate() {
            training.check(&format!("trainings[{at}]"), faults);
        }
        for (at, test) in self.tests.iter().enumerate() {
            let path = |field: &str| format!("tests[{at}].{field}");
            match (test.scene.is_empty(), test.photos.is_empty()) {
                (false, false) => {
                    faults.note_path(&path("photos"), "a test is a folder or a scene; remove one of them");
                }
                (true, true) => faults.note_path(
                    &format!("tests[{at}]"),
                    r#"there are no pictures; add photos: "photos/val", or scene and frames"#,
                ),
                (false, true) if test.frames == 0 => {
                    faults.note_path(&path("scene"), "no frames are drawn; add frames: 500");
                }
                _ => {}
            }
        }
        for (at, figure) in self.figures.iter().enumerate() {
            self.check_figure(at, figure, faults);
        }
    }

    fn check_arm(&self, at: usize, arm: &Arm, faults: &mut Faults) {
        let path = |field: &str| format!("arms[{at}].{field}");
        let above: Vec<&str> = self.arms[..at].iter().map(|arm| arm.name.as_str()).collect();
        if !arm.like.is_empty() && !above.contains(&arm.like.as_str()) {
            faults.note_path(&path("like"), unknown("arm above this one", &arm.like, &above));
            return;
        }
        let whole = self.whole_arm(arm);
        if whole.scene.is_empty() && whole.photos.is_empty() {
            faults.note_path(
                &format!("arms[{at}]"),
                r#"there is nothing to learn from; add scene and frames, or photos: "photos/train""#,
            );
        }
        if !whole.scene.is_empty() && whole.frames == 0 {
            faults.note_path(&path("scene"), "no frames are drawn; add frames: 1000");
        }
        if whole.scene.is_empty() && arm.with != With::fresh() {
            faults.note_path(&path("with"), "there is no scene that it could change; add scene");
        }
    }

    /// An arm with what it takes from the one that it is like; `with` stays its own.
    fn whole_arm(&self, arm: &Arm) -> Arm {
        let Some(like) =
            self.arms.iter().find(|other| !arm.like.is_empty() && other.name == arm.like && other.name != arm.name)
        else {
            return arm.clone();
        };
        let like = self.whole_arm(like);
        let text = |own: &String, other: &String| if own.is_empty() { other.clone() } else { own.clone() };
        let number = |own: u32, other: u32| if own == 0 { other } else { own };
        Arm {
            scene: text(&arm.scene, &like.scene),
            photos: text(&arm.photos, &like.photos),
            series: text(&arm.series, &like.series),
            frames: if arm.frames == 0 { like.frames } else { arm.frames },
            frames_per_class: number(arm.frames_per_class, like.frames_per_class),
            photos_per_class: number(arm.photos_per_class, like.photos_per_class),
            classes: if arm.classes.is_empty() { like.classes } else { arm.classes.clone() },
            x: arm.x.or(like.x),
            ..arm.clone()
        }
    }

    /// An arm with all that it takes from others, and the changes of its scene in their order.
    pub fn resolved_arm(&self, at: usize) -> (Arm, Vec<&With>) {
        let mut changes = Vec::new();
        let mut next = Some(&self.arms[at]);
        while let Some(arm) = next {
            changes.push(&arm.with);
            let above = self.arms.iter().position(|other| other.name == arm.name).unwrap_or(0);
            next = self.arms[..above].iter().find(|other| !arm.like.is_empty() && other.name == arm.like);
        }
        changes.reverse();
        (self.whole_arm(&self.arms[at]), changes)
    }

    fn check_figure(&self, at: usize, figure: &Figure, faults: &mut Faults) {
        let path = |field: &str| format!("figures[{at}].{field}");
        let arms: Vec<&str> = self.arms.iter().map(|arm| arm.name.as_str()).collect();
        let trainings: Vec<&str> = self.trainings.iter().map(|training| training.name.as_str()).collect();
        let tests: Vec<&str> = self.tests.iter().map(|test| test.name.as_str()).collect();
        if figure.arms.is_empty() {
            faults.note_path(&path("arms"), format!("the list is empty; name some of {}", arms.join(", ")));
        }
        for (field, what, names, known) in [
            ("arms", "arm", &figure.arms, &arms),
            ("trainings", "training", &figure.trainings, &trainings),
            ("tests", "test", &figure.tests, &tests),
        ] {
            for (item, name) in names.iter().enumerate().filter(|(_, name)| !known.contains(&name.as_str())) {
                faults.note_path(&format!("figures[{at}].{field}[{item}]"), unknown(what, name, known));
            }
        }
        if !figure.control.is_empty() && !figure.arms.contains(&figure.control) {
            let known: Vec<&str> = figure.arms.iter().map(String::as_str).collect();
            faults.note_path(&path("control"), unknown("arm of this figure", &figure.control, &known));
        }
        if !figure.control_training.is_empty() && !trainings.contains(&figure.control_training.as_str()) {
            faults.note_path(&path("control_training"), unknown("training", &figure.control_training, &trainings));
        }
        for (item, number) in figure.paper.iter().enumerate() {
            for (field, what, name, known) in [
                ("arm", "arm", &number.arm, &arms),
                ("training", "training", &number.training, &trainings),
                ("test", "test", &number.test, &tests),
            ] {
                if !name.is_empty() && !known.contains(&name.as_str()) {
                    faults.note_path(&format!("figures[{at}].paper[{item}].{field}"), unknown(what, name, known));
                }
            }
        }
        if figure.show == Show::Looks && !figure.class.is_empty() {
            for arm in self.members(figure).arms {
                let named = self.whole_arm(&self.arms[arm]).classes;
                if !named.is_empty() && !named.contains(&figure.class) {
                    let classes: Vec<&str> = named.iter().map(String::as_str).collect();
                    faults.note_path(&path("class"), unknown("class of its arms", &figure.class, &classes));
                }
            }
        }
        if figure.title.trim().is_empty() {
            faults.note_path(&path("title"), r#"the figure has no title; write one, such as "What is left out""#);
        }
        if figure.repeats > self.repeats {
            let message = format!("the study has {} repeats; write {0}, or 0 for all of them", self.repeats);
            faults.note_path(&path("repeats"), message);
        }
        if !figure.control_series.is_empty() {
            let series: Vec<String> =
                self.members(figure).arms.iter().map(|&arm| self.whole_arm(&self.arms[arm]).series).collect();
            let series: Vec<&str> = series.iter().map(String::as_str).collect();
            if figure.show != Show::Curve {
                faults.note_path(&path("control_series"), "no curve is shown; add show: Curve, or name a control");
            } else if !series.contains(&figure.control_series.as_str()) {
                faults
                    .note_path(&path("control_series"), unknown("series of its arms", &figure.control_series, &series));
            }
        }
        if figure.show == Show::Curve {
            let placeless = figure
                .arms
                .iter()
                .filter(|name| self.arm(name).is_some_and(|arm| self.whole_arm(&self.arms[arm]).x.is_none()));
            for name in placeless {
                faults.note_path(&path("arms"), format!("{name:?} has no place on the axis; add x to that arm"));
            }
        }
    }
}

/// Positions of what belongs to a figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Members {
    /// Of arms.
    pub arms: Vec<usize>,
    /// Of trainings.
    pub trainings: Vec<usize>,
    /// Of tests.
    pub tests: Vec<usize>,
}

impl TrainingSpec {
    /// The head.
    pub fn head(&self) -> Option<HeadKind> {
        self.head.parse().ok()
    }

    fn check(&self, path: &str, faults: &mut Faults) {
        let path = |field: &str| format!("{path}.{field}");
        if let Err(error) = spec(&self.backbone) {
            faults.note_path(&path("backbone"), error.to_string());
        }
        match self.head.parse::<HeadKind>() {
            Err(error) => faults.note_path(&path("head"), error.to_string()),
            Ok(head) if head.is_computed() && !self.freeze => {
                faults.note_path(&path("head"), "this head is computed from features of a frozen backbone; write \"paper\" or \"linear\", or freeze: true");
            }
            Ok(_) => {}
        }
        if !self.augment.is_empty()
            && let Err(error) = self.augment.parse::<Augment>()
        {
            faults.note_path(&path("augment"), error.to_string());
        }
        if self.freeze && self.last > 0 {
            faults.note_path(&path("last"), "a frozen backbone has no stages that learn; add freeze: false");
        }
    }
}

fn unknown(what: &str, name: &str, known: &[&str]) -> String {
    match nearest(name, known) {
        Some(close) => format!("no {what} is called {name:?}; did you mean {close:?}?"),
        None if known.is_empty() => format!("no {what} is called {name:?}: there is none"),
        None => format!("no {what} is called {name:?}; there are {}", known.join(", ")),
    }
}

/// All faults of a file, a line each, as compilers print them.
pub fn describe(path: &Path, faults: &[Fault]) -> String {
    let lines: Vec<_> = faults.iter().map(|fault| format!("{}:{fault}", path.display())).collect();
    let many = if faults.len() == 1 { "fault" } else { "faults" };
    format!("{} {many} in the study\n{}", faults.len(), lines.join("\n"))
}
