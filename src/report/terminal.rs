//! The one-screen summary. No path and no value of the leak is in it; strings of the incident file are stripped of what a
//! terminal would act on.

use super::build::grouped;
use super::format::{bytes, percent};
use super::v1::{NameCount, Report};
use crate::model::locator::is_hidden;
use std::io::{self, Write};

/// Columns between which the summary keeps.
const WIDTHS: std::ops::RangeInclusive<usize> = 48..=100;

struct Screen<'o> {
    out: &'o mut dyn Write,
    width: usize,
    colour: bool,
}

/// Prints the summary for a terminal of this width, with or without colour.
///
/// # Errors
/// If it cannot be written.
pub fn print(report: &Report, width: usize, colour: bool, out: &mut dyn Write) -> io::Result<()> {
    let mut screen = Screen { out, width: width.clamp(*WIDTHS.start(), *WIDTHS.end()), colour };
    screen.line("")?;
    screen.line(&screen.bold(&plain(&report.title)))?;
    screen.wrapped(&report.headline.sentence)?;
    screen.line("")?;
    screen.headline(report)?;
    screen.line("")?;
    screen.table("Files", &class_rows(report), report.coverage.listed)?;
    screen.line("")?;
    screen.table("People", &report.headline.main_kinds, report.distinct_persons.best)?;
    if !report.coverage.is_complete {
        screen.line("")?;
        screen.wrapped("Not finished, and every figure is a lower bound. The same command continues.")?;
    }
    screen.line("")
}

fn class_rows(report: &Report) -> Vec<NameCount> {
    let row =
        |row: &super::v1::ClassRow| NameCount { name: row.class.clone(), title: row.title.clone(), count: row.files };
    report.classes.iter().filter(|row| row.files > 0).map(row).collect()
}

/// Text without characters that a terminal would act on.
fn plain(text: &str) -> String {
    text.chars().map(|c| if is_hidden(c) { ' ' } else { c }).collect()
}

impl Screen<'_> {
    fn line(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{text}")
    }

    fn styled(&self, code: &str, text: &str) -> String {
        if self.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    fn bold(&self, text: &str) -> String {
        self.styled("1", text)
    }

    fn soft(&self, text: &str) -> String {
        self.styled("2", text)
    }

    fn wrapped(&mut self, text: &str) -> io::Result<()> {
        let mut line = String::new();
        for word in plain(text).split_whitespace() {
            if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > self.width {
                self.line(&line)?;
                line.clear();
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        self.line(&line)
    }

    fn headline(&mut self, report: &Report) -> io::Result<()> {
        let persons = &report.distinct_persons;
        let band = match report.headline.band.as_str() {
            "low" => "1;32",
            "medium" => "1;33",
            "high" => "1;31",
            _ => "1;35",
        };
        let people = format!(
            "{}  {}",
            self.bold(&grouped(persons.best)),
            self.soft(&format!("between {} and {}", grouped(persons.lower), grouped(persons.upper)))
        );
        let severity = format!(
            "{}  {}",
            self.styled(band, &report.headline.band_title),
            self.soft(&format!("ENISA {} of 6, worst case", report.headline.score))
        );
        let read = format!("{} of {} listed", percent(report.coverage.read_share), grouped(report.coverage.listed));
        let files = format!(
            "{}  {}",
            self.bold(&grouped(report.headline.files)),
            self.soft(&format!("{}, read {read}", bytes(report.headline.bytes)))
        );
        let deadline = report.headline.deadline.as_ref().map_or_else(
            || self.soft("give incident.awareness_at in the incident file"),
            |row| format!("{}  {}", row.local.clone().unwrap_or_default(), self.soft(&plain(&row.title))),
        );
        for (name, value) in [("People", people), ("Severity", severity), ("Files", files), ("Deadline", deadline)] {
            self.line(&format!("{name:<10}{value}"))?;
        }
        Ok(())
    }

    /// Rows with a bar each, as wide as the screen.
    fn table(&mut self, title: &str, rows: &[NameCount], whole: u64) -> io::Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        self.line(&self.soft(title))?;
        let names = rows.iter().map(|row| row.title.chars().count()).max().unwrap_or(0);
        let digits = rows.iter().map(|row| grouped(row.count).len()).max().unwrap_or(0);
        let room = self.width.saturating_sub(names + digits + 6).min(40);
        let most = whole.max(rows.iter().map(|row| row.count).max().unwrap_or(0)).max(1);
        for row in rows {
            let filled = ((row.count as f64 / most as f64) * room as f64).round() as usize;
            let bar = "━".repeat(filled);
            let bar = self.styled("34", &bar);
            self.line(&format!("  {:<names$}  {:>digits$}  {bar}", row.title, grouped(row.count)))?;
        }
        Ok(())
    }
}
