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
    /// Clockwise turn in degrees.
    pub(super) turn: f32,
    /// Mirrored left to right.
    pub(super) mirror: bool,
    /// Contrast stretched.
    pub(super) stretch: bool,
}

impl Seeta {
    /// Candidates of one try with their raw scores, mapped back to the picture.
    fn look(&mut self, grey: &Canvas, way: Try) -> Vec<(Face, f32)> {
        let mut picture = grey.fit(way.side);
        if way.stretch {
            picture = picture.stretched();
        }
        if way.mirror {
            picture = picture.mirrored();
        }
        let margin = (way.side as f32 * way.margin) as usize;
        let (inner_width, inner_height) = (picture.width as f32, picture.height as f32);
        let mut picture = picture.padded(margin);
        if way.turn != 0.0 {
            picture = picture.turned(way.turn.to_radians());
        }
        // Below one window in either direction the detector's own sums would wrap.
        if picture.width.min(picture.height) < 44 {
            return Vec::new();
        }
        let data = ImageData::new(&picture.samples, picture.width as u32, picture.height as u32);
        let (sin, cos) = way.turn.to_radians().sin_cos();
        let (cx, cy) = (picture.width as f32 / 2.0, picture.height as f32 / 2.0);
        let back = |face: &rustface::FaceInfo| {
            let area = face.bbox();
            let (width, height) = (area.width() as f32, area.height() as f32);
            let (dx, dy) = (area.x() as f32 + width / 2.0 - cx, area.y() as f32 + height / 2.0 - cy);
            let (x, y) = (cx + dx * cos + dy * sin - margin as f32, cy - dx * sin + dy * cos - margin as f32);
            let x = if way.mirror { inner_width - x } else { x };
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
            if way.is_costly() && skin < SKIN {
                continue;
            }
            let scored = |(face, raw): (Face, f32)| Face { score: raw / (raw + needed), ..face };
            found.extend(self.look(&grey, *way).into_iter().map(scored));
            if found.iter().any(|face| face.score >= ENOUGH) {
                break;
            }
        }
        Faces::settle(found)
    }
}

/// Score at which no further try is made.
const ENOUGH: f32 = 0.62;
/// Share of skin-coloured pixels below which only the upright tries are made.
const SKIN: f32 = 0.06;

impl Try {
    const fn upright(side: usize, margin: f32) -> Self {
        Self { side, margin, turn: 0.0, mirror: false, stretch: false }
    }

    const fn turned(turn: f32) -> Self {
        Self { side: 224, margin: 0.1, turn, mirror: false, stretch: false }
    }

    fn is_costly(self) -> bool {
        self.turn != 0.0 || self.side > 320
    }
}

/// The tries in order of cost, each with the raw score that makes a face of it: about the score at which one in fifty
/// pictures without a face is called one. Turned pictures give higher scores to hair, fur and leaves.
const TRIES: &[(Try, f32)] = &[
    (Try::upright(240, 0.12), 3.0),
    (Try::upright(320, 0.0), 2.0),
    (Try::turned(90.0), 6.0),
    (Try::turned(-90.0), 6.0),
    (Try::turned(180.0), 6.0),
    (Try::turned(40.0), 6.0),
    (Try::turned(-40.0), 6.0),
    (Try::upright(480, 0.0), 5.0),
];
