//! `breachscope models`: which face detector a scan uses, and how to give it a better one.

use crate::classify::picture::faces::{MODEL_FILES, known_file, read_model};
use crate::cli::ModelsCommand;
use crate::settings::models_folder;
use anyhow::{Context as _, Result, bail};
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

/// Where the authors publish the files.
const PUBLISHED: &str = "https://github.com/ShiqiYu/libfacedetection.train/tree/master/onnx";

pub(super) fn run(command: &ModelsCommand) -> Result<u8> {
    match command {
        ModelsCommand::List(args) => list(&models_folder(args.models.as_deref())?),
        ModelsCommand::Add { file, folder } => add(file, &models_folder(folder.models.as_deref())?),
    }
}

fn list(folder: &Path) -> Result<u8> {
    let mut out = io::stdout().lock();
    writeln!(out, "models folder: {}", folder.display())?;
    let mut is_used = false;
    for known in MODEL_FILES {
        let state = match read_model(&folder.join(known.file_name)) {
            Err(_) => "not installed",
            Ok(bytes) if known_file(&bytes) != Some(*known) => "refused: its SHA-256 is not the known one",
            Ok(_) if is_used => "installed, and not used: the one above is",
            Ok(_) => {
                is_used = true;
                "used"
            }
        };
        writeln!(out, "{:<10} {:<24} {state}", known.detector, known.file_name)?;
        writeln!(out, "           sha256 {}", known.sha256)?;
    }
    let state = if is_used { "not used: a model above is" } else { "used" };
    writeln!(out, "seetaface  {:<24} {state}", "built in")?;
    if !is_used {
        writeln!(
            out,
            "\nYuNet finds more faces at less cost, and body photos are told apart far better with it. Its files (Apache-2.0) are at\n  {PUBLISHED}"
        )?;
        writeln!(out, "Download one and run `breachscope models add FILE`.")?;
    }
    Ok(0)
}

fn add(file: &Path, folder: &Path) -> Result<u8> {
    let bytes = read_model(file).with_context(|| format!("the model {}", file.display()))?;
    let Some(known) = known_file(&bytes) else {
        let names: Vec<&str> = MODEL_FILES.iter().map(|known| known.file_name).collect();
        bail!(
            "{} is none of the known models ({}): its SHA-256 is another. They are published at {PUBLISHED}",
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
    writeln!(io::stdout(), "installed {}; scans use it from now on", target.display())?;
    Ok(0)
}
