//! Kinds of text, told from the first kilobytes.

use crate::model::Media;
use crate::sniff;

/// Bytes of text that are looked at.
const SAMPLE: usize = 16 << 10;

/// Header fields that begin mails (RFC 5322 3.6, RFC 2045, and what servers add).
const MAIL_FIELDS: [&str; 20] = [
    "from",
    "to",
    "cc",
    "bcc",
    "subject",
    "date",
    "received",
    "message-id",
    "mime-version",
    "return-path",
    "reply-to",
    "content-type",
    "delivered-to",
    "sender",
    "in-reply-to",
    "references",
    "dkim-signature",
    "content-transfer-encoding",
    "x-mailer",
    "x-received",
];

/// Tags that are HTML's own.
const HTML_TAGS: [&str; 18] = [
    "<html", "<head", "<body", "<table", "<div", "<p>", "<p ", "<br", "<span", "<meta", "<title", "<script", "<style",
    "<h1", "<ul", "<a ", "<center", "<font",
];

/// The kind of text; `None` where the bytes are not text. `is_whole` says that the head is all there is.
pub(super) fn find(head: &[u8], is_whole: bool) -> Option<Media> {
    let charset = sniff::charset(head)?;
    let sample = head.get(..SAMPLE).unwrap_or(head);
    let text = charset.decode(sample);
    Some(kind(text.trim_start_matches(['\u{feff}', '\0']), is_whole && head.len() <= SAMPLE))
}

fn kind(text: &str, is_whole: bool) -> Media {
    let start = text.trim_start();
    match start.chars().next() {
        Some('<') => markup(start),
        Some('{' | '[') => json(start).unwrap_or_else(|| plain(text, is_whole)),
        _ => plain(text, is_whole),
    }
}

fn starts_with(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

fn markup(text: &str) -> Media {
    let lower = text.get(..text.floor_char_boundary(4096)).unwrap_or(text).to_ascii_lowercase();
    if lower.starts_with("<!doctype html") || lower.starts_with("<html") {
        return Media::Html;
    }
    let is_xml = lower.starts_with("<?xml");
    match root(&lower) {
        Some("html") => Media::Html,
        Some("svg") => Media::Svg,
        _ if is_xml => Media::Xml,
        _ if HTML_TAGS.iter().any(|tag| lower.contains(tag)) => Media::Html,
        Some(_) => Media::Xml,
        None => Media::Text,
    }
}

/// Local name of the first element.
fn root(lower: &str) -> Option<&str> {
    let (_, tail) = lower
        .match_indices('<')
        .map(|(at, _)| lower.split_at(at + 1))
        .find(|(_, tail)| tail.starts_with(|c: char| c.is_alphabetic() || c == '_'))?;
    let name = tail.split(|c: char| c.is_whitespace() || c == '>' || c == '/').next()?;
    name.rsplit(':').next()
}

/// JSON, or JSON lines where the second line begins a value again.
fn json(text: &str) -> Option<Media> {
    let is_object = text.starts_with('{');
    // Arrays within arrays, but no `[[table]]` of TOML.
    let inner = text.get(1..)?.trim_start_matches(|c: char| c.is_whitespace() || c == '[' && !is_object);
    let next = inner.chars().next();
    let fits = match next {
        None => true,
        Some('"' | '}') if is_object => true,
        Some(c) => !is_object && (matches!(c, '{' | '[' | ']' | '"' | '-' | 't' | 'f' | 'n') || c.is_ascii_digit()),
    };
    // `[2020-01-02 ...] started` and `[info] ...` are logs: an array's first scalar ends with a comma or bracket.
    let is_log = !is_object && next.is_some_and(|c| c.is_ascii_alphanumeric()) && {
        let token: String = inner.chars().take_while(|c| !matches!(c, ',' | ']') && !c.is_whitespace()).collect();
        serde_json::from_str::<serde_json::Value>(&token).is_err()
    };
    if !fits || is_log {
        return None;
    }
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let (first, second) = (lines.next().unwrap_or_default().trim_end(), lines.next().unwrap_or_default());
    let is_line =
        |line: &str| line.starts_with('{') && line.ends_with('}') || line.starts_with('[') && line.ends_with(']');
    let is_lines = is_line(first) && second.starts_with(['{', '[']);
    Some(if is_lines { Media::JsonLines } else { Media::Json })
}

fn plain(text: &str, is_whole: bool) -> Media {
    let start = text.trim_start();
    let framed = start.trim_start_matches('\u{b}');
    if starts_with(start, "BEGIN:VCARD") {
        Media::Vcard
    } else if starts_with(start, "BEGIN:VCALENDAR") {
        Media::Icalendar
    } else if is_hl7(framed) {
        Media::Hl7
    } else if is_ldif(start) {
        Media::Ldif
    } else if start.starts_with("-[ RECORD ") {
        // The records of `psql`, whose strokes part no columns.
        Media::Text
    } else if start.starts_with("-----BEGIN ") || start.starts_with("ssh-rsa ") {
        if start.starts_with("-----BEGIN PGP") { Media::Pgp } else { Media::PrivateKey }
    } else if start.starts_with("From ") && is_mail(start.split_once('\n').map_or("", |(_, rest)| rest), 1) {
        Media::Mbox
    } else if is_mail(start, 2) {
        Media::Mail
    } else if is_sql(text) {
        Media::Sql
    } else if sniff::delimiter(whole_lines(text, is_whole), true).is_some() {
        Media::Csv
    } else if HTML_TAGS.iter().take(4).any(|tag| starts_with(start.trim_start_matches("\u{feff}"), tag)) {
        Media::Html
    } else {
        Media::Text
    }
}

/// The sample without its cut last line.
fn whole_lines(text: &str, is_whole: bool) -> &str {
    if is_whole { text } else { text.rsplit_once('\n').map_or(text, |(lines, _)| lines) }
}

/// The name of an entry, behind the version if it is told (RFC 2849), and an attribute below it.
fn is_ldif(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with(['#', ' ']));
    let first = lines.find(|line| !line.starts_with("version:"));
    let is_named = first.is_some_and(|line| line.starts_with("dn:") && line.contains('='));
    is_named && lines.next().is_some_and(|line| line.contains(':'))
}

/// `MSH` and its encoding characters, or a batch header (HL7 v2 chapter 2.14.9, 2.10.3).
fn is_hl7(text: &str) -> bool {
    let is_header = ["MSH", "FHS", "BHS"].iter().any(|segment| text.starts_with(segment));
    let Some(rest) = text.get(3..).filter(|_| is_header) else { return false };
    let mut chars = rest.chars();
    let separator = chars.next();
    separator.is_some_and(|c| c.is_ascii_punctuation())
        && chars.take(4).all(|c| c.is_ascii_punctuation() || Some(c) == separator)
}

/// Lines up to the first blank one are header fields, and at least `needed` of them are known ones.
fn is_mail(text: &str, needed: usize) -> bool {
    let (mut known, mut lines) = (0, 0);
    for line in text.lines().take(200) {
        if line.trim().is_empty() {
            break;
        }
        lines += 1;
        if line.starts_with([' ', '\t']) && lines > 1 {
            continue;
        }
        let Some((name, _)) = line.split_once(':') else { return false };
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_graphic()) {
            return false;
        }
        known += usize::from(MAIL_FIELDS.contains(&name.to_ascii_lowercase().as_str()));
    }
    known >= needed
}

/// A statement that dumps are made of, at the start of a line.
fn is_sql(text: &str) -> bool {
    let is_dump_head = text.lines().take(3).any(|line| {
        line.starts_with("-- MySQL dump")
            || line.starts_with("-- MariaDB dump")
            || line.starts_with("-- PostgreSQL database dump")
            || line.starts_with("-- phpMyAdmin")
            || line.starts_with("PRAGMA foreign_keys")
    });
    is_dump_head
        || text.lines().take(400).any(|line| {
            let line = line.trim_start();
            starts_with(line, "CREATE TABLE ")
                || starts_with(line, "INSERT INTO ")
                || starts_with(line, "REPLACE INTO ")
                || starts_with(line, "COPY ") && line.trim_end().ends_with("FROM stdin;")
                || starts_with(line, "DROP TABLE IF EXISTS")
                || starts_with(line, "CREATE TEMPORARY TABLE ")
        })
}
