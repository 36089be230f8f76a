//! Document properties: who made a file, for whom, when; and moments as days.

use super::markup::{self, Node};
use super::passages::Records;
use crate::limits::Budget;
use crate::model::{Field, Meaning, Origin, Part, Sink};

/// Days since 1970-01-01 of an ISO 8601 date or time.
pub(super) fn day(text: &str) -> Option<i32> {
    let date: jiff::civil::Date = text.trim().get(..10)?.parse().ok()?;
    days(date)
}

/// Days since 1970-01-01.
pub(super) fn days(date: jiff::civil::Date) -> Option<i32> {
    let span = date.since((jiff::Unit::Day, jiff::civil::date(1970, 1, 1))).ok()?;
    Some(span.get_days())
}

/// What an element of `docProps/core.xml`, `docProps/app.xml`, an OpenDocument `meta.xml` or an EPUB package means
/// (ECMA-376 part 2, 11; part 1, 22.2; ODF 1.3 part 3, 4.3; Dublin Core).
fn meaning(name: &str) -> Option<Meaning> {
    Some(match name {
        "creator" | "lastModifiedBy" | "initial-creator" | "printed-by" | "Manager" | "contributor" => Meaning::Person,
        "Company" | "publisher" | "rights" => Meaning::Party,
        "title" | "subject" | "description" | "keywords" | "keyword" | "category" => Meaning::Words,
        "Application" | "generator" => Meaning::Tool,
        "HyperlinkBase" => Meaning::Contact,
        _ => return None,
    })
}

/// Hands over a property, if it has a value.
pub(super) fn put(key: &str, meaning: Meaning, value: &str, sink: &mut dyn Sink) {
    if !value.trim().is_empty() {
        sink.field(Field::new(Origin::field(Part::Metadata, key), meaning, value.trim()));
    }
}

/// Reads a part of properties. Damage ends it silently: properties are beside the point of the document.
pub(super) fn read(xml: &[u8], budget: &Budget, sink: &mut dyn Sink) {
    let text = markup::decoded(xml);
    let mut custom = Records::new(Origin::of(Part::Metadata));
    let (mut name, mut value, mut property) = (String::new(), String::new(), None::<String>);
    let _ = markup::walk(text.as_bytes(), budget, &mut |node| {
        match node {
            Node::Open(element, attributes) => {
                match element {
                    "property" | "user-defined" => property = attributes.get("name"),
                    "document-statistic" => {
                        let pages = attributes.get("page-count").and_then(|count| count.parse().ok());
                        if let Some(pages) = pages {
                            sink.facts().document_mut().pages = pages;
                        }
                    }
                    _ => {}
                }
                element.clone_into(&mut name);
                value.clear();
            }
            Node::Text(text) => value.push_str(text),
            Node::Close(element) => {
                if element == name && !value.trim().is_empty() {
                    if let Some(property) = &property {
                        custom.pair(property, &value, sink);
                    } else if let Some(meaning) = meaning(element) {
                        put(element, meaning, &value, sink);
                    } else {
                        fact(element, &value, sink);
                    }
                }
                if matches!(element, "property" | "user-defined") {
                    property = None;
                }
                value.clear();
            }
        }
        Ok(())
    });
    custom.finish(sink);
}

fn fact(element: &str, value: &str, sink: &mut dyn Sink) {
    match element {
        "created" | "creation-date" => sink.facts().created_day = day(value).or(sink.facts().created_day),
        "Pages" | "Slides" => {
            if let Ok(pages) = value.trim().parse() {
                sink.facts().document_mut().pages = pages;
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_from_1970() {
        assert_eq!(day("1970-01-02T00:00:00Z"), Some(1));
        assert_eq!(day("1969-12-31"), Some(-1));
        assert_eq!(day("soon"), None);
    }
}
