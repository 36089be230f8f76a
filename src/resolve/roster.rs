//! Who is who, after the joins: which person each mention is, what is known of that person, and why two mentions are one.

use super::Resolver;
use super::entity::{Facts, Tag};
use super::join::rule_name;
use super::names::NO_NAME;
use super::pool::Pool;
use crate::model::{
    CountryEvidence, Finding, Kind, KindSet, MaterialSet, MentionId, Profile, Record, Role, Token, person,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The persons of a leak, to be asked one by one.
#[derive(Debug)]
pub struct Roster<'r> {
    resolver: Resolver<'r>,
    /// Prints of all mentions with their entities, sorted.
    index: Vec<(u64, u32)>,
    /// Roots of the persons whom the best estimate counts, sorted.
    best: Vec<u32>,
    /// The least print among the entities of each root: what the person is called by.
    names: HashMap<u32, u64>,
}

/// What is known of one person, without anything that identifies them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The least of the ids of their mentions; it names the person until mentions are joined or split.
    pub id: MentionId,
    /// Kinds of data, kinds of items, minority.
    pub profile: Profile,
    /// Mentions on all items.
    pub mentions: u64,
    /// Different mentions.
    pub forms: u64,
    /// Rules that joined them.
    pub joined_by: Vec<String>,
    /// ISO 3166-1 alpha-2 country and what told it.
    pub country: (CountryEvidence, Option<String>),
    /// Whether the best estimate counts them.
    pub is_counted: bool,
    /// Whether a strong key proves them, for the lower bound.
    pub is_proven: bool,
    /// Whether a name is known.
    pub is_named: bool,
    /// Controllers in whose files they occur.
    pub controllers: Vec<Token>,
}

/// One mention on one item.
#[derive(Debug)]
pub struct Seen<'f> {
    /// The item.
    pub item: &'f Record,
    /// Which mention.
    pub id: MentionId,
    /// The person's id.
    pub person: MentionId,
    /// The findings that it was made of.
    pub findings: Vec<&'f Finding>,
}

/// One join on the way from one mention to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// One mention.
    pub from: MentionId,
    /// The other.
    pub to: MentionId,
    /// The rule that joined them.
    pub rule: String,
    /// Keys that both have: `name` and kinds of data.
    pub shared: Vec<String>,
}

impl<'r> Roster<'r> {
    pub(super) fn new(resolver: Resolver<'r>, best: Vec<u32>) -> Self {
        let index = resolver.subjects.index();
        let mut names = HashMap::new();
        for (print, entity) in &index {
            // Prints come in order, so the first of each person is its least.
            names.entry(resolver.subjects.root_of(*entity)).or_insert(*print);
        }
        Self { resolver, index, best, names }
    }

    fn pool(&self) -> &Pool {
        &self.resolver.subjects
    }

    fn entity(&self, id: MentionId) -> Option<u32> {
        let at = self.index.binary_search_by_key(&id.0, |(print, _)| *print).ok()?;
        self.index.get(at).map(|(_, entity)| *entity)
    }

    /// The id of the person that a mention belongs to.
    pub fn person_of(&self, id: MentionId) -> Option<MentionId> {
        let root = self.pool().root_of(self.entity(id)?);
        self.names.get(&root).copied().map(MentionId)
    }

    /// Every person, those with most mentions first; persons beyond the best estimate too.
    pub fn persons(&self) -> Vec<Person> {
        let mut of_root: BTreeMap<u32, (u64, BTreeSet<u64>)> = BTreeMap::new();
        for index in self.pool().all() {
            let (forms, controllers) = of_root.entry(self.pool().root_of(index)).or_default();
            *forms += 1;
            controllers.extend(self.pool().get(index).map(|entity| entity.facts.controller).filter(|one| *one != 0));
        }
        let mut persons: Vec<Person> = of_root
            .into_iter()
            .filter_map(|(root, (forms, controllers))| self.person(root, forms, &controllers))
            .collect();
        persons.sort_by_key(|person| (!person.is_counted, std::cmp::Reverse(person.mentions), person.id));
        persons
    }

    fn person(&self, root: u32, forms: u64, controllers: &BTreeSet<u64>) -> Option<Person> {
        let entity = self.pool().get(root)?;
        let facts = &entity.facts;
        let rules = self.resolver.rules;
        let (evidence, code) = facts.country;
        Some(Person {
            id: MentionId(self.names.get(&root).copied()?),
            profile: profile(facts, rules.minor_age),
            mentions: u64::from(entity.mentions),
            forms,
            joined_by: (0..u32::BITS)
                .filter(|rule| entity.rules & (1 << rule) != 0)
                .map(|rule| rule_name(rules, rule))
                .collect(),
            country: (evidence, std::str::from_utf8(&code).ok().filter(|_| code != [0; 2]).map(str::to_owned)),
            is_counted: self.best.binary_search(&root).is_ok(),
            is_proven: facts.is_proven,
            is_named: entity.name != NO_NAME,
            controllers: controllers.iter().filter_map(|one| self.resolver.controllers.get(one).copied()).collect(),
        })
    }

    /// Hands over every mention of a data subject in a listed item and its members, which must be of the records that
    /// the roster was made from.
    ///
    /// # Errors
    /// Whatever `each` returns.
    pub fn mentions<'f, E>(
        &mut self,
        record: &'f Record,
        each: &mut impl FnMut(Seen<'f>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.mentions_within(record, None, None, each)
    }

    fn mentions_within<'f, E>(
        &mut self,
        record: &'f Record,
        folder: Option<Token>,
        controller: Option<Token>,
        each: &mut impl FnMut(Seen<'f>) -> Result<(), E>,
    ) -> Result<(), E> {
        let folder = record.folder_subject.or(folder);
        let controller = person::controller_of(record).or(controller);
        let place = self.resolver.place(record, folder, controller);
        let (mut drafts, rest) = self.resolver.drafts(record, &place, Role::DataSubject);
        self.resolver.seat(&mut drafts, &rest, &place);
        for mut draft in drafts {
            let id = MentionId(self.pool().print(&mut draft));
            if let Some(person) = self.person_of(id) {
                each(Seen { item: record, id, person, findings: draft.findings })?;
            }
        }
        record.members.iter().try_for_each(|member| self.mentions_within(member, folder, controller, each))
    }

    /// The joins that lead from one mention to another; `None` if they are not one person.
    pub fn why(&self, a: MentionId, b: MentionId) -> Option<Vec<Edge>> {
        let (a, b) = (self.entity(a)?, self.entity(b)?);
        let root = self.pool().root_of(a);
        if root != self.pool().root_of(b) {
            return None;
        }
        let edges = self.pool().edges.as_deref().unwrap_or_default();
        let mut beside: BTreeMap<u32, Vec<(u32, u32)>> = BTreeMap::new();
        for (x, y, rule) in edges.iter().filter(|(x, ..)| self.pool().root_of(*x) == root) {
            beside.entry(*x).or_default().push((*y, *rule));
            beside.entry(*y).or_default().push((*x, *rule));
        }
        // Joins make a tree, so there is one way; it is found backwards and told forwards.
        let mut came: BTreeMap<u32, (u32, u32)> = BTreeMap::new();
        let mut open = vec![b];
        while let Some(at) = open.pop().filter(|at| *at != a) {
            for (next, rule) in beside.get(&at).into_iter().flatten() {
                if *next != b && !came.contains_key(next) {
                    came.insert(*next, (at, *rule));
                    open.push(*next);
                }
            }
        }
        let mut way = Vec::new();
        let mut at = a;
        while let Some((next, rule)) = came.get(&at).copied().filter(|_| at != b) {
            way.push(self.edge(at, next, rule));
            at = next;
        }
        Some(way)
    }

    fn edge(&self, from: u32, to: u32, rule: u32) -> Edge {
        let id = |index: u32| MentionId(self.pool().get(index).map_or(0, |entity| entity.print));
        Edge { from: id(from), to: id(to), rule: rule_name(self.resolver.rules, rule), shared: self.shared(from, to) }
    }

    /// What two mentions have in common.
    fn shared(&self, a: u32, b: u32) -> Vec<String> {
        let (Some(one), Some(other)) = (self.pool().get(a), self.pool().get(b)) else { return Vec::new() };
        let mut shared = Vec::new();
        let likeness = self.pool().names.compare(one.name, other.name);
        if likeness.parts > 0 {
            shared.push(if likeness.agrees { "name".to_owned() } else { "part of the name".to_owned() });
        }
        if one.facts.birth != 0 && one.facts.birth == other.facts.birth {
            shared.push(Kind::DateOfBirth.name().to_owned());
        }
        let keys: BTreeSet<(Tag, u64)> = self.pool().keys(b).collect();
        let tags: BTreeSet<Tag> = self.pool().keys(a).filter(|key| keys.contains(key)).map(|(tag, _)| tag).collect();
        shared.extend(tags.into_iter().map(|tag| {
            let kind = Kind::ALL.get(usize::from(tag)).map(|kind| kind.name());
            kind.unwrap_or("folder").to_owned()
        }));
        shared
    }
}

fn profile(facts: &Facts, minor_age: u16) -> Profile {
    let (kinds, material): (KindSet, MaterialSet) = (facts.kinds, facts.material);
    Profile { kinds, material, is_minor: facts.age_at_first_item().is_some_and(|age| age < minor_age) }
}
