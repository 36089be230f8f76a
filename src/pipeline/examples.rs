//! The examples of the class rules as tests: each goes down the whole line as a file of text and must come out as its
//! own class.

use super::{Kit, examine};
use crate::limits::Content;
use crate::model::{Item, Locator, Verdict};
use crate::rules::classes::{ClassRule, ClassRules};
use crate::rules::{Problem, RuleError, RuleFiles};

/// What is wrong with the class rules: classes without examples, and examples that get another class.
///
/// # Errors
/// A rule file that does not fit its schema.
pub fn check_examples(files: &RuleFiles, kit: &Kit) -> Result<Vec<Problem>, RuleError> {
    let rules = ClassRules::load(files)?;
    let mut problems = Vec::new();
    for rule in &rules.classes {
        if rule.examples.is_empty() {
            problems.push(Problem::of(&rule.path, "has no example; give at least one [[example]]"));
        }
        for example in &rule.examples {
            let verdict = verdict_on(&example.text, kit);
            if !verdict.as_ref().is_some_and(|verdict| is_of(verdict, rule)) {
                let message = format!("the example \"{}\" comes out as {}", example.title, told(verdict.as_ref()));
                problems.push(Problem::of(&rule.path, message));
            }
        }
    }
    Ok(problems)
}

fn verdict_on(text: &str, kit: &Kit) -> Option<Verdict> {
    let item = Item {
        locator: Locator::new(0, "example.txt"),
        size: text.len() as u64,
        modified_ms: None,
        inode: None,
        changed_ns: None,
    };
    examine(&item, Ok(Content::of_memory(text.as_bytes().to_vec())), kit).verdict
}

fn is_of(verdict: &Verdict, rule: &ClassRule) -> bool {
    verdict.class == rule.class && (rule.subclass.is_none() || verdict.subclass == rule.subclass)
}

/// A verdict with its reasons, for who writes rules.
fn told(verdict: Option<&Verdict>) -> String {
    let Some(verdict) = verdict else { return "nothing".to_owned() };
    let reasons: Vec<String> =
        verdict.reasons.iter().map(|reason| format!("{} {:+}", reason.cue, reason.weight / 1000)).collect();
    let subclass = verdict.subclass.as_deref().unwrap_or_default();
    format!("{} {subclass} ({})", verdict.class.name(), reasons.join(", "))
}
