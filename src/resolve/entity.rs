//! Entities: different mentions, each with how often it occurs, and the union-find over them.

use super::mix;
use super::names::{Likeness, NO_NAME, Names};
use crate::model::{CountryEvidence, Finding, KindSet, MaterialSet};
use std::collections::HashMap;

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
    /// The hash of a full name that the mail address shows; 0 if it shows none.
    pub(super) mail_name: u64,
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
            mail_name: 0,
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
        self.mail_name = either((0, self.mail_name), (0, other.mail_name)).1;
    }

    /// The file's day less the birth day, in years, if both are known and the birth comes first.
    pub(super) fn age_at_first_item(&self) -> Option<u16> {
        let is_known = self.birth_day != NO_DAY && self.first_day != i32::MAX && self.first_day >= self.birth_day;
        let days = f64::from(self.first_day.checked_sub(self.birth_day)?);
        is_known.then_some((days / 365.2425) as u16)
    }
}

/// A different mention, or the root of a person.
#[derive(Debug, Clone)]
pub(super) struct Entity {
    pub(super) print: u64,
    pub(super) name: u32,
    /// Of a person, a name that does not agree with the first: a maiden name, a misread one.
    pub(super) alias: u32,
    keys_at: u32,
    keys: u8,
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

/// All entities of one role.
#[derive(Debug, Default)]
pub(super) struct Pool {
    pub(super) names: Names,
    pub(super) entities: Vec<Entity>,
    keys: Vec<(Tag, u64)>,
    by_print: HashMap<u64, u32>,
    parent: Vec<u32>,
    /// Pairs that somebody decided to be two persons.
    apart: Vec<(u32, u32)>,
    /// Every join, as the two entities that it was made for and its rule, where joins are to be explained.
    pub(super) edges: Option<Vec<(u32, u32, u32)>>,
}

impl Pool {
    /// Folds a mention into its entity.
    pub(super) fn fold(&mut self, mut draft: Draft<'_>, item: [u8; 12]) {
        let print = self.print(&mut draft);
        if let Some(known) = self.by_print.get(&print).and_then(|index| self.entities.get_mut(*index as usize)) {
            known.mentions = known.mentions.saturating_add(1);
            known.item = known.item.min(item);
            known.facts.absorb(&draft.facts);
            return;
        }
        self.by_print.insert(print, self.entities.len() as u32);
        self.entities.push(Entity {
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
        self.keys.extend(draft.keys);
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

    /// Puts the entities into their lasting order, the most frequent first, and makes each its own person.
    pub(super) fn settle(&mut self) {
        self.by_print = HashMap::new();
        self.entities.sort_unstable_by_key(|entity| (std::cmp::Reverse(entity.mentions), entity.print));
        self.parent = (0..self.entities.len() as u32).collect();
    }

    /// The prints of all entities with their numbers, sorted.
    pub(super) fn index(&self) -> Vec<(u64, u32)> {
        let mut index: Vec<(u64, u32)> =
            self.entities.iter().zip(0_u32..).map(|(entity, number)| (entity.print, number)).collect();
        index.sort_unstable();
        index
    }

    /// Keeps two entities apart, whatever they share.
    pub(super) fn part(&mut self, a: u32, b: u32) {
        self.apart.push((a, b));
        for index in [a, b] {
            if let Some(entity) = self.entities.get_mut(index as usize) {
                entity.is_apart = true;
            }
        }
    }

    /// Whether nobody decided that these two persons are two.
    pub(super) fn may_join(&self, a: u32, b: u32) -> bool {
        let is_apart = |index| self.get(index).is_some_and(|entity| entity.is_apart);
        if !(is_apart(a) && is_apart(b)) {
            return true;
        }
        self.apart
            .iter()
            .map(|(x, y)| (self.root_of(*x), self.root_of(*y)))
            .all(|pair| pair != (a, b) && pair != (b, a))
    }

    /// The keys of an entity.
    pub(super) fn keys(&self, index: u32) -> &[(Tag, u64)] {
        self.entities
            .get(index as usize)
            .and_then(|entity| {
                self.keys.get(entity.keys_at as usize..entity.keys_at as usize + usize::from(entity.keys))
            })
            .unwrap_or_default()
    }

    /// Every entity's number.
    pub(super) fn all(&self) -> std::ops::Range<u32> {
        0..self.entities.len() as u32
    }

    /// Every person's number.
    pub(super) fn roots(&mut self) -> Vec<u32> {
        self.all().filter(|index| self.find(*index) == *index).collect()
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
    pub(super) fn get(&self, index: u32) -> Option<&Entity> {
        self.entities.get(index as usize)
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
        let Some(joined) = self.entities.get(other as usize).cloned() else { return };
        let Some(kept) = self.entities.get(root as usize) else { return };
        // The root is the more frequent one: its name stays, unless the other says more of the same.
        let is_same = |a: u32, b: u32| self.names.compare(a, b).agrees;
        let name = if is_same(kept.name, joined.name) { self.fuller(kept.name, joined.name) } else { kept.name };
        let others = [kept.alias, joined.name, joined.alias];
        let alias = others.into_iter().find(|other| *other != NO_NAME && !is_same(name, *other)).unwrap_or(NO_NAME);
        let Some(kept) = self.entities.get_mut(root as usize) else { return };
        (kept.name, kept.alias) = (name, alias);
        kept.facts.absorb(&joined.facts);
        kept.mentions = kept.mentions.saturating_add(joined.mentions);
        kept.is_apart |= joined.is_apart;
        kept.rules |= joined.rules | 1_u32.checked_shl(rule).unwrap_or(0);
        if let Some(slot) = self.parent.get_mut(other as usize) {
            *slot = root;
        }
    }
}
