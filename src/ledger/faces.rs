//! What grouping faces came to, kept in the case so that later reports show it: counts alone.

use super::case::replace;
use super::{Case, LedgerError};
use crate::model::FaceGroups;
use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;

impl Case {
    fn faces_path(&self) -> PathBuf {
        self.folder().join("faces.json")
    }

    /// The last grouping, if there is one.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn face_groups(&self) -> Result<Option<FaceGroups>, LedgerError> {
        let path = self.faces_path();
        if !path.exists() {
            return Ok(None);
        }
        let file = File::open(&path).map_err(LedgerError::io(&path))?;
        serde_json::from_reader(BufReader::new(file)).map(Some).map_err(LedgerError::row)
    }

    /// Keeps a grouping in the place of the one before.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn keep_face_groups(&self, groups: &FaceGroups) -> Result<(), LedgerError> {
        let text = serde_json::to_string_pretty(groups).map_err(LedgerError::row)?;
        replace(&self.faces_path(), text.as_bytes())
    }
}
