//! Every form of one sample: looked at once, then held; and what holds of every notification.

use super::*;
use crate::model::Incident;
use crate::report::sample::{HOSTILE, Sample, incident, records};
use crate::rules::notify::letters;
use crate::rules::{RuleFiles, SeverityRules};

const FORMS: [&str; 7] = ["edpb", "cnil", "ico", "hhs", "gdpr33", "gdpr34", "processor"];

fn drafts(sample: &Sample, form: &str, languages: &[&str]) -> Vec<Notification> {
    let files = RuleFiles::embedded();
    let form = Form::load(&files, form).expect("fits");
    let vocabulary = Vocabulary::load(&files).expect("fits");
    let letters = letters(&files, &SeverityRules::load(&files).expect("fits")).expect("fit");
    let languages: Vec<String> = languages.iter().map(|code| (*code).to_owned()).collect();
    let rules = Drafting { form: &form, vocabulary: &vocabulary, letters: &letters, languages: &languages };
    draft(&sample.evidence(), &rules)
}

fn written(drafts: &[Notification], format: NotifyFormat) -> String {
    let mut out = Vec::new();
    format.write(drafts, &mut out).expect("written to memory");
    String::from_utf8(out).expect("UTF-8")
}

fn field<'d>(draft: &'d Notification, id: &str) -> &'d FieldRow {
    draft.fields.iter().find(|field| field.id == id).unwrap_or_else(|| panic!("{id} is a field"))
}

#[test]
fn the_forms_of_the_sample_stay_as_they_were_read() {
    let sample = Sample::of(&records(60), incident());
    for form in FORMS.into_iter().filter(|form| *form != "gdpr34") {
        insta::assert_snapshot!(form, written(&drafts(&sample, form, &[]), NotifyFormat::Markdown));
    }
    let letters = drafts(&Sample::of(&records(6), incident()), "gdpr34", &["fr", "en", "de", "es"]);
    insta::assert_snapshot!("gdpr34", written(&letters, NotifyFormat::Text));
    insta::assert_snapshot!("gdpr33_html", written(&drafts(&sample, "gdpr33", &[]), NotifyFormat::Html));
    insta::assert_snapshot!("ico_json", written(&drafts(&sample, "ico", &[]), NotifyFormat::Json));
}

#[test]
fn without_an_incident_file_what_a_scanner_cannot_know_is_to_be_completed() {
    let sample = Sample::of(&records(20), Incident::default());
    let edpb = drafts(&sample, "edpb", &[]).remove(0);
    for id in ["11", "44", "48", "48-deadline", "49", "56", "57", "60", "61", "75", "92", "97"] {
        let field = field(&edpb, id);
        assert_eq!(field.status, Status::ToBeCompleted, "{id}");
        assert!(field.text.is_none() && field.options.is_empty() && field.lines.is_empty(), "{id} is empty");
    }
    for id in ["57-measured", "68", "70", "71", "73", "103", "120"] {
        assert_eq!(field(&edpb, id).status, Status::Computed, "{id}");
    }
    for id in ["62", "85", "87"] {
        assert_eq!(field(&edpb, id).status, Status::Drafted, "{id}");
    }
}

#[test]
fn what_the_incident_file_says_is_marked_as_its_own() {
    let mut incident = incident();
    incident.protection.encryption_at_rest = Some(true);
    incident.protection.key_compromised = Some(false);
    incident.store.logs_complete = Some(true);
    incident.store.distinct_readers = Some(0);
    let edpb = drafts(&Sample::of(&records(20), incident), "edpb", &[]).remove(0);
    assert_eq!(field(&edpb, "11").status, Status::Supplied);
    assert_eq!(field(&edpb, "11").provenance, ["incident file, controller.name"]);
    assert_eq!(field(&edpb, "57").options.iter().map(|one| &*one.key).collect::<Vec<_>>(), ["a"]);
    assert_eq!(field(&edpb, "48-deadline").text.as_deref(), Some("2026-03-30 11:00 CEST (2026-03-30T09:00:00Z)"));
    assert_eq!(
        field(&edpb, "87").options.iter().map(|one| &*one.key).collect::<Vec<_>>(),
        ["a"],
        "encrypted, key safe"
    );
}

#[test]
fn the_joint_figure_names_types_of_data_and_people() {
    let sample = Sample::of(&records(60), incident());
    let text = field(&drafts(&sample, "edpb", &[])[0], "73").text.clone().expect("computed");
    assert!(text.contains(" types of data about ") && text.contains(" people (between "), "{text}");
}

#[test]
fn letters_count_everybody_once_in_each_language() {
    let sample = Sample::of(&records(60), incident());
    let draft = drafts(&sample, "gdpr34", &["fr", "de"]).remove(0);
    let persons = |language: &str| -> u64 {
        draft.letters.iter().filter(|letter| letter.language == language).map(|letter| letter.persons).sum()
    };
    assert_eq!((persons("fr"), persons("de")), (sample.people().persons.best, sample.people().persons.best));
    let classes: std::collections::BTreeSet<_> =
        draft.letters.iter().map(|letter| (&letter.language, &letter.data, letter.is_minor)).collect();
    assert_eq!(classes.len(), draft.letters.len(), "one letter a combination and language");
}

#[test]
fn letters_come_in_the_languages_of_the_peoples_countries() {
    let sample = Sample::of(&records(60), incident());
    let draft = drafts(&sample, "gdpr34", &[]).remove(0);
    let languages: std::collections::BTreeSet<_> = draft.letters.iter().map(|letter| &*letter.language).collect();
    assert_eq!(languages.into_iter().collect::<Vec<_>>(), ["de", "en", "es", "fr"]);
}

#[test]
fn shares_of_controllers_add_up() {
    let sample = Sample::of(&records(60), incident());
    let notices = drafts(&sample, "processor", &[]);
    let report = sample.report();
    assert_eq!(notices.len(), report.people.controllers.len());
    let files: u64 = report.people.controllers.iter().map(|row| row.files).sum();
    assert_eq!(files, report.coverage.listed);
    let items: u64 = report.people.controllers.iter().flat_map(|row| &row.kinds).map(|row| row.count).sum();
    let found: u64 = report.data.iter().map(|row| row.items).sum();
    assert!(items > 0 && items <= found, "{items} of {found}");
}

#[test]
fn no_mask_path_or_item_of_the_leak_stands_in_any_notification() {
    let sample = Sample::of(&records(60), incident());
    let report = sample.report();
    let masks = report.data.iter().flat_map(|row| &row.examples).map(|one| one.mask.clone());
    let items = report.classes.iter().flat_map(|row| &row.examples).map(|one| one.item.clone());
    let needles: Vec<String> = masks.chain(items).filter(|needle| needle.len() > 5 && needle != "procedure").collect();
    assert!(needles.len() > 20);
    for form in FORMS {
        let drafts = drafts(&sample, form, &[]);
        for format in [NotifyFormat::Markdown, NotifyFormat::Html, NotifyFormat::Json, NotifyFormat::Text] {
            let text = written(&drafts, format);
            for needle in needles.iter().map(String::as_str).chain(["patients/", "invoice.pdf"]) {
                assert!(!text.contains(needle), "{form} {format:?} shows {needle}");
            }
        }
    }
}

#[test]
fn no_string_from_outside_is_markup_or_acts_on_a_terminal() {
    let mut hostile = incident();
    hostile.controller.name = Some(HOSTILE.to_owned());
    hostile.incident.cause = Some(format!("a\n# b\u{0}{HOSTILE}"));
    let sample = Sample::of(&records(6), hostile);
    for form in FORMS {
        let drafts = drafts(&sample, form, &["en"]);
        for format in [NotifyFormat::Markdown, NotifyFormat::Html, NotifyFormat::Json, NotifyFormat::Text] {
            let text = written(&drafts, format);
            let acts = text.chars().find(|c| crate::model::is_hidden(*c) && *c != '\n');
            assert_eq!(acts, None, "{form} {format:?}");
            let is_markup = matches!(format, NotifyFormat::Markdown | NotifyFormat::Html);
            assert!(!is_markup || !text.contains("<script>alert") && !text.contains("<img"), "{form} {format:?}");
        }
    }
}

#[test]
fn the_json_fits_its_schema() {
    let schema = include_str!("../../../schemas/notification-v1.json");
    let schema = serde_json::from_str(schema).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let sample = Sample::of(&records(12), incident());
    for form in FORMS {
        let text = written(&drafts(&sample, form, &[]), NotifyFormat::Json);
        let value = serde_json::from_str(&text).expect("JSON");
        let wrong: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
        assert_eq!(wrong, Vec::<String>::new(), "{form}");
    }
}

#[test]
fn an_empty_leak_has_every_form() {
    let sample = Sample::of(&[], Incident::default());
    for form in FORMS {
        for draft in drafts(&sample, form, &[]) {
            assert!(!written(&[draft], NotifyFormat::Markdown).is_empty());
        }
    }
}
