//! What both identification and reading must tell of raw bytes: the character encoding, the delimiter of a table, the
//! marks of BSON.
//!
//! Imports nothing of ours and knows no media types; it decides, it does not read.

pub mod bson;
mod delimiter;
mod encoding;

pub use delimiter::delimiter;
pub use encoding::{Charset, Decoder, charset};
