//! Thousands of broken files through the whole program: no mutant of a fixture ends the scan, hangs it, or is left
//! without an outcome.
//!
//! `BREACHSCOPE_TEST_MUTANTS` sets how many; 10,000 take some minutes with a release build
//! (`BREACHSCOPE_TEST_MUTANTS=10000 BREACHSCOPE_TEST_PROGRAM=target/release/breachscope cargo test --test mutants`).
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and reads our own fixtures"
)]

mod world;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;
use world::World;

/// Mutants of one run where nothing else was asked for: enough to notice, few enough for every run of the tests.
const MUTANTS: usize = 300;
/// Largest mutant, in bytes: two spliced fixtures.
const BYTES: usize = 400_000;

/// Numbers from a seed (xorshift64).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number below a bound.
    fn below(&mut self, bound: usize) -> usize {
        (self.next() >> 16) as usize % bound.max(1)
    }
}

/// Every fixture: its file name and bytes.
fn fixtures() -> Vec<(String, Vec<u8>)> {
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/clinic-bucket")];
    let mut files: Vec<PathBuf> = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).expect("folder").map(|entry| entry.expect("entry")) {
            let kind = entry.file_type().expect("type");
            if kind.is_dir() {
                open.push(entry.path());
            } else if kind.is_file() && entry.metadata().expect("metadata").len() > 0 {
                files.push(entry.path());
            }
        }
    }
    files.sort();
    let named = |path: &PathBuf| path.extension().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    files.iter().map(|path| (named(path), fs::read(path).expect("read"))).collect()
}

/// Breaks a file in one to four ways.
fn mutate(bytes: &mut Vec<u8>, others: &[(String, Vec<u8>)], chance: &mut Chance) {
    for _ in 0..=chance.below(4) {
        let at = chance.below(bytes.len());
        match chance.below(9) {
            0 => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << (at % 8)),
            1 => bytes.truncate(at),
            2 => set(bytes, at, 4, [0, u64::MAX, 0x7fff_ffff, 1 << 31][chance.below(4)]),
            3 => set(bytes, at, 2, chance.next()),
            4 => edit_length(bytes, chance),
            5 => edit_number(bytes, chance),
            6 => {
                let other = &others[chance.below(others.len())].1;
                let from = chance.below(other.len());
                bytes.truncate(at);
                bytes.extend_from_slice(&other[from..]);
            }
            7 => {
                let piece: Vec<u8> = bytes[at..].iter().take(1 + chance.below(4096)).copied().collect();
                for _ in 0..chance.below(20) {
                    bytes.splice(at..at, piece.iter().copied());
                }
            }
            _ => bytes.drain(at..).for_each(drop),
        }
        bytes.truncate(BYTES);
        if bytes.is_empty() {
            bytes.push(b'%');
        }
    }
}

/// Overwrites a field with a number, in one of the two byte orders.
fn set(bytes: &mut [u8], at: usize, width: usize, value: u64) {
    let number =
        if value & 2 == 0 { value.to_le_bytes() } else { value.rotate_left(64 - 8 * width as u32).to_be_bytes() };
    for (place, byte) in bytes.iter_mut().skip(at).zip(number).take(width) {
        *place = byte;
    }
}

/// Overwrites what looks like a length: a 32-bit number that fits into the file.
fn edit_length(bytes: &mut [u8], chance: &mut Chance) {
    let (size, start) = (bytes.len() as u64, chance.below(bytes.len()));
    let is_length = |window: &[u8]| {
        let little = u64::from(u32::from_le_bytes([window[0], window[1], window[2], window[3]]));
        (8..size).contains(&little) || (8..size).contains(&u64::from((little as u32).swap_bytes()))
    };
    let found = bytes[start..].windows(4).position(is_length).map(|found| found + start);
    set(bytes, found.unwrap_or(start), 4, [u64::MAX, 0, 1, size * 3][chance.below(4)]);
}

/// Replaces a number in text, such as a PDF's `/Length 120`, an XML attribute or a cell.
fn edit_number(bytes: &mut Vec<u8>, chance: &mut Chance) {
    let start = chance.below(bytes.len());
    let Some(begin) = bytes[start..].iter().position(u8::is_ascii_digit).map(|found| found + start) else { return };
    let length = bytes[begin..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let numbers: [&[u8]; 5] = [b"0", b"-1", b"99999999999", b"4294967295", b"1e308"];
    bytes.splice(begin..begin + length, numbers[chance.below(5)].iter().copied());
}

#[test]
fn every_mutant_has_an_outcome_and_no_scan_dies() {
    let count = std::env::var("BREACHSCOPE_TEST_MUTANTS").ok().and_then(|text| text.parse().ok()).unwrap_or(MUTANTS);
    let seed = std::env::var("BREACHSCOPE_TEST_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(0x0b5e_55ed);
    let (world, fixtures, mut chance) = (World::new(), fixtures(), Chance(seed));
    for n in 0..count {
        let (extension, bytes) = &fixtures[n % fixtures.len()];
        let mut mutant = bytes.clone();
        mutate(&mut mutant, &fixtures, &mut chance);
        world.file(&format!("{:03}/{n}.{extension}", n / 1000), &mutant);
    }
    let mut scan = world.scan("case");
    scan.timeout(Duration::from_hours(1)).args(["--ocr", "off", "--limit", "item_seconds=5", "--quiet"]);
    let code = scan.args(["--limit", "worker_seconds=15"]).output().expect("ran").status.code();
    assert!(matches!(code, Some(0 | 3)), "the scan ended with {code:?}");
    let export = world.export("case", "files");
    let mut outcomes: BTreeMap<String, usize> = BTreeMap::new();
    for line in export.lines() {
        let row: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let fault =
            row["fault"].as_str().filter(|fault| ["crashed", "timed_out", "out_of_memory", "panicked"].contains(fault));
        let outcome = format!(
            "{}{}",
            row["status"].as_str().expect("outcome"),
            fault.map(|f| format!("({f})")).unwrap_or_default()
        );
        if fault.is_some() {
            let _ = writeln!(std::io::stderr(), "{outcome}: {}", row["path"]);
        }
        *outcomes.entry(outcome).or_default() += 1;
    }
    let _ = writeln!(std::io::stderr(), "{count} mutants: {outcomes:?}");
    assert_eq!(outcomes.values().sum::<usize>(), count, "every mutant has an outcome");
}
