//! An entity: a mention that differs from all others, with how often it occurs and what is known of it.

use super::disk::Fixed;
use super::names::NO_NAME;
use crate::model::{CountryEvidence, Finding, KindSet, MaterialSet};

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
const EVIDENCE: [CountryEvidence; 7] = [
    CountryEvidence::Address,
    CountryEvidence::Identifier,
    CountryEvidence::Phone,
    CountryEvidence::Account,
    CountryEvidence::Paperwork,
    CountryEvidence::Position,
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
pub(super) const OTHER_KEY: Marks = 1 << 4;
/// Kinds that have a bit of their own.
pub(super) const KEY_MARKS: u32 = Marks::BITS - 4;

impl Entity {
    /// What is known of it.
    pub(super) fn known(&self) -> Marks {
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
