//! Outside programs run outside the workers, inside bounds: whatever one does costs its step and nothing else.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

mod world;

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use world::World;

/// A world with one picture that no camera made, and a Tesseract that is this shell script.
fn world_with_tesseract(script: &str) -> World {
    let world = World::new();
    let mut picture = image::RgbImage::from_pixel(600, 400, image::Rgb([250, 250, 248]));
    for line in (60..340).step_by(40) {
        for x in 40..560 {
            picture.put_pixel(x, line, image::Rgb([10, 10, 10]));
        }
    }
    picture.save(world.leak().join("page.png")).expect("written");
    let program = world.path().join("tesseract");
    let whole = format!("#!/bin/sh\nif [ \"$1\" = --list-langs ]; then echo list; echo eng; exit 0; fi\n{script}\n");
    fs::write(&program, whole).expect("written");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("executable");
    world
}

/// The faults of the picture after a scan with OCR of everything.
fn faults(world: &World, isolation: &str) -> (Vec<String>, std::time::Duration) {
    let case = format!("case-{isolation}");
    let begun = std::time::Instant::now();
    let mut scan = world.scan(&case);
    scan.env("PATH", world.path()).args(["--ocr", "all", "--isolation", isolation, "--limit", "ocr_seconds=2"]);
    scan.args(["--limit", "tool_answer=1M"]).assert().success();
    let items = world.items(&case);
    let faults = items[0]["faults"].as_array().expect("a list");
    (faults.iter().filter_map(|fault| fault.as_str().map(str::to_owned)).collect(), begun.elapsed())
}

fn words(lines: &[&str]) -> String {
    let mut table =
        "level\\tpage\\tblock\\tpar\\tline\\tword\\tleft\\ttop\\twidth\\theight\\tconf\\ttext\\n".to_owned();
    for (line, top) in lines.iter().zip((100..).step_by(50)) {
        let _ = write!(table, "4\\t1\\t1\\t1\\t1\\t0\\t10\\t{top}\\t500\\t20\\t-1\\t\\n");
        for (word, left) in line.split(' ').zip((10..).step_by(120)) {
            let _ = write!(table, "5\\t1\\t1\\t1\\t1\\t1\\t{left}\\t{top}\\t100\\t20\\t95\\t{word}\\n");
        }
    }
    table
}

#[test]
fn what_a_tool_reads_is_found_in_and_out_of_isolation() {
    let lines = ["Dear Ms Exemple, your appointment is on Monday", "write to jane.canary@example.org please"];
    let world = world_with_tesseract(&format!("cat >/dev/null; printf '{}'", words(&lines)));
    for isolation in ["process", "none"] {
        assert_eq!(faults(&world, isolation).0, Vec::<String>::new());
        let found = world.export(&format!("case-{isolation}"), "findings");
        assert!(found.contains("\"email\"") && found.contains("\"ocr\""), "{isolation}: {found}");
    }
}

#[test]
fn a_crash_a_hang_and_a_flood_cost_the_step_alone() {
    for (script, isolation) in [("kill -SEGV $$", "process"), ("kill -SEGV $$", "none")] {
        assert_eq!(faults(&world_with_tesseract(script), isolation).0, ["tool_failed"]);
    }
    let (hung, took) = faults(&world_with_tesseract("/bin/sleep 50"), "process");
    assert_eq!(hung, ["tool_timed_out"]);
    assert!(took < std::time::Duration::from_secs(30));
    let flood = world_with_tesseract("exec /usr/bin/yes");
    assert_eq!(faults(&flood, "process").0, ["tool_failed"]);
    // The picture looks like a paper, so one that the program refuses counts as not read.
    assert_eq!(faults(&world_with_tesseract("exit 1"), "process").0, ["image_only"]);
}

#[test]
fn a_tool_writes_no_file_and_sees_no_environment() {
    let script = "echo x > \"${0%/*}/escaped\"; echo \"$HOME$PATH$BREACHSCOPE_TEST_CANARY\" > /proc/self/fd/1; exit 0";
    let world = world_with_tesseract(script);
    assert_eq!(faults(&world, "process").0, Vec::<String>::new());
    if walls_stand(&world) {
        assert!(!world.path().join("escaped").exists());
    }
}

/// Whether this kernel has the walls; a scan that lacks them says so.
fn walls_stand(world: &World) -> bool {
    let scanned = world.scan("walls").assert().success();
    !String::from_utf8_lossy(&scanned.get_output().stderr).contains("lacks landlock")
}
