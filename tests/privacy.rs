//! No output of any command shows a value of the leak unless it was asked for by name.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::disallowed_methods,
    reason = "a test stops at the first thing that is not as it should be"
)]

use breachscope::model::Secret;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{fmt, fs};

/// Commands that read the case of the fixture leak; `text` is the one that prints content, on request.
const COMMANDS: &[&[&str]] = &[
    &["report"],
    &["export", "--table", "files"],
    &["export", "--table", "items"],
    &["export", "--table", "findings"],
    &["export", "--table", "files", "--format", "csv"],
    &["export", "--table", "findings", "--format", "csv"],
    &["export", "--format", "dpv"],
    &["export", "--format", "hashdeep"],
    &["notify", "--form", "edpb"],
    &["notify", "--form", "cnil", "--format", "html"],
    &["notify", "--form", "ico", "--format", "json"],
    &["notify", "--form", "hhs", "--format", "txt"],
    &["notify", "--form", "gdpr33"],
    &["notify", "--form", "gdpr34", "--language", "fr,en,es,de"],
    &["notify", "--form", "processor"],
    &["explain", "clinic-aurore-1a7c/notes/rappel.txt"],
    &["explain", "clinic-harbour-9f20/mail/appointment.eml"],
];

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

fn run(arguments: impl FnOnce(&mut Command) -> &mut Command) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_breachscope"));
    program.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("RUST_BACKTRACE", "full");
    program.arg("-vv");
    arguments(&mut program);
    program.output().unwrap()
}

/// Everything below a folder, as bytes.
fn files_below(folder: &Path, all: &mut Vec<(String, Vec<u8>)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_below(&path, all);
        } else {
            all.push((path.display().to_string(), fs::read(&path).unwrap()));
        }
    }
}

#[test]
fn no_canary_stands_in_any_output_at_the_highest_verbosity() {
    let world = tempfile::tempdir().unwrap();
    let case = world.path().join("case");
    let mut outputs = Vec::new();
    let mut keep = |name: String, output: Output| {
        outputs.push((format!("{name} (stdout)"), output.stdout));
        outputs.push((format!("{name} (stderr)"), output.stderr));
    };
    let key = age::x25519::Identity::generate();
    keep(
        "scan".into(),
        run(|p| {
            p.args(["scan", "--seal-to", &key.to_public().to_string(), "--case"])
                .arg(&case)
                .arg(fixture("clinic-bucket"))
        }),
    );
    for command in COMMANDS {
        let (name, rest) = command.split_first().unwrap();
        keep(command.join(" "), run(|p| p.arg(name).arg(&case).args(rest)));
    }
    let listed = run(|p| p.arg("people").arg(&case).args(["--format", "jsonl", "--all"]));
    let ids: Vec<String> = String::from_utf8(listed.stdout.clone())
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["person"].as_str().unwrap().to_owned())
        .collect();
    assert!(ids.len() > 2, "there are persons to look at");
    keep("people jsonl".into(), listed);
    keep("people".into(), run(|p| p.arg("people").arg(&case)));
    keep("people csv".into(), run(|p| p.arg("people").arg(&case).args(["--format", "csv"])));
    for id in &ids {
        keep("people show".into(), run(|p| p.args(["people", "show"]).arg(&case).arg(id)));
    }
    for verb in ["explain", "merge", "explain", "split"] {
        keep(format!("people {verb}"), run(|p| p.args(["people", verb]).arg(&case).args([&ids[0], &ids[1]])));
    }
    keep("people decisions".into(), run(|p| p.args(["people", "decisions"]).arg(&case)));
    keep("qc sample".into(), run(|p| p.args(["qc", "sample"]).arg(&case).args(["--per-class", "500"])));
    keep("qc score".into(), run(|p| p.args(["qc", "score"]).arg(&case).arg(case.join("qc/answers.csv"))));
    keep("verify".into(), run(|p| p.arg("verify").arg(&case).arg(fixture("clinic-bucket"))));
    keep("report after decisions".into(), run(|p| p.arg("report").arg(&case)));
    keep("destroy-key".into(), run(|p| p.args(["destroy-key", "--yes"]).arg(&case)));
    files_below(&case, &mut outputs);
    assert!(
        outputs.iter().any(|(name, bytes)| name.ends_with("report.html") && bytes.len() > 1000),
        "there is a report to look at"
    );
    let canaries = fs::read_to_string(fixture("clinic-bucket.canaries.txt")).unwrap();
    let mut leaks = Vec::new();
    for canary in canaries.lines() {
        for (name, bytes) in &outputs {
            if bytes.windows(canary.len()).any(|window| window.eq_ignore_ascii_case(canary.as_bytes())) {
                leaks.push(format!("{name} shows {canary:?}"));
            }
        }
    }
    assert!(leaks.is_empty(), "{}", leaks.join("\n"));
}

/// `Secret` must not gain a way out: these traits are looked for at compile time by ambiguity.
#[test]
fn a_secret_cannot_be_displayed_cloned_or_serialised() {
    trait Ambiguous<A> {
        fn is_absent() {}
    }
    impl<T: ?Sized> Ambiguous<()> for T {}
    struct Shown;
    impl<T: fmt::Display + ?Sized> Ambiguous<Shown> for T {}
    struct Cloned;
    impl<T: Clone> Ambiguous<Cloned> for T {}
    struct Written;
    impl<T: serde::Serialize + ?Sized> Ambiguous<Written> for T {}
    // This line compiles only while `Secret` implements none of the three.
    <Secret as Ambiguous<_>>::is_absent();
    assert_eq!(format!("{:?}", Secret::new("Zéphyrine")), "Secret(10 bytes)");
}
