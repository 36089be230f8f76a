//! HL7 version 2 messages: each segment a few named lines, each message a record. Field names are of HL7 v2.5,
//! chapters 3, 4, 6 and 7.

use super::Reading;
use super::passages::Records;
use super::windows::whole_text;
use crate::model::{Fault, Origin, Part, Sink};

/// Segment, field number from 1, name, and how its components are read.
#[rustfmt::skip]
const FIELDS: &[(&str, usize, &str, Kind)] = &[
    ("MSH", 7, "message date", Kind::Date),
    ("PID", 2, "patient id", Kind::First), ("PID", 3, "patient id", Kind::First), ("PID", 4, "alternate patient id", Kind::First),
    ("PID", 5, "patient name", Kind::Name), ("PID", 6, "mother's maiden name", Kind::Name), ("PID", 7, "date of birth", Kind::Date),
    ("PID", 8, "sex", Kind::First), ("PID", 9, "patient alias", Kind::Name), ("PID", 10, "race", Kind::Last), ("PID", 11, "address", Kind::Address),
    ("PID", 13, "phone home", Kind::Phone), ("PID", 14, "phone work", Kind::Phone), ("PID", 15, "language", Kind::First),
    ("PID", 16, "marital status", Kind::First), ("PID", 17, "religion", Kind::Last), ("PID", 18, "account number", Kind::First),
    ("PID", 19, "social security number", Kind::First), ("PID", 20, "driver's licence", Kind::First), ("PID", 29, "date of death", Kind::Date),
    ("NK1", 2, "next of kin", Kind::Name), ("NK1", 4, "address", Kind::Address), ("NK1", 5, "phone", Kind::Phone),
    ("GT1", 3, "guarantor", Kind::Name), ("GT1", 5, "address", Kind::Address), ("GT1", 6, "phone", Kind::Phone),
    ("GT1", 8, "date of birth", Kind::Date), ("GT1", 12, "social security number", Kind::First),
    ("IN1", 4, "insurance company", Kind::First), ("IN1", 16, "insured name", Kind::Name), ("IN1", 18, "date of birth", Kind::Date),
    ("IN1", 19, "address", Kind::Address), ("IN1", 36, "policy number", Kind::First), ("IN1", 49, "insured id", Kind::First),
    ("PV1", 7, "attending doctor", Kind::Person), ("PV1", 8, "referring doctor", Kind::Person), ("PV1", 9, "consulting doctor", Kind::Person),
    ("PV1", 17, "admitting doctor", Kind::Person), ("PV1", 19, "visit number", Kind::First), ("PV1", 44, "admission date", Kind::Date),
    ("DG1", 3, "diagnosis", Kind::All), ("DG1", 4, "diagnosis", Kind::All), ("AL1", 3, "allergy", Kind::All), ("PR1", 3, "procedure", Kind::All),
    ("PR1", 4, "procedure", Kind::All), ("OBR", 4, "examination", Kind::Last), ("OBR", 16, "ordering doctor", Kind::Person),
    ("ORC", 12, "ordering doctor", Kind::Person), ("RXE", 2, "medication", Kind::Last), ("RXA", 5, "medication", Kind::Last),
    ("EVN", 5, "operator", Kind::Person),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// The first component.
    First,
    /// The text beside a code: the second component, or the first.
    Last,
    /// All components.
    All,
    /// XPN: family, given, further, suffix, prefix.
    Name,
    /// XCN: id, family, given.
    Person,
    /// XAD: street, other, city, state, post code, country.
    Address,
    /// XTN: the number, or a mail address in the fourth component.
    Phone,
    /// `YYYYMMDD...` as ISO 8601.
    Date,
}

/// Reads HL7 messages.
///
/// # Errors
/// The bounds; the messages before stay.
pub(super) fn read(reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    let text = whole_text(reading, sink)?;
    let mut records = Records::new(Origin::of(Part::Text));
    let (mut field_mark, mut component_mark, mut repeat_mark) = ('|', '^', '~');
    for line in text.split(['\r', '\n']) {
        reading.budget.check()?;
        let line = line.trim_matches(['\u{b}', '\u{1c}', ' ']);
        let (Some(segment), Some(rest)) = (line.get(..3), line.get(3..)) else { continue };
        if matches!(segment, "MSH" | "FHS" | "BHS") {
            records.end(sink);
            let mut marks = rest.chars();
            field_mark = marks.next().unwrap_or('|');
            component_mark = marks.next().unwrap_or('^');
            repeat_mark = marks.next().unwrap_or('~');
        }
        // MSH's first field is the mark itself.
        let first = usize::from(segment == "MSH");
        let values: Vec<&str> = rest.split(field_mark).collect();
        for (number, name, kind) in
            FIELDS.iter().filter(|(known, ..)| *known == segment).map(|(_, number, name, kind)| (number, name, kind))
        {
            let Some(value) = values.get(number.saturating_sub(first)) else { continue };
            for repeat in value.split(repeat_mark) {
                records.pair(name, &shown(repeat, component_mark, *kind), sink);
            }
        }
        match segment {
            "OBX" => {
                let part = |index: usize| values.get(index).copied().unwrap_or_default();
                let label = shown(part(3), component_mark, Kind::Last);
                records.pair(
                    if label.is_empty() { "observation" } else { &label },
                    &shown(part(5), component_mark, Kind::All),
                    sink,
                );
            }
            "NTE" => records.pair("note", values.get(3).copied().unwrap_or_default(), sink),
            "ZPI" | "ZPD" => records.pair(segment, rest, sink),
            _ => {}
        }
    }
    let count = records.finish(sink);
    sink.facts().document_mut().rows += count;
    Ok(())
}

fn shown(value: &str, mark: char, kind: Kind) -> String {
    let parts: Vec<&str> = value.split(mark).map(|part| part.split('&').next().unwrap_or(part).trim()).collect();
    let part = |index: usize| parts.get(index).copied().unwrap_or_default();
    let join = |indexes: &[usize], glue: &str| {
        indexes
            .iter()
            .map(|index| part(*index))
            .filter(|part| !part.is_empty() && *part != "\"\"")
            .collect::<Vec<_>>()
            .join(glue)
    };
    match kind {
        Kind::First => part(0).to_owned(),
        Kind::Last => if part(1).is_empty() { part(0) } else { part(1) }.to_owned(),
        Kind::All => parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" "),
        Kind::Name => join(&[4, 1, 2, 0, 3], " "),
        Kind::Person => join(&[5, 2, 3, 1], " "),
        Kind::Address => join(&[0, 1, 4, 2, 3, 5], ", "),
        Kind::Phone => {
            if part(0).is_empty() {
                join(&[3, 4, 5, 6], " ")
            } else {
                part(0).to_owned()
            }
        }
        Kind::Date => date(part(0)),
    }
}

fn date(value: &str) -> String {
    match (value.get(..4), value.get(4..6), value.get(6..8)) {
        (Some(year), Some(month), Some(day)) => format!("{year}-{month}-{day}"),
        _ => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use crate::extract::desk::Desk;
    use crate::model::Media;

    #[test]
    fn a_patient_is_read_by_name() {
        let message = "MSH|^~\\&|A|B|C|D|20200102||ADT^A01|1|P|2.5\rPID|1||7788^^^H||Example^Ada^M||19900102|F|||1 rue X^^Lyon^^69001^FR||0199000000\r\
            OBX|1|TX|88^Diagnosis||Acne\rPV1|1|O|||||99^Muster^Ben\r";
        assert_eq!(
            Desk::read(Media::Hl7, message.as_bytes().to_vec()).text(),
            "message date: 2020-01-02\npatient id: 7788\npatient name: Ada M Example\ndate of birth: 1990-01-02\nsex: F\n\
             address: 1 rue X, 69001, Lyon, FR\nphone home: 0199000000\nDiagnosis: Acne\nattending doctor: Ben Muster\n\n"
        );
    }
}
