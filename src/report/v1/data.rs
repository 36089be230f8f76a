//! Personal data by kind.

use super::NameCount;
use serde::Serialize;

/// Findings of one kind.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct KindRow {
    /// Name of the kind.
    pub kind: String,
    /// Words for a reader.
    pub title: String,
    /// Findings.
    pub findings: u64,
    /// How many of them are expected to be right, by their confidence.
    pub expected: u64,
    /// Items with at least one.
    pub items: u64,
    /// Different values.
    pub distinct: u64,
    /// Whether that is exact, else within about 1.6 % (95 %).
    pub distinct_is_exact: bool,
    /// Different values of data subjects.
    pub distinct_of_subjects: u64,
    /// Persons: at least.
    pub persons_lower: u64,
    /// Persons: best estimate.
    pub persons: u64,
    /// Persons: at most.
    pub persons_upper: u64,
    /// Findings by whose data they are.
    pub roles: Vec<NameCount>,
    /// Findings by where they were read.
    pub parts: Vec<NameCount>,
    /// Findings by rule.
    pub schemes: Vec<NameCount>,
    /// A few masked ones.
    pub examples: Vec<FindingRow>,
}

/// One masked finding.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FindingRow {
    /// Short id of the item.
    pub item: String,
    /// Path, if paths were asked for.
    pub path: Option<String>,
    /// The mask.
    pub mask: String,
    /// The rule.
    pub scheme: String,
    /// Where.
    pub part: String,
    /// On which page.
    pub page: Option<u32>,
    /// Whose.
    pub role: String,
    /// Confidence, 0 to 1.
    pub confidence: f64,
}
