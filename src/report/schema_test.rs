//! Holds what is written and the published schemas together.

use super::sample::{incident, records, report_of};
use serde_json::Value;

fn wrong(value: &Value, schema: &str) -> Vec<String> {
    let schema: Value = serde_json::from_str(schema).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

const REPORT: &str = include_str!("../../schemas/report-v1.json");

#[test]
fn the_json_of_the_sample_fits_the_published_schema() {
    for (count, paths) in [(60, true), (0, false)] {
        let report = report_of(&records(count), &incident(), paths);
        assert_eq!(wrong(&serde_json::to_value(&report).expect("JSON"), REPORT), Vec::<String>::new());
    }
}

#[test]
fn the_schema_finds_a_missing_a_foreign_and_a_wrong_field() {
    let mut value = serde_json::to_value(report_of(&records(2), &incident(), false)).expect("JSON");
    let object = value.as_object_mut().expect("an object");
    object.remove("title");
    object.insert("foreign".into(), Value::Null);
    object.insert("reference".into(), 7.into());
    let wrong = wrong(&value, REPORT);
    assert_eq!(wrong.len(), 3, "{wrong:#?}");
}
