//! OCR by Tesseract, asked through [`Tools`]: this module hands over pixels and reads the answer, and starts nothing.
//!
//! It knows no sink: the pipeline decides which pages are worth their time.

mod grey;
mod languages;
mod words;

use crate::limits::{Call, Ended, Input, Tools};
use crate::model::{Code, Confidence, Fault, Raster, Secret};
use grey::Grey;
use languages::Choice;
use std::time::Instant;
use words::{Page, text_of};

/// A mean confidence below this, in thousandths, makes a page worth a look at its orientation and script.
const DOUBTFUL: u16 = 600;

/// Height of words, in pixels, below which type is too small for Tesseract, which wants capitals of 20 to 30 pixels
/// (its manual, "Improving the quality of the output").
const SMALL_TYPE: f32 = 17.0;
/// Pixels beyond which a picture of small type is not doubled: twice the sides of a page at 200 dpi.
const DOUBLED: usize = 4 << 20;

/// Text read from pixels.
#[derive(Debug)]
pub struct OcrText {
    /// The text, laid out like a page: one visual line a line, columns parted by tabs.
    pub text: Secret,
    /// Mean of the words' confidences, weighed by their lengths.
    pub confidence: Confidence,
    /// Words that were read.
    pub words: u32,
}

/// Reads the pages of one item until its deadline. What the first pages tell of their language serves the next.
#[derive(Debug)]
pub struct Reader<'a> {
    tesseract: Tesseract<'a>,
    languages: Choice,
    /// The language was told by a page.
    is_told: bool,
    deadline: Instant,
}

impl<'a> Reader<'a> {
    /// `languages` are ISO 639-1 codes, most likely first; none, or none that is installed, means the most usual ones
    /// until a page tells its own.
    ///
    /// # Errors
    /// [`Code::ImageOnly`] without Tesseract.
    pub fn new(languages: &[String], tools: &'a dyn Tools, deadline: Instant) -> Result<Self, Fault> {
        let tesseract = Tesseract { tools };
        if tools.toolbox().tesseract.is_none() {
            return Err(Fault::extract(Code::ImageOnly));
        }
        let languages = Choice::of(languages, tesseract.installed());
        Ok(Self { tesseract, languages, is_told: false, deadline })
    }

    /// Reads a page: straightened, turned upright, small type doubled, in its own language where that is installed.
    ///
    /// # Errors
    /// [`Code::ImageOnly`] where Tesseract refuses, [`Code::ToolFailed`] where it crashes or floods,
    /// [`Code::ToolTimedOut`] at the deadline.
    pub fn read(&mut self, raster: &Raster) -> Result<OcrText, Fault> {
        let mut grey = Grey::of(raster).straightened();
        let mut page = self.tesseract.read(&grey, &self.languages, self.deadline)?;
        if page.text.confidence.as_milli() < DOUBTFUL || page.is_sideways {
            self.turn_upright(&mut grey, &mut page);
        }
        if page.text.words > 0 && page.height < SMALL_TYPE && grey.len() <= DOUBLED {
            let doubled = grey.doubled();
            // What was read stands if there is no time for better.
            if let Ok(read) = self.tesseract.read(&doubled, &self.languages, self.deadline)
                && read.weight() >= page.weight()
            {
                (page, grey) = (read, doubled);
            }
        }
        self.read_in_its_language(&grey, &mut page);
        Ok(page.text)
    }

    /// A page that lies on its side or head, or is in another script, costs another run; the better of both counts.
    fn turn_upright(&mut self, grey: &mut Grey, page: &mut Page) {
        let seen = self.tesseract.orientation(grey, self.deadline);
        let languages = seen
            .as_ref()
            .and_then(|seen| Choice::of_script(&seen.script, self.tesseract.installed()))
            .unwrap_or_else(|| self.languages.clone());
        let is_new = languages != self.languages;
        // Tesseract's orientation is a guess: lines that run down a page are tried both ways until one reads well.
        let mut turns: Vec<u32> = seen.iter().map(|seen| seen.turns).collect();
        if page.is_sideways {
            turns.extend([1, 3].into_iter().filter(|turn| seen.as_ref().is_none_or(|seen| seen.turns != *turn)));
        }
        let start = grey.clone();
        for turns in turns.into_iter().filter(|turns| *turns > 0 || is_new) {
            if page.text.confidence.as_milli() >= DOUBTFUL && !page.is_sideways {
                return;
            }
            let turned = start.turned(turns);
            let Ok(read) = self.tesseract.read(&turned, &languages, self.deadline) else { return };
            if read.weight() > page.weight() {
                (*page, *grey) = (read, turned);
                self.languages = languages.clone();
            }
        }
    }

    /// Reads the page again where it tells a language that it was not read with.
    fn read_in_its_language(&mut self, grey: &Grey, page: &mut Page) {
        let Some(language) = page.language.filter(|_| !self.is_told) else { return };
        let Some(choice) = Choice::told(language, self.tesseract.installed()) else { return };
        let was_used = self.languages.has(language);
        self.languages = choice;
        self.is_told = true;
        if was_used {
            return;
        }
        if let Ok(read) = self.tesseract.read(grey, &self.languages, self.deadline)
            && read.weight() >= page.weight()
        {
            *page = read;
        }
    }
}

/// How a page lies, and its script.
struct Orientation {
    /// Quarter turns clockwise that set it upright.
    turns: u32,
    script: String,
}

/// Tesseract's side of the tools.
#[derive(Debug, Clone, Copy)]
struct Tesseract<'a> {
    tools: &'a dyn Tools,
}

impl<'a> Tesseract<'a> {
    fn installed(self) -> &'a [String] {
        &self.tools.toolbox().languages
    }

    fn read(self, grey: &Grey, languages: &Choice, deadline: Instant) -> Result<Page, Fault> {
        Ok(text_of(&self.ask(&Call::Words(languages.names().to_vec()), grey, deadline)?))
    }

    /// By Tesseract's orientation detection, if its data is there.
    fn orientation(self, grey: &Grey, deadline: Instant) -> Option<Orientation> {
        if !self.installed().iter().any(|name| name == "osd") {
            return None;
        }
        let answer = self.ask(&Call::Orientation, grey, deadline).ok()?;
        let value = |key: &str| answer.lines().find_map(|line| line.strip_prefix(key)).map(str::trim);
        let degrees = value("Rotate:")?.parse::<u32>().ok()?;
        Some(Orientation { turns: degrees / 90 % 4, script: value("Script:").unwrap_or_default().to_owned() })
    }

    fn ask(self, call: &Call, grey: &Grey, deadline: Instant) -> Result<String, Fault> {
        let within = deadline.saturating_duration_since(Instant::now());
        let answer = self.tools.run(call, Input::Bytes(&grey.pnm()), within);
        let code = match answer.ended {
            Ended::Well => return Ok(String::from_utf8_lossy(&answer.output).into_owned()),
            Ended::Absent | Ended::Refused => Code::ImageOnly,
            Ended::Crashed | Ended::Flooded => Code::ToolFailed,
            Ended::TimedOut => Code::ToolTimedOut,
        };
        Err(Fault::extract(code))
    }
}
