//! A small executor for convolutional networks of simple operations: convolution, max pooling, nearest-neighbour
//! upsampling, addition.

#![expect(
    clippy::inline_always,
    reason = "only what is inlined is compiled for the registers that were chosen at run time"
)]

use super::onnx::Steps;
use fearless_simd::{Level, dispatch};

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
        let mut network = Self { operations, outputs, stages, weights };
        network.prune();
        Some(network)
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
        let mut needed: Vec<usize> = self.outputs.iter().map(|(_, slot)| *slot).chain(self.stages.clone()).collect();
        let mut kept = Vec::new();
        for (slot, operation) in self.operations.drain(..).rev() {
            if needed.contains(&slot) {
                match &operation {
                    Operation::Convolve(convolution) => needed.push(convolution.from),
                    Operation::Pool { from } | Operation::Double { from } => needed.push(*from),
                    Operation::Add { from } => needed.extend(from),
                }
                kept.push((slot, operation));
            }
        }
        kept.reverse();
        self.operations = kept;
    }

    /// Runs the network on an input (slot 0). `None` if an operation's input is missing or has another number of
    /// channels than its weights.
    pub(super) fn run(&self, input: Planes) -> Option<Results<'_>> {
        // The plain loops below, compiled for the widest registers that this processor has.
        dispatch!(Level::new(), _simd => self.computed(input))
    }

    #[inline(always)]
    fn computed(&self, input: Planes) -> Option<Results<'_>> {
        let mut slots: Vec<Option<Planes>> = vec![None; SLOTS];
        *slots.first_mut()? = Some(input);
        for (slot, operation) in &self.operations {
            let get = |from: usize| slots.get(from).and_then(Option::as_ref);
            let result = match operation {
                Operation::Convolve(convolution) => self.convolve(get(convolution.from)?, convolution)?,
                Operation::Pool { from } => pool(get(*from)?),
                Operation::Double { from } => double(get(*from)?),
                Operation::Add { from: [a, b] } => add(get(*a)?, get(*b)?)?,
            };
            *slots.get_mut(*slot)? = Some(result);
        }
        let held = |slot: usize| slots.get(slot).cloned().flatten();
        Some(Results {
            outputs: self
                .outputs
                .iter()
                .map(|(name, slot)| Some((name.as_str(), held(*slot)?)))
                .collect::<Option<_>>()?,
            stages: self.stages.iter().map(|slot| held(*slot)).collect::<Option<_>>()?,
        })
    }

    #[inline(always)]
    fn convolve(&self, from: &Planes, layer: &Convolution) -> Option<Planes> {
        if from.channels != layer.inputs * layer.groups {
            return None;
        }
        let weights =
            self.weights.get(layer.weights..layer.weights + layer.outputs * layer.inputs * layer.kernel.pow(2))?;
        let biases = self.weights.get(layer.biases..layer.biases + layer.outputs)?;
        let mut out = match (layer.kernel, layer.groups) {
            (1, 1) => pointwise(from, weights, biases),
            (3, groups) if layer.stride == 1 && groups == layer.outputs && layer.inputs == 1 => {
                depthwise(from, weights, biases)
            }
            _ => pointwise(&spread(from, layer), weights, biases),
        };
        if layer.is_rectified {
            out.values.iter_mut().for_each(|value| *value = value.max(0.0));
        }
        Some(out)
    }
}

/// Values that are summed at a time for four results: with them all sums stay in registers.
const LANES: usize = 16;

/// Results that are summed at a time.
const ROWS: usize = 4;

#[inline(always)]
fn pointwise(from: &Planes, weights: &[f32], biases: &[f32]) -> Planes {
    let (area, inputs, outputs) = (from.width * from.height, from.channels, biases.len());
    let mut values = vec![0.0; area * outputs];
    let planes = |start: usize| from.values.chunks_exact(area.max(1)).take(inputs).map(move |plane| plane.get(start..));
    let groups = values.chunks_mut((area * ROWS).max(1)).zip(weights.chunks(ROWS * inputs.max(1)));
    for ((out, weights), biases) in groups.zip(biases.chunks(ROWS)) {
        let weight = |row: usize, input: usize| weights.get(row * inputs + input).copied().unwrap_or(0.0);
        let columns: Vec<[f32; ROWS]> =
            (0..inputs).map(|input| std::array::from_fn(|row| weight(row, input))).collect();
        for start in (0..area).step_by(LANES) {
            let mut sums = [[0.0_f32; LANES]; ROWS];
            for (sum, bias) in sums.iter_mut().zip(biases) {
                *sum = [*bias; LANES];
            }
            for (source, column) in planes(start).zip(&columns) {
                let source = source.unwrap_or_default();
                if let Some(source) = source.first_chunk::<LANES>() {
                    accumulate(&mut sums, column, source);
                } else {
                    let mut last = [0.0; LANES];
                    last.iter_mut().zip(source).for_each(|(last, value)| *last = *value);
                    accumulate(&mut sums, column, &last);
                }
            }
            for (out, sum) in out.chunks_exact_mut(area).zip(&sums) {
                out.iter_mut().skip(start).zip(sum).for_each(|(out, sum)| *out = *sum);
            }
        }
    }
    Planes { channels: outputs, width: from.width, height: from.height, values }
}

#[inline(always)]
fn accumulate(sums: &mut [[f32; LANES]; ROWS], weights: &[f32; ROWS], source: &[f32; LANES]) {
    // Copies of their own: where sums and source might overlap, nothing is summed side by side.
    let source = *source;
    for (sum, weight) in sums.iter_mut().zip(weights) {
        let mut row = *sum;
        for (sum, value) in row.iter_mut().zip(source) {
            *sum += weight * value;
        }
        *sum = row;
    }
}

#[inline(always)]
fn depthwise(from: &Planes, weights: &[f32], biases: &[f32]) -> Planes {
    let (width, height) = (from.width, from.height);
    let area = (width * height).max(1);
    let mut values = vec![0.0; width * height * from.channels];
    // A plane with a border of zeros, so that each sum is one of nine products, whatever its place.
    let padded_width = width + 2;
    let mut padded = vec![0.0_f32; padded_width * (height + 2)];
    let planes = from.values.chunks_exact(area).zip(values.chunks_exact_mut(area));
    for (((plane, out), kernel), bias) in planes.zip(weights.chunks_exact(9)).zip(biases) {
        let inner = padded.chunks_exact_mut(padded_width).skip(1);
        for (target, source) in inner.zip(plane.chunks_exact(width.max(1))) {
            if let Some(target) = target.get_mut(1..=width) {
                target.copy_from_slice(source);
            }
        }
        let Some(kernel) = kernel.first_chunk::<9>() else { continue };
        for (out, lines) in
            out.chunks_exact_mut(width.max(1)).zip(padded.windows(3 * padded_width).step_by(padded_width))
        {
            nine(out, lines, padded_width, kernel, *bias);
        }
    }
    Planes { channels: from.channels, width, height, values }
}

/// One row of results of a kernel of nine, from three padded rows.
#[inline(always)]
fn nine(out: &mut [f32], lines: &[f32], padded_width: usize, kernel: &[f32; 9], bias: f32) {
    let width = out.len();
    let from = |at: usize| lines.get(at..at + width).unwrap_or_default();
    out.fill(bias);
    for (row, weights) in kernel.chunks_exact(3).filter_map(<[f32]>::first_chunk::<3>).enumerate() {
        let start = row * padded_width;
        let columns = from(start).iter().zip(from(start + 1)).zip(from(start + 2));
        for (sum, ((left, middle), right)) in out.iter_mut().zip(columns) {
            *sum += weights[0] * left + weights[1] * middle + weights[2] * right;
        }
    }
}

/// A convolution of all inputs: what each place of the kernel sees becomes a plane of its own, and the rest is the
/// pointwise sum over these planes.
#[inline(always)]
fn spread(from: &Planes, layer: &Convolution) -> Planes {
    let pad = layer.kernel / 2;
    let side = |length: usize| (length + 2 * pad).saturating_sub(layer.kernel) / layer.stride + 1;
    let (width, height, area) = (side(from.width), side(from.height), (from.width * from.height).max(1));
    let mut values = Vec::with_capacity(width * height * layer.inputs * layer.kernel * layer.kernel);
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
                values.extend(source.iter().skip(start).step_by(layer.stride).take(end - values.len()));
                values.resize(end, 0.0);
            }
        }
    }
    Planes { channels: layer.inputs * layer.kernel * layer.kernel, width, height, values }
}

#[expect(clippy::indexing_slicing, reason = "each result has its four sources because sides are halved")]
#[inline(always)]
fn pool(from: &Planes) -> Planes {
    let (width, height) = (from.width / 2, from.height / 2);
    let mut values = Vec::with_capacity(width * height * from.channels);
    for plane in from.values.chunks_exact((from.width * from.height).max(1)) {
        for y in 0..height {
            let upper = &plane[2 * y * from.width..][..2 * width];
            let lower = &plane[(2 * y + 1) * from.width..][..2 * width];
            values
                .extend((0..width).map(|x| upper[2 * x].max(upper[2 * x + 1]).max(lower[2 * x].max(lower[2 * x + 1]))));
        }
    }
    Planes { channels: from.channels, width, height, values }
}

#[inline(always)]
fn double(from: &Planes) -> Planes {
    let mut values = Vec::with_capacity(from.values.len() * 4);
    for row in from.values.chunks_exact(from.width.max(1)) {
        for _ in 0..2 {
            values.extend(row.iter().flat_map(|value| [*value; 2]));
        }
    }
    Planes { channels: from.channels, width: from.width * 2, height: from.height * 2, values }
}

#[inline(always)]
fn add(a: &Planes, b: &Planes) -> Option<Planes> {
    let is_same = (a.channels, a.width, a.height) == (b.channels, b.width, b.height);
    is_same.then(|| Planes { values: a.values.iter().zip(&b.values).map(|(a, b)| a + b).collect(), ..*a })
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
        let network = network(operations, &[("sum", 4), ("spare", 2)], &[1.0, -1.0, 0.5, 0.0]).expect("read");
        let result = network.run(planes(1, 2, 2, &[1.0, 2.0, 3.0, -4.0])).expect("run");
        let [(name, sum)] = result.outputs.as_slice() else { panic!("one output") };
        assert_eq!(*name, "sum");
        assert_eq!(sum.values, [5.0, 6.0, 7.0, 3.5, 4.0, 4.0, 4.0, 8.0]);
    }

    #[test]
    fn a_depthwise_kernel_sees_zeros_beyond_the_border() {
        let mut weights = vec![1.0; 9];
        weights.push(0.5);
        let run = |stride: usize| {
            let operation: &[usize] = &[1, 0, 1, 1, 3, stride, 1, 0, 0, 9];
            let network = network(&[("conv", operation)], &[("o", 1)], &weights).expect("read");
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
