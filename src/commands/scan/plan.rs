//! What a scan will do, once the case has numbered its sources and made its keys.

use crate::ledger::{Case, Writer};
use crate::pipeline::{SealKey, Setup};
use crate::settings::{Listing, ScanSettings};
use anyhow::{Context as _, Result};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// One source: its index in the case, its root, and where its walk starts (a single file is walked from its folder).
#[derive(Debug)]
pub(super) struct Start {
    pub(super) source: u16,
    pub(super) root: PathBuf,
    pub(super) at: PathBuf,
}

/// What a scan will do.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    pub(super) listing: &'a Listing,
    pub(super) starts: Vec<Start>,
    pub(super) setup: Arc<Setup>,
    pub(super) deadline: Duration,
    pub(super) jobs: usize,
    pub(super) is_isolated: bool,
    /// Test hook: the process aborts after this many records.
    pub(super) abort_after: Option<u64>,
}

impl<'a> Plan<'a> {
    pub(super) fn new(
        settings: &'a ScanSettings,
        case: &Case,
        writer: &mut Writer,
        run: u32,
        key: [u8; 32],
    ) -> Result<Self> {
        let starts = starts(&settings.listing.sources, writer)?;
        let examination = &settings.examination;
        let mut sources = vec![Vec::new(); starts.iter().map(|start| usize::from(start.source) + 1).max().unwrap_or(0)];
        for start in &starts {
            if let Some(root) = sources.get_mut(usize::from(start.source)) {
                *root = start.root.as_os_str().as_bytes().to_vec();
            }
        }
        let limits = &examination.limits;
        Ok(Self {
            listing: &settings.listing,
            starts,
            deadline: Duration::from_secs(limits.worker_seconds),
            jobs: settings.jobs,
            is_isolated: settings.is_isolated,
            abort_after: std::env::var("BREACHSCOPE_TEST_STOP_AT").ok().and_then(|text| text.parse().ok()),
            setup: Arc::new(Setup {
                limits: limits.clone(),
                extract: examination.extract.clone(),
                detect: examination.detect.clone(),
                rules: examination.rules.clone(),
                models: examination.models.clone(),
                key,
                seal: settings.seal_to.as_ref().map(|to| seal(case, run, to)).transpose()?,
                ocr: examination.ocr,
                tools: examination.tools(),
                group_faces: false,
                sources,
            }),
        })
    }
}

fn starts(sources: &[PathBuf], writer: &mut Writer) -> Result<Vec<Start>> {
    let root = |source: &PathBuf| match source.parent() {
        Some(parent) if !source.is_dir() => parent.to_owned(),
        _ => source.clone(),
    };
    let roots: Vec<PathBuf> = sources.iter().map(root).collect();
    let keys: Vec<Vec<u8>> = roots.iter().map(|root| root.as_os_str().as_bytes().to_vec()).collect();
    let indexes = writer.sources(&keys)?;
    let starts = indexes.into_iter().zip(roots).zip(sources);
    Ok(starts.map(|((source, root), at)| Start { source, root, at: Path::to_owned(at) }).collect())
}

/// Draws the run's data key and keeps it in the case, encrypted to the recipient: this process forgets it at its end.
fn seal(case: &Case, run: u32, recipient: &age::x25519::Recipient) -> Result<SealKey> {
    let mut key = [0; 32];
    getrandom::fill(&mut key).map_err(|error| anyhow::anyhow!("the system gives no random numbers: {error}"))?;
    let sealed = age::encrypt(recipient, &key).context("the data key cannot be encrypted to the recipient")?;
    case.write_seal(run, &sealed)?;
    Ok(SealKey { run, key })
}
