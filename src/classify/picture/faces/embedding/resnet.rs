//! The residual network that describes a face, over the same sums as the face detector's.

#![expect(
    clippy::inline_always,
    reason = "only what is inlined is compiled for the registers that were chosen at run time"
)]

use super::super::convolution::convolve;
use super::super::network::{Convolution, Planes, Spare};
use super::weights::Weights;
use crate::model::EMBEDDING;
use fearless_simd::{Level, Simd, dispatch};

/// Blocks in order: name, and whether it halves the sides.
const BLOCKS: [(&str, bool); 14] = [
    ("conv32_1", false),
    ("conv32_2", false),
    ("conv32_3", false),
    ("conv64_down", true),
    ("conv64_1", false),
    ("conv64_2", false),
    ("conv64_3", false),
    ("conv128_down", true),
    ("conv128_1", false),
    ("conv128_2", false),
    ("conv256_down", true),
    ("conv256_1", false),
    ("conv256_2", false),
    ("conv256_down_out", true),
];

/// A convolution, its scale and its bias in one. Weights lie by output, input, row and column.
struct Layer {
    inputs: usize,
    outputs: usize,
    kernel: usize,
    stride: usize,
    pad: usize,
    is_rectified: bool,
    /// Weights, then biases.
    numbers: Vec<f32>,
}

struct Block {
    first: Layer,
    second: Layer,
    halves: bool,
}

pub(super) struct Resnet {
    start: Layer,
    blocks: Vec<Block>,
    /// By mean of the last planes, then by number of the description.
    last: Vec<f32>,
    spare: Spare,
}

impl Layer {
    fn new(weights: &Weights, name: &str, kernel: usize, stride: usize, is_rectified: bool) -> Option<Self> {
        let get = |part: &str| weights.get(&format!("{name}/{part}")).map(Vec::as_slice);
        let (filters, bias) = (get("conv/filters")?, get("conv/bias")?);
        let (scale, shift) = (get("scale/weights")?, get("scale/biases")?);
        let (area, outputs) = (kernel * kernel, bias.len());
        let inputs = filters.len().checked_div(area * outputs)?;
        let is_whole = inputs > 0 && filters.len() == inputs * area * outputs;
        if !is_whole || scale.len() != outputs || shift.len() != outputs {
            return None;
        }
        let mut numbers = Vec::with_capacity(filters.len() + outputs);
        for (output, scale) in scale.iter().enumerate() {
            for (input, place) in (0..inputs).flat_map(|input| (0..area).map(move |place| (input, place))) {
                numbers.push(filters.get((place * inputs + input) * outputs + output)? * scale);
            }
        }
        numbers.extend(bias.iter().zip(scale).zip(shift).map(|((bias, scale), shift)| bias * scale + shift));
        let pad = if stride == 1 { kernel / 2 } else { 0 };
        Some(Self { inputs, outputs, kernel, stride, pad, is_rectified, numbers })
    }

    #[inline(always)]
    fn run<S: Simd>(&self, simd: S, from: &Planes, spare: &mut Spare) -> Option<Planes> {
        if from.channels != self.inputs {
            return None;
        }
        let seen = self.spread(from, spare);
        let sums = Convolution {
            from: 0,
            outputs: self.outputs,
            inputs: seen.channels,
            kernel: 1,
            stride: 1,
            groups: 1,
            is_rectified: self.is_rectified,
            weights: 0,
            biases: self.outputs * seen.channels,
        };
        let planes = convolve(simd, &seen, &sums, &self.numbers, spare);
        spare.keep(seen);
        planes
    }

    /// What each place of the kernel sees, as a plane of its own.
    fn spread(&self, from: &Planes, spare: &mut Spare) -> Planes {
        let side = |length: usize| (length + 2 * self.pad).saturating_sub(self.kernel) / self.stride + 1;
        let (width, height) = (side(from.width), side(from.height));
        let mut values = spare.room(0);
        for plane in from.values.chunks_exact((from.width * from.height).max(1)) {
            for (ky, kx) in (0..self.kernel).flat_map(|ky| (0..self.kernel).map(move |kx| (ky, kx))) {
                for y in 0..height {
                    let line = (y * self.stride + ky).checked_sub(self.pad).filter(|line| *line < from.height);
                    let line = line.and_then(|line| plane.get(line * from.width..(line + 1) * from.width));
                    let at = |x: usize| {
                        let column = (x * self.stride + kx).checked_sub(self.pad)?;
                        line?.get(column).copied()
                    };
                    values.extend((0..width).map(|x| at(x).unwrap_or(0.0)));
                }
            }
        }
        Planes { channels: from.channels * self.kernel * self.kernel, width, height, values }
    }
}

impl Resnet {
    /// The network of these weights; `None` unless they are those of this network.
    pub(super) fn new(weights: &Weights) -> Option<Self> {
        let blocks = BLOCKS.iter().map(|(name, halves)| {
            let layer = |part: &str, stride: usize, is_rectified: bool| {
                Layer::new(weights, &format!("{name}/{part}"), 3, stride, is_rectified)
            };
            let first = layer("conv1", if *halves { 2 } else { 1 }, true)?;
            Some(Block { first, second: layer("conv2", 1, false)?, halves: *halves })
        });
        Some(Self {
            start: Layer::new(weights, "conv32_down", 7, 2, true)?,
            blocks: blocks.collect::<Option<_>>()?,
            last: weights.get("fc").filter(|last| last.len() % EMBEDDING == 0)?.clone(),
            spare: Spare::default(),
        })
    }

    /// The description of a face.
    pub(super) fn run(&mut self, face: &Planes) -> Option<Vec<f32>> {
        dispatch!(Level::new(), simd => self.computed(simd, face))
    }

    #[inline(always)]
    fn computed<S: Simd>(&mut self, simd: S, face: &Planes) -> Option<Vec<f32>> {
        let spare = &mut self.spare;
        let mut planes = peaks(&self.start.run(simd, face, spare)?);
        for block in &self.blocks {
            let first = block.first.run(simd, &planes, spare)?;
            let changed = block.second.run(simd, &first, spare)?;
            let kept = if block.halves { halved(&planes) } else { planes };
            planes = joined(&kept, &changed);
            spare.keep(first);
            spare.keep(changed);
        }
        let area = (planes.width * planes.height).max(1);
        let means = planes.values.chunks_exact(area).map(|plane| plane.iter().sum::<f32>() / area as f32);
        let mut numbers = vec![0.0; EMBEDDING];
        for (mean, weights) in means.zip(self.last.chunks_exact(EMBEDDING)) {
            numbers.iter_mut().zip(weights).for_each(|(number, weight)| *number += mean * weight);
        }
        Some(numbers)
    }
}

/// The largest of each three by three, two apart.
fn peaks(from: &Planes) -> Planes {
    pooled(from, 3, |seen| seen.fold(f32::NEG_INFINITY, f32::max))
}

/// The mean of each two by two.
fn halved(from: &Planes) -> Planes {
    pooled(from, 2, |seen| seen.sum::<f32>() / 4.0)
}

/// One value of each square of this side, two apart, within the planes.
fn pooled(from: &Planes, side: usize, value: impl Fn(&mut dyn Iterator<Item = f32>) -> f32) -> Planes {
    let steps = |length: usize| if length < side { 0 } else { (length - side) / 2 + 1 };
    let (width, height) = (steps(from.width), steps(from.height));
    let mut values = Vec::with_capacity(width * height * from.channels);
    for plane in from.values.chunks_exact((from.width * from.height).max(1)) {
        for (y, x) in (0..height).flat_map(|y| (0..width).map(move |x| (y, x))) {
            let lines = plane.chunks_exact(from.width.max(1)).skip(2 * y).take(side);
            let mut seen = lines.flat_map(|line| line.iter().skip(2 * x).take(side).copied());
            values.push(value(&mut seen));
        }
    }
    Planes { channels: from.channels, width, height, values }
}

/// The rectified sum of both. What one has more of, planes or places to the right and below, is added to zeros.
fn joined(kept: &Planes, changed: &Planes) -> Planes {
    let at = |planes: &Planes, channel: usize, y: usize, x: usize| {
        let is_within = channel < planes.channels && y < planes.height && x < planes.width;
        let place = (channel * planes.height + y) * planes.width + x;
        if is_within { planes.values.get(place).copied().unwrap_or(0.0) } else { 0.0 }
    };
    let channels = kept.channels.max(changed.channels);
    let (width, height) = (kept.width.max(changed.width), kept.height.max(changed.height));
    let mut values = Vec::with_capacity(channels * width * height);
    for channel in 0..channels {
        for (y, x) in (0..height).flat_map(|y| (0..width).map(move |x| (y, x))) {
            values.push((at(kept, channel, y, x) + at(changed, channel, y, x)).max(0.0));
        }
    }
    Planes { channels, width, height, values }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planes(channels: usize, width: usize, height: usize, values: &[f32]) -> Planes {
        Planes { channels, width, height, values: values.to_vec() }
    }

    /// A layer of one input and one output whose kernel is this, by row and column, in the file's order.
    fn layer(kernel: &[f32], side: usize, stride: usize) -> Layer {
        let weights = Weights::from([
            ("a/conv/filters".to_owned(), kernel.to_vec()),
            ("a/conv/bias".to_owned(), vec![1.0]),
            ("a/scale/weights".to_owned(), vec![2.0]),
            ("a/scale/biases".to_owned(), vec![-3.0]),
        ]);
        Layer::new(&weights, "a", side, stride, false).expect("fits")
    }

    fn run(layer: &Layer, from: &Planes) -> Planes {
        dispatch!(Level::new(), simd => layer.run(simd, from, &mut Spare::default())).expect("fits")
    }

    #[test]
    fn a_layer_of_stride_one_is_padded_and_one_of_two_is_not() {
        let picture = planes(1, 5, 5, &(0..25).map(|n| n as f32).collect::<Vec<_>>());
        let mut corner = [0.0; 9];
        corner[0] = 1.0;
        // (value of the upper left neighbour + 1) * 2 - 3
        let padded = run(&layer(&corner, 3, 1), &picture);
        assert_eq!((padded.width, padded.height), (5, 5));
        assert_eq!(padded.values[..7], [-1.0, -1.0, -1.0, -1.0, -1.0, -1.0, -1.0]);
        assert_eq!(padded.values[12..13], [6.0 * 2.0 - 1.0]);
        let halved = run(&layer(&corner, 3, 2), &picture);
        assert_eq!((halved.width, halved.height), (2, 2));
        assert_eq!(halved.values, [-1.0, 3.0, 19.0, 23.0]);
    }

    #[test]
    fn filters_are_read_by_place_input_and_output() {
        // One place, two inputs, two outputs: out0 = 1*a + 3*b, out1 = 2*a + 4*b.
        let weights = Weights::from([
            ("a/conv/filters".to_owned(), vec![1.0, 2.0, 3.0, 4.0]),
            ("a/conv/bias".to_owned(), vec![0.0, 0.0]),
            ("a/scale/weights".to_owned(), vec![1.0, 1.0]),
            ("a/scale/biases".to_owned(), vec![0.0, 100.0]),
        ]);
        let layer = Layer::new(&weights, "a", 1, 1, true).expect("fits");
        assert_eq!(run(&layer, &planes(2, 1, 1, &[10.0, 1.0])).values, [13.0, 124.0]);
        assert!(Layer::new(&weights, "a", 3, 1, true).is_none() && Layer::new(&weights, "b", 1, 1, true).is_none());
    }

    #[test]
    fn pools_leave_out_what_does_not_fill_a_square() {
        let picture = planes(1, 5, 4, &(0..20).map(|n| n as f32).collect::<Vec<_>>());
        assert_eq!(halved(&picture).values, [3.0, 5.0, 13.0, 15.0]);
        let peaks = peaks(&picture);
        assert_eq!((peaks.width, peaks.height, peaks.values), (2, 1, vec![12.0, 14.0]));
    }

    #[test]
    fn sums_of_unlike_sizes_are_filled_with_zeros_and_rectified() {
        let sum = joined(&planes(1, 2, 2, &[1.0, 2.0, 3.0, -9.0]), &planes(2, 1, 1, &[10.0, 20.0]));
        assert_eq!((sum.channels, sum.width), (2, 2));
        assert_eq!(sum.values, [11.0, 2.0, 3.0, 0.0, 20.0, 0.0, 0.0, 0.0]);
    }
}
