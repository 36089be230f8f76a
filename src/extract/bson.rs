//! Dumps of MongoDB: BSON documents one after the other (`mongodump` writes a file a collection) and its archive format,
//! where stretches of documents stand behind headers that name their collection. Each document is a record, as in JSON;
//! files that GridFS keeps in pieces are put together again and handed over as members.

use super::Reading;
use super::archive::hand_over_value;
use super::passages::{Records, path};
use crate::limits::guard;
use crate::model::{Code, Fault, Origin, Part, Sink, Stage};
use crate::sniff::bson::{ARCHIVE, length_at};
use ::bson::raw::RawBsonRef;
use ::bson::{RawBson, RawDocument};
use jiff::Timestamp;
use std::io::{BufReader, Read};

/// What ends a stretch of an archive.
const END: [u8; 4] = [0xff; 4];
/// Documents within documents that are followed: MongoDB's own limit.
const DEPTH: usize = 100;
/// Smaller binary values are keys and hashes, not files.
const BLOB: usize = 128;

/// Reads a file of BSON documents or an archive of them.
///
/// # Errors
/// [`Code::Damaged`] where what stands next is no document, [`Code::Truncated`], the bounds; records before stay.
pub(super) fn read(reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    let mut dump = Dump::new();
    let end = guard(Stage::Extract, || dump.read(reading, sink)).and_then(|end| end);
    let left = dump.file.take().map_or(Ok(()), |file| file.hand_over(reading, sink));
    if dump.is_damaged {
        sink.fault(Fault::extract(Code::Damaged));
    }
    let count = dump.records.finish(sink);
    sink.facts().document_mut().rows += count;
    end.and(left)
}

/// What stands next in an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    /// The archive's own account of its collections: nobody's data.
    Prelude,
    /// The header of a stretch.
    Header,
    /// Documents.
    Documents,
}

struct Dump {
    records: Records,
    next: Next,
    /// The names of the keys down to the value at hand; those in an array stand behind the array's own.
    keys: Vec<String>,
    /// Documents and arrays around the value at hand.
    depth: usize,
    /// The file of GridFS whose pieces are read.
    file: Option<Pieces>,
    blobs: u32,
    values: u64,
    is_damaged: bool,
}

impl Dump {
    fn new() -> Self {
        Self {
            records: Records::new(Origin::of(Part::Table)),
            next: Next::Documents,
            keys: Vec::new(),
            depth: 0,
            file: None,
            blobs: 0,
            values: 0,
            is_damaged: false,
        }
    }

    fn read(&mut self, reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        let mut source = BufReader::with_capacity(64 << 10, reading.content.reader());
        let mut bytes = Vec::new();
        if reading.content.head().starts_with(&ARCHIVE) {
            fill(&mut source, &mut bytes, 0, ARCHIVE.len())?;
            self.next = Next::Prelude;
        }
        while fill(&mut source, &mut bytes, 0, 4)? {
            reading.budget.check()?;
            if bytes == END {
                self.next = Next::Header;
                continue;
            }
            let length = length_at(&bytes, 0).ok_or(Fault::extract(Code::Damaged))?;
            fill(&mut source, &mut bytes, 4, length)?;
            let Ok(document) = RawDocument::from_bytes(&bytes) else {
                self.is_damaged = true;
                continue;
            };
            match self.next {
                Next::Prelude => {}
                Next::Header => {
                    self.records.list(document.get_str("collection").ok(), sink);
                    self.next = Next::Documents;
                }
                Next::Documents => self.document(document, reading, sink)?,
            }
        }
        Ok(())
    }

    fn document(&mut self, document: &RawDocument, reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        if let Some(piece) = Piece::of(document) {
            return self.piece(&piece, reading, sink);
        }
        self.keys.clear();
        self.values(document, reading, sink)?;
        self.records.end(sink);
        Ok(())
    }

    /// The values of a document, each behind its keys.
    fn values(&mut self, document: &RawDocument, reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        for element in document.iter_elements() {
            let Ok(element) = element else {
                self.is_damaged = true;
                break;
            };
            self.keys.push(element.key().as_str().to_owned());
            let end = if let Ok(value) = element.value() {
                self.value(&value, reading, sink)
            } else {
                // A string that is not UTF-8 is a string all the same.
                let lossy = element.value_utf8_lossy().ok();
                let text = lossy.as_ref().and_then(RawBson::as_str);
                self.is_damaged |= text.is_none();
                text.map_or(Ok(()), |text| self.value(&RawBsonRef::String(text), reading, sink))
            };
            self.keys.pop();
            end?;
        }
        Ok(())
    }

    fn value(&mut self, value: &RawBsonRef<'_>, reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        self.values += 1;
        if self.values > reading.budget.limits().cells {
            return Err(Fault::extract(Code::TooMuchText));
        }
        match value {
            RawBsonRef::Document(_) | RawBsonRef::Array(_) if self.depth >= DEPTH => {
                sink.fault(Fault::extract(Code::TooDeep));
                Ok(())
            }
            RawBsonRef::Document(inner) => {
                self.depth += 1;
                let end = self.values(inner, reading, sink);
                self.depth -= 1;
                end
            }
            RawBsonRef::Array(items) => {
                self.depth += 1;
                let end = items.into_iter().try_for_each(|item| {
                    // One that cannot be read costs itself.
                    self.is_damaged |= item.is_err();
                    item.map_or(Ok(()), |item| self.value(&item, reading, sink))
                });
                self.depth -= 1;
                end
            }
            RawBsonRef::Binary(binary) => self.blob(binary.bytes, reading, sink),
            other => {
                if let Some(text) = shown(other) {
                    self.records.pair(&path(self.keys.iter().map(String::as_str)), &text, sink);
                }
                Ok(())
            }
        }
    }

    /// A binary value is a file, unless it is small.
    fn blob(&mut self, bytes: &[u8], reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        if bytes.len() < BLOB {
            return Ok(());
        }
        self.blobs += 1;
        hand_over_value(&format!("blob-{}", self.blobs), bytes.to_vec(), None, reading, sink)
    }

    fn piece(&mut self, piece: &Piece<'_>, reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        let is_next = self.file.as_ref().is_some_and(|file| file.id == piece.id && file.next == piece.number);
        if !is_next {
            if let Some(file) = self.file.take() {
                file.hand_over(reading, sink)?;
            }
            self.blobs += 1;
            self.file = Some(Pieces::begin(piece, self.blobs));
        }
        if let Some(file) = &mut self.file {
            file.add(piece, reading.budget.limits().whole_bytes);
        }
        Ok(())
    }
}

/// A piece of a file in GridFS (`fs.chunks`): the file's id, the piece's number, its bytes.
struct Piece<'a> {
    id: String,
    number: i64,
    bytes: &'a [u8],
}

impl<'a> Piece<'a> {
    fn of(document: &'a RawDocument) -> Option<Self> {
        let RawBsonRef::Binary(binary) = document.get("data").ok()?? else { return None };
        let number = match document.get("n").ok()?? {
            RawBsonRef::Int32(number) => i64::from(number),
            RawBsonRef::Int64(number) => number,
            _ => return None,
        };
        // Ids are of any type; they are only held against each other.
        let id = format!("{:?}", document.get("files_id").ok()??);
        Some(Self { id, number, bytes: binary.bytes })
    }
}

/// A file of GridFS as far as its pieces stand in order.
struct Pieces {
    id: String,
    name: String,
    next: i64,
    bytes: Vec<u8>,
    /// It does not begin at its beginning.
    is_tail: bool,
    is_cut: bool,
}

impl Pieces {
    fn begin(piece: &Piece<'_>, number: u32) -> Self {
        Self {
            id: piece.id.clone(),
            name: format!("file-{number}"),
            next: piece.number,
            bytes: Vec::new(),
            is_tail: piece.number != 0,
            is_cut: false,
        }
    }

    fn add(&mut self, piece: &Piece<'_>, most: u64) {
        self.next = piece.number.saturating_add(1);
        if (self.bytes.len() + piece.bytes.len()) as u64 > most {
            self.is_cut = true;
        } else if !self.is_cut {
            self.bytes.extend_from_slice(piece.bytes);
        }
    }

    fn hand_over(self, reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        let code = if self.is_cut { Some(Code::TooLarge) } else { self.is_tail.then_some(Code::Truncated) };
        hand_over_value(&self.name, self.bytes, code.map(Fault::extract), reading, sink)
    }
}

/// Reads on until the buffer holds so many bytes from the start; `false` at the end of the file.
fn fill(source: &mut impl Read, bytes: &mut Vec<u8>, kept: usize, length: usize) -> Result<bool, Fault> {
    bytes.truncate(kept);
    let wished = (length - kept) as u64;
    let read = source.by_ref().take(wished).read_to_end(bytes).map_err(|_| Fault::extract(Code::Io))?;
    match read as u64 {
        read if read == wished => Ok(true),
        0 if kept == 0 => Ok(false),
        _ => Err(Fault::extract(Code::Truncated)),
    }
}

/// A value as an export would write it; `None` for what says nothing of a person: ids of the database, nothing, marks.
fn shown(value: &RawBsonRef<'_>) -> Option<String> {
    Some(match value {
        RawBsonRef::String(text) | RawBsonRef::Symbol(text) | RawBsonRef::JavaScriptCode(text) => (*text).to_owned(),
        RawBsonRef::Double(number) => number.to_string(),
        RawBsonRef::Int32(number) => number.to_string(),
        RawBsonRef::Int64(number) => number.to_string(),
        RawBsonRef::Decimal128(number) => number.to_string(),
        RawBsonRef::DateTime(moment) => {
            let moment = Timestamp::from_millisecond(moment.timestamp_millis()).ok()?.to_string();
            // A day alone is kept as its midnight.
            moment.strip_suffix("T00:00:00Z").map_or_else(|| moment.clone(), str::to_owned)
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::desk::Desk;
    use crate::model::Media;
    use ::bson::raw::RawDocumentBuf;
    use ::bson::{Binary, DateTime, cstr, rawdoc};
    use proptest::prelude::*;

    fn patients() -> Vec<u8> {
        let born = DateTime::from_millis(631_238_400_000);
        let one =
            rawdoc! { "name": "Ada", "born": born, "address": { "city": "Lyon" }, "tags": ["a", "b"], "n": 7_i64 };
        let two = rawdoc! { "name": "Ben", "seen": DateTime::from_millis(631_242_000_000), "none": null };
        [one.as_bytes(), two.as_bytes()].concat()
    }

    #[test]
    fn documents_are_records() {
        let mut desk = Desk::read(Media::Bson, patients());
        let text = "name: Ada\nborn: 1990-01-02\naddress.city: Lyon\ntags: a\ntags: b\nn: 7\n\nname: Ben\nseen: 1990-01-02T01:00:00Z\n\n";
        assert_eq!((desk.text().as_str(), desk.faults.len(), desk.facts.document_mut().rows), (text, 0, 2));
    }

    #[test]
    fn an_archive_names_its_collections() {
        let header = |name: &str| rawdoc! { "db": "clinic", "collection": name, "EOF": false, "CRC": 0_i64 };
        let one = rawdoc! { "name": "Ada" };
        let archive = [
            &ARCHIVE[..],
            rawdoc! { "version": "0.1" }.as_bytes(),
            rawdoc! { "db": "clinic", "collection": "doctors", "metadata": "{}" }.as_bytes(),
            &END,
            header("doctors").as_bytes(),
            one.as_bytes(),
            &END,
            header("patients").as_bytes(),
            patients().as_slice(),
            &END,
        ]
        .concat();
        let desk = Desk::read(Media::Bson, archive);
        assert_eq!(desk.listed().first().map(String::as_str), Some("doctors = name: Ada\n\n"));
        assert!(desk.listed().get(1).is_some_and(|list| list.starts_with("patients = name: Ada\n")));
        assert!(desk.faults.is_empty());
    }

    #[test]
    fn files_in_pieces_are_put_together() {
        let piece = |file: i32, n: i32, bytes: &[u8]| {
            let mut piece = RawDocumentBuf::new();
            piece.append(cstr!("files_id"), file);
            piece.append(cstr!("n"), n);
            let data = Binary { subtype: ::bson::spec::BinarySubtype::Generic, bytes: bytes.to_vec() };
            piece.append(cstr!("data"), data);
            piece.as_bytes().to_vec()
        };
        let bytes = [piece(1, 0, b"one"), piece(1, 1, b" file"), piece(2, 0, b"two"), piece(3, 4, b"tail")].concat();
        let desk = Desk::read(Media::Bson, bytes);
        let members: Vec<(&[u8], usize)> =
            desk.members.iter().map(|member| (member.bytes.as_slice(), member.faults.len())).collect();
        assert_eq!(members, [(&b"one file"[..], 0), (b"two", 0), (b"tail", 1)]);
    }

    #[test]
    fn what_was_read_before_damage_stays() {
        let mut bytes = patients();
        bytes.truncate(bytes.len() - 3);
        let desk = Desk::read(Media::Bson, bytes);
        assert!(desk.text().starts_with("name: Ada\n") && !desk.text().contains("Ben"));
        assert_eq!(desk.faults, [Fault::extract(Code::Truncated)]);
        let desk = Desk::read(Media::Bson, [patients(), vec![1, 0, 0, 0, 9]].concat());
        assert!(desk.text().contains("Ben"));
        assert_eq!(desk.faults, [Fault::extract(Code::Damaged)]);
    }

    #[test]
    fn arrays_within_arrays_are_read() {
        let document = rawdoc! { "people": [["Ada", "Lyon"], [["Ben"]]] };
        let desk = Desk::read(Media::Bson, document.as_bytes().to_vec());
        assert_eq!(desk.text(), "people: Ada\npeople: Lyon\npeople: Ben\n\n");
    }

    #[test]
    fn depth_is_bounded() {
        let mut items = ::bson::rawbson!(["Ada"]);
        for _ in 0..DEPTH + 10 {
            items = ::bson::rawbson!([items]);
        }
        let desk = Desk::read(Media::Bson, rawdoc! { "in": items }.as_bytes().to_vec());
        assert_eq!((desk.text().as_str(), desk.faults), ("", vec![Fault::extract(Code::TooDeep)]));
        let mut inner = rawdoc! { "name": "Ada" };
        for _ in 0..DEPTH + 10 {
            inner = rawdoc! { "in": inner };
        }
        let desk = Desk::read(Media::Bson, inner.as_bytes().to_vec());
        assert_eq!((desk.text().as_str(), desk.faults), ("", vec![Fault::extract(Code::TooDeep)]));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]
        #[test]
        fn damaged_dumps_never_panic(at in 0_usize..400, byte in any::<u8>(), cut in 0_usize..200) {
            let mut bytes = patients();
            let length = bytes.len();
            bytes[at % length] = byte;
            bytes.truncate(length.saturating_sub(cut % length));
            let _ = Desk::read(Media::Bson, bytes);
        }
    }
}
