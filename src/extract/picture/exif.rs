//! EXIF: the tags that say who, where, when and with which device, through `kamadak-exif`.

use super::super::octets::{Order, text, text_utf16};
use super::{About, blocks, iptc, makernote, xmp};
use crate::model::{Field, Meaning, Origin, Part, Sink};
use exif::{Context, Exif, In, Reader, Tag, Value};
use std::cmp::Ordering;
use std::fmt::Write as _;

/// How a value is written.
#[derive(Clone, Copy)]
enum Coding {
    /// Text, or a plain number.
    Plain,
    /// UTF-16 little-endian (Windows' `XP` tags).
    Utf16,
    /// Eight bytes that name the character code, then text.
    Coded,
}

/// Tag number, context, key, meaning and coding of what is read; numbers from Exif 2.32, TIFF 6.0, DNG 1.6 and
/// Microsoft's `XP` tags.
const TAGS: &[(Context, u16, &str, Meaning, Coding)] = &[
    (Context::Tiff, 0x010d, "DocumentName", Meaning::Words, Coding::Plain),
    (Context::Tiff, 0x010e, "ImageDescription", Meaning::Words, Coding::Plain),
    (Context::Tiff, 0x010f, "Make", Meaning::Tool, Coding::Plain),
    (Context::Tiff, 0x0110, "Model", Meaning::Tool, Coding::Plain),
    (Context::Tiff, 0x011d, "PageName", Meaning::Words, Coding::Plain),
    (Context::Tiff, 0x0131, "Software", Meaning::Tool, Coding::Plain),
    (Context::Tiff, 0x0132, "DateTime", Meaning::Moment, Coding::Plain),
    (Context::Tiff, 0x013b, "Artist", Meaning::Person, Coding::Plain),
    (Context::Tiff, 0x013c, "HostComputer", Meaning::Tool, Coding::Plain),
    (Context::Tiff, 0x8298, "Copyright", Meaning::Party, Coding::Plain),
    (Context::Tiff, 0x9c9b, "XPTitle", Meaning::Words, Coding::Utf16),
    (Context::Tiff, 0x9c9c, "XPComment", Meaning::Words, Coding::Utf16),
    (Context::Tiff, 0x9c9d, "XPAuthor", Meaning::Person, Coding::Utf16),
    (Context::Tiff, 0x9c9e, "XPKeywords", Meaning::Words, Coding::Utf16),
    (Context::Tiff, 0x9c9f, "XPSubject", Meaning::Words, Coding::Utf16),
    (Context::Tiff, 0xc614, "UniqueCameraModel", Meaning::Tool, Coding::Plain),
    (Context::Tiff, 0xc62f, "CameraSerialNumber", Meaning::Serial, Coding::Plain),
    (Context::Tiff, 0xc68b, "OriginalRawFileName", Meaning::Words, Coding::Plain),
    (Context::Tiff, 0xc6f8, "ProfileName", Meaning::Tool, Coding::Plain),
    (Context::Exif, 0x9003, "DateTimeOriginal", Meaning::Moment, Coding::Plain),
    (Context::Exif, 0x9004, "DateTimeDigitized", Meaning::Moment, Coding::Plain),
    (Context::Exif, 0x9213, "ImageHistory", Meaning::Words, Coding::Plain),
    (Context::Exif, 0x9286, "UserComment", Meaning::Words, Coding::Coded),
    (Context::Exif, 0xa420, "ImageUniqueID", Meaning::Serial, Coding::Plain),
    (Context::Exif, 0xa430, "CameraOwnerName", Meaning::Person, Coding::Plain),
    (Context::Exif, 0xa431, "BodySerialNumber", Meaning::Serial, Coding::Plain),
    (Context::Exif, 0xa434, "LensModel", Meaning::Tool, Coding::Plain),
    (Context::Exif, 0xa435, "LensSerialNumber", Meaning::Serial, Coding::Plain),
    (Context::Exif, 0xa436, "ImageTitle", Meaning::Words, Coding::Plain),
    (Context::Exif, 0xa437, "Photographer", Meaning::Person, Coding::Plain),
    (Context::Exif, 0xa438, "ImageEditor", Meaning::Person, Coding::Plain),
    (Context::Exif, 0xfde8, "OwnerName", Meaning::Person, Coding::Plain),
    (Context::Exif, 0xfde9, "SerialNumber", Meaning::Serial, Coding::Plain),
    (Context::Exif, 0xfe51, "OwnerName", Meaning::Person, Coding::Plain),
    (Context::Gps, 0x001b, "GPSProcessingMethod", Meaning::Tool, Coding::Coded),
    (Context::Gps, 0x001c, "GPSAreaInformation", Meaning::Place, Coding::Coded),
    (Context::Gps, 0x001d, "GPSDateStamp", Meaning::Moment, Coding::Plain),
];

/// Tags whose zone is a tag of its own (Exif 2.31).
const ZONES: &[(u16, u16)] = &[(0x0132, 0x9010), (0x9003, 0x9011), (0x9004, 0x9012)];

/// Directories (pictures) of one file whose tags are read; a scan of many pages repeats the same few.
const DIRECTORIES: u16 = 8;

/// Reads one TIFF stream; `false` if it is damaged.
pub(super) fn read(block: &[u8], about: &mut About, sink: &mut dyn Sink) -> bool {
    let parsed = Reader::new().continue_on_error(true).read_raw(block.to_vec());
    let exif = match parsed {
        Ok(exif) => exif,
        // Tags out of place are common in honest photos, and what was read is whole.
        Err(exif::Error::PartialResult(partial)) => partial.into_inner().0,
        Err(_) => return false,
    };
    shape(&exif, about);
    tags(&exif, sink);
    position(&exif, sink);
    note_camera(&exif, about, sink);
    embedded(&exif, sink);
    about.thumbnail = about.thumbnail.take().or_else(|| thumbnail(&exif));
    true
}

fn order(exif: &Exif) -> Order {
    if exif.little_endian() { Order::Little } else { Order::Big }
}

fn number(exif: &Exif, tag: Tag, directory: In) -> Option<u32> {
    exif.get_field(tag, directory)?.value.get_uint(0)
}

fn shape(exif: &Exif, about: &mut About) {
    if let Some(orientation) = number(exif, Tag::Orientation, In::PRIMARY)
        && (1..=8).contains(&orientation)
    {
        about.orientation = orientation as u8;
    }
    // For TIFF itself the largest directory is the picture; in raw files the first may be a thumbnail.
    if about.size == (0, 0) {
        let sizes = exif
            .fields()
            .filter(|field| field.tag == Tag::ImageWidth)
            .filter_map(|field| field.value.get_uint(0).zip(number(exif, Tag::ImageLength, field.ifd_num)));
        about.size = sizes.max_by_key(|(w, h)| u64::from(*w) * u64::from(*h)).unwrap_or_default();
    }
}

fn tags(exif: &Exif, sink: &mut dyn Sink) {
    for field in exif.fields() {
        if field.ifd_num.index() >= DIRECTORIES || field.ifd_num == In::THUMBNAIL && field.tag.number() != 0x013b {
            continue;
        }
        // Some writers (Canon's CR3 among them) put EXIF's tags in the first directory; their numbers are unique.
        let is_row = |row: &&(Context, u16, _, _, _)| {
            row.1 == field.tag.number() && (row.0 == field.tag.context() || row.1 >= 0x8298 && row.0 == Context::Exif)
        };
        let Some(row) = TAGS.iter().find(is_row) else { continue };
        let Some(mut value) = decode(&field.value, row.4, order(exif)) else { continue };
        if let Some((_, zone)) = ZONES.iter().find(|(tag, _)| *tag == row.1) {
            let zone = exif.get_field(Tag(Context::Exif, *zone), In::PRIMARY);
            if let Some(zone) = zone.and_then(|zone| decode(&zone.value, Coding::Plain, order(exif))) {
                value = format!("{value}{zone}");
            }
        }
        if row.3 == Meaning::Moment && !value.bytes().any(|byte| (b'1'..=b'9').contains(&byte)) {
            continue;
        }
        sink.field(Field::new(Origin::field(Part::Exif, row.2), row.3, value));
    }
}

fn decode(value: &Value, coding: Coding, order: Order) -> Option<String> {
    match (value, coding) {
        (Value::Byte(bytes) | Value::Undefined(bytes, _), Coding::Utf16) => text_utf16(bytes, Order::Little),
        (Value::Ascii(lines), _) => {
            // Copyright parts photographer and editor by a NUL; others should hold one text.
            let lines: Vec<_> = lines.iter().filter_map(|line| text(line)).collect();
            (!lines.is_empty()).then(|| lines.join("; "))
        }
        (Value::Undefined(bytes, _) | Value::Byte(bytes), Coding::Coded) => coded(bytes, order),
        (Value::Undefined(bytes, _) | Value::Byte(bytes), _) => text(bytes),
        (value, _) => value.get_uint(0).map(|number| number.to_string()),
    }
}

/// Eight bytes name the code (Exif 2.32, 4.6.6, UserComment). Many writers leave the prefix out or empty.
fn coded(bytes: &[u8], order: Order) -> Option<String> {
    if let Some(rest) = bytes.strip_prefix(b"UNICODE\0") {
        // The order should be the TIFF stream's; some writers use the other. ASCII in the wrong order is CJK.
        let zeros = |offset| rest.iter().skip(offset).step_by(2).filter(|byte| **byte == 0).count();
        let guess = match zeros(0).cmp(&zeros(1)) {
            Ordering::Greater => Order::Big,
            Ordering::Less => Order::Little,
            Ordering::Equal => order,
        };
        return text_utf16(rest, guess);
    }
    let rest = bytes.strip_prefix(b"ASCII\0\0\0").or_else(|| bytes.strip_prefix(&[0; 8])).unwrap_or(bytes);
    let rest = rest.strip_prefix(b"JIS\0\0\0\0\0").unwrap_or(rest);
    text(rest)
}

/// Latitude and longitude from `GPS` tags 1 to 6; no position is given where either is missing or out of range.
fn position(exif: &Exif, sink: &mut dyn Sink) {
    let degrees = |tag: Tag, sign: Tag, negative: u8| {
        let Value::Rational(parts) = &exif.get_field(tag, In::PRIMARY)?.value else { return None };
        let part =
            |index: usize| parts.get(index).map_or(0.0, |part| if part.denom == 0 { 0.0 } else { part.to_f64() });
        if parts.iter().all(|part| part.denom == 0) {
            return None;
        }
        let value = part(0) + part(1) / 60.0 + part(2) / 3600.0;
        let is_negative = match exif.get_field(sign, In::PRIMARY).map(|field| &field.value) {
            Some(Value::Ascii(lines)) => {
                lines.first().and_then(|line| line.first()).is_some_and(|byte| byte.eq_ignore_ascii_case(&negative))
            }
            _ => false,
        };
        Some(if is_negative { -value } else { value })
    };
    let latitude = degrees(Tag::GPSLatitude, Tag::GPSLatitudeRef, b'S');
    let longitude = degrees(Tag::GPSLongitude, Tag::GPSLongitudeRef, b'W');
    let (Some(latitude), Some(longitude)) = (latitude, longitude) else { return };
    let Some(mut value) = super::place(latitude, longitude) else { return };
    if let Some(Value::Rational(parts)) = exif.get_field(Tag::GPSAltitude, In::PRIMARY).map(|field| &field.value)
        && let Some(altitude) = parts.first().filter(|part| part.denom != 0)
    {
        let below = number(exif, Tag::GPSAltitudeRef, In::PRIMARY) == Some(1);
        let _ = write!(value, ",{}{:.1}", if below { "-" } else { "" }, altitude.to_f64());
    }
    sink.field(Field::new(Origin::field(Part::Exif, "GPSPosition"), Meaning::Position, value));
}

/// Software that marks a picture as rewritten after it was taken.
const EDITORS: &[&str] = &[
    "adobe",
    "photoshop",
    "lightroom",
    "gimp",
    "paint",
    "picasa",
    "snapseed",
    "facetune",
    "imagemagick",
    "acdsee",
    "photoscape",
    "irfanview",
    "xnview",
    "corel",
    "affinity",
    "pixelmator",
    "canva",
    "photofiltre",
    "instagram",
    "photos ",
    "aperture",
    "iphoto",
    "capture one",
    "dxo",
    "nik ",
    "picsart",
    "vsco",
];

fn note_camera(exif: &Exif, about: &mut About, sink: &mut dyn Sink) {
    let plain =
        |tag: Tag| exif.get_field(tag, In::PRIMARY).and_then(|field| decode(&field.value, Coding::Plain, order(exif)));
    if plain(Tag::Make).is_some() || plain(Tag::Model).is_some() {
        sink.facts().image_mut().has_camera = true;
    }
    let software = plain(Tag::Software).unwrap_or_default().to_lowercase();
    about.is_edited |= EDITORS.iter().any(|editor| software.contains(editor));
    if let Some(day) = plain(Tag::DateTimeOriginal).as_deref().and_then(super::day) {
        sink.facts().created_day.get_or_insert(day);
    }
    for field in exif.fields().filter(|field| field.tag == Tag::MakerNote) {
        if let Value::Undefined(note, offset) = &field.value {
            let make = plain(Tag::Make).unwrap_or_default();
            makernote::read(exif.buf(), note, *offset as usize, &make, order(exif), sink);
        }
    }
}

/// XMP, IPTC and Photoshop blocks inside TIFF tags 700, 33723 and 34377.
fn embedded(exif: &Exif, sink: &mut dyn Sink) {
    let bytes = |number: u16| {
        let field = exif.get_field(Tag(Context::Tiff, number), In::PRIMARY)?;
        match &field.value {
            Value::Byte(bytes) | Value::Undefined(bytes, _) => Some(bytes.clone()),
            // IPTC is often marked as 32-bit numbers, which some writers also swap.
            Value::Long(numbers) => {
                let write = |number: &u32| {
                    if exif.little_endian() { number.to_le_bytes() } else { number.to_be_bytes() }
                };
                Some(numbers.iter().flat_map(write).collect())
            }
            _ => None,
        }
    };
    if let Some(packet) = bytes(700) {
        xmp::read(&packet, sink);
    }
    if let Some(stream) = bytes(33723) {
        if stream.first() == Some(&0x1c) {
            iptc::read(&stream, sink);
        } else {
            let swapped: Vec<u8> = stream.chunks_exact(4).flat_map(|four| four.iter().rev().copied()).collect();
            iptc::read(&swapped, sink);
        }
    }
    if let Some(resources) = bytes(34377) {
        let mut inner = blocks::Blocks::default();
        blocks::photoshop(&resources, &mut inner);
        inner.iptc.iter().for_each(|stream| iptc::read(stream, sink));
        inner.xmp.iter().for_each(|packet| xmp::read(packet, sink));
    }
}

fn thumbnail(exif: &Exif) -> Option<Vec<u8>> {
    let start = number(exif, Tag::JPEGInterchangeFormat, In::THUMBNAIL)? as usize;
    let length = number(exif, Tag::JPEGInterchangeFormatLength, In::THUMBNAIL)? as usize;
    let rest = exif.buf().get(start..)?;
    let stream = rest.get(..length).unwrap_or(rest);
    stream.starts_with(&[0xff, 0xd8, 0xff]).then(|| stream.to_vec())
}
