//! SQL dumps of MySQL, PostgreSQL, SQLite and SQL Server: rows of INSERT and COPY as tables with the column names of the
//! statement or of CREATE TABLE; other statements as text. A scanner, not a parser: streamed, with bounded memory.

mod binary;
pub(super) mod postgres;
mod statement;

use super::Reading;
use super::archive::hand_over_value;
use super::passages::{PIECE, Table, put};
use super::windows::Windows;
use crate::limits::Limits;
use crate::model::{Code, Fault, Origin, Part, Shape, Sink};
use binary::Binary;
use statement::{copied, created, starts_with, target};
use std::collections::BTreeMap;

/// Text of a statement outside its rows that is kept.
const STATEMENT: usize = 256 << 10;
/// Tables whose columns are remembered.
const TABLES: usize = 5000;

/// Reads an SQL dump.
///
/// # Errors
/// Time that is over, too many cells, or a device error; the rows before stay.
pub(super) fn read(reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    let mut scanner = Scanner::new(reading.budget.limits());
    let mut windows = Windows::open(reading);
    let mut text = String::new();
    let end = loop {
        text.clear();
        match windows.next(&mut text) {
            Ok(true) => scanner.feed(&text, sink),
            Ok(false) => break Ok(()),
            Err(fault) => break Err(fault),
        }
        if let Err(fault) = scanner.settle(reading, sink) {
            break Err(fault);
        }
    };
    scanner.finish(sink);
    end
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Outside of quotes and comments.
    Open,
    /// In quotes of this kind.
    Quoted(char),
    /// Behind a backslash in quotes of this kind.
    Escaped(char),
    /// In a comment to the end of the line.
    Comment,
    /// In a comment between `/*` and `*/`.
    Block,
    /// In the lines of COPY.
    Copy,
}

struct Scanner {
    state: State,
    before: char,
    /// The statement outside its rows.
    statement: String,
    columns: BTreeMap<String, Vec<String>>,
    /// Depth of parentheses within a row; 0 outside.
    row_depth: u32,
    row: Vec<String>,
    value: String,
    /// The value was quoted, so that `NULL` is a word.
    was_quoted: bool,
    /// A function's first text was read: its other ones are no part of the value.
    is_spent: bool,
    table: Option<(String, Table)>,
    prose: String,
    line: String,
    cells: u64,
    max: usize,
    /// Files in values of the rows.
    binary: Binary,
    files: u32,
    /// A value was longer than a line may be.
    is_cut: bool,
}

impl Scanner {
    fn new(limits: &Limits) -> Self {
        Self {
            state: State::Open,
            before: '\n',
            statement: String::new(),
            columns: BTreeMap::new(),
            row_depth: 0,
            row: Vec::new(),
            value: String::new(),
            was_quoted: false,
            is_spent: false,
            table: None,
            prose: String::new(),
            line: String::new(),
            cells: 0,
            max: limits.line_bytes as usize,
            binary: Binary::new(limits.member_bytes as usize),
            files: 0,
            is_cut: false,
        }
    }

    fn feed(&mut self, text: &str, sink: &mut dyn Sink) {
        for c in text.chars() {
            self.take(c, sink);
        }
    }

    /// Hands over the files that stood in values since it was called last.
    ///
    /// # Errors
    /// The bound on cells, time that is over.
    fn settle(&mut self, reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        for file in self.binary.files() {
            self.files += 1;
            hand_over_value(&format!("blob-{}", self.files), file.bytes, file.fault, reading, sink)?;
        }
        if self.cells > reading.budget.limits().cells { Err(Fault::extract(Code::TooMuchText)) } else { Ok(()) }
    }

    /// Ends the lines of COPY where the dump does not say so itself.
    fn end_copy(&mut self, sink: &mut dyn Sink) {
        if self.state == State::Copy {
            self.copy_line('\n', sink);
            self.state = State::Open;
        }
    }

    fn take(&mut self, c: char, sink: &mut dyn Sink) {
        match self.state {
            State::Open => self.open(c, sink),
            State::Quoted(mark) => self.quoted(c, mark),
            State::Escaped(mark) => {
                self.state = State::Quoted(mark);
                self.keep(match c {
                    'n' | 'r' | 't' | '0' | 'Z' => ' ',
                    other => other,
                });
            }
            State::Comment => {
                self.prose.push(c);
                if c == '\n' {
                    self.state = State::Open;
                    self.drop_heading();
                }
            }
            State::Block if c == '/' && self.before == '*' => self.state = State::Open,
            State::Block => {}
            State::Copy => self.copy_line(c, sink),
        }
        self.before = c;
    }

    /// Takes back a comment that heads an object of the dump: `Name: patients; Type: TABLE; Schema: public; Owner: -`.
    /// Its name is a table's and its owner an account of the database.
    fn drop_heading(&mut self) {
        let line = self.prose.trim_end_matches('\n').rfind('\n').map_or(0, |at| at + 1);
        let is_heading = self
            .prose
            .get(line..)
            .is_some_and(|line| line.contains("Name: ") && line.contains("; Type: ") && line.contains("; Schema: "));
        if is_heading {
            self.prose.truncate(line);
        }
    }

    fn keep(&mut self, c: char) {
        if self.is_spent && self.row_depth > 0 {
            return;
        }
        let (text, max) =
            if self.row_depth > 0 { (&mut self.value, self.max) } else { (&mut self.statement, STATEMENT) };
        if text.len() < max {
            text.push(c);
        } else {
            self.is_cut = true;
        }
    }

    fn quoted(&mut self, c: char, mark: char) {
        if c == mark {
            // A doubled mark is one of the text: the next character decides, see `open`.
            self.state = State::Open;
            if self.row_depth == 0 {
                self.keep(c);
            }
        } else if c == '\\' && mark == '\'' || c == '\\' && mark == '"' && self.row_depth > 0 {
            self.state = State::Escaped(mark);
        } else {
            self.keep(c);
        }
    }

    fn open(&mut self, c: char, sink: &mut dyn Sink) {
        match c {
            '\'' | '"' | '`' => {
                let is_called = self.row_depth > 1 && self.was_quoted && !self.value.is_empty();
                if self.before == c && self.was_quoted && self.row_depth > 0 && !self.value.is_empty() {
                    self.keep(c);
                } else if is_called {
                    self.is_spent = true;
                } else if self.row_depth > 0 {
                    // A prefix such as N, E, X or _binary is not part of the value.
                    self.value.clear();
                }
                self.was_quoted = true;
                if self.row_depth == 0 {
                    self.keep(c);
                }
                self.state = State::Quoted(c);
            }
            '-' if self.before == '-' => {
                self.state = State::Comment;
                self.drop_last();
            }
            '#' if self.before == '\n' => self.state = State::Comment,
            '*' if self.before == '/' => {
                self.state = State::Block;
                self.drop_last();
            }
            _ if self.row_depth > 0 => self.in_row(c, sink),
            '(' if self.begins_row() => self.row_depth = 1,
            ';' => self.end_statement(sink),
            '\n' if self.ends_batch() => self.end_statement(sink),
            _ => self.keep(c),
        }
    }

    fn drop_last(&mut self) {
        if self.row_depth > 0 {
            self.value.pop();
        } else {
            self.statement.pop();
        }
    }

    /// Whether the parenthesis opens a row: behind VALUES, or behind the comma after another row. Then the statement is
    /// cut to its INSERT: what stands before it has no end of its own, as in scripts of SQL Server, and the commas between
    /// rows are none of it.
    fn begins_row(&mut self) -> bool {
        const VALUES: usize = "values".len();
        let head = self.statement.trim_end_matches(|c: char| c == ',' || c.is_whitespace());
        let end = head.len();
        // Not a column's new value: `ON DUPLICATE KEY UPDATE a=VALUES(a)`.
        let word = end.checked_sub(VALUES).and_then(|at| head.split_at_checked(at));
        let is_values =
            word.is_some_and(|(before, word)| word.eq_ignore_ascii_case("values") && !before.trim_end().ends_with('='));
        if !is_values {
            return false;
        }
        let mut lines = head.rmatch_indices('\n').map(|(at, _)| at + 1).chain([0]);
        let insert = lines.find(|at| head.get(*at..).is_some_and(|line| starts_with(line, &["insert", "replace"])));
        if let Some(insert) = insert {
            self.statement.truncate(end);
            self.statement.drain(..insert);
        }
        insert.is_some()
    }

    /// Whether the line that ends here is the GO of SQL Server's scripts.
    fn ends_batch(&self) -> bool {
        let line = self.statement.rsplit('\n').next().unwrap_or_default();
        line.trim().eq_ignore_ascii_case("go")
    }

    fn in_row(&mut self, c: char, sink: &mut dyn Sink) {
        // Of a function's arguments the first text is the value: `CAST(N'1984-03-02' AS Date)`.
        let is_behind = self.row_depth > 1 && self.was_quoted;
        match c {
            '(' if is_behind => self.row_depth += 1,
            ')' if is_behind => self.row_depth -= 1,
            _ if is_behind => {}
            '(' => {
                self.row_depth += 1;
                self.keep(c);
            }
            ',' if self.row_depth == 1 => self.end_value(),
            ')' if self.row_depth == 1 => {
                self.end_value();
                self.row_depth = 0;
                self.end_row(sink);
            }
            ')' => {
                self.row_depth -= 1;
                self.keep(c);
            }
            c if c.is_whitespace() && (self.was_quoted || self.value.is_empty()) => {}
            c => self.keep(c),
        }
    }

    fn end_value(&mut self) {
        let value = std::mem::take(&mut self.value);
        let is_null = !self.was_quoted && value.trim().eq_ignore_ascii_case("null");
        let value = if is_null { String::new() } else { value };
        self.row.push(self.binary.take(value));
        self.was_quoted = false;
        self.is_spent = false;
    }

    fn end_row(&mut self, sink: &mut dyn Sink) {
        let row = std::mem::take(&mut self.row);
        self.cells += row.len() as u64;
        let (name, listed) = target(&self.statement);
        self.open_table(&name, listed, row.len(), sink);
        if let Some((_, table)) = &mut self.table {
            table.row(&row, sink);
        }
    }

    /// Goes on with the table, or begins it.
    fn open_table(&mut self, name: &str, listed: Vec<String>, width: usize, sink: &mut dyn Sink) {
        if self.table.as_ref().is_some_and(|(open, _)| open == name) {
            return;
        }
        if let Some((_, table)) = self.table.take() {
            table.finish(sink);
        }
        let known = if listed.is_empty() { self.columns.get(name).cloned().unwrap_or_default() } else { listed };
        let heads = if known.len() >= width { known } else { (1..=width).map(|n| format!("column {n}")).collect() };
        self.table = Some((name.to_owned(), Table::new(Origin::of(Part::Table), &heads).named(Some(name))));
    }

    fn end_statement(&mut self, sink: &mut dyn Sink) {
        let statement = std::mem::take(&mut self.statement);
        let text = statement.trim();
        if starts_with(text, &["create"]) && text.contains('(') {
            if let Some((name, columns)) = created(text).filter(|_| self.columns.len() < TABLES) {
                self.columns.insert(name, columns);
            }
        } else if starts_with(text, &["copy"])
            && text.get(text.len().saturating_sub(5)..).is_some_and(|end| end.eq_ignore_ascii_case("stdin"))
        {
            let (name, listed) = target(text);
            let width = listed.len();
            self.open_table(&name, listed, width, sink);
            self.state = State::Copy;
            self.line.clear();
        } else if starts_with(text, &["select"]) && self.binary.takes_statement(text) {
            // Bytes, no text.
        } else if !starts_with(text, &["insert", "replace"]) || !text.to_ascii_lowercase().contains("values") {
            self.prose.push_str(text);
            self.prose.push('\n');
        }
        if self.prose.len() >= PIECE {
            put(sink, Origin::of(Part::Text), Shape::Flow, std::mem::take(&mut self.prose));
        }
        self.was_quoted = false;
    }

    fn copy_line(&mut self, c: char, sink: &mut dyn Sink) {
        if c != '\n' {
            if self.line.len() < self.max {
                self.line.push(c);
            } else {
                self.is_cut = true;
            }
            return;
        }
        let line = std::mem::take(&mut self.line);
        let line = line.trim_end_matches('\r');
        if line == "\\." {
            self.state = State::Open;
        } else if !line.is_empty() {
            let row: Vec<String> = line.split('\t').map(|value| self.binary.take(copied(value))).collect();
            self.cells += row.len() as u64;
            if let Some((_, table)) = &mut self.table {
                table.row(&row, sink);
            }
        }
    }

    fn finish(mut self, sink: &mut dyn Sink) {
        if !self.row.is_empty() || !self.value.is_empty() {
            self.end_value();
            self.end_row(sink);
            sink.fault(Fault::extract(Code::Truncated));
        }
        self.end_statement(sink);
        if let Some((_, table)) = self.table.take() {
            table.finish(sink);
        }
        put(sink, Origin::of(Part::Text), Shape::Flow, self.prose);
        if self.is_cut {
            sink.fault(Fault::extract(Code::TooMuchText));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::desk::Desk;
    use crate::model::Media;
    use proptest::prelude::*;

    fn tables(dump: &str) -> Vec<String> {
        let desk = Desk::read(Media::Sql, dump.as_bytes().to_vec());
        desk.passages.into_iter().filter(|(_, shape, _)| *shape == Shape::Table).map(|(.., text)| text).collect()
    }

    #[test]
    fn rows_of_mysql_have_the_columns_of_the_table() {
        let dump = "-- MySQL dump\nCREATE TABLE `p` (\n  `id` int(11) NOT NULL,\n  `nom` varchar(50) DEFAULT 'x',\n  `prix` decimal(10,2),\n  PRIMARY KEY (`id`)\n);\n\
            INSERT INTO `p` VALUES (1,'Ada \\'O\\' Example',NULL),(2,'it''s; (b)',4.50);\nINSERT INTO `p` VALUES (3,'Cy',1);\n";
        assert_eq!(tables(dump), ["id\tnom\tprix\n1\tAda 'O' Example\n2\tit's; (b)\t4.50\n3\tCy\t1\n"]);
    }

    #[test]
    fn rows_of_postgres_and_of_unknown_tables_are_read() {
        let dump = "COPY public.p (id, name) FROM stdin;\n1\tAda\n2\t\\N\n\\.\n\nINSERT INTO q (a, b) VALUES (N'x', now());\nINSERT INTO r VALUES (1, 2);\n";
        assert_eq!(tables(dump), ["id\tname\n1\tAda\n2\n", "a\tb\nx\tnow()\n", "column 1\tcolumn 2\n1\t2\n"]);
    }

    #[test]
    fn every_row_counts_wherever_the_lines_break() {
        let names = ["Ada", "Ben", "Cy", "Di", "Ed"];
        for mark in [", ", ",", ",\n", "\n,", " ,\r\n  "] {
            let rows = names.map(|name| format!("(1, '{name}')")).join(mark);
            for insert in [
                format!("INSERT INTO t (a, n) VALUES\n{rows}\nON DUPLICATE KEY UPDATE a=VALUES(a), n = VALUES (n);"),
                format!("INSERT INTO t (a, n) VALUES\n{rows};"),
                format!("insert into t (a, n) values {rows};"),
            ] {
                let wished = names.map(|name| format!("1\t{name}\n")).concat();
                assert_eq!(tables(&insert), [format!("a\tn\n{wished}")], "{insert}");
            }
        }
    }

    #[test]
    fn scripts_of_sql_server_are_read() {
        let dump = "USE [Clinic]\nGO\nCREATE TABLE [dbo].[p]([id] [int] IDENTITY(1,1) NOT NULL, [n] [nvarchar](50))\nGO\n\
            INSERT [dbo].[p] ([id], [n], [d]) VALUES (1, N'Ada', CAST(N'1984-03-02' AS Date))\n\
            INSERT [dbo].[p] ([id], [n], [d]) VALUES (2, N'B''en', to_date('1990-01-02', 'YYYY-MM-DD'))\n\
            INSERT [dbo].[q] ([m]) VALUES (N'Cy')\nGO\n";
        assert_eq!(tables(dump), ["id\tn\td\n1\tAda\t1984-03-02\n2\tB'en\t1990-01-02\n", "m\nCy\n"]);
    }

    #[test]
    fn headings_of_a_dump_name_nobody_and_files_in_rows_are_members() {
        let hex = "ffd8".repeat(100);
        let dump = format!(
            "--\n-- Name: doctors; Type: TABLE; Schema: public; Owner: smith\n--\n-- by Ada\nCREATE TABLE q (a int, b bytea);\n\
             COPY q (a, b) FROM stdin;\n1\t\\\\x{hex}\n\\.\nINSERT INTO q VALUES (2, 0x{hex});\n\
             SELECT pg_catalog.lowrite(0, '\\x0102');\nSELECT pg_catalog.lo_close(0);\n"
        );
        let desk = Desk::read(Media::Sql, dump.into_bytes());
        assert_eq!(desk.members.iter().map(|member| member.bytes.len()).collect::<Vec<_>>(), [200, 200, 2]);
        assert!(!desk.text().contains("doctors") && desk.text().contains("by Ada"), "{}", desk.text());
        assert!(desk.text().contains("a\tb\n1\n2\n"), "{}", desk.text());
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "(INSERT INTO a VALUES |CREATE TABLE a|COPY a FROM stdin|[(),;'\"`\\\\a\n\t*/-]){0,60}") {
            let _ = tables(&text);
        }
    }
}
