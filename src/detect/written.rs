//! How a value reads that stands in one column of a page, over several lines.

use crate::model::Kind;
use std::borrow::Cow;
use std::ops::Range;

/// The value of a hit at these bytes: an address that goes on below in its own column is read without what the other
/// columns of those lines hold.
pub(super) fn written(kind: Kind, text: &str, span: Range<usize>) -> Cow<'_, str> {
    let value = text.get(span.clone()).unwrap_or_default();
    if kind != Kind::PostalAddress || !value.contains('\n') || !value.contains('\t') {
        return Cow::Borrowed(value);
    }
    let before = text.get(..span.start).unwrap_or_default();
    let column = before.bytes().rev().take_while(|byte| *byte != b'\n').filter(|byte| *byte == b'\t').count();
    let mut lines = value.lines();
    let mut whole = lines.next().and_then(|line| line.split('\t').next()).unwrap_or_default().trim().to_owned();
    for cell in lines.filter_map(|line| line.split('\t').nth(column)).map(str::trim).filter(|cell| !cell.is_empty()) {
        whole.push('\n');
        whole.push_str(cell);
    }
    Cow::Owned(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, from: &str, to: &str) -> String {
        let start = text.find(from).unwrap_or_default();
        let end = text.find(to).map_or(0, |at| at + to.len());
        written(Kind::PostalAddress, text, start..end).into_owned()
    }

    #[test]
    fn an_address_is_read_down_its_column() {
        let text = "Address:\t72 High Street\tDue:\t22/06/2017\n\tBristol\n\tBS8 1TH\n";
        assert_eq!(read(text, "72", "1TH"), "72 High Street\nBristol\nBS8 1TH");
    }

    #[test]
    fn a_row_of_a_table_stays_as_it_is() {
        assert_eq!(read("Ada\tRue X 3\t75001\tParis\n", "Rue", "Paris"), "Rue X 3\t75001\tParis");
        assert_eq!(read("3 Rue X\n75001 Paris", "3", "Paris"), "3 Rue X\n75001 Paris");
    }
}
