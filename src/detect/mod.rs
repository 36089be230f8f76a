//! Finding personal data in what was read out of an item.
//!
//! Detectors propose [`Hit`]s on [`Sheet`]s of text; overlaps are settled, and what leaves are
//! [`Finding`](crate::model::Finding)s: masks and keyed tokens, no clear value. [`Detector`] is the stage's entry.

pub mod age;
mod bracketed;
mod captions;
pub mod checks;
mod claim;
pub mod context;
pub mod date;
pub mod detector;
pub mod email;
pub mod fields;
pub mod findings;
pub mod fold;
pub mod folder;
pub mod gender;
mod halves;
pub mod hit;
mod identifiers;
pub mod inspection;
pub mod keyring;
mod labels;
pub mod mask;
mod networks;
pub mod numerals;
pub mod paperwork;
pub mod phone;
pub mod position;
mod proposals;
pub mod region;
mod ruleset;
mod runs;
mod schemes;
mod secrets;
pub mod settle;
mod shapes;
pub mod tokens;
pub mod url;
pub mod variants;
pub mod view;
pub mod windows;
mod wordset;
mod written;
mod zones;

pub use claim::Claim;
pub use detector::{DetectOptions, Detection, Detector, Material, Span};
pub use fold::{fold, sound};
pub use hit::Hit;
pub use identifiers::Identifiers;
pub use keyring::Keyring;
pub use settle::Settled;
pub use tokens::Tokens;
pub use view::{Setting, Sheet};
