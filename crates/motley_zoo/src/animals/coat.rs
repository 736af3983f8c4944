//! Coats: colours and patterns, evaluated anywhere on the body in the body's own coordinates. Colours are linear RGB.

use bevy_math::{Vec2, Vec3, Vec3Swizzles as _, ops};

use super::anatomy::Anatomy;
use super::breed::Hair;
use super::noise::{fractal, noise, step};
use super::skeleton::{FORE, HEAD, HIND, TAIL, TAIL_BONES};
use super::skin::{self, Binding};

/// How the second colour lies over the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Pattern {
    #[default]
    Plain,
    Mackerel,
    Classic,
    SpottedTabby,
    Ticked,
    Brindle,
    /// Tortoiseshell's patches.
    Patches,
    Merle,
    Saddle,
    Spots,
    Sable,
    /// A dark blanket over the back, the head plain.
    Blanket,
    /// A grey cape and cap, the face pale.
    Cape,
}

/// An individual's coat, eyes and skin.
#[derive(Clone, Debug, Default)]
pub(super) struct Coat {
    pub(super) base: Vec3,
    pub(super) under: Vec3,
    /// How far the paler underside shows, 0–1.
    pub(super) under_amount: f32,
    pub(super) pattern: Pattern,
    pub(super) mark: Vec3,
    pub(super) mark_amount: f32,
    /// Stripes or patches a withers' height.
    pub(super) frequency: f32,
    /// How far patches break up into single hairs.
    pub(super) mottle: f32,
    /// Colourpoint, mask and ears.
    pub(super) points: Vec3,
    pub(super) points_amount: f32,
    pub(super) mask: f32,
    pub(super) ear_dark: f32,
    /// Tan over the eyes, on the cheeks and legs.
    pub(super) tan: Vec3,
    pub(super) tan_amount: f32,
    /// Pale around eyes and mouth.
    pub(super) pale: f32,
    pub(super) white: Vec3,
    /// White markings, each 0 for none.
    pub(super) blaze: f32,
    pub(super) white_muzzle: f32,
    pub(super) white_chest: f32,
    pub(super) socks: f32,
    pub(super) tail_tip: f32,
    pub(super) white_patches: f32,
    pub(super) inner_ear: Vec3,
    pub(super) nose: Vec3,
    pub(super) lips: Vec3,
    pub(super) rim: Vec3,
    pub(super) iris: Vec3,
    pub(super) iris_rim: Vec3,
    pub(super) sclera: Vec3,
    /// Where in the noise this individual lies.
    pub(super) seed: Vec3,
    /// Contrast of the hair's own mottling on trunk and head: at 1 it is from a fifth of the colour to nearly its double.
    pub(super) mottling: [f32; 2],
    /// How far hair tilts the surface's normals.
    pub(super) ruffle: f32,
}

/// A place on the body, in the coordinates that patterns are drawn in.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Spot {
    /// In withers' heights.
    p: Vec3,
    /// In skulls from the skull's middle.
    q: Vec3,
    /// Along the trunk, −0.5 rump – 0.5 breast.
    along: f32,
    /// −0.5 belly – 0.5 back.
    up: f32,
    /// Shares of head, legs and tail in this place.
    head: f32,
    fore: f32,
    hind: f32,
    tail: f32,
    /// 0 root – 1 tip of the tail.
    tail_at: f32,
    /// 0 sole – 1 elbow.
    leg_at: f32,
    /// Along and across an ear, and whether its hollow side.
    ear: Option<(f32, f32, bool)>,
    curly: bool,
}

impl Spot {
    /// A place on the body's skin.
    pub(super) fn body(anatomy: &Anatomy, position: Vec3, binding: &Binding) -> Self {
        let t = &anatomy.traits;
        let w = t.withers;
        let tail = skin::share(binding, TAIL, TAIL_BONES);
        let mut tail_at = 0.0;
        for (joint, weight) in binding.0.iter().zip(binding.1) {
            let i = usize::from(*joint);
            if (TAIL..TAIL + TAIL_BONES).contains(&i) {
                tail_at += weight * ((i - TAIL) as f32 + 0.5) / TAIL_BONES as f32;
            }
        }
        Self {
            p: position / w,
            q: (position - anatomy.skull) / anatomy.unit,
            along: position.z / (t.length * w),
            up: (position.y - w + 0.5 * t.depth * w) / (t.depth * w),
            head: skin::share(binding, HEAD, 2),
            fore: skin::share(binding, FORE[0] + 2, 3) + skin::share(binding, FORE[1] + 2, 3),
            hind: skin::share(binding, HIND[0] + 1, 3) + skin::share(binding, HIND[1] + 1, 3),
            tail,
            tail_at: if tail > 0.0 { tail_at / tail } else { 0.0 },
            leg_at: position.y / anatomy.floor.max(1e-3),
            ear: None,
            curly: t.hair == Hair::Curly,
        }
    }

    /// Whether the place moves with the head.
    pub(super) fn is_head(&self) -> bool {
        self.head > 0.5
    }

    /// A place on the head that moves with nothing else.
    pub(super) fn head(anatomy: &Anatomy, position: Vec3) -> Self {
        Self::body(anatomy, position, &skin::rigid(HEAD))
    }

    /// A place on an ear: `s` along, `u` across −1 – 1.
    pub(super) fn ear(anatomy: &Anatomy, position: Vec3, s: f32, u: f32, inner: bool) -> Self {
        Self { ear: Some((s, u, inner)), ..Self::head(anatomy, position) }
    }
}

impl Coat {
    /// Colour at a place.
    pub(super) fn color(&self, spot: &Spot) -> Vec3 {
        let fine = fractal(spot.p * 19.0 + self.seed) - 0.5;
        let broad = fractal(spot.p * 4.4 + self.seed) - 0.5;
        let mut color = self.base;
        color = color.lerp(self.under, self.underside(spot, fine) * self.under_amount);
        if spot.head > 0.0 && self.pale > 0.0 {
            color = color.lerp(self.under, self.pale * spot.head * pale_face(spot.q, fine));
        }
        color = color.lerp(self.mark, self.marking(spot, fine, broad) * self.mark_amount);
        if self.tan_amount > 0.0 {
            color = color.lerp(self.tan, self.tan_points(spot, fine) * self.tan_amount);
        }
        color = self.darken(color, spot, fine);
        color = color.lerp(self.white, self.whiteness(spot, fine));
        if let Some((s, u, true)) = spot.ear {
            let hollow = step(0.98, 0.6, u.abs()) * step(1.0, 0.72, s);
            let tuft = step(0.45, 0.75, noise(Vec3::new(u * 7.0, s * 3.0, 2.0) + self.seed)) * step(0.55, 0.1, s);
            let lining = self.inner_ear.lerp(self.white * 0.8, 0.5 * tuft);
            color = color.lerp(lining, 0.88 * hollow);
        }
        // Nothing reflects more light than there is.
        (color * self.hair(spot)).min(Vec3::ONE)
    }

    /// Colour of the hair in an ear: paler than the coat.
    pub(super) fn tuft(&self, anatomy: &Anatomy) -> Vec3 {
        let cheek = anatomy.on_head(Vec3::new(0.6, -0.2, 0.3));
        self.color(&Spot::head(anatomy, cheek)).lerp(self.white, 0.45)
    }

    /// Light and dark strands, drawn out along the hair.
    fn hair(&self, spot: &Spot) -> f32 {
        let strand = Self::strand(spot);
        let contrast = self.mottling[usize::from(spot.head > 0.5)];
        (1.0 + contrast * (noise(strand + self.seed) + 0.6 * noise(strand * 2.3) - 0.8)).max(0.2)
    }

    /// What hair adds to the surface's normal.
    pub(super) fn ruffle(&self, spot: &Spot) -> Vec3 {
        let strand = Self::strand(spot) * 0.8 + self.seed;
        let lean = |shift: Vec3| noise(strand + shift) - 0.5;
        let shift = Vec3::new(31.0, 17.0, 5.0);
        Vec3::new(lean(shift), lean(shift.yzx()), lean(shift.zxy())) * self.ruffle
    }

    /// Noise coordinates that are longest along the hair.
    fn strand(spot: &Spot) -> Vec3 {
        if spot.curly {
            spot.p * 30.0
        } else if spot.head > 0.5 {
            spot.q * Vec3::new(9.0, 9.0, 4.0)
        } else if spot.fore + spot.hind > 0.5 {
            spot.p * Vec3::new(38.0, 9.0, 38.0)
        } else {
            spot.p * Vec3::new(38.0, 30.0, 8.0)
        }
    }

    fn underside(&self, spot: &Spot, fine: f32) -> f32 {
        let trunk = step(-0.05, -0.42, spot.up + 0.25 * fine);
        let leg = step(0.75, 0.2, spot.leg_at);
        let limb = spot.fore + spot.hind;
        let below = trunk + (leg - trunk) * limb;
        let tail = 0.3;
        (below + (tail - below) * spot.tail) * (1.0 - spot.head) + spot.head * step(-0.25, -0.6, spot.q.y + 0.2 * fine)
    }

    fn marking(&self, spot: &Spot, fine: f32, broad: f32) -> f32 {
        let limb = (spot.fore + spot.hind).min(1.0);
        let mix = |head: f32, leg: f32, tail: f32, trunk: f32| {
            let body = trunk + (leg - trunk) * limb;
            let body = body + (tail - body) * spot.tail;
            body + (head - body) * spot.head
        };
        let q = spot.q;
        match self.pattern {
            Pattern::Plain => 0.0,
            Pattern::Mackerel | Pattern::Classic | Pattern::SpottedTabby | Pattern::Ticked => {
                self.tabby(spot, fine, broad, mix)
            }
            Pattern::Brindle => {
                let wave = ops::sin(spot.p.z * self.frequency * 2.0 + broad * 14.0 + fine * 7.0 + spot.p.y * 6.0);
                step(-0.2, 0.7, wave) * mix(0.5, 0.8, 0.9, 0.9)
            }
            Pattern::Patches => {
                let hairs = noise(Self::strand(spot) * 0.7 + self.seed) - 0.5;
                let patch =
                    fractal(spot.p * self.frequency + self.seed.yzx()) + self.mottle * (0.5 * fine + 0.35 * hairs);
                // The more patches break up, the softer they end and the fewer are left whole.
                let middle = 0.505 + 0.04 * self.mottle;
                let soft = 0.025 + 0.05 * self.mottle;
                step(middle - soft, middle + soft, patch)
            }
            Pattern::Merle => {
                let patch = fractal(spot.p * self.frequency * 2.0 + self.seed.yzx()) + 0.1 * fine;
                step(0.52, 0.57, patch)
            }
            Pattern::Saddle => {
                let crown = step(0.1, 0.5, q.y + 0.4 * fine) * step(0.6, -0.1, q.z) * 0.7;
                mix(crown, 0.0, 0.75, step(-0.22, 0.08, spot.up + 0.25 * fine))
            }
            Pattern::Spots => {
                let patch = noise(spot.p * self.frequency * 2.2 + self.seed.yzx()) + 0.12 * fine;
                step(0.6, 0.65, patch) * if spot.ear.is_some() { 0.6 } else { 1.0 }
            }
            Pattern::Sable => {
                let crown = step(0.15, 0.6, q.y + 0.5 * fine) * 0.6;
                mix(crown, 0.0, 0.45, step(-0.1, 0.5, spot.up + 0.5 * fine) * 0.75)
            }
            Pattern::Blanket => mix(0.0, 0.0, 0.85, step(-0.22, -0.12, spot.up + 0.5 * broad + 0.1 * fine)),
            Pattern::Cape => {
                let cap = step(0.12, 0.3, q.y + 0.25 * fine - 0.25 * (q.x.abs() - 0.3).abs())
                    .max(step(0.15, -0.2, q.z + 0.5 * fine) * step(-0.75, -0.2, q.y));
                let stripe = step(0.16, 0.06, q.x.abs() + 0.1 * fine) * step(-0.1, 0.1, q.y) * step(1.2, 0.8, q.z);
                mix(cap.max(0.7 * stripe), step(0.7, 1.0, spot.leg_at), 0.8, step(-0.22, 0.0, spot.up + 0.25 * fine))
            }
        }
    }

    fn tabby(&self, spot: &Spot, fine: f32, broad: f32, mix: impl Fn(f32, f32, f32, f32) -> f32) -> f32 {
        let (q, p) = (spot.q, spot.p);
        let ax = q.x.abs();
        let trunk = match self.pattern {
            Pattern::Mackerel => {
                let wave = ops::sin(p.z * self.frequency + broad * 8.0 + fine * 3.0 + p.y * 3.0);
                step(-0.1, 0.5, wave) * (0.7 + 0.6 * (fractal(p * 12.0 + self.seed.zxy()) - 0.2)).min(1.0)
            }
            Pattern::Classic => {
                let wave = ops::sin(broad * 26.0 + spot.up * 5.0 + p.z * 3.0);
                step(0.0, 0.35, wave)
            }
            Pattern::SpottedTabby => {
                let stretched = Vec3::new(p.x, p.y, p.z * 0.75) * self.frequency * 0.42;
                step(0.53, 0.66, noise(stretched + self.seed))
            }
            _ => 0.25 * step(0.4, 0.7, noise(p * 40.0)),
        };
        let spine = step(0.32, 0.46, spot.up) * 0.75;
        let trunk = trunk.max(spine) * step(-0.5, -0.25, spot.up);
        let rings = step(0.05, 0.7, ops::sin(p.y * self.frequency * 1.25 + fine * 4.0));
        let leg = if self.pattern == Pattern::Ticked { 0.5 * rings } else { 0.85 * rings };
        let tail = step(0.0, 0.5, ops::sin(spot.tail_at * 44.0 + fine * 2.0)).max(step(0.86, 0.95, spot.tail_at));
        // The M on the forehead, stripes over the crown, cheek stripes, and the line from the eye's outer corner.
        let brow = step(0.14, 0.32, q.y) * step(0.95, 0.7, ax);
        let forehead = brow * step(-0.1, 0.45, ops::sin(ax * 15.0 + 1.4 + fine * 2.5));
        let cheek = step(0.45, 0.62, ax) * step(0.45, 0.2, q.y) * step(-0.7, -0.45, q.y);
        let cheek = cheek * step(0.0, 0.55, ops::sin((q.y + 0.35 * (ax - 0.4)) * 15.0 + 0.5 + fine * 2.5));
        let corner = step(0.08, 0.02, (q.y - 0.06 - 0.4 * (ax - 0.6)).abs()) * step(0.56, 0.68, ax);
        let ear = spot.ear.map_or(0.0, |(s, ..)| 0.35 * step(0.2, 0.9, s));
        let head = if spot.ear.is_some() { ear } else { forehead.max(cheek).max(corner) };
        mix(head, leg, tail, trunk)
    }

    fn tan_points(&self, spot: &Spot, fine: f32) -> f32 {
        let (q, ax) = (spot.q, spot.q.x.abs());
        let brow = step(0.17, 0.1, Vec2::new(ax - 0.3, q.y - 0.36).length() + 0.08 * fine) * step(0.2, 0.5, q.z);
        let jowl = step(-0.12, -0.28, q.y + 0.15 * fine) * step(0.2, 0.5, q.z);
        let head = if spot.ear.is_some() { 0.0 } else { brow.max(jowl) };
        let leg = step(0.85, 0.55, spot.leg_at + 0.25 * fine);
        let breast = step(0.3, 0.4, spot.along) * step(0.14, 0.08, (spot.p.x.abs() - 0.07).abs() + 0.2 * fine);
        let breast = breast * step(0.2, -0.1, spot.up) * 0.8;
        let limb = (spot.fore + spot.hind).min(1.0);
        (breast.max(leg * limb) * (1.0 - spot.tail)) * (1.0 - spot.head) + head * spot.head
    }

    /// Colourpoints, a dark mask, dark ears.
    fn darken(&self, mut color: Vec3, spot: &Spot, fine: f32) -> Vec3 {
        let q = spot.q;
        let ear = spot.ear.is_some();
        if self.points_amount > 0.0 {
            let face = (q.x * q.x * 1.2 + (q.y + 0.2) * (q.y + 0.2)).sqrt() + 0.25 * fine - 0.25 * (q.z - 0.6);
            let face = step(0.9, 0.35, face) * step(0.0, 0.4, q.z);
            let limb = (spot.fore + spot.hind).min(1.0) * step(1.1, 0.3, spot.leg_at);
            let t = if ear { 1.0 } else { (face * spot.head).max(limb).max(0.95 * spot.tail) };
            color = color.lerp(self.points, t * self.points_amount);
        }
        if self.mask > 0.0 && !ear {
            let t = step(0.1, -0.14, q.y + 0.2 * fine - 0.15 * (q.z - 1.0)) * step(0.5, 0.8, q.z);
            color = color.lerp(self.points, t * self.mask * spot.head);
        }
        if ear { color.lerp(self.points, self.ear_dark) } else { color }
    }

    fn whiteness(&self, spot: &Spot, fine: f32) -> f32 {
        let q = spot.q;
        let ax = q.x.abs();
        let mut white = 0.0_f32;
        if spot.head > 0.3 && spot.ear.is_none() {
            if self.blaze > 0.0 {
                let half = self.blaze * (0.5 + 0.8 * step(0.6, -0.2, q.y));
                let stripe = step(half + 0.05, half - 0.05, ax + 0.12 * fine);
                white = white.max(stripe * step(0.1, 0.35, q.z + 0.2 * q.y));
            }
            if self.white_muzzle > 0.0 {
                // Highest on the muzzle, falling away toward the throat.
                let edge = q.y + 0.15 * fine + 0.25 - 0.35 * self.white_muzzle - 0.15 * ax;
                white = white.max(step(0.0, -0.1, edge + 0.7 * (0.5 - q.z).max(0.0)));
            }
            white *= step(0.3, 0.6, spot.head);
        }
        let limb = (spot.fore + spot.hind).min(1.0);
        if self.white_chest > 0.0 {
            // Breast and throat, then along the belly as there is more of it.
            let front = spot.up + 0.15 - 0.32 * self.white_chest + 0.22 * fine + step(0.42, -0.1, spot.along) * 0.42;
            let chest = step(0.02, -0.08, front) * (1.0 - spot.head) * (1.0 - limb) * (1.0 - spot.tail);
            let throat = step(-0.35, -0.6, q.y + 0.2 * fine) * step(-0.4, 0.1, q.z) * step(0.5, 0.2, spot.head);
            white = white.max(chest).max(throat * step(0.2, 0.6, self.white_chest) * step(3.0, 1.5, q.length()));
        }
        if self.socks > 0.01 {
            white = white.max(limb * step(1.05 * self.socks + 0.16, self.socks + 0.08, spot.leg_at + 0.25 * fine));
        }
        if self.tail_tip > 0.0 {
            let at = spot.tail_at + 0.1 * fine;
            white = white.max(spot.tail * step(1.0 - self.tail_tip, 1.0 - 0.6 * self.tail_tip, at));
        }
        if self.white_patches > 0.0 && spot.ear.is_none() {
            // White spreads from below.
            let patch = fractal(spot.p * 3.2 + self.seed.zxy()) + 0.1 * fine - 0.25 * spot.up * (1.0 - limb);
            white = white.max(step(0.0, 0.03, patch - 0.74 + 0.36 * self.white_patches));
        }
        white.clamp(0.0, 1.0)
    }
}

fn pale_face(q: Vec3, fine: f32) -> f32 {
    let ax = q.x.abs();
    let muzzle = step(-0.08, -0.36, q.y + 0.2 * fine) * step(0.0, 0.4, q.z);
    let socket = Vec2::new(ax - 0.42, q.y - 0.03).length() + 0.1 * fine;
    muzzle.max(0.7 * step(0.38, 0.25, socket) * step(0.3, 0.5, q.z))
}
