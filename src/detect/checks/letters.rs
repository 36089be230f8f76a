//! Schemes whose key is a letter, or whose letters carry the sum: mod 23, mod 26, mod 31, mod 97 of France.

use super::births::Embedded;
use super::digits::{Digits, byte, is_capitals, is_digits, luhn, part};
use super::weighted::valid;
use super::{Check, Verdict, check};

pub(super) const CHECKS: &[Check] = &[
    check("be.eid", " -./", 97, be_eid),
    check("de.personalausweis", " -", 10, de_card),
    check("de.passport", " -", 10, de_card),
    check("de.rvnr", " -", 300, de_rvnr),
    check("es.ccc", " -", 100, es_ccc),
    check("es.cip", " -", 1, es_cip),
    check("es.dni", " -.", 23, es_dni),
    check("es.nass", " -/", 97, es_nass),
    check("es.nie", " -.", 23, es_nie),
    check("es.nif", " -.", 23, es_nif),
    check("fr.nir", " .", 97, fr_nir),
    check("gb.upn", " ", 23, gb_upn),
    check("gh.tin", " ", 11, gh_tin),
    check("hk.hkid", " -()", 11, hk_hkid),
    check("ie.pps", " -", 23, ie_pps),
    check("it.codicefiscale", " -:", 26, it_codicefiscale),
    check("nz.nhi", " -", 11, nz_nhi),
    check("pe.cui", " -", 5, pe_cui),
    check("pl.dowod", " -", 10, pl_dowod),
    check("sg.nric", " -", 11, sg_nric),
    check("tw.id", " -", 10, tw_id),
    check("ve.rif", " -", 11, ve_rif),
];

fn be_eid(text: &str) -> Verdict {
    let digits = Digits::exactly(text, 12)?;
    let rest = digits.number(0, 10) % 97;
    valid(digits.number(0, 12) > 0 && digits.number(10, 12) == if rest == 0 { 97 } else { rest })
}

/// The numbers on German identity cards and passports: letters without vowels, weights 7, 3, 1 (ICAO 9303), with a
/// tenth place for the check digit or without one.
fn de_card(text: &str) -> Verdict {
    let serial = part(text, 0, 9);
    if !matches!(text.len(), 9 | 10) || !b"CDEFGHJKLMNPRTVWXYZ".contains(&byte(serial, 0)) {
        return None;
    }
    // Numbers of the T-series of older cards hold digits only.
    let fits = serial.bytes().all(|one| one.is_ascii_digit() || b"CDFGHJKLMNPRTVWXYZ".contains(&one));
    if !fits || !serial.bytes().skip(1).any(|one| one.is_ascii_digit()) {
        return None;
    }
    let sum = Digits::alnum(serial)?.weigh(&[7, 3, 1, 7, 3, 1, 7, 3, 1]);
    valid(text.len() == 9 || i64::from(byte(text, 9)) - i64::from(b'0') == sum % 10)
}

/// Germany's pension-insurance number (VKVV section 4): area, birth date, letter, serial, key.
fn de_rvnr(text: &str) -> Verdict {
    if text.len() != 12 || !byte(text, 8).is_ascii_uppercase() {
        return None;
    }
    let letter = i64::from(byte(text, 8) - b'A') + 1;
    let digits = Digits::of(&format!("{}{letter:02}{}", part(text, 0, 8), part(text, 9, 12)))?;
    let sum: i64 = digits
        .all()
        .iter()
        .zip([2_i64, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1])
        .map(|(&digit, weight)| {
            let product = i64::from(digit) * weight;
            product / 10 + product % 10
        })
        .sum();
    // A day above 31 marks a second number for the same birth date.
    let (day, month, year) = (digits.number(2, 4), digits.number(4, 6), digits.number(6, 8));
    let day = if day > 50 { day - 50 } else { day };
    let born = Embedded::born_short(year, month, day)?;
    (sum % 10 == digits.last() && digits.number(0, 2) > 1).then(|| born.male_if(digits.number(10, 12) < 50))
}

fn es_ccc(text: &str) -> Verdict {
    const WEIGHTS: [i64; 10] = [1, 2, 4, 8, 5, 10, 9, 7, 3, 6];
    let digits = Digits::exactly(text, 20)?;
    let key = |stem: &str| {
        let rest = Digits::of(stem).map_or(0, |stem| stem.weigh(&WEIGHTS)) % 11;
        if rest < 2 { rest } else { 11 - rest }
    };
    let first = key(&format!("00{}", part(text, 0, 8)));
    valid(first == digits.at(8) && key(part(text, 10, 20)) == digits.at(9))
}

/// Spain's code of a health service's patients: four letters of the surnames, six digits of a date, four of a serial.
fn es_cip(text: &str) -> Verdict {
    let kind = byte(text, 4);
    valid(matches!(text.len(), 14 | 16) && is_capitals(part(text, 0, 4)) && kind.is_ascii_digit())
}

fn dni_letter(number: i64) -> u8 {
    b"TRWAGMYFPDXBNJZSQVHLCKE".get((number % 23) as usize).copied().unwrap_or(0)
}

fn es_dni(text: &str) -> Verdict {
    let digits = Digits::exactly(part(text, 0, 8), 8)?;
    valid(text.len() == 9 && byte(text, 8) == dni_letter(digits.number(0, 8)))
}

fn es_nie(text: &str) -> Verdict {
    let lead = b"XYZ".iter().position(|&letter| letter == byte(text, 0))? as i64;
    let digits = Digits::exactly(part(text, 1, 8), 7)?;
    valid(text.len() == 9 && byte(text, 8) == dni_letter(lead * 10_000_000 + digits.number(0, 7)))
}

fn es_nif(text: &str) -> Verdict {
    let text = text.strip_prefix("ES").unwrap_or(text);
    match byte(text, 0) {
        b'K' | b'L' | b'M' => {
            let digits = Digits::exactly(part(text, 1, 8), 7)?;
            valid(text.len() == 9 && byte(text, 8) == dni_letter(digits.number(0, 7)))
        }
        b'0'..=b'9' => es_dni(text),
        b'X' | b'Y' | b'Z' => es_nie(text),
        _ => es_cif(text),
    }
}

/// Spain's number of a legal person: a Luhn digit or its letter.
pub(super) fn es_cif(text: &str) -> Verdict {
    let digits = Digits::exactly(part(text, 1, 8), 7)?;
    let key = (10 - luhn(&Digits::of(&format!("{}0", part(text, 1, 8)))?, 10)) % 10;
    let letter = b"JABCDEFGHI".get(key as usize).copied()?;
    let written = byte(text, 8);
    let kind = b"ABCDEFGHJNPQRSUVW".contains(&byte(text, 0));
    valid(
        digits.len() == 7
            && text.len() == 9
            && kind
            && (written == letter || i64::from(written) - i64::from(b'0') == key),
    )
}

/// Spain's social-security number: province, serial, and the remainder by 97; short serials drop their zero.
fn es_nass(text: &str) -> Verdict {
    let digits = Digits::exactly(text, 12)?;
    let (province, serial) = (digits.number(0, 2), digits.number(2, 10));
    let joined = if serial < 10_000_000 { province * 10_000_000 + serial } else { province * 100_000_000 + serial };
    valid((matches!(province, 1..=53 | 66)) && joined % 97 == digits.number(10, 12))
}

/// France's NIR: sex, year, month, department (Corsica's 2A and 2B count as 19 and 18), commune, serial, key.
fn fr_nir(text: &str) -> Verdict {
    if text.len() != 15 {
        return None;
    }
    let department = match part(text, 5, 7) {
        "2A" => "19",
        "2B" => "18",
        other => other,
    };
    let digits = Digits::of(&format!("{}{department}{}", part(text, 0, 5), part(text, 7, 15)))?;
    if 97 - digits.number(0, 13) % 97 != digits.number(13, 15) {
        return None;
    }
    let sex = match digits.at(0) {
        1 | 3 | 7 => Some('m'),
        2 | 4 | 8 => Some('f'),
        _ => None,
    };
    let short = digits.number(1, 3);
    let year = if short <= 26 { 2000 + short } else { 1900 + short };
    Some(Embedded { sex, year: u16::try_from(year).ok(), ..Embedded::NOTHING })
}

/// England's pupil number: a letter over an area code of a local authority, a year and a serial.
fn gb_upn(text: &str) -> Verdict {
    const LETTERS: &[u8] = b"ABCDEFGHJKLMNPQRTUVWXYZ0123456789";
    if text.len() != 13 || !is_digits(part(text, 1, 12)) {
        return None;
    }
    let area = Digits::of(part(text, 1, 4))?.number(0, 3);
    let known = matches!(area,
        201..=213 | 301..=320 | 330..=336 | 340..=344 | 350..=359 | 370..=373 | 380..=384 | 390..=394 | 420 | 800..=803
        | 805..=808 | 810..=813 | 815 | 816 | 821 | 822 | 823 | 825 | 826 | 830 | 831 | 835..=841 | 845 | 846 | 850..=852
        | 855..=857 | 860 | 861 | 865..=896 | 908 | 909 | 916 | 919 | 921 | 925 | 926 | 928 | 929 | 931 | 933 | 935..=938);
    let values = Digits::places(part(text, 1, 13), LETTERS)?;
    let sum = values.weigh(&[2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
    valid(known && LETTERS.get((sum % 23) as usize) == Some(&byte(text, 0)))
}

fn gh_tin(text: &str) -> Verdict {
    let body = Digits::exactly(part(text, 1, 10), 9)?;
    let key = b"0123456789X".get((body.weigh(&[1, 2, 3, 4, 5, 6, 7, 8, 9]) % 11) as usize)?;
    valid(text.len() == 11 && b"PCGQV".contains(&byte(text, 0)) && part(text, 1, 3) == "00" && byte(text, 10) == *key)
}

/// Hong Kong's identity card: one or two letters, six digits, a key in brackets.
fn hk_hkid(text: &str) -> Verdict {
    let letters = text.bytes().take_while(u8::is_ascii_uppercase).count();
    if !matches!(letters, 1 | 2) || text.len() != letters + 7 || !is_digits(part(text, letters, letters + 6)) {
        return None;
    }
    let values = Digits::alnum(part(text, 0, letters + 6))?;
    let sum = if letters == 1 {
        36 * 9 + values.weigh(&[8, 7, 6, 5, 4, 3, 2])
    } else {
        values.weigh(&[9, 8, 7, 6, 5, 4, 3, 2])
    };
    let key = b"0123456789A".get(((11 - sum % 11) % 11) as usize)?;
    valid(byte(text, text.len() - 1) == *key)
}

/// Ireland's PPS number: seven digits, a key letter, and since 2013 a second letter that counts nine times.
fn ie_pps(text: &str) -> Verdict {
    let digits = Digits::exactly(part(text, 0, 7), 7)?;
    let second = byte(text, 8);
    let extra = match (text.len(), second) {
        (8, _) | (9, b'W' | b'T' | b'X') => 0,
        (9, b'A' | b'B' | b'H') => i64::from(second - b'A') + 1,
        _ => return None,
    };
    let sum = digits.weigh(&[8, 7, 6, 5, 4, 3, 2]) + 9 * extra;
    valid(b"WABCDEFGHIJKLMNOPQRSTUV".get((sum % 23) as usize) == Some(&byte(text, 7)))
}

/// Values of the odd places of Italy's fiscal code, digits first (decree of 23 December 1976).
const ODD: [i64; 36] = [
    1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10,
    22, 25, 24, 23,
];

/// Italy's fiscal code. Where two persons would share one, digits are written as letters from the right (omocodia).
fn it_codicefiscale(text: &str) -> Verdict {
    if text.len() == 11 {
        return super::companies::it_iva(text);
    }
    if text.len() != 16 || !is_capitals(part(text, 0, 6)) {
        return None;
    }
    let values = Digits::alnum(text)?;
    let sum: i64 = values
        .all()
        .iter()
        .take(15)
        .enumerate()
        .map(|(place, &value)| {
            let value = i64::from(value);
            if place % 2 == 0 {
                ODD.get(value as usize).copied().unwrap_or(0)
            } else if value > 9 {
                value - 10
            } else {
                value
            }
        })
        .sum();
    let digit = |place: usize| -> Option<i64> {
        match byte(text, place) {
            one @ b'0'..=b'9' => Some(i64::from(one - b'0')),
            one => b"LMNPQRSTUV".iter().position(|&letter| letter == one).map(|value| value as i64),
        }
    };
    let month = b"ABCDEHLMPRST".iter().position(|&letter| letter == byte(text, 8))? as i64 + 1;
    let (year, day) = (digit(6)? * 10 + digit(7)?, digit(9)? * 10 + digit(10)?);
    digit(12)?;
    digit(13)?;
    digit(14)?;
    let key = byte(text, 11).is_ascii_uppercase() && i64::from(byte(text, 15)) - i64::from(b'A') == sum % 26;
    let born = Embedded::born_short(year, month, day % 40)?;
    key.then(|| born.male_if(day < 40))
}

/// New Zealand's health index: AAANNNC with mod 11, and since 2019 AAANNAX with mod 23 (HISO 10046).
fn nz_nhi(text: &str) -> Verdict {
    const LETTERS: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZ";
    if text.len() != 7 {
        return None;
    }
    let value = |place: usize| -> Option<i64> {
        match byte(text, place) {
            one @ b'0'..=b'9' => Some(i64::from(one - b'0')),
            one => LETTERS.iter().position(|&letter| letter == one).map(|at| at as i64 + 1),
        }
    };
    if !is_capitals(part(text, 0, 3)) || !is_digits(part(text, 3, 5)) {
        return None;
    }
    let mut sum = 0;
    for (place, weight) in (0..6).zip((2..=7).rev()) {
        sum += value(place)? * weight;
    }
    if is_digits(part(text, 3, 7)) {
        let rest = sum % 11;
        return valid(rest != 0 && (11 - rest) % 10 == value(6)?);
    }
    let key = LETTERS.get((23 - sum % 23 - 1) as usize);
    valid(byte(text, 5).is_ascii_uppercase() && key == Some(&byte(text, 6)))
}

/// Peru's identity number: eight digits, and a ninth place that may be a digit or a letter of the same remainder.
fn pe_cui(text: &str) -> Verdict {
    let digits = Digits::exactly(part(text, 0, 8), 8)?;
    let rest = (digits.weigh(&[3, 2, 7, 6, 5, 4, 3, 2]) % 11) as usize;
    match text.len() {
        8 => valid(true),
        9 => valid([b"65432110987", b"KJIHGFEDCBA"].iter().any(|keys| keys.get(rest) == Some(&byte(text, 8)))),
        _ => None,
    }
}

/// Poland's identity card: three letters and six digits, of which the first is the key.
fn pl_dowod(text: &str) -> Verdict {
    let values = Digits::alnum(text)?;
    let fits = text.len() == 9 && is_capitals(part(text, 0, 3)) && is_digits(part(text, 3, 9));
    valid(fits && values.weigh(&[7, 3, 1, 9, 7, 3, 1, 7, 3]) % 10 == 0)
}

/// Singapore's NRIC (S, T) and FIN (F, G, M).
fn sg_nric(text: &str) -> Verdict {
    let digits = Digits::exactly(part(text, 1, 8), 7)?;
    let sum = digits.weigh(&[2, 7, 6, 5, 4, 3, 2]);
    let (add, keys): (i64, &[u8]) = match byte(text, 0) {
        b'S' => (0, b"JZIHGFEDCBA"),
        b'T' => (4, b"JZIHGFEDCBA"),
        b'F' => (0, b"XWUTRQPNMLK"),
        b'G' => (4, b"XWUTRQPNMLK"),
        b'M' => (3, b"KLJNPQRTUWX"),
        _ => return None,
    };
    let rest = ((sum + add) % 11) as usize;
    let rest = if byte(text, 0) == b'M' { 10 - rest } else { rest };
    let key = keys.get(rest);
    valid(text.len() == 9 && key == Some(&byte(text, 8)))
}

/// Taiwan's identity card: a letter of a county, the sex, eight digits.
fn tw_id(text: &str) -> Verdict {
    const COUNTIES: &[u8] = b"ABCDEFGHJKLMNPQRSTUVXYWZIO";
    let digits = Digits::exactly(part(text, 1, 10), 9)?;
    let county = COUNTIES.iter().position(|&letter| letter == byte(text, 0))? as i64 + 10;
    let sum = county / 10 + county % 10 * 9 + digits.weigh(&[8, 7, 6, 5, 4, 3, 2, 1, 1]);
    (text.len() == 10 && matches!(digits.at(0), 1 | 2) && sum % 10 == 0)
        .then(|| Embedded::NOTHING.male_if(digits.at(0) == 1))
}

fn ve_rif(text: &str) -> Verdict {
    let start = match byte(text, 0) {
        b'V' => 4,
        b'E' => 8,
        b'J' => 12,
        b'P' => 16,
        b'G' => 20,
        _ => return None,
    };
    let digits = Digits::exactly(part(text, 1, 10), 9)?;
    let rest = (start + digits.weigh(&[3, 2, 7, 6, 5, 4, 3, 2])) % 11;
    let key = if rest < 2 { 0 } else { 11 - rest };
    valid(text.len() == 10 && key == digits.last())
}
