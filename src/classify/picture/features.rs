//! The numbers that the trained classifier sees of a picture. Training prints them with this same code, so a change
//! here asks for a new training (`rules/classes/picture/train.py`).

#![expect(
    clippy::inline_always,
    reason = "only what is inlined is compiled for the registers that were chosen at run time"
)]

use super::canvas::{Canvas, Colours};
use super::faces::Faces;
use super::skin::{Blob, Skin, blobs, chroma};
use super::sums::{Row, map, ones, sum, sums};
use fearless_simd::{Level, Simd, SimdBase as _, SimdFloat as _, dispatch};
use std::borrow::Cow;
use std::ops::Range;

/// Longer side at which everything is counted.
const SIDE: usize = 144;

/// Named numbers, always the same names in the same order.
pub type Features = Vec<(Cow<'static, str>, f32)>;

/// What was measured on a picture besides its features.
#[derive(Debug, Clone)]
pub struct Measured {
    /// The features.
    pub features: Features,
    /// What the face detector's network saw; empty for one without a network.
    pub activations: Vec<f32>,
    /// Share of skin-coloured pixels.
    pub skin: f32,
    /// Skin region with the largest area: share of the picture and borders touched.
    pub blob: (f32, usize),
}

impl Measured {
    /// The feature with this name; 0 if there is none.
    pub fn get(&self, name: &str) -> f32 {
        self.features.iter().find(|(known, _)| known == name).map_or(0.0, |(_, value)| *value)
    }
}

/// Everything that is counted on the small picture.
struct View {
    picture: Canvas,
    colours: Colours,
    grey: Canvas,
    /// The same as numbers.
    greys: Vec<f32>,
    skin: Skin,
    blobs: Vec<Blob>,
    /// Per pixel, 1 or 0: whether it belongs to the largest skin region.
    largest: Vec<f32>,
    /// Gradient magnitude per pixel.
    edges: Vec<f32>,
}

impl View {
    #[inline(always)]
    fn of<S: Simd>(simd: S, picture: &Canvas) -> Self {
        let picture = picture.fit(SIDE);
        let (colours, grey) = (picture.colours(), picture.grey());
        let skin = Skin::of(&colours);
        let (blobs, labels) = blobs(&skin.mask, picture.width, picture.height);
        let largest = labels.into_iter().map(|label| f32::from(u8::from(label == 1))).collect();
        let greys: Vec<f32> = grey.samples.iter().copied().map(f32::from).collect();
        let edges = gradients(simd, &greys, picture.width);
        Self { picture, colours, grey, greys, skin, blobs, largest, edges }
    }

    /// Pixels.
    fn area(&self) -> f32 {
        (self.picture.width * self.picture.height).max(1) as f32
    }

    /// Share of skin among the pixels of these columns and rows (one pixel more, so that none is no division by zero).
    #[inline(always)]
    fn skin_within<S: Simd>(&self, simd: S, columns: &Range<usize>, rows: &Range<usize>) -> f32 {
        let lines = self.skin.mask.chunks_exact(self.picture.width).take(rows.end).skip(rows.start);
        let mut skin = 0.0;
        for line in lines.filter_map(|line| line.get(columns.clone())) {
            skin += sum(simd, line);
        }
        skin / (columns.len() * rows.len() + 1) as f32
    }
}

/// Measures a picture on which faces were looked for.
pub fn measure(picture: &Canvas, faces: &Faces) -> Measured {
    dispatch!(Level::new(), simd => measured(simd, picture, faces))
}

#[inline(always)]
fn measured<S: Simd>(simd: S, picture: &Canvas, faces: &Faces) -> Measured {
    let view = View::of(simd, picture);
    let mut features = Vec::with_capacity(96);
    face_features(simd, &view, faces, &mut features);
    skin_features(simd, &view, &mut features);
    blob_features(simd, &view, &mut features);
    colour_features(simd, &view, &mut features);
    texture_features(simd, &view, &mut features);
    grid_features(simd, &view, &mut features);
    let largest = view.blobs.first().copied().unwrap_or_default();
    let borders = largest.contact.iter().filter(|pixels| **pixels > 2).count();
    let activations = faces.activations.clone();
    Measured { features, activations, skin: view.skin.share, blob: (largest.area as f32 / view.area(), borders) }
}

/// Central differences of rows of greys; the border counts as flat.
#[inline(always)]
fn gradients<S: Simd>(simd: S, greys: &[f32], width: usize) -> Vec<f32> {
    let mut edges = vec![0.0; greys.len()];
    let rows = greys.windows(3 * width).step_by(width).zip(edges.chunks_exact_mut(width).skip(1));
    for (lines, out) in rows {
        let (upper, rest) = lines.split_at(width);
        let (middle, lower) = rest.split_at(width);
        let inner = 1..width.saturating_sub(1);
        let shifted = [(middle, 0), (middle, 2), (upper, 1), (lower, 1)];
        let planes = shifted.map(|(line, from)| line.get(from..from + inner.len()).unwrap_or_default());
        let out = out.get_mut(inner).unwrap_or_default();
        map(simd, planes, out, |[left, right, above, below]| {
            let (dx, dy) = (right - left, below - above);
            (dx * dx + dy * dy).sqrt() * 0.5
        });
    }
    edges
}

fn put(out: &mut Features, name: impl Into<Cow<'static, str>>, value: f32) {
    out.push((name.into(), if value.is_finite() { value } else { 0.0 }));
}

#[inline(always)]
fn face_features<S: Simd>(simd: S, view: &View, faces: &Faces, out: &mut Features) {
    let best = faces.found.first();
    let second = faces.found.get(1);
    let largest = faces.largest();
    put(out, "face_score", best.map_or(0.0, |face| face.score));
    put(out, "face_second", second.map_or(0.0, |face| face.score));
    put(out, "face_best_share", best.map_or(0.0, super::faces::Face::share));
    put(out, "face_share", largest.map_or(0.0, super::faces::Face::share));
    put(out, "face_total", faces.sure().map(super::faces::Face::share).sum());
    put(out, "face_count", faces.sure().count().min(6) as f32);
    put(out, "face_middle", best.map_or(0.5, |face| (face.x + face.width / 2.0 - 0.5).abs()));
    put(out, "face_height", best.map_or(0.5, |face| face.y + face.height / 2.0));
    let inside = best.map_or(0.0, |face| {
        // The middle of the box: cheeks, nose and mouth, whatever hair stands around them.
        let within = |side: usize, start: f32, length: f32| {
            let place = |share: f32| (((start + share * length) * side as f32).ceil().max(0.0) as usize).min(side);
            place(0.2)..place(0.8)
        };
        view.skin_within(
            simd,
            &within(view.picture.width, face.x, face.width),
            &within(view.picture.height, face.y, face.height),
        )
    });
    put(out, "face_skin", inside);
    put(out, "face_support", best.map_or(0.0, |face| face.score) * (0.3 + inside));
}

#[inline(always)]
fn skin_features<S: Simd>(simd: S, view: &View, out: &mut Features) {
    let skin = &view.skin;
    put(out, "skin", skin.share);
    put(out, "skin_chroma", skin.chroma);
    put(out, "skin_rgb", skin.rgb);
    put(out, "skin_corrected", skin.corrected);
    let area = view.area();
    let count = (skin.share * area).round().max(1.0);
    let [red, green, blue] = view.colours.planes();
    let planes = [red, green, blue, &skin.mask];
    // Red beyond skin: wounds, scars, lips, but also fabric and fruit.
    let [cb, cr, beyond] = sums(simd, planes, |[r, g, b, skin]| {
        let (cb, cr) = chroma(simd, [r, g, b]);
        [cb * skin, cr * skin, ones(simd, cr.simd_gt(158.0)) * skin]
    });
    let (cb, cr) = (cb / count, cr / count);
    let [spread] = sums(simd, planes, |[r, g, b, skin]| {
        let (x, y) = chroma(simd, [r, g, b]);
        [((x - cb) * (x - cb) + (y - cr) * (y - cr)) * skin]
    });
    put(out, "skin_cb", cb);
    put(out, "skin_cr", cr);
    put(out, "skin_chroma_spread", (spread / count).sqrt());
    let planes = [view.greys.as_slice(), &view.edges, &skin.mask];
    let [luma, edge, smooth] =
        sums(simd, planes, |[grey, edge, skin]| [grey * skin, edge * skin, ones(simd, edge.simd_lt(3.0)) * skin]);
    let luma = luma / count;
    let [spread] = sums(simd, planes, |[grey, _, skin]| [(grey - luma) * (grey - luma) * skin]);
    put(out, "skin_luma", luma);
    put(out, "skin_luma_spread", (spread / count).sqrt());
    put(out, "skin_red", beyond / count);
    put(out, "skin_texture", edge / count);
    put(out, "skin_smooth", smooth / count);
    let middle = |side: usize| side / 4..side - side / 4;
    let centre = view.skin_within(simd, &middle(view.picture.width), &middle(view.picture.height));
    put(out, "skin_centre", centre);
    put(out, "skin_centred", centre - skin.share);
}

#[inline(always)]
fn blob_features<S: Simd>(simd: S, view: &View, out: &mut Features) {
    let area = view.area();
    let largest = view.blobs.first().copied().unwrap_or_default();
    let pixels = largest.area.max(1) as f32;
    let [left, top, right, bottom] = largest.bounds;
    let side = |low: usize, high: usize| if largest.area == 0 { 0.0 } else { (high + 1).saturating_sub(low) as f32 };
    let (width, height) = (side(left, right), side(top, bottom));
    put(out, "blob", largest.area as f32 / area);
    put(out, "blob_of_skin", largest.area as f32 / (view.skin.share * area).max(1.0));
    put(out, "blob_second", view.blobs.get(1).map_or(0.0, |blob| blob.area as f32 / area));
    put(out, "blob_count", view.blobs.iter().filter(|blob| blob.area as f32 > area * 0.002).count() as f32);
    put(out, "blob_fill", pixels / (width * height).max(1.0));
    put(out, "blob_width", width / view.picture.width as f32);
    put(out, "blob_height", height / view.picture.height as f32);
    put(out, "blob_aspect", (width / height.max(1.0)).ln());
    put(out, "blob_compact", largest.edge as f32 / pixels.sqrt());
    let contact = largest.contact.map(|pixels| pixels as f32);
    let (w, h) = (view.picture.width as f32, view.picture.height as f32);
    put(out, "blob_left", contact[0] / h);
    put(out, "blob_top", contact[1] / w);
    put(out, "blob_right", contact[2] / h);
    put(out, "blob_bottom", contact[3] / w);
    put(out, "blob_contact", contact.iter().sum::<f32>() / (2.0 * (w + h)));
    put(out, "blob_borders", largest.contact.iter().filter(|pixels| **pixels > 2).count() as f32);
    let [inner, whole, texture] =
        sums(simd, [&view.edges, &view.largest], |[edge, inside]| [edge * inside, edge, inside]);
    let outside = area - texture;
    put(out, "blob_texture", inner / texture.max(1.0));
    put(out, "blob_outside_texture", (whole - inner) / outside.max(1.0));
    // How unlike the rest is: a body before a drape or wall has another colour around it.
    let [red, green, blue] = view.colours.planes();
    let one = Row::splat(simd, 1.0);
    let [cb, cr, level, cb_inside, cr_inside] = sums(simd, [red, green, blue, &view.largest], |[r, g, b, inside]| {
        let ((cb, cr), outside) = (chroma(simd, [r, g, b]), one - inside);
        [cb * outside, cr * outside, g * outside, cb * inside, cr * inside]
    });
    let around = [cb, cr, level].map(|sum| sum / outside.max(1.0));
    let within = [cb_inside, cr_inside].map(|sum| sum / texture.max(1.0));
    let apart = (around[0] - within[0]).hypot(around[1] - within[1]);
    put(out, "blob_apart", if largest.area == 0 { 0.0 } else { apart });
    put(out, "outside_cb", around[0]);
    put(out, "outside_cr", around[1]);
    put(out, "outside_green", around[2]);
}

#[inline(always)]
fn colour_features<S: Simd>(simd: S, view: &View, out: &mut Features) {
    let count = view.area();
    let planes = view.colours.planes();
    let [saturation, grey, white, black] = sums(simd, planes, |[r, g, b]| {
        let (high, low) = (r.max(g).max(b), r.min(g).min(b));
        let pure = (high - low) / high.max(1.0);
        [pure, ones(simd, (high - low).simd_lt(14.0)), ones(simd, low.simd_gt(225.0)), ones(simd, high.simd_lt(30.0))]
    });
    let [blue, green] = sums(simd, planes, |[r, g, b]| {
        let (high, low) = (r.max(g).max(b), r.min(g).min(b));
        let is_pure = (high - low).simd_gt(high.max(1.0) * 0.15);
        let (is_blue, is_green) = (b.simd_gt(r) & b.simd_gt(g * 1.02), g.simd_gt(r) & g.simd_gt(b));
        [ones(simd, is_blue & is_pure), ones(simd, is_green & is_pure)]
    });
    let [rg, yb, rg2, yb2] = sums(simd, planes, |[r, g, b]| {
        let (x, y) = (r - g, (r + g) * 0.5 - b);
        [x, y, x * x, y * y]
    });
    let mut bins = vec![0_u32; 4096];
    for [r, g, b] in view.picture.pixels() {
        let index = usize::from(r >> 4) << 8 | usize::from(g >> 4) << 4 | usize::from(b >> 4);
        if let Some(bin) = bins.get_mut(index) {
            *bin += 1;
        }
    }
    put(out, "saturation", saturation / count);
    put(out, "grey", grey / count);
    put(out, "white", white / count);
    put(out, "black", black / count);
    put(out, "blue", blue / count);
    put(out, "green", green / count);
    // Colourfulness of Hasler and Suesstrunk (2003).
    let deviation = |sum: f32, squares: f32| (squares / count - (sum / count).powi(2)).max(0.0).sqrt();
    let colourful = deviation(rg, rg2).hypot(deviation(yb, yb2)) + 0.3 * (rg / count).hypot(yb / count);
    put(out, "colourful", colourful);
    put(out, "warmth", yb / count);
    put(out, "redness", rg / count);
    let shares: Vec<f32> = bins.iter().filter(|bin| **bin > 0).map(|bin| *bin as f32 / count).collect();
    put(out, "colour_entropy", -shares.iter().map(|share| share * share.log2()).sum::<f32>());
    put(out, "colour_top", shares.iter().copied().fold(0.0, f32::max));
    put(out, "colour_bins", shares.iter().filter(|share| **share > 0.001).count() as f32);
}

#[inline(always)]
fn texture_features<S: Simd>(simd: S, view: &View, out: &mut Features) {
    let count = view.area();
    let [luma, edge, strong, flat, middle] = sums(simd, [&view.greys, &view.edges], |[grey, edge]| {
        let is_middle = edge.simd_ge(3.0) & edge.simd_lt(12.0);
        let [strong, flat] = [ones(simd, edge.simd_gt(25.0)), ones(simd, edge.simd_lt(1.5))];
        [grey, edge, strong, flat, ones(simd, is_middle)]
    });
    let luma = luma / count;
    let [spread] = sums(simd, [&view.greys], |[grey]| [(grey - luma) * (grey - luma)]);
    put(out, "luma", luma);
    put(out, "luma_spread", (spread / count).sqrt());
    put(out, "edge", edge / count);
    put(out, "edge_strong", strong / count);
    put(out, "edge_flat", flat / count);
    put(out, "edge_moderate", middle / count);
    // Detail that a smaller copy loses: fur, grass, text and noise have much of it, skin little.
    let coarse = view.grey.fit(SIDE / 4).scaled(view.grey.width, view.grey.height);
    put(out, "detail", apart(&view.grey, &coarse));
    let coarser = view.grey.fit(SIDE / 12).scaled(view.grey.width, view.grey.height);
    put(out, "structure", apart(&coarse, &coarser));
    // The border as a frame of one colour: studio backgrounds, drapes, scans, logos.
    let (w, h) = (view.grey.width, view.grey.height);
    let is_outer = |at: usize, side: usize| at < 3 || at + 3 >= side;
    let mut border: Vec<u8> = Vec::with_capacity(6 * (w + h));
    for (y, row) in view.grey.samples.chunks_exact(w).enumerate() {
        let is_whole = is_outer(y, h);
        border.extend(row.iter().enumerate().filter(|(x, _)| is_whole || is_outer(*x, w)).map(|(_, value)| value));
    }
    let length = border.len().max(1) as f32;
    let frame = border.iter().map(|value| u32::from(*value)).sum::<u32>() as f32 / length;
    let uneven = border.iter().map(|value| (f32::from(*value) - frame).powi(2)).sum::<f32>() / length;
    put(out, "border", frame);
    put(out, "border_spread", uneven.sqrt());
    put(out, "aspect", (w as f32 / h as f32).ln());
    // Left against right: faces, torsos and backs are nearly symmetric.
    let upright = view.grey.fit(24);
    put(out, "asymmetry", apart(&upright, &upright.mirrored()));
}

/// Mean difference of the samples of two pictures of one size.
fn apart(one: &Canvas, other: &Canvas) -> f32 {
    let differences = one.samples.iter().zip(&other.samples).map(|(a, b)| u32::from(a.abs_diff(*b)));
    differences.sum::<u32>() as f32 / one.samples.len().max(1) as f32
}

/// Skin, edges and brightness in the rows and columns of a 3 by 3 grid.
#[inline(always)]
fn grid_features<S: Simd>(simd: S, view: &View, out: &mut Features) {
    let (w, h) = (view.picture.width, view.picture.height);
    let mut cells = [[0.0_f32; 4]; 9];
    // The first column and the first row of each third.
    let third = |side: usize, part: usize| (part * side).div_ceil(3);
    for (at, cell) in cells.iter_mut().enumerate() {
        let (column, row) = (at % 3, at / 3);
        let columns = third(w, column)..third(w, column + 1);
        for y in third(h, row)..third(h, row + 1) {
            let within = y * w + columns.start..y * w + columns.end;
            let planes = [view.skin.mask.as_slice(), &view.edges, &view.greys];
            let planes = planes.map(|plane| plane.get(within.clone()).unwrap_or_default());
            let [skin, edges, greys] = sums(simd, planes, |values| values);
            let added = [skin, edges, greys, columns.len() as f32];
            cell.iter_mut().zip(added).for_each(|(sum, added)| *sum += added);
        }
    }
    let mean = |picked: [usize; 3], part: usize| {
        let sum: f32 = picked.iter().filter_map(|index| cells.get(*index)).filter_map(|cell| cell.get(part)).sum();
        let count: f32 = picked.iter().filter_map(|index| cells.get(*index)).map(|cell| cell[3]).sum();
        sum / count.max(1.0)
    };
    let parts = [
        ("top", [0, 1, 2]),
        ("middle", [3, 4, 5]),
        ("bottom", [6, 7, 8]),
        ("left", [0, 3, 6]),
        ("column", [1, 4, 7]),
        ("right", [2, 5, 8]),
    ];
    for (name, picked) in parts {
        put(out, format!("skin_{name}"), mean(picked, 0));
        put(out, format!("edge_{name}"), mean(picked, 1));
    }
    put(out, "luma_top_bottom", mean([0, 1, 2], 2) - mean([6, 7, 8], 2));
    put(out, "luma_middle_sides", mean([1, 4, 7], 2) - f32::midpoint(mean([0, 3, 6], 2), mean([2, 5, 8], 2)));
    let full = cells.iter().filter(|cell| cell[0] > cell[3] * 0.6).count();
    put(out, "skin_cells", full as f32);
}
