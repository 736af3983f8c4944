//! Where the camera stands, what it aims at and how wide it sees.

use bevy_math::Vec3;
use serde::{Deserialize, Serialize};

use super::{DrawContext, Parameter};
use crate::{
    distribution::{Direction, Names, Scalar, normal, pick_weighted},
    field::{Field, FieldInfo, Limits},
    slot::{Choice, Part, Slot, plain_choice},
    source::{Faults, Node},
    stream::Stream,
};

crate::fields! {
    /// Where the camera stands. Off: in front of the subject, a little above, the whole of it in the picture.
    pub struct Camera {
        /// Draw the camera?
        enabled: bool = true;
        /// One or more kinds of shot, drawn by weight.
        shots: Vec<Shot> = vec![Shot::default()];
        /// Vertical field of view.
        fov: Scalar = Scalar::uniform(30.0, 60.0), 5 => 120, "degrees";
        /// Turn about the line of sight.
        roll: Scalar = Scalar::TruncatedNormal { mean: 0.0, sd: 4.0, min: -15.0, max: 15.0 }, -180 => 180, "degrees";
    }
}

crate::fields! {
    /// A kind of shot.
    pub struct Shot {
        /// How often, relative to the other kinds.
        weight: f32 = 1.0, 0 => 1e6;
        /// For which classes. Their weights multiply the shot's.
        classes: Names = Names::All;
        /// What is aimed at.
        aim: Aim = Aim::Body;
        /// From where, as seen from the subject. Azimuth 0 is its front.
        from: Direction = Direction::UpperHemisphere;
        /// How far away.
        distance: Distance = Distance::fresh();
        /// Height of the camera above the ground, in place of the elevation that `from` draws.
        height: Option<Scalar> = None, 0.01 => 1000, "m";
        /// How far the aim may miss, as a standard deviation in half pictures.
        jitter: f32 = 0.1, 0 => 1;
        /// Noise of this kind of shot beside that of the lens and sensor, where those are on: a small part of a picture that
        /// was enlarged is noisier than a portrait. Its standard deviation.
        noise: Option<Scalar> = None, 0 => 1, "of full scale";
    }
}

impl Shot {
    /// How often it is taken of a class, relative to the other kinds.
    pub fn weight_for(&self, class: &str) -> f32 {
        let share = self.classes.among(&[class.to_owned()]).first().map_or(0.0, |(_, share)| *share);
        self.weight * share
    }
}

/// What a shot aims at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aim {
    /// The middle of the subject.
    Body,
    /// Its head, where it has one.
    Head,
}

/// How far away a shot is taken.
#[derive(Clone, Debug, PartialEq)]
pub enum Distance {
    /// From the subject's middle, in subject radii.
    Radii(Scalar),
    /// So far that what is aimed at fills this share of the picture.
    Fill(Scalar),
}

/// The camera of one frame.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CameraDraw {
    /// Which of the scene's shots it is, from 0.
    pub shot: u32,
    /// What is aimed at.
    pub aim: Aim,
    /// Unit vector from the subject to the camera, in the subject's own axes (+z is its front).
    pub from: [f32; 3],
    /// Distance in subject radii, or the share of the picture that is filled: see `fills`.
    pub distance: f32,
    /// Is `distance` a share of the picture?
    pub fills: bool,
    /// Height above the ground in metres, in place of the elevation of `from`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<f32>,
    /// How far the aim misses, to the right and up, in half pictures.
    pub offset: [f32; 2],
    /// Degrees, vertical.
    pub fov: f32,
    /// Degrees.
    pub roll: f32,
    /// Standard deviation of noise beside that of the lens and sensor, of full scale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub noise: Option<f32>,
}

impl Default for CameraDraw {
    fn default() -> Self {
        let from = Vec3::new(0.0, 0.259, 0.966).normalize().into();
        Self {
            shot: 0,
            aim: Aim::Body,
            from,
            distance: 0.8,
            fills: true,
            height: None,
            offset: [0.0; 2],
            fov: 40.0,
            roll: 0.0,
            noise: None,
        }
    }
}

impl Parameter for Camera {
    const NAME: &'static str = "camera";
    const REDRAWN: bool = true;
    type Draw = CameraDraw;

    fn enabled(&self) -> bool {
        self.enabled
    }

    fn draw(&self, rng: &mut Stream, cx: &DrawContext<'_>) -> CameraDraw {
        let weights: Vec<f32> = self.weights(cx.class.map_or("", |class| &class.name)).collect();
        let chosen = pick_weighted(weights.iter().copied(), rng);
        let Some(shot) = self.shots.get(chosen) else {
            return CameraDraw::default();
        };
        let (fills, distance) = match &shot.distance {
            Distance::Radii(scalar) => (false, scalar),
            Distance::Fill(scalar) => (true, scalar),
        };
        // Beyond three standard deviations the subject would leave the picture.
        let mut miss = || normal(rng).clamp(-3.0, 3.0) * shot.jitter;
        let offset = [miss(), miss()];
        CameraDraw {
            // A list in a file is shorter than 2³².
            shot: chosen as u32,
            aim: shot.aim,
            from: shot.from.draw(rng, cx.index).into(),
            distance: distance.draw(rng, cx.index),
            fills,
            height: shot.height.as_ref().map(|height| height.draw(rng, cx.index)),
            offset,
            fov: self.fov.draw(rng, cx.index),
            roll: self.roll.draw(rng, cx.index),
            noise: shot.noise.as_ref().map(|noise| noise.draw(rng, cx.index)),
        }
    }

    fn neutral(&self, _: &DrawContext<'_>) -> CameraDraw {
        CameraDraw::default()
    }
}

impl Camera {
    /// Weight of each shot for a class.
    pub fn weights(&self, class: &str) -> impl Iterator<Item = f32> {
        self.shots.iter().map(move |shot| shot.weight_for(class))
    }

    /// Faults that concern several fields at once.
    pub fn check(&self, faults: &mut Faults) {
        if self.shots.iter().all(|shot| shot.weight <= 0.0) {
            faults.note_path("camera.shots", "no shot has a weight above 0; add one, such as (weight: 1.0)");
        }
    }
}

plain_choice!(Aim, "Body or Head"; Body, Head);

const RADII: FieldInfo = FieldInfo {
    name: "",
    doc: "Distance from the subject's middle.",
    limits: Limits { min: 0.05, max: 1000.0, unit: "subject radii" },
    expects: Scalar::EXPECTS,
};
const FILL: FieldInfo =
    FieldInfo { doc: "Share of the picture that is filled.", limits: Limits { unit: "", ..RADII.limits }, ..RADII };

impl Choice for Distance {
    fn variants(&self) -> &'static [&'static str] {
        &["Radii", "Fill"]
    }

    fn chosen(&self) -> usize {
        usize::from(matches!(self, Self::Fill(_)))
    }

    fn choose(&mut self, variant: usize) {
        if variant != self.chosen() {
            *self = if variant == 0 { Self::fresh() } else { Self::Fill(Scalar::uniform(0.5, 1.2)) };
        }
    }

    fn parts(&mut self) -> Vec<Part<'_>> {
        match self {
            Self::Radii(scalar) => vec![Part { info: RADII, slot: scalar.slot() }],
            Self::Fill(scalar) => vec![Part { info: FILL, slot: scalar.slot() }],
        }
    }
}

impl Field for Distance {
    const EXPECTS: &'static str = "Radii(Uniform(min: 2, max: 4)) or Fill(Uniform(min: 0.5, max: 1.2))";

    fn read(node: &Node<'_>, _: &Limits, faults: &mut Faults) -> Option<Self> {
        let limits = &RADII.limits;
        match node.variant() {
            Some(("Radii", Some(content))) => Scalar::read(&content.unwrapped(), limits, faults).map(Self::Radii),
            Some(("Fill", Some(content))) => Scalar::read(&content.unwrapped(), limits, faults).map(Self::Fill),
            _ => {
                faults.note(node, format!("found {}; expected {}", node.shown(), Self::EXPECTS));
                None
            }
        }
    }

    fn write(&self, out: &mut String, indent: usize) {
        let (name, scalar) = match self {
            Self::Radii(scalar) => ("Radii(", scalar),
            Self::Fill(scalar) => ("Fill(", scalar),
        };
        out.push_str(name);
        scalar.write(out, indent);
        out.push(')');
    }

    fn slot(&mut self) -> Slot<'_> {
        Slot::Choice(self)
    }

    fn fresh() -> Self {
        Self::Radii(Scalar::uniform(2.2, 4.5))
    }
}
