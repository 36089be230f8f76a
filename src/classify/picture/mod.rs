//! What a picture shows.
pub mod canvas;
pub mod faces;
pub mod features;
pub mod skin;
use crate::model::{Class, Confidence, Facts, Locator, Media, Raster, Verdict};
use crate::rules::{RuleError, RuleFiles};
use std::path::Path;
/// Classifier.
#[derive(Debug)]
pub struct PictureClassifier;
impl PictureClassifier {
    /// New.
    /// # Errors
    /// Never.
    pub fn new(_: &RuleFiles, _: Option<&Path>) -> Result<Self, RuleError> {
        Ok(Self)
    }
    /// Classify.
    pub fn classify(&self, _: &[Raster], _: &mut Facts, _: Media, _: &Locator) -> Verdict {
        Verdict {
            class: Class::Undecided,
            subclass: None,
            confidence: Confidence::milli(0),
            reasons: vec![],
            runner_up: None,
        }
    }
}
