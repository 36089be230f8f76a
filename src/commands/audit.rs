//! What every command that touches a case writes into its audit log.

use crate::ledger::{Audit, Case, LedgerError};
use crate::settings::{self, VERSION};
use anyhow::Result;
use serde_json::Value;
use std::io::{self, Write as _};

/// Adds an event to the case's audit log. A case on read-only media cannot be changed, only read: then the log stays as
/// it is, and that is said.
pub(super) fn note(case: &Case, event: &str, mut facts: Value) -> Result<()> {
    if let Value::Object(facts) = &mut facts {
        facts.insert("version".to_owned(), VERSION.into());
    }
    match Audit::open(case).and_then(|mut audit| audit.append(settings::now_ms(), event, &facts)) {
        Ok(()) => Ok(()),
        Err(LedgerError::Io { source, .. }) if is_read_only(&source) => {
            writeln!(io::stderr(), "The case folder cannot be written to: the audit log does not note this command.")?;
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}

/// Whether a place cannot be written to at all.
pub(super) fn is_read_only(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied)
}
