//! JSON and JSON lines as records, streamed byte by byte with bounded memory: deep nesting, endless lines and broken
//! tails cost nothing but what they hold.
//!
//! A record is an object that stands in the outermost array, or at the top. Nested keys are joined with a dot.

use super::Reading;
use super::passages::Records;
use super::windows::Windows;
use crate::model::{Code, Fault, Origin, Part, Sink};

/// Containers within containers that are followed; deeper ones are read, but their keys are not kept.
const DEPTH: usize = 256;
/// Names of a key path that are kept: the innermost.
const PATH: usize = 3;
/// Bytes of a key that stand before each of its values. A longer one is no label; it is read once, as a value.
const KEY: usize = 256;

/// Reads JSON or JSON lines.
///
/// # Errors
/// Time that is over, or a device error; the records before stay.
pub(super) fn read(reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    let mut scanner = Scanner::new(reading.budget.limits().line_bytes as usize);
    let mut windows = Windows::open(reading);
    let mut text = String::new();
    let end = loop {
        text.clear();
        match windows.next(&mut text) {
            Ok(true) => scanner.feed(text.as_bytes(), sink),
            Ok(false) => break Ok(()),
            Err(fault) => break Err(fault),
        }
    };
    scanner.finish(sink);
    end
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Between tokens.
    Open,
    /// In a string.
    Quoted,
    /// Behind a backslash.
    Escaped,
    /// In the four digits behind `\u`.
    Code { digits: u8, value: u32 },
    /// In a number or word.
    Bare,
}

#[derive(Debug)]
struct Level {
    is_array: bool,
    /// The key whose value comes next; kept only within the depth that is followed.
    key: String,
    is_record: bool,
}

struct Scanner {
    records: Records,
    state: State,
    levels: Vec<Level>,
    /// Containers beyond the depth that is followed.
    deeper: u64,
    has_record: bool,
    token: Vec<u8>,
    surrogate: Option<u32>,
    is_key: bool,
    max: usize,
    is_cut: bool,
    is_broken: bool,
    is_deep: bool,
}

impl Scanner {
    fn new(max: usize) -> Self {
        Self {
            records: Records::new(Origin::of(Part::Text)),
            state: State::Open,
            levels: Vec::new(),
            deeper: 0,
            has_record: false,
            token: Vec::new(),
            surrogate: None,
            is_key: false,
            max,
            is_cut: false,
            is_broken: false,
            is_deep: false,
        }
    }

    fn feed(&mut self, bytes: &[u8], sink: &mut dyn Sink) {
        for byte in bytes {
            match self.state {
                State::Quoted => self.quoted(*byte, sink),
                State::Escaped => self.escaped(*byte),
                State::Code { digits, value } => self.code(*byte, digits, value),
                State::Bare if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'+' | b'_' | b'$') => {
                    self.keep(*byte);
                }
                State::Bare => {
                    self.state = State::Open;
                    self.scalar(sink);
                    self.open(*byte, sink);
                }
                State::Open => self.open(*byte, sink),
            }
        }
    }

    fn keep(&mut self, byte: u8) {
        if self.token.len() < self.max {
            self.token.push(byte);
        } else {
            self.is_cut = true;
        }
    }

    fn open(&mut self, byte: u8, sink: &mut dyn Sink) {
        match byte {
            b'"' => {
                self.token.clear();
                self.is_key = self.expects_key();
                self.state = State::Quoted;
            }
            b'{' | b'[' => self.enter(byte == b'[', sink),
            b'}' | b']' => self.leave(byte == b']', sink),
            b',' | b':' | b' ' | b'\t' | b'\r' | b'\n' => {
                if byte == b','
                    && let Some(level) = self.levels.last_mut()
                    && self.deeper == 0
                    && !level.is_array
                {
                    level.key.clear();
                }
            }
            _ if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.' | b'_' | b'$') => {
                self.token.clear();
                self.token.push(byte);
                self.is_key = self.expects_key();
                self.state = State::Bare;
            }
            _ => self.is_broken = true,
        }
    }

    fn expects_key(&self) -> bool {
        self.deeper == 0 && self.levels.last().is_some_and(|level| !level.is_array && level.key.is_empty())
    }

    fn quoted(&mut self, byte: u8, sink: &mut dyn Sink) {
        if byte != b'\\' && self.surrogate.take().is_some() {
            self.push_char(char::REPLACEMENT_CHARACTER);
        }
        match byte {
            b'"' => {
                self.state = State::Open;
                self.scalar(sink);
            }
            b'\\' => self.state = State::Escaped,
            _ => self.keep(byte),
        }
    }

    fn escaped(&mut self, byte: u8) {
        if byte == b'u' {
            self.state = State::Code { digits: 0, value: 0 };
            return;
        }
        self.state = State::Quoted;
        if self.surrogate.take().is_some() {
            self.push_char(char::REPLACEMENT_CHARACTER);
        }
        self.keep(match byte {
            b'n' => b'\n',
            b't' => b'\t',
            b'r' => b'\r',
            b'b' | b'f' => b' ',
            other => other,
        });
    }

    fn code(&mut self, byte: u8, digits: u8, value: u32) {
        let Some(digit) = char::from(byte).to_digit(16) else {
            self.is_broken = true;
            self.state = State::Quoted;
            return;
        };
        let value = value << 4 | digit;
        if digits < 3 {
            self.state = State::Code { digits: digits + 1, value };
            return;
        }
        self.state = State::Quoted;
        match (self.surrogate.take(), value) {
            (Some(high), 0xdc00..=0xdfff) => {
                let c = 0x10000 + ((high - 0xd800) << 10) + (value - 0xdc00);
                self.push_char(char::from_u32(c).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            (_, 0xd800..=0xdbff) => self.surrogate = Some(value),
            (_, value) => self.push_char(char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER)),
        }
    }

    fn push_char(&mut self, c: char) {
        c.encode_utf8(&mut [0; 4]).bytes().for_each(|byte| self.keep(byte));
    }

    /// A string, number or word has ended.
    fn scalar(&mut self, sink: &mut dyn Sink) {
        let token = std::mem::take(&mut self.token);
        let text = String::from_utf8_lossy(&token);
        if self.is_key {
            let end = text.floor_char_boundary(KEY);
            if end < text.len() {
                self.records.pair("key", &text, sink);
            }
            if let Some(level) = self.levels.last_mut() {
                text.get(..end).unwrap_or_default().clone_into(&mut level.key);
            }
        } else if !matches!(&*text, "null" | "true" | "false") {
            let path = self.path();
            self.records.pair(&path, &text, sink);
        }
        self.token = token;
    }

    /// The innermost keys, joined with dots; the record's own place is not part of them.
    fn path(&self) -> String {
        let start = self.levels.iter().position(|level| level.is_record).unwrap_or(0);
        let keys: Vec<&str> =
            self.levels.iter().skip(start).map(|level| level.key.as_str()).filter(|key| !key.is_empty()).collect();
        let kept = keys.get(keys.len().saturating_sub(PATH)..).unwrap_or_default();
        if kept.is_empty() { "value".to_owned() } else { kept.join(".") }
    }

    fn enter(&mut self, is_array: bool, sink: &mut dyn Sink) {
        if self.deeper > 0 || self.levels.len() >= DEPTH {
            self.deeper += 1;
            self.is_deep = true;
            return;
        }
        let in_array = self.levels.last().is_some_and(|level| level.is_array);
        let is_record =
            !is_array && !self.has_record && (in_array || self.levels.is_empty() && self.records.is_fresh());
        if is_record && in_array {
            self.records.end(sink);
            self.has_record = true;
        }
        self.levels.push(Level { is_array, key: String::new(), is_record: is_record && in_array });
    }

    fn leave(&mut self, is_array: bool, sink: &mut dyn Sink) {
        if self.deeper > 0 {
            self.deeper -= 1;
            return;
        }
        let Some(level) = self.levels.pop() else {
            self.is_broken = true;
            return;
        };
        self.is_broken |= level.is_array != is_array;
        if level.is_record {
            self.has_record = false;
        }
        if level.is_record || self.levels.is_empty() {
            self.records.end(sink);
        }
        if let Some(parent) = self.levels.last_mut().filter(|parent| !parent.is_array) {
            parent.key.clear();
        }
    }

    fn finish(mut self, sink: &mut dyn Sink) {
        if matches!(self.state, State::Quoted | State::Bare | State::Escaped) && !self.token.is_empty() {
            self.scalar(sink);
        }
        if !self.levels.is_empty() {
            sink.fault(Fault::extract(Code::Truncated));
        }
        if self.is_broken {
            sink.fault(Fault::extract(Code::Damaged));
        }
        if self.is_cut {
            sink.fault(Fault::extract(Code::TooMuchText));
        }
        if self.is_deep {
            sink.fault(Fault::extract(Code::TooDeep));
        }
        let count = self.records.finish(sink);
        sink.facts().document_mut().rows += count;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::desk::Desk;
    use crate::limits::Limits;
    use crate::model::Media;
    use proptest::prelude::*;

    fn read_json(text: &str) -> Desk {
        Desk::read(Media::Json, text.as_bytes().to_vec())
    }

    #[test]
    fn objects_of_the_outermost_array_are_records() {
        let desk = read_json(
            r#"{"count": 2, "patients": [{"name": "Ada \u00c9x", "address": {"city": "Lyon"}, "visits": [{"d": 1}, {"d": 2}]},
                {"name": "Ben", "tags": ["a", "b"], "dead": null}]}"#,
        );
        assert_eq!(
            desk.text(),
            "count: 2\n\nname: Ada Éx\naddress.city: Lyon\nvisits.d: 1\nvisits.d: 2\n\nname: Ben\ntags: a\ntags: b\n\n"
        );
    }

    #[test]
    fn a_long_key_is_read_once_and_not_before_each_value() {
        let key = "é".repeat(10_000);
        let text = read_json(&format!(r#"{{"{key}": [{}0]}}"#, "1,".repeat(500))).text();
        assert_eq!(text.matches(&key).count(), 1);
        assert!(text.len() < key.len() + 501 * (KEY + 8), "{}", text.len());
    }

    #[test]
    fn lines_are_records() {
        let desk = Desk::read(Media::JsonLines, b"{\"a\": \"x\"}\n{\"a\": \"y\"}\n".to_vec());
        assert_eq!(desk.text(), "a: x\n\na: y\n\n");
        assert_eq!(desk.facts.document.map(|document| document.rows), Some(2));
    }

    #[test]
    fn a_broken_tail_keeps_what_was_read() {
        let desk = read_json("[{\"name\": \"Ada\"}, {\"name\": \"Be");
        assert_eq!(desk.text(), "name: Ada\n\nname: Be\n\n");
        assert_eq!(desk.faults, [Fault::extract(Code::Truncated)]);
    }

    #[test]
    fn depth_and_long_values_are_bounded() {
        let desk = read_json(&("[".repeat(1_000_000) + "{\"a\": 1}"));
        assert!(desk.faults.contains(&Fault::extract(Code::TooDeep)));
        let limits = Limits { line_bytes: 1000, ..Limits::default() };
        let bytes = format!("{{\"a\": \"{}\", \"b\": \"kept\"}}", "x".repeat(5_000_000)).into_bytes();
        let desk = Desk::read_within(Media::Json, bytes, limits, &crate::extract::ExtractOptions::default());
        assert!(desk.text().len() < 2000 && desk.text().contains("b: kept"));
        assert_eq!(desk.faults, [Fault::extract(Code::TooMuchText)]);
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "[\\[\\]{}\",:\\\\ua0-9 \n]{0,200}") {
            let _ = read_json(&text);
        }
    }
}
