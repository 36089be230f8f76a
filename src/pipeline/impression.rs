//! What the pixels of one item came to, so that its exact copies need not be looked at again.

use crate::classify::picture::Glance;
use crate::classify::video::Stills;
use crate::limits::Content;
use crate::model::{Family, ImageFacts, Media};
use serde::{Deserialize, Serialize};

/// What a picture or video showed, whatever it is called and wherever it lies. It identifies nobody: counts, shares and
/// a 64-bit look.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Impression {
    /// Of a picture: its facts, and what was seen, where there was something to look at.
    Picture(ImageFacts, Option<Glance>),
    /// Of a video: what its stills show.
    Video(Stills),
}

/// Who remembers impressions.
pub trait Recall {
    /// What a file with this BLAKE3 hash showed.
    fn recall(&self, blake3: &[u8; 32]) -> Option<Impression>;
}

impl Impression {
    /// What copies of this content showed, if it is a picture or video that was seen before.
    pub(super) fn of_copy(media: Media, content: &Content, recall: &dyn Recall) -> Option<Self> {
        let has_pixels = matches!(media.family(), Family::Picture | Family::Video);
        let (hashes, is_whole) = has_pixels.then(|| content.hashes().ok())??;
        let known = if is_whole { recall.recall(&hashes.blake3) } else { None }?;
        let is_of_family =
            matches!((&known, media.family()), (Self::Picture(..), Family::Picture) | (Self::Video(_), Family::Video));
        is_of_family.then_some(known)
    }
}
