//! DPV 2.3, the W3C Data Privacy Vocabulary, in JSON-LD: one record of the breach with its data, people and risks.
//!
//! Only concepts of the release are used. DPV gives no thresholds for its scales of people, so the number stands in
//! words and no scale is claimed.

use crate::report::About;
use crate::report::build::grouped;
use crate::report::figures::Figures;
use crate::rules::incident::instant;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

pub(super) fn record(figures: &Figures<'_>, about: &About) -> Value {
    let incident = figures.incident;
    let mut breach = Map::new();
    let mut put = |key: &str, value: Value| {
        let is_empty = value.as_array().is_some_and(Vec::is_empty) || value.is_null();
        if !is_empty {
            breach.insert(key.to_owned(), value);
        }
    };
    let id = figures.manifest_root.get(..32).unwrap_or(&figures.manifest_root);
    put("@id", format!("urn:breachscope:{id}").into());
    put("@type", json!(["dpv:DataBreachRecord", "risk:DataBreach", "risk:ConfidentialityBreach"]));
    put("dct:title", incident.incident.title.clone().into());
    put("dct:identifier", incident.incident.id.clone().into());
    put("dct:description", figures.sentence.as_str().into());
    put("dct:created", moment(incident.incident.awareness_at.as_ref(), figures));
    put("dpv:hasPersonalData", concepts(&personal_data(figures)));
    put("dpv:hasDataSubject", concepts(&subjects(figures)));
    put("rdfs:comment", people(figures).into());
    put("dpv:hasSeverity", concept(&severity(figures)));
    put("dpv:hasImpact", concepts(&impacts(figures)));
    put("dpv:hasStatus", concepts(&statuses(figures)));
    put("dpv:hasDataController", party("dpv:DataController", incident.controller.name.as_deref()));
    put("dpv:hasDataProcessor", party("dpv:DataProcessor", incident.processor.name.as_deref()));
    put("dct:provenance", format!("breachscope {}, rules {}", about.version, about.rules_digest).into());
    json!({
        "@context": {
            "dpv": "https://w3id.org/dpv#",
            "pd": "https://w3id.org/dpv/pd#",
            "risk": "https://w3id.org/dpv/risk#",
            "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
            "dct": "http://purl.org/dc/terms/",
            "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
        },
        "@graph": [Value::Object(breach)],
    })
}

fn concept(name: &str) -> Value {
    json!({ "@id": name })
}

fn concepts(names: &BTreeSet<String>) -> Value {
    names.iter().map(|name| concept(name)).collect()
}

fn named(prefix: &str, names: impl IntoIterator<Item = impl AsRef<str>>) -> BTreeSet<String> {
    names.into_iter().map(|name| format!("{prefix}:{}", name.as_ref())).collect()
}

fn party(kind: &str, name: Option<&str>) -> Value {
    name.map_or(Value::Null, |name| json!({ "@type": kind, "rdfs:label": name }))
}

fn moment(moment: Option<&crate::model::incident::Moment>, figures: &Figures<'_>) -> Value {
    moment
        .and_then(|moment| instant(moment, figures.incident))
        .map_or(Value::Null, |moment| moment.timestamp().to_string().into())
}

fn personal_data(figures: &Figures<'_>) -> BTreeSet<String> {
    let is_health = figures.assessment.is_health;
    named("pd", figures.traits().flat_map(|one| figures.vocabulary.called(one, is_health)).flat_map(|row| &row.dpv))
}

fn subjects(figures: &Figures<'_>) -> BTreeSet<String> {
    let people = figures.people;
    let all = [
        (figures.assessment.is_health && people.persons.upper > 0, "Patient"),
        (people.minors > 0, "Child"),
        (people.practitioners > 0, "Employee"),
    ];
    named("dpv", all.into_iter().filter(|(holds, _)| *holds).map(|(_, name)| name))
}

fn people(figures: &Figures<'_>) -> String {
    let persons = figures.people.persons;
    format!(
        "About {} people, between {} and {}; {} of {} files were read.",
        grouped(persons.best),
        grouped(persons.lower),
        grouped(persons.upper),
        grouped(figures.read),
        grouped(figures.files)
    )
}

fn severity(figures: &Figures<'_>) -> String {
    let name = match figures.assessment.band.name.as_str() {
        "low" => "LowSeverity",
        "medium" => "ModerateSeverity",
        "high" => "HighSeverity",
        _ => "VeryHighSeverity",
    };
    format!("risk:{name}")
}

fn impacts(figures: &Figures<'_>) -> BTreeSet<String> {
    let of = |id: &str| figures.vocabulary.risk.get(id).map(Vec::as_slice).unwrap_or_default();
    named("risk", figures.assessment.impacts.iter().flat_map(|(rule, _)| of(&rule.id)))
}

/// The incident's own status where the incident file tells it, and which notices the severity suggests.
fn statuses(figures: &Figures<'_>) -> BTreeSet<String> {
    let incident = figures.incident;
    let is_over = incident.incident.contained_at.is_some() || incident.timeline.closed.is_some();
    let state = match (incident.incident.ongoing, is_over) {
        (Some(true), _) => Some("IncidentOngoing"),
        (_, true) | (Some(false), _) => Some("IncidentMitigated"),
        (None, false) => None,
    };
    let notices: &[&str] = match figures.assessment.band.name.as_str() {
        "low" => &["BreachNotificationNotNeeded"],
        "medium" => &["DPABreachNotificationNeeded"],
        _ => &["DPABreachNotificationNeeded", "DataSubjectBreachNotificationNeeded"],
    };
    let mut all = named("risk", state);
    all.extend(named("eu-gdpr", notices));
    all
}
