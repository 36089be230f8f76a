//! (stage detect)
mod claim;
mod hit;
pub mod paperwork;
mod view;
pub use claim::Claim;
pub use hit::Hit;
pub use view::{Setting, Sheet};
