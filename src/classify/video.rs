//! Placeholder.
use super::picture::PictureClassifier;
use crate::model::{Class, Confidence, Facts, Locator, Media, Raster, Verdict};
/// Classify.
pub fn classify(_: &mut PictureClassifier, _: &[Raster], _: &mut Facts, _: Media, _: &Locator) -> Verdict {
    Verdict { class: Class::Video, subclass: None, confidence: Confidence::FULL, reasons: vec![], runner_up: None }
}
