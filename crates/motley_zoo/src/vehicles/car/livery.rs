//! What tells one car of a kind from another: second colours, stripes, spoilers, what taxis and the police carry.

use bevy_math::{Quat, Vec3};
use rand::Rng;

use super::{
    Car,
    fittings::{UNDER, on_side, on_top},
    shell::{BELT, RAIL},
};
use crate::vehicles::{
    breed::{Dice, Livery},
    build::{Assembly, bend},
};

impl Car<'_> {
    pub(super) fn add_livery<R: Rng>(&self, model: &mut Assembly, dice: &mut Dice<R>) {
        let (breed, s, finish, shell) = (self.breed, &self.shell.shape, &self.finish, &self.shell);
        let (from, to) = (s.roof_from - 0.004, s.roof_to + 0.004);
        if self.is_open {
            // There is no roof to be of another colour.
        } else if dice.chance(breed.cloth_top) {
            // A cloth top takes the pillars behind along.
            let foot = s.roof_to + 0.75 * (s.deck_at - s.roof_to);
            on_top(model.sheet(0, finish.cloth), shell, (from, foot), RAIL, UNDER + 0.004);
        } else if dice.chance(breed.two_tone) {
            on_top(model.sheet(0, finish.second), shell, (from, to), RAIL + 0.004, UNDER);
        }
        if dice.chance(breed.stripes) {
            for x in [-1.0, 1.0] {
                let side = x;
                for (a, b) in [(0.06, s.cowl_at - 0.03), (s.roof_from + 0.01, s.roof_to - 0.01)] {
                    on_side(model.sheet(0, finish.second), shell, side, |_| (a, b), (0.88, 0.97), UNDER);
                }
            }
        }
        if dice.chance(breed.spoiler) {
            let (y, z) = (s.deck + 0.09, -s.length * 0.5 + 0.22);
            let half = 0.42 * s.width;
            let surface = if dice.chance(0.6) { finish.paint } else { finish.black };
            let wing = model.sheet(0, surface);
            wing.cuboid(Vec3::new(0.0, y, z), Vec3::new(half, 0.012, 0.11), Quat::from_rotation_x(-0.12));
            for x in [-0.7, 0.7] {
                wing.cuboid(Vec3::new(x * half, y - 0.06, z), Vec3::new(0.015, 0.07, 0.06), Quat::IDENTITY);
            }
        }
        if dice.chance(breed.spare) {
            let at = Vec3::new(0.12, 0.55 * (s.clearance + s.height), -s.length / 2.0 - 0.02);
            let wheel = model.sheet(0, finish.tyre);
            wheel.pipe(&[at + Vec3::Z * 0.08, at - Vec3::Z * 0.12], self.radius * 0.95, 22);
            model.sheet(0, finish.plastic).pipe(&[at, at - Vec3::Z * 0.13], self.radius * 0.62, 20);
        }
        if dice.chance(breed.chrome) {
            let w = s.width / 2.0;
            let y = s.clearance + 0.24;
            for end in [1.0, -1.0] {
                let at = |x: f32, back: f32| Vec3::new(x * w, y, end * (s.length / 2.0 + 0.05 - back));
                let bar = [at(-0.98, 0.3), at(-0.9, 0.08), at(-0.5, 0.0), at(0.5, 0.0), at(0.9, 0.08), at(0.98, 0.3)];
                model.sheet(0, finish.chrome).pipe(&bend(&bar), 0.055, 8);
            }
            for side in [1.0, -1.0] {
                on_side(
                    model.sheet(0, finish.chrome),
                    shell,
                    side,
                    |_| (0.12, 0.9),
                    (BELT - 0.075, BELT - 0.067),
                    UNDER,
                );
            }
        }
        let top = Vec3::new(0.0, s.height + 0.02, shell.around((s.roof_from + s.roof_to) / 2.0, 1.0).z + 0.12);
        match breed.livery {
            Livery::Private => {}
            Livery::Taxi => {
                let sign = model.sheet(0, finish.plate);
                sign.cuboid(top + Vec3::Y * 0.07, Vec3::new(0.24, 0.075, 0.07), Quat::IDENTITY);
                let word = model.sheet(0, finish.black);
                for i in 0..4 {
                    let x = 0.095 * (i as f32 - 1.5);
                    word.cuboid(top + Vec3::new(x, 0.07, 0.0), Vec3::new(0.03, 0.04, 0.073), Quat::IDENTITY);
                }
            }
            Livery::Police => {
                model.sheet(0, finish.black).cuboid(top, Vec3::new(0.55, 0.025, 0.13), Quat::IDENTITY);
                let blue = model.surface(Vec3::new(0.01, 0.06, 0.7), 0.0, 0.15);
                let other = if dice.chance(0.6) { finish.red } else { blue };
                for (surface, side) in [(blue, 1.0), (other, -1.0)] {
                    let at = top + Vec3::new(side * 0.36, 0.055, 0.0);
                    model.sheet(0, surface).cuboid(at, Vec3::new(0.2, 0.05, 0.12), Quat::IDENTITY);
                }
                for side in [1.0, -1.0] {
                    on_side(
                        model.sheet(0, finish.second),
                        shell,
                        side,
                        |_| (s.cowl_at + 0.04, 0.66),
                        (0.3, BELT - 0.03),
                        UNDER - 0.001,
                    );
                }
            }
        }
    }
}
