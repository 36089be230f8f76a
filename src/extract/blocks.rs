//! Records in plain text: blocks of `key: value` lines that have the same keys again and again, as in YAML, INI and TOML
//! files, and in what database clients print.

use std::collections::{BTreeMap, BTreeSet};

/// Fewest blocks.
const FEWEST: usize = 3;
/// Fewest keys that a block has in common with the others.
const KEYS: usize = 3;
/// Longest key, in characters.
const LONGEST: usize = 40;

/// A line of the text as far as records go.
enum Line<'a> {
    /// A key and its value; whether a list's item begins with it.
    Pair(&'a str, &'a str, bool),
    /// Nothing, the head of a section, or a rule: it parts blocks.
    Border,
    /// Anything else.
    Loose,
}

/// The text as records, a blank line after each, if that is what it holds; nothing else.
pub(super) fn records(text: &str) -> Option<String> {
    let (mut blocks, mut block) = (Vec::new(), BTreeSet::new());
    let (mut pairs, mut loose) = (0, 0);
    for line in text.lines().map(read) {
        match line {
            Line::Pair(key, _, is_first) => {
                pairs += 1;
                if is_first && !block.is_empty() {
                    blocks.push(std::mem::take(&mut block));
                }
                block.insert(key);
            }
            Line::Border if !block.is_empty() => blocks.push(std::mem::take(&mut block)),
            Line::Border => {}
            Line::Loose => loose += 1,
        }
    }
    blocks.push(block);
    blocks.retain(|block| !block.is_empty());
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    blocks.iter().flatten().for_each(|key| *counts.entry(key).or_default() += 1);
    let usual: BTreeSet<&str> =
        counts.iter().filter(|(_, count)| **count * 2 > blocks.len()).map(|(key, _)| *key).collect();
    let alike = blocks.iter().filter(|block| block.intersection(&usual).count() >= KEYS).count();
    (alike >= FEWEST && alike * 10 >= blocks.len() * 8 && loose * 5 <= pairs).then(|| written(text))
}

fn written(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        match read(line) {
            Line::Pair(key, value, is_first) => {
                if is_first {
                    part(&mut out);
                }
                out.push_str(key);
                out.push_str(": ");
                out.push_str(value);
                out.push('\n');
            }
            Line::Border => part(&mut out),
            Line::Loose => {
                out.push_str(line.trim());
                out.push('\n');
            }
        }
    }
    out
}

/// Ends the record at hand.
fn part(out: &mut String) {
    if !out.is_empty() && !out.ends_with("\n\n") {
        out.push('\n');
    }
}

fn read(line: &str) -> Line<'_> {
    let line = line.trim();
    let is_rule = line.starts_with("***") || line.starts_with("---") || line.starts_with("===");
    if line.is_empty() || is_rule || line.starts_with('[') && line.ends_with(']') || line == "-" {
        return Line::Border;
    }
    let (line, is_first) = line.strip_prefix("- ").map_or((line, false), |rest| (rest.trim_start(), true));
    let Some(at) = line.find([':', '=']) else { return Line::Loose };
    let (key, value) = (line.get(..at).unwrap_or_default().trim_end(), line.get(at + 1..).unwrap_or_default());
    let is_key = key.starts_with(char::is_alphabetic)
        && key.chars().count() <= LONGEST
        && key.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '_' | '-' | '.' | '/'))
        && !value.starts_with("//");
    if is_key { Line::Pair(key, unquoted(value.trim()), is_first) } else { Line::Loose }
}

fn unquoted(value: &str) -> &str {
    let inner = |mark: char| value.strip_prefix(mark)?.strip_suffix(mark);
    inner('"').or_else(|| inner('\'')).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn blocks_of_the_same_keys_are_records() {
        let wished = "born: 1990-01-02\nname: Ada\ntel: 1\n\nborn: 1991-02-03\nname: Ben\ntel: 2\n\nborn: 1992-03-04\nname: Cy\n";
        let yaml = "- born: '1990-01-02'\n  name: Ada\n  tel: 1\n- born: 1991-02-03\n  name: \"Ben\"\n  tel: 2\n- born: 1992-03-04\n  name: Cy\n";
        let ini = "[a]\nborn = 1990-01-02\nname = Ada\ntel = 1\n[b]\nborn=1991-02-03\nname=Ben\ntel=2\n\n[c]\nborn=1992-03-04\nname=Cy\n";
        let full = |text: &str| text.replace("name: Cy\n", "name: Cy\ntel: 3\n");
        assert_eq!(records(&full(yaml)), Some(full(wished)));
        assert_eq!(records(&ini.replace("name=Cy\n", "name=Cy\ntel=3\n")), Some(full(wished)));
        // The third block has two of the three keys, and then too few are alike.
        assert_eq!(records(yaml), None);
    }

    #[test]
    fn letters_and_single_forms_stay() {
        assert_eq!(records("Name: Ada\nBorn: 1990\nTel: 1\n"), None);
        let letter = "Dear Ada,\nthe clinic is open again.\nTel: 1\n\n".repeat(4);
        assert_eq!(records(&letter), None);
        let chat = "Ada: hello\nBen: hello\nAda: how are you\n\n".repeat(4);
        assert_eq!(records(&chat), None);
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "((- |\\[)?[a-c]{1,3}[:=\\]] ?[a-c\"']{0,4}\n|\n|\\*\\*\\*\n){0,30}") {
            let _ = records(&text);
        }
    }
}
