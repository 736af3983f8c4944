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
    found: Vec<Found>,
    places: BTreeMap<String, usize>,
}

/// A fault whose line and column are not counted yet: that is done once for all, at the end.
#[derive(Debug)]
struct Found {
    /// Byte offset, if it has a place.
    offset: Option<usize>,
    /// Was it found while a field was read, not by looking at several fields?
    reading: bool,
    fault: Fault,
}

/// Longest message and path in characters: whoever reads them needs no more.
const LONGEST: usize = 2000;

impl Faults {
    /// For faults in `text`.
    pub fn new(text: &str) -> Self {
        Self { text: text.to_owned(), ..Self::default() }
    }

    /// Notes a fault at a byte offset.
    fn note_at(&mut self, offset: Option<usize>, reading: bool, path: &str, message: impl Into<String>) {
        let fault =
            Fault { line: 0, column: 0, path: shorten(path, LONGEST), message: shorten(&message.into(), LONGEST) };
        self.found.push(Found { offset, reading, fault });
    }

    /// Notes a fault of a node.
    pub fn note(&mut self, node: &Node<'_>, message: impl Into<String>) {
        self.note_at(Some(node.offset), true, &node.path, message);
    }

    /// Notes a fault of a field's name, which stands before its value.
    pub fn note_name(&mut self, node: &Node<'_>, name: &str, message: impl Into<String>) {
        let before = self.text.get(..node.offset).unwrap_or_default();
        let offset = before.rfind(name).unwrap_or(node.offset);
        self.note_at(Some(offset), true, &node.path, message);
    }

    /// Notes a fault of a field by its path, after reading: the place of the field, or of the nearest parent that was written.
    ///
    /// A field that could not be read has its default here. What is wrong with that is no news, so a fault of a field whose
    /// reading failed, wholly or in part, is left out.
    pub fn note_path(&mut self, path: &str, message: impl Into<String>) {
        let within = |inner: &str, outer: &str| {
            inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        };
        let unread = self.found.iter().filter(|found| found.reading).map(|found| &found.fault.path);
        if unread.clone().any(|other| within(other, path) || within(path, other)) {
            return;
        }
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
        self.note_at(offset, false, path, message);
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
        self.found.sort_by_key(|found| found.offset);
        let (mut at, mut line, mut column) = (0, 1, 1);
        for Found { offset, fault, .. } in &mut self.found {
            let Some(offset) = *offset else { continue };
            for c in self.text.get(at..offset).unwrap_or_default().chars() {
                (line, column) = if c == '\n' { (line + 1, 1) } else { (line, column + 1) };
            }
            at = offset;
            (fault.line, fault.column) = (line, column);
        }
        self.found.into_iter().map(|found| found.fault).collect()
    }
}

/// The start of a text, with … where it was cut.
fn shorten(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
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
        if skip_blank(text).is_empty() {
            faults.note_at(
                Some(0),
                true,
                "",
                r#"the file is empty; write a scene, such as (classes: [(name: "cat"), (name: "dog")])"#,
            );
            return None;
        }
        let whole = text;
        // A byte order mark and a comment on the last line are no faults.
        let text = trim_blank(text.trim_start_matches('\u{feff}'));
        let base = text.as_ptr() as usize - whole.as_ptr() as usize;
        match ron::from_str::<&RawValue>(text) {
            Ok(raw) => Some(Self::new(raw, text, base, String::new(), faults)),
            Err(error) => {
                let start = error.span.start;
                let offset = text.split_inclusive('\n').take(start.line.saturating_sub(1)).map(str::len).sum::<usize>();
                let line = text[offset..].split('\n').next().unwrap_or_default();
                let within = line.char_indices().nth(start.col.saturating_sub(1)).map_or(line.len(), |(at, _)| at);
                let message = match error.code {
                    // RON's own words are for programmers: they name its options.
                    ron::Error::ExceededRecursionLimit => {
                        "too deep: no scene has so many brackets within brackets".to_owned()
                    }
                    code => format!("not RON: {code}. Check the brackets, commas and quotes before this place"),
                };
                faults.note_at(Some(base + offset + within), true, "", message);
                None
            }
        }
    }

    fn new(raw: &'a RawValue, whole: &str, base: usize, path: String, faults: &mut Faults) -> Self {
        let text = trim_blank(raw.get_ron());
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
        let text = trim_blank(text);
        let text = text.strip_suffix(',').map_or(text, trim_blank);
        Node { text, offset: self.offset + 1 + start, path: self.path.clone() }
    }

    /// The fields of `(a: 1, b: 2)`, in the order of the text; duplicates are noted and dropped.
    pub fn fields(&self, faults: &mut Faults) -> Option<Vec<(String, Node<'a>)>> {
        self.fields_such_as("(name: value)", faults)
    }

    /// The same; where there are none, the message shows what they look like.
    pub fn fields_such_as(&self, example: &str, faults: &mut Faults) -> Option<Vec<(String, Node<'a>)>> {
        let Fields(raw) = self.split(faults, &format!("fields in round brackets, such as {example}"))?;
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
        // More than what is shown is never looked at: the text may be long.
        let start: Vec<&str> = self.text.split_whitespace().take(40).collect();
        format!("`{}`", shorten(&start.join(" "), 40))
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

/// Cuts white space and comments off both ends.
pub(crate) fn trim_blank(text: &str) -> &str {
    let text = skip_blank(text);
    let (mut at, mut end) = (0, 0);
    while at < text.len() {
        let rest = skip_blank(&text[at..]);
        at = text.len() - rest.len();
        at += token_length(rest);
        if !rest.is_empty() {
            end = at;
        }
    }
    &text[..end]
}

/// Bytes of the text, raw text or character at the start, or of one other character: what may hold slashes and quotes that
/// are no comments.
fn token_length(text: &str) -> usize {
    let quoted = |quote: char| {
        let mut escaped = false;
        let end = text.char_indices().skip(1).find(|&(_, c)| {
            let ends = c == quote && !escaped;
            escaped = c == '\\' && !escaped;
            ends
        });
        end.map_or(text.len(), |(at, _)| at + 1)
    };
    let hashes = text.strip_prefix('r').map_or(0, |rest| rest.len() - rest.trim_start_matches('#').len());
    if text.starts_with('r') && text[1 + hashes..].starts_with('"') {
        let close = format!("\"{}", "#".repeat(hashes));
        let body = 2 + hashes;
        return text[body..].find(&close).map_or(text.len(), |at| body + at + close.len());
    }
    match text.chars().next() {
        Some('"') => quoted('"'),
        Some('\'') => quoted('\''),
        Some(c) => c.len_utf8(),
        None => 0,
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
