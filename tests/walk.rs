//! Every listed entry ends in exactly one outcome, whatever it is, and nothing outside the leak is read.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

mod world;

use rustix::fs::{CWD, FileType, Mode, mknodat};
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::os::unix::net::UnixListener;
use world::World;

#[test]
fn links_pipes_and_sockets_are_listed_and_not_opened() {
    let world = World::new();
    let leak = world.leak();
    world.file("real.txt", b"real");
    fs::write(world.path().join("outside.txt"), "outside canary").expect("written");
    symlink("../outside.txt", leak.join("escape.txt")).expect("linked");
    symlink(".", leak.join("loop")).expect("linked");
    symlink("nowhere", leak.join("dangling")).expect("linked");
    symlink("/etc", leak.join("etc")).expect("linked");
    mknodat(CWD, leak.join("pipe"), FileType::Fifo, Mode::RWXU, 0).expect("made");
    let _socket = UnixListener::bind(leak.join("socket")).expect("bound");
    world.scan("case").assert().success();
    assert_eq!(world.items("case").len(), 7);
    for link in ["escape.txt", "loop", "dangling", "etc"] {
        assert_eq!(world.fault("case", link).as_deref(), Some("symlink"), "{link}");
    }
    for special in ["pipe", "socket"] {
        assert_eq!(world.fault("case", special).as_deref(), Some("not_regular"), "{special}");
    }
    assert_eq!(world.fault("case", "real.txt"), None);
}

#[test]
fn odd_names_are_read_and_told_exactly() {
    let world = World::new();
    let names: [&[u8]; 6] = [b"line\nbreak", b"\xff\xfe.pdf", b"-rf", b"a!b", b" ", b"\x1b[2J"];
    for name in names {
        fs::write(world.leak().join(OsStr::from_bytes(name)), name).expect("written");
    }
    world.scan("case").assert().success();
    let items = world.items("case");
    assert_eq!(items.len(), names.len());
    assert!(items.iter().all(|row| row["status"] == "examined"));
    let raw = items.iter().find(|row| row["path_hex"].is_string()).expect("one name is not UTF-8");
    assert_eq!(raw["path_hex"], "fffe2e706466");
}

#[test]
fn what_may_not_be_read_is_a_fault_of_the_item() {
    // The superuser may read everything, so there is nothing to see for it.
    if rustix::process::geteuid().is_root() {
        return;
    }
    let world = World::with_files(3);
    let closed = world.file("closed.txt", b"x");
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).expect("closed");
    let folder = world.leak().join("closed");
    fs::create_dir(&folder).expect("made");
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o000)).expect("closed");
    world.scan("case").assert().code(3);
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).expect("opened");
    assert_eq!(world.fault("case", "closed.txt").as_deref(), Some("denied"));
    assert_eq!(world.fault("case", "closed").as_deref(), Some("denied"));
}

#[test]
fn a_file_that_vanishes_between_listing_and_opening_is_told() {
    use breachscope::model::Code;
    use breachscope::source::{Filter, Folder, Roots, Source as _};
    let world = World::new();
    let path = world.file("gone.txt", b"x");
    let mut entries = Vec::new();
    let filter = Filter::default();
    let mut folder =
        Folder { source: 0, root: world.leak(), at: world.leak(), filter: &filter, same_file_system: true };
    folder
        .list(&mut |entry| {
            entries.push(entry);
            true
        })
        .expect("listed");
    fs::remove_file(&path).expect("removed");
    let roots = Roots::open(&[world.leak().as_os_str().as_bytes().to_vec()]);
    let opened = roots.content(&entries[0].item, 1 << 20).map(|_| ());
    assert_eq!(opened.map_err(|fault| fault.code), Err(Code::Vanished));
    // Another file in its place is not the listed one.
    fs::create_dir(world.leak().join("keeps-the-inode-busy")).expect("made");
    fs::write(world.leak().join("other"), "y").expect("written");
    fs::rename(world.leak().join("other"), &path).expect("renamed");
    let opened = roots.content(&entries[0].item, 1 << 20).map(|_| ());
    assert!(opened.is_err());
}

#[test]
fn a_deep_tree_is_walked_to_its_end() {
    let world = World::new();
    let deep = (0..150).map(|n| format!("level-{n}")).collect::<Vec<_>>().join("/");
    world.file(&format!("{deep}/file.txt"), b"deep");
    world.scan("case").assert().success();
    assert_eq!(world.items("case").len(), 1);
}

#[test]
fn the_leak_is_left_as_it_was() {
    let world = World::with_files(5);
    let before: Vec<_> = snapshot(&world);
    world.scan("case").assert().success();
    assert_eq!(snapshot(&world), before);
}

fn snapshot(world: &World) -> Vec<(std::path::PathBuf, u64, std::time::SystemTime)> {
    let mut all = Vec::new();
    let mut open = vec![world.leak()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).expect("folder") {
            let entry = entry.expect("entry");
            let metadata = entry.metadata().expect("metadata");
            if metadata.is_dir() {
                open.push(entry.path());
            }
            all.push((entry.path(), metadata.len(), metadata.modified().expect("time")));
        }
    }
    all.sort();
    all
}
