//! Mentions become persons, on tokens alone, by the rules in `resolve.toml`.
//!
//! A mention is one person on one item. [`Resolver::add`] folds equal mentions into one entity at once.
//! [`Resolver::finish`] joins entities: strong keys alone, medium keys in twos, names alone only for the best estimate;
//! contradictions keep persons apart. The result does not depend on the order in which records came.
//!
//! Memory stays within bounds however many mentions there are: what does not fit goes to unnamed temporary files
//! ([`disk`]), and all that is kept of each different mention in memory is four bytes, the union-find.

mod alike;
mod count;
mod disk;
mod entity;
mod gather;
mod intake;
mod join;
mod lower;
mod names;
mod pool;
mod roster;
mod series;
mod weak;

use crate::model::{Decision, Link, Material, People, Profile, Record, Role, Token};
use crate::rules::ResolveRules;
use disk::{Disk, Room, Sorter};
use pool::Pool;
use series::Gathered;
use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::rc::Rc;

pub use alike::{Alike, DISTANCE};
pub use roster::{Edge, Person, Roster, Seen};

/// Takes records, gives people.
#[derive(Debug)]
pub struct Resolver<'r> {
    rules: &'r ResolveRules,
    disk: Rc<Disk>,
    subjects: Pool,
    staff: Pool,
    mentions: BTreeMap<Role, u64>,
    controllers: BTreeMap<u64, Token>,
    /// Items by what ties them to a person by themselves.
    linkage: BTreeMap<(Material, Link), u64>,
    /// Items whose only tie is a person's folder: that folder and what they are.
    in_folders: Sorter,
    /// Pictures tied to nobody: their folder and their content.
    loose_pictures: Sorter,
    unlinked: BTreeMap<Profile, u64>,
    series: Gathered,
    /// How often the paperwork or a named person's data speak of a country.
    countries: BTreeMap<[u8; 2], u64>,
    decisions: Vec<Decision>,
}

impl<'r> Resolver<'r> {
    /// An empty resolver. What does not fit into memory goes to temporary files without a name in this folder.
    pub fn new(rules: &'r ResolveRules, folder: &Path) -> Self {
        Self::with_room(rules, folder, Room::default())
    }

    fn with_room(rules: &'r ResolveRules, folder: &Path, room: Room) -> Self {
        let disk = Disk::new(folder.to_owned(), room);
        Self {
            rules,
            subjects: Pool::new(&disk),
            staff: Pool::new(&disk),
            mentions: BTreeMap::new(),
            controllers: BTreeMap::new(),
            linkage: BTreeMap::new(),
            in_folders: Sorter::small(&disk).keeping_equals(),
            loose_pictures: Sorter::small(&disk),
            unlinked: BTreeMap::new(),
            series: Gathered::new(&disk),
            countries: BTreeMap::new(),
            decisions: Vec::new(),
            disk,
        }
    }

    /// Holds to what somebody decided about some mentions.
    #[must_use]
    pub fn obeying(mut self, decisions: Vec<Decision>) -> Self {
        self.decisions = decisions;
        self
    }

    /// Reads the mentions of one listed item and of its members.
    pub fn add(&mut self, record: &Record) {
        self.add_within(record, None, None);
    }

    /// Joins the mentions into persons and counts them.
    ///
    /// # Errors
    /// If a temporary file could not be made, written or read.
    pub fn finish(mut self) -> io::Result<People> {
        let people = count::people(&mut self).0;
        self.disk.check().map(|()| people)
    }

    /// Like [`Resolver::finish`], and keeps who is who, to be asked person by person.
    ///
    /// # Errors
    /// If a temporary file could not be made, written or read.
    pub fn roster(mut self) -> io::Result<(People, Roster<'r>)> {
        self.subjects.edges = Some(Vec::new());
        let (people, best) = count::people(&mut self);
        self.disk.check().map(|()| (people, Roster::new(self, best)))
    }
}

/// Mixes two numbers into one that looks like chance (the finaliser of SplitMix64).
fn mix(a: u64, b: u64) -> u64 {
    let mut x = a.rotate_left(25) ^ b.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// The first 64 bits of a token, never 0. Tokens are keyed hashes: among ten million of them two are alike with a
/// chance of 3 in a million.
fn short(token: Token) -> u64 {
    token.0.first_chunk::<8>().map_or(1, |bytes| u64::from_be_bytes(*bytes)).max(1)
}

#[cfg(test)]
mod tests;
