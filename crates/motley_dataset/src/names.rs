//! Class names that readers of other tools take for something else.

/// Hugging Face `datasets` deals files whose path holds one of these words into splits of their own, and forgets the
/// rest (`datasets.data_files.SPLIT_KEYWORDS`).
const SPLITS: [&str; 9] = ["train", "training", "validation", "valid", "dev", "val", "test", "testing", "eval"];

/// The word in a class name that Hugging Face's readers take for a split.
pub(crate) fn split_word(name: &str) -> Option<&str> {
    name.split(|c: char| "-._ ".contains(c) || c.is_ascii_digit()).find(|word| SPLITS.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_splits() {
        assert_eq!(split_word("test tube"), Some("test"));
        assert_eq!(split_word("train2"), Some("train"));
        assert_eq!((split_word("trainer"), split_word("Test")), (None, None));
    }
}
