//! The schemas of `severity/*.toml`: the tables of the severity methods, deadlines, consequences and advice.

use super::{RuleError, RuleFiles};
use crate::model::{Kind, KindSet, Material, MaterialSet, Profile};
use serde::{Deserialize, Deserializer};

/// A score in quarters: every cell of the ENISA method is a multiple of 0.25, so sums are exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Quarters(pub u32);

impl Quarters {
    /// From a number that is a multiple of 0.25 and not negative.
    pub fn from_number(number: f64) -> Option<Self> {
        let quarters = number * 4.0;
        ((0.0..=400.0).contains(&quarters) && quarters.fract() == 0.0).then_some(Self(quarters as u32))
    }

    /// As a number.
    pub fn number(self) -> f64 {
        f64::from(self.0) / 4.0
    }
}

impl<'de> Deserialize<'de> for Quarters {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_number(f64::deserialize(deserializer)?)
            .ok_or_else(|| serde::de::Error::custom("expected a multiple of 0.25 from 0 to 100"))
    }
}

/// A band of the score.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// Name in data.
    pub name: String,
    /// Words for a reader.
    pub title: String,
    /// Lowest score in it.
    pub from: Quarters,
    /// The method's own definition.
    pub meaning: String,
}

/// A fact about a person, or about the leak, that a rule asks for: a kind of data, a material, `minor`, `health_context`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trait {
    /// A kind of data is known of the person.
    Kind(Kind),
    /// The person occurs in such an item.
    Material(Material),
    /// The person was under age.
    Minor,
    /// The leak comes from health care.
    HealthContext,
}

impl Trait {
    /// The trait with this name.
    pub fn by_name(name: &str) -> Option<Self> {
        match name {
            "minor" => Some(Self::Minor),
            "health_context" => Some(Self::HealthContext),
            _ => Kind::by_name(name)
                .map(Self::Kind)
                .or_else(|| Material::ALL.into_iter().find(|material| material.name() == name).map(Self::Material)),
        }
    }

    /// Whether it holds of this person.
    pub fn holds(self, profile: &Profile, is_health: bool) -> bool {
        match self {
            Self::Kind(kind) => profile.kinds.has(kind),
            Self::Material(material) => profile.material.has(material),
            Self::Minor => profile.is_minor,
            Self::HealthContext => is_health,
        }
    }
}

impl<'de> Deserialize<'de> for Trait {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::by_name(&name)
            .ok_or_else(|| serde::de::Error::custom(format!("`{name}` is no kind of data and no kind of item")))
    }
}

/// Groups of traits; of each group at least one must hold.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(transparent)]
pub struct AllOf(pub Vec<Vec<Trait>>);

impl AllOf {
    /// Whether it holds of this person.
    pub fn holds(&self, profile: &Profile, is_health: bool) -> bool {
        self.0.iter().all(|group| group.iter().any(|wanted| wanted.holds(profile, is_health)))
    }
}

/// A cell of the data-processing context.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Context {
    /// Final score, 1 to 4.
    pub score: u32,
    /// The method's category.
    pub category: String,
    /// Words for a reader.
    pub title: String,
    /// Kinds any of which suffices.
    #[serde(default)]
    pub kinds: Vec<Kind>,
    /// Materials any of which suffices.
    #[serde(default)]
    pub material: Vec<Material>,
    /// Only where the leak comes from health care.
    #[serde(default)]
    pub health_context: bool,
}

impl Context {
    /// Whether it applies to this person. A cell without kinds and materials applies to everybody.
    pub fn applies(&self, profile: &Profile, is_health: bool) -> bool {
        let is_open = self.kinds.is_empty() && self.material.is_empty();
        let fits = is_open
            || profile.kinds.has_any(KindSet::of(&self.kinds))
            || profile.material.has_any(MaterialSet::of(&self.material));
        fits && (is_health || !self.health_context)
    }
}

/// What makes a leak one of health care.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HealthContext {
    /// Kinds any of which suffices.
    pub kinds: Vec<Kind>,
    /// Materials any of which suffices.
    pub material: Vec<Material>,
    /// Sectors of the controller that suffice.
    pub sectors: Vec<String>,
}

/// A cell of the ease of identification.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identification {
    /// Score: 0.25, 0.5, 0.75 or 1.
    pub score: Quarters,
    /// Words for a reader.
    pub title: String,
    /// What is assumed where the files cannot tell.
    #[serde(default)]
    pub assumed: Option<String>,
    /// What must be known.
    pub all: AllOf,
}

/// The circumstances of the breach.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Circumstances {
    /// Values of confidentiality.
    pub confidentiality: Vec<Quarters>,
    /// Values of integrity.
    pub integrity: Vec<Quarters>,
    /// Values of availability.
    pub availability: Vec<Quarters>,
    /// Value of malicious intent.
    pub malicious: Quarters,
    /// Confidentiality of an open store.
    pub confidentiality_default: Quarters,
    /// Why.
    pub confidentiality_why: String,
    /// Confidentiality where complete logs show no reader.
    pub confidentiality_no_reader: Quarters,
    /// Why.
    pub confidentiality_no_reader_why: String,
    /// Confidentiality of encrypted data with a safe key.
    pub confidentiality_encrypted: Quarters,
    /// Why.
    pub confidentiality_encrypted_why: String,
}

/// The method's flags outside the score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flags {
    /// More individuals than this raise the flag.
    pub individuals_above: u64,
}

/// What follows from a band.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consequence {
    /// The band.
    pub band: String,
    /// What it means for notification.
    pub text: String,
    /// Severity in field 87 of the EDPB template.
    pub edpb87: String,
    /// Gravity of the CNIL's PIA scale.
    pub cnil: String,
}

/// The tables of the AEPD's method.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Aepd {
    /// From this number of people on, this volume score.
    pub volume: Vec<(u64, u32)>,
    /// Type score of ordinary data.
    pub type_ordinary: u32,
    /// Type score of sensitive data.
    pub type_sensitive: u32,
    /// Impact score: none.
    pub impact_none: u32,
    /// Impact score: external.
    pub impact_external: u32,
    /// Impact score: public.
    pub impact_public: u32,
    /// Impact score: unknown.
    pub impact_unknown: u32,
    /// The authority is told above this risk.
    pub authority_above: u32,
    /// The people are told above this risk.
    pub people_above: u32,
    /// The counter counts a volume above this.
    pub counter_volume_above: u32,
    /// The counter counts a type above this.
    pub counter_type_above: u32,
    /// The counter counts an impact above this.
    pub counter_impact_above: u32,
    /// The counter must reach this.
    pub counter_from: u32,
}

/// The CNIL's bands of people.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cnil {
    /// From this number of people on, this band.
    pub people: Vec<(u64, String)>,
}

/// `severity/enisa.toml`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enisa {
    /// Version of the file.
    pub version: u32,
    /// The method's name.
    pub title: String,
    /// Bands, lowest first.
    pub bands: Vec<Band>,
    /// Flags.
    pub flags: Flags,
    /// Cells of the context, highest first.
    pub dpc: Vec<Context>,
    /// What makes a leak one of health care.
    pub health_context: HealthContext,
    /// Cells of the ease of identification, highest first.
    pub ei: Vec<Identification>,
    /// Circumstances.
    pub cb: Circumstances,
    /// What follows from a band.
    pub outcome: Vec<Consequence>,
    /// Secondary: AEPD.
    pub aepd: Aepd,
    /// Secondary: CNIL.
    pub cnil: Cnil,
}

/// From when a deadline runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Start {
    /// From awareness.
    Awareness,
    /// From discovery.
    Discovery,
}

/// One deadline of one regime.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeadlineRule {
    /// Name in data.
    pub id: String,
    /// Words for a reader.
    pub title: String,
    /// Countries and unions whose law it is; none: never applied by itself.
    pub jurisdictions: Vec<String>,
    /// From when it runs.
    pub from: Start,
    /// Elapsed hours.
    #[serde(default)]
    pub hours: Option<u32>,
    /// Calendar days.
    #[serde(default)]
    pub days: Option<u32>,
    /// Its condition.
    pub when: String,
}

/// A consequence for the people.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImpactRule {
    /// Name in data.
    pub id: String,
    /// Words for a reader.
    pub title: String,
    /// Options of field 85 of the EDPB template.
    pub edpb85: Vec<String>,
    /// What must be known of a person.
    pub all: AllOf,
    /// Why.
    pub text: String,
}

/// Whom advice is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// The owner of the data.
    Owner,
    /// The people concerned.
    People,
}

/// A piece of advice.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdviceRule {
    /// Name in data.
    pub id: String,
    /// For whom.
    pub audience: Audience,
    /// What must be known of a person.
    pub all: AllOf,
    /// The advice.
    pub text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DeadlineFile {
    #[serde(rename = "version")]
    _version: u32,
    deadline: Vec<DeadlineRule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ImpactFile {
    #[serde(rename = "version")]
    _version: u32,
    impact: Vec<ImpactRule>,
    advice: Vec<AdviceRule>,
}

/// All tables of `severity/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeverityRules {
    /// The ENISA method and the secondary views.
    pub enisa: Enisa,
    /// Deadlines.
    pub deadlines: Vec<DeadlineRule>,
    /// Consequences.
    pub impacts: Vec<ImpactRule>,
    /// Advice.
    pub advice: Vec<AdviceRule>,
}

impl SeverityRules {
    /// The rules in `severity/`.
    ///
    /// # Errors
    /// If a file does not fit its schema, or a table has a gap.
    pub fn load(files: &RuleFiles) -> Result<Self, RuleError> {
        let enisa: Enisa = files.toml("severity/enisa.toml")?;
        check(&enisa)?;
        let DeadlineFile { deadline, .. } = files.toml("severity/deadlines.toml")?;
        let ImpactFile { impact, advice, .. } = files.toml("severity/impact.toml")?;
        Ok(Self { enisa, deadlines: deadline, impacts: impact, advice })
    }
}

fn check(enisa: &Enisa) -> Result<(), RuleError> {
    let wrong = |message: &str| Err(RuleError::new("severity/enisa.toml", message));
    if enisa.bands.first().is_none_or(|band| band.from != Quarters(0)) {
        return wrong("the first band must begin at 0");
    }
    if !enisa.bands.is_sorted_by(|a, b| a.from < b.from) {
        return wrong("bands must rise");
    }
    if enisa.bands.iter().any(|band| !enisa.outcome.iter().any(|outcome| outcome.band == band.name)) {
        return wrong("every band needs an outcome");
    }
    if !enisa.dpc.iter().all(|cell| (1..=4).contains(&cell.score)) {
        return wrong("a context score is 1 to 4");
    }
    if !enisa.ei.iter().all(|cell| (1..=4).contains(&cell.score.0)) {
        return wrong("an ease of identification is 0.25, 0.5, 0.75 or 1");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_tables_load() {
        let rules = SeverityRules::load(&RuleFiles::embedded()).expect("tables fit");
        assert_eq!(rules.enisa.bands.len(), 4);
        assert!(rules.deadlines.iter().any(|deadline| deadline.id == "gdpr33" && deadline.hours == Some(72)));
    }
}
