//! Machine-readable zones of travel documents: ICAO Doc 9303 parts 4, 5, 6 and 7 (TD1, TD2, TD3, MRV).

use super::births::{Embedded, pairs};
use super::digits::{ALNUM, Digits, part};
use super::{Check, Verdict, check};

pub(super) const CHECKS: &[Check] = &[check("mrz", "\n\r ", 10_000, mrz)];

/// Where a form's fields stand: the number, the birth date (the expiry follows two places on), the sex, and the
/// composite check digit with the runs that it covers.
type Places = ((usize, usize), usize, usize, Option<(usize, &'static [(usize, usize)])>);

/// Whether a zone's lines, joined, hold all their check digits.
fn mrz(text: &str) -> Verdict {
    if !text.bytes().all(|one| one == b'<' || ALNUM.contains(&one)) {
        return None;
    }
    // Places of (number, birth, expiry) with the check digit right after each, then of the composite check.
    let (number, birth, sex, composite): Places = match text.len() {
        90 => ((5, 14), 30, 37, Some((59, &[(5, 30), (30, 37), (38, 45), (48, 59)]))),
        72 if text.starts_with('V') => ((36, 45), 49, 56, None),
        72 => ((36, 45), 49, 56, Some((71, &[(36, 46), (49, 56), (57, 71)]))),
        88 if text.starts_with('V') => ((44, 53), 57, 64, None),
        88 => ((44, 53), 57, 64, Some((87, &[(44, 54), (57, 64), (65, 87)]))),
        _ => return None,
    };
    let held = |stem: &str, at: usize| part(text, at, at + 1).bytes().next() == Some(b'0' + key(stem));
    // A long document number of TD1 and TD2 runs on into the optional data; its check digit is `<` here.
    let long = part(text, number.1, number.1 + 1) == "<" && text.len() != 88;
    let sums = (long || held(part(text, number.0, number.1), number.1))
        && held(part(text, birth, birth + 6), birth + 6)
        && held(part(text, birth + 8, birth + 14), birth + 14)
        && composite.is_none_or(|(at, runs)| {
            held(&runs.iter().map(|(from, to)| part(text, *from, *to)).collect::<String>(), at)
        });
    let nothing = Embedded { sex: sex_of(part(text, sex, sex + 1)), ..Embedded::NOTHING };
    let born = Digits::exactly(part(text, birth, birth + 6), 6)
        .and_then(|digits| {
            let (year, month, day) = pairs(&digits, 0);
            Embedded::born_short(year, month, day)
        })
        .map_or(nothing, |born| Embedded { sex: nothing.sex, ..born });
    sums.then(|| born.tagged(kind(text)))
}

fn kind(text: &str) -> &'static str {
    match text.as_bytes().first() {
        Some(b'P') => "passport",
        Some(b'V') => "visa",
        _ => "identity_card",
    }
}

fn sex_of(text: &str) -> Option<char> {
    match text {
        "F" => Some('f'),
        "M" => Some('m'),
        _ => None,
    }
}

/// The check digit of Doc 9303-3 section 4.9: weights 7, 3, 1; letters count from 10, the filler 0.
fn key(stem: &str) -> u8 {
    let sum: u32 = stem
        .bytes()
        .zip([7, 3, 1].iter().cycle())
        .map(|(one, weight)| ALNUM.iter().position(|&other| other == one).map_or(0, |value| value as u32) * weight)
        .sum();
    (sum % 10) as u8
}

#[cfg(test)]
mod tests {
    use super::mrz;

    // Specimens of ICAO Doc 9303: Utopia.
    const TD3: &str = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159ZE184226B<<<<<10";
    const TD1: &str = "I<UTOD231458907<<<<<<<<<<<<<<<7408122F1204159UTO<<<<<<<<<<<6ERIKSSON<<ANNA<MARIA<<<<<<<<<<";

    #[test]
    fn specimen_zones_hold_and_say_the_birth_date() {
        for zone in [TD3, TD1] {
            let found = mrz(zone).expect("a specimen holds");
            assert_eq!((found.year, found.sex), (Some(1974), Some('f')));
        }
    }

    #[test]
    fn a_zone_with_one_changed_digit_is_refused() {
        assert!(mrz(&TD3.replace("7408122", "7408132")).is_none());
        assert!(mrz(&TD1.replace("1204159", "1204169")).is_none());
    }
}
