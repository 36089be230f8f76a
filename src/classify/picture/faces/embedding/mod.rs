//! Describing a face by numbers, so that faces of one person can be told from those of another: only where the user
//! gives a model, and never in a scan.
//!
//! The network is the one of dlib's `dlib_face_recognition_resnet_model_v1` (D. E. King, 2017; a ResNet of 29 layers
//! after K. He et al., "Deep Residual Learning", 2015), in the 8-bit weights that the package `@vladmandic/face-api`
//! publishes (MIT). Both files are known by their SHA-256.

mod chip;
mod resnet;
mod weights;

use super::super::canvas::Canvas;
use super::{Face, ModelFile};
use crate::model::FaceEmbedding;
use resnet::Resnet;
use std::io;
use std::path::Path;

/// The files of the model: the weights, and the list of their names, shapes and ranges.
pub const FILES: [ModelFile; 2] = [
    ModelFile {
        file_name: "face_recognition_model.bin",
        sha256: "b413e420d6840b2775fba32008db6f3cddb07d485967fb42cfcf379c16a8c589",
        model: NAME,
    },
    ModelFile {
        file_name: "face_recognition_model-weights_manifest.json",
        sha256: "cbaffa501b0b9275a12b63357a6843e7e30c054e1c9151e1a5f879b26e32986b",
        model: NAME,
    },
];

/// The model's name in reports.
const NAME: &str = "dlib_resnet";
/// Shorter side of a face's box, in pixels of the picture that is looked at, below which too little is left to tell
/// people apart.
const FACE_SIDE: f32 = 32.0;

/// Describes faces.
pub struct Embedder {
    network: Resnet,
}

impl std::fmt::Debug for Embedder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Embedder")
    }
}

impl Embedder {
    /// Reads the model from a folder; `None` if either of [`FILES`] is missing.
    ///
    /// # Errors
    /// If a file is there but is not byte for byte the known one, or cannot be read.
    pub fn from_folder(folder: &Path) -> io::Result<Option<Self>> {
        let [bytes, manifest] = FILES.map(|known| known.read_from(folder));
        let (Some(bytes), Some(manifest)) = (bytes?, manifest?) else { return Ok(None) };
        let network = weights::read(&manifest, &bytes).and_then(|weights| Resnet::new(&weights));
        network.map(|network| Some(Self { network })).ok_or_else(|| io::ErrorKind::InvalidData.into())
    }

    /// The model's name in reports.
    pub fn name(&self) -> &'static str {
        NAME
    }

    /// Describes a face of the picture on which it was found; `None` where its marks are not known or it is too small.
    pub fn embed(&mut self, picture: &Canvas, face: &Face) -> Option<FaceEmbedding> {
        let (width, height) = (picture.width as f32, picture.height as f32);
        if (face.width * width).min(face.height * height) < FACE_SIDE {
            return None;
        }
        let marks = face.marks?.map(|(x, y)| (x * width, y * height));
        FaceEmbedding::new(self.network.run(&chip::cut(picture, &marks)?)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_without_both_files_has_no_model_and_an_altered_one_is_refused() {
        let folder = tempfile::tempdir().expect("folder");
        assert!(Embedder::from_folder(folder.path()).expect("read").is_none());
        std::fs::write(folder.path().join(FILES[1].file_name), b"[]").expect("written");
        assert!(Embedder::from_folder(folder.path()).is_err());
    }
}
