//! `notify/<form>.toml`: a form's fields, each with its source and how it is filled.

use super::{Fact, Template};
use crate::rules::{RuleError, RuleFiles};
use serde::Deserialize;
use std::collections::BTreeMap;

/// How far a filled field stands by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// A suggestion that a person has to confirm.
    Drafted,
}

/// One field of a form.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// The form's own number or name.
    pub id: String,
    /// Its title, shortened.
    pub title: String,
    /// The article or the form that asks for it.
    pub source: String,
    /// Begins a section of the form.
    #[serde(default)]
    pub section: Option<String>,
    /// The fact that answers it.
    #[serde(default)]
    pub fill: Option<Fact>,
    /// A text of several facts that answers it.
    #[serde(default)]
    pub text: Option<Template<Fact>>,
    /// Options that are suggested in every case.
    #[serde(default)]
    pub choose: Vec<String>,
    /// The form's options; the fact names them by key.
    #[serde(default)]
    pub options: BTreeMap<String, String>,
    /// Whether a person has to confirm it.
    #[serde(default)]
    pub mark: Option<Mark>,
    /// Why `choose` chooses.
    #[serde(default)]
    pub because: Option<String>,
    /// What whoever completes it should know.
    #[serde(default)]
    pub hint: Option<String>,
}

/// `notify/<form>.toml`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// Version of the file.
    pub version: u32,
    /// Its name on the command line.
    pub id: String,
    /// Words for a reader.
    pub title: String,
    /// Which edition of the form it follows.
    pub edition: String,
    /// What its reader should know first.
    pub note: String,
    /// One for each controller.
    #[serde(default)]
    pub per_controller: bool,
    /// The letters to the people belong to it.
    #[serde(default)]
    pub letters: bool,
    /// Its fields in order.
    #[serde(rename = "field")]
    pub fields: Vec<Field>,
}

impl Form {
    /// The form of this name.
    ///
    /// # Errors
    /// If the file is missing or does not fit its schema: an unknown fact, a field that can never be filled and has no
    /// hint, an option that is chosen and not listed.
    pub fn load(files: &RuleFiles, name: &str) -> Result<Self, RuleError> {
        let path = format!("notify/{name}.toml");
        let form: Self = files.toml(&path)?;
        for field in &form.fields {
            let wrong = |message: String| Err(RuleError::new(&*path, format!("field {}: {message}", field.id)));
            let ways =
                usize::from(field.fill.is_some()) + usize::from(field.text.is_some()) + field.choose.len().min(1);
            if ways > 1 {
                return wrong("give one of `fill`, `text` and `choose`".to_owned());
            }
            if ways == 0 && field.hint.is_none() {
                return wrong("a field that a person completes needs a `hint`".to_owned());
            }
            if let Some(unlisted) = field.choose.iter().find(|key| !field.options.contains_key(*key)) {
                return wrong(format!("`{unlisted}` is chosen and is none of the options"));
            }
        }
        Ok(form)
    }
}
