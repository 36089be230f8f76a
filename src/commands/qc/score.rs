//! Reading the answers, and what they say of the whole case.

use super::{DRAWN, Drawn};
use crate::cli::QcScoreArgs;
use crate::commands::audit;
use crate::ledger::Case;
use crate::model::Class;
use crate::model::quality::{Interval, Quality};
use crate::tally::{Answer, Population, quality};
use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use serde_json::json;
use std::fs::File;
use std::io::{self, BufReader, Write};
use std::path::Path;

/// One line of the answer sheet; columns that the program wrote are not believed but looked up.
#[derive(Debug, Deserialize)]
struct Line {
    id: String,
    #[serde(default)]
    right_class: String,
    #[serde(default)]
    wrong_findings: String,
    #[serde(default)]
    missed_findings: String,
}

pub(super) fn run(args: &QcScoreArgs) -> Result<u8> {
    let case = Case::open(&args.case)?;
    let path = args.answers.parent().unwrap_or(Path::new("")).join(DRAWN);
    let drawn = File::open(&path).with_context(|| format!("{} must lie beside the answers", path.display()))?;
    let drawn: Drawn = serde_json::from_reader(BufReader::new(drawn)).with_context(|| path.display().to_string())?;
    let answers = answers(&args.answers, &drawn)?;
    let population = Population { classes: drawn.classes.clone(), silent: drawn.silent };
    let quality = quality(&answers, &population, drawn.seed, drawn.per_class);
    let judged = answers.iter().filter(|answer| answer.right_class.is_some() || answer.missed.is_some()).count();
    if judged == 0 {
        bail!("{} has no answers yet: fill right_class, wrong_findings and missed_findings", args.answers.display());
    }
    let sheet = blake3_of(&args.answers)?;
    audit::note(&case, "sample_scored", json!({ "judged": judged, "seed": drawn.seed, "answers_blake3": sheet }))?;
    case.keep_quality(&quality)?;
    print(&quality, &mut io::stdout().lock())?;
    Ok(0)
}

fn answers(path: &Path, drawn: &Drawn) -> Result<Vec<Answer>> {
    let file = File::open(path).with_context(|| path.display().to_string())?;
    // Spreadsheets of some countries write semicolons.
    let mut head = String::new();
    io::BufRead::read_line(&mut io::Read::take(BufReader::new(&file), 4096), &mut head)?;
    let delimiter = if head.matches(';').count() > head.matches(',').count() { b';' } else { b',' };
    io::Seek::rewind(&mut &file)?;
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter).trim(csv::Trim::All).from_reader(BufReader::new(file));
    let mut answers = Vec::new();
    for (line, number) in reader.deserialize::<Line>().zip(2_u64..) {
        let at = || format!("{}, line {number}", path.display());
        let line = line.with_context(at)?;
        let Some(item) = drawn.items.get(&line.id) else { bail!("{}: no item {} was drawn", at(), line.id) };
        let answer = Answer {
            class: item.class,
            right_class: class(&line.right_class).with_context(at)?,
            is_of_class: item.is_of_class,
            is_silent: item.is_silent,
            findings: item.findings,
            wrong: count(&line.wrong_findings).with_context(at)?,
            missed: count(&line.missed_findings).with_context(at)?,
        };
        if answer.wrong.is_some_and(|wrong| wrong > item.findings) {
            bail!("{}: more wrong findings than the {} that there are", at(), item.findings);
        }
        answers.push(answer);
    }
    Ok(answers)
}

fn class(text: &str) -> Result<Option<Class>> {
    if text.is_empty() {
        return Ok(None);
    }
    let known = Class::ALL.into_iter().find(|class| class.name().eq_ignore_ascii_case(text));
    let names: Vec<&str> = Class::ALL.iter().map(|class| class.name()).collect();
    known.map(Some).with_context(|| format!("right_class is one of {}", names.join(", ")))
}

fn count(text: &str) -> Result<Option<u64>> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).context("wrong_findings and missed_findings are numbers")
}

fn blake3_of(path: &Path) -> Result<String> {
    let mut hasher = blake3::Hasher::new();
    io::copy(&mut File::open(path)?, &mut hasher)?;
    Ok(hasher.finalize().to_hex().to_string())
}

fn print(quality: &Quality, out: &mut impl Write) -> Result<()> {
    let percent = |interval: Interval| {
        format!("{:5.1} % ({:.1} to {:.1})", interval.value * 100.0, interval.lower * 100.0, interval.upper * 100.0)
    };
    let number = |interval: Interval| {
        format!("{:.0} ({:.0} to {:.0})", interval.value, interval.lower.floor(), interval.upper.ceil())
    };
    writeln!(out, "Exact 95 % intervals (Clopper-Pearson); corrected totals hold together.\n")?;
    writeln!(out, "{:<16} {:>9} {:>9} {:>6}  {:<26} corrected", "class", "counted", "reviewed", "right", "precision")?;
    for class in &quality.classes {
        writeln!(
            out,
            "{:<16} {:>9} {:>9} {:>6}  {:<26} {}",
            class.class.name(),
            class.items,
            class.reviewed,
            class.right,
            percent(class.precision),
            number(class.corrected)
        )?;
    }
    match &quality.elusion {
        Some(elusion) => writeln!(
            out,
            "\nElusion: {} of {} reviewed items without findings hold personal data: {}.\nOf {} such items that is {}.",
            elusion.missed,
            elusion.reviewed,
            percent(elusion.share).trim_start(),
            elusion.items,
            number(elusion.missed_items)
        )?,
        None => writeln!(out, "\nElusion: no item without findings was reviewed.")?,
    }
    if quality.findings > 0 {
        writeln!(
            out,
            "Findings: {} of {} are none, {} were missed. No interval: findings of one item depend on each other.",
            quality.wrong_findings, quality.findings, quality.missed_findings
        )?;
    }
    writeln!(out, "\nKept in the case; `breachscope report` shows it.")?;
    Ok(())
}
