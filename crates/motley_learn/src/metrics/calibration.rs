//! Whether a classifier is as right as it says.

use serde::{Deserialize, Serialize};

/// The pictures whose confidence lies in one part of 0–1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bin {
    /// Lowest and highest confidence; the upper end belongs to it, the lower one does not (but 0 to the first).
    pub range: [f64; 2],
    /// Pictures in it.
    pub n: u64,
    /// Their mean confidence; 0 without any.
    pub confidence: f64,
    /// Share of them that were right; 0 without any.
    pub accuracy: f64,
}

/// Bins of equal width over 0–1. `results` holds for each picture its confidence (the highest probability) and whether it
/// was right.
pub fn reliability(results: &[(f32, bool)], bins: usize) -> Vec<Bin> {
    let bins = bins.max(1);
    let mut sums = vec![(0_u64, 0.0_f64, 0_u64); bins];
    for &(confidence, right) in results {
        let confidence = if confidence.is_nan() { 0.0 } else { f64::from(confidence).clamp(0.0, 1.0) };
        let bin = ((confidence * bins as f64).ceil() as usize).clamp(1, bins) - 1;
        sums[bin].0 += 1;
        sums[bin].1 += confidence;
        sums[bin].2 += u64::from(right);
    }
    let edge = |bin: usize| bin as f64 / bins as f64;
    sums.into_iter()
        .enumerate()
        .map(|(bin, (n, confidence, right))| {
            let count = n.max(1) as f64;
            let range = [edge(bin), edge(bin + 1)];
            Bin { range, n, confidence: confidence / count, accuracy: right as f64 / count }
        })
        .collect()
}

/// Expected calibration error: the mean distance between confidence and accuracy of the bins, by their pictures (Guo et al.
/// 2017, "On Calibration of Modern Neural Networks").
pub fn ece(bins: &[Bin]) -> f64 {
    let n: u64 = bins.iter().map(|bin| bin.n).sum();
    bins.iter().map(|bin| bin.n as f64 * (bin.accuracy - bin.confidence).abs()).sum::<f64>() / n.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        // Bins of a half: (0.25, 0.5) right once: |0.5 − 0.375|; (0.75, 0.75, 1.0) right twice: |2/3 − 2.5/3|.
        let results = [(0.25, true), (0.5, false), (0.75, true), (0.75, false), (1.0, true)];
        let bins = reliability(&results, 2);
        assert_eq!((bins[0].n, bins[0].confidence, bins[0].accuracy), (2, 0.375, 0.5));
        assert_eq!((bins[1].n, bins[1].range), (3, [0.5, 1.0]));
        let want = (2.0 * 0.125 + 3.0 * (2.5 - 2.0) / 3.0) / 5.0;
        assert!((ece(&bins) - want).abs() < 1e-12);
    }

    #[test]
    fn extremes() {
        assert_eq!(ece(&reliability(&[(1.0, true); 7], 15)), 0.0);
        assert_eq!(ece(&reliability(&[(1.0, false); 7], 15)), 1.0);
        assert_eq!(ece(&reliability(&[], 15)), 0.0);
        assert_eq!(reliability(&[(0.0, true), (f32::NAN, false)], 4)[0].n, 2);
    }
}
