//! The record of one item: the only thing that is stored, sent between processes, merged or resumed.

use super::class::Verdict;
use super::facts::Facts;
use super::fault::{Fault, Outcome};
use super::finding::{Finding, Token};
use super::locator::{IdKey, Locator};
use super::media::Media;
use serde::{Deserialize, Serialize};

/// Version of the record's layout. A ledger of another version is refused with a word on what to do.
pub const SCHEMA: u16 = 4;

/// Content hashes of an item, both taken in the one read of its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Hashes {
    /// SHA-256, the hash that courts and laboratories expect.
    pub sha256: [u8; 32],
    /// BLAKE3, for duplicates and caches.
    pub blake3: [u8; 32],
}

/// Everything that is known of one item after its examination.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Its name.
    pub locator: Locator,
    /// Its short name, which the ledger gives it as it is read; outside of a case it is made without a key.
    #[serde(skip)]
    pub id: String,
    /// Size in bytes.
    pub size: u64,
    /// Last modification as the source says, in milliseconds since 1970-01-01 UTC; members have none.
    pub modified_ms: Option<i64>,
    /// Hashes of the content, where it was read whole.
    pub hashes: Option<Hashes>,
    /// What the bytes are.
    pub media: Media,
    /// How the examination ended.
    pub outcome: Outcome,
    /// What went wrong, in order, each code once.
    pub faults: Vec<Fault>,
    /// What the item is; `None` where it was skipped or failed before that could be told.
    pub verdict: Option<Verdict>,
    /// Personal data, ordered by origin and position.
    pub findings: Vec<Finding>,
    /// Facts that identify nobody.
    pub facts: Facts,
    /// Token of the person whose folder the item lies in (`patients/<id>/`), if its path says so.
    pub folder_subject: Option<Token>,
    /// Token of the controller that the path names (`clinic-<id>/`), if it does.
    pub folder_controller: Option<Token>,
    /// Records of its members.
    pub members: Vec<Record>,
}

impl Record {
    /// The record of an item that was not opened or died: an outcome with its reason.
    pub fn unread(locator: Locator, size: u64, modified_ms: Option<i64>, fault: Fault) -> Self {
        Self {
            id: locator.id(&IdKey::default()),
            locator,
            size,
            modified_ms,
            hashes: None,
            media: Media::Unknown,
            // Nothing of it was read, so a fault that elsewhere costs a part costs all here.
            outcome: match Outcome::of(&[fault], false) {
                Outcome::Skipped => Outcome::Skipped,
                _ => Outcome::Failed,
            },
            faults: vec![fault],
            verdict: None,
            findings: Vec::new(),
            facts: Facts::default(),
            folder_subject: None,
            folder_controller: None,
            members: Vec::new(),
        }
    }

    /// This record and all records below it, outermost first.
    pub fn walk(&self) -> impl Iterator<Item = &Self> {
        let mut open = vec![self];
        std::iter::from_fn(move || {
            let next = open.pop()?;
            open.extend(next.members.iter().rev());
            Some(next)
        })
    }
}
