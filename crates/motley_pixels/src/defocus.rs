//! Defocus by depth: a thin lens, two fields, one behind and one before the plane of focus.
//!
//! 1. Each pixel's circle of confusion follows from its depth.
//! 2. What lies behind the focus is blurred at two widths among itself alone, so that a sharp subject does not bleed
//!    into the blurred background; each pixel takes the width that fits its circle.
//! 3. What lies before the focus is blurred with its own coverage and laid over the rest, so that a blurred edge lets
//!    the background shine through.
//!
//! The disc is replaced by a Gaussian of the same variance: a disc of diameter d has a standard deviation of d / 4 along
//! each axis.

use crate::filter::gaussian;
use crate::raster::Raster;
use crate::resize::{double, halve};

/// Standard deviation of a disc of diameter 1 along one axis.
pub(crate) const SIGMA_PER_DIAMETER: f32 = 0.25;

/// Circles below this diameter, in pixels, are as good as sharp.
const SHARP_PX: f32 = 0.25;

/// The narrower of the two widths of the background, as a share of the wider one.
const NARROW: f32 = 0.5;

/// Signed diameter of the circle of confusion in pixels: positive behind the plane of focus, negative before it.
///
/// Thin lens: c = c∞ · (1 − focus / depth), where c∞ is the diameter for a point infinitely far away (f² / (N · (focus − f))
/// for focal length f and f-number N). Cut off at `max_px`.
pub(crate) fn circle_px(depth_m: f32, focus_m: f32, at_infinity_px: f32, max_px: f32) -> f32 {
    let depth_m = if depth_m.is_nan() { f32::INFINITY } else { depth_m.max(1.0e-6) };
    (at_infinity_px * (1.0 - focus_m / depth_m)).clamp(-max_px, max_px)
}

/// Blurs each pixel by its circle of confusion: signed diameters in pixels, `[height, width]`.
pub(crate) fn defocus(image: &mut Raster<3>, circles: &[f32]) {
    let farthest = circles.iter().fold(0.0_f32, |most, circle| most.max(*circle));
    let nearest = circles.iter().fold(0.0_f32, |most, circle| most.max(-circle));
    if farthest > SHARP_PX {
        blur_far(image, circles, farthest);
    }
    if nearest > SHARP_PX {
        blur_near(image, circles, nearest);
    }
}

/// Step 2 of the module's list.
fn blur_far(image: &mut Raster<3>, circles: &[f32], widest: f32) {
    let narrower = widest * NARROW;
    let [narrow, wide] = blurred(
        weighted(image, circles, |circle| (circle / narrower).clamp(0.0, 1.0)),
        [narrower, widest].map(|diameter| diameter * SIGMA_PER_DIAMETER),
    );
    let blurred = narrow.data.as_chunks::<4>().0.iter().zip(wide.data.as_chunks::<4>().0);
    let pixels = image.data.as_chunks_mut::<3>().0.iter_mut().zip(circles);
    for ((pixel, &circle), (narrow, wide)) in pixels.zip(blurred) {
        if circle <= 0.0 {
            continue;
        }
        // Between two widths the variances, squares of the circles, are mixed.
        let between = |low: f32, high: f32| (circle * circle - low * low) / (high * high - low * low);
        let narrow = normalized(narrow).unwrap_or(*pixel);
        *pixel = if circle <= narrower {
            mix(*pixel, narrow, between(0.0, narrower))
        } else {
            mix(narrow, normalized(wide).unwrap_or(narrow), between(narrower, widest))
        };
    }
}

/// Step 3 of the module's list.
fn blur_near(image: &mut Raster<3>, circles: &[f32], widest: f32) {
    let cover = |circle: f32| if circle < 0.0 { (circle / widest) * (circle / widest) } else { 0.0 };
    let [near] = blurred(weighted(image, circles, cover), [widest * SIGMA_PER_DIAMETER]);
    for (pixel, near) in image.data.as_chunks_mut::<3>().0.iter_mut().zip(near.data.as_chunks::<4>().0) {
        if let Some(blurred) = normalized(near) {
            // Twice the coverage: what the lens sees behind a blurred edge is not known on the near thing's own side,
            // so that it stays opaque there and fades out on the other side.
            *pixel = mix(*pixel, blurred, (2.0 * near[3]).min(1.0));
        }
    }
}

/// Colour times weight, and the weight itself.
fn weighted(image: &Raster<3>, circles: &[f32], weight: impl Fn(f32) -> f32) -> Raster<4> {
    let mut weighted = Raster::<4>::empty(image.width, image.height);
    let pixels = image.data.as_chunks::<3>().0.iter().zip(circles);
    weighted.data.extend(pixels.flat_map(|([red, green, blue], &circle)| {
        let weight = weight(circle);
        [red * weight, green * weight, blue * weight, weight]
    }));
    weighted
}

/// The colour; nothing where no weight came to.
#[inline]
fn normalized(&[red, green, blue, weight]: &[f32; 4]) -> Option<[f32; 3]> {
    let scale = 1.0 / weight;
    (weight > 1.0e-4).then_some([red * scale, green * scale, blue * scale])
}

#[inline]
fn mix(mut from: [f32; 3], to: [f32; 3], share: f32) -> [f32; 3] {
    for (from, to) in from.iter_mut().zip(to) {
        *from += (to - *from) * share;
    }
    from
}

/// Blurred by Gaussians from narrow to wide, none less than half as wide as the last; at half the size, and half of that,
/// where the blur is wide enough to hide it.
fn blurred<const N: usize>(image: Raster<4>, sigmas_px: [f32; N]) -> [Raster<4>; N] {
    /// From here on the narrowest blur, half as wide, hides what halving and doubling do.
    const HALF_SIZE_PX: f32 = 2.0;
    /// What they do, in px²: the mean of two, 1 / 4, and a triangle of half-width 2, 2² / 6.
    const VARIANCE_OF_RESIZING: f32 = 0.25 + 4.0 / 6.0;
    let root = |variance: f32| libm::sqrtf(variance.max(0.0));
    if sigmas_px[N - 1] >= HALF_SIZE_PX {
        // What is left to do at half the size, in its pixels.
        let left = sigmas_px.map(|sigma| 0.5 * root(sigma * sigma - VARIANCE_OF_RESIZING));
        return blurred(halve(&image), left).map(|half| double(&half, image.width, image.height));
    }
    let (mut last, mut done_px) = (image, 0.0);
    sigmas_px.map(|sigma| {
        // Gaussians one after the other add their variances.
        last = gaussian(&last, root(sigma * sigma - done_px * done_px));
        done_px = sigma;
        last.clone()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_circle_follows_the_thin_lens() {
        assert_eq!(circle_px(2.0, 2.0, 8.0, 16.0), 0.0);
        assert_eq!(circle_px(f32::INFINITY, 2.0, 8.0, 16.0), 8.0);
        assert_eq!(circle_px(4.0, 2.0, 8.0, 16.0), 4.0);
        assert_eq!(circle_px(1.0, 2.0, 8.0, 16.0), -8.0);
        assert_eq!(circle_px(0.0, 2.0, 8.0, 16.0), -16.0, "cut off");
        assert_eq!(circle_px(f32::NAN, 2.0, 8.0, 16.0), 8.0, "nothing was hit");
    }

    /// Standard deviation in px along x and y of a point's light.
    fn spread(image: &Raster<3>, middle: usize) -> (f32, f32) {
        let (mut total, mut x2, mut y2) = (0.0, 0.0, 0.0);
        for y in 0..image.height {
            for x in 0..image.width {
                let value = image.data[(y * image.width + x) * 3];
                let (dx, dy) = (x as f32 - middle as f32, y as f32 - middle as f32);
                (total, x2, y2) = (total + value, x2 + value * dx * dx, y2 + value * dy * dy);
            }
        }
        ((x2 / total).sqrt(), (y2 / total).sqrt())
    }

    #[test]
    fn a_far_point_becomes_a_spot_of_its_circle() {
        for diameter in [3.0_f32, 6.0, 10.0, 16.0] {
            let mut image = Raster::<3>::new(65, 65);
            image.data[(32 * 65 + 32) * 3..][..3].fill(1.0);
            defocus(&mut image, &vec![diameter; 65 * 65]);
            let (x, y) = spread(&image, 32);
            let want = diameter * SIGMA_PER_DIAMETER;
            assert!((x / want - 1.0).abs() < 0.1 && (y / want - 1.0).abs() < 0.1, "{diameter}: {x} {y} want {want}");
        }
    }

    /// Left half at one depth and black, right half at another and white.
    fn two_halves(left_px: f32, right_px: f32) -> Raster<3> {
        let mut image = Raster::<3>::new(64, 32);
        let circles: Vec<f32> = (0..64 * 32).map(|i| if i % 64 < 32 { left_px } else { right_px }).collect();
        for (i, pixel) in image.data.as_chunks_mut::<3>().0.iter_mut().enumerate() {
            *pixel = if i % 64 < 32 { [0.0; 3] } else { [1.0; 3] };
        }
        defocus(&mut image, &circles);
        image
    }

    #[test]
    fn a_sharp_subject_does_not_bleed_into_the_background() {
        let out = two_halves(0.0, 12.0);
        assert_eq!(out.row(16)[31 * 3], 0.0, "the subject's last pixel is still black");
        assert!(out.row(16)[32 * 3] > 0.999, "{}", out.row(16)[32 * 3]);
    }

    #[test]
    fn a_near_thing_fades_over_the_sharp_background() {
        let out = two_halves(0.0, -12.0);
        let row: Vec<f32> = (0..64).map(|x| out.row(16)[x * 3]).collect();
        assert!(row[31] > 0.6 && row[28] > 0.1 && row[28] < 0.7 && row[20] < 0.01, "{row:?}");
        assert!(row.windows(2).all(|pair| pair[1] >= pair[0] - 1e-4), "it fades steadily: {row:?}");
        assert!(row[40] > 0.999);
    }
}
