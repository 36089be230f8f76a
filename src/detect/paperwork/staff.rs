//! Lists of practitioners and staff: told from lists of patients by what they are called, or row by row by what a
//! person is to the organisation (`rules/staff.toml`).
//!
//! Who acts for an organisation is named in its files in that capacity. A row that also holds what only a private
//! person has (a birth date, a national number, an account) is one of a data subject all the same.

use super::page::Page;
use crate::detect::folder::Folders;
use crate::detect::view::Sheet;
use crate::model::{Kind, Part, Shape};
use crate::rules::keys::key_words;
use crate::rules::words::{Form, Word, join, joined, phrase_hash, word_hash};
use crate::rules::{RuleError, RuleFiles};
use std::collections::{BTreeMap, HashSet};

/// The rule file with the words.
const FILE: &str = "staff.toml";
/// Longest name that is read, in bytes.
const LONGEST: usize = 80;
/// Most words of a name for staff.
const WORDS: usize = 3;

/// The rule file.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    keys: Vec<String>,
    after: Vec<String>,
    names: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    examples: Vec<Example>,
}

/// The name of a list and whether it is one of staff.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Example {
    name: String,
    staff: bool,
}

/// Hashes of the words that tell staff.
#[derive(Debug)]
pub(super) struct Staff {
    keys: HashSet<u64>,
    after: HashSet<u64>,
    names: HashSet<u64>,
    subjects: HashSet<u64>,
}

impl Staff {
    /// Reads the words.
    ///
    /// # Errors
    /// If the rule file does not fit, or one of its examples does not come out.
    pub(super) fn new(files: &RuleFiles) -> Result<Self, RuleError> {
        let File { keys, after, names, examples } = files.toml(FILE)?;
        let staff = Self {
            keys: keys.iter().map(|key| phrase_hash(key)).collect(),
            after: after.iter().map(|word| phrase_hash(word)).collect(),
            names: names.values().flatten().map(|name| phrase_hash(name)).collect(),
            subjects: Folders::new(files)?.subjects().iter().map(|word| word_hash(word)).collect(),
        };
        match examples.iter().find(|example| staff.is_named(&example.name) != example.staff) {
            None => Ok(staff),
            Some(Example { name, staff: true }) => Err(RuleError::new(
                FILE,
                format!("example {name:?}: is not read as a list of staff; add its last word"),
            )),
            Some(Example { name, .. }) => {
                Err(RuleError::new(FILE, format!("example {name:?}: is read as a list of staff")))
            }
        }
    }

    /// Whether a list of this name, or a person of this role, is staff: its last words say so, and none speaks of
    /// patients (`patients_by_doctor`).
    fn is_named(&self, name: &str) -> bool {
        if name.len() > LONGEST {
            return false;
        }
        let mut words = key_words(name);
        if words.iter().any(|word| self.subjects.contains(&word.hash)) {
            return false;
        }
        while words.last().is_some_and(|word| self.is_after(*word)) {
            words.pop();
        }
        (1..=WORDS.min(words.len())).any(|count| {
            let last = words.get(words.len() - count..).unwrap_or_default();
            self.names.contains(&joined(last))
        })
    }

    fn is_after(&self, word: Word) -> bool {
        word.form == Form::Number || self.after.contains(&join(0, word.hash))
    }

    /// Whether the values of a column or key of this name say what a person is to the organisation.
    fn is_key(&self, key: &str) -> bool {
        let last = key.rsplit('.').next().unwrap_or(key);
        last.len() <= LONGEST && self.keys.contains(&joined(&key_words(last)))
    }

    /// Which rows or records of a sheet are about staff. `path` is the name of the item that it is of.
    pub(super) fn rows(&self, page: &Page, sheet: &Sheet<'_>, path: &str) -> Rows {
        if sheet.list.is_some_and(|list| self.is_named(list)) || is_nameless(sheet.list) && self.is_named(stem(path)) {
            return Rows::All;
        }
        let mut rows = HashSet::new();
        match sheet.shape {
            Shape::Table => self.read_table(page, sheet.text, &mut rows),
            _ => self.read_pairs(page, sheet.text, &mut rows),
        }
        Rows::Some(rows)
    }

    fn read_table(&self, page: &Page, text: &str, rows: &mut HashSet<u32>) {
        let told: Vec<usize> = (0..)
            .zip(page.line(0))
            .filter(|(_, head)| text.get(head.start..head.end).is_some_and(|head| self.is_key(head)))
            .map(|(column, _)| column)
            .collect();
        if told.is_empty() {
            return;
        }
        for line in 1..page.line_count() {
            let mut values = told.iter().filter_map(|column| page.line(line).get(*column));
            if values.any(|cell| text.get(cell.start..cell.end).is_some_and(|value| self.is_named(value))) {
                rows.insert(line as u32);
            }
        }
    }

    fn read_pairs(&self, page: &Page, text: &str, rows: &mut HashSet<u32>) {
        for (record, line) in page.record_lines() {
            let (Some(head), Some(tail)) = (line.first(), line.last()) else { continue };
            let pair = text.get(head.start..tail.end).and_then(|whole| whole.split_once(": "));
            if pair.is_some_and(|(key, value)| self.is_key(key) && self.is_named(value)) {
                rows.insert(record);
            }
        }
    }
}

/// The rows or records of a sheet that are about staff, by their numbers.
#[derive(Debug)]
pub(super) enum Rows {
    /// All of them.
    All,
    /// These.
    Some(HashSet<u32>),
}

impl Default for Rows {
    fn default() -> Self {
        Self::Some(HashSet::new())
    }
}

impl Rows {
    /// Whether this row is about a member of staff, if it holds things of these kinds. Health terms tell nothing: in a
    /// list of practitioners they are specialties.
    pub(super) fn is_staff(&self, row: u32, mut kinds: impl Iterator<Item = Kind>) -> bool {
        let is_told = match self {
            Self::All => true,
            Self::Some(rows) => rows.contains(&row),
        };
        is_told && !kinds.any(Kind::is_private)
    }
}

/// Whether a list has no name but what a program gives it: `Sheet1`, `Feuil1`, `value`.
fn is_nameless(list: Option<&str>) -> bool {
    list.is_none_or(|name| {
        let letters = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == ' ');
        letters.len() < name.len() && letters.chars().all(char::is_alphabetic)
    })
}

/// The file's own name without its folder and extension.
fn stem(path: &str) -> &str {
    let name = path.rsplit(['/', '\\', '!']).next().unwrap_or(path);
    name.split_once('.').map_or(name, |(stem, _)| stem)
}

/// The name of the item that these sheets are of.
pub(super) fn path<'a>(sheets: &[Sheet<'a>]) -> &'a str {
    sheets.iter().find(|sheet| sheet.origin.part == Part::Path).map_or("", |sheet| sheet.text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_called_by_its_last_part() {
        assert_eq!(stem("exports/doctors.csv"), "doctors");
        assert_eq!(stem("all.zip!hr/staff.tar.gz"), "staff");
        assert!(is_nameless(None) && is_nameless(Some("Feuil1")) && is_nameless(Some("Sheet 2")));
        assert!(!is_nameless(Some("patients")) && !is_nameless(Some("p_2020")));
    }
}
