//! Writing the ledger: one writer, a commit per 256 files or 2 seconds, so that a kill costs at most those.

use super::row::{self, PUT_FINDING, PUT_ITEM, Place};
use super::{Case, CaseLock, LedgerError};
use crate::model::record::SCHEMA;
use crate::model::{IdKey, Locator, Record};
use rusqlite::{Connection, OptionalExtension as _, params};
use std::path::Path;
use std::time::{Duration, Instant};

/// Files a commit: measured, a kill then costs about that many to redo, and commits cost next to nothing.
const COMMIT_FILES: u32 = 256;
/// Longest time that a finished file waits for its commit.
const COMMIT_AFTER: Duration = Duration::from_secs(2);

/// What identifies a run and what it was asked.
#[derive(Debug)]
pub struct NewRun<'a> {
    /// When it started, in milliseconds since 1970-01-01 UTC.
    pub started_ms: i64,
    /// The program's version.
    pub version: &'a str,
    /// Digest of everything that changes what a record says: rules, options, limits.
    pub profile: [u8; 32],
    /// Digest of the rules alone.
    pub rules: [u8; 32],
    /// The options as JSON, for the report's last page; no secrets.
    pub options: &'a str,
    /// The key of the items' short names; a case that has one keeps it.
    pub ids: IdKey,
}

/// The one writer of a case.
#[derive(Debug)]
pub struct Writer {
    connection: Connection,
    run: u32,
    next_file: i64,
    pending: u32,
    has_records: bool,
    since: Instant,
    _lock: CaseLock,
}

impl Writer {
    /// Opens the ledger to write, makes it if the case is new, and takes the case's lock for as long as it lives.
    ///
    /// # Errors
    /// [`LedgerError::Busy`] if another scan runs, [`LedgerError::Schema`] if the ledger is of another version.
    pub fn open(case: &Case) -> Result<Self, LedgerError> {
        let lock = case.lock()?;
        let connection = connect(&case.ledger_path())?;
        let get = "SELECT next_file FROM state";
        let next_file = connection.query_row(get, [], |row| row.get(0)).optional()?.unwrap_or(1);
        Ok(Self { connection, run: 0, next_file, pending: 0, has_records: false, since: Instant::now(), _lock: lock })
    }

    /// The indexes of these roots: a root that the case already knows keeps its index.
    ///
    /// # Errors
    /// If the ledger cannot be written.
    pub fn sources(&mut self, roots: &[Vec<u8>]) -> Result<Vec<u16>, LedgerError> {
        let put = "INSERT OR IGNORE INTO source (id, root) VALUES ((SELECT coalesce(max(id), -1) + 1 FROM source), ?1)";
        let index_of = |root: &Vec<u8>| {
            self.connection.execute(put, [root])?;
            let get = "SELECT id FROM source WHERE root = ?1";
            Ok(self.connection.query_row(get, [root], |row| row.get(0))?)
        };
        roots.iter().map(index_of).collect()
    }

    /// Starts a run; records that follow belong to it.
    ///
    /// # Errors
    /// If the ledger cannot be written.
    pub fn begin(&mut self, new: &NewRun<'_>) -> Result<u32, LedgerError> {
        let first = "INSERT INTO state (generation, next_file, id_key) SELECT 0, 1, ?1 \
            WHERE NOT EXISTS (SELECT 1 FROM state)";
        self.connection.execute(first, [new.ids.bytes()])?;
        let put =
            "INSERT INTO run (started_ms, version, profile, rules, options) VALUES (?1, ?2, ?3, ?4, ?5) RETURNING id";
        let values = params![new.started_ms, new.version, new.profile, new.rules, new.options];
        self.run = self.connection.query_row(put, values, |row| row.get(0))?;
        Ok(self.run)
    }

    /// Adds a record with its members; it replaces what was known of the same file. `stamp` is that of the listed
    /// item, by which a later scan knows it again.
    ///
    /// # Errors
    /// If the ledger cannot be written; what was committed stays.
    pub fn append(&mut self, record: &Record, stamp: Option<i64>) -> Result<(), LedgerError> {
        self.open_transaction()?;
        self.has_records = true;
        let file = self.vacate(record)?;
        self.put(record, file, stamp)?;
        self.commit_if_due()
    }

    /// Gives a file whose content was found to be the recorded one its new stamp.
    ///
    /// # Errors
    /// If the ledger cannot be written.
    pub fn restamp(&mut self, locator: &Locator, stamp: Option<i64>) -> Result<(), LedgerError> {
        self.open_transaction()?;
        let put = "UPDATE item SET stamp = ?3 WHERE source = ?1 AND key = ?2 AND nth = 0";
        self.connection.prepare_cached(put)?.execute(params![locator.source, locator.key, stamp])?;
        self.commit_if_due()
    }

    fn open_transaction(&mut self) -> Result<(), LedgerError> {
        if self.pending == 0 {
            self.connection.execute_batch("BEGIN IMMEDIATE")?;
            self.since = Instant::now();
        }
        self.pending += 1;
        Ok(())
    }

    /// Commits if enough is pending or it has been pending for long.
    ///
    /// # Errors
    /// If the ledger cannot be written.
    pub fn commit_if_due(&mut self) -> Result<(), LedgerError> {
        let is_due = self.pending >= COMMIT_FILES || (self.pending > 0 && self.since.elapsed() >= COMMIT_AFTER);
        if is_due { self.commit() } else { Ok(()) }
    }

    /// Commits what is pending.
    ///
    /// # Errors
    /// If the ledger cannot be written.
    pub fn commit(&mut self) -> Result<(), LedgerError> {
        if self.pending > 0 {
            if self.has_records {
                let put = "UPDATE state SET generation = generation + 1, next_file = ?1";
                self.connection.prepare_cached(put)?.execute([self.next_file])?;
            }
            self.connection.execute_batch("COMMIT")?;
            (self.pending, self.has_records) = (0, false);
        }
        Ok(())
    }

    /// Ends the run: commits, notes whether everything that was listed has its record, and folds the journal into
    /// the ledger's one file.
    ///
    /// # Errors
    /// If the ledger cannot be written.
    pub fn finish(mut self, ended_ms: i64, is_complete: bool) -> Result<(), LedgerError> {
        self.commit()?;
        let put = "UPDATE run SET ended_ms = ?2, is_complete = ?3 WHERE id = ?1";
        self.connection.execute(put, params![self.run, ended_ms, is_complete])?;
        // At rest the ledger is one file that opens on read-only media. A reader that is at it keeps the journal.
        self.connection.busy_timeout(Duration::ZERO)?;
        let _ = self.connection.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(()));
        Ok(())
    }

    /// Removes what the ledger holds of the record's file and returns the file's number.
    fn vacate(&mut self, record: &Record) -> Result<i64, LedgerError> {
        let (source, key) = (record.locator.source, &record.locator.key);
        let mut known = self.connection.prepare_cached("SELECT file FROM item WHERE source=?1 AND key=?2 AND nth=0")?;
        let Some(file) = known.query_row(params![source, key], |row| row.get(0)).optional()? else {
            let file = self.next_file;
            self.next_file += 1;
            return Ok(file);
        };
        self.connection.prepare_cached("DELETE FROM finding WHERE file=?1")?.execute([file])?;
        self.connection.prepare_cached("DELETE FROM item WHERE source=?1 AND key=?2")?.execute(params![source, key])?;
        Ok(file)
    }

    fn put(&self, record: &Record, file: i64, stamp: Option<i64>) -> Result<(), LedgerError> {
        let mut put_item = self.connection.prepare_cached(PUT_ITEM)?;
        let mut put_finding = self.connection.prepare_cached(PUT_FINDING)?;
        let mut open = vec![(record, None)];
        for nth in 0.. {
            let Some((record, parent)) = open.pop() else { break };
            let place = Place { file, run: self.run, nth, parent, stamp: stamp.filter(|_| nth == 0) };
            row::put_item(&mut put_item, record, place)?;
            for (finding, seq) in record.findings.iter().zip(0..) {
                row::put_finding(&mut put_finding, finding, place, seq)?;
            }
            open.extend(record.members.iter().rev().map(|member| (member, Some(nth))));
        }
        Ok(())
    }
}

/// Opens the file to write; makes the tables in one transaction if it is new.
fn connect(path: &Path) -> Result<Connection, LedgerError> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(Duration::from_secs(10))?;
    connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
    // Under NORMAL a kill loses nothing; a power cut loses the last commits, which are then examined again.
    connection.execute_batch("PRAGMA synchronous = NORMAL; PRAGMA cache_size = -2048;")?;
    let found: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if found == 0 {
        let schema = include_str!("schema.sql");
        connection.execute_batch(&format!("BEGIN; {schema} PRAGMA user_version = {SCHEMA}; COMMIT;"))?;
    } else if found != i64::from(SCHEMA) {
        return Err(LedgerError::Schema { found, expected: SCHEMA });
    }
    Ok(connection)
}
