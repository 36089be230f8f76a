//! The import table of ARCHITECTURE.md, held by reading every `crate::` path in `src/`.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::disallowed_methods,
    reason = "a test stops at the first thing that is not as it should be"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Which modules a module may name. Those that are not listed may name anything.
const TABLE: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("limits", &["model"]),
    ("rules", &["model"]),
    ("source", &["model", "limits"]),
    ("sniff", &[]),
    ("identify", &["model", "limits", "sniff"]),
    ("extract", &["model", "limits", "sniff"]),
    ("detect", &["model", "limits", "rules"]),
    ("classify", &["model", "limits", "rules"]),
    ("ledger", &["model"]),
    ("resolve", &["model", "rules"]),
    ("tally", &["model", "rules"]),
    ("score", &["model", "tally", "resolve", "rules"]),
    ("report", &["model", "tally", "resolve", "score", "rules"]),
    ("pipeline", &["model", "limits", "rules", "identify", "extract", "detect", "classify"]),
    ("isolation", &["model", "limits", "source", "pipeline"]),
    ("progress", &["model"]),
];

/// Modules that may read the clear text of a leak.
/// `extract/desk.rs` is compiled for unit tests only.
const MAY_EXPOSE: &[&str] = &["detect", "classify", "commands/text.rs", "model/secret.rs", "extract/desk.rs"];

fn sources() -> Vec<(PathBuf, String)> {
    fn collect(folder: &Path, all: &mut Vec<(PathBuf, String)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, all);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                all.push((path, text));
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut all = Vec::new();
    collect(&root, &mut all);
    all.sort();
    all.into_iter().map(|(path, text)| (path.strip_prefix(&root).unwrap().to_owned(), text)).collect()
}

/// The module that a file belongs to: its folder, or its own name at the top.
fn module_of(path: &Path) -> String {
    let first = path.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
    first.trim_end_matches(".rs").to_owned()
}

/// The code of a file without its comments and unit tests.
fn code_of(text: &str) -> String {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// Every first segment after `crate::` in a text, braces opened: `use crate::{a, b::c}` names a and b.
fn named(code: &str) -> Vec<String> {
    let mut all = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        let word = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
        if let Some(list) = rest.strip_prefix('{') {
            let (mut depth, mut start) = (0, true);
            for (offset, c) in list.char_indices() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => start = true,
                    _ if start && !c.is_whitespace() => {
                        all.push(word(&list[offset..]));
                        start = false;
                    }
                    _ => {}
                }
            }
        } else {
            all.push(word(rest));
        }
    }
    all
}

#[test]
fn no_module_imports_against_the_table() {
    let table: BTreeMap<_, _> = TABLE.iter().copied().collect();
    let modules: Vec<String> = sources().iter().map(|(path, _)| module_of(path)).collect();
    let mut broken = Vec::new();
    for (path, text) in sources() {
        let module = module_of(&path);
        let Some(allowed) = table.get(module.as_str()) else { continue };
        for name in named(&code_of(&text)) {
            let is_module = modules.contains(&name);
            if is_module && name != module && !allowed.contains(&name.as_str()) {
                broken.push(format!("src/{} names crate::{name}; {module} may use {allowed:?}", path.display()));
            }
        }
    }
    broken.sort();
    broken.dedup();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn only_detection_and_classification_read_clear_text() {
    let broken: Vec<String> = sources()
        .iter()
        .filter(|(_, text)| code_of(text).contains(".expose("))
        .map(|(path, _)| path.display().to_string())
        .filter(|path| !path.contains("/tests/"))
        .filter(|path| !MAY_EXPOSE.iter().any(|allowed| path.starts_with(allowed)))
        .collect();
    assert!(broken.is_empty(), "these files read clear text: {broken:?}");
}

#[test]
fn braces_in_imports_are_opened() {
    assert_eq!(named("use crate::{a::{b, c}, d::e};\ncrate::f::g()"), ["a", "d", "f"]);
}
