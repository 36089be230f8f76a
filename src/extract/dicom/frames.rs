//! Pixel data of DICOM files (PS3.3, C.7.6.3; PS3.5, section 8 and annex A.4): one frame, at the size that is looked at.
//!
//! Uncompressed frames are read line by line and only every so many pixels; JPEG frames are decoded scaled down. Of
//! several frames the middle one is taken, which shows the subject where the first is often a black lead-in.

use super::super::Reading;
use super::super::octets::window;
use super::super::picture::{Channels, Rgb, check_size, decode_jpeg, decode_jpeg2000, looked_at_side};
use crate::limits::Content;
use crate::model::{Code, Fault, Frame, Sink};

/// Fragments of encapsulated frames that are walked.
const FRAGMENTS: usize = 4096;
/// Largest encapsulated frame that is decoded, in bytes.
const FRAME_BYTES: usize = 64 << 20;

/// Transfer syntaxes whose frames are JPEG streams with 8 bits (PS3.5, A.4.1): baseline, and extended.
const JPEG: &[&str] = &["1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51"];
/// Transfer syntaxes whose frames are JPEG 2000 codestreams (PS3.5, A.4.4): without loss, and any.
const JPEG_2000: &[&str] = &["1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.91"];
/// Transfer syntaxes whose frames are not compressed; none is named in files without a meta header.
const NATIVE: &[&str] = &["", "1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2"];

/// What the header says of the pixels.
#[derive(Debug, Clone, Default)]
pub(super) struct Layout {
    pub(super) rows: u32,
    pub(super) columns: u32,
    /// Samples a pixel: 1 grey, 3 colour.
    pub(super) samples: u32,
    /// Colours in planes, not pixel by pixel.
    pub(super) is_planar: bool,
    pub(super) frames: u32,
    /// Bits that a sample takes, and those of them that are used.
    pub(super) allocated: u32,
    pub(super) stored: u32,
    pub(super) is_signed: bool,
    pub(super) photometric: String,
    /// Centre and width of the greys that are shown.
    pub(super) window: Option<(f64, f64)>,
    /// Slope and intercept from stored to real values.
    pub(super) rescale: Option<(f64, f64)>,
}

/// Where the pixel data lie.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) at: u64,
    /// `None` where it is encapsulated in fragments.
    pub(super) length: Option<u64>,
    pub(super) is_big: bool,
}

/// Hands over one frame.
///
/// # Errors
/// [`Code::ContentNotSeen`] where the coding is none that is read, [`Code::Truncated`], [`Code::TooManyPixels`].
pub(super) fn read(
    reading: &Reading<'_>,
    layout: &Layout,
    syntax: &str,
    place: Place,
    sink: &mut dyn Sink,
) -> Result<(), Fault> {
    if reading.options.no_pixels {
        return Ok(());
    }
    let side = looked_at_side(reading.options);
    check_size(layout.columns, layout.rows, reading.budget.limits())?;
    let picture = match place.length {
        Some(length) if NATIVE.contains(&syntax) => native(reading, layout, place, length, side)?,
        None if JPEG.contains(&syntax) => {
            let stream = encapsulated(reading.content, layout, place)?;
            let decoded = decode_jpeg(&stream, side, reading.budget.limits())?;
            if decoded.is_truncated {
                sink.fault(Fault::extract(Code::Truncated));
            }
            decoded.picture
        }
        None if JPEG_2000.contains(&syntax) => {
            let stream = encapsulated(reading.content, layout, place)?;
            shown(decode_jpeg2000(&stream, side, reading.budget.limits())?, layout)?
        }
        _ => return Err(Fault::extract(Code::ContentNotSeen)),
    };
    sink.raster(picture.fit(side).into_raster(Frame::Picture));
    Ok(())
}

/// The channels of a frame as its layout says they are shown.
fn shown(frame: Channels, layout: &Layout) -> Result<Rgb, Fault> {
    let Channels { width, height, depth, samples } = frame;
    let whole = |value: &f32| value.round() as i32;
    let pixels = match samples.as_slice() {
        [grey] => greys(&grey.iter().map(whole).collect::<Vec<_>>(), layout),
        [red, green, blue] if depth == 8 => {
            let values = red.iter().zip(green).zip(blue).flat_map(|((r, g), b)| [whole(r), whole(g), whole(b)]);
            colours(&values.collect::<Vec<_>>(), layout)
        }
        _ => return Err(Fault::extract(Code::ContentNotSeen)),
    };
    Rgb::new(width, height, pixels).ok_or(Fault::extract(Code::Damaged))
}

/// Every so many pixels of an uncompressed frame.
fn native(reading: &Reading<'_>, layout: &Layout, place: Place, length: u64, side: u32) -> Result<Rgb, Fault> {
    let samples = layout.samples.max(1);
    let sample_bytes = layout.allocated.div_ceil(8).max(1);
    let is_known = matches!((samples, sample_bytes), (1, 1 | 2) | (3, 1)) && !layout.photometric.starts_with("PALETTE");
    let is_halved = layout.photometric.contains("422") || layout.photometric.contains("420");
    if !is_known || is_halved {
        return Err(Fault::extract(Code::ContentNotSeen));
    }
    let (width, height) = (u64::from(layout.columns), u64::from(layout.rows));
    let plane = width * height * u64::from(sample_bytes);
    let frame = plane * u64::from(samples);
    let number = u64::from(layout.frames.max(1) / 2).min((length / frame.max(1)).saturating_sub(1));
    let (start, is_big) = (place.at + number * frame, place.is_big);
    // Twice the wanted side, so that scaling down still averages.
    let step = u64::from(layout.columns.max(layout.rows) / (2 * side)).max(1);
    let (out_width, out_height) = (width.div_ceil(step), height.div_ceil(step));
    let mut values: Vec<i32> = Vec::with_capacity((out_width * out_height * u64::from(samples)) as usize);
    let (line_planes, line_samples) = if layout.is_planar { (samples, 1) } else { (1, samples) };
    let mut line = vec![0; (width * u64::from(line_samples * sample_bytes)) as usize];
    for y in (0..height).step_by(step as usize) {
        reading.budget.check()?;
        let mut planes: Vec<Vec<i32>> = Vec::new();
        for number in 0..u64::from(line_planes) {
            let place = start + number * plane + y * line.len() as u64;
            let read = reading.content.read_at(&mut line, place)?;
            if read < line.len() {
                return Err(Fault::extract(Code::Truncated));
            }
            let sample = |bytes: &[u8]| sample(bytes, layout, is_big);
            planes.push(
                line.chunks_exact((line_samples * sample_bytes) as usize)
                    .step_by(step as usize)
                    .flat_map(|pixel| pixel.chunks_exact(sample_bytes as usize).map(sample))
                    .collect(),
            );
        }
        match planes.as_slice() {
            [red, green, blue] => values.extend(red.iter().zip(green).zip(blue).flat_map(|((r, g), b)| [*r, *g, *b])),
            planes => values.extend(planes.iter().flatten()),
        }
    }
    let pixels = if samples == 3 { colours(&values, layout) } else { greys(&values, layout) };
    Rgb::new(out_width as u32, out_height as u32, pixels).ok_or(Fault::extract(Code::Damaged))
}

fn sample(bytes: &[u8], layout: &Layout, is_big: bool) -> i32 {
    let raw = match *bytes {
        [one] => u16::from(one),
        [a, b] if is_big => u16::from_be_bytes([a, b]),
        [a, b] => u16::from_le_bytes([a, b]),
        _ => 0,
    };
    let unused = 16_u32.saturating_sub(layout.stored.clamp(1, 16));
    if layout.is_signed {
        i32::from((raw << unused).cast_signed() >> unused)
    } else {
        i32::from(raw << unused >> unused)
    }
}

/// Greys within the window that the file names, else between the darkest and the lightest (PS3.3, C.11.2.1.2).
fn greys(values: &[i32], layout: &Layout) -> Vec<u8> {
    let (slope, intercept) = layout.rescale.unwrap_or((1.0, 0.0));
    let real = |value: i32| f64::from(value) * slope + intercept;
    let (low, high) = match layout.window {
        Some((centre, width)) if width >= 1.0 => {
            (centre - 0.5 - (width - 1.0) / 2.0, centre - 0.5 + (width - 1.0) / 2.0)
        }
        _ => {
            let ends = (values.iter().min().copied().unwrap_or(0), values.iter().max().copied().unwrap_or(0));
            (real(ends.0).min(real(ends.1)), real(ends.0).max(real(ends.1)))
        }
    };
    let is_inverted = layout.photometric == "MONOCHROME1";
    values
        .iter()
        .flat_map(|value| {
            let share = ((real(*value) - low) / (high - low).max(1e-9)).clamp(0.0, 1.0);
            [((if is_inverted { 1.0 - share } else { share }) * 255.0).round() as u8; 3]
        })
        .collect()
}

fn colours(values: &[i32], layout: &Layout) -> Vec<u8> {
    let is_ybr = layout.photometric.starts_with("YBR_FULL");
    let byte = |value: f32| value.round().clamp(0.0, 255.0) as u8;
    let pixels = values.chunks_exact(3).filter_map(<[i32]>::first_chunk::<3>);
    pixels
        .flat_map(|pixel| {
            let [a, b, c] = pixel.map(|value| value as f32);
            if is_ybr {
                // ITU-T T.871, as PS3.3, C.7.6.3.1.2 has it.
                let (cb, cr) = (b - 128.0, c - 128.0);
                [byte(a + 1.402 * cr), byte(a - 0.344_14 * cb - 0.714_14 * cr), byte(a + 1.772 * cb)]
            } else {
                [byte(a), byte(b), byte(c)]
            }
        })
        .collect()
}

/// The stream of one encapsulated frame: its fragment, or all fragments of the only frame.
fn encapsulated(content: &Content, layout: &Layout, place: Place) -> Result<Vec<u8>, Fault> {
    let mut at = place.at;
    let mut fragments: Vec<(u64, usize)> = Vec::new();
    loop {
        let mut head = [0; 8];
        if content.read_at(&mut head, at)? < head.len() {
            break;
        }
        // Items are little endian in every encapsulated syntax.
        let ([tag, length], _) = head.as_chunks::<4>() else { break };
        let length = u32::from_le_bytes(*length);
        if *tag != [0xfe, 0xff, 0x00, 0xe0] || fragments.len() > FRAGMENTS {
            break;
        }
        fragments.push((at + 8, length as usize));
        at += 8 + u64::from(length);
    }
    // The first item is the table of offsets.
    let fragments = fragments.get(1..).unwrap_or_default();
    let middle = (layout.frames as usize).min(fragments.len()) / 2;
    let chosen = if layout.frames > 1 { fragments.get(middle..=middle).unwrap_or_default() } else { fragments };
    let mut stream = Vec::new();
    for (at, length) in chosen {
        if stream.len() + length > FRAME_BYTES {
            return Err(Fault::extract(Code::TooManyPixels));
        }
        stream.extend(window(content, *at, *length)?);
    }
    if stream.is_empty() { Err(Fault::extract(Code::Truncated)) } else { Ok(stream) }
}
