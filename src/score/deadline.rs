//! Deadlines of the regimes that apply, from the incident file's moments. The clock does not come in: how much is left
//! is for the reader's clock to tell.

use crate::model::{Incident, People};
use crate::rules::incident::instant;
use crate::rules::severity::{DeadlineRule, Start};
use jiff::{Span, Zoned};

/// Member states of the European Union, and the other states of the European Economic Area.
const UNION: [&str; 30] = [
    "AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE", "IT", "LV", "LT", "LU", "MT",
    "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE", "IS", "LI", "NO",
];

/// One deadline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deadline {
    /// Name in data.
    pub id: String,
    /// Words for a reader.
    pub title: String,
    /// Its condition.
    pub when: String,
    /// The moment in UTC, RFC 3339; `None` where there is no fixed term or no starting moment.
    pub utc: Option<String>,
    /// The same in the incident's time zone.
    pub local: Option<String>,
    /// The field of the incident file that is missing.
    pub missing: Option<&'static str>,
}

/// Deadlines of the jurisdictions named in the incident file; where none is named, those of the people's countries.
pub fn deadlines(incident: &Incident, people: &People, rules: &[DeadlineRule]) -> Vec<Deadline> {
    let named: Vec<String> = incident.incident.jurisdictions.iter().map(|place| place.to_uppercase()).collect();
    let found = people.countries.keys().filter_map(|(country, _)| country.clone());
    let places: Vec<String> = if named.is_empty() { found.collect() } else { named };
    let applies = |rule: &&DeadlineRule| {
        rule.jurisdictions
            .iter()
            .any(|law| places.iter().any(|place| place == law || (law == "EU" && UNION.contains(&place.as_str()))))
    };
    rules.iter().filter(applies).map(|rule| deadline(rule, incident)).collect()
}

fn deadline(rule: &DeadlineRule, incident: &Incident) -> Deadline {
    let (moment, field) = match rule.from {
        Start::Awareness => (&incident.incident.awareness_at, "incident.awareness_at"),
        Start::Discovery => (&incident.incident.discovered_at, "incident.discovered_at"),
    };
    let start = moment.as_ref().and_then(|moment| instant(moment, incident));
    let has_term = rule.hours.is_some() || rule.days.is_some();
    let end = start.as_ref().and_then(|start| end(rule, start));
    Deadline {
        id: rule.id.clone(),
        title: rule.title.clone(),
        when: rule.when.clone(),
        utc: end.as_ref().map(|end| end.timestamp().to_string()),
        local: end.as_ref().map(|end| end.strftime("%Y-%m-%d %H:%M %Z").to_string()),
        missing: (has_term && start.is_none()).then_some(field),
    }
}

/// Hours elapse; days are those of the calendar.
fn end(rule: &DeadlineRule, start: &Zoned) -> Option<Zoned> {
    match (rule.hours, rule.days) {
        (Some(hours), _) => start.checked_add(Span::new().try_hours(i64::from(hours)).ok()?).ok(),
        (None, Some(days)) => start.checked_add(Span::new().try_days(i64::from(days)).ok()?).ok(),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{RuleFiles, SeverityRules, incident::parse};

    fn art33(awareness: &str, zone: &str) -> (String, String) {
        let text =
            format!("[incident]\njurisdictions = [\"FR\"]\ntime_zone = \"{zone}\"\nawareness_at = \"{awareness}\"\n");
        let incident = parse("incident.toml", &text).expect("fits");
        let rules = SeverityRules::load(&RuleFiles::embedded()).expect("tables");
        let all = deadlines(&incident, &People::default(), &rules.deadlines);
        let one = all.into_iter().find(|deadline| deadline.id == "gdpr33").expect("applies");
        (one.utc.expect("utc"), one.local.expect("local"))
    }

    #[test]
    fn seventy_two_hours_elapse_across_a_change_of_the_clocks() {
        let (utc, local) = art33("2026-03-27T10:00:00+01:00", "Europe/Paris");
        assert_eq!((utc.as_str(), local.as_str()), ("2026-03-30T09:00:00Z", "2026-03-30 11:00 CEST"));
        let (utc, local) = art33("2026-10-23T10:00", "Europe/Paris");
        assert_eq!((utc.as_str(), local.as_str()), ("2026-10-26T08:00:00Z", "2026-10-26 09:00 CET"));
    }

    #[test]
    fn a_leap_day_counts() {
        assert_eq!(art33("2028-02-27T12:00:00Z", "UTC").0, "2028-03-01T12:00:00Z");
        assert_eq!(art33("2020-01-27T12:00:00Z", "UTC").0, "2020-01-30T12:00:00Z");
    }

    #[test]
    fn a_missing_moment_is_named() {
        let rules = SeverityRules::load(&RuleFiles::embedded()).expect("tables");
        let incident = parse("i", "[incident]\njurisdictions = [\"GB\"]\n").expect("fits");
        let all = deadlines(&incident, &People::default(), &rules.deadlines);
        assert_eq!(all.iter().map(|one| one.missing).collect::<Vec<_>>(), [Some("incident.awareness_at")]);
    }
}
