//! Strong and medium keys: what joins with proof, and what forbids a join.

use super::disk::Sorter;
use super::entity::{AMONG, BORN, Entity, FOLDER, Facts, IN_FOLDER, Marks, NAMED, NUMBERED, Tag};
use super::mix;
use super::names::NO_NAME;
use super::pool::Pool;
use crate::model::{Decision, Kind, MentionId, Ruling};
use crate::rules::ResolveRules;
use crate::rules::resolve::{MediumKey, NamesMust};
use std::collections::{BTreeMap, BTreeSet};

/// Persons that are tried for one key before another one is opened.
const ANCHORS: usize = 8;
/// Values of one kind that one mention brings into a pair.
const VALUES: usize = 4;

/// Joins made and refused, by the rule's position.
#[derive(Debug, Default)]
pub(super) struct Joins {
    pub(super) made: BTreeMap<u32, u64>,
    pub(super) refused: BTreeMap<u32, u64>,
    /// Two entities that a strong key would join and their names forbid: they may be one person all the same.
    pub(super) disputed: Vec<(u32, u32)>,
}

/// Whether two sets of facts cannot be of one person. `strictly` also holds two patient numbers or two folders of one
/// controller against them, as is right where only a name speaks for the join.
pub(super) fn contradicts(a: &Facts, b: &Facts, rules: &ResolveRules, strictly: bool) -> bool {
    let differ = |a: u64, b: u64| a != 0 && b != 0 && a != b;
    let differ_in = |a: (u64, u64), b: (u64, u64)| a.0 == b.0 && differ(a.1, b.1);
    let cannot = rules.cannot_link;
    (cannot.birth_date && differ(a.birth, b.birth))
        || (cannot.national_number && differ_in(a.number, b.number))
        || (cannot.sex && a.sex.is_some() && b.sex.is_some() && a.sex != b.sex)
        || (strictly && (differ_in(a.patient, b.patient) || differ_in(a.folder, b.folder)))
}

/// Rules by position, as the bits in [`Entity::rules`] and the numbers in [`Joins`]: strong, medium, then these.
pub(super) const FURTHER_RULES: [&str; 7] = [
    "name_in_folder",
    "only_one_in_folder",
    "same_full_name",
    "only_person_of_that_name",
    "shared_contact",
    "name_in_address",
    DECIDED,
];

/// The rule of a person's own decision.
pub(super) const DECIDED: &str = "decided_by_hand";

/// The position of a further rule.
pub(super) fn further(rules: &ResolveRules, name: &str) -> u32 {
    let at = FURTHER_RULES.iter().position(|rule| *rule == name).unwrap_or(0);
    (rules.strong.len() + rules.medium.len() + at) as u32
}

/// The name of the rule at a position.
pub(super) fn rule_name(rules: &ResolveRules, position: u32) -> String {
    let ids = rules.strong.iter().map(|key| key.id.as_str()).chain(rules.medium.iter().map(|key| key.id.as_str()));
    ids.chain(FURTHER_RULES).nth(position as usize).unwrap_or("unknown").to_owned()
}

/// Joins by strong keys, then by medium keys.
pub(super) fn join_proven(pool: &mut Pool, rules: &ResolveRules, joins: &mut Joins) {
    for (position, key) in rules.strong.iter().enumerate() {
        let mut tags: Vec<Tag> = key.kinds.iter().map(|kind| *kind as Tag).collect();
        if key.folder {
            tags.push(FOLDER);
        }
        let mut entries = Sorter::new(&pool.disk);
        let marks = tags.iter().fold(0, |marks, tag| marks | if *tag == FOLDER { IN_FOLDER } else { pool.mark(*tag) });
        for index in pool.having(marks) {
            let wanted = pool.keys(index).filter(|(tag, _)| tags.contains(tag));
            entries.extend(wanted.map(|(tag, value)| [mix(u64::from(tag), value), u64::from(index)]));
        }
        let names = key.names;
        let fits = |pool: &Pool, a: &Entity, b: &Entity| {
            names_fit(pool, a, b, names, rules) && !contradicts(&a.facts, &b.facts, rules, false)
        };
        join_groups(pool, entries, (position as u32, true), &fits, joins);
    }
    for (position, key) in rules.medium.iter().enumerate() {
        let entries = medium_entries(pool, key);
        let fits = |pool: &Pool, a: &Entity, b: &Entity| {
            let likeness = pool.likeness(a, b);
            names_fit(pool, a, b, key.names, rules)
                && (!key.name || likeness.parts >= key.parts)
                && !contradicts(&a.facts, &b.facts, rules, false)
        };
        join_groups(pool, entries, ((rules.strong.len() + position) as u32, false), &fits, joins);
    }
    join_in_folders(pool, rules, joins);
}

fn names_fit(pool: &Pool, a: &Entity, b: &Entity, must: NamesMust, rules: &ResolveRules) -> bool {
    let likeness = pool.likeness(a, b);
    let is_unnamed = a.name == NO_NAME || b.name == NO_NAME;
    match must {
        NamesMust::Any => true,
        // One word is too little to speak against a number: it may be a misread line or a married name.
        NamesMust::ShareAPart => is_unnamed || is_word(pool, a, rules) || is_word(pool, b, rules) || likeness.parts > 0,
        // Two whole words in common beside an equal key: what else the names hold was added, left out or misread.
        NamesMust::Agree => is_unnamed || likeness.agrees || likeness.written >= 2,
    }
}

/// Whether the name is less than a whole one.
fn is_word(pool: &Pool, person: &Entity, rules: &ResolveRules) -> bool {
    pool.names.parts(person.name).len() < rules.weak.parts
}

/// Joins the entities of each group with the first person of the group that they fit.
fn join_groups(
    pool: &mut Pool,
    entries: Sorter,
    (rule, is_strong): (u32, bool),
    fits: &dyn Fn(&Pool, &Entity, &Entity) -> bool,
    joins: &mut Joins,
) {
    entries.sorted().each_group(|_, group| {
        if group.len() < 2 {
            return;
        }
        // The person, and the entity of this group that it was met by.
        let mut anchors: Vec<(u32, u32)> = Vec::new();
        for index in group.iter().map(|index| *index as u32) {
            let root = pool.find(index);
            for (anchor, met) in &mut anchors {
                *anchor = pool.find(*met);
            }
            if anchors.iter().any(|(anchor, _)| *anchor == root) {
                continue;
            }
            let fitting = anchors.iter().copied().find(|(anchor, _)| {
                let (Some(a), Some(b)) = (pool.get(*anchor), pool.get(root)) else { return false };
                fits(pool, &a, &b) && pool.may_join(*anchor, root)
            });
            if let Some((_, met)) = fitting {
                join_one(pool, met, index, rule, joins);
                continue;
            }
            if !anchors.is_empty() {
                *joins.refused.entry(rule).or_default() += 1;
            }
            if anchors.len() < ANCHORS {
                anchors.push((root, index));
            }
        }
        if let ([(_, a), (_, b)], true) = (anchors.as_slice(), is_strong) {
            joins.disputed.push((*a, *b));
        }
    });
}

/// Blocks of a medium key: the shared values, and a part of the name where one must agree.
fn medium_entries(pool: &Pool, key: &MediumKey) -> Sorter {
    let mut entries = Sorter::new(&pool.disk);
    let needed: Vec<Marks> = key.with.iter().map(|kind| mark_of(pool, *kind)).collect();
    let first = needed.first().copied().unwrap_or(Marks::MAX);
    for index in pool.having(if key.name { NAMED } else { first }) {
        let marks = pool.marks(index);
        if needed.iter().any(|mark| marks & mark == 0) {
            continue;
        }
        let Some(entity) = pool.get(index) else { continue };
        let mut blocks = vec![0_u64];
        for kind in &key.with {
            let values = values_of(pool, &entity, index, *kind);
            blocks = blocks.iter().flat_map(|block| values.iter().map(|value| mix(*block, *value))).collect();
        }
        if blocks.is_empty() {
            continue;
        }
        if key.name {
            let name = pool.names.parts(entity.name);
            for part in name.iter().filter_map(|part| part.block()) {
                entries.extend(blocks.iter().map(|block| [mix(*block, part), u64::from(index)]));
            }
        } else {
            entries.extend(blocks.into_iter().map(|block| [block, u64::from(index)]));
        }
    }
    entries
}

/// The mark without which an entity has no value of this kind.
fn mark_of(pool: &Pool, kind: Kind) -> Marks {
    match kind {
        Kind::DateOfBirth => BORN,
        Kind::PatientId => NUMBERED,
        _ => pool.mark(kind as Tag),
    }
}

/// Kinds of keys that some rule asks for.
pub(super) fn marked(rules: &ResolveRules) -> Vec<Tag> {
    let strong = rules.strong.iter().flat_map(|key| &key.kinds);
    let kinds: BTreeSet<Tag> =
        strong.chain(rules.medium.iter().flat_map(|key| &key.with)).map(|kind| *kind as Tag).collect();
    kinds.into_iter().collect()
}

fn values_of(pool: &Pool, entity: &Entity, index: u32, kind: Kind) -> Vec<u64> {
    match kind {
        Kind::DateOfBirth => Some(entity.facts.birth).filter(|birth| *birth != 0).into_iter().collect(),
        Kind::PatientId => Some(entity.facts.patient.1).filter(|number| *number != 0).into_iter().collect(),
        _ => pool.keys(index).filter(|(tag, _)| *tag == kind as Tag).map(|(_, value)| value).take(VALUES).collect(),
    }
}

/// Bit of a sorted number that stands for a mention among others in its folder.
const GUEST: u64 = 1 << 32;

/// In a person's folder: mentions among others join the folder's person by name; if that person has no name yet, the
/// mention with most data is it.
fn join_in_folders(pool: &mut Pool, rules: &ResolveRules, joins: &mut Joins) {
    let mut entries = Sorter::new(&pool.disk);
    for index in pool.having(IN_FOLDER) {
        for (tag, value) in pool.keys(index).filter(|(tag, _)| *tag == FOLDER || *tag == AMONG) {
            entries.push([value, u64::from(index) | if tag == AMONG { GUEST } else { 0 }]);
        }
    }
    let (by_name, by_rest) = (further(rules, "name_in_folder"), further(rules, "only_one_in_folder"));
    entries.sorted().each_group(|_, group| {
        let guests_from = group.partition_point(|entry| entry & GUEST == 0);
        let (owners, guests) = group.split_at_checked(guests_from).unwrap_or_default();
        let mut anchors: Vec<u32> = owners.iter().map(|index| pool.find(*index as u32)).collect();
        anchors.dedup();
        let mut strangers = Vec::new();
        for guest in guests {
            let guest = pool.find(*guest as u32);
            let fitting = anchors.iter().copied().find(|anchor| is_same_name(pool, *anchor, guest, rules));
            match fitting {
                Some(anchor) => join_one(pool, anchor, guest, by_name, joins),
                None => strangers.push(guest),
            }
        }
        let nameless = anchors.iter().copied().find(|anchor| {
            let root = pool.find(*anchor);
            pool.get(root).is_some_and(|person| person.name == NO_NAME)
        });
        let richest = strangers.into_iter().max_by_key(|index| {
            pool.get(*index)
                .map(|person| (person.facts.kinds.0.count_ones(), person.mentions, std::cmp::Reverse(*index)))
        });
        if let (Some(owner), Some(guest)) = (nameless, richest) {
            let is_free = pool
                .get(guest)
                .zip(pool.get(pool.root_of(owner)))
                .is_some_and(|(a, b)| a.facts.folder.1 == 0 && !contradicts(&a.facts, &b.facts, rules, true));
            if is_free {
                join_one(pool, owner, guest, by_rest, joins);
            }
        }
    });
}

fn is_same_name(pool: &Pool, a: u32, b: u32, rules: &ResolveRules) -> bool {
    let (Some(a), Some(b)) = (pool.get(pool.root_of(a)), pool.get(pool.root_of(b))) else { return false };
    let likeness = pool.likeness(&a, &b);
    likeness.agrees && likeness.parts > 0 && !contradicts(&a.facts, &b.facts, rules, false)
}

/// Joins the persons of two entities and counts it, unless somebody decided that they are two.
pub(super) fn join_one(pool: &mut Pool, a: u32, b: u32, rule: u32, joins: &mut Joins) {
    let (root_a, root_b) = (pool.find(a), pool.find(b));
    if root_a == root_b {
        return;
    }
    if pool.may_join(root_a, root_b) {
        pool.join(a, b, rule);
        *joins.made.entry(rule).or_default() += 1;
    } else {
        *joins.refused.entry(rule).or_default() += 1;
    }
}

/// Joins what somebody decided to be one person, and marks what they decided to be two.
pub(super) fn obey(pool: &mut Pool, decisions: &[Decision], rules: &ResolveRules, joins: &mut Joins) {
    if decisions.is_empty() {
        return;
    }
    let named = decisions.iter().flat_map(|decision| [decision.a.0, decision.b.0]).collect();
    let numbers = pool.numbers_of(&named);
    let entity = |id: MentionId| numbers.get(&id.0).copied();
    for decision in Decision::in_force(decisions) {
        // A mention that the case no longer holds, after a scan with other rules, decides nothing.
        let (Some(a), Some(b)) = (entity(decision.a), entity(decision.b)) else { continue };
        match decision.ruling {
            Ruling::Split => pool.part(a, b),
            Ruling::Merge => join_one(pool, a, b, further(rules, DECIDED), joins),
        }
    }
}
