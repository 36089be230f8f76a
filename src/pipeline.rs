//! The straight line of one item: identify, extract, detect, classify, Record. The only file that names every stage.

use crate::extract::ExtractOptions;
use crate::identify::identify;
use crate::limits::{Content, Limits};
use crate::model::{Fault, Item, Outcome, Record};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::PathBuf;

/// Everything a worker needs to build its kit; sent as the first frame over the pipe. It contains the case key: never
/// argv, never logged.
#[derive(Serialize, Deserialize)]
pub struct Setup {
    /// Bounds on one item.
    pub limits: Limits,
    /// What readers follow.
    pub extract: ExtractOptions,
    /// What detectors follow.
    pub detect: DetectSettings,
    /// A folder laid over the embedded rules.
    pub rules: Option<PathBuf>,
    /// A folder with optional models.
    pub models: Option<PathBuf>,
    /// The case key.
    pub key: [u8; 32],
    /// Where clear values are encrypted to, if a recipient was named.
    pub seal: Option<SealKey>,
    /// Whether text is read from pixels.
    pub ocr: OcrMode,
    /// Roots of the sources by index, as OS bytes.
    pub sources: Vec<Vec<u8>>,
}

impl fmt::Debug for Setup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Setup").field("sources", &self.sources.len()).finish_non_exhaustive()
    }
}

/// What detectors follow.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DetectSettings {
    /// ISO 3166-1 alpha-2 countries whose identifiers are sought; empty means all.
    pub countries: Vec<String>,
}

/// Whether text is read from pixels.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum OcrMode {
    /// Never.
    #[default]
    Off,
    /// Where a document has no text.
    Auto,
    /// Every picture and page.
    All,
}

/// Data key of one run; it is kept only encrypted to the recipient, in the case folder.
#[derive(Clone, Serialize, Deserialize)]
pub struct SealKey {
    /// The run, as the ledger numbers it.
    pub run: u32,
    /// The key.
    pub key: [u8; 32],
}

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealKey(run {})", self.run)
    }
}

/// Why a kit cannot be built; the message names the rule file and line.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KitError {
    /// The rules folder cannot be read.
    #[error("the rules in {folder} cannot be read")]
    Rules {
        /// The folder.
        folder: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

/// What examinations share: compiled rules, models, keys. Immutable.
#[derive(Debug)]
pub struct Kit {}

impl Kit {
    /// Builds the kit of a worker.
    ///
    /// # Errors
    /// If a rule does not compile or a file of the setup cannot be read.
    pub fn build(setup: &Setup) -> Result<Self, KitError> {
        if let Some(folder) = &setup.rules {
            crate::rules::RuleFiles::with_folder(folder)
                .map_err(|source| KitError::Rules { folder: folder.clone(), source })?;
        }
        Ok(Self {})
    }
}

/// Examines one item. Total: whatever the bytes are, a record comes out.
pub fn examine(item: &Item, content: Result<Content, Fault>, kit: &Kit) -> Record {
    let Kit {} = kit;
    let content = match content {
        Ok(content) => content,
        Err(fault) => return Record::unread(item.locator.clone(), item.size, item.modified_ms, fault),
    };
    let identified = identify(&content, &item.locator);
    let first = identified.faults.first().copied();
    let mut record = Record::unread(
        item.locator.clone(),
        content.size(),
        item.modified_ms,
        first.unwrap_or(Fault::extract(crate::model::Code::Unsupported)),
    );
    record.media = identified.media;
    record.faults = identified.faults;
    record.hashes = content.hashes().ok().map(|(hashes, _)| hashes);
    record.outcome = Outcome::of(&record.faults, true);
    record
}
