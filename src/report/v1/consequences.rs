//! What follows: deadlines, likely consequences, advice.

use serde::Serialize;

/// One deadline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeadlineRow {
    /// Name in data.
    pub id: String,
    /// Words for a reader.
    pub title: String,
    /// Condition.
    pub when: String,
    /// UTC, RFC 3339.
    pub utc: Option<String>,
    /// In the incident's time zone.
    pub local: Option<String>,
    /// Field of the incident file that is missing.
    pub missing: Option<String>,
}

/// One consequence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ImpactRow {
    /// Name in data.
    pub id: String,
    /// Words for a reader.
    pub title: String,
    /// Why.
    pub text: String,
    /// Persons concerned.
    pub persons: u64,
    /// Options of field 85 of the EDPB template.
    pub edpb85: Vec<String>,
}

/// Advice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Advice {
    /// To the owner.
    pub owner: Vec<String>,
    /// To the people.
    pub people: Vec<String>,
}
