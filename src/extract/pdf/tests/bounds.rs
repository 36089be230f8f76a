//! Every bound is reached by a file that asks for more, and what was read before it stays.

use super::{Sample, Seen, read_bytes, read_with};
use crate::extract::ExtractOptions;
use crate::limits::Limits;
use crate::model::Code;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use proptest::prelude::*;
use std::fmt::Write as _;
use std::io::Write as _;
use std::time::Instant;

fn limited(sample: &Sample, limits: Limits) -> Seen {
    read_with(sample.bytes(), limits, &ExtractOptions::default())
}

const TEXT: &str = "BT /F 10 Tf 50 700 Td (kept) Tj ET ";

#[test]
fn pages() {
    let mut sample = Sample::page(TEXT);
    sample.object(2, "<</Type/Pages/Kids[3 0 R 3 0 R 3 0 R]/Count 3>>");
    assert_eq!(limited(&sample, Limits::default()).page(), "kept\nkept\nkept\n");
    let seen = limited(&sample, Limits { pages: 2, ..Limits::default() });
    assert!(seen.has(Code::TooMuchText));
    assert_eq!(seen.page(), "kept\nkept\n");
}

#[test]
fn operators_count_each_time_a_form_is_drawn() {
    let mut sample = Sample::page(&format!("{TEXT} /X Do /X Do /X Do /X Do"));
    sample.object(3, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>/XObject<</X 6 0 R>>>>>>");
    sample.stream(6, "/Type/XObject/Subtype/Form/BBox[0 0 9 9]", "q Q ".repeat(10).as_bytes());
    assert!(!limited(&sample, Limits::default()).has(Code::TooMuchText));
    let seen = limited(&sample, Limits { pdf_operators: 50, ..Limits::default() });
    assert!(seen.ended.is_some_and(|fault| fault.code == Code::TooMuchText));
    assert_eq!(seen.page(), "kept\n");
}

/// Forms in a chain, each drawing the next ten times.
fn chain(length: u32) -> Sample {
    let mut sample = Sample::page(&format!("{TEXT} /X Do"));
    sample.object(3, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>/XObject<</X 10 0 R>>>>>>");
    for id in 10..10 + length {
        let keys = format!("/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X {} 0 R>>>>", id + 1);
        sample.stream(id, &keys, "/X Do ".repeat(10).as_bytes());
    }
    sample
}

#[test]
fn forms_within_forms() {
    let seen = limited(&chain(4), Limits { pdf_form_depth: 3, ..Limits::default() });
    assert!(seen.has(Code::TooDeep));
    assert_eq!(seen.page(), "kept\n");
}

#[test]
fn forms_that_multiply_end_in_bounded_time() {
    let start = Instant::now();
    let seen = limited(&chain(30), Limits { pdf_operators: 200_000, ..Limits::default() });
    assert!(seen.has(Code::TooMuchText));
    assert!(start.elapsed().as_secs() < 10);
}

#[test]
fn a_form_that_draws_itself() {
    let mut sample = chain(1);
    sample.stream(10, "/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 10 0 R>>>>", b"/X Do");
    let seen = limited(&sample, Limits::default());
    assert!(seen.has(Code::Cyclic));
    assert_eq!(seen.page(), "kept\n");
}

#[test]
fn a_page_tree_that_holds_itself() {
    let mut sample = Sample::page(TEXT);
    sample.object(2, "<</Type/Pages/Kids[2 0 R 3 0 R]/Count 2>>");
    let seen = limited(&sample, Limits::default());
    assert!(seen.has(Code::Cyclic));
    assert_eq!(seen.page(), "kept\n");
}

fn deflated(data: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(data).expect("written");
    encoder.finish().expect("finished")
}

#[test]
fn a_stream_that_expands_beyond_its_bound_is_read_up_to_it() {
    let mut content = TEXT.as_bytes().to_vec();
    content.resize(4 << 20, b' ');
    let mut sample = Sample::page("");
    sample.stream(4, "/Filter/FlateDecode", &deflated(&content));
    assert!(limited(&sample, Limits::default()).faults.is_empty());
    let seen = limited(&sample, Limits { pdf_stream_bytes: 1 << 20, ..Limits::default() });
    assert!(seen.has(Code::TooCompressed));
    assert_eq!(seen.page(), "kept\n");
}

#[test]
fn a_stream_deflated_twice_does_not_pass_the_account_of_the_item() {
    let mut sample = Sample::page(TEXT);
    sample.object(
        3,
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents[4 0 R 6 0 R]/Resources<</Font<</F 5 0 R>>>>>>",
    );
    sample.stream(6, "/Filter[/FlateDecode/FlateDecode]", &deflated(&deflated(&vec![b' '; 8 << 20])));
    let limits = Limits { pdf_stream_bytes: 1 << 20, ..Limits::default() };
    let seen = limited(&sample, limits);
    assert!(seen.has(Code::TooCompressed));
    assert_eq!(seen.page(), "kept\n");
    let seen = limited(&sample, Limits { expanded_bytes: 1000, ..Limits::default() });
    assert!(seen.ended.is_some_and(|fault| fault.code == Code::TooCompressed));
}

#[test]
fn text() {
    let mut content = String::new();
    for row in 0..50 {
        write!(content, "BT /F 10 Tf 50 {} Td (kept kept kept kept) Tj ET ", 780 - 14 * row).expect("written");
    }
    let seen = limited(&Sample::page(&content), Limits { text_bytes: 100, ..Limits::default() });
    assert!(seen.has(Code::TooMuchText));
    assert!(seen.page().starts_with("kept kept"));
}

#[test]
fn objects() {
    let mut sample = Sample::page(TEXT);
    for id in 10..60 {
        sample.object(id, "null");
    }
    let seen = limited(&sample, Limits { pdf_objects: 40, ..Limits::default() });
    assert!(seen.has(Code::TooManyMembers));
    assert_eq!(seen.page(), "kept\n", "the second reader loads objects as it needs them");
}

#[test]
fn time() {
    let seen = limited(&Sample::page(TEXT), Limits { item_seconds: 0, ..Limits::default() });
    assert!(seen.ended.is_some_and(|fault| fault.code == Code::SlowItem));
}

#[test]
fn arrays_nested_without_end_do_not_end_the_process() {
    let seen = read_bytes(Sample::page(&format!("{} TJ {TEXT}", "[".repeat(200_000))).bytes());
    assert_eq!(seen.page(), "kept\n");
    let mut sample = Sample::page(TEXT);
    sample.object(6, &"[".repeat(100_000));
    assert_eq!(read_bytes(sample.bytes()).page(), "kept\n");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_file_changed_anywhere_ends_in_a_stated_way(at in 0_usize..1200, bytes in proptest::collection::vec(any::<u8>(), 0..24)) {
        let mut file = chain(2).bytes();
        let at = at.min(file.len());
        let end = (at + bytes.len()).min(file.len());
        file.splice(at..end, bytes);
        let seen = read_bytes(file);
        let state = seen.facts.document.as_ref().and_then(|document| document.text);
        prop_assert!(state.is_some() || seen.ended.is_some());
        prop_assert!(!seen.has(Code::Panicked));
    }
}
