//! Persons, as counted over a whole leak: what `resolve` finds out and `score` and `report` read.
//!
//! Nothing here names anybody. A person is a set of facts about which data of theirs are in the leak.

use super::class::Class;
use super::finding::{Finding, Part, Role, Token};
use super::kind::Kind;
use super::record::Record;
use super::series::Series;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A set of kinds of data as one bit a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct KindSet(pub u64);

impl KindSet {
    /// The set of these kinds.
    pub fn of(kinds: &[Kind]) -> Self {
        kinds.iter().fold(Self::default(), |set, kind| set.with(*kind))
    }

    /// This set with one more.
    #[must_use]
    pub fn with(self, kind: Kind) -> Self {
        Self(self.0 | (1 << (kind as u32)))
    }

    /// Both sets together.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether the kind is in it.
    pub fn has(self, kind: Kind) -> bool {
        self.0 & (1 << (kind as u32)) != 0
    }

    /// Whether any of these is in it.
    pub fn has_any(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether nothing is in it.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The kinds in the order of the reports.
    pub fn iter(self) -> impl Iterator<Item = Kind> {
        Kind::ALL.iter().copied().filter(move |kind| self.has(*kind))
    }
}

/// A kind of item in which a person occurs, as far as severity cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Material {
    /// A photo of a face.
    FacePhoto,
    /// A photo of a body or skin.
    BodyPhoto,
    /// A video.
    Video,
    /// An invoice.
    Invoice,
    /// A proposed treatment.
    TreatmentPlan,
    /// A prescription, report, consent form or picture of a medical device.
    MedicalDocument,
    /// A scan of an identity card, passport or licence.
    IdentityDocument,
    /// Anything else.
    Other,
}

impl Material {
    /// Every material in the order of the reports.
    pub const ALL: [Self; 8] = [
        Self::FacePhoto,
        Self::BodyPhoto,
        Self::Video,
        Self::Invoice,
        Self::TreatmentPlan,
        Self::MedicalDocument,
        Self::IdentityDocument,
        Self::Other,
    ];

    /// The name in rules and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::FacePhoto => "face_photo",
            Self::BodyPhoto => "body_photo",
            Self::Video => "video",
            Self::Invoice => "invoice",
            Self::TreatmentPlan => "treatment_plan",
            Self::MedicalDocument => "medical_document",
            Self::IdentityDocument => "identity_document",
            Self::Other => "other",
        }
    }

    /// The words for a reader.
    pub fn title(self) -> &'static str {
        match self {
            Self::FacePhoto => "Face photo",
            Self::BodyPhoto => "Body photo",
            Self::Video => "Video",
            Self::Invoice => "Invoice",
            Self::TreatmentPlan => "Treatment plan",
            Self::MedicalDocument => "Medical document",
            Self::IdentityDocument => "Identity document",
            Self::Other => "Other file",
        }
    }

    /// What this record is; a picture that supports no answer and a record without a verdict are `Other`.
    pub fn of(record: &Record) -> Self {
        let Some(verdict) = &record.verdict else { return Self::Other };
        match (verdict.class, verdict.subclass.as_deref()) {
            (Class::FacePhoto, _) => Self::FacePhoto,
            (Class::BodyPhoto, _) => Self::BodyPhoto,
            (Class::Video, _) => Self::Video,
            (Class::Invoice, _) => Self::Invoice,
            (Class::TreatmentPlan, _) => Self::TreatmentPlan,
            (_, Some("prescription" | "medical_report" | "consent_form" | "xray")) => Self::MedicalDocument,
            (_, Some("identity_document")) => Self::IdentityDocument,
            _ => Self::Other,
        }
    }
}

/// A set of materials as one bit a material.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct MaterialSet(pub u16);

impl MaterialSet {
    /// The set of these materials.
    pub fn of(materials: &[Material]) -> Self {
        materials.iter().fold(Self::default(), |set, material| set.with(*material))
    }

    /// This set with one more.
    #[must_use]
    pub fn with(self, material: Material) -> Self {
        Self(self.0 | (1 << (material as u32)))
    }

    /// Both sets together.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether the material is in it.
    pub fn has(self, material: Material) -> bool {
        self.0 & (1 << (material as u32)) != 0
    }

    /// Whether any of these is in it.
    pub fn has_any(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The materials in the order of the reports.
    pub fn iter(self) -> impl Iterator<Item = Material> {
        Material::ALL.into_iter().filter(move |material| self.has(*material))
    }
}

/// What is known of one person, or of one picture that is tied to nobody: the row of the matrix persons x data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Profile {
    /// Kinds of data.
    pub kinds: KindSet,
    /// Kinds of items.
    pub material: MaterialSet,
    /// Was under age on the day of one of the items.
    pub is_minor: bool,
}

/// A count with its bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct Bounds {
    /// At least so many: proven to be different persons.
    pub lower: u64,
    /// The best estimate.
    pub best: u64,
    /// At most so many: nothing weak is joined, what is tied to nobody counts.
    pub upper: u64,
}

/// What a person's country was told by, surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CountryEvidence {
    /// A postal address or postcode.
    Address,
    /// A national identity, health or tax number.
    Identifier,
    /// A phone number's prefix.
    Phone,
    /// An account number.
    Account,
    /// The paperwork's own country.
    Paperwork,
    /// Where photos of the person were taken.
    Position,
    /// Nothing.
    None,
}

impl CountryEvidence {
    /// The words for a reader.
    pub fn title(self) -> &'static str {
        match self {
            Self::Address => "postal address",
            Self::Identifier => "national number",
            Self::Phone => "phone prefix",
            Self::Account => "account number",
            Self::Paperwork => "the paperwork's country",
            Self::Position => "where photos were taken",
            Self::None => "no evidence",
        }
    }
}

/// How an item is tied to a person, the most direct way first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Link {
    /// Its own text, or text read from its pixels, names a person.
    Text,
    /// Its metadata (EXIF, XMP, document properties, container) names a person.
    Metadata,
    /// Its path or name names a person.
    Path,
    /// It lies in the folder of a person whom another item names.
    Folder,
    /// It lies in one person's folder; nothing in the leak says who that is.
    Code,
    /// Nothing ties it to a person.
    Nothing,
}

impl Link {
    /// Every link in order.
    pub const ALL: [Self; 6] = [Self::Text, Self::Metadata, Self::Path, Self::Folder, Self::Code, Self::Nothing];

    /// The name in the report's JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Metadata => "metadata",
            Self::Path => "path",
            Self::Folder => "folder",
            Self::Code => "code",
            Self::Nothing => "nothing",
        }
    }

    /// Whether the item is tied to a named person.
    pub fn is_named(self) -> bool {
        matches!(self, Self::Text | Self::Metadata | Self::Path | Self::Folder)
    }
}

/// People who can be reached, by what is known of them (best estimate).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Reachable {
    /// With an e-mail address.
    pub mail: u64,
    /// With a phone number.
    pub phone: u64,
    /// With a postal address.
    pub post: u64,
    /// With any of the three.
    pub any: u64,
}

/// One person as an example, without anything that identifies them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonSample {
    /// A number within this report.
    pub id: String,
    /// What is known of them.
    pub profile: Profile,
    /// Mentions that were joined into this person.
    pub mentions: u64,
    /// Short ids of items that mention them, at most five.
    pub items: Vec<String>,
    /// Rules that joined their mentions.
    pub joined_by: Vec<String>,
    /// ISO 3166-1 alpha-2 country.
    pub country: Option<String>,
}

/// The people of a leak.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct People {
    /// Distinct data subjects.
    pub persons: Bounds,
    /// Distinct data subjects of whom the leak holds this kind of data.
    pub by_kind: BTreeMap<Kind, Bounds>,
    /// The best estimate's persons by what is known of them.
    pub profiles: BTreeMap<Profile, u64>,
    /// Pictures and videos tied to nobody, by what they are.
    pub unlinked: BTreeMap<Profile, u64>,
    /// Persons who were under age on the day of one of their items (best estimate).
    pub minors: u64,
    /// Persons whose birth date is known (best estimate).
    pub with_birth_date: u64,
    /// Persons by way of reaching them.
    pub reachable: Reachable,
    /// Persons by country and what told it (best estimate).
    pub countries: BTreeMap<(Option<String>, CountryEvidence), u64>,
    /// Persons by controller; one who is known to several counts once in each (best estimate).
    pub controllers: BTreeMap<Option<Token>, u64>,
    /// Persons who are known to more than one controller.
    pub shared: u64,
    /// Distinct practitioners and members of staff (best estimate).
    pub practitioners: u64,
    /// Mentions that were read, by role.
    pub mentions: BTreeMap<Role, u64>,
    /// Joins that were made, by rule.
    pub joins: BTreeMap<String, u64>,
    /// Joins that were refused because of a contradiction, by rule.
    pub refused: BTreeMap<String, u64>,
    /// Name-only mentions that fit several persons and are counted with none.
    pub ambiguous: u64,
    /// Folders of persons without a name that are taken to belong to persons who are counted by their name: as many as
    /// the named folders' owners who also occur outside their folder let expect.
    pub paired: u64,
    /// Items by material and by what ties them to a person.
    pub linkage: BTreeMap<(Material, Link), u64>,
    /// Some persons as examples, those with most kinds of data first.
    pub samples: Vec<PersonSample>,
    /// Pictures and videos in series.
    pub series: Series,
}

/// The controller whose papers these are: the one that the path names, else the one organisation on the letterhead.
pub fn controller_of(record: &Record) -> Option<Token> {
    record.folder_controller.or_else(|| {
        let mut named = record
            .findings
            .iter()
            .filter(|finding| finding.kind == Kind::Organisation && finding.role == Role::Organisation)
            .map(|finding| finding.token);
        let first = named.next()?;
        named.all(|token| token == first).then_some(first)
    })
}

/// What ties an item to a person by itself: a name or a number of a data subject in its text, metadata or path.
pub fn own_link(record: &Record) -> Link {
    let names = |finding: &&Finding| {
        finding.role == Role::DataSubject
            && matches!(
                finding.kind,
                Kind::PersonName
                    | Kind::Email
                    | Kind::NationalId
                    | Kind::SocialSecurity
                    | Kind::HealthId
                    | Kind::TaxId
                    | Kind::Passport
                    | Kind::DrivingLicence
                    | Kind::Mrz
            )
    };
    record
        .findings
        .iter()
        .filter(names)
        .map(|finding| match finding.origin.part {
            Part::Path => Link::Path,
            Part::Exif
            | Part::Xmp
            | Part::Iptc
            | Part::PngText
            | Part::MakerNote
            | Part::Container
            | Part::Dicom
            | Part::Metadata => Link::Metadata,
            _ => Link::Text,
        })
        .min()
        .unwrap_or(if record.folder_subject.is_some() { Link::Code } else { Link::Nothing })
}
