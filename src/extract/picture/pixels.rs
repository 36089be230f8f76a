//! The choice of what to decode: the embedded thumbnail, a scaled-down decode, or the whole picture.

use super::super::{ExtractOptions, Reading};
use super::shape::Rgb;
use super::{About, hevc, jpeg, jpeg2000, preview};
use crate::limits::Limits;
use crate::model::{Code, Fault, Frame, Media, Sink};
use image::codecs::{bmp::BmpDecoder, gif::GifDecoder, png::PngDecoder, tiff::TiffDecoder, webp::WebPDecoder};
use image::{ColorType, ImageDecoder};
use std::io::Cursor;

/// Longer side where the caller names none: detection gains nothing above it.
const SIDE: u32 = 320;
/// Longer side of a page for reading: 11 inches at about 230 dots an inch.
const PAGE_SIDE: u32 = 2_560;
/// Shorter side below which a thumbnail is too small to look at.
const THUMBNAIL_SIDE: u32 = 90;
/// Longest side of a thumbnail; larger ones are previews, which cost a decode of their own.
const THUMBNAIL_MAX: u32 = 640;
/// Bytes a decoded picture may take in its own sample format.
const DECODED_BYTES: u64 = 512 << 20;

/// Longer side of what is looked at.
pub(in crate::extract) fn looked_at_side(options: &ExtractOptions) -> u32 {
    if options.picture_side == 0 { SIDE } else { options.picture_side }
}

/// Hands over the picture to look at, and its page at reading resolution where that is asked for.
pub(super) fn read(reading: &Reading<'_>, about: &About, sink: &mut dyn Sink) -> Result<(), Fault> {
    if reading.options.no_pixels {
        return Ok(());
    }
    let side = looked_at_side(reading.options);
    let limits = reading.budget.limits();
    let thumbnail = thumbnail(about, side, limits);
    let is_stale = thumbnail.as_ref().is_some_and(|small| !agrees(small, about.size));
    if let Some(small) = thumbnail.as_ref().filter(|_| !is_stale && !about.is_edited && !reading.options.page_rasters) {
        let shown = small.clone().upright(about.orientation).fit(side);
        sink.raster(shown.into_raster(Frame::Picture));
        return Ok(());
    }
    let whole = decode(reading, about, if reading.options.page_rasters { PAGE_SIDE } else { side }, sink);
    match whole {
        Ok(picture) => {
            let size = if about.size == (0, 0) { (picture.width, picture.height) } else { about.size };
            let facts = sink.facts().image_mut();
            (facts.width, facts.height) = match reading.media {
                // Turned while it was decoded.
                Media::Heic => picture.as_turned(size),
                _ if about.orientation >= 5 => (size.1, size.0),
                _ => size,
            };
            hand_over(picture, about, side, thumbnail, reading.options.page_rasters, sink);
            Ok(())
        }
        // A picture that cannot be decoded still has its thumbnail.
        Err(fault) => match thumbnail {
            Some(small) => {
                sink.fault(fault);
                sink.raster(small.upright(about.orientation).fit(side).into_raster(Frame::Picture));
                Ok(())
            }
            None => Err(fault),
        },
    }
}

fn hand_over(picture: Rgb, about: &About, side: u32, thumbnail: Option<Rgb>, pages: bool, sink: &mut dyn Sink) {
    let (width, height) = (picture.width, picture.height);
    let page = pages.then(|| picture.clone().fit(PAGE_SIDE));
    let small = picture.fit(side);
    if let Some(thumbnail) = thumbnail {
        // Also a thumbnail of the right shape can show what was painted over since.
        if !agrees(&thumbnail, (width, height)) || differs(&thumbnail, &small) {
            sink.facts().image_mut().has_stale_thumbnail = true;
            sink.raster(thumbnail.upright(about.orientation).fit(side).into_raster(Frame::Still));
        }
    }
    if let Some(page) = page.filter(|_| may_be_document(&small)) {
        sink.raster(page.upright(about.orientation).into_raster(Frame::Page(1)));
    }
    sink.raster(small.upright(about.orientation).into_raster(Frame::Picture));
}

/// The decoded thumbnail, its bars cut, if it is large enough to look at.
fn thumbnail(about: &About, side: u32, limits: &Limits) -> Option<Rgb> {
    let stream = about.thumbnail.as_deref()?;
    let (width, height) = jpeg::size(stream)?;
    if width.min(height) < THUMBNAIL_SIDE || width.max(height) > THUMBNAIL_MAX {
        return None;
    }
    let decoded = jpeg::decode(stream, side, limits).ok().filter(|decoded| !decoded.is_truncated)?;
    let picture = decoded.picture.without_bars();
    is_large_enough(&picture).then_some(picture)
}

/// Whether a thumbnail is worth looking at.
pub(super) fn is_large_enough(thumbnail: &Rgb) -> bool {
    thumbnail.width.min(thumbnail.height) >= THUMBNAIL_SIDE
}

/// Whether the shapes agree within 3 %: a thumbnail's sides are rounded to whole pixels, often to multiples of 8.
pub(super) fn agrees(thumbnail: &Rgb, (width, height): (u32, u32)) -> bool {
    let aspect = |w: u32, h: u32| f64::from(w) / f64::from(h.max(1));
    let ratio = aspect(thumbnail.width, thumbnail.height) / aspect(width, height).max(1e-6);
    (0.97..=1.031).contains(&ratio)
}

/// Whether two pictures show something else: the mean difference of their grey values on a grid of 12 by 12, after
/// their means are set equal, is above what recompression and sharpening cause.
fn differs(one: &Rgb, other: &Rgb) -> bool {
    let (one, other) = (grid(one), grid(other));
    let mean = |cells: &[f64]| cells.iter().sum::<f64>() / cells.len().max(1) as f64;
    let (a, b) = (mean(&one), mean(&other));
    let distance: Vec<f64> = one.iter().zip(&other).map(|(x, y)| ((x - a) - (y - b)).abs()).collect();
    mean(&distance) > 14.0
}

const GRID: u32 = 12;

fn grid(picture: &Rgb) -> Vec<f64> {
    let mut sums = vec![(0.0, 0.0); (GRID * GRID) as usize];
    let width = picture.width as usize;
    for (index, rgb) in picture.pixels.chunks_exact(3).enumerate() {
        let (x, y) = ((index % width) as u32, (index / width) as u32);
        let cell = (y * GRID / picture.height) * GRID + x * GRID / picture.width;
        if let Some(sum) = sums.get_mut(cell as usize) {
            sum.0 += rgb.iter().map(|value| f64::from(*value)).sum::<f64>() / 3.0;
            sum.1 += 1.0;
        }
    }
    sums.into_iter().map(|(sum, count): (f64, f64)| sum / count.max(1.0)).collect()
}

/// Mostly pale and colourless: paper under any light, or a screen with text.
fn may_be_document(picture: &Rgb) -> bool {
    let pale = picture.pixels.chunks_exact(3).filter(|rgb| {
        let (low, high) = rgb.iter().fold((255_u8, 0_u8), |(low, high), value| (low.min(*value), high.max(*value)));
        high > 110 && u16::from(high - low) * 4 < u16::from(high)
    });
    pale.count() * 2 > (picture.width * picture.height) as usize
}

/// Refuses sizes beyond the limits before anything is allocated.
pub(in crate::extract) fn check(width: u32, height: u32, limits: &Limits) -> Result<(), Fault> {
    if width == 0 || height == 0 {
        return Err(Fault::extract(Code::Damaged));
    }
    let pixels = u64::from(width) * u64::from(height);
    if pixels > limits.pixels || u64::from(width.max(height)) > limits.picture_side {
        return Err(Fault::extract(Code::TooManyPixels));
    }
    Ok(())
}

fn decode(reading: &Reading<'_>, about: &About, side: u32, sink: &mut dyn Sink) -> Result<Rgb, Fault> {
    let limits = reading.budget.limits();
    if about.size != (0, 0) && !matches!(reading.media, Media::RawPhoto | Media::Photoshop) {
        check(about.size.0, about.size.1, limits)?;
    }
    match reading.media {
        Media::Jpeg => {
            let decoded = jpeg::decode(reading.content.whole()?, side, limits)?;
            if decoded.is_truncated {
                sink.fault(Fault::extract(Code::Truncated));
            }
            Ok(decoded.picture)
        }
        Media::Png | Media::Gif | Media::Webp | Media::Tiff | Media::Bmp => whole(reading, sink),
        Media::Jpeg2000 => jpeg2000::picture(reading.content.whole()?, side, limits),
        Media::Heic => {
            let picture = hevc::decode(reading.content.whole()?, about.size, reading.options.page_rasters, limits);
            picture.map_or_else(|| embedded(reading, side), Ok)
        }
        _ => embedded(reading, side),
    }
}

/// The largest JPEG preview inside a file whose own coding this program does not read.
fn embedded(reading: &Reading<'_>, side: u32) -> Result<Rgb, Fault> {
    let limits = reading.budget.limits();
    let Some((start, _)) = preview::largest(reading.content, reading.budget, limits.pixels)? else {
        return Err(Fault::extract(Code::ContentNotSeen));
    };
    let whole = reading.content.whole()?;
    let stream = usize::try_from(start).ok().and_then(|start| whole.get(start..)).unwrap_or_default();
    jpeg::decode(stream, side, limits).map(|decoded| decoded.picture)
}

fn whole(reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<Rgb, Fault> {
    let damaged = |_| Fault::extract(Code::Damaged);
    let limits = reading.budget.limits();
    let bytes = Cursor::new(reading.content.whole()?);
    match reading.media {
        Media::Png => pixels_of(PngDecoder::with_limits(bytes, bounds(limits)).map_err(damaged)?, limits, sink),
        Media::Gif => pixels_of(GifDecoder::new(bytes).map_err(damaged)?, limits, sink),
        Media::Webp => pixels_of(WebPDecoder::new(bytes).map_err(damaged)?, limits, sink),
        Media::Tiff => pixels_of(TiffDecoder::new(bytes).map_err(damaged)?, limits, sink),
        _ => pixels_of(BmpDecoder::new(bytes).map_err(damaged)?, limits, sink),
    }
}

/// A PNG stream inside another file; `None` where it cannot be decoded within the limits.
pub(in crate::extract) fn png(stream: &[u8], limits: &Limits) -> Option<Rgb> {
    let decoder = PngDecoder::with_limits(Cursor::new(stream), bounds(limits)).ok()?;
    let (width, height) = decoder.dimensions();
    check(width, height, limits).ok()?;
    let colour = decoder.color_type();
    let mut samples =
        vec![0; usize::try_from(decoder.total_bytes()).ok().filter(|bytes| *bytes as u64 <= DECODED_BYTES)?];
    decoder.read_image(&mut samples).ok()?;
    Rgb::new(width, height, rgb(&samples, colour))
}

fn bounds(limits: &Limits) -> image::Limits {
    let mut bounds = image::Limits::default();
    let side = u32::try_from(limits.picture_side).unwrap_or(u32::MAX);
    (bounds.max_image_width, bounds.max_image_height) = (Some(side), Some(side));
    bounds.max_alloc = Some(DECODED_BYTES);
    bounds
}

/// Decodes into rows of our own, so that what a broken file gave before its fault is kept.
fn pixels_of(mut decoder: impl ImageDecoder, limits: &Limits, sink: &mut dyn Sink) -> Result<Rgb, Fault> {
    let (width, height) = decoder.dimensions();
    check(width, height, limits)?;
    let (colour, bytes) = (decoder.color_type(), decoder.total_bytes());
    if bytes > DECODED_BYTES || decoder.set_limits(bounds(limits)).is_err() {
        return Err(Fault::extract(Code::TooManyPixels));
    }
    let mut samples = vec![0; bytes as usize];
    if decoder.read_image(&mut samples).is_err() {
        if samples.iter().all(|sample| *sample == 0) {
            return Err(Fault::extract(Code::Damaged));
        }
        sink.fault(Fault::extract(Code::Truncated));
    }
    Rgb::new(width, height, rgb(&samples, colour)).ok_or(Fault::extract(Code::Damaged))
}

/// 8-bit RGB from any sample format; what is transparent shows white, as a viewer's page does.
fn rgb(samples: &[u8], colour: ColorType) -> Vec<u8> {
    let channels = usize::from(colour.channel_count());
    let width = usize::from(colour.bytes_per_pixel()) / channels.max(1);
    let sample = |pixel: &[u8], channel: usize| match width {
        1 => pixel.get(channel).copied().unwrap_or(0),
        2 => pixel
            .get(channel * 2..)
            .and_then(<[u8]>::first_chunk::<2>)
            .map_or(0, |pair| (u16::from_ne_bytes(*pair) >> 8) as u8),
        _ => pixel
            .get(channel * 4..)
            .and_then(<[u8]>::first_chunk::<4>)
            .map_or(0, |four| (f32::from_ne_bytes(*four).clamp(0.0, 1.0) * 255.0) as u8),
    };
    let over_white = |value: u8, alpha: u8| {
        let (value, alpha) = (u16::from(value), u16::from(alpha));
        ((value * alpha + 255 * (255 - alpha)) / 255) as u8
    };
    let mut out = Vec::with_capacity(samples.len() / (channels * width).max(1) * 3);
    for pixel in samples.chunks_exact((channels * width).max(1)) {
        let [r, g, b, alpha] = match channels {
            1 => [sample(pixel, 0), sample(pixel, 0), sample(pixel, 0), 255],
            2 => [sample(pixel, 0), sample(pixel, 0), sample(pixel, 0), sample(pixel, 1)],
            3 => [sample(pixel, 0), sample(pixel, 1), sample(pixel, 2), 255],
            _ => [sample(pixel, 0), sample(pixel, 1), sample(pixel, 2), sample(pixel, 3)],
        };
        out.extend([over_white(r, alpha), over_white(g, alpha), over_white(b, alpha)]);
    }
    out
}
