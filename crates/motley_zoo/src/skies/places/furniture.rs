//! What stands and hangs in rooms.

use bevy_math::{Vec2, Vec3};

use super::maker::{Maker, Side, rgb};
use crate::skies::{cast::Finish, cast::Lamp, detail::Detail};

/// Walls, ceiling and floor, and the openings in the walls.
pub(super) struct Room {
    /// Half its width and depth, metres.
    pub(super) half: Vec2,
    /// Metres.
    pub(super) height: f32,
}

const CLOTHS: [(&str, u32); 14] = [
    ("linen", 0xffffff),
    ("tweed", 0xffffff),
    ("velvet_green", 0xffffff),
    ("velvet_grey", 0xffffff),
    ("velvet_red", 0xe0d0d0),
    ("leather", 0xffffff),
    ("leather_black", 0xffffff),
    ("leather_cream", 0xffffff),
    ("corduroy", 0xffffff),
    ("corduroy_blue", 0xffffff),
    ("denim", 0xd0d0d0),
    ("tartan_grey", 0xffffff),
    ("knit_grey", 0xffffff),
    ("suede", 0xffffff),
];

impl Maker {
    /// A cover for furniture.
    pub(super) fn cloth(&mut self) -> Finish {
        let (name, tint) = self.pick(&CLOTHS);
        Finish::of(name, rgb(tint) * self.range(0.75, 1.2))
    }

    /// A wood for furniture.
    pub(super) fn timber(&mut self) -> Finish {
        let name = self.pick(&["oak", "walnut", "plywood", "planks_dark", "planks_white", "oak"]);
        Finish::of(name, Vec3::splat(self.range(0.75, 1.15)))
    }

    /// An empty room: walls, skirting, ceiling, floor.
    pub(super) fn room(&mut self, walls: &[(&'static str, u32)], floors: &[&'static str]) -> Room {
        let half = Vec2::new(self.range(1.9, 3.0), self.range(2.0, 3.2));
        let height = self.range(2.35, 2.9);
        let (name, tint) = self.pick(walls);
        let wall = Finish::of(name, rgb(tint));
        let accent = self.chance(0.3).then(|| self.pick(walls));
        let skirting = Finish::plain(Vec3::splat(self.range(0.45, 0.8)));
        let skirted = self.chance(0.8);
        for i in 0..4 {
            let side = Side(i);
            let (_, length) = side.reach(half);
            let span = [-length - 0.2, length + 0.2];
            let look = match accent {
                Some((name, tint)) if i == 1 => Finish::of(name, rgb(tint)),
                _ => wall.clone(),
            };
            self.on(side, half, span, [-0.1, height + 0.1], [-0.2, 0.0], look);
            if skirted {
                self.on(side, half, span, [0.0, 0.09], [0.0, 0.015], skirting.clone());
            }
        }
        let floor = self.pick(floors);
        self.floor(half.max_element() + 0.3, Finish::of(floor, Vec3::ONE));
        let ceiling = Finish::of("plaster_white", Vec3::splat(0.95));
        self.block(Vec3::new(-half.x, height, -half.y), Vec3::new(half.x, height + 0.3, half.y), ceiling);
        Room { half, height }
    }

    /// A window with its light, a sill, perhaps curtains and a radiator below.
    pub(super) fn window(&mut self, room: &Room, side: Side, along: f32, size: Vec2, sill: f32, light: f32) {
        let tint = self.pick(&[Vec3::new(0.9, 1.0, 1.15), Vec3::new(1.0, 1.0, 1.0), Vec3::new(1.1, 1.0, 0.85)]);
        let (a, b) = (along - size.x / 2.0, along + size.x / 2.0);
        let top = (sill + size.y).min(room.height - 0.1);
        let bars = [1 + self.below(3) as u32, 1 + self.below(2) as u32];
        let pane = Finish { glow: 0.0, ..Finish::plain(Vec3::ONE).with(Detail::Outlook(bars, tint * light / 7.0)) };
        self.on(side, room.half, [a, b], [sill, top], [0.0, 0.02], pane);
        let (reach, _) = side.reach(room.half);
        let middle = side.along() * along + Vec3::Y * (sill + top) / 2.0 + side.inward() * (0.05 - reach);
        let (u, v) = (side.along() * size.x / 2.0, Vec3::Y * (top - sill) / 2.0);
        // cross(u, v) must point inwards.
        let (u, v) = if u.cross(v).dot(side.inward()) > 0.0 { (u, v) } else { (v, u) };
        self.lamps.push(Lamp::Panel(middle, u, v, tint * light));
        let frame = Finish::plain(Vec3::splat(0.7));
        self.on(side, room.half, [a - 0.06, b + 0.06], [sill - 0.05, sill], [0.0, 0.14], frame);
        if self.chance(0.65) {
            let (name, color) = self.pick(&[
                ("linen", 0xffffff),
                ("linen", 0xb8c0c8),
                ("velvet_grey", 0xffffff),
                ("velvet_green", 0xffffff),
                ("flowers", 0xf0f0f0),
                ("stripes", 0xe0e0e0),
                ("velvet_red", 0xffffff),
                ("linen", 0xe0c090),
            ]);
            let cloth = Finish::of(name, rgb(color)).with(Detail::Folds(7.0));
            let wide = self.range(0.25, 0.5);
            let low = if self.chance(0.6) { 0.03 } else { sill - 0.1 };
            for x in [[a - wide, a + 0.08], [b - 0.08, b + wide]] {
                self.on(side, room.half, x, [low, top + 0.12], [0.06, 0.14], cloth.clone());
            }
        } else if self.chance(0.5) && sill > 0.6 {
            let ribs = Finish::plain(Vec3::splat(0.75)).with(Detail::Doors([12, 1], Vec3::splat(0.6)));
            self.on(side, room.half, [a, b], [0.12, sill - 0.15], [0.03, 0.12], ribs);
        }
        if self.chance(0.4) {
            self.plant(side, room.half, along + size.x * 0.3, sill, 0.08, 0.3);
        }
    }

    /// A lamp on the ceiling, or a standing one with a shade: warm.
    pub(super) fn lamp(&mut self, at: Vec3, light: f32) {
        let tint = Vec3::new(1.3, 0.95, 0.58);
        let shade = Finish { glow: 3.0 * light, ..Finish::plain(tint) };
        self.ball(at, Vec3::new(0.2, 0.15, 0.2), shade);
        if at.y < 2.0 {
            self.stand(Vec3::new(at.x, 0.0, at.z), Vec3::new(0.04, at.y - 0.15, 0.04), Finish::plain(Vec3::splat(0.1)));
        }
        // Light down into the room, and a little up.
        self.lamps.push(Lamp::Panel(at - Vec3::Y * 0.2, Vec3::X * 0.3, Vec3::Z * 0.3, tint * 12.0 * light));
        self.lamps.push(Lamp::Panel(at + Vec3::Y * 0.2, Vec3::Z * 0.2, Vec3::X * 0.2, tint * 6.0 * light));
    }

    /// Bright squares in the ceiling.
    pub(super) fn ceiling_light(&mut self, room: &Room, at: Vec2, size: Vec2, light: f32) {
        let middle = Vec3::new(at.x, room.height - 0.03, at.y);
        let glow = Finish { glow: light, ..Finish::plain(Vec3::new(0.97, 1.0, 1.0)) };
        let half = Vec3::new(size.x / 2.0, 0.015, size.y / 2.0);
        self.block(middle - half, middle + half, glow);
        self.lamps.push(Lamp::Panel(
            middle - Vec3::Y * 0.05,
            Vec3::X * half.x,
            Vec3::Z * half.z,
            Vec3::new(0.97, 1.0, 1.0) * light,
        ));
    }

    pub(super) fn door(&mut self, room: &Room, side: Side, along: f32) {
        let color = self.pick(&[rgb(0xe6e4de), rgb(0xf0efec), rgb(0x9a6f45), rgb(0x6b4a30), rgb(0x7f8d92)]);
        let frame = Finish::plain(color * 0.9);
        self.on(side, room.half, [along - 0.5, along + 0.5], [0.0, 2.08], [0.0, 0.025], frame);
        let leaf = Finish::plain(color).with(Detail::Doors([1, 2], Vec3::splat(0.35)));
        self.on(side, room.half, [along - 0.43, along + 0.43], [0.01, 2.01], [0.0, 0.045], leaf);
        self.on(side, room.half, [along + 0.3, along + 0.4], [1.02, 1.06], [0.0, 0.1], Finish::plain(Vec3::splat(0.4)));
    }

    pub(super) fn painting(&mut self, room: &Room, side: Side, along: f32) {
        let (w, h) = (self.range(0.3, 0.9), self.range(0.3, 0.7));
        let y = self.range(1.35, 1.6);
        let frame = self.pick(&[rgb(0x2a2521), rgb(0xb08a4a), rgb(0xe8e6e0), rgb(0x6a4a30)]);
        let look = Finish::plain(frame).with(Detail::Painting(frame));
        self.on(side, room.half, [along - w / 2.0, along + w / 2.0], [y - h / 2.0, y + h / 2.0], [0.0, 0.03], look);
    }

    /// A pot with leaves.
    pub(super) fn plant(&mut self, side: Side, half: Vec2, along: f32, foot: f32, out: f32, size: f32) {
        let (reach, _) = side.reach(half);
        let at = side.along() * along + Vec3::Y * foot + side.inward() * (out + size * 0.25 - reach);
        let pot = self.pick(&[rgb(0xb0633f), rgb(0xe4e2dd), rgb(0x3c4448), rgb(0x7c8a86)]);
        self.stand(at, Vec3::new(size * 0.4, size * 0.35, size * 0.4), Finish::plain(pot));
        let green = self.green() * 1.3;
        let leaves = Finish::plain(green).with(Detail::Leaves(14.0));
        for k in 0..3 {
            let lean = Vec3::new(self.range(-0.2, 0.2), 0.55 + 0.2 * k as f32, self.range(-0.2, 0.2)) * size;
            self.ball(at + lean, Vec3::new(0.3, 0.24, 0.3) * size, leaves.clone());
        }
    }

    pub(super) fn sofa(&mut self, side: Side, half: Vec2, along: f32, length: f32) {
        let cloth = self.cloth();
        let (a, b) = (along - length / 2.0, along + length / 2.0);
        let seat = self.range(0.38, 0.46);
        self.on(side, half, [a, b], [0.1, seat - 0.12], [0.06, 0.9], cloth.clone());
        self.on(side, half, [a, b], [0.1, seat + 0.42], [0.06, 0.28], cloth.clone());
        for x in [[a - 0.02, a + 0.18], [b - 0.18, b + 0.02]] {
            self.on(side, half, x, [0.1, seat + 0.2], [0.06, 0.92], cloth.clone());
        }
        let seats = ((length - 0.3) / 0.75).round().max(1.0);
        let wide = (length - 0.36) / seats;
        for k in 0..seats as usize {
            let x = a + 0.18 + wide * k as f32;
            self.on(side, half, [x + 0.01, x + wide - 0.01], [seat - 0.12, seat], [0.28, 0.93], cloth.clone());
            self.on(side, half, [x + 0.015, x + wide - 0.015], [seat, seat + 0.4], [0.26, 0.4], cloth.clone());
        }
        let (reach, _) = side.reach(half);
        for _ in 0..1 + self.below(3) {
            let x = self.range(a + 0.35, b - 0.35);
            let name = self.pick(&[
                "knit_cream",
                "velvet_green",
                "zigzag",
                "tartan_red",
                "linen",
                "corduroy_blue",
                "flowers_dark",
            ]);
            let at = side.along() * x + Vec3::Y * (seat + 0.2) + side.inward() * (0.5 - reach);
            let thin = side.inward().abs() * 0.1 + side.along().abs() * 0.22 + Vec3::Y * 0.2;
            self.ball(at, thin, Finish::of(name, Vec3::ONE));
        }
        for x in [a + 0.05, b - 0.1] {
            self.on(side, half, [x, x + 0.05], [0.0, 0.1], [0.1, 0.85], Finish::plain(Vec3::splat(0.06)));
        }
    }

    pub(super) fn bed(&mut self, side: Side, half: Vec2, along: f32, wide: f32) {
        let timber = self.timber();
        let (a, b) = (along - wide / 2.0, along + wide / 2.0);
        let head = self.range(0.7, 1.2);
        self.on(side, half, [a - 0.05, b + 0.05], [0.0, head], [0.0, 0.07], timber.clone());
        self.on(side, half, [a - 0.04, b + 0.04], [0.14, 0.3], [0.0, 2.0], timber);
        self.on(side, half, [a, b], [0.3, 0.46], [0.07, 1.98], Finish::of("bedsheet", Vec3::ONE));
        let name = self.pick(&[
            "quilt",
            "quilt_flowers",
            "quilt_patchwork",
            "bedsheet_blue",
            "bedsheet",
            "blanket_stripes",
            "stripes",
        ]);
        self.on(side, half, [a - 0.06, b + 0.06], [0.22, 0.53], [0.65, 2.03], Finish::of(name, Vec3::ONE));
        let (reach, _) = side.reach(half);
        for x in [along - wide * 0.24, along + wide * 0.24] {
            let at = side.along() * x + Vec3::Y * 0.54 + side.inward() * (0.32 - reach);
            let radii = side.inward().abs() * 0.22 + side.along().abs() * 0.33 + Vec3::Y * 0.11;
            self.ball(at, radii, Finish::of("bedsheet", Vec3::splat(1.05)));
        }
    }

    /// A table with four legs; `size` along the side and out from it.
    pub(super) fn table(&mut self, side: Side, half: Vec2, along: f32, out: f32, size: Vec2, height: f32) {
        let timber = self.timber();
        let (a, b) = (along - size.x / 2.0, along + size.x / 2.0);
        self.on(side, half, [a, b], [height - 0.04, height], [out, out + size.y], timber.clone());
        for x in [a + 0.03, b - 0.08] {
            for z in [out + 0.03, out + size.y - 0.08] {
                self.on(side, half, [x, x + 0.05], [0.0, height - 0.04], [z, z + 0.05], timber.clone());
            }
        }
    }

    pub(super) fn chair(&mut self, side: Side, half: Vec2, along: f32, out: f32) {
        let timber = self.timber();
        self.table(side, half, along, out, Vec2::new(0.42, 0.42), 0.46);
        for x in [along - 0.2, along + 0.16] {
            self.on(side, half, [x, x + 0.04], [0.46, 0.92], [out, out + 0.04], timber.clone());
        }
        for y in [0.62, 0.76, 0.88] {
            self.on(side, half, [along - 0.2, along + 0.2], [y, y + 0.06], [out, out + 0.03], timber.clone());
        }
    }

    /// Books to the ceiling, or half way.
    pub(super) fn shelf(&mut self, side: Side, half: Vec2, along: f32, wide: f32) {
        let timber = self.timber();
        let rows = 3 + self.below(4) as u32;
        let height = 0.36 * rows as f32;
        let span = [along - wide / 2.0, along + wide / 2.0];
        self.on(side, half, span, [0.0, height], [0.0, 0.3], timber.with(Detail::Books(rows)));
    }

    /// A cupboard or chest of drawers.
    pub(super) fn cupboard(&mut self, side: Side, half: Vec2, along: f32, size: Vec3, grid: [u32; 2]) {
        let look = if self.chance(0.5) {
            self.timber()
        } else {
            Finish::plain(self.pick(&[rgb(0xe8e6e0), rgb(0xc9ccc8), rgb(0x6f7f86), rgb(0x8f9c8a)]))
        };
        let span = [along - size.x / 2.0, along + size.x / 2.0];
        let handle = self.pick(&[Vec3::splat(0.3), Vec3::splat(0.08), Vec3::new(0.5, 0.4, 0.2)]);
        self.on(side, half, span, [0.06, size.y], [0.0, size.z], look.with(Detail::Doors(grid, handle)));
        self.on(side, half, span, [0.0, 0.06], [0.0, size.z - 0.04], Finish::plain(Vec3::splat(0.04)));
    }

    /// A black screen on a low cabinet.
    pub(super) fn television(&mut self, side: Side, half: Vec2, along: f32) {
        self.cupboard(side, half, along, Vec3::new(1.5, 0.45, 0.4), [3, 1]);
        let w = self.range(0.45, 0.65);
        self.on(
            side,
            half,
            [along - w, along + w],
            [0.55, 0.55 + w * 1.15],
            [0.14, 0.18],
            Finish::plain(Vec3::splat(0.012)),
        );
    }

    /// A small thing on the floor: a box, a ball, a basket, a bowl.
    pub(super) fn clutter(&mut self, side: Side, half: Vec2, along: f32, out: f32) {
        let (reach, _) = side.reach(half);
        let at = side.along() * along + side.inward() * (out - reach);
        match self.below(4) {
            0 => self.stand(at, Vec3::new(0.4, 0.28, 0.3), Finish::of("cardboard", Vec3::ONE)),
            1 => self.ball(at + Vec3::Y * 0.11, Vec3::splat(0.11), Finish::plain(rgb(0xc23b2e))),
            2 => self.stand(at, Vec3::new(0.36, 0.3, 0.36), Finish::of("weave", Vec3::new(1.0, 0.8, 0.55))),
            _ => self.ball(at + Vec3::Y * 0.05, Vec3::new(0.3, 0.14, 0.24), Finish::of("fleece", Vec3::splat(0.9))),
        }
    }
}
