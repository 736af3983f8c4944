//! From a family of coats to one individual's colours: a draw. Colours are linear RGB.

use bevy_math::Vec3;

use super::breed::{CoatKind, Hair, Iris, Kind, Traits};
use super::coat::{Coat, Pattern};
use super::noise::Dice;

const fn rgb(r: f32, g: f32, b: f32) -> Vec3 {
    Vec3::new(r, g, b)
}

const BLACK: Vec3 = rgb(0.018, 0.016, 0.016);
const GREY: Vec3 = rgb(0.125, 0.13, 0.145);
const WHITE: Vec3 = rgb(0.78, 0.75, 0.71);
const ORANGE: Vec3 = rgb(0.44, 0.215, 0.09);
const CREAM: Vec3 = rgb(0.6, 0.47, 0.33);
const BROWN: Vec3 = rgb(0.235, 0.175, 0.12);
const SILVER: Vec3 = rgb(0.42, 0.41, 0.4);
const CHOCOLATE: Vec3 = rgb(0.085, 0.047, 0.028);
const TAN: Vec3 = rgb(0.3, 0.165, 0.075);
const GOLD: Vec3 = rgb(0.43, 0.27, 0.125);
const RED: Vec3 = rgb(0.22, 0.1, 0.042);
const FAWN: Vec3 = rgb(0.45, 0.31, 0.17);
const PINK: Vec3 = rgb(0.5, 0.23, 0.2);

/// How much the mottling of a cat's hair shows on trunk and head, how far it tilts normals, and how light colours are, as
/// factors: found by changing one at a time and asking photographs (docs/real-photos.md, "Paired").
const CAT_HAIR: ([f32; 2], f32, f32) = ([0.5, 0.5], 1.0, 0.8);
/// The same of a dog's.
const DOG_HAIR: ([f32; 2], f32, f32) = ([1.45, 1.885], 1.45, 1.5);
/// No hair sends back more light.
const WHITEST: Vec3 = Vec3::splat(0.9);

struct Painter<'a, 'b> {
    coat: Coat,
    dice: &'a mut Dice<'b>,
    /// How uneven the hair's colour is, before what cats and dogs differ by.
    uneven: f32,
}

/// Draws an individual's coat.
pub(super) fn paint(traits: &Traits, dice: &mut Dice) -> Coat {
    let cat = traits.kind == Kind::Cat;
    let coat = Coat {
        white: dice.tint(WHITE, 0.04),
        frequency: if cat { dice.between(42.0, 62.0) } else { dice.between(18.0, 30.0) },
        inner_ear: dice.tint(if cat { rgb(0.68, 0.41, 0.36) } else { rgb(0.4, 0.23, 0.19) }, 0.12),
        seed: rgb(dice.between(0.0, 50.0), dice.between(0.0, 50.0), dice.between(0.0, 50.0)),
        ..Coat::default()
    };
    let uneven = match traits.hair {
        Hair::Bare => 0.27,
        Hair::Short => 0.6,
        Hair::Plush => 0.75,
        Hair::Long | Hair::Curly => 0.92,
        Hair::Wire => 0.97,
    };
    let mut painter = Painter { coat, dice, uneven };
    painter.family(traits.coat, cat);
    painter.skin(traits, cat);
    let Painter { mut coat, uneven, .. } = painter;
    let (mottling, ruffle, light) = if cat { CAT_HAIR } else { DOG_HAIR };
    coat.mottling = mottling.map(|contrast| contrast * uneven);
    coat.ruffle = ruffle * uneven;
    for color in [&mut coat.base, &mut coat.mark, &mut coat.under, &mut coat.points, &mut coat.tan] {
        *color = (*color * light).min(WHITEST);
    }
    coat
}

impl Painter<'_, '_> {
    fn near(&mut self, color: Vec3) -> Vec3 {
        self.dice.tint(color, 0.13)
    }

    fn range(&mut self, low: f32, high: f32) -> f32 {
        self.dice.between(low, high)
    }

    fn solid(&mut self, color: Vec3) {
        let color = self.near(color);
        self.coat.base = color;
        self.coat.mark = color;
        self.coat.under = color;
        self.coat.points = BLACK;
    }

    fn shaded(&mut self, color: Vec3, lighter: f32, amount: f32) {
        self.solid(color);
        self.coat.under = (self.coat.base * lighter + Vec3::splat(0.04)).min(Vec3::splat(0.8));
        self.coat.under_amount = amount;
    }

    fn tabby(&mut self, color: Vec3, dark: Vec3, strength: f32) {
        self.solid(color);
        self.coat.mark = dark;
        self.coat.under = self.coat.base * 0.75 + Vec3::splat(0.22);
        self.coat.under_amount = 0.6;
        self.coat.pale = self.range(0.5, 0.9);
        self.coat.mark_amount = (strength * self.range(0.8, 1.15)).min(1.0);
        // Banded hair: each light and dark.
        self.uneven += 0.27;
        let kinds = [(Pattern::Mackerel, 2.0), (Pattern::Classic, 1.0), (Pattern::SpottedTabby, 0.8)];
        self.coat.pattern = self.dice.choose(&kinds).unwrap_or_default();
    }

    /// White muzzle, breast and socks, more of it with a larger `amount`.
    fn white_parts(&mut self, amount: f32) {
        self.coat.white_muzzle = self.range(0.3, 1.0) * amount;
        self.coat.white_chest = self.range(0.5, 1.5) * amount;
        self.coat.socks = self.range(0.2, 0.9) * amount;
        self.coat.blaze = if self.dice.chance(0.5) { self.range(0.02, 0.2) } else { 0.0 };
        self.coat.tail_tip = if self.dice.chance(0.3) { 0.25 } else { 0.0 };
    }

    fn one_of(&mut self, colors: &[Vec3]) -> Vec3 {
        let weighted: Vec<(Vec3, f32)> = colors.iter().map(|c| (*c, 1.0)).collect();
        self.dice.choose(&weighted).unwrap_or(BLACK)
    }

    fn family(&mut self, kind: CoatKind, cat: bool) {
        match kind {
            CoatKind::Black => self.solid(BLACK),
            CoatKind::Grey => self.solid(GREY),
            CoatKind::White => self.solid(WHITE),
            CoatKind::Cream => self.shaded(CREAM, 1.2, 0.6),
            CoatKind::Chocolate => self.solid(CHOCOLATE),
            CoatKind::Red => {
                self.shaded(RED, 1.3, 0.4);
                self.coat.white_chest = if self.dice.chance(0.4) { self.range(0.1, 0.6) } else { 0.0 };
            }
            CoatKind::Gold => self.shaded(GOLD, 1.35, 0.7),
            CoatKind::Fawn => self.shaded(FAWN, 1.3, 0.5),
            CoatKind::BrownTabby => {
                let dark = self.near(rgb(0.013, 0.01, 0.008));
                self.tabby(BROWN, dark, 0.64);
            }
            CoatKind::RedTabby => {
                let color = if self.dice.chance(0.75) { ORANGE } else { CREAM };
                self.tabby(color, color * rgb(0.3, 0.23, 0.18), 0.64);
                if self.dice.chance(0.45) {
                    self.white_parts(0.8);
                }
            }
            CoatKind::SilverTabby => self.tabby(SILVER, SILVER * 0.05, 0.68),
            CoatKind::GreyTabby => self.tabby(rgb(0.22, 0.215, 0.205), rgb(0.022, 0.022, 0.022), 0.64),
            CoatKind::Ticked => {
                self.tabby(rgb(0.26, 0.15, 0.075), rgb(0.025, 0.015, 0.01), 0.6);
                self.coat.pattern = Pattern::Ticked;
            }
            CoatKind::Rosetted => {
                self.tabby(rgb(0.4, 0.25, 0.12), rgb(0.015, 0.01, 0.007), 0.75);
                self.coat.pattern = Pattern::SpottedTabby;
            }
            CoatKind::TabbyAndWhite => {
                let color = self.one_of(&[BROWN, BROWN, SILVER, ORANGE]);
                self.tabby(color, color * 0.07 + Vec3::splat(0.002), 0.64);
                self.white_parts(1.0);
            }
            CoatKind::Bicolour => {
                let colors: &[Vec3] = if cat { &[BLACK, BLACK, GREY, ORANGE] } else { &[BLACK, CHOCOLATE, TAN, GOLD] };
                let color = self.one_of(colors);
                self.solid(color);
                self.white_parts(1.2);
                self.coat.white_patches = self.range(0.25, 0.8);
                self.coat.blaze = self.range(0.0, 0.3);
            }
            CoatKind::Tuxedo => {
                self.solid(BLACK);
                self.white_parts(1.0);
            }
            CoatKind::Tortoiseshell | CoatKind::Calico => {
                self.solid(BLACK);
                // Red hairs stand among black ones in tortoiseshells, and by themselves in calicoes.
                let red = if kind == CoatKind::Calico { 1.0 } else { self.range(0.45, 0.85) };
                self.coat.mark = self.near(ORANGE * red);
                self.coat.pattern = Pattern::Patches;
                self.coat.mark_amount = 1.0;
                self.coat.frequency = self.range(3.5, 8.0);
                self.coat.mottle = if kind == CoatKind::Calico { 0.25 } else { self.range(0.7, 1.6) };
                // Dilute: blue and cream for black and red.
                if self.dice.chance(0.2) {
                    self.coat.base = self.near(GREY);
                    self.coat.mark = self.near(rgb(0.42, 0.32, 0.24));
                }
                if kind == CoatKind::Calico {
                    self.white_parts(1.2);
                    self.coat.white_patches = self.range(0.4, 0.8);
                }
            }
            CoatKind::Smoke => {
                self.shaded(BLACK * 1.5, 8.0, 0.5);
                self.uneven += 0.4;
            }
            CoatKind::Bare => {
                self.solid(rgb(0.5, 0.31, 0.25));
                self.coat.under_amount = 0.0;
                if self.dice.chance(0.4) {
                    self.coat.mark = self.near(rgb(0.2, 0.15, 0.14));
                    self.coat.pattern = Pattern::Patches;
                    self.coat.mark_amount = 0.8;
                    self.coat.frequency = self.range(2.0, 4.0);
                }
            }
            CoatKind::Colourpoint | CoatKind::PointAndWhite => {
                self.shaded(rgb(0.64, 0.54, 0.41), 1.1, 0.5);
                let color = self.one_of(&[rgb(0.045, 0.03, 0.022), rgb(0.2, 0.19, 0.2), rgb(0.46, 0.28, 0.15)]);
                self.coat.points = self.near(color);
                self.coat.points_amount = self.range(0.85, 1.0);
                if kind == CoatKind::PointAndWhite {
                    self.white_parts(0.9);
                    self.coat.blaze = self.range(0.05, 0.3);
                }
            }
            _ => self.dog_family(kind),
        }
    }

    fn dog_family(&mut self, kind: CoatKind) {
        let overlay = |painter: &mut Self, pattern: Pattern, mark: Vec3| {
            painter.coat.pattern = pattern;
            painter.coat.mark = painter.near(mark);
            painter.coat.mark_amount = 1.0;
        };
        match kind {
            CoatKind::Saddle => {
                self.shaded(TAN, 1.35, 0.5);
                overlay(self, Pattern::Saddle, BLACK);
                self.coat.mask = self.range(0.0, 0.95);
                self.coat.ear_dark = self.range(0.0, 0.9);
            }
            CoatKind::Brindle => {
                self.solid(rgb(0.24, 0.14, 0.065));
                overlay(self, Pattern::Brindle, BLACK);
                self.coat.mark_amount = 0.9;
                self.coat.mask = self.range(0.2, 1.0);
                if self.dice.chance(0.5) {
                    self.white_parts(0.7);
                }
            }
            CoatKind::Merle => {
                self.solid(rgb(0.29, 0.3, 0.32));
                overlay(self, Pattern::Merle, BLACK);
                self.coat.frequency = self.range(3.5, 6.0);
                self.white_parts(0.9);
                self.coat.tan = self.near(TAN);
                self.coat.tan_amount = if self.dice.chance(0.6) { 0.85 } else { 0.0 };
            }
            CoatKind::Sable => {
                // Golden, or grey as a wolf.
                let color = self.one_of(&[GOLD, GOLD, rgb(0.28, 0.24, 0.19), rgb(0.2, 0.19, 0.175)]);
                self.shaded(color, 1.35, 0.6);
                overlay(self, Pattern::Sable, rgb(0.05, 0.035, 0.025));
                self.coat.mask = self.range(0.0, 0.8);
                if self.dice.chance(0.3) {
                    self.white_parts(1.0);
                }
            }
            CoatKind::Tricolour => {
                self.solid(BLACK);
                self.coat.tan = self.near(TAN);
                self.coat.tan_amount = 1.0;
                self.white_parts(1.0);
                self.coat.blaze = self.range(0.08, 0.28);
            }
            CoatKind::Hound => {
                self.solid(TAN);
                let mark = if self.dice.chance(0.7) { BLACK } else { TAN };
                overlay(self, Pattern::Blanket, mark);
                self.white_parts(1.2);
                self.coat.socks = self.range(0.6, 1.0);
                self.coat.white_patches = self.range(0.0, 0.4);
                self.coat.tail_tip = 0.45;
            }
            CoatKind::Spotted => {
                self.solid(rgb(0.74, 0.71, 0.66));
                let mark = if self.dice.chance(0.75) { BLACK } else { CHOCOLATE };
                overlay(self, Pattern::Spots, mark);
                self.coat.frequency = self.range(3.4, 6.5);
                self.coat.points = self.coat.mark;
                self.coat.ear_dark = self.range(0.0, 1.0);
            }
            CoatKind::TanPoints => {
                let color = if self.dice.chance(0.8) { BLACK } else { CHOCOLATE };
                self.solid(color);
                self.coat.tan = self.near(TAN);
                self.coat.tan_amount = 1.0;
            }
            CoatKind::Husky => {
                self.solid(rgb(0.72, 0.7, 0.66));
                let mark = self.one_of(&[rgb(0.1, 0.1, 0.105), rgb(0.05, 0.05, 0.052), rgb(0.24, 0.12, 0.06)]);
                overlay(self, Pattern::Cape, mark);
                self.coat.points = self.coat.mark;
                self.coat.ear_dark = 1.0;
            }
            CoatKind::Urajiro => {
                let color = self.one_of(&[rgb(0.36, 0.17, 0.065), rgb(0.4, 0.22, 0.09), rgb(0.05, 0.035, 0.028)]);
                self.shaded(color, 1.0, 0.95);
                self.coat.under = self.near(rgb(0.66, 0.56, 0.45));
                self.coat.pale = self.range(0.75, 1.0);
            }
            CoatKind::FawnAndWhite => {
                let color = self.one_of(&[TAN, RED, FAWN, GOLD]);
                self.shaded(color, 1.25, 0.5);
                self.white_parts(1.2);
                self.coat.blaze = self.range(0.06, 0.25);
                self.coat.socks = self.range(0.4, 1.0);
                self.coat.mask = self.range(0.0, 0.8);
                self.coat.white_patches = self.range(0.0, 0.6);
            }
            CoatKind::BlueAndTan => {
                self.shaded(rgb(0.34, 0.2, 0.09), 1.2, 0.3);
                let mark = self.one_of(&[rgb(0.075, 0.08, 0.095), rgb(0.03, 0.03, 0.034), rgb(0.14, 0.14, 0.15)]);
                overlay(self, Pattern::Saddle, mark);
            }
            CoatKind::PepperAndSalt => {
                self.shaded(rgb(0.12, 0.12, 0.12), 2.6, 0.7);
                self.coat.white = rgb(0.45, 0.44, 0.42);
                self.coat.white_muzzle = self.range(0.3, 0.7);
                self.coat.socks = self.range(0.6, 0.95);
                self.coat.white_chest = 0.4;
                self.uneven += 0.54;
            }
            CoatKind::Roan => {
                let mark = self.one_of(&[BLACK, CHOCOLATE, RED]);
                self.solid(mark.lerp(WHITE, 0.42));
                overlay(self, Pattern::Spots, mark);
                self.coat.frequency = self.range(4.0, 8.0);
                self.coat.points = self.coat.mark;
                self.coat.ear_dark = 1.0;
                self.coat.blaze = if self.dice.chance(0.5) { self.range(0.05, 0.2) } else { 0.0 };
                self.uneven += 0.54;
            }
            CoatKind::SableAndWhite => {
                self.shaded(rgb(0.34, 0.19, 0.085), 1.35, 0.5);
                overlay(self, Pattern::Sable, rgb(0.06, 0.04, 0.03));
                self.white_parts(1.3);
                self.coat.blaze = self.range(0.03, 0.16);
            }
            CoatKind::Weimar => self.shaded(rgb(0.2, 0.165, 0.14), 1.15, 0.3),
            // Masked, and whatever a dog cannot be.
            _ => {
                self.shaded(FAWN, 1.25, 0.5);
                self.coat.mask = self.range(0.8, 1.0);
                self.coat.ear_dark = self.range(0.4, 1.0);
            }
        }
    }

    /// Nose, lips, lids and eyes, as they go with the coat.
    fn skin(&mut self, traits: &Traits, cat: bool) {
        let dark = matches!(traits.coat, CoatKind::Black | CoatKind::Tortoiseshell | CoatKind::Tuxedo);
        let nose = if cat {
            match traits.coat {
                CoatKind::Black | CoatKind::Tortoiseshell => rgb(0.03, 0.024, 0.022),
                CoatKind::Grey | CoatKind::Colourpoint | CoatKind::PointAndWhite | CoatKind::Smoke => {
                    rgb(0.1, 0.075, 0.075)
                }
                CoatKind::BrownTabby | CoatKind::SilverTabby | CoatKind::GreyTabby | CoatKind::Rosetted => {
                    rgb(0.3, 0.11, 0.09)
                }
                CoatKind::Bicolour | CoatKind::Tuxedo if self.dice.chance(0.4) => rgb(0.03, 0.024, 0.022),
                _ => PINK,
            }
        } else if matches!(traits.coat, CoatKind::Chocolate | CoatKind::Weimar) || self.dice.chance(0.05) {
            rgb(0.085, 0.042, 0.03)
        } else {
            rgb(0.019, 0.017, 0.017)
        };
        self.coat.nose = self.near(nose);
        self.coat.lips = rgb(0.04, 0.024, 0.022);
        self.coat.rim = if cat && !dark { rgb(0.02, 0.016, 0.015) } else { rgb(0.012, 0.01, 0.01) };
        let blue_eyed = matches!(traits.coat, CoatKind::Merle | CoatKind::Husky) && self.dice.chance(0.35);
        let iris = if matches!(traits.coat, CoatKind::Colourpoint | CoatKind::PointAndWhite) || blue_eyed {
            Iris::Blue
        } else {
            traits.iris
        };
        let (inner, outer) = match iris {
            Iris::Brown => (rgb(0.045, 0.018, 0.008), rgb(0.022, 0.009, 0.005)),
            Iris::Hazel => (rgb(0.12, 0.055, 0.018), rgb(0.06, 0.028, 0.011)),
            Iris::Amber => (rgb(0.58, 0.38, 0.07), rgb(0.44, 0.25, 0.04)),
            Iris::Copper => (rgb(0.5, 0.23, 0.05), rgb(0.38, 0.14, 0.03)),
            Iris::Yellow => (rgb(0.54, 0.52, 0.13), rgb(0.42, 0.4, 0.09)),
            Iris::Green => (rgb(0.38, 0.47, 0.17), rgb(0.24, 0.37, 0.13)),
            Iris::Blue => (rgb(0.22, 0.36, 0.55), rgb(0.11, 0.23, 0.42)),
        };
        self.coat.iris = self.near(inner);
        self.coat.iris_rim = self.near(outer);
        self.coat.sclera = if cat { outer * 0.5 } else { rgb(0.09, 0.065, 0.055) };
    }
}
