//! Time and memory of resolving many mentions: `cargo run --release --example resolve_scale -- MENTIONS...`
//!
//! Records are made up as they are read, one at a time, so that memory is the resolver's alone. Each person has about 20
//! documents; one document in eight is not about anybody new but a list, a photo in a folder, or misread.

#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a measurement prints, and reads a clock")]

use breachscope::model::{
    Confidence, Fault, Finding, Hints, Kind, Locator, NamePart, Origin, Outcome, Part, Record, Role, Token, Verdict,
};
use breachscope::resolve::Resolver;
use breachscope::rules::{ResolveRules, RuleFiles};
use std::time::Instant;

/// Documents of one person.
const DOCUMENTS: u64 = 20;

fn chance(a: u64, b: u64) -> u64 {
    let mut x = a.rotate_left(25) ^ b.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5eed;
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

fn token(kind: u64, value: u64) -> Token {
    let mut bytes = [0; 16];
    for (place, byte) in
        bytes.iter_mut().zip(chance(kind + 1, value).to_be_bytes().iter().chain(&chance(value, kind).to_be_bytes()))
    {
        *place = *byte;
    }
    Token(bytes)
}

fn finding(kind: Kind, value: u64, parts: Vec<NamePart>) -> Finding {
    Finding {
        kind,
        scheme: "invented".into(),
        origin: Origin::of(Part::Text),
        start: 0,
        end: 1,
        confidence: Confidence::milli(950),
        mask: String::new(),
        token: token(kind as u64, value),
        parts,
        role: Role::DataSubject,
        mention: Some(0),
        alternatives: Vec::new(),
        hints: Hints::default(),
        sealed: None,
    }
}

fn part(word: u64, is_initial: bool) -> NamePart {
    let whole = (!is_initial).then(|| token(100, word));
    NamePart { whole, initial: token(101, word % 26), sound: (!is_initial).then(|| token(102, word)) }
}

/// One document: who it is about follows from its number.
fn record(document: u64, persons: u64) -> Record {
    let person = chance(document, 1) % persons;
    let clinic = person % 40;
    let mut record = Record::unread(
        Locator::new(0, format!("clinic/{document:08}.pdf")),
        1000,
        None,
        Fault::extract(breachscope::model::Code::Io),
    );
    record.faults.clear();
    record.outcome = Outcome::Examined;
    record.verdict = Some(Verdict::other("correspondence", Confidence::FULL, "invented"));
    record.folder_controller = Some(token(200, clinic));
    let (given, family) = (chance(person, 2) % 3_000, 10_000 + chance(person, 3) % 60_000);
    let name = match chance(document, 4) % 8 {
        0 => vec![part(given, true), part(family, false)],
        1 => vec![part(family, false), part(given, false), part(200_000 + chance(document, 5) % 500, false)],
        _ => vec![part(given, false), part(family, false)],
    };
    let birth = finding(Kind::DateOfBirth, chance(person, 6) % 25_000, Vec::new());
    let mail = finding(Kind::Email, person, Vec::new());
    let number = finding(Kind::PatientId, person / 40, Vec::new());
    let phone = finding(Kind::Phone, person, Vec::new());
    let national = finding(Kind::NationalId, person, Vec::new());
    let name = finding(Kind::PersonName, chance(document, 7), name);
    record.findings = match chance(document, 8) % 8 {
        0 => vec![name, birth, mail],
        1 => vec![name, phone, number],
        2 => vec![name, birth, number],
        3 => vec![name, national, birth],
        4 => vec![name, mail, phone],
        5 => vec![number],
        6 => vec![name, birth],
        _ => vec![name, number],
    };
    record
}

/// Peak of this process's memory so far, in MiB.
fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kib| kib.parse::<u64>().ok()).unwrap_or(0) / 1024
}

fn main() {
    let rules = match ResolveRules::load(&RuleFiles::embedded()) {
        Ok(rules) => rules,
        Err(error) => return println!("{error}"),
    };
    let sizes: Vec<u64> = std::env::args().skip(1).filter_map(|text| text.parse().ok()).collect();
    println!(
        "{:>10} {:>8} {:>9} {:>9} {:>7} {:>7} {:>8}",
        "mentions", "persons", "best", "error", "read s", "join s", "peak MiB"
    );
    for mentions in sizes {
        let persons = (mentions / DOCUMENTS).max(1);
        let start = Instant::now();
        let mut resolver = Resolver::new(&rules, &std::env::temp_dir());
        for document in 0..mentions {
            resolver.add(&record(document, persons));
        }
        let read = start.elapsed().as_secs_f64();
        let best = match resolver.finish() {
            Ok(people) => people.persons.best,
            Err(error) => return println!("a temporary file cannot be used: {error}"),
        };
        let all = start.elapsed().as_secs_f64();
        let error = (best as f64 - persons as f64) / persons as f64 * 100.0;
        println!(
            "{mentions:>10} {persons:>8} {best:>9} {error:>8.2}% {read:>7.1} {:>7.1} {:>8}",
            all - read,
            peak_mib()
        );
    }
}
