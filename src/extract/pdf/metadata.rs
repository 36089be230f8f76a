//! Document information and XMP: who wrote the document, when, with what, and about what.

use super::objects::{Objects, text};
use crate::model::{Fault, Field, Meaning, Origin, Part, Sink};
use jiff::civil::Date;
use lopdf::Object;
use quick_xml::Reader;
use quick_xml::events::Event;
use std::collections::BTreeSet;

/// Entries of the document information dictionary (ISO 32000-2, table 349) and those that Word adds.
const INFORMATION: [(&str, Meaning); 10] = [
    ("Title", Meaning::Words),
    ("Author", Meaning::Person),
    ("Subject", Meaning::Words),
    ("Keywords", Meaning::Words),
    ("Creator", Meaning::Tool),
    ("Producer", Meaning::Tool),
    ("CreationDate", Meaning::Moment),
    ("ModDate", Meaning::Moment),
    ("Company", Meaning::Party),
    ("Manager", Meaning::Person),
];

/// XMP properties by their usual prefix (ISO 16684-1; Adobe's XMP specification, part 2).
const XMP: [(&str, Meaning); 13] = [
    ("dc:title", Meaning::Words),
    ("dc:creator", Meaning::Person),
    ("dc:contributor", Meaning::Person),
    ("dc:description", Meaning::Words),
    ("dc:subject", Meaning::Words),
    ("dc:publisher", Meaning::Party),
    ("dc:rights", Meaning::Party),
    ("pdf:Author", Meaning::Person),
    ("pdf:Keywords", Meaning::Words),
    ("pdfx:Company", Meaning::Party),
    ("photoshop:AuthorsPosition", Meaning::Words),
    ("xmpRights:Owner", Meaning::Party),
    ("xmp:CreatorTool", Meaning::Tool),
];

/// Elements of one XMP packet that are read.
const ELEMENTS: usize = 20_000;

/// Hands over the metadata of a document.
///
/// # Errors
/// When a bound of the item is reached.
pub(super) fn read(objects: Objects<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    let mut said = BTreeSet::new();
    if let Some(information) = objects.dict(&objects.doc.trailer, b"Info") {
        for (key, meaning) in INFORMATION {
            let Some(value) = objects.text(information, key.as_bytes()) else { continue };
            if key == "CreationDate" {
                sink.facts().created_day = sink.facts().created_day.or_else(|| day(&value));
            }
            hand_over(Part::Metadata, key, meaning, &value, &mut said, sink);
        }
        for (key, value) in information {
            let is_known = INFORMATION.iter().any(|(known, _)| known.as_bytes() == key.as_slice());
            if !is_known && let Some(value) = objects.resolve(value).filter(|value| matches!(value, Object::String(..)))
            {
                // The key was chosen by the file's author and may itself be personal.
                hand_over(Part::Metadata, "custom", Meaning::Words, &text(value).unwrap_or_default(), &mut said, sink);
            }
        }
    }
    let packet = objects
        .doc
        .catalog()
        .ok()
        .and_then(|catalog| objects.stream(catalog, b"Metadata"))
        .map(|stream| objects.content(stream))
        .transpose()?;
    match packet {
        Some(packet) => read_xmp(objects, &packet.bytes, &mut said, sink),
        None => Ok(()),
    }
}

fn hand_over(
    part: Part,
    key: &str,
    meaning: Meaning,
    value: &str,
    said: &mut BTreeSet<(Meaning, String)>,
    sink: &mut dyn Sink,
) {
    let value = value.trim();
    if !value.is_empty() && said.insert((meaning, value.to_owned())) {
        sink.field(Field::new(Origin::field(part, key), meaning, value));
    }
}

/// Reads the properties of an XMP packet, written as elements or as attributes.
fn read_xmp(
    objects: Objects<'_>,
    packet: &[u8],
    said: &mut BTreeSet<(Meaning, String)>,
    sink: &mut dyn Sink,
) -> Result<(), Fault> {
    let packet = String::from_utf8_lossy(packet);
    let mut reader = Reader::from_str(&packet);
    let mut property: Option<(&'static str, Meaning)> = None;
    let mut content = String::new();
    for _ in 0..ELEMENTS {
        objects.budget.check()?;
        match reader.read_event() {
            Ok(Event::Start(start) | Event::Empty(start)) => {
                property = known(start.name().as_ref()).or(property);
                content.clear();
                for attribute in start.attributes().with_checks(false).flatten().take(256) {
                    if let Some((key, meaning)) = known(attribute.key.as_ref()) {
                        let value = quick_xml::escape::unescape(&attribute.value).unwrap_or_default();
                        hand_over(Part::Xmp, key, meaning, &value, said, sink);
                    }
                }
            }
            Ok(Event::End(end)) => {
                if let Some((key, meaning)) = property {
                    hand_over(Part::Xmp, key, meaning, &content, said, sink);
                }
                content.clear();
                if known(end.name().as_ref()).is_some() {
                    property = None;
                }
            }
            Ok(Event::Eof) | Err(_) => break,
            Ok(event) => push_text(&event, &mut content),
        }
    }
    Ok(())
}

fn known(name: &str) -> Option<(&'static str, Meaning)> {
    XMP.iter().copied().find(|(known, _)| *known == name)
}

/// Appends what an event of an XML reader adds to the text of its element.
pub(super) fn push_text(event: &Event<'_>, out: &mut String) {
    match event {
        Event::Text(text) => out.push_str(text),
        Event::CData(text) => out.push_str(text),
        Event::GeneralRef(reference) => {
            let resolved =
                quick_xml::escape::unescape(&format!("&{};", &**reference)).map(std::borrow::Cow::into_owned);
            out.push_str(&resolved.unwrap_or_default());
        }
        _ => {}
    }
}

/// The day of a date such as `D:20240131120000+01'00'`, in days since 1970-01-01 (7.9.4).
fn day(date: &str) -> Option<i32> {
    let digits = date.trim().trim_start_matches("D:");
    let part = |from: usize, to: usize| digits.get(from..to).and_then(|part| part.parse::<i16>().ok());
    let month = part(4, 6).unwrap_or(1);
    let date = Date::new(part(0, 4)?, month as i8, part(6, 8).unwrap_or(1) as i8).ok()?;
    let days = Date::constant(1970, 1, 1).until(date).ok()?.get_days();
    (date.year() >= 1980).then_some(days)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_days_since_1970() {
        assert_eq!(day("D:19700102"), None);
        assert_eq!(day("D:20240131120000+01'00'"), Some(19_753));
        assert_eq!(day("20240131"), Some(19_753));
        assert_eq!(day("D:20241345"), None);
        assert_eq!(day("hier"), None);
    }
}
