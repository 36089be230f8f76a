//! XML of any vocabulary as records: a `name: value` line for each attribute and each element with text; the elements
//! that repeat nearest to the root part the records.

use super::Reading;
use super::markup::{self, Attributes, Node};
use super::passages::Records;
use super::windows::Windows;
use crate::model::{Code, Fault, Origin, Part, Sink};

/// Root elements of electronic invoices: Cross Industry Invoice (Factur-X, ZUGFeRD, XRechnung), UBL, FatturaPA,
/// Facturae.
const INVOICE_ROOTS: [&str; 7] = [
    "CrossIndustryInvoice",
    "CrossIndustryDocument",
    "Invoice",
    "CreditNote",
    "FatturaElettronica",
    "Facturae",
    "Order",
];
/// Attributes that say nothing about a person: namespaces, schemas, styles, ids of the format.
const SILENT: [&str; 8] = ["xmlns", "schemaLocation", "style", "class", "d", "transform", "space", "rsidR"];

/// Reads XML and SVG.
///
/// # Errors
/// The bounds of [`markup::walk`]; what was read before stays.
pub(super) fn read(reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    let head = reading.content.head();
    let windows = match markup::declared(head).filter(|_| memchr::memchr(0, head).is_none()) {
        Some(charset) => Windows::with(reading, charset, false),
        None => Windows::open(reading),
    };
    let mut tree = Tree::default();
    let mut records = Records::new(Origin::of(Part::Text));
    let end = markup::walk(windows.reader(), reading.budget, &mut |node| {
        tree.visit(&node, &mut records, sink);
        Ok(())
    });
    tree.flush(&mut records, sink);
    records.list(tree.sole(), sink);
    let rows = records.finish(sink);
    let document = sink.facts().document_mut();
    document.rows += rows;
    document.has_invoice_xml |= tree.is_invoice;
    // Bytes that only looked like XML still have words in them.
    if rows == 0 && end == Err(Fault::extract(Code::Damaged)) {
        return super::text::read(reading, sink);
    }
    end
}

/// Attributes from which on an element without children is a record: `<patient nom=".." prenom=".." tel=".."/>`.
const WIDE: usize = 3;
/// Attributes that name what their element's text is: `<field name="nom">Exemple</field>`.
const NAMING: [&str; 4] = ["name", "key", "column", "label"];

/// Names of records that say nothing of what they are: the element around them does.
const PLAIN: [&str; 6] = ["row", "item", "record", "entry", "element", "object"];

/// An open element.
#[derive(Default)]
struct Element {
    name: String,
    /// What its only attribute calls it: `<table name="patients">`.
    called: Option<String>,
    /// The name of its last child that is like a record.
    last: String,
    is_wide: bool,
    /// What its text is, by its only attribute; the attribute's name first.
    given: Option<(String, String)>,
}

#[derive(Default)]
struct Tree {
    /// Open elements, outermost first.
    path: Vec<Element>,
    /// The text of the innermost element so far.
    text: String,
    has_children: bool,
    /// Depth of the elements that repeat.
    record_depth: Option<usize>,
    is_invoice: bool,
    /// The name of the outermost element.
    root: String,
}

impl Tree {
    /// What the document is, if nothing in it repeats.
    fn sole(&self) -> Option<&str> {
        Some(self.root.as_str()).filter(|_| self.record_depth.is_none())
    }

    fn visit(&mut self, node: &Node<'_>, records: &mut Records, sink: &mut dyn Sink) {
        match node {
            Node::Open(name, attributes) => {
                self.flush(records, sink);
                let depth = self.path.len();
                if depth == 0 {
                    self.is_invoice |= INVOICE_ROOTS.contains(name);
                    (*name).clone_into(&mut self.root);
                }
                if self.path.last().is_some_and(|parent| parent.last == *name)
                    && self.record_depth.is_none_or(|known| depth <= known)
                {
                    self.record_depth = Some(depth);
                    records.list(self.list(name), sink);
                    records.end(sink);
                }
                self.open(name, attributes, records, sink);
            }
            Node::Text(text) => self.text.push_str(text),
            Node::Close(_) => {
                self.flush(records, sink);
                let Some(closed) = self.path.pop() else { return };
                let is_like_record = self.has_children || closed.is_wide;
                let depth = self.path.len();
                if self.record_depth == Some(depth) && is_like_record {
                    records.list(self.list(&closed.name), sink);
                    records.end(sink);
                }
                if let Some(parent) = self.path.last_mut()
                    && is_like_record
                {
                    parent.last = closed.name;
                }
                self.has_children = true;
            }
        }
    }

    fn open(&mut self, name: &str, attributes: &Attributes<'_>, records: &mut Records, sink: &mut dyn Sink) {
        let telling =
            |(key, value): &(String, String)| !SILENT.contains(&key.as_str()) && !value.starts_with("http://");
        let mut attributes: Vec<(String, String)> = attributes.iter().filter(telling).collect();
        let is_wide = attributes.len() >= WIDE;
        let is_naming = attributes.len() == 1 && attributes.iter().all(|(key, _)| NAMING.contains(&key.as_str()));
        let given = if is_naming { attributes.pop() } else { None };
        for (key, value) in &attributes {
            records.pair(&format!("{name}.{key}"), value, sink);
        }
        let called = given.as_ref().map(|(_, called)| called.clone());
        self.path.push(Element { name: name.to_owned(), called, last: String::new(), is_wide, given });
        self.has_children = false;
    }

    /// What the records of this name within the innermost element are a list of.
    fn list<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        let parent = self.path.last()?;
        let own = if PLAIN.contains(&name) { parent.name.as_str() } else { name };
        Some(parent.called.as_deref().unwrap_or(own))
    }

    fn flush(&mut self, records: &mut Records, sink: &mut dyn Sink) {
        let given = self.path.last_mut().and_then(|element| element.given.take());
        if !self.text.trim().is_empty() {
            let text = std::mem::take(&mut self.text);
            let key = given.map_or_else(|| self.key(), |(_, given)| given);
            records.pair(&key, &text, sink);
        } else if let (Some((key, value)), Some(element)) = (given, self.path.last()) {
            records.pair(&format!("{}.{key}", element.name), &value, sink);
        }
        self.text.clear();
    }

    /// The innermost name, behind its parent's where that is not the record itself.
    fn key(&self) -> String {
        let names: Vec<&str> = self.path.iter().map(|element| element.name.as_str()).collect();
        match names.as_slice() {
            [.., parent, name] if names.len() > self.record_depth.unwrap_or(1) + 2 => format!("{parent}.{name}"),
            [.., name] => (*name).to_owned(),
            [] => "text".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::desk::Desk;
    use crate::model::Media;
    use proptest::prelude::*;

    #[test]
    fn repeated_elements_are_records() {
        let xml = "<?xml version=\"1.0\"?><list><patient id=\"7\"><name>Ada &amp; Co</name><address><city>Lyon</city></address></patient>\
                   <patient id=\"8\"><name>Ben</name></patient></list>";
        let desk = Desk::read(Media::Xml, xml.as_bytes().to_vec());
        assert_eq!(desk.text(), "patient.id: 7\nname: Ada & Co\naddress.city: Lyon\n\npatient.id: 8\nname: Ben\n\n");
    }

    #[test]
    fn records_are_of_the_list_that_they_stand_in() {
        let xml = "<c><doctors><d><n>A</n></d><d><n>B</n></d></doctors><ps><p><n>C</n></p></ps></c>";
        let desk = Desk::read(Media::Xml, xml.as_bytes().to_vec());
        assert_eq!(desk.listed(), ["d = d.n: A\n\nn: B\n\n", "p = n: C\n\n"]);
        let row = |name: &str| format!("<row><field name=\"nom\">{name}</field><x/></row>");
        let xml = format!("<set name=\"medecins\">{}{}</set>", row("A"), row("B"));
        let desk = Desk::read(Media::Xml, xml.into_bytes());
        assert_eq!(desk.listed(), ["medecins = set.name: medecins\nnom: A\n\nnom: B\n\n"]);
        let desk = Desk::read(Media::Xml, b"<Practitioner><n>A</n></Practitioner>".to_vec());
        assert_eq!(desk.listed(), ["Practitioner = n: A\n\n"]);
    }

    #[test]
    fn elements_of_attributes_are_records() {
        let xml = "<export><p nom=\"A\" prenom=\"B\" tel=\"1\"/><p nom=\"C\" prenom=\"D\" tel=\"2\"/></export>";
        let desk = Desk::read(Media::Xml, xml.as_bytes().to_vec());
        assert_eq!(desk.text(), "p.nom: A\np.prenom: B\np.tel: 1\n\np.nom: C\np.prenom: D\np.tel: 2\n\n");
    }

    #[test]
    fn an_attribute_names_the_text_of_its_element() {
        let row = |name: &str| format!("<row><field name=\"nom\">{name}</field><field name=\"tel\"/></row>");
        let xml = format!("<set name=\"patients\">{}{}</set>", row("Ada"), row("Ben"));
        let desk = Desk::read(Media::Xml, xml.into_bytes());
        assert_eq!(desk.text(), "set.name: patients\nnom: Ada\nfield.name: tel\n\nnom: Ben\nfield.name: tel\n\n");
    }

    #[test]
    fn entities_of_a_document_type_are_not_expanded() {
        let mut xml = String::from("<!DOCTYPE l [<!ENTITY a \"lollollol\">");
        for c in 'b'..='j' {
            let before = char::from(c as u8 - 1);
            let ten = format!("&{before};").repeat(10);
            xml = format!("{xml}<!ENTITY {c} \"{ten}\">");
        }
        xml.push_str("]><l><x>&j;</x><name>Ada</name></l>");
        let desk = Desk::read(Media::Xml, xml.into_bytes());
        assert_eq!(desk.text(), "name: Ada\n\n");
    }

    #[test]
    fn depth_is_bounded_and_a_cut_end_keeps_what_was_read() {
        let desk = Desk::read(Media::Xml, "<a>".repeat(100_000).into_bytes());
        assert_eq!(desk.faults, [Fault::extract(Code::TooDeep)]);
        let desk = Desk::read(Media::Xml, b"<a><name>Ada</name><b>".to_vec());
        assert_eq!((desk.text().as_str(), desk.faults), ("name: Ada\n\n", vec![Fault::extract(Code::Truncated)]));
    }

    #[test]
    fn the_declared_encoding_is_used() {
        let desk =
            Desk::read(Media::Xml, b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a><n>Zo\xe9</n></a>".to_vec());
        assert_eq!(desk.text(), "n: Zoé\n\n");
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "[<>/!?&;a-c=\"' \n\\[\\]-]{0,200}") {
            let _ = Desk::read(Media::Xml, text.into_bytes());
        }
    }
}
