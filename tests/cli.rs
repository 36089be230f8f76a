//! What a user of the command line relies on.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and starts the program by hand where its pipes matter"
)]

mod world;

use predicates::prelude::*;
use predicates::str::contains;
use world::World;

#[test]
fn help_begins_with_examples_and_is_on_stdout() {
    let world = World::new();
    for arguments in [&["--help"][..], &["scan", "--help"]] {
        let help = world.program().args(arguments).assert().success();
        help.stdout(predicates::str::starts_with("Examples:")).stderr("");
    }
}

#[test]
fn wrong_usage_is_2_and_a_missing_source_is_1_with_advice() {
    let world = World::new();
    world.program().arg("scan").assert().code(2);
    world.program().args(["scan", "nowhere", "--case", "case"]).assert().code(1).stderr(contains("cannot be opened"));
    world.program().args(["report", "nowhere"]).assert().code(1).stderr(contains("breachscope scan"));
    world.scan("case").args(["--limit", "no_such=1"]).assert().code(1).stderr(contains("breachscope limits"));
}

#[test]
fn quiet_prints_nothing_and_a_scan_prints_its_counts_on_stdout() {
    let world = World::with_files(5);
    world.scan("case").assert().success().stdout(contains("of 5 listed")).stderr("");
    world.scan("case").arg("--quiet").assert().success().stdout("").stderr("");
}

#[test]
fn completions_man_and_limits_are_printed() {
    let world = World::new();
    for shell in ["bash", "zsh", "fish"] {
        world.program().args(["completions", shell]).assert().success().stdout(contains("breachscope"));
    }
    world.program().arg("man").assert().success().stdout(contains(".TH"));
    world.program().arg("limits").assert().success().stdout(contains("item_seconds"));
    world.program().args(["limits", "--limit", "item_seconds=7"]).assert().success().stdout(contains(" 7 "));
}

#[test]
fn a_second_scan_of_a_case_is_refused_while_the_first_runs() {
    let world = World::with_files(3);
    world.file("hang.txt", b"x");
    let mut first = std::thread::scope(|scope| {
        let first = scope.spawn(|| {
            let mut scan = world.scan("case");
            scan.env("BREACHSCOPE_TEST_HANG", "hang").args(["--limit", "worker_seconds=4"]).output().expect("ran")
        });
        while !world.case("case").join("ledger.sqlite").exists() {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        world.scan("case").assert().code(1).stderr(contains("another scan is running"));
        first.join().expect("joined")
    });
    assert_eq!(first.status.code(), Some(3), "{}", String::from_utf8_lossy(&std::mem::take(&mut first.stderr)));
    assert_eq!(world.fault("case", "hang.txt").as_deref(), Some("timed_out"));
}

#[test]
fn a_case_inside_the_leak_is_refused_and_nothing_is_written_there() {
    let world = World::with_files(1);
    let inside = world.leak().join("case");
    let mut scan = world.program();
    scan.arg("scan").arg(world.leak()).arg("--case").arg(&inside);
    scan.assert().code(1).stderr(contains("--case"));
    assert!(!inside.exists());
}

#[test]
fn a_crash_a_hang_and_a_bomb_cost_one_item_each() {
    let world = World::with_files(20);
    for name in ["crash", "hang", "eat"] {
        world.file(name, b"x");
    }
    let mut scan = world.scan("case");
    scan.args(["--limit", "worker_seconds=2", "--limit", "worker_memory=300M", "-j", "2"]);
    for name in ["CRASH", "HANG", "EAT"] {
        scan.env(format!("BREACHSCOPE_TEST_{name}"), name.to_lowercase());
    }
    scan.assert().code(3).stdout(contains("of 23 listed"));
    assert_eq!(world.fault("case", "crash").as_deref(), Some("crashed"));
    assert_eq!(world.fault("case", "hang").as_deref(), Some("timed_out"));
    assert_eq!(world.fault("case", "eat").as_deref(), Some("out_of_memory"));
    let healthy = world.items("case").iter().filter(|row| row["status"] == "examined").count();
    assert_eq!(healthy, 20);
}

#[test]
fn without_isolation_the_rows_are_the_same() {
    let world = World::with_files(12);
    world.scan("inside").args(["--isolation", "none"]).assert().success();
    world.case_with_key_of("inside", "outside");
    world.scan("outside").args(["-j", "3"]).assert().success();
    assert_eq!(world.export("inside", "items"), world.export("outside", "items"));
}

#[test]
fn what_is_left_out_is_counted() {
    let world = World::with_files(4);
    world.file("big.bin", &[0; 5000]);
    world.file("x.log", b"log");
    world.scan("case").args(["--exclude", "*.log", "--max-file-size", "4K"]).assert().success();
    assert_eq!(world.fault("case", "x.log").as_deref(), Some("excluded"));
    assert_eq!(world.fault("case", "big.bin").as_deref(), Some("excluded"));
    // Asked for later, they are examined.
    world.scan("case").assert().success();
    assert_eq!(world.fault("case", "x.log"), None);
}

#[test]
fn paths_are_read_from_stdin() {
    let world = World::with_files(10);
    world.file("line\nbreak.txt", b"x");
    let list = b"./folder-1/note-1.txt\0line\nbreak.txt\0folder-2\0gone.txt\0";
    world.scan("case").args(["--files-from", "-", "-0"]).write_stdin(&list[..]).assert().code(3);
    let paths: Vec<_> = world.items("case").iter().map(|row| row["path"].as_str().map(str::to_owned)).collect();
    let expected = ["folder-1/note-1.txt", "gone.txt", "line\nbreak.txt"];
    assert_eq!(paths, expected.map(|path| Some(path.to_owned())));
    let outside = world.scan("other").args(["--files-from", "-"]).write_stdin("../secret\n").assert();
    outside.code(1).stderr(contains("path 1 of the list"));
}

#[test]
fn a_single_file_is_a_source() {
    let world = World::with_files(3);
    let mut scan = world.program();
    scan.arg("scan").arg(world.leak().join("folder-1/note-1.txt")).arg("--case").arg(world.case("case"));
    scan.assert().success().stdout(contains("of 1 listed"));
    assert_eq!(world.items("case")[0]["path"], "note-1.txt");
}

#[test]
fn a_manifest_is_examined_without_a_case() {
    let world = World::with_files(2);
    let manifest = "{\"path\":\"folder-0/note-0.txt\"}\n{\"path\":\"x\",\"path_hex\":\"666f6c6465722d312f6e6f74652d312e747874\"}\n";
    let examined = world.program().arg("examine").arg(world.leak()).write_stdin(manifest).assert().success();
    let records = String::from_utf8(examined.get_output().stdout.clone()).expect("UTF-8");
    assert_eq!(records.lines().count(), 2);
    let record: serde_json::Value = serde_json::from_str(records.lines().nth(1).expect("two")).expect("JSON");
    assert_eq!(record["outcome"], "examined");
}

#[test]
fn an_item_is_explained_by_path_and_by_id() {
    let world = World::with_files(2);
    world.scan("case").assert().success();
    let id = world.items("case")[0]["id"].as_str().expect("id").to_owned();
    for name in ["folder-0/note-0.txt", id.as_str()] {
        let explained = world.program().arg("explain").arg(world.case("case")).arg(name).assert().success();
        explained.stdout(contains("folder-0/note-0.txt"));
    }
    let unknown = world.program().arg("explain").arg(world.case("case")).arg("nothing").assert();
    unknown.code(1).stderr(contains("no such item"));
}

#[test]
fn the_case_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = World::with_files(2);
    world.scan("case").assert().success();
    for entry in std::fs::read_dir(world.case("case")).expect("case") {
        let entry = entry.expect("entry");
        let mode = entry.metadata().expect("metadata").permissions().mode();
        assert_eq!(mode & 0o077, 0, "{:?}", entry.file_name());
    }
}

#[test]
fn logs_name_items_by_id_only() {
    let world = World::new();
    world.file("jane-canary.txt", b"Jane Canary");
    let scanned = world.scan("case").arg("-vv").assert().success();
    scanned.stderr(contains("item examined").and(contains("canary").not()));
}

#[test]
fn csv_and_json_carry_no_control_characters() {
    let world = World::new();
    world.file("=cmd|' \u{202e}\u{1b}[31m\r\n.txt", b"x");
    world.scan("case").assert().success();
    for format in ["csv", "jsonl"] {
        for table in ["files", "items", "findings"] {
            let mut export = world.program();
            export.arg("export").arg(world.case("case")).args(["--table", table, "--format", format]);
            let out = String::from_utf8(export.assert().success().get_output().stdout.clone()).expect("UTF-8");
            assert!(out.lines().all(|line| !line.chars().any(breachscope::model::is_hidden)), "{format} {table}");
            assert!(!out.contains("\n=cmd"), "{format} {table}");
        }
    }
}

#[test]
fn parquet_has_the_rows_of_the_other_formats() {
    use parquet::file::reader::{FileReader as _, SerializedFileReader};
    let world = World::new();
    world.file("mail.txt", b"Please write to jane.canary@example.org about the appointment.\n");
    world.scan("case").assert().success();
    let export = |format: &str| {
        let mut export = world.program();
        export.arg("export").arg(world.case("case")).args(["--table", "findings", "--format", format]);
        export.assert().success().get_output().stdout.clone()
    };
    let file = SerializedFileReader::new(bytes::Bytes::from(export("parquet"))).expect("a Parquet file");
    let rows = file.get_row_iter(None).expect("rows").map(|row| row.expect("a row").to_string());
    let (rows, lines) = (rows.collect::<Vec<_>>(), String::from_utf8(export("jsonl")).expect("UTF-8"));
    assert_eq!(rows.len(), lines.lines().count());
    assert!(rows.iter().any(|row| row.contains("type: \"email\"")) && !rows.concat().contains("canary"), "{rows:?}");
}

#[test]
fn sealed_values_open_for_their_recipient_alone() {
    use age::secrecy::ExposeSecret as _;
    let world = World::new();
    world.file("mail.txt", b"Please write to jane.canary@example.org about the appointment.\n");
    let (ours, theirs) = (age::x25519::Identity::generate(), age::x25519::Identity::generate());
    let recipient = ours.to_public().to_string();
    world.scan("case").args(["--seal-to", &recipient]).assert().success();
    for (name, identity) in [("ours", &ours), ("theirs", &theirs)] {
        std::fs::write(world.path().join(name), identity.to_string().expose_secret()).expect("written");
    }
    let export = |extra: &[&str]| {
        let mut command = world.program();
        command.arg("export").arg(world.case("case")).args(["--table", "findings"]).args(extra).assert()
    };
    export(&["--identity", "ours"]).success().stdout(contains("jane.canary@example.org"));
    export(&[]).success().stdout(contains("\"email\"").and(contains("canary").not()));
    export(&["--identity", "theirs"]).code(1).stdout(contains("canary").not());
    let ledger = std::fs::File::open(world.case("case").join("ledger.sqlite")).expect("opened");
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut std::io::BufReader::new(ledger), &mut bytes).expect("read");
    assert!(!String::from_utf8_lossy(&bytes).contains("jane.canary"));
}

/// Done is 0, what could not run 1, usage 2, unreadable items 3, a band 10 to 13; an interruption is in `resume.rs`.
#[test]
fn exit_codes_say_how_it_ended() {
    let world = World::with_files(3);
    world.scan("case").assert().code(0);
    let report = |case: &str, extra: &[&str]| {
        let mut command = world.program();
        command.arg("report").arg(world.case(case)).args(extra).assert()
    };
    report("case", &[]).code(0);
    report("case", &["--fail-on", "low"]).code(10);
    report("case", &["--fail-on", "very-high"]).code(0);
    // The second scan leaves the report alone and says the same.
    world.scan("case").args(["--fail-on", "low"]).assert().code(10);
    world.scan("case").assert().code(0);
    world.scan("case").arg("--retry").assert().code(2);
    world.file("crash.bin", b"x");
    world.scan("case").env("BREACHSCOPE_TEST_CRASH", "crash").assert().code(3);
    world.scan("case").assert().code(3);
    report("case", &[]).code(3);
    report("case", &["--fail-on", "low"]).code(10);
    report("case", &["--incident", "nowhere.toml"]).code(1).stderr(contains("nowhere.toml"));
    std::fs::write(world.path().join("wrong.toml"), "[incident]\nno_such_field = 1\n").expect("written");
    report("case", &["--incident", "wrong.toml"]).code(1).stderr(contains("wrong.toml"));
    world.scan("other").args(["--isolation", "none", "--include", "["]).assert().code(1).stderr(contains("--include"));
    std::fs::create_dir(world.case("full")).expect("made");
    std::fs::write(world.case("full").join("thesis.odt"), "x").expect("written");
    world.scan("full").assert().code(1).stderr(contains("holds no case"));
}

#[test]
fn a_pipe_that_is_closed_is_no_error() {
    use std::process::{Command, Stdio};
    let world = World::with_files(300);
    world.scan("case").assert().success();
    let mut export = Command::new(world::program());
    export.arg("export").arg(world.case("case")).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = export.spawn().expect("started");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("waited");
    assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0));
}
