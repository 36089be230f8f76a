//! What one look at a picture came to: all that a verdict takes from its pixels, in a few numbers.

use super::Odds;
use super::kind::Traits;
use crate::model::{ImageFacts, Reason};
use serde::{Deserialize, Serialize};

/// What a picture shows, whatever it is called and wherever it lies: the same for every copy of its bytes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Glance {
    /// Faces that count.
    pub faces: u32,
    /// The largest of them: its share of the picture and its score.
    pub largest: Option<(f32, f32)>,
    /// Share of skin-coloured pixels.
    pub skin: f32,
    /// Skin region with the largest area: share of the picture and borders touched.
    pub blob: (f32, usize),
    /// Gradient hash of the picture.
    pub look: Option<u64>,
    /// Probabilities of face, body and other.
    pub odds: Odds,
    pub(super) traits: Traits,
}

impl Glance {
    /// Writes down what was counted.
    pub(super) fn note(&self, image: &mut ImageFacts, detector: &str) {
        let milli = |share: f32| (share.clamp(0.0, 1.0) * 1000.0).round() as u16;
        image.faces = self.faces;
        image.face_share = milli(self.largest.map_or(0.0, |(share, _)| share));
        image.skin_share = milli(self.skin);
        image.detector = Some(detector.to_owned());
        image.look = self.look;
    }

    /// What speaks for and against a person in the picture.
    pub(super) fn reasons(&self, has_camera: bool) -> Vec<Reason> {
        let mut reasons = Vec::new();
        match self.largest {
            Some((share, score)) => {
                let count = if self.faces == 1 { "a face".to_owned() } else { format!("{} faces", self.faces) };
                let share = (share * 100.0).round();
                let cue = format!("{count}, the largest over {share} % of the picture");
                reasons.push(Reason::new(cue, (score * 1000.0) as i32));
            }
            None => reasons.push(Reason::new("no face found", -300)),
        }
        let skin = (self.skin * 100.0).round();
        let (share, borders) = self.blob;
        let cue = match borders {
            _ if share < 0.02 => format!("skin-coloured {skin} %"),
            0 => format!("skin-coloured {skin} %, the largest region within the frame"),
            borders => format!("skin-coloured {skin} %, the largest region touches {borders} of 4 borders"),
        };
        reasons.push(Reason::new(cue, (self.skin * 600.0) as i32));
        if has_camera {
            reasons.push(Reason::new("taken by a camera or phone (EXIF)", 120));
        }
        reasons
    }
}
