//! The graphics state that text depends on, marked content, and what was painted where.

use super::font::Font;
use super::tokens::Tokens;
use super::transform::Transform;
use std::rc::Rc;

/// Painted areas remembered a page.
const PAINTS: usize = 2048;
/// Marked-content sequences open at once.
const MARKS: usize = 1024;

/// The part of the graphics state that text depends on.
#[derive(Clone)]
pub(super) struct State {
    pub(super) ctm: Transform,
    pub(super) text: Transform,
    line: Transform,
    pub(super) font: Option<Rc<Font>>,
    pub(super) size: f64,
    pub(super) char_space: f64,
    pub(super) word_space: f64,
    /// Horizontal scale, 1 for 100 %.
    pub(super) stretch: f64,
    leading: f64,
    pub(super) rise: f64,
    /// Text rendering mode; 3 and 7 paint nothing.
    pub(super) mode: u8,
    /// The fill colour is white.
    pub(super) is_white: bool,
    /// Within a form that is switched off.
    pub(super) is_off: bool,
}

impl State {
    /// The state at the start of a page.
    pub(super) fn new(ctm: Transform) -> Self {
        Self {
            ctm,
            text: Transform::IDENTITY,
            line: Transform::IDENTITY,
            font: None,
            size: 0.0,
            char_space: 0.0,
            word_space: 0.0,
            stretch: 1.0,
            leading: 0.0,
            rise: 0.0,
            mode: 0,
            is_white: false,
            is_off: false,
        }
    }

    /// Applies an operator that only changes the state or paints an area.
    pub(super) fn apply(&mut self, word: &[u8], tokens: &Tokens<'_>, paints: &mut Paints) {
        match (word, tokens.numbers::<1>()) {
            (b"cm", _) => {
                if let Some(matrix) = tokens.numbers() {
                    self.ctm = Transform(matrix).then(self.ctm);
                }
            }
            (b"BT", _) => self.set_line(Transform::IDENTITY),
            (b"Td" | b"TD", _) => {
                if let Some([x, y]) = tokens.numbers() {
                    if word == b"TD" {
                        self.leading = -y;
                    }
                    self.set_line(self.line.moved(x, y));
                }
            }
            (b"Tm", _) => {
                if let Some(matrix) = tokens.numbers() {
                    self.set_line(Transform(matrix));
                }
            }
            (b"T*", _) => self.next_line(),
            (b"Tc", Some([value])) => self.char_space = value,
            (b"Tw", Some([value])) => self.word_space = value,
            (b"Tz", Some([value])) => self.stretch = value / 100.0,
            (b"TL", Some([value])) => self.leading = value,
            (b"Ts", Some([value])) => self.rise = value,
            (b"Tr", Some([value])) => self.mode = value as u8,
            (b"g", Some([grey])) => self.is_white = grey > WHITE,
            (b"rg", _) => self.is_white = tokens.numbers::<3>().is_some_and(|rgb| rgb.iter().all(|c| *c > WHITE)),
            (b"k", _) => self.is_white = tokens.numbers::<4>().is_some_and(is_no_ink),
            (b"sc" | b"scn", _) => self.is_white = is_white(tokens),
            (b"cs", _) => self.is_white = false,
            _ => self.paint(word, tokens, paints),
        }
    }

    /// What `'` and `"` do before they show.
    pub(super) fn before_showing(&mut self, word: &[u8], tokens: &Tokens<'_>) {
        if word == b"\"" {
            let mut numbers = tokens.operands().iter().filter_map(|operand| match operand {
                super::tokens::Operand::Number(value) => Some(*value),
                _ => None,
            });
            if let (Some(word_space), Some(char_space)) = (numbers.next(), numbers.next()) {
                (self.word_space, self.char_space) = (word_space, char_space);
            }
        }
        if matches!(word, b"'" | b"\"") {
            self.next_line();
        }
    }

    fn next_line(&mut self) {
        self.set_line(self.line.moved(0.0, -self.leading));
    }

    fn set_line(&mut self, line: Transform) {
        self.line = line;
        self.text = line;
    }

    fn paint(&self, word: &[u8], tokens: &Tokens<'_>, paints: &mut Paints) {
        match word {
            b"re" => {
                if let Some([x, y, width, height]) = tokens.numbers() {
                    paints.extend(self.ctm.bounds([x, y, x + width, y + height]));
                }
            }
            b"m" | b"l" | b"v" | b"y" => {
                if let Some([x, y]) = tokens.numbers() {
                    paints.extend(self.ctm.bounds([x, y, x, y]));
                }
            }
            b"c" => {
                if let Some([_, _, _, _, x, y]) = tokens.numbers() {
                    paints.extend(self.ctm.bounds([x, y, x, y]));
                }
            }
            b"f" | b"F" | b"f*" | b"B" | b"B*" | b"b" | b"b*" => paints.fill(!self.is_white),
            b"S" | b"s" | b"n" => paints.fill(false),
            _ => {}
        }
    }
}

/// Colour components above this are white to the eye.
const WHITE: f64 = 0.98;

fn is_no_ink(cmyk: [f64; 4]) -> bool {
    cmyk.iter().all(|ink| *ink < 1.0 - WHITE)
}

/// White in whatever colour space: one or three components full, or four without ink.
fn is_white(tokens: &Tokens<'_>) -> bool {
    match tokens.operands().len() {
        1 => tokens.numbers::<1>().is_some_and(|[grey]| grey > WHITE),
        3 => tokens.numbers::<3>().is_some_and(|rgb| rgb.iter().all(|c| *c > WHITE)),
        4 => tokens.numbers::<4>().is_some_and(is_no_ink),
        _ => false,
    }
}

/// Where something other than white was painted: white text on it is seen.
#[derive(Default)]
pub(super) struct Paints {
    path: Option<[f64; 4]>,
    areas: Vec<[f64; 4]>,
}

impl Paints {
    /// Remembers a painted area.
    pub(super) fn cover(&mut self, area: [f64; 4]) {
        if self.areas.len() < PAINTS {
            self.areas.push(area);
        }
    }

    /// How many areas were painted.
    pub(super) fn count(&self) -> usize {
        self.areas.len()
    }

    /// Whether something was painted under a point.
    pub(super) fn is_under(&self, x: f64, y: f64) -> bool {
        self.areas.len() >= PAINTS
            || self.areas.iter().any(|[left, bottom, right, top]| {
                (left - 1.0..=right + 1.0).contains(&x) && (bottom - 1.0..=top + 1.0).contains(&y)
            })
    }

    fn extend(&mut self, [left, bottom, right, top]: [f64; 4]) {
        let [l, b, r, t] = self.path.unwrap_or([left, bottom, right, top]);
        self.path = Some([l.min(left), b.min(bottom), r.max(right), t.max(top)]);
    }

    fn fill(&mut self, is_seen: bool) {
        if let Some(area) = self.path.take()
            && is_seen
        {
            self.cover(area);
        }
    }
}

/// Open marked-content sequences: replacement text, and layers that are switched off.
#[derive(Default)]
pub(super) struct Marks {
    open: Vec<Mark>,
    overflow: u32,
}

#[derive(Default)]
struct Mark {
    actual: Option<String>,
    is_off: bool,
    /// The replacement was handed out.
    is_given: bool,
}

impl Marks {
    /// Opens a sequence.
    pub(super) fn begin(&mut self, actual: Option<String>, is_off: bool) {
        if self.open.len() < MARKS {
            self.open.push(Mark { actual, is_off, is_given: false });
        } else {
            self.overflow += 1;
        }
    }

    /// Closes the innermost sequence.
    pub(super) fn end(&mut self) {
        if self.overflow > 0 {
            self.overflow -= 1;
        } else {
            self.open.pop();
        }
    }

    /// Whether any open sequence is switched off.
    pub(super) fn is_off(&self) -> bool {
        self.open.iter().any(|mark| mark.is_off)
    }

    /// Within replaced content: the replacement for its first glyph, nothing for the others.
    pub(super) fn replacement(&mut self) -> Option<&str> {
        let mark = self.open.iter_mut().find(|mark| mark.actual.is_some())?;
        if std::mem::replace(&mut mark.is_given, true) { Some("") } else { mark.actual.as_deref() }
    }
}
