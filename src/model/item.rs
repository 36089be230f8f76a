//! One listed file or object, before it is opened.

use super::locator::Locator;
use serde::{Deserialize, Serialize};

/// What a source says of one entry. It travels to the worker that opens it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Its name.
    pub locator: Locator,
    /// Size in bytes, as listed.
    pub size: u64,
    /// Last modification as listed, in milliseconds since 1970-01-01 UTC.
    pub modified_ms: Option<i64>,
    /// Device and inode where the source has them: the opened file must still be the listed one.
    pub inode: Option<(u64, u64)>,
    /// Last change of the file or of what is kept about it (`ctime`), in nanoseconds: a copy that was given the old
    /// time of modification still has a new one of these.
    pub changed_ns: Option<i64>,
}

impl Item {
    /// What tells this very state of the file from another of the same name, size and time of modification: its inode
    /// and its last change. `None` where the source has none of these.
    pub fn stamp(&self) -> Option<i64> {
        let (_, inode) = self.inode?;
        let mut hasher = blake3::Hasher::new_derive_key("breachscope 2026 stamp of a file");
        hasher.update(&inode.to_le_bytes()).update(&self.changed_ns?.to_le_bytes());
        hasher.finalize().as_bytes().first_chunk::<8>().map(|bytes| i64::from_le_bytes(*bytes))
    }
}
