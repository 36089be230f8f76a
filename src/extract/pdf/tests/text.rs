//! Text, its places and its characters.

use super::{Sample, read_bytes, read_page};
use crate::model::Part;
use std::fmt::Write as _;

#[test]
fn a_label_and_its_value_stay_on_one_line_parted_by_a_tab() {
    let seen = read_page(
        "BT /F 10 Tf 50 700 Td (Patient:) Tj 0 -14 Td (Born:) Tj ET
         BT /F 10 Tf 200 700 Td (Ada Exemple) Tj 0 -14 Td (01/02/1980) Tj ET",
    );
    assert_eq!(seen.page(), "Patient:\tAda Exemple\nBorn:\t01/02/1980\n");
}

#[test]
fn narrow_columns_are_told_by_what_stands_below_each_other() {
    // The gap is about one em wide.
    let page = |places: [f32; 3]| {
        let rows = [("Leba", "Born", 700), ("Abel", "1980", 686), ("Bela", "1981", 672)];
        let rows = rows
            .into_iter()
            .zip(places)
            .map(|((first, second, y), x)| format!("1 0 0 1 50 {y} Tm ({first}) Tj 1 0 0 1 {x} {y} Tm ({second}) Tj "));
        read_page(&format!("BT /F 10 Tf {}ET", rows.collect::<String>())).page()
    };
    assert_eq!(page([82.0, 82.0, 82.0]), "Leba\tBorn\nAbel\t1980\nBela\t1981\n");
    assert_eq!(page([81.0, 82.0, 80.5]), "Leba Born\nAbel 1980\nBela 1981\n");
}

#[test]
fn a_value_below_its_label_keeps_its_column() {
    let seen = read_page(
        "BT /F 10 Tf 1 0 0 1 50 700 Tm (Number) Tj 1 0 0 1 150 700 Tm (Date) Tj 1 0 0 1 250 700 Tm (Patient) Tj
         1 0 0 1 50 686 Tm (F-17) Tj 1 0 0 1 250 686 Tm (Ada Exemple) Tj 1 0 0 1 250 672 Tm (Lyon) Tj ET",
    );
    assert_eq!(seen.page(), "Number\tDate\tPatient\nF-17\t\tAda Exemple\n\t\tLyon\n");
}

#[test]
fn letters_placed_one_by_one_make_words() {
    let mut content = String::from("BT /F 10 Tf ");
    for (index, letter) in "A1B2".chars().enumerate() {
        write!(content, "1 0 0 1 {} 700 Tm ({letter}) Tj ", 50.0 + 6.0 * index as f32).expect("written");
    }
    assert_eq!(read_page(&format!("{content} ET")).page(), "A1B2\n");
    assert_eq!(read_page("BT /F 10 Tf 50 700 Td [(Jean) -278 (Dup) 30 (ont)] TJ ET").page(), "Jean Dupont\n");
}

#[test]
fn a_word_set_letter_by_letter_is_one_word() {
    assert_eq!(read_page("BT /F 10 Tf 50 700 Td (R E C H N U N G) Tj ET").page(), "RECHNUNG\n");
    assert_eq!(read_page("BT /F 10 Tf 2 Tc 50 700 Td (FACTURE) Tj ET").page(), "FACTURE\n");
}

#[test]
fn text_drawn_twice_to_look_bold_is_read_once() {
    let seen = read_page("BT /F 10 Tf 50 700 Td (Total) Tj ET BT /F 10 Tf 50.3 700 Td (Total) Tj ET");
    assert_eq!(seen.page(), "Total\n");
}

#[test]
fn forms_are_drawn_with_their_own_matrix_and_resources() {
    let mut sample = Sample::page("q 1 0 0 1 0 100 cm /X Do Q BT /F 10 Tf 50 500 Td (below) Tj ET");
    sample.object(3, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>/XObject<</X 6 0 R>>>>>>");
    sample.stream(6, "/Type/XObject/Subtype/Form/BBox[0 0 600 800]/Matrix[1 0 0 1 10 0]/Resources<</Font<</G 5 0 R>>/XObject<</Y 7 0 R>>>>", b"BT /G 10 Tf 50 550 Td (above) Tj ET /Y Do");
    sample.stream(7, "/Type/XObject/Subtype/Form/BBox[0 0 600 800]", b"BT /G 10 Tf 150 550 Td (right) Tj ET");
    assert_eq!(read_bytes(sample.bytes()).page(), "above\tright\nbelow\n");
}

#[test]
fn to_unicode_counts_before_the_encoding() {
    let mut sample = Sample::page("BT /F 10 Tf 50 700 Td (\\001\\002\\003) Tj ET");
    sample.object(5, "<</Type/Font/Subtype/TrueType/BaseFont/ABCDEF+Liberation/ToUnicode 6 0 R/FirstChar 0/LastChar 3/Widths[500 500 500 500]>>");
    sample.stream(6, "", b"1 begincodespacerange <00> <ff> endcodespacerange 3 beginbfchar <01> <00C9> <02> <FB01> <03> <006E> endbfchar");
    assert_eq!(read_bytes(sample.bytes()).page(), "Éfin\n");
}

#[test]
fn an_unknown_name_among_the_differences_costs_one_letter_only() {
    let mut sample = Sample::page("BT /F 10 Tf 50 700 Td (abcd eeeee eeeee eeeee eeeee) Tj ET");
    sample.object(
        5,
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding<</Differences[97/eacute/nosuchname/uni00E8/f_f]>>>>",
    );
    assert_eq!(read_bytes(sample.bytes()).page(), "é\u{fffd}èff eeeee eeeee eeeee eeeee\n");
}

#[test]
fn composite_fonts_read_codes_of_two_bytes() {
    let mut sample = Sample::page("BT /F 10 Tf 50 700 Td <00010002> Tj ET");
    sample.object(
        5,
        "<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H/DescendantFonts[7 0 R]/ToUnicode 6 0 R>>",
    );
    sample.stream(
        6,
        "",
        b"1 begincodespacerange <0000> <ffff> endcodespacerange 1 beginbfrange <0001> <0002> <0041> endbfrange",
    );
    sample.object(7, "<</Type/Font/Subtype/CIDFontType2/BaseFont/X/DW 1000/W[1 [600 600]]/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>>>");
    assert_eq!(read_bytes(sample.bytes()).page(), "AB\n");
}

#[test]
fn predefined_maps_of_east_asian_fonts_are_known() {
    let mut sample = Sample::page("BT /F 10 Tf 50 700 Td <93fa967b> Tj ET");
    sample.object(5, "<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/90ms-RKSJ-H/DescendantFonts[7 0 R]>>");
    sample.object(7, "<</Type/Font/Subtype/CIDFontType0/BaseFont/X/CIDSystemInfo<</Registry(Adobe)/Ordering(Japan1)/Supplement 2>>>>");
    assert_eq!(read_bytes(sample.bytes()).page(), "日本\n");
}

#[test]
fn rotated_pages_and_rotated_text_read_along_their_lines() {
    let mut sample = Sample::page("BT /F 10 Tf 0 1 -1 0 300 50 Tm (Jean) Tj 0 1 -1 0 300 90 Tm (Dupont) Tj ET");
    assert_eq!(read_bytes(sample.bytes()).page(), "Jean\tDupont\n");
    sample.object(
        3,
        "<</Type/Page/Parent 2 0 R/Rotate 90/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
    );
    assert_eq!(read_bytes(sample.bytes()).page(), "Jean\tDupont\n");
}

#[test]
fn what_a_reader_does_not_see_is_told_apart() {
    let seen = read_page(
        "BT /F 10 Tf 1 g 50 700 Td (white on white) Tj ET
         0 0 1 rg 40 590 200 30 re f 1 g BT /F 10 Tf 50 600 Td (white on blue) Tj ET
         0 g BT /F 10 Tf 3 Tr 50 500 Td (scanned layer) Tj 0 Tr 900 0 Td (off the page) Tj ET",
    );
    assert_eq!(seen.page(), "white on blue\nscanned layer\n");
    assert_eq!(seen.text(Part::Hidden), "white on white\noff the page\n");
}

#[test]
fn layers_that_are_switched_off_are_hidden() {
    let mut sample = Sample::page("BT /F 10 Tf 50 700 Td /OC /L BDC (draft) Tj EMC 0 -20 Td (final) Tj ET");
    sample.object(1, "<</Type/Catalog/Pages 2 0 R/OCProperties<</OCGs[6 0 R]/D<</OFF[6 0 R]>>>>>>");
    sample.object(3, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>/Properties<</L 6 0 R>>>>>>");
    sample.object(6, "<</Type/OCG/Name(L)>>");
    let seen = read_bytes(sample.bytes());
    assert_eq!((seen.page().as_str(), seen.text(Part::Hidden).as_str()), ("final\n", "draft\n"));
}

#[test]
fn replacement_text_stands_for_the_glyphs_it_covers() {
    let seen = read_page("BT /F 10 Tf 50 700 Td (A) Tj /Span <</ActualText (ffi)>> BDC (xyz) Tj EMC (n) Tj ET");
    assert_eq!(seen.page(), "Affin\n");
}

#[test]
fn accents_drawn_over_their_letters_are_composed() {
    assert_eq!(read_page("BT /F 10 Tf 50 700 Td [(\\264) 333 (Edith) ] TJ ET").page(), "Édith\n");
}

#[test]
fn a_damaged_operator_costs_itself_only() {
    let seen = read_page("BT /F 10 Tf 50 700 Td (before) Tj ) >> \u{1} 12 Zz 0 -14 Td [(af) 3 Tc (ter)] TJ ET");
    assert_eq!(seen.page(), "before\nafter\n");
}

#[test]
fn columns_of_prose_are_read_one_after_the_other_and_tables_across() {
    let (mut prose, mut table) = (String::from("BT /F 10 Tf "), String::from("BT /F 10 Tf "));
    for row in 0..8 {
        let y = 700 - 14 * row;
        write!(prose, "1 0 0 1 50 {y} Tm (left words in a long line number {row}) Tj 1 0 0 1 320 {y} Tm (right words in a long line number {row}) Tj ").expect("written");
        write!(table, "1 0 0 1 50 {y} Tm (treatment number {row}) Tj 1 0 0 1 320 {y} Tm ({row}0,00 EUR) Tj ")
            .expect("written");
    }
    let prose = read_page(&format!("{prose} ET")).page();
    assert!(prose.starts_with("left words in a long line number 0\nleft words"), "columns are read down");
    assert!(prose.ends_with("right words in a long line number 7\n"));
    assert!(read_page(&format!("{table} ET")).page().starts_with("treatment number 0\t00,00 EUR\n"));
}

#[test]
fn words_parted_at_the_end_of_a_line_are_joined() {
    let seen = read_page(
        "BT /F 10 Tf 50 700 Td (a rejuve-) Tj 0 -12 Td (nation of skin) Tj 0 -12 Td (Marie-) Tj 0 -12 Td (Claire) Tj ET",
    );
    assert_eq!(seen.page(), "a rejuvenation\nof skin\nMarie-\nClaire\n");
}

#[test]
fn inline_images_do_not_disturb_the_text_around_them() {
    let seen = read_page(
        "BT /F 10 Tf 50 700 Td (a) Tj ET BI /W 2 /H 2 /BPC 8 /CS /G ID \u{1}(()\nEI BT /F 10 Tf 50 680 Td (b) Tj ET",
    );
    assert_eq!(seen.page(), "a\nb\n");
    assert_eq!(seen.facts.document.expect("a document").pictures, 1);
}
