//! Turning and scaling RGB pictures: EXIF orientation, and the size that detection looks at.

use crate::model::{Frame, Raster};
use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};

/// A decoded picture, 8-bit RGB rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::extract) struct Rgb {
    /// Width in pixels.
    pub(in crate::extract) width: u32,
    /// Height in pixels.
    pub(in crate::extract) height: u32,
    /// `width * height * 3` bytes.
    pub(in crate::extract) pixels: Vec<u8>,
}

impl Rgb {
    /// A picture from its rows; `None` unless the bytes fit the size and the size is not empty.
    pub(in crate::extract) fn new(width: u32, height: u32, mut pixels: Vec<u8>) -> Option<Self> {
        let bytes = (width as usize).checked_mul(height as usize)?.checked_mul(3)?;
        if bytes == 0 || pixels.len() < bytes {
            return None;
        }
        pixels.truncate(bytes);
        Some(Self { width, height, pixels })
    }

    /// Width and height of what this picture shows, as it lies: swapped where one is upright and the other is not.
    pub(super) fn as_turned(&self, (width, height): (u32, u32)) -> (u32, u32) {
        if (self.width > self.height) == (width > height) { (width, height) } else { (height, width) }
    }

    /// The picture scaled down so that its longer side is at most `side`; as it is if that already holds.
    pub(in crate::extract) fn fit(self, side: u32) -> Self {
        let longer = self.width.max(self.height);
        if longer <= side || side == 0 {
            return self;
        }
        let scaled = |length: u32| {
            u32::try_from((u64::from(length) * u64::from(side) + u64::from(longer) / 2) / u64::from(longer))
                .unwrap_or(side)
                .max(1)
        };
        let (width, height) = (scaled(self.width), scaled(self.height));
        // A box filter over-smooths nothing when shrinking by much and is the cheapest; near 1:1 it would alias.
        let filter = if longer >= side * 2 { FilterType::Box } else { FilterType::Bilinear };
        self.resize(width, height, filter).unwrap_or(self)
    }

    fn resize(&self, width: u32, height: u32, filter: FilterType) -> Option<Self> {
        let source = ImageRef::new(self.width, self.height, &self.pixels, PixelType::U8x3).ok()?;
        let mut target = Image::new(width, height, PixelType::U8x3);
        let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(filter));
        Resizer::new().resize(&source, &mut target, &options).ok()?;
        Self::new(width, height, target.into_vec())
    }

    /// The picture as shown, from its EXIF orientation (Exif 2.32, tag 274): 1 upright, 2 to 4 mirrored or upside
    /// down, 5 to 8 also with width and height swapped. Any other number counts as 1.
    pub(in crate::extract) fn upright(self, orientation: u8) -> Self {
        if !(2..=8).contains(&orientation) {
            return self;
        }
        let (w, h) = (self.width as usize, self.height as usize);
        let (out_w, out_h) = if orientation >= 5 { (h, w) } else { (w, h) };
        let mut pixels = Vec::with_capacity(self.pixels.len());
        for y in 0..out_h {
            for x in 0..out_w {
                let (from_x, from_y) = match orientation {
                    2 => (w - 1 - x, y),
                    3 => (w - 1 - x, h - 1 - y),
                    4 => (x, h - 1 - y),
                    5 => (y, x),
                    6 => (y, h - 1 - x),
                    7 => (w - 1 - y, h - 1 - x),
                    _ => (w - 1 - y, x),
                };
                let at = (from_y * w + from_x) * 3;
                pixels.extend_from_slice(self.pixels.get(at..at + 3).unwrap_or(&[0; 3]));
            }
        }
        Self { width: out_w as u32, height: out_h as u32, pixels }
    }

    /// The part of the picture between black bars: cameras pad thumbnails of wide pictures to 4:3.
    pub(in crate::extract) fn without_bars(self) -> Self {
        let (w, h) = (self.width as usize, self.height as usize);
        let is_black = |x: usize, y: usize| {
            self.pixels.get((y * w + x) * 3..).is_some_and(|rgb| rgb.iter().take(3).all(|value| *value < 20))
        };
        let rows = (0..h / 3).take_while(|y| (0..w).all(|x| is_black(x, *y) && is_black(x, h - 1 - y))).count();
        let columns = (0..w / 3).take_while(|x| (0..h).all(|y| is_black(*x, y) && is_black(w - 1 - x, y))).count();
        if rows + columns == 0 {
            return self;
        }
        let (width, height) = (w - 2 * columns, h - 2 * rows);
        let line = |y: usize| self.pixels.get((y * w + columns) * 3..).and_then(|row| row.get(..width * 3));
        let pixels: Vec<u8> = (rows..rows + height).filter_map(line).flatten().copied().collect();
        Self::new(width as u32, height as u32, pixels).unwrap_or(self)
    }

    /// Hands the pixels over for looking at.
    pub(in crate::extract) fn into_raster(self, frame: Frame) -> Raster {
        Raster { frame, width: self.width, height: self.height, rgb: self.pixels }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two columns, three rows; each pixel's red is its number.
    fn six() -> Rgb {
        Rgb::new(2, 3, (0..6).flat_map(|n| [n, 0, 0]).collect()).expect("fits")
    }

    fn reds(picture: &Rgb) -> Vec<u8> {
        picture.pixels.iter().step_by(3).copied().collect()
    }

    #[test]
    fn each_orientation_moves_the_corners_as_exif_says() {
        let shown: Vec<_> = (1..=8).map(|orientation| reds(&six().upright(orientation))).collect();
        assert_eq!(
            shown,
            [
                vec![0, 1, 2, 3, 4, 5],
                vec![1, 0, 3, 2, 5, 4],
                vec![5, 4, 3, 2, 1, 0],
                vec![4, 5, 2, 3, 0, 1],
                vec![0, 2, 4, 1, 3, 5],
                vec![4, 2, 0, 5, 3, 1],
                vec![5, 3, 1, 4, 2, 0],
                vec![1, 3, 5, 0, 2, 4],
            ]
        );
        assert_eq!((six().upright(6).width, six().upright(6).height), (3, 2));
    }

    #[test]
    fn the_longer_side_is_bounded_and_the_shape_kept() {
        let picture = Rgb::new(400, 100, vec![90; 400 * 100 * 3]).expect("fits").fit(64);
        assert_eq!((picture.width, picture.height), (64, 16));
        assert!(picture.pixels.iter().all(|value| value.abs_diff(90) < 2));
        assert_eq!(six().fit(64), six());
    }

    #[test]
    fn black_bars_of_a_thumbnail_are_cut() {
        let mut pixels = vec![0_u8; 160 * 120 * 3];
        pixels[160 * 3 * 7..160 * 3 * 113].fill(130);
        let picture = Rgb::new(160, 120, pixels).expect("fits").without_bars();
        assert_eq!((picture.width, picture.height), (160, 106));
    }
}
