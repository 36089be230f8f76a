//! A scan can be ended at any moment and continued: the rows and the report are those of an undisturbed run.
#![expect(clippy::disallowed_methods, reason = "these tests start the program to kill it, and read /proc")]
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

mod world;

use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;
use world::{World, program};

const FILES: usize = 600;

/// The rows and the report's files of a case, rendered again.
fn outputs(world: &World, case: &str) -> (String, String, Vec<Vec<u8>>) {
    let rendered = world.program().arg("report").arg(world.case(case)).arg("--quiet").output().expect("ran");
    assert!(matches!(rendered.status.code(), Some(0 | 3)), "{}", String::from_utf8_lossy(&rendered.stderr));
    let file = |name: &str| std::fs::read(world.case(case).join(name)).expect("written");
    let reports = ["report.html", "report.md", "report.json"].map(file);
    (world.export(case, "items"), world.export(case, "findings"), reports.to_vec())
}

#[test]
fn stopped_at_any_record_it_continues_to_the_same_rows() {
    let world = World::with_files(FILES);
    world.scan("whole").assert().success();
    for stop_at in [1, 255, 256, 257, 599] {
        let case = format!("stopped-{stop_at}");
        world.case_with_key_of("whole", &case);
        let stopped = world.scan(&case).env("BREACHSCOPE_TEST_STOP_AT", stop_at.to_string()).output().expect("ran");
        assert!(!stopped.status.success());
        world.scan(&case).assert().success();
        assert_eq!(outputs(&world, &case), outputs(&world, "whole"), "stopped at {stop_at}");
    }
}

/// Kills at points spread over the run's time. `BREACHSCOPE_TEST_KILLS` sets how many; 100 take about a minute.
#[test]
fn killed_at_any_moment_it_continues_to_the_same_rows() {
    let kills: u64 = std::env::var("BREACHSCOPE_TEST_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(12);
    let world = World::with_files(FILES);
    world.file("crash.bin", b"x");
    let scan = |case: &str| {
        let mut command = Command::new(program());
        command.env_clear().env("SOURCE_DATE_EPOCH", "1700000000").env("BREACHSCOPE_TEST_CRASH", "crash");
        command.arg("scan").arg(world.leak()).arg("--case").arg(world.case(case));
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command
    };
    let started = std::time::Instant::now();
    assert_eq!(scan("whole").status().expect("ran").code(), Some(3));
    let span = started.elapsed();
    let whole = outputs(&world, "whole");
    for kill in 0..kills {
        let case = format!("killed-{kill}");
        // Two kills in a row, at two different points.
        for point in [kill, (kill * 7 + 3) % kills] {
            let mut child = scan(&case).spawn().expect("started");
            thread::sleep(span.mul_f64(point as f64 / kills as f64));
            child.kill().expect("killed");
            child.wait().expect("waited");
        }
        assert_eq!(scan(&case).status().expect("ran").code(), Some(3));
        assert_eq!(outputs(&world, &case), whole, "kill {kill} of {kills}");
        std::fs::remove_dir_all(world.case(&case)).expect("removed");
    }
}

#[test]
fn a_worker_killed_from_outside_costs_at_most_its_item() {
    let world = World::with_files(50);
    world.file("hang", b"x");
    let mut scan = Command::new(program());
    scan.env_clear().env("BREACHSCOPE_TEST_HANG", "hang").stdout(Stdio::null()).stderr(Stdio::null());
    scan.arg("scan").arg(world.leak()).arg("--case").arg(world.case("case")).args(["-j", "1"]);
    let mut parent = scan.spawn().expect("started");
    // The one worker hangs in the end; kill it then.
    thread::sleep(Duration::from_millis(1500));
    let child = child_of(parent.id()).expect("a worker");
    let pid = rustix::process::Pid::from_raw(child).expect("a process");
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).expect("killed");
    assert_eq!(parent.wait().expect("waited").code(), Some(3));
    assert_eq!(world.fault("case", "hang").as_deref(), Some("crashed"));
    assert_eq!(world.items("case").iter().filter(|row| row["status"] == "examined").count(), 50);
}

/// A child of any thread of a process.
fn child_of(parent: u32) -> Option<i32> {
    let threads = std::fs::read_dir(format!("/proc/{parent}/task")).ok()?;
    let children = |thread: std::fs::DirEntry| std::fs::read_to_string(thread.path().join("children")).ok();
    threads.flatten().filter_map(children).find_map(|text| text.split_whitespace().next()?.parse().ok())
}

#[test]
fn an_interrupted_scan_finishes_its_items_and_says_so() {
    let world = World::with_files(FILES);
    world.file("hang", b"x");
    let mut scan = Command::new(program());
    scan.env_clear().env("BREACHSCOPE_TEST_HANG", "hang").stdout(Stdio::piped()).stderr(Stdio::null());
    scan.arg("scan").arg(world.leak()).arg("--case").arg(world.case("case"));
    scan.args(["--limit", "worker_seconds=2"]);
    let parent = scan.spawn().expect("started");
    thread::sleep(Duration::from_millis(800));
    let pid = rustix::process::Pid::from_raw(i32::try_from(parent.id()).expect("small")).expect("a process");
    rustix::process::kill_process(pid, rustix::process::Signal::INT).expect("interrupted");
    let output = parent.wait_with_output().expect("waited");
    assert_eq!(output.status.code(), Some(130));
    assert!(String::from_utf8_lossy(&output.stdout).contains("Not finished"));
    world.scan("case").args(["--retry", "failed"]).assert().success();
    assert_eq!(world.items("case").len(), FILES + 1);
}

#[test]
fn a_grown_leak_costs_only_what_is_new() {
    let world = World::with_files(30);
    world.scan("case").assert().success();
    world.file("new.txt", b"new");
    world.file("folder-0/note-0.txt", b"changed, and longer than it was before");
    let scanned = world.scan("case").arg("-v").assert().success();
    let log = String::from_utf8_lossy(&scanned.get_output().stderr).into_owned();
    assert!(log.contains("recorded=2") && log.contains("already_done=29"), "{log}");
}

#[test]
fn failed_items_are_tried_again_only_when_asked() {
    let world = World::with_files(3);
    world.file("crash.bin", b"x");
    world.scan("case").env("BREACHSCOPE_TEST_CRASH", "crash").assert().code(3);
    world.scan("case").assert().code(3);
    assert_eq!(world.fault("case", "crash.bin").as_deref(), Some("crashed"));
    world.scan("case").args(["--retry", "failed"]).assert().success();
    assert_eq!(world.fault("case", "crash.bin"), None);
}

#[test]
fn other_options_examine_again_and_say_so() {
    let world = World::with_files(3);
    world.scan("case").assert().success();
    let again = world.scan("case").args(["--countries", "FR"]).assert().success();
    assert!(String::from_utf8_lossy(&again.get_output().stderr).contains("examined again"));
}
