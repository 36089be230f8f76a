//! Bounds that only the whole line reaches, each with its stated outcome and with what was found so far kept.

use super::*;
use crate::model::{Kind, Outcome};
use std::io::{Cursor, Write};
use zip::write::{SimpleFileOptions, ZipWriter};

fn kit(change: impl FnOnce(&mut Limits)) -> Kit {
    let mut setup = Setup::for_rules(None);
    change(&mut setup.limits);
    Kit::build(&setup, Box::new(crate::limits::NoTools::default())).expect("the embedded rules compile")
}

fn item(name: &str, size: usize) -> Item {
    Item { locator: Locator::new(0, name), size: size as u64, modified_ms: None, inode: None, changed_ns: None }
}

fn examined(name: &str, bytes: Vec<u8>, kit: &Kit) -> Record {
    examine(&item(name, bytes.len()), Ok(Content::of_memory(bytes)), kit)
}

fn zipped(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        writer.start_file(*name, SimpleFileOptions::default()).expect("entry");
        writer.write_all(bytes).expect("written");
    }
    writer.finish().expect("zip").into_inner()
}

fn codes(record: &Record) -> Vec<Code> {
    record.faults.iter().map(|fault| fault.code).collect()
}

fn mails(record: &Record) -> usize {
    record.walk().flat_map(|item| &item.findings).filter(|finding| finding.kind == Kind::Email).count()
}

#[test]
fn archives_nested_too_deep_keep_what_lies_above() {
    let text = b"Contact: ada@example.org\n";
    let mut nest = zipped(&[("deepest.txt", text)]);
    for _ in 0..5 {
        nest = zipped(&[("beside.txt", text), ("inner.zip", &nest)]);
    }
    let record = examined("nest.zip", nest, &kit(|limits| limits.depth = 2));
    let too_deep = record.walk().filter(|item| codes(item).contains(&Code::TooDeep)).count();
    assert!(too_deep >= 1, "nobody says that it is too deep");
    assert_eq!(mails(&record), 2, "one on each level above the bound");
}

#[test]
fn members_over_all_layers_share_one_account() {
    let inner = zipped(&[("a.txt", b"ada@example.org"), ("b.txt", b"ben@example.org")]);
    let outer = zipped(&[("1.zip", &inner), ("2.zip", &inner), ("3.zip", &inner)]);
    let record = examined("many.zip", outer, &kit(|limits| limits.members = 4));
    assert!(record.walk().any(|item| codes(item).contains(&Code::TooManyMembers)));
    assert!(mails(&record) >= 2, "what was found before stays");
}

#[test]
fn bombs_within_bombs_end_at_the_volume() {
    let bomb = zipped(&[("zeros", &vec![0; 1 << 20])]);
    let outer = zipped(&[("first.txt", b"ada@example.org"), ("1.zip", &bomb), ("2.zip", &bomb), ("3.zip", &bomb)]);
    let record = examined("bombs.zip", outer, &kit(|limits| limits.expanded_bytes = 2 << 20));
    assert!(record.walk().any(|item| codes(item).contains(&Code::TooCompressed)));
    assert_eq!(mails(&record), 1);
}

#[test]
fn findings_beyond_their_bound_are_told() {
    let text = (0..50).map(|n| format!("person{n}@example.org\n")).collect::<Vec<_>>().concat();
    let record = examined("list.txt", text.into_bytes(), &kit(|limits| limits.findings = 10));
    assert!(codes(&record).contains(&Code::TooManyFindings));
    assert_eq!((record.findings.len(), record.outcome), (10, Outcome::Partial));
}

#[test]
fn cells_beyond_their_bound_are_told_and_the_rows_before_stay() {
    let text: String =
        std::iter::once("name,mail\n".to_owned()).chain((0..50).map(|n| format!("A{n},a{n}@example.org\n"))).collect();
    let record = examined("list.csv", text.into_bytes(), &kit(|limits| limits.cells = 20));
    assert!(codes(&record).contains(&Code::TooMuchText), "{:?}", record.faults);
    assert!(mails(&record) >= 5);
}

#[test]
fn elements_beyond_their_bound_are_told_and_those_before_stay() {
    let list = (0..50).map(|n| format!("<mail>a{n}@example.org</mail>")).collect::<Vec<_>>().concat();
    let xml = format!("<?xml version=\"1.0\"?><list>{list}</list>");
    let record = examined("list.xml", xml.into_bytes(), &kit(|limits| limits.xml_elements = 20));
    assert!(codes(&record).contains(&Code::TooMuchText), "{:?}", record.faults);
    assert!(mails(&record) >= 5);
}

#[test]
fn an_invoice_tells_its_number_its_sum_and_that_it_adds_up() {
    let text = "Clinic\nInvoice no. 2019-0042\tDate: 3 May 2019\nLaser\t£140.00\nPeel\t£90.00\nTotal\t£230.00\n";
    let record = examined("a.txt", text.as_bytes().to_vec(), &kit(|_| ()));
    let document = record.facts.document.as_ref().expect("facts");
    assert_eq!((document.total, document.currency.as_deref()), (Some(23_000), Some("GBP")));
    let account = document.account.as_ref().expect("an account");
    // 3 May 2019 is day 18,019; the number is a token, so that the record does not tell it.
    assert_eq!((account.day, account.lines, account.adds_up), (Some(18_019), 2, true));
    assert!(account.number.as_ref().is_some_and(|number| !number.contains("2019") && number.len() == 12));
    let days = record.findings.iter().filter(|finding| finding.kind == Kind::Date).filter_map(|found| found.hints.day);
    assert_eq!(days.count(), 0, "days of dates are not kept");
}

const PHOTO: &str =
    "clinic-bucket/clinic-aurore-1a7c/patients/3f0c2f6e-6d0e-4a53-9c0b-5a1f0de4b001/photos/IMG_0001.jpg";

#[expect(clippy::disallowed_methods, reason = "our own fixture")]
fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/fixtures/{name}", env!("CARGO_MANIFEST_DIR"))).expect("a fixture")
}

/// A memory of one impression, and how often it was asked.
struct One(Option<Impression>, std::cell::Cell<u32>);

impl Recall for One {
    fn recall(&self, _: &[u8; 32]) -> Option<Impression> {
        self.1.set(self.1.get() + 1);
        self.0.clone()
    }
}

#[test]
fn a_copy_of_a_picture_or_video_gets_the_record_it_would_get_alone_without_a_second_look() {
    let kit = kit(|_| {});
    for (file, copy) in
        [(PHOTO, "backup/site/img/logo-screenshot.jpg"), ("videos/halves.mp4", "scans/face-360-orbit.mp4")]
    {
        let bytes = fixture(file);
        let once = |name: &str, memory: &dyn Recall| {
            let content = Content::of_memory(bytes.clone());
            let Examined { record, impression, .. } =
                examine_once(&item(name, bytes.len()), Ok(content), &kit, Some(memory));
            (record, impression)
        };
        let (first, shown) = once(file, &One(None, 0.into()));
        let alone = examined(copy, bytes.clone(), &kit);
        let memory = One(shown.clone(), 0.into());
        let (recalled, again) = once(copy, &memory);
        assert_eq!((&recalled, memory.1.get()), (&alone, 1));
        assert_eq!((&again, shown.is_some()), (&shown, true), "what it showed is told on");
        assert_ne!(first.verdict, recalled.verdict, "the name still counts");
        // What is remembered is believed, so the pixels were not looked at.
        let dreamt = match shown {
            Some(Impression::Picture(facts, glance)) => {
                let facts = crate::model::ImageFacts { width: 4321, ..facts };
                Impression::Picture(facts, glance)
            }
            _ => Impression::Video(crate::classify::video::Stills { seen: 77, with_face: 7, with_person: 7 }),
        };
        let facts = once(copy, &One(Some(dreamt), 0.into())).0.facts;
        let told = (facts.image.map(|image| image.width), facts.video.map(|video| video.stills));
        assert!(matches!(told, (Some(4321), None) | (None, Some(77))), "{told:?}");
    }
}

#[test]
fn what_ended_early_is_no_impression_and_papers_have_none() {
    let kit = kit(|limits| limits.pixels = 10);
    let once = |name: &str, bytes: Vec<u8>| {
        let memory = One(None, 0.into());
        let content = Content::of_memory(bytes);
        let examined = examine_once(&item(name, content.size() as usize), Ok(content), &kit, Some(&memory));
        (codes(&examined.record), examined.impression, memory.1.get())
    };
    assert_eq!(once("a.jpg", fixture(PHOTO)), (vec![Code::TooManyPixels], None, 1));
    assert_eq!(once("a.txt", b"Contact: ada@example.org".to_vec()), (vec![], None, 0));
}
