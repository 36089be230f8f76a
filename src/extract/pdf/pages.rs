//! The page tree, flattened: each page with what it inherits. Loops and lost branches do not stop it.

use super::objects::{Objects, as_dict};
use super::transform::Transform;
use crate::model::{Code, Fault, Sink};
use lopdf::{Dictionary, Object, ObjectId};
use std::collections::BTreeSet;

/// One page with what it inherits.
#[derive(Clone, Copy)]
pub(super) struct Page<'a> {
    pub(super) dict: &'a Dictionary,
    pub(super) resources: Option<&'a Dictionary>,
    /// Media box: left, bottom, right, top.
    area: [f64; 4],
    rotation: i32,
}

impl<'a> Page<'a> {
    /// From default user space to upright page space with its origin at the lower left corner.
    pub(super) fn transform(&self) -> Transform {
        let [left, bottom, right, top] = self.area;
        match self.rotation {
            90 => Transform([0.0, -1.0, 1.0, 0.0, -bottom, right]),
            180 => Transform([-1.0, 0.0, 0.0, -1.0, right, top]),
            270 => Transform([0.0, 1.0, -1.0, 0.0, top, -left]),
            _ => Transform([1.0, 0.0, 0.0, 1.0, -left, -bottom]),
        }
    }

    /// Width and height as shown, in points.
    pub(super) fn size(&self) -> (f64, f64) {
        let [left, bottom, right, top] = self.area;
        let (width, height) = (right - left, top - bottom);
        if self.rotation % 180 == 0 { (width, height) } else { (height, width) }
    }

    fn inherit(self, objects: Objects<'a>, dict: &'a Dictionary) -> Self {
        // The crop box hides nothing for good: what lies outside it is still in the file.
        let area = objects.numbers(dict, b"MediaBox").or_else(|| objects.numbers(dict, b"CropBox"));
        let rotation = objects.number(dict, b"Rotate").map(|degrees| (degrees as i32).rem_euclid(360) / 90 * 90);
        Self {
            dict,
            resources: objects.dict(dict, b"Resources").or(self.resources),
            area: area.map(upright).filter(|[l, b, r, t]| r - l > 1.0 && t - b > 1.0).unwrap_or(self.area),
            rotation: rotation.unwrap_or(self.rotation),
        }
    }
}

fn upright([a, b, c, d]: [f64; 4]) -> [f64; 4] {
    [a.min(c), b.min(d), a.max(c), b.max(d)]
}

/// Every page in order, at most as many as the limit; loops and overlong trees are noted.
///
/// # Errors
/// When the item's time is over.
pub(super) fn list<'a>(objects: Objects<'a>, sink: &mut dyn Sink) -> Result<Vec<Page<'a>>, Fault> {
    let limit = objects.budget.limits().pages as usize;
    let mut pages = Vec::new();
    let mut seen = BTreeSet::new();
    let root = objects.doc.catalog().ok().and_then(|catalog| catalog.get(b"Pages").ok());
    // US Letter where no box is given, as other readers have it.
    let top = Page { dict: &objects.doc.trailer, resources: None, area: [0.0, 0.0, 612.0, 792.0], rotation: 0 };
    let mut open: Vec<(&Object, Page<'_>)> = root.map(|root| (root, top)).into_iter().collect();
    while let Some((object, parent)) = open.pop() {
        objects.budget.check()?;
        let Some(dict) = objects.resolve(object).and_then(as_dict) else { continue };
        let kids = objects.array(dict, b"Kids");
        // A page may hang in the tree twice; a node that does would let a small tree grow without bound.
        if let Ok(id) = object.as_reference()
            && !seen.insert(id)
            && kids.is_some()
        {
            sink.fault(Fault::extract(Code::Cyclic));
            continue;
        }
        let page = parent.inherit(objects, dict);
        match kids {
            Some(kids) if objects.name(dict, b"Type") != Some(b"Page") => {
                open.extend(kids.iter().rev().take(1 << 20).map(|kid| (kid, page)));
            }
            _ if pages.len() >= limit => {
                sink.fault(Fault::extract(Code::TooMuchText));
                return Ok(pages);
            }
            _ => pages.push(page),
        }
    }
    if pages.iter().all(|page| !page.dict.has(b"Contents") && !page.dict.has(b"Annots")) {
        let lost = lost_pages(objects, &seen, top, limit)?;
        if !lost.is_empty() {
            sink.fault(Fault::extract(Code::Repaired));
            pages.retain(|page| page.dict.has(b"Contents"));
            pages.extend(lost);
        }
    }
    Ok(pages)
}

/// Pages that no tree leads to.
fn lost_pages<'a>(
    objects: Objects<'a>,
    seen: &BTreeSet<ObjectId>,
    top: Page<'a>,
    limit: usize,
) -> Result<Vec<Page<'a>>, Fault> {
    let mut pages = Vec::new();
    for (id, object) in &objects.doc.objects {
        objects.budget.check()?;
        if let Object::Dictionary(dict) = object
            && objects.name(dict, b"Type") == Some(b"Page")
            && !seen.contains(id)
            && pages.len() < limit
        {
            pages.push(top.inherit(objects, dict));
        }
    }
    Ok(pages)
}
