//! Procedural cats and dogs: one parametric quadruped, grown from a breed's ranges and a random stream.
//!
//! 1. `breed`: a breed's ranges are drawn into one individual's traits.
//! 2. `anatomy`, `head`: traits become joints and flesh, a signed distance field.
//! 3. `mesh`: the field becomes triangles, finer on the head; `skin` binds them to the bones.
//! 4. `ears`, `face`: what is thin or wet is built as parts of its own.
//!    `locks` lets hair stand off the hide, `outfit` adds toes and a collar.
//! 5. `palette`, `coat`: colours are drawn and painted in the body's coordinates; `fur` adds strands.
//! 6. `clips`: movements are solved for this body and put on the ground.
//!
//! Everything is a pure function of breed and stream, the same to the byte on every machine.

mod anatomy;
mod breed;
mod clips;
mod coat;
mod ears;
mod face;
mod field;
mod fur;
mod ground;
mod grow;
mod head;
mod locks;
mod mesh;
pub(crate) mod noise;
mod outfit;
mod palette;
mod sheet;
mod skeleton;
mod skin;
#[cfg(test)]
mod tests;

use std::sync::OnceLock;

pub use breed::{Breed, BreedError, CoatKind, Ear, Hair, Iris, Kind, Tail};
pub use grow::grow;

macro_rules! breeds {
    ($($class:literal / $name:literal),* $(,)?) => {
        [$(($class, include_str!(concat!("../../../../assets/breeds/", $class, "/", $name, ".ron")))),*]
    };
}

/// The breeds that come with the crate: class and RON.
const FILES: [(&str, &str); 61] = breeds![
    "cat" / "abyssinian",
    "cat" / "bengal",
    "cat" / "british_shorthair",
    "cat" / "devon_rex",
    "cat" / "domestic_longhair",
    "cat" / "domestic_shorthair",
    "cat" / "exotic_shorthair",
    "cat" / "maine_coon",
    "cat" / "manx",
    "cat" / "norwegian_forest",
    "cat" / "persian",
    "cat" / "ragdoll",
    "cat" / "russian_blue",
    "cat" / "scottish_fold",
    "cat" / "siamese",
    "cat" / "sphynx",
    "cat" / "turkish_angora",
    "cat" / "mixed",
    "dog" / "airedale_terrier",
    "dog" / "akita",
    "dog" / "australian_cattle_dog",
    "dog" / "basset_hound",
    "dog" / "beagle",
    "dog" / "bernese_mountain_dog",
    "dog" / "border_collie",
    "dog" / "boston_terrier",
    "dog" / "boxer",
    "dog" / "bulldog",
    "dog" / "chihuahua",
    "dog" / "chow_chow",
    "dog" / "cocker_spaniel",
    "dog" / "corgi",
    "dog" / "dachshund",
    "dog" / "dalmatian",
    "dog" / "doberman",
    "dog" / "french_bulldog",
    "dog" / "german_shepherd",
    "dog" / "golden_retriever",
    "dog" / "great_dane",
    "dog" / "greyhound",
    "dog" / "jack_russell_terrier",
    "dog" / "labrador_retriever",
    "dog" / "maltese",
    "dog" / "miniature_schnauzer",
    "dog" / "pomeranian",
    "dog" / "poodle",
    "dog" / "pug",
    "dog" / "rottweiler",
    "dog" / "rough_collie",
    "dog" / "saint_bernard",
    "dog" / "samoyed",
    "dog" / "shiba_inu",
    "dog" / "shih_tzu",
    "dog" / "siberian_husky",
    "dog" / "spitz_mix",
    "dog" / "springer_spaniel",
    "dog" / "staffordshire_terrier",
    "dog" / "weimaraner",
    "dog" / "west_highland_terrier",
    "dog" / "yorkshire_terrier",
    "dog" / "mixed",
];

pub use clips::ASLEEP;

/// Names of the clips of a class, "cat" or "dog"; none for any other.
pub fn clip_names(class: &str) -> impl Iterator<Item = &'static str> {
    [Kind::Cat, Kind::Dog].into_iter().filter(move |kind| kind.class() == class).flat_map(clips::names)
}

/// The breeds of a class, "cat" or "dog", the last of which is `mixed`; none for any other class.
pub fn breeds(class: &str) -> &'static [Breed] {
    static CATS: OnceLock<Vec<Breed>> = OnceLock::new();
    static DOGS: OnceLock<Vec<Breed>> = OnceLock::new();
    let parse = || {
        let texts = FILES.iter().filter(|(of, _)| *of == class);
        // Embedded texts that a test parses one by one: none can fail, and none is dropped here.
        texts.filter_map(|(_, text)| Breed::from_ron(text).ok()).collect()
    };
    match class {
        "cat" => CATS.get_or_init(parse),
        "dog" => DOGS.get_or_init(parse),
        _ => &[],
    }
}

impl Kind {
    /// Its class name.
    pub fn class(self) -> &'static str {
        match self {
            Self::Cat => "cat",
            Self::Dog => "dog",
        }
    }
}
