//! Breeds as data: ranges of proportions, and what may be drawn within them.

use serde::Deserialize;

use super::noise::Dice;

/// Cat or dog.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Kind {
    /// *Felis catus*.
    Cat,
    /// *Canis familiaris*.
    Dog,
}

/// Shapes of an ear.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Ear {
    /// Upright with a pointed tip.
    Erect,
    /// Upright with a round tip ("bat").
    Bat,
    /// Upright with the tip tipping forward.
    Tipped,
    /// Folds forward and down over its own base.
    Button,
    /// Folds backward and out.
    Rose,
    /// Hangs down along the cheek.
    Drop,
    /// Small and folded flat over the skull, as in the Scottish Fold.
    Folded,
}

/// How a tail is carried at rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Tail {
    /// Out and slightly down, tip level: a cat's.
    Long,
    /// Tapering, about level with the back: a retriever's.
    Otter,
    /// Up like a flag pole: a hound's.
    Flag,
    /// Hanging, tip curved up: a shepherd's.
    Sabre,
    /// Curled over the back.
    Curled,
    /// Short, by nature or by custom.
    Bobbed,
}

/// What hair is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Hair {
    /// Next to none: wrinkled skin.
    Bare,
    /// Close to the skin.
    Short,
    /// Dense and standing off, as a spitz has it.
    Plush,
    /// Long and falling.
    Long,
    /// In curls.
    Curly,
    /// Harsh, with beard and brows.
    Wire,
}

/// Families of colour and pattern; the details are drawn for each individual.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[expect(missing_docs, reason = "these are the fanciers' own words")]
pub enum CoatKind {
    Black,
    Grey,
    White,
    Cream,
    Chocolate,
    Red,
    Gold,
    Fawn,
    BrownTabby,
    RedTabby,
    SilverTabby,
    GreyTabby,
    Ticked,
    Rosetted,
    TabbyAndWhite,
    Bicolour,
    Tuxedo,
    Tortoiseshell,
    Calico,
    Colourpoint,
    Saddle,
    Brindle,
    Merle,
    Sable,
    Tricolour,
    Hound,
    Spotted,
    TanPoints,
    Husky,
    Masked,
    Bare,
    PointAndWhite,
    Smoke,
    Urajiro,
    FawnAndWhite,
    BlueAndTan,
    PepperAndSalt,
    Roan,
    SableAndWhite,
    Weimar,
}

/// Colours of an iris.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[expect(missing_docs, reason = "colours name themselves")]
pub enum Iris {
    Brown,
    Hazel,
    Amber,
    Copper,
    Yellow,
    Green,
    Blue,
}

/// A range that a draw is uniform in.
pub(super) type Range = (f32, f32);

/// A breed: the distribution that its individuals are drawn from.
///
/// Lengths are fractions of the height at the withers, those on the head fractions of the skull's half width.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Breed {
    /// Lower-case name with underscores, unique within its class.
    pub name: String,
    /// Cat or dog.
    pub kind: Kind,
    /// Height of an adult at the withers, metres.
    pub withers: Range,
    /// Point of the shoulder to point of the rump.
    pub length: Range,
    /// Depth of the chest, hair included; the legs take the rest of the height.
    pub depth: Range,
    /// Width of the chest.
    pub width: Range,
    /// Depth of the waist over the depth of the chest.
    pub waist: Range,
    /// Radius of the forearm.
    pub bone: Range,
    /// Length of the neck.
    pub neck: Range,
    /// The neck's angle above the horizontal, degrees.
    pub neck_angle: Range,
    /// Half width of the skull.
    pub skull: Range,
    /// From stop to nose in skulls; for cats a factor on the usual muzzle.
    pub muzzle: Range,
    /// Half width of the muzzle in skulls; for cats a factor.
    pub muzzle_width: Range,
    /// Depth of the step from forehead to muzzle, 0–1.
    pub stop: Range,
    /// Pendulousness of the upper lips, 0–1; for cats fullness of the whisker pads.
    pub flews: Range,
    /// Fullness of the cheeks as a factor.
    pub cheeks: Range,
    /// Radius of the eyeball in skulls.
    pub eye: Range,
    /// Weighted ear shapes.
    pub ears: Vec<(Ear, f32)>,
    /// Length in skulls.
    pub ear_length: Range,
    /// Half width in skulls.
    pub ear_width: Range,
    /// Weighted tails.
    pub tails: Vec<(Tail, f32)>,
    /// Length of the tail.
    pub tail_length: Range,
    /// Weighted hair.
    pub hair: Vec<(Hair, f32)>,
    /// How far the hair stands off.
    pub fluff: Range,
    /// Weighted coats.
    pub coats: Vec<(CoatKind, f32)>,
    /// Weighted iris colours.
    pub eyes: Vec<(Iris, f32)>,
    /// Individuals are draws between two other breeds of the class; the fields above then only bound them.
    #[serde(default)]
    pub mixed: bool,
}

/// Why a text is not a breed.
#[derive(Debug, thiserror::Error)]
pub enum BreedError {
    /// Not RON, or a field is missing, unknown or of another type.
    #[error("{0}; see assets/breeds for breeds that work")]
    Syntax(#[from] ron::error::SpannedError),
    /// A range or list that nothing can be drawn from.
    #[error("breed \"{breed}\": {field} is {value}; write {mend}")]
    Value {
        /// Which breed.
        breed: String,
        /// Which field.
        field: &'static str,
        /// What it holds.
        value: String,
        /// What it may hold.
        mend: &'static str,
    },
}

impl Breed {
    /// Reads one breed from RON.
    ///
    /// # Errors
    /// When the text is not a breed, a range is empty or not within what a body allows, or a list has no weight.
    pub fn from_ron(text: &str) -> Result<Self, BreedError> {
        let breed: Self = ron::from_str(text)?;
        breed.check()?;
        Ok(breed)
    }

    /// Lowest and highest top of a standing animal (ears included) in metres, from the smallest young one to the tallest adult.
    pub fn height(&self) -> (f32, f32) {
        if self.mixed {
            let pure = super::breeds(self.kind.class()).iter().filter(|b| !b.mixed).map(Self::height);
            return pure.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))).unwrap_or(self.withers);
        }
        // Withers to neck base to skull to ear tip, each at its extreme; young ones shrink as in `Traits::grow_young`.
        let top = |pick: fn(Range) -> f32, ear: f32, slack: f32| {
            let angle = pick(self.neck_angle).to_radians();
            1.0 - 0.28 * pick(self.depth)
                + pick(self.neck) * bevy_math::ops::sin(angle)
                + pick(self.skull) * (0.95 + ear * pick(self.ear_length))
                + slack
        };
        let low = top(|r| r.0, 0.0, -0.06).max(1.0) * self.withers.0 * (1.0 - YOUNG_SHRINKS);
        let high = top(|r| r.1, 1.0, 0.12) * self.withers.1;
        (low, high)
    }

    fn check(&self) -> Result<(), BreedError> {
        let fail = |field, value: String, mend| Err(BreedError::Value { breed: self.name.clone(), field, value, mend });
        let ranges = [
            ("withers", self.withers, (0.1, 1.2)),
            ("length", self.length, (0.8, 2.2)),
            ("depth", self.depth, (0.3, 0.75)),
            ("width", self.width, (0.2, 0.7)),
            ("waist", self.waist, (0.4, 1.2)),
            ("bone", self.bone, (0.02, 0.12)),
            ("neck", self.neck, (0.1, 0.7)),
            ("neck_angle", self.neck_angle, (10.0, 85.0)),
            ("skull", self.skull, (0.08, 0.4)),
            ("muzzle", self.muzzle, (0.1, 2.0)),
            ("muzzle_width", self.muzzle_width, (0.2, 1.5)),
            ("stop", self.stop, (0.0, 1.0)),
            ("flews", self.flews, (0.0, 1.0)),
            ("cheeks", self.cheeks, (0.5, 1.5)),
            ("eye", self.eye, (0.08, 0.35)),
            ("ear_length", self.ear_length, (0.2, 2.5)),
            ("ear_width", self.ear_width, (0.1, 0.8)),
            ("tail_length", self.tail_length, (0.05, 1.6)),
            ("fluff", self.fluff, (0.0, 0.15)),
        ];
        for (field, (low, high), (least, most)) in ranges {
            // Written so that NaN fails too.
            if !(least <= low && low <= high && high <= most) {
                return fail(field, format!("({low}, {high})"), "(low, high) within what anatomy allows, low first");
            }
        }
        let weights = [
            ("ears", weight(&self.ears)),
            ("tails", weight(&self.tails)),
            ("hair", weight(&self.hair)),
            ("coats", weight(&self.coats)),
            ("eyes", weight(&self.eyes)),
        ];
        for (field, total) in weights {
            if !(total > 0.0 && total.is_finite()) {
                return fail(field, "without weight".into(), "at least one (choice, weight) with a weight above 0");
            }
        }
        Ok(())
    }
}

fn weight<T>(list: &[(T, f32)]) -> f32 {
    if list.iter().all(|entry| entry.1 >= 0.0) { list.iter().map(|entry| entry.1).sum() } else { f32::NAN }
}

/// How much smaller than an adult the youngest drawn animal is at the withers.
const YOUNG_SHRINKS: f32 = 0.45;

/// One individual's numbers: a breed's ranges, drawn. Units as in [`Breed`].
#[derive(Clone, Debug)]
pub(super) struct Traits {
    pub(super) kind: Kind,
    pub(super) withers: f32,
    pub(super) length: f32,
    pub(super) depth: f32,
    pub(super) width: f32,
    pub(super) waist: f32,
    pub(super) bone: f32,
    pub(super) neck: f32,
    /// Radians.
    pub(super) neck_angle: f32,
    pub(super) skull: f32,
    pub(super) muzzle: f32,
    pub(super) muzzle_width: f32,
    pub(super) stop: f32,
    pub(super) flews: f32,
    pub(super) cheeks: f32,
    pub(super) eye: f32,
    pub(super) ear: Ear,
    pub(super) ear_length: f32,
    pub(super) ear_width: f32,
    pub(super) tail: Tail,
    pub(super) tail_length: f32,
    pub(super) hair: Hair,
    pub(super) fluff: f32,
    pub(super) coat: CoatKind,
    pub(super) iris: Iris,
    /// Trunk girth as a factor: below 1 lean, above 1 fat.
    pub(super) girth: f32,
    /// 0 adult – 1 a few weeks old.
    pub(super) youth: f32,
}

impl Traits {
    /// Draws an individual; `class` are the breeds that a mixed one may descend from.
    pub(super) fn draw(breed: &Breed, class: &[Breed], dice: &mut Dice) -> Self {
        let pure: Vec<(&Breed, f32)> = class.iter().filter(|b| !b.mixed).map(|b| (b, 1.0)).collect();
        let mut traits = match (breed.mixed, dice.choose(&pure), dice.choose(&pure)) {
            (true, Some(one), Some(other)) => {
                let mother = Self::draw_pure(one, dice);
                let father = Self::draw_pure(other, dice);
                Self::cross(&mother, &father, dice)
            }
            _ => Self::draw_pure(breed, dice),
        };
        traits.girth = 1.0 + dice.normal(0.06);
        if dice.chance(0.15) {
            traits.girth += dice.between(0.1, 0.3);
        }
        if dice.chance(0.18) {
            traits.grow_young(dice.between(0.4, 1.0));
        }
        traits
    }

    fn draw_pure(breed: &Breed, dice: &mut Dice) -> Self {
        Self {
            kind: breed.kind,
            withers: dice.range(breed.withers),
            length: dice.range(breed.length),
            depth: dice.range(breed.depth),
            width: dice.range(breed.width),
            waist: dice.range(breed.waist),
            bone: dice.range(breed.bone),
            neck: dice.range(breed.neck),
            neck_angle: dice.range(breed.neck_angle).to_radians(),
            skull: dice.range(breed.skull),
            muzzle: dice.range(breed.muzzle),
            muzzle_width: dice.range(breed.muzzle_width),
            stop: dice.range(breed.stop),
            flews: dice.range(breed.flews),
            cheeks: dice.range(breed.cheeks),
            eye: dice.range(breed.eye),
            // `Breed::check` made sure that no list is empty; the fallbacks are never used.
            ear: dice.choose(&breed.ears).unwrap_or(Ear::Erect),
            ear_length: dice.range(breed.ear_length),
            ear_width: dice.range(breed.ear_width),
            tail: dice.choose(&breed.tails).unwrap_or(Tail::Long),
            tail_length: dice.range(breed.tail_length),
            hair: dice.choose(&breed.hair).unwrap_or(Hair::Short),
            fluff: dice.range(breed.fluff),
            coat: dice.choose(&breed.coats).unwrap_or(CoatKind::Black),
            iris: dice.choose(&breed.eyes).unwrap_or(Iris::Brown),
            girth: 1.0,
            youth: 0.0,
        }
    }

    /// A child of two: groups of traits that belong together are blended together, choices come whole from one side.
    fn cross(a: &Self, b: &Self, dice: &mut Dice) -> Self {
        let (body, head, coat) = (dice.unit(), dice.unit(), dice.chance(0.5));
        let (ears, tail) = (dice.chance(0.5), dice.chance(0.5));
        let on_body = |x: f32, y: f32| x + (y - x) * body;
        let on_head = |x: f32, y: f32| x + (y - x) * head;
        let (e, t, c) = (if ears { a } else { b }, if tail { a } else { b }, if coat { a } else { b });
        Self {
            kind: a.kind,
            withers: on_body(a.withers, b.withers),
            length: on_body(a.length, b.length),
            depth: on_body(a.depth, b.depth),
            width: on_body(a.width, b.width),
            waist: on_body(a.waist, b.waist),
            bone: on_body(a.bone, b.bone),
            neck: on_body(a.neck, b.neck),
            neck_angle: on_body(a.neck_angle, b.neck_angle),
            // Small animals have large heads: the skull follows the body, its shape does not.
            skull: on_body(a.skull, b.skull),
            muzzle: on_head(a.muzzle, b.muzzle),
            muzzle_width: on_head(a.muzzle_width, b.muzzle_width),
            stop: on_head(a.stop, b.stop),
            flews: on_head(a.flews, b.flews),
            cheeks: on_head(a.cheeks, b.cheeks),
            eye: on_head(a.eye, b.eye),
            ear: e.ear,
            ear_length: e.ear_length,
            ear_width: e.ear_width,
            tail: t.tail,
            tail_length: t.tail_length,
            hair: c.hair,
            fluff: c.fluff,
            coat: c.coat,
            iris: c.iris,
            girth: 1.0,
            youth: 0.0,
        }
    }

    /// A kitten or puppy: small, large-headed, short in muzzle, neck, leg and tail.
    fn grow_young(&mut self, youth: f32) {
        self.youth = youth;
        self.withers *= 1.0 - YOUNG_SHRINKS * youth;
        self.skull *= 1.0 + 0.3 * youth;
        self.muzzle *= 1.0 - if self.kind == Kind::Dog { 0.35 } else { 0.1 } * youth;
        self.stop += (1.0 - self.stop) * 0.3 * youth;
        self.eye *= 1.0 + 0.14 * youth;
        self.neck *= 1.0 - 0.2 * youth;
        self.length *= 1.0 - 0.08 * youth;
        self.depth *= 1.0 + 0.06 * youth;
        self.bone *= 1.0 + 0.15 * youth;
        self.tail_length *= 1.0 - 0.3 * youth;
        self.fluff *= 1.0 + 0.4 * youth;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_range_is_named() {
        let good = include_str!("../../../../assets/breeds/dog/beagle.ron");
        assert!(Breed::from_ron(good).is_ok());
        let start = good.find("length:").unwrap_or_default();
        let end = start + good[start..].find('\n').unwrap_or_default();
        let bad = format!("{}length: (1.3, 1.2),{}", &good[..start], &good[end..]);
        let error = Breed::from_ron(&bad).err().map(|e| e.to_string()).unwrap_or_default();
        assert!(error.contains("beagle") && error.contains("length") && error.contains("(1.3, 1.2)"), "{error}");
        assert!(Breed::from_ron(&good.replace("neck:", "nekc:")).is_err());
    }
}
