//! The built-in detector: SeetaFace (S. Wu et al., "Funnel-structured cascade for multi-view face detection", 2016),
//! with the tries that its frontal training lacks.
//!
//! The model is the file that the `rustface` package ships. It is run here and not by that package because a leak is
//! mostly photos: whole-row arithmetic on the same model takes a fraction of the time.

mod boosted;
mod cascade;
mod model;
mod surf;

use super::{Canvas, Face, FaceDetector, Faces};
use crate::classify::picture::skin::SkinMap;
use cascade::Cascade;
use model::Model;
use std::io;

/// The model file that ships in the `rustface` package (BSD-2-Clause), copied at build time.
static MODEL: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/seeta.bin"));

/// Side of the window that the model judges, in pixels.
const WINDOW: usize = 40;

/// SeetaFace.
#[derive(Debug)]
pub struct Seeta {
    model: Model,
    cascade: Cascade,
}

impl Seeta {
    /// Reads the embedded model.
    ///
    /// # Errors
    /// If the model that was embedded at build time is not one.
    pub fn new() -> io::Result<Self> {
        Ok(Self { model: Model::parse(MODEL)?, cascade: Cascade::default() })
    }
}

/// Lowest raw score that is kept as a candidate.
const LOWEST: f32 = 0.4;

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
    fn look(&mut self, grey: &Canvas, way: Try, skin: &SkinMap) -> Vec<(Face, f32)> {
        let picture = grey.fit(way.side);
        let margin = (way.side as f32 * way.margin) as usize;
        let (inner_width, inner_height) = (picture.width as f32, picture.height as f32);
        let padded = if margin == 0 { picture } else { picture.padded(margin) };
        let centre = (padded.width as f32 / 2.0, padded.height as f32 / 2.0);
        let picture = if way.turn == 0 { padded } else { padded.turned(way.turn) };
        let (sin, cos) = (f32::from(way.turn) * std::f32::consts::FRAC_PI_2).sin_cos();
        let (cx, cy) = (picture.width as f32 / 2.0, picture.height as f32 / 2.0);
        let back = |x: f32, y: f32, side: f32| {
            let (dx, dy) = (x + side / 2.0 - cx, y + side / 2.0 - cy);
            let (x, y) =
                (centre.0 + dx * cos + dy * sin - margin as f32, centre.1 - dx * sin + dy * cos - margin as f32);
            Face {
                x: (x - side / 2.0) / inner_width,
                y: (y - side / 2.0) / inner_height,
                width: side / inner_width,
                height: side / inner_height,
                score: 0.0,
                marks: None,
            }
        };
        let is_worth = |x: f32, y: f32, side: f32| skin.may_show(middle(&back(x, y, side)), FACE_SKIN);
        let found = self.cascade.detect(&self.model, &picture, &is_worth);
        let found = found.iter().filter(|found| found.score >= LOWEST);
        found.map(|found| (back(found.x, found.y, found.side), found.score)).collect()
    }
}

/// The middle of a face's box, cheeks, nose and mouth, whatever hair stands around them: left, top, right, bottom.
fn middle(face: &Face) -> [f32; 4] {
    let [left, right] = [0.2, 0.8].map(|part| face.x + part * face.width);
    let [top, bottom] = [0.2, 0.8].map(|part| face.y + part * face.height);
    [left, top, right, bottom]
}

impl FaceDetector for Seeta {
    fn name(&self) -> &'static str {
        "seetaface"
    }

    fn weights(&self) -> &'static str {
        "classes/picture/seetaface.json"
    }

    fn detect(&mut self, picture: &Canvas) -> Faces {
        // Where skin may be decides how hard to try, and where.
        let skin = &SkinMap::of(picture);
        let grey = picture.grey();
        let mut found: Vec<Face> = Vec::new();
        for (way, needed) in TRIES {
            // A hint in the tries before is what makes the closest look worth its cost; skin is what makes a picture
            // that may lie on its side worth turning.
            let is_worth = match way {
                Try { side: 480.., .. } => found.iter().any(|face| face.score >= HINT),
                Try { turn, .. } => *turn == 0 || skin.share >= SKIN,
            };
            if is_worth {
                let scored = |(face, raw): (Face, f32)| Face { score: raw / (raw + needed), ..face };
                found.extend(self.look(&grey, *way, skin).into_iter().map(scored));
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
/// Share of the middle of a face that may be skin, at least. On the labelled photos no face is lost by it; with 0.3
/// one is.
const FACE_SKIN: f32 = 0.15;
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Faces of the reference: left, top, side and score.
    fn reference(picture: &Canvas) -> Vec<(f32, f32, f32, f32)> {
        let mut detector = rustface::create_detector_with_model(rustface::read_model(MODEL).expect("the model"));
        detector.set_score_thresh(f64::from(LOWEST));
        detector.set_pyramid_scale_factor(0.8);
        let data = rustface::ImageData::new(&picture.samples, picture.width as u32, picture.height as u32);
        let found = detector.detect(&data);
        let shape = |face: &rustface::FaceInfo| {
            let area = face.bbox();
            (area.x() as f32, area.y() as f32, area.width() as f32, face.score() as f32)
        };
        found.iter().map(shape).collect()
    }

    #[test]
    fn this_run_of_the_model_agrees_with_that_of_its_package() {
        let mut seeta = Seeta::new().expect("the model");
        let (mut looked, mut agreed, mut all) = (0, 0, 0);
        for entry in walkdir::WalkDir::new("fixtures/clinic-bucket").sort_by_file_name().into_iter().flatten() {
            let reader = image::ImageReader::open(entry.path()).and_then(image::ImageReader::with_guessed_format);
            let Some(picture) = reader.ok().and_then(|reader| reader.decode().ok()) else { continue };
            let grey = picture.thumbnail(240, 240).into_luma8();
            let (width, height) = (grey.width() as usize, grey.height() as usize);
            if width.min(height) < WINDOW {
                continue;
            }
            looked += 1;
            let canvas = Canvas { width, height, channels: 1, samples: grey.into_raw() };
            let found = seeta.cascade.detect(&seeta.model, &canvas, &|_, _, _| true);
            let expected = reference(&canvas);
            all += expected.iter().filter(|face| face.3 > 2.0).count();
            agreed += expected
                .iter()
                .filter(|face| face.3 > 2.0)
                .filter(|(x, y, side, score)| {
                    found.iter().any(|face| {
                        let apart = (face.x - x).abs() + (face.y - y).abs() + (face.side - side).abs();
                        // Of proposals with nearly the same score another one may be the best.
                        apart < 0.5 * side && (face.score - score).abs() < 0.5 * score
                    })
                })
                .count();
            let extra = found.iter().filter(|face| face.score > 4.0);
            for face in extra {
                assert!(
                    expected.iter().any(|(x, y, side, _)| (face.x - x).abs() + (face.y - y).abs() < 0.3 * side),
                    "{}: {face:?} against {expected:?}",
                    entry.path().display()
                );
            }
        }
        assert!(looked > 5 && agreed * 20 >= all * 19, "{agreed} of {all}");
    }
}
