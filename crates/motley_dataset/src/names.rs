//! Class names, which are folder names on every system.

use thiserror::Error;

/// A class name that cannot be a folder.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("class name {name:?} {problem}")]
pub struct ClassNameError {
    /// The name.
    pub name: String,
    /// What is wrong with it and what to write instead.
    pub problem: String,
}

/// Files that stand beside the class folders.
const TAKEN: [&str; 6] = ["metadata.jsonl", "motley.json", "scene.ron", "annotations.json", "data.yaml", "yolo.txt"];

/// Windows keeps these for devices, with any extension: "Naming Files, Paths, and Namespaces", Win32 documentation.
const DEVICES: [&str; 4] = ["CON", "PRN", "AUX", "NUL"];

/// Checks that a class name can be the name of its folder on Linux, macOS and Windows alike.
///
/// # Errors
/// If it is empty or longer than 100 bytes, holds a separator, a control character or one of `:*?"<>|`, starts with a
/// dot or a space, ends with one, or is a name that Windows or the dataset itself uses.
pub fn safe_class_name(name: &str) -> Result<(), ClassNameError> {
    let fault = |problem: String| Err(ClassNameError { name: name.to_owned(), problem });
    if name.is_empty() {
        return fault("is empty: write a word such as \"cat\"".into());
    }
    if name.len() > 100 {
        return fault(format!("has {} bytes: write at most 100", name.len()));
    }
    if let Some(bad) = name.chars().find(|c| c.is_control() || r#"/\:*?"<>|"#.contains(*c)) {
        return fault(format!("holds {bad:?}, which a folder name may not: leave it out or write \"_\""));
    }
    if name.starts_with(['.', ' ']) || name.ends_with(['.', ' ']) {
        return fault("starts or ends with a dot or a space: leave that out".into());
    }
    let stem = name.split('.').next().unwrap_or(name).trim_end().to_ascii_uppercase();
    let port =
        (stem.starts_with("COM") || stem.starts_with("LPT")) && stem.len() == 4 && stem.ends_with(char::is_numeric);
    if DEVICES.contains(&stem.as_str()) || port {
        return fault("is a device's name on Windows: write a longer word".into());
    }
    let lower = name.to_lowercase();
    if TAKEN.contains(&lower.as_str()) || (lower.starts_with("shard-") && lower.ends_with(".tar")) {
        return fault("is the name of a file of the dataset: write another word".into());
    }
    Ok(())
}

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

    #[test]
    fn names() {
        for good in ["cat", "Hauskatze", "road bike", "猫", "t-shirt", "v1.2", "console", "comb"] {
            assert_eq!(safe_class_name(good), Ok(()), "{good}");
        }
        let long = "x".repeat(101);
        let bad = [
            "",
            ".",
            "..",
            "../cat",
            "a/b",
            "a\\b",
            ".hidden",
            " cat",
            "cat ",
            "cat.",
            "a\0b",
            "a\nb",
            "c:",
            "nul",
            "CON.x",
            "com1",
            "LPT9.txt",
            "metadata.jsonl",
            "Yolo.txt",
            "shard-000000.tar",
            &long,
        ];
        for bad in bad {
            let error = safe_class_name(bad).expect_err(bad).to_string();
            assert!(error.contains(": "), "names the mend: {error}");
        }
    }
}
