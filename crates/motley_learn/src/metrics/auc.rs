//! Area under the ROC curve: how well scores order the pictures, wherever the threshold lies.

/// Chance that a picture of the class has a higher score than one that is not, ties counting half: the Mann–Whitney
/// statistic (Hanley & McNeil 1982). `None` when there is only one kind.
///
/// `scored` holds for each picture its score and whether it is of the class.
pub fn auc(scored: &[(f32, bool)]) -> Option<f64> {
    let mut sorted = scored.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let positives = sorted.iter().filter(|(_, positive)| *positive).count() as f64;
    let negatives = sorted.len() as f64 - positives;
    if positives == 0.0 || negatives == 0.0 {
        return None;
    }
    let (mut below, mut won) = (0.0, 0.0);
    for tied in sorted.chunk_by(|a, b| a.0 == b.0) {
        let of_class = tied.iter().filter(|(_, positive)| *positive).count() as f64;
        let others = tied.len() as f64 - of_class;
        won += of_class * (below + 0.5 * others);
        below += others;
    }
    Some(won / (positives * negatives))
}

/// Mean over the classes of each one's area against all others; of two classes that of the second. `rows` holds true
/// classes and scores by class; classes without pictures are left out.
pub fn auc_one_vs_rest<'a>(rows: impl Iterator<Item = (usize, &'a [f32])> + Clone, classes: usize) -> Option<f64> {
    // With two classes what counts is the difference, so that scores need not sum to 1.
    let of_class = |class: usize| {
        let score = |scores: &[f32]| if classes == 2 { scores[class] - scores[1 - class] } else { scores[class] };
        auc(&rows.clone().map(|(truth, scores)| (score(scores), truth == class)).collect::<Vec<_>>())
    };
    let areas: Vec<f64> = (if classes == 2 { 1..2 } else { 0..classes }).filter_map(of_class).collect();
    (!areas.is_empty()).then(|| areas.iter().sum::<f64>() / areas.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        // scikit-learn's own example: 0.75.
        assert_eq!(auc(&[(0.1, false), (0.4, false), (0.35, true), (0.8, true)]), Some(0.75));
        // One tie of two pairs' four: 1 + 1 + 1 + 0.5 of 4.
        assert_eq!(auc(&[(0.1, false), (0.5, false), (0.5, true), (0.8, true)]), Some(0.875));
        assert_eq!(auc(&[(0.5, false), (0.5, true)]), Some(0.5));
        assert_eq!(auc(&[(0.9, false), (0.1, true)]), Some(0.0));
        assert_eq!(auc(&[(0.9, true)]), None);
    }

    #[test]
    fn of_two_classes_the_second_against_the_first() {
        let rows: [(usize, [f32; 2]); 4] = [(0, [0.9, 0.1]), (0, [0.6, 0.4]), (1, [0.65, 0.35]), (1, [0.2, 0.8])];
        assert_eq!(auc_one_vs_rest(rows.iter().map(|(truth, scores)| (*truth, scores.as_slice())), 2), Some(0.75));
    }

    #[test]
    fn of_three_classes_the_mean() {
        let rows: [(usize, [f32; 3]); 3] = [(0, [0.5, 0.3, 0.2]), (1, [0.6, 0.3, 0.1]), (2, [0.1, 0.1, 0.8])];
        // First: 0.5 against 0.6 and 0.1 is 0.5; second: 0.3 against 0.3 and 0.1 is 0.75; third: 1.
        let area = auc_one_vs_rest(rows.iter().map(|(truth, scores)| (*truth, scores.as_slice())), 3);
        assert!((area.unwrap() - 0.75).abs() < 1e-12);
    }
}
