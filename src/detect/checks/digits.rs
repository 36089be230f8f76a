//! Sums over digits: the arithmetic that the checksum families share. Nothing here knows a scheme.

/// The letters of ISO 7064 and of most national schemes, in order of value.
pub(super) const ALNUM: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// A short run of values, such as the digits of a number.
#[derive(Clone, Copy)]
pub(super) struct Digits {
    values: [u8; 40],
    len: usize,
}

impl Digits {
    /// The digits of a text of ASCII digits only, at most 40 of them.
    pub(super) fn of(text: &str) -> Option<Self> {
        Self::with(text, |byte| byte.is_ascii_digit().then(|| byte - b'0'))
    }

    /// The digits of a text of exactly this many ASCII digits.
    pub(super) fn exactly(text: &str, len: usize) -> Option<Self> {
        if text.len() == len { Self::of(text) } else { None }
    }

    /// The values of a text of digits (0 to 9) and capital letters (A = 10 to Z = 35).
    pub(super) fn alnum(text: &str) -> Option<Self> {
        Self::with(text, |byte| match byte {
            b'0'..=b'9' => Some(byte - b'0'),
            b'A'..=b'Z' => Some(byte - b'A' + 10),
            _ => None,
        })
    }

    /// The places of each character of a text in an alphabet.
    pub(super) fn places(text: &str, alphabet: &[u8]) -> Option<Self> {
        Self::with(text, |byte| alphabet.iter().position(|&one| one == byte).and_then(|place| u8::try_from(place).ok()))
    }

    fn with(text: &str, value: impl Fn(u8) -> Option<u8>) -> Option<Self> {
        let mut values = [0; 40];
        if text.is_empty() || text.len() > values.len() {
            return None;
        }
        for (slot, byte) in values.iter_mut().zip(text.bytes()) {
            *slot = value(byte)?;
        }
        Some(Self { values, len: text.len() })
    }

    /// The values in order.
    pub(super) fn all(&self) -> &[u8] {
        self.values.get(..self.len).unwrap_or_default()
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The value at a place; 0 past the end.
    pub(super) fn at(&self, place: usize) -> i64 {
        self.values.get(place).copied().map_or(0, i64::from)
    }

    /// The last value.
    pub(super) fn last(&self) -> i64 {
        self.at(self.len.saturating_sub(1))
    }

    /// The decimal number that some of the digits form; at most 18 digits.
    pub(super) fn number(&self, from: usize, to: usize) -> i64 {
        self.values.get(from..to).unwrap_or_default().iter().fold(0, |sum, &digit| sum * 10 + i64::from(digit))
    }

    /// The sum of weight times value, place by place.
    pub(super) fn weigh(&self, weights: &[i64]) -> i64 {
        self.all().iter().zip(weights).map(|(&value, weight)| i64::from(value) * weight).sum()
    }

    /// The remainder of the whole decimal number, whatever its length.
    pub(super) fn remainder(&self, modulus: i64) -> i64 {
        self.all().iter().fold(0, |rest, &digit| (rest * 10 + i64::from(digit)) % modulus)
    }

    /// Whether the number is all the same digit.
    pub(super) fn is_repeated(&self) -> bool {
        self.all().windows(2).all(|pair| pair.first() == pair.get(1))
    }
}

/// The Luhn sum (ISO/IEC 7812-1 annex B) in a base of 10 or more: 0 where the last value is right.
pub(super) fn luhn(digits: &Digits, base: i64) -> i64 {
    let doubled = |value: i64| (value * 2) / base + (value * 2) % base;
    digits
        .all()
        .iter()
        .rev()
        .enumerate()
        .map(|(place, &value)| if place % 2 == 1 { doubled(i64::from(value)) } else { i64::from(value) })
        .sum::<i64>()
        % base
}

/// Whether the Luhn digit of a text of digits is right.
pub(super) fn luhn_holds(text: &str) -> bool {
    Digits::of(text).is_some_and(|digits| luhn(&digits, 10) == 0)
}

/// Whether ISO 7064 mod 11,10 holds, the last digit being the check.
pub(super) fn mod_11_10(digits: &Digits) -> bool {
    let Some((last, body)) = digits.all().split_last() else { return false };
    let product = body.iter().fold(10, |product, &value| {
        let sum = (i64::from(value) + product) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    (product + i64::from(*last)) % 10 == 1
}

/// The remainder of ISO 7064 mod 97,10 over digits and letters (a letter counts as two digits): 1 where it holds.
pub(super) fn mod_97(text: impl Iterator<Item = u8>) -> Option<u32> {
    text.into_iter().try_fold(0_u32, |rest, byte| match byte {
        b'0'..=b'9' => Some((rest * 10 + u32::from(byte - b'0')) % 97),
        b'A'..=b'Z' => Some((rest * 100 + u32::from(byte - b'A') + 10) % 97),
        _ => None,
    })
}

/// Verhoeff's multiplication table of the dihedral group D5 (J. Verhoeff, Error detecting decimal codes, 1969).
const DIHEDRAL: [[u8; 10]; 10] = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    [1, 2, 3, 4, 0, 6, 7, 8, 9, 5],
    [2, 3, 4, 0, 1, 7, 8, 9, 5, 6],
    [3, 4, 0, 1, 2, 8, 9, 5, 6, 7],
    [4, 0, 1, 2, 3, 9, 5, 6, 7, 8],
    [5, 9, 8, 7, 6, 0, 4, 3, 2, 1],
    [6, 5, 9, 8, 7, 1, 0, 4, 3, 2],
    [7, 6, 5, 9, 8, 2, 1, 0, 4, 3],
    [8, 7, 6, 5, 9, 3, 2, 1, 0, 4],
    [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
];

/// Verhoeff's permutations, one per place modulo 8.
const PERMUTED: [[u8; 10]; 8] = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    [1, 5, 7, 6, 2, 8, 3, 0, 9, 4],
    [5, 8, 0, 3, 7, 9, 6, 1, 4, 2],
    [8, 9, 1, 6, 0, 4, 3, 5, 2, 7],
    [9, 4, 5, 3, 1, 2, 6, 8, 7, 0],
    [4, 2, 8, 6, 5, 7, 3, 9, 0, 1],
    [2, 7, 9, 3, 8, 0, 6, 4, 1, 5],
    [7, 0, 4, 6, 9, 1, 3, 2, 5, 8],
];

/// Whether Verhoeff's check digit holds.
pub(super) fn verhoeff(digits: &Digits) -> bool {
    let cell = |table: &[[u8; 10]], row: usize, column: usize| {
        table.get(row).and_then(|row| row.get(column)).copied().map_or(0, usize::from)
    };
    let sum = digits
        .all()
        .iter()
        .rev()
        .enumerate()
        .fold(0, |sum, (place, &digit)| cell(&DIHEDRAL, sum, cell(&PERMUTED, place % 8, usize::from(digit))));
    sum == 0
}

/// The text between two byte places, empty where they do not fit.
pub(super) fn part(text: &str, from: usize, to: usize) -> &str {
    text.get(from..to).unwrap_or("")
}

/// The byte at a place, 0 past the end.
pub(super) fn byte(text: &str, place: usize) -> u8 {
    text.as_bytes().get(place).copied().unwrap_or(0)
}

/// Whether a text is ASCII digits and not empty.
pub(super) fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a text is ASCII capital letters and not empty.
pub(super) fn is_capitals(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_uppercase())
}
