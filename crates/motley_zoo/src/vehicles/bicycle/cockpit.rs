//! Stem, handlebars of every family, grips, levers and cables.

use bevy_math::{Quat, Vec3};
use rand::Rng;

use super::{Finish, Joints, Nodes};
use crate::vehicles::breed::{Bar, BicycleBreed, Dice};
use crate::vehicles::build::{Assembly, bend};

/// Where the stem holds the bar, and where hands hold it, left and right.
pub(super) struct Bars {
    pub(super) clamp: Vec3,
    pub(super) hands: [Vec3; 2],
}

/// Builds stem, bars, grips, levers and cables.
pub(super) fn add<R: Rng>(
    bike: &mut Assembly,
    nodes: &Nodes,
    joints: &Joints,
    finish: &Finish,
    breed: &BicycleBreed,
    tube: f32,
    dice: &mut Dice<R>,
) -> Bars {
    let Joints { bars: head_top, up_head, .. } = *joints;
    let crown = if nodes.bars == nodes.steer { joints.crown } else { head_top - up_head * 0.2 };
    let rise = match breed.bar {
        Bar::Drop | Bar::Flat | Bar::Aero => dice.range((0.015, 0.05)),
        Bar::Riser | Bar::High => dice.range((0.02, 0.05)),
        Bar::Swept => dice.range((0.05, 0.12)),
    };
    let top = head_top + up_head * rise;
    let clamp = top + Vec3::new(0.0, 0.18, 0.98).normalize() * dice.range(breed.stem);
    let metal = if dice.chance(0.5) { finish.bright } else { finish.black };
    let stem = bike.sheet(nodes.bars, metal);
    stem.pipe(&[head_top, top + up_head * 0.012], tube * 0.95, 10);
    stem.tube(&[top, clamp], &[tube * 0.9, tube * 0.8], 10);
    stem.pipe(&[clamp - Vec3::X * 0.022, clamp + Vec3::X * 0.022], 0.02, 10);
    let half = dice.range(breed.bar_width) / 2.0;
    let bar = 0.0125;
    let mut hands = [clamp; 2];
    for side in [-1.0, 1.0] {
        let hand = &mut hands[usize::from(side < 0.0)];
        let point = |x: f32, y: f32, z: f32| clamp + Vec3::new(side * x, y, z);
        match breed.bar {
            Bar::Drop => {
                let tops = [clamp, point(half - 0.02, 0.0, 0.0)];
                let hook = bend(&[
                    point(half - 0.06, 0.0, 0.0),
                    point(half, 0.002, 0.012),
                    point(half, 0.0, 0.075),
                    point(half + 0.004, -0.05, 0.108),
                    point(half + 0.008, -0.105, 0.075),
                    point(half + 0.01, -0.128, -0.03),
                ]);
                bike.sheet(nodes.bars, metal).pipe(&tops, bar, 8);
                bike.sheet(nodes.bars, finish.tape).pipe(&hook, bar * 1.3, 8);
                *hand = point(half, 0.04, 0.085);
                let hood = bike.sheet(nodes.bars, finish.black);
                hood.ellipsoid(
                    point(half, 0.022, 0.105),
                    Vec3::new(0.017, 0.022, 0.045),
                    Quat::from_rotation_x(-0.5),
                    10,
                );
                hood.pipe(
                    &bend(&[point(half, 0.01, 0.125), point(half, -0.04, 0.145), point(half + 0.004, -0.1, 0.125)]),
                    0.006,
                    6,
                );
            }
            Bar::Aero => {
                bike.sheet(nodes.bars, metal).pipe(&[clamp, point(half - 0.02, 0.0, 0.0)], bar, 8);
                let horn = bend(&[
                    point(half - 0.05, 0.0, 0.0),
                    point(half, 0.0, 0.025),
                    point(half, -0.008, 0.12),
                    point(half, 0.012, 0.165),
                ]);
                bike.sheet(nodes.bars, finish.tape).pipe(&horn, bar * 1.25, 8);
                let rod = bend(&[
                    point(0.065, 0.03, -0.05),
                    point(0.058, 0.036, 0.12),
                    point(0.05, 0.042, 0.25),
                    point(0.05, 0.1, 0.33),
                ]);
                let black = bike.sheet(nodes.bars, finish.black);
                black.pipe(&rod, 0.011, 8);
                black.pipe(&[point(0.062, 0.0, 0.0), point(0.062, 0.034, 0.0)], 0.01, 6);
                // Forearms rest on pads.
                black.ellipsoid(point(0.08, 0.055, -0.03), Vec3::new(0.04, 0.012, 0.055), Quat::IDENTITY, 10);
                *hand = point(0.05, 0.1, 0.31);
            }
            _ => {
                let (lift, back) = match breed.bar {
                    Bar::Flat => (0.008, dice.range((0.01, 0.04))),
                    Bar::Riser => (dice.range((0.02, 0.05)), dice.range((0.02, 0.05))),
                    Bar::Swept => (dice.range((0.03, 0.09)), dice.range((0.14, 0.24))),
                    _ => (dice.range((0.17, 0.22)), 0.04),
                };
                let end = point(half, lift, -back);
                let shape = if breed.bar == Bar::High {
                    vec![
                        clamp,
                        point(0.06, 0.0, 0.0),
                        point(half * 0.52, lift * 0.95, 0.0),
                        point(half * 0.7, lift, -back * 0.3),
                        end,
                    ]
                } else {
                    vec![
                        clamp,
                        point(0.05, 0.0, 0.004),
                        point(half * 0.42, lift, 0.01 - 0.05 * back),
                        point(half * 0.72, lift, -back * 0.55),
                        end,
                    ]
                };
                *hand = end.lerp(shape[3], 0.25) + Vec3::Y * 0.02;
                let grip_from = end + (shape[3] - end).normalize() * 0.125;
                bike.sheet(nodes.bars, metal).pipe(&bend(&shape), bar, 8);
                bike.sheet(nodes.bars, finish.tape).pipe(&[grip_from, end], 0.0175, 10);
                let lever = bike.sheet(nodes.bars, finish.black);
                let root = grip_from + Vec3::new(-side * 0.015, -0.004, 0.022);
                lever.pipe(&[grip_from - Vec3::X * side * 0.02, root], 0.011, 6);
                lever.pipe(&[root, end + Vec3::new(-side * 0.015, -0.012, 0.052)], 0.0055, 6);
            }
        }
    }
    if breed.bar == Bar::High {
        let y = 0.15;
        bike.sheet(nodes.bars, metal).pipe(
            &[clamp + Vec3::new(-half * 0.46, y, 0.0), clamp + Vec3::new(half * 0.46, y, 0.0)],
            0.009,
            8,
        );
    }
    let cable = bike.sheet(nodes.bars, finish.black);
    let front = [
        clamp + Vec3::new(0.1, 0.0, 0.03),
        clamp + Vec3::new(0.09, -0.04, 0.085),
        crown + Vec3::new(0.03, 0.06, 0.06),
        crown + Vec3::new(0.01, 0.0, 0.02),
    ];
    cable.pipe(&bend(&front), 0.0026, 5);
    let rear = [
        clamp + Vec3::new(-0.1, 0.0, 0.03),
        clamp + Vec3::new(-0.08, -0.03, 0.09),
        head_top + Vec3::new(-0.04, -0.05, 0.05),
        crown + Vec3::new(-0.02, 0.03, -0.02),
    ];
    cable.pipe(&bend(&rear), 0.0026, 5);
    Bars { clamp, hands }
}
