//! A bounded catalogue of items, so that every number of a report leads to items behind it: all of them in a small leak,
//! and in a large one enough of each class, kind of data, fault, outcome, media type, year and controller.
//!
//! Which items stay does not depend on the order in which they come: those with the least hash of their id.

use crate::model::{Class, Code, IdKey, Kind, Locator, Media, Outcome, Record, Role, Token, person};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::AddAssign;
use std::sync::Arc;

/// Items kept of the whole leak.
const KEPT: usize = 1_500;
/// Items kept of each class, kind, fault, outcome, media type, year and controller.
pub const KEPT_OF_EACH: usize = 20;
/// Masked findings kept of one item.
const MASKS: usize = 4;

/// One item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogueItem {
    /// Its short name.
    pub id: String,
    /// The item.
    pub locator: Locator,
    /// Its class.
    pub class: Option<Class>,
    /// What it is.
    pub media: Media,
    /// Bytes.
    pub size: u64,
    /// How its examination ended.
    pub outcome: Outcome,
    /// What went wrong.
    pub faults: Vec<Code>,
    /// Findings by kind.
    pub kinds: BTreeMap<Kind, u32>,
    /// A few masks, one a kind.
    pub masks: Vec<(Kind, String)>,
    /// Whose papers these are.
    pub controller: Option<Token>,
    /// The year of its own date, else of the store's.
    pub year: Option<i16>,
}

/// What items are told apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Facet {
    Class(Option<Class>),
    Kind(Kind),
    Fault(Code),
    Outcome(Outcome),
    Media(Media),
    Controller(Option<Token>),
    Year(i16),
}

type Kept = BTreeMap<(u64, Locator), Arc<CatalogueItem>>;

/// The catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Catalogue {
    all: Kept,
    of_each: BTreeMap<Facet, Kept>,
}

impl Catalogue {
    /// Offers an item.
    pub(super) fn offer(&mut self, record: &Record, year: Option<i16>) {
        let rank = rank(&record.locator);
        let facets = facets(record, year);
        let has_room = has_room(&self.all, KEPT, rank, &record.locator)
            || facets.iter().any(|facet| {
                self.of_each.get(facet).is_none_or(|kept| has_room(kept, KEPT_OF_EACH, rank, &record.locator))
            });
        if !has_room {
            return;
        }
        let item = Arc::new(item(record, year));
        keep(&mut self.all, KEPT, rank, &item);
        for facet in facets {
            keep(self.of_each.entry(facet).or_default(), KEPT_OF_EACH, rank, &item);
        }
    }

    /// The items that stayed, in the order of their locators.
    pub fn items(&self) -> Vec<&CatalogueItem> {
        let kept = self.all.values().chain(self.of_each.values().flat_map(BTreeMap::values));
        let unique: BTreeMap<&Locator, &CatalogueItem> = kept.map(|item| (&item.locator, &**item)).collect();
        unique.into_values().collect()
    }
}

impl AddAssign for Catalogue {
    fn add_assign(&mut self, other: Self) {
        let add = |sum: &mut Kept, more: Kept, most: usize| {
            sum.extend(more);
            while sum.len() > most {
                sum.pop_last();
            }
        };
        add(&mut self.all, other.all, KEPT);
        for (facet, more) in other.of_each {
            add(self.of_each.entry(facet).or_default(), more, KEPT_OF_EACH);
        }
    }
}

fn rank(locator: &Locator) -> u64 {
    let hash = blake3::hash(locator.id(&IdKey::default()).as_bytes());
    hash.as_bytes().first_chunk::<8>().map_or(0, |bytes| u64::from_be_bytes(*bytes))
}

fn has_room(kept: &Kept, most: usize, rank: u64, locator: &Locator) -> bool {
    kept.len() < most || kept.last_key_value().is_some_and(|((last, at), _)| (rank, locator) < (*last, at))
}

fn keep(kept: &mut Kept, most: usize, rank: u64, item: &Arc<CatalogueItem>) {
    if has_room(kept, most, rank, &item.locator) {
        kept.insert((rank, item.locator.clone()), Arc::clone(item));
        if kept.len() > most {
            kept.pop_last();
        }
    }
}

fn facets(record: &Record, year: Option<i16>) -> Vec<Facet> {
    let mut all = vec![
        Facet::Class(record.verdict.as_ref().map(|verdict| verdict.class)),
        Facet::Outcome(record.outcome),
        Facet::Media(record.media),
        Facet::Controller(person::controller_of(record)),
    ];
    all.extend(year.map(Facet::Year));
    all.extend(record.faults.iter().map(|fault| fault.code).collect::<BTreeSet<_>>().into_iter().map(Facet::Fault));
    let kinds: BTreeSet<Kind> = record.findings.iter().map(|finding| finding.kind).collect();
    all.extend(kinds.into_iter().map(Facet::Kind));
    all
}

fn item(record: &Record, year: Option<i16>) -> CatalogueItem {
    let mut kinds: BTreeMap<Kind, u32> = BTreeMap::new();
    let mut masks: Vec<(Kind, String)> = Vec::new();
    for finding in &record.findings {
        *kinds.entry(finding.kind).or_default() += 1;
        let is_new = masks.iter().all(|(kind, _)| *kind != finding.kind);
        if is_new && masks.len() < MASKS && finding.role == Role::DataSubject {
            masks.push((finding.kind, finding.mask.clone()));
        }
    }
    CatalogueItem {
        id: record.id.clone(),
        locator: record.locator.clone(),
        class: record.verdict.as_ref().map(|verdict| verdict.class),
        media: record.media,
        size: record.size,
        outcome: record.outcome,
        faults: record.faults.iter().map(|fault| fault.code).collect::<BTreeSet<_>>().into_iter().collect(),
        kinds,
        masks,
        controller: person::controller_of(record),
        year,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Fault;

    fn records(count: usize) -> Vec<Record> {
        let record = |n: usize| Record::unread(Locator::new(0, format!("{n}")), 1, None, Fault::extract(Code::Io));
        (0..count).map(record).collect()
    }

    fn of<'r>(records: impl Iterator<Item = &'r Record>) -> Catalogue {
        let mut catalogue = Catalogue::default();
        records.for_each(|record| catalogue.offer(record, None));
        catalogue
    }

    #[test]
    fn shards_in_any_order_equal_the_whole() {
        let records = records(4_000);
        let whole = of(records.iter());
        let (first, second) = records.split_at(1_300);
        let mut shards = of(second.iter().rev());
        shards += of(first.iter());
        assert!(whole == shards && whole == of(records.iter().rev()));
        assert_eq!(whole.items().len(), KEPT);
    }

    #[test]
    fn what_is_rare_is_kept_and_a_small_leak_is_kept_whole() {
        let mut many = records(3_000);
        for record in many.iter_mut().take(3) {
            record.outcome = Outcome::Partial;
        }
        let catalogue = of(many.iter());
        assert_eq!(catalogue.items().iter().filter(|item| item.outcome == Outcome::Partial).count(), 3);
        assert_eq!(of(records(700).iter()).items().len(), 700);
    }
}
