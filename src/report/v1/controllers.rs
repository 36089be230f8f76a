//! Controllers, each with their share.

use super::NameCount;
use serde::Serialize;

/// One controller.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ControllerRow {
    /// Short token.
    pub id: String,
    /// Name out of the incident file.
    pub name: Option<String>,
    /// Country out of the incident file, else the most frequent of its paperwork.
    pub country: Option<String>,
    /// Files.
    pub files: u64,
    /// Bytes.
    pub bytes: u64,
    /// Members.
    pub members: u64,
    /// Persons; one known to several controllers counts in each.
    pub persons: u64,
    /// Files by class.
    pub classes: Vec<NameCount>,
    /// Items, members included, by kind of personal data in them.
    pub kinds: Vec<NameCount>,
}
