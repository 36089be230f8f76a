//! Contacts and calendars (vCard, RFC 6350; iCalendar, RFC 5545): a record for each card, event or task.

use super::Reading;
use super::archive::hand_over;
use super::passages::Records;
use super::windows::whole_text;
use crate::model::{Fault, Origin, Part, Sink};
use crate::sniff::Charset;

/// Lines of the format's own bookkeeping.
const SILENT: [&str; 16] = [
    "BEGIN",
    "END",
    "VERSION",
    "PRODID",
    "REV",
    "SEQUENCE",
    "CALSCALE",
    "METHOD",
    "DTSTAMP",
    "TZID",
    "TZOFFSETFROM",
    "TZOFFSETTO",
    "RRULE",
    "TRANSP",
    "PRIORITY",
    "CLASS",
];

/// Reads a vCard or iCalendar file.
///
/// # Errors
/// The bounds; the records before stay.
pub(super) fn read(reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    let text = whole_text(reading, sink)?;
    let mut records = Records::new(Origin::of(Part::Text));
    let mut photos = 0;
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        reading.budget.check()?;
        let mut whole = line.trim_end().to_owned();
        let is_quoted = whole.to_ascii_uppercase().contains("QUOTED-PRINTABLE");
        // Long lines are folded: a space or tab continues them, in quoted-printable a closing `=`.
        while let Some(next) = lines.peek() {
            if next.starts_with([' ', '\t']) {
                whole.push_str(next.trim_end().get(1..).unwrap_or_default());
            } else if is_quoted && whole.ends_with('=') {
                whole.pop();
                whole.push_str(next.trim_end());
            } else {
                break;
            }
            lines.next();
        }
        let Some((head, value)) = split(&whole) else { continue };
        let mut parameters = head.split(';');
        let name = parameters.next().unwrap_or_default().rsplit('.').next().unwrap_or_default().to_ascii_uppercase();
        if matches!(name.as_str(), "BEGIN" | "END") {
            records.end(sink);
        } else if matches!(name.as_str(), "PHOTO" | "LOGO" | "ATTACH")
            && head.to_ascii_uppercase().contains("ENCODING=B")
        {
            photos += 1;
            picture(value, photos, reading, sink)?;
        } else if !SILENT.contains(&name.as_str()) {
            let value = decoded(head, value);
            records.pair(&key(&name, parameters), &shown(&name, &value), sink);
            let named = head.split(';').find_map(|parameter| parameter.strip_prefix("CN="));
            if let Some(named) = named {
                records.pair("CN", named.trim_matches('"'), sink);
            }
        }
    }
    let count = records.finish(sink);
    sink.facts().document_mut().rows += count;
    Ok(())
}

/// Parts a line at the first colon outside quotes.
fn split(line: &str) -> Option<(&str, &str)> {
    let mut is_quoted = false;
    let at = line.char_indices().find_map(|(at, c)| {
        is_quoted ^= c == '"';
        (c == ':' && !is_quoted).then_some(at)
    })?;
    Some((line.get(..at)?, line.get(at + 1..)?))
}

/// The property's name in words that a reader knows, with its type (`TEL work`).
fn key<'p>(name: &str, parameters: impl Iterator<Item = &'p str>) -> String {
    let plain = match name {
        "FN" | "N" => "name",
        "TEL" => "phone",
        "EMAIL" => "email",
        "ADR" | "LABEL" => "address",
        "BDAY" => "birthday",
        "ORG" => "organisation",
        "X-GENDER" => "gender",
        "DTSTART" => "start",
        "DTEND" => "end",
        _ => return name.to_ascii_lowercase(),
    };
    let kinds: Vec<String> = parameters
        .flat_map(|parameter| {
            let (key, value) = parameter.split_once('=').unwrap_or(("TYPE", parameter));
            if key.eq_ignore_ascii_case("TYPE") { value.split(',').collect::<Vec<_>>() } else { Vec::new() }
        })
        .map(|kind| kind.trim_matches('"').to_ascii_lowercase())
        .filter(|kind| matches!(kind.as_str(), "home" | "work" | "cell" | "fax" | "mobile"))
        .collect();
    if kinds.is_empty() { plain.to_owned() } else { format!("{plain} {}", kinds.join(" ")) }
}

/// Quoted-printable and the charset that vCard 2.1 names.
fn decoded(head: &str, value: &str) -> String {
    let upper = head.to_ascii_uppercase();
    if !upper.contains("QUOTED-PRINTABLE") {
        return value.to_owned();
    }
    let charset = upper.split(';').find_map(|parameter| parameter.strip_prefix("CHARSET=")).and_then(Charset::by_label);
    let mut bytes = Vec::new();
    let mut rest = value.as_bytes();
    while let Some((byte, tail)) = rest.split_first() {
        let hex = tail
            .get(..2)
            .and_then(|hex| std::str::from_utf8(hex).ok())
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        if let Some(code) = hex.filter(|_| *byte == b'=') {
            bytes.push(code);
            rest = tail.get(2..).unwrap_or_default();
        } else {
            bytes.push(*byte);
            rest = tail;
        }
    }
    charset.unwrap_or(Charset::UTF8).decode(&bytes)
}

/// Escapes undone, components in reading order.
fn shown(name: &str, value: &str) -> String {
    let plain = value.replace("\\n", " ").replace("\\N", " ").replace("\\,", ",");
    let components: Vec<&str> = plain.split(';').map(|part| part.trim_end_matches('\\').trim()).collect();
    let filled = |parts: &[&str], mark: &str| {
        parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(mark)
    };
    match (name, components.as_slice()) {
        // Family; given; further; prefix; suffix.
        ("N", [family, given, rest @ ..]) => {
            let (further, prefix) =
                (rest.first().copied().unwrap_or_default(), rest.get(1).copied().unwrap_or_default());
            filled(&[prefix, given, further, family], " ")
        }
        ("ADR", _) => filled(&components, ", "),
        ("ORG" | "LABEL", _) => filled(&components, " "),
        _ => plain.strip_prefix("mailto:").or_else(|| plain.strip_prefix("tel:")).unwrap_or(&plain).replace("\\;", ";"),
    }
}

fn picture(value: &str, number: u32, reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    let clean: Vec<u8> =
        value.bytes().filter(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')).collect();
    let Ok(bytes) = data_encoding::BASE64_NOPAD.decode(&clean) else { return Ok(()) };
    let extension = if bytes.starts_with(b"\x89PNG") { "png" } else { "jpg" };
    reading.budget.expand(bytes.len() as u64)?;
    hand_over(format!("photo-{number}.{extension}").as_bytes(), bytes, None, reading, sink)
}

#[cfg(test)]
mod tests {
    use crate::extract::desk::Desk;
    use crate::model::Media;

    #[test]
    fn cards_and_events_are_records() {
        let card = "BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Example;Zo=C3=A9;;Dr;\r\nTEL;CELL:+33 1 99 00\r\n  00 00\r\n\
            ADR;TYPE=home:;;1 rue X;Lyon;;69001;France\r\nBDAY:1990-01-02\r\nPHOTO;ENCODING=b;TYPE=PNG:iVBORw0KGgo=\r\nEND:VCARD\r\n";
        let desk = Desk::read(Media::Vcard, format!("{card}{card}").into_bytes());
        let one = "name: Dr Zoé Example\nphone cell: +33 1 99 00 00 00\naddress home: 1 rue X, Lyon, 69001, France\nbirthday: 1990-01-02\n\n";
        assert_eq!((desk.text(), desk.names().len()), (one.repeat(2), 2));
        let event = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Botox\\, Ada\nATTENDEE;CN=\"Ada Example\":mailto:ada@example.org\nEND:VEVENT\nEND:VCALENDAR\n";
        assert_eq!(
            Desk::read(Media::Icalendar, event.as_bytes().to_vec()).text(),
            "summary: Botox, Ada\nattendee: ada@example.org\nCN: Ada Example\n\n"
        );
    }
}
