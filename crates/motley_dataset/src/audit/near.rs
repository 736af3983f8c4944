//! Near-duplicates without comparing every picture with every other.

use std::collections::BTreeMap;

use super::picture::Look;

/// Hashes that differ in at most so many of 64 bits are compared closer.
const BITS: u32 = 3;

/// Thumbnails whose pixels differ by less than this, of 255, on average are hard to tell apart.
const LEVELS: f64 = 3.0;

/// Pictures that share a band are compared with so many before them at most. Flat pictures all share one, and a group is
/// found through its neighbours anyway.
const NEIGHBOURS: usize = 64;

/// Groups of look-alikes, each ascending.
///
/// Hashes at a distance of at most three bits agree in one of four bands of 16 bits at least; so only pictures that share
/// a band are compared (locality-sensitive hashing by bit sampling; Indyk & Motwani, STOC 1998).
pub(crate) fn groups(looks: &[(u64, Look)]) -> Vec<Vec<u64>> {
    let mut parents: Vec<usize> = (0..looks.len()).collect();
    for band in 0..=BITS {
        let mut buckets: BTreeMap<u16, Vec<usize>> = BTreeMap::new();
        for (i, (_, look)) in looks.iter().enumerate() {
            // The lower 16 bits are the band.
            let bucket = buckets.entry((look.dhash >> (16 * band)) as u16).or_default();
            for &j in bucket.iter().rev().take(NEIGHBOURS) {
                if alike(look, &looks[j].1) {
                    let (a, b) = (root(&mut parents, i), root(&mut parents, j));
                    parents[a.max(b)] = a.min(b);
                }
            }
            bucket.push(i);
        }
    }
    let mut groups: BTreeMap<usize, Vec<u64>> = BTreeMap::new();
    for (i, (index, _)) in looks.iter().enumerate() {
        groups.entry(root(&mut parents, i)).or_default().push(*index);
    }
    groups.into_values().filter(|group| group.len() > 1).collect()
}

fn alike(a: &Look, b: &Look) -> bool {
    let bits = (a.dhash ^ b.dhash).count_ones();
    let difference = || {
        let sum: u64 = a.thumbnail.iter().zip(&b.thumbnail).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
        sum as f64 / a.thumbnail.len() as f64
    };
    bits <= BITS && difference() < LEVELS
}

/// Representative of a set, with path halving.
fn root(parents: &mut [usize], mut i: usize) -> usize {
    while parents[i] != i {
        parents[i] = parents[parents[i]];
        i = parents[i];
    }
    i
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(dhash: u64, level: u8) -> Look {
        Look { size: [1, 1], hash: [0; 32], dhash, thumbnail: vec![level; 256], brightest: 255, deviation: 50.0 }
    }

    #[test]
    fn three_bits_anywhere() {
        let base = 0x0123_4567_89ab_cdef;
        let looks = [
            (10, look(base, 100)),
            (11, look(!base, 100)),
            (12, look(base ^ 1 ^ 1 << 20 ^ 1 << 40, 101)),
            (13, look(base ^ 0b1111, 100)),
            (14, look(base, 110)),
            (15, look(base ^ 1 << 63, 102)),
        ];
        assert_eq!(groups(&looks), [[10, 12, 15]]);
    }

    #[test]
    fn twenty_thousand_alike_stay_quick() {
        let looks: Vec<_> = (0..20_000).map(|i| (i, look(0, 7))).collect();
        let begun = std::time::Instant::now();
        assert_eq!(groups(&looks).len(), 1);
        assert!(begun.elapsed().as_secs() < 20);
    }
}
