//! What is shown: class, then breed within the class, then individual.

use rand::{RngExt, seq::SliceRandom};
use serde::{Deserialize, Serialize};

use super::{DrawContext, Parameter};
use crate::{
    distribution::pick_weighted,
    stream::{Stream, stream},
};

crate::fields! {
    /// What is shown. Off: the first breed of each class, always the same individual; classes still take turns.
    pub struct Subject {
        /// Draw breed and individual anew for each frame?
        enabled: bool = true;
        /// How many individuals a class has, shared among its procedural breeds by their weights: each has at least one. They are
        /// grown from the seed when first drawn and used again.
        individuals: u32 = 256, 1 => 1_000_000;
    }
}

/// The subject of one frame.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SubjectDraw {
    /// Class name.
    pub class: String,
    /// Breed name.
    pub breed: String,
    /// Number of the individual within the breed.
    pub individual: u32,
}

impl Subject {
    /// The class of a frame. Equal weights: each block of as many frames as there are classes holds each class once, in
    /// random order, so that any stretch of the dataset is balanced. Otherwise by weight.
    fn class(cx: &DrawContext<'_>, stream: &mut Stream) -> usize {
        let weights = cx.class_weights;
        if weights.windows(2).any(|pair| pair[0] != pair[1]) {
            return pick_weighted(weights.iter().copied(), stream);
        }
        let n = cx.catalog.classes.len().max(1) as u64;
        let mut order: Vec<usize> = (0..cx.catalog.classes.len()).collect();
        order.shuffle(&mut block_stream(cx, cx.index / n));
        usize::try_from(cx.index % n).ok().and_then(|at| order.get(at)).copied().unwrap_or_default()
    }
}

fn block_stream(cx: &DrawContext<'_>, block: u64) -> Stream {
    stream(cx.seed, block, "class order", 0)
}

impl Parameter for Subject {
    const NAME: &'static str = "subject";
    type Draw = SubjectDraw;

    fn enabled(&self) -> bool {
        self.enabled
    }

    fn draw(&self, rng: &mut Stream, cx: &DrawContext<'_>) -> SubjectDraw {
        let Some(class) = cx.catalog.classes.get(Self::class(cx, rng)) else { return SubjectDraw::default() };
        let breed = &class.breeds[pick_weighted(class.breeds.iter().map(|b| b.weight), rng)];
        let all: f32 = class.breeds.iter().filter(|breed| breed.grown).map(|breed| breed.weight).sum();
        let share = self.individuals as f32 * breed.weight / all.max(f32::MIN_POSITIVE);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "not negative, and `as` saturates")]
        let individuals = (share.ceil() as u32).max(1);
        let individual = rng.random_range(0..individuals);
        SubjectDraw {
            class: class.name.clone(),
            breed: breed.name.clone(),
            individual: if breed.grown { individual } else { 0 },
        }
    }

    fn neutral(&self, cx: &DrawContext<'_>) -> SubjectDraw {
        // The class is what a frame is about: it takes its turn even when nothing else varies.
        let class = Self::class(cx, &mut stream(cx.seed, cx.index, Self::NAME, 0));
        let Some(class) = cx.catalog.classes.get(class) else { return SubjectDraw::default() };
        let breed = class.breeds.first().map(|b| b.name.clone()).unwrap_or_default();
        SubjectDraw { class: class.name.clone(), breed, individual: 0 }
    }
}
