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

pub(super) fn unquoted(name: &str) -> String {
    let last = name.trim().rsplit('.').next().unwrap_or_default();
    last.trim_matches(|c| matches!(c, '`' | '"' | '[' | ']' | '\'' | ' ')).to_owned()
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
    let columns = list.split_once(')').map_or_else(Vec::new, |(inner, _)| inner.split(',').map(unquoted).collect());
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
    for c in body.chars() {
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
