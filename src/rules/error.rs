//! What is wrong with a rule file, said so that its author can mend it.

use serde::de::DeserializeOwned;
use std::fmt;

/// A rule file that does not fit its schema. The message never quotes a leaked text: it is about rules only.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct RuleError {
    /// Path below `rules/`.
    pub file: String,
    /// Line in it, from 1, where it is known.
    pub line: Option<usize>,
    /// What was found and what was expected.
    pub message: String,
}

impl RuleError {
    /// An error about a file as a whole.
    pub fn new(file: impl Into<String>, message: impl Into<String>) -> Self {
        Self { file: file.into(), line: None, message: message.into() }
    }

    /// A file that must be there and is not.
    pub fn missing(file: &str) -> Self {
        Self::new(file, "the file is missing; restore it, or leave out --rules to use the built-in rules")
    }

    /// Reads a TOML file into its schema.
    ///
    /// # Errors
    /// Bytes that are not UTF-8 TOML of that schema, with the line and what was expected.
    pub fn parse<T: DeserializeOwned>(file: &str, bytes: &[u8]) -> Result<T, Self> {
        let text = std::str::from_utf8(bytes).map_err(|_| Self::new(file, "the file is not UTF-8"))?;
        toml::from_str(text).map_err(|error| Self {
            file: file.to_owned(),
            line: error.span().map(|span| line_of(text, span.start)),
            message: error.message().to_owned(),
        })
    }
}

fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file, self.message),
            None => write!(f, "{}: {}", self.file, self.message),
        }
    }
}
