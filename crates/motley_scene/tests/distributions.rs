//! Every distribution draws what it says: means, deviations, limits and Kolmogorov–Smirnov distances from the exact
//! distribution function, with fixed seeds.

use bevy_math::Vec3;
use motley_scene::{
    distribution::{Direction, Names, Rotation, Scalar, normal, pick_weighted},
    stream::{Stream, stream},
};

const DRAWS: usize = 20_000;

fn rng(name: &str) -> Stream {
    stream(20, 26, name, 0)
}

fn draws(scalar: &Scalar, name: &str) -> Vec<f64> {
    let mut rng = rng(name);
    (0..DRAWS as u64).map(|index| f64::from(scalar.draw(&mut rng, index))).collect()
}

fn mean_sd(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    (mean, (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt())
}

/// Largest distance between the values' empirical distribution function and `cdf`.
fn ks_distance(mut values: Vec<f64>, cdf: impl Fn(f64) -> f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let n = values.len() as f64;
    values
        .iter()
        .enumerate()
        .map(|(i, v)| (cdf(*v) - i as f64 / n).abs().max((cdf(*v) - (i + 1) as f64 / n).abs()))
        .fold(0.0, f64::max)
}

/// Fails when so large a distance has a probability below 0.001 (Kolmogorov's limit: 1.95 / √n).
fn assert_follows(values: Vec<f64>, cdf: impl Fn(f64) -> f64, what: &str) {
    let limit = 1.95 / (values.len() as f64).sqrt();
    let distance = ks_distance(values, cdf);
    assert!(distance < limit, "{what}: distance {distance} from the exact distribution, {limit} allowed");
}

/// Distribution function of the standard normal, by Simpson's rule on the density.
fn phi(x: f64) -> f64 {
    let x = x.clamp(-8.0, 8.0);
    let density = |t: f64| (-t * t / 2.0).exp() / std::f64::consts::TAU.sqrt();
    let h = x / 200.0;
    let sum: f64 = (0..=200)
        .map(|i| {
            let weight = match i {
                0 | 200 => 1.0,
                i if i % 2 == 1 => 4.0,
                _ => 2.0,
            };
            weight * density(f64::from(i) * h)
        })
        .sum();
    0.5 + sum * h / 3.0
}

#[test]
fn the_yardstick_can_fail() {
    let values = draws(&Scalar::uniform(0.0, 1.0), "yardstick");
    let distance = ks_distance(values, |x| (x * x).clamp(0.0, 1.0));
    assert!(distance > 0.2, "{distance}");
    assert!((phi(1.96) - 0.975).abs() < 1e-4 && (phi(-1.0) - 0.158_655).abs() < 1e-5 && (phi(0.0) - 0.5).abs() < 1e-12);
}

#[test]
fn constant() {
    assert!(draws(&Scalar::Constant(3.5), "constant").iter().all(|v| *v == 3.5));
}

#[test]
fn uniform() {
    let values = draws(&Scalar::uniform(-2.0, 6.0), "uniform");
    let (mean, sd) = mean_sd(&values);
    assert!((mean - 2.0).abs() < 0.07 && (sd - 8.0 / 12_f64.sqrt()).abs() < 0.05, "{mean} {sd}");
    assert!(values.iter().all(|v| (-2.0..=6.0).contains(v)));
    assert_follows(values, |x| (x + 2.0) / 8.0, "uniform");
}

#[test]
fn uniform_of_one_value_is_that_value() {
    assert!(draws(&Scalar::uniform(0.1, 0.1), "one").iter().all(|v| *v == f64::from(0.1_f32)));
}

#[test]
fn normal_distribution() {
    let values = draws(&Scalar::Normal { mean: 5.0, sd: 2.0 }, "normal");
    let (mean, sd) = mean_sd(&values);
    assert!((mean - 5.0).abs() < 0.06 && (sd - 2.0).abs() < 0.04, "{mean} {sd}");
    assert_follows(values, |x| phi((x - 5.0) / 2.0), "normal");
    let mut rng = rng("standard normal");
    assert_follows((0..DRAWS).map(|_| f64::from(normal(&mut rng))).collect(), phi, "standard normal");
}

#[test]
fn truncated_normal() {
    // Cut in the middle and far out on one side.
    for (mean, sd, min, max) in [(0.0, 1.0, -1.0, 2.0), (1.0, 2.0, 3.0, 4.0), (-3.0, 1.0, 0.0, 9.0)] {
        let scalar = Scalar::TruncatedNormal { mean, sd, min, max };
        let values = draws(&scalar, "truncated");
        assert!(values.iter().all(|v| (f64::from(min)..=f64::from(max)).contains(v)));
        let below = |x: f64| phi((x - f64::from(mean)) / f64::from(sd));
        let (low, high) = (below(f64::from(min)), below(f64::from(max)));
        assert_follows(values, |x| (below(x) - low) / (high - low), &format!("{scalar:?}"));
    }
}

#[test]
fn log_uniform() {
    let values = draws(&Scalar::LogUniform { min: 0.5, max: 8.0 }, "log");
    assert!(values.iter().all(|v| (0.5..=8.0).contains(v)));
    // Each of the four doublings is equally likely.
    for k in 0..4 {
        let low = 0.5 * f64::from(1 << k);
        let share = values.iter().filter(|v| (low..2.0 * low).contains(*v)).count() as f64 / DRAWS as f64;
        assert!((share - 0.25).abs() < 0.012, "{low}: {share}");
    }
    assert_follows(values, |x| (x / 0.5).log2() / 4.0, "log uniform");
}

#[test]
fn choice_keeps_its_weights() {
    let scalar = Scalar::Choice(vec![(1.0, 2.0), (2.0, 0.0), (3.0, 5.0), (4.0, 1.0)]);
    let values = draws(&scalar, "choice");
    // Pearson's chi-square with two degrees of freedom; 13.8 is exceeded with probability 0.001.
    let chi: f64 = [(1.0, 2.0), (3.0, 5.0), (4.0, 1.0)]
        .iter()
        .map(|(value, weight)| {
            let expected = DRAWS as f64 * weight / 8.0;
            let seen = values.iter().filter(|v| *v == value).count() as f64;
            (seen - expected).powi(2) / expected
        })
        .sum();
    assert!(chi < 13.8, "{chi}");
    assert!(!values.contains(&2.0), "a weight of 0 is never drawn");
}

#[test]
fn sequence_goes_round_by_index_and_draws_nothing() {
    let scalar = Scalar::Sequence(vec![7.0, 8.0, 9.0]);
    let mut rng = rng("sequence");
    let untouched = rng.clone();
    let values: Vec<_> = (0..7).map(|index| scalar.draw(&mut rng, index)).collect();
    assert_eq!(values, [7.0, 8.0, 9.0, 7.0, 8.0, 9.0, 7.0]);
    assert_eq!(scalar.draw(&mut rng, u64::MAX), [7.0, 8.0, 9.0][usize::try_from(u64::MAX % 3).unwrap()]);
    assert_eq!(rng, untouched);
}

#[test]
fn counts_are_whole_and_equally_often() {
    let scalar = Scalar::uniform(0.0, 6.0);
    let mut rng = rng("count");
    let mut seen = [0_u32; 7];
    for index in 0..DRAWS as u64 {
        seen[scalar.draw_count(&mut rng, index) as usize] += 1;
    }
    let expected = DRAWS as f64 / 7.0;
    // Six degrees of freedom: 22.5 is exceeded with probability 0.001.
    let chi: f64 = seen.iter().map(|n| (f64::from(*n) - expected).powi(2) / expected).sum();
    assert!(chi < 22.5, "{seen:?}");
    assert_eq!(Scalar::Constant(-3.0).draw_count(&mut rng, 0), 0);
}

#[test]
fn support_holds_every_draw_and_the_middle() {
    let all = [
        Scalar::Constant(2.0),
        Scalar::uniform(-1.0, 3.0),
        Scalar::Normal { mean: 1.0, sd: 1.0 },
        Scalar::TruncatedNormal { mean: 5.0, sd: 3.0, min: 0.0, max: 4.0 },
        Scalar::LogUniform { min: 0.1, max: 10.0 },
        Scalar::Choice(vec![(100.0, 0.0), (1.0, 1.0), (4.0, 3.0)]),
        Scalar::Sequence(vec![3.0, 1.0, 2.0]),
    ];
    for scalar in all {
        let (low, high) = scalar.support();
        assert!(draws(&scalar, "support").iter().all(|v| (f64::from(low)..=f64::from(high)).contains(v)), "{scalar:?}");
        assert!((low..=high).contains(&scalar.middle()), "{scalar:?}");
    }
}

#[test]
fn pick_weighted_never_picks_nothing() {
    let mut rng = rng("pick");
    assert!((0..1000).all(|_| pick_weighted([0.0, 1.0, 0.0].into_iter(), &mut rng) == 1));
    assert_eq!(pick_weighted([0.0, 0.0].into_iter(), &mut rng), 0);
    assert_eq!(pick_weighted(std::iter::empty(), &mut rng), 0);
}

/// By area, the height over any axis is uniform (Archimedes): so tested along several axes.
#[test]
fn directions_are_uniform_by_area() {
    let axes = [Vec3::X, Vec3::Y, Vec3::Z, Vec3::new(1.0, 2.0, -3.0).normalize()];
    let mut rng = rng("sphere");
    let all: Vec<Vec3> = (0..DRAWS as u64).map(|index| Direction::Sphere.draw(&mut rng, index)).collect();
    assert!(all.iter().all(|v| (v.length() - 1.0).abs() < 1e-5));
    for axis in axes {
        let heights = all.iter().map(|v| f64::from(v.dot(axis))).collect();
        assert_follows(heights, |x| f64::midpoint(x, 1.0), &format!("sphere along {axis}"));
    }
    let upper: Vec<Vec3> = (0..DRAWS as u64).map(|index| Direction::UpperHemisphere.draw(&mut rng, index)).collect();
    assert!(upper.iter().all(|v| v.y >= 0.0 && (v.length() - 1.0).abs() < 1e-5));
    assert_follows(upper.iter().map(|v| f64::from(v.y)).collect(), |x| x, "height on the hemisphere");
    let turns = upper.iter().map(|v| f64::from(v.x.atan2(v.z))).collect();
    assert_follows(turns, |x| x / std::f64::consts::TAU + 0.5, "azimuth on the hemisphere");
}

#[test]
fn angles_are_azimuth_from_the_front_and_elevation() {
    let at = |azimuth, elevation| {
        let direction =
            Direction::Angles { azimuth: Scalar::Constant(azimuth), elevation: Scalar::Constant(elevation) };
        direction.draw(&mut rng("angles"), 0)
    };
    assert!(at(0.0, 0.0).distance(Vec3::Z) < 1e-6);
    assert!(at(90.0, 0.0).distance(Vec3::X) < 1e-6);
    assert!(at(12.0, 90.0).distance(Vec3::Y) < 1e-6);
}

/// A rotation uniform on SO(3) takes any vector to one uniform on the sphere, and its angle has the density (1 − cos θ) / π
/// (R. E. Miles, On random rotations in R³, Biometrika 52, 1965).
#[test]
fn rotations_are_uniform_over_all_rotations() {
    let mut rng = rng("so3");
    let all: Vec<_> = (0..DRAWS).map(|_| Rotation::Any.draw(&mut rng)).collect();
    assert!(all.iter().all(|q| (q.length() - 1.0).abs() < 1e-5));
    for vector in [Vec3::X, Vec3::Y, Vec3::Z, Vec3::new(-2.0, 1.0, 1.0).normalize()] {
        for axis in [Vec3::X, Vec3::Y, Vec3::Z] {
            let heights = all.iter().map(|q| f64::from((*q * vector).dot(axis))).collect();
            assert_follows(heights, |x| f64::midpoint(x, 1.0), &format!("{vector} rotated, along {axis}"));
        }
    }
    let angles = all.iter().map(|q| 2.0 * f64::from(q.w.abs().min(1.0)).acos()).collect();
    assert_follows(angles, |x| (x - x.sin()) / std::f64::consts::PI, "angle");
}

#[test]
fn upright_rotations_turn_about_the_vertical_only() {
    let mut rng = rng("upright");
    let all: Vec<_> = (0..DRAWS).map(|_| Rotation::Upright.draw(&mut rng)).collect();
    assert!(all.iter().all(|q| (*q * Vec3::Y).distance(Vec3::Y) < 1e-5));
    let turns = all.iter().map(|q| *q * Vec3::Z).map(|v| f64::from(v.x.atan2(v.z))).collect();
    assert_follows(turns, |x| x / std::f64::consts::TAU + 0.5, "turn");
    assert_eq!(Rotation::Identity.draw(&mut rng) * Vec3::X, Vec3::X);
}

#[test]
fn names_are_drawn_as_the_selection_says() {
    let known = ["a", "b", "c"].map(str::to_owned);
    let share = |names: &Names| {
        let mut rng = rng("names");
        let drawn: Vec<_> = (0..DRAWS).map(|_| names.draw(&known, &mut rng)).collect();
        ["a", "b", "c"].map(|name| drawn.iter().filter(|d| *d == name).count() as f64 / DRAWS as f64)
    };
    let near = |seen: [f64; 3], expected: [f64; 3]| seen.iter().zip(expected).all(|(s, e)| (s - e).abs() < 0.012);
    let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    assert!(near(share(&Names::All), [1.0 / 3.0; 3]));
    assert!(near(share(&Names::Only(list(&["c", "a"]))), [0.5, 0.0, 0.5]));
    assert!(near(share(&Names::Except(list(&["b"]))), [0.5, 0.0, 0.5]));
    assert!(near(share(&Names::Weighted(vec![("b".to_owned(), 3.0), ("a".to_owned(), 1.0)])), [0.25, 0.75, 0.0]));
    assert_eq!(Names::Only(list(&["z"])).draw(&known, &mut rng("none")), "");
}
