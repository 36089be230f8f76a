//! What a user relies on when installing a better face detector.
#![allow(clippy::expect_used, reason = "a test fails by panicking")]

mod world;

use predicates::prelude::*;
use predicates::str::contains;
use world::World;

#[test]
fn without_a_model_the_built_in_one_is_used_and_the_way_to_a_better_one_is_told() {
    let world = World::new();
    let list = world.program().args(["models", "list"]).assert().success();
    list.stdout(
        contains("built in                 used").and(contains("not installed")).and(contains("models add FILE")),
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
