//! HEIF and AVIF items (ISO/IEC 23008-12) and Canon's CR3: their EXIF and XMP blocks and the picture's size.

use super::super::Reading;
use super::super::bmff::{Box4, boxes, find};
use super::super::octets::{Order, window};
use super::blocks::Blocks;
use crate::limits::Content;
use crate::model::Fault;

/// Largest `meta` box part and largest item that is read, in bytes.
const ITEM: usize = 8 << 20;
/// Items of one file that are listed.
const ITEMS: usize = 4096;

/// Collects the blocks of a HEIF or AVIF file.
pub(super) fn collect(reading: &Reading<'_>, blocks: &mut Blocks) -> Result<(), Fault> {
    let content = reading.content;
    let top = boxes(content, 0, content.size())?;
    let Some(meta) = top.iter().find(|entry| &entry.name == b"meta") else {
        blocks.is_damaged = true;
        return Ok(());
    };
    // `meta` is a full box: four bytes of version and flags before its children.
    let parts = boxes(content, meta.start + 4, meta.end)?;
    blocks.size = largest_size(content, &parts)?;
    let Some(infos) = parts.iter().find(|entry| &entry.name == b"iinf") else { return Ok(()) };
    let Some(places) = parts.iter().find(|entry| &entry.name == b"iloc") else { return Ok(()) };
    let places = places.payload(content, ITEM)?;
    let idat = parts.iter().find(|entry| &entry.name == b"idat").map_or(0, |entry| entry.start);
    for (id, kind) in items(content, infos)? {
        reading.budget.check()?;
        let Some(bytes) = item(content, &places, id, idat)? else { continue };
        match kind {
            Kind::Exif => {
                // Four bytes of offset to the TIFF header, usually past `Exif\0\0`.
                let skip = Order::Big.u32(&bytes, 0).unwrap_or(0) as usize;
                if let Some(tiff) = bytes.get(skip.saturating_add(4)..) {
                    blocks.exif.push(tiff.strip_prefix(b"Exif\0\0").unwrap_or(tiff).to_vec());
                }
            }
            Kind::Xmp => blocks.xmp.push(bytes),
        }
    }
    Ok(())
}

enum Kind {
    Exif,
    Xmp,
}

/// The largest of the `ispe` properties: tiles and thumbnails are smaller than the picture they make up.
fn largest_size(content: &Content, parts: &[Box4]) -> Result<Option<(u32, u32)>, Fault> {
    let Some(properties) = find(content, parts, &[b"iprp", b"ipco"])? else { return Ok(None) };
    let mut best: Option<(u32, u32)> = None;
    for entry in boxes(content, properties.start, properties.end)? {
        if &entry.name == b"ispe" {
            let data = entry.payload(content, 12)?;
            let size = Order::Big.u32(&data, 4).zip(Order::Big.u32(&data, 8));
            let area = |size: Option<(u32, u32)>| size.map_or(0, |(w, h)| u64::from(w) * u64::from(h));
            if area(size) > area(best) {
                best = size;
            }
        }
    }
    Ok(best)
}

/// Ids of the EXIF and XMP items, from `iinf` with `infe` version 2 or 3.
fn items(content: &Content, infos: &Box4) -> Result<Vec<(u32, Kind)>, Fault> {
    let version = window(content, infos.start, 1)?.first().copied().unwrap_or(0);
    let header = if version == 0 { 6 } else { 8 };
    let mut found = Vec::new();
    for entry in boxes(content, infos.start + header, infos.end)?.into_iter().take(ITEMS) {
        let data = entry.payload(content, 256)?;
        let Some((id, after)) = (match data.first() {
            Some(2) => Order::Big.u16(&data, 4).map(|id| (u32::from(id), 8)),
            Some(3) => Order::Big.u32(&data, 4).map(|id| (id, 10)),
            _ => None,
        }) else {
            continue;
        };
        match data.get(after..after + 4) {
            Some(b"Exif") => found.push((id, Kind::Exif)),
            Some(b"mime") if memchr::memmem::find(&data, b"application/rdf+xml").is_some() => {
                found.push((id, Kind::Xmp));
            }
            _ => {}
        }
    }
    Ok(found)
}

/// The bytes of an item by its `iloc` entry, extents joined.
fn item(content: &Content, places: &[u8], wanted: u32, idat: u64) -> Result<Option<Vec<u8>>, Fault> {
    let mut at = Places { bytes: places, at: 4 };
    let version = places.first().copied().unwrap_or(0);
    let Some(sizes) = at.number(2) else { return Ok(None) };
    let (offset_size, length_size) = ((sizes >> 12) & 15, (sizes >> 8) & 15);
    let (base_size, index_size) = ((sizes >> 4) & 15, if version == 0 { 0 } else { sizes & 15 });
    let Some(count) = at.number(if version < 2 { 2 } else { 4 }) else { return Ok(None) };
    for _ in 0..count.min(ITEMS as u64) {
        let Some(id) = at.number(if version < 2 { 2 } else { 4 }) else { return Ok(None) };
        let method = if version == 0 { Some(0) } else { at.number(2).map(|bits| bits & 15) };
        let (Some(method), Some(_), Some(base)) = (method, at.number(2), at.number(base_size)) else {
            return Ok(None);
        };
        let Some(extents) = at.number(2) else { return Ok(None) };
        let mut bytes = Vec::new();
        for _ in 0..extents {
            let (Some(_), Some(offset), Some(length)) =
                (at.number(index_size), at.number(offset_size), at.number(length_size))
            else {
                return Ok(None);
            };
            if id == u64::from(wanted) && method < 2 {
                let start = base.saturating_add(offset).saturating_add(if method == 1 { idat } else { 0 });
                let room = ITEM.saturating_sub(bytes.len());
                bytes.extend(window(content, start, usize::try_from(length).unwrap_or(room).min(room))?);
            }
        }
        if id == u64::from(wanted) {
            return Ok((!bytes.is_empty()).then_some(bytes));
        }
    }
    Ok(None)
}

struct Places<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Places<'_> {
    /// The next big-endian number of 0, 2, 4 or 8 bytes; 0 bytes give 0.
    fn number(&mut self, size: u64) -> Option<u64> {
        let value = match size {
            0 => Some(0),
            2 => Order::Big.u16(self.bytes, self.at).map(u64::from),
            4 => Order::Big.u32(self.bytes, self.at).map(u64::from),
            8 => Order::Big.u64(self.bytes, self.at),
            _ => None,
        };
        self.at += size as usize;
        value
    }
}

/// CR3: `moov/uuid` holds `CMT1` to `CMT4`, each a TIFF stream, the maker note in `CMT3`; XMP lies in another `uuid`.
pub(super) fn collect_cr3(reading: &Reading<'_>, blocks: &mut Blocks) -> Result<(), Fault> {
    let content = reading.content;
    let top = boxes(content, 0, content.size())?;
    if let Some(canon) = find(content, &top, &[b"moov", b"uuid"])? {
        for entry in boxes(content, canon.start + 16, canon.end)? {
            if matches!(&entry.name, b"CMT1" | b"CMT2" | b"CMT3" | b"CMT4") {
                blocks.exif.push(entry.payload(content, ITEM)?);
            }
        }
    }
    for entry in top.iter().filter(|entry| &entry.name == b"uuid") {
        let data = entry.payload(content, ITEM)?;
        if data.get(16..).is_some_and(|rest| rest.starts_with(b"<?xpacket")) {
            blocks.xmp.push(data.get(16..).unwrap_or_default().to_vec());
        }
    }
    Ok(())
}
