//! Windows Media (Microsoft, "Advanced Systems Format Specification", 1.20): file and stream properties, descriptions.

use super::super::Reading;
use super::super::octets::{Order, text_utf16, window};
use super::{made, tag};
use crate::limits::Content;
use crate::model::{Code, Fault, Meaning, Sink};

/// Objects of the header that are walked, and the largest that is read in bytes.
const OBJECTS: usize = 512;
const OBJECT: usize = 1 << 20;
/// Seconds from 1601-01-01, where these files begin to count, to 1970-01-01.
const EPOCH: i64 = 11_644_473_600;

/// First eight bytes of the identifiers, which tell them apart.
const FILE_PROPERTIES: [u8; 8] = [0xa1, 0xdc, 0xab, 0x8c, 0x47, 0xa9, 0xcf, 0x11];
const STREAM_PROPERTIES: [u8; 8] = [0x91, 0x07, 0xdc, 0xb7, 0xb7, 0xa9, 0xcf, 0x11];
const CONTENT_DESCRIPTION: [u8; 8] = [0x33, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11];
const EXTENDED_DESCRIPTION: [u8; 8] = [0x40, 0xa4, 0xd0, 0xd2, 0x07, 0xe3, 0xd2, 0x11];
const VIDEO_MEDIA: [u8; 8] = [0xc0, 0xef, 0x19, 0xbc, 0x4d, 0x5b, 0xcf, 0x11];

/// Reads the header object.
pub(super) fn read(reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    let content = reading.content;
    let head = window(content, 0, 30)?;
    let end = Order::Little.u64(&head, 16).unwrap_or(0).min(content.size());
    let mut at = 30;
    for _ in 0..OBJECTS {
        reading.budget.check()?;
        let head = window(content, at, 24)?;
        let (Some(id), Some(length)) = (head.get(..8), Order::Little.u64(&head, 16)) else { break };
        if at >= end || length < 24 {
            break;
        }
        object(content, id, at + 24, (length - 24).min(OBJECT as u64) as usize, sink)?;
        at = at.saturating_add(length);
    }
    let facts = sink.facts().video_mut();
    if facts.duration_ms.is_none() && facts.width.is_none() { Err(Fault::extract(Code::Damaged)) } else { Ok(()) }
}

fn object(content: &Content, id: &[u8], start: u64, length: usize, sink: &mut dyn Sink) -> Result<(), Fault> {
    let is = |known: [u8; 8]| id == known;
    if is(FILE_PROPERTIES) {
        let data = window(content, start, length.min(80))?;
        if let Some(ticks) = Order::Little.u64(&data, 24).filter(|ticks| *ticks > 0) {
            made("CreationDate", (ticks / 10_000_000) as i64 - EPOCH, sink);
        }
        // The play time counts the preroll, which is in milliseconds.
        let played = Order::Little.u64(&data, 40).zip(Order::Little.u64(&data, 56));
        let ms = played.map(|(ticks, preroll)| (ticks / 10_000).saturating_sub(preroll));
        sink.facts().video_mut().duration_ms = ms.filter(|ms| *ms > 0);
    } else if is(STREAM_PROPERTIES) {
        let data = window(content, start, length.min(160))?;
        if data.starts_with(&VIDEO_MEDIA) {
            let facts = sink.facts().video_mut();
            (facts.width, facts.height) = (Order::Little.u32(&data, 54), Order::Little.u32(&data, 58));
            let codec = data.get(81..85).and_then(super::super::octets::text);
            facts.codec = codec.filter(|name| name.bytes().all(|byte| byte.is_ascii_graphic()));
        }
    } else if is(CONTENT_DESCRIPTION) {
        description(&window(content, start, length)?, sink);
    } else if is(EXTENDED_DESCRIPTION) {
        extended(&window(content, start, length)?, sink);
    }
    Ok(())
}

fn description(data: &[u8], sink: &mut dyn Sink) {
    let names = [
        ("Title", Meaning::Words),
        ("Author", Meaning::Person),
        ("Copyright", Meaning::Party),
        ("Description", Meaning::Words),
    ];
    let mut at = 10;
    for (index, (key, meaning)) in names.into_iter().enumerate() {
        let length = Order::Little.u16(data, index * 2).map_or(0, usize::from);
        if let Some(value) = data.get(at..at + length).and_then(|bytes| text_utf16(bytes, Order::Little)) {
            tag(key, meaning, value, sink);
        }
        at += length;
    }
}

fn extended(data: &[u8], sink: &mut dyn Sink) {
    const NAMES: &[(&str, &str, Meaning)] = &[
        ("wm/author", "WM/Author", Meaning::Person),
        ("author", "WM/Author", Meaning::Person),
        ("wm/director", "WM/Director", Meaning::Person),
        ("wm/producer", "WM/Producer", Meaning::Person),
        ("wm/publisher", "WM/Publisher", Meaning::Party),
        ("wm/encodingtime", "WM/EncodingTime", Meaning::Moment),
        ("wm/year", "WM/Year", Meaning::Moment),
        ("title", "Title", Meaning::Words),
        ("comment", "Comment", Meaning::Words),
        ("location", "Location", Meaning::Place),
    ];
    let mut at = 2;
    for _ in 0..Order::Little.u16(data, 0).unwrap_or(0).min(500) {
        let Some(length) = Order::Little.u16(data, at).map(usize::from) else { return };
        let name =
            data.get(at + 2..at + 2 + length).and_then(|bytes| text_utf16(bytes, Order::Little)).unwrap_or_default();
        let after = at + 2 + length;
        let (Some(kind), Some(size)) = (Order::Little.u16(data, after), Order::Little.u16(data, after + 2)) else {
            return;
        };
        let value = data.get(after + 4..after + 4 + usize::from(size)).filter(|_| kind == 0);
        if let Some((_, key, meaning)) = NAMES.iter().find(|row| row.0 == name.to_lowercase())
            && let Some(value) = value.and_then(|bytes| text_utf16(bytes, Order::Little))
        {
            tag(key, *meaning, value, sink);
        }
        at = after + 4 + usize::from(size);
    }
}
