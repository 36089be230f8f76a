//! Checksums of identifiers, one file per family: whether a number can be a scheme's, and what it says of its bearer.
//!
//! A check works on the compact form (no separators, capital letters) and knows nothing of text, labels or rules.
//! The names are those that rules give in their `check` field and follow python-stdnum's module names where one exists.

mod banking;
mod births;
mod companies;
mod dated;
mod devices;
mod digits;
mod letters;
mod luhns;
mod shapes;
mod travel;
mod values;
mod wallets;
mod weighted;

pub use births::Embedded;

/// What a check says: nothing where the number cannot be the scheme's, else what is written in it.
pub type Verdict = Option<Embedded>;

/// One check: its name, the separators that people write in such numbers, and the function.
pub struct Check {
    /// Name in rules and in `rules validate`.
    pub name: &'static str,
    /// Characters that may stand between the characters of a written number.
    pub separators: &'static str,
    /// One in how many random numbers of the right shape passes; the strength of the check.
    pub odds: u32,
    /// Whether small and capital letters differ; else the check sees capitals only.
    pub cased: bool,
    /// The check of the compact form.
    pub holds: fn(&str) -> Verdict,
}

/// A row of a family's table.
const fn check(name: &'static str, separators: &'static str, odds: u32, holds: fn(&str) -> Verdict) -> Check {
    Check { name, separators, odds, cased: false, holds }
}

/// Every check, family by family.
pub const ALL: &[&[Check]] = &[
    banking::CHECKS,
    companies::CHECKS,
    dated::CHECKS,
    devices::CHECKS,
    letters::CHECKS,
    luhns::CHECKS,
    shapes::CHECKS,
    travel::CHECKS,
    values::CHECKS,
    wallets::CHECKS,
    weighted::CHECKS,
];

/// The check of this name. Python's spelling of a module that is a keyword there (`in_`, `is_`) is understood.
pub fn by_name(name: &str) -> Option<&'static Check> {
    let plain = name.strip_prefix("stdnum.").unwrap_or(name).replacen("_.", ".", 1);
    let plain = ALIASES.iter().find(|(alias, _)| *alias == plain).map_or(plain.as_str(), |(_, name)| name);
    ALL.iter().flat_map(|family| family.iter()).find(|check| check.name == plain)
}

/// Names of other tools for schemes of ours.
const ALIASES: &[(&str, &str)] = &[
    ("presidio.DE_BSNR", "de.bsnr"),
    ("presidio.DE_HEALTH_INSURANCE", "de.kvnr"),
    ("presidio.DE_ID_CARD", "de.personalausweis"),
    ("presidio.DE_LANR", "de.lanr"),
    ("presidio.DE_PASSPORT", "de.passport"),
    ("presidio.DE_SOCIAL_SECURITY", "de.rvnr"),
    ("presidio.DE_TAX_ID", "de.idnr"),
    ("presidio.DE_VAT_ID", "de.vat_shape"),
    ("presidio.IN_GSTIN", "in.gstin_shape"),
    ("presidio.PL_PESEL", "pl.pesel"),
    ("presidio.ZA_ID_NUMBER", "za.idnr"),
];

/// Schemes that were issued with wrong check digits as well, so that a failed sum proves nothing.
const UNSURE: &[&str] = &["do.cedula"];

/// Whether a written number can be a rule's: `None` where no such check exists, or where it cannot tell.
///
/// # Examples
/// ```
/// use breachscope::detect::checks::validate;
/// assert_eq!(validate("es.dni", "12345678-Z"), Some(true));
/// assert_eq!(validate("es.dni", "12345678-A"), Some(false));
/// assert_eq!(validate("xx.none", "1"), None);
/// ```
pub fn validate(rule: &str, number: &str) -> Option<bool> {
    let check = by_name(rule)?;
    let holds = (check.holds)(&compact(number, check.separators, check.cased)).is_some();
    (holds || !UNSURE.contains(&check.name)).then_some(holds)
}

/// A written number without its separators, in capital letters unless `cased`; typographic dashes and spaces count as plain ones.
pub fn compact(number: &str, separators: &str, cased: bool) -> String {
    let plain = |one: char| match one {
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{ff0d}' | '\u{ad}' => '-',
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{3000}' | '\t' => ' ',
        '\u{ff10}'..='\u{ff19}' => char::from(b'0' + (one as u32 - 0xff10) as u8),
        '\u{660}'..='\u{669}' => char::from(b'0' + (one as u32 - 0x660) as u8),
        '\u{6f0}'..='\u{6f9}' => char::from(b'0' + (one as u32 - 0x6f0) as u8),
        other => other,
    };
    number
        .trim()
        .chars()
        .map(plain)
        .filter(|one| !separators.contains(*one))
        .map(|one| if cased { one } else { one.to_uppercase().next().unwrap_or(one) })
        .collect()
}
