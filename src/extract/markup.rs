//! XML as a stream of nodes, within bounds: no document type, no entities but the five of XML and character
//! references, bounded depth, elements and value sizes. Damage ends the stream, what came before stays.

use crate::limits::Budget;
use crate::model::{Code, Fault};
use crate::sniff;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::borrow::Cow;
use std::cell::Cell;
use std::io::{self, BufReader, Read};
use std::rc::Rc;

/// A node, with names without their prefixes.
pub(super) enum Node<'n> {
    /// An element begins.
    Open(&'n str, Attributes<'n>),
    /// An element ends.
    Close(&'n str),
    /// Text between tags; an element's text may come in several pieces.
    Text(&'n str),
}

/// The attributes of an element.
pub(super) struct Attributes<'n>(&'n BytesStart<'n>);

impl Attributes<'_> {
    /// The value of the first attribute with this local name.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        self.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// Local names and values, in order. At most 256 are looked at.
    pub(super) fn iter(&self) -> impl Iterator<Item = (String, String)> {
        let mut attributes = self.0.attributes();
        attributes.with_checks(false);
        attributes.take(256).flatten().map(|attribute| {
            let key: &str = attribute.key.as_ref();
            let value: &str = &attribute.value;
            let value = quick_xml::escape::unescape(value).map_or_else(|_| value.to_owned(), Cow::into_owned);
            (local(key).to_owned(), value)
        })
    }
}

fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

/// A reader that fails once one step asks for more than its share.
pub(super) struct Bounded<R> {
    inner: R,
    left: Rc<Cell<usize>>,
}

impl<R: Read> Bounded<R> {
    /// The reader, and the share of the next step.
    pub(super) fn new(inner: R) -> (Self, Rc<Cell<usize>>) {
        let left = Rc::new(Cell::new(usize::MAX));
        (Self { inner, left: left.clone() }, left)
    }

    /// The reader within.
    pub(super) fn into_inner(self) -> R {
        self.inner
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.left.get() == 0 {
            return Err(io::Error::other("one value is too long"));
        }
        let read = self.inner.read(out)?;
        self.left.set(self.left.get().saturating_sub(read));
        Ok(read)
    }
}

/// The text of an XML part that is in memory, whatever its encoding.
pub(super) fn decoded(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => {
            declared(bytes).or_else(|| sniff::charset(bytes)).unwrap_or(sniff::Charset::UTF8).decode(bytes).into()
        }
    }
}

/// The encoding that an XML declaration names.
pub(super) fn declared(head: &[u8]) -> Option<sniff::Charset> {
    let head = head.get(..256).unwrap_or(head);
    let start = memchr::memmem::find(head, b"encoding=")? + 9;
    let quote = *head.get(start)?;
    let label: Vec<u8> = head.get(start + 1..)?.iter().copied().take_while(|byte| *byte != quote).collect();
    let is_marked = head.starts_with(b"\xef\xbb\xbf") || head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff");
    if is_marked { None } else { sniff::Charset::by_label(std::str::from_utf8(&label).ok()?) }
}

/// Walks the nodes of an XML text.
///
/// # Errors
/// What the visitor answers; time that is over; [`Code::TooDeep`], [`Code::TooMuchText`] at the bounds;
/// [`Code::Damaged`] where the text stops being XML.
pub(super) fn walk(
    source: impl Read,
    budget: &Budget,
    visit: &mut dyn FnMut(Node<'_>) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let (source, left) = Bounded::new(source);
    let mut reader = Reader::from_reader(BufReader::with_capacity(32 << 10, source));
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    let (mut depth, mut elements) = (0_u64, 0_u64);
    let mut buffer = Vec::new();
    loop {
        budget.check()?;
        buffer.clear();
        left.set(budget.limits().line_bytes as usize);
        let Ok(event) = reader.read_event_into(&mut buffer) else {
            return Err(Fault::extract(if left.get() == 0 { Code::TooMuchText } else { Code::Damaged }));
        };
        match event {
            Event::Start(tag) => {
                depth += 1;
                elements += 1;
                if depth > budget.limits().xml_depth {
                    return Err(Fault::extract(Code::TooDeep));
                }
                visit(Node::Open(local(tag.name().as_ref()), Attributes(&tag)))?;
            }
            Event::Empty(tag) => {
                elements += 1;
                visit(Node::Open(local(tag.name().as_ref()), Attributes(&tag)))?;
                visit(Node::Close(local(tag.name().as_ref())))?;
            }
            Event::End(tag) => {
                depth = depth.saturating_sub(1);
                visit(Node::Close(local(tag.name().as_ref())))?;
            }
            Event::Text(text) => visit(Node::Text(&text))?,
            Event::CData(text) => visit(Node::Text(&text))?,
            Event::GeneralRef(name) => {
                if let Some(text) = resolved(&name) {
                    visit(Node::Text(&text))?;
                }
            }
            Event::Eof => return if depth == 0 { Ok(()) } else { Err(Fault::extract(Code::Truncated)) },
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
        if elements > budget.limits().xml_elements {
            return Err(Fault::extract(Code::TooMuchText));
        }
    }
}

/// A character reference or one of XML's own entities, and the no-break space that HTML editors leave behind; no other
/// entity is expanded.
fn resolved(reference: &quick_xml::events::BytesRef<'_>) -> Option<String> {
    if let Ok(Some(c)) = reference.resolve_char_ref() {
        return Some(c.to_string());
    }
    let text = match &**reference {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        "nbsp" => " ",
        _ => return None,
    };
    Some(text.to_owned())
}
