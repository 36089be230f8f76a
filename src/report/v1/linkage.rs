//! Whether the media are de-identified.

use serde::Serialize;

/// Whether the media are de-identified.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Deidentification {
    /// The answer in words.
    pub answer: String,
    /// Rows by kind of item.
    pub rows: Vec<LinkRow>,
}

/// What ties items of one kind to persons.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LinkRow {
    /// Name of the material.
    pub material: String,
    /// Words for a reader.
    pub title: String,
    /// Items.
    pub items: u64,
    /// Tied to a named person.
    pub named: u64,
    /// Their share, 0 to 1.
    pub share: f64,
    /// By their own text.
    pub by_text: u64,
    /// By their metadata.
    pub by_metadata: u64,
    /// By their path.
    pub by_path: u64,
    /// By another item in the same person's folder.
    pub by_folder: u64,
    /// Only to a code.
    pub by_code: u64,
    /// To nothing.
    pub by_nothing: u64,
}
