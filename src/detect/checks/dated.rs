//! Numbers that hold a birth date, with their check digits.

use super::births::{Embedded, days, pairs};
use super::digits::{Digits, byte, is_digits, luhn, luhn_holds, part};
use super::{Check, Verdict, check};

pub(super) const CHECKS: &[Check] = &[
    check("at.vnr", " ", 11, at_vnr),
    check("be.bis", " -.", 97, be_bis),
    check("be.nn", " -.", 97, be_nn),
    check("be.ssn", " -.", 97, be_ssn),
    check("bg.egn", " -.", 100, bg_egn),
    check("cn.ric", " ", 300, cn_ric),
    check("cu.ni", " ", 30, cu_ni),
    check("cz.rc", " /", 30, cz_rc),
    check("dk.cpr", " -", 30, dk_cpr),
    check("eg.nationalid", " -", 30, eg_nationalid),
    check("ee.ik", " ", 200, ee_ik),
    check("fi.hetu", "", 900, fi_hetu),
    check("fi.hetu_any", "", 900, fi_hetu_any),
    check("gr.amka", " -", 270, gr_amka),
    check("id.nik", " -.", 30, id_nik),
    check("is.kennitala", "-", 300, is_kennitala),
    check("kr.frn", "-", 100, kr_frn),
    check("kr.dated", "-", 30, kr_dated),
    check("kr.rrn", "-", 270, kr_rrn),
    check("lt.asmens", " ", 200, lt_asmens),
    check("lu.matricule", " ", 1000, lu_matricule),
    check("lv.pvn", " -", 100, lv_pvn),
    check("mu.nid", " ", 400, mu_nid),
    check("mx.curp", "-_ ", 300, mx_curp),
    check("my.nric", " -*", 30, my_nric),
    check("no.fodselsnummer", " -:", 1000, no_fodselsnummer),
    check("pl.pesel", " -", 270, pl_pesel),
    check("ro.cnp", " -", 300, ro_cnp),
    check("se.personnummer", " -", 270, se_personnummer),
    check("se.samordningsnummer", " -", 270, se_samordningsnummer),
    check("si.emso", " ", 300, si_emso),
    check("sk.rc", " /", 30, cz_rc),
    check("za.idnr_any", " ", 300, za_idnr_any),
    check("za.idnr", " ", 500, za_idnr),
];

/// Austria's insurance number; the date may be a made-up one (month 13 and above), so only its shape counts.
fn at_vnr(text: &str) -> Verdict {
    let digits = Digits::exactly(text, 10)?;
    let key = digits.weigh(&[3, 7, 9, 0, 5, 8, 4, 2, 1, 6]) % 11;
    let (day, month, year) = pairs(&digits, 4);
    (digits.at(0) != 0 && key == digits.at(3))
        .then(|| Embedded::born_short(year, month, day).unwrap_or(Embedded::NOTHING))
}

/// The key of a Belgian number, 97 less the remainder; a 2 stands before numbers of births since 2000.
fn be_century(text: &str) -> Option<(Digits, i64)> {
    let digits = Digits::exactly(text, 11)?;
    let key = digits.number(9, 11);
    let century = [(1900, 0), (2000, 2_000_000_000)]
        .into_iter()
        .find(|(_, lead)| 97 - (lead + digits.number(0, 9)) % 97 == key)
        .map(|(century, _)| century)?;
    (digits.number(0, 11) > 0).then_some((digits, century))
}

fn be_birth(digits: &Digits, century: i64) -> Verdict {
    let (year, month, day) = pairs(digits, 0);
    if year + century > 2030 {
        return None;
    }
    let born = match month % 20 {
        0 => None,
        month @ 1..=12 => Embedded::born(century + year, month, day),
        _ => return None,
    };
    Some(born.unwrap_or(Embedded::NOTHING))
}

fn be_nn(text: &str) -> Verdict {
    let (digits, century) = be_century(text)?;
    let (year, month, day) = pairs(&digits, 0);
    // Numbers of persons whose birth date is unknown count on from these three stems.
    if matches!((year, month, day), (0, 0 | 20 | 40, 1)) {
        return (month == 0).then_some(Embedded::NOTHING);
    }
    if !(0..=12).contains(&month) {
        return None;
    }
    Some(be_birth(&digits, century)?.male_if(digits.number(6, 9) % 2 == 1))
}

fn be_bis(text: &str) -> Verdict {
    let (digits, century) = be_century(text)?;
    let month = digits.number(2, 4);
    let born = be_birth(&digits, century)?;
    match month {
        20..=32 => Some(born),
        40..=52 => Some(born.male_if(digits.number(6, 9) % 2 == 1)),
        _ => None,
    }
}

fn be_ssn(text: &str) -> Verdict {
    be_bis(text).or_else(|| be_nn(text))
}

fn bg_egn(text: &str) -> Verdict {
    let digits = Digits::exactly(text, 10)?;
    let (year, month, day) = pairs(&digits, 0);
    let (century, month) = match month {
        41..=52 => (2000, month - 40),
        21..=32 => (1800, month - 20),
        _ => (1900, month),
    };
    let born = Embedded::dated(century + year, month, day)?;
    let key = digits.weigh(&[2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 % 10;
    (key == digits.last()).then(|| born.male_if(digits.at(8) % 2 == 0))
}

/// China's citizen number, GB 11643-1999: ISO 7064 mod 11,2; the first two digits are a province's.
fn cn_ric(text: &str) -> Verdict {
    const PROVINCES: &[i64] = &[
        11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54, 61, 62,
        63, 64, 65, 71, 81, 82, 83,
    ];
    if text.len() != 18 {
        return None;
    }
    let digits = Digits::of(part(text, 0, 17))?;
    let rest = digits.all().iter().fold(0, |rest, &digit| (rest + i64::from(digit)) * 2 % 11);
    let key = b"10X98765432".get(rest as usize).copied()?;
    let born = Embedded::born(digits.number(6, 10), digits.number(10, 12), digits.number(12, 14))?;
    (PROVINCES.contains(&digits.number(0, 2)) && digits.number(2, 6) != 0 && byte(text, 17) == key)
        .then(|| born.male_if(digits.at(16) % 2 == 1))
}

fn cu_ni(text: &str) -> Verdict {
    let digits = Digits::exactly(text, 11)?;
    let (year, month, day) = pairs(&digits, 0);
    let century = match digits.at(6) {
        9 => 1800,
        0..=5 => 1900,
        _ => 2000,
    };
    Some(Embedded::dated(century + year, month, day)?.male_if(digits.at(9) % 2 == 0))
}

/// The birth number of Czechia and Slovakia; nine digits without a key until 1953.
fn cz_rc(text: &str) -> Verdict {
    let digits = Digits::of(text)?;
    let (short, written, day) = pairs(&digits, 0);
    let month = written % 50 % 20;
    let year = match (digits.len(), short) {
        (9, 80..) => 1800 + short,
        (9, 54..) => return None,
        (9, _) => 1900 + short,
        (10, ..54) => 2000 + short,
        (10, _) => 1900 + short,
        _ => return None,
    };
    let key = digits.len() == 9 || digits.number(0, 9) % 11 % 10 == digits.last();
    days(year, month, day)?;
    key.then(|| Embedded::born(year, month, day).unwrap_or(Embedded::NOTHING).male_if(written < 50))
}

/// Denmark's number: the key of mod 11 is not promised since 2007, so only the date counts.
fn dk_cpr(text: &str) -> Verdict {
    let digits = Digits::exactly(text, 10)?;
    let (day, month, year) = pairs(&digits, 0);
    let century = match (digits.at(6), year) {
        (5..=8, 58..) => 1800,
        (0..=3, _) | (4 | 9, 37..) => 1900,
        _ => 2000,
    };
    Some(Embedded::born(century + year, month, day)?.male_if(digits.at(9) % 2 == 1))
}

/// The key of Estonia and Lithuania: a second row of weights where the first gives 10.
fn baltic_key(digits: &Digits) -> i64 {
    match digits.weigh(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11 {
        10 => digits.weigh(&[3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11 % 10,
        key => key,
    }
}

fn ee_ik(text: &str) -> Verdict {
    let digits = Digits::exactly(text, 11)?;
    let century = match digits.at(0) {
        first @ 1..=8 => 1800 + (first - 1) / 2 * 100,
        _ => return None,
    };
    let (year, month, day) = pairs(&digits, 1);
    let born = Embedded::dated(century + year, month, day)?;
    (baltic_key(&digits) == digits.last()).then(|| born.male_if(digits.at(0) % 2 == 1))
}

fn lt_asmens(text: &str) -> Verdict {
    let digits = Digits::exactly(text, 11)?;
    if digits.at(0) == 9 {
        return (baltic_key(&digits) == digits.last()).then_some(Embedded::NOTHING);
    }
    ee_ik(text)
}

/// Finland's hetu; individual numbers from 900 are for temporary use in tests and hospitals.
fn fi_hetu(text: &str) -> Verdict {
    let born = fi_hetu_any(text)?;
    (byte(text, 7) != b'9').then_some(born)
}

/// The same with temporary numbers, which hospitals give to patients whose own is unknown.
fn fi_hetu_any(text: &str) -> Verdict {
    const LETTERS: &[u8] = b"0123456789ABCDEFHJKLMNPRSTUVWXY";
    if text.len() != 11 || !is_digits(part(text, 0, 6)) || !is_digits(part(text, 7, 10)) {
        return None;
    }
    let century = match byte(text, 6) {
        b'+' => 1800,
        b'-' | b'U'..=b'Y' => 1900,
        b'A'..=b'F' => 2000,
        _ => return None,
    };
    let joined = Digits::of(&format!("{}{}", part(text, 0, 6), part(text, 7, 10)))?;
    let (day, month, year) = pairs(&joined, 0);
    let born = Embedded::dated(century + year, month, day)?;
    let person = joined.number(6, 9);
    let key = LETTERS.get(joined.remainder(31) as usize).copied()?;
    (person >= 2 && key == byte(text, 10)).then(|| born.male_if(person % 2 == 1))
}

fn gr_amka(text: &str) -> Verdict {
    let digits = Digits::exactly(text, 11)?;
    let (day, month, year) = pairs(&digits, 0);
    let born = Embedded::born_either(year, month, day)?;
    (luhn(&digits, 10) == 0).then(|| born.male_if(digits.at(9) % 2 == 1))
}

/// Indonesia's number: four digits of a place, a date whose day is 40 higher for women.
fn id_nik(text: &str) -> Verdict {
    const PROVINCES: &[i64] = &[
        11, 12, 13, 14, 15, 16, 17, 18, 19, 21, 31, 32, 33, 34, 35, 36, 51, 52, 53, 61, 62, 63, 64, 65, 71, 72, 73, 74,
        75, 76, 81, 82, 91, 92, 93, 94, 95, 96,
    ];
    let digits = Digits::exactly(text, 16)?;
    let (day, month, year) = pairs(&digits, 6);
    let born = Embedded::born_either(year, month, day % 40)?;
    (PROVINCES.contains(&digits.number(0, 2)) && digits.number(2, 4) != 0).then(|| born.male_if(day < 40))
}

fn is_kennitala(text: &str) -> Verdict {
    let digits = Digits::exactly(text, 10)?;
    let (day, month, year) = pairs(&digits, 0);
    let century = match digits.at(9) {
        9 => 1900,
        0 => 2000,
        _ => return None,
    };
    // Organisations add 40 to the day.
    let born = Embedded::born(century + year, month, if day > 40 { day - 40 } else { day })?;
    (digits.weigh(&[3, 2, 7, 6, 5, 4, 3, 2, 1, 0]) % 11 == 0).then_some(born)
}

fn kr_born(digits: &Digits) -> Verdict {
    let (year, month, day) = pairs(digits, 0);
    let century = match digits.at(6) {
        1 | 2 | 5 | 6 => 1900,
        3 | 4 | 7 | 8 => 2000,
        _ => 1800,
    };
    Some(Embedded::dated(century + year, month, day)?.male_if(digits.at(6) % 2 == 1))
}

const KR_WEIGHTS: [i64; 12] = [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5];

fn kr_rrn(text: &str) -> Verdict {
    let digits = Digits::exactly(text, 13)?;
    let born = kr_born(&digits)?;
    let key = (11 - digits.weigh(&KR_WEIGHTS) % 11) % 10;
    (digits.number(7, 9) <= 96 && key == digits.last()).then_some(born)
}

/// Numbers of foreigners end in a key of 13 less the remainder; since October 2020 the tail is random.
fn kr_frn(text: &str) -> Verdict {
    let digits = Digits::exactly(text, 13)?;
    (5..=8).contains(&digits.at(6)).then_some(())?;
    kr_born(&digits)
}

/// Luxembourg's matricule: birth date, three digits, a Luhn and a Verhoeff digit over the first eleven.
fn lu_matricule(text: &str) -> Verdict {
    let digits = Digits::exactly(text, 13)?;
    let verhoeff = Digits::of(&format!("{}{}", part(text, 0, 11), part(text, 12, 13)))?;
    let born = Embedded::born(digits.number(0, 4), digits.number(4, 6), digits.number(6, 8))?;
    (luhn_holds(part(text, 0, 12)) && super::digits::verhoeff(&verhoeff)).then_some(born)
}

/// Latvia: persons (with a date, or from 32 without one) and, from 4 on, companies.
fn lv_pvn(text: &str) -> Verdict {
    let digits = Digits::exactly(text.strip_prefix("LV").unwrap_or(text), 11)?;
    if digits.at(0) > 3 {
        let sum = digits.weigh(&[9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1]) % 11;
        return (sum == 3).then_some(Embedded::NOTHING);
    }
    let key = (1 + digits.weigh(&[10, 5, 8, 4, 2, 1, 6, 3, 7, 9])) % 11 % 10;
    if key != digits.last() {
        return None;
    }
    if digits.number(0, 2) == 32 {
        return Some(Embedded::NOTHING);
    }
    let (day, month, year) = pairs(&digits, 0);
    let year = 1800 + 100 * digits.at(6) + year;
    Embedded::dated(year, month, day)
}

fn mu_nid(text: &str) -> Verdict {
    if text.len() != 14 || !byte(text, 0).is_ascii_uppercase() || !is_digits(part(text, 1, 13)) {
        return None;
    }
    let values = Digits::alnum(text)?;
    let sum = values.weigh(&[14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);
    let (day, month, year) = pairs(&values, 1);
    days(2000 + year, month, day)?;
    ((17 - sum).rem_euclid(17) == values.last())
        .then(|| Embedded::born_short(year, month, day).unwrap_or(Embedded::NOTHING))
}

/// Mexico's population key (Diario Oficial, 18 October 1996): words that are filtered out of the first four letters
/// are written with an X.
fn mx_curp(text: &str) -> Verdict {
    const PLACES: &[u8] = b"0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ";
    const STATES: &str =
        "AS BC BS CC CH CL CM CS DF DG GR GT HG JC MC MN MS NE NL NT OC PL QR QT SL SP SR TC TL TS VZ YN ZS";
    if text.len() != 18
        || !super::digits::is_capitals(part(text, 0, 4))
        || !super::digits::is_capitals(part(text, 10, 16))
    {
        return None;
    }
    let date = Digits::exactly(part(text, 4, 10), 6)?;
    let (year, month, day) = pairs(&date, 0);
    let century = if byte(text, 16).is_ascii_digit() { 1900 } else { 2000 };
    days(century + year, month, day)?;
    let male = match byte(text, 10) {
        b'H' => true,
        b'M' => false,
        _ => return None,
    };
    let values = Digits::places(text, PLACES)?;
    let sum: i64 =
        values.all().iter().take(17).zip((2..=18).rev()).map(|(&value, weight)| i64::from(value) * weight).sum();
    let state = STATES.split(' ').any(|state| state == part(text, 11, 13));
    (state && !super::shapes::is_refused_word(part(text, 0, 4)) && (10 - sum % 10) % 10 == values.last())
        .then(|| Embedded::born(century + year, month, day).unwrap_or(Embedded::NOTHING).male_if(male))
}

/// Malaysia: a date, a place code, four digits.
fn my_nric(text: &str) -> Verdict {
    let digits = Digits::exactly(text, 12)?;
    let (year, month, day) = pairs(&digits, 0);
    let born = Embedded::born_either(year, month, day)?;
    let place = digits.number(6, 8);
    let known = matches!(place, 1..=16 | 21..=59 | 60..=68 | 71..=72 | 74..=79 | 82..=93 | 98..=99);
    known.then(|| born.male_if(digits.at(11) % 2 == 1))
}

fn no_fodselsnummer(text: &str) -> Verdict {
    let digits = Digits::exactly(text, 11)?;
    let first = (11 - digits.weigh(&[3, 7, 6, 1, 8, 9, 4, 5, 2]) % 11) % 11;
    let second = (11 - digits.weigh(&[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11;
    if first != digits.at(9) || second != digits.at(10) {
        return None;
    }
    let (day, month, year) = pairs(&digits, 0);
    // D-numbers add 40 to the day, H-numbers 40 to the month; synthetic test numbers add 80 to the month.
    let day = if day > 40 { day - 40 } else { day };
    let month = if month > 40 { month - 40 } else { month };
    let person = digits.number(6, 9);
    let century = match (person, year) {
        (..500, _) => 1900,
        (500..750, 54..) => 1800,
        (_, ..40) => 2000,
        (900.., _) => 1900,
        _ => return None,
    };
    Some(Embedded::born(century + year, month, day)?.male_if(digits.at(8) % 2 == 1))
}

fn pl_pesel(text: &str) -> Verdict {
    let digits = Digits::exactly(text, 11)?;
    let (year, month, day) = pairs(&digits, 0);
    let century = match month / 20 {
        0 => 1900,
        1 => 2000,
        2 => 2100,
        3 => 2200,
        _ => 1800,
    };
    days(century + year, month % 20, day)?;
    let key = (10 - digits.weigh(&[1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10) % 10;
    let born = Embedded::born(century + year, month % 20, day)?;
    (key == digits.last()).then(|| born.male_if(digits.at(9) % 2 == 1))
}

fn ro_cnp(text: &str) -> Verdict {
    let digits = Digits::exactly(text, 13)?;
    let century = match digits.at(0) {
        3 | 4 => 1800,
        5 | 6 => 2000,
        1 | 2 | 7..=9 => 1900,
        _ => return None,
    };
    let (year, month, day) = pairs(&digits, 1);
    let born = Embedded::dated(century + year, month, day)?;
    let key = match digits.weigh(&[2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11 {
        10 => 1,
        key => key,
    };
    let county = matches!(digits.number(7, 9), 1..=48 | 51..=52 | 70 | 80..=83);
    (county && key == digits.last()).then(|| born.male_if(digits.at(0) % 2 == 1))
}

/// Sweden's personnummer; `+` before the last four marks those over a hundred.
fn se_personnummer(text: &str) -> Verdict {
    let digits: String = text.chars().filter(|one| *one != '+').collect();
    let old = digits.len() != text.len();
    if old && byte(text, text.len().checked_sub(5)?) != b'+' {
        return None;
    }
    let born = se_born(&digits, old)?;
    luhn_holds(part(&digits, digits.len() - 10, digits.len())).then_some(born)
}

fn se_born(text: &str, old: bool) -> Verdict {
    let digits = Digits::of(text)?;
    let male = digits.at(digits.len() - 2) % 2 == 1;
    let born = if digits.len() == 12 {
        Embedded::born(digits.number(0, 4), digits.number(4, 6), digits.number(6, 8))?
    } else if digits.len() != 10 {
        return None;
    } else {
        let (year, month, day) = pairs(&digits, 0);
        let recent = if 2000 + year <= 2026 { 2000 } else { 1900 };
        Embedded::born(recent + year - if old { 100 } else { 0 }, month, day)?
    };
    Some(born.male_if(male))
}

fn si_emso(text: &str) -> Verdict {
    let digits = Digits::exactly(text, 13)?;
    let year = digits.number(4, 7);
    let born = Embedded::born(
        if year < 800 { 2000 + year } else { 1000 + year },
        digits.number(2, 4).max(0),
        digits.number(0, 2),
    )?;
    let key = (-digits.weigh(&[7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2])).rem_euclid(11) % 10;
    (key == digits.last()).then(|| born.male_if(digits.number(9, 12) < 500))
}

fn za_idnr(text: &str) -> Verdict {
    let digits = Digits::exactly(text, 13)?;
    let (year, month, day) = pairs(&digits, 0);
    let century = if 2000 + year > 2026 { 1900 } else { 2000 };
    let born = Embedded::born(century + year, month, day)?;
    (digits.at(10) < 2 && luhn(&digits, 10) == 0).then(|| born.male_if(digits.at(6) >= 5))
}

/// The same with the code of refugees, 2, in the place of citizenship.
fn za_idnr_any(text: &str) -> Verdict {
    let digits = Digits::exactly(text, 13)?;
    let (year, month, day) = pairs(&digits, 0);
    let born = Embedded::born_short(year, month, day)?;
    (digits.at(10) < 3 && luhn(&digits, 10) == 0).then(|| born.male_if(digits.at(6) >= 5))
}

/// Sweden's coordination number: a personnummer whose day is 60 higher.
fn se_samordningsnummer(text: &str) -> Verdict {
    let digits = Digits::of(text)?;
    let from = digits.len().checked_sub(10)?;
    let day = digits.number(from + 4, from + 6);
    let last = part(text, from, digits.len());
    let (year, month, _) = pairs(&digits, from);
    let born = Embedded::born_short(year, month, day - 60)?;
    (matches!(digits.len(), 10 | 12) && luhn_holds(last)).then(|| born.male_if(digits.at(digits.len() - 2) % 2 == 1))
}

/// Egypt's national number: a century, a birth date, a governorate; its check digit is not published.
fn eg_nationalid(text: &str) -> Verdict {
    let digits = Digits::exactly(text, 14)?;
    let (year, month, day) = pairs(&digits, 1);
    let born = Embedded::born(1700 + 100 * digits.at(0) + year, month, day)?;
    let governorate = matches!(digits.number(7, 9), 1..=4 | 11..=19 | 21..=29 | 31..=35 | 88);
    governorate.then(|| born.male_if(digits.at(12) % 2 == 1))
}

/// Korea's number by its date alone: since October 2020 the tail is random.
fn kr_dated(text: &str) -> Verdict {
    let digits = Digits::exactly(text, 13)?;
    (1..=8).contains(&digits.at(6)).then_some(())?;
    kr_born(&digits)
}
