//! A scan can be ended at any moment and continued: the rows and the report are those of an undisturbed run.
#![expect(clippy::disallowed_methods, reason = "these tests start the program to kill it, and read /proc")]
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

mod world;

use rustix::process::{Pid, Signal, kill_process};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use world::{World, program};

const FILES: usize = 600;
/// Fewer where a scan is repeated many times.
const KILLED_FILES: usize = 150;

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

/// Kills the scan, or one of its workers, at moments drawn from a seed. `BREACHSCOPE_TEST_KILLS` sets how many.
#[test]
fn killed_at_any_moment_it_continues_to_the_same_report() {
    let kills: u64 = std::env::var("BREACHSCOPE_TEST_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(12);
    let world = World::with_files(KILLED_FILES);
    world.file("crash.bin", b"x");
    let scan = |case: &str| {
        let mut command = Command::new(program());
        command.env_clear().env("SOURCE_DATE_EPOCH", "1700000000").env("BREACHSCOPE_TEST_CRASH", "crash");
        command.arg("scan").arg(world.leak()).arg("--case").arg(world.case(case)).args(["-j", "2"]);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command
    };
    assert_eq!(scan("whole").status().expect("ran").code(), Some(3));
    let whole = outputs(&world, "whole");
    world.case_with_key_of("whole", "timed");
    let started = Instant::now();
    assert_eq!(scan("timed").status().expect("ran").code(), Some(3));
    let span = started.elapsed();
    assert_eq!(outputs(&world, "timed"), whole);
    let mut chance = Chance(0x5eed);
    for kill in 0..kills {
        let case = format!("killed-{kill}");
        world.case_with_key_of("whole", &case);
        let mut parent = scan(&case).spawn().expect("started");
        thread::sleep(span.mul_f64(chance.next()));
        if chance.next() < 0.5 {
            parent.kill().expect("killed");
            parent.wait().expect("waited");
        } else {
            for child in children_of(parent.id()).into_iter().take(1 + usize::from(chance.next() < 0.3)) {
                let _ = kill_process(Pid::from_raw(child).expect("a process"), Signal::KILL);
            }
            assert_eq!(parent.wait().expect("waited").code(), Some(3), "a worker's death is not the scan's");
            assert_eq!(outputs(&world, &case), whole, "kill {kill} of {kills}, of a worker");
        }
        assert_eq!(scan(&case).status().expect("ran").code(), Some(3));
        assert_eq!(outputs(&world, &case), whole, "kill {kill} of {kills}");
        std::fs::remove_dir_all(world.case(&case)).expect("removed");
    }
}

/// Numbers between 0 and 1 from a seed (xorshift64).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[test]
fn a_worker_that_is_killed_again_and_again_costs_its_item() {
    let world = World::with_files(20);
    world.file("hang", b"x");
    let mut scan = Command::new(program());
    scan.env_clear().env("BREACHSCOPE_TEST_HANG", "hang").stdout(Stdio::null()).stderr(Stdio::null());
    scan.arg("scan").arg(world.leak()).arg("--case").arg(world.case("case")).args(["-j", "1"]);
    let mut parent = scan.spawn().expect("started");
    let code = loop {
        if let Some(status) = parent.try_wait().expect("waited") {
            break status.code();
        }
        thread::sleep(Duration::from_millis(400));
        for child in children_of(parent.id()) {
            let _ = kill_process(Pid::from_raw(child).expect("a process"), Signal::KILL);
        }
    };
    // Every worker was killed, also while it was starting: a scan without workers stops and can be continued.
    assert!(matches!(code, Some(1 | 3)), "{code:?}");
    // 3 where the item was given up.
    world.scan("case").assert().code(if failed(&world) > 0 { 3 } else { 0 });
    assert_eq!(world.items("case").iter().filter(|row| row["status"] == "examined").count(), 21 - failed(&world));
}

fn failed(world: &World) -> usize {
    let items = world.items("case");
    let failed: Vec<_> = items.iter().filter(|row| row["status"] == "failed").collect();
    assert!(failed.iter().all(|row| row["fault"] == "crashed"));
    failed.len()
}

/// The children of all threads of a process.
fn children_of(parent: u32) -> Vec<i32> {
    let Ok(threads) = std::fs::read_dir(format!("/proc/{parent}/task")) else { return Vec::new() };
    let children = |thread: std::fs::DirEntry| std::fs::read_to_string(thread.path().join("children")).ok();
    let lists: Vec<String> = threads.flatten().filter_map(children).collect();
    lists.iter().flat_map(|list| list.split_whitespace()).filter_map(|pid| pid.parse().ok()).collect()
}

/// A disk that is full, by the limit on the size of a file: `ulimit -f` counts 512 or 1024 bytes, so it is tight anyway.
#[test]
fn a_full_disk_stops_the_scan_with_a_word_and_it_continues() {
    let world = World::with_files(FILES);
    world.scan("whole").assert().success();
    for blocks in [8, 120, 300] {
        let case = format!("full-{blocks}");
        world.case_with_key_of("whole", &case);
        let mut shell = Command::new("/bin/sh");
        shell.env_clear().env("SOURCE_DATE_EPOCH", "1700000000");
        shell.args(["-c", &format!("ulimit -f {blocks}; exec \"$0\" \"$@\"")]).arg(program());
        shell.arg("scan").arg(world.leak()).arg("--case").arg(world.case(&case));
        let output = shell.output().expect("ran");
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{told}");
        assert!(told.contains("ledger") && told.contains("same command"), "{told}");
        world.scan(&case).assert().success();
        assert_eq!(outputs(&world, &case), outputs(&world, "whole"), "{blocks}");
    }
}

#[test]
fn a_file_that_changes_while_it_is_read_is_told_and_read_again_by_the_next_scan() {
    let world = World::with_files(3);
    let log = world.file("growing.log", &b"line of a log\n".repeat(400_000));
    let grower = log.clone();
    let stop = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let stopped = std::sync::Arc::clone(&stop);
    let growing = thread::spawn(move || {
        use std::io::Write as _;
        let mut file = std::fs::OpenOptions::new().append(true).open(grower).expect("opened");
        while !stopped.load(std::sync::atomic::Ordering::Relaxed) {
            file.write_all(b"one more line\n").expect("written");
            thread::sleep(Duration::from_millis(1));
        }
    });
    world.scan("case").assert().success();
    stop.store(true, std::sync::atomic::Ordering::Relaxed);
    growing.join().expect("joined");
    assert_eq!(world.fault("case", "growing.log").as_deref(), Some("changed"));
    world.scan("case").assert().success();
    assert_eq!(world.fault("case", "growing.log"), None);
}

#[test]
fn a_copy_in_the_place_of_a_file_is_known_by_its_content_and_another_file_is_not() {
    let world = World::with_files(10);
    world.scan("case").assert().success();
    let path = world.leak().join("folder-1/note-1.txt");
    let modified = std::fs::metadata(&path).expect("there").modified().expect("time");
    let replace = |bytes: &[u8]| {
        let other = world.leak().join("other");
        std::fs::write(&other, bytes).expect("written");
        std::fs::File::options().write(true).open(&other).expect("opened").set_modified(modified).expect("set");
        std::fs::rename(&other, &path).expect("renamed");
    };
    let said = |log: &[u8]| String::from_utf8_lossy(log).into_owned();
    replace(b"note 1, nothing personal");
    let same = said(&world.scan("case").arg("-v").assert().success().get_output().stderr);
    assert!(same.contains("recorded=0") && same.contains("already_done=10"), "{same}");
    replace(b"note 1, nothing personaL");
    let other = said(&world.scan("case").arg("-v").assert().success().get_output().stderr);
    assert!(other.contains("recorded=1") && other.contains("already_done=9"), "{other}");
}

#[test]
fn a_scan_that_finds_nothing_new_leaves_the_report_alone() {
    let world = World::with_files(10);
    let stdout = |extra: &[&str]| {
        let scanned = world.scan("case").args(extra).assert().success();
        String::from_utf8_lossy(&scanned.get_output().stdout).into_owned()
    };
    assert!(stdout(&[]).contains("of 10 listed"));
    assert!(stdout(&[]).contains("Nothing changed"));
    // Other options of the report, a report that was touched, and a file that is new each make it anew.
    assert!(stdout(&["--show-paths"]).contains("of 10 listed"));
    std::fs::remove_file(world.case("case").join("report.md")).expect("removed");
    assert!(stdout(&["--show-paths"]).contains("of 10 listed"));
    world.file("new.txt", b"new");
    assert!(stdout(&["--show-paths"]).contains("of 11 listed"));
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
    let pid = Pid::from_raw(i32::try_from(parent.id()).expect("small")).expect("a process");
    kill_process(pid, Signal::INT).expect("interrupted");
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
