//! What the bytes of an item are, told by content; the name is a hint at most.

use crate::limits::Content;
use crate::model::{Code, Fault, Locator, Media, Stage};

/// The media type of an item and what was noticed on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identified {
    /// What the bytes are.
    pub media: Media,
    /// A wrong or missing extension, several valid types, emptiness.
    pub faults: Vec<Fault>,
}

/// Identifies an item by its content.
pub fn identify(content: &Content, locator: &Locator) -> Identified {
    let _ = locator;
    let empty = content.size() == 0;
    Identified {
        media: if empty { Media::Empty } else { Media::Unknown },
        faults: empty.then(|| Fault::new(Stage::Identify, Code::Empty)).into_iter().collect(),
    }
}
