//! `breachscope models`: which models are used and for what, and how to give the program better ones.

use crate::classify::picture::faces::{DETECTOR_FILES, EMBEDDING_FILES, ModelFile, read_model};
use crate::cli::ModelsCommand;
use crate::settings::models_folder;
use anyhow::{Context as _, Result, bail};
use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// Where the authors publish the detectors.
const DETECTORS: &str = "https://github.com/ShiqiYu/libfacedetection.train/tree/master/onnx";
/// Where the files of the model that describes faces are published.
const EMBEDDINGS: &str = "https://www.npmjs.com/package/@vladmandic/face-api (folder model)";

pub(super) fn run(command: &ModelsCommand) -> Result<u8> {
    match command {
        ModelsCommand::List(args) => list(&models_folder(args.models.as_deref())?),
        ModelsCommand::Add { file, folder } => add(file, &models_folder(folder.models.as_deref())?),
    }
}

fn list(folder: &Path) -> Result<u8> {
    let mut out = io::stdout().lock();
    writeln!(out, "models folder: {}\n\nTo find faces, in every scan:", folder.display())?;
    let mut is_used = false;
    for known in &DETECTOR_FILES {
        let state = match state(known, folder) {
            "installed" if is_used => "installed, and not used: the one above is",
            "installed" => {
                is_used = true;
                "used"
            }
            other => other,
        };
        print(known, state, &mut out)?;
    }
    let state_of_own = if is_used { "not used: a model above is" } else { "used" };
    writeln!(out, "seetaface    {:<46} {state_of_own}", "built in")?;
    writeln!(out, "\nTo compare faces, only by `breachscope faces`:")?;
    for known in &EMBEDDING_FILES {
        print(known, state(known, folder), &mut out)?;
    }
    if !is_used {
        writeln!(
            out,
            "\nYuNet finds more faces at less cost, and body photos are told apart far better with it. Its files (Apache-2.0) are at\n  {DETECTORS}"
        )?;
    }
    writeln!(out, "\nThe model that compares faces (MIT) is at\n  {EMBEDDINGS}")?;
    writeln!(out, "Download a file and run `breachscope models add FILE`.")?;
    Ok(0)
}

fn state(known: &ModelFile, folder: &Path) -> &'static str {
    match known.read_from(folder) {
        Ok(None) => "not installed",
        Ok(Some(_)) => "installed",
        Err(error) if error.kind() == io::ErrorKind::InvalidData => "refused: its SHA-256 is not the known one",
        Err(_) => "cannot be read",
    }
}

fn print(known: &ModelFile, state: &str, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{:<12} {:<46} {state}", known.model, known.file_name)?;
    writeln!(out, "             sha256 {}", known.sha256)
}

fn add(file: &Path, folder: &Path) -> Result<u8> {
    let bytes = read_model(file).with_context(|| format!("the model {}", file.display()))?;
    let mut all = DETECTOR_FILES.iter().chain(&EMBEDDING_FILES);
    let Some(known) = all.clone().find(|known| known.is(&bytes)) else {
        let names: Vec<&str> = all.by_ref().map(|known| known.file_name).collect();
        bail!(
            "{} is none of the known models ({}): its SHA-256 is another. They are published at {DETECTORS} and {EMBEDDINGS}",
            file.display(),
            names.join(", ")
        );
    };
    fs::create_dir_all(folder).with_context(|| format!("the models folder {}", folder.display()))?;
    let target = folder.join(known.file_name);
    // Under another name first, so that a scan that starts now never reads half of it.
    let part = target.with_extension("part");
    fs::write(&part, &bytes)
        .and_then(|()| fs::rename(&part, &target))
        .with_context(|| format!("writing {}", target.display()))?;
    writeln!(io::stdout(), "installed {}; it is used from now on", target.display())?;
    Ok(0)
}
