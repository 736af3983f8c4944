//! Fields as they are edited: a mutable view of each with its description, so that a panel needs to know no parameter.
//!
//! [`fields!`](crate::fields) derives a [`Record`] from a declaration; every other kind of value says here what it is.

use crate::{
    distribution::{Names, Scalar},
    field::{Field, FieldInfo},
};

/// A field that can be edited, by its kind.
pub enum Slot<'a> {
    /// True or false.
    Flag(&'a mut bool),
    /// One number.
    Number(&'a mut dyn Number),
    /// A text.
    Text(&'a mut String),
    /// A distribution of one number.
    Scalar(&'a mut Scalar),
    /// Which of the things in the catalogue.
    Names(&'a mut Names),
    /// One of several variants.
    Choice(&'a mut dyn Choice),
    /// Any number of values of one kind.
    List(&'a mut dyn List),
    /// A value or none.
    Optional(&'a mut dyn Optional),
    /// Fields of its own.
    Record(&'a mut dyn Record),
    /// Something that only the text of the scene file can change.
    Fixed,
}

impl Slot<'_> {
    /// Takes the value of another field of the same kind, such as its default. Other kinds change nothing.
    pub fn set_to(self, other: Slot<'_>) {
        match (self, other) {
            (Slot::Flag(to), Slot::Flag(from)) => *to = *from,
            (Slot::Number(to), Slot::Number(from)) => to.set(from.get()),
            (Slot::Text(to), Slot::Text(from)) => to.clone_from(from),
            (Slot::Scalar(to), Slot::Scalar(from)) => to.clone_from(from),
            (Slot::Names(to), Slot::Names(from)) => to.clone_from(from),
            (Slot::Choice(to), Slot::Choice(from)) => {
                to.choose(from.chosen());
                set_parts(to.parts(), from.parts());
            }
            (Slot::List(to), Slot::List(from)) => {
                while to.len() > from.len() {
                    to.remove(to.len() - 1);
                }
                for at in 0..from.len() {
                    if at == to.len() {
                        to.push();
                    }
                    if let (Some(to), Some(from)) = (to.item(at), from.item(at)) {
                        to.set_to(from);
                    }
                }
            }
            (Slot::Optional(to), Slot::Optional(from)) => {
                let from = from.value();
                to.set(from.is_some());
                if let (Some(to), Some(from)) = (to.value(), from) {
                    to.set_to(from);
                }
            }
            (Slot::Record(to), Slot::Record(from)) => set_parts(to.parts(), from.parts()),
            _ => {}
        }
    }
}

fn set_parts(to: Vec<Part<'_>>, from: Vec<Part<'_>>) {
    to.into_iter().zip(from).for_each(|(to, from)| to.slot.set_to(from.slot));
}

/// A field of a record or of a variant.
pub struct Part<'a> {
    /// Its description. The name is empty where a variant has one value alone.
    pub info: FieldInfo,
    /// Its value.
    pub slot: Slot<'a>,
}

/// A struct made by [`fields!`](crate::fields).
pub trait Record {
    /// Its fields in order.
    fn parts(&mut self) -> Vec<Part<'_>>;
}

/// A number of any type. A `u64` above 2⁵³ is rounded when it is read as `f64`, and kept as long as it is not set.
pub trait Number {
    /// Its value.
    fn get(&self) -> f64;

    /// Sets it to the nearest value that its type has.
    fn set(&mut self, value: f64);

    /// Is it a whole number?
    fn is_whole(&self) -> bool;
}

/// A list.
pub trait List {
    /// How many items there are.
    fn len(&self) -> usize;

    /// Are there none?
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// An item, if there is one of that number.
    fn item(&mut self, at: usize) -> Option<Slot<'_>>;

    /// Adds a fresh item at the end.
    fn push(&mut self);

    /// Removes an item, if there is one of that number.
    fn remove(&mut self, at: usize);
}

/// A value or none.
pub trait Optional {
    /// The value, if there is one.
    fn value(&mut self) -> Option<Slot<'_>>;

    /// Puts a fresh value there, or takes it away.
    fn set(&mut self, some: bool);
}

/// An enum.
pub trait Choice {
    /// Names of its variants.
    fn variants(&self) -> &'static [&'static str];

    /// Number of the variant that it is.
    fn chosen(&self) -> usize;

    /// Becomes another variant, with fresh values where the old one has none to give.
    fn choose(&mut self, variant: usize);

    /// The values of the variant.
    fn parts(&mut self) -> Vec<Part<'_>> {
        Vec::new()
    }
}

macro_rules! numbers {
    ($($type:ty, $whole:literal;)*) => {$(
        impl Number for $type {
            fn get(&self) -> f64 {
                *self as f64
            }

            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` saturates, which is what is meant")]
            fn set(&mut self, value: f64) {
                *self = (if $whole { value.round() } else { value }) as $type;
            }

            fn is_whole(&self) -> bool {
                $whole
            }
        }
    )*};
}

numbers! {
    f32, false;
    u8, true;
    u32, true;
    u64, true;
}

impl<T: Field> List for Vec<T> {
    fn len(&self) -> usize {
        self.len()
    }

    fn item(&mut self, at: usize) -> Option<Slot<'_>> {
        self.get_mut(at).map(Field::slot)
    }

    fn push(&mut self) {
        self.push(T::fresh());
    }

    fn remove(&mut self, at: usize) {
        if at < self.len() {
            self.remove(at);
        }
    }
}

impl<T: Field> Optional for Option<T> {
    fn value(&mut self) -> Option<Slot<'_>> {
        self.as_mut().map(Field::slot)
    }

    fn set(&mut self, some: bool) {
        *self = some.then(T::fresh);
    }
}

/// Makes an enum whose variants are plain words a field of the scene file and a [`Choice`]; the first variant is a fresh one's.
#[macro_export]
macro_rules! plain_choice {
    ($Type:ty, $expects:expr; $First:ident $(, $Variant:ident)*) => {
        impl $crate::field::Field for $Type {
            const EXPECTS: &'static str = $expects;

            fn read(
                node: &$crate::source::Node<'_>,
                _: &$crate::field::Limits,
                faults: &mut $crate::source::Faults,
            ) -> Option<Self> {
                match node.text {
                    stringify!($First) => Some(Self::$First),
                    $(stringify!($Variant) => Some(Self::$Variant),)*
                    other => {
                        let hint = $crate::field::nearest(other, &[stringify!($First) $(, stringify!($Variant))*])
                            .map_or_else(String::new, |known| format!("; did you mean {known}?"));
                        faults.note(node, format!("found {}; expected {}{hint}", node.shown(), Self::EXPECTS));
                        None
                    }
                }
            }

            fn write(&self, out: &mut String, _: usize) {
                *out += match self {
                    Self::$First => stringify!($First),
                    $(Self::$Variant => stringify!($Variant),)*
                };
            }

            fn slot(&mut self) -> $crate::slot::Slot<'_> {
                $crate::slot::Slot::Choice(self)
            }

            fn fresh() -> Self {
                Self::$First
            }
        }

        impl $crate::slot::Choice for $Type {
            fn variants(&self) -> &'static [&'static str] {
                &[stringify!($First) $(, stringify!($Variant))*]
            }

            fn chosen(&self) -> usize {
                [<$Type>::$First $(, <$Type>::$Variant)*].iter().position(|known| known == self).unwrap_or_default()
            }

            fn choose(&mut self, variant: usize) {
                if let Some(chosen) = [<$Type>::$First $(, <$Type>::$Variant)*].get(variant) {
                    *self = *chosen;
                }
            }
        }
    };
}
pub use plain_choice;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::{Class, ImageForm, Scene};

    fn visit(slot: Slot<'_>, seen: &mut Vec<&'static str>) {
        match slot {
            Slot::Flag(value) => *value = !*value,
            Slot::Number(number) => number.set(number.get() + 1.0),
            Slot::Text(text) => text.push('x'),
            Slot::Scalar(scalar) => *scalar = Scalar::Constant(7.0),
            Slot::Names(names) => *names = Names::Only(vec!["one".to_owned()]),
            Slot::Choice(choice) => {
                choice.choose((choice.chosen() + 1) % choice.variants().len());
                choice.parts().into_iter().for_each(|part| visit(part.slot, seen));
            }
            Slot::List(list) => {
                list.push();
                for at in 0..list.len() {
                    list.item(at).into_iter().for_each(|item| visit(item, seen));
                }
            }
            Slot::Optional(optional) => {
                optional.set(true);
                optional.value().into_iter().for_each(|value| visit(value, seen));
            }
            Slot::Record(record) => {
                for part in record.parts() {
                    seen.push(part.info.name);
                    visit(part.slot, seen);
                }
            }
            Slot::Fixed => {}
        }
    }

    #[test]
    fn every_field_of_a_scene_can_be_edited() {
        let mut scene = Scene { classes: vec![Class::default()], ..Scene::default() };
        let before = scene.clone();
        let mut seen = Vec::new();
        visit(scene.slot(), &mut seen);
        for name in ["name", "weight", "aim", "elevation", "temperature", "jpeg_quality", "height", "seed"] {
            // Azimuth and elevation are what a direction becomes after the upper half of a sphere.
            assert!(seen.contains(&name) || name == "elevation", "{name} is missing in {seen:?}");
        }
        let (before, after) = (before.to_ron(), scene.to_ron());
        let lines =
            |text: &str| text.lines().filter(|line| !line.trim().starts_with("//")).map(str::to_owned).collect();
        let (before, after): (Vec<String>, Vec<String>) = (lines(&before), lines(&after));
        let kept: Vec<_> = before.iter().filter(|line| line.contains(": ") && after.contains(line)).collect();
        // A custom entry is text, structs and lists begin as they did, and what one switch was another is now.
        let opened = |line: &&&String| {
            !line.ends_with('(') && ["custom", "[(", "enabled: "].iter().all(|word| !line.contains(word))
        };
        assert_eq!(kept.iter().filter(opened).collect::<Vec<_>>(), Vec::<&&String>::new());
        let count = |lines: &[String], word| lines.iter().filter(|line| line.contains(word)).count();
        assert_eq!(count(&before, "enabled: true"), count(&after, "enabled: false"));
        assert_eq!(count(&before, "enabled: false"), count(&after, "enabled: true"));
    }

    #[test]
    fn a_scene_becomes_another_field_by_field() {
        let mut other = Scene::default();
        visit(other.slot(), &mut Vec::new());
        let mut scene = Scene { classes: vec![Class::default(), Class::default()], ..Scene::default() };
        scene.slot().set_to(other.slot());
        assert_eq!(scene, other);
    }

    #[test]
    fn another_variant_keeps_what_it_can() {
        let mut form = ImageForm::Jpeg(40);
        form.choose(0);
        assert_eq!(form, ImageForm::Jpeg(40));
        form.choose(1);
        assert_eq!(form, ImageForm::Png);
    }

    #[test]
    fn numbers_saturate() {
        let mut number = 3_u32;
        number.set(-2.0);
        assert_eq!(number, 0);
        number.set(2.6);
        assert_eq!(number, 3);
    }
}
