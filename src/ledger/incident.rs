//! The incident file as the case remembers it, so that what was given once is in every later paper.

use super::case::replace;
use super::{Case, LedgerError};
use std::fs::File;
use std::io::{self, Read as _};
use std::path::PathBuf;

impl Case {
    /// Where the incident file is kept.
    pub fn incident_path(&self) -> PathBuf {
        self.folder().join("incident.toml")
    }

    /// Keeps the text of an incident file in place of an earlier one. `true` if it is another.
    ///
    /// # Errors
    /// If it cannot be read or written; then the earlier one is still there.
    pub fn keep_incident(&self, text: &str) -> Result<bool, LedgerError> {
        let path = self.incident_path();
        let mut kept = Vec::new();
        let read = File::open(&path).and_then(|file| file.take(text.len() as u64 + 1).read_to_end(&mut kept));
        match read {
            Ok(_) if kept == text.as_bytes() => return Ok(false),
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(LedgerError::io(path)(error)),
            _ => {}
        }
        replace(&path, text.as_bytes()).map(|()| true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_incident_file_is_kept() {
        let world = tempfile::tempdir().expect("folder");
        let case = Case::open_or_create(world.path()).expect("made");
        assert!(!case.incident_path().exists());
        assert!(case.keep_incident("[incident]\n").expect("kept"));
        assert!(!case.keep_incident("[incident]\n").expect("the same"));
        assert!(case.keep_incident("[incident]\nid = \"2\"\n").expect("another"));
        assert!(!case.keep_incident("[incident]\nid = \"2\"\n").expect("the same"));
        assert_eq!(std::fs::read_dir(world.path()).expect("a folder").count(), 1, "nothing else is left");
    }
}
