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
    /// Pictures and videos that belong together.
    pub series: SeriesFacts,
    /// What comparing faces came to; null unless that was asked for.
    pub faces: Option<FaceFacts>,
    /// Where items say that they were made.
    pub positions: PositionFacts,
}

/// What comparing faces came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FaceFacts {
    /// The model that described the faces.
    pub model: String,
    /// The detector that found them.
    pub detector: String,
    /// Different pictures with a face.
    pub pictures: u64,
    /// Faces on them that were large enough to compare.
    pub faces: u64,
    /// Groups of alike faces.
    pub groups: u64,
    /// Groups of one face.
    pub single: u64,
    /// Faces in the largest group.
    pub largest: u64,
    /// Faces without a group, because there was no room for more.
    pub left_out: u64,
    /// Pictures that could not be read again or had changed.
    pub unread: u64,
    /// Pictures with a face in containers, which were not compared.
    pub in_containers: u64,
    /// The case is as it was when faces were compared.
    pub is_current: bool,
}

/// Where items say that they were made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PositionFacts {
    /// Items with a position.
    pub items: u64,
    /// Cities that they lie in or near.
    pub cities: u64,
    /// Countries of these cities.
    pub countries: u64,
    /// The cities with most items.
    pub most: Vec<CityRow>,
}

/// Items that were made in or near a city.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CityRow {
    /// The city's name (GeoNames).
    pub city: String,
    /// ISO 3166-1 alpha-2 country.
    pub country: String,
    /// Items.
    pub items: u64,
}

/// Pictures and videos that belong together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SeriesFacts {
    /// Pictures that were looked at, with those inside containers.
    pub pictures: u64,
    /// Different ones: copies that were scaled, recompressed or lit otherwise count once.
    pub different: u64,
    /// Face and body photos.
    pub of_people: u64,
    /// Different ones among them.
    pub of_people_different: u64,
    /// Pictures that show two states of one subject.
    pub pairs: u64,
    /// Sets of two photos or videos of people and more, taken on one day and in one person's folder.
    pub sittings: u64,
    /// Photos and videos in these.
    pub in_sittings: u64,
    /// Devices whose serial number is in the metadata of two pictures or videos at least.
    pub devices: u64,
    /// Pictures and videos of these.
    pub by_devices: u64,
    /// The devices with most pictures and videos.
    pub most_used: Vec<DeviceRow>,
}

/// What one device took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeviceRow {
    /// Keyed short form of its serial number.
    pub id: String,
    /// Pictures and videos.
    pub items: u64,
    /// Days on which they were taken, if their metadata say so.
    pub days: u64,
    /// First of these days (ISO 8601).
    pub first: Option<String>,
    /// Last of these days (ISO 8601).
    pub last: Option<String>,
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
