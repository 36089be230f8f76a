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
}
