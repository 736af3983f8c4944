//! Places as solids, and a panorama of them by casting rays.
//!
//! 1. Each pixel's ray finds the nearest solid; what it is made of comes from a material's picture and a [`Detail`].
//! 2. Light reaches the hit from the sun or from glowing panels through one shadow ray, and from all around as far as two
//!    short rays find it open.
//! 3. The light, which those few rays leave noisy, is averaged over neighbours on the same face; then both are multiplied.

use bevy_math::{Vec2, Vec3, ops};

use super::{
    SkyImage,
    detail::{Detail, Seen},
    texture::texture,
};
use crate::materials::noise::random;

/// Width and height of a panorama in pixels.
pub(super) const SIZE: (u32, u32) = (1024, 512);

/// A convex body.
#[derive(Clone, Debug)]
pub(super) enum Shape {
    /// Lowest and highest corner.
    Block(Vec3, Vec3),
    /// Middle and radii.
    Ball(Vec3, Vec3),
    /// Half-spaces: outward normal and distance from the origin along it; with the middle and radius of a ball around it.
    Hull(Vec<(Vec3, f32)>, Vec3, f32),
}

/// A body with its surface.
#[derive(Clone, Debug)]
pub(super) struct Solid {
    pub(super) shape: Shape,
    pub(super) look: Finish,
}

/// What a surface looks like.
#[derive(Clone, Debug)]
pub(super) struct Finish {
    /// Linear factor on the material's colour, or the colour itself where there is none.
    pub(super) color: Vec3,
    /// A material's name.
    pub(super) material: Option<&'static str>,
    /// Figures on it, and holes.
    pub(super) detail: Detail,
    /// Radiance of its own, as a factor on its colour.
    pub(super) glow: f32,
    /// Number of its noise.
    pub(super) seed: u32,
}

impl Finish {
    /// A plain colour, linear.
    pub(super) fn plain(color: Vec3) -> Self {
        Self { color, material: None, detail: Detail::None, glow: 0.0, seed: 0 }
    }

    /// A material in its own colours times `color`.
    pub(super) fn of(material: &'static str, color: Vec3) -> Self {
        Self { material: Some(material), ..Self::plain(color) }
    }

    /// The same with figures or holes.
    pub(super) fn with(self, detail: Detail) -> Self {
        Self { detail, ..self }
    }

    /// The same with other noise.
    pub(super) fn seeded(self, seed: u32) -> Self {
        Self { seed, ..self }
    }
}

/// A light that is not all around.
#[derive(Clone, Debug)]
pub(super) enum Lamp {
    /// Unit vector towards it, and radiosity of a white surface that faces it.
    Sun(Vec3, Vec3),
    /// A glowing rectangle: middle, half edges, radiance. It shines to the side of `cross(a, b)`.
    Panel(Vec3, Vec3, Vec3, Vec3),
}

/// All that a panorama shows.
pub(super) struct Place<'a> {
    pub(super) eye: Vec3,
    pub(super) solids: Vec<Solid>,
    pub(super) lamps: Vec<Lamp>,
    /// Radiosity of a white surface from all around, as far as it sees it: facing up, level, and down.
    pub(super) ambient: [Vec3; 3],
    /// How far away things still darken each other, metres.
    pub(super) nook: f32,
    /// What is behind everything.
    pub(super) beyond: &'a dyn Fn(Vec3) -> Vec3,
}

/// Where a ray meets a surface.
struct Hit {
    t: f32,
    normal: Vec3,
    solid: usize,
}

impl Shape {
    /// A ball around it: middle and radius.
    fn bounds(&self) -> (Vec3, f32) {
        match self {
            Self::Block(low, high) => ((*low + *high) / 2.0, low.distance(*high) / 2.0),
            Self::Ball(centre, radii) => (*centre, radii.max_element()),
            Self::Hull(_, centre, radius) => (*centre, *radius),
        }
    }

    /// Distance along the ray and outward normal where it enters, or where it leaves if it starts inside.
    fn meet(&self, from: Vec3, along: Vec3) -> Option<(f32, Vec3)> {
        match self {
            Self::Block(low, high) => {
                let inverse = along.recip();
                let (a, b) = ((*low - from) * inverse, (*high - from) * inverse);
                let (near, far) = (a.min(b), a.max(b));
                let (enter, leave) = (near.max_element(), far.min_element());
                if leave < enter || leave <= 1e-4 {
                    return None;
                }
                let (t, at, sign) = if enter > 1e-4 { (enter, near, -1.0) } else { (leave, far, 1.0) };
                let axis = if t == at.x {
                    Vec3::X * along.x.signum()
                } else if t == at.y {
                    Vec3::Y * along.y.signum()
                } else {
                    Vec3::Z * along.z.signum()
                };
                Some((t, axis * sign))
            }
            Self::Ball(centre, radii) => {
                let (o, d) = ((from - *centre) / *radii, along / *radii);
                let (a, b, c) = (d.length_squared(), o.dot(d), o.length_squared() - 1.0);
                let root = b * b - a * c;
                if root < 0.0 {
                    return None;
                }
                let t = (-b - root.sqrt()) / a;
                (t > 1e-4).then(|| (t, ((o + d * t) / *radii).normalize_or(Vec3::Y)))
            }
            Self::Hull(faces, ..) => {
                let (mut enter, mut leave, mut normal) = (0.0f32, f32::MAX, Vec3::Y);
                for (n, d) in faces {
                    let (height, speed) = (d - n.dot(from), n.dot(along));
                    if speed.abs() < 1e-7 {
                        if height < 0.0 {
                            return None;
                        }
                        continue;
                    }
                    let t = height / speed;
                    if speed < 0.0 {
                        if t > enter {
                            (enter, normal) = (t, *n);
                        }
                    } else {
                        leave = leave.min(t);
                    }
                }
                (enter > 1e-4 && enter < leave).then_some((enter, normal))
            }
        }
    }
}

impl Place<'_> {
    /// The nearest surface along a ray, among some of the solids; holes in it are looked through.
    fn trace(&self, from: Vec3, along: Vec3, reach: f32, among: &[(usize, Vec3, f32)]) -> Option<Hit> {
        let mut best: Option<Hit> = None;
        let mut limit = reach;
        for (i, centre, radius) in among {
            let offset = *centre - from;
            let ahead = offset.dot(along);
            if ahead < -radius || offset.length_squared() - ahead * ahead > radius * radius || ahead - radius > limit {
                continue;
            }
            let solid = &self.solids[*i];
            if let Some((t, normal)) = solid.shape.meet(from, along)
                && t < limit
                && !solid.look.detail.is_hole(&seen(&solid.shape, from + along * t, normal, solid.look.seed), along)
            {
                limit = t;
                best = Some(Hit { t, normal, solid: *i });
            }
        }
        best
    }

    /// Light on a surface: radiosity of a white one.
    fn light(&self, point: Vec3, normal: Vec3, chance: [f32; 3], all: &[(usize, Vec3, f32)]) -> Vec3 {
        let up = normal.y;
        let [above, level, below] = self.ambient;
        let around = if up > 0.0 { level.lerp(above, up) } else { level.lerp(below, -up) };
        // Two rays into the half-space above the surface, spread by the cosine (Malley's method).
        let side = normal.any_orthonormal_vector();
        let other = normal.cross(side);
        let mut open = 0.0;
        for k in 0..2 {
            let r = ((chance[0] + 0.5 * k as f32) % 1.0).sqrt();
            let (sin, cos) = ops::sin_cos(std::f32::consts::TAU * (chance[1] + 0.37 * k as f32));
            let along = side * (r * cos) + other * (r * sin) + normal * (1.0 - r * r).max(0.0).sqrt();
            open += match self.trace(point, along, self.nook, all) {
                Some(hit) => 0.12 + 0.5 * hit.t / self.nook,
                None => 1.0,
            };
        }
        let mut light = around * (open / 2.0);
        for lamp in &self.lamps {
            let (along, reach, amount) = match lamp {
                Lamp::Sun(toward, radiosity) => {
                    // As wide as thin haze makes it.
                    let spread = (Vec3::from_array(chance) - 0.5) * 0.02;
                    ((*toward + spread).normalize_or(Vec3::Y), 200.0, *radiosity * normal.dot(*toward).max(0.0))
                }
                Lamp::Panel(middle, a, b, radiance) => {
                    let target = *middle + *a * (1.8 * chance[0] - 0.9) + *b * (1.8 * chance[2] - 0.9);
                    let offset = target - point;
                    let distance = offset.length().max(0.2);
                    let along = offset / distance;
                    let facing = a.cross(*b);
                    let area = 4.0 * facing.length();
                    let cosines = normal.dot(along).max(0.0) * facing.normalize_or(Vec3::Y).dot(-along).max(0.0);
                    let form = cosines * area / (std::f32::consts::PI * distance * distance + area);
                    (along, distance - 0.06, *radiance * form)
                }
            };
            if amount.max_element() > 1e-3 && self.trace(point, along, reach, all).is_none() {
                light += amount;
            }
        }
        light
    }

    /// The panorama, in the place's own units of light.
    pub(super) fn paint(&self) -> SkyImage {
        const BLOCK: u32 = 32;
        let (width, height) = SIZE;
        let pixels = (width * height) as usize;
        let (mut albedo, mut light) = (vec![Vec3::ZERO; pixels], vec![Vec3::ONE; pixels]);
        let mut faces = vec![u32::MAX; pixels];
        let all: Vec<(usize, Vec3, f32)> = self
            .solids
            .iter()
            .enumerate()
            .map(|(i, solid)| {
                let (centre, radius) = solid.shape.bounds();
                (i, centre, radius)
            })
            .collect();
        let pixel_angle = std::f32::consts::TAU / width as f32;
        for block in 0..(width / BLOCK) * (height / BLOCK) {
            let (x0, y0) = (block % (width / BLOCK) * BLOCK, block / (width / BLOCK) * BLOCK);
            let middle = SkyImage::direction(x0 + BLOCK / 2, y0 + BLOCK / 2, width, height);
            // Solids that a ray of this block may meet: within the block's cone.
            let among: Vec<(usize, Vec3, f32)> = all
                .iter()
                .filter(|(_, centre, radius)| {
                    let offset = *centre - self.eye;
                    let distance = offset.length();
                    let half = pixel_angle * BLOCK as f32 * 0.75;
                    distance <= *radius
                        || ops::acos((middle.dot(offset) / distance).clamp(-1.0, 1.0))
                            < half + ops::asin((radius / distance).min(1.0))
                })
                .copied()
                .collect();
            for i in 0..BLOCK * BLOCK {
                let (x, y) = (x0 + i % BLOCK, y0 + i / BLOCK);
                let at = (y * width + x) as usize;
                let along = SkyImage::direction(x, y, width, height);
                let Some(hit) = self.trace(self.eye, along, f32::MAX, &among) else {
                    albedo[at] = (self.beyond)(along);
                    continue;
                };
                let point = self.eye + along * hit.t;
                let solid = &self.solids[hit.solid];
                let look = &solid.look;
                let normal = if hit.normal.dot(along) > 0.0 { -hit.normal } else { hit.normal };
                let seen = seen(&solid.shape, point, normal, look.seed);
                // How much of the surface a pixel covers.
                let grain = pixel_angle * hit.t / normal.dot(-along).max(0.15);
                let base = look.material.map_or(look.color, |name| texture(name).sample(seen.uv, grain) * look.color);
                let (color, glow) = look.detail.paint(&seen, base);
                let own = look.glow + glow;
                if own > 0.0 {
                    albedo[at] = color * own;
                    continue;
                }
                albedo[at] = color;
                let side = (normal.x * 2.0 + normal.y * 3.0 + normal.z * 5.0) as i32;
                faces[at] = (hit.solid as u32) * 16 + (side + 5) as u32 % 16;
                // The ground near by is never seen, only its light.
                let rough = along.y < -0.45;
                let chance = random(x, y, 77);
                let bumpy = (normal + look.detail.bump(&seen)).normalize_or(normal);
                light[at] =
                    if rough { self.ambient[0] * 0.8 } else { self.light(point + normal * 2e-3, bumpy, chance, &all) };
            }
        }
        let smooth = average(&light, &faces, width as usize, height as usize);
        let rgb = albedo.iter().zip(smooth).flat_map(|(a, l)| (*a * l).min(Vec3::splat(40.0)).to_array()).collect();
        SkyImage { width, height, rgb }
    }
}

/// Averages light over 5 × 5 neighbours on the same face.
fn average(light: &[Vec3], faces: &[u32], width: usize, height: usize) -> Vec<Vec3> {
    let mut smooth = Vec::with_capacity(light.len());
    for y in 0..height {
        for x in 0..width {
            let own = faces[y * width + x];
            if own == u32::MAX {
                smooth.push(Vec3::ONE);
                continue;
            }
            let (mut sum, mut count) = (Vec3::ZERO, 0.0);
            for v in y.saturating_sub(2)..(y + 3).min(height) {
                for u in [x + width - 2, x + width - 1, x, x + 1, x + 2] {
                    let at = v * width + u % width;
                    if faces[at] == own {
                        sum += light[at];
                        count += 1.0;
                    }
                }
            }
            smooth.push(sum / count);
        }
    }
    smooth
}

/// A point of a surface in the surface's own terms.
fn seen(shape: &Shape, point: Vec3, normal: Vec3, seed: u32) -> Seen {
    let n = normal.abs();
    let flat = |p: Vec3| {
        if n.y > n.x && n.y > n.z {
            Vec2::new(p.x, p.z)
        } else if n.x > n.z {
            Vec2::new(p.z, p.y)
        } else {
            Vec2::new(p.x, p.y)
        }
    };
    let (centre, extent) = match shape {
        Shape::Block(low, high) => ((*low + *high) / 2.0, *high - *low),
        Shape::Ball(centre, radii) => (*centre, *radii * 2.0),
        Shape::Hull(_, centre, radius) => (*centre, Vec3::splat(*radius)),
    };
    Seen {
        point,
        normal,
        uv: flat(point),
        local: flat(point - centre),
        size: flat(extent).abs(),
        upright: n.y < 0.7,
        seed,
    }
}
