//! `breachscope report`: the report of a case, from its ledger alone.

use super::exit;
use crate::cli::{Band, ReportArgs, Shared};
use crate::ledger::{Case, Ledger};
use crate::model::Outcome;
use crate::settings::ReportSettings;
use anyhow::Result;
use indicatif::{HumanBytes, HumanCount};
use std::io::{self, Write as _};
use std::path::Path;

pub(super) fn run(args: ReportArgs, shared: &Shared) -> Result<u8> {
    let settings = ReportSettings { incident: args.incident, fail_on: args.fail_on, is_quiet: shared.quiet };
    let band = render(&args.case, &settings)?;
    let failed = Ledger::open(&Case::open(&args.case)?)?.totals()?.files(Outcome::Failed);
    Ok(code(&settings, band, failed))
}

/// Writes the reports into the case folder, prints the summary, and tells the severity's band.
pub(super) fn render(case: &Path, settings: &ReportSettings) -> Result<Option<Band>> {
    let ledger = Ledger::open(&Case::open(case)?)?;
    let totals = ledger.totals()?;
    let is_complete = ledger.runs()?.last().is_some_and(|run| run.is_complete);
    if !settings.is_quiet {
        let mut out = io::stdout().lock();
        let count = |outcome: Outcome| HumanCount(totals.files(outcome));
        writeln!(out, "{} files, {}", HumanCount(totals.listed()), HumanBytes(totals.bytes()))?;
        for outcome in Outcome::ALL {
            writeln!(out, "  {:<9} {}", outcome.name(), count(outcome))?;
        }
        if !is_complete {
            writeln!(out, "Incomplete: the last scan was stopped before its end; the same command continues it.")?;
        }
    }
    Ok(None)
}

/// The exit code of a finished run.
pub(super) fn code(settings: &ReportSettings, band: Option<Band>, failed: u64) -> u8 {
    match (settings.fail_on, band) {
        (Some(lowest), Some(band)) if band >= lowest => exit::LOWEST_BAND + band as u8,
        _ if failed > 0 => exit::UNREADABLE,
        _ => 0,
    }
}
