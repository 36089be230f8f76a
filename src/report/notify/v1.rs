//! Version 1 of a drafted notification: frozen output types.

use serde::Serialize;

/// The name of this version.
pub const SCHEMA: &str = "breachscope.notification/1";

/// A drafted notification. It holds counts, words out of closed lists and what the incident file says; no value, mask or
/// path of the leak.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Notification {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// Name of the form.
    pub form: String,
    /// Words for a reader.
    pub title: String,
    /// Which edition of the form it follows.
    pub edition: String,
    /// What its reader should know first.
    pub note: String,
    /// Whom it is for, where there is one for each of several.
    pub addressee: Option<Addressee>,
    /// Fields by status.
    pub summary: Summary,
    /// The fields in the form's order.
    pub fields: Vec<FieldRow>,
    /// Letters to the people.
    pub letters: Vec<Letter>,
    /// What the letters cannot say.
    pub letter_notes: Vec<String>,
    /// What stands behind the computed fields.
    pub basis: Basis,
}

/// One of several addressees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Addressee {
    /// Short token; `none` for what belongs to no known controller.
    pub id: String,
    /// Name out of the incident file.
    pub name: Option<String>,
}

/// Fields by status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Summary {
    /// Computed from the case.
    pub computed: usize,
    /// Out of the incident file.
    pub supplied: usize,
    /// Suggested; a person has to confirm.
    pub drafted: usize,
    /// To be completed by a person.
    pub to_be_completed: usize,
}

/// How a field came to its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Computed from the case.
    Computed,
    /// Out of the incident file.
    Supplied,
    /// Suggested; a person has to confirm.
    Drafted,
    /// To be completed by a person.
    ToBeCompleted,
}

impl Status {
    /// The words for a reader.
    pub fn title(self) -> &'static str {
        match self {
            Self::Computed => "computed",
            Self::Supplied => "from the incident file",
            Self::Drafted => "drafted, to be confirmed",
            Self::ToBeCompleted => "to be completed",
        }
    }
}

/// One field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldRow {
    /// The form's own number or name.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The article or the form that asks for it.
    pub source: String,
    /// Begins a section of the form.
    pub section: Option<String>,
    /// How it came to its answer.
    pub status: Status,
    /// The status in words.
    pub status_title: String,
    /// A text; where the field is to be completed, what is known of it.
    pub text: Option<String>,
    /// Several lines.
    pub lines: Vec<String>,
    /// Options that are chosen.
    pub options: Vec<OptionRow>,
    /// Where the answer comes from.
    pub provenance: Vec<String>,
    /// Fields of the incident file that would settle it.
    pub missing: Vec<String>,
    /// What whoever completes it should know.
    pub hint: Option<String>,
}

/// A chosen option.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OptionRow {
    /// The form's key.
    pub key: String,
    /// Words for a reader.
    pub title: String,
}

/// One letter: for everybody of whom the same kinds of data are in the leak.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Letter {
    /// Number of the combination, from 1; the same in every language.
    pub class: usize,
    /// ISO 639-1 language.
    pub language: String,
    /// The language's own name.
    pub language_name: String,
    /// Persons of this combination, in all languages.
    pub persons: u64,
    /// To the guardians of minors.
    pub is_minor: bool,
    /// Kinds of data.
    pub data: Vec<String>,
    /// Subject.
    pub subject: String,
    /// Salutation.
    pub salutation: String,
    /// The parts that Art. 34(2) GDPR asks for.
    pub parts: Vec<LetterPart>,
    /// Fields of the incident file that are missing in it.
    pub missing: Vec<String>,
}

/// One part of a letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LetterPart {
    /// Heading.
    pub heading: String,
    /// Text.
    pub text: String,
    /// Points below it.
    pub points: Vec<String>,
}

/// What stands behind the computed fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Basis {
    /// Version of the program.
    pub version: String,
    /// BLAKE3 over all rule files, forms included.
    pub rules_digest: String,
    /// Merkle root of the manifest.
    pub manifest_root: String,
    /// Whether every listed item was examined.
    pub is_complete: bool,
}
