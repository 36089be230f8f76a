//! What a person said in the incident file, and what follows from it.

use super::{Answer, Missing, Value, computed, keys, list, moment, supplied, yes};
use crate::report::build::grouped;
use crate::report::figures::Figures;
use crate::report::format::bytes;
use crate::report::notify::v1::Status;
use crate::rules::notify::Fact;

/// What a person said.
pub(super) fn by_incident(fact: Fact, figures: &Figures<'_>) -> Option<Result<Answer, Missing>> {
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
