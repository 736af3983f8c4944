//! Shares, and how far they can be trusted.

use serde::{Deserialize, Serialize};

/// The normal distribution's quantile for 95 %, two-sided.
const Z_95: f64 = 1.959_963_984_540_054;

/// How many of how many, with the share's 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Proportion {
    /// How many in all.
    pub n: u64,
    /// How many were right.
    pub correct: u64,
    /// Their share, 0–1; 0 of nothing.
    pub accuracy: f64,
    /// Bounds of the Wilson score interval at 95 %.
    pub ci95: [f64; 2],
}

impl Proportion {
    /// `correct` of `n`.
    pub fn new(correct: u64, n: u64) -> Self {
        let accuracy = if n == 0 { 0.0 } else { correct as f64 / n as f64 };
        Self { n, correct, accuracy, ci95: wilson(correct, n) }
    }
}

/// Bounds of the Wilson score interval at 95 % for `correct` of `n` (E. B. Wilson, "Probable Inference, the Law of
/// Succession, and Statistical Inference", JASA 22, 1927). Nothing is known of nothing: `[0, 1]`.
pub fn wilson(correct: u64, n: u64) -> [f64; 2] {
    if n == 0 {
        return [0.0, 1.0];
    }
    let (n, share) = (n as f64, correct as f64 / n as f64);
    let z2 = Z_95 * Z_95;
    let middle = (share + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = Z_95 / (1.0 + z2 / n) * (share * (1.0 - share) / n + z2 / (4.0 * n * n)).sqrt();
    // At the ends the bound is exact, and rounding must not say otherwise.
    let low = if correct == 0 { 0.0 } else { middle - half };
    let high = if share == 1.0 { 1.0 } else { middle + half };
    [low, high]
}

/// Accuracy above random, the domain randomization paper's measure: accuracy − 1/n for n classes.
pub fn aar(accuracy: f64, classes: usize) -> f64 {
    accuracy - 1.0 / classes.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(got: f64, want: f64) {
        assert!((got - want).abs() < 5e-5, "{got} is not {want}");
    }

    #[test]
    fn wilson_against_known_intervals() {
        // R: prop.test(x, n, correct = FALSE)$conf.int.
        for (correct, n, [low, high]) in [
            (8, 10, [0.4902, 0.9433]),
            (0, 10, [0.0, 0.2775]),
            (10, 10, [0.7225, 1.0]),
            (81, 263, [0.2553, 0.3662]),
            (1, 29, [0.0061, 0.1718]),
        ] {
            let got = wilson(correct, n);
            near(got[0], low);
            near(got[1], high);
        }
        assert_eq!(wilson(0, 0), [0.0, 1.0]);
    }

    #[test]
    fn above_random() {
        near(aar(0.8526, 2), 0.3526);
        near(aar(0.25, 4), 0.0);
    }
}
