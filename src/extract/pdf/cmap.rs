//! `CMap` files: which bytes make one code, and what text or glyph a code stands for (Adobe technical notes 5014
//! and 5411). Ranges are kept as ranges, so a file that claims four thousand million codes costs one entry.

use super::tokens::{Operand, Tokens};
use crate::limits::Budget;
use crate::model::Fault;

/// Entries kept of one file; the largest character collection has some 30,000.
const ENTRIES: usize = 200_000;
/// Entries looked at behind the best one, where ranges overlap.
const OVERLAP: usize = 16;

/// What a range of codes stands for.
#[derive(Debug, Clone, PartialEq)]
enum Target {
    /// Text whose last unit counts up along the range: UTF-16 units in the arena.
    Text(u32, u32),
    /// Glyph numbers counting up.
    Glyph(u32),
}

#[derive(Debug, Clone)]
struct Entry {
    low: u32,
    high: u32,
    target: Target,
}

/// A parsed `CMap`.
#[derive(Debug, Clone, Default)]
pub(super) struct CMap {
    /// Code lengths: bytes, lowest and highest code.
    spaces: Vec<(usize, u32, u32)>,
    text: Vec<Entry>,
    glyphs: Vec<Entry>,
    units: Vec<u16>,
    /// Name of the `CMap` that this one extends.
    pub(super) base: Option<Vec<u8>>,
    /// Written top to bottom.
    pub(super) is_vertical: bool,
}

impl CMap {
    /// Reads a `CMap` file.
    ///
    /// # Errors
    /// When the item's time is over.
    pub(super) fn parse(data: &[u8], budget: &Budget) -> Result<Self, Fault> {
        let mut map = Self::default();
        let mut tokens = Tokens::new(data);
        while let Some(word) = tokens.next_operator() {
            budget.check()?;
            match word {
                b"endcodespacerange" => map.take_spaces(&tokens),
                b"endbfchar" => map.take(&tokens, Self::single_text),
                b"endbfrange" => map.take_ranges(&tokens),
                b"endcidchar" => map.take(&tokens, Self::single_glyph),
                b"endcidrange" => map.take_glyph_ranges(&tokens),
                b"usecmap" => map.base = tokens.first_name().map(<[u8]>::to_vec),
                b"def" => map.take_definition(&tokens),
                _ => {}
            }
        }
        map.text.sort_by_key(|entry| entry.low);
        map.glyphs.sort_by_key(|entry| entry.low);
        Ok(map)
    }

    /// Appends the text of a code; `false` if the map has none.
    pub(super) fn push_text(&self, code: u32, out: &mut String) -> bool {
        let Some(entry) = find(&self.text, code) else { return false };
        let Target::Text(start, end) = entry.target else { return false };
        let units = self.units.get(start as usize..end as usize).unwrap_or_default();
        let offset = code - entry.low;
        let last = units.len().saturating_sub(1);
        let counted = units
            .iter()
            .enumerate()
            .map(|(index, unit)| if index == last { (u32::from(*unit)).wrapping_add(offset) as u16 } else { *unit });
        let before = out.len();
        out.extend(char::decode_utf16(counted).map(|unit| unit.unwrap_or('\u{fffd}')));
        let added = out.get(before..).unwrap_or_default();
        // A map to nothing, to NUL or to the replacement character says that its maker did not know either.
        if added.is_empty() || added.chars().all(|c| matches!(c, '\0' | '\u{fffd}')) {
            out.truncate(before);
            return false;
        }
        true
    }

    /// The glyph number of a code.
    pub(super) fn glyph(&self, code: u32) -> Option<u32> {
        let entry = find(&self.glyphs, code)?;
        match entry.target {
            Target::Glyph(first) => Some(first.wrapping_add(code - entry.low)),
            Target::Text(..) => None,
        }
    }

    /// Whether it gives text to any code.
    pub(super) fn has_text(&self) -> bool {
        !self.text.is_empty()
    }

    /// Whether it gives glyphs to any code.
    pub(super) fn has_glyphs(&self) -> bool {
        !self.glyphs.is_empty()
    }

    /// The first code of these bytes and its length, by the code space; two bytes where there is none.
    pub(super) fn next_code(&self, bytes: &[u8]) -> (u32, usize) {
        let mut code = 0;
        for (index, byte) in bytes.iter().take(4).enumerate() {
            code = code << 8 | u32::from(*byte);
            if self.spaces.iter().any(|space| is_in_space(*space, index + 1, code)) {
                return (code, index + 1);
            }
        }
        let length = self.spaces.iter().map(|space| space.0).min().unwrap_or(2).clamp(1, bytes.len().max(1));
        (bytes.iter().take(length).fold(0, |code, byte| code << 8 | u32::from(*byte)), length)
    }

    fn take_definition(&mut self, tokens: &Tokens<'_>) {
        if let [Operand::Name(name), Operand::Number(value)] = tokens.operands()
            && tokens.bytes(name) == b"WMode"
        {
            self.is_vertical = *value > 0.5;
        }
    }

    fn take_spaces(&mut self, tokens: &Tokens<'_>) {
        for pair in tokens.operands().chunks_exact(2) {
            if let [Operand::Text(low), Operand::Text(high)] = pair
                && self.spaces.len() < 256
            {
                let (low, high) = (tokens.bytes(low), tokens.bytes(high));
                self.spaces.push((low.len().clamp(1, 4), code_of(low), code_of(high)));
            }
        }
    }

    fn take(&mut self, tokens: &Tokens<'_>, single: fn(&mut Self, &Tokens<'_>, u32, &Operand)) {
        for pair in tokens.operands().chunks_exact(2) {
            if let [Operand::Text(code), target] = pair
                && self.text.len() + self.glyphs.len() < ENTRIES
            {
                single(self, tokens, code_of(tokens.bytes(code)), target);
            }
        }
    }

    fn single_text(&mut self, tokens: &Tokens<'_>, code: u32, target: &Operand) {
        self.push_range(tokens, code, code, target);
    }

    fn single_glyph(&mut self, _: &Tokens<'_>, code: u32, target: &Operand) {
        if let Operand::Number(glyph) = target {
            self.glyphs.push(Entry { low: code, high: code, target: Target::Glyph(*glyph as u32) });
        }
    }

    fn push_range(&mut self, tokens: &Tokens<'_>, low: u32, high: u32, target: &Operand) {
        if self.text.len() >= ENTRIES || high < low {
            return;
        }
        let start = self.units.len() as u32;
        match target {
            Operand::Text(range) => {
                let bytes = tokens.bytes(range);
                match bytes {
                    [byte] => self.units.push(u16::from(*byte)),
                    _ => self.units.extend(bytes.as_chunks::<2>().0.iter().map(|unit| u16::from_be_bytes(*unit))),
                }
            }
            // A glyph name in place of text.
            Operand::Name(range) => {
                let text = super::encoding::text_of_name(tokens.bytes(range));
                self.units.extend(text.unwrap_or_default().encode_utf16());
            }
            _ => return,
        }
        self.text.push(Entry { low, high, target: Target::Text(start, self.units.len() as u32) });
    }

    fn take_ranges(&mut self, tokens: &Tokens<'_>) {
        let mut operands = tokens.operands().iter();
        while let (Some(Operand::Text(low)), Some(Operand::Text(high)), Some(target)) =
            (operands.next(), operands.next(), operands.next())
        {
            let (low, high) = (code_of(tokens.bytes(low)), code_of(tokens.bytes(high)));
            if !matches!(target, Operand::Bracket { opens: true }) {
                self.push_range(tokens, low, high, target);
                continue;
            }
            let mut code = low;
            for item in operands.by_ref() {
                if matches!(item, Operand::Bracket { opens: false }) {
                    break;
                }
                if code <= high {
                    self.push_range(tokens, code, code, item);
                }
                code = code.saturating_add(1);
            }
        }
    }

    fn take_glyph_ranges(&mut self, tokens: &Tokens<'_>) {
        for triple in tokens.operands().chunks_exact(3) {
            if let [Operand::Text(low), Operand::Text(high), Operand::Number(glyph)] = triple
                && self.glyphs.len() < ENTRIES
            {
                let (low, high) = (code_of(tokens.bytes(low)), code_of(tokens.bytes(high)));
                self.glyphs.push(Entry { low, high, target: Target::Glyph(*glyph as u32) });
            }
        }
    }
}

fn find(entries: &[Entry], code: u32) -> Option<&Entry> {
    let end = entries.partition_point(|entry| entry.low <= code);
    entries.get(..end)?.iter().rev().take(OVERLAP).find(|entry| entry.high >= code)
}

fn code_of(bytes: &[u8]) -> u32 {
    bytes.iter().take(4).fold(0, |code, byte| code << 8 | u32::from(*byte))
}

/// Whether a code lies in a code space, which is a box: each byte has its own bounds.
fn is_in_space((length, low, high): (usize, u32, u32), read: usize, code: u32) -> bool {
    length == read
        && low
            .to_be_bytes()
            .iter()
            .zip(high.to_be_bytes())
            .zip(code.to_be_bytes())
            .all(|((low, high), byte)| (*low..=high).contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;
    use std::sync::Arc;

    fn parse(data: &[u8]) -> CMap {
        CMap::parse(data, &Budget::new(Arc::new(Limits::default()))).expect("in time")
    }

    fn text(map: &CMap, code: u32) -> Option<String> {
        let mut out = String::new();
        map.push_text(code, &mut out).then_some(out)
    }

    #[test]
    fn characters_ranges_and_arrays_give_text() {
        let map = parse(
            b"1 begincodespacerange <00> <ff> endcodespacerange 2 beginbfchar <01> <00660069> <02> <d83ddE00> endbfchar
              2 beginbfrange <10> <12> <0041> <20> <21> [<0061> <0062>] endbfrange",
        );
        assert_eq!(text(&map, 1).as_deref(), Some("fi"));
        assert_eq!(text(&map, 2).as_deref(), Some("\u{1f600}"));
        assert_eq!(text(&map, 0x12).as_deref(), Some("C"));
        assert_eq!(text(&map, 0x21).as_deref(), Some("b"));
        assert_eq!(text(&map, 0x22), None);
        assert_eq!(map.next_code(b"\x10\x11"), (0x10, 1));
    }

    #[test]
    fn a_range_over_all_codes_costs_one_entry() {
        let map = parse(b"1 beginbfrange <00000000> <ffffffff> <0041> endbfrange");
        assert_eq!(map.text.len(), 1);
        assert_eq!(text(&map, 1).as_deref(), Some("B"));
    }

    #[test]
    fn codes_of_mixed_length_are_told_apart_by_their_first_byte() {
        let map = parse(b"2 begincodespacerange <00> <80> <8140> <9ffc> endcodespacerange 1 begincidrange <8140> <817e> 633 endcidrange");
        assert_eq!(map.next_code(b"A"), (0x41, 1));
        assert_eq!(map.next_code(b"\x81\x41A"), (0x8141, 2));
        assert_eq!(map.glyph(0x8141), Some(634));
    }
}
