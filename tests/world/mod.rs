//! A small world for tests of the program: a leak, cases, and the program in a scrubbed environment.
#![allow(dead_code, reason = "each test file uses its part of the world")]
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

use assert_cmd::Command;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A folder with a leak in it, and room for cases beside it.
pub(crate) struct World {
    folder: TempDir,
}

impl World {
    pub(crate) fn new() -> Self {
        let world = Self { folder: tempfile::tempdir().expect("temporary folder") };
        fs::create_dir(world.leak()).expect("leak");
        world
    }

    /// A world with this many small files, some of them in folders.
    pub(crate) fn with_files(count: usize) -> Self {
        let world = Self::new();
        for n in 0..count {
            world.file(&format!("folder-{}/note-{n}.txt", n % 7), format!("note {n}, nothing personal").as_bytes());
        }
        world
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn leak(&self) -> PathBuf {
        self.folder.path().join("leak")
    }

    pub(crate) fn case(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A new case with the key of another: short names of items and tokens are keyed, so that only then two cases of
    /// the same leak come out the same, byte for byte.
    pub(crate) fn case_with_key_of(&self, other: &str, name: &str) {
        fs::create_dir(self.case(name)).expect("case");
        fs::copy(self.case(other).join("case.key"), self.case(name).join("case.key")).expect("copied");
    }

    pub(crate) fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.leak().join(name);
        fs::create_dir_all(path.parent().expect("below the leak")).expect("folder");
        fs::write(&path, bytes).expect("written");
        path
    }

    /// The program with a scrubbed environment and a fixed clock.
    pub(crate) fn program(&self) -> Command {
        let mut command = Command::new(program());
        command
            .env_clear()
            .env("HOME", self.path())
            .env("SOURCE_DATE_EPOCH", "1700000000")
            .current_dir(self.folder.path());
        command.timeout(std::time::Duration::from_mins(2));
        command
    }

    pub(crate) fn scan(&self, case: &str) -> Command {
        let mut command = self.program();
        command.arg("scan").arg(self.leak()).arg("--case").arg(self.case(case));
        command
    }

    /// What `export` prints, as text: one JSON line a row.
    pub(crate) fn export(&self, case: &str, table: &str) -> String {
        let mut command = self.program();
        let output = command.arg("export").arg(self.case(case)).args(["--table", table]).assert().success();
        String::from_utf8(output.get_output().stdout.clone()).expect("UTF-8")
    }

    /// Rows of `export --table items`.
    pub(crate) fn items(&self, case: &str) -> Vec<serde_json::Value> {
        self.export(case, "items").lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
    }

    /// The fault that the export names for a path.
    pub(crate) fn fault(&self, case: &str, path: &str) -> Option<String> {
        let items = self.items(case);
        let row = items.iter().find(|row| row["path"] == path).unwrap_or_else(|| panic!("{path} has a row"));
        row["fault"].as_str().map(str::to_owned)
    }
}

/// The program under test: the one just built, or the one that `BREACHSCOPE_TEST_PROGRAM` names.
pub(crate) fn program() -> PathBuf {
    std::env::var_os("BREACHSCOPE_TEST_PROGRAM")
        .map_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_breachscope")), PathBuf::from)
}
