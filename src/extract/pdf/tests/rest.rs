//! What a document holds besides its pages: form fields, annotations, metadata, embedded files.

use super::{Sample, Seen, read_bytes};
use crate::model::{Meaning, Part, Shape};

fn fields(seen: &Seen) -> Vec<(Part, &str, Meaning, &str)> {
    let field = |field: &'_ crate::model::Field| (field.origin.part, field.meaning);
    seen.fields
        .iter()
        .map(|value| {
            let (part, meaning) = field(value);
            (part, value.origin.key.as_deref().unwrap_or_default(), meaning, value.value.expose())
        })
        .collect()
}

#[test]
fn form_fields_are_pairs_of_name_and_value() {
    let mut sample = Sample::page("");
    sample.object(1, "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[6 0 R 9 0 R]>>>>");
    sample.object(6, "<</T(patient)/Kids[7 0 R 8 0 R]>>");
    sample.object(7, "<</T(name)/FT/Tx/V(Ada\nExemple)>>");
    sample.object(8, "<</T(born)/TU(Date of birth)/FT/Tx/V(\u{1}01/02/1980)>>");
    sample.object(9, "<</T(smoker)/FT/Btn/V/Off>>");
    let seen = read_bytes(sample.bytes());
    assert_eq!(seen.text(Part::Form), "patient.name: Ada Exemple\nDate of birth: 01/02/1980\n");
    assert!(seen.passages.iter().all(|passage| passage.shape == Shape::Pairs));
}

#[test]
fn xfa_forms_give_their_data() {
    let mut sample = Sample::page("");
    sample.object(1, "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[]/XFA[(datasets) 6 0 R]>>>>");
    sample.stream(6, "", b"<xfa:data><form1><Name>Ada &amp; Co</Name><Empty/></form1></xfa:data>");
    assert_eq!(read_bytes(sample.bytes()).text(Part::Form), "Name: Ada & Co\n");
}

#[test]
fn a_filled_field_is_read_in_its_place_on_the_page() {
    let mut sample = Sample::page("BT /F 10 Tf 50 700 Td (Name:) Tj ET");
    sample.object(
        3,
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Annots[6 0 R]/Resources<</Font<</F 5 0 R>>>>>>",
    );
    sample.object(6, "<</Subtype/Widget/Rect[150 690 350 720]/AP<</N 7 0 R>>>>");
    sample.stream(
        7,
        "/Subtype/Form/BBox[0 0 100 15]/Resources<</Font<</F 5 0 R>>>>",
        b"BT /F 5 Tf 2 5 Td (Ada Exemple) Tj ET",
    );
    assert_eq!(read_bytes(sample.bytes()).page(), "Name:\tAda Exemple\n");
}

#[test]
fn notes_are_annotations_with_their_authors() {
    let mut sample = Sample::page("");
    sample.object(3, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Annots[6 0 R]>>");
    sample.object(6, "<</Subtype/Text/Rect[0 0 9 9]/Contents(call back)/T(Dr. Beispiel)>>");
    let seen = read_bytes(sample.bytes());
    assert_eq!(seen.text(Part::Annotation), "call back");
    assert_eq!(fields(&seen), [(Part::Annotation, "T", Meaning::Person, "Dr. Beispiel")]);
}

#[test]
fn information_and_xmp_say_who_and_when_without_repeating_each_other() {
    let mut sample = Sample::page("");
    sample.trailer("/Info 6 0 R");
    sample.object(6, "<</Author<FEFF00C90064>/Title(Devis)/Patient(Ada Exemple)/CreationDate(D:20240131120000Z)>>");
    sample.object(1, "<</Type/Catalog/Pages 2 0 R/Metadata 7 0 R>>");
    sample.stream(
        7,
        "",
        b"<rdf:RDF><rdf:Description xmp:CreatorTool='Word'><dc:creator><rdf:Seq><rdf:li>\xc3\x89d</rdf:li><rdf:li>Jo &amp; Co</rdf:li></rdf:Seq></dc:creator></rdf:Description></rdf:RDF>",
    );
    let seen = read_bytes(sample.bytes());
    assert_eq!(
        fields(&seen),
        [
            (Part::Metadata, "Title", Meaning::Words, "Devis"),
            (Part::Metadata, "Author", Meaning::Person, "Éd"),
            (Part::Metadata, "CreationDate", Meaning::Moment, "D:20240131120000Z"),
            (Part::Metadata, "custom", Meaning::Words, "Ada Exemple"),
            (Part::Xmp, "xmp:CreatorTool", Meaning::Tool, "Word"),
            (Part::Xmp, "dc:creator", Meaning::Person, "Jo & Co"),
        ]
    );
    assert_eq!(seen.facts.created_day, Some(19_753));
}

#[test]
fn embedded_files_are_members_once_each_and_invoices_are_told() {
    let mut sample = Sample::page("");
    sample.object(1, "<</Type/Catalog/Pages 2 0 R/AF[6 0 R]/Names<</EmbeddedFiles<</Kids[8 0 R]>>>>>>");
    sample.object(6, "<</Type/Filespec/F(factur-x.xml)/EF<</F 7 0 R>>>>");
    sample.stream(7, "/Type/EmbeddedFile", b"<rsm:CrossIndustryInvoice/>");
    sample.object(8, "<</Names[(factur-x.xml) 6 0 R (b.txt) <</F(b.txt)/EF<</F 9 0 R>>>>]/Kids[8 0 R]>>");
    sample.stream(9, "", b"hello");
    let seen = read_bytes(sample.bytes());
    let members: Vec<(&[u8], &[u8])> =
        seen.members.iter().map(|member| (member.name.as_slice(), member.bytes.as_slice())).collect();
    assert_eq!(members, [(&b"factur-x.xml"[..], &b"<rsm:CrossIndustryInvoice/>"[..]), (b"b.txt", b"hello")]);
    assert!(seen.facts.document.expect("a document").has_invoice_xml);
}
