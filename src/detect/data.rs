//! Reading the rule files that detectors are compiled from.

use crate::rules::{RuleError, RuleFiles};
use serde::de::DeserializeOwned;

/// The rule file at this path, by its schema.
///
/// # Errors
/// If the file is missing, is not UTF-8, or does not fit the schema; with the line, where TOML knows it.
pub fn read<T: DeserializeOwned>(files: &RuleFiles, path: &str) -> Result<T, RuleError> {
    let bytes = files.get(path).ok_or_else(|| RuleError::new(path, "the file is missing"))?;
    parse(path, bytes)
}

/// A rule file by its schema.
///
/// # Errors
/// As [`read`].
pub fn parse<T: DeserializeOwned>(path: &str, bytes: &[u8]) -> Result<T, RuleError> {
    let text = std::str::from_utf8(bytes).map_err(|_| RuleError::new(path, "the file is not UTF-8"))?;
    toml::from_str(text).map_err(|error| {
        let line = error.span().and_then(|span| text.get(..span.start)).map(|head| head.matches('\n').count() + 1);
        RuleError { file: path.to_owned(), line, message: error.message().to_owned() }
    })
}
