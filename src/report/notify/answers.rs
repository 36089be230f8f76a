//! The answer to each fact that a form may ask for, with where it comes from. What nobody said is missing, never guessed.

use super::v1::Status;
use crate::model::incident::Moment;
use crate::report::build::grouped;
use crate::report::figures::{Figures, Share};
use crate::report::format::{bytes, percent};
use crate::report::v1::NameCount;
use crate::rules::notify::{Called, Fact};
use std::collections::{BTreeMap, BTreeSet};

/// An answer in the shape that it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Text(String),
    Lines(Vec<String>),
    /// Keys of the form's options.
    Keys(Vec<String>),
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) value: Value,
    pub(super) status: Status,
    pub(super) provenance: String,
}

/// The field of the incident file that nobody filled, or what else is missing.
pub(super) type Missing = &'static str;

#[expect(clippy::unnecessary_wraps, reason = "it stands beside answers that may be missing")]
fn computed(text: impl Into<String>, provenance: &str) -> Result<Answer, Missing> {
    Ok(Answer { value: Value::Text(text.into()), status: Status::Computed, provenance: provenance.to_owned() })
}

fn lines(lines: Vec<String>, provenance: &str, none: Missing) -> Result<Answer, Missing> {
    if lines.is_empty() {
        return Err(none);
    }
    Ok(Answer { value: Value::Lines(lines), status: Status::Computed, provenance: provenance.to_owned() })
}

fn keys<K: Into<String>>(
    keys: impl IntoIterator<Item = K>,
    provenance: &str,
    none: Missing,
) -> Result<Answer, Missing> {
    let keys: Vec<String> = keys.into_iter().map(Into::into).collect();
    if keys.is_empty() {
        return Err(none);
    }
    Ok(Answer { value: Value::Keys(keys), status: Status::Computed, provenance: provenance.to_owned() })
}

fn supplied(value: Option<&str>, field: Missing) -> Result<Answer, Missing> {
    let text = value.ok_or(field)?.to_owned();
    Ok(Answer { value: Value::Text(text), status: Status::Supplied, provenance: format!("incident file, {field}") })
}

fn moment(value: Option<&Moment>, field: Missing) -> Result<Answer, Missing> {
    supplied(value.map(|moment| moment.0.as_str()), field)
}

fn yes(value: Option<bool>, field: Missing) -> Result<Answer, Missing> {
    supplied(value.map(|value| if value { "yes" } else { "no" }), field)
}

fn list(values: &[String], field: Missing) -> Result<Answer, Missing> {
    if values.is_empty() {
        return Err(field);
    }
    let provenance = format!("incident file, {field}");
    Ok(Answer { value: Value::Lines(values.to_vec()), status: Status::Supplied, provenance })
}

/// The answer to a fact.
pub(super) fn answer(fact: Fact, figures: &Figures<'_>) -> Result<Answer, Missing> {
    by_incident(fact, figures)
        .or_else(|| by_people(fact, figures))
        .or_else(|| by_severity(fact, figures))
        .or_else(|| by_share(fact, figures.share.as_ref()))
        .unwrap_or_else(|| by_records(fact, figures))
}

/// What a person said.
fn by_incident(fact: Fact, figures: &Figures<'_>) -> Option<Result<Answer, Missing>> {
    let incident = figures.incident;
    let (event, controller) = (&incident.incident, &incident.controller);
    let word = |value: &Option<String>, field| supplied(value.as_deref(), field);
    Some(match fact {
        Fact::IncidentId => word(&event.id, "incident.id"),
        Fact::IncidentAwareness => moment(event.awareness_at.as_ref(), "incident.awareness_at"),
        Fact::IncidentDiscovered => moment(event.discovered_at.as_ref(), "incident.discovered_at"),
        Fact::IncidentDiscoveredHow => word(&event.discovered_how, "incident.discovered_how"),
        Fact::IncidentOccurredFrom => {
            moment(event.occurred_from.as_ref().or(incident.store.public_since.as_ref()), "incident.occurred_from")
        }
        Fact::IncidentOccurredTo if event.ongoing == Some(true) => supplied(Some("it goes on"), "incident.ongoing"),
        Fact::IncidentOccurredTo => {
            let closed = incident.timeline.closed.as_ref();
            moment(event.occurred_to.as_ref().or(event.contained_at.as_ref()).or(closed), "incident.occurred_to")
        }
        Fact::IncidentCause => word(&event.cause, "incident.cause"),
        Fact::IncidentTypes => keys(event.incident_type.clone(), "incident file", "incident.incident_type")
            .map(|answer| Answer { status: Status::Supplied, ..answer }),
        Fact::ControllerName => word(&controller.name, "controller.name"),
        Fact::ControllerId => match (&controller.id_type, &controller.id) {
            (Some(kind), Some(id)) => supplied(Some(&format!("{kind} {id}")), "controller.id"),
            (_, id) => word(id, "controller.id"),
        },
        Fact::ControllerContact => word(&controller.contact, "controller.contact"),
        Fact::ControllerSector => word(&controller.sector, "controller.sector"),
        Fact::ControllerNace => word(&controller.nace, "controller.nace"),
        Fact::ControllerEea => list(&controller.eea_countries, "controller.eea_countries"),
        Fact::ProcessorName => word(&incident.processor.name, "processor.name"),
        Fact::ProcessorContact => word(&incident.processor.contact, "processor.contact"),
        Fact::DpoName => word(&incident.dpo.name, "dpo.name"),
        Fact::DpoContact => word(&incident.dpo.contact, "dpo.contact"),
        Fact::ReporterName => word(&incident.reporter.name, "reporter.name"),
        Fact::ReporterFunction => word(&incident.reporter.function, "reporter.function"),
        Fact::ReporterContact => word(&incident.reporter.contact, "reporter.contact"),
        Fact::StoreDescription => {
            let store = &incident.store;
            let parts: Vec<&str> =
                [&store.provider, &store.bucket, &store.region].into_iter().flatten().map(String::as_str).collect();
            supplied((!parts.is_empty()).then(|| parts.join(", ")).as_deref(), "store.provider, store.bucket")
        }
        Fact::StoreLogs => store_logs(figures),
        Fact::ProtectionKeyState => key_state(figures),
        Fact::ProtectionMeasures => list(&incident.protection.measures, "protection.measures"),
        Fact::CommunicationInformed => yes(incident.communication.people_informed, "communication.people_informed"),
        Fact::CommunicationDate => moment(incident.communication.date.as_ref(), "communication.date"),
        Fact::CommunicationMeans => word(&incident.communication.means, "communication.means"),
        Fact::CommunicationExemption => word(&incident.communication.exemption, "communication.exemption"),
        Fact::AuthoritiesPolice => word(&incident.authorities.police, "authorities.police"),
        Fact::AuthoritiesOthers => {
            let csirt = incident.authorities.csirt.iter().cloned();
            let all: Vec<String> = csirt.chain(incident.authorities.others.iter().cloned()).collect();
            list(&all, "authorities.others")
        }
        Fact::DeadlineGdpr33 => deadline("gdpr33", figures),
        Fact::DeadlineUkgdpr33 => deadline("ukgdpr33", figures),
        Fact::DeadlineHipaaIndividuals => deadline("hipaa_individuals", figures),
        _ => return None,
    })
}

fn store_logs(figures: &Figures<'_>) -> Result<Answer, Missing> {
    const FIELDS: Missing = "store.logs_complete, store.distinct_readers";
    let store = &figures.incident.store;
    let text = match (store.logs_complete, store.distinct_readers) {
        (Some(true), Some(0)) => "Complete access logs show no unknown reader.".to_owned(),
        (complete, Some(readers)) => {
            let read = store.bytes_read.map_or_else(String::new, |read| format!(", who read {}", bytes(read)));
            let gaps = if complete == Some(true) { "" } else { "; the logs do not cover the whole exposure" };
            format!("Access logs show {} unknown readers{read}{gaps}.", grouped(readers))
        }
        _ if store.access_logs == Some(false) => {
            "No access logs exist; it cannot be told who read the files.".to_owned()
        }
        _ => return Err(FIELDS),
    };
    supplied(Some(&text), FIELDS)
}

fn key_state(figures: &Figures<'_>) -> Result<Answer, Missing> {
    let protection = &figures.incident.protection;
    let key = match (protection.encryption_at_rest, protection.key_compromised) {
        (Some(false), _) => "c",
        (Some(true), Some(false)) => "a",
        (Some(true), Some(true)) => "b",
        (Some(true), None) => return Err("protection.key_compromised"),
        (None, _) => return Err("protection.encryption_at_rest"),
    };
    let provenance = "incident file, protection".to_owned();
    Ok(Answer { value: Value::Keys(vec![key.to_owned()]), status: Status::Supplied, provenance })
}

fn deadline(id: &str, figures: &Figures<'_>) -> Result<Answer, Missing> {
    let row = figures.deadlines.iter().find(|row| row.id == id).ok_or("incident.jurisdictions")?;
    match (&row.local, &row.utc) {
        (Some(local), Some(utc)) => computed(format!("{local} ({utc})"), "rules/severity/deadlines.toml"),
        _ if row.missing.as_deref() == Some("incident.discovered_at") => Err("incident.discovered_at"),
        _ => Err("incident.awareness_at"),
    }
}

/// What was counted of people.
fn by_people(fact: Fact, figures: &Figures<'_>) -> Option<Result<Answer, Missing>> {
    const COUNTED: &str = "persons counted by rules/resolve.toml";
    let people = figures.people;
    let persons = people.persons;
    Some(match fact {
        Fact::PersonsStatement => computed(
            format!(
                "About {} people; between {} and {}.",
                grouped(persons.best),
                grouped(persons.lower),
                grouped(persons.upper)
            ),
            COUNTED,
        ),
        Fact::PersonsUpper => computed(grouped(persons.upper), "upper bound of the persons counted"),
        Fact::PersonsFiveHundred => computed(
            match (persons.lower >= 500, persons.upper >= 500) {
                (true, _) => "Yes: at least 500 are proven.".to_owned(),
                (false, false) => "No: at most so many can be concerned that 500 are not reached.".to_owned(),
                (false, true) => format!(
                    "The bounds lie on both sides of 500: between {} and {}.",
                    grouped(persons.lower),
                    grouped(persons.upper)
                ),
            },
            COUNTED,
        ),
        Fact::PersonsCnilBand => {
            let bands = &figures.assessment.cnil_people;
            let text = match bands.split_first() {
                None => return Some(Err("the number of people")),
                Some((best, [])) => best.clone(),
                Some((best, others)) => format!("{best}; the bounds fall into {}", others.join(" and ")),
            };
            computed(text, "rules/severity/enisa.toml, bands of the CNIL")
        }
        Fact::PeopleGroups => {
            let mut groups = vec![if figures.assessment.is_health {
                format!("Patients: about {}", grouped(persons.best))
            } else {
                format!(
                    "People whose relation to the controller the files do not tell: about {}",
                    grouped(persons.best)
                )
            }];
            if people.minors > 0 {
                groups.push(format!("among them under age at the time: {}", grouped(people.minors)));
            }
            if people.practitioners > 0 {
                groups.push(format!("Practitioners and staff: about {}", grouped(people.practitioners)));
            }
            lines(groups, COUNTED, "the number of people")
        }
        Fact::PeopleEdpb65 => people_keys(figures, ["e", "k"], "d", "b"),
        Fact::PeopleCnil => people_keys(figures, ["patients", "inconnu"], "mineurs", "employes"),
        Fact::PeopleIco => people_keys(figures, ["patients", "unknown"], "children", "employees"),
        Fact::PeopleReachable => computed(
            format!(
                "{} of about {}: {} by e-mail, {} by phone, {} by post (one person by several ways).",
                grouped(people.reachable.any),
                grouped(persons.best),
                grouped(people.reachable.mail),
                grouped(people.reachable.phone),
                grouped(people.reachable.post)
            ),
            COUNTED,
        ),
        Fact::PeopleWithoutPost => computed(
            format!(
                "The files hold no postal address of {} of about {} people.",
                grouped(persons.best.saturating_sub(people.reachable.post)),
                grouped(persons.best)
            ),
            COUNTED,
        ),
        Fact::PeopleCountries => lines(countries(figures), COUNTED, "the countries of the people"),
        Fact::PeopleCrossBorder => {
            let known: BTreeSet<&String> =
                people.countries.keys().filter_map(|(country, _)| country.as_ref()).collect();
            match known.len() {
                0 => Err("the countries of the people"),
                1 => computed("No: people of one country only were found.", COUNTED),
                several => computed(format!("Yes: people of {several} countries were found."), COUNTED),
            }
        }
        Fact::PeopleUntied => {
            let items: u64 = people.unlinked.values().sum();
            computed(
                match items {
                    0 => "None.".to_owned(),
                    _ => format!("{}; their subjects can be told by a public notice only.", grouped(items)),
                },
                COUNTED,
            )
        }
        _ => return None,
    })
}

fn people_keys(
    figures: &Figures<'_>,
    [patients, unknown]: [&str; 2],
    minors: &str,
    staff: &str,
) -> Result<Answer, Missing> {
    let people = figures.people;
    let mut found = vec![if figures.assessment.is_health { patients } else { unknown }];
    if people.minors > 0 {
        found.push(minors);
    }
    if people.practitioners > 0 {
        found.push(staff);
    }
    keys(found, "what the files are, birth dates, roles on papers", "the number of people")
}

fn countries(figures: &Figures<'_>) -> Vec<String> {
    let mut all: BTreeMap<&Option<String>, (u64, Vec<String>)> = BTreeMap::new();
    for ((country, evidence), persons) in &figures.people.countries {
        let row = all.entry(country).or_default();
        row.0 += persons;
        row.1.push(format!("{} {}", evidence.title(), grouped(*persons)));
    }
    let mut rows: Vec<_> = all.into_iter().collect();
    rows.sort_by_key(|(country, (persons, _))| (std::cmp::Reverse(*persons), country.is_none(), *country));
    rows.iter()
        .map(|(country, (persons, evidence))| {
            let name = country.as_deref().unwrap_or("not known");
            format!("{name}: {} (by {})", grouped(*persons), evidence.join(", "))
        })
        .collect()
}

/// How severe it is, and what follows.
fn by_severity(fact: Fact, figures: &Figures<'_>) -> Option<Result<Answer, Missing>> {
    let assessment = figures.assessment;
    let impacts = &assessment.impacts;
    Some(match fact {
        Fact::ImpactEdpb85 => {
            let letters: BTreeSet<&String> = impacts.iter().flat_map(|(rule, _)| &rule.edpb85).collect();
            keys(letters.into_iter().cloned(), "rules/severity/impact.toml", "the consequences")
        }
        Fact::ImpactText => {
            let one = |(rule, persons): &(crate::rules::severity::ImpactRule, u64)| {
                format!("{} (about {} people): {}", rule.title, grouped(*persons), rule.text)
            };
            lines(impacts.iter().map(one).collect(), "rules/severity/impact.toml", "the consequences")
        }
        Fact::AdviceOwner => {
            let owner =
                assessment.advice.iter().filter(|rule| rule.audience == crate::rules::severity::Audience::Owner);
            lines(owner.map(|rule| rule.text.clone()).collect(), "rules/severity/impact.toml", "the measures")
        }
        Fact::SeverityEdpb87 => {
            let key = match assessment.consequence.edpb87.as_str() {
                "minor" => "a",
                "moderate" => "b",
                _ => "c",
            };
            keys([key], "ENISA band; the mapping is a proposal, rules/severity/enisa.toml", "the severity")
        }
        Fact::SeverityCnil => computed(assessment.consequence.cnil.clone(), "ENISA band, rules/severity/enisa.toml"),
        Fact::SeverityConsequence => computed(
            format!("Severity {}. {}", assessment.band.title.to_lowercase(), assessment.consequence.text),
            "ENISA band, rules/severity/enisa.toml",
        ),
        Fact::SeverityMethodology => lines(methodology(figures), "rules/severity/enisa.toml", "the severity"),
        Fact::SeverityIcoLikelihood => {
            let key = match assessment.band.name.as_str() {
                "low" => "unlikely",
                "medium" => "neutral",
                "high" => "likely",
                _ => "very-likely",
            };
            keys([key], "ENISA band; the ICO has no score, and the mapping is a proposal", "the severity")
        }
        Fact::HipaaNature | Fact::HipaaPerson => {
            let at = usize::from(fact == Fact::HipaaPerson);
            match assessment.hipaa.get(at) {
                Some(view) => computed(view.finding.clone(), "45 CFR 164.402(2)"),
                None => Err("the risk assessment"),
            }
        }
        _ => return None,
    })
}

fn methodology(figures: &Figures<'_>) -> Vec<String> {
    let assessment = figures.assessment;
    let worst = &assessment.worst;
    let mut all = vec![
        assessment.method.clone(),
        format!(
            "Worst case: SE = DPC × EI + CB = {} × {} + {} = {} ({}).",
            worst.context,
            worst.identification.number(),
            worst.circumstances.number(),
            worst.total.number(),
            assessment.band.title
        ),
    ];
    all.extend(assessment.inputs.iter().map(|input| {
        format!("{} = {} ({}): {}", input.name, input.value.number(), input.basis.name(), input.evidence)
    }));
    all.extend(assessment.bands.iter().rev().map(|row| format!("{}: {} people", row.band.title, grouped(row.persons))));
    let changes = assessment.sensitivity.iter().filter(|other| other.changes_band);
    all.extend(changes.map(|other| {
        format!(
            "Would change the band to {}: {} = {}, that is {}.",
            other.band.title,
            other.input,
            other.value.number(),
            other.meaning
        )
    }));
    all
}

/// One controller's share.
fn by_share(fact: Fact, share: Option<&Share>) -> Option<Result<Answer, Missing>> {
    const OF: &str = "items told apart by letterhead and folder";
    const NONE: Missing = "the controller";
    let counts = |rows: &[NameCount], unit: &str| -> Vec<String> {
        rows.iter().map(|row| format!("{}: {} {unit}", row.title, grouped(row.count))).collect()
    };
    let with = |answer: fn(&Share) -> Result<Answer, Missing>| share.map_or(Err(NONE), answer);
    Some(match fact {
        Fact::ShareName => with(|share| supplied(share.name.as_deref(), "controllers.<name>.name")),
        Fact::ShareCountry => with(|share| match &share.country {
            Some(country) => computed(country.clone(), "incident file, else the country of most of its papers"),
            None => Err("controllers.<name>.country"),
        }),
        Fact::SharePersons => with(|share| {
            computed(format!("About {} people.", grouped(share.persons)), "persons counted by rules/resolve.toml")
        }),
        Fact::ShareFiles => with(|share| {
            let members = match share.members {
                0 => String::new(),
                members => format!(", and {} members of containers", grouped(members)),
            };
            computed(format!("{} files ({}){members}.", grouped(share.files), bytes(share.bytes)), OF)
        }),
        Fact::ShareClasses => {
            share.map_or(Err(NONE), |share| lines(counts(&share.classes, "items"), OF, "the classes"))
        }
        Fact::ShareKinds => share.map_or(Err(NONE), |share| {
            lines(counts(&share.kinds, "items"), OF, "no personal data were found in these files")
        }),
        _ => return None,
    })
}

/// What was counted of files and data.
fn by_records(fact: Fact, figures: &Figures<'_>) -> Result<Answer, Missing> {
    const CROSSWALK: &str = "findings and classes, by rules/notify/vocabulary.toml";
    const RECORDS: &str = "records of the scan";
    match fact {
        Fact::HeadlineSentence => computed(figures.sentence.clone(), RECORDS),
        Fact::RecordsFiles => {
            let classes: Vec<String> = figures
                .classes
                .iter()
                .filter(|(_, items)| *items > 0)
                .map(|(class, items)| format!("{} {}", grouped(*items), class.title().to_lowercase()))
                .collect();
            let members = match figures.members {
                0 => String::new(),
                members => format!(" and {} members of containers", grouped(members)),
            };
            let files = format!("{} files ({}){members}", grouped(figures.files), bytes(figures.bytes));
            computed(format!("They are {files}: {}.", classes.join(", ")), RECORDS)
        }
        Fact::RecordsJoint => {
            let kinds = figures.people.by_kind.values().filter(|bounds| bounds.best > 0).count();
            computed(
                format!(
                    "{kinds} types of data about {} people (between {} and {}): {} findings in {} items.",
                    grouped(figures.people.persons.best),
                    grouped(figures.people.persons.lower),
                    grouped(figures.people.persons.upper),
                    grouped(figures.findings),
                    grouped(figures.items_with_findings)
                ),
                "matrix of persons and kinds of data",
            )
        }
        Fact::CoverageStatement => {
            let share = if figures.files == 0 { 0.0 } else { figures.read as f64 / figures.files as f64 };
            let (read, files) = (grouped(figures.read), grouped(figures.files));
            let rest =
                if figures.is_complete { "" } else { " The scan is not finished, and every figure is a lower bound." };
            computed(format!("{read} of {files} files could be read ({}).{rest}", percent(share)), RECORDS)
        }
        Fact::ProtectionEncryptedFiles => computed(
            format!("{} of {} files are encrypted themselves.", grouped(figures.encrypted), grouped(figures.files)),
            RECORDS,
        ),
        Fact::LinkageStatement => computed(figures.linkage.clone(), "de-identification check"),
        Fact::LinkageEdpb79 => {
            let is_linked = figures.linkage_rows.iter().any(|row| row.named > 0);
            keys(
                ["a"].into_iter().chain(is_linked.then_some("b")),
                "a: an open store; b: the de-identification check ties items to names",
                "the consequences",
            )
        }
        Fact::DataEdpb70 => crosswalk(figures, |row| &row.edpb, CROSSWALK),
        Fact::DataCnil => crosswalk(figures, |row| &row.cnil, CROSSWALK),
        Fact::DataIco => crosswalk(figures, |row| &row.ico, CROSSWALK),
        Fact::DataHhs => crosswalk(figures, |row| &row.hhs, CROSSWALK),
        Fact::DataSpecial => {
            let is_health = figures.assessment.is_health;
            let special = figures.traits().any(|one| figures.vocabulary.called(one, is_health).any(|row| row.special));
            computed(if special { "Yes: health data." } else { "None were found." }, CROSSWALK)
        }
        Fact::DataDescription => lines(description(figures), "findings and classes", "no personal data were found"),
        Fact::ControllersStatement => match figures.controllers {
            0 => Err("the controllers"),
            1 => computed("One controller is told by letterheads and folders.", RECORDS),
            several => computed(
                format!("{} controllers are told apart by letterheads and folders.", grouped(several)),
                RECORDS,
            ),
        },
        Fact::MethodAttachments => lines(
            vec![
                "Severity report with method and coverage (report.html, report.json).".to_owned(),
                format!(
                    "Manifest of {} files, Merkle root (RFC 6962, SHA-256) {}.",
                    grouped(figures.manifest_items),
                    figures.manifest_root
                ),
            ],
            RECORDS,
            "the attachments",
        ),
        // Every other fact was answered before this.
        _ => Err("this fact"),
    }
}

fn crosswalk(
    figures: &Figures<'_>,
    words: impl Fn(&Called) -> &Vec<String>,
    provenance: &str,
) -> Result<Answer, Missing> {
    let is_health = figures.assessment.is_health;
    let found: BTreeSet<String> = figures
        .traits()
        .flat_map(|one| figures.vocabulary.called(one, is_health))
        .flat_map(|row| words(row).iter().cloned())
        .collect();
    keys(found, provenance, "no personal data were found")
}

fn description(figures: &Figures<'_>) -> Vec<String> {
    let mut kinds: Vec<_> = figures.people.by_kind.iter().filter(|(_, bounds)| bounds.best > 0).collect();
    kinds.sort_by_key(|(kind, bounds)| (std::cmp::Reverse(bounds.best), **kind));
    let kinds =
        kinds.into_iter().map(|(kind, bounds)| format!("{}: about {} people", kind.title(), grouped(bounds.best)));
    let items =
        figures.materials.iter().map(|(material, items)| format!("{}: {} items", material.title(), grouped(*items)));
    kinds.chain(items).collect()
}
