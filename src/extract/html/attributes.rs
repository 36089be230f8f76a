//! What attributes hold that text does not: addresses of links, properties of the page, pictures within it.

use crate::limits::Budget;
use crate::model::{Fault, Field, Meaning, Member, Origin, Part, Sink};

/// The address of a mail or phone link.
pub(super) fn contact(href: &str) -> Option<String> {
    let (scheme, rest) = href.trim().split_once(':')?;
    let is_contact = ["mailto", "tel", "sms", "callto"].iter().any(|known| scheme.eq_ignore_ascii_case(known));
    let address = rest.split('?').next().unwrap_or(rest).replace("%20", " ").replace("%40", "@").replace("%2B", "+");
    (is_contact && !address.trim().is_empty()).then(|| address.trim().to_owned())
}

/// Properties of the page: author, description, publisher.
pub(super) fn meta(get: &dyn Fn(&str) -> Option<String>, sink: &mut dyn Sink) {
    let (Some(name), Some(value)) = (get("name").or_else(|| get("property")), get("content")) else { return };
    let meaning = match name.to_ascii_lowercase().as_str() {
        "author" | "dc.creator" | "article:author" | "creator" => Meaning::Person,
        "description" | "keywords" | "og:title" | "og:description" | "dc.title" | "subject" => Meaning::Words,
        "company" | "publisher" | "copyright" => Meaning::Party,
        "generator" => Meaning::Tool,
        "reply-to" | "contact" => Meaning::Contact,
        _ => return,
    };
    if !value.trim().is_empty() {
        sink.field(Field::new(Origin::field(Part::Metadata, name.to_ascii_lowercase()), meaning, value));
    }
}

/// A picture written into the page (RFC 2397) is a member.
pub(super) fn embedded(source: &str, budget: &Budget, sink: &mut dyn Sink) -> Result<(), Fault> {
    let Some((head, data)) = source.trim().strip_prefix("data:").and_then(|rest| rest.split_once(',')) else {
        return Ok(());
    };
    if !head.ends_with(";base64") || data.len() as u64 > budget.limits().member_bytes {
        return Ok(());
    }
    let clean: Vec<u8> =
        data.bytes().filter(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')).collect();
    let whole = clean.get(..clean.len() - usize::from(clean.len() % 4 == 1)).unwrap_or_default();
    let Ok(bytes) = data_encoding::BASE64_NOPAD.decode(whole) else { return Ok(()) };
    budget.enter_member()?;
    budget.expand(bytes.len() as u64)?;
    let extension = head.split(['/', ';', '+']).nth(1).unwrap_or("bin").to_ascii_lowercase();
    sink.facts().members += 1;
    let number = sink.facts().members;
    sink.member(Member { name: format!("embedded-{number}.{extension}").into_bytes(), bytes, faults: Vec::new() });
    Ok(())
}
