//! A tally is a sum: shards in any order equal the whole.

use super::*;
use crate::model::{AccountFacts, Confidence, Hashes, Hints, Origin, Verdict};
use proptest::prelude::*;

fn record(n: u32, seed: u8) -> Record {
    let kind = Kind::ALL[seed as usize % Kind::ALL.len()];
    let class = Class::ALL[seed as usize % Class::ALL.len()];
    let hash = [seed % 16; 32];
    let mut record = Record::unread(
        Locator::new(0, format!("folder/{n}.pdf")),
        u64::from(seed % 16) * 100,
        Some(i64::from(n) * 90_000_000_000 % 1_500_000_000_000),
        Fault::extract(Code::ALL[seed as usize % Code::ALL.len()]),
    );
    record.hashes = Some(Hashes { sha256: hash, blake3: hash });
    record.verdict = Some(Verdict::other("spreadsheet", Confidence::milli(u16::from(seed) * 3), "invented"));
    if let Some(verdict) = &mut record.verdict {
        verdict.class = class;
    }
    record.findings.push(Finding {
        kind,
        scheme: format!("rule.{}", seed % 5),
        origin: Origin::page(1),
        start: 0,
        end: 4,
        confidence: Confidence::milli(u16::from(seed) * 3),
        mask: "****".into(),
        token: Token([seed; 16]),
        parts: Vec::new(),
        role: Role::DataSubject,
        mention: None,
        alternatives: Vec::new(),
        hints: Hints::default(),
        sealed: None,
    });
    let mut member = record.clone();
    member.locator = record.locator.member("inner.txt");
    record.members.push(member);
    record
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn shards_in_any_order_equal_the_whole(seeds in prop::collection::vec(any::<u8>(), 0..80), cut in 0_usize..80, turn in 0_usize..80) {
        let records: Vec<Record> = seeds.iter().enumerate().map(|(n, seed)| record(n as u32, *seed)).collect();
        let sum = |part: &[Record]| part.iter().fold(Tally::default(), |mut sum, one| { sum += Tally::of(one); sum });
        let whole = sum(&records);
        let mut turned = records.clone();
        turned.rotate_left(if records.is_empty() { 0 } else { turn % records.len() });
        let (a, b) = turned.split_at(cut.min(turned.len()));
        let mut left = sum(a);
        left += sum(b);
        let mut right = sum(b);
        right += sum(a);
        prop_assert_eq!(&left, &whole);
        prop_assert_eq!(&right, &whole);
        prop_assert_eq!(whole.total().files, records.len() as u64);
        prop_assert_eq!(whole.total().members, records.len() as u64);
    }
}

#[test]
fn copies_are_counted_by_content() {
    let mut tally = Tally::of(&record(1, 3));
    tally += Tally::of(&record(2, 3));
    tally += Tally::of(&record(3, 4));
    assert_eq!(tally.duplicates(), Duplicates { unique: 2, copies: 1, bytes: 300, is_exact: true });
}

#[test]
fn many_contents_are_estimated_and_shards_agree() {
    let hash = |n: u64| u64::from_be_bytes(*blake3::hash(&n.to_le_bytes()).as_bytes().first_chunk().expect("32 bytes"));
    let (mut whole, mut a, mut b) = (Tally::default(), Tally::default(), Tally::default());
    let contents = CONTENTS as u64 + CONTENTS as u64 / 4;
    for n in (0..contents).chain(0..contents / 2) {
        add_content(&mut whole.contents, hash(n), (1, 10));
        add_content(if n % 3 == 0 { &mut a.contents } else { &mut b.contents }, hash(n), (1, 10));
    }
    b += a;
    assert_eq!(b.contents, whole.contents);
    let found = whole.duplicates();
    assert!(!found.is_exact && whole.contents.len() == CONTENTS);
    // Four standard errors.
    assert!(found.unique.abs_diff(contents) < contents / 64, "{}", found.unique);
    assert!(found.copies.abs_diff(contents / 2) < contents / 64, "{}", found.copies);
    whole.exact_duplicates = Some(Duplicates { unique: contents, copies: 0, bytes: 0, is_exact: true });
    assert_eq!(whole.duplicates().unique, contents);
}

#[test]
fn invoices_are_summed_by_year_and_currency_and_those_without_a_total_are_counted() {
    let paper = |n: u32, day: i32, total: Option<i64>| {
        let mut record = record(n, 1);
        record.members.clear();
        if let Some(verdict) = &mut record.verdict {
            verdict.class = Class::Invoice;
        }
        let document = record.facts.document_mut();
        (document.total, document.currency) = (total, total.map(|_| "EUR".to_owned()));
        document.account = Some(AccountFacts { day: Some(day), adds_up: total.is_some(), ..AccountFacts::default() });
        record
    };
    // Days of 2018, 2018 and 2019.
    let records = [paper(1, 17_600, Some(12_000)), paper(2, 17_700, None), paper(3, 18_000, Some(50))];
    let tally = records.iter().fold(Tally::default(), |mut sum, one| {
        sum += Tally::of(one);
        sum
    });
    let of_2018 = &tally.accounts[&(Class::Invoice, Some(2018))];
    assert_eq!((of_2018.papers, of_2018.without_total, of_2018.adding_up), (2, 1, 1));
    assert_eq!(of_2018.amounts["EUR"].sum, 12_000);
    assert_eq!(tally.accounts[&(Class::Invoice, Some(2019))].amounts["EUR"].sum, 50);
    assert_eq!(tally.controllers[&None].accounts, tally.accounts);
}
