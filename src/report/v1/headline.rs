//! The first screen.

use super::{DeadlineRow, NameCount};
use serde::Serialize;

/// The first screen.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Headline {
    /// Listed files.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Members of containers beyond them.
    pub members: u64,
    /// Files or members with at least one finding.
    pub items_with_findings: u64,
    /// The severity score.
    pub score: f64,
    /// Name of its band.
    pub band: String,
    /// Title of its band.
    pub band_title: String,
    /// What the people lost, in one sentence.
    pub sentence: String,
    /// The first deadline with a fixed term.
    pub deadline: Option<DeadlineRow>,
    /// Kinds of data about most persons.
    pub main_kinds: Vec<NameCount>,
}
