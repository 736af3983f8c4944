//! Rooms.

use bevy_math::{Vec2, Vec3};

use super::{
    Site,
    furniture::Room,
    maker::{Maker, Side, rgb},
};
use crate::skies::{cast::Finish, detail::Detail};

const WALLS: &[(&str, u32)] = &[
    ("plaster_white", 0xffffff),
    ("plaster_white", 0xf2e8d8),
    ("plaster_white", 0xd8e0e4),
    ("plaster_white", 0xc4d0c0),
    ("plaster_white", 0xd8c8b0),
    ("plaster_white", 0xb8c4d0),
    ("plaster", 0xffffff),
    ("plaster_pink", 0xf0e8e0),
    ("wallpaper", 0xffffff),
    ("wallpaper_stripes", 0xffffff),
    ("wallpaper_blue", 0xf0f0f0),
    ("wallpaper_flowers", 0xffffff),
    ("bricks_white", 0xffffff),
    ("bricks", 0xe8e0d8),
    ("planks_white", 0xffffff),
];
const FLOORS: &[&str] =
    &["planks", "planks_dark", "parquet", "laminate", "laminate_grey", "carpet_beige", "herringbone", "carpet"];

fn site(maker: &mut Maker, room: &Room) -> Site {
    Site {
        eye: maker.range(0.5, 0.9),
        extent: [room.half.x, room.half.y, room.height],
        open: None,
        level: maker.range(0.45, 0.9),
    }
}

/// Windows on one side, sometimes on two, and perhaps a lamp.
fn lit(maker: &mut Maker, room: &Room, side: Side) {
    let evening = maker.chance(0.2);
    let light = if evening { 0.6 } else { maker.range(6.0, 11.0) };
    let (_, length) = side.reach(room.half);
    let count = 1 + maker.below(2);
    for k in 0..count {
        let along = length * if count == 1 { maker.range(-0.4, 0.4) } else { k as f32 - 0.5 };
        let size = Vec2::new(maker.range(0.9, 1.5), maker.range(1.0, 1.5));
        let sill = if maker.chance(0.25) { 0.08 } else { maker.range(0.7, 1.0) };
        maker.window(room, side, along, size, sill, light);
    }
    if evening || maker.chance(0.25) {
        maker.lamp(Vec3::new(0.3, room.height - 0.35, -0.2), if evening { 2.0 } else { 0.4 });
    }
    if evening || maker.chance(0.4) {
        let at = Vec3::new(room.half.x - 0.35, 1.45, room.half.y - 0.35);
        maker.lamp(at, if evening { 1.2 } else { 0.2 });
    }
}

fn hang(maker: &mut Maker, room: &Room, side: Side) {
    let (_, length) = side.reach(room.half);
    for _ in 0..1 + maker.below(3) {
        let along = maker.range(-0.7, 0.7) * length;
        maker.painting(room, side, along);
    }
}

/// Puts one thing or another along a wall.
fn furnish(maker: &mut Maker, room: &Room, side: Side) {
    let (_, length) = side.reach(room.half);
    let half = room.half;
    match maker.below(6) {
        0 => {
            maker.shelf(side, half, -length * 0.5, 1.0);
            maker.shelf(side, half, length * 0.2, 0.8);
        }
        1 => maker.television(side, half, 0.0),
        2 => {
            let grid = [2, 3];
            maker.cupboard(side, half, length * 0.3, Vec3::new(1.1, 0.85, 0.45), grid);
            maker.plant(side, half, length * 0.3, 0.85, 0.1, 0.35);
        }
        3 => {
            maker.table(side, half, 0.0, 0.1, Vec2::new(1.4, 0.8), 0.75);
            maker.chair(side, half, -0.35, 0.75);
            maker.chair(side, half, 0.4, 0.7);
        }
        4 => {
            maker.sofa(side, half, -length * 0.3, 0.95);
            maker.plant(side, half, length * 0.6, 0.0, 0.15, 0.9);
        }
        _ => {
            maker.cupboard(side, half, -length * 0.35, Vec3::new(1.2, 2.0, 0.55), [2, 1]);
            maker.shelf(side, half, length * 0.5, 0.8);
        }
    }
    if maker.chance(0.6) {
        let along = maker.range(-0.8, 0.8) * length;
        maker.clutter(side, half, along, 0.7);
    }
}

pub(super) fn living_room(maker: &mut Maker) -> Site {
    let room = maker.room(WALLS, FLOORS);
    let first = Side(maker.below(4));
    lit(maker, &room, first);
    let (_, length) = first.next(1).reach(room.half);
    maker.sofa(first.next(1), room.half, 0.0, (2.0 * length - 0.6).min(2.3));
    hang(maker, &room, first.next(1));
    furnish(maker, &room, first.next(2));
    furnish(maker, &room, first.next(3));
    if maker.chance(0.6) {
        let (_, length) = first.next(3).reach(room.half);
        maker.door(&room, first.next(3), -length + 0.6);
    }
    hang(maker, &room, first.next(2));
    site(maker, &room)
}

pub(super) fn bedroom(maker: &mut Maker) -> Site {
    let room = maker.room(WALLS, FLOORS);
    let first = Side(maker.below(4));
    lit(maker, &room, first);
    let wide = maker.pick(&[0.95, 1.45, 1.7]);
    let bed = first.next(1);
    let (_, length) = bed.reach(room.half);
    let along = (length - wide / 2.0 - 0.1).clamp(0.0, 0.9);
    maker.bed(bed, room.half, along, wide);
    maker.cupboard(bed, room.half, along - wide / 2.0 - 0.35, Vec3::new(0.45, 0.5, 0.4), [1, 2]);
    let (_, length) = first.next(2).reach(room.half);
    maker.cupboard(first.next(2), room.half, 0.0, Vec3::new((1.6 * length).min(2.4), 2.1, 0.6), [4, 1]);
    furnish(maker, &room, first.next(3));
    hang(maker, &room, bed);
    site(maker, &room)
}

pub(super) fn kitchen(maker: &mut Maker) -> Site {
    let room = maker.room(
        &[
            ("plaster_white", 0xffffff),
            ("plaster_white", 0xf0e8d8),
            ("tiles_white", 0xffffff),
            ("plaster_white", 0xd0dcd8),
        ],
        &["tiles_beige", "tiles_black_white", "tiles_terracotta", "laminate", "lino_checks", "tiles_slate"],
    );
    let first = Side(maker.below(4));
    lit(maker, &room, first);
    let front = maker.pick(&[
        rgb(0xe9e8e4),
        rgb(0xb9b3a4),
        rgb(0x556b66),
        rgb(0x37414d),
        rgb(0x9c7048),
        rgb(0xc9d0c8),
        rgb(0x8a2f2a),
    ]);
    let splash = maker.pick(&["tiles_subway", "tiles_green", "mosaic", "tiles_white", "tiles"]);
    let top = maker.pick(&["granite", "oak", "marble", "terrazzo_dark", "walnut"]);
    for side in [first.next(1), first.next(2)] {
        let (_, length) = side.reach(room.half);
        let span = [-length, length];
        let doors = Finish::plain(front).with(Detail::Doors([(length / 0.3) as u32, 1], Vec3::splat(0.35)));
        maker.on(side, room.half, span, [0.1, 0.87], [0.0, 0.6], doors.clone());
        maker.on(side, room.half, span, [0.0, 0.1], [0.0, 0.54], Finish::plain(Vec3::splat(0.05)));
        maker.on(side, room.half, span, [0.87, 0.91], [0.0, 0.63], Finish::of(top, Vec3::ONE));
        maker.on(side, room.half, span, [0.91, 1.45], [0.0, 0.012], Finish::of(splash, Vec3::ONE));
        if maker.chance(0.7) {
            maker.on(side, room.half, span, [1.45, 2.15], [0.0, 0.35], doors);
        }
        // An oven, and things on the worktop.
        let x = maker.range(-0.5, 0.5) * length;
        maker.on(side, room.half, [x - 0.3, x + 0.3], [0.12, 0.86], [0.0, 0.61], Finish::plain(Vec3::splat(0.35)));
        maker.on(side, room.half, [x - 0.25, x + 0.25], [0.22, 0.62], [0.0, 0.62], Finish::plain(Vec3::splat(0.02)));
        for _ in 0..3 {
            let x = maker.range(-0.9, 0.9) * length;
            let (w, h) = (maker.range(0.06, 0.14), maker.range(0.12, 0.35));
            let color = maker.pick(&[rgb(0xd8d8d8), rgb(0x8a2f2a), rgb(0x2f3a40), rgb(0xd0b070), rgb(0x5f7f8f)]);
            maker.on(side, room.half, [x - w, x + w], [0.91, 0.91 + h], [0.15, 0.35], Finish::plain(color));
        }
    }
    let last = first.next(3);
    let (_, length) = last.reach(room.half);
    let steel =
        Finish::plain(maker.pick(&[Vec3::splat(0.75), Vec3::splat(0.4)])).with(Detail::Doors([1, 2], Vec3::splat(0.2)));
    maker.on(last, room.half, [length - 0.75, length - 0.1], [0.02, 1.85], [0.0, 0.65], steel);
    maker.table(last, room.half, -length * 0.3, 0.05, Vec2::new(1.1, 0.7), 0.75);
    maker.chair(last, room.half, -length * 0.3, 0.8);
    site(maker, &room)
}

pub(super) fn bathroom(maker: &mut Maker) -> Site {
    let mut room = maker.room(
        &[
            ("tiles_white", 0xffffff),
            ("tiles_subway", 0xffffff),
            ("mosaic", 0xffffff),
            ("tiles_green", 0xffffff),
            ("tiles_beige", 0xffffff),
        ],
        &["tiles_white", "tiles_black_white", "hexagons", "tiles_slate"],
    );
    room.height = room.height.min(2.5);
    let first = Side(maker.below(4));
    maker.window(&room, first, 0.0, Vec2::new(0.8, 0.8), 1.2, 6.0);
    maker.ceiling_light(&room, Vec2::ZERO, Vec2::new(0.5, 0.5), 6.0);
    let white = Finish::plain(Vec3::splat(0.82));
    let tub = first.next(1);
    let (_, length) = tub.reach(room.half);
    maker.on(tub, room.half, [-length, (length).min(0.8)], [0.0, 0.56], [0.0, 0.75], white.clone());
    let curtain = Finish::of(maker.pick(&["dots_blue", "stripes", "linen"]), Vec3::ONE).with(Detail::Folds(8.0));
    maker.on(tub, room.half, [-length, -length + 0.7], [0.3, 2.0], [0.76, 0.8], curtain);
    let basin = first.next(2);
    maker.on(basin, room.half, [-0.35, 0.35], [0.72, 0.86], [0.0, 0.48], white.clone());
    maker.cupboard(basin, room.half, 0.0, Vec3::new(0.6, 0.72, 0.42), [2, 1]);
    let mirror = Finish::plain(Vec3::splat(0.45)).with(Detail::Mottled(0.5, 0.6));
    maker.on(basin, room.half, [-0.4, 0.4], [1.1, 1.8], [0.0, 0.02], mirror);
    let bowl = first.next(3);
    maker.on(bowl, room.half, [-0.22, 0.22], [0.36, 0.8], [0.0, 0.2], white.clone());
    let (reach, _) = bowl.reach(room.half);
    maker.ball(bowl.inward() * (0.42 - reach) + Vec3::Y * 0.22, Vec3::new(0.26, 0.22, 0.26), white);
    let towel = maker.pick(&["towel_blue", "towel_white", "stripes"]);
    maker.on(bowl, room.half, [0.6, 1.0], [0.8, 1.5], [0.02, 0.06], Finish::of(towel, Vec3::ONE));
    site(maker, &room)
}

pub(super) fn hallway(maker: &mut Maker) -> Site {
    let mut room = maker.room(WALLS, &["tiles_black_white", "planks", "tiles_terracotta", "herringbone_dark"]);
    room.half = Vec2::new(room.half.x, room.half.y);
    let first = Side(maker.below(4));
    let (_, length) = first.reach(room.half);
    maker.door(&room, first, -length * 0.4);
    maker.window(&room, first, length * 0.45, Vec2::new(0.5, 1.8), 0.2, 9.0);
    maker.door(&room, first.next(1), 0.0);
    maker.door(&room, first.next(2), 0.5);
    maker.cupboard(first.next(3), room.half, 0.3, Vec3::new(0.9, 0.8, 0.35), [2, 2]);
    // Coats on hooks, shoes below.
    for k in 0..4 {
        let x = -1.3 + 0.28 * k as f32;
        let cloth = maker.cloth().with(Detail::Folds(6.0));
        let low = maker.range(0.7, 1.0);
        maker.on(first.next(2), room.half, [x, x + 0.24], [low, 1.65], [0.02, 0.16], cloth);
        let shoe = Finish::plain(Vec3::splat(maker.range(0.03, 0.3)));
        maker.on(first.next(2), room.half, [x, x + 0.1], [0.0, 0.1], [0.05, 0.33], shoe);
    }
    hang(maker, &room, first.next(3));
    maker.lamp(Vec3::new(0.0, room.height - 0.3, 0.0), 0.6);
    site(maker, &room)
}

pub(super) fn study(maker: &mut Maker) -> Site {
    let room = maker.room(WALLS, FLOORS);
    let first = Side(maker.below(4));
    lit(maker, &room, first);
    maker.table(first.next(1), room.half, 0.0, 0.05, Vec2::new(1.6, 0.75), 0.74);
    maker.on(first.next(1), room.half, [-0.3, 0.3], [0.85, 1.22], [0.2, 0.24], Finish::plain(Vec3::splat(0.02)));
    maker.on(first.next(1), room.half, [-0.04, 0.04], [0.74, 0.9], [0.2, 0.24], Finish::plain(Vec3::splat(0.05)));
    maker.chair(first.next(1), room.half, 0.1, 0.8);
    let (_, length) = first.next(2).reach(room.half);
    for k in 0..3 {
        maker.shelf(first.next(2), room.half, length * (k as f32 - 1.0) * 0.6, length * 0.55);
    }
    furnish(maker, &room, first.next(3));
    hang(maker, &room, first.next(1));
    site(maker, &room)
}

pub(super) fn shelter(maker: &mut Maker) -> Site {
    let room = maker.room(
        &[
            ("blocks", 0xf0f0ea),
            ("tiles_white", 0xffffff),
            ("plaster_white", 0xe0e4dc),
            ("concrete", 0xffffff),
            ("blocks", 0xc8d4d8),
        ],
        &["concrete", "screed", "tiles_white"],
    );
    for z in [-1.0, 1.0] {
        maker.ceiling_light(&room, Vec2::new(0.0, z), Vec2::new(0.3, 1.2), 9.0);
    }
    let first = Side(maker.below(4));
    // Cages on two sides: bars in front of dark pens.
    let steel = Finish::plain(Vec3::splat(maker.range(0.25, 0.5)));
    for side in [first, first.next(1)] {
        let (_, length) = side.reach(room.half);
        let bars = if maker.chance(0.6) { Detail::Bars(0.08, 0.014, 0.9) } else { Detail::Netting(0.06, 0.008) };
        let height = if maker.chance(0.5) { 1.9 } else { 1.0 };
        maker.on(side, room.half, [-length, length], [0.02, height], [0.7, 0.712], steel.clone().with(bars));
        for k in -1..=1 {
            let x = length * 0.62 * k as f32;
            maker.on(
                side,
                room.half,
                [x - 0.02, x + 0.02],
                [0.0, height],
                [0.0, 0.72],
                Finish::of("blocks", Vec3::ONE),
            );
            if maker.chance(0.7) {
                maker.clutter(side, room.half, x + 0.35, 0.3);
            }
        }
        maker.on(side, room.half, [-length, length], [height, height + 0.04], [0.0, 0.73], steel.clone());
        if height < 1.5 {
            maker.on(
                side,
                room.half,
                [-length, length],
                [1.06, 1.95],
                [0.7, 0.712],
                steel.clone().with(Detail::Bars(0.08, 0.014, 0.9)),
            );
        }
    }
    maker.door(&room, first.next(2), 0.3);
    let (_, length) = first.next(2).reach(room.half);
    maker.clutter(first.next(2), room.half, -length * 0.5, 0.3);
    maker.cupboard(first.next(3), room.half, 0.0, Vec3::new(1.4, 0.9, 0.5), [3, 1]);
    maker.window(&room, first.next(3), 0.0, Vec2::new(1.0, 0.7), 1.5, 6.0);
    site(maker, &room)
}

pub(super) fn garage(maker: &mut Maker) -> Site {
    let room = maker.room(
        &[("blocks", 0xffffff), ("concrete", 0xffffff), ("bricks", 0xf0f0f0), ("plaster_white", 0xe0e0d8)],
        &["concrete", "concrete_stained"],
    );
    let first = Side(maker.below(4));
    let (_, length) = first.reach(room.half);
    if maker.chance(0.5) {
        maker.window(&room, first, 0.0, Vec2::new(1.7 * length, 2.1), 0.02, 8.0);
    } else {
        maker.on(
            first,
            room.half,
            [-length * 0.85, length * 0.85],
            [0.0, 2.15],
            [0.0, 0.04],
            Finish::of("garage_door", Vec3::ONE),
        );
        maker.ceiling_light(&room, Vec2::new(0.0, 0.6), Vec2::new(1.2, 0.15), 12.0);
    }
    maker.ceiling_light(&room, Vec2::new(0.0, -0.6), Vec2::new(1.2, 0.15), 8.0);
    maker.table(first.next(1), room.half, 0.0, 0.0, Vec2::new(1.8, 0.6), 0.9);
    for k in 0..5 {
        let x = -0.8 + 0.36 * k as f32;
        let (w, h) = (maker.range(0.06, 0.15), maker.range(0.1, 0.35));
        let color = maker.pick(&[rgb(0xb03a2e), rgb(0x2f5d8a), rgb(0xd0a030), rgb(0x505050), rgb(0x8a7a60)]);
        maker.on(first.next(1), room.half, [x - w, x + w], [0.9, 0.9 + h], [0.1, 0.4], Finish::plain(color));
        maker.on(
            first.next(1),
            room.half,
            [x, x + 0.05],
            [1.4, 1.4 + 2.0 * h],
            [0.0, 0.03],
            Finish::plain(color * 0.6),
        );
    }
    let rack = first.next(2);
    let (_, length) = rack.reach(room.half);
    for y in [0.3, 0.9, 1.5] {
        maker.on(
            rack,
            room.half,
            [-length * 0.8, length * 0.8],
            [y, y + 0.03],
            [0.0, 0.45],
            Finish::of("chipboard", Vec3::ONE),
        );
        for k in 0..4 {
            let x = length * (0.38 * k as f32 - 0.7);
            let h = maker.range(0.15, 0.4);
            let look = if maker.chance(0.6) {
                Finish::of("cardboard", Vec3::ONE)
            } else {
                Finish::plain(maker.pick(&[rgb(0x35608a), rgb(0x6a6a6a), rgb(0x8a3a30), rgb(0x406a50)]))
            };
            maker.on(rack, room.half, [x, x + 0.35], [y + 0.03, y + 0.03 + h], [0.03, 0.4], look);
        }
    }
    for k in 0..3 {
        maker.clutter(first.next(3), room.half, k as f32 - 1.0, 0.3);
    }
    maker.door(&room, first.next(3), 0.8);
    site(maker, &room)
}
