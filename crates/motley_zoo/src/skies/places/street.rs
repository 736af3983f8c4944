//! Streets, driveways and car parks.

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
    Site { eye: maker.range(1.0, 1.6), extent, open: Some(look), level: 1.0 }
}

/// Road and pavements along z, with lamps, signs and parked cars. Returns where the pavement ends.
fn road(maker: &mut Maker, verge: Vec3) -> f32 {
    let lane = maker.range(3.0, 3.6);
    let road = lane * maker.pick(&[1.0, 1.0, 1.4, 2.0]);
    let pavement = road + maker.range(1.6, 3.2);
    let flags = Vec3::splat(maker.range(0.22, 0.36)) * Vec3::new(1.02, 1.0, 0.96);
    let street = Detail::Street { road, pavement, flags, verge };
    let worn = Vec3::splat(maker.range(0.8, 1.2));
    maker.floor(90.0, Finish::of("asphalt_old", worn).with(street));
    for sign in [-1.0f32, 1.0] {
        maker.block(
            Vec3::new(sign * road, 0.0, -90.0),
            Vec3::new(sign * pavement, 0.1, 90.0),
            Finish::plain(flags).with(Detail::Street { road: -1.0, pavement: 90.0, flags, verge }),
        );
        let step = maker.range(12.0, 20.0);
        let mut z = -55.0 + maker.range(0.0, step);
        while z < 55.0 {
            let at = Vec3::new(sign * (road + 0.4), 0.1, z);
            match maker.below(4) {
                0 | 1 => lamp_post(maker, at, sign),
                2 => {
                    let (tall, tint) = (maker.range(4.0, 8.0), maker.green());
                    maker.tree(at + Vec3::X * sign * 0.5, tall, false, tint);
                }
                _ => signpost(maker, at),
            }
            z += step;
        }
        if maker.chance(0.75) {
            let mut z = -45.0 + maker.range(0.0, 6.0);
            while z < 45.0 {
                // The subject stands in the middle: leave it room.
                if z.abs() > 4.5 && maker.chance(0.6) {
                    maker.car(Vec3::new(sign * (road - 1.0), 0.0, z));
                }
                z += maker.range(5.5, 9.0);
            }
        }
    }
    // Somebody walks there.
    for _ in 0..maker.below(4) {
        let side = if maker.chance(0.5) { 1.0 } else { -1.0 };
        let at = Vec3::new(side * maker.range(road + 0.6, pavement - 0.3), 0.1, maker.range(-30.0, 30.0));
        walker(maker, at);
    }
    pavement
}

fn lamp_post(maker: &mut Maker, at: Vec3, sign: f32) {
    let grey = Finish::plain(Vec3::splat(maker.range(0.06, 0.3)));
    let height = maker.range(4.5, 7.5);
    maker.stand(at, Vec3::new(0.12, height, 0.12), grey.clone());
    maker.block(at + Vec3::new(0.0, height, -0.05), at + Vec3::new(-sign * 1.2, height + 0.08, 0.05), grey.clone());
    maker.block(at + Vec3::new(-sign * 0.7, height - 0.08, -0.1), at + Vec3::new(-sign * 1.3, height, 0.1), grey);
}

fn signpost(maker: &mut Maker, at: Vec3) {
    maker.stand(at, Vec3::new(0.07, 2.4, 0.07), Finish::plain(Vec3::splat(0.3)));
    let (face, rim) =
        maker.pick(&[(rgb(0xf0f0f0), rgb(0xc02020)), (rgb(0x2050a0), rgb(0x2050a0)), (rgb(0xe8c020), rgb(0x202020))]);
    let middle = at + Vec3::Y * 2.3;
    maker.ball(middle, Vec3::new(0.33, 0.33, 0.03), Finish::plain(rim));
    maker.ball(middle, Vec3::new(0.24, 0.24, 0.045), Finish::plain(face));
}

fn walker(maker: &mut Maker, at: Vec3) {
    let tall = maker.range(1.55, 1.85);
    let top = Finish::plain(maker.pick(&[rgb(0x303438), rgb(0x8a2a2a), rgb(0x2f4f7f), rgb(0xb8b0a0), rgb(0x48603c)]));
    let trousers = Finish::plain(maker.pick(&[rgb(0x20242c), rgb(0x33415a), rgb(0x5a5044)]));
    let skin = maker.pick(&[rgb(0xe0b090), rgb(0xa06a48), rgb(0x5f3c28)]);
    for z in [-0.14, 0.16] {
        maker.ball(at + Vec3::new(0.0, tall * 0.24, z), Vec3::new(0.09, tall * 0.25, 0.11), trousers.clone());
    }
    maker.ball(at + Vec3::Y * tall * 0.64, Vec3::new(0.2, tall * 0.2, 0.15), top);
    maker.ball(at + Vec3::Y * tall * 0.93, Vec3::new(0.1, 0.13, 0.1), Finish::plain(skin));
}

pub(super) fn houses(maker: &mut Maker) -> Site {
    let edge = road(maker, Vec3::new(0.07, 0.12, 0.035));
    for sign in [-1.0f32, 1.0] {
        let front = edge + maker.range(2.0, 6.0);
        let terrace = maker.chance(0.4);
        let floors = 1 + maker.below(2) as u32;
        let mut z = -58.0 + maker.range(0.0, 4.0);
        while z < 58.0 {
            let wide = maker.range(6.0, 10.0);
            let (a, b) = (sign * front, sign * (front + 9.0));
            let floors = if terrace { floors } else { 1 + maker.below(2) as u32 };
            maker.house(Vec2::new(a.min(b), z), Vec2::new(a.max(b), z + wide), floors, true);
            z += wide + if terrace { 0.0 } else { maker.range(2.0, 5.0) };
        }
        let side = if sign > 0.0 { Side(0) } else { Side(2) };
        maker.boundary(side, Vec2::new(edge + 0.3, 55.0), 0.0);
        for _ in 0..4 {
            let at = Vec3::new(sign * maker.range(edge + 0.8, front - 0.4), 0.0, maker.range(-30.0, 30.0));
            let (size, tall, tint) = (maker.range(0.5, 1.3), maker.range(3.0, 6.0), maker.green());
            if maker.chance(0.5) { maker.bush(at, size, tint) } else { maker.tree(at, tall, false, tint) }
        }
    }
    site(maker, [edge + 2.0, 32.0, 30.0], &[Land::Trees, Land::Village, Land::Hills])
}

pub(super) fn city(maker: &mut Maker) -> Site {
    let edge = road(maker, Vec3::splat(0.25));
    const FRONTS: [(&str, u32); 8] = [
        ("bricks", 0xffffff),
        ("bricks_yellow", 0xffffff),
        ("sandstone", 0xffffff),
        ("plaster_white", 0xffffff),
        ("plaster", 0xf0e8d8),
        ("concrete", 0xffffff),
        ("bricks_dark", 0xffffff),
        ("plaster_pink", 0xffffff),
    ];
    for sign in [-1.0f32, 1.0] {
        let mut z = -60.0;
        while z < 60.0 {
            let (wide, floors) = (maker.range(8.0, 16.0), 2 + maker.below(5) as u32);
            let (name, tint) = maker.pick(&FRONTS);
            let frame = maker.pick(&[rgb(0xeeeeea), rgb(0x3a3a3c), rgb(0x6a4a34)]);
            let awning =
                maker.pick(&[rgb(0x8a2422), rgb(0x1f4a3a), rgb(0x23406a), rgb(0xd8c9a8), rgb(0x2a2a2c), rgb(0xc87828)]);
            let shop = Detail::Shop { sill: 3.6, awning, grid: [(wide / 2.4) as u32, floors], frame };
            let (a, b) = (sign * edge, sign * (edge + 14.0));
            let height = 3.6 + 3.1 * floors as f32;
            let look = Finish::of(name, rgb(tint)).with(shop);
            maker.block(Vec3::new(a, 0.0, z), Vec3::new(b, height, z + wide), look);
            maker.block(
                Vec3::new(a - sign * 0.3, height, z),
                Vec3::new(b, height + 0.35, z + wide),
                Finish::of("concrete", Vec3::ONE),
            );
            z += wide + if maker.chance(0.2) { 6.0 } else { 0.0 };
        }
        for _ in 0..maker.below(4) {
            let at = Vec3::new(sign * (edge - 0.5), 0.1, maker.range(-20.0, 20.0));
            walker(maker, at);
        }
    }
    site(maker, [edge, 32.0, 30.0], &[Land::City])
}

pub(super) fn country(maker: &mut Maker) -> Site {
    let verge = Vec3::new(0.10, 0.14, 0.04);
    let half = maker.range(2.4, 3.3);
    let street = Detail::Street { road: half, pavement: half + 0.15, flags: verge, verge };
    maker.floor(90.0, Finish::of("asphalt_old", Vec3::ONE).with(street));
    for sign in [-1.0f32, 1.0] {
        let side = if sign > 0.0 { Side(0) } else { Side(2) };
        let edge = half + maker.range(1.5, 3.0);
        if maker.chance(0.7) {
            maker.boundary(side, Vec2::new(edge, 60.0), 0.0);
        }
        for _ in 0..9 {
            let at = Vec3::new(sign * maker.range(edge + 0.6, edge + 14.0), 0.0, maker.range(-45.0, 45.0));
            let (tall, needles, tint) = (maker.range(4.0, 11.0), maker.chance(0.15), maker.green());
            maker.tree(at, tall, needles, tint);
        }
        for k in -4..=4 {
            // Poles with their wire.
            if sign > 0.0 {
                let at = Vec3::new(edge - 0.6, 0.0, 14.0 * k as f32 + 5.0);
                maker.stand(at, Vec3::new(0.2, 7.0, 0.2), Finish::of("bark", Vec3::splat(0.6)));
            }
        }
    }
    maker.block(
        Vec3::new(half + 1.5, 6.8, -70.0),
        Vec3::new(half + 1.53, 6.83, 70.0),
        Finish::plain(Vec3::splat(0.02)),
    );
    if maker.chance(0.5) {
        maker.house(Vec2::new(-26.0, 12.0), Vec2::new(-15.0, 22.0), 2, true);
    }
    if maker.chance(0.4) {
        maker.car(Vec3::new(-half + 1.1, 0.0, 24.0));
    }
    site(maker, [half + 3.0, 30.0, 30.0], &[Land::Fields, Land::Hills, Land::Trees, Land::Mountains])
}

pub(super) fn driveway(maker: &mut Maker) -> Site {
    let verge = Vec3::new(0.07, 0.12, 0.035);
    maker.floor(60.0, Finish::of("paving", Vec3::ONE).with(Detail::Mottled(0.15, 0.5)));
    // The house with its garage on one side, the neighbours and the street on the others.
    let wide = maker.range(9.0, 12.0);
    maker.house(Vec2::new(-2.0, 5.0), Vec2::new(wide, 14.0), 2, true);
    maker.block(Vec3::new(-6.0, 0.0, 5.5), Vec3::new(-2.0, 2.9, 13.0), Finish::of("bricks", Vec3::ONE));
    let shade = maker.range(0.4, 1.0);
    maker.block(Vec3::new(-5.4, 0.0, 5.45), Vec3::new(-2.6, 2.2, 5.5), Finish::of("garage_door", Vec3::splat(shade)));
    for x in [-5.0f32, 5.5] {
        let side = if x > 0.0 { Side(0) } else { Side(2) };
        maker.boundary(side, Vec2::new(x.abs() + 1.0, 20.0), 0.0);
        for k in 0..4 {
            let at = Vec3::new(x * 1.12, 0.0, 3.0 - 3.0 * k as f32);
            let (size, tint) = (maker.range(0.6, 1.4), maker.green());
            maker.bush(at, size, tint);
        }
    }
    maker.block(Vec3::new(-40.0, 0.0, -16.0), Vec3::new(40.0, 0.02, -9.0), Finish::of("asphalt_old", Vec3::ONE));
    let mut x = -30.0;
    while x < 30.0 {
        let w = maker.range(7.0, 10.0);
        let floors = 1 + maker.below(2) as u32;
        maker.house(Vec2::new(x, -34.0), Vec2::new(x + w, -25.0), floors, true);
        maker.bush(Vec3::new(x + w, 0.0, -20.0), 1.6, verge);
        x += w + maker.range(2.0, 5.0);
    }
    for x in [-9.0, 10.0] {
        let (tall, tint) = (maker.range(5.0, 9.0), maker.green());
        maker.tree(Vec3::new(x, 0.0, -18.0), tall, false, tint);
    }
    if maker.chance(0.6) {
        maker.car(Vec3::new(3.4, 0.0, 1.5));
    }
    site(maker, [6.0, 6.0, 25.0], &[Land::Trees, Land::Village])
}

pub(super) fn car_park(maker: &mut Maker) -> Site {
    maker.floor(80.0, Finish::of("asphalt", Vec3::splat(1.1)).with(Detail::Bays(2.6)));
    for row in [-16.5f32, -11.0, 11.0, 16.5] {
        for k in -8..=8 {
            if maker.chance(0.55) {
                let z = row + maker.range(-0.3, 0.3);
                maker.car(Vec3::new(1.3 + 2.6 * k as f32, 0.0, z));
            }
        }
    }
    let (name, tint) = maker.pick(&[
        ("corrugated", 0xffffff),
        ("concrete", 0xffffff),
        ("bricks", 0xffffff),
        ("corrugated_green", 0xffffff),
    ]);
    let shop = Detail::Shop {
        sill: 3.4,
        awning: maker.pick(&[rgb(0xb02a24), rgb(0x1f5a9a), rgb(0x2f7a3a)]),
        grid: [9, 1],
        frame: Vec3::splat(0.5),
    };
    maker.block(Vec3::new(24.0, 0.0, -30.0), Vec3::new(36.0, 6.5, 30.0), Finish::of(name, rgb(tint)).with(shop));
    for k in 0..5 {
        let at = Vec3::new(-20.0 - maker.range(0.0, 6.0), 0.0, 12.0 * k as f32 - 24.0);
        let (tall, tint) = (maker.range(5.0, 9.0), maker.green());
        maker.tree(at, tall, false, tint);
        lamp_post(maker, Vec3::new(0.0, 0.0, 22.0 * k as f32 - 50.0), 1.0);
    }
    maker.boundary(Side(2), Vec2::new(17.0, 40.0), 0.0);
    for _ in 0..maker.below(3) {
        let at = Vec3::new(maker.range(-10.0, 10.0), 0.0, maker.range(5.0, 9.0));
        walker(maker, at);
    }
    site(maker, [13.0, 9.5, 28.0], &[Land::City, Land::Village, Land::Trees])
}
