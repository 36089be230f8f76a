//! What was counted of people.

use super::{Answer, Missing, computed, keys, lines};
use crate::report::build::grouped;
use crate::report::figures::Figures;
use crate::rules::notify::Fact;
use std::collections::{BTreeMap, BTreeSet};

/// What was counted of people.
pub(super) fn by_people(fact: Fact, figures: &Figures<'_>) -> Option<Result<Answer, Missing>> {
    const COUNTED: &str = "persons counted by rules/resolve.toml";
    let people = figures.people;
    let persons = people.persons;
    Some(match fact {
        Fact::PersonsStatement => computed(
            format!(
                "About {} people; between {} and {}.",
                grouped(persons.best),
                grouped(persons.lower),
                grouped(persons.upper)
            ),
            COUNTED,
        ),
        Fact::PersonsUpper => computed(grouped(persons.upper), "upper bound of the persons counted"),
        Fact::PersonsFiveHundred => computed(
            match (persons.lower >= 500, persons.upper >= 500) {
                (true, _) => format!("Yes: at least {} are proven.", grouped(persons.lower)),
                (false, false) => format!("No: at most {} can be concerned.", grouped(persons.upper)),
                (false, true) => format!(
                    "The bounds lie on both sides of 500: between {} and {}.",
                    grouped(persons.lower),
                    grouped(persons.upper)
                ),
            },
            COUNTED,
        ),
        Fact::PersonsCnilBand => {
            let bands = &figures.assessment.cnil_people;
            let text = match bands.split_first() {
                None => return Some(Err("the number of people")),
                Some((best, [])) => best.clone(),
                Some((best, others)) => format!("{best}; the bounds fall into {}", others.join(" and ")),
            };
            computed(text, "rules/severity/enisa.toml, bands of the CNIL")
        }
        Fact::PeopleGroups => {
            let mut groups = vec![if figures.assessment.is_health {
                format!("Patients: about {}", grouped(persons.best))
            } else {
                format!(
                    "People whose relation to the controller the files do not tell: about {}",
                    grouped(persons.best)
                )
            }];
            if people.minors > 0 {
                groups.push(format!("among them under age at the time: {}", grouped(people.minors)));
            }
            if people.practitioners > 0 {
                groups.push(format!("Practitioners and staff: about {}", grouped(people.practitioners)));
            }
            lines(groups, COUNTED, "the number of people")
        }
        Fact::PeopleEdpb65 => people_keys(figures, ["e", "k"], "d", "b"),
        Fact::PeopleCnil => people_keys(figures, ["patients", "inconnu"], "mineurs", "employes"),
        Fact::PeopleIco => people_keys(figures, ["patients", "unknown"], "children", "employees"),
        Fact::PeopleReachable => computed(
            format!(
                "{} of about {}: {} by e-mail, {} by phone, {} by post (one person by several ways).",
                grouped(people.reachable.any),
                grouped(persons.best),
                grouped(people.reachable.mail),
                grouped(people.reachable.phone),
                grouped(people.reachable.post)
            ),
            COUNTED,
        ),
        Fact::PeopleWithoutPost => computed(
            format!(
                "The files hold no postal address of {} of about {} people.",
                grouped(persons.best.saturating_sub(people.reachable.post)),
                grouped(persons.best)
            ),
            COUNTED,
        ),
        Fact::PeopleCountries => lines(countries(figures), COUNTED, "the countries of the people"),
        Fact::PeopleCrossBorder => {
            let known: BTreeSet<&String> =
                people.countries.keys().filter_map(|(country, _)| country.as_ref()).collect();
            match known.len() {
                0 => Err("the countries of the people"),
                1 => computed("No: people of one country only were found.", COUNTED),
                several => computed(format!("Yes: people of {several} countries were found."), COUNTED),
            }
        }
        Fact::PeopleUntied => {
            let items: u64 = people.unlinked.values().sum();
            computed(
                match items {
                    0 => "None.".to_owned(),
                    _ => format!("{}; their subjects can be told by a public notice only.", grouped(items)),
                },
                COUNTED,
            )
        }
        _ => return None,
    })
}

fn people_keys(
    figures: &Figures<'_>,
    [patients, unknown]: [&str; 2],
    minors: &str,
    staff: &str,
) -> Result<Answer, Missing> {
    let people = figures.people;
    let mut found = vec![if figures.assessment.is_health { patients } else { unknown }];
    if people.minors > 0 {
        found.push(minors);
    }
    if people.practitioners > 0 {
        found.push(staff);
    }
    keys(found, "what the files are, birth dates, roles on papers", "the number of people")
}

fn countries(figures: &Figures<'_>) -> Vec<String> {
    let mut all: BTreeMap<&Option<String>, (u64, Vec<String>)> = BTreeMap::new();
    for ((country, evidence), persons) in &figures.people.countries {
        let row = all.entry(country).or_default();
        row.0 += persons;
        row.1.push(format!("{} {}", evidence.title(), grouped(*persons)));
    }
    let mut rows: Vec<_> = all.into_iter().collect();
    rows.sort_by_key(|(country, (persons, _))| (std::cmp::Reverse(*persons), country.is_none(), *country));
    rows.iter()
        .map(|(country, (persons, evidence))| {
            let name = country.as_deref().unwrap_or("not known");
            format!("{name}: {} (by {})", grouped(*persons), evidence.join(", "))
        })
        .collect()
}
