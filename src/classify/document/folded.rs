//! Text as cues compare it: lower case, without accents, apostrophes and blanks made equal, with its lines and
//! columns kept.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Bytes of text that are looked at from the start of a document.
const HEAD_BYTES: usize = 48 << 10;
/// Bytes that are looked at from its end, when it is longer.
const TAIL_BYTES: usize = 8 << 10;

/// A document's text, folded.
#[derive(Debug, Default)]
pub(super) struct Folded {
    /// Lines end in `\n`, columns in `\t`; one blank between words.
    pub(super) text: String,
    /// Words in the whole document, also those that were not folded.
    pub(super) words: usize,
}

impl Folded {
    /// Folds the passages of a document in order.
    pub(super) fn of<'a>(passages: impl Iterator<Item = &'a str>) -> Self {
        let mut raw = String::new();
        let (mut words, mut tail) = (0, String::new());
        for passage in passages {
            words += passage.split_whitespace().count();
            let room = HEAD_BYTES.saturating_sub(raw.len());
            let (head, rest) = passage.split_at(floor(passage, room));
            raw.push_str(head);
            raw.push('\n');
            if !rest.is_empty() {
                let start = ceiling(rest, rest.len().saturating_sub(TAIL_BYTES));
                rest.get(start..).unwrap_or_default().clone_into(&mut tail);
            }
        }
        raw.push_str(&tail);
        Self { text: join_spaced_letters(&fold(&raw)), words }
    }
}

/// The last character boundary at or before a byte offset.
fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// The first character boundary at or after a byte offset.
fn ceiling(text: &str, at: usize) -> usize {
    (at..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len())
}

/// Folds a text or a term: compatibility decomposition without combining marks, lower case, one kind of apostrophe
/// and blank, German sharp s and Greek final sigma made equal to their other forms.
pub(super) fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        let blank_before = matches!(out.as_bytes().last(), None | Some(b' ' | b'\n' | b'\t'));
        match c {
            '\n' | '\t' => {
                if out.ends_with(' ') {
                    out.pop();
                }
                out.push(c);
            }
            _ if c.is_whitespace() => {
                if !blank_before {
                    out.push(' ');
                }
            }
            '\u{2019}' | '\u{2018}' | '\u{b4}' | '`' | '\u{2bc}' => out.push('\''),
            '\u{2010}'..='\u{2015}' => out.push('-'),
            'ß' => out.push_str("ss"),
            'ς' => out.push('σ'),
            'ł' => out.push('l'),
            'ø' => out.push('o'),
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{640}' => {}
            _ => out.push(c),
        }
    }
    out
}

/// Joins titles that are set with a blank after each letter: `f a c t u r e` becomes `facture`.
fn join_spaced_letters(text: &str) -> String {
    if !text.lines().any(is_spaced) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        if is_spaced(line.trim_end()) {
            out.extend(line.chars().filter(|c| *c != ' '));
        } else {
            out.push_str(line);
        }
    }
    out
}

/// Whether a line is five or more single letters with blanks between.
fn is_spaced(line: &str) -> bool {
    let mut letters = 0;
    line.split(' ').all(|word| {
        let mut chars = word.chars();
        letters += 1;
        chars.next().is_some_and(char::is_alphabetic) && chars.next().is_none()
    }) && letters >= 5
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_case_and_apostrophes_do_not_matter() {
        assert_eq!(fold("Note d\u{2019}HONORAIRES\u{a0}:  Échéance\tSTRAẞE"), "note d'honoraires : echeance\tstrasse");
        assert_eq!(fold("ΤΙΜΟΛΌΓΙΟΣ"), "τιμολογιοσ");
    }

    #[test]
    fn spaced_titles_are_joined() {
        assert_eq!(Folded::of(["F A C T U R E\nle 3 mai"].into_iter()).text, "facture\nle 3 mai\n");
    }

    #[test]
    fn long_texts_keep_head_and_tail() {
        let long = format!("head {} é tail", "wört ".repeat(40_000));
        let folded = Folded::of([long.as_str()].into_iter());
        assert!(folded.text.starts_with("head ") && folded.text.trim_end().ends_with("tail"));
        assert!(folded.text.len() < HEAD_BYTES + TAIL_BYTES + 16 && folded.words > 40_000);
    }
}
