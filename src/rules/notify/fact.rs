//! Facts of a case that a form may ask for.

use super::template::Template;
use serde::{Deserialize, Deserializer};

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

impl<'de> Deserialize<'de> for Template<Fact> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?, Fact::by_name).map_err(serde::de::Error::custom)
    }
}
