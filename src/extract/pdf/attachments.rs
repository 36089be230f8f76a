//! Embedded files: each is handed over as a member, and invoices in XML are told by their content.

use super::objects::{Objects, as_dict, reference};
use crate::model::{Fault, Member, Sink};
use lopdf::{Dictionary, Object, ObjectId};
use memchr::memmem;
use std::collections::BTreeSet;

/// Root elements and namespaces of electronic invoices: UN/CEFACT CII (Factur-X, ZUGFeRD 2, XRechnung), ZUGFeRD 1, UBL.
const INVOICE_MARKS: [&[u8]; 4] = [
    b"CrossIndustryInvoice",
    b"CrossIndustryDocument",
    b"urn:oasis:names:specification:ubl:schema:xsd:Invoice-2",
    b"urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2",
];
/// Bytes of an embedded file that are looked at for those marks.
const INVOICE_HEAD: usize = 4096;

/// Hands over every embedded file once: those of the name tree, of `AF`, and of attachment annotations.
///
/// # Errors
/// When a bound of the item is reached.
pub(super) fn read(objects: Objects<'_>, pages: &[super::pages::Page<'_>], sink: &mut dyn Sink) -> Result<(), Fault> {
    let mut seen = BTreeSet::new();
    let Ok(catalog) = objects.doc.catalog() else { return Ok(()) };
    if let Some(tree) = objects.dict(catalog, b"Names").and_then(|names| objects.dict(names, b"EmbeddedFiles")) {
        read_tree(objects, tree, &mut seen, sink)?;
    }
    for file in objects.array(catalog, b"AF").unwrap_or_default() {
        hand_over(objects, file, &mut seen, sink)?;
    }
    for page in pages {
        for annotation in objects.array(page.dict, b"Annots").unwrap_or_default() {
            objects.budget.check()?;
            let file = objects.resolve(annotation).and_then(as_dict).and_then(|annotation| annotation.get(b"FS").ok());
            if let Some(file) = file {
                hand_over(objects, file, &mut seen, sink)?;
            }
        }
    }
    Ok(())
}

/// Walks a name tree (ISO 32000-2, 7.9.6).
fn read_tree<'a>(
    objects: Objects<'a>,
    root: &'a Dictionary,
    seen: &mut BTreeSet<ObjectId>,
    sink: &mut dyn Sink,
) -> Result<(), Fault> {
    let mut nodes = BTreeSet::new();
    let mut open = vec![root];
    while let Some(node) = open.pop() {
        objects.budget.check()?;
        for file in objects.array(node, b"Names").unwrap_or_default().iter().skip(1).step_by(2) {
            hand_over(objects, file, seen, sink)?;
        }
        for kid in objects.array(node, b"Kids").unwrap_or_default().iter().rev() {
            if reference(kid).is_some_and(|id| nodes.insert(id)) {
                open.extend(objects.resolve(kid).and_then(as_dict));
            }
        }
    }
    Ok(())
}

/// Hands over the file of a file specification (7.11.3).
fn hand_over<'a>(
    objects: Objects<'a>,
    specification: &'a Object,
    seen: &mut BTreeSet<ObjectId>,
    sink: &mut dyn Sink,
) -> Result<(), Fault> {
    let Some(specification) = objects.resolve(specification).and_then(as_dict) else { return Ok(()) };
    let Some(files) = objects.dict(specification, b"EF") else { return Ok(()) };
    let Some(file) = [b"UF".as_slice(), b"F", b"Unix", b"DOS", b"Mac"].iter().find_map(|key| files.get(key).ok())
    else {
        return Ok(());
    };
    if reference(file).is_some_and(|id| !seen.insert(id)) {
        return Ok(());
    }
    let Some(Object::Stream(stream)) = objects.resolve(file) else { return Ok(()) };
    objects.budget.enter_member()?;
    let decoded = objects.content(stream)?;
    let head = decoded.bytes.get(..INVOICE_HEAD).unwrap_or(&decoded.bytes);
    if INVOICE_MARKS.iter().any(|mark| memmem::find(head, mark).is_some()) {
        sink.facts().document_mut().has_invoice_xml = true;
    }
    let name = [b"UF".as_slice(), b"F", b"Unix"].iter().find_map(|key| objects.text(specification, key));
    sink.member(Member {
        name: name.unwrap_or_else(|| "attachment".to_owned()).into_bytes(),
        bytes: decoded.bytes,
        faults: decoded.fault.into_iter().collect(),
    });
    Ok(())
}
