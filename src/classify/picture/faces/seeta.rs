//! The built-in detector: SeetaFace (S. Wu et al., "Funnel-structured cascade for multi-view face detection", 2016)
//! through `rustface`, with the tries that its frontal training lacks.

use super::{Canvas, Face, FaceDetector, Faces};
use rustface::{Detector, ImageData, Model};
use std::io;

/// The model file that ships in the `rustface` package (BSD-2-Clause), copied at build time.
static MODEL: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/seeta.bin"));

/// SeetaFace.
pub struct Seeta {
    detector: Box<dyn Detector>,
}

impl std::fmt::Debug for Seeta {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seeta")
    }
}

impl Seeta {
    /// Reads the embedded model.
    ///
    /// # Errors
    /// If the model that was embedded at build time is not one.
    pub fn new() -> io::Result<Self> {
        let model: Model = rustface::read_model(MODEL)?;
        let mut detector = rustface::create_detector_with_model(model);
        detector.set_score_thresh(LOWEST);
        detector.set_pyramid_scale_factor(0.8);
        detector.set_slide_window_step(4, 4);
        Ok(Self { detector })
    }
}

/// Lowest raw score that is kept as a candidate.
const LOWEST: f64 = 0.4;

/// One way to look: what is done to the grey picture first.
#[derive(Debug, Clone, Copy)]
pub(super) struct Try {
    /// Longer side in pixels; the detector's window is 40.
    pub(super) side: usize,
    /// Margin as a share of the longer side.
    pub(super) margin: f32,
    /// Clockwise turn in quarters of a circle.
    pub(super) turn: u8,
}

impl Seeta {
    /// Candidates of one try with their raw scores, mapped back to the picture.
    fn look(&mut self, grey: &Canvas, way: Try) -> Vec<(Face, f32)> {
        let picture = grey.fit(way.side);
        let margin = (way.side as f32 * way.margin) as usize;
        let (inner_width, inner_height) = (picture.width as f32, picture.height as f32);
        let padded = picture.padded(margin);
        let centre = (padded.width as f32 / 2.0, padded.height as f32 / 2.0);
        let picture = if way.turn == 0 { padded } else { padded.turned(way.turn) };
        // Below one window in either direction the detector's own sums would wrap.
        if picture.width.min(picture.height) < 44 {
            return Vec::new();
        }
        let data = ImageData::new(&picture.samples, picture.width as u32, picture.height as u32);
        let (sin, cos) = (f32::from(way.turn) * std::f32::consts::FRAC_PI_2).sin_cos();
        let (cx, cy) = (picture.width as f32 / 2.0, picture.height as f32 / 2.0);
        let back = |face: &rustface::FaceInfo| {
            let area = face.bbox();
            let (width, height) = (area.width() as f32, area.height() as f32);
            let (dx, dy) = (area.x() as f32 + width / 2.0 - cx, area.y() as f32 + height / 2.0 - cy);
            let (x, y) =
                (centre.0 + dx * cos + dy * sin - margin as f32, centre.1 - dx * sin + dy * cos - margin as f32);
            let raw = face.score() as f32;
            let face = Face {
                x: (x - width / 2.0) / inner_width,
                y: (y - height / 2.0) / inner_height,
                width: width / inner_width,
                height: height / inner_height,
                score: 0.0,
            };
            (face, raw)
        };
        self.detector.detect(&data).iter().map(back).collect()
    }
}

impl FaceDetector for Seeta {
    fn name(&self) -> &'static str {
        "seetaface"
    }

    fn weights(&self) -> &'static str {
        "classes/picture/seetaface.json"
    }

    fn detect(&mut self, picture: &Canvas, skin: f32) -> Faces {
        let grey = picture.grey();
        let mut found: Vec<Face> = Vec::new();
        for (way, needed) in TRIES {
            // A hint in the tries before is what makes the closest look worth its cost; skin is what makes a picture
            // that may lie on its side worth turning.
            let is_worth = match way {
                Try { side: 480.., .. } => found.iter().any(|face| face.score >= HINT),
                Try { turn, .. } => *turn == 0 || skin >= SKIN,
            };
            if is_worth {
                let scored = |(face, raw): (Face, f32)| Face { score: raw / (raw + needed), ..face };
                found.extend(self.look(&grey, *way).into_iter().map(scored));
            }
            if found.iter().any(|face| face.score >= ENOUGH) {
                break;
            }
        }
        Faces::settle(found)
    }
}

/// Score at which no further try is made.
const ENOUGH: f32 = 0.62;
/// Score of a candidate that is looked at closer.
const HINT: f32 = 0.25;
/// Share of skin-coloured pixels from which a picture is also looked at turned.
const SKIN: f32 = 0.12;

impl Try {
    const fn upright(side: usize, margin: f32) -> Self {
        Self { side, margin, turn: 0 }
    }

    const fn turned(turn: u8) -> Self {
        Self { side: 176, margin: 0.0, turn }
    }
}

/// The tries in order of cost, each with the raw score that makes a face of it: about the score at which one in fifty
/// pictures without a face is called one. Turned pictures give higher scores to hair, fur and leaves.
const TRIES: &[(Try, f32)] = &[
    (Try::upright(176, 0.12), 2.5),
    (Try::upright(304, 0.0), 2.0),
    (Try::turned(1), 6.0),
    (Try::turned(3), 6.0),
    (Try::turned(2), 6.0),
    (Try::upright(480, 0.0), 5.0),
];
