//! Rows of the export: what another program reads of a record. Fields are added, never changed in meaning.

use crate::model::{Class, Finding, Locator, Outcome, Record, Role, is_hidden};
use serde_json::{Map, Value, json};
use std::fmt::Write as _;

/// Opens the sealed value of a finding, where the user holds the key.
pub(super) type Opener<'a> = dyn Fn(&Finding) -> Option<String> + 'a;

/// A row: fields in order.
pub(super) type Fields = Map<String, Value>;

/// A listed file with the findings of all its members.
pub(super) fn file(record: &Record, sources: &[String], open: &Opener<'_>) -> Fields {
    let mut row = item_fields(record, sources);
    // A file without a verdict counts among the others, so that every listed file has a class.
    if record.verdict.is_none() {
        row.insert("class".to_owned(), Class::Other.name().into());
    }
    let findings = record.walk().flat_map(|item| {
        let member = (item.locator.depth() > record.locator.depth()).then(|| path(&item.locator));
        item.findings.iter().map(move |found| {
            let mut fields = finding_fields(found, open);
            if let Some(member) = &member {
                fields.insert("member".to_owned(), member.clone().into());
            }
            Value::Object(fields)
        })
    });
    row.insert("findings".to_owned(), findings.collect());
    row
}

/// One item, itself only.
pub(super) fn item(record: &Record, sources: &[String], open: &Opener<'_>) -> Fields {
    let mut row = item_fields(record, sources);
    let findings = record.findings.iter().map(|found| Value::Object(finding_fields(found, open)));
    row.insert("findings".to_owned(), findings.collect());
    row
}

/// One finding of an item.
pub(super) fn finding(record: &Record, found: &Finding, open: &Opener<'_>) -> Fields {
    let mut row = name_fields(record);
    row.insert("class".to_owned(), record.verdict.as_ref().map(|verdict| verdict.class.name()).into());
    row.append(&mut finding_fields(found, open));
    row
}

fn item_fields(record: &Record, sources: &[String]) -> Fields {
    let mut row = name_fields(record);
    let verdict = record.verdict.as_ref();
    let reasons = verdict.map_or(&[][..], |verdict| &verdict.reasons);
    let worst = record.faults.iter().rev().max_by_key(|fault| fault.code.effect());
    let facts = &record.facts;
    let values = json!({
        "source": sources.get(usize::from(record.locator.source)),
        "media_type": record.media.mime(),
        "class": verdict.map(|verdict| verdict.class.name()),
        "subclass": verdict.and_then(|verdict| verdict.subclass.as_deref()),
        "confidence": verdict.map(|verdict| verdict.confidence.probability()),
        "reasons": reasons.iter().map(|reason| json!({ "cue": reason.cue, "weight": reason.weight })).collect::<Value>(),
        "runner_up": verdict.and_then(|verdict| verdict.runner_up).map(|(class, _)| class.name()),
        "status": record.outcome.name(),
        "fault": worst.map(|fault| fault.code.name()),
        "faults": record.faults.iter().map(|fault| fault.code.name()).collect::<Vec<_>>(),
        "size": record.size,
        "modified_ms": record.modified_ms,
        "blake3": record.hashes.map(|hashes| hex(&hashes.blake3)),
        "sha256": record.hashes.map(|hashes| hex(&hashes.sha256)),
        "language": facts.language,
        "region": facts.region,
        "created_day": facts.created_day,
        "members": facts.members,
        "image": facts.image,
        "video": facts.video,
        "document": facts.document,
    });
    if let Value::Object(mut values) = values {
        row.append(&mut values);
    }
    row
}

fn name_fields(record: &Record) -> Fields {
    let locator = &record.locator;
    let mut row = Fields::new();
    row.insert("path".to_owned(), path(locator).into());
    let names = || std::iter::once(&locator.key).chain(&locator.members);
    if names().any(|name| std::str::from_utf8(name).is_err()) {
        let joined: Vec<String> = names().map(|name| hex(name)).collect();
        row.insert("path_hex".to_owned(), joined.join("21").into());
    }
    row.insert("id".to_owned(), record.id.as_str().into());
    row
}

fn finding_fields(found: &Finding, open: &Opener<'_>) -> Fields {
    let mut row = Fields::new();
    let origin = &found.origin;
    row.insert("type".to_owned(), found.kind.name().into());
    row.insert("scheme".to_owned(), found.scheme.as_str().into());
    row.insert("origin".to_owned(), origin.part.name().into());
    row.insert("page".to_owned(), origin.page.into());
    row.insert("key".to_owned(), origin.key.as_deref().into());
    row.insert("start".to_owned(), found.start.into());
    row.insert("end".to_owned(), found.end.into());
    row.insert("confidence".to_owned(), found.confidence.probability().into());
    row.insert("mask".to_owned(), found.mask.as_str().into());
    row.insert("token".to_owned(), found.token.shown().into());
    row.insert("role".to_owned(), found.role.name().into());
    row.insert("mention".to_owned(), found.mention.into());
    if found.role == Role::Organisation {
        row.insert("organisation".to_owned(), true.into());
    }
    if !found.alternatives.is_empty() {
        row.insert("alternatives".to_owned(), found.alternatives.clone().into());
    }
    if let Some(value) = open(found) {
        row.insert("value".to_owned(), value.into());
    }
    row
}

/// The path as other programs write it: bytes that are not UTF-8 as U+FFFD (`path_hex` has them), `!` before members.
pub(super) fn path(locator: &Locator) -> String {
    let mut path = String::from_utf8_lossy(&locator.key).into_owned();
    for member in &locator.members {
        path.push('!');
        path.push_str(&String::from_utf8_lossy(member));
    }
    path
}

/// A row as one line of JSON. Every character that a terminal or an editor would act on is written as an escape.
pub(super) fn json_line(row: &Fields) -> String {
    let plain = Value::Object(row.clone()).to_string();
    if !plain.chars().any(is_hidden) {
        return plain;
    }
    let mut line = String::with_capacity(plain.len() + 16);
    for c in plain.chars() {
        if is_hidden(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(line, "\\u{unit:04x}");
            }
        } else {
            line.push(c);
        }
    }
    line
}

/// Columns of a table in CSV; what is a list or an object in JSON is JSON in its cell.
pub(super) fn columns(table: crate::cli::Table) -> &'static [&'static str] {
    use crate::cli::Table;
    match table {
        Table::Files | Table::Items => &[
            "path",
            "path_hex",
            "id",
            "source",
            "media_type",
            "class",
            "subclass",
            "confidence",
            "reasons",
            "runner_up",
            "status",
            "fault",
            "faults",
            "size",
            "modified_ms",
            "blake3",
            "sha256",
            "language",
            "region",
            "created_day",
            "members",
            "image",
            "video",
            "document",
            "findings",
        ],
        Table::Findings => &[
            "path",
            "path_hex",
            "id",
            "class",
            "type",
            "scheme",
            "origin",
            "page",
            "key",
            "start",
            "end",
            "confidence",
            "mask",
            "token",
            "role",
            "mention",
            "organisation",
            "alternatives",
            "value",
        ],
    }
}

/// A value as a CSV cell. A spreadsheet would run a cell that begins like a formula, in full-width characters as well, so
/// it gets an apostrophe.
pub(super) fn csv_cell(value: Option<&Value>) -> String {
    let text = match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    let is_number = matches!(value, Some(Value::Number(_)));
    let is_formula = !is_number
        && text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}']);
    let mut cell = String::with_capacity(text.len() + 1);
    if is_formula {
        cell.push('\'');
    }
    for c in text.chars() {
        if is_hidden(c) {
            let _ = write!(cell, "\\u{{{:x}}}", u32::from(c));
        } else {
            cell.push(c);
        }
    }
    cell
}

/// The outcome in words for a reader of `explain`.
pub(super) fn outcome_title(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Examined => "examined",
        Outcome::Partial => "examined in part",
        Outcome::Skipped => "skipped",
        Outcome::Failed => "could not be examined",
    }
}

fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_has_no_character_that_acts() {
        let mut row = Fields::new();
        row.insert("path".to_owned(), "a\u{1b}[31m\u{202e}\u{7f}\n\u{e0001}.pdf".into());
        let line = json_line(&row);
        assert!(!line.chars().any(is_hidden));
        let back: Value = serde_json::from_str(&line).expect("valid");
        assert_eq!(back.get("path"), row.get("path"));
    }

    #[test]
    fn formulas_are_neutralised_and_numbers_are_not() {
        for text in ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "\n=1", "\u{ff1d}1"] {
            assert!(csv_cell(Some(&text.into())).starts_with('\''), "{text}");
        }
        assert_eq!(csv_cell(Some(&json!(-5))), "-5");
        assert_eq!(csv_cell(Some(&json!("a-b"))), "a-b");
    }
}
