//! Names compared part by part, on tokens: in any order, with parts left out, as initials, by sound.

use super::disk::{Disk, Fixed, Pages};
use super::{mix, short};
use crate::model::NamePart;
use std::collections::HashMap;
use std::rc::Rc;

/// One part of a name; 0 stands for absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct NameToken {
    pub(super) whole: u64,
    pub(super) sound: u64,
    pub(super) initial: u64,
}

impl NameToken {
    fn of(part: &NamePart) -> Self {
        Self { whole: part.whole.map_or(0, short), sound: part.sound.map_or(0, short), initial: short(part.initial) }
    }

    /// The token by which names are put into blocks; `None` for an initial.
    pub(super) fn block(self) -> Option<u64> {
        match (self.sound, self.whole) {
            (0, 0) => None,
            (0, whole) => Some(whole),
            (sound, _) => Some(sound),
        }
    }
}

impl Fixed for NameToken {
    const WORDS: usize = 3;

    fn pack(&self, words: &mut [u64]) {
        words.copy_from_slice(&[self.whole, self.sound, self.initial]);
    }

    fn unpack(words: &[u64]) -> Option<Self> {
        let [whole, sound, initial] = *words.first_chunk()?;
        Some(Self { whole, sound, initial })
    }
}

/// Parts of a name that count.
pub(super) const MOST_PARTS: usize = 8;

/// The parts of one name.
#[derive(Debug, Clone, Copy)]
pub(super) struct NameParts {
    tokens: [NameToken; MOST_PARTS],
    length: usize,
}

impl std::ops::Deref for NameParts {
    type Target = [NameToken];

    fn deref(&self) -> &[NameToken] {
        self.tokens.get(..self.length).unwrap_or_default()
    }
}

/// Names, each as the number of its parts and its hash, and then the parts. Parts are sorted, so written order does
/// not count. The number of a name is where it stands.
#[derive(Debug)]
pub(super) struct Names {
    tokens: Pages<NameToken>,
    /// While reading: names by their hashes.
    by_hash: HashMap<u64, u32>,
}

/// The number that stands for no name.
pub(super) const NO_NAME: u32 = u32::MAX;

impl Names {
    pub(super) fn new(disk: &Rc<Disk>) -> Self {
        Self { tokens: Pages::new(disk, disk.room.pages), by_hash: HashMap::new() }
    }

    /// Forgets all names.
    pub(super) fn clear(&mut self) {
        self.tokens.clear();
        self.by_hash.clear();
    }

    /// The number of this name.
    pub(super) fn intern(&mut self, parts: &[NamePart]) -> u32 {
        let mut tokens: Vec<NameToken> = parts.iter().take(MOST_PARTS).map(NameToken::of).collect();
        tokens.sort_unstable();
        tokens.dedup();
        if tokens.is_empty() {
            return NO_NAME;
        }
        let hash = tokens.iter().fold(7, |sum, part| mix(mix(sum, part.whole), part.initial));
        if let Some(known) = self.by_hash.get(&hash) {
            return *known;
        }
        let number = self.put(hash, &tokens);
        self.by_hash.insert(hash, number);
        number
    }

    /// Adds a name whose parts are sorted, whether it is there already or not.
    pub(super) fn put(&mut self, hash: u64, tokens: &[NameToken]) -> u32 {
        self.tokens.keep_together(tokens.len() + 1);
        let number = self.tokens.len() as u32;
        self.tokens.push(&NameToken { whole: tokens.len() as u64, sound: hash, initial: 0 });
        for token in tokens {
            self.tokens.push(token);
        }
        number
    }

    fn head(&self, name: u32) -> Option<NameToken> {
        if name == NO_NAME { None } else { self.tokens.get(name as usize) }
    }

    /// The parts of a name; none for [`NO_NAME`].
    pub(super) fn parts(&self, name: u32) -> NameParts {
        let mut parts = NameParts { tokens: [NameToken { whole: 0, sound: 0, initial: 0 }; MOST_PARTS], length: 0 };
        if name == NO_NAME {
            return parts;
        }
        self.tokens.view(name as usize, |words| {
            let mut all = words.chunks_exact(NameToken::WORDS).filter_map(NameToken::unpack);
            parts.length = all.next().map_or(0, |head| head.whole as usize).min(MOST_PARTS);
            for (place, token) in parts.tokens.iter_mut().take(parts.length).zip(all) {
                *place = token;
            }
        });
        parts
    }

    /// A hash of the name that does not depend on the order of interning; 0 for [`NO_NAME`].
    pub(super) fn hash(&self, name: u32) -> u64 {
        self.head(name).map_or(0, |head| head.sound)
    }

    /// Parts that are written out.
    pub(super) fn full_parts(&self, name: u32) -> usize {
        self.parts(name).iter().filter(|part| part.whole != 0).count()
    }

    /// The name that says more; of equals the one with the lesser hash.
    pub(super) fn fuller(&self, a: u32, b: u32) -> u32 {
        let weight = |name: u32| (self.full_parts(name), self.parts(name).len(), std::cmp::Reverse(self.hash(name)));
        if weight(b) > weight(a) { b } else { a }
    }

    /// How two names stand to each other.
    pub(super) fn compare(&self, a: u32, b: u32) -> Likeness {
        if a == NO_NAME || b == NO_NAME {
            return Likeness { agrees: true, parts: 0, written: 0 };
        }
        let (a, b) = (self.parts(a), self.parts(b));
        let (few, many) = if a.len() <= b.len() { (&a, &b) } else { (&b, &a) };
        match_parts(few, many)
    }
}

/// What two names have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Likeness {
    /// Every part of the shorter name has its own counterpart in the longer one.
    pub(super) agrees: bool,
    /// Parts with a counterpart.
    pub(super) parts: usize,
    /// Parts with a counterpart that are written out in both.
    pub(super) written: usize,
}

/// Pairs off the parts: equal ones first, then those of one sound, then initials.
fn match_parts(few: &[NameToken], many: &[NameToken]) -> Likeness {
    let is_equal = |a: &NameToken, b: &NameToken| a.whole != 0 && a.whole == b.whole;
    let is_alike = |a: &NameToken, b: &NameToken| a.sound != 0 && a.sound == b.sound;
    let is_initial = |a: &NameToken, b: &NameToken| (a.whole == 0 || b.whole == 0) && a.initial == b.initial;
    let (mut taken, mut paired) = ([false; MOST_PARTS], [false; MOST_PARTS]);
    let mut pair = |test: &dyn Fn(&NameToken, &NameToken) -> bool| {
        let mut pairs = 0;
        for (part, done) in few.iter().zip(&mut paired).filter(|(_, done)| !**done) {
            let free = many.iter().zip(&mut taken).find(|(other, taken)| !**taken && test(part, other));
            if let Some((_, taken)) = free {
                (*taken, *done) = (true, true);
                pairs += 1;
            }
        }
        pairs
    };
    let written = pair(&is_equal) + pair(&is_alike);
    let parts = written + pair(&is_initial);
    Likeness { agrees: parts == few.len() && written > 0, parts, written }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Token;
    use crate::resolve::disk::Room;

    fn part(word: &str) -> NamePart {
        let token = |text: &str| Token(*blake3::hash(text.as_bytes()).as_bytes().first_chunk().expect("32 bytes"));
        let is_initial = word.len() == 1;
        NamePart {
            whole: (!is_initial).then(|| token(word)),
            initial: token(word.get(..1).expect("a letter")),
            sound: (!is_initial).then(|| token(&format!("sound {}", word.replace(['e', 'h'], "")))),
        }
    }

    fn likeness(a: &str, b: &str) -> Likeness {
        let mut names = Names::new(&Disk::new(std::env::temp_dir(), Room::default()));
        let mut of = |text: &str| names.intern(&text.split(' ').map(part).collect::<Vec<_>>());
        let (a, b) = (of(a), of(b));
        names.compare(a, b)
    }

    #[test]
    fn order_initials_missing_parts_and_sound_agree() {
        assert!(likeness("ada exemple", "exemple ada").agrees);
        assert!(likeness("a exemple", "ada exemple").agrees);
        assert!(likeness("ada exemple", "ada maria exemple").agrees);
        assert!(likeness("muller jana", "mueller jana").agrees);
        assert_eq!(likeness("a exemple", "ada exemple").written, 1);
    }

    #[test]
    fn another_given_name_or_two_initials_do_not_agree() {
        assert!(!likeness("ada exemple", "ida exemple").agrees);
        assert!(!likeness("a e", "ada exemple").agrees);
        assert!(!likeness("a exemple", "bert exemple").agrees);
    }
}
