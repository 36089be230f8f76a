//! What a court asks: nothing changed since, who did what, and how good the work is.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::disallowed_methods,
    reason = "a test fails by panicking"
)]

mod world;

use predicates::prelude::*;
use predicates::str::contains;
use serde_json::Value;
use std::fs;
use world::World;

fn events(world: &World, case: &str) -> Vec<String> {
    let log = fs::read_to_string(world.case(case).join("audit.jsonl")).expect("a log");
    let event =
        |line: &str| serde_json::from_str::<Value>(line).expect("JSON")["event"].as_str().expect("named").to_owned();
    log.lines().map(event).collect()
}

#[test]
fn every_command_on_a_case_is_noted_and_the_chain_holds() {
    let world = World::with_files(4);
    world.scan("case").arg("-q").assert().success();
    let case = world.case("case");
    world.program().arg("export").arg(&case).assert().success();
    world.program().arg("people").arg(&case).assert().success();
    world.program().arg("explain").arg(&case).arg("folder-0/note-0.txt").assert().success();
    world.program().arg("verify").arg(&case).assert().success().stdout(contains("audit log holds"));
    let expected =
        ["scan_started", "scan_ended", "report_written", "exported", "people_listed", "item_explained", "verified"];
    assert_eq!(events(&world, "case"), expected);
}

#[test]
fn verify_finds_a_changed_log_a_changed_ledger_and_a_changed_leak() {
    let world = World::with_files(6);
    world.scan("case").arg("-q").assert().success();
    let (case, leak) = (world.case("case"), world.leak());
    let verify = |with_leak: bool| {
        let mut command = world.program();
        command.arg("verify").arg(&case);
        if with_leak {
            command.arg(&leak);
        }
        command
    };
    verify(true).assert().success().stdout(contains("6 files have the hashes").and(contains("Everything")));
    world.file("folder-1/note-1.txt", b"another text");
    world.file("new.txt", b"added");
    fs::remove_file(leak.join("folder-2/note-2.txt")).expect("removed");
    let changed = verify(true).assert().code(4);
    changed.stdout(
        contains("1 CHANGED").and(contains("1 MISSING")).and(contains("1 ADDED")).and(contains("4 files have")),
    );
    verify(false).assert().success();

    let ledger = rusqlite::Connection::open(case.join("ledger.sqlite")).expect("opened");
    ledger.execute("UPDATE item SET size = size + 1 WHERE nth = 0", []).expect("changed");
    drop(ledger);
    verify(false).assert().code(4).stdout(contains("manifest  DIFFERS"));

    let log = fs::read_to_string(case.join("audit.jsonl")).expect("a log");
    fs::write(case.join("audit.jsonl"), log.replace("\"scan_ended\"", "\"scan_ender\"")).expect("written");
    verify(false).assert().code(4).stdout(contains("audit log BROKEN at line 3"));
}

#[test]
fn a_decision_slipped_past_the_log_is_found() {
    let world = World::with_files(2);
    world.scan("case").arg("-q").assert().success();
    let slipped = r#"{"at_ms":1,"ruling":"merge","a":"m0000000000000001","b":"m0000000000000002"}"#;
    fs::write(world.case("case").join("decisions.jsonl"), format!("{slipped}\n")).expect("written");
    world.program().arg("verify").arg(world.case("case")).assert().code(4).stdout(contains("decisions DIFFER"));
}

/// Fills the answer sheet: what the program said is right, and every silent item hides nothing.
fn fill(path: &std::path::Path, wrong: usize) {
    let text = fs::read_to_string(path).expect("a sheet");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let head = reader.headers().expect("a head").clone();
    let mut writer = csv::Writer::from_path(path).expect("opened");
    writer.write_record(&head).expect("written");
    for (row, n) in reader.records().zip(0..) {
        let mut cells: Vec<String> = row.expect("a row").iter().map(str::to_owned).collect();
        cells[6] = if n < wrong { "video".to_owned() } else { cells[4].clone() };
        "0".clone_into(&mut cells[7]);
        "0".clone_into(&mut cells[8]);
        writer.write_record(&cells).expect("written");
    }
    writer.flush().expect("written");
}

#[test]
fn a_sample_is_the_same_for_a_seed_and_its_score_is_kept() {
    let world = World::with_files(40);
    world.scan("case").arg("-q").assert().success();
    let case = world.case("case");
    let sample = |seed: &str, out: &str| {
        let mut command = world.program();
        command.args(["qc", "sample"]).arg(&case).args(["--per-class", "10", "--seed", seed, "--out", out]);
        command
    };
    sample("7", "a").assert().success().stdout(contains("items drawn with seed 7"));
    sample("7", "b").assert().success();
    sample("8", "c").assert().success();
    sample("8", "c").assert().code(1).stderr(contains("--out"));
    let read = |folder: &str| fs::read_to_string(world.path().join(folder).join("answers.csv")).expect("a sheet");
    assert_eq!(read("a"), read("b"));
    assert_ne!(read("a"), read("c"));
    let page = fs::read_to_string(world.path().join("a/review.html")).expect("a page");
    assert!(page.contains("<h1>Review") && !page.contains("note-"), "the page names no path");

    let score = || {
        let mut command = world.program();
        command.args(["qc", "score"]).arg(&case).arg("a/answers.csv");
        command
    };
    score().assert().code(1).stderr(contains("no answers yet"));
    fill(&world.path().join("a/answers.csv"), 1);
    score().assert().success().stdout(contains("Elusion: 0 of 10 reviewed").and(contains("precision")));
    let kept: Value = serde_json::from_slice(&fs::read(case.join("quality.json")).expect("kept")).expect("JSON");
    assert_eq!(kept["elusion"]["reviewed"], 10);
    world.program().arg("report").arg(&case).assert().success();
    for (form, once) in [("report.md", "Checked by hand"), ("report.html", "<h3>Checked by hand</h3>")] {
        let text = fs::read_to_string(case.join(form)).expect("a report");
        assert_eq!(text.matches(once).count(), 1, "{form}");
        assert_eq!(text.matches("reviewed items in which nothing was found").count(), 1, "{form}");
    }
    fs::write(world.path().join("a/answers.csv"), "id,right_class\nffffffffffff,other\n").expect("written");
    score().assert().code(1).stderr(contains("no item ffffffffffff was drawn"));
}
