//! The last look at an item: OCR where there is no text, detection of what is left, and the verdict.

use super::intake::Intake;
use super::{Impression, OcrMode};
use crate::classify::document::DocumentMaterial;
use crate::classify::video::{self, Stills};
use crate::extract::ocr;
use crate::extract::video::stills;
use crate::limits::{Content, guard};
use crate::model::{
    AccountFacts, Class, Code, Confidence, Family, Fault, Finding, Frame, Kind, Media, Origin, Part, Passage, Raster,
    Role, Shape, Stage, TextState, Verdict,
};
use std::time::{Duration, Instant};

/// Mean word confidence, in thousandths, below which an OCR reading of a photo is taken for noise.
const OCR_CONFIDENCE: u16 = 400;
/// Words from which a picture counts as one of a document.
const OCR_WORDS: u32 = 8;

/// What came of the last look.
pub(super) struct Look {
    pub(super) verdict: Option<Verdict>,
    pub(super) findings: Vec<Finding>,
    pub(super) has_content: bool,
}

/// Looks at pictures, reads pages without text, detects, and names the class.
pub(super) fn look(intake: &mut Intake<'_>, media: Media, content: &Content) -> Look {
    if media == Media::Empty {
        return Look { verdict: None, findings: Vec::new(), has_content: false };
    }
    if media.family() == Family::Video && intake.known.is_none() {
        take_stills(intake, media, content);
    }
    let picture = (media.family() == Family::Picture).then(|| classify_picture(intake, media)).flatten();
    read_pages(intake, media, content, picture.as_ref());
    intake.detect();
    temper(intake);
    let verdict = match guard(Stage::Classify, || verdict(intake, media, picture)) {
        Ok(verdict) => Some(verdict),
        Err(fault) => {
            note(intake, fault);
            None
        }
    };
    let mut findings = std::mem::take(&mut intake.findings);
    // A day is kept of birth dates only, to tell minors.
    for finding in findings.iter_mut().filter(|finding| finding.kind == Kind::Date) {
        finding.hints.day = None;
    }
    Look { verdict, findings, has_content: intake.has_content }
}

/// Frames of a video, through ffmpeg where its coding needs that; a video that shows none says so.
fn take_stills(intake: &mut Intake<'_>, media: Media, content: &Content) {
    let limits = intake.budget.limits();
    let deadline = intake.budget.left().min(Duration::from_secs(limits.item_seconds / 2));
    let duration = intake.facts.video.as_ref().and_then(|video| video.duration_ms);
    let count = limits.stills as u32;
    let tools = intake.kit.tools.as_ref();
    match guard(Stage::Extract, || stills::of_video(content, media, duration, count, tools, deadline)) {
        Ok((frames, fault)) => {
            if let Some(fault) = fault {
                note(intake, fault);
            }
            intake.rasters.extend(frames);
            if intake.rasters.is_empty() {
                note(intake, Fault::extract(Code::ContentNotSeen));
            }
        }
        Err(fault) => note(intake, fault),
    }
}

fn note(intake: &mut Intake<'_>, fault: Fault) {
    crate::model::Sink::fault(intake, fault);
}

fn classify_picture(intake: &mut Intake<'_>, media: Media) -> Option<Verdict> {
    let kit = intake.kit;
    let glance = if let Some(Impression::Picture(facts, glance)) = intake.known.take() {
        intake.has_content |= glance.is_some();
        intake.facts.image = Some(facts);
        glance
    } else {
        let is_shown = |frame| frame == Frame::Picture || frame == Frame::Still;
        let pictures = extract_frames(&mut intake.rasters, is_shown);
        match guard(Stage::Classify, || kit.pictures.borrow_mut().glance(&pictures)) {
            Ok(Some((glance, embeddings))) => {
                intake.embeddings = embeddings;
                Some(glance)
            }
            Ok(None) => None,
            Err(fault) => {
                note(intake, fault);
                return None;
            }
        }
    };
    let is_in_subject_folder = intake.folder_subject.is_some();
    let (pictures, locator) = (kit.pictures.borrow(), intake.locator);
    let facts = &mut intake.facts;
    let judge = |glance| pictures.judge(glance, facts, media, locator, is_in_subject_folder);
    let verdict = match guard(Stage::Classify, || glance.as_ref().map(judge)) {
        Ok(verdict) => verdict,
        Err(fault) => {
            note(intake, fault);
            return None;
        }
    };
    intake.shown = intake.facts.image.clone().map(|facts| Impression::Picture(facts, glance));
    verdict
}

/// Takes the rasters of some frames out of the list.
fn extract_frames(rasters: &mut Vec<Raster>, wanted: impl Fn(Frame) -> bool) -> Vec<Raster> {
    let (taken, left) = std::mem::take(rasters).into_iter().partition(|raster| wanted(raster.frame));
    *rasters = left;
    taken
}

/// Reads pages without text by OCR, if the run wants that and the program is there.
fn read_pages(intake: &mut Intake<'_>, media: Media, content: &Content, picture: Option<&Verdict>) {
    let is_candidate = match (intake.kit.ocr, picture) {
        (OcrMode::Off, _) => false,
        (OcrMode::All, _) | (_, None) => true,
        (OcrMode::Auto, Some(verdict)) => looks_like_paper(intake, verdict),
    };
    let mut pages = extract_frames(&mut intake.rasters, |frame| matches!(frame, Frame::Page(_)));
    if is_candidate && picture.is_some() {
        pages = intake.read_as_pages(media, content);
    }
    // A document's pages without text that stay unread are told; a photo that holds no text is none.
    if is_candidate && !pages.is_empty() && read_pages_of(intake, &pages, picture) {
        intake.faults.retain(|fault| fault.code != Code::ImageOnly);
    } else if picture.is_none() && (!pages.is_empty() || is_image_only(intake)) {
        note(intake, Fault::extract(Code::ImageOnly));
    }
}

/// Whether a document's reader said that its pages are pictures.
fn is_image_only(intake: &Intake<'_>) -> bool {
    intake.facts.document.as_ref().is_some_and(|document| document.text == Some(TextState::ImageOnly))
}

/// Whether a picture may be one of a document: by its looks, or because no camera made it.
fn looks_like_paper(intake: &Intake<'_>, verdict: &Verdict) -> bool {
    let has_camera = intake.facts.image.as_ref().is_some_and(|image| image.has_camera);
    may_hold_text(verdict) && (is_paper(verdict) || !has_camera)
}

/// Whether a picture shows a paper or a screen by its looks.
fn is_paper(verdict: &Verdict) -> bool {
    matches!(verdict.subclass.as_deref(), Some("document_scan" | "screenshot" | "identity_document"))
}

/// Reads these pages; `false` if nothing could be read. `photo` is the verdict on a picture that may hold text.
fn read_pages_of(intake: &mut Intake<'_>, pages: &[Raster], photo: Option<&Verdict>) -> bool {
    let languages: Vec<String> = intake.facts.language.iter().cloned().collect();
    let limits = intake.budget.limits();
    let begun = Instant::now();
    let mut reader = match ocr::Reader::new(
        &languages,
        intake.kit.tools.as_ref(),
        begun + Duration::from_secs(limits.ocr_seconds),
    ) {
        Ok(reader) => reader,
        Err(fault) => {
            if photo.is_none_or(is_paper) {
                note(intake, fault);
            }
            return false;
        }
    };
    let mut any = false;
    for page in pages.iter().take(limits.ocr_pages as usize) {
        match guard(Stage::Extract, || reader.read(page)) {
            Ok(Ok(text)) if is_reading(&text, photo.is_some()) => {
                any = true;
                let number = if let Frame::Page(number) = page.frame { Some(number) } else { None };
                intake.readings.insert(number, text.confidence);
                let origin = Origin { part: Part::Ocr, page: number, key: None };
                crate::model::Sink::passage(
                    intake,
                    Passage { origin, shape: Shape::Layout, list: None, text: text.text },
                );
            }
            Ok(Ok(_)) => {}
            Ok(Err(fault)) | Err(fault) => {
                // That a photo holds no text is no trouble; that a program died on it is.
                if photo.is_none_or(is_paper) || matches!(fault.code, Code::ToolFailed | Code::ToolTimedOut) {
                    note(intake, fault);
                }
                break;
            }
        }
    }
    if pages.len() as u64 > limits.ocr_pages {
        note(intake, Fault::extract(Code::TooMuchText));
    }
    intake.budget.give_back(begun.elapsed());
    any
}

/// What OCR read is as sure as the reading: half of a finding's certainty depends on it, for a checksum or a label that
/// fits speaks for the letters as well.
fn temper(intake: &mut Intake<'_>) {
    for finding in intake.findings.iter_mut().filter(|finding| finding.origin.part == Part::Ocr) {
        let Some(reading) = intake.readings.get(&finding.origin.page) else { continue };
        let certainty = u32::from(finding.confidence.as_milli()) * (1000 + u32::from(reading.as_milli())) / 2000;
        finding.confidence = Confidence::milli(certainty as u16);
    }
}

fn may_hold_text(verdict: &Verdict) -> bool {
    matches!(verdict.class, Class::Other | Class::Undecided)
}

fn is_reading(text: &ocr::OcrText, is_photo: bool) -> bool {
    let words = text.words;
    words > 0 && (!is_photo || (words >= OCR_WORDS && text.confidence.as_milli() >= OCR_CONFIDENCE))
}

fn verdict(intake: &mut Intake<'_>, media: Media, picture: Option<Verdict>) -> Verdict {
    match media.family() {
        Family::Video => video_verdict(intake, media),
        Family::Picture => picture_verdict(intake, picture),
        Family::Archive => Verdict::other("archive", Confidence::FULL, "a container of other files"),
        _ => document_verdict(intake, media),
    }
}

fn video_verdict(intake: &mut Intake<'_>, media: Media) -> Verdict {
    let (kit, locator) = (intake.kit, intake.locator);
    let stills = if let Some(Impression::Video(stills)) = intake.known.take() {
        stills
    } else {
        let rasters = extract_frames(&mut intake.rasters, |_| true);
        Stills::of(&mut kit.pictures.borrow_mut(), &rasters)
    };
    intake.shown = Some(Impression::Video(stills));
    video::classify(stills, &mut intake.facts, media, locator)
}

fn picture_verdict(intake: &mut Intake<'_>, picture: Option<Verdict>) -> Verdict {
    let Some(picture) = picture else {
        return Verdict::other("not_looked_at", Confidence::milli(0), "its pixels were not looked at");
    };
    let texts_by_ocr = intake.detected.iter().any(|passage| passage.origin.part == Part::Ocr);
    if texts_by_ocr && may_hold_text(&picture) {
        if let Some(verdict) = read_verdict(intake, Part::Ocr) {
            return verdict;
        }
        if picture.class == Class::Undecided {
            return Verdict::other("document_scan", picture.confidence, "a picture with readable text");
        }
    }
    picture
}

/// The verdict of the document classes on the texts of a document, or on what OCR read of a picture. Notes what the
/// paper says of itself and which papers the file holds.
fn read_verdict(intake: &mut Intake<'_>, part: Part) -> Option<Verdict> {
    let shown = intake.locator.shown();
    let material = DocumentMaterial {
        passages: &intake.detected,
        facts: intake.facts.document.as_ref().filter(|_| part == Part::Text),
        findings: &intake.findings,
        name: shown.rsplit(['/', '!']).next().unwrap_or_default(),
    };
    let documents = &intake.kit.documents;
    let verdict = documents.classify(&material)?;
    let papers = documents.papers(&material);
    let account = documents.account(&material, verdict.class);
    if account.is_some() || !papers.is_empty() {
        let document = intake.facts.document_mut();
        document.papers = papers;
        if let Some(account) = account {
            document.total = account.total;
            document.currency = account.currency.map(str::to_owned);
            document.account = Some(AccountFacts {
                number: account.number.map(|number| intake.kit.keyring.paper_number(&number).shown()),
                day: account.day,
                lines: account.lines,
                adds_up: account.adds_up,
            });
        }
    }
    Some(verdict)
}

fn document_verdict(intake: &mut Intake<'_>, media: Media) -> Verdict {
    // Mail is correspondence whatever it writes about; its attachments have verdicts of their own.
    let named = match media.family() {
        Family::Message | Family::Database => None,
        _ => read_verdict(intake, Part::Text),
    };
    if let Some(verdict) = named {
        return verdict;
    }
    let has = |kind: Kind| intake.findings.iter().any(|finding| finding.kind == kind);
    if has(Kind::Secret) && matches!(media.family(), Family::Text | Family::Other) {
        return Verdict::other("credentials", Confidence::milli(800), "holds keys, tokens or passwords");
    }
    let people = names_people(&intake.findings);
    match media.family() {
        Family::Message => Verdict::other("correspondence", Confidence::FULL, "a message"),
        Family::Database => Verdict::other("database", Confidence::FULL, "a database or a dump of one"),
        Family::Table if people => Verdict::other("people_table", Confidence::milli(900), "a table of people"),
        Family::Table => Verdict::other("spreadsheet", Confidence::milli(900), "a table"),
        Family::Audio => Verdict::other("sound", Confidence::FULL, "a sound recording"),
        _ => other_text(intake, media, people),
    }
}

fn other_text(intake: &Intake<'_>, media: Media, people: bool) -> Verdict {
    let is_unread = intake.facts.document.as_ref().is_some_and(|document| {
        matches!(document.text, Some(TextState::ImageOnly | TextState::Encrypted | TextState::NoUnicodeMap))
    });
    match media {
        _ if is_unread => Verdict::other("unread_document", Confidence::milli(300), "its text could not be read"),
        Media::Json | Media::JsonLines | Media::Xml if people => {
            Verdict::other("people_table", Confidence::milli(900), "records of people")
        }
        Media::Program | Media::Font => Verdict::other("software", Confidence::FULL, "a program or font"),
        Media::Encrypted | Media::EncryptedOffice | Media::Pgp | Media::Age => {
            Verdict::other("encrypted", Confidence::FULL, "encrypted")
        }
        Media::Unknown => Verdict::other("unknown", Confidence::milli(500), "no known type"),
        _ => Verdict::other("document", Confidence::milli(600), "no class of document has enough cues"),
    }
}

/// Whether findings stand for several people: three mentions or more with a name or a birth date.
fn names_people(findings: &[Finding]) -> bool {
    let mut mentions: Vec<u32> = findings
        .iter()
        .filter(|finding| {
            matches!(finding.kind, Kind::PersonName | Kind::DateOfBirth) && finding.role == Role::DataSubject
        })
        .filter_map(|finding| finding.mention)
        .collect();
    mentions.sort_unstable();
    mentions.dedup();
    mentions.len() >= 3
}
