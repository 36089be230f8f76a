//! `breachscope report`: the report of a case, from its ledger alone.

use super::{audit, exit};
use crate::cli::{Band, ReportArgs, Shared};
use crate::ledger::{Case, Ledger, LedgerError, Run};
use crate::limits::Limits;
use crate::model::{Incident, Outcome, People};
use crate::report::{self, About, Evidence, terminal, v1};
use crate::resolve::Resolver;
use crate::rules::{ResolveRules, RuleFiles, SeverityRules};
use crate::score::{self, Assessment};
use crate::settings::{self, ReportSettings};
use crate::tally::{Duplicates, Manifest, Tally};
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
    Ok(code(&settings, render(&args.case, &settings)?))
}

/// What the exit code is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rendered {
    /// The severity's band.
    pub(super) band: Band,
    /// Files that could not be read.
    pub(super) failed: u64,
}

/// Writes the reports into the case folder, prints the summary, and tells what the exit code is made of.
pub(super) fn render(case: &Path, settings: &ReportSettings) -> Result<Rendered> {
    let case = Case::open(case)?;
    let ledger = Ledger::open(&case)?;
    let files = settings::rule_files(settings.rules.as_deref())?;
    let gathered = CaseEvidence::gather(&case, &ledger, &files, settings)?;
    let (root, items) = (&gathered.about.manifest_root, gathered.about.manifest_items);
    let noted = json!({ "manifest_root": root, "items": items, "with_paths": settings.show_paths });
    audit::note(&case, "report_written", noted)?;
    let report = v1::Report::build(&gathered.evidence());
    let written =
        report::write_all(&report, case.folder()).context("the report cannot be written into the case folder")?;
    if !settings.is_quiet {
        print(&report, &written)?;
    }
    let failed = report.coverage.outcomes.iter().find(|row| row.outcome == Outcome::Failed.name());
    Ok(Rendered { band: band(&report), failed: failed.map_or(0, |row| row.files) })
}

/// What the papers of a case are made of: its records summed, its people counted, its severity assessed.
pub(super) struct CaseEvidence {
    tally: Tally,
    people: People,
    assessment: Assessment,
    incident: Incident,
    about: About,
}

impl CaseEvidence {
    /// Reads the whole ledger once.
    pub(super) fn gather(case: &Case, ledger: &Ledger, files: &RuleFiles, settings: &ReportSettings) -> Result<Self> {
        let resolve_rules = ResolveRules::load(files)?;
        let severity_rules = SeverityRules::load(files)?;
        let incident = super::incident::of(case, settings.incident.as_deref())?;
        let (mut tally, mut resolver, mut manifest) = (
            Tally::default(),
            Resolver::new(&resolve_rules, case.folder()).obeying(case.decisions()?),
            Manifest::default(),
        );
        ledger.records(|record| {
            tally.add(&record);
            resolver.add(&record);
            manifest.add(&record);
            Ok::<_, LedgerError>(())
        })?;
        if !tally.duplicates().is_exact {
            let (unique, copies, bytes) = ledger.duplicates()?;
            tally.exact_duplicates = Some(Duplicates { unique, copies, bytes, is_exact: true });
        }
        let people = resolver.finish().context("the case folder has no room for temporary files")?;
        let assessment = score::assess(&tally, &people, &incident, &severity_rules);
        let mut about = about(ledger.runs()?.last(), files, &manifest, settings);
        about.quality = case.quality()?;
        let generation = ledger.generation()?;
        about.faces = case.face_groups()?.map(|faces| {
            let is_current = faces.generation == generation;
            (faces, is_current)
        });
        Ok(Self { tally, people, assessment, incident, about })
    }

    /// The same, borrowed.
    pub(super) fn evidence(&self) -> Evidence<'_> {
        let Self { tally, people, assessment, incident, about } = self;
        Evidence { tally, people, assessment, incident, about }
    }
}

/// The run behind the report, as far as it bears on the result.
fn about(run: Option<&Run>, files: &RuleFiles, manifest: &Manifest, settings: &ReportSettings) -> About {
    let hex = |bytes: &[u8]| data_encoding::HEXLOWER.encode(bytes);
    About {
        version: run.map_or_else(|| settings::VERSION.to_owned(), |run| run.version.clone()),
        arguments: run.map(|run| run.options.clone()).into_iter().collect(),
        rules_digest: run.map_or_else(|| hex(&files.digest()), |run| hex(&run.rules)),
        rules_are_customised: files.is_customised(),
        limits: limits_of(run).table(),
        is_complete: run.is_some_and(|run| run.is_complete),
        manifest_root: manifest.root(),
        manifest_items: manifest.items(),
        show_paths: settings.show_paths,
        quality: None,
        faces: None,
    }
}

/// The bounds that a scan ran under: its options hold them all by name.
fn limits_of(run: Option<&Run>) -> Limits {
    let mut limits = Limits::default();
    let options = run.and_then(|run| serde_json::from_str::<serde_json::Value>(&run.options).ok()).unwrap_or_default();
    for (name, value) in options.get("limits").and_then(serde_json::Value::as_object).into_iter().flatten() {
        if let Some(value) = value.as_u64() {
            // A bound of another version that this one does not know bears on nothing here.
            limits.set(name, value);
        }
    }
    limits
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
pub(super) fn code(settings: &ReportSettings, rendered: Rendered) -> u8 {
    match settings.fail_on {
        Some(lowest) if rendered.band >= lowest => exit::LOWEST_BAND + rendered.band as u8,
        _ if rendered.failed > 0 => exit::UNREADABLE,
        _ => 0,
    }
}
