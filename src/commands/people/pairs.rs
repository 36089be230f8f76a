//! One person's mentions, why two mentions are one person, and decisions against the rules.

use super::Opened;
use super::list::person_id;
use crate::cli::PairArgs;
use crate::commands::audit;
use crate::ledger::Case;
use crate::model::{Decision, Kind, MentionId, Record, Ruling};
use crate::resolve::Seen;
use crate::settings;
use anyhow::{Result, bail};
use serde_json::json;
use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::Path;

/// A different mention, as it is shown: masks by kind, and the items that it stands on.
#[derive(Default)]
struct Form {
    masks: BTreeMap<Kind, String>,
    items: Vec<String>,
    mentions: u64,
}

/// Items that are named for one mention.
const ITEMS: usize = 5;

pub(super) fn show(folder: &Path, id: MentionId) -> Result<u8> {
    let opened = Opened::new(folder, None)?;
    let (_, mut roster) = opened.roster()?;
    let Some(person) = roster.person_of(id) else {
        bail!("the case holds no such person or mention: {}", person_id(id))
    };
    let mut forms: BTreeMap<MentionId, Form> = BTreeMap::new();
    opened.ledger.records(|record: Record| {
        roster.mentions(&record, &mut |seen: Seen<'_>| -> Result<()> {
            if seen.person == person {
                let form = forms.entry(seen.id).or_default();
                form.mentions += 1;
                if form.items.len() < ITEMS {
                    form.items.push(seen.item.id.clone());
                }
                for finding in &seen.findings {
                    form.masks.entry(finding.kind).or_insert_with(|| finding.mask.clone());
                }
            }
            Ok(())
        })
    })?;
    audit::note(&opened.case, "person_shown", json!({ "person": person_id(person) }))?;
    let mut out = io::stdout().lock();
    writeln!(out, "{}  {} different mentions", person_id(person), forms.len())?;
    for (id, form) in &forms {
        let more = if form.mentions as usize > form.items.len() { " ..." } else { "" };
        writeln!(out, "\n{id}  {} times, on {}{more}", form.mentions, form.items.join(" "))?;
        for (kind, mask) in &form.masks {
            writeln!(out, "    {:<18} {mask}", kind.name())?;
        }
    }
    Ok(0)
}

pub(super) fn explain(args: &PairArgs) -> Result<u8> {
    let opened = Opened::new(&args.case, None)?;
    let (_, roster) = opened.roster()?;
    for id in [args.a, args.b] {
        if roster.person_of(id).is_none() {
            bail!("the case holds no such mention: {id}");
        }
    }
    audit::note(&opened.case, "persons_explained", json!({ "a": args.a, "b": args.b }))?;
    let mut out = io::stdout().lock();
    let Some(way) = roster.why(args.a, args.b) else {
        writeln!(out, "{} and {} are two persons: no rule joins them.", args.a, args.b)?;
        return Ok(0);
    };
    if way.is_empty() {
        writeln!(out, "{} is one mention.", args.a)?;
    } else {
        writeln!(out, "{} and {} are one person, by {} joins:", args.a, args.b, way.len())?;
    }
    for edge in way {
        let shared = if edge.shared.is_empty() { "nothing by themselves".to_owned() } else { edge.shared.join(", ") };
        writeln!(out, "  {} - {}  rule {}; both have {}", edge.from, edge.to, edge.rule, shared)?;
    }
    Ok(0)
}

pub(super) fn split(args: &PairArgs) -> Result<u8> {
    decide(args, Ruling::Split)
}

pub(super) fn merge(args: &PairArgs) -> Result<u8> {
    decide(args, Ruling::Merge)
}

fn decide(args: &PairArgs, ruling: Ruling) -> Result<u8> {
    let opened = Opened::new(&args.case, None)?;
    if args.a == args.b {
        bail!("name two mentions");
    }
    let (before, roster) = opened.roster()?;
    for id in [args.a, args.b] {
        if roster.person_of(id).is_none() {
            bail!("the case holds no such mention: {id}");
        }
    }
    drop(roster);
    let decision = Decision { at_ms: settings::now_ms(), ruling, a: args.a, b: args.b };
    // The log first: a decision that is not in it must not take effect.
    audit::note(&opened.case, "persons_decided", json!({ "ruling": ruling.name(), "a": args.a, "b": args.b }))?;
    opened.case.decide(&decision)?;
    let (after, _) = opened.roster()?;
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "Noted: {} and {} are {}. Persons: {} before, {} now. `breachscope report` writes the report anew.",
        args.a,
        args.b,
        if ruling == Ruling::Merge { "one person" } else { "two persons" },
        before.persons.best,
        after.persons.best,
    )?;
    Ok(0)
}

pub(super) fn decisions(folder: &Path) -> Result<u8> {
    let case = Case::open(folder)?;
    let mut out = io::stdout().lock();
    for decision in case.decisions()? {
        writeln!(out, "{}  {}  {}  {}", decision.at_ms, decision.ruling.name(), decision.a, decision.b)?;
    }
    Ok(0)
}
