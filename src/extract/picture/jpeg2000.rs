//! Pixels of JPEG 2000 pictures (ISO/IEC 15444-1), by a decoder in pure Rust, at the resolution of the codestream that is
//! next above what is looked at.

use super::shape::Rgb;
use crate::limits::{Limits, guard};
use crate::model::{Code, Fault, Stage};
use hayro_jpeg2000::{DecodeSettings, DecoderContext, Image};

/// A decoded picture: samples of one channel after the other.
pub(in crate::extract) struct Channels {
    /// Width of what was decoded.
    pub(in crate::extract) width: u32,
    /// Its height.
    pub(in crate::extract) height: u32,
    /// Bits of a sample.
    pub(in crate::extract) depth: u8,
    /// 1 grey, 3 colours, or more.
    pub(in crate::extract) samples: Vec<Vec<f32>>,
}

/// Width and height of the whole picture.
pub(super) fn size(stream: &[u8]) -> Option<(u32, u32)> {
    let read = guard(Stage::Extract, || {
        Image::new(stream, &DecodeSettings::default()).ok().map(|image| (image.width(), image.height()))
    });
    read.ok().flatten()
}

/// Decodes so that the longer side is at least `side`, if the picture has as much.
///
/// # Errors
/// [`Code::TooManyPixels`] before anything is allocated; [`Code::Damaged`].
pub(in crate::extract) fn decode(stream: &[u8], side: u32, limits: &Limits) -> Result<Channels, Fault> {
    let (width, height) = size(stream).ok_or(Fault::extract(Code::Damaged))?;
    super::pixels::check(width, height, limits)?;
    let decoded = guard(Stage::Extract, || {
        let longer = u64::from(width.max(height).max(1));
        let wanted = |length: u32| (u64::from(length) * u64::from(side) / longer).max(1) as u32;
        let target_resolution = Some((wanted(width), wanted(height)));
        let settings = DecodeSettings { target_resolution, ..DecodeSettings::default() };
        let image = Image::new(stream, &settings).ok()?;
        let mut context = DecoderContext::default();
        let picture = image.decode(&mut context).ok()?;
        let depth = picture.components().first()?.bit_depth();
        let samples = picture.components().iter().map(|channel| channel.samples().to_vec()).collect();
        Some(Channels { width: image.width(), height: image.height(), depth, samples })
    })?;
    decoded.ok_or(Fault::extract(Code::Damaged))
}

/// The picture in 8-bit colours.
///
/// # Errors
/// Those of [`decode`].
pub(super) fn picture(stream: &[u8], side: u32, limits: &Limits) -> Result<Rgb, Fault> {
    let Channels { width, height, depth, samples } = decode(stream, side, limits)?;
    let most = ((1_u64 << depth.clamp(1, 38)) - 1) as f32;
    let byte = |value: &f32| (value / most * 255.0).round().clamp(0.0, 255.0) as u8;
    let pixels = match samples.as_slice() {
        [red, green, blue, ..] => {
            red.iter().zip(green).zip(blue).flat_map(|((r, g), b)| [byte(r), byte(g), byte(b)]).collect()
        }
        [grey, ..] => grey.iter().flat_map(|value| [byte(value); 3]).collect(),
        [] => Vec::new(),
    };
    Rgb::new(width, height, pixels).ok_or(Fault::extract(Code::Damaged))
}

#[cfg(test)]
pub(in crate::extract) mod tests {
    use super::*;
    use crate::extract::picture::tests::read_as;
    use crate::model::Media;
    use proptest::prelude::*;

    /// 16 by 8 pixels of grey, each column 15 lighter than the one before, without loss (OpenJPEG 2.5.4).
    pub(in crate::extract) const RAMP: &str = "ff4fff510029000000000010000000080000000000000000000000100000000800000000000000000001070101ff52000c0000\
        0001000104040001ff5c00074040484850ff640025000143726561746564206279204f70656e4a5045472076657273696f6e20322e352e34\
        ff90000a0000000000300001ff93df80c0116690f3461a1e6be42f14157fedb90b298f915b75f38b21c0f90180369cbdffd9";

    pub(in crate::extract) fn ramp() -> Vec<u8> {
        data_encoding::HEXLOWER.decode(RAMP.as_bytes()).expect("hexadecimal")
    }

    #[test]
    fn a_codestream_gives_its_pixels_and_its_size() {
        let (kept, end) = read_as(Media::Jpeg2000, ramp(), Limits::default());
        assert_eq!(end, Ok(()));
        let raster = kept.rasters.first().expect("a picture");
        assert_eq!((raster.width, raster.height), (16, 8));
        let greys: Vec<u8> = raster.rgb.iter().step_by(3).take(16).copied().collect();
        assert_eq!(greys, (0..16).map(|column| column * 15).collect::<Vec<u8>>());
        let image = kept.facts.image.expect("facts");
        assert_eq!((image.width, image.height), (16, 8));
        let small = Limits { pixels: 127, ..Limits::default() };
        assert_eq!(read_as(Media::Jpeg2000, ramp(), small).1, Err(Fault::extract(Code::TooManyPixels)));
    }

    proptest! {
        #[test]
        fn a_damaged_stream_does_not_panic(at in 0..157_usize, value in any::<u8>(), end in 0..157_usize) {
            let mut stream = ramp();
            stream[at] = value;
            let limits = Limits { pixels: 1 << 16, ..Limits::default() };
            let _ = picture(&stream, 320, &limits);
            stream.truncate(end);
            let _ = picture(&stream, 320, &limits);
        }
    }
}
