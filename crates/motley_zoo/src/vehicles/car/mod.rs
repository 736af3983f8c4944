//! Cars: a lofted body, and everything else laid over it.
//!
//! 1. [`shell`]: side, plan and section profiles become a smooth surface with coordinates.
//! 2. [`hull`]: the surface becomes triangles, with housings pressed in for the wheels.
//! 3. [`fittings`]: glass, lamps, grille, lines, mirrors follow the surface by its coordinates.
//! 4. [`cabin`]: what one sees through the glass.
//! 5. [`leaves`]: what stands open.
//! 6. [`wheels`]: one wheel, built once for each side.

mod cabin;
mod fittings;
mod hull;
mod leaves;
mod livery;
mod shell;
mod wheels;

use bevy_math::{Vec2, Vec3, ops};
use rand::Rng;

use super::breed::{CarBreed, Dice, Livery};
use super::build::{Assembly, Sheet, SurfaceId};
use crate::model::Model;
use hull::Housing;
use leaves::Kind;
use shell::{Shape, Shell};

const fn rgb(r: f32, g: f32, b: f32) -> Vec3 {
    Vec3::new(r, g, b)
}

/// Linear colours of paint with their metallic share and how often they are seen: three in four new cars are white,
/// black, grey or silver (makers of car paint publish such shares every year).
const PAINTS: [((Vec3, f32), f32); 13] = [
    ((rgb(0.74, 0.74, 0.73), 0.0), 24.0),
    ((rgb(0.011, 0.011, 0.013), 0.1), 18.0),
    ((rgb(0.10, 0.105, 0.11), 0.35), 14.0),
    ((rgb(0.36, 0.37, 0.38), 0.45), 14.0),
    ((rgb(0.025, 0.06, 0.22), 0.25), 7.0),
    ((rgb(0.05, 0.16, 0.42), 0.15), 4.0),
    ((rgb(0.36, 0.013, 0.013), 0.05), 8.0),
    ((rgb(0.12, 0.015, 0.02), 0.25), 2.0),
    ((rgb(0.02, 0.09, 0.045), 0.2), 2.5),
    ((rgb(0.30, 0.26, 0.20), 0.35), 3.0),
    ((rgb(0.55, 0.17, 0.015), 0.1), 1.5),
    ((rgb(0.62, 0.45, 0.03), 0.0), 1.0),
    ((rgb(0.22, 0.42, 0.52), 0.1), 1.0),
];

/// How far the front wheels turn, radians.
const FULL_LOCK: f32 = 0.5;

/// Surfaces of one individual.
struct Finish {
    paint: SurfaceId,
    glass: SurfaceId,
    black: SurfaceId,
    plastic: SurfaceId,
    chrome: SurfaceId,
    lamp: SurfaceId,
    reflector: SurfaceId,
    red: SurfaceId,
    amber: SurfaceId,
    plate: SurfaceId,
    tyre: SurfaceId,
    rim: SurfaceId,
    /// Of roof, stripes or doors in another colour.
    second: SurfaceId,
    cloth: SurfaceId,
}

impl Finish {
    fn draw<R: Rng>(breed: &CarBreed, dice: &mut Dice<R>, car: &mut Assembly) -> Self {
        let drawn = dice.pick(&PAINTS);
        let second =
            dice.pick(&[(rgb(0.72, 0.72, 0.7), 3.0), (rgb(0.012, 0.012, 0.013), 3.0), (rgb(0.4, 0.02, 0.02), 0.5)]);
        let white = (rgb(0.74, 0.74, 0.73), 0.0);
        let (color, metallic) = match breed.livery {
            Livery::Taxi => (
                dice.pick(&[
                    (rgb(0.72, 0.42, 0.01), 4.0),
                    (rgb(0.62, 0.56, 0.38), 1.0),
                    (rgb(0.012, 0.012, 0.013), 1.0),
                    (rgb(0.74, 0.74, 0.73), 0.7),
                ]),
                0.0,
            ),
            Livery::Police => {
                dice.pick(&[(white, 2.0), ((rgb(0.012, 0.012, 0.014), 0.0), 1.5), ((rgb(0.45, 0.46, 0.47), 0.4), 1.0)])
            }
            Livery::Private if dice.chance(breed.white) => white,
            Livery::Private => drawn,
        };
        let second = match breed.livery {
            Livery::Police if color.x > 0.3 => {
                dice.pick(&[(rgb(0.02, 0.09, 0.45), 2.0), (rgb(0.01, 0.01, 0.012), 2.0), (rgb(0.03, 0.3, 0.1), 0.7)])
            }
            Livery::Police => rgb(0.72, 0.72, 0.7),
            _ => second,
        };
        let color = dice.near(color, 0.14);
        // By day most drive or stand without lights; with them, those behind are fainter.
        let front = if dice.chance(0.2) { dice.range((0.6, 3.0)) } else { 0.0 };
        let rear = 0.2 * front;
        let rim = dice.pick(&[(0.5, 5.0), (0.3, 2.0), (0.04, 1.5)]);
        let plate =
            dice.pick(&[(rgb(0.72, 0.72, 0.70), 5.0), (rgb(0.70, 0.55, 0.08), 1.0), (rgb(0.6, 0.66, 0.72), 1.0)]);
        Self {
            paint: car.surface(color, metallic, 0.22),
            glass: car.glass(dice.range((0.08, 0.3))),
            black: car.surface(rgb(0.008, 0.008, 0.009), 0.0, 0.3),
            plastic: car.surface(rgb(0.02, 0.02, 0.021), 0.0, 0.65),
            chrome: car.surface(rgb(0.62, 0.62, 0.63), 1.0, 0.12),
            // The light is in the reflectors; of the lens around them little is seen.
            lamp: car.lamp(rgb(0.66, 0.68, 0.70), rgb(1.0, 0.95, 0.85) * (0.04 * front)),
            reflector: car.reflector(rgb(1.0, 0.95, 0.85) * front),
            red: car.lamp(rgb(0.38, 0.008, 0.008), rgb(1.0, 0.02, 0.015) * rear),
            amber: car.surface(rgb(0.6, 0.2, 0.01), 0.0, 0.15),
            plate: car.surface(plate, 0.0, 0.5),
            tyre: car.surface(rgb(0.016, 0.016, 0.017), 0.0, 0.85),
            rim: car.surface(Vec3::splat(rim), 0.75, 0.3),
            second: car.surface(second, 0.0, 0.25),
            cloth: car.surface(Vec3::splat(0.018), 0.0, 0.9),
        }
    }
}

/// One individual while it is built.
struct Car<'a> {
    breed: &'a CarBreed,
    shell: Shell,
    finish: Finish,
    /// z of the front and rear axle, radius of the wheels.
    axles: [f32; 2],
    radius: f32,
    painted_handles: bool,
    /// Whether the roof is folded away.
    is_open: bool,
}

pub(super) fn grow<R: Rng>(breed: &CarBreed, stream: &mut R) -> Model {
    let mut dice = Dice(stream);
    let mut model = Assembly::default();
    let finish = Finish::draw(breed, &mut dice, &mut model);
    let radius = dice.range(breed.wheel);
    let shape = draw_shape(breed, &mut dice, radius);
    let axles = [breed.axles.0, breed.axles.1].map(|at| (0.5 - dice.range(at)) * shape.length);
    let painted_handles = dice.chance(0.6);
    let is_open = breed.open_top > 0.0 && dice.chance(breed.open_top);
    let car = Car { breed, shell: Shell::new(shape), finish, axles, radius, painted_handles, is_open };

    let root = model.node("body", None, Vec3::ZERO);
    let arch = radius + dice.range((0.04, 0.07));
    let half = car.shell.shape.width / 2.0;
    // Wheels that steer need deeper ones.
    let swing = ops::sin(FULL_LOCK) * radius;
    let housings = [(axles[0], swing), (axles[1], 0.0)].map(|(z, swing)| Housing {
        axis: Vec2::new(z, radius + 0.01),
        radius: arch,
        inner: half - 0.34 - swing,
    });
    let glazing = car.glaze(&mut dice);
    let leaf = car.draw_leaf(&mut dice).filter(|_| !is_open);
    let leaf = leaf.as_ref();
    let openings: Vec<_> = glazing.openings().chain(leaf.map(|leaf| leaf.outline)).collect();
    let (mut paint, mut dark) = Default::default();
    let places = hull::build(&car.shell, &housings, &openings, &mut paint, &mut dark);
    car.add_cabin(&mut model, &mut dice, &paint, &places, leaf.map(|leaf| leaf.kind));
    *model.sheet(root, car.finish.paint) = paint;
    *model.sheet(root, car.finish.plastic) = dark;
    car.add_windows(&mut model, &glazing, leaf);
    if is_open {
        car.add_open_top(&mut model, &mut dice);
    }
    car.add_face(&mut model, &mut dice);
    car.add_tail(&mut model, &mut dice);
    car.add_sides(&mut model, &mut dice, arch, leaf);
    car.add_livery(&mut model, &mut dice);
    if dice.chance(0.4) {
        // Last, when all that is painted is there.
        soil(model.sheet(root, car.finish.paint), car.shell.shape.clearance, dice.range((0.15, 0.6)));
    }
    if let Some(leaf) = leaf {
        car.add_leaf(&mut model, leaf, &glazing);
        if leaf.kind == Kind::Bonnet {
            car.add_engine(&mut model);
        }
    }
    let (rolling, steering) = wheels::add(&car, &mut model, &mut dice);

    let roll: Vec<_> = rolling.iter().map(|node| (*node, Vec3::X, 1.0)).collect();
    let steer: Vec<_> = steering.iter().map(|node| (*node, Vec3::Y, 1.0)).collect();
    model.clip("roll", 1.0, &roll, None);
    model.clip("steer", 2.0, &steer, Some(FULL_LOCK));
    model.finish()
}

/// Dirt that the wheels throw up: the paint grows dull and brown towards the ground.
fn soil(paint: &mut Sheet, clearance: f32, strength: f32) {
    paint.mesh.colors = paint
        .mesh
        .positions
        .iter()
        .map(|p| {
            let low = (1.0 - (p.y - clearance) / 0.55).clamp(0.0, 1.0);
            let clean = Vec3::ONE.lerp(rgb(0.5, 0.42, 0.33), strength * low * low);
            clean.extend(1.0).to_array()
        })
        .collect();
}

/// Draws the body's measures, in an order that no roof can violate, around wheels of a radius.
fn draw_shape<R: Rng>(breed: &CarBreed, dice: &mut Dice<R>, radius: f32) -> Shape {
    let height = dice.range(breed.height);
    // Wheels do not look out of it.
    let bonnet = dice.range(breed.bonnet).max(2.0 * radius + 0.09);
    let cowl_at = dice.range(breed.cowl_at);
    let roof_from = dice.range(breed.roof_from).max(cowl_at + 0.05);
    let roof_to = dice.range(breed.roof_to).max(roof_from + 0.08);
    Shape {
        length: dice.range(breed.length),
        width: dice.range(breed.width),
        height,
        clearance: dice.range(breed.clearance),
        bonnet,
        cowl: dice.range(breed.cowl).clamp(bonnet + 0.06, height - 0.3),
        belt: dice.range(breed.belt).min(height - 0.3),
        deck: dice.range(breed.deck).min(height - 0.25),
        cowl_at,
        roof_from,
        roof_to,
        deck_at: dice.range(breed.deck_at).clamp(roof_to + 0.012, 0.99),
        roof: dice.range(breed.roof),
        sweep: dice.range((0.10, 0.20)),
        rake: dice.range((0.02, 0.10)),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;
    use crate::vehicles::breed::Body;

    #[test]
    fn skin_and_housings_are_one_closed_body() {
        for breed in crate::vehicles::breeds("car") {
            let Body::Car(body) = &breed.body else { panic!("{} is no car", breed.name) };
            for seed in 0..4 {
                let mut stream = ChaCha8Rng::seed_from_u64(seed);
                let shape = draw_shape(body, &mut Dice(&mut stream), body.wheel.0);
                let inner = shape.width / 2.0 - 0.34;
                let housing = |at: f32| Housing {
                    axis: Vec2::new((0.5 - at) * shape.length, body.wheel.0),
                    radius: body.wheel.0 + 0.06,
                    inner,
                };
                let housings = [housing(body.axles.0.0), housing(body.axles.1.0)];
                let (mut paint, mut dark) = <(Sheet, Sheet)>::default();
                hull::build(&Shell::new(shape), &housings, &[], &mut paint, &mut dark);
                let mut edges: HashMap<_, i32> = HashMap::new();
                let mut volume = 0.0;
                for sheet in [&paint, &dark] {
                    let at = |i: u32| sheet.mesh.positions[i as usize];
                    let key = |i: u32| at(i).to_array().map(|x| (x * 1e5).round() as i64);
                    for t in sheet.mesh.indices.chunks_exact(3) {
                        volume += at(t[0]).dot(at(t[1]).cross(at(t[2]))) / 6.0;
                        for (a, b) in [(t[0], t[1]), (t[1], t[2]), (t[2], t[0])] {
                            let (a, b) = (key(a), key(b));
                            if a != b {
                                *edges.entry((a.min(b), a.max(b))).or_default() += if a < b { 1 } else { -1 };
                            }
                        }
                    }
                }
                let open = edges.values().filter(|balance| **balance != 0).count();
                assert_eq!(open, 0, "{} {seed}", breed.name);
                assert!((4.0..20.0).contains(&volume), "{} {seed}: {volume} m³", breed.name);
            }
        }
    }
}
