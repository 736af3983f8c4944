//! Training augmentation: a picture of any size in, a square one for a network out, varied by a random stream.
//!
//! [`Augment`] says what may vary, each part with a range and a neutral value that switches it off; one
//! [`apply`](Augment::apply) draws once from all of them and does, in this order:
//!
//! 1. crop, zoom, squeeze, turn and flip: one resampling (sRGB values, as image libraries do),
//! 2. brightness, contrast, saturation, hue, grey: one colour matrix,
//! 3. a few operations of RandAugment,
//! 4. lens and sensor: [`LensSensor`], the function that frames go through.
//!
//! Every number is drawn whether its part is on or off, so that switching one off leaves the others as they were.

mod colour;
mod rand_augment;
mod warp;

use std::str::FromStr;

use image::RgbImage;
use rand::{Rng, RngExt};
use serde::{Deserialize, Serialize};

use crate::LensSensor;
pub use rand_augment::RandAugment;

/// Lengths in pixels are meant for a picture of this side, and grow with it.
pub const REFERENCE_SIDE: f32 = 224.0;

/// What may vary at training. A pair is `[least, most]`, drawn evenly between.
///
/// Values outside the ranges named below are brought to the nearest end; what is not a number counts as neutral.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Augment {
    /// Random crop and zoom: share of the picture's area that a square somewhere in it covers, 0.01–1; the square is never
    /// wider than the picture's shorter side. `None`, neutral, takes the middle: see [`centre`](Self::centre).
    pub crop_area: Option<[f32; 2]>,
    /// Side of the middle square that is taken without a random crop, over the picture's shorter side, 0.05–1. 0.875 is
    /// the usual 224 of 256, which ImageNet's networks were tested with.
    pub centre: f32,
    /// Width over height of what is cropped before it is squeezed into a square. 0.25–4, neutral 1.
    pub aspect: [f32; 2],
    /// Share of pictures that are mirrored left to right. 0–1, neutral 0.
    pub flip: f32,
    /// Largest turn to either side in degrees. 0–180, neutral 0. The crop shrinks until its turned corners lie within the
    /// picture, so that nothing is invented.
    pub rotate_deg: f32,
    /// Largest change of brightness: sRGB values are multiplied by 1 ± this. 0–1, neutral 0.
    pub brightness: f32,
    /// Largest change of contrast: the distance from the picture's mean grey is multiplied by 1 ± this. 0–1, neutral 0.
    pub contrast: f32,
    /// Largest change of saturation: the distance from grey is multiplied by 1 ± this. 0–1, neutral 0.
    pub saturation: f32,
    /// Largest turn of the hue to either side in degrees. 0–180, neutral 0.
    pub hue_deg: f32,
    /// Share of pictures that lose their colour. 0–1, neutral 0.
    pub grey: f32,
    /// A mix of further operations. Neutral `None`.
    pub rand_augment: Option<RandAugment>,
    /// Standard deviation of a Gaussian blur, in pixels of a picture of 224. 0–32, neutral 0.
    pub blur_px: [f32; 2],
    /// Standard deviation of noise, in 255ths of full scale. 0–255, neutral 0.
    pub noise: [f32; 2],
    /// Factor by which the picture is shrunk and enlarged again. 1–32, neutral 1.
    pub downscale: [f32; 2],
    /// Share of pictures that go through JPEG. 0–1, neutral 0.
    pub jpeg: f32,
    /// Quality of that JPEG. 1–100.
    pub jpeg_quality: [u8; 2],
}

impl Default for Augment {
    fn default() -> Self {
        Self::none()
    }
}

impl Augment {
    /// No randomness: the middle of the picture. What tests are made with.
    pub const fn none() -> Self {
        Self {
            crop_area: None,
            centre: 0.875,
            aspect: [1.0; 2],
            flip: 0.0,
            rotate_deg: 0.0,
            brightness: 0.0,
            contrast: 0.0,
            saturation: 0.0,
            hue_deg: 0.0,
            grey: 0.0,
            rand_augment: None,
            blur_px: [0.0; 2],
            noise: [0.0; 2],
            downscale: [1.0; 2],
            jpeg: 0.0,
            jpeg_quality: [40, 90],
        }
    }

    /// The kinds of the domain randomization paper: random crops, zoom, horizontal flips, slight turns and changes of
    /// brightness. It names no ranges; these are usual ones.
    pub const fn paper() -> Self {
        Self { crop_area: Some([0.64, 1.0]), flip: 0.5, rotate_deg: 10.0, brightness: 0.2, ..Self::none() }
    }

    /// For training on frames what must work on photographs: crops of 40–100 % of the area, flips, blur up to 3 px and
    /// noise up to 25 of 255. On rendered frames it was measured to be worth 7 to 14 points on photographs.
    pub const fn transfer() -> Self {
        Self { crop_area: Some([0.4, 1.0]), flip: 0.5, blur_px: [0.0, 3.0], noise: [0.0, 25.0], ..Self::none() }
    }

    /// Whether two applications to the same picture can differ.
    pub fn is_random(&self) -> bool {
        let varies = |[least, most]: [f32; 2]| least != most;
        self.crop_area.is_some()
            || varies(self.aspect)
            || self.flip > 0.0
            || self.rotate_deg > 0.0
            || self.brightness > 0.0
            || self.contrast > 0.0
            || self.saturation > 0.0
            || self.hue_deg > 0.0
            || self.grey > 0.0
            || self.rand_augment.is_some()
            || varies(self.blur_px)
            || self.noise[1] > 0.0
            || varies(self.downscale)
            || self.jpeg > 0.0
    }

    /// Draws once, and gives the varied picture, `size` × `size` pixels. The bytes depend on the arguments alone.
    ///
    /// A picture without pixels gives a black one.
    pub fn apply(&self, image: &RgbImage, size: u32, rng: &mut impl Rng) -> RgbImage {
        let drawn = self.within_ranges().draw(image.width(), image.height(), rng);
        if image.is_empty() || size == 0 {
            return RgbImage::new(size, size);
        }
        let mut out = warp::warp(image, size, &drawn.view);
        colour::adjust(&mut out, &drawn.colour);
        if let Some(mix) = &self.rand_augment {
            out = mix.apply(out, &drawn.mix);
        }
        let side = size as usize;
        drawn.lens_sensor(size).apply(&mut out, side, side, None, rng);
        out
    }

    /// Each number with its name, its range and its neutral value.
    fn each(&mut self, mut visit: impl FnMut(&'static str, &mut f32, [f32; 2], f32)) {
        for area in self.crop_area.iter_mut().flatten() {
            visit("crop_area", area, [0.01, 1.0], 1.0);
        }
        visit("centre", &mut self.centre, [0.05, 1.0], 1.0);
        for aspect in &mut self.aspect {
            visit("aspect", aspect, [0.25, 4.0], 1.0);
        }
        visit("flip", &mut self.flip, [0.0, 1.0], 0.0);
        visit("rotate_deg", &mut self.rotate_deg, [0.0, 180.0], 0.0);
        visit("brightness", &mut self.brightness, [0.0, 1.0], 0.0);
        visit("contrast", &mut self.contrast, [0.0, 1.0], 0.0);
        visit("saturation", &mut self.saturation, [0.0, 1.0], 0.0);
        visit("hue_deg", &mut self.hue_deg, [0.0, 180.0], 0.0);
        visit("grey", &mut self.grey, [0.0, 1.0], 0.0);
        for blur in &mut self.blur_px {
            visit("blur_px", blur, [0.0, 32.0], 0.0);
        }
        for noise in &mut self.noise {
            visit("noise", noise, [0.0, 255.0], 0.0);
        }
        for downscale in &mut self.downscale {
            visit("downscale", downscale, [1.0, 32.0], 1.0);
        }
        visit("jpeg", &mut self.jpeg, [0.0, 1.0], 0.0);
        if let Some(mix) = &mut self.rand_augment {
            visit("rand_augment.magnitude", &mut mix.magnitude, [0.0, 1.0], 0.0);
        }
    }

    /// The first number that lies outside its range, and that range.
    fn outside(mut self) -> Option<(&'static str, [f32; 2])> {
        let most = rand_augment::MOST_OPERATIONS as u8;
        let too_many = self.rand_augment.is_some_and(|mix| mix.operations > most);
        let mut outside = too_many.then_some(("rand_augment.operations", [0.0, f32::from(most)]));
        self.each(|field, value, [low, high], _| {
            if !(low..=high).contains(value) {
                outside = outside.or(Some((field, [low, high])));
            }
        });
        outside
    }

    /// The first pair that begins with its most.
    fn reversed(&self) -> Option<&'static str> {
        let pairs = [
            ("crop_area", self.crop_area.unwrap_or([1.0; 2])),
            ("aspect", self.aspect),
            ("blur_px", self.blur_px),
            ("noise", self.noise),
            ("downscale", self.downscale),
            ("jpeg_quality", self.jpeg_quality.map(f32::from)),
        ];
        pairs.into_iter().find(|(_, [least, most])| least > most).map(|(field, _)| field)
    }

    /// The same with every number brought into its range.
    fn within_ranges(mut self) -> Self {
        self.each(|_, value, [low, high], neutral| {
            *value = if value.is_nan() { neutral } else { value.clamp(low, high) };
        });
        self
    }

    /// Everything random, in a fixed order and number. All numbers lie within their ranges.
    fn draw(&self, width: u32, height: u32, rng: &mut impl Rng) -> Draw {
        let between = |[a, b]: [f32; 2], t: f32| a + (b - a) * t;
        let around = |most: f32, t: f32| (2.0 * t - 1.0) * most;
        let [area, aspect, turn, x, y] = [(); 5].map(|()| rng.random::<f32>());
        let [brightness, contrast, saturation, hue] = [(); 4].map(|()| rng.random::<f32>());
        let [blur, noise, downscale, quality] = [(); 4].map(|()| rng.random::<f32>());
        let [flip, grey, jpeg] = [(); 3].map(|()| rng.random::<f32>());
        let mix = [(); rand_augment::MOST_OPERATIONS].map(|()| [(); 3].map(|()| rng.random::<f32>()));

        let shorter = width.min(height) as f32;
        let side = match self.crop_area {
            Some(range) => {
                let share = between(range, area);
                libm::sqrtf(share * width as f32 * height as f32).min(shorter)
            }
            None => self.centre * shorter,
        };
        let [x, y] = if self.crop_area.is_some() { [x, y] } else { [0.5, 0.5] };
        let squeeze = libm::sqrtf(between(self.aspect, aspect));
        let view = warp::View::within(
            [width as f32, height as f32],
            [side * squeeze, side / squeeze],
            around(self.rotate_deg, turn),
            [x, y],
            flip < self.flip,
        );
        let colour = colour::Change {
            brightness: 1.0 + around(self.brightness, brightness),
            contrast: 1.0 + around(self.contrast, contrast),
            saturation: if grey < self.grey { 0.0 } else { 1.0 + around(self.saturation, saturation) },
            hue_deg: around(self.hue_deg, hue),
        };
        let [worst, best] = self.jpeg_quality.map(|quality| f32::from(quality.clamp(1, 100)));
        Draw {
            view,
            colour,
            blur_px: between(self.blur_px, blur),
            read_noise: between(self.noise, noise) / 255.0,
            downscale: between(self.downscale, downscale),
            jpeg_quality: (jpeg < self.jpeg).then_some(libm::roundf(between([worst, best], quality)) as u8),
            mix,
        }
    }
}

impl FromStr for Augment {
    type Err = AugmentError;

    /// `none`, `paper`, `transfer`, or fields in RON's notation, such as `(flip: 0.5, rotate_deg: 10)`: those that are not
    /// named are neutral.
    fn from_str(text: &str) -> Result<Self, AugmentError> {
        match text.trim() {
            "none" => Ok(Self::none()),
            "paper" => Ok(Self::paper()),
            "transfer" => Ok(Self::transfer()),
            fields if fields.starts_with('(') => {
                // With a `Some` around a pair or without: both are meant.
                let options =
                    ron::Options::default().with_default_extension(ron::extensions::Extensions::IMPLICIT_SOME);
                let augment: Self = options.from_str(fields).map_err(|fault| AugmentError::Fields(Box::new(fault)))?;
                match (augment.outside(), augment.reversed()) {
                    (Some((field, [low, high])), _) => Err(AugmentError::Range { field, low, high }),
                    (None, Some(field)) => Err(AugmentError::Reversed(field)),
                    (None, None) => Ok(augment),
                }
            }
            name => Err(AugmentError::Name(name.to_owned())),
        }
    }
}

/// What is no augmentation.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum AugmentError {
    /// A name that none has.
    #[error("{0:?} is no augmentation: write none, paper, transfer, or fields such as (flip: 0.5, rotate_deg: 10)")]
    Name(String),
    /// Fields that cannot be read.
    #[error("{0}")]
    Fields(Box<ron::error::SpannedError>),
    /// A value that is out of its range.
    #[error("{field} lies between {low} and {high}")]
    Range {
        /// Its name.
        field: &'static str,
        /// The least.
        low: f32,
        /// The most.
        high: f32,
    },
    /// A pair whose first number is above its second.
    #[error("{0} is a pair of the least and the most, in this order")]
    Reversed(&'static str),
}

/// What was drawn for one picture.
struct Draw {
    view: warp::View,
    colour: colour::Change,
    blur_px: f32,
    read_noise: f32,
    downscale: f32,
    jpeg_quality: Option<u8>,
    mix: rand_augment::Choices,
}

impl Draw {
    fn lens_sensor(&self, size: u32) -> LensSensor {
        LensSensor {
            blur_px: self.blur_px * size as f32 / REFERENCE_SIDE,
            read_noise: self.read_noise,
            downscale: self.downscale,
            jpeg_quality: self.jpeg_quality,
            ..LensSensor::NEUTRAL
        }
    }
}
