//! Shrink a picture and bring it back to its size, as a small sensor or a thumbnail on the web does.

use crate::raster::Raster;

/// Shrinks by `factor` (≥ 1) and enlarges again. Detail finer than `factor` pixels is lost.
pub(crate) fn down_and_up<const C: usize>(image: &Raster<C>, factor: f32) -> Raster<C> {
    let small = |size: usize| (libm::roundf(size as f32 / factor) as usize).max(1);
    let (width, height) = (small(image.width), small(image.height));
    let shrunk = resize(image, width, height);
    resize(&shrunk, image.width, image.height)
}

/// Half the size, rounded up: the mean of each two by two pixels.
pub(crate) fn halve<const C: usize>(image: &Raster<C>) -> Raster<C> {
    let mut out = Raster::<C>::new(image.width.div_ceil(2), image.height.div_ceil(2));
    for (y, row) in out.data.chunks_exact_mut(image.width.div_ceil(2) * C).enumerate() {
        let (upper, lower) = (image.row(2 * y), image.row((2 * y + 1).min(image.height - 1)));
        let (upper, lower) = (upper.as_chunks::<C>().0, lower.as_chunks::<C>().0);
        let columns = row.as_chunks_mut::<C>().0.iter_mut().zip(upper.chunks(2)).zip(lower.chunks(2));
        for ((pixel, upper), lower) in columns {
            let right = upper.len() - 1;
            for channel in 0..C {
                pixel[channel] =
                    0.25 * ((upper[0][channel] + upper[right][channel]) + (lower[0][channel] + lower[right][channel]));
            }
        }
    }
    out
}

/// Brings a halved picture back to `width` × `height`, bilinear: each pixel takes three quarters of the one that it lies
/// in and a quarter of the next on its side.
pub(crate) fn double<const C: usize>(half: &Raster<C>, width: usize, height: usize) -> Raster<C> {
    let mut out = Raster::<C>::new(width, height);
    // Between two rows, with the first and the last pixel once more at the ends.
    let mut mixed = vec![[0.0; C]; half.width + 2];
    for (y, row) in out.data.chunks_exact_mut(width * C).enumerate() {
        let beside = if y % 2 == 0 { (y / 2).saturating_sub(1) } else { (y / 2 + 1).min(half.height - 1) };
        let inner = mixed[1..=half.width].as_flattened_mut().iter_mut();
        for ((mixed, own), beside) in inner.zip(half.row(y / 2)).zip(half.row(beside)) {
            *mixed = 0.75 * own + 0.25 * beside;
        }
        (mixed[0], mixed[half.width + 1]) = (mixed[1], mixed[half.width]);
        for (pixels, around) in row.as_chunks_mut::<C>().0.chunks_mut(2).zip(mixed.windows(3)) {
            for (pixel, beside) in pixels.iter_mut().zip([&around[0], &around[2]]) {
                for channel in 0..C {
                    pixel[channel] = 0.75 * around[1][channel] + 0.25 * beside[channel];
                }
            }
        }
    }
    out
}

/// Resizes by a triangle as wide as a pixel of the coarser side: bilinear on the way up, anti-aliased on the way down.
pub(crate) fn resize<const C: usize>(image: &Raster<C>, width: usize, height: usize) -> Raster<C> {
    let mut narrow = Raster::<C>::new(width, image.height);
    let columns = contributions(image.width, width);
    for y in 0..image.height {
        let (from, to) = (image.row(y), &mut narrow.data[y * width * C..(y + 1) * width * C]);
        for (pixel, (first, weights)) in to.as_chunks_mut::<C>().0.iter_mut().zip(&columns) {
            for (source, weight) in from[first * C..].as_chunks::<C>().0.iter().zip(weights) {
                for channel in 0..C {
                    pixel[channel] += source[channel] * weight;
                }
            }
        }
    }
    let mut out = Raster::<C>::new(width, height);
    for (row, (first, weights)) in out.data.chunks_exact_mut(width * C).zip(contributions(image.height, height)) {
        for (y, weight) in (first..).zip(weights) {
            for (value, source) in row.iter_mut().zip(narrow.row(y)) {
                *value += source * weight;
            }
        }
    }
    out
}

/// For each output position the first input position that counts, and the weights from there on, which sum to 1.
fn contributions(from: usize, to: usize) -> Vec<(usize, Vec<f32>)> {
    let scale = from as f32 / to as f32;
    let support = scale.max(1.0);
    (0..to)
        .map(|position| {
            let centre = (position as f32 + 0.5) * scale - 0.5;
            let first = libm::ceilf(centre - support).max(0.0) as usize;
            let last = (libm::floorf(centre + support).max(0.0) as usize).min(from - 1);
            let mut weights: Vec<f32> =
                (first..=last).map(|source| 1.0 - (source as f32 - centre).abs() / support).collect();
            let total: f32 = weights.iter().sum();
            for weight in &mut weights {
                *weight /= total;
            }
            (first, weights)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_size_is_the_same_picture() {
        let image = Raster::<3> { width: 3, height: 2, data: (0..18_u8).map(f32::from).collect() };
        assert_eq!(resize(&image, 3, 2), image);
    }

    #[test]
    fn halving_and_doubling_keep_light_and_evenness_at_odd_sizes_too() {
        for (width, height) in [(8, 6), (7, 5), (1, 1), (1, 4), (9, 1)] {
            let even = Raster::<2> { width, height, data: vec![0.5; width * height * 2] };
            assert_eq!(double(&halve(&even), width, height), even);
        }
        let mut point = Raster::<1>::new(8, 8);
        point.data[3 * 8 + 4] = 1.0;
        let half = halve(&point);
        assert_eq!((half.width, half.height, half.data[4 + 2]), (4, 4, 0.25));
        assert_eq!(double(&half, 8, 8).data.iter().sum::<f32>(), 1.0);
    }

    #[test]
    fn fine_detail_goes_and_coarse_detail_stays() {
        let stripes = |period: usize| {
            let data = (0..64 * 64).map(|i| if i % 64 % period < period / 2 { 1.0 } else { 0.0 }).collect();
            let out = down_and_up(&Raster::<1> { width: 64, height: 64, data }, 3.0);
            let middle = &out.row(32)[16..48];
            middle.iter().fold(0.0_f32, |most, value| most.max(*value))
                - middle.iter().fold(1.0, |least: f32, value| least.min(*value))
        };
        assert!(stripes(2) < 0.15, "{}", stripes(2));
        assert!(stripes(32) > 0.95, "{}", stripes(32));
    }

    #[test]
    fn light_is_kept() {
        let mut image = Raster::<1>::new(60, 60);
        image.data[30 * 60 + 30] = 1.0;
        let total: f32 = down_and_up(&image, 3.0).data.iter().sum();
        assert!((total - 1.0).abs() < 1e-4, "{total}");
    }

    #[test]
    fn a_factor_larger_than_the_picture_leaves_its_mean() {
        let image = Raster::<1> { width: 2, height: 1, data: vec![0.0, 1.0] };
        for value in &down_and_up(&image, 8.0).data {
            assert!((value - 0.5).abs() < 1e-6);
        }
    }
}
