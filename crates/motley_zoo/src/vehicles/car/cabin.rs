//! What one sees through the windows: lining, dashboard, steering wheel, seats.

use std::f32::consts::TAU;

use bevy_math::{Quat, Vec2, Vec3, ops};
use rand::Rng;

use super::{Car, leaves::Kind};
use crate::vehicles::{
    breed::Dice,
    build::{Assembly, Sheet, SurfaceId},
};

/// How far the lining lies within the skin, metres.
const LINING: f32 = 0.025;
/// Half-width of a seat.
const SEAT: f32 = 0.24;
/// How far a seat reaches behind its middle, metres: the back leans.
const SEAT_REACH: f32 = 0.6;
/// What the back of a bench measures at least with its headrests, metres.
const LOWEST_BACK: f32 = 0.45;

impl Car<'_> {
    /// Adds the cabin within a skin whose windows are cut out; `places` has (u, t) of its points. What stands open shows what
    /// lies behind it too.
    pub(super) fn add_cabin<R: Rng>(
        &self,
        model: &mut Assembly,
        dice: &mut Dice<R>,
        skin: &Sheet,
        places: &[Vec2],
        open: Option<Kind>,
    ) {
        let s = &self.shell.shape;
        let trim = dice.pick(&[(0.012, 4.0), (0.03, 3.0), (0.07, 1.5)]);
        let trim = model.surface(Vec3::splat(trim), 0.0, 0.8);
        let cover = dice.pick(&[
            (Vec3::splat(0.015), 5.0),
            (Vec3::splat(0.05), 3.0),
            (Vec3::new(0.16, 0.12, 0.08), 1.5),
            (Vec3::new(0.10, 0.04, 0.02), 0.7),
            (Vec3::new(0.12, 0.01, 0.01), 0.3),
        ]);
        let cover = model.surface(cover, 0.0, 0.7);
        // The boot has a floor of its own, the bed a wall before it.
        let boot = self.has_boot();
        let end = self.breed.bed.unwrap_or(if boot { s.roof_to + 0.8 * (s.deck_at - s.roof_to) } else { 0.93 });
        let front = if open == Some(Kind::Bonnet) { 0.0 } else { s.cowl_at - 0.005 };
        let rear = if open == Some(Kind::Boot) { 1.0 } else { s.deck_at.max(end) };
        line(model.sheet(0, trim), skin, places, (front, rear));
        let middle = |u: f32| self.shell.around(u, 1.0).z;
        let floor = s.clearance + 0.02;
        let wall = |model: &mut Assembly, u: f32, top: f32| {
            let (low, high) = (floor, top.max(floor + 0.1));
            let half = Vec3::new(0.44 * s.width, (high - low) / 2.0, 0.012);
            let center = Vec3::new(0.0, (low + high) / 2.0, middle(u));
            model.sheet(0, trim).cuboid(center, half, Quat::IDENTITY);
        };
        wall(model, s.cowl_at, s.cowl - 0.03);
        wall(model, end, if self.breed.bed.is_some() { s.belt - 0.06 } else { s.belt.min(s.deck) - 0.05 });
        let dash = Vec3::new(0.0, s.cowl - 0.13, middle(s.cowl_at) - 0.2);
        model.sheet(0, trim).cuboid(dash, Vec3::new(0.44 * s.width, 0.09, 0.2), Quat::IDENTITY);

        let driver = if dice.chance(0.8) { 1.0 } else { -1.0 };
        let aside = (0.21 * s.width).min(0.4);
        let hub = Vec3::new(driver * aside, s.cowl, dash.z - 0.27);
        let tilt = Quat::from_rotation_x(0.45);
        let rim: Vec<Vec3> = (0..=20)
            .map(|i| {
                let (sin, cos) = ops::sin_cos(TAU * i as f32 / 20.0);
                hub + tilt * Vec3::new(0.185 * sin, 0.185 * cos, 0.0)
            })
            .collect();
        let wheel = model.sheet(0, self.finish.plastic);
        wheel.pipe(&rim, 0.016, 6);
        wheel.pipe(&[rim[5], hub, rim[15]], 0.014, 5);
        wheel.pipe(&[hub, hub + tilt * Vec3::Z * 0.25], 0.035, 6);

        // Backs reach no higher than the roof allows, cushions as high as the belt asks for.
        let cushion = (s.belt - 0.42).max(floor + 0.12);
        let top = (s.height - 0.16).min(cushion + 0.86);
        // Not through the rear window, which leans over the seats of a short cabin.
        let under_glass = (0..20).map(|i| s.roof_to + (s.deck_at - s.roof_to) * i as f32 / 20.0);
        let glass = under_glass.take_while(|u| self.shell.top(*u) > top + 0.06).last().unwrap_or(s.roof_to);
        let front = (dash.z - 0.95).max(middle(glass) + SEAT_REACH);
        let headrests = dice.chance(0.9);
        for side in [1.0, -1.0] {
            let back = seat(model, cover, Vec3::new(side * aside, cushion, front), SEAT, top, headrests);
            if headrests {
                headrest(model, cover, back);
            }
        }
        let mut row = front - 0.85;
        while self.breed.windows > 1 && row - 0.35 > middle(end) && row > front - 2.8 {
            // A bench ends where the roof or the rear window comes down over it.
            let crest = (top + 0.1).min(self.shell.top(self.shell.fraction(row - SEAT_REACH)) - 0.12);
            if crest - cushion < LOWEST_BACK {
                break;
            }
            let back = seat(model, cover, Vec3::new(0.0, cushion, row), 0.4 * s.width, crest, true);
            for side in [1.0, -1.0] {
                headrest(model, cover, back + Vec3::X * side * aside);
            }
            row -= 0.85;
        }
    }
}

/// A cushion whose middle is at `at` and a back behind it, leaning, which leaves room for headrests below `top` if asked to.
/// Returns where the middle of a headrest is.
fn seat(model: &mut Assembly, cover: SurfaceId, at: Vec3, half: f32, top: f32, for_headrest: bool) -> Vec3 {
    let back = (top - at.y - if for_headrest { 0.2 } else { 0.0 }) / 2.0;
    let sheet = model.sheet(0, cover);
    sheet.ellipsoid(at, Vec3::new(half * 1.1, 0.1, 0.3), Quat::IDENTITY, 12);
    let lean = Quat::from_rotation_x(-0.25);
    let foot = at - Vec3::Z * 0.22;
    sheet.ellipsoid(foot + lean * Vec3::Y * back, Vec3::new(half * 1.12, back * 1.15, 0.1), lean, 14);
    foot + lean * Vec3::Y * (2.0 * back + 0.12)
}

fn headrest(model: &mut Assembly, cover: SurfaceId, at: Vec3) {
    model.sheet(0, cover).ellipsoid(at, Vec3::new(0.14, 0.1, 0.06), Quat::IDENTITY, 10);
}

/// Lines a skin where its u lies within a range: the same triangles, seen from within.
fn line(sheet: &mut Sheet, skin: &Sheet, places: &[Vec2], (front, rear): (f32, f32)) {
    let mut known = vec![None; skin.mesh.positions.len()];
    for triangle in skin.mesh.indices.chunks_exact(3) {
        let corners = [2, 1, 0].map(|corner| triangle[corner] as usize);
        // Below, where t is not told, u is.
        if corners.iter().any(|&at| !(front..=rear).contains(&places[at].x)) {
            continue;
        }
        for at in corners {
            let vertex = *known[at].get_or_insert_with(|| {
                sheet.mesh.positions.push(skin.mesh.positions[at] - skin.mesh.normals[at] * LINING);
                sheet.mesh.normals.push(-skin.mesh.normals[at]);
                sheet.mesh.positions.len() as u32 - 1
            });
            sheet.mesh.indices.push(vertex);
        }
    }
}
