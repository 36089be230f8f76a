//! Finding faces: one trait, the detector that is built in, and one that reads a model file of the user's.

mod convolution;
mod embedding;
mod model_file;
mod network;
mod onnx;
mod seeta;
mod yunet;

pub use embedding::{Embedder, FILES as EMBEDDING_FILES};
pub use model_file::{ModelFile, read_model};
pub use seeta::Seeta;
pub use yunet::{FILES as DETECTOR_FILES, Yunet};

use super::canvas::Canvas;

/// A face, in shares of the picture's width and height.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Face {
    /// Left edge; below 0 where the face overflows the frame.
    pub x: f32,
    /// Upper edge.
    pub y: f32,
    /// Width.
    pub width: f32,
    /// Height.
    pub height: f32,
    /// How sure, 0 to 1; both detectors call a face from 0.5 upwards.
    pub score: f32,
    /// Where right eye, left eye, tip of the nose, right and left corner of the mouth are, from a detector that was asked
    /// for them.
    pub marks: Option<[(f32, f32); 5]>,
}

impl Face {
    /// Share of the picture that the box covers within the frame.
    pub fn share(&self) -> f32 {
        let side = |start: f32, length: f32| ((start + length).min(1.0) - start.max(0.0)).max(0.0);
        side(self.x, self.width) * side(self.y, self.height)
    }

    /// Intersection over union with another.
    fn overlap(&self, other: &Self) -> f32 {
        let area = |face: &Self| [face.x, face.y, face.width, face.height];
        intersection_over_union(area(self), area(other))
    }
}

/// How much of two areas (left, top, width, height) is common to both, as a share of what they cover together.
fn intersection_over_union(a: [f32; 4], b: [f32; 4]) -> f32 {
    let [x, y, width, height] = a;
    let [other_x, other_y, other_width, other_height] = b;
    let side = |a: f32, b: f32, c: f32, d: f32| ((a + b).min(c + d) - a.max(c)).max(0.0);
    let both = side(x, width, other_x, other_width) * side(y, height, other_y, other_height);
    both / (width * height + other_width * other_height - both).max(1e-9)
}

/// What is found on one picture.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Faces {
    /// Faces and candidates, the surest first; those from 0.5 upwards count.
    pub found: Vec<Face>,
    /// What the detector's network saw on the way: mean and spread of the channels of its stages. A network that was
    /// taught faces among everything else tells skin, cloth and fur apart better than counted colours do. Empty for a
    /// detector without a network.
    pub activations: Vec<f32>,
}

impl Faces {
    /// Keeps the surest of boxes that overlap.
    fn settle(mut found: Vec<Face>) -> Self {
        found.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.x.total_cmp(&b.x)).then(a.y.total_cmp(&b.y)));
        let mut kept: Vec<Face> = Vec::new();
        for face in found {
            if kept.len() < 64 && kept.iter().all(|other| face.overlap(other) < 0.3) {
                kept.push(face);
            }
        }
        Self { found: kept, activations: Vec::new() }
    }

    /// Those that count as faces.
    pub fn sure(&self) -> impl Iterator<Item = &Face> {
        self.found.iter().filter(|face| face.score >= 0.5)
    }

    /// The largest that counts.
    pub fn largest(&self) -> Option<&Face> {
        self.sure().max_by(|a, b| a.share().total_cmp(&b.share()))
    }
}

/// A way to find faces on one upright colour picture.
pub trait FaceDetector {
    /// Its name in reports.
    fn name(&self) -> &'static str;

    /// The rule file with the classifier that was trained on this detector's answers.
    fn weights(&self) -> &'static str;

    /// Finds faces.
    fn detect(&mut self, picture: &Canvas) -> Faces;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_overlapping_boxes_the_surest_stays() {
        let face = |x, score| Face { x, y: 0.1, width: 0.3, height: 0.3, score, marks: None };
        let faces = Faces::settle(vec![face(0.1, 0.6), face(0.12, 0.9), face(0.6, 0.3)]);
        assert_eq!(faces.found.iter().map(|face| face.score).collect::<Vec<_>>(), [0.9, 0.3]);
        assert_eq!(faces.sure().count(), 1);
        assert!((faces.largest().expect("one").share() - 0.09).abs() < 1e-5);
    }
}
