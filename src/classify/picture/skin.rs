//! Skin-coloured pixels and the blobs they form.
//!
//! Colour alone is weak evidence (wood, sand, fur and food share it), so nothing is decided here: shares, shapes and
//! textures go to the trained classifier. The bounds are those of Chai and Ngan (1999) in YCbCr and Kovac et al. (2003)
//! in RGB, applied as it is and after a grey-world correction, so that warm and cold light weigh less.

#![expect(
    clippy::inline_always,
    reason = "only what is inlined is compiled for the registers that were chosen at run time"
)]

use super::canvas::{Canvas, Colours};
use super::sums::{Row, map, ones, sum, sums};
use fearless_simd::{Level, Simd, SimdBase as _, dispatch};

/// Several opinions on each pixel of a picture.
#[derive(Debug, Clone)]
pub struct Skin {
    /// Share by YCbCr bounds.
    pub chroma: f32,
    /// Share by RGB bounds.
    pub rgb: f32,
    /// Share by YCbCr bounds after the correction.
    pub corrected: f32,
    /// Per pixel, 1 or 0: at least two of the three say skin.
    pub mask: Vec<f32>,
    /// Share of the mask.
    pub share: f32,
}

/// Chrominance of RGB pixels (ITU-R BT.601), 0 to 255 around 128.
#[inline(always)]
pub(super) fn chroma<S: Simd>(simd: S, [r, g, b]: [Row<S>; 3]) -> (Row<S>, Row<S>) {
    let middle = Row::splat(simd, 128.0);
    (middle - r * 0.1687 - g * 0.3313 + b * 0.5, middle + r * 0.5 - g * 0.4187 - b * 0.0813)
}

#[inline(always)]
fn is_chroma<S: Simd>(simd: S, rgb: [Row<S>; 3]) -> Row<S> {
    let (cb, cr) = chroma(simd, rgb);
    let [r, g, b] = rgb;
    let is_blue = cb.simd_ge(77.0) & cb.simd_le(127.0);
    ones(simd, is_blue & cr.simd_ge(133.0) & cr.simd_le(180.0) & r.max(g).max(b).simd_gt(35.0))
}

#[inline(always)]
fn is_rgb<S: Simd>(simd: S, [r, g, b]: [Row<S>; 3]) -> Row<S> {
    let (high, low) = (r.max(g).max(b), r.min(g).min(b));
    // The published bound on red is 95; darker skin needs less, and keeps its order of channels.
    let is_lit = r.simd_gt(60.0) & g.simd_gt(30.0) & b.simd_gt(15.0);
    ones(simd, is_lit & (high - low).simd_gt(12.0) & r.simd_gt(g) & r.simd_gt(b) & (r - g).simd_gt(8.0))
}

/// What the three say of pixels, 1 or 0 each.
#[inline(always)]
fn opinions<S: Simd>(simd: S, [r, g, b]: [Row<S>; 3], gains: [f32; 3]) -> [Row<S>; 3] {
    let balanced = [r * gains[0], g * gains[1], b * gains[2]];
    [is_chroma(simd, [r, g, b]), is_rgb(simd, [r, g, b]), is_chroma(simd, balanced)]
}

impl Skin {
    /// Looks at every pixel of a picture.
    pub fn of(picture: &Colours) -> Self {
        dispatch!(Level::new(), simd => Self::seen(simd, picture))
    }

    #[inline(always)]
    fn seen<S: Simd>(simd: S, picture: &Colours) -> Self {
        let planes = picture.planes();
        let count = picture.red.len().max(1) as f32;
        let totals = sums(simd, planes, |rgb| rgb).map(|total| 1.0 + total);
        let grey = (totals[0] + totals[1] + totals[2]) / 3.0;
        // Half of the grey-world correction: a picture full of skin is not grey, and must not be made so.
        let gains = totals.map(|total| f32::midpoint(1.0, (grey / total).clamp(0.5, 2.0)));
        let mut mask = vec![0.0; picture.red.len()];
        map(simd, planes, &mut mask, |rgb| {
            let [first, second, third] = opinions(simd, rgb, gains);
            ones(simd, (first + second + third).simd_gt(1.5))
        });
        let [chroma, rgb, corrected] = sums(simd, planes, |rgb| opinions(simd, rgb, gains));
        let [chroma, rgb, corrected] = [chroma / count, rgb / count, corrected / count];
        let share = sum(simd, &mask) / count;
        Self { chroma, rgb, corrected, mask, share }
    }
}

/// Where a picture may show skin: a coarse map that is asked for shares of areas. It is generous, for it only spares
/// a search where there is none.
#[derive(Debug, Clone)]
pub struct SkinMap {
    /// Share of skin-coloured pixels of the whole.
    pub share: f32,
    /// A picture without colours says nothing of skin.
    is_grey: bool,
    width: usize,
    height: usize,
    /// Of each corner of the pixels, in rows: how many pixels above and left of it may be skin.
    totals: Vec<u32>,
}

/// Longer side of the map, in pixels.
const MAP_SIDE: usize = 64;
/// Share of pixels without hue from which a picture counts as one in black and white.
const GREY: f32 = 0.9;

impl SkinMap {
    /// Looks at an RGB picture.
    pub fn of(picture: &Canvas) -> Self {
        let small = picture.fit(MAP_SIDE);
        let skin = Skin::of(&small.colours());
        let (width, height) = (small.width, small.height);
        let mut totals = vec![0_u32; width + 1];
        let mut grey = 0_usize;
        let mut above = totals.clone();
        let mut pixels = small.pixels().zip(&skin.mask);
        for _ in 0..height {
            let mut row = 0;
            for ((pixel, is_skin), total) in pixels.by_ref().take(width).zip(above.iter_mut().skip(1)) {
                let [r, g, b] = pixel.map(i32::from);
                grey += usize::from(r.max(g).max(b) - r.min(g).min(b) < 14);
                row += u32::from(*is_skin > 0.0 || is_warm(r, g, b));
                *total += row;
            }
            totals.extend_from_slice(&above);
        }
        let is_grey = grey as f32 >= GREY * (width * height) as f32;
        Self { share: skin.share, is_grey, width, height, totals }
    }

    /// Whether an area (left, top, right, bottom, in shares of the sides) may show as much skin as this share of it.
    /// Only what lies within the picture counts.
    pub fn may_show(&self, [left, top, right, bottom]: [f32; 4], share: f32) -> bool {
        if self.is_grey {
            return true;
        }
        let scaled = |value: f32, length: usize| (value.clamp(0.0, 1.0) * length as f32 + 0.5) as usize;
        let (left, right) = (scaled(left, self.width), scaled(right, self.width));
        let (top, bottom) = (scaled(top, self.height), scaled(bottom, self.height));
        let total = |x: usize, y: usize| self.totals.get(y * (self.width + 1) + x).copied().unwrap_or(0);
        let area = (right.saturating_sub(left) * bottom.saturating_sub(top)) as f32;
        let skin = (total(right, bottom) + total(left, top)).saturating_sub(total(left, bottom) + total(right, top));
        area == 0.0 || skin as f32 >= share * area
    }
}

/// The order of channels that skin has under any light but a blue one.
fn is_warm(r: i32, g: i32, b: i32) -> bool {
    r > 30 && r >= g && r >= b + 4 && g + 12 >= b
}

/// One connected region of the mask.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Blob {
    /// Pixels.
    pub area: usize,
    /// Bounds, inclusive: left, top, right, bottom.
    pub bounds: [usize; 4],
    /// Pixels with a neighbour outside the region.
    pub edge: usize,
    /// Pixels on the picture's left, top, right and bottom border.
    pub contact: [usize; 4],
}

/// Regions of the mask by four-connection, the largest first, with the number of the region of each pixel (0: none).
#[expect(clippy::indexing_slicing, reason = "positions are below width times height, the length of mask and labels")]
pub fn blobs(mask: &[f32], width: usize, height: usize) -> (Vec<Blob>, Vec<u32>) {
    let mut labels = vec![0_u32; mask.len()];
    let mut found = Vec::new();
    let mut open = Vec::new();
    for start in 0..mask.len() {
        if mask[start] == 0.0 || labels[start] != 0 {
            continue;
        }
        let label = found.len() as u32 + 1;
        let mut blob = Blob { bounds: [usize::MAX, usize::MAX, 0, 0], ..Blob::default() };
        labels[start] = label;
        open.push((start, start % width, start / width));
        while let Some((at, x, y)) = open.pop() {
            blob.area += 1;
            blob.bounds = [blob.bounds[0].min(x), blob.bounds[1].min(y), blob.bounds[2].max(x), blob.bounds[3].max(y)];
            let sides = [x == 0, y == 0, x + 1 == width, y + 1 == height];
            let mut is_edge = false;
            let around = [
                (at.wrapping_sub(1), x.wrapping_sub(1), y),
                (at.wrapping_sub(width), x, y.wrapping_sub(1)),
                (at + 1, x + 1, y),
                (at + width, x, y + 1),
            ];
            for (side, next) in around.into_iter().enumerate() {
                let (place, _, _) = next;
                if sides[side] {
                    blob.contact[side] += 1;
                } else if mask[place] == 0.0 {
                    is_edge = true;
                } else if labels[place] == 0 {
                    labels[place] = label;
                    open.push(next);
                }
            }
            blob.edge += usize::from(is_edge);
        }
        found.push(blob);
    }
    let mut order: Vec<usize> = (0..found.len()).collect();
    order.sort_by_key(|index| std::cmp::Reverse(found[*index].area));
    let mut rank = vec![0_u32; found.len() + 1];
    for (place, index) in order.iter().enumerate() {
        rank[index + 1] = place as u32 + 1;
    }
    for label in &mut labels {
        *label = rank[*label as usize];
    }
    (order.into_iter().map(|index| found[index]).collect(), labels)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn skin_tones_from_dark_to_light_are_skin_and_sky_grass_paper_are_not() {
        let share = |rgb: [u8; 3]| {
            // Half grey, so that the correction has something to go by.
            let samples = (0..200).flat_map(|n| if n % 2 == 0 { rgb } else { [128, 128, 128] }).collect();
            Skin::of(&Canvas { width: 20, height: 10, channels: 3, samples }.colours()).share
        };
        for tone in [[241, 194, 170], [224, 172, 140], [198, 134, 100], [141, 85, 60], [92, 57, 42]] {
            assert!(share(tone) > 0.49, "{tone:?}");
        }
        for other in [[90, 140, 220], [60, 130, 50], [245, 245, 242], [20, 20, 20]] {
            assert!(share(other) < 0.01, "{other:?}");
        }
    }

    #[test]
    fn the_map_tells_where_skin_may_be_and_nothing_of_a_grey_picture() {
        // Skin on the left half, sky on the right.
        let pixel = |x: usize| if x < 64 { [224, 172, 140] } else { [90, 140, 220] };
        let samples = (0..128 * 64).flat_map(|at| pixel(at % 128)).collect();
        let picture = Canvas { width: 128, height: 64, channels: 3, samples };
        let map = SkinMap::of(&picture);
        assert!(map.may_show([0.0, 0.0, 0.5, 1.0], 0.95) && !map.may_show([0.55, 0.1, 0.95, 0.9], 0.05));
        assert!(map.may_show([0.25, 0.0, 0.75, 1.0], 0.45) && !map.may_show([0.25, 0.0, 0.75, 1.0], 0.55));
        assert!((map.share - 0.5).abs() < 0.05);
        let grey = Canvas { samples: vec![90; 128 * 64 * 3], ..picture };
        assert!(SkinMap::of(&grey).may_show([0.1, 0.1, 0.3, 0.4], 0.9));
    }

    #[test]
    fn regions_are_counted_with_their_contact() {
        let rows = ["##..#", "##...", "....#"];
        let mask: Vec<f32> =
            rows.iter().flat_map(|row| row.bytes().map(|byte| if byte == b'#' { 1.0 } else { 0.0 })).collect();
        let (found, labels) = blobs(&mask, 5, 3);
        assert_eq!(found.iter().map(|blob| blob.area).collect::<Vec<_>>(), [4, 1, 1]);
        assert_eq!(found[0], Blob { area: 4, bounds: [0, 0, 1, 1], edge: 3, contact: [2, 2, 0, 0] });
        assert_eq!((labels[0], labels[4], labels[7]), (1, 2, 0));
    }
}
