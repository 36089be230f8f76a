//! `breachscope explain`: why an item has its class, its outcome and its findings.

use super::{audit, rows};
use crate::cli::ExplainArgs;
use crate::ledger::{Case, Ledger};
use crate::model::Record;
use anyhow::{Result, bail};
use serde_json::json;
use std::io::{self, Write};

pub(super) fn run(args: &ExplainArgs) -> Result<u8> {
    let case = Case::open(&args.case)?;
    let ledger = Ledger::open(&case)?;
    audit::note(&case, "item_explained", json!({}))?;
    let mut explained = 0;
    let mut out = io::stdout().lock();
    ledger.records(|record: Record| -> Result<()> {
        for item in record.walk().filter(|item| is_meant(item, &args.item)) {
            explain(item, &mut out)?;
            explained += 1;
        }
        Ok(())
    })?;
    if explained == 0 {
        bail!("the case holds no such item; give its path or id as `breachscope export` prints it");
    }
    Ok(0)
}

fn is_meant(item: &Record, name: &str) -> bool {
    item.id == name || rows::path(&item.locator) == name || item.locator.shown() == name
}

fn explain(item: &Record, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{}  ({})", item.locator.shown(), item.id)?;
    writeln!(out, "  {}, {} bytes, {}", item.media.title(), item.size, rows::outcome_title(item.outcome))?;
    for fault in &item.faults {
        writeln!(out, "  {} at {}: {}", fault.code.name(), fault.stage.name(), fault.code.meaning())?;
    }
    if let Some(verdict) = &item.verdict {
        let subclass = verdict.subclass.as_deref().map(|name| format!(" / {name}")).unwrap_or_default();
        writeln!(
            out,
            "  class {}{subclass}, confidence {:.3}",
            verdict.class.name(),
            verdict.confidence.probability()
        )?;
        for reason in &verdict.reasons {
            writeln!(out, "    {:>+7.3}  {}", f64::from(reason.weight) / 1000.0, reason.cue)?;
        }
        if let Some((class, confidence)) = verdict.runner_up {
            writeln!(out, "    second best: {}, {:.3}", class.name(), confidence.probability())?;
        }
    }
    if !item.findings.is_empty() {
        writeln!(out, "  findings")?;
    }
    for found in &item.findings {
        let page = found.origin.page.map(|page| format!(" page {page}")).unwrap_or_default();
        let key = found.origin.key.as_deref().map(|key| format!(" {}", key.escape_debug())).unwrap_or_default();
        let place = format!("{}{page}{key} {}-{}", found.origin.part.name(), found.start, found.end);
        let (kind, scheme, role) = (found.kind.name(), &found.scheme, found.role.name());
        let confidence = found.confidence.probability();
        writeln!(out, "    {kind:<16} {scheme:<20} {confidence:.3} {role:<12} {}  [{place}]", shown(&found.mask))?;
    }
    Ok(())
}

/// A mask as a terminal may show it.
fn shown(mask: &str) -> String {
    mask.chars().map(|c| if crate::model::is_hidden(c) { '\u{fffd}' } else { c }).collect()
}
