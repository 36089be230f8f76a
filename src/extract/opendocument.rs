//! OpenDocument texts and presentations (ODF 1.3), and EPUB: both are zipped XML with a manifest.

use super::Reading;
use super::archive::{self, hand_over};
use super::markup::{self, Attributes, Node};
use super::package::Package;
use super::passages::Lines;
use super::row_tabs::RowTabs;
use super::{html, properties};
use crate::limits::Budget;
use crate::model::{Code, Fault, Origin, Part, Shape, Sink};

/// Reads an OpenDocument text or presentation.
///
/// # Errors
/// [`Code::Encrypted`] where the parts are; the bounds. A package without content is read as the archive that it is.
pub(super) fn read(reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    let mut package = Package::open(reading)?;
    let names = package.names();
    open_parts(&mut package, reading, sink)?;
    let Some(content) = package.part("content.xml") else {
        return archive::read_zip(reading, sink);
    };
    // Headers and footers stand in the styles; a reader sees them first.
    for (xml, is_style) in [(package.part("styles.xml").unwrap_or_default(), true), (content, false)] {
        let text = markup::decoded(&xml);
        let mut page = Text::new(is_style);
        let end = markup::walk(text.as_bytes(), reading.budget, &mut |node| page.visit(node, reading.budget, sink));
        page.put(sink);
        let pages = page.page.unwrap_or(0);
        if pages > 0 {
            sink.facts().document_mut().pages = pages;
        }
        match end {
            Err(fault) if matches!(fault.code, Code::SlowItem) => return Err(fault),
            Err(fault) => sink.fault(fault),
            Ok(()) => {}
        }
    }
    members(&mut package, &names, reading, sink)
}

/// Checks for encryption (ODF 1.3 part 2, 3.4) and reads `meta.xml`; shared with spreadsheets.
///
/// # Errors
/// [`Code::Encrypted`].
pub(super) fn open_parts(package: &mut Package<'_>, reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    let manifest = package.part("META-INF/manifest.xml").unwrap_or_default();
    if memchr::memmem::find(&manifest, b"encryption-data").is_some() {
        return Err(Fault::extract(Code::Encrypted));
    }
    if let Some(xml) = package.part("meta.xml") {
        properties::read(&xml, reading.budget, sink);
    }
    Ok(())
}

/// Pictures and objects of the package.
///
/// # Errors
/// The member and time bounds.
pub(super) fn members(
    package: &mut Package<'_>,
    names: &[String],
    reading: &Reading<'_>,
    sink: &mut dyn Sink,
) -> Result<(), Fault> {
    let names: Vec<String> = names
        .iter()
        .filter(|name| (name.starts_with("Pictures/") || name.starts_with("media/")) && !name.ends_with('/'))
        .cloned()
        .collect();
    take_pictures(package, &names, reading, sink)
}

fn extension(name: &str) -> String {
    name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase()
}

fn is_picture(name: &str) -> bool {
    matches!(extension(name).as_str(), "jpg" | "jpeg" | "png" | "gif" | "webp")
}

fn take_pictures(
    package: &mut Package<'_>,
    names: &[String],
    reading: &Reading<'_>,
    sink: &mut dyn Sink,
) -> Result<(), Fault> {
    let mut pictures = 0;
    for name in names {
        pictures += 1;
        if u64::from(pictures) > reading.budget.limits().pictures {
            break;
        }
        if let Some(bytes) = package.part(name).filter(|bytes| !bytes.is_empty()) {
            hand_over(name.as_bytes(), bytes, None, reading, sink)?;
        }
    }
    sink.facts().document_mut().pictures += pictures;
    if let Some(fault) = package.fault {
        sink.fault(fault);
    }
    Ok(())
}

/// Reads an EPUB: each chapter a page, in the order of their names.
///
/// # Errors
/// [`Code::Unreadable`] without chapters; the bounds.
pub(super) fn read_epub(reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    let mut package = Package::open(reading)?;
    let names = package.names();
    let mut page = 0;
    for name in &names {
        let extension = extension(name);
        if extension == "opf" {
            if let Some(xml) = package.part(name) {
                properties::read(&xml, reading.budget, sink);
            }
        } else if matches!(extension.as_str(), "xhtml" | "html" | "htm") {
            let Some(chapter) = package.part(name) else { continue };
            page += 1;
            html::read_str(&markup::decoded(&chapter), reading.budget, &Origin::page(page), sink)?;
        }
    }
    sink.facts().document_mut().pages = page;
    let pictures: Vec<String> = names.into_iter().filter(|name| is_picture(name)).collect();
    take_pictures(&mut package, &pictures, reading, sink)?;
    if page > 0 { Ok(()) } else { Err(Fault::extract(Code::Unreadable)) }
}

/// Paragraphs, tables and notes of OpenDocument content.
struct Text {
    seen: Lines,
    notes: Lines,
    hidden: Lines,
    /// In `styles.xml` only headers and footers are text.
    is_style: bool,
    in_margin: bool,
    /// Open paragraphs: text counts within them only.
    paragraphs: u32,
    note: u32,
    deleted: u32,
    tables: RowTabs,
    page: Option<u32>,
}

impl Text {
    fn new(is_style: bool) -> Self {
        Self {
            seen: Lines::default(),
            notes: Lines::default(),
            hidden: Lines::default(),
            is_style,
            in_margin: false,
            paragraphs: 0,
            note: 0,
            deleted: 0,
            tables: RowTabs::default(),
            page: None,
        }
    }

    fn lines(&mut self) -> &mut Lines {
        if self.deleted > 0 {
            &mut self.hidden
        } else if self.note > 0 {
            &mut self.notes
        } else {
            &mut self.seen
        }
    }

    fn visit(&mut self, node: Node<'_>, budget: &Budget, sink: &mut dyn Sink) -> Result<(), Fault> {
        match node {
            Node::Open(name, attributes) => self.open(name, &attributes, budget, sink),
            Node::Close(name) => {
                self.close(name);
                Ok(())
            }
            Node::Text(text) if self.paragraphs > 0 && (!self.is_style || self.in_margin) => {
                let flat: String =
                    text.chars().map(|c| if matches!(c, '\n' | '\r' | '\t') { ' ' } else { c }).collect();
                self.lines().push(&flat, budget)
            }
            Node::Text(_) => Ok(()),
        }
    }

    fn open(
        &mut self,
        name: &str,
        attributes: &Attributes<'_>,
        budget: &Budget,
        sink: &mut dyn Sink,
    ) -> Result<(), Fault> {
        match name {
            "p" | "h" => {
                self.paragraphs += 1;
                self.tables.open_paragraph(&mut self.seen);
            }
            "creator" if self.note > 0 => self.paragraphs += 1,
            "s" => {
                let count = attributes.get("c").and_then(|count| count.parse::<usize>().ok()).unwrap_or(1).min(80);
                self.lines().push(if count > 2 { "\t" } else { " " }, budget)?;
            }
            "tab" if self.paragraphs > 0 => self.lines().push("\t", budget)?,
            "line-break" if !self.tables.is_inside() => self.lines().fresh_line(),
            "line-break" => self.lines().soft_break(),
            "annotation" | "notes" => self.note += 1,
            "tracked-changes" => self.deleted += 1,
            "header" | "footer" | "header-first" | "footer-first" | "header-left" | "footer-left" => {
                self.in_margin = true;
            }
            "table" => self.tables.open_table(&mut self.seen),
            "table-row" => self.tables.open_row(&mut self.seen),
            "table-cell" => self.tables.open_cell(&mut self.seen, budget)?,
            "page" => {
                self.put(sink);
                self.page = Some(self.page.unwrap_or(0) + 1);
            }
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, name: &str) {
        match name {
            "p" | "h" => {
                self.paragraphs = self.paragraphs.saturating_sub(1);
                if !self.tables.is_inside() || self.note > 0 || self.deleted > 0 {
                    self.lines().end_line();
                }
            }
            "creator" if self.note > 0 => {
                self.paragraphs = self.paragraphs.saturating_sub(1);
                self.notes.fresh_line();
            }
            "annotation" | "notes" => self.note = self.note.saturating_sub(1),
            "tracked-changes" => self.deleted = self.deleted.saturating_sub(1),
            "header" | "footer" | "header-first" | "footer-first" | "header-left" | "footer-left" => {
                self.in_margin = false;
            }
            "table-row" => self.tables.close_row(&mut self.seen),
            "table" => self.tables.close_table(&mut self.seen),
            _ => {}
        }
    }

    fn put(&mut self, sink: &mut dyn Sink) {
        let key = self.is_style.then(|| "header".to_owned());
        let origin = |part| Origin { part, page: self.page, key: key.clone() };
        let (seen, notes, hidden) = (origin(Part::Text), origin(Part::Annotation), origin(Part::Hidden));
        self.seen.put(seen, Shape::Layout, sink);
        self.notes.put(notes, Shape::Layout, sink);
        self.hidden.put(hidden, Shape::Layout, sink);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::desk::Desk;
    use crate::model::Media;
    use std::io::{Cursor, Write};
    use zip::write::{SimpleFileOptions, ZipWriter};

    fn package(parts: &[(&str, &str)]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in parts {
            writer.start_file(*name, SimpleFileOptions::default()).expect("part");
            writer.write_all(text.as_bytes()).expect("written");
        }
        writer.finish().expect("zip").into_inner()
    }

    #[test]
    fn a_text_is_read_with_its_tables_and_comments() {
        let content = "<office:text><text:h>Rechnung</text:h><table:table><table:table-row><table:table-cell><text:p>Name</text:p></table:table-cell>\
            <table:table-cell><text:p>Ada<text:s/>Example</text:p></table:table-cell></table:table-row></table:table>\
            <text:p>bye<office:annotation><dc:creator>Cy</dc:creator><text:p>check</text:p></office:annotation></text:p></office:text>";
        let desk = Desk::read(
            Media::Odt,
            package(&[("mimetype", "application/vnd.oasis.opendocument.text"), ("content.xml", content)]),
        );
        let parts: Vec<(Part, &str)> =
            desk.passages.iter().map(|(origin, _, text)| (origin.part, text.as_str())).collect();
        assert_eq!(parts, [(Part::Text, "Rechnung\nName\tAda Example\nbye\n"), (Part::Annotation, "Cy\ncheck\n")]);
    }

    #[test]
    fn an_encrypted_text_is_said_to_be() {
        let parts = [("META-INF/manifest.xml", "<m><manifest:encryption-data/></m>"), ("content.xml", "\u{1}\u{2}")];
        assert_eq!(Desk::read(Media::Odt, package(&parts)).faults, [Fault::extract(Code::Encrypted)]);
    }

    #[test]
    fn chapters_are_pages() {
        let desk =
            Desk::read(Media::Epub, package(&[("OEBPS/a.xhtml", "<p>one</p>"), ("OEBPS/b.xhtml", "<p>two</p>")]));
        let pages: Vec<(Option<u32>, &str)> =
            desk.passages.iter().map(|(origin, _, text)| (origin.page, text.trim())).collect();
        assert_eq!(pages, [(Some(1), "one"), (Some(2), "two")]);
    }
}
