//! The frame: tubes between the joints, each family in its own way.

use bevy_math::Vec3;
use rand::Rng;

use super::{Finish, Joints};
use crate::vehicles::{
    breed::{BicycleBreed, Dice, Frame},
    build::{Assembly, Sheet, bend},
};

/// Builds the frame with its rear triangle.
pub(super) fn add<R: Rng>(
    bike: &mut Assembly,
    joints: &Joints,
    finish: &Finish,
    breed: &BicycleBreed,
    tube: f32,
    dice: &mut Dice<R>,
) {
    let Joints { bracket, rear, head_top, head_low, seat, up_seat, up_head, .. } = *joints;
    let x = Vec3::X;
    let sheet = bike.sheet(0, finish.paint);
    sheet.pipe(&[bracket, seat + up_seat * 0.015], tube * 0.88, 10);
    sheet.pipe(&[head_low - up_head * 0.01, head_top + up_head * 0.01], tube * 1.22, 12);
    let top_from = head_top - up_head * 0.035;
    let down_from = head_low + up_head * 0.03;
    let top_at = seat - up_seat * dice.range((0.02, 0.06));
    match breed.frame {
        Frame::Diamond => {
            sheet.pipe(&[top_from, top_at], tube * 0.86, 10);
            sheet.pipe(&[down_from, bracket], tube, 10);
        }
        Frame::StepThrough => {
            let foot = bracket + up_seat * (seat - bracket).length() * dice.range((0.3, 0.5));
            let from = head_top - up_head * 0.04;
            let sag = from.lerp(foot, 0.55) - Vec3::Y * dice.range((0.06, 0.13));
            sheet.pipe(&bend(&[from, sag, foot]), tube * 0.95, 10);
            let low = down_from.lerp(bracket, 0.55) - Vec3::Y * 0.07;
            sheet.pipe(&bend(&[down_from, low, bracket]), tube, 10);
        }
        Frame::Cruiser => {
            let high = top_from.lerp(top_at, 0.45) + Vec3::Y * dice.range((0.02, 0.06));
            sheet.pipe(&bend(&[top_from, high, top_at]), tube * 0.95, 10);
            let second = high - Vec3::Y * 0.09;
            let foot = bracket.lerp(seat, 0.55);
            sheet.pipe(&bend(&[top_from - up_head * 0.05, second, foot]), tube * 0.7, 10);
            let low = down_from.lerp(bracket, 0.5) + Vec3::new(0.0, -0.03, 0.04);
            sheet.pipe(&bend(&[down_from, low, bracket]), tube, 10);
        }
        Frame::Mixte => {
            for side in [-1.0, 1.0] {
                let past = bracket.lerp(seat, 0.55) + x * side * (tube + 0.008);
                sheet.pipe(&[top_from + x * side * 0.01, past, rear + x * side * 0.06], tube * 0.48, 8);
            }
            sheet.pipe(&[down_from, bracket], tube, 10);
        }
        Frame::Mono => {
            let middle = (head_top + head_low) / 2.0;
            let low = bracket + up_seat * (seat - bracket).length() * 0.35;
            sheet.pipe(&bend(&[middle, middle.lerp(low, 0.5) - Vec3::Y * 0.03, low]), tube * 1.5, 12);
            sheet.pipe(&[low, bracket], tube * 1.2, 10);
        }
        Frame::Sprung => {
            let kink = top_from.lerp(top_at, 0.6) - Vec3::Y * 0.05;
            sheet.pipe(&[top_from, kink, top_at - up_seat * 0.06], tube * 1.05, 10);
            let knee = down_from.lerp(bracket, 0.6) - Vec3::Y * 0.02;
            sheet.pipe(&bend(&[down_from, knee, bracket]), tube * 1.25, 10);
            let shock = [kink - Vec3::Y * 0.02, bracket.lerp(seat, 0.42) + Vec3::Z * 0.06];
            bike.sheet(0, finish.black).pipe(&[shock[0], shock[0].lerp(shock[1], 0.6)], 0.022, 10);
            bike.sheet(0, finish.bright).pipe(&shock, 0.011, 8);
        }
        Frame::Tandem => {
            let front = joints.second.map_or((bracket, seat), |second| (second.bracket, second.seat));
            sheet.pipe(&[front.0, front.1 + up_seat * 0.015], tube * 0.88, 10);
            sheet.pipe(&[top_from, front.1 - up_seat * 0.04, top_at], tube * 0.86, 10);
            sheet.pipe(&[down_from, front.0], tube, 10);
            sheet.pipe(&[front.0, bracket], tube, 10);
            sheet.pipe(&[down_from, bracket.lerp(seat, 0.45)], tube * 0.7, 8);
        }
        Frame::Load => {
            // The bars stand on a post of their own; a low beam runs ahead to the small wheel.
            let post = bracket + Vec3::new(0.0, 0.02, 0.2);
            let floor = joints.radius.min(joints.front_radius) * 0.5;
            sheet.pipe(&[Vec3::new(0.0, floor, post.z + 0.1), joints.bars], tube, 10);
            let beam = [
                seat.lerp(bracket, 0.35),
                Vec3::new(0.0, floor, post.z + 0.1),
                Vec3::new(0.0, floor, head_low.z - 0.25),
                head_low,
            ];
            sheet.pipe(&bend(&beam), tube * 1.3, 10);
            sheet.pipe(&[bracket, Vec3::new(0.0, floor, post.z + 0.1)], tube, 10);
        }
    }
    if matches!(breed.frame, Frame::Diamond | Frame::Mixte | Frame::Tandem) {
        let end = joints.second.map_or(bracket, |second| second.bracket);
        decals(bike.sheet(0, finish.decal), (down_from, end), tube, dice);
        decals(bike.sheet(0, finish.decal), (bracket, seat), tube * 0.88, dice);
    }
    for side in [-1.0, 1.0] {
        let axle = rear + x * side * 0.062;
        let stay = [bracket + x * side * 0.03, bracket.lerp(rear, 0.3) + x * side * (joints.tyre + 0.022), axle];
        sheet_of(bike, finish).tube(&stay, &[tube * 0.62, tube * 0.6, tube * 0.42], 8);
        let bridge = if breed.frame == Frame::Sprung { bracket.lerp(seat, 0.45) } else { seat - up_seat * 0.04 };
        let high = bridge.lerp(rear, 0.3) + x * side * (joints.tyre + 0.018);
        sheet_of(bike, finish).tube(
            &[bridge + x * side * 0.012, high, axle],
            &[tube * 0.5, tube * 0.48, tube * 0.4],
            8,
        );
        sheet_of(bike, finish).pipe(&[axle - x * side * 0.004, axle + x * side * 0.006], 0.02, 10);
    }
    bike.sheet(0, finish.black).pipe(&[bracket - x * 0.05, bracket + x * 0.05], 0.022, 12);
    bike.sheet(0, finish.metal).pipe(&[rear - x * 0.075, rear + x * 0.075], 0.008, 8);
    // The collar of the seat post.
    bike.sheet(0, finish.black).pipe(&[seat + up_seat * 0.004, seat + up_seat * 0.022], tube * 1.05, 10);
}

/// A maker's name along a tube: at a distance a row of strokes; or bands around it; or nothing.
fn decals<R: Rng>(sheet: &mut Sheet, (from, to): (Vec3, Vec3), tube: f32, dice: &mut Dice<R>) {
    let ring = |sheet: &mut Sheet, at: f32, length: f32| {
        let along = (to - from).normalize_or(Vec3::Y) * length / 2.0;
        let middle = from.lerp(to, at);
        sheet.pipe(&[middle - along, middle + along], tube + 0.0008, 10);
    };
    match dice.pick(&[(0, 1.0), (1, 1.2), (2, 0.8)]) {
        1 => {
            let count = 4 + (dice.range((0.0, 5.0)) as u32);
            let start = dice.range((0.25, 0.4));
            for letter in 0..count {
                ring(sheet, start + 0.05 * letter as f32, dice.range((0.006, 0.016)));
            }
        }
        2 => {
            for at in [0.3, 0.36, 0.64, 0.7] {
                ring(sheet, at, 0.014);
            }
        }
        _ => {}
    }
}

/// The painted sheet of the frame.
fn sheet_of<'a>(bike: &'a mut Assembly, finish: &Finish) -> &'a mut Sheet {
    bike.sheet(0, finish.paint)
}
