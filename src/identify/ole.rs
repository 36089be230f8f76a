//! Kinds of OLE2 compound file, told by the streams of its root storage (MS-CFB, MS-DOC, MS-XLS, MS-PPT, MS-OXMSG).

use crate::limits::{Content, guard};
use crate::model::{Media, Stage};

/// Entries of the root storage that are looked at.
const ENTRIES: usize = 4096;

/// The kind of a file that starts like a compound file.
pub(super) fn kind(content: &Content) -> Media {
    by_root(content).or_else(|| by_first_directory_sector(content)).unwrap_or(Media::OleStorage)
}

fn by_root(content: &Content) -> Option<Media> {
    guard(Stage::Identify, || {
        let file = cfb::CompoundFile::open(std::io::BufReader::new(content.reader())).ok()?;
        // Encrypted packages come first: they may sit beside anything.
        let names: Vec<String> = file.read_root_storage().take(ENTRIES).map(|entry| entry.name().to_owned()).collect();
        best(names.iter().filter_map(|name| of_name(name)))
    })
    .ok()?
}

/// A damaged file: the names in its first directory sector, as far as they stand together.
fn by_first_directory_sector(content: &Content) -> Option<Media> {
    let head = content.head();
    let short = |offset: usize| head.get(offset..)?.first_chunk::<2>().map(|bytes| u16::from_le_bytes(*bytes));
    let sector = u32::from_le_bytes(*head.get(48..)?.first_chunk::<4>()?);
    let shift = short(30)?.clamp(9, 12);
    let mut bytes = vec![0; 8 << 9];
    let read = content.read_at(&mut bytes, (u64::from(sector) + 1) << shift).ok()?;
    bytes.truncate(read);
    best(bytes.as_chunks::<128>().0.iter().filter_map(|entry| {
        let units: Vec<u16> = entry.as_chunks::<2>().0.iter().take(32).map(|unit| u16::from_le_bytes(*unit)).collect();
        let name = String::from_utf16_lossy(units.split(|unit| *unit == 0).next().unwrap_or_default());
        of_name(&name)
    }))
}

fn best(found: impl Iterator<Item = (u8, Media)>) -> Option<Media> {
    found.min_by_key(|(rank, _)| *rank).map(|(_, media)| media)
}

/// The media type that a root stream stands for, and its rank among several.
fn of_name(name: &str) -> Option<(u8, Media)> {
    // Names are compared without case (MS-CFB 2.6.4).
    Some(match name.to_ascii_lowercase().as_str() {
        "encryptedpackage" => (0, Media::EncryptedOffice),
        "worddocument" => (1, Media::Doc),
        "powerpoint document" | "current user" | "pp40" => (2, Media::Ppt),
        "workbook" | "book" => (3, Media::Xls),
        name if name.starts_with("__properties_version1.0") || name.starts_with("__substg1.0_") => {
            (4, Media::OutlookMessage)
        }
        _ => return None,
    })
}
