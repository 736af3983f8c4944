//! Fields of a scene file: read with all their faults, checked against their limits, described for panels, written back.
//!
//! [`fields!`](crate::fields) declares a struct once — names, types, defaults, limits, units, documentation — and everything
//! else follows from that one declaration.

use std::fmt::Write;

use crate::{
    distribution::Scalar,
    slot::Slot,
    source::{Faults, Node},
};

/// What a number in a field may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Smallest value.
    pub min: f64,
    /// Largest value.
    pub max: f64,
    /// Unit, for messages and panels; empty for a plain number.
    pub unit: &'static str,
}

impl Limits {
    /// No limits.
    pub const NONE: Self = Self { min: f64::NEG_INFINITY, max: f64::INFINITY, unit: "" };

    /// Notes a fault when `value` lies outside.
    pub fn check(&self, value: f64, node: &Node<'_>, faults: &mut Faults) -> bool {
        let fits = value >= self.min && value <= self.max;
        if !fits {
            let nearest = if value < self.min { self.min } else { self.max };
            let mend = if self.min < self.max {
                format!("write {nearest} or a value between")
            } else {
                format!("write {nearest}")
            };
            faults.note(node, format!("{value} is outside {}; {mend}", self.shown()));
        }
        fits
    }

    /// Such as `0 to 1 m`.
    pub fn shown(&self) -> String {
        let unit = if self.unit.is_empty() { String::new() } else { format!(" {}", self.unit) };
        match (self.min.is_finite(), self.max.is_finite()) {
            (true, true) if self.min == self.max => format!("what is possible, which is {}{unit} alone", self.min),
            (true, true) => format!("{} to {}{unit}", self.min, self.max),
            (true, false) => format!("{} and above{unit}", self.min),
            (false, true) => format!("{} and below{unit}", self.max),
            (false, false) => format!("any number{unit}"),
        }
    }
}

/// What is known of a field without a value: enough to draw a panel from it.
#[derive(Clone, Copy, Debug)]
pub struct FieldInfo {
    /// Name in the scene file.
    pub name: &'static str,
    /// One or more sentences.
    pub doc: &'static str,
    /// Limits of its numbers.
    pub limits: Limits,
    /// What kind of value it takes, in words.
    pub expects: &'static str,
}

/// A value that stands in a scene file.
pub trait Field: Sized {
    /// What to write, in words.
    const EXPECTS: &'static str;

    /// Reads a node; faults are noted. `None` when nothing can be made of it; with faults noted, the value is only good for
    /// finding more of them.
    fn read(node: &Node<'_>, limits: &Limits, faults: &mut Faults) -> Option<Self>;

    /// Writes RON; `indent` is the number of spaces before a continued line.
    fn write(&self, out: &mut String, indent: usize);

    /// A mutable view of it, for panels.
    fn slot(&mut self) -> Slot<'_>;

    /// What a new item of a list begins with.
    fn fresh() -> Self;

    /// The distribution of a single number, if that is what the field is.
    fn as_scalar(&self) -> Option<&Scalar> {
        None
    }
}

/// A struct made by [`fields!`](crate::fields).
pub trait Described: Field + Default {
    /// Its fields in order.
    fn describe() -> Vec<FieldInfo>;

    /// Its fields that are distributions of one number.
    fn scalars(&self) -> Vec<(&'static str, &Scalar)>;
}

impl Field for bool {
    const EXPECTS: &'static str = "true or false";

    fn read(node: &Node<'_>, _: &Limits, faults: &mut Faults) -> Option<Self> {
        node.scalar(Self::EXPECTS, faults)
    }

    fn write(&self, out: &mut String, _: usize) {
        out.push_str(if *self { "true" } else { "false" });
    }

    fn slot(&mut self) -> Slot<'_> {
        Slot::Flag(self)
    }

    fn fresh() -> Self {
        false
    }
}

impl Field for f32 {
    const EXPECTS: &'static str = "a number";

    fn read(node: &Node<'_>, limits: &Limits, faults: &mut Faults) -> Option<Self> {
        let value: Self = node.scalar(Self::EXPECTS, faults)?;
        if !value.is_finite() {
            faults.note(node, format!("found {}; expected a finite number", node.shown()));
            return None;
        }
        limits.check(f64::from(value), node, faults).then_some(value)
    }

    fn write(&self, out: &mut String, _: usize) {
        // Rust's shortest form that reads back as the same number, with a point so that it is seen to be a float.
        write!(out, "{self:?}").unwrap_or_default();
    }

    fn slot(&mut self) -> Slot<'_> {
        Slot::Number(self)
    }

    fn fresh() -> Self {
        0.0
    }
}

macro_rules! integer_field {
    ($($type:ty),*) => {$(
        impl Field for $type {
            const EXPECTS: &'static str = "a whole number, not negative";

            fn read(node: &Node<'_>, limits: &Limits, faults: &mut Faults) -> Option<Self> {
                let value: Self = node.scalar(Self::EXPECTS, faults)?;
                limits.check(value as f64, node, faults).then_some(value)
            }

            fn write(&self, out: &mut String, _: usize) {
                write!(out, "{self}").unwrap_or_default();
            }

            fn slot(&mut self) -> Slot<'_> {
                Slot::Number(self)
            }

            fn fresh() -> Self {
                0
            }
        }
    )*};
}

integer_field!(u32, u64);

impl Field for String {
    const EXPECTS: &'static str = "a text in quotes";

    fn read(node: &Node<'_>, _: &Limits, faults: &mut Faults) -> Option<Self> {
        node.scalar(Self::EXPECTS, faults)
    }

    fn write(&self, out: &mut String, _: usize) {
        write!(out, "{self:?}").unwrap_or_default();
    }

    fn slot(&mut self) -> Slot<'_> {
        Slot::Text(self)
    }

    fn fresh() -> Self {
        Self::new()
    }
}

impl<T: Field> Field for Option<T> {
    const EXPECTS: &'static str = T::EXPECTS;

    fn read(node: &Node<'_>, limits: &Limits, faults: &mut Faults) -> Option<Self> {
        match node.variant() {
            Some(("None", None)) => Some(None),
            Some(("Some", Some(content))) => T::read(&content.unwrapped(), limits, faults).map(Some),
            _ => T::read(node, limits, faults).map(Some),
        }
    }

    fn write(&self, out: &mut String, indent: usize) {
        match self {
            Some(value) => value.write(out, indent),
            None => out.push_str("None"),
        }
    }

    fn slot(&mut self) -> Slot<'_> {
        Slot::Optional(self)
    }

    fn fresh() -> Self {
        None
    }
}

impl<T: Field> Field for Vec<T> {
    const EXPECTS: &'static str = "a list in square brackets";

    fn read(node: &Node<'_>, limits: &Limits, faults: &mut Faults) -> Option<Self> {
        // All items are read before any is given up, so that all faults are found.
        let items: Vec<_> = node.items(faults)?.iter().map(|item| T::read(item, limits, faults)).collect();
        items.into_iter().collect()
    }

    fn write(&self, out: &mut String, indent: usize) {
        out.push('[');
        for (i, item) in self.iter().enumerate() {
            if i > 0 {
                out.push_str(", ");
            }
            item.write(out, indent);
        }
        out.push(']');
    }

    fn slot(&mut self) -> Slot<'_> {
        Slot::List(self)
    }

    fn fresh() -> Self {
        Self::new()
    }
}

/// Reads a field of a struct if it is there, else gives its default.
pub fn read_field<T: Field>(
    given: &mut Vec<(String, Node<'_>)>,
    name: &str,
    limits: &Limits,
    faults: &mut Faults,
    default: impl FnOnce() -> T,
) -> Option<T> {
    match given.iter().position(|(known, _)| known == name) {
        Some(at) => {
            let (_, node) = given.remove(at);
            T::read(&node, limits, faults)
        }
        None => Some(default()),
    }
}

/// Notes every field that no reader took.
pub fn note_unknown(given: &[(String, Node<'_>)], known: &[&str], faults: &mut Faults) {
    for (name, node) in given {
        let hint = match nearest(name, known) {
            Some(close) => format!("did you mean `{close}`?"),
            None => format!("known here: {}", known.join(", ")),
        };
        faults.note_name(node, name, format!("no such field; {hint}"));
    }
}

/// The name that `word` was probably meant to be.
pub fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    known
        .iter()
        .map(|name| (edit_distance(&word.to_lowercase(), &name.to_lowercase()), *name))
        .min()
        .filter(|(distance, name)| *distance <= 1 + name.len() / 4)
        .map(|(_, name)| name)
}

/// Levenshtein distance in characters.
fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, cb) in b.iter().enumerate() {
            let next = (diagonal + usize::from(ca != *cb)).min(row[j] + 1).min(row[j + 1] + 1);
            diagonal = row[j + 1];
            row[j + 1] = next;
        }
    }
    row[b.len()]
}

/// Writes a field's documentation as comments.
pub fn write_comment(out: &mut String, indent: usize, lines: &[&str]) {
    for line in lines {
        *out += &format!("{:indent$}//{line}\n", "");
    }
}

/// Declares a struct of the scene file.
///
/// ```
/// motley_scene::fields! {
///     /// A lamp.
///     pub struct Lamp {
///         /// How bright.
///         power: f32 = 1.0, 0.0 => 10.0, "W";
///         /// Is it on?
///         on: bool = true;
///     }
/// }
/// assert!(Lamp::default().on);
/// ```
#[macro_export]
macro_rules! fields {
    (
        $(#[doc = $struct_doc:literal])*
        pub struct $Struct:ident {
            $(
                $(#[doc = $doc:literal])*
                $name:ident: $type:ty = $default:expr $(, $min:expr => $max:expr $(, $unit:literal)?)?;
            )*
        }
    ) => {
        $(#[doc = $struct_doc])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $Struct {
            $(
                $(#[doc = $doc])*
                pub $name: $type,
            )*
        }

        impl Default for $Struct {
            fn default() -> Self {
                Self { $($name: $default,)* }
            }
        }

        impl $crate::field::Described for $Struct {
            fn describe() -> Vec<$crate::field::FieldInfo> {
                vec![$(
                    $crate::field::FieldInfo {
                        name: stringify!($name),
                        doc: concat!($($doc, "\n"),*),
                        limits: $crate::fields!(@limits $($min => $max $(, $unit)?)?),
                        expects: <$type as $crate::field::Field>::EXPECTS,
                    },
                )*]
            }

            fn scalars(&self) -> Vec<(&'static str, &$crate::distribution::Scalar)> {
                [$((stringify!($name), $crate::field::Field::as_scalar(&self.$name)),)*]
                    .into_iter()
                    .filter_map(|(name, scalar)| Some((name, scalar?)))
                    .collect()
            }
        }

        impl $crate::slot::Record for $Struct {
            fn parts(&mut self) -> Vec<$crate::slot::Part<'_>> {
                let slots = [$($crate::field::Field::slot(&mut self.$name),)*];
                let infos = <Self as $crate::field::Described>::describe();
                infos.into_iter().zip(slots).map(|(info, slot)| $crate::slot::Part { info, slot }).collect()
            }
        }

        impl $crate::field::Field for $Struct {
            const EXPECTS: &'static str = "fields in round brackets, such as (name: value)";

            fn read(
                node: &$crate::source::Node<'_>,
                _: &$crate::field::Limits,
                faults: &mut $crate::source::Faults,
            ) -> Option<Self> {
                let mut given = node.fields(faults)?;
                // A field that cannot be read gets its default for now: checks of the whole then find further faults.
                $(
                    let $name = $crate::field::read_field(
                        &mut given,
                        stringify!($name),
                        &$crate::fields!(@limits $($min => $max $(, $unit)?)?),
                        faults,
                        || -> $type { $default },
                    )
                    .unwrap_or_else(|| -> $type { $default });
                )*
                $crate::field::note_unknown(&given, &[$(stringify!($name)),*], faults);
                Some(Self { $($name,)* })
            }

            fn write(&self, out: &mut String, indent: usize) {
                out.push_str("(\n");
                $(
                    $crate::field::write_comment(out, indent + 4, &[$($doc),*]);
                    out.push_str(&" ".repeat(indent + 4));
                    out.push_str(concat!(stringify!($name), ": "));
                    $crate::field::Field::write(&self.$name, out, indent + 4);
                    out.push_str(",\n");
                )*
                out.push_str(&" ".repeat(indent));
                out.push(')');
            }

            fn slot(&mut self) -> $crate::slot::Slot<'_> {
                $crate::slot::Slot::Record(self)
            }

            fn fresh() -> Self {
                Self::default()
            }
        }
    };
    (@limits) => { $crate::field::Limits::NONE };
    (@limits $min:expr => $max:expr) => { $crate::fields!(@limits $min => $max, "") };
    (@limits $min:expr => $max:expr, $unit:literal) => {
        $crate::field::Limits { min: $min as f64, max: $max as f64, unit: $unit }
    };
}
