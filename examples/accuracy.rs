//! Accuracy of detection on labelled texts, as the tables of `docs/accuracy.md`.
//!
//! ```text
//! cargo run --release --example accuracy -- FOLDER > docs/accuracy.md
//! ```
//!
//! The folder holds JSON lines, plain (`*.jsonl`) or compressed (`*.jsonl.gz`), one labelled text a line:
//! `{"text", "annotated": [type], "spans": [{"start", "end", "type", "weak"?}], "lang"?, "region"?}`. Positions are code
//! points, the end is exclusive. Only types listed in a text's `annotated` are judged there. A finding is right where a
//! label of its type covers it by at least half of the longer of the two; each label counts once. Labels marked `weak`
//! are neither required nor punished.

use anyhow::{Context as _, Result};
use breachscope::detect::{DetectOptions, Detector, Span};
use breachscope::rules::RuleFiles;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

#[derive(Deserialize)]
struct Sample {
    text: String,
    #[serde(default)]
    annotated: BTreeSet<String>,
    #[serde(default)]
    spans: Vec<Label>,
    lang: Option<String>,
    region: Option<String>,
}

#[derive(Deserialize)]
struct Label {
    start: u32,
    end: u32,
    r#type: String,
    #[serde(default)]
    weak: bool,
}

/// Labels, findings, and findings that are right.
#[derive(Default, Clone, Copy)]
struct Score {
    labels: usize,
    found: usize,
    right: usize,
}

impl Score {
    fn add(&mut self, other: Self) {
        self.labels += other.labels;
        self.found += other.found;
        self.right += other.right;
    }

    /// Precision, recall, F1.
    fn shares(self) -> (f64, f64, f64) {
        let share = |part: usize, whole: usize| if whole == 0 { 0.0 } else { part as f64 / whole as f64 };
        let (precision, recall) = (share(self.right, self.found), share(self.right, self.labels));
        let sum = precision + recall;
        (precision, recall, if sum > 0.0 { 2.0 * precision * recall / sum } else { 0.0 })
    }
}

/// Lower borders of the bands of stated confidence, in thousandths.
const BANDS: [u16; 10] = [0, 300, 400, 500, 600, 700, 800, 850, 900, 950];

#[derive(Default)]
struct Tables {
    sets: Vec<(String, usize, Score, Score)>,
    kinds: BTreeMap<String, Score>,
    bands: BTreeMap<u16, (usize, usize)>,
}

/// Kinds of data that a breach notice counts; the second column of the first table is over these alone.
const CORE: [&str; 18] = [
    "person_name",
    "email",
    "phone",
    "postal_address",
    "postcode",
    "date_of_birth",
    "date",
    "national_id",
    "social_security",
    "tax_id",
    "health_id",
    "patient_id",
    "professional_id",
    "passport",
    "driving_licence",
    "iban",
    "bic",
    "payment_card",
];

fn main() -> Result<()> {
    let folder = std::env::args_os().nth(1).map(PathBuf::from).context("give the folder of the labelled texts")?;
    let detector = Detector::new(&RuleFiles::embedded(), &DetectOptions::default())?;
    let mut tables = Tables::default();
    for path in sets(&folder)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let name = name.split('.').next().unwrap_or_default().to_owned();
        measure(&path, name, &detector, &mut tables).with_context(|| path.display().to_string())?;
    }
    write(&tables, &mut io::stdout().lock())?;
    Ok(())
}

/// The files of labelled texts, in order of name.
fn sets(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        let name = path.to_string_lossy();
        if name.ends_with(".jsonl") || name.ends_with(".jsonl.gz") {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

fn lines(path: &Path) -> Result<Box<dyn BufRead>> {
    let file = std::fs::File::open(path)?;
    Ok(if path.extension().is_some_and(|extension| extension == "gz") {
        Box::new(BufReader::new(flate2::read::GzDecoder::new(file)))
    } else {
        Box::new(BufReader::new(file))
    })
}

fn measure(path: &Path, name: String, detector: &Detector, tables: &mut Tables) -> Result<()> {
    let (mut all, mut core, mut count) = (Score::default(), Score::default(), 0);
    for line in lines(path)?.lines() {
        let text: Sample = serde_json::from_str(&line?).with_context(|| format!("line {}", count + 1))?;
        count += 1;
        let found = detector.spans(&text.text, text.lang.as_deref(), text.region.as_deref());
        for kind in &text.annotated {
            let score = judge(&text, kind, &found, &mut tables.bands);
            tables.kinds.entry(kind.clone()).or_default().add(score);
            all.add(score);
            if CORE.contains(&kind.as_str()) {
                core.add(score);
            }
        }
    }
    tables.sets.push((name, count, all, core));
    Ok(())
}

/// Judges the findings of one kind in one text.
fn judge(text: &Sample, kind: &str, found: &[Span], bands: &mut BTreeMap<u16, (usize, usize)>) -> Score {
    let labels: Vec<&Label> = text.spans.iter().filter(|label| label.r#type == kind && !label.weak).collect();
    let weak: Vec<&Label> = text.spans.iter().filter(|label| label.r#type == kind && label.weak).collect();
    let found: Vec<&Span> = found.iter().filter(|span| span.kind.name() == kind).collect();
    let mut pairs = Vec::new();
    for (number, span) in found.iter().enumerate() {
        for (place, label) in labels.iter().enumerate() {
            let (shared, longer) = overlap(span, label);
            if shared > 0 && 2 * shared >= longer {
                pairs.push((f64::from(shared) / f64::from(longer), number, place));
            }
        }
    }
    pairs.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
    let (mut right, mut taken) = (BTreeSet::new(), BTreeSet::new());
    for (_, number, place) in pairs {
        if !right.contains(&number) && taken.insert(place) {
            right.insert(number);
        }
    }
    let mut score = Score { labels: labels.len(), found: 0, right: right.len() };
    for (number, span) in found.iter().enumerate() {
        let is_right = right.contains(&number);
        let is_weak = weak.iter().any(|label| 2 * overlap(span, label).0 >= span.end - span.start);
        if is_right || !is_weak {
            score.found += 1;
            let milli = span.score.as_milli();
            let band = BANDS.iter().rev().find(|low| **low <= milli).copied().unwrap_or_default();
            let band = bands.entry(band).or_default();
            band.0 += 1;
            band.1 += usize::from(is_right);
        }
    }
    score
}

/// Code points that both share, and the length of the longer.
fn overlap(span: &Span, label: &Label) -> (u32, u32) {
    let shared = span.end.min(label.end).saturating_sub(span.start.max(label.start));
    (shared, (span.end - span.start).max(label.end.saturating_sub(label.start)))
}

fn write(tables: &Tables, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "# Accuracy of detection\n")?;
    writeln!(
        out,
        "Written by `cargo run --release --example accuracy -- FOLDER > docs/accuracy.md`; the example says"
    )?;
    writeln!(
        out,
        "what a right finding is. Texts and labels are others' (their sources are in the data's own README)."
    )?;
    writeln!(out, "The sets were looked at while rules were written, so expect a little less on texts never seen.\n")?;
    writeln!(out, "## By set\n")?;
    writeln!(
        out,
        "| set | texts | labels | precision | recall | F1 | core labels | core precision | core recall | core F1 |"
    )?;
    writeln!(out, "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|")?;
    for (name, count, all, core) in &tables.sets {
        let ((p, r, f), (cp, cr, cf)) = (all.shares(), core.shares());
        writeln!(
            out,
            "| {name} | {count} | {} | {p:.3} | {r:.3} | {f:.3} | {} | {cp:.3} | {cr:.3} | {cf:.3} |",
            all.labels, core.labels
        )?;
    }
    writeln!(out, "\nCore kinds: {}.\n", CORE.join(", "))?;
    writeln!(out, "## By kind\n")?;
    writeln!(out, "| kind | labels | findings | precision | recall | F1 |\n|---|--:|--:|--:|--:|--:|")?;
    for (kind, score) in &tables.kinds {
        let (p, r, f) = score.shares();
        writeln!(out, "| {kind} | {} | {} | {p:.3} | {r:.3} | {f:.3} |", score.labels, score.found)?;
    }
    writeln!(out, "\n## Calibration\n")?;
    writeln!(out, "Of the findings whose stated confidence lies in a band, the share that is right.\n")?;
    writeln!(out, "| stated | findings | right |\n|---|--:|--:|")?;
    for (at, low) in BANDS.iter().enumerate() {
        let high = BANDS.get(at + 1).copied().unwrap_or(1000);
        let Some((count, right)) = tables.bands.get(low) else { continue };
        let share = *right as f64 / *count as f64;
        writeln!(out, "| {:.2} to {:.2} | {count} | {share:.3} |", f64::from(*low) / 1e3, f64::from(high) / 1e3)?;
    }
    Ok(())
}
