//! Fixed marks at fixed places: one table, read from top to bottom.
//!
//! Sources: the formats' own specifications and the IANA media type registrations; `file(1)` for the rest.

use super::{ole, package, structure};
use crate::limits::Content;
use crate::model::Media;
use crate::sniff::bson;

enum Answer {
    /// The mark decides.
    Is(Media),
    /// The mark announces a family; the function decides, or says that it was chance.
    Ask(fn(&Content) -> Option<Media>),
}
use Answer::{Ask, Is};

#[rustfmt::skip]
static MARKS: &[(usize, &[u8], Answer)] = &[
    (0, b"\xff\xd8\xff", Is(Media::Jpeg)),
    (0, b"\x89PNG\r\n\x1a\n", Is(Media::Png)),
    (0, b"%PDF-", Is(Media::Pdf)),
    (4, b"ftyp", Ask(|content| structure::ftyp(content.head()))),
    (0, b"RIFF", Ask(|content| structure::riff(content.head()))),
    (0, b"PK\x03\x04", Ask(|content| Some(package::kind(content)))),
    (0, b"PK\x05\x06", Is(Media::Zip)),
    (0, b"PK\x07\x08PK\x03\x04", Ask(|content| Some(package::kind(content)))),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Ask(|content| Some(ole::kind(content)))),
    (0, b"GIF87a", Is(Media::Gif)),
    (0, b"GIF89a", Is(Media::Gif)),
    (0, b"II*\0", Ask(|content| Some(structure::tiff(content.head())))),
    (0, b"MM\0*", Ask(|content| Some(structure::tiff(content.head())))),
    (0, b"II+\0", Is(Media::Tiff)),
    (0, b"MM\0+", Is(Media::Tiff)),
    (0, b"IIU\0", Is(Media::RawPhoto)),
    (0, b"IIRO", Is(Media::RawPhoto)),
    (0, b"IIRS", Is(Media::RawPhoto)),
    (0, b"MMOR", Is(Media::RawPhoto)),
    (0, b"FUJIFILMCCD-RAW", Is(Media::RawPhoto)),
    (0, b"FOVb", Is(Media::RawPhoto)),
    (0, b"\0MRM", Is(Media::RawPhoto)),
    (6, b"HEAPCCDR", Is(Media::RawPhoto)),
    (0, b"\x1a\x45\xdf\xa3", Ask(|content| Some(structure::ebml(content.head())))),
    (0, b"BM", Ask(|content| structure::bmp(content.head()))),
    (0, b"\0\0\0\x0cjP  ", Is(Media::Jpeg2000)),
    (0, b"\xff\x4f\xff\x51", Is(Media::Jpeg2000)),
    (0, b"8BPS", Is(Media::Photoshop)),
    (0, b"\0\0\x01\0", Ask(|content| structure::icon(content.head()))),
    (0, b"\0\0\x02\0", Ask(|content| structure::icon(content.head()))),
    (128, b"DICM", Is(Media::Dicom)),
    (4, b"moov", Is(Media::QuickTime)),
    (4, b"mdat", Is(Media::QuickTime)),
    (4, b"wide", Is(Media::QuickTime)),
    (4, b"free", Is(Media::QuickTime)),
    (4, b"skip", Is(Media::QuickTime)),
    (4, b"pnot", Is(Media::QuickTime)),
    (4, b"styp", Is(Media::Mp4)),
    (4, b"moof", Is(Media::Mp4)),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", Is(Media::Asf)),
    (0, b"FLV\x01", Is(Media::Flv)),
    (0, b"\0\0\x01\xba", Is(Media::MpegPs)),
    (0, b"\0\0\x01\xb3", Is(Media::MpegPs)),
    (0, b"OggS", Is(Media::Ogg)),
    (0, b"ID3", Is(Media::Audio)),
    (0, b"fLaC", Is(Media::Audio)),
    (0, b"#!AMR", Is(Media::Audio)),
    (0, b"FORM", Ask(|content| content.head().get(8..12).filter(|form| *form == b"AIFF" || *form == b"AIFC").map(|_| Media::Audio))),
    (0, b"MThd", Is(Media::Audio)),
    (0, b"SQLite format 3\0", Is(Media::Sqlite)),
    (0, b"PGDMP", Is(Media::PostgresDump)),
    (0, &bson::ARCHIVE, Is(Media::Bson)),
    (4, b"Standard Jet DB", Is(Media::Access)),
    (4, b"Standard ACE DB", Is(Media::Access)),
    (0, b"!BDN", Is(Media::OutlookStore)),
    (0, b"{\\rtf", Is(Media::Rtf)),
    (0, b"%!PS", Is(Media::PostScript)),
    (0, b"\xc5\xd0\xd3\xc6", Is(Media::PostScript)),
    (0, b"\x1f\x8b", Is(Media::Gzip)),
    (0, b"BZh", Ask(|content| content.head().get(4..10).filter(|tail| *tail == b"1AY&SY" || *tail == b"\x17\x72\x45\x38\x50\x90").map(|_| Media::Bzip2))),
    (0, b"\xfd7zXZ\0", Is(Media::Xz)),
    (0, b"\x28\xb5\x2f\xfd", Is(Media::Zstd)),
    (0, b"7z\xbc\xaf\x27\x1c", Is(Media::SevenZip)),
    (0, b"Rar!\x1a\x07", Is(Media::Rar)),
    (0, b"MSCF\0\0\0\0", Is(Media::Cab)),
    (257, b"ustar", Is(Media::Tar)),
    (0, b"PAR1", Is(Media::Parquet)),
    (0, b"Obj\x01", Is(Media::Avro)),
    (0, b"age-encryption.org/v1", Is(Media::Age)),
    (0, b"-----BEGIN AGE ENCRYPTED FILE-----", Is(Media::Age)),
    (0, b"-----BEGIN PGP", Is(Media::Pgp)),
    (0, b"\x8c\x0d\x04", Is(Media::Pgp)),
    (0, b"\x85\x01\x0c\x03", Is(Media::Pgp)),
    (0, b"\x85\x02\x0c\x03", Is(Media::Pgp)),
    (0, b"PuTTY-User-Key-File-", Is(Media::PrivateKey)),
    (0, b"Salted__", Is(Media::Encrypted)),
    (0, b"LUKS\xba\xbe", Is(Media::Encrypted)),
    (3, b"-FVE-FS-", Is(Media::Encrypted)),
    (0, b"\x03\xd9\xa2\x9a", Is(Media::Encrypted)),
    (0, b"\x7fELF", Is(Media::Program)),
    (0, b"MZ", Ask(|content| structure::dos_program(content.head()))),
    (0, b"\xca\xfe\xba\xbe", Is(Media::Program)),
    (0, b"\xfe\xed\xfa\xce", Is(Media::Program)),
    (0, b"\xfe\xed\xfa\xcf", Is(Media::Program)),
    (0, b"\xce\xfa\xed\xfe", Is(Media::Program)),
    (0, b"\xcf\xfa\xed\xfe", Is(Media::Program)),
    (0, b"\0asm", Is(Media::Program)),
    (0, b"\0\x01\0\0\0", Is(Media::Font)),
    (0, b"OTTO\0", Is(Media::Font)),
    (0, b"ttcf\0", Is(Media::Font)),
    (0, b"wOFF", Is(Media::Font)),
    (0, b"wOF2", Is(Media::Font)),
];

/// The media type by the first mark that fits.
pub(super) fn find(content: &Content) -> Option<Media> {
    let head = content.head();
    MARKS.iter().filter(|(offset, mark, _)| head.get(*offset..).is_some_and(|tail| tail.starts_with(mark))).find_map(
        |(.., answer)| match answer {
            Is(media) => Some(*media),
            Ask(decide) => decide(content),
        },
    )
}

/// Marks in the table, for tests.
#[cfg(test)]
pub(super) fn count() -> usize {
    MARKS.len()
}

/// The mark at an index of the table, for tests.
#[cfg(test)]
pub(super) fn mark(index: usize) -> &'static [u8] {
    MARKS[index].1
}
