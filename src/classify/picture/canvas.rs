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

impl Canvas {
    /// The raster's pixels; `None` where its size and bytes disagree.
    pub fn of(raster: &Raster) -> Option<Self> {
        let (width, height) = (raster.width as usize, raster.height as usize);
        let bytes = width.checked_mul(height)?.checked_mul(3).filter(|bytes| *bytes > 0)?;
        Some(Self { width, height, channels: 3, samples: raster.rgb.get(..bytes)?.to_vec() })
    }

    /// The RGB pixels.
    pub fn pixels(&self) -> impl Iterator<Item = [u8; 3]> + '_ {
        self.samples.chunks_exact(3).filter_map(|rgb| rgb.first_chunk::<3>().copied())
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

    /// Turned clockwise by these radians about the centre, same size; what comes from outside is the mean. For grey
    /// pictures.
    #[must_use]
    pub fn turned(&self, radians: f32) -> Self {
        let mean = self.samples.iter().map(|value| u64::from(*value)).sum::<u64>() / self.samples.len().max(1) as u64;
        let (sin, cos) = radians.sin_cos();
        let (cx, cy) = (self.width as f32 / 2.0, self.height as f32 / 2.0);
        let mut samples = Vec::with_capacity(self.samples.len());
        for y in 0..self.height {
            for x in 0..self.width {
                let (dx, dy) = (x as f32 - cx, y as f32 - cy);
                let (fx, fy) = (cx + dx * cos + dy * sin, cy - dx * sin + dy * cos);
                let is_inside = fx >= 0.0 && fy >= 0.0 && fx < self.width as f32 && fy < self.height as f32;
                let value = if is_inside { self.samples.get(fy as usize * self.width + fx as usize) } else { None };
                samples.push(value.copied().unwrap_or(mean as u8));
            }
        }
        Self { samples, ..*self }
    }

    /// Contrast stretched from the 2nd to the 98th hundredth, with a gamma that brings the mean to the middle: dark
    /// skin in dark light gains most. For grey pictures.
    #[must_use]
    pub fn stretched(&self) -> Self {
        let mut counts = [0_usize; 256];
        for value in &self.samples {
            if let Some(count) = counts.get_mut(usize::from(*value)) {
                *count += 1;
            }
        }
        let quantile = |share: usize| {
            let wanted = self.samples.len() * share / 100;
            let mut sum = 0;
            counts.iter().position(|count| {
                sum += count;
                sum > wanted
            })
        };
        let low = quantile(2).unwrap_or(0) as f32;
        let high = (quantile(98).unwrap_or(255) as f32).max(low + 1.0);
        let middle = ((quantile(50).unwrap_or(128) as f32 - low) / (high - low)).clamp(0.1, 0.9);
        let gamma = (0.5_f32.ln() / middle.ln()).clamp(0.4, 2.0);
        let table: Vec<u8> = (0..256)
            .map(|value| (((value as f32 - low) / (high - low)).clamp(0.0, 1.0).powf(gamma) * 255.0) as u8)
            .collect();
        let samples = self.samples.iter().map(|value| table.get(usize::from(*value)).copied().unwrap_or(*value));
        Self { samples: samples.collect(), ..*self }
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
        assert_eq!(ramp().turned(0.0), ramp());
    }

    #[test]
    fn stretching_spreads_grey_values() {
        let flat = Canvas { width: 100, height: 1, channels: 1, samples: (40..140).map(|n| n / 2).collect() };
        let wide = flat.stretched();
        assert!(wide.samples[0] < 10 && wide.samples[99] > 245);
    }
}
