//! The straight line of one item: identify, extract, detect, classify. The only module that names every stage of the
//! first half.
//!
//! [`examine`] is total: whatever the bytes are, a [`Record`] comes out. Members of containers go through the same
//! line one level deeper, inside the same [`Budget`]. Nothing here prints, and nothing here stores.

mod examples;
mod impression;
mod intake;
mod look;

pub use examples::check_examples;
pub use impression::{Impression, Recall};

use crate::classify::document::DocumentClassifier;
use crate::classify::picture::{PictureClassifier, PictureError};
use crate::detect::{DetectOptions, Detector, Keyring};
use crate::extract::ExtractOptions;
use crate::limits::{Budget, Content, Limits, Toolbox, Tools};
use crate::model::{Code, FaceEmbedding, Fault, Item, Locator, Outcome, Record, Stage};
use crate::rules::{RuleError, RuleFiles};
use intake::Intake;
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::path::PathBuf;
use std::sync::Arc;
use zeroize::Zeroize;

/// What of the pages without text is read by OCR.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OcrMode {
    /// Nothing.
    Off,
    /// Pages without text and pictures that look like documents.
    #[default]
    Auto,
    /// Every picture and page without text.
    All,
}

/// The data key of one run, itself encrypted to the recipient in the case folder.
#[derive(Clone, Serialize, Deserialize, Zeroize)]
#[zeroize(drop)]
pub struct SealKey {
    /// The run, which names the sealed key's file.
    pub run: u32,
    /// The key.
    pub key: [u8; 32],
}

/// Choices of detection that the user makes.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct DetectSettings {
    /// ISO 3166-1 alpha-2 codes of the country packs; empty means all.
    pub countries: Vec<String>,
}

/// Everything a worker needs to build its kit. It holds the case key: it goes over a pipe, never into arguments,
/// environment or logs.
#[derive(Clone, Serialize, Deserialize)]
pub struct Setup {
    /// The bounds.
    pub limits: Limits,
    /// Choices of reading.
    pub extract: ExtractOptions,
    /// Choices of detection.
    pub detect: DetectSettings,
    /// A folder of rules laid over the embedded ones.
    pub rules: Option<PathBuf>,
    /// A folder of models for face detection.
    pub models: Option<PathBuf>,
    /// The case key, from which tokens are made.
    pub key: [u8; 32],
    /// The key to seal clear values with, if a recipient was named.
    pub seal: Option<SealKey>,
    /// What is read by OCR.
    pub ocr: OcrMode,
    /// The outside programs that may be used; without Tesseract where OCR is off.
    pub tools: Toolbox,
    /// Faces are described, to be compared: only for grouping them, never in a scan.
    pub group_faces: bool,
    /// Roots of the sources, as the operating system's bytes.
    pub sources: Vec<Vec<u8>>,
}

impl std::fmt::Debug for Setup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Setup")
    }
}

impl Drop for Setup {
    fn drop(&mut self) {
        self.key.zeroize();
    }
}

impl Setup {
    /// A setup to try rules with: default bounds, no case key, no OCR, no sources.
    pub fn for_rules(rules: Option<PathBuf>) -> Self {
        Self {
            limits: Limits::default(),
            extract: ExtractOptions::default(),
            detect: DetectSettings::default(),
            rules,
            models: None,
            key: [0; 32],
            seal: None,
            ocr: OcrMode::Off,
            tools: Toolbox::default(),
            group_faces: false,
            sources: Vec::new(),
        }
    }
}

/// Why a kit cannot be built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KitError {
    /// A rule file does not fit its schema.
    #[error(transparent)]
    Rules(#[from] RuleError),
    /// The models or rules for pictures cannot be used.
    #[error("pictures cannot be classified")]
    Pictures(#[from] PictureError),
    /// The folder given with `--rules` cannot be read.
    #[error("the rules folder cannot be read; check the path given with --rules")]
    Folder(#[from] std::io::Error),
}

/// The compiled rules and models of a worker: the same for all items.
#[derive(Debug)]
pub struct Kit {
    limits: Arc<Limits>,
    /// How items are read at first: pictures small, pages without text as pixels if OCR is on.
    extract: ExtractOptions,
    /// How a picture is read again that may hold text: at reading resolution.
    extract_pages: ExtractOptions,
    /// How a copy of what was seen before is read: without its pixels.
    extract_words: ExtractOptions,
    ocr: OcrMode,
    detector: Detector,
    keyring: Keyring,
    documents: DocumentClassifier,
    /// It owns scratch memory, so a kit belongs to one worker.
    pictures: RefCell<PictureClassifier>,
    tools: Box<dyn Tools>,
}

impl Kit {
    /// Compiles rules and loads models. Outside programs are asked through `tools`.
    ///
    /// # Errors
    /// A rule file that does not fit, with its path and line.
    pub fn build(setup: &Setup, tools: Box<dyn Tools>) -> Result<Self, KitError> {
        let files = match &setup.rules {
            Some(folder) => RuleFiles::with_folder(folder)?,
            None => RuleFiles::embedded(),
        };
        let options = DetectOptions { countries: setup.detect.countries.clone() };
        let pictures = match (&setup.models, setup.group_faces) {
            (Some(models), true) => PictureClassifier::with_embeddings(&files, models)?,
            (models, _) => PictureClassifier::new(&files, models.as_deref())?,
        };
        let seal = setup.seal.as_ref().map(|seal| (seal.run, seal.key));
        Ok(Self {
            limits: Arc::new(setup.limits.clone()),
            extract: ExtractOptions { page_rasters: false, ..setup.extract.clone() },
            extract_words: ExtractOptions { page_rasters: false, no_pixels: true, ..setup.extract.clone() },
            extract_pages: ExtractOptions { page_rasters: setup.ocr != OcrMode::Off, ..setup.extract.clone() },
            ocr: setup.ocr,
            detector: Detector::new(&files, &options)?,
            keyring: Keyring::new(setup.key, seal),
            documents: DocumentClassifier::new(&files)?,
            pictures: RefCell::new(pictures),
            tools,
        })
    }

    /// The bounds of the run.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }
}

/// Examines one listed item, with everything in it. Never fails and never panics: trouble is in the record.
pub fn examine(item: &Item, content: Result<Content, Fault>, kit: &Kit) -> Record {
    examine_once(item, content, kit, None).record
}

/// What came of one item: its record, and what goes with it and is not stored.
#[derive(Debug)]
pub struct Examined {
    /// The record.
    pub record: Record,
    /// What its pixels showed, to be told of its copies.
    pub impression: Option<Impression>,
    /// Descriptions of its faces, where they were asked for.
    pub embeddings: Vec<FaceEmbedding>,
}

impl From<Record> for Examined {
    fn from(record: Record) -> Self {
        Self { record, impression: None, embeddings: Vec::new() }
    }
}

/// Examines one listed item. Where copies of its bytes were looked at before, `recall` tells what they showed, and the
/// item's pixels are not looked at again; the record is the same.
pub fn examine_once(item: &Item, content: Result<Content, Fault>, kit: &Kit, recall: Option<&dyn Recall>) -> Examined {
    let budget = Budget::new(Arc::clone(&kit.limits));
    let unread = |fault| Record::unread(item.locator.clone(), item.size, item.modified_ms, fault);
    let mut examined = match content {
        Ok(content) => read(&item.locator, &content, kit, &budget, recall),
        Err(fault) => unread(fault).into(),
    };
    examined.record.modified_ms = item.modified_ms;
    examined
}

/// The line for one item or member.
fn read(locator: &Locator, content: &Content, kit: &Kit, budget: &Budget, recall: Option<&dyn Recall>) -> Examined {
    let mut intake = Intake::new(locator, kit, budget);
    let media = intake.identify(content);
    intake.known = recall.and_then(|recall| Impression::of_copy(media, content, recall));
    intake.extract(media, content);
    let look = look::look(&mut intake, media, content);
    let mut faults = intake.faults;
    let hashes = match content.hashes() {
        Ok((hashes, true)) => Some(hashes),
        Ok((_, false)) => {
            faults.push(Fault::new(Stage::Source, Code::Changed));
            None
        }
        Err(fault) => {
            faults.push(fault);
            None
        }
    };
    let has_content = look.has_content;
    let record = Record {
        locator: locator.clone(),
        // The ledger names it by the case's key.
        id: String::new(),
        size: content.size(),
        modified_ms: None,
        hashes,
        media,
        outcome: Outcome::of(&faults, has_content),
        faults,
        verdict: look.verdict,
        findings: look.findings,
        facts: intake.facts,
        folder_subject: intake.folder_subject,
        folder_controller: kit.detector.folder_controller(locator, &kit.keyring),
        members: intake.members,
    };
    // What ended early, by a limit or a fault, may end elsewhere next time: it is looked at anew.
    let impression = intake.shown.filter(|_| record.faults.iter().all(|fault| fault.stage == Stage::Identify));
    Examined { record, impression, embeddings: intake.embeddings }
}

#[cfg(test)]
mod tests;
