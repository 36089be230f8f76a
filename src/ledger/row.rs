//! Between a record and its rows. What people query has a column; lists are JSON beside it, from which the record is
//! read back exactly.

use super::LedgerError;
use crate::model::{Fault, Finding, Hashes, Hints, IdKey, Locator, NamePart, Origin, Record, Sealed, Token, Verdict};
use rusqlite::{CachedStatement, Row, params};
use serde::de::IntoDeserializer as _;
use serde::de::value::StrDeserializer;
use serde::{Deserialize, Serialize, de};

pub(super) const PUT_ITEM: &str = "INSERT INTO item (source, key, nth, file, run, parent, size, modified_ms, outcome, \
    fault, media, class, subclass, confidence, language, region, created_day, blake3, sha256, folder_subject, \
    folder_controller, members, faults, verdict, facts, stamp) \
    VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19,?20,?21,?22,?23,?24,?25,?26)";

pub(super) const ITEM_COLUMNS: &str = "source, key, nth, file, parent, size, modified_ms, outcome, media, blake3, \
    sha256, folder_subject, folder_controller, members, faults, verdict, facts";

pub(super) const PUT_FINDING: &str = "INSERT INTO finding (file, nth, seq, kind, scheme, part, page, field, first, past, \
    confidence, mask, token, role, mention, hints, alternatives, name_parts, sealed) \
    VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19)";

pub(super) const GET_FINDINGS: &str = "SELECT nth, kind, scheme, part, page, field, first, past, confidence, mask, \
    token, role, mention, hints, alternatives, name_parts, sealed FROM finding WHERE file=?1 ORDER BY nth, seq";

/// Where a record stands among the rows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) file: i64,
    pub(super) run: u32,
    pub(super) nth: i64,
    pub(super) parent: Option<i64>,
    /// [`crate::model::Item::stamp`] of a listed file.
    pub(super) stamp: Option<i64>,
}

/// Writes the row of one item; its findings are written apart.
pub(super) fn put_item(put: &mut CachedStatement<'_>, record: &Record, place: Place) -> Result<(), LedgerError> {
    let verdict = record.verdict.as_ref();
    put.execute(params![
        record.locator.source,
        record.locator.key,
        place.nth,
        place.file,
        place.run,
        place.parent,
        record.size.cast_signed(),
        record.modified_ms,
        record.outcome.name(),
        worst(&record.faults).map(|fault| fault.code.name()),
        record.media.name(),
        verdict.map(|verdict| verdict.class.name()),
        verdict.and_then(|verdict| verdict.subclass.as_deref()),
        verdict.map(|verdict| verdict.confidence.as_milli()),
        record.facts.language,
        record.facts.region,
        record.facts.created_day,
        record.hashes.map(|hashes| hashes.blake3),
        record.hashes.map(|hashes| hashes.sha256),
        record.folder_subject.map(|token| token.0),
        record.folder_controller.map(|token| token.0),
        postcard::to_stdvec(&record.locator.members).map_err(LedgerError::row)?,
        json(&record.faults)?,
        record.verdict.as_ref().map(json).transpose()?,
        json(&record.facts)?,
        place.stamp,
    ])?;
    Ok(())
}

/// Writes the row of one finding.
pub(super) fn put_finding(
    put: &mut CachedStatement<'_>,
    finding: &Finding,
    place: Place,
    seq: i64,
) -> Result<(), LedgerError> {
    let hints = (finding.hints != Hints::default()).then(|| json(&finding.hints)).transpose()?;
    let alternatives = (!finding.alternatives.is_empty()).then(|| json(&finding.alternatives)).transpose()?;
    let parts = (!finding.parts.is_empty()).then(|| postcard::to_stdvec(&finding.parts)).transpose();
    put.execute(params![
        place.file,
        place.nth,
        seq,
        finding.kind.name(),
        finding.scheme,
        finding.origin.part.name(),
        finding.origin.page,
        finding.origin.key,
        finding.start,
        finding.end,
        finding.confidence.as_milli(),
        finding.mask,
        finding.token.0,
        finding.role.name(),
        finding.mention,
        hints,
        alternatives,
        parts.map_err(LedgerError::row)?,
        finding.sealed.as_ref().map(|sealed| &sealed.0),
    ])?;
    Ok(())
}

/// An item read back, without findings and members.
#[derive(Debug)]
pub(super) struct StoredItem {
    pub(super) record: Record,
    pub(super) file: i64,
    pub(super) nth: i64,
    pub(super) parent: Option<i64>,
}

/// Reads the columns of [`ITEM_COLUMNS`].
pub(super) fn item(row: &Row<'_>, ids: &IdKey) -> Result<StoredItem, LedgerError> {
    let hashes = match (row.get::<_, Option<[u8; 32]>>(9)?, row.get::<_, Option<[u8; 32]>>(10)?) {
        (Some(blake3), Some(sha256)) => Some(Hashes { sha256, blake3 }),
        _ => None,
    };
    let members = row.get_ref(13)?.as_blob().map_err(LedgerError::row)?;
    let locator = Locator {
        source: row.get(0)?,
        key: row.get(1)?,
        members: postcard::from_bytes(members).map_err(LedgerError::row)?,
    };
    let verdict: Option<String> = row.get(15)?;
    let record = Record {
        id: locator.id(ids),
        locator,
        size: row.get::<_, i64>(5)?.cast_unsigned(),
        modified_ms: row.get(6)?,
        hashes,
        media: named(text(row, 8)?)?,
        outcome: named(text(row, 7)?)?,
        faults: parsed(text(row, 14)?)?,
        verdict: verdict.as_deref().map(parsed::<Verdict>).transpose()?,
        findings: Vec::new(),
        facts: parsed(text(row, 16)?)?,
        folder_subject: row.get::<_, Option<[u8; 16]>>(11)?.map(Token),
        folder_controller: row.get::<_, Option<[u8; 16]>>(12)?.map(Token),
        members: Vec::new(),
    };
    Ok(StoredItem { record, nth: row.get(2)?, file: row.get(3)?, parent: row.get(4)? })
}

/// Reads the columns of [`GET_FINDINGS`]: the `nth` of its item, and the finding.
pub(super) fn finding(row: &Row<'_>) -> Result<(i64, Finding), LedgerError> {
    let hints: Option<String> = row.get(13)?;
    let alternatives: Option<String> = row.get(14)?;
    let parts: Option<Vec<u8>> = row.get(15)?;
    let parts = parts.as_deref().map(postcard::from_bytes::<Vec<NamePart>>).transpose().map_err(LedgerError::row)?;
    let found = Finding {
        kind: named(text(row, 1)?)?,
        scheme: row.get(2)?,
        origin: Origin { part: named(text(row, 3)?)?, page: row.get(4)?, key: row.get(5)? },
        start: row.get(6)?,
        end: row.get(7)?,
        confidence: crate::model::Confidence::milli(row.get(8)?),
        mask: row.get(9)?,
        token: Token(row.get(10)?),
        parts: parts.unwrap_or_default(),
        role: named(text(row, 11)?)?,
        mention: row.get(12)?,
        alternatives: alternatives.as_deref().map(parsed).transpose()?.unwrap_or_default(),
        hints: hints.as_deref().map(parsed).transpose()?.unwrap_or_default(),
        sealed: row.get::<_, Option<Vec<u8>>>(16)?.map(Sealed),
    };
    Ok((row.get(0)?, found))
}

/// The fault that weighs most on the outcome; of equals the first.
pub(super) fn worst(faults: &[Fault]) -> Option<&Fault> {
    faults.iter().rev().max_by_key(|fault| fault.code.effect())
}

fn json<T: Serialize>(value: &T) -> Result<String, LedgerError> {
    serde_json::to_string(value).map_err(LedgerError::row)
}

fn parsed<T: de::DeserializeOwned>(text: &str) -> Result<T, LedgerError> {
    serde_json::from_str(text).map_err(LedgerError::row)
}

/// A closed word by its name; the names of the model's words are their serde names.
fn named<'a, T: Deserialize<'a>>(name: &'a str) -> Result<T, LedgerError> {
    let name: StrDeserializer<'a, de::value::Error> = name.into_deserializer();
    T::deserialize(name).map_err(LedgerError::row)
}

fn text<'r>(row: &'r Row<'_>, column: usize) -> Result<&'r str, LedgerError> {
    row.get_ref(column)?.as_str().map_err(LedgerError::row)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Class, Code, Kind, Media, Outcome};

    #[test]
    fn every_word_is_read_back_by_its_name() {
        for kind in Kind::ALL {
            assert_eq!(named::<Kind>(kind.name()).expect("known"), *kind);
        }
        for media in Media::ALL {
            assert_eq!(named::<Media>(media.name()).expect("known"), *media);
        }
        for class in Class::ALL {
            assert_eq!(named::<Class>(class.name()).expect("known"), class);
        }
        for outcome in Outcome::ALL {
            assert_eq!(named::<Outcome>(outcome.name()).expect("known"), outcome);
        }
        for code in Code::ALL {
            assert_eq!(named::<Code>(code.name()).expect("known"), *code);
        }
        assert!(named::<Kind>("nonsense").is_err());
    }

    #[test]
    fn the_first_of_the_worst_faults_is_named() {
        let faults = [Code::ExtensionMissing, Code::Truncated, Code::ImageOnly].map(Fault::extract);
        assert_eq!(worst(&faults).map(|fault| fault.code), Some(Code::Truncated));
    }
}
