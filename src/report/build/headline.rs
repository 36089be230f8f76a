//! The first screen.

use super::{grouped, most_first, name_count};
use crate::model::{Class, Kind, People};
use crate::report::v1::{DeadlineRow, Headline};
use crate::score::Assessment;
use crate::tally::Tally;

pub(in crate::report) fn headline(
    tally: &Tally,
    people: &People,
    assessment: &Assessment,
    deadlines: &[DeadlineRow],
) -> Headline {
    let total = tally.total();
    let kinds =
        people.by_kind.iter().map(|(kind, bounds)| name_count(kind.name(), kind.title(), bounds.best)).collect();
    let photos: u64 = [Class::FacePhoto, Class::BodyPhoto, Class::Video]
        .iter()
        .filter_map(|class| tally.classes.get(class))
        .map(|count| count.files + count.members)
        .sum();
    Headline {
        files: total.files,
        bytes: total.bytes,
        members: total.members,
        items_with_findings: tally.items_with_findings,
        score: assessment.worst.total.number(),
        band: assessment.band.name.clone(),
        band_title: assessment.band.title.clone(),
        sentence: sentence(people, assessment, photos),
        deadline: deadlines.iter().filter(|row| row.utc.is_some()).min_by_key(|row| row.utc.clone()).cloned(),
        main_kinds: most_first(kinds, 6),
    }
}

fn sentence(people: &People, assessment: &Assessment, photos: u64) -> String {
    let of = |kind: Kind| people.by_kind.get(&kind).map_or(0, |bounds| bounds.best);
    let mut parts = Vec::new();
    if of(Kind::PersonName) > 0 {
        parts.push(format!("the names of {} people", grouped(of(Kind::PersonName))));
    }
    if of(Kind::DateOfBirth) > 0 {
        parts.push(format!("the birth dates of {}", grouped(of(Kind::DateOfBirth))));
    }
    if of(Kind::Health) > 0 {
        parts.push(format!("health data of {}", grouped(of(Kind::Health))));
    }
    if photos > 0 {
        let of_patients = if assessment.is_health { " of patients" } else { "" };
        parts.push(format!("{} photos and videos{of_patients}", grouped(photos)));
    }
    match parts.split_last() {
        None => "No personal data were found in what could be read.".to_owned(),
        Some((only, [])) => format!("The files hold {only}."),
        Some((last, first)) => format!("The files hold {} and {last}.", first.join(", ")),
    }
}
