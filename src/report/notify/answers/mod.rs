//! The answer to each fact that a form may ask for, with where it comes from. What nobody said is missing, never guessed.

mod incident;
mod people;
mod records;
mod severity;
mod share;

use super::v1::Status;
use crate::model::incident::Moment;
use crate::report::build::grouped;
use crate::report::figures::Figures;
use crate::rules::notify::Fact;

/// An answer in the shape that it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Text(String),
    Lines(Vec<String>),
    /// Keys of the form's options.
    Keys(Vec<String>),
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) value: Value,
    pub(super) status: Status,
    pub(super) provenance: String,
}

/// The field of the incident file that nobody filled, or what else is missing.
pub(super) type Missing = &'static str;

#[expect(clippy::unnecessary_wraps, reason = "it stands beside answers that may be missing")]
fn computed(text: impl Into<String>, provenance: &str) -> Result<Answer, Missing> {
    Ok(Answer { value: Value::Text(text.into()), status: Status::Computed, provenance: provenance.to_owned() })
}

fn lines(lines: Vec<String>, provenance: &str, none: Missing) -> Result<Answer, Missing> {
    if lines.is_empty() {
        return Err(none);
    }
    Ok(Answer { value: Value::Lines(lines), status: Status::Computed, provenance: provenance.to_owned() })
}

fn keys<K: Into<String>>(
    keys: impl IntoIterator<Item = K>,
    provenance: &str,
    none: Missing,
) -> Result<Answer, Missing> {
    let keys: Vec<String> = keys.into_iter().map(Into::into).collect();
    if keys.is_empty() {
        return Err(none);
    }
    Ok(Answer { value: Value::Keys(keys), status: Status::Computed, provenance: provenance.to_owned() })
}

fn supplied(value: Option<&str>, field: Missing) -> Result<Answer, Missing> {
    let text = value.ok_or(field)?.to_owned();
    Ok(Answer { value: Value::Text(text), status: Status::Supplied, provenance: format!("incident file, {field}") })
}

fn moment(value: Option<&Moment>, field: Missing) -> Result<Answer, Missing> {
    supplied(value.map(|moment| moment.0.as_str()), field)
}

fn yes(value: Option<bool>, field: Missing) -> Result<Answer, Missing> {
    supplied(value.map(|value| if value { "yes" } else { "no" }), field)
}

fn list(values: &[String], field: Missing) -> Result<Answer, Missing> {
    if values.is_empty() {
        return Err(field);
    }
    let provenance = format!("incident file, {field}");
    Ok(Answer { value: Value::Lines(values.to_vec()), status: Status::Supplied, provenance })
}

/// A number of people in words.
pub(super) fn people(count: u64) -> String {
    if count == 1 { "1 person".to_owned() } else { format!("{} people", grouped(count)) }
}

/// The answer to a fact.
pub(super) fn answer(fact: Fact, figures: &Figures<'_>) -> Result<Answer, Missing> {
    incident::by_incident(fact, figures)
        .or_else(|| people::by_people(fact, figures))
        .or_else(|| severity::by_severity(fact, figures))
        .or_else(|| share::by_share(fact, figures.share.as_ref()))
        .unwrap_or_else(|| records::by_records(fact, figures))
}
