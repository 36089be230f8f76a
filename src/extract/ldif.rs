//! Exports of directories (LDIF, RFC 2849): an entry a record, its attributes by the names that paperwork has for them.
//! Streamed line by line; photos are members.

use super::Reading;
use super::archive::hand_over_value;
use super::passages::Records;
use super::windows::Windows;
use crate::model::{Code, Fault, Origin, Part, Sink};
use data_encoding::BASE64;

/// Attributes whose names are short, and what they are (RFC 4519, RFC 2798, and Active Directory's own).
const NAMES: [(&str, &str); 11] = [
    ("sn", "surname"),
    ("gn", "given name"),
    ("cn", "full name"),
    ("displayname", "full name"),
    ("l", "city"),
    ("st", "state"),
    ("c", "country"),
    ("co", "country"),
    ("telephonenumber", "telephone"),
    ("mobile", "mobile"),
    ("samaccountname", "account"),
];
/// Attributes that say nothing of a person: the directory's own order.
const SILENT: [&str; 8] = [
    "objectclass",
    "objectcategory",
    "objectguid",
    "objectsid",
    "dn",
    "changetype",
    "version",
    "structuralobjectclass",
];
/// Attributes that hold a picture.
const PHOTOS: [&str; 3] = ["jpegphoto", "thumbnailphoto", "photo"];

/// Reads an LDIF file.
///
/// # Errors
/// Time that is over, or a device error; the records before stay.
pub(super) fn read(reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    let mut windows = Windows::open(reading);
    let mut entries = Entries { records: Records::new(Origin::of(Part::Text)), line: String::new(), photos: 0 };
    let mut text = String::new();
    let longest = reading.budget.limits().line_bytes as usize;
    let end = loop {
        match windows.next(&mut text) {
            Ok(goes_on) => {
                // A line without an end is cut where it may be no longer.
                let is_open = goes_on && text.len() < longest;
                let kept = text.rfind('\n').filter(|_| goes_on).map(|at| at + 1);
                let kept = kept.unwrap_or(if is_open { 0 } else { text.len() });
                let rest = text.split_off(kept);
                if let Err(fault) = text.lines().try_for_each(|line| entries.take(line, reading, sink)) {
                    break Err(fault);
                }
                text = rest;
                if !goes_on {
                    break Ok(());
                }
            }
            Err(fault) => break Err(fault),
        }
    };
    let end = end.and_then(|()| entries.attribute(reading, sink));
    let count = entries.records.finish(sink);
    sink.facts().document_mut().rows += count;
    end
}

struct Entries {
    records: Records,
    /// The line at hand, with those that go on with it.
    line: String,
    photos: u32,
}

impl Entries {
    fn take(&mut self, line: &str, reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        if let Some(more) = line.strip_prefix(' ') {
            if self.line.len() < reading.budget.limits().line_bytes as usize {
                self.line.push_str(more);
            } else {
                sink.fault(Fault::extract(Code::TooMuchText));
            }
            return Ok(());
        }
        reading.budget.check()?;
        self.attribute(reading, sink)?;
        if line.trim().is_empty() {
            self.records.end(sink);
        } else {
            line.clone_into(&mut self.line);
        }
        Ok(())
    }

    /// The attribute whose lines are over: `name: value`, or `name:: value` in Base64.
    fn attribute(&mut self, reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        let line = std::mem::take(&mut self.line);
        let Some((name, value)) = line.split_once(':').filter(|_| !line.starts_with('#')) else { return Ok(()) };
        // Options stand behind a semicolon: `cn;lang-fr`.
        let name = name.split(';').next().unwrap_or(name).trim();
        let lower = name.to_ascii_lowercase();
        if SILENT.contains(&lower.as_str()) {
            return Ok(());
        }
        let known = NAMES.iter().find(|(short, _)| *short == lower).map_or(name, |(_, long)| *long);
        let Some(coded) = value.strip_prefix(':') else {
            self.records.pair(known, value, sink);
            return Ok(());
        };
        let Ok(bytes) = BASE64.decode(coded.trim().as_bytes()) else {
            sink.fault(Fault::extract(Code::Damaged));
            return Ok(());
        };
        if PHOTOS.contains(&lower.as_str()) {
            self.photos += 1;
            return hand_over_value(&format!("photo-{}", self.photos), bytes, None, reading, sink);
        }
        // What is no text is a certificate, a key or an id.
        if let Ok(text) = String::from_utf8(bytes) {
            self.records.pair(known, &text, sink);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::extract::desk::Desk;
    use crate::model::Media;
    use proptest::prelude::*;

    #[test]
    fn entries_are_records_with_their_photos() {
        let text = "version: 1\n\ndn: uid=1,dc=example,dc=org\nobjectClass: person\ngivenName: Ada\nsn:: w4l4YW1w\n bGU=\n\
                    telephoneNumber: +33 1\n  99 00\njpegPhoto:: /9j/2w==\n\n# a comment\ndn: uid=2\ncn;lang-fr: Ben Co\n";
        let desk = Desk::read(Media::Ldif, text.as_bytes().to_vec());
        assert_eq!(desk.text(), "givenName: Ada\nsurname: Éxample\ntelephone: +33 1 99 00\n\nfull name: Ben Co\n\n");
        assert_eq!((desk.members.len(), desk.faults.len()), (1, 0));
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "(dn: |cn:: |sn: |[a-c:; \n#=]){0,60}") {
            let _ = Desk::read(Media::Ldif, text.into_bytes());
        }
    }
}
