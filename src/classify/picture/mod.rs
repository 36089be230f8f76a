//! What a picture shows: a face, a body, or something else, and which something.
//!
//! A trained forest over measured features gives probabilities; thresholds make a verdict of them or leave the picture
//! undecided. Cues of the name and of the metadata give subclasses and reasons; they never make a body of a wall.

pub mod canvas;
pub mod faces;
pub mod features;
mod forest;
mod glance;
mod kind;
pub mod skin;
mod sums;

pub use forest::{Forest, ForestError, Odds};
pub use glance::Glance;

use crate::model::{Class, Confidence, FaceEmbedding, Facts, Frame, Locator, Media, Raster, Verdict};
use crate::rules::RuleFiles;
use canvas::Canvas;
use faces::{Embedder, FaceDetector, Faces, Seeta, Yunet};
use features::{Measured, measure};
use kind::{NameCues, Subject, Traits};
use std::io;
use std::path::Path;

/// Why the classifier cannot be built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PictureError {
    /// The embedded or named face model cannot be read.
    #[error("the face model cannot be read")]
    Model(#[from] io::Error),
    /// The rule file is missing.
    #[error("the rule file {0} is missing")]
    Missing(&'static str),
    /// Faces cannot be described.
    #[error("the models folder lacks YuNet or the model that describes faces; see `breachscope models list`")]
    NoEmbedder,
    /// A rule file does not fit its schema.
    #[error("the rule file {0} cannot be used")]
    Forest(&'static str, #[source] ForestError),
    /// The file of name cues does not fit its schema.
    #[error("the rule file {0} cannot be used")]
    Names(&'static str, #[source] toml::de::Error),
}

/// The classifier. It owns the detector's scratch memory: one for each worker.
pub struct PictureClassifier {
    /// Describes faces, where they are to be compared.
    embedder: Option<Embedder>,
    detector: Box<dyn FaceDetector>,
    forest: Forest,
    names: NameCues,
}

impl std::fmt::Debug for PictureClassifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PictureClassifier({})", self.detector.name())
    }
}

/// What the detector and the features say of one picture.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Faces and candidates.
    pub faces: Faces,
    /// Features.
    pub measured: Measured,
    /// Probabilities.
    pub odds: Odds,
}

impl PictureClassifier {
    /// Builds it from the rule files, with YuNet where the models folder has it, else with the embedded SeetaFace.
    ///
    /// # Errors
    /// If a model in the folder is not the known one, or a rule file is missing or does not fit.
    pub fn new(rules: &RuleFiles, models: Option<&Path>) -> Result<Self, PictureError> {
        Self::build(rules, models, None)
    }

    /// The same, which also describes the faces that it finds.
    ///
    /// # Errors
    /// The same, and [`PictureError::NoEmbedder`] if the folder lacks YuNet, which says where eyes and mouth are, or the
    /// model that describes faces.
    pub fn with_embeddings(rules: &RuleFiles, models: &Path) -> Result<Self, PictureError> {
        let classifier = Self::build(rules, Some(models), Embedder::from_folder(models)?)?;
        let is_able = classifier.embedder.is_some() && Yunet::from_folder(models, true)?.is_some();
        if is_able { Ok(classifier) } else { Err(PictureError::NoEmbedder) }
    }

    fn build(rules: &RuleFiles, models: Option<&Path>, embedder: Option<Embedder>) -> Result<Self, PictureError> {
        let yunet = models.map(|folder| Yunet::from_folder(folder, embedder.is_some())).transpose()?.flatten();
        let detector: Box<dyn FaceDetector> = match yunet {
            Some(yunet) => Box::new(yunet),
            None => Box::new(Seeta::new()?),
        };
        let path = detector.weights();
        let file = rules.get(path).ok_or(PictureError::Missing(path))?;
        let blank = Canvas { width: 32, height: 32, channels: 3, samples: vec![128; 32 * 32 * 3] };
        let forest = Forest::parse(file, detector.name()).and_then(|forest| {
            forest.fit(&measure(&blank, &Faces::default()))?;
            Ok(forest)
        });
        let forest = forest.map_err(|error| PictureError::Forest(path, error))?;
        let names = NameCues::of(rules)?;
        Ok(Self { embedder, detector, forest, names })
    }

    /// The detector's name for reports.
    pub fn detector(&self) -> &'static str {
        self.detector.name()
    }

    /// Looks at one picture.
    pub fn look(&mut self, raster: &Raster) -> Option<Seen> {
        let canvas = Canvas::of(raster)?;
        let faces = self.detector.detect(&canvas);
        let measured = measure(&canvas, &faces);
        let odds = self.forest.odds(&measured);
        Some(Seen { faces, measured, odds })
    }

    /// Looks at the pictures of one item, and describes the faces where that was asked for; `None` where there is nothing
    /// to look at.
    pub fn glance(&mut self, rasters: &[Raster]) -> Option<(Glance, Vec<FaceEmbedding>)> {
        let main = rasters.iter().find(|raster| raster.frame == Frame::Picture).or_else(|| rasters.first())?;
        let Seen { faces, measured, odds } = self.look(main)?;
        let embeddings = match (&mut self.embedder, Canvas::of(main)) {
            (Some(embedder), Some(canvas)) => faces.sure().filter_map(|face| embedder.embed(&canvas, face)).collect(),
            _ => Vec::new(),
        };
        let glance = Glance {
            faces: faces.sure().count() as u32,
            largest: faces.largest().map(|face| (face.share(), face.score)),
            skin: measured.skin,
            blob: measured.blob,
            look: look(main),
            traits: Traits::of(&measured, main),
            odds,
        };
        Some((glance, embeddings))
    }

    /// Names what a picture shows, and fills in faces, skin share and hash. `is_in_subject_folder` says that the item
    /// lies in the folder of one person.
    pub fn judge(
        &self,
        glance: &Glance,
        facts: &mut Facts,
        media: Media,
        name: &Locator,
        is_in_subject_folder: bool,
    ) -> Verdict {
        let image = facts.image_mut();
        glance.note(image, self.detector.name());
        let subject = Subject::of(image, glance, media, self.names.cues(name), is_in_subject_folder);
        let ranked = ranked(subject.weigh(glance.odds));
        let [(class, first), (runner_up, second), ..] = ranked;
        let is_clear = match class {
            Class::FacePhoto => first >= 0.4,
            Class::BodyPhoto => first >= self.forest.body_threshold(),
            _ => first >= self.forest.other_threshold(),
        };
        let mut reasons = glance.reasons(image.has_camera);
        reasons.extend(subject.reasons);
        reasons.sort_by(|a, b| b.weight.abs().cmp(&a.weight.abs()).then_with(|| a.cue.cmp(&b.cue)));
        let shown = if is_clear { class } else { Class::Undecided };
        Verdict {
            class: shown,
            subclass: if shown == Class::Other { subject.subclass } else { None },
            confidence: Confidence::from_probability(first),
            reasons,
            runner_up: Some(if is_clear {
                (runner_up, Confidence::from_probability(second))
            } else {
                (class, Confidence::from_probability(first))
            }),
        }
    }
}

fn ranked(odds: Odds) -> [(Class, f64); 3] {
    let mut ranked = [(Class::FacePhoto, odds.face), (Class::BodyPhoto, odds.body), (Class::Other, odds.other)];
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    ranked
}

/// Longer side of the picture that is hashed, in pixels.
const HASHED_SIDE: usize = 64;

/// The 64-bit gradient hash (`image_hasher`): equal or near for copies that were scaled, recompressed or lit otherwise.
pub fn look(raster: &Raster) -> Option<u64> {
    // The hash looks at nine by eight greys; the crate's own scaling of the whole picture would cost most of it.
    let small = Canvas::of(raster)?.grey().fit(HASHED_SIDE);
    let picture = image::GrayImage::from_raw(small.width as u32, small.height as u32, small.samples)?;
    let hasher = image_hasher::HasherConfig::with_bytes_type::<[u8; 8]>()
        .hash_alg(image_hasher::HashAlg::Gradient)
        .hash_size(8, 8)
        .to_hasher();
    <[u8; 8]>::try_from(hasher.hash_image(&picture).as_bytes()).ok().map(u64::from_be_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raster(width: u32, height: u32, pixel: impl Fn(u32, u32) -> [u8; 3]) -> Raster {
        let rgb = (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).flat_map(|(x, y)| pixel(x, y)).collect();
        Raster { frame: Frame::Picture, width, height, rgb }
    }

    fn classifier() -> PictureClassifier {
        PictureClassifier::new(&RuleFiles::embedded(), None).expect("embedded rules and model")
    }

    #[test]
    fn a_landscape_is_neither_face_nor_body_and_its_facts_are_filled() {
        let picture =
            raster(320, 200, |x, y| if y < 90 { [120, 170, 230] } else { [40, 110 + (x * y % 40) as u8, 45] });
        let mut facts = Facts::default();
        let mut classifier = classifier();
        let (glance, _) = classifier.glance(&[picture]).expect("seen");
        let verdict = classifier.judge(&glance, &mut facts, Media::Jpeg, &Locator::new(0, "a.jpg"), false);
        assert_eq!(verdict.class, Class::Other);
        assert!(verdict.reasons.iter().any(|reason| reason.cue == "no face found"));
        let image = facts.image.expect("facts");
        assert_eq!((image.faces, image.detector.as_deref()), (0, Some("seetaface")));
        assert!(image.look.is_some() && image.skin_share < 50);
    }

    #[test]
    fn odd_sizes_are_looked_at_without_a_panic() {
        let mut classifier = classifier();
        for (width, height) in [(1, 1), (2, 300), (300, 2), (39, 41), (3, 3), (320, 17)] {
            let picture = raster(width, height, |x, y| [(x * 7 % 255) as u8, (y * 5 % 255) as u8, 90]);
            assert!(classifier.glance(&[picture]).is_some());
        }
        assert!(classifier.glance(&[]).is_none());
    }

    #[test]
    fn copies_look_alike_and_other_pictures_do_not() {
        let wave = |scale: f32| {
            move |x: u32, y: u32| {
                let value =
                    ((x as f32 * scale / 23.0).sin() * 90.0 + (y as f32 * scale / 31.0).cos() * 30.0 + 128.0) as u8;
                [value, value, 100]
            }
        };
        let (one, half) = (look(&raster(320, 240, wave(1.0))), look(&raster(160, 120, wave(2.0))));
        let other = look(&raster(320, 240, |x, y| [((x ^ y) & 255) as u8; 3]));
        let apart = |a: Option<u64>, b: Option<u64>| (a.expect("hash") ^ b.expect("hash")).count_ones();
        assert!(apart(one, half) <= 8, "{}", apart(one, half));
        assert!(apart(one, other) > 12);
    }
}
