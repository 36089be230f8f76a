//! Small samples that do not depend on the order in which they were offered: those with the least rank stay.

use crate::model::{Class, Confidence, Fault, Finding, Kind, Locator, Media, Part, Reason, Record, Role, Verdict};
use std::collections::BTreeSet;
use std::ops::AddAssign;

/// Examples that are kept of each thing.
const KEPT: usize = 24;

/// A sample of at most 24.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample<T>(BTreeSet<(u64, T)>);

impl<T> Default for Sample<T> {
    fn default() -> Self {
        Self(BTreeSet::new())
    }
}

/// What can be sampled: its rank decides who stays.
pub trait Ranked {
    /// A rank, the same for the same thing.
    fn rank(&self) -> u64;
}

impl<T: Ord + Ranked> Sample<T> {
    /// Offers one.
    pub fn offer(&mut self, thing: T) {
        self.insert((thing.rank(), thing));
    }

    /// Those that stayed, by rank.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.0.iter().map(|(_, thing)| thing)
    }

    fn insert(&mut self, ranked: (u64, T)) {
        let is_full = self.0.len() >= KEPT;
        if is_full && self.0.last().is_some_and(|last| ranked >= *last) {
            return;
        }
        if self.0.insert(ranked) && is_full {
            self.0.pop_last();
        }
    }
}

impl<T: Ord + Ranked> AddAssign for Sample<T> {
    fn add_assign(&mut self, other: Self) {
        for ranked in other.0 {
            self.insert(ranked);
        }
    }
}

/// Surer ones first, otherwise by chance: the rank's high bits are doubt in steps of a tenth.
fn rank(confidence: Confidence, id: &str, salt: u32) -> u64 {
    let doubt = u64::from((1000 - confidence.as_milli()) / 100);
    let hash = blake3::hash(format!("{salt} {id}").as_bytes());
    let chance = hash.as_bytes().first_chunk::<8>().map_or(0, |bytes| u64::from_be_bytes(*bytes));
    (doubt << 56) | (chance >> 8)
}

/// One finding as an example.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FindingExample {
    /// Short id of the item.
    pub item: String,
    /// The item; shown only on demand.
    pub locator: Locator,
    /// What it is.
    pub kind: Kind,
    /// The mask.
    pub mask: String,
    /// The rule.
    pub scheme: String,
    /// Where.
    pub part: Part,
    /// On which page.
    pub page: Option<u32>,
    /// Whose.
    pub role: Role,
    /// How sure.
    pub confidence: Confidence,
    start: u32,
}

impl FindingExample {
    /// The example of a finding.
    pub fn of(record: &Record, finding: &Finding) -> Self {
        Self {
            item: record.id.clone(),
            locator: record.locator.clone(),
            kind: finding.kind,
            mask: finding.mask.clone(),
            scheme: finding.scheme.clone(),
            part: finding.origin.part,
            page: finding.origin.page,
            role: finding.role,
            confidence: finding.confidence,
            start: finding.start,
        }
    }
}

impl Ranked for FindingExample {
    fn rank(&self) -> u64 {
        rank(self.confidence, &self.item, self.start)
    }
}

/// One item as an example of its class.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClassExample {
    /// Short id of the item.
    pub item: String,
    /// The item; shown only on demand.
    pub locator: Locator,
    /// The class.
    pub class: Class,
    /// The finer word.
    pub subclass: Option<String>,
    /// How sure.
    pub confidence: Confidence,
    /// The strongest reasons.
    pub reasons: Vec<Reason>,
    /// What the bytes are.
    pub media: Media,
    /// Size in bytes.
    pub size: u64,
    /// Width and height in pixels.
    pub pixels: Option<(u32, u32)>,
    /// Faces found.
    pub faces: Option<u32>,
    /// Pages.
    pub pages: Option<u32>,
    /// Findings by kind.
    pub findings: Vec<(Kind, u64)>,
}

impl ClassExample {
    /// The example of a record.
    pub fn of(record: &Record, verdict: &Verdict) -> Self {
        let image = record.facts.image.as_ref();
        let video = record.facts.video.as_ref();
        let pixels = image
            .map(|image| (image.width, image.height))
            .or_else(|| video.and_then(|video| video.width.zip(video.height)));
        let mut findings: Vec<(Kind, u64)> = Vec::new();
        for kind in Kind::ALL {
            let count = record.findings.iter().filter(|finding| finding.kind == *kind).count();
            if count > 0 {
                findings.push((*kind, count as u64));
            }
        }
        Self {
            item: record.id.clone(),
            locator: record.locator.clone(),
            class: verdict.class,
            subclass: verdict.subclass.clone(),
            confidence: verdict.confidence,
            reasons: verdict.reasons.iter().take(4).cloned().collect(),
            media: record.media,
            size: record.size,
            pixels,
            faces: image.filter(|image| image.detector.is_some()).map(|image| image.faces),
            pages: record.facts.document.as_ref().map(|document| document.pages),
            findings,
        }
    }
}

impl Ranked for ClassExample {
    fn rank(&self) -> u64 {
        rank(self.confidence, &self.item, 0)
    }
}

/// One item as an example of a fault.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FaultExample {
    /// Short id of the item.
    pub item: String,
    /// The item; shown only on demand.
    pub locator: Locator,
    /// The fault.
    pub fault: Fault,
    /// What the bytes are.
    pub media: Media,
    /// Size in bytes.
    pub size: u64,
}

impl FaultExample {
    /// The example of a fault.
    pub fn of(record: &Record, fault: Fault) -> Self {
        let (locator, media, size) = (record.locator.clone(), record.media, record.size);
        Self { item: record.id.clone(), locator, fault, media, size }
    }
}

impl Ranked for FaultExample {
    fn rank(&self) -> u64 {
        rank(Confidence::FULL, &self.item, 0)
    }
}
