//! A list of paths below a root, read from a stream: one a line, or NUL-separated.

use super::{Entry, Filter, ListError, Source, fault_of};
use crate::model::{Code, Locator};
use std::ffi::OsStr;
use std::io::{BufRead, Read as _};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Component, Path, PathBuf};

/// Longest path that is read from a list, in bytes: Linux opens none longer than 4096.
const PATH_BYTES: u64 = 1 << 16;

/// Paths of one source that the user chose.
#[derive(Debug)]
pub struct PathList<'a, R> {
    /// Index of the source.
    pub source: u16,
    /// Its root.
    pub root: PathBuf,
    /// The paths: relative to the root, or absolute below it.
    pub paths: R,
    /// What ends a path: a line feed or NUL.
    pub separator: u8,
    /// What is left out.
    pub filter: &'a Filter,
}

impl<R: BufRead> Source for PathList<'_, R> {
    fn list(&mut self, each: &mut dyn FnMut(Entry) -> bool) -> Result<(), ListError> {
        let mut path = Vec::new();
        for line in 1.. {
            path.clear();
            let mut bounded = self.paths.by_ref().take(PATH_BYTES);
            if bounded.read_until(self.separator, &mut path).map_err(ListError::Read)? == 0 {
                break;
            }
            if path.last() == Some(&self.separator) {
                path.pop();
            }
            if path.is_empty() {
                continue;
            }
            let key = below(&self.root, &path).ok_or(ListError::Outside { line })?;
            let Some(entry) = self.entry(key) else { continue };
            if !each(self.filter.apply(entry)) {
                break;
            }
        }
        Ok(())
    }
}

impl<R> PathList<'_, R> {
    /// What is at a key; `None` for a folder, which is not an item.
    fn entry(&self, key: Vec<u8>) -> Option<Entry> {
        let path = self.root.join(OsStr::from_bytes(&key));
        let locator = Locator::new(self.source, key);
        let entry = match std::fs::symlink_metadata(path) {
            Ok(metadata) => Entry::of(locator, &metadata),
            Err(error) => Entry::unseen(locator, fault_of(&error)),
        };
        entry.fault.is_none_or(|fault| fault.code != Code::OtherFileSystem).then_some(entry)
    }
}

/// The key of a path below the root, without leading `./`; `None` if it is not below.
fn below(root: &Path, path: &[u8]) -> Option<Vec<u8>> {
    let path = Path::new(OsStr::from_bytes(path));
    let path = path.strip_prefix(root).or_else(|_| path.strip_prefix(".")).unwrap_or(path);
    let is_plain = path.components().all(|part| matches!(part, Component::Normal(_)));
    let is_named = path.components().next().is_some();
    (is_plain && is_named).then(|| path.components().as_path().as_os_str().as_bytes().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_out_of_the_root_are_refused() {
        let root = Path::new("/leak");
        assert_eq!(below(root, b"./a/b"), Some(b"a/b".to_vec()));
        assert_eq!(below(root, b"/leak/a\nb"), Some(b"a\nb".to_vec()));
        assert_eq!(below(root, b"a/../../etc/passwd"), None);
        assert_eq!(below(root, b"/etc/passwd"), None);
        assert_eq!(below(root, b"."), None);
    }
}
