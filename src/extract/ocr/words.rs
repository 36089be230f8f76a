//! Tesseract's table of words, laid out as a page.

use super::OcrText;
use crate::extract::pdf::{PlacedWord, lay_out};
use crate::model::{Confidence, Secret};

/// Mean confidence, in hundredths, below which a word without letters or digits is a speck.
const SPECK: f32 = 50.0;
/// Share of certainty from which Tesseract's reading tells a language: whatlang's own measure of reliability.
const LETTERS_TO_TELL: usize = 60;

/// One run's result.
pub(super) struct Page {
    pub(super) text: OcrText,
    /// Most words stand upright as boxes: the lines run down the page.
    pub(super) is_sideways: bool,
    /// Median height of its words' boxes in pixels.
    pub(super) height: f32,
    /// ISO 639-3 code of its language, if there are words enough to tell.
    pub(super) language: Option<&'static str>,
}

impl Page {
    /// To compare readings of one page: lying lines, then confidence in steps, then the amount of text.
    pub(super) fn weight(&self) -> (bool, u16, usize) {
        (!self.is_sideways, self.text.confidence.as_milli() / 50, self.text.text.len())
    }
}

/// The words of Tesseract's table, laid out. Columns: level, page, block, paragraph, line, word, left, top, width,
/// height, confidence, text.
pub(super) fn text_of(table: &str) -> Page {
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
    let height = median(words.iter().map(|word| word.height));
    set_height(&mut words, line.1);
    let confidence = if weight > 0.0 { Confidence::milli((sum / weight * 10.0) as u16) } else { Confidence::default() };
    let count = u32::try_from(words.len()).unwrap_or(u32::MAX);
    let laid_out = lay_out(&words);
    let language = language_of(&laid_out);
    let text = OcrText { text: Secret::new(laid_out), confidence, words: count };
    Page { text, is_sideways: standing > lying, height, language }
}

fn median(values: impl Iterator<Item = f32>) -> f32 {
    let mut values: Vec<f32> = values.collect();
    values.sort_by(f32::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

/// The language of a reading; letters read with another language's data are still mostly right.
fn language_of(text: &str) -> Option<&'static str> {
    let letters: String = text.chars().map(|c| if c.is_alphabetic() { c } else { ' ' }).collect();
    if letters.chars().filter(|c| c.is_alphabetic()).count() < LETTERS_TO_TELL {
        return None;
    }
    whatlang::detect(&letters).filter(whatlang::Info::is_reliable).map(|info| info.lang().code())
}

/// Gives the words of a line the height of its highest word, which is close to that of the type.
fn set_height(words: &mut [PlacedWord], start: usize) {
    let line = words.get_mut(start..).unwrap_or_default();
    let height = line.iter().map(|word| word.height).fold(0.0, f32::max);
    for word in line {
        word.height = height;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "level\tpage\tblock\tpar\tline\tword\tleft\ttop\twidth\theight\tconf\ttext\n";

    #[test]
    fn words_are_laid_out_and_specks_are_dropped() {
        let table = format!(
            "{HEAD}4\t1\t1\t1\t1\t0\t10\t10\t300\t20\t-1\t\n5\t1\t1\t1\t1\t1\t10\t10\t80\t20\t96\tPatient\n\
             5\t1\t1\t1\t1\t2\t95\t10\t60\t20\t90\t4711\n5\t1\t1\t1\t1\t3\t200\t10\t5\t5\t12\t'\n"
        );
        let page = text_of(&table);
        assert_eq!((page.text.text.expose().trim(), page.text.words), ("Patient 4711", 2));
        assert!((920..=950).contains(&page.text.confidence.as_milli()), "{:?}", page.text.confidence);
    }

    #[test]
    fn a_page_tells_its_language_and_a_few_words_do_not() {
        let spanish = "El paciente acepta el presupuesto y las condiciones del tratamiento, que se realizará en tres sesiones durante los próximos meses.";
        assert_eq!(language_of(spanish), Some("spa"));
        assert_eq!(language_of("Total 120,00"), None);
    }
}
