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
