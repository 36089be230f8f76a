//! Rules are data: the files under `rules/`, embedded in the program and replaceable with `--rules DIR`.
//!
//! [`RuleFiles`] holds the bytes; one file here per schema turns them into types and says file, line and what was
//! expected where they do not fit.

mod files;
pub mod pii;

pub use files::RuleFiles;
pub use pii::{PiiRules, Problem};
