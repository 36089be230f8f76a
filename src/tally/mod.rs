//! Sums over records. Adding tallies is commutative and associative, so shards can be summed in any order.
//!
//! Memory does not grow with the number of items: counts, sketches and small samples, no lists.

mod catalogue;
mod distinct;
mod manifest;
mod quality;
mod sample;

pub use catalogue::{Catalogue, CatalogueItem, KEPT_OF_EACH};
pub use distinct::Distinct;
pub use manifest::Manifest;
pub use quality::{Answer, Population, clopper_pearson, quality};
pub use sample::{ClassExample, FaultExample, FindingExample, Sample};

use crate::model::{
    Class, Code, DocumentFacts, Fault, Kind, Locator, Media, Outcome, Part, Record, Role, TextState, Token,
};
use crate::model::{Finding, date_of, person};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::AddAssign;

/// Files and bytes. Members of containers count apart, so that files add up to what was listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Count {
    /// Listed files.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Members of containers.
    pub members: u64,
}

impl AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.files += other.files;
        self.bytes += other.bytes;
        self.members += other.members;
    }
}

/// What was found of one kind of data.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KindTally {
    /// Findings.
    pub findings: u64,
    /// Items (members included) with at least one.
    pub items: u64,
    /// Different values.
    pub distinct: Distinct,
    /// Different values that belong to data subjects.
    pub distinct_of_subjects: Distinct,
    /// Findings by whose data they are.
    pub roles: BTreeMap<Role, u64>,
    /// Findings by where they were read.
    pub parts: BTreeMap<Part, u64>,
    /// Findings by rule.
    pub schemes: BTreeMap<String, u64>,
    /// Findings by country hint.
    pub countries: BTreeMap<String, u64>,
    /// Of positions: items by country and city, as many as the list of cities has at most.
    pub places: BTreeMap<(String, String), u64>,
    /// Sum of the findings' confidence in thousandths: how many of them are expected to be right.
    pub expected_milli: u64,
    /// A few masked findings.
    pub examples: Sample<FindingExample>,
}

/// Pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PictureTally {
    /// Pictures that were looked at.
    pub looked_at: u64,
    /// With at least one face.
    pub with_face: u64,
    /// Taken by a named camera.
    pub with_camera: u64,
    /// With a thumbnail of something else than the picture.
    pub stale_thumbnails: u64,
}

/// Videos.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct VideoTally {
    /// Sum of the known durations in milliseconds.
    pub duration_ms: u64,
    /// With a known duration.
    pub timed: u64,
    /// Marked spherical.
    pub spherical: u64,
    /// With a face in a still.
    pub with_face: u64,
}

/// Money asked for in invoices and plans, by currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AmountTally {
    /// Documents with a total.
    pub documents: u64,
    /// Sum in hundredths.
    pub sum: i128,
    /// Smallest.
    pub least: Option<i64>,
    /// Largest.
    pub most: Option<i64>,
}

/// Invoices and plans of one year.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AccountTally {
    /// Papers.
    pub papers: u64,
    /// Papers without a readable total or currency: they are in no sum.
    pub without_total: u64,
    /// Papers whose lines add up to the total that was read.
    pub adding_up: u64,
    /// What is asked for, by currency.
    pub amounts: BTreeMap<String, AmountTally>,
}

/// Invoices and plans by class and by year; `None` where no date could be read.
pub type Accounts = BTreeMap<(Class, Option<i16>), AccountTally>;

/// One controller's share.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ControllerTally {
    /// Items by class.
    pub classes: BTreeMap<Class, Count>,
    /// All items.
    pub total: Count,
    /// The first locator in order, to match the prefixes of the incident file.
    pub first: Option<Locator>,
    /// Its invoices and plans.
    pub accounts: Accounts,
    /// Countries of the paperwork.
    pub regions: BTreeMap<String, u64>,
    /// Items by kind of data subjects' data in them.
    pub kinds: BTreeMap<Kind, u64>,
}

/// The sums over the records of a leak.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    /// Items by outcome.
    pub outcomes: BTreeMap<Outcome, Count>,
    /// Items by class; items without a verdict are not in it.
    pub classes: BTreeMap<Class, Count>,
    /// Items by subclass.
    pub subclasses: BTreeMap<(Class, String), Count>,
    /// Sum of the verdicts' confidence in thousandths, by class.
    pub class_confidence: BTreeMap<Class, u64>,
    /// Items by media type.
    pub media: BTreeMap<Media, Count>,
    /// Items by fault.
    pub faults: BTreeMap<Fault, Count>,
    /// Extensions that did not fit, with what the content was.
    pub mismatches: BTreeMap<(&'static str, Media), u64>,
    /// Personal data by kind.
    pub kinds: BTreeMap<Kind, KindTally>,
    /// Items with at least one finding.
    pub items_with_findings: u64,
    /// Items by year of their own date.
    pub years_created: BTreeMap<i16, u64>,
    /// Items by year of the store's date.
    pub years_stored: BTreeMap<i16, u64>,
    /// Items by language.
    pub languages: BTreeMap<String, u64>,
    /// Documents by state of their text.
    pub text_states: BTreeMap<TextState, u64>,
    /// Pages of documents.
    pub pages: u64,
    /// Rows of tables and databases.
    pub rows: u64,
    /// Detectors that looked at pictures.
    pub detectors: BTreeSet<String>,
    /// Pictures.
    pub pictures: PictureTally,
    /// Videos.
    pub videos: VideoTally,
    /// Amounts by currency.
    pub amounts: BTreeMap<String, AmountTally>,
    /// Amounts by class, year of the paper and currency.
    pub accounts: Accounts,
    /// Items by controller.
    pub controllers: BTreeMap<Option<Token>, ControllerTally>,
    /// Copies of each content: hash to number and bytes of one.
    contents: BTreeMap<u64, (u32, u64)>,
    /// Exact duplicates as the ledger counts them, for a leak of more contents than are kept here.
    pub exact_duplicates: Option<Duplicates>,
    /// Items that numbers lead to.
    pub catalogue: Catalogue,
    /// A few items of each class.
    pub class_examples: BTreeMap<Class, Sample<ClassExample>>,
    /// A few items of each fault.
    pub fault_examples: BTreeMap<Code, Sample<FaultExample>>,
}

/// Exact duplicates among listed files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Duplicates {
    /// Different contents among the files whose content was hashed.
    pub unique: u64,
    /// Files that are copies of another one.
    pub copies: u64,
    /// Bytes of these copies.
    pub bytes: u64,
    /// Whether these are counts, not estimates: up to 65,536 different contents, or as the ledger counts them.
    pub is_exact: bool,
}

impl Tally {
    /// The tally of one listed item and all its members.
    pub fn of(record: &Record) -> Self {
        let mut tally = Self::default();
        tally.add(record);
        tally
    }

    /// Adds one listed item and all its members.
    pub fn add(&mut self, record: &Record) {
        for each in record.walk() {
            self.add_one(each);
        }
    }

    /// All listed files and all members.
    pub fn total(&self) -> Count {
        self.outcomes.values().fold(Count::default(), |mut sum, count| {
            sum += *count;
            sum
        })
    }

    /// Exact duplicates.
    pub fn duplicates(&self) -> Duplicates {
        if let Some(exact) = self.exact_duplicates {
            return exact;
        }
        let kept = self.contents.values().fold(Duplicates::default(), |sum, (copies, bytes)| Duplicates {
            unique: sum.unique + 1,
            copies: sum.copies + u64::from(copies.saturating_sub(1)),
            bytes: sum.bytes + bytes * u64::from(copies.saturating_sub(1)),
            is_exact: true,
        });
        match self.contents.last_key_value() {
            Some((largest, _)) if self.contents.len() >= CONTENTS => {
                // Hashes are spread evenly, so the kept ones are this share of all.
                let share = (*largest as f64 + 1.0) / 2_f64.powi(64);
                let all = |kept: u64| (kept as f64 / share).round() as u64;
                Duplicates {
                    unique: all(kept.unique),
                    copies: all(kept.copies),
                    bytes: all(kept.bytes),
                    is_exact: false,
                }
            }
            _ => Duplicates { is_exact: true, ..kept },
        }
    }

    fn add_one(&mut self, record: &Record) {
        let is_listed = record.locator.depth() == 0;
        let count = if is_listed {
            Count { files: 1, bytes: record.size, members: 0 }
        } else {
            Count { members: 1, ..Count::default() }
        };
        *self.outcomes.entry(record.outcome).or_default() += count;
        *self.media.entry(record.media).or_default() += count;
        self.add_faults(record, count);
        self.add_verdict(record, count);
        self.add_dates(record);
        self.add_facts(record);
        self.add_findings(record);
        self.add_controller(record, count);
        let stored = || record.modified_ms.and_then(|ms| year_of_day(ms.div_euclid(86_400_000) as i32));
        self.catalogue.offer(record, record.facts.created_day.and_then(year_of_day).or_else(stored));
        if let (true, Some(hashes)) = (is_listed && record.size > 0, record.hashes) {
            let prefix = hashes.blake3.first_chunk::<8>().map_or(0, |bytes| u64::from_be_bytes(*bytes));
            add_content(&mut self.contents, prefix, (1, record.size));
        }
    }

    fn add_faults(&mut self, record: &Record, count: Count) {
        for fault in &record.faults {
            *self.faults.entry(*fault).or_default() += count;
            self.fault_examples.entry(fault.code).or_default().offer(FaultExample::of(record, *fault));
            if fault.code == Code::ExtensionMismatch {
                *self.mismatches.entry((known_extension(record), record.media)).or_default() += 1;
            }
        }
    }

    fn add_verdict(&mut self, record: &Record, count: Count) {
        let Some(verdict) = &record.verdict else { return };
        *self.classes.entry(verdict.class).or_default() += count;
        *self.class_confidence.entry(verdict.class).or_default() += u64::from(verdict.confidence.as_milli());
        if let Some(subclass) = &verdict.subclass {
            *self.subclasses.entry((verdict.class, subclass.clone())).or_default() += count;
        }
        self.class_examples.entry(verdict.class).or_default().offer(ClassExample::of(record, verdict));
    }

    fn add_dates(&mut self, record: &Record) {
        if let Some(year) = record.facts.created_day.and_then(year_of_day) {
            *self.years_created.entry(year).or_default() += 1;
        }
        if let Some(year) = record.modified_ms.and_then(|ms| year_of_day((ms.div_euclid(86_400_000)) as i32)) {
            *self.years_stored.entry(year).or_default() += 1;
        }
    }

    fn add_facts(&mut self, record: &Record) {
        let facts = &record.facts;
        if let Some(language) = &facts.language {
            *self.languages.entry(language.clone()).or_default() += 1;
        }
        if let Some(image) = &facts.image {
            if let Some(detector) = &image.detector {
                self.pictures.looked_at += 1;
                if !self.detectors.contains(detector) {
                    self.detectors.insert(detector.clone());
                }
            }
            self.pictures.with_face += u64::from(image.faces > 0);
            self.pictures.with_camera += u64::from(image.has_camera);
            self.pictures.stale_thumbnails += u64::from(image.has_stale_thumbnail);
        }
        if let Some(video) = &facts.video {
            self.videos.duration_ms = self.videos.duration_ms.saturating_add(video.duration_ms.unwrap_or(0));
            self.videos.timed += u64::from(video.duration_ms.is_some());
            self.videos.spherical += u64::from(video.is_spherical);
            self.videos.with_face += u64::from(video.stills_with_face > 0);
        }
        if let Some(document) = &facts.document {
            self.pages += u64::from(document.pages);
            self.rows = self.rows.saturating_add(document.rows);
            if let Some(state) = document.text {
                *self.text_states.entry(state).or_default() += 1;
            }
            if let Some((currency, one)) = amount_of(document) {
                add_amount(self.amounts.entry(currency.to_owned()).or_default(), one);
            }
        }
    }

    fn add_findings(&mut self, record: &Record) {
        let mut seen = BTreeSet::new();
        for finding in &record.findings {
            let is_first = seen.insert(finding.kind);
            add_finding(self.kinds.entry(finding.kind).or_default(), record, finding, is_first);
        }
        self.items_with_findings += u64::from(!record.findings.is_empty());
    }

    fn add_controller(&mut self, record: &Record, count: Count) {
        let accounts = accounts_of(record);
        add_maps(&mut self.accounts, accounts.clone(), add_accounts);
        let entry = self.controllers.entry(person::controller_of(record)).or_default();
        entry.total += count;
        add_maps(&mut entry.accounts, accounts, add_accounts);
        if let Some(verdict) = &record.verdict {
            *entry.classes.entry(verdict.class).or_default() += count;
        }
        if let Some(region) = &record.facts.region {
            *entry.regions.entry(region.clone()).or_default() += 1;
        }
        let of_subjects = record.findings.iter().filter(|finding| finding.role == Role::DataSubject);
        for kind in of_subjects.map(|finding| finding.kind).collect::<BTreeSet<_>>() {
            *entry.kinds.entry(kind).or_default() += 1;
        }
        entry.first = least(entry.first.take(), Some(record.locator.clone()));
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        add_maps(&mut self.outcomes, other.outcomes, |sum, count| *sum += count);
        add_maps(&mut self.classes, other.classes, |sum, count| *sum += count);
        add_maps(&mut self.subclasses, other.subclasses, |sum, count| *sum += count);
        add_maps(&mut self.class_confidence, other.class_confidence, |sum, count| *sum += count);
        add_maps(&mut self.media, other.media, |sum, count| *sum += count);
        add_maps(&mut self.faults, other.faults, |sum, count| *sum += count);
        add_maps(&mut self.mismatches, other.mismatches, |sum, count| *sum += count);
        add_maps(&mut self.kinds, other.kinds, add_kind);
        self.items_with_findings += other.items_with_findings;
        add_maps(&mut self.years_created, other.years_created, |sum, count| *sum += count);
        add_maps(&mut self.years_stored, other.years_stored, |sum, count| *sum += count);
        add_maps(&mut self.languages, other.languages, |sum, count| *sum += count);
        add_maps(&mut self.text_states, other.text_states, |sum, count| *sum += count);
        self.pages += other.pages;
        self.rows = self.rows.saturating_add(other.rows);
        self.detectors.extend(other.detectors);
        self.pictures.looked_at += other.pictures.looked_at;
        self.pictures.with_face += other.pictures.with_face;
        self.pictures.with_camera += other.pictures.with_camera;
        self.pictures.stale_thumbnails += other.pictures.stale_thumbnails;
        self.videos.duration_ms = self.videos.duration_ms.saturating_add(other.videos.duration_ms);
        self.videos.timed += other.videos.timed;
        self.videos.spherical += other.videos.spherical;
        self.videos.with_face += other.videos.with_face;
        add_maps(&mut self.amounts, other.amounts, add_amount);
        add_maps(&mut self.accounts, other.accounts, add_accounts);
        add_maps(&mut self.controllers, other.controllers, |sum, one| {
            add_maps(&mut sum.classes, one.classes, |sum, count| *sum += count);
            sum.total += one.total;
            add_maps(&mut sum.accounts, one.accounts, add_accounts);
            add_maps(&mut sum.regions, one.regions, |sum, count| *sum += count);
            add_maps(&mut sum.kinds, one.kinds, |sum, count| *sum += count);
            sum.first = least(sum.first.take(), one.first);
        });
        self.exact_duplicates = None;
        for (content, copies) in other.contents {
            add_content(&mut self.contents, content, copies);
        }
        self.catalogue += other.catalogue;
        add_maps(&mut self.class_examples, other.class_examples, |sum, more| *sum += more);
        add_maps(&mut self.fault_examples, other.fault_examples, |sum, more| *sum += more);
    }
}

fn add_maps<K: Ord, V: Default>(sum: &mut BTreeMap<K, V>, more: BTreeMap<K, V>, add: impl Fn(&mut V, V)) {
    for (key, value) in more {
        add(sum.entry(key).or_default(), value);
    }
}

/// Different contents that are kept: those with the least hashes, whose copies are counted all. Up to here duplicates
/// are exact; beyond, the standard error of the estimate is about 1/sqrt(k), 0.8 %, and a report asks the ledger. A
/// million of them took 35 MiB, most of what a large report needed more than a small one; 65,536 still took 8.
const CONTENTS: usize = 1 << 14;

/// Of two contents with one 64-bit prefix the larger size counts, whichever came first.
fn add_content(contents: &mut BTreeMap<u64, (u32, u64)>, content: u64, (copies, bytes): (u32, u64)) {
    let is_full = contents.len() >= CONTENTS;
    if is_full && contents.last_key_value().is_some_and(|(largest, _)| content > *largest) {
        return;
    }
    let entry = contents.entry(content).or_default();
    *entry = (entry.0.saturating_add(copies), entry.1.max(bytes));
    if contents.len() > CONTENTS {
        contents.pop_last();
    }
}

fn add_kind(sum: &mut KindTally, more: KindTally) {
    sum.findings += more.findings;
    sum.items += more.items;
    sum.distinct += more.distinct;
    sum.distinct_of_subjects += more.distinct_of_subjects;
    add_maps(&mut sum.roles, more.roles, |sum, count| *sum += count);
    add_maps(&mut sum.parts, more.parts, |sum, count| *sum += count);
    add_maps(&mut sum.schemes, more.schemes, |sum, count| *sum += count);
    add_maps(&mut sum.countries, more.countries, |sum, count| *sum += count);
    add_maps(&mut sum.places, more.places, |sum, count| *sum += count);
    sum.expected_milli += more.expected_milli;
    sum.examples += more.examples;
}

fn add_finding(kind: &mut KindTally, record: &Record, finding: &Finding, is_first: bool) {
    kind.findings += 1;
    kind.items += u64::from(is_first);
    kind.distinct.insert(finding.token);
    if finding.role == Role::DataSubject {
        kind.distinct_of_subjects.insert(finding.token);
    }
    *kind.roles.entry(finding.role).or_default() += 1;
    *kind.parts.entry(finding.origin.part).or_default() += 1;
    *kind.schemes.entry(finding.scheme.clone()).or_default() += 1;
    if let Some(country) = &finding.hints.country {
        *kind.countries.entry(country.clone()).or_default() += 1;
        if let Some(city) = finding.hints.tag.as_ref().filter(|_| finding.kind == Kind::Gps && is_first) {
            *kind.places.entry((country.clone(), city.clone())).or_default() += 1;
        }
    }
    kind.expected_milli += u64::from(finding.confidence.as_milli());
    kind.examples.offer(FindingExample::of(record, finding));
}

fn add_amount(sum: &mut AmountTally, one: AmountTally) {
    sum.documents += one.documents;
    sum.sum += one.sum;
    sum.least = least(sum.least, one.least);
    sum.most = sum.most.max(one.most);
}

fn add_accounts(sum: &mut AccountTally, more: AccountTally) {
    sum.papers += more.papers;
    sum.without_total += more.without_total;
    sum.adding_up += more.adding_up;
    add_maps(&mut sum.amounts, more.amounts, add_amount);
}

/// The amount that a paper asks for, if both its number and its currency were read.
fn amount_of(document: &DocumentFacts) -> Option<(&str, AmountTally)> {
    let (total, currency) = (document.total?, document.currency.as_deref()?);
    Some((currency, AmountTally { documents: 1, sum: total.into(), least: Some(total), most: Some(total) }))
}

/// One invoice or plan as a tally; nothing for other items.
fn accounts_of(record: &Record) -> Accounts {
    let class = record.verdict.as_ref().map(|verdict| verdict.class);
    let (Some(class @ (Class::Invoice | Class::TreatmentPlan)), document) = (class, &record.facts.document) else {
        return Accounts::new();
    };
    let account = document.as_ref().and_then(|document| document.account.as_ref());
    let amount = document.as_ref().and_then(amount_of);
    let one = AccountTally {
        papers: 1,
        without_total: u64::from(amount.is_none()),
        adding_up: u64::from(account.is_some_and(|account| account.adds_up)),
        amounts: amount.into_iter().map(|(currency, one)| (currency.to_owned(), one)).collect(),
    };
    let year = account.and_then(|account| account.day).and_then(year_of_day);
    Accounts::from([((class, year), one)])
}

fn least<T: Ord>(a: Option<T>, b: Option<T>) -> Option<T> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// The extension if some media type has it: any other is the leak's own words, and without bound.
fn known_extension(record: &Record) -> &'static str {
    let Some(found) = record.locator.extension() else { return "none" };
    Media::ALL.iter().flat_map(|media| media.extensions()).find(|known| **known == found).copied().unwrap_or("other")
}

/// The year of a day since 1970-01-01; days outside the years 1900 to 2100 are no dates of files.
fn year_of_day(day: i32) -> Option<i16> {
    date_of(day).map(jiff::civil::Date::year).filter(|year| (1900..=2100).contains(year))
}

#[cfg(test)]
mod tests;
