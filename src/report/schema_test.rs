//! Holds `report.json` and `schemas/report-v1.json` together, with the part of JSON Schema that the schema uses.

use super::sample::{incident, records, report_of};
use serde_json::Value;

fn check(value: &Value, schema: &Value, root: &Value, at: &str, wrong: &mut Vec<String>) {
    if let Some(name) = schema.get("$ref").and_then(Value::as_str) {
        let target = root.pointer(name.trim_start_matches('#')).unwrap_or_else(|| panic!("{name} is not defined"));
        return check(value, target, root, at, wrong);
    }
    if let Some(choices) = schema.get("anyOf").and_then(Value::as_array) {
        let fits = |choice: &Value| {
            let mut inner = Vec::new();
            check(value, choice, root, at, &mut inner);
            inner.is_empty()
        };
        if !choices.iter().any(fits) {
            wrong.push(format!("{at}: fits none of the choices"));
        }
        return;
    }
    if let Some(wanted) = schema.get("type")
        && !has_type(value, wanted)
    {
        wrong.push(format!("{at}: {value} is not {wanted}"));
    }
    if schema.get("const").is_some_and(|only| only != value) {
        wrong.push(format!("{at}: not the constant"));
    }
    if let Some(words) = schema.get("enum").and_then(Value::as_array)
        && !words.contains(value)
    {
        wrong.push(format!("{at}: {value} is not in the vocabulary"));
    }
    if let (Some(items), Some(list)) = (schema.get("items"), value.as_array()) {
        list.iter().enumerate().for_each(|(n, one)| check(one, items, root, &format!("{at}/{n}"), wrong));
    }
    if let (Some(properties), Some(object)) = (schema.get("properties"), value.as_object()) {
        for name in schema["required"].as_array().expect("a list").iter().filter_map(Value::as_str) {
            if !object.contains_key(name) {
                wrong.push(format!("{at}: {name} is missing"));
            }
        }
        for (name, one) in object {
            match properties.get(name) {
                Some(property) => check(one, property, root, &format!("{at}/{name}"), wrong),
                None => wrong.push(format!("{at}: {name} is not in the schema")),
            }
        }
    }
}

fn has_type(value: &Value, wanted: &Value) -> bool {
    let is = |name: &str| match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("unknown type {other}"),
    };
    match wanted {
        Value::String(name) => is(name),
        Value::Array(names) => names.iter().filter_map(Value::as_str).any(is),
        _ => panic!("a type is a name or a list of names"),
    }
}

#[test]
fn the_json_of_the_sample_fits_the_published_schema() {
    let schema: Value = serde_json::from_str(include_str!("../../schemas/report-v1.json")).expect("JSON");
    for (count, paths) in [(60, true), (0, false)] {
        let report = report_of(&records(count), &incident(), paths);
        let value = serde_json::to_value(&report).expect("JSON");
        let mut wrong = Vec::new();
        check(&value, &schema, &schema, "", &mut wrong);
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}

#[test]
fn the_schema_finds_a_missing_a_foreign_and_a_wrong_field() {
    let schema: Value = serde_json::from_str(include_str!("../../schemas/report-v1.json")).expect("JSON");
    let mut value = serde_json::to_value(report_of(&records(2), &incident(), false)).expect("JSON");
    let object = value.as_object_mut().expect("an object");
    object.remove("title");
    object.insert("foreign".into(), Value::Null);
    object.insert("reference".into(), 7.into());
    let mut wrong = Vec::new();
    check(&value, &schema, &schema, "", &mut wrong);
    assert_eq!(wrong.len(), 3, "{wrong:#?}");
}
