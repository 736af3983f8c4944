//! Gardens, terraces, parks, woods, farms, shores.

use bevy_math::{Vec2, Vec3};

use super::{
    Site,
    maker::{Maker, Side, rgb},
};
use crate::skies::{
    cast::Finish,
    detail::Detail,
    outdoor::{self, Land},
};

fn site(maker: &mut Maker, extent: [f32; 3], lands: &[Land]) -> Site {
    let look = outdoor::weather(maker.unit(), maker.range(0.0, 360.0), maker.pick(lands), maker.number());
    Site { eye: maker.range(0.5, 1.0), extent, open: Some(look), level: 1.0 }
}

/// A ground of grass, soil or the like: it is covered by the scene's, but lights what stands on it.
fn ground(maker: &mut Maker, material: &'static str) {
    maker.floor(60.0, Finish::of(material, Vec3::ONE).with(Detail::Mottled(0.2, 0.8)));
}

/// Trees beyond a side.
fn trees(maker: &mut Maker, side: Side, half: Vec2, beyond: [f32; 2], count: usize, height: [f32; 2]) {
    let (reach, length) = side.reach(half);
    for _ in 0..count {
        let along = maker.range(-1.6, 1.6) * length;
        let out = maker.range(beyond[0], beyond[1]);
        let (tall, needles, tint) = (maker.range(height[0], height[1]), maker.chance(0.2), maker.green());
        maker.tree(side.along() * along - side.inward() * (reach + out), tall, needles, tint);
    }
}

/// Bushes and flowers along a side.
fn border(maker: &mut Maker, side: Side, half: Vec2, count: usize) {
    let (reach, length) = side.reach(half);
    for _ in 0..count {
        let at = side.along() * maker.range(-1.0, 1.0) * length + side.inward() * (maker.range(0.2, 0.9) - reach);
        let (size, tint) = (maker.range(0.4, 1.2), maker.green());
        maker.bush(at, size, tint);
        if maker.chance(0.4) {
            let bloom = maker.pick(&[rgb(0xd04a6a), rgb(0xe8d050), rgb(0xf0f0f0), rgb(0x8a6ac0), rgb(0xe08030)]);
            maker.ball(
                at + Vec3::new(0.1, size * 0.75, 0.1),
                Vec3::splat(size * 0.3),
                Finish::plain(bloom).with(Detail::Leaves(16.0)),
            );
        }
    }
}

/// The back of a house along a side, with a door to the garden.
fn facade(maker: &mut Maker, side: Side, half: Vec2) {
    let (reach, length) = side.reach(half);
    let middle = -side.inward() * (reach + 4.0);
    let extent = side.along().abs() * (length * 1.3) + side.inward().abs() * 4.0;
    let (low, high) = (middle - extent, middle + extent);
    let floors = 1 + maker.below(2) as u32;
    maker.house(Vec2::new(low.x, low.z), Vec2::new(high.x, high.z), floors, true);
    // A glazed door and a lamp beside.
    let glass = Detail::Windows {
        grid: [2, 1],
        share: [0.9, 0.92],
        frame: Vec3::splat(0.6),
        glass: Vec3::new(0.08, 0.11, 0.14),
        lit: 0.1,
        door: None,
    };
    let along = maker.range(-0.5, 0.5) * length;
    maker.on(
        side,
        half,
        [along - 0.9, along + 0.9],
        [0.05, 2.15],
        [0.0, 0.03],
        Finish::plain(Vec3::splat(0.6)).with(glass),
    );
    maker.on(side, half, [along + 1.2, along + 1.35], [1.8, 2.05], [0.0, 0.15], Finish::plain(Vec3::splat(0.05)));
}

/// Garden chairs, a table, pots.
fn seats(maker: &mut Maker, side: Side, half: Vec2) {
    let out = maker.range(0.4, 1.0);
    maker.table(side, half, 0.3, out, Vec2::new(1.2, 0.8), 0.72);
    maker.chair(side, half, -0.6, out);
    maker.chair(side, half, 1.3, out);
    for k in 0..1 + maker.below(3) {
        let size = maker.range(0.4, 0.9);
        maker.plant(side, half, -1.6 - 0.6 * k as f32, 0.0, 0.1, size);
    }
}

fn shed(maker: &mut Maker, side: Side, half: Vec2) {
    let (reach, length) = side.reach(half);
    let at = side.along() * length * 0.7 - side.inward() * (reach + 0.5);
    let (name, tint) = maker.pick(&[
        ("planks", 0xffffff),
        ("planks_green", 0xffffff),
        ("planks_grey", 0xffffff),
        ("planks_dark", 0xffffff),
    ]);
    let look = Finish::of(name, rgb(tint)).with(Detail::Doors([3, 1], Vec3::splat(0.05)));
    maker.stand(at, Vec3::new(2.2, 2.0, 2.2), look);
    let roof = Vec3::new(1.3, 0.0, 1.3);
    maker.roof(at - roof + Vec3::Y * 2.0, at + roof + Vec3::Y * 2.7, true, Finish::of("tiles_slate", Vec3::ONE));
}

pub(super) fn garden(maker: &mut Maker) -> Site {
    let half = Vec2::new(maker.range(5.0, 9.0), maker.range(5.0, 9.0));
    ground(maker, "grass");
    let first = Side(maker.below(4));
    facade(maker, first, half);
    for k in 1..4 {
        let side = first.next(k);
        maker.boundary(side, half, 0.0);
        if maker.chance(0.7) {
            border(maker, side, half, 6);
        }
        trees(maker, side, half, [1.0, 6.0], 3, [4.0, 8.0]);
    }
    if maker.chance(0.5) {
        seats(maker, first, half);
    }
    shed(maker, first.next(2), half);
    for k in [2, 3] {
        let (reach, _) = first.next(k).reach(half);
        let at = -first.next(k).inward() * (reach + 16.0);
        let at = Vec2::new(at.x, at.z);
        maker.house(at - Vec2::splat(4.5), at + Vec2::splat(4.5), 2, true);
    }
    site(maker, [half.x, half.y, 25.0], &[Land::Trees, Land::Village, Land::Hills])
}

pub(super) fn patio(maker: &mut Maker) -> Site {
    let half = Vec2::new(maker.range(2.6, 4.0), maker.range(2.6, 4.0));
    ground(maker, "paving_slabs");
    let first = Side(maker.below(4));
    facade(maker, first, half);
    seats(maker, first.next(1), half);
    for k in 1..4 {
        maker.boundary(first.next(k), half, 0.0);
        border(maker, first.next(k), half, 4);
        trees(maker, first.next(k), half, [1.5, 6.0], 3, [3.5, 7.0]);
    }
    let (reach, length) = first.next(3).reach(half);
    for k in 0..3 {
        let along = length * (0.5 * k as f32 - 0.5);
        let size = maker.range(0.4, 0.8);
        maker.plant(first.next(3), half, along.min(reach + length), 0.0, 0.3, size);
    }
    site(maker, [half.x, half.y, 20.0], &[Land::Trees, Land::Village])
}

pub(super) fn balcony(maker: &mut Maker) -> Site {
    let half = Vec2::new(maker.range(1.6, 2.4), maker.range(1.7, 2.6));
    ground(maker, "tiles_terracotta");
    let first = Side(maker.below(4));
    facade(maker, first, half);
    let (reach, length) = first.next(2).reach(half);
    let _ = (reach, length);
    for k in 1..4 {
        let rail = Finish::plain(maker.pick(&[Vec3::splat(0.05), Vec3::splat(0.5), rgb(0x6a4a30)]));
        let (_, length) = first.next(k).reach(half);
        maker.on(
            first.next(k),
            half,
            [-length, length],
            [0.05, 1.0],
            [0.0, 0.02],
            rail.clone().with(Detail::Bars(0.12, 0.018, 0.88)),
        );
        maker.on(first.next(k), half, [-length, length], [1.0, 1.05], [-0.02, 0.04], rail);
    }
    for k in 0..3 {
        let size = maker.range(0.35, 0.7);
        maker.plant(first.next(2), half, 0.8 * k as f32 - 0.8, 0.0, 0.08, size);
    }
    maker.chair(first.next(1), half, 0.2, 0.2);
    // The houses across the street stand lower, since this is above them.
    for k in -2..=2i32 {
        let side = first.next(2);
        let at = -side.inward() * 22.0 + side.along() * (9.0 * k as f32);
        let at = Vec2::new(at.x, at.z);
        maker.house(at - Vec2::splat(4.2), at + Vec2::splat(4.2), 1 + (k.unsigned_abs() + 1) % 3, true);
    }
    trees(maker, first.next(1), half, [3.0, 14.0], 4, [3.0, 6.0]);
    trees(maker, first.next(3), half, [3.0, 14.0], 4, [3.0, 6.0]);
    site(maker, [half.x, half.y, 20.0], &[Land::City, Land::Village, Land::Trees])
}

pub(super) fn park(maker: &mut Maker) -> Site {
    let half = Vec2::new(12.0, 12.0);
    let path = Finish::of("grass", Vec3::ONE).with(Detail::Path(0.9, 2.0, rgb(0xa89a80)));
    maker.floor(70.0, path);
    for k in 0..4 {
        trees(maker, Side(k), half, [-5.0, 14.0], 8, [5.0, 12.0]);
        if maker.chance(0.5) {
            border(maker, Side(k), half, 5);
        }
    }
    if maker.chance(0.7) {
        // A bench and a bin.
        let at = Vec3::new(3.6, 0.0, maker.range(-3.0, 3.0));
        let wood = Finish::of("planks", Vec3::ONE);
        maker.stand(at + Vec3::Y * 0.42, Vec3::new(0.45, 0.05, 1.7), wood.clone());
        maker.stand(at + Vec3::new(0.25, 0.55, 0.0), Vec3::new(0.05, 0.35, 1.7), wood);
        for z in [-0.7, 0.7] {
            maker.stand(at + Vec3::Z * z, Vec3::new(0.4, 0.42, 0.06), Finish::plain(Vec3::splat(0.03)));
        }
        maker.stand(at + Vec3::new(0.0, 0.0, 1.6), Vec3::new(0.45, 0.85, 0.45), Finish::plain(rgb(0x35503c)));
    }
    site(maker, [9.0, 9.0, 30.0], &[Land::Trees, Land::Hills, Land::City])
}

pub(super) fn forest(maker: &mut Maker) -> Site {
    let soil = Finish::of("leaves", Vec3::ONE).with(Detail::Path(0.8, 1.5, rgb(0x6b5a45)));
    maker.floor(70.0, soil);
    let needles = maker.chance(0.4);
    for ring in [5.0, 8.0, 12.0, 18.0] {
        for _ in 0..11 {
            let angle = maker.range(0.0, std::f32::consts::TAU);
            let (sin, cos) = bevy_math::ops::sin_cos(angle);
            let r = ring * maker.range(0.8, 1.3);
            if (cos * r).abs() < 1.6 {
                continue;
            }
            let (height, tint) = (maker.range(7.0, 15.0), maker.green());
            maker.tree(Vec3::new(cos * r, 0.0, sin * r), height, needles, tint);
            if maker.chance(0.35) {
                let (size, tint) = (maker.range(0.5, 1.4), maker.green());
                maker.bush(Vec3::new(cos * r * 0.9, 0.0, sin * r * 0.9), size, tint);
            }
        }
    }
    site(maker, [5.0, 5.0, 25.0], &[Land::Forest])
}

pub(super) fn farm(maker: &mut Maker) -> Site {
    let half = Vec2::new(maker.range(6.0, 9.0), maker.range(6.0, 9.0));
    ground(maker, "soil");
    let first = Side(maker.below(4));
    // A barn with a dark gate.
    let (reach, length) = first.reach(half);
    let middle = -first.inward() * (reach + 5.0);
    let extent = first.along().abs() * length + first.inward().abs() * 5.0;
    let (name, tint) = maker.pick(&[
        ("planks", 0x9a4a3a),
        ("planks_grey", 0xffffff),
        ("bricks_old", 0xffffff),
        ("stone_wall", 0xffffff),
    ]);
    maker.block(middle - extent, middle + extent + Vec3::Y * 4.0, Finish::of(name, rgb(tint)));
    maker.on(first, half, [-1.7, 1.7], [0.0, 3.2], [0.0, 0.02], Finish::plain(Vec3::splat(0.012)));
    let roof = extent + Vec3::new(0.4, 0.0, 0.4);
    maker.roof(
        middle - roof + Vec3::Y * 3.9,
        middle + roof + Vec3::Y * 7.0,
        first.0 % 2 == 1,
        Finish::of("tiles_terracotta", Vec3::splat(0.6)),
    );
    for k in 0..4 {
        let at = first.along() * (3.0 + 0.9 * (k % 2) as f32) - first.inward() * (reach - 0.6);
        maker.stand(at + Vec3::Y * 0.5 * (k / 2) as f32, Vec3::new(0.9, 0.5, 0.5), Finish::of("straw", Vec3::ONE));
    }
    for k in 1..4 {
        let side = first.next(k);
        let (_, length) = side.reach(half);
        // A paddock's rails.
        for y in [0.4, 0.75, 1.1] {
            maker.on(
                side,
                half,
                [-length - 2.0, length + 2.0],
                [y, y + 0.1],
                [0.0, 0.04],
                Finish::of("planks_grey", Vec3::ONE),
            );
        }
        for p in -4..=4 {
            let x = 2.2 * p as f32;
            maker.on(side, half, [x, x + 0.1], [0.0, 1.25], [-0.05, 0.05], Finish::of("planks_grey", Vec3::splat(0.8)));
        }
        trees(maker, side, half, [6.0, 25.0], 4, [5.0, 9.0]);
    }
    site(maker, [half.x, half.y, 25.0], &[Land::Fields, Land::Hills, Land::Village])
}

pub(super) fn beach(maker: &mut Maker) -> Site {
    maker.floor(12.0, Finish::of("sand_fine", Vec3::ONE).with(Detail::Mottled(0.1, 0.6)));
    // Marram on the dunes behind.
    for _ in 0..14 {
        let at = Vec3::new(maker.range(-14.0, 14.0), 0.0, maker.range(7.0, 12.0));
        let size = maker.range(0.6, 1.4);
        maker.ball(at, Vec3::new(2.4 * size, 0.8 * size, 2.0 * size), Finish::of("sand_fine", Vec3::ONE));
        maker.bush(at + Vec3::Y * 0.6 * size, 0.5 * size, Vec3::new(0.22, 0.24, 0.09));
    }
    site(maker, [9.0, 9.0, 25.0], &[Land::Sea])
}
