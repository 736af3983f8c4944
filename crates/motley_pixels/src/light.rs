//! From sRGB bytes to linear light and back, by table (IEC 61966-2-1), and the gains of exposure and white balance.

use std::sync::LazyLock;

use crate::raster::Raster;

/// Entries of [`ENCODE`], a power of two. One step is at most 0.2 of a byte (near black, where sRGB is steepest:
/// 12.92 × 255 / 16383), so that every byte survives the way there and back.
const ENTRIES: usize = 1 << 14;

/// Linear light times this is an index of [`ENCODE`].
const WHITE: f32 = (ENTRIES - 1) as f32;

/// Byte to linear light, 0–1.
static DECODE: LazyLock<[f32; 256]> = LazyLock::new(|| std::array::from_fn(|byte| decode(byte as f32 / 255.0)));

/// Linear light, in [`ENTRIES`] steps from 0 to 1, to the nearest byte.
static ENCODE: LazyLock<Box<[u8; ENTRIES]>> = LazyLock::new(|| {
    let mut table = Box::new([0; ENTRIES]);
    for (entry, byte) in table.iter_mut().enumerate() {
        *byte = (encode(entry as f32 / WHITE) * 255.0 + 0.5) as u8;
    }
    table
});

/// The whole number nearest to `value`, which lies in 0..2²³, in the lowest bits. 2²³ is where a float's last bit counts
/// ones. Unlike a cast this needs no check for numbers that do not fit, and several are converted at once.
#[inline]
pub(crate) fn nearest(value: f32) -> u32 {
    (value + 8_388_608.0).to_bits() & 0x7f_ffff
}

/// sRGB, 0–1, to linear light, 0–1.
pub(crate) fn decode(srgb: f32) -> f32 {
    if srgb <= 0.04045 { srgb / 12.92 } else { libm::powf((srgb + 0.055) / 1.055, 2.4) }
}

/// Linear light, 0–1, to sRGB, 0–1.
pub(crate) fn encode(linear: f32) -> f32 {
    if linear <= 0.003_130_8 { linear * 12.92 } else { 1.055 * libm::powf(linear, 1.0 / 2.4) - 0.055 }
}

/// Linear light of `rgb`, each channel multiplied by its gain.
pub(crate) fn to_linear(rgb: &[u8], width: usize, height: usize, gains: [f32; 3]) -> Raster<3> {
    let tables = gains.map(|gain| DECODE.map(|light| light * gain));
    let mut image = Raster::new(width, height);
    for (out, pixel) in image.data.as_chunks_mut::<3>().0.iter_mut().zip(rgb.as_chunks::<3>().0) {
        for channel in 0..3 {
            out[channel] = tables[channel][usize::from(pixel[channel])];
        }
    }
    image
}

/// The nearest sRGB bytes; light above 1 is clipped as a full sensor clips it.
pub(crate) fn to_srgb(image: &Raster<3>, rgb: &mut [u8]) {
    let table: &[u8; ENTRIES] = &ENCODE;
    for (byte, &light) in rgb.iter_mut().zip(&image.data) {
        // The mask changes nothing; it shows that the index is within the table.
        *byte = table[nearest(light.clamp(0.0, 1.0) * WHITE) as usize & (ENTRIES - 1)];
    }
}

/// Gains of linear red, green and blue for an exposure in stops and a white balance shift in mired.
pub(crate) fn gains(exposure_ev: f32, white_balance_mired: f32) -> [f32; 3] {
    let exposure = libm::exp2f(exposure_ev);
    if white_balance_mired == 0.0 {
        return [exposure; 3];
    }
    let (reference, shifted) = (planckian(NEUTRAL_MIRED), planckian(NEUTRAL_MIRED + white_balance_mired));
    let cast: [f32; 3] = std::array::from_fn(|channel| shifted[channel] / reference[channel]);
    // Rec. 709 luminance of the cast: taken out, so that white balance does not change the exposure.
    let luminance = 0.2126 * cast[0] + 0.7152 * cast[1] + 0.0722 * cast[2];
    cast.map(|gain| exposure * gain / luminance)
}

/// Daylight of 6500 K, the white of sRGB.
const NEUTRAL_MIRED: f32 = 1.0e6 / 6500.0;

/// Linear sRGB of a black body of `mired` (a million over kelvins), luminance 1.
///
/// The locus is the cubic fit of Kim et al. (US patent 7024034, 2006), good from 1667 K to 25000 K (600 to 40 mired).
fn planckian(mired: f32) -> [f32; 3] {
    let t = mired.clamp(40.0, 599.0) / 1000.0; // thousand over kelvins
    let x = if t < 0.25 {
        ((-3.025_847 * t + 2.107_038) * t + 0.222_634_7) * t + 0.240_390
    } else {
        ((-0.266_123_9 * t - 0.234_358_9) * t + 0.877_695_6) * t + 0.179_910
    };
    let y = if t > 1000.0 / 2222.0 {
        ((-1.106_381_4 * x - 1.348_110_2) * x + 2.185_558_3) * x - 0.202_196_83
    } else if t > 0.25 {
        ((-0.954_947_6 * x - 1.374_185_9) * x + 2.091_37) * x - 0.167_488_67
    } else {
        ((3.081_758 * x - 5.873_387) * x + 3.751_13) * x - 0.370_014_83
    };
    let (big_x, big_z) = (x / y, (1.0 - x - y) / y);
    // XYZ to linear sRGB, IEC 61966-2-1; below 1900 K blue leaves the gamut and is held at a little above nothing.
    [
        3.240_625_5 * big_x - 1.537_208 - 0.498_628_6 * big_z,
        -0.968_930_7 * big_x + 1.875_756_1 + 0.041_517_5 * big_z,
        0.055_710_1 * big_x - 0.204_021_1 + 1.056_995_9 * big_z,
    ]
    .map(|channel| channel.max(0.001))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_survives_the_way_there_and_back() {
        let bytes: Vec<u8> = (0..=255).flat_map(|byte| [byte; 3]).collect();
        let mut back = vec![0; bytes.len()];
        to_srgb(&to_linear(&bytes, 256, 1, [1.0; 3]), &mut back);
        assert_eq!(bytes, back);
    }

    #[test]
    fn nearest_rounds() {
        for (value, want) in [(0.0, 0), (0.49, 0), (0.51, 1), (254.6, 255), (16_383.0, 16_383), (70_000.7, 70_001)] {
            assert_eq!(nearest(value), want, "{value}");
        }
    }

    #[test]
    fn every_byte_follows_the_standard() {
        // Corner values of the standard's curve.
        assert!((decode(0.5) - 0.214_041_14).abs() < 1e-6);
        assert!((encode(0.18) - 0.461_356).abs() < 1e-5);
        for step in 0..=1000 {
            let light = step as f32 / 1000.0;
            assert!((decode(encode(light)) - light).abs() < 2e-6, "{light}");
        }
    }

    #[test]
    fn neutral_gains_are_exactly_one() {
        assert_eq!(gains(0.0, 0.0), [1.0; 3]);
    }

    #[test]
    fn the_locus_passes_near_the_white_of_srgb_and_through_tungsten() {
        // D65 lies a little beside the locus (Duv 0.003), hence the loose bound.
        for channel in planckian(NEUTRAL_MIRED) {
            assert!((channel - 1.0).abs() < 0.08, "{channel}");
        }
        // 2856 K is CIE illuminant A: XYZ (1.0985, 1, 0.35585), whose linear sRGB is this.
        let tungsten = planckian(1.0e6 / 2856.0);
        for (got, want) in tungsten.into_iter().zip([1.8452_f32, 0.8262, 0.2333]) {
            assert!((got - want).abs() < 0.01, "{got} {want}");
        }
    }

    #[test]
    fn a_positive_shift_is_warmer_and_keeps_luminance() {
        let [red, green, blue] = gains(0.0, 60.0);
        assert!(red > 1.1 && blue < 0.85, "{red} {green} {blue}");
        let [cool_red, _, cool_blue] = gains(0.0, -60.0);
        assert!(cool_red < 0.95 && cool_blue > 1.1, "{cool_red} {cool_blue}");
        assert!((0.2126 * red + 0.7152 * green + 0.0722 * blue - 1.0).abs() < 1e-5);
    }
}
