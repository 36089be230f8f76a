//! The rule files as bytes: the set embedded at build time, or a folder of the user's with the same layout.

use super::RuleError;
use serde::de::DeserializeOwned;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;
use std::{fs, io};

static EMBEDDED: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/rules.rs"));

/// Largest rule file that is read from a folder, in bytes; the embedded name lists stay below it.
const FILE_BYTES: u64 = 64 << 20;

/// Whether a rule file is TOML, by its name.
pub(super) fn is_toml(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|extension| extension == "toml")
}

/// Every rule file, by its path below `rules/` with `/` between segments.
#[derive(Debug, Clone, Default)]
pub struct RuleFiles {
    /// Embedded files are borrowed: they are megabytes, and every worker holds the rules.
    files: BTreeMap<String, Cow<'static, [u8]>>,
    replaced: bool,
}

impl RuleFiles {
    /// The rules that this program was built with.
    pub fn embedded() -> Self {
        Self {
            files: EMBEDDED.iter().map(|(path, bytes)| ((*path).to_owned(), Cow::Borrowed(*bytes))).collect(),
            replaced: false,
        }
    }

    /// The embedded rules with every file below a folder laid over them: a file of the same path replaces, another adds.
    ///
    /// # Errors
    /// If the folder or a file in it cannot be read.
    pub fn with_folder(folder: &Path) -> io::Result<Self> {
        let mut all = Self::embedded();
        all.replaced = true;
        for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
            let entry = entry.map_err(io::Error::from)?;
            if entry.file_type().is_file() {
                let name = entry.path().strip_prefix(folder).unwrap_or(entry.path()).to_string_lossy().into_owned();
                let mut bytes = Vec::new();
                fs::File::open(entry.path())?.take(FILE_BYTES).read_to_end(&mut bytes)?;
                all.files.insert(name, Cow::Owned(bytes));
            }
        }
        Ok(all)
    }

    /// Whether the file at this path is the one that this program was built with.
    pub(super) fn is_embedded(&self, path: &str) -> bool {
        matches!(self.files.get(path), Some(Cow::Borrowed(_)))
    }

    /// The file at this path.
    pub fn get(&self, path: &str) -> Option<&[u8]> {
        self.files.get(path).map(AsRef::as_ref)
    }

    /// The TOML file at this path, read into its schema.
    ///
    /// # Errors
    /// If it is missing or does not fit the schema.
    pub fn toml<T: DeserializeOwned>(&self, path: &str) -> Result<T, RuleError> {
        RuleError::parse(path, self.get(path).ok_or_else(|| RuleError::missing(path))?)
    }

    /// Files whose path begins so, in order of path.
    pub fn under<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a [u8])> {
        self.files
            .range(prefix.to_owned()..)
            .take_while(move |(path, _)| path.starts_with(prefix))
            .map(|(path, bytes)| (path.as_str(), bytes.as_ref()))
    }

    /// BLAKE3 over every path and content: two scans with the same digest used the same rules.
    pub fn digest(&self) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new();
        for (path, bytes) in &self.files {
            hasher.update(&(path.len() as u64).to_le_bytes());
            hasher.update(path.as_bytes());
            hasher.update(&(bytes.len() as u64).to_le_bytes());
            hasher.update(bytes);
        }
        hasher.finalize().into()
    }

    /// Whether a folder of the user's was laid over the embedded rules.
    pub fn is_customised(&self) -> bool {
        self.replaced
    }
}
