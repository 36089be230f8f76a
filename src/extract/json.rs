//! JSON and JSON lines as records, streamed byte by byte with bounded memory: deep nesting, endless lines and broken
//! tails cost nothing but what they hold.
//!
//! A record is an object that stands in the outermost array, or at the top. Nested keys are joined with a dot.

use super::Reading;
use super::passages::{Records, path};
use super::windows::Windows;
use crate::model::{Code, Fault, Origin, Part, Sink};

/// Containers within containers that are followed; deeper ones are read, but their keys are not kept.
const DEPTH: usize = 256;
/// Bytes of a key that stand before each of its values. A longer one is no label; it is read once, as a value.
const KEY: usize = 256;
/// Keys under which the columns of rows are named.
const COLUMN_KEYS: [&str; 6] = ["columns", "cols", "fields", "header", "headers", "columnNames"];
/// Keys under which an envelope holds records.
const LIST_KEYS: [&str; 6] = ["data", "rows", "records", "RECORDS", "hits", "docs"];
/// Columns that are kept.
const COLUMNS: usize = 1024;

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
    /// In an object: what it calls itself, by a string under `name`.
    name: Option<String>,
    /// In an object: its value before was an object under an id.
    had_entry: bool,
    array: Array,
}

/// What an array holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Array {
    /// Anything.
    Plain,
    /// The names of columns.
    Columns,
    /// The values of a row, the next one of this column.
    Row(usize),
}

struct Scanner {
    records: Records,
    /// The columns of rows that are arrays: `{"columns": ["name", ..], "data": [["Ada", ..], ..]}`.
    columns: Vec<String>,
    /// How many containers were open where they were named: they hold until one of these closes.
    columns_depth: usize,
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
            columns: Vec::new(),
            columns_depth: 0,
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
        } else {
            self.note_name(&text);
            if !self.has_record {
                self.records.list(None, sink);
            }
            let column = self.column(&text);
            if !matches!(&*text, "null" | "true" | "false") {
                let path = column.unwrap_or_else(|| self.path());
                self.records.pair(&path, &text, sink);
            }
        }
        self.token = token;
    }

    /// Keeps what an envelope says that its list is called.
    fn note_name(&mut self, text: &str) {
        let level = self.levels.last_mut().filter(|level| !level.is_array && self.deeper == 0);
        if let Some(level) = level.filter(|level| level.key == "name") {
            level.name = Some(text.get(..text.floor_char_boundary(KEY)).unwrap_or_default().to_owned());
        }
    }

    /// The column of the next value of a row. A name of a column is kept.
    fn column(&mut self, text: &str) -> Option<String> {
        let level = self.levels.last_mut().filter(|_| self.deeper == 0)?;
        match &mut level.array {
            Array::Plain => None,
            Array::Columns => {
                if self.columns.len() < COLUMNS {
                    self.columns.push(text.get(..text.floor_char_boundary(KEY)).unwrap_or_default().to_owned());
                }
                None
            }
            Array::Row(next) => {
                *next += 1;
                self.columns.get(*next - 1).cloned()
            }
        }
    }

    /// What an array that begins here holds.
    fn array(&self) -> Array {
        match self.levels.last() {
            Some(parent) if parent.is_array && !self.columns.is_empty() => Array::Row(0),
            Some(parent) if !parent.is_array && COLUMN_KEYS.contains(&parent.key.as_str()) => Array::Columns,
            _ => Array::Plain,
        }
    }

    /// The innermost keys, joined with dots; the record's own place is not part of them.
    fn path(&self) -> String {
        let start = self.levels.iter().position(|level| level.is_record).unwrap_or(0);
        path(self.levels.iter().skip(start).map(|level| level.key.as_str()))
    }

    fn enter(&mut self, is_array: bool, sink: &mut dyn Sink) {
        if self.deeper > 0 || self.levels.len() >= DEPTH {
            self.deeper += 1;
            self.is_deep = true;
            return;
        }
        let array = if is_array { self.array() } else { Array::Plain };
        if array == Array::Columns {
            self.columns.clear();
            self.columns_depth = self.levels.len();
        }
        let is_row = matches!(array, Array::Row(_));
        let is_record = (!is_array || is_row) && (!self.has_record || self.is_listed()) && self.begins_record();
        if is_record {
            self.levels.iter_mut().for_each(|level| level.is_record = false);
            let list = list_at(&self.levels);
            if self.levels.last().is_some_and(|parent| !parent.is_array) {
                // The first object under an id is told by the second; it is the record at hand.
                self.records.list(list, sink);
            }
            self.records.end(sink);
            self.records.list(list, sink);
            self.has_record = true;
        }
        self.levels.push(Level { is_array, key: String::new(), is_record, name: None, had_entry: false, array });
    }

    /// Whether the array at hand is the list of records of an envelope, such as a table's in phpMyAdmin's export:
    /// `[{"type": "table", "name": "patients", "data": [{..}, {..}]}]`.
    fn is_listed(&self) -> bool {
        let [.., envelope, list] = self.levels.as_slice() else { return false };
        list.is_array && !envelope.is_array && LIST_KEYS.contains(&envelope.key.as_str())
    }

    /// Whether an object that begins here is one of a list: in an array, or under an id beside another one.
    fn begins_record(&mut self) -> bool {
        let Some(parent) = self.levels.last_mut() else { return false };
        if parent.is_array {
            return true;
        }
        let is_entry = is_id(&parent.key);
        std::mem::replace(&mut parent.had_entry, is_entry) && is_entry
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
        if self.levels.len() < self.columns_depth {
            self.columns.clear();
        }
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

/// What the list is called whose record begins here: the key that the array or the objects under ids stand at.
fn list_at(levels: &[Level]) -> Option<&str> {
    let [.., outer, _] = levels else { return None };
    if LIST_KEYS.contains(&outer.key.as_str()) {
        return outer.name.as_deref();
    }
    Some(outer.key.as_str()).filter(|key| !outer.is_array && !key.is_empty())
}

/// Whether a key is the id of an entry (`-Lx3k`, `1042`, `5d0f3c`) and no word with a number, such as `address2`.
fn is_id(key: &str) -> bool {
    let digit = key.find(|c: char| c.is_ascii_digit());
    let goes_on = digit.and_then(|digit| key.get(digit..)).is_some_and(|rest| rest.contains(char::is_alphabetic));
    digit.is_some() && (goes_on || !key.starts_with(char::is_alphabetic))
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
    fn records_are_of_the_list_that_they_stand_in() {
        let text = r#"{"doctors": [{"n": "A"}, {"n": "B"}], "owner": {"n": "C"}, "patients": [{"n": "D"}]}"#;
        assert_eq!(read_json(text).listed(), ["doctors = n: A\n\nn: B\n\n", "patients = n: D\n\n"]);
        let text = r#"{"doctors": {"-L1x": {"n": "A"}, "-L2x": {"n": "B"}}, "patients": {"-P1x": {"n": "C"}, "-P2x": {"n": "D"}}}"#;
        assert_eq!(
            read_json(text).listed(),
            ["doctors = doctors.-L1x.n: A\n\nn: B\n\n", "patients = patients.-P1x.n: C\n\nn: D\n\n"]
        );
        let text = r#"[{"type": "table", "name": "doctors", "data": [{"n": "A"}]}]"#;
        assert_eq!(read_json(text).listed(), ["doctors = n: A\n\n"]);
        assert!(read_json(r#"[{"n": "A"}, {"n": "B"}]"#).listed().is_empty());
    }

    #[test]
    fn rows_have_the_names_of_their_columns() {
        let text = r#"{"columns": ["name", "city"], "index": [0, 1], "data": [["Ada", "Lyon"], [null, "Nice"]]}"#;
        assert_eq!(
            read_json(text).text(),
            "columns: name\ncolumns: city\nindex: 0\nindex: 1\n\nname: Ada\ncity: Lyon\n\ncity: Nice\n\n"
        );
        let text = r#"[{"header": ["name"], "rows": [["Ada"]]}, {"places": [["x"], ["y"]]}]"#;
        assert_eq!(read_json(text).text(), "header: name\n\nname: Ada\n\nplaces: x\nplaces: y\n\n");
        assert_eq!(read_json("[[1, 2], [3, 4]]").text(), "value: 1\nvalue: 2\nvalue: 3\nvalue: 4\n\n");
    }

    #[test]
    fn records_of_an_envelope_are_records() {
        let text =
            r#"[{"type": "header"}, {"type": "table", "data": [{"name": "Ada"}, {"name": "Ben"}]}, {"type": "x"}]"#;
        assert_eq!(read_json(text).text(), "type: header\n\ntype: table\n\nname: Ada\n\nname: Ben\n\ntype: x\n\n");
    }

    #[test]
    fn objects_under_ids_are_records() {
        let text = r#"{"patients": {"-Lx0": {"name": "Ada", "home": {"city": "Lyon"}}, "-Lx1": {"name": "Ben"}}}"#;
        assert_eq!(read_json(text).text(), "patients.-Lx0.name: Ada\n-Lx0.home.city: Lyon\n\nname: Ben\n\n");
        let text = r#"{"name": "Ada", "address1": {"city": "Lyon"}, "address2": {"city": "Nice"}}"#;
        assert_eq!(read_json(text).text(), "name: Ada\naddress1.city: Lyon\naddress2.city: Nice\n\n");
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
