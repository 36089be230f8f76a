//! The golden cases of the ENISA method, its bands, and its properties.

use super::*;
use crate::model::{Kind, KindSet, Material, MaterialSet};
use crate::rules::{RuleFiles, incident::parse};
use proptest::prelude::*;
use std::collections::BTreeSet;

fn rules() -> SeverityRules {
    SeverityRules::load(&RuleFiles::embedded()).expect("tables")
}

fn one(kinds: &[Kind], material: &[Material]) -> People {
    let profile = Profile { kinds: KindSet::of(kinds), material: MaterialSet::of(material), is_minor: false };
    People { profiles: [(profile, 1)].into(), ..People::default() }
}

/// The score of one person's data in a leak from health care.
fn golden(kinds: &[Kind], material: &[Material], incident: &str) -> (f64, String) {
    let incident = format!("[controller]\nsector = \"health\"\n{incident}");
    let incident = parse("incident.toml", &incident).expect("fits");
    let assessment = assess(&Tally::default(), &one(kinds, material), &incident, &rules());
    (assessment.worst.total.number(), assessment.band.title)
}

fn case(kinds: &[Kind], material: &[Material], total: f64, band: &str) {
    assert_eq!(golden(kinds, material, ""), (total, band.to_owned()));
}

#[test]
fn a_treatment_plan_with_name_and_birth_date_is_very_high() {
    case(&[Kind::PersonName, Kind::DateOfBirth], &[Material::TreatmentPlan], 4.5, "Very high");
}

#[test]
fn a_face_photo_with_a_name_is_very_high() {
    case(&[Kind::PersonName], &[Material::FacePhoto], 4.5, "Very high");
}

#[test]
fn a_clear_face_photo_alone_is_high() {
    case(&[], &[Material::FacePhoto], 3.5, "High");
}

#[test]
fn a_clear_face_photo_that_nobody_read_is_high() {
    let logs = "[store]\nlogs_complete = true\ndistinct_readers = 0\n";
    assert_eq!(golden(&[], &[Material::FacePhoto], logs), (3.0, "High".to_owned()));
}

#[test]
fn an_invoice_with_name_and_address_is_high() {
    case(&[Kind::PersonName, Kind::PostalAddress], &[Material::Invoice], 3.5, "High");
}

#[test]
fn a_plan_with_a_rare_name_only_is_medium() {
    case(&[Kind::PersonName], &[Material::TreatmentPlan], 2.5, "Medium");
}

#[test]
fn a_body_photo_with_an_opaque_code_is_low() {
    case(&[Kind::PatientId], &[Material::BodyPhoto], 1.5, "Low");
}

#[test]
fn a_clear_face_treated_as_simple_data_would_be_low() {
    let incident = "[severity]\ndpc_override = 1\ndpc_reason = \"the error to guard against\"\n";
    assert_eq!(golden(&[], &[Material::FacePhoto], incident), (1.25, "Low".to_owned()));
}

#[test]
fn an_encrypted_archive_with_a_safe_key_is_low_and_flagged() {
    let text = "[controller]\nsector = \"health\"\n[protection]\nencryption_at_rest = true\nkey_compromised = false\n";
    let incident = parse("incident.toml", text).expect("fits");
    let people = one(&[Kind::Health], &[Material::Other]);
    let assessment = assess(&Tally::default(), &people, &incident, &rules());
    assert_eq!((assessment.worst.total.number(), assessment.band.title.as_str()), (1.0, "Low"));
    assert!(assessment.unintelligible);
}

#[test]
fn bands_are_exact_at_their_edges() {
    let rules = rules();
    let band = |quarters| band_of(Quarters(quarters), &rules.enisa).name;
    assert_eq!([band(7), band(8), band(11), band(12)], ["low", "medium", "medium", "high"]);
    assert_eq!([band(15), band(16), band(24)], ["high", "very_high", "very_high"]);
}

#[test]
fn the_formula_has_24_values_from_a_quarter_to_six() {
    let mut values = BTreeSet::new();
    for context in 1..=4 {
        for ease in 1..=4 {
            for around in 0..=8 {
                values.insert(score(context, Quarters(ease), Quarters(around)));
            }
        }
    }
    assert_eq!(values.len(), 24);
    assert_eq!(values.first().map(|value| value.number()), Some(0.25));
    assert_eq!(values.last().map(|value| value.number()), Some(6.0));
}

proptest! {
    #[test]
    fn the_formula_is_monotone_and_clamped(a in any::<(u8, u8, u8)>(), b in any::<(u8, u8, u8)>()) {
        let of = |(c, e, s): (u8, u8, u8)| score(c.into(), Quarters(e.into()), Quarters(s.into()));
        prop_assert!((1..=24).contains(&of(a).0));
        if a.0 <= b.0 && a.1 <= b.1 && a.2 <= b.2 {
            prop_assert!(of(a) <= of(b));
        }
    }

    #[test]
    fn more_known_of_a_person_never_lowers_the_score(kinds in any::<u64>(), material in any::<u16>(), more in 0_u32..40) {
        let enisa = rules().enisa;
        let around = circumstances(&Incident::default(), &enisa);
        let mask = (1_u64 << Kind::ALL.len()) - 1;
        let less = Profile { kinds: KindSet(kinds & mask), material: MaterialSet(material & 0xff), is_minor: false };
        let kind = Kind::ALL[more as usize % Kind::ALL.len()];
        let fuller = Profile { kinds: less.kinds.with(kind), ..less };
        let of = |profile: &Profile| Score::of(profile, &Incident::default(), &enisa, true, &around).total;
        prop_assert!(of(&less) <= of(&fuller));
    }
}

#[test]
fn sensitivity_names_the_answer_that_changes_the_band() {
    let incident = parse("i", "[controller]\nsector = \"health\"\n").expect("fits");
    let assessment = assess(&Tally::default(), &one(&[], &[Material::FacePhoto]), &incident, &rules());
    let malice = assessment.sensitivity.iter().find(|other| other.input == "CB malicious intent").expect("tried");
    assert_eq!((malice.total.number(), malice.changes_band), (4.0, true));
    let logs = assessment.sensitivity.iter().find(|other| other.value == Quarters(0)).expect("tried");
    assert_eq!((logs.total.number(), logs.changes_band), (3.0, false));
}

#[test]
fn the_cnil_bands_are_exact_at_their_edges() {
    let enisa = rules().enisa;
    let band = |count| secondary::step(&enisa.cnil.people, count).cloned().expect("a band");
    assert_eq!([band(5), band(6), band(50), band(51)], ["0 to 5", "6 to 50", "6 to 50", "51 to 300"]);
    assert_eq!(
        [band(300), band(301), band(5000), band(5001)],
        ["51 to 300", "301 to 5,000", "301 to 5,000", "more than 5,000"]
    );
}

#[test]
fn access_logs_and_encryption_change_the_circumstances() {
    let input = |incident: &str| {
        let incident = parse("incident.toml", incident).expect("fits");
        let people = one(&[Kind::PersonName, Kind::Health], &[]);
        let assessment = assess(&Tally::default(), &people, &incident, &rules());
        let cb = assessment.inputs.iter().find(|input| input.name == "CB confidentiality").expect("an input").clone();
        (cb.value.number(), cb.basis, assessment)
    };
    let (value, basis, _) = input("");
    assert_eq!((value, basis), (0.5, Basis::Assumed));
    let (value, basis, _) = input("[store]\nlogs_complete = true\ndistinct_readers = 0\n");
    assert_eq!((value, basis), (0.0, Basis::Supplied));
    let (value, basis, _) = input("[store]\ndistinct_readers = 4\n");
    assert_eq!((value, basis), (0.5, Basis::Supplied), "unknown readers were seen");
    let (value, _, assessment) = input("[protection]\nencryption_at_rest = true\nkey_compromised = true\n");
    assert_eq!((value, assessment.unintelligible), (0.5, false), "a lost key protects nothing");
    let (_, _, assessment) = input("[protection]\nencryption_at_rest = true\n");
    let safe = assessment.sensitivity.iter().find(|other| other.meaning.contains("key_compromised")).expect("offered");
    assert!(safe.changes_band && safe.band.name == "low", "{safe:?}");
}
