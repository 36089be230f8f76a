//! Right-to-left text: from the order on the page, left to right, to the order of reading.

use unicode_bidi::{BidiClass, bidi_class};

/// How a character takes part in the order of a line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Left,
    Right,
    Neutral,
}

/// The reading order of a line that was collected left to right. Where most letters run right to left the line does,
/// and words and numbers of the other direction keep theirs; else only the right-to-left runs are turned.
pub(super) fn logical(visual: &str) -> String {
    let characters: Vec<char> = visual.chars().collect();
    let ways: Vec<Way> = characters.iter().map(|c| way(*c)).collect();
    let count =
        |wanted: Way| characters.iter().zip(&ways).filter(|(c, way)| c.is_alphabetic() && **way == wanted).count();
    if count(Way::Right) >= count(Way::Left) {
        let mut turned: Vec<char> = characters.into_iter().rev().map(mirrored).collect();
        let ways: Vec<Way> = ways.into_iter().rev().collect();
        turn_runs(&mut turned, &ways, Way::Left);
        turned.into_iter().collect()
    } else {
        let mut turned = characters;
        turn_runs(&mut turned, &ways, Way::Right);
        turned.into_iter().collect()
    }
}

/// Reverses each run of one direction, neutrals between its characters included.
fn turn_runs(characters: &mut [char], ways: &[Way], wanted: Way) {
    let mut start = 0;
    while start < ways.len() {
        if ways.get(start) != Some(&wanted) {
            start += 1;
            continue;
        }
        let rest = ways.get(start..).unwrap_or_default();
        let stop = rest.iter().position(|way| *way != wanted && *way != Way::Neutral).unwrap_or(rest.len());
        let length = rest.iter().take(stop).rposition(|way| *way == wanted).map_or(1, |last| last + 1);
        if let Some(run) = characters.get_mut(start..start + length) {
            run.reverse();
        }
        start += length;
    }
}

fn way(character: char) -> Way {
    match bidi_class(character) {
        BidiClass::R | BidiClass::AL | BidiClass::NSM => Way::Right,
        BidiClass::L | BidiClass::EN | BidiClass::AN => Way::Left,
        _ => Way::Neutral,
    }
}

fn mirrored(character: char) -> char {
    match character {
        '(' => ')',
        ')' => '(',
        '[' => ']',
        ']' => '[',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hebrew_line_reads_right_to_left_and_its_numbers_left_to_right() {
        assert_eq!(logical("050-1234567 :ןופלט"), "טלפון: 050-1234567");
    }

    #[test]
    fn a_latin_line_keeps_its_order_around_a_hebrew_word() {
        assert_eq!(logical("Patient name: ןולא here"), "Patient name: אלון here");
    }
}
