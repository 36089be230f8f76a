//! Mentions that are more than memory holds: runs of entities on disk, sorted by print, merged when all is read.
//!
//! An entity in a run carries its name and the name in its mail address with it, as names are numbered anew in each run.

use super::disk::{Disk, Fixed as _, WordReader, WordWriter};
use super::entity::{Entity, Tag};
use super::names::{MOST_PARTS, NO_NAME, NameToken, Names};
use super::pool::Pool;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::rc::Rc;

/// The runs of one pool.
#[derive(Debug)]
pub(super) struct Runs {
    disk: Rc<Disk>,
    words: WordWriter,
    ends: Vec<u64>,
}

/// An entity with all that belongs to it.
#[derive(Debug, Clone)]
struct Whole {
    entity: Entity,
    name: Name,
    mail_name: Name,
    keys: Vec<(Tag, u64)>,
}

type Name = (u64, Vec<NameToken>);

impl Runs {
    pub(super) fn new(disk: &Rc<Disk>) -> Self {
        Self { disk: Rc::clone(disk), words: WordWriter::new(disk), ends: Vec::new() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Writes the entities of a pool, which are handed over by print.
    pub(super) fn write(&mut self, pool: &Pool, order: &[(u64, u32)]) {
        for (_, index) in order {
            let Some(entity) = pool.get(*index) else { continue };
            let name = |number: u32| (pool.names.hash(number), pool.names.parts(number).to_vec());
            let (of_person, of_mail) = (name(entity.name), name(entity.facts.mail_name.1));
            put(
                &mut self.words,
                &Whole { entity, name: of_person, mail_name: of_mail, keys: pool.keys(*index).collect() },
            );
        }
        self.ends.push(self.words.position());
    }

    /// Merges the runs into an empty pool, in the lasting order: the most frequent first, those of one frequency by
    /// print. How many there are of each frequency tells where each has to stand.
    pub(super) fn merge_into(&mut self, pool: &mut Pool) {
        let mut merged = WordWriter::new(&self.disk);
        let mut of_frequency: BTreeMap<Reverse<u32>, u32> = BTreeMap::new();
        let mut last: Option<Whole> = None;
        let mut keep = |whole: Whole| {
            *of_frequency.entry(Reverse(whole.entity.mentions)).or_default() += 1;
            put(&mut merged, &whole);
        };
        self.each_by_print(|next| match &mut last {
            Some(known) if known.entity.print == next.entity.print => {
                let entity = &next.entity;
                known.entity.absorb(entity.mentions, entity.item, &entity.facts);
                if known.entity.facts.mail_name.0 != known.mail_name.0 {
                    known.mail_name = next.mail_name;
                }
            }
            _ => {
                if let Some(done) = last.replace(next) {
                    keep(done);
                }
            }
        });
        last.into_iter().for_each(keep);
        let mut next = 0;
        for count in of_frequency.values_mut() {
            (*count, next) = (next, next + *count);
        }
        pool.entities.grow_to(next as usize);
        let end = merged.position();
        let mut reader = merged.reader(0, end);
        while let Some(whole) = get(&mut reader) {
            let Some(place) = of_frequency.get_mut(&Reverse(whole.entity.mentions)) else { continue };
            settle(pool, *place, whole);
            *place += 1;
        }
    }

    fn each_by_print(&mut self, mut act: impl FnMut(Whole)) {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let mut readers: Vec<WordReader> =
            starts.zip(&self.ends).map(|(from, to)| self.words.reader(from, *to)).collect();
        let mut heads: Vec<Option<Whole>> = readers.iter_mut().map(get).collect();
        let print = |head: &Option<Whole>| head.as_ref().map(|whole| whole.entity.print);
        let mut order: BinaryHeap<Reverse<(u64, usize)>> =
            heads.iter().enumerate().filter_map(|(run, head)| Some(Reverse((print(head)?, run)))).collect();
        while let Some(Reverse((_, run))) = order.pop() {
            let (Some(head), Some(reader)) = (heads.get_mut(run), readers.get_mut(run)) else { continue };
            let Some(whole) = std::mem::replace(head, get(reader)) else { continue };
            order.extend(print(head).map(|print| Reverse((print, run))));
            act(whole);
        }
    }
}

/// Puts an entity where it will stay.
fn settle(pool: &mut Pool, place: u32, whole: Whole) {
    let Whole { mut entity, name, mail_name, keys } = whole;
    let number = |names: &mut Names, (hash, tokens): &Name| {
        if tokens.is_empty() { NO_NAME } else { names.put(*hash, tokens) }
    };
    entity.name = number(&mut pool.names, &name);
    // Only a nameless mention is ever looked for by the name in its address.
    let has_use = entity.name == NO_NAME;
    entity.facts.mail_name.1 = if has_use { number(&mut pool.names, &mail_name) } else { NO_NAME };
    entity.keys_at = pool.keys.len() as u32;
    for key in &keys {
        pool.keys.push(key);
    }
    pool.entities.set(place as usize, &entity);
}

fn put(to: &mut WordWriter, whole: &Whole) {
    let mut words = [0; Entity::WORDS];
    whole.entity.pack(&mut words);
    to.put(&words);
    for (hash, tokens) in [&whole.name, &whole.mail_name] {
        to.put(&[tokens.len() as u64, *hash]);
        for token in tokens {
            to.put(&[token.whole, token.sound, token.initial]);
        }
    }
    for (tag, value) in &whole.keys {
        to.put(&[u64::from(*tag), *value]);
    }
}

fn get(from: &mut WordReader) -> Option<Whole> {
    let mut words = [0; Entity::WORDS];
    from.fill_into(&mut words)?;
    let entity = Entity::unpack(&words)?;
    let (name, mail_name) = (get_name(from)?, get_name(from)?);
    let mut keys = Vec::with_capacity(usize::from(entity.keys));
    for _ in 0..entity.keys {
        keys.push((from.next()? as Tag, from.next()?));
    }
    Some(Whole { entity, name, mail_name, keys })
}

fn get_name(from: &mut WordReader) -> Option<Name> {
    let (length, hash) = (from.next()? as usize, from.next()?);
    let mut tokens = Vec::with_capacity(length.min(MOST_PARTS));
    for _ in 0..length {
        tokens.push(NameToken { whole: from.next()?, sound: from.next()?, initial: from.next()? });
    }
    Some((hash, tokens))
}
