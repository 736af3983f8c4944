//! Procedural cats and dogs: one parametric quadruped, grown from a breed's ranges and a random stream.
//!
//! 1. `breed`: a breed's ranges are drawn into one individual's traits.
//! 2. `anatomy`, `head`: traits become joints and flesh, a signed distance field.
//! 3. `mesh`: the field becomes triangles, finer on the head; `skin` binds them to the bones.
//! 4. `ears`, `face`: what is thin or wet is built as parts of its own.
//! 5. `palette`, `coat`: colours are drawn and painted in the body's coordinates.
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
mod grow;
mod head;
mod mesh;
mod noise;
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
const FILES: [(&str, &str); 19] = breeds![
    "cat" / "domestic_shorthair",
    "cat" / "domestic_longhair",
    "cat" / "siamese",
    "cat" / "persian",
    "cat" / "maine_coon",
    "cat" / "british_shorthair",
    "cat" / "bengal",
    "cat" / "mixed",
    "dog" / "labrador_retriever",
    "dog" / "german_shepherd",
    "dog" / "beagle",
    "dog" / "pug",
    "dog" / "siberian_husky",
    "dog" / "dachshund",
    "dog" / "poodle",
    "dog" / "chihuahua",
    "dog" / "border_collie",
    "dog" / "greyhound",
    "dog" / "mixed",
];

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
