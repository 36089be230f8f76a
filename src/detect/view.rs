//! What detectors see of an item: its texts, and what is known of the paperwork's home.

use crate::model::{Origin, Shape};

/// One passage, its text exposed for the length of detection.
#[derive(Clone, Copy)]
pub struct Sheet<'a> {
    /// Index of the passage; goes into the hits.
    pub index: usize,
    /// Where it was read.
    pub origin: &'a Origin,
    /// How it is laid out.
    pub shape: Shape,
    /// What its rows or records are a list of, in the file's own words.
    pub list: Option<&'a str>,
    /// The text.
    pub text: &'a str,
}

/// What is known of the item as a whole before its numbers are read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Setting {
    /// ISO 639-1 language of the text, by vote.
    pub language: Option<String>,
    /// ISO 3166-1 alpha-2 country whose paperwork it is, by vote of language, prefixes, IBANs and domains.
    pub region: Option<String>,
}
