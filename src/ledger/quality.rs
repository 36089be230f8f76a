//! What quality control found, kept in the case so that later reports show it.

use super::case::replace;
use super::{Case, LedgerError};
use crate::model::quality::Quality;
use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;

impl Case {
    fn quality_path(&self) -> PathBuf {
        self.folder().join("quality.json")
    }

    /// The last scored sample, if there is one.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn quality(&self) -> Result<Option<Quality>, LedgerError> {
        let path = self.quality_path();
        if !path.exists() {
            return Ok(None);
        }
        let file = File::open(&path).map_err(LedgerError::io(&path))?;
        serde_json::from_reader(BufReader::new(file)).map(Some).map_err(LedgerError::row)
    }

    /// Keeps a scored sample in the place of the one before.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn keep_quality(&self, quality: &Quality) -> Result<(), LedgerError> {
        let text = serde_json::to_string_pretty(quality).map_err(LedgerError::row)?;
        replace(&self.quality_path(), text.as_bytes())
    }
}
