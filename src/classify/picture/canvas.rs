//! An RGB picture in memory and the plain operations that detection and features need: scaling, grey, turning.

use crate::model::Raster;
use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};

/// An 8-bit picture with 1 or 3 channels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Canvas {
    /// Width in pixels, at least 1.
    pub width: usize,
    /// Height in pixels, at least 1.
    pub height: usize,
    /// Channels, 1 (grey) or 3 (RGB).
    pub channels: usize,
    /// Rows of samples.
    pub samples: Vec<u8>,
}

/// The colours of a picture, one plane each.
#[derive(Debug, Clone, PartialEq)]
pub struct Colours {
    /// Rows of red, 0 to 255.
    pub red: Vec<f32>,
    /// Rows of green.
    pub green: Vec<f32>,
    /// Rows of blue.
    pub blue: Vec<f32>,
}

impl Colours {
    /// The three planes.
    pub fn planes(&self) -> [&[f32]; 3] {
        [&self.red, &self.green, &self.blue]
    }
}

impl Canvas {
    /// The raster's pixels; `None` where its size and bytes disagree.
    pub fn of(raster: &Raster) -> Option<Self> {
        let (width, height) = (raster.width as usize, raster.height as usize);
        let bytes = width.checked_mul(height)?.checked_mul(3).filter(|bytes| *bytes > 0)?;
        Some(Self { width, height, channels: 3, samples: raster.rgb.get(..bytes)?.to_vec() })
    }

    /// The RGB pixels.
    pub fn pixels(&self) -> impl Iterator<Item = [u8; 3]> + '_ {
        self.samples.as_chunks::<3>().0.iter().copied()
    }

    /// The RGB picture as three planes of numbers, 0 to 255.
    pub fn colours(&self) -> Colours {
        let area = self.width * self.height;
        let [mut red, mut green, mut blue] = [0; 3].map(|_| vec![0.0; area]);
        let planes = red.iter_mut().zip(&mut green).zip(&mut blue);
        for ([r, g, b], ((red, green), blue)) in self.pixels().zip(planes) {
            (*red, *green, *blue) = (f32::from(r), f32::from(g), f32::from(b));
        }
        Colours { red, green, blue }
    }

    /// The picture in grey (ITU-R BT.601 luma).
    #[must_use]
    pub fn grey(&self) -> Self {
        let samples = self
            .pixels()
            .map(|[r, g, b]| ((u32::from(r) * 77 + u32::from(g) * 150 + u32::from(b) * 29 + 128) >> 8) as u8);
        Self { channels: 1, samples: samples.collect(), ..*self }
    }

    /// Scaled to this size.
    #[must_use]
    pub fn scaled(&self, width: usize, height: usize) -> Self {
        if (width, height) == (self.width, self.height) {
            return self.clone();
        }
        let kind = if self.channels == 1 { PixelType::U8 } else { PixelType::U8x3 };
        let mut target = Image::new(width.max(1) as u32, height.max(1) as u32, kind);
        if let Ok(source) = ImageRef::new(self.width as u32, self.height as u32, &self.samples, kind) {
            let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Bilinear));
            // Sizes are checked above; were it to fail, the picture is black and nothing is found on it.
            let _ = Resizer::new().resize(&source, &mut target, &options);
        }
        Self { width: width.max(1), height: height.max(1), channels: self.channels, samples: target.into_vec() }
    }

    /// Scaled, up or down, so that the longer side is `side`.
    #[must_use]
    pub fn fit(&self, side: usize) -> Self {
        let longer = self.width.max(self.height);
        let scale = |length: usize| ((length * side + longer / 2) / longer).max(1);
        self.scaled(scale(self.width), scale(self.height))
    }

    /// Mirrored left to right.
    #[must_use]
    pub fn mirrored(&self) -> Self {
        let row = self.width * self.channels;
        let samples =
            self.samples.chunks_exact(row).flat_map(|row| row.rchunks_exact(self.channels)).flatten().copied();
        Self { samples: samples.collect(), ..*self }
    }

    /// On a larger grey canvas with this margin on each side, filled with the mean of the border, so that a face that
    /// overflows the frame has room for the detector's window. For grey pictures.
    #[must_use]
    pub fn padded(&self, margin: usize) -> Self {
        let (width, height) = (self.width + 2 * margin, self.height + 2 * margin);
        let mean = self.samples.iter().map(|value| u64::from(*value)).sum::<u64>() / self.samples.len().max(1) as u64;
        let mut samples = vec![mean as u8; width * height];
        for (row, line) in samples.chunks_exact_mut(width).skip(margin).zip(self.samples.chunks_exact(self.width)) {
            if let Some(inner) = row.get_mut(margin..margin + self.width) {
                inner.copy_from_slice(line);
            }
        }
        Self { width, height, channels: 1, samples }
    }

    /// Turned clockwise by quarters of a circle. For grey pictures.
    #[must_use]
    pub fn turned(&self, quarters: u8) -> Self {
        let (w, h) = (self.width, self.height);
        let (width, height) = if quarters % 2 == 1 { (h, w) } else { (w, h) };
        let mut samples = Vec::with_capacity(w * h);
        // A column of the picture from its start in steps of a row: a row of the turned one.
        let column = |x: usize| self.samples.get(x..).unwrap_or_default().iter().step_by(w.max(1)).copied();
        match quarters % 4 {
            0 => samples.extend_from_slice(&self.samples),
            1 => (0..w).for_each(|x| samples.extend(column(x).rev())),
            2 => samples.extend(self.samples.iter().rev()),
            _ => (0..w).rev().for_each(|x| samples.extend(column(x))),
        }
        Self { width, height, channels: 1, samples }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ramp() -> Canvas {
        Canvas { width: 4, height: 2, channels: 1, samples: vec![10, 20, 30, 40, 50, 60, 70, 80] }
    }

    #[test]
    fn mirroring_turning_and_padding_move_pixels_as_they_say() {
        assert_eq!(ramp().mirrored().samples, [40, 30, 20, 10, 80, 70, 60, 50]);
        assert_eq!(ramp().mirrored().mirrored(), ramp());
        let padded = ramp().padded(1);
        assert_eq!((padded.width, padded.height, padded.samples[7], padded.samples[0]), (6, 4, 10, 45));
        assert_eq!(ramp().turned(1).samples, [50, 10, 60, 20, 70, 30, 80, 40]);
        assert_eq!(ramp().turned(1).turned(3), ramp());
        assert_eq!(ramp().turned(2).samples, [80, 70, 60, 50, 40, 30, 20, 10]);
    }
}
