//! `SE = DPC x EI + CB`, in quarters, so that bands are exact at their edges.

use super::{Basis, Input};
use crate::model::{Incident, Kind, KindSet, MaterialSet, People, Profile};
use crate::rules::severity::{Band, Context, Enisa, Identification, Quarters};
use crate::tally::Tally;

/// The formula. `context` is 1 to 4; the product of a whole number and quarters is quarters.
pub fn score(context: u32, identification: Quarters, circumstances: Quarters) -> Quarters {
    Quarters(context.clamp(1, 4) * identification.0.clamp(1, 4) + circumstances.0.min(8))
}

/// The band of a score.
pub fn band_of(total: Quarters, enisa: &Enisa) -> Band {
    let found = enisa.bands.iter().rev().find(|band| total >= band.from).or(enisa.bands.first());
    found.cloned().unwrap_or(Band {
        name: "low".to_owned(),
        title: "Low".to_owned(),
        from: Quarters(0),
        meaning: String::new(),
    })
}

/// The cell of the data-processing context that a profile reaches.
pub fn context<'e>(profile: &Profile, enisa: &'e Enisa, is_health: bool) -> Option<&'e Context> {
    enisa.dpc.iter().filter(|cell| cell.applies(profile, is_health)).max_by_key(|cell| cell.score)
}

/// The cell of the ease of identification that a profile reaches; of equals the first in the table.
pub fn identification<'e>(profile: &Profile, enisa: &'e Enisa, is_health: bool) -> Option<&'e Identification> {
    let fitting = enisa.ei.iter().filter(|cell| cell.all.holds(profile, is_health));
    fitting.reduce(|best, cell| if cell.score > best.score { cell } else { best })
}

/// Whether the leak comes from health care: by what it holds, or by the controller's sector.
pub fn is_health(tally: &Tally, people: &People, incident: &Incident, enisa: &Enisa) -> bool {
    let wanted = &enisa.health_context;
    let (kinds, material) = (KindSet::of(&wanted.kinds), MaterialSet::of(&wanted.material));
    let said = [&incident.controller.sector, &incident.processor.sector].into_iter().flatten();
    said.map(|sector| sector.to_lowercase()).any(|sector| wanted.sectors.contains(&sector))
        || wanted.kinds.iter().any(|kind| tally.kinds.contains_key(kind))
        || tally.classes.keys().any(|class| wanted.material.iter().any(|material| material.name() == class.name()))
        || people.profiles.keys().any(|profile| profile.kinds.has_any(kinds) || profile.material.has_any(material))
}

/// The data are encrypted and the key is safe.
pub(super) fn is_unintelligible(incident: &Incident) -> bool {
    incident.protection.encryption_at_rest == Some(true) && incident.protection.key_compromised == Some(false)
}

/// The circumstances, each with its basis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Circumstances {
    /// Confidentiality, integrity, availability, malicious intent.
    pub parts: Vec<Input>,
}

impl Circumstances {
    /// Their sum.
    pub fn sum(&self) -> Quarters {
        Quarters(self.parts.iter().map(|part| part.value.0).sum())
    }
}

/// Reads the circumstances from the incident file; what it does not say is the method's default.
pub fn circumstances(incident: &Incident, enisa: &Enisa) -> Circumstances {
    let given = &incident.severity;
    let reason = given.reason.clone().unwrap_or_else(|| "incident file".to_owned());
    let supplied = |value: Option<f64>| value.and_then(Quarters::from_number);
    let plain = |name, field, value: Option<f64>, default: &str| match supplied(value) {
        Some(value) => Input { name, value, basis: Basis::Supplied, evidence: reason.clone(), field: None },
        None => {
            Input { name, value: Quarters(0), basis: Basis::Assumed, evidence: default.to_owned(), field: Some(field) }
        }
    };
    let malicious = given.malicious.or(incident.incident.malicious);
    Circumstances {
        parts: vec![
            confidentiality(incident, enisa, &reason),
            plain(
                "CB integrity",
                "severity.cb_integrity",
                given.cb_integrity,
                "Nothing says that data were altered and used.",
            ),
            plain(
                "CB availability",
                "severity.cb_availability",
                given.cb_availability,
                "Nothing says that data were lost.",
            ),
            Input {
                name: "CB malicious intent",
                value: if malicious == Some(true) { enisa.cb.malicious } else { Quarters(0) },
                basis: if malicious.is_some() { Basis::Supplied } else { Basis::Assumed },
                evidence: match malicious {
                    Some(_) => reason.clone(),
                    None => "Nothing says that somebody meant harm.".to_owned(),
                },
                field: malicious.is_none().then_some("incident.malicious"),
            },
        ],
    }
}

fn confidentiality(incident: &Incident, enisa: &Enisa, reason: &str) -> Input {
    let cb = &enisa.cb;
    let input = |value, basis, evidence: &str| Input {
        name: "CB confidentiality",
        value,
        basis,
        evidence: evidence.to_owned(),
        field: (basis == Basis::Assumed).then_some("severity.cb_confidentiality, store.distinct_readers"),
    };
    if let Some(value) = incident.severity.cb_confidentiality.and_then(Quarters::from_number) {
        return input(value, Basis::Supplied, reason);
    }
    if is_unintelligible(incident) {
        return input(cb.confidentiality_encrypted, Basis::Supplied, &cb.confidentiality_encrypted_why);
    }
    if incident.store.logs_complete == Some(true) && incident.store.distinct_readers == Some(0) {
        return input(cb.confidentiality_no_reader, Basis::Supplied, &cb.confidentiality_no_reader_why);
    }
    if let Some(readers) = incident.store.distinct_readers.filter(|readers| *readers > 0) {
        let why = format!("Access logs show {readers} unknown readers.");
        return input(cb.confidentiality_default, Basis::Supplied, &why);
    }
    input(cb.confidentiality_default, Basis::Assumed, &cb.confidentiality_why)
}

/// The score of one profile with what led to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Score {
    /// Data-processing context, 1 to 4.
    pub context: u32,
    /// Its category.
    pub category: String,
    /// Its cell.
    pub context_title: String,
    /// Ease of identification.
    pub identification: Quarters,
    /// Its cell.
    pub identification_title: String,
    /// What that cell assumes.
    pub identification_assumed: Option<String>,
    /// Circumstances.
    pub circumstances: Quarters,
    /// The score.
    pub total: Quarters,
}

impl Score {
    /// Scores a profile. A human's override of a table's cell replaces it for everybody, with the reason shown.
    pub fn of(profile: &Profile, incident: &Incident, enisa: &Enisa, is_health: bool, around: &Circumstances) -> Self {
        let cell = context(profile, enisa, is_health);
        let given = &incident.severity;
        let context = given.dpc_override.map_or_else(|| cell.map_or(1, |cell| cell.score), u32::from);
        let ease = identification(profile, enisa, is_health);
        // Encrypted with a safe key: what the reader gets cannot be linked without the key.
        let hidden = is_unintelligible(incident).then_some(Quarters(1));
        let identification = given
            .ei_override
            .and_then(Quarters::from_number)
            .or(hidden)
            .unwrap_or_else(|| ease.map_or(Quarters(1), |cell| cell.score));
        let circumstances = around.sum();
        Self {
            context,
            category: cell.map(|cell| cell.category.clone()).unwrap_or_default(),
            context_title: cell.map(|cell| cell.title.clone()).unwrap_or_default(),
            identification,
            identification_title: match hidden {
                Some(_) => "unintelligible without the key".to_owned(),
                None => ease.map(|cell| cell.title.clone()).unwrap_or_default(),
            },
            identification_assumed: ease.and_then(|cell| cell.assumed.clone()).filter(|_| hidden.is_none()),
            circumstances,
            total: score(context, identification, circumstances),
        }
    }
}

/// The inputs of a score for the reader.
pub(super) fn inputs(worst: &Score, incident: &Incident, around: &Circumstances) -> Vec<Input> {
    let given = &incident.severity;
    let context = Input {
        name: "DPC",
        value: Quarters(worst.context * 4),
        basis: if given.dpc_override.is_some() { Basis::Supplied } else { Basis::Computed },
        evidence: given
            .dpc_reason
            .clone()
            .filter(|_| given.dpc_override.is_some())
            .unwrap_or_else(|| format!("{} data: {}", worst.category, worst.context_title)),
        field: None,
    };
    let is_assumed = worst.identification_assumed.is_some() && given.ei_override.is_none();
    let identification = Input {
        name: "EI",
        value: worst.identification,
        basis: match (given.ei_override, is_assumed) {
            (Some(_), _) => Basis::Supplied,
            (None, true) => Basis::Assumed,
            (None, false) => Basis::Computed,
        },
        evidence: match (given.ei_override, &worst.identification_assumed) {
            (Some(_), _) => given.reason.clone().unwrap_or_else(|| "incident file".to_owned()),
            (None, Some(assumed)) => format!("{}, assuming {assumed}", worst.identification_title),
            (None, None) => worst.identification_title.clone(),
        },
        field: is_assumed.then_some("severity.ei_override"),
    };
    [context, identification].into_iter().chain(around.parts.iter().cloned()).collect()
}

/// Kinds that the method calls identifiers; used by views that count identified persons.
pub(super) fn identifiers() -> KindSet {
    KindSet::of(&[Kind::PersonName, Kind::Email, Kind::NationalId, Kind::SocialSecurity, Kind::HealthId])
}
