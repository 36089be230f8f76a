//! Weighted sums without a date in the number: mod 11, mod 10, mod 9 and mod 511 schemes.

use super::births::Embedded;
use super::digits::{Digits, byte, is_digits, mod_11_10, part};
use super::{Check, Verdict, check};

pub(super) const CHECKS: &[Check] = &[
    check("ar.cuit", " -", 11, ar_cuit),
    check("at.tin", " -./,", 10, at_tin),
    check("au.medicare", " -", 10, au_medicare),
    check("au.tfn", " ", 11, au_tfn),
    check("bg.pnf", " -.", 10, bg_pnf),
    check("br.cpf", " -.", 100, br_cpf),
    check("by.unp", " ", 11, by_unp),
    check("ca.bc_phn", "- ", 11, ca_bc_phn),
    check("ch.ssn", " .", 10, ch_ssn),
    check("cl.rut", " -.", 11, cl_rut),
    check("co.nit", ".,- ", 11, co_nit),
    check("de.idnr", " -./,", 20, de_idnr),
    check("de.lanr", " -/", 10, de_lanr),
    check("fr.nif", " ", 511, fr_nif),
    check("gb.nhs", " -", 11, gb_nhs),
    check("gb.utr", " ", 11, gb_utr),
    check("gr.afm", " -.", 11, gr_afm),
    check("gt.nit", " -", 11, gt_nit),
    check("hr.oib", " -", 10, hr_oib),
    check("hu.adoazonosito", " -", 11, hu_adoazonosito),
    check("hu.taj", " -", 10, hu_taj),
    check("jp.mynumber", " -", 11, jp_mynumber),
    check("mz.nuit", " -.", 11, mz_nuit),
    check("nl.bsn", " -.", 11, nl_bsn),
    check("nl.onderwijsnummer", " -.", 11, nl_onderwijsnummer),
    check("nz.ird", " -", 11, nz_ird),
    check("pe.ruc", " ", 11, pe_ruc),
    check("pl.nip", " -", 11, pl_nip),
    check("pt.nif", " -.", 11, pt_nif),
    check("pt.niss", " -", 10, pt_niss),
    check("pt.utente", " -", 11, pt_utente),
    check("py.ruc", " -", 11, py_ruc),
    check("ru.inn", " ", 100, ru_inn),
    check("ru.snils", " -", 100, ru_snils),
    check("sv.nit", " -", 11, sv_nit),
    check("th.pin", " -", 10, th_pin),
    check("tr.tckimlik", " ", 100, tr_tckimlik),
    check("tr.vkn", " ", 10, tr_vkn),
    check("ua.rntrc", " ", 11, ua_rntrc),
    check("us.dea", " -", 10, us_dea),
    check("us.rtn", " ", 10, us_rtn),
    check("uy.rut", " -", 100, uy_rut),
    check("vn.mst", " -.", 11, vn_mst),
];

/// A valid number that says nothing more, where the condition holds.
pub(super) fn valid(holds: bool) -> Verdict {
    holds.then_some(Embedded::NOTHING)
}

fn ar_cuit(text: &str) -> Verdict {
    let digits = Digits::exactly(text, 11)?;
    let kind = matches!(digits.number(0, 2), 20 | 23 | 24 | 27 | 30 | 33 | 34 | 50 | 51 | 55);
    let rest = digits.weigh(&[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
    let sex = match digits.number(0, 2) {
        20 => Some('m'),
        27 => Some('f'),
        _ => None,
    };
    (kind && digits.last() == [0, 9, 9, 8, 7, 6, 5, 4, 3, 2, 1].get(rest as usize).copied().unwrap_or(-1))
        .then_some(Embedded { sex, ..Embedded::NOTHING })
}

/// Austria's tax number: the first two digits are an existing tax office's.
fn at_tin(text: &str) -> Verdict {
    const OFFICES: &[i64] = &[
        3, 4, 6, 7, 8, 9, 10, 12, 15, 16, 18, 22, 23, 29, 33, 38, 41, 46, 51, 52, 53, 54, 57, 59, 61, 65, 67, 68, 69,
        71, 72, 81, 82, 83, 84, 90, 91, 93, 97, 98,
    ];
    let digits = Digits::exactly(text, 9)?;
    let sum: i64 = (0..8)
        .map(|place| {
            let digit = digits.at(place);
            if place % 2 == 1 { digit * 2 / 10 + digit * 2 % 10 } else { digit }
        })
        .sum();
    valid((10 - sum % 10) % 10 == digits.last() && OFFICES.contains(&digits.number(0, 2)))
}

fn au_medicare(text: &str) -> Verdict {
    let digits = if text.len() == 11 { Digits::of(text)? } else { Digits::exactly(text, 10)? };
    let sum = Digits::of(part(text, 0, 8))?.weigh(&[1, 3, 7, 9, 1, 3, 7, 9]);
    valid((2..=6).contains(&digits.at(0)) && sum % 10 == digits.at(8) && digits.at(9) > 0)
}

fn au_tfn(text: &str) -> Verdict {
    let digits = Digits::of(text)?;
    valid(matches!(text.len(), 8 | 9) && digits.weigh(&[1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 == 0)
}

fn bg_pnf(text: &str) -> Verdict {
    let digits = Digits::exactly(text, 10)?;
    valid(digits.weigh(&[21, 19, 17, 13, 11, 9, 7, 3, 1]) % 10 == digits.last())
}

fn br_cpf(text: &str) -> Verdict {
    let digits = Digits::exactly(text, 11)?;
    let key = |sum: i64| (sum * 10 % 11) % 10;
    let first = key(digits.weigh(&[10, 9, 8, 7, 6, 5, 4, 3, 2]));
    let second = key(digits.weigh(&[11, 10, 9, 8, 7, 6, 5, 4, 3, 2]));
    valid(!digits.is_repeated() && digits.at(9) == first && digits.at(10) == second)
}

/// Belarus: two letters of ten that Latin and Cyrillic share may open a person's number.
fn by_unp(text: &str) -> Verdict {
    const LETTERS: &[u8] = b"ABCEHKMOPT";
    let latin: String = text
        .trim_start_matches("УНП")
        .trim_start_matches("UNP")
        .chars()
        .map(|one| {
            "АВЕКМНОРСТ"
                .chars()
                .position(|other| other == one)
                .and_then(|at| "ABEKMHOPCT".chars().nth(at))
                .unwrap_or(one)
        })
        .collect();
    if latin.len() != 9 || !is_digits(part(&latin, 2, 9)) || !b"1234567ABCEHKM".contains(&byte(&latin, 0)) {
        return None;
    }
    let mut values = Digits::alnum(&latin)?;
    if !is_digits(part(&latin, 0, 2)) {
        let second = LETTERS.iter().position(|&one| one == byte(&latin, 1))?;
        if !LETTERS.contains(&byte(&latin, 0)) {
            return None;
        }
        let plain = format!("{}{second}{}", part(&latin, 0, 1), part(&latin, 2, 9));
        values = Digits::alnum(&plain)?;
    }
    valid(values.weigh(&[29, 23, 19, 17, 13, 7, 5, 3]) % 11 == values.last())
}

fn ca_bc_phn(text: &str) -> Verdict {
    let digits = Digits::exactly(text, 10)?;
    let sum = digits.weigh(&[0, 2, 4, 8, 5, 10, 9, 7, 3]);
    valid(digits.at(0) == 9 && (11 - sum % 11) % 11 == digits.last())
}

/// Switzerland's AHV number is an EAN-13 of the country prefix 756.
fn ch_ssn(text: &str) -> Verdict {
    let digits = Digits::exactly(text, 13)?;
    valid(text.starts_with("756") && ean(&digits))
}

/// GS1's check digit: weights 3 and 1 from the right.
pub(super) fn ean(digits: &Digits) -> bool {
    let sum: i64 =
        digits.all().iter().rev().zip([1, 3].iter().cycle()).map(|(&digit, weight)| i64::from(digit) * weight).sum();
    sum % 10 == 0
}

fn cl_rut(text: &str) -> Verdict {
    let text = text.strip_prefix("CL").unwrap_or(text);
    if !matches!(text.len(), 8 | 9) {
        return None;
    }
    let body = Digits::of(part(text, 0, text.len() - 1))?;
    let sum: i64 = body
        .all()
        .iter()
        .rev()
        .zip([2, 3, 4, 5, 6, 7].iter().cycle())
        .map(|(&digit, weight)| i64::from(digit) * weight)
        .sum();
    let key = b"0K987654321".get((sum % 11) as usize)?;
    valid(byte(text, text.len() - 1) == *key)
}

fn co_nit(text: &str) -> Verdict {
    const WEIGHTS: [i64; 15] = [3, 7, 13, 17, 19, 23, 29, 37, 41, 43, 47, 53, 59, 67, 71];
    let digits = Digits::of(text)?;
    if !(8..=16).contains(&digits.len()) {
        return None;
    }
    let sum: i64 =
        digits.all().iter().rev().skip(1).zip(WEIGHTS).map(|(&digit, weight)| i64::from(digit) * weight).sum();
    let rest = sum % 11;
    valid(digits.last() == if rest < 2 { rest } else { 11 - rest })
}

/// Germany's tax id: of the first ten digits exactly one occurs twice or thrice (BZSt).
fn de_idnr(text: &str) -> Verdict {
    let digits = Digits::exactly(text, 11)?;
    let mut counts = [0_u8; 10];
    for &digit in digits.all().iter().take(10) {
        if let Some(count) = counts.get_mut(usize::from(digit)) {
            *count += 1;
        }
    }
    let mut many = counts.iter().filter(|&&count| count > 1);
    let one = matches!(many.next(), Some(2 | 3)) && many.next().is_none();
    valid(digits.at(0) != 0 && one && mod_11_10(&digits))
}

/// Germany's lifelong doctor number: six digits, a check digit, two digits of the speciality.
fn de_lanr(text: &str) -> Verdict {
    let digits = Digits::exactly(text, 9)?;
    let sum = Digits::of(part(text, 0, 6))?.weigh(&[4, 9, 4, 9, 4, 9]);
    valid((10 - sum % 10) % 10 == digits.at(6) && !text.starts_with("000000"))
}

fn fr_nif(text: &str) -> Verdict {
    let digits = Digits::exactly(text, 13)?;
    valid(digits.at(0) < 4 && digits.number(0, 10) % 511 == digits.number(10, 13))
}

fn gb_nhs(text: &str) -> Verdict {
    let digits = Digits::exactly(text, 10)?;
    let key = (11 - digits.weigh(&[10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 11;
    valid(key == digits.last())
}

fn gb_utr(text: &str) -> Verdict {
    let text = text.trim_matches('K');
    let digits = Digits::exactly(text, 10)?;
    let sum = digits.weigh(&[0, 6, 7, 8, 9, 10, 5, 4, 3, 2]);
    valid([2, 1, 9, 8, 7, 6, 5, 4, 3, 2, 1].get((sum % 11) as usize) == Some(&digits.at(0)))
}

fn gr_afm(text: &str) -> Verdict {
    let digits = Digits::exactly(text.trim_start_matches("EL").trim_start_matches("GR"), 9)?;
    let sum = digits.weigh(&[256, 128, 64, 32, 16, 8, 4, 2]);
    valid(!digits.is_repeated() && sum % 11 % 10 == digits.last())
}

fn gt_nit(text: &str) -> Verdict {
    let text = text.trim_start_matches('0');
    if !(2..=12).contains(&text.len()) {
        return None;
    }
    let body = Digits::of(part(text, 0, text.len() - 1))?;
    let sum: i64 = body.all().iter().rev().zip(2_i64..).map(|(&digit, weight)| i64::from(digit) * weight).sum();
    let key = (11 - sum % 11) % 11;
    let written = byte(text, text.len() - 1);
    valid(if key == 10 { written == b'K' } else { i64::from(written) - i64::from(b'0') == key })
}

fn hr_oib(text: &str) -> Verdict {
    let digits = Digits::exactly(text.strip_prefix("HR").unwrap_or(text), 11)?;
    valid(mod_11_10(&digits))
}

/// Hungary's tax id of persons: an 8, the days of the birth since 1867-01-01, four digits.
fn hu_adoazonosito(text: &str) -> Verdict {
    let digits = Digits::exactly(text, 10)?;
    let sum = digits.weigh(&[1, 2, 3, 4, 5, 6, 7, 8, 9]);
    let day = digits.number(1, 6) - 37_620;
    (digits.at(0) == 8 && sum % 11 == digits.last())
        .then_some(Embedded { day: i32::try_from(day).ok(), ..Embedded::NOTHING })
}

fn hu_taj(text: &str) -> Verdict {
    let digits = Digits::exactly(text, 9)?;
    valid(digits.weigh(&[3, 7, 3, 7, 3, 7, 3, 7]) % 10 == digits.last() && !digits.is_repeated())
}

/// Japan's individual number (ministerial ordinance 85 of 2014, article 5).
fn jp_mynumber(text: &str) -> Verdict {
    let digits = Digits::exactly(text, 12)?;
    let rest = digits.weigh(&[6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
    valid(digits.last() == if rest <= 1 { 0 } else { 11 - rest } && !digits.is_repeated())
}

fn mz_nuit(text: &str) -> Verdict {
    let digits = Digits::exactly(text, 9)?;
    let rest = digits.weigh(&[8, 9, 4, 5, 6, 7, 8, 9]) % 11;
    valid([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1].get(rest as usize) == Some(&digits.last()))
}

fn eleven_test(text: &str) -> Option<(Digits, i64)> {
    let digits = Digits::exactly(text, 9)?;
    (digits.number(0, 9) > 0).then_some((digits, digits.weigh(&[9, 8, 7, 6, 5, 4, 3, 2, -1]).rem_euclid(11)))
}

fn nl_bsn(text: &str) -> Verdict {
    let padded = if text.len() == 8 { format!("0{text}") } else { text.to_owned() };
    valid(eleven_test(&padded)?.1 == 0)
}

fn nl_onderwijsnummer(text: &str) -> Verdict {
    valid(text.starts_with("10") && eleven_test(text)?.1 == 5)
}

fn nz_ird(text: &str) -> Verdict {
    let text = text.strip_prefix("NZ").unwrap_or(text);
    let padded = if text.len() == 8 { format!("0{text}") } else { text.to_owned() };
    let digits = Digits::exactly(&padded, 9)?;
    if !(10_000_001..150_000_000).contains(&digits.number(0, 9)) {
        return None;
    }
    let key = |weights: &[i64; 8]| (-digits.weigh(weights)).rem_euclid(11);
    let first = key(&[3, 2, 7, 6, 5, 4, 3, 2]);
    valid(digits.last() == if first == 10 { key(&[7, 4, 3, 2, 5, 2, 7, 6]) } else { first })
}

fn pe_ruc(text: &str) -> Verdict {
    let digits = Digits::exactly(text, 11)?;
    let key = (11 - digits.weigh(&[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 10;
    valid(matches!(digits.number(0, 2), 10 | 15 | 17 | 20) && key == digits.last())
}

fn pl_nip(text: &str) -> Verdict {
    let digits = Digits::exactly(text.strip_prefix("PL").unwrap_or(text), 10)?;
    valid(digits.weigh(&[6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 == digits.last() && digits.number(0, 10) > 0)
}

fn pt_nif(text: &str) -> Verdict {
    let digits = Digits::exactly(text.strip_prefix("PT").unwrap_or(text), 9)?;
    let key = (11 - digits.weigh(&[9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 11 % 10;
    valid(digits.at(0) != 0 && key == digits.last())
}

fn pt_niss(text: &str) -> Verdict {
    let digits = Digits::exactly(text, 11)?;
    let sum = digits.weigh(&[29, 23, 19, 17, 13, 11, 7, 5, 3, 2]);
    valid(matches!(digits.at(0), 1 | 2) && 9 - sum % 10 == digits.last())
}

/// Portugal's health-service number: ISO 7064 mod 11,2 over nine digits; a key of 10 is not issued.
fn pt_utente(text: &str) -> Verdict {
    let digits = Digits::exactly(text, 9)?;
    let rest = digits.all().iter().take(8).fold(0, |rest, &digit| (rest + i64::from(digit)) * 2 % 11);
    valid((12 - rest) % 11 == digits.last() && digits.at(0) != 0)
}

fn py_ruc(text: &str) -> Verdict {
    let digits = Digits::of(text)?;
    if !(2..=9).contains(&digits.len()) {
        return None;
    }
    let sum: i64 =
        digits.all().iter().rev().skip(1).zip(2_i64..).map(|(&digit, weight)| i64::from(digit) * weight).sum();
    valid((-sum).rem_euclid(11) % 10 == digits.last())
}

fn ru_inn(text: &str) -> Verdict {
    let digits = Digits::of(text)?;
    let key = |weights: &[i64]| digits.weigh(weights) % 11 % 10;
    match digits.len() {
        10 => valid(key(&[2, 4, 10, 3, 5, 9, 4, 6, 8]) == digits.at(9)),
        12 => valid(
            key(&[7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) == digits.at(10)
                && key(&[3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) == digits.at(11),
        ),
        _ => None,
    }
}

fn ru_snils(text: &str) -> Verdict {
    let digits = Digits::exactly(text, 11)?;
    let sum = digits.weigh(&[9, 8, 7, 6, 5, 4, 3, 2, 1]) % 101 % 100;
    valid(digits.number(0, 9) > 1_001_998 && sum == digits.number(9, 11))
}

fn sv_nit(text: &str) -> Verdict {
    let text = text.strip_prefix("SV").unwrap_or(text);
    let digits = Digits::exactly(text, 14)?;
    let key = if part(text, 10, 13) <= "100" {
        digits.weigh(&[14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11 % 10
    } else {
        (-digits.weigh(&[2, 7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2])).rem_euclid(11) % 10
    };
    valid(matches!(digits.at(0), 0 | 1 | 9) && key == digits.last())
}

fn th_pin(text: &str) -> Verdict {
    let digits = Digits::exactly(text, 13)?;
    let key = (11 - digits.weigh(&[13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 10;
    valid(!matches!(digits.at(0), 0 | 9) && key == digits.last())
}

fn tr_tckimlik(text: &str) -> Verdict {
    let digits = Digits::exactly(text, 11)?;
    let first = (10 - digits.weigh(&[3, 1, 3, 1, 3, 1, 3, 1, 3]) % 10) % 10;
    let second = (first + digits.weigh(&[1; 9])) % 10;
    valid(digits.at(0) != 0 && first == digits.at(9) && second == digits.at(10))
}

fn tr_vkn(text: &str) -> Verdict {
    let digits = Digits::exactly(text, 10)?;
    let sum: i64 = (1..=9_u32)
        .map(|step| {
            let shifted = (digits.at(9 - step as usize) + i64::from(step)) % 10;
            if shifted == 0 {
                return 0;
            }
            let folded = shifted * (1_i64 << step) % 9;
            if folded == 0 { 9 } else { folded }
        })
        .sum();
    valid((10 - sum % 10) % 10 == digits.last())
}

fn ua_rntrc(text: &str) -> Verdict {
    let digits = Digits::exactly(text, 10)?;
    valid(digits.weigh(&[-1, 5, 7, 9, 4, 6, 10, 5, 7]).rem_euclid(11) % 10 == digits.last())
}

/// The number of the US Drug Enforcement Administration: two letters and seven digits.
fn us_dea(text: &str) -> Verdict {
    let digits = Digits::exactly(part(text, 2, text.len()), 7)?;
    let registrant = b"ABCDEFGHJKLMPRSTUX".contains(&byte(text, 0));
    let second = byte(text, 1).is_ascii_uppercase() || byte(text, 1) == b'9';
    valid(registrant && second && digits.weigh(&[1, 2, 1, 2, 1, 2]) % 10 == digits.last())
}

fn us_rtn(text: &str) -> Verdict {
    let digits = Digits::exactly(text, 9)?;
    valid(digits.weigh(&[3, 7, 1, 3, 7, 1, 3, 7, 1]) % 10 == 0)
}

fn uy_rut(text: &str) -> Verdict {
    let text = text.strip_prefix("UY").unwrap_or(text);
    let digits = Digits::exactly(text, 12)?;
    let key = (-digits.weigh(&[4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2])).rem_euclid(11);
    valid(
        (1..=22).contains(&digits.number(0, 2))
            && digits.number(2, 8) != 0
            && digits.number(8, 11) == 1
            && key == digits.last(),
    )
}

fn vn_mst(text: &str) -> Verdict {
    let digits = Digits::of(text)?;
    if !matches!(digits.len(), 10 | 13)
        || digits.number(2, 9) == 0
        || (digits.len() == 13 && digits.number(10, 13) == 0)
    {
        return None;
    }
    valid(10 - digits.weigh(&[31, 29, 23, 19, 17, 13, 7, 5, 3]) % 11 == digits.at(9))
}
