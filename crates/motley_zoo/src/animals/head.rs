//! The head's flesh: what tells a cat from a dog. All numbers here are in skulls (half widths of the skull).

use bevy_math::{Mat3, Vec3};

use super::anatomy::{Anatomy, Capsule};
use super::breed::{Hair, Kind};
use super::field::Blob;
use super::noise::Dice;
use super::skeleton::{EYES, HEAD, JAW, NOSE, turn};

/// An eye, in metres.
#[derive(Clone, Copy, Debug)]
pub(super) struct Eye {
    pub(super) center: Vec3,
    pub(super) radius: f32,
    /// Columns: outward, up, forward.
    pub(super) axes: Mat3,
    /// Half width of the opening and heights of its upper and lower halves, in radii.
    pub(super) opening: Vec3,
    /// How much the outer corner is higher, in radii a radius.
    pub(super) tilt: f32,
}

/// Where the features of a face sit, in metres of the model.
#[derive(Clone, Copy, Debug)]
pub(super) struct Face {
    pub(super) eyes: [Eye; 2],
    /// On the surface, in the middle of the nose leather.
    pub(super) nose: Vec3,
    /// Half width of the nose leather.
    pub(super) nose_size: f32,
    /// Foremost z of the muzzle, in skulls.
    pub(super) tip: f32,
    /// Opening of the jaw, radians.
    pub(super) gape: f32,
    /// y of the nose in skulls.
    pub(super) nose_y: f32,
}

impl Anatomy {
    fn ball(&mut self, q: Vec3, radii: Vec3, blend: f32) {
        let unit = self.unit;
        self.field.blobs.push(Blob::ellipsoid(self.on_head(q), radii * unit, Mat3::IDENTITY, blend * unit));
    }

    fn bar(&mut self, a: Vec3, b: Vec3, start: f32, end: f32, blend: f32) {
        let unit = self.unit;
        self.field.blobs.push(Blob::cone(self.on_head(a), self.on_head(b), start * unit, end * unit, blend * unit));
    }

    /// Adds the head, places eyes and nose on it, and moves the face's joints there.
    pub(super) fn grow_head(&mut self, dice: &mut Dice) -> Face {
        let mut face = match self.traits.kind {
            Kind::Cat => self.cat_head(dice),
            Kind::Dog => self.dog_head(dice),
        };
        self.add_ear_mounts();
        let ahead = 4.0 * self.unit;
        let from = self.on_head(Vec3::new(0.0, face.nose_y, face.tip + 1.0));
        if let Some(hit) = self.field.hit(from, Vec3::NEG_Z, ahead) {
            face.nose = hit;
        }
        for eye in &mut face.eyes {
            let out = eye.axes.z_axis;
            if let Some(hit) = self.field.hit(eye.center + out * (2.0 * self.unit), -out, ahead) {
                // A third of the ball stands before the flesh; lids cover the rest.
                let sunk = if self.traits.kind == Kind::Cat { 0.7 } else { 0.72 };
                eye.center = hit - out * (sunk * eye.radius);
                let radii = Vec3::new(1.2, 1.0, 0.72) * eye.radius;
                self.field.blobs.push(Blob::ellipsoid(hit, radii, eye.axes, 0.25 * eye.radius).hollow());
            }
        }
        self.skeleton.rest[NOSE] = face.nose;
        for (joint, eye) in EYES.into_iter().zip(&face.eyes) {
            self.skeleton.rest[joint] = eye.center;
        }
        let jaw = self.on_head(Vec3::new(0.0, -0.55, 0.6));
        let chin = self.on_head(Vec3::new(0.0, face.nose_y - 0.4, face.tip - 0.3));
        let middle = self.on_head(Vec3::new(0.0, -0.05, 0.05));
        let snout = self.on_head(Vec3::new(0.0, 0.5 * face.nose_y, face.tip - 0.1));
        self.capsules.push(Capsule { joint: HEAD, a: middle, b: snout, radius: 0.95 * self.unit });
        if self.traits.kind == Kind::Dog {
            self.capsules.push(Capsule { joint: JAW, a: jaw, b: chin, radius: 0.22 * self.unit });
        }
        face
    }

    fn eyes(&self, at: Vec3, yaw: f32, pitch: f32, opening: Vec3, tilt: f32) -> [Eye; 2] {
        let radius = self.traits.eye * self.unit;
        [1.0, -1.0].map(|side| {
            let rotation = turn(Vec3::Y, side * yaw) * turn(Vec3::X, -pitch);
            let forward = rotation * Vec3::Z;
            let outward = rotation * Vec3::X * side;
            let up = rotation * Vec3::Y;
            let axes = Mat3::from_cols(outward, up, forward);
            Eye { center: self.on_head(Vec3::new(side * at.x, at.y, at.z)), radius, axes, opening, tilt }
        })
    }

    fn cat_head(&mut self, dice: &mut Dice) -> Face {
        let t = self.traits.clone();
        let hair = 0.6 * self.fluff / self.unit;
        let (muzzle, pads, cheeks) = (t.muzzle, t.flews, t.cheeks);
        let broad = t.muzzle_width;
        // Braincase, forehead and the flat crown between the ears.
        self.ball(Vec3::new(0.0, 0.04, -0.08), Vec3::new(1.0, 0.8, 0.92), 0.25);
        self.ball(Vec3::new(0.0, 0.3, 0.34), Vec3::new(0.62, 0.38, 0.44), 0.22);
        for side in [1.0, -1.0] {
            // Jowls: a cat's face is widest below its eyes.
            let radii = Vec3::new(0.46 + hair, 0.42 + hair, 0.45) * cheeks;
            self.ball(Vec3::new(side * 0.52, -0.28, 0.24), radii, 0.25);
            // Brow.
            self.ball(Vec3::new(side * 0.38, 0.3, 0.6), Vec3::new(0.24, 0.12, 0.14), 0.16);
        }
        // Jaw, bridge of the nose, whisker pads, chin: a short, flat face whose nose is close below the eyes.
        self.ball(Vec3::new(0.0, -0.4, 0.36), Vec3::new(0.48, 0.3, 0.4), 0.2);
        let front = 0.6 + 0.26 * muzzle;
        let drop = -0.21 - 0.08 * muzzle;
        self.bar(Vec3::new(0.0, 0.2, 0.7), Vec3::new(0.0, drop + 0.04, front), 0.2, 0.13 * broad, 0.15);
        for side in [1.0, -1.0] {
            let radii = Vec3::new(0.25 * broad, 0.18, 0.2 + 0.05 * pads);
            self.ball(Vec3::new(side * 0.18 * broad, drop - 0.16, front - 0.08), radii, 0.08);
        }
        self.ball(Vec3::new(0.0, drop - 0.34, front - 0.18), Vec3::new(0.2 * broad, 0.14, 0.18), 0.1);
        let at = Vec3::new(dice.between(0.39, 0.45), dice.between(0.0, 0.06), 0.7);
        let sleepy = if dice.chance(0.3) { dice.between(0.1, 0.3) } else { dice.between(0.0, 0.1) };
        let opening = Vec3::new(0.95, dice.between(0.66, 0.86) - sleepy, dice.between(0.62, 0.76));
        let eyes = self.eyes(at, dice.between(0.2, 0.3), 0.02, opening, dice.between(0.15, 0.4));
        let nose_size = self.unit * dice.between(0.125, 0.15) * (0.6 + 0.4 * broad);
        Face { eyes, nose: Vec3::ZERO, nose_size, tip: front + 0.18, gape: 0.0, nose_y: drop }
    }

    fn dog_head(&mut self, dice: &mut Dice) -> Face {
        let t = self.traits.clone();
        let hair = 0.5 * self.fluff / self.unit;
        let (long, wide, stop, flews, cheeks) = (t.muzzle, t.muzzle_width, t.stop, t.flews, t.cheeks);
        let gape = if dice.chance(0.5) { dice.between(0.12, 0.4) } else { 0.0 };
        // Without a stop the muzzle's bridge runs on from the forehead; with one it starts lower.
        let low = -0.18 - 0.2 * stop;
        let tip = 0.72 + long;
        let nose_y = low + 0.06 - 0.04 * long;
        self.ball(Vec3::new(0.0, 0.02, -0.05), Vec3::new(0.86, 0.74, 0.98), 0.25);
        let dome = 0.22 + 0.2 * stop;
        self.ball(Vec3::new(0.0, dome, 0.28), Vec3::new(0.62, 0.44, 0.5), 0.2);
        let tip_width = wide * (1.0 - 0.22 * (long - 0.3).clamp(0.0, 1.0));
        let bridge = Vec3::new(0.0, low - 0.5 * wide, 0.45);
        let snout = Vec3::new(0.0, nose_y - 0.62 * tip_width, tip - 0.85 * tip_width);
        self.bar(bridge, snout, 1.05 * wide, 0.84 * tip_width, 0.2);
        // The bridge of the nose: a ridge between the eyes down to the leather.
        self.bar(Vec3::new(0.0, low + 0.1, 0.62), Vec3::new(0.0, nose_y - 0.14, tip - 0.16), 0.2, 0.15, 0.12);
        let lip = nose_y - 0.62 * tip_width - 0.08 - 0.14 * flews;
        for side in [1.0, -1.0] {
            let radii = Vec3::new(0.34 + hair, 0.36 + hair, 0.48) * cheeks;
            self.ball(Vec3::new(side * 0.47, -0.22, 0.22), radii, 0.25);
            let radii = Vec3::new(0.5 * tip_width, 0.2 + 0.12 * flews, 0.26 + 0.16 * long);
            self.ball(Vec3::new(side * 0.46 * tip_width, lip + 0.08, tip - 0.26 - 0.16 * long), radii, 0.1);
            self.ball(Vec3::new(side * 0.3, 0.27 + 0.08 * stop, 0.6), Vec3::new(0.2, 0.11, 0.15), 0.14);
        }
        let hinge = Vec3::new(0.0, -0.42, 0.28);
        let reach = Vec3::new(0.0, lip - 0.1 - hinge.y, tip - 0.2 * tip_width - 0.2 - hinge.z);
        let chin = hinge + turn(Vec3::X, gape) * reach;
        self.bar(hinge, chin, 0.75 * wide, 0.46 * tip_width, if gape > 0.0 { 0.05 } else { 0.1 });
        if t.hair == Hair::Curly {
            // A topknot.
            self.ball(Vec3::new(0.0, 0.5, 0.05), Vec3::new(0.62, 0.34, 0.6) * (0.8 + hair), 0.3);
        }
        if t.hair == Hair::Wire || (t.hair == Hair::Long && long < 0.6) {
            self.ball(chin + Vec3::new(0.0, -0.06, -0.02), Vec3::new(0.3, 0.2, 0.24) * (0.7 + 1.2 * hair), 0.15);
            for side in [1.0, -1.0] {
                let at = Vec3::new(side * 0.4 * wide, lip, tip - 0.4);
                self.ball(at, Vec3::new(0.24, 0.26, 0.32) * (0.8 + hair), 0.2);
            }
            self.ball(Vec3::new(0.0, 0.48, 0.1), Vec3::new(0.62, 0.3, 0.55) * (0.9 + hair), 0.3);
        }
        let at = Vec3::new(dice.between(0.36, 0.43), 0.1 + 0.04 * stop, 0.6);
        let opening = Vec3::new(0.92, dice.between(0.52, 0.68), dice.between(0.44, 0.58));
        let eyes = self.eyes(at, dice.between(0.4, 0.52), 0.12, opening, dice.between(-0.08, 0.18));
        let nose_size = self.unit * (0.16 + 0.24 * tip_width) * dice.between(0.9, 1.05);
        Face { eyes, nose: Vec3::ZERO, nose_size, tip, gape, nose_y: nose_y - 0.12 }
    }
}
