//! The page on which a reviewer sees what the program said of each drawn item. It holds masks only, loads nothing, and
//! has no script.

use crate::commands::rows;
use crate::model::{Class, Record};
use anyhow::Result;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment};
use serde::Serialize;

const TEMPLATE: &str = include_str!("review.html");

/// One drawn item, as the page shows it.
#[derive(Debug, Serialize)]
pub(super) struct Card {
    pub(super) id: String,
    pub(super) path: Option<String>,
    #[serde(skip)]
    pub(super) class: Class,
    title: &'static str,
    confidence: String,
    reasons: Vec<String>,
    media: &'static str,
    size: u64,
    is_of_class: bool,
    is_silent: bool,
    pub(super) findings: Vec<Line>,
}

/// One finding.
#[derive(Debug, Serialize)]
pub(super) struct Line {
    kind: &'static str,
    mask: String,
    origin: &'static str,
    page: Option<u32>,
    confidence: String,
}

impl Card {
    pub(super) fn of(item: &Record, class: Class, is_of_class: bool, is_silent: bool, show_paths: bool) -> Self {
        let verdict = item.verdict.as_ref();
        let line = |finding: &crate::model::Finding| Line {
            kind: finding.kind.title(),
            mask: finding.mask.clone(),
            origin: finding.origin.part.name(),
            page: finding.origin.page,
            confidence: format!("{:.2}", finding.confidence.probability()),
        };
        Self {
            id: item.id.clone(),
            path: show_paths.then(|| rows::path(&item.locator)),
            class,
            title: class.name(),
            confidence: verdict.map_or_else(String::new, |verdict| format!("{:.2}", verdict.confidence.probability())),
            reasons: verdict
                .map_or_else(Vec::new, |verdict| verdict.reasons.iter().map(|reason| reason.cue.clone()).collect()),
            media: item.media.title(),
            size: item.size,
            is_of_class,
            is_silent,
            findings: item.findings.iter().map(line).collect(),
        }
    }

    /// Which draws it came out of.
    pub(super) fn drawn_for(&self) -> String {
        match (self.is_of_class, self.is_silent) {
            (true, true) => "class and elusion",
            (true, false) => "class",
            _ => "elusion",
        }
        .to_owned()
    }
}

pub(super) fn render(cards: &[Card], seed: u64) -> Result<String> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.add_template("review", TEMPLATE)?;
    let classes: Vec<&str> = Class::ALL.iter().map(|class| class.name()).collect();
    Ok(environment.get_template("review")?.render(minijinja::context! { cards => Serde(cards), seed, classes })?)
}
