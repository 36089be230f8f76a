//! Text chunks of PNG and comments of JPEG and GIF.

use crate::model::{Field, Meaning, Origin, Part, Sink};

/// The keywords that the PNG standard predefines (third edition, 11.3.3.1), and those that common software adds.
const KEYWORDS: &[(&str, Meaning)] = &[
    ("Title", Meaning::Words),
    ("Author", Meaning::Person),
    ("Artist", Meaning::Person),
    ("Creator", Meaning::Person),
    ("Owner", Meaning::Person),
    ("Description", Meaning::Words),
    ("Copyright", Meaning::Party),
    ("Creation Time", Meaning::Moment),
    ("Software", Meaning::Tool),
    ("Disclaimer", Meaning::Words),
    ("Warning", Meaning::Words),
    ("Source", Meaning::Tool),
    ("Comment", Meaning::Words),
    ("Caption", Meaning::Words),
    ("Keywords", Meaning::Words),
    ("Subject", Meaning::Words),
    ("Location", Meaning::Place),
    ("URL", Meaning::Contact),
    ("date:create", Meaning::Moment),
    ("date:modify", Meaning::Moment),
];

/// Hands over one text. A keyword outside the list is the author's own word, so the key only says that there was one.
pub(super) fn put(keyword: &str, value: String, sink: &mut dyn Sink) {
    let known = KEYWORDS.iter().find(|(known, _)| known.eq_ignore_ascii_case(keyword));
    let (key, meaning) = known.copied().unwrap_or(("text", Meaning::Words));
    sink.field(Field::new(Origin::field(Part::PngText, key), meaning, value));
}
