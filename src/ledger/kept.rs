//! What was worked out after the scan, kept in the case so that later reports show it: each in a JSON file of its own.

use super::case::replace;
use super::{Case, LedgerError};
use crate::model::FaceGroups;
use crate::model::quality::Quality;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fs::File;
use std::io::BufReader;

/// What quality control found.
const QUALITY: &str = "quality.json";
/// What grouping faces came to: counts alone.
const FACES: &str = "faces.json";

impl Case {
    /// The last scored sample, if there is one.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn quality(&self) -> Result<Option<Quality>, LedgerError> {
        self.kept(QUALITY)
    }

    /// Keeps a scored sample in the place of the one before.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn keep_quality(&self, quality: &Quality) -> Result<(), LedgerError> {
        self.keep(QUALITY, quality)
    }

    /// The last grouping of faces, if there is one.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn face_groups(&self) -> Result<Option<FaceGroups>, LedgerError> {
        self.kept(FACES)
    }

    /// Keeps a grouping of faces in the place of the one before.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn keep_face_groups(&self, groups: &FaceGroups) -> Result<(), LedgerError> {
        self.keep(FACES, groups)
    }

    fn kept<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, LedgerError> {
        let path = self.folder().join(name);
        if !path.exists() {
            return Ok(None);
        }
        let file = File::open(&path).map_err(LedgerError::io(&path))?;
        serde_json::from_reader(BufReader::new(file)).map(Some).map_err(LedgerError::row)
    }

    fn keep<T: Serialize>(&self, name: &str, content: &T) -> Result<(), LedgerError> {
        let text = serde_json::to_string_pretty(content).map_err(LedgerError::row)?;
        replace(&self.folder().join(name), text.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grouping_is_kept_until_the_next_one() {
        let world = tempfile::tempdir().expect("folder");
        let case = Case::open_or_create(world.path()).expect("made");
        assert_eq!(case.face_groups().expect("none"), None);
        for groups in [7, 9] {
            let groups = FaceGroups { groups, ..FaceGroups::default() };
            case.keep_face_groups(&groups).expect("kept");
            assert_eq!(case.face_groups().expect("read"), Some(groups));
        }
        assert_eq!(case.quality().expect("none"), None);
    }
}
