//! The body's triangles: one closed skin, with housings for the wheels pressed into it.

use bevy_math::{Vec2, Vec3};

use super::shell::Shell;
use crate::vehicles::build::Sheet;

/// Stations along the body, points around half a section, and rings of an end.
const STATIONS: usize = 70;
const AROUND: usize = 30;
const RINGS: [f32; 6] = [0.98, 0.94, 0.86, 0.7, 0.45, 0.0];

/// A wheel housing: an axis along x at (z, y) and what it must clear.
#[derive(Clone, Copy, Debug)]
pub(super) struct Housing {
    /// (z, y) of the axis.
    pub axis: Vec2,
    pub radius: f32,
    /// The inner wall's distance from the middle plane.
    pub inner: f32,
}

/// Builds the painted skin and the dark housings into empty sheets. Together they are closed but for openings, given by their
/// outlines in (u, t). Gives (u, t) of each point of the skin, NaN where it has none.
pub(super) fn build(
    shell: &Shell,
    housings: &[Housing],
    openings: &[[Vec2; 4]],
    paint: &mut Sheet,
    dark: &mut Sheet,
) -> Vec<Vec2> {
    let columns = 2 * AROUND;
    let mut points: Vec<Vec3> = Vec::new();
    let mut places = Vec::new();
    for u in stations(shell) {
        places.extend((0..columns).map(|c| Vec2::new(u, c as f32 / AROUND as f32)));
        // Where t starts again, below, nothing is cut.
        let start = places.len() - columns;
        points.extend(places[start..].iter().map(|place| shell.around(place.x, place.y)));
        places[start].y = f32::NAN;
    }
    for point in &mut points {
        snap(point, housings);
    }
    let mut triangles: Vec<[usize; 3]> = Vec::new();
    let mut strip = |upper: &dyn Fn(usize) -> usize, lower: &dyn Fn(usize) -> usize| {
        for c in 0..columns {
            let (a, b, c, d) = (upper(c), lower(c), upper((c + 1) % columns), lower((c + 1) % columns));
            triangles.extend([[a, b, c], [c, b, d]]);
        }
    };
    for row in 0..STATIONS - 1 {
        strip(&|c| row * columns + c, &|c| (row + 1) * columns + c);
    }
    // The nose is reached from the first station forwards, the tail from the last one backwards.
    for front in [true, false] {
        let rim = if front { 0 } else { (STATIONS - 1) * columns };
        let mut previous = rim;
        for s in RINGS {
            let first = points.len();
            points.extend((0..columns).map(|c| shell.end(front, s, c as f32 / AROUND as f32)));
            if front {
                strip(&|c| first + c, &|c| previous + c);
            } else {
                strip(&|c| previous + c, &|c| first + c);
            }
            previous = first;
        }
    }
    let housed = |t: &[usize; 3]| {
        let middle = t.iter().map(|i| points[*i]).sum::<Vec3>() / 3.0;
        housings.iter().position(|h| inside(h, middle, 0.0))
    };
    let first = paint.mesh.positions.len();
    let start = paint.mesh.indices.len();
    paint.mesh.positions.extend(&points);
    let mut holes: Vec<Vec<[usize; 2]>> = vec![Vec::new(); 2 * housings.len()];
    for t in &triangles {
        match housed(t) {
            None => paint.mesh.indices.extend(t.map(|i| (first + i) as u32)),
            Some(h) => {
                let left = points[t[0]].x + points[t[1]].x + points[t[2]].x > 0.0;
                let hole = &mut holes[2 * h + usize::from(left)];
                for (a, b) in [(t[0], t[1]), (t[1], t[2]), (t[2], t[0])] {
                    // An edge between two removed triangles cancels; what is left is the rim.
                    match hole.iter().position(|edge| *edge == [b, a]) {
                        Some(twin) => {
                            hole.swap_remove(twin);
                        }
                        None => hole.push([a, b]),
                    }
                }
            }
        }
    }
    paint.smooth(first, start);
    places.resize(paint.mesh.positions.len(), Vec2::NAN);
    for opening in openings {
        paint.cut(start, &mut places, opening);
    }
    for (i, hole) in holes.iter().enumerate() {
        let housing = &housings[i / 2];
        let side = if i % 2 == 1 { 1.0 } else { -1.0 };
        let inner = |p: Vec3| Vec3::new(side * housing.inner, p.y, p.z);
        let hub = Vec3::new(side * housing.inner, housing.axis.y, housing.axis.x);
        for [a, b] in hole.iter().map(|edge| edge.map(|i| points[i])) {
            wall(dark, [a, b, inner(b), inner(a)]);
            let first = dark.mesh.positions.len();
            let start = dark.mesh.indices.len();
            dark.mesh.positions.extend([inner(a), inner(b), hub]);
            dark.mesh.indices.extend([0, 1, 2].map(|i| (first + i) as u32));
            dark.smooth(first, start);
        }
    }
    places
}

fn wall(sheet: &mut Sheet, corners: [Vec3; 4]) {
    let first = sheet.mesh.positions.len();
    let start = sheet.mesh.indices.len();
    sheet.mesh.positions.extend(corners);
    sheet.mesh.indices.extend([0, 1, 2, 0, 2, 3].map(|i| (first + i) as u32));
    sheet.smooth(first, start);
}

/// Fractions of the length at equal steps along the side profile: dense where the roof line is steep.
fn stations(shell: &Shell) -> Vec<f32> {
    const FINE: usize = 600;
    let length = shell.shape.length;
    let steps = (0..FINE).map(|i| {
        let (a, b) = (i as f32 / FINE as f32, (i + 1) as f32 / FINE as f32);
        (shell.top(b) - shell.top(a)).abs() * 0.8 + length / FINE as f32
    });
    let mut sums = vec![0.0];
    for step in steps {
        sums.push(sums[sums.len() - 1] + step);
    }
    let total = sums[FINE];
    (0..STATIONS)
        .map(|i| {
            let goal = total * i as f32 / (STATIONS - 1) as f32;
            let k = sums.partition_point(|sum| *sum < goal).clamp(1, FINE);
            let t = (goal - sums[k - 1]) / (sums[k] - sums[k - 1]);
            ((k - 1) as f32 + t) / FINE as f32
        })
        .collect()
}

/// Whether a point lies within a housing that is smaller by `margin`.
fn inside(housing: &Housing, p: Vec3, margin: f32) -> bool {
    p.x.abs() > housing.inner && Vec2::new(p.z, p.y).distance(housing.axis) < housing.radius - margin
}

/// Moves a point that is close to the rim of a housing onto it, so that the opening is round.
fn snap(point: &mut Vec3, housings: &[Housing]) {
    // Half the diagonal of a quad: no edge can then cross the rim unnoticed.
    const NEAR: f32 = 0.046;
    for housing in housings {
        let offset = Vec2::new(point.z, point.y) - housing.axis;
        let distance = offset.length();
        if point.x.abs() > housing.inner && (distance - housing.radius).abs() < NEAR && distance > 0.0 {
            let rim = housing.axis + offset * (housing.radius / distance);
            (point.z, point.y) = (rim.x, rim.y);
        }
    }
}
