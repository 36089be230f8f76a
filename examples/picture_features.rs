//! Prints the features of labelled pictures as CSV, for `rules/classes/picture/train.py`.
//!
//! ```text
//! cargo run --release --example picture_features -- FOLDER [--models DIR] [--variants N] > features.csv
//! ```
//!
//! `FOLDER/manifest.jsonl` has one object a line with `path`, `label` and `source`. Variants are the same picture under
//! other light, mirrored and cropped, so that a small set teaches more; they belong to their picture's source and are
//! never tested on.
#![expect(clippy::print_stdout, reason = "the output of this program")]

use breachscope::classify::picture::canvas::Canvas;
use breachscope::classify::picture::faces::{FaceDetector, Seeta, Yunet};
use breachscope::classify::picture::features::{Features, measure};
use breachscope::extract::{ExtractOptions, Reading, picture};
use breachscope::limits::{Budget, Content, Limits};
use breachscope::model::{Facts, Fault, Field, Frame, Locator, Media, Member, Passage, Raster, Sink};
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[derive(Default)]
struct Pixels {
    rasters: Vec<Raster>,
    facts: Facts,
}

impl Sink for Pixels {
    fn passage(&mut self, _: Passage) {}
    fn field(&mut self, _: Field) {}
    fn member(&mut self, _: Member) {}
    fn raster(&mut self, raster: Raster) {
        self.rasters.push(raster);
    }
    fn fault(&mut self, _: Fault) {}
    fn facts(&mut self) -> &mut Facts {
        &mut self.facts
    }
}

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or_else(|| anyhow::anyhow!("a folder is needed"))?);
    let (mut models, mut variants) = (None, 0_u32);
    while let Some(name) = arguments.next() {
        let value = arguments.next().ok_or_else(|| anyhow::anyhow!("{name} needs a value"))?;
        match name.as_str() {
            "--models" => models = Some(PathBuf::from(value)),
            "--variants" => variants = value.parse()?,
            _ => anyhow::bail!("unknown option {name}"),
        }
    }
    let yunet = models.as_deref().map(|folder: &Path| Yunet::from_folder(folder, false)).transpose()?.flatten();
    let mut detector: Box<dyn FaceDetector> = match yunet {
        Some(yunet) => Box::new(yunet),
        None => Box::new(Seeta::new()?),
    };
    let mut has_head = false;
    for line in BufReader::new(File::open(folder.join("manifest.jsonl"))?).lines() {
        let row: serde_json::Value = serde_json::from_str(&line?)?;
        let word = |key: &str| row.get(key).and_then(|value| value.as_str()).unwrap_or_default().to_owned();
        let Some(original) = pixels(&folder.join(word("path")))? else { continue };
        // `github:owner/name/path` stands for the repository.
        let source = word("source").split('/').take(2).collect::<Vec<_>>().join("/");
        for variant in 0..=variants {
            let canvas = varied(&original, variant);
            let faces = detector.detect(&canvas);
            let measured = measure(&canvas, &faces);
            let activations = measured.activations.iter().enumerate();
            let named = activations.map(|(number, value)| (format!("activation_{number}").into(), *value));
            let features: Features = measured.features.iter().cloned().chain(named).collect();
            if !has_head {
                let names: Vec<&str> = features.iter().map(|(name, _)| name.as_ref()).collect();
                println!("path,label,source,variant,{}", names.join(","));
                has_head = true;
            }
            let values: Vec<String> = features.iter().map(|(_, value)| format!("{value:.4}")).collect();
            println!("{},{},{source},{variant},{}", word("path"), word("label"), values.join(","));
        }
    }
    Ok(())
}

fn pixels(path: &Path) -> anyhow::Result<Option<Canvas>> {
    let file = File::open(path)?;
    let size = file.metadata()?.len();
    let content = Content::of_file(file, size, 1 << 28).map_err(|fault| anyhow::anyhow!("{:?}", fault.code))?;
    let media = match content.head() {
        [0xff, 0xd8, ..] => Media::Jpeg,
        [0x89, b'P', ..] => Media::Png,
        [b'G', b'I', b'F', ..] => Media::Gif,
        [b'R', b'I', b'F', b'F', ..] => Media::Webp,
        [b'B', b'M', ..] => Media::Bmp,
        _ => Media::Tiff,
    };
    let (locator, budget) = (Locator::new(0, "picture"), Budget::new(Arc::new(Limits::default())));
    let options = ExtractOptions::default();
    let reading = Reading { media, content: &content, locator: &locator, budget: &budget, options: &options };
    let mut sink = Pixels::default();
    // A picture that cannot be decoded has no features; the rest of the set is not held up by it.
    let _ = picture::read(&reading, &mut sink);
    Ok(sink.rasters.iter().find(|raster| raster.frame == Frame::Picture).and_then(Canvas::of))
}

/// Variant 0 is the picture itself. Others are cropped, mirrored and lit by a fixed sequence of numbers.
fn varied(picture: &Canvas, variant: u32) -> Canvas {
    if variant == 0 {
        return picture.clone();
    }
    let mut state = variant.wrapping_mul(0x9e37_79b9)
        ^ picture.samples.iter().take(64).fold(7_u32, |sum, value| sum.wrapping_mul(31) ^ u32::from(*value));
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        (state >> 8) as f32 / (1 << 24) as f32
    };
    let keep = |length: usize, share: f32| ((length as f32 * share) as usize).clamp(1, length);
    let (width, height) = (keep(picture.width, 0.84 + 0.16 * next()), keep(picture.height, 0.84 + 0.16 * next()));
    let left = ((picture.width - width) as f32 * next()) as usize;
    let top = ((picture.height - height) as f32 * next()) as usize;
    let gains = [0.85 + 0.3 * next(), 0.92 + 0.16 * next(), 0.85 + 0.3 * next()];
    let light = 0.75 + 0.5 * next();
    let rows = picture.samples.chunks_exact(picture.width * 3).skip(top).take(height);
    let samples = rows
        .flat_map(|row| row.iter().skip(left * 3).take(width * 3))
        .enumerate()
        .map(|(at, value)| (f32::from(*value) * light * gains.get(at % 3).copied().unwrap_or(1.0)).min(255.0) as u8);
    let cropped = Canvas { width, height, channels: 3, samples: samples.collect() };
    if variant.is_multiple_of(2) { cropped.mirrored() } else { cropped }
}
