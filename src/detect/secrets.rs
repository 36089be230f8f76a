//! Credentials in text: tokens with a known beginning, fields whose name says that they are secret, passwords in URLs,
//! private keys. What counts as a field's name is data; what a generated value looks like is `checks`.

use super::Hit;
use super::identifiers::Scheme;
use super::view::Sheet;
use crate::model::{Confidence, Hints, Secret};
use crate::rules::pii::{Problem, Reader, Rule};
use aho_corasick::{AhoCorasick, MatchKind};
use memchr::memmem::Finder;
use regex_syntax::hir::{Hir, HirKind};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

/// Longest value that is read as one credential.
const LONGEST: usize = 4096;

/// Shortest run that is looked up as a token.
const SHORTEST: usize = 16;

/// Bytes of a fixed beginning by which token rules are looked up.
const PREFIX: usize = 3;

/// Token rules by the first bytes of their fixed beginnings, and the words of secret fields.
#[derive(Default)]
pub(super) struct Secrets {
    tokens: BTreeMap<[u8; PREFIX], Vec<(u16, regex::Regex)>>,
    /// Rules without a fixed beginning: they are tried on every long run of letters and digits.
    long: Vec<(u16, regex::Regex)>,
    words: Vec<u16>,
    keys: Option<AhoCorasick>,
    /// Rules of private keys, and of passwords in addresses.
    pem: Vec<u16>,
    passwords: Vec<u16>,
}

/// What parts the scheme of an address from its host.
static LINK: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("://"));
/// The head of PEM armour.
static ARMOUR: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("-----BEGIN "));

impl Secrets {
    /// Takes a token rule in, each of its alternatives by its own beginning.
    pub(super) fn add(&mut self, place: u16, rule: &Rule) -> Result<(), Problem> {
        let wrong = |message: String| Problem::of(&rule.path, message);
        let hir = regex_syntax::ParserBuilder::new()
            .ignore_whitespace(true)
            .build()
            .parse(&rule.pattern)
            .map_err(|error| wrong(error.to_string()))?;
        let build = |pattern: String| {
            regex::RegexBuilder::new(&pattern).size_limit(8 << 20).build().map_err(|error| wrong(error.to_string()))
        };
        for branch in branches(&hir) {
            let found = regex_syntax::hir::literal::Extractor::new().extract(branch);
            let heads: Option<BTreeSet<[u8; PREFIX]>> =
                found.literals().and_then(|all| all.iter().map(|one| one.as_bytes().first_chunk().copied()).collect());
            match heads.filter(|heads| !heads.is_empty()) {
                None => self.long.push((place, build(format!("^(?:{branch})$"))?)),
                Some(heads) => {
                    let regex = build(format!("^(?:{branch})"))?;
                    for head in heads {
                        self.tokens.entry(head).or_default().push((place, regex.clone()));
                    }
                }
            }
        }
        Ok(())
    }

    /// Makes the automata, once all rules are in.
    pub(super) fn finish(&mut self, schemes: &[Scheme]) {
        let places = |reader: Reader| {
            let all = (0_u16..).zip(schemes).filter(move |(_, scheme)| scheme.rule.reader == reader);
            all.map(|(place, _)| place).collect()
        };
        (self.pem, self.passwords) = (places(Reader::Pem), places(Reader::UrlPassword));
        let mut words = Vec::new();
        for (place, scheme) in schemes.iter().enumerate().filter(|(_, scheme)| scheme.rule.reader == Reader::Assignment)
        {
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
        self.urls(schemes, sheet, out);
        self.fields(schemes, sheet, out);
        let rule = |place: &u16| schemes.get(usize::from(*place));
        for scheme in self.pem.iter().filter_map(rule) {
            pem(scheme, sheet, out);
        }
        for scheme in self.passwords.iter().filter_map(rule) {
            url_password(scheme, sheet, out);
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

    /// Tries the rules with a fixed beginning on the run of token characters around a group with digits; gives the
    /// place where that run ends. Keys are long and random, so that nearly every one holds a digit.
    pub(super) fn around(
        &self,
        schemes: &[Scheme],
        sheet: &Sheet<'_>,
        digit: usize,
        floor: usize,
        out: &mut Vec<Hit>,
    ) -> usize {
        let bytes = sheet.text.as_bytes();
        let head = bytes.get(floor.max(digit.saturating_sub(LONGEST))..digit).unwrap_or_default();
        let start = digit - head.iter().rev().take_while(|one| is_token(**one)).count();
        let tail = bytes.get(digit..(digit + LONGEST).min(bytes.len())).unwrap_or_default();
        let end = digit + tail.iter().take_while(|one| is_token(**one)).count();
        if end - start >= SHORTEST {
            self.at(schemes, sheet, start, out);
        }
        end
    }

    /// Tries the rules with a fixed beginning at a place.
    fn at(&self, schemes: &[Scheme], sheet: &Sheet<'_>, start: usize, out: &mut Vec<Hit>) {
        let Some(head) = sheet.text.as_bytes().get(start..).and_then(|rest| rest.first_chunk()) else { return };
        for (place, regex) in self.tokens.get(head).into_iter().flatten() {
            let Some(scheme) = schemes.get(usize::from(*place)) else { continue };
            let Some(captures) = regex.captures(window(sheet.text, start, LONGEST)) else { continue };
            let Some(value) = captures.get(1).or_else(|| captures.get(0)) else { continue };
            let end = start + value.end();
            if is_bounded(sheet.text, start, end) && passes(scheme, value.as_str()) {
                out.push(hit(scheme, sheet, start + value.start(), end, scheme.rule.labelled));
                return;
            }
        }
    }

    /// Addresses that are secrets as a whole, such as a chat's webhook.
    fn urls(&self, schemes: &[Scheme], sheet: &Sheet<'_>, out: &mut Vec<Hit>) {
        let bytes = sheet.text.as_bytes();
        for at in LINK.find_iter(bytes) {
            let head = bytes.get(at.saturating_sub(12)..at).unwrap_or_default();
            let start = at - head.iter().rev().take_while(|one| one.is_ascii_alphabetic()).count();
            self.at(schemes, sheet, start, out);
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

/// The alternatives of a pattern, or the pattern itself.
fn branches(hir: &Hir) -> Vec<&Hir> {
    match hir.kind() {
        HirKind::Capture(capture) => branches(&capture.sub),
        HirKind::Alternation(parts) => parts.iter().flat_map(branches).collect(),
        _ => vec![hir],
    }
}

fn is_token(one: u8) -> bool {
    one.is_ascii_alphanumeric() || matches!(one, b'_' | b'-' | b'.' | b'$')
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
    while at(place).is_ascii_alphabetic()
        || at(place) == b'_'
        || (matches!(at(place), b'.' | b'-') && is_name(bytes, place + 1))
    {
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
    (length > 0 && text.is_char_boundary(place + length)).then_some(Field {
        start: place,
        end: place + length,
        assigned,
    })
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
    let mixed = value.bytes().any(|one| one.is_ascii_uppercase()) && value.bytes().any(|one| one.is_ascii_lowercase());
    value.len() >= 16 && (digits >= 2 || (value.len() >= 24 && mixed && digits > 0))
}

/// The body of private keys in PEM armour (RFC 7468).
fn pem(scheme: &Scheme, sheet: &Sheet<'_>, out: &mut Vec<Hit>) {
    let bytes = sheet.text.as_bytes();
    for at in ARMOUR.find_iter(bytes) {
        let head = window(sheet.text, at + 11, 60);
        let Some(close) =
            head.find("-----").filter(|&close| head.get(..close).is_some_and(|name| name.contains("PRIVATE KEY")))
        else {
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
    for at in LINK.find_iter(bytes) {
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
