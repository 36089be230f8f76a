//! Secondary views: other methods on the same facts. None of them replaces the ENISA score.

use super::enisa::identifiers;
use crate::model::{Incident, People};
use crate::rules::severity::Enisa;

/// The AEPD's `R = V x T x I`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AepdView {
    /// Volume.
    pub volume: u32,
    /// Type of data.
    pub kind: u32,
    /// Impact.
    pub impact: u32,
    /// Risk.
    pub risk: u32,
    /// The qualitative counter.
    pub counter: u32,
    /// The authority is to be told.
    pub tell_authority: bool,
    /// The people are to be told.
    pub tell_people: bool,
}

/// The AEPD's view.
pub(super) fn aepd(people: &People, is_sensitive: bool, incident: &Incident, enisa: &Enisa) -> AepdView {
    let rules = &enisa.aepd;
    let volume = step(&rules.volume, people.persons.best).copied().unwrap_or(1);
    let kind = if is_sensitive { rules.type_sensitive } else { rules.type_ordinary };
    let is_read_by_none = incident.store.logs_complete == Some(true) && incident.store.distinct_readers == Some(0);
    let impact = if is_read_by_none { rules.impact_none } else { rules.impact_public };
    let counter = u32::from(volume > rules.counter_volume_above)
        + u32::from(kind > rules.counter_type_above)
        + u32::from(impact > rules.counter_impact_above);
    let risk = volume * kind * impact;
    AepdView {
        volume,
        kind,
        impact,
        risk,
        counter,
        tell_authority: risk > rules.authority_above && counter >= rules.counter_from,
        tell_people: risk > rules.people_above && counter >= rules.counter_from,
    }
}

/// The CNIL's bands of people: of the best estimate, then of the bounds where they fall into other bands.
pub(super) fn cnil_people(people: &People, enisa: &Enisa) -> Vec<String> {
    let mut bands: Vec<String> = Vec::new();
    for count in [people.persons.best, people.persons.lower, people.persons.upper] {
        if let Some(band) = step(&enisa.cnil.people, count).filter(|band| !bands.contains(band)) {
            bands.push(band.clone());
        }
    }
    bands
}

/// The last step whose threshold the count reaches.
pub(super) fn step<T>(steps: &[(u64, T)], count: u64) -> Option<&T> {
    steps.iter().rev().find(|(from, _)| count >= *from).map(|(_, value)| value)
}

/// One of the four factors of 45 CFR 164.402(2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HipaaView {
    /// The factor.
    pub factor: &'static str,
    /// What the records or the incident file say.
    pub finding: String,
}

/// The four factors.
pub(super) fn hipaa(people: &People, incident: &Incident) -> Vec<HipaaView> {
    let identified: u64 = people
        .profiles
        .iter()
        .filter(|(profile, _)| profile.kinds.has_any(identifiers()))
        .map(|(_, count)| count)
        .sum();
    let readers = match (incident.store.logs_complete, incident.store.distinct_readers) {
        (Some(true), Some(0)) => "Complete access logs show no unknown reader.".to_owned(),
        (_, Some(readers)) => format!("Access logs show {readers} unknown readers."),
        _ => "To be completed: access logs (store.logs_complete, store.distinct_readers).".to_owned(),
    };
    let mitigation = match incident.protection.measures.as_slice() {
        [] => "To be completed: measures (protection.measures).".to_owned(),
        measures => measures.join("; "),
    };
    vec![
        HipaaView {
            factor: "Nature and extent of the information, likelihood of re-identification",
            finding: format!("{identified} of {} persons carry direct identifiers.", people.persons.best),
        },
        HipaaView {
            factor: "The unauthorised person",
            finding: "Unknown recipients: the store was open to the internet, unless the incident file says otherwise."
                .to_owned(),
        },
        HipaaView { factor: "Whether it was acquired or viewed", finding: readers },
        HipaaView { factor: "Extent of mitigation", finding: mitigation },
    ]
}
