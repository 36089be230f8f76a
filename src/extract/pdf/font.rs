//! Fonts: how bytes become codes, codes text, and codes advances (ISO 32000-2, 9.6 to 9.10). `ToUnicode` counts
//! first, then the encoding, then guesses, which are counted as such. Glyph outlines are never read here.

use super::cmap::CMap;
use super::encoding::Base;
use super::objects::{Objects, number};
use super::simple::SimpleCodes;
use super::widths::StandIn;
use crate::limits::guard;
use crate::model::{Fault, Stage};
use hayro_interpret::hayro_cmap::{self, BfString, CMapName, CidFamily};
use lopdf::{Dictionary, Object};

/// How a code was turned into text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mapped {
    /// As the file says.
    Surely,
    /// By a convention that the file does not state.
    Guessed,
    /// Not at all.
    Not,
}

/// A font as far as text needs it.
pub(super) struct Font {
    codes: Codes,
    unicode: Option<CMap>,
    widths: Widths,
    stand_in: StandIn,
    /// Text space units per glyph space unit.
    scale: f64,
    /// Height of the em in text space units, at size 1.
    pub(super) em: f64,
    /// Written top to bottom.
    pub(super) is_vertical: bool,
}

enum Codes {
    /// One byte a code.
    Simple(SimpleCodes),
    /// Codes by an embedded `CMap`, or two bytes each where there is none.
    Composite { map: Option<CMap> },
    /// Codes by one of the predefined `CMap`s, with the collection's way back to text.
    Predefined { map: Box<hayro_cmap::CMap>, text: Option<Box<hayro_cmap::CMap>> },
}

enum Widths {
    Simple {
        first: u32,
        widths: Vec<f32>,
        missing: f32,
    },
    /// Sorted, without overlaps: first and last glyph, width.
    Composite {
        ranges: Vec<(u32, u32, f32)>,
        default: f32,
    },
    Unknown,
}

impl Font {
    /// Reads a font dictionary.
    ///
    /// # Errors
    /// When a bound of the item is reached.
    pub(super) fn load(objects: Objects<'_>, dict: &Dictionary) -> Result<Self, Fault> {
        let unicode = match objects.get(dict, b"ToUnicode") {
            Some(Object::Stream(stream)) => Some(CMap::parse(&objects.content(stream)?.bytes, objects.budget)?),
            _ => None,
        };
        let unicode = unicode.filter(CMap::has_text);
        let stand_in = StandIn::for_name(objects.name(dict, b"BaseFont").unwrap_or_default());
        let mut font = Self {
            codes: Codes::Composite { map: None },
            unicode,
            widths: Widths::Unknown,
            stand_in,
            scale: 0.001,
            em: 1.0,
            is_vertical: false,
        };
        match objects.name(dict, b"Subtype") {
            Some(b"Type0") => font.load_composite(objects, dict)?,
            subtype => font.load_simple(objects, dict, subtype == Some(b"Type3"))?,
        }
        Ok(font)
    }

    /// Stands in for a font that is not there.
    pub(super) fn fallback() -> Self {
        Self {
            codes: Codes::Simple(SimpleCodes {
                table: Box::new(*Base::WinAnsi.table()),
                ligatures: Vec::new(),
                guessed: true,
            }),
            unicode: None,
            widths: Widths::Unknown,
            stand_in: StandIn::for_name(b"Helvetica"),
            scale: 0.001,
            em: 1.0,
            is_vertical: false,
        }
    }

    /// The first code of these bytes and its length, at least 1.
    pub(super) fn next_code(&self, bytes: &[u8]) -> (u32, usize) {
        let of_length = |length: usize| bytes.iter().take(length).fold(0, |code, byte| code << 8 | u32::from(*byte));
        match &self.codes {
            Codes::Simple(_) => (of_length(1), 1),
            Codes::Composite { map: Some(map) } => map.next_code(bytes),
            Codes::Composite { map: None } => (of_length(2), 2),
            Codes::Predefined { map, .. } => (1..=4)
                .take_while(|length| *length <= bytes.len())
                .map(|length| (of_length(length), length))
                .find(|(code, length)| map.lookup_cid_code(*code, *length as u8).is_some())
                .unwrap_or((of_length(2), 2)),
        }
    }

    /// Appends the text of a code.
    pub(super) fn push_text(&self, code: u32, length: usize, out: &mut String) -> Mapped {
        if self.unicode.as_ref().is_some_and(|map| map.push_text(code, out)) {
            return Mapped::Surely;
        }
        match &self.codes {
            Codes::Simple(SimpleCodes { table, ligatures, guessed }) => {
                let at = (code & 0xff) as u8;
                if let Ok(index) = ligatures.binary_search_by_key(&at, |(code, _)| *code) {
                    out.push_str(ligatures.get(index).map_or("", |(_, text)| text));
                } else {
                    match table.get(usize::from(at)).copied().unwrap_or('\0') {
                        '\0' => return Mapped::Not,
                        character => out.push(character),
                    }
                }
                if *guessed { Mapped::Guessed } else { Mapped::Surely }
            }
            Codes::Composite { .. } => Mapped::Not,
            Codes::Predefined { map, text: Some(text) } => {
                match map.lookup_cid_code(code, length as u8).and_then(|cid| text.lookup_bf_string(cid)) {
                    Some(BfString::Char(character)) => out.push(character),
                    Some(BfString::String(string)) => out.push_str(&string),
                    None => return Mapped::Not,
                }
                Mapped::Surely
            }
            Codes::Predefined { text: None, .. } => Mapped::Not,
        }
    }

    /// The advance of a code in text space units at size 1; `text` is what the code was mapped to.
    pub(super) fn advance(&self, code: u32, length: usize, text: &str) -> f64 {
        let width = match &self.widths {
            Widths::Simple { first, widths, missing } => {
                let index = code.checked_sub(*first).and_then(|index| usize::try_from(index).ok());
                let width = f64::from(index.and_then(|index| widths.get(index)).copied().unwrap_or(*missing));
                // A letter without a width: the array is damaged or lacks it.
                match text.chars().next().filter(|c| width == 0.0 && c.is_alphanumeric()) {
                    Some(letter) if self.is_standard_scale() => self.stand_in.width(letter),
                    _ => width,
                }
            }
            Widths::Composite { ranges, default } => {
                let glyph = self.glyph(code, length);
                let at = ranges.partition_point(|range| range.0 <= glyph);
                let range = at.checked_sub(1).and_then(|at| ranges.get(at)).filter(|range| range.1 >= glyph);
                f64::from(range.map_or(*default, |range| range.2))
            }
            Widths::Unknown => text.chars().next().map_or(500.0, |character| self.stand_in.width(character)),
        };
        width * self.scale
    }

    /// Whether widths are in thousandths of an em, as in all but Type 3 fonts.
    fn is_standard_scale(&self) -> bool {
        (self.scale - 0.001).abs() < 1e-9
    }

    fn glyph(&self, code: u32, length: usize) -> u32 {
        match &self.codes {
            Codes::Composite { map: Some(map) } => map.glyph(code).unwrap_or(code),
            Codes::Predefined { map, .. } => map.lookup_cid_code(code, length as u8).unwrap_or(code),
            _ => code,
        }
    }

    fn load_simple(&mut self, objects: Objects<'_>, dict: &Dictionary, is_type3: bool) -> Result<(), Fault> {
        let descriptor = objects.dict(dict, b"FontDescriptor");
        if let Some(widths) = objects.array(dict, b"Widths") {
            let widths: Vec<f32> = widths
                .iter()
                .take(256)
                .map(|width| objects.resolve(width).and_then(number).unwrap_or(0.0) as f32)
                .collect();
            let missing = descriptor.and_then(|descriptor| objects.number(descriptor, b"MissingWidth"));
            let first = objects.number(dict, b"FirstChar").unwrap_or(0.0).max(0.0) as u32;
            self.widths = Widths::Simple { first, widths, missing: missing.unwrap_or(0.0) as f32 };
        }
        if is_type3 {
            let matrix: [f64; 6] = objects.numbers(dict, b"FontMatrix").unwrap_or([0.001, 0.0, 0.0, 0.001, 0.0, 0.0]);
            self.scale = if matrix[0] == 0.0 { matrix[1].abs() } else { matrix[0].abs() };
            let bounds: [f64; 4] = objects.numbers(dict, b"FontBBox").unwrap_or_default();
            let height = (bounds[3] - bounds[1]).abs() * matrix[3].abs().max(matrix[2].abs());
            self.em = if height > 0.0 && height < 1e4 { height } else { 1.0 };
        }
        self.codes = Codes::Simple(SimpleCodes::load(objects, dict, descriptor, is_type3)?);
        Ok(())
    }

    fn load_composite(&mut self, objects: Objects<'_>, dict: &Dictionary) -> Result<(), Fault> {
        let descendant = objects
            .array(dict, b"DescendantFonts")
            .and_then(|fonts| fonts.first())
            .and_then(|font| objects.resolve(font))
            .and_then(super::objects::as_dict);
        match objects.get(dict, b"Encoding") {
            Some(Object::Stream(stream)) => {
                let map = CMap::parse(&objects.content(stream)?.bytes, objects.budget)?;
                self.is_vertical = map.is_vertical;
                let base = map.base.as_deref().or_else(|| objects.name(&stream.dict, b"UseCMap"));
                self.codes = match base.and_then(|base| predefined(base, None)) {
                    Some(codes) if !map.has_glyphs() => codes,
                    _ => Codes::Composite { map: Some(map) },
                };
            }
            Some(Object::Name(name)) => {
                self.is_vertical = name.ends_with(b"-V");
                let collection = descendant.and_then(|font| objects.dict(font, b"CIDSystemInfo"));
                let is_identity = name.starts_with(b"Identity-");
                let ordering = collection.and_then(|info| objects.text(info, b"Ordering"));
                if !is_identity || ordering.as_ref().is_some_and(|ordering| ordering != "Identity") {
                    let codes = predefined(name, ordering.as_deref());
                    self.codes = codes.unwrap_or(Codes::Composite { map: None });
                }
            }
            _ => {}
        }
        if let Some(descendant) = descendant {
            let default = objects.number(descendant, b"DW").unwrap_or(1000.0) as f32;
            let array = objects.array(descendant, b"W").unwrap_or_default();
            self.widths = Widths::Composite { ranges: width_ranges(objects, array)?, default };
        }
        Ok(())
    }
}

/// Codes by a predefined `CMap`, with the character collection's map to text.
fn predefined(name: &[u8], ordering: Option<&str>) -> Option<Codes> {
    let load = |name: CMapName<'_>| {
        let data = hayro_cmap::load_embedded(name)?;
        hayro_cmap::CMap::parse(data, hayro_cmap::load_embedded)
    };
    guard(Stage::Extract, || {
        let is_identity = name.starts_with(b"Identity-");
        let map = if is_identity { hayro_cmap::CMap::identity_h() } else { load(CMapName::from_bytes(name))? };
        let family = match map.metadata().character_collection.as_ref() {
            Some(collection) if !is_identity => collection.family.clone(),
            _ => CidFamily::from_registry_ordering(b"Adobe", ordering?.as_bytes()),
        };
        let text = family.ucs2_cmap().and_then(load);
        (!is_identity || text.is_some()).then(|| Codes::Predefined { map: Box::new(map), text: text.map(Box::new) })
    })
    .ok()
    .flatten()
}

/// The `W` array as ranges: `first [w ...]` and `first last w` (9.7.4.3).
fn width_ranges(objects: Objects<'_>, array: &[Object]) -> Result<Vec<(u32, u32, f32)>, Fault> {
    let mut ranges = Vec::new();
    let mut items = array.iter().filter_map(|item| objects.resolve(item));
    while let Some(first) = items.next() {
        objects.budget.check()?;
        let (Some(first), Some(second)) = (number(first).map(|first| first as u32), items.next()) else { continue };
        match second {
            Object::Array(widths) => {
                for (offset, width) in (0..65_536_u32).zip(widths) {
                    let width = objects.resolve(width).and_then(number).unwrap_or(0.0) as f32;
                    let glyph = first.saturating_add(offset);
                    ranges.push((glyph, glyph, width));
                }
            }
            last => {
                let (Some(last), Some(width)) = (number(last), items.next().and_then(number)) else { continue };
                ranges.push((first, last as u32, width as f32));
            }
        }
    }
    ranges.sort_by_key(|range| range.0);
    Ok(ranges)
}
