//! Entities: different mentions, each with how often it occurs, and the union-find over them.

use super::mix;
use super::names::{NO_NAME, Names};
use crate::model::{CountryEvidence, KindSet, MaterialSet};
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
pub(super) struct Draft {
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
    keys_at: u32,
    keys: u8,
    /// Mentions folded into it.
    pub(super) mentions: u32,
    /// Rules that joined others to it, as bits.
    pub(super) rules: u32,
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
}

impl Pool {
    /// Folds a mention into its entity.
    pub(super) fn fold(&mut self, mut draft: Draft, item: [u8; 12]) {
        draft.keys.sort_unstable();
        draft.keys.dedup();
        draft.keys.truncate(usize::from(u8::MAX));
        let print = self.print(&draft);
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
            keys_at: self.keys.len() as u32,
            keys: draft.keys.len() as u8,
            mentions: 1,
            rules: 0,
            item,
            facts: draft.facts,
        });
        self.keys.extend(draft.keys);
    }

    /// What makes a mention the same as another: its name, keys, birth, controller.
    fn print(&self, draft: &Draft) -> u64 {
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

    /// The entity or person with this number. Numbers come from this pool, so it is always there.
    pub(super) fn get(&self, index: u32) -> Option<&Entity> {
        self.entities.get(index as usize)
    }

    /// Joins two persons under a rule. The lesser number stays the root.
    pub(super) fn join(&mut self, a: u32, b: u32, rule: u32) {
        let (a, b) = (self.find(a), self.find(b));
        let (root, other) = (a.min(b), a.max(b));
        if root == other {
            return;
        }
        let Some(joined) = self.entities.get(other as usize).cloned() else { return };
        let name =
            self.entities.get(root as usize).map_or(NO_NAME, |entity| self.names.fuller(entity.name, joined.name));
        let Some(kept) = self.entities.get_mut(root as usize) else { return };
        kept.name = name;
        kept.facts.absorb(&joined.facts);
        kept.mentions = kept.mentions.saturating_add(joined.mentions);
        kept.rules |= joined.rules | 1_u32.checked_shl(rule).unwrap_or(0);
        if let Some(slot) = self.parent.get_mut(other as usize) {
            *slot = root;
        }
    }
}
