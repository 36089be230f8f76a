//! Patterns of identifiers as shapes: fixed rows of character classes, found by length without a regex at run time.
//!
//! A pattern that describes finitely many short rows (`[1-478]\d{2}(2[AB]|\d{2})\d{8}`) becomes one shape per length
//! and alternative. Anything else is left to the caller, who runs it as a free regex.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

/// Longest shape, in characters. The longest identifiers are IBANs with 34.
pub(super) const LONGEST: usize = 64;

/// Most shapes of one pattern; more are a sign of a pattern that should be looser and lean on its check.
const MOST: usize = 512;

/// A set of ASCII characters, one bit each.
type Set = u128;

const DIGITS: Set = 0x3ff << 48;
const ALNUM: Set = DIGITS | 0x3ff_ffff << 65 | 0x3ff_ffff << 97;

/// One row of character classes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shape {
    sets: Vec<Set>,
    /// Places that hold digits only, and places that hold none, one bit each.
    digits: u64,
    others: u64,
    /// Places that are not just any digit, with what they hold: all that is left to test once the bits fit.
    tests: Vec<(u8, Set)>,
}

impl Shape {
    fn new(sets: Vec<Set>) -> Self {
        let places = |holds: fn(Set) -> bool| {
            sets.iter()
                .enumerate()
                .filter(|(_, set)| holds(**set))
                .fold(0, |bits, (place, _)| bits | 1 << place.min(63))
        };
        let digits = places(|set| set & !DIGITS == 0);
        let others = places(|set| set & DIGITS == 0);
        let tests = (0..).zip(&sets).filter(|(_, set)| **set != DIGITS).map(|(place, set)| (place, *set)).collect();
        Self { sets, digits, others, tests }
    }

    /// Length in characters.
    pub(super) fn len(&self) -> usize {
        self.sets.len()
    }

    /// Whether a sign (neither digit nor letter) is part of the number itself, as in Finland's `131052-308T`.
    pub(super) fn has_signs(&self) -> bool {
        self.sets.iter().any(|set| set & !ALNUM != 0)
    }

    /// Whether it can hold digits only, and whether it can hold anything else.
    fn holds_digits(&self) -> bool {
        self.others == 0
    }

    fn holds_others(&self) -> bool {
        self.sets.iter().any(|set| set & !DIGITS != 0)
    }
}

/// A shape as it is tested.
#[derive(Debug, Clone, Copy)]
struct Row {
    digits: u64,
    others: u64,
    /// Where its tests lie in the list of all tests.
    from: u32,
    to: u32,
    owner: u16,
}

/// Shapes by length, first character and whether a text is digits only, each with its owner's place in a list.
#[derive(Debug, Default)]
pub(super) struct Index {
    shapes: Vec<(u16, Shape)>,
    /// Where the shapes of each length, kind of text and first character begin in `rows`, and one end.
    starts: Vec<u32>,
    rows: Vec<Row>,
    tests: Vec<(u8, Set)>,
}

/// Characters that a shape may begin with.
const FIRSTS: usize = 128;

/// The number of a table: of texts of this length that are digits only, or not.
fn table(length: usize, is_plain: bool) -> usize {
    (length * 2 + usize::from(is_plain)) * FIRSTS
}

impl Index {
    /// Takes a shape in.
    pub(super) fn add(&mut self, owner: u16, shape: Shape) {
        self.shapes.push((owner, shape));
    }

    /// Makes the table, once all shapes are in.
    pub(super) fn finish(&mut self) {
        let mut keys: Vec<(usize, Row)> = Vec::new();
        for (owner, shape) in &self.shapes {
            let set = shape.sets.first().copied().unwrap_or_default();
            let from = self.tests.len() as u32;
            self.tests.extend(&shape.tests);
            let (digits, others, to) = (shape.digits, shape.others, self.tests.len() as u32);
            let row = Row { digits, others, from, to, owner: *owner };
            for first in (0..FIRSTS).filter(|first| set >> first & 1 == 1) {
                if shape.holds_digits() && DIGITS >> first & 1 == 1 {
                    keys.push((table(shape.len(), true) + first, row));
                }
                if shape.holds_others() {
                    keys.push((table(shape.len(), false) + first, row));
                }
            }
        }
        // Stable: rows of one key stay in the order of their rules.
        keys.sort_by_key(|(key, _)| *key);
        let mut starts = vec![0; table(LONGEST + 1, false) + 1];
        for (key, _) in &keys {
            if let Some(start) = starts.get_mut(key + 1) {
                *start += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        self.starts = starts;
        self.rows = keys.into_iter().map(|(_, row)| row).collect();
        self.shapes.clear();
    }

    /// Whether no shape has this length.
    pub(super) fn is_empty(&self, length: usize) -> bool {
        let at = |length: usize| self.starts.get(table(length, false));
        at(length) == at(length + 1)
    }

    /// Whether any shape has this length and beginning; `letters` has a bit for each place that is no digit.
    pub(super) fn has(&self, text: &[u8], letters: u64) -> bool {
        !self.rows(text, letters).is_empty()
    }

    /// The owners of the shapes that a text fits, of those that are wanted.
    pub(super) fn owners<'a>(
        &'a self,
        text: &'a [u8],
        letters: u64,
        is_wanted: impl Fn(u16) -> bool + 'a,
    ) -> impl Iterator<Item = u16> + 'a {
        let rows = self.rows(text, letters).iter();
        rows.filter(move |row| is_wanted(row.owner) && self.fits(row, text, letters)).map(|row| row.owner)
    }

    fn rows(&self, text: &[u8], letters: u64) -> &[Row] {
        let first = text.first().map_or(FIRSTS, |first| usize::from(*first));
        let key = if first < FIRSTS { table(text.len(), letters == 0) + first } else { usize::MAX - 1 };
        let at = |key: usize| self.starts.get(key).map_or(0, |start| *start as usize);
        self.rows.get(at(key)..at(key + 1)).unwrap_or_default()
    }

    /// Whether a compact text of the same length fits.
    fn fits(&self, row: &Row, text: &[u8], letters: u64) -> bool {
        let tests = || self.tests.get(row.from as usize..row.to as usize).unwrap_or_default();
        letters & row.digits == 0
            && row.others & !letters == 0
            && tests()
                .iter()
                .all(|(place, set)| text.get(usize::from(*place)).is_some_and(|&one| one < 128 && set >> one & 1 == 1))
    }
}

/// Why a pattern is no set of shapes.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unfit {
    /// It is no regular expression: what the parser says.
    Syntax(String),
    /// It is one, but not finitely many short rows of ASCII classes.
    Free,
}

/// The shapes of a pattern. White space and `#` comments in it are layout.
pub(super) fn shapes(pattern: &str) -> Result<Vec<Shape>, Unfit> {
    let hir = ParserBuilder::new()
        .ignore_whitespace(true)
        .unicode(false)
        .utf8(false)
        .build()
        .parse(pattern)
        .map_err(|error| Unfit::Syntax(error.to_string()))?;
    let rows = expand(&hir).ok_or(Unfit::Free)?;
    if rows.is_empty() || rows.iter().any(Vec::is_empty) {
        return Err(Unfit::Free);
    }
    Ok(rows.into_iter().map(Shape::new).collect())
}

fn expand(hir: &Hir) -> Option<Vec<Vec<Set>>> {
    let rows = match hir.kind() {
        HirKind::Empty => vec![Vec::new()],
        HirKind::Literal(literal) => {
            let row: Option<Vec<Set>> = literal.0.iter().map(|&byte| (byte < 128).then(|| 1 << byte)).collect();
            vec![row?]
        }
        HirKind::Class(class) => vec![vec![set(class)?]],
        HirKind::Capture(capture) => expand(&capture.sub)?,
        HirKind::Alternation(parts) => {
            let mut rows = Vec::new();
            for part in parts {
                rows.extend(expand(part)?);
            }
            rows
        }
        HirKind::Concat(parts) => {
            let mut rows = vec![Vec::new()];
            for part in parts {
                rows = product(&rows, &expand(part)?)?;
            }
            rows
        }
        HirKind::Repetition(repetition) => {
            let most = repetition.max?;
            if most as usize > LONGEST {
                return None;
            }
            let once = expand(&repetition.sub)?;
            let mut rows = Vec::new();
            let mut power = vec![Vec::new()];
            for count in 0..=most {
                if count >= repetition.min {
                    rows.extend(power.iter().cloned());
                }
                if count < most {
                    power = product(&power, &once)?;
                }
            }
            rows
        }
        HirKind::Look(_) => return None,
    };
    (rows.len() <= MOST && rows.iter().all(|row| row.len() <= LONGEST)).then_some(rows)
}

fn product(left: &[Vec<Set>], right: &[Vec<Set>]) -> Option<Vec<Vec<Set>>> {
    if left.len() * right.len() > MOST {
        return None;
    }
    Some(
        left.iter()
            .flat_map(|head| right.iter().map(move |tail| [head.as_slice(), tail.as_slice()].concat()))
            .collect(),
    )
}

fn set(class: &Class) -> Option<Set> {
    let bits =
        |start: u32, end: u32| -> Option<Set> { (end < 128).then(|| (start..=end).fold(0, |set, one| set | 1 << one)) };
    match class {
        Class::Bytes(class) => {
            class.iter().try_fold(0, |set, range| Some(set | bits(range.start().into(), range.end().into())?))
        }
        Class::Unicode(class) => {
            class.iter().try_fold(0, |set, range| Some(set | bits(range.start().into(), range.end().into())?))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Index, Unfit, shapes};

    #[test]
    fn a_bounded_pattern_becomes_rows() {
        let rows = shapes(r"[1-478] \d{2} (?: \d{2} | 2[AB] ) \d{2,3}").expect("bounded");
        let mut lengths: Vec<usize> = rows.iter().map(super::Shape::len).collect();
        lengths.sort_unstable();
        assert_eq!(lengths, [7, 7, 8, 8]);
    }

    #[test]
    fn a_row_fits_its_texts_only() {
        let mut index = Index::default();
        for (owner, pattern) in [(0, r"[XYZ]\d{2}[A-Z]"), (1, r"[XYZ1]\d{2}[A-Z5]"), (2, r"\d{4}")] {
            shapes(pattern).expect("bounded").into_iter().for_each(|shape| index.add(owner, shape));
        }
        index.finish();
        let owners = |text: &str| {
            let letters = (0_u64..).zip(text.bytes()).filter(|(_, one)| !one.is_ascii_digit());
            let letters = letters.fold(0, |bits, (place, _)| bits | 1 << place);
            index.owners(text.as_bytes(), letters, |_| true).collect::<Vec<_>>()
        };
        assert_eq!(owners("X12A"), [0, 1]);
        assert_eq!(owners("A12A"), [0; 0]);
        assert_eq!(owners("X1AA"), [0; 0]);
        assert_eq!(owners("1125"), [1, 2]);
        assert_eq!(owners("1126"), [2]);
    }

    #[test]
    fn unbounded_and_broken_patterns_are_told_apart() {
        assert_eq!(shapes("a+"), Err(Unfit::Free));
        assert!(matches!(shapes("a("), Err(Unfit::Syntax(_))));
    }
}
