//! Controllers, each with their share.

use super::name_count;
use crate::model::{Incident, People, Token};
use crate::report::v1::ControllerRow;
use crate::tally::{ControllerTally, Tally};

/// Controllers that are listed: the 170 clinics of a large processor, and a margin.
const CONTROLLERS: usize = 250;

/// The controllers that a report lists, and how many there are beyond them.
pub(super) fn controllers(tally: &Tally, people: &People, incident: &Incident) -> (Vec<ControllerRow>, u64) {
    let mut rows = shares(tally, people, incident);
    let more = rows.len().saturating_sub(CONTROLLERS) as u64;
    rows.truncate(CONTROLLERS);
    (rows, more)
}

/// Every controller's share, most people first.
pub(in crate::report) fn shares(tally: &Tally, people: &People, incident: &Incident) -> Vec<ControllerRow> {
    let row = |(token, found): (&Option<Token>, &ControllerTally)| {
        let known = incident.controllers.values().find(|known| {
            let first = found.first.as_ref().map(|locator| locator.key.as_slice()).unwrap_or_default();
            token.is_some() && known.prefix.iter().any(|prefix| first.starts_with(prefix.as_bytes()))
        });
        let region = found.regions.iter().max_by_key(|(code, count)| (**count, std::cmp::Reverse((*code).clone())));
        let classes = found
            .classes
            .iter()
            .map(|(class, count)| name_count(class.name(), class.title(), count.files + count.members))
            .collect();
        ControllerRow {
            id: token.map_or_else(|| "none".to_owned(), |token| token.shown()),
            name: known.and_then(|known| known.name.clone()),
            country: known.and_then(|known| known.country.clone()).or_else(|| region.map(|(code, _)| code.clone())),
            files: found.total.files,
            bytes: found.total.bytes,
            members: found.total.members,
            persons: people.controllers.get(token).copied().unwrap_or(0),
            classes,
            kinds: found.kinds.iter().map(|(kind, items)| name_count(kind.name(), kind.title(), *items)).collect(),
        }
    };
    let mut rows: Vec<ControllerRow> = tally.controllers.iter().map(row).collect();
    rows.sort_by(|a, b| (b.persons, b.files, &a.id).cmp(&(a.persons, a.files, &b.id)));
    rows
}
