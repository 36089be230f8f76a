//! Who is concerned.

use super::controllers::controllers;
use super::data::role_title;
use super::{ROWS, grouped, most_first, name_count, words};
use crate::model::{Incident, People, Profile};
use crate::report::v1::{CombinationRow, CountryRow, NameCount, PeopleSection, PersonRow};
use crate::score::{Assessment, Scored};
use crate::tally::Tally;
use std::collections::BTreeMap;

pub(super) fn people_section(
    tally: &Tally,
    people: &People,
    assessment: &Assessment,
    incident: &Incident,
) -> PeopleSection {
    let mut by_count: Vec<&Scored> = assessment.combinations.iter().filter(|one| one.persons > 0).collect();
    by_count.sort_by_key(|one| (std::cmp::Reverse(one.persons), one.profile));
    let more = by_count.get(ROWS.min(by_count.len())..).unwrap_or_default();
    let rules = |counts: &BTreeMap<String, u64>| -> Vec<NameCount> {
        most_first(counts.iter().map(|(rule, count)| name_count(rule, &words(rule), *count)).collect(), ROWS)
    };
    let kinds = people.by_kind.values().filter(|bounds| bounds.best > 0).count();
    let (controllers, more_controllers) = controllers(tally, people, incident);
    PeopleSection {
        statement: format!(
            "{kinds} types of data about {} people (between {} and {}).",
            grouped(people.persons.best),
            grouped(people.persons.lower),
            grouped(people.persons.upper)
        ),
        mentions: people.mentions.iter().map(|(role, n)| name_count(role.name(), role_title(*role), *n)).collect(),
        practitioners: people.practitioners,
        minors: people.minors,
        with_birth_date: people.with_birth_date,
        by_mail: people.reachable.mail,
        by_phone: people.reachable.phone,
        by_post: people.reachable.post,
        reachable: people.reachable.any,
        matrix: matrix(people),
        more_combinations: more.len() as u64,
        more_persons: more.iter().map(|one| one.persons).sum(),
        combinations: by_count
            .iter()
            .take(ROWS)
            .enumerate()
            .map(|(number, one)| CombinationRow { id: Some(combination_id(number)), ..combination(one, assessment) })
            .collect(),
        countries: countries(people),
        controllers,
        more_controllers,
        shared: people.shared,
        joins: rules(&people.joins),
        refused: rules(&people.refused),
        ambiguous: people.ambiguous,
        examples: people_examples(people, assessment, &by_count),
    }
}

fn combination_id(number: usize) -> String {
    format!("C{:02}", number + 1)
}

/// The kinds that are known of most persons, and whether any was under age.
fn matrix(people: &People) -> Vec<String> {
    let known = people.by_kind.iter().filter(|(_, bounds)| bounds.best > 0);
    let kinds =
        most_first(known.map(|(kind, bounds)| name_count(kind.name(), kind.title(), bounds.best)).collect(), 14);
    let minors = (people.minors > 0).then(|| "Under age".to_owned());
    kinds.into_iter().map(|kind| kind.title).chain(minors).collect()
}

fn kind_titles(profile: &Profile) -> Vec<String> {
    profile.kinds.iter().map(|kind| kind.title().to_owned()).collect()
}

fn material_titles(profile: &Profile) -> Vec<String> {
    profile.material.iter().map(|material| material.title().to_owned()).collect()
}

pub(super) fn combination(one: &Scored, assessment: &Assessment) -> CombinationRow {
    let band = assessment.band_of(one.score.total);
    CombinationRow {
        id: None,
        kinds: kind_titles(&one.profile),
        material: material_titles(&one.profile),
        is_minor: one.profile.is_minor,
        persons: one.persons,
        items: one.items,
        score: one.score.total.number(),
        band: band.name,
        band_title: band.title,
    }
}

fn people_examples(people: &People, assessment: &Assessment, by_count: &[&Scored]) -> Vec<PersonRow> {
    let listed: BTreeMap<Profile, usize> =
        by_count.iter().take(ROWS).enumerate().map(|(number, one)| (one.profile, number)).collect();

    let score_of = |profile: &Profile| {
        assessment.combinations.iter().find(|one| one.profile == *profile && one.persons > 0).map(|one| one.score.total)
    };
    people
        .samples
        .iter()
        .map(|person| {
            let total = score_of(&person.profile).unwrap_or_default();
            let band = assessment.band_of(total);
            PersonRow {
                id: person.id.clone(),
                kinds: kind_titles(&person.profile),
                material: material_titles(&person.profile),
                combination: listed.get(&person.profile).map(|number| combination_id(*number)),
                is_minor: person.profile.is_minor,
                mentions: person.mentions,
                items: person.items.clone(),
                joined_by: person.joined_by.iter().map(|rule| words(rule)).collect(),
                country: person.country.clone(),
                score: total.number(),
                band: band.name,
                band_title: band.title,
            }
        })
        .collect()
}

fn countries(people: &People) -> Vec<CountryRow> {
    let mut rows: BTreeMap<Option<String>, CountryRow> = BTreeMap::new();
    for ((country, evidence), persons) in &people.countries {
        let row = rows.entry(country.clone()).or_insert_with(|| CountryRow {
            country: country.clone(),
            persons: 0,
            evidence: Vec::new(),
        });
        row.persons += persons;
        row.evidence.push(name_count(&evidence.title().replace(' ', "_"), evidence.title(), *persons));
    }
    let mut rows: Vec<CountryRow> = rows.into_values().collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.persons));
    rows
}
