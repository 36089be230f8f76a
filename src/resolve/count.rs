//! Counts the persons that joining has left, and what is known of them.

use super::Resolver;
use super::disk::Sorter;
use super::entity::{Entity, FOLDER, IN_FOLDER, NAMED};
use super::join::{Joins, join_proven, marked, obey, rule_name};
use super::lower::count_lower;
use super::names::NO_NAME;
use super::pool::Pool;
use super::series::Gathered;
use super::weak::{LeftOut, Places, join_weak, rows};
use crate::model::{
    Bounds, CountryEvidence, Kind, KindSet, Link, Material, People, PersonSample, Profile, Reachable, Token,
};
use crate::rules::ResolveRules;
use std::collections::{BTreeMap, BTreeSet};

/// Persons that a report shows because most is known of them.
const SAMPLES: usize = 40;
/// Persons that it shows of each country and kind of data, and of those under age.
const SAMPLES_OF_FACET: usize = 6;
/// Persons that it shows of each combination of data, and combinations of which it does, the most frequent first.
const SAMPLES_OF_PROFILE: usize = 3;
const SAMPLED_PROFILES: usize = 512;
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
    staff.settle(marked(rules));
    join_proven(staff, rules, &mut ignored);
    subjects.settle(marked(rules));
    obey(subjects, &resolver.decisions, rules, &mut joins);
    join_proven(subjects, rules, &mut joins);

    let mut people = People {
        mentions: std::mem::take(&mut resolver.mentions),
        unlinked: std::mem::take(&mut resolver.unlinked),
        ..People::default()
    };
    count_upper(subjects, &mut people);
    let loose = std::mem::replace(&mut resolver.loose_pictures, Sorter::small(&resolver.disk));
    people.persons.upper += loose_groups(loose, rules);
    let (left_out, places) = join_weak(subjects, staff, rules, &mut joins);
    people.ambiguous = mentions_of(subjects, &left_out.ambiguous);
    let nobody = Pool::new(&resolver.disk);
    let (staff_out, _) = join_weak(staff, &nobody, rules, &mut ignored);
    people.practitioners = best_roots(staff, &staff_out, rules, &resolver.countries).len() as u64;

    let mut best = best_roots(subjects, &left_out, rules, &resolver.countries);
    people.paired = pair_nameless(subjects, &mut best);
    count_best(subjects, &best, rules, &mut people);
    count_controllers(&places, &best, &resolver.controllers, &mut people);
    count_lower(subjects, &best, &joins.disputed, rules, &mut people);
    people.series = std::mem::replace(&mut resolver.series, Gathered::new(&resolver.disk)).count();
    people.samples = samples(subjects, &best, &people.profiles, rules);
    people.joins = named(&joins.made, rules);
    people.refused = named(&joins.refused, rules);
    people.linkage = std::mem::take(&mut resolver.linkage);
    let in_folders = std::mem::replace(&mut resolver.in_folders, Sorter::small(&resolver.disk));
    count_folder_links(subjects, in_folders, &mut people.linkage);
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
        if person.facts.has_strong || person.name != NO_NAME || has_contact || person.keys > 0 {
            people.persons.upper += 1;
            for kind in person.facts.kinds.iter() {
                people.by_kind.entry(kind).or_default().upper += 1;
            }
        }
    }
}

/// Groups of pictures tied to nobody: a small folder is one person, in a large one each different picture counts.
fn loose_groups(pictures: Sorter, rules: &ResolveRules) -> u64 {
    let mut groups = 0;
    pictures.sorted().each_group(|_, group| {
        let is_small = group.len() as u64 <= u64::from(rules.pictures_of_one_person);
        groups += if is_small { 1 } else { group.len() as u64 };
    });
    groups
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
        pool.get(*root).is_some_and(|person| (!is_left_out && is_counted(&person)) || person.is_apart)
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
        let profile = profile(&person, rules);
        people.minors += u64::from(profile.is_minor);
        people.with_birth_date += u64::from(facts.birth != 0);
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
    let mut outside = vec![false; pool.entities.len()];
    for index in pool.having(NAMED) {
        if pool.marks(index) & IN_FOLDER == 0 {
            outside.get_mut(pool.root_of(index) as usize).into_iter().for_each(|seen| *seen = true);
        }
    }
    let (mut owners, mut seen_outside, mut nameless) = (0_u64, 0_u64, 0_u64);
    let mut room: BTreeMap<u64, u64> = BTreeMap::new();
    for root in &*best {
        let Some(person) = pool.get(*root) else { continue };
        match (is_folder_alone(&person), person.facts.folder.1 != 0) {
            (true, _) => nameless += 1,
            (false, true) => {
                owners += 1;
                seen_outside += u64::from(outside.get(*root as usize) == Some(&true));
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

fn count_controllers(places: &Places, best: &[u32], controllers: &BTreeMap<u64, Token>, people: &mut People) {
    let mut of_person: (u64, Vec<u64>) = (0, Vec::new());
    let mut count = |(root, all): (u64, Vec<u64>)| {
        if best.binary_search(&(root as u32)).is_err() || all.is_empty() {
            return;
        }
        let named = all.iter().filter(|controller| **controller != 0).count();
        people.shared += u64::from(named > 1);
        for controller in all.iter().filter(|controller| **controller != 0 || named == 0) {
            *people.controllers.entry(controllers.get(controller).copied()).or_default() += 1;
        }
    };
    for [root, controller] in rows(places) {
        if root != of_person.0 {
            count(std::mem::replace(&mut of_person, (root, Vec::new())));
        }
        of_person.1.push(controller);
    }
    count(of_person);
}

fn count_folder_links(pool: &Pool, in_folders: Sorter, linkage: &mut BTreeMap<(Material, Link), u64>) {
    let mut named = Sorter::new(&pool.disk);
    for index in pool.having(IN_FOLDER) {
        let is_named = pool.get(pool.root_of(index)).is_some_and(|person| person.name != NO_NAME);
        if is_named {
            named.extend(pool.keys(index).filter(|(tag, _)| *tag >= FOLDER).map(|(_, key)| [key, 0]));
        }
    }
    let mut named = named.sorted().map(|[folder, _]| folder).peekable();
    in_folders.sorted().each_group(|folder, materials| {
        while named.next_if(|other| *other < folder).is_some() {}
        let link = if named.peek() == Some(&folder) { Link::Folder } else { Link::Code };
        for material in materials.iter().filter_map(|material| Material::ALL.get(*material as usize)) {
            *linkage.entry((*material, link)).or_default() += 1;
        }
    });
}

/// What a reader of the report asks for: persons behind one of its numbers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Facet {
    Any,
    Country(Option<[u8; 2]>),
    Kind(Kind),
    Minor,
    Profile(Profile),
}

/// Persons by weight: kinds of data, mentions, then a number that no order of the files changes.
type Weighed = BTreeSet<((u32, u32, u64), std::cmp::Reverse<u32>)>;

/// Persons of whom most is known, for every number that the report gives.
fn chosen(pool: &Pool, best: &[u32], profiles: &BTreeMap<Profile, u64>, rules: &ResolveRules) -> Weighed {
    let mut frequent: Vec<(&Profile, &u64)> = profiles.iter().collect();
    frequent.sort_by_key(|(profile, persons)| (std::cmp::Reverse(**persons), **profile));
    let sampled: BTreeSet<&Profile> = frequent.into_iter().take(SAMPLED_PROFILES).map(|(profile, _)| profile).collect();
    let mut kept: BTreeMap<Facet, Weighed> = BTreeMap::new();
    for root in best {
        let Some(person) = pool.get(*root) else { continue };
        let profile = profile(&person, rules);
        let weight = (profile.kinds.0.count_ones(), person.mentions, person.print);
        let (evidence, country) = person.facts.country;
        let country = (evidence != CountryEvidence::None).then_some(country);
        let mut facets = vec![(Facet::Any, SAMPLES), (Facet::Country(country), SAMPLES_OF_FACET)];
        facets.extend(profile.kinds.iter().map(|kind| (Facet::Kind(kind), SAMPLES_OF_FACET)));
        facets.extend(profile.is_minor.then_some((Facet::Minor, SAMPLES_OF_FACET)));
        facets.extend(sampled.contains(&profile).then_some((Facet::Profile(profile), SAMPLES_OF_PROFILE)));
        for (facet, most) in facets {
            let persons = kept.entry(facet).or_default();
            persons.insert((weight, std::cmp::Reverse(*root)));
            if persons.len() > most {
                persons.pop_first();
            }
        }
    }
    kept.into_values().flatten().collect()
}

fn profile(person: &Entity, rules: &ResolveRules) -> Profile {
    let facts = &person.facts;
    let is_minor = facts.age_at_first_item().is_some_and(|age| age < rules.minor_age);
    Profile { kinds: facts.kinds, material: facts.material, is_minor }
}

/// Persons with most kinds of data first.
fn samples(pool: &Pool, best: &[u32], profiles: &BTreeMap<Profile, u64>, rules: &ResolveRules) -> Vec<PersonSample> {
    let chosen: Vec<u32> = chosen(pool, best, profiles, rules).into_iter().rev().map(|(_, root)| root.0).collect();
    let mut items: BTreeMap<u32, BTreeSet<[u8; 12]>> = chosen.iter().map(|root| (*root, BTreeSet::new())).collect();
    for index in pool.all() {
        if let Some(of_person) = items.get_mut(&pool.root_of(index)) {
            of_person.extend(pool.get(index).map(|entity| entity.item));
        }
    }
    let mut found = Vec::new();
    for (number, root) in chosen.iter().enumerate() {
        let Some(person) = pool.get(*root) else { continue };
        found.push(PersonSample {
            id: format!("P{:03}", number + 1),
            profile: profile(&person, rules),
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
            country: country(person.facts.country).0,
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
