//! Results by what is known about the pictures: breed, clip, light, visible share.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Proportion;
use crate::data::{Fact, Facts};

/// Numbers that take at most so many values are taken as they are; others are cut into buckets of equal size.
const FEW_VALUES: usize = 6;

/// Words that are told apart; rarer ones count together.
const MANY_WORDS: usize = 40;

/// Buckets that numbers are cut into.
const BUCKETS: usize = 4;

/// Results by one fact.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Grouping {
    /// Name of the fact, such as `breed` or `lighting.temperature`.
    pub fact: String,
    /// Its values or ranges: numbers ascending, words by the alphabet.
    pub groups: Vec<Group>,
}

impl Grouping {
    /// Accuracy of the best group less that of the worst, of groups of at least ten pictures.
    pub fn spread(&self) -> f64 {
        let shares = self.groups.iter().filter(|group| group.result.n >= 10).map(|group| group.result.accuracy);
        let (low, high) = shares.fold((f64::MAX, f64::MIN), |(low, high), share| (low.min(share), high.max(share)));
        (high - low).max(0.0)
    }
}

/// The pictures that have one value, or a value in one range.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// The value, or the range.
    pub label: String,
    /// How many of them were right.
    #[serde(flatten)]
    pub result: Proportion,
}

/// Results by every fact that tells the pictures apart, by its name. Each picture comes with its facts and whether it was
/// right; those that lack a fact are left out of its groups.
pub fn group_by<'a>(pictures: impl Iterator<Item = (&'a Facts, bool)>) -> Vec<Grouping> {
    let mut by_fact: BTreeMap<&str, Vec<(&Fact, bool)>> = BTreeMap::new();
    for (facts, right) in pictures {
        for (name, fact) in facts {
            by_fact.entry(name).or_default().push((fact, right));
        }
    }
    by_fact
        .into_iter()
        .map(|(fact, pictures)| Grouping { fact: fact.to_owned(), groups: groups(&pictures) })
        .filter(|grouping| grouping.groups.len() > 1)
        .collect()
}

fn groups(pictures: &[(&Fact, bool)]) -> Vec<Group> {
    let numbers: Vec<(f64, bool)> = pictures
        .iter()
        .filter_map(|(fact, right)| match fact {
            Fact::Number(number) if !number.is_nan() => Some((*number, *right)),
            _ => None,
        })
        .collect();
    let words = pictures.iter().filter_map(|(fact, right)| match fact {
        Fact::Text(text) => Some((text.clone(), *right)),
        Fact::Number(_) => None,
    });
    let mut groups = by_number(numbers);
    groups.extend(by_word(words));
    groups
}

fn group(label: String, rights: impl Iterator<Item = bool>) -> Group {
    let (correct, n) = rights.fold((0, 0), |(correct, n), right| (correct + u64::from(right), n + 1));
    Group { label, result: Proportion::new(correct, n) }
}

fn by_word(pictures: impl Iterator<Item = (String, bool)>) -> Vec<Group> {
    let mut by_word: BTreeMap<String, Vec<bool>> = BTreeMap::new();
    for (word, right) in pictures {
        by_word.entry(word).or_default().push(right);
    }
    let mut counts: Vec<(usize, String)> = by_word.iter().map(|(word, rights)| (rights.len(), word.clone())).collect();
    counts.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let rare: Vec<String> = counts.into_iter().skip(MANY_WORDS).map(|(_, word)| word).collect();
    let others: Vec<bool> = rare.iter().filter_map(|word| by_word.remove(word)).flatten().collect();
    let mut groups: Vec<Group> = by_word.into_iter().map(|(word, rights)| group(word, rights.into_iter())).collect();
    if !others.is_empty() {
        groups.push(group(format!("{} others", rare.len()), others.into_iter()));
    }
    groups
}

fn by_number(mut pictures: Vec<(f64, bool)>) -> Vec<Group> {
    pictures.sort_by(|a, b| a.0.total_cmp(&b.0));
    let values: Vec<&[(f64, bool)]> = pictures.chunk_by(|a, b| a.0 == b.0).collect();
    if values.len() <= FEW_VALUES {
        return values.iter().map(|tied| group(short(tied[0].0, 3), tied.iter().map(|(_, right)| *right))).collect();
    }
    // Equal values stay together, so that a bucket says something about its value alone.
    let mut groups = Vec::new();
    let (mut bucket, mut taken) = (Vec::new(), 0);
    for tied in values {
        bucket.extend_from_slice(tied);
        taken += tied.len();
        if taken * BUCKETS >= pictures.len() * (groups.len() + 1) {
            let label = range(bucket[0].0, bucket[bucket.len() - 1].0);
            groups.push(group(label, bucket.drain(..).map(|(_, right)| right)));
        }
    }
    groups
}

/// In as few digits as tell the ends apart; one number where they are the same.
fn range(low: f64, high: f64) -> String {
    let ends = (3..=6).map(|digits| [low, high].map(|end| short(end, digits)));
    match ends.into_iter().find(|[low, high]| low != high) {
        Some([low, high]) => format!("{low} – {high}"),
        None => short(low, 3),
    }
}

/// In so many significant digits, at most six of them behind the point.
fn short(value: f64, significant: i32) -> String {
    if value == 0.0 || !value.is_finite() {
        return format!("{value}");
    }
    let digits = (significant - 1 - value.abs().log10().floor() as i32).clamp(0, 6) as usize;
    let text = format!("{value:.digits$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(facts: Vec<Fact>, right: impl Fn(usize) -> bool) -> Vec<Grouping> {
        let facts: Vec<Facts> = facts.into_iter().map(|fact| [("x".to_owned(), fact)].into()).collect();
        group_by(facts.iter().enumerate().map(|(i, facts)| (facts, right(i))))
    }

    #[test]
    fn words_are_their_own_groups() {
        let breeds = ["tabby", "siamese", "tabby", "tabby"].map(|breed| Fact::Text(breed.into()));
        let groupings = run(breeds.to_vec(), |i| i != 0);
        let shown: Vec<_> =
            groupings[0].groups.iter().map(|g| (g.label.as_str(), g.result.correct, g.result.n)).collect();
        assert_eq!(shown, [("siamese", 1, 1), ("tabby", 2, 3)]);
    }

    #[test]
    fn ranges_tell_their_ends_apart() {
        assert_eq!(range(0.25, 0.5), "0.25 – 0.5");
        assert_eq!(range(0.9991, 0.9994), "0.9991 – 0.9994");
        assert_eq!(range(1.0, 1.0), "1");
    }

    #[test]
    fn rare_words_count_together() {
        let words = (0..60).map(|i| Fact::Text(format!("{:02}", i % 50))).collect();
        let groupings = run(words, |_| true);
        assert_eq!(groupings[0].groups.len(), MANY_WORDS + 1);
        assert_eq!(groupings[0].groups.last().unwrap().label, "10 others");
        assert_eq!(groupings[0].groups.iter().map(|group| group.result.n).sum::<u64>(), 60);
    }

    #[test]
    fn numbers_are_cut_into_buckets_of_equal_size() {
        let groupings = run((0..100).map(|i| Fact::Number(f64::from(i) / 100.0)).collect(), |i| i >= 25);
        let shown: Vec<_> =
            groupings[0].groups.iter().map(|g| (g.label.as_str(), g.result.correct, g.result.n)).collect();
        assert_eq!(
            shown,
            [("0 – 0.24", 0, 25), ("0.25 – 0.49", 25, 25), ("0.5 – 0.74", 25, 25), ("0.75 – 0.99", 25, 25)]
        );
        assert_eq!(groupings[0].spread(), 1.0);
        let few = run((0..9).map(|i| Fact::Number(f64::from(i % 3))).collect(), |_| true);
        assert_eq!(few[0].groups.iter().map(|g| g.label.as_str()).collect::<Vec<_>>(), ["0", "1", "2"]);
    }

    #[test]
    fn many_equal_values_stay_together_and_what_never_varies_is_left_out() {
        let values = (0..100).map(|i| Fact::Number(if i < 60 { 1.0 } else { f64::from(i) })).collect();
        let groupings = run(values, |_| true);
        assert_eq!(groupings[0].groups[0].result.n, 60);
        assert_eq!(groupings[0].groups.iter().map(|group| group.result.n).sum::<u64>(), 100);
        assert!(run(vec![Fact::Number(2.0); 9], |_| true).is_empty());
    }

    #[test]
    fn three_digits() {
        for (value, text) in
            [(0.0, "0"), (6503.21, "6503"), (0.123_456, "0.123"), (-1.5, "-1.5"), (20.0, "20"), (1e-9, "0")]
        {
            assert_eq!(short(value, 3), text);
        }
    }
}
