//! OCR by Tesseract, asked through [`Tools`]: this module hands over pixels and reads the answer, and starts nothing.
//!
//! It knows no sink: the pipeline decides which pages are worth their time.

use super::pdf::{PlacedWord, lay_out};
use crate::limits::{Call, Ended, Input, Tools};
use crate::model::{Code, Confidence, Fault, Raster, Secret};
use std::time::Instant;

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

/// Tesseract's languages by ISO 639-1 code, in the order in which they are taken where none was asked for.
const LANGUAGES: [(&str, &str); 16] = [
    ("en", "eng"),
    ("fr", "fra"),
    ("de", "deu"),
    ("es", "spa"),
    ("it", "ita"),
    ("pt", "por"),
    ("nl", "nld"),
    ("pl", "pol"),
    ("el", "ell"),
    ("ru", "rus"),
    ("ar", "ara"),
    ("sv", "swe"),
    ("da", "dan"),
    ("ro", "ron"),
    ("cs", "ces"),
    ("tr", "tur"),
];
/// Languages of one call; each adds about half of the time of the first.
const AT_ONCE: usize = 3;
/// A mean confidence below this, in thousandths, makes a page worth a look at its orientation.
const DOUBTFUL: u16 = 600;
/// Mean confidence, in hundredths, below which a word without letters or digits is a speck.
const SPECK: f32 = 50.0;

/// Reads a page. `languages` are ISO 639-1 codes, most likely first; none, or none that is installed, means the
/// most usual ones.
///
/// # Errors
/// [`Code::ImageOnly`] without Tesseract or where it refuses, [`Code::ToolFailed`] where it crashes or floods,
/// [`Code::ToolTimedOut`] at the deadline.
pub fn read_page(
    raster: &Raster,
    languages: &[String],
    tools: &dyn Tools,
    deadline: Instant,
) -> Result<OcrText, Fault> {
    let tesseract = Tesseract { tools };
    let languages = tesseract.choose(languages);
    let grey = Grey::of(raster);
    let first = tesseract.read(&grey, &languages, deadline)?;
    if first.text.confidence.as_milli() >= DOUBTFUL && !first.is_sideways {
        return Ok(first.text);
    }
    // A page that lies on its side or head costs another run; the better of both counts.
    let turns = match tesseract.quarter_turns(&grey, deadline) {
        Some(turns) => vec![turns],
        None if first.is_sideways => vec![1, 3],
        None => Vec::new(),
    };
    let weight = |page: &Page| (!page.is_sideways, page.text.confidence.as_milli() / 50, page.text.text.len());
    let mut best = first;
    for turns in turns.into_iter().filter(|turns| *turns > 0) {
        let turned = tesseract.read(&grey.turned(turns), &languages, deadline)?;
        if weight(&turned) > weight(&best) {
            best = turned;
        }
    }
    Ok(best.text)
}

/// One run's result.
struct Page {
    text: OcrText,
    /// Most words stand upright as boxes: the lines run down the page.
    is_sideways: bool,
}

/// Tesseract's side of the tools.
struct Tesseract<'a> {
    tools: &'a dyn Tools,
}

impl Tesseract<'_> {
    /// Tesseract's names for these ISO 639-1 codes, as far as they are installed.
    fn choose(&self, languages: &[String]) -> Vec<String> {
        let installed = &self.tools.toolbox().languages;
        let is_installed = |name: &str| installed.iter().any(|installed| installed == name);
        let by_code = |code: &str| LANGUAGES.iter().find(|(known, _)| *known == code).map(|(_, name)| *name);
        let mut chosen: Vec<&str> =
            languages.iter().filter_map(|code| by_code(code)).filter(|name| is_installed(name)).take(AT_ONCE).collect();
        if chosen.is_empty() {
            chosen = LANGUAGES.iter().map(|(_, name)| *name).filter(|name| is_installed(name)).take(AT_ONCE).collect();
        }
        if chosen.is_empty() {
            chosen = installed.iter().map(String::as_str).filter(|name| *name != "osd").take(1).collect();
        }
        chosen.into_iter().map(str::to_owned).collect()
    }

    fn read(&self, grey: &Grey, languages: &[String], deadline: Instant) -> Result<Page, Fault> {
        Ok(text_of(&self.ask(&Call::Words(languages.to_vec()), grey, deadline)?))
    }

    /// Quarter turns clockwise that set the page upright, by Tesseract's orientation detection, if its data is there.
    fn quarter_turns(&self, grey: &Grey, deadline: Instant) -> Option<u32> {
        if !self.tools.toolbox().languages.iter().any(|name| name == "osd") {
            return None;
        }
        let answer = self.ask(&Call::Orientation, grey, deadline).ok()?;
        let degrees = answer.lines().find_map(|line| line.strip_prefix("Rotate:"))?.trim().parse::<u32>().ok()?;
        Some(degrees / 90 % 4)
    }

    fn ask(&self, call: &Call, grey: &Grey, deadline: Instant) -> Result<String, Fault> {
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

/// Pixels in shades of grey, as Tesseract reads them anyway.
struct Grey {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

impl Grey {
    /// By the weights of ITU-R BT.601.
    fn of(raster: &Raster) -> Self {
        let (pixels, _) = raster.rgb.as_chunks::<3>();
        let grey =
            |[r, g, b]: &[u8; 3]| ((u32::from(*r) * 299 + u32::from(*g) * 587 + u32::from(*b) * 114) / 1000) as u8;
        Self { width: raster.width as usize, height: raster.height as usize, pixels: pixels.iter().map(grey).collect() }
    }

    /// Turned clockwise by quarter turns.
    fn turned(&self, turns: u32) -> Self {
        let (width, height) = (self.width, self.height);
        let (new_width, new_height) = if turns % 2 == 1 { (height, width) } else { (width, height) };
        let mut pixels = Vec::with_capacity(self.pixels.len());
        for y in 0..new_height {
            for x in 0..new_width {
                let (from_x, from_y) = match turns {
                    1 => (y, height.saturating_sub(x + 1)),
                    2 => (width.saturating_sub(x + 1), height.saturating_sub(y + 1)),
                    3 => (width.saturating_sub(y + 1), x),
                    _ => (x, y),
                };
                pixels.push(self.pixels.get(from_y * width + from_x).copied().unwrap_or(255));
            }
        }
        Self { width: new_width, height: new_height, pixels }
    }

    fn pnm(&self) -> Vec<u8> {
        let mut file = format!("P5\n{} {}\n255\n", self.width, self.height).into_bytes();
        file.extend_from_slice(&self.pixels);
        file
    }
}

/// The words of Tesseract's table, laid out. Columns: level, page, block, paragraph, line, word, left, top, width,
/// height, confidence, text.
fn text_of(table: &str) -> Page {
    let mut words: Vec<PlacedWord> = Vec::new();
    let mut line = (0.0_f32, 0);
    let (mut weight, mut sum) = (0.0_f32, 0.0_f32);
    let (mut lying, mut standing) = (0, 0);
    for row in table.lines().skip(1) {
        let columns: Vec<&str> = row.split('\t').collect();
        let number = |index: usize| columns.get(index).and_then(|column| column.parse::<f32>().ok()).unwrap_or(0.0);
        match columns.first() {
            Some(&"4") => {
                set_height(&mut words, line.1);
                line = (number(7) + number(9), words.len());
            }
            Some(&"5") => {
                let text = columns.get(11).map_or("", |text| text.trim());
                let confidence = number(10);
                let is_speck = confidence < SPECK && !text.chars().any(char::is_alphanumeric);
                if text.is_empty() || is_speck {
                    continue;
                }
                let letters = text.chars().count() as f32;
                if letters > 3.0 {
                    *(if number(9) > number(8) * 1.2 { &mut standing } else { &mut lying }) += 1;
                }
                weight += letters;
                sum += letters * confidence.clamp(0.0, 100.0);
                words.push(PlacedWord {
                    x: number(6),
                    y: -line.0,
                    width: number(8),
                    height: number(9),
                    text: text.to_owned(),
                });
            }
            _ => {}
        }
    }
    set_height(&mut words, line.1);
    let confidence = if weight > 0.0 { Confidence::milli((sum / weight * 10.0) as u16) } else { Confidence::default() };
    let count = u32::try_from(words.len()).unwrap_or(u32::MAX);
    let text = OcrText { text: Secret::new(lay_out(&words)), confidence, words: count };
    Page { text, is_sideways: standing > lying }
}

/// Gives the words of a line the height of its highest word, which is close to that of the type.
fn set_height(words: &mut [PlacedWord], start: usize) {
    let line = words.get_mut(start..).unwrap_or_default();
    let height = line.iter().map(|word| word.height).fold(0.0, f32::max);
    for word in line {
        word.height = height;
    }
}
