//! Rules are data: the files under `rules/`, embedded in the program and replaceable with `--rules DIR`.
//!
//! [`RuleFiles`] holds the bytes; one file here per schema turns them into types and says file, line and what was
//! expected where they do not fit.

pub mod classes;
pub mod confidence;
mod error;
mod files;
pub mod health;
pub mod incident;
pub mod keys;
pub mod labels;
pub mod names;
pub mod notify;
mod packed;
pub mod pii;
pub mod places;
pub mod resolve;
pub mod severity;
pub mod words;

pub use confidence::Calibration;
pub use error::RuleError;
pub use files::RuleFiles;
pub use pii::{PiiRules, Problem};
pub use places::Places;
pub use resolve::ResolveRules;
pub use severity::SeverityRules;
