//! A finding: one piece of personal data, without the data.

use super::kind::Kind;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The part of an item that a text was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The running text: a page, a body, a file of text.
    Text,
    /// Cells of a table.
    Table,
    /// A mail's or message's header fields.
    Header,
    /// A document's own properties (author, title, company).
    Metadata,
    /// EXIF tags.
    Exif,
    /// XMP properties.
    Xmp,
    /// IPTC datasets.
    Iptc,
    /// Text chunks of a PNG.
    PngText,
    /// A camera maker's private tags.
    MakerNote,
    /// Atoms or tags of a video container.
    Container,
    /// DICOM elements.
    Dicom,
    /// Text read from pixels.
    Ocr,
    /// Comments and annotations.
    Annotation,
    /// Values of form fields.
    Form,
    /// Text that a reader of the page does not see.
    Hidden,
    /// The item's own name or folder.
    Path,
}

impl Part {
    /// The name in exports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Table => "table",
            Self::Header => "header",
            Self::Metadata => "metadata",
            Self::Exif => "exif",
            Self::Xmp => "xmp",
            Self::Iptc => "iptc",
            Self::PngText => "png_text",
            Self::MakerNote => "maker_note",
            Self::Container => "container",
            Self::Dicom => "dicom",
            Self::Ocr => "ocr",
            Self::Annotation => "annotation",
            Self::Form => "form",
            Self::Hidden => "hidden",
            Self::Path => "path",
        }
    }
}

/// Where in an item a text was read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Origin {
    /// The part of the item.
    pub part: Part,
    /// The page, sheet or slide, from 1.
    pub page: Option<u32>,
    /// A name out of the format's own vocabulary (`Artist`, `dc:creator`, `subject`), never a text
    /// of the file's author: a JSON key or a column head may itself be personal data.
    pub key: Option<String>,
}

impl Origin {
    /// An origin without page or key.
    pub fn of(part: Part) -> Self {
        Self { part, page: None, key: None }
    }

    /// A page of the running text.
    pub fn page(page: u32) -> Self {
        Self { part: Part::Text, page: Some(page), key: None }
    }

    /// A named field.
    pub fn field(part: Part, key: impl Into<String>) -> Self {
        Self { part, page: None, key: Some(key.into()) }
    }
}

/// A share of certainty in thousandths, 0 to 1000. Of findings said to be 900, about nine in ten are right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Confidence(u16);

impl Confidence {
    /// Certain.
    pub const FULL: Self = Self(1000);

    /// From thousandths; more than 1000 counts as 1000.
    pub fn milli(value: u16) -> Self {
        Self(value.min(1000))
    }

    /// From a probability; values outside 0 to 1 are clamped and NaN is 0.
    pub fn from_probability(p: f64) -> Self {
        Self((p.clamp(0.0, 1.0) * 1000.0).round() as u16)
    }

    /// In thousandths.
    pub fn as_milli(self) -> u16 {
        self.0
    }

    /// As a probability, 0 to 1.
    pub fn probability(self) -> f64 {
        f64::from(self.0) / 1000.0
    }
}

/// A keyed hash of a normalised value (BLAKE3 keyed, truncated to 128 bits). Equal values of one kind in
/// one case have equal tokens; without the case key a token tells nothing, and cases cannot be joined.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Token(pub [u8; 16]);

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({})", self.shown())
    }
}

impl Token {
    /// The first 48 bits in hexadecimal: what exports show.
    pub fn shown(&self) -> String {
        data_encoding::HEXLOWER.encode(self.0.first_chunk::<6>().unwrap_or(&[0; 6]))
    }
}

/// One part of a name, so that names can be compared across order, initials and missing parts
/// without the name itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct NamePart {
    /// Token of the folded part (no case, no accents, transliterated), `None` where only an initial is written.
    pub whole: Option<Token>,
    /// Token of its first letter.
    pub initial: Token,
    /// Token of its sound (a phonetic key), for misspelt and transliterated forms.
    pub sound: Option<Token>,
}

/// Whose data a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// A patient, customer or other person whom the file is about.
    DataSubject,
    /// A practitioner or member of staff acting for the organisation.
    Practitioner,
    /// The organisation itself: a clinic's own phone, mail, address, IBAN.
    Organisation,
}

impl Role {
    /// The name in exports.
    pub fn name(self) -> &'static str {
        match self {
            Self::DataSubject => "data_subject",
            Self::Practitioner => "practitioner",
            Self::Organisation => "organisation",
        }
    }
}

/// A clear value encrypted to the recipient named with `--seal-to`; see `detect::keyring`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Sealed(pub Vec<u8>);

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({} bytes)", self.0.len())
    }
}

/// What may be said in clear about a value because it does not identify anybody.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct Hints {
    /// ISO 3166-1 alpha-2 country of the number, phone prefix, IBAN or address.
    pub country: Option<String>,
    /// Year, where the value is or holds a date (birth year, document year).
    pub year: Option<u16>,
    /// For birth dates: days since 1970-01-01, kept only to tell minors at the time of the file.
    pub day: Option<i32>,
    /// Sex encoded in an identifier or written: `f` or `m`.
    pub sex: Option<char>,
    /// A closed word about the value: a card's brand, a health family, a key's type, a date's meaning, a position's city.
    pub tag: Option<String>,
}

/// One piece of personal data: what it is, where it stands, how sure that is, and for whom. It holds no
/// clear value, and no way back to it but the seal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Finding {
    /// What it is.
    pub kind: Kind,
    /// The rule that found it, such as `fr.nir`.
    pub scheme: String,
    /// Where it was read.
    pub origin: Origin,
    /// First character within the passage, in Unicode code points.
    pub start: u32,
    /// One past the last character, in code points.
    pub end: u32,
    /// How sure.
    pub confidence: Confidence,
    /// The value's shape for a reader, never enough to know it: `FR** ... 1234`.
    pub mask: String,
    /// Keyed hash of the normalised value.
    pub token: Token,
    /// For names: tokens of the parts, in written order. For mail addresses: tokens of the words before the `@`, then,
    /// without a sound, of longer words less their first letter (`jdoe` may be an initial and a name).
    pub parts: Vec<NamePart>,
    /// Whose data.
    pub role: Role,
    /// Which person of this item: findings with the same number stand for one person. `None`: not tied to anyone.
    pub mention: Option<u32>,
    /// Other schemes that the same span satisfies.
    pub alternatives: Vec<String>,
    /// What may be said in clear.
    pub hints: Hints,
    /// The clear value for the recipient of the seal, if there is one.
    pub sealed: Option<Sealed>,
}
