//! What a reviewed sample says about the program's work.

use super::class::Class;
use serde::{Deserialize, Serialize};

/// An estimate with its exact two-sided 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Interval {
    /// The estimate.
    pub value: f64,
    /// Lower bound.
    pub lower: f64,
    /// Upper bound.
    pub upper: f64,
}

/// One class in the sample.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClassQuality {
    /// What the program said.
    pub class: Class,
    /// Items of this class in the case, members of containers among them.
    pub items: u64,
    /// Items that were reviewed.
    pub reviewed: u64,
    /// Items of them that are of this class.
    pub right: u64,
    /// Share of the class's items that are of it.
    pub precision: Interval,
    /// Items that are of this class, whatever the program said. Its interval holds for all classes at once.
    pub corrected: Interval,
}

/// Items in which nothing was found: does anything stand in them?
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Elusion {
    /// Items without findings in the case.
    pub items: u64,
    /// Items that were reviewed.
    pub reviewed: u64,
    /// Items of them that hold personal data after all.
    pub missed: u64,
    /// Share of such items.
    pub share: Interval,
    /// Items of the case that hold personal data which was not found.
    pub missed_items: Interval,
}

/// What a reviewed sample says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Quality {
    /// The seed that drew the sample.
    pub seed: u64,
    /// Items that were drawn of each class.
    pub per_class: u64,
    /// By class.
    pub classes: Vec<ClassQuality>,
    /// Of what nothing was found in; `None` if none of it was reviewed.
    pub elusion: Option<Elusion>,
    /// Findings on reviewed items.
    pub findings: u64,
    /// Findings of them that are none.
    pub wrong_findings: u64,
    /// Pieces of personal data on reviewed items that were not found.
    pub missed_findings: u64,
}
