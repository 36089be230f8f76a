//! How readers hand text over: bounded pieces of running text, tables with their heads repeated, and records.

use crate::limits::Budget;
use crate::model::{Code, Fault, Origin, Passage, Shape, Sink};

/// Size of a piece of a long table or list of records: large enough to be cheap, small enough to be held often.
pub(super) const PIECE: usize = 128 << 10;

/// Hands a text over, if there is anything but white space in it, and counts its words.
pub(super) fn put(sink: &mut dyn Sink, origin: Origin, shape: Shape, text: String) {
    put_listed(sink, origin, shape, None, text);
}

/// Hands over rows or records of a list of this name.
fn put_listed(sink: &mut dyn Sink, origin: Origin, shape: Shape, list: Option<&str>, text: String) {
    let words = text.split_ascii_whitespace().count() as u32;
    if words > 0 {
        let document = sink.facts().document_mut();
        document.words = document.words.saturating_add(words);
        let has_gaps = shape == Shape::Layout && (text.contains("   ") || text.contains('\r'));
        let text = if has_gaps { columns(&text) } else { text };
        sink.passage(Passage::new(origin, shape, text).of_list(list));
    }
}

/// Runs of three or more spaces become one tab: they part columns.
fn columns(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let start = line.trim_start_matches(' ');
        let mut gap = 0;
        for c in start.chars() {
            if c == ' ' {
                gap += 1;
                continue;
            }
            match gap {
                0 => {}
                1 | 2 => out.extend(std::iter::repeat_n(' ', gap)),
                _ if c == '\n' || c == '\r' => {}
                _ => out.push('\t'),
            }
            gap = 0;
            if c != '\r' {
                out.push(c);
            }
        }
    }
    out
}

/// Appends a cell's or value's text with tabs, line ends and other controls as single spaces.
pub(super) fn push_inline(out: &mut String, value: &str) {
    let mut is_gap = true;
    for c in value.trim().chars() {
        let is_space = c.is_whitespace() || c.is_control();
        if !is_space {
            out.push(c);
        } else if !is_gap {
            out.push(' ');
        }
        is_gap = is_space;
    }
}

/// A document's lines, bounded by the text limit.
#[derive(Debug, Default)]
pub(super) struct Lines {
    text: String,
}

impl Lines {
    /// Appends text as it is.
    ///
    /// # Errors
    /// [`Code::TooMuchText`] past the limit.
    pub(super) fn push(&mut self, text: &str, budget: &Budget) -> Result<(), Fault> {
        if (self.text.len() + text.len()) as u64 > budget.limits().text_bytes {
            return Err(Fault::extract(Code::TooMuchText));
        }
        self.text.push_str(text);
        Ok(())
    }

    /// Ends the line, if it holds anything; a blank line is kept once.
    pub(super) fn end_line(&mut self) {
        let kept = self.text.trim_end_matches([' ', '\t']).len();
        self.text.truncate(kept);
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// Ends the line without leaving a blank one.
    pub(super) fn fresh_line(&mut self) {
        let kept = self.text.trim_end_matches([' ', '\t']).len();
        self.text.truncate(kept);
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }

    /// The last character.
    pub(super) fn last(&self) -> Option<char> {
        self.text.chars().next_back()
    }

    /// Takes back spaces and tabs at the end.
    pub(super) fn trim_end(&mut self) {
        self.text.truncate(self.text.trim_end_matches(' ').len());
    }

    /// Ends the line, or, within a table's cell, only parts the words.
    pub(super) fn end_line_in(&mut self, is_cell: bool) {
        if is_cell { self.soft_break() } else { self.fresh_line() }
    }

    /// Parts words within a cell.
    pub(super) fn soft_break(&mut self) {
        if self.text.chars().next_back().is_some_and(|c| !c.is_whitespace()) {
            self.text.push(' ');
        }
    }

    /// Whether the last line already shows the address or the digits of this link.
    pub(super) fn ends_with_digits_of(&self, link: &str) -> bool {
        let bare = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
        let line = self.text.rsplit('\n').next().unwrap_or_default();
        let (line, link) = (bare(line), bare(link));
        // A number may be shown in its national form.
        let tail = link.get(link.len().saturating_sub(8)..).unwrap_or(&link);
        if link.bytes().all(|byte| byte.is_ascii_digit()) { line.ends_with(tail) } else { line.ends_with(&link) }
    }

    /// Appends a word to the line.
    pub(super) fn push_note(&mut self, note: &str) {
        self.soft_break();
        self.text.push_str(note);
    }

    /// The lines so far; starts afresh.
    pub(super) fn take(&mut self) -> String {
        std::mem::take(&mut self.text)
    }

    /// Hands the lines over and starts afresh.
    pub(super) fn put(&mut self, origin: Origin, shape: Shape, sink: &mut dyn Sink) {
        put(sink, origin, shape, std::mem::take(&mut self.text));
    }
}

/// A table on its way out.
#[derive(Debug)]
pub(super) struct Table {
    origin: Origin,
    name: Option<String>,
    heads: String,
    text: String,
    rows: u64,
}

impl Table {
    /// A table with these column heads.
    pub(super) fn new<S: AsRef<str>>(origin: Origin, heads: &[S]) -> Self {
        Self { origin, name: None, heads: line(heads), text: String::new(), rows: 0 }
    }

    /// The table with its name.
    pub(super) fn named(self, name: Option<&str>) -> Self {
        Self { name: name.map(str::to_owned), ..self }
    }

    /// Adds a row; a blank one is dropped.
    pub(super) fn row<S: AsRef<str>>(&mut self, cells: &[S], sink: &mut dyn Sink) {
        let row = line(cells);
        if row.trim().is_empty() {
            return;
        }
        if self.text.is_empty() {
            self.text.push_str(&self.heads);
            self.text.push('\n');
        }
        self.text.push_str(&row);
        self.text.push('\n');
        self.rows += 1;
        if self.text.len() >= PIECE {
            self.flush(sink);
        }
    }

    fn flush(&mut self, sink: &mut dyn Sink) {
        put_listed(sink, self.origin.clone(), Shape::Table, self.name.as_deref(), std::mem::take(&mut self.text));
    }

    /// Hands over what is left, the heads alone if there were no rows, and counts the rows.
    pub(super) fn finish(mut self, sink: &mut dyn Sink) {
        if self.rows == 0 {
            self.text.clone_from(&self.heads);
        }
        self.flush(sink);
        sink.facts().document_mut().rows += self.rows;
    }
}

fn line<S: AsRef<str>>(cells: &[S]) -> String {
    let mut out = String::new();
    for (index, cell) in cells.iter().enumerate() {
        if index > 0 {
            out.push('\t');
        }
        push_inline(&mut out, cell.as_ref());
    }
    let kept = out.trim_end_matches('\t').len();
    out.truncate(kept);
    out
}

/// The innermost keys down to a value, joined with dots: what stands before it in its record.
pub(super) fn path<'a>(keys: impl Iterator<Item = &'a str>) -> String {
    /// Names of a key path that are kept.
    const KEPT: usize = 3;
    let keys: Vec<&str> = keys.filter(|key| !key.is_empty()).collect();
    let kept = keys.get(keys.len().saturating_sub(KEPT)..).unwrap_or_default();
    if kept.is_empty() { "value".to_owned() } else { kept.join(".") }
}

/// Records of `key: value` lines on their way out.
#[derive(Debug)]
pub(super) struct Records {
    origin: Origin,
    /// The list that they are of.
    list: Option<String>,
    text: String,
    /// Where in the text the record at hand begins.
    start: usize,
    count: u64,
    is_open: bool,
}

impl Records {
    /// No records yet.
    pub(super) fn new(origin: Origin) -> Self {
        Self { origin, list: None, text: String::new(), start: 0, count: 0, is_open: false }
    }

    /// Says which list the record at hand and those after it are of.
    pub(super) fn list(&mut self, name: Option<&str>, sink: &mut dyn Sink) {
        if self.list.as_deref() == name {
            return;
        }
        let at_hand = self.text.split_off(self.start);
        self.flush(sink);
        self.text = at_hand;
        self.list = name.map(str::to_owned);
    }

    /// Adds a pair to the record; an empty value is dropped.
    pub(super) fn pair(&mut self, key: &str, value: &str, sink: &mut dyn Sink) {
        if value.trim().is_empty() {
            return;
        }
        push_inline(&mut self.text, key);
        self.text.push_str(": ");
        push_inline(&mut self.text, value);
        self.text.push('\n');
        self.is_open = true;
        // One record should not be cut, unless it is no record at all.
        if self.text.len() >= 16 * PIECE {
            self.flush(sink);
        }
    }

    /// Ends the record, if it has any pair.
    pub(super) fn end(&mut self, sink: &mut dyn Sink) {
        if !self.is_open {
            return;
        }
        self.is_open = false;
        self.count += 1;
        if self.text.len() >= PIECE {
            self.flush(sink);
        } else if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.start = self.text.len();
    }

    fn flush(&mut self, sink: &mut dyn Sink) {
        let text = std::mem::take(&mut self.text);
        self.start = 0;
        put_listed(sink, self.origin.clone(), Shape::Pairs, self.list.as_deref(), text);
    }

    /// Hands over what is left and says how many records there were.
    pub(super) fn finish(mut self, sink: &mut dyn Sink) -> u64 {
        self.end(sink);
        self.flush(sink);
        self.count
    }
}
