//! PDF: text with its places, form fields, annotations, metadata, embedded files, and pages that are only pictures.
//!
//! lopdf parses; the interpreter, the fonts and the layout here are ours, because a text without its places tears
//! labels from their values. hayro is the second reader, for what the first cannot map or had to repair.
//! An encrypted file must never come out as an empty one.

mod annotations;
mod attachments;
mod chunks;
mod cmap;
mod columns;
mod direction;
mod encoding;
mod font;
mod forms;
mod glyphs;
mod interpret;
mod layout;
mod load;
mod metadata;
mod objects;
mod pages;
mod second;
mod show;
mod simple;
mod state;
#[cfg(test)]
mod tests;
mod tokens;
mod transform;
mod widths;

use super::Reading;
use crate::limits::Budget;
use crate::model::{Code, Fault, Origin, Part, Passage, Shape, Sink, TextState};
use glyphs::Glyphs;
use interpret::Interpreter;
use load::Opened;
use lopdf::Document;
use objects::Objects;
use pages::Page;
use std::collections::BTreeSet;
use std::sync::Arc;
use transform::Transform;

/// Glyphs without a sure character, in hundredths of all, from which on the second reader is asked.
const UNSURE_PERCENT: usize = 5;
/// One glyph in so many without a character, and the page's text is not whole.
const UNMAPPED_SHARE: usize = 50;
/// The second reader counts only if it reads this much more, in hundredths.
const SECOND_PERCENT: usize = 115;
/// A page with a large picture and fewer readable glyphs than this is a scan with a stamp on it.
const STAMP_GLYPHS: usize = 32;
/// Share of the page from which on a picture is large.
const LARGE_PICTURE: f64 = 0.5;
/// Painted areas from which on a page without glyphs has drawn letters.
const DRAWN_AREAS: usize = 40;

/// A word with its place, from a reader of pixels; y counts upwards.
#[derive(Debug)]
pub(super) struct PlacedWord {
    /// Left end of the baseline.
    pub(super) x: f32,
    /// Baseline.
    pub(super) y: f32,
    /// Width of its box.
    pub(super) width: f32,
    /// Height of the type.
    pub(super) height: f32,
    /// The word.
    pub(super) text: String,
}

/// Lays words out as a page: one visual line a line, columns parted by tabs.
pub(super) fn lay_out(words: &[PlacedWord]) -> String {
    let mut page = Glyphs::default();
    for word in words {
        page.push_word(word);
    }
    layout::text(&page, false, &Budget::new(Arc::default())).unwrap_or_default()
}

/// Reads a PDF.
///
/// # Errors
/// [`Code::Encrypted`], [`Code::Unreadable`], or the bound that ended the reading; what was read until then is kept.
pub fn read(reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    let bytes = reading.content.whole()?;
    match load::open(reading, bytes) {
        Opened::Encrypted => {
            sink.facts().document_mut().text = Some(TextState::Encrypted);
            Err(Fault::extract(Code::Encrypted))
        }
        Opened::Document { doc, repaired } => Reader { reading, bytes, repaired }.read(&doc, sink),
        Opened::Unreadable(fault) => Reader { reading, bytes, repaired: true }.read_second_only(fault, sink),
    }
}

/// What was read of one page.
#[derive(Default)]
struct PageText {
    visible: String,
    hidden: String,
    mapped: usize,
    unsure: usize,
    unmapped: usize,
    has_pictures: bool,
    is_scan: bool,
    is_lost: bool,
    /// The glyphs, where some are unsure and another reader may know them.
    kept: Option<Glyphs>,
}

impl PageText {
    fn of(glyphs: Glyphs, drawn: usize, budget: &Budget) -> Result<Self, Fault> {
        let mapped = glyphs.mapped();
        let share = glyphs.pictures.iter().map(|picture| picture.share).sum::<f64>();
        let is_large = share > LARGE_PICTURE;
        let has_pictures = !glyphs.pictures.is_empty() || (glyphs.all.is_empty() && drawn >= DRAWN_AREAS);
        Ok(Self {
            visible: layout::text(&glyphs, false, budget)?,
            hidden: layout::text(&glyphs, true, budget)?,
            mapped,
            unsure: glyphs.guessed as usize + glyphs.unmapped as usize,
            unmapped: glyphs.unmapped as usize,
            has_pictures,
            is_scan: has_pictures && (mapped == 0 || (is_large && mapped < STAMP_GLYPHS)),
            is_lost: glyphs.is_lost,
            kept: (glyphs.guessed + glyphs.unmapped > 0).then_some(glyphs),
        })
    }
}

impl PageText {
    /// Whether enough glyphs are without characters that a reader of the page sees more than the text says.
    fn has_unread_glyphs(&self) -> bool {
        self.unmapped * UNMAPPED_SHARE > self.mapped
    }
}

struct Reader<'r> {
    reading: &'r Reading<'r>,
    bytes: &'r [u8],
    repaired: bool,
}

impl Reader<'_> {
    fn read(&self, doc: &Document, sink: &mut dyn Sink) -> Result<(), Fault> {
        let objects = Objects { doc, budget: self.reading.budget };
        if self.repaired {
            sink.fault(Fault::extract(Code::Repaired));
        }
        let list = pages::list(objects, sink)?;
        let (mut texts, ended) = self.read_first(objects, &list, sink);
        if ended.is_none() {
            self.second_if_needed(doc, &list, &mut texts)?;
        }
        self.hand_over(texts, Some(doc), sink)?;
        let rest = metadata::read(objects, sink)
            .and_then(|()| forms::read(objects, sink))
            .and_then(|()| attachments::read(objects, &list, sink));
        ended.map_or(rest, Err)
    }

    /// Every page by the interpreter; the fault that ended the reading, if one did.
    fn read_first(
        &self,
        objects: Objects<'_>,
        list: &[Page<'_>],
        sink: &mut dyn Sink,
    ) -> (Vec<PageText>, Option<Fault>) {
        let mut interpreter = Interpreter::new(objects);
        let mut texts = Vec::new();
        let mut pictures = BTreeSet::new();
        let mut bytes = 0;
        let mut ended = None;
        for (number, page) in (1..).zip(list) {
            let mut glyphs = Glyphs::default();
            let outcome = interpreter.read(page, &mut glyphs);
            annotations::hand_over(&interpreter, number, sink);
            interpreter.faults.drain(..).for_each(|fault| sink.fault(fault));
            pictures.extend(glyphs.pictures.iter().enumerate().map(|(index, picture)| match picture.id {
                (0, _) => (number, index),
                (id, _) => (0, id as usize),
            }));
            let text = PageText::of(glyphs, interpreter.paints.count(), self.reading.budget);
            let outcome = outcome.and(text.map(|text| {
                bytes += text.visible.len() + text.hidden.len();
                texts.push(text);
            }));
            if outcome.is_err() || bytes as u64 > self.reading.budget.limits().text_bytes {
                ended = Some(outcome.err().unwrap_or_else(|| Fault::extract(Code::TooMuchText)));
                break;
            }
        }
        let facts = sink.facts().document_mut();
        facts.pages = u32::try_from(list.len()).unwrap_or(u32::MAX);
        facts.pictures = u32::try_from(pictures.len()).unwrap_or(u32::MAX);
        (texts, ended)
    }

    /// What the second reader makes of it, where the first had nothing, was unsure or worked on a repaired file.
    /// Unsure glyphs get the second reader's text; else the reader counts that reads more.
    fn second_if_needed(&self, doc: &Document, list: &[Page<'_>], first: &mut Vec<PageText>) -> Result<(), Fault> {
        let mapped: usize = first.iter().map(|page| page.mapped).sum();
        let unsure: usize = first.iter().map(|page| page.unsure).sum();
        let is_scan = mapped == 0 && unsure == 0 && first.iter().any(|page| page.has_pictures) && !self.repaired;
        let is_unsure = unsure * 100 > (mapped + unsure) * UNSURE_PERCENT;
        let has_lost = first.iter().any(|page| page.is_lost);
        if is_scan
            || !(mapped == 0 || is_unsure || has_lost || self.repaired)
            || !second::is_tame(doc, self.reading.budget)?
        {
            return Ok(());
        }
        let budget = self.reading.budget;
        let Some(pdf) = second::open(self.bytes, &self.reading.options.passwords) else { return Ok(()) };
        let places: Vec<Transform> = list.iter().map(Page::transform).collect();
        let (pages, _) = second::read(&pdf, &places, budget);
        let better: usize = pages.iter().map(Glyphs::mapped).sum();
        if (is_unsure || has_lost) && pages.len() == first.len() {
            for (page, other) in first.iter_mut().zip(&pages) {
                if page.mapped == 0 && other.mapped() > 0 {
                    *page = PageText::of(other.clone(), 0, budget)?;
                } else if let Some(mut glyphs) = page.kept.take() {
                    glyphs.patch(other);
                    *page = PageText::of(glyphs, 0, budget)?;
                }
            }
        }
        let mapped: usize = first.iter().map(|page| page.mapped).sum();
        if better * 100 > mapped * SECOND_PERCENT {
            *first = pages.into_iter().map(|glyphs| PageText::of(glyphs, 0, budget)).collect::<Result<_, _>>()?;
        }
        Ok(())
    }

    /// The second reader alone, where the parser could do nothing.
    fn read_second_only(&self, fault: Fault, sink: &mut dyn Sink) -> Result<(), Fault> {
        let budget = self.reading.budget;
        if !second::are_tame_bytes(self.bytes, budget)? {
            return Err(fault);
        }
        let Some(pdf) = second::open(self.bytes, &self.reading.options.passwords) else { return Err(fault) };
        let (pages, ended) = second::read(&pdf, &[], budget);
        let pages = pages.into_iter().map(|glyphs| PageText::of(glyphs, 0, budget)).collect::<Result<Vec<_>, _>>()?;
        if pages.iter().all(|page| page.mapped == 0) {
            return Err(fault);
        }
        sink.fault(Fault::extract(if fault.code == Code::Unreadable { Code::Repaired } else { fault.code }));
        if let Some(fault) = ended {
            sink.fault(fault);
        }
        sink.facts().document_mut().pages = u32::try_from(pages.len()).unwrap_or(u32::MAX);
        self.hand_over(pages, None, sink)
    }

    /// Hands over the pages and says what state the text is in.
    fn hand_over(&self, pages: Vec<PageText>, doc: Option<&Document>, sink: &mut dyn Sink) -> Result<(), Fault> {
        let mapped: usize = pages.iter().map(|page| page.mapped).sum();
        let unmapped: usize = pages.iter().map(|page| page.unmapped).sum();
        let has_unread_glyphs = pages.iter().any(PageText::has_unread_glyphs);
        let has_scans = pages.iter().any(|page| page.is_scan);
        let state = match (mapped, unmapped, has_scans) {
            (0, 0, true) => TextState::ImageOnly,
            (0, 0, false) => TextState::Blank,
            (mapped, unmapped, _) if unmapped > mapped => TextState::NoUnicodeMap,
            _ if self.repaired => TextState::Damaged,
            _ => TextState::Text,
        };
        let words = pages.iter().map(|page| page.visible.split_whitespace().count()).sum::<usize>();
        let facts = sink.facts().document_mut();
        facts.text = Some(state);
        facts.words = u32::try_from(words).unwrap_or(u32::MAX);
        if state == TextState::Blank {
            sink.fault(Fault::extract(Code::NoText));
        }
        let unread: Vec<usize> = (0..)
            .zip(&pages)
            .filter(|(_, page)| page.is_scan || page.has_unread_glyphs())
            .map(|(index, _)| index)
            .collect();
        for (number, page) in (1..).zip(pages) {
            if !page.visible.is_empty() {
                sink.passage(Passage::new(Origin::page(number), Shape::Layout, page.visible));
            }
            if !page.hidden.is_empty() {
                let origin = Origin { part: Part::Hidden, page: Some(number), key: None };
                sink.passage(Passage::new(origin, Shape::Layout, page.hidden));
            }
        }
        if has_unread_glyphs {
            sink.fault(Fault::extract(Code::NoUnicodeMap));
        }
        if !self.reading.options.page_rasters {
            if has_scans {
                sink.fault(Fault::extract(Code::ImageOnly));
            }
            return Ok(());
        }
        self.hand_over_rasters(&unread, doc, sink)
    }

    /// Pixels of the pages that have no readable text, for OCR; the rest of them is said to be unread.
    fn hand_over_rasters(&self, unread: &[usize], doc: Option<&Document>, sink: &mut dyn Sink) -> Result<(), Fault> {
        let budget = self.reading.budget;
        if unread.is_empty() {
            return Ok(());
        }
        let is_tame = match doc {
            Some(doc) => second::is_tame(doc, budget)?,
            None => true,
        };
        let limit = budget.limits().ocr_pages as usize;
        let pdf = if is_tame { second::open(self.bytes, &self.reading.options.passwords) } else { None };
        let mut handed = 0;
        for index in unread.iter().take(limit) {
            budget.check_now()?;
            if let Some(raster) = pdf.as_ref().and_then(|pdf| second::raster(pdf, *index)) {
                sink.raster(raster);
                handed += 1;
            }
        }
        if handed < unread.len() {
            sink.fault(Fault::extract(Code::ImageOnly));
        }
        Ok(())
    }
}
