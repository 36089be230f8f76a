//! Days as records keep them, and the calendar.

use jiff::civil::Date;

/// The date of a day since 1970-01-01; none beyond the years that a calendar has.
pub fn date_of(day: i32) -> Option<Date> {
    jiff::civil::date(1970, 1, 1).checked_add(jiff::Span::new().try_days(day).ok()?).ok()
}
