//! Version 1 of the report: frozen output types, apart from the working types.
//!
//! A field never changes its meaning; fields are only added. `schemas/report-v1.json` describes the same. No field holds
//! a clear value of the leak; a path is in it only where paths were asked for.

mod classes;
mod consequences;
mod controllers;
mod coverage;
mod data;
mod headline;
mod items;
mod linkage;
mod method;
mod people;
mod quality;
mod severity;

pub use classes::{
    AmountRow, CityRow, ClassExampleRow, ClassRow, DeviceRow, FaceFacts, MaterialFacts, PositionFacts, SeriesFacts,
    YearCount,
};
pub use consequences::{Advice, DeadlineRow, ImpactRow};
pub use controllers::ControllerRow;
pub use coverage::{Coverage, DuplicateRow, FaultRow, ItemRow, MediaRow, MismatchRow, OutcomeRow};
pub use data::{FindingRow, KindRow};
pub use headline::Headline;
pub use items::{CatalogueRow, ItemsSection, KindCount, MaskRow};
pub use linkage::{Deidentification, LinkRow};
pub use method::{IncidentField, LimitRow, ManifestRow, Method};
pub use people::{CombinationRow, CountryRow, PeopleSection, PersonRow};
pub use quality::{ClassQualityRow, ElusionRow, IntervalRow, QualitySection};
pub use severity::{AlternativeRow, BandRow, FactorRow, FlagRow, InputRow, Secondary, Severity};

use serde::Serialize;

/// The name of this version.
pub const SCHEMA: &str = "breachscope.report/1";

/// A report on one leak.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// Title out of the incident file.
    pub title: String,
    /// Reference out of the incident file.
    pub reference: Option<String>,
    /// Distinct data subjects.
    pub distinct_persons: Persons,
    /// What a board reads.
    pub headline: Headline,
    /// What was examined and what was not.
    pub coverage: Coverage,
    /// Items by class.
    pub classes: Vec<ClassRow>,
    /// Facts about the material: dates, pictures, videos, amounts.
    pub material: MaterialFacts,
    /// Personal data by kind.
    pub data: Vec<KindRow>,
    /// Who is concerned.
    pub people: PeopleSection,
    /// Whether the media are de-identified.
    pub deidentification: Deidentification,
    /// How severe it is.
    pub severity: Severity,
    /// Deadlines.
    pub deadlines: Vec<DeadlineRow>,
    /// Likely consequences.
    pub impact: Vec<ImpactRow>,
    /// Advice.
    pub advice: Advice,
    /// What a human said or has still to say.
    pub incident: Vec<IncidentField>,
    /// A catalogue of items, to which the numbers lead.
    pub items: ItemsSection,
    /// How it was done.
    pub method: Method,
    /// What a reviewed sample says of the figures; null until one was scored.
    pub quality: Option<QualitySection>,
    /// The manifest of the items.
    pub manifest: ManifestRow,
}

/// A count with its bounds and what they mean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Persons {
    /// At least.
    pub lower: u64,
    /// Best estimate.
    pub best: u64,
    /// At most.
    pub upper: u64,
    /// The best estimate once more: the one number for readers that want one.
    pub data_subjects: u64,
    /// What the lower bound counts.
    pub lower_meaning: String,
    /// What the estimate counts.
    pub best_meaning: String,
    /// What the upper bound counts.
    pub upper_meaning: String,
}

/// A name and a count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NameCount {
    /// Name in data.
    pub name: String,
    /// Words for a reader.
    pub title: String,
    /// How many.
    pub count: u64,
}
