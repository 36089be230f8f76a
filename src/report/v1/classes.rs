//! Items by class, and facts that identify nobody.

use super::NameCount;
use serde::Serialize;

/// Items of one class.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClassRow {
    /// Name of the class; `unclassified` for items without a verdict.
    pub class: String,
    /// Words for a reader.
    pub title: String,
    /// Files.
    pub files: u64,
    /// Bytes.
    pub bytes: u64,
    /// Members.
    pub members: u64,
    /// Share of the listed files, 0 to 1.
    pub share: f64,
    /// Mean confidence of the verdicts, 0 to 1.
    pub confidence: f64,
    /// Finer words.
    pub subclasses: Vec<NameCount>,
    /// A few of them.
    pub examples: Vec<ClassExampleRow>,
}

/// One item of a class, without its pixels.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClassExampleRow {
    /// Short id.
    pub item: String,
    /// Path, if paths were asked for.
    pub path: Option<String>,
    /// Media type in words.
    pub media: String,
    /// Size in bytes.
    pub bytes: u64,
    /// Finer word.
    pub subclass: Option<String>,
    /// Confidence, 0 to 1.
    pub confidence: f64,
    /// Reasons for the verdict.
    pub reasons: Vec<String>,
    /// Width and height.
    pub pixels: Option<(u32, u32)>,
    /// Faces.
    pub faces: Option<u32>,
    /// Pages.
    pub pages: Option<u32>,
    /// Findings by kind.
    pub findings: Vec<NameCount>,
}

/// Facts that identify nobody.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MaterialFacts {
    /// Items by year of their own date.
    pub years_created: Vec<YearCount>,
    /// Items by year of the store's date.
    pub years_stored: Vec<YearCount>,
    /// Pictures that were looked at.
    pub pictures_looked_at: u64,
    /// Pictures with a face.
    pub pictures_with_face: u64,
    /// Pictures whose camera is named.
    pub pictures_with_camera: u64,
    /// Pictures whose thumbnail shows something else: it may show what was cropped or hidden.
    pub stale_thumbnails: u64,
    /// Videos with a known duration.
    pub videos_timed: u64,
    /// Their duration in seconds.
    pub video_seconds: u64,
    /// Videos with a face in a still.
    pub videos_with_face: u64,
    /// Spherical videos.
    pub videos_spherical: u64,
    /// Pages of documents.
    pub pages: u64,
    /// Rows of tables.
    pub rows: u64,
    /// Amounts asked for.
    pub amounts: Vec<AmountRow>,
}

/// Items of one year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct YearCount {
    /// The year.
    pub year: i16,
    /// Items.
    pub items: u64,
}

/// Amounts of one currency.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AmountRow {
    /// ISO 4217 code.
    pub currency: String,
    /// Documents with a total.
    pub documents: u64,
    /// Sum in units of the currency.
    pub sum: f64,
    /// Smallest.
    pub least: f64,
    /// Largest.
    pub most: f64,
}
