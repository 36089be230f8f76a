//! The stage's entry: every detector over every text of an item, then roles, overlaps, findings.

use super::age::Ages;
use super::bracketed;
use super::captions;
use super::claim::Claim;
use super::date::Dates;
use super::findings::{Place, count, findings};
use super::folder::Folders;
use super::hit::Hit;
use super::identifiers::Identifiers;
use super::keyring::Keyring;
use super::paperwork::{Desk, Paperwork};
use super::phone::Phones;
use super::region::Voter;
use super::settle::{Settled, settle};
use super::tokens::Tokens;
use super::view::{Setting, Sheet};
use super::windows::each_window;
use super::{email, fields, gender, position, url};
use crate::limits::Budget;
use crate::model::{
    Confidence, Facts, Field, Finding, Kind, Locator, Meaning, Media, Origin, Part, Passage, Secret, Shape, Token,
};
use crate::rules::labels::Labels;
use crate::rules::{Calibration, PiiRules, Places, Problem, RuleError, RuleFiles};
use std::sync::{Arc, Mutex};
use zeroize::Zeroizing;

/// What was read out of an item.
#[derive(Debug, Clone, Copy)]
pub struct Material<'a> {
    /// Texts.
    pub passages: &'a [Passage],
    /// Metadata values of known meaning.
    pub fields: &'a [Field],
    /// The item's name.
    pub locator: &'a Locator,
    /// What the bytes are.
    pub media: Media,
    /// What is known of the item.
    pub facts: &'a Facts,
}

/// What detection gives back.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Detection {
    /// Personal data, ordered by origin and position.
    pub findings: Vec<Finding>,
    /// ISO 639-1 language of the text, by vote.
    pub language: Option<String>,
    /// ISO 3166-1 alpha-2 country whose paperwork it is, by vote.
    pub region: Option<String>,
    /// Some text was not looked at, or some findings were dropped: a bound was hit.
    pub is_truncated: bool,
}

/// Choices of the user that detection follows.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct DetectOptions {
    /// ISO 3166-1 alpha-2 countries whose schemes are looked for; empty for all.
    pub countries: Vec<String>,
}

/// A span of personal data in a text, for measuring and for reuse of detection alone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// First character, in Unicode code points.
    pub start: u32,
    /// One past the last character, in code points.
    pub end: u32,
    /// What it is.
    pub kind: Kind,
    /// The rule that found it.
    pub scheme: Arc<str>,
    /// How sure.
    pub score: Confidence,
}

/// One detector over one text and its words and numbers: where it is registered, the order does not matter.
type Find = dyn Fn(&Sheet<'_>, &Tokens, &Setting, &mut Vec<Hit>) + Send + Sync;

/// Every detector, compiled once from the rules and shared by all workers.
pub struct Detector {
    voter: Voter,
    folders: Folders,
    paperwork: Paperwork,
    calibration: Calibration,
    places: Places,
    detectors: Vec<Box<Find>>,
    names: Vec<Box<Find>>,
    /// Benches that no thread works at.
    benches: Mutex<Vec<Bench>>,
}

/// What a thread works with: buffers that are used again for the next item, because most items are short. They hold
/// places and hashes of words and no text.
#[derive(Default)]
struct Bench {
    tokens: Tokens,
    desk: Desk,
}

impl std::fmt::Debug for Detector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Detector({} detectors)", self.detectors.len())
    }
}

impl Detector {
    /// Compiles the rules.
    ///
    /// # Errors
    /// If a rule file does not fit its schema, or a country is unknown.
    pub fn new(files: &RuleFiles, options: &DetectOptions) -> Result<Self, RuleError> {
        let labels = Arc::new(Labels::new(files)?);
        Ok(Self {
            voter: Voter::new(files)?,
            folders: Folders::new(files)?,
            paperwork: Paperwork::new(files, Arc::clone(&labels))?,
            calibration: Calibration::new(files)?,
            places: Places::new(files)?,
            detectors: registered(files, options, labels)?,
            names: for_names(),
            benches: Mutex::default(),
        })
    }

    /// Finds the personal data of an item. What was found until the budget ended is given.
    pub fn detect(&self, material: &Material<'_>, keyring: &Keyring, budget: &Budget) -> Detection {
        let name = Zeroizing::new(material.locator.shown());
        let path = Origin::of(Part::Path);
        let sheets = sheets(material, &path, &name);
        let readable: Vec<Sheet<'_>> = sheets.iter().map(|sheet| readable(*sheet, material)).collect();
        let (language, region) = self.voter.vote(&readable);
        let setting = Setting { language, region };
        let mut hits = Vec::new();
        let is_whole = self.find(&readable, &setting, &mut hits, || budget.check_now().is_ok());
        for (field, sheet) in material.fields.iter().zip(sheets.iter().skip(material.passages.len())) {
            fields::find(field.meaning, sheet, |value| self.paperwork.looks_like_name(value), &mut hits);
        }
        let is_caption = |index: usize| {
            let field = index.checked_sub(material.passages.len()).and_then(|index| material.fields.get(index));
            field.is_some_and(|field| field.meaning == Meaning::Words)
        };
        captions::find(&sheets, is_caption, material.facts.created_day, &mut hits);
        bracketed::find(&sheets, material.facts.created_day, &mut hits);
        let cap = usize::try_from(budget.limits().findings).unwrap_or(usize::MAX);
        let (mut settled, is_cut) = settle(hits, cap);
        self.assign(&readable, &setting, &mut settled);
        drop_places(&mut settled);
        self.locate(&mut settled);
        self.calibrate(&mut settled);
        Detection {
            findings: findings(settled, &sheets, keyring),
            language: setting.language,
            region: setting.region,
            is_truncated: is_cut || !is_whole,
        }
    }

    /// The spans of a text on its own; language and region are voted where they are not given.
    pub fn spans(&self, text: &str, language: Option<&str>, region: Option<&str>) -> Vec<Span> {
        let origin = Origin::of(Part::Text);
        let sheets = [Sheet { index: 0, origin: &origin, shape: Shape::Flow, list: None, text }];
        let is_told = language.is_some() && region.is_some();
        let voted = if is_told { (None, None) } else { self.voter.vote(&sheets) };
        let setting = Setting {
            language: language.map(str::to_owned).or(voted.0),
            region: region.map(str::to_owned).or(voted.1),
        };
        let mut hits = Vec::new();
        self.find(&sheets, &setting, &mut hits, || true);
        bracketed::find(&sheets, None, &mut hits);
        let (mut settled, _) = settle(hits, usize::MAX);
        self.calibrate(&mut settled);
        let mut place = Place::default();
        settled.into_iter().map(|settled| span(settled, text, &mut place)).collect()
    }

    /// Runs every detector; `false` if `go_on` ended the reading before all was read.
    fn find(&self, sheets: &[Sheet<'_>], setting: &Setting, hits: &mut Vec<Hit>, go_on: impl Fn() -> bool) -> bool {
        let mut bench = self.benches.lock().ok().and_then(|mut benches| benches.pop()).unwrap_or_default();
        let Bench { tokens, desk } = &mut bench;
        let is_whole = sheets.iter().enumerate().all(|(index, sheet)| {
            let detectors = if sheet.origin.part == Part::Path { &self.names } else { &self.detectors };
            each_window(sheet, hits, &go_on, |window, hits| {
                tokens.read(window.sheet.text);
                for find in detectors {
                    find(&window.sheet, tokens, setting, hits);
                }
                self.paperwork.read(desk, index, window, &mut tokens.words, setting, hits);
            })
        });
        desk.finish(sheets, hits);
        if let Ok(mut benches) = self.benches.lock() {
            benches.push(bench);
        }
        is_whole && go_on()
    }

    /// Turns what the detectors state into the share of such findings that is right.
    fn calibrate(&self, settled: &mut [Settled]) {
        for Settled { hit, .. } in settled {
            hit.confidence = self.calibration.of(&hit.scheme, hit.confidence);
        }
    }

    /// Names the city that a position lies in or near.
    fn locate(&self, settled: &mut [Settled]) {
        for Settled { hit, .. } in settled.iter_mut().filter(|settled| settled.hit.kind == Kind::Gps) {
            let place = position::coordinates(hit.normal.expose());
            if let Some(city) = place.and_then(|(latitude, longitude)| self.places.near(latitude, longitude)) {
                hit.hints.country = Some(city.country().to_owned());
                hit.hints.tag = Some(city.name.to_string());
            }
        }
    }

    /// Says whose each thing is.
    fn assign(&self, sheets: &[Sheet<'_>], setting: &Setting, settled: &mut [Settled]) {
        let mut claims: Vec<Claim> = settled
            .iter()
            .map(|Settled { hit, mention, .. }| Claim {
                passage: hit.passage,
                start: hit.start,
                end: hit.end,
                kind: hit.kind,
                role: hit.role,
                mention: *mention,
            })
            .collect();
        self.paperwork.assign(sheets, setting, &mut claims);
        for (settled, claim) in settled.iter_mut().zip(claims) {
            settled.hit.role = claim.role;
            settled.mention = claim.mention;
        }
    }

    /// The token of the person whose folder an item lies in (`patients/<id>/`), if its path says so.
    pub fn folder_subject(&self, locator: &Locator, keyring: &Keyring) -> Option<Token> {
        self.folders.subject(locator, keyring)
    }

    /// The token of the controller that the path names (`clinic-<id>/`), if it does.
    pub fn folder_controller(&self, locator: &Locator, keyring: &Keyring) -> Option<Token> {
        self.folders.controller(locator, keyring)
    }
}

/// Leaves out what names a place or a form of address and nobody: a city alone is no one's data, and the postcode and
/// city within an address are told by the address. Detection on request ([`Detector::spans`]) gives them all.
fn drop_places(settled: &mut Vec<Settled>) {
    let addresses: Vec<(usize, usize, usize)> = settled
        .iter()
        .filter(|settled| settled.hit.kind == Kind::PostalAddress)
        .map(|settled| (settled.hit.passage, settled.hit.start, settled.hit.end))
        .collect();
    settled.retain(|Settled { hit, .. }| match hit.kind {
        Kind::Location | Kind::Title | Kind::Organisation => false,
        Kind::Postcode => !addresses
            .iter()
            .any(|(passage, start, end)| *passage == hit.passage && *start <= hit.start && hit.end <= *end),
        _ => true,
    });
}

/// The detectors that read one text at a time. Everything that looks at a text by itself is listed here.
fn registered(files: &RuleFiles, options: &DetectOptions, labels: Arc<Labels>) -> Result<Vec<Box<Find>>, RuleError> {
    let dates = Dates::new(files, labels)?;
    let phones = Phones::new(files, &options.countries)?;
    let ages = Ages::new(files)?;
    let identifiers = identifiers(files, &options.countries)?;
    Ok(vec![
        Box::new(|sheet, _, setting, out| email::find(sheet, setting, out)),
        Box::new(|sheet, _, setting, out| url::find(sheet, setting, out)),
        Box::new(|sheet, _, setting, out| position::find(sheet, setting, out)),
        Box::new(|sheet, _, setting, out| gender::find(sheet, setting, out)),
        Box::new(move |sheet, tokens, setting, out| ages.find(sheet, tokens, setting, out)),
        Box::new(move |sheet, tokens, setting, out| dates.find(sheet, tokens, setting, out)),
        Box::new(move |sheet, tokens, setting, out| phones.find(sheet, tokens, setting, out)),
        Box::new(move |sheet, tokens, setting, out| identifiers.find(sheet, tokens, setting, out)),
    ])
}

/// The identifier detector for these countries; none for all.
fn identifiers(files: &RuleFiles, countries: &[String]) -> Result<Identifiers, RuleError> {
    let first = |problems: Vec<Problem>| {
        let problem = problems.into_iter().next();
        problem.map_or_else(
            || RuleError::new("pii/", "cannot be read"),
            |problem| RuleError {
                file: problem.path,
                line: Some(problem.line).filter(|line| *line > 0),
                message: problem.message,
            },
        )
    };
    let mut rules = PiiRules::load(files).map_err(first)?;
    if !countries.is_empty() {
        rules = rules.only(countries).map_err(|message| RuleError::new("pii/", message))?;
    }
    Identifiers::new(&rules).map_err(first)
}

/// The detectors that also read the item's own name, where most numbers are counters and dates of cameras.
fn for_names() -> Vec<Box<Find>> {
    vec![Box::new(|sheet, _, setting, out| email::find(sheet, setting, out))]
}

/// Every text of an item: passages, then metadata values, then the item's own name, each at its index.
fn sheets<'a>(material: &Material<'a>, path: &'a Origin, name: &'a str) -> Vec<Sheet<'a>> {
    let passages = material.passages.iter().map(|passage| {
        let list = passage.list.as_ref().map(Secret::expose);
        (&passage.origin, passage.shape, list, passage.text.expose())
    });
    let fields = material.fields.iter().map(|field| {
        let text = field.value.expose();
        // A caption with a label in it (`Patient: ...`) is read like a line of paperwork.
        let shape = if field.meaning == Meaning::Words && text.contains(':') { Shape::Flow } else { Shape::Value };
        (&field.origin, shape, None, text)
    });
    let all = passages.chain(fields).chain([(path, Shape::Value, None, name)]);
    all.enumerate().map(|(index, (origin, shape, list, text))| Sheet { index, origin, shape, list, text }).collect()
}

/// The sheet as text detectors read it: blank where the format already says that the value is a position, a number or a
/// moment, so that every sheet stays at its index.
fn readable<'a>(sheet: Sheet<'a>, material: &Material<'_>) -> Sheet<'a> {
    let field = sheet.index.checked_sub(material.passages.len()).and_then(|index| material.fields.get(index));
    let is_text = field.is_none_or(|field| matches!(field.meaning, Meaning::Words | Meaning::Contact | Meaning::Party));
    if is_text { sheet } else { Sheet { text: "", ..sheet } }
}

fn span(settled: Settled, text: &str, place: &mut Place) -> Span {
    let hit = settled.hit;
    let start = place.code_points(hit.passage, text, hit.start);
    let length = count(text.get(hit.start..hit.end).unwrap_or_default());
    Span { start, end: start + length, kind: hit.kind, scheme: hit.scheme, score: hit.confidence }
}
