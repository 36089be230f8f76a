//! Names alone: what decides the best estimate and proves nothing.
//!
//! Persons of one full name among one controller's files are one person if nothing tells them apart. A mention with
//! little more than a name is the one person whom it fits; if it fits several, it is one of them and adds nobody.

use super::entity::{Entity, Facts, NO_DAY, Pool};
use super::join::{Joins, contradicts, further, join_one};
use super::mix;
use super::names::NO_NAME;
use crate::model::{Kind, KindSet};
use crate::rules::ResolveRules;
use std::collections::BTreeSet;

/// A block of names larger than this is searched only where no smaller one can be.
const LARGE_BLOCK: usize = 256;

/// Persons that the best estimate leaves out.
#[derive(Debug, Default)]
pub(super) struct LeftOut {
    /// Fit several persons and are counted with none.
    pub(super) ambiguous: BTreeSet<u32>,
    /// Bear the name of a practitioner and nothing else.
    pub(super) staff: BTreeSet<u32>,
}

/// Joins by names alone and says whom to leave out.
pub(super) fn join_weak(pool: &mut Pool, staff: &Pool, rules: &ResolveRules, joins: &mut Joins) -> LeftOut {
    let mut left_out = LeftOut { staff: bearers_of_staff_names(pool, staff), ..LeftOut::default() };
    join_full_names(pool, rules, joins);
    join_mail_names(pool, rules, joins);
    join_only_fits(pool, rules, joins, &mut left_out);
    join_shared_contacts(pool, rules, joins, &mut left_out);
    left_out
}

/// Pairs of a controller and a person in it, sorted.
pub(super) fn controllers_of_persons(pool: &Pool) -> Vec<(u32, u64)> {
    let mut pairs: Vec<(u32, u64)> =
        pool.all().filter_map(|index| Some((pool.root_of(index), pool.get(index)?.facts.controller))).collect();
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

fn join_full_names(pool: &mut Pool, rules: &ResolveRules, joins: &mut Joins) {
    let mut entries: Vec<(u64, u32)> = Vec::new();
    for (root, controller) in controllers_of_persons(pool) {
        let Some(person) = pool.get(root) else { continue };
        if pool.names.full_parts(person.name) >= rules.weak.parts {
            entries.push((mix(controller, pool.names.hash(person.name)), root));
        }
    }
    entries.sort_unstable();
    let rule = further(rules, "same_full_name");
    for group in entries.chunk_by(|a, b| a.0 == b.0).filter(|group| group.len() > 1) {
        let mut roots: Vec<u32> = group.iter().map(|(_, index)| pool.find(*index)).collect();
        roots.sort_unstable();
        roots.dedup();
        if is_consistent(pool, &roots, rules) {
            for pair in roots.windows(2) {
                if let [a, b] = pair {
                    join_one(pool, *a, *b, rule, joins);
                }
            }
        } else {
            *joins.refused.entry(rule).or_default() += 1;
        }
    }
}

/// Whether nothing tells any two of these persons apart.
fn is_consistent(pool: &Pool, roots: &[u32], rules: &ResolveRules) -> bool {
    let mut all: Option<Facts> = None;
    for person in roots.iter().filter_map(|root| pool.get(*root)) {
        match &mut all {
            None => all = Some(person.facts),
            Some(known) if contradicts(known, &person.facts, rules, true) => return false,
            Some(known) => known.absorb(&person.facts),
        }
    }
    true
}

/// Named persons by controller and part of the name.
pub(super) struct NameIndex(Vec<(u64, u32)>);

impl NameIndex {
    /// The index of these persons, each with its controller.
    pub(super) fn of(pool: &Pool, persons: &[(u32, u64)]) -> Self {
        let mut entries: Vec<(u64, u32)> = Vec::new();
        for (root, controller) in persons {
            let Some(person) = pool.get(*root) else { continue };
            let parts = pool.names.parts(person.name).iter().filter_map(|part| part.block());
            entries.extend(parts.map(|part| (mix(*controller, part), *root)));
        }
        entries.sort_unstable();
        entries.dedup();
        Self(entries)
    }

    fn block(&self, controller: u64, part: u64) -> &[(u64, u32)] {
        let wanted = mix(controller, part);
        let start = self.0.partition_point(|(block, _)| *block < wanted);
        let rest = self.0.get(start..).unwrap_or_default();
        let length = rest.partition_point(|(block, _)| *block == wanted);
        rest.get(..length).unwrap_or_default()
    }

    /// Persons of these controllers who share a part of this name.
    pub(super) fn near(&self, pool: &Pool, person: &Entity, controllers: &[u64]) -> BTreeSet<u32> {
        let mut blocks: Vec<&[(u64, u32)]> = Vec::new();
        for part in pool.names.parts(person.name).iter().filter_map(|part| part.block()) {
            for controller in controllers {
                blocks.push(self.block(*controller, part));
            }
        }
        blocks.retain(|block| !block.is_empty());
        blocks.sort_by_key(|block| block.len());
        let small = blocks.iter().take_while(|block| block.len() <= LARGE_BLOCK).count().max(1);
        blocks.into_iter().take(small).flatten().map(|(_, root)| pool.root_of(*root)).collect()
    }
}

/// How much a person is known by: proof, a birth date, a contact, a name alone; then the parts of the name.
type Weight = (u8, usize);

fn weight(pool: &Pool, root: u32) -> Weight {
    let Some(person) = pool.get(root) else { return (0, 0) };
    let facts = &person.facts;
    let level = match (facts.has_strong, facts.birth != 0, pool.keys(root).is_empty()) {
        (true, ..) => 3,
        (_, true, _) => 2,
        (_, _, false) => 1,
        _ => 0,
    };
    (level, pool.names.full_parts(person.name))
}

/// Lets every person, the least known first, join the one better known person whom the name fits.
fn join_only_fits(pool: &mut Pool, rules: &ResolveRules, joins: &mut Joins, left_out: &mut LeftOut) {
    let mut pairs = controllers_of_persons(pool);
    pairs.retain(|(root, _)| pool.get(*root).is_some_and(|person| person.name != NO_NAME));
    let index = NameIndex::of(pool, &pairs);
    let mut persons: Vec<(Weight, u32, Vec<u64>)> = pairs
        .chunk_by(|a, b| a.0 == b.0)
        .filter_map(|group| {
            let root = group.first()?.0;
            Some((weight(pool, root), root, group.iter().map(|(_, controller)| *controller).collect()))
        })
        .collect();
    persons.sort_unstable();
    let rule = further(rules, "only_person_of_that_name");
    for (known_by, root, mut controllers) in persons {
        if pool.find(root) != root || left_out.staff.contains(&root) {
            continue;
        }
        if !controllers.contains(&0) {
            controllers.push(0);
        }
        let Some(person) = pool.get(root).cloned() else { continue };
        let mut fitting: Vec<u32> = index.near(pool, &person, &controllers).into_iter().collect();
        fitting.retain(|other| {
            let is_open = *other != root && !left_out.ambiguous.contains(other) && !left_out.staff.contains(other);
            is_open && weight(pool, *other) >= known_by && fits(pool, &person, *other, rules)
        });
        match one_of(pool, &fitting, rules) {
            Some(one) => join_one(pool, root, one, rule, joins),
            None if !fitting.is_empty() && known_by.0 < 2 && !person.is_apart => {
                left_out.ambiguous.insert(root);
            }
            None => {}
        }
    }
}

/// A nameless mention whose mail address shows a full name is the one person of that name among the same controller's,
/// if no other address is known of that person.
fn join_mail_names(pool: &mut Pool, rules: &ResolveRules, joins: &mut Joins) {
    let mut pairs = controllers_of_persons(pool);
    pairs.retain(|(root, _)| pool.get(*root).is_some_and(|person| person.name != NO_NAME));
    let index = NameIndex::of(pool, &pairs);
    let rule = further(rules, "name_in_address");
    for root in pool.roots() {
        let Some(shown) = pool.get(root).filter(|person| person.name == NO_NAME && person.facts.mail_name != 0) else {
            continue;
        };
        let mut named = shown.clone();
        named.name = pool.names.with_hash(shown.facts.mail_name);
        let near = index.near(pool, &named, &[named.facts.controller, 0]);
        let mail = KindSet::of(&[Kind::Email]);
        let mut fitting = near.into_iter().filter(|other| {
            pool.get(*other).is_some_and(|person| {
                !person.facts.kinds.has_any(mail)
                    && pool.names.compare(named.name, person.name).written >= rules.weak.parts
            }) && fits(pool, &named, *other, rules)
        });
        if let (Some(only), None) = (fitting.next(), fitting.next()) {
            join_one(pool, root, only, rule, joins);
        }
    }
}

/// The best known of these persons, if all of them may well be that one.
fn one_of(pool: &Pool, fitting: &[u32], rules: &ResolveRules) -> Option<u32> {
    let best = fitting.iter().copied().max_by_key(|root| (weight(pool, *root), std::cmp::Reverse(*root)))?;
    let person = pool.get(best)?;
    fitting.iter().all(|other| *other == best || fits(pool, person, *other, rules)).then_some(best)
}

/// Whether the name speaks for these two being one. Where both are proven persons, two written parts must agree.
fn fits(pool: &Pool, person: &Entity, other: u32, rules: &ResolveRules) -> bool {
    let Some(other) = pool.get(other) else { return false };
    let likeness = pool.likeness(person, other);
    let both_proven = person.facts.has_strong && other.facts.has_strong;
    let is_short = pool.names.full_parts(person.name).min(pool.names.full_parts(other.name)) < rules.weak.parts;
    let enough = match (both_proven, is_short) {
        (true, _) => likeness.written >= 2,
        (false, false) => likeness.parts >= 2,
        (false, true) => likeness.written >= 1,
    };
    likeness.agrees && enough && !contradicts(&person.facts, &other.facts, rules, true)
}

/// A nameless mention with a phone or an address belongs to the one person who has it.
fn join_shared_contacts(pool: &mut Pool, rules: &ResolveRules, joins: &mut Joins, left_out: &mut LeftOut) {
    let mut holders: Vec<(u64, u32)> = Vec::new();
    for index in pool.all() {
        let root = pool.root_of(index);
        if pool.get(root).is_some_and(|person| person.name != NO_NAME || person.facts.has_strong) {
            holders.extend(pool.keys(index).iter().map(|(tag, value)| (mix(u64::from(*tag), *value), root)));
        }
    }
    holders.sort_unstable();
    holders.dedup();
    let rule = further(rules, "shared_contact");
    for root in pool.roots() {
        let is_nameless = pool.get(root).is_some_and(|person| person.name == NO_NAME && !person.facts.has_strong);
        if !is_nameless {
            continue;
        }
        let mut found = BTreeSet::new();
        for (tag, value) in pool.keys(root) {
            let wanted = mix(u64::from(*tag), *value);
            let start = holders.partition_point(|(key, _)| *key < wanted);
            let same = holders.iter().skip(start).take_while(|(key, _)| *key == wanted).take(ANY_MORE);
            found.extend(same.map(|(_, holder)| pool.root_of(*holder)));
        }
        let found: Vec<u32> = found.into_iter().collect();
        match found.as_slice() {
            [] => {}
            [only] => join_one(pool, root, *only, rule, joins),
            _ => {
                left_out.ambiguous.insert(root);
            }
        }
    }
}

/// Holders of one contact that are looked at: more than one is already too many.
const ANY_MORE: usize = 4;

/// Persons who are no more than a name, and that name is a practitioner's of the same controller.
fn bearers_of_staff_names(pool: &mut Pool, staff: &Pool) -> BTreeSet<u32> {
    // Names of the two pools are numbered apart; their part tokens are comparable.
    let mut known: Vec<(u64, Vec<u64>)> = Vec::new();
    for index in staff.all() {
        let Some(entity) = staff.get(index) else { continue };
        let mut parts: Vec<u64> = staff.names.parts(entity.name).iter().map(|part| part.whole).collect();
        parts.retain(|part| *part != 0);
        if !parts.is_empty() {
            known.push((entity.facts.controller, parts));
        }
    }
    let mut by_part: Vec<(u64, usize)> = Vec::new();
    for (at, (_, parts)) in known.iter().enumerate() {
        by_part.extend(parts.iter().map(|part| (*part, at)));
    }
    by_part.sort_unstable();
    let mut found = BTreeSet::new();
    for root in pool.roots() {
        let Some(person) = pool.get(root) else { continue };
        let facts = &person.facts;
        let is_bare = !facts.has_strong && facts.birth == 0 && facts.birth_day == NO_DAY && pool.keys(root).is_empty();
        let parts: BTreeSet<u64> =
            pool.names.parts(person.name).iter().map(|part| part.whole).filter(|part| *part != 0).collect();
        if !is_bare || parts.is_empty() {
            continue;
        }
        let Some(least) = parts.iter().next() else { continue };
        let candidates = parts.iter().chain(std::iter::once(least)).flat_map(|part| {
            let start = by_part.partition_point(|(known, _)| known < part);
            by_part.iter().skip(start).take_while(move |(known, _)| known == part).take(LARGE_BLOCK)
        });
        let is_staff = candidates.filter_map(|(_, at)| known.get(*at)).any(|(controller, name)| {
            let is_near = *controller == facts.controller || *controller == 0 || facts.controller == 0;
            let is_same = name.iter().all(|part| parts.contains(part)) || parts.iter().all(|part| name.contains(part));
            is_near && is_same
        });
        if is_staff {
            found.insert(root);
        }
    }
    found
}
