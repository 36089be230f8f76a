//! Plain text in any encoding, streamed.

use super::Reading;
use super::blocks;
use super::drawn;
use super::passages::put;
use super::queries;
use super::windows::Windows;
use crate::model::{Fault, Origin, Part, Shape, Sink};

/// Characters of text that are handed over at a time.
const PASSAGE: usize = 1 << 20;

/// Reads plain text.
///
/// # Errors
/// Time that is over, or a device error; what was read before stays.
pub(super) fn read(reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    let mut windows = Windows::open(reading);
    let mut text = String::new();
    let mut shape = None;
    loop {
        let goes_on = windows.next(&mut text)?;
        if goes_on && text.len() < PASSAGE {
            continue;
        }
        let cut = if goes_on { line_end(&text) } else { text.len() };
        let rest = text.split_off(cut);
        let whole = std::mem::replace(&mut text, rest);
        let whole = drawn::parted(&whole).unwrap_or(whole);
        if let Some(records) = blocks::records(&whole) {
            put(sink, Origin::of(Part::Text), Shape::Pairs, records);
        } else {
            let shape = *shape.get_or_insert_with(|| shape_of(&whole));
            put(sink, Origin::of(Part::Text), shape, queries::decoded(&whole).unwrap_or(whole));
        }
        if !goes_on {
            return Ok(());
        }
    }
}

/// Where to cut a long text: behind the last line end, else behind the last space of its second half, else at its end.
fn line_end(text: &str) -> usize {
    let half = text.floor_char_boundary(text.len() / 2);
    let tail = text.get(half..).unwrap_or_default();
    let found = tail.rfind('\n').or_else(|| tail.rfind(' '));
    found.map_or(text.len(), |at| half + at + 1)
}

/// Lines that are short or have columns are lines as seen; long ones are running text with soft or hard breaks.
pub(super) fn shape_of(text: &str) -> Shape {
    let (mut lines, mut length, mut columns) = (0, 0, 0);
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()).take(400) {
        lines += 1;
        length += line.len();
        columns += usize::from(line.contains('\t') || line.contains("   "));
    }
    if lines > 1 && (columns * 7 > lines || length < lines * 50) { Shape::Layout } else { Shape::Flow }
}

#[cfg(test)]
mod tests {

    use crate::extract::desk::Desk;
    use crate::model::Media;

    #[test]
    fn long_text_comes_in_pieces_cut_at_line_ends_and_nothing_is_lost() {
        let text =
            "La patiente est venue pour une consultation et elle a reçu son devis le même jour.\n".repeat(40_000);
        let desk = Desk::read(Media::Text, text.clone().into_bytes());
        assert!(desk.passages.len() > 1);
        assert!(desk.passages.iter().all(|(.., piece)| piece.ends_with('\n')));
        assert_eq!(desk.passages.iter().map(|(.., piece)| piece.as_str()).collect::<String>(), text);
    }

    #[test]
    fn a_line_without_an_end_is_bounded() {
        let desk = Desk::read(Media::Text, vec![b'a'; 9 << 20]);
        assert!(desk.passages.iter().all(|(.., piece)| piece.len() <= 3 << 20));
    }

    #[test]
    fn columns_are_parted_by_tabs() {
        let desk = Desk::read(Media::Text, b"Patient:     Ada Example\r\nDate:     2020-01-02\r\n".to_vec());
        assert_eq!(desk.text(), "Patient:\tAda Example\nDate:\t2020-01-02\n");
    }
}
