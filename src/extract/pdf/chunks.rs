//! From glyphs in drawing order to pieces of words: what continues a piece, what is drawn twice, which accents are
//! set over their letters. Pieces are turned so that each reads left to right along x.

use super::glyphs::{Glyph, Glyphs};
use std::collections::HashMap;
use unicode_normalization::UnicodeNormalization as _;

/// A wider gap parts words, in em (as poppler has it; MuPDF takes 0.2).
pub(super) const WORD_GAP: f32 = 0.1;
/// A glyph this far back of the end of a piece starts a new one, in em.
const STEP_BACK: f32 = -0.5;
/// The same glyph within this distance is drawn twice to look bold, in em.
const SAME_PLACE: f32 = 0.12;

/// A piece of a line: glyphs that follow each other without a gap.
#[derive(Debug)]
pub(super) struct Chunk {
    /// Writing direction of the page part it belongs to, in degrees.
    pub(super) turn: u16,
    /// Start and end along the writing direction, baseline across it, in points.
    pub(super) x: f32,
    pub(super) end: f32,
    pub(super) y: f32,
    pub(super) em: f32,
    pub(super) text: String,
    /// A space glyph stands before or after it.
    pub(super) space_before: bool,
    pub(super) space_after: bool,
    last: (f32, u32, u32),
}

/// The pieces of a page: of its visible text, or of its hidden text.
pub(super) fn chunks(page: &Glyphs, hidden: bool) -> Vec<Chunk> {
    let mut chunks: Vec<Chunk> = Vec::new();
    let mut after_space = false;
    for glyph in page.all.iter().filter(|glyph| glyph.is_hidden == hidden) {
        let text = page.text_of(glyph);
        if text.is_empty() {
            extend_over(glyph, chunks.last_mut());
            continue;
        }
        if text.chars().all(|c| c.is_whitespace() || c.is_control()) {
            after_space = true;
            if let Some(chunk) = chunks.last_mut() {
                chunk.space_after = true;
            }
            continue;
        }
        let (turn, x, y) = place(glyph);
        let piece = Piece { glyph, text, turn, x, y };
        let continues = !after_space && chunks.last_mut().is_some_and(|chunk| chunk.take(&piece, page));
        if !continues {
            chunks.push(Chunk::start(&piece, after_space));
        }
        after_space = false;
    }
    drop_doubles(&mut chunks);
    for chunk in &mut chunks {
        clean(&mut chunk.text);
    }
    chunks
}

struct Piece<'a> {
    glyph: &'a Glyph,
    text: &'a str,
    turn: u16,
    x: f32,
    y: f32,
}

impl Chunk {
    fn start(piece: &Piece<'_>, space_before: bool) -> Self {
        let glyph = piece.glyph;
        let mut chunk = Self {
            turn: piece.turn,
            x: piece.x,
            end: piece.x,
            y: piece.y,
            em: glyph.em.max(0.1),
            text: String::new(),
            space_before,
            space_after: false,
            last: (piece.x, glyph.start, glyph.end),
        };
        chunk.push(piece);
        chunk
    }

    /// Takes a glyph that continues this piece; `false` if it does not.
    fn take(&mut self, piece: &Piece<'_>, page: &Glyphs) -> bool {
        let glyph = piece.glyph;
        let (small, large) = (self.em.min(glyph.em), self.em.max(glyph.em));
        let gap = piece.x - self.end;
        if piece.turn != self.turn || self.space_after || small < large * 0.4 {
            return false;
        }
        let last_text = page.text.get(self.last.1 as usize..self.last.2 as usize).unwrap_or_default();
        let is_double = last_text == piece.text
            && (piece.x - self.last.0).abs() < SAME_PLACE * small
            && (piece.y - self.y).abs() < SAME_PLACE * small;
        if is_double {
            return true;
        }
        if self.compose(piece, gap) {
            return true;
        }
        // A raised or lowered glyph continues a word only where it touches it.
        let drift = (piece.y - self.y).abs();
        let allowed = if gap.abs() < 0.08 * large { 0.45 * large } else { 0.2 * small };
        if drift > allowed || !(STEP_BACK * large..=WORD_GAP * large).contains(&gap) {
            return false;
        }
        self.push(piece);
        true
    }

    fn push(&mut self, piece: &Piece<'_>) {
        if is_right_to_left(piece.text) {
            self.text.extend(piece.text.chars().rev());
        } else {
            self.text.push_str(piece.text);
        }
        self.end = self.end.max(piece.x + piece.glyph.advance);
        self.last = (piece.x, piece.glyph.start, piece.glyph.end);
    }

    /// Joins an accent drawn over its letter, in either order.
    fn compose(&mut self, piece: &Piece<'_>, gap: f32) -> bool {
        if gap > -0.15 * self.em || (piece.y - self.y).abs() > 0.5 * self.em {
            return false;
        }
        let Some(before) = self.text.chars().next_back() else { return false };
        let mut characters = piece.text.chars();
        let (Some(character), None) = (characters.next(), characters.next()) else { return false };
        if let Some(mark) = combining(before).filter(|_| character.is_alphabetic()) {
            self.text.pop();
            self.text.push(if character == 'ı' { 'i' } else { character });
            self.text.push(mark);
        } else if let Some(mark) = combining(character).filter(|_| before.is_alphabetic()) {
            self.text.push(mark);
        } else {
            return false;
        }
        self.end = self.end.max(piece.x + piece.glyph.advance);
        true
    }
}

/// Where a glyph lies in the turned page: direction, place along it, place across it.
fn place(glyph: &Glyph) -> (u16, f32, f32) {
    let nearest = (glyph.turn + 45) / 90 * 90;
    let turn = if glyph.turn.abs_diff(nearest) <= 5 { nearest % 360 } else { glyph.turn };
    let (x, y) = match turn {
        0 => (glyph.x, glyph.y),
        90 => (glyph.y, -glyph.x),
        180 => (-glyph.x, -glyph.y),
        270 => (-glyph.y, glyph.x),
        _ => {
            let (sin, cos) = f32::from(turn).to_radians().sin_cos();
            (glyph.x * cos + glyph.y * sin, glyph.y * cos - glyph.x * sin)
        }
    };
    (turn, x, y)
}

/// A glyph without text within replaced content widens the piece that stands for it.
fn extend_over(glyph: &Glyph, chunk: Option<&mut Chunk>) {
    let (turn, x, y) = place(glyph);
    if let Some(chunk) = chunk
        && chunk.turn == turn
        && (chunk.y - y).abs() < 0.3 * chunk.em
        && x >= chunk.x
    {
        chunk.end = chunk.end.max(x + glyph.advance);
    }
}

/// Leaves out a piece that was drawn again in the same place.
fn drop_doubles(chunks: &mut Vec<Chunk>) {
    let mut seen: HashMap<String, Vec<(u16, f32, f32)>> = HashMap::new();
    chunks.retain(|chunk| {
        let places = seen.entry(chunk.text.clone()).or_default();
        let reach = chunk.em * 0.2;
        let is_double = places
            .iter()
            .rev()
            .take(16)
            .any(|(turn, x, y)| *turn == chunk.turn && (x - chunk.x).abs() < reach && (y - chunk.y).abs() < reach);
        places.push((chunk.turn, chunk.x, chunk.y));
        !is_double
    });
}

/// Ligatures and presentation forms as the letters they stand for, composed letters, plain spaces.
fn clean(text: &mut String) {
    if text.is_ascii() {
        return;
    }
    let opened: String = text
        .chars()
        .flat_map(|c| {
            let is_form = matches!(c, '\u{fb00}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}');
            let parts: [Option<char>; 1] = [(!is_form).then(|| if c.is_whitespace() { ' ' } else { c })];
            // Presentation forms are pieces of right-to-left text in visual order: opened in that order.
            let opened: Vec<char> = if is_form { std::iter::once(c).nfkc().collect() } else { Vec::new() };
            let turned = is_right_to_left_char(c);
            let opened: Vec<char> = if turned { opened.into_iter().rev().collect() } else { opened };
            parts.into_iter().flatten().chain(opened)
        })
        .collect();
    *text = opened.nfc().collect();
}

/// Whether a text holds letters that are written right to left.
pub(super) fn is_right_to_left(text: &str) -> bool {
    !text.is_ascii() && text.chars().any(is_right_to_left_char)
}

fn is_right_to_left_char(c: char) -> bool {
    use unicode_bidi::BidiClass::{AL, R};
    c > '\u{590}' && matches!(unicode_bidi::bidi_class(c), R | AL)
}

/// The combining form of a spacing accent.
fn combining(accent: char) -> Option<char> {
    Some(match accent {
        '\u{60}' => '\u{300}',
        '\u{b4}' => '\u{301}',
        '\u{5e}' | '\u{2c6}' => '\u{302}',
        '\u{7e}' | '\u{2dc}' => '\u{303}',
        '\u{af}' => '\u{304}',
        '\u{2d8}' => '\u{306}',
        '\u{2d9}' => '\u{307}',
        '\u{a8}' => '\u{308}',
        '\u{2da}' | '\u{b0}' => '\u{30a}',
        '\u{2dd}' => '\u{30b}',
        '\u{2c7}' => '\u{30c}',
        '\u{b8}' => '\u{327}',
        '\u{2db}' => '\u{328}',
        _ => return None,
    })
}
