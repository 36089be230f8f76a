//! Embeds the rule files, and what packages ship as data, into the program: the face model of `rustface`, the numbering
//! plans of `rlibphonenumber`.

#[path = "src/rules/packed.rs"]
#[expect(dead_code, reason = "the program looks words up; the build script only writes the table")]
mod packed;
#[path = "src/rules/words.rs"]
#[expect(dead_code, unreachable_pub, reason = "the build script needs the hash of a word alone")]
mod words;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io, process};

/// A file inside a package.
struct Data {
    package: &'static str,
    path: &'static str,
    /// Its name here.
    name: &'static str,
}

/// What is taken out of packages.
const DATA: [Data; 2] = [
    Data { package: "rustface", path: "model/seeta_fd_frontal_v1.0.bin", name: "seeta.bin" },
    Data { package: "rlibphonenumber", path: "src/generated/metadata/metadata.bin", name: "phones.bin" },
];

fn main() {
    if let Err(message) = run() {
        println!("cargo::error={message}");
        process::exit(1);
    }
}

fn run() -> Result<(), String> {
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?);
    embed_rules(&out).map_err(|error| format!("rules cannot be embedded: {error}"))?;
    pack_names(&out)?;
    println!("cargo::rerun-if-changed=build.rs");
    DATA.iter().try_for_each(|data| embed(data, &out))
}

/// Writes `names.bin`: the lists of names and words as the table that the program reads where it lies.
#[expect(clippy::disallowed_methods, reason = "a build script: it reads lists of this repository")]
fn pack_names(out: &Path) -> Result<(), String> {
    println!("cargo::rerun-if-changed=src/rules/packed.rs");
    println!("cargo::rerun-if-changed=src/rules/words.rs");
    let mut texts = Vec::new();
    for (path, flag) in packed::LISTS {
        let text = fs::read_to_string(Path::new("rules").join(path)).map_err(|error| format!("{path}: {error}"))?;
        texts.push((text, flag));
    }
    let lists: Vec<(&str, u8)> = texts.iter().map(|(text, flag)| (text.as_str(), *flag)).collect();
    fs::write(out.join("names.bin"), packed::pack(&lists, words::word_hash))
        .map_err(|error| format!("names.bin: {error}"))
}

/// Copies a file out of its package.
#[expect(clippy::disallowed_methods, reason = "a build script: it reads one file of a dependency")]
fn embed(data: &Data, out: &Path) -> Result<(), String> {
    let package = match compiled_from(data, out) {
        Some(package) => package,
        None => asked_of_cargo(data.package)?,
    };
    let file = package.join(data.path);
    println!("cargo::rerun-if-changed={}", file.display());
    // Not `copy`: a read-only file in a vendored folder would leave a copy that the next build cannot replace.
    let bytes = fs::read(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    fs::write(out.join(data.name), bytes).map_err(|error| format!("{}: {error}", data.name))
}

/// Where the compiler read a package from, for this build: the package was compiled before this script, and left the
/// list of its sources beside it. It is right for a registry, a vendored folder and a patch alike, and asks nothing of
/// packages that this build does not need (`cargo metadata` wants those of the tests as well, which a first
/// `cargo run` has not fetched).
#[expect(clippy::disallowed_methods, reason = "a build script: it reads what the compiler wrote")]
fn compiled_from(data: &Data, out: &Path) -> Option<PathBuf> {
    let mut lists: Vec<PathBuf> = out
        .ancestors()
        .filter_map(|folder| fs::read_dir(folder.join("deps")).ok())
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "d"))
        .filter(|path| {
            path.file_name().is_some_and(|name| name.to_string_lossy().contains(&format!("{}-", data.package)))
        })
        .collect();
    lists.sort();
    let sources = lists.into_iter().filter_map(|list| fs::read_to_string(list).ok());
    sources
        .flat_map(|list| list.lines().map(str::to_owned).collect::<Vec<_>>())
        // A line `/path/of/rustface-0.1.7/src/lib.rs:` stands for each source; blanks in it are escaped.
        .filter_map(|line| Some(PathBuf::from(line.strip_suffix("src/lib.rs:")?.replace("\\ ", " "))))
        .find(|package| package.join(data.path).is_file())
}

/// Where cargo says that a package lies: first without the network, then with it.
#[expect(clippy::disallowed_methods, reason = "a build script: it starts cargo")]
fn asked_of_cargo(name: &str) -> Result<PathBuf, String> {
    let cargo = env::var_os("CARGO").ok_or("CARGO is not set")?;
    let root = env::var_os("CARGO_MANIFEST_DIR").ok_or("CARGO_MANIFEST_DIR is not set")?;
    let ask = |network: &[&str]| {
        process::Command::new(&cargo)
            .args(["metadata", "--format-version", "1", "--filter-platform"])
            .arg(env::var_os("TARGET").unwrap_or_default())
            .args(network)
            .current_dir(&root)
            .output()
            .map_err(|error| format!("cargo metadata cannot be run: {error}"))
    };
    let mut asked = ask(&["--offline"])?;
    if !asked.status.success() {
        asked = ask(&[])?;
    }
    let answer: serde_json::Value = serde_json::from_slice(&asked.stdout)
        .map_err(|error| format!("cargo metadata: {error}: {}", String::from_utf8_lossy(&asked.stderr)))?;
    let packages =
        answer.get("packages").and_then(|packages| packages.as_array()).ok_or("cargo metadata names no packages")?;
    let word = |package: &serde_json::Value, key: &str| {
        package.get(key).and_then(serde_json::Value::as_str).map(str::to_owned)
    };
    let found = packages.iter().find(|package| word(package, "name").as_deref() == Some(name));
    let manifest = found.and_then(|package| word(package, "manifest_path")).map(PathBuf::from);
    let package = manifest.as_deref().and_then(Path::parent).map(Path::to_owned);
    package.ok_or_else(|| format!("cargo metadata does not know {name}"))
}

/// Writes `rules.rs`: a table of every file below `rules/` with its path from there, sorted.
fn embed_rules(out: &Path) -> io::Result<()> {
    println!("cargo::rerun-if-changed=rules");
    let root = fs::canonicalize("rules")?;
    let mut files = Vec::new();
    collect(&root, &mut files)?;
    files.sort();
    let mut table = String::from("&[\n");
    for file in files {
        let name = file.strip_prefix(&root).unwrap_or(&file).to_string_lossy().replace('\\', "/");
        let _ = writeln!(table, "    ({name:?}, include_bytes!({:?})),", file.display().to_string());
    }
    table.push(']');
    fs::write(out.join("rules.rs"), table)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}
