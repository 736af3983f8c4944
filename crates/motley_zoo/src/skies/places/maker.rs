//! Tools to build a place with: random numbers, bodies, walls, trees, houses, cars.

use std::f32::consts::TAU;

use bevy_math::{Vec2, Vec3, ops};

use crate::{
    materials::noise::random,
    skies::{
        cast::{Finish, Lamp, Shape, Solid},
        detail::Detail,
    },
};

/// A place under construction.
pub(super) struct Maker {
    pub(super) solids: Vec<Solid>,
    pub(super) lamps: Vec<Lamp>,
    seed: u32,
    drawn: u32,
}

/// A linear colour from how designers write it, sRGB.
pub(super) fn rgb(hex: u32) -> Vec3 {
    Vec3::new((hex >> 16 & 255) as f32, (hex >> 8 & 255) as f32, (hex & 255) as f32).map(|x| ops::powf(x / 255.0, 2.2))
}

/// One of the four sides of a place, seen from its middle.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Side(pub(super) usize);

impl Side {
    /// Unit vector from the side to the middle.
    pub(super) fn inward(self) -> Vec3 {
        [Vec3::NEG_X, Vec3::NEG_Z, Vec3::X, Vec3::Z][self.0 % 4]
    }

    /// Unit vector along the side.
    pub(super) fn along(self) -> Vec3 {
        Vec3::Y.cross(self.inward())
    }

    /// The next side round.
    pub(super) fn next(self, steps: usize) -> Self {
        Self((self.0 + steps) % 4)
    }

    /// Distance of the side from the middle, and half its length.
    pub(super) fn reach(self, half: Vec2) -> (f32, f32) {
        if self.0.is_multiple_of(2) { (half.x, half.y) } else { (half.y, half.x) }
    }
}

impl Maker {
    pub(super) fn new(name: &str, variant: u32) -> Self {
        let seed = name
            .bytes()
            .fold(variant.wrapping_mul(7919), |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
        Self { solids: Vec::new(), lamps: Vec::new(), seed, drawn: 0 }
    }

    /// A number in 0–1.
    pub(super) fn unit(&mut self) -> f32 {
        self.drawn += 1;
        random(self.drawn, self.seed, 0x5eed)[0]
    }

    /// A number in a range.
    pub(super) fn range(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// A whole number below `n`.
    pub(super) fn below(&mut self, n: usize) -> usize {
        ((self.unit() * n as f32) as usize).min(n.saturating_sub(1))
    }

    /// Is it so, with this probability?
    pub(super) fn chance(&mut self, probability: f32) -> bool {
        self.unit() < probability
    }

    /// One of a list.
    pub(super) fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }

    /// A number for a surface's noise.
    pub(super) fn number(&mut self) -> u32 {
        (self.unit() * 60000.0) as u32
    }

    pub(super) fn add(&mut self, shape: Shape, look: Finish) {
        let look = if look.seed == 0 {
            let seed = self.number() + 1;
            look.seeded(seed)
        } else {
            look
        };
        self.solids.push(Solid { shape, look });
    }

    /// A block between two corners.
    pub(super) fn block(&mut self, a: Vec3, b: Vec3, look: Finish) {
        self.add(Shape::Block(a.min(b), a.max(b)), look);
    }

    /// A block by the middle of its foot and its size.
    pub(super) fn stand(&mut self, foot: Vec3, size: Vec3, look: Finish) {
        let half = Vec3::new(size.x / 2.0, 0.0, size.z / 2.0);
        self.block(foot - half, foot + half + Vec3::Y * size.y, look);
    }

    pub(super) fn ball(&mut self, centre: Vec3, radii: Vec3, look: Finish) {
        self.add(Shape::Ball(centre, radii), look);
    }

    /// A roof: a ridge over a rectangle, along x or along z.
    pub(super) fn roof(&mut self, low: Vec3, high: Vec3, ridge_along_x: bool, look: Finish) {
        let (rise, half) = (high.y - low.y, if ridge_along_x { high.z - low.z } else { high.x - low.x } / 2.0);
        let slope = Vec2::new(rise, half).normalize();
        let middle = (low + high) / 2.0;
        let ridge = Vec3::new(middle.x, high.y, middle.z);
        let across = if ridge_along_x { Vec3::Z } else { Vec3::X };
        let along = if ridge_along_x { Vec3::X } else { Vec3::Z };
        let mut faces = vec![(Vec3::NEG_Y, -low.y)];
        for sign in [1.0, -1.0] {
            let n = across * (slope.x * sign) + Vec3::Y * slope.y;
            faces.push((n, n.dot(ridge)));
            faces.push((along * sign, (along * sign).dot(if sign > 0.0 { high } else { low })));
        }
        self.add(Shape::Hull(faces, middle, low.distance(high) / 2.0), look);
    }

    /// A block on a side: from and to along it, heights, and how far it stands out inwards.
    pub(super) fn on(&mut self, side: Side, half: Vec2, along: [f32; 2], up: [f32; 2], out: [f32; 2], look: Finish) {
        let (reach, _) = side.reach(half);
        let corner = |i: usize| side.along() * along[i] + Vec3::Y * up[i] + side.inward() * (out[i] - reach);
        self.block(corner(0), corner(1), look);
    }

    /// The floor far around.
    pub(super) fn floor(&mut self, reach: f32, look: Finish) {
        self.block(Vec3::new(-reach, -0.5, -reach), Vec3::new(reach, 0.0, reach), look);
    }

    /// A tree: trunk and clumps of leaves, or a cone of needles.
    pub(super) fn tree(&mut self, foot: Vec3, height: f32, needles: bool, tint: Vec3) {
        let bark = Finish::of("bark", Vec3::splat(self.range(0.7, 1.2)));
        let girth = height * 0.014 + 0.03;
        self.stand(foot, Vec3::new(2.0 * girth, height * 0.5, 2.0 * girth), bark);
        let leaves = Finish::plain(tint).with(Detail::Leaves(4.0));
        if needles {
            for k in 0..5 {
                let t = k as f32 / 5.0;
                let radius = height * 0.2 * (1.0 - t) + 0.15;
                let centre = foot + Vec3::Y * height * (0.22 + 0.72 * t);
                self.ball(centre, Vec3::new(radius, height * 0.13, radius), leaves.clone());
            }
            return;
        }
        for _ in 0..7 {
            let angle = self.range(0.0, TAU);
            let out = height * self.range(0.04, 0.26);
            let (sin, cos) = ops::sin_cos(angle);
            let centre = foot + Vec3::new(cos * out, height * self.range(0.42, 0.9), sin * out);
            let radius = height * self.range(0.11, 0.2);
            self.ball(centre, Vec3::new(radius, radius * 0.8, radius), leaves.clone());
        }
    }

    /// A bush.
    pub(super) fn bush(&mut self, foot: Vec3, size: f32, tint: Vec3) {
        let look = Finish::plain(tint).with(Detail::Leaves(9.0));
        self.ball(foot + Vec3::Y * size * 0.4, Vec3::new(size * 0.6, size * 0.5, size * 0.6), look);
    }

    /// A green for leaves, linear.
    pub(super) fn green(&mut self) -> Vec3 {
        let (t, dark) = (self.unit(), self.range(0.75, 1.5));
        Vec3::new(0.045 + 0.06 * t, 0.10 + 0.04 * t, 0.022) * dark
    }

    /// A house between two corners of the ground.
    pub(super) fn house(&mut self, low: Vec2, high: Vec2, floors: u32, roof: bool) {
        const WALLS: [(&str, u32); 9] = [
            ("bricks", 0xffffff),
            ("bricks_yellow", 0xffffff),
            ("bricks_old", 0xffffff),
            ("bricks_white", 0xffffff),
            ("plaster_white", 0xffffff),
            ("plaster", 0xffffff),
            ("stucco", 0xe8d8c0),
            ("planks_white", 0xffffff),
            ("plaster_pink", 0xf0e0d8),
        ];
        let (material, tint) = self.pick(&WALLS);
        let height = 2.8 * floors as f32;
        let frame = self.pick(&[rgb(0xf0f0ec), rgb(0xe0ddd2), rgb(0x4a3a2c), rgb(0x3c4a44)]);
        let door = self.pick(&[rgb(0x6b2a22), rgb(0x24405a), rgb(0x2f4a36), rgb(0x5a3d26), rgb(0xd8d4c8)]);
        let columns = (((high - low).max_element() / 2.8) as u32).max(1);
        let windows = Detail::Windows {
            grid: [columns, floors],
            share: [0.42, 0.48],
            frame,
            glass: Vec3::new(0.09, 0.12, 0.16),
            lit: 0.03,
            door: Some(door),
        };
        let body = Finish::of(material, rgb(tint)).with(windows);
        self.block(Vec3::new(low.x, 0.0, low.y), Vec3::new(high.x, height, high.y), body);
        if roof {
            let (name, color) = self.pick(&[
                ("tiles_terracotta", rgb(0xd8a890)),
                ("tiles_slate", rgb(0xffffff)),
                ("planks_dark", rgb(0xb0a090)),
                ("tiles_terracotta", rgb(0x906050)),
            ]);
            let over = 0.35;
            let along_x = self.chance(0.5);
            let rise = self.range(1.8, 3.2);
            self.roof(
                Vec3::new(low.x - over, height - 0.1, low.y - over),
                Vec3::new(high.x + over, height + rise, high.y + over),
                along_x,
                Finish::of(name, color),
            );
        }
    }

    /// A parked car, along z: the middle of its foot.
    pub(super) fn car(&mut self, foot: Vec3) {
        let paint = self.pick(&[
            rgb(0xd8d9da),
            rgb(0x1b1c1f),
            rgb(0x8c9094),
            rgb(0x7a1a1c),
            rgb(0x24406b),
            rgb(0xb9bcc0),
            rgb(0x4a4f55),
            rgb(0x2f5a48),
            rgb(0xc9a23a),
        ]);
        let (length, width, height) = (self.range(3.8, 4.8), self.range(1.7, 1.9), self.range(1.4, 1.75));
        let sill = height * 0.58;
        let look = Finish::plain(paint).with(Detail::Car(sill));
        let (hx, hz) = (width / 2.0, length / 2.0);
        // A lower body with rounded ends, and a cabin whose screens lean.
        self.hull(foot, [hx, hz], [0.2, sill], [0.06, 0.25], 0.0, look.clone());
        let back = self.range(-0.25, 0.1);
        let cabin = self.range(0.6, 0.72);
        self.hull(foot, [hx * 0.97, hz * cabin], [sill - 0.02, height], [0.3, 1.1], back, look);
        for z in [-0.62, 0.62] {
            for x in [-1.0, 1.0] {
                let wheel = foot + Vec3::new(x * (hx - 0.1), 0.31, z * hz);
                self.ball(wheel, Vec3::new(0.13, 0.32, 0.32), Finish::plain(Vec3::splat(0.02)));
                self.ball(wheel + Vec3::X * x * 0.04, Vec3::new(0.11, 0.19, 0.19), Finish::plain(Vec3::splat(0.3)));
            }
        }
    }

    /// A block whose sides lean inwards: half extents, heights, slopes of the flanks and of the ends, shift along z.
    fn hull(&mut self, foot: Vec3, half: [f32; 2], up: [f32; 2], lean: [f32; 2], shift: f32, look: Finish) {
        let base = foot + Vec3::new(0.0, up[0], shift);
        let mut faces = vec![(Vec3::Y, foot.y + up[1]), (Vec3::NEG_Y, -(foot.y + up[0]))];
        for sign in [1.0, -1.0] {
            for (axis, half, lean) in [(Vec3::X, half[0], lean[0]), (Vec3::Z, half[1], lean[1])] {
                let n = (axis * sign + Vec3::Y * lean).normalize();
                faces.push((n, n.dot(base + axis * (sign * half))));
            }
        }
        let middle = foot + Vec3::new(0.0, (up[0] + up[1]) / 2.0, shift);
        let radius = Vec3::new(half[0], (up[1] - up[0]) / 2.0, half[1]).length();
        self.add(Shape::Hull(faces, middle, radius), look);
    }

    /// A fence, hedge or wall along a side, as tall as it says.
    pub(super) fn boundary(&mut self, side: Side, half: Vec2, out: f32) {
        let (_, length) = side.reach(half);
        let span = [-length - 2.0, length + 2.0];
        let green = self.green();
        let look = |name: &'static str, detail: Detail| Finish::of(name, Vec3::ONE).with(detail);
        match self.below(7) {
            0 => {
                let height = self.range(1.0, 1.4);
                self.on(
                    side,
                    half,
                    span,
                    [0.0, height],
                    [out, out + 0.03],
                    look("planks_white", Detail::Pickets(0.16, 0.1, 0.08)),
                );
            }
            1 => self.on(
                side,
                half,
                span,
                [0.0, 1.7],
                [out, out + 0.03],
                look("planks_grey", Detail::Pickets(0.152, 0.145, 0.0)),
            ),
            2 | 3 => {
                let height = self.range(1.2, 2.2);
                self.on(
                    side,
                    half,
                    span,
                    [0.0, height],
                    [out - 0.6, out],
                    Finish::plain(green).with(Detail::Leaves(9.0)),
                );
            }
            4 => self.on(side, half, span, [0.0, 1.8], [out, out + 0.2], Finish::of("bricks", Vec3::ONE)),
            5 => self.on(
                side,
                half,
                span,
                [0.0, 1.8],
                [out, out + 0.03],
                Finish::of("planks", Vec3::splat(0.9)).with(Detail::Pickets(0.132, 0.128, 0.0)),
            ),
            _ => self.on(side, half, span, [0.0, 1.0], [out, out + 0.35], Finish::of("stone_wall", Vec3::ONE)),
        }
    }
}
