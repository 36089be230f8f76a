//! Flash video (Adobe, "Video File Format Specification", 10.1): the `onMetaData` script tag.

use super::super::Reading;
use super::super::octets::{Order, text, window};
use super::tag;
use crate::model::{Code, Fault, Meaning, Sink};

/// Tags before the first script tag that are walked; it is the first in honest files.
const TAGS: usize = 16;
const SCRIPT: usize = 256 << 10;

/// Reads the first script tag and the first video tag's codec.
pub(super) fn read(reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    let content = reading.content;
    let head = window(content, 0, 9)?;
    let mut at = u64::from(Order::Big.u32(&head, 5).unwrap_or(9)) + 4;
    for _ in 0..TAGS {
        let head = window(content, at, 12)?;
        let [kind, high, middle, low, .., first] = head.as_slice() else { break };
        let length = u32::from_be_bytes([0, *high, *middle, *low]);
        match kind & 0x1f {
            18 => script(&window(content, at + 11, (length as usize).min(SCRIPT))?, sink),
            9 => {
                let name = match first & 15 {
                    2 => "H.263",
                    4 | 5 => "VP6",
                    7 => "avc1",
                    12 => "hvc1",
                    _ => "flv1",
                };
                sink.facts().video_mut().codec.get_or_insert_with(|| name.to_owned());
            }
            _ => {}
        }
        at += 15 + u64::from(length);
    }
    let facts = sink.facts().video_mut();
    if facts.codec.is_none() && facts.duration_ms.is_none() { Err(Fault::extract(Code::Damaged)) } else { Ok(()) }
}

/// AMF0: after the name, an array of key, type, value; numbers and strings are read.
fn script(data: &[u8], sink: &mut dyn Sink) {
    let Some(start) = memchr::memmem::find(data, b"onMetaData").map(|at| at + 15) else { return };
    let mut at = start;
    for _ in 0..200 {
        let Some(length) = Order::Big.u16(data, at).map(usize::from).filter(|length| *length > 0) else { return };
        let key = data.get(at + 2..at + 2 + length).and_then(text).unwrap_or_default();
        at += 2 + length;
        match data.get(at) {
            Some(0) => {
                let value = Order::Big.u64(data, at + 1).map_or(0.0, f64::from_bits);
                let facts = sink.facts().video_mut();
                match key.as_str() {
                    "duration" if value > 0.0 => facts.duration_ms = Some((value * 1000.0) as u64),
                    "width" => facts.width = Some(value as u32),
                    "height" => facts.height = Some(value as u32),
                    _ => {}
                }
                at += 9;
            }
            Some(1) => at += 2,
            Some(2) => {
                let length = Order::Big.u16(data, at + 1).map_or(0, usize::from);
                let value = data.get(at + 3..at + 3 + length).and_then(text).unwrap_or_default();
                match key.to_ascii_lowercase().as_str() {
                    "creationdate" | "date" => tag("creationdate", Meaning::Moment, value, sink),
                    "title" => tag("title", Meaning::Words, value, sink),
                    "author" | "artist" => tag("author", Meaning::Person, value, sink),
                    "comment" | "description" => tag("description", Meaning::Words, value, sink),
                    "encoder" | "metadatacreator" => tag("encoder", Meaning::Tool, value, sink),
                    _ => {}
                }
                at += 3 + length;
            }
            Some(11) => at += 11,
            _ => return,
        }
    }
}
