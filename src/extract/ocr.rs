//! Placeholder.
use crate::model::{Fault, Raster, Secret};
use std::time::Duration;
/// Text.
pub struct OcrText { /// t
pub text: Secret, /// w
pub words: usize, /// c
pub confidence: u16 }
/// Read.
/// # Errors
/// x
pub fn read_page(_: &Raster, _: &[String], _: Duration) -> Result<OcrText, Fault> { Err(Fault::extract(crate::model::Code::ImageOnly)) }
