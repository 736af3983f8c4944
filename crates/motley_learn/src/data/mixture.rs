//! Several sources under one list of classes.

use std::{collections::BTreeSet, sync::Mutex};

use motley_pixels::Augment;

use super::{Classes, DataError, Source, Ticket};

/// A source and its part in a mixture.
#[derive(Debug)]
pub struct Part {
    /// The pictures.
    pub source: Source,
    /// Its share of a balanced stream, relative to the other parts'. Above 0.
    pub weight: f32,
    /// What its pictures go through: frames may need a lens and a sensor that photos have.
    pub augment: Augment,
}

/// Several sources under one list of classes.
#[derive(Debug)]
pub struct Mixture {
    classes: Classes,
    parts: Vec<Part>,
    /// For each part and each word of its source the number of the class.
    labels: Vec<Vec<Option<usize>>>,
    live: Augment,
}

impl Mixture {
    /// Puts sources together. The classes are those that are given, in their order, or else all that the sources have,
    /// sorted. Pictures of other classes are left out.
    ///
    /// # Errors
    /// If a weight is not above 0, there is no class, or a source has none of the classes.
    pub fn new(parts: Vec<Part>, classes: Option<Classes>) -> Result<Self, DataError> {
        if let Some(part) = parts.iter().find(|part| !(part.weight > 0.0 && part.weight.is_finite())) {
            return Err(DataError::Weight { dir: part.source.dir().to_owned(), weight: part.weight });
        }
        let words = || parts.iter().flat_map(|part| part.source.words().iter().map(String::as_str));
        let classes = match classes {
            Some(classes) => classes,
            None => Classes::found(words())?,
        };
        let mut labels = Vec::new();
        for Part { source, .. } in &parts {
            let found: Vec<Option<usize>> = source.words().iter().map(|word| classes.find(word)).collect();
            if found.iter().all(Option::is_none) {
                return Err(DataError::NoneOf {
                    dir: source.dir().to_owned(),
                    classes: classes.names().to_vec(),
                    found: source.words().to_vec(),
                });
            }
            labels.push(found);
        }
        Ok(Self { classes, parts, labels, live: Augment::none() })
    }

    /// One source as it is, for tests: no augmentation beyond the middle crop of `centre`, a share of the shorter side.
    ///
    /// # Errors
    /// See [`new`](Self::new).
    pub fn test(source: Source, classes: Classes, centre: f32) -> Result<Self, DataError> {
        let augment = Augment { centre, ..Augment::none() };
        Self::new(vec![Part { source, weight: 1.0, augment }], Some(classes))
    }

    /// No source yet: for frames that come live, with what they go through.
    pub fn live(classes: Classes, augment: Augment) -> Self {
        Self { classes, parts: Vec::new(), labels: Vec::new(), live: augment }
    }

    /// The same, with what live frames go through; without it that is nothing but the middle crop.
    pub fn with_live(self, augment: Augment) -> Self {
        Self { live: augment, ..self }
    }

    /// The classes.
    pub fn classes(&self) -> &Classes {
        &self.classes
    }

    /// The sources.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// What live frames go through.
    pub(super) fn live_augment(&self) -> &Augment {
        &self.live
    }

    /// The class of a picture; `None` when it is none of these.
    pub fn class(&self, part: usize, item: usize) -> Option<usize> {
        let source = &self.parts[part].source;
        // A word of the source: found again by its position.
        let word = source.words().iter().position(|word| word == source.word(item))?;
        self.labels[part][word]
    }

    /// Every picture of these classes once, source by source, in the order of names.
    pub fn tickets(&self) -> Vec<Ticket> {
        let items = |part: usize| (0..self.parts[part].source.len()).map(move |item| Ticket { part, item, draw: 0 });
        (0..self.parts.len()).flat_map(items).filter(|ticket| self.class(ticket.part, ticket.item).is_some()).collect()
    }

    /// Tells of each source how large a share of its pictures is of other classes, where there are any.
    pub(crate) fn warn_of_others(&self) {
        // Many models may learn from, or be judged on, the same folder: it is told once.
        static TOLD: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
        for (number, Part { source, .. }) in self.parts.iter().enumerate() {
            let others = (0..source.len()).filter(|&item| self.class(number, item).is_none()).count();
            if others > 0 {
                let classes = self.classes.names().join(", ");
                let (dir, percent) = (source.dir().display(), 100.0 * others as f64 / source.len() as f64);
                let words = format!("{dir}: {percent:.1} % of the pictures are none of {classes}, and left out");
                if TOLD.lock().is_ok_and(|mut told| told.insert(words.clone())) {
                    tracing::warn!("{words}");
                }
            }
        }
    }

    /// How many pictures each class has.
    pub fn counts(&self) -> Vec<usize> {
        let mut counts = vec![0; self.classes.len()];
        for ticket in self.tickets() {
            if let Some(class) = self.class(ticket.part, ticket.item) {
                counts[class] += 1;
            }
        }
        counts
    }
}
