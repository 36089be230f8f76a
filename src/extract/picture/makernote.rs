//! Serial numbers, owner names and recognised persons in camera makers' private directories.
//!
//! The layouts are undocumented by their makers; offsets and tags follow the published analyses of ExifTool's
//! `TagNames` pages. Everything is length-checked; a value that does not look like text is dropped.

use super::super::octets::{Order, text};
use crate::model::{Field, Meaning, Origin, Part, Sink};

/// Where a maker's directory lies and what its offsets count from.
struct Layout<'a> {
    bytes: &'a [u8],
    /// Offset of the directory in `bytes`.
    directory: usize,
    /// What offsets in the directory count from, in `bytes`.
    base: usize,
    order: Order,
}

/// One entry of a directory.
struct Entry<'a> {
    tag: u16,
    kind: u16,
    /// Offset of the value in the layout's bytes.
    start: usize,
    value: &'a [u8],
}

/// Entries of one directory that are read.
const ENTRIES: u16 = 512;

impl<'a> Layout<'a> {
    fn entries(&self) -> Vec<Entry<'a>> {
        let Some(count) = self.order.u16(self.bytes, self.directory) else { return Vec::new() };
        let first = self.directory + 2;
        (0..count.min(ENTRIES)).filter_map(|index| self.entry(first + usize::from(index) * 12)).collect()
    }

    fn entry(&self, at: usize) -> Option<Entry<'a>> {
        let (tag, kind) = (self.order.u16(self.bytes, at)?, self.order.u16(self.bytes, at + 2)?);
        let width = match kind {
            1 | 2 | 6 | 7 => 1,
            3 | 8 => 2,
            4 | 9 | 11 | 13 => 4,
            5 | 10 | 12 => 8,
            _ => return None,
        };
        let length = (self.order.u32(self.bytes, at + 4)? as usize).checked_mul(width)?;
        let start =
            if length <= 4 { at + 8 } else { self.base.checked_add(self.order.u32(self.bytes, at + 8)? as usize)? };
        Some(Entry { tag, kind, start, value: self.bytes.get(start..start.checked_add(length)?)? })
    }
}

type Row = (u16, &'static str, Meaning);

const CANON: &[Row] = &[
    (0x0009, "Canon:OwnerName", Meaning::Person),
    (0x000c, "Canon:SerialNumber", Meaning::Serial),
    (0x0096, "Canon:InternalSerialNumber", Meaning::Serial),
];
const NIKON: &[Row] =
    &[(0x001d, "Nikon:SerialNumber", Meaning::Serial), (0x00a0, "Nikon:SerialNumber", Meaning::Serial)];
const OLYMPUS: &[Row] = &[(0x0404, "Olympus:SerialNumber", Meaning::Serial)];
const OLYMPUS_EQUIPMENT: &[Row] = &[
    (0x0101, "Olympus:SerialNumber", Meaning::Serial),
    (0x0102, "Olympus:InternalSerialNumber", Meaning::Serial),
    (0x0202, "Olympus:LensSerialNumber", Meaning::Serial),
    (0x0302, "Olympus:ExtenderSerialNumber", Meaning::Serial),
];
const PANASONIC: &[Row] = &[
    (0x0025, "Panasonic:InternalSerialNumber", Meaning::Serial),
    (0x0052, "Panasonic:LensSerialNumber", Meaning::Serial),
    (0x0065, "Panasonic:Title", Meaning::Words),
    (0x0066, "Panasonic:BabyName", Meaning::Person),
    (0x0067, "Panasonic:Location", Meaning::Place),
    (0x0069, "Panasonic:Country", Meaning::Place),
    (0x006b, "Panasonic:State", Meaning::Place),
    (0x006d, "Panasonic:City", Meaning::Place),
    (0x006f, "Panasonic:Landmark", Meaning::Place),
    (0x0033, "Panasonic:BabyAge", Meaning::Moment),
    (0x8010, "Panasonic:BabyAge", Meaning::Moment),
];
const FUJIFILM: &[Row] = &[(0x0010, "FujiFilm:InternalSerialNumber", Meaning::Serial)];
const SONY: &[Row] = &[(0x2031, "Sony:SerialNumber", Meaning::Serial)];
const SIGMA: &[Row] = &[(0x0002, "Sigma:SerialNumber", Meaning::Serial)];
const PENTAX: &[Row] = &[(0x0229, "Pentax:SerialNumber", Meaning::Serial)];
const SAMSUNG: &[Row] =
    &[(0xa002, "Samsung:SerialNumber", Meaning::Serial), (0xa005, "Samsung:InternalLensSerialNumber", Meaning::Serial)];
const APPLE: &[Row] =
    &[(0x0011, "Apple:ContentIdentifier", Meaning::Serial), (0x0015, "Apple:ImageUniqueID", Meaning::Serial)];
const RICOH: &[Row] = &[(0x0005, "Ricoh:SerialNumber", Meaning::Serial)];

/// Reads the maker note that lies at `offset` of the TIFF stream.
pub(super) fn read(stream: &[u8], note: &[u8], offset: usize, make: &str, order: Order, sink: &mut dyn Sink) {
    let make = make.to_ascii_lowercase();
    let within = |directory, order| Layout { bytes: note, directory, base: 0, order };
    let absolute = |directory: usize, order| Layout { bytes: stream, directory: offset + directory, base: 0, order };
    let marked =
        |at| if note.get(at..).is_some_and(|rest| rest.starts_with(b"II")) { Order::Little } else { Order::Big };
    if note.starts_with(b"Nikon\0\x02") {
        nikon(note, sink);
    } else if note.starts_with(b"Nikon\0") {
        put(&absolute(8, order), NIKON, sink);
    } else if note.starts_with(b"OLYMPUS\0") || note.starts_with(b"OM SYSTEM") {
        let directory = if note.starts_with(b"OM") { 16 } else { 12 };
        olympus(&within(directory, marked(directory - 4)), sink);
    } else if note.starts_with(b"OLYMP\0") || note.starts_with(b"EPSON\0") || note.starts_with(b"AGFA") {
        olympus(&absolute(8, order), sink);
    } else if note.starts_with(b"Panasonic\0") {
        put(&absolute(12, order), PANASONIC, sink);
    } else if note.starts_with(b"LEICA\0") {
        put(&absolute(8, order), PANASONIC, sink);
    } else if note.starts_with(b"FUJIFILM") || note.starts_with(b"GENERALE") {
        let directory = Order::Little.u32(note, 8).unwrap_or(12) as usize;
        put(&within(directory, Order::Little), FUJIFILM, sink);
    } else if note.starts_with(b"SONY") {
        put(&absolute(12, order), SONY, sink);
    } else if note.starts_with(b"SIGMA\0") || note.starts_with(b"FOVEON\0") {
        put(&absolute(10, order), SIGMA, sink);
    } else if note.starts_with(b"AOC\0") {
        put(&absolute(6, if note.get(4) == Some(&b'I') { Order::Little } else { order }), PENTAX, sink);
    } else if note.starts_with(b"PENTAX \0") {
        put(&within(10, marked(8)), PENTAX, sink);
    } else if note.starts_with(b"Apple iOS\0") {
        put(&within(14, marked(12)), APPLE, sink);
    } else if note.starts_with(b"Ricoh\0") || note.starts_with(b"RICOH\0") {
        put(&absolute(8, order), RICOH, sink);
    } else if note.starts_with(b"RECONYX") || note.starts_with(&[1, 0xf1]) {
        reconyx(note, sink);
    } else if note.starts_with(b"KDK") {
        kodak(note, sink);
    } else if make.starts_with("canon") {
        canon(&absolute(0, order), sink);
    } else if make.starts_with("nikon") {
        put(&absolute(0, order), NIKON, sink);
    } else if make.starts_with("samsung") {
        put(&within(0, order), SAMSUNG, sink);
        put(&absolute(0, order), SAMSUNG, sink);
    }
}

fn put(layout: &Layout<'_>, rows: &[Row], sink: &mut dyn Sink) {
    for entry in layout.entries() {
        if let Some((_, key, meaning)) = rows.iter().find(|row| row.0 == entry.tag)
            && let Some(value) = value(&entry, layout.order)
        {
            sink.field(Field::new(Origin::field(Part::MakerNote, *key), *meaning, value));
        }
    }
}

/// Text where it reads as such, else the first number.
fn value(entry: &Entry<'_>, order: Order) -> Option<String> {
    let number = match entry.kind {
        3 => order.u16(entry.value, 0).map(u64::from),
        4 | 9 | 13 => order.u32(entry.value, 0).map(u64::from),
        // Fixed-length fields are filled up with whatever the memory held.
        _ => {
            return text(entry.value.split(|byte| *byte < 0x20).find(|part| !part.is_empty()).unwrap_or_default())
                .filter(|text| is_text(text));
        }
    };
    number.filter(|number| *number != 0).map(|number| number.to_string())
}

/// Printable, and not one character repeated (`0000000`, `--------` stand for nothing).
fn is_text(text: &str) -> bool {
    let first = text.chars().next();
    !text.chars().any(char::is_control)
        && !text.contains(char::REPLACEMENT_CHARACTER)
        && !text.bytes().all(|byte| byte == 0xff)
        && (text.chars().any(|c| Some(c) != first) || text.chars().count() == 1)
}

fn canon(layout: &Layout<'_>, sink: &mut dyn Sink) {
    put(layout, CANON, sink);
    for entry in layout.entries() {
        // 0x4019: five bytes of lens serial; 0x0028: sixteen bytes of a unique id. Zeros mean none.
        let (key, length) = match entry.tag {
            0x4019 => ("Canon:LensSerialNumber", 5),
            0x0028 => ("Canon:ImageUniqueID", 16),
            _ => continue,
        };
        if let Some(bytes) = entry.value.get(..length).filter(|bytes| bytes.iter().any(|byte| *byte != 0)) {
            let value = data_encoding::HEXLOWER.encode(bytes);
            sink.field(Field::new(Origin::field(Part::MakerNote, key), Meaning::Serial, value));
        }
    }
}

/// Nikon's type 3 note holds a TIFF stream of its own from its tenth byte.
fn nikon(note: &[u8], sink: &mut dyn Sink) {
    let Some(inner) = note.get(10..) else { return };
    let order = if inner.starts_with(b"II") { Order::Little } else { Order::Big };
    let directory = order.u32(inner, 4).unwrap_or(8) as usize;
    put(&Layout { bytes: inner, directory, base: 0, order }, NIKON, sink);
}

fn olympus(layout: &Layout<'_>, sink: &mut dyn Sink) {
    put(layout, OLYMPUS, sink);
    for entry in layout.entries().iter().filter(|entry| entry.tag == 0x2010) {
        // Equipment: an inline directory in old bodies, an offset to one in newer ones.
        let order = layout.order;
        let inner = match entry.kind {
            4 | 9 | 13 if entry.value.len() == 4 => Layout {
                bytes: layout.bytes,
                directory: layout.base + order.u32(entry.value, 0).unwrap_or(u32::MAX) as usize,
                base: layout.base,
                order,
            },
            _ => Layout { bytes: layout.bytes, directory: entry.start, base: layout.base, order },
        };
        put(&inner, OLYMPUS_EQUIPMENT, sink);
    }
}

/// Kodak's `KDK` note: text of the serial number at a fixed place, present in few models.
fn kodak(note: &[u8], sink: &mut dyn Sink) {
    if let Some(value) = note.get(0x68..0x74).and_then(text).filter(|text| text.len() > 6 && is_text(text)) {
        sink.field(Field::new(Origin::field(Part::MakerNote, "Kodak:SerialNumber"), Meaning::Serial, value));
    }
}

/// Reconyx trail cameras: UTF-16 serial number, 15 characters.
fn reconyx(note: &[u8], sink: &mut dyn Sink) {
    let start = if note.starts_with(&[1, 0xf1]) { 0x2e } else { 0x34 };
    let value = note.get(start..start + 30).and_then(|bytes| super::super::octets::text_utf16(bytes, Order::Little));
    if let Some(value) = value.filter(|text| is_text(text) && text.chars().all(|c| c.is_ascii_alphanumeric())) {
        sink.field(Field::new(Origin::field(Part::MakerNote, "Reconyx:SerialNumber"), Meaning::Serial, value));
    }
}
