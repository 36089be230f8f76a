//! Showing text: from the bytes of a string to glyphs in their places (ISO 32000-2, 9.4).

use super::font::{Font, Mapped};
use super::glyphs::{Glyph, UNKNOWN};
use super::interpret::Interpreter;
use super::state::{Marks, State};
use super::tokens::{Operand, Tokens};
use crate::model::{Code, Fault};
use std::rc::Rc;

/// Character spacing up to which letters belong to one word, in em.
const TRACKING: f64 = 0.35;

impl Interpreter<'_> {
    /// Shows the strings among the operands, moving by the numbers between them.
    pub(super) fn show(&mut self, tokens: &Tokens<'_>, state: &mut State, marks: &mut Marks) -> Result<(), Fault> {
        let Some(font) = state.font.as_ref().map(Rc::clone) else { return Ok(()) };
        self.shown = tokens
            .operands()
            .iter()
            .map(|operand| if let Operand::Text(range) = operand { range.len() } else { 0 })
            .sum();
        let in_array = matches!(tokens.operands().first(), Some(Operand::Bracket { .. }));
        for operand in tokens.operands() {
            match operand {
                Operand::Number(amount) if in_array => {
                    let shift = -amount / 1000.0 * state.size;
                    state.text = if font.is_vertical {
                        state.text.moved(0.0, shift)
                    } else {
                        state.text.moved(shift * state.stretch, 0.0)
                    };
                }
                Operand::Text(range) => self.show_string(tokens.bytes(range), &font, state, marks)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn show_string(&mut self, bytes: &[u8], font: &Font, state: &mut State, marks: &mut Marks) -> Result<(), Fault> {
        let mut rest = bytes;
        while !rest.is_empty() {
            self.objects.budget.check()?;
            let (code, length) = font.next_code(rest);
            rest = rest.get(length..).unwrap_or_default();
            self.show_code(code, length, font, state, marks)?;
        }
        Ok(())
    }

    fn show_code(
        &mut self,
        code: u32,
        length: usize,
        font: &Font,
        state: &mut State,
        marks: &mut Marks,
    ) -> Result<(), Fault> {
        let start = self.page.text.len();
        if start as u64 > self.objects.budget.limits().text_bytes {
            return Err(Fault::extract(Code::TooMuchText));
        }
        let mapped = font.push_text(code, length, &mut self.page.text);
        let written = self.page.text.get(start..).unwrap_or_default();
        let width = font.advance(code, length, written);
        let mut is_unsure = false;
        if let Some(replacement) = marks.replacement() {
            self.page.text.truncate(start);
            self.page.text.push_str(replacement);
        } else {
            is_unsure = mapped != Mapped::Surely;
            match mapped {
                Mapped::Surely => {}
                Mapped::Guessed => self.page.guessed += 1,
                Mapped::Not => {
                    self.page.unmapped += 1;
                    self.page.text.push(UNKNOWN);
                }
            }
        }
        // Word spacing applies to the single-byte code 32 only (9.3.3).
        let is_space = code == 32 && length == 1;
        let spacing = state.char_space + if is_space { state.word_space } else { 0.0 };
        let place = state.text.moved(0.0, state.rise).then(state.ctm);
        let [a, b, c, d, ..] = place.0;
        let (x, y) = place.apply(0.0, 0.0);
        let across = (width * state.size + spacing) * state.stretch;
        // Letters set a little apart are one word; set far apart they stand in boxes or columns of their own.
        // A pair of letters set apart is a word gap as troff writes it.
        let is_tracked = self.shown > 3 && state.char_space.abs() <= TRACKING * font.em * state.size.abs();
        let inked = if is_tracked { across } else { width * state.size * state.stretch };
        let em = (font.em * state.size).abs() * c.hypot(d);
        let (dx, dy) = if state.size * state.stretch < 0.0 { (-a, -b) } else { (a, b) };
        let (turn, advance) = if font.is_vertical {
            state.text = state.text.moved(0.0, -(state.size.abs() + spacing));
            (degrees(-c, -d), em)
        } else {
            state.text = state.text.moved(across, 0.0);
            (degrees(dx, dy), inked.abs() * a.hypot(b))
        };
        if !(x.is_finite() && y.is_finite() && em.is_finite() && advance.is_finite()) {
            self.page.text.truncate(start);
            return Ok(());
        }
        let is_white_on_white = state.is_white && state.mode < 3 && !self.paints.is_under(x, y);
        let is_hidden = state.is_off || marks.is_off() || self.is_off_page(x, y) || is_white_on_white;
        self.page.all.push(Glyph {
            x: x as f32,
            y: y as f32,
            advance: advance as f32,
            em: em as f32,
            turn,
            start: start as u32,
            end: self.page.text.len() as u32,
            is_hidden,
            is_unsure,
        });
        Ok(())
    }
}

/// The direction of a vector in whole degrees, 0 to 359.
fn degrees(x: f64, y: f64) -> u16 {
    (y.atan2(x).to_degrees().round() as i32).rem_euclid(360) as u16
}
