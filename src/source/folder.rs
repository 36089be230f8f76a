//! A folder, walked without following links. Entries come in the order the file system gives them, so that a folder
//! of a million files is never held in memory; the ledger orders what comes of it.

use super::{Entry, Filter, ListError, Source, fault_of};
use crate::model::{Code, Fault, Locator, Stage};
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use walkdir::{DirEntry, WalkDir};

/// A folder as a source.
#[derive(Debug)]
pub struct Folder<'a> {
    /// Index of the source.
    pub source: u16,
    /// Its root.
    pub root: PathBuf,
    /// Where the walk starts: the root, or the one file below it that was named.
    pub at: PathBuf,
    /// What is left out.
    pub filter: &'a Filter,
    /// Folders on another file system are listed but not entered.
    pub same_file_system: bool,
}

impl Folder<'_> {
    fn locator(&self, path: &Path) -> Locator {
        let below = path.strip_prefix(&self.root).unwrap_or(path);
        Locator::new(self.source, below.as_os_str().as_bytes())
    }

    /// The entry for one step of the walk; `None` for a folder, which is not an item.
    fn entry(&self, step: Result<DirEntry, walkdir::Error>, home: Option<u64>) -> Option<Entry> {
        match step {
            Ok(entry) if entry.file_type().is_dir() => {
                let is_foreign = home.is_some() && device(&entry).is_some_and(|device| Some(device) != home);
                let fault = Fault::new(Stage::Source, Code::OtherFileSystem);
                is_foreign.then(|| Entry::unseen(self.locator(entry.path()), fault))
            }
            Ok(entry) => Some(match entry.metadata() {
                Ok(metadata) => Entry::of(self.locator(entry.path()), &metadata),
                Err(error) => Entry::unseen(self.locator(entry.path()), fault_of(&io::Error::from(error))),
            }),
            Err(error) => {
                let locator = self.locator(error.path().unwrap_or(&self.root));
                Some(Entry::unseen(locator, fault_of(&io::Error::from(error))))
            }
        }
    }
}

impl Source for Folder<'_> {
    fn list(&mut self, each: &mut dyn FnMut(Entry) -> bool) -> Result<(), ListError> {
        let walk = WalkDir::new(&self.at).follow_links(false).follow_root_links(false);
        let home = self.same_file_system.then(|| std::fs::metadata(&self.root).ok()).flatten();
        let home = home.map(|metadata| std::os::unix::fs::MetadataExt::dev(&metadata));
        for step in walk.same_file_system(self.same_file_system) {
            let Some(entry) = self.entry(step, home) else { continue };
            if !each(self.filter.apply(entry)) {
                break;
            }
        }
        Ok(())
    }
}

fn device(entry: &DirEntry) -> Option<u64> {
    entry.metadata().ok().map(|metadata| std::os::unix::fs::MetadataExt::dev(&metadata))
}
