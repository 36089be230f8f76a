//! Numbers of companies: register and VAT numbers that invoices carry. They are organisation data.

use super::banking::is_country;
use super::births::Embedded;
use super::digits::{Digits, byte, is_capitals, is_digits, luhn, luhn_holds, mod_11_10, mod_97, part};
use super::weighted::valid;
use super::{Check, Verdict, check};

pub(super) const CHECKS: &[Check] = &[
    check("au.abn", " ", 89, au_abn),
    check("au.acn", " ", 10, au_acn),
    check("br.cnpj", " -./", 100, br_cnpj),
    check("de.handelsregister", "", 1, de_handelsregister),
    check("de.vat", " -./", 10, de_vat),
    check("de.vat_shape", " ", 1, de_vat_shape),
    check("eu.vat", " -./", 10, eu_vat),
    check("fr.tva", " -.", 97, fr_tva),
    check("gb.vat", " -.", 97, gb_vat),
    check("in.gstin", " -", 36, in_gstin),
    check("in.gstin_shape", " -", 1, in_gstin_shape),
    check("it.iva", " -", 10, it_iva),
    check("kr.brn", " -", 10, kr_brn),
    check("lei", " -", 97, lei),
    check("nl.btw", " -.", 97, nl_btw),
    check("pl.regon", " -", 11, pl_regon),
    check("se.orgnr", " -", 10, se_orgnr),
    check("sg.uen", " ", 10, sg_uen),
];

fn au_abn(text: &str) -> Verdict {
    let digits = Digits::exactly(text, 11)?;
    let sum = digits.weigh(&[10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]) - 10;
    valid(digits.at(0) != 0 && sum % 89 == 0)
}

fn au_acn(text: &str) -> Verdict {
    let digits = Digits::exactly(text, 9)?;
    valid((10 - digits.weigh(&[8, 7, 6, 5, 4, 3, 2, 1]) % 10) % 10 == digits.last())
}

/// Brazil's company number, whose first twelve places may be letters since 2026 (Receita Federal, IN 2229/2024).
fn br_cnpj(text: &str) -> Verdict {
    if text.len() != 14 || !is_digits(part(text, 12, 14)) {
        return None;
    }
    let values: Vec<i64> = text.bytes().map(|one| i64::from(one) - i64::from(b'0')).collect();
    let key = |weights: &[i64]| {
        let rest = values.iter().zip(weights).map(|(value, weight)| value * weight).sum::<i64>() % 11;
        if rest < 2 { 0 } else { 11 - rest }
    };
    let alnum = text.bytes().all(|one| one.is_ascii_digit() || one.is_ascii_uppercase());
    let stem = values.iter().take(12).any(|&value| value > 0);
    let first = key(&[5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]);
    let second = key(&[6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]);
    valid(alnum && stem && values.get(12) == Some(&first) && values.get(13) == Some(&second))
}

/// Germany's commercial register: a section and up to six digits.
fn de_handelsregister(text: &str) -> Verdict {
    let plain: String = text.chars().filter(|one| *one != ' ').collect();
    let number = plain.strip_prefix("HRA").or_else(|| plain.strip_prefix("HRB"))?;
    let digits = number.trim_end_matches(|one: char| one.is_ascii_uppercase());
    valid((1..=6).contains(&digits.len()) && is_digits(digits) && number.len() - digits.len() <= 2)
}

fn de_vat(text: &str) -> Verdict {
    let digits = Digits::exactly(text.strip_prefix("DE").unwrap_or(text), 9)?;
    valid(digits.at(0) != 0 && mod_11_10(&digits))
}

fn de_vat_shape(text: &str) -> Verdict {
    let digits = Digits::exactly(text.strip_prefix("DE")?, 9)?;
    valid(mod_11_10(&digits))
}

/// A VAT number of a member state, by the state's own sum where it is short, else by its shape.
fn eu_vat(text: &str) -> Verdict {
    let (country, number) = (part(text, 0, 2), part(text, 2, text.len()));
    let held = match country {
        "AT" => byte(number, 0) == b'U' && at_uid(part(number, 1, number.len())),
        "BE" => be_vat(number),
        "DE" => de_vat(number).is_some(),
        "DK" => Digits::exactly(number, 8)
            .is_some_and(|digits| digits.at(0) != 0 && digits.weigh(&[2, 7, 6, 5, 4, 3, 2, 1]) % 11 == 0),
        "EE" => Digits::exactly(number, 9).is_some_and(|digits| digits.weigh(&[3, 7, 1, 3, 7, 1, 3, 7, 1]) % 10 == 0),
        "EL" => (super::by_name("gr.afm")?.holds)(number).is_some(),
        "ES" => (super::by_name("es.nif")?.holds)(number).is_some(),
        "FI" => Digits::exactly(number, 8).is_some_and(|digits| digits.weigh(&[7, 9, 10, 5, 8, 4, 2, 1]) % 11 == 0),
        "FR" => fr_tva(number).is_some(),
        "HR" => (super::by_name("hr.oib")?.holds)(number).is_some(),
        "HU" => Digits::exactly(number, 8).is_some_and(|digits| digits.weigh(&[9, 7, 3, 1, 9, 7, 3, 1]) % 10 == 0),
        "IE" => (super::by_name("ie.pps")?.holds)(number).is_some(),
        "IT" => it_iva(number).is_some(),
        "LU" => Digits::exactly(number, 8).is_some_and(|digits| digits.number(0, 6) % 89 == digits.number(6, 8)),
        "LV" => (super::by_name("lv.pvn")?.holds)(number).is_some(),
        "MT" => Digits::exactly(number, 8).is_some_and(|digits| digits.weigh(&[3, 4, 6, 7, 8, 9, 10, 1]) % 37 == 0),
        "NL" => nl_btw(number).is_some(),
        "PL" => (super::by_name("pl.nip")?.holds)(number).is_some(),
        "PT" => (super::by_name("pt.nif")?.holds)(number).is_some(),
        "SE" => number.len() == 12 && number.ends_with("01") && luhn_holds(part(number, 0, 10)),
        "SI" => Digits::exactly(number, 8)
            .is_some_and(|digits| (11 - digits.weigh(&[8, 7, 6, 5, 4, 3, 2]) % 11) % 10 == digits.last()),
        "SK" => Digits::exactly(number, 10).is_some_and(|digits| digits.remainder(11) == 0),
        "BG" => matches!(number.len(), 9 | 10) && is_digits(number),
        "CY" => number.len() == 9 && is_digits(part(number, 0, 8)) && byte(number, 8).is_ascii_uppercase(),
        "CZ" => (8..=10).contains(&number.len()) && is_digits(number),
        "LT" => matches!(number.len(), 9 | 12) && is_digits(number),
        "RO" => (2..=10).contains(&number.len()) && is_digits(number) && ro_cf(number),
        _ => false,
    };
    let code = <[u8; 2]>::try_from(if country == "EL" { "GR" } else { country }.as_bytes()).ok()?;
    held.then_some(Embedded { country: Some(code), ..Embedded::NOTHING })
}

fn at_uid(number: &str) -> bool {
    let Some(digits) = Digits::exactly(number, 8) else { return false };
    let body: i64 = (0..7)
        .map(|place| {
            let value = digits.at(place) * (1 + place as i64 % 2);
            value / 10 + value % 10
        })
        .sum();
    (96 - body).rem_euclid(10) == digits.last()
}

fn be_vat(number: &str) -> bool {
    let padded = if number.len() == 9 { format!("0{number}") } else { number.to_owned() };
    Digits::exactly(&padded, 10).is_some_and(|digits| 97 - digits.number(0, 8) % 97 == digits.number(8, 10))
}

fn ro_cf(number: &str) -> bool {
    Digits::of(&format!("{number:0>10}"))
        .is_some_and(|digits| digits.weigh(&[7, 5, 3, 2, 1, 7, 5, 3, 2]) * 10 % 11 % 10 == digits.last())
}

/// France's VAT number: two places over a SIREN; two digits are a remainder of 97, letters are the newer form.
fn fr_tva(text: &str) -> Verdict {
    let text = text.strip_prefix("FR").unwrap_or(text);
    let siren = part(text, 2, 11);
    if text.len() != 11 || !(luhn_holds(siren) || siren.starts_with("000")) {
        return None;
    }
    let key = part(text, 0, 2);
    if is_digits(key) {
        let held = Digits::of(&format!("{siren}12"))?.number(0, 11) % 97 == Digits::of(key)?.number(0, 2);
        return valid(held);
    }
    valid(key.bytes().all(|one| one.is_ascii_digit() || (one.is_ascii_uppercase() && !b"IO".contains(&one))))
}

fn gb_vat(text: &str) -> Verdict {
    let text = text.strip_prefix("GB").unwrap_or(text);
    let digits = Digits::of(part(text, 0, 9))?;
    let rest = digits.weigh(&[8, 7, 6, 5, 4, 3, 2, 10, 1]) % 97;
    valid(
        matches!(text.len(), 9 | 12)
            && is_digits(text)
            && digits.len() == 9
            && matches!(rest, 0 | 42)
            && digits.number(0, 7) > 0,
    )
}

/// India's goods-and-services number: state, PAN, entity, Z, key of mod 36.
fn in_gstin(text: &str) -> Verdict {
    in_gstin_shape(text)?;
    let values = Digits::alnum(text)?;
    valid(luhn(&values, 36) == 0)
}

fn in_gstin_shape(text: &str) -> Verdict {
    let state = Digits::exactly(part(text, 0, 2), 2)?.number(0, 2);
    let pan = part(text, 2, 12);
    valid(
        text.len() == 15
            && ((1..=38).contains(&state) || matches!(state, 97 | 99))
            && is_capitals(part(pan, 0, 5))
            && is_digits(part(pan, 5, 9))
            && byte(pan, 9).is_ascii_uppercase()
            && byte(text, 12) != b'0'
            && byte(text, 13) == b'Z',
    )
}

/// Italy's VAT number: a Luhn digit over an office between 1 and 100 or a special one.
pub(super) fn it_iva(text: &str) -> Verdict {
    let text = text.strip_prefix("IT").unwrap_or(text);
    let digits = Digits::exactly(text, 11)?;
    let office = digits.number(7, 10);
    valid(
        digits.number(0, 7) > 0
            && ((1..=100).contains(&office) || matches!(office, 120 | 121 | 888 | 999))
            && luhn(&digits, 10) == 0,
    )
}

fn kr_brn(text: &str) -> Verdict {
    let digits = Digits::exactly(text, 10)?;
    let sum = digits.weigh(&[1, 3, 7, 1, 3, 7, 1, 3, 5]) + digits.at(8) * 5 / 10;
    valid(digits.number(0, 3) > 100 && (10 - sum % 10) % 10 == digits.last())
}

fn lei(text: &str) -> Verdict {
    valid(text.len() == 20 && is_digits(part(text, 18, 20)) && mod_97(text.bytes())? == 1)
}

fn nl_btw(text: &str) -> Verdict {
    let text = text.strip_prefix("NL").unwrap_or(text);
    let fits =
        text.len() == 12 && is_digits(part(text, 0, 9)) && byte(text, 9) == b'B' && is_digits(part(text, 10, 12));
    let bsn = (super::by_name("nl.bsn")?.holds)(part(text, 0, 9)).is_some();
    let whole = mod_97(b"NL".iter().copied().chain(text.bytes())) == Some(1);
    valid(fits && is_country("NL") && (bsn || whole))
}

fn pl_regon(text: &str) -> Verdict {
    let digits = Digits::of(text)?;
    let short = Digits::of(part(text, 0, 9))?;
    let held = |digits: &Digits, weights: &[i64]| digits.weigh(weights) % 11 % 10 == digits.last();
    valid(match digits.len() {
        9 => held(&digits, &[8, 9, 2, 3, 4, 5, 6, 7]),
        14 => held(&short, &[8, 9, 2, 3, 4, 5, 6, 7]) && held(&digits, &[2, 4, 8, 5, 0, 9, 7, 3, 6, 1, 2, 4, 8]),
        _ => false,
    })
}

fn se_orgnr(text: &str) -> Verdict {
    let digits = Digits::exactly(text, 10)?;
    valid(digits.at(2) >= 2 && digits.at(0) != 0 && luhn(&digits, 10) == 0)
}

/// Singapore's entity number in its three forms, by shape and key.
fn sg_uen(text: &str) -> Verdict {
    match text.len() {
        9 => {
            let sum = Digits::exactly(part(text, 0, 8), 8)?.weigh(&[10, 4, 9, 3, 8, 2, 7, 1]);
            valid(b"XMKECAWLJDB".get((sum % 11) as usize) == Some(&byte(text, 8)))
        }
        10 if byte(text, 0).is_ascii_digit() => {
            let sum = Digits::exactly(part(text, 0, 9), 9)?.weigh(&[10, 8, 6, 4, 9, 7, 5, 3, 1]);
            valid(b"ZKCMDNERGWH".get((sum % 11) as usize) == Some(&byte(text, 9)))
        }
        10 => {
            const LETTERS: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWX0123456789";
            let values = Digits::places(text, LETTERS)?;
            let sum = values.weigh(&[4, 3, 5, 3, 10, 2, 2, 5, 7]);
            let fits = b"RST".contains(&byte(text, 0))
                && is_digits(part(text, 1, 3))
                && is_capitals(part(text, 3, 5))
                && is_digits(part(text, 5, 9));
            valid(fits && LETTERS.get((sum - 5).rem_euclid(11) as usize) == Some(&byte(text, 9)))
        }
        _ => None,
    }
}
