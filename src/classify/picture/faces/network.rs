//! A small executor for convolutional networks of simple operations: convolution, max pooling, nearest-neighbour
//! upsampling, addition.

#![expect(
    clippy::inline_always,
    reason = "only what is inlined is compiled for the registers that were chosen at run time"
)]

use super::onnx::Steps;
use fearless_simd::{Level, Simd, SimdBase as _, dispatch, f32x8, f32x16};

/// Planes of 32-bit numbers.
#[derive(Debug, Clone, Default)]
pub(super) struct Planes {
    pub(super) channels: usize,
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) values: Vec<f32>,
}

#[derive(Debug, Clone)]
enum Operation {
    Convolve(Convolution),
    /// Maximum of 2 by 2.
    Pool {
        from: usize,
    },
    /// Each value four times.
    Double {
        from: usize,
    },
    Add {
        from: [usize; 2],
    },
}

impl Operation {
    /// The slots that it reads.
    fn reads(&self) -> impl Iterator<Item = usize> {
        let (first, second) = match self {
            Self::Convolve(convolution) => (convolution.from, None),
            Self::Pool { from } | Self::Double { from } => (*from, None),
            Self::Add { from: [a, b] } => (*a, Some(*b)),
        };
        std::iter::once(first).chain(second)
    }
}

#[derive(Debug, Clone, Copy)]
struct Convolution {
    from: usize,
    outputs: usize,
    /// Input channels of one group.
    inputs: usize,
    /// Side of the kernel, 1 or 3; padded by 1 where it is 3.
    kernel: usize,
    stride: usize,
    groups: usize,
    /// Negative results become 0.
    is_rectified: bool,
    weights: usize,
    biases: usize,
}

/// A network: operations in order, each writing the slot of its number.
#[derive(Debug, Clone)]
pub(super) struct Network {
    operations: Vec<(usize, Operation)>,
    outputs: Vec<(String, usize)>,
    stages: Vec<usize>,
    weights: Vec<f32>,
    /// After each operation: the slots that no later one reads.
    spent: Vec<Vec<usize>>,
    /// Memory of planes that were read for the last time, for the next ones. Given back to the system and asked for
    /// again for each picture, its pages cost as much as the sums.
    spare: Spare,
}

/// Memory that planes can be put into.
#[derive(Debug, Clone, Default)]
struct Spare(Vec<Vec<f32>>);

impl Spare {
    /// Room for this many values, the largest that lies here. What it holds is of earlier planes: every value is to be
    /// written.
    fn room(&mut self, length: usize) -> Vec<f32> {
        let largest = (0..self.0.len()).max_by_key(|at| self.0.get(*at).map_or(0, Vec::capacity));
        let mut room = largest.map_or_else(Vec::new, |at| self.0.swap_remove(at));
        room.resize(length, 0.0);
        room
    }

    fn keep(&mut self, planes: Planes) {
        self.0.push(planes.values);
    }
}

/// What a network makes of an input.
#[derive(Debug, Default)]
pub(super) struct Results<'a> {
    /// The wanted outputs by name.
    pub(super) outputs: Vec<(&'a str, Planes)>,
    /// What the backbone's stages hold, the coarsest first.
    pub(super) stages: Vec<Planes>,
}

/// Slots and side that are accepted; the known networks have under 70 slots and 64 channels.
const SLOTS: usize = 256;
const CHANNELS: usize = 1024;

impl Network {
    /// Checks the steps of a network; `None` unless every one is known and every weight lies within the weights.
    /// Operations that only serve outputs outside `wanted` are left out.
    pub(super) fn new(steps: Steps, wanted: fn(&str) -> bool) -> Option<Self> {
        let Steps { operations, mut outputs, stages, weights } = steps;
        let operations = operations
            .iter()
            .map(|(name, numbers)| Self::operation(name, numbers, weights.len()))
            .collect::<Option<Vec<_>>>()?;
        outputs.retain(|(name, _)| wanted(name));
        let mut network = Self { operations, outputs, stages, weights, spent: Vec::new(), spare: Spare::default() };
        network.prune();
        network.spent = network.last_reads();
        Some(network)
    }

    /// For each operation the slots that it is the last to read, outputs and stages left out.
    fn last_reads(&self) -> Vec<Vec<usize>> {
        let mut later: Vec<usize> = self.results().collect();
        let mut spent: Vec<Vec<usize>> = Vec::with_capacity(self.operations.len());
        for (_, operation) in self.operations.iter().rev() {
            let mut last: Vec<usize> = operation.reads().filter(|slot| !later.contains(slot)).collect();
            last.dedup();
            later.extend(&last);
            spent.push(last);
        }
        spent.reverse();
        spent
    }

    /// The slots that are wanted in the end.
    fn results(&self) -> impl Iterator<Item = usize> {
        self.outputs.iter().map(|(_, slot)| *slot).chain(self.stages.iter().copied())
    }

    fn operation(name: &str, numbers: &[usize], weights: usize) -> Option<(usize, Operation)> {
        let (slot, operation) = match (name, numbers) {
            ("conv", [slot, from, outputs, inputs, kernel, stride, groups, rectified, start, biases]) => {
                let spent = outputs.checked_mul(*inputs)?.checked_mul(kernel * kernel)?;
                let fits = start.checked_add(spent)? <= weights && biases.checked_add(*outputs)? <= weights;
                // In one group, or a group for each output.
                let is_grouped = *groups == 1 || *stride == 1 && *kernel == 3 && groups == outputs && *inputs == 1;
                let is_known = matches!((kernel, stride), (1, 1) | (3, 1 | 2)) && is_grouped;
                if !fits || !is_known || *outputs > CHANNELS || *inputs > CHANNELS || *groups == 0 {
                    return None;
                }
                let convolution = Convolution {
                    from: *from,
                    outputs: *outputs,
                    inputs: *inputs,
                    kernel: *kernel,
                    stride: *stride,
                    groups: *groups,
                    is_rectified: *rectified == 1,
                    weights: *start,
                    biases: *biases,
                };
                (*slot, Operation::Convolve(convolution))
            }
            ("pool", [slot, from]) => (*slot, Operation::Pool { from: *from }),
            ("up", [slot, from]) => (*slot, Operation::Double { from: *from }),
            ("add", [slot, a, b]) => (*slot, Operation::Add { from: [*a, *b] }),
            _ => return None,
        };
        (slot < SLOTS).then_some((slot, operation))
    }

    fn prune(&mut self) {
        let mut needed: Vec<usize> = self.results().collect();
        let mut kept = Vec::new();
        for (slot, operation) in self.operations.drain(..).rev() {
            if needed.contains(&slot) {
                needed.extend(operation.reads());
                kept.push((slot, operation));
            }
        }
        kept.reverse();
        self.operations = kept;
    }

    /// An input of zeros, in memory of earlier planes.
    pub(super) fn input(&mut self, channels: usize, width: usize, height: usize) -> Planes {
        let mut values = self.spare.room(channels * width * height);
        values.fill(0.0);
        Planes { channels, width, height, values }
    }

    /// Runs the network on an input (slot 0). `None` if an operation's input is missing or has another number of
    /// channels than its weights.
    pub(super) fn run(&mut self, input: Planes) -> Option<Results<'_>> {
        // Compiled for the widest registers that this processor has. Products are rounded before they are summed
        // (no fused operations), so every processor computes the same.
        dispatch!(Level::new(), simd => self.computed(simd, input))
    }

    #[inline(always)]
    fn computed<S: Simd>(&mut self, simd: S, input: Planes) -> Option<Results<'_>> {
        let Self { operations, outputs, stages, weights, spent, spare } = self;
        let mut slots: Vec<Option<Planes>> = vec![None; SLOTS];
        *slots.first_mut()? = Some(input);
        for ((slot, operation), spent) in operations.iter().zip(spent) {
            let get = |from: usize| slots.get(from).and_then(Option::as_ref);
            let result = match operation {
                Operation::Convolve(convolution) => {
                    convolve(simd, get(convolution.from)?, convolution, weights, spare)?
                }
                Operation::Pool { from } => pool(simd, get(*from)?, spare),
                Operation::Double { from } => double(get(*from)?, spare),
                Operation::Add { from: [a, b] } => add(get(*a)?, get(*b)?, spare)?,
            };
            for slot in spent.iter() {
                if let Some(planes) = slots.get_mut(*slot).and_then(Option::take) {
                    spare.keep(planes);
                }
            }
            *slots.get_mut(*slot)? = Some(result);
        }
        let held = |slot: usize| slots.get(slot).cloned().flatten();
        let results = Results {
            outputs: outputs.iter().map(|(name, slot)| Some((name.as_str(), held(*slot)?))).collect::<Option<_>>()?,
            stages: stages.iter().map(|slot| held(*slot)).collect::<Option<_>>()?,
        };
        slots.into_iter().flatten().for_each(|planes| spare.keep(planes));
        Some(results)
    }
}

#[inline(always)]
fn convolve<S: Simd>(
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
const LANES: usize = 16;

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

#[inline(always)]
fn pool<S: Simd>(simd: S, from: &Planes, spare: &mut Spare) -> Planes {
    let (width, height) = (from.width / 2, from.height / 2);
    let mut values = spare.room(width * height * from.channels);
    let planes = from.values.chunks_exact((from.width * from.height).max(1));
    for (plane, out) in planes.zip(values.chunks_exact_mut((width * height).max(1))) {
        let lines = plane.chunks_exact((2 * from.width).max(1)).zip(out.chunks_exact_mut(width.max(1)));
        for (pair, out) in lines {
            let (upper, lower) = pair.split_at(from.width);
            let (full, last) = out.as_chunks_mut::<LANES>();
            let sources = upper.as_chunks::<{ 2 * LANES }>().0.iter().zip(lower.as_chunks::<{ 2 * LANES }>().0);
            for (out, (upper, lower)) in full.iter_mut().zip(sources) {
                let [left, right] = [0, LANES].map(|start| {
                    let row = |line: &[f32; 2 * LANES]| line.get(start..).and_then(<[f32]>::first_chunk).copied();
                    [row(upper).unwrap_or([0.0; LANES]), row(lower).unwrap_or([0.0; LANES])]
                });
                let [left_upper, left_lower] = left;
                let [right_upper, right_lower] = right;
                let left = f32x16::load_array(simd, left_upper).max(f32x16::load_array(simd, left_lower));
                let right = f32x16::load_array(simd, right_upper).max(f32x16::load_array(simd, right_lower));
                left.unzip_low(right).max(left.unzip_high(right)).store_array(out);
            }
            let done = width - last.len();
            let pairs = upper.as_chunks::<2>().0.iter().zip(lower.as_chunks::<2>().0).skip(done);
            for (out, ([a, b], [c, d])) in last.iter_mut().zip(pairs) {
                *out = a.max(*b).max(c.max(*d));
            }
        }
    }
    Planes { channels: from.channels, width, height, values }
}

#[inline(always)]
fn double(from: &Planes, spare: &mut Spare) -> Planes {
    let mut values = spare.room(0);
    values.reserve(from.values.len() * 4);
    for row in from.values.chunks_exact(from.width.max(1)) {
        for _ in 0..2 {
            values.extend(row.iter().flat_map(|value| [*value; 2]));
        }
    }
    Planes { channels: from.channels, width: from.width * 2, height: from.height * 2, values }
}

#[inline(always)]
fn add(a: &Planes, b: &Planes, spare: &mut Spare) -> Option<Planes> {
    if (a.channels, a.width, a.height) != (b.channels, b.width, b.height) {
        return None;
    }
    let mut values = spare.room(a.values.len());
    for (sum, (a, b)) in values.iter_mut().zip(a.values.iter().zip(&b.values)) {
        *sum = a + b;
    }
    Some(Planes { values, ..*a })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planes(channels: usize, width: usize, height: usize, values: &[f32]) -> Planes {
        Planes { channels, width, height, values: values.to_vec() }
    }

    fn network(operations: &[(&'static str, &[usize])], outputs: &[(&str, usize)], weights: &[f32]) -> Option<Network> {
        let steps = Steps {
            operations: operations.iter().map(|(name, numbers)| (*name, numbers.to_vec())).collect(),
            outputs: outputs.iter().map(|(name, slot)| ((*name).to_owned(), *slot)).collect(),
            stages: Vec::new(),
            weights: weights.to_vec(),
        };
        Network::new(steps, |name| name != "spare")
    }

    #[test]
    fn each_operation_computes_what_its_name_says() {
        // Two outputs from one input by 1x1, pooled, doubled again, added to the first result.
        let operations: &[(&str, &[usize])] =
            &[("conv", &[1, 0, 2, 1, 1, 1, 1, 1, 0, 2]), ("pool", &[2, 1]), ("up", &[3, 2]), ("add", &[4, 1, 3])];
        let mut network = network(operations, &[("sum", 4), ("spare", 2)], &[1.0, -1.0, 0.5, 0.0]).expect("read");
        // The second picture is put where the first one was.
        for _ in 0..2 {
            let result = network.run(planes(1, 2, 2, &[1.0, 2.0, 3.0, -4.0])).expect("run");
            let [(name, sum)] = result.outputs.as_slice() else { panic!("one output") };
            assert_eq!(*name, "sum");
            assert_eq!(sum.values, [5.0, 6.0, 7.0, 3.5, 4.0, 4.0, 4.0, 8.0]);
        }
    }

    #[test]
    fn a_depthwise_kernel_sees_zeros_beyond_the_border() {
        let mut weights = vec![1.0; 9];
        weights.push(0.5);
        let run = |stride: usize| {
            let operation: &[usize] = &[1, 0, 1, 1, 3, stride, 1, 0, 0, 9];
            let mut network = network(&[("conv", operation)], &[("o", 1)], &weights).expect("read");
            let result = network.run(planes(1, 3, 2, &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0])).expect("run");
            result.outputs[0].1.values.clone()
        };
        assert_eq!(run(1), [12.5, 21.5, 16.5, 12.5, 21.5, 16.5]);
        // With stride 2 every second column and row of the same sums.
        assert_eq!(run(2), [12.5, 16.5]);
    }

    #[test]
    fn weights_beyond_the_file_are_refused() {
        assert!(network(&[("conv", &[1, 0, 2, 1, 1, 1, 1, 1, 0, 3])], &[("o", 1)], &[0.0; 4]).is_none());
        assert!(network(&[("drop", &[1, 0])], &[], &[]).is_none());
    }
}
