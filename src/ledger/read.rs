//! Reading a ledger: records in the order of their locators, one at a time, whatever their number.

use super::row::{self, GET_FINDINGS, ITEM_COLUMNS, StoredItem};
use super::{Case, LedgerError};
use crate::model::record::SCHEMA;
use crate::model::{Finding, IdKey, Outcome, Record};
use rusqlite::{Connection, OpenFlags, OptionalExtension as _, Rows, params};
use std::fmt::Write as _;
use std::path::Path;

/// A ledger opened to read.
#[derive(Debug)]
pub struct Ledger {
    connection: Connection,
    ids: IdKey,
}

/// One scan, as the ledger remembers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Its number.
    pub id: u32,
    /// Start, in milliseconds since 1970-01-01 UTC.
    pub started_ms: i64,
    /// End; `None` if it was killed or still runs.
    pub ended_ms: Option<i64>,
    /// Everything that was listed has its record.
    pub is_complete: bool,
    /// The program's version.
    pub version: String,
    /// Digest of rules, options and limits.
    pub profile: [u8; 32],
    /// Digest of the rules.
    pub rules: [u8; 32],
    /// The options as JSON.
    pub options: String,
}

/// Listed files and their bytes, by outcome, in the order of [`Outcome::ALL`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Files and bytes.
    pub by_outcome: [(u64, u64); 4],
}

impl Totals {
    /// Listed files with this outcome.
    pub fn files(&self, outcome: Outcome) -> u64 {
        Outcome::ALL.iter().zip(self.by_outcome).find(|(one, _)| **one == outcome).map_or(0, |(_, (files, _))| files)
    }

    /// All listed files.
    pub fn listed(&self) -> u64 {
        self.by_outcome.iter().map(|(files, _)| files).sum()
    }

    /// Bytes of all listed files.
    pub fn bytes(&self) -> u64 {
        self.by_outcome.iter().map(|(_, bytes)| bytes).sum()
    }
}

impl Ledger {
    /// Opens a case's ledger; writes nothing, and works beside a running scan and on read-only media.
    ///
    /// # Errors
    /// If it is not there, of another version, or unreadable.
    pub fn open(case: &Case) -> Result<Self, LedgerError> {
        let connection = connect(&case.ledger_path())?;
        let found: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        if found != i64::from(SCHEMA) {
            return Err(LedgerError::Schema { found, expected: SCHEMA });
        }
        let key = connection.query_row("SELECT id_key FROM state", [], |row| row.get(0)).optional()?;
        Ok(Self { connection, ids: key.map(IdKey::of_bytes).unwrap_or_default() })
    }

    /// How often records were committed: while it is the same, so are the records.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub fn generation(&self) -> Result<i64, LedgerError> {
        let get = "SELECT generation FROM state";
        Ok(self.connection.query_row(get, [], |row| row.get(0)).optional()?.unwrap_or(0))
    }

    /// Roots of the sources by index, as OS bytes.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub fn sources(&self) -> Result<Vec<Vec<u8>>, LedgerError> {
        let mut get = self.connection.prepare("SELECT root FROM source ORDER BY id")?;
        let roots = get.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        Ok(roots)
    }

    /// All runs in order.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub fn runs(&self) -> Result<Vec<Run>, LedgerError> {
        let get = "SELECT id, started_ms, ended_ms, is_complete, version, profile, rules, options FROM run ORDER BY id";
        let mut get = self.connection.prepare(get)?;
        let runs = get.query_map([], |row| {
            Ok(Run {
                id: row.get(0)?,
                started_ms: row.get(1)?,
                ended_ms: row.get(2)?,
                is_complete: row.get(3)?,
                version: row.get(4)?,
                profile: row.get(5)?,
                rules: row.get(6)?,
                options: row.get(7)?,
            })
        })?;
        Ok(runs.collect::<Result<_, _>>()?)
    }

    /// Listed files by outcome.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub fn totals(&self) -> Result<Totals, LedgerError> {
        let get = "SELECT outcome, count(*), sum(size) FROM item WHERE nth = 0 GROUP BY outcome";
        let mut get = self.connection.prepare(get)?;
        let mut rows = get.query([])?;
        let mut totals = Totals::default();
        while let Some(row) = rows.next()? {
            let name: String = row.get(0)?;
            let sums = (row.get::<_, i64>(1)?.cast_unsigned(), row.get::<_, i64>(2)?.cast_unsigned());
            for (outcome, place) in Outcome::ALL.iter().zip(&mut totals.by_outcome) {
                if outcome.name() == name {
                    *place = sums;
                }
            }
        }
        Ok(totals)
    }

    /// Every listed file's record with its members, in the order of their locators, from one consistent state.
    ///
    /// # Errors
    /// If the ledger cannot be read, or whatever `each` returns.
    pub fn records<E: From<LedgerError>>(&self, each: impl FnMut(Record) -> Result<(), E>) -> Result<(), E> {
        let one_state = self.connection.unchecked_transaction().map_err(LedgerError::from)?;
        let get = format!("SELECT {ITEM_COLUMNS} FROM item ORDER BY source, key, nth");
        let mut get = one_state.prepare(&get).map_err(LedgerError::from)?;
        let rows = get.query([]).map_err(LedgerError::from)?;
        self.stream(rows, each)
    }

    /// Different contents of the listed files, files that are copies of another one, and the bytes of these copies. The
    /// database sorts on disk, so that memory does not grow with the number of files.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub fn duplicates(&self) -> Result<(u64, u64, u64), LedgerError> {
        let get = "SELECT count(*), coalesce(sum(n - 1), 0), coalesce(sum((n - 1) * bytes), 0) FROM \
            (SELECT count(*) AS n, max(size) AS bytes FROM item \
             WHERE nth = 0 AND size > 0 AND blake3 IS NOT NULL AND sha256 IS NOT NULL GROUP BY blake3)";
        let whole = |number: i64| number.cast_unsigned();
        Ok(self
            .connection
            .query_row(get, [], |row| Ok((whole(row.get(0)?), whole(row.get(1)?), whole(row.get(2)?))))?)
    }

    /// The key of the short names of items.
    pub fn ids(&self) -> &IdKey {
        &self.ids
    }

    /// Whether a file was listed.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub fn holds(&self, source: u16, key: &[u8]) -> Result<bool, LedgerError> {
        let mut get = self.connection.prepare_cached("SELECT 1 FROM item WHERE source=?1 AND key=?2 AND nth=0")?;
        Ok(get.exists(params![source, key])?)
    }

    /// What is wrong with the database's pages and indexes, at most a hundred lines; nothing if all is well.
    ///
    /// # Errors
    /// If the ledger cannot be read at all.
    pub fn check(&self) -> Result<Vec<String>, LedgerError> {
        let mut get = self.connection.prepare("PRAGMA integrity_check(100)")?;
        let lines: Vec<String> = get.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        Ok(lines.into_iter().filter(|line| line != "ok").collect())
    }

    /// The record of one listed file.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub fn record(&self, source: u16, key: &[u8]) -> Result<Option<Record>, LedgerError> {
        let get = format!("SELECT {ITEM_COLUMNS} FROM item WHERE source=?1 AND key=?2 ORDER BY nth");
        let mut get = self.connection.prepare(&get)?;
        let mut found = None;
        self.stream(get.query(params![source, key])?, |record| {
            found = Some(record);
            Ok::<_, LedgerError>(())
        })?;
        Ok(found)
    }

    /// Gathers the rows of each file and hands over its record.
    fn stream<E: From<LedgerError>>(
        &self,
        mut rows: Rows<'_>,
        mut each: impl FnMut(Record) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut gathered: Vec<StoredItem> = Vec::new();
        while let Some(row) = rows.next().map_err(LedgerError::from)? {
            let stored = row::item(row, &self.ids)?;
            if stored.nth == 0 && !gathered.is_empty() {
                self.hand_over(&mut gathered, &mut each)?;
            }
            gathered.push(stored);
        }
        if gathered.is_empty() { Ok(()) } else { self.hand_over(&mut gathered, &mut each) }
    }

    fn hand_over<E: From<LedgerError>>(
        &self,
        gathered: &mut Vec<StoredItem>,
        each: &mut impl FnMut(Record) -> Result<(), E>,
    ) -> Result<(), E> {
        let file = gathered.first().map_or(0, |stored| stored.file);
        self.findings(file, |nth, finding| {
            if let Some(stored) = usize::try_from(nth).ok().and_then(|nth| gathered.get_mut(nth)) {
                stored.record.findings.push(finding);
            }
        })?;
        nest(gathered).map_or(Ok(()), each)
    }

    fn findings(&self, file: i64, mut each: impl FnMut(i64, Finding)) -> Result<(), LedgerError> {
        let mut get = self.connection.prepare_cached(GET_FINDINGS)?;
        let mut rows = get.query([file])?;
        while let Some(row) = rows.next()? {
            let (nth, finding) = row::finding(row)?;
            each(nth, finding);
        }
        Ok(())
    }
}

/// Puts members into their containers. Rows come outermost first, so the last one never contains another.
fn nest(gathered: &mut Vec<StoredItem>) -> Option<Record> {
    while gathered.len() > 1 {
        let Some(StoredItem { mut record, parent, .. }) = gathered.pop() else { break };
        record.members.reverse();
        let parent = parent.and_then(|nth| usize::try_from(nth).ok()).unwrap_or(0);
        if let Some(container) = gathered.get_mut(parent) {
            container.record.members.push(record);
        }
    }
    let mut record = gathered.pop()?.record;
    record.members.reverse();
    Some(record)
}

/// Opens the file to read.
pub(super) fn connect(path: &Path) -> Result<Connection, LedgerError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(std::time::Duration::from_secs(10))?;
    let can_read = connection.query_row("SELECT count(*) FROM source", [], |_| Ok(()));
    if can_read.is_ok() || path.with_extension("sqlite-wal").exists() {
        return Ok(connection);
    }
    // A write-ahead ledger on read-only media has no place for its index; it cannot change there either.
    let mut uri = String::from("file:");
    for byte in std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str()) {
        let _ = write!(uri, "%{byte:02x}");
    }
    uri.push_str("?immutable=1");
    Ok(Connection::open_with_flags(uri, flags)?)
}
