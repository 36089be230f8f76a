//! Counts the persons that joining has left, and what is known of them.

use super::Resolver;
use super::entity::{Entity, FOLDER, Pool};
use super::join::{Joins, contradicts, join_proven, obey, rule_name};
use super::names::NO_NAME;
use super::weak::{LeftOut, NameIndex, controllers_of_persons, join_weak};
use crate::model::{Bounds, CountryEvidence, Kind, KindSet, Link, Material, People, PersonSample, Profile, Reachable};
use crate::rules::ResolveRules;
use std::collections::{BTreeMap, BTreeSet};

/// Persons that a report shows as examples.
const SAMPLES: usize = 40;
/// Items that are named for each of them.
const ITEMS: usize = 5;

/// Kinds that together make a nameless mention a person of its own; one alone does not.
const IDENTITY: [Kind; 7] = [
    Kind::DateOfBirth,
    Kind::Phone,
    Kind::PostalAddress,
    Kind::Iban,
    Kind::BankAccount,
    Kind::PaymentCard,
    Kind::Passport,
];

/// Runs the joins and counts. Gives the persons of the best estimate too, by their roots.
pub(super) fn people(resolver: &mut Resolver<'_>) -> (People, Vec<u32>) {
    let rules = resolver.rules;
    let (subjects, staff) = (&mut resolver.subjects, &mut resolver.staff);
    let mut joins = Joins::default();
    let mut ignored = Joins::default();
    staff.settle();
    join_proven(staff, rules, &mut ignored);
    subjects.settle();
    obey(subjects, &resolver.decisions, rules, &mut joins);
    join_proven(subjects, rules, &mut joins);

    let mut people = People {
        mentions: std::mem::take(&mut resolver.mentions),
        unlinked: std::mem::take(&mut resolver.unlinked),
        ..People::default()
    };
    count_upper(subjects, &mut people);
    people.persons.upper += loose_groups(&resolver.loose_pictures, rules);
    let left_out = join_weak(subjects, staff, rules, &mut joins);
    people.ambiguous = mentions_of(subjects, &left_out.ambiguous);
    let nobody = Pool::default();
    let staff_out = join_weak(staff, &nobody, rules, &mut ignored);
    people.practitioners = best_roots(staff, &staff_out, rules, &resolver.countries).len() as u64;

    let mut best = best_roots(subjects, &left_out, rules, &resolver.countries);
    people.paired = pair_nameless(subjects, &mut best);
    count_best(subjects, &best, rules, &mut people);
    count_controllers(subjects, &best, &resolver.controllers, &mut people);
    count_lower(subjects, &best, &joins.disputed, rules, &mut people);
    people.samples = samples(subjects, &best, rules);
    people.joins = named(&joins.made, rules);
    people.refused = named(&joins.refused, rules);
    people.linkage = std::mem::take(&mut resolver.linkage);
    count_folder_links(subjects, &resolver.in_folders, &mut people.linkage);
    settle_bounds(&mut people);
    (people, best)
}

fn named(counts: &BTreeMap<u32, u64>, rules: &ResolveRules) -> BTreeMap<String, u64> {
    counts.iter().map(|(rule, count)| (rule_name(rules, *rule), *count)).collect()
}

fn mentions_of(pool: &Pool, roots: &BTreeSet<u32>) -> u64 {
    roots.iter().filter_map(|root| pool.get(*root)).map(|person| u64::from(person.mentions)).sum()
}

/// Persons before anything weak is joined.
fn count_upper(pool: &mut Pool, people: &mut People) {
    for root in pool.roots() {
        let Some(person) = pool.get(root) else { continue };
        let has_contact = IDENTITY.iter().any(|kind| person.facts.kinds.has(*kind));
        if person.facts.has_strong || person.name != NO_NAME || has_contact || !pool.keys(root).is_empty() {
            people.persons.upper += 1;
            for kind in person.facts.kinds.iter() {
                people.by_kind.entry(kind).or_default().upper += 1;
            }
        }
    }
}

/// Groups of pictures tied to nobody: a small folder is one person, in a large one each different picture counts.
fn loose_groups(pictures: &BTreeSet<(u64, u64)>, rules: &ResolveRules) -> u64 {
    let pictures: Vec<&(u64, u64)> = pictures.iter().collect();
    let in_group = |group: &[&(u64, u64)]| {
        if group.len() as u64 <= u64::from(rules.pictures_of_one_person) { 1 } else { group.len() as u64 }
    };
    pictures.chunk_by(|a, b| a.0 == b.0).map(in_group).sum()
}

/// Persons whom the best estimate counts.
fn best_roots(
    pool: &mut Pool,
    left_out: &LeftOut,
    rules: &ResolveRules,
    countries: &BTreeMap<[u8; 2], u64>,
) -> Vec<u32> {
    let is_out = |pool: &Pool, set: &BTreeSet<u32>, root: u32| set.contains(&root) && pool.root_of(root) == root;
    let mut roots = pool.roots();
    roots.retain(|root| {
        let is_left_out = is_out(pool, &left_out.ambiguous, *root) || is_out(pool, &left_out.staff, *root);
        let is_counted = |person: &Entity| is_person(pool, person, rules) && !is_stray_number(person, countries);
        pool.get(*root).is_some_and(|person| (!is_left_out && is_counted(person)) || person.is_apart)
    });
    roots
}

fn is_person(pool: &Pool, person: &Entity, rules: &ResolveRules) -> bool {
    let known = IDENTITY.iter().filter(|kind| person.facts.kinds.has(**kind)).count();
    let full = pool.names.full_parts(person.name);
    person.facts.has_strong || full >= rules.weak.parts || known >= 2 || (person.name != NO_NAME && known >= 1)
}

/// Its own item may speak of the country because of that very number.
const OWN_MENTION: u64 = 1;

/// A number without a name, met once, of a country that nothing else in the leak speaks of: more likely another number
/// that happens to pass that country's check.
fn is_stray_number(person: &Entity, countries: &BTreeMap<[u8; 2], u64>) -> bool {
    let facts = &person.facts;
    let (evidence, country) = facts.country;
    person.name == NO_NAME
        && person.mentions == 1
        && facts.number.1 != 0
        && (facts.birth, facts.patient.1, facts.folder.1) == (0, 0, 0)
        && evidence == CountryEvidence::Identifier
        && countries.get(&country).copied().unwrap_or(0) <= OWN_MENTION
}

fn count_best(pool: &Pool, best: &[u32], rules: &ResolveRules, people: &mut People) {
    let post = KindSet::of(&[Kind::PostalAddress]);
    let (mail, phone) = (KindSet::of(&[Kind::Email]), KindSet::of(&[Kind::Phone]));
    let mut reachable = Reachable::default();
    for person in best.iter().filter_map(|root| pool.get(*root)) {
        let facts = &person.facts;
        people.persons.best += 1;
        let is_minor = facts.age_at_first_item().is_some_and(|age| age < rules.minor_age);
        people.minors += u64::from(is_minor);
        people.with_birth_date += u64::from(facts.birth != 0);
        let profile = Profile { kinds: facts.kinds, material: facts.material, is_minor };
        *people.profiles.entry(profile).or_default() += 1;
        for kind in facts.kinds.iter() {
            people.by_kind.entry(kind).or_default().best += 1;
        }
        reachable.mail += u64::from(facts.kinds.has_any(mail));
        reachable.phone += u64::from(facts.kinds.has_any(phone));
        reachable.post += u64::from(facts.kinds.has_any(post));
        reachable.any += u64::from(facts.kinds.has_any(mail.union(phone).union(post)));
        *people.countries.entry(country(facts.country)).or_default() += 1;
    }
    people.reachable = reachable;
}

fn country((evidence, code): (CountryEvidence, [u8; 2])) -> (Option<String>, CountryEvidence) {
    match evidence {
        CountryEvidence::None => (None, evidence),
        _ => (std::str::from_utf8(&code).ok().map(str::to_owned), evidence),
    }
}

/// Leaves out folders without a name that are likely to belong to persons counted by name elsewhere. How likely that
/// is, the named folders tell: the share of their owners who also occur outside. In one controller's files no more are
/// left out than it has persons without a folder.
fn pair_nameless(pool: &Pool, best: &mut Vec<u32>) -> u64 {
    let outside: BTreeSet<u32> = pool
        .all()
        .filter(|index| pool.get(*index).is_some_and(|entity| entity.name != NO_NAME))
        .filter(|index| !pool.keys(*index).iter().any(|(tag, _)| *tag >= FOLDER))
        .map(|index| pool.root_of(index))
        .collect();
    let (mut owners, mut seen_outside, mut nameless) = (0_u64, 0_u64, 0_u64);
    let mut room: BTreeMap<u64, u64> = BTreeMap::new();
    for root in &*best {
        let Some(person) = pool.get(*root) else { continue };
        match (is_folder_alone(person), person.facts.folder.1 != 0) {
            (true, _) => nameless += 1,
            (false, true) => {
                owners += 1;
                seen_outside += u64::from(outside.contains(root));
            }
            (false, false) => *room.entry(person.facts.controller).or_default() += 1,
        }
    }
    let mut wanted = (nameless * seen_outside + owners / 2).checked_div(owners).unwrap_or(0);
    let before = best.len();
    best.retain(|root| {
        let Some(person) = pool.get(*root).filter(|person| wanted > 0 && is_folder_alone(person)) else { return true };
        let Some(left) = room.get_mut(&person.facts.controller).filter(|left| **left > 0) else { return true };
        *left -= 1;
        wanted -= 1;
        false
    });
    (before - best.len()) as u64
}

/// Nothing but a folder says that there is a person.
fn is_folder_alone(person: &Entity) -> bool {
    let facts = &person.facts;
    person.name == NO_NAME && facts.folder.1 != 0 && facts.patient.1 == 0 && facts.number.1 == 0 && facts.birth == 0
}

fn count_controllers(pool: &Pool, best: &[u32], controllers: &BTreeMap<u64, crate::model::Token>, people: &mut People) {
    let pairs = controllers_of_persons(pool);
    for group in pairs.chunk_by(|a, b| a.0 == b.0) {
        let Some((root, _)) = group.first() else { continue };
        if best.binary_search(root).is_err() {
            continue;
        }
        let named = group.iter().filter(|(_, controller)| *controller != 0).count();
        people.shared += u64::from(named > 1);
        for (_, controller) in group.iter().filter(|(_, controller)| *controller != 0 || named == 0) {
            *people.controllers.entry(controllers.get(controller).copied()).or_default() += 1;
        }
    }
}

/// Persons with proof, less all that may be another one of them: a name that agrees, in whatever controller's files, with
/// nothing against it; and persons known only by a folder or number paired off with those who have no folder.
fn count_lower(pool: &Pool, best: &[u32], disputed: &[(u32, u32)], rules: &ResolveRules, people: &mut People) {
    let proven: Vec<u32> =
        best.iter().copied().filter(|root| pool.get(*root).is_some_and(|person| person.facts.is_proven)).collect();
    let mut named: Vec<(u32, u64)> = Vec::new();
    let mut unnamed: BTreeMap<u64, (u64, u64)> = BTreeMap::new();
    for root in &proven {
        let Some(person) = pool.get(*root) else { continue };
        let facts = &person.facts;
        let pairing = unnamed.entry(facts.controller).or_default();
        if person.name == NO_NAME {
            pairing.0 += 1;
        } else {
            named.push((*root, 0));
            pairing.1 += u64::from(facts.folder.1 == 0);
        }
        for kind in facts.kinds.iter() {
            people.by_kind.entry(kind).or_default().lower += 1;
        }
    }
    // Pairs that the estimate has made are gone from both sides already.
    let pairs: u64 = unnamed.values().map(|(nameless, named)| *nameless.min(named)).sum();
    people.persons.lower = (proven.len() as u64).saturating_sub(doubles(pool, &mut named, disputed, rules) + pairs);
}

/// Persons who may be another one whose name says as much or more.
fn doubles(pool: &Pool, named: &mut [(u32, u64)], disputed: &[(u32, u32)], rules: &ResolveRules) -> u64 {
    let index = NameIndex::of(pool, named);
    named.sort_by_key(|(root, _)| {
        (pool.get(*root).map_or(0, |person| pool.names.full_parts(person.name)), std::cmp::Reverse(*root))
    });
    let mut doubles: BTreeSet<u32> = BTreeSet::new();
    for (root, _) in named.iter() {
        let Some(person) = pool.get(*root) else { continue };
        let may_be_another = index.near(pool, person, &[0]).into_iter().any(|other| {
            let is_other = other != *root && !doubles.contains(&other);
            is_other && pool.get(other).is_some_and(|other| may_be_same(pool, person, other, rules))
        });
        if may_be_another {
            doubles.insert(*root);
        }
    }
    // Two who share a strong key although their names differ: nothing proves that they are two.
    let proven: BTreeSet<u32> = named.iter().map(|(root, _)| *root).collect();
    for (a, b) in disputed {
        let (a, b) = (pool.root_of(*a), pool.root_of(*b));
        let is_open = |root: &u32| proven.contains(root) && !doubles.contains(root);
        if a != b && is_open(&a) && is_open(&b) {
            doubles.insert(a.max(b));
        }
    }
    doubles.len() as u64
}

fn may_be_same(pool: &Pool, a: &Entity, b: &Entity, rules: &ResolveRules) -> bool {
    !(a.is_apart && b.is_apart) && pool.likeness(a, b).agrees && !contradicts(&a.facts, &b.facts, rules, true)
}

fn count_folder_links(
    pool: &Pool,
    in_folders: &std::collections::HashMap<(u64, Material), u64>,
    linkage: &mut BTreeMap<(Material, Link), u64>,
) {
    let mut named: BTreeSet<u64> = BTreeSet::new();
    for index in pool.all() {
        let is_named = pool.get(pool.root_of(index)).is_some_and(|person| person.name != NO_NAME);
        if is_named {
            named.extend(pool.keys(index).iter().filter(|(tag, _)| *tag >= FOLDER).map(|(_, key)| *key));
        }
    }
    let sorted: BTreeMap<&(u64, Material), &u64> = in_folders.iter().collect();
    for ((folder, material), items) in sorted {
        let link = if named.contains(folder) { Link::Folder } else { Link::Code };
        *linkage.entry((*material, link)).or_default() += items;
    }
}

/// Persons with most kinds of data first.
fn samples(pool: &Pool, best: &[u32], rules: &ResolveRules) -> Vec<PersonSample> {
    let mut chosen: Vec<u32> = best.to_vec();
    chosen.sort_by_key(|root| {
        let person = pool.get(*root);
        std::cmp::Reverse(
            person.map_or((0, 0, 0), |person| (person.facts.kinds.0.count_ones(), person.mentions, person.print)),
        )
    });
    chosen.truncate(SAMPLES);
    let mut items: BTreeMap<u32, BTreeSet<[u8; 12]>> = chosen.iter().map(|root| (*root, BTreeSet::new())).collect();
    for index in pool.all() {
        let (root, entity) = (pool.root_of(index), pool.get(index));
        if let (Some(of_person), Some(entity)) = (items.get_mut(&root), entity) {
            of_person.insert(entity.item);
        }
    }
    let mut found = Vec::new();
    for (number, root) in chosen.iter().enumerate() {
        let Some(person) = pool.get(*root) else { continue };
        let facts = &person.facts;
        found.push(PersonSample {
            id: format!("P{:03}", number + 1),
            profile: Profile {
                kinds: facts.kinds,
                material: facts.material,
                is_minor: facts.age_at_first_item().is_some_and(|age| age < rules.minor_age),
            },
            mentions: u64::from(person.mentions),
            items: items
                .get(root)
                .into_iter()
                .flatten()
                .take(ITEMS)
                .map(|item| String::from_utf8_lossy(item).into_owned())
                .collect(),
            joined_by: (0..u32::BITS)
                .filter(|rule| person.rules & (1 << rule) != 0)
                .map(|r| rule_name(rules, r))
                .collect(),
            country: country(facts.country).0,
        });
    }
    found
}

/// Bounds enclose the estimate, whatever weak joins did.
fn settle_bounds(people: &mut People) {
    let settle = |bounds: &mut Bounds| {
        bounds.lower = bounds.lower.min(bounds.best);
        bounds.upper = bounds.upper.max(bounds.best);
    };
    settle(&mut people.persons);
    people.by_kind.values_mut().for_each(settle);
}
