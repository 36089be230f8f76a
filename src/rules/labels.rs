//! Labels: the words on paperwork that say what the value beside, below or after them is (`rules/labels/<language>.toml`).

use super::error::RuleError;
use super::files::{RuleFiles, is_toml};
use super::words::{Table, Word, join, joined, read_words};
use serde::Deserialize;
use std::collections::BTreeMap;

macro_rules! meanings {
    ($($(#[$doc:meta])* $variant:ident = $name:literal;)*) => {
        /// What the value of a label is.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Meaning { $($(#[$doc])* $variant,)* }

        impl Meaning {
            const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The key in the rule files.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

meanings! {
    /// A full name of whoever the paper is about, or of an unknown party.
    Person = "person";
    /// A first name.
    Given = "given";
    /// A surname.
    Family = "family";
    /// The patient or the person billed, written as a name or an address block.
    Subject = "subject";
    /// A guardian, next of kin or emergency contact.
    Contact = "contact";
    /// A practitioner.
    Practitioner = "practitioner";
    /// A firm or an institution.
    Organisation = "organisation";
    /// A birth date.
    BirthDate = "birth_date";
    /// A birth place.
    BirthPlace = "birth_place";
    /// Date of treatment, visit, admission or discharge.
    TreatmentDate = "treatment_date";
    /// Date of the paper itself.
    DocumentDate = "document_date";
    /// Another date.
    OtherDate = "other_date";
    /// A postal address.
    Address = "address";
    /// A postcode.
    Postcode = "postcode";
    /// A city or region.
    City = "city";
    /// A country.
    Country = "country";
    /// A patient, record, file or stay number.
    PatientNumber = "patient_number";
    /// A number of a practitioner or a practice.
    ProfessionalNumber = "professional_number";
    /// An insurance or social-security number.
    InsuranceNumber = "insurance_number";
    /// An identity document or national number.
    IdentityNumber = "identity_number";
    /// A passport number.
    PassportNumber = "passport_number";
    /// A tax number.
    TaxNumber = "tax_number";
    /// An invoice, order or case number: nobody's.
    PaperNumber = "paper_number";
    /// A bank account.
    Account = "account";
    /// A telephone or fax.
    Phone = "phone";
    /// An e-mail address.
    Email = "email";
    /// Sex or gender.
    Sex = "sex";
    /// An age.
    Age = "age";
    /// Nationality.
    Nationality = "nationality";
    /// Occupation.
    Profession = "profession";
    /// Form of address.
    Title = "title";
    /// A health matter: diagnosis, treatment, allergy.
    Health = "health";
    /// Any other label: it ends the value before it, and its own value is not read.
    Other = "other";
}

impl Meaning {
    /// Whether it is a first name or a surname.
    pub fn is_half(&self) -> bool {
        matches!(self, Self::Given | Self::Family)
    }

    fn by_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|meaning| meaning.name() == name)
    }

    fn code(self) -> u32 {
        Self::ALL.iter().position(|other| *other == self).map_or(0, |index| index as u32 + 1)
    }

    fn by_code(code: u32) -> Option<Self> {
        Self::ALL.get((code as usize & 0xff).checked_sub(1)?).copied()
    }
}

/// A label found at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Label {
    /// What its value is.
    pub meaning: Meaning,
    /// How many words it has.
    pub words: usize,
    /// Whether it may stand directly before its value in running text, without a colon.
    pub is_phrase: bool,
}

/// Longest label in words.
const LONGEST: usize = 7;
const PHRASE: u32 = 0x100;

/// Every label of every language.
#[derive(Debug)]
pub struct Labels {
    table: Table,
}

/// A label file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// ISO 639-1 language.
    language: String,
    /// Meaning to labels that need a colon, a cell or a line of their own.
    labels: BTreeMap<String, Vec<String>>,
    /// Meaning to labels that may also stand directly before a value.
    #[serde(default)]
    phrases: BTreeMap<String, Vec<String>>,
    /// Texts with what must be found in them.
    #[serde(default)]
    examples: Vec<LabelExample>,
}

/// A text and a value that must be found in it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabelExample {
    /// The text.
    pub text: String,
    /// Name of the kind of finding.
    pub kind: String,
    /// The value, or empty where none of that kind may be found.
    pub value: String,
}

impl Labels {
    /// Reads `labels/*.toml`.
    ///
    /// # Errors
    /// If a file is not TOML, has an unknown meaning, or gives one label two meanings within a language.
    pub fn new(files: &RuleFiles) -> Result<Self, RuleError> {
        let mut entries = BTreeMap::new();
        for (path, bytes) in files.under("labels/").filter(|(path, _)| is_toml(path)) {
            let file = parse(path, bytes)?;
            let mut own = BTreeMap::new();
            for (table, flag) in [(&file.labels, 0), (&file.phrases, PHRASE)] {
                for (name, labels) in table {
                    let meaning = Meaning::by_name(name).ok_or_else(|| unknown(path, name))?;
                    for label in labels {
                        add(path, &mut own, label, meaning.code() | flag)?;
                    }
                }
            }
            for (key, value) in own {
                // A label of two languages keeps the meaning of the first file; being a phrase in one is enough.
                let held = entries.entry(key).or_insert(value);
                *held |= value & PHRASE;
            }
        }
        let entries: Vec<(u64, u32)> = entries.into_iter().collect();
        Ok(Self { table: Table::new(&entries) })
    }

    /// Every label with its language.
    ///
    /// # Errors
    /// If a file is not TOML.
    pub fn by_language(files: &RuleFiles) -> Result<Vec<(String, String)>, RuleError> {
        let mut all = Vec::new();
        for (path, bytes) in files.under("labels/").filter(|(path, _)| is_toml(path)) {
            let File { language, labels, phrases, .. } = parse(path, bytes)?;
            all.extend(
                labels.into_values().chain(phrases.into_values()).flatten().map(|label| (language.clone(), label)),
            );
        }
        Ok(all)
    }

    /// The examples of every file.
    ///
    /// # Errors
    /// If a file is not TOML.
    pub fn examples(files: &RuleFiles) -> Result<Vec<LabelExample>, RuleError> {
        let mut all = Vec::new();
        for (path, bytes) in files.under("labels/").filter(|(path, _)| is_toml(path)) {
            all.extend(parse(path, bytes)?.examples);
        }
        Ok(all)
    }

    /// The longest label that these words begin with.
    pub fn at_start(&self, words: &[Word]) -> Option<Label> {
        let mut hash = 0;
        let mut found = None;
        for (index, word) in words.iter().take(LONGEST).enumerate() {
            hash = join(hash, word.hash);
            found = self.label(hash, index + 1).or(found);
        }
        found
    }

    /// The longest label that these words end with.
    pub fn at_end(&self, words: &[Word]) -> Option<Label> {
        (1..=words.len().min(LONGEST)).rev().find_map(|count| {
            let tail = words.get(words.len() - count..)?;
            self.label(joined(tail), count)
        })
    }

    /// The label that these words are, as a whole.
    pub fn whole(&self, words: &[Word]) -> Option<Label> {
        if words.is_empty() || words.len() > LONGEST {
            return None;
        }
        self.label(joined(words), words.len())
    }

    /// The meaning of the label that stands directly before a position, on its line: for a detector of dates or
    /// phones that has a value and asks what it is.
    pub fn meaning_before(&self, text: &str, offset: usize) -> Option<Meaning> {
        /// Longest stretch of text in which a label is looked for, in bytes.
        const REACH: usize = 80;
        let before = text.get(..offset)?;
        let from = before.rfind('\n').map_or(0, |at| at + 1).max(offset.saturating_sub(REACH));
        let from = (from..=offset).find(|at| text.is_char_boundary(*at))?;
        let mut words = Vec::new();
        read_words(text.get(from..offset)?, from, &mut words);
        let label = self.at_end(&words)?;
        let gap = text.get(words.last()?.end..offset)?;
        (label.is_phrase || gap.contains([':', '=', '\t', '|']) || gap.trim().is_empty()).then_some(label.meaning)
    }

    fn label(&self, hash: u64, words: usize) -> Option<Label> {
        let code = self.table.get(hash);
        Some(Label { meaning: Meaning::by_code(code)?, words, is_phrase: code & PHRASE != 0 })
    }
}

fn parse(path: &str, bytes: &[u8]) -> Result<File, RuleError> {
    let file: File = RuleError::parse(path, bytes)?;
    if file.language.len() == 2 {
        Ok(file)
    } else {
        Err(RuleError::new(path, "language: expected two letters (ISO 639-1)"))
    }
}

fn add(path: &str, own: &mut BTreeMap<u64, u32>, label: &str, code: u32) -> Result<(), RuleError> {
    let mut words = Vec::new();
    read_words(label, 0, &mut words);
    if words.is_empty() || words.len() > LONGEST {
        return Err(RuleError::new(path, format!("label {label:?}: expected 1 to {LONGEST} words")));
    }
    let key = joined(&words);
    let held = own.entry(key).or_insert(code);
    if *held & 0xff != code & 0xff {
        return Err(RuleError::new(path, format!("label {label:?} stands under two meanings; keep one")));
    }
    *held |= code & PHRASE;
    Ok(())
}

fn unknown(path: &str, name: &str) -> RuleError {
    let known: Vec<&str> = Meaning::ALL.iter().map(|meaning| meaning.name()).collect();
    RuleError::new(path, format!("unknown meaning {name:?}; expected one of {}", known.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_known_without_accents_and_case() {
        let labels = Labels::new(&RuleFiles::embedded()).unwrap();
        for (text, meaning) in [
            ("Né(e) le ", Meaning::BirthDate),
            ("NE LE : ", Meaning::BirthDate),
            ("Fecha de nacimiento: ", Meaning::BirthDate),
            ("Tél. : ", Meaning::Phone),
            ("Geb. am ", Meaning::BirthDate),
            ("Дата рождения: ", Meaning::BirthDate),
            ("Nr telefonu: ", Meaning::Phone),
        ] {
            assert_eq!(labels.meaning_before(text, text.len()), Some(meaning), "{text}");
        }
    }

    #[test]
    fn a_label_under_two_meanings_is_an_error() {
        let file = b"language = \"fr\"\n[labels]\nage = [\"nom\"]\nsex = [\"NOM\"]\n";
        assert!(parse("labels/x.toml", file).is_ok());
        let mut own = BTreeMap::new();
        add("x", &mut own, "nom", Meaning::Age.code()).unwrap();
        assert!(add("x", &mut own, "NOM", Meaning::Sex.code()).is_err());
    }
}
