//! How severe it is.

use super::CombinationRow;
use serde::Serialize;

/// The severity.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Severity {
    /// The method.
    pub method: String,
    /// The sum, written out.
    pub working: String,
    /// Score of the worst case.
    pub score: f64,
    /// Band's name.
    pub band: String,
    /// Band's title.
    pub band_title: String,
    /// The method's definition of the band.
    pub meaning: String,
    /// What follows.
    pub consequence: String,
    /// Severity in field 87 of the EDPB template.
    pub edpb87: String,
    /// Whether the leak comes from health care.
    pub is_health: bool,
    /// Inputs.
    pub inputs: Vec<InputRow>,
    /// People by band.
    pub bands: Vec<BandRow>,
    /// Flags outside the score.
    pub flags: Vec<FlagRow>,
    /// What other answers would change.
    pub sensitivity: Vec<AlternativeRow>,
    /// The worst combinations.
    pub worst: Vec<CombinationRow>,
    /// Other methods on the same facts.
    pub secondary: Secondary,
}

/// One input.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct InputRow {
    /// Name.
    pub name: String,
    /// Value.
    pub value: f64,
    /// computed, supplied or assumed.
    pub basis: String,
    /// Evidence or reason.
    pub evidence: String,
    /// Field of the incident file that settles it.
    pub field: Option<String>,
}

/// People in one band.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BandRow {
    /// Name.
    pub band: String,
    /// Title.
    pub title: String,
    /// Lowest score.
    pub from: f64,
    /// Persons.
    pub persons: u64,
    /// Pictures and videos tied to nobody.
    pub unlinked_items: u64,
}

/// A flag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FlagRow {
    /// Name.
    pub name: String,
    /// Whether it is raised.
    pub is_raised: bool,
    /// Why.
    pub text: String,
}

/// Another answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AlternativeRow {
    /// Input.
    pub input: String,
    /// Other value.
    pub value: f64,
    /// What it would mean.
    pub meaning: String,
    /// Score then.
    pub score: f64,
    /// Band then.
    pub band: String,
    /// Its title.
    pub band_title: String,
    /// Whether the band changes.
    pub changes_band: bool,
}

/// Secondary views.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Secondary {
    /// AEPD: volume.
    pub aepd_volume: u32,
    /// AEPD: type.
    pub aepd_type: u32,
    /// AEPD: impact.
    pub aepd_impact: u32,
    /// AEPD: risk.
    pub aepd_risk: u32,
    /// AEPD: qualitative counter.
    pub aepd_counter: u32,
    /// AEPD: tell the authority.
    pub aepd_authority: bool,
    /// AEPD: tell the people.
    pub aepd_people: bool,
    /// CNIL: gravity of the PIA scale.
    pub cnil_gravity: String,
    /// CNIL: band of people; several where the bounds fall into other bands.
    pub cnil_people: Vec<String>,
    /// HIPAA: the four factors.
    pub hipaa: Vec<FactorRow>,
}

/// One factor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FactorRow {
    /// The factor.
    pub factor: String,
    /// What is known.
    pub finding: String,
}
