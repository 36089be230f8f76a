//! The schema of `resolve.toml`: which keys join mentions into persons, and what forbids it.

use super::{RuleError, RuleFiles};
use crate::model::Kind;
use serde::Deserialize;

/// What two names must do for a strong key to count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NamesMust {
    /// Nothing.
    Any,
    /// Share at least one part.
    ShareAPart,
    /// Agree: one is the other with parts left out, in another order, or as initials.
    Agree,
}

/// Where a strong key is unique.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Everywhere.
    Leak,
    /// Among one controller's items.
    Controller,
}

/// A key that joins alone.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StrongKey {
    /// Its name in reports.
    pub id: String,
    /// Kinds of findings that are such a key.
    #[serde(default)]
    pub kinds: Vec<Kind>,
    /// The folder of a person is such a key.
    #[serde(default)]
    pub folder: bool,
    /// Where it is unique.
    pub scope: Scope,
    /// What the names must do.
    pub names: NamesMust,
}

/// A pair of facts that join together.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MediumKey {
    /// Its name in reports.
    pub id: String,
    /// Whether a name must agree.
    pub name: bool,
    /// Kinds of which both must hold the same value, each.
    pub with: Vec<Kind>,
    /// Parts of the name that must agree.
    pub parts: usize,
    /// What two names must do where both are known.
    #[serde(default = "MediumKey::names_agree")]
    pub names: NamesMust,
}

impl MediumKey {
    fn names_agree() -> NamesMust {
        NamesMust::Agree
    }
}

/// Contradictions that keep two mentions apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CannotLink {
    /// Two birth dates.
    pub birth_date: bool,
    /// Two national numbers of one scheme.
    pub national_number: bool,
    /// Two sexes encoded in identifiers.
    pub sex: bool,
}

/// What weak evidence needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weak {
    /// Parts of a name that count as a person alone.
    pub parts: usize,
}

/// The whole file.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResolveRules {
    /// Version of the file.
    pub version: u32,
    /// Certainty, 0 to 1, below which a finding is not used.
    pub min_confidence: f64,
    /// Certainty, 0 to 1, from which a strong key proves a person.
    pub proof_confidence: f64,
    /// Age in years at which a person is an adult.
    pub minor_age: u16,
    /// Pictures of one folder that may show one person.
    pub pictures_of_one_person: u32,
    /// Keys that join alone.
    pub strong: Vec<StrongKey>,
    /// Pairs that join.
    pub medium: Vec<MediumKey>,
    /// Contradictions.
    pub cannot_link: CannotLink,
    /// Names alone.
    pub weak: Weak,
}

impl ResolveRules {
    /// The rules in `resolve.toml`.
    ///
    /// # Errors
    /// If the file does not fit this schema.
    pub fn load(files: &RuleFiles) -> Result<Self, RuleError> {
        files.toml("resolve.toml")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_rules_load() {
        let rules = ResolveRules::load(&RuleFiles::embedded()).expect("resolve.toml fits");
        assert!(rules.strong.iter().any(|key| key.folder));
        assert_eq!(rules.minor_age, 18);
    }
}
