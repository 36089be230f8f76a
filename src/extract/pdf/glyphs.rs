//! What a reader hands to layout: glyphs with their places on the upright page, and what was painted under them.

use std::collections::HashMap;

/// Two readers place one glyph within this distance of each other, in points.
const REACH: f32 = 0.5;

/// A glyph, or several that stand for one text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Glyph {
    /// Origin in points; y counts upwards.
    pub(super) x: f32,
    pub(super) y: f32,
    /// Advance in points along the writing direction.
    pub(super) advance: f32,
    /// Height of the em in points.
    pub(super) em: f32,
    /// Writing direction in degrees counter-clockwise, 0 to 359.
    pub(super) turn: u16,
    /// Its text in the page's arena.
    pub(super) start: u32,
    pub(super) end: u32,
    /// Not seen by a reader of the page: white on nothing, switched off, off the page.
    pub(super) is_hidden: bool,
    /// Its text is a guess or unknown.
    pub(super) is_unsure: bool,
}

/// A picture drawn on a page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Picture {
    /// Object number, for counting each once.
    pub(super) id: (u32, u16),
    /// Share of the page that it covers, 0 to 1.
    pub(super) share: f64,
}

/// The glyphs of one page in the order they were drawn.
#[derive(Debug, Default, Clone)]
pub(super) struct Glyphs {
    pub(super) all: Vec<Glyph>,
    pub(super) text: String,
    pub(super) pictures: Vec<Picture>,
    /// Glyphs that were mapped to text by a guess.
    pub(super) guessed: u32,
    /// Glyphs that could not be mapped to text.
    pub(super) unmapped: u32,
    /// The page names content that could not be read.
    pub(super) is_lost: bool,
}

impl Glyphs {
    /// The text of a glyph.
    pub(super) fn text_of(&self, glyph: &Glyph) -> &str {
        self.text.get(glyph.start as usize..glyph.end as usize).unwrap_or_default()
    }

    /// Adds a word that was read whole, with a space after it.
    pub(super) fn push_word(&mut self, word: &super::PlacedWord) {
        for text in [word.text.as_str(), " "] {
            let start = self.text.len() as u32;
            self.text.push_str(text);
            self.all.push(Glyph {
                x: word.x,
                y: word.y,
                advance: word.width,
                em: word.height,
                turn: 0,
                start,
                end: self.text.len() as u32,
                is_hidden: false,
                is_unsure: false,
            });
        }
    }

    /// Gives unsure glyphs the text that another reader has in the same place.
    pub(super) fn patch(&mut self, other: &Self) {
        let cell = |x: f32, y: f32| ((x / REACH).floor() as i32, (y / REACH).floor() as i32);
        let mut places: HashMap<(i32, i32), usize> = HashMap::with_capacity(other.all.len());
        for (index, glyph) in other.all.iter().enumerate() {
            if !glyph.is_unsure {
                places.insert(cell(glyph.x, glyph.y), index);
            }
        }
        for glyph in self.all.iter_mut().filter(|glyph| glyph.is_unsure) {
            let (column, row) = cell(glyph.x, glyph.y);
            let around =
                (-1..=1).flat_map(|dx| (-1..=1).map(move |dy| (column.saturating_add(dx), row.saturating_add(dy))));
            let near = around.filter_map(|key| places.get(&key)).filter_map(|index| other.all.get(*index));
            let distance = |other: &Glyph| (other.x - glyph.x).abs() + (other.y - glyph.y).abs();
            let Some(nearest) = near.min_by(|a, b| distance(a).total_cmp(&distance(b))) else { continue };
            if distance(nearest) <= REACH {
                let was_unknown =
                    self.text.get(glyph.start as usize..glyph.end as usize).is_some_and(|text| text.contains(UNKNOWN));
                glyph.start = self.text.len() as u32;
                self.text.push_str(other.text_of(nearest));
                glyph.end = self.text.len() as u32;
                glyph.is_unsure = false;
                let count = if was_unknown { &mut self.unmapped } else { &mut self.guessed };
                *count = count.saturating_sub(1);
            }
        }
    }

    /// Glyphs that say something.
    pub(super) fn mapped(&self) -> usize {
        self.all.iter().filter(|glyph| self.text_of(glyph).chars().any(|c| !c.is_whitespace() && c != UNKNOWN)).count()
    }
}

/// Stands for a glyph that cannot be mapped to text.
pub(super) const UNKNOWN: char = '\u{fffd}';

#[cfg(test)]
mod tests {
    use super::*;

    fn glyphs(x: f32, text: &str, is_unsure: bool) -> Glyphs {
        let end = text.len() as u32;
        let glyph = Glyph { x, y: x, advance: 5.0, em: 9.0, turn: 0, start: 0, end, is_hidden: false, is_unsure };
        Glyphs { all: vec![glyph], text: text.to_owned(), ..Glyphs::default() }
    }

    #[test]
    fn an_unsure_glyph_takes_the_text_in_its_place_and_no_other() {
        let mut near = glyphs(100.0, "?", true);
        near.patch(&glyphs(100.2, "é", false));
        assert_eq!(near.text_of(&near.all[0]), "é");
        let mut far = glyphs(100.0, "?", true);
        far.patch(&glyphs(101.0, "é", false));
        assert_eq!(far.text_of(&far.all[0]), "?");
    }

    #[test]
    fn places_past_the_largest_number_are_read_without_overflow() {
        for x in [f32::MAX, f32::MIN, f32::INFINITY, f32::NAN] {
            let mut unsure = glyphs(x, "?", true);
            unsure.patch(&glyphs(0.0, "é", false));
            assert_eq!(unsure.text_of(&unsure.all[0]), "?");
        }
    }
}
