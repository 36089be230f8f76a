//! All forms of one sample: looked at once, then held; and what holds of every report.

use super::sample::{HOSTILE, incident, records, report_of};
use super::*;
use crate::model::Record;

fn rendered(report: &v1::Report, name: &str) -> String {
    let form = RENDERERS.iter().find(|form| form.name() == name).expect("a form");
    let mut out = Vec::new();
    form.render(report, &mut out).expect("written to memory");
    String::from_utf8(out).expect("UTF-8")
}

fn screen(report: &v1::Report, width: usize, colour: bool) -> String {
    let mut out = Vec::new();
    terminal::print(report, width, colour, &mut out).expect("written to memory");
    String::from_utf8(out).expect("UTF-8")
}

#[test]
fn the_forms_of_the_sample_stay_as_they_were_read() {
    let report = report_of(&records(60), &incident(), false);
    insta::assert_snapshot!("json", rendered(&report, "json"));
    insta::assert_snapshot!("markdown", rendered(&report, "markdown"));
    insta::assert_snapshot!("terminal", screen(&report, 80, false));
    let page = rendered(&report, "html");
    let body = page.split("<body>").nth(1).and_then(|rest| rest.split("<script").next()).expect("a body");
    insta::assert_snapshot!("html", body);
}

#[test]
fn the_order_of_records_changes_no_byte_but_the_manifest() {
    let all = records(40);
    let mut turned: Vec<Record> = all.clone();
    turned.reverse();
    let (mut a, mut b) = (report_of(&all, &incident(), false), report_of(&turned, &incident(), false));
    a.manifest.root.clear();
    b.manifest.root.clear();
    for form in ["html", "markdown", "json"] {
        assert_eq!(rendered(&a, form), rendered(&b, form), "{form}");
    }
}

#[test]
fn no_string_from_outside_is_markup_in_any_form() {
    let mut hostile = incident();
    hostile.incident.title = Some(HOSTILE.to_owned());
    hostile.controller.name = Some(HOSTILE.to_owned());
    let report = report_of(&records(12), &hostile, true);
    let page = rendered(&report, "html");
    assert!(page.contains("&lt;script&gt;alert(1)"), "the title is shown");
    for needle in ["<script>alert", "<img", "onerror=alert(2)>"] {
        assert!(!page.contains(needle), "{needle}");
    }
    let markdown = rendered(&report, "markdown");
    for needle in ["<script", "<img", "](http:/", "\u{202e}", "\u{1b}"] {
        assert!(!markdown.contains(needle), "{needle}");
    }
    let screen = screen(&report, 80, false);
    assert!(!screen.contains('\u{1b}') && !screen.contains('\u{202e}'));
}

#[test]
fn paths_are_left_out_unless_asked_for() {
    for form in ["html", "markdown", "json"] {
        let without = rendered(&report_of(&records(12), &incident(), false), form);
        assert!(!without.contains("invoice.pdf") && !without.contains("patients/"), "{form}");
    }
    assert!(rendered(&report_of(&records(12), &incident(), true), "json").contains("/patients/0000/"));
}

#[test]
fn listed_files_are_the_sum_of_the_outcomes_and_of_the_classes() {
    let report = report_of(&records(30), &incident(), false);
    assert_eq!(report.coverage.outcomes.iter().map(|row| row.files).sum::<u64>(), report.coverage.listed);
    assert_eq!(report.classes.iter().map(|row| row.files).sum::<u64>(), report.coverage.listed);
    assert_eq!(report.people.controllers.iter().map(|row| row.files).sum::<u64>(), report.coverage.listed);
    assert_eq!(report.severity.bands.iter().map(|row| row.persons).sum::<u64>(), report.distinct_persons.best);
    assert_eq!(report.people.countries.iter().map(|row| row.persons).sum::<u64>(), report.distinct_persons.best);
}

#[test]
fn the_page_allows_only_its_own_style_and_script_and_loads_nothing() {
    let page = rendered(&report_of(&records(5), &incident(), false), "html");
    assert!(page.contains("default-src 'none'; style-src 'sha256-"));
    for needle in ["http://", "https://", " style=", "src=", "@import", "url("] {
        assert!(!page.contains(needle), "{needle}");
    }
}

#[test]
fn the_summary_fits_one_screen_and_its_width() {
    let report = report_of(&records(60), &incident(), false);
    for width in [48, 80] {
        let screen = screen(&report, width, false);
        assert!(screen.lines().count() <= 30, "{screen}");
        assert!(!screen.contains('\u{1b}'));
    }
    assert!(screen(&report, 80, true).contains("\u{1b}[1m"));
}

#[test]
fn an_empty_leak_has_a_report() {
    let report = report_of(&[], &Incident::default(), false);
    for form in ["html", "markdown", "json"] {
        assert!(!rendered(&report, form).is_empty());
    }
    assert_eq!(report.distinct_persons.best, 0);
    assert!(!screen(&report, 80, false).is_empty());
}

#[test]
fn all_forms_are_written_into_a_folder() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let report = report_of(&records(3), &incident(), false);
    let paths = write_all(&report, &folder.path().join("new")).expect("written");
    let names: Vec<_> = paths.iter().filter_map(|path| path.file_name()?.to_str()).collect();
    assert_eq!(names, ["report.html", "report.md", "report.json"]);
    assert_eq!(fs::read_dir(folder.path().join("new")).expect("listed").count(), 3);
}

/// Writes a case of so many persons and tells its items and the bytes of its page.
fn page_of(persons: u64) -> (u64, usize) {
    let report = report_of(&records(persons), &incident(), true);
    (report.items.total, rendered(&report, "html").len())
}

#[test]
fn the_page_of_a_large_leak_stays_small() {
    let (items, bytes) = page_of(3_000);
    assert!(items > 10_000 && bytes < 2_500_000, "{items} items, {bytes} bytes");
}

#[test]
#[ignore = "a minute without optimisation; run it after a change of the catalogue or the page"]
fn the_page_of_100000_items_is_below_5_megabytes() {
    let (items, bytes) = page_of(26_500);
    assert!(items > 100_000 && bytes < 5_000_000, "{items} items, {bytes} bytes");
}
