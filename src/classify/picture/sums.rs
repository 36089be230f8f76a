//! Sums and maps over planes of numbers, a register's width at a time.
//!
//! A sum in the order of the pixels waits for each addition; sixteen sums side by side do not. They are always sixteen,
//! so the result does not depend on the processor.

#![expect(
    clippy::inline_always,
    reason = "only what is inlined is compiled for the registers that were chosen at run time"
)]

use fearless_simd::{Select as _, Simd, SimdBase as _, f32x16, mask32x16};

/// Places that are looked at together.
const LANES: usize = 16;

/// Their numbers.
const PLACES: [f32; LANES] = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0, 15.0];

/// Numbers of as many places.
pub(super) type Row<S> = f32x16<S>;

/// 1 where a condition holds, else 0: what it adds to a count.
#[inline(always)]
pub(super) fn ones<S: Simd>(simd: S, holds: mask32x16<S>) -> Row<S> {
    holds.select(Row::splat(simd, 1.0), Row::splat(simd, 0.0))
}

/// Sums over all places of several planes of one length: `terms` gives what each place adds to each sum.
#[inline(always)]
pub(super) fn sums<S: Simd, const N: usize, const K: usize>(
    simd: S,
    planes: [&[f32]; N],
    terms: impl Fn([Row<S>; N]) -> [Row<S>; K],
) -> [f32; K] {
    let mut sums = [Row::splat(simd, 0.0); K];
    let length = length(planes);
    let number = Row::load_array(simd, PLACES);
    // `terms` is called at one place only: only so it is sure to be inlined.
    for start in (0..length).step_by(LANES) {
        let is_within = number.simd_lt((length - start) as f32);
        for (sum, added) in sums.iter_mut().zip(terms(rows(simd, planes, start))) {
            *sum += is_within.select(added, Row::splat(simd, 0.0));
        }
    }
    let mut totals = [0.0; K];
    for (total, sum) in totals.iter_mut().zip(sums) {
        *total = sum.to_array().iter().sum();
    }
    totals
}

/// The sum over one plane.
#[inline(always)]
pub(super) fn sum<S: Simd>(simd: S, plane: &[f32]) -> f32 {
    let [sum] = sums(simd, [plane], |value| value);
    sum
}

/// Writes what `value` makes of each place of several planes, all as long as `out`.
#[inline(always)]
pub(super) fn map<S: Simd, const N: usize>(
    simd: S,
    planes: [&[f32]; N],
    out: &mut [f32],
    value: impl Fn([Row<S>; N]) -> Row<S>,
) {
    for (at, out) in out.chunks_mut(LANES).enumerate() {
        let value = value(rows(simd, planes, at * LANES));
        match out.as_mut_array::<LANES>() {
            Some(out) => value.store_array(out),
            None => out.iter_mut().zip(value.to_array()).for_each(|(out, value)| *out = value),
        }
    }
}

/// Places that all planes have.
#[inline(always)]
fn length<const N: usize>(planes: [&[f32]; N]) -> usize {
    planes.iter().map(|plane| plane.len()).min().unwrap_or(0)
}

/// The planes' values from a place on, filled up with zeros.
#[inline(always)]
fn rows<S: Simd, const N: usize>(simd: S, planes: [&[f32]; N], start: usize) -> [Row<S>; N] {
    let mut rows = [Row::splat(simd, 0.0); N];
    for (row, plane) in rows.iter_mut().zip(planes) {
        let rest = plane.get(start..).unwrap_or_default();
        *row = if let Some(values) = rest.first_chunk::<LANES>() {
            Row::load_array_ref(simd, values)
        } else {
            let mut last = [0.0; LANES];
            last.iter_mut().zip(rest).for_each(|(last, value)| *last = *value);
            Row::load_array(simd, last)
        };
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use fearless_simd::{Level, dispatch};

    #[test]
    fn all_places_count_once_whatever_the_length() {
        for length in [0, 1, 15, 16, 17, 100] {
            let plane: Vec<f32> = (0..length).map(|value| value as f32).collect();
            let mut squared = vec![0.0; length];
            let [total, squares, low] = dispatch!(Level::new(), simd => {
                map(simd, [&plane, &plane], &mut squared, |[one, other]| one * other);
                sums(simd, [&plane, &squared], |[value, square]| [value, square, ones(simd, value.simd_lt(3.0))])
            });
            let numbers = 0..length as u64;
            let wanted = [numbers.clone().sum(), numbers.map(|value| value * value).sum(), length.min(3) as u64];
            // Whole numbers this small are exact.
            assert_eq!([total, squares, low].map(|sum| sum as u64), wanted);
        }
    }
}
