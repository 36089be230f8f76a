//! `breachscope rules`: what rules there are, whether they fit, and whether a number is valid.

use crate::cli::RulesCommand;
use crate::detect::checks::validate;
use crate::detect::inspection;
use crate::limits::NoTools;
use crate::pipeline::{Kit, Setup, check_examples};
use crate::rules::{PiiRules, Problem};
use crate::settings::rule_files;
use anyhow::{Context as _, Result};
use comfy_table::Table;
use serde::Deserialize;
use std::io::{self, BufRead as _, Write as _};

/// A number to check.
#[derive(Deserialize)]
struct Question {
    #[serde(default)]
    id: serde_json::Value,
    #[serde(alias = "module")]
    rule: String,
    number: String,
}

pub(super) fn run(command: &RulesCommand) -> Result<u8> {
    let mut out = io::stdout().lock();
    match command {
        RulesCommand::List(args) => {
            let files = rule_files(args.rules.as_deref())?;
            let rules = PiiRules::load(&files).map_err(|problems| told(&problems))?;
            let mut table = Table::new();
            table.load_style(comfy_table::presets::NOTHING);
            table.set_header(["rule", "what", "kind", "countries", "told by", "example"]);
            for row in inspection::list(&rules) {
                table.add_row([&*row.id, &row.title, row.kind, &row.countries, &row.by, &row.example]);
            }
            writeln!(out, "{table}")?;
        }
        RulesCommand::Check(args) => {
            let files = rule_files(args.rules.as_deref())?;
            let kit = Kit::build(&Setup::for_rules(args.rules.clone()), Box::new(NoTools::default()))?;
            let mut problems = inspection::check(&files);
            problems.extend(check_examples(&files, &kit)?);
            if !problems.is_empty() {
                return Err(told(&problems));
            }
            let digest = data_encoding::HEXLOWER.encode(&files.digest());
            writeln!(out, "{} rule files fit, digest {digest}", files.under("").count())?;
        }
        RulesCommand::Validate { .. } => {
            for (line, number) in io::stdin().lock().lines().zip(1_u64..) {
                let line = line.context("stdin cannot be read")?;
                // The line is not quoted: it may hold somebody's number.
                let question: Question =
                    serde_json::from_str(&line).map_err(|_| anyhow::anyhow!("line {number} is not a question"))?;
                let valid = validate(&question.rule, &question.number);
                writeln!(out, "{}", serde_json::json!({ "id": question.id, "valid": valid }))?;
            }
        }
    }
    Ok(0)
}

/// What is wrong with rules, a line each.
fn told(problems: &[Problem]) -> anyhow::Error {
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    let noun = if problems.len() == 1 { "problem" } else { "problems" };
    anyhow::anyhow!("{} {noun} in the rules\n{}", problems.len(), lines.join("\n"))
}
