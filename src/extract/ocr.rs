//! OCR by Tesseract, which is found at run time and run as a child process without a shell.
//!
//! The child gets pixels on its standard input and is killed at its deadline. This module starts processes, so it is
//! called outside the sandboxed workers, and it knows no sink: the pipeline decides which pages are worth their time.

use super::pdf::{PlacedWord, lay_out};
use crate::model::{Code, Confidence, Fault, Raster, Secret};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

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
/// Languages of one run; each adds about half of the time of the first.
const AT_ONCE: usize = 3;
/// Bytes that are taken of Tesseract's answer.
const ANSWER: u64 = 16 << 20;
/// A mean confidence below this, in thousandths, makes a page worth a look at its orientation.
const DOUBTFUL: u16 = 600;
/// Pause between looks at a running child.
const PAUSE: Duration = Duration::from_millis(4);
/// Mean confidence, in hundredths, below which a word without letters or digits is a speck.
const SPECK: f32 = 50.0;

/// The Tesseract of this machine.
struct Tesseract {
    program: PathBuf,
    installed: Vec<String>,
}

/// Whether pages can be read by OCR on this machine.
pub fn is_available() -> bool {
    tesseract().is_some()
}

/// Tesseract's names of the languages that are installed, without its script and orientation data.
pub fn installed() -> &'static [String] {
    tesseract().map(|tesseract| tesseract.installed.as_slice()).unwrap_or_default()
}

/// Reads a page. `languages` are ISO 639-1 codes, most likely first; none, or none that is installed, means the
/// most usual ones.
///
/// # Errors
/// [`Code::ImageOnly`] without Tesseract or where it fails, [`Code::SlowItem`] at the deadline.
pub fn read_page(raster: &Raster, languages: &[String], deadline: Instant) -> Result<OcrText, Fault> {
    let tesseract = tesseract().ok_or(Fault::extract(Code::ImageOnly))?;
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

fn tesseract() -> Option<&'static Tesseract> {
    static FOUND: OnceLock<Option<Tesseract>> = OnceLock::new();
    FOUND.get_or_init(Tesseract::find).as_ref()
}

impl Tesseract {
    fn find() -> Option<Self> {
        let paths = std::env::var_os("PATH")?;
        let program = std::env::split_paths(&paths)
            .filter(|folder| folder.is_absolute())
            .map(|folder| folder.join("tesseract"))
            .find(|program| program.is_file())?;
        let deadline = Instant::now() + Duration::from_secs(10);
        let answer = run(&program, &["--list-langs"], &[], deadline).ok()?;
        let installed = answer.lines().skip(1).map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned);
        Some(Self { program, installed: installed.collect() }).filter(|found| !found.installed.is_empty())
    }

    /// The value of `-l` for these ISO 639-1 codes.
    fn choose(&self, languages: &[String]) -> String {
        let is_installed = |name: &str| self.installed.iter().any(|installed| installed == name);
        let by_code = |code: &str| LANGUAGES.iter().find(|(known, _)| *known == code).map(|(_, name)| *name);
        let mut chosen: Vec<&str> =
            languages.iter().filter_map(|code| by_code(code)).filter(|name| is_installed(name)).take(AT_ONCE).collect();
        if chosen.is_empty() {
            chosen = LANGUAGES.iter().map(|(_, name)| *name).filter(|name| is_installed(name)).take(AT_ONCE).collect();
        }
        if chosen.is_empty() {
            chosen = self.installed.iter().map(String::as_str).filter(|name| *name != "osd").take(1).collect();
        }
        chosen.join("+")
    }

    fn read(&self, grey: &Grey, languages: &str, deadline: Instant) -> Result<Page, Fault> {
        let arguments = ["stdin", "stdout", "-l", languages, "--psm", "3", "--dpi", "200", "tsv"];
        let answer = run(&self.program, &arguments, &grey.pnm(), deadline)?;
        Ok(text_of(&answer))
    }

    /// Quarter turns clockwise that set the page upright, by Tesseract's orientation detection, if its data is there.
    fn quarter_turns(&self, grey: &Grey, deadline: Instant) -> Option<u32> {
        if !self.installed.iter().any(|name| name == "osd") {
            return None;
        }
        let answer = run(&self.program, &["stdin", "stdout", "--psm", "0"], &grey.pnm(), deadline).ok()?;
        let degrees = answer.lines().find_map(|line| line.strip_prefix("Rotate:"))?.trim().parse::<u32>().ok()?;
        Some(degrees / 90 % 4)
    }
}

/// Runs the program on this input until it ends or its time is over.
fn run(program: &Path, arguments: &[&str], input: &[u8], deadline: Instant) -> Result<String, Fault> {
    #[expect(clippy::disallowed_methods, reason = "OCR is a tool of its own; it gets no shell and no path of the leak")]
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env("OMP_THREAD_LIMIT", "1")
        .env("LC_ALL", "C")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut child = command.spawn().map_err(|_| Fault::extract(Code::ImageOnly))?;
    let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
    thread::scope(|scope| {
        scope.spawn(move || {
            // A child that ends early closes its side; what it answered counts.
            let _ = stdin.map(|mut stdin| stdin.write_all(input));
        });
        let reader = scope.spawn(move || {
            let mut answer = Vec::new();
            let read = stdout.map(|stdout| stdout.take(ANSWER).read_to_end(&mut answer));
            read.is_some_and(|read| read.is_ok()).then_some(answer)
        });
        let ended = wait(&mut child, deadline);
        let answer = reader.join().ok().flatten();
        ended?;
        answer.map(|answer| String::from_utf8_lossy(&answer).into_owned()).ok_or(Fault::extract(Code::ImageOnly))
    })
}

/// Waits for a child, and ends it at the deadline.
fn wait(child: &mut Child, deadline: Instant) -> Result<(), Fault> {
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(()),
            Ok(Some(_)) | Err(_) => return Err(Fault::extract(Code::ImageOnly)),
            Ok(None) if Instant::now() >= deadline => {
                // The child may have ended in between; then there is nothing to end.
                let _ = child.kill();
                let _ = child.wait();
                return Err(Fault::extract(Code::SlowItem));
            }
            Ok(None) => thread::sleep(PAUSE),
        }
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
