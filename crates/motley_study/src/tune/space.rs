//! What can be turned in a scene: every switch and every range of its parameters, found through their descriptions, so that a new
//! parameter is searched without a word here.

use motley_scene::{
    distribution::Scalar,
    field::Limits,
    scene::Scene,
    slot::{Part, Record, Slot},
};
use rand::{Rng, RngExt};

/// Parameters that are left alone: what is told apart and how it is written is the user's to say.
const KEPT: [&str; 9] =
    ["version", "name", "packs", "classes", "output", "min_visible", "max_tries", "subject", "custom"];
/// Most dials that are turned at once.
const MOST: usize = 4;
/// Standard deviations of the change of a range: of the logarithm of its width, and of its middle in widths.
const WIDEN: f32 = 0.5;
const SHIFT: f32 = 0.3;

/// A scene that differs from `scene` in one to four of its switches and ranges.
pub fn vary(scene: &Scene, rng: &mut impl Rng) -> Scene {
    let mut varied = scene.clone();
    let count = visit(&mut varied, &mut |_| {});
    let turned: Vec<usize> = (0..rng.random_range(1..=MOST)).map(|_| rng.random_range(0..count.max(1))).collect();
    let mut number = 0;
    visit(&mut varied, &mut |dial| {
        if turned.contains(&number) {
            dial.turn(rng);
        }
        number += 1;
    });
    varied
}

/// Something that can be turned.
enum Dial<'a> {
    Switch(&'a mut bool),
    Range(&'a mut Scalar, Limits),
}

/// Shows all dials of a scene in their order, and gives their number.
fn visit(scene: &mut Scene, show: &mut dyn FnMut(Dial<'_>)) -> usize {
    let mut count = 0;
    let mut shown = |dial: Dial<'_>| {
        count += 1;
        show(dial);
    };
    for part in scene.parts().into_iter().filter(|part| !KEPT.contains(&part.info.name)) {
        visit_part(part, &mut shown);
    }
    count
}

fn visit_part(part: Part<'_>, show: &mut dyn FnMut(Dial<'_>)) {
    let limits = part.info.limits;
    visit_slot(part.slot, limits, show);
}

fn visit_slot(slot: Slot<'_>, limits: Limits, show: &mut dyn FnMut(Dial<'_>)) {
    match slot {
        Slot::Flag(flag) => show(Dial::Switch(flag)),
        Slot::Scalar(scalar) => show(Dial::Range(scalar, limits)),
        Slot::Record(record) => record.parts().into_iter().for_each(|part| visit_part(part, show)),
        Slot::Choice(choice) => choice.parts().into_iter().for_each(|part| visit_part(part, show)),
        Slot::Optional(optional) => optional.value().into_iter().for_each(|slot| visit_slot(slot, limits, show)),
        Slot::List(list) => {
            for at in 0..list.len() {
                list.item(at).into_iter().for_each(|slot| visit_slot(slot, limits, show));
            }
        }
        Slot::Number(_) | Slot::Text(_) | Slot::Names(_) | Slot::Fixed => {}
    }
}

impl Dial<'_> {
    fn turn(self, rng: &mut impl Rng) {
        match self {
            Self::Switch(flag) => *flag = !*flag,
            Self::Range(scalar, limits) => turn(scalar, &limits, rng),
        }
    }
}

/// Widens or narrows a distribution and moves it, within its limits. What has no range stays.
fn turn(scalar: &mut Scalar, limits: &Limits, rng: &mut impl Rng) {
    let (widen, shift) = ((WIDEN * normal(rng)).exp(), SHIFT * normal(rng));
    let (mut least, mut most) = (limits.min.max(-1e9) as f32, limits.max.min(1e9) as f32);
    // Rounding must not leave the limits.
    if f64::from(least) < limits.min {
        least = least.next_up();
    }
    if f64::from(most) > limits.max {
        most = most.next_down();
    }
    let range = |min: &mut f32, max: &mut f32| {
        let (width, middle) = (*max - *min, f32::midpoint(*max, *min));
        let middle = middle + shift * width;
        let ends =
            [middle - 0.5 * widen * width, middle + 0.5 * widen * width].map(|end| short(end).clamp(least, most));
        [*min, *max] = ends;
    };
    match scalar {
        Scalar::Uniform { min, max } => range(min, max),
        Scalar::LogUniform { min, max } => {
            let (mut low, mut high) = (min.ln(), max.ln());
            let (width, middle) = (high - low, f32::midpoint(high, low) + shift * (high - low));
            (low, high) = (middle - 0.5 * widen * width, middle + 0.5 * widen * width);
            // Above 0, or there is no logarithm.
            (*min, *max) =
                (short(low.exp()).clamp(least.max(1e-6), most), short(high.exp()).clamp(least.max(1e-6), most));
        }
        Scalar::TruncatedNormal { mean, sd, min, max } => {
            *mean = short(*mean + shift * *sd * 2.0).clamp(*min, *max);
            *sd = short(*sd * widen).max(1e-6);
        }
        Scalar::Normal { mean, sd } => {
            *mean = short(*mean + shift * *sd * 2.0).clamp(least, most);
            *sd = short(*sd * widen).max(1e-6);
        }
        Scalar::Choice(values) => {
            for (_, weight) in values {
                *weight = short(*weight * (WIDEN * normal(rng)).exp());
            }
        }
        Scalar::Constant(_) | Scalar::Sequence(_) => {}
    }
}

/// Three digits: a scene is to be read.
fn short(value: f32) -> f32 {
    if value == 0.0 {
        return 0.0;
    }
    let scale = 10_f32.powf(2.0 - value.abs().log10().floor());
    (value * scale).round() / scale
}

/// Mean 0, standard deviation 1: Box and Muller 1958.
fn normal(rng: &mut impl Rng) -> f32 {
    let (a, b): (f32, f32) = (rng.random(), rng.random());
    (-2.0 * (1.0 - a).ln()).sqrt() * (std::f32::consts::TAU * b).cos()
}
