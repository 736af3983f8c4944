//! Procedural bicycles and cars: rigid parts on nodes that steer, roll and pedal, grown from a breed's ranges and a
//! random stream.
//!
//! 1. A breed (RON in `assets/breeds/<class>/`) holds a range for everything that differs between two of its kind.
//! 2. [`grow`] draws one individual: the geometry is solved first, then every part is built around it.
//! 3. Parts share a few surfaces; an assembly joins what has the same node and surface into one mesh.
//!
//! Everything is a pure function of breed and stream.

mod bicycle;
pub(crate) mod breed;
pub(crate) mod build;
mod car;
mod cut;
#[cfg(test)]
mod tests;

use std::sync::OnceLock;

use rand::Rng;

use crate::model::Model;
use breed::Body;
pub use breed::{Breed, BreedError};

macro_rules! breeds {
    ($($class:literal / $name:literal),* $(,)?) => {
        [$(($class, include_str!(concat!("../../../../assets/breeds/", $class, "/", $name, ".ron")))),*]
    };
}

/// The breeds that come with the crate: class and RON.
const FILES: &[(&str, &str)] = &breeds![
    "bicycle" / "bmx",
    "bicycle" / "cargo",
    "bicycle" / "child",
    "bicycle" / "city",
    "bicycle" / "cruiser",
    "bicycle" / "cyclocross",
    "bicycle" / "dirt_jump",
    "bicycle" / "downhill",
    "bicycle" / "dutch",
    "bicycle" / "e_city",
    "bicycle" / "e_mountain",
    "bicycle" / "fat_bike",
    "bicycle" / "folding",
    "bicycle" / "gravel",
    "bicycle" / "hybrid",
    "bicycle" / "lady_cruiser",
    "bicycle" / "longtail",
    "bicycle" / "mini_velo",
    "bicycle" / "mixed",
    "bicycle" / "mixte",
    "bicycle" / "mountain",
    "bicycle" / "randonneur",
    "bicycle" / "road",
    "bicycle" / "roadster",
    "bicycle" / "share_bike",
    "bicycle" / "single_speed",
    "bicycle" / "tandem",
    "bicycle" / "time_trial",
    "bicycle" / "toddler",
    "bicycle" / "touring",
    "bicycle" / "track",
    "bicycle" / "trail",
    "bicycle" / "trials",
    "car" / "beetle",
    "car" / "city_car",
    "car" / "classic",
    "car" / "compact_suv",
    "car" / "convertible",
    "car" / "coupe",
    "car" / "delivery_van",
    "car" / "estate",
    "car" / "hatchback",
    "car" / "large_pickup",
    "car" / "large_suv",
    "car" / "limousine",
    "car" / "mini",
    "car" / "mixed",
    "car" / "muscle",
    "car" / "off_roader",
    "car" / "people_carrier",
    "car" / "pickup",
    "car" / "police",
    "car" / "saloon",
    "car" / "single_pickup",
    "car" / "sports",
    "car" / "suv",
    "car" / "taxi",
    "car" / "van",
];

/// The breeds of a class, "bicycle" or "car"; none for any other class.
pub fn breeds(class: &str) -> &'static [Breed] {
    static BICYCLES: OnceLock<Vec<Breed>> = OnceLock::new();
    static CARS: OnceLock<Vec<Breed>> = OnceLock::new();
    let parse = || {
        let texts = FILES.iter().filter(|(of, _)| *of == class);
        // Embedded texts that a test parses one by one: none can fail, and none is dropped here.
        texts.filter_map(|(class, text)| Breed::from_ron(class, text).ok()).collect()
    };
    match class {
        "bicycle" => BICYCLES.get_or_init(parse),
        "car" => CARS.get_or_init(parse),
        _ => &[],
    }
}

/// Names of the clips that vehicles of a class, "bicycle" or "car", may have; none for any other. A bicycle that nobody rides
/// may lean or lie, one that is ridden pedals and corners.
pub fn clip_names(class: &str) -> &'static [&'static str] {
    match class {
        "bicycle" => &["roll", "steer", "pedal", "corner", "lean", "fallen"],
        "car" => &["roll", "steer"],
        _ => &[],
    }
}

/// Grows a fresh individual of a breed: metres, y up, facing +z, standing on y = 0, its rest pose rolling straight on.
///
/// Clips: `roll` (one turn of the wheels) and `steer` (left, right and back); bicycles also `pedal`. The same breed
/// and the same state of the stream give the same bytes.
pub fn grow(breed: &Breed, stream: &mut impl Rng) -> Model {
    match &breed.body {
        Body::Bicycle(body) => bicycle::grow(body, stream),
        Body::Car(body) => car::grow(body, stream),
    }
}
