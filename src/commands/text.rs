//! `breachscope text`: what is read out of files, one JSON line a passage. The only command that prints content.
//!
//! Pages without text are read by OCR as in a scan, and so is each picture: who names a picture here asks for its text.

use super::rows::{self, Fields};
use crate::cli::{Shared, TextArgs};
use crate::extract::ocr;
use crate::extract::{ExtractOptions, Reading, for_media};
use crate::identify::identify;
use crate::isolation::{STACK_BYTES, own_tools};
use crate::limits::{Budget, Content, Tools, guard};
use crate::model::{
    Code, Facts, Fault, Field, Frame, Locator, Member, Origin, Part, Passage, Raster, Secret, Sink, Stage,
};
use crate::pipeline::OcrMode;
use crate::settings::Examination;
use anyhow::{Context as _, Result};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

pub(super) fn run(args: &TextArgs, shared: &Shared) -> Result<u8> {
    let examination = Examination::new(&args.examine, shared)?;
    crate::limits::quiet_panics();
    let files = args.files.clone();
    let printing = thread::Builder::new().stack_size(STACK_BYTES).spawn(move || {
        let mut out = BufWriter::new(io::stdout().lock());
        for file in &files {
            print(file, &examination, &mut out).with_context(|| format!("{}", file.display()))?;
        }
        out.flush().map_err(anyhow::Error::from)
    })?;
    printing.join().map_err(|_| anyhow::anyhow!("reading failed"))??;
    Ok(0)
}

fn print(path: &Path, examination: &Examination, out: &mut dyn Write) -> Result<()> {
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    anyhow::ensure!(metadata.is_file(), "not a regular file");
    let limits = Arc::new(examination.limits.clone());
    let content = Content::of_file(file, metadata.len(), limits.whole_bytes);
    let content = content.map_err(|fault| anyhow::anyhow!(fault.code.meaning()))?;
    let locator = Locator::new(0, path.as_os_str().as_bytes());
    let budget = Budget::new(limits);
    let has_ocr = examination.ocr != OcrMode::Off;
    let options = ExtractOptions { page_rasters: has_ocr, ..examination.extract.clone() };
    let tools = own_tools(&examination.tools(), &examination.limits);
    let mut printer = Printer { locator, budget: &budget, options: &options, tools: tools.as_ref(), out, broken: None };
    printer.read(&content);
    printer.broken.map_or(Ok(()), |error| Err(error.into()))
}

/// Prints passages as they are read.
struct Printer<'a> {
    locator: Locator,
    budget: &'a Budget,
    options: &'a ExtractOptions,
    tools: &'a dyn Tools,
    out: &'a mut dyn Write,
    broken: Option<io::Error>,
}

impl Printer<'_> {
    fn read(&mut self, content: &Content) {
        let locator = self.locator.clone();
        let media = identify(content, &locator).media;
        let Some(reader) = for_media(media) else { return };
        let reading = Reading { media, content, locator: &locator, budget: self.budget, options: self.options };
        let mut pages = Pages { printer: self, facts: Facts::default(), rasters: Vec::new() };
        let read = guard(Stage::Extract, || reader(&reading, &mut pages)).and_then(|read| read);
        if let Err(fault) = read {
            pages.fault(fault);
        }
        pages.read_rasters();
    }

    fn line(&mut self, fields: Fields) {
        let mut row = Fields::new();
        row.insert("path".to_owned(), rows::path(&self.locator).into());
        row.extend(fields);
        if self.broken.is_none() {
            self.broken = writeln!(self.out, "{}", rows::json_line(&row)).err();
        }
    }

    fn text(&mut self, origin: &Origin, text: &Secret) {
        let mut row = Fields::new();
        row.insert("origin".to_owned(), origin.part.name().into());
        if let Some(page) = origin.page {
            row.insert("page".to_owned(), page.into());
        }
        if let Some(key) = &origin.key {
            row.insert("key".to_owned(), key.as_str().into());
        }
        row.insert("text".to_owned(), text.expose().into());
        self.line(row);
    }
}

/// The sink of one item.
struct Pages<'p, 'a> {
    printer: &'p mut Printer<'a>,
    facts: Facts,
    /// Pages without text, for OCR.
    rasters: Vec<Raster>,
}

impl Pages<'_, '_> {
    fn read_rasters(&mut self) {
        if self.rasters.is_empty() {
            return;
        }
        let limits = self.printer.budget.limits();
        let (pages, seconds) = (limits.ocr_pages as usize, limits.ocr_seconds);
        let languages: Vec<String> = self.facts.language.iter().cloned().collect();
        let mut reader =
            match ocr::Reader::new(&languages, self.printer.tools, Instant::now() + Duration::from_secs(seconds)) {
                Ok(reader) => reader,
                Err(fault) => return self.fault(fault),
            };
        for raster in self.rasters.iter().take(pages) {
            let page = if let Frame::Page(page) = raster.frame { Some(page) } else { None };
            match guard(Stage::Extract, || reader.read(raster)).and_then(|read| read) {
                Ok(read) => self.printer.text(&Origin { part: Part::Ocr, page, key: None }, &read.text),
                Err(fault) => return self.fault(fault),
            }
        }
        if self.rasters.len() > pages {
            self.fault(Fault::extract(Code::TooMuchText));
        }
    }
}

impl Sink for Pages<'_, '_> {
    fn passage(&mut self, passage: Passage) {
        self.printer.text(&passage.origin, &passage.text);
    }

    fn field(&mut self, field: Field) {
        self.printer.text(&field.origin, &field.value);
    }

    fn member(&mut self, member: Member) {
        let locator = self.printer.locator.member(member.name);
        let (budget, options, tools) = (self.printer.budget, self.printer.options, self.printer.tools);
        if locator.depth() as u64 > budget.limits().depth {
            return self.fault(Fault::extract(Code::TooDeep));
        }
        let mut printer = Printer { locator, budget, options, tools, out: &mut *self.printer.out, broken: None };
        printer.read(&Content::of_memory(member.bytes));
        self.printer.broken = self.printer.broken.take().or(printer.broken);
    }

    fn raster(&mut self, raster: Raster) {
        if matches!(raster.frame, Frame::Page(_)) {
            self.rasters.push(raster);
        }
    }

    fn fault(&mut self, fault: Fault) {
        let mut row = Fields::new();
        row.insert("fault".to_owned(), fault.code.name().into());
        self.printer.line(row);
    }

    fn facts(&mut self) -> &mut Facts {
        &mut self.facts
    }
}
