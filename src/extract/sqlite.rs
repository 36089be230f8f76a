//! SQLite databases: every table with its column names, from a copy in memory. The file is never opened by path, the
//! schema is not trusted, views, triggers and virtual tables are not run.

use super::Reading;
use super::archive::hand_over_value;
use super::passages::Table;
use crate::limits::guard;
use crate::model::{Code, Fault, Origin, Part, Sink, Stage};
use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, Row};
use std::io::Read;
use std::time::Instant;

/// Tables of one database.
const TABLES: usize = 2000;
/// Instructions of the SQLite machine between two looks at the clock.
const INSTRUCTIONS: i32 = 20_000;
/// Smaller blobs are keys and hashes, not files.
const BLOB: usize = 128;

/// Reads a SQLite database.
///
/// # Errors
/// [`Code::TooLarge`] above the whole-item limit; [`Code::Unreadable`], [`Code::Damaged`]; the bounds. Rows before stay.
pub(super) fn read(reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    let size = reading.content.size();
    if size > reading.budget.limits().whole_bytes {
        return Err(Fault::extract(Code::TooLarge));
    }
    guard(Stage::Extract, || {
        let database = open(reading, size as usize).map_err(|_| Fault::extract(Code::Unreadable))?;
        let names = tables(&database).map_err(|_| Fault::extract(Code::Unreadable))?;
        sink.facts().document_mut().pages = names.len() as u32;
        let (mut blobs, mut cells) = (0, 0);
        for (index, name) in names.iter().enumerate().take(TABLES) {
            reading.budget.check_now()?;
            let origin = Origin { part: Part::Table, page: Some(index as u32 + 1), key: None };
            table(&database, name, origin, &mut blobs, &mut cells, reading, sink)?;
        }
        Ok(())
    })?
}

fn open(reading: &Reading<'_>, size: usize) -> rusqlite::Result<Connection> {
    let mut database = Connection::open_in_memory_with_flags(OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    for (config, is_on) in [
        (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
        (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false),
    ] {
        database.set_db_config(config, is_on)?;
    }
    database.set_limit(Limit::SQLITE_LIMIT_LENGTH, 64 << 20)?;
    database.set_limit(Limit::SQLITE_LIMIT_SQL_LENGTH, 1 << 20)?;
    database.set_limit(Limit::SQLITE_LIMIT_EXPR_DEPTH, 50)?;
    database.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    let deadline = Instant::now() + reading.budget.left();
    database.progress_handler(INSTRUCTIONS, Some(move || Instant::now() > deadline))?;
    let source =
        std::io::BufReader::with_capacity(256 << 10, Rollback { inner: reading.content.reader(), position: 0 });
    database.deserialize_read_exact("main", source, size, true)?;
    Ok(database)
}

/// The bytes with the header's journal mode set back to rollback: a database in write-ahead mode cannot be opened
/// without its log beside it (file format, 1.3.3: offsets 18 and 19).
struct Rollback<R> {
    inner: R,
    position: usize,
}

impl<R: Read> Read for Rollback<R> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(out)?;
        for offset in [18_usize, 19] {
            if let Some(byte) = offset.checked_sub(self.position).filter(|at| *at < read).and_then(|at| out.get_mut(at))
            {
                *byte = 1;
            }
        }
        self.position += read;
        Ok(read)
    }
}

fn tables(database: &Connection) -> rusqlite::Result<Vec<String>> {
    let query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
        AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY rowid";
    let mut statement = database.prepare(query)?;
    let names = statement.query_map([], |row| row.get::<_, String>(0))?;
    names.collect()
}

fn table(
    database: &Connection,
    name: &str,
    origin: Origin,
    blobs: &mut u32,
    cells: &mut u64,
    reading: &Reading<'_>,
    sink: &mut dyn Sink,
) -> Result<(), Fault> {
    let query = format!("SELECT * FROM \"{}\"", name.replace('"', "\"\""));
    let Ok(mut statement) = database.prepare(&query) else {
        sink.fault(Fault::extract(Code::Damaged));
        return Ok(());
    };
    let heads: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let mut table = Table::new(origin, &heads).named(Some(name));
    let mut end = Ok(());
    if let Ok(mut rows) = statement.query([]) {
        loop {
            *cells += heads.len() as u64;
            if *cells > reading.budget.limits().cells {
                end = Err(Fault::extract(Code::TooMuchText));
                break;
            }
            end = reading.budget.check();
            match rows.next() {
                _ if end.is_err() => break,
                Ok(Some(row)) => {
                    let values = values(row, heads.len(), blobs, reading, sink)?;
                    table.row(&values, sink);
                }
                Ok(None) => break,
                Err(_) => {
                    sink.fault(Fault::extract(Code::Damaged));
                    end = reading.budget.check_now();
                    break;
                }
            }
        }
    }
    table.finish(sink);
    end
}

fn values(
    row: &Row<'_>,
    columns: usize,
    blobs: &mut u32,
    reading: &Reading<'_>,
    sink: &mut dyn Sink,
) -> Result<Vec<String>, Fault> {
    let mut values = Vec::with_capacity(columns);
    for column in 0..columns {
        values.push(match row.get_ref(column) {
            Ok(ValueRef::Integer(n)) => n.to_string(),
            Ok(ValueRef::Real(n)) => n.to_string(),
            Ok(ValueRef::Text(text)) => String::from_utf8_lossy(text).into_owned(),
            Ok(ValueRef::Blob(bytes)) => match std::str::from_utf8(bytes) {
                Ok(text) if !text.contains('\0') => text.to_owned(),
                _ if bytes.len() >= BLOB => {
                    *blobs += 1;
                    hand_over_value(&format!("blob-{blobs}"), bytes.to_vec(), None, reading, sink)?;
                    String::new()
                }
                _ => String::new(),
            },
            Ok(ValueRef::Null) | Err(_) => String::new(),
        });
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::desk::Desk;
    use crate::model::{Media, Shape};
    use proptest::prelude::*;

    fn database() -> Vec<u8> {
        let mut database = Connection::open_in_memory().expect("opened");
        database
            .execute_batch(
                "CREATE TABLE patients (name TEXT, born TEXT, photo BLOB); INSERT INTO patients VALUES ('Ada', '1990-01-02', zeroblob(200));
                 CREATE VIEW v AS SELECT * FROM patients; CREATE TABLE \"odd \"\" name\" (n INTEGER); INSERT INTO \"odd \"\" name\" VALUES (7);",
            )
            .expect("filled");
        database.serialize("main").expect("serialised").to_vec()
    }

    #[test]
    fn tables_are_read_with_their_heads_in_any_journal_mode() {
        for mode in [1, 2] {
            let mut bytes = database();
            bytes[18..20].fill(mode);
            let desk = Desk::read(Media::Sqlite, bytes);
            assert_eq!((desk.text().as_str(), desk.faults.len()), ("name\tborn\tphoto\nAda\t1990-01-02\nn\n7\n", 0));
            assert_eq!((desk.passages[0].1, desk.names()), (Shape::Table, vec!["blob-1".to_owned()]));
        }
    }

    #[test]
    fn a_query_without_end_is_stopped_by_the_clock() {
        let limits = crate::limits::Limits { item_seconds: 0, ..crate::limits::Limits::default() };
        let desk = Desk::read_within(Media::Sqlite, database(), limits, &crate::extract::ExtractOptions::default());
        assert_eq!(desk.faults.len(), 1);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn damaged_databases_never_panic(at in 0_usize..12_288, byte in any::<u8>(), cut in 0_usize..4096) {
            let mut bytes = database();
            let length = bytes.len();
            bytes[at % length] = byte;
            bytes.truncate(length - cut);
            let _ = Desk::read(Media::Sqlite, bytes);
        }
    }
}
