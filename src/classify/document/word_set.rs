//! A set of folded words that is sought in a text in one pass, however many words it holds.

use aho_corasick::{AhoCorasick, BuildError, MatchKind};

/// Folded words and phrases.
#[derive(Debug)]
pub(super) struct WordSet {
    /// None where there are no words, or more than an automaton can hold.
    words: Option<AhoCorasick>,
}

impl WordSet {
    /// The set of these words; `None` inside where there are none.
    ///
    /// # Errors
    /// If they are too many for an automaton.
    pub(super) fn new(words: &[String]) -> Result<Self, BuildError> {
        let words = AhoCorasick::builder().match_kind(MatchKind::Standard).build(words)?;
        Ok(Self { words: Some(words).filter(|words| words.patterns_len() > 0) })
    }

    /// Whether one of the words stands in a text with no letter or digit on either side.
    pub(super) fn is_in(&self, text: &str) -> bool {
        let Some(words) = &self.words else { return false };
        words.find_overlapping_iter(text).any(|found| {
            let before = text.get(..found.start()).and_then(|left| left.chars().next_back());
            let after = text.get(found.end()..).and_then(|right| right.chars().next());
            !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_alone_and_may_hold_each_other() {
        let set = WordSet::new(&["total".to_owned(), "total ttc".to_owned(), "sum".to_owned()]).expect("few words");
        assert!(set.is_in("le total ttc") && set.is_in("sum:") && set.is_in("total"));
        assert!(!set.is_in("totals and summen") && !set.is_in(""));
        assert!(!WordSet::new(&[]).expect("no words").is_in("total"));
    }
}
