//! Reading text, metadata, pixels and members out of an item: one file per format, one table from media type to reader.

pub mod ocr;
pub mod pdf;

use crate::limits::{Budget, Content};
use crate::model::{Fault, Locator, Media, Sink};

/// Choices of the user that readers follow.
#[derive(Debug, Clone, Default, serde::Serialize, serde::Deserialize)]
pub struct ExtractOptions {
    /// Passwords to try on encrypted documents and archives.
    pub passwords: Vec<String>,
    /// Longer side, in pixels, that pictures are scaled down to for detection.
    pub picture_side: u32,
    /// Hand over pages without readable text as pixels, for OCR.
    pub page_rasters: bool,
}

/// What a reader gets.
#[derive(Debug)]
pub struct Reading<'a> {
    /// What the bytes are.
    pub media: Media,
    /// The bytes.
    pub content: &'a Content,
    /// The name, for hints only.
    pub locator: &'a Locator,
    /// The item's account; every loop over input checks it.
    pub budget: &'a Budget,
    /// The user's choices.
    pub options: &'a ExtractOptions,
}

/// Reads one format. What it hands to the sink stays found even if it ends in a fault.
pub type Reader = fn(&Reading<'_>, &mut dyn Sink) -> Result<(), Fault>;

/// The reader for a media type; `None` where this version reads nothing of it.
pub fn for_media(media: Media) -> Option<Reader> {
    match media {
        Media::Pdf => Some(pdf::read),
        _ => None,
    }
}
