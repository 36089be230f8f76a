//! `breachscope people`: the persons of a case, masked; why mentions are one person; decisions about them; and, with the
//! recipient's key, the notification list.

mod list;
mod pairs;
mod sealed;
mod sheet;

use crate::cli::{PeopleArgs, PeopleCommand};
use crate::ledger::{Case, Ledger, LedgerError};
use crate::model::People;
use crate::resolve::{Resolver, Roster};
use crate::rules::ResolveRules;
use crate::settings;
use anyhow::{Context as _, Result};
use std::fs::OpenOptions;
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

pub(super) fn run(args: &PeopleArgs) -> Result<u8> {
    match &args.command {
        None => list::run(&args.list),
        Some(PeopleCommand::Show { case, id }) => pairs::show(case, *id),
        Some(PeopleCommand::Explain(pair)) => pairs::explain(pair),
        Some(PeopleCommand::Split(pair)) => pairs::split(pair),
        Some(PeopleCommand::Merge(pair)) => pairs::merge(pair),
        Some(PeopleCommand::Decisions { case }) => pairs::decisions(case),
    }
}

/// A case with its rules, from which persons are resolved.
struct Opened {
    case: Case,
    ledger: Ledger,
    rules: ResolveRules,
}

impl Opened {
    fn new(folder: &Path, rules: Option<&Path>) -> Result<Self> {
        let case = Case::open(folder)?;
        let ledger = Ledger::open(&case)?;
        Ok(Self { case, ledger, rules: ResolveRules::load(&settings::rule_files(rules)?)? })
    }

    /// Who is who, by the rules and what was decided.
    fn roster(&self) -> Result<(People, Roster<'_>)> {
        let mut resolver = Resolver::new(&self.rules, self.case.folder()).obeying(self.case.decisions()?);
        self.ledger.records(|record| {
            resolver.add(&record);
            Ok::<_, LedgerError>(())
        })?;
        resolver.roster().context("the case folder has no room for temporary files")
    }
}

/// Where a list goes: stdout, or a new file for its owner alone.
fn out(path: Option<&Path>) -> Result<Box<dyn Write>> {
    let Some(path) = path else { return Ok(Box::new(BufWriter::new(io::stdout().lock()))) };
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    Ok(Box::new(BufWriter::new(file.with_context(|| format!("{} cannot be made", path.display()))?)))
}
