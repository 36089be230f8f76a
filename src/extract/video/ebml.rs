//! Matroska and WebM (RFC 8794 EBML, RFC 9559 Matroska): duration, codec, size, date, tags, attached pictures.

use super::super::Reading;
use super::super::octets::{text, window};
use super::{iso6709, made, poster, tag};
use crate::limits::Content;
use crate::model::{Code, Fault, Meaning, Sink};

/// Elements of one file that are walked; clusters are skipped by their length.
const ELEMENTS: usize = 50_000;
/// Largest text and picture that are read, in bytes.
const TEXT: u64 = 64 << 10;
const PICTURE: u64 = 8 << 20;
/// Seconds from 1970-01-01 to 2001-01-01, where Matroska's dates begin.
const EPOCH: i64 = 978_307_200;

/// An element: its id and where its payload lies.
#[derive(Debug, Clone, Copy)]
struct Element {
    id: u32,
    start: u64,
    end: u64,
}

/// The element at an offset, held within its parent; one of unknown length reaches to the parent's end.
fn element(content: &Content, at: u64, end: u64) -> Result<Option<Element>, Fault> {
    let head = window(content, at, 12)?;
    let Some(first) = head.first().filter(|first| **first >= 0x10) else { return Ok(None) };
    let width = first.leading_zeros() as usize + 1;
    let Some(id) = head.get(..width) else { return Ok(None) };
    let id = id.iter().fold(0_u32, |sum, byte| sum << 8 | u32::from(*byte));
    let Some(mark) = head.get(width).filter(|mark| **mark != 0) else { return Ok(None) };
    let length_width = mark.leading_zeros() as usize + 1;
    let Some(digits) = head.get(width..width + length_width) else { return Ok(None) };
    let length =
        digits.iter().fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte)) & ((1_u64 << (7 * length_width)) - 1);
    let is_unknown = length == (1_u64 << (7 * length_width)) - 1;
    let start = at + (width + length_width) as u64;
    let stop = if is_unknown { end } else { start.saturating_add(length).min(end) };
    Ok((start <= end).then_some(Element { id, start, end: stop }))
}

fn children(
    content: &Content,
    parent: Element,
    mut each: impl FnMut(Element) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let mut at = parent.start;
    for _ in 0..ELEMENTS {
        let Some(found) = (if at < parent.end { element(content, at, parent.end)? } else { None }) else {
            return Ok(());
        };
        each(found)?;
        at = found.end.max(at + 2);
    }
    Ok(())
}

fn unsigned(content: &Content, element: Element) -> Result<u64, Fault> {
    let bytes = window(content, element.start, (element.end - element.start).min(8) as usize)?;
    Ok(bytes.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
}

fn float(content: &Content, element: Element) -> Result<f64, Fault> {
    let bits = unsigned(content, element)?;
    Ok(if element.end - element.start == 4 { f64::from(f32::from_bits(bits as u32)) } else { f64::from_bits(bits) })
}

fn string(content: &Content, element: Element) -> Result<String, Fault> {
    let bytes = window(content, element.start, (element.end - element.start).min(TEXT) as usize)?;
    Ok(text(&bytes).unwrap_or_default())
}

/// Reads the segment's heads; clusters are passed over.
pub(super) fn read(reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    let content = reading.content;
    let whole = Element { id: 0, start: 0, end: content.size() };
    let mut is_read = false;
    children(content, whole, |top| {
        if top.id != 0x1853_8067 {
            return Ok(());
        }
        children(content, top, |part| {
            reading.budget.check()?;
            is_read |= matches!(part.id, 0x1549_a966 | 0x1654_ae6b);
            match part.id {
                0x1549_a966 => information(content, part, sink),
                0x1654_ae6b => {
                    children(content, part, |entry| if entry.id == 0xae { track(content, entry, sink) } else { Ok(()) })
                }
                0x1254_c367 => {
                    children(
                        content,
                        part,
                        |entry| if entry.id == 0x7373 { tags(content, entry, sink) } else { Ok(()) },
                    )
                }
                0x1941_a469 => {
                    children(
                        content,
                        part,
                        |entry| if entry.id == 0x61a7 { attachment(reading, entry, sink) } else { Ok(()) },
                    )
                }
                _ => Ok(()),
            }
        })
    })?;
    if is_read { Ok(()) } else { Err(Fault::extract(Code::Truncated)) }
}

fn information(content: &Content, part: Element, sink: &mut dyn Sink) -> Result<(), Fault> {
    let (mut scale, mut duration) = (1_000_000.0, 0.0);
    children(content, part, |entry| {
        match entry.id {
            0x2a_d7b1 => scale = unsigned(content, entry)? as f64,
            0x4489 => duration = float(content, entry)?,
            0x4461 => made(
                "DateUTC",
                (unsigned(content, entry)? as i64).div_euclid(1_000_000_000).saturating_add(EPOCH),
                sink,
            ),
            0x7ba9 => tag("Title", Meaning::Words, string(content, entry)?, sink),
            0x4d80 | 0x5741 => tag("WritingApp", Meaning::Tool, string(content, entry)?, sink),
            _ => {}
        }
        Ok(())
    })?;
    let milliseconds = duration * scale / 1e6;
    if milliseconds.is_finite() && milliseconds >= 1.0 {
        sink.facts().video_mut().duration_ms = Some(milliseconds as u64);
    }
    Ok(())
}

fn track(content: &Content, part: Element, sink: &mut dyn Sink) -> Result<(), Fault> {
    let (mut kind, mut codec, mut size, mut spherical) = (0, String::new(), (None, None), false);
    children(content, part, |entry| {
        match entry.id {
            0x83 => kind = unsigned(content, entry)?,
            0x86 => codec = string(content, entry)?,
            0xe0 => children(content, entry, |detail| {
                match detail.id {
                    0xb0 => size.0 = u32::try_from(unsigned(content, detail)?).ok(),
                    0xba => size.1 = u32::try_from(unsigned(content, detail)?).ok(),
                    0x7670 => children(content, detail, |projection| {
                        spherical |= projection.id == 0x7671 && unsigned(content, projection)? > 0;
                        Ok(())
                    })?,
                    _ => {}
                }
                Ok(())
            })?,
            _ => {}
        }
        Ok(())
    })?;
    let facts = sink.facts().video_mut();
    if kind == 1 && facts.codec.is_none() {
        facts.codec =
            Some(codec).filter(|codec| !codec.is_empty() && codec.bytes().all(|byte| byte.is_ascii_graphic()));
        (facts.width, facts.height) = size;
        facts.is_spherical |= spherical;
    }
    Ok(())
}

/// Official tag names (matroska.org, "Matroska Tag Specifications") and those that ffmpeg copies from MP4.
const NAMES: &[(&str, Meaning)] = &[
    ("TITLE", Meaning::Words),
    ("ARTIST", Meaning::Person),
    ("AUTHOR", Meaning::Person),
    ("DIRECTOR", Meaning::Person),
    ("PRODUCER", Meaning::Person),
    ("ACTOR", Meaning::Person),
    ("PERFORMER", Meaning::Person),
    ("COMMENT", Meaning::Words),
    ("DESCRIPTION", Meaning::Words),
    ("SYNOPSIS", Meaning::Words),
    ("SUMMARY", Meaning::Words),
    ("KEYWORDS", Meaning::Words),
    ("COPYRIGHT", Meaning::Party),
    ("PUBLISHER", Meaning::Party),
    ("DATE_RECORDED", Meaning::Moment),
    ("DATE", Meaning::Moment),
    ("CREATION_TIME", Meaning::Moment),
    ("RECORDING_LOCATION", Meaning::Place),
    ("MAKE", Meaning::Tool),
    ("MODEL", Meaning::Tool),
    ("ENCODER", Meaning::Tool),
    ("EMAIL", Meaning::Contact),
    ("PHONE", Meaning::Contact),
    ("ADDRESS", Meaning::Contact),
];

fn tags(content: &Content, part: Element, sink: &mut dyn Sink) -> Result<(), Fault> {
    children(content, part, |entry| {
        if entry.id != 0x67c8 {
            return Ok(());
        }
        let (mut name, mut value) = (String::new(), String::new());
        children(content, entry, |field| {
            match field.id {
                0x45a3 => name = string(content, field)?.to_ascii_uppercase(),
                0x4487 => value = string(content, field)?,
                _ => {}
            }
            Ok(())
        })?;
        let last = name.rsplit(['.', '-']).next().unwrap_or_default();
        if name == "LOCATION" || name.contains("ISO6709") || name == "LOCATION-ENG" {
            iso6709(&value, "LOCATION", sink);
        } else if let Some((key, meaning)) = NAMES.iter().find(|(known, _)| *known == name || *known == last) {
            tag(key, *meaning, value, sink);
        }
        Ok(())
    })
}

fn attachment(reading: &Reading<'_>, part: Element, sink: &mut dyn Sink) -> Result<(), Fault> {
    let (mut data, mut is_picture) = (None, false);
    children(reading.content, part, |entry| {
        match entry.id {
            0x4660 => is_picture = string(reading.content, entry)?.starts_with("image/"),
            0x465c => data = Some(entry),
            _ => {}
        }
        Ok(())
    })?;
    if let Some(data) = data.filter(|_| is_picture) {
        let length = (data.end - data.start).min(PICTURE) as usize;
        poster(&window(reading.content, data.start, length)?, reading, sink);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::tests::read_as;
    use crate::model::Media;

    fn element(id: &[u8], payload: &[u8]) -> Vec<u8> {
        let mut out = id.to_vec();
        out.extend([0x40 | (payload.len() >> 8) as u8, payload.len() as u8]);
        out.extend(payload);
        out
    }

    #[test]
    fn duration_codec_tags_and_place_are_read() {
        let mut info = element(&[0x2a, 0xd7, 0xb1], &[0x0f, 0x42, 0x40]);
        info.extend(element(&[0x44, 0x89], &1500.0_f32.to_be_bytes()));
        info.extend(element(&[0x7b, 0xa9], b"Suivi"));
        let mut video = element(&[0xb0], &[2, 128]);
        video.extend(element(&[0xba], &[1, 104]));
        let mut entry = element(&[0x83], &[1]);
        entry.extend(element(&[0x86], b"V_VP9"));
        entry.extend(element(&[0xe0], &video));
        let simple = |name: &[u8], value: &[u8]| {
            let mut inner = element(&[0x45, 0xa3], name);
            inner.extend(element(&[0x44, 0x87], value));
            element(&[0x67, 0xc8], &inner)
        };
        let mut tags = simple(b"LOCATION", b"+45.7600+004.8400/");
        tags.extend(simple(b"ARTIST", b"Ada Exemple"));
        let mut segment = element(&[0x15, 0x49, 0xa9, 0x66], &info);
        segment.extend(element(&[0x16, 0x54, 0xae, 0x6b], &element(&[0xae], &entry)));
        segment.extend(element(&[0x12, 0x54, 0xc3, 0x67], &element(&[0x73, 0x73], &tags)));
        let mut file = element(&[0x1a, 0x45, 0xdf, 0xa3], b"");
        file.extend(element(&[0x18, 0x53, 0x80, 0x67], &segment));
        let (kept, outcome) = read_as(Media::Webm, file);
        assert_eq!(outcome, Ok(()));
        let facts = kept.facts.video.clone().expect("facts");
        assert_eq!((facts.duration_ms, facts.codec.as_deref()), (Some(1500), Some("V_VP9")));
        assert_eq!((facts.width, facts.height), (Some(640), Some(360)));
        assert_eq!(kept.shown(), ["Title=Suivi", "LOCATION=45.760000,4.840000", "ARTIST=Ada Exemple"]);
    }
}
