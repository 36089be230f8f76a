//! The case folder: ledger, key, seals, audit log and reports of one incident. Readable by its owner only.

use super::LedgerError;
use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// A case folder.
#[derive(Debug, Clone)]
pub struct Case {
    folder: PathBuf,
}

/// Held by the one scan that may write to a case; the system releases it when the process ends, however it ends.
#[derive(Debug)]
pub struct CaseLock {
    _file: File,
}

/// Writes a file of a case for its owner alone, and renames it into place, so that a kill never leaves half of one.
pub(super) fn replace(path: &Path, content: &[u8]) -> Result<(), LedgerError> {
    let mut fresh = path.as_os_str().to_owned();
    fresh.push(".new");
    let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&fresh);
    let written = file.and_then(|mut file| {
        file.write_all(content)?;
        file.sync_all()?;
        fs::rename(&fresh, path)
    });
    written.map_err(LedgerError::io(path))
}

impl Case {
    /// The case in a folder.
    ///
    /// # Errors
    /// [`LedgerError::NoCase`] if there is none.
    pub fn open(folder: &Path) -> Result<Self, LedgerError> {
        let case = Self { folder: folder.to_owned() };
        if case.ledger_path().is_file() { Ok(case) } else { Err(LedgerError::NoCase(folder.to_owned())) }
    }

    /// The case in a folder, made if the folder is new or empty.
    ///
    /// # Errors
    /// [`LedgerError::NotACase`] if the folder holds something else, [`LedgerError::Io`] if it cannot be made.
    pub fn open_or_create(folder: &Path) -> Result<Self, LedgerError> {
        let case = Self { folder: folder.to_owned() };
        DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(LedgerError::io(folder))?;
        let is_ours = case.key_path().exists() || case.ledger_path().exists();
        let mut entries = fs::read_dir(folder).map_err(LedgerError::io(folder))?;
        if !is_ours && entries.any(|entry| entry.is_ok_and(|entry| entry.file_name() != "lock")) {
            return Err(LedgerError::NotACase(folder.to_owned()));
        }
        Ok(case)
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The ledger's file.
    pub fn ledger_path(&self) -> PathBuf {
        self.folder.join("ledger.sqlite")
    }

    /// The audit log's file.
    pub fn audit_path(&self) -> PathBuf {
        self.folder.join("audit.jsonl")
    }

    pub(super) fn key_path(&self) -> PathBuf {
        self.folder.join("case.key")
    }

    /// Takes the case for one scan.
    ///
    /// # Errors
    /// [`LedgerError::Busy`] if another scan holds it.
    pub fn lock(&self) -> Result<CaseLock, LedgerError> {
        let path = self.folder.join("lock");
        let file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&path);
        let file = file.map_err(LedgerError::io(&path))?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(CaseLock { _file: file }),
            Err(Errno::WOULDBLOCK) => Err(LedgerError::Busy(self.folder.clone())),
            Err(errno) => Err(LedgerError::io(path)(errno.into())),
        }
    }

    /// The case key: tokens of one case can be compared with each other and with nothing else.
    ///
    /// # Errors
    /// If it cannot be read, or is not 32 bytes.
    pub fn key(&self) -> Result<[u8; 32], LedgerError> {
        let path = self.key_path();
        let mut key = [0; 32];
        let read = File::open(&path).and_then(|mut file| file.read_exact(&mut key));
        read.map(|()| key).map_err(LedgerError::io(path))
    }

    /// The case key, drawn from the system's randomness if the case is new.
    ///
    /// # Errors
    /// If it cannot be read or written.
    pub fn key_or_create(&self) -> Result<[u8; 32], LedgerError> {
        let path = self.key_path();
        if path.exists() {
            return self.key();
        }
        if self.tombstone_path().exists() {
            return Err(LedgerError::KeyDestroyed(self.folder.clone()));
        }
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(|error| LedgerError::io(&path)(std::io::Error::other(error.to_string())))?;
        replace(&path, &key).map(|()| key)
    }

    /// The file of a run's sealed data key.
    pub fn seal_path(&self, run: u32) -> PathBuf {
        self.folder.join("seals").join(format!("{run}.age"))
    }

    /// Keeps a run's data key, which is already encrypted to its recipient.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write_seal(&self, run: u32, sealed: &[u8]) -> Result<(), LedgerError> {
        let path = self.seal_path(run);
        let folder = self.folder.join("seals");
        DirBuilder::new().recursive(true).mode(0o700).create(&folder).map_err(LedgerError::io(folder))?;
        let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path);
        let written = file.and_then(|mut file| file.write_all(sealed).and_then(|()| file.sync_all()));
        written.map_err(LedgerError::io(path))
    }

    /// The sealed data keys of all runs: run and ciphertext, in order of run.
    ///
    /// # Errors
    /// If one cannot be read.
    pub fn seals(&self) -> Result<Vec<(u32, Vec<u8>)>, LedgerError> {
        /// Largest sealed key: an age header for a handful of recipients.
        const SEAL_BYTES: u64 = 1 << 20;
        let folder = self.folder.join("seals");
        if !folder.exists() {
            return Ok(Vec::new());
        }
        let mut seals = Vec::new();
        for entry in fs::read_dir(&folder).map_err(LedgerError::io(&folder))? {
            let path = entry.map_err(LedgerError::io(&folder))?.path();
            let run = path.file_stem().and_then(|stem| stem.to_str()).and_then(|stem| stem.parse().ok());
            let Some(run) = run else { continue };
            let mut bytes = Vec::new();
            let file = File::open(&path).map_err(LedgerError::io(&path))?;
            file.take(SEAL_BYTES).read_to_end(&mut bytes).map_err(LedgerError::io(&path))?;
            seals.push((run, bytes));
        }
        seals.sort();
        Ok(seals)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn the_key_is_made_once_and_readable_by_the_owner_alone() {
        let world = tempfile::tempdir().expect("folder");
        let case = Case::open_or_create(&world.path().join("case")).expect("made");
        let key = case.key_or_create().expect("made");
        assert_eq!(case.key_or_create().expect("read"), key);
        assert_eq!(fs::metadata(case.key_path()).expect("there").permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_folder_with_something_else_in_it_is_refused() {
        let world = tempfile::tempdir().expect("folder");
        fs::write(world.path().join("thesis.odt"), "x").expect("written");
        assert!(matches!(Case::open_or_create(world.path()), Err(LedgerError::NotACase(_))));
        assert!(matches!(Case::open(world.path()), Err(LedgerError::NoCase(_))));
    }

    #[test]
    fn a_second_lock_is_refused() {
        let world = tempfile::tempdir().expect("folder");
        let case = Case::open_or_create(world.path()).expect("made");
        let _held = case.lock().expect("free");
        assert!(matches!(case.lock(), Err(LedgerError::Busy(_))));
    }
}
