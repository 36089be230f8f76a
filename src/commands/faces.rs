//! `breachscope faces`: how many different people the photos of a case show, by comparing faces. Only on request, with a
//! model of the user's, and with nothing left of it but counts: descriptions of faces are biometric data.

use super::{audit, exit};
use crate::classify::picture::faces::{DETECTOR_FILES, EMBEDDING_FILES};
use crate::cli::{FacesArgs, Shared};
use crate::isolation::Worker;
use crate::ledger::{Case, Ledger};
use crate::model::{FaceEmbedding, FaceGroups, Family, Hashes, Item, Record};
use crate::pipeline::Setup;
use crate::progress::{Event, Progress};
use crate::resolve::{Alike, DISTANCE};
use crate::settings::{models_folder, processors};
use crate::source::Entry;
use anyhow::{Context as _, Result, bail};
use crossbeam_channel::{Receiver, Sender, bounded};
use serde_json::json;
use std::collections::{BTreeMap, HashSet};
use std::io::{self, Write};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

/// Pictures that wait for a worker.
const WAITING: usize = 64;

/// A picture to look at again, in the order of the ledger.
struct Task {
    number: u64,
    entry: Entry,
    hashes: Hashes,
}

/// What a worker answers: faces of a picture, or `None` where it could not be read or is another than was scanned.
type Answer = Result<(u64, Option<Vec<FaceEmbedding>>)>;

pub(super) fn run(args: &FacesArgs, shared: &Shared) -> Result<u8> {
    let case = Case::open(&args.case)?;
    let _lock = case.lock()?;
    let ledger = Ledger::open(&case)?;
    let models = models_folder(args.models.models.as_deref())?;
    // The detector of now, whichever the scan had.
    let detector = DETECTOR_FILES.iter().find(|file| models.join(file.file_name).is_file());
    let detector = detector.map_or("", |file| file.model);
    let mut setup = Setup::for_rules(None);
    setup.models = Some(models);
    setup.sources = ledger.sources()?;
    setup.group_faces = true;
    let progress = Progress::new(!shared.quiet && !shared.no_progress && shared.verbose == 0);
    let jobs = args.jobs.filter(|jobs| *jobs > 0).unwrap_or_else(processors);
    let groups = group(&ledger, &Arc::new(setup), jobs, &progress);
    progress.end();
    let groups = FaceGroups { detector: detector.to_owned(), ..groups? };
    if groups.pictures > 0 && groups.unread == groups.pictures {
        bail!(
            "none of the {} pictures with a face could be read again; is the leak where it was scanned? \
             Nothing was changed in the case",
            groups.pictures
        );
    }
    case.keep_face_groups(&groups)?;
    audit::note(&case, "faces_grouped", json!({ "pictures": groups.pictures, "groups": groups.groups }))?;
    if !shared.quiet {
        print(&groups, &mut io::stdout().lock())?;
    }
    Ok(if groups.unread > 0 { exit::UNREADABLE } else { 0 })
}

fn group(ledger: &Ledger, setup: &Arc<Setup>, jobs: usize, progress: &Progress) -> Result<FaceGroups> {
    let deadline = Duration::from_secs(setup.limits.worker_seconds);
    // Started here, so that a model that is missing is told once and before anything is read.
    let workers = (0..jobs).map(|_| Worker::start(Arc::clone(setup), deadline, Arc::default()));
    let workers = workers.collect::<Result<Vec<Worker>, _>>()?;
    let (to_workers, tasks) = bounded::<Task>(WAITING);
    let (to_groups, answers) = bounded::<Answer>(WAITING);
    let mut found = FaceGroups {
        generation: ledger.generation()?,
        model: EMBEDDING_FILES.first().map_or("", |file| file.model).to_owned(),
        distance_milli: (DISTANCE * 1000.0) as u16,
        ..FaceGroups::default()
    };
    thread::scope(|scope| {
        for worker in workers {
            let (tasks, to_groups) = (tasks.clone(), to_groups.clone());
            scope.spawn(move || look(worker, &tasks, &to_groups));
        }
        drop((tasks, to_groups));
        let grouping = scope.spawn(move || compare(&answers, progress));
        let listed = list(ledger, &to_workers, &mut found, progress);
        drop(to_workers);
        let grouped = grouping.join().map_err(|_| anyhow::anyhow!("the comparison panicked"))?;
        let (alike, unread) = grouped?;
        listed?;
        let groups = alike.finish();
        (found.faces, found.groups, found.single) = (groups.faces + groups.left_out, groups.groups, groups.single);
        (found.largest, found.left_out, found.unread) = (groups.largest, groups.left_out, unread);
        Ok(found)
    })
}

/// Sends every different picture with a face to the workers.
fn list(ledger: &Ledger, to: &Sender<Task>, found: &mut FaceGroups, progress: &Progress) -> Result<()> {
    let mut seen: HashSet<u64> = HashSet::new();
    let shows_face = |record: &Record| {
        let faces = record.facts.image.as_ref().map_or(0, |image| image.faces);
        record.media.family() == Family::Picture && faces > 0
    };
    ledger.records::<anyhow::Error>(|record| {
        found.in_containers += record.walk().skip(1).filter(|member| shows_face(member)).count() as u64;
        let Some(hashes) = record.hashes.filter(|_| shows_face(&record)) else { return Ok(()) };
        if !seen.insert(hashes.blake3.first_chunk().map_or(0, |first| u64::from_le_bytes(*first))) {
            return Ok(());
        }
        let item = Item {
            locator: record.locator,
            size: record.size,
            modified_ms: record.modified_ms,
            inode: None,
            changed_ns: None,
        };
        let task = Task { number: found.pictures, entry: Entry { item, fault: None }, hashes };
        found.pictures += 1;
        progress.send(Event::Listed);
        // Where nobody listens any more, a worker was lost; its answer tells why.
        to.send(task).map_err(|_| anyhow::anyhow!("the workers were lost"))
    })?;
    progress.send(Event::ListingEnded);
    Ok(())
}

fn look(mut worker: Worker, tasks: &Receiver<Task>, to: &Sender<Answer>) {
    for Task { number, entry, hashes } in tasks {
        let answer = worker
            .examine_with_faces(&entry)
            .map(|(record, faces)| (number, (record.hashes == Some(hashes)).then_some(faces)))
            .context("a worker was lost");
        let is_lost = answer.is_err();
        if to.send(answer).is_err() || is_lost {
            break;
        }
    }
}

/// Groups faces in the order of the ledger, whoever answered first, so that the same case has the same groups.
fn compare(answers: &Receiver<Answer>, progress: &Progress) -> Result<(Alike, u64)> {
    let (mut alike, mut unread, mut next) = (Alike::default(), 0, 0);
    let mut early: BTreeMap<u64, Option<Vec<FaceEmbedding>>> = BTreeMap::new();
    for answer in answers {
        let (number, faces) = answer?;
        early.insert(number, faces);
        progress.send(Event::Compared);
        while let Some(faces) = early.remove(&next) {
            unread += u64::from(faces.is_none());
            faces.iter().flatten().for_each(|face| alike.add(face));
            next += 1;
        }
    }
    Ok((alike, unread))
}

fn print(groups: &FaceGroups, out: &mut impl Write) -> Result<()> {
    let FaceGroups { pictures, faces, single, largest, .. } = groups;
    writeln!(out, "{pictures} different pictures with a face, {faces} faces large enough to compare")?;
    writeln!(out, "{} groups of alike faces: {single} of one face, the largest of {largest}", groups.groups)?;
    for (count, words) in [
        (groups.left_out, "faces were left out: there was no room for more groups"),
        (groups.unread, "pictures could not be read again, or are not those that were scanned"),
        (groups.in_containers, "pictures with a face lie in containers and were not compared"),
    ] {
        if count > 0 {
            writeln!(out, "{count} {words}")?;
        }
    }
    writeln!(out, "\nAn estimate of how many people are shown, not who they are: no description of a face was kept.")?;
    writeln!(out, "`breachscope report` shows it from now on.")?;
    Ok(())
}
