//! Reading text, metadata, pixels and members out of an item: one file per format, one table from media type to reader.

mod archive;
mod blocks;
mod bmff;
mod bson;
mod compressed;
mod contacts;
mod delimited;
#[cfg(test)]
pub(crate) mod desk;
mod dicom;
mod drawn;
mod grid;
mod hl7;
mod html;
mod inflate;
mod json;
mod ldif;
mod mail;
mod markup;
pub mod ocr;
mod octets;
mod ole;
mod ooxml;
mod ooxml_text;
mod opendocument;
mod outlook;
mod package;
mod parquet;
mod passages;
pub mod pdf;
pub mod picture;
mod powerpoint97;
mod properties;
mod queries;
mod row_tabs;
mod rtf;
mod sheet;
mod sql;
mod sqlite;
mod strings;
mod text;
pub mod video;
mod windows;
mod word97;
mod xml;

use crate::limits::{Budget, Content};
use crate::model::{Fault, Locator, Media, Sink};

/// Choices of the user that readers follow.
#[derive(Debug, Clone, Default, serde::Serialize, serde::Deserialize)]
pub struct ExtractOptions {
    /// Passwords to try on encrypted documents and archives.
    pub passwords: Vec<String>,
    /// Longer side, in pixels, that pictures are scaled down to for detection.
    pub picture_side: u32,
    /// Hand over pages and pictures that may hold text at reading resolution, for OCR.
    pub page_rasters: bool,
    /// Hand over no pixels of a picture: what they show is known.
    pub no_pixels: bool,
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
    Some(match media {
        Media::Asf => video::read,
        Media::Avi => video::read,
        Media::Avif => picture::read,
        Media::Bmp => picture::read,
        Media::Bson => bson::read,
        Media::Bzip2 => compressed::read,
        Media::Cab => archive::unsupported,
        Media::Csv => delimited::read,
        Media::Dicom => dicom::read,
        Media::Doc => word97::read,
        Media::Docx => ooxml::read_docx,
        Media::EncryptedOffice => ole::encrypted,
        Media::Epub => opendocument::read_epub,
        Media::Flv => video::read,
        Media::Gif => picture::read,
        Media::Gzip => compressed::read,
        Media::Heic => picture::read,
        Media::Hl7 => hl7::read,
        Media::Html => html::read,
        Media::Icalendar => contacts::read,
        Media::Jpeg => picture::read,
        Media::Jpeg2000 => picture::read,
        Media::Json => json::read,
        Media::JsonLines => json::read,
        Media::Ldif => ldif::read,
        Media::Lzma => compressed::read,
        Media::Mail => mail::read,
        Media::Matroska => video::read,
        Media::Mbox => mail::read_mbox,
        Media::Mp4 => video::read,
        Media::MpegPs => video::read,
        Media::MpegTs => video::read,
        Media::Odp => opendocument::read,
        Media::Ods => sheet::read,
        Media::Odt => opendocument::read,
        Media::Ogg => video::read,
        Media::OleStorage => ole::read,
        Media::OutlookMessage => outlook::read,
        Media::Parquet => parquet::read,
        Media::Pdf => pdf::read,
        Media::Photoshop => picture::read,
        Media::Png => picture::read,
        Media::PostgresDump => sql::postgres::read,
        Media::Ppt => powerpoint97::read,
        Media::Pptx => ooxml::read_pptx,
        Media::PrivateKey => text::read,
        Media::QuickTime => video::read,
        Media::Rar => archive::unsupported,
        Media::RawPhoto => picture::read,
        Media::Rtf => rtf::read,
        Media::SevenZip => archive::read_seven_zip,
        Media::Sql => sql::read,
        Media::Sqlite => sqlite::read,
        Media::Svg => xml::read,
        Media::Tar => archive::read_tar,
        Media::Text => text::read,
        Media::ThreeGp => video::read,
        Media::Tiff => picture::read,
        Media::Unknown => strings::read,
        Media::Vcard => contacts::read,
        Media::Webm => video::read,
        Media::Webp => picture::read,
        Media::Xls => sheet::read,
        Media::Xlsb => sheet::read,
        Media::Xlsx => sheet::read,
        Media::Xml => xml::read,
        Media::Xz => compressed::read,
        Media::Zip => archive::read_zip,
        Media::Zstd => compressed::read,
        _ => return None,
    })
}
