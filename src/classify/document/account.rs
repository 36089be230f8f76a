//! What an invoice or plan says of itself: its number, its date, the amount it asks for and whether its lines add up.
//!
//! The total is the largest amount on a line that names a sum and is no part of one: what is asked for with tax is never
//! less than before tax, and a balance of nothing is what is left of it.

use super::amounts::{self, Amount};
use super::folded::Folded;
use super::structure::SumWords;
use crate::model::{Finding, Kind};

/// Sum of lines may differ from the total by so many hundredths a line: each was rounded.
const ROUNDING: i64 = 1;
/// Tax rates in thousandths that lines without tax are tried with: the standard rates of the EU, Switzerland, the
/// United Kingdom, Russia and the Gulf states that treatments bear, and the reduced ones of medical acts.
const TAX_RATES: [i64; 16] = [50, 55, 60, 70, 81, 100, 150, 170, 190, 200, 210, 220, 230, 240, 250, 270];

/// What a paper says of itself.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// Its number, normalised to letters and digits: clear, for a token.
    pub number: Option<String>,
    /// Its date in days since 1970-01-01.
    pub day: Option<i32>,
    /// The amount asked for, in hundredths.
    pub total: Option<i64>,
    /// Its currency, ISO 4217.
    pub currency: Option<&'static str>,
    /// Lines with an amount that are no sum.
    pub lines: u32,
    /// The lines add up to the total, with or without tax.
    pub adds_up: bool,
}

impl Account {
    /// Reads a paper's account. `number` is the word after its title or number label.
    pub(super) fn of(folded: &Folded, sums: &SumWords, number: Option<&str>, findings: &[Finding]) -> Self {
        let (mut total, mut lines, mut sum) = (None::<Amount>, 0_u32, 0_i64);
        let mut currencies = Vec::new();
        let mut label = false;
        for line in folded.text.lines() {
            let amount = amounts::last_of(line);
            let names_sum = sums.is_total(line);
            let is_sum = names_sum || (label && amount.is_some_and(|amount| amount.is_alone));
            label = names_sum && amount.is_none();
            let Some(amount) = amount else { continue };
            currencies.extend(amount.currency);
            if sums.is_partial(line) {
                continue;
            }
            if is_sum {
                if total.is_none_or(|largest| amount.hundredths > largest.hundredths) {
                    total = Some(amount);
                }
            } else {
                lines += 1;
                sum += amount.hundredths;
            }
        }
        Self {
            number: number.map(normal_number),
            day: day_of(findings),
            total: total.map(|total| total.hundredths),
            currency: total.and_then(|total| total.currency).or_else(|| most_frequent(&currencies)),
            lines,
            adds_up: total.is_some_and(|total| adds_up(sum, total.hundredths, lines)),
        }
    }
}

fn normal_number(word: &str) -> String {
    word.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// The day that a label names as the invoice's or quotation's, else the first other day that is no birth.
fn day_of(findings: &[Finding]) -> Option<i32> {
    let days = || findings.iter().filter(|finding| finding.kind == Kind::Date && finding.hints.day.is_some());
    let labelled = days().find(|finding| finding.hints.tag.as_deref() == Some("invoice"));
    labelled.or_else(|| days().next()).and_then(|finding| finding.hints.day)
}

fn most_frequent(currencies: &[&'static str]) -> Option<&'static str> {
    let count = |code: &str| currencies.iter().filter(|other| **other == code).count();
    currencies.iter().copied().max_by_key(|code| (count(code), std::cmp::Reverse(*code)))
}

fn adds_up(sum: i64, total: i64, lines: u32) -> bool {
    let near = |expected: i64| (expected - total).abs() <= ROUNDING * (i64::from(lines) + 1);
    lines > 0 && (near(sum) || TAX_RATES.iter().any(|rate| near(sum.saturating_mul(1000 + rate) / 1000)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classify::document::structure::Words;
    use crate::rules::RuleFiles;
    use crate::rules::classes::ClassRules;

    fn account(text: &str) -> Account {
        let words = Words::new(&ClassRules::load(&RuleFiles::embedded()).unwrap().words).unwrap();
        Account::of(&Folded::of([text].into_iter()), &words.sums, None, &[])
    }

    #[test]
    fn the_total_is_asked_for_with_tax_and_lines_add_up_before_it() {
        let read = account(
            "Peeling\t100,00 €\nLaser\t1 100,00 €\nTotal HT\t1 200,00 €\nTVA 20 %\t240,00 €\nTotal TTC\t1 440,00 €\n",
        );
        assert_eq!(
            read,
            Account { total: Some(144_000), currency: Some("EUR"), lines: 2, adds_up: true, ..Account::default() }
        );
    }

    #[test]
    fn a_paid_balance_is_not_the_total() {
        let read = account("Laser £140.00\nPeel £90.00\nTotal £230.00\nBalance due £0.00\n");
        assert_eq!((read.total, read.currency, read.lines), (Some(23_000), Some("GBP"), 2));
    }

    #[test]
    fn a_total_may_stand_below_its_label() {
        let read = account("Botox\t2.340,00 €\nImporte total\n2.340,00 €\n");
        assert_eq!((read.total, read.adds_up), (Some(234_000), true));
    }

    #[test]
    fn without_a_sum_there_is_no_total() {
        assert_eq!(account("Laser 140,00 zł\n").total, None);
        assert_eq!(account("Итого\t7000 руб\n").currency, Some("RUB"));
    }
}
