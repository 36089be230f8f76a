//! `breachscope qc`: a sample drawn by class, reviewed by a person, and what it says of the whole.

mod page;
mod sample;
mod score;

use crate::cli::QcCommand;
use crate::model::Class;
use anyhow::Result;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The answer sheet's file.
const ANSWERS: &str = "answers.csv";
/// The review page's file.
const PAGE: &str = "review.html";
/// The file that remembers what was drawn from what; `qc score` reads it beside the answers.
const DRAWN: &str = "sample.json";

pub(super) fn run(command: &QcCommand) -> Result<u8> {
    match command {
        QcCommand::Sample(args) => sample::run(args),
        QcCommand::Score(args) => score::run(args),
    }
}

/// What was drawn, and from how many.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Drawn {
    seed: u64,
    per_class: u64,
    /// Items by class.
    classes: BTreeMap<Class, u64>,
    /// Items without findings.
    silent: u64,
    /// By the item's id.
    items: BTreeMap<String, DrawnItem>,
}

/// One drawn item.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DrawnItem {
    class: Class,
    is_of_class: bool,
    is_silent: bool,
    findings: u64,
}
