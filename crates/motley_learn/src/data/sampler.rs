//! Which picture comes when.

use std::iter::repeat_with;

use rand::{SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;

use super::{DataError, Mixture};

/// One picture of a mixture, and which draw of its augmentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket {
    /// Position of its source in the mixture.
    pub part: usize,
    /// Position of the picture in the source.
    pub item: usize,
    /// Which draw of the augmentation, from 0.
    pub draw: u32,
}

/// A generator for one purpose, whatever others do.
pub(super) fn stream(seed: u64, purpose: &str, numbers: &[u64]) -> ChaCha8Rng {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&seed.to_le_bytes());
    for number in numbers {
        hasher.update(&number.to_le_bytes());
    }
    hasher.update(purpose.as_bytes());
    ChaCha8Rng::from_seed(*hasher.finalize().as_bytes())
}

/// An endless, balanced stream of tickets: of any `n` in a row (n classes that have pictures, from a multiple of n on) each
/// of these classes has one, and takes from the sources by their weights, as evenly as whole numbers go. A source's pictures
/// of a class come in an order of their own, each once before any comes again; the round is the draw of the augmentation.
#[derive(Clone, Debug)]
pub struct Sampler {
    seed: u64,
    /// By class, then by source that has it.
    decks: Vec<Vec<Deck>>,
    /// Classes that come next, last first.
    block: Vec<usize>,
    blocks: u64,
}

/// The pictures of one class in one source.
#[derive(Clone, Debug)]
struct Deck {
    class: usize,
    part: usize,
    /// Share of the class, 0–1.
    share: f64,
    /// What it is owed: grows by its share at each draw of the class, and falls by one when it is drawn from.
    owed: f64,
    items: Vec<usize>,
    next: usize,
    round: u32,
}

impl Sampler {
    /// Starts at the beginning. The same mixture and seed give the same tickets.
    ///
    /// # Errors
    /// If no class has a picture.
    pub fn new(mixture: &Mixture, seed: u64) -> Result<Self, DataError> {
        Self::of(mixture, seed, |_| true)
    }

    /// The same from some sources alone, which `wanted` knows by their positions in the mixture; a class that none of them has
    /// comes from the others.
    ///
    /// # Errors
    /// If no class has a picture.
    pub fn of(mixture: &Mixture, seed: u64, wanted: impl Fn(usize) -> bool) -> Result<Self, DataError> {
        let mut decks: Vec<Vec<Deck>> = repeat_with(Vec::new).take(mixture.classes().len()).collect();
        let labelled = |ticket: Ticket| Some((ticket, mixture.class(ticket.part, ticket.item)?));
        let labelled: Vec<(Ticket, usize)> = mixture.tickets().into_iter().filter_map(labelled).collect();
        let mut found = vec![false; decks.len()];
        for &(_, class) in labelled.iter().filter(|(ticket, _)| wanted(ticket.part)) {
            found[class] = true;
        }
        for (ticket, class) in labelled.into_iter().filter(|&(ticket, class)| wanted(ticket.part) || !found[class]) {
            let of_class = &mut decks[class];
            if of_class.last().is_none_or(|deck: &Deck| deck.part != ticket.part) {
                let share = f64::from(mixture.parts()[ticket.part].weight);
                of_class.push(Deck {
                    class,
                    part: ticket.part,
                    share,
                    owed: 0.0,
                    items: Vec::new(),
                    next: 0,
                    round: 0,
                });
            }
            if let Some(deck) = of_class.last_mut() {
                deck.items.push(ticket.item);
            }
        }
        // What no file shows comes live, or is missed before.
        decks.retain(|of_class| !of_class.is_empty());
        if decks.is_empty() {
            return Err(DataError::NoPictureOf(mixture.classes().names().join(", ")));
        }
        for of_class in &mut decks {
            let total: f64 = of_class.iter().map(|deck| deck.share).sum();
            for deck in of_class {
                deck.share /= total;
                deck.shuffle(seed);
            }
        }
        Ok(Self { seed, decks, block: Vec::new(), blocks: 0 })
    }

    /// Draws of the augmentation are counted modulo this: with features that are kept, each picture has so many.
    pub fn with_draws(self, draws: u32) -> impl Iterator<Item = Ticket> + Send + 'static {
        self.map(move |ticket| Ticket { draw: ticket.draw % draws.max(1), ..ticket })
    }
}

impl Deck {
    fn shuffle(&mut self, seed: u64) {
        // From the sorted order, so that a round depends on its number alone.
        self.items.sort_unstable();
        let numbers = [self.class as u64, self.part as u64, u64::from(self.round)];
        self.items.shuffle(&mut stream(seed, "deck", &numbers));
    }

    fn take(&mut self, seed: u64) -> Ticket {
        if self.next == self.items.len() {
            self.next = 0;
            self.round += 1;
            self.shuffle(seed);
        }
        self.next += 1;
        Ticket { part: self.part, item: self.items[self.next - 1], draw: self.round }
    }
}

impl Iterator for Sampler {
    type Item = Ticket;

    fn next(&mut self) -> Option<Ticket> {
        if self.block.is_empty() {
            self.block = (0..self.decks.len()).collect();
            self.block.shuffle(&mut stream(self.seed, "classes", &[self.blocks]));
            self.blocks += 1;
        }
        let class = self.block.pop()?;
        let decks = &mut self.decks[class];
        for deck in decks.iter_mut() {
            deck.owed += deck.share;
        }
        // The first of those that are owed most.
        let deck = decks.iter_mut().reduce(|most, deck| if deck.owed > most.owed { deck } else { most })?;
        deck.owed -= 1.0;
        Some(deck.take(self.seed))
    }
}
