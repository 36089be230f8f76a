//! OLE2 compound files (MS-CFB): streams within bounds, property sets (MS-OLEPS), embedded files; and the plain storage
//! that embedded objects come in.

use super::Reading;
use super::archive::hand_over;
use super::{properties, strings};
use crate::limits::{ContentReader, guard};
use crate::model::{Code, Fault, Meaning, Sink, Stage};
use crate::sniff::Charset;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

type Compound<'r> = cfb::CompoundFile<BufReader<ContentReader<'r>>>;

/// An opened compound file.
pub(super) struct Storage<'r> {
    file: Compound<'r>,
    reading: &'r Reading<'r>,
}

/// Entries of a compound file that are looked at.
const ENTRIES: usize = 20_000;

impl<'r> Storage<'r> {
    /// Opens the item as a compound file.
    ///
    /// # Errors
    /// [`Code::Unreadable`].
    pub(super) fn open(reading: &'r Reading<'r>) -> Result<Self, Fault> {
        let source = BufReader::with_capacity(16 << 10, reading.content.reader());
        let file = guard(Stage::Extract, || Compound::open(source))?.map_err(|_| Fault::extract(Code::Unreadable))?;
        Ok(Self { file, reading })
    }

    /// A stream's bytes; `None` where there is none or it cannot be read.
    pub(super) fn stream(&mut self, path: impl AsRef<Path>) -> Option<Vec<u8>> {
        let limit = self.reading.budget.limits().member_bytes.min(self.reading.content.size());
        guard(Stage::Extract, || {
            let mut stream = self.file.open_stream(path).ok()?;
            let mut bytes = Vec::new();
            // A damaged chain gives what it has.
            let _ = Read::take(&mut stream, limit).read_to_end(&mut bytes);
            Some(bytes)
        })
        .ok()?
    }

    /// Paths of all streams below a storage, or of its storages, in the file's order.
    pub(super) fn paths(&self, below: &Path, are_streams: bool) -> Vec<PathBuf> {
        guard(Stage::Extract, || {
            let Ok(entries) = self.file.walk_storage(below) else { return Vec::new() };
            let mut paths: Vec<PathBuf> = entries
                .take(ENTRIES)
                .filter(|entry| entry.is_stream() == are_streams && entry.path() != below)
                .map(|entry| entry.path().to_path_buf())
                .collect();
            paths.sort();
            paths
        })
        .unwrap_or_default()
    }
}

/// Reads the two property sets that Office writes into each file.
pub(super) fn read_properties(storage: &mut Storage<'_>, sink: &mut dyn Sink) {
    let summary = [
        (2, "title", Meaning::Words),
        (3, "subject", Meaning::Words),
        (4, "author", Meaning::Person),
        (5, "keywords", Meaning::Words),
        (6, "comments", Meaning::Words),
        (8, "lastSavedBy", Meaning::Person),
    ];
    let document = [(2, "category", Meaning::Words), (14, "manager", Meaning::Person), (15, "company", Meaning::Party)];
    for (name, known) in [("\u{5}SummaryInformation", &summary[..]), ("\u{5}DocumentSummaryInformation", &document[..])]
    {
        let Some(bytes) = storage.stream(Path::new("/").join(name)) else { continue };
        let set = PropertySet::new(&bytes);
        for (id, key, meaning) in known {
            if let Some(text) = set.text(*id) {
                properties::put(key, *meaning, &text, sink);
            }
        }
        if name.contains("SummaryInformation") && !name.contains("Document") {
            let facts = sink.facts();
            facts.created_day = facts.created_day.or(set.day(12));
            if let Some(pages) = set.number(14).filter(|pages| *pages > 0) {
                facts.document_mut().pages = pages;
            }
        }
    }
}

/// The first section of a property set stream.
struct PropertySet<'b> {
    section: &'b [u8],
    charset: Charset,
}

impl<'b> PropertySet<'b> {
    fn new(bytes: &'b [u8]) -> Self {
        let start = long(bytes, 44).unwrap_or(0) as usize;
        let section = if start == 0 { &[][..] } else { bytes.get(start..).unwrap_or_default() };
        let mut set = Self { section, charset: Charset::by_code_page(1252).unwrap_or(Charset::UTF8) };
        let page = set.value(1).and_then(|value| short(value, 4));
        if let Some(charset) = page.and_then(|page| Charset::by_code_page(u32::from(page))) {
            set.charset = charset;
        }
        set
    }

    fn value(&self, id: u32) -> Option<&'b [u8]> {
        let count = long(self.section, 4)?.min(256) as usize;
        (0..count).find_map(|index| {
            let offset = long(self.section, 12 + index * 8)? as usize;
            (long(self.section, 8 + index * 8)? == id).then(|| self.section.get(offset..))?
        })
    }

    /// A string of either width (VT_LPSTR 1E, VT_LPWSTR 1F).
    fn text(&self, id: u32) -> Option<String> {
        let value = self.value(id)?;
        let length = long(value, 4)? as usize;
        let text = match short(value, 0)? {
            0x1e => self.charset.decode(value.get(8..8 + length.min(1 << 16)).or_else(|| value.get(8..))?),
            0x1f => utf16(value.get(8..8 + length.min(1 << 15) * 2).or_else(|| value.get(8..))?),
            _ => return None,
        };
        Some(text.split('\0').next().unwrap_or_default().to_owned()).filter(|text| !text.trim().is_empty())
    }

    fn number(&self, id: u32) -> Option<u32> {
        let value = self.value(id)?;
        (short(value, 0)? == 3).then(|| long(value, 4))?
    }

    /// A FILETIME (VT_FILETIME 40) as days since 1970-01-01.
    fn day(&self, id: u32) -> Option<i32> {
        let value = self.value(id)?;
        (short(value, 0)? == 0x40).then(|| {
            value
                .get(4..12)
                .and_then(|bytes| bytes.first_chunk::<8>())
                .and_then(|bytes| filetime_day(u64::from_le_bytes(*bytes)))
        })?
    }
}

/// Days since 1970-01-01 of a FILETIME: 100 ns since 1601-01-01, which lies 134,774 days before.
pub(super) fn filetime_day(ticks: u64) -> Option<i32> {
    let days = i32::try_from(ticks / 864_000_000_000).ok()? - 134_774;
    (-80_000..80_000).contains(&days).then_some(days)
}

/// Two bytes, little endian.
pub(super) fn short(bytes: &[u8], offset: usize) -> Option<u16> {
    bytes.get(offset..)?.first_chunk::<2>().map(|bytes| u16::from_le_bytes(*bytes))
}

/// Four bytes, little endian.
pub(super) fn long(bytes: &[u8], offset: usize) -> Option<u32> {
    bytes.get(offset..)?.first_chunk::<4>().map(|bytes| u32::from_le_bytes(*bytes))
}

/// UTF-16, little endian.
pub(super) fn utf16(bytes: &[u8]) -> String {
    let units: Vec<u16> = bytes.as_chunks::<2>().0.iter().map(|unit| u16::from_le_bytes(*unit)).collect();
    String::from_utf16_lossy(&units)
}

/// Embedded files: packages as they are, and what `Ole10Native` streams wrap (MS-OLEDS 2.3.6).
///
/// # Errors
/// The member and time bounds.
pub(super) fn embedded(storage: &mut Storage<'_>, reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    for path in storage.paths(Path::new("/"), true) {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let is_native = name == "\u{1}Ole10Native";
        if !is_native && !matches!(name.as_str(), "Package" | "CONTENTS") {
            continue;
        }
        let Some(bytes) = storage.stream(&path) else { continue };
        let (label, bytes) = if is_native {
            native(&bytes).unwrap_or((b"object.bin".to_vec(), bytes))
        } else {
            (name.into_bytes(), bytes)
        };
        reading.budget.expand(bytes.len() as u64)?;
        hand_over(&label, bytes, None, reading, sink)?;
    }
    Ok(())
}

/// The label and the data of an `Ole10Native` stream.
fn native(bytes: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let mut rest = bytes.get(6..)?;
    let mut text = || {
        let end = memchr::memchr(0, rest)?;
        let (text, tail) = rest.split_at_checked(end)?;
        rest = tail.get(1..)?;
        Some(text.to_vec())
    };
    let label = text()?;
    let _path = text()?;
    let rest = rest.get(4..)?;
    let skip = long(rest, 0)? as usize;
    let rest = rest.get(4 + skip..)?;
    let length = long(rest, 0)? as usize;
    let data = rest.get(4..)?;
    Some((label, data.get(..length).unwrap_or(data).to_vec()))
}

/// Pictures in a stream of drawing records (MS-ODRAW 2.2.23): JPEG and PNG blips, found by their record types.
///
/// # Errors
/// The member and time bounds.
pub(super) fn pictures(stream: &[u8], reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    let mut found = 0_u64;
    for at in memchr::memchr_iter(0xf0, stream) {
        reading.budget.check()?;
        let extension = match at.checked_sub(1).and_then(|before| stream.get(before)) {
            Some(0x1d | 0x2a) => "jpg",
            Some(0x1e) => "png",
            _ => continue,
        };
        let mark: &[u8] = if extension == "jpg" { b"\xff\xd8\xff" } else { b"\x89PNG" };
        let (Some(length), Some(record)) = (long(stream, at + 1), stream.get(at + 5..)) else { continue };
        let record = record.get(..length as usize).unwrap_or(record);
        let start = memchr::memmem::find(record.get(..64).unwrap_or(record), mark);
        if let Some(picture) =
            start.and_then(|start| record.get(start..)).filter(|_| found < reading.budget.limits().pictures)
        {
            found += 1;
            sink.facts().document_mut().pictures += 1;
            reading.budget.expand(picture.len() as u64)?;
            hand_over(format!("picture-{found}.{extension}").as_bytes(), picture.to_vec(), None, reading, sink)?;
        }
    }
    Ok(())
}

/// Reads a compound file of no known kind: properties, embedded files, printable runs.
///
/// # Errors
/// The bounds; what was read before stays.
pub(super) fn read(reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    if let Ok(mut storage) = Storage::open(reading) {
        read_properties(&mut storage, sink);
        embedded(&mut storage, reading, sink)?;
        if sink.facts().members > 0 {
            return Ok(());
        }
    }
    strings::read(reading, sink)
}

/// An encrypted Office file: nothing of it is opened.
///
/// # Errors
/// Always [`Code::Encrypted`].
pub(super) fn encrypted(_: &Reading<'_>, _: &mut dyn Sink) -> Result<(), Fault> {
    Err(Fault::extract(Code::Encrypted))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::desk::Desk;
    use crate::model::Media;
    use std::io::{Cursor, Write};

    #[test]
    fn embedded_files_and_properties_are_found() {
        let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).expect("created");
        let native =
            [b"\0\0\0\0\x02\0a.txt\0c:\\a.txt\0\0\0\x03\0\x01\0\0\0\0".as_slice(), &5_u32.to_le_bytes(), b"hello"]
                .concat();
        file.create_stream("/\u{1}Ole10Native").and_then(|mut stream| stream.write_all(&native)).expect("written");
        let mut set = vec![0; 44];
        set.extend(48_u32.to_le_bytes());
        for number in [0, 1, 4, 16, 0x1e, 11] {
            set.extend(u32::to_le_bytes(number));
        }
        set.extend(b"Ada Example\0");
        file.create_stream("/\u{5}SummaryInformation").and_then(|mut stream| stream.write_all(&set)).expect("written");
        let bytes = file.into_inner().into_inner();
        let desk = Desk::read(Media::OleStorage, bytes);
        assert_eq!((desk.names(), desk.members[0].bytes.as_slice()), (vec!["a.txt".to_owned()], b"hello".as_slice()));
        assert_eq!(desk.fields[0].2, "Ada Example");
    }

    #[test]
    fn filetimes_are_days() {
        assert_eq!(filetime_day(116_444_736_000_000_000), Some(0));
        assert_eq!(filetime_day(u64::MAX), None);
    }
}
