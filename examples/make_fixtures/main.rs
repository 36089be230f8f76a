//! Makes `fixtures/clinic-bucket`: a small leak of invented people in every class and format, with what is expected
//! of each file beside it (`clinic-bucket.expect.toml`) and the values that no output may show
//! (`clinic-bucket.canaries.txt`). The same program makes the same bytes each time, except
//! for the two locked files, whose ciphers draw random salt.
//!
//! `cargo run --example make_fixtures -- fixtures/clinic-bucket`

#![expect(
    clippy::trivially_copy_pass_by_ref,
    clippy::default_trait_access,
    clippy::format_collect,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    clippy::format_push_string,
    reason = "a generator of test data, run by its authors"
)]

mod container;
mod leak;
mod metadata;
mod paper;
mod pdf;
mod people;
mod picture;

use std::fmt::Write as _;
use std::path::PathBuf;
use std::{env, fs};

/// One file of the leak with what is expected of it.
pub(crate) struct Fixture {
    pub(crate) path: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) class: &'static str,
    pub(crate) subclass: Option<&'static str>,
    pub(crate) media: &'static str,
    pub(crate) outcome: &'static str,
    pub(crate) faults: Vec<&'static str>,
    pub(crate) finds: Vec<&'static str>,
}

impl Fixture {
    pub(crate) fn new(path: impl Into<String>, media: &'static str, class: &'static str, bytes: Vec<u8>) -> Self {
        let (path, outcome) = (path.into(), "examined");
        Self { path, bytes, class, subclass: None, media, outcome, faults: Vec::new(), finds: Vec::new() }
    }

    pub(crate) fn sub(mut self, subclass: &'static str) -> Self {
        self.subclass = Some(subclass);
        self
    }

    pub(crate) fn finds(mut self, kinds: &[&'static str]) -> Self {
        self.finds = kinds.to_vec();
        self
    }

    pub(crate) fn ends(mut self, outcome: &'static str, faults: &[&'static str]) -> Self {
        self.outcome = outcome;
        self.faults = faults.to_vec();
        self
    }

    fn expectation(&self) -> String {
        let mut out = format!("[[file]]\npath = {:?}\nmedia = {:?}\nclass = {:?}\n", self.path, self.media, self.class);
        if let Some(subclass) = self.subclass {
            let _ = writeln!(out, "subclass = {subclass:?}");
        }
        let _ = writeln!(out, "outcome = {:?}\nfaults = {:?}\nfinds = {:?}\n", self.outcome, self.faults, self.finds);
        out
    }
}

fn main() {
    let root = PathBuf::from(env::args().nth(1).unwrap_or_else(|| "fixtures/clinic-bucket".into()));
    if root.exists() {
        fs::remove_dir_all(&root).expect("the old leak is removed");
    }
    let mut fixtures = leak::all();
    fixtures.sort_by(|a, b| a.path.cmp(&b.path));
    let mut expect =
        String::from("# What a scan must say of each file of clinic-bucket. Written by `make fixtures`.\n\n");
    for fixture in &fixtures {
        let path = root.join(&fixture.path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("folder is made");
        fs::write(&path, &fixture.bytes).expect("file is written");
        expect.push_str(&fixture.expectation());
    }
    let beside =
        |suffix: &str| root.with_file_name(format!("{}.{suffix}", root.file_name().unwrap().to_string_lossy()));
    fs::write(beside("expect.toml"), expect).expect("expectations are written");
    fs::write(beside("canaries.txt"), leak::canaries().join("\n") + "\n").expect("canaries are written");
    println!("{} files in {}", fixtures.len(), root.display());
}
