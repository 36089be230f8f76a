//! The first level: boosted classifiers on locally assembled binary features.
//!
//! Each feature compares a 3 by 3 block of pixels with its eight neighbours, which gives 8 bits; each bit pattern has a
//! weight. The weights of ten features at a time are summed and held against a threshold, so that most places are
//! left after the first ten.

#![expect(
    clippy::inline_always,
    reason = "only what is inlined is compiled for the registers that were chosen at run time"
)]

use super::WINDOW;
use crate::classify::picture::canvas::Canvas;
use fearless_simd::{Level, dispatch};

/// Features that are summed between two looks at the threshold.
const GROUP: usize = 10;
/// Standard deviation of grey below which a window is too even to be a face.
const EVEN: f64 = 10.0;
/// Side of a block.
const BLOCK: usize = 3;

/// One cascade.
#[derive(Debug)]
pub(super) struct Boosted {
    /// Column and row within the window, of each feature.
    places: Vec<(usize, usize)>,
    groups: Vec<Group>,
}

#[derive(Debug)]
struct Group {
    /// Weight of each pattern, for each feature.
    weights: Vec<[f32; 256]>,
    /// Lowest sum, so far, with which the window stays.
    threshold: f32,
}

impl Boosted {
    /// `None` if the parts do not fit each other or the window.
    pub(super) fn new(places: &[(usize, usize)], thresholds: &[f32], weights: &[Vec<f32>]) -> Option<Self> {
        let is_inside = |&(x, y): &(usize, usize)| x.max(y) + 3 * BLOCK <= WINDOW;
        if places.is_empty() || !places.len().is_multiple_of(GROUP) || !places.iter().all(is_inside) {
            return None;
        }
        let weights =
            weights.iter().map(|row| <[f32; 256]>::try_from(row.as_slice()).ok()).collect::<Option<Vec<_>>>()?;
        let groups = weights.chunks(GROUP).zip(thresholds.chunks(GROUP));
        let groups = groups
            .map(|(weights, thresholds)| Some(Group { weights: weights.to_vec(), threshold: *thresholds.last()? }));
        Some(Self { places: places.to_vec(), groups: groups.collect::<Option<Vec<_>>>()? })
    }

    /// Where each feature of a window lies in a map of this width, counted from the window's corner.
    pub(super) fn offsets(&self, width: usize) -> Vec<usize> {
        self.places.iter().map(|(x, y)| y * width + x).collect()
    }

    /// The sum of weights of the window whose corner is at `corner` of the map, if it passes every threshold.
    pub(super) fn score(&self, map: &[u8], corner: usize, offsets: &[usize]) -> Option<f32> {
        let mut score = 0.0;
        for (group, offsets) in self.groups.iter().zip(offsets.chunks_exact(GROUP)) {
            for (weights, offset) in group.weights.iter().zip(offsets) {
                let pattern = map.get(corner + offset)?;
                score += weights.get(usize::from(*pattern))?;
            }
            if score < group.threshold {
                return None;
            }
        }
        Some(score)
    }
}

/// The bit patterns of every place of a picture.
#[derive(Debug, Default)]
pub(super) struct Patterns {
    /// One pattern for each pixel: that of the nine blocks whose upper left corner is there.
    pub(super) map: Vec<u8>,
    columns: Vec<u16>,
    sums: Vec<u16>,
}

impl Patterns {
    /// Computes them; the last columns and rows, where no nine blocks fit, hold nothing of use.
    pub(super) fn compute(&mut self, picture: &Canvas) {
        dispatch!(Level::new(), _simd => self.computed(picture));
    }

    #[inline(always)]
    fn computed(&mut self, picture: &Canvas) {
        let (width, length) = (picture.width, picture.samples.len());
        self.block_sums(&picture.samples, width);
        self.map.clear();
        self.map.resize(length, 0);
        let last = 2 * BLOCK;
        let Some(count) = length.checked_sub(last * width + last) else { return };
        let from =
            |row: usize, column: usize| self.sums.get(row * BLOCK * width + column * BLOCK..).unwrap_or_default();
        let centre = from(1, 1);
        let around = [
            (7, from(0, 0)),
            (6, from(0, 1)),
            (5, from(0, 2)),
            (4, from(1, 0)),
            (3, from(1, 2)),
            (2, from(2, 0)),
            (1, from(2, 1)),
            (0, from(2, 2)),
        ];
        // One neighbour after the other, in runs that stay in the cache: each is a plain loop over two rows of numbers.
        for start in (0..count).step_by(RUN) {
            let end = (start + RUN).min(count);
            let (Some(map), Some(centre)) = (self.map.get_mut(start..end), centre.get(start..end)) else { return };
            for (bit, neighbour) in around {
                let neighbour = neighbour.get(start..end).unwrap_or_default();
                for ((pattern, centre), neighbour) in map.iter_mut().zip(centre).zip(neighbour) {
                    *pattern |= u8::from(centre >= neighbour) << bit;
                }
            }
        }
    }

    /// Sums of the block to the right of and below each pixel.
    #[inline(always)]
    fn block_sums(&mut self, samples: &[u8], width: usize) {
        let below = |rows: usize| samples.get(rows * width..).unwrap_or_default();
        self.columns.clear();
        self.columns.resize(samples.len(), 0);
        for (((sum, a), b), c) in self.columns.iter_mut().zip(samples).zip(below(1)).zip(below(2)) {
            *sum = u16::from(*a) + u16::from(*b) + u16::from(*c);
        }
        let right = |columns: usize| self.columns.get(columns..).unwrap_or_default();
        self.sums.clear();
        self.sums.extend(self.columns.iter().zip(right(1)).zip(right(2)).map(|((a, b), c)| a + b + c));
    }
}

/// Pixels for which all neighbours are compared before the next.
const RUN: usize = 2_048;

/// Whether a window is more than an even surface.
pub(super) fn is_uneven(picture: &Canvas, x: usize, y: usize) -> bool {
    let (mut sum, mut squares) = (0_u32, 0_u32);
    for row in picture.samples.chunks_exact(picture.width).skip(y).take(WINDOW) {
        for value in row.get(x..x + WINDOW).unwrap_or_default() {
            let value = u32::from(*value);
            sum += value;
            squares += value * value;
        }
    }
    let area = (WINDOW * WINDOW) as f64;
    let mean = f64::from(sum) / area;
    f64::from(squares) / area - mean * mean > EVEN * EVEN
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_has_a_bit_for_each_neighbour_that_is_not_brighter() {
        // Nine blocks of one grey each, the middle at 50.
        let greys = [[10, 60, 50], [70, 50, 20], [90, 40, 51]];
        let samples = (0..12 * 12).map(|at| {
            let (x, y) = (at % 12, at / 12);
            if x < 9 && y < 9 { greys[y / 3][x / 3] } else { 255 }
        });
        let picture = Canvas { width: 12, height: 12, channels: 1, samples: samples.collect() };
        let mut patterns = Patterns::default();
        patterns.compute(&picture);
        // In reading order, the highest bit first: 10 60 50, 70 20, 90 40 51.
        assert_eq!(patterns.map[0], 0b1010_1010);
    }

    #[test]
    fn an_even_window_is_told_from_one_with_contrast() {
        let flat = Canvas { width: 50, height: 50, channels: 1, samples: vec![120; 2500] };
        let samples = (0..2500).map(|at| if at % 2 == 0 { 90 } else { 150 }).collect();
        let contrast = Canvas { samples, ..flat.clone() };
        assert!(!is_uneven(&flat, 3, 4));
        assert!(is_uneven(&contrast, 3, 4));
    }
}
