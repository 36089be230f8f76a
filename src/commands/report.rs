//! `breachscope report`: the report of a case, from its ledger alone.

use super::{custody, exit};
use crate::cli::{Band, ReportArgs, Shared};
use crate::ledger::{Case, Ledger, LedgerError, Run};
use crate::model::Outcome;
use crate::report::{self, About, Evidence, terminal, v1};
use crate::resolve::Resolver;
use crate::rules::{ResolveRules, RuleFiles, SeverityRules, incident};
use crate::score;
use crate::settings::{self, ReportSettings};
use crate::tally::{Manifest, Tally};
use anyhow::{Context as _, Result};
use serde_json::json;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::Path;

/// Columns of the summary where stdout is no terminal.
const WIDTH: usize = 100;

pub(super) fn run(args: ReportArgs, shared: &Shared) -> Result<u8> {
    let settings = ReportSettings {
        incident: args.incident,
        rules: args.rules,
        show_paths: args.show_paths,
        fail_on: args.fail_on,
        is_quiet: shared.quiet,
    };
    let band = render(&args.case, &settings)?;
    let failed = Ledger::open(&Case::open(&args.case)?)?.totals()?.files(Outcome::Failed);
    Ok(code(&settings, Some(band), failed))
}

/// Writes the reports into the case folder, prints the summary, and tells the severity's band.
pub(super) fn render(case: &Path, settings: &ReportSettings) -> Result<Band> {
    let case = Case::open(case)?;
    let ledger = Ledger::open(&case)?;
    let files = settings::rule_files(settings.rules.as_deref())?;
    let report = build(&case, &ledger, &files, settings)?;
    let written =
        report::write_all(&report, case.folder()).context("the report cannot be written into the case folder")?;
    if !settings.is_quiet {
        print(&report, &written)?;
    }
    Ok(band(&report))
}

fn build(case: &Case, ledger: &Ledger, files: &RuleFiles, settings: &ReportSettings) -> Result<v1::Report> {
    let resolve_rules = ResolveRules::load(files)?;
    let severity_rules = SeverityRules::load(files)?;
    let incident = match &settings.incident {
        Some(path) => incident::parse(&path.display().to_string(), &settings::read_config(path)?)?,
        None => crate::model::Incident::default(),
    };
    let (mut tally, mut resolver, mut manifest) =
        (Tally::default(), Resolver::new(&resolve_rules).obeying(case.decisions()?), Manifest::default());
    ledger.records(|record| {
        tally.add(&record);
        resolver.add(&record);
        manifest.add(&record);
        Ok::<_, LedgerError>(())
    })?;
    let noted =
        json!({ "manifest_root": manifest.root(), "items": manifest.items(), "with_paths": settings.show_paths });
    custody::note(case, "report_written", noted)?;
    let people = resolver.finish();
    let assessment = score::assess(&tally, &people, &incident, &severity_rules);
    let about = about(ledger.runs()?.last(), files, &manifest, settings);
    Ok(v1::Report::build(&Evidence {
        tally: &tally,
        people: &people,
        assessment: &assessment,
        incident: &incident,
        about: &about,
    }))
}

/// The run behind the report, as far as it bears on the result.
fn about(run: Option<&Run>, files: &RuleFiles, manifest: &Manifest, settings: &ReportSettings) -> About {
    let hex = |bytes: &[u8]| data_encoding::HEXLOWER.encode(bytes);
    About {
        version: run.map_or_else(|| settings::VERSION.to_owned(), |run| run.version.clone()),
        arguments: run.map(|run| run.options.clone()).into_iter().collect(),
        rules_digest: run.map_or_else(|| hex(&files.digest()), |run| hex(&run.rules)),
        rules_are_customised: files.is_customised(),
        limits: crate::limits::Limits::default().table(),
        pending: u64::from(!run.is_some_and(|run| run.is_complete)),
        manifest_root: manifest.root(),
        manifest_items: manifest.items(),
        show_paths: settings.show_paths,
    }
}

fn print(report: &v1::Report, written: &[std::path::PathBuf]) -> Result<()> {
    let mut out = io::stdout().lock();
    let is_terminal = out.is_terminal();
    let width = terminal_size::terminal_size().filter(|_| is_terminal).map_or(WIDTH, |(width, _)| usize::from(width.0));
    let has_colour = is_terminal && std::env::var_os("NO_COLOR").is_none();
    terminal::print(report, width, has_colour, &mut out)?;
    if let Some(html) = written.first() {
        writeln!(out, "\nReport: {}", html.display())?;
    }
    Ok(())
}

/// The band of the severity, as the exit code knows it.
fn band(report: &v1::Report) -> Band {
    match report.severity.band.as_str() {
        "very_high" => Band::VeryHigh,
        "high" => Band::High,
        "medium" => Band::Medium,
        _ => Band::Low,
    }
}

/// The exit code of a finished run.
pub(super) fn code(settings: &ReportSettings, band: Option<Band>, failed: u64) -> u8 {
    match (settings.fail_on, band) {
        (Some(lowest), Some(band)) if band >= lowest => exit::LOWEST_BAND + band as u8,
        _ if failed > 0 => exit::UNREADABLE,
        _ => 0,
    }
}
