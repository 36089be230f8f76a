//! `breachscope notify`: drafts of the papers that the law asks for, from a case's ledger alone.

use super::audit;
use super::report::CaseEvidence;
use crate::cli::{NotifyArgs, NotifyFormat, Shared};
use crate::ledger::{Case, Ledger};
use crate::report::notify::{self, Drafting};
use crate::rules::SeverityRules;
use crate::rules::notify::{Form, Vocabulary, letters};
use crate::settings::{self, ReportSettings};
use anyhow::{Context as _, Result, bail};
use clap::ValueEnum as _;
use std::io::{self, BufWriter, Write as _};

pub(super) fn run(args: &NotifyArgs, shared: &Shared) -> Result<u8> {
    let opened = Case::open(&args.case)?;
    let ledger = Ledger::open(&opened)?;
    let files = settings::rule_files(args.rules.as_deref())?;
    let form_name = args.form.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
    let form = Form::load(&files, &form_name)?;
    let vocabulary = Vocabulary::load(&files)?;
    let letters = letters(&files, &SeverityRules::load(&files)?)?;
    if let Some(unknown) = args.language.iter().find(|code| !letters.iter().any(|words| words.language == **code)) {
        let known: Vec<&str> = letters.iter().map(|words| words.language.as_str()).collect();
        bail!("there is no letter in `{unknown}`; there are {}", known.join(", "));
    }
    let settings =
        ReportSettings { incident: args.incident.clone(), rules: args.rules.clone(), ..ReportSettings::default() };
    let case = CaseEvidence::gather(&opened, &ledger, &files, &settings)?;
    audit::note(&opened, "notices_drafted", serde_json::json!({ "form": form_name }))?;
    let rules = Drafting { form: &form, vocabulary: &vocabulary, letters: &letters, languages: &args.language };
    let drafts = notify::draft(&case.evidence(), &rules);
    let format = match args.format {
        NotifyFormat::Md => notify::NotifyFormat::Markdown,
        NotifyFormat::Html => notify::NotifyFormat::Html,
        NotifyFormat::Json => notify::NotifyFormat::Json,
        NotifyFormat::Txt => notify::NotifyFormat::Text,
    };
    let Some(folder) = &args.into else {
        let mut out = BufWriter::new(io::stdout().lock());
        format.write(&drafts, &mut out)?;
        out.flush()?;
        return Ok(0);
    };
    let written = format
        .write_into(&drafts, folder)
        .with_context(|| format!("the drafts cannot be written into {}", folder.display()))?;
    if !shared.quiet {
        let mut out = io::stdout().lock();
        for path in &written {
            writeln!(out, "{}", path.display())?;
        }
    }
    Ok(0)
}
