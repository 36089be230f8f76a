//! The cascade: a pyramid of scales, proposals of the first level, judged and moved by the later ones.

#![expect(
    clippy::inline_always,
    reason = "only what is inlined is compiled for the registers that were chosen at run time"
)]

use super::WINDOW;
use super::boosted::{Patterns, is_uneven};
use super::model::{Judge, Model};
use super::surf::{Scratch, Window};
use crate::classify::picture::canvas::Canvas;
use crate::classify::picture::faces::intersection_over_union;
use fearless_simd::{Level, dispatch};
use std::collections::HashMap;

/// Pixels between the windows that the first level looks at.
const STEP: usize = 4;
/// Ratio of one scale to the one before.
const SCALE: f32 = 0.8;
/// Overlap (intersection over union) from which two proposals are one, between levels and at the end.
const SAME_PROPOSAL: f32 = 0.8;
const SAME_FACE: f32 = 0.3;
/// Sides of a proposal, in pixels, between which it is looked at.
const SIDES: std::ops::Range<f32> = 12.0..16_384.0;

/// Proposals of one group that are judged, those with the highest scores first. A picture with a face has it among
/// them; leaves and gravel propose hundreds.
const PROPOSALS: usize = 64;

/// A proposed face: a square of whole pixels of the picture, because between pixels the samples would be softer than
/// those that the model was trained on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Proposal {
    /// Left edge.
    pub(super) x: f32,
    /// Upper edge.
    pub(super) y: f32,
    /// Side.
    pub(super) side: f32,
    /// Sum of the scores of all proposals that became this one.
    pub(super) score: f32,
}

/// Finds faces with a model. It keeps its scratch memory between pictures.
#[derive(Debug, Default)]
pub(super) struct Cascade {
    patterns: Patterns,
    scratch: Scratch,
    scaled: Vec<u8>,
    sampler: Sampler,
}

impl Cascade {
    /// Looks for faces on a grey picture, in the squares (left, top, side) that are worth it.
    pub(super) fn detect(
        &mut self,
        model: &Model,
        picture: &Canvas,
        is_worth: &dyn Fn(f32, f32, f32) -> bool,
    ) -> Vec<Proposal> {
        let mut groups: Vec<Vec<Proposal>> = self.propose(model, picture, is_worth);
        for group in &mut groups {
            *group = settle(std::mem::take(group), SAME_PROPOSAL);
            group.truncate(PROPOSALS);
        }
        let levels = model.later.len();
        for (level, judges) in model.later.iter().enumerate() {
            let is_last = level + 1 == levels;
            groups = judges.iter().map(|judge| self.judge(judge, &groups, picture, is_last)).collect();
        }
        groups.into_iter().flatten().collect()
    }

    fn propose(
        &mut self,
        model: &Model,
        picture: &Canvas,
        is_worth: &dyn Fn(f32, f32, f32) -> bool,
    ) -> Vec<Vec<Proposal>> {
        let mut found = vec![Vec::new(); model.first.len()];
        let mut scale = 1.0_f32;
        loop {
            let size = |length: usize| (length as f32 * scale) as usize;
            let (width, height) = (size(picture.width), size(picture.height));
            if width.min(height) < WINDOW {
                return found;
            }
            let small = self.scaled(picture, width, height);
            self.patterns.compute(&small);
            let offsets: Vec<Vec<usize>> = model.first.iter().map(|classifier| classifier.offsets(width)).collect();
            let back = |pixels: usize| (pixels as f32 / scale).round();
            let lefts: Vec<(usize, f32)> = corners(width).map(|x| (x, back(x))).collect();
            let side = back(WINDOW);
            let places = corners(height).flat_map(|y| {
                let top = back(y);
                lefts.iter().map(move |(x, left)| (*x, y, *left, top))
            });
            for (x, y, left, top) in places.filter(|(_, _, left, top)| is_worth(*left, *top, side)) {
                let corner = y * width + x;
                let mut is_known_uneven = None;
                for ((classifier, offsets), found) in model.first.iter().zip(&offsets).zip(&mut found) {
                    if let Some(score) = classifier.score(&self.patterns.map, corner, offsets)
                        && *is_known_uneven.get_or_insert_with(|| is_uneven(&small, x, y))
                    {
                        found.push(Proposal { x: left, y: top, side, score });
                    }
                }
            }
            self.scaled = small.samples;
            scale *= SCALE;
        }
    }

    fn scaled(&mut self, picture: &Canvas, width: usize, height: usize) -> Canvas {
        let mut samples = std::mem::take(&mut self.scaled);
        samples.clear();
        if (width, height) == (picture.width, picture.height) {
            samples.extend_from_slice(&picture.samples);
        } else {
            samples.resize(width * height, 0);
            let area = (0.0, 0.0, picture.width as f32, picture.height as f32);
            self.sampler.sample(picture, area, (width, height), &mut samples);
        }
        Canvas { width, height, channels: 1, samples }
    }

    fn judge(&mut self, judge: &Judge, groups: &[Vec<Proposal>], picture: &Canvas, is_last: bool) -> Vec<Proposal> {
        let mut proposals: Vec<Proposal> =
            judge.sources.iter().filter_map(|source| groups.get(*source)).flatten().copied().collect();
        let stages = judge.stages.len();
        let mut window: Window = [0; WINDOW * WINDOW];
        // Groups propose the same squares now and then.
        let mut judged: HashMap<[i32; 3], Option<Proposal>> = HashMap::new();
        for (number, stage) in judge.stages.iter().enumerate() {
            judged.clear();
            proposals = proposals
                .into_iter()
                .filter_map(|proposal| {
                    let Proposal { x, y, side, .. } = proposal;
                    if !SIDES.contains(&side) {
                        return None;
                    }
                    let place = [x as i32, y as i32, side as i32];
                    if let Some(known) = judged.get(&place) {
                        return *known;
                    }
                    self.sampler.sample(picture, (x, y, side, side), (WINDOW, WINDOW), &mut window);
                    let moved = stage.judge(&window, &mut self.scratch).map(|verdict| {
                        let [right, down, larger] = verdict.shift;
                        let moved = (side * (1.0 + larger)).round();
                        Proposal {
                            x: (x + right * side + (side - moved) / 2.0).round(),
                            y: (y + down * side + (side - moved) / 2.0).round(),
                            side: moved,
                            score: verdict.score,
                        }
                    });
                    judged.insert(place, moved);
                    moved
                })
                .collect();
            if number + 1 < stages {
                proposals = settle(proposals, SAME_PROPOSAL);
            } else if is_last {
                proposals = settle(proposals, SAME_FACE);
            }
        }
        proposals
    }
}

/// Where along a side of a picture the windows begin that the first level looks at.
fn corners(length: usize) -> impl Iterator<Item = usize> {
    (0..=length.saturating_sub(WINDOW)).step_by(STEP)
}

/// Keeps the best of proposals that overlap, with the sum of their scores.
fn settle(mut proposals: Vec<Proposal>, same: f32) -> Vec<Proposal> {
    proposals.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.x.total_cmp(&b.x)).then(a.y.total_cmp(&b.y)));
    let mut kept: Vec<(Proposal, f32)> = Vec::new();
    for proposal in proposals {
        match kept.iter_mut().find(|(best, _)| overlap(best, &proposal) > same) {
            Some((_, sum)) => *sum += proposal.score,
            None => kept.push((proposal, proposal.score)),
        }
    }
    kept.into_iter().map(|(best, score)| Proposal { score, ..best }).collect()
}

fn overlap(a: &Proposal, b: &Proposal) -> f32 {
    let area = |square: &Proposal| [square.x, square.y, square.side, square.side];
    intersection_over_union(area(a), area(b))
}

/// Where a row or column of a scaled picture is taken from: the first of two neighbours, and the second's weight.
#[derive(Debug, Clone, Copy)]
struct Tap {
    at: isize,
    weight: u32,
}

/// Bits of a weight.
const BITS: u32 = 8;

impl Tap {
    fn of(start: f32, step: f32, number: usize) -> Self {
        let place = start + step * number as f32;
        let floor = place.floor();
        Self { at: floor as isize, weight: ((place - floor) * (1 << BITS) as f32) as u32 }
    }
}

/// Scratch memory of sampling.
#[derive(Debug, Default)]
struct Sampler {
    taps: Vec<Tap>,
    line: Vec<u16>,
}

impl Sampler {
    /// Bilinear samples of an area of a picture (left, top, width, height), without a filter before, as the model was
    /// trained. Outside of the picture all is black.
    fn sample(&mut self, picture: &Canvas, area: (f32, f32, f32, f32), size: (usize, usize), out: &mut [u8]) {
        // The plain loops below, compiled for the widest registers that this processor has.
        dispatch!(Level::new(), _simd => self.sampled(picture, area, size, out));
    }

    #[inline(always)]
    fn sampled(
        &mut self,
        picture: &Canvas,
        (x, y, width, height): (f32, f32, f32, f32),
        (columns, rows): (usize, usize),
        out: &mut [u8],
    ) {
        // Columns are counted from the first one that is needed, so that one line holds all of them.
        let (first, last) = (x.floor(), (x + width).ceil());
        let span = (last - first) as usize + 2;
        self.taps.clear();
        self.taps.extend((0..columns).map(|number| Tap::of(x - first, width / columns as f32, number)));
        self.line.clear();
        self.line.resize(span, 0);
        let left = first as isize;
        let row = |at: isize| {
            let at = usize::try_from(at).ok().filter(|at| *at < picture.height)?;
            picture.samples.get(at * picture.width..(at + 1) * picture.width)
        };
        for (number, out) in out.chunks_exact_mut(columns).enumerate().take(rows) {
            let tap = Tap::of(y, height / rows as f32, number);
            let (upper, lower) = (row(tap.at), row(tap.at + 1));
            // At the lower border the last row stands for the one that is missing by a rounding.
            let lower = if lower.is_none() && tap.at + 1 == picture.height as isize { upper } else { lower };
            blend(upper.unwrap_or_default(), lower.unwrap_or_default(), tap.weight, left, &mut self.line);
            for (pixel, across) in out.iter_mut().zip(&self.taps) {
                let pair = self.line.get(across.at as usize..).and_then(<[u16]>::first_chunk::<2>);
                let [left, right] = pair.map_or([0; 2], |pair| pair.map(u32::from));
                *pixel = ((left * ((1 << BITS) - across.weight) + right * across.weight) >> (2 * BITS)) as u8;
            }
        }
    }
}

/// Fills a line with the weighted sum of two rows, from column `left` of them on; 0 where they have no pixels.
#[inline(always)]
fn blend(upper: &[u8], lower: &[u8], weight: u32, left: isize, line: &mut [u16]) {
    let skipped = usize::try_from(-left).unwrap_or(0).min(line.len());
    let from = usize::try_from(left).unwrap_or(0);
    let (before, within) = line.split_at_mut(skipped);
    before.fill(0);
    let rows = [upper, lower].map(|row| row.get(from..).unwrap_or_default());
    let covered = rows.map(<[u8]>::len).into_iter().max().unwrap_or(0).min(within.len());
    let (within, after) = within.split_at_mut(covered);
    let (one, other) = ((1 << BITS) - weight as u16, weight as u16);
    match rows {
        [upper, lower] if upper.len() == lower.len() => {
            for ((pixel, upper), lower) in within.iter_mut().zip(upper).zip(lower) {
                *pixel = u16::from(*upper) * one + u16::from(*lower) * other;
            }
        }
        [upper, []] => within.iter_mut().zip(upper).for_each(|(pixel, upper)| *pixel = u16::from(*upper) * one),
        [_, lower] => within.iter_mut().zip(lower).for_each(|(pixel, lower)| *pixel = u16::from(*lower) * other),
    }
    // One column more stands for the one that is missing by a rounding.
    let last = within.last().copied().unwrap_or(0);
    after.fill(0);
    if let Some(next) = after.first_mut() {
        *next = last;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proposals_that_overlap_become_the_best_with_the_sum_of_scores() {
        let square = |x: f32, score: f32| Proposal { x, y: 0.0, side: 10.0, score };
        let kept = settle(vec![square(0.5, 0.6), square(0.0, 0.9), square(30.0, 0.7)], 0.3);
        assert_eq!(kept.len(), 2);
        assert!((kept[0].score - 1.5).abs() < 1e-6 && kept[0].x.abs() < 1e-6);
    }

    #[test]
    fn sampling_interpolates_within_and_is_black_outside() {
        let picture = Canvas { width: 4, height: 4, channels: 1, samples: [0, 40, 80, 120].repeat(4) };
        let mut out = [0; 4];
        Sampler::default().sample(&picture, (0.5, 0.0, 4.0, 4.0), (2, 2), &mut out);
        assert_eq!(out, [20, 100, 20, 100]);
        Sampler::default().sample(&picture, (-8.0, -2.0, 16.0, 4.0), (2, 2), &mut out);
        assert_eq!(out, [0, 0, 0, 0]);
    }
}
