//! Which way a model faces: by the names of its parts, else by its shape.

use bevy_math::{Affine3A, Quat, Vec2, Vec3A, ops};

use super::names;
use super::notes::Notes;
use super::probe::Probe;
use crate::model::Model;

/// What to do about a front that had to be guessed: the opposite one, for a model that was turned by so much about y.
fn mend(degrees: i32) -> String {
    // What +z was before the turn is (-sin, cos) in x and z; its opposite's nearest axis is wanted.
    let axis = match degrees.rem_euclid(360) {
        45..135 => "+x",
        135..225 => "+z",
        225..315 => "-x",
        _ => "-z",
    };
    format!("if it faces the wrong way, say so in a file beside it that ends in .ron: (front: \"{axis}\")")
}

/// A length this many times the width makes a direction; what is rounder (curled up, say) keeps the one it has.
const LONG: f32 = 1.7;
/// A turned box must be this much smaller to be taken.
const SMALLER: f32 = 0.8;

/// How to turn an upright model about y so that its front comes to lie at +z.
///
/// `labels` has, for each part, the names that may tell where on the model it lies; `globals` are those of the rest pose.
pub(super) fn yaw(model: &Model, labels: &[Vec<String>], globals: &[Affine3A], notes: &mut Notes) -> Quat {
    if let Some(forward) = by_names(model, labels, globals) {
        let (turn, degrees) = quarter_turn(forward);
        if degrees != 0 {
            notes.add(format!("turned by {degrees}° about y, so that what its names call front faces +z"));
        }
        return turn;
    }
    let (turn, degrees) = by_shape(model);
    if degrees == 0 {
        notes.add(format!(
            "nothing tells its front from its back: +z was taken for the front, as glTF says; {}",
            mend(0)
        ));
    } else {
        notes.add(format!(
            "nothing tells its front from its back: turned by {degrees}° about y to lay its length along z; {}",
            mend(degrees)
        ));
    }
    turn
}

/// The direction from what names call back to what they call front; `None` if they do not tell.
fn by_names(model: &Model, labels: &[Vec<String>], globals: &[Affine3A]) -> Option<Vec3A> {
    let (mut fronts, mut backs) = (Mean::default(), Mean::default());
    let mut count = |name: &str, at: Vec3A| match names::is_front(name) {
        Some(true) => fronts.add(at),
        Some(false) => backs.add(at),
        None => {}
    };
    let mut is_joint = vec![false; model.nodes.len()];
    for (part, labels) in model.parts.iter().zip(labels) {
        if let Some(skin) = &part.skin {
            skin.joints.iter().for_each(|joint| is_joint[*joint] = true);
        } else if let Some(bounds) = part.bounds(globals) {
            for label in labels {
                count(label, 0.5 * (bounds.min + bounds.max));
            }
        }
    }
    for ((node, global), _) in model.nodes.iter().zip(globals).zip(&is_joint).filter(|(_, is_joint)| **is_joint) {
        count(&node.name, global.translation);
    }
    if fronts.count == 0 && backs.count == 0 {
        return None;
    }
    let bounds = model.bounds(globals)?;
    let (centre, size) = (0.5 * (bounds.min + bounds.max), bounds.max - bounds.min);
    let forward = fronts.mean().unwrap_or(centre) - backs.mean().unwrap_or(centre);
    let (more, less) = (forward.x.abs().max(forward.z.abs()), forward.x.abs().min(forward.z.abs()));
    (more > 0.1 * size.x.max(size.z) && more > 1.5 * less).then_some(forward)
}

/// The quarter turn that takes the axis nearest to a direction to +z, in degrees about y too. Exact, without sines.
fn quarter_turn(forward: Vec3A) -> (Quat, i32) {
    let half = std::f32::consts::FRAC_1_SQRT_2;
    if forward.z.abs() >= forward.x.abs() {
        if forward.z >= 0.0 { (Quat::IDENTITY, 0) } else { (Quat::from_xyzw(0.0, 1.0, 0.0, 0.0), 180) }
    } else if forward.x > 0.0 {
        (Quat::from_xyzw(0.0, -half, 0.0, half), -90)
    } else {
        (Quat::from_xyzw(0.0, half, 0.0, half), 90)
    }
}

/// Straightens what stands askew, by the smallest box around it seen from above, and lays its length along z.
fn by_shape(model: &Model) -> (Quat, i32) {
    let mut probe = Probe::new(model);
    let mut locals = Vec::new();
    model.locals(None, 0.0, &mut locals);
    probe.pose(&locals);
    let mut points = Vec::new();
    probe.for_each_position(|position| points.push(Vec2::new(position.x, position.z)));
    let size = |degrees: i32| {
        let (sin, cos) = ops::sin_cos((degrees as f32).to_radians());
        let turned = points.iter().map(|point| Vec2::new(cos * point.x + sin * point.y, cos * point.y - sin * point.x));
        let (min, max) =
            turned.fold((Vec2::INFINITY, Vec2::NEG_INFINITY), |(min, max), point| (min.min(point), max.max(point)));
        max - min
    };
    let area = |degrees: i32| size(degrees).element_product();
    let askew = (-44..=45).min_by(|a, b| area(*a).total_cmp(&area(*b))).filter(|best| area(*best) < SMALLER * area(0));
    let askew = askew.unwrap_or(0);
    let straight = size(askew);
    let degrees = if straight.x > LONG * straight.y { askew - 90 } else { askew };
    if degrees == -90 {
        return quarter_turn(Vec3A::X);
    }
    let (sin, cos) = ops::sin_cos((0.5 * degrees as f32).to_radians());
    (Quat::from_xyzw(0.0, sin, 0.0, cos), degrees)
}

/// A mean of points.
#[derive(Default)]
struct Mean {
    sum: Vec3A,
    count: u32,
}

impl Mean {
    fn add(&mut self, point: Vec3A) {
        self.sum += point;
        self.count += 1;
    }

    fn mean(&self) -> Option<Vec3A> {
        (self.count > 0).then(|| self.sum / self.count as f32)
    }
}
