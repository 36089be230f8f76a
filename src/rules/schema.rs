//! Turns a rule file's bytes into its type, with the line and the expectation in the error.

use super::{RuleError, RuleFiles};
use serde::de::DeserializeOwned;

/// Reads one TOML file of the rules.
///
/// # Errors
/// If it is missing, is not UTF-8, or does not fit the type.
pub(super) fn read<T: DeserializeOwned>(files: &RuleFiles, path: &str) -> Result<T, RuleError> {
    let bytes = files.get(path).ok_or_else(|| RuleError::new(path, "the file is missing"))?;
    let text = std::str::from_utf8(bytes).map_err(|_| RuleError::new(path, "not UTF-8"))?;
    parse(path, text)
}

/// Parses TOML, naming the file and line of a mistake.
///
/// # Errors
/// If the text does not fit the type.
pub(super) fn parse<T: DeserializeOwned>(path: &str, text: &str) -> Result<T, RuleError> {
    toml::from_str(text).map_err(|error| RuleError {
        file: path.to_owned(),
        line: error.span().map(|span| line_of(text, span.start)),
        message: error.message().to_owned(),
    })
}

fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}
