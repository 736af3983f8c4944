//! Which class was taken for which.

use serde::{Deserialize, Serialize};

use super::Proportion;

/// Counts by true and predicted class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confusion {
    /// Class names.
    pub classes: Vec<String>,
    /// `[true class][predicted class]`.
    pub counts: Vec<Vec<u64>>,
}

impl Confusion {
    /// Nothing counted yet.
    pub fn new(classes: &[String]) -> Self {
        Self { classes: classes.to_vec(), counts: vec![vec![0; classes.len()]; classes.len()] }
    }

    /// Counts one picture.
    ///
    /// # Panics
    /// When a class is none of these.
    pub fn add(&mut self, truth: usize, predicted: usize) {
        self.counts[truth][predicted] += 1;
    }

    /// Pictures in all.
    pub fn n(&self) -> u64 {
        self.counts.iter().flatten().sum()
    }

    /// All that were right.
    pub fn accuracy(&self) -> Proportion {
        Proportion::new((0..self.classes.len()).map(|class| self.counts[class][class]).sum(), self.n())
    }

    /// Of the pictures of a class those that were called so.
    pub fn recall(&self, class: usize) -> Proportion {
        Proportion::new(self.counts[class][class], self.counts[class].iter().sum())
    }

    /// Of the pictures that were called so those that are of the class.
    pub fn precision(&self, class: usize) -> Proportion {
        Proportion::new(self.counts[class][class], self.counts.iter().map(|row| row[class]).sum())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_by_hand() {
        let mut confusion = Confusion::new(&["cat".into(), "dog".into(), "car".into()]);
        for (truth, predicted, times) in [(0, 0, 7), (0, 1, 3), (1, 1, 9), (1, 0, 1), (2, 2, 4), (2, 1, 1)] {
            (0..times).for_each(|_| confusion.add(truth, predicted));
        }
        assert_eq!(confusion.counts, [[7, 3, 0], [1, 9, 0], [0, 1, 4]]);
        assert_eq!((confusion.accuracy().correct, confusion.accuracy().n), (20, 25));
        assert_eq!((confusion.recall(0).correct, confusion.recall(0).n), (7, 10));
        assert_eq!((confusion.precision(1).correct, confusion.precision(1).n), (9, 13));
        assert_eq!(confusion.recall(2).accuracy, 0.8);
    }
}
