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
        Self { sets, digits, others }
    }

    /// Length in characters.
    pub(super) fn len(&self) -> usize {
        self.sets.len()
    }

    /// Whether a sign (neither digit nor letter) is part of the number itself, as in Finland's `131052-308T`.
    pub(super) fn has_signs(&self) -> bool {
        self.sets.iter().any(|set| set & !ALNUM != 0)
    }

    /// Whether a compact text of the same length fits; `letters` has a bit for each place that is no digit.
    pub(super) fn fits(&self, text: &[u8], letters: u64) -> bool {
        letters & self.digits == 0
            && self.others & !letters == 0
            && text.iter().zip(&self.sets).all(|(&one, set)| one < 128 && set >> one & 1 == 1)
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
    use super::{Unfit, shapes};

    #[test]
    fn a_bounded_pattern_becomes_rows() {
        let rows = shapes(r"[1-478] \d{2} (?: \d{2} | 2[AB] ) \d{2,3}").expect("bounded");
        let mut lengths: Vec<usize> = rows.iter().map(super::Shape::len).collect();
        lengths.sort_unstable();
        assert_eq!(lengths, [7, 7, 8, 8]);
    }

    #[test]
    fn a_row_fits_its_texts_only() {
        let rows = shapes(r"[XYZ]\d{2}[A-Z]").expect("bounded");
        let row = rows.first().expect("one row");
        assert!(row.fits(b"X12A", 0b1001));
        assert!(!row.fits(b"A12A", 0b1001));
        assert!(!row.fits(b"X1AA", 0b1101));
    }

    #[test]
    fn unbounded_and_broken_patterns_are_told_apart() {
        assert_eq!(shapes("a+"), Err(Unfit::Free));
        assert!(matches!(shapes("a("), Err(Unfit::Syntax(_))));
    }
}
