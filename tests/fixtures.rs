//! The fixture leak: what a scan must say of every file in it.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::disallowed_methods,
    reason = "a test stops at the first thing that is not as it should be"
)]

use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expectations {
    file: Vec<Expectation>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expectation {
    path: String,
    media: String,
    class: String,
    subclass: Option<String>,
    outcome: String,
    faults: Vec<String>,
    finds: Vec<String>,
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

fn program() -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_breachscope"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    program.env_clear().env("PATH", path);
    program
}

/// The `files` rows of a scan of the fixture leak, by path.
fn rows(case: &Path) -> BTreeMap<String, Value> {
    let scan = program()
        .args(["scan", "--quiet", "--ocr", "off", "--case"])
        .arg(case)
        .arg(fixture("clinic-bucket"))
        .output()
        .unwrap();
    assert_eq!(scan.status.code(), Some(3), "some files cannot be read: {}", String::from_utf8_lossy(&scan.stderr));
    let export = program().arg("export").arg(case).args(["--table", "files"]).output().unwrap();
    assert!(export.status.success(), "{}", String::from_utf8_lossy(&export.stderr));
    let rows = String::from_utf8(export.stdout).unwrap();
    rows.lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .map(|row| (row["path"].as_str().unwrap().to_owned(), row))
        .collect()
}

/// What is wrong with one row, in words.
fn problems(expected: &Expectation, row: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut same = |name: &str, expected: &str| {
        if row[name].as_str() != Some(expected) {
            wrong.push(format!("{name} is {} instead of {expected}", row[name]));
        }
    };
    same("media_type", &expected.media);
    same("class", &expected.class);
    same("status", &expected.outcome);
    if let Some(subclass) = &expected.subclass {
        same("subclass", subclass);
    }
    let texts = |rows: &Value, key: Option<&str>| -> Vec<String> {
        let rows = rows.as_array().into_iter().flatten();
        rows.filter_map(|row| key.map_or(row, |key| &row[key]).as_str().map(str::to_owned)).collect()
    };
    let faults = texts(&row["faults"], None);
    wrong.extend(
        expected.faults.iter().filter(|fault| !faults.contains(fault)).map(|fault| format!("no {fault} in {faults:?}")),
    );
    let kinds = texts(&row["findings"], Some("type"));
    wrong.extend(expected.finds.iter().filter(|kind| !kinds.contains(kind)).map(|kind| format!("no {kind} was found")));
    wrong
}

#[test]
fn every_file_of_the_fixture_leak_ends_as_expected() {
    let case = tempfile::tempdir().unwrap();
    let rows = rows(&case.path().join("case"));
    let expected: Expectations =
        toml::from_str(&std::fs::read_to_string(fixture("clinic-bucket.expect.toml")).unwrap()).unwrap();
    assert_eq!(rows.len(), expected.file.len(), "every file has exactly one row");
    let mut wrong = Vec::new();
    for file in &expected.file {
        match rows.get(&file.path) {
            Some(row) => {
                wrong.extend(problems(file, row).into_iter().map(|problem| format!("{}: {problem}", file.path)));
            }
            None => wrong.push(format!("{}: has no row", file.path)),
        }
    }
    assert!(wrong.is_empty(), "{} problems\n{}", wrong.len(), wrong.join("\n"));
}
