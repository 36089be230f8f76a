//! Geographic coordinates in text: pairs of decimal degrees, degrees with minutes and seconds, `geo:` links (RFC 5870).

use super::hit::Hit;
use super::schemes;
use super::view::{Setting, Sheet};
use crate::model::{Confidence, Hints, Kind, Secret};
use memchr::memmem::Finder;
use std::sync::LazyLock;

/// Decimals from which a pair of numbers is a place and not two measures: four are about ten metres.
const DECIMALS: usize = 4;

/// The sign of degrees.
static DEGREE: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("°"));

/// Finds positions.
pub fn find(sheet: &Sheet<'_>, _setting: &Setting, out: &mut Vec<Hit>) {
    let text = sheet.text;
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(dot) = memchr::memchr(b'.', bytes.get(at..).unwrap_or_default()).map(|found| at + found) {
        at = dot + 1;
        let is_number = dot.checked_sub(1).and_then(|before| bytes.get(before)).is_some_and(u8::is_ascii_digit)
            && bytes.get(dot + DECIMALS).is_some_and(u8::is_ascii_digit);
        let Some((start, end, latitude, longitude)) = is_number.then(|| pair(text, dot)).flatten() else { continue };
        out.push(hit(sheet, start, end, latitude, longitude));
        at = end;
    }
    let mut from = 0;
    while let Some(sign) = DEGREE.find(bytes.get(from..).unwrap_or_default()).map(|found| from + found) {
        from = sign + 2;
        if let Some((start, end, latitude, longitude)) = sexagesimal(text, sign) {
            out.push(hit(sheet, start, end, latitude, longitude));
            from = end;
        }
    }
}

/// Latitude and longitude of a position as it is normalised: decimal degrees with a comma between, and what follows.
pub fn coordinates(value: &str) -> Option<(f64, f64)> {
    let mut numbers = value.split(',').map(|part| part.trim().parse().ok());
    numbers.next()?.zip(numbers.next()?)
}

fn hit(sheet: &Sheet<'_>, start: usize, end: usize, latitude: f64, longitude: f64) -> Hit {
    Hit {
        passage: sheet.index,
        start,
        end,
        kind: Kind::Gps,
        scheme: schemes::gps(),
        confidence: Confidence::milli(900),
        normal: Secret::new(format!("{latitude:.5},{longitude:.5}")),
        role: None,
        hints: Hints::default(),
    }
}

/// `48.85661, 2.35222` around the first number's point.
fn pair(text: &str, dot: usize) -> Option<(usize, usize, f64, f64)> {
    let before = text.get(dot.saturating_sub(5)..dot)?;
    let digits = before.bytes().rev().take_while(u8::is_ascii_digit).count();
    let sign = usize::from(before.get(..before.len() - digits)?.ends_with(['-', '+']));
    let start = dot - digits - sign;
    let is_free = !text.get(..start)?.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '.' | ',' | '/'));
    let first = number(text, start)?;
    let gap = text.get(first..)?;
    let rest = gap.trim_start_matches([',', ';', ' ', '/']);
    let second_start = first + (gap.len() - rest.len());
    let is_parted = (1..=3).contains(&(second_start - first)) && gap.starts_with([',', ';', ' ', '/']);
    let end = number(text, second_start).filter(|_| is_parted && is_free)?;
    let is_end = !text.get(end..)?.starts_with(|c: char| c.is_alphanumeric() || c == '%');
    let latitude: f64 = text.get(start..first)?.parse().ok().filter(|value: &f64| value.abs() <= 90.0)?;
    let longitude: f64 = text.get(second_start..end)?.parse().ok().filter(|value: &f64| value.abs() <= 180.0)?;
    is_end.then_some((start, end, latitude, longitude))
}

/// The end of a signed number with enough decimals that begins here.
fn number(text: &str, start: usize) -> Option<usize> {
    let rest = text.get(start..)?;
    let unsigned = rest.strip_prefix(['-', '+']).unwrap_or(rest);
    let whole = unsigned.bytes().take_while(u8::is_ascii_digit).count();
    let fraction = unsigned.get(whole..)?.strip_prefix('.')?;
    let decimals = fraction.bytes().take_while(u8::is_ascii_digit).count();
    let is_place = (1..=3).contains(&whole) && (DECIMALS..=15).contains(&decimals);
    is_place.then(|| start + (rest.len() - unsigned.len()) + whole + 1 + decimals)
}

/// `48°51'24"N 2°21'08"E` around the first degree sign.
fn sexagesimal(text: &str, sign: usize) -> Option<(usize, usize, f64, f64)> {
    let digits = text.get(sign.saturating_sub(3)..sign)?.bytes().rev().take_while(u8::is_ascii_digit).count();
    let start = sign - digits;
    let (first, latitude, half) = degrees(text, start)?;
    let rest = text.get(first..)?;
    let next = first + (rest.len() - rest.trim_start_matches([' ', ',', ';']).len());
    let (end, longitude, other) = degrees(text, next)?;
    let is_place = digits > 0 && matches!(half, 'N' | 'S') && matches!(other, 'E' | 'W' | 'O') && next - first <= 3;
    is_place.then_some((
        start,
        end,
        if half == 'S' { -latitude } else { latitude },
        if other == 'E' { longitude } else { -longitude },
    ))
}

/// Degrees, minutes, seconds and the half of the globe from here on: the end, the value, the letter.
fn degrees(text: &str, start: usize) -> Option<(usize, f64, char)> {
    let mut rest = text.get(start..)?;
    let mut value = 0.0;
    for (unit, signs) in [(1.0, ['°', '°', '°']), (60.0, ['\'', '′', '’']), (3600.0, ['"', '″', '”'])] {
        let blank = rest.trim_start_matches(' ');
        let length = blank.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(blank.len());
        let Some(after) = blank.get(length..).and_then(|after| after.strip_prefix(signs)) else { break };
        let number: f64 = blank.get(..length)?.parse().ok()?;
        value += number / unit;
        rest = after;
    }
    let rest = rest.trim_start_matches(' ');
    let half = rest.chars().next().filter(|half| matches!(half, 'N' | 'S' | 'E' | 'W' | 'O'))?;
    (value > 0.0 && value <= 180.0).then(|| (text.len() - rest.len() + 1, value, half))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Origin, Part, Shape};
    use proptest::prelude::*;

    fn found(text: &str) -> Vec<(String, String)> {
        let origin = Origin::of(Part::Text);
        let mut hits = Vec::new();
        find(
            &Sheet { index: 0, origin: &origin, shape: Shape::Flow, list: None, text },
            &Setting::default(),
            &mut hits,
        );
        hits.iter().map(|hit| (text[hit.start..hit.end].to_owned(), hit.normal.expose().to_owned())).collect()
    }

    #[test]
    fn positions_are_read_in_their_usual_forms() {
        for (text, value, normal) in [
            ("at 48.85661, -2.35222.", "48.85661, -2.35222", "48.85661,-2.35222"),
            ("geo:48.8566,2.3522;u=10", "48.8566,2.3522", "48.85660,2.35220"),
            ("48°51'24\"N 2°21'08\"E", "48°51'24\"N 2°21'08\"E", "48.85667,2.35222"),
        ] {
            assert_eq!(found(text), [(value.to_owned(), normal.to_owned())], "{text}");
        }
        for text in ["3.14, 2.71", "1234.5678, 2.3456", "48.8566", "37.5°C 38.1°C", "95.12345, 2.12345"] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "([0-9.,°'\"NSEW -]|\\PC){0,60}") {
            prop_assert!(found(&text).iter().all(|(value, _)| !value.is_empty()));
        }
    }
}
