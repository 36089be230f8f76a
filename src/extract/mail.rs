//! Mails (RFC 5322, MIME) and mailboxes: header fields as a record, bodies as text, attachments and nested messages as
//! members.

use super::Reading;
use super::archive::hand_over;
use super::passages::{Records, put};
use super::{html, text};
use crate::limits::guard;
use crate::model::{Code, Fault, Origin, Part, Sink, Stage};
use crate::sniff;
use mail_parser::{Address, HeaderValue, Message, MessageParser, MessagePart, MimeHeaders, PartType};

/// Largest message of a mailbox.
const MESSAGE: usize = 64 << 20;
/// Parts of one message that are read.
const PARTS: usize = 1000;
const WINDOW: usize = 1 << 20;

/// Header fields that say who, what and when; routing and signatures are left out.
const FIELDS: [&str; 20] = [
    "from",
    "to",
    "cc",
    "bcc",
    "reply-to",
    "sender",
    "subject",
    "date",
    "delivered-to",
    "return-path",
    "resent-from",
    "resent-to",
    "comments",
    "keywords",
    "organization",
    "thread-topic",
    "x-originating-ip",
    "x-sender",
    "x-mailer",
    "user-agent",
];

/// Reads a mail.
///
/// # Errors
/// [`Code::Unreadable`] where there is no mail, the bounds; what was read before stays.
pub(super) fn read(reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    // A mail that was saved as UTF-16 is a mail all the same.
    let head = reading.content.head();
    let wide = if memchr::memchr(0, head).is_some() { sniff::charset(head) } else { None };
    let whole = reading.content.whole()?;
    let decoded = wide.map(|charset| charset.decode(whole).into_bytes());
    let bytes = decoded.as_deref().unwrap_or(whole);
    let message =
        guard(Stage::Extract, || MessageParser::default().parse(bytes))?.ok_or(Fault::extract(Code::Unreadable))?;
    header(&message, sink);
    bodies(&message, reading, sink)?;
    attachments(&message, reading, sink)
}

fn header(message: &Message<'_>, sink: &mut dyn Sink) {
    let mut records = Records::new(Origin::of(Part::Header));
    for field in message.headers() {
        let name = field.name().to_ascii_lowercase();
        if FIELDS.contains(&name.as_str()) {
            for value in shown(field.value()) {
                records.pair(&name, &value, sink);
            }
        }
    }
    records.finish(sink);
    let day = message.date().and_then(|date| {
        jiff::civil::Date::new(date.year as i16, date.month as i8, date.day as i8)
            .ok()
            .and_then(super::properties::days)
    });
    let facts = sink.facts();
    facts.created_day = facts.created_day.or(day);
}

/// A field's value; addresses each by itself.
fn shown(value: &HeaderValue<'_>) -> Vec<String> {
    match value {
        HeaderValue::Address(addresses) => addresses_of(addresses),
        HeaderValue::Text(text) => vec![text.to_string()],
        HeaderValue::TextList(list) => list.iter().map(ToString::to_string).collect(),
        HeaderValue::DateTime(date) => vec![date.to_rfc3339()],
        _ => Vec::new(),
    }
}

fn addresses_of(addresses: &Address<'_>) -> Vec<String> {
    addresses
        .iter()
        .map(|address| match (address.name(), address.address()) {
            (Some(name), Some(address)) => format!("{name} <{address}>"),
            (name, address) => name.or(address).unwrap_or_default().to_owned(),
        })
        .collect()
}

/// The bodies: of alternatives the plain one, and the HTML one too where the plain one is but a stub.
fn bodies(message: &Message<'_>, reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    let parts = |ids: &[u32]| -> Vec<&MessagePart<'_>> {
        ids.iter().take(PARTS).filter_map(|id| message.parts.get(*id as usize)).collect()
    };
    let plain = parts(&message.text_body);
    let mut length = 0;
    for part in &plain {
        reading.budget.check_now()?;
        match &part.body {
            PartType::Text(body) => {
                length += body.trim().len();
                put(sink, Origin::of(Part::Text), text::shape_of(body), body.to_string());
            }
            PartType::Html(body) => {
                length += body.len();
                html::read_str(body, reading.budget, &Origin::of(Part::Text), sink)?;
            }
            _ => {}
        }
    }
    for part in parts(&message.html_body) {
        if let PartType::Html(body) = &part.body
            && length * 20 < body.len()
        {
            html::read_str(body, reading.budget, &Origin::of(Part::Text), sink)?;
        }
    }
    Ok(())
}

fn attachments(message: &Message<'_>, reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    for (index, id) in message.attachments.iter().enumerate().take(PARTS) {
        let Some(part) = message.parts.get(*id as usize) else { continue };
        let nested = part.message();
        let name = part.attachment_name().map_or_else(|| unnamed(index, part), str::to_owned);
        let bytes = nested.map_or_else(|| part.contents().to_vec(), raw);
        if bytes.is_empty() {
            continue;
        }
        reading.budget.expand(bytes.len() as u64)?;
        hand_over(name.as_bytes(), bytes, None, reading, sink)?;
    }
    if message.attachments.len() > PARTS || message.parts.len() > 4 * PARTS {
        sink.fault(Fault::extract(Code::TooManyMembers));
    }
    Ok(())
}

/// A nested message as it was written: its part of the outer one, or all of what was decoded.
fn raw(message: &Message<'_>) -> Vec<u8> {
    let root = message.root_part();
    let own = message.raw_message.get(root.raw_header_offset() as usize..root.raw_end_offset() as usize);
    own.unwrap_or(&message.raw_message).to_vec()
}

/// A name for a part without one, by its type.
fn unnamed(index: usize, part: &MessagePart<'_>) -> String {
    let extension = match &part.body {
        PartType::Message(_) => "eml",
        PartType::Html(_) => "html",
        PartType::Text(_) => "txt",
        _ => part.content_type().and_then(mail_parser::ContentType::subtype).unwrap_or("bin"),
    };
    format!("part-{}.{extension}", index + 1)
}

/// Reads a mailbox (RFC 4155): each message is a member.
///
/// # Errors
/// The member and time bounds; messages before stay.
pub(super) fn read_mbox(reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    let mut window = vec![0; WINDOW];
    let (mut offset, mut held, mut number) = (0, Vec::new(), 0_u32);
    loop {
        reading.budget.check_now()?;
        let read = reading.content.read_at(&mut window, offset)?;
        offset += read as u64;
        held.extend_from_slice(window.get(..read).unwrap_or_default());
        // Messages that are whole: up to the last line that begins the next one.
        let starts: Vec<usize> =
            memchr::memmem::find_iter(&held, b"\nFrom ").map(|at| at + 1).filter(|at| is_start(&held, *at)).collect();
        let mut begin = 0;
        for start in starts {
            give(held.get(begin..start).unwrap_or_default(), &mut number, reading, sink)?;
            begin = start;
        }
        held.drain(..begin);
        if read == 0 {
            return give(&held, &mut number, reading, sink);
        }
        if held.len() > MESSAGE {
            sink.fault(Fault::extract(Code::TooLarge));
            give(&held, &mut number, reading, sink)?;
            held.clear();
        }
    }
}

/// A separator stands behind a blank line, or at least before a header field.
fn is_start(held: &[u8], at: usize) -> bool {
    let before = held.get(at.saturating_sub(3)..at).unwrap_or_default();
    let is_blank = before.ends_with(b"\n\n")
        || before.ends_with(b"\r\n") && held.get(at.saturating_sub(4)..at) == Some(b"\r\n\r\n");
    let rest = held.get(at..).unwrap_or_default();
    let next = memchr::memchr(b'\n', rest).and_then(|end| rest.get(end + 1..)).unwrap_or_default();
    let name = next.iter().take(80).take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'-').count();
    is_blank && (next.is_empty() || name > 0 && next.get(name) == Some(&b':') || next.starts_with(b">From "))
}

fn give(message: &[u8], number: &mut u32, reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    let body = if message.starts_with(b"From ") {
        memchr::memchr(b'\n', message).and_then(|end| message.get(end + 1..)).unwrap_or_default()
    } else {
        message
    };
    if body.trim_ascii().is_empty() {
        return Ok(());
    }
    *number += 1;
    hand_over(format!("message-{number}.eml").as_bytes(), body.to_vec(), None, reading, sink)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::desk::Desk;
    use crate::model::Media;
    use proptest::prelude::*;

    const MAIL: &str = "From: =?utf-8?q?Zo=C3=A9?= Example <zoe@example.org>\r\nTo: a@example.org, \"Ben M\" <b@example.org>\r\nSubject: Devis\r\n\
        Date: Thu, 2 Jan 2020 10:00:00 +0100\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\
        Content-Type: multipart/alternative; boundary=y\r\n\r\n--y\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\nBonjour, re\u{e7}u.\r\n--y\r\n\
        Content-Type: text/html\r\n\r\n<p>Bonjour</p>\r\n--y--\r\n--x\r\nContent-Type: application/pdf; name=a.pdf\r\n\
        Content-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjQ=\r\n--x\r\nContent-Type: message/rfc822\r\n\r\nFrom: c@example.org\r\nSubject: inner\r\n\r\nhello\r\n--x--\r\n";

    #[test]
    fn a_mail_is_read_with_its_header_body_and_attachments() {
        let desk = Desk::read(Media::Mail, MAIL.chars().map(|c| c as u8).collect());
        let parts: Vec<(Part, &str)> =
            desk.passages.iter().map(|(origin, _, text)| (origin.part, text.as_str())).collect();
        let header = "from: Zoé Example <zoe@example.org>\nto: a@example.org\nto: Ben M <b@example.org>\nsubject: Devis\ndate: 2020-01-02T10:00:00+01:00\n\n";
        assert_eq!(parts[0], (Part::Header, header));
        assert_eq!(parts[1].1.trim(), "Bonjour, reçu.");
        assert_eq!((parts.len(), desk.names()), (2, vec!["a.pdf".to_owned(), "part-2.eml".to_owned()]));
        assert!(desk.members[1].bytes.starts_with(b"From: c@example.org"));
        assert_eq!(desk.facts.created_day, Some(18_263));
    }

    #[test]
    fn messages_of_a_mailbox_are_members() {
        let one = "From a@example.org Thu Jan  2 10:00:00 2020\nFrom: a@example.org\n\nhello\nFrom here on no more.\n";
        let desk = Desk::read(Media::Mbox, format!("{one}\n{one}\n").into_bytes());
        assert_eq!(desk.names(), ["message-1.eml", "message-2.eml"]);
        assert!(desk.members[0].bytes.starts_with(b"From: a@example.org\n\nhello\nFrom here"));
    }

    proptest! {
        #[test]
        fn damaged_mails_never_panic(at in 0_usize..900, byte in any::<u8>(), cut in 0_usize..900) {
            let mut bytes: Vec<u8> = MAIL.chars().map(|c| c as u8).collect();
            let length = bytes.len();
            bytes[at % length] = byte;
            bytes.truncate(length - cut % length);
            let _ = Desk::read(Media::Mail, bytes.clone());
            let _ = Desk::read(Media::Mbox, bytes);
        }
    }
}
