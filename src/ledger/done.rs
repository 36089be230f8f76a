//! What need not be examined again: the lister asks for every item, through an index, so that nothing of it is held.

use super::read::connect;
use super::{Case, LedgerError};
use crate::model::{Fault, Item, Outcome, Stage};
use rusqlite::{Connection, OptionalExtension as _, params};
use std::collections::BTreeSet;

/// Answers whether a listed item has a record that still holds.
#[derive(Debug)]
pub struct Done {
    connection: Connection,
    runs: BTreeSet<u32>,
    has_others: bool,
    retry_failed: bool,
}

impl Done {
    /// Opens the ledger to ask. Records of runs with this profile and version hold; with `retry_failed`, those of
    /// failed items don't.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub fn open(case: &Case, profile: [u8; 32], version: &str, retry_failed: bool) -> Result<Self, LedgerError> {
        let connection = connect(&case.ledger_path())?;
        let get = "SELECT id, profile = ?1 AND version = ?2 FROM run";
        let mut runs = BTreeSet::new();
        let mut has_others = false;
        {
            let mut get = connection.prepare(get)?;
            let mut rows = get.query(params![profile, version])?;
            while let Some(row) = rows.next()? {
                if row.get(1)? {
                    runs.insert(row.get(0)?);
                } else {
                    has_others = true;
                }
            }
        }
        Ok(Self { connection, runs, has_others, retry_failed })
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
    pub fn is_done(&self, item: &Item, fault: Option<Fault>) -> Result<bool, LedgerError> {
        let get = "SELECT run, size, modified_ms, outcome, faults FROM item WHERE source=?1 AND key=?2 AND nth=0";
        let mut get = self.connection.prepare_cached(get)?;
        let same = |row: &rusqlite::Row<'_>| {
            let is_same = self.runs.contains(&row.get(0)?)
                && row.get::<_, i64>(1)?.cast_unsigned() == item.size
                && row.get::<_, Option<i64>>(2)? == item.modified_ms;
            if !is_same {
                return Ok(false);
            }
            let outcome = row.get_ref(3)?.as_str()?;
            if outcome == Outcome::Examined.name() || outcome == Outcome::Partial.name() {
                return Ok(true);
            }
            let faults: String = row.get(4)?;
            let was = closed(&faults);
            let is_retried = self.retry_failed && outcome == Outcome::Failed.name();
            Ok(was == fault && !is_retried)
        };
        let stored = get.query_row(params![item.locator.source, item.locator.key], same).optional()?;
        Ok(stored.unwrap_or(false))
    }
}

/// The fault at the source that kept an item closed.
fn closed(faults: &str) -> Option<Fault> {
    let faults: Vec<Fault> = serde_json::from_str(faults).unwrap_or_default();
    faults.into_iter().find(|fault| fault.stage == Stage::Source)
}
