//! Places where people take pictures: rooms, yards, streets; each a family with as many variants as its table line says.
//!
//! A family builds solids around a free middle from a stream of random numbers that its variant's number starts;
//! [`super::cast`] makes the panorama of them.

mod furniture;
mod indoor;
mod maker;
mod street;
mod yard;

use bevy_math::Vec3;

use crate::family;

use super::{
    Backdrop, Sky, SkyKind, SunHint,
    cast::{Lamp, Place},
    luminance, outdoor,
};
use maker::Maker;

/// A kind of place.
struct Family {
    name: &'static str,
    variants: u32,
    build: fn(&mut Maker) -> Site,
    /// Materials that the ground may be made of.
    grounds: &'static [&'static str],
}

impl family::Family for Family {
    fn variants(&self) -> (&'static str, u32) {
        (self.name, self.variants)
    }
}

/// What a family says about one of its variants, beside the solids.
struct Site {
    /// Where the panorama is seen from, metres above the ground.
    eye: f32,
    /// Half the extent of what stands around, along x and z, and its height, metres.
    extent: [f32; 3],
    /// What is behind everything, and the sun; none inside.
    open: Option<outdoor::Look>,
    /// Radiance of a white horizontal surface, inside.
    level: f32,
}

pub(super) const INSIDE: &[&str] = &[
    "carpet",
    "carpet_beige",
    "carpet_brown",
    "carpet_green",
    "carpet_flecked",
    "carpet_diamonds",
    "carpet_zigzag",
    "shag",
    "rug",
    "rug_blue",
    "rug_oriental",
    "rug_oriental_blue",
    "planks",
    "planks_dark",
    "planks_white",
    "laminate",
    "laminate_grey",
    "parquet",
    "parquet_dark",
    "herringbone",
    "herringbone_dark",
    "blanket_stripes",
    "fleece",
    "bedsheet",
    "bedsheet_blue",
    "quilt",
    "quilt_flowers",
    "quilt_patchwork",
    "knit_cream",
    "knit_grey",
    "velvet_grey",
    "velvet_green",
    "velvet_red",
    "leather",
    "leather_black",
    "leather_cream",
    "corduroy",
    "tweed",
    "tartan_red",
    "tartan_grey",
    "linen",
    "towel_blue",
    "oak",
    "walnut",
];
const HARD: &[&str] = &[
    "tiles_white",
    "tiles_beige",
    "tiles_slate",
    "tiles_terracotta",
    "tiles_black_white",
    "lino_checks",
    "hexagons",
    "terrazzo",
    "laminate",
    "laminate_grey",
    "planks",
    "parquet",
    "marble",
    "cork",
    "towel_white",
    "towel_blue",
    "rug",
    "doormat",
    "granite",
];
const SHELTER: &[&str] = &[
    "concrete",
    "screed",
    "tiles_white",
    "tiles_beige",
    "terrazzo",
    "straw",
    "hay",
    "fleece",
    "towel_white",
    "towel_blue",
    "newspaper",
    "blanket_stripes",
    "bedsheet_blue",
    "wood_chips",
    "lino_checks",
    "cardboard",
    "tartan_green",
];
const GARAGE: &[&str] =
    &["concrete", "concrete_stained", "screed", "asphalt_old", "paving_slabs", "cardboard", "chipboard"];
pub(super) const LAWN: &[&str] = &[
    "grass",
    "grass_spring",
    "lawn",
    "grass_autumn",
    "grass_daisies",
    "grass_worn",
    "dry_grass",
    "leaves",
    "leaves_yellow",
    "moss",
];
const TERRACE: &[&str] = &[
    "paving",
    "paving_slabs",
    "paving_red",
    "planks_grey",
    "planks",
    "flagstones",
    "cobbles",
    "tiles_terracotta",
    "gravel",
    "gravel_white",
    "concrete",
    "tiles_slate",
    "artificial_grass",
    "bricks_old",
];
pub(super) const WOODS: &[&str] = &[
    "leaves",
    "leaves_yellow",
    "pine_needles",
    "soil",
    "mud",
    "moss",
    "dirt_path",
    "bark_mulch",
    "grass",
    "grass_autumn",
    "gravel",
];
const FARM: &[&str] =
    &["straw", "hay", "soil", "mud", "dirt_path", "cobbles", "concrete_stained", "gravel", "grass_worn"];
pub(super) const SHORE: &[&str] = &["sand", "sand_fine", "sand_wet", "pebbles"];
pub(super) const ROAD: &[&str] =
    &["asphalt", "asphalt_old", "road", "asphalt", "paving_slabs", "paving", "cobbles", "concrete"];
const LOT: &[&str] = &["parking", "asphalt", "asphalt_old", "concrete", "paving", "gravel"];
const TRACK: &[&str] = &["dirt_path", "gravel", "asphalt_old", "grass", "grass_worn", "soil", "road"];

const FAMILIES: &[Family] = &[
    Family { name: "balcony", variants: 3, build: yard::balcony, grounds: TERRACE },
    Family { name: "bathroom", variants: 3, build: indoor::bathroom, grounds: HARD },
    Family { name: "beach", variants: 2, build: yard::beach, grounds: SHORE },
    Family { name: "bedroom", variants: 4, build: indoor::bedroom, grounds: INSIDE },
    Family { name: "car_park", variants: 4, build: street::car_park, grounds: LOT },
    Family { name: "city_street", variants: 5, build: street::city, grounds: ROAD },
    Family { name: "country_road", variants: 4, build: street::country, grounds: TRACK },
    Family { name: "driveway", variants: 4, build: street::driveway, grounds: TERRACE },
    Family { name: "farmyard", variants: 3, build: yard::farm, grounds: FARM },
    Family { name: "forest", variants: 3, build: yard::forest, grounds: WOODS },
    Family { name: "garage", variants: 2, build: indoor::garage, grounds: GARAGE },
    Family { name: "garden", variants: 6, build: yard::garden, grounds: LAWN },
    Family { name: "hallway", variants: 3, build: indoor::hallway, grounds: HARD },
    Family { name: "kitchen", variants: 4, build: indoor::kitchen, grounds: HARD },
    Family { name: "living_room", variants: 8, build: indoor::living_room, grounds: INSIDE },
    Family { name: "park", variants: 4, build: yard::park, grounds: LAWN },
    Family { name: "patio", variants: 4, build: yard::patio, grounds: TERRACE },
    Family { name: "shelter", variants: 4, build: indoor::shelter, grounds: SHELTER },
    Family { name: "street", variants: 6, build: street::houses, grounds: ROAD },
    Family { name: "study", variants: 3, build: indoor::study, grounds: INSIDE },
];

/// All names: `living_room_1` and so on.
pub(super) fn names() -> impl Iterator<Item = String> {
    family::names(FAMILIES)
}

fn find(name: &str) -> Option<(&'static Family, u32)> {
    family::find(FAMILIES, name)
}

/// Materials that the ground of a place may be made of.
pub(super) fn grounds(name: &str) -> Option<&'static [&'static str]> {
    find(name).map(|(family, _)| family.grounds)
}

/// Paints a place; `None` if there is none of this name.
pub(super) fn make(name: &str) -> Option<Sky> {
    let (family, variant) = find(name)?;
    let mut maker = Maker::new(family.name, variant);
    let site = (family.build)(&mut maker);
    Some(paint(site, maker))
}

fn paint(site: Site, maker: Maker) -> Sky {
    let eye = Vec3::new(0.0, site.eye, 0.0);
    let backdrop = Backdrop { half: [site.extent[0], site.extent[1]], height: site.extent[2], eye: site.eye };
    let Some(look) = site.open else {
        // Inside, the lamps' light is what there is; a part of it has bounced about.
        let strength: f32 = maker.lamps.iter().map(power).sum();
        let room = 4.0 * (site.extent[0] * site.extent[1] + (site.extent[0] + site.extent[1]) * site.extent[2]);
        let bounced = maker.lamps.iter().map(|lamp| tint(lamp) * power(lamp)).sum::<Vec3>() / (room * 0.55);
        let ambient = [bounced * 1.1, bounced, bounced * 0.8].map(|light| light + Vec3::splat(0.02 * strength / room));
        let sun = maker.lamps.iter().max_by(|a, b| power(a).total_cmp(&power(b))).and_then(|lamp| match lamp {
            Lamp::Panel(middle, ..) => Some(SunHint {
                direction: (*middle - eye).try_normalize().filter(|d| d.y > 0.0)?,
                color: tint(lamp),
                share: 0.2,
            }),
            Lamp::Sun(..) => None,
        });
        let place =
            Place { eye, solids: maker.solids, lamps: maker.lamps, ambient, nook: 0.9, beyond: &|_| Vec3::splat(0.02) };
        let mut image = place.paint();
        image.scale_to(site.level * 0.8);
        return Sky { kind: SkyKind::Outdoor, image, sun, backdrop: Some(backdrop) };
    };
    let open = outdoor::paint_small(&look);
    let harmonics = open.sky.image.harmonics();
    let facing = |normal: Vec3| harmonics.irradiance(normal) / std::f32::consts::PI;
    let up = facing(Vec3::Y);
    let sunlight = open.sky.sun_radiosity();
    let sun = open.sky.sun;
    let on_ground = up + sun.zip(sunlight).map_or(Vec3::ZERO, |(sun, light)| light * sun.direction.y.max(0.0));
    // What the ground sends back: a fifth.
    let bounce = on_ground * 0.2;
    let sides = [Vec3::X, Vec3::NEG_X, Vec3::Z, Vec3::NEG_Z].map(facing).iter().sum::<Vec3>() / 4.0;
    let mut lamps = maker.lamps;
    if let (Some(sun), Some(light)) = (sun, sunlight) {
        lamps.push(Lamp::Sun(sun.direction, light));
    }
    let beyond = |direction: Vec3| outdoor::radiance(&look, sun.as_ref(), direction) * open.scale;
    let place = Place {
        eye,
        solids: maker.solids,
        lamps,
        ambient: [up, sides.lerp(bounce, 0.25), bounce],
        nook: 2.5,
        beyond: &beyond,
    };
    let mut image = place.paint();
    // Halfway between the light of the open sky and what trees and houses leave of it: so cameras are exposed.
    let (whole, left) = (luminance(up), luminance(image.harmonics().irradiance(Vec3::Y)) / std::f32::consts::PI);
    let target = look.level() * (1.0 - sun.map_or(0.0, |sun| sun.share));
    image.scale_to(target * (left / whole).clamp(0.1, 1.5).sqrt());
    Sky { kind: SkyKind::Outdoor, image, sun, backdrop: Some(backdrop) }
}

/// What a panel sends out, luminance × area.
fn power(lamp: &Lamp) -> f32 {
    match lamp {
        Lamp::Sun(..) => 0.0,
        Lamp::Panel(_, a, b, radiance) => luminance(*radiance) * 4.0 * a.cross(*b).length(),
    }
}

/// Its colour with a luminance of 1.
fn tint(lamp: &Lamp) -> Vec3 {
    match lamp {
        Lamp::Sun(_, color) | Lamp::Panel(.., color) => *color / luminance(*color).max(1e-3),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grounds_of_every_place_are_materials() {
        for family in FAMILIES {
            for ground in family.grounds {
                assert!(crate::materials::names().contains(ground), "{}: {ground}", family.name);
            }
        }
        assert!(FAMILIES.is_sorted_by_key(|family| family.name));
    }

    #[test]
    fn the_grounds_of_open_skies_are_materials() {
        for name in crate::skies::names() {
            for ground in crate::skies::grounds(name).unwrap_or_default() {
                assert!(crate::materials::names().contains(ground), "{name}: {ground}");
            }
        }
    }

    #[test]
    fn only_numbers_of_variants_are_names() {
        assert!(find("garden_1").is_some());
        for name in ["garden", "garden_0", "garden_01", "garden_99", "garden_x", "", "_1"] {
            assert!(find(name).is_none(), "{name}");
        }
    }
}
