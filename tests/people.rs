//! Persons from end to end: listed, explained, split, merged, opened; and the key destroyed.
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
use world::World;

/// Two clinics' papers about invented people: one person on two items, a couple, and one row that is no person.
fn clinic() -> World {
    let world = World::new();
    let table = "patient_id,name,date_of_birth,email\n\
        P-1001,Zoé Exemple,1980-02-03,zoe.exemple@example.org\n\
        P-1002,Bert Muster,1971-05-06,bert.muster@example.org\n\
        P-1003,Carla Ejemplo,1990-07-08,carla.ejemplo@example.org\n";
    world.file("clinic-a/list.csv", table.as_bytes());
    let letter = "Patient: EXEMPLE Zoé\nDate of birth: 03/02/1980\nE-mail: zoe.exemple@example.org\n\nThank you for your visit.\n";
    world.file("clinic-a/letter.txt", letter.as_bytes());
    world
}

fn people(world: &World, case: &str) -> Vec<Value> {
    let output = world.program().arg("people").arg(world.case(case)).args(["--format", "jsonl"]).assert().success();
    let text = String::from_utf8(output.get_output().stdout.clone()).expect("UTF-8");
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

/// Mention ids of a person, as `people show` prints them.
fn mentions(world: &World, case: &str, person: &str) -> Vec<String> {
    let output = world.program().args(["people", "show"]).arg(world.case(case)).arg(person).assert().success();
    let text = String::from_utf8(output.get_output().stdout.clone()).expect("UTF-8");
    text.lines().filter(|line| line.starts_with('m')).map(|line| line[..17].to_owned()).collect()
}

fn reported(world: &World, case: &str) -> u64 {
    world.program().arg("report").arg(world.case(case)).arg("-q").assert().success();
    let text = std::fs::read(world.case(case).join("report.json")).expect("written");
    let report: Value = serde_json::from_slice(&text).expect("JSON");
    report["distinct_persons"]["best"].as_u64().expect("a number")
}

#[test]
fn persons_are_listed_masked_and_two_items_about_one_are_one() {
    let world = clinic();
    world.scan("case").arg("-q").assert().success();
    let listed = people(&world, "case");
    assert_eq!(listed.len(), 3);
    let most = &listed[0];
    assert_eq!((most["mentions"].as_u64(), most["by_mail"].as_bool()), (Some(2), Some(true)));
    let text = world.program().arg("people").arg(world.case("case")).assert().success();
    text.stdout(contains("3 persons").and(contains("Exemple").not()));
}

#[test]
fn a_join_is_explained_split_and_merged_again_and_reports_hold_to_it() {
    let world = clinic();
    world.scan("case").arg("-q").assert().success();
    let person = people(&world, "case")[0]["person"].as_str().expect("an id").to_owned();
    let ids = mentions(&world, "case", &person);
    assert_eq!(ids.len(), 2, "{ids:?}");
    let pair = |verb: &str| {
        let mut command = world.program();
        command.args(["people", verb]).arg(world.case("case")).args(&ids);
        command
    };
    pair("explain").assert().success().stdout(contains("one person").and(contains("rule email")));
    pair("split").assert().success().stdout(contains("3 before, 4 now"));
    assert_eq!(reported(&world, "case"), 4);
    pair("explain").assert().success().stdout(contains("two persons"));
    pair("merge").assert().success().stdout(contains("4 before, 3 now"));
    assert_eq!(reported(&world, "case"), 3);
    pair("explain").assert().success().stdout(contains("decided_by_hand"));
    // A scan with the same leak changes nothing about what was decided.
    pair("split").assert().success();
    world.scan("case").arg("-q").assert().success();
    assert_eq!(reported(&world, "case"), 4);
    let decisions = world.program().args(["people", "decisions"]).arg(world.case("case")).assert().success();
    decisions.stdout(contains("split").count(2).and(contains("merge").count(1)));
    let unknown = ["people", "explain"];
    world.program().args(unknown).arg(world.case("case")).args([&ids[0], "m0000000000000000"]).assert().code(1);
}

#[test]
fn the_notification_list_opens_with_the_recipients_key_only() {
    let world = clinic();
    let key = age::x25519::Identity::generate();
    let secret = age::secrecy::ExposeSecret::expose_secret(&key.to_string()).to_owned();
    std::fs::write(world.path().join("key.txt"), secret).expect("written");
    world.scan("case").args(["-q", "--seal-to", &key.to_public().to_string()]).assert().success();
    let list = |format: &str, out: &str| {
        let mut command = world.program();
        command.arg("people").arg(world.case("case")).args(["--identity", "key.txt", "--format", format, "--out", out]);
        command
    };
    list("csv", "list.csv").assert().success().stdout("");
    let csv = std::fs::read_to_string(world.path().join("list.csv")).expect("written");
    let mut rows = csv::Reader::from_reader(csv.as_bytes());
    let head = rows.headers().expect("a head").clone();
    let at = |name: &str| head.iter().position(|column| column == name).unwrap_or_else(|| panic!("{name} is a column"));
    let rows: Vec<csv::StringRecord> = rows.records().map(|row| row.expect("a row")).collect();
    let zoe = rows.iter().find(|row| row[at("emails")].contains("zoe.exemple@example.org")).expect("listed");
    assert_eq!((&zoe[at("surname")], &zoe[at("given_names")]), ("EXEMPLE", "Zoé"));
    assert_eq!((&zoe[at("has_email")], &zoe[at("n_documents")]), ("1", "2"));
    list("csv", "list.csv").assert().code(1).stderr(contains("cannot be made"));
    list("xlsx", "list.xlsx").assert().success();
    let mut book: calamine::Xlsx<_> = calamine::open_workbook(world.path().join("list.xlsx")).expect("a workbook");
    let sheet = calamine::Reader::worksheet_range_at(&mut book, 0).expect("a sheet").expect("read");
    assert_eq!(sheet.height(), rows.len() + 1);
    let other = age::x25519::Identity::generate();
    let secret = age::secrecy::ExposeSecret::expose_secret(&other.to_string()).to_owned();
    std::fs::write(world.path().join("key.txt"), secret).expect("written");
    list("csv", "other.csv").assert().code(1).stderr(contains("no values of this case are sealed"));
    let log = std::fs::read_to_string(world.case("case").join("audit.jsonl")).expect("a log");
    assert!(log.contains("notification_list_opened"));
}

#[test]
fn a_destroyed_key_leaves_reports_and_ends_scans() {
    let world = clinic();
    let key = age::x25519::Identity::generate();
    let secret = age::secrecy::ExposeSecret::expose_secret(&key.to_string()).to_owned();
    std::fs::write(world.path().join("key.txt"), secret).expect("written");
    world.scan("case").args(["-q", "--seal-to", &key.to_public().to_string()]).assert().success();
    let case = world.case("case");
    let destroy = || world.program().arg("destroy-key").arg(&case).args(["--yes"]).assert().success();
    world.program().arg("destroy-key").arg(&case).assert().success().stdout(contains("Nothing was done"));
    assert!(case.join("case.key").exists());
    destroy().stdout(contains("overwritten and removed").and(contains("1 sealed data keys")));
    assert!(!case.join("case.key").exists());
    assert_eq!(reported(&world, "case"), 3);
    world.program().arg("people").arg(&case).assert().success();
    world.program().arg("people").arg(&case).args(["--identity", "key.txt"]).assert().code(1);
    world.scan("case").assert().code(1).stderr(contains("was destroyed"));
    destroy().stdout(contains("was destroyed before"));
    world.program().arg("verify").arg(&case).assert().success();
}

#[test]
fn one_thread_or_two_count_the_same_people() {
    let world = clinic();
    world.scan("one").args(["-q", "--jobs", "1"]).assert().success();
    // With the same key, tokens and with them all orders are the same.
    std::fs::create_dir(world.case("two")).expect("made");
    std::fs::copy(world.case("one").join("case.key"), world.case("two").join("case.key")).expect("copied");
    world.scan("two").args(["-q", "--jobs", "2"]).assert().success();
    for report in ["report.json", "report.html", "report.md"] {
        let read = |case: &str| std::fs::read(world.case(case).join(report)).expect("written");
        assert!(read("one") == read("two"), "{report} differs");
    }
    assert_eq!(people(&world, "one"), people(&world, "two"));
}
