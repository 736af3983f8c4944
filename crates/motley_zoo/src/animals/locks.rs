//! Locks: tapered tufts that stand off the hide, so that an animal's outline is hair and not skin.

use bevy_math::{Vec3, ops};

use super::anatomy::Anatomy;
use super::breed::{Hair, Kind};
use super::head::Face;
use super::noise::{Dice, step};
use super::sheet::Sheet;
use super::skeleton::{FORE, HEAD, HIND, JAW, TAIL, TAIL_BONES};
use super::skin::{self, Binding};

/// How a kind of hair stands: number of locks, length in withers' heights beyond the fluff, share of the fluff, lift
/// above the skin in radians, droop, width over length.
struct Growth {
    count: usize,
    base: f32,
    fluffy: f32,
    lift: f32,
    droop: f32,
    slim: f32,
}

/// Triangles that hide and locks may take together.
const BUDGET: usize = 16_000;

fn growth(hair: Hair) -> Growth {
    match hair {
        Hair::Bare => Growth { count: 0, base: 0.0, fluffy: 0.0, lift: 0.0, droop: 0.0, slim: 0.0 },
        Hair::Short => Growth { count: 700, base: 0.0112, fluffy: 0.35, lift: 0.3, droop: 0.0, slim: 0.3 },
        Hair::Plush => Growth { count: 1500, base: 0.014, fluffy: 0.63, lift: 0.6, droop: 0.0, slim: 0.26 },
        Hair::Long => Growth { count: 1800, base: 0.021, fluffy: 0.84, lift: 0.4, droop: 0.5, slim: 0.24 },
        Hair::Curly => Growth { count: 1300, base: 0.0084, fluffy: 0.28, lift: 0.9, droop: 0.2, slim: 0.5 },
        Hair::Wire => Growth { count: 1500, base: 0.014, fluffy: 0.56, lift: 0.7, droop: 0.15, slim: 0.25 },
    }
}

/// Grows locks out of the hide `fur`, whose triangles are all of the body's skin.
pub(super) fn grow_locks(anatomy: &Anatomy, face: &Face, fur: &Sheet, dice: &mut Dice) -> Sheet {
    let mesh = &fur.mesh;
    let mut growth = growth(anatomy.traits.hair);
    growth.count = growth.count.min(BUDGET.saturating_sub(mesh.indices.len() / 3));
    let mut locks = Sheet::default();
    let triangles: Vec<[usize; 3]> =
        mesh.indices.chunks_exact(3).map(|t| [t[0], t[1], t[2]].map(|i| i as usize)).collect();
    let mut total = 0.0;
    let sums: Vec<f32> = triangles
        .iter()
        .map(|t| {
            let [a, b, c] = t.map(|i| mesh.positions[i]);
            let binding = (mesh.joints[t[0]], mesh.weights[t[0]]);
            total += (b - a).cross(c - a).length() * density(anatomy, face, (a + b + c) / 3.0, &binding);
            total
        })
        .collect();
    // Evenly over the hide, each shifted by chance.
    for k in 0..growth.count {
        let at = total * (k as f32 + dice.unit()) / growth.count as f32;
        let Some(t) = triangles.get(sums.partition_point(|sum| *sum < at)) else { continue };
        let (mut u, mut v) = (dice.unit(), dice.unit());
        if u + v > 1.0 {
            (u, v) = (1.0 - u, 1.0 - v);
        }
        let mix = |list: &[Vec3]| list[t[0]] + (list[t[1]] - list[t[0]]) * u + (list[t[2]] - list[t[0]]) * v;
        let (root, normal) = (mix(&mesh.positions), mix(&mesh.normals).normalize_or(Vec3::Y));
        let binding = (mesh.joints[t[0]], mesh.weights[t[0]]);
        let color = Vec3::from_slice(&mesh.colors[t[0]][..3]);
        lock(anatomy, &growth, root, normal, color, binding, dice, &mut locks);
    }
    locks
}

/// Locks an area, relative; none on eyes, nose and muzzle.
fn density(anatomy: &Anatomy, face: &Face, p: Vec3, binding: &Binding) -> f32 {
    let head = skin::share(binding, HEAD, 2);
    let feet = skin::share(binding, FORE[0] + 3, 2)
        + skin::share(binding, FORE[1] + 3, 2)
        + skin::share(binding, HIND[0] + 2, 2)
        + skin::share(binding, HIND[1] + 2, 2);
    if feet > 0.3 {
        return 0.15;
    }
    if head < 0.5 {
        return 1.0;
    }
    if face.eyes.iter().any(|eye| eye.center.distance(p) < 2.0 * eye.radius)
        || face.nose.distance(p) < 3.2 * face.nose_size
    {
        return 0.0;
    }
    let q = (p - anatomy.skull) / anatomy.unit;
    let shaggy = matches!(anatomy.traits.hair, Hair::Wire | Hair::Curly);
    if q.z > 0.55 && !shaggy { 0.6 } else { 2.2 }
}

/// Tangent along the hair: away from the nose, tail-ward, down the legs, along the tail.
fn flow(anatomy: &Anatomy, p: Vec3, normal: Vec3, binding: &Binding) -> Vec3 {
    let q = (p - anatomy.skull) / anatomy.unit;
    let head = skin::share(binding, HEAD, 2);
    let legs = [FORE[0] + 2, FORE[1] + 2, HIND[0] + 1, HIND[1] + 1];
    let leg: f32 = legs.iter().map(|first| skin::share(binding, *first, 3)).sum();
    let tail = skin::share(binding, TAIL, TAIL_BONES);
    let mut direction = Vec3::new(0.0, -0.45, -1.0) * (1.0 - head - leg - tail).max(0.0);
    direction += (q - Vec3::new(0.0, -0.2, 1.1)).normalize_or(Vec3::NEG_Z) * head;
    direction += Vec3::new(0.0, -1.0, -0.25) * leg;
    if tail > 0.0 {
        let rest = &anatomy.skeleton.rest;
        let joint = usize::from(binding.0[0]).clamp(TAIL, TAIL + TAIL_BONES - 1);
        direction += (rest[joint + 1] - rest[joint]).normalize_or(Vec3::NEG_Z) * tail;
    }
    (direction - normal * direction.dot(normal)).normalize_or(normal.any_orthonormal_vector())
}

fn lock(
    anatomy: &Anatomy,
    growth: &Growth,
    root: Vec3,
    normal: Vec3,
    color: Vec3,
    binding: Binding,
    dice: &mut Dice,
    locks: &mut Sheet,
) {
    let t = &anatomy.traits;
    let q = (root - anatomy.skull) / anatomy.unit;
    let head = skin::share(&binding, HEAD, 2);
    let tail = skin::share(&binding, TAIL, TAIL_BONES);
    let jaw = skin::share(&binding, JAW, 1);
    let long = matches!(t.hair, Hair::Long | Hair::Plush);
    // Short on face and legs; longest behind the cheeks, at throat, belly, backs of the legs and tail.
    let mut factor = 1.0 + if long { 0.5 * step(-0.1, -0.8, normal.y) + 0.4 * tail } else { 0.0 };
    let low = step(0.45, 0.2, root.y / t.withers);
    factor *= 1.0 - 0.6 * low * (1.0 - tail) * if normal.z < -0.4 && long { 0.2 } else { 1.0 };
    if head > 0.5 {
        let back = step(0.75, 0.0, q.z);
        let shaggy: f32 = if t.hair == Hair::Wire || t.hair == Hair::Curly { 0.9 } else { 0.32 };
        let cheek = step(0.1, -0.3, q.y) * if t.kind == Kind::Cat { 0.5 } else { 0.1 };
        factor *= (shaggy + (1.0 - shaggy).max(0.0) * back) * (0.75 + cheek) + 0.4 * jaw * shaggy;
    }
    let length = (growth.base * t.withers + growth.fluffy * anatomy.fluff) * factor * dice.between(0.6, 1.3);
    let along = flow(anatomy, root, normal, &binding);
    let (sin, cos) = ops::sin_cos(growth.lift * dice.between(0.5, 1.4));
    let aside = normal.cross(along).normalize_or(Vec3::X);
    let direction = along * cos + normal * sin + aside * dice.normal(0.22) - Vec3::Y * growth.droop;
    let half = 0.5 * growth.slim * length * dice.between(0.7, 1.2);
    let root = root - normal * (0.15 * length);
    let shade = dice.normal(0.1);
    let bent = root + direction.normalize_or(normal) * (1.15 * length);
    let light = normal + aside * dice.normal(0.25) + along * dice.normal(0.2);
    let first = locks.vertex(root + aside * half, light, color * (0.92 + shade), binding);
    locks.vertex(root - aside * half, light, color * (0.96 + shade), binding);
    locks.vertex(bent, light, color * (1.05 + shade), binding);
    // Its front looks outward, as the skin's does: the back of a surface is lit from behind.
    let outward = (aside * -2.0 * half).cross(bent - root - aside * half).dot(normal) > 0.0;
    locks.mesh.indices.extend(if outward { [first, first + 1, first + 2] } else { [first + 1, first, first + 2] });
}

/// One hair of a tuft: `half` is half its width at the root.
pub(super) fn tuft(root: Vec3, tip: Vec3, half: Vec3, normal: Vec3, color: Vec3, binding: Binding, locks: &mut Sheet) {
    let first = locks.vertex(root + half, normal, color * 0.85, binding);
    locks.vertex(root - half, normal, color * 0.9, binding);
    locks.vertex(tip, normal, color, binding);
    locks.mesh.indices.extend([first, first + 1, first + 2]);
}
