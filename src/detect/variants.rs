//! Spellings of a rule's word as they stand in text, so that matching needs no folding of the text.

/// The word in lower case, with a capital, with capitals on every word, in capitals, and as keys of programs write it
/// (`birthDate`, `BirthDate`); each once.
pub fn variants(word: &str) -> Vec<String> {
    let lower = word.to_lowercase();
    let capitals = lower.split(' ').map(capital).collect::<Vec<_>>();
    let mut all = vec![capital(&lower), capitals.join(" "), lower.to_uppercase()];
    if let Some((first, rest)) = lower.split_once(' ') {
        all.push(capitals.concat());
        all.push(format!("{first}{}", rest.split(' ').map(capital).collect::<String>()));
    }
    all.push(lower);
    all.sort_unstable();
    all.dedup();
    all
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// Whether a match is a whole word: no letter or digit touches it on either side. A capital after a small letter begins
/// a word, as in `patientBirthDate`.
pub fn word_border(text: &str, start: usize, end: usize) -> bool {
    let before = text.get(..start).and_then(|text| text.chars().next_back());
    let first = text.get(start..).and_then(|text| text.chars().next());
    let after = text.get(end..).and_then(|text| text.chars().next());
    let is_hump = before.is_some_and(char::is_lowercase) && first.is_some_and(char::is_uppercase);
    (is_hump || !before.is_some_and(char::is_alphanumeric)) && !after.is_some_and(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variants_are_the_usual_spellings() {
        assert_eq!(variants("née le"), ["NÉE LE", "Née Le", "Née le", "NéeLe", "née le", "néeLe"]);
        assert!(word_border("patientBirthDate: 1", 7, 16));
        assert!(word_border("né le 1", 0, 3) && !word_border("année 1", 2, 6));
    }
}
