//! Is what was drawn what the scene declares?
//!
//! 1. Every recorded recipe is drawn again: it must be the same.
//! 2. Of every distribution the first draws of all frames are tested against it. (A frame that is drawn again because its
//!    subject was hidden keeps only draws that show it, so the draws that were kept need not follow the distribution.)

use std::collections::BTreeMap;

use motley_scene::{
    catalog::Catalog,
    distribution::Scalar,
    params::subject::SubjectDraw,
    recipe::{Recipe, draw},
    scene::Scene,
};
use serde::Serialize;
use serde_json::Value;
use statrs::distribution::{ContinuousCDF, Normal};

use super::{Fault, FaultKind};
use crate::{
    DatasetError, Reader,
    stats::{Test, chi_square, ks_test},
};

/// Below this a distribution counts as another one. A report holds some fifty tests, so that one of 20,000 sound datasets is
/// accused wrongly.
const SUSPICIOUS: f64 = 1e-6;

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

/// Tests a dataset's recipes against its scene. Faults are added to `faults`.
///
/// # Errors
/// If a record cannot be read.
pub fn audit_draws(
    reader: &Reader,
    scene: &Scene,
    catalog: &Catalog,
    faults: &mut Vec<Fault>,
) -> Result<Vec<DrawTest>, DatasetError> {
    let seed = reader.manifest().seed;
    let mut firsts = Vec::new();
    for record in reader.records() {
        let recorded = record?.labels.recipe;
        let index = recorded.index;
        if recorded != draw(scene, catalog, seed, index, recorded.attempt) {
            faults.push(Fault::new(index, FaultKind::Draw, "its recipe is not what its scene, seed and index draw"));
        }
        firsts.push(draw(scene, catalog, seed, index, 0));
    }
    let mut tests = Vec::new();
    let values: Vec<Value> = firsts.iter().map(|recipe| serde_json::to_value(recipe).unwrap_or_default()).collect();
    for (parameter, field, scalar) in scene.scalars() {
        let drawn: Vec<(u64, f64)> = firsts
            .iter()
            .zip(&values)
            .filter_map(|(recipe, value)| Some((recipe.index, number(&value[parameter], field)?)))
            .collect();
        if !drawn.is_empty() {
            let (test, result) = test_scalar(scalar, &drawn);
            tests.push(DrawTest { field: format!("{parameter}.{field}"), test, n: drawn.len(), result });
        }
    }
    let drawn = |get: fn(&Recipe) -> &str| firsts.iter().map(get).collect::<Vec<_>>();
    if scene.sky.enabled {
        tests.push(test_names("sky.name", &scene.sky.name.among(&catalog.skies), &drawn(|r| &r.sky.name)));
    }
    if scene.materials.enabled {
        let (ground, wall) = (&scene.materials.ground, &scene.materials.wall);
        let known = &catalog.materials;
        // A ground that fits the sky follows the sky's distribution too.
        if !scene.materials.ground_fits_sky {
            tests.push(test_names("materials.ground", &ground.among(known), &drawn(|r| &r.materials.ground.name)));
        }
        tests.push(test_names("materials.wall", &wall.among(known), &drawn(|r| &r.materials.wall.name)));
    }
    if scene.subject.enabled {
        for class in &catalog.classes {
            let of_class = |draw: &&SubjectDraw| draw.class == class.name;
            let drawn: Vec<&str> =
                firsts.iter().map(|recipe| &recipe.subject).filter(of_class).map(|draw| draw.breed.as_str()).collect();
            let declared: Vec<_> = class.breeds.iter().map(|breed| (breed.name.as_str(), breed.weight)).collect();
            tests.push(test_names(&format!("subject.breed of {}", class.name), &declared, &drawn));
        }
    }
    for test in &tests {
        if test.result.p < SUSPICIOUS {
            let detail = format!("{}: {} draws do not follow the scene, p = {:.1e}", test.field, test.n, test.result.p);
            faults.push(Fault { index: None, kind: FaultKind::Draw, detail });
        }
    }
    Ok(tests)
}

/// A field's number in a parameter's draw; materials are looked at on the ground.
fn number(draw: &Value, field: &str) -> Option<f64> {
    draw[field].as_f64().or_else(|| draw["ground"][field].as_f64())
}

fn test_scalar(scalar: &Scalar, drawn: &[(u64, f64)]) -> (&'static str, Test) {
    let values: Vec<f64> = drawn.iter().map(|(_, value)| *value).collect();
    let equal = |all: bool| Test { statistic: f64::from(u8::from(!all)), p: f64::from(u8::from(all)) };
    match scalar {
        Scalar::Constant(value) => ("equal", equal(values.iter().all(|v| *v == f64::from(*value)))),
        Scalar::Sequence(list) => {
            let at = |index: u64| list.get(usize::try_from(index % list.len().max(1) as u64).unwrap_or(0));
            ("equal", equal(drawn.iter().all(|(index, v)| at(*index).is_some_and(|value| *v == f64::from(*value)))))
        }
        Scalar::Choice(options) => {
            let mut weights: BTreeMap<u32, (f64, f64)> = BTreeMap::new();
            for (value, weight) in options {
                weights.entry(value.to_bits()).or_insert((f64::from(*value), 0.0)).1 += f64::from(*weight);
            }
            let total: f64 = weights.values().map(|(_, weight)| weight).sum();
            let observed: Vec<u64> =
                weights.values().map(|(value, _)| values.iter().filter(|v| **v == *value).count() as u64).collect();
            let expected: Vec<f64> = weights.values().map(|(_, weight)| weight / total * values.len() as f64).collect();
            ("chi_square", chi_square(&observed, &expected))
        }
        _ => ("ks", ks_test(&values, |x| cdf(scalar, x))),
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

fn test_names(field: &str, declared: &[(&str, f32)], drawn: &[&str]) -> DrawTest {
    let total: f32 = declared.iter().map(|(_, weight)| weight).sum();
    let observed: Vec<u64> =
        declared.iter().map(|(name, _)| drawn.iter().filter(|d| *d == name).count() as u64).collect();
    let expected: Vec<f64> =
        declared.iter().map(|(_, weight)| f64::from(weight / total) * drawn.len() as f64).collect();
    DrawTest { field: field.to_owned(), test: "chi_square", n: drawn.len(), result: chi_square(&observed, &expected) }
}

#[cfg(test)]
mod tests {
    use motley_scene::stream::stream;

    use super::*;

    #[test]
    fn every_distribution_passes_its_own_test_and_fails_another() {
        let scalars = [
            Scalar::uniform(-1.0, 3.0),
            Scalar::Normal { mean: 1.0, sd: 2.0 },
            Scalar::TruncatedNormal { mean: 0.0, sd: 1.0, min: -0.5, max: 2.0 },
            Scalar::LogUniform { min: 0.5, max: 8.0 },
            Scalar::Choice(vec![(1.0, 1.0), (2.0, 3.0)]),
            Scalar::Sequence(vec![1.0, 2.0, 3.0]),
            Scalar::Constant(2.0),
        ];
        for (i, scalar) in scalars.iter().enumerate() {
            let drawn: Vec<(u64, f64)> =
                (0..2000).map(|n| (n, f64::from(scalar.draw(&mut stream(1, n, "audit", 0), n)))).collect();
            for (j, declared) in scalars.iter().enumerate() {
                let p = test_scalar(declared, &drawn).1.p;
                assert_eq!(p > SUSPICIOUS, i == j, "{scalar:?} against {declared:?}: p = {p}");
            }
        }
    }

    #[test]
    fn names_are_counted() {
        let drawn: Vec<&str> = (0..300).map(|i| if i % 3 == 0 { "a" } else { "b" }).collect();
        assert!(test_names("x", &[("a", 1.0), ("b", 2.0)], &drawn).result.p > 0.9);
        assert!(test_names("x", &[("a", 1.0), ("b", 1.0)], &drawn).result.p < SUSPICIOUS);
    }
}
