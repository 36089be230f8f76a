//! Entities: different mentions, each with how often it occurs, and the union-find over them.

use super::disk::{Disk, Fixed, Pages};
use super::gather::Runs;
use super::mix;
use super::names::{Likeness, NO_NAME, Names};
use crate::model::{CountryEvidence, Finding, KindSet, MaterialSet};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

/// What a key is; its number separates the keys of different kinds.
pub(super) type Tag = u8;

/// The folder of a person in which the mention stands alone: it is that person.
pub(super) const FOLDER: Tag = 200;
/// The folder of a person in which the mention stands among others: one of them is that person.
pub(super) const AMONG: Tag = 201;

/// Day that stands for none.
pub(super) const NO_DAY: i32 = i32::MIN;

/// One mention before it is folded into its entity.
#[derive(Debug, Clone)]
pub(super) struct Draft<'f> {
    /// What it was made of.
    pub(super) findings: Vec<&'f Finding>,
    pub(super) name: u32,
    pub(super) keys: Vec<(Tag, u64)>,
    pub(super) facts: Facts,
}

/// What is known of an entity, and after joining of a person.
#[derive(Debug, Clone, Copy)]
pub(super) struct Facts {
    pub(super) controller: u64,
    pub(super) birth: u64,
    pub(super) birth_day: i32,
    pub(super) first_day: i32,
    /// A national number: its scheme and value.
    pub(super) number: (u64, u64),
    /// A patient number in its controller.
    pub(super) patient: (u64, u64),
    /// A person's folder in its controller.
    pub(super) folder: (u64, u64),
    pub(super) sex: Option<char>,
    pub(super) kinds: KindSet,
    pub(super) material: MaterialSet,
    pub(super) country: (CountryEvidence, [u8; 2]),
    pub(super) has_strong: bool,
    pub(super) is_proven: bool,
    /// The hash of a full name that the mail address shows, and its number; 0 if it shows none.
    pub(super) mail_name: (u64, u32),
}

impl Default for Facts {
    fn default() -> Self {
        Self {
            controller: 0,
            birth: 0,
            birth_day: NO_DAY,
            first_day: i32::MAX,
            number: (0, 0),
            patient: (0, 0),
            folder: (0, 0),
            sex: None,
            kinds: KindSet::default(),
            material: MaterialSet::default(),
            country: (CountryEvidence::None, [0; 2]),
            has_strong: false,
            is_proven: false,
            mail_name: (0, NO_NAME),
        }
    }
}

impl Facts {
    /// Adds what another mention of the same person knows. Where both know, the lesser value stays, so that the
    /// order does not count.
    pub(super) fn absorb(&mut self, other: &Self) {
        let either = |a: (u64, u64), b: (u64, u64)| if a.1 == 0 || (b.1 != 0 && b < a) { b } else { a };
        self.birth = either((0, self.birth), (0, other.birth)).1;
        self.birth_day = self.birth_day.max(other.birth_day);
        self.first_day = self.first_day.min(other.first_day);
        self.number = either(self.number, other.number);
        self.patient = either(self.patient, other.patient);
        self.folder = either(self.folder, other.folder);
        self.sex = match (self.sex, other.sex) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        self.kinds = self.kinds.union(other.kinds);
        self.material = self.material.union(other.material);
        self.country = self.country.min(other.country);
        self.has_strong |= other.has_strong;
        self.is_proven |= other.is_proven;
        if other.mail_name.0 != 0 && (self.mail_name.0 == 0 || other.mail_name.0 < self.mail_name.0) {
            self.mail_name = other.mail_name;
        }
    }

    /// The file's day less the birth day, in years, if both are known and the birth comes first.
    pub(super) fn age_at_first_item(&self) -> Option<u16> {
        let is_known = self.birth_day != NO_DAY && self.first_day != i32::MAX && self.first_day >= self.birth_day;
        let days = f64::from(self.first_day.checked_sub(self.birth_day)?);
        is_known.then_some((days / 365.2425) as u16)
    }
}

/// A different mention, or the root of a person.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entity {
    pub(super) print: u64,
    pub(super) name: u32,
    /// Of a person, a name that does not agree with the first: a maiden name, a misread one.
    pub(super) alias: u32,
    pub(super) keys_at: u32,
    pub(super) keys: u8,
    /// Mentions folded into it.
    pub(super) mentions: u32,
    /// Rules that joined others to it, as bits.
    pub(super) rules: u32,
    /// Somebody decided that it is not the same as another one.
    pub(super) is_apart: bool,
    /// The least short id among its items.
    pub(super) item: [u8; 12],
    pub(super) facts: Facts,
}

/// Evidence by its number in a packed entity.
const EVIDENCE: [CountryEvidence; 6] = [
    CountryEvidence::Address,
    CountryEvidence::Identifier,
    CountryEvidence::Phone,
    CountryEvidence::Account,
    CountryEvidence::Paperwork,
    CountryEvidence::None,
];

fn two(high: u32, low: u32) -> u64 {
    (u64::from(high) << 32) | u64::from(low)
}

fn halves(word: u64) -> (u32, u32) {
    ((word >> 32) as u32, word as u32)
}

impl Fixed for Entity {
    const WORDS: usize = 18;

    fn pack(&self, words: &mut [u64]) {
        let facts = &self.facts;
        let (evidence, country) = facts.country;
        let evidence = EVIDENCE.iter().position(|one| *one == evidence).unwrap_or(0) as u8;
        let flags = u8::from(self.is_apart) | u8::from(facts.has_strong) << 1 | u8::from(facts.is_proven) << 2;
        let [a, b, c, d, e, f, g, h, i, j, k, l] = self.item;
        let packed: [u64; Self::WORDS] = [
            self.print,
            two(self.name, self.alias),
            two(self.keys_at, self.mentions),
            two(self.rules, u32::from_be_bytes([self.keys, flags, evidence, 0])),
            u64::from_be_bytes([a, b, c, d, e, f, g, h]),
            two(
                u32::from_be_bytes([i, j, k, l]),
                u32::from(u16::from_be_bytes(country)) << 16 | u32::from(facts.material.0),
            ),
            facts.controller,
            facts.birth,
            two(facts.birth_day.cast_unsigned(), facts.first_day.cast_unsigned()),
            facts.number.0,
            facts.number.1,
            facts.patient.0,
            facts.patient.1,
            facts.folder.0,
            facts.folder.1,
            facts.kinds.0,
            facts.mail_name.0,
            two(facts.mail_name.1, facts.sex.map_or(0, u32::from)),
        ];
        words.copy_from_slice(&packed);
    }

    fn unpack(words: &[u64]) -> Option<Self> {
        let [print, names, at, rules, item, place, controller, birth, days, rest @ ..] =
            words.first_chunk::<{ Self::WORDS }>()?;
        let [scheme, number, clinic, patient, owner, folder, kinds, mail, last] = rest;
        let (rules, small) = halves(*rules);
        let [keys, flags, evidence, _] = small.to_be_bytes();
        let (item_end, place) = halves(*place);
        let ([a, b, c, d, e, f, g, h], [i, j, k, l]) = (item.to_be_bytes(), item_end.to_be_bytes());
        let (mail_at, sex) = halves(*last);
        let (birth_day, first_day) = halves(*days);
        Some(Self {
            print: *print,
            name: halves(*names).0,
            alias: halves(*names).1,
            keys_at: halves(*at).0,
            keys,
            mentions: halves(*at).1,
            rules,
            is_apart: flags & 1 != 0,
            item: [a, b, c, d, e, f, g, h, i, j, k, l],
            facts: Facts {
                controller: *controller,
                birth: *birth,
                birth_day: birth_day.cast_signed(),
                first_day: first_day.cast_signed(),
                number: (*scheme, *number),
                patient: (*clinic, *patient),
                folder: (*owner, *folder),
                sex: char::from_u32(sex).filter(|sex| *sex != '\0'),
                kinds: KindSet(*kinds),
                material: MaterialSet(place as u16),
                country: (
                    EVIDENCE.get(usize::from(evidence)).copied().unwrap_or(CountryEvidence::None),
                    ((place >> 16) as u16).to_be_bytes(),
                ),
                has_strong: flags & 2 != 0,
                is_proven: flags & 4 != 0,
                mail_name: (*mail, mail_at),
            },
        })
    }
}

impl Fixed for (Tag, u64) {
    const WORDS: usize = 2;

    fn pack(&self, words: &mut [u64]) {
        words.copy_from_slice(&[u64::from(self.0), self.1]);
    }

    fn unpack(words: &[u64]) -> Option<Self> {
        let [tag, value] = words.first_chunk()?;
        Some((*tag as Tag, *value))
    }
}

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

/// What is known of an entity, as bits.
pub(super) type Marks = u32;

/// It has a name.
pub(super) const NAMED: Marks = 1;
/// Its birth date is known.
pub(super) const BORN: Marks = 1 << 1;
/// Its patient number is known.
pub(super) const NUMBERED: Marks = 1 << 2;
/// It stands in a person's folder.
pub(super) const IN_FOLDER: Marks = 1 << 3;
/// It has a key of the first kind that a rule names; the kinds that follow have the bits that follow.
const OTHER_KEY: Marks = 1 << 4;
/// Kinds that have a bit of their own.
const KEY_MARKS: u32 = Marks::BITS - 4;

impl Entity {
    fn known(&self) -> Marks {
        let mark = |is_known: bool, mark: Marks| if is_known { mark } else { 0 };
        mark(self.name != NO_NAME, NAMED)
            | mark(self.facts.birth != 0, BORN)
            | mark(self.facts.patient.1 != 0, NUMBERED)
    }

    /// Takes in another mention that is the same.
    pub(super) fn absorb(&mut self, mentions: u32, item: [u8; 12], facts: &Facts) {
        self.mentions = self.mentions.saturating_add(mentions);
        self.item = self.item.min(item);
        self.facts.absorb(facts);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packed_entity_comes_back() {
        let facts = Facts {
            controller: 3,
            birth: 4,
            birth_day: -9,
            first_day: 20_000,
            number: (5, 6),
            patient: (7, 8),
            folder: (9, 10),
            sex: Some('F'),
            kinds: KindSet(u64::MAX - 1),
            material: MaterialSet(0x81),
            country: (CountryEvidence::Phone, *b"FR"),
            has_strong: true,
            is_proven: false,
            mail_name: (11, 12),
        };
        let item = *b"abcdefghijkl";
        let (name, alias, keys_at, keys, mentions, rules) = (1, NO_NAME, 77, 255, u32::MAX, 1 << 31);
        let entity =
            Entity { print: u64::MAX, name, alias, keys_at, keys, mentions, rules, is_apart: true, item, facts };
        let mut words = [0; Entity::WORDS];
        entity.pack(&mut words);
        assert_eq!(format!("{:?}", Entity::unpack(&words)), format!("{:?}", Some(entity)));
        for (number, evidence) in EVIDENCE.iter().enumerate() {
            assert_eq!(*evidence as usize, number);
        }
    }
}
