//! Is what was drawn what was declared? Two classical tests with their p-values.

use statrs::function::gamma::checked_gamma_ur;

/// A test's result: its statistic, and the probability of one at least as large if the hypothesis holds.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Test {
    /// The statistic.
    pub statistic: f64,
    /// 0–1; small values speak against the hypothesis.
    pub p: f64,
}

/// One-sample Kolmogorov–Smirnov test of `samples` against the continuous distribution function `cdf`.
///
/// p is Kolmogorov's limit at Stephens' effective size, (√n + 0.12 + 0.11/√n)·D, good to about a percent from n = 5 on
/// (M. A. Stephens, "Use of the Kolmogorov–Smirnov, Cramér–Von Mises and Related Statistics Without Extensive
/// Tables", J. R. Stat. Soc. B 32, 1970). Without samples, D is 0 and p is 1. NaN samples sort last and count as 1.
pub fn ks_test(samples: &[f64], cdf: impl Fn(f64) -> f64) -> Test {
    let mut sorted = samples.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let n = sorted.len() as f64;
    let distance = sorted.iter().enumerate().map(|(i, x)| {
        let f = if x.is_nan() { 1.0 } else { cdf(*x) };
        (f - i as f64 / n).max((i as f64 + 1.0) / n - f)
    });
    let d = distance.fold(0.0, f64::max);
    if sorted.is_empty() {
        return Test { statistic: 0.0, p: 1.0 };
    }
    let root = n.sqrt();
    Test { statistic: d, p: kolmogorov((root + 0.12 + 0.11 / root) * d) }
}

/// Probability that Kolmogorov's statistic exceeds `x`: 2 Σ (−1)^(k−1) exp(−2k²x²), k from 1 on.
fn kolmogorov(x: f64) -> f64 {
    // Below, the probability differs from 1 by less than 1e-14, and the sum converges too slowly.
    if x < 0.18 {
        return 1.0;
    }
    let term = |k: i32| (-2.0 * f64::from(k * k) * x * x).exp() * if k % 2 == 1 { 2.0 } else { -2.0 };
    (1..=20).map(term).sum::<f64>().clamp(0.0, 1.0)
}

/// Pearson's chi-square test of counts against expected counts, of which each should be 5 or more.
///
/// Categories whose expectation is 0 are left out when nothing was observed in them, and make p = 0 otherwise. There
/// is one degree of freedom less than categories. K. Pearson, Philosophical Magazine 50, 1900.
///
/// # Panics
/// If the lists differ in length.
pub fn chi_square(observed: &[u64], expected: &[f64]) -> Test {
    assert_eq!(observed.len(), expected.len(), "one expectation for each count");
    let (mut statistic, mut categories) = (0.0, 0u32);
    for (observed, expected) in observed.iter().zip(expected) {
        if *expected > 0.0 {
            let off = *observed as f64 - expected;
            statistic += off * off / expected;
            categories += 1;
        } else if *observed > 0 {
            return Test { statistic: f64::INFINITY, p: 0.0 };
        }
    }
    let freedom = f64::from(categories.saturating_sub(1));
    // Undefined only for no freedom or a statistic of zero: then the counts cannot or do not deviate.
    let p = checked_gamma_ur(freedom / 2.0, statistic / 2.0).unwrap_or(1.0);
    Test { statistic, p }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: f64, b: f64, tolerance: f64) {
        assert!((a - b).abs() <= tolerance, "{a} is not near {b}");
    }

    #[test]
    fn chi_square_tables() {
        // Mendel's peas: 315, 108, 101, 32 against 9:3:3:1 of 556 give 0.470 and p = 0.925.
        let shares = [9.0, 3.0, 3.0, 1.0].map(|share| share / 16.0 * 556.0);
        let test = chi_square(&[315, 108, 101, 32], &shares);
        near(test.statistic, 0.470, 5e-4);
        near(test.p, 0.925, 5e-4);
        // The 5 % point for one degree of freedom is 3.841: (50 ± 9.8)² twice over 50.
        near(chi_square(&[60, 40], &[50.0, 50.0]).p, 0.0455, 1e-4);
        assert_eq!(chi_square(&[50, 50], &[50.0, 50.0]).p, 1.0);
        assert_eq!(chi_square(&[5, 1], &[6.0, 0.0]).p, 0.0);
        assert_eq!(chi_square(&[6], &[6.0]).p, 1.0);
    }

    #[test]
    fn ks_tables() {
        // Critical values of D: 1.358/√n at 5 % and 1.628/√n at 1 % for large n (Stephens, table 1A).
        near(kolmogorov(1.358), 0.05, 2e-4);
        near(kolmogorov(1.628), 0.01, 1e-4);
        near(kolmogorov(0.18), 1.0, 1e-12);
        // By hand: samples 0.1, 0.2, 0.3, 0.9 of the uniform distribution: D = 0.75 − 0.3.
        let test = ks_test(&[0.9, 0.1, 0.3, 0.2], |x| x);
        near(test.statistic, 0.45, 1e-12);
        // The exact p (Marsaglia, Tsang, Wang 2003) is 0.2925.
        near(test.p, 0.2925, 0.03);
        assert_eq!(ks_test(&[], |x| x).p, 1.0);
    }

    #[test]
    fn ks_tells_shapes_apart() {
        // Low-discrepancy points: multiples of the golden ratio.
        let uniform: Vec<f64> = (1..2000).map(|i| (f64::from(i) * 0.618_033_988_75).fract()).collect();
        assert!(ks_test(&uniform, |x| x).p > 0.99);
        assert!(ks_test(&uniform, |x| x * x).p < 1e-12);
        assert_eq!(ks_test(&[f64::NAN; 50], |x| x).p, ks_test(&[1.0; 50], |x| x).p);
    }
}
