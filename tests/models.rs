//! What a user relies on when installing a better face detector.
#![allow(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and reads what it wrote"
)]

mod world;

use predicates::prelude::*;
use predicates::str::contains;
use world::World;

#[test]
fn without_a_model_the_built_in_one_is_used_and_the_way_to_a_better_one_is_told() {
    let world = World::new();
    let list = world.program().args(["models", "list"]).assert().success();
    list.stdout(
        contains("built in                                       used")
            .and(contains("not installed"))
            .and(contains("models add FILE")),
    );
}

#[test]
fn an_unknown_file_is_not_installed() {
    let world = World::new();
    let file = world.file("yunet_s_320_320.onnx", b"not the network");
    let add = world.program().args(["models", "add"]).arg(&file).args(["--models", "m"]).assert().code(1);
    add.stderr(contains("none of the known models").and(contains("https://")));
    assert!(!world.path().join("m").exists());
}

#[test]
fn an_altered_model_stops_the_scan_before_it_starts() {
    let world = World::with_files(1);
    std::fs::create_dir(world.path().join("m")).expect("folder");
    std::fs::write(world.path().join("m/yunet_s_320_320.onnx"), b"altered").expect("written");
    world.scan("case").args(["--models", "m"]).assert().code(1).stderr(contains("SHA-256"));
    world.scan("case").args(["--models", "nowhere"]).assert().code(1).stderr(contains("models add"));
    let list = world.program().args(["models", "list", "--models", "m"]).assert().success();
    list.stdout(contains("refused"));
}

#[test]
fn faces_are_compared_only_with_a_model_and_nothing_is_kept_without() {
    let world = World::with_files(1);
    world.scan("case").assert().success();
    let faces = world.program().args(["faces", "case", "--models", "m"]).assert().code(1);
    faces.stderr(contains("models list"));
    assert!(!world.path().join("case/faces.json").exists());
    std::fs::create_dir(world.path().join("m")).expect("folder");
    std::fs::write(world.path().join("m/face_recognition_model.bin"), b"altered").expect("written");
    world.program().args(["faces", "case", "--models", "m"]).assert().code(1).stderr(contains("SHA-256"));
    // A scan does not even look at it.
    world.scan("other").args(["--models", "m"]).assert().success();
    world.program().args(["models", "list", "--models", "m"]).assert().success().stdout(contains("refused"));
}

#[test]
fn a_report_shows_what_comparing_faces_came_to_and_says_when_the_case_has_changed() {
    let world = World::with_files(1);
    world.scan("case").assert().success();
    let groups =
        br#"{"generation": -1, "model": "dlib_resnet", "detector": "yunet_s", "distance_milli": 450, "pictures": 12,
        "faces": 14, "groups": 9, "single": 6, "largest": 3, "left_out": 0, "unread": 0, "in_containers": 2}"#;
    std::fs::write(world.path().join("case/faces.json"), groups).expect("written");
    world.program().args(["report", "case"]).assert().success();
    let report = std::fs::read_to_string(world.path().join("case/report.md")).expect("a report");
    assert!(report.contains("9 groups of alike faces among 14 on 12 different pictures"), "{report}");
    assert!(report.contains("run `breachscope faces` again"));
}
