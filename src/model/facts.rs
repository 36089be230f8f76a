//! Facts about an item that identify nobody: sizes, counts, dates, states.

use super::class::Class;
use serde::{Deserialize, Serialize};

/// Whether a document's text could be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextState {
    /// Has readable text.
    Text,
    /// Pages are pictures without text.
    ImageOnly,
    /// Encrypted, not opened.
    Encrypted,
    /// Glyphs without a way to characters.
    NoUnicodeMap,
    /// Damaged, read after repair.
    Damaged,
    /// No text and no pictures.
    Blank,
}

/// Facts about a picture.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ImageFacts {
    /// Width in pixels as shown (after orientation).
    pub width: u32,
    /// Height in pixels as shown.
    pub height: u32,
    /// An embedded thumbnail is present.
    pub has_thumbnail: bool,
    /// The embedded thumbnail shows something else than the picture: it may show what was cropped or hidden.
    pub has_stale_thumbnail: bool,
    /// Camera make or model is named: a photo taken by a camera.
    pub has_camera: bool,
    /// Faces that were found.
    pub faces: u32,
    /// Share of the picture that the largest face's box covers, in thousandths.
    pub face_share: u16,
    /// Share of skin-coloured pixels, in thousandths.
    pub skin_share: u16,
    /// Gradient hash of the picture, 64 bits, for near duplicates.
    pub look: Option<u64>,
    /// The detector that counted the faces.
    pub detector: Option<String>,
}

/// Facts about a video.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct VideoFacts {
    /// Duration in milliseconds.
    pub duration_ms: Option<u64>,
    /// Width in pixels.
    pub width: Option<u32>,
    /// Height in pixels.
    pub height: Option<u32>,
    /// Codec of the picture track, as its four-character code or standard name.
    pub codec: Option<String>,
    /// Marked as spherical (360 degrees).
    pub is_spherical: bool,
    /// Stills that were looked at.
    pub stills: u32,
    /// Stills with a face.
    pub stills_with_face: u32,
}

/// Facts about a document.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DocumentFacts {
    /// Pages, sheets or slides.
    pub pages: u32,
    /// Words of text read.
    pub words: u32,
    /// Pictures on its pages.
    pub pictures: u32,
    /// State of the text; `None` where the type has no such states.
    pub text: Option<TextState>,
    /// Holds an invoice in XML (Factur-X, ZUGFeRD, XRechnung, UBL).
    pub has_invoice_xml: bool,
    /// Data rows, for tables and databases.
    pub rows: u64,
    /// Amount asked in an invoice or plan, in hundredths of the currency.
    pub total: Option<i64>,
    /// ISO 4217 code of that amount.
    pub currency: Option<String>,
    /// What an invoice or plan says of itself.
    pub account: Option<AccountFacts>,
    /// The papers in a file that holds several, in order of their pages; empty for a single one.
    pub papers: Vec<Paper>,
}

/// Facts about an invoice or plan. Who issued it is the record's controller.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AccountFacts {
    /// Its number as a keyed token in hexadecimal, so that copies and references can be counted.
    pub number: Option<String>,
    /// Its date, in days since 1970-01-01.
    pub day: Option<i32>,
    /// Lines with an amount that are no sum.
    pub lines: u32,
    /// The lines add up to the total, before or after tax: the total was read right.
    pub adds_up: bool,
}

/// One paper of a file that holds several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paper {
    /// Its class.
    pub class: Class,
    /// Its subclass, under `other`.
    pub subclass: Option<String>,
    /// Its first page, from 1.
    pub page: u32,
}

/// Facts about an item, by what it is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Facts {
    /// For pictures.
    pub image: Option<ImageFacts>,
    /// For videos.
    pub video: Option<VideoFacts>,
    /// For documents, tables, mail, text.
    pub document: Option<DocumentFacts>,
    /// When the content was made by its own metadata (EXIF, PDF, mail, container): days since 1970-01-01.
    pub created_day: Option<i32>,
    /// ISO 639-1 language of the text.
    pub language: Option<String>,
    /// ISO 3166-1 alpha-2 country whose paperwork it is, by vote of language, prefixes, IBANs and domains.
    pub region: Option<String>,
    /// Members that were listed (containers).
    pub members: u32,
}

impl Facts {
    /// The picture's facts, made if absent.
    pub fn image_mut(&mut self) -> &mut ImageFacts {
        self.image.get_or_insert_default()
    }

    /// The video's facts, made if absent.
    pub fn video_mut(&mut self) -> &mut VideoFacts {
        self.video.get_or_insert_default()
    }

    /// The document's facts, made if absent.
    pub fn document_mut(&mut self) -> &mut DocumentFacts {
        self.document.get_or_insert_default()
    }
}
