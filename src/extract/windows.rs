//! The text of an item, decoded piece by piece, whatever its size and encoding.

use super::Reading;
use crate::model::{Code, Fault, Sink};
use crate::sniff::{self, Charset, Decoder};
use std::io::{self, Read};

/// Bytes read at a time.
const WINDOW: usize = 1 << 20;

/// Decoded pieces of an item's content.
pub(super) struct Windows<'r> {
    reading: &'r Reading<'r>,
    decoder: Decoder,
    /// Nothing but ASCII was seen: the encoding is still open.
    is_open: bool,
    offset: u64,
    buffer: Vec<u8>,
}

impl<'r> Windows<'r> {
    /// Detects the encoding by the head; bytes that are not text are read as UTF-8 with replacements.
    pub(super) fn open(reading: &'r Reading<'r>) -> Self {
        let head = reading.content.head();
        let charset = sniff::charset(head).unwrap_or(Charset::UTF8);
        Self::with(reading, charset, charset.is_utf8() && head.is_ascii())
    }

    /// With an encoding that the format itself declares.
    pub(super) fn with(reading: &'r Reading<'r>, charset: Charset, is_open: bool) -> Self {
        Self { reading, decoder: charset.decoder(), is_open, offset: 0, buffer: Vec::new() }
    }

    /// Appends the next piece; `false` at the end.
    ///
    /// # Errors
    /// Time that is over, or a device error.
    pub(super) fn next(&mut self, text: &mut String) -> Result<bool, Fault> {
        self.reading.budget.check_now()?;
        let size = self.reading.content.size();
        if self.offset >= size {
            return Ok(false);
        }
        self.buffer.resize(WINDOW.min((size - self.offset).min(WINDOW as u64) as usize), 0);
        let read = self.reading.content.read_at(&mut self.buffer, self.offset)?;
        let bytes = self.buffer.get(..read).unwrap_or_default();
        self.offset += read as u64;
        let is_last = read == 0 || self.offset >= size;
        if self.is_open && !bytes.is_ascii() {
            self.is_open = false;
            // A character cut at the window's end must not look like a broken one.
            let first = bytes.iter().position(|byte| !byte.is_ascii()).unwrap_or(0);
            let sample = bytes.get(first.saturating_sub(64)..).unwrap_or(bytes);
            self.decoder = sniff::charset(sample).unwrap_or(Charset::UTF8).decoder();
        }
        self.decoder.decode(bytes, is_last, text);
        if read == 0 {
            self.offset = size;
        }
        Ok(true)
    }

    /// A UTF-8 byte reader over the pieces, for parsers that want one. A fault ends the stream and goes to `fault`.
    pub(super) fn reader(self) -> Utf8Reader<'r> {
        Utf8Reader { windows: self, text: String::new(), at: 0, fault: None }
    }
}

/// See [`Windows::reader`].
pub(super) struct Utf8Reader<'r> {
    windows: Windows<'r>,
    text: String,
    at: usize,
    /// Why the stream ended early.
    pub(super) fault: Option<Fault>,
}

impl Read for Utf8Reader<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.at >= self.text.len() {
            self.text.clear();
            self.at = 0;
            match self.windows.next(&mut self.text) {
                Ok(true) => {}
                Ok(false) => return Ok(0),
                Err(fault) => {
                    self.fault = Some(fault);
                    return Ok(0);
                }
            }
        }
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let count = rest.len().min(out.len());
        if let (Some(to), Some(from)) = (out.get_mut(..count), rest.get(..count)) {
            to.copy_from_slice(from);
        }
        self.at += count;
        Ok(count)
    }
}

/// The whole content as text, for formats that are not streamed; beyond the text limit it is cut and that is noted.
///
/// # Errors
/// Time that is over, or a device error.
pub(super) fn whole_text(reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<String, Fault> {
    let mut windows = Windows::open(reading);
    let mut text = String::new();
    while windows.next(&mut text)? {
        if text.len() as u64 > reading.budget.limits().text_bytes {
            sink.fault(Fault::extract(Code::TooMuchText));
            break;
        }
    }
    Ok(text)
}
