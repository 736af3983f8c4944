//! Reading RON so that every value knows where it stands.
//!
//! 1. `ron` checks the syntax of the whole text and splits it into raw values that still point into it.
//! 2. A [`Node`] is such a raw value with its offset and the path of fields that leads to it.
//! 3. Readers ([`crate::field::Field`]) take what they understand from a node and note every [`Fault`] in [`Faults`]
//!    instead of stopping at the first.

use std::{collections::BTreeMap, fmt};

use ron::value::RawValue;
use serde::{
    Deserialize,
    de::{MapAccess, SeqAccess, Visitor},
};

/// Something wrong in a scene file, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Line, from 1; 0 when the fault has no place in the text.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// Path of the field, such as `lighting.temperature`; empty for the file itself.
    pub path: String,
    /// What is wrong: the value, what is allowed and what to write instead.
    pub message: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line > 0 {
            write!(f, "{}:{}: ", self.line, self.column)?;
        }
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)
    }
}

/// All faults found so far, and where each field stands.
#[derive(Debug, Default)]
pub struct Faults {
    text: String,
    found: Vec<Fault>,
    places: BTreeMap<String, usize>,
}

impl Faults {
    /// For faults in `text`.
    pub fn new(text: &str) -> Self {
        Self { text: text.to_owned(), ..Self::default() }
    }

    /// Notes a fault at a byte offset.
    fn note_at(&mut self, offset: usize, path: &str, message: impl Into<String>) {
        let before = &self.text[..offset.min(self.text.len())];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        self.found.push(Fault { line, column, path: path.to_owned(), message: message.into() });
    }

    /// Notes a fault of a node.
    pub fn note(&mut self, node: &Node<'_>, message: impl Into<String>) {
        self.note_at(node.offset, &node.path, message);
    }

    /// Notes a fault of a field by its path, after reading: the place of the field, or of the nearest parent that was written.
    pub fn note_path(&mut self, path: &str, message: impl Into<String>) {
        let mut parent = path;
        let offset = loop {
            if let Some(&offset) = self.places.get(parent) {
                break Some(offset);
            }
            match parent.rfind(['.', '[']) {
                Some(cut) => parent = &parent[..cut],
                None => break self.places.get("").copied(),
            }
        };
        match offset {
            Some(offset) => self.note_at(offset, path, message),
            None => self.found.push(Fault { line: 0, column: 0, path: path.to_owned(), message: message.into() }),
        }
    }

    /// Were there none?
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.found.len()
    }

    /// The faults in the order of the text.
    pub fn into_sorted(mut self) -> Vec<Fault> {
        self.found.sort_by_key(|f| (f.line, f.column));
        self.found
    }
}

/// A value in the text.
#[derive(Clone, Debug)]
pub struct Node<'a> {
    /// Its text, without what surrounds it.
    pub text: &'a str,
    /// Byte offset of `text` within the file.
    pub offset: usize,
    /// Path of fields from the root.
    pub path: String,
}

impl<'a> Node<'a> {
    /// The whole file, if its syntax is right.
    pub fn root(text: &'a str, faults: &mut Faults) -> Option<Self> {
        match ron::from_str::<&RawValue>(text) {
            Ok(raw) => Some(Self::new(raw, text, 0, String::new(), faults)),
            Err(error) => {
                let start = error.span.start;
                let offset = text.split_inclusive('\n').take(start.line.saturating_sub(1)).map(str::len).sum::<usize>();
                let line = text[offset..].split('\n').next().unwrap_or_default();
                let within = line.char_indices().nth(start.col.saturating_sub(1)).map_or(line.len(), |(at, _)| at);
                faults.note_at(
                    offset + within,
                    "",
                    format!("not RON: {}. Check the brackets, commas and quotes before this place", error.code),
                );
                None
            }
        }
    }

    fn new(raw: &'a RawValue, whole: &str, base: usize, path: String, faults: &mut Faults) -> Self {
        let text = skip_blank(raw.get_ron().trim());
        let text = text.trim_end();
        // `raw` borrows from `whole`, which starts at `base` in the file.
        let offset = base + (text.as_ptr() as usize).saturating_sub(whole.as_ptr() as usize);
        faults.places.insert(path.clone(), offset);
        Self { text, offset, path }
    }

    fn child(&self, raw: &'a RawValue, inside: &str, path: String, faults: &mut Faults) -> Self {
        let base = self.offset + (inside.as_ptr() as usize - self.text.as_ptr() as usize);
        Node::new(raw, inside, base, path, faults)
    }

    /// The name of an enum variant, unit or with content, and the content in brackets if there is any.
    pub fn variant(&self) -> Option<(&'a str, Option<Node<'a>>)> {
        let end = self.text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(self.text.len());
        let name = &self.text[..end];
        if !name.starts_with(|c: char| c.is_alphabetic() || c == '_') {
            return None;
        }
        let rest = skip_blank(&self.text[end..]);
        let content = rest.starts_with('(').then(|| Node {
            text: rest,
            offset: self.offset + self.text.len() - rest.len(),
            path: self.path.clone(),
        });
        (content.is_some() || rest.is_empty()).then_some((name, content))
    }

    /// The node inside the brackets of `(…)`, for variants with one value.
    pub fn unwrapped(&self) -> Node<'a> {
        let text = self.text.strip_prefix('(').and_then(|t| t.strip_suffix(')')).unwrap_or(self.text);
        let start = text.len() - skip_blank(text).len();
        let text = text[start..].trim_end();
        let text = text.strip_suffix(',').unwrap_or(text).trim_end();
        Node { text, offset: self.offset + 1 + start, path: self.path.clone() }
    }

    /// The fields of `(a: 1, b: 2)`, in the order of the text; duplicates are noted and dropped.
    pub fn fields(&self, faults: &mut Faults) -> Option<Vec<(String, Node<'a>)>> {
        let Fields(raw) = self.split(faults, "fields in round brackets, such as (name: value)")?;
        let mut fields: Vec<(String, Node<'a>)> = Vec::new();
        for (name, raw) in raw {
            let path = if self.path.is_empty() { name.clone() } else { format!("{}.{name}", self.path) };
            let node = self.child(raw, self.text, path, faults);
            if fields.iter().any(|(known, _)| *known == name) {
                faults.note(&node, "is given twice; remove one");
            } else {
                fields.push((name, node));
            }
        }
        Some(fields)
    }

    /// The items of `[a, b]`.
    pub fn items(&self, faults: &mut Faults) -> Option<Vec<Node<'a>>> {
        if !self.text.starts_with('[') {
            faults.note(self, format!("found {}; expected a list in square brackets, such as [a, b]", self.shown()));
            return None;
        }
        let Items(raw) = self.split(faults, "a list in square brackets, such as [a, b]")?;
        Some(
            raw.into_iter()
                .enumerate()
                .map(|(i, raw)| self.child(raw, self.text, format!("{}[{i}]", self.path), faults))
                .collect(),
        )
    }

    /// The entries of `{"a": 1}`.
    pub fn entries(&self, faults: &mut Faults) -> Option<Vec<(String, Node<'a>)>> {
        let Entries(raw) = self.split(faults, "a map in curly brackets, such as {\"a\": 1}")?;
        Some(
            raw.into_iter()
                .map(|(key, raw)| {
                    let path = format!("{}.{key}", self.path);
                    let node = self.child(raw, self.text, path, faults);
                    (key, node)
                })
                .collect(),
        )
    }

    /// A number, string or boolean.
    pub fn scalar<T: Deserialize<'a>>(&self, expected: &str, faults: &mut Faults) -> Option<T> {
        match ron::from_str(self.text) {
            Ok(value) => Some(value),
            Err(_) => {
                faults.note(self, format!("found {}; expected {expected}", self.shown()));
                None
            }
        }
    }

    /// The start of the text, for messages.
    pub fn shown(&self) -> String {
        let mut flat: String = self.text.split_whitespace().collect::<Vec<_>>().join(" ");
        if flat.chars().count() > 40 {
            flat = flat.chars().take(37).collect::<String>() + "…";
        }
        format!("`{flat}`")
    }

    fn split<T: Deserialize<'a>>(&self, faults: &mut Faults, expected: &str) -> Option<T> {
        match ron::from_str(self.text) {
            Ok(value) => Some(value),
            Err(_) => {
                faults.note(self, format!("found {}; expected {expected}", self.shown()));
                None
            }
        }
    }
}

/// Skips white space and comments at the start.
fn skip_blank(mut text: &str) -> &str {
    loop {
        text = text.trim_start();
        if let Some(rest) = text.strip_prefix("//") {
            text = rest.split_once('\n').map_or("", |(_, rest)| rest);
        } else if text.starts_with("/*") {
            let mut depth = 0;
            let mut at = 0;
            while at < text.len() {
                if text[at..].starts_with("/*") {
                    depth += 1;
                    at += 2;
                } else if text[at..].starts_with("*/") {
                    depth -= 1;
                    at += 2;
                    if depth == 0 {
                        break;
                    }
                } else {
                    at += text[at..].chars().next().map_or(1, char::len_utf8);
                }
            }
            text = &text[at..];
        } else {
            return text;
        }
    }
}

struct Fields<'a>(Vec<(String, &'a RawValue)>);
struct Items<'a>(Vec<&'a RawValue>);
struct Entries<'a>(Vec<(String, &'a RawValue)>);

/// A field name, whatever it is.
struct Name(String);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameVisitor;
        impl Visitor<'_> for NameVisitor {
            type Value = Name;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a field name")
            }
            fn visit_str<E>(self, name: &str) -> Result<Name, E> {
                Ok(Name(name.to_owned()))
            }
        }
        deserializer.deserialize_identifier(NameVisitor)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FieldsVisitor;
        impl<'de> Visitor<'de> for FieldsVisitor {
            type Value = Fields<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("fields in round brackets")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Vec::new();
                while let Some(Name(name)) = map.next_key()? {
                    fields.push((name, map.next_value()?));
                }
                Ok(Fields(fields))
            }
        }
        // The name and the list of fields serve error messages only: `ron` takes any field here.
        deserializer.deserialize_struct("", &[], FieldsVisitor)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Items<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ItemsVisitor;
        impl<'de> Visitor<'de> for ItemsVisitor {
            type Value = Items<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list in square brackets")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element()? {
                    items.push(item);
                }
                Ok(Items(items))
            }
        }
        deserializer.deserialize_seq(ItemsVisitor)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Entries<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct EntriesVisitor;
        impl<'de> Visitor<'de> for EntriesVisitor {
            type Value = Entries<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map in curly brackets")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(key) = map.next_key::<String>()? {
                    entries.push((key, map.next_value()?));
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(EntriesVisitor)
    }
}
