//! A set of words that is asked for nearly every word of a text: most are turned away by their length and first byte.

use std::collections::HashSet;

/// The set.
#[derive(Debug)]
pub(super) struct WordSet {
    words: HashSet<Box<str>>,
    firsts: [bool; 256],
    longest: usize,
}

impl Default for WordSet {
    fn default() -> Self {
        Self { words: HashSet::new(), firsts: [false; 256], longest: 0 }
    }
}

impl WordSet {
    /// Whether a word of this length and beginning may be in the set, whatever its other letters are.
    pub(super) fn may_hold(&self, word: &str) -> bool {
        let first = word.as_bytes().first().and_then(|first| self.firsts.get(usize::from(*first)));
        word.len() <= self.longest && first.is_some_and(|known| *known)
    }

    /// Whether the word is in the set.
    pub(super) fn contains(&self, word: &str) -> bool {
        self.may_hold(word) && self.words.contains(word)
    }
}

impl WordSet {
    /// Whether the word is in the set once it is in small letters, as the set's words are.
    pub(super) fn contains_lower(&self, word: &str) -> bool {
        /// Bytes that a capital may have more than its small letter, as `ẞ` has, over all of a word.
        const SHRINK: usize = 4;
        if word.is_ascii() {
            let first = word.bytes().next().map(|first| usize::from(first.to_ascii_lowercase()));
            let is_likely = first.and_then(|first| self.firsts.get(first)).is_some_and(|known| *known);
            return is_likely && word.len() <= self.longest && self.words.contains(word.to_ascii_lowercase().as_str());
        }
        word.len() <= self.longest + SHRINK && self.words.contains(word.to_lowercase().as_str())
    }
}

impl Extend<String> for WordSet {
    fn extend<T: IntoIterator<Item = String>>(&mut self, words: T) {
        for word in words {
            if let Some(first) = word.as_bytes().first().and_then(|first| self.firsts.get_mut(usize::from(*first))) {
                *first = true;
            }
            self.longest = self.longest.max(word.len());
            self.words.insert(word.into());
        }
    }
}

impl FromIterator<String> for WordSet {
    fn from_iter<T: IntoIterator<Item = String>>(words: T) -> Self {
        let mut set = Self::default();
        set.extend(words);
        set
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_in_it_whatever_their_script() {
        let set: WordSet = ["ans", "χρόνια"].map(str::to_owned).into_iter().collect();
        assert!(set.contains("ans") && set.contains("χρόνια"));
        assert!(!set.contains("an") && !set.contains("") && !set.contains("χρόνος"));
        assert!(
            set.contains_lower("ANS")
                && set.contains_lower("ΧΡΌΝΙΑ")
                && !set.contains_lower("")
                && !set.contains("ANS")
        );
    }
}
