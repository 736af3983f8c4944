//! People as capsules: walkers in streets and riders of bicycles.

use bevy_math::Vec3;
use rand::Rng;

use crate::vehicles::breed::Dice;

/// What somebody wears and is coloured like.
#[derive(Clone, Debug)]
pub(crate) struct Dress {
    top: Vec3,
    trousers: Vec3,
    shoes: Vec3,
    pub(crate) skin: Vec3,
    hair: Vec3,
    shorts: bool,
    short_sleeves: bool,
    /// Colour of a helmet.
    pub(crate) helmet: Option<Vec3>,
    /// Colour of a rucksack.
    rucksack: Option<Vec3>,
}

const fn rgb(r: f32, g: f32, b: f32) -> Vec3 {
    Vec3::new(r, g, b)
}

const CLOTHS: [(Vec3, f32); 14] = [
    (rgb(0.02, 0.02, 0.025), 4.0),
    (rgb(0.03, 0.05, 0.14), 3.0),
    (rgb(0.35, 0.35, 0.36), 2.0),
    (rgb(0.65, 0.65, 0.63), 2.5),
    (rgb(0.30, 0.03, 0.03), 1.5),
    (rgb(0.05, 0.15, 0.36), 2.0),
    (rgb(0.07, 0.22, 0.09), 1.0),
    (rgb(0.50, 0.35, 0.05), 0.7),
    (rgb(0.12, 0.10, 0.08), 1.5),
    (rgb(0.27, 0.23, 0.17), 1.5),
    (rgb(0.02, 0.30, 0.40), 0.8),
    (rgb(0.55, 0.62, 0.05), 0.8),
    (rgb(0.55, 0.16, 0.28), 0.7),
    (rgb(0.6, 0.22, 0.02), 0.6),
];
const SKINS: [(Vec3, f32); 5] = [
    (rgb(0.58, 0.36, 0.27), 3.0),
    (rgb(0.47, 0.27, 0.18), 2.0),
    (rgb(0.30, 0.16, 0.10), 1.5),
    (rgb(0.16, 0.08, 0.05), 1.5),
    (rgb(0.08, 0.04, 0.025), 1.0),
];

impl Dress {
    pub(crate) fn draw(stream: &mut impl Rng) -> Self {
        let mut dice = Dice(stream);
        let mut cloth = || {
            let color = dice.pick(&CLOTHS);
            dice.near(color, 0.25)
        };
        let (top, trousers, rucksack, helmet) = (cloth(), cloth(), cloth(), cloth());
        let bright = dice.chance(0.35);
        Self {
            top,
            trousers: if dice.chance(0.6) { trousers * 0.4 } else { trousers },
            shoes: if dice.chance(0.65) { Vec3::splat(0.03) } else { Vec3::splat(0.5) },
            skin: dice.pick(&SKINS),
            hair: dice.pick(&[
                (rgb(0.02, 0.015, 0.01), 4.0),
                (rgb(0.12, 0.06, 0.03), 2.0),
                (rgb(0.4, 0.28, 0.12), 1.0),
                (rgb(0.4, 0.4, 0.4), 0.7),
            ]),
            shorts: dice.chance(0.4),
            short_sleeves: dice.chance(0.5),
            helmet: dice.chance(0.5).then_some(if bright { rgb(0.5, 0.75, 0.05) } else { helmet }),
            rucksack: dice.chance(0.3).then_some(rucksack * 0.6),
        }
    }

    /// The same without helmet and rucksack.
    pub(crate) fn at_home(self) -> Self {
        Self { helmet: None, rucksack: None, ..self }
    }
}

/// Where somebody's joints are, metres.
#[derive(Clone, Debug)]
pub(crate) struct Stance {
    pub(crate) hip: Vec3,
    /// Between the shoulders.
    pub(crate) chest: Vec3,
    pub(crate) head: Vec3,
    /// Left, right.
    pub(crate) hands: [Vec3; 2],
    /// Ankles.
    pub(crate) feet: [Vec3; 2],
    /// The way that somebody faces.
    pub(crate) ahead: Vec3,
    /// Standing height over 1.75 m.
    pub(crate) size: f32,
}

impl Stance {
    /// A moment of a walk along +z from the origin.
    pub(crate) fn walking(stream: &mut impl Rng) -> Self {
        let mut dice = Dice(stream);
        let size = dice.range((0.88, 1.08));
        let stride = dice.range((-0.34, 0.34));
        let swing = -stride * 0.7;
        Self {
            hip: Vec3::new(0.0, 0.92, 0.0) * size,
            chest: Vec3::new(0.0, 1.42, 0.02) * size,
            head: Vec3::new(0.0, 1.66, 0.04) * size,
            hands: [Vec3::new(0.27, 0.86, swing), Vec3::new(-0.27, 0.86, -swing)].map(|p| p * size),
            feet: [Vec3::new(0.09, 0.08, stride), Vec3::new(-0.09, 0.08, -stride)].map(|p| p * size),
            ahead: Vec3::Z,
            size,
        }
    }
}

/// Which joint carries a limb.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Carrier {
    /// Trunk, arms and head.
    Body,
    /// The upper part of the leg of this number.
    Thigh(usize),
    /// The lower one.
    Shin(usize),
    /// The foot below it.
    Foot(usize),
}

/// A capsule.
#[derive(Clone, Debug)]
pub(crate) struct Limb {
    pub(crate) from: Vec3,
    pub(crate) to: Vec3,
    /// At both ends.
    pub(crate) radii: [f32; 2],
    pub(crate) color: Vec3,
    pub(crate) carrier: Carrier,
}

/// The elbow or knee between two ends, with two lengths, bent towards `pole`: two circles' meeting point.
pub(crate) fn bend(from: Vec3, to: Vec3, [upper, lower]: [f32; 2], pole: Vec3) -> Vec3 {
    let span = to - from;
    let distance = span.length().clamp(1e-3, upper + lower - 1e-3);
    let along = span.normalize_or(Vec3::NEG_Y);
    let near = (upper * upper - lower * lower + distance * distance) / (2.0 * distance);
    let out = (upper * upper - near * near).max(0.0).sqrt();
    from + along * near + pole.reject_from_normalized(along).normalize_or(Vec3::Z) * out
}

/// Lengths of thigh and shin at a size of 1, metres (about the 50th percentile of adults).
pub(crate) const LEG: [f32; 2] = [0.44, 0.43];
const ARM: [f32; 2] = [0.30, 0.27];

/// Where the legs hang at the hip, left and right.
pub(crate) fn hips(stance: &Stance) -> [Vec3; 2] {
    let aside = Vec3::Y.cross(stance.ahead) * 0.09 * stance.size;
    [stance.hip + aside, stance.hip - aside]
}

/// Everything that is to be drawn.
pub(crate) fn limbs(stance: &Stance, dress: &Dress) -> Vec<Limb> {
    let s = stance.size;
    let aside = Vec3::Y.cross(stance.ahead);
    let mut all = Vec::new();
    let mut add = |from: Vec3, to: Vec3, radii: [f32; 2], color: Vec3, carrier| {
        all.push(Limb { from, to, radii: radii.map(|r| r * s), color, carrier });
    };
    let Stance { hip, chest, head, ahead, .. } = *stance;
    let up = (chest - hip).normalize_or(Vec3::Y);
    add(hip + up * 0.08 * s, chest - up * 0.08 * s, [0.135, 0.15], dress.top, Carrier::Body);
    add(chest - aside * 0.13 * s, chest + aside * 0.13 * s, [0.08, 0.08], dress.top, Carrier::Body);
    add(hip - aside * 0.07 * s, hip + aside * 0.07 * s, [0.125, 0.125], dress.trousers, Carrier::Body);
    let neck = chest.lerp(head, 0.45);
    add(chest, neck, [0.055, 0.05], dress.skin, Carrier::Body);
    let chin = head + ahead * 0.025 * s - Vec3::Y * 0.05 * s;
    add(chin, head + Vec3::Y * 0.035 * s, [0.075, 0.085], dress.skin, Carrier::Body);
    let crown = head + Vec3::Y * 0.055 * s - ahead * 0.02 * s;
    match dress.helmet {
        Some(color) => add(crown - ahead * 0.06 * s, crown + ahead * 0.07 * s, [0.1, 0.095], color, Carrier::Body),
        None => add(crown - ahead * 0.04 * s, crown + ahead * 0.02 * s, [0.09, 0.085], dress.hair, Carrier::Body),
    }
    if let Some(color) = dress.rucksack {
        let back = -ahead.reject_from_normalized(up).normalize_or(Vec3::NEG_Z) * 0.19 * s;
        add(hip.lerp(chest, 0.35) + back, hip.lerp(chest, 0.9) + back, [0.13, 0.11], color, Carrier::Body);
    }
    let leg = LEG.map(|length| length * s);
    for (side, (hand, foot)) in stance.hands.into_iter().zip(stance.feet).enumerate() {
        let out = aside * if side == 0 { 1.0 } else { -1.0 };
        let shoulder = chest + out * 0.18 * s;
        let elbow = bend(shoulder, hand, ARM.map(|length| length * s), out * 0.6 - Vec3::Y * 0.5 - ahead * 0.4);
        let sleeve = if dress.short_sleeves { dress.skin } else { dress.top };
        add(shoulder, elbow, [0.06, 0.047], dress.top, Carrier::Body);
        add(elbow, hand, [0.044, 0.035], sleeve, Carrier::Body);
        add(hand, hand + ahead * 0.05 * s, [0.042, 0.036], dress.skin, Carrier::Body);
        let root = hips(stance)[side];
        let knee = bend(root, foot, leg, ahead + out * 0.1);
        let calf = if dress.shorts { dress.skin } else { dress.trousers };
        add(root, knee, [0.09, 0.066], dress.trousers, Carrier::Thigh(side));
        add(knee, foot, [0.06, 0.043], calf, Carrier::Shin(side));
        add(
            foot - ahead * 0.03 * s - Vec3::Y * 0.03 * s,
            foot + ahead * 0.15 * s - Vec3::Y * 0.045 * s,
            [0.048, 0.038],
            dress.shoes,
            Carrier::Foot(side),
        );
    }
    all
}
