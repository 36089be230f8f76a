//! YuNet (W. Wu et al., "YuNet: A Tiny Millisecond-level Face Detector", 2023), from a model file of the user's.
//!
//! The files are those of the authors' own repository (github.com/ShiqiYu/libfacedetection.train, folder `onnx`,
//! Apache-2.0). They are known by their SHA-256, so a file that was altered or damaged is refused.

use super::network::{Network, Planes};
use super::{Canvas, Face, FaceDetector, Faces, ModelFile, onnx};
use std::io;
use std::path::Path;

/// The known files, the one that is preferred first.
pub const FILES: [ModelFile; 2] = [
    ModelFile {
        file_name: "yunet_s_320_320.onnx",
        sha256: "beb05bf2378aee45cd7c41056da07265b7bb91041ed1b06f923819a9c744ec36",
        model: "yunet_s",
    },
    ModelFile {
        file_name: "yunet_n_320_320.onnx",
        sha256: "81dbde155e982455488235acb8ec2dec5d647edf7cf7080d33e4abb69b93a0d2",
        model: "yunet_n",
    },
];

/// The rule files with the classifiers that were trained on their answers.
const WEIGHTS: [&str; 2] = ["classes/picture/yunet_s.json", "classes/picture/yunet_n.json"];

/// Longer side of the input, a multiple of 32. At 160 recall of face photos is no worse than at 320 and false hits
/// on textures are rarer.
const SIDE: usize = 160;
/// Score from which a box is a face; scores are scaled so that this becomes 0.5.
const SCORE: f32 = 0.75;
/// Lowest score that is kept as a candidate.
const LOWEST: f32 = 0.2;

/// YuNet.
#[derive(Debug)]
pub struct Yunet {
    network: Network,
    name: &'static str,
    weights: &'static str,
}

impl Yunet {
    /// Reads the model from a folder; `None` if the folder has none of [`FILES`]. With `marks` it also tells where eyes,
    /// nose and mouth are.
    ///
    /// # Errors
    /// If a model is there but is not byte for byte the known one, or cannot be read.
    pub fn from_folder(folder: &Path, marks: bool) -> io::Result<Option<Self>> {
        for (known, weights) in FILES.iter().zip(WEIGHTS) {
            let Some(bytes) = known.read_from(folder)? else { continue };
            let is_wanted = if marks { |_: &str| true } else { |name: &str| !name.starts_with("kps") };
            let network = onnx::read(&bytes).and_then(|steps| Network::new(steps, is_wanted));
            let network = network.ok_or(io::ErrorKind::InvalidData)?;
            return Ok(Some(Self { network, name: known.model, weights }));
        }
        Ok(None)
    }

    fn input(&mut self, picture: &Canvas) -> (Planes, f32, f32) {
        let small = picture.fit(SIDE);
        let round = |side: usize| side.div_ceil(32) * 32;
        let mut input = self.network.input(3, round(small.width), round(small.height));
        let (width, area) = (input.width, input.width * input.height);
        // Planes of blue, green and red.
        for (channel, plane) in input.values.chunks_exact_mut(area).enumerate() {
            for (target, row) in plane.chunks_exact_mut(width).zip(small.samples.chunks_exact(small.width * 3)) {
                let values = row.iter().skip(2 - channel).step_by(3);
                target.iter_mut().zip(values).for_each(|(target, value)| *target = f32::from(*value));
            }
        }
        (input, small.width as f32, small.height as f32)
    }
}

impl FaceDetector for Yunet {
    fn name(&self) -> &'static str {
        self.name
    }

    fn weights(&self) -> &'static str {
        self.weights
    }

    fn detect(&mut self, picture: &Canvas) -> Faces {
        let (input, width, height) = self.input(picture);
        let filled = (width / input.width as f32, height / input.height as f32);
        let results = self.network.run(input).unwrap_or_default();
        let plane = |name: String| results.outputs.iter().find(|(known, _)| *known == name).map(|(_, planes)| planes);
        let mut found = Vec::new();
        for stride in [8_u8, 16, 32] {
            let named = |kind: &str| plane(format!("{kind}_{stride}"));
            if let (Some(class), Some(object), Some(area)) = (named("cls"), named("obj"), named("bbox")) {
                let points = named("kps");
                found.extend(read_boxes(class, object, area, points, f32::from(stride)));
            }
        }
        let shares = |face: Face| Face {
            x: face.x / width,
            y: face.y / height,
            width: face.width / width,
            height: face.height / height,
            score: scaled(face.score),
            marks: face.marks.map(|marks| marks.map(|(x, y)| (x / width, y / height))),
        };
        let mut faces = Faces::settle(found.into_iter().map(shares).collect());
        faces.activations = results.stages.iter().flat_map(|stage| activations(stage, filled)).collect();
        faces
    }
}

/// Scores so that [`SCORE`] is 0.5 and 1 stays 1.
fn scaled(score: f32) -> f32 {
    if score < SCORE { score / SCORE * 0.5 } else { 0.5 + (score - SCORE) / (1.0 - SCORE) * 0.5 }
}

/// Mean and standard deviation of each channel over the part that the picture fills: first all means.
fn activations(stage: &Planes, filled: (f32, f32)) -> Vec<f32> {
    let part = |side: usize, share: f32| ((side as f32 * share) as usize).clamp(1, side.max(1));
    let (width, height) = (part(stage.width, filled.0), part(stage.height, filled.1));
    let count = (width * height) as f32;
    let area = (stage.width * stage.height).max(1);
    let (means, spreads): (Vec<f32>, Vec<f32>) = stage
        .values
        .chunks_exact(area)
        .map(|plane| {
            let values = plane.chunks_exact(stage.width.max(1)).take(height).flat_map(|row| row.iter().take(width));
            let mean = values.clone().sum::<f32>() / count;
            let variance = values.map(|value| (value - mean).powi(2)).sum::<f32>() / count;
            (mean, variance.sqrt())
        })
        .unzip();
    means.into_iter().chain(spreads).collect()
}

fn read_boxes(class: &Planes, object: &Planes, area: &Planes, points: Option<&Planes>, stride: f32) -> Vec<Face> {
    let sigmoid = |value: f32| 1.0 / (1.0 + (-value).exp());
    let cells = class.width * class.height;
    let mut found = Vec::new();
    for (index, (class_value, object_value)) in class.values.iter().zip(&object.values).enumerate() {
        let score = (sigmoid(*class_value) * sigmoid(*object_value)).sqrt();
        if score < LOWEST {
            continue;
        }
        let of = |planes: &Planes, plane: usize| planes.values.get(plane * cells + index).copied().unwrap_or(0.0);
        let value = |plane: usize| of(area, plane);
        let (column, row) = ((index % class.width) as f32, (index / class.width) as f32);
        let (cx, cy) = ((column + value(0)) * stride, (row + value(1)) * stride);
        let (width, height) = (value(2).min(8.0).exp() * stride, value(3).min(8.0).exp() * stride);
        let place =
            |points: &Planes, n: usize| ((column + of(points, 2 * n)) * stride, (row + of(points, 2 * n + 1)) * stride);
        let marks = points.map(|points| [0, 1, 2, 3, 4].map(|n| place(points, n)));
        found.push(Face { x: cx - width / 2.0, y: cy - height / 2.0, width, height, score, marks });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_altered_model_is_refused_and_an_empty_folder_has_none() {
        let folder = tempfile::tempdir().expect("folder");
        assert!(Yunet::from_folder(folder.path(), false).expect("read").is_none());
        std::fs::write(folder.path().join(FILES[0].file_name), [0; 8]).expect("written");
        assert!(Yunet::from_folder(folder.path(), false).is_err());
    }

    #[test]
    fn activations_are_taken_where_the_picture_is() {
        let values = vec![1.0, 3.0, 99.0, 99.0, 2.0, 2.0, 99.0, 99.0];
        let stage = Planes { channels: 2, width: 2, height: 2, values };
        assert_eq!(activations(&stage, (1.0, 0.5)), [2.0, 2.0, 1.0, 0.0]);
        assert!(activations(&Planes::default(), (1.0, 1.0)).is_empty());
    }
}
