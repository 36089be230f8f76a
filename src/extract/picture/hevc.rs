//! Pixels of HEIC pictures, by a decoder in pure Rust: of the embedded thumbnail where it is large enough, else of the
//! whole picture, which costs a hundred times as much.

use super::pixels::{agrees, is_large_enough};
use super::shape::Rgb;
use crate::limits::Limits;

/// Pixels of a picture that is decoded whole: four bytes each are held twice, within a worker's memory.
const PIXELS: u64 = 50_000_000;

/// The picture, turned as its own properties say. `None` where it is coded in another way than HEVC, or damaged.
///
/// `is_page` asks for the resolution at which text can be read.
pub(super) fn decode(bytes: &[u8], size: (u32, u32), is_page: bool, limits: &Limits) -> Option<Rgb> {
    let thumbnail = if is_page { None } else { thumbnail(bytes, size) };
    thumbnail.or_else(|| {
        let options = heifer::Options { max_threads: 1, max_pixels: limits.pixels.min(PIXELS) };
        let picture = heifer::decode_rgba8(bytes, &options).ok()?;
        let (width, height) = (picture.width, picture.height);
        Rgb::new(width, height, picture.into_rgb8())
    })
}

fn thumbnail(bytes: &[u8], size: (u32, u32)) -> Option<Rgb> {
    let picture = heifer::decode_thumbnail(bytes).ok().flatten()?;
    let small = Rgb::new(picture.width, picture.height, picture.to_rgb8())?;
    (is_large_enough(&small) && agrees(&small, small.as_turned(size))).then_some(small)
}
