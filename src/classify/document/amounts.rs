//! Amounts of money in folded text, found without regular expressions.

/// Currency signs and words that may stand beside an amount, folded, with their ISO 4217 code; empty where several
/// countries write their money so.
const CURRENCIES: [(&str, &str); 40] = [
    ("€", "EUR"),
    ("$", ""),
    ("£", "GBP"),
    ("¥", ""),
    ("₽", "RUB"),
    ("eur", "EUR"),
    ("euro", "EUR"),
    ("euros", "EUR"),
    ("ευρω", "EUR"),
    ("usd", "USD"),
    ("gbp", "GBP"),
    ("chf", "CHF"),
    ("pln", "PLN"),
    ("zl", "PLN"),
    ("sek", "SEK"),
    ("kr", ""),
    ("dkk", "DKK"),
    ("nok", "NOK"),
    ("rub", "RUB"),
    ("руб", "RUB"),
    ("aed", "AED"),
    ("sar", "SAR"),
    ("mad", "MAD"),
    ("dh", ""),
    ("tl", "TRY"),
    ("try", "TRY"),
    ("₺", "TRY"),
    ("czk", "CZK"),
    ("kc", "CZK"),
    ("huf", "HUF"),
    ("ron", "RON"),
    ("lei", "RON"),
    ("ils", "ILS"),
    ("₪", "ILS"),
    ("brl", "BRL"),
    ("r$", "BRL"),
    ("us$", "USD"),
    ("د.إ", "AED"),
    ("درهم", ""),
    ("ريال", ""),
];

/// An amount of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Amount {
    /// In hundredths of the currency.
    pub(super) hundredths: i64,
    /// ISO 4217 code, where the sign or word beside it says which.
    pub(super) currency: Option<&'static str>,
    /// Nothing else is on its line.
    pub(super) is_alone: bool,
}

/// The last amount of a line, which is that of the line as a whole.
pub(super) fn last_of(line: &str) -> Option<Amount> {
    let (mut words, mut columns) = (Vec::new(), Vec::new());
    for (column, text) in line.split('\t').enumerate() {
        words.extend(text.split(' ').filter(|word| !word.is_empty()));
        columns.resize(words.len(), column);
    }
    let (at, number, glued) = words.iter().enumerate().rev().find_map(|(n, word)| {
        if !has_digit(word) {
            return None;
        }
        let glued = strip_currency(word);
        let number = glued.map_or(*word, |(number, _)| number);
        let has_cents = number_shape(number)?;
        let beside =
            [n.checked_sub(1), Some(n + 1)].into_iter().flatten().any(|at| currency_of(words.get(at)).is_some());
        (has_cents || glued.is_some() || beside).then_some((n, number, glued))
    })?;
    // `1 440,00`: groups of three digits that a blank parts belong to it.
    let mut first = at;
    let mut digits = number.to_owned();
    while let Some(before) = first.checked_sub(1)
        && is_three_digits(&digits)
        && columns.get(before) == columns.get(first)
        && let Some(group) = words.get(before).filter(|word| is_short_group(word))
    {
        digits.insert_str(0, group);
        first = before;
    }
    let beside = [first.checked_sub(1), Some(at + 1)];
    let named = beside.into_iter().flatten().find_map(|at| currency_of(words.get(at)));
    let has_sign = named.is_some();
    let currency = glued.map(|(_, code)| code).or(named).filter(|code| !code.is_empty());
    let is_alone = words.len() == at - first + 1 + usize::from(has_sign);
    Some(Amount { hundredths: hundredths(&digits)?, currency, is_alone })
}

/// Whether a number begins with a group of three digits and nothing before it.
fn is_three_digits(number: &str) -> bool {
    number.bytes().take_while(u8::is_ascii_digit).count() == 3
}

/// Whether a word could hold a number: most do not, and need no closer look.
fn has_digit(word: &str) -> bool {
    word.bytes().any(|byte| byte.is_ascii_digit())
}

fn is_short_group(word: &str) -> bool {
    (1..=3).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit()) && !word.starts_with('0')
}

/// A written amount in hundredths: a last group of one or two digits after a mark is the fraction.
fn hundredths(number: &str) -> Option<i64> {
    let number = number.trim_matches(|c: char| !c.is_ascii_digit());
    let (whole, fraction) = match number.rfind(['.', ',']) {
        Some(at) if number.len() - at <= 3 => (number.get(..at)?, number.get(at + 1..)?),
        _ => (number, ""),
    };
    let digits: String = whole.chars().filter(char::is_ascii_digit).collect();
    let whole: i64 = digits.parse().ok()?;
    let fraction: i64 = match fraction.len() {
        0 => 0,
        1 => fraction.parse::<i64>().ok()? * 10,
        _ => fraction.parse().ok()?,
    };
    whole.checked_mul(100)?.checked_add(fraction)
}

/// What the lines of a document say about money.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Amounts {
    /// Amounts: numbers with a currency, or with two decimals at the end of a line.
    pub(super) count: usize,
    /// Lines that end in an amount.
    pub(super) lines: usize,
}

impl Amounts {
    /// Counts the amounts of a text.
    pub(super) fn of(text: &str) -> Self {
        let mut amounts = Self::default();
        for line in text.lines() {
            let (count, ends) = in_line(line);
            amounts.count += count;
            amounts.lines += usize::from(ends);
        }
        amounts
    }
}

/// Where the first line that ends in an amount begins.
pub(super) fn first_line(text: &str) -> Option<usize> {
    let mut at = 0;
    text.split_inclusive('\n').find_map(|line| {
        let begins = at;
        at += line.len();
        in_line(line.trim_end()).1.then_some(begins)
    })
}

/// The amounts of one line, and whether it ends in one.
fn in_line(line: &str) -> (usize, bool) {
    let words: Vec<&str> = line.split([' ', '\t']).filter(|word| !word.is_empty()).collect();
    let (mut count, mut ends) = (0, false);
    for (n, word) in words.iter().enumerate() {
        if !has_digit(word) {
            continue;
        }
        let glued = strip_currency(word);
        let number = glued.map_or(*word, |(number, _)| number);
        let Some(has_cents) = number_shape(number) else { continue };
        let near = |at: Option<usize>| at.and_then(|at| words.get(at)).is_some_and(|word| is_currency(word));
        let after = near(Some(n + 1));
        let has_currency = glued.is_some() || after || near(n.checked_sub(1));
        let is_last = n + 1 + usize::from(after) >= words.len();
        if has_currency || (has_cents && is_last) {
            count += 1;
            ends |= is_last;
        }
    }
    (count, ends)
}

fn is_currency(word: &str) -> bool {
    currency_of(Some(&word)).is_some()
}

/// The code of the currency that a word names; empty where it is one of several.
fn currency_of(word: Option<&&str>) -> Option<&'static str> {
    let word = word?.trim_matches(|c: char| matches!(c, '.' | ',' | ';' | ':' | '(' | ')'));
    CURRENCIES.iter().find(|(written, _)| *written == word).map(|(_, code)| *code)
}

/// The number of a word that carries its currency with it, such as `€120` or `120,00eur`, and the currency's code.
fn strip_currency(word: &str) -> Option<(&str, &'static str)> {
    let word = word.trim_matches(|c: char| matches!(c, ';' | ':' | '(' | ')'));
    CURRENCIES
        .iter()
        .filter_map(|(written, code)| {
            let rest = word.strip_prefix(written).or_else(|| word.strip_suffix(written))?;
            (!rest.is_empty()).then_some((rest, *code))
        })
        .min_by_key(|(rest, _)| rest.len())
}

/// Whether a word is a number an amount may be written as, and if so whether it has two decimals.
fn number_shape(word: &str) -> Option<bool> {
    let word = word.trim_matches(|c: char| matches!(c, ';' | ':' | '(' | ')' | '-' | '+'));
    let bytes = word.as_bytes();
    let is_number = bytes.first().is_some_and(u8::is_ascii_digit)
        && bytes.len() <= 14
        && bytes.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b',' | b'\''));
    if !is_number {
        return None;
    }
    let has_cents = match bytes {
        [.., b'.' | b',', a, b] => a.is_ascii_digit() && b.is_ascii_digit(),
        _ => false,
    };
    // Three groups of two digits, or two and four, as in 24.02.62, make a date.
    let is_date = matches!(groups(bytes).as_slice(), [1 | 2, 1 | 2, 2 | 4]);
    (!is_date).then_some(has_cents)
}

/// Lengths of the groups of digits between full stops and commas.
fn groups(bytes: &[u8]) -> Vec<usize> {
    bytes.split(|byte| matches!(byte, b'.' | b',')).map(<[u8]>::len).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_need_a_currency_or_cents_at_the_end_of_a_line() {
        assert_eq!(in_line("botox\t2\t€250.00"), (1, true));
        assert_eq!(in_line("peeling 120 € la seance"), (1, false));
        assert_eq!(in_line("total ttc : 1 440,00"), (1, true));
        assert_eq!(in_line("dose 1.50 mg le matin"), (0, false));
        assert_eq!(in_line("mentoplastia\t2.340,00 €"), (1, true));
        assert_eq!(in_line("le 24.02.62"), (0, false));
        assert_eq!(in_line("tel 01 89 72 48 99"), (0, false));
    }

    #[test]
    fn the_last_amount_of_a_line_is_read_in_hundredths() {
        let read = |line| last_of(line).map(|amount| (amount.hundredths, amount.currency));
        assert_eq!(read("total ttc : 1 440,00 €"), Some((144_000, Some("EUR"))));
        assert_eq!(read("total\t£1,234.50"), Some((123_450, Some("GBP"))));
        assert_eq!(read("gesamt 1.020,00"), Some((102_000, None)));
        assert_eq!(read("total chf 1'250.00"), Some((125_000, Some("CHF"))));
        assert_eq!(read("итого 10 000 руб"), Some((1_000_000, Some("RUB"))));
        assert_eq!(read("seance 2\t150,00 €"), Some((15_000, Some("EUR"))));
        assert_eq!(read("le 24.02.62"), None);
        assert_eq!(read("us$200"), Some((20_000, Some("USD"))));
    }
}
