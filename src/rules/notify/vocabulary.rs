//! `notify/vocabulary.toml`: what the kinds of data are called in the vocabularies of others.

use crate::rules::severity::Trait;
use crate::rules::{RuleError, RuleFiles};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Where a row of the crosswalk holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Where {
    /// Only where the leak comes from health care.
    HealthCare,
    /// Only where it does not.
    Elsewhere,
}

/// What some kinds of data or of items are called elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Called {
    /// The kinds.
    pub of: Vec<Trait>,
    /// Where the row holds; everywhere if not given.
    #[serde(default)]
    pub only_in: Option<Where>,
    /// Letters of field 70 of the EDPB template.
    pub edpb: Vec<String>,
    /// Words of the CNIL.
    pub cnil: Vec<String>,
    /// Words of the ICO.
    pub ico: Vec<String>,
    /// Words of the HHS portal.
    pub hhs: Vec<String>,
    /// Variety of VERIS.
    pub veris: String,
    /// Concepts of DPV.
    pub dpv: Vec<String>,
    /// Special category, Art. 9(1) GDPR.
    #[serde(default)]
    pub special: bool,
}

impl Called {
    /// Whether the row holds in this leak.
    pub fn holds(&self, is_health: bool) -> bool {
        match self.only_in {
            None => true,
            Some(Where::HealthCare) => is_health,
            Some(Where::Elsewhere) => !is_health,
        }
    }
}

/// A map with one entry for each kind of data that the letters tell apart.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the names say it; the files give the words")]
pub struct LetterData<T> {
    pub name: T,
    pub birth_date: T,
    pub details: T,
    pub contact: T,
    pub official_number: T,
    pub identity_document: T,
    pub patient_number: T,
    pub health: T,
    pub pictures: T,
    pub video: T,
    pub invoice: T,
    pub account: T,
    pub card: T,
    pub location: T,
    pub credentials: T,
    pub other: T,
}

impl<T> LetterData<T> {
    /// Names and entries, in the order in which a letter tells them.
    pub fn entries(&self) -> [(&'static str, &T); 16] {
        [
            ("name", &self.name),
            ("birth_date", &self.birth_date),
            ("details", &self.details),
            ("contact", &self.contact),
            ("official_number", &self.official_number),
            ("identity_document", &self.identity_document),
            ("patient_number", &self.patient_number),
            ("health", &self.health),
            ("pictures", &self.pictures),
            ("video", &self.video),
            ("invoice", &self.invoice),
            ("account", &self.account),
            ("card", &self.card),
            ("location", &self.location),
            ("credentials", &self.credentials),
            ("other", &self.other),
        ]
    }
}

/// `notify/vocabulary.toml`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vocabulary {
    /// Version of the file.
    pub version: u32,
    /// The crosswalk.
    pub data: Vec<Called>,
    /// Languages by ISO 3166-1 country.
    pub languages: BTreeMap<String, Vec<String>>,
    /// What the letters tell apart.
    pub letters: LetterData<Vec<Trait>>,
    /// Concepts of DPV's risk extension, by id of a consequence.
    pub risk: BTreeMap<String, Vec<String>>,
}

impl Vocabulary {
    /// The crosswalk.
    ///
    /// # Errors
    /// If the file is missing or does not fit its schema.
    pub fn load(files: &RuleFiles) -> Result<Self, RuleError> {
        files.toml("notify/vocabulary.toml")
    }

    /// Rows that hold of this kind of data or of item in this leak.
    pub fn called(&self, one: Trait, is_health: bool) -> impl Iterator<Item = &Called> {
        self.data.iter().filter(move |row| row.holds(is_health) && row.of.contains(&one))
    }
}
