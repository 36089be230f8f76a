//! What somebody decided about mentions: one JSON line each, only ever added to.

use super::{Case, LedgerError};
use crate::model::Decision;
use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;

impl Case {
    fn decisions_path(&self) -> PathBuf {
        self.folder().join("decisions.jsonl")
    }

    /// All decisions, in the order in which they were made.
    ///
    /// # Errors
    /// If they cannot be read.
    pub fn decisions(&self) -> Result<Vec<Decision>, LedgerError> {
        let path = self.decisions_path();
        if !path.exists() {
            return Ok(Vec::new());
        }
        let file = File::open(&path).map_err(LedgerError::io(&path))?;
        let mut decisions = Vec::new();
        for line in BufReader::new(file).lines() {
            let line = line.map_err(LedgerError::io(&path))?;
            decisions.push(serde_json::from_str(&line).map_err(LedgerError::row)?);
        }
        Ok(decisions)
    }

    /// Adds a decision, and returns once it is on the disk.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn decide(&self, decision: &Decision) -> Result<(), LedgerError> {
        let path = self.decisions_path();
        let line = serde_json::to_string(decision).map_err(LedgerError::row)?;
        let file = OpenOptions::new().append(true).create(true).mode(0o600).open(&path);
        let written = file.and_then(|mut file| {
            file.write_all(format!("{line}\n").as_bytes())?;
            file.sync_data()
        });
        written.map_err(LedgerError::io(path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{MentionId, Ruling};

    #[test]
    fn decisions_are_kept_in_order() {
        let world = tempfile::tempdir().expect("folder");
        let case = Case::open_or_create(world.path()).expect("made");
        assert_eq!(case.decisions().expect("none"), []);
        let of = |at_ms, ruling| Decision { at_ms, ruling, a: MentionId(1), b: MentionId(2) };
        let made = [of(1, Ruling::Merge), of(2, Ruling::Split)];
        for decision in &made {
            case.decide(decision).expect("kept");
        }
        assert_eq!(case.decisions().expect("read"), made);
    }
}
