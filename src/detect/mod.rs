//! (stage detect)
pub mod checks;
mod hit;
mod view;
pub use hit::Hit;
pub use view::{Setting, Sheet};
