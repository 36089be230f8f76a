//! The identifier detector: one pass over a text, from digit runs over shapes and checksums to labels.
//!
//! It proposes every scheme that a span satisfies and says how sure each is; which of them stands is settled where all
//! detectors' hits meet. No regex runs here but those of rules that are written as free ones.

use super::checks::{self, Check, Embedded};
use super::labels::{Around, Heads, Labels, Named};
use super::runs::{Run, next_digit};
use super::shapes::{LONGEST, Shape, Unfit, shapes};
use super::view::{Setting, Sheet};
use super::{Hit, networks, secrets, zones};
use crate::model::{Confidence, Hints, Secret};
use crate::rules::PiiRules;
use crate::rules::pii::{Problem, Reader, Rule};
use std::sync::Arc;

/// Bare confidence from which a number counts anywhere, in thousandths.
const ANYWHERE: u16 = 600;

/// Bare confidence from which it counts in a document of its country.
const AT_HOME: u16 = 300;

/// What a document of the number's own country adds.
const HOME: u16 = 150;

/// Checks that pass more than one in so many random numbers prove little by themselves.
const LOOSE: u32 = 30;

/// Fewest letters and digits of an identifier.
const FEWEST: usize = 4;

/// A rule, ready to run.
pub(super) struct Scheme {
    pub(super) rule: Rule,
    pub(super) check: Option<&'static Check>,
}

struct Entry {
    scheme: u16,
    shape: Shape,
}

/// The detector.
pub struct Identifiers {
    schemes: Vec<Scheme>,
    /// Shapes by length, of compact numbers and of numbers whose signs matter.
    compact: Vec<Vec<Entry>>,
    written: Vec<Vec<Entry>>,
    free: Vec<(u16, regex::Regex)>,
    labels: Labels,
    secrets: secrets::Secrets,
}

/// What is read of one sheet, kept between runs so that nothing is allocated anew.
struct Reading<'a> {
    sheet: &'a Sheet<'a>,
    setting: &'a Setting,
    heads: Heads,
    /// The text without what surrounds it, where it is short enough to be one number.
    whole: Option<(usize, usize)>,
    around: Around,
    read: bool,
    span: (usize, usize),
}

/// A stretch of groups that may be a number.
struct Candidate<'a> {
    start: usize,
    end: usize,
    compact: &'a str,
    joints: &'a [u8],
    lengths: &'a [usize],
    /// Whether other numbers stand right beside it.
    crowded: bool,
}

impl Identifiers {
    /// Compiles rules.
    ///
    /// # Errors
    /// Rules whose pattern cannot be run or whose check does not exist.
    pub fn new(rules: &PiiRules) -> Result<Self, Vec<Problem>> {
        let mut made = Self {
            schemes: Vec::new(),
            compact: (0..=LONGEST).map(|_| Vec::new()).collect(),
            written: (0..=LONGEST).map(|_| Vec::new()).collect(),
            free: Vec::new(),
            labels: Labels::new(rules),
            secrets: secrets::Secrets::default(),
        };
        let problems: Vec<Problem> = rules.rules.iter().filter_map(|rule| made.add(rule).err()).collect();
        made.secrets.finish(&made.schemes);
        if problems.is_empty() { Ok(made) } else { Err(problems) }
    }

    fn add(&mut self, rule: &Rule) -> Result<(), Problem> {
        let check = match &rule.check {
            Some(name) => Some(
                checks::by_name(name).ok_or_else(|| Problem::of(&rule.path, format!("there is no check `{name}`")))?,
            ),
            None => None,
        };
        let place = self.schemes.len() as u16;
        match rule.reader {
            Reader::Number => match shapes(&rule.pattern) {
                Ok(rows) => {
                    for shape in rows {
                        let table = if shape.has_signs() { &mut self.written } else { &mut self.compact };
                        if let Some(row) = table.get_mut(shape.len()) {
                            row.push(Entry { scheme: place, shape });
                        }
                    }
                }
                Err(Unfit::Free) => self.free.push((place, free_regex(rule)?)),
                Err(Unfit::Syntax(message)) => return Err(Problem::of(&rule.path, message)),
            },
            Reader::Token => self.secrets.add(place, rule)?,
            Reader::Mrz | Reader::Network | Reader::Assignment | Reader::UrlPassword | Reader::Pem => {}
        }
        self.schemes.push(Scheme { rule: rule.clone(), check });
        Ok(())
    }

    /// The rules in order of id.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.schemes.iter().map(|scheme| &scheme.rule)
    }

    /// Adds what is found on a sheet.
    pub fn find(&self, sheet: &Sheet<'_>, setting: &Setting, out: &mut Vec<Hit>) {
        let trimmed = sheet.text.trim_matches(|one: char| !one.is_alphanumeric());
        let whole = (trimmed.len() <= 60).then(|| {
            let start = trimmed.as_ptr().addr() - sheet.text.as_ptr().addr();
            (start, start + trimmed.len())
        });
        let mut reading = Reading {
            sheet,
            setting,
            heads: self.labels.heads(sheet),
            whole,
            around: Around::default(),
            read: false,
            span: (0, 0),
        };
        self.numbers(&mut reading, out);
        self.lettered(&mut reading, out);
        networks::find(&self.schemes, sheet, out);
        zones::find(&self.schemes, sheet, out);
        self.secrets.find(&self.schemes, sheet, out);
        self.free(&mut reading, out);
    }

    fn numbers(&self, reading: &mut Reading<'_>, out: &mut Vec<Hit>) {
        let bytes = reading.sheet.text.as_bytes();
        let mut run = Run::default();
        let (mut at, mut token) = (0, 0);
        while let Some(digit) = next_digit(bytes, at) {
            if digit >= token {
                token = self.secrets.around(&self.schemes, reading.sheet, digit, at, out);
            }
            run.around(bytes, digit, at);
            at = run.resume;
            if let Some(group) = run.long {
                self.secrets.long(&self.schemes, reading.sheet, group.start, group.end, out);
            }
            self.run(reading, &run, out);
        }
    }

    /// Identifiers without any digit, such as most BICs: only where they are the whole text or follow their label.
    fn lettered(&self, reading: &mut Reading<'_>, out: &mut Vec<Hit>) {
        let bytes = reading.sheet.text.as_bytes();
        let mut run = Run::default();
        if let Some((start, end)) = reading.whole
            && !bytes.get(start..end).unwrap_or_default().iter().any(u8::is_ascii_digit)
            && bytes.get(start..end).unwrap_or_default().iter().all(u8::is_ascii_uppercase)
        {
            run.around(bytes, start, start);
            self.run(reading, &run, out);
        }
        for label in ["BIC", "SWIFT", "Swift", "bic", "swift"] {
            for at in memchr::memmem::find_iter(bytes, label) {
                let after = at + label.len();
                let tail = bytes.get(after..(after + 30).min(bytes.len())).unwrap_or_default();
                let code = tail.split(|one| !one.is_ascii_uppercase()).find(|word| matches!(word.len(), 8 | 11));
                let Some(code) = code else { continue };
                let start = code.as_ptr().addr() - bytes.as_ptr().addr();
                run.around(bytes, start, start);
                run.groups.truncate(1);
                run.joints.clear();
                self.run(reading, &run, out);
            }
        }
    }

    fn free(&self, reading: &mut Reading<'_>, out: &mut Vec<Hit>) {
        for (place, regex) in &self.free {
            for found in regex.find_iter(reading.sheet.text) {
                reading.read = false;
                reading.span = (found.start(), found.end());
                let candidate = Candidate {
                    start: found.start(),
                    end: found.end(),
                    compact: found.as_str(),
                    joints: &[],
                    lengths: &[],
                    crowded: false,
                };
                self.propose(reading, *place, &candidate, out);
            }
        }
    }

    /// Tries every stretch of a run's groups.
    fn run(&self, reading: &mut Reading<'_>, run: &Run, out: &mut Vec<Hit>) {
        reading.read = false;
        let (Some(first), Some(last)) = (run.groups.first(), run.groups.last()) else { return };
        reading.span = (first.start, last.end);
        if run.groups.iter().map(|group| group.len()).sum::<usize>() < FEWEST {
            return;
        }
        let bytes = reading.sheet.text.as_bytes();
        let before = out.len();
        let mut compact = String::new();
        let mut lengths = Vec::new();
        for from in 0..run.groups.len() {
            if !opens(bytes, run, from) {
                continue;
            }
            compact.clear();
            lengths.clear();
            let mut letters = 0_u64;
            for to in from..run.groups.len() {
                let Some(&group) = run.groups.get(to) else { break };
                if compact.len() + group.len() > 40 {
                    break;
                }
                for &one in bytes.get(group.start..group.end).unwrap_or_default() {
                    letters |= u64::from(!one.is_ascii_digit()) << compact.len().min(63);
                    compact.push(char::from(one.to_ascii_uppercase()));
                }
                lengths.push(group.len());
                if !closes(bytes, run, to) {
                    continue;
                }
                let start = run.groups.get(from).map_or(0, |group| group.start);
                let crowded = letters == 0 && is_crowded(run, from, to);
                let candidate = Candidate {
                    start,
                    end: group.end,
                    compact: &compact,
                    joints: run.joints.get(from..to).unwrap_or_default(),
                    lengths: &lengths,
                    crowded,
                };
                self.lookup(reading, &candidate, letters, out);
            }
        }
        prune(out, before);
    }

    fn lookup(&self, reading: &mut Reading<'_>, candidate: &Candidate<'_>, letters: u64, out: &mut Vec<Hit>) {
        for entry in self.compact.get(candidate.compact.len()).into_iter().flatten() {
            if entry.shape.fits(candidate.compact.as_bytes(), letters) {
                self.propose(reading, entry.scheme, candidate, out);
            }
        }
        let length = candidate.end - candidate.start;
        let Some(row) = self.written.get(length).filter(|row| !row.is_empty()) else { return };
        let written = reading.sheet.text.get(candidate.start..candidate.end).unwrap_or("").to_ascii_uppercase();
        let others = written
            .bytes()
            .enumerate()
            .fold(0, |bits, (place, one)| bits | u64::from(!one.is_ascii_digit()) << place.min(63));
        for entry in row {
            if entry.shape.fits(written.as_bytes(), others) {
                let whole = Candidate { compact: &written, joints: &[], lengths: &[], ..*candidate };
                self.propose(reading, entry.scheme, &whole, out);
            }
        }
    }

    /// Puts a candidate that fits a scheme's shape to its check and its context.
    fn propose(&self, reading: &mut Reading<'_>, place: u16, candidate: &Candidate<'_>, out: &mut Vec<Hit>) {
        let Some(scheme) = self.schemes.get(usize::from(place)) else { return };
        let rule = &scheme.rule;
        if !is_grouped(rule, candidate) || rule.samples.contains(candidate.compact) || is_filler(candidate.compact) {
            return;
        }
        let embedded = match scheme.check {
            Some(check) => match (check.holds)(candidate.compact) {
                Some(embedded) => embedded,
                None => return,
            },
            None => Embedded::default(),
        };
        let odds = scheme.check.map_or(1, |check| check.odds);
        let Some(confidence) = self.confidence(reading, place, rule, odds, candidate) else { return };
        out.push(Hit {
            passage: reading.sheet.index,
            start: candidate.start,
            end: candidate.end,
            kind: rule.kind,
            scheme: Arc::clone(&rule.id),
            confidence,
            normal: Secret::new(candidate.compact),
            role: None,
            hints: hints(rule, embedded),
        });
    }

    fn confidence(
        &self,
        reading: &mut Reading<'_>,
        place: u16,
        rule: &Rule,
        odds: u32,
        candidate: &Candidate<'_>,
    ) -> Option<Confidence> {
        let labelled = rule.labelled.as_milli();
        if reading.heads.name(reading.sheet, place, candidate.start) {
            return Some(rule.labelled);
        }
        if !reading.read {
            self.labels.read(reading.sheet, reading.span.0, reading.span.1, &mut reading.around);
            reading.read = true;
        }
        let named = self.labels.named(place, &reading.around, candidate.start, candidate.end);
        let far = |distance: usize| (distance / 2).min(60) as u16;
        // A number that is usually grouped and hardly checked is only its scheme's in prose where it is grouped.
        let loose = odds <= LOOSE && candidate.joints.is_empty() && !rule.groups.is_empty();
        let bare = rule.bare.as_milli().min(if loose { ANYWHERE - 50 } else { 1000 });
        if rule.requires_context && !named.is_close() {
            return None;
        }
        match named {
            Named::Before(distance) => return Some(Confidence::milli(labelled.saturating_sub(far(distance)))),
            Named::After(distance) if !candidate.crowded => {
                return Some(Confidence::milli(labelled.saturating_sub(50 + far(distance)).max(bare)));
            }
            Named::Behind(distance) if !rule.requires_context => {
                return Some(Confidence::milli(labelled.saturating_sub(150 + far(distance)).max(bare)));
            }
            _ => {}
        }
        if rule.requires_context {
            return None;
        }
        let alone = reading.whole == Some((candidate.start, candidate.end));
        let home = reading.setting.region.as_ref().is_some_and(|region| rule.countries.contains(region));
        let stranger = named == Named::No(true) || (candidate.crowded && odds < 90);
        if alone {
            return Some(Confidence::milli(bare + if home { HOME } else { 0 }));
        }
        if bare >= ANYWHERE && !(stranger && odds < 90) {
            return Some(Confidence::milli(bare));
        }
        (home && bare >= AT_HOME && !stranger).then(|| Confidence::milli(bare + HOME))
    }
}

/// Whether a number may begin with this group: nothing that binds it to what stands before.
fn opens(bytes: &[u8], run: &Run, at: usize) -> bool {
    let Some(group) = run.groups.get(at) else { return false };
    if at > 0 {
        let tight = run.joints.get(at - 1).is_some_and(|sign| *sign != b' ');
        let label = run.groups.get(at - 1).is_some_and(|before| !before.digits && before.len() > 1);
        return !tight || label;
    }
    let before =
        |back: usize| group.start.checked_sub(back).and_then(|place| bytes.get(place)).copied().unwrap_or(b' ');
    match before(1) {
        b'+' | b'@' | b'\\' | b'%' => false,
        b',' | b':' | b'.' | b'\'' => !before(2).is_ascii_digit(),
        b'-' | b'/' => !before(2).is_ascii_alphanumeric() || !before(2).is_ascii_digit(),
        b'(' => before(2) != b'+',
        _ => true,
    }
}

/// Whether a number may end with this group.
fn closes(bytes: &[u8], run: &Run, at: usize) -> bool {
    let Some(group) = run.groups.get(at) else { return false };
    if let Some(sign) = run.joints.get(at) {
        return *sign == b' ' || (*sign == b'(' && run.groups.get(at + 1).is_some_and(|next| next.len() > 1));
    }
    let after = |on: usize| bytes.get(group.end + on).copied().unwrap_or(b' ');
    match after(0) {
        b'@' | b'%' => false,
        b',' | b':' | b'.' | b'\'' | b'-' | b'/' => !after(1).is_ascii_digit(),
        b'_' => !after(1).is_ascii_alphanumeric(),
        _ => true,
    }
}

/// Whether a row of digits goes on beside a number: it may be a cut of a longer row. One long group stands for itself.
fn is_crowded(run: &Run, from: usize, to: usize) -> bool {
    let beside = |place: Option<usize>| place.and_then(|place| run.groups.get(place)).is_some_and(|group| group.digits);
    let single = from == to && run.groups.get(from).is_some_and(|group| group.len() >= 9);
    !single && (beside(from.checked_sub(1)) || beside(Some(to + 1)))
}

/// Whether the separators and the grouping of a written number are the rule's.
fn is_grouped(rule: &Rule, candidate: &Candidate<'_>) -> bool {
    if candidate.joints.is_empty() {
        return true;
    }
    let known = candidate.joints.iter().all(|&sign| rule.separators.contains(char::from(sign)));
    let grouped = if rule.groups.is_empty() {
        candidate.lengths.len() * 2 <= candidate.compact.len() + 2
    } else {
        rule.groups.iter().any(|lengths| lengths == candidate.lengths)
    };
    known && grouped
}

/// Whether the digits are all the same, or a plain number counts up or down: what forms and manuals are filled in with.
fn is_filler(compact: &str) -> bool {
    let mut digits = compact.bytes().filter(u8::is_ascii_digit);
    let Some(mut last) = digits.next() else { return false };
    let (mut count, mut steps) = (1, [true; 3]);
    for digit in digits {
        for (holds, step) in steps.iter_mut().zip([0, 1, 9]) {
            *holds &= (last - b'0' + step) % 10 == digit - b'0';
        }
        if steps == [false; 3] {
            return false;
        }
        (last, count) = (digit, count + 1);
    }
    let [same, up, down] = steps;
    (count >= 6 && same) || (count >= 8 && count == compact.len() && (up || down))
}

/// Drops proposals that lie within a longer one of the same run that is at least as sure.
fn prune(out: &mut Vec<Hit>, from: usize) {
    if out.len() - from.min(out.len()) < 2 {
        return;
    }
    let spans: Vec<(usize, usize, Confidence)> =
        out.iter().skip(from).map(|hit| (hit.start, hit.end, hit.confidence)).collect();
    let mut place = 0;
    out.retain(|hit| {
        place += 1;
        place <= from
            || !spans.iter().any(|&(start, end, confidence)| {
                start <= hit.start
                    && end >= hit.end
                    && end - start > hit.end - hit.start
                    && confidence >= hit.confidence
            })
    });
}

fn hints(rule: &Rule, embedded: Embedded) -> Hints {
    let written = embedded.country.and_then(|code| String::from_utf8(code.to_vec()).ok());
    let only = match rule.countries.as_slice() {
        [country] => Some(country.clone()),
        _ => None,
    };
    Hints {
        country: written.or(only),
        year: embedded.year,
        day: embedded.day,
        sex: embedded.sex,
        tag: embedded.tag.map(str::to_owned),
    }
}

/// A rule's free regex. It must hold a literal, so that texts without it are passed over at memory speed.
fn free_regex(rule: &Rule) -> Result<regex::Regex, Problem> {
    let wrong = |message: String| Problem::of(&rule.path, message);
    let hir = regex_syntax::ParserBuilder::new()
        .ignore_whitespace(true)
        .build()
        .parse(&rule.pattern)
        .map_err(|error| wrong(error.to_string()))?;
    let literals = regex_syntax::hir::literal::Extractor::new().extract(&hir);
    let anchored = literals.literals().is_some_and(|all| !all.is_empty() && all.iter().all(|one| one.len() >= 2));
    if !anchored {
        return Err(wrong(
            "begin a free pattern with a fixed text of at least two characters, or bound its repetitions".to_owned(),
        ));
    }
    regex::RegexBuilder::new(&rule.pattern)
        .ignore_whitespace(true)
        .size_limit(1 << 20)
        .build()
        .map_err(|error| wrong(error.to_string()))
}
