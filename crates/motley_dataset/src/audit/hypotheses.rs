//! Do these values follow that distribution?

use std::collections::BTreeMap;

use motley_scene::distribution::{Direction, Rotation, Scalar};
use serde::Serialize;
use statrs::distribution::{ContinuousCDF, Normal};

use crate::stats::{Test, chi_square, ks_test};

/// A distribution's test.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DrawTest {
    /// Parameter and field, such as `lighting.intensity`.
    pub field: String,
    /// `ks` (Kolmogorov–Smirnov) for continuous distributions, `chi_square` for discrete ones, `equal` for fixed values.
    pub test: &'static str,
    /// Number of draws.
    pub n: usize,
    /// Statistic and p. For `equal` p is 1 or 0.
    #[serde(flatten)]
    pub result: Test,
}

/// Numbers, each with the index of its frame.
pub type Drawn = Vec<(u64, f64)>;

/// Degrees by which an angle that was taken from a vector of `f32` may be off.
const ANGLE_ERROR: f64 = 0.05;

/// Tests numbers.
pub fn test_scalar(field: &str, scalar: &Scalar, drawn: &[(u64, f64)]) -> DrawTest {
    test_near(field, scalar, drawn, 0.0)
}

/// Tests numbers that may be off by `error` where the distribution has fixed values.
pub fn test_near(field: &str, scalar: &Scalar, drawn: &[(u64, f64)], error: f64) -> DrawTest {
    let values: Vec<f64> = drawn.iter().map(|(_, value)| *value).collect();
    let near = |a: f64, b: f32| (a - f64::from(b)).abs() <= error;
    let equal = |all: bool| Test { statistic: f64::from(u8::from(!all)), p: f64::from(u8::from(all)) };
    let (test, result) = match scalar {
        Scalar::Constant(value) => ("equal", equal(values.iter().all(|v| near(*v, *value)))),
        Scalar::Sequence(list) => {
            let at = |index: u64| list.get(usize::try_from(index % list.len().max(1) as u64).unwrap_or(0));
            ("equal", equal(drawn.iter().all(|(index, v)| at(*index).is_some_and(|value| near(*v, *value)))))
        }
        Scalar::Choice(options) => {
            let mut weights: BTreeMap<u32, (f32, f64)> = BTreeMap::new();
            for (value, weight) in options {
                weights.entry(value.to_bits()).or_insert((*value, 0.0)).1 += f64::from(*weight);
            }
            let weights: Vec<(f32, f64)> = weights.into_values().collect();
            let mut observed = vec![0; weights.len()];
            let mut others = 0;
            for value in &values {
                match weights.iter().position(|(option, _)| near(*value, *option)) {
                    Some(option) => observed[option] += 1,
                    None => others += 1,
                }
            }
            let weights: Vec<f64> = weights.iter().map(|(_, weight)| *weight).collect();
            ("chi_square", counts(&observed, &weights, others))
        }
        _ => ("ks", ks_test(&values, |x| cdf(scalar, x))),
    };
    DrawTest { field: field.to_owned(), test, n: drawn.len(), result }
}

/// Chi-square of counts against weights; any of `others`, which the distribution does not know, makes p = 0.
fn counts(observed: &[u64], weights: &[f64], others: u64) -> Test {
    let n = observed.iter().sum::<u64>() as f64;
    let total: f64 = weights.iter().sum();
    let mut expected: Vec<f64> = weights.iter().map(|weight| weight / total * n).collect();
    expected.push(0.0);
    let observed: Vec<u64> = observed.iter().copied().chain([others]).collect();
    chi_square(&observed, &expected)
}

/// Tests whole numbers as [`Scalar::draw_count`] draws them.
pub fn test_count(field: &str, scalar: &Scalar, drawn: &[(u64, f64)]) -> DrawTest {
    let whole = |value: f32| f64::from(value).round().max(0.0);
    let discrete = match scalar {
        Scalar::Uniform { min, max } => {
            let (min, max) = (whole(*min), whole(*max));
            let values = std::iter::successors(Some(min), |v| Some(v + 1.0)).take_while(|v| *v <= max);
            values.map(|v| (v, 1.0)).collect()
        }
        Scalar::Constant(value) => vec![(whole(*value), 1.0)],
        Scalar::Choice(options) => options.iter().map(|(value, weight)| (whole(*value), f64::from(*weight))).collect(),
        Scalar::Sequence(values) => {
            let values = values.iter().map(|value| value.round().max(0.0)).collect();
            return test_scalar(field, &Scalar::Sequence(values), drawn);
        }
        _ => {
            let most = drawn.iter().map(|(_, v)| *v).fold(0.0, f64::max);
            let values = std::iter::successors(Some(0.0), |v| Some(v + 1.0)).take_while(|v| *v <= most);
            let below = |v: f64| if v == 0.0 { 0.0 } else { cdf(scalar, v - 0.5) };
            let above = |v: f64| if v == most { 1.0 } else { cdf(scalar, v + 0.5) };
            values.map(|v| (v, above(v) - below(v))).collect::<Vec<_>>()
        }
    };
    let mut weights: BTreeMap<u64, f64> = BTreeMap::new();
    for (value, weight) in discrete {
        // Not negative, and finite.
        *weights.entry(value.to_bits()).or_default() += weight;
    }
    let observed: Vec<u64> =
        weights.keys().map(|bits| drawn.iter().filter(|(_, v)| *v == f64::from_bits(*bits)).count() as u64).collect();
    let others = drawn.len() as u64 - observed.iter().sum::<u64>();
    let weights: Vec<f64> = weights.into_values().collect();
    let result = counts(&observed, &weights, others);
    DrawTest { field: field.to_owned(), test: "chi_square", n: drawn.len(), result }
}

/// Tests names, or anything else that was picked by weight.
pub fn test_names(field: &str, declared: &[(&str, f32)], drawn: &[&str]) -> DrawTest {
    let observed: Vec<u64> =
        declared.iter().map(|(name, _)| drawn.iter().filter(|d| *d == name).count() as u64).collect();
    let others = drawn.len() as u64 - observed.iter().sum::<u64>();
    let weights: Vec<f64> = declared.iter().map(|(_, weight)| f64::from(*weight)).collect();
    let result = counts(&observed, &weights, others);
    DrawTest { field: field.to_owned(), test: "chi_square", n: drawn.len(), result }
}

/// Tests how often something is so that should be in this share of frames.
pub fn test_share(field: &str, share: f32, drawn: &[bool]) -> DrawTest {
    let drawn: Vec<&str> = drawn.iter().map(|yes| if *yes { "yes" } else { "no" }).collect();
    test_names(field, &[("yes", share), ("no", 1.0 - share)], &drawn)
}

/// Tests unit vectors, by azimuth and by height or elevation.
pub fn test_direction(field: &str, direction: &Direction, drawn: &[(u64, [f32; 3])]) -> Vec<DrawTest> {
    let azimuths: Drawn =
        drawn.iter().map(|(index, v)| (*index, f64::from(v[0]).atan2(f64::from(v[2])).to_degrees())).collect();
    let heights = |of: fn(f64) -> f64| -> Drawn { drawn.iter().map(|(i, v)| (*i, of(f64::from(v[1])))).collect() };
    let turn = Scalar::uniform(-180.0, 180.0);
    // By Archimedes the heights of what is uniform by area are uniform.
    let by_area = |low: f32| {
        vec![
            test_scalar(&format!("{field} azimuth"), &turn, &azimuths),
            test_scalar(&format!("{field} height"), &Scalar::uniform(low, 1.0), &heights(|y| y)),
        ]
    };
    match direction {
        Direction::Sphere => by_area(-1.0),
        Direction::UpperHemisphere => by_area(0.0),
        Direction::Angles { azimuth, elevation } => {
            let mut tests = Vec::new();
            let (low, high) = azimuth.support();
            // Beyond a full turn an azimuth cannot be told from its vector.
            if high - low <= 360.0 {
                let middle = f64::midpoint(f64::from(low), f64::from(high));
                let near: Drawn =
                    azimuths.iter().map(|(i, a)| (*i, a + ((middle - a) / 360.0).round() * 360.0)).collect();
                tests.push(test_near(&format!("{field} azimuth"), azimuth, &near, ANGLE_ERROR));
            }
            let elevations = heights(|y| y.clamp(-1.0, 1.0).asin().to_degrees());
            tests.push(test_near(&format!("{field} elevation"), elevation, &elevations, ANGLE_ERROR));
            tests
        }
    }
}

/// Tests unit quaternions x, y, z, w; nothing is to be tested where there is no turn.
pub fn test_rotation(field: &str, rotation: Rotation, drawn: &[(u64, [f32; 4])]) -> Option<DrawTest> {
    let values =
        |of: fn([f64; 4]) -> f64| -> Drawn { drawn.iter().map(|(index, q)| (*index, of(q.map(f64::from)))).collect() };
    match rotation {
        Rotation::Identity => None,
        // Half the angle: a quaternion and its negative are the same turn. One that is not about the vertical is put where no
        // upright one is, since half its angle would be uniform too.
        Rotation::Upright => {
            let halves = values(
                |[x, y, z, w]| {
                    if x.hypot(z) > 1e-3 { -1.0 } else { y.atan2(w).rem_euclid(std::f64::consts::PI) }
                },
            );
            Some(test_scalar(field, &Scalar::uniform(0.0, std::f32::consts::PI), &halves))
        }
        // Of a uniform point of the sphere in four dimensions the squares of two coordinates sum to a uniform number.
        Rotation::Any => Some(test_scalar(field, &Scalar::uniform(0.0, 1.0), &values(|[x, y, _, _]| x * x + y * y))),
    }
}

/// Distribution function of a continuous distribution.
fn cdf(scalar: &Scalar, x: f64) -> f64 {
    let share = |x: f64, low: f64, high: f64| {
        if high > low { ((x - low) / (high - low)).clamp(0.0, 1.0) } else { f64::from(u8::from(x >= low)) }
    };
    let bell = |mean: f32, sd: f32, x: f64| match Normal::new(f64::from(mean), f64::from(sd)) {
        Ok(normal) => normal.cdf(x),
        // No spread: everything lies at the mean.
        Err(_) => f64::from(u8::from(x >= f64::from(mean))),
    };
    match scalar {
        Scalar::Uniform { min, max } => share(x, f64::from(*min), f64::from(*max)),
        Scalar::LogUniform { min, max } => share(x.ln(), f64::from(*min).ln(), f64::from(*max).ln()),
        Scalar::Normal { mean, sd } => bell(*mean, *sd, x),
        Scalar::TruncatedNormal { mean, sd, min, max } => {
            let (low, high) = (bell(*mean, *sd, f64::from(*min)), bell(*mean, *sd, f64::from(*max)));
            share(bell(*mean, *sd, x), low, high)
        }
        Scalar::Constant(_) | Scalar::Choice(_) | Scalar::Sequence(_) => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use motley_scene::stream::stream;

    use super::*;

    /// Below this a test is failed here.
    const LOW: f64 = 1e-6;

    fn rng(n: u64) -> motley_scene::stream::Stream {
        stream(1, n, "audit", 0)
    }

    fn scalars() -> [Scalar; 7] {
        [
            Scalar::uniform(-1.0, 3.0),
            Scalar::Normal { mean: 1.0, sd: 2.0 },
            Scalar::TruncatedNormal { mean: 0.0, sd: 1.0, min: -0.5, max: 2.0 },
            Scalar::LogUniform { min: 0.5, max: 8.0 },
            Scalar::Choice(vec![(1.0, 1.0), (2.0, 3.0)]),
            Scalar::Sequence(vec![1.0, 2.0, 3.0]),
            Scalar::Constant(2.0),
        ]
    }

    #[test]
    fn every_distribution_passes_its_own_test_and_fails_another() {
        for (i, scalar) in scalars().iter().enumerate() {
            let drawn: Drawn = (0..2000).map(|n| (n, f64::from(scalar.draw(&mut rng(n), n)))).collect();
            for (j, declared) in scalars().iter().enumerate() {
                let p = test_scalar("x", declared, &drawn).result.p;
                assert_eq!(p > LOW, i == j, "{scalar:?} against {declared:?}: p = {p}");
            }
        }
    }

    #[test]
    fn counts_pass_their_own_test_and_fail_another() {
        let scalars = [
            Scalar::uniform(0.0, 6.0),
            Scalar::uniform(1.0, 5.0),
            Scalar::Choice(vec![(0.0, 6.0), (1.0, 2.0), (2.0, 1.0)]),
            Scalar::TruncatedNormal { mean: 2.0, sd: 1.5, min: 0.0, max: 6.0 },
            Scalar::Sequence(vec![1.0, 3.0]),
            Scalar::Constant(2.0),
        ];
        for (i, scalar) in scalars.iter().enumerate() {
            let drawn: Drawn = (0..2000).map(|n| (n, f64::from(scalar.draw_count(&mut rng(n), n)))).collect();
            for (j, declared) in scalars.iter().enumerate() {
                let p = test_count("x", declared, &drawn).result.p;
                assert_eq!(p > LOW, i == j, "{scalar:?} against {declared:?}: p = {p}");
            }
        }
    }

    #[test]
    fn directions_pass_their_own_test_and_fail_another() {
        let angles = |azimuth, elevation| Direction::Angles { azimuth, elevation };
        let directions = [
            Direction::Sphere,
            Direction::UpperHemisphere,
            angles(Scalar::uniform(0.0, 360.0), Scalar::uniform(15.0, 80.0)),
            angles(Scalar::uniform(150.0, 250.0), Scalar::Constant(-30.0)),
            angles(Scalar::Choice(vec![(-90.0, 1.0), (90.0, 1.0)]), Scalar::uniform(15.0, 80.0)),
        ];
        for (i, direction) in directions.iter().enumerate() {
            let drawn: Vec<_> = (0..2000).map(|n| (n, direction.draw(&mut rng(n), n).into())).collect();
            for (j, declared) in directions.iter().enumerate() {
                let all = test_direction("x", declared, &drawn).iter().all(|test| test.result.p > LOW);
                assert_eq!(all, i == j, "{direction:?} against {declared:?}");
            }
        }
    }

    #[test]
    fn rotations_pass_their_own_test_and_fail_another() {
        for (i, rotation) in [Rotation::Upright, Rotation::Any].into_iter().enumerate() {
            let drawn: Vec<_> = (0..2000).map(|n| (n, rotation.draw(&mut rng(n)).into())).collect();
            for (j, declared) in [Rotation::Upright, Rotation::Any].into_iter().enumerate() {
                let p = test_rotation("x", declared, &drawn).unwrap().result.p;
                assert_eq!(p > LOW, i == j, "{rotation:?} against {declared:?}: p = {p}");
            }
        }
        assert_eq!(test_rotation("x", Rotation::Identity, &[]), None);
    }

    #[test]
    fn names_and_shares_are_counted() {
        let drawn: Vec<&str> = (0..300).map(|i| if i % 3 == 0 { "a" } else { "b" }).collect();
        assert!(test_names("x", &[("a", 1.0), ("b", 2.0)], &drawn).result.p > 0.9);
        assert!(test_names("x", &[("a", 1.0), ("b", 1.0)], &drawn).result.p < LOW);
        assert_eq!(test_names("x", &[("a", 1.0)], &drawn).result.p, 0.0, "a name that is not declared");
        let drawn: Vec<bool> = (0..300).map(|i| i % 5 == 0).collect();
        assert!(test_share("x", 0.2, &drawn).result.p > 0.9);
        assert!(test_share("x", 0.5, &drawn).result.p < LOW);
        assert_eq!(test_share("x", 0.0, &drawn).result.p, 0.0);
        assert_eq!(test_share("x", 1.0, &[true; 9]).result.p, 1.0);
    }
}
