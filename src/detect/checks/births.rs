//! Birth dates inside identifiers: real calendar days, centuries, and the count of days that hints carry.

use super::digits::Digits;

/// Latest birth year that a number is taken to hold. A two-digit year above it belongs to the century before.
/// A constant, not the clock, so that the same leak gives the same report; raise it before it is reached.
const LATEST: i64 = 2030;

/// What an identifier says of its bearer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Embedded {
    /// Birth year.
    pub year: Option<u16>,
    /// Birth day, in days since 1970-01-01.
    pub day: Option<i32>,
    /// `f` or `m`.
    pub sex: Option<char>,
    /// A closed word, such as a card's brand.
    pub tag: Option<&'static str>,
    /// ISO 3166-1 alpha-2 country written in the number.
    pub country: Option<[u8; 2]>,
}

impl Embedded {
    /// A valid number that says nothing more.
    pub(super) const NOTHING: Self = Self { year: None, day: None, sex: None, tag: None, country: None };

    /// A birth year, month and day, if that day exists and is not in the future.
    pub(super) fn born(year: i64, month: i64, day: i64) -> Option<Self> {
        let days = days(year, month, day)?;
        (year <= LATEST).then_some(Self {
            year: u16::try_from(year).ok(),
            day: i32::try_from(days).ok(),
            ..Self::NOTHING
        })
    }

    /// A day that exists; where it lies in the future (as in made-up numbers) it says nothing.
    pub(super) fn dated(year: i64, month: i64, day: i64) -> Option<Self> {
        days(year, month, day).map(|_| Self::born(year, month, day).unwrap_or(Self::NOTHING))
    }

    /// A birth date with a two-digit year: the latest century that is not in the future.
    pub(super) fn born_short(year: i64, month: i64, day: i64) -> Option<Self> {
        let this = 2000 + year;
        if this <= LATEST { Self::born(this, month, day) } else { Self::born(this - 100, month, day) }
            .or_else(|| Self::born(1900 + year, month, day))
    }

    /// A birth date with a two-digit year of either century, the earlier one first.
    pub(super) fn born_either(year: i64, month: i64, day: i64) -> Option<Self> {
        Self::born(1900 + year, month, day).or_else(|| Self::dated(2000 + year, month, day))
    }

    /// The same with the sex.
    pub(super) fn male_if(self, male: bool) -> Self {
        Self { sex: Some(if male { 'm' } else { 'f' }), ..self }
    }

    /// The same with a closed word.
    pub(super) fn tagged(self, tag: &'static str) -> Self {
        Self { tag: Some(tag), ..self }
    }
}

/// Days since 1970-01-01 of a day of the Gregorian calendar, if it exists.
pub(super) fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + i64::from(leap),
        _ => return None,
    };
    if !(1..=length).contains(&day) || !(1800..=2199).contains(&year) {
        return None;
    }
    // Howard Hinnant, "chrono-compatible low-level date algorithms": days_from_civil.
    let shifted = year - i64::from(month <= 2);
    let era = shifted.div_euclid(400);
    let of_era = shifted.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

/// Three two-digit numbers at a place: the usual `yymmdd` or `ddmmyy`.
pub(super) fn pairs(digits: &Digits, from: usize) -> (i64, i64, i64) {
    (digits.number(from, from + 2), digits.number(from + 2, from + 4), digits.number(from + 4, from + 6))
}

#[cfg(test)]
mod tests {
    use super::days;

    #[test]
    fn days_are_counted_from_1970() {
        assert_eq!(days(1970, 1, 1), Some(0));
        assert_eq!(days(2000, 2, 29), Some(11_016));
        assert_eq!(days(1900, 2, 29), None);
        assert_eq!(days(1969, 12, 31), Some(-1));
    }
}
