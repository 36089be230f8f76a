//! What was examined, and what was not.

use super::NameCount;
use serde::Serialize;

/// What was examined.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Coverage {
    /// Whether every listed item has its record.
    pub is_complete: bool,
    /// Listed files: the sum of the outcomes.
    pub listed: u64,
    /// Members of containers.
    pub members: u64,
    /// Files by outcome.
    pub outcomes: Vec<OutcomeRow>,
    /// Share of the listed files that were examined or partly examined, 0 to 1.
    pub read_share: f64,
    /// Files by fault.
    pub faults: Vec<FaultRow>,
    /// Extensions that did not fit the content.
    pub mismatches: Vec<MismatchRow>,
    /// Exact copies.
    pub duplicates: DuplicateRow,
    /// Files by media type.
    pub media: Vec<MediaRow>,
    /// Items by language of their text.
    pub languages: Vec<NameCount>,
    /// Documents by state of their text.
    pub text_states: Vec<NameCount>,
}

/// Files of one outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OutcomeRow {
    /// Name of the outcome.
    pub outcome: String,
    /// Files.
    pub files: u64,
    /// Bytes.
    pub bytes: u64,
    /// Members.
    pub members: u64,
}

/// Files with one fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FaultRow {
    /// Code.
    pub code: String,
    /// Stage.
    pub stage: String,
    /// What it means.
    pub meaning: String,
    /// Effect on the outcome: noted, partial, skipped, failed.
    pub effect: String,
    /// Files.
    pub files: u64,
    /// Members.
    pub members: u64,
    /// A few of them.
    pub examples: Vec<ItemRow>,
}

/// An item by its short id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ItemRow {
    /// Short id.
    pub item: String,
    /// Path, if paths were asked for.
    pub path: Option<String>,
    /// Media type in words.
    pub media: String,
    /// Size in bytes.
    pub bytes: u64,
}

/// Files of one wrong extension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MismatchRow {
    /// The extension in the name.
    pub extension: String,
    /// What the content was.
    pub media: String,
    /// Files.
    pub files: u64,
}

/// Exact copies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DuplicateRow {
    /// Different contents.
    pub unique: u64,
    /// Files that are copies.
    pub copies: u64,
    /// Bytes of the copies.
    pub bytes: u64,
}

/// Files of one media type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MediaRow {
    /// IANA media type.
    pub media: String,
    /// Words for a reader.
    pub title: String,
    /// Files.
    pub files: u64,
    /// Bytes.
    pub bytes: u64,
    /// Members.
    pub members: u64,
}
