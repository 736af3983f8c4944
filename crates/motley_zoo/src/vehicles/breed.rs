//! Breeds of vehicles as data, and the dice that draw an individual from them.

use bevy_math::{Vec3, ops};
use rand::{Rng, RngExt};
use serde::Deserialize;

/// Lowest and highest value of a trait.
pub(crate) type Range = (f32, f32);

/// A named kind of vehicle: a range for everything that differs between two of it.
#[derive(Clone, Debug)]
pub struct Breed {
    /// Its name, unique within its class.
    pub name: String,
    pub(super) body: Body,
}

/// What a breed is about.
#[derive(Clone, Debug)]
pub(super) enum Body {
    Bicycle(Box<BicycleBreed>),
    Car(Box<CarBreed>),
}

/// Geometry of a bicycle as its maker's table gives it: metres and degrees.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BicycleBreed {
    pub name: String,
    /// Outer diameter of the inflated wheel.
    pub wheel: Range,
    /// Width of the tyre.
    pub tyre: Range,
    /// Bottom bracket below the axles.
    pub drop: Range,
    pub chainstay: Range,
    pub seat_angle: Range,
    pub head_angle: Range,
    /// Top of the head tube above the bottom bracket, and before it.
    pub stack: Range,
    pub reach: Range,
    pub head_tube: Range,
    pub rake: Range,
    /// Centre of the bottom bracket to the top of the seat tube.
    pub seat_tube: Range,
    /// Centre of the bottom bracket to the top of the saddle.
    pub saddle: Range,
    pub frame: Frame,
    /// Radius of the down tube.
    pub tube: Range,
    pub bar: Bar,
    pub bar_width: Range,
    pub stem: Range,
    pub crank: Range,
    pub spokes: u32,
    /// Chance of each extra, 0–1.
    pub suspension: f32,
    pub mudguards: f32,
    pub rack: f32,
    pub basket: f32,
    pub chainguard: f32,
    pub lights: f32,
    pub bottle: f32,
    pub derailleur: f32,
    /// Half the width of the saddle.
    pub saddle_width: Range,
    /// Chance of tan instead of black tyre walls.
    pub tan_walls: f32,
    /// Outer diameter of the front wheel, where it is another than the rear one's.
    #[serde(default)]
    pub front_wheel: Option<Range>,
    /// From a tandem's rear bottom bracket to its front one, or how far a load bicycle is drawn out.
    #[serde(default)]
    pub stretch: Range,
    /// Length of a load box before the bars; 0 without.
    #[serde(default)]
    pub box_m: f32,
    /// Chance that somebody rides it, 0–1, and their height over 1.75 m.
    #[serde(default = "half_ridden")]
    pub ridden: f32,
    #[serde(default = "adult")]
    pub rider: Range,
    /// Chance of each further extra, 0–1.
    #[serde(default)]
    pub battery: f32,
    #[serde(default)]
    pub panniers: f32,
    #[serde(default)]
    pub child_seat: f32,
    #[serde(default = "sometimes")]
    pub bell: f32,
    #[serde(default = "sometimes")]
    pub stand: f32,
    #[serde(default = "sometimes")]
    pub lock: f32,
}

fn half_ridden() -> f32 {
    0.5
}

fn adult() -> Range {
    (0.9, 1.06)
}

fn sometimes() -> f32 {
    0.25
}

/// How the main triangle is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(super) enum Frame {
    /// Top tube, down tube, seat tube.
    Diamond,
    /// One low, curved tube beside the down tube.
    StepThrough,
    /// Top and down tube bent in the same long curve.
    Cruiser,
    /// Two thin tubes that run from the head past the seat tube to the rear axle.
    Mixte,
    /// One thick, low tube.
    Mono,
    /// A rear triangle that swings on a shock.
    Sprung,
    /// Two places behind each other.
    Tandem,
    /// A low beam to a load before the bars.
    Load,
}

/// Families of handlebars.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(super) enum Bar {
    Drop,
    Flat,
    Riser,
    Swept,
    High,
    /// Horns aside, and two rods between them to lie on.
    Aero,
}

/// Dimensions of a car in metres; what is a fraction counts from the front bumper to the rear one.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CarBreed {
    pub name: String,
    pub length: Range,
    /// Without mirrors.
    pub width: Range,
    pub height: Range,
    /// Underside above the ground.
    pub clearance: Range,
    /// Leading edge of the bonnet, and its end at the windscreen.
    pub bonnet: Range,
    pub cowl: Range,
    /// Lower edge of the rear window, and the rear edge of the body's top behind it.
    pub belt: Range,
    pub deck: Range,
    /// Fractions: foot and head of the windscreen, head and foot of the rear window.
    pub cowl_at: Range,
    pub roof_from: Range,
    pub roof_to: Range,
    pub deck_at: Range,
    /// Radius of the wheels with tyres.
    pub wheel: Range,
    /// Front and rear axle, fractions.
    pub axles: (Range, Range),
    /// Width of the roof over the width at the belt.
    pub roof: Range,
    /// Side windows on each side.
    pub windows: u32,
    /// Fraction of the length where the cab ends and an open bed begins.
    #[serde(default)]
    pub bed: Option<f32>,
    /// Chance of sheet metal in place of the rear side windows.
    #[serde(default)]
    pub panels: f32,
    /// Chance of rails on the roof, and of unpainted plastic around the wheels.
    pub rails: f32,
    pub cladding: f32,
    /// Tall lamps at the rear corners instead of wide ones.
    pub tall_lamps: f32,
    /// Chance of round lamps in front, of bumpers and trim of chrome, of a roof in another colour, of broad stripes along
    /// the middle, of a spoiler, of a spare wheel behind, and of plain white paint.
    #[serde(default)]
    pub round_lamps: f32,
    #[serde(default)]
    pub chrome: f32,
    #[serde(default)]
    pub two_tone: f32,
    #[serde(default)]
    pub stripes: f32,
    #[serde(default)]
    pub spoiler: f32,
    #[serde(default)]
    pub spare: f32,
    #[serde(default)]
    pub white: f32,
    /// Chance of a roof of cloth.
    #[serde(default)]
    pub cloth_top: f32,
    /// Chance that the roof is folded away.
    #[serde(default)]
    pub open_top: f32,
    /// Whose car it is.
    #[serde(default)]
    pub livery: Livery,
}

/// Cars that are told by their paint and what they carry on the roof.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub(super) enum Livery {
    #[default]
    Private,
    Taxi,
    Police,
}

/// Why a text is not a breed.
#[derive(Debug, thiserror::Error)]
pub enum BreedError {
    /// Not RON, or a field is missing, unknown or of another type.
    #[error("{0}; see assets/breeds for breeds that work")]
    Syntax(#[from] ron::error::SpannedError),
    /// A range that nothing can be drawn from.
    #[error(
        "breed \"{breed}\": {field} is ({low}, {high}); write (low, high) with low ≤ high, within {least} to {most}"
    )]
    Range {
        /// Which breed.
        breed: String,
        /// Which field.
        field: &'static str,
        /// What it holds.
        low: f32,
        /// What it holds.
        high: f32,
        /// The least sensible value.
        least: f32,
        /// The greatest sensible value.
        most: f32,
    },
    /// A class that this module does not grow.
    #[error("there is no class of vehicles named \"{0}\"; write \"bicycle\" or \"car\"")]
    Class(String),
}

impl Breed {
    /// Reads one breed of the class "bicycle" or "car" from RON.
    ///
    /// # Errors
    /// If the class is another one, the text is not a breed, or a range is empty or absurd.
    pub fn from_ron(class: &str, text: &str) -> Result<Self, BreedError> {
        match class {
            "bicycle" => {
                let body: BicycleBreed = ron::from_str(text)?;
                body.check()?;
                Ok(Self { name: body.name.clone(), body: Body::Bicycle(Box::new(body)) })
            }
            "car" => {
                let body: CarBreed = ron::from_str(text)?;
                body.check()?;
                Ok(Self { name: body.name.clone(), body: Body::Car(Box::new(body)) })
            }
            other => Err(BreedError::Class(other.to_owned())),
        }
    }

    /// The class it belongs to.
    pub fn class(&self) -> &'static str {
        match self.body {
            Body::Bicycle(_) => "bicycle",
            Body::Car(_) => "car",
        }
    }
}

/// Field, its range, and the least and greatest value that it may hold.
type Limits = (&'static str, Range, Range);

fn check(breed: &str, limits: &[Limits]) -> Result<(), BreedError> {
    for &(field, (low, high), (least, most)) in limits {
        // Written so that NaN fails too.
        if !(least <= low && low <= high && high <= most) {
            return Err(BreedError::Range { breed: breed.to_owned(), field, low, high, least, most });
        }
    }
    Ok(())
}

impl BicycleBreed {
    fn check(&self) -> Result<(), BreedError> {
        check(
            &self.name,
            &[
                ("wheel", self.wheel, (0.25, 0.9)),
                ("tyre", self.tyre, (0.015, 0.13)),
                ("drop", self.drop, (-0.06, 0.15)),
                ("chainstay", self.chainstay, (0.2, 0.85)),
                ("seat_angle", self.seat_angle, (55.0, 85.0)),
                ("head_angle", self.head_angle, (55.0, 85.0)),
                ("stack", self.stack, (0.2, 0.9)),
                ("reach", self.reach, (0.15, 0.8)),
                ("head_tube", self.head_tube, (0.05, 0.35)),
                ("rake", self.rake, (0.0, 0.12)),
                ("seat_tube", self.seat_tube, (0.15, 0.75)),
                ("saddle", self.saddle, (0.25, 1.0)),
                ("tube", self.tube, (0.008, 0.06)),
                ("bar_width", self.bar_width, (0.3, 0.95)),
                ("stem", self.stem, (0.01, 0.2)),
                ("crank", self.crank, (0.08, 0.2)),
                ("saddle_width", self.saddle_width, (0.04, 0.16)),
                ("front_wheel", self.front_wheel.unwrap_or(self.wheel), (0.25, 0.9)),
                ("stretch", self.stretch, (0.0, 1.2)),
                ("box_m", (self.box_m, self.box_m), (0.0, 1.2)),
                ("rider", self.rider, (0.5, 1.2)),
            ],
        )
    }
}

impl CarBreed {
    fn check(&self) -> Result<(), BreedError> {
        let fraction = (0.0, 1.0);
        check(
            &self.name,
            &[
                ("length", self.length, (2.0, 8.0)),
                ("width", self.width, (1.2, 2.6)),
                ("height", self.height, (1.0, 3.2)),
                ("clearance", self.clearance, (0.08, 0.5)),
                ("bonnet", self.bonnet, (0.4, 1.4)),
                ("cowl", self.cowl, (0.6, 1.6)),
                ("belt", self.belt, (0.6, 1.7)),
                ("deck", self.deck, (0.6, 1.7)),
                ("cowl_at", self.cowl_at, fraction),
                ("roof_from", self.roof_from, fraction),
                ("roof_to", self.roof_to, fraction),
                ("deck_at", self.deck_at, fraction),
                ("wheel", self.wheel, (0.2, 0.6)),
                ("axles", self.axles.0, fraction),
                ("axles", self.axles.1, fraction),
                ("roof", self.roof, (0.5, 1.0)),
            ],
        )
    }
}

/// Draws from a stream.
pub(crate) struct Dice<'a, R>(pub(crate) &'a mut R);

impl<R: Rng> Dice<'_, R> {
    /// Uniform in a range.
    pub(crate) fn range(&mut self, (low, high): Range) -> f32 {
        low + (high - low) * self.0.random::<f32>()
    }

    /// True as often as `chance` says, 0–1.
    pub(crate) fn chance(&mut self, chance: f32) -> bool {
        self.0.random::<f32>() < chance
    }

    /// One of a weighted list, which must not be empty.
    pub(crate) fn pick<T: Copy>(&mut self, list: &[(T, f32)]) -> T {
        let mut left = self.0.random::<f32>() * list.iter().map(|(_, weight)| weight).sum::<f32>();
        for &(item, weight) in list {
            left -= weight;
            if left < 0.0 {
                return item;
            }
        }
        list[list.len() - 1].0
    }

    /// A colour near `color`: lighter or darker by up to `spread`, and a little of another hue.
    pub(crate) fn near(&mut self, color: Vec3, spread: f32) -> Vec3 {
        let light = ops::exp(self.range((-spread, spread)));
        let tint = Vec3::new(self.range((0.94, 1.06)), self.range((0.94, 1.06)), self.range((0.94, 1.06)));
        (color * tint * light).clamp(Vec3::ZERO, Vec3::ONE)
    }
}
