//! The rules of document classes: `rules/classes/<name>.toml` and the words of structural cues in `rules/structure.toml`.

use super::{RuleError, RuleFiles};
use crate::model::Class;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Terms per language (ISO 639-1).
pub type Terms = BTreeMap<String, Vec<String>>;

/// Where in a document a cue counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Zone {
    /// The first lines: letterhead and title.
    Head,
    /// The last lines: totals and signatures.
    Tail,
    /// Anywhere.
    Any,
}

/// A group of terms that say the same; the group counts once.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cue {
    /// Its name, which stands in the reasons.
    pub group: String,
    /// Its weight in points; negative speaks against the class.
    pub weight: i32,
    /// Where it counts.
    pub zone: Zone,
    /// The terms.
    pub terms: Terms,
}

/// A cue that is seen in the shape of the document rather than in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Detector {
    /// An invoice in XML is embedded (Factur-X, ZUGFeRD, XRechnung).
    EmbeddedInvoice,
    /// Two or more amounts and a word for a sum.
    AmountsAndTotal,
    /// Three or more lines that end in an amount.
    LineTable,
    /// The title, or a label for its number, is followed by a number.
    NumberedTitle,
    /// A tax word with a rate.
    VatRate,
    /// A valid IBAN.
    Iban,
    /// Numbered steps or several dates that follow the document's own.
    SessionList,
    /// A signature word in the last lines.
    SignatureBlock,
    /// A dated document with a later date.
    FutureDate,
    /// A quantity of an active substance.
    Dose,
    /// No amount at all.
    NoAmount,
    /// Six or more amounts without a sum.
    ManyAmounts,
    /// A page without a known title that names a person and adds up lines to a sum.
    UntitledAccount,
    /// No data subject is named.
    NoPerson,
    /// A machine-readable zone.
    Mrz,
    /// More than 3,000 words.
    LongText,
}

impl Detector {
    /// The cue in words for a reader.
    pub fn words(self) -> &'static str {
        match self {
            Self::EmbeddedInvoice => "an electronic invoice is embedded",
            Self::AmountsAndTotal => "amounts and a sum",
            Self::LineTable => "a table of lines that end in amounts",
            Self::NumberedTitle => "a numbered title",
            Self::VatRate => "a tax rate",
            Self::Iban => "a valid IBAN",
            Self::SessionList => "a list of sessions or later dates",
            Self::SignatureBlock => "a signature block",
            Self::FutureDate => "a date after the document's own",
            Self::Dose => "a dose of a substance",
            Self::NoAmount => "no amount at all",
            Self::ManyAmounts => "many amounts without a sum",
            Self::UntitledAccount => "lines that add up to a sum for a named person",
            Self::NoPerson => "nobody is named",
            Self::Mrz => "a machine-readable zone",
            Self::LongText => "more than 3,000 words",
        }
    }
}

/// A structural cue with its weight.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Structure {
    /// What is looked for.
    pub detector: Detector,
    /// Its weight in points.
    pub weight: i32,
}

/// A document that is of its class.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// What is shown, which names the example in messages: `fr, names a quotation`.
    pub title: String,
    /// The text of an invented document, columns parted by tabs.
    pub text: String,
}

/// One document class.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassRule {
    /// Its file, below `rules/`.
    #[serde(skip)]
    pub path: String,
    /// The words for a reader.
    pub title: String,
    /// The class.
    pub class: Class,
    /// The subclass, for classes under `other`.
    pub subclass: Option<String>,
    /// Points from which the class is named.
    pub threshold: i32,
    /// Positive cues, of words or of structure, that must agree.
    pub min_groups: usize,
    /// At least one of these groups or detectors must have fired.
    pub requires_any: Vec<String>,
    /// Documents of this class, in several languages: they are its tests, and those of the other classes.
    #[serde(rename = "example")]
    pub examples: Vec<Example>,
    /// Cues of words.
    #[serde(rename = "cue")]
    pub cues: Vec<Cue>,
    /// Cues of structure.
    #[serde(rename = "structure", default)]
    pub structures: Vec<Structure>,
}

/// Words that structural cues look for.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StructureWords {
    /// Words that name a sum.
    pub total: Terms,
    /// Words that name a sum before tax, a tax or a part of what is asked for.
    pub partial_sum: Terms,
    /// Words for value-added tax.
    pub tax: Terms,
    /// Words that begin a numbered step.
    pub session: Terms,
    /// Words of a signature block.
    pub signature: Terms,
}

/// All classes and the words they share.
#[derive(Debug, Clone)]
pub struct ClassRules {
    /// The classes, by file name.
    pub classes: Vec<ClassRule>,
    /// Words of structural cues.
    pub words: StructureWords,
}

impl ClassRules {
    /// Reads every class file.
    ///
    /// # Errors
    /// A file that does not fit the schema, with its path and line.
    pub fn load(files: &RuleFiles) -> Result<Self, RuleError> {
        let classes = files
            .under("classes/")
            .filter(|(path, _)| path.ends_with(".toml") && path.matches('/').count() == 1)
            .map(|(path, bytes)| {
                let rule: ClassRule = RuleError::parse(path, bytes)?;
                Ok(ClassRule { path: path.to_owned(), ..rule })
            })
            .collect::<Result<_, RuleError>>()?;
        let words = files.toml("structure.toml")?;
        Ok(Self { classes, words })
    }
}
