//! The later levels: perceptrons on SURF descriptors of a window of 40 by 40 pixels.
//!
//! A descriptor sums, over each quarter of a patch, the gradients and their magnitudes, apart by the sign of the other
//! direction's gradient: eight channels. The sums come from running totals at the patches' edges only.

#![expect(
    clippy::inline_always,
    reason = "only what is inlined is compiled for the registers that were chosen at run time"
)]

use super::WINDOW;
use fearless_simd::{Level, dispatch};

/// Channels of a descriptor's quarter.
const CHANNELS: usize = 8;
/// Numbers in a descriptor.
const LENGTH: usize = 4 * CHANNELS;
/// Step between patches, and their smallest side.
const STEP: usize = 16;
/// Shapes of patches, width to height.
const SHAPES: &[(usize, usize)] = &[(1, 1), (1, 2), (2, 1), (2, 3), (3, 2)];

/// A window's pixels.
pub(super) type Window = [u8; WINDOW * WINDOW];

/// Running totals at one row edge: for each channel, of everything above it and left of each column edge.
type Totals = [[i32; WINDOW + 1]; CHANNELS];

/// One patch of a window, as numbers of its three row edges and its three column edges.
#[derive(Debug, Clone, Copy)]
struct Patch {
    columns: [usize; 3],
    rows: [usize; 3],
}

/// All patches, in the order in which the model counts them.
fn patches() -> Vec<Patch> {
    let mut found = Vec::new();
    for (wide, high) in SHAPES {
        for height in (STEP..=WINDOW).filter(|height| height % 2 == 0 && height % high == 0) {
            let width = height / high * wide;
            if width % 2 == 0 && (STEP..=WINDOW).contains(&width) {
                for y in (0..=WINDOW - height).step_by(STEP) {
                    for x in (0..=WINDOW - width).step_by(STEP) {
                        let edges = |start: usize, length: usize| [start, start + length / 2, start + length];
                        found.push(Patch { columns: edges(x, width), rows: edges(y, height) });
                    }
                }
            }
        }
    }
    found
}

/// A layer of a perceptron.
#[derive(Debug)]
pub(super) struct Layer {
    inputs: usize,
    weights: Vec<f32>,
    biases: Vec<f32>,
}

impl Layer {
    /// A layer with `inputs` weights for each bias.
    pub(super) fn new(inputs: usize, weights: Vec<f32>, biases: Vec<f32>) -> Self {
        Self { inputs, weights, biases }
    }

    #[inline(always)]
    fn forward(&self, input: &[f32], output: &mut Vec<f32>, activate: fn(f32) -> f32) {
        let rows = self.weights.chunks_exact(self.inputs.max(1));
        output.clear();
        output.extend(rows.zip(&self.biases).map(|(weights, bias)| activate(product(input, weights) + bias)));
    }
}

/// The inner product, in sixteen partial sums: a single one would wait for each addition.
#[inline(always)]
fn product(a: &[f32], b: &[f32]) -> f32 {
    const LANES: usize = 16;
    let mut sums = [0.0_f32; LANES];
    let (a, b) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let rest: f32 = a.remainder().iter().zip(b.remainder()).map(|(a, b)| a * b).sum();
    for (a, b) in a.zip(b) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += a * b;
        }
    }
    sums.iter().sum::<f32>() + rest
}

/// A judge of windows.
#[derive(Debug)]
pub(super) struct Perceptron {
    patches: Vec<Patch>,
    /// Whether a row edge is one of a patch.
    is_edge: [bool; WINDOW + 1],
    threshold: f32,
    layers: Vec<Layer>,
}

/// What a judge says of a window that it lets pass.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Verdict {
    /// How sure, 0 to 1.
    pub(super) score: f32,
    /// How far the face lies to the right, and further down, and how much larger it is: in window sides.
    pub(super) shift: [f32; 3],
}

/// Scratch memory of judging.
#[derive(Debug)]
pub(super) struct Scratch {
    totals: Vec<Totals>,
    values: Vec<f32>,
    next: Vec<f32>,
}

impl Default for Scratch {
    fn default() -> Self {
        Self { totals: vec![[[0; WINDOW + 1]; CHANNELS]; WINDOW + 1], values: Vec::new(), next: Vec::new() }
    }
}

impl Perceptron {
    /// `None` if a feature is unknown or the layers do not fit.
    pub(super) fn new(features: &[usize], threshold: f32, layers: Vec<Layer>) -> Option<Self> {
        let known = patches();
        let patches: Vec<Patch> = features.iter().map(|id| known.get(*id).copied()).collect::<Option<_>>()?;
        let mut width = patches.len() * LENGTH;
        for layer in &layers {
            if layer.inputs != width || layer.weights.len() != width * layer.biases.len() {
                return None;
            }
            width = layer.biases.len();
        }
        let mut is_edge = [false; WINDOW + 1];
        for edge in patches.iter().flat_map(|patch| patch.rows) {
            *is_edge.get_mut(edge)? = true;
        }
        (width == 4 && layers.len() > 1).then_some(Self { patches, is_edge, threshold, layers })
    }

    /// Judges a window; `None` if it shows no face.
    pub(super) fn judge(&self, window: &Window, scratch: &mut Scratch) -> Option<Verdict> {
        // The plain loops below, compiled for the widest registers that this processor has.
        dispatch!(Level::new(), _simd => self.judged(window, scratch))
    }

    #[inline(always)]
    fn judged(&self, window: &Window, scratch: &mut Scratch) -> Option<Verdict> {
        self.add_up(window, &mut scratch.totals);
        scratch.values.clear();
        for patch in &self.patches {
            describe(&scratch.totals, *patch, &mut scratch.values);
        }
        for (number, layer) in self.layers.iter().enumerate() {
            let activate = if number + 1 == self.layers.len() { sigmoid } else { rectify };
            layer.forward(&scratch.values, &mut scratch.next, activate);
            std::mem::swap(&mut scratch.values, &mut scratch.next);
        }
        let [score, x, y, size] = *scratch.values.first_chunk::<4>()?;
        (score > self.threshold).then(|| Verdict { score, shift: [x, y, size].map(|value| value * 2.0 - 1.0) })
    }

    /// Fills in the totals of the rows that are needed.
    #[inline(always)]
    fn add_up(&self, window: &Window, totals: &mut [Totals]) {
        // A column's sum stays below 40 x 510, which 16 bits hold.
        let mut columns = [[0_i16; WINDOW]; CHANNELS];
        let row = |y: usize| window.get(y * WINDOW..).and_then(<[u8]>::first_chunk::<WINDOW>);
        for y in 0..=WINDOW {
            if self.is_edge.get(y) == Some(&true)
                && let Some(totals) = totals.get_mut(y)
            {
                for (totals, columns) in totals.iter_mut().zip(&columns) {
                    let mut sum = 0;
                    for (total, column) in totals.iter_mut().skip(1).zip(columns) {
                        sum += i32::from(*column);
                        *total = sum;
                    }
                }
            }
            let (Some(here), above, below) = (row(y), y.checked_sub(1).and_then(row), row(y + 1)) else { return };
            add_row(here, above, below, &mut columns);
        }
    }
}

/// Adds one row's gradients to the column sums. At the border a difference to the one neighbour counts twice.
#[inline(always)]
fn add_row(
    here: &[u8; WINDOW],
    above: Option<&[u8; WINDOW]>,
    below: Option<&[u8; WINDOW]>,
    columns: &mut [[i16; WINDOW]; CHANNELS],
) {
    let mut across = [0_i16; WINDOW];
    let mut down = [0_i16; WINDOW];
    let wide = |value: u8| i16::from(value);
    for ((across, left), right) in across.iter_mut().skip(1).zip(here).zip(here.iter().skip(2)) {
        *across = wide(*right) - wide(*left);
    }
    let ([first, second, ..], [.., last_but_one, last], [start, .., end]) = (here, here, &mut across);
    *start = (wide(*second) - wide(*first)) * 2;
    *end = (wide(*last) - wide(*last_but_one)) * 2;
    let twice = if above.is_some() && below.is_some() { 1 } else { 2 };
    for ((down, upper), lower) in down.iter_mut().zip(above.unwrap_or(here)).zip(below.unwrap_or(here)) {
        *down = (wide(*lower) - wide(*upper)) * twice;
    }
    let [c0, c1, c2, c3, c4, c5, c6, c7] = columns;
    let add = |gradient: &[i16; WINDOW], sign: &[i16; WINDOW], channels: [&mut [i16; WINDOW]; 4]| {
        let [plus, plus_size, minus, minus_size] = channels;
        for x in 0..WINDOW {
            #[expect(clippy::indexing_slicing, reason = "all arrays have this length")]
            {
                let is_negative = sign[x] >> 15;
                let (value, size) = (gradient[x], gradient[x].abs());
                plus[x] += value & !is_negative;
                plus_size[x] += size & !is_negative;
                minus[x] += value & is_negative;
                minus_size[x] += size & is_negative;
            }
        }
    };
    add(&across, &down, [c0, c1, c2, c3]);
    add(&down, &across, [c4, c5, c6, c7]);
}

/// Appends a patch's descriptor, of length 1.
#[expect(clippy::indexing_slicing, reason = "a patch's edges lie within the window")]
#[inline(always)]
fn describe(totals: &[Totals], patch: Patch, out: &mut Vec<f32>) {
    let mut sums = [0_i32; LENGTH];
    let mut cells = sums.chunks_exact_mut(CHANNELS);
    for rows in patch.rows.windows(2) {
        let (above, below) = (&totals[rows[0]], &totals[rows[1]]);
        for columns in patch.columns.windows(2) {
            let (left, right) = (columns[0], columns[1]);
            for ((sum, above), below) in cells.next().into_iter().flatten().zip(above).zip(below) {
                *sum = below[right] - below[left] - above[right] + above[left];
            }
        }
    }
    let squares: f64 = sums.iter().map(|sum| f64::from(*sum) * f64::from(*sum)).sum();
    let norm = if squares > 0.0 { squares.sqrt() as f32 } else { 1.0 };
    out.extend(sums.iter().map(|sum| *sum as f32 / norm));
}

fn rectify(value: f32) -> f32 {
    value.max(0.0)
}

fn sigmoid(value: f32) -> f32 {
    1.0 / (1.0 + (-value).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_model_counts_54_patches_within_the_window() {
        let patches = patches();
        assert!(patches.iter().all(|patch| patch.columns[2] <= WINDOW && patch.rows[2] <= WINDOW));
        // The last feature of the published model is number 54.
        assert!(patches.len() >= 54, "{}", patches.len());
    }

    #[test]
    fn totals_are_the_plain_sums_of_the_gradients() {
        let mut window = [0_u8; WINDOW * WINDOW];
        for (at, pixel) in window.iter_mut().enumerate() {
            *pixel = (at * 37 % 251) as u8;
        }
        let layers = vec![Layer::new(LENGTH, vec![0.0; LENGTH], vec![0.0]), Layer::new(1, vec![0.0; 4], vec![0.0; 4])];
        let perceptron = Perceptron::new(&[0], 0.5, layers).expect("fits");
        let mut scratch = Scratch::default();
        perceptron.add_up(&window, &mut scratch.totals);
        let pixel = |x: usize, y: usize| i32::from(window[y * WINDOW + x]);
        let across = |x: usize, y: usize| match x {
            0 => 2 * (pixel(1, y) - pixel(0, y)),
            39 => 2 * (pixel(39, y) - pixel(38, y)),
            _ => pixel(x + 1, y) - pixel(x - 1, y),
        };
        let down = |x: usize, y: usize| match y {
            0 => 2 * (pixel(x, 1) - pixel(x, 0)),
            39 => 2 * (pixel(x, 39) - pixel(x, 38)),
            _ => pixel(x, y + 1) - pixel(x, y - 1),
        };
        let patch = perceptron.patches[0];
        let mut sums = [0_i32; CHANNELS];
        for y in 0..patch.rows[1] {
            for x in 0..patch.columns[1] {
                let (dx, dy) = (across(x, y), down(x, y));
                let (first, second) = (if dy < 0 { 2 } else { 0 }, if dx < 0 { 6 } else { 4 });
                sums[first] += dx;
                sums[first + 1] += dx.abs();
                sums[second] += dy;
                sums[second + 1] += dy.abs();
            }
        }
        let totals = &scratch.totals[patch.rows[1]];
        assert_eq!(totals.map(|channel| channel[patch.columns[1]]), sums);
    }

    #[test]
    fn the_inner_product_takes_every_element() {
        let a: Vec<f32> = (0..37).map(|n| n as f32).collect();
        let b = vec![2.0; 37];
        assert!((product(&a, &b) - 37.0 * 36.0).abs() < 1e-3);
    }
}
