//! `report.html` in a real browser: it loads clean, its filter, sorting and drill-down work, no request leaves, and no
//! string of a hostile leak or incident file runs or breaks the layout. Skipped, with a word, where chromium is missing.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a test stops at the first thing that is not as it should be"
)]

mod world;

use sha2::{Digest, Sha256};
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use world::World;

/// Debian's name of the browser.
const BROWSER: &str = "chromium";

fn is_missing() -> bool {
    let found =
        std::env::var_os("PATH").is_some_and(|path| std::env::split_paths(&path).any(|dir| dir.join(BROWSER).exists()));
    if !found {
        eprintln!("skipped: {BROWSER} is not installed; `make needs` installs it");
    }
    !found
}

/// What the browser made of a page: its document after the scripts ran, and what it complained about.
struct Seen {
    document: String,
    complaints: Vec<String>,
}

fn browse(page: &Path, size: &str) -> Seen {
    let profile = tempfile::tempdir().unwrap();
    let output = Command::new(BROWSER)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"])
        .args([
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-extensions",
        ])
        .args(["--enable-logging=stderr", "--virtual-time-budget=8000", "--dump-dom"])
        .arg(format!("--window-size={size}"))
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!("file://{}", page.display()))
        .output()
        .unwrap();
    let log = String::from_utf8_lossy(&output.stderr).into_owned();
    Seen {
        document: String::from_utf8_lossy(&output.stdout).into_owned(),
        complaints: log.lines().filter(|line| line.contains("CONSOLE")).map(str::to_owned).collect(),
    }
}

/// A server that counts who comes.
fn listener() -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let visits = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&visits);
    std::thread::spawn(move || {
        for _ in listener.incoming() {
            counter.fetch_add(1, Ordering::SeqCst);
        }
    });
    (port, visits)
}

/// Strings that would run, load or break the page if any place let them through.
fn hostile(port: u16) -> Vec<String> {
    let own = "document.documentElement.setAttribute('data-owned','1')";
    vec![
        format!("<img src=\"http:⁄⁄127.0.0.1:{port}⁄a\" onerror=\"{own}\">"),
        format!("'\"><svg onload={own}>"),
        format!("</script><script>{own}<!--"),
        "</main></body></html>".to_owned(),
        "\u{202e}fdp.exe\u{1b}[31m".to_owned(),
        "line\nbreak\ttab".to_owned(),
        "{{ r }}{% raw %}${own}`".to_owned(),
        "=cmd|' !A1".to_owned(),
    ]
}

/// A small leak with papers, pictures and hostile names, scanned; the path of its report.
fn report(world: &World, port: u16) -> PathBuf {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/clinic-bucket");
    let copies = [
        "hostile/script.jpg",
        "hostile/formula.csv",
        "clinic-aurore-1a7c/patients/3f0c2f6e-6d0e-4a53-9c0b-5a1f0de4b001/documents/facture-2019-0042.pdf",
        "clinic-aurore-1a7c/patients/3f0c2f6e-6d0e-4a53-9c0b-5a1f0de4b001/photos/IMG_0001.jpg",
        "clinic-harbour-9f20/mail/appointment.eml",
        "clinic-sonnenhof-44d1/export/patienten.tsv",
    ];
    for copy in copies {
        world.file(copy, &fs::read(fixtures.join(copy)).unwrap());
    }
    for (n, text) in hostile(port).iter().enumerate() {
        let name = text.replace('/', "⁄");
        world.file(&format!("{n}/{name}"), format!("Patient: {text}\nE-mail: someone{n}@example.org\n").as_bytes());
    }
    for n in 0..40 {
        world.file(
            &format!("notes/{n}.txt"),
            format!("Patient: Mara Beispiel{n}\nTel. +44 1632 9600{n:02}\n").as_bytes(),
        );
    }
    let title = hostile(port).join(" ");
    let quoted = serde_json::to_string(&title).unwrap();
    let incident = world.path().join("incident.toml");
    let text = format!(
        "[incident]\ntitle = {quoted}\nid = {quoted}\njurisdictions = [\"FR\"]\ntime_zone = \"Europe/Paris\"\n\
         awareness_at = 2026-03-27T10:00:00+01:00\ncause = {quoted}\n[controller]\nname = {quoted}\n\
         [controllers.one]\nprefix = [\"clinic\"]\nname = {quoted}\n"
    );
    fs::write(&incident, text).unwrap();
    let _ = world.scan("case").arg("--incident").arg(&incident).args(["--show-paths", "-q", "--no-progress"]).assert();
    world.case("case").join("report.html")
}

/// The page with a test script that its policy allows; the script leaves its answers in an element.
fn with_script(page: &Path, script: &str) -> PathBuf {
    let text = fs::read_to_string(page).unwrap();
    let hash = data_encoding::BASE64.encode(&Sha256::digest(script.as_bytes()));
    let text = text.replacen("script-src '", &format!("script-src 'sha256-{hash}' '"), 1);
    let (before, after) = text.rsplit_once("</body>").unwrap();
    let tested = page.with_file_name("tested.html");
    fs::write(&tested, format!("{before}<script>{script}</script></body>{after}")).unwrap();
    tested
}

/// A page that shows another one in the width of a phone, which is narrower than the browser's smallest window, and takes
/// its answers.
fn on_a_phone(page: &Path) -> PathBuf {
    let name = page.file_name().unwrap().to_str().unwrap();
    let text = format!(
        "<iframe src=\"{name}\" width=\"390\" height=\"800\"></iframe><pre id=\"answers\"></pre>\
         <script>onmessage = (event) => {{ document.getElementById('answers').textContent = event.data; }}</script>"
    );
    let phone = page.with_file_name("phone.html");
    fs::write(&phone, text).unwrap();
    phone
}

fn answers(seen: &Seen) -> serde_json::Value {
    let (_, rest) = seen.document.split_once("<pre id=\"answers\">").unwrap_or_else(|| panic!("{:?}", seen.complaints));
    let (text, _) = rest.split_once("</pre>").unwrap();
    serde_json::from_str(&text.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")).unwrap()
}

const TEST_SCRIPT: &str = r##"
(() => {
  const a = {};
  const rows = () => [...document.querySelectorAll("#item-table tbody tr")];
  const go = (hash) => { history.replaceState(null, "", hash); dispatchEvent(new HashChangeEvent("hashchange")); };
  try {
    a.overflow = document.documentElement.scrollWidth - innerWidth;
    a.owned = document.documentElement.hasAttribute("data-owned");
    a.scripts = document.scripts.length;
    a.sections = document.querySelectorAll("main section").length;
    a.unlabelled = [...document.querySelectorAll("input, button")].filter((one) => !one.textContent.trim() && !one.getAttribute("aria-label")).length;
    a.headings = [...document.querySelectorAll("h1, h2, h3")].map((one) => Number(one.tagName[1]));
    // Drill-down: every linked number leads to items.
    const links = [...document.querySelectorAll("a.go")].map((one) => one.getAttribute("href"));
    a.links = links.length;
    const persons = () => [...document.querySelectorAll("#person-table tbody tr")].filter((row) => !row.hidden);
    a.empty = links.filter((href) => { go(href); return (href.startsWith("#people:") ? persons() : rows()).length === 0; });
    a.people = links.filter((href) => href.startsWith("#people:")).map((href) => href.split(/[:=]/)[1]);
    go("#people:minor=yes");
    a.minors = persons().map((row) => row.dataset.minor);
    a.unfolded = document.getElementById("persons").open;
    go("#items:class=invoice");
    a.drilled = [...new Set(rows().map((row) => row.cells[1].textContent))];
    a.state = document.getElementById("item-state").textContent;
    a.focus = document.activeElement.id;
    // Filter.
    go("#items:all=");
    const field = document.querySelector("input[aria-label='Filter items']");
    a.before = rows().length;
    field.value = "e-mail address";
    field.dispatchEvent(new Event("input"));
    a.filtered = rows().length;
    a.fits = rows().every((row) => row.textContent.toLowerCase().includes("e-mail address"));
    field.value = "";
    field.dispatchEvent(new Event("input"));
    // Sort.
    const table = document.querySelector("#classes table[data-sort]");
    const head = [...table.tHead.rows[0].cells].find((one) => one.textContent.trim() === "Files");
    head.querySelector("button").click();
    a.sort = head.getAttribute("aria-sort");
    const column = [...table.tBodies[0].rows].map((row) => Number(row.cells[head.cellIndex].dataset.value));
    a.sorted = column.every((value, at) => !at || column[at - 1] >= value);
    head.querySelector("button").click();
    a.again = head.getAttribute("aria-sort");
    // A link to folded details opens them.
    const details = document.querySelector("details[id^=kind-]");
    go("#" + details.id);
    a.open = details.open;
    a.deadline = document.querySelector("[data-left]").textContent;
  } catch (error) {
    a.error = String(error);
  }
  if (parent !== window) {
    parent.postMessage(JSON.stringify(a), "*");
    return;
  }
  const pre = document.createElement("pre");
  pre.id = "answers";
  pre.textContent = JSON.stringify(a);
  document.body.append(pre);
})();
"##;

#[test]
fn the_report_works_in_a_browser_and_nothing_hostile_runs() {
    if is_missing() {
        return;
    }
    let world = World::new();
    let (port, visits) = listener();
    let page = report(&world, port);
    let seen = browse(&page, "1280,900");
    assert_eq!(seen.complaints, Vec::<String>::new(), "no error, no refused load");
    assert!(seen.document.contains("id=\"item-table\"") && !seen.document.contains("data-owned=\"1\""));
    let tested = with_script(&page, TEST_SCRIPT);
    for (size, page) in [("desktop", tested.clone()), ("phone", on_a_phone(&tested))] {
        let seen = browse(&page, "1280,900");
        assert_eq!(seen.complaints, Vec::<String>::new());
        let a = answers(&seen);
        assert_eq!(a["error"], serde_json::Value::Null, "{a}");
        assert_eq!(
            (&a["owned"], &a["scripts"]),
            (&false.into(), &3.into()),
            "data, the page's own and the test's: {a}"
        );
        assert_eq!(a["sections"], 13, "no section was broken out of: {a}");
        assert!(a["overflow"].as_i64().unwrap() <= 0, "the page does not scroll sideways at {size}: {a}");
        assert_eq!(a["unlabelled"], 0, "{a}");
        let headings: Vec<i64> = a["headings"].as_array().unwrap().iter().map(|one| one.as_i64().unwrap()).collect();
        assert_eq!(headings.iter().filter(|one| **one == 1).count(), 1);
        assert!(headings.windows(2).all(|pair| pair[1] <= pair[0] + 1), "no heading is skipped: {headings:?}");
        assert!(a["links"].as_i64().unwrap() > 20, "{a}");
        assert_eq!(a["empty"], serde_json::json!([]), "every number leads to items: {a}");
        let facets: std::collections::BTreeSet<&str> =
            a["people"].as_array().unwrap().iter().filter_map(|one| one.as_str()).collect();
        assert_eq!(facets.into_iter().collect::<Vec<_>>(), ["band", "combination", "country", "kind", "minor"], "{a}");
        assert!(a["minors"].as_array().unwrap().iter().all(|one| one == "yes"), "{a}");
        assert_eq!((a["minors"].as_array().unwrap().is_empty(), &a["unfolded"]), (false, &true.into()), "{a}");
        assert_eq!(a["drilled"], serde_json::json!(["Invoices"]));
        assert!(a["state"].as_str().unwrap().starts_with("Invoices 2 items"), "{a}");
        assert_eq!(a["focus"], "items");
        assert!(a["filtered"].as_i64().unwrap() > 0 && a["filtered"].as_i64() < a["before"].as_i64(), "{a}");
        assert_eq!((&a["fits"], &a["sorted"], &a["open"]), (&true.into(), &true.into(), &true.into()), "{a}");
        assert_eq!((&a["sort"], &a["again"]), (&"descending".into(), &"ascending".into()));
        assert!(a["deadline"].as_str().unwrap().ends_with(" over"), "{a}");
    }
    assert_eq!(visits.load(Ordering::SeqCst), 0, "no request left");
}

#[test]
fn the_counting_server_and_the_complaints_would_tell() {
    if is_missing() {
        return;
    }
    let world = World::new();
    let (port, visits) = listener();
    let page = world.path().join("control.html");
    fs::write(&page, format!("<img src=\"http://127.0.0.1:{port}/x.png\"><script>nosuch()</script>")).unwrap();
    let seen = browse(&page, "800,600");
    assert!(visits.load(Ordering::SeqCst) > 0, "the control page's request arrives");
    assert!(seen.complaints.iter().any(|line| line.contains("nosuch")), "{:?}", seen.complaints);
}

#[test]
fn notifications_load_clean() {
    if is_missing() {
        return;
    }
    let world = World::new();
    let (port, visits) = listener();
    report(&world, port);
    for form in ["edpb", "gdpr34", "processor"] {
        let page = world.path().join(format!("{form}.html"));
        let mut notify = world.program();
        let output = notify
            .arg("notify")
            .arg(world.case("case"))
            .args(["--form", form, "--format", "html", "--incident"])
            .arg(world.path().join("incident.toml"))
            .assert()
            .success();
        fs::write(&page, &output.get_output().stdout).unwrap();
        let seen = browse(&page, "1000,900");
        assert_eq!(seen.complaints, Vec::<String>::new(), "{form}");
        assert!(seen.document.contains("</article>") && !seen.document.contains("data-owned=\"1\""), "{form}");
    }
    assert_eq!(visits.load(Ordering::SeqCst), 0, "no request left");
}
