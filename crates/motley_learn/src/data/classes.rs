//! Class names, whatever their spelling.

use super::DataError;

/// Words for the same thing, the first being the one that is compared.
const SYNONYMS: &[&[&str]] = &[
    &["bike", "bicycle", "push bike", "road bike"],
    &["car", "automobile", "motorcar", "motor car"],
    &["cat", "kitten", "domestic cat"],
    &["dog", "puppy", "domestic dog"],
    &["person", "people", "human", "pedestrian"],
    &["none", "background", "no bike no person", "other"],
];

/// The classes of a model: their names in a fixed order, in which a class's position is its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Classes {
    names: Vec<String>,
}

impl Classes {
    /// A given list, in its order.
    ///
    /// # Errors
    /// If it is empty, or two names mean the same.
    pub fn given(names: impl IntoIterator<Item = impl Into<String>>) -> Result<Self, DataError> {
        let names: Vec<String> = names.into_iter().map(Into::into).collect();
        if names.is_empty() {
            return Err(DataError::Classes("the list is empty: name at least one".into()));
        }
        for (i, name) in names.iter().enumerate() {
            if key(name).is_empty() {
                return Err(DataError::Classes(format!("{name:?} is no name: write a word")));
            }
            if let Some(other) = names[..i].iter().find(|other| key(other) == key(name)) {
                return Err(DataError::Classes(format!("{other:?} and {name:?} mean the same: leave one of them out")));
            }
        }
        Ok(Self { names })
    }

    /// The classes that `words` name, sorted. Of several spellings the shortest is taken, of equally long ones the first
    /// in the alphabet.
    ///
    /// # Errors
    /// If there is none.
    pub fn found<'a>(words: impl IntoIterator<Item = &'a str>) -> Result<Self, DataError> {
        let mut words: Vec<&str> = words.into_iter().filter(|word| !key(word).is_empty()).collect();
        words.sort_by_key(|word| (word.chars().count(), word.to_lowercase()));
        let mut names: Vec<String> = Vec::new();
        for word in words {
            if !names.iter().any(|name| key(name) == key(word)) {
                names.push(word.to_owned());
            }
        }
        names.sort();
        Self::given(names)
    }

    /// The names.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Never: see [`given`](Self::given).
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The number of the class that a word names: case, plural, separators and common synonyms do not matter.
    pub fn find(&self, word: &str) -> Option<usize> {
        // A name that is spelt the same wins over a synonym.
        self.names.iter().position(|name| name == word).or_else(|| {
            let wanted = key(word);
            self.names.iter().position(|name| key(name) == wanted)
        })
    }
}

/// What two spellings of one class have in common.
fn key(word: &str) -> String {
    let plain: String = word
        .trim()
        .chars()
        .map(|c| if matches!(c, '_' | '-' | '.') { ' ' } else { c })
        .flat_map(char::to_lowercase)
        .collect();
    let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let singular = singular(&plain);
    let group = SYNONYMS.iter().find(|group| group.contains(&plain.as_str()) || group.contains(&singular.as_str()));
    group.map_or(singular, |group| group[0].to_owned())
}

/// Without the plural's ending. It need not be a word, only the same for both forms.
fn singular(word: &str) -> String {
    if let Some(stem) = word.strip_suffix("ies").filter(|stem| stem.len() > 1) {
        return format!("{stem}y");
    }
    match word.strip_suffix('s') {
        Some(stem) if stem.len() > 2 && !stem.ends_with('s') => stem.to_owned(),
        _ => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings() {
        let classes = Classes::given(["dog", "cat", "bike", "car", "none"]).unwrap();
        for (word, want) in [
            ("dog", Some(0)),
            ("Dogs", Some(0)),
            ("puppies", Some(0)),
            ("CATS", Some(1)),
            ("bicycle", Some(2)),
            ("bicycles", Some(2)),
            ("bikes", Some(2)),
            ("cars", Some(3)),
            ("automobile", Some(3)),
            ("no_bike_no_person", Some(4)),
            ("background", Some(4)),
            ("bus", None),
            ("catfish", None),
        ] {
            assert_eq!(classes.find(word), want, "{word}");
        }
        assert_eq!(Classes::given(["glass", "bus"]).unwrap().find("buss"), None);
    }

    #[test]
    fn found_are_sorted_and_merged() {
        let classes = Classes::found(["dogs", "bicycle", "cat", "dog", "bikes", "cats"]).unwrap();
        assert_eq!(classes.names(), ["bikes", "cat", "dog"]);
        assert_eq!(classes.find("bicycle"), Some(0));
    }

    #[test]
    fn doubles_and_nothing() {
        assert!(Classes::given(["cat", "Cats"]).unwrap_err().to_string().contains("leave one of them out"));
        assert!(Classes::given([] as [&str; 0]).is_err());
        assert!(Classes::given(["cat", " "]).is_err());
    }
}
