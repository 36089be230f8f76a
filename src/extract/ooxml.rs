//! Word documents and PowerPoint presentations (ECMA-376): paragraphs as lines, table cells parted by tabs, headers,
//! notes, comments and hidden text with their own origins, properties, and embedded pictures and files as members.

use super::Reading;
use super::archive::{self, hand_over};
use super::markup::{self, Node};
use super::ooxml_text::Paragraphs;
use super::package::Package;
use super::passages::put;
use super::properties;
use crate::limits::Budget;
use crate::model::{Code, Fault, Meaning, Origin, Part, Shape, Sink};
use std::collections::BTreeSet;

/// Reads a Word document.
///
/// # Errors
/// The bounds; what was read before stays. A package without a document is read as the archive that it is.
pub(super) fn read_docx(reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    let mut package = Package::open(reading)?;
    let names = package.names();
    let mut authors = BTreeSet::new();
    let parts = [
        ("header", Part::Text),
        ("document", Part::Text),
        ("footnotes", Part::Text),
        ("endnotes", Part::Text),
        ("footer", Part::Text),
        ("comments", Part::Annotation),
        ("glossary/document", Part::Hidden),
    ];
    let (mut is_found, mut said) = (false, Vec::new());
    for (kind, part) in parts {
        for name in names.iter().filter(|name| is_part(name, "word/", kind)) {
            let Some(xml) = package.part(name) else { continue };
            is_found |= kind == "document";
            let key = if kind == "document" { None } else { Some(kind.rsplit('/').next().unwrap_or(kind).to_owned()) };
            let origin = Origin { part, page: None, key };
            read_part(&xml, &origin, reading.budget, &mut authors, &mut said, sink)?;
        }
    }
    for name in
        names.iter().filter(|name| name.starts_with("word/diagrams/data") || name.starts_with("word/charts/chart"))
    {
        if let Some(xml) = package.part(name) {
            read_part(&xml, &Origin::of(Part::Text), reading.budget, &mut authors, &mut said, sink)?;
        }
    }
    if !is_found {
        return archive::read_zip(reading, sink);
    }
    finish(&mut package, &names, authors, reading, sink)
}

/// Reads a presentation: a page for each slide.
///
/// # Errors
/// The bounds; what was read before stays. A package without slides is read as the archive that it is.
pub(super) fn read_pptx(reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    let mut package = Package::open(reading)?;
    let names = package.names();
    let mut authors = BTreeSet::new();
    let slides: Vec<&String> = names.iter().filter(|name| is_part(name, "ppt/slides/", "slide")).collect();
    for (index, slide) in slides.iter().enumerate().take(reading.budget.limits().pages as usize) {
        let page = Some(index as u32 + 1);
        let number = slide.rsplit("slide").next().unwrap_or_default();
        let notes = format!("ppt/notesSlides/notesSlide{number}");
        let comments = format!("ppt/comments/comment{number}");
        for (name, part) in [(slide.as_str(), Part::Text), (&notes, Part::Annotation), (&comments, Part::Annotation)] {
            if let Some(xml) = package.part(name) {
                let origin = Origin { part, page, key: None };
                read_part(&xml, &origin, reading.budget, &mut authors, &mut Vec::new(), sink)?;
            }
        }
    }
    for name in names.iter().filter(|name| is_part(name, "ppt/diagrams/", "data")) {
        if let Some(xml) = package.part(name) {
            read_part(&xml, &Origin::of(Part::Text), reading.budget, &mut authors, &mut Vec::new(), sink)?;
        }
    }
    if let Some(xml) = package.part("ppt/commentAuthors.xml") {
        let text = markup::decoded(&xml);
        let _ = markup::walk(text.as_bytes(), reading.budget, &mut |node| {
            if let Node::Open("cmAuthor", attributes) = node {
                authors.extend(attributes.get("name"));
            }
            Ok(())
        });
    }
    let pages = slides.len() as u32;
    if pages == 0 {
        return archive::read_zip(reading, sink);
    }
    finish(&mut package, &names, authors, reading, sink)?;
    sink.facts().document_mut().pages = pages;
    Ok(())
}

/// `word/header2.xml` is a part of the kind `header`.
fn is_part(name: &str, folder: &str, kind: &str) -> bool {
    let stem =
        name.strip_prefix(folder).and_then(|rest| rest.strip_prefix(kind)).and_then(|rest| rest.strip_suffix(".xml"));
    stem.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
}

fn finish(
    package: &mut Package<'_>,
    names: &[String],
    authors: BTreeSet<String>,
    reading: &Reading<'_>,
    sink: &mut dyn Sink,
) -> Result<(), Fault> {
    for author in authors {
        properties::put("author", Meaning::Person, &author, sink);
    }
    office_properties(package, names, reading, sink);
    let end = embedded(package, names, reading, sink);
    if let Some(fault) = package.fault {
        sink.fault(fault);
    }
    end
}

/// Properties, and the mail and phone links of the relationship parts; shared by the three Office formats.
pub(super) fn office_properties(
    package: &mut Package<'_>,
    names: &[String],
    reading: &Reading<'_>,
    sink: &mut dyn Sink,
) {
    for name in ["docProps/core.xml", "docProps/app.xml", "docProps/custom.xml"] {
        if let Some(xml) = package.part(name) {
            properties::read(&xml, reading.budget, sink);
        }
    }
    let mut links = BTreeSet::new();
    for name in names.iter().filter(|name| name.contains("/_rels/") || name.starts_with("_rels/")).take(200) {
        let Some(xml) = package.part(name) else { continue };
        let text = markup::decoded(&xml);
        let _ = markup::walk(text.as_bytes(), reading.budget, &mut |node| {
            if let Node::Open("Relationship", attributes) = node {
                let target = attributes.get("Target").unwrap_or_default();
                if let Some(address) = target.strip_prefix("mailto:").or_else(|| target.strip_prefix("tel:")) {
                    links.insert(address.split('?').next().unwrap_or_default().to_owned());
                }
            }
            Ok(())
        });
    }
    for link in links {
        properties::put("hyperlink", Meaning::Contact, &link, sink);
    }
}

/// Pictures and embedded files are members.
///
/// # Errors
/// The member and time bounds.
pub(super) fn embedded(
    package: &mut Package<'_>,
    names: &[String],
    reading: &Reading<'_>,
    sink: &mut dyn Sink,
) -> Result<(), Fault> {
    let mut pictures = 0;
    for name in names {
        let extension = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
        let is_picture = name.contains("/media/") || name.starts_with("docProps/thumbnail");
        let is_file = name.contains("/embeddings/")
            || name.starts_with("word/")
                && matches!(extension.as_str(), "html" | "htm" | "mht" | "mhtml" | "rtf" | "txt" | "docx" | "eml");
        if !(is_picture || is_file) || name.ends_with('/') {
            continue;
        }
        pictures += u32::from(is_picture && !name.starts_with("docProps"));
        // Vector drawings of Windows hold no photograph that a picture beside them does not.
        if matches!(extension.as_str(), "emf" | "wmf" | "wdp") || u64::from(pictures) > reading.budget.limits().pictures
        {
            continue;
        }
        if let Some(bytes) = package.part(name) {
            hand_over(name.as_bytes(), bytes, None, reading, sink)?;
        }
    }
    sink.facts().document_mut().pictures += pictures;
    Ok(())
}

/// Reads a part that stands beside a sheet: comments, drawings.
///
/// # Errors
/// Time that is over.
pub(super) fn read_loose(xml: &[u8], origin: &Origin, budget: &Budget, sink: &mut dyn Sink) -> Result<(), Fault> {
    read_part(xml, origin, budget, &mut BTreeSet::new(), &mut Vec::new(), sink)
}

/// Reads one part; a text that was read before, such as the same header for first and even pages, is left out.
fn read_part(
    xml: &[u8],
    origin: &Origin,
    budget: &Budget,
    authors: &mut BTreeSet<String>,
    said: &mut Vec<String>,
    sink: &mut dyn Sink,
) -> Result<(), Fault> {
    let text = markup::decoded(xml);
    let mut page = Paragraphs::default();
    let end = markup::walk(text.as_bytes(), budget, &mut |node| page.visit(node, budget, authors));
    let lines = page.seen.take();
    if !said.contains(&lines) {
        if origin.key.is_some() {
            said.push(lines.clone());
        }
        put(sink, origin.clone(), Shape::Layout, lines);
    }
    page.hidden.put(Origin { part: Part::Hidden, ..origin.clone() }, Shape::Layout, sink);
    match end {
        Err(fault) if matches!(fault.code, Code::Damaged | Code::Truncated | Code::TooDeep | Code::TooMuchText) => {
            sink.fault(fault);
            Ok(())
        }
        end => end,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::desk::Desk;
    use crate::model::Media;
    use proptest::prelude::*;
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

    const BODY: &str = "<w:document><w:body><w:p><w:r><w:t>Devis n\u{b0} 7</w:t></w:r></w:p><w:tbl><w:tr><w:tc><w:p><w:r><w:t>Nom</w:t></w:r></w:p></w:tc>\
        <w:tc><w:p><w:r><w:t xml:space=\"preserve\">Ada </w:t></w:r><w:r><w:t>Example</w:t></w:r></w:p></w:tc></w:tr></w:tbl>\
        <w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>unseen</w:t></w:r><w:del w:author=\"Cy Writer\"><w:r><w:delText>gone</w:delText></w:r></w:del></w:p></w:body></w:document>";

    #[test]
    fn a_document_is_read_with_its_tables_and_hidden_text() {
        let bytes = package(&[
            ("[Content_Types].xml", "<Types/>"),
            ("word/document.xml", BODY),
            ("word/header1.xml", "<w:hdr><w:p><w:r><w:t>Clinic</w:t></w:r></w:p></w:hdr>"),
            (
                "docProps/core.xml",
                "<c><dc:creator>Dr Example</dc:creator><dcterms:created>2020-01-02T00:00:00Z</dcterms:created></c>",
            ),
            ("docProps/custom.xml", "<p><property name=\"Patient\"><vt:lpwstr>Ben</vt:lpwstr></property></p>"),
            ("word/media/image1.png", "\u{89}PNG"),
        ]);
        let desk = Desk::read(Media::Docx, bytes);
        let parts: Vec<(Part, &str)> =
            desk.passages.iter().map(|(origin, _, text)| (origin.part, text.as_str())).collect();
        assert_eq!(
            parts,
            [
                (Part::Text, "Clinic\n"),
                (Part::Text, "Devis n\u{b0} 7\nNom\tAda Example\n\n"),
                (Part::Hidden, "unseen\ngone\n"),
                (Part::Metadata, "Patient: Ben\n\n"),
            ]
        );
        let people: Vec<&str> = desk.fields.iter().map(|(.., value)| value.as_str()).collect();
        assert_eq!((people, desk.names()), (vec!["Cy Writer", "Dr Example"], vec!["word/media/image1.png".to_owned()]));
        assert_eq!(desk.facts.created_day, Some(18_263));
    }

    #[test]
    fn slides_are_pages_in_their_order() {
        let slide = |text: &str| format!("<p:sld><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:sld>");
        let bytes = package(&[
            ("ppt/slides/slide10.xml", &slide("ten")),
            ("ppt/slides/slide2.xml", &slide("two")),
            ("ppt/notesSlides/notesSlide2.xml", &slide("note")),
        ]);
        let desk = Desk::read(Media::Pptx, bytes);
        let pages: Vec<(Option<u32>, &str)> =
            desk.passages.iter().map(|(origin, _, text)| (origin.page, text.trim())).collect();
        assert_eq!(pages, [(Some(1), "two"), (Some(1), "note"), (Some(2), "ten")]);
    }

    proptest! {
        #[test]
        fn damaged_documents_never_panic(at in 0_usize..2000, byte in any::<u8>(), cut in 0_usize..200) {
            let mut bytes = package(&[("[Content_Types].xml", "<Types/>"), ("word/document.xml", BODY)]);
            let length = bytes.len();
            bytes[at % length] = byte;
            bytes.truncate(length - cut);
            let _ = Desk::read(Media::Docx, bytes);
        }
    }
}
