//! Normal forms of values, from which tokens are made: the same person or place in other writing has the same form.

use crate::rules::words::{fold_word, read_words};

/// Folded words with one blank between them.
pub(super) fn folded(value: &str) -> String {
    let mut words = Vec::new();
    read_words(value, 0, &mut words);
    let mut out = String::with_capacity(value.len());
    for word in words {
        if !out.is_empty() {
            out.push(' ');
        }
        fold_word(value.get(word.start..word.end).unwrap_or_default(), &mut out);
    }
    out
}

/// A name in folded words, the first name first where a comma says which it is, under the surname that is used: of
/// `ROE née MUSTER Ada` and `MUSTER épouse ROE Ada` it is Roe.
pub(super) fn name(value: &str) -> String {
    match value.split_once(',') {
        Some((family, given)) if !given.trim().is_empty() => format!("{} {}", folded(given), used(&folded(family))),
        _ => used(&folded(value)),
    }
}

/// Folded words without the surname of birth.
fn used(folded: &str) -> String {
    let words: Vec<&str> = folded.split(' ').collect();
    let joint = words.iter().position(|word| matches!(*word, "nee" | "epouse" | "ep"));
    let dropped = match joint {
        Some(at) if at > 0 && at + 1 < words.len() && words.get(at) == Some(&"nee") => at..at + 2,
        Some(at) if at > 0 && at + 1 < words.len() => at - 1..at + 1,
        _ => return folded.to_owned(),
    };
    let kept = words.iter().enumerate().filter(|(at, _)| !dropped.contains(at)).map(|(_, word)| *word);
    kept.collect::<Vec<_>>().join(" ")
}

/// Letters and digits only, in capitals.
pub(super) fn compact(value: &str) -> String {
    value.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_form() {
        assert_eq!(name("DUPUY, Étienne"), name("Etienne Dupuy"));
        assert_eq!(name("Anne-Rose  MARTIN"), "anne rose martin");
        assert_eq!(name("ROE née MUSTER Ada"), "roe ada");
        assert_eq!(name("MUSTER épouse ROE Ada"), "roe ada");
        assert_eq!(name("Ada ROE née MUSTER"), "ada roe");
    }

    #[test]
    fn a_number_has_one_form() {
        assert_eq!(compact("hc-26/12 a"), "HC2612A");
    }
}
