//! McNemar's test, exact.

/// Two-sided p that `gained` and `lost` are equally likely: the exact form of McNemar's test (1947), a binomial of one half over the
/// pairs that differ. 1 where none differs.
pub fn sign_test(gained: u64, lost: u64) -> f64 {
    let n = gained + lost;
    // ln C(n, k) − n ln 2, term by term: large n would overflow otherwise.
    let mut term = -(n as f64) * std::f64::consts::LN_2;
    let mut tail = 0.0;
    for k in 0..=gained.min(lost) {
        if k > 0 {
            term += ((n - k + 1) as f64).ln() - (k as f64).ln();
        }
        tail += term.exp();
    }
    (2.0 * tail).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn against_known_values() {
        // R: binom.test(gained, gained + lost)$p.value.
        for (gained, lost, p) in [
            (0, 0, 1.0),
            (5, 5, 1.0),
            (8, 1, 0.039_062_5),
            (10, 2, 0.038_574_218_75),
            (2, 10, 0.038_574_218_75),
            (0, 6, 0.031_25),
        ] {
            assert!((sign_test(gained, lost) - p).abs() < 1e-9, "{gained} {lost}: {}", sign_test(gained, lost));
        }
        // The normal approximation gives 2 Φ(−4.11) = 4.0e-5 with continuity correction.
        let p = sign_test(150, 86);
        assert!((3e-5..5e-5).contains(&p), "{p}");
        assert!(sign_test(100_000, 90_000) > 0.0);
    }
}
