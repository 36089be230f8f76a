//! A text cut once for all detectors: its words, and the runs of digits within them.

use super::numerals::{Run, read_runs};
use crate::rules::words::{Word, read_words};

/// The words and numbers of a window. The buffers are used again for the next one.
#[derive(Debug, Default)]
pub struct Tokens {
    /// Words, in order.
    pub words: Vec<Word>,
    /// Runs of digits, in order.
    pub runs: Vec<Run>,
}

impl Tokens {
    /// The words and numbers of a text.
    pub fn of(text: &str) -> Self {
        let mut tokens = Self::default();
        tokens.read(text);
        tokens
    }

    /// Reads a text in place of the one before.
    pub fn read(&mut self, text: &str) {
        self.words.clear();
        read_words(text, 0, &mut self.words);
        read_runs(text.as_bytes(), &self.words, &mut self.runs);
    }
}
