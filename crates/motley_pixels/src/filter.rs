//! Sums of shifted copies: Gaussian blur and motion blur. Beyond the border the border's pixels go on.

use crate::raster::Raster;

/// How many shifted rows are added at once: the sum is loaded and stored once for all of them.
const TAPS_AT_ONCE: usize = 4;

/// One shifted copy and its weight.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Tap {
    /// Pixels to the right.
    pub dx: isize,
    /// Pixels down.
    pub dy: isize,
    pub weight: f32,
}

/// For each pixel the weighted sum of the pixels at its taps.
pub(crate) fn filter<const C: usize>(image: &Raster<C>, taps: &[Tap]) -> Raster<C> {
    // Padded sideways, a tap is a plain offset within a row; up and down the row's number is clamped.
    let reach = taps.iter().map(|tap| tap.dx.unsigned_abs()).max().unwrap_or(0);
    let padded = (reach > 0).then(|| pad_sideways(image, reach));
    let source = padded.as_ref().unwrap_or(image);
    // Taps of weight 0 fill the last group.
    let group =
        |chunk: &[Tap]| -> [Tap; TAPS_AT_ONCE] { std::array::from_fn(|i| chunk.get(i).copied().unwrap_or_default()) };
    let groups: Vec<[Tap; TAPS_AT_ONCE]> = taps.chunks(TAPS_AT_ONCE).map(group).collect();

    let length = image.width * C;
    let mut out = Raster::<C>::empty(image.width, image.height);
    for y in 0..image.height {
        for (i, group) in groups.iter().enumerate() {
            let rows = group.map(|tap| {
                let row = y.saturating_add_signed(tap.dy).min(image.height - 1);
                let start = reach.saturating_add_signed(tap.dx) * C;
                &source.row(row)[start..start + length]
            });
            let weights = group.map(|tap| tap.weight);
            if i == 0 {
                out.data.extend(weighted_sum(rows, weights));
            } else {
                let sums = out.data[y * length..].iter_mut().zip(weighted_sum(rows, weights));
                sums.for_each(|(sum, more)| *sum += more);
            }
        }
    }
    out
}

/// `Σ weight · row`, in a fixed order.
#[inline]
fn weighted_sum(rows: [&[f32]; TAPS_AT_ONCE], weights: [f32; TAPS_AT_ONCE]) -> impl Iterator<Item = f32> {
    let [a, b, c, d] = rows;
    let [wa, wb, wc, wd] = weights;
    a.iter().zip(b).zip(c).zip(d).map(move |(((a, b), c), d)| (a * wa + b * wb) + (c * wc + d * wd))
}

/// The first and last pixel of each row repeated `reach` times.
fn pad_sideways<const C: usize>(image: &Raster<C>, reach: usize) -> Raster<C> {
    let mut padded = Raster::empty(image.width + 2 * reach, image.height);
    for row in image.data.chunks_exact(image.width * C) {
        for _ in 0..reach {
            padded.data.extend_from_slice(&row[..C]);
        }
        padded.data.extend_from_slice(row);
        for _ in 0..reach {
            padded.data.extend_from_slice(&row[row.len() - C..]);
        }
    }
    padded
}

/// Gaussian blur of standard deviation `sigma_px`, cut off at three of them.
pub(crate) fn gaussian<const C: usize>(image: &Raster<C>, sigma_px: f32) -> Raster<C> {
    if sigma_px <= 0.0 {
        return image.clone();
    }
    let kernel = gaussian_kernel(sigma_px);
    let reach = (kernel.len() / 2) as isize;
    let offsets = || (-reach..=reach).zip(&kernel);
    let across: Vec<Tap> = offsets().map(|(dx, &weight)| Tap { dx, dy: 0, weight }).collect();
    let down: Vec<Tap> = offsets().map(|(dy, &weight)| Tap { dx: 0, dy, weight }).collect();
    filter(&filter(image, &across), &down)
}

/// Weights that sum to 1, an odd number of them.
pub(crate) fn gaussian_kernel(sigma_px: f32) -> Vec<f32> {
    let sigma = f64::from(sigma_px);
    let reach = libm::ceil(3.0 * sigma) as i32;
    let weights: Vec<f64> = (-reach..=reach).map(|x| libm::exp(-f64::from(x * x) / (2.0 * sigma * sigma))).collect();
    let total: f64 = weights.iter().sum();
    weights.into_iter().map(|weight| (weight / total) as f32).collect()
}

/// The taps of a straight, even movement of `length_px` in the direction `angle_deg`: 0 along the rows, 90 along the
/// columns, growing clockwise as seen on the screen.
pub(crate) fn motion_taps(length_px: f32, angle_deg: f32) -> Vec<Tap> {
    let angle = angle_deg.to_radians();
    let (half_x, half_y) = (0.5 * length_px * libm::cosf(angle), 0.5 * length_px * libm::sinf(angle));
    let (reach_x, reach_y) = (libm::ceilf(half_x.abs()) as isize, libm::ceilf(half_y.abs()) as isize);
    let width = (2 * reach_x + 2) as usize;
    let mut weights = vec![0.0_f32; width * (2 * reach_y + 2) as usize];
    // Four samples a pixel, each shared among the four pixels around it.
    let samples = (libm::ceilf(4.0 * length_px) as usize).max(1);
    for sample in 0..samples {
        let t = (2 * sample + 1) as f32 / samples as f32 - 1.0;
        let (x, y) = (half_x * t + reach_x as f32, half_y * t + reach_y as f32);
        let (left, top) = (libm::floorf(x), libm::floorf(y));
        let (fx, fy) = (x - left, y - top);
        let at = top as usize * width + left as usize;
        for (index, weight) in [
            (at, (1.0 - fx) * (1.0 - fy)),
            (at + 1, fx * (1.0 - fy)),
            (at + width, (1.0 - fx) * fy),
            (at + width + 1, fx * fy),
        ] {
            weights[index] += weight / samples as f32;
        }
    }
    let mut taps = Vec::new();
    for (index, &weight) in weights.iter().enumerate() {
        // A thousandth of a byte's worth of weight is not worth its time.
        if weight > 4.0e-6 {
            taps.push(Tap { dx: (index % width) as isize - reach_x, dy: (index / width) as isize - reach_y, weight });
        }
    }
    taps
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A single bright pixel in the middle.
    fn point(size: usize) -> Raster<3> {
        let mut image = Raster::new(size, size);
        let middle = (size / 2 * size + size / 2) * 3;
        image.data[middle..middle + 3].fill(1.0);
        image
    }

    /// Total, and variance in px² along x, along y and between them, of the first channel about the middle.
    fn moments(image: &Raster<3>) -> (f64, [f64; 3]) {
        let (mut total, mut second) = (0.0, [0.0; 3]);
        for y in 0..image.height {
            for x in 0..image.width {
                let value = f64::from(image.data[(y * image.width + x) * 3]);
                let (dx, dy) = (x as f64 - (image.width / 2) as f64, y as f64 - (image.height / 2) as f64);
                total += value;
                second = [second[0] + value * dx * dx, second[1] + value * dy * dy, second[2] + value * dx * dy];
            }
        }
        (total, second.map(|moment| moment / total))
    }

    #[test]
    fn gaussian_spreads_a_point_by_its_sigma() {
        for sigma in [0.8_f32, 1.0, 1.5, 2.2, 3.0] {
            let (total, [xx, yy, xy]) = moments(&gaussian(&point(41), sigma));
            let want = f64::from(sigma * sigma);
            assert!((total - 1.0).abs() < 1e-5, "light is kept: {total}");
            // The cut at 3σ and whole pixels take a few per cent of the variance.
            assert!((xx / want - 1.0).abs() < 0.04 && (yy / want - 1.0).abs() < 0.04, "{sigma}: {xx} {yy}");
            assert!(xy.abs() < 1e-6);
        }
    }

    #[test]
    fn motion_spreads_a_point_along_its_direction() {
        for (length, angle) in [(8.0_f32, 0.0_f32), (8.0, 90.0), (11.0, 30.0), (6.5, 137.0)] {
            let (total, [xx, yy, xy]) = moments(&filter(&point(41), &motion_taps(length, angle)));
            assert!((total - 1.0).abs() < 1e-4, "{total}");
            // A line of length L has variance L² / 12; sharing among pixels adds up to a quarter pixel.
            let along = f64::from(length * length) / 12.0;
            let (sin, cos) = f64::from(angle).to_radians().sin_cos();
            assert!((xx - along * cos * cos).abs() < 0.3, "{length} {angle}: {xx}");
            assert!((yy - along * sin * sin).abs() < 0.3, "{length} {angle}: {yy}");
            assert!((xy - along * sin * cos).abs() < 0.3, "{length} {angle}: {xy}");
        }
    }

    #[test]
    fn an_even_picture_stays_even_up_to_its_border() {
        let mut image = Raster::<3>::new(7, 5);
        image.data.fill(0.25);
        for out in [gaussian(&image, 3.0), filter(&image, &motion_taps(12.0, 40.0))] {
            assert!(out.data.iter().all(|value| (value - 0.25).abs() < 1e-4));
        }
    }

    #[test]
    fn nearly_no_movement_is_nearly_nothing() {
        let taps = motion_taps(0.01, 45.0);
        let middle = taps.iter().find(|tap| tap.dx == 0 && tap.dy == 0).map_or(0.0, |tap| tap.weight);
        assert!(middle > 0.99, "{taps:?}");
    }
}
