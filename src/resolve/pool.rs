//! All entities of one role, and the union-find over them.

use super::disk::{Disk, Pages};
use super::entity::{Draft, Entity, FOLDER, IN_FOLDER, KEY_MARKS, Marks, OTHER_KEY, Tag};
use super::gather::Runs;
use super::mix;
use super::names::{Likeness, NO_NAME, Names};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

/// All entities of one role.
#[derive(Debug)]
pub(super) struct Pool {
    pub(super) disk: Rc<Disk>,
    pub(super) names: Names,
    pub(super) entities: Pages<Entity>,
    pub(super) keys: Pages<(Tag, u64)>,
    /// While reading: entities by their prints.
    by_print: HashMap<u64, u32>,
    runs: Runs,
    parent: Vec<u32>,
    /// What is known of those whom others joined. Entities themselves stay as they were read, so that joining writes
    /// no more than there are persons.
    persons: Pages<Entity>,
    /// By entity the number of its person plus one; 0 if nobody joined it.
    person_of: Vec<u32>,
    /// By entity what kinds of keys it has and what is known of it: tells which ones a rule has to look at.
    marks: Vec<Marks>,
    /// Kinds of keys that have a mark.
    marked: Vec<Tag>,
    /// Pairs that somebody decided to be two persons.
    apart: Vec<(u32, u32)>,
    /// Every join, as the two entities that it was made for and its rule, where joins are to be explained.
    pub(super) edges: Option<Vec<(u32, u32, u32)>>,
}

impl Pool {
    /// An empty pool.
    pub(super) fn new(disk: &Rc<Disk>) -> Self {
        let pages = disk.room.pages;
        Self {
            disk: Rc::clone(disk),
            names: Names::new(disk),
            entities: Pages::new(disk, pages),
            keys: Pages::new(disk, pages / 3),
            by_print: HashMap::new(),
            runs: Runs::new(disk),
            parent: Vec::new(),
            persons: Pages::new(disk, pages),
            person_of: Vec::new(),
            marks: Vec::new(),
            marked: Vec::new(),
            apart: Vec::new(),
            edges: None,
        }
    }

    /// Puts what was read so far on disk if it takes more room than it may. Names are numbered anew after this.
    pub(super) fn make_room(&mut self) {
        if self.by_print.len() >= self.disk.room.mentions {
            self.write_run();
        }
    }

    fn write_run(&mut self) {
        let mut order: Vec<(u64, u32)> = self.by_print.drain().collect();
        order.sort_unstable();
        let mut runs = std::mem::replace(&mut self.runs, Runs::new(&self.disk));
        runs.write(self, &order);
        self.runs = runs;
        self.entities.clear();
        self.keys.clear();
        self.names.clear();
    }

    /// Folds a mention into its entity.
    pub(super) fn fold(&mut self, mut draft: Draft<'_>, item: [u8; 12]) {
        let print = self.print(&mut draft);
        if let Some(index) = self.by_print.get(&print).copied() {
            let facts = draft.facts;
            self.update(index, |known| known.absorb(1, item, &facts));
            return;
        }
        self.by_print.insert(print, self.entities.len() as u32);
        self.entities.push(&Entity {
            print,
            name: draft.name,
            alias: NO_NAME,
            keys_at: self.keys.len() as u32,
            keys: draft.keys.len() as u8,
            mentions: 1,
            rules: 0,
            is_apart: false,
            item,
            facts: draft.facts,
        });
        for key in &draft.keys {
            self.keys.push(key);
        }
    }

    /// What makes a mention the same as another: its name, keys, birth, controller.
    pub(super) fn print(&self, draft: &mut Draft<'_>) -> u64 {
        draft.keys.sort_unstable();
        draft.keys.dedup();
        draft.keys.truncate(usize::from(u8::MAX));
        let facts = &draft.facts;
        let start = mix(mix(self.names.hash(draft.name), facts.controller), facts.birth);
        draft.keys.iter().fold(start, |sum, (tag, key)| mix(mix(sum, u64::from(*tag)), *key))
    }

    /// Puts the entities into their lasting order, the most frequent first and those of one frequency by print, and makes
    /// each its own person.
    pub(super) fn settle(&mut self, marked: Vec<Tag>) {
        if self.runs.is_empty() {
            self.by_print = HashMap::new();
            let mut all: Vec<Entity> = self.all().filter_map(|index| self.get(index)).collect();
            all.sort_unstable_by_key(|entity| (std::cmp::Reverse(entity.mentions), entity.print));
            for (at, entity) in all.iter().enumerate() {
                self.entities.set(at, entity);
            }
        } else {
            self.write_run();
            self.by_print = HashMap::new();
            let mut runs = std::mem::replace(&mut self.runs, Runs::new(&self.disk));
            runs.merge_into(self);
        }
        self.parent = self.all().collect();
        self.person_of = vec![0; self.entities.len()];
        self.marked = marked;
        self.marks = self.all().map(|index| self.marks_of(index)).collect();
    }

    fn marks_of(&self, index: u32) -> Marks {
        let Some(entity) = self.get(index) else { return 0 };
        self.keys(index)
            .fold(entity.known(), |marks, (tag, _)| marks | if tag >= FOLDER { IN_FOLDER } else { self.mark(tag) })
    }

    /// The mark of a kind of key. Should there be more kinds than marks, some share one.
    pub(super) fn mark(&self, tag: Tag) -> Marks {
        self.marked.iter().position(|one| *one == tag).map_or(0, |at| OTHER_KEY << (at as u32 % KEY_MARKS))
    }

    /// Entities that have at least one of these marks.
    pub(super) fn having(&self, marks: Marks) -> impl Iterator<Item = u32> + use<'_> {
        self.all().zip(&self.marks).filter(move |(_, of_entity)| *of_entity & marks != 0).map(|(index, _)| index)
    }

    /// The marks of an entity.
    pub(super) fn marks(&self, index: u32) -> Marks {
        self.marks.get(index as usize).copied().unwrap_or(0)
    }

    /// The prints of all entities with their numbers, sorted.
    pub(super) fn index(&self) -> Vec<(u64, u32)> {
        let mut index: Vec<(u64, u32)> =
            self.all().filter_map(|number| Some((self.get(number)?.print, number))).collect();
        index.sort_unstable();
        index
    }

    /// The numbers of the entities with these prints.
    pub(super) fn numbers_of(&self, prints: &BTreeSet<u64>) -> BTreeMap<u64, u32> {
        let known = |number: u32| self.get(number).filter(|entity| prints.contains(&entity.print));
        self.all().filter_map(|number| Some((known(number)?.print, number))).collect()
    }

    /// Keeps two entities apart, whatever they share.
    pub(super) fn part(&mut self, a: u32, b: u32) {
        self.apart.push((a, b));
        for index in [a, b] {
            self.update(index, |entity| entity.is_apart = true);
        }
    }

    /// Whether nobody decided that these two persons are two.
    pub(super) fn may_join(&self, a: u32, b: u32) -> bool {
        if self.apart.is_empty() {
            return true;
        }
        self.apart
            .iter()
            .map(|(x, y)| (self.root_of(*x), self.root_of(*y)))
            .all(|pair| pair != (a, b) && pair != (b, a))
    }

    /// The keys of an entity.
    pub(super) fn keys(&self, index: u32) -> impl Iterator<Item = (Tag, u64)> + use<'_> {
        let (at, keys) = self.get(index).map_or((0, 0), |entity| (entity.keys_at as usize, usize::from(entity.keys)));
        (at..at + keys).filter_map(|at| self.keys.get(at))
    }

    /// Every entity's number.
    pub(super) fn all(&self) -> std::ops::Range<u32> {
        0..self.entities.len() as u32
    }

    /// Every person's number.
    pub(super) fn roots(&self) -> Vec<u32> {
        self.all().filter(|index| self.is_root(*index)).collect()
    }

    /// Whether this entity stands for its person.
    pub(super) fn is_root(&self, index: u32) -> bool {
        self.parent.get(index as usize) == Some(&index)
    }

    /// The person an entity belongs to.
    pub(super) fn find(&mut self, index: u32) -> u32 {
        let mut at = index;
        while let Some(up) = self.parent.get(at as usize).copied().filter(|up| *up != at) {
            let above = self.parent.get(up as usize).copied().unwrap_or(up);
            if let Some(slot) = self.parent.get_mut(at as usize) {
                *slot = above;
            }
            at = above;
        }
        at
    }

    /// Like [`Pool::find`], leaving the tree as it is.
    pub(super) fn root_of(&self, index: u32) -> u32 {
        let mut at = index;
        while let Some(up) = self.parent.get(at as usize).copied().filter(|up| *up != at) {
            at = up;
        }
        at
    }

    fn fuller(&self, a: u32, b: u32) -> u32 {
        match (a, b) {
            (NO_NAME, name) | (name, NO_NAME) => name,
            (a, b) => self.names.fuller(a, b),
        }
    }

    /// How two persons stand to each other by name, by those of their names that are most alike.
    pub(super) fn likeness(&self, a: &Entity, b: &Entity) -> Likeness {
        let first = self.names.compare(a.name, b.name);
        if first.agrees || (a.alias == NO_NAME && b.alias == NO_NAME) {
            return first;
        }
        let others = [(a.alias, b.name), (a.name, b.alias), (a.alias, b.alias)];
        let known = others.into_iter().filter(|(a, b)| *a != NO_NAME && *b != NO_NAME);
        let best = |one: Likeness, other: Likeness| {
            let weight = |likeness: &Likeness| (likeness.agrees, likeness.written, likeness.parts);
            if weight(&other) > weight(&one) { other } else { one }
        };
        known.map(|(a, b)| self.names.compare(a, b)).fold(first, best)
    }

    /// The entity or person with this number. Numbers come from this pool, so it is always there.
    pub(super) fn get(&self, index: u32) -> Option<Entity> {
        match self.person_of.get(index as usize).copied().unwrap_or(0).checked_sub(1) {
            Some(person) => self.persons.get(person as usize),
            None => self.entities.get(index as usize),
        }
    }

    fn update(&mut self, index: u32, change: impl FnOnce(&mut Entity)) {
        if let Some(mut entity) = self.get(index) {
            change(&mut entity);
            self.put(index, &entity);
        }
    }

    fn put(&mut self, index: u32, entity: &Entity) {
        // While reading nothing has joined yet, and what is known of a mention grows in its place.
        let Some(place) = self.person_of.get_mut(index as usize) else {
            return self.entities.set(index as usize, entity);
        };
        if let Some(person) = place.checked_sub(1) {
            self.persons.set(person as usize, entity);
        } else {
            self.persons.push(entity);
            *place = self.persons.len() as u32;
        }
        if let Some(marks) = self.marks.get_mut(index as usize) {
            *marks |= entity.known();
        }
    }

    /// Joins the persons of two entities under a rule. The lesser number stays the root.
    pub(super) fn join(&mut self, a: u32, b: u32, rule: u32) {
        if let Some(edges) = &mut self.edges {
            edges.push((a, b, rule));
        }
        let (a, b) = (self.find(a), self.find(b));
        let (root, other) = (a.min(b), a.max(b));
        if root == other {
            return;
        }
        let (Some(mut kept), Some(joined)) = (self.get(root), self.get(other)) else { return };
        // The root is the more frequent one: its name stays, unless the other says more of the same.
        let is_same = |a: u32, b: u32| self.names.compare(a, b).agrees;
        let name = if is_same(kept.name, joined.name) { self.fuller(kept.name, joined.name) } else { kept.name };
        let others = [kept.alias, joined.name, joined.alias];
        let alias = others.into_iter().find(|other| *other != NO_NAME && !is_same(name, *other)).unwrap_or(NO_NAME);
        (kept.name, kept.alias) = (name, alias);
        kept.facts.absorb(&joined.facts);
        kept.mentions = kept.mentions.saturating_add(joined.mentions);
        kept.is_apart |= joined.is_apart;
        kept.rules |= joined.rules | 1_u32.checked_shl(rule).unwrap_or(0);
        self.put(root, &kept);
        if let Some(slot) = self.parent.get_mut(other as usize) {
            *slot = root;
        }
    }
}
