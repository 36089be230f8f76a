//! Reads the incident file and its moments.

use super::RuleError;
use crate::model::Incident;
use crate::model::incident::Moment;
use jiff::Zoned;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// Parses an incident file.
///
/// # Errors
/// With the line, where a field is unknown or a value does not fit; unknown fields are refused, because a misspelt
/// `awareness_at` would silently lose a deadline.
pub fn parse(name: &str, text: &str) -> Result<Incident, RuleError> {
    let incident: Incident = RuleError::parse(name, text.as_bytes())?;
    let wrong = |message: String| Err(RuleError::new(name, message));
    if let Err(message) = zone(&incident) {
        return wrong(message);
    }
    for (field, moment) in moments(&incident) {
        if instant(moment, &incident).is_none() {
            return wrong(format!(
                "{field}: `{}` is no date and time; expected 2026-01-24T09:30:00+01:00, or 2026-01-24T09:30 together \
                 with incident.time_zone",
                moment.0
            ));
        }
    }
    let severity = &incident.severity;
    if severity.dpc_override.is_some_and(|dpc| !(1..=4).contains(&dpc)) {
        return wrong("severity.dpc_override: expected 1, 2, 3 or 4".to_owned());
    }
    if severity.ei_override.is_some_and(|ei| ![0.25, 0.5, 0.75, 1.0].contains(&ei)) {
        return wrong("severity.ei_override: expected 0.25, 0.5, 0.75 or 1".to_owned());
    }
    for (field, value) in [
        ("cb_confidentiality", severity.cb_confidentiality),
        ("cb_integrity", severity.cb_integrity),
        ("cb_availability", severity.cb_availability),
    ] {
        if value.is_some_and(|value| ![0.0, 0.25, 0.5].contains(&value)) {
            return wrong(format!("severity.{field}: expected 0, 0.25 or 0.5"));
        }
    }
    if severity.dpc_override.is_some() && severity.dpc_reason.is_none() {
        return wrong("severity.dpc_override needs severity.dpc_reason".to_owned());
    }
    Ok(incident)
}

/// The incident's time zone; UTC where none is named.
///
/// # Errors
/// If the name is no IANA zone.
pub fn zone(incident: &Incident) -> Result<TimeZone, String> {
    match &incident.incident.time_zone {
        None => Ok(TimeZone::UTC),
        Some(name) => TimeZone::get(name)
            .map_err(|_| format!("incident.time_zone: `{name}` is no IANA time zone such as Europe/Paris")),
    }
}

/// The moment as an instant, shown in the incident's time zone.
pub fn instant(moment: &Moment, incident: &Incident) -> Option<Zoned> {
    let zone = zone(incident).ok()?;
    let text = moment.0.trim();
    if let Ok(timestamp) = text.parse::<jiff::Timestamp>() {
        return Some(timestamp.to_zoned(zone));
    }
    if let Ok(zoned) = text.parse::<Zoned>() {
        return Some(zoned.with_time_zone(zone));
    }
    text.parse::<DateTime>().ok()?.to_zoned(zone).ok()
}

/// Every moment that is written in the file, with its field.
pub fn moments(incident: &Incident) -> Vec<(&'static str, &Moment)> {
    let (event, timeline) = (&incident.incident, &incident.timeline);
    [
        ("incident.occurred_from", &event.occurred_from),
        ("incident.occurred_to", &event.occurred_to),
        ("incident.discovered_at", &event.discovered_at),
        ("incident.awareness_at", &event.awareness_at),
        ("incident.contained_at", &event.contained_at),
        ("store.public_since", &incident.store.public_since),
        ("timeline.vendor_contacted", &timeline.vendor_contacted),
        ("timeline.hosting_contacted", &timeline.hosting_contacted),
        ("timeline.replied", &timeline.replied),
        ("timeline.closed", &timeline.closed),
        ("communication.date", &incident.communication.date),
    ]
    .into_iter()
    .filter_map(|(field, moment)| moment.as_ref().map(|moment| (field, moment)))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_field_is_refused_with_its_line() {
        let error = parse("incident.toml", "[incident]\ntitle = \"x\"\nawarenes_at = \"2026-01-24T09:30:00Z\"\n");
        let message = error.expect_err("misspelt").to_string();
        assert!(message.starts_with("incident.toml:3: unknown field `awarenes_at`"), "{message}");
        assert!(message.contains("awareness_at"), "{message}");
    }

    #[test]
    fn moments_may_be_written_in_three_ways() {
        for written in ["2020-01-27T10:00:00+01:00", "\"2020-01-27T10:00:00+01:00\"", "2020-01-27T10:00:00"] {
            let text = format!("[incident]\ntime_zone = \"Europe/Paris\"\nawareness_at = {written}\n");
            let incident = parse("i", &text).expect("fits");
            let moment = incident.incident.awareness_at.clone().expect("given");
            assert_eq!(instant(&moment, &incident).expect("read").timestamp().to_string(), "2020-01-27T09:00:00Z");
        }
    }

    #[test]
    fn values_out_of_the_tables_are_refused() {
        assert!(parse("i", "[severity]\ncb_integrity = 0.3\n").is_err());
        assert!(parse("i", "[severity]\ndpc_override = 4\n").is_err());
        assert!(parse("i", "[incident]\ntime_zone = \"Europe/Nowhere\"\n").is_err());
        assert_eq!(parse("i", "").expect("empty"), Incident::default());
    }
}
