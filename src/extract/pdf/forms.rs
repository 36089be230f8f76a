//! Form fields (AcroForm and the data of XFA forms): names with their values.

use super::objects::{Objects, as_dict, text};
use crate::model::{Code, Fault, Origin, Part, Passage, Shape, Sink};
use lopdf::{Dictionary, Object};
use quick_xml::Reader;
use quick_xml::events::Event;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Fields within fields.
const DEPTH: usize = 16;

/// Hands over the filled-in fields as `name: value` lines.
///
/// # Errors
/// When a bound of the item is reached.
pub(super) fn read(objects: Objects<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    let Some(form) = objects.doc.catalog().ok().and_then(|catalog| objects.dict(catalog, b"AcroForm")) else {
        return Ok(());
    };
    let mut lines = String::new();
    let mut seen = BTreeSet::new();
    let mut open: Vec<(&Object, String, usize)> = objects
        .array(form, b"Fields")
        .unwrap_or_default()
        .iter()
        .rev()
        .map(|field| (field, String::new(), 0))
        .collect();
    while let Some((object, parent, depth)) = open.pop() {
        objects.budget.check()?;
        if object.as_reference().is_ok_and(|id| !seen.insert(id)) {
            continue;
        }
        let Some(field) = objects.resolve(object).and_then(as_dict) else { continue };
        let name = name(objects, field, &parent);
        if let Some(value) = value(objects, field) {
            let label = objects.text(field, b"TU").filter(|label| !label.trim().is_empty());
            push_line(&mut lines, label.as_deref().unwrap_or(&name), &value);
        }
        if lines.len() as u64 > objects.budget.limits().text_bytes {
            sink.fault(Fault::extract(Code::TooMuchText));
            break;
        }
        if depth < DEPTH {
            let kids = objects.array(field, b"Kids").unwrap_or_default();
            open.extend(kids.iter().rev().map(|kid| (kid, name.clone(), depth + 1)));
        }
    }
    if lines.is_empty() {
        read_xfa(objects, form, &mut lines)?;
    }
    if !lines.is_empty() {
        sink.passage(Passage::new(Origin::of(Part::Form), Shape::Pairs, lines));
    }
    Ok(())
}

fn name(objects: Objects<'_>, field: &Dictionary, parent: &str) -> String {
    let own = objects.text(field, b"T").unwrap_or_default();
    match (parent.is_empty(), own.is_empty()) {
        (true, _) => own,
        (_, true) => parent.to_owned(),
        _ => format!("{parent}.{own}"),
    }
}

/// A field's value as text; a button that is off has none.
fn value(objects: Objects<'_>, field: &Dictionary) -> Option<String> {
    let value = match objects.get(field, b"V")? {
        Object::Stream(stream) => super::objects::text_of(&objects.content(stream).ok()?.bytes),
        Object::Array(items) => {
            let items = items.iter().filter_map(|item| objects.resolve(item).and_then(text));
            items.collect::<Vec<_>>().join(", ")
        }
        Object::Name(name) if name.as_slice() == b"Off" => return None,
        other => text(other)?,
    };
    Some(value).filter(|value| !value.trim().is_empty())
}

fn push_line(lines: &mut String, name: &str, value: &str) {
    let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    // Writing to a string cannot fail.
    let _ = writeln!(lines, "{}: {}", flat(name), flat(value));
}

/// The data packet of an XFA form: elements with their text (XFA 3.3, chapter 4).
fn read_xfa(objects: Objects<'_>, form: &Dictionary, lines: &mut String) -> Result<(), Fault> {
    let data = match objects.get(form, b"XFA") {
        Some(Object::Array(packets)) => {
            let at = packets.iter().position(|packet| text(packet).as_deref() == Some("datasets"));
            at.and_then(|at| packets.get(at + 1)).and_then(|packet| objects.resolve(packet))
        }
        _ => None,
    };
    let Some(Object::Stream(stream)) = data else { return Ok(()) };
    let xml = objects.content(stream)?.bytes;
    let xml = String::from_utf8_lossy(&xml);
    let mut reader = Reader::from_str(&xml);
    let (mut element, mut content) = (String::new(), String::new());
    for _ in 0..objects.budget.limits().xml_elements {
        objects.budget.check()?;
        match reader.read_event() {
            Ok(Event::Start(start)) => {
                start.local_name().as_ref().clone_into(&mut element);
                content.clear();
            }
            Ok(Event::End(_)) => {
                if !content.trim().is_empty() {
                    push_line(lines, &element, &content);
                }
                content.clear();
            }
            Ok(Event::Eof) | Err(_) => break,
            Ok(event) => super::metadata::push_text(&event, &mut content),
        }
    }
    Ok(())
}
