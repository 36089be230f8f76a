//! Model files of the user's: each is known by its SHA-256, so one that was altered or damaged is refused.

use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

/// Largest model file that is read, in bytes.
const FILE_BYTES: u64 = 8 << 20;

/// A model file that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ModelFile {
    /// Its name in a models folder.
    pub file_name: &'static str,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: &'static str,
    /// The model's name in reports.
    pub model: &'static str,
}

impl ModelFile {
    /// Whether these bytes are the file.
    pub fn is(&self, bytes: &[u8]) -> bool {
        data_encoding::HEXLOWER.encode(&Sha256::digest(bytes)) == self.sha256
    }

    /// Reads it from a models folder; `None` if it is not there.
    ///
    /// # Errors
    /// If it is there and is not byte for byte the known one, or cannot be read.
    pub fn read_from(&self, folder: &Path) -> io::Result<Option<Vec<u8>>> {
        let path = folder.join(self.file_name);
        if !path.is_file() {
            return Ok(None);
        }
        let bytes = read_model(&path)?;
        if !self.is(&bytes) {
            let altered = format!("{} is not the known model (SHA-256 differs)", path.display());
            return Err(io::Error::new(io::ErrorKind::InvalidData, altered));
        }
        Ok(Some(bytes))
    }
}

/// Reads a model file, whose size is bounded.
///
/// # Errors
/// If it cannot be read.
pub fn read_model(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(FILE_BYTES).read_to_end(&mut bytes)?;
    Ok(bytes)
}
