//! The lower bound: persons of whom it is sure that they are different ones.

use super::entity::{Entity, NAMED};
use super::join::contradicts;
use super::names::NO_NAME;
use super::pool::Pool;
use super::weak::NameIndex;
use crate::model::People;
use crate::rules::ResolveRules;
use std::collections::{BTreeMap, BTreeSet};

/// Mentions that tell how often names are misread: enough for a share within a tenth of a percent.
const TOLD_BY: u32 = 100_000;

/// Persons with proof, less all that may be another one of them: a name that agrees, in whatever controller's files, with
/// nothing against it; persons known only by a folder or number paired off with those who have no folder; and persons
/// seen once whose name may be a misread one.
pub(super) fn count_lower(
    pool: &Pool,
    best: &[u32],
    disputed: &[(u32, u32)],
    rules: &ResolveRules,
    people: &mut People,
) {
    let proven: Vec<u32> =
        best.iter().copied().filter(|root| pool.get(*root).is_some_and(|person| person.facts.is_proven)).collect();
    let mut named: Vec<u32> = Vec::new();
    let mut unnamed: BTreeMap<u64, (u64, u64)> = BTreeMap::new();
    for root in &proven {
        let Some(person) = pool.get(*root) else { continue };
        let facts = &person.facts;
        let pairing = unnamed.entry(facts.controller).or_default();
        if person.name == NO_NAME {
            pairing.0 += 1;
        } else {
            named.push(*root);
            pairing.1 += u64::from(facts.folder.1 == 0);
        }
        for kind in facts.kinds.iter() {
            people.by_kind.entry(kind).or_default().lower += 1;
        }
    }
    // Pairs that the estimate has made are gone from both sides already.
    let pairs: u64 = unnamed.values().map(|(nameless, named)| *nameless.min(named)).sum();
    named.sort_unstable();
    let index = NameIndex::of(pool, named.iter().map(|root| [u64::from(*root), 0]));
    let doubles = doubles(pool, &named, &index, disputed, rules);
    let misread = misread(pool, &named, &index, &doubles, rules);
    people.persons.lower = (proven.len() as u64).saturating_sub(doubles.len() as u64 + pairs + misread);
}

/// Persons who may be another one whose name says as much or more.
fn doubles(
    pool: &Pool,
    named: &[u32],
    index: &NameIndex,
    disputed: &[(u32, u32)],
    rules: &ResolveRules,
) -> BTreeSet<u32> {
    let mut shortest_first = named.to_vec();
    shortest_first.sort_by_cached_key(|root| {
        let parts = pool.get(*root).map_or(0, |person| pool.names.full_parts(person.name));
        (parts, std::cmp::Reverse(*root))
    });
    let mut doubles: BTreeSet<u32> = BTreeSet::new();
    for root in &shortest_first {
        let Some(person) = pool.get(*root) else { continue };
        let may_be_another = index.near(pool, &person, &[0]).into_iter().any(|other| {
            let is_other = other != *root && !doubles.contains(&other);
            is_other && pool.get(other).is_some_and(|other| may_be_same(pool, &person, &other, rules))
        });
        if may_be_another {
            doubles.insert(*root);
        }
    }
    // Two who share a strong key although their names differ: nothing proves that they are two.
    for (a, b) in disputed {
        let (a, b) = (pool.root_of(*a), pool.root_of(*b));
        let is_open = |root: &u32| named.binary_search(root).is_ok() && !doubles.contains(root);
        if a != b && is_open(&a) && is_open(&b) {
            doubles.insert(a.max(b));
        }
    }
    doubles
}

fn may_be_same(pool: &Pool, a: &Entity, b: &Entity, rules: &ResolveRules) -> bool {
    !(a.is_apart && b.is_apart) && pool.likeness(a, b).agrees && !contradicts(&a.facts, &b.facts, rules, true)
}

/// Persons who may be no more than a document whose name was misread: seen once, with a number or address that stands
/// nowhere else, sharing a part of the name with somebody who is seen more often (or having little more than a part),
/// and with nothing against it. No more of
/// them are left out than names are misread in the whole leak, which is told by the mentions that a number ties to a
/// person although their name is another one.
fn misread(pool: &Pool, named: &[u32], index: &NameIndex, doubles: &BTreeSet<u32>, rules: &ResolveRules) -> u64 {
    let (mut mentions, mut candidates) = (0, 0);
    for root in named {
        let Some(person) = pool.get(*root) else { continue };
        mentions += u64::from(person.mentions);
        if person.mentions > 1 || person.is_apart || doubles.contains(root) {
            continue;
        }
        // A written part beside an initial: the part itself may be what was misread, and initials are in no index.
        let is_short = pool.names.full_parts(person.name) < rules.weak.parts;
        let is_like_another = is_short
            || index.near(pool, &person, &[0]).into_iter().any(|other| {
                pool.get(other)
                    .is_some_and(|other| other.mentions > 1 && !contradicts(&person.facts, &other.facts, rules, false))
            });
        candidates += u64::from(is_like_another);
    }
    if candidates == 0 {
        return 0;
    }
    let expected = mentions as f64 * share_of_misread_names(pool);
    // Two standard deviations of a rare event's count above what is expected.
    candidates.min((expected + 2.0 * expected.sqrt()).ceil() as u64)
}

/// Of the mentions that strong keys tie to a person, the share whose name does not agree with the person's.
fn share_of_misread_names(pool: &Pool) -> f64 {
    let step = (pool.all().len() as u32 / TOLD_BY).max(1);
    let (mut all, mut other) = (0_u64, 0_u64);
    for index in pool.having(NAMED).filter(|index| index.is_multiple_of(step)) {
        let root = pool.root_of(index);
        let (Some(mention), Some(person)) = (pool.get(index), pool.get(root)) else { continue };
        if index != root && mention.facts.has_strong {
            all += u64::from(mention.mentions);
            let agrees = pool.names.compare(mention.name, person.name).agrees;
            other += if agrees { 0 } else { u64::from(mention.mentions) };
        }
    }
    if all == 0 { 0.0 } else { other as f64 / all as f64 }
}
