//! Dates in brackets right behind names: `Ada Exemple (17/09/1961)` is how lists of patients give the birth date. One
//! such pair alone may be a person and a visit; two in one text are a list.

use super::captions::APART;
use super::hit::Hit;
use super::view::Sheet;
use crate::model::Kind;
use std::collections::{BTreeMap, HashSet};

/// Pairs that make a list.
const LIST: usize = 2;

/// Turns such dates into birth dates. `day` is when the item was made.
pub(super) fn find(sheets: &[Sheet<'_>], day: Option<i32>, hits: &mut [Hit]) {
    let mut pairs: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let mut names: Option<HashSet<(usize, usize)>> = None;
    for (at, hit) in hits.iter().enumerate().filter(|(_, hit)| hit.kind == Kind::Date) {
        let Some(text) = sheets.get(hit.passage).map(|sheet| sheet.text) else { continue };
        let is_early = hit.hints.day.is_some_and(|born| day.is_none_or(|made| born + APART < made));
        let closes = text.get(hit.end..).is_some_and(|rest| rest.starts_with(')'));
        let Some(before) = text.get(..hit.start).and_then(|head| head.strip_suffix('(')).filter(|_| closes && is_early)
        else {
            continue;
        };
        let end = before.trim_end_matches([' ', '\u{a0}']).len();
        let names = names.get_or_insert_with(|| {
            hits.iter().filter(|hit| hit.kind == Kind::PersonName).map(|hit| (hit.passage, hit.end)).collect()
        });
        if names.contains(&(hit.passage, end)) {
            pairs.entry(hit.passage).or_default().push(at);
        }
    }
    for at in pairs.into_values().filter(|pairs| pairs.len() >= LIST).flatten() {
        if let Some(hit) = hits.get_mut(at) {
            hit.become_birth_date("beside_name");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::detect::{DetectOptions, Detector};
    use crate::model::Kind;
    use crate::rules::RuleFiles;

    fn births(text: &str) -> usize {
        let detector = Detector::new(&RuleFiles::embedded(), &DetectOptions::default()).expect("the rules fit");
        detector.spans(text, Some("fr"), Some("FR")).iter().filter(|span| span.kind == Kind::DateOfBirth).count()
    }

    #[test]
    fn dates_behind_the_names_of_a_list_are_birth_dates() {
        assert_eq!(births("Marie DUPONT (17/09/1961) à rappeler\nPaul MARTIN (03/02/1984) venu hier\n"), 2);
    }

    #[test]
    fn one_alone_or_behind_another_word_is_a_date() {
        assert_eq!(births("Marie DUPONT (17/09/1961) est venue.\n"), 0);
        assert_eq!(births("la facture (17/09/1961) et le devis (03/02/1984)\n"), 0);
    }
}
