//! The identifier detector: one pass over a text, from digit runs over shapes and checksums to labels.
//!
//! It proposes every scheme that a span satisfies and says how sure each is; which of them stands is settled where all
//! detectors' hits meet. No regex runs here but those of rules that are written as free ones.

use super::checks::{self, Check};
use super::labels::Labels;
use super::proposals::{ANYWHERE, AT_HOME, Candidate, PROOF, Reading};
use super::ruleset::RuleSet;
use super::runs::Run;
use super::shapes::{Index, Unfit, shapes};
use super::tokens::Tokens;
use super::view::{Setting, Sheet};
use super::{Hit, networks, secrets, zones};
use crate::rules::PiiRules;
use crate::rules::pii::{Problem, Reader, Rule};
use crate::rules::words::Form;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A rule, ready to run.
pub(super) struct Scheme {
    pub(super) rule: Rule,
    pub(super) check: Option<&'static Check>,
    /// The rule's separators, a bit each, and its groupings as [`packed`] gives them.
    pub(super) signs: u128,
    pub(super) groupings: Vec<u64>,
}

impl Scheme {
    fn new(rule: &Rule, check: Option<&'static Check>) -> Self {
        let signs = rule.separators.bytes().filter(u8::is_ascii).fold(0, |signs, sign| signs | 1 << sign);
        let groupings = rule.groups.iter().map(|lengths| lengths.iter().fold(UNGROUPED, |all, one| packed(all, *one)));
        Self { rule: rule.clone(), check, signs, groupings: groupings.collect() }
    }

    /// One in how many random numbers of the right shape passes its check.
    pub(super) fn odds(&self) -> u32 {
        self.check.map_or(1, |check| check.odds)
    }
}

/// No group yet.
pub(super) const UNGROUPED: u64 = 1;

/// The lengths of groups with one more; 0 where they are too many or too long for one number.
pub(super) fn packed(lengths: u64, one: usize) -> u64 {
    if lengths == 0 || lengths >> 58 != 0 || one > 63 { 0 } else { lengths << 6 | one as u64 }
}

/// Rules whose numbers may count without a label.
#[derive(Default)]
pub(super) struct Standing {
    /// Anywhere, and anywhere as plain digits.
    pub(super) anywhere: RuleSet,
    pub(super) as_digits: RuleSet,
    /// In a document of this country.
    at_home: BTreeMap<String, RuleSet>,
}

impl Standing {
    fn of(schemes: &[Scheme]) -> Self {
        let mut made = Self::default();
        for (place, scheme) in (0..).zip(schemes).filter(|(_, scheme)| !scheme.rule.requires_context) {
            if scheme.rule.bare.as_milli() >= ANYWHERE {
                made.anywhere.add(place);
                if scheme.odds() >= PROOF {
                    made.as_digits.add(place);
                }
            }
            if scheme.rule.bare.as_milli() >= AT_HOME {
                for country in &scheme.rule.countries {
                    made.at_home.entry(country.clone()).or_default().add(place);
                }
            }
        }
        made
    }
}

/// The detector.
pub struct Identifiers {
    pub(super) schemes: Vec<Scheme>,
    /// Shapes of compact numbers, and of numbers whose signs matter.
    pub(super) compact: Index,
    pub(super) written: Index,
    free: Vec<(u16, regex::Regex)>,
    pub(super) labels: Labels,
    pub(super) standing: Standing,
    secrets: secrets::Secrets,
    /// Rules of network addresses, and of machine-readable zones.
    networks: Vec<u16>,
    zones: Option<u16>,
}

impl Identifiers {
    /// Compiles rules.
    ///
    /// # Errors
    /// Rules whose pattern cannot be run or whose check does not exist.
    pub fn new(rules: &PiiRules) -> Result<Self, Vec<Problem>> {
        let mut made = Self {
            schemes: Vec::new(),
            compact: Index::default(),
            written: Index::default(),
            free: Vec::new(),
            labels: Labels::new(rules),
            standing: Standing::default(),
            secrets: secrets::Secrets::default(),
            networks: Vec::new(),
            zones: None,
        };
        let problems: Vec<Problem> = rules.rules.iter().filter_map(|rule| made.add(rule).err()).collect();
        made.compact.finish();
        made.written.finish();
        made.secrets.finish(&made.schemes);
        made.standing = Standing::of(&made.schemes);
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
                        table.add(place, shape);
                    }
                }
                Err(Unfit::Free) => self.free.push((place, free_regex(rule)?)),
                Err(Unfit::Syntax(message)) => return Err(Problem::of(&rule.path, message)),
            },
            Reader::Token => self.secrets.add(place, rule)?,
            Reader::Network => self.networks.push(place),
            Reader::Mrz => self.zones = self.zones.or(Some(place)),
            Reader::Assignment | Reader::UrlPassword | Reader::Pem => {}
        }
        self.schemes.push(Scheme::new(rule, check));
        Ok(())
    }

    /// The rules in order of id.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.schemes.iter().map(|scheme| &scheme.rule)
    }

    /// Adds what is found on a sheet.
    pub fn find(&self, sheet: &Sheet<'_>, tokens: &Tokens, setting: &Setting, out: &mut Vec<Hit>) {
        let trimmed = sheet.text.trim_matches(|one: char| !one.is_alphanumeric());
        let whole = (trimmed.len() <= 60).then(|| {
            let start = trimmed.as_ptr().addr() - sheet.text.as_ptr().addr();
            (start, start + trimmed.len())
        });
        let home = setting.region.as_deref().and_then(|region| self.standing.at_home.get(region));
        let mut reading = Reading::of(sheet, setting, home, self.labels.heads(sheet), whole);
        let before = out.len();
        self.numbers(&mut reading, tokens, out);
        drop_counters(&reading.unlabelled, tokens, out, before);
        self.lettered(&mut reading, tokens, out);
        networks::find(&self.schemes, &self.networks, sheet, out);
        if let Some(scheme) = self.zones.and_then(|place| self.schemes.get(usize::from(place))) {
            zones::find(scheme, sheet, out);
        }
        self.secrets.find(&self.schemes, sheet, out);
        self.free(&mut reading, out);
    }

    fn numbers(&self, reading: &mut Reading<'_>, tokens: &Tokens, out: &mut Vec<Hit>) {
        let bytes = reading.sheet.text.as_bytes();
        let mut run = Run::default();
        let (mut at, mut token) = (0, 0);
        for digits in &tokens.runs {
            while let Some(digit) = ascii_digit(bytes, digits.start.max(at), digits.end) {
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
    }

    /// Identifiers without any digit, such as most BICs: only where they are the whole text or follow their label.
    fn lettered(&self, reading: &mut Reading<'_>, tokens: &Tokens, out: &mut Vec<Hit>) {
        /// Bytes between a label and its code.
        const NEAR: usize = 30;
        let bytes = reading.sheet.text.as_bytes();
        let mut run = Run::default();
        if let Some((start, end)) = reading.whole
            && !bytes.get(start..end).unwrap_or_default().iter().any(u8::is_ascii_digit)
            && bytes.get(start..end).unwrap_or_default().iter().all(u8::is_ascii_uppercase)
        {
            run.around(bytes, start, start);
            self.run(reading, &run, out);
        }
        for code in tokens.words.iter().filter(|word| word.form == Form::Upper && matches!(word.len(), 8 | 11)) {
            let floor = (code.end.saturating_sub(NEAR)).min(code.start);
            // The label ends within reach, and no other code stands between.
            let head = bytes.get(floor.saturating_sub(5)..code.start).unwrap_or_default();
            let label = ["BIC", "SWIFT", "Swift", "bic", "swift"].iter().filter_map(|label| {
                let found = head.windows(label.len()).rposition(|here| here == label.as_bytes())?;
                Some(found + label.len()).filter(|end| floor <= floor.saturating_sub(5) + end)
            });
            let Some(label) = label.max() else { continue };
            let between = head.get(label..).unwrap_or_default();
            if between.split(|one| !one.is_ascii_uppercase()).any(|word| matches!(word.len(), 8 | 11)) {
                continue;
            }
            run.around(bytes, code.start, code.start);
            run.groups.truncate(1);
            run.joints.clear();
            self.run(reading, &run, out);
        }
    }

    fn free(&self, reading: &mut Reading<'_>, out: &mut Vec<Hit>) {
        for (place, regex) in &self.free {
            for found in regex.find_iter(reading.sheet.text) {
                reading.begin(found.start(), found.end());
                let candidate = Candidate {
                    start: found.start(),
                    end: found.end(),
                    compact: found.as_str(),
                    joints: &[],
                    signs: 0,
                    groups: 0,
                    grouping: UNGROUPED,
                    crowded: false,
                };
                self.propose(reading, *place, &candidate, out);
            }
        }
    }
}

/// Numbers of one length in a text from which on they are looked at as a row of their own, and of how many in a row one
/// at least must pass a check.
const ROW: usize = 8;
const PASSING: usize = 4;

/// Drops plain digits without a label that stand among others of their length of which few pass any check: counters and
/// request numbers, some of which pass by chance.
fn drop_counters(unlabelled: &BTreeSet<(usize, Arc<str>)>, tokens: &Tokens, out: &mut Vec<Hit>, before: usize) {
    if unlabelled.is_empty() {
        return;
    }
    let mut rows: BTreeMap<usize, usize> = BTreeMap::new();
    for run in &tokens.runs {
        *rows.entry(run.end - run.start).or_default() += 1;
    }
    let mut passing: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    let mut fresh = out.split_off(before);
    for hit in &fresh {
        passing.entry(hit.end - hit.start).or_default().insert(hit.start);
    }
    let is_chance = |length: usize| {
        let row = rows.get(&length).copied().unwrap_or(0);
        row >= ROW && passing.get(&length).map_or(0, BTreeSet::len) * PASSING < row
    };
    let is_unlabelled = |hit: &Hit| unlabelled.contains(&(hit.start, Arc::clone(&hit.scheme)));
    fresh.retain(|hit| !is_chance(hit.end - hit.start) || !is_unlabelled(hit));
    out.append(&mut fresh);
}

/// The first ASCII digit between two places.
fn ascii_digit(bytes: &[u8], from: usize, to: usize) -> Option<usize> {
    bytes.get(from..to)?.iter().position(u8::is_ascii_digit).map(|place| from + place)
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
