//! HTML as a reader sees it: lines and columns of visible text; titles and descriptions, hidden text, form values and
//! embedded pictures apart. Scripts and styles are dropped; nothing is loaded.

mod attributes;

use super::Reading;
use super::passages::{Lines, Records};
use super::windows::Windows;
use crate::limits::Budget;
use crate::model::{Code, Fault, Field, Meaning, Origin, Part, Shape, Sink};
use crate::sniff;
use attributes::{contact, embedded, meta};
use html5gum::emitters::default::DefaultEmitter;
use html5gum::{IoReader, StartTag, Token, Tokenizer};
use std::io::Read;

/// Elements whose content is not text.
const DROPPED: [&str; 8] = ["script", "style", "template", "svg", "math", "object", "iframe", "canvas"];
/// Elements that stand on lines of their own.
const BLOCKS: [&str; 40] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "center",
    "caption",
    "dd",
    "details",
    "dialog",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "html",
    "legend",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "tr",
    "ul",
    "option",
];
/// Elements without an end tag.
const VOID: [&str; 14] =
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr", "param"];

/// Reads an HTML file.
///
/// # Errors
/// Time that is over, too much text, or a device error; what was read before stays.
pub(super) fn read(reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    let head = reading.content.head();
    let declared = declared(head).filter(|_| std::str::from_utf8(head).is_err());
    let windows = match declared {
        Some(charset) => Windows::with(reading, charset, false),
        None => Windows::open(reading),
    };
    walk(windows.reader(), reading.budget, &Origin::of(Part::Text), sink)
}

/// Reads HTML that is in memory already, such as a mail's body.
///
/// # Errors
/// As [`read`].
pub(super) fn read_str(html: &str, budget: &Budget, origin: &Origin, sink: &mut dyn Sink) -> Result<(), Fault> {
    walk(html.as_bytes(), budget, origin, sink)
}

/// The encoding that a `meta` element names.
fn declared(head: &[u8]) -> Option<sniff::Charset> {
    let head = head.get(..4096).unwrap_or(head).to_ascii_lowercase();
    let start = memchr::memmem::find(&head, b"charset=")? + 8;
    let label: Vec<u8> = head
        .get(start..)?
        .iter()
        .copied()
        .skip_while(|byte| matches!(byte, b'"' | b'\''))
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b':'))
        .collect();
    sniff::Charset::by_label(std::str::from_utf8(&label).ok()?)
}

fn walk(source: impl Read, budget: &Budget, origin: &Origin, sink: &mut dyn Sink) -> Result<(), Fault> {
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    let mut page = Page::new(origin);
    let mut end = Ok(());
    for token in Tokenizer::new_with_emitter(IoReader::new(source), emitter) {
        let step = budget.check().and_then(|()| match token {
            Ok(Token::StartTag(tag)) => page.open(&tag, budget, sink),
            Ok(Token::EndTag(tag)) => {
                page.close(&String::from_utf8_lossy(&tag.name));
                Ok(())
            }
            Ok(Token::String(text)) => page.text(&String::from_utf8_lossy(&text), budget, sink),
            Ok(_) => Ok(()),
            Err(_) => Err(Fault::extract(Code::Io)),
        });
        if step.is_err() {
            end = step;
            break;
        }
    }
    page.finish(sink);
    end
}

struct Page {
    origin: Origin,
    seen: Lines,
    hidden: Lines,
    form: Records,
    /// The element whose content is dropped or collected, and how often it is nested in itself.
    apart: Option<(String, u32, Apart)>,
    title: String,
    pre: u32,
    has_cell: bool,
    link: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Apart {
    Dropped,
    Hidden,
    Title,
    Form,
}

impl Page {
    fn new(origin: &Origin) -> Self {
        Self {
            origin: origin.clone(),
            seen: Lines::default(),
            hidden: Lines::default(),
            form: Records::new(Origin { part: Part::Form, ..origin.clone() }),
            apart: None,
            title: String::new(),
            pre: 0,
            has_cell: false,
            link: None,
        }
    }

    fn open(&mut self, tag: &StartTag<()>, budget: &Budget, sink: &mut dyn Sink) -> Result<(), Fault> {
        let name = String::from_utf8_lossy(&tag.name).into_owned();
        let get =
            |key: &str| tag.attributes.get(key.as_bytes()).map(|value| String::from_utf8_lossy(value).into_owned());
        if let Some((outer, depth, _)) = &mut self.apart {
            *depth += u32::from(*outer == name && !tag.self_closing);
        } else if !tag.self_closing && !VOID.contains(&name.as_str()) {
            let is_hidden = get("hidden").is_some()
                || get("style").is_some_and(|style| {
                    let style: String = style.to_ascii_lowercase().split_whitespace().collect();
                    style.contains("display:none")
                        || style.contains("visibility:hidden")
                        || style.contains("mso-hide:all")
                });
            let apart = match name.as_str() {
                "title" => Some(Apart::Title),
                "textarea" => Some(Apart::Form),
                _ if DROPPED.contains(&name.as_str()) => Some(Apart::Dropped),
                _ if is_hidden => Some(Apart::Hidden),
                _ => None,
            };
            if let Some(apart) = apart {
                self.hidden.fresh_line();
                self.apart = Some((name.clone(), 1, apart));
            }
        }
        if self.apart.as_ref().is_some_and(|(.., apart)| *apart == Apart::Dropped) {
            return Ok(());
        }
        self.tag(&name, &get, budget, sink)
    }

    fn tag(
        &mut self,
        name: &str,
        get: &dyn Fn(&str) -> Option<String>,
        budget: &Budget,
        sink: &mut dyn Sink,
    ) -> Result<(), Fault> {
        let lines = if self.is_hidden() { &mut self.hidden } else { &mut self.seen };
        match name {
            "br" => lines.fresh_line(),
            "td" | "th" => {
                if self.has_cell && !matches!(lines.last(), None | Some('\n')) {
                    lines.trim_end();
                    lines.push("\t", budget)?;
                }
                self.has_cell = true;
            }
            "tr" => {
                lines.fresh_line();
                self.has_cell = false;
            }
            "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "table" => lines.end_line_in(self.has_cell),
            _ if BLOCKS.contains(&name) => {
                if self.has_cell && matches!(lines.last(), Some('\t')) {
                    // A block that opens a cell stays in its row.
                } else if self.has_cell {
                    lines.soft_break();
                } else {
                    lines.fresh_line();
                }
            }
            "img" => {
                if let Some(alt) = get("alt").filter(|alt| !alt.trim().is_empty()) {
                    self.text(&alt, budget, sink)?;
                }
                if let Some(source) = get("src") {
                    embedded(&source, budget, sink)?;
                }
                let document = sink.facts().document_mut();
                document.pictures += 1;
            }
            "a" => self.link = get("href").as_deref().and_then(contact),
            "meta" => meta(get, sink),
            "input" => {
                let (kind, key) =
                    (get("type").unwrap_or_default(), get("name").or_else(|| get("id")).unwrap_or_default());
                if !matches!(kind.as_str(), "submit" | "button" | "checkbox" | "radio" | "reset" | "image") {
                    self.form.pair(&key, &get("value").unwrap_or_default(), sink);
                }
            }
            _ => {}
        }
        if name == "pre" {
            self.pre += 1;
        }
        Ok(())
    }

    fn is_hidden(&self) -> bool {
        self.apart.as_ref().is_some_and(|(.., apart)| *apart == Apart::Hidden)
    }

    fn close(&mut self, name: &str) {
        if let Some((outer, depth, _)) = &mut self.apart
            && outer == name
        {
            *depth -= 1;
            if *depth == 0 {
                self.apart = None;
                self.hidden.fresh_line();
            }
        }
        match name {
            "pre" => self.pre = self.pre.saturating_sub(1),
            "tr" | "table" => {
                self.has_cell = false;
                self.seen.fresh_line();
            }
            "a" => {
                // A mail or phone link whose words are others: both are shown.
                if let Some(link) = self.link.take().filter(|link| !self.seen.ends_with_digits_of(link)) {
                    self.seen.push_note(&link);
                }
            }
            _ if BLOCKS.contains(&name) && self.is_hidden() => self.hidden.fresh_line(),
            _ if BLOCKS.contains(&name) && !self.has_cell => self.seen.fresh_line(),
            _ => {}
        }
    }

    fn text(&mut self, text: &str, budget: &Budget, sink: &mut dyn Sink) -> Result<(), Fault> {
        let lines = match self.apart.as_ref().map(|(.., apart)| *apart) {
            Some(Apart::Dropped) => return Ok(()),
            Some(Apart::Title) => {
                self.title.push_str(text);
                return Ok(());
            }
            Some(Apart::Form) => {
                self.form.pair("textarea", text, sink);
                return Ok(());
            }
            Some(Apart::Hidden) => &mut self.hidden,
            None => &mut self.seen,
        };
        if self.pre > 0 {
            return lines.push(&text.replace('\r', ""), budget);
        }
        // White space of any length is one space; none at the start of a line.
        let starts_spaced = text.starts_with(|c: char| c.is_whitespace());
        if starts_spaced && !matches!(lines.last(), None | Some(' ' | '\n' | '\t')) {
            lines.push(" ", budget)?;
        }
        let mut is_first = true;
        for word in text.split_whitespace() {
            if !is_first {
                lines.push(" ", budget)?;
            }
            lines.push(word, budget)?;
            is_first = false;
        }
        if !is_first && text.ends_with(|c: char| c.is_whitespace()) {
            lines.push(" ", budget)?;
        }
        Ok(())
    }

    fn finish(mut self, sink: &mut dyn Sink) {
        let title = self.title.split_whitespace().collect::<Vec<_>>().join(" ");
        if !title.is_empty() {
            sink.field(Field::new(Origin::field(Part::Metadata, "title"), Meaning::Words, title));
        }
        self.seen.put(self.origin.clone(), Shape::Layout, sink);
        self.hidden.put(Origin { part: Part::Hidden, ..self.origin.clone() }, Shape::Layout, sink);
        self.form.finish(sink);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::desk::Desk;
    use crate::model::Media;
    use proptest::prelude::*;

    fn page(html: &str) -> Desk {
        Desk::read(Media::Html, html.as_bytes().to_vec())
    }

    #[test]
    fn tables_keep_rows_and_columns() {
        let desk = page(
            "<table><tr><th>Acte</th><th>Prix</th></tr>\n<tr><td><p>Botox</p></td> <td>450&nbsp;€</td></tr></table><p>Total <b>450</b> €</p>",
        );
        assert_eq!(desk.text(), "Acte\tPrix\nBotox\t450 €\nTotal 450 €\n");
    }

    #[test]
    fn hidden_text_forms_and_metadata_stand_apart() {
        let desk = page(
            "<html><head><title>Devis</title><meta name=author content='Dr Ada Example'><style>p{}</style></head><body>\
             <p>Hello</p><div style='display: none'>secret <div>x</div> words</div><input type=hidden name=patient value='Ben Muster'>\
             <script>var a='<p>no</p>'</script><a href='mailto:a@example.org'>write</a></body></html>",
        );
        let parts: Vec<(Part, &str)> =
            desk.passages.iter().map(|(origin, _, text)| (origin.part, text.as_str())).collect();
        assert_eq!(
            parts,
            [
                (Part::Text, "Hello\nwrite a@example.org\n"),
                (Part::Hidden, "secret\nx\nwords\n"),
                (Part::Form, "patient: Ben Muster\n\n")
            ]
        );
        assert_eq!(desk.fields.len(), 2);
    }

    #[test]
    fn pictures_in_the_page_are_members() {
        let desk = page("<img alt='photo of Ada' src='data:image/png;base64,iVBORw0KGgo='>");
        assert_eq!((desk.text().trim(), desk.names()), ("photo of Ada", vec!["embedded-1.png".to_owned()]));
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "[<>/!?&;a-ctdrpbi=\"' \n-]{0,300}") {
            let _ = page(&text);
        }
    }
}
