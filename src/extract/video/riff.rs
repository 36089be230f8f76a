//! AVI (Microsoft, "AVI RIFF File Reference"): size, duration, codec, information list; the first frame of MJPEG.

use super::super::octets::{Order, text, window};
use super::super::Reading;
use super::{poster, tag};
use crate::limits::Content;
use crate::model::{Code, Fault, Meaning, Sink};

/// Chunks of one file that are walked, and lists within lists.
const CHUNKS: usize = 5_000;
const DEPTH: usize = 5;
/// Largest text and picture that are read, in bytes.
const TEXT: usize = 64 << 10;
const PICTURE: usize = 8 << 20;

const INFORMATION: &[(&[u8; 4], &str, Meaning)] = &[
    (b"INAM", "Title", Meaning::Words),
    (b"IART", "Artist", Meaning::Person),
    (b"ICMT", "Comment", Meaning::Words),
    (b"ICOP", "Copyright", Meaning::Party),
    (b"ICRD", "DateCreated", Meaning::Moment),
    (b"IDIT", "DateTimeOriginal", Meaning::Moment),
    (b"ISFT", "Software", Meaning::Tool),
    (b"ISBJ", "Subject", Meaning::Words),
    (b"IKEY", "Keywords", Meaning::Words),
    (b"IENG", "Engineer", Meaning::Person),
    (b"ITCH", "Technician", Meaning::Person),
    (b"ICMS", "Commissioned", Meaning::Party),
];

struct Walk<'a, 'b> {
    content: &'a Content,
    sink: &'b mut dyn Sink,
    /// The stream header that came last describes pictures.
    is_video: bool,
    is_mjpeg: bool,
    first_frame: Option<(u64, usize)>,
    left: usize,
}

/// Reads the header lists; of the frames only the first.
pub(super) fn read(reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    let content = reading.content;
    let mut walk = Walk { content, sink, is_video: false, is_mjpeg: false, first_frame: None, left: CHUNKS };
    walk.list(12, content.size(), 0)?;
    let (frame, is_mjpeg) = (walk.first_frame, walk.is_mjpeg);
    if let Some((start, length)) = frame.filter(|_| is_mjpeg) {
        poster(&window(content, start, length.min(PICTURE))?, reading, sink);
    }
    if sink.facts().video_mut().width.is_none() { Err(Fault::extract(Code::Damaged)) } else { Ok(()) }
}

impl Walk<'_, '_> {
    fn list(&mut self, mut at: u64, end: u64, depth: usize) -> Result<(), Fault> {
        while at + 8 <= end && self.left > 0 {
            self.left -= 1;
            let head = window(self.content, at, 12)?;
            let (Some(name), Some(length)) = (head.get(..4), Order::Little.u32(&head, 4)) else { return Ok(()) };
            let (start, length) = (at + 8, u64::from(length));
            match (name, head.get(8..12)) {
                // Frames fill the rest of the file; the first few chunks are enough.
                (b"LIST", Some(b"movi")) => self.frames(start + 4)?,
                (b"LIST", _) if depth < DEPTH => self.list(start + 4, start.saturating_add(length).min(end), depth + 1)?,
                _ => self.chunk(name, start, length)?,
            }
            at = start.saturating_add(length).saturating_add(length % 2);
        }
        Ok(())
    }

    fn chunk(&mut self, name: &[u8], start: u64, length: u64) -> Result<(), Fault> {
        let length = usize::try_from(length).unwrap_or(TEXT).min(TEXT);
        match name {
            b"avih" => {
                let data = window(self.content, start, 56)?;
                let number = |at| Order::Little.u32(&data, at);
                let facts = self.sink.facts().video_mut();
                (facts.width, facts.height) = (number(32), number(36));
                let ms = number(0).zip(number(16)).map(|(per_frame, frames)| u64::from(per_frame) * u64::from(frames) / 1000);
                facts.duration_ms = ms.filter(|ms| *ms > 0);
            }
            b"strh" => {
                let kind = window(self.content, start, 8)?;
                self.is_video = kind.starts_with(b"vids");
            }
            b"strf" if self.is_video => {
                let data = window(self.content, start, 40)?;
                let codec = data.get(16..20).and_then(text).filter(|name| name.bytes().all(|byte| byte.is_ascii_graphic()));
                self.is_mjpeg = codec.as_deref().is_some_and(|name| name.eq_ignore_ascii_case("mjpg"));
                self.sink.facts().video_mut().codec = codec;
            }
            _ => {
                if let Some((_, key, meaning)) = INFORMATION.iter().find(|row| row.0.as_slice() == name) {
                    let value = text(&window(self.content, start, length)?).unwrap_or_default();
                    tag(key, *meaning, value, self.sink);
                }
            }
        }
        Ok(())
    }

    fn frames(&mut self, mut at: u64) -> Result<(), Fault> {
        for _ in 0..8 {
            let head = window(self.content, at, 8)?;
            let (Some(name), Some(length)) = (head.get(2..4), Order::Little.u32(&head, 4)) else { return Ok(()) };
            if matches!(name, b"dc" | b"db") && length > 0 && self.first_frame.is_none() {
                self.first_frame = Some((at + 8, length as usize));
                return Ok(());
            }
            // `LIST rec ` groups chunks; step into it.
            at += if head.starts_with(b"LIST") { 12 } else { 8 + u64::from(length) + u64::from(length % 2) };
        }
        Ok(())
    }
}
