//! The incident file: what only a human knows. Data only; `rules::incident` reads it.
//!
//! Every field may be missing. A missing field is shown as "to be completed" and never guessed.

use serde::Deserialize;
use std::collections::BTreeMap;

/// What a human says about the incident.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Incident {
    /// The incident itself.
    pub incident: Event,
    /// Who decides on the data.
    pub controller: Party,
    /// Who held them for the controller.
    pub processor: Party,
    /// The data-protection officer.
    pub dpo: Contact,
    /// Who reports.
    pub reporter: Contact,
    /// Where the data lay.
    pub store: Store,
    /// How they were protected.
    pub protection: Protection,
    /// Human judgement on the severity's inputs.
    pub severity: Overrides,
    /// Telling the people.
    pub communication: Communication,
    /// Who else was told.
    pub authorities: Authorities,
    /// Dates of the disclosure.
    pub timeline: Timeline,
    /// The controllers that are known, by a name of the user's.
    pub controllers: BTreeMap<String, KnownController>,
}

/// `[incident]`
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Event {
    /// The user's reference.
    pub id: Option<String>,
    /// A title for the report.
    pub title: Option<String>,
    /// ISO 3166-1 countries and regimes whose law applies, such as `FR`, `EU`, `GB`, `US`.
    pub jurisdictions: Vec<String>,
    /// IANA time zone in which moments without an offset are meant and deadlines are shown.
    pub time_zone: Option<String>,
    /// When the controller became aware; the clock of Art. 33 GDPR starts here.
    pub awareness_at: Option<Moment>,
    /// When it was discovered.
    pub discovered_at: Option<Moment>,
    /// How it was discovered.
    pub discovered_how: Option<String>,
    /// When the exposure began.
    pub occurred_from: Option<Moment>,
    /// When it ended.
    pub occurred_to: Option<Moment>,
    /// Whether it goes on.
    pub ongoing: Option<bool>,
    /// When it was contained.
    pub contained_at: Option<Moment>,
    /// What caused it.
    pub cause: Option<String>,
    /// Types of incident in the vocabulary of the form that is used.
    pub incident_type: Vec<String>,
    /// Whether somebody meant harm.
    pub malicious: Option<bool>,
}

/// A moment as it was written: RFC 3339 with an offset, or a local date and time in `time_zone`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment(pub String);

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match toml::Value::deserialize(deserializer)? {
            toml::Value::Datetime(moment) => Ok(Self(moment.to_string())),
            toml::Value::String(text) => Ok(Self(text)),
            _ => Err(serde::de::Error::custom("expected a date and time such as 2026-01-24T09:30:00+01:00")),
        }
    }
}

/// `[controller]` and `[processor]`
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Party {
    /// Name.
    pub name: Option<String>,
    /// Kind of the register number.
    pub id_type: Option<String>,
    /// Register number.
    pub id: Option<String>,
    /// How to reach them.
    pub contact: Option<String>,
    /// Sector, such as `health`.
    pub sector: Option<String>,
    /// NACE code of the activity.
    pub nace: Option<String>,
    /// Countries of the European Economic Area in which they are established.
    pub eea_countries: Vec<String>,
}

/// `[dpo]` and `[reporter]`
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Contact {
    /// Name.
    pub name: Option<String>,
    /// Function.
    pub function: Option<String>,
    /// How to reach them.
    pub contact: Option<String>,
}

/// `[store]`
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Store {
    /// Provider.
    pub provider: Option<String>,
    /// Name of the bucket or server.
    pub bucket: Option<String>,
    /// Region.
    pub region: Option<String>,
    /// Since when it was public.
    pub public_since: Option<Moment>,
    /// Whether access logs exist.
    pub access_logs: Option<bool>,
    /// Whether they cover the whole exposure.
    pub logs_complete: Option<bool>,
    /// Distinct unknown readers that the logs show.
    pub distinct_readers: Option<u64>,
    /// Bytes that they read.
    pub bytes_read: Option<u64>,
}

/// `[protection]`
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Protection {
    /// Whether the data were encrypted as they lay there.
    pub encryption_at_rest: Option<bool>,
    /// Whether the key is lost or with the data.
    pub key_compromised: Option<bool>,
    /// Measures in place.
    pub measures: Vec<String>,
}

/// `[severity]`: judgement that replaces what was computed or assumed; each needs a reason.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Overrides {
    /// Data-processing context, 1 to 4.
    pub dpc_override: Option<u8>,
    /// Why.
    pub dpc_reason: Option<String>,
    /// Ease of identification: 0.25, 0.5, 0.75 or 1.
    pub ei_override: Option<f64>,
    /// Circumstances, confidentiality: 0, 0.25 or 0.5.
    pub cb_confidentiality: Option<f64>,
    /// Circumstances, integrity: 0, 0.25 or 0.5.
    pub cb_integrity: Option<f64>,
    /// Circumstances, availability: 0, 0.25 or 0.5.
    pub cb_availability: Option<f64>,
    /// Malicious intent.
    pub malicious: Option<bool>,
    /// Why the others.
    pub reason: Option<String>,
}

/// `[communication]`
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Communication {
    /// Whether the people were told.
    pub people_informed: Option<bool>,
    /// When.
    pub date: Option<Moment>,
    /// By what means.
    pub means: Option<String>,
    /// Which exemption is claimed.
    pub exemption: Option<String>,
}

/// `[authorities]`
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Authorities {
    /// Police.
    pub police: Option<String>,
    /// Computer emergency response team.
    pub csirt: Option<String>,
    /// Others.
    pub others: Vec<String>,
}

/// `[timeline]`
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Timeline {
    /// The owner was told.
    pub vendor_contacted: Option<Moment>,
    /// The hosting provider was told.
    pub hosting_contacted: Option<Moment>,
    /// The owner replied.
    pub replied: Option<Moment>,
    /// The store was closed.
    pub closed: Option<Moment>,
}

/// `[controllers.<id>]`
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct KnownController {
    /// Beginnings of keys that are theirs.
    pub prefix: Vec<String>,
    /// Names on their letterheads, for the reader; the program knows letterheads by token only.
    pub letterhead: Vec<String>,
    /// Name.
    pub name: Option<String>,
    /// ISO 3166-1 country.
    pub country: Option<String>,
}
