//! Encodings of simple fonts: tables from code to character, and characters by glyph name (ISO 32000-2, annex D, and
//! the Adobe Glyph List, both as lopdf carries them).

use lopdf::{Dictionary, Document, Encoding, Object, StringFormat, dictionary};
use std::sync::LazyLock;

/// A character per code; `'\0'` where there is none.
pub(super) type Table = [char; 256];

/// The named tables that a font may start from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Base {
    Standard,
    WinAnsi,
    MacRoman,
    MacExpert,
    PdfDoc,
    Symbol,
    ZapfDingbats,
}

impl Base {
    /// The table with this name in a font dictionary.
    pub(super) fn by_name(name: &[u8]) -> Option<Self> {
        match name {
            b"StandardEncoding" => Some(Self::Standard),
            b"WinAnsiEncoding" => Some(Self::WinAnsi),
            b"MacRomanEncoding" => Some(Self::MacRoman),
            b"MacExpertEncoding" => Some(Self::MacExpert),
            b"PDFDocEncoding" => Some(Self::PdfDoc),
            _ => None,
        }
    }

    /// The table.
    pub(super) fn table(self) -> &'static Table {
        static STANDARD: LazyLock<Table> = LazyLock::new(|| named(b"StandardEncoding"));
        static WIN_ANSI: LazyLock<Table> = LazyLock::new(|| named(b"WinAnsiEncoding"));
        static MAC_ROMAN: LazyLock<Table> = LazyLock::new(|| named(b"MacRomanEncoding"));
        static MAC_EXPERT: LazyLock<Table> = LazyLock::new(|| named(b"MacExpertEncoding"));
        static PDF_DOC: LazyLock<Table> = LazyLock::new(pdf_doc);
        static SYMBOL: LazyLock<Table> = LazyLock::new(symbol);
        static ZAPF: LazyLock<Table> = LazyLock::new(zapf_dingbats);
        match self {
            Self::Standard => &STANDARD,
            Self::WinAnsi => &WIN_ANSI,
            Self::MacRoman => &MAC_ROMAN,
            Self::MacExpert => &MAC_EXPERT,
            Self::PdfDoc => &PDF_DOC,
            Self::Symbol => &SYMBOL,
            Self::ZapfDingbats => &ZAPF,
        }
    }
}

fn table_of(character: impl Fn(u8) -> Option<char>) -> Table {
    let mut table = ['\0'; 256];
    for (code, slot) in (0..=255_u8).zip(table.iter_mut()) {
        *slot = character(code).unwrap_or('\0');
    }
    table
}

fn named(name: &'static [u8]) -> Table {
    let doc = Document::new();
    let font = dictionary! { "Type" => "Font", "Encoding" => Object::Name(name.to_vec()) };
    let Ok(encoding) = font.get_font_encoding(&doc) else { return ['\0'; 256] };
    table_of(|code| encoding.bytes_to_string(&[code]).ok()?.chars().next())
}

fn pdf_doc() -> Table {
    table_of(|code| {
        let string = Object::String(vec![code], StringFormat::Literal);
        lopdf::decode_text_string(&string).ok()?.chars().next()
    })
}

/// The Symbol font's own encoding (ISO 32000-2, annex D.5).
fn symbol() -> Table {
    const LOW: &str = " !∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_‾αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼";
    const HIGH: &str = "€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…⏐⎯↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊〈®©™∑";
    let mut table = ['\0'; 256];
    for (slot, character) in table.iter_mut().skip(0x20).zip(LOW.chars()) {
        *slot = character;
    }
    for (slot, character) in table.iter_mut().skip(0xa0).zip(HIGH.chars()) {
        *slot = character;
    }
    table
}

/// The Dingbats block of Unicode follows the font's order but for signs that Unicode had elsewhere.
fn zapf_dingbats() -> Table {
    table_of(|code| match code {
        0x20 => Some(' '),
        0x25 => Some('☎'),
        0x2a => Some('☛'),
        0x2b => Some('☞'),
        0x48 => Some('★'),
        0x6c => Some('●'),
        0x6e => Some('■'),
        0x73 => Some('▲'),
        0x74 => Some('▼'),
        0x75 => Some('◆'),
        0x77 => Some('◗'),
        0x21..=0x7e => char::from_u32(0x2701 + u32::from(code) - 0x21),
        0xa1..=0xfe => char::from_u32(0x2761 + u32::from(code) - 0xa1),
        _ => None,
    })
}

/// The text that a glyph name stands for: by the list, by the `uniXXXX` and `uXXXXX` forms, in parts joined by `_`,
/// suffixes after a point left out (Adobe Glyph List specification, section 2).
pub(super) fn text_of_name(name: &[u8]) -> Option<String> {
    let name = name.split(|byte| *byte == b'.').next().filter(|name| !name.is_empty())?;
    if let [letter] = name
        && letter.is_ascii_alphabetic()
    {
        return Some(char::from(*letter).to_string());
    }
    if let Some(character) = listed(name) {
        return Some(character.to_string());
    }
    if name.contains(&b'_') {
        return name
            .split(|byte| *byte == b'_')
            .map(|part| (!part.contains(&b'_')).then(|| text_of_name(part))?)
            .collect();
    }
    let digits = |digits: &[u8]| u32::from_str_radix(str::from_utf8(digits).ok()?, 16).ok();
    if let Some(units) = name.strip_prefix(b"uni")
        && units.len() >= 4
        && units.len() % 4 == 0
        && units.iter().all(u8::is_ascii_hexdigit)
    {
        let units = units.as_chunks::<4>().0.iter().filter_map(|unit| digits(unit).map(|unit| unit as u16));
        return Some(char::decode_utf16(units).map(|unit| unit.unwrap_or('\u{fffd}')).collect());
    }
    let code = name.strip_prefix(b"u").filter(|code| (4..=6).contains(&code.len()))?;
    char::from_u32(digits(code)?).map(|character| character.to_string())
}

/// The number in names such as `g65` or `c65`, which some producers give to code 65: a guess.
pub(super) fn code_in_name(name: &[u8]) -> Option<u8> {
    let digits = name.iter().position(u8::is_ascii_digit)?;
    if digits == 0 || digits > 5 {
        return None;
    }
    str::from_utf8(name.get(digits..)?).ok()?.parse().ok().filter(|code| *code >= 32)
}

fn listed(name: &[u8]) -> Option<char> {
    const CODE: u8 = 65;
    let doc = Document::new();
    let differences = vec![Object::Integer(i64::from(CODE)), Object::Name(name.to_vec())];
    let font: Dictionary =
        dictionary! { "Type" => "Font", "Encoding" => dictionary! { "Differences" => Object::Array(differences) } };
    match font.get_font_encoding(&doc).ok()? {
        Encoding::Differences(differences) => {
            differences.map.get(&CODE).and_then(|glyph| char::from_u32(u32::from(glyph.utf16_code_unit())))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_base_table_has_its_marks() {
        let at = |base: Base, code: u8| base.table()[usize::from(code)];
        assert_eq!(at(Base::WinAnsi, 0x80), '€');
        assert_eq!(at(Base::MacRoman, 0x8e), 'é');
        assert_eq!(at(Base::Standard, 0x27), '\u{2019}');
        assert_eq!(at(Base::PdfDoc, 0xa0), '€');
        assert_eq!(at(Base::Symbol, 0x61), 'α');
        assert_eq!(at(Base::Symbol, 0x7e), '∼');
        assert_eq!(at(Base::Symbol, 0xe5), '∑');
        assert_eq!(at(Base::ZapfDingbats, 0x33), '✓');
    }

    #[test]
    fn glyph_names_give_text() {
        let text = |name: &str| text_of_name(name.as_bytes());
        assert_eq!(text("eacute").as_deref(), Some("é"));
        assert_eq!(text("a.alt").as_deref(), Some("a"));
        assert_eq!(text("uni00410042").as_deref(), Some("AB"));
        assert_eq!(text("u1F600").as_deref(), Some("\u{1f600}"));
        assert_eq!(text("T_h").as_deref(), Some("Th"));
        assert_eq!(text("nosuchglyph"), None);
        assert_eq!(code_in_name(b"g65"), Some(65));
    }
}
