//! The statements of a dump that name tables and columns: `CREATE TABLE`, `INSERT INTO`, `COPY`.

pub(super) fn starts_with(text: &str, words: &[&str]) -> bool {
    let first = text.trim_start().split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
    words.iter().any(|word| first.eq_ignore_ascii_case(word))
}

/// A value of COPY: `\N` is null, backslashes escape.
pub(super) fn copied(value: &str) -> String {
    if value == "\\N" {
        String::new()
    } else {
        value.replace("\\t", " ").replace("\\n", " ").replace("\\r", " ").replace("\\\\", "\\")
    }
}

/// The last part of a name such as `base.table`, without its quotes; what stands within quotes is not cut.
pub(super) fn unquoted(name: &str) -> String {
    let last = parts(name.trim(), '.').pop().unwrap_or_default();
    last.trim_matches(|c| matches!(c, '`' | '"' | '[' | ']' | '\'' | ' ')).to_owned()
}

/// A list cut at a mark that stands outside of quotes.
fn parts(list: &str, mark: char) -> Vec<&str> {
    let mut quotes = Quotes::default();
    let mut from = 0;
    let mut parts = Vec::new();
    for (at, c) in list.char_indices() {
        if quotes.is_outside(c) && c == mark {
            parts.extend(list.get(from..at));
            from = at + c.len_utf8();
        }
    }
    parts.extend(list.get(from..));
    parts
}

/// Follows the quotes of names.
#[derive(Debug, Default)]
struct Quotes {
    close: Option<char>,
}

impl Quotes {
    /// Whether this character, the next of the text, stands outside of quotes; quotes themselves do not.
    fn is_outside(&mut self, c: char) -> bool {
        if let Some(close) = self.close {
            self.close = Some(close).filter(|_| c != close);
            return false;
        }
        self.close = match c {
            '`' | '"' => Some(c),
            '[' => Some(']'),
            _ => None,
        };
        self.close.is_none()
    }
}

/// Table and listed columns of `INSERT INTO name (a, b) VALUES` and `COPY name (a, b) FROM stdin`.
pub(super) fn target(statement: &str) -> (String, Vec<String>) {
    let text = statement.trim();
    let (head, list) = text.split_once('(').unwrap_or((text, ""));
    let skipped = ["insert", "replace", "into", "ignore", "low_priority", "delayed", "copy", "or"];
    let name = head
        .split_whitespace()
        .find(|word| !skipped.iter().any(|skip| word.eq_ignore_ascii_case(skip)))
        .unwrap_or_default();
    let inner = parts(list, ')');
    let columns = match inner.as_slice() {
        [inner, _, ..] => parts(inner, ',').into_iter().map(unquoted).collect(),
        _ => Vec::new(),
    };
    (unquoted(name), columns)
}

/// Table and columns of CREATE TABLE.
pub(super) fn created(statement: &str) -> Option<(String, Vec<String>)> {
    let (head, body) = statement.split_once('(')?;
    if !head.to_ascii_lowercase().contains("table") {
        return None;
    }
    let name = unquoted(head.split_whitespace().last()?);
    let (mut depth, mut columns, mut part) = (0_u32, Vec::new(), String::new());
    let mut quotes = Quotes::default();
    for c in body.chars() {
        if !quotes.is_outside(c) {
            part.push(c);
            continue;
        }
        match c {
            '(' => depth += 1,
            ')' if depth == 0 => break,
            ')' => depth -= 1,
            ',' if depth == 0 => columns.extend(column(&std::mem::take(&mut part))),
            _ => {}
        }
        if depth == 0 && c != ',' {
            part.push(c);
        }
    }
    columns.extend(column(&part));
    Some((name, columns))
}

/// The name that a column definition begins with; constraints and keys have none.
fn column(definition: &str) -> Option<String> {
    let text = definition.trim();
    let name = match text.chars().next()? {
        mark @ ('`' | '"') => text.get(1..)?.split(mark).next()?.to_owned(),
        '[' => text.get(1..)?.split(']').next()?.to_owned(),
        _ => text.split_whitespace().next()?.to_owned(),
    };
    let is_quoted = text.starts_with(['`', '"', '[']);
    let words = [
        "primary",
        "key",
        "unique",
        "constraint",
        "foreign",
        "index",
        "check",
        "fulltext",
        "spatial",
        "exclude",
        "like",
    ];
    (is_quoted || !words.iter().any(|word| name.eq_ignore_ascii_case(word))).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_within_quoted_names_part_nothing() {
        let columns = ["Né(e)_le", "C.P.", "a,b"].map(str::to_owned).to_vec();
        assert_eq!(
            target("INSERT INTO `db`.`t` (`Né(e)_le`, \"C.P.\", [a,b]) VALUES (1)"),
            ("t".to_owned(), columns.clone())
        );
        assert_eq!(
            created("CREATE TABLE t (`Né(e)_le` date, `C.P.` char(5), `a,b` int)"),
            Some(("t".to_owned(), columns))
        );
    }
}
