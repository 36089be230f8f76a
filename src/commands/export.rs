//! `breachscope export`: a case for other programs: its rows, its manifests, the incident in their vocabularies.

use super::report::CaseEvidence;
use super::rows::{self, Fields};
use super::{audit, custody, parquet};
use crate::cli::{ExportArgs, Format, Shared, Table};
use crate::ledger::{Case, Ledger};
use crate::model::{Finding, Record};
use crate::report::exchange;
use crate::rules::notify::Vocabulary;
use crate::settings::{self, ReportSettings};
use anyhow::{Context as _, Result, bail};
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use clap::ValueEnum as _;
use serde_json::json;
use std::collections::BTreeMap;
use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::path::Path;

pub(super) fn run(args: &ExportArgs, shared: &Shared) -> Result<u8> {
    let case = Case::open(&args.case)?;
    let ledger = Ledger::open(&case)?;
    let has_rows = matches!(args.format, Format::Jsonl | Format::Csv | Format::Parquet);
    if !has_rows && (args.table.is_some() || args.identity.is_some()) {
        bail!("--table and --identity go with --format jsonl, csv and parquet");
    }
    if args.format == Format::Parquet && io::stdout().is_terminal() {
        bail!("Parquet is not for a terminal; write it into a file: breachscope export CASE --format parquet > FILE");
    }
    let format = args.format.to_possible_value().map(|format| format.get_name().to_owned());
    audit::note(&case, "exported", json!({ "format": format, "in_clear": args.identity.is_some() }))?;
    match args.format {
        Format::Jsonl | Format::Csv | Format::Parquet => rows_of(args, &case, &ledger)?,
        Format::Hashdeep => custody::hashdeep(&ledger, &mut BufWriter::new(io::stdout().lock()))?,
        Format::Veris | Format::Dpv | Format::Bagit => papers(args, shared, &case, &ledger)?,
    }
    Ok(0)
}

/// What needs the case summed up.
fn papers(args: &ExportArgs, shared: &Shared, case: &Case, ledger: &Ledger) -> Result<()> {
    let files = settings::rule_files(args.rules.as_deref())?;
    let settings =
        ReportSettings { incident: args.incident.clone(), rules: args.rules.clone(), ..ReportSettings::default() };
    let gathered = CaseEvidence::gather(case, ledger, &files, &settings)?;
    let evidence = gathered.evidence();
    if let (Format::Bagit, Some(folder)) = (args.format, &args.into) {
        let (written, left_out) = custody::bagit(ledger, evidence.about, folder)?;
        return told(&written, left_out, shared);
    }
    let vocabulary = Vocabulary::load(&files)?;
    let record = match args.format {
        Format::Veris => exchange::veris(&evidence, &vocabulary)?,
        _ => exchange::dpv(&evidence, &vocabulary),
    };
    let mut out = BufWriter::new(io::stdout().lock());
    exchange::write(&record, &mut out)?;
    Ok(out.flush()?)
}

fn told(written: &[std::path::PathBuf], left_out: custody::LeftOut, shared: &Shared) -> Result<()> {
    if !shared.quiet {
        let mut out = io::stdout().lock();
        for path in written {
            writeln!(out, "{}", path.display())?;
        }
    }
    if left_out != custody::LeftOut::default() {
        let custody::LeftOut { unread, unnameable } = left_out;
        writeln!(
            io::stderr(),
            "left out of the bag: {unread} files that were not read whole, {unnameable} whose names a bag cannot hold"
        )?;
    }
    Ok(())
}

fn rows_of(args: &ExportArgs, case: &Case, ledger: &Ledger) -> Result<()> {
    let table = args.table.unwrap_or(Table::Files);
    let sources: Vec<String> =
        ledger.sources()?.iter().map(|root| String::from_utf8_lossy(root).into_owned()).collect();
    let seals = args.identity.as_deref().map(|identity| Seals::open(case, identity)).transpose()?;
    let open = |found: &Finding| seals.as_ref().and_then(|seals| seals.value(found));
    let mut out = Out::new(args.format, table, BufWriter::new(io::stdout()))?;
    ledger.records(|record: Record| -> Result<()> {
        match table {
            Table::Files => out.row(rows::file(&record, &sources, &open)),
            Table::Items => record.walk().try_for_each(|item| out.row(rows::item(item, &sources, &open))),
            Table::Findings => record.walk().try_for_each(|item| {
                item.findings.iter().try_for_each(|found| out.row(rows::finding(item, found, &open)))
            }),
        }
    })?;
    out.end()
}

/// Where rows go.
enum Out<W: Write + Send> {
    Jsonl(W),
    Csv(Box<csv::Writer<W>>, &'static [&'static str]),
    Parquet(Box<parquet::Rows<W>>),
}

impl<W: Write + Send> Out<W> {
    fn new(format: Format, table: Table, to: W) -> Result<Self> {
        match format {
            Format::Csv => {
                let columns = rows::columns(table);
                let mut writer = csv::Writer::from_writer(to);
                writer.write_record(columns).map_err(io::Error::from)?;
                Ok(Self::Csv(Box::new(writer), columns))
            }
            Format::Parquet => Ok(Self::Parquet(Box::new(parquet::Rows::new(rows::columns(table), to)?))),
            _ => Ok(Self::Jsonl(to)),
        }
    }

    fn row(&mut self, row: Fields) -> Result<()> {
        match self {
            Self::Jsonl(to) => writeln!(to, "{}", rows::json_line(&row))?,
            Self::Csv(writer, columns) => {
                let cells = columns.iter().map(|column| rows::csv_cell(row.get(*column)));
                writer.write_record(cells).map_err(io::Error::from)?;
            }
            Self::Parquet(rows) => rows.row(row)?,
        }
        Ok(())
    }

    fn end(self) -> Result<()> {
        match self {
            Self::Jsonl(mut to) => to.flush()?,
            Self::Csv(mut writer, _) => writer.flush()?,
            Self::Parquet(rows) => rows.end()?,
        }
        Ok(())
    }
}

/// The data keys of a case's runs, opened with the recipient's identity.
pub(super) struct Seals {
    ciphers: BTreeMap<u32, XChaCha20Poly1305>,
}

impl Seals {
    pub(super) fn open(case: &Case, identity: &Path) -> Result<Self> {
        let identity = identity_in(identity)?;
        let mut ciphers = BTreeMap::new();
        for (run, sealed) in case.seals()? {
            // A run may be sealed to somebody else; its values stay closed.
            let Ok(key) = age::decrypt(&identity, &sealed) else { continue };
            if let Ok(cipher) = XChaCha20Poly1305::new_from_slice(&key) {
                ciphers.insert(run, cipher);
            }
        }
        if ciphers.is_empty() {
            anyhow::bail!("no values of this case are sealed to that identity; `scan --seal-to` names the recipient");
        }
        Ok(Self { ciphers })
    }

    /// The clear value. Layout: run (u32, little endian), nonce (24 bytes), ciphertext with the kind's name bound to it.
    pub(super) fn value(&self, found: &Finding) -> Option<String> {
        let (run, rest) = found.sealed.as_ref()?.0.split_first_chunk::<4>()?;
        let (nonce, ciphertext) = rest.split_first_chunk::<24>()?;
        let cipher = self.ciphers.get(&u32::from_le_bytes(*run))?;
        let payload = Payload { msg: ciphertext, aad: found.kind.name().as_bytes() };
        let value = cipher.decrypt(&XNonce::from(*nonce), payload).ok()?;
        String::from_utf8(value).ok()
    }
}

/// The first secret key of an age identity file.
fn identity_in(path: &Path) -> Result<age::x25519::Identity> {
    let text = settings::read_config(path).with_context(|| format!("the identity {}", path.display()))?;
    let key = text.lines().map(str::trim).find(|line| line.starts_with("AGE-SECRET-KEY-"));
    let key = key.with_context(|| format!("{} holds no age secret key", path.display()))?;
    key.parse().map_err(|why| anyhow::anyhow!("{} holds no usable age secret key: {why}", path.display()))
}
