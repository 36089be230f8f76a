//! Whether the report that lies in the case still stands: a scan that found nothing new does not render it again.
//!
//! A small file beside the report keeps what it was made from, as one hash: the records by their generation, the last
//! run, the report's options, the program, and everything else in the case folder that a person may have put there.

use crate::cli::Band;
use crate::commands::incident;
use crate::commands::report::{self, Rendered};
use crate::ledger::{Case, Ledger};
use crate::settings::{ReportSettings, ScanSettings, VERSION};
use anyhow::Result;
use clap::ValueEnum as _;
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

/// Name of the file that keeps the hash.
const FILE: &str = "report.state";
/// Most bytes that are read of it.
const FILE_BYTES: u64 = 4 << 10;
/// What every scan writes; the ledger is asked for its generation instead.
const OWN: [&str; 4] = ["ledger.sqlite", "audit.jsonl", "lock", FILE];

#[derive(Serialize, Deserialize)]
struct Stored {
    made_from: String,
    /// Hash of the names, sizes and times of everything in the folder that bears on the report, itself included.
    files: String,
    band: String,
    failed: u64,
}

/// Renders the report, or leaves the one that is there if it would come out the same.
pub(super) fn render(case: &Case, settings: &ScanSettings) -> Result<Rendered> {
    let path = case.folder().join(FILE);
    let made_from = made_from(case, &settings.report)?;
    if let Some(rendered) = read(&path).and_then(|stored| stored.stands(case, &made_from)) {
        if !settings.report.is_quiet {
            let report = case.folder().join("report.html");
            writeln!(io::stdout(), "Nothing changed since the report was written.\n\nReport: {}", report.display())?;
        }
        return Ok(rendered);
    }
    // A report that is half written must not pass for a whole one.
    if path.exists() {
        fs::remove_file(&path)?;
    }
    let rendered = report::render(case.folder(), &settings.report)?;
    let band = rendered.band.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
    let stored = Stored { made_from, files: files(case)?, band, failed: rendered.failed };
    fs::write(&path, serde_json::to_vec(&stored)?)?;
    Ok(rendered)
}

impl Stored {
    fn stands(&self, case: &Case, made_from: &str) -> Option<Rendered> {
        let is_same = self.made_from == made_from && files(case).is_ok_and(|files| files == self.files);
        let band = Band::from_str(&self.band, false).ok()?;
        is_same.then_some(Rendered { band, failed: self.failed })
    }
}

fn read(path: &Path) -> Option<Stored> {
    let mut text = String::new();
    File::open(path).ok()?.take(FILE_BYTES).read_to_string(&mut text).ok()?;
    serde_json::from_str(&text).ok()
}

/// A hash over what the report is made from: records, run, options, program.
fn made_from(case: &Case, settings: &ReportSettings) -> Result<String> {
    let mut hasher = blake3::Hasher::new();
    let mut take = |part: &[u8]| {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part);
    };
    let ledger = Ledger::open(case)?;
    take(&ledger.generation()?.to_le_bytes());
    if let Some(run) = ledger.runs()?.last() {
        take(&[u8::from(run.is_complete)]);
        take(run.version.as_bytes());
        take(&run.rules);
        take(run.options.as_bytes());
    }
    take(VERSION.as_bytes());
    take(&[u8::from(settings.show_paths)]);
    take(&crate::settings::rule_files(settings.rules.as_deref())?.digest());
    if let Some(text) = incident::text(case, settings.incident.as_deref())? {
        take(text.as_bytes());
    }
    // A program that was built anew may have the same version.
    if let Ok(metadata) = std::env::current_exe().and_then(fs::metadata) {
        take(&state(&metadata));
    }
    Ok(hasher.finalize().to_hex().to_string())
}

/// A hash over names, sizes and times of the entries of the case folder, but those that change without bearing on the
/// report.
fn files(case: &Case) -> io::Result<String> {
    let mut states = Vec::new();
    for entry in fs::read_dir(case.folder())? {
        let entry = entry?;
        let name = entry.file_name();
        if !OWN.iter().any(|own| name.to_string_lossy().starts_with(own)) {
            states.push((name, state(&entry.metadata()?)));
        }
    }
    states.sort();
    let mut hasher = blake3::Hasher::new();
    for (name, state) in states {
        hasher.update(name.as_encoded_bytes()).update(&[0]).update(&state);
    }
    Ok(hasher.finalize().to_hex().to_string())
}

fn state(metadata: &fs::Metadata) -> [u8; 24] {
    let mut state = [0; 24];
    let parts = [metadata.len(), metadata.mtime().cast_unsigned(), metadata.mtime_nsec().cast_unsigned()];
    for (place, part) in state.chunks_exact_mut(8).zip(parts) {
        place.copy_from_slice(&part.to_le_bytes());
    }
    state
}
