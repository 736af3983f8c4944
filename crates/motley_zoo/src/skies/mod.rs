//! What surrounds a scene: sky or room as an image, and the light that comes from it.
//!
//! 1. `outdoor` and `room` paint an equirectangular [`SkyImage`] from a table of looks, `places` from solids that a
//!    seeded family builds; [`Sky::from_image`] takes a photograph in their place.
//! 2. The image is scaled to one convention of brightness, so that skies can be exchanged without a new exposure.
//! 3. [`SphericalHarmonics`] of the image light what is drawn; a [`SunHint`] says what else shines.
//!
//! **Radiance is relative.** A white, diffuse, horizontal surface that sees the whole sky and the sun has radiance 1
//! under every daylight sky; dusk, night and dim rooms stay below. Multiply by an exposure to taste.

mod cast;
mod detail;
mod harmonics;
mod image;
mod land;
mod outdoor;
mod packed;
mod places;
mod room;
mod texture;

use std::sync::LazyLock;

use bevy_math::Vec3;
use serde::{Deserialize, Serialize};

pub use harmonics::SphericalHarmonics;
pub use image::{SkyError, SkyImage};
pub use packed::PackedSky;

/// A sky or a room.
#[derive(Clone, Debug)]
pub struct Sky {
    /// Whether the world builds walls.
    pub kind: SkyKind,
    /// Radiance from everywhere except from the sun.
    pub image: SkyImage,
    /// The light that casts the main shadow, if one does.
    pub sun: Option<SunHint>,
    /// How near what the image shows is; at infinity without.
    pub backdrop: Option<Backdrop>,
}

/// A box around the middle of the scene, onto which the image is thrown from a point within, so that what it shows stands
/// on the ground and moves against it as the camera moves.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Backdrop {
    /// Half the extent along x and z, metres.
    pub half: [f32; 2],
    /// Metres above the ground.
    pub height: f32,
    /// Height of the point that the image is seen from, metres.
    pub eye: f32,
}

impl Backdrop {
    /// Distance from the eye to the box along a unit vector, metres; the floor does not stop it.
    pub fn distance(&self, direction: Vec3) -> f32 {
        let reach = |along: f32, room: f32| if along > 1e-6 { room / along } else { f32::MAX };
        let walls = reach(direction.x.abs(), self.half[0]).min(reach(direction.z.abs(), self.half[1]));
        // Below, a little deeper than the ground, which covers it.
        let (above, below) = (self.height - self.eye, self.eye * 1.1);
        walls.min(reach(direction.y, above)).min(reach(-direction.y, below))
    }
}

/// What a sky asks of the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SkyKind {
    /// The image is drawn as the background.
    Outdoor,
    /// The image only lights the scene: the world draws floor, walls and ceiling.
    Room,
}

/// The light of a sky that is too small and bright for its image.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SunHint {
    /// Unit vector towards the light.
    pub direction: Vec3,
    /// Linear RGB with a luminance of 1 (Rec. 709 weights).
    pub color: Vec3,
    /// Share of the light on an open horizontal surface that comes from here, 0–1; the image holds the rest.
    pub share: f32,
}

impl Sky {
    /// Irradiance over π, linear RGB, that the sun alone gives to a surface that faces it.
    ///
    /// `None` without a sun. It is limited to 4 times the radiance of white, since a sun at the horizon would need
    /// an unbounded one to have its share on the ground.
    pub fn sun_radiosity(&self) -> Option<Vec3> {
        let sun = self.sun?;
        let sky = luminance(self.image.harmonics().irradiance(Vec3::Y)) / std::f32::consts::PI;
        let on_ground = sky * sun.share / (1.0 - sun.share).max(0.05);
        Some(sun.color * (on_ground / sun.direction.y.max(0.05)).min(4.0))
    }

    /// A sky from a picture of the whole sphere: its sun, if it shows one, becomes the [`SunHint`], and its brightness
    /// is brought to this module's convention.
    ///
    /// # Errors
    /// If the picture is empty, black, or not twice as wide as it is high.
    pub fn from_image(kind: SkyKind, picture: &::image::DynamicImage) -> Result<Self, SkyError> {
        let mut image = SkyImage::from_image(picture)?;
        let sun = image.take_sun();
        let share = sun.map_or(0.0, |sun| sun.share);
        image.scale_to(1.0 - share);
        Ok(Self { kind, image, sun, backdrop: None })
    }
}

/// The names that [`make`] knows, sorted.
pub fn names() -> &'static [String] {
    static NAMES: LazyLock<Vec<String>> = LazyLock::new(|| {
        let open = outdoor::LOOKS.iter().map(|look| look.name.to_owned());
        let mut names: Vec<_> =
            open.chain(room::LOOKS.iter().map(|look| look.name.to_owned())).chain(places::names()).collect();
        names.sort_unstable();
        names
    });
    &NAMES
}

/// Paints a sky; `None` if there is none of this name. The same name gives the same bytes always.
///
/// A call takes a tenth of a second to a second: keep what it returns.
pub fn make(name: &str) -> Option<Sky> {
    if let Some(look) = outdoor::LOOKS.iter().find(|look| look.name == name) {
        return Some(outdoor::paint(look));
    }
    if let Some(look) = room::LOOKS.iter().find(|look| look.name == name) {
        return Some(room::paint(look));
    }
    places::make(name)
}

/// Names of the materials that the ground under a sky may be made of; `None` where any will do.
pub fn grounds(name: &str) -> Option<&'static [&'static str]> {
    let look = || outdoor::LOOKS.iter().find(|look| look.name == name);
    let room = || room::LOOKS.iter().find(|look| look.name == name && look.kind == SkyKind::Room);
    places::grounds(name).or_else(|| look().map(outdoor::Look::grounds)).or_else(|| room().map(|_| places::INSIDE))
}

/// Rec. 709 luminance of a linear colour.
pub(crate) fn luminance(color: Vec3) -> f32 {
    color.dot(Vec3::new(0.2126, 0.7152, 0.0722))
}

#[cfg(test)]
mod tests {
    use std::f32::consts::PI;

    use super::*;

    /// Looks at a sky; is it a room?
    fn check(name: &str) -> bool {
        let sky = make(name).unwrap();
        // One of each kind of maker is made twice.
        if ["clear", "room_1", "living_room_1", "garden_1", "street_1"].contains(&name) {
            assert_eq!(sky.image, make(name).unwrap().image, "{name}");
        }
        assert_eq!(sky.image.rgb.len(), (sky.image.width * sky.image.height * 3) as usize);
        assert!(sky.image.rgb.iter().all(|x| x.is_finite() && (0.0..200.0).contains(x)), "{name}");
        // Neither black nor burnt out, from above and from the sides.
        let light = luminance(sky.image.harmonics().irradiance(Vec3::Y)) / PI;
        assert!((0.03..1.2).contains(&light), "{name}: {light} from above");
        let side = [Vec3::X, Vec3::Z, Vec3::NEG_X, Vec3::NEG_Z]
            .map(|side| luminance(sky.image.harmonics().irradiance(side)) / PI);
        assert!(side.iter().all(|x| x.is_finite() && (0.0..3.0).contains(x)), "{name}: {side:?} from the sides");
        if let Some(backdrop) = sky.backdrop {
            assert!(backdrop.half.iter().all(|half| *half > 1.0) && backdrop.height > backdrop.eye, "{name}");
            assert!(sky.kind == SkyKind::Outdoor, "{name} has walls of its own");
        }
        if let Some(sun) = sky.sun {
            assert!((sun.direction.length() - 1.0).abs() < 1e-4 && sun.direction.y > 0.0, "{name}");
            assert!((luminance(sun.color) - 1.0).abs() < 1e-3, "{name}");
            assert!((0.0..0.95).contains(&sun.share), "{name}");
        }
        sky.kind == SkyKind::Room
    }

    #[test]
    fn skies_are_many_finite_repeatable_and_hold_rooms() {
        assert!(names().len() >= 24);
        assert!(names().windows(2).all(|pair| pair[0] < pair[1]), "sorted, and no name twice");
        // Half a second each: the first of each family, shared among the cores.
        let firsts: Vec<_> = names().iter().filter(|name| !name.ends_with(|c| ('2'..='9').contains(&c))).collect();
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let rooms: usize = std::thread::scope(|scope| {
            let parts: Vec<_> = firsts
                .chunks(firsts.len().div_ceil(threads))
                .map(|part| scope.spawn(move || part.iter().filter(|name| check(name)).count()))
                .collect();
            parts.into_iter().map(|part| part.join().unwrap()).sum()
        });
        assert!(rooms >= 1);
        assert!(make("vacuum").is_none());
    }

    #[test]
    fn a_white_surface_under_the_open_overcast_sky_has_radiance_one() {
        let sky = make("overcast").unwrap();
        let radiance = luminance(sky.image.harmonics().irradiance(Vec3::Y)) / PI;
        assert!((radiance - 1.0).abs() < 0.02, "{radiance}");
    }

    #[test]
    fn sun_and_sky_share_the_light_of_the_ground() {
        let sky = make("clear").unwrap();
        let sun = sky.sun.unwrap();
        let from_sky = luminance(sky.image.harmonics().irradiance(Vec3::Y)) / PI;
        let from_sun = luminance(sky.sun_radiosity().unwrap()) * sun.direction.y;
        assert!((from_sun / (from_sun + from_sky) - sun.share).abs() < 0.02);
        assert!((from_sun + from_sky - 1.0).abs() < 0.05);
    }

    #[test]
    fn the_sun_of_a_picture_is_found_and_taken_out() {
        let mut picture = ::image::Rgb32FImage::from_pixel(256, 128, ::image::Rgb([0.5, 0.5, 0.5]));
        picture.put_pixel(192, 32, ::image::Rgb([20000.0, 18000.0, 15000.0]));
        let sky = Sky::from_image(SkyKind::Outdoor, &picture.into()).unwrap();
        let sun = sky.sun.unwrap();
        // A quarter right of the centre is +x, a quarter below the top is 45° up.
        assert!(sun.direction.distance(Vec3::new(0.5f32.sqrt(), 0.5f32.sqrt(), 0.0)) < 0.05, "{}", sun.direction);
        assert!(sun.share > 0.5, "{}", sun.share);
        assert!(sky.image.rgb.iter().all(|x| *x < 30.0));
    }
}
