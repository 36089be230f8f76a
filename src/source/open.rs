//! Opening an item for reading: read-only, below its root, following no link, never waiting on a FIFO, and only if it
//! still is the regular file that was listed.

use super::fault_of;
use crate::limits::Content;
use crate::model::{Code, Fault, Item, Stage};
use rustix::fs::{Mode, OFlags, ResolveFlags};
use rustix::io::Errno;
use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

/// The opened roots of all sources, by index.
#[derive(Debug)]
pub struct Roots {
    folders: Vec<Option<OwnedFd>>,
}

impl Roots {
    /// Opens the root folders. One that cannot be opened makes its items faults, not the run.
    pub fn open(roots: &[Vec<u8>]) -> Self {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let open = |root: &Vec<u8>| rustix::fs::open(OsStr::from_bytes(root), flags, Mode::empty()).ok();
        Self { folders: roots.iter().map(open).collect() }
    }

    /// Opens an item and reads its head. `whole_bytes` bounds what is later held in memory.
    ///
    /// # Errors
    /// The fault that is the item's.
    pub fn content(&self, item: &Item, whole_bytes: u64) -> Result<Content, Fault> {
        let file = self.file(item)?;
        let size = file.metadata().map_err(|error| fault_of(&error))?.len();
        Content::of_file(file, size, whole_bytes)
    }

    /// Opens an item, if it still is the regular file that was listed.
    ///
    /// # Errors
    /// The fault that is the item's.
    pub fn file(&self, item: &Item) -> Result<File, Fault> {
        let file = self.open_listed(item).map_err(fault_of_errno)?;
        let metadata = file.metadata().map_err(|error| fault_of(&error))?;
        if !metadata.is_file() {
            return Err(Fault::new(Stage::Source, Code::NotRegular));
        }
        if item.inode.is_some_and(|listed| listed != (metadata.dev(), metadata.ino())) {
            return Err(Fault::new(Stage::Source, Code::Vanished));
        }
        Ok(file)
    }

    fn open_listed(&self, item: &Item) -> Result<File, Errno> {
        let root = self.folders.get(usize::from(item.locator.source)).and_then(Option::as_ref).ok_or(Errno::NOENT)?;
        let key = Path::new(OsStr::from_bytes(&item.locator.key));
        let quiet = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOATIME;
        // Only the owner may read without touching the access time.
        let opened = match open_below(root.as_fd(), key, quiet) {
            Err(Errno::PERM) => open_below(root.as_fd(), key, quiet - OFlags::NOATIME),
            opened => opened,
        };
        opened.map(File::from)
    }
}

fn open_below(root: BorrowedFd<'_>, key: &Path, flags: OFlags) -> Result<OwnedFd, Errno> {
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
    match rustix::fs::openat2(root, key, flags, Mode::empty(), resolve) {
        // Linux before 5.6, and sandboxes that do not know the call.
        Err(Errno::NOSYS) => open_step_by_step(root, key, flags),
        opened => opened,
    }
}

/// The same with one `openat` a component.
fn open_step_by_step(root: BorrowedFd<'_>, key: &Path, flags: OFlags) -> Result<OwnedFd, Errno> {
    let name = key.file_name().ok_or(Errno::NOENT)?;
    let step = OFlags::PATH | OFlags::NOFOLLOW | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let mut folder: Option<OwnedFd> = None;
    for part in key.parent().into_iter().flat_map(Path::components) {
        let std::path::Component::Normal(part) = part else { return Err(Errno::LOOP) };
        let here = folder.as_ref().map_or(root, OwnedFd::as_fd);
        folder = Some(rustix::fs::openat(here, part, step, Mode::empty())?);
    }
    rustix::fs::openat(folder.as_ref().map_or(root, OwnedFd::as_fd), name, flags, Mode::empty())
}

fn fault_of_errno(errno: Errno) -> Fault {
    match errno {
        Errno::LOOP => Fault::new(Stage::Source, Code::Symlink),
        Errno::NXIO => Fault::new(Stage::Source, Code::NotRegular),
        errno => fault_of(&io::Error::from(errno)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Locator;
    use std::os::unix::fs::symlink;

    fn open(root: &Path, key: &str, inode: Option<(u64, u64)>) -> Result<u64, Code> {
        let roots = Roots::open(&[root.as_os_str().as_bytes().to_vec()]);
        let item = Item { locator: Locator::new(0, key), size: 0, modified_ms: None, inode, changed_ns: None };
        roots.content(&item, 1 << 20).map(|content| content.size()).map_err(|fault| fault.code)
    }

    #[test]
    fn only_the_listed_regular_file_below_the_root_is_opened() {
        let world = tempfile::tempdir().expect("folder");
        let root = world.path().join("leak");
        std::fs::create_dir_all(root.join("a")).expect("made");
        std::fs::write(world.path().join("outside"), "x").expect("written");
        std::fs::write(root.join("a/file"), "four").expect("written");
        symlink("../outside", root.join("link")).expect("linked");
        symlink("..", root.join("up")).expect("linked");
        assert_eq!(open(&root, "a/file", None), Ok(4));
        assert_eq!(open(&root, "link", None), Err(Code::Symlink));
        assert_eq!(open(&root, "up/outside", None), Err(Code::Symlink));
        assert_eq!(open(&root, "a", None), Err(Code::NotRegular));
        assert_eq!(open(&root, "a/none", None), Err(Code::Vanished));
        assert_eq!(open(&root, "a/file", Some((0, 0))), Err(Code::Vanished));
        assert_ne!(open(&root, "../outside", None), Ok(1));
    }

    #[test]
    fn the_walk_by_steps_refuses_links_too() {
        let world = tempfile::tempdir().expect("folder");
        std::fs::create_dir(world.path().join("real")).expect("made");
        std::fs::write(world.path().join("real/file"), "x").expect("written");
        symlink("real", world.path().join("link")).expect("linked");
        let root = rustix::fs::open(world.path(), OFlags::PATH | OFlags::DIRECTORY, Mode::empty()).expect("opened");
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW;
        assert!(open_step_by_step(root.as_fd(), Path::new("real/file"), flags).is_ok());
        assert!(open_step_by_step(root.as_fd(), Path::new("link/file"), flags).is_err());
        assert!(open_step_by_step(root.as_fd(), Path::new("../x"), flags).is_err());
    }
}
