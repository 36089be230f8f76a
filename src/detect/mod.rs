//! (stage detect)
pub mod checks;
mod hit;
mod identifiers;
pub mod inspection;
mod labels;
mod networks;
mod runs;
mod secrets;
mod shapes;
mod view;
mod zones;
pub use hit::Hit;
pub use identifiers::Identifiers;
pub use view::{Setting, Sheet};
