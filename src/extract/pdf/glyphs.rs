//! What a reader hands to layout: glyphs with their places on the upright page, and what was painted under them.

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
#[derive(Debug, Default)]
pub(super) struct Glyphs {
    pub(super) glyphs: Vec<Glyph>,
    pub(super) text: String,
    pub(super) pictures: Vec<Picture>,
    /// Glyphs that were mapped to text by a guess.
    pub(super) guessed: u32,
    /// Glyphs that could not be mapped to text.
    pub(super) unmapped: u32,
}

impl Glyphs {
    /// The text of a glyph.
    pub(super) fn text_of(&self, glyph: &Glyph) -> &str {
        self.text.get(glyph.start as usize..glyph.end as usize).unwrap_or_default()
    }

    /// Glyphs that say something.
    pub(super) fn mapped(&self) -> usize {
        self.glyphs
            .iter()
            .filter(|glyph| self.text_of(glyph).chars().any(|c| !c.is_whitespace() && c != UNKNOWN))
            .count()
    }
}

/// Stands for a glyph that cannot be mapped to text.
pub(super) const UNKNOWN: char = '\u{fffd}';
