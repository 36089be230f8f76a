//! The letters of Art. 34 GDPR: one for each combination of kinds of data, in each language of the people.

use super::v1::{Letter, LetterPart};
use crate::model::{Incident, Profile};
use crate::report::figures::Figures;
use crate::rules::notify::{LetterPlace, LetterWords, Piece, Template};
use crate::rules::severity::Audience;
use std::collections::{BTreeMap, BTreeSet};

/// People of whom the same kinds of data are in the leak.
#[derive(Debug, Default)]
struct Group {
    persons: u64,
    consequences: BTreeSet<usize>,
    advice: BTreeSet<usize>,
}

/// What a letter tells apart: kinds of data, and whether it goes to guardians.
type Class = (Vec<&'static str>, bool);

/// The letters, most people first, and what they cannot say.
pub(super) fn letters(figures: &Figures<'_>, words: &[LetterWords], wanted: &[String]) -> (Vec<Letter>, Vec<String>) {
    let (groups, without) = groups(figures);
    let (languages, mut notes) = languages(figures, words, wanted);
    if without > 0 {
        notes.push(format!(
            "The files hold none of the kinds of data that the letters tell of {}; no letter is drafted for them.",
            super::answers::people(without)
        ));
    }
    let mut all = Vec::new();
    for (number, ((data, is_minor), group)) in (1..).zip(groups) {
        for words in words.iter().filter(|words| languages.contains(&words.language)) {
            all.push(letter(number, &data, is_minor, &group, words, figures));
        }
    }
    (all, notes)
}

fn groups(figures: &Figures<'_>) -> (Vec<(Class, Group)>, u64) {
    let mut groups: BTreeMap<Class, Group> = BTreeMap::new();
    let mut without = 0;
    for (profile, persons) in &figures.people.profiles {
        let data = data_of(profile, figures);
        if data.is_empty() {
            without += persons;
            continue;
        }
        let group = groups.entry((data, profile.is_minor)).or_default();
        group.persons += persons;
        let is_health = figures.assessment.is_health;
        let impacts = figures.assessment.impacts.iter().enumerate();
        group
            .consequences
            .extend(impacts.filter(|(_, (rule, _))| rule.all.holds(profile, is_health)).map(|(at, _)| at));
        let advice = figures.assessment.advice.iter().enumerate();
        let applies =
            advice.filter(|(_, rule)| rule.audience == Audience::People && rule.all.holds(profile, is_health));
        group.advice.extend(applies.map(|(at, _)| at));
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by(|(a, x), (b, y)| y.persons.cmp(&x.persons).then_with(|| a.cmp(b)));
    (groups, without)
}

fn data_of(profile: &Profile, figures: &Figures<'_>) -> Vec<&'static str> {
    let entries = figures.vocabulary.letters.entries();
    let known = entries.iter().filter(|(_, of)| of.iter().any(|one| one.holds(profile, false)));
    known.map(|(name, _)| *name).collect()
}

/// The languages to write in: those that were asked for, else those of the people's countries.
fn languages(figures: &Figures<'_>, words: &[LetterWords], wanted: &[String]) -> (BTreeSet<String>, Vec<String>) {
    let has = |language: &str| words.iter().any(|words| words.language == language);
    let mut notes = Vec::new();
    let mut found: BTreeSet<String> = wanted.iter().map(|language| language.to_lowercase()).collect();
    if found.is_empty() {
        let mut by_country: BTreeMap<&Option<String>, u64> = BTreeMap::new();
        for ((country, _), persons) in &figures.people.countries {
            *by_country.entry(country).or_default() += persons;
        }
        for (country, persons) in by_country {
            let persons = super::answers::people(persons);
            let Some(country) = country else {
                notes.push(format!("The country of {persons} is not known; somebody decides on their language."));
                continue;
            };
            let spoken = figures.vocabulary.languages.get(country).map(Vec::as_slice).unwrap_or_default();
            notes.push(match spoken {
                [] => format!("{country}, {persons}: no language is given for this country."),
                [one] => format!("{country}, {persons}: {one}."),
                several => {
                    format!("{country}, {persons}: {}; somebody decides which.", several.join(", "))
                }
            });
            found.extend(spoken.iter().cloned());
        }
    }
    for language in found.iter().filter(|language| !has(language)) {
        notes.push(format!("There is no letter in `{language}` yet; it is to be completed."));
    }
    if !found.iter().any(|language| has(language)) {
        notes.push("No language of the people is known that has a letter; English stands in.".to_owned());
        found.insert("en".to_owned());
    }
    (found, notes)
}

fn letter(
    class: usize,
    data: &[&'static str],
    is_minor: bool,
    group: &Group,
    words: &LetterWords,
    figures: &Figures<'_>,
) -> Letter {
    let mut missing = Vec::new();
    let mut fill = |template: &Template<LetterPlace>| filled(template, figures.incident, words, &mut missing);
    let texts = &words.texts;
    let (happened, measures, contact) = (fill(&texts.happened), fill(&texts.measures), fill(&texts.contact));
    let entries = words.data.entries();
    let phrases = entries.iter().filter(|(name, _)| data.contains(name)).map(|(_, phrase)| (*phrase).clone());
    let consequences = group.consequences.iter().filter_map(|at| figures.assessment.impacts.get(*at));
    let advice = group.advice.iter().filter_map(|at| figures.assessment.advice.get(*at));
    let part =
        |heading: &str, text: String, points: Vec<String>| LetterPart { heading: heading.to_owned(), text, points };
    let headings = &words.headings;
    let intro = if is_minor { &texts.data_minor } else { &texts.data };
    let mut parts = vec![
        part(&headings.happened, happened, Vec::new()),
        part(&headings.data, intro.clone(), phrases.collect()),
        part(
            &headings.consequences,
            texts.consequences.clone(),
            consequences.filter_map(|(rule, _)| words.consequences.get(&rule.id).cloned()).collect(),
        ),
        part(&headings.measures, measures, Vec::new()),
        part(
            &headings.advice,
            texts.advice.clone(),
            advice.filter_map(|rule| words.advice.get(&rule.id).cloned()).collect(),
        ),
        part(&headings.contact, contact, Vec::new()),
    ];
    // A heading over nothing says nothing.
    parts.retain(|part| !part.points.is_empty() || (part.text != texts.consequences && part.text != texts.advice));
    missing.dedup();
    Letter {
        class,
        language: words.language.clone(),
        language_name: words.name.clone(),
        persons: group.persons,
        is_minor,
        data: data.iter().map(|name| (*name).to_owned()).collect(),
        subject: words.subject.clone(),
        salutation: if is_minor { words.salutation_minor.clone() } else { words.salutation.clone() },
        parts,
        missing,
    }
}

fn filled(
    template: &Template<LetterPlace>,
    incident: &Incident,
    words: &LetterWords,
    missing: &mut Vec<String>,
) -> String {
    let event = &incident.incident;
    let mut out = String::new();
    for piece in &template.0 {
        let place = match piece {
            Piece::Words(words) => {
                out.push_str(words);
                continue;
            }
            Piece::Place(place) => place,
        };
        let day = |moment: &crate::model::incident::Moment| moment.0.get(..10).unwrap_or(&moment.0).to_owned();
        let (value, field) = match place {
            LetterPlace::Controller => (incident.controller.name.clone(), "controller.name"),
            LetterPlace::From => (
                event.occurred_from.as_ref().or(incident.store.public_since.as_ref()).map(day),
                "incident.occurred_from",
            ),
            LetterPlace::To => (
                event
                    .occurred_to
                    .as_ref()
                    .or(event.contained_at.as_ref())
                    .or(incident.timeline.closed.as_ref())
                    .map(day),
                "incident.occurred_to",
            ),
            LetterPlace::Contact => (incident.dpo.contact.clone(), "dpo.contact"),
            // What was done since is in no file; a person writes it into the letter.
            LetterPlace::Measures => (None, words.headings.measures.as_str()),
        };
        out.push_str(&value.unwrap_or_else(|| {
            missing.push(field.to_owned());
            words.to_complete.replace("{field}", field)
        }));
    }
    out
}
