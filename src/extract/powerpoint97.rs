//! PowerPoint 97-2003 presentations (MS-PPT): text atoms in the order of the stream, slides as pages where the slide
//! list holds them.

use super::Reading;
use super::ole::{self, Storage, long, short, utf16};
use super::passages::Lines;
use super::strings;
use crate::model::{Code, Fault, Origin, Part, Shape, Sink};
use crate::sniff::Charset;

/// Records of one stream that are read.
const RECORDS: u32 = 2_000_000;

/// Reads a PowerPoint 97 presentation.
///
/// # Errors
/// [`Code::Encrypted`]; [`Code::Damaged`] where no record holds text; the bounds. What was read before stays.
pub(super) fn read(reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    let Ok(mut storage) = Storage::open(reading) else {
        strings::read(reading, sink)?;
        return Err(Fault::extract(Code::Damaged));
    };
    // The current user record's token says whether the rest is encrypted (MS-PPT 2.3.2).
    let user = storage.stream("/Current User").unwrap_or_default();
    let is_encrypted = long(&user, 12) == Some(0xf3d1_c4df) || storage.stream("/EncryptedSummary").is_some();
    ole::read_properties(&mut storage, sink);
    if is_encrypted {
        return Err(Fault::extract(Code::Encrypted));
    }
    let document = storage.stream("/PowerPoint Document").unwrap_or_default();
    let has_text = records(&document, reading, sink)?;
    if let Some(pictures) = storage.stream("/Pictures") {
        ole::pictures(&pictures, reading, sink)?;
    }
    ole::embedded(&mut storage, reading, sink)?;
    if has_text { Ok(()) } else { Err(Fault::extract(Code::Damaged)) }
}

/// Walks the records; containers are entered by not skipping them.
fn records(document: &[u8], reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<bool, Fault> {
    let (mut at, mut count, mut slides) = (0_usize, 0, 0_u32);
    let (mut lines, mut page, mut part, mut has_text) = (Lines::default(), None, Part::Text, false);
    let mut said = std::collections::BTreeSet::new();
    while let (Some(head), Some(kind), Some(length)) =
        (short(document, at), short(document, at + 2), long(document, at + 4))
    {
        reading.budget.check()?;
        count += 1;
        if count > RECORDS {
            sink.fault(Fault::extract(Code::TooMuchText));
            break;
        }
        let body = document.get(at + 8..).unwrap_or_default();
        let body = body.get(..length as usize).unwrap_or(body);
        match kind {
            // A list of slides (0), masters (1) or notes (2) begins, or the next of them.
            0x0ff0 | 0x03f3 | 0x03ee | 0x03f0 => {
                lines.put(Origin { part, page, key: None }, Shape::Layout, sink);
                if kind == 0x0ff0 {
                    part = if head >> 4 == 2 { Part::Annotation } else { Part::Text };
                    (page, slides) = (None, if head >> 4 == 0 { 0 } else { slides });
                } else if kind == 0x03f3 && part == Part::Text {
                    slides += 1;
                    page = Some(slides);
                } else if kind != 0x03f3 {
                    page = None;
                }
            }
            0x0fa0 | 0x0fa8 | 0x0fba => {
                let text = if kind == 0x0fa8 {
                    Charset::by_code_page(28591).unwrap_or(Charset::UTF8).decode(body)
                } else {
                    utf16(body)
                };
                // Slides repeat what the list says; templates repeat themselves.
                if !text.trim().is_empty() && !text.starts_with("___PPT") && said.insert(text.clone()) {
                    has_text = true;
                    for line in text.split(['\r', '\u{b}', '\n']) {
                        let plain: String = line.chars().filter(|c| *c == '\t' || !c.is_control()).collect();
                        lines.push(&plain, reading.budget)?;
                        lines.fresh_line();
                    }
                }
            }
            _ => {}
        }
        let is_container = head & 0x0f == 0x0f;
        at = at.saturating_add(8).saturating_add(if is_container { 0 } else { length as usize });
    }
    lines.put(Origin { part, page, key: None }, Shape::Layout, sink);
    let document = sink.facts().document_mut();
    document.pages = document.pages.max(slides);
    Ok(has_text)
}

#[cfg(test)]
mod tests {

    use crate::extract::desk::Desk;
    use crate::model::Media;
    use std::io::{Cursor, Write};

    fn record(head: u16, kind: u16, body: &[u8]) -> Vec<u8> {
        [&head.to_le_bytes()[..], &kind.to_le_bytes(), &(body.len() as u32).to_le_bytes(), body].concat()
    }

    #[test]
    fn slides_of_the_list_are_pages() {
        let wide: Vec<u8> = "Zoé\rExample".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let list = [
            record(0, 0x03f3, &[0; 20]),
            record(0, 0x0fa0, &wide),
            record(0, 0x03f3, &[0; 20]),
            record(0, 0x0fa8, b"two"),
        ]
        .concat();
        let stream = record(0x0f, 0x03e8, &record(0x0f, 0x0ff0, &list));
        let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).expect("created");
        file.create_stream("/PowerPoint Document").and_then(|mut out| out.write_all(&stream)).expect("written");
        let desk = Desk::read(Media::Ppt, file.into_inner().into_inner());
        let pages: Vec<(Option<u32>, &str)> =
            desk.passages.iter().map(|(origin, _, text)| (origin.page, text.as_str())).collect();
        assert_eq!(pages, [(Some(1), "Zoé\nExample\n"), (Some(2), "two\n")]);
    }
}
