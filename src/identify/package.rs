//! Kinds of ZIP: Office, OpenDocument, EPUB or a plain archive, told by the names in the central directory.

use crate::limits::Content;
use crate::model::Media;

/// End record, its longest comment, and a little more (APPNOTE 4.3.16).
const TAIL: u64 = 22 + 65_535;
/// Bytes of the central directory that are looked at.
const DIRECTORY: u64 = 256 << 10;

/// The kind of a file that starts like a ZIP.
pub(super) fn kind(content: &Content) -> Media {
    of_open_document(content.head()).or_else(|| of_tail(content)).unwrap_or_else(|| of_local_headers(content.head()))
}

/// OpenDocument and EPUB store their media type first, uncompressed, so that it stands at byte 38
/// (ODF 1.3 part 2, 3.3; OCF 3.3, 4.3).
fn of_open_document(head: &[u8]) -> Option<Media> {
    let value = head.get(30..)?.strip_prefix(b"mimetype")?;
    let is = |name: &[u8]| value.starts_with(name);
    let rest = value.strip_prefix(b"application/vnd.oasis.opendocument.");
    match rest {
        _ if is(b"application/epub+zip") => Some(Media::Epub),
        Some(rest) if rest.starts_with(b"spreadsheet") => Some(Media::Ods),
        Some(rest) if rest.starts_with(b"presentation") || rest.starts_with(b"graphics") => Some(Media::Odp),
        Some(_) => Some(Media::Odt),
        None => None,
    }
}

/// The kind by the central directory; `None` where there is none.
pub(super) fn of_tail(content: &Content) -> Option<Media> {
    let start = content.size().saturating_sub(TAIL);
    let mut tail = vec![0; (content.size() - start) as usize];
    let read = content.read_at(&mut tail, start).ok()?;
    tail.truncate(read);
    let end = memchr::memmem::rfind(&tail, b"PK\x05\x06")?;
    let field = |offset: usize| tail.get(end + offset..)?.first_chunk::<4>().map(|bytes| u32::from_le_bytes(*bytes));
    let size = u64::from(field(12)?);
    // Counted back from the end record, so that bytes in front of the archive do not matter.
    let directory = (start + end as u64).checked_sub(size).or_else(|| field(16).map(u64::from))?;
    let mut bytes = vec![0; size.min(DIRECTORY) as usize];
    let read = content.read_at(&mut bytes, directory).ok()?;
    bytes.truncate(read);
    Some(of_names(names(&bytes, b"PK\x01\x02", 28, 46)))
}

fn of_local_headers(head: &[u8]) -> Media {
    let marks = memchr::memmem::find_iter(head, b"PK\x03\x04");
    of_names(marks.filter_map(|start| name(head.get(start..)?, 26, 30)))
}

/// Names in a row of central headers.
fn names<'b>(mut rest: &'b [u8], mark: &'static [u8], lengths: usize, header: usize) -> impl Iterator<Item = &'b [u8]> {
    std::iter::from_fn(move || {
        if !rest.starts_with(mark) {
            return None;
        }
        let length =
            |offset: usize| rest.get(offset..)?.first_chunk::<2>().map(|bytes| usize::from(u16::from_le_bytes(*bytes)));
        let found = name(rest, lengths, header)?;
        let skip = header + found.len() + length(lengths + 2)? + length(lengths + 4)?;
        rest = rest.get(skip..).unwrap_or_default();
        Some(found)
    })
}

fn name(entry: &[u8], lengths: usize, header: usize) -> Option<&[u8]> {
    let length = usize::from(u16::from_le_bytes(*entry.get(lengths..)?.first_chunk::<2>()?));
    entry.get(header..header + length)
}

fn of_names<'b>(names: impl Iterator<Item = &'b [u8]>) -> Media {
    let mut kind = Media::Zip;
    let mut has_types = false;
    for name in names {
        let found = match name {
            b"[Content_Types].xml" | b"_rels/.rels" => {
                has_types = true;
                continue;
            }
            b"xl/workbook.bin" => Media::Xlsb,
            _ if name.starts_with(b"word/") => Media::Docx,
            _ if name.starts_with(b"xl/") => Media::Xlsx,
            _ if name.starts_with(b"ppt/") => Media::Pptx,
            _ => continue,
        };
        if kind == Media::Zip || found == Media::Xlsb {
            kind = found;
        }
    }
    if has_types { kind } else { Media::Zip }
}
