//! The detector as a whole: made numbers are found and their neighbours are not, and nothing depends on where a long
//! text is cut.

use breachscope::detect::{DetectOptions, Detector, Span};
use breachscope::model::Kind;
use breachscope::rules::RuleFiles;
use proptest::prelude::*;
use std::sync::LazyLock;

#[expect(clippy::expect_used, reason = "a test without rules has nothing to say")]
static DETECTOR: LazyLock<Detector> = LazyLock::new(|| {
    Detector::new(&RuleFiles::embedded(), &DetectOptions::default()).expect("the embedded rules compile")
});

/// Bytes of a window (`detect::windows::WINDOW`), around whose border a paper is moved.
const WINDOW: usize = 256 << 10;

/// A paper of an invented person with reserved numbers.
const PAPER: &str = "Patient : Exemple Ada\nNée le 24/02/1962 à Lyon\nAdresse : 12 rue de la Paix, 75002 Paris\n\
                     Tél. 01 99 00 12 34 - ada@example.org\nSécurité sociale : 2 62 02 75 056 001 89\n\
                     Acte : rhinoplastie\n";

fn spans(text: &str) -> Vec<Span> {
    DETECTOR.spans(text, Some("fr"), Some("FR"))
}

fn finds(kind: Kind, text: &str) -> bool {
    spans(text).iter().any(|span| span.kind == kind)
}

/// An IBAN of France with these 23 digits of bank, branch and account.
fn iban(account: &str) -> String {
    // ISO 7064: the account, the country in figures (F = 15, R = 27), 00; 98 less the rest of 97.
    let rest = format!("{account}152700").bytes().fold(0_u32, |rest, one| (rest * 10 + u32::from(one - b'0')) % 97);
    format!("FR{:02}{account}", 98 - rest)
}

fn luhn(stem: &str) -> u32 {
    let digits = stem.bytes().rev().map(|one| u32::from(one - b'0'));
    let sum: u32 =
        digits.zip([2, 1].into_iter().cycle()).map(|(digit, weight)| digit * weight).map(|n| n / 10 + n % 10).sum();
    (10 - sum % 10) % 10
}

/// A card number of a range for tests, from nine digits.
fn made_card(number: u32) -> String {
    let stem = format!("400000{number:09}");
    let check = luhn(&stem);
    format!("{stem}{check}")
}

#[test]
fn a_counter_that_passes_a_check_by_chance_is_no_finding_and_a_column_of_cards_is() {
    let line =
        |n: u32, id: &str| format!("2017-05-21 06:29:{:02} INFO [s3] id={id} PUT /v3/objects 200 33ms\n", n % 60);
    let is_card = |text: &str| spans(text).iter().filter(|span| span.kind == Kind::PaymentCard).count();
    let off_by_one = |card: &str| {
        let (stem, check) = card.split_at(15);
        format!("{stem}{}", check.parse::<u32>().map_or(0, |check| (check + 1) % 10))
    };
    let log: String =
        (0..40).map(|n| line(n, &if n == 7 { made_card(n) } else { off_by_one(&made_card(n)) })).collect();
    assert_eq!(is_card(&log), 0);
    let cards: String = (0..40).map(|n| line(n, &made_card(n))).collect();
    assert_eq!(is_card(&cards), 40);
    let labelled = format!("{log}Card number: {}\n", made_card(99));
    assert_eq!(is_card(&labelled), 1);
}

#[test]
fn telephones_are_told_by_the_words_around_them() {
    // 0696 is Martinique, whose numbers are national ones in France though their calling code is 596.
    for text in
        ["rappeler au 06 97 80 52 27", "erreichbar unter 0171 2345678", "llamar al 612 34 56 78", "cep: 0532 123 45 67"]
    {
        assert!(finds(Kind::Phone, text), "{text}");
    }
    for text in ["IVA 00743110157", "CEP 01001-000", "Rechnung 0301234567"] {
        assert!(!finds(Kind::Phone, text), "{text}");
    }
}

#[test]
fn what_is_found_does_not_depend_on_where_a_text_is_cut() {
    let line = "Il fait beau et la mer est calme.\n";
    let whole = spans(PAPER);
    assert!(whole.iter().any(|span| span.kind == Kind::PersonName), "{whole:?}");
    for back in [0, 30, 90, 160, 200, PAPER.len()] {
        let before = line.repeat((WINDOW - back) / line.len());
        let pad = " ".repeat((WINDOW - back - before.len()).saturating_sub(1));
        let text = format!("{before}{pad}\n{PAPER}{}", line.repeat(400));
        let start = (before.len() + pad.len() + 1) as u32;
        let moved: Vec<Span> = spans(&text)
            .into_iter()
            .map(|span| Span { start: span.start.wrapping_sub(start), end: span.end.wrapping_sub(start), ..span })
            .collect();
        assert_eq!(moved, whole, "{back} bytes before the border");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_made_iban_is_found_and_not_with_one_digit_changed(stem in 0_u64..10_u64.pow(18), at in 4_usize..27, step in 1_u8..10) {
        let iban = iban(&format!("{stem:023}"));
        prop_assume!(stem > 10_u64.pow(17));
        let text = format!("IBAN : {iban}");
        prop_assert!(finds(Kind::Iban, &text));
        let mut other = iban.into_bytes();
        other[at] = b'0' + (other[at] - b'0' + step) % 10;
        let text = format!("IBAN : {}", String::from_utf8(other).expect("digits"));
        prop_assert!(!finds(Kind::Iban, &text));
    }

    #[test]
    fn a_made_card_is_found_and_not_with_one_digit_changed(stem in 10_u64.pow(13)..10_u64.pow(14), at in 1_usize..16, step in 1_u8..10) {
        let stem = format!("4{stem}");
        let card = format!("{stem}{}", luhn(&stem));
        prop_assume!(card.bytes().skip(1).any(|one| one != card.as_bytes()[1]));
        let text = format!("credit card: {card}");
        prop_assert!(finds(Kind::PaymentCard, &text));
        let mut other = card.into_bytes();
        other[at] = b'0' + (other[at] - b'0' + step) % 10;
        let text = format!("credit card: {}", String::from_utf8(other).expect("digits"));
        prop_assert!(!finds(Kind::PaymentCard, &text));
    }

    #[test]
    fn no_text_makes_it_panic_and_spans_lie_in_the_text(text in "(\\PC|[0-9A-Z<\\-. :=/@\t\n]|Patient: |né le |rue |Apt\\. ){0,120}") {
        let count = text.chars().count() as u32;
        for span in spans(&text) {
            prop_assert!(span.start < span.end && span.end <= count);
        }
    }
}
