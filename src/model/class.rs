//! Classes of items and the verdict on one.

use super::finding::Confidence;
use serde::{Deserialize, Serialize};

/// The class of an item. `Undecided` is an honest answer with its own row in every report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// A human face is the main subject.
    FacePhoto,
    /// A human body, part of one, or skin is the main subject and no face dominates.
    BodyPhoto,
    /// Moving pictures.
    Video,
    /// An invoice, credit note or fee note.
    Invoice,
    /// A proposed treatment: a plan, quotation or estimate.
    TreatmentPlan,
    /// Anything else, see the subclass.
    Other,
    /// A picture that may show a person but supports no answer.
    Undecided,
}

impl Class {
    /// Every class in the order of the reports.
    pub const ALL: [Self; 7] = [
        Self::FacePhoto,
        Self::BodyPhoto,
        Self::Video,
        Self::Invoice,
        Self::TreatmentPlan,
        Self::Other,
        Self::Undecided,
    ];

    /// The name in exports and rules.
    pub fn name(self) -> &'static str {
        match self {
            Self::FacePhoto => "face_photo",
            Self::BodyPhoto => "body_photo",
            Self::Video => "video",
            Self::Invoice => "invoice",
            Self::TreatmentPlan => "treatment_plan",
            Self::Other => "other",
            Self::Undecided => "undecided",
        }
    }

    /// The words for a reader.
    pub fn title(self) -> &'static str {
        match self {
            Self::FacePhoto => "Face photos",
            Self::BodyPhoto => "Body photos",
            Self::Video => "Videos",
            Self::Invoice => "Invoices",
            Self::TreatmentPlan => "Treatment plans",
            Self::Other => "Other files",
            Self::Undecided => "Undecided pictures",
        }
    }

    /// The class with this name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.name() == name)
    }
}

/// One reason for a verdict: a cue that fired, in closed words, with its weight. Never text of the file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Reason {
    /// The cue in words for a reader, such as `title word of an invoice (fr)` or `skin-coloured 41 %`.
    pub cue: String,
    /// Its weight in thousandths of the classifier's unit; negative speaks against the class.
    pub weight: i32,
}

impl Reason {
    /// A reason with its weight in thousandths.
    pub fn new(cue: impl Into<String>, weight: i32) -> Self {
        Self { cue: cue.into(), weight }
    }
}

/// What an item is, how sure, and why.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Verdict {
    /// The class.
    pub class: Class,
    /// A finer word: under `other` `consent_form`, `prescription`, `medical_report`, `identity_document`, `price_list`,
    /// `terms`, `correspondence`, `spreadsheet`, `database`, `credentials`, `screenshot`, `logo`, `xray`, `archive`, ...;
    /// under `video` `scan_360`.
    pub subclass: Option<String>,
    /// How sure.
    pub confidence: Confidence,
    /// The cues, strongest first.
    pub reasons: Vec<Reason>,
    /// The second best class and its confidence.
    pub runner_up: Option<(Class, Confidence)>,
}

impl Verdict {
    /// A verdict of `other` with a subclass and one reason.
    pub fn other(subclass: &str, confidence: Confidence, cue: &str) -> Self {
        Self {
            class: Class::Other,
            subclass: Some(subclass.to_owned()),
            confidence,
            reasons: vec![Reason::new(cue, 1000)],
            runner_up: None,
        }
    }
}
