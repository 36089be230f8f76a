//! A catalogue of items, to which the numbers of a report lead.

use serde::Serialize;

/// The catalogue: every item of a small leak, else enough of each class, kind, fault, outcome, type, year and controller.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ItemsSection {
    /// Items of the leak, members of containers included.
    pub total: u64,
    /// Items that are kept of each of these, where not all are.
    pub kept_of_each: u64,
    /// The items in the order of their names.
    pub rows: Vec<CatalogueRow>,
}

/// One item, masked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CatalogueRow {
    /// Short id; `breachscope explain` resolves it.
    pub item: String,
    /// Path, if paths were asked for.
    pub path: Option<String>,
    /// Name of the class; `unclassified` for items without a verdict.
    pub class: String,
    /// Media type.
    pub media: String,
    /// Size in bytes.
    pub bytes: u64,
    /// Whether it is a member of a container.
    pub is_member: bool,
    /// Name of the outcome.
    pub outcome: String,
    /// Codes of the faults.
    pub faults: Vec<String>,
    /// Findings by name of the kind.
    pub kinds: Vec<KindCount>,
    /// A few masks.
    pub masks: Vec<MaskRow>,
    /// Short token of the controller; `none` if it is not known.
    pub controller: String,
    /// Year of its own date, else of the store's.
    pub year: Option<i16>,
}

/// Findings of one kind in one item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KindCount {
    /// Name of the kind.
    pub kind: String,
    /// Findings.
    pub count: u32,
}

/// One masked finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MaskRow {
    /// Name of the kind.
    pub kind: String,
    /// The mask.
    pub mask: String,
}
