//! Annotations: their appearances are drawn onto the page like any form; what they say besides is read here.

use super::interpret::Interpreter;
use super::objects::{Objects, as_dict, number, reference};
use super::pages::Page;
use super::state::State;
use super::transform::Transform;
use crate::model::{Fault, Field, Meaning, Origin, Part, Passage, Shape, Sink};
use lopdf::{Dictionary, Object, ObjectId, Stream};

/// Flags that keep an annotation off the screen: hidden, no view (ISO 32000-2, table 167).
const NOT_SHOWN: i64 = 1 << 1 | 1 << 5;
/// Annotations of one page that are read.
const ANNOTATIONS: usize = 10_000;

/// Draws the appearances of a page's annotations; those without text of their own are remembered as notes.
///
/// # Errors
/// When a bound of the item is reached.
pub(super) fn draw<'a>(interpreter: &mut Interpreter<'a>, page: &Page<'a>, transform: Transform) -> Result<(), Fault> {
    let objects = interpreter.objects;
    interpreter.notes.clear();
    for item in objects.array(page.dict, b"Annots").unwrap_or_default().iter().take(ANNOTATIONS) {
        objects.budget.check()?;
        let Some(annotation) = objects.resolve(item).and_then(as_dict) else { continue };
        let before = interpreter.page.all.len();
        let flags = objects.number(annotation, b"F").unwrap_or(0.0) as i64;
        let is_shown = flags & NOT_SHOWN == 0 && objects.name(annotation, b"Subtype") != Some(b"Popup");
        if is_shown && let Some((form, id)) = appearance(objects, annotation) {
            let state = State::new(fitted(objects, annotation, form).then(transform));
            interpreter.draw_form(form, id, state)?;
        }
        if interpreter.page.all.len() == before {
            interpreter.notes.push(annotation);
        }
    }
    Ok(())
}

/// Hands over what the remembered notes say.
pub(super) fn hand_over(interpreter: &Interpreter<'_>, number: u32, sink: &mut dyn Sink) {
    for note in &interpreter.notes {
        let origin = || Origin { part: Part::Annotation, page: Some(number), key: None };
        if interpreter.objects.name(note, b"Subtype") == Some(b"Widget") {
            continue;
        }
        if let Some(contents) = interpreter.objects.text(note, b"Contents").filter(|text| !text.trim().is_empty()) {
            sink.passage(Passage::new(origin(), Shape::Flow, contents));
        }
        if let Some(author) = interpreter.objects.text(note, b"T").filter(|text| !text.trim().is_empty()) {
            let origin = Origin { key: Some("T".to_owned()), ..origin() };
            sink.field(Field::new(origin, Meaning::Person, author));
        }
    }
}

/// The normal appearance, in the state that the annotation is in.
fn appearance<'a>(objects: Objects<'a>, annotation: &'a Dictionary) -> Option<(&'a Stream, Option<ObjectId>)> {
    let appearances = objects.dict(annotation, b"AP")?;
    let normal = appearances.get(b"N").ok()?;
    match objects.resolve(normal)? {
        Object::Stream(stream) => Some((stream, reference(normal))),
        Object::Dictionary(states) => {
            let state = states.get(objects.name(annotation, b"AS")?).ok()?;
            Some((objects.resolve(state)?.as_stream().ok()?, reference(state)))
        }
        _ => None,
    }
}

/// The transform that puts an appearance's box into the annotation's rectangle (12.5.5, algorithm 8).
fn fitted(objects: Objects<'_>, annotation: &Dictionary, form: &Stream) -> Transform {
    let rectangle: Option<[f64; 4]> = objects.numbers(annotation, b"Rect");
    let bounds: Option<[f64; 4]> = form.dict.get(b"BBox").ok().and_then(|bounds| {
        let bounds = objects.doc.dereference(bounds).ok()?.1.as_array().ok()?;
        let mut numbers =
            bounds.iter().filter_map(|item| objects.doc.dereference(item).ok().and_then(|item| number(item.1)));
        Some([numbers.next()?, numbers.next()?, numbers.next()?, numbers.next()?])
    });
    let (Some([a, b, c, d]), Some(bounds)) = (rectangle, bounds) else { return Transform::IDENTITY };
    let matrix = objects.numbers(&form.dict, b"Matrix").map_or(Transform::IDENTITY, Transform);
    let [left, bottom, right, top] = matrix.bounds(bounds);
    let scale = |to: f64, from: f64| if from.abs() > 1e-6 { to.abs() / from } else { 1.0 };
    let (x, y) = (scale(c - a, right - left), scale(d - b, top - bottom));
    Transform([x, 0.0, 0.0, y, a.min(c) - left * x, b.min(d) - bottom * y])
}
