//! Which answer would change the band: every input that a human may know better is tried at its other values.

use super::Circumstances;
use super::enisa::{Score, band_of, score};
use crate::model::Incident;
use crate::rules::severity::{Band, Enisa, Quarters};

/// Another value of one input and what it would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alternative {
    /// The input.
    pub input: &'static str,
    /// Its other value.
    pub value: Quarters,
    /// What that would mean.
    pub meaning: &'static str,
    /// The score then.
    pub total: Quarters,
    /// Its band.
    pub band: Band,
    /// Whether the band is another one.
    pub changes_band: bool,
}

/// The inputs that are not supplied yet, at their other values.
pub(super) fn alternatives(
    worst: &Score,
    incident: &Incident,
    around: &Circumstances,
    enisa: &Enisa,
) -> Vec<Alternative> {
    let band = band_of(worst.total, enisa);
    let mut found = Vec::new();
    let mut offer = |input, value, meaning, total| {
        let other = band_of(total, enisa);
        found.push(Alternative { input, value, meaning, total, changes_band: other != band, band: other });
    };
    for part in around.parts.iter().filter(|part| part.field.is_some()) {
        for (value, meaning) in other_values(part.name, enisa) {
            if value != part.value {
                let circumstances = Quarters(worst.circumstances.0 - part.value.0 + value.0);
                offer(part.name, value, meaning, score(worst.context, worst.identification, circumstances));
            }
        }
    }
    if incident.severity.ei_override.is_none() && worst.identification_assumed.is_some() {
        for (quarters, meaning) in [
            (1, "the identifiers lead to nobody"),
            (2, "few in the country share them"),
            (3, "few in a small city share them"),
            (4, "the identifiers lead to the person directly"),
        ] {
            if Quarters(quarters) != worst.identification {
                let total = score(worst.context, Quarters(quarters), worst.circumstances);
                offer("EI", Quarters(quarters), meaning, total);
            }
        }
    }
    if incident.protection.encryption_at_rest == Some(true) && incident.protection.key_compromised.is_none() {
        let open = around.parts.iter().find(|part| part.name == "CB confidentiality").map_or(0, |part| part.value.0);
        let circumstances = Quarters(worst.circumstances.0 - open + enisa.cb.confidentiality_encrypted.0);
        let total = score(worst.context, Quarters(1), circumstances);
        offer("EI", Quarters(1), "encrypted, and the key turns out safe (protection.key_compromised)", total);
    }
    if incident.severity.dpc_override.is_none() && worst.context > 1 {
        let total = score(worst.context - 1, worst.identification, worst.circumstances);
        offer(
            "DPC",
            Quarters((worst.context - 1) * 4),
            "a lessening factor applies: invalid, old or public data",
            total,
        );
    }
    found
}

fn other_values(name: &str, enisa: &Enisa) -> Vec<(Quarters, &'static str)> {
    let words = |values: &[Quarters], meanings: [&'static str; 3]| values.iter().copied().zip(meanings).collect();
    match name {
        "CB confidentiality" => words(
            &enisa.cb.confidentiality,
            ["complete access logs show no unknown reader", "read by known recipients only", "unknown readers"],
        ),
        "CB integrity" => {
            words(&enisa.cb.integrity, ["not altered", "altered, recoverable", "altered and used, not recoverable"])
        }
        "CB availability" => {
            words(&enisa.cb.availability, ["recoverable at once", "recoverable with effort", "lost for good"])
        }
        _ => vec![(Quarters(0), "nobody meant harm"), (enisa.cb.malicious, "theft, sale or extortion")],
    }
}
