//! What a stated certainty is worth (`rules/confidence.toml`): one rising curve a scheme, measured on labelled texts.

use super::error::RuleError;
use super::files::RuleFiles;
use crate::model::Confidence;
use serde::Deserialize;
use std::collections::BTreeMap;

const FILE: &str = "confidence.toml";

/// The curve of one scheme.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Curve {
    /// What it was measured on.
    #[serde(rename = "source")]
    _source: String,
    /// Stated certainty and the share that was right.
    points: Vec<(f64, f64)>,
}

/// The curves of all schemes that need one.
#[derive(Debug)]
pub struct Calibration {
    curves: BTreeMap<String, Curve>,
}

impl Calibration {
    /// Reads `confidence.toml`.
    ///
    /// # Errors
    /// If it does not fit its schema, or a curve has no point or falls.
    pub fn new(files: &RuleFiles) -> Result<Self, RuleError> {
        let curves: BTreeMap<String, Curve> = files.toml(FILE)?;
        for (scheme, Curve { points, .. }) in &curves {
            let is_share = |share: f64| (0.0..=1.0).contains(&share);
            let is_rising = points.is_sorted_by(|one, next| one.0 < next.0 && one.1 <= next.1);
            if points.is_empty() || !is_rising || !points.iter().all(|point| is_share(point.0) && is_share(point.1)) {
                let message = format!("[{scheme}] points: write at least one [stated, right], shares that rise");
                return Err(RuleError::new(FILE, message));
            }
        }
        Ok(Self { curves })
    }

    /// What a certainty that a scheme states is worth.
    pub fn of(&self, scheme: &str, stated: Confidence) -> Confidence {
        let Some(curve) = self.curves.get(scheme) else { return stated };
        let stated = stated.probability();
        let next = curve.points.partition_point(|point| point.0 < stated);
        let (after, before) = (curve.points.get(next), next.checked_sub(1).and_then(|at| curve.points.get(at)));
        let share = match (before, after) {
            (Some(before), Some(after)) => before.1 + (after.1 - before.1) * (stated - before.0) / (after.0 - before.0),
            (Some(only), None) | (None, Some(only)) => only.1,
            (None, None) => stated,
        };
        Confidence::from_probability(share)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_curves_rise_and_others_state_what_they_state() {
        let all = Calibration::new(&RuleFiles::embedded()).expect("the embedded rules fit");
        let shares: Vec<u16> =
            (0..=20).map(|step| all.of("institution", Confidence::milli(step * 50)).as_milli()).collect();
        assert!(shares.is_sorted());
        assert_eq!(all.of("fr.nir", Confidence::milli(970)).as_milli(), 970);
    }
}
