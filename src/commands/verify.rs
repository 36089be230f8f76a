//! `breachscope verify`: whether the case is as it was written, and the leak as it was read.

use super::{audit, exit};
use crate::cli::VerifyArgs;
use crate::ledger::{Audit, Case, Ledger, LedgerError};
use crate::limits::Limits;
use crate::model::{Code, Item, Record};
use crate::source::{Entry, Filter, Folder, Roots, Source as _};
use crate::tally::Manifest;
use anyhow::{Result, bail};
use serde_json::json;
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

/// Items that are named for each way in which the leak differs; how many there are is always said.
const NAMED: usize = 20;

pub(super) fn run(args: &VerifyArgs) -> Result<u8> {
    let case = Case::open(&args.case)?;
    let mut out = io::stdout().lock();
    let mut holds = audit_holds(&case, &mut out)?;
    let ledger = Ledger::open(&case)?;
    holds &= ledger_holds(&ledger, &mut out)?;
    holds &= manifest_holds(&case, &ledger, &mut out)?;
    if args.sources.is_empty() {
        writeln!(out, "leak      not checked: name its folder to hash every file again")?;
    } else {
        holds &= leak_holds(&ledger, &args.sources, &mut out)?;
    }
    audit::note(&case, "verified", json!({ "holds": holds, "with_leak": !args.sources.is_empty() }))?;
    writeln!(out, "{}", if holds { "Everything that was checked holds." } else { "NOT everything holds." })?;
    Ok(if holds { 0 } else { exit::ALTERED })
}

/// The log is chained, numbered, and holds every decision.
fn audit_holds(case: &Case, out: &mut impl Write) -> Result<bool> {
    if !case.audit_path().exists() {
        writeln!(out, "audit log MISSING")?;
        return Ok(false);
    }
    let checked = Audit::check(case)?;
    if let Some(line) = checked.first_break {
        writeln!(
            out,
            "audit log BROKEN at line {line} of {}: it, or the line before it, was changed",
            checked.entries
        )?;
        return Ok(false);
    }
    let noted: Vec<(String, String, String)> = checked.decisions;
    let made: Vec<(String, String, String)> = case
        .decisions()?
        .iter()
        .map(|made| (made.ruling.name().to_owned(), made.a.to_string(), made.b.to_string()))
        .collect();
    if noted != made {
        writeln!(out, "decisions DIFFER from the audit log: {} made, {} noted", made.len(), noted.len())?;
        return Ok(false);
    }
    writeln!(out, "audit log holds: {} entries, the last one is {}", checked.entries, checked.head)?;
    writeln!(
        out,
        "          (lines cut off at its end cannot be seen from the log alone: compare this hash with one noted before)"
    )?;
    Ok(true)
}

fn ledger_holds(ledger: &Ledger, out: &mut impl Write) -> Result<bool> {
    let troubles = ledger.check()?;
    for trouble in &troubles {
        writeln!(out, "ledger    DAMAGED: {trouble}")?;
    }
    if troubles.is_empty() {
        let totals = ledger.totals()?;
        writeln!(
            out,
            "ledger    holds: {} files, every page and index of the database is consistent",
            totals.listed()
        )?;
    }
    Ok(troubles.is_empty())
}

/// The Merkle root over names, sizes and hashes is the one that the log noted when the report was written.
fn manifest_holds(case: &Case, ledger: &Ledger, out: &mut impl Write) -> Result<bool> {
    let mut manifest = Manifest::default();
    ledger.records(|record| {
        manifest.add(&record);
        Ok::<_, LedgerError>(())
    })?;
    let root = manifest.root();
    match Audit::check(case)?.manifest_root {
        Some(noted) if noted == root => {
            writeln!(out, "manifest  holds: {} items, root {root}", manifest.items())?;
            Ok(true)
        }
        Some(noted) => {
            writeln!(out, "manifest  DIFFERS: root {root}, noted with the last report {noted}")?;
            Ok(false)
        }
        None => {
            writeln!(out, "manifest  {} items, root {root}; no report has noted one yet", manifest.items())?;
            Ok(true)
        }
    }
}

/// How files of the leak differ from their records.
#[derive(Default)]
struct Differences {
    same: u64,
    without_hash: u64,
    changed: Vec<String>,
    missing: Vec<String>,
    unread: Vec<String>,
    added: Vec<String>,
}

fn leak_holds(ledger: &Ledger, folders: &[std::path::PathBuf], out: &mut impl Write) -> Result<bool> {
    let known = ledger.sources()?.len();
    if folders.len() != known {
        bail!("the case has {known} sources; name a folder for each, in their order");
    }
    let roots: Vec<Vec<u8>> = folders.iter().map(|folder| folder.as_os_str().as_bytes().to_vec()).collect();
    if let Some(missing) = folders.iter().find(|folder| !folder.is_dir()) {
        bail!("{} is no folder that can be opened", missing.display());
    }
    let opened = Roots::open(&roots);
    let mut found = Differences::default();
    ledger.records(|record| {
        compare(&opened, &record, &mut found);
        Ok::<_, LedgerError>(())
    })?;
    for (folder, source) in folders.iter().zip(0_u16..) {
        added(ledger, folder, source, &mut found)?;
    }
    writeln!(out, "leak      {} files have the hashes that were taken", found.same)?;
    if found.without_hash > 0 {
        writeln!(
            out,
            "          {} files have none: they were skipped or could not be read whole",
            found.without_hash
        )?;
    }
    tell(out, "CHANGED", &found.changed)?;
    tell(out, "MISSING", &found.missing)?;
    tell(out, "UNREADABLE now", &found.unread)?;
    tell(out, "ADDED since", &found.added)?;
    Ok([&found.changed, &found.missing, &found.unread, &found.added].iter().all(|list| list.is_empty()))
}

fn tell(out: &mut impl Write, what: &str, items: &[String]) -> io::Result<()> {
    if items.is_empty() {
        return Ok(());
    }
    let more = if items.len() > NAMED { " ..." } else { "" };
    let ids: Vec<&str> = items.iter().take(NAMED).map(String::as_str).collect();
    writeln!(out, "          {} {what}: {}{more}", items.len(), ids.join(" "))
}

fn compare(roots: &Roots, record: &Record, found: &mut Differences) {
    let Some(hashes) = record.hashes else {
        found.without_hash += 1;
        return;
    };
    let item = Item {
        locator: record.locator.clone(),
        size: record.size,
        modified_ms: record.modified_ms,
        inode: None,
        changed_ns: None,
    };
    let read = roots.content(&item, Limits::default().whole_bytes).and_then(|content| content.hashes());
    match read {
        Ok((now, _)) if now == hashes => found.same += 1,
        Ok(_) => found.changed.push(record.id.clone()),
        Err(fault) if fault.code == Code::Vanished => found.missing.push(record.id.clone()),
        Err(_) => found.unread.push(record.id.clone()),
    }
}

/// Files that the ledger does not know.
fn added(ledger: &Ledger, folder: &Path, source: u16, found: &mut Differences) -> Result<()> {
    let filter = Filter::default();
    let mut trouble = None;
    let mut each = |entry: Entry| match ledger.holds(source, &entry.item.locator.key) {
        Ok(true) => true,
        Ok(false) => {
            found.added.push(entry.item.locator.id(ledger.ids()));
            true
        }
        Err(error) => {
            trouble = Some(error);
            false
        }
    };
    let root = folder.to_owned();
    Folder { source, root: root.clone(), at: root, filter: &filter, same_file_system: false }.list(&mut each)?;
    trouble.map_or(Ok(()), |error| Err(error.into()))
}
