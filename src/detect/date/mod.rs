//! Dates in every local form, typed by the labels around them.

pub mod grammar;
pub mod words;

use super::context::Context;
use super::hit::Hit;
use super::tokens::Tokens;
use super::view::{Setting, Sheet};
use crate::model::{Confidence, Hints, Kind, Secret, Shape};
use crate::rules::labels::{Labels, Meaning as Label};
use crate::rules::{RuleError, RuleFiles};
use grammar::{Form, Found, Reader};
use std::collections::HashMap;
use std::sync::Arc;
use words::{Meaning, Words};

/// Whether a column's head, told by where it stands, is one of birth dates: asked once for all rows.
type Heads = HashMap<usize, bool>;

/// Countries that write the month before the day.
const MONTH_FIRST: [&str; 4] = ["US", "PH", "FM", "MH"];

/// The detector of dates.
#[derive(Debug)]
pub struct Dates {
    words: Words,
    labels: Arc<Labels>,
    date: Arc<str>,
    birth: Arc<str>,
}

impl Dates {
    /// Reads the words of dates.
    ///
    /// # Errors
    /// If a rule file does not fit.
    pub fn new(files: &RuleFiles, labels: Arc<Labels>) -> Result<Self, RuleError> {
        Ok(Self { words: Words::new(files)?, labels, date: "date".into(), birth: "date_of_birth".into() })
    }

    /// Finds dates; one with a birth label is a [`Kind::DateOfBirth`].
    pub fn find(&self, sheet: &Sheet<'_>, tokens: &Tokens, setting: &Setting, out: &mut Vec<Hit>) {
        let is_month_first = setting.region.as_deref().is_some_and(|region| MONTH_FIRST.contains(&region));
        let reader = Reader { words: &self.words, is_month_first };
        let mut heads = Heads::new();
        let mut last_end = 0;
        for run in &tokens.runs {
            if run.start < last_end {
                continue;
            }
            let Some(found) = reader.read(sheet.text, *run) else { continue };
            if found.start < last_end {
                continue;
            }
            let mut context = Context::of(sheet, found.start, found.end);
            context.before = since(context.before, found.start, last_end);
            let meaning = self.of_key(sheet.shape, &context, &mut heads);
            let meaning = meaning
                .or_else(|| self.words.meaning(&context))
                .or_else(|| beside_sex(&context, found))
                .or_else(|| self.beside(sheet, found));
            if found.form == Form::Bare && meaning.is_none() {
                continue;
            }
            out.push(self.hit(sheet.index, found, meaning));
            last_end = found.end;
        }
    }

    /// A birth date by the head of its column or the key of its record, in any spelling that labels of paperwork have
    /// there: `GebDat`, `fecha_nac`.
    fn of_key(&self, shape: Shape, context: &Context<'_>, heads: &mut Heads) -> Option<Meaning> {
        let is_birth = |key: &str| !key.is_empty() && self.labels.of_key(key) == Some(Label::BirthDate);
        let is_birth = match shape {
            Shape::Table => {
                let head = context.head();
                *heads.entry(head.as_ptr().addr()).or_insert_with(|| is_birth(head))
            }
            Shape::Pairs => context.before.trim_end().strip_suffix(':').is_some_and(is_birth),
            Shape::Value | Shape::Flow | Shape::Layout => is_birth(context.key()),
        };
        is_birth.then_some(Meaning::Birth)
    }

    /// A birth date right behind a label of paperwork that the words of dates do not have (`F.N.:`).
    fn beside(&self, sheet: &Sheet<'_>, found: Found) -> Option<Meaning> {
        let is_full = matches!(found.form, Form::Full | Form::Sure);
        let label = self.labels.meaning_before(sheet.text, found.start).filter(|_| is_full);
        (label == Some(Label::BirthDate)).then_some(Meaning::Birth)
    }

    fn hit(&self, passage: usize, found: Found, meaning: Option<Meaning>) -> Hit {
        let day = day_number(found);
        // A label is believed also where the file says that it was made before: cameras and templates are often set to
        // the first day of 2000.
        let is_birth = meaning == Some(Meaning::Birth);
        let (kind, scheme) = if is_birth { (Kind::DateOfBirth, &self.birth) } else { (Kind::Date, &self.date) };
        Hit {
            passage,
            start: found.start,
            end: found.end,
            kind,
            scheme: Arc::clone(scheme),
            confidence: confidence(found.form, meaning.is_some()),
            normal: Secret::new(normal(found)),
            role: None,
            hints: Hints {
                year: found.year,
                // The pipeline drops the day of other dates once captions and papers were judged by it.
                day,
                tag: Some(meaning.unwrap_or(Meaning::Other).name().to_owned()),
                ..Hints::default()
            },
        }
    }
}

/// A full date right after a cell that holds a sex (`Name | F | 24/02/1962`) is the birth date of a list of patients.
fn beside_sex(context: &Context<'_>, found: Found) -> Option<Meaning> {
    let before = context.before.trim_end_matches([' ', '|', ';', ',', '/', '\u{a0}']);
    let has_border = context.before.len() > before.len() && context.before.contains(['|', ';', ',', '/']);
    let cell = before.rsplit([' ', '|', ';', ',', '/', '(']).next().unwrap_or_default();
    let is_sex =
        matches!(cell, "F" | "M" | "H" | "W" | "K" | "female" | "male" | "Female" | "Male" | "Femme" | "Homme");
    (is_sex && has_border && found.form == Form::Full).then_some(Meaning::Birth)
}

/// The part of the text before a date that lies after the date before it.
fn since(before: &str, start: usize, last_end: usize) -> &str {
    let reach = start.saturating_sub(last_end).min(before.len());
    before.get(before.len() - reach..).unwrap_or(before)
}

fn confidence(form: Form, is_labelled: bool) -> Confidence {
    let milli = match (form, is_labelled) {
        (Form::Sure, _) | (Form::Full, true) => 970,
        (Form::Full, false) => 930,
        (Form::Month, _) => 880,
        (Form::Short, true) | (Form::Bare, _) => 850,
        (Form::Short, false) => 700,
        (Form::Day, true) => 750,
        (Form::Day, false) => 600,
        (Form::Year, _) => 500,
    };
    Confidence::milli(milli)
}

/// ISO 8601, with `-` for what is not written (`--02-24` as in ISO 8601:2000).
fn normal(found: Found) -> String {
    match (found.year, found.month, found.day) {
        (Some(year), Some(month), Some(day)) => format!("{year:04}-{month:02}-{day:02}"),
        (Some(year), Some(month), None) => format!("{year:04}-{month:02}"),
        (Some(year), ..) => format!("{year:04}"),
        (None, month, day) => format!("--{:02}-{:02}", month.unwrap_or_default(), day.unwrap_or_default()),
    }
}

/// Days since 1970-01-01.
fn day_number(found: Found) -> Option<i32> {
    let (year, month, day) = (i16::try_from(found.year?).ok()?, found.month? as i8, found.day? as i8);
    let date = jiff::civil::Date::new(year, month, day).ok()?;
    let epoch = jiff::civil::Date::new(1970, 1, 1).ok()?;
    epoch.until(date).ok().map(|span| span.get_days())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Origin, Part, Shape};
    use proptest::prelude::*;
    use std::sync::LazyLock;

    static DATES: LazyLock<Dates> = LazyLock::new(|| {
        let (files, labels) = (RuleFiles::embedded(), Labels::new(&RuleFiles::embedded()).expect("labels"));
        Dates::new(&files, Arc::new(labels)).expect("the embedded rules fit")
    });

    fn read(shape: Shape, region: &str, text: &str) -> Vec<(Kind, String, String)> {
        let origin = Origin::of(Part::Text);
        let setting = Setting { region: Some(region.to_owned()), ..Setting::default() };
        let mut hits = Vec::new();
        DATES.find(
            &Sheet { index: 0, origin: &origin, shape, list: None, text },
            &Tokens::of(text),
            &setting,
            &mut hits,
        );
        hits.iter().map(|hit| (hit.kind, text[hit.start..hit.end].to_owned(), hit.normal.expose().to_owned())).collect()
    }

    #[test]
    fn labels_of_paperwork_tell_births_too() {
        for (shape, text) in [
            (Shape::Flow, "F.N.: 17-09-1984"),
            (Shape::Flow, "birth = 1984-09-17"),
            (Shape::Table, "Vorname\tGebDat\nAda\t17.09.1984"),
            (Shape::Pairs, "fechaNacimiento.$date: 1984-09-17"),
        ] {
            assert_eq!(read(shape, "ES", text).first().map(|found| found.0), Some(Kind::DateOfBirth), "{text}");
        }
        assert_eq!(read(Shape::Flow, "ES", "F.A.: 17-09-1984").first().map(|found| found.0), Some(Kind::Date));
    }

    fn normals(region: &str, text: &str) -> Vec<String> {
        read(Shape::Flow, region, text).into_iter().map(|(_, _, normal)| normal).collect()
    }

    #[test]
    fn every_local_form_gives_the_same_day() {
        for text in [
            "24/02/1962",
            "24.2.1962",
            "24-02-62",
            "1962-02-24",
            "24 février 1962",
            "24. Februar 1962",
            "24 de febrero de 1962",
            "February 24, 1962",
            "24th of February 1962",
            "24 FEB 1962",
            "24-Feb-1962",
            "24 febbraio 1962",
            "24 februari 1962",
            "24 lutego 1962",
            "24 Φεβρουαρίου 1962",
            "24 февраля 1962",
            "٢٤ فبراير ١٩٦٢",
            "٢٤/٠٢/١٩٦٢",
            "1962年2月24日",
            "1962. február 24.",
            "24 / 02 / 1962",
            "2 4 0 2 1 9 6 2",
            "né le 24 02 1962",
            "DOB: 19620224",
        ] {
            assert_eq!(normals("FR", text), ["1962-02-24"], "{text}");
        }
        assert_eq!(normals("US", "02/03/1962"), ["1962-02-03"]);
        assert_eq!(normals("GB", "02/03/1962"), ["1962-03-02"]);
        assert_eq!(normals("FR", "le 1er mars, en mai 2004, depuis 1999"), ["--03-01", "2004-05", "1999"]);
    }

    #[test]
    fn versions_addresses_phones_and_amounts_are_no_dates() {
        for text in [
            "1.2.3.4",
            "01.02.03.04.05",
            "192.168.10.12",
            "120/80",
            "31/02/2020",
            "AB12/03/2020X",
            "1 200 ml",
            "12.13.14.15",
        ] {
            assert_eq!(normals("FR", text), [""; 0], "{text}");
        }
    }

    #[test]
    fn a_birth_label_reaches_its_date_and_no_further() {
        let kinds = |shape, text| read(shape, "FR", text).into_iter().map(|(kind, ..)| kind).collect::<Vec<_>>();
        for text in [
            "Né(e) le : 24/02/1962",
            "née à Paris le 24 février 1962",
            "Fecha de nacimiento: 24/02/1962",
            "geb. 24.02.1962",
            "Date of birth\n24/02/1962",
            "дата рождения 24.02.1962",
        ] {
            assert_eq!(kinds(Shape::Flow, text), [Kind::DateOfBirth], "{text}");
        }
        assert_eq!(kinds(Shape::Flow, "né le 24/02/1962, vu le 03/04/2020"), [Kind::DateOfBirth, Kind::Date]);
        assert_eq!(kinds(Shape::Flow, "né le 24/02/1962 03/04/2020"), [Kind::DateOfBirth, Kind::Date]);
        assert_eq!(
            kinds(Shape::Table, "nom\tnaissance\tvisite\nx\t24/02/1962\t03/04/2020\n"),
            [Kind::DateOfBirth, Kind::Date]
        );
    }

    #[test]
    fn an_iso_moment_is_one_date() {
        let text = "at 2024-03-15T14:30:00.123+01:00 sharp";
        assert_eq!(read(Shape::Flow, "FR", text)[0].1, "2024-03-15T14:30:00.123+01:00");
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "([0-9٠-٩]{1,8}|[ ./年月日,T:-]|de |may |né |\\PC){0,60}") {
            for (kind, value, _) in read(Shape::Flow, "FR", &text) {
                prop_assert!(!value.is_empty() && matches!(kind, Kind::Date | Kind::DateOfBirth));
            }
        }

        #[test]
        fn written_days_are_read_back(year in 1900_i16..2035, month in 1_i8..=12, day in 1_i8..=28) {
            prop_assert_eq!(normals("FR", &format!("le {day:02}/{month:02}/{year}.")), [format!("{year:04}-{month:02}-{day:02}")]);
        }
    }
}
