//! Runs the drawing operators of a page and of the forms it draws, as far as text and pictures need it
//! (ISO 32000-2, 8 and 9). It paints nothing, and every loop spends from the item's account.

use super::font::Font;
use super::glyphs::{Glyphs, Picture};
use super::objects::{Objects, as_dict, reference};
use super::pages::Page;
use super::state::{Marks, Paints, State};
use super::tokens::{Operand, Tokens};
use super::transform::Transform;
use crate::model::{Code, Fault};
use lopdf::{Dictionary, Object, ObjectId, Stream};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Graphics states saved at once.
const SAVED: usize = 512;
/// Bytes of decoded forms that are kept for when they are drawn again.
const FORMS_KEPT: usize = 16 << 20;

/// Reads pages. Fonts and forms are kept from page to page.
pub(super) struct Interpreter<'a> {
    pub(super) objects: Objects<'a>,
    fonts: BTreeMap<usize, Rc<Font>>,
    forms: BTreeMap<ObjectId, Rc<Vec<u8>>>,
    forms_bytes: usize,
    operators_left: u64,
    switched_off: BTreeSet<ObjectId>,
    /// Troubles that did not end the reading.
    pub(super) faults: Vec<Fault>,
    pub(super) page: Glyphs,
    pub(super) paints: Paints,
    /// Annotations of the page whose appearance says nothing.
    pub(super) notes: Vec<&'a Dictionary>,
    /// Bytes that the operator at hand shows.
    pub(super) shown: usize,
    size: (f64, f64),
    resources: Vec<&'a Dictionary>,
    drawing: Vec<ObjectId>,
}

impl<'a> Interpreter<'a> {
    /// An interpreter for the pages of one document.
    pub(super) fn new(objects: Objects<'a>) -> Self {
        Self {
            objects,
            fonts: BTreeMap::new(),
            forms: BTreeMap::new(),
            forms_bytes: 0,
            operators_left: objects.budget.limits().pdf_operators,
            switched_off: switched_off(objects),
            faults: Vec::new(),
            page: Glyphs::default(),
            paints: Paints::default(),
            notes: Vec::new(),
            shown: 0,
            size: (0.0, 0.0),
            resources: Vec::new(),
            drawing: Vec::new(),
        }
    }

    /// Reads one page into `out`, which keeps what was read even if a bound ends it.
    ///
    /// # Errors
    /// When a bound of the item is reached.
    pub(super) fn read(&mut self, page: &Page<'a>, out: &mut Glyphs) -> Result<(), Fault> {
        self.page = Glyphs::default();
        self.paints = Paints::default();
        self.size = page.size();
        self.resources = page.resources.into_iter().collect();
        self.drawing.clear();
        let outcome = self.draw_page(page);
        *out = std::mem::take(&mut self.page);
        outcome
    }

    fn draw_page(&mut self, page: &Page<'a>) -> Result<(), Fault> {
        let content = self.page_content(page)?;
        let transform = page.transform();
        self.run(&content, State::new(transform))?;
        super::annotations::draw(self, page, transform)
    }

    /// The content streams of a page as one: operators may run across their borders.
    fn page_content(&mut self, page: &Page<'a>) -> Result<Vec<u8>, Fault> {
        let limit = self.objects.budget.limits().pdf_stream_bytes as usize;
        let parts = match self.objects.get(page.dict, b"Contents") {
            Some(Object::Stream(stream)) => vec![stream],
            Some(Object::Array(parts)) => parts
                .iter()
                .filter_map(|part| self.objects.resolve(part).and_then(|part| part.as_stream().ok()))
                .collect(),
            _ => Vec::new(),
        };
        let mut content = Vec::new();
        self.page.is_lost = page.dict.has(b"Contents") && parts.iter().all(|part| part.content.is_empty());
        for part in parts {
            let decoded = self.objects.content(part)?;
            self.faults.extend(decoded.fault);
            if content.is_empty() {
                content = decoded.bytes;
            } else {
                content.push(b'\n');
                content.extend_from_slice(&decoded.bytes);
            }
            if content.len() > limit {
                content.truncate(limit);
                self.faults.push(Fault::extract(Code::TooCompressed));
                break;
            }
        }
        Ok(content)
    }

    /// Runs a content stream from this state on.
    pub(super) fn run(&mut self, content: &[u8], mut state: State) -> Result<(), Fault> {
        let mut saved: Vec<State> = Vec::new();
        let mut marks = Marks::default();
        let mut tokens = Tokens::new(content);
        while let Some(word) = tokens.next_operator() {
            self.objects.budget.check()?;
            self.operators_left =
                self.operators_left.checked_sub(1).ok_or_else(|| Fault::extract(Code::TooMuchText))?;
            match word {
                b"q" if saved.len() < SAVED => saved.push(state.clone()),
                b"Q" => state = saved.pop().unwrap_or(state),
                b"Do" => self.draw_object(&tokens, &state, &marks)?,
                b"Tf" => {
                    let font = tokens.first_name().and_then(|name| self.resource(b"Font", name)).and_then(as_dict);
                    state.font = Some(match font {
                        Some(font) => self.font(font)?,
                        None => Rc::new(Font::fallback()),
                    });
                    state.size = tokens.numbers::<1>().map_or(state.size, |[size]| size);
                }
                b"gs" => self.apply_graphics_state(&tokens, &mut state)?,
                b"Tj" | b"'" | b"\"" | b"TJ" => {
                    state.before_showing(word, &tokens);
                    self.show(&tokens, &mut state, &mut marks)?;
                }
                b"BMC" => marks.begin(None, false),
                b"BDC" => self.begin_marked(&tokens, &mut marks),
                b"EMC" => marks.end(),
                b"BI" => self.page.pictures.push(Picture { id: (0, 0), share: self.share_of(state.ctm) }),
                b"sh" => self.paints.cover(self.whole_page()),
                _ => state.apply(word, &tokens, &mut self.paints),
            }
        }
        Ok(())
    }

    /// A named resource: of the form being drawn, else of what draws it.
    fn resource(&self, category: &[u8], name: &[u8]) -> Option<&'a Object> {
        let objects = self.objects;
        self.resources
            .iter()
            .rev()
            .find_map(|resources| objects.dict(resources, category).and_then(|named| objects.get(named, name)))
    }

    /// Like [`Self::resource`], answering the id of the object where it has one.
    fn resource_id(&self, category: &[u8], name: &[u8]) -> Option<ObjectId> {
        self.resources.iter().rev().find_map(|resources| {
            self.objects.dict(resources, category).and_then(|named| named.get(name).ok()).and_then(reference)
        })
    }

    /// A font, loaded once. The document does not change, so a dictionary's address names it.
    fn font(&mut self, dict: &'a Dictionary) -> Result<Rc<Font>, Fault> {
        let key = std::ptr::from_ref(dict) as usize;
        if let Some(font) = self.fonts.get(&key) {
            return Ok(Rc::clone(font));
        }
        let font = Rc::new(Font::load(self.objects, dict)?);
        self.fonts.insert(key, Rc::clone(&font));
        Ok(font)
    }

    fn apply_graphics_state(&mut self, tokens: &Tokens<'_>, state: &mut State) -> Result<(), Fault> {
        let named = tokens.first_name().and_then(|name| self.resource(b"ExtGState", name)).and_then(as_dict);
        let Some([font, size]) = named.and_then(|named| self.objects.array(named, b"Font")) else { return Ok(()) };
        if let Some(font) = self.objects.resolve(font).and_then(as_dict) {
            state.font = Some(self.font(font)?);
        }
        state.size = self.objects.resolve(size).and_then(super::objects::number).unwrap_or(state.size);
        Ok(())
    }

    fn begin_marked(&self, tokens: &Tokens<'_>, marks: &mut Marks) {
        let tag = tokens.first_name().unwrap_or_default();
        let properties = tokens.operands().iter().skip(1).find_map(|operand| match operand {
            Operand::Name(name) => Some(tokens.bytes(name)),
            _ => None,
        });
        let is_inline = tokens.operands().iter().any(|operand| matches!(operand, Operand::Brace { .. }));
        let is_off = tag == b"OC"
            && properties
                .and_then(|name| self.resource_id(b"Properties", name))
                .is_some_and(|id| self.switched_off.contains(&id));
        let actual = if is_inline {
            inline_actual_text(tokens)
        } else {
            properties
                .and_then(|name| self.resource(b"Properties", name))
                .and_then(as_dict)
                .and_then(|properties| self.objects.text(properties, b"ActualText"))
        };
        marks.begin(actual, is_off);
    }

    fn draw_object(&mut self, tokens: &Tokens<'_>, state: &State, marks: &Marks) -> Result<(), Fault> {
        let Some(name) = tokens.first_name() else { return Ok(()) };
        let id = self.resource_id(b"XObject", name);
        let Some(Object::Stream(stream)) = self.resource(b"XObject", name) else { return Ok(()) };
        let is_off = stream.dict.get(b"OC").ok().and_then(reference).is_some_and(|id| self.switched_off.contains(&id));
        match self.objects.name(&stream.dict, b"Subtype") {
            Some(b"Image") => {
                self.paints.cover(state.ctm.bounds([0.0, 0.0, 1.0, 1.0]));
                let share = self.share_of(state.ctm);
                self.page.pictures.push(Picture { id: id.unwrap_or_default(), share });
                Ok(())
            }
            Some(b"Form") => {
                let mut state = state.clone();
                state.is_off |= is_off || marks.is_off();
                self.draw_form(stream, id, state)
            }
            _ => Ok(()),
        }
    }

    /// Draws a form with its own matrix and resources, unless it is being drawn already or too deep.
    pub(super) fn draw_form(&mut self, form: &'a Stream, id: Option<ObjectId>, mut state: State) -> Result<(), Fault> {
        if id.is_some_and(|id| self.drawing.contains(&id)) {
            self.faults.push(Fault::extract(Code::Cyclic));
            return Ok(());
        }
        if self.drawing.len() as u64 >= self.objects.budget.limits().pdf_form_depth {
            self.faults.push(Fault::extract(Code::TooDeep));
            return Ok(());
        }
        let content = self.form_content(form, id)?;
        if let Some(matrix) = self.objects.numbers(&form.dict, b"Matrix") {
            state.ctm = Transform(matrix).then(state.ctm);
        }
        let resources = self.objects.dict(&form.dict, b"Resources");
        self.resources.extend(resources);
        self.drawing.push(id.unwrap_or_default());
        let outcome = self.run(&content, state);
        self.drawing.pop();
        if resources.is_some() {
            self.resources.pop();
        }
        outcome
    }

    fn form_content(&mut self, form: &Stream, id: Option<ObjectId>) -> Result<Rc<Vec<u8>>, Fault> {
        if let Some(content) = id.and_then(|id| self.forms.get(&id)) {
            return Ok(Rc::clone(content));
        }
        let decoded = self.objects.content(form)?;
        self.faults.extend(decoded.fault);
        let content = Rc::new(decoded.bytes);
        if let Some(id) = id
            && self.forms_bytes + content.len() <= FORMS_KEPT
        {
            self.forms_bytes += content.len();
            self.forms.insert(id, Rc::clone(&content));
        }
        Ok(content)
    }

    /// Whether a point lies off the page.
    pub(super) fn is_off_page(&self, x: f64, y: f64) -> bool {
        let margin = 2.0;
        x < -margin || y < -margin || x > self.size.0 + margin || y > self.size.1 + margin
    }

    fn whole_page(&self) -> [f64; 4] {
        [0.0, 0.0, self.size.0, self.size.1]
    }

    fn share_of(&self, ctm: Transform) -> f64 {
        let [left, bottom, right, top] = ctm.bounds([0.0, 0.0, 1.0, 1.0]);
        let width = (right.min(self.size.0) - left.max(0.0)).max(0.0);
        let height = (top.min(self.size.1) - bottom.max(0.0)).max(0.0);
        width * height / (self.size.0 * self.size.1).max(1.0)
    }
}

/// `ActualText` of a property list that is written in the content itself.
fn inline_actual_text(tokens: &Tokens<'_>) -> Option<String> {
    tokens.operands().windows(2).find_map(|pair| match pair {
        [Operand::Name(key), Operand::Text(value)] if tokens.bytes(key) == b"ActualText" => {
            Some(super::objects::text_of(tokens.bytes(value)))
        }
        _ => None,
    })
}

/// Layers that are switched off when the document is opened (8.11.4.3).
fn switched_off(objects: Objects<'_>) -> BTreeSet<ObjectId> {
    let off = objects
        .doc
        .catalog()
        .ok()
        .and_then(|catalog| objects.dict(catalog, b"OCProperties"))
        .and_then(|properties| objects.dict(properties, b"D"))
        .and_then(|default| objects.array(default, b"OFF"));
    off.unwrap_or_default().iter().filter_map(reference).collect()
}
