//! The incident file of a case: the one that was named, else the one that the case remembers.

use super::audit;
use crate::ledger::{Case, LedgerError};
use crate::model::Incident;
use crate::rules::incident;
use crate::settings;
use anyhow::Result;
use std::path::Path;

/// What is known of the incident; nothing if no file was ever named. A file that is named now is remembered.
///
/// # Errors
/// If the file cannot be read, does not fit its schema, or cannot be kept.
pub(super) fn of(case: &Case, named: Option<&Path>) -> Result<Incident> {
    let Some(text) = text(case, named)? else { return Ok(Incident::default()) };
    let kept = case.incident_path();
    let incident = incident::parse(&named.unwrap_or(&kept).display().to_string(), &text)?;
    if named.is_some() {
        match case.keep_incident(&text) {
            Ok(true) => {
                let hash = blake3::hash(text.as_bytes()).to_hex().to_string();
                audit::note(case, "incident_kept", serde_json::json!({ "blake3": hash }))?;
            }
            Ok(false) => {}
            // A case on read-only media is read all the same.
            Err(LedgerError::Io { source, .. }) if audit::is_read_only(&source) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(incident)
}

/// The text of the file.
///
/// # Errors
/// If it cannot be read.
pub(super) fn text(case: &Case, named: Option<&Path>) -> Result<Option<String>> {
    let kept = case.incident_path();
    let path = named.or_else(|| kept.exists().then_some(kept.as_path()));
    path.map(settings::read_incident).transpose()
}
