//! PostgreSQL's own archive format (`pg_dump -Fc`): a table of contents, then the rows of each table as COPY writes them,
//! compressed, and the large objects. Blocks are read as they stand, because a dump that went through a pipe does not
//! say where they begin.

use super::Scanner;
use crate::extract::Reading;
use crate::extract::archive::hand_over_value;
use crate::extract::inflate::{fault_of, inflate, pour};
use crate::limits::guard;
use crate::model::{Code, Fault, Sink, Stage};
use crate::sniff::Charset;
use libpgdump::compress::decompressor;
use libpgdump::format::ArchiveMetadata;
use libpgdump::format::custom::read_metadata;
use libpgdump::io::primitives::{read_byte, read_int};
use libpgdump::{BlockType, CompressionAlgorithm, EntryReader, ObjectType};
use std::collections::BTreeMap;
use std::io::{self, BufRead as _, BufReader, Read};

/// Fewest bytes that an entry of the table of contents takes: its numbers and the lengths of its strings.
const ENTRY: u64 = 32;
/// Formats whose table of contents (`toc.dat`) has the rows beside it, in files of their own.
const TAR: u8 = 3;
const FOLDER: u8 = 5;
/// Most bytes of an integer: what `pg_dump` writes on every machine.
const INT: u8 = 4;

/// Reads an archive.
///
/// # Errors
/// [`Code::Unreadable`] where there is no table of contents, [`Code::Damaged`], [`Code::Truncated`], the bounds; rows
/// before stay.
pub(in crate::extract) fn read(reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    let mut scanner = Scanner::new(reading.budget.limits());
    let end = guard(Stage::Extract, || blocks(reading, &mut scanner, sink)).and_then(|end| end);
    scanner.finish(sink);
    end
}

fn blocks(reading: &Reading<'_>, scanner: &mut Scanner, sink: &mut dyn Sink) -> Result<(), Fault> {
    let unreadable = Fault::extract(Code::Unreadable);
    if reading.content.head().get(10).is_some_and(|format| [TAR, FOLDER].contains(format)) {
        return Ok(());
    }
    if !has_plausible_contents(reading.content.head(), reading.content.size()) {
        return Err(unreadable);
    }
    let mut source = BufReader::with_capacity(64 << 10, reading.content.reader());
    let contents = read_metadata(&mut source).map_err(|_| unreadable)?;
    let statements: BTreeMap<i32, &str> =
        contents.entries.iter().filter_map(|entry| Some((entry.dump_id, entry.copy_stmt.as_deref()?))).collect();
    let archive = Archive {
        compression: contents.header.compression,
        int_size: contents.header.int_size,
        charset: charset(&contents),
        reading,
    };
    while !source.fill_buf().map_err(|error| fault_of(&error))?.is_empty() {
        reading.budget.check()?;
        let kind = read_byte(&mut source).map_err(|error| fault(&error))?;
        let id = archive.int(&mut source)?;
        match BlockType::from_byte(kind) {
            Some(BlockType::Data) => {
                let statement = statements.get(&id).copied().unwrap_or_default();
                archive.rows(&mut source, statement, scanner, sink)?;
            }
            Some(BlockType::Blobs) => archive.large_objects(&mut source, scanner, sink)?,
            None => return Err(Fault::extract(Code::Damaged)),
        }
    }
    Ok(())
}

/// How the blocks are written.
struct Archive<'r> {
    compression: CompressionAlgorithm,
    int_size: u8,
    charset: Charset,
    reading: &'r Reading<'r>,
}

impl Archive<'_> {
    /// The rows of a table, behind the statement that names its columns.
    fn rows(
        &self,
        source: &mut impl Read,
        statement: &str,
        scanner: &mut Scanner,
        sink: &mut dyn Sink,
    ) -> Result<(), Fault> {
        scanner.feed(statement, sink);
        let (mut decoder, mut text) = (self.charset.decoder(), String::new());
        let (reading, packed) = (self.reading, self.reading.content.size());
        let end = self.block(source, |rows| {
            pour(rows, packed, u64::MAX, reading.budget, &mut |step| {
                text.clear();
                decoder.decode(step, false, &mut text);
                scanner.feed(&text, sink);
                scanner.settle(reading, sink)
            })
        });
        text.clear();
        decoder.decode(&[], true, &mut text);
        scanner.feed(&text, sink);
        scanner.end_copy(sink);
        end
    }

    /// Each large object is a file of its own: photos and scans are kept so.
    fn large_objects(&self, source: &mut impl Read, scanner: &mut Scanner, sink: &mut dyn Sink) -> Result<(), Fault> {
        while self.int(source)? != 0 {
            scanner.files += 1;
            let (number, reading) = (scanner.files, self.reading);
            self.block(source, |bytes| {
                let object = inflate(bytes, reading.content.size(), reading.budget);
                hand_over_value(&format!("blob-{number}"), object.bytes, object.fault, reading, sink)?;
                object.fault.map_or(Ok(()), Err)
            })?;
        }
        Ok(())
    }

    /// Reads the chunks of a block through its decompressor, then what the decompressor left of them.
    fn block(
        &self,
        source: &mut impl Read,
        each: impl FnOnce(&mut dyn Read) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let mut chunks =
            EntryReader::new(source, self.int_size, CompressionAlgorithm::None).map_err(|error| fault(&error))?;
        {
            let mut plain = decompressor(self.compression, &mut chunks).map_err(|error| fault(&error))?;
            each(&mut plain)?;
        }
        io::copy(&mut chunks, &mut io::sink()).map_err(|error| fault_of(&error))?;
        Ok(())
    }

    fn int(&self, source: &mut impl Read) -> Result<i32, Fault> {
        read_int(source, self.int_size).map_err(|error| fault(&error))
    }
}

fn fault(error: &libpgdump::Error) -> Fault {
    if let libpgdump::Error::Io(error) = error { fault_of(error) } else { Fault::extract(Code::Damaged) }
}

/// The encoding of the rows, by the statement that sets it: `SET client_encoding = 'LATIN1';`.
fn charset(contents: &ArchiveMetadata) -> Charset {
    let entry = contents.entries.iter().find(|entry| entry.desc == ObjectType::Encoding);
    let name = entry.and_then(|entry| entry.defn.as_deref()?.split('\'').nth(1));
    // PostgreSQL's own names, where they differ from the web's.
    let label = match name.unwrap_or("UTF8") {
        "SQL_ASCII" => "utf-8".to_owned(),
        "EUC_JP" | "EUC_KR" | "EUC_CN" => name.unwrap_or_default().replace('_', "-").replace("EUC-CN", "gbk"),
        name => name.replace("WIN", "windows-"),
    };
    Charset::by_label(&label).unwrap_or(Charset::UTF8)
}

/// Whether the header says of the table of contents what the file can hold. The library makes room for as many entries
/// as the header says.
fn has_plausible_contents(head: &[u8], size: u64) -> bool {
    count_entries(head).is_some_and(|count| (0..=(size / ENTRY) as i64).contains(&count))
}

/// The number of entries that the header states (`ReadHead` of `pg_backup_archiver.c`, versions 1.12 to 1.16).
fn count_entries(head: &[u8]) -> Option<i64> {
    let [minor, _, int_size, ..] = head.get(6..)? else { return None };
    if *int_size == 0 || *int_size > INT {
        return None;
    }
    // Magic, version, sizes, format.
    let mut rest = head.get(11..)?;
    if *minor >= 15 {
        let _ = read_byte(&mut rest).ok()?;
    } else {
        read_int(&mut rest, *int_size).ok()?;
    }
    for _ in 0..7 {
        read_int(&mut rest, *int_size).ok()?;
    }
    for _ in 0..3 {
        let length = read_int(&mut rest, *int_size).ok()?;
        rest = rest.get(usize::try_from(length).unwrap_or(0)..)?;
    }
    read_int(&mut rest, *int_size).ok().map(i64::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::desk::Desk;
    use crate::model::{Media, Shape};
    use proptest::prelude::*;

    /// An archive as the library writes it.
    fn archive(compression: CompressionAlgorithm) -> Vec<u8> {
        let mut dump = libpgdump::new("clinic", "UTF8", "16.0").expect("a dump");
        for (name, columns, rows) in [
            ("patients", "id, name, born", "1\tAda\t1990-01-02\n2\tBen\t\\N\n\\.\n\n\n"),
            ("doctors", "name", "Cleo\n\\.\n\n\n"),
        ] {
            let table = ObjectType::Table;
            let made = format!("CREATE TABLE public.{name} ();\n");
            let table = dump
                .add_entry(table, Some("public"), Some(name), Some("postgres"), Some(&made), None, None, &[])
                .expect("added");
            let copy = format!("COPY public.{name} ({columns}) FROM stdin;\n");
            let data = ObjectType::TableData;
            let data = dump
                .add_entry(data, Some("public"), Some(name), Some("postgres"), None, None, Some(&copy), &[table])
                .expect("added");
            dump.set_entry_data(data, rows.as_bytes().to_vec()).expect("set");
        }
        dump.add_blob(42, vec![7; 300]).expect("added");
        dump.set_compression(compression);
        let file = tempfile::NamedTempFile::new().expect("a file");
        dump.save(file.path()).expect("saved");
        let mut bytes = Vec::new();
        std::fs::File::open(file.path()).expect("opened").read_to_end(&mut bytes).expect("read");
        bytes
    }

    #[test]
    fn tables_are_read_with_their_columns_and_large_objects_are_files() {
        for compression in [CompressionAlgorithm::None, CompressionAlgorithm::Gzip, CompressionAlgorithm::Zstd] {
            let desk = Desk::read(Media::PostgresDump, archive(compression));
            let tables: Vec<(Option<&str>, &str)> = desk
                .lists
                .iter()
                .zip(&desk.passages)
                .filter(|(_, (_, shape, _))| *shape == Shape::Table)
                .map(|(list, (.., text))| (list.as_deref(), text.as_str()))
                .collect();
            let patients = (Some("patients"), "id\tname\tborn\n1\tAda\t1990-01-02\n2\tBen\n");
            assert!(tables.contains(&patients) && tables.contains(&(Some("doctors"), "name\nCleo\n")), "{tables:?}");
            assert_eq!(desk.members.iter().map(|member| member.bytes.len()).collect::<Vec<_>>(), [300]);
            assert!(desk.faults.is_empty(), "{:?}", desk.faults);
        }
    }

    #[test]
    fn rows_before_a_cut_stay_and_a_false_header_is_refused() {
        let bytes = archive(CompressionAlgorithm::None);
        let at = memchr::memmem::find(&bytes, b"Ben").expect("a row");
        let desk = Desk::read(Media::PostgresDump, bytes.get(..at).expect("the start").to_vec());
        assert!(desk.text().contains("Cleo") && desk.faults == [Fault::extract(Code::Truncated)], "{:?}", desk.faults);
        let mut lying = bytes;
        let count = count_entries(&lying).expect("a count") as u8;
        // The count stands behind three strings; every other number of the header is smaller than the file.
        let from = memchr::memmem::find(&lying, &[0, count, 0, 0, 0]).expect("the count");
        lying[from + 1..from + 5].copy_from_slice(&i32::MAX.to_le_bytes());
        let desk = Desk::read(Media::PostgresDump, lying);
        assert_eq!(desk.faults, [Fault::extract(Code::Unreadable)]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn damaged_archives_never_panic(at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in 0_usize..200) {
            static ARCHIVE: std::sync::OnceLock<Vec<u8>> = std::sync::OnceLock::new();
            let mut bytes = ARCHIVE.get_or_init(|| archive(CompressionAlgorithm::Gzip)).clone();
            let length = bytes.len();
            bytes[at.index(length)] = byte;
            bytes.truncate(length - cut.min(length));
            let _ = Desk::read(Media::PostgresDump, bytes);
        }
    }
}
