//! Captions of pictures and videos: clinics write a patient's name with a birth date or a file number into them,
//! without any label. Where a short caption names a person, a date long before the picture is that person's birth
//! date, and a code beside the name is that person's number.

use super::hit::Hit;
use super::view::Sheet;
use crate::model::{Confidence, Hints, Kind, Role, Secret};

/// Longest caption in bytes that is read so; longer ones are prose.
const LONGEST: usize = 120;
/// Days that must lie between a birth date and the picture: a year.
pub(super) const APART: i32 = 365;
/// Certainty of a number beside a name, in thousandths: an estimate, as captions of the labelled sets are few.
const NUMBER: u16 = 780;

/// Reads the captions among the sheets. `is_caption` tells them by index, `day` is when the item was made.
pub(super) fn find(sheets: &[Sheet<'_>], is_caption: impl Fn(usize) -> bool, day: Option<i32>, hits: &mut Vec<Hit>) {
    for sheet in sheets.iter().filter(|sheet| sheet.text.len() <= LONGEST && is_caption(sheet.index)) {
        if hits.iter().any(|hit| hit.passage == sheet.index && hit.kind == Kind::PersonName) {
            type_dates(sheet.index, day, hits);
            let numbers: Vec<Hit> = numbers(sheet, hits);
            hits.extend(numbers);
        }
    }
}

/// Dates well before the item was made are birth dates.
fn type_dates(passage: usize, made: Option<i32>, hits: &mut [Hit]) {
    for hit in hits.iter_mut().filter(|hit| hit.passage == passage && hit.kind == Kind::Date) {
        let is_earlier = match (hit.hints.day, made) {
            (Some(day), Some(made)) => day + APART < made,
            _ => false,
        };
        if is_earlier {
            hit.become_birth_date("caption");
        }
    }
}

/// Codes that no detector has claimed.
fn numbers(sheet: &Sheet<'_>, hits: &[Hit]) -> Vec<Hit> {
    let separators = [' ', ',', ';', ':', '(', ')', '_', '\t', '\n', '|'];
    let mut found = Vec::new();
    let mut start = 0;
    for word in sheet.text.split(separators) {
        let (from, end) = (start, start + word.len());
        start = end + sheet.text.get(end..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        let is_free = !hits.iter().any(|hit| hit.passage == sheet.index && hit.start < end && from < hit.end);
        if is_free && is_code(word) {
            found.push(Hit {
                passage: sheet.index,
                start: from,
                end,
                kind: Kind::PatientId,
                scheme: "caption".into(),
                confidence: Confidence::milli(NUMBER),
                // The form that labelled numbers and folders have, so that the three are one.
                normal: Secret::new(word.chars().filter(char::is_ascii_alphanumeric).collect::<String>()),
                role: Some(Role::DataSubject),
                hints: Hints::default(),
            });
        }
    }
    found
}

/// Digits, perhaps with capital letters and hyphens: `H847P20`, `2018-2527`, `PA-204817`; not a year, a resolution or
/// a camera's counter.
fn is_code(word: &str) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let letters = word.bytes().filter(u8::is_ascii_uppercase).count();
    let is_plain =
        word.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase() || matches!(byte, b'-' | b'/'));
    let has_enough = digits >= 5 || (digits >= 3 && letters >= 1);
    let is_camera = ["IMG", "DSC", "DSCN", "DSCF", "PXL", "MVI", "VID", "GOPR", "DJI", "P10"]
        .iter()
        .any(|prefix| word.starts_with(prefix));
    is_plain && has_enough && (5..=14).contains(&word.len()) && !is_camera
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Origin, Part, Shape};

    fn hit(kind: Kind, start: usize, end: usize, day: Option<i32>) -> Hit {
        let hints = Hints { day, ..Hints::default() };
        let (scheme, confidence, normal) = ("test".into(), Confidence::FULL, Secret::new(""));
        Hit { passage: 0, start, end, kind, scheme, confidence, normal, role: None, hints }
    }

    fn kinds(text: &str, mut hits: Vec<Hit>) -> Vec<(Kind, String)> {
        let origin = Origin::field(Part::Exif, "ImageDescription");
        let sheet = Sheet { index: 0, origin: &origin, shape: Shape::Value, list: None, text };
        find(&[sheet], |_| true, Some(17_000), &mut hits);
        hits.iter().map(|hit| (hit.kind, text[hit.start..hit.end].to_owned())).collect()
    }

    #[test]
    fn a_code_beside_a_name_is_a_patient_number() {
        let found = kinds("H847P20 Ada Exemple", vec![hit(Kind::PersonName, 8, 19, None)]);
        assert_eq!(found[1], (Kind::PatientId, "H847P20".into()));
        assert_eq!(kinds("IMG2041 Ada Exemple", vec![hit(Kind::PersonName, 8, 19, None)]).len(), 1);
        assert_eq!(kinds("H847P20 sunset", Vec::new()).len(), 0);
    }

    #[test]
    fn a_date_long_before_the_picture_is_a_birth_date() {
        let name = || hit(Kind::PersonName, 0, 11, None);
        let found = kinds("Ada Exemple 22/11/1980", vec![name(), hit(Kind::Date, 12, 22, Some(3978))]);
        assert_eq!(found[1].0, Kind::DateOfBirth);
        let found = kinds("Ada Exemple 22/11/2016", vec![name(), hit(Kind::Date, 12, 22, Some(17_127))]);
        assert_eq!(found[1].0, Kind::Date);
    }
}
