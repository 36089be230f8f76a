//! Numbers of banks: IBAN, BIC, payment cards, national accounts.

use super::births::Embedded;
use super::digits::{Digits, byte, is_capitals, is_digits, luhn_holds, mod_97, part};
use super::weighted::valid;
use super::{Check, Verdict, check};

pub(super) const CHECKS: &[Check] = &[
    check("ar.cbu", " -", 100, ar_cbu),
    check("be.iban", " -.", 97, |text| national_iban(text, "BE")),
    check("bic", " -", 30, bic),
    check("card", " -", 90, card),
    check("cz.bankaccount", " ", 100, cz_bankaccount),
    check("es.iban", " -.", 97, |text| national_iban(text, "ES")),
    check("iban", " -.", 97, iban),
    check("me.iban", " -.", 97, |text| national_iban(text, "ME")),
    check("mx.clabe", " -", 10, mx_clabe),
    check("no.iban", " -.", 97, |text| national_iban(text, "NO")),
    check("no.kontonr", " .-", 11, no_kontonr),
    check("nz.bankaccount", "", 11, nz_bankaccount),
];

/// Structure of each country's account part, from the SWIFT IBAN registry, release 101: `n` digits, `a` capital
/// letters, `c` either, each with its exact length.
const STRUCTURES: &[(&str, &str)] = &[
    ("AD", "4n4n12c"),
    ("AE", "3n16n"),
    ("AL", "8n16c"),
    ("AT", "5n11n"),
    ("AZ", "4a20c"),
    ("BA", "3n3n8n2n"),
    ("BE", "3n7n2n"),
    ("BG", "4a4n2n8c"),
    ("BH", "4a14c"),
    ("BI", "5n5n11n2n"),
    ("BR", "8n5n10n1a1c"),
    ("BY", "4c4n16c"),
    ("CH", "5n12c"),
    ("CR", "4n14n"),
    ("CY", "3n5n16c"),
    ("CZ", "4n16n"),
    ("DE", "8n10n"),
    ("DJ", "5n5n11n2n"),
    ("DK", "4n9n1n"),
    ("DO", "4c20n"),
    ("EE", "2n14n"),
    ("EG", "4n4n17n"),
    ("ES", "4n4n1n1n10n"),
    ("FI", "3n11n"),
    ("FK", "2a12n"),
    ("FO", "4n9n1n"),
    ("FR", "5n5n11c2n"),
    ("GB", "4a6n8n"),
    ("GE", "2a16n"),
    ("GI", "4a15c"),
    ("GL", "4n9n1n"),
    ("GR", "3n4n16c"),
    ("GT", "4c20c"),
    ("HN", "4a20n"),
    ("HR", "7n10n"),
    ("HU", "3n4n1n15n1n"),
    ("IE", "4a6n8n"),
    ("IL", "3n3n13n"),
    ("IQ", "4a3n12n"),
    ("IS", "4n2n6n10n"),
    ("IT", "1a5n5n12c"),
    ("JO", "4a4n18c"),
    ("KW", "4a22c"),
    ("KZ", "3n13c"),
    ("LB", "4n20c"),
    ("LC", "4a24c"),
    ("LI", "5n12c"),
    ("LT", "5n11n"),
    ("LU", "3n13c"),
    ("LV", "4a13c"),
    ("LY", "3n3n15n"),
    ("MC", "5n5n11c2n"),
    ("MD", "2c18c"),
    ("ME", "3n13n2n"),
    ("MK", "3n10c2n"),
    ("MN", "4n12n"),
    ("MR", "5n5n11n2n"),
    ("MT", "4a5n18c"),
    ("MU", "4a2n2n12n3n3a"),
    ("NI", "4a20n"),
    ("NL", "4a10n"),
    ("NO", "4n6n1n"),
    ("OM", "3n16c"),
    ("PK", "4a16c"),
    ("PL", "8n16n"),
    ("PS", "4a21c"),
    ("PT", "4n4n11n2n"),
    ("QA", "4a21c"),
    ("RO", "4a16c"),
    ("RS", "3n13n2n"),
    ("RU", "9n5n15c"),
    ("SA", "2n18c"),
    ("SC", "4a2n2n16n3a"),
    ("SD", "2n12n"),
    ("SE", "3n16n1n"),
    ("SI", "5n8n2n"),
    ("SK", "4n6n10n"),
    ("SM", "1a5n5n12c"),
    ("SO", "4n3n12n"),
    ("ST", "4n4n11n2n"),
    ("SV", "4a20n"),
    ("TL", "3n14n2n"),
    ("TN", "2n3n13n2n"),
    ("TR", "5n1n16c"),
    ("UA", "6n19c"),
    ("VA", "3n15n"),
    ("VG", "4a16n"),
    ("XK", "4n10n2n"),
    ("YE", "4a4n18c"),
];

/// Whether a text is an IBAN: country, structure, ISO 7064 mod 97,10, and the national key where it is Belgium's,
/// Spain's or Norway's.
pub(super) fn iban(text: &str) -> Verdict {
    let country = part(text, 0, 2);
    let at = STRUCTURES.binary_search_by(|(code, _)| (*code).cmp(country)).ok()?;
    let (_, structure) = STRUCTURES.get(at)?;
    let account = part(text, 4, text.len());
    if !is_digits(part(text, 2, 4)) || !fits(account, structure) {
        return None;
    }
    let held = mod_97(account.bytes().chain(part(text, 0, 4).bytes()))? == 1;
    let national = match country {
        "BE" => {
            let digits = Digits::of(account)?;
            let rest = digits.number(0, 10) % 97;
            digits.number(10, 12) == if rest == 0 { 97 } else { rest }
        }
        "ES" => (super::by_name("es.ccc")?.holds)(account).is_some(),
        "NO" => no_kontonr(account).is_some(),
        _ => true,
    };
    let code = <[u8; 2]>::try_from(country.as_bytes()).ok()?;
    (held && national).then_some(Embedded { country: Some(code), ..Embedded::NOTHING })
}

fn national_iban(text: &str, country: &str) -> Verdict {
    let found = iban(text)?;
    let held = match country {
        // Montenegro checks its account part by mod 97 as well.
        "ME" => mod_97(part(text, 4, text.len()).bytes())? == 1,
        _ => true,
    };
    (text.starts_with(country) && held).then_some(found)
}

fn runs(structure: &str) -> impl Iterator<Item = (usize, char)> + '_ {
    structure.split_inclusive(['n', 'a', 'c']).filter_map(|run| {
        let kind = run.chars().last()?;
        run.strip_suffix(kind)?.parse().ok().map(|length| (length, kind))
    })
}

fn fits(account: &str, structure: &str) -> bool {
    let mut from = 0;
    for (length, kind) in runs(structure) {
        let run = part(account, from, from + length);
        let fit = match kind {
            'n' => is_digits(run),
            'a' => is_capitals(run),
            _ => !run.is_empty() && run.bytes().all(|one| one.is_ascii_digit() || one.is_ascii_uppercase()),
        };
        if !fit {
            return false;
        }
        from += length;
    }
    from == account.len()
}

/// Countries and territories of ISO 3166-1, and Kosovo's user-assigned code, as banks write them.
const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV \
    BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM \
    FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM \
    JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR \
    MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS \
    RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ \
    UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW";

/// Whether two letters are a country's.
pub(super) fn is_country(code: &str) -> bool {
    code.len() == 2 && COUNTRIES.split_whitespace().any(|one| one == code)
}

/// A bank identifier: four letters, a country, two places of the location, three of a branch (ISO 9362).
fn bic(text: &str) -> Verdict {
    let country = part(text, 4, 6);
    let tail = part(text, 6, text.len());
    let fit = matches!(text.len(), 8 | 11)
        && is_capitals(part(text, 0, 4))
        && is_country(country)
        && tail.bytes().all(|one| one.is_ascii_digit() || one.is_ascii_uppercase());
    let code = <[u8; 2]>::try_from(country.as_bytes()).ok()?;
    fit.then_some(Embedded { country: Some(code), ..Embedded::NOTHING })
}

/// Brands by issuer prefix and length, from the issuers' published ranges; longest prefixes first where they overlap.
const BRANDS: &[(i64, i64, usize, &[usize], &str)] = &[
    (340_000, 349_999, 6, &[15], "amex"),
    (370_000, 379_999, 6, &[15], "amex"),
    (100_000, 129_999, 6, &[15], "uatp"),
    (300_000, 305_999, 6, &[14, 16, 17, 18, 19], "diners"),
    (360_000, 369_999, 6, &[14, 15, 16, 17, 18, 19], "diners"),
    (309_500, 309_599, 6, &[14, 16, 17, 18, 19], "diners"),
    (380_000, 399_999, 6, &[14, 16, 17, 18, 19], "diners"),
    (352_800, 358_999, 6, &[16, 17, 18, 19], "jcb"),
    (180_000, 180_099, 6, &[15], "jcb"),
    (213_100, 213_199, 6, &[15], "jcb"),
    (601_100, 601_199, 6, &[16, 17, 18, 19], "discover"),
    (622_126, 622_925, 6, &[16, 17, 18, 19], "discover"),
    (644_000, 659_999, 6, &[16, 17, 18, 19], "discover"),
    (620_000, 629_999, 6, &[16, 17, 18, 19], "unionpay"),
    (810_000, 817_199, 6, &[16, 17, 18, 19], "unionpay"),
    (220_000, 220_499, 6, &[16, 17, 18, 19], "mir"),
    (222_100, 272_099, 6, &[16], "mastercard"),
    (510_000, 559_999, 6, &[16], "mastercard"),
    (500_000, 509_999, 6, &[12, 13, 14, 15, 16, 17, 18, 19], "maestro"),
    (560_000, 589_999, 6, &[12, 13, 14, 15, 16, 17, 18, 19], "maestro"),
    (600_000, 699_999, 6, &[12, 13, 14, 15, 16, 17, 18, 19], "maestro"),
    (979_200, 979_289, 6, &[16], "troy"),
    (400_000, 499_999, 6, &[13, 16, 19], "visa"),
];

fn card(text: &str) -> Verdict {
    let digits = Digits::of(text)?;
    let prefix = digits.number(0, 6);
    let (.., brand) = BRANDS
        .iter()
        .find(|(low, high, _, lengths, _)| (*low..=*high).contains(&prefix) && lengths.contains(&digits.len()))?;
    (luhn_holds(text) && !digits.is_repeated()).then_some(Embedded::NOTHING.tagged(brand))
}

fn ar_cbu(text: &str) -> Verdict {
    Digits::exactly(text, 22)?;
    let held = |from: usize, to: usize| {
        Digits::of(part(text, from, to)).is_some_and(|run| {
            let sum: i64 = run
                .all()
                .iter()
                .rev()
                .skip(1)
                .zip([3, 1, 7, 9].iter().cycle())
                .map(|(&digit, weight)| i64::from(digit) * weight)
                .sum();
            (10 - sum % 10) % 10 == run.last()
        })
    };
    valid(held(0, 8) && held(8, 22))
}

/// Czechia's account: an optional prefix and a root, each with a weighted sum of mod 11, and a bank's code.
fn cz_bankaccount(text: &str) -> Verdict {
    const BANKS: &str = "0100 0300 0600 0710 0800 2010 2060 2070 2100 2200 2220 2250 2260 2275 2600 2700 3030 3050 3060 3500 \
        4000 4300 5500 5800 6000 6100 6200 6210 6300 6363 6700 6800 7910 7950 7960 7970 7990 8030 8040 8060 8090 8150 8190 \
        8198 8199 8200 8220 8230 8240 8250 8255 8265 8270 8280 8293 8299 8500";
    let (account, bank) = text.split_once('/')?;
    let (prefix, root) = account.split_once('-').unwrap_or(("0", account));
    let held = |run: &str| {
        Digits::of(&format!("{run:0>10}"))
            .is_some_and(|run| run.len() == 10 && run.weigh(&[6, 3, 7, 9, 10, 5, 8, 4, 2, 1]) % 11 == 0)
    };
    valid(
        (2..=10).contains(&root.len())
            && prefix.len() <= 6
            && held(if prefix.is_empty() { "0" } else { prefix })
            && held(root)
            && BANKS.split_whitespace().any(|one| one == bank),
    )
}

fn mx_clabe(text: &str) -> Verdict {
    let digits = Digits::exactly(text, 18)?;
    let sum: i64 = digits
        .all()
        .iter()
        .take(17)
        .zip([3, 7, 1].iter().cycle())
        .map(|(&digit, weight)| i64::from(digit) * weight % 10)
        .sum();
    valid((10 - sum % 10) % 10 == digits.last())
}

/// Norway's account: eleven digits of mod 11, or seven of Luhn behind four zeros.
fn no_kontonr(text: &str) -> Verdict {
    let text = text.strip_prefix("0000").unwrap_or(text);
    let digits = Digits::of(text)?;
    match digits.len() {
        7 => valid(luhn_holds(text)),
        11 => valid(digits.weigh(&[6, 7, 8, 9, 4, 5, 6, 7, 8, 9]) % 11 == digits.last()),
        _ => None,
    }
}

/// New Zealand's account: bank, branch, account, suffix; the sum depends on the bank (IRD, RWT and NRWT specification).
fn nz_bankaccount(text: &str) -> Verdict {
    let groups: Vec<&str> = text.split([' ', '-']).filter(|group| !group.is_empty()).collect();
    let joined = if let [bank, branch, account, suffix] = groups.as_slice() {
        format!("{bank:0>2}{branch:0>4}{account:0>7}{suffix:0>3}")
    } else {
        let all = groups.concat();
        format!("{}{:0>3}", part(&all, 0, 13), all.get(13..).unwrap_or(""))
    };
    let digits = Digits::exactly(&joined, 16)?;
    let (weights, first, last): ([i64; 16], i64, i64) = match digits.number(0, 2) {
        8 => ([0, 0, 0, 0, 0, 0, 7, 6, 5, 4, 3, 2, 1, 0, 0, 0], 11, 11),
        9 => ([0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 4, 3, 2, 0, 0, 1], 9, 11),
        25 | 33 => ([0, 0, 0, 0, 0, 0, 1, 7, 3, 1, 7, 3, 1, 0, 0, 0], 10, 10),
        26 | 28 | 29 => ([0, 0, 0, 0, 0, 0, 1, 3, 7, 1, 3, 7, 1, 3, 7, 1], 9, 10),
        1..=4 | 6 | 10..=24 | 27 | 30 | 35 | 38 if digits.number(6, 13) >= 990_000 => {
            ([0, 0, 0, 0, 0, 0, 0, 10, 5, 8, 4, 2, 1, 0, 0, 0], 11, 11)
        }
        1..=4 | 6 | 10..=24 | 27 | 30 | 35 | 38 => ([0, 0, 6, 3, 7, 9, 0, 10, 5, 8, 4, 2, 1, 0, 0, 0], 11, 11),
        _ => return None,
    };
    let sum: i64 = digits
        .all()
        .iter()
        .zip(weights)
        .map(|(&digit, weight)| {
            let product = i64::from(digit) * weight;
            if product > first { product % first } else { product }
        })
        .sum();
    valid(sum % last == 0 && byte(&joined, 0).is_ascii_digit())
}
