//! Pixels in shades of grey, turned upright and straightened.

use crate::model::Raster;

/// Longer side, in pixels, of the picture on which skew is measured.
const MEASURED: usize = 800;
/// Dark pixels that are measured at most; the rest adds nothing.
const POINTS: usize = 40_000;
/// Share of dark pixels, in hundredths, beyond which a picture is no page.
const DARKEST: usize = 40;
/// Largest skew that is looked for, in tenths of a degree: a sheet laid on a glass by hand.
const WIDEST: i32 = 80;
/// Smallest skew that is worth a rotation, in tenths of a degree: Tesseract follows slighter ones.
const WORTH: i32 = 5;
/// How much sharper, in hundredths, lines must be along the skew than along the picture.
const SHARPER: f64 = 1.10;

/// Pixels in shades of grey, as Tesseract reads them anyway.
#[derive(Clone)]
pub(super) struct Grey {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

impl Grey {
    /// By the weights of ITU-R BT.601.
    pub(super) fn of(raster: &Raster) -> Self {
        let (pixels, _) = raster.rgb.as_chunks::<3>();
        let grey =
            |[r, g, b]: &[u8; 3]| ((u32::from(*r) * 299 + u32::from(*g) * 587 + u32::from(*b) * 114) / 1000) as u8;
        Self { width: raster.width as usize, height: raster.height as usize, pixels: pixels.iter().map(grey).collect() }
    }

    /// Turned clockwise by quarter turns.
    pub(super) fn turned(&self, turns: u32) -> Self {
        let (width, height) = (self.width, self.height);
        let (new_width, new_height) = if turns % 2 == 1 { (height, width) } else { (width, height) };
        let mut pixels = Vec::with_capacity(self.pixels.len());
        for y in 0..new_height {
            for x in 0..new_width {
                let (from_x, from_y) = match turns {
                    1 => (y, height.saturating_sub(x + 1)),
                    2 => (width.saturating_sub(x + 1), height.saturating_sub(y + 1)),
                    3 => (width.saturating_sub(y + 1), x),
                    _ => (x, y),
                };
                pixels.push(self.pixels.get(from_y * width + from_x).copied().unwrap_or(255));
            }
        }
        Self { width: new_width, height: new_height, pixels }
    }

    pub(super) fn pnm(&self) -> Vec<u8> {
        let mut file = format!("P5\n{} {}\n255\n", self.width, self.height).into_bytes();
        file.extend_from_slice(&self.pixels);
        file
    }

    /// Twice as wide and high.
    pub(super) fn doubled(&self) -> Self {
        let (width, height) = (self.width * 2, self.height * 2);
        let places = (0..width * height).map(|at| ((at % width) as f64 / 2.0, (at / width) as f64 / 2.0));
        Self { width, height, pixels: places.map(|(x, y)| self.sample(x, y)).collect() }
    }

    /// Pixels.
    pub(super) fn len(&self) -> usize {
        self.pixels.len()
    }

    /// The same with its lines level; itself where they are level already.
    pub(super) fn straightened(self) -> Self {
        match self.skew() {
            skew if skew.abs() < WORTH => self,
            skew => self.rotated(f64::from(skew).to_radians() / 10.0),
        }
    }

    /// The angle of the lines against the horizontal in tenths of a degree, clockwise: that at which the dark pixels,
    /// projected along it, gather in the sharpest rows.
    fn skew(&self) -> i32 {
        let points = self.dark_points();
        if points.is_empty() {
            return 0;
        }
        let sharpest = |angles: &mut dyn Iterator<Item = i32>| {
            angles
                .map(|angle| (angle, sharpness(&points, angle)))
                .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.abs().cmp(&a.0.abs())))
        };
        let Some((coarse, _)) = sharpest(&mut (-WIDEST..=WIDEST).step_by(5)) else { return 0 };
        let Some((fine, sharp)) = sharpest(&mut (coarse - 4..=coarse + 4)) else { return 0 };
        if sharp > sharpness(&points, 0) * SHARPER { fine } else { 0 }
    }

    /// The dark pixels of a small copy; none where there are too many for a page of text.
    fn dark_points(&self) -> Vec<(f32, f32)> {
        let step = self.width.max(self.height).div_ceil(MEASURED).max(1);
        let (width, height) = (self.width / step, self.height / step);
        if width < 8 || height < 8 {
            return Vec::new();
        }
        let mut small = Vec::with_capacity(width * height);
        for y in 0..height {
            for x in 0..width {
                let rows = (0..step).filter_map(|row| {
                    let start = (y * step + row) * self.width + x * step;
                    self.pixels.get(start..start + step)
                });
                let sum: usize = rows.flatten().map(|pixel| usize::from(*pixel)).sum();
                small.push(sum / (step * step));
            }
        }
        let mean = small.iter().sum::<usize>() / small.len().max(1);
        let dark = small.iter().filter(|value| **value * 4 < mean * 3).count();
        if dark * 100 > small.len() * DARKEST {
            return Vec::new();
        }
        let every = dark.div_ceil(POINTS).max(1);
        let places = small.iter().enumerate().filter(|(_, value)| **value * 4 < mean * 3).step_by(every);
        places.map(|(at, _)| ((at % width) as f32, (at / width) as f32)).collect()
    }

    /// Rotated anticlockwise by an angle in radians, on white, nothing cut off.
    fn rotated(&self, angle: f64) -> Self {
        let (sin, cos) = angle.sin_cos();
        let (width, height) = (self.width as f64, self.height as f64);
        let new_width = (width * cos.abs() + height * sin.abs()).ceil();
        let new_height = (width * sin.abs() + height * cos.abs()).ceil();
        let mut pixels = Vec::with_capacity((new_width * new_height) as usize);
        for v in 0..new_height as usize {
            for u in 0..new_width as usize {
                let (u, v) = (u as f64 - new_width / 2.0, v as f64 - new_height / 2.0);
                pixels.push(self.sample(u * cos - v * sin + width / 2.0, u * sin + v * cos + height / 2.0));
            }
        }
        Self { width: new_width as usize, height: new_height as usize, pixels }
    }

    /// The value between four pixels; white outside.
    fn sample(&self, x: f64, y: f64) -> u8 {
        let (left, top) = (x.floor(), y.floor());
        let at = |x: f64, y: f64| {
            let is_inside = x >= 0.0 && y >= 0.0 && x < self.width as f64 && y < self.height as f64;
            let pixel = is_inside.then(|| self.pixels.get(y as usize * self.width + x as usize)).flatten();
            f64::from(pixel.copied().unwrap_or(255))
        };
        let (right, down) = (x - left, y - top);
        let above = at(left, top) * (1.0 - right) + at(left + 1.0, top) * right;
        let below = at(left, top + 1.0) * (1.0 - right) + at(left + 1.0, top + 1.0) * right;
        (above * (1.0 - down) + below * down).round() as u8
    }
}

/// How sharply points gather in rows along an angle: the sum of squared steps between neighbouring rows.
fn sharpness(points: &[(f32, f32)], angle: i32) -> f64 {
    let (sin, cos) = (angle as f32 / 10.0).to_radians().sin_cos();
    let mut rows = vec![0_i32; 4 * MEASURED];
    for (x, y) in points {
        let row = (y * cos - x * sin) as i32 + 2 * MEASURED as i32;
        if let Some(count) = usize::try_from(row).ok().and_then(|row| rows.get_mut(row)) {
            *count += 1;
        }
    }
    rows.array_windows().map(|[a, b]| f64::from(b - a).powi(2)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page of black lines that are skewed by an angle in degrees.
    fn page(degrees: f64) -> Grey {
        let (width, height) = (600_usize, 800_usize);
        let slope = degrees.to_radians().tan();
        let pixels = (0..width * height).map(|at| {
            let (x, y) = ((at % width) as f64, (at / width) as f64);
            let row = y - x * slope;
            let is_ink = (60.0..540.0).contains(&x) && (100.0..700.0).contains(&row) && row.rem_euclid(24.0) < 8.0;
            if is_ink { 20 } else { 240 }
        });
        Grey { width, height, pixels: pixels.collect() }
    }

    #[test]
    fn skew_is_measured_to_half_a_degree() {
        for degrees in [-6.0, -2.5, 0.0, 1.5, 4.0] {
            let measured = f64::from(page(degrees).skew()) / 10.0;
            assert!((measured - degrees).abs() < 0.5, "{degrees} measured as {measured}");
        }
    }

    #[test]
    fn a_straightened_page_is_level() {
        assert!(page(5.0).straightened().skew().abs() < WORTH);
    }

    #[test]
    fn four_quarter_turns_give_the_page_back() {
        let page = page(1.0);
        let turned = page.turned(1).turned(2).turned(1);
        assert_eq!((turned.width, turned.height), (page.width, page.height));
        assert_eq!(turned.pixels, page.pixels);
    }

    #[test]
    fn a_dark_picture_has_no_lines_to_measure() {
        let dark = Grey {
            width: 100,
            height: 100,
            pixels: (0..10_000_u32).map(|n| if n % 10 < 5 { 0 } else { 255 }).collect(),
        };
        assert_eq!(dark.skew(), 0);
    }
}
