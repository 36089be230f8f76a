//! The schemas of `notify/*.toml`: forms of notifications, the letters to people, and the crosswalk to the vocabularies
//! of others.

use super::severity::Trait;
use super::{RuleError, RuleFiles};
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;

macro_rules! facts {
    ($($variant:ident = $name:literal;)*) => {
        /// A fact of the case that a form may ask for: the closed list that `fill` and `{...}` draw from.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[expect(missing_docs, reason = "each is named by the string beside it")]
        pub enum Fact { $($variant,)* }

        impl Fact {
            /// Every fact.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name in forms.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

facts! {
    IncidentId = "incident.id";
    IncidentAwareness = "incident.awareness_at";
    IncidentDiscovered = "incident.discovered_at";
    IncidentDiscoveredHow = "incident.discovered_how";
    IncidentOccurredFrom = "incident.occurred_from";
    IncidentOccurredTo = "incident.occurred_to";
    IncidentCause = "incident.cause";
    IncidentTypes = "incident.types";
    ControllerName = "controller.name";
    ControllerId = "controller.id";
    ControllerContact = "controller.contact";
    ControllerSector = "controller.sector";
    ControllerNace = "controller.nace";
    ControllerEea = "controller.eea";
    ProcessorName = "processor.name";
    ProcessorContact = "processor.contact";
    DpoName = "dpo.name";
    DpoContact = "dpo.contact";
    ReporterName = "reporter.name";
    ReporterFunction = "reporter.function";
    ReporterContact = "reporter.contact";
    StoreDescription = "store.description";
    StoreLogs = "store.logs";
    ProtectionKeyState = "protection.key_state";
    ProtectionEncryptedFiles = "protection.encrypted_files";
    ProtectionMeasures = "protection.measures";
    CommunicationInformed = "communication.informed";
    CommunicationDate = "communication.date";
    CommunicationMeans = "communication.means";
    CommunicationExemption = "communication.exemption";
    AuthoritiesPolice = "authorities.police";
    AuthoritiesOthers = "authorities.others";
    DeadlineGdpr33 = "deadline.gdpr33";
    DeadlineUkgdpr33 = "deadline.ukgdpr33";
    DeadlineHipaaIndividuals = "deadline.hipaa_individuals";
    HeadlineSentence = "headline.sentence";
    RecordsFiles = "records.files";
    RecordsJoint = "records.joint";
    CoverageStatement = "coverage.statement";
    LinkageStatement = "linkage.statement";
    LinkageEdpb79 = "linkage.edpb79";
    PersonsStatement = "persons.statement";
    PersonsUpper = "persons.upper";
    PersonsFiveHundred = "persons.five_hundred";
    PersonsCnilBand = "persons.cnil_band";
    PeopleGroups = "people.groups";
    PeopleEdpb65 = "people.edpb65";
    PeopleCnil = "people.cnil";
    PeopleIco = "people.ico";
    PeopleReachable = "people.reachable";
    PeopleWithoutPost = "people.without_post";
    PeopleCountries = "people.countries";
    PeopleCrossBorder = "people.cross_border";
    PeopleUntied = "people.untied";
    DataEdpb70 = "data.edpb70";
    DataCnil = "data.cnil";
    DataIco = "data.ico";
    DataHhs = "data.hhs";
    DataSpecial = "data.special";
    DataDescription = "data.description";
    ControllersStatement = "controllers.statement";
    ImpactEdpb85 = "impact.edpb85";
    ImpactText = "impact.text";
    AdviceOwner = "advice.owner";
    SeverityEdpb87 = "severity.edpb87";
    SeverityCnil = "severity.cnil";
    SeverityConsequence = "severity.consequence";
    SeverityMethodology = "severity.methodology";
    SeverityIcoLikelihood = "severity.ico_likelihood";
    HipaaNature = "hipaa.nature";
    HipaaPerson = "hipaa.person";
    MethodAttachments = "method.attachments";
    ShareName = "share.name";
    ShareCountry = "share.country";
    SharePersons = "share.persons";
    ShareFiles = "share.files";
    ShareClasses = "share.classes";
    ShareKinds = "share.kinds";
}

impl Fact {
    /// The fact with this name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|fact| fact.name() == name)
    }
}

impl<'de> Deserialize<'de> for Fact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::by_name(&name).ok_or_else(|| serde::de::Error::custom(format!("`{name}` is no fact of a case")))
    }
}

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece<P> {
    /// Words as they are.
    Words(String),
    /// What stands between braces.
    Place(P),
}

/// A text with places in braces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template<P>(pub Vec<Piece<P>>);

impl<P> Template<P> {
    fn parse(text: &str, place: impl Fn(&str) -> Option<P>) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((words, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').ok_or_else(|| "a `{` without its `}`".to_owned())?;
            if !words.is_empty() {
                pieces.push(Piece::Words(words.to_owned()));
            }
            pieces.push(Piece::Place(place(name).ok_or_else(|| format!("`{{{name}}}` is no place of this text"))?));
            rest = after;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Words(rest.to_owned()));
        }
        Ok(Self(pieces))
    }
}

impl<'de> Deserialize<'de> for Template<Fact> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?, Fact::by_name).map_err(serde::de::Error::custom)
    }
}

/// What a letter's text may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LetterPlace {
    /// The controller's name.
    Controller,
    /// Begin of the exposure.
    From,
    /// Its end.
    To,
    /// The data-protection officer's contact.
    Contact,
    /// Measures taken.
    Measures,
}

impl LetterPlace {
    fn by_name(name: &str) -> Option<Self> {
        Some(match name {
            "controller" => Self::Controller,
            "from" => Self::From,
            "to" => Self::To,
            "contact" => Self::Contact,
            "measures" => Self::Measures,
            _ => return None,
        })
    }
}

impl<'de> Deserialize<'de> for Template<LetterPlace> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?, LetterPlace::by_name).map_err(serde::de::Error::custom)
    }
}

/// How far a filled field stands by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// A suggestion that a person has to confirm.
    Drafted,
}

/// One field of a form.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// The form's own number or name.
    pub id: String,
    /// Its title, shortened.
    pub title: String,
    /// The article or the form that asks for it.
    pub source: String,
    /// Begins a section of the form.
    #[serde(default)]
    pub section: Option<String>,
    /// The fact that answers it.
    #[serde(default)]
    pub fill: Option<Fact>,
    /// A text of several facts that answers it.
    #[serde(default)]
    pub text: Option<Template<Fact>>,
    /// Options that are suggested in every case.
    #[serde(default)]
    pub choose: Vec<String>,
    /// The form's options; the fact names them by key.
    #[serde(default)]
    pub options: BTreeMap<String, String>,
    /// Whether a person has to confirm it.
    #[serde(default)]
    pub mark: Option<Mark>,
    /// Why `choose` chooses.
    #[serde(default)]
    pub because: Option<String>,
    /// What whoever completes it should know.
    #[serde(default)]
    pub hint: Option<String>,
}

/// `notify/<form>.toml`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// Version of the file.
    pub version: u32,
    /// Its name on the command line.
    pub id: String,
    /// Words for a reader.
    pub title: String,
    /// Which edition of the form it follows.
    pub edition: String,
    /// What its reader should know first.
    pub note: String,
    /// One for each controller.
    #[serde(default)]
    pub per_controller: bool,
    /// The letters to the people belong to it.
    #[serde(default)]
    pub letters: bool,
    /// Its fields in order.
    #[serde(rename = "field")]
    pub fields: Vec<Field>,
}

impl Form {
    /// The form of this name.
    ///
    /// # Errors
    /// If the file is missing or does not fit its schema: an unknown fact, a field that can never be filled and has no
    /// hint, an option that is chosen and not listed.
    pub fn load(files: &RuleFiles, name: &str) -> Result<Self, RuleError> {
        let path = format!("notify/{name}.toml");
        let form: Self = files.toml(&path)?;
        for field in &form.fields {
            let wrong = |message: String| Err(RuleError::new(&*path, format!("field {}: {message}", field.id)));
            let ways =
                usize::from(field.fill.is_some()) + usize::from(field.text.is_some()) + field.choose.len().min(1);
            if ways > 1 {
                return wrong("give one of `fill`, `text` and `choose`".to_owned());
            }
            if ways == 0 && field.hint.is_none() {
                return wrong("a field that a person completes needs a `hint`".to_owned());
            }
            if let Some(unlisted) = field.choose.iter().find(|key| !field.options.contains_key(*key)) {
                return wrong(format!("`{unlisted}` is chosen and is none of the options"));
            }
        }
        Ok(form)
    }
}

/// Where a row of the crosswalk holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Where {
    /// Only where the leak comes from health care.
    HealthCare,
    /// Only where it does not.
    Elsewhere,
}

/// What some kinds of data or of items are called elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Called {
    /// The kinds.
    pub of: Vec<Trait>,
    /// Where the row holds; everywhere if not given.
    #[serde(default)]
    pub only_in: Option<Where>,
    /// Letters of field 70 of the EDPB template.
    pub edpb: Vec<String>,
    /// Words of the CNIL.
    pub cnil: Vec<String>,
    /// Words of the ICO.
    pub ico: Vec<String>,
    /// Words of the HHS portal.
    pub hhs: Vec<String>,
    /// Variety of VERIS.
    pub veris: String,
    /// Concepts of DPV.
    pub dpv: Vec<String>,
    /// Special category, Art. 9(1) GDPR.
    #[serde(default)]
    pub special: bool,
}

impl Called {
    /// Whether the row holds in this leak.
    pub fn holds(&self, is_health: bool) -> bool {
        match self.only_in {
            None => true,
            Some(Where::HealthCare) => is_health,
            Some(Where::Elsewhere) => !is_health,
        }
    }
}

/// A map with one entry for each kind of data that the letters tell apart.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the names say it; the files give the words")]
pub struct LetterData<T> {
    pub name: T,
    pub birth_date: T,
    pub details: T,
    pub contact: T,
    pub official_number: T,
    pub identity_document: T,
    pub patient_number: T,
    pub health: T,
    pub pictures: T,
    pub video: T,
    pub invoice: T,
    pub account: T,
    pub card: T,
    pub location: T,
    pub credentials: T,
    pub other: T,
}

impl<T> LetterData<T> {
    /// Names and entries, in the order in which a letter tells them.
    pub fn entries(&self) -> [(&'static str, &T); 16] {
        [
            ("name", &self.name),
            ("birth_date", &self.birth_date),
            ("details", &self.details),
            ("contact", &self.contact),
            ("official_number", &self.official_number),
            ("identity_document", &self.identity_document),
            ("patient_number", &self.patient_number),
            ("health", &self.health),
            ("pictures", &self.pictures),
            ("video", &self.video),
            ("invoice", &self.invoice),
            ("account", &self.account),
            ("card", &self.card),
            ("location", &self.location),
            ("credentials", &self.credentials),
            ("other", &self.other),
        ]
    }
}

/// `notify/vocabulary.toml`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vocabulary {
    /// Version of the file.
    pub version: u32,
    /// The crosswalk.
    pub data: Vec<Called>,
    /// Languages by ISO 3166-1 country.
    pub languages: BTreeMap<String, Vec<String>>,
    /// What the letters tell apart.
    pub letters: LetterData<Vec<Trait>>,
    /// Concepts of DPV's risk extension, by id of a consequence.
    pub risk: BTreeMap<String, Vec<String>>,
}

impl Vocabulary {
    /// The crosswalk.
    ///
    /// # Errors
    /// If the file is missing or does not fit its schema.
    pub fn load(files: &RuleFiles) -> Result<Self, RuleError> {
        files.toml("notify/vocabulary.toml")
    }

    /// Rows that hold of this kind of data or of item in this leak.
    pub fn called(&self, one: Trait, is_health: bool) -> impl Iterator<Item = &Called> {
        self.data.iter().filter(move |row| row.holds(is_health) && row.of.contains(&one))
    }
}

/// Headings of a letter.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "named after the parts of Art. 34(2) GDPR")]
pub struct Headings {
    pub happened: String,
    pub data: String,
    pub consequences: String,
    pub measures: String,
    pub advice: String,
    pub contact: String,
}

/// Texts of a letter.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "named after the parts of Art. 34(2) GDPR")]
pub struct LetterTexts {
    pub happened: Template<LetterPlace>,
    pub data: String,
    pub data_minor: String,
    pub consequences: String,
    pub measures: Template<LetterPlace>,
    pub advice: String,
    pub contact: Template<LetterPlace>,
}

/// `notify/letters/<language>.toml`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LetterWords {
    /// Version of the file.
    pub version: u32,
    /// ISO 639-1 code.
    pub language: String,
    /// The language's own name.
    pub name: String,
    /// Subject.
    pub subject: String,
    /// Salutation.
    pub salutation: String,
    /// Salutation of a minor's guardians.
    pub salutation_minor: String,
    /// What stands for something that is missing; `{field}` names the field of the incident file.
    pub to_complete: String,
    /// Headings.
    pub headings: Headings,
    /// Texts.
    pub texts: LetterTexts,
    /// Words for the data.
    pub data: LetterData<String>,
    /// Words for the consequences, by id of `severity/impact.toml`.
    pub consequences: BTreeMap<String, String>,
    /// Words for the advice to people, by id of `severity/impact.toml`.
    pub advice: BTreeMap<String, String>,
}

/// Letters by language.
///
/// # Errors
/// If a file does not fit its schema, or has no words for a consequence or advice that the severity rules know.
pub fn letters(files: &RuleFiles, severity: &super::SeverityRules) -> Result<Vec<LetterWords>, RuleError> {
    let mut all = Vec::new();
    for (path, bytes) in files.under("notify/letters/").filter(|(path, _)| super::files::is_toml(path)) {
        let words: LetterWords = RuleError::parse(path, bytes)?;
        let missing = |what: &str, id: &str| Err(RuleError::new(path, format!("[{what}] has no words for `{id}`")));
        if let Some(rule) = severity.impacts.iter().find(|rule| !words.consequences.contains_key(&rule.id)) {
            return missing("consequences", &rule.id);
        }
        let to_people = |rule: &&super::severity::AdviceRule| rule.audience == super::severity::Audience::People;
        if let Some(rule) = severity.advice.iter().filter(to_people).find(|rule| !words.advice.contains_key(&rule.id)) {
            return missing("advice", &rule.id);
        }
        all.push(words);
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::SeverityRules;

    #[test]
    fn every_form_letter_and_vocabulary_fits() {
        let files = RuleFiles::embedded();
        for name in ["edpb", "cnil", "ico", "hhs", "gdpr33", "gdpr34", "processor"] {
            assert_eq!(Form::load(&files, name).expect("fits").id, name);
        }
        Vocabulary::load(&files).expect("fits");
        let words = letters(&files, &SeverityRules::load(&files).expect("fits")).expect("fit");
        assert_eq!(words.iter().map(|words| words.language.as_str()).collect::<Vec<_>>(), ["de", "en", "es", "fr"]);
    }

    #[test]
    fn a_fact_that_does_not_exist_is_refused_with_its_line() {
        let head = "version = 1\nid = \"x\"\ntitle = \"\"\nedition = \"\"\nnote = \"\"\n";
        let field = "[[field]]\nid = \"1\"\ntitle = \"t\"\nsource = \"s\"\n";
        for wrong in ["fill = \"persons.all\"", "text = \"about {persons.all} people\"", "text = \"{persons.best\""] {
            let message = RuleError::parse::<Form>("notify/x.toml", format!("{head}{field}{wrong}\n").as_bytes())
                .expect_err("no such fact")
                .to_string();
            assert!(message.starts_with("notify/x.toml:10: "), "{message}");
        }
    }
}
