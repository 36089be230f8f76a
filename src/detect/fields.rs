//! Metadata values whose meaning the format itself defines.

use super::hit::Hit;
use super::position::coordinates;
use super::view::Sheet;
use crate::model::{Confidence, Hints, Kind, Meaning, Origin, Role, Secret};

/// Adds what a metadata value is by definition; `is_name` tells a person's name from a firm's or a program's.
pub fn find(meaning: Meaning, sheet: &Sheet<'_>, is_name: impl Fn(&str) -> bool, out: &mut Vec<Hit>) {
    let text = sheet.text;
    let start = text.len() - text.trim_start().len();
    let value = text.trim();
    let Some((kind, milli)) = kind(meaning, value, is_name) else { return };
    out.push(Hit {
        passage: sheet.index,
        start,
        end: start + value.len(),
        kind,
        scheme: kind.name().into(),
        confidence: Confidence::milli(milli),
        normal: Secret::new(normal(kind, value)),
        role: (kind == Kind::PersonName).then(|| role(meaning, sheet.origin)),
        hints: Hints::default(),
    });
}

/// Who made a picture or a document is, until paperwork says more, a member of staff; who is shown or named in it is
/// whom it is about.
fn role(meaning: Meaning, origin: &Origin) -> Role {
    let is_shown = |key: &str| ["PersonInImage", "Region", "Patient", "Person"].iter().any(|word| key.contains(word));
    if meaning == Meaning::Words || origin.key.as_deref().is_some_and(is_shown) {
        Role::DataSubject
    } else {
        Role::Practitioner
    }
}

/// What the value is, and how sure.
fn kind(meaning: Meaning, value: &str, is_name: impl Fn(&str) -> bool) -> Option<(Kind, u16)> {
    let has_text = value.chars().any(char::is_alphanumeric);
    match meaning {
        _ if !has_text => None,
        Meaning::Position => is_position(value).then_some((Kind::Gps, 1000)),
        Meaning::Serial => {
            (value.len() >= 4 && value.chars().any(|c| !matches!(c, '0' | ' ' | '-'))).then_some((Kind::Device, 950))
        }
        Meaning::Place => Some((Kind::Location, 900)),
        Meaning::Person => is_name(value).then_some((Kind::PersonName, 850)),
        // A title or caption that is nothing but a name.
        Meaning::Words => (value.contains(' ') && is_name(value)).then_some((Kind::PersonName, 750)),
        _ => None,
    }
}

/// `latitude,longitude` within the globe and not the null island that a camera without a fix writes.
fn is_position(value: &str) -> bool {
    coordinates(value).is_some_and(|(latitude, longitude)| {
        latitude.abs() <= 90.0 && longitude.abs() <= 180.0 && (latitude != 0.0 || longitude != 0.0)
    })
}

fn normal(kind: Kind, value: &str) -> String {
    match kind {
        Kind::Device => value.to_uppercase(),
        Kind::Location => value.to_lowercase(),
        _ => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Part, Shape};

    fn found(meaning: Meaning, text: &str) -> Option<(Kind, String)> {
        let origin = Origin::field(Part::Exif, "Tag");
        let mut hits = Vec::new();
        find(
            meaning,
            &Sheet { index: 0, origin: &origin, shape: Shape::Value, list: None, text },
            |value| value.starts_with("Ada"),
            &mut hits,
        );
        hits.first().map(|hit| (hit.kind, text[hit.start..hit.end].to_owned()))
    }

    #[test]
    fn values_are_what_the_format_says() {
        assert_eq!(found(Meaning::Position, "48.85,2.35,35"), Some((Kind::Gps, "48.85,2.35,35".into())));
        assert_eq!(found(Meaning::Position, "0,0"), None);
        assert_eq!(found(Meaning::Serial, " 00X1234 "), Some((Kind::Device, "00X1234".into())));
        assert_eq!(found(Meaning::Serial, "000000"), None);
        assert_eq!(found(Meaning::Person, "Ada van Exemple"), Some((Kind::PersonName, "Ada van Exemple".into())));
        assert_eq!(found(Meaning::Person, "Microsoft Office User"), None);
        assert_eq!(found(Meaning::Place, "Lyon"), Some((Kind::Location, "Lyon".into())));
        assert_eq!(found(Meaning::Tool, "Canon EOS"), None);
    }
}
