//! Personal data by kind, with masked examples.

use super::{EXAMPLES, ROWS, most_first, name_count, words};
use crate::model::{Kind, People, Role};
use crate::report::About;
use crate::report::v1::{FindingRow, KindRow};
use crate::tally::{FindingExample, KindTally, Tally};

pub(super) fn data(tally: &Tally, people: &People, about: &About) -> Vec<KindRow> {
    let mut rows: Vec<KindRow> =
        tally.kinds.iter().map(|(kind, found)| kind_row(*kind, found, people, about)).collect();
    rows.sort_by_key(|row| std::cmp::Reverse((row.persons, row.findings)));
    rows
}

fn kind_row(kind: Kind, found: &KindTally, people: &People, about: &About) -> KindRow {
    let bounds = people.by_kind.get(&kind).copied().unwrap_or_default();
    let parts = found.parts.iter().map(|(part, count)| name_count(part.name(), &words(part.name()), *count)).collect();
    let schemes = found.schemes.iter().map(|(scheme, count)| name_count(scheme, scheme, *count)).collect();
    KindRow {
        kind: kind.name().to_owned(),
        title: kind.title().to_owned(),
        findings: found.findings,
        expected: (found.expected_milli + 500) / 1000,
        items: found.items,
        distinct: found.distinct.count(),
        distinct_is_exact: found.distinct.is_exact(),
        distinct_of_subjects: found.distinct_of_subjects.count(),
        persons_lower: bounds.lower,
        persons: bounds.best,
        persons_upper: bounds.upper,
        roles: found.roles.iter().map(|(role, count)| name_count(role.name(), role_title(*role), *count)).collect(),
        parts: most_first(parts, ROWS),
        schemes: most_first(schemes, ROWS),
        examples: found.examples.iter().take(EXAMPLES).map(|example| finding_row(example, about)).collect(),
    }
}

pub(super) fn role_title(role: Role) -> &'static str {
    match role {
        Role::DataSubject => "Data subject",
        Role::Practitioner => "Practitioner",
        Role::Organisation => "Organisation",
    }
}

fn finding_row(example: &FindingExample, about: &About) -> FindingRow {
    FindingRow {
        item: example.item.clone(),
        path: about.path_of(&example.locator),
        mask: example.mask.clone(),
        scheme: example.scheme.clone(),
        part: words(example.part.name()),
        page: example.page,
        role: role_title(example.role).to_owned(),
        confidence: example.confidence.probability(),
    }
}
