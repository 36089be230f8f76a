//! `breachscope scan`: list, examine, record, report. Run again, it continues.

mod flow;
mod plan;
mod standing;

use super::{exit, report};
use crate::cli::{ScanArgs, Shared};
use crate::ledger::{Audit, Case, Done, NewRun, Writer};
use crate::model::IdKey;
use crate::progress::Progress;
use crate::settings::{self, ScanSettings, VERSION};
use anyhow::{Context as _, Result};
use plan::Plan;
use rustix::fs::Mode;
use serde_json::json;
use signal_hook::consts::{SIGINT, SIGTERM, SIGXFSZ};
use std::io::{self, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

pub(super) fn run(args: ScanArgs, shared: &Shared) -> Result<u8> {
    let settings = ScanSettings::new(args, shared)?;
    let stop = stop_on_signals()?;
    outlive_file_limits()?;
    let progress = Progress::new(!shared.quiet && !shared.no_progress && shared.verbose == 0);
    // What a scan writes is for its owner alone.
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
    let case = Case::open_or_create(&settings.case)?;
    let is_complete = examine(&settings, &case, &progress, &stop)?;
    let rendered = standing::render(&case, &settings)?;
    if !is_complete {
        return Ok(exit::INTERRUPTED);
    }
    Ok(report::code(&settings.report, rendered))
}

/// Examines what has no record yet. Tells whether everything that was listed now has one.
fn examine(settings: &ScanSettings, case: &Case, progress: &Progress, stop: &AtomicBool) -> Result<bool> {
    let mut writer = Writer::open(case)?;
    let key = case.key_or_create()?;
    let is_sealed = settings.seal_to.is_some();
    let examination = &settings.examination;
    let profile = examination.profile(&key, is_sealed);
    let run = writer.begin(&NewRun {
        started_ms: settings::now_ms(),
        version: VERSION,
        profile,
        rules: examination.rules_digest,
        options: &examination.shown(is_sealed),
        ids: IdKey::of_case(&key),
    })?;
    let plan = Plan::new(settings, case, &mut writer, run, key)?;
    let done = Done::open(case, profile, VERSION, settings.retry_failed)?;
    if done.has_outdated_runs() && !settings.report.is_quiet {
        let words = "The rules, options or version changed since an earlier scan: what they bear on is examined again.";
        writeln!(io::stderr(), "{words}")?;
    }
    let mut audit = Audit::open(case)?;
    let started = json!({ "run": run, "version": VERSION, "sources": settings.listing.sources.len() });
    audit.append(settings::now_ms(), "scan_started", &started)?;
    tracing::info!(run, jobs = settings.jobs, "scan started");
    let counts = flow::examine_all(&plan, done, &mut writer, progress, stop);
    progress.end();
    let counts = counts.context("the scan stopped; what was recorded before is safe, the same command continues")?;
    if counts.is_exposed && !settings.report.is_quiet {
        let words = "This kernel lacks landlock or seccomp: the workers ran as separate processes with limits only.";
        writeln!(io::stderr(), "{words}")?;
    }
    let is_complete = !stop.load(Ordering::Relaxed);
    writer.finish(settings::now_ms(), is_complete)?;
    let ended = json!({ "run": run, "is_complete": is_complete, "recorded": counts.recorded,
        "already_done": progress.done_before(), "recognised": counts.recognised, "workers_replaced": counts.replaced });
    audit.append(settings::now_ms(), "scan_ended", &ended)?;
    tracing::info!(run, recorded = counts.recorded, already_done = progress.done_before(), "scan ended");
    Ok(is_complete)
}

/// A file that may not grow further is an error of the write, which is told, and not the end of the process.
fn outlive_file_limits() -> Result<()> {
    signal_hook::flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false)))?;
    Ok(())
}

/// The first signal asks the scan to stop in good order; the second ends the process at once.
fn stop_on_signals() -> Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        let now = i32::from(exit::INTERRUPTED);
        signal_hook::flag::register_conditional_shutdown(signal, now, Arc::clone(&stop))?;
        signal_hook::flag::register(signal, Arc::clone(&stop))?;
    }
    Ok(stop)
}
