//! Schemes without a check digit, whose components still rule most numbers out: areas, groups, closed letters.

use super::births::Embedded;
use super::digits::{Digits, byte, is_capitals, is_digits, part};
use super::weighted::valid;
use super::{Check, Verdict, check};

pub(super) const CHECKS: &[Check] = &[
    check("ad.nrt", " -.", 3, ad_nrt),
    check("al.nipt", " ()", 2, al_nipt),
    check("ar.dni", " .", 1, |text| valid(matches!(text.len(), 7 | 8) && is_digits(text))),
    check("ccam", " ", 2, ccam),
    check("cr.cpf", " ", 1, cr_cpf),
    check("cr.cr", " -", 10, |text| valid(matches!(text.len(), 11 | 12) && is_digits(text) && byte(text, 0) == b'1')),
    check("de.bsnr", " -", 1, de_bsnr),
    check("de.stnr", " -./,", 1, de_stnr),
    check("dz.nif", " ", 1, |text| valid(matches!(text.len(), 15 | 20) && is_digits(text))),
    check("eg.tn", " -/", 1, |text| valid(text.len() == 9 && is_digits(text))),
    check("fr.cni", " ", 1, fr_cni),
    check("gb.driving_licence", " ", 50, gb_driving_licence),
    check("gb.nino", " -", 3, gb_nino),
    check("icd10", ".", 2, icd10),
    check("in.pan", " -", 2, in_pan),
    check("ke.pin", " -", 5, ke_pin),
    check("li.peid", " .", 1, li_peid),
    check("mx.rfc", "-_ ", 30, mx_rfc),
    check("nl.identiteitskaartnummer", " ", 1, nl_identiteitskaartnummer),
    check("ph.tin", " -", 1, |text| valid(matches!(text.len(), 9 | 12) && is_digits(text) && !text.starts_with("000"))),
    check("pk.cnic", "-", 2, pk_cnic),
    check("sm.coe", ".", 1, sm_coe),
    check("tn.mf", " /.-", 1, tn_mf),
    check("us.atin", "-", 1, |text| valid(text.len() == 9 && is_digits(text))),
    check("us.ein", "-", 1, us_ein),
    check("us.itin", "- ", 30, us_itin),
    check("us.ptin", "-", 1, |text| valid(text.len() == 9 && byte(text, 0) == b'P' && is_digits(part(text, 1, 9)))),
    check("us.ssn", "- .", 1, us_ssn),
    check("us.tin", "-", 1, |text| us_ssn(text).or_else(|| us_itin(text)).or_else(|| us_ein(text))),
];

fn ad_nrt(text: &str) -> Verdict {
    let number = Digits::exactly(part(text, 1, 7), 6)?.number(0, 6);
    let kind = byte(text, 0);
    valid(
        text.len() == 8
            && b"ACDEFGLOPU".contains(&kind)
            && byte(text, 7).is_ascii_uppercase()
            && (kind != b'F' || number <= 699_999)
            && (!matches!(kind, b'A' | b'L') || (700_000..800_000).contains(&number)),
    )
}

fn al_nipt(text: &str) -> Verdict {
    let text = text.strip_prefix("AL").unwrap_or(text);
    valid(
        text.len() == 10
            && (b'A'..=b'M').contains(&byte(text, 0))
            && is_digits(part(text, 1, 9))
            && byte(text, 9).is_ascii_uppercase(),
    )
}

/// A code of the French classification of procedures: four letters for organ, action, approach and technique, three
/// figures (ATIH, CCAM descriptive).
fn ccam(text: &str) -> Verdict {
    let holds = text.len() == 7 && is_capitals(part(text, 0, 4)) && is_digits(part(text, 4, 7));
    holds.then(|| Embedded::NOTHING.tagged("procedure"))
}

/// A code of ICD-10 (WHO) or of a national edition of it: a chapter's letter, two figures (the second may be a letter
/// in the American edition), and up to four more signs.
fn icd10(text: &str) -> Verdict {
    let bytes = text.as_bytes();
    let holds = (3..=7).contains(&bytes.len())
        && byte(text, 0).is_ascii_uppercase()
        && byte(text, 1).is_ascii_digit()
        && byte(text, 2).is_ascii_alphanumeric()
        && bytes.iter().all(u8::is_ascii_alphanumeric);
    holds.then(|| Embedded::NOTHING.tagged("diagnosis"))
}

/// Costa Rica's identity number: a province, two groups that may drop their leading zeros.
fn cr_cpf(text: &str) -> Verdict {
    let groups: Vec<&str> = text.split('-').collect();
    let joined = match groups.as_slice() {
        [province, volume, entry] => format!("{province:0>2}{volume:0>4}{entry:0>4}"),
        _ => groups.concat(),
    };
    let digits = Digits::of(&joined)?;
    valid(digits.len() == 9 || (digits.len() == 10 && digits.at(0) == 0))
}

/// Germany's practice number: the first two digits are a regional association's (KBV, Arztnummern-Richtlinie).
fn de_bsnr(text: &str) -> Verdict {
    const REGIONS: &[i64] = &[
        1, 2, 3, 6, 7, 8, 9, 17, 18, 19, 20, 21, 24, 25, 27, 28, 31, 35, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47,
        48, 49, 50, 51, 52, 53, 54, 55, 60, 61, 62, 63, 64, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 78, 79, 80, 81, 83,
        85, 86, 87, 88, 89, 90, 91, 93, 94, 95, 96, 97, 98, 99,
    ];
    let digits = Digits::exactly(text, 9)?;
    valid(REGIONS.contains(&digits.number(0, 2)) && digits.number(2, 9) > 0)
}

/// Germany's tax number: ten or eleven digits in a Land's form, thirteen in the federal one with the Land's digits.
fn de_stnr(text: &str) -> Verdict {
    const FEDERAL: &[&str] =
        &["28", "9", "11", "30", "24", "22", "26", "40", "23", "5", "27", "10", "32", "31", "21", "41"];
    if !is_digits(text) {
        return None;
    }
    match text.len() {
        10 => valid(true),
        11 => valid(true),
        13 => valid(FEDERAL.iter().any(|land| text.starts_with(land)) && byte(text, 4) == b'0'),
        _ => None,
    }
}

/// France's identity card: twelve digits until 2021, nine characters of the ICAO alphabet since.
fn fr_cni(text: &str) -> Verdict {
    match text.len() {
        12 => {
            let digits = Digits::of(text)?;
            valid((1..=12).contains(&digits.number(2, 4)))
        }
        9 => {
            let mixed =
                text.bytes().any(|one| one.is_ascii_digit()) && text.bytes().any(|one| one.is_ascii_uppercase());
            valid(mixed && text.bytes().all(|one| one.is_ascii_digit() || one.is_ascii_uppercase()))
        }
        _ => None,
    }
}

/// Great Britain's driver number: five places of the surname, the birth date around a decade digit, initials, keys.
fn gb_driving_licence(text: &str) -> Verdict {
    if !matches!(text.len(), 16 | 18) || !is_digits(part(text, 5, 11)) {
        return None;
    }
    let name = part(text, 0, 5);
    let letters = name.trim_end_matches('9');
    let digits = Digits::of(part(text, 5, 11))?;
    let month = digits.number(1, 3);
    let female = month > 50;
    let month = if female { month - 50 } else { month };
    let year = digits.at(0) * 10 + digits.at(5);
    let initials = part(text, 11, 13).bytes().all(|one| one.is_ascii_uppercase() || one == b'9');
    let tail = part(text, 13, text.len()).bytes().all(|one| one.is_ascii_digit() || one.is_ascii_uppercase());
    let born = Embedded::born_short(year, month, digits.number(3, 5))?;
    (is_capitals(letters) && initials && byte(text, 11) != b'9' && tail).then(|| born.male_if(!female))
}

/// The UK's national insurance number; the prefixes that are not issued are HMRC's (manual NIM39110).
fn gb_nino(text: &str) -> Verdict {
    let prefix = part(text, 0, 2);
    let refused = ["BG", "GB", "KN", "NK", "NT", "TN", "ZZ"].contains(&prefix);
    let (first, second) = (byte(text, 0), byte(text, 1));
    let suffix = text.len() == 8 || (text.len() == 9 && (b'A'..=b'D').contains(&byte(text, 8)));
    valid(
        !refused
            && is_capitals(prefix)
            && !b"DFIQUV".contains(&first)
            && !b"DFIQUVO".contains(&second)
            && is_digits(part(text, 2, 8))
            && suffix,
    )
}

fn in_pan(text: &str) -> Verdict {
    valid(
        text.len() == 10
            && is_capitals(part(text, 0, 5))
            && b"ABCFGHLJPTK".contains(&byte(text, 3))
            && is_digits(part(text, 5, 9))
            && part(text, 5, 9) != "0000"
            && byte(text, 9).is_ascii_uppercase(),
    )
}

fn ke_pin(text: &str) -> Verdict {
    valid(
        text.len() == 11
            && matches!(byte(text, 0), b'A' | b'P')
            && is_digits(part(text, 1, 10))
            && byte(text, 10).is_ascii_uppercase(),
    )
}

fn li_peid(text: &str) -> Verdict {
    let digits = text.trim_start_matches('0');
    valid(is_digits(digits) && (4..=12).contains(&digits.len()))
}

/// Words that Mexico's population and tax keys do not begin with (SAT, Anexo IV; RENAPO, instructivo).
pub(super) fn is_refused_word(word: &str) -> bool {
    const WORDS: &str = "BACA BAKA BUEI BUEY CACA CACO CAGA CAGO CAKA CAKO COGE COGI COJA COJE COJI COJO COLA CULO FALO \
        FETO GETA GUEI GUEY JETA JOTO KACA KACO KAGA KAGO KAKA KAKO KOGE KOGI KOJA KOJE KOJI KOJO KOLA KULO LILO LOCA \
        LOCO LOKA LOKO MAME MAMO MEAR MEAS MEON MIAR MION MOCO MOKO MULA MULO NACA NACO PEDA PEDO PENE PIPI PITO POPO \
        PUTA PUTO QULO RATA ROBA ROBE ROBO RUIN SENO TETA VACA VAGA VAGO VAKA VUEI VUEY WUEI WUEY";
    WORDS.split_whitespace().any(|refused| refused == word)
}

/// Words refused in the tax key only as far as SAT lists them.
fn is_refused_for_tax(word: &str) -> bool {
    const WORDS: &str = "BUEI BUEY CACA CACO CAGA CAGO CAKA CAKO COGE COJA COJE COJI COJO CULO FETO GUEY JOTO KACA KACO \
        KAGA KAGO KAKA KOGE KOJO KULO MAME MAMO MEAR MEAS MEON MION MOCO MULA PEDA PEDO PENE PUTA PUTO QULO RATA RUIN";
    WORDS.split_whitespace().any(|refused| refused == word)
}

/// Mexico's tax key: four letters of a person or three of a company, a date, a homoclave that old keys lack.
fn mx_rfc(text: &str) -> Verdict {
    let letters = text.chars().take_while(|one| one.is_ascii_uppercase() || matches!(one, '&' | 'Ñ')).count();
    let head = text.chars().take(if text.chars().count() == 12 { 3 } else { 4 }).map(char::len_utf8).sum::<usize>();
    let rest = part(text, head, text.len());
    let person = match text.chars().count() {
        10 | 13 => letters >= 4,
        12 => letters == 3,
        _ => return None,
    };
    let digits = Digits::exactly(part(rest, 0, 6), 6)?;
    let (year, month, day) = (digits.number(0, 2), digits.number(2, 4), digits.number(4, 6));
    super::births::days(2000 + year, month, day)?;
    let tail = part(rest, 6, rest.len()).bytes().all(|one| one.is_ascii_digit() || one.is_ascii_uppercase());
    if !person || !tail || is_refused_for_tax(part(text, 0, head)) {
        return None;
    }
    let born = if head >= 4 { Embedded::born_short(year, month, day) } else { None };
    Some(born.unwrap_or(Embedded::NOTHING))
}

fn nl_identiteitskaartnummer(text: &str) -> Verdict {
    let fits = text.bytes().all(|one| one.is_ascii_digit() || (one.is_ascii_uppercase() && one != b'O'));
    valid(text.len() == 9 && is_capitals(part(text, 0, 2)) && byte(text, 8).is_ascii_digit() && fits)
}

fn pk_cnic(text: &str) -> Verdict {
    let digits = Digits::exactly(text, 13)?;
    ((1..=7).contains(&digits.at(0)) && digits.last() != 0).then(|| Embedded::NOTHING.male_if(digits.last() % 2 == 1))
}

/// San Marino's operator code: up to five digits, the low ones as far as they were given out.
fn sm_coe(text: &str) -> Verdict {
    const LOW: &[i64] = &[
        2, 4, 6, 7, 8, 9, 10, 11, 13, 16, 18, 19, 20, 21, 25, 26, 30, 32, 33, 35, 36, 37, 38, 39, 40, 42, 45, 47, 49,
        51, 52, 55, 56, 57, 58, 59, 61, 62, 64, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 79, 80, 81, 84, 85, 87,
        88, 91, 92, 94, 95, 96, 97, 99,
    ];
    let digits = Digits::of(text.trim_start_matches('0'))?;
    valid(digits.len() <= 5 && (digits.len() > 2 || LOW.contains(&digits.number(0, digits.len()))))
}

fn tn_mf(text: &str) -> Verdict {
    let serial = text.bytes().take_while(u8::is_ascii_digit).count();
    if !(1..=7).contains(&serial) {
        return None;
    }
    let rest = part(text, serial, text.len());
    let key = b"ABCDEFGHJKLMNPQRSTVWXYZ".contains(&byte(rest, 0));
    match rest.len() {
        1 => valid(key),
        6 => {
            let establishment = part(rest, 3, 6);
            valid(
                key && b"APBDN".contains(&byte(rest, 1))
                    && b"MPCNE".contains(&byte(rest, 2))
                    && is_digits(establishment)
                    && (establishment == "000" || byte(rest, 2) == b'E'),
            )
        }
        _ => None,
    }
}

/// The US employer number; prefixes are the campuses that the IRS lists.
fn us_ein(text: &str) -> Verdict {
    let digits = Digits::exactly(text, 9)?;
    valid(!matches!(
        digits.number(0, 2),
        0 | 7 | 8 | 9 | 17 | 18 | 19 | 28 | 29 | 49 | 69 | 70 | 78 | 79 | 89 | 96 | 97
    ))
}

/// The US taxpayer number: 9, and a group in 70 to 99 that is neither 89 nor 93.
fn us_itin(text: &str) -> Verdict {
    let digits = Digits::exactly(text, 9)?;
    let group = digits.number(3, 5);
    valid(digits.at(0) == 9 && group >= 70 && !matches!(group, 89 | 93))
}

/// The US social-security number; areas, groups and serials that are not issued (SSA, POMS RM 10201.035), and the
/// numbers that were printed in advertisements.
fn us_ssn(text: &str) -> Verdict {
    let digits = Digits::exactly(text, 9)?;
    let area = digits.number(0, 3);
    let refused = matches!(text, "078051120" | "457555462" | "219099999");
    valid(area != 0 && area != 666 && area < 900 && digits.number(3, 5) != 0 && digits.number(5, 9) != 0 && !refused)
}
