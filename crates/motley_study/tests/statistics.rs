//! Intervals and tests against known numbers.

use motley_study::statistics::{Outcomes, compare, holm, interval, sign_test};

fn outcomes(right: usize, n: usize) -> Vec<bool> {
    (0..n).map(|picture| picture < right).collect()
}

#[test]
fn one_repeat_has_wilsons_interval() {
    let [low, high] = interval(&Outcomes(vec![outcomes(8, 10)]));
    // R: prop.test(8, 10, correct = FALSE).
    assert!((low - 0.4902).abs() < 5e-5 && (high - 0.9433).abs() < 5e-5);
    assert_eq!(interval(&Outcomes::default()), [0.0, 1.0]);
}

#[test]
fn discordant_pairs_by_hand() {
    // 10 pictures: both right on 4; the second alone on 4; the first alone on 1; both wrong on 1.
    let first = Outcomes(vec![[true; 4].into_iter().chain([false; 4]).chain([true, false]).collect()]);
    let second = Outcomes(vec![[true; 8].into_iter().chain([false, false]).collect()]);
    let difference = compare(&first, &second).unwrap();
    assert_eq!((difference.gained, difference.lost), (4, 1));
    assert!((difference.difference - 0.3).abs() < 1e-12);
    // 2 · (C(5,0) + C(5,1)) / 2⁵.
    assert!((difference.p - 0.375).abs() < 1e-12);
    assert!(!difference.is_shown(difference.p));
}

#[test]
fn nothing_differs_from_itself() {
    let one = Outcomes(vec![outcomes(70, 100), outcomes(60, 100)]);
    let difference = compare(&one, &one).unwrap();
    assert_eq!((difference.difference, difference.interval, difference.p), (0.0, [0.0, 0.0], 1.0));
    assert!(!difference.is_shown(difference.p));
    assert_eq!(compare(&one, &Outcomes(vec![outcomes(7, 10), outcomes(6, 10)])), None, "other pictures");
    assert_eq!(compare(&one, &Outcomes(vec![outcomes(70, 100)])), None, "other repeats");
}

#[test]
fn a_picture_counts_once_however_often_it_is_asked() {
    let row = |right: [bool; 3]| right.to_vec();
    let first = Outcomes(vec![row([false, true, false]), row([false, true, true])]);
    let second = Outcomes(vec![row([true, true, true]), row([true, false, false])]);
    let difference = compare(&first, &second).unwrap();
    // The first picture is gained, the second lost, the third once this and once that.
    assert_eq!((difference.gained, difference.lost), (1, 1));
}

#[test]
fn a_clear_difference_is_shown() {
    let first = Outcomes(vec![outcomes(600, 1000), outcomes(610, 1000), outcomes(605, 1000)]);
    let second = Outcomes(vec![outcomes(700, 1000), outcomes(690, 1000), outcomes(705, 1000)]);
    let difference = compare(&first, &second).unwrap();
    assert!(difference.is_shown(difference.p), "{difference:?}");
    let [low, high] = difference.interval;
    assert!(low > 0.07 && high < 0.12 && low < 0.0933 && high > 0.0933, "{difference:?}");
}

#[test]
fn holm_by_hand() {
    // R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm").
    let adjusted = holm(&[0.01, 0.04, 0.03, 0.005]);
    for (got, want) in adjusted.iter().zip([0.03, 0.06, 0.06, 0.02]) {
        assert!((got - want).abs() < 1e-12, "{adjusted:?}");
    }
    assert_eq!(holm(&[]), Vec::<f64>::new());
    assert_eq!(holm(&[0.9, 0.8]), [1.0, 1.0]);
}

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

#[test]
fn the_bootstrap_agrees_with_the_normal_interval() {
    let row: Vec<bool> = (0..1000).map(|picture| picture % 5 > 0).collect();
    let [low, high] = interval(&Outcomes(vec![row.clone(), row]));
    // 0.8 ± 1.96 · √(0.8 · 0.2 / 1000).
    let half = 1.96 * (0.8_f64 * 0.2 / 1000.0).sqrt();
    assert!((low - (0.8 - half)).abs() < 0.003 && (high - (0.8 + half)).abs() < 0.003, "{low} {high}");
}

#[test]
fn repeats_that_disagree_widen_it() {
    let row = |right: usize| (0..1000).map(|picture| picture < right).collect::<Vec<bool>>();
    let [low, high] = interval(&Outcomes(vec![row(800), row(800), row(800)]));
    let [lower, higher] = interval(&Outcomes(vec![row(700), row(800), row(900)]));
    assert!(higher - lower > 2.0 * (high - low), "{low} {high} {lower} {higher}");
}
