//! `breachscope examine`: a manifest of items in, records out. The same examination as a scan's, as a filter that a
//! batch system or an engine runs over a part of a leak; what it runs in is expected to isolate tasks as well.

use crate::cli::{ExamineArgs, Shared};
use crate::isolation::Worker;
use crate::pipeline::Setup;
use crate::settings::Examination;
use crate::source::{Filter, PathList, Source as _};
use anyhow::{Context as _, Result};
use serde::Deserialize;
use std::fs::File;
use std::io::{self, BufRead as _, BufWriter, Cursor, Read as _, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// One line of the manifest.
#[derive(Debug, Deserialize)]
struct Line {
    /// The path below the root.
    path: String,
    /// The same in hexadecimal, where it is not UTF-8; it wins.
    path_hex: Option<String>,
}

pub(super) fn run(args: &ExamineArgs, shared: &Shared) -> Result<u8> {
    let examination = Examination::new(&args.examine, shared)?;
    let root = std::fs::canonicalize(&args.root)
        .with_context(|| format!("the root {} cannot be opened", args.root.display()))?;
    let deadline = Duration::from_secs(examination.limits.worker_seconds);
    let setup = Setup {
        tools: examination.tools(),
        limits: examination.limits,
        extract: examination.extract,
        detect: examination.detect,
        rules: examination.rules,
        models: examination.models,
        key: key(args.key.as_deref())?,
        seal: None,
        ocr: examination.ocr,
        group_faces: false,
        sources: vec![root.as_os_str().as_bytes().to_vec()],
    };
    let mut worker = Worker::start(Arc::new(setup), deadline, Arc::default())?;
    let filter = Filter::default();
    let mut out = BufWriter::new(io::stdout().lock());
    for (line, number) in io::stdin().lock().lines().zip(1_u64..) {
        let line = line.context("the manifest cannot be read")?;
        let line: Line = serde_json::from_str(&line).with_context(|| format!("line {number} of the manifest"))?;
        let mut entries = Vec::new();
        let paths = Cursor::new(bytes(&line).with_context(|| format!("line {number} of the manifest"))?);
        PathList { source: 0, root: root.clone(), paths, separator: 0, filter: &filter }
            .list(&mut |entry| {
                entries.push(entry);
                true
            })
            .with_context(|| format!("line {number} of the manifest"))?;
        for entry in &entries {
            writeln!(out, "{}", serde_json::to_string(&worker.examine(entry)?)?)?;
        }
    }
    out.flush()?;
    Ok(0)
}

fn bytes(line: &Line) -> Result<Vec<u8>> {
    match &line.path_hex {
        Some(hex) => Ok(data_encoding::HEXLOWER_PERMISSIVE.decode(hex.as_bytes())?),
        None => Ok(line.path.clone().into_bytes()),
    }
}

fn key(file: Option<&Path>) -> Result<[u8; 32]> {
    let mut key = [0; 32];
    match file {
        Some(path) => {
            let read = File::open(path).and_then(|mut file| file.read_exact(&mut key));
            read.with_context(|| format!("the key {} must hold 32 bytes", path.display()))?;
        }
        None => getrandom::fill(&mut key).map_err(|error| anyhow::anyhow!("no random numbers: {error}"))?,
    }
    Ok(key)
}
