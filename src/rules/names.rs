//! What is known of words that may be part of a name: the lists of `rules/names/`, and the words around names
//! (titles, particles, company forms, street words) of `rules/names/words_around.toml` and `rules/addresses/`.

use super::error::RuleError;
use super::files::{RuleFiles, is_toml};
use super::packed::{self, LISTS, Packed};
use super::words::{Table, phrase_hash, read_words, word_hash};
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// What the lists say of one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Known(u8);

impl Known {
    /// A first name.
    pub const GIVEN: u8 = packed::flag::GIVEN;
    /// A surname.
    pub const FAMILY: u8 = packed::flag::FAMILY;
    /// A first name of a census list: rare.
    pub const GIVEN_RARE: u8 = packed::flag::GIVEN_RARE;
    /// A surname of a census list: rare.
    pub const FAMILY_RARE: u8 = packed::flag::FAMILY_RARE;
    /// A plain word.
    pub const WORD: u8 = packed::flag::WORD;
    /// Part of the name of a city, region or country.
    pub const PLACE: u8 = packed::flag::PLACE;
    /// First word of an occupation.
    pub const JOB: u8 = packed::flag::JOB;

    /// Whether any of these flags is set.
    pub fn is(self, flags: u8) -> bool {
        self.0 & flags != 0
    }

    /// Whether no list knows the word.
    pub fn is_unknown(self) -> bool {
        self.0 == 0
    }
}

/// What a word does beside names and addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Around(u32);

impl Around {
    /// A form of address: a name follows.
    pub const TITLE: u32 = 1;
    /// A form of address of a practitioner.
    pub const DOCTOR: u32 = 2;
    /// A particle within names.
    pub const PARTICLE: u32 = 4;
    /// A legal form at the end of a company's name.
    pub const FORM: u32 = 8;
    /// A noun that begins or ends the name of an institution.
    pub const INSTITUTION: u32 = 16;
    /// Never part of a name: months, days, words of letters and forms.
    pub const STOP: u32 = 32;
    /// A word for a street that stands before its name.
    pub const STREET: u32 = 64;
    /// A word for a street that stands after its name.
    pub const STREET_AFTER: u32 = 128;
    /// A part of a building: flat, floor, box.
    pub const UNIT: u32 = 256;
    /// Written after a name: degrees, Jr.
    pub const SUFFIX: u32 = 512;
    /// The name of a country.
    pub const COUNTRY: u32 = 1024;
    /// A noun whose name is no person: a disease, a test, a law.
    pub const EPONYM: u32 = 2048;
    /// A short title that is also an initial (`M.`): it counts only with a point, or where letters are all capitals.
    pub const LETTER: u32 = 4096;
    /// A mailbox of an organisation: info, contact, reception.
    pub const MAILBOX: u32 = 16384;
    /// A provider of private mail: gmail, gmx.
    pub const FREE_MAIL: u32 = 32768;
    /// A word that says a healthcare profession before a name (`chirurgien`), not a title by itself.
    pub const STAFF: u32 = 8192;

    /// Ends the name of a house (`Rose Cottage`), which may stand before a street in place of a number.
    pub const HOUSE: u32 = 65536;
    /// A letter title that counts only before a first name: `D. José Luis García`.
    pub const BEFORE_GIVEN: u32 = 131072;

    /// Whether any of these flags is set.
    pub fn is(self, flags: u32) -> bool {
        self.0 & flags != 0
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AroundFile {
    #[serde(default)]
    words: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    endings: BTreeMap<String, Vec<String>>,
}

const ROLES: [(&str, u32); 18] = [
    ("title", Around::TITLE),
    ("doctor", Around::TITLE | Around::DOCTOR),
    ("letter_title", Around::TITLE | Around::LETTER),
    ("letter_title_before_given", Around::TITLE | Around::LETTER | Around::BEFORE_GIVEN),
    ("particle", Around::PARTICLE),
    ("company_form", Around::FORM),
    ("institution", Around::INSTITUTION),
    ("stop", Around::STOP),
    ("street_before", Around::STREET),
    ("street_after", Around::STREET_AFTER),
    ("unit", Around::UNIT),
    ("house", Around::HOUSE),
    ("suffix", Around::SUFFIX),
    ("staff", Around::STAFF),
    ("mailbox", Around::MAILBOX),
    ("free_mail", Around::FREE_MAIL),
    ("country", Around::COUNTRY),
    ("eponym", Around::EPONYM),
];

/// The lists, ready for lookups by hash.
#[derive(Debug)]
pub struct Names {
    lists: Packed,
    around: Table,
    family_endings: Endings,
    street_endings: Endings,
}

/// Endings of words, by their last byte, in lower case and in capitals.
#[derive(Debug)]
struct Endings {
    by_last: Vec<Vec<String>>,
}

impl Endings {
    fn new(endings: &[String]) -> Self {
        let mut by_last = vec![Vec::new(); 256];
        for ending in endings {
            for written in [ending.to_lowercase(), ending.to_uppercase()] {
                if let Some(list) = written.bytes().last().and_then(|byte| by_last.get_mut(usize::from(byte))) {
                    list.push(written);
                }
            }
        }
        Self { by_last }
    }

    /// Whether a word ends so, with at least three bytes before the ending.
    fn end(&self, word: &str) -> bool {
        let list = word.bytes().last().and_then(|byte| self.by_last.get(usize::from(byte)));
        list.is_some_and(|list| {
            list.iter().any(|ending| word.len() >= ending.len() + 3 && word.ends_with(ending.as_str()))
        })
    }
}

impl Names {
    /// Reads the lists.
    ///
    /// # Errors
    /// If a list is missing or not UTF-8, or a file of words is not of its schema.
    pub fn new(files: &RuleFiles) -> Result<Self, RuleError> {
        let mut around = Vec::new();
        let mut family_endings = Vec::new();
        let mut street_endings = Vec::new();
        for (path, bytes) in around_files(files) {
            let file: AroundFile = RuleError::parse(path, bytes)?;
            for (role, words) in &file.words {
                let flag = ROLES.iter().find(|(name, _)| name == role).map(|(_, flag)| *flag);
                let flag = flag.ok_or_else(|| RuleError::new(path, format!("unknown role of words {role:?}")))?;
                around.extend(words.iter().map(|word| (phrase_hash(word), flag)));
            }
            for (role, endings) in file.endings {
                match role.as_str() {
                    "family" => family_endings.extend(endings),
                    "street" => street_endings.extend(endings),
                    _ => return Err(RuleError::new(path, format!("unknown kind of endings {role:?}"))),
                }
            }
        }
        Ok(Self {
            lists: packed(files)?,
            around: Table::new(&around),
            family_endings: Endings::new(&family_endings),
            street_endings: Endings::new(&street_endings),
        })
    }

    /// What the lists say of a word.
    pub fn known(&self, hash: u64) -> Known {
        Known(self.lists.get(hash))
    }

    /// What a word does beside names; the hash is of a phrase of one or more words.
    pub fn around(&self, phrase: u64) -> Around {
        Around(self.around.get(phrase))
    }

    /// Whether a word ends as surnames do (`-ić`, `-opoulos`, `-енко`).
    pub fn ends_like_family(&self, word: &str) -> bool {
        self.family_endings.end(word)
    }

    /// Whether a word ends as names of streets do (`-straße`, `-gatan`).
    pub fn ends_like_street(&self, word: &str) -> bool {
        self.street_endings.end(word)
    }
}

fn around_files(files: &RuleFiles) -> impl Iterator<Item = (&str, &[u8])> {
    files.under("names/").chain(files.under("addresses/")).filter(|(path, _)| is_toml(path))
}

/// The table of the embedded lists, made when the program is built.
static BUILT: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/names.bin"));

/// The table of these lists: the one made at build time, unless a folder of the user's replaces a list.
fn packed(files: &RuleFiles) -> Result<Packed, RuleError> {
    if LISTS.iter().all(|(path, _)| files.is_embedded(path)) {
        return Ok(Packed::of(Cow::Borrowed(BUILT)));
    }
    let mut lists = Vec::new();
    for (path, flag) in LISTS {
        let bytes = files.get(path).ok_or_else(|| RuleError::missing(path))?;
        let text = std::str::from_utf8(bytes).map_err(|_| RuleError::new(path, "is not UTF-8"))?;
        lists.push((text, flag));
    }
    Ok(Packed::of(Cow::Owned(packed::pack(&lists, word_hash))))
}

/// Hash of the first word of a text, for tests and rules.
pub fn first_word_hash(text: &str) -> Option<u64> {
    let mut words = Vec::new();
    read_words(text, 0, &mut words);
    words.first().map(|word| word.hash)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::OnceLock;

    fn names() -> &'static Names {
        static NAMES: OnceLock<Names> = OnceLock::new();
        NAMES.get_or_init(|| Names::new(&RuleFiles::embedded()).unwrap())
    }

    fn known(word: &str) -> Known {
        names().known(first_word_hash(word).unwrap())
    }

    #[test]
    fn first_and_last_names_of_many_scripts_are_known() {
        for word in ["Étienne", "María", "Jürgen", "Иван", "Γιώργος", "محمد"] {
            assert!(known(word).is(Known::GIVEN), "{word}");
        }
        for word in ["DUPUY", "García", "Müller", "Kowalski", "Иванов", "Παπαδόπουλος"] {
            assert!(known(word).is(Known::FAMILY), "{word}");
        }
        assert!(known("xqzvw").is_unknown());
    }

    #[test]
    fn plain_words_are_marked() {
        for word in ["nombre", "will", "which", "rose"] {
            assert!(known(word).is(Known::WORD), "{word}");
        }
    }

    #[test]
    fn endings_need_a_stem() {
        assert!(names().ends_like_family("Milošević"));
        assert!(!names().ends_like_family("ić"));
        assert!(names().ends_like_street("Ditschlerstraße"));
    }
}
