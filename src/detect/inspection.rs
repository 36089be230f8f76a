//! The inspection of rule files that tests and `rules check` share: each rule finds its own examples and not those it
//! rejects, and says which other rules' examples it finds as well. Also the rows of `rules list`.

use super::identifiers::Identifiers;
use super::tokens::Tokens;
use super::view::{Setting, Sheet};
use crate::model::{Origin, Part, Shape};
use crate::rules::RuleFiles;
use crate::rules::pii::{PiiRules, Problem, Rule};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Checks every identifier rule: schema, pattern, check, examples, overlaps. Empty where all is well.
pub fn check(files: &RuleFiles) -> Vec<Problem> {
    let rules = match PiiRules::load(files) {
        Ok(rules) => rules,
        Err(problems) => return problems,
    };
    let detector = match Identifiers::new(&rules) {
        Ok(detector) => detector,
        Err(problems) => return problems,
    };
    let mut problems = Vec::new();
    for rule in &rules.rules {
        examples(&detector, &rules, rule, &mut problems);
    }
    problems.sort();
    problems
}

fn examples(detector: &Identifiers, rules: &PiiRules, rule: &Rule, problems: &mut Vec<Problem>) {
    for (number, text) in rule.matches.iter().enumerate() {
        let found = schemes(detector, text);
        if !found.contains(&rule.id) {
            let message = format!(
                "example {} of `matches` is not found; write one with a right check digit and, if needed, a label",
                number + 1
            );
            problems.push(Problem::of(&rule.path, message));
        }
        for other in found.iter().filter(|other| **other != rule.id) {
            let named = rules.get(other).is_some_and(|other| other.overlaps.iter().any(|id| **id == *rule.id));
            if !named {
                let path = rules.get(other).map_or("", |other| other.path.as_str());
                let message =
                    format!("finds an example of {}; tell them apart, or name \"{}\" in `overlaps`", rule.id, rule.id);
                problems.push(Problem::of(path, message));
            }
        }
    }
    for (number, text) in rule.rejects.iter().enumerate() {
        if schemes(detector, text).contains(&rule.id) {
            problems.push(Problem::of(
                &rule.path,
                format!("example {} of `rejects` is found; tighten the pattern or move it to `matches`", number + 1),
            ));
        }
    }
    for id in rule.overlaps.iter().filter(|id| rules.get(id).is_none()) {
        problems.push(Problem::of(&rule.path, format!("`overlaps` names {id}, which is no rule")));
    }
}

/// Ids of the rules that find something in a text, as it would be read from a plain file.
fn schemes(detector: &Identifiers, text: &str) -> BTreeSet<Arc<str>> {
    let origin = Origin::of(Part::Text);
    let mut hits = Vec::new();
    let sheet = Sheet { index: 0, origin: &origin, shape: Shape::Flow, list: None, text };
    detector.find(&sheet, &Tokens::of(text), &Setting::default(), &mut hits);
    hits.into_iter().map(|hit| hit.scheme).collect()
}

/// A row of `rules list`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The rule's id.
    pub id: Arc<str>,
    /// What it is.
    pub title: String,
    /// Kind of its findings.
    pub kind: &'static str,
    /// Countries, or `any`.
    pub countries: String,
    /// How a number is told: by its check, by its label, or by its shape.
    pub by: String,
    /// An invented example.
    pub example: String,
}

/// The rules as rows, in order of id.
pub fn list(rules: &PiiRules) -> Vec<Row> {
    let mut rows: Vec<Row> = rules
        .rules
        .iter()
        .map(|rule| Row {
            id: Arc::clone(&rule.id),
            title: rule.title.clone(),
            kind: rule.kind.name(),
            countries: if rule.countries.is_empty() { "any".to_owned() } else { rule.countries.join(" ") },
            by: match (&rule.check, rule.requires_context) {
                (Some(_), true) => "check and label".to_owned(),
                (Some(_), false) => "check".to_owned(),
                (None, true) => "label".to_owned(),
                (None, false) => "shape".to_owned(),
            },
            example: rule.matches.first().map(|text| text.lines().next().unwrap_or("").to_owned()).unwrap_or_default(),
        })
        .collect();
    rows.sort_by(|one, other| one.id.cmp(&other.id));
    rows
}
