//! Tokens of content streams and `CMap` files. It never gives up: what is no token is stepped over, so one bad byte
//! costs one operator. It knows nothing of what operators mean.

use std::ops::Range;

/// Operands kept for one operator; a longer list is cut.
const OPERANDS: usize = 1 << 18;

/// One operand. Arrays and dictionaries are flat: their brackets are operands of their own.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Operand {
    /// A number.
    Number(f64),
    /// A name, without its slash; bytes in the arena.
    Name(Range<usize>),
    /// A string; bytes in the arena.
    Text(Range<usize>),
    /// `[` or `]`.
    Bracket { opens: bool },
    /// `<<` or `>>`.
    Brace { opens: bool },
}

/// Reads operators with their operands.
pub(super) struct Tokens<'a> {
    data: &'a [u8],
    at: usize,
    operands: Vec<Operand>,
    arena: Vec<u8>,
    nested: u32,
}

impl<'a> Tokens<'a> {
    /// Tokens of these bytes.
    pub(super) fn new(data: &'a [u8]) -> Self {
        Self { data, at: 0, operands: Vec::new(), arena: Vec::new(), nested: 0 }
    }

    /// The next operator; its operands are in [`Tokens::operands`] until the next call.
    pub(super) fn next_operator(&mut self) -> Option<&'a [u8]> {
        self.operands.clear();
        self.arena.clear();
        self.nested = 0;
        loop {
            self.skip_space();
            let byte = self.peek(0)?;
            match byte {
                b'(' => self.literal(),
                b'<' if self.peek(1) == Some(b'<') => self.mark(2, Operand::Brace { opens: true }),
                b'>' if self.peek(1) == Some(b'>') => self.mark(2, Operand::Brace { opens: false }),
                b'<' => self.hexadecimal(),
                b'[' => {
                    self.nested += 1;
                    self.mark(1, Operand::Bracket { opens: true });
                }
                b']' => {
                    self.nested = 0;
                    self.mark(1, Operand::Bracket { opens: false });
                }
                b'/' => self.name(),
                b'+' | b'-' | b'.' | b'0'..=b'9' => self.number(),
                _ if is_regular(byte) => {
                    let word = self.word();
                    if word == b"ID" {
                        self.skip_inline_image();
                    }
                    if is_value(word) || (self.nested > 0 && !ends_array(word)) {
                        continue;
                    }
                    return Some(word);
                }
                _ => self.at += 1,
            }
        }
    }

    /// Operands of the last operator.
    pub(super) fn operands(&self) -> &[Operand] {
        &self.operands
    }

    /// Bytes of a name or string.
    pub(super) fn bytes(&self, range: &Range<usize>) -> &[u8] {
        self.arena.get(range.clone()).unwrap_or_default()
    }

    /// The last `N` numbers before the operator; fewer or other operands give `None`.
    pub(super) fn numbers<const N: usize>(&self) -> Option<[f64; N]> {
        let tail = self.operands.get(self.operands.len().checked_sub(N)?..)?;
        let mut numbers = [0.0; N];
        for (slot, operand) in numbers.iter_mut().zip(tail) {
            let Operand::Number(value) = operand else { return None };
            *slot = *value;
        }
        Some(numbers)
    }

    /// The first name among the operands.
    pub(super) fn first_name(&self) -> Option<&[u8]> {
        self.operands.iter().find_map(|operand| match operand {
            Operand::Name(range) => Some(self.bytes(range)),
            _ => None,
        })
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.data.get(self.at + ahead).copied()
    }

    fn push(&mut self, operand: Operand) {
        if self.operands.len() < OPERANDS {
            self.operands.push(operand);
        }
    }

    fn mark(&mut self, length: usize, operand: Operand) {
        self.at += length;
        self.push(operand);
    }

    fn skip_space(&mut self) {
        while let Some(byte) = self.peek(0) {
            match byte {
                b'%' => {
                    let rest = self.data.get(self.at..).unwrap_or_default();
                    self.at += memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
                }
                _ if is_space(byte) => self.at += 1,
                _ => return,
            }
        }
    }

    fn word(&mut self) -> &'a [u8] {
        let rest = self.data.get(self.at..).unwrap_or_default();
        let length = rest.iter().position(|byte| !is_regular(*byte)).unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    fn name(&mut self) {
        self.at += 1;
        let raw = self.word();
        let start = self.arena.len();
        let mut bytes = raw.iter().copied();
        while let Some(byte) = bytes.next() {
            let mut ahead = bytes.clone();
            match (byte, ahead.next().and_then(hex), ahead.next().and_then(hex)) {
                (b'#', Some(high), Some(low)) => {
                    self.arena.push(high << 4 | low);
                    bytes = ahead;
                }
                _ => self.arena.push(byte),
            }
        }
        self.push(Operand::Name(start..self.arena.len()));
    }

    /// A number as readers take it: `--5` is -5, the digits after a second point or an inner sign are dropped.
    fn number(&mut self) {
        let rest = self.data.get(self.at..).unwrap_or_default();
        let length = rest.iter().position(|byte| !matches!(byte, b'+' | b'-' | b'.' | b'0'..=b'9'));
        let raw = rest.get(..length.unwrap_or(rest.len())).unwrap_or_default();
        self.at += raw.len().max(1);
        let digits = raw.iter().position(|byte| !matches!(byte, b'+' | b'-')).unwrap_or(raw.len());
        let is_negative = raw.first() == Some(&b'-');
        let (mut value, mut scale, mut has_point) = (0.0_f64, 1.0_f64, false);
        for byte in raw.get(digits..).unwrap_or_default() {
            match byte {
                b'0'..=b'9' if has_point => {
                    scale /= 10.0;
                    value += f64::from(byte - b'0') * scale;
                }
                b'0'..=b'9' => value = value * 10.0 + f64::from(byte - b'0'),
                b'.' if !has_point => has_point = true,
                _ => break,
            }
        }
        self.push(Operand::Number(if is_negative { -value } else { value }.clamp(-1e9, 1e9)));
    }

    fn literal(&mut self) {
        self.at += 1;
        let start = self.arena.len();
        let mut depth = 0_u32;
        while let Some(byte) = self.peek(0) {
            self.at += 1;
            match byte {
                b'\\' => self.escape(),
                b'(' => {
                    depth += 1;
                    self.arena.push(byte);
                }
                b')' if depth == 0 => break,
                b')' => {
                    depth -= 1;
                    self.arena.push(byte);
                }
                _ => self.arena.push(byte),
            }
        }
        self.push(Operand::Text(start..self.arena.len()));
    }

    fn escape(&mut self) {
        let Some(byte) = self.peek(0) else { return };
        self.at += 1;
        let plain = match byte {
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'b' => 8,
            b'f' => 12,
            b'\r' => {
                self.at += usize::from(self.peek(0) == Some(b'\n'));
                return;
            }
            b'\n' => return,
            b'0'..=b'7' => {
                let mut value = u32::from(byte - b'0');
                for _ in 0..2 {
                    let Some(digit @ b'0'..=b'7') = self.peek(0) else { break };
                    value = value * 8 + u32::from(digit - b'0');
                    self.at += 1;
                }
                value as u8
            }
            other => other,
        };
        self.arena.push(plain);
    }

    fn hexadecimal(&mut self) {
        self.at += 1;
        let start = self.arena.len();
        let mut high = None;
        while let Some(byte) = self.peek(0) {
            self.at += 1;
            match (byte, hex(byte), high) {
                (b'>', ..) => break,
                (_, Some(digit), None) => high = Some(digit),
                (_, Some(digit), Some(first)) => {
                    self.arena.push(first << 4 | digit);
                    high = None;
                }
                _ => {}
            }
        }
        self.arena.extend(high.map(|digit| digit << 4));
        self.push(Operand::Text(start..self.arena.len()));
    }

    /// Steps over the data of an inline image: to an `EI` between spaces that text follows.
    fn skip_inline_image(&mut self) {
        let mut from = self.at;
        while let Some(rest) = self.data.get(from..) {
            let Some(found) = memchr::memmem::find(rest, b"EI") else { break };
            let at = from + found;
            let before = at.checked_sub(1).and_then(|before| self.data.get(before)).is_some_and(|byte| is_space(*byte));
            let tail = self.data.get(at + 2..).unwrap_or_default();
            let tail = tail.get(..16).unwrap_or(tail);
            let after = tail.first().is_none_or(|byte| is_space(*byte));
            if before && after && tail.iter().all(|byte| is_space(*byte) || byte.is_ascii_graphic()) {
                self.at = at;
                return;
            }
            from = at + 2;
        }
        self.at = self.data.len();
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 12 | b'\r' | b' ')
}

fn is_regular(byte: u8) -> bool {
    !is_space(byte) && !matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

/// Words that are operands.
fn is_value(word: &[u8]) -> bool {
    matches!(word, b"true" | b"false" | b"null")
}

/// Within an array other words are noise, but these say that its bracket was forgotten.
fn ends_array(word: &[u8]) -> bool {
    matches!(word, b"TJ" | b"ET" | b"BT" | b"endbfrange" | b"endbfchar" | b"endcmap")
}

fn hex(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).map(|digit| digit as u8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn operators(data: &[u8]) -> Vec<String> {
        let mut tokens = Tokens::new(data);
        std::iter::from_fn(|| tokens.next_operator().map(|word| String::from_utf8_lossy(word).into_owned())).collect()
    }

    #[test]
    fn strings_names_and_numbers_are_read_as_the_standard_writes_them() {
        let mut tokens = Tokens::new(b"/A#42c (a\\(b\\051\\n(c)) <4 14> -.5 --3 1.2.3 Tj");
        assert_eq!(tokens.next_operator(), Some(&b"Tj"[..]));
        let texts: Vec<&[u8]> = tokens
            .operands()
            .iter()
            .filter_map(|operand| match operand {
                Operand::Name(range) | Operand::Text(range) => Some(tokens.bytes(range)),
                _ => None,
            })
            .collect();
        assert_eq!(texts, [&b"ABc"[..], b"a(b)\n(c)", b"A@"]);
        assert_eq!(tokens.numbers::<3>(), Some([-0.5, -3.0, 1.2]));
    }

    #[test]
    fn a_bad_byte_costs_one_operator_only() {
        assert_eq!(operators(b"BT ) } >\xff\xfe (a) Tj ET"), ["BT", "\u{fffd}\u{fffd}", "Tj", "ET"]);
    }

    #[test]
    fn operators_within_an_array_are_stepped_over() {
        assert_eq!(operators(b"[(a) 12 Tc (b)] TJ"), ["TJ"]);
    }

    #[test]
    fn inline_images_are_stepped_over() {
        assert_eq!(operators(b"BI /W 1 /H 1 ID \x00EI\xff(( EI Q BT"), ["BI", "ID", "EI", "Q", "BT"]);
    }

    proptest! {
        #[test]
        fn any_bytes_end(data in proptest::collection::vec(any::<u8>(), 0..512)) {
            prop_assert!(operators(&data).len() <= data.len());
        }
    }
}
