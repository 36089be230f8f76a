//! Listing items and opening them, read-only. Nothing here ever writes, follows a link, or interprets a name.
//!
//! A source lists [`Entry`]s, one for every thing it holds whatever that is: what cannot be examined is listed with
//! its fault. [`Roots`] opens an item again where the bytes are read, in the worker.

mod filter;
mod folder;
mod list;
mod open;

pub use filter::{Filter, FilterError};
pub use folder::Folder;
pub use list::PathList;
pub use open::Roots;

use crate::model::{Code, Fault, Item, Locator, Stage};
use serde::{Deserialize, Serialize};
use std::fs::Metadata;
use std::io;
use std::os::unix::fs::MetadataExt as _;

/// One listed thing: an item to examine, or one that will not be opened and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// What was listed.
    pub item: Item,
    /// Why it is not opened; `None` for a file to examine.
    pub fault: Option<Fault>,
}

impl Entry {
    /// An entry that could be named but not looked at.
    fn unseen(locator: Locator, fault: Fault) -> Self {
        Self { item: Item { locator, size: 0, modified_ms: None, inode: None, changed_ns: None }, fault: Some(fault) }
    }

    /// An entry with what the file system says of it. Anything but a regular file carries its fault.
    fn of(locator: Locator, metadata: &Metadata) -> Self {
        let kind = metadata.file_type();
        let code = if kind.is_symlink() {
            Some(Code::Symlink)
        } else if kind.is_dir() {
            Some(Code::OtherFileSystem)
        } else if kind.is_file() {
            None
        } else {
            Some(Code::NotRegular)
        };
        let modified_ms = metadata.mtime().saturating_mul(1000).saturating_add(metadata.mtime_nsec() / 1_000_000);
        let item = Item {
            locator,
            size: if kind.is_file() { metadata.len() } else { 0 },
            modified_ms: Some(modified_ms),
            inode: Some((metadata.dev(), metadata.ino())),
            changed_ns: Some(metadata.ctime().saturating_mul(1_000_000_000).saturating_add(metadata.ctime_nsec())),
        };
        Self { item, fault: code.map(|code| Fault::new(Stage::Source, code)) }
    }
}

/// Why a listing ended early: a trouble of the run, not of an item.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ListError {
    /// The list of paths itself could not be read.
    #[error("the list of paths cannot be read")]
    Read(#[source] io::Error),
    /// A listed path leads out of the source.
    #[error("path {line} of the list is not below the source; give paths relative to it, without `..`")]
    Outside {
        /// Which path of the list, from 1.
        line: u64,
    },
}

/// A place that items are listed in.
pub trait Source {
    /// Lists every entry, whatever it is, until `each` answers `false`.
    ///
    /// # Errors
    /// Where the list itself fails. Trouble with one entry is that entry's fault.
    fn list(&mut self, each: &mut dyn FnMut(Entry) -> bool) -> Result<(), ListError>;
}

/// The fault that an error of the file system stands for.
fn fault_of(error: &io::Error) -> Fault {
    let code = match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Code::Vanished,
        io::ErrorKind::PermissionDenied => Code::Denied,
        _ => Code::Io,
    };
    Fault::new(Stage::Source, code)
}
