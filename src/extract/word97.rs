//! Word 97-2003 documents (MS-DOC): the text by its piece table; of older or damaged files the printable runs.

use super::Reading;
use super::ole::{self, Storage, long, short, utf16};
use super::passages::Lines;
use super::strings;
use crate::limits::Budget;
use crate::model::{Code, Fault, Origin, Part, Shape, Sink};
use crate::sniff::Charset;

/// Reads a Word 97 document.
///
/// # Errors
/// [`Code::Encrypted`]; [`Code::Damaged`] where the piece table fails; the bounds. What was read before stays.
pub(super) fn read(reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    let Ok(mut storage) = Storage::open(reading) else {
        strings::read(reading, sink)?;
        return Err(Fault::extract(Code::Damaged));
    };
    let document = storage.stream("/WordDocument").unwrap_or_default();
    let flags = short(&document, 0x0a).unwrap_or(0);
    if flags & 0x0100 != 0 {
        ole::read_properties(&mut storage, sink);
        return Err(Fault::extract(Code::Encrypted));
    }
    let table = storage.stream(if flags & 0x0200 != 0 { "/1Table" } else { "/0Table" }).unwrap_or_default();
    ole::read_properties(&mut storage, sink);
    let text = pieces(&document, &table, reading.budget)?;
    let is_read = text.as_ref().is_some_and(|text| !text.is_empty());
    match text {
        Some(text) => parts(&document, &text, reading.budget, sink)?,
        None => old(&document, reading.budget, sink)?,
    }
    if let Some(data) = storage.stream("/Data") {
        ole::pictures(&data, reading, sink)?;
    }
    ole::embedded(&mut storage, reading, sink)?;
    if is_read { Ok(()) } else { Err(Fault::extract(Code::Damaged)) }
}

/// The characters of the document in their logical order; `None` without a piece table (MS-DOC 2.4.1).
fn pieces(document: &[u8], table: &[u8], budget: &Budget) -> Result<Option<Vec<char>>, Fault> {
    let (Some(start), Some(length)) = (long(document, 0x01a2), long(document, 0x01a6)) else { return Ok(None) };
    let start = start as usize;
    let Some(mut clx) = table.get(start..start.saturating_add(length as usize)).filter(|clx| !clx.is_empty()) else {
        return Ok(None);
    };
    // Property runs stand before the table; each says how long it is.
    while let [1, rest @ ..] = clx {
        let skip = usize::from(short(rest, 0).unwrap_or(u16::MAX)) + 2;
        clx = rest.get(skip..).unwrap_or_default();
    }
    let [2, rest @ ..] = clx else { return Ok(None) };
    let size = long(rest, 0).unwrap_or(0) as usize;
    let plc = rest.get(4..).unwrap_or_default();
    let plc = plc.get(..size).unwrap_or(plc);
    let count = plc.len().saturating_sub(4) / 12;
    let mut text = Vec::new();
    for index in 0..count {
        budget.check()?;
        let position = |index: usize| long(plc, index * 4);
        let place = (count + 1) * 4 + index * 8 + 2;
        let (Some(from), Some(to), Some(place)) = (position(index), position(index + 1), long(plc, place)) else {
            break;
        };
        let characters = to.saturating_sub(from) as usize;
        let is_narrow = place & 0x4000_0000 != 0;
        let offset = (place & 0x3fff_ffff) as usize;
        let (offset, bytes) = if is_narrow { (offset / 2, characters) } else { (offset, characters.saturating_mul(2)) };
        let run = document.get(offset.min(document.len())..).unwrap_or_default();
        let run = run.get(..bytes).unwrap_or(run);
        let decoded =
            if is_narrow { Charset::by_code_page(1252).unwrap_or(Charset::UTF8).decode(run) } else { utf16(run) };
        if (text.len() + decoded.len()) as u64 > budget.limits().text_bytes {
            return Err(Fault::extract(Code::TooMuchText));
        }
        text.extend(decoded.chars());
    }
    Ok(Some(text))
}

/// Hands over the document's parts by their lengths (MS-DOC 2.5.5): text, footnotes, headers, comments, endnotes, boxes.
fn parts(document: &[u8], text: &[char], budget: &Budget, sink: &mut dyn Sink) -> Result<(), Fault> {
    let known = [
        (0x4c, Part::Text, None),
        (0x50, Part::Text, Some("footnotes")),
        (0x54, Part::Text, Some("header")),
        (0x58, Part::Hidden, None),
        (0x5c, Part::Annotation, None),
        (0x60, Part::Text, Some("endnotes")),
        (0x64, Part::Text, None),
        (0x68, Part::Text, Some("header")),
    ];
    let mut rest = text;
    for (offset, part, key) in known {
        let length = (long(document, offset).unwrap_or(0) as usize).min(rest.len());
        let Some((own, tail)) = rest.split_at_checked(length) else { break };
        rest = tail;
        let origin = Origin { part, page: None, key: key.map(str::to_owned) };
        lines(own, budget)?.put(origin, Shape::Layout, sink);
    }
    // A damaged header may tell too little: what is left is text all the same.
    lines(rest, budget)?.put(Origin::of(Part::Text), Shape::Layout, sink);
    Ok(())
}

/// Lines of Word's characters: cell and paragraph marks, fields, special characters (MS-DOC 2.8.25 and following).
fn lines(text: &[char], budget: &Budget) -> Result<Lines, Fault> {
    let mut lines = Lines::default();
    let mut fields: Vec<bool> = Vec::new();
    let mut last_mark = false;
    for c in text {
        budget.check()?;
        let in_instruction = fields.last().is_some_and(|is_result| !is_result);
        match c {
            '\u{13}' => fields.push(false),
            '\u{14}' => {
                if let Some(field) = fields.last_mut() {
                    *field = true;
                }
            }
            '\u{15}' => {
                fields.pop();
            }
            _ if in_instruction => {}
            // Each cell ends with a mark; a second one in a row ends the row.
            '\u{7}' if last_mark => lines.fresh_line(),
            '\u{7}' => lines.push("\t", budget)?,
            '\r' | '\u{b}' | '\u{c}' | '\u{e}' => lines.end_line(),
            '\u{1e}' => lines.push("-", budget)?,
            '\u{1f}' | '\u{ad}' => {}
            '\t' => lines.push("\t", budget)?,
            '\u{a0}' => lines.push(" ", budget)?,
            c if c.is_control() => {}
            c => lines.push(c.encode_utf8(&mut [0; 4]), budget)?,
        }
        last_mark = *c == '\u{7}';
    }
    Ok(lines)
}

/// Word 6 and 95 hold their text in one run; anything else is searched for printable runs.
fn old(document: &[u8], budget: &Budget, sink: &mut dyn Sink) -> Result<(), Fault> {
    let (from, to) = (long(document, 0x18).unwrap_or(0) as usize, long(document, 0x1c).unwrap_or(0) as usize);
    let mut text = String::new();
    if let Some(run) = document.get(from..to).filter(|run| run.len() > 8) {
        let decoded = Charset::by_code_page(1252).unwrap_or(Charset::UTF8).decode(run);
        let characters: Vec<char> = decoded.chars().collect();
        lines(&characters, budget)?.put(Origin::of(Part::Text), Shape::Layout, sink);
        return Ok(());
    }
    strings::find(document, budget, &mut text)?;
    super::passages::put(sink, Origin::of(Part::Text), Shape::Flow, text);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::desk::Desk;
    use crate::model::Media;
    use std::io::{Cursor, Write};

    fn document(text: &str, flags: u16) -> Vec<u8> {
        let mut main = vec![0; 0x400];
        main[0..2].copy_from_slice(&0xa5ec_u16.to_le_bytes());
        main[0x0a..0x0c].copy_from_slice(&flags.to_le_bytes());
        let characters = text.encode_utf16().count() as u32;
        main[0x4c..0x50].copy_from_slice(&characters.to_le_bytes());
        main[0x1a6..0x1aa].copy_from_slice(&21_u32.to_le_bytes());
        let mut table = vec![2];
        for number in [16, 0, characters] {
            table.extend(u32::to_le_bytes(number));
        }
        table.extend([0, 0]);
        table.extend(0x400_u32.to_le_bytes());
        table.extend([0, 0]);
        main.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
        let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).expect("created");
        for (name, bytes) in [("/WordDocument", &main), ("/1Table", &table)] {
            file.create_stream(name).and_then(|mut stream| stream.write_all(bytes)).expect("written");
        }
        file.into_inner().into_inner()
    }

    #[test]
    fn the_text_is_read_by_its_pieces() {
        let text = "Devis\rNom\u{7}Ada Example\u{7}\u{7}\u{13} HYPERLINK \"x\" \u{14}link\u{15}\r";
        let desk = Desk::read(Media::Doc, document(text, 0x0200));
        assert_eq!((desk.text().as_str(), desk.faults.len()), ("Devis\nNom\tAda Example\nlink\n", 0));
    }

    #[test]
    fn an_encrypted_document_is_said_to_be() {
        assert_eq!(Desk::read(Media::Doc, document("x", 0x0300)).faults, [Fault::extract(Code::Encrypted)]);
    }
}
