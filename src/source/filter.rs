//! Which items the user left out, by name or size. A filter never hides an item: it is listed with its fault.

use super::Entry;
use crate::model::{Code, Fault, Stage};
use globset::{Glob, GlobSet, GlobSetBuilder};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

/// A pattern that does not parse.
#[derive(Debug, thiserror::Error)]
#[error("the pattern does not parse")]
pub struct FilterError(#[from] globset::Error);

/// Patterns over the whole key, and a size limit.
#[derive(Debug, Default)]
pub struct Filter {
    include: Option<GlobSet>,
    exclude: GlobSet,
    max_size: Option<u64>,
}

impl Filter {
    /// Keeps what matches an `include` pattern (or everything, if there is none), no `exclude` pattern, and is not
    /// larger than `max_size` bytes. `*` also matches `/`; a pattern without `/` matches the name in any folder.
    ///
    /// # Errors
    /// If a pattern does not parse.
    pub fn new(include: &[String], exclude: &[String], max_size: Option<u64>) -> Result<Self, FilterError> {
        let included = if include.is_empty() { None } else { Some(compile(include)?) };
        Ok(Self { include: included, exclude: compile(exclude)?, max_size })
    }

    /// The entry, marked as excluded where it is.
    pub(super) fn apply(&self, mut entry: Entry) -> Entry {
        if entry.fault.is_none() && self.leaves_out(&entry) {
            entry.fault = Some(Fault::new(Stage::Source, Code::Excluded));
        }
        entry
    }

    fn leaves_out(&self, entry: &Entry) -> bool {
        let path = Path::new(OsStr::from_bytes(&entry.item.locator.key));
        self.max_size.is_some_and(|limit| entry.item.size > limit)
            || self.include.as_ref().is_some_and(|set| !set.is_match(path))
            || self.exclude.is_match(path)
    }
}

fn compile(patterns: &[String]) -> Result<GlobSet, FilterError> {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        set.add(Glob::new(pattern)?);
        if !pattern.contains('/') {
            set.add(Glob::new(&format!("**/{pattern}"))?);
        }
    }
    Ok(set.build()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Item, Locator};

    fn is_left_out(filter: &Filter, key: &str, size: u64) -> bool {
        let item = Item { locator: Locator::new(0, key), size, modified_ms: None, inode: None, changed_ns: None };
        filter.apply(Entry { item, fault: None }).fault.is_some()
    }

    #[test]
    fn a_pattern_without_a_slash_matches_in_every_folder() {
        let filter = Filter::new(&[], &["*.tmp".to_owned()], None).expect("compiled");
        assert!(is_left_out(&filter, "a/b/c.tmp", 1));
        assert!(!is_left_out(&filter, "a/b/c.pdf", 1));
    }

    #[test]
    fn includes_excludes_and_size_are_all_asked() {
        let filter = Filter::new(&["a/**".to_owned()], &["*.log".to_owned()], Some(10)).expect("compiled");
        assert!(!is_left_out(&filter, "a/x.pdf", 10));
        assert!(is_left_out(&filter, "b/x.pdf", 10));
        assert!(is_left_out(&filter, "a/x.log", 10));
        assert!(is_left_out(&filter, "a/x.pdf", 11));
    }
}
