//! The numbers that the trained classifier sees of a picture. Training prints them with this same code, so a change
//! here asks for a new training (`rules/classes/picture/train.py`).

use super::canvas::Canvas;
use super::faces::Faces;
use super::skin::{Blob, Skin, blobs, chroma};

/// Longer side at which everything is counted.
const SIDE: usize = 144;

/// Named numbers, always the same names in the same order.
pub type Features = Vec<(String, f32)>;

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
    grey: Canvas,
    skin: Skin,
    blobs: Vec<Blob>,
    labels: Vec<u32>,
    /// Gradient magnitude per pixel.
    edges: Vec<f32>,
}

impl View {
    /// Share of skin among the pixels of these columns and rows (one pixel more, so that none is no division by zero).
    fn skin_within(&self, is_column: impl Fn(usize) -> bool, is_row: impl Fn(usize) -> bool) -> f32 {
        let width = self.picture.width;
        let columns: Vec<bool> = (0..width).map(is_column).collect();
        let rows = self.skin.mask.chunks_exact(width).enumerate().filter(|(y, _)| is_row(*y));
        let (mut skin, mut height) = (0, 0);
        for (_, row) in rows {
            height += 1;
            skin += row.iter().zip(&columns).filter(|(is_skin, is_inside)| **is_skin && **is_inside).count();
        }
        let all = height * columns.iter().filter(|is_inside| **is_inside).count();
        skin as f32 / (all + 1) as f32
    }
}

/// Measures a picture on which faces were looked for.
pub fn measure(picture: &Canvas, faces: &Faces) -> Measured {
    let small = picture.fit(SIDE);
    let grey = small.grey();
    let skin = Skin::of(&small);
    let (found, labels) = blobs(&skin.mask, small.width, small.height);
    let edges = gradients(&grey);
    let view = View { picture: small, grey, skin, blobs: found, labels, edges };
    let mut features = Vec::with_capacity(96);
    face_features(&view, faces, &mut features);
    skin_features(&view, &mut features);
    blob_features(&view, &mut features);
    colour_features(&view, &mut features);
    texture_features(&view, &mut features);
    grid_features(&view, &mut features);
    let area = (view.picture.width * view.picture.height) as f32;
    let largest = view.blobs.first().copied().unwrap_or_default();
    let borders = largest.contact.iter().filter(|pixels| **pixels > 2).count();
    let activations = faces.activations.clone();
    Measured { features, activations, skin: view.skin.share, blob: (largest.area as f32 / area, borders) }
}

/// Central differences; the border counts as flat.
#[expect(clippy::indexing_slicing, reason = "rows and columns stay one pixel within the border")]
fn gradients(grey: &Canvas) -> Vec<f32> {
    let (width, height) = (grey.width, grey.height);
    let mut edges = vec![0.0; width * height];
    for y in 1..height.saturating_sub(1) {
        for x in 1..width.saturating_sub(1) {
            let at = y * width + x;
            let dx = f32::from(grey.samples[at + 1]) - f32::from(grey.samples[at - 1]);
            let dy = f32::from(grey.samples[at + width]) - f32::from(grey.samples[at - width]);
            edges[at] = (dx * dx + dy * dy).sqrt() / 2.0;
        }
    }
    edges
}

fn put(out: &mut Features, name: &str, value: f32) {
    out.push((name.to_owned(), if value.is_finite() { value } else { 0.0 }));
}

fn face_features(view: &View, faces: &Faces, out: &mut Features) {
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
        let within = |at: usize, side: usize, start: f32, length: f32| {
            (start + 0.2 * length..start + 0.8 * length).contains(&(at as f32 / side as f32))
        };
        view.skin_within(
            |x| within(x, view.picture.width, face.x, face.width),
            |y| within(y, view.picture.height, face.y, face.height),
        )
    });
    put(out, "face_skin", inside);
    put(out, "face_support", best.map_or(0.0, |face| face.score) * (0.3 + inside));
}

fn skin_features(view: &View, out: &mut Features) {
    let skin = &view.skin;
    put(out, "skin", skin.share);
    put(out, "skin_chroma", skin.chroma);
    put(out, "skin_rgb", skin.rgb);
    put(out, "skin_corrected", skin.corrected);
    let pixels = || view.picture.pixels().zip(&skin.mask).filter(|(_, is_skin)| **is_skin).map(|(rgb, _)| rgb);
    let count = pixels().count().max(1) as f32;
    let chromas: Vec<(f32, f32)> = pixels().map(|rgb| chroma(rgb.map(f32::from))).collect();
    let mean = |pick: fn(&(f32, f32)) -> f32| chromas.iter().map(pick).sum::<f32>() / count;
    let (cb, cr) = (mean(|pair| pair.0), mean(|pair| pair.1));
    let spread = chromas.iter().map(|pair| (pair.0 - cb).powi(2) + (pair.1 - cr).powi(2)).sum::<f32>() / count;
    put(out, "skin_cb", cb);
    put(out, "skin_cr", cr);
    put(out, "skin_chroma_spread", spread.sqrt());
    let lumas: Vec<f32> =
        view.grey.samples.iter().zip(&skin.mask).filter(|(_, m)| **m).map(|(g, _)| f32::from(*g)).collect();
    let luma = lumas.iter().sum::<f32>() / count;
    put(out, "skin_luma", luma);
    put(out, "skin_luma_spread", (lumas.iter().map(|value| (value - luma).powi(2)).sum::<f32>() / count).sqrt());
    // Red beyond skin: wounds, scars, lips, but also fabric and fruit.
    let red = chromas.iter().filter(|pair| pair.1 > 158.0).count() as f32;
    put(out, "skin_red", red / count);
    let edge = view.edges.iter().zip(&skin.mask).filter(|(_, m)| **m).map(|(edge, _)| *edge);
    put(out, "skin_texture", edge.clone().sum::<f32>() / count);
    put(out, "skin_smooth", edge.filter(|edge| *edge < 3.0).count() as f32 / count);
    let middle = |at: usize, side: usize| (side / 4..side - side / 4).contains(&at);
    let centre = view.skin_within(|x| middle(x, view.picture.width), |y| middle(y, view.picture.height));
    put(out, "skin_centre", centre);
    put(out, "skin_centred", centre - skin.share);
}

fn blob_features(view: &View, out: &mut Features) {
    let area = (view.picture.width * view.picture.height).max(1) as f32;
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
    let within = |edge: bool| {
        let values =
            view.edges.iter().zip(&view.labels).filter(move |(_, label)| (**label == 1) == edge).map(|(edge, _)| *edge);
        let count = values.clone().count().max(1) as f32;
        values.sum::<f32>() / count
    };
    put(out, "blob_texture", within(true));
    put(out, "blob_outside_texture", within(false));
    // How unlike the rest is: a body before a drape or wall has another colour around it.
    let mut sums = [[0.0_f32; 4]; 2];
    for (rgb, label) in view.picture.pixels().zip(&view.labels) {
        let side = usize::from(*label == 1);
        if let Some(sum) = sums.get_mut(side) {
            let (cb, cr) = chroma(rgb.map(f32::from));
            *sum = [sum[0] + cb, sum[1] + cr, sum[2] + f32::from(rgb[1]), sum[3] + 1.0];
        }
    }
    let means = sums.map(|sum| [sum[0] / sum[3].max(1.0), sum[1] / sum[3].max(1.0), sum[2] / sum[3].max(1.0)]);
    let apart = (means[0][0] - means[1][0]).hypot(means[0][1] - means[1][1]);
    put(out, "blob_apart", if largest.area == 0 { 0.0 } else { apart });
    put(out, "outside_cb", means[0][0]);
    put(out, "outside_cr", means[0][1]);
    put(out, "outside_green", means[0][2]);
}

fn colour_features(view: &View, out: &mut Features) {
    let count = (view.picture.width * view.picture.height).max(1) as f32;
    let (mut saturation, mut grey, mut white, mut black, mut blue, mut green) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
    let (mut rg, mut yb, mut rg2, mut yb2) = (0.0_f32, 0.0_f32, 0.0_f32, 0.0_f32);
    let mut bins = vec![0_u32; 4096];
    for rgb in view.picture.pixels() {
        let [r, g, b] = rgb.map(f32::from);
        let (high, low) = (r.max(g).max(b), r.min(g).min(b));
        let pure = (high - low) / high.max(1.0);
        saturation += pure;
        grey += f32::from(u8::from(high - low < 14.0));
        white += f32::from(u8::from(low > 225.0));
        black += f32::from(u8::from(high < 30.0));
        blue += f32::from(u8::from(b > r && b > g * 1.02 && pure > 0.15));
        green += f32::from(u8::from(g > r && g > b && pure > 0.15));
        let (x, y) = (r - g, f32::midpoint(r, g) - b);
        (rg, yb, rg2, yb2) = (rg + x, yb + y, rg2 + x * x, yb2 + y * y);
        let index = usize::from(rgb[0] >> 4) << 8 | usize::from(rgb[1] >> 4) << 4 | usize::from(rgb[2] >> 4);
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

fn texture_features(view: &View, out: &mut Features) {
    let count = view.edges.len().max(1) as f32;
    let mean = |values: &[u8]| values.iter().map(|value| f32::from(*value)).sum::<f32>() / values.len().max(1) as f32;
    let luma = mean(&view.grey.samples);
    let spread = view.grey.samples.iter().map(|value| (f32::from(*value) - luma).powi(2)).sum::<f32>() / count;
    put(out, "luma", luma);
    put(out, "luma_spread", spread.sqrt());
    put(out, "edge", view.edges.iter().sum::<f32>() / count);
    put(out, "edge_strong", view.edges.iter().filter(|edge| **edge > 25.0).count() as f32 / count);
    put(out, "edge_flat", view.edges.iter().filter(|edge| **edge < 1.5).count() as f32 / count);
    put(out, "edge_middle", view.edges.iter().filter(|edge| (3.0..12.0).contains(*edge)).count() as f32 / count);
    // Detail that a smaller copy loses: fur, grass, text and noise have much of it, skin little.
    let coarse = view.grey.fit(SIDE / 4).scaled(view.grey.width, view.grey.height);
    let lost =
        view.grey.samples.iter().zip(&coarse.samples).map(|(a, b)| f32::from(a.abs_diff(*b))).sum::<f32>() / count;
    put(out, "detail", lost);
    let coarser = view.grey.fit(SIDE / 12).scaled(view.grey.width, view.grey.height);
    let lost = coarse.samples.iter().zip(&coarser.samples).map(|(a, b)| f32::from(a.abs_diff(*b))).sum::<f32>() / count;
    put(out, "structure", lost);
    // The border as a frame of one colour: studio backgrounds, drapes, scans, logos.
    let (w, h) = (view.grey.width, view.grey.height);
    let is_outer = |at: usize, side: usize| at < 3 || at + 3 >= side;
    let mut border: Vec<u8> = Vec::with_capacity(6 * (w + h));
    for (y, row) in view.grey.samples.chunks_exact(w).enumerate() {
        let is_whole = is_outer(y, h);
        border.extend(row.iter().enumerate().filter(|(x, _)| is_whole || is_outer(*x, w)).map(|(_, value)| value));
    }
    let frame = mean(&border);
    let uneven =
        border.iter().map(|value| (f32::from(*value) - frame).powi(2)).sum::<f32>() / border.len().max(1) as f32;
    put(out, "border", frame);
    put(out, "border_spread", uneven.sqrt());
    put(out, "aspect", (w as f32 / h as f32).ln());
    // Left against right: faces, torsos and backs are nearly symmetric.
    let upright = view.grey.fit(24);
    let mirrored = upright.mirrored();
    let apart = upright.samples.iter().zip(&mirrored.samples).map(|(a, b)| f32::from(a.abs_diff(*b))).sum::<f32>();
    put(out, "asymmetry", apart / upright.samples.len().max(1) as f32);
}

/// Skin, edges and brightness in the rows and columns of a 3 by 3 grid.
fn grid_features(view: &View, out: &mut Features) {
    let (w, h) = (view.picture.width, view.picture.height);
    let mut cells = [[0.0_f32; 4]; 9];
    let columns: Vec<usize> = (0..w).map(|x| x * 3 / w).collect();
    let rows = view.skin.mask.chunks_exact(w).zip(view.edges.chunks_exact(w)).zip(view.grey.samples.chunks_exact(w));
    for (y, ((skin, edges), greys)) in rows.enumerate() {
        let Some(cells) = cells.as_chunks_mut::<3>().0.get_mut(y * 3 / h) else { continue };
        for (((is_skin, edge), value), column) in skin.iter().zip(edges).zip(greys).zip(&columns) {
            if let Some(cell) = cells.get_mut(*column) {
                *cell = [
                    cell[0] + f32::from(u8::from(*is_skin)),
                    cell[1] + edge,
                    cell[2] + f32::from(*value),
                    cell[3] + 1.0,
                ];
            }
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
        put(out, &format!("skin_{name}"), mean(picked, 0));
        put(out, &format!("edge_{name}"), mean(picked, 1));
    }
    put(out, "luma_top_bottom", mean([0, 1, 2], 2) - mean([6, 7, 8], 2));
    put(out, "luma_middle_sides", mean([1, 4, 7], 2) - f32::midpoint(mean([0, 3, 6], 2), mean([2, 5, 8], 2)));
    let full = cells.iter().filter(|cell| cell[0] > cell[3] * 0.6).count();
    put(out, "skin_cells", full as f32);
}
