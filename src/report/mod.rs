//! Reports: [`v1`] holds what they say, one file each says it in one form. A renderer computes nothing.
//!
//! No wall clock comes in: the bytes of a report depend only on the records, the incident file, the rules and the
//! version. Every string from outside is escaped by the form that writes it.

mod build;
mod escape;
pub mod exchange;
mod figures;
mod format;
mod html;
mod incident;
mod json;
mod markdown;
pub mod notify;
pub mod terminal;
pub mod v1;

use crate::model::{Incident, Locator, People};
use crate::score::Assessment;
use crate::tally::Tally;
use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// What a report is made of.
#[derive(Debug, Clone, Copy)]
pub struct Evidence<'e> {
    /// The sums.
    pub tally: &'e Tally,
    /// The people.
    pub people: &'e People,
    /// The severity.
    pub assessment: &'e Assessment,
    /// What a human said.
    pub incident: &'e Incident,
    /// The run.
    pub about: &'e About,
}

/// The run behind a report.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct About {
    /// Version of the program.
    pub version: String,
    /// Arguments that bear on the result.
    pub arguments: Vec<String>,
    /// BLAKE3 over all rule files, in hexadecimal.
    pub rules_digest: String,
    /// Whether rules of the user's were laid over the embedded ones.
    pub rules_are_customised: bool,
    /// Name, value, unit and reason of every bound that the scan ran under.
    pub limits: Vec<(&'static str, u64, &'static str, &'static str)>,
    /// The last scan reached its end: every listed item has its record.
    pub is_complete: bool,
    /// Merkle root of the manifest, in hexadecimal.
    pub manifest_root: String,
    /// Items in the manifest.
    pub manifest_items: u64,
    /// Whether paths were asked for. They are personal data and left out otherwise.
    pub show_paths: bool,
    /// What a reviewed sample said, if one was scored.
    pub quality: Option<crate::model::quality::Quality>,
    /// What comparing faces came to, if that was asked for, and whether the case is still as it was then.
    pub faces: Option<(crate::model::FaceGroups, bool)>,
}

impl About {
    fn path_of(&self, locator: &Locator) -> Option<String> {
        self.show_paths.then(|| locator.shown())
    }
}

/// One form of the report.
pub trait Render: Sync {
    /// Its name on the command line.
    fn name(&self) -> &'static str;
    /// The extension of its file.
    fn extension(&self) -> &'static str;
    /// Writes it.
    ///
    /// # Errors
    /// If it cannot be written.
    fn render(&self, report: &v1::Report, out: &mut dyn Write) -> io::Result<()>;
}

/// Every form.
pub const RENDERERS: &[&dyn Render] = &[&html::Html, &markdown::Markdown, &json::Json];

/// Writes every form into a folder as `report.EXTENSION` and returns the paths, in the order of [`RENDERERS`]. Each
/// is written beside its place and moved there whole.
///
/// # Errors
/// If a file cannot be written.
pub fn write_all(report: &v1::Report, folder: &Path) -> io::Result<Vec<PathBuf>> {
    fs::create_dir_all(folder)?;
    RENDERERS.iter().map(|form| write_one(*form, report, folder)).collect()
}

fn write_one(form: &dyn Render, report: &v1::Report, folder: &Path) -> io::Result<PathBuf> {
    let target = folder.join(format!("report.{}", form.extension()));
    let partial = folder.join(format!(".report.{}.partial", form.extension()));
    let mut out = BufWriter::new(fs::File::create(&partial)?);
    form.render(report, &mut out)?;
    out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
    fs::rename(&partial, &target)?;
    Ok(target)
}

#[cfg(test)]
mod sample;
#[cfg(test)]
mod schema_test;
#[cfg(test)]
mod tests;
