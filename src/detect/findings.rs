//! From a settled hit to a finding: the last place where a value is clear.

use super::halves::{Whole, wholes};
use super::keyring::Keyring;
use super::mask::mask;
use super::settle::Settled;
use super::view::Sheet;
use super::written::written;
use crate::model::{Finding, Kind, NamePart, Part, Role};

/// Turns settled hits, in order of passage and position, into findings.
pub fn findings(settled: Vec<Settled>, sheets: &[Sheet<'_>], keyring: &Keyring) -> Vec<Finding> {
    let mut place = Place::default();
    let wholes =
        wholes(&settled, |settled| sheets.get(settled.hit.passage)?.text.get(settled.hit.start..settled.hit.end));
    settled
        .into_iter()
        .zip(wholes)
        .filter_map(|(settled, whole)| finding(settled, whole.as_ref(), sheets, keyring, &mut place))
        .collect()
}

fn finding(
    settled: Settled,
    whole: Option<&Whole>,
    sheets: &[Sheet<'_>],
    keyring: &Keyring,
    place: &mut Place,
) -> Option<Finding> {
    let Settled { hit, alternatives, mention } = settled;
    let sheet = sheets.get(hit.passage)?;
    let text = sheet.text.get(hit.start..hit.end)?;
    let start = place.code_points(hit.passage, sheet.text, hit.start);
    let written = written(hit.kind, sheet.text, hit.start..hit.end);
    let value = match whole {
        Some(whole) => whole.value.expose(),
        // Read from pixels, a zone may have been mended.
        None if hit.kind == Kind::Mrz && sheet.origin.part == Part::Ocr => hit.normal.expose(),
        None => &*written,
    };
    let normal = whole.map_or(&hit.normal, |whole| &whole.normal).expose();
    let parts = match hit.kind {
        Kind::PersonName => name_parts(normal, keyring),
        Kind::Email => mailbox_parts(normal, keyring),
        _ => Vec::new(),
    };
    Some(Finding {
        kind: hit.kind,
        scheme: hit.scheme.to_string(),
        origin: sheet.origin.clone(),
        start,
        end: start + count(text),
        confidence: hit.confidence,
        mask: mask(hit.kind, &hit.scheme, value, &hit.hints),
        token: keyring.token(hit.kind, normal),
        parts,
        role: hit.role.unwrap_or(Role::DataSubject),
        mention,
        alternatives: alternatives.iter().map(ToString::to_string).collect(),
        sealed: keyring.seal(hit.kind, value),
        hints: hit.hints,
    })
}

/// Tokens of a name's parts in written order; particles are parts too.
fn name_parts(name: &str, keyring: &Keyring) -> Vec<NamePart> {
    name.split(|c: char| c.is_whitespace() || matches!(c, '-' | '‐' | '‑' | ',' | '.'))
        .filter(|part| part.chars().any(char::is_alphanumeric))
        .map(|part| keyring.name_part(part))
        .collect()
}

/// Letters from which a word of a mail address may hold an initial before a family name (`jdoe`).
const INITIAL_AND_NAME: usize = 5;

/// Tokens of the words before the `@`, so that an address can be held against a name; after them, without a sound,
/// each longer word without its first letter.
fn mailbox_parts(address: &str, keyring: &Keyring) -> Vec<NamePart> {
    let local = address.split('@').next().unwrap_or_default();
    let words = || local.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
    let behind_initial = words().filter(|word| word.chars().count() >= INITIAL_AND_NAME).map(|word| {
        let mut letters = word.chars();
        letters.next();
        NamePart { sound: None, ..keyring.name_part(letters.as_str()) }
    });
    words().map(|word| keyring.name_part(word)).chain(behind_initial).collect()
}

/// Unicode code points of a text.
pub fn count(text: &str) -> u32 {
    text.chars().count().try_into().unwrap_or(u32::MAX)
}

/// Walks along the passages once, turning byte offsets into code points as they come in order.
#[derive(Debug, Default)]
pub struct Place {
    passage: Option<usize>,
    byte: usize,
    points: u32,
}

impl Place {
    /// Code points before a byte offset. Cheap when offsets of one passage rise.
    pub fn code_points(&mut self, passage: usize, text: &str, offset: usize) -> u32 {
        if self.passage != Some(passage) || offset < self.byte {
            *self = Self { passage: Some(passage), byte: 0, points: 0 };
        }
        self.points = self.points.saturating_add(count(text.get(self.byte..offset).unwrap_or_default()));
        self.byte = offset;
        self.points
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_can_be_held_against_a_name() {
        let keyring = Keyring::new([7; 32], None);
        let whole = |word: &str| keyring.name_part(word).whole;
        let wholes = |address| mailbox_parts(address, &keyring).iter().map(|part| part.whole).collect::<Vec<_>>();
        assert_eq!(wholes("zoe_exemple87@example.org"), [whole("Zoé"), whole("Exemple"), whole("xemple")]);
        assert_eq!(wholes("zexemple@example.org").last(), Some(&whole("EXEMPLE")));
        assert_eq!(wholes("1987@example.org"), []);
    }

    #[test]
    fn offsets_are_code_points_in_any_order() {
        let text = "né à Évry, né";
        let mut place = Place::default();
        assert_eq!(place.code_points(0, text, text.find("Évry").unwrap_or_default()), 5);
        assert_eq!(place.code_points(0, text, text.rfind('n').unwrap_or_default()), 11);
        assert_eq!(place.code_points(0, text, 0), 0);
        assert_eq!(place.code_points(1, "éé", 2), 1);
    }
}
