//! Lens and sensor, applied to a frame as it was drawn.

use motley_pixels::LensSensor;
use motley_scene::{recipe::Recipe, stream::stream};

/// Applies what was drawn. Lengths in the scene are for pictures of 256 pixels.
pub fn apply(recipe: &Recipe, focus_m: f32, rgb: &mut [u8], depth: &[f32], side: usize) {
    let draw = &recipe.lens_sensor;
    if !draw.on {
        return;
    }
    let scale = side as f32 / 256.0;
    let of_shot = recipe.camera.noise.unwrap_or(0.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "in range by the guard")]
    let quality = (1.0..=100.0).contains(&draw.jpeg_quality).then_some(draw.jpeg_quality as u8);
    let lens = LensSensor {
        exposure_ev: draw.exposure_ev,
        white_balance_mired: draw.white_balance_mired,
        vignette: draw.vignette,
        defocus_px: draw.defocus_px * scale,
        focus_m,
        blur_px: draw.blur_px * scale,
        motion_px: draw.motion_px * scale,
        motion_deg: draw.motion_deg,
        downscale: draw.downscale,
        shot_noise: draw.shot_noise,
        // Independent noises add by their variances.
        read_noise: (draw.read_noise * draw.read_noise + of_shot * of_shot).sqrt(),
        noise_grain_px: draw.noise_grain_px * scale,
        noise_colour: draw.noise_colour,
        jpeg_quality: quality,
    };
    let mut noise = stream(recipe.seed, recipe.index, "sensor noise", recipe.attempt);
    lens.apply(rgb, side, side, Some(depth), &mut noise);
}
