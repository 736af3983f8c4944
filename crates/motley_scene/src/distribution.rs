//! Distributions: what may stand where the scene file says how something varies.

use bevy_math::{Quat, Vec3, ops};
use rand::{Rng, RngExt};
use rand_distr::{Distribution, StandardNormal};

use crate::{
    field::{Field, FieldInfo, Limits, nearest, note_unknown, read_field},
    slot::{Choice, Part, Slot, plain_choice},
    source::{Faults, Node},
};

/// A distribution of one number.
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar {
    /// Always the same; a bare number in the scene file.
    Constant(f32),
    /// Every value from `min` to `max` is equally likely.
    Uniform {
        /// Smallest value.
        min: f32,
        /// Largest value.
        max: f32,
    },
    /// The bell curve.
    Normal {
        /// Centre.
        mean: f32,
        /// Standard deviation.
        sd: f32,
    },
    /// The bell curve, cut off: values outside are drawn again.
    TruncatedNormal {
        /// Centre of the uncut curve.
        mean: f32,
        /// Standard deviation of the uncut curve.
        sd: f32,
        /// Smallest value.
        min: f32,
        /// Largest value.
        max: f32,
    },
    /// The logarithm is uniform: each doubling is equally likely.
    LogUniform {
        /// Smallest value, above 0.
        min: f32,
        /// Largest value.
        max: f32,
    },
    /// One of several values, by weight.
    Choice(Vec<(f32, f32)>),
    /// One value after the other by the frame's index, round and round.
    Sequence(Vec<f32>),
}

/// Draws of a truncated normal before its clamped mean is taken: it is never reached for limits that pass the reader's check.
const TRUNCATED_TRIES: u32 = 10_000;

impl Scalar {
    /// Uniform from `min` to `max`.
    pub const fn uniform(min: f32, max: f32) -> Self {
        Self::Uniform { min, max }
    }

    /// One draw; `index` is the frame's index and serves [`Scalar::Sequence`].
    pub fn draw(&self, rng: &mut impl Rng, index: u64) -> f32 {
        match self {
            Self::Constant(value) => *value,
            Self::Uniform { min, max } => min + (max - min) * rng.random::<f32>(),
            Self::Normal { mean, sd } => mean + sd * normal(rng),
            Self::TruncatedNormal { mean, sd, min, max } => (0..TRUNCATED_TRIES)
                .map(|_| mean + sd * normal(rng))
                .find(|value| value >= min && value <= max)
                .unwrap_or_else(|| mean.clamp(*min, *max)),
            Self::LogUniform { min, max } => {
                let (low, high) = (ops::ln(*min), ops::ln(*max));
                ops::exp(low + (high - low) * rng.random::<f32>()).clamp(*min, *max)
            }
            Self::Choice(options) => {
                let chosen = pick_weighted(options.iter().map(|(_, weight)| *weight), rng);
                options.get(chosen).map_or(0.0, |(value, _)| *value)
            }
            Self::Sequence(values) => usize::try_from(index % values.len().max(1) as u64)
                .ok()
                .and_then(|at| values.get(at))
                .map_or(0.0, |value| *value),
        }
    }

    /// One draw rounded to a whole number that is not negative. Uniform(min: 0, max: 3) gives 0, 1, 2 and 3 equally often.
    pub fn draw_count(&self, rng: &mut impl Rng, index: u64) -> u32 {
        match self {
            Self::Uniform { min, max } => rng.random_range(whole(*min)..=whole(*max).max(whole(*min))),
            other => whole(other.draw(rng, index)),
        }
    }

    /// Smallest and largest possible value.
    pub fn support(&self) -> (f32, f32) {
        let span = |values: &mut dyn Iterator<Item = f32>| {
            values.fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)))
        };
        match self {
            Self::Constant(value) => (*value, *value),
            Self::Uniform { min, max } | Self::TruncatedNormal { min, max, .. } | Self::LogUniform { min, max } => {
                (*min, *max)
            }
            Self::Normal { .. } => (f32::NEG_INFINITY, f32::INFINITY),
            Self::Choice(options) => span(&mut options.iter().filter(|o| o.1 > 0.0).map(|o| o.0)),
            Self::Sequence(values) => span(&mut values.iter().copied()),
        }
    }

    /// The value that stands in when the parameter is switched off: the middle of the distribution.
    pub fn middle(&self) -> f32 {
        match self {
            Self::Constant(value) => *value,
            Self::Uniform { min, max } => f32::midpoint(*min, *max),
            Self::Normal { mean, .. } => *mean,
            Self::TruncatedNormal { mean, min, max, .. } => mean.clamp(*min, *max),
            Self::LogUniform { min, max } => (min * max).sqrt(),
            Self::Choice(options) => {
                options.iter().copied().reduce(|a, b| if b.1 > a.1 { b } else { a }).map_or(0.0, |o| o.0)
            }
            Self::Sequence(values) => values.first().copied().unwrap_or_default(),
        }
    }
}

/// Rounds to a whole number that is not negative.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` saturates, which is what is meant")]
fn whole(value: f32) -> u32 {
    value.round() as u32
}

/// One draw of the standard normal distribution.
pub fn normal(rng: &mut impl Rng) -> f32 {
    StandardNormal.sample(rng)
}

/// Index of one of several weights, or 0 when none is positive.
pub fn pick_weighted(weights: impl Iterator<Item = f32> + Clone, rng: &mut impl Rng) -> usize {
    let total: f32 = weights.clone().map(|w| w.max(0.0)).sum();
    let mut left = rng.random::<f32>() * total;
    let mut last = 0;
    for (i, weight) in weights.enumerate() {
        if weight > 0.0 {
            last = i;
            if left < weight {
                return i;
            }
            left -= weight;
        }
    }
    last
}

const SCALARS: [&str; 7] = ["Constant", "Uniform", "Normal", "TruncatedNormal", "LogUniform", "Choice", "Sequence"];

impl Field for Scalar {
    const EXPECTS: &'static str = "a number or a distribution: Uniform(min: 0, max: 1), Normal(mean: 0, sd: 1), \
        TruncatedNormal(mean: 0, sd: 1, min: -2, max: 2), LogUniform(min: 1, max: 10), \
        Choice([(value: 1, weight: 2), (value: 3, weight: 1)]), Sequence([1, 2, 3])";

    fn read(node: &Node<'_>, limits: &Limits, faults: &mut Faults) -> Option<Self> {
        let Some((kind, content)) = node.variant() else {
            if node.text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) {
                return f32::read(node, limits, faults).map(Self::Constant);
            }
            faults.note(node, format!("found {}; expected {}", node.shown(), Self::EXPECTS));
            return None;
        };
        let Some(content) = content else {
            let message = match (kind, nearest(kind, &SCALARS)) {
                ("inf" | "NaN", _) => "expected a finite number".to_owned(),
                (_, Some(known)) => format!("`{known}` needs its numbers in brackets; expected {}", Self::EXPECTS),
                _ => format!("found {}; expected {}", node.shown(), Self::EXPECTS),
            };
            faults.note(node, message);
            return None;
        };
        match kind {
            "Constant" => f32::read(&content.unwrapped(), limits, faults).map(Self::Constant),
            "Choice" => read_choice(&content.unwrapped(), limits, faults),
            "Sequence" => {
                let node = content.unwrapped();
                let values = Vec::<f32>::read(&node, limits, faults)?;
                if values.is_empty() {
                    faults.note(&node, "the list is empty; write at least one value");
                    return None;
                }
                Some(Self::Sequence(values))
            }
            "Uniform" | "Normal" | "TruncatedNormal" | "LogUniform" => read_range(kind, &content, limits, faults),
            other => {
                let hint = nearest(other, &SCALARS).map_or_else(
                    || format!("known: {}", SCALARS.join(", ")),
                    |known| format!("did you mean `{known}`?"),
                );
                faults.note(node, format!("no distribution `{other}`; {hint}"));
                None
            }
        }
    }

    fn write(&self, out: &mut String, _: usize) {
        *out += &match self {
            Self::Constant(value) => format!("{value:?}"),
            Self::Uniform { min, max } => format!("Uniform(min: {min:?}, max: {max:?})"),
            Self::Normal { mean, sd } => format!("Normal(mean: {mean:?}, sd: {sd:?})"),
            Self::TruncatedNormal { mean, sd, min, max } => {
                format!("TruncatedNormal(mean: {mean:?}, sd: {sd:?}, min: {min:?}, max: {max:?})")
            }
            Self::LogUniform { min, max } => format!("LogUniform(min: {min:?}, max: {max:?})"),
            Self::Choice(options) => {
                let options: Vec<_> =
                    options.iter().map(|(value, weight)| format!("(value: {value:?}, weight: {weight:?})")).collect();
                format!("Choice([{}])", options.join(", "))
            }
            Self::Sequence(values) => format!("Sequence({values:?})"),
        };
    }

    fn slot(&mut self) -> Slot<'_> {
        Slot::Scalar(self)
    }

    fn fresh() -> Self {
        Self::uniform(0.0, 1.0)
    }

    fn as_scalar(&self) -> Option<&Scalar> {
        Some(self)
    }
}

fn read_choice(node: &Node<'_>, limits: &Limits, faults: &mut Faults) -> Option<Scalar> {
    let before = faults.len();
    let mut options = Vec::new();
    for item in node.items(faults)? {
        let Some(mut given) = item.fields_such_as("(value: 1, weight: 2)", faults) else { continue };
        let value = required(&item, &mut given, "value", limits, faults);
        let weight = read_field(&mut given, "weight", &WEIGHT, faults, || 1.0);
        note_unknown(&given, &["value", "weight"], faults);
        options.extend(value.zip(weight));
    }
    if faults.len() > before {
        return None;
    }
    if !options.iter().any(|(_, weight)| *weight > 0.0) {
        faults.note(node, "the weights sum to zero; give at least one value a weight above 0");
        return None;
    }
    Some(Scalar::Choice(options))
}

/// Limits of a weight.
pub const WEIGHT: Limits = Limits { min: 0.0, max: 1e6, unit: "" };

fn required(
    node: &Node<'_>,
    given: &mut Vec<(String, Node<'_>)>,
    name: &str,
    limits: &Limits,
    faults: &mut Faults,
) -> Option<f32> {
    if given.iter().any(|(known, _)| known == name) {
        return read_field(given, name, limits, faults, || 0.0);
    }
    faults.note(node, format!("`{name}` is missing; add `{name}: …`"));
    None
}

fn read_range(kind: &str, content: &Node<'_>, limits: &Limits, faults: &mut Faults) -> Option<Scalar> {
    let before = faults.len();
    let mut given = content.fields(faults)?;
    let bell = kind.ends_with("Normal");
    let cut = kind != "Normal";
    let mut number = |name, limits: &Limits, faults: &mut Faults| {
        required(content, &mut given, name, limits, faults).unwrap_or_default()
    };
    let deviation = Limits { min: 0.0, ..Limits::NONE };
    let (mean, sd) =
        if bell { (number("mean", &Limits::NONE, faults), number("sd", &deviation, faults)) } else { (0.0, 0.0) };
    let (min, max) = if cut { (number("min", limits, faults), number("max", limits, faults)) } else { (0.0, 0.0) };
    let known: &[&str] = match (bell, cut) {
        (true, true) => &["mean", "sd", "min", "max"],
        (true, false) => &["mean", "sd"],
        _ => &["min", "max"],
    };
    note_unknown(&given, known, faults);
    if faults.len() > before {
        return None;
    }
    if cut && min > max {
        faults.note(content, format!("the range is empty: min {min} is above max {max}; swap them"));
        return None;
    }
    match kind {
        "Uniform" => Some(Scalar::Uniform { min, max }),
        "LogUniform" if min <= 0.0 => {
            faults.note(content, format!("LogUniform needs min above 0, found {min}; write a small positive number"));
            None
        }
        "LogUniform" => Some(Scalar::LogUniform { min, max }),
        "Normal" if limits.min.is_finite() || limits.max.is_finite() => {
            let (low, high) = (limits.min.max(f64::from(mean - 3.0 * sd)), limits.max.min(f64::from(mean + 3.0 * sd)));
            faults.note(
                content,
                format!(
                    "Normal has no bounds, but this field takes {}; write TruncatedNormal(mean: {mean}, sd: {sd}, min: {low}, max: {high})",
                    limits.shown()
                ),
            );
            None
        }
        "Normal" => Some(Scalar::Normal { mean, sd }),
        _ if mean + 4.0 * sd < min || mean - 4.0 * sd > max => {
            faults.note(content, format!("mean {mean} lies more than 4 sd outside {min} to {max}, so next to nothing is left; move the mean inside"));
            None
        }
        _ => Some(Scalar::TruncatedNormal { mean, sd, min, max }),
    }
}

/// A distribution of directions; unit vectors with y up.
#[derive(Clone, Debug, PartialEq)]
pub enum Direction {
    /// Uniform by area on the whole sphere.
    Sphere,
    /// Uniform by area on the upper half of the sphere.
    UpperHemisphere,
    /// By azimuth (0° is +z, 90° is +x) and elevation (90° is straight up), in degrees.
    Angles {
        /// Degrees about the vertical.
        azimuth: Scalar,
        /// Degrees above the horizon.
        elevation: Scalar,
    },
}

impl Direction {
    /// One draw.
    ///
    /// Uniform by area because the area of a zone of a sphere depends on its height only (Archimedes).
    pub fn draw(&self, rng: &mut impl Rng, index: u64) -> Vec3 {
        match self {
            Self::Sphere => on_sphere(rng.random::<f32>() * 2.0 - 1.0, rng.random::<f32>()),
            Self::UpperHemisphere => on_sphere(rng.random::<f32>(), rng.random::<f32>()),
            Self::Angles { azimuth, elevation } => {
                from_angles(azimuth.draw(rng, index).to_radians(), elevation.draw(rng, index).to_radians())
            }
        }
    }

    /// What stands in when the parameter is switched off.
    pub fn middle(&self) -> Vec3 {
        match self {
            Self::Sphere | Self::UpperHemisphere => from_angles(45_f32.to_radians(), 45_f32.to_radians()),
            Self::Angles { azimuth, elevation } => {
                from_angles(azimuth.middle().to_radians(), elevation.middle().to_radians())
            }
        }
    }
}

/// The unit vector at an azimuth (0 is +z, towards +x) and elevation, both in radians.
pub fn from_angles(azimuth: f32, elevation: f32) -> Vec3 {
    let (sin_azimuth, cos_azimuth) = ops::sin_cos(azimuth);
    let (sin_elevation, cos_elevation) = ops::sin_cos(elevation);
    Vec3::new(sin_azimuth * cos_elevation, sin_elevation, cos_azimuth * cos_elevation)
}

fn on_sphere(height: f32, turn: f32) -> Vec3 {
    let radius = (1.0 - height * height).max(0.0).sqrt();
    let (sin, cos) = ops::sin_cos(turn * std::f32::consts::TAU);
    Vec3::new(radius * sin, height, radius * cos)
}

const AZIMUTH: FieldInfo = FieldInfo {
    name: "azimuth",
    doc: "Degrees about the vertical: 0 is +z, 90 is +x.",
    limits: Limits { min: -360.0, max: 360.0, unit: "degrees" },
    expects: Scalar::EXPECTS,
};
const ELEVATION: FieldInfo = FieldInfo {
    name: "elevation",
    doc: "Degrees above the horizon: 90 is straight up.",
    limits: Limits { min: -90.0, max: 90.0, unit: "degrees" },
    expects: Scalar::EXPECTS,
};
/// What a direction by angles has unless it says otherwise.
const ANY_AZIMUTH: Scalar = Scalar::uniform(0.0, 360.0);
const HALF_WAY_UP: Scalar = Scalar::Constant(45.0);

impl Choice for Direction {
    fn variants(&self) -> &'static [&'static str] {
        &["Sphere", "UpperHemisphere", "Angles"]
    }

    fn chosen(&self) -> usize {
        match self {
            Self::Sphere => 0,
            Self::UpperHemisphere => 1,
            Self::Angles { .. } => 2,
        }
    }

    fn choose(&mut self, variant: usize) {
        if variant != self.chosen() {
            *self = match variant {
                0 => Self::Sphere,
                1 => Self::UpperHemisphere,
                _ => Self::Angles { azimuth: ANY_AZIMUTH, elevation: HALF_WAY_UP },
            };
        }
    }

    fn parts(&mut self) -> Vec<Part<'_>> {
        match self {
            Self::Angles { azimuth, elevation } => {
                vec![Part { info: AZIMUTH, slot: azimuth.slot() }, Part { info: ELEVATION, slot: elevation.slot() }]
            }
            _ => Vec::new(),
        }
    }
}

impl Field for Direction {
    const EXPECTS: &'static str = "Sphere, UpperHemisphere or Angles(azimuth: 0, elevation: Uniform(min: 10, max: 80))";

    fn read(node: &Node<'_>, _: &Limits, faults: &mut Faults) -> Option<Self> {
        match node.variant() {
            Some(("Sphere", None)) => Some(Self::Sphere),
            Some(("UpperHemisphere", None)) => Some(Self::UpperHemisphere),
            Some(("Angles", Some(content))) => {
                let before = faults.len();
                let mut given = content.fields(faults)?;
                let azimuth = read_field(&mut given, "azimuth", &AZIMUTH.limits, faults, || ANY_AZIMUTH);
                let elevation = read_field(&mut given, "elevation", &ELEVATION.limits, faults, || HALF_WAY_UP);
                note_unknown(&given, &["azimuth", "elevation"], faults);
                if faults.len() > before {
                    return None;
                }
                Some(Self::Angles { azimuth: azimuth?, elevation: elevation? })
            }
            _ => {
                faults.note(node, format!("found {}; expected {}", node.shown(), Self::EXPECTS));
                None
            }
        }
    }

    fn write(&self, out: &mut String, indent: usize) {
        match self {
            Self::Sphere => out.push_str("Sphere"),
            Self::UpperHemisphere => out.push_str("UpperHemisphere"),
            Self::Angles { azimuth, elevation } => {
                out.push_str("Angles(azimuth: ");
                azimuth.write(out, indent);
                out.push_str(", elevation: ");
                elevation.write(out, indent);
                out.push(')');
            }
        }
    }

    fn slot(&mut self) -> Slot<'_> {
        Slot::Choice(self)
    }

    fn fresh() -> Self {
        Self::UpperHemisphere
    }
}

/// A distribution of rotations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rotation {
    /// No turn.
    Identity,
    /// Uniform about the vertical.
    Upright,
    /// Uniform over all rotations, SO(3).
    Any,
}

impl Rotation {
    /// One draw.
    ///
    /// SO(3) by Shoemake's subgroup algorithm (K. Shoemake, Uniform Random Rotations, Graphics Gems III, 1992).
    pub fn draw(self, rng: &mut impl Rng) -> Quat {
        let tau = std::f32::consts::TAU;
        match self {
            Self::Identity => Quat::IDENTITY,
            Self::Upright => {
                let (sin, cos) = ops::sin_cos(rng.random::<f32>() * tau * 0.5);
                Quat::from_xyzw(0.0, sin, 0.0, cos)
            }
            Self::Any => {
                let u: f32 = rng.random();
                let (a, b) = ((1.0 - u).sqrt(), u.sqrt());
                let (sin1, cos1) = ops::sin_cos(rng.random::<f32>() * tau);
                let (sin2, cos2) = ops::sin_cos(rng.random::<f32>() * tau);
                Quat::from_xyzw(a * sin1, a * cos1, b * sin2, b * cos2)
            }
        }
    }
}

plain_choice!(
    Rotation,
    "Identity, Upright (about the vertical) or Any (uniform over all rotations)";
    Identity, Upright, Any
);

/// Which of the things in the catalogue may be drawn. A name that ends in `*` stands for all that begin like it.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Names {
    /// Each, equally often.
    #[default]
    All,
    /// These, equally often.
    Only(Vec<String>),
    /// All but these, equally often.
    Except(Vec<String>),
    /// These, by weight.
    Weighted(Vec<(String, f32)>),
}

impl Names {
    /// What may be drawn from `known`, with weights, in the catalogue's order.
    pub fn among<'a>(&self, known: &'a [String]) -> Vec<(&'a str, f32)> {
        known
            .iter()
            .filter_map(|name| {
                let weight = match self {
                    Self::All => 1.0,
                    Self::Only(names) => f32::from(u8::from(names.iter().any(|n| stands_for(n, name)))),
                    Self::Except(names) => f32::from(u8::from(!names.iter().any(|n| stands_for(n, name)))),
                    Self::Weighted(names) => {
                        names.iter().find(|(n, _)| stands_for(n, name)).map_or(0.0, |(_, weight)| *weight)
                    }
                };
                (weight > 0.0).then_some((name.as_str(), weight))
            })
            .collect()
    }

    /// One draw from `known`; empty when nothing may be drawn.
    pub fn draw(&self, known: &[String], rng: &mut impl Rng) -> String {
        let options = self.among(known);
        let chosen = pick_weighted(options.iter().map(|(_, weight)| *weight), rng);
        options.get(chosen).map_or_else(String::new, |(name, _)| (*name).to_owned())
    }

    /// The first that may be drawn.
    pub fn first(&self, known: &[String]) -> String {
        self.among(known).first().map_or_else(String::new, |(name, _)| (*name).to_owned())
    }

    /// The names that the scene file mentions.
    pub fn mentioned(&self) -> Vec<&str> {
        match self {
            Self::All => Vec::new(),
            Self::Only(names) | Self::Except(names) => names.iter().map(String::as_str).collect(),
            Self::Weighted(names) => names.iter().map(|(name, _)| name.as_str()).collect(),
        }
    }
}

/// Is this the name, or a beginning with a `*` that it has?
pub fn stands_for(pattern: &str, name: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == name, |beginning| name.starts_with(beginning))
}

impl Field for Names {
    const EXPECTS: &'static str = r#"All, Only(["a", "b"]), Except(["a"]) or Weighted({"a": 2.0, "b": 1.0})"#;

    fn read(node: &Node<'_>, _: &Limits, faults: &mut Faults) -> Option<Self> {
        match node.variant() {
            Some(("All", None)) => Some(Self::All),
            Some(("Only", Some(content))) => Vec::read(&content.unwrapped(), &Limits::NONE, faults).map(Self::Only),
            Some(("Except", Some(content))) => Vec::read(&content.unwrapped(), &Limits::NONE, faults).map(Self::Except),
            Some(("Weighted", Some(content))) => {
                let node = content.unwrapped();
                let before = faults.len();
                let mut weights = Vec::new();
                for (name, node) in node.entries(faults)? {
                    weights.extend(f32::read(&node, &WEIGHT, faults).map(|weight| (name, weight)));
                }
                if faults.len() == before && !weights.iter().any(|(_, weight)| *weight > 0.0) {
                    faults.note(&node, "the weights sum to zero; give at least one name a weight above 0");
                }
                (faults.len() == before).then_some(Self::Weighted(weights))
            }
            _ => {
                faults.note(node, format!("found {}; expected {}", node.shown(), Self::EXPECTS));
                None
            }
        }
    }

    fn write(&self, out: &mut String, _: usize) {
        *out += &match self {
            Self::All => "All".to_owned(),
            Self::Only(names) => format!("Only({names:?})"),
            Self::Except(names) => format!("Except({names:?})"),
            Self::Weighted(names) => {
                let entries: Vec<_> = names.iter().map(|(name, weight)| format!("{name:?}: {weight:?}")).collect();
                format!("Weighted({{{}}})", entries.join(", "))
            }
        };
    }

    fn slot(&mut self) -> Slot<'_> {
        Slot::Names(self)
    }

    fn fresh() -> Self {
        Self::All
    }
}
