//! Turns the sums, the people and the assessment into version 1 of the report. Here, and nowhere later, numbers for the
//! reader are worked out.

mod classes;
mod consequences;
mod controllers;
mod coverage;
mod data;
mod headline;
mod items;
mod linkage;
mod method;
mod people;
mod quality;
mod severity;

use super::Evidence;
use super::v1::{DeadlineRow, ManifestRow, NameCount, Persons, Report, SCHEMA};
use crate::model::{Bounds, People};
use crate::score::Assessment;
use classes::{classes, material};
pub(in crate::report) use consequences::deadline_row;
use consequences::{advice, impact};
pub(in crate::report) use controllers::shares;
use coverage::coverage;
use data::data;
pub(in crate::report) use headline::headline;
pub(in crate::report) use linkage::deidentification;
use method::method;
use people::people_section;
use severity::severity;

/// Rows of a table that may be long.
const ROWS: usize = 40;

/// Examples of each thing.
const EXAMPLES: usize = 8;

impl Report {
    /// The report on this evidence.
    pub fn build(evidence: &Evidence<'_>) -> Self {
        let Evidence { tally, people, assessment, incident, about } = *evidence;
        let deadlines: Vec<DeadlineRow> = assessment.deadlines.iter().map(deadline_row).collect();
        Self {
            schema: SCHEMA,
            title: incident.incident.title.clone().unwrap_or_else(|| "Exposed files".to_owned()),
            reference: incident.incident.id.clone(),
            distinct_persons: persons(people),
            headline: headline(tally, people, assessment, &deadlines),
            coverage: coverage(tally, about),
            classes: classes(tally, about),
            material: material(tally, &people.series, about),
            data: data(tally, people, about),
            people: people_section(tally, people, assessment, incident),
            deidentification: deidentification(people),
            severity: severity(people, assessment),
            deadlines,
            impact: impact(assessment),
            advice: advice(assessment),
            incident: super::incident::fields(incident),
            items: items::items(tally, about),
            method: method(tally, about),
            quality: about.quality.as_ref().map(quality::quality),
            manifest: ManifestRow { items: about.manifest_items, root: about.manifest_root.clone() },
        }
    }
}

fn persons(people: &People) -> Persons {
    let Bounds { lower, best, upper } = people.persons;
    Persons {
        lower,
        best,
        upper,
        data_subjects: best,
        lower_meaning:
            "Different persons proven by a national or patient number, a personal e-mail address or a folder \
                        of their own, less all that may be the same person."
                .to_owned(),
        best_meaning:
            "Mentions joined by such proof, by a name together with a birth date, phone, address or account, \
                       and by a full name that only one person of the same controller bears. Folders without a name count \
                       as far as the named ones let expect that their owners are not counted by name already."
                .to_owned(),
        upper_meaning: "Every mention that nothing but a name joins counts as its own person, and so does every group \
                        of pictures tied to nobody."
            .to_owned(),
    }
}

fn name_count(name: &str, title: &str, count: u64) -> NameCount {
    NameCount { name: name.to_owned(), title: title.to_owned(), count }
}

/// A word of the program's own vocabulary for a reader: `shared_contact` becomes `Shared contact`.
fn words(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    (first + letters.as_str()).replace('_', " ")
}

fn most_first(mut rows: Vec<NameCount>, keep: usize) -> Vec<NameCount> {
    rows.sort_by(|a, b| (b.count, &a.name).cmp(&(a.count, &b.name)));
    rows.truncate(keep);
    rows
}

/// Thousands parted by a comma.
pub(in crate::report) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { (part as f64 / whole as f64 * 10_000.0).round() / 10_000.0 }
}

impl Assessment {
    fn band_of(&self, total: crate::rules::severity::Quarters) -> crate::rules::severity::Band {
        let found = self.bands.iter().rev().find(|row| total >= row.band.from);
        found.map_or_else(|| self.band.clone(), |row| row.band.clone())
    }
}
