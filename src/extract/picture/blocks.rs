//! Finding the metadata blocks of a picture file by walking its container: JPEG segments, PNG and WebP chunks, GIF
//! extensions, HEIF items. It cuts blocks out and decides nothing about their content.

use super::super::Reading;
use super::super::octets::{Order, text, window};
use super::{heif, preview};
use crate::limits::Content;
use crate::model::{Fault, Media};
use std::io::Read as _;

/// Segments, chunks or extensions of one file that are walked; honest files have under a few hundred.
const PARTS: usize = 20_000;
/// Largest metadata block that is read, in bytes; extended XMP of a phone's portrait photo takes a few megabytes.
const BLOCK: usize = 16 << 20;
/// Largest TIFF-like file whose directories are read in memory, in bytes.
const TIFF_BYTES: usize = 96 << 20;

/// The metadata blocks of one file.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    /// Width and height as stored.
    pub(super) size: Option<(u32, u32)>,
    /// EXIF: TIFF streams.
    pub(super) exif: Vec<Vec<u8>>,
    /// XMP packets.
    pub(super) xmp: Vec<Vec<u8>>,
    /// IPTC-IIM streams.
    pub(super) iptc: Vec<Vec<u8>>,
    /// Keyword and text of PNG chunks, and comments of JPEG and GIF (keyword `Comment`).
    pub(super) texts: Vec<(String, String)>,
    /// A thumbnail outside EXIF (Photoshop's resource 1036).
    pub(super) thumbnail: Option<Vec<u8>>,
    /// The container breaks off or contradicts itself.
    pub(super) is_damaged: bool,
}

/// Walks the container.
pub(super) fn collect(reading: &Reading<'_>) -> Result<Blocks, Fault> {
    let mut blocks = Blocks::default();
    let content = reading.content;
    match reading.media {
        Media::Jpeg => {
            jpeg(content, 0, &mut blocks)?;
            trailer(content, &mut blocks)?;
        }
        Media::Png => png(reading, &mut blocks)?,
        Media::Webp => webp(content, &mut blocks)?,
        Media::Gif => gif(content, &mut blocks)?,
        Media::Bmp => bmp(content, &mut blocks),
        Media::Heic | Media::Avif => heif::collect(reading, &mut blocks)?,
        Media::Tiff => tiff(content, &mut blocks)?,
        Media::Photoshop => photoshop_file(content, &mut blocks)?,
        Media::RawPhoto => raw(reading, &mut blocks)?,
        _ => {}
    }
    Ok(blocks)
}

/// JPEG segments up to the first scan (ITU-T T.81 B.1.1), from an offset. Gives the offset of the scan.
pub(super) fn jpeg(content: &Content, start: u64, blocks: &mut Blocks) -> Result<(), Fault> {
    let mut at = start + 2;
    let mut extended = Vec::new();
    for _ in 0..PARTS {
        let head = window(content, at, 4)?;
        let [255, marker, rest @ ..] = head.as_slice() else {
            blocks.is_damaged |= !head.is_empty() || blocks.size.is_none();
            break;
        };
        match marker {
            0xff => {
                at += 1;
                continue;
            }
            0x01 | 0xd0..=0xd8 => {
                at += 2;
                continue;
            }
            0xd9 | 0xda => break,
            _ => {}
        }
        let length = usize::from(Order::Big.u16(rest, 0).unwrap_or(0));
        if length < 2 {
            blocks.is_damaged = true;
            break;
        }
        if is_wanted(*marker) {
            let payload = window(content, at + 4, length - 2)?;
            blocks.is_damaged |= payload.len() < length - 2;
            segment(*marker, &payload, blocks, &mut extended);
        }
        at += 2 + length as u64;
    }
    if let Some(packet) = join_extended(extended) {
        blocks.xmp.push(packet);
    }
    Ok(())
}

fn is_wanted(marker: u8) -> bool {
    matches!(marker, 0xe1 | 0xed | 0xfe) || is_frame(marker)
}

/// Start of frame: all of C0 to CF but DHT, JPG and DAC.
pub(super) fn is_frame(marker: u8) -> bool {
    (0xc0..=0xcf).contains(&marker) && !matches!(marker, 0xc4 | 0xc8 | 0xcc)
}

fn segment(marker: u8, payload: &[u8], blocks: &mut Blocks, extended: &mut Vec<(u32, Vec<u8>)>) {
    match marker {
        0xe1 => {
            if let Some(exif) = payload.strip_prefix(b"Exif\0").and_then(|rest| rest.get(1..)) {
                blocks.exif.push(exif.to_vec());
            } else if let Some(packet) = payload.strip_prefix(b"http://ns.adobe.com/xap/1.0/\0") {
                blocks.xmp.push(packet.to_vec());
            } else if let Some(rest) = payload.strip_prefix(b"http://ns.adobe.com/xmp/extension/\0") {
                // 32 bytes of digest, whole length, offset, then a part of the packet (XMP part 3, 1.1.3.1).
                if let (Some(offset), Some(part)) = (Order::Big.u32(rest, 36), rest.get(40..)) {
                    extended.push((offset, part.to_vec()));
                }
            }
        }
        0xed => {
            if let Some(resources) = payload.strip_prefix(b"Photoshop 3.0\0") {
                photoshop(resources, blocks);
            } else if let Some(rest) = payload.strip_prefix(b"Adobe_Photoshop2.5:") {
                photoshop(rest.get(1..).unwrap_or_default(), blocks);
            }
        }
        0xfe => {
            if let Some(comment) = text(payload) {
                blocks.texts.push(("Comment".to_owned(), comment));
            }
        }
        _ => {
            if let (Some(height), Some(width)) = (Order::Big.u16(payload, 1), Order::Big.u16(payload, 3)) {
                blocks.size.get_or_insert((u32::from(width), u32::from(height)));
            }
        }
    }
}

fn join_extended(mut parts: Vec<(u32, Vec<u8>)>) -> Option<Vec<u8>> {
    parts.sort_by_key(|(offset, _)| *offset);
    let mut packet = Vec::new();
    for (offset, part) in parts {
        if offset as usize == packet.len() && packet.len() + part.len() <= BLOCK {
            packet.extend(part);
        }
    }
    (!packet.is_empty()).then_some(packet)
}

/// A trailer of AXS's "File Concatenation Protocol" (AFCP 1.01): twelve bytes at the end lead to a table of blocks, of
/// which one holds IPTC. Picture archives of the press write it.
fn trailer(content: &Content, blocks: &mut Blocks) -> Result<(), Fault> {
    let end = window(content, content.size().saturating_sub(12), 12)?;
    let order = match end.get(..4) {
        Some(b"AXS!") => Order::Big,
        Some(b"AXS*") => Order::Little,
        _ => return Ok(()),
    };
    let start = u64::from(order.u32(&end, 4).unwrap_or(u32::MAX));
    let table = window(content, start, 12 + 12 * 64)?;
    for index in 0..order.u16(&table, 6).unwrap_or(0).min(64) {
        let at = 12 + usize::from(index) * 12;
        if table.get(at..at + 4) == Some(b"IPTC")
            && let (Some(length), Some(offset)) = (order.u32(&table, at + 4), order.u32(&table, at + 8))
        {
            blocks.iptc.push(window(content, u64::from(offset), (length as usize).min(BLOCK))?);
        }
    }
    Ok(())
}

/// Photoshop image resources (Adobe Photoshop File Formats, "Image Resource Blocks").
pub(super) fn photoshop(mut bytes: &[u8], blocks: &mut Blocks) {
    for _ in 0..PARTS {
        if !bytes.starts_with(b"8BIM") && !bytes.starts_with(b"PHUT") && !bytes.starts_with(b"DCSR") {
            return;
        }
        let (Some(id), Some(name)) = (Order::Big.u16(bytes, 4), bytes.get(6)) else { return };
        let named = 6 + ((usize::from(*name) + 2) & !1);
        let Some(length) = Order::Big.u32(bytes, named) else { return };
        let Some(rest) = bytes.get(named + 4..) else { return };
        let data = rest.get(..length as usize).unwrap_or(rest);
        match id {
            0x0404 => blocks.iptc.push(data.to_vec()),
            0x0422 => blocks.exif.push(data.to_vec()),
            0x0424 => blocks.xmp.push(data.to_vec()),
            0x040c => blocks.thumbnail = data.get(28..).map(<[u8]>::to_vec),
            _ => {}
        }
        let Some(next) = rest.get((length as usize).saturating_add(length as usize % 2)..) else { return };
        bytes = next;
    }
}

/// PNG chunks (PNG third edition, 5 and 11.3).
fn png(reading: &Reading<'_>, blocks: &mut Blocks) -> Result<(), Fault> {
    let content = reading.content;
    let mut at = 8_u64;
    for _ in 0..PARTS {
        reading.budget.check()?;
        let head = window(content, at, 8)?;
        let (Some(length), Some(name)) = (Order::Big.u32(&head, 0), head.get(4..8)) else {
            blocks.is_damaged = true;
            return Ok(());
        };
        let length = length as usize;
        if matches!(name, b"IHDR" | b"tEXt" | b"zTXt" | b"iTXt" | b"eXIf" | b"zxIf") && length <= BLOCK {
            let data = window(content, at + 8, length)?;
            match name {
                b"IHDR" => blocks.size = Order::Big.u32(&data, 0).zip(Order::Big.u32(&data, 4)),
                b"eXIf" => blocks.exif.push(data.strip_prefix(b"Exif\0\0").unwrap_or(&data).to_vec()),
                b"tEXt" => png_text(&data, 1, blocks),
                b"zTXt" => png_text(&data, 2, blocks),
                _ => png_international(&data, blocks),
            }
        } else if name == b"IEND" {
            return Ok(());
        }
        at += 12 + length as u64;
    }
    Ok(())
}

fn png_text(data: &[u8], skip: usize, blocks: &mut Blocks) {
    let Some(end) = data.iter().position(|byte| *byte == 0) else { return };
    let (Some(keyword), Some(value)) = (data.get(..end).and_then(text), data.get(end + skip..)) else { return };
    let value = if skip == 2 { inflate(value) } else { value.to_vec() };
    if let Some(profile) = keyword.strip_prefix("Raw profile type ") {
        raw_profile(profile, &value, blocks);
    } else if let Some(value) = text(&value) {
        blocks.texts.push((keyword, value));
    }
}

/// `iTXt`: keyword, 0, compression flag and method, language tag, 0, translated keyword, 0, UTF-8 text.
fn png_international(data: &[u8], blocks: &mut Blocks) {
    let mut fields = data.splitn(2, |byte| *byte == 0);
    let (Some(keyword), Some(rest)) = (fields.next().and_then(text), fields.next()) else { return };
    let is_compressed = rest.first() == Some(&1);
    let Some(value) = rest.get(2..).and_then(|rest| rest.splitn(3, |byte| *byte == 0).nth(2)) else { return };
    let value = if is_compressed { inflate(value) } else { value.to_vec() };
    if keyword == "XML:com.adobe.xmp" {
        blocks.xmp.push(value);
    } else if let Some(value) = text(&value) {
        blocks.texts.push((keyword, value));
    }
}

/// ImageMagick's way to carry profiles in PNG: a name, a decimal length, hexadecimal lines.
fn raw_profile(profile: &str, value: &[u8], blocks: &mut Blocks) {
    let digits: Vec<u8> = value
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .skip(2)
        .flatten()
        .copied()
        .filter(u8::is_ascii_hexdigit)
        .collect();
    let Ok(data) = data_encoding::HEXLOWER_PERMISSIVE.decode(digits.get(..digits.len() & !1).unwrap_or_default())
    else {
        return;
    };
    match profile {
        "exif" | "APP1" | "app1" => {
            if let Some(packet) = data.strip_prefix(b"http://ns.adobe.com/xap/1.0/\0") {
                blocks.xmp.push(packet.to_vec());
            } else {
                blocks.exif.push(data.strip_prefix(b"Exif\0\0").unwrap_or(&data).to_vec());
            }
        }
        "iptc" | "8bim" => match data.first() {
            Some(0x1c) => blocks.iptc.push(data),
            _ => photoshop(&data, blocks),
        },
        "xmp" => blocks.xmp.push(data),
        _ => {}
    }
}

fn inflate(data: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    // What a damaged stream gave until its fault is kept.
    let _ = flate2::read::ZlibDecoder::new(data).take(BLOCK as u64).read_to_end(&mut out);
    out
}

/// WebP chunks (RFC 9649).
fn webp(content: &Content, blocks: &mut Blocks) -> Result<(), Fault> {
    let mut at = 12_u64;
    for _ in 0..PARTS {
        let head = window(content, at, 18)?;
        let (Some(name), Some(length)) = (head.get(..4), Order::Little.u32(&head, 4)) else { break };
        let data = head.get(8..).unwrap_or_default();
        match name {
            b"VP8X" => blocks.size = webp_canvas(data),
            b"VP8 " => {
                let side = |at| Order::Little.u16(data, at).map(|side| u32::from(side & 0x3fff));
                blocks.size = blocks.size.or(side(6).zip(side(8)));
            }
            b"VP8L" => {
                let bits = Order::Little.u32(data, 1);
                let size = bits.map(|bits| ((bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1));
                blocks.size = blocks.size.or(size);
            }
            b"EXIF" | b"XMP " if length as usize <= BLOCK => {
                let whole = window(content, at + 8, length as usize)?;
                if name == b"EXIF" {
                    // libwebp's tools keep JPEG's six-byte prefix, which the format does not ask for.
                    blocks.exif.push(whole.strip_prefix(b"Exif\0\0").unwrap_or(&whole).to_vec());
                } else {
                    blocks.xmp.push(whole);
                }
            }
            _ => {}
        }
        at += 8 + u64::from(length) + u64::from(length % 2);
    }
    blocks.is_damaged = blocks.size.is_none();
    Ok(())
}

fn webp_canvas(data: &[u8]) -> Option<(u32, u32)> {
    let side = |at| Some((Order::Little.u16(data, at)? as u32 | u32::from(*data.get(at + 2)?) << 16) + 1);
    side(4).zip(side(7))
}

/// GIF blocks (GIF89a, 17 to 26): comments and the XMP application extension.
fn gif(content: &Content, blocks: &mut Blocks) -> Result<(), Fault> {
    // Comments stand at the start or the end; a long animation between them is not walked.
    let bytes = window(content, 0, 4 << 20)?;
    let side = |at| Order::Little.u16(&bytes, at).map(u32::from);
    blocks.size = side(6).zip(side(8));
    let table = |flags: u8| if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) };
    let mut at = 13 + bytes.get(10).map_or(0, |flags| table(*flags));
    for _ in 0..PARTS {
        match (bytes.get(at), bytes.get(at + 1)) {
            (Some(0x21), Some(label)) => {
                let label = *label;
                let xmp = bytes.get(at + 2..).is_some_and(|rest| rest.starts_with(b"\x0bXMP DataXMP"));
                if label == 0xff && xmp {
                    at = gif_xmp(&bytes, at + 14, blocks);
                    continue;
                }
                let (data, next) = sub_blocks(&bytes, at + 2, label == 0xfe);
                if let Some(comment) = text(&data).filter(|_| label == 0xfe) {
                    blocks.texts.push(("Comment".to_owned(), comment));
                }
                at = next;
            }
            (Some(0x2c), _) => {
                let local = bytes.get(at + 9).map_or(0, |flags| table(*flags));
                at = sub_blocks(&bytes, at + 11 + local, false).1;
            }
            _ => break,
        }
    }
    Ok(())
}

/// XMP in GIF is one run of bytes, ended by a "magic trailer" of 258 bytes that leads every reader to its end.
fn gif_xmp(bytes: &[u8], start: usize, blocks: &mut Blocks) -> usize {
    let rest = bytes.get(start..).unwrap_or_default();
    let end = memchr::memmem::find(rest, b"<?xpacket end=").map_or(rest.len(), |end| (end + 19).min(rest.len()));
    blocks.xmp.push(rest.get(..end).unwrap_or_default().to_vec());
    start + end + 258
}

fn sub_blocks(bytes: &[u8], mut at: usize, keep: bool) -> (Vec<u8>, usize) {
    let mut data = Vec::new();
    while let Some(length) = bytes.get(at).map(|length| usize::from(*length)).filter(|length| *length > 0) {
        if keep {
            data.extend_from_slice(bytes.get(at + 1..at + 1 + length).unwrap_or_default());
        }
        at += 1 + length;
    }
    (data, at + 1)
}

fn bmp(content: &Content, blocks: &mut Blocks) {
    let head = content.head();
    let side = |at| Order::Little.u32(head, at).map(|side| (side as i32).unsigned_abs());
    let is_core = Order::Little.u32(head, 14) == Some(12);
    let core = |at| Order::Little.u16(head, at).map(u32::from);
    blocks.size = if is_core { core(18).zip(core(20)) } else { side(18).zip(side(22)) };
}

fn tiff(content: &Content, blocks: &mut Blocks) -> Result<(), Fault> {
    blocks.exif.push(window(content, 0, TIFF_BYTES)?);
    Ok(())
}

fn photoshop_file(content: &Content, blocks: &mut Blocks) -> Result<(), Fault> {
    let head = window(content, 0, 34)?;
    blocks.size = Order::Big.u32(&head, 18).zip(Order::Big.u32(&head, 14));
    let colours = u64::from(Order::Big.u32(&head, 26).unwrap_or(0));
    let length = window(content, 30 + colours, 4)?;
    let resources = window(content, 34 + colours, (Order::Big.u32(&length, 0).unwrap_or(0) as usize).min(BLOCK))?;
    photoshop(&resources, blocks);
    Ok(())
}

/// Camera raw files: TIFF with another magic number, ISO base media (CR3), or a preview JPEG with its EXIF.
fn raw(reading: &Reading<'_>, blocks: &mut Blocks) -> Result<(), Fault> {
    let content = reading.content;
    match content.head() {
        [b'I', b'I' | b'\x2a' | b'R' | b'U', ..] | [b'M', b'M', ..] => {
            let mut whole = window(content, 0, TIFF_BYTES)?;
            // Olympus (`IIRO`, `IIRS`) and Panasonic (`IIU`) write another number in place of TIFF's 42.
            if let Some(magic) = whole.get_mut(..4) {
                let is_little = magic.starts_with(b"II");
                magic.copy_from_slice(if is_little { b"II\x2a\0" } else { b"MM\0\x2a" });
            }
            blocks.exif.push(whole);
        }
        head @ [b'F', b'U', b'J', b'I', ..] => {
            // Fujifilm's RAF: the offset of a JPEG with the EXIF stands at 84.
            let start = u64::from(Order::Big.u32(head, 84).unwrap_or(0));
            jpeg(content, start, blocks)?;
        }
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => heif::collect_cr3(reading, blocks)?,
        _ => {
            if let Some((start, _)) = preview::largest(content, reading.budget, u64::MAX)? {
                jpeg(content, start, blocks)?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_jpeg_is_walked_to_its_scan_and_not_beyond() {
        let mut file = vec![0xff, 0xd8, 0xff, 0xfe, 0, 8];
        file.extend(b"bonjou");
        file.extend([0xff, 0xc0, 0, 11, 8, 0, 20, 0, 30, 1, 1, 0x11, 0]);
        file.extend([0xff, 0xda, 0, 2, 0xff, 0xfe, 0, 4, b'n', b'o']);
        let mut blocks = Blocks::default();
        jpeg(&Content::of_memory(file), 0, &mut blocks).expect("walked");
        assert_eq!(blocks.texts, [("Comment".to_owned(), "bonjou".to_owned())]);
        assert_eq!(blocks.size, Some((30, 20)));
        assert!(!blocks.is_damaged);
    }

    #[test]
    fn parts_of_extended_xmp_are_joined_by_their_offsets() {
        let parts = vec![(3, b"def".to_vec()), (0, b"abc".to_vec()), (9, b"lost".to_vec())];
        assert_eq!(join_extended(parts).as_deref(), Some(b"abcdef".as_slice()));
    }

    #[test]
    fn a_photoshop_resource_with_an_odd_name_is_skipped_by_its_padding() {
        let mut bytes = b"8BIM\x04\x21\x02ab\0\0\0\0\x01x\0".to_vec();
        bytes.extend(b"8BIM\x04\x04\0\0\0\0\0\x03\x1c\x02\x05");
        let mut blocks = Blocks::default();
        photoshop(&bytes, &mut blocks);
        assert_eq!(blocks.iptc, [vec![0x1c, 2, 5]]);
    }
}
