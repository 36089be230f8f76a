//! How it was done.

use crate::report::About;
use crate::report::v1::{LimitRow, Method};
use crate::tally::Tally;

pub(super) fn method(tally: &Tally, about: &About) -> Method {
    let limit = |(name, value, unit, reason): &(&'static str, u64, &'static str, &'static str)| LimitRow {
        name: (*name).to_owned(),
        value: *value,
        unit: (*unit).to_owned(),
        reason: (*reason).to_owned(),
    };
    Method {
        version: about.version.clone(),
        arguments: about.arguments.clone(),
        rules_digest: about.rules_digest.clone(),
        rules_are_customised: about.rules_are_customised,
        detectors: tally.detectors.iter().cloned().collect(),
        limits: about.limits.iter().map(limit).collect(),
        notes: [
            "Counts of people are estimates with bounds; no register of residents was consulted.",
            "Findings carry a confidence; the expected number of right ones is their sum.",
            "Photos are called facial images, not biometric data: a photo becomes biometric only by specific technical \
             processing (recital 51 GDPR).",
            "Pictures are classified by programs; a person has to confirm what matters to a decision.",
            "No clear value and no picture is in this report. Items are named by short ids; `explain` with the case \
             resolves them.",
            "This is engineering evidence for an assessment, not legal advice.",
        ]
        .into_iter()
        .map(str::to_owned)
        .collect(),
    }
}
