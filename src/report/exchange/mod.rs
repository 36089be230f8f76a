//! The incident in vocabularies that other programs read: VERIS and DPV. Counts, words out of closed lists and the
//! incident file; no finding, mask or path.

mod dpv;
mod veris;

use super::Evidence;
use super::escape;
use super::figures::Figures;
use crate::rules::notify::Vocabulary;
use serde_json::Value;
use std::io::{self, Write};

/// Why an incident cannot be written in a vocabulary.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExchangeError {
    /// The vocabulary requires what nobody said.
    #[error("{vocabulary} requires {what}; give {field} in the incident file, with --incident")]
    Missing {
        /// The vocabulary.
        vocabulary: &'static str,
        /// What it requires.
        what: &'static str,
        /// The field that gives it.
        field: &'static str,
    },
}

/// The incident as VERIS 1.4.1.
///
/// # Errors
/// If no moment of the incident is known: VERIS requires its year.
pub fn veris(evidence: &Evidence<'_>, vocabulary: &Vocabulary) -> Result<Value, ExchangeError> {
    veris::record(&Figures::of(evidence, vocabulary), evidence.about)
}

/// The incident as DPV 2.3 in JSON-LD.
pub fn dpv(evidence: &Evidence<'_>, vocabulary: &Vocabulary) -> Value {
    dpv::record(&Figures::of(evidence, vocabulary), evidence.about)
}

/// Writes either.
///
/// # Errors
/// If it cannot be written.
pub fn write(value: &Value, out: &mut dyn Write) -> io::Result<()> {
    escape::write_json(value, out)
}

#[cfg(test)]
mod tests;
