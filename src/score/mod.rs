//! The severity of a leak: ENISA first, each input with its evidence, then secondary views named as such.

mod deadline;
mod enisa;
mod secondary;
mod sensitivity;

pub use deadline::{Deadline, deadlines};
pub use enisa::{Circumstances, Score, band_of, circumstances, context, identification, is_health, score};
pub use secondary::{AepdView, HipaaView};
pub use sensitivity::Alternative;

use crate::model::{Incident, People, Profile};
use crate::rules::SeverityRules;
use crate::rules::severity::{AdviceRule, Band, Consequence, ImpactRule, Quarters};
use crate::tally::Tally;

/// Where an input comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Basis {
    /// Computed from the records.
    Computed,
    /// From the incident file.
    Supplied,
    /// Neither: the method's default, to be confirmed.
    Assumed,
}

impl Basis {
    /// The name in the report.
    pub fn name(self) -> &'static str {
        match self {
            Self::Computed => "computed",
            Self::Supplied => "supplied",
            Self::Assumed => "assumed",
        }
    }
}

/// One input of the score.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// Its short name: `DPC`, `EI`, `CB confidentiality`, ...
    pub name: &'static str,
    /// Its value.
    pub value: Quarters,
    /// Where it comes from.
    pub basis: Basis,
    /// The evidence or the reason.
    pub evidence: String,
    /// The field of the incident file that would settle it, where it is assumed.
    pub field: Option<&'static str>,
}

/// People or items in one band.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InBand {
    /// The band.
    pub band: Band,
    /// Persons of the best estimate.
    pub persons: u64,
    /// Pictures and videos tied to nobody.
    pub unlinked_items: u64,
}

/// One combination of what is known of people, with its score.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scored {
    /// What is known.
    pub profile: Profile,
    /// Persons; 0 where it stands for items tied to nobody.
    pub persons: u64,
    /// Items tied to nobody.
    pub items: u64,
    /// Its score.
    pub score: Score,
}

/// The severity of the leak.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assessment {
    /// The method's name.
    pub method: String,
    /// The method's threshold of individuals.
    pub individuals_above: u64,
    /// The worst case: the method's official figure.
    pub worst: Score,
    /// Its band.
    pub band: Band,
    /// What follows from it.
    pub consequence: Consequence,
    /// The inputs of the worst case.
    pub inputs: Vec<Input>,
    /// People by band, lowest first.
    pub bands: Vec<InBand>,
    /// Combinations, worst first.
    pub combinations: Vec<Scored>,
    /// The leak comes from health care.
    pub is_health: bool,
    /// Flag: more individuals than the method's threshold, by the lower bound.
    pub many_individuals: bool,
    /// Flag: the data are unintelligible.
    pub unintelligible: bool,
    /// What other answers would change.
    pub sensitivity: Vec<Alternative>,
    /// Secondary: AEPD.
    pub aepd: AepdView,
    /// Secondary: the CNIL's band of people, by the best estimate, and by the bounds where they differ.
    pub cnil_people: Vec<String>,
    /// Secondary: HIPAA's four factors.
    pub hipaa: Vec<HipaaView>,
    /// Likely consequences, each with the people it concerns.
    pub impacts: Vec<(ImpactRule, u64)>,
    /// Advice that applies.
    pub advice: Vec<AdviceRule>,
    /// Deadlines of the jurisdictions that apply.
    pub deadlines: Vec<Deadline>,
}

/// Assesses a leak.
pub fn assess(tally: &Tally, people: &People, incident: &Incident, rules: &SeverityRules) -> Assessment {
    let enisa = &rules.enisa;
    let is_health = is_health(tally, people, incident, enisa);
    let around = circumstances(incident, enisa);
    let combinations = combinations(people, incident, enisa, is_health, &around);
    let none = Score::of(&Profile::default(), incident, enisa, is_health, &around);
    let worst = combinations.first().map_or(none, |first| first.score.clone());
    let band = band_of(worst.total, enisa);
    let consequence = enisa.outcome.iter().find(|outcome| outcome.band == band.name).cloned();
    Assessment {
        method: enisa.title.clone(),
        individuals_above: enisa.flags.individuals_above,
        inputs: enisa::inputs(&worst, incident, &around),
        bands: in_bands(&combinations, enisa),
        sensitivity: sensitivity::alternatives(&worst, incident, &around, enisa),
        aepd: secondary::aepd(people, is_health || worst.context == 4, incident, enisa),
        cnil_people: secondary::cnil_people(people, enisa),
        hipaa: secondary::hipaa(people, incident),
        impacts: impacts(people, rules, is_health),
        advice: rules.advice.iter().filter(|advice| concerned(&advice.all, people, is_health) > 0).cloned().collect(),
        deadlines: deadlines(incident, people, &rules.deadlines),
        many_individuals: people.persons.lower > enisa.flags.individuals_above,
        unintelligible: enisa::is_unintelligible(incident),
        consequence: consequence.unwrap_or_else(|| Consequence {
            band: band.name.clone(),
            text: String::new(),
            edpb87: String::new(),
            cnil: String::new(),
        }),
        worst,
        band,
        combinations,
        is_health,
    }
}

fn combinations(
    people: &People,
    incident: &Incident,
    enisa: &crate::rules::severity::Enisa,
    is_health: bool,
    around: &Circumstances,
) -> Vec<Scored> {
    let persons = people.profiles.iter().map(|(profile, count)| (*profile, *count, 0));
    let items = people.unlinked.iter().map(|(profile, count)| (*profile, 0, *count));
    let mut all: Vec<Scored> = persons
        .chain(items)
        .map(|(profile, persons, items)| Scored {
            profile,
            persons,
            items,
            score: Score::of(&profile, incident, enisa, is_health, around),
        })
        .collect();
    all.sort_by_key(|one| (std::cmp::Reverse((one.score.total, one.persons, one.items)), one.profile));
    all
}

fn in_bands(combinations: &[Scored], enisa: &crate::rules::severity::Enisa) -> Vec<InBand> {
    let of = |band: &Band| {
        let inside = combinations.iter().filter(|one| band_of(one.score.total, enisa) == *band);
        inside.fold((0, 0), |sum, one| (sum.0 + one.persons, sum.1 + one.items))
    };
    enisa
        .bands
        .iter()
        .map(|band| {
            let (persons, unlinked_items) = of(band);
            InBand { band: band.clone(), persons, unlinked_items }
        })
        .collect()
}

/// People, or items tied to nobody, of whom a rule's condition holds.
fn concerned(all: &crate::rules::severity::AllOf, people: &People, is_health: bool) -> u64 {
    let persons = people.profiles.iter().filter(|(profile, _)| all.holds(profile, is_health)).map(|(_, count)| count);
    let items = people.unlinked.iter().filter(|(profile, _)| all.holds(profile, is_health)).map(|(_, count)| count);
    persons.chain(items).sum()
}

fn impacts(people: &People, rules: &SeverityRules, is_health: bool) -> Vec<(ImpactRule, u64)> {
    let persons_of = |rule: &ImpactRule| -> u64 {
        people.profiles.iter().filter(|(profile, _)| rule.all.holds(profile, is_health)).map(|(_, count)| count).sum()
    };
    rules
        .impacts
        .iter()
        .filter(|rule| concerned(&rule.all, people, is_health) > 0)
        .map(|rule| (rule.clone(), persons_of(rule)))
        .collect()
}

#[cfg(test)]
mod tests;
