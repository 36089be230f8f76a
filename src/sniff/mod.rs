//! What both identification and reading must tell of raw bytes: the character encoding and the delimiter of a table.
//!
//! Imports nothing of ours and knows no media types; it decides, it does not read.

mod delimiter;
mod encoding;

pub use delimiter::delimiter;
pub use encoding::{Charset, Decoder, charset};
