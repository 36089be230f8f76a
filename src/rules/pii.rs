//! Rules for identifiers and secrets: `rules/pii/<country>/<name>.toml`, one rule a file, its path being its id.
//!
//! This is the schema and the loader. It compiles nothing and knows no detector: what a pattern means for speed, and
//! whether a check of that name exists, is `detect`'s. A file that does not fit is an error that names the file, the
//! line and what to write.

use super::RuleFiles;
use crate::model::{Confidence, Kind};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Folders under `rules/pii/` that are no country.
const NO_COUNTRY: [&str; 2] = ["intl", "secret"];

/// How a rule's values are found in text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reader {
    /// Digits and letters with separators between them; small letters count as capitals.
    Number,
    /// A run without separators in which case matters: keys, tokens, wallets.
    Token,
    /// A machine-readable zone: two or three lines of capitals, digits and `<`.
    Mrz,
    /// An IP or MAC address.
    Network,
    /// The value of a field whose name says that it is a secret.
    Assignment,
    /// The password in a URL's `user:password@host`.
    UrlPassword,
    /// The body between `-----BEGIN ... PRIVATE KEY-----` and its end.
    Pem,
}

/// Confidence without and with a label or column head that names the number.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Scale {
    bare: f64,
    context: f64,
}

/// The file as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    title: String,
    entity: String,
    #[serde(default)]
    countries: Vec<String>,
    #[serde(default)]
    gdpr: Vec<String>,
    #[serde(default = "number")]
    reader: Reader,
    #[serde(default)]
    pattern: String,
    check: Option<String>,
    #[serde(default)]
    separators: String,
    #[serde(default)]
    groups: Vec<String>,
    #[serde(default)]
    context: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    requires_context: bool,
    confidence: Scale,
    mask: String,
    #[serde(default)]
    samples: Vec<String>,
    #[serde(default)]
    references: Vec<String>,
    #[serde(default)]
    overlaps: Vec<String>,
    matches: Vec<String>,
    rejects: Vec<String>,
}

fn number() -> Reader {
    Reader::Number
}

/// One rule.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Its id, from its path: `fr.nir`, `intl.iban` is `iban`, `secret.aws` keeps its folder.
    pub id: Arc<str>,
    /// The file it was read from.
    pub path: String,
    /// What it is, for a reader.
    pub title: String,
    /// Kind of its findings.
    pub kind: Kind,
    /// ISO 3166-1 alpha-2 countries whose people bear such numbers; empty where any may.
    pub countries: Vec<String>,
    /// Articles and categories of the GDPR that such data falls under.
    pub gdpr: Vec<String>,
    /// How its values are found.
    pub reader: Reader,
    /// The pattern without its layout.
    pub pattern: String,
    /// Name of the check in code.
    pub check: Option<String>,
    /// Characters that may stand between the characters of a number.
    pub separators: String,
    /// Allowed groupings where separators stand, as lengths; any grouping where empty.
    pub groups: Vec<Vec<usize>>,
    /// Words that name the number, per language.
    pub context: BTreeMap<String, Vec<String>>,
    /// Whether only a named number counts.
    pub requires_context: bool,
    /// Confidence without a label.
    pub bare: Confidence,
    /// Confidence with a label.
    pub labelled: Confidence,
    /// Name of the mask style.
    pub mask: String,
    /// Published sample numbers, compact, that are not findings.
    pub samples: BTreeSet<String>,
    /// Where the scheme is described.
    pub references: Vec<String>,
    /// Rules that may match this one's examples.
    pub overlaps: Vec<String>,
    /// Texts in which the rule finds something.
    pub matches: Vec<String>,
    /// Texts in which it finds nothing.
    pub rejects: Vec<String>,
}

/// Something wrong with a rule file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file, below `rules/`.
    pub path: String,
    /// The line, from 1; 0 where it is the file as a whole.
    pub line: usize,
    /// What is wrong and what to write.
    pub message: String,
}

impl Problem {
    /// A problem of a whole file.
    pub fn of(path: &str, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line: 0, message: message.into() }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.path, self.message),
            line => write!(f, "{}:{line}: {}", self.path, self.message),
        }
    }
}

/// Every rule for identifiers, in order of path.
#[derive(Debug, Clone, Default)]
pub struct PiiRules {
    /// The rules.
    pub rules: Vec<Rule>,
}

impl PiiRules {
    /// Reads every rule below `rules/pii/`.
    ///
    /// # Errors
    /// All problems of all files, in order of path and line.
    pub fn load(files: &RuleFiles) -> Result<Self, Vec<Problem>> {
        let mut rules = Vec::new();
        let mut problems = Vec::new();
        for (path, bytes) in files.under("pii/").filter(|(path, _)| path.strip_suffix(".toml").is_some()) {
            match read(path, bytes) {
                Ok(rule) => rules.push(rule),
                Err(problem) => problems.push(problem),
            }
        }
        if problems.is_empty() { Ok(Self { rules }) } else { Err(problems) }
    }

    /// The rules of these countries, and those of every country.
    ///
    /// # Errors
    /// A country that no rule is for, with those there are.
    pub fn only(&self, countries: &[String]) -> Result<Self, String> {
        let known: BTreeSet<&str> =
            self.rules.iter().flat_map(|rule| rule.countries.iter().map(String::as_str)).collect();
        let wanted: BTreeSet<String> = countries.iter().map(|code| code.trim().to_ascii_uppercase()).collect();
        if let Some(unknown) = wanted.iter().find(|code| !known.contains(code.as_str())) {
            let all = known.iter().copied().collect::<Vec<_>>().join(" ");
            return Err(format!("no rules for the country {unknown}; there are rules for {all}"));
        }
        let keep = |rule: &&Rule| rule.countries.is_empty() || rule.countries.iter().any(|code| wanted.contains(code));
        Ok(Self { rules: self.rules.iter().filter(keep).cloned().collect() })
    }

    /// The rule of this id.
    pub fn get(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| &*rule.id == id)
    }
}

/// The id that a path gives: `pii/fr/nir.toml` is `fr.nir`, `pii/intl/iban.toml` is `iban`.
fn id_of(path: &str) -> Option<String> {
    let stem = path.strip_prefix("pii/")?.strip_suffix(".toml")?;
    let (folder, name) = stem.split_once('/')?;
    let plain = |text: &str| {
        !text.is_empty() && text.bytes().all(|one| one.is_ascii_lowercase() || one.is_ascii_digit() || one == b'_')
    };
    let fits = plain(name) && (NO_COUNTRY.contains(&folder) || (folder.len() == 2 && plain(folder)));
    fits.then(|| if folder == "intl" { name.to_owned() } else { format!("{folder}.{name}") })
}

fn read(path: &str, bytes: &[u8]) -> Result<Rule, Problem> {
    let id = id_of(path).ok_or_else(|| {
        Problem::of(path, "write the path as pii/<country>/<name>.toml, with a two-letter country, `intl` or `secret`, in small letters")
    })?;
    let text = std::str::from_utf8(bytes).map_err(|_| Problem::of(path, "write the file in UTF-8"))?;
    let file: File = toml::from_str(text).map_err(|error| {
        let line = error.span().map_or(0, |span| 1 + text.bytes().take(span.start).filter(|&one| one == b'\n').count());
        Problem { path: path.to_owned(), line, message: error.message().to_owned() }
    })?;
    let at = |field: &str, message: String| {
        let line = text.lines().position(|line| line.trim_start().starts_with(field)).map_or(0, |line| line + 1);
        Problem { path: path.to_owned(), line, message }
    };
    let kind = Kind::by_name(&file.entity).ok_or_else(|| {
        let names = Kind::ALL.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(", ");
        at("entity", format!("`{}` is no kind of data; write one of {names}", file.entity))
    })?;
    if let Some(code) =
        file.countries.iter().find(|code| code.len() != 2 || !code.bytes().all(|one| one.is_ascii_uppercase()))
    {
        return Err(at("countries", format!("`{code}` is no country; write two capital letters of ISO 3166-1")));
    }
    let share = |value: f64, name: &str| {
        if (0.0..=1.0).contains(&value) {
            Ok(Confidence::from_probability(value))
        } else {
            Err(at("confidence", format!("write `{name}` as a share from 0 to 1")))
        }
    };
    let groups: Option<Vec<Vec<usize>>> =
        file.groups.iter().map(|group| group.split_whitespace().map(|length| length.parse().ok()).collect()).collect();
    let groups = groups.ok_or_else(|| at("groups", "write each grouping as lengths, such as \"3 3 4\"".to_owned()))?;
    if file.requires_context && file.context.values().all(Vec::is_empty) {
        return Err(at("requires_context", "give the words that name the number in a [context] table".to_owned()));
    }
    let needs_pattern = matches!(file.reader, Reader::Number | Reader::Token);
    if needs_pattern == file.pattern.trim().is_empty() {
        return Err(at("reader", "readers `number` and `token` need a `pattern`, the others have none".to_owned()));
    }
    for (field, examples) in [("matches", &file.matches), ("rejects", &file.rejects)] {
        if examples.len() < 3 {
            return Err(at(field, format!("give at least three {field}, each a text as it would be written")));
        }
    }
    Ok(Rule {
        id: id.into(),
        path: path.to_owned(),
        title: file.title,
        kind,
        countries: file.countries,
        gdpr: file.gdpr,
        reader: file.reader,
        pattern: file.pattern,
        check: file.check,
        separators: file.separators,
        groups,
        context: file.context,
        requires_context: file.requires_context,
        bare: share(file.confidence.bare, "bare")?,
        labelled: share(file.confidence.context, "context")?,
        mask: file.mask,
        samples: file.samples.into_iter().collect(),
        references: file.references,
        overlaps: file.overlaps,
        matches: file.matches,
        rejects: file.rejects,
    })
}

#[cfg(test)]
mod tests {
    use super::{id_of, read};

    const GOOD: &str = r#"
title = "Example"
entity = "national_id"
countries = ["FR"]
pattern = '\d{9}'
confidence = { bare = 0.5, context = 0.9 }
mask = "valid"
matches = ["a", "b", "c"]
rejects = ["a", "b", "c"]
"#;

    #[test]
    fn the_path_is_the_id() {
        assert_eq!(id_of("pii/fr/nir.toml").as_deref(), Some("fr.nir"));
        assert_eq!(id_of("pii/intl/iban.toml").as_deref(), Some("iban"));
        assert_eq!(id_of("pii/France/nir.toml"), None);
    }

    #[test]
    fn a_good_file_is_read() {
        let rule = read("pii/fr/example.toml", GOOD.as_bytes()).expect("it is good");
        assert_eq!((&*rule.id, rule.bare.as_milli()), ("fr.example", 500));
    }

    #[test]
    fn an_unknown_field_is_named_with_its_line() {
        let problem = read("pii/fr/example.toml", format!("{GOOD}colour = 1\n").as_bytes()).expect_err("unknown");
        assert_eq!(problem.line, 10);
        assert!(problem.message.contains("colour"), "{problem}");
    }

    #[test]
    fn an_unknown_kind_is_answered_with_those_there_are() {
        let problem =
            read("pii/fr/example.toml", GOOD.replace("national_id", "identity").as_bytes()).expect_err("unknown");
        assert_eq!(problem.line, 3);
        assert!(problem.message.contains("national_id"), "{problem}");
    }

    #[test]
    fn three_examples_of_each_are_asked_for() {
        let problem =
            read("pii/fr/example.toml", GOOD.replace(r#"rejects = ["a", "b", "c"]"#, "rejects = []").as_bytes())
                .expect_err("few");
        assert!(problem.message.contains("three rejects"), "{problem}");
    }
}
