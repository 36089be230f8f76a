//! Credentials in text: tokens with a known beginning, fields whose name says that they are secret, passwords in URLs,
//! private keys. What counts as a field's name is data; what a generated value looks like is `checks`.

use super::Hit;
use super::identifiers::Scheme;
use super::view::Sheet;
use crate::model::{Confidence, Hints, Secret};
use crate::rules::pii::{Problem, Reader, Rule};
use aho_corasick::{AhoCorasick, MatchKind};
use memchr::memmem;
use std::sync::Arc;

/// Longest value that is read as one credential.
const LONGEST: usize = 4096;

/// Shortest fixed beginning of a token rule; shorter ones would stop at every word.
const PREFIX: usize = 3;

/// Token rules by their fixed beginnings, and the words of secret fields.
#[derive(Default)]
pub(super) struct Secrets {
    tokens: Vec<(u16, regex::Regex)>,
    /// Rules without a fixed beginning: they are tried on every long run of letters and digits.
    long: Vec<(u16, regex::Regex)>,
    prefixes: Vec<(String, usize)>,
    heads: Option<AhoCorasick>,
    words: Vec<u16>,
    keys: Option<AhoCorasick>,
}

impl Secrets {
    /// Takes a token rule in.
    pub(super) fn add(&mut self, place: u16, rule: &Rule) -> Result<(), Problem> {
        let wrong = |message: String| Problem::of(&rule.path, message);
        let hir = regex_syntax::ParserBuilder::new()
            .ignore_whitespace(true)
            .build()
            .parse(&rule.pattern)
            .map_err(|error| wrong(error.to_string()))?;
        let found = regex_syntax::hir::literal::Extractor::new().extract(&hir);
        let literals: Vec<String> = found
            .literals()
            .unwrap_or_default()
            .iter()
            .filter_map(|one| String::from_utf8(one.as_bytes().to_vec()).ok())
            .collect();
        let build = |pattern: String| {
            regex::RegexBuilder::new(&pattern).ignore_whitespace(true).size_limit(8 << 20).build().map_err(|error| wrong(error.to_string()))
        };
        if literals.is_empty() || literals.iter().any(|one| one.len() < PREFIX) {
            self.long.push((place, build(format!("^(?:{})$", rule.pattern))?));
            return Ok(());
        }
        let regex = build(format!("^(?:{})", rule.pattern))?;
        let token = self.tokens.len();
        self.tokens.push((place, regex));
        // A short common beginning is enough to stop at; the pattern decides.
        self.prefixes.extend(literals.into_iter().map(|one| (one.chars().take(8).collect(), token)));
        Ok(())
    }

    /// Makes the automata, once all rules are in.
    pub(super) fn finish(&mut self, schemes: &[Scheme]) {
        self.prefixes.sort();
        self.prefixes.dedup();
        self.heads = automaton(self.prefixes.iter().map(|(prefix, _)| prefix.as_str()));
        let mut words = Vec::new();
        for (place, scheme) in schemes.iter().enumerate().filter(|(_, scheme)| scheme.rule.reader == Reader::Assignment) {
            for word in scheme.rule.context.values().flatten() {
                let first = word.chars().next().map(|one| one.to_ascii_uppercase()).unwrap_or_default();
                let capital = format!("{first}{}", word.get(1..).unwrap_or(""));
                words.extend([word.clone(), word.to_ascii_uppercase(), capital].map(|word| (word, place as u16)));
            }
        }
        words.sort();
        words.dedup();
        self.keys = automaton(words.iter().map(|(word, _)| word.as_str()));
        self.words = words.into_iter().map(|(_, place)| place).collect();
    }

    /// Adds the credentials of a sheet.
    pub(super) fn find(&self, schemes: &[Scheme], sheet: &Sheet<'_>, out: &mut Vec<Hit>) {
        self.tokens(schemes, sheet, out);
        self.fields(schemes, sheet, out);
        for scheme in schemes {
            match scheme.rule.reader {
                Reader::Pem => pem(scheme, sheet, out),
                Reader::UrlPassword => url_password(scheme, sheet, out),
                _ => {}
            }
        }
    }

    /// Tries the rules without a fixed beginning on a long run of letters and digits.
    pub(super) fn long(&self, schemes: &[Scheme], sheet: &Sheet<'_>, start: usize, end: usize, out: &mut Vec<Hit>) {
        let value = sheet.text.get(start..end).unwrap_or("");
        for (place, regex) in &self.long {
            let Some(scheme) = schemes.get(usize::from(*place)) else { continue };
            if regex.is_match(value) && passes(scheme, value) {
                out.push(hit(scheme, sheet, start, end, scheme.rule.labelled));
            }
        }
    }

    fn tokens(&self, schemes: &[Scheme], sheet: &Sheet<'_>, out: &mut Vec<Hit>) {
        let Some(heads) = &self.heads else { return };
        let mut done = 0;
        for found in heads.find_iter(sheet.text) {
            if found.start() < done {
                continue;
            }
            let Some((prefix, _)) = self.prefixes.get(found.pattern().as_usize()) else { continue };
            for (_, token) in self.prefixes.iter().filter(|(other, _)| other == prefix || other.starts_with(prefix.as_str())) {
                let Some((place, regex)) = self.tokens.get(*token) else { continue };
                let Some(scheme) = schemes.get(usize::from(*place)) else { continue };
                let rest = window(sheet.text, found.start(), LONGEST);
                let Some(captures) = regex.captures(rest) else { continue };
                let Some(value) = captures.get(1).or_else(|| captures.get(0)) else { continue };
                let (start, end) = (found.start() + value.start(), found.start() + value.end());
                if is_bounded(sheet.text, found.start(), end) && passes(scheme, value.as_str()) {
                    out.push(hit(scheme, sheet, start, end, scheme.rule.labelled));
                    done = end;
                    break;
                }
            }
        }
    }

    fn fields(&self, schemes: &[Scheme], sheet: &Sheet<'_>, out: &mut Vec<Hit>) {
        let Some(keys) = &self.keys else { return };
        let mut done = 0;
        for found in keys.find_iter(sheet.text) {
            if found.start() < done {
                continue;
            }
            let place = self.words.get(found.pattern().as_usize()).copied().unwrap_or(u16::MAX);
            let Some(scheme) = schemes.get(usize::from(place)) else { continue };
            let Some(field) = field(sheet.text, found.end()) else { continue };
            let value = sheet.text.get(field.start..field.end).unwrap_or("");
            let strict = scheme.rule.check.as_deref() == Some("secret.password");
            if (strict && !field.assigned) || !passes(scheme, value) || (!field.assigned && !is_machine_made(value)) {
                continue;
            }
            let confidence = if field.assigned { scheme.rule.labelled } else { scheme.rule.bare };
            out.push(hit(scheme, sheet, field.start, field.end, confidence));
            done = field.end;
        }
    }
}

fn automaton<'a>(words: impl Iterator<Item = &'a str>) -> Option<AhoCorasick> {
    let words: Vec<&str> = words.collect();
    if words.is_empty() {
        return None;
    }
    AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(words).ok()
}

fn window(text: &str, start: usize, length: usize) -> &str {
    let mut end = (start + length).min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(start..end).unwrap_or("")
}

fn passes(scheme: &Scheme, value: &str) -> bool {
    !scheme.rule.samples.contains(value) && scheme.check.is_none_or(|check| (check.holds)(value).is_some())
}

/// Whether a token stands for itself: no letter or digit before its beginning or after its end.
fn is_bounded(text: &str, start: usize, end: usize) -> bool {
    let before = text.get(..start).and_then(|head| head.chars().next_back());
    let after = text.get(end..).and_then(|rest| rest.chars().next());
    before.is_none_or(|one| !one.is_ascii_alphanumeric()) && after.is_none_or(|one| !one.is_ascii_alphanumeric())
}

/// A field's value and whether an equals sign or colon assigns it.
struct Field {
    start: usize,
    end: usize,
    assigned: bool,
}

/// The value of the field whose name holds the word that ends here.
fn field(text: &str, word: usize) -> Option<Field> {
    let bytes = text.as_bytes();
    let at = |place: usize| bytes.get(place).copied().unwrap_or(0);
    let mut place = word;
    // The rest of the name: letters and underscores, and further words after a dot or dash.
    while at(place).is_ascii_alphabetic() || at(place) == b'_' || (matches!(at(place), b'.' | b'-') && is_name(bytes, place + 1)) {
        place += 1;
        if place > word + 40 {
            return None;
        }
    }
    let name_end = place;
    while matches!(at(place), b'"' | b'\'' | b'`' | b']' | b' ' | b'\t' | b')' | b'\\') {
        place += 1;
        if place > name_end + 12 {
            return None;
        }
    }
    let sign = place;
    while matches!(at(place), b'=' | b':' | b'>' | b'~' | b'|') && place < sign + 3 {
        place += 1;
    }
    let mut assigned = place > sign;
    if !assigned && matches!(at(place), b',' | b'(') && at(place.wrapping_sub(1)) != b' ' {
        place += 1;
        assigned = true;
    }
    if !assigned && at(place) == b'-' && place == name_end {
        place += 1;
    } else if !assigned && place == name_end {
        return None;
    }
    let gap = place;
    while matches!(at(place), b' ' | b'\t' | b'(' | b'[' | b'\\') && place < gap + 24 {
        place += 1;
    }
    for scheme in ["Bearer ", "bearer ", "Basic ", "basic ", "Token ", "token "] {
        if text.get(place..).is_some_and(|rest| rest.starts_with(scheme)) {
            place += scheme.len();
        }
    }
    let quote = Some(at(place)).filter(|one| matches!(one, b'"' | b'\'' | b'`'));
    place += usize::from(quote.is_some());
    let rest = bytes.get(place..(place + LONGEST).min(bytes.len()))?;
    let length = match quote {
        Some(quote) => rest.iter().position(|&one| one == quote || one == b'\n' || (one == b'\\' && quote != b'\''))?,
        None => rest.iter().take_while(|&&one| one.is_ascii_graphic() && !b"\"'`,;&<>()[]{}|\\".contains(&one)).count(),
    };
    (length > 0 && text.is_char_boundary(place + length)).then_some(Field { start: place, end: place + length, assigned })
}

/// Whether a name goes on here: letters up to the next sign, at least three of them, and not one long run.
fn is_name(bytes: &[u8], at: usize) -> bool {
    let rest = bytes.get(at..(at + 16).min(bytes.len())).unwrap_or_default();
    let letters = rest.iter().take_while(|one| one.is_ascii_alphabetic()).count();
    (3..13).contains(&letters) && rest.get(letters).is_none_or(|one| !one.is_ascii_digit())
}

/// Whether a value without a sign before it is surely no word: long, and digits with letters.
fn is_machine_made(value: &str) -> bool {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    value.len() >= 16 && digits >= 2
}

/// The body of private keys in PEM armour (RFC 7468).
fn pem(scheme: &Scheme, sheet: &Sheet<'_>, out: &mut Vec<Hit>) {
    let bytes = sheet.text.as_bytes();
    for at in memmem::find_iter(bytes, b"-----BEGIN ") {
        let head = window(sheet.text, at + 11, 60);
        let Some(close) = head.find("-----").filter(|&close| head.get(..close).is_some_and(|name| name.contains("PRIVATE KEY"))) else {
            continue;
        };
        let body = at + 11 + close + 5;
        let rest = window(sheet.text, body, 64 << 10);
        let length = rest.find("-----END").unwrap_or_else(|| rest.len().min(LONGEST));
        let lead = rest.get(..length).unwrap_or("");
        let trim = |one: char| one.is_whitespace() || matches!(one, '\\' | '"' | 'n' | 'r' | '+');
        let start = body + lead.len() - lead.trim_start_matches(|one: char| one.is_whitespace()).len();
        let end = body + lead.trim_end_matches(|one: char| one.is_whitespace()).len();
        if end > start + 20 && !lead.trim_matches(trim).is_empty() {
            out.push(hit(scheme, sheet, start, end.min(start + (64 << 10)), scheme.rule.labelled));
        }
    }
}

/// The password of `scheme://user:password@host`.
fn url_password(scheme: &Scheme, sheet: &Sheet<'_>, out: &mut Vec<Hit>) {
    let bytes = sheet.text.as_bytes();
    for at in memmem::find_iter(bytes, b"://") {
        let rest = window(sheet.text, at + 3, 300);
        let length = rest.bytes().take_while(|&one| one.is_ascii_graphic() && !b"\"'`<>/? ".contains(&one)).count();
        let authority = rest.get(..length).unwrap_or("");
        let Some((login, _)) = authority.rsplit_once('@') else { continue };
        let Some((_, password)) = login.split_once(':') else { continue };
        let end = at + 3 + login.len();
        if passes(scheme, password) {
            out.push(hit(scheme, sheet, end - password.len(), end, scheme.rule.labelled));
        }
    }
}

fn hit(scheme: &Scheme, sheet: &Sheet<'_>, start: usize, end: usize, confidence: Confidence) -> Hit {
    Hit {
        passage: sheet.index,
        start,
        end,
        kind: scheme.rule.kind,
        scheme: Arc::clone(&scheme.rule.id),
        confidence,
        normal: Secret::new(sheet.text.get(start..end).unwrap_or("")),
        role: None,
        hints: Hints { tag: Some(scheme.rule.id.trim_start_matches("secret.").to_owned()), ..Hints::default() },
    }
}
