//! How it was done, and what a human said.

use serde::Serialize;

/// A field of the incident file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IncidentField {
    /// Its name in the file.
    pub field: String,
    /// Words for a reader.
    pub title: String,
    /// What was said; none: to be completed.
    pub value: Option<String>,
}

/// How it was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Method {
    /// Version of the program.
    pub version: String,
    /// Arguments.
    pub arguments: Vec<String>,
    /// BLAKE3 over all rule files.
    pub rules_digest: String,
    /// Whether rules of the user's were laid over the embedded ones.
    pub rules_are_customised: bool,
    /// Detectors of faces and bodies.
    pub detectors: Vec<String>,
    /// Bounds.
    pub limits: Vec<LimitRow>,
    /// What the figures cannot say.
    pub notes: Vec<String>,
}

/// One bound.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LimitRow {
    /// Name.
    pub name: String,
    /// Value.
    pub value: u64,
    /// Unit.
    pub unit: String,
    /// Reason.
    pub reason: String,
}

/// The manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ManifestRow {
    /// Listed items in it.
    pub items: u64,
    /// Merkle root (RFC 6962, SHA-256).
    pub root: String,
}
