//! Crop, zoom, squeeze, turn and flip: one resampling of a part of a picture.

use image::RgbImage;

/// Largest side of the box around a turned view, in pixels: places in it are counted in 65,536ths, in 32 bits.
const MOST_SPREAD: usize = 16_000;

/// The part of a picture that is looked at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct View {
    /// Middle, in pixels from the left and upper edge.
    pub middle: [f32; 2],
    /// Width and height in pixels before it is turned.
    pub sides: [f32; 2],
    /// Cosine and sine of the turn, clockwise on the screen.
    pub turn: [f32; 2],
    /// Mirrored left to right?
    pub flip: bool,
}

impl View {
    /// A view of `sides` that is turned by `degrees` and shrunk until it lies within a picture of `size`. `at`, 0–1 across
    /// and down, says where within the room that is left.
    pub fn within(size: [f32; 2], sides: [f32; 2], degrees: f32, at: [f32; 2], flip: bool) -> Self {
        let angle = degrees.to_radians();
        let turn = if degrees == 0.0 { [1.0, 0.0] } else { [libm::cosf(angle), libm::sinf(angle)] };
        let bounds = bounds(sides, turn);
        let shrink = (size[0] / bounds[0]).min(size[1] / bounds[1]).min(1.0);
        let [sides, bounds] = [sides, bounds].map(|pair| pair.map(|side| side * shrink));
        let middle = std::array::from_fn(|axis| {
            0.5 * bounds[axis] + at[axis].clamp(0.0, 1.0) * (size[axis] - bounds[axis]).max(0.0)
        });
        Self { middle, sides, turn, flip }
    }
}

/// Width and height of the upright box around a turned one.
fn bounds([width, height]: [f32; 2], [cos, sin]: [f32; 2]) -> [f32; 2] {
    let (cos, sin) = (cos.abs(), sin.abs());
    [width * cos + height * sin, width * sin + height * cos]
}

/// What `view` shows of `image`, `size` × `size` pixels, with a triangle filter as wide as the shrinking asks for.
pub(super) fn warp(image: &RgbImage, size: u32, view: &View) -> RgbImage {
    let side = size as usize;
    let upright = view.turn == [1.0, 0.0];
    // A turned view is first brought to its scale, upright and with its corners, and then turned.
    let bounds = bounds(view.sides, view.turn);
    let spread: [usize; 2] = if upright {
        [side; 2]
    } else {
        let spread = |axis: usize| libm::ceilf(bounds[axis] / view.sides[axis] * size as f32) as usize;
        std::array::from_fn(|axis| spread(axis).clamp(1, MOST_SPREAD))
    };
    let start = [view.middle[0] - 0.5 * bounds[0], view.middle[1] - 0.5 * bounds[1]];
    let across = Taps::new(start[0], bounds[0], spread[0], image.width() as usize, view.flip && upright);
    let down = Taps::new(start[1], bounds[1], spread[1], image.height() as usize, false);
    let scaled = resample(image, &across, &down);
    // The buffer is as long as its sides say.
    let picture = |bytes: Vec<u8>| RgbImage::from_raw(size, size, bytes).unwrap_or_default();
    if upright {
        return picture(scaled);
    }
    picture(turn(&scaled, spread, side, view, bounds))
}

/// For each output position the first input position that counts, and where its weights lie.
struct Taps {
    first: Vec<(usize, usize)>,
    /// How many weights each position has: as many for all, so that the inner loop has a fixed length.
    count: usize,
    weights: Vec<f32>,
}

impl Taps {
    /// `count` positions over `length` input pixels from `start` on, of `limit`.
    fn new(start: f32, length: f32, count: usize, limit: usize, flip: bool) -> Self {
        let scale = length / count as f32;
        let support = scale.max(1.0);
        let taps = ((libm::ceilf(2.0 * support) as usize) + 1).min(limit);
        let mut first = Vec::with_capacity(count);
        let mut weights = Vec::with_capacity(count * taps);
        for position in 0..count {
            let position = if flip { count - 1 - position } else { position };
            let centre = start + (position as f32 + 0.5) * scale - 0.5;
            let from = (libm::ceilf(centre - support).max(0.0) as usize).min(limit - taps);
            let at = weights.len();
            weights.extend((from..from + taps).map(|source| (1.0 - (source as f32 - centre).abs() / support).max(0.0)));
            let total: f32 = weights[at..].iter().sum();
            if total > 0.0 {
                weights[at..].iter_mut().for_each(|weight| *weight /= total);
            } else {
                // Half a pixel beyond the border: the border's own pixel.
                let border = if centre < 0.0 { at } else { at + taps - 1 };
                weights[border] = 1.0;
            }
            first.push((from, at));
        }
        Self { first, count: taps, weights }
    }

    fn at(&self, position: usize) -> (usize, &[f32]) {
        let (first, at) = self.first[position];
        (first, &self.weights[at..at + self.count])
    }
}

/// Down the columns, then across the rows, one output row after the other.
fn resample(image: &RgbImage, across: &Taps, down: &Taps) -> Vec<u8> {
    let stride = image.width() as usize * 3;
    let bytes: &[u8] = image.as_raw();
    // Only the columns that are looked at.
    let left = across.first.iter().map(|(first, _)| *first).min().unwrap_or(0);
    let right = across.first.iter().map(|(first, _)| first + across.count).max().unwrap_or(0);
    let mut row = vec![0.0_f32; (right - left) * 3];
    let mut out = Vec::with_capacity(across.first.len() * down.first.len() * 3);
    for y in 0..down.first.len() {
        let (first, weights) = down.at(y);
        row.fill(0.5);
        for (source, &weight) in (first..).zip(weights) {
            if weight > 0.0 {
                let from = &bytes[source * stride + left * 3..source * stride + right * 3];
                for (sum, &value) in row.iter_mut().zip(from) {
                    *sum += f32::from(value) * weight;
                }
            }
        }
        for x in 0..across.first.len() {
            let (first, weights) = across.at(x);
            let mut pixel = [0.0_f32; 3];
            for (source, weight) in row[(first - left) * 3..].as_chunks::<3>().0.iter().zip(weights) {
                for channel in 0..3 {
                    pixel[channel] += source[channel] * weight;
                }
            }
            // The half that was added rounds to nearest.
            out.extend(pixel.map(|value| value as u8));
        }
    }
    out
}

/// Bilinear look-up in `scaled`, the upright box around the view. Places are counted in 65,536ths of a pixel.
fn turn(scaled: &[u8], [width, height]: [usize; 2], side: usize, view: &View, bounds: [f32; 2]) -> Vec<u8> {
    if width < 2 || height < 2 {
        return scaled[..3].repeat(side * side);
    }
    const ONE: f32 = 65_536.0;
    let [cos, sin] = view.turn;
    let per_pixel = [width as f32 / bounds[0] * ONE, height as f32 / bounds[1] * ONE];
    let across = view.sides[0] / side as f32 * if view.flip { -1.0 } else { 1.0 };
    let down = view.sides[1] / side as f32;
    let half = 0.5 * side as f32;
    let step = [(across * cos * per_pixel[0]) as i32, (across * sin * per_pixel[1]) as i32];
    let most = [(width as i32 - 1) * ONE as i32 - 1, (height as i32 - 1) * ONE as i32 - 1];
    let mut out = Vec::with_capacity(side * side * 3);
    for y in 0..side {
        let (u, v) = ((0.5 - half) * across, (y as f32 + 0.5 - half) * down);
        let mut at_x = ((u * cos - v * sin + 0.5 * bounds[0]) * per_pixel[0] - 0.5 * ONE) as i32;
        let mut at_y = ((u * sin + v * cos + 0.5 * bounds[1]) * per_pixel[1] - 0.5 * ONE) as i32;
        for _ in 0..side {
            let (x, y) = (at_x.clamp(0, most[0]) as u32, at_y.clamp(0, most[1]) as u32);
            let (fx, fy) = (x >> 8 & 0xff, y >> 8 & 0xff);
            let first = ((y >> 16) as usize * width + (x >> 16) as usize) * 3;
            let upper = &scaled[first..first + 6];
            let lower = &scaled[first + width * 3..first + width * 3 + 6];
            out.extend::<[u8; 3]>(std::array::from_fn(|channel| {
                let mixed = |pair: &[u8]| u32::from(pair[channel]) * (256 - fx) + u32::from(pair[channel + 3]) * fx;
                ((mixed(upper) * (256 - fy) + mixed(lower) * fy + (1 << 15)) >> 16) as u8
            }));
            at_x += step[0];
            at_y += step[1];
        }
    }
    out
}

/// The picture's colour at a place in pixels from its left and upper edge; the border goes on beyond it.
pub(super) fn bilinear(bytes: &[u8], [width, height]: [usize; 2], at: [f32; 2]) -> [u8; 3] {
    let x = (at[0] - 0.5).clamp(0.0, (width - 1) as f32);
    let y = (at[1] - 0.5).clamp(0.0, (height - 1) as f32);
    let (left, top) = (x as usize, y as usize);
    let (right, low) = ((left + 1).min(width - 1), (top + 1).min(height - 1));
    let (fx, fy) = (x - left as f32, y - top as f32);
    let pixel = |x: usize, y: usize| &bytes[(y * width + x) * 3..(y * width + x) * 3 + 3];
    let corners = [pixel(left, top), pixel(right, top), pixel(left, low), pixel(right, low)];
    let weights = [(1.0 - fx) * (1.0 - fy), fx * (1.0 - fy), (1.0 - fx) * fy, fx * fy];
    std::array::from_fn(|channel| {
        let sum: f32 = corners.iter().zip(weights).map(|(corner, weight)| f32::from(corner[channel]) * weight).sum();
        (sum + 0.5) as u8
    })
}

#[cfg(test)]
mod tests {
    use image::Rgb;

    use super::*;

    fn ramp(width: u32, height: u32) -> RgbImage {
        RgbImage::from_fn(width, height, |x, y| Rgb([x as u8, y as u8, 7]))
    }

    fn whole(width: f32, height: f32, degrees: f32, flip: bool) -> View {
        View::within([width, height], [width, height], degrees, [0.5; 2], flip)
    }

    #[test]
    fn the_whole_picture_at_its_size_is_itself() {
        let image = ramp(64, 64);
        assert_eq!(warp(&image, 64, &whole(64.0, 64.0, 0.0, false)), image);
        assert_eq!(warp(&image, 64, &whole(64.0, 64.0, 0.0, true)), image::imageops::flip_horizontal(&image));
    }

    #[test]
    fn quarter_turns_turn() {
        let image = ramp(64, 64);
        // The view is turned clockwise, so that what it shows is turned the other way.
        for (degrees, want) in [
            (90.0, image::imageops::rotate270(&image)),
            (-90.0, image::imageops::rotate90(&image)),
            (180.0, image::imageops::rotate180(&image)),
        ] {
            let got = warp(&image, 64, &whole(64.0, 64.0, degrees, false));
            let worst = got.as_raw().iter().zip(want.as_raw()).map(|(a, b)| a.abs_diff(*b)).max();
            assert!(worst <= Some(1), "{degrees}: {worst:?}");
        }
    }

    #[test]
    fn a_crop_shows_its_place() {
        let view = View { middle: [40.0, 20.0], sides: [16.0, 16.0], turn: [1.0, 0.0], flip: false };
        let out = warp(&ramp(64, 64), 16, &view);
        assert_eq!((out[(0, 0)].0, out[(15, 15)].0), ([32, 12, 7], [47, 27, 7]));
        // A small turn keeps the middle and needs nothing from outside.
        let turned = View::within([64.0, 64.0], [64.0, 64.0], 30.0, [0.5; 2], false);
        let [width, height] = bounds(turned.sides, turned.turn);
        assert!((width - 64.0).abs() < 1e-3 && (height - 64.0).abs() < 1e-3, "{width} {height}");
        let out = warp(&ramp(64, 64), 33, &turned);
        assert!(out[(16, 16)].0[0].abs_diff(32) <= 1 && out[(16, 16)].0[1].abs_diff(32) <= 1);
    }

    #[test]
    fn shrinking_averages_and_keeps_evenness() {
        let stripes = RgbImage::from_fn(400, 300, |x, _| Rgb([if x % 2 == 0 { 0 } else { 200 }; 3]));
        let out = warp(&stripes, 50, &View::within([400.0, 300.0], [300.0, 300.0], 0.0, [0.3, 0.5], false));
        assert!(out.as_raw().iter().all(|value| value.abs_diff(100) <= 3), "no moiré");
        for degrees in [0.0, 12.0] {
            let even = RgbImage::from_pixel(37, 211, Rgb([3, 90, 255]));
            let out = warp(&even, 24, &whole(37.0, 37.0, degrees, false));
            assert!(out.pixels().all(|pixel| pixel.0 == [3, 90, 255]), "{degrees}");
        }
    }

    #[test]
    fn tiny_pictures() {
        for (width, height) in [(1, 1), (1, 9), (2, 1)] {
            let image = RgbImage::from_pixel(width, height, Rgb([9, 8, 7]));
            for degrees in [0.0, 45.0] {
                let view = View::within([width as f32, height as f32], [0.9, 0.9], degrees, [1.0; 2], true);
                assert!(warp(&image, 5, &view).pixels().all(|pixel| pixel.0 == [9, 8, 7]));
            }
        }
    }
}
