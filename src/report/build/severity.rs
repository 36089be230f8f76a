//! The severity and the secondary views.

use super::grouped;
use super::people::combination;
use crate::model::People;
use crate::report::v1::{AlternativeRow, BandRow, FactorRow, FlagRow, InputRow, Secondary, Severity};
use crate::score::Assessment;

pub(super) fn severity(people: &People, assessment: &Assessment) -> Severity {
    let worst = &assessment.worst;
    let threshold = assessment.individuals_above;
    Severity {
        method: assessment.method.clone(),
        working: format!(
            "SE = DPC × EI + CB = {} × {} + {} = {}",
            worst.context,
            worst.identification.number(),
            worst.circumstances.number(),
            worst.total.number()
        ),
        score: worst.total.number(),
        band: assessment.band.name.clone(),
        band_title: assessment.band.title.clone(),
        meaning: assessment.band.meaning.clone(),
        consequence: assessment.consequence.text.clone(),
        edpb87: assessment.consequence.edpb87.clone(),
        is_health: assessment.is_health,
        inputs: assessment
            .inputs
            .iter()
            .map(|input| InputRow {
                name: input.name.to_owned(),
                value: input.value.number(),
                basis: input.basis.name().to_owned(),
                evidence: input.evidence.clone(),
                field: input.field.map(str::to_owned),
            })
            .collect(),
        bands: assessment
            .bands
            .iter()
            .map(|row| BandRow {
                band: row.band.name.clone(),
                title: row.band.title.clone(),
                from: row.band.from.number(),
                persons: row.persons,
                unlinked_items: row.unlinked_items,
            })
            .collect(),
        flags: vec![
            FlagRow {
                name: "individuals".to_owned(),
                is_raised: assessment.many_individuals,
                text: format!("More than {threshold} individuals: {} proven at least.", grouped(people.persons.lower)),
            },
            FlagRow {
                name: "unintelligible".to_owned(),
                is_raised: assessment.unintelligible,
                text: "Data unintelligible: encrypted, with the key safe (incident file).".to_owned(),
            },
        ],
        sensitivity: assessment
            .sensitivity
            .iter()
            .map(|other| AlternativeRow {
                input: other.input.to_owned(),
                value: other.value.number(),
                meaning: other.meaning.to_owned(),
                score: other.total.number(),
                band: other.band.name.clone(),
                band_title: other.band.title.clone(),
                changes_band: other.changes_band,
            })
            .collect(),
        worst: assessment.combinations.iter().take(12).map(|one| combination(one, assessment)).collect(),
        secondary: secondary(assessment),
    }
}

fn secondary(assessment: &Assessment) -> Secondary {
    let aepd = assessment.aepd;
    Secondary {
        aepd_volume: aepd.volume,
        aepd_type: aepd.kind,
        aepd_impact: aepd.impact,
        aepd_risk: aepd.risk,
        aepd_counter: aepd.counter,
        aepd_authority: aepd.tell_authority,
        aepd_people: aepd.tell_people,
        cnil_gravity: assessment.consequence.cnil.clone(),
        cnil_people: assessment.cnil_people.clone(),
        hipaa: assessment
            .hipaa
            .iter()
            .map(|view| FactorRow { factor: view.factor.to_owned(), finding: view.finding.clone() })
            .collect(),
    }
}
