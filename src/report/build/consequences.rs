//! What follows: deadlines, likely consequences, advice.

use crate::report::v1::{Advice, DeadlineRow, ImpactRow};
use crate::rules::severity::Audience;
use crate::score::Assessment;

pub(in crate::report) fn deadline_row(deadline: &crate::score::Deadline) -> DeadlineRow {
    DeadlineRow {
        id: deadline.id.clone(),
        title: deadline.title.clone(),
        when: deadline.when.clone(),
        utc: deadline.utc.clone(),
        local: deadline.local.clone(),
        missing: deadline.missing.map(str::to_owned),
    }
}

pub(super) fn impact(assessment: &Assessment) -> Vec<ImpactRow> {
    let row = |(rule, persons): &(crate::rules::severity::ImpactRule, u64)| ImpactRow {
        id: rule.id.clone(),
        title: rule.title.clone(),
        text: rule.text.clone(),
        persons: *persons,
        edpb85: rule.edpb85.clone(),
    };
    assessment.impacts.iter().map(row).collect()
}

pub(super) fn advice(assessment: &Assessment) -> Advice {
    let of = |audience: Audience| {
        assessment
            .advice
            .iter()
            .filter(|advice| advice.audience == audience)
            .map(|advice| advice.text.clone())
            .collect()
    };
    Advice { owner: of(Audience::Owner), people: of(Audience::People) }
}
