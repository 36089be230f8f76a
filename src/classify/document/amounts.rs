//! Amounts of money in folded text, found without regular expressions.

/// Currency signs and words that may stand beside an amount, folded.
const CURRENCIES: [&str; 26] = [
    "€", "$", "£", "¥", "₽", "eur", "euro", "euros", "usd", "gbp", "chf", "pln", "zl", "sek", "kr", "dkk", "nok",
    "rub", "руб", "aed", "sar", "mad", "dh", "brl", "r$", "د.إ",
];

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
        let glued = strip_currency(word);
        let number = glued.unwrap_or(word);
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
    let word = word.trim_matches(|c: char| matches!(c, '.' | ',' | ';' | ':' | '(' | ')'));
    CURRENCIES.contains(&word)
}

/// The number of a word that carries its currency with it, such as `€120` or `120,00eur`.
fn strip_currency(word: &str) -> Option<&str> {
    let word = word.trim_matches(|c: char| matches!(c, ';' | ':' | '(' | ')'));
    CURRENCIES
        .iter()
        .find_map(|currency| word.strip_prefix(currency).or_else(|| word.strip_suffix(currency)))
        .filter(|rest| !rest.is_empty())
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
}
