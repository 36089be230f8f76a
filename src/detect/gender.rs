//! Sex or gender, where a label says so: `Sexe : F`, `Geschlecht: weiblich`.

use super::context::{head, tail};
use super::hit::Hit;
use super::schemes;
use super::view::{Setting, Sheet};
use crate::model::{Confidence, Hints, Kind, Secret};

/// Labels in lower case, in the languages of the label rules.
const LABELS: [&str; 20] = [
    "sexe",
    "sex",
    "gender",
    "sexo",
    "geschlecht",
    "sesso",
    "género",
    "genere",
    "genre",
    "geslacht",
    "płeć",
    "kön",
    "køn",
    "kjønn",
    "φύλο",
    "пол",
    "الجنس",
    "cinsiyet",
    "sukupuoli",
    "pohlaví",
];
/// Values in lower case, and the sex each writes. A lone `h` is the Spanish and French man, `w` and `k` women.
const VALUES: [(&str, char); 48] = [
    ("f", 'f'),
    ("m", 'm'),
    ("h", 'm'),
    ("w", 'f'),
    ("k", 'f'),
    ("v", 'm'),
    ("d", 'x'),
    ("x", 'x'),
    ("ж", 'f'),
    ("м", 'm'),
    ("female", 'f'),
    ("male", 'm'),
    ("femme", 'f'),
    ("homme", 'm'),
    ("féminin", 'f'),
    ("masculin", 'm'),
    ("mujer", 'f'),
    ("hombre", 'm'),
    ("varón", 'm'),
    ("varon", 'm'),
    ("femenino", 'f'),
    ("masculino", 'm'),
    ("weiblich", 'f'),
    ("männlich", 'm'),
    ("femmina", 'f'),
    ("maschio", 'm'),
    ("femminile", 'f'),
    ("maschile", 'm'),
    ("feminino", 'f'),
    ("vrouw", 'f'),
    ("man", 'm'),
    ("kobieta", 'f'),
    ("mężczyzna", 'm'),
    ("kvinna", 'f'),
    ("kvinde", 'f'),
    ("kvinne", 'f'),
    ("γυναίκα", 'f'),
    ("άνδρας", 'm'),
    ("женский", 'f'),
    ("мужской", 'm'),
    ("أنثى", 'f'),
    ("ذكر", 'm'),
    ("kadın", 'f'),
    ("erkek", 'm'),
    ("nainen", 'f'),
    ("mies", 'm'),
    ("woman", 'f'),
    ("fille", 'f'),
];

/// Finds labelled sexes.
pub fn find(sheet: &Sheet<'_>, _setting: &Setting, out: &mut Vec<Hit>) {
    let text = sheet.text;
    for colon in memchr::memchr_iter(b':', text.as_bytes()) {
        let Some((start, end, sex)) = labelled(text, colon) else { continue };
        out.push(Hit {
            passage: sheet.index,
            start,
            end,
            kind: Kind::Gender,
            scheme: schemes::gender(),
            confidence: Confidence::milli(950),
            normal: Secret::new(sex),
            role: None,
            hints: Hints { sex: Some(sex).filter(|sex| *sex != 'x'), ..Hints::default() },
        });
    }
}

/// The value after this colon, if a label stands before it.
fn labelled(text: &str, colon: usize) -> Option<(usize, usize, char)> {
    let before = tail(text.get(..colon)?, 32).trim_end_matches([' ', '"', '\u{a0}']);
    // Most colons end here: no label ends with such a letter.
    let label = before.rsplit(|c: char| !c.is_alphabetic()).next().filter(|word| word.len() >= 3)?.to_lowercase();
    if !LABELS.contains(&label.as_str()) {
        return None;
    }
    let rest = head(text.get(colon + 1..)?, 32);
    let value = rest.trim_start_matches([' ', '"', '\u{a0}']);
    let start = colon + 1 + (rest.len() - value.len());
    let length = value.find(|c: char| !c.is_alphabetic()).unwrap_or(value.len());
    let word = value.get(..length)?.to_lowercase();
    let sex = VALUES.iter().find(|(written, _)| *written == word)?.1;
    Some((start, start + length, sex))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Origin, Part, Shape};

    #[test]
    fn a_label_makes_a_letter_a_sex() {
        let found = |text: &str| {
            let origin = Origin::of(Part::Text);
            let mut hits = Vec::new();
            find(
                &Sheet { index: 0, origin: &origin, shape: Shape::Flow, list: None, text },
                &Setting::default(),
                &mut hits,
            );
            hits.iter().map(|hit| (text[hit.start..hit.end].to_owned(), hit.hints.sex)).collect::<Vec<_>>()
        };
        assert_eq!(
            found("Sexe : F, Sexo: H.\n\"gender\": \"female\""),
            [("F".into(), Some('f')), ("H".into(), Some('m')), ("female".into(), Some('f'))]
        );
        assert_eq!(found("Note: F, Sex: unknown"), []);
    }
}
