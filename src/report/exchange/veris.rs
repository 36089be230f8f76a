//! VERIS 1.4.1, the Vocabulary for Event Recording and Incident Sharing: one record of the incident.
//!
//! What a scanner cannot know is `Unknown` or left out, which VERIS allows for all but the year.

use super::ExchangeError;
use crate::model::Incident;
use crate::report::About;
use crate::report::figures::Figures;
use crate::rules::incident::instant;
use crate::rules::severity::Trait;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The version of the vocabulary.
const VERSION: &str = "1.4.1";
/// Bytes of a gigabyte: VERIS counts volume in whole ones.
const GIGABYTE: u64 = 1_000_000_000;

pub(super) fn record(figures: &Figures<'_>, about: &About) -> Result<Value, ExchangeError> {
    let incident = figures.incident;
    let own_id = format!("breachscope-{}", figures.manifest_root.get(..16).unwrap_or(&figures.manifest_root));
    let mut all = json!({
        "schema_version": VERSION,
        "incident_id": incident.incident.id.clone().unwrap_or(own_id),
        "security_incident": "Confirmed",
        "summary": figures.sentence,
        "timeline": { "incident": { "year": year(incident)? } },
        "actor": actor(incident),
        "action": action(incident),
        "asset": { "assets": [{ "variety": "S - File" }], "cloud": [cloud(incident)] },
        "attribute": { "confidentiality": confidentiality(figures) },
        "discovery_method": { "unknown": discovery(incident) },
        "plus": plus(figures, about),
    });
    if let (Some(cause), Some(object)) = (&incident.incident.cause, all.as_object_mut()) {
        object.insert("notes".to_owned(), cause.as_str().into());
    }
    Ok(all)
}

/// The year in which the incident began, or the first that is known of it.
fn year(incident: &Incident) -> Result<i16, ExchangeError> {
    let event = &incident.incident;
    [&event.occurred_from, &incident.store.public_since, &event.discovered_at, &event.awareness_at]
        .into_iter()
        .flatten()
        .find_map(|moment| instant(moment, incident))
        .map(|moment| moment.year())
        .ok_or(ExchangeError::Missing {
            vocabulary: "VERIS",
            what: "the year of the incident",
            field: "incident.occurred_from, incident.discovered_at or incident.awareness_at",
        })
}

fn actor(incident: &Incident) -> Value {
    match incident.severity.malicious.or(incident.incident.malicious) {
        Some(true) => json!({ "external": { "variety": ["Unknown"], "motive": ["Unknown"] } }),
        Some(false) => json!({ "internal": { "variety": ["Unknown"], "motive": ["NA"] } }),
        None => json!({ "unknown": { "notes": "To be completed: incident.malicious" } }),
    }
}

fn action(incident: &Incident) -> Value {
    let notes = match &incident.incident.cause {
        Some(_) => "See notes.",
        None => "Assumed: a store that was open to the internet. To be completed: incident.cause",
    };
    json!({ "error": { "variety": ["Misconfiguration"], "vector": ["Unknown"], "notes": notes } })
}

fn cloud(incident: &Incident) -> &'static str {
    if incident.store.provider.is_some() { "External Cloud Asset(s)" } else { "Unknown" }
}

fn discovery(incident: &Incident) -> Value {
    let how = incident.incident.discovered_how.as_deref();
    json!({ "notes": how.unwrap_or("To be completed: incident.discovered_how") })
}

fn confidentiality(figures: &Figures<'_>) -> Value {
    let incident = figures.incident;
    let store = &incident.store;
    let disclosure = match (store.logs_complete, store.distinct_readers) {
        (Some(true), Some(0)) => "No",
        (_, Some(readers)) if readers > 0 => "Yes",
        _ => "Potentially",
    };
    let state = match incident.protection.encryption_at_rest {
        Some(true) => "Stored encrypted",
        Some(false) => "Stored unencrypted",
        None => "Stored",
    };
    let mut fields = json!({
        "data_disclosure": disclosure,
        "data_total": figures.people.persons.best,
        "data_volume": figures.bytes / GIGABYTE,
        "state": [state],
        "notes": format!(
            "Amounts are persons: about {} in all, between {} and {}.",
            figures.people.persons.best, figures.people.persons.lower, figures.people.persons.upper
        ),
    });
    if let Some(object) = fields.as_object_mut() {
        let data: Vec<Value> = varieties(figures)
            .into_iter()
            .map(|(variety, persons)| match persons {
                0 => json!({ "variety": variety }),
                _ => json!({ "variety": variety, "amount": persons }),
            })
            .collect();
        if !data.is_empty() {
            object.insert("data".to_owned(), data.into());
        }
        object.insert("data_victim".to_owned(), victims(figures).into());
    }
    fields
}

/// Varieties of data with the most persons of whom one kind of it is known; 0 where only items are.
fn varieties<'f>(figures: &'f Figures<'_>) -> BTreeMap<&'f str, u64> {
    let is_health = figures.assessment.is_health;
    let mut all: BTreeMap<&str, u64> = BTreeMap::new();
    for one in figures.traits() {
        let persons = match one {
            Trait::Kind(kind) => figures.people.by_kind.get(&kind).map_or(0, |bounds| bounds.best),
            _ => figures
                .people
                .profiles
                .iter()
                .filter(|(profile, _)| one.holds(profile, is_health))
                .map(|(_, n)| n)
                .sum(),
        };
        for row in figures.vocabulary.called(one, is_health) {
            let entry = all.entry(row.veris.as_str()).or_default();
            *entry = persons.max(*entry);
        }
    }
    all
}

fn victims(figures: &Figures<'_>) -> Vec<&'static str> {
    let mut all = vec![if figures.assessment.is_health { "Patient" } else { "Unknown" }];
    if figures.people.practitioners > 0 {
        all.push("Employee");
    }
    all
}

/// VERIS's only free place: what it has no words for.
fn plus(figures: &Figures<'_>, about: &About) -> Value {
    let persons = figures.people.persons;
    let mut fields = Map::new();
    fields.insert("generator".to_owned(), format!("breachscope {}", about.version).into());
    fields.insert("rules_digest".to_owned(), about.rules_digest.as_str().into());
    fields.insert("manifest_root".to_owned(), figures.manifest_root.as_str().into());
    fields.insert(
        "persons".to_owned(),
        json!({ "lower": persons.lower, "best": persons.best, "upper": persons.upper, "minors": figures.people.minors }),
    );
    fields.insert(
        "severity".to_owned(),
        json!({
            "method": figures.assessment.method,
            "score": figures.assessment.worst.total.number(),
            "band": figures.assessment.band.name,
        }),
    );
    fields.insert("files".to_owned(), figures.files.into());
    fields.insert("is_complete".to_owned(), about.is_complete.into());
    Value::Object(fields)
}
