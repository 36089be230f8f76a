//! Metadata values whose meaning the format itself defines.

use super::hit::Hit;
use super::view::Sheet;
use crate::model::{Confidence, Hints, Kind, Meaning, Secret};

/// Adds what a metadata value is by definition.
pub fn find(meaning: Meaning, sheet: &Sheet<'_>, out: &mut Vec<Hit>) {
    let kind = match meaning {
        Meaning::Position => Kind::Gps,
        Meaning::Serial => Kind::Device,
        _ => return,
    };
    let text = sheet.text;
    let start = text.len() - text.trim_start().len();
    let value = text.trim();
    if value.is_empty() {
        return;
    }
    out.push(Hit {
        passage: sheet.index,
        start,
        end: start + value.len(),
        kind,
        scheme: kind.name().into(),
        confidence: Confidence::FULL,
        normal: Secret::new(value),
        role: None,
        hints: Hints::default(),
    });
}
