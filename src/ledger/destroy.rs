//! The end of a case's keys.

use super::{Case, LedgerError};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// What was destroyed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destroyed {
    /// A name for the key, made of it one way; `None` if it was destroyed before.
    pub key_id: Option<String>,
    /// Sealed data keys that were destroyed with it.
    pub seals: usize,
}

impl Case {
    /// The note that stands in the place of a destroyed key.
    pub(super) fn tombstone_path(&self) -> PathBuf {
        self.folder().join("case.key.destroyed")
    }

    /// Overwrites and removes the case key and, unless they are kept, the sealed data keys. A kill in the middle leaves
    /// a case that refuses to be scanned, and the same call ends the work.
    ///
    /// # Errors
    /// If a file cannot be overwritten or removed.
    pub fn destroy_key(&self, at_ms: i64, keep_seals: bool) -> Result<Destroyed, LedgerError> {
        let path = self.key_path();
        let key_id = match self.key() {
            Ok(key) => Some(id_of(&key)),
            Err(LedgerError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        let tombstone = self.tombstone_path();
        if let Some(id) = &key_id {
            let note = serde_json::json!({ "at_ms": at_ms, "key_id": id, "seals_kept": keep_seals });
            let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&tombstone);
            let written = file.and_then(|mut file| writeln!(file, "{note}").and_then(|()| file.sync_all()));
            written.map_err(LedgerError::io(&tombstone))?;
            erase(&path).map_err(LedgerError::io(&path))?;
        }
        let mut seals = 0;
        if !keep_seals {
            for (run, _) in self.seals()? {
                let path = self.seal_path(run);
                erase(&path).map_err(LedgerError::io(&path))?;
                seals += 1;
            }
        }
        File::open(self.folder()).and_then(|folder| folder.sync_all()).map_err(LedgerError::io(self.folder()))?;
        Ok(Destroyed { key_id, seals })
    }
}

/// A hash of the key under a context of its own tells which key it was, and nothing of it.
fn id_of(key: &[u8; 32]) -> String {
    let hash = blake3::derive_key("breachscope/v1/key_id", key);
    data_encoding::HEXLOWER.encode(hash.first_chunk::<8>().unwrap_or(&[0; 8]))
}

/// Overwrites a file with chance, then removes it.
fn erase(path: &Path) -> io::Result<()> {
    let length = fs::metadata(path)?.len();
    let mut chance = vec![0; usize::try_from(length).map_err(io::Error::other)?];
    getrandom::fill(&mut chance).map_err(|error| io::Error::other(error.to_string()))?;
    let mut file = OpenOptions::new().write(true).open(path)?;
    file.write_all(&chance)?;
    file.sync_all()?;
    fs::remove_file(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_destroyed_key_is_gone_and_no_new_one_is_made() {
        let world = tempfile::tempdir().expect("folder");
        let case = Case::open_or_create(world.path()).expect("made");
        case.key_or_create().expect("made");
        case.write_seal(1, b"sealed").expect("written");
        let done = case.destroy_key(5, false).expect("destroyed");
        assert_eq!((done.key_id.is_some(), done.seals), (true, 1));
        assert!(case.key().is_err());
        assert_eq!(case.seals().expect("read"), []);
        assert!(matches!(case.key_or_create(), Err(LedgerError::KeyDestroyed(_))));
        assert_eq!(case.destroy_key(6, false).expect("again"), Destroyed { key_id: None, seals: 0 });
    }
}
