//! JPEG pixels at the smallest size that serves: the decoder reconstructs each 8 by 8 block at 1, 2, 4 or 8 pixels.

use super::super::octets::Order;
use super::blocks::is_frame;
use super::shape::Rgb;
use crate::limits::{Limits, guard};
use crate::model::{Code, Fault, Stage};
use image::ImageDecoder as _;
use jpeg_decoder::{Decoder, PixelFormat};
use std::io::Cursor;

/// A decoded JPEG.
pub(in crate::extract) struct Decoded {
    /// The picture, its longer side at least the wanted one where the file has that much.
    pub(in crate::extract) picture: Rgb,
    /// The stream breaks off; the missing part is grey.
    pub(in crate::extract) is_truncated: bool,
}

/// Width and height in the first frame header of a stream.
pub(super) fn size(stream: &[u8]) -> Option<(u32, u32)> {
    let mut at = 2_usize;
    loop {
        let rest = stream.get(at..)?;
        let [255, marker, high, low, ..] = rest else { return None };
        match marker {
            0xff => at += 1,
            0x01 | 0xd0..=0xd8 => at += 2,
            0xd9 | 0xda => return None,
            marker if is_frame(*marker) => {
                return Order::Big.u16(rest, 7).map(u32::from).zip(Order::Big.u16(rest, 5).map(u32::from));
            }
            _ => at += 2 + usize::from(u16::from_be_bytes([*high, *low])),
        }
    }
}

/// Decodes so that the longer side is at least `side`, if the picture has as much.
///
/// # Errors
/// [`Code::TooManyPixels`] before anything is allocated; [`Code::Damaged`] if no decoder gets a picture out of it.
pub(in crate::extract) fn decode(stream: &[u8], side: u32, limits: &Limits) -> Result<Decoded, Fault> {
    let (width, height) = size(stream).ok_or(Fault::extract(Code::Damaged))?;
    super::pixels::check(width, height, limits)?;
    let scaled = guard(Stage::Extract, || scaled(stream, side, (width, height)));
    if let Ok(Some(picture)) = scaled {
        return Ok(Decoded { picture, is_truncated: !has_end(stream) });
    }
    // The second decoder fills what is missing; it also knows the few codings that the first refuses.
    let filled = guard(Stage::Extract, || filled(stream))?;
    let picture = filled.ok_or(Fault::extract(Code::Damaged))?;
    Ok(Decoded { picture, is_truncated: true })
}

/// An end marker near the end; trailing bytes after it are common (maker data, motion photos).
fn has_end(stream: &[u8]) -> bool {
    memchr::memmem::rfind(stream, &[0xff, 0xd9]).is_some()
}

fn scaled(stream: &[u8], side: u32, size: (u32, u32)) -> Option<Rgb> {
    let mut decoder = Decoder::new(Cursor::new(stream));
    decoder.read_info().ok()?;
    let longer = size.0.max(size.1).max(1);
    let wanted = |length: u32| u16::try_from((u64::from(length) * u64::from(side)).div_ceil(u64::from(longer)));
    let (width, height) = (wanted(size.0).unwrap_or(u16::MAX).max(1), wanted(size.1).unwrap_or(u16::MAX).max(1));
    let (width, height) =
        if side < longer { decoder.scale(width, height).ok()? } else { (size.0 as u16, size.1 as u16) };
    let bytes = decoder.decode().ok()?;
    let format = decoder.info()?.pixel_format;
    Rgb::new(u32::from(width), u32::from(height), rgb(bytes, format))
}

fn rgb(bytes: Vec<u8>, format: PixelFormat) -> Vec<u8> {
    match format {
        PixelFormat::RGB24 => bytes,
        PixelFormat::L8 => bytes.iter().flat_map(|grey| [*grey; 3]).collect(),
        // 16-bit samples come in the machine's order; their high byte is what is seen.
        PixelFormat::L16 => bytes
            .chunks_exact(2)
            .filter_map(<[u8]>::first_chunk::<2>)
            .flat_map(|pair| [(u16::from_ne_bytes(*pair) >> 8) as u8; 3])
            .collect(),
        // The decoder undoes Adobe's inversion, so 0 is no ink.
        PixelFormat::CMYK32 => bytes
            .chunks_exact(4)
            .filter_map(<[u8]>::first_chunk::<4>)
            .flat_map(|[c, m, y, k]| {
                let light = |ink: u8| ((255 - u16::from(ink)) * (255 - u16::from(*k)) / 255) as u8;
                [light(*c), light(*m), light(*y)]
            })
            .collect(),
    }
}

fn filled(stream: &[u8]) -> Option<Rgb> {
    let decoder = image::codecs::jpeg::JpegDecoder::new(Cursor::new(stream)).ok()?;
    let (width, height) = decoder.dimensions();
    let picture = image::DynamicImage::from_decoder(decoder).ok()?;
    Rgb::new(width, height, picture.into_rgb8().into_raw())
}
