//! Records of the sample against the schemas, and what they claim where little is known.

use super::*;
use crate::model::Incident;
use crate::report::sample::{HOSTILE, Sample, incident, records};
use crate::rules::RuleFiles;

fn vocabulary() -> Vocabulary {
    Vocabulary::load(&RuleFiles::embedded()).expect("fits")
}

fn wrong(value: &Value, schema: &str) -> Vec<String> {
    let schema: Value = serde_json::from_str(schema).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

const VERIS: &str = include_str!("../../../schemas/veris-1.4.1-subset.json");
const DPV: &str = include_str!("../../../schemas/dpv-2.3-subset.json");

fn samples() -> Vec<Sample> {
    let mut dated = Incident::default();
    dated.incident.awareness_at = incident().incident.awareness_at;
    let mut known = incident();
    known.incident.malicious = Some(true);
    known.incident.cause = Some(HOSTILE.to_owned());
    known.incident.ongoing = Some(true);
    known.store.distinct_readers = Some(3);
    known.protection.encryption_at_rest = Some(true);
    vec![
        Sample::of(&records(60), incident()),
        Sample::of(&records(12), known),
        Sample::of(&records(3), dated.clone()),
        Sample::of(&[], dated),
    ]
}

#[test]
fn veris_records_fit_the_schema() {
    for sample in samples() {
        let record = veris(&sample.evidence(), &vocabulary()).expect("a year is known");
        assert_eq!(wrong(&record, VERIS), Vec::<String>::new());
    }
}

#[test]
fn dpv_records_fit_the_schema() {
    for sample in samples() {
        assert_eq!(wrong(&dpv(&sample.evidence(), &vocabulary()), DPV), Vec::<String>::new());
    }
}

#[test]
fn the_schemas_refuse_what_the_vocabularies_do_not_know() {
    let sample = Sample::of(&records(6), incident());
    let mut record = veris(&sample.evidence(), &vocabulary()).expect("a year is known");
    record["attribute"]["confidentiality"]["data"][0]["variety"] = "Secrets of the heart".into();
    record["colour"] = "blue".into();
    assert_eq!(wrong(&record, VERIS).len(), 2);
    let mut record = dpv(&sample.evidence(), &vocabulary());
    record["@graph"][0]["dpv:hasPersonalData"][0]["@id"] = "pd:HeartSecret".into();
    assert_eq!(wrong(&record, DPV).len(), 1);
}

#[test]
fn veris_without_a_year_says_which_field_gives_it() {
    let sample = Sample::of(&records(3), Incident::default());
    let error = veris(&sample.evidence(), &vocabulary()).expect_err("no year");
    assert!(error.to_string().contains("incident.occurred_from"), "{error}");
}

#[test]
fn both_stay_as_they_were_read() {
    let sample = Sample::of(&records(60), incident());
    let mut text = Vec::new();
    write(&veris(&sample.evidence(), &vocabulary()).expect("a year is known"), &mut text).expect("written");
    write(&dpv(&sample.evidence(), &vocabulary()), &mut text).expect("written");
    insta::assert_snapshot!("exchange", String::from_utf8(text).expect("UTF-8"));
}
