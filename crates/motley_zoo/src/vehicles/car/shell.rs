//! The body of a car as a smooth surface: side, plan and section profiles, lofted.
//!
//! A point has two coordinates: `u` runs from the front bumper (0) to the rear one (1), `v` around half the section,
//! from the middle of the underside (0) over the side to the middle of the roof (1). What is fitted to the body
//! (glass, lamps, lines) is laid over the same surface, so that it follows every curve.

use bevy_math::{Vec2, Vec3, ops};

/// Section coordinate of the belt line, where glass begins.
pub(super) const BELT: f32 = 0.56;
/// Section coordinate of the roof's edge, where side glass ends.
pub(super) const RAIL: f32 = 0.74;

/// Points along half a section, each with its `v`, and what is mirrored beyond both ends.
const SECTION: usize = 11;

/// What an individual's body is drawn from, metres.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    pub length: f32,
    pub width: f32,
    pub height: f32,
    pub clearance: f32,
    pub bonnet: f32,
    pub cowl: f32,
    pub belt: f32,
    pub deck: f32,
    /// Fractions of the length, ascending.
    pub cowl_at: f32,
    pub roof_from: f32,
    pub roof_to: f32,
    pub deck_at: f32,
    /// Width of the roof over the width at the belt.
    pub roof: f32,
    /// How far the corners of nose and tail stay behind their middle, metres.
    pub sweep: f32,
    /// How far the bonnet's edge stays behind the bumper, metres.
    pub rake: f32,
}

/// A polyline whose corners are rounded: its mean over a window of `reach` to either side.
#[derive(Clone, Debug)]
struct Profile<const N: usize> {
    knots: [Vec2; N],
    /// Integral of the polyline up to each knot.
    sums: [f32; N],
    reach: f32,
}

impl<const N: usize> Profile<N> {
    /// `knots` are (where, value), ascending.
    fn new(knots: [Vec2; N], reach: f32) -> Self {
        let mut sums = [0.0; N];
        for i in 1..N {
            let step = knots[i] - knots[i - 1];
            sums[i] = sums[i - 1] + step.x * (knots[i].y + knots[i - 1].y) / 2.0;
        }
        Self { knots, sums, reach }
    }

    fn integral(&self, x: f32) -> f32 {
        let (first, last) = (self.knots[0], self.knots[N - 1]);
        if x <= first.x {
            return (x - first.x) * first.y;
        }
        if x >= last.x {
            return self.sums[N - 1] + (x - last.x) * last.y;
        }
        let i = self.knots.partition_point(|knot| knot.x <= x) - 1;
        let (a, b) = (self.knots[i], self.knots[i + 1]);
        let t = (x - a.x) / (b.x - a.x);
        self.sums[i] + (x - a.x) * (a.y + t * (b.y - a.y) / 2.0)
    }

    fn at(&self, x: f32) -> f32 {
        (self.integral(x + self.reach) - self.integral(x - self.reach)) / (2.0 * self.reach)
    }
}

/// The lofted surface. +x is the driver's left, the nose points to +z.
#[derive(Clone, Debug)]
pub(super) struct Shell {
    pub(super) shape: Shape,
    top: Profile<11>,
    belt: Profile<6>,
    bottom: Profile<6>,
    half: Profile<8>,
    /// Outlines of nose and tail in (x, y), around their middles.
    ends: [(Vec2, Vec<Vec2>); 2],
}

/// How far the ends bulge beyond the loft, metres.
const BULGE: f32 = 0.07;

impl Shell {
    pub(super) fn new(shape: Shape) -> Self {
        let s = &shape;
        let knot = Vec2::new;
        let mid_roof = (s.roof_from + s.roof_to) / 2.0;
        let lip = (s.deck_at + 0.012).min(0.996);
        let top = Profile::new(
            [
                knot(0.0, s.bonnet - 0.09),
                knot(0.025, s.bonnet - 0.02),
                knot(0.06, s.bonnet + 0.01),
                knot(s.cowl_at - 0.02, s.cowl - 0.015),
                knot(s.cowl_at, s.cowl),
                knot(s.roof_from, s.height - 0.025),
                knot(mid_roof, s.height),
                knot(s.roof_to, s.height - 0.045),
                knot(s.deck_at, s.belt.max(s.deck - 0.02)),
                knot(lip, s.deck),
                knot(1.0, s.deck - 0.05),
            ],
            0.013,
        );
        let belt = Profile::new(
            [
                knot(0.0, s.bonnet - 0.13),
                knot(0.06, s.bonnet - 0.05),
                knot(s.cowl_at, s.cowl - 0.055),
                knot(s.roof_to, s.belt - 0.02),
                knot(s.deck_at, (s.belt - 0.03).min(s.deck - 0.04)),
                knot(1.0, s.deck - 0.1),
            ],
            0.03,
        );
        let bottom = Profile::new(
            [
                knot(0.0, s.clearance + 0.09),
                knot(0.04, s.clearance + 0.04),
                knot(0.14, s.clearance),
                knot(0.84, s.clearance),
                knot(0.95, s.clearance + 0.06),
                knot(1.0, s.clearance + 0.14),
            ],
            0.02,
        );
        let w = s.width / 2.0;
        let half = Profile::new(
            [
                knot(0.0, 0.93 * w),
                knot(0.03, 0.96 * w),
                knot(0.12, 0.99 * w),
                knot(0.22, w),
                knot(0.78, w),
                knot(0.9, 0.985 * w),
                knot(0.97, 0.955 * w),
                knot(1.0, 0.925 * w),
            ],
            0.03,
        );
        let mut shell = Self { shape, top, belt, bottom, half, ends: Default::default() };
        shell.ends = [0.0, 1.0].map(|u| {
            let outline: Vec<Vec2> = (0..96).map(|i| shell.section(u, i as f32 / 48.0)).collect();
            (Vec2::new(0.0, (shell.bottom.at(u) + shell.top.at(u)) / 2.0), outline)
        });
        shell
    }

    /// The section's (x, y) at `u`, where `t` runs from 0 over 1 (roof) to 2 around both halves.
    fn section(&self, u: f32, t: f32) -> Vec2 {
        let (v, sign) = if t <= 1.0 { (t, 1.0) } else { (2.0 - t, -1.0) };
        let (top, bottom, w) = (self.top.at(u), self.bottom.at(u), self.half.at(u));
        let belt = self.belt.at(u).min(top - 0.015);
        // 0 where the body ends at the belt, 1 under the full height of the roof.
        let glass = ((top - belt - 0.06) / (self.shape.height - belt - 0.06)).clamp(0.0, 1.0);
        let edge = w * (0.90 + (self.shape.roof * 0.955 - 0.90) * glass);
        let rise = top - belt;
        let points: [(f32, f32, f32); SECTION] = [
            (-0.14, -0.88 * w, bottom),
            (0.0, 0.0, bottom),
            (0.14, 0.88 * w, bottom + 0.005),
            (0.20, 0.975 * w, bottom + 0.10),
            (0.36, w, bottom + 0.5 * (belt - bottom)),
            (0.48, 0.992 * w, belt - 0.11),
            (BELT, 0.955 * w, belt),
            (RAIL, edge, belt + (0.88 - 0.06 * (1.0 - glass)) * rise),
            (0.80, edge * 0.87, belt + 0.975 * rise),
            (1.0, 0.0, top + 0.012 * glass),
            (1.2, -edge * 0.87, belt + 0.975 * rise),
        ];
        let x = Profile::new(points.map(|(v, x, _)| Vec2::new(v, x)), 0.028);
        let y = Profile::new(points.map(|(v, _, y)| Vec2::new(v, y)), 0.028);
        Vec2::new(sign * x.at(v), y.at(v))
    }

    /// From section coordinates to the model: bows the ends in plan and leans them back.
    fn place(&self, z: f32, u: f32, p: Vec2) -> Vec3 {
        let s = &self.shape;
        let aside = (p.x / (0.5 * s.width)).abs();
        let fade = |distance: f32| (1.0 - distance / 0.22).max(0.0);
        let (front, rear) = (fade(u) * fade(u), fade(1.0 - u) * fade(1.0 - u));
        let bow = s.sweep * ops::powf(aside, 2.4);
        let height = ((p.y - s.clearance - 0.2) / (s.bonnet - s.clearance)).max(0.0);
        let back = front * (bow + s.rake * height * height) - rear * (0.7 * bow + 0.5 * s.rake * height);
        Vec3::new(p.x, p.y, z - back)
    }

    /// The point of the body at `u` and `t` (see [`Shell::section`]).
    pub(super) fn around(&self, u: f32, t: f32) -> Vec3 {
        let reach = self.shape.length / 2.0 - BULGE;
        self.place(reach * (1.0 - 2.0 * u), u, self.section(u, t))
    }

    /// The point `lift` metres above the body at (u, t).
    pub(super) fn above(&self, place: Vec2, lift: f32) -> Vec3 {
        let (v, side) = if place.y <= 1.0 { (place.y, 1.0) } else { (2.0 - place.y, -1.0) };
        self.over(place.x, v, side, lift)
    }

    /// The point `lift` metres above the body, `v` along half a section on the side that `side` (±1) names.
    pub(super) fn over(&self, u: f32, v: f32, side: f32, lift: f32) -> Vec3 {
        const STEP: f32 = 0.004;
        let at = |u: f32, v: f32| self.around(u, if side > 0.0 { v } else { 2.0 - v });
        let along = at((u + STEP).min(1.0), v) - at((u - STEP).max(0.0), v);
        let up = at(u, (v + STEP).min(1.0)) - at(u, (v - STEP).max(0.0));
        at(u, v) + along.cross(up).normalize_or(Vec3::Y * side) * side * lift
    }

    /// The point of the nose (`front`) or tail at a share `s` of the outline's size, 0 in the middle and 1 at the rim.
    pub(super) fn end(&self, front: bool, s: f32, t: f32) -> Vec3 {
        let (middle, _) = self.ends[usize::from(!front)];
        let u = if front { 0.0 } else { 1.0 };
        self.cap(front, s, middle + (self.section(u, t) - middle) * s)
    }

    /// The point of the nose or tail that is seen at (x, y) from straight ahead; at the rim where that misses it.
    pub(super) fn facing(&self, front: bool, p: Vec2) -> Vec3 {
        let (middle, outline) = &self.ends[usize::from(!front)];
        let ray = p - *middle;
        // Where the ray from the middle leaves the outline: the share is the inverse of that distance.
        let mut share: f32 = 0.0;
        for (i, a) in outline.iter().enumerate() {
            let (a, b) = (*a - *middle, outline[(i + 1) % outline.len()] - *middle);
            let cross = ray.perp_dot(b - a);
            if cross.abs() < 1e-9 {
                continue;
            }
            let (reach, along) = (a.perp_dot(b - a) / cross, a.perp_dot(ray) / cross);
            if reach > 0.0 && (-1e-4..=1.0001).contains(&along) {
                share = 1.0 / reach;
            }
        }
        let kept = share.min(0.985);
        let p = if share > kept { *middle + ray * (kept / share) } else { p };
        self.cap(front, kept, p)
    }

    fn cap(&self, front: bool, s: f32, p: Vec2) -> Vec3 {
        let reach = self.shape.length / 2.0 - BULGE + BULGE * (1.0 - s * s * s * s);
        if front { self.place(reach, 0.0, p) } else { self.place(-reach, 1.0, p) }
    }

    /// Height of the middle line of bonnet, glass, roof and boot.
    pub(super) fn top(&self, u: f32) -> f32 {
        self.top.at(u)
    }

    /// The fraction of the length that lies at `z`.
    pub(super) fn fraction(&self, z: f32) -> f32 {
        0.5 - z / (self.shape.length - 2.0 * BULGE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_keeps_straight_lines_and_rounds_corners() {
        let profile =
            Profile::new([Vec2::new(0.0, 0.0), Vec2::new(1.0, 1.0), Vec2::new(2.0, 1.0), Vec2::new(3.0, 1.0)], 0.1);
        assert!((profile.at(0.5) - 0.5).abs() < 1e-5);
        assert!((profile.at(1.5) - 1.0).abs() < 1e-5);
        // The mean of the ramp's last tenth and the plateau's first.
        assert!((profile.at(1.0) - 0.975).abs() < 1e-4);
    }
}
