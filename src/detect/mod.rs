//! Finding personal data in what was read out of an item.
//!
//! Detectors propose [`Hit`]s on [`Sheet`]s of text; overlaps are settled, and what leaves are
//! [`Finding`](crate::model::Finding)s: masks and keyed tokens, no clear value. [`Detector`] is the stage's entry.

pub mod checks;
mod claim;
pub mod context;
pub mod data;
pub mod date;
pub mod detector;
pub mod email;
pub mod fields;
pub mod findings;
pub mod fold;
pub mod folder;
pub mod hit;
pub mod keyring;
pub mod mask;
pub mod numerals;
pub mod paperwork;
pub mod phone;
pub mod region;
pub mod settle;
pub mod url;
pub mod variants;
pub mod view;
pub mod windows;

pub use claim::Claim;
pub use detector::{DetectOptions, Detection, Detector, Material, Span};
pub use fold::{fold, sound};
pub use hit::Hit;
pub use keyring::Keyring;
pub use settle::Settled;
pub use view::{Setting, Sheet};
