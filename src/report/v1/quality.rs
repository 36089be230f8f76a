//! What a reviewed sample says of the program's work.

use serde::Serialize;

/// An estimate with its exact two-sided 95 % interval (Clopper-Pearson).
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct IntervalRow {
    /// At least.
    pub lower: f64,
    /// The estimate.
    pub value: f64,
    /// At most.
    pub upper: f64,
}

/// One class in the reviewed sample.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClassQualityRow {
    /// Name of the class.
    pub class: String,
    /// Words for a reader.
    pub title: String,
    /// Items that the program calls so, members of containers among them.
    pub items: u64,
    /// Items of them that were reviewed.
    pub reviewed: u64,
    /// Items of these that are of the class.
    pub right: u64,
    /// Share of what the program calls so that is so.
    pub precision: IntervalRow,
    /// Items that are of the class, whatever the program says; its intervals hold for all classes at once.
    pub corrected: IntervalRow,
}

/// Items in which nothing was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ElusionRow {
    /// How many there are.
    pub items: u64,
    /// Items of them that were reviewed.
    pub reviewed: u64,
    /// Items of these that hold personal data after all.
    pub missed: u64,
    /// Share of such items.
    pub share: IntervalRow,
    /// Items of the leak that hold personal data which was not found.
    pub missed_items: IntervalRow,
}

/// What a reviewed sample says.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct QualitySection {
    /// The seed that drew the sample: with it the same sample is drawn again.
    pub seed: u64,
    /// Items that were drawn of each class.
    pub per_class: u64,
    /// Classes of which something was reviewed.
    pub classes: Vec<ClassQualityRow>,
    /// What was missed; null if nothing of it was reviewed.
    pub elusion: Option<ElusionRow>,
    /// Findings on reviewed items.
    pub findings: u64,
    /// Findings of them that are none.
    pub wrong_findings: u64,
    /// Pieces of personal data on reviewed items that were not found.
    pub missed_findings: u64,
}
