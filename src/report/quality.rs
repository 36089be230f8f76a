//! What a reviewed sample says of the program's work, in sentences for the method of a report.

use super::build::grouped;
use crate::model::quality::{Interval, Quality};

/// One sentence for each class that was reviewed, one on what was missed, one on the findings.
pub(super) fn sentences(quality: &Quality) -> Vec<String> {
    let mut lines = Vec::new();
    for class in quality.classes.iter().filter(|class| class.reviewed > 0) {
        lines.push(format!(
            "Checked by hand: {} of {} sampled items called {} are of that class, a precision of {}. Corrected for all \
             errors seen, {} items are of that class.",
            class.right,
            class.reviewed,
            class.class.name(),
            percent(class.precision),
            number(class.corrected)
        ));
    }
    lines.extend(quality.elusion.as_ref().map(|elusion| {
        format!(
            "Checked by hand: {} of {} sampled items in which nothing was found hold personal data after all, {}. Of all {} \
             such items that is {}.",
            elusion.missed,
            elusion.reviewed,
            percent(elusion.share),
            grouped(elusion.items),
            number(elusion.missed_items)
        )
    }));
    if quality.findings > 0 {
        lines.push(format!(
            "Checked by hand: {} of {} findings on sampled items are none, and {} pieces of personal data were missed.",
            quality.wrong_findings, quality.findings, quality.missed_findings
        ));
    }
    if !lines.is_empty() {
        lines.push(format!(
            "The sample was drawn with seed {}, up to {} items of each class and of those without findings; intervals are \
             exact (Clopper-Pearson, 95 %).",
            quality.seed, quality.per_class
        ));
    }
    lines
}

fn percent(share: Interval) -> String {
    format!("{:.1} % ({:.1} to {:.1})", share.value * 100.0, share.lower * 100.0, share.upper * 100.0)
}

fn number(items: Interval) -> String {
    let whole = |items: f64| grouped(items.max(0.0) as u64);
    format!("{} ({} to {})", whole(items.value.round()), whole(items.lower.floor()), whole(items.upper.ceil()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Class;
    use crate::model::quality::ClassQuality;

    #[test]
    fn a_class_that_nobody_reviewed_has_no_sentence() {
        let of = |class, reviewed| ClassQuality {
            class,
            items: 1_200,
            reviewed,
            right: reviewed,
            precision: Interval { value: 1.0, lower: 0.93, upper: 1.0 },
            corrected: Interval { value: 1_200.0, lower: 1_115.6, upper: 1_203.2 },
        };
        let quality = Quality {
            seed: 7,
            per_class: 50,
            classes: vec![of(Class::Invoice, 50), of(Class::Video, 0)],
            elusion: None,
            findings: 0,
            wrong_findings: 0,
            missed_findings: 0,
        };
        let lines = sentences(&quality);
        assert_eq!(lines.len(), 2);
        assert!(
            lines.iter().any(|line| line.contains("100.0 % (93.0 to 100.0)") && line.contains("1,115 to 1,204")),
            "{lines:?}"
        );
    }
}
