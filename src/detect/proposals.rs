//! From a run of groups to proposals: every stretch that fits a scheme's shape, its check and its context.

use super::Hit;
use super::checks::Embedded;
use super::identifiers::{Identifiers, Scheme, UNGROUPED, packed};
use super::labels::{Around, Heads, Named};
use super::ruleset::RuleSet;
use super::runs::Run;
use super::shapes::Index;
use super::view::{Setting, Sheet};
use crate::model::{Confidence, Hints, Secret};
use crate::rules::pii::Rule;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Bare confidence from which a number counts anywhere, in thousandths.
pub(super) const ANYWHERE: u16 = 600;

/// Bare confidence from which it counts in a document of its country.
pub(super) const AT_HOME: u16 = 300;

/// What a document of the number's own country adds.
const HOME: u16 = 150;

/// Checks that pass more than one in so many random numbers prove little by themselves.
const LOOSE: u32 = 30;

/// Checks that pass more than one in so many random numbers prove nothing of plain digits that stand alone: without a
/// label or a document of their country they are counters.
const PROOF_ALONE: u32 = 3;

/// The same for plain digits in running text, where moments in milliseconds and serial numbers stand.
pub(super) const PROOF: u32 = 90;

/// Fewest letters and digits of an identifier.
const FEWEST: usize = 3;

/// What is read of one sheet, kept between runs so that nothing is allocated anew.
pub(super) struct Reading<'a> {
    pub(super) sheet: &'a Sheet<'a>,
    setting: &'a Setting,
    /// Rules whose numbers may count without a label in a document of this one's country.
    home: Option<&'a RuleSet>,
    heads: Heads,
    /// The text without what surrounds it, where it is short enough to be one number.
    pub(super) whole: Option<(usize, usize)>,
    around: Around,
    read: bool,
    span: (usize, usize),
    scratch: Scratch,
    /// Plain digits that were taken for a scheme's number by their check alone: where they start, and the rule.
    pub(super) unlabelled: BTreeSet<(usize, Arc<str>)>,
}

/// Buffers of the stretch at hand.
#[derive(Default)]
struct Scratch {
    compact: String,
    written: String,
    owners: Vec<u16>,
}

impl<'a> Reading<'a> {
    /// A sheet of which nothing is read yet.
    pub(super) fn of(
        sheet: &'a Sheet<'a>,
        setting: &'a Setting,
        home: Option<&'a RuleSet>,
        heads: Heads,
        whole: Option<(usize, usize)>,
    ) -> Self {
        let (around, scratch, unlabelled) = (Around::default(), Scratch::default(), BTreeSet::new());
        Self { sheet, setting, home, heads, whole, around, read: false, span: (0, 0), scratch, unlabelled }
    }

    /// Begins with a new stretch of the sheet, around which no label is read yet.
    pub(super) fn begin(&mut self, start: usize, end: usize) {
        self.read = false;
        self.span = (start, end);
    }
}

/// A stretch of groups that may be a number.
pub(super) struct Candidate<'a> {
    /// First byte.
    pub(super) start: usize,
    /// One past the last byte.
    pub(super) end: usize,
    /// Letters and digits without separators, in capitals.
    pub(super) compact: &'a str,
    /// Separators.
    pub(super) joints: &'a [u8],
    /// The same, a bit each.
    pub(super) signs: u128,
    /// How many groups stand between them, and their lengths as [`packed`] gives them.
    pub(super) groups: usize,
    pub(super) grouping: u64,
    /// Whether other numbers stand right beside it.
    pub(super) crowded: bool,
}

impl Identifiers {
    /// Tries every stretch of a run's groups.
    pub(super) fn run(&self, reading: &mut Reading<'_>, run: &Run, out: &mut Vec<Hit>) {
        let (Some(first), Some(last)) = (run.groups.first(), run.groups.last()) else { return };
        reading.begin(first.start, last.end);
        if run.groups.iter().map(|group| group.len()).sum::<usize>() < FEWEST {
            return;
        }
        let bytes = reading.sheet.text.as_bytes();
        let before = out.len();
        let mut scratch = std::mem::take(&mut reading.scratch);
        let Scratch { compact, written, owners } = &mut scratch;
        for from in 0..run.groups.len() {
            if !opens(bytes, run, from) {
                continue;
            }
            compact.clear();
            let (mut letters, mut signs, mut grouping) = (0_u64, 0_u128, UNGROUPED);
            for to in from..run.groups.len() {
                let Some(&group) = run.groups.get(to) else { break };
                if compact.len() + group.len() > 40 {
                    break;
                }
                for &one in bytes.get(group.start..group.end).unwrap_or_default() {
                    letters |= u64::from(!one.is_ascii_digit()) << compact.len().min(63);
                    compact.push(char::from(one.to_ascii_uppercase()));
                }
                grouping = packed(grouping, group.len());
                if to > from {
                    signs |= run.joints.get(to - 1).map_or(0, |sign| 1 << (sign & 127));
                }
                if !closes(bytes, run, to) {
                    continue;
                }
                let start = run.groups.get(from).map_or(0, |group| group.start);
                let crowded = letters == 0 && is_crowded(run, from, to);
                let candidate = Candidate {
                    start,
                    end: group.end,
                    compact,
                    joints: run.joints.get(from..to).unwrap_or_default(),
                    signs,
                    groups: to + 1 - from,
                    grouping,
                    crowded,
                };
                self.lookup(reading, &candidate, letters, (written, owners), out);
            }
        }
        reading.scratch = scratch;
        prune(out, before);
    }

    fn lookup(
        &self,
        reading: &mut Reading<'_>,
        candidate: &Candidate<'_>,
        letters: u64,
        (written, owners): (&mut String, &mut Vec<u16>),
        out: &mut Vec<Hit>,
    ) {
        self.fitting(&self.compact, reading, candidate, letters, owners);
        for scheme in owners.drain(..) {
            self.propose(reading, scheme, candidate, out);
        }
        let length = candidate.end - candidate.start;
        if self.written.is_empty(length) {
            return;
        }
        written.clear();
        written.push_str(reading.sheet.text.get(candidate.start..candidate.end).unwrap_or(""));
        written.make_ascii_uppercase();
        let others = written
            .bytes()
            .enumerate()
            .fold(0, |bits, (place, one)| bits | u64::from(!one.is_ascii_digit()) << place.min(63));
        let whole = Candidate { compact: written, joints: &[], ..*candidate };
        self.fitting(&self.written, reading, &whole, others, owners);
        for scheme in owners.drain(..) {
            self.propose(reading, scheme, &whole, out);
        }
    }

    /// The schemes whose shape a candidate fits, but for those whose numbers need a label that is not there: most
    /// numbers of a text are nobody's, and this is told before any check is worked out.
    fn fitting(
        &self,
        index: &Index,
        reading: &mut Reading<'_>,
        candidate: &Candidate<'_>,
        letters: u64,
        owners: &mut Vec<u16>,
    ) {
        let text = candidate.compact.as_bytes();
        if !index.has(text, letters) {
            return;
        }
        self.read_labels(reading);
        let is_alone = reading.whole == Some((candidate.start, candidate.end));
        let head = reading.heads.at(reading.sheet, candidate.start);
        let by_itself = if is_plain(candidate) { &self.standing.as_digits } else { &self.standing.anywhere };
        let may_count = |scheme: u16| {
            is_alone
                || by_itself.has(scheme)
                || reading.around.may_name(scheme)
                || [head, reading.home].into_iter().flatten().any(|rules| rules.has(scheme))
        };
        owners.extend(index.owners(text, letters, may_count));
    }

    /// Reads the labels around the run at hand, once.
    fn read_labels(&self, reading: &mut Reading<'_>) {
        if !reading.read {
            self.labels.read(reading.sheet, reading.span.0, reading.span.1, &mut reading.around);
            reading.read = true;
        }
    }

    /// Puts a candidate that fits a scheme's shape to its check and its context.
    pub(super) fn propose(&self, reading: &mut Reading<'_>, place: u16, candidate: &Candidate<'_>, out: &mut Vec<Hit>) {
        let Some(scheme) = self.schemes.get(usize::from(place)) else { return };
        let rule = &scheme.rule;
        if !is_grouped(scheme, candidate) {
            return;
        }
        let embedded = match scheme.check {
            Some(check) => match (check.holds)(candidate.compact) {
                Some(embedded) => embedded,
                None => return,
            },
            None => Embedded::default(),
        };
        if rule.samples.contains(candidate.compact) || is_filler(candidate.compact) {
            return;
        }
        let Some((confidence, is_named)) = self.confidence(reading, place, rule, scheme.odds(), candidate) else {
            return;
        };
        if !is_named && is_plain(candidate) {
            reading.unlabelled.insert((candidate.start, Arc::clone(&rule.id)));
        }
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

    /// How sure, and whether a label or a column's head says so.
    fn confidence(
        &self,
        reading: &mut Reading<'_>,
        place: u16,
        rule: &Rule,
        odds: u32,
        candidate: &Candidate<'_>,
    ) -> Option<(Confidence, bool)> {
        let labelled = rule.labelled.as_milli();
        if reading.heads.at(reading.sheet, candidate.start).is_some_and(|head| head.has(place)) {
            return Some((rule.labelled, true));
        }
        self.read_labels(reading);
        let named = self.labels.named(place, &reading.around, candidate.start, candidate.end);
        let far = |distance: usize| (distance / 2).min(60) as u16;
        // A number that is usually grouped and hardly checked is only its scheme's in prose where it is grouped.
        let loose = odds <= LOOSE && candidate.joints.is_empty() && !rule.groups.is_empty();
        let bare = rule.bare.as_milli().min(if loose { ANYWHERE - 50 } else { 1000 });
        if rule.requires_context && !named.is_close() {
            return None;
        }
        let by_label = match named {
            Named::Before(distance) => Some(labelled.saturating_sub(far(distance))),
            Named::After(distance) if !candidate.crowded => Some(labelled.saturating_sub(50 + far(distance)).max(bare)),
            Named::Behind(distance) if !rule.requires_context => {
                Some(labelled.saturating_sub(150 + far(distance)).max(bare))
            }
            _ => None,
        };
        if let Some(confidence) = by_label {
            return Some((Confidence::milli(confidence), true));
        }
        if rule.requires_context {
            return None;
        }
        let alone = reading.whole == Some((candidate.start, candidate.end));
        let home = reading.setting.region.as_ref().is_some_and(|region| rule.countries.contains(region));
        let stranger = named == Named::No(true) || (candidate.crowded && odds < 90);
        if is_plain(candidate) && !home && odds < if alone { PROOF_ALONE } else { PROOF } {
            return None;
        }
        if alone {
            return Some((Confidence::milli(bare + if home { HOME } else { 0 }), true));
        }
        if bare >= ANYWHERE && !(stranger && odds < 90) {
            return Some((Confidence::milli(bare), false));
        }
        (home && bare >= AT_HOME && !stranger).then(|| (Confidence::milli(bare + HOME), false))
    }
}

/// Digits and nothing else.
fn is_plain(candidate: &Candidate<'_>) -> bool {
    candidate.joints.is_empty() && candidate.compact.bytes().all(|one| one.is_ascii_digit())
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
fn is_grouped(scheme: &Scheme, candidate: &Candidate<'_>) -> bool {
    if candidate.joints.is_empty() {
        return true;
    }
    let known = candidate.signs & !scheme.signs == 0;
    let grouped = if scheme.groupings.is_empty() {
        candidate.groups * 2 <= candidate.compact.len() + 2
    } else {
        scheme.groupings.contains(&candidate.grouping)
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
    if out.len() < from + 2 {
        return;
    }
    let mut fresh = out.split_off(from);
    let spans: Vec<(usize, usize, Confidence)> = fresh.iter().map(|hit| (hit.start, hit.end, hit.confidence)).collect();
    fresh.retain(|hit| {
        !spans.iter().any(|&(start, end, confidence)| {
            start <= hit.start && end >= hit.end && end - start > hit.end - hit.start && confidence >= hit.confidence
        })
    });
    out.append(&mut fresh);
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
