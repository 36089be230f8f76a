//! The case folder and the ledger in it: one SQLite file that holds every [`Record`], so that a run can be killed at
//! any moment and continued, and a report rendered without the leak.
//!
//! Only the scan writes, through one [`Writer`] at a time; readers open the file read-only. No clear value gets here.
//!
//! [`Record`]: crate::model::Record

mod audit;
mod case;
mod decisions;
mod destroy;
mod done;
mod incident;
mod kept;
mod read;
mod row;
mod write;

pub use audit::{Audit, Checked};
pub use case::{Case, CaseLock};
pub use destroy::Destroyed;
pub use done::{Done, Standing};
pub use read::{Ledger, Run, Totals};
pub use write::{NewRun, Writer};

use std::io;
use std::path::PathBuf;

/// What can be wrong with a case or its ledger: troubles of the run, which stop it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LedgerError {
    /// No case is there.
    #[error("{0} holds no case; `breachscope scan SOURCE --case {0}` makes one")]
    NoCase(PathBuf),
    /// The folder holds something else.
    #[error("{0} is not empty and holds no case; name a new folder with --case")]
    NotACase(PathBuf),
    /// The case key was destroyed.
    #[error(
        "the key of {0} was destroyed: reports still render, but nothing can be added; scan into a new --case folder"
    )]
    KeyDestroyed(PathBuf),
    /// Another scan runs on the case.
    #[error("another scan is running on {0}; wait until it ends, or use another --case folder")]
    Busy(PathBuf),
    /// Written by another layout.
    #[error(
        "the ledger has layout {found}, this version reads layout {expected}; use the version that made it, or scan into a new --case folder"
    )]
    Schema {
        /// What the ledger says.
        found: i64,
        /// What this version writes.
        expected: u16,
    },
    /// A file of the case folder cannot be read or written.
    #[error("{path} cannot be read or written")]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The ledger cannot be read or written. What was committed is safe.
    #[error("the ledger cannot be read or written; what was committed before is safe, the same command continues")]
    Sqlite(#[from] rusqlite::Error),
    /// A stored row does not fit its type.
    #[error("the ledger holds a row that this version cannot read")]
    Row(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl LedgerError {
    fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        |source| Self::Io { path, source }
    }

    fn row(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Row(error.into())
    }
}
