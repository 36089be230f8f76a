//! Version 1 of the report: frozen output types, apart from the working types.
//!
//! A field never changes its meaning; fields are only added. `schemas/report-v1.json` describes the same. No field holds
//! a clear value of the leak; a path is in it only where paths were asked for.

use serde::Serialize;

/// The name of this version.
pub const SCHEMA: &str = "breachscope.report/1";

/// A report on one leak.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// Title out of the incident file.
    pub title: String,
    /// Reference out of the incident file.
    pub reference: Option<String>,
    /// Distinct data subjects.
    pub distinct_persons: Persons,
    /// What a board reads.
    pub headline: Headline,
    /// What was examined and what was not.
    pub coverage: Coverage,
    /// Items by class.
    pub classes: Vec<ClassRow>,
    /// Facts about the material: dates, pictures, videos, amounts.
    pub material: MaterialFacts,
    /// Personal data by kind.
    pub data: Vec<KindRow>,
    /// Who is concerned.
    pub people: PeopleSection,
    /// Whether the media are de-identified.
    pub deidentification: Deidentification,
    /// How severe it is.
    pub severity: Severity,
    /// Deadlines.
    pub deadlines: Vec<DeadlineRow>,
    /// Likely consequences.
    pub impact: Vec<ImpactRow>,
    /// Advice.
    pub advice: Advice,
    /// What a human said or has still to say.
    pub incident: Vec<IncidentField>,
    /// How it was done.
    pub method: Method,
    /// The manifest of the items.
    pub manifest: ManifestRow,
}

/// A count with its bounds and what they mean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Persons {
    /// At least.
    pub lower: u64,
    /// Best estimate.
    pub best: u64,
    /// At most.
    pub upper: u64,
    /// What the lower bound counts.
    pub lower_meaning: String,
    /// What the estimate counts.
    pub best_meaning: String,
    /// What the upper bound counts.
    pub upper_meaning: String,
}

/// The first screen.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Headline {
    /// Listed files.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Members of containers beyond them.
    pub members: u64,
    /// Files or members with at least one finding.
    pub items_with_findings: u64,
    /// The severity score.
    pub score: f64,
    /// Name of its band.
    pub band: String,
    /// Title of its band.
    pub band_title: String,
    /// What the people lost, in one sentence.
    pub sentence: String,
    /// The first deadline with a fixed term.
    pub deadline: Option<DeadlineRow>,
    /// Kinds of data about most persons.
    pub main_kinds: Vec<NameCount>,
}

/// A name and a count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NameCount {
    /// Name in data.
    pub name: String,
    /// Words for a reader.
    pub title: String,
    /// How many.
    pub count: u64,
}

/// What was examined.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Coverage {
    /// Whether every listed item has its record.
    pub is_complete: bool,
    /// Items still without a record.
    pub pending: u64,
    /// Listed files: the sum of the outcomes.
    pub listed: u64,
    /// Members of containers.
    pub members: u64,
    /// Files by outcome.
    pub outcomes: Vec<OutcomeRow>,
    /// Share of the listed files that were examined or partly examined, 0 to 1.
    pub read_share: f64,
    /// Files by fault.
    pub faults: Vec<FaultRow>,
    /// Extensions that did not fit the content.
    pub mismatches: Vec<MismatchRow>,
    /// Exact copies.
    pub duplicates: DuplicateRow,
    /// Files by media type.
    pub media: Vec<MediaRow>,
    /// Items by language of their text.
    pub languages: Vec<NameCount>,
    /// Documents by state of their text.
    pub text_states: Vec<NameCount>,
}

/// Files of one outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OutcomeRow {
    /// Name of the outcome.
    pub outcome: String,
    /// Files.
    pub files: u64,
    /// Bytes.
    pub bytes: u64,
    /// Members.
    pub members: u64,
}

/// Files with one fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FaultRow {
    /// Code.
    pub code: String,
    /// Stage.
    pub stage: String,
    /// What it means.
    pub meaning: String,
    /// Effect on the outcome: noted, partial, skipped, failed.
    pub effect: String,
    /// Files.
    pub files: u64,
    /// Members.
    pub members: u64,
    /// A few of them.
    pub examples: Vec<ItemRow>,
}

/// An item by its short id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ItemRow {
    /// Short id.
    pub item: String,
    /// Path, if paths were asked for.
    pub path: Option<String>,
    /// Media type in words.
    pub media: String,
    /// Size in bytes.
    pub bytes: u64,
}

/// Files of one wrong extension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MismatchRow {
    /// The extension in the name.
    pub extension: String,
    /// What the content was.
    pub media: String,
    /// Files.
    pub files: u64,
}

/// Exact copies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DuplicateRow {
    /// Different contents.
    pub unique: u64,
    /// Files that are copies.
    pub copies: u64,
    /// Bytes of the copies.
    pub bytes: u64,
}

/// Files of one media type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MediaRow {
    /// IANA media type.
    pub media: String,
    /// Words for a reader.
    pub title: String,
    /// Files.
    pub files: u64,
    /// Bytes.
    pub bytes: u64,
    /// Members.
    pub members: u64,
}

/// Items of one class.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClassRow {
    /// Name of the class; `unclassified` for items without a verdict.
    pub class: String,
    /// Words for a reader.
    pub title: String,
    /// Files.
    pub files: u64,
    /// Bytes.
    pub bytes: u64,
    /// Members.
    pub members: u64,
    /// Share of the listed files, 0 to 1.
    pub share: f64,
    /// Mean confidence of the verdicts, 0 to 1.
    pub confidence: f64,
    /// Finer words.
    pub subclasses: Vec<NameCount>,
    /// A few of them.
    pub examples: Vec<ClassExampleRow>,
}

/// One item of a class, without its pixels.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClassExampleRow {
    /// Short id.
    pub item: String,
    /// Path, if paths were asked for.
    pub path: Option<String>,
    /// Media type in words.
    pub media: String,
    /// Size in bytes.
    pub bytes: u64,
    /// Finer word.
    pub subclass: Option<String>,
    /// Confidence, 0 to 1.
    pub confidence: f64,
    /// Reasons for the verdict.
    pub reasons: Vec<String>,
    /// Width and height.
    pub pixels: Option<(u32, u32)>,
    /// Faces.
    pub faces: Option<u32>,
    /// Pages.
    pub pages: Option<u32>,
    /// Findings by kind.
    pub findings: Vec<NameCount>,
}

/// Facts that identify nobody.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MaterialFacts {
    /// Items by year of their own date.
    pub years_created: Vec<YearCount>,
    /// Items by year of the store's date.
    pub years_stored: Vec<YearCount>,
    /// Pictures that were looked at.
    pub pictures_looked_at: u64,
    /// Pictures with a face.
    pub pictures_with_face: u64,
    /// Pictures whose camera is named.
    pub pictures_with_camera: u64,
    /// Pictures whose thumbnail shows something else: it may show what was cropped or hidden.
    pub stale_thumbnails: u64,
    /// Videos with a known duration.
    pub videos_timed: u64,
    /// Their duration in seconds.
    pub video_seconds: u64,
    /// Videos with a face in a still.
    pub videos_with_face: u64,
    /// Spherical videos.
    pub videos_spherical: u64,
    /// Pages of documents.
    pub pages: u64,
    /// Rows of tables.
    pub rows: u64,
    /// Amounts asked for.
    pub amounts: Vec<AmountRow>,
}

/// Items of one year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct YearCount {
    /// The year.
    pub year: i16,
    /// Items.
    pub items: u64,
}

/// Amounts of one currency.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AmountRow {
    /// ISO 4217 code.
    pub currency: String,
    /// Documents with a total.
    pub documents: u64,
    /// Sum in units of the currency.
    pub sum: f64,
    /// Smallest.
    pub least: f64,
    /// Largest.
    pub most: f64,
}

/// Findings of one kind.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct KindRow {
    /// Name of the kind.
    pub kind: String,
    /// Words for a reader.
    pub title: String,
    /// Findings.
    pub findings: u64,
    /// How many of them are expected to be right, by their confidence.
    pub expected: u64,
    /// Items with at least one.
    pub items: u64,
    /// Different values.
    pub distinct: u64,
    /// Whether that is exact, else within about 1.6 % (95 %).
    pub distinct_is_exact: bool,
    /// Different values of data subjects.
    pub distinct_of_subjects: u64,
    /// Persons: at least.
    pub persons_lower: u64,
    /// Persons: best estimate.
    pub persons: u64,
    /// Persons: at most.
    pub persons_upper: u64,
    /// Findings by whose data they are.
    pub roles: Vec<NameCount>,
    /// Findings by where they were read.
    pub parts: Vec<NameCount>,
    /// Findings by rule.
    pub schemes: Vec<NameCount>,
    /// A few masked ones.
    pub examples: Vec<FindingRow>,
}

/// One masked finding.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FindingRow {
    /// Short id of the item.
    pub item: String,
    /// Path, if paths were asked for.
    pub path: Option<String>,
    /// The mask.
    pub mask: String,
    /// The rule.
    pub scheme: String,
    /// Where.
    pub part: String,
    /// On which page.
    pub page: Option<u32>,
    /// Whose.
    pub role: String,
    /// Confidence, 0 to 1.
    pub confidence: f64,
}

/// Who is concerned.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PeopleSection {
    /// Types of data about people, as the EDPB template's field 73 asks.
    pub statement: String,
    /// Mentions by role.
    pub mentions: Vec<NameCount>,
    /// Distinct practitioners and staff.
    pub practitioners: u64,
    /// Persons under age on the day of an item.
    pub minors: u64,
    /// Persons whose birth date is known.
    pub with_birth_date: u64,
    /// Persons reachable by e-mail.
    pub by_mail: u64,
    /// Persons reachable by phone.
    pub by_phone: u64,
    /// Persons reachable by post.
    pub by_post: u64,
    /// Persons reachable at all.
    pub reachable: u64,
    /// Columns of the matrix of persons and data, most frequent first: titles of kinds, and `Under age`.
    pub matrix: Vec<String>,
    /// Combinations of data known of one person, most frequent first.
    pub combinations: Vec<CombinationRow>,
    /// Combinations beyond those listed.
    pub more_combinations: u64,
    /// Persons in these.
    pub more_persons: u64,
    /// Persons by country.
    pub countries: Vec<CountryRow>,
    /// Controllers.
    pub controllers: Vec<ControllerRow>,
    /// Controllers beyond those listed.
    pub more_controllers: u64,
    /// Persons known to several controllers.
    pub shared: u64,
    /// Joins by rule.
    pub joins: Vec<NameCount>,
    /// Joins refused because of a contradiction, by rule.
    pub refused: Vec<NameCount>,
    /// Name-only mentions that fit several persons and add none.
    pub ambiguous: u64,
    /// A few persons.
    pub examples: Vec<PersonRow>,
}

/// Persons of whom the same is known.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CombinationRow {
    /// Kinds of data.
    pub kinds: Vec<String>,
    /// Kinds of items.
    pub material: Vec<String>,
    /// Under age.
    pub is_minor: bool,
    /// Persons; 0 for items tied to nobody.
    pub persons: u64,
    /// Items tied to nobody.
    pub items: u64,
    /// Severity.
    pub score: f64,
    /// Band's name.
    pub band: String,
    /// Band's title.
    pub band_title: String,
}

/// Persons of one country.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CountryRow {
    /// ISO 3166-1 alpha-2, or none.
    pub country: Option<String>,
    /// Persons.
    pub persons: u64,
    /// By what the country was told.
    pub evidence: Vec<NameCount>,
}

/// One controller.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ControllerRow {
    /// Short token.
    pub id: String,
    /// Name out of the incident file.
    pub name: Option<String>,
    /// Country out of the incident file, else the most frequent of its paperwork.
    pub country: Option<String>,
    /// Files.
    pub files: u64,
    /// Bytes.
    pub bytes: u64,
    /// Members.
    pub members: u64,
    /// Persons; one known to several controllers counts in each.
    pub persons: u64,
    /// Files by class.
    pub classes: Vec<NameCount>,
}

/// One person as an example.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PersonRow {
    /// Number within the report.
    pub id: String,
    /// Kinds of data.
    pub kinds: Vec<String>,
    /// Kinds of items.
    pub material: Vec<String>,
    /// Under age.
    pub is_minor: bool,
    /// Mentions.
    pub mentions: u64,
    /// Short ids of items.
    pub items: Vec<String>,
    /// Rules that joined the mentions.
    pub joined_by: Vec<String>,
    /// Country.
    pub country: Option<String>,
    /// Severity.
    pub score: f64,
    /// Band's name.
    pub band: String,
    /// Band's title.
    pub band_title: String,
}

/// Whether the media are de-identified.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Deidentification {
    /// The answer in words.
    pub answer: String,
    /// Rows by kind of item.
    pub rows: Vec<LinkRow>,
}

/// What ties items of one kind to persons.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LinkRow {
    /// Name of the material.
    pub material: String,
    /// Words for a reader.
    pub title: String,
    /// Items.
    pub items: u64,
    /// Tied to a named person.
    pub named: u64,
    /// Their share, 0 to 1.
    pub share: f64,
    /// By their own text.
    pub by_text: u64,
    /// By their metadata.
    pub by_metadata: u64,
    /// By their path.
    pub by_path: u64,
    /// By another item in the same person's folder.
    pub by_folder: u64,
    /// Only to a code.
    pub by_code: u64,
    /// To nothing.
    pub by_nothing: u64,
}

/// The severity.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Severity {
    /// The method.
    pub method: String,
    /// The sum, written out.
    pub working: String,
    /// Score of the worst case.
    pub score: f64,
    /// Band's name.
    pub band: String,
    /// Band's title.
    pub band_title: String,
    /// The method's definition of the band.
    pub meaning: String,
    /// What follows.
    pub consequence: String,
    /// Severity in field 87 of the EDPB template.
    pub edpb87: String,
    /// Whether the leak comes from health care.
    pub is_health: bool,
    /// Inputs.
    pub inputs: Vec<InputRow>,
    /// People by band.
    pub bands: Vec<BandRow>,
    /// Flags outside the score.
    pub flags: Vec<FlagRow>,
    /// What other answers would change.
    pub sensitivity: Vec<AlternativeRow>,
    /// The worst combinations.
    pub worst: Vec<CombinationRow>,
    /// Other methods on the same facts.
    pub secondary: Secondary,
}

/// One input.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct InputRow {
    /// Name.
    pub name: String,
    /// Value.
    pub value: f64,
    /// computed, supplied or assumed.
    pub basis: String,
    /// Evidence or reason.
    pub evidence: String,
    /// Field of the incident file that settles it.
    pub field: Option<String>,
}

/// People in one band.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BandRow {
    /// Name.
    pub band: String,
    /// Title.
    pub title: String,
    /// Lowest score.
    pub from: f64,
    /// Persons.
    pub persons: u64,
    /// Pictures and videos tied to nobody.
    pub unlinked_items: u64,
}

/// A flag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FlagRow {
    /// Name.
    pub name: String,
    /// Whether it is raised.
    pub is_raised: bool,
    /// Why.
    pub text: String,
}

/// Another answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AlternativeRow {
    /// Input.
    pub input: String,
    /// Other value.
    pub value: f64,
    /// What it would mean.
    pub meaning: String,
    /// Score then.
    pub score: f64,
    /// Band then.
    pub band: String,
    /// Its title.
    pub band_title: String,
    /// Whether the band changes.
    pub changes_band: bool,
}

/// Secondary views.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Secondary {
    /// AEPD: volume.
    pub aepd_volume: u32,
    /// AEPD: type.
    pub aepd_type: u32,
    /// AEPD: impact.
    pub aepd_impact: u32,
    /// AEPD: risk.
    pub aepd_risk: u32,
    /// AEPD: qualitative counter.
    pub aepd_counter: u32,
    /// AEPD: tell the authority.
    pub aepd_authority: bool,
    /// AEPD: tell the people.
    pub aepd_people: bool,
    /// CNIL: gravity of the PIA scale.
    pub cnil_gravity: String,
    /// CNIL: band of people; several where the bounds fall into other bands.
    pub cnil_people: Vec<String>,
    /// HIPAA: the four factors.
    pub hipaa: Vec<FactorRow>,
}

/// One factor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FactorRow {
    /// The factor.
    pub factor: String,
    /// What is known.
    pub finding: String,
}

/// One deadline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeadlineRow {
    /// Name in data.
    pub id: String,
    /// Words for a reader.
    pub title: String,
    /// Condition.
    pub when: String,
    /// UTC, RFC 3339.
    pub utc: Option<String>,
    /// In the incident's time zone.
    pub local: Option<String>,
    /// Field of the incident file that is missing.
    pub missing: Option<String>,
}

/// One consequence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ImpactRow {
    /// Name in data.
    pub id: String,
    /// Words for a reader.
    pub title: String,
    /// Why.
    pub text: String,
    /// Persons concerned.
    pub persons: u64,
    /// Options of field 85 of the EDPB template.
    pub edpb85: Vec<String>,
}

/// Advice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Advice {
    /// To the owner.
    pub owner: Vec<String>,
    /// To the people.
    pub people: Vec<String>,
}

/// A field of the incident file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IncidentField {
    /// Its name in the file.
    pub field: String,
    /// Words for a reader.
    pub title: String,
    /// What was said; none: to be completed.
    pub value: Option<String>,
}

/// How it was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Method {
    /// Version of the program.
    pub version: String,
    /// Arguments.
    pub arguments: Vec<String>,
    /// BLAKE3 over all rule files.
    pub rules_digest: String,
    /// Whether rules of the user's were laid over the embedded ones.
    pub rules_are_customised: bool,
    /// Detectors of faces and bodies.
    pub detectors: Vec<String>,
    /// Bounds.
    pub limits: Vec<LimitRow>,
    /// What the figures cannot say.
    pub notes: Vec<String>,
}

/// One bound.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LimitRow {
    /// Name.
    pub name: String,
    /// Value.
    pub value: u64,
    /// Unit.
    pub unit: String,
    /// Reason.
    pub reason: String,
}

/// The manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ManifestRow {
    /// Listed items in it.
    pub items: u64,
    /// Merkle root (RFC 6962, SHA-256).
    pub root: String,
}
