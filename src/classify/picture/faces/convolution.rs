//! Convolutions over planes: pointwise, depthwise by kernels of nine, and any other by way of the first.

#![expect(
    clippy::inline_always,
    reason = "only what is inlined is compiled for the registers that were chosen at run time"
)]

use super::network::{Convolution, Planes, Spare};
use fearless_simd::{Simd, SimdBase as _, f32x8, f32x16};

#[inline(always)]
pub(super) fn convolve<S: Simd>(
    simd: S,
    from: &Planes,
    layer: &Convolution,
    weights: &[f32],
    spare: &mut Spare,
) -> Option<Planes> {
    if from.channels != layer.inputs * layer.groups {
        return None;
    }
    let layer_weights =
        weights.get(layer.weights..layer.weights + layer.outputs * layer.inputs * layer.kernel.pow(2))?;
    let sums = Sums {
        weights: layer_weights,
        biases: weights.get(layer.biases..layer.biases + layer.outputs)?,
        lowest: if layer.is_rectified { 0.0 } else { f32::NEG_INFINITY },
    };
    Some(match (layer.kernel, layer.groups) {
        (1, 1) => pointwise(simd, from, &sums, spare),
        (3, groups) if layer.stride == 1 && groups == layer.outputs && layer.inputs == 1 => {
            depthwise(simd, from, &sums, spare)
        }
        _ => {
            let spread = spread(from, layer, spare);
            let planes = pointwise(simd, &spread, &sums, spare);
            spare.keep(spread);
            planes
        }
    })
}

/// What a convolution sums with: a row of weights and a bias for each result, of which none is below `lowest`.
struct Sums<'a> {
    weights: &'a [f32],
    biases: &'a [f32],
    lowest: f32,
}

/// Values that are summed at a time for four results: with them all sums stay in registers.
pub(super) const LANES: usize = 16;

/// Results that are summed at a time.
const ROWS: usize = 4;

/// Neighbours in a row that a kernel of nine is summed for at a time.
const NARROW: usize = 8;

#[inline(always)]
fn pointwise<S: Simd>(simd: S, from: &Planes, sums: &Sums<'_>, spare: &mut Spare) -> Planes {
    let Sums { weights, biases, lowest } = *sums;
    let (area, inputs, outputs) = (from.width * from.height, from.channels, biases.len());
    let mut values = spare.room(area * outputs);
    let groups = values.chunks_mut((area * ROWS).max(1)).zip(weights.chunks(ROWS * inputs.max(1)));
    for ((out, weights), biases) in groups.zip(biases.chunks(ROWS)) {
        let weight = |row: usize, input: usize| weights.get(row * inputs + input).copied().unwrap_or(0.0);
        let columns: Vec<[f32; ROWS]> =
            (0..inputs).map(|input| std::array::from_fn(|row| weight(row, input))).collect();
        let biases: [f32; ROWS] = std::array::from_fn(|row| biases.get(row).copied().unwrap_or(0.0));
        let planes = || from.values.chunks_exact(area.max(1)).zip(&columns);
        let full = area - area % LANES;
        for start in (0..full).step_by(LANES) {
            let mut sums = biases.map(|bias| f32x16::splat(simd, bias));
            for (plane, column) in planes() {
                let Some(source) = plane.get(start..).and_then(<[f32]>::first_chunk::<LANES>) else { continue };
                accumulate(&mut sums, column, f32x16::load_array_ref(simd, source));
            }
            for (plane, sum) in out.chunks_exact_mut(area).zip(sums) {
                if let Some(target) = plane.get_mut(start..).and_then(<[f32]>::first_chunk_mut::<LANES>) {
                    sum.max(lowest).store_array(target);
                }
            }
        }
        if full < area {
            let mut sums = biases.map(|bias| f32x16::splat(simd, bias));
            for (plane, column) in planes() {
                let mut last = [0.0; LANES];
                last.iter_mut().zip(plane.get(full..).unwrap_or_default()).for_each(|(last, value)| *last = *value);
                accumulate(&mut sums, column, f32x16::load_array(simd, last));
            }
            for (plane, sum) in out.chunks_exact_mut(area).zip(sums) {
                plane.iter_mut().skip(full).zip(sum.max(lowest).to_array()).for_each(|(out, sum)| *out = sum);
            }
        }
    }
    Planes { channels: outputs, width: from.width, height: from.height, values }
}

#[inline(always)]
fn accumulate<S: Simd>(sums: &mut [f32x16<S>; ROWS], weights: &[f32; ROWS], source: f32x16<S>) {
    for (sum, weight) in sums.iter_mut().zip(weights) {
        *sum += source * *weight;
    }
}

#[inline(always)]
fn depthwise<S: Simd>(simd: S, from: &Planes, sums: &Sums<'_>, spare: &mut Spare) -> Planes {
    let Sums { weights, biases, lowest } = *sums;
    let (width, height) = (from.width, from.height);
    let area = (width * height).max(1);
    let mut values = spare.room(width * height * from.channels);
    // A plane with a border of zeros, so that each sum is one of nine products, whatever its place; and room for the
    // last registers of a row.
    let padded_width = width.next_multiple_of(NARROW) + 2;
    let mut padded = spare.room(padded_width * (height + 2));
    padded.fill(0.0);
    let planes = from.values.chunks_exact(area).zip(values.chunks_exact_mut(area));
    for (((plane, out), kernel), bias) in planes.zip(weights.chunks_exact(9)).zip(biases) {
        let inner = padded.chunks_exact_mut(padded_width).skip(1);
        for (target, source) in inner.zip(plane.chunks_exact(width.max(1))) {
            if let Some(target) = target.get_mut(1..=width) {
                target.copy_from_slice(source);
            }
        }
        let Some(kernel) = kernel.first_chunk::<9>() else { continue };
        let weights = kernel.map(|weight| f32x8::splat(simd, weight));
        let rows = out.chunks_exact_mut(width.max(1));
        for (out, lines) in rows.zip(padded.windows(3 * padded_width).step_by(padded_width)) {
            let (upper, rest) = lines.split_at(padded_width);
            let (middle, lower) = rest.split_at(padded_width);
            for (at, out) in out.chunks_mut(NARROW).enumerate() {
                let seen = |line: &[f32]| {
                    let seen = line.get(at * NARROW..).and_then(<[f32]>::first_chunk::<{ NARROW + 2 }>);
                    three(simd, seen.unwrap_or(&[0.0; NARROW + 2]))
                };
                let [a, b, c] = seen(upper);
                let [d, e, f] = seen(middle);
                let [g, h, i] = seen(lower);
                let [wa, wb, wc, wd, we, wf, wg, wh, wi] = weights;
                let mut sum = f32x8::splat(simd, *bias);
                sum += a * wa + b * wb + c * wc;
                sum += d * wd + e * we + f * wf;
                sum += g * wg + h * wh + i * wi;
                let sum = sum.max(lowest).to_array();
                if let Some(out) = out.first_chunk_mut::<NARROW>() {
                    *out = sum;
                } else {
                    out.iter_mut().zip(sum).for_each(|(out, sum)| *out = sum);
                }
            }
        }
    }
    spare.keep(Planes { values: padded, ..Planes::default() });
    Planes { channels: from.channels, width, height, values }
}

/// What the three columns of a kernel see of a line.
#[inline(always)]
fn three<S: Simd>(simd: S, line: &[f32; NARROW + 2]) -> [f32x8<S>; 3] {
    let mut from = [[0.0; NARROW]; 3];
    for (column, from) in from.iter_mut().enumerate() {
        from.copy_from_slice(line.get(column..column + NARROW).unwrap_or(&[0.0; NARROW]));
    }
    from.map(|values| f32x8::load_array(simd, values))
}

/// A convolution of all inputs: what each place of the kernel sees becomes a plane of its own, and the rest is the
/// pointwise sum over these planes.
#[inline(always)]
fn spread(from: &Planes, layer: &Convolution, spare: &mut Spare) -> Planes {
    let pad = layer.kernel / 2;
    let side = |length: usize| (length + 2 * pad).saturating_sub(layer.kernel) / layer.stride + 1;
    let (width, height, area) = (side(from.width), side(from.height), (from.width * from.height).max(1));
    let mut values = spare.room(0);
    values.reserve(width * height * layer.inputs * layer.kernel * layer.kernel);
    for plane in from.values.chunks_exact(area).take(layer.inputs) {
        for (ky, kx) in (0..layer.kernel).flat_map(|ky| (0..layer.kernel).map(move |kx| (ky, kx))) {
            for y in 0..height {
                let line = (y * layer.stride + ky).checked_sub(pad).filter(|line| *line < from.height);
                let source = line.and_then(|line| plane.get(line * from.width..(line + 1) * from.width));
                let source = source.unwrap_or_default();
                let end = values.len() + width;
                if kx < pad {
                    values.push(0.0);
                }
                let start = if kx < pad { layer.stride + kx - pad } else { kx - pad };
                let source = source.get(start..).unwrap_or_default();
                let room = end - values.len();
                if layer.stride == 2 {
                    let (pairs, last) = source.as_chunks::<2>();
                    values.extend(pairs.iter().map(|[first, _]| *first).take(room));
                    values.extend(last.iter().take(room.saturating_sub(pairs.len())));
                } else {
                    values.extend(source.iter().step_by(layer.stride).take(room));
                }
                values.resize(end, 0.0);
            }
        }
    }
    Planes { channels: layer.inputs * layer.kernel * layer.kernel, width, height, values }
}
