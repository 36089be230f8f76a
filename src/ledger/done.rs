//! What need not be examined again: the lister asks for every item, through an index, so that nothing of it is held.

use super::read::connect;
use super::{Case, LedgerError};
use crate::model::{Fault, Item, Outcome, Stage};
use rusqlite::{Connection, OptionalExtension as _, params};
use std::cell::Cell;
use std::collections::BTreeSet;

/// Questions that are answered from one state of the ledger.
const STATE_QUESTIONS: u32 = 2048;

/// What is known of a listed item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Its record holds.
    Done,
    /// Its record holds if its content still has this BLAKE3 hash.
    DoneIf([u8; 32]),
    /// It has to be examined.
    Open,
}

/// Answers whether a listed item has a record that still holds.
#[derive(Debug)]
pub struct Done {
    connection: Connection,
    runs: BTreeSet<u32>,
    has_others: bool,
    retry_failed: bool,
    asked: Cell<u32>,
}

impl Done {
    /// Opens the ledger to ask. Records of runs with this profile and version hold; with `retry_failed`, those of
    /// failed items don't.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub fn open(case: &Case, profile: [u8; 32], version: &str, retry_failed: bool) -> Result<Self, LedgerError> {
        let connection = connect(&case.ledger_path())?;
        // Files of one folder lie next to each other in the index.
        connection.execute_batch("PRAGMA cache_size = -512")?;
        let (mut runs, mut has_others) = (BTreeSet::new(), false);
        {
            let get = "SELECT id, profile = ?1 AND version = ?2, is_complete FROM run ORDER BY id";
            let mut get = connection.prepare(get)?;
            let mut rows = get.query(params![profile, version])?;
            while let Some(row) = rows.next()? {
                let (is_same, is_complete): (bool, bool) = (row.get(1)?, row.get(2)?);
                // A whole scan with the present rules has put everything right.
                has_others = !is_same || (has_others && !is_complete);
                if is_same {
                    runs.insert(row.get(0)?);
                }
            }
        }
        Ok(Self { connection, runs, has_others, retry_failed, asked: Cell::new(0) })
    }

    /// Whether earlier runs used other rules, options or another version, so that their items are examined again.
    pub fn has_outdated_runs(&self) -> bool {
        self.has_others
    }

    /// Whether the item, listed with this fault or none, has a record that still holds: same size, same modification
    /// time, same rules, options and version. What could not be opened before is tried again if it can be now.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub fn standing(&self, item: &Item, fault: Option<Fault>) -> Result<Standing, LedgerError> {
        if self.runs.is_empty() {
            return Ok(Standing::Open);
        }
        self.renew_state()?;
        let get = "SELECT run, size, modified_ms, outcome, stamp FROM item WHERE source=?1 AND key=?2 AND nth=0";
        let mut get = self.connection.prepare_cached(get)?;
        let stored = |row: &rusqlite::Row<'_>| {
            let is_same = self.runs.contains(&row.get(0)?)
                && row.get::<_, i64>(1)?.cast_unsigned() == item.size
                && row.get::<_, Option<i64>>(2)? == item.modified_ms;
            let outcome = row.get_ref(3)?.as_str()?;
            let outcome = Outcome::ALL.into_iter().find(|known| known.name() == outcome);
            Ok((is_same, outcome, row.get::<_, Option<i64>>(4)?))
        };
        let stored = get.query_row(params![item.locator.source, item.locator.key], stored).optional()?;
        let Some((true, Some(outcome), stamp)) = stored else { return Ok(Standing::Open) };
        if matches!(outcome, Outcome::Examined | Outcome::Partial) {
            let is_known = stamp.zip(item.stamp()).is_none_or(|(stored, listed)| stored == listed);
            return if is_known { Ok(Standing::Done) } else { self.doubtful(item) };
        }
        let is_retried = self.retry_failed && outcome == Outcome::Failed;
        let is_done = !is_retried && self.closed_by(item)? == fault;
        Ok(if is_done { Standing::Done } else { Standing::Open })
    }

    /// Reads from one state of the ledger for many questions, which spares its locks, but not for longer: a reader holds
    /// the writer's journal.
    fn renew_state(&self) -> Result<(), LedgerError> {
        let asked = self.asked.replace(self.asked.get().wrapping_add(1));
        if asked.is_multiple_of(STATE_QUESTIONS) {
            self.connection.execute_batch(if asked == 0 { "BEGIN" } else { "COMMIT; BEGIN" })?;
        }
        Ok(())
    }

    /// The record of a file that is another one by its inode or its last change, though size and time are the same.
    fn doubtful(&self, item: &Item) -> Result<Standing, LedgerError> {
        let get = "SELECT blake3 FROM item WHERE source=?1 AND key=?2 AND nth=0";
        let mut get = self.connection.prepare_cached(get)?;
        let hash = get.query_row(params![item.locator.source, item.locator.key], |row| row.get::<_, Option<_>>(0))?;
        Ok(hash.map_or(Standing::Open, Standing::DoneIf))
    }

    /// The fault at the source that kept an item closed.
    fn closed_by(&self, item: &Item) -> Result<Option<Fault>, LedgerError> {
        let get = "SELECT faults FROM item WHERE source=?1 AND key=?2 AND nth=0";
        let mut get = self.connection.prepare_cached(get)?;
        let faults: String = get.query_row(params![item.locator.source, item.locator.key], |row| row.get(0))?;
        Ok(closed(&faults))
    }
}

/// The fault at the source that kept an item closed.
fn closed(faults: &str) -> Option<Fault> {
    let faults: Vec<Fault> = serde_json::from_str(faults).unwrap_or_default();
    faults.into_iter().find(|fault| fault.stage == Stage::Source)
}
