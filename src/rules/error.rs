//! What is wrong with a rule file: file, line, and what was expected.

use serde::de::DeserializeOwned;

/// A rule file that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("rules/{path}: {message}")]
pub struct RuleError {
    /// The file, below `rules/`.
    pub path: String,
    /// Line, what is wrong, and what to write instead.
    pub message: String,
}

impl RuleError {
    /// An error in a file.
    pub fn new(path: &str, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), message: message.into() }
    }

    /// A file that must be there and is not.
    pub fn missing(path: &str) -> Self {
        Self::new(path, "the file is missing; restore it, or leave out --rules to use the built-in rules")
    }

    /// Reads a TOML file into its schema.
    ///
    /// # Errors
    /// Bytes that are not UTF-8 TOML of that schema; the message holds the line and the expectation.
    pub fn parse<T: DeserializeOwned>(path: &str, bytes: &[u8]) -> Result<T, Self> {
        let text = std::str::from_utf8(bytes).map_err(|_| Self::new(path, "is not UTF-8"))?;
        toml::from_str(text).map_err(|error| Self::new(path, error.to_string().trim_end().to_owned()))
    }
}
