//! One hostile corpus, every output: what a leak says in names, metadata, tables and archives reaches no terminal, log,
//! page or table as anything but text.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and reads what the program wrote"
)]

mod world;

use breachscope::model::is_hidden;
use std::ffi::OsStr;
use std::fs;
use std::io::{Cursor, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::sync::OnceLock;
use world::World;

/// What no output may carry as it stands. Each names what would act on it.
const ATTACKS: &[(&str, &str)] = &[
    ("ansi", "\u{1b}[31mcanary\u{1b}]0;owned\u{7}"),
    ("c1", "\u{9b}31mcanary"),
    ("script", "<script>alert('canary')</script>"),
    ("markup", "\"><img src=x onerror=canary()>"),
    ("formula", "=HYPERLINK(\"http:canary\",\"x\")"),
    ("formula-plus", "+canary"),
    ("formula-at", "@SUM(canary)"),
    ("bidi", "invoice\u{202e}fdp.exe"),
    ("isolate", "\u{2066}canary\u{2069}"),
    ("invisible", "ca\u{200b}na\u{feff}ry\u{e0041}"),
    ("lines", "one\ntwo\r\nthree\u{2028}four"),
    ("heading", "x\n# canary heading\n| a | b |"),
    ("link", "[canary](javascript:alert(1))"),
    ("quotes", "'; DROP TABLE item; --\"`${canary}"),
    ("template", "{{ canary }}{% raw %}"),
];

/// A world with the corpus in it, scanned once at the highest verbosity: the world, stdout and stderr.
fn scanned() -> &'static (World, String, String) {
    static SCANNED: OnceLock<(World, String, String)> = OnceLock::new();
    SCANNED.get_or_init(|| {
        let world = World::new();
        for (name, attack) in ATTACKS {
            corpus(&world, name, attack);
        }
        let mut scan = world.scan("case");
        let output = scan.args(["-vv", "--show-paths", "--ocr", "off"]).output().expect("ran");
        assert!(matches!(output.status.code(), Some(0 | 3)), "{}", String::from_utf8_lossy(&output.stderr));
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        (world, text(output.stdout), text(output.stderr))
    })
}

/// Files that carry an attack in their name, in a table's head and cells, in keys, in metadata and in member names.
fn corpus(world: &World, name: &str, attack: &str) {
    let as_name = attack.replace('/', "\u{2215}");
    let named = world.leak().join(OsStr::from_bytes(format!("{as_name}.txt").as_bytes()));
    fs::write(named, format!("Patient: Ada Exemple, ada.{name}@example.org, {attack}")).expect("written");
    let head = attack.replace('"', "\"\"");
    let table = format!("name,\"{head}\",email\n\"{head}\",{name}.one@example.org,{name}.two@example.org\n");
    world.file(&format!("{name}/table.csv"), table.repeat(3).as_bytes());
    let mut object = serde_json::Map::new();
    object.insert(attack.to_owned(), format!("{name}.three@example.org").into());
    object.insert("iban".to_owned(), attack.into());
    world.file(&format!("{name}/object.json"), serde_json::Value::Object(object).to_string().as_bytes());
    let subject = attack.replace(['\r', '\n'], " ");
    let mail = format!("From: {subject} <{name}.four@example.org>\r\nSubject: {subject}\r\n\r\n{attack}\r\n");
    world.file(&format!("{name}/mail.eml"), mail.as_bytes());
    world.file(&format!("{name}/picture.png"), &picture(attack));
    world.file(&format!("{name}/page.html"), format!("<title>{attack}</title><p>{name}.five@example.org").as_bytes());
    world.file(&format!("{name}/members.zip"), &archive(name, attack));
}

/// A PNG whose text chunks carry the attack as keyword and as text.
fn picture(attack: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let plain = image::RgbImage::from_pixel(8, 8, image::Rgb([9, 90, 200]));
    plain.write_to(&mut Cursor::new(&mut bytes), image::ImageFormat::Png).expect("encoded");
    let mut chunk = b"iTXt".to_vec();
    chunk.extend(format!("{}\0\0\0\0\0{attack} six@example.org", "Author").as_bytes());
    let mut crc = flate2::Crc::new();
    crc.update(&chunk);
    let mut whole = u32::try_from(chunk.len() - 4).expect("short").to_be_bytes().to_vec();
    whole.extend(&chunk);
    whole.extend(crc.sum().to_be_bytes());
    // After the signature and the head.
    bytes.splice(33..33, whole);
    bytes
}

/// A ZIP with members named by the attack: plain, with a NUL in the name, and with a name of nearly 64 KiB.
fn archive(name: &str, attack: &str) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let long = attack.repeat(65_000 / attack.len());
    for (n, member) in [attack.to_owned(), format!("nul\0{attack}"), long].iter().enumerate() {
        zip.start_file(format!("{member}-{n}.txt"), zip::write::SimpleFileOptions::default()).expect("started");
        write!(zip, "write to {name}.member{n}@example.org {attack}").expect("written");
    }
    zip.finish().expect("finished").into_inner()
}

/// Everything that a terminal, an editor or a reader's eye would act on is absent; line feeds part lines.
fn assert_plain(what: &str, text: &str) {
    let bad = text.chars().find(|c| is_hidden(*c) && *c != '\n');
    let at = bad.and_then(|bad| text.find(bad)).unwrap_or(0);
    let around: String =
        text.chars().skip(text.get(..at).unwrap_or_default().chars().count().saturating_sub(60)).take(120).collect();
    assert!(bad.is_none(), "{what} carries {bad:?}: {}", around.escape_debug());
    assert!(!text.lines().any(|line| line.starts_with("# canary")), "{what} has a heading of the leak's");
}

fn report(name: &str) -> String {
    fs::read_to_string(scanned().0.case("case").join(name)).expect("written")
}

fn export(arguments: &[&str]) -> String {
    let world = &scanned().0;
    let output = world.program().arg("export").arg(world.case("case")).args(arguments).output().expect("ran");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn every_item_of_the_corpus_has_its_outcome_and_findings() {
    let rows = scanned().0.items("case");
    // Seven files each, three members of an archive and what a mail holds.
    assert!(rows.len() >= ATTACKS.len() * 10, "{}", rows.len());
    assert!(rows.iter().all(|row| row["status"].is_string()));
    let found = export(&["--table", "findings"]);
    for (name, _) in ATTACKS {
        assert!(found.lines().filter(|line| line.contains("\"email\"")).count() > ATTACKS.len() * 4, "{name}");
    }
}

#[test]
fn the_terminal_shows_text() {
    let (_, stdout, _) = scanned();
    assert_plain("the summary", stdout);
}

#[test]
fn the_log_shows_text_and_no_name() {
    let (_, _, stderr) = scanned();
    // Its own colours are off where stderr is no terminal.
    assert_plain("the log", stderr);
    assert!(stderr.contains("item") && !stderr.contains("canary"));
}

#[test]
fn the_page_has_no_markup_of_the_leaks() {
    let page = report("report.html");
    assert_plain("the page", &page.replace('\t', " "));
    for (name, attack) in ATTACKS {
        assert!(!attack.contains('<') || !page.contains(attack), "{name}");
    }
    for markup in ["<script>alert", "<img src=x", "onerror=canary()>"] {
        assert!(!page.contains(markup), "{markup}");
    }
    assert!(!page.contains("href=\"javascript:") && page.contains("Content-Security-Policy"));
}

#[test]
fn markdown_has_no_markup_of_the_leaks() {
    let text = report("report.md");
    assert_plain("the Markdown", &text);
    // Which examples the report draws depends on the case's key: a name with a link in it is there or not. Behind a
    // backslash a bracket is a character of text (CommonMark 0.31, section 2.4).
    let acted_on = text.replace("\\]", "");
    for markup in ["<script", "<img", "](javascript:"] {
        assert!(!acted_on.contains(markup), "{markup}");
    }
}

#[test]
fn json_is_json_and_plain() {
    let text = report("report.json");
    assert_plain("the JSON", &text);
    serde_json::from_str::<serde_json::Value>(&text).expect("JSON");
}

#[test]
fn json_lines_are_one_row_a_line() {
    for table in ["files", "items", "findings"] {
        let text = export(&["--table", table]);
        assert_plain(table, &text);
        for line in text.lines() {
            serde_json::from_str::<serde_json::Value>(line).expect("JSON");
        }
    }
}

#[test]
fn csv_cells_are_no_formulas() {
    for table in ["files", "items", "findings"] {
        let text = export(&["--table", table, "--format", "csv"]);
        assert_plain(table, &text.replace("\r\n", "\n"));
        let mut rows = csv::Reader::from_reader(text.as_bytes());
        let mut cells = 0;
        for row in rows.records() {
            for cell in &row.expect("a row") {
                cells += 1;
                let is_number = cell.parse::<f64>().is_ok();
                assert!(is_number || !cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{table}: {cell:?}");
            }
        }
        assert!(cells > 100);
    }
}

#[test]
fn an_explanation_shows_text() {
    let world = &scanned().0;
    for row in world.items("case") {
        let id = row["id"].as_str().expect("id");
        if !row["path"].as_str().expect("path").contains("canary") {
            continue;
        }
        let output = world.program().arg("explain").arg(world.case("case")).arg(id).output().expect("ran");
        assert_plain("the explanation", &String::from_utf8(output.stdout).expect("UTF-8"));
    }
}

#[test]
fn the_ledger_takes_names_as_values() {
    let ledger = rusqlite::Connection::open(scanned().0.case("case").join("ledger.sqlite")).expect("opened");
    let count: i64 = ledger.query_row("SELECT count(*) FROM item", [], |row| row.get(0)).expect("counted");
    assert!(count > 100);
    let sound: String = ledger.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("checked");
    assert_eq!(sound, "ok");
}
