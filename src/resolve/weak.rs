//! Names alone: what decides the best estimate and proves nothing.
//!
//! Persons of one full name among one controller's files are one person if nothing tells them apart. A mention with
//! little more than a name is the one person whom it fits; if it fits several, it is one of them and adds nobody.

use super::disk::{Pages, Sorted, Sorter};
use super::entity::{Entity, Facts, NO_DAY, Tag};
use super::join::{Joins, contradicts, further, join_one};
use super::mix;
use super::names::NO_NAME;
use super::pool::Pool;
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

/// Pairs of a person and a controller in whose files they occur, in order.
pub(super) type Places = Pages<[u64; 2]>;

/// Joins by names alone and says whom to leave out, and in whose files everybody occurs.
pub(super) fn join_weak(pool: &mut Pool, staff: &Pool, rules: &ResolveRules, joins: &mut Joins) -> (LeftOut, Places) {
    let mut left_out = LeftOut { staff: bearers_of_staff_names(pool, staff), ..LeftOut::default() };
    let mut places = places(pool);
    join_full_names(pool, &places, rules, joins);
    places = places_again(pool, &places);
    join_mail_names(pool, &places, rules, joins);
    places = places_again(pool, &places);
    join_only_fits(pool, &places, rules, joins, &mut left_out);
    join_shared_contacts(pool, rules, joins, &mut left_out);
    (left_out, places_again(pool, &places))
}

fn places(pool: &Pool) -> Places {
    let mut pairs = Sorter::new(&pool.disk);
    for index in pool.all() {
        pairs.extend(pool.get(index).map(|entity| [u64::from(pool.root_of(index)), entity.facts.controller]));
    }
    table(pool, pairs.sorted())
}

/// The same after more joins.
fn places_again(pool: &Pool, before: &Places) -> Places {
    let mut pairs = Sorter::new(&pool.disk);
    pairs.extend(rows(before).map(|[root, controller]| [u64::from(pool.root_of(root as u32)), controller]));
    table(pool, pairs.sorted())
}

/// Sorted pairs as a table.
fn table(pool: &Pool, sorted: Sorted) -> Places {
    let mut table = Pages::new(&pool.disk, pool.disk.room.pages / 3);
    sorted.for_each(|pair| table.push(&pair));
    table
}

/// All pairs of a table.
pub(super) fn rows(table: &Places) -> impl Iterator<Item = [u64; 2]> + use<'_> {
    (0..table.len()).filter_map(|at| table.get(at))
}

/// The second numbers of the pairs that begin with this number, of a table in order.
fn rows_of(table: &Places, first: u64) -> impl Iterator<Item = u64> + use<'_> {
    (start_of(table, first)..table.len())
        .filter_map(|at| table.get(at))
        .take_while(move |pair| pair[0] == first)
        .map(|pair| pair[1])
}

/// Where the pairs that begin with this number or a larger one start.
fn start_of(table: &Places, first: u64) -> usize {
    let (mut low, mut high) = (0, table.len());
    while low < high {
        let middle = low + (high - low) / 2;
        if table.get(middle).is_some_and(|pair| pair[0] < first) { low = middle + 1 } else { high = middle }
    }
    low
}

fn join_full_names(pool: &mut Pool, places: &Places, rules: &ResolveRules, joins: &mut Joins) {
    let mut entries = Sorter::new(&pool.disk);
    for [root, controller] in rows(places) {
        let Some(person) = pool.get(root as u32) else { continue };
        if pool.names.full_parts(person.name) >= rules.weak.parts {
            entries.push([mix(controller, pool.names.hash(person.name)), root]);
        }
    }
    let rule = further(rules, "same_full_name");
    entries.sorted().each_group(|_, group| {
        if group.len() < 2 {
            return;
        }
        let mut roots: Vec<u32> = group.iter().map(|index| pool.find(*index as u32)).collect();
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
    });
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
pub(super) struct NameIndex(Places);

impl NameIndex {
    /// The index of these persons, each with its controller.
    pub(super) fn of(pool: &Pool, persons: impl Iterator<Item = [u64; 2]>) -> Self {
        let mut entries = Sorter::new(&pool.disk);
        for [root, controller] in persons {
            let Some(person) = pool.get(root as u32) else { continue };
            let name = pool.names.parts(person.name);
            entries.extend(name.iter().filter_map(|part| part.block()).map(|part| [mix(controller, part), root]));
        }
        Self(table(pool, entries.sorted()))
    }

    /// Persons of these controllers who share a part of this name.
    pub(super) fn near(&self, pool: &Pool, person: &Entity, controllers: &[u64]) -> BTreeSet<u32> {
        let mut blocks: Vec<std::ops::Range<usize>> = Vec::new();
        let name = pool.names.parts(person.name);
        for part in name.iter().filter_map(|part| part.block()) {
            for controller in controllers {
                let block = mix(*controller, part);
                blocks.push(start_of(&self.0, block)..start_of(&self.0, block.saturating_add(1)));
            }
        }
        blocks.retain(|block| !block.is_empty());
        blocks.sort_by_key(ExactSizeIterator::len);
        let small = blocks.iter().take_while(|block| block.len() <= LARGE_BLOCK).count().max(1);
        let rows = blocks.into_iter().take(small).flatten().filter_map(|at| self.0.get(at));
        rows.map(|[_, root]| pool.root_of(root as u32)).collect()
    }
}

/// How much a person is known by: proof, a birth date, a contact, a name alone; then the parts of the name.
type Weight = (u8, usize);

fn weight(pool: &Pool, root: u32) -> Weight {
    let Some(person) = pool.get(root) else { return (0, 0) };
    let facts = &person.facts;
    let level = match (facts.has_strong, facts.birth != 0, person.keys == 0) {
        (true, ..) => 3,
        (_, true, _) => 2,
        (_, _, false) => 1,
        _ => 0,
    };
    (level, pool.names.full_parts(person.name))
}

/// Whether a pair's person has a name.
fn is_named(pool: &Pool, [root, _]: [u64; 2]) -> bool {
    pool.get(root as u32).is_some_and(|person| person.name != NO_NAME)
}

/// Lets every person, the least known first, join the one better known person whom the name fits.
fn join_only_fits(pool: &mut Pool, places: &Places, rules: &ResolveRules, joins: &mut Joins, left_out: &mut LeftOut) {
    let index = NameIndex::of(pool, rows(places).filter(|pair| is_named(pool, *pair)));
    let mut persons = Sorter::new(&pool.disk);
    for pair in rows(places).filter(|pair| is_named(pool, *pair)) {
        let (level, parts) = weight(pool, pair[0] as u32);
        persons.push([u64::from(level) << 32 | parts as u64, pair[0]]);
    }
    let rule = further(rules, "only_person_of_that_name");
    for [known_by, root] in persons.sorted() {
        let (known_by, root): (Weight, u32) = (((known_by >> 32) as u8, known_by as u32 as usize), root as u32);
        if pool.find(root) != root || left_out.staff.contains(&root) {
            continue;
        }
        let mut controllers: Vec<u64> = rows_of(places, u64::from(root)).collect();
        if !controllers.contains(&0) {
            controllers.push(0);
        }
        let Some(person) = pool.get(root) else { continue };
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
fn join_mail_names(pool: &mut Pool, places: &Places, rules: &ResolveRules, joins: &mut Joins) {
    let index = NameIndex::of(pool, rows(places).filter(|pair| is_named(pool, *pair)));
    let rule = further(rules, "name_in_address");
    for root in pool.roots() {
        let shows = |person: &Entity| person.name == NO_NAME && person.facts.mail_name.0 != 0;
        let Some(mut named) = pool.get(root).filter(shows) else { continue };
        named.name = named.facts.mail_name.1;
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
    fitting.iter().all(|other| *other == best || fits(pool, &person, *other, rules)).then_some(best)
}

/// Whether the name speaks for these two being one. Where both are proven persons, two written parts must agree.
fn fits(pool: &Pool, person: &Entity, other: u32, rules: &ResolveRules) -> bool {
    let Some(other) = pool.get(other) else { return false };
    let likeness = pool.likeness(person, &other);
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
    let is_nameless = |person: &Entity| person.name == NO_NAME && !person.facts.has_strong;
    let contact = |(tag, value): (Tag, u64)| mix(u64::from(tag), value);
    let nameless: Vec<u32> =
        pool.roots().into_iter().filter(|root| pool.get(*root).is_some_and(|person| is_nameless(&person))).collect();
    if nameless.is_empty() {
        return;
    }
    let mut wanted = Sorter::new(&pool.disk);
    for root in &nameless {
        wanted.extend(pool.keys(*root).map(|key| [contact(key), 0]));
    }
    let mut holders = Sorter::new(&pool.disk);
    for index in pool.all() {
        let root = pool.root_of(index);
        if nameless.binary_search(&root).is_err() {
            holders.extend(pool.keys(index).map(|key| [contact(key), u64::from(root)]));
        }
    }
    // Of all holders only those of what somebody nameless has, a few of each.
    let mut wanted = wanted.sorted().map(|[key, _]| key).peekable();
    let mut found = Pages::new(&pool.disk, pool.disk.room.pages / 3);
    holders.sorted().each_group(|key, roots| {
        while wanted.next_if(|other| *other < key).is_some() {}
        if wanted.next_if_eq(&key).is_some() {
            roots.iter().take(ANY_MORE).for_each(|root| found.push(&[key, *root]));
        }
    });
    let rule = further(rules, "shared_contact");
    for root in nameless {
        if !pool.is_root(root) {
            continue;
        }
        let keys = pool.keys(root).map(contact);
        let holders = keys.flat_map(|key| rows_of(&found, key)).map(|holder| pool.root_of(holder as u32));
        let holders: Vec<u32> = holders.collect::<BTreeSet<_>>().into_iter().collect();
        match holders.as_slice() {
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
        let name = staff.names.parts(entity.name);
        let mut parts: Vec<u64> = name.iter().map(|part| part.whole).collect();
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
        let is_bare = !facts.has_strong && facts.birth == 0 && facts.birth_day == NO_DAY && person.keys == 0;
        let name = pool.names.parts(person.name);
        let parts: BTreeSet<u64> = name.iter().map(|part| part.whole).filter(|part| *part != 0).collect();
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
