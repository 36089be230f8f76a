//! What is fuzzed: each function takes any bytes and must return. libFuzzer and the mutation runner call the same ones.
//!
//! Readers are called without the guard that contains their panics in a scan, so that a panic shows.

use breachscope::detect::{DetectOptions, Detector};
use breachscope::extract::video::stills;
use breachscope::extract::{ExtractOptions, Reading, for_media, picture};
use breachscope::identify;
use breachscope::limits::{Budget, Content, Limits, NoTools};
use breachscope::model::{Facts, Fault, Field, Locator, Media, Member, Passage, Raster, Record, Sink};
use breachscope::rules::classes::{ClassRule, StructureWords};
use breachscope::rules::{RuleError, RuleFiles, incident as incident_file};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

/// A name and what is called with the bytes.
pub type Target = (&'static str, fn(&[u8]));

/// Every target.
pub const TARGETS: &[Target] = &[
    ("identify", identify),
    ("pdf", pdf),
    ("office", office),
    ("ole", ole),
    ("rtf", rtf),
    ("mail", mail),
    ("archive", archive),
    ("tables", tables),
    ("dicom", dicom),
    ("image", image),
    ("metadata", metadata),
    ("video", video),
    ("detector", detector),
    ("rules", rules),
    ("incident", incident),
    ("record", record),
];

const PDF: &[Media] = &[Media::Pdf];
const OFFICE: &[Media] =
    &[Media::Docx, Media::Xlsx, Media::Xlsb, Media::Pptx, Media::Odt, Media::Ods, Media::Odp, Media::Epub];
const OLE: &[Media] =
    &[Media::OleStorage, Media::Doc, Media::Xls, Media::Ppt, Media::OutlookMessage, Media::EncryptedOffice];
const MAIL: &[Media] = &[Media::Mail, Media::Mbox];
const ARCHIVE: &[Media] = &[
    Media::Zip,
    Media::Tar,
    Media::SevenZip,
    Media::Gzip,
    Media::Bzip2,
    Media::Xz,
    Media::Zstd,
    Media::Lzma,
    Media::Rar,
    Media::Cab,
];
const TABLES: &[Media] = &[
    Media::Csv,
    Media::Json,
    Media::JsonLines,
    Media::Xml,
    Media::Html,
    Media::Sql,
    Media::Sqlite,
    Media::Bson,
    Media::PostgresDump,
    Media::Parquet,
    Media::Vcard,
    Media::Icalendar,
    Media::Hl7,
    Media::Ldif,
    Media::Svg,
    Media::Text,
    Media::Unknown,
];
const IMAGE: &[Media] = &[
    Media::Jpeg,
    Media::Png,
    Media::Gif,
    Media::Webp,
    Media::Tiff,
    Media::Bmp,
    Media::Heic,
    Media::Jpeg2000,
    Media::Avif,
    Media::RawPhoto,
    Media::Photoshop,
];
const VIDEO: &[Media] = &[
    Media::Mp4,
    Media::QuickTime,
    Media::ThreeGp,
    Media::Matroska,
    Media::Webm,
    Media::Avi,
    Media::Asf,
    Media::Flv,
    Media::MpegPs,
    Media::MpegTs,
    Media::Ogg,
];

/// Types that a target reads; none for targets that read no file.
pub fn media_of(target: &str) -> &'static [Media] {
    match target {
        "identify" => Media::ALL,
        "pdf" => PDF,
        "office" => OFFICE,
        "ole" => OLE,
        "rtf" => &[Media::Rtf],
        "mail" => MAIL,
        "archive" => ARCHIVE,
        "tables" | "detector" => TABLES,
        "dicom" => &[Media::Dicom],
        "image" | "metadata" => IMAGE,
        "video" => VIDEO,
        _ => &[],
    }
}

/// Bounds small enough that a slow input is a finding and not a wait.
fn limits() -> Limits {
    Limits { item_seconds: 5, expanded_bytes: 32 << 20, member_bytes: 8 << 20, pixels: 4_000_000, ..Limits::default() }
}

/// A sink that forgets; members are counted, not followed, since each target reads one layer.
#[derive(Default)]
struct Nothing {
    facts: Facts,
}

impl Sink for Nothing {
    fn passage(&mut self, _: Passage) {}
    fn field(&mut self, _: Field) {}
    fn member(&mut self, _: Member) {}
    fn raster(&mut self, _: Raster) {}
    fn fault(&mut self, _: Fault) {}
    fn facts(&mut self) -> &mut Facts {
        &mut self.facts
    }
}

/// Reads with the reader of the type that the bytes have, if it is one of these, else with one of these.
fn read(among: &[Media], data: &[u8]) {
    let (content, locator) = (Content::of_memory(data.to_vec()), Locator::new(0, "item"));
    let found = identify::identify(&content, &locator).media;
    let other = among.get(data.len() % among.len().max(1)).copied().unwrap_or(found);
    let media = if among.contains(&found) { found } else { other };
    read_as(media, &content, &locator);
}

fn read_as(media: Media, content: &Content, locator: &Locator) {
    let budget = Budget::new(Arc::new(limits()));
    let options = ExtractOptions { passwords: vec!["password".to_owned()], picture_side: 320, ..ExtractOptions::default() };
    let reading = Reading { media, content, locator, budget: &budget, options: &options };
    if let Some(reader) = for_media(media) {
        // A fault is an answer.
        let _ = reader(&reading, &mut Nothing::default());
    }
}

/// Telling the type of bytes.
pub fn identify(data: &[u8]) {
    identify::identify(&Content::of_memory(data.to_vec()), &Locator::new(0, "item"));
}

/// PDF.
pub fn pdf(data: &[u8]) {
    read(PDF, data);
}

/// Office documents in zip containers.
pub fn office(data: &[u8]) {
    read(OFFICE, data);
}

/// Compound files: the binary Office formats and Outlook messages.
pub fn ole(data: &[u8]) {
    read(OLE, data);
}

/// RTF.
pub fn rtf(data: &[u8]) {
    read(&[Media::Rtf], data);
}

/// Mail and mailboxes.
pub fn mail(data: &[u8]) {
    read(MAIL, data);
}

/// Archives and compressed files.
pub fn archive(data: &[u8]) {
    read(ARCHIVE, data);
}

/// Tables, markup, records, databases and text.
pub fn tables(data: &[u8]) {
    read(TABLES, data);
}

/// DICOM.
pub fn dicom(data: &[u8]) {
    read(&[Media::Dicom], data);
}

/// Pictures, decoded.
pub fn image(data: &[u8]) {
    read(IMAGE, data);
}

/// EXIF, XMP, IPTC and text chunks of pictures, without their pixels.
pub fn metadata(data: &[u8]) {
    let (content, locator) = (Content::of_memory(data.to_vec()), Locator::new(0, "item"));
    let found = identify::identify(&content, &locator).media;
    let media = if IMAGE.contains(&found) { found } else { Media::Jpeg };
    let (budget, options) = (Budget::new(Arc::new(limits())), ExtractOptions::default());
    let reading = Reading { media, content: &content, locator: &locator, budget: &budget, options: &options };
    let _ = picture::read_metadata(&reading, &mut Nothing::default());
}

/// Containers of video, and the key frames that are decoded in the worker.
pub fn video(data: &[u8]) {
    read(VIDEO, data);
    let content = Content::of_memory(data.to_vec());
    let _ = stills::of_video(&content, Media::Mp4, None, 2, &NoTools::default(), Duration::from_secs(5));
}

/// Detection in any text.
pub fn detector(data: &[u8]) {
    static DETECTOR: LazyLock<Option<Detector>> =
        LazyLock::new(|| Detector::new(&RuleFiles::embedded(), &DetectOptions::default()).ok());
    let text = String::from_utf8_lossy(data);
    if let Some(detector) = DETECTOR.as_ref() {
        for span in detector.spans(&text, None, None) {
            assert!(span.start <= span.end, "a span that ends before it starts");
        }
    }
}

/// Rule files.
pub fn rules(data: &[u8]) {
    let _ = RuleError::parse::<ClassRule>("classes/fuzzed.toml", data);
    let _ = RuleError::parse::<StructureWords>("structure.toml", data);
}

/// The incident file.
pub fn incident(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(incident) = incident_file::parse("incident.toml", text) {
        let _ = incident_file::zone(&incident);
        for (_, moment) in incident_file::moments(&incident) {
            let _ = incident_file::instant(moment, &incident);
        }
    }
}

/// A record as a worker sends it.
pub fn record(data: &[u8]) {
    if let Ok(record) = postcard::from_bytes::<Record>(data) {
        let written = postcard::to_stdvec(&record).unwrap_or_default();
        assert_eq!(postcard::from_bytes::<Record>(&written).ok(), Some(record), "what was written is not read");
    }
}
