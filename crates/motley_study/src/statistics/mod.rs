//! How sure a study is: intervals of one arm, differences between two.
//!
//! An arm's outcome is a table of repeats and pictures ([`Outcomes`]). Two arms of one study are paired twice over: each repeat
//! has the same seeds, and all are judged on the same pictures.
//!
//! - [`interval`]: Wilson's for one repeat; for several, a bootstrap of repeats and pictures.
//! - [`compare`]: the difference with a paired bootstrap interval, and McNemar's test.
//! - [`holm`]: what remains of several tests that are made at once.

mod bootstrap;
mod mcnemar;

pub use bootstrap::RESAMPLES;
pub use mcnemar::sign_test;

use motley_learn::metrics::wilson;
use serde::{Deserialize, Serialize};

/// Differences whose adjusted p is not below this are not shown.
pub const SIGNIFICANCE: f64 = 0.05;

/// Which pictures were right, `[repeats][pictures]`: all rows are of the same pictures in the same order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcomes(pub Vec<Vec<bool>>);

impl Outcomes {
    /// Share of right answers over all repeats, 0–1; 0 where there is none.
    pub fn accuracy(&self) -> f64 {
        let right = self.0.iter().flatten().filter(|right| **right).count();
        right as f64 / self.0.iter().map(Vec::len).sum::<usize>().max(1) as f64
    }

    /// Share of right answers of each repeat.
    pub fn by_repeat(&self) -> Vec<f64> {
        self.0.iter().map(|row| Self(vec![row.clone()]).accuracy()).collect()
    }
}

/// Bounds at 95 % of an accuracy.
pub fn interval(outcomes: &Outcomes) -> [f64; 2] {
    match outcomes.0.as_slice() {
        [] => [0.0, 1.0],
        [row] => wilson(row.iter().filter(|right| **right).count() as u64, row.len() as u64),
        rows => bootstrap::interval(rows, |right| f64::from(u8::from(*right))),
    }
}

/// One arm against another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// Accuracy of the second minus that of the first, −1 to 1.
    pub difference: f64,
    /// Bounds at 95 %, by a paired bootstrap of repeats and pictures.
    pub interval: [f64; 2],
    /// Pictures on which the second is right in more repeats than the first.
    pub gained: u64,
    /// Pictures on which it is right in fewer.
    pub lost: u64,
    /// McNemar's exact p, two-sided: gained against lost.
    pub p: f64,
}

/// Compares `second` with `first`. `None` where they have not the same repeats and pictures, or none.
///
/// With one repeat, gained and lost are McNemar's discordant pairs. With several, a picture counts once, for the arm that is right on
/// it more often: the same pictures asked again are no new evidence.
pub fn compare(first: &Outcomes, second: &Outcomes) -> Option<Difference> {
    let paired = first.0.len() == second.0.len() && first.0.iter().zip(&second.0).all(|(a, b)| a.len() == b.len());
    let pictures = first.0.first().map_or(0, Vec::len);
    if !paired || pictures == 0 {
        return None;
    }
    let difference = |a: bool, b: bool| i8::from(b) - i8::from(a);
    let rows: Vec<Vec<i8>> = first
        .0
        .iter()
        .zip(&second.0)
        .map(|(a, b)| a.iter().zip(b).map(|(&a, &b)| difference(a, b)).collect())
        .collect();
    let of_picture = |picture: usize| rows.iter().map(|row| i32::from(row[picture])).sum::<i32>();
    let gained = (0..pictures).filter(|&picture| of_picture(picture) > 0).count() as u64;
    let lost = (0..pictures).filter(|&picture| of_picture(picture) < 0).count() as u64;
    Some(Difference {
        difference: second.accuracy() - first.accuracy(),
        interval: bootstrap::interval(&rows, |difference| f64::from(*difference)),
        gained,
        lost,
        p: sign_test(gained, lost),
    })
}

impl Difference {
    /// Whether there is a difference, given its p after [`holm`]: both the test and the interval must say so.
    pub fn is_shown(&self, adjusted_p: f64) -> bool {
        let [low, high] = self.interval;
        adjusted_p < SIGNIFICANCE && (low > 0.0 || high < 0.0)
    }
}

/// Holm's adjustment (1979) of the p of several tests, in their order: the chance of one false alarm among all of them stays what
/// it is for one.
pub fn holm(ps: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..ps.len()).collect();
    order.sort_by(|&a, &b| ps[a].total_cmp(&ps[b]));
    let mut adjusted = vec![1.0; ps.len()];
    let mut least = 0.0_f64;
    for (rank, &at) in order.iter().enumerate() {
        least = least.max(((ps.len() - rank) as f64 * ps[at]).min(1.0));
        adjusted[at] = least;
    }
    adjusted
}
