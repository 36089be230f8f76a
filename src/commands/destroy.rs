//! `breachscope destroy-key`: after it, nobody can link a token of the case to a value.

use super::audit;
use crate::cli::DestroyKeyArgs;
use crate::ledger::Case;
use crate::settings;
use anyhow::Result;
use serde_json::json;
use std::io::{self, Write as _};

const STAYS: &str = "\
Still possible: reports, exports, `people` (masked), split, merge, quality control and `verify`. They need tokens only.
Not possible any more: continuing the scan of this case. A new scan needs a new case, whose tokens fit with nothing here.";

const BEYOND: &str = "\
Beyond this command: copies of the case folder (backups, snapshots), lists and exports that were opened before, and old
blocks that an SSD or a copy-on-write file system keeps. Destroy those by their own means. Paths of the leak, which may
hold names, still stand in the ledger; who holds the leak itself needs no token to read it.";

pub(super) fn run(args: &DestroyKeyArgs) -> Result<u8> {
    let case = Case::open(&args.case)?;
    let mut out = io::stdout().lock();
    let seals = case.seals()?.len();
    if !args.yes {
        writeln!(out, "This would destroy the key of {}{}.", case.folder().display(), also(seals, args.keep_seals))?;
        writeln!(out, "Nothing was done. Add --yes to do it; it cannot be undone.\n\n{STAYS}\n{BEYOND}")?;
        return Ok(0);
    }
    // No scan may run: it holds the key in its memory and would go on making tokens.
    let _lock = case.lock()?;
    let done = case.destroy_key(settings::now_ms(), args.keep_seals)?;
    let facts =
        json!({ "key_id": done.key_id, "seals_destroyed": done.seals, "seals_kept": args.keep_seals && seals > 0 });
    audit::note(&case, "key_destroyed", facts)?;
    match &done.key_id {
        Some(id) => writeln!(out, "The case key {id} is overwritten and removed.")?,
        None => writeln!(out, "The case key was destroyed before.")?,
    }
    writeln!(out, "A token can be linked to a value by nobody any more, not even with the leak at hand.")?;
    match (done.seals, seals) {
        (0, 0) => writeln!(out, "No value was ever sealed in this case.")?,
        (0, kept) => writeln!(
            out,
            "{kept} sealed data keys were kept: their recipient can still open the values beside the tokens."
        )?,
        (gone, _) => writeln!(
            out,
            "{gone} sealed data keys are overwritten and removed: sealed values can be opened by nobody."
        )?,
    }
    writeln!(out, "The case notes this in case.key.destroyed and in its audit log.\n\n{STAYS}\n{BEYOND}")?;
    Ok(0)
}

fn also(seals: usize, keep: bool) -> String {
    match (seals, keep) {
        (0, _) => String::new(),
        (seals, true) => format!(", and keep {seals} sealed data keys"),
        (seals, false) => format!(", and {seals} sealed data keys, without which nobody can open the sealed values"),
    }
}
