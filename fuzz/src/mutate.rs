//! A mutation runner on stable Rust: seeds of a target are mutated and handed to it for some time; inputs on which it
//! panics or takes long are kept. It has no coverage feedback; the targets for libFuzzer have.
//!
//!     mutate TARGET SECONDS ARTIFACTS SEEDS...
//!
//! Ends with 1 if anything was found. A crash of the process itself leaves its input as `ARTIFACTS/TARGET-last`.

use breachscope::identify::identify;
use breachscope::limits::Content;
use breachscope::model::Locator;
use breachscope_fuzz::{TARGETS, Target, media_of};
use std::collections::BTreeSet;
use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};
use std::{fs, process::ExitCode};

/// Largest seed: mutations of small inputs reach more.
const SEED_BYTES: u64 = 256 << 10;
/// Largest mutated input.
const INPUT_BYTES: usize = 1 << 20;
/// Time, in seconds, from which one input is a finding: twice the targets' own bound.
const SLOW: u64 = 10;
/// Pieces of formats that random bytes hardly ever form.
const WORDS: &[&[u8]] = &[
    b"obj",
    b"endobj",
    b"stream\n",
    b"endstream",
    b"<<",
    b">>",
    b"/Kids",
    b"/Length 99999999999",
    b"1 0 R",
    b"PK\x03\x04",
    b"PK\x01\x02",
    b"\xff\xd8\xff\xe1",
    b"Exif\0\0",
    b"II*\0",
    b"MM\0*",
    b"moov",
    b"\0\0\0\x01mdat",
    b"<!ENTITY a \"&a;\">",
    b"<![CDATA[",
    b"&#x10ffff;",
    b"{\\*\\bin99999 ",
    b"\\u-1 ",
    b"\"\\ud800\"",
    b"[[[[[[[[",
    b"{{{{{{{{",
    b"\r\n\r\n",
    b"--boundary\r\n",
    b"Content-Transfer-Encoding: base64\r\n",
    b"INSERT INTO t VALUES (",
    b"\x1f\x8b",
    b"BZh9",
    b"\0",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"NaN",
    b"-0",
    b"1e999",
    b"18446744073709551615",
    b"-9223372036854775808",
];

/// The last panic's place, as the hook saw it.
static PANIC: Mutex<String> = Mutex::new(String::new());

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(name), Some(seconds), Some(artifacts)) = (arguments.next(), arguments.next(), arguments.next()) else {
        eprintln!("usage: mutate TARGET SECONDS ARTIFACTS SEEDS...");
        return ExitCode::from(2);
    };
    let Some(target) = TARGETS.iter().find(|(known, _)| name == *known) else {
        eprintln!("no such target; there are {}", TARGETS.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(" "));
        return ExitCode::from(2);
    };
    let Some(seconds) = seconds.to_str().and_then(|text| text.parse().ok()) else {
        eprintln!("SECONDS is no number");
        return ExitCode::from(2);
    };
    let seeds = seeds(target.0, &arguments.map(PathBuf::from).collect::<Vec<_>>());
    std::panic::set_hook(Box::new(|info| {
        if let Ok(mut place) = PANIC.lock() {
            *place =
                info.location().map(|location| format!("{}:{}", location.file(), location.line())).unwrap_or_default();
        }
    }));
    let found = run(*target, Duration::from_secs(seconds), Path::new(&artifacts), &seeds);
    ExitCode::from(u8::from(found > 0))
}

/// The seeds of a target: files below the folders whose type it reads, all small ones for targets without types.
fn seeds(target: &str, roots: &[PathBuf]) -> Vec<Vec<u8>> {
    let wanted = media_of(target);
    let mut open: Vec<PathBuf> = roots.to_vec();
    let mut seeds = Vec::new();
    while let Some(path) = open.pop() {
        let Ok(metadata) = fs::metadata(&path) else { continue };
        if metadata.is_dir() {
            open.extend(fs::read_dir(&path).into_iter().flatten().flatten().map(|entry| entry.path()));
        } else if metadata.len() <= SEED_BYTES
            && let Ok(bytes) = fs::read(&path)
        {
            let is_rule = path.extension().is_some_and(|extension| extension == "toml");
            let media = identify(&Content::of_memory(bytes.clone()), &Locator::new(0, "item")).media;
            let is_wanted = match target {
                "rules" | "incident" => is_rule,
                "record" => true,
                _ => wanted.contains(&media) && !is_rule,
            };
            if is_wanted {
                seeds.push(bytes);
            }
        }
    }
    seeds.sort();
    seeds.dedup();
    seeds.push(Vec::new());
    seeds
}

/// Runs a target on mutated seeds; gives the number of different findings.
fn run((name, target): Target, time: Duration, artifacts: &Path, seeds: &[Vec<u8>]) -> usize {
    let begun = Instant::now();
    let mut random = Random(begun.elapsed().as_nanos() as u64 ^ u64::from(std::process::id()) ^ 0x9e37_79b9_7f4a_7c15);
    let mut places = BTreeSet::new();
    let (mut runs, mut slowest) = (0_u64, Duration::ZERO);
    let last = artifacts.join(format!("{name}-last"));
    let _ = fs::create_dir_all(artifacts);
    while begun.elapsed() < time {
        let input = if runs < seeds.len() as u64 { seeds[runs as usize].clone() } else { mutated(seeds, &mut random) };
        // A crash of the process leaves its input here.
        let _ = fs::File::create(&last).and_then(|mut file| file.write_all(&input));
        let started = Instant::now();
        let outcome = catch_unwind(AssertUnwindSafe(|| target(&input)));
        let took = started.elapsed();
        slowest = slowest.max(took);
        runs += 1;
        let place = match outcome {
            Err(_) => PANIC.lock().map(|place| place.clone()).unwrap_or_default(),
            Ok(()) if took.as_secs() >= SLOW => format!("{} s", took.as_secs()),
            Ok(()) => continue,
        };
        if places.insert(place.clone()) {
            let file = artifacts.join(format!("{name}-{}", places.len()));
            println!("{name}: {place} ({} bytes, kept as {})", input.len(), file.display());
            let _ = fs::write(file, &input);
        }
    }
    let _ = fs::remove_file(last);
    println!("{name}: {runs} runs on {} seeds, slowest {slowest:?}, {} found", seeds.len(), places.len());
    places.len()
}

/// SplitMix64 (Steele, Lea, Flood 2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Below a bound; 0 for a bound of 0.
    fn below(&mut self, bound: usize) -> usize {
        if bound == 0 { 0 } else { (self.next() % bound as u64) as usize }
    }
}

/// A seed with a few mutations.
fn mutated(seeds: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut input = seeds[random.below(seeds.len())].clone();
    for _ in 0..=random.below(8) {
        mutate(&mut input, seeds, random);
    }
    input.truncate(INPUT_BYTES);
    input
}

fn mutate(input: &mut Vec<u8>, seeds: &[Vec<u8>], random: &mut Random) {
    let at = random.below(input.len() + 1);
    let end = (at + 1 + random.below(64)).min(input.len());
    match random.below(9) {
        0 => {
            if let Some(byte) = input.get_mut(at) {
                *byte ^= 1 << random.below(8);
            }
        }
        1 => {
            if let Some(byte) = input.get_mut(at) {
                *byte = [0, 1, 0x7f, 0x80, 0xff, b'0', b'<', b'\n'][random.below(8)];
            }
        }
        2 => drop(input.drain(at.min(end)..end)),
        3 => {
            let piece = input[at.min(end)..end].to_vec();
            let to = random.below(input.len() + 1);
            input.splice(to..to, piece);
        }
        4 => {
            let word = WORDS[random.below(WORDS.len())];
            input.splice(at..at, word.iter().copied());
        }
        5 => {
            let other = &seeds[random.below(seeds.len())];
            let from = random.below(other.len() + 1);
            input.truncate(at);
            input.extend_from_slice(&other[from..]);
        }
        6 => {
            let value = [0, 1, u32::MAX, i32::MAX as u32, 0x8000_0000, 0xffff, random.next() as u32][random.below(7)];
            let bytes = if random.below(2) == 0 { value.to_le_bytes() } else { value.to_be_bytes() };
            for (place, byte) in input.iter_mut().skip(at).zip(bytes) {
                *place = byte;
            }
        }
        7 => input.truncate(at),
        _ => {
            let bytes: Vec<u8> = (0..random.below(16)).map(|_| random.next() as u8).collect();
            input.splice(at..at, bytes);
        }
    }
}
