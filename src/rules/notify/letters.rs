//! `notify/letters/<language>.toml`: the letter of Art. 34 GDPR in a language.

use super::template::Template;
use super::vocabulary::LetterData;
use crate::rules::files::is_toml;
use crate::rules::severity::{AdviceRule, Audience};
use crate::rules::{RuleError, RuleFiles, SeverityRules};
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;

/// What a letter's text may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LetterPlace {
    /// The controller's name.
    Controller,
    /// Begin of the exposure.
    From,
    /// Its end.
    To,
    /// The data-protection officer's contact.
    Contact,
    /// Measures taken.
    Measures,
}

impl LetterPlace {
    fn by_name(name: &str) -> Option<Self> {
        Some(match name {
            "controller" => Self::Controller,
            "from" => Self::From,
            "to" => Self::To,
            "contact" => Self::Contact,
            "measures" => Self::Measures,
            _ => return None,
        })
    }
}

impl<'de> Deserialize<'de> for Template<LetterPlace> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?, LetterPlace::by_name).map_err(serde::de::Error::custom)
    }
}

/// Headings of a letter.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "named after the parts of Art. 34(2) GDPR")]
pub struct Headings {
    pub happened: String,
    pub data: String,
    pub consequences: String,
    pub measures: String,
    pub advice: String,
    pub contact: String,
}

/// Texts of a letter.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "named after the parts of Art. 34(2) GDPR")]
pub struct LetterTexts {
    pub happened: Template<LetterPlace>,
    pub data: String,
    pub data_minor: String,
    pub consequences: String,
    pub measures: Template<LetterPlace>,
    pub advice: String,
    pub contact: Template<LetterPlace>,
}

/// `notify/letters/<language>.toml`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LetterWords {
    /// Version of the file.
    pub version: u32,
    /// ISO 639-1 code.
    pub language: String,
    /// The language's own name.
    pub name: String,
    /// Subject.
    pub subject: String,
    /// Salutation.
    pub salutation: String,
    /// Salutation of a minor's guardians.
    pub salutation_minor: String,
    /// What stands for something that is missing; `{field}` names the field of the incident file.
    pub to_complete: String,
    /// Headings.
    pub headings: Headings,
    /// Texts.
    pub texts: LetterTexts,
    /// Words for the data.
    pub data: LetterData<String>,
    /// Words for the consequences, by id of `severity/impact.toml`.
    pub consequences: BTreeMap<String, String>,
    /// Words for the advice to people, by id of `severity/impact.toml`.
    pub advice: BTreeMap<String, String>,
}

/// Letters by language.
///
/// # Errors
/// If a file does not fit its schema, or has no words for a consequence or advice that the severity rules know.
pub fn letters(files: &RuleFiles, severity: &SeverityRules) -> Result<Vec<LetterWords>, RuleError> {
    let mut all = Vec::new();
    for (path, bytes) in files.under("notify/letters/").filter(|(path, _)| is_toml(path)) {
        let words: LetterWords = RuleError::parse(path, bytes)?;
        let missing = |what: &str, id: &str| Err(RuleError::new(path, format!("[{what}] has no words for `{id}`")));
        if let Some(rule) = severity.impacts.iter().find(|rule| !words.consequences.contains_key(&rule.id)) {
            return missing("consequences", &rule.id);
        }
        let to_people = |rule: &&AdviceRule| rule.audience == Audience::People;
        if let Some(rule) = severity.advice.iter().filter(to_people).find(|rule| !words.advice.contains_key(&rule.id)) {
            return missing("advice", &rule.id);
        }
        all.push(words);
    }
    Ok(all)
}
