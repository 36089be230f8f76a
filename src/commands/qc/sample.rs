//! Drawing the sample. An item's place in the draw is a hash of the seed and its id, so that the same seed draws the same
//! items from the same case, whatever the order, and memory holds the drawn items only.

use super::{ANSWERS, DRAWN, Drawn, DrawnItem, PAGE, page};
use crate::cli::QcSampleArgs;
use crate::commands::{audit, rows};
use crate::ledger::{Case, Ledger, LedgerError};
use crate::model::{Class, Record};
use anyhow::{Context as _, Result};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

/// Columns of the answer sheet. A reviewer fills the last three.
const COLUMNS: [&str; 9] =
    ["n", "id", "path", "drawn_for", "class", "findings", "right_class", "wrong_findings", "missed_findings"];

/// The items with the lowest numbers of one draw.
#[derive(Default)]
struct Draw(BTreeSet<([u8; 8], String)>);

impl Draw {
    fn offer(&mut self, number: [u8; 8], id: &str, size: usize) {
        self.0.insert((number, id.to_owned()));
        if self.0.len() > size {
            self.0.pop_last();
        }
    }

    fn has(&self, number: [u8; 8], id: &str) -> bool {
        self.0.contains(&(number, id.to_owned()))
    }
}

fn number(seed: u64, draw: &str, id: &str) -> [u8; 8] {
    let hash = blake3::hash(format!("{seed} {draw} {id}").as_bytes());
    hash.as_bytes().first_chunk().copied().unwrap_or_default()
}

/// The class that reports count an item in.
fn class_of(item: &Record) -> Class {
    item.verdict.as_ref().map_or(Class::Other, |verdict| verdict.class)
}

pub(super) fn run(args: &QcSampleArgs) -> Result<u8> {
    let case = Case::open(&args.case)?;
    let ledger = Ledger::open(&case)?;
    let size = args.per_class.max(1);
    let (mut of_class, mut silent) = (BTreeMap::<Class, Draw>::new(), Draw::default());
    let mut drawn =
        Drawn { seed: args.seed, per_class: size as u64, classes: BTreeMap::new(), silent: 0, items: BTreeMap::new() };
    ledger.records(|record| {
        for item in record.walk() {
            let (class, id) = (class_of(item), item.id.clone());
            *drawn.classes.entry(class).or_default() += 1;
            of_class.entry(class).or_default().offer(number(args.seed, class.name(), &id), &id, size);
            if item.findings.is_empty() {
                drawn.silent += 1;
                silent.offer(number(args.seed, "silent", &id), &id, size);
            }
        }
        Ok::<_, LedgerError>(())
    })?;
    let mut cards = Vec::new();
    ledger.records(|record: Record| -> Result<()> {
        for item in record.walk() {
            let (class, id) = (class_of(item), item.id.clone());
            let is_of_class =
                of_class.get(&class).is_some_and(|draw| draw.has(number(args.seed, class.name(), &id), &id));
            let is_silent = item.findings.is_empty() && silent.has(number(args.seed, "silent", &id), &id);
            if is_of_class || is_silent {
                cards.push(page::Card::of(item, class, is_of_class, is_silent, args.show_paths));
                let findings = item.findings.len() as u64;
                drawn.items.insert(id, DrawnItem { class, is_of_class, is_silent, findings });
            }
        }
        Ok(())
    })?;
    cards.sort_by(|a, b| (a.class, &a.id).cmp(&(b.class, &b.id)));
    let facts = json!({ "items": cards.len(), "seed": args.seed, "per_class": size, "with_paths": args.show_paths });
    audit::note(&case, "sample_drawn", facts)?;
    let folder = args.out.clone().unwrap_or_else(|| case.folder().join("qc"));
    DirBuilder::new().recursive(true).mode(0o700).create(&folder).with_context(|| folder.display().to_string())?;
    write_sheet(&folder, &cards)?;
    let html = page::render(&cards, args.seed)?;
    fresh(&folder.join(PAGE))?.write_all(html.as_bytes())?;
    serde_json::to_writer_pretty(fresh(&folder.join(DRAWN))?, &drawn)?;
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "{} items drawn with seed {}, up to {size} of each class and of those without findings.",
        cards.len(),
        args.seed
    )?;
    writeln!(out, "Review  {}", folder.join(PAGE).display())?;
    writeln!(out, "Answers {}", folder.join(ANSWERS).display())?;
    writeln!(out, "Then    breachscope qc score {} {}", args.case.display(), folder.join(ANSWERS).display())?;
    Ok(0)
}

/// A file for its owner alone. A sheet that somebody may have filled is never written over.
fn fresh(path: &Path) -> Result<File> {
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    file.with_context(|| format!("{} cannot be made; name a new folder with --out", path.display()))
}

fn write_sheet(folder: &Path, cards: &[page::Card]) -> Result<()> {
    let mut sheet = csv::Writer::from_writer(fresh(&folder.join(ANSWERS))?);
    sheet.write_record(COLUMNS).map_err(io::Error::from)?;
    for (card, n) in cards.iter().zip(1_u64..) {
        let cells = [
            n.to_string(),
            card.id.clone(),
            card.path.clone().unwrap_or_default(),
            card.drawn_for(),
            card.class.name().to_owned(),
            card.findings.len().to_string(),
            String::new(),
            String::new(),
            String::new(),
        ];
        sheet
            .write_record(cells.iter().map(|cell| rows::csv_cell(Some(&cell.as_str().into()))))
            .map_err(io::Error::from)?;
    }
    sheet.flush()?;
    Ok(())
}
