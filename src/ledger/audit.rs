//! The audit log: who ran what and when, one JSON line an event, each line chained to the one before by its hash, so
//! that a line that was changed or removed later is noticed. No paths of the leak and no values.

use super::{Case, LedgerError};
use serde_json::{Value, json};
use std::fs::OpenOptions;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;

/// The log of one case, opened to append.
#[derive(Debug)]
pub struct Audit {
    path: PathBuf,
    last: String,
    lines: u64,
}

impl Audit {
    /// Opens the log and checks its chain. A torn last line, from a power cut, is noted by the next entry's `prev`.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn open(case: &Case) -> Result<Self, LedgerError> {
        let mut audit = Self { path: case.audit_path(), last: String::new(), lines: 0 };
        if audit.path.exists() {
            let file = std::fs::File::open(&audit.path).map_err(LedgerError::io(&audit.path))?;
            for line in BufReader::new(file).split(b'\n') {
                let line = line.map_err(LedgerError::io(&audit.path))?;
                audit.last = blake3::hash(&line).to_hex().to_string();
                audit.lines += 1;
            }
        }
        Ok(audit)
    }

    /// Adds an event, and returns once it is on the disk.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn append(&mut self, at_ms: i64, event: &str, facts: &Value) -> Result<(), LedgerError> {
        let entry = json!({ "seq": self.lines + 1, "at_ms": at_ms, "event": event, "facts": facts, "prev": self.last });
        let line = entry.to_string();
        let file = OpenOptions::new().append(true).create(true).mode(0o600).open(&self.path);
        let written = file.and_then(|mut file| {
            file.write_all(format!("{line}\n").as_bytes())?;
            file.sync_data()
        });
        written.map_err(LedgerError::io(&self.path))?;
        self.last = blake3::hash(line.as_bytes()).to_hex().to_string();
        self.lines += 1;
        Ok(())
    }

    /// The first line whose `prev` does not fit the line before it; `None` if the chain holds.
    ///
    /// # Errors
    /// If the log cannot be read.
    pub fn first_break(case: &Case) -> Result<Option<u64>, LedgerError> {
        let path = case.audit_path();
        let file = std::fs::File::open(&path).map_err(LedgerError::io(&path))?;
        let mut last = String::new();
        for (line, number) in BufReader::new(file).split(b'\n').zip(1..) {
            let line = line.map_err(LedgerError::io(&path))?;
            let entry: Value = serde_json::from_slice(&line).unwrap_or_default();
            if entry.get("prev").and_then(Value::as_str) != Some(last.as_str()) {
                return Ok(Some(number));
            }
            last = blake3::hash(&line).to_hex().to_string();
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_line_breaks_the_chain() {
        let world = tempfile::tempdir().expect("folder");
        let case = Case::open_or_create(world.path()).expect("made");
        for n in 0..3 {
            let mut audit = Audit::open(&case).expect("opened");
            audit.append(n, "run_started", &json!({ "run": n })).expect("appended");
        }
        assert_eq!(Audit::first_break(&case).expect("read"), None);
        let log = std::io::read_to_string(std::fs::File::open(case.audit_path()).expect("opened")).expect("read");
        std::fs::write(case.audit_path(), log.replace("\"run\":1", "\"run\":7")).expect("written");
        assert_eq!(Audit::first_break(&case).expect("read"), Some(3));
    }
}
