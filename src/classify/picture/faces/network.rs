//! A small executor for convolutional networks of simple operations: convolution, max pooling, nearest-neighbour
//! upsampling, addition.

#![expect(
    clippy::inline_always,
    reason = "only what is inlined is compiled for the registers that were chosen at run time"
)]

use super::convolution::{LANES, convolve};
use super::onnx::Steps;
use fearless_simd::{Level, Simd, SimdBase as _, dispatch, f32x16};

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

/// A convolution as the network lists it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Convolution {
    pub(super) from: usize,
    pub(super) outputs: usize,
    /// Input channels of one group.
    pub(super) inputs: usize,
    /// Side of the kernel, 1 or 3; padded by 1 where it is 3.
    pub(super) kernel: usize,
    pub(super) stride: usize,
    pub(super) groups: usize,
    /// Negative results become 0.
    pub(super) is_rectified: bool,
    pub(super) weights: usize,
    pub(super) biases: usize,
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
pub(super) struct Spare(Vec<Vec<f32>>);

impl Spare {
    /// Room for this many values, the largest that lies here. What it holds is of earlier planes: every value is to be
    /// written.
    pub(super) fn room(&mut self, length: usize) -> Vec<f32> {
        let largest = (0..self.0.len()).max_by_key(|at| self.0.get(*at).map_or(0, Vec::capacity));
        let mut room = largest.map_or_else(Vec::new, |at| self.0.swap_remove(at));
        room.resize(length, 0.0);
        room
    }

    pub(super) fn keep(&mut self, planes: Planes) {
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
