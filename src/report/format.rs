//! Numbers in words for a reader: one way for all forms.

use super::build::grouped;
use minijinja::syntax::SyntaxConfig;

/// Lines that hold nothing but a tag leave no line behind.
pub(super) fn syntax() -> Result<SyntaxConfig, minijinja::Error> {
    SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()
}

/// Thousands parted by commas; anything but a whole number as it is.
pub(super) fn grouped_value(value: &minijinja::Value) -> String {
    u64::try_from(value.clone()).map_or_else(|_| value.to_string(), grouped)
}

/// Bytes in decimal units, as storage is sold.
pub(super) fn bytes(count: u64) -> String {
    const UNITS: [&str; 6] = ["kB", "MB", "GB", "TB", "PB", "EB"];
    if count < 1000 {
        return format!("{count} B");
    }
    let mut value = count as f64 / 1000.0;
    let mut unit = "kB";
    for next in UNITS.iter().skip(1) {
        if value < 999.5 {
            break;
        }
        value /= 1000.0;
        unit = next;
    }
    if value < 9.95 { format!("{value:.1} {unit}") } else { format!("{value:.0} {unit}") }
}

/// A share as a percentage with one decimal where it matters.
pub(super) fn percent(share: f64) -> String {
    match share * 100.0 {
        0.0 => "0 %".to_owned(),
        percent if percent < 0.1 => "< 0.1 %".to_owned(),
        percent if percent < 10.0 => format!("{percent:.1} %"),
        percent if percent < 100.0 => format!("{:.0} %", percent.min(99.0)),
        _ => "100 %".to_owned(),
    }
}

/// A number with one decimal.
pub(super) fn one_decimal(number: f64) -> String {
    format!("{number:.1}")
}

/// A duration in hours and minutes, or minutes and seconds.
pub(super) fn seconds(count: u64) -> String {
    match (count / 3600, count / 60 % 60, count % 60) {
        (0, 0, s) => format!("{s} s"),
        (0, m, s) => format!("{m} min {s} s"),
        (h, m, _) => format!("{h} h {m} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_for_readers() {
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(
            [bytes(999), bytes(1_000), bytes(94_700_000_000), bytes(999_600)],
            ["999 B", "1.0 kB", "95 GB", "1.0 MB"]
        );
        assert_eq!(
            [percent(0.0), percent(0.0004), percent(0.056), percent(0.996), percent(1.0)],
            ["0 %", "< 0.1 %", "5.6 %", "99 %", "100 %"]
        );
        assert_eq!([seconds(59), seconds(61), seconds(3_720)], ["59 s", "1 min 1 s", "1 h 2 min"]);
    }
}
