//! Cutting a long text into windows that detectors read one after another, so that time is checked in between.
//!
//! Windows are cut at line ends and overlap by more than any detector looks around a value, so that what is found does
//! not depend on where they are cut.

use super::hit::Hit;
use super::view::Sheet;
use crate::model::Shape;
use std::ops::Range;
use zeroize::Zeroizing;

/// Bytes of a window: small against the time limit of an item and a processor's cache, large against the overlap.
pub const WINDOW: usize = 256 << 10;
/// Bytes that a window shows before and after the part it answers for. Detectors look at most a quarter of it around.
pub const OVERLAP: usize = 4 << 10;

/// What a window answers for, and what it shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// Hits that begin here are this window's.
    pub core: Range<usize>,
    /// The text that detectors see.
    pub whole: Range<usize>,
}

/// The windows of a text of this size, in order; their cores cover it without overlap.
pub fn windows(text: &str, size: usize, overlap: usize) -> impl Iterator<Item = Window> {
    let mut next = Some(0);
    std::iter::from_fn(move || {
        let start = next?;
        let end = if text.len() - start <= size + overlap { text.len() } else { border_after(text, start, size) };
        let before = if start == 0 { 0 } else { cut_at(text, start.saturating_sub(overlap), 0) };
        let after = cut_at(text, end.saturating_add(overlap), end);
        next = (end < text.len()).then_some(end);
        Some(Window { core: start..end, whole: before..after })
    })
}

/// Where a window of this size that begins at `start` ends: past `start` in any case.
fn border_after(text: &str, start: usize, size: usize) -> usize {
    let cut = cut_at(text, start + size, start);
    if cut > start {
        cut
    } else {
        (start + size.max(1)..text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len())
    }
}

/// The last line end at or before a place (within half a window, but after `floor`), else the last blank, else the
/// last character border.
fn cut_at(text: &str, place: usize, floor: usize) -> usize {
    if place >= text.len() {
        return text.len();
    }
    let border = (floor..=place).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(floor);
    let low = floor.max(border.saturating_sub(OVERLAP));
    let bytes = text.as_bytes().get(low..border).unwrap_or_default();
    let found = memchr::memrchr(b'\n', bytes).or_else(|| memchr::memrchr(b' ', bytes));
    found.map_or(border, |at| low + at + 1)
}

/// A window of a sheet as detectors read it, and where that lies in the sheet.
pub struct Piece<'a> {
    /// The text of the window; in a table it begins with the head row.
    pub sheet: Sheet<'a>,
    /// Bytes of a head row that was put before it.
    lead: usize,
    /// Where in the whole sheet it begins.
    base: usize,
    core: Range<usize>,
}

impl Piece<'_> {
    /// Where a place of the window lies in the whole sheet, if it is this window that answers for it.
    pub fn place(&self, start: usize) -> Option<usize> {
        let place = start.checked_sub(self.lead)? + self.base;
        self.core.contains(&place).then_some(place)
    }

    /// Which of the sheet's windows it is.
    pub fn number(&self) -> usize {
        self.base
    }
}

/// Runs detectors over a sheet, window by window. `go_on` is asked before each; `false` ends the reading and is given
/// back.
pub fn each_window(
    sheet: &Sheet<'_>,
    hits: &mut Vec<Hit>,
    mut go_on: impl FnMut() -> bool,
    mut find: impl FnMut(&Piece<'_>, &mut Vec<Hit>),
) -> bool {
    for window in windows(sheet.text, WINDOW, OVERLAP) {
        if !go_on() {
            return false;
        }
        if window.whole == (0..sheet.text.len()) {
            // Every place is within, also one at the end of the text.
            find(&Piece { sheet: *sheet, lead: 0, base: 0, core: 0..usize::MAX }, hits);
            continue;
        }
        let from = hits.len();
        let shown = sheet.text.get(window.whole.clone()).unwrap_or_default();
        let head = head(sheet, &window);
        let text = Zeroizing::new(if head.is_empty() { String::new() } else { format!("{head}{shown}") });
        let text = if head.is_empty() { shown } else { text.as_str() };
        let piece =
            Piece { sheet: Sheet { text, ..*sheet }, lead: head.len(), base: window.whole.start, core: window.core };
        find(&piece, hits);
        keep_core(&piece, hits, from);
    }
    true
}

/// Keeps of the hits from this index on those that the window answers for, at their places in the whole sheet.
fn keep_core(piece: &Piece<'_>, hits: &mut Vec<Hit>, from: usize) {
    let mut kept = from;
    for index in from..hits.len() {
        let Some(hit) = hits.get_mut(index) else { break };
        let Some(start) = piece.place(hit.start) else { continue };
        (hit.start, hit.end) = (start, start + (hit.end - hit.start));
        hits.swap(kept, index);
        kept += 1;
    }
    hits.truncate(kept);
}

/// The head row that a window of a table does not show by itself.
fn head<'a>(sheet: &Sheet<'a>, window: &Window) -> &'a str {
    if sheet.shape != Shape::Table || window.whole.start == 0 {
        return "";
    }
    let end = memchr::memchr(b'\n', sheet.text.as_bytes()).map_or(0, |at| at + 1);
    if end > OVERLAP { "" } else { sheet.text.get(..end).unwrap_or_default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn cores_cover_the_text_once_and_lie_within_what_is_shown(
            text in "(\\PC{0,9}|\n| ){0,200}", size in 1_usize..200, overlap in 1_usize..50
        ) {
            let mut reached = 0;
            for window in windows(&text, size, overlap) {
                prop_assert_eq!(window.core.start, reached);
                prop_assert!(window.whole.start <= window.core.start && window.whole.end >= window.core.end);
                prop_assert!(text.get(window.core.clone()).is_some() && text.get(window.whole.clone()).is_some());
                reached = window.core.end;
            }
            prop_assert_eq!(reached, text.len());
        }
    }
}
