//! Quality control as figures.

use crate::model::quality::{ClassQuality, Elusion, Interval, Quality};
use crate::report::v1::{ClassQualityRow, ElusionRow, IntervalRow, QualitySection};

pub(super) fn quality(quality: &Quality) -> QualitySection {
    QualitySection {
        seed: quality.seed,
        per_class: quality.per_class,
        classes: quality.classes.iter().filter(|class| class.reviewed > 0).map(class_row).collect(),
        elusion: quality.elusion.as_ref().map(elusion_row),
        findings: quality.findings,
        wrong_findings: quality.wrong_findings,
        missed_findings: quality.missed_findings,
    }
}

fn class_row(class: &ClassQuality) -> ClassQualityRow {
    ClassQualityRow {
        class: class.class.name().to_owned(),
        title: class.class.title().to_owned(),
        items: class.items,
        reviewed: class.reviewed,
        right: class.right,
        precision: share(class.precision),
        corrected: items(class.corrected),
    }
}

fn elusion_row(elusion: &Elusion) -> ElusionRow {
    ElusionRow {
        items: elusion.items,
        reviewed: elusion.reviewed,
        missed: elusion.missed,
        share: share(elusion.share),
        missed_items: items(elusion.missed_items),
    }
}

/// A share to four digits, away from the estimate at both ends.
fn share(interval: Interval) -> IntervalRow {
    let of = |share: f64, round: fn(f64) -> f64| round(share * 10_000.0) / 10_000.0;
    IntervalRow {
        lower: of(interval.lower, f64::floor),
        value: of(interval.value, f64::round),
        upper: of(interval.upper, f64::ceil),
    }
}

/// Whole items, away from the estimate at both ends.
fn items(interval: Interval) -> IntervalRow {
    IntervalRow {
        lower: interval.lower.floor().max(0.0),
        value: interval.value.round().max(0.0),
        upper: interval.upper.ceil().max(0.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Class;

    #[test]
    fn bounds_are_never_rounded_towards_the_estimate() {
        let class = ClassQuality {
            class: Class::Invoice,
            items: 1_200,
            reviewed: 50,
            right: 49,
            precision: Interval { value: 0.98, lower: 0.893_56, upper: 0.999_49 },
            corrected: Interval { value: 1_176.4, lower: 1_072.9, upper: 1_199.4 },
        };
        let row = class_row(&class);
        assert_eq!((row.precision.lower, row.precision.upper), (0.8935, 0.9995));
        assert_eq!((row.corrected.lower, row.corrected.value, row.corrected.upper), (1_072.0, 1_176.0, 1_200.0));
    }
}
