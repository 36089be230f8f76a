//! The audit log: who ran what and when, one JSON line an event, each line chained to the one before by its hash, so
//! that a line that was changed or removed later is noticed. No paths of the leak and no values.

use super::{Case, LedgerError};
use rustix::fs::{FlockOperation, flock};
use serde_json::{Value, json};
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;

/// The log of one case, opened to append.
#[derive(Debug)]
pub struct Audit {
    path: PathBuf,
    last: String,
    lines: u64,
    bytes: u64,
}

impl Audit {
    /// Opens the log and checks its chain. A torn last line, from a power cut, is noted by the next entry's `prev`.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn open(case: &Case) -> Result<Self, LedgerError> {
        let mut audit = Self { path: case.audit_path(), last: String::new(), lines: 0, bytes: 0 };
        if audit.path.exists() {
            audit.catch_up().map_err(LedgerError::io(&audit.path))?;
        }
        Ok(audit)
    }

    /// Adds an event, and returns once it is on the disk. Commands that run side by side wait for each other.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn append(&mut self, at_ms: i64, event: &str, facts: &Value) -> Result<(), LedgerError> {
        let file = OpenOptions::new().append(true).create(true).mode(0o600).open(&self.path);
        let written = file.and_then(|mut file| {
            flock(&file, FlockOperation::LockExclusive)?;
            self.catch_up()?;
            let entry =
                json!({ "seq": self.lines + 1, "at_ms": at_ms, "event": event, "facts": facts, "prev": self.last });
            let line = entry.to_string();
            // A power cut may have torn the last line off before its end.
            let torn = if self.bytes > file.metadata()?.len() { "\n" } else { "" };
            file.write_all(format!("{torn}{line}\n").as_bytes())?;
            file.sync_data()?;
            self.take(line.as_bytes());
            Ok(())
        });
        written.map_err(LedgerError::io(&self.path))
    }

    /// Reads lines that other commands have added.
    fn catch_up(&mut self) -> io::Result<()> {
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(self.bytes))?;
        for line in BufReader::new(file).split(b'\n') {
            self.take(&line?);
        }
        Ok(())
    }

    fn take(&mut self, line: &[u8]) {
        self.last = blake3::hash(line).to_hex().to_string();
        self.lines += 1;
        self.bytes += line.len() as u64 + 1;
    }

    /// Reads the whole log and checks its chain.
    ///
    /// # Errors
    /// If the log cannot be read.
    pub fn check(case: &Case) -> Result<Checked, LedgerError> {
        let path = case.audit_path();
        let file = File::open(&path).map_err(LedgerError::io(&path))?;
        let mut checked = Checked::default();
        for line in BufReader::new(file).split(b'\n') {
            let line = line.map_err(LedgerError::io(&path))?;
            checked.take(&line);
        }
        Ok(checked)
    }
}

/// What the log says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Checked {
    /// Its lines.
    pub entries: u64,
    /// The hash of its last line.
    pub head: String,
    /// The first line whose `prev` or number does not fit the line before it; `None` if the chain holds.
    pub first_break: Option<u64>,
    /// The root of the manifest that was noted last.
    pub manifest_root: Option<String>,
    /// Decisions about persons that were noted: the ruling and the two mentions.
    pub decisions: Vec<(String, String, String)>,
}

impl Checked {
    fn take(&mut self, line: &[u8]) {
        self.entries += 1;
        let entry: Value = serde_json::from_slice(line).unwrap_or_default();
        let is_next = entry.get("prev").and_then(Value::as_str) == Some(self.head.as_str())
            && entry.get("seq").and_then(Value::as_u64) == Some(self.entries);
        if !is_next && self.first_break.is_none() {
            self.first_break = Some(self.entries);
        }
        self.head = blake3::hash(line).to_hex().to_string();
        let fact = |name: &str| {
            let fact = entry.get("facts").and_then(|facts| facts.get(name)).and_then(Value::as_str);
            fact.map(str::to_owned)
        };
        self.manifest_root = fact("manifest_root").or_else(|| self.manifest_root.take());
        if entry.get("event").and_then(Value::as_str) == Some("persons_decided") {
            self.decisions.extend(fact("ruling").zip(fact("a")).zip(fact("b")).map(|((ruling, a), b)| (ruling, a, b)));
        }
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
        assert_eq!(Audit::check(&case).expect("read").first_break, None);
        let log = io::read_to_string(File::open(case.audit_path()).expect("opened")).expect("read");
        std::fs::write(case.audit_path(), log.replace("\"run\":1", "\"run\":7")).expect("written");
        assert_eq!(Audit::check(&case).expect("read").first_break, Some(3));
    }
}
