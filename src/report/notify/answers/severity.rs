//! How severe it is, and what follows.

use super::{Answer, Missing, computed, keys, lines, people};
use crate::report::figures::Figures;
use crate::rules::notify::Fact;
use crate::rules::severity::{Audience, ImpactRule};
use std::collections::BTreeSet;

/// How severe it is, and what follows.
pub(super) fn by_severity(fact: Fact, figures: &Figures<'_>) -> Option<Result<Answer, Missing>> {
    let assessment = figures.assessment;
    let impacts = &assessment.impacts;
    Some(match fact {
        Fact::ImpactEdpb85 => {
            let letters: BTreeSet<&String> = impacts.iter().flat_map(|(rule, _)| &rule.edpb85).collect();
            keys(letters.into_iter().cloned(), "rules/severity/impact.toml", "the consequences")
        }
        Fact::ImpactText => {
            let one = |(rule, persons): &(ImpactRule, u64)| {
                format!("{} (about {}): {}", rule.title, people(*persons), rule.text)
            };
            lines(impacts.iter().map(one).collect(), "rules/severity/impact.toml", "the consequences")
        }
        Fact::AdviceOwner => {
            let owner = assessment.advice.iter().filter(|rule| rule.audience == Audience::Owner);
            lines(owner.map(|rule| rule.text.clone()).collect(), "rules/severity/impact.toml", "the measures")
        }
        Fact::SeverityEdpb87 => {
            let key = match assessment.consequence.edpb87.as_str() {
                "minor" => "a",
                "moderate" => "b",
                _ => "c",
            };
            keys([key], "ENISA band; the mapping is a proposal, rules/severity/enisa.toml", "the severity")
        }
        Fact::SeverityCnil => computed(assessment.consequence.cnil.clone(), "ENISA band, rules/severity/enisa.toml"),
        Fact::SeverityConsequence => computed(
            format!("Severity {}. {}", assessment.band.title.to_lowercase(), assessment.consequence.text),
            "ENISA band, rules/severity/enisa.toml",
        ),
        Fact::SeverityMethodology => lines(methodology(figures), "rules/severity/enisa.toml", "the severity"),
        Fact::SeverityIcoLikelihood => {
            let key = match assessment.band.name.as_str() {
                "low" => "unlikely",
                "medium" => "neutral",
                "high" => "likely",
                _ => "very-likely",
            };
            keys([key], "ENISA band; the ICO has no score, and the mapping is a proposal", "the severity")
        }
        Fact::HipaaNature | Fact::HipaaPerson => {
            let at = usize::from(fact == Fact::HipaaPerson);
            match assessment.hipaa.get(at) {
                Some(view) => computed(view.finding.clone(), "45 CFR 164.402(2)"),
                None => Err("the risk assessment"),
            }
        }
        _ => return None,
    })
}

fn methodology(figures: &Figures<'_>) -> Vec<String> {
    let assessment = figures.assessment;
    let worst = &assessment.worst;
    let mut all = vec![
        assessment.method.clone(),
        format!(
            "Worst case: SE = DPC × EI + CB = {} × {} + {} = {} ({}).",
            worst.context,
            worst.identification.number(),
            worst.circumstances.number(),
            worst.total.number(),
            assessment.band.title
        ),
    ];
    all.extend(assessment.inputs.iter().map(|input| {
        format!("{} = {} ({}): {}", input.name, input.value.number(), input.basis.name(), input.evidence)
    }));
    all.extend(assessment.bands.iter().rev().map(|row| format!("{}: {}", row.band.title, people(row.persons))));
    let changes = assessment.sensitivity.iter().filter(|other| other.changes_band);
    all.extend(changes.map(|other| {
        format!(
            "Would change the band to {}: {} = {}, that is {}.",
            other.band.title,
            other.input,
            other.value.number(),
            other.meaning
        )
    }));
    all
}
