//! The light in a street, as a camera balances it.

use std::f32::consts::PI;

use bevy_math::Vec3;

use crate::skies::{self, Sky, SkyImage};

/// How far a camera's white balance follows the light: 1 makes level ground under the sky alone grey.
///
/// The sky's blue is what lies in the shade, so without it a road is bluer than on any photograph; a little of the hour stays.
const BALANCE: f32 = 0.85;

/// The open sky of this name as it is seen over a street; `None` if there is none.
pub fn open_sky(name: &str) -> Option<Sky> {
    let mut sky = skies::make(name)?;
    balance(&mut sky.image, BALANCE);
    Some(sky)
}

/// Brings the light on level ground nearer to grey, and leaves its luminance as it is.
fn balance(image: &mut SkyImage, share: f32) {
    let light = image.harmonics().irradiance(Vec3::Y) / PI;
    let level = skies::luminance(light);
    if light.min_element() <= 0.0 {
        return;
    }
    let gains = light.map(|channel| bevy_math::ops::powf(level / channel, share));
    for pixel in image.rgb.as_chunks_mut::<3>().0 {
        *pixel = (Vec3::from(*pixel) * gains).to_array();
    }
    image.scale_to(level);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_balanced_sky_lights_the_ground_grey() {
        let blue = SkyImage::paint(64, 32, |_| Vec3::new(0.2, 0.4, 0.9));
        let light = |image: &SkyImage| image.harmonics().irradiance(Vec3::Y) / PI;
        let [mut none, mut half, mut full] = [(); 3].map(|()| blue.clone());
        balance(&mut none, 0.0);
        balance(&mut half, 0.5);
        balance(&mut full, 1.0);
        assert!(light(&none).distance(light(&blue)) < 1e-4);
        let level = skies::luminance(light(&blue));
        assert!(light(&full).distance(Vec3::splat(level)) < 1e-3, "{}", light(&full));
        assert!((skies::luminance(light(&half)) - level).abs() < 1e-3);
        let ratio = |light: Vec3| light.z / light.x;
        assert!((ratio(light(&half)) - ratio(light(&blue)).sqrt()).abs() < 0.02);
    }
}
