//! Schemes on Luhn's digit or Verhoeff's, without a date, and the bare sums themselves.

use super::births::Embedded;
use super::digits::{Digits, byte, is_capitals, is_digits, luhn, luhn_holds, mod_11_10, part, verhoeff};
use super::weighted::valid;
use super::{Check, Verdict, check};

pub(super) const CHECKS: &[Check] = &[
    check("ae.emiratesid", " -", 10, ae_emiratesid),
    check("ca.on_health", " -", 10, ca_on_health),
    check("ca.sin", "- ", 10, ca_sin),
    check("damm", "", 10, damm),
    check("de.kvnr", " -", 10, de_kvnr),
    check("do.cedula", " -", 10, do_cedula),
    check("ec.ci", " -", 10, ec_ci),
    check("es.cif", " -", 10, super::letters::es_cif),
    check("fr.siren", " .", 10, fr_siren),
    check("fr.siret", " .", 10, fr_siret),
    check("gn.nifp", " -", 10, gn_nifp),
    check("id.npwp", " -.", 10, id_npwp),
    check("il.idnr", " -", 10, il_idnr),
    check("in.aadhaar", " -", 10, in_aadhaar),
    check("in.epic", " -", 10, in_epic),
    check("in.vid", " -", 10, in_vid),
    check("iso7064.mod_11_10", "", 10, |text| valid(mod_11_10(&Digits::of(text)?))),
    check("luhn", " -", 10, |text| valid(luhn_holds(text))),
    check("pt.cc", " ", 10, pt_cc),
    check("sa.id", " -", 10, sa_id),
    check("sn.ninea", " -/,", 10, sn_ninea),
    check("us.mbi", " -", 1, us_mbi),
    check("us.npi", " -", 10, us_npi),
    check("verhoeff", "", 10, |text| valid(verhoeff(&Digits::of(text)?))),
    check("za.tin", " -/", 10, za_tin),
];

fn ae_emiratesid(text: &str) -> Verdict {
    let digits = Digits::exactly(text, 15)?;
    let year = digits.number(3, 7);
    (text.starts_with("784") && (1900..=2030).contains(&year) && luhn(&digits, 10) == 0)
        .then_some(Embedded { year: u16::try_from(year).ok(), ..Embedded::NOTHING })
}

/// Ontario's health number, ten digits, with two letters of a version that may be missing.
fn ca_on_health(text: &str) -> Verdict {
    let version = part(text, 10, text.len());
    valid(
        (version.is_empty() || (version.len() <= 2 && is_capitals(version)))
            && luhn_holds(part(text, 0, 10))
            && byte(text, 0) != b'0',
    )
}

fn ca_sin(text: &str) -> Verdict {
    let digits = Digits::exactly(text, 9)?;
    valid(!matches!(digits.at(0), 0 | 8) && luhn(&digits, 10) == 0)
}

/// H. Michael Damm's quasigroup of order 10 (TEMP 2004, page 111).
fn damm(text: &str) -> Verdict {
    const TABLE: [[u8; 10]; 10] = [
        [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
        [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
        [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
        [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
        [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
        [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
        [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
        [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
        [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
        [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
    ];
    let digits = Digits::of(text)?;
    let rest = digits.all().iter().fold(0_u8, |row, &digit| {
        TABLE.get(usize::from(row)).and_then(|row| row.get(usize::from(digit))).copied().unwrap_or(0)
    });
    valid(rest == 0)
}

/// Germany's health-insurance number: a letter written as two digits, weights 1 and 2, cross sums.
fn de_kvnr(text: &str) -> Verdict {
    if text.len() != 10 || !byte(text, 0).is_ascii_uppercase() || !is_digits(part(text, 1, 10)) {
        return None;
    }
    let digits = Digits::of(&format!("{:02}{}", byte(text, 0) - b'A' + 1, part(text, 1, 10)))?;
    let sum: i64 = (0..10)
        .map(|place| {
            let product = digits.at(place) * (1 + place as i64 % 2);
            product / 10 + product % 10
        })
        .sum();
    valid(sum % 10 == digits.last())
}

fn do_cedula(text: &str) -> Verdict {
    valid(text.len() == 11 && luhn_holds(text))
}

fn ec_ci(text: &str) -> Verdict {
    let digits = Digits::exactly(text, 10)?;
    let province = digits.number(0, 2);
    valid(((1..=24).contains(&province) || matches!(province, 30 | 50)) && digits.at(2) <= 6 && luhn(&digits, 10) == 0)
}

fn fr_siren(text: &str) -> Verdict {
    valid(text.len() == 9 && luhn_holds(text))
}

/// France's establishment number; those of La Poste (356000000) sum their digits to a multiple of five.
fn fr_siret(text: &str) -> Verdict {
    let digits = Digits::exactly(text, 14)?;
    let post = text.starts_with("356000000") && digits.weigh(&[1; 14]) % 5 == 0;
    valid(luhn_holds(part(text, 0, 9)) && (luhn(&digits, 10) == 0 || post))
}

fn gn_nifp(text: &str) -> Verdict {
    valid(text.len() == 9 && luhn_holds(text))
}

fn id_npwp(text: &str) -> Verdict {
    match (text.len(), byte(text, 0)) {
        (15, _) => valid(is_digits(text) && luhn_holds(part(text, 0, 9))),
        (16, b'0') => valid(is_digits(text) && luhn_holds(part(text, 0, 10))),
        (16, _) => (super::by_name("id.nik")?.holds)(text),
        _ => None,
    }
}

fn il_idnr(text: &str) -> Verdict {
    let digits = Digits::of(text)?;
    valid(digits.len() <= 9 && digits.number(0, digits.len()) > 0 && luhn(&digits, 10) == 0)
}

fn in_aadhaar(text: &str) -> Verdict {
    let digits = Digits::exactly(text, 12)?;
    valid(digits.at(0) > 1 && !text.bytes().eq(text.bytes().rev()) && verhoeff(&digits))
}

fn in_epic(text: &str) -> Verdict {
    valid(text.len() == 10 && is_capitals(part(text, 0, 3)) && luhn_holds(part(text, 3, 10)))
}

fn in_vid(text: &str) -> Verdict {
    let digits = Digits::exactly(text, 16)?;
    valid(digits.at(0) > 1 && !text.bytes().eq(text.bytes().rev()) && verhoeff(&digits))
}

/// Portugal's citizen card: a Luhn sum over digits and letters as values 0 to 35.
fn pt_cc(text: &str) -> Verdict {
    let values = Digits::alnum(text)?;
    let len = text.len();
    let (head, tail) = (part(text, 0, len.checked_sub(3)?), byte(text, len - 1));
    let sum: i64 = values
        .all()
        .iter()
        .rev()
        .enumerate()
        .map(|(place, &value)| {
            let value = i64::from(value) * if place % 2 == 1 { 2 } else { 1 };
            if place % 2 == 1 && value > 9 { value - 9 } else { value }
        })
        .sum();
    valid((head.is_empty() || is_digits(head)) && tail.is_ascii_digit() && sum % 10 == 0)
}

fn sa_id(text: &str) -> Verdict {
    valid(text.len() == 10 && matches!(byte(text, 0), b'1' | b'2') && luhn_holds(text))
}

fn sn_ninea(text: &str) -> Verdict {
    let (number, code) = if text.len() > 9 { text.split_at_checked(text.len() - 3)? } else { (text, "") };
    let known = code.is_empty()
        || (b"012".contains(&byte(code, 0))
            && b"ABCDEFGHJKLMNPQRSTUVWZ".contains(&byte(code, 1))
            && byte(code, 2).is_ascii_digit());
    let digits = Digits::of(number)?;
    let weights: &[i64] = match digits.len() {
        7 | 9 => &[1, 2, 1, 2, 1, 2, 1, 2, 1],
        _ => return None,
    };
    valid(known && digits.weigh(weights) % 10 == 0)
}

/// The Medicare beneficiary identifier: the places' kinds are its only check (CMS, MBI format).
fn us_mbi(text: &str) -> Verdict {
    const LETTERS: &[u8] = b"ACDEFGHJKMNPQRTUVWXY";
    let fits = text.len() == 11
        && text.bytes().zip(*b"1AX9AX9AA99").all(|(one, kind)| match kind {
            b'1' => (b'1'..=b'9').contains(&one),
            b'9' => one.is_ascii_digit(),
            b'A' => LETTERS.contains(&one),
            _ => one.is_ascii_digit() || LETTERS.contains(&one),
        });
    valid(fits)
}

/// A US provider's number is Luhn-checked with the issuer prefix 80840 before it (45 CFR 162.406).
fn us_npi(text: &str) -> Verdict {
    valid(text.len() == 10 && matches!(byte(text, 0), b'1' | b'2') && luhn_holds(&format!("80840{text}")))
}

fn za_tin(text: &str) -> Verdict {
    valid(text.len() == 10 && matches!(byte(text, 0), b'0'..=b'3' | b'9') && luhn_holds(text))
}
