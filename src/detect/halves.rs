//! Names that a form, a table or a record keeps in two places: `Surname: Roe`, `First name: Jane`.
//!
//! Each half is a finding where it stands; what is stored of both is the whole name, so that its token, its mask and its
//! sealed value are those of the person and not of a first name that many have.

use super::schemes::{family_name, given_name};
use super::settle::Settled;
use crate::model::{Kind, Secret};

/// How many settled hits may stand between two halves: a record's other columns.
const BETWEEN: usize = 12;

/// A whole name.
#[derive(Debug)]
pub(super) struct Whole {
    /// As it is written, first name before surname.
    pub(super) value: Secret,
    /// In normal form.
    pub(super) normal: Secret,
}

/// For each settled hit, in order of passage and position, the whole name of which it is a half. `value_of` gives a hit's
/// text.
pub(super) fn wholes<'t>(settled: &[Settled], value_of: impl Fn(&Settled) -> Option<&'t str>) -> Vec<Option<Whole>> {
    let mut wholes: Vec<Option<Whole>> = Vec::with_capacity(settled.len());
    wholes.resize_with(settled.len(), || None);
    for (at, one) in settled.iter().enumerate() {
        if !is_half(one) || wholes.get(at).is_some_and(Option::is_some) {
            continue;
        }
        let behind = settled.iter().enumerate().skip(at + 1).take(BETWEEN);
        // The next name of the same person decides: a whole name between two halves is not theirs to take.
        let next = behind
            .take_while(|(_, other)| other.hit.passage == one.hit.passage)
            .find(|(_, other)| other.hit.kind == Kind::PersonName && other.mention == one.mention);
        let Some((index, other)) = next.filter(|(_, other)| is_half(other) && other.hit.scheme != one.hit.scheme)
        else {
            continue;
        };
        let (given, family) = if one.hit.scheme == given_name() { (one, other) } else { (other, one) };
        for place in [at, index] {
            let whole = whole(given, family, &value_of);
            if let Some(slot) = wholes.get_mut(place) {
                *slot = whole;
            }
        }
    }
    wholes
}

fn is_half(settled: &Settled) -> bool {
    settled.mention.is_some() && (settled.hit.scheme == given_name() || settled.hit.scheme == family_name())
}

fn whole<'t>(given: &Settled, family: &Settled, value_of: impl Fn(&Settled) -> Option<&'t str>) -> Option<Whole> {
    let value = format!("{} {}", value_of(given)?.trim(), value_of(family)?.trim());
    let (first, last) = (given.hit.normal.expose(), family.hit.normal.expose());
    // `Nome: Ana Exemplo`, `Apelido: Exemplo`: the first field held the whole name.
    if last.split(' ').all(|part| first.split(' ').any(|other| other == part)) {
        return None;
    }
    Some(Whole { value: Secret::new(value), normal: Secret::new(format!("{first} {last}")) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::hit::Hit;
    use crate::model::{Confidence, Hints};
    use std::sync::Arc;

    fn half(start: usize, scheme: Arc<str>, value: &str, mention: u32) -> Settled {
        let hit = Hit {
            passage: 0,
            start,
            end: start + value.len(),
            kind: Kind::PersonName,
            scheme,
            confidence: Confidence::milli(900),
            normal: Secret::new(value.to_lowercase()),
            role: None,
            hints: Hints::default(),
        };
        Settled { hit, alternatives: Vec::new(), mention: Some(mention) }
    }

    fn values(text: &str, settled: &[Settled]) -> Vec<Option<String>> {
        let wholes = wholes(settled, |settled| text.get(settled.hit.start..settled.hit.end));
        wholes.into_iter().map(|whole| whole.map(|whole| whole.value.expose().to_owned())).collect()
    }

    #[test]
    fn two_halves_of_one_person_are_the_whole_name() {
        let both = || Some("Ada Roe".to_owned());
        let pair = [half(0, family_name(), "Roe", 1), half(4, given_name(), "Ada", 1)];
        assert_eq!(values("Roe Ada", &pair), [both(), both()]);
    }

    #[test]
    fn halves_of_two_people_and_names_held_twice_stay() {
        let others = [half(0, family_name(), "Roe", 1), half(4, given_name(), "Ada", 2)];
        assert_eq!(values("Roe Ada", &others), [None, None]);
        let twice = [half(0, given_name(), "Ada Roe", 1), half(8, family_name(), "Roe", 1)];
        assert_eq!(values("Ada Roe Roe", &twice), [None, None]);
    }
}
