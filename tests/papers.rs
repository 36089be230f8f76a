//! What `notify` and `export` write: into folders, as manifests that can be checked, and never with a character that a
//! terminal would act on.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::disallowed_methods,
    reason = "a test stops at the first thing that is not as it should be"
)]

mod world;

use breachscope::model::is_hidden;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs;
use world::World;

const HOSTILE: [&str; 6] = [
    "=1+2.txt",
    "a\nb%c.txt",
    "\u{202e}fdp.txt",
    "\u{1b}[31mred.txt",
    "<script>alert(1)<⁄script>.txt",
    "@sum,\"x\".txt",
];

fn scanned() -> World {
    let world = World::new();
    for (n, name) in HOSTILE.iter().enumerate() {
        let text = format!("Patient: {name}\nE-mail: someone{n}@example.org\nDate of birth: 12.03.198{n}\n");
        world.file(&format!("files/{name}"), text.as_bytes());
    }
    world.file("files/plain.txt", b"Patient: Mara Beispiel\nE-mail: mara@example.org\n");
    let _ = world.scan("case").args(["-q", "--no-progress"]).assert();
    world
}

fn printed(world: &World, arguments: &[&str]) -> String {
    let mut program = world.program();
    let (command, rest) = arguments.split_first().unwrap();
    let output = program.arg(command).arg(world.case("case")).args(rest).assert().success();
    String::from_utf8(output.get_output().stdout.clone()).unwrap()
}

fn incident(world: &World) -> String {
    let path = world.path().join("incident.toml");
    fs::write(&path, "[incident]\nawareness_at = 2026-03-27T10:00:00Z\njurisdictions = [\"FR\"]\n").unwrap();
    path.display().to_string()
}

#[test]
fn no_output_holds_a_character_that_acts() {
    let world = scanned();
    let incident = incident(&world);
    let mut commands: Vec<Vec<&str>> = vec![
        vec!["report"],
        vec!["export", "--format", "hashdeep"],
        vec!["export", "--format", "dpv"],
        vec!["export", "--format", "veris", "--incident", &incident],
    ];
    for form in ["edpb", "cnil", "ico", "hhs", "gdpr33", "gdpr34", "processor"] {
        for format in ["md", "html", "json", "txt"] {
            commands.push(vec!["notify", "--form", form, "--format", format]);
        }
    }
    for command in &commands {
        let text = printed(&world, command);
        assert!(!text.is_empty(), "{command:?}");
        let acts = text.chars().find(|c| is_hidden(*c) && *c != '\n');
        assert_eq!(acts, None, "{command:?}");
    }
    for name in ["report.html", "report.md", "report.json"] {
        let text = fs::read_to_string(world.case("case").join(name)).unwrap();
        assert_eq!(text.chars().find(|c| is_hidden(*c) && *c != '\n'), None, "{name}");
    }
}

/// The manifests of a bag against the files themselves.
#[test]
fn a_bag_with_the_source_in_it_is_complete_and_valid() {
    let world = scanned();
    let bag = world.path().join("bag");
    printed(&world, &["export", "--format", "bagit", "--into", bag.to_str().unwrap()]);
    let read = |name: &str| fs::read_to_string(bag.join(name)).unwrap();
    assert_eq!(read("bagit.txt"), "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n");
    let lines = |name: &str| -> BTreeMap<String, String> {
        let line = |line: &str| line.split_once("  ").map(|(hash, path)| (path.to_owned(), hash.to_owned())).unwrap();
        read(name).lines().map(line).collect()
    };
    let (sha256, blake3) = (lines("manifest-sha256.txt"), lines("manifest-blake3.txt"));
    assert_eq!(sha256.len(), HOSTILE.len() + 1);
    assert!(sha256.keys().eq(blake3.keys()), "every manifest lists every file");
    let mut bytes = 0;
    for (path, hash) in &sha256 {
        let name = path.strip_prefix("data/").unwrap().replace("%0A", "\n").replace("%25", "%");
        let content = fs::read(world.leak().join(&name)).unwrap_or_else(|_| panic!("{name} is a file of the source"));
        assert_eq!(data_encoding::HEXLOWER.encode(&Sha256::digest(&content)), *hash, "{name}");
        assert_eq!(blake3::hash(&content).to_hex().as_str(), blake3[path], "{name}");
        bytes += content.len();
    }
    assert!(read("bag-info.txt").contains(&format!("Payload-Oxum: {bytes}.{}\n", sha256.len())));
    for (name, hash) in lines("tagmanifest-sha256.txt") {
        assert_eq!(data_encoding::HEXLOWER.encode(&Sha256::digest(fs::read(bag.join(&name)).unwrap())), hash, "{name}");
    }
}

#[test]
fn hashdeep_lines_name_every_file_or_say_why_not() {
    let world = scanned();
    let text = printed(&world, &["export", "--format", "hashdeep"]);
    let mut lines = text.lines();
    assert_eq!((lines.next(), lines.next()), (Some("%%%% HASHDEEP-1.0"), Some("%%%% size,sha256,filename")));
    let (comments, files): (Vec<_>, Vec<_>) = lines.partition(|line| line.starts_with('#'));
    assert_eq!(files.len() + comments.iter().filter(|line| line.starts_with("## left out")).count(), HOSTILE.len() + 1);
    let plain = files.iter().find(|line| line.ends_with(",files/plain.txt")).unwrap();
    let content = fs::read(world.leak().join("files/plain.txt")).unwrap();
    let hash = data_encoding::HEXLOWER.encode(&Sha256::digest(&content));
    assert_eq!(**plain, format!("{},{hash},files/plain.txt", content.len()));
}

#[test]
fn what_is_known_of_the_incident_is_said_once() {
    let world = scanned();
    let incident = incident(&world);
    let draft = |more: &[&str]| printed(&world, &[&["notify", "--form", "cnil"], more].concat());
    assert!(draft(&[]).contains("**To be completed** (incident.awareness"), "nothing was said yet");
    printed(&world, &["report", "--incident", &incident]);
    assert!(draft(&[]).contains("2026-03-27"));
    assert_eq!(draft(&[]), draft(&["--incident", &incident]));
    // A file that does not fit leaves what was said.
    let wrong = world.path().join("wrong.toml");
    fs::write(&wrong, "[incident]\nno_such_field = 1\n").unwrap();
    let mut program = world.program();
    let _ = program.arg("report").arg(world.case("case")).arg("--incident").arg(&wrong).assert().code(1);
    assert!(draft(&[]).contains("2026-03-27"));
    // The next file stands in its place.
    fs::write(&incident, "[incident]\nawareness_at = 2026-04-01T10:00:00Z\n").unwrap();
    printed(&world, &["report", "--incident", &incident]);
    assert!(draft(&[]).contains("2026-04-01") && !draft(&[]).contains("2026-03-27"));
}

#[test]
fn veris_without_a_year_says_what_to_do() {
    let world = scanned();
    let mut program = world.program();
    let output = program.arg("export").arg(world.case("case")).args(["--format", "veris"]).assert().code(1);
    let message = String::from_utf8(output.get_output().stderr.clone()).unwrap();
    assert!(message.contains("--incident") && message.contains("incident.occurred_from"), "{message}");
}

#[test]
fn letters_and_notices_go_into_files_of_their_own() {
    let world = scanned();
    let folder = world.path().join("letters");
    printed(&world, &["notify", "--form", "gdpr34", "--language", "fr,de", "--into", folder.to_str().unwrap()]);
    let names: Vec<String> =
        fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert!(names.iter().any(|name| name == "gdpr34.md"));
    assert!(names.iter().any(|name| name == "letter-01-fr.md") && names.iter().any(|name| name == "letter-01-de.md"));
    let letter = fs::read_to_string(folder.join("letter-01-fr.md")).unwrap();
    assert!(letter.contains("Madame, Monsieur") && letter.contains("à compléter"), "{letter}");
}

#[test]
fn a_form_of_the_users_that_does_not_fit_is_named_with_its_line() {
    let world = scanned();
    let rules = world.path().join("rules/notify");
    fs::create_dir_all(&rules).unwrap();
    let form = "version = 1\nid = \"ico\"\ntitle = \"t\"\nedition = \"e\"\nnote = \"n\"\n[[field]]\nid = \"1\"\ntitle = \"t\"\n\
                source = \"s\"\nfill = \"persons.everyone\"\n";
    fs::write(rules.join("ico.toml"), form).unwrap();
    let mut program = world.program();
    let output = program
        .arg("notify")
        .arg(world.case("case"))
        .args(["--form", "ico", "--rules"])
        .arg(world.path().join("rules"))
        .assert()
        .code(1);
    let message = String::from_utf8(output.get_output().stderr.clone()).unwrap();
    assert!(message.contains("notify/ico.toml:10: `persons.everyone` is no fact of a case"), "{message}");
}

#[test]
fn the_report_tells_the_limits_of_its_run_and_that_it_is_complete() {
    let world = World::with_files(3);
    world.scan("case").args(["-q", "--no-progress", "--limit", "item_seconds=7"]).assert().success();
    printed(&world, &["report"]);
    let text = fs::read_to_string(world.case("case").join("report.json")).unwrap();
    let report: serde_json::Value = serde_json::from_str(&text).unwrap();
    let limits = report["method"]["limits"].as_array().unwrap();
    let limit = limits.iter().find(|row| row["name"] == "item_seconds").unwrap();
    assert_eq!((&limit["value"], &report["coverage"]["is_complete"]), (&7.into(), &true.into()));
}
