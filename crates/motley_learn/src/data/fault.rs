//! Pictures that cannot be read: named and counted.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde::Serialize;

/// How many faults keep their names.
const NAMED: usize = 100;

/// What is wrong with a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// The file cannot be opened.
    Unreadable,
    /// The file has no bytes.
    Empty,
    /// The bytes are no picture, or one of a kind that is not read.
    Unsupported,
    /// The file ends in the middle of the picture.
    Truncated,
    /// The bytes contradict themselves.
    Damaged,
    /// More pixels than memory should hold.
    TooLarge,
    /// Its class is none of the model's.
    UnknownClass,
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unreadable => "unreadable",
            Self::Empty => "empty",
            Self::Unsupported => "not supported",
            Self::Truncated => "truncated",
            Self::Damaged => "damaged",
            Self::TooLarge => "too large",
            Self::UnknownClass => "of an unknown class",
        })
    }
}

/// A picture that was left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// Its path, or what else names it.
    pub name: String,
    /// What is wrong.
    pub kind: FaultKind,
    /// What the reader says, and what to do.
    pub problem: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is {}: {}", self.name, self.kind, self.problem)
    }
}

/// All pictures that were left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Faults {
    /// How many of each kind.
    pub counts: BTreeMap<FaultKind, u64>,
    /// The first hundred.
    pub named: Vec<Fault>,
    /// Names of all of them.
    #[serde(skip)]
    known: BTreeSet<String>,
}

impl Faults {
    /// Counts a picture, and names it in a warning; one that is met again, in a later round, is counted already.
    pub fn add(&mut self, fault: Fault) {
        if !self.known.insert(fault.name.clone()) {
            return;
        }
        *self.counts.entry(fault.kind).or_default() += 1;
        if self.named.len() < NAMED {
            tracing::warn!("left out: {fault}");
            self.named.push(fault);
        }
    }

    /// Adds those of other pictures.
    pub fn merge(&mut self, other: &Self) {
        for (kind, count) in &other.counts {
            *self.counts.entry(*kind).or_default() += count;
        }
        let room = NAMED.saturating_sub(self.named.len());
        self.named.extend(other.named.iter().take(room).cloned());
        self.known.extend(other.known.iter().cloned());
    }

    /// How many in all.
    pub fn total(&self) -> u64 {
        self.counts.values().sum()
    }
}

impl fmt::Display for Faults {
    /// One line: "3 pictures left out: 2 truncated, 1 empty".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<String> = self.counts.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
        match self.total() {
            0 => f.write_str("no picture left out"),
            1 => write!(f, "1 picture left out: {}", parts.join(", ")),
            total => write!(f, "{total} pictures left out: {}", parts.join(", ")),
        }
    }
}
