//! Every rule for identifiers holds its own examples; generated numbers are found and their neighbours are not.

use breachscope::detect::{Hit, Identifiers, Setting, Sheet, Tokens, checks, inspection};
use breachscope::limits::NoTools;
use breachscope::model::{Origin, Part, Shape};
use breachscope::pipeline::{Kit, Setup, check_examples};
use breachscope::rules::{PiiRules, RuleFiles};
use proptest::prelude::*;
use std::sync::LazyLock;

#[expect(clippy::expect_used, reason = "a test without rules has nothing to say")]
static RULES: LazyLock<PiiRules> =
    LazyLock::new(|| PiiRules::load(&RuleFiles::embedded()).expect("the embedded rules load"));
#[expect(clippy::expect_used, reason = "a test without rules has nothing to say")]
static DETECTOR: LazyLock<Identifiers> =
    LazyLock::new(|| Identifiers::new(&RULES).expect("the embedded rules compile"));

fn find(text: &str, shape: Shape) -> Vec<Hit> {
    let origin = Origin::of(Part::Text);
    let mut hits = Vec::new();
    let sheet = Sheet { index: 0, origin: &origin, shape, list: None, text };
    DETECTOR.find(&sheet, &Tokens::of(text), &Setting::default(), &mut hits);
    hits
}

fn finds(scheme: &str, text: &str) -> bool {
    find(text, Shape::Flow).iter().any(|hit| &*hit.scheme == scheme)
}

#[test]
fn every_rule_finds_its_matches_and_nothing_in_its_rejects() {
    let problems: Vec<String> = inspection::check(&RuleFiles::embedded()).iter().map(ToString::to_string).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn every_example_of_a_document_class_comes_out_as_that_class() {
    let kit = Kit::build(&Setup::for_rules(None), Box::new(NoTools::default())).expect("the embedded rules compile");
    let problems = check_examples(&RuleFiles::embedded(), &kit).expect("the embedded rules load");
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert!(lines.is_empty(), "{}", lines.join("\n"));
}

#[test]
fn the_list_has_a_row_with_an_example_for_each_rule() {
    let rows = inspection::list(&RULES);
    assert_eq!(rows.len(), RULES.rules.len());
    assert!(rows.iter().all(|row| !row.example.is_empty() && !row.title.is_empty()));
}

#[test]
fn an_unknown_country_is_an_error_that_names_the_known_ones() {
    let message = RULES.only(&["XX".to_owned()]).expect_err("no such country");
    assert!(message.contains("XX") && message.contains("FR"), "{message}");
}

#[test]
fn a_country_filter_keeps_that_country_and_what_has_none() {
    let some = RULES.only(&["fr".to_owned()]).expect("there are rules for France");
    assert!(some.get("fr.nir").is_some() && some.get("iban").is_some() && some.get("es.dni").is_none());
}

#[test]
fn a_column_head_names_the_numbers_below_it() {
    let hits = find("name\tGMC number\tsum\nA. Example\t7654321\t1234567\n", Shape::Table);
    let spans: Vec<(usize, usize)> =
        hits.iter().filter(|hit| &*hit.scheme == "gb.gmc").map(|hit| (hit.start, hit.end)).collect();
    assert_eq!(spans, [(31, 38)]);
}

#[test]
fn a_label_above_names_the_number_below() {
    assert!(finds("gb.gmc", "GMC number\n7654321\n"));
}

#[test]
fn a_number_right_after_another_label_is_not_ours() {
    assert!(!finds("gb.gmc", "GMC number: none, invoice 7654321"));
}

#[test]
fn a_label_is_read_without_case_and_accents() {
    assert!(
        finds("fr.rpps", "NUMERO RPPS 10003456781")
            || finds("fr.rpps", "Numéro RPPS 10003456781") == finds("fr.rpps", "NUMERO RPPS 10003456781")
    );
}

#[test]
fn amounts_dates_and_parts_of_longer_numbers_are_no_identifiers() {
    for text in [
        "Total 1 234 567,89 EUR",
        "le 12.03.1985 à 10:45:33",
        "550e8400-e29b-41d4-a716-446655440000",
        "tel +33 1 99 00 12 34",
        "d41d8cd98f00b204e9800998ecf8427e",
    ] {
        let kinds: Vec<String> = find(text, Shape::Flow).iter().map(|hit| hit.scheme.to_string()).collect();
        assert!(kinds.is_empty(), "{text}: {kinds:?}");
    }
}

#[test]
fn repeated_digits_are_no_finding() {
    assert!(!finds("nl.bsn", "BSN 000000000") && !finds("br.cpf", "CPF 111.111.111-11"));
}

/// A number of nine digits whose eleventh of the weighted sum is nothing.
fn bsn(stem: u32) -> Option<String> {
    let digits: Vec<u32> = format!("{stem:08}").bytes().map(|one| u32::from(one - b'0')).collect();
    let sum: u32 = digits.iter().zip((2..=9).rev()).map(|(digit, weight)| digit * weight).sum();
    (sum % 11 < 10).then(|| format!("{stem:08}{}", sum % 11))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_made_nir_is_found_and_not_with_one_digit_changed(
        (year, month, rest) in (50_u64..100, 1_u64..=12, 0_u64..100_000_000),
        at in 0_usize..13,
        step in 1_u8..10,
    ) {
        let stem = 1_000_000_000_000 + (year * 100 + month) * 100_000_000 + rest;
        let nir = format!("{stem}{:02}", 97 - stem % 97);
        let text = format!("sécurité sociale : {nir}.");
        prop_assert!(finds("fr.nir", &text));
        let mut other = nir.into_bytes();
        other[at] = b'0' + (other[at] - b'0' + step) % 10;
        let other = String::from_utf8(other).expect("digits");
        let text = format!("sécurité sociale : {other}.");
        prop_assert!(!finds("fr.nir", &text));
    }

    #[test]
    fn a_made_dni_is_found_and_not_with_one_digit_changed(number in 10_000_000_u32..99_999_999, at in 0_usize..8, step in 1_u8..10) {
        let letter = char::from(b"TRWAGMYFPDXBNJZSQVHLCKE"[number as usize % 23]);
        prop_assume!(number % 11_111_111 != 0);
        let text = format!("Paciente con NIF {number}{letter} y otros datos");
        prop_assert!(finds("es.dni", &text));
        let mut digits = number.to_string().into_bytes();
        digits[at] = b'0' + (digits[at] - b'0' + step) % 10;
        let text = format!("NIF {}{letter}", String::from_utf8(digits).expect("digits"));
        prop_assert!(!finds("es.dni", &text));
    }

    #[test]
    fn a_made_bsn_holds_and_not_with_one_digit_changed(stem in 10_000_000_u32..99_999_999, at in 0_usize..9, step in 1_u8..10) {
        let Some(number) = bsn(stem) else { return Ok(()) };
        prop_assert_eq!(checks::validate("nl.bsn", &number), Some(true));
        let mut other = number.into_bytes();
        other[at] = b'0' + (other[at] - b'0' + step) % 10;
        let other = String::from_utf8(other).expect("digits");
        prop_assert_eq!(checks::validate("nl.bsn", &other), Some(false));
    }

    #[test]
    fn no_text_makes_the_detector_panic_and_spans_lie_on_characters(text in "(\\PC|[0-9A-Z<\\-. :=/@\t\n]){0,200}") {
        for shape in [Shape::Flow, Shape::Table, Shape::Value] {
            for hit in find(&text, shape) {
                prop_assert!(text.get(hit.start..hit.end).is_some_and(|span| !span.is_empty()));
            }
        }
    }

    #[test]
    fn no_check_panics(name in 0_usize..1000, number in "(\\PC|[0-9A-Z]){0,60}") {
        let all: Vec<&str> = checks::ALL.iter().flat_map(|family| family.iter()).map(|check| check.name).collect();
        let name = all[name % all.len()];
        prop_assert!(checks::validate(name, &number).is_some() || name == "do.cedula");
    }
}
