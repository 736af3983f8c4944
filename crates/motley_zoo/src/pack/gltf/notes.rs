//! What was done to a model, for its owner to read.

/// Notes in the order of their making, each once.
#[derive(Debug, Default)]
pub(super) struct Notes(Vec<String>);

impl Notes {
    /// Adds a note, unless it was already made.
    pub fn add(&mut self, note: impl Into<String>) {
        let note = note.into();
        if !self.0.contains(&note) {
            self.0.push(note);
        }
    }

    /// The notes.
    pub fn into_vec(self) -> Vec<String> {
        self.0
    }
}
