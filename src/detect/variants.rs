//! Spellings of a rule's word as they stand in text, so that matching needs no folding of the text.

/// The word in lower case, with a capital, with capitals on every word, and in capitals; each once.
pub fn variants(word: &str) -> Vec<String> {
    let lower = word.to_lowercase();
    let mut all =
        vec![capital(&lower), lower.split(' ').map(capital).collect::<Vec<_>>().join(" "), lower.to_uppercase(), lower];
    all.sort_unstable();
    all.dedup();
    all
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// Whether a match is a whole word: no letter or digit touches it on either side.
pub fn word_border(text: &str, start: usize, end: usize) -> bool {
    let before = text.get(..start).and_then(|text| text.chars().next_back());
    let after = text.get(end..).and_then(|text| text.chars().next());
    !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variants_are_the_usual_spellings() {
        assert_eq!(variants("née le"), ["NÉE LE", "Née Le", "Née le", "née le"]);
        assert!(word_border("né le 1", 0, 3) && !word_border("année 1", 2, 6));
    }
}
