//! `breachscope export`: a case's rows for other programs, in the order of locators.

use super::custody;
use super::rows::{self, Fields};
use crate::cli::{ExportArgs, Format, Table};
use crate::ledger::{Case, Ledger};
use crate::model::{Finding, Record};
use crate::settings;
use anyhow::{Context as _, Result};
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use clap::ValueEnum as _;
use serde_json::json;
use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};
use std::path::Path;

pub(super) fn run(args: &ExportArgs) -> Result<u8> {
    let case = Case::open(&args.case)?;
    let ledger = Ledger::open(&case)?;
    let sources: Vec<String> =
        ledger.sources()?.iter().map(|root| String::from_utf8_lossy(root).into_owned()).collect();
    let seals = args.identity.as_deref().map(|identity| Seals::open(&case, identity)).transpose()?;
    let open = |found: &Finding| seals.as_ref().and_then(|seals| seals.value(found));
    let what = args.table.to_possible_value().map(|table| table.get_name().to_owned());
    custody::note(&case, "exported", json!({ "table": what, "in_clear": args.identity.is_some() }))?;
    let mut out = Out::new(args, BufWriter::new(io::stdout().lock()))?;
    ledger.records(|record: Record| -> Result<()> {
        match args.table {
            Table::Files => out.row(&rows::file(&record, &sources, &open)),
            Table::Items => record.walk().try_for_each(|item| out.row(&rows::item(item, &sources, &open))),
            Table::Findings => record.walk().try_for_each(|item| {
                item.findings.iter().try_for_each(|found| out.row(&rows::finding(item, found, &open)))
            }),
        }
    })?;
    out.end()?;
    Ok(0)
}

/// Where rows go.
enum Out<W: Write> {
    Jsonl(W),
    Csv(Box<csv::Writer<W>>, &'static [&'static str]),
}

impl<W: Write> Out<W> {
    fn new(args: &ExportArgs, to: W) -> Result<Self> {
        match args.format {
            Format::Jsonl => Ok(Self::Jsonl(to)),
            Format::Csv => {
                let columns = rows::columns(args.table);
                let mut writer = csv::Writer::from_writer(to);
                writer.write_record(columns).map_err(io::Error::from)?;
                Ok(Self::Csv(Box::new(writer), columns))
            }
        }
    }

    fn row(&mut self, row: &Fields) -> Result<()> {
        match self {
            Self::Jsonl(to) => writeln!(to, "{}", rows::json_line(row))?,
            Self::Csv(writer, columns) => {
                let cells = columns.iter().map(|column| rows::csv_cell(row.get(*column)));
                writer.write_record(cells).map_err(io::Error::from)?;
            }
        }
        Ok(())
    }

    fn end(self) -> io::Result<()> {
        match self {
            Self::Jsonl(mut to) => to.flush(),
            Self::Csv(mut writer, _) => writer.flush(),
        }
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
