//! A sample for the tests of all forms: invented records of an invented leak, taken through the whole second half.
//!
//! Its names are made of syllables, its numbers are out of any real range, and it holds hostile strings where a leak
//! or an incident file could bring them.

use super::v1::Report;
use super::{About, Evidence};
use crate::model::{
    Class, Code, Confidence, DocumentFacts, FaceGroups, Fault, Finding, Hashes, Hints, ImageFacts, Incident, Kind,
    Locator, Media, NamePart, Origin, Outcome, Part, People, Reason, Record, Role, TextState, Token, Verdict,
    VideoFacts,
};
use crate::rules::{ResolveRules, RuleFiles, SeverityRules};
use crate::score::Assessment;
use crate::tally::{Manifest, Tally};
use crate::{resolve, rules, score};

/// Text that must not run, break a layout or reach a terminal as it is.
pub(super) const HOSTILE: &str =
    "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>|`*[x](http://evil.example)\u{202e}\u{1b}[31m";

fn chance(n: u64) -> u64 {
    let hash = blake3::hash(&n.to_le_bytes());
    hash.as_bytes().first_chunk::<8>().map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

fn token(kind: &str, value: &str) -> Token {
    Token(*blake3::hash(format!("{kind} {value}").as_bytes()).as_bytes().first_chunk().expect("32 bytes"))
}

fn finding(kind: Kind, value: &str, mask: &str, scheme: &str, mention: u32) -> Finding {
    let part = |word: &str| NamePart {
        whole: (word.len() > 1).then(|| token("part", word)),
        initial: token("initial", word.get(..1).unwrap_or("x")),
        sound: None,
    };
    Finding {
        kind,
        scheme: scheme.into(),
        origin: Origin::page(1 + (chance(value.len() as u64) % 2) as u32),
        start: mention * 100 + kind as u32,
        end: mention * 100 + kind as u32 + 10,
        confidence: Confidence::milli(700 + (chance(value.len() as u64 + kind as u64) % 300) as u16),
        mask: mask.into(),
        token: token(kind.name(), value),
        parts: if kind == Kind::PersonName { value.split(' ').map(part).collect() } else { Vec::new() },
        role: Role::DataSubject,
        mention: Some(mention),
        alternatives: Vec::new(),
        hints: Hints::default(),
        sealed: None,
    }
}

struct Person {
    number: u64,
    name: String,
    clinic: u64,
    country: &'static str,
}

impl Person {
    fn of(number: u64) -> Self {
        const SYLLABLES: [&str; 12] = ["ba", "de", "fi", "go", "lu", "ma", "ne", "pi", "ro", "su", "ta", "ve"];
        let word = |salt: u64| -> String {
            (0..3).map(|at| SYLLABLES[(chance(number * 31 + salt + at * 7) % 12) as usize]).collect()
        };
        let clinic = chance(number + 5) % 4;
        Self {
            number,
            name: format!("{} {}", word(1), word(2)),
            clinic,
            country: ["FR", "DE", "ES", "GB"][clinic as usize],
        }
    }

    /// Where the clinic is.
    fn city(&self) -> &'static str {
        ["Lyon", "Berlin", "Madrid", "London"][self.clinic as usize]
    }

    /// The person's data on one paper.
    fn findings(&self, kinds: &[Kind], mention: u32) -> Vec<Finding> {
        kinds.iter().map(|kind| self.finding(*kind, mention)).collect()
    }

    fn finding(&self, kind: Kind, mention: u32) -> Finding {
        let n = self.number;
        let value = format!("{n}");
        let (mask, scheme) = match kind {
            Kind::PersonName => ("M*** D*****".to_owned(), "name.label"),
            Kind::DateOfBirth => (format!("{}-**-**", 1950 + n % 60), "date.birth"),
            Kind::Email => ("m***@***.example".to_owned(), "email"),
            Kind::Phone => (format!("+33 ** ** ** ** {:02}", n % 100), "phone.international"),
            Kind::NationalId => ("NIR [valid]".to_owned(), "fr.nir"),
            Kind::PatientId => ("P-****".to_owned(), "patient.label"),
            Kind::PostalAddress => ("69*** FR".to_owned(), "address.label"),
            Kind::Iban => (format!("FR** ... {:04}", 1000 + n % 9000), "iban"),
            Kind::PaymentCard => ("VISA ... 4242".to_owned(), "card"),
            Kind::Gps => (format!("[near {}, {}]", self.city(), self.country), "exif.gps"),
            Kind::Health => ("procedure".to_owned(), "health.aesthetic"),
            _ => ("***".to_owned(), "other"),
        };
        let mut found =
            finding(kind, if kind == Kind::PersonName { &self.name } else { &value }, &mask, scheme, mention);
        match kind {
            Kind::DateOfBirth => found.hints.day = Some(-7_300 + (n as i32 % 60) * 365),
            Kind::Phone | Kind::PostalAddress => found.hints.country = Some(self.country.into()),
            Kind::Gps => {
                found.hints.country = Some(self.country.into());
                found.hints.tag = Some(self.city().into());
            }
            _ => {}
        }
        found
    }
}

fn record(n: u64, path: &str, media: Media, size: u64) -> Record {
    let hash = |salt: &str| *blake3::hash(format!("{salt} {n}").as_bytes()).as_bytes();
    let mut record = Record::unread(Locator::new(0, path), size, Some(1_300_000_000_000), Fault::extract(Code::Io));
    record.media = media;
    record.hashes = Some(Hashes { sha256: hash("s"), blake3: hash("b") });
    record.faults = Vec::new();
    record.outcome = Outcome::Examined;
    record.facts.created_day = Some(16_000 + (chance(n) % 1_900) as i32);
    record
}

fn verdict(class: Class, subclass: Option<&str>, cues: &[&str], confidence: u16) -> Verdict {
    Verdict {
        class,
        subclass: subclass.map(str::to_owned),
        confidence: Confidence::milli(confidence),
        reasons: cues.iter().enumerate().map(|(at, cue)| Reason::new(*cue, 900 - at as i32 * 300)).collect(),
        runner_up: None,
    }
}

fn photo(n: u64, path: &str, is_face: bool) -> Record {
    let mut record = record(n, path, Media::Jpeg, 40_000 + chance(n) % 90_000);
    record.facts.image = Some(ImageFacts {
        width: 1600,
        height: 1200,
        has_camera: n.is_multiple_of(3),
        has_stale_thumbnail: n.is_multiple_of(17),
        faces: u32::from(is_face),
        skin_share: 320,
        look: Some(chance(n)),
        detector: Some("seetaface 1.0".into()),
        ..ImageFacts::default()
    });
    record.verdict = Some(if is_face {
        verdict(Class::FacePhoto, None, &["one face, 31 % of the picture", "taken by a camera"], 940)
    } else {
        verdict(Class::BodyPhoto, None, &["skin-coloured 62 %", "no face"], 810)
    });
    record
}

fn paper(n: u64, path: &str, class: Class, person: &Person) -> Record {
    let mut record = record(n, path, Media::Pdf, 60_000 + chance(n) % 50_000);
    record.facts.language = Some(["fr", "de", "es", "en"][person.clinic as usize].into());
    record.facts.region = Some(person.country.into());
    record.facts.document = Some(DocumentFacts {
        pages: 2,
        words: 240,
        text: Some(TextState::Text),
        total: (class == Class::Invoice).then_some(45_000 + (chance(n) % 200_000) as i64),
        currency: (class == Class::Invoice).then(|| "EUR".to_owned()),
        ..DocumentFacts::default()
    });
    let (subclass, cues): (Option<&str>, &[&str]) = match class {
        Class::Invoice => (None, &["title word of an invoice (fr)", "total with currency", "table of items"]),
        Class::TreatmentPlan => (None, &["title word of a plan (fr)", "procedure with area and dose"]),
        _ => (Some("consent_form"), &["title word of a consent form"]),
    };
    record.verdict = Some(verdict(class, subclass, cues, 880 + (n % 100) as u16));
    let more: &[Kind] = match n % 6 {
        0 => &[Kind::DateOfBirth, Kind::PatientId, Kind::Health],
        1 => &[Kind::PostalAddress, Kind::PatientId, Kind::Iban],
        2 => &[Kind::Email, Kind::Phone, Kind::DateOfBirth],
        3 => &[Kind::NationalId, Kind::DateOfBirth, Kind::Health],
        4 => &[Kind::PatientId, Kind::Health],
        _ => &[Kind::Phone, Kind::PostalAddress, Kind::PaymentCard],
    };
    record.findings.push(person.finding(Kind::PersonName, 0));
    record.findings.extend(person.findings(more, 0));
    let mut doctor =
        finding(Kind::PersonName, &format!("dora doctor{}", person.clinic), "D*** D*******", "name.title", 1);
    doctor.role = Role::Practitioner;
    record.findings.push(doctor);
    record
}

/// The records of the sample, in order of locator.
pub(super) fn records(persons: u64) -> Vec<Record> {
    let mut records = Vec::new();
    for number in 0..persons {
        let person = Person::of(number);
        let home = format!("clinic-{}/patients/{:04}", person.clinic, number);
        let mut own = vec![
            photo(number * 10, &format!("{home}/photos/a.jpg"), true),
            photo(number * 10 + 1, &format!("{home}/photos/b.jpg"), number % 3 == 0),
            paper(number * 10 + 2, &format!("{home}/invoice.pdf"), Class::Invoice, &person),
        ];
        if number % 2 == 0 {
            own.push(paper(number * 10 + 3, &format!("{home}/plan.pdf"), Class::TreatmentPlan, &person));
        }
        if number % 7 == 0 {
            own.push(paper(number * 10 + 4, &format!("{home}/consent.pdf"), Class::Other, &person));
        }
        if number % 5 == 0 {
            let mut video = record(number * 10 + 5, &format!("{home}/turn.mp4"), Media::Mp4, 3_000_000);
            video.facts.video =
                Some(VideoFacts { duration_ms: Some(12_000), is_spherical: number % 10 == 0, ..VideoFacts::default() });
            video.verdict = Some(verdict(Class::Video, None, &["container of a video"], 1000));
            own.push(video);
        }
        if number % 4 == 0 {
            own[0].findings.push(person.finding(Kind::Gps, 0));
        }
        for record in &mut own {
            record.folder_controller = Some(token("clinic", &person.clinic.to_string()));
            record.folder_subject = (number % 6 != 5).then(|| token("folder", &home));
        }
        records.extend(own);
    }
    records.extend(oddities());
    records.sort_by(|a, b| a.locator.cmp(&b.locator));
    records
}

/// Loose photos, copies, broken files, an archive, a hostile name.
fn oddities() -> Vec<Record> {
    let mut odd = Vec::new();
    for n in 0..9 {
        odd.push(photo(90_000 + n, &format!("upload/IMG_{n:04}.jpg"), n < 6));
    }
    let mut copy = photo(90_000, "upload/copy of IMG_0000.jpg", true);
    copy.faults.push(Fault::extract(Code::ExtensionMismatch));
    odd.push(copy);
    let broken = [
        Code::Encrypted,
        Code::Unreadable,
        Code::Empty,
        Code::Symlink,
        Code::TimedOut,
        Code::ImageOnly,
        Code::TooCompressed,
    ];
    for (n, code) in broken.into_iter().enumerate() {
        let mut record = record(95_000 + n as u64, &format!("old/{HOSTILE}{n}.pdf"), Media::Pdf, 1000 * n as u64);
        record.faults = vec![Fault::extract(code), Fault::extract(Code::HostileName)];
        record.outcome = Outcome::of(&record.faults, false);
        odd.push(record);
    }
    let mut archive = record(96_000, "old/export.zip", Media::Zip, 900_000);
    archive.verdict = Some(Verdict::other("archive", Confidence::FULL, "container of other files"));
    let mut table = record(96_001, "x", Media::Csv, 20_000);
    table.locator = archive.locator.member("patients.csv");
    table.verdict = Some(Verdict::other("spreadsheet", Confidence::milli(900), "columns of persons"));
    table.facts.document = Some(DocumentFacts { rows: 12, ..DocumentFacts::default() });
    for row in 0..12 {
        let person = Person::of(1000 + row);
        table.findings.extend(person.findings(&[Kind::PersonName, Kind::Email, Kind::Phone], row as u32));
    }
    table.findings.iter_mut().for_each(|finding| finding.origin = Origin::of(Part::Table));
    archive.members.push(table);
    odd.push(archive);
    odd
}

/// The incident file of the sample.
pub(super) fn incident() -> Incident {
    let text = r#"
[incident]
id = "INC-2026-001"
title = "Open bucket of an imaging service for clinics"
jurisdictions = ["FR", "DE", "ES", "GB"]
time_zone = "Europe/Paris"
discovered_at = 2026-03-26T08:30:00+01:00
awareness_at = 2026-03-27T10:00:00+01:00
[controller]
name = "Example Imaging"
sector = "health"
[store]
provider = "object store"
[controllers.lyon]
prefix = ["clinic-0/"]
name = "Example Clinic Lyon"
country = "FR"
"#;
    rules::incident::parse("incident.toml", text).expect("fits")
}

/// A sample taken through the whole second half.
pub(super) struct Sample {
    tally: Tally,
    people: People,
    assessment: Assessment,
    incident: Incident,
    about: About,
}

impl Sample {
    pub(super) fn of(records: &[Record], incident: Incident) -> Self {
        let files = RuleFiles::embedded();
        let resolve_rules = ResolveRules::load(&files).expect("fits");
        let severity_rules = SeverityRules::load(&files).expect("fits");
        let (mut tally, mut manifest) = (Tally::default(), Manifest::default());
        let mut resolver = resolve::Resolver::new(&resolve_rules, &std::env::temp_dir());
        for record in records {
            tally.add(record);
            manifest.add(record);
            resolver.add(record);
        }
        let people = resolver.finish().expect("temporary files");
        let assessment = score::assess(&tally, &people, &incident, &severity_rules);
        let about = About {
            version: "0.0.0".into(),
            arguments: vec!["scan".into(), "SOURCE".into()],
            rules_digest: "0123456789abcdef".repeat(4),
            limits: vec![("item_seconds", 20, "s", "Time for one listed item.")],
            is_complete: true,
            faces: Some((
                FaceGroups {
                    model: "a model".into(),
                    detector: "a detector".into(),
                    pictures: 9,
                    faces: 11,
                    groups: 7,
                    single: 5,
                    largest: 3,
                    unread: 1,
                    ..FaceGroups::default()
                },
                records.len() > 2,
            )),
            manifest_root: manifest.root(),
            manifest_items: manifest.items(),
            ..About::default()
        };
        Self { tally, people, assessment, incident, about }
    }

    pub(super) fn evidence(&self) -> Evidence<'_> {
        let Self { tally, people, assessment, incident, about } = self;
        Evidence { tally, people, assessment, incident, about }
    }

    pub(super) fn people(&self) -> &People {
        &self.people
    }

    pub(super) fn report(&self) -> Report {
        Report::build(&self.evidence())
    }
}

/// Whatever these records come to.
pub(super) fn report_of(records: &[Record], incident: &Incident, show_paths: bool) -> Report {
    let mut sample = Sample::of(records, incident.clone());
    sample.about.show_paths = show_paths;
    sample.report()
}
