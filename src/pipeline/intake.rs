//! What readers hand over, taken in as it comes: texts and fields wait for detection, members are examined at once.

use super::{Impression, Kit, read};
use crate::detect::Material;
use crate::extract::{self, Reading};
use crate::identify::identify;
use crate::limits::{Budget, Content, guard};
use crate::model::{
    Code, Confidence, FaceEmbedding, Facts, Family, Fault, Field, Finding, Frame, Locator, Media, Member, Outcome,
    Passage, Raster, Record, Sink, Stage, Token,
};
use std::collections::BTreeMap;

/// Bytes of text after which what was read so far goes through detection, so that a large table is streamed.
const CHUNK_BYTES: usize = 4 << 20;
/// Bytes of text that are kept for the classifier once they went through detection.
const KEPT_BYTES: usize = 256 << 10;
/// Pictures of one item that are looked at together; `limits.pictures` and `limits.stills` bound what readers hand over.
const RASTERS: usize = 64;

/// The item under examination.
pub(super) struct Intake<'a> {
    pub(super) locator: &'a Locator,
    pub(super) kit: &'a Kit,
    pub(super) budget: &'a Budget,
    /// Whose folder the item lies in.
    pub(super) folder_subject: Option<Token>,
    pub(super) facts: Facts,
    pub(super) faults: Vec<Fault>,
    pub(super) fields: Vec<Field>,
    /// Texts that wait for detection.
    pub(super) passages: Vec<Passage>,
    /// Texts that went through detection and are kept for the classifier.
    pub(super) detected: Vec<Passage>,
    pub(super) findings: Vec<Finding>,
    pub(super) rasters: Vec<Raster>,
    /// Pages that OCR read, with how sure it was.
    pub(super) readings: BTreeMap<Option<u32>, Confidence>,
    pub(super) members: Vec<Record>,
    /// What copies of this item showed: then its own pixels are not asked for.
    pub(super) known: Option<Impression>,
    /// What this item showed.
    pub(super) shown: Option<Impression>,
    /// Descriptions of its faces, where they were asked for.
    pub(super) embeddings: Vec<FaceEmbedding>,
    /// Something was read: text, a field, pixels or a member.
    pub(super) has_content: bool,
    waiting: usize,
    kept: usize,
    media: Media,
}

impl<'a> Intake<'a> {
    pub(super) fn new(locator: &'a Locator, kit: &'a Kit, budget: &'a Budget) -> Self {
        Self {
            locator,
            kit,
            budget,
            folder_subject: kit.detector.folder_subject(locator, &kit.keyring),
            facts: Facts::default(),
            faults: Vec::new(),
            fields: Vec::new(),
            passages: Vec::new(),
            detected: Vec::new(),
            findings: Vec::new(),
            rasters: Vec::new(),
            readings: BTreeMap::new(),
            members: Vec::new(),
            known: None,
            shown: None,
            embeddings: Vec::new(),
            has_content: false,
            waiting: 0,
            kept: 0,
            media: Media::Unknown,
        }
    }

    /// Finds the media type and notes what the name says of it.
    pub(super) fn identify(&mut self, content: &Content) -> Media {
        match guard(Stage::Identify, || identify(content, self.locator)) {
            Ok(identified) => {
                identified.faults.into_iter().for_each(|fault| self.fault(fault));
                self.media = identified.media;
            }
            Err(fault) => self.fault(fault),
        }
        self.media
    }

    /// Reads the item with the reader of its type. What was handed over before a fault stays.
    pub(super) fn extract(&mut self, media: Media, content: &Content) {
        if media == Media::Empty {
            return;
        }
        let Some(reader) = extract::for_media(media) else {
            self.fault(Fault::extract(Code::Unsupported));
            return;
        };
        // A picture is read small first; only what may hold text is read again at reading resolution.
        let is_picture = media.family() == Family::Picture;
        let options = match &self.known {
            Some(_) => &self.kit.extract_words,
            None if is_picture => &self.kit.extract,
            None => &self.kit.extract_pages,
        };
        let reading = Reading { media, content, locator: self.locator, budget: self.budget, options };
        let outcome = guard(Stage::Extract, || reader(&reading, self));
        if let Ok(Err(fault)) | Err(fault) = outcome {
            self.fault(fault);
        }
    }

    /// Reads a picture again, at reading resolution, for its pages alone.
    pub(super) fn read_as_pages(&self, media: Media, content: &Content) -> Vec<Raster> {
        let mut pages = Pages::default();
        let options = &self.kit.extract_pages;
        let reading = Reading { media, content, locator: self.locator, budget: self.budget, options };
        if let Some(reader) = extract::for_media(media) {
            // What went wrong was noted when the picture was read first.
            let _ = guard(Stage::Extract, || reader(&reading, &mut pages));
        }
        pages.rasters
    }

    /// Sends the waiting texts and fields through detection.
    pub(super) fn detect(&mut self) {
        if self.passages.is_empty() && self.fields.is_empty() {
            return;
        }
        let kit = self.kit;
        let material = Material {
            passages: &self.passages,
            fields: &self.fields,
            locator: self.locator,
            media: self.media,
            facts: &self.facts,
        };
        let detection = guard(Stage::Detect, || kit.detector.detect(&material, &kit.keyring, self.budget));
        match detection {
            Ok(detection) => self.take(detection),
            Err(fault) => self.fault(fault),
        }
        self.fields.clear();
        self.waiting = 0;
        for passage in std::mem::take(&mut self.passages) {
            if self.kept < KEPT_BYTES {
                self.kept += passage.text.len();
                self.detected.push(passage);
            }
        }
    }

    fn take(&mut self, detection: crate::detect::Detection) {
        let offset = self.findings.iter().filter_map(|finding| finding.mention).max().map_or(0, |last| last + 1);
        let room = (self.kit.limits.findings as usize).saturating_sub(self.findings.len());
        let is_over = detection.is_truncated || detection.findings.len() > room;
        self.findings.extend(detection.findings.into_iter().take(room).map(|mut finding| {
            finding.mention = finding.mention.map(|mention| mention + offset);
            finding
        }));
        if is_over {
            self.fault(Fault::new(Stage::Detect, Code::TooManyFindings));
        }
        // Words of a caption or a path are too few to tell a language.
        if self.facts.language.is_none() && !self.passages.is_empty() {
            self.facts.language = detection.language;
        }
        if self.facts.region.is_none() {
            self.facts.region = detection.region;
        }
    }
}

impl Sink for Intake<'_> {
    fn passage(&mut self, passage: Passage) {
        if passage.text.is_empty() {
            return;
        }
        self.has_content = true;
        self.waiting += passage.text.len();
        self.passages.push(passage);
        if self.waiting >= CHUNK_BYTES {
            self.detect();
        }
    }

    fn field(&mut self, field: Field) {
        self.has_content = true;
        self.fields.push(field);
    }

    fn member(&mut self, member: Member) {
        let locator = self.locator.member(member.name);
        let too_deep = locator.depth() as u64 > self.kit.limits.depth;
        let unread = |fault| Record::unread(locator.clone(), member.bytes.len() as u64, None, fault);
        let mut record = match member.faults.first() {
            _ if too_deep => unread(Fault::extract(Code::TooDeep)),
            Some(fault) if member.bytes.is_empty() => unread(*fault),
            _ => read(&locator, &Content::of_memory(member.bytes), self.kit, self.budget, None).record,
        };
        let was_read = record.outcome != Outcome::Failed;
        for fault in member.faults {
            if !record.faults.contains(&fault) {
                record.faults.push(fault);
            }
        }
        if was_read {
            record.outcome = Outcome::of(&record.faults, true);
        }
        if too_deep {
            self.fault(Fault::extract(Code::TooDeep));
        }
        self.has_content = true;
        self.facts.members += 1;
        self.members.push(record);
    }

    fn raster(&mut self, raster: Raster) {
        self.has_content = true;
        if self.rasters.len() < RASTERS {
            self.rasters.push(raster);
        }
    }

    fn fault(&mut self, fault: Fault) {
        if !self.faults.iter().any(|known| known.code == fault.code) {
            self.faults.push(fault);
        }
    }

    fn facts(&mut self) -> &mut Facts {
        &mut self.facts
    }
}

/// A sink for the second reading of a picture: it keeps pages and nothing else.
#[derive(Default)]
struct Pages {
    rasters: Vec<Raster>,
    facts: Facts,
}

impl Sink for Pages {
    fn passage(&mut self, _: Passage) {}
    fn field(&mut self, _: Field) {}
    fn member(&mut self, _: Member) {}
    fn raster(&mut self, raster: Raster) {
        if matches!(raster.frame, Frame::Page(_)) {
            self.rasters.push(raster);
        }
    }
    fn fault(&mut self, _: Fault) {}
    fn facts(&mut self) -> &mut Facts {
        &mut self.facts
    }
}
