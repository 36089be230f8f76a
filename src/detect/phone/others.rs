//! What a row of digits is instead of a telephone number, told by its own form and by the text around it.

use super::candidate::Candidate;
use crate::detect::context::Context;
use crate::detect::numerals::Run;

/// A date or a moment: `12/03/2010`, `2010-03-12 14`.
pub(super) fn is_date_like(candidate: &Candidate, text: &str) -> bool {
    let groups: &[Run] = &candidate.runs;
    let sign = |index: usize| {
        let (left, right) = (candidate.runs.get(index)?, candidate.runs.get(index + 1)?);
        text.get(left.end..right.start)
    };
    let day = |group: &Run| group.count <= 2 && (1..=31).contains(&group.value);
    let year = |group: &Run| group.count == 4 && (1850..=2100).contains(&group.value);
    let is_date = match groups {
        [first, second, third, ..] => {
            day(first) && day(second) && year(third) || year(first) && day(second) && day(third) && groups.len() < 5
        }
        [first, second] => year(first) && year(second),
        _ => false,
    };
    let is_short = matches!(groups, [first, second, third] if day(first) && day(second) && third.count == 2);
    let same = sign(0).zip(sign(1)).is_some_and(|(first, second)| first == second && first != " ");
    !candidate.is_international && (is_date && (same || groups.len() == 2) || is_short && same)
}

/// The end of a date at the beginning of a longer chain, if what follows is no time of day: it stands in another column
/// (`07/02/1992   06 23 45 67 81`), or has the digits of a telephone.
pub(super) fn leading_date(candidate: &Candidate, text: &str) -> Option<usize> {
    /// Digits that a time of day does not have.
    const MORE: usize = 8;
    let [first, second, third, rest @ ..] = &*candidate.runs else { return None };
    let gap = text.get(third.end..rest.first()?.start)?;
    let is_column = gap.len() > 1 && gap.trim().is_empty();
    let date: usize = [first, second, third].iter().map(|run| run.count).sum();
    let is_more = gap == " " && candidate.digits >= date + MORE;
    ((is_column || is_more) && is_date_like(candidate, text)).then_some(third.end)
}

/// `CEP 01001-000`: the word is Brazil's for a postcode and Turkey's for a mobile telephone.
pub(super) fn is_brazilian_postcode(candidate: &Candidate, text: &str, context: &Context<'_>) -> bool {
    let counts = candidate.runs.iter().map(|run| run.count);
    let joint = candidate.runs.first().zip(candidate.runs.get(1)).and_then(|(one, two)| text.get(one.end..two.start));
    let before = context.before.trim_end_matches([' ', ':', '.', '\u{a0}']);
    let head = before.get(before.len().saturating_sub(3)..).unwrap_or_default();
    counts.eq([5, 3]) && joint == Some("-") && head.eq_ignore_ascii_case("cep")
}

/// Whether an unlabelled national number is more likely the value of another label (`Record: 912345678`), an IP address,
/// a pair of decimals, or a house number after another number.
pub(super) fn is_something_else(text: &str, candidate: &Candidate, context: &Context<'_>) -> bool {
    if candidate.is_international {
        return false;
    }
    let part = text.get(candidate.start..candidate.end).unwrap_or_default();
    let groups = &candidate.runs;
    let counts = |wanted: [usize; 2]| groups.iter().map(|run| run.count).eq(wanted);
    let is_usual = part.starts_with(['0', '(']) && groups.len() > 1;
    let is_labelled_else = context.before.trim_end_matches([' ', '\u{a0}']).ends_with([':', '=', '#']) && !is_usual;
    let dots = part.matches('.').count();
    let is_address = dots == 3 && groups.len() == 4 && candidate.runs.iter().all(|run| run.value < 256);
    let is_decimals = groups.first().is_some_and(|run| run.count == 1) && dots >= 2 && part.contains(' ');
    let is_blank_parted = !part.contains(|c: char| !c.is_ascii_digit() && c != ' ');
    let is_two_numbers =
        is_blank_parted && groups.len() == 2 && groups.iter().all(|run| run.count != 3) && !part.starts_with('0')
            || is_blank_parted && (counts([3, 5]) || counts([5, 3]));
    is_labelled_else || is_address || is_decimals || is_two_numbers
}
