//! The incident file as the report shows it: what was said, and what is to be completed.

use super::v1::IncidentField;
use crate::model::Incident;
use crate::model::incident::Moment;

/// The fields that a report asks for, in order.
pub(super) fn fields(incident: &Incident) -> Vec<IncidentField> {
    let (event, store) = (&incident.incident, &incident.store);
    let moment = |moment: &Option<Moment>| moment.as_ref().map(|moment| moment.0.clone());
    let list = |list: &[String]| (!list.is_empty()).then(|| list.join("; "));
    let yes = |flag: Option<bool>| flag.map(|flag| if flag { "yes" } else { "no" }.to_owned());
    let rows: [(&str, &str, Option<String>); 29] = [
        ("controller.name", "Controller", incident.controller.name.clone()),
        ("controller.sector", "Sector", incident.controller.sector.clone()),
        ("processor.name", "Processor", incident.processor.name.clone()),
        ("dpo.name", "Data-protection officer", incident.dpo.name.clone()),
        ("dpo.contact", "Their contact", incident.dpo.contact.clone()),
        ("reporter.name", "Reported by", incident.reporter.name.clone()),
        ("incident.jurisdictions", "Jurisdictions", list(&event.jurisdictions)),
        ("incident.occurred_from", "Exposure began", moment(&event.occurred_from)),
        ("incident.occurred_to", "Exposure ended", moment(&event.occurred_to)),
        ("incident.discovered_at", "Discovered", moment(&event.discovered_at)),
        ("incident.discovered_how", "Discovered how", event.discovered_how.clone()),
        ("incident.awareness_at", "Controller aware", moment(&event.awareness_at)),
        ("timeline.vendor_contacted", "Owner told", moment(&incident.timeline.vendor_contacted)),
        ("timeline.hosting_contacted", "Hosting provider told", moment(&incident.timeline.hosting_contacted)),
        ("timeline.replied", "Owner replied", moment(&incident.timeline.replied)),
        ("timeline.closed", "Store closed", moment(&incident.timeline.closed)),
        ("incident.contained_at", "Contained", moment(&event.contained_at)),
        ("incident.cause", "Cause", event.cause.clone()),
        ("incident.malicious", "Malicious intent", yes(event.malicious)),
        ("store.provider", "Store", store.provider.clone()),
        ("store.bucket", "Its name", store.bucket.clone()),
        ("store.region", "Its region", store.region.clone()),
        ("store.logs_complete", "Access logs complete", yes(store.logs_complete)),
        ("store.distinct_readers", "Unknown readers in the logs", store.distinct_readers.map(|n| n.to_string())),
        ("protection.encryption_at_rest", "Encrypted as it lay there", yes(incident.protection.encryption_at_rest)),
        ("protection.key_compromised", "Key compromised", yes(incident.protection.key_compromised)),
        ("protection.measures", "Measures", list(&incident.protection.measures)),
        ("communication.people_informed", "People informed", yes(incident.communication.people_informed)),
        ("authorities.police", "Police", incident.authorities.police.clone()),
    ];
    rows.into_iter()
        .map(|(field, title, value)| IncidentField { field: field.to_owned(), title: title.to_owned(), value })
        .collect()
}
