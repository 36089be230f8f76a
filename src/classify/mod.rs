//! Naming the class of an item, with the reasons: documents by weighted cues, pictures by faces and features,
//! videos by their container.

pub mod document;
pub mod picture;
pub mod video;
