//! Throughput of detection: each detector alone, and all of them, over generated paperwork. Bytes are counted.

#![expect(clippy::expect_used, reason = "a benchmark without its rules has nothing to measure")]

use breachscope::detect::{
    DetectOptions, Detector, Hit, Setting, Sheet, Tokens, age::Ages, date::Dates, email, gender, phone::Phones,
    position, url,
};
use breachscope::model::{Origin, Part, Shape};
use breachscope::rules::RuleFiles;
use breachscope::rules::labels::Labels;
use divan::Bencher;
use divan::counter::BytesCount;
use std::fmt::Write as _;

fn main() {
    divan::main();
}

/// Bytes of the generated text.
const SIZE: usize = 4 << 20;

/// Paperwork of invented people with reserved numbers: labels, dates, phones, mail, amounts, and running text.
fn paperwork() -> String {
    let mut text = String::with_capacity(SIZE + 1024);
    let mut number = 1_u32;
    while text.len() < SIZE {
        number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let (day, month, year) = (number % 28 + 1, number / 28 % 12 + 1, 1940 + number / 336 % 70);
        let _ = write!(
            text,
            "Patient : Exemple Ada\tN° dossier : {number}\nNée le {day:02}/{month:02}/{year} à Lyon, âge : {} ans\n\
             Tél. 01 99 00 {:02} {:02} - ada{number}@example.org - https://example.org/{number}\n\
             Compte rendu de consultation du {day} mars 2020. La patiente se présente pour un contrôle. L'examen est \
             sans particularité, la cicatrice est souple et la patiente est satisfaite du résultat obtenu.\n\
             Injection {} ml, {},50 € TTC, lot A{number}, dose {}.{} mg\n\n",
            2020 - year,
            number % 100,
            number / 100 % 100,
            number % 9,
            number % 900,
            number % 7,
            number % 10,
        );
    }
    text
}

fn bench(bencher: Bencher<'_, '_>, find: impl Fn(&Sheet<'_>, &Tokens, &Setting, &mut Vec<Hit>) + Sync) {
    let text = paperwork();
    let origin = Origin::of(Part::Text);
    let sheet = Sheet { index: 0, origin: &origin, shape: Shape::Flow, list: None, text: &text };
    let setting = Setting { language: Some("fr".to_owned()), region: Some("FR".to_owned()) };
    bencher.counter(BytesCount::of_str(&text)).bench(|| {
        let mut hits = Vec::new();
        find(&sheet, &Tokens::of(&text), &setting, &mut hits);
        hits
    });
}

#[divan::bench]
fn emails(bencher: Bencher<'_, '_>) {
    bench(bencher, |sheet, _, setting, out| email::find(sheet, setting, out));
}

#[divan::bench]
fn urls(bencher: Bencher<'_, '_>) {
    bench(bencher, |sheet, _, setting, out| url::find(sheet, setting, out));
}

#[divan::bench]
fn positions(bencher: Bencher<'_, '_>) {
    bench(bencher, |sheet, _, setting, out| position::find(sheet, setting, out));
}

#[divan::bench]
fn genders(bencher: Bencher<'_, '_>) {
    bench(bencher, |sheet, _, setting, out| gender::find(sheet, setting, out));
}

#[divan::bench]
fn ages(bencher: Bencher<'_, '_>) {
    let ages = Ages::new(&RuleFiles::embedded()).expect("the embedded rules fit");
    bench(bencher, |sheet, tokens, setting, out| ages.find(sheet, tokens, setting, out));
}

#[divan::bench]
fn dates(bencher: Bencher<'_, '_>) {
    let labels = Labels::new(&RuleFiles::embedded()).expect("the embedded rules fit");
    let dates = Dates::new(&RuleFiles::embedded(), labels.into()).expect("the embedded rules fit");
    bench(bencher, |sheet, tokens, setting, out| dates.find(sheet, tokens, setting, out));
}

#[divan::bench]
fn phones(bencher: Bencher<'_, '_>) {
    let phones = Phones::new(&RuleFiles::embedded(), &[]).expect("the embedded rules fit");
    bench(bencher, |sheet, tokens, setting, out| phones.find(sheet, tokens, setting, out));
}

#[divan::bench]
fn everything(bencher: Bencher<'_, '_>) {
    let detector = Detector::new(&RuleFiles::embedded(), &DetectOptions::default()).expect("the embedded rules fit");
    let text = paperwork();
    bencher.counter(BytesCount::of_str(&text)).bench(|| detector.spans(&text, None, None));
}
