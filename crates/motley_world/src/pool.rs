//! Things that are costly to make, kept while they fit.

use std::{collections::HashMap, hash::Hash};

/// Keeps what was made until it takes more than a budget; then the least recently used goes.
#[derive(Debug)]
pub(crate) struct Pool<K, V> {
    kept: HashMap<K, Kept<V>>,
    budget: usize,
    bytes: usize,
    clock: u64,
}

#[derive(Debug)]
struct Kept<V> {
    value: V,
    bytes: usize,
    used: u64,
}

impl<K: Hash + Eq + Clone, V: Clone> Pool<K, V> {
    /// An empty pool of so many bytes.
    pub(crate) fn new(budget: usize) -> Self {
        Self { kept: HashMap::new(), budget, bytes: 0, clock: 0 }
    }

    /// What belongs to a key; `make` gives it with its size in bytes when it is not there.
    ///
    /// # Errors
    /// Those of `make`.
    pub(crate) fn get<E>(&mut self, key: K, make: impl FnOnce() -> Result<(V, usize), E>) -> Result<V, E> {
        self.clock += 1;
        if let Some(kept) = self.kept.get_mut(&key) {
            kept.used = self.clock;
            return Ok(kept.value.clone());
        }
        let (value, bytes) = make()?;
        self.bytes += bytes;
        self.kept.insert(key, Kept { value: value.clone(), bytes, used: self.clock });
        // What was just made stays, however large it is.
        while self.bytes > self.budget && self.kept.len() > 1 {
            let oldest = self.kept.iter().min_by_key(|(_, kept)| kept.used).map(|(key, _)| key.clone());
            let Some(gone) = oldest.and_then(|key| self.kept.remove(&key)) else { break };
            self.bytes -= gone.bytes;
        }
        Ok(value)
    }

    /// Drops everything.
    pub(crate) fn clear(&mut self) {
        self.kept.clear();
        self.bytes = 0;
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    #[test]
    fn the_least_recently_used_goes() {
        let mut pool = Pool::new(10);
        let mut made = Vec::new();
        for key in [1, 2, 3, 1, 4, 1, 2, 9] {
            let bytes = if key == 9 { 100 } else { 3 };
            let make = || {
                made.push(key);
                Ok::<_, Infallible>((key * 10, bytes))
            };
            assert_eq!(pool.get(key, make), Ok(key * 10));
        }
        // With 4, the third but least recently used, 2, went; 1 stayed throughout; 9 alone is more than all may be.
        assert_eq!(made, [1, 2, 3, 4, 2, 9]);
        assert_eq!((pool.kept.len(), pool.bytes), (1, 100));
        assert_eq!(pool.get(9, || Err("it is there")), Ok(90));
        assert_eq!(pool.get(5, || Err("cannot be made")), Err("cannot be made"));
        pool.clear();
        assert_eq!((pool.kept.len(), pool.bytes), (0, 0));
    }
}
