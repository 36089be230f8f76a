//! Key frames of H.264 (ITU-T H.264, ISO/IEC 14496-10) decoded in this process, where no outside program is needed:
//! most phones and clinics record it, and a start of ffmpeg costs more than the frame.

use super::super::octets::window;
use super::super::picture::Rgb;
use super::samples::{KeyFrames, key_frames};
use crate::limits::{Content, STILL_SIDE, guard};
use crate::model::{Fault, Frame, Raster, Stage};
use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use rusty_h264_common::{YuvFrame, nal::emulation_unprevent};
use rusty_h264_decoder::{Decoder, Sps};
use std::time::{Duration, Instant};

/// Macroblocks of the largest frame of any level (ITU-T H.264, table A-1, MaxFS of levels 6 to 6.2).
const MACROBLOCKS: usize = 139_264;
/// What stands before each unit of a stream (annex B).
const START: [u8; 4] = [0, 0, 0, 1];

/// Up to `count` key frames spread over an MP4's H.264 track, at most [`STILL_SIDE`] pixels on the longer side and
/// upright. Empty where there is no such track, or it uses what the decoder does not know; then ffmpeg may.
///
/// # Errors
/// If the content cannot be read.
pub(super) fn stills(content: &Content, count: u32, within: Duration) -> Result<Vec<Raster>, Fault> {
    let begun = Instant::now();
    let Some(keys) = key_frames(content, count as usize)? else { return Ok(Vec::new()) };
    let Some(sets) = Sets::read(&keys.parameters).filter(Sets::fit) else { return Ok(Vec::new()) };
    let mut stills = Vec::new();
    for (offset, length) in &keys.samples {
        if begun.elapsed() >= within {
            break;
        }
        let sample = window(content, *offset, *length)?;
        // A frame that the decoder gives up on costs itself.
        let frame = guard(Stage::Extract, || sets.decode(&sample)).ok().flatten();
        stills.extend(frame.and_then(|frame| shown(&frame, &keys)));
    }
    Ok(stills)
}

/// The parameter sets of a track.
struct Sets {
    /// Bytes of the length before each unit of a sample: 1 to 4.
    width: usize,
    /// The sets as the head of a stream.
    head: Vec<u8>,
    /// The first sequence parameter set, which tells the size.
    sequence: Vec<u8>,
}

impl Sets {
    /// Reads an `avcC` box; `None` if it is cut short.
    fn read(parameters: &[u8]) -> Option<Self> {
        let width = usize::from(parameters.get(4)? & 3) + 1;
        let (mut head, mut sequence, mut rest) = (Vec::new(), Vec::new(), parameters.get(5..)?);
        for mask in [0x1f, 0xff] {
            let (count, mut sets) = rest.split_first()?;
            for _ in 0..count & mask {
                let (length, after) = sets.split_first_chunk::<2>()?;
                let (set, after) = after.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
                head.extend(START);
                head.extend(set);
                if sequence.is_empty() {
                    sequence = set.to_vec();
                }
                sets = after;
            }
            rest = sets;
        }
        Some(Self { width, head, sequence })
    }

    /// Whether the frames have a size that the standard allows; asked before anything is allocated for them.
    fn fit(&self) -> bool {
        let sequence = self.sequence.get(1..).and_then(|set| Sps::parse(&emulation_unprevent(set)).ok());
        let blocks = sequence.and_then(|set| set.pic_width_in_mbs.checked_mul(set.pic_height_in_mbs));
        blocks.is_some_and(|blocks| (1..=MACROBLOCKS).contains(&blocks))
    }

    /// The picture in one sample. Sets within the sample are left out: only those whose size was looked at count.
    fn decode(&self, sample: &[u8]) -> Option<YuvFrame> {
        let mut stream = self.head.clone();
        let mut rest = sample;
        while let Some((length, after)) = rest.split_at_checked(self.width) {
            let length = length.iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
            let (unit, after) = after.split_at_checked(length).unwrap_or((after, &[]));
            // Types 1 and 5 are slices (table 7-1).
            if matches!(unit.first().map(|head| head & 0x1f), Some(1 | 5)) {
                stream.extend(START);
                stream.extend(unit);
            }
            rest = after;
        }
        Decoder::new().decode(&stream).ok().flatten()
    }
}

/// The frame as it is shown: scaled, in RGB, upright.
fn shown(frame: &YuvFrame, keys: &KeyFrames) -> Option<Raster> {
    let longer = frame.width.max(frame.height);
    let scaled = |length: usize| (length * (STILL_SIDE as usize).min(longer)).div_ceil(longer.max(1)).max(1);
    let (width, height) = (scaled(frame.width), scaled(frame.height));
    let chroma = (frame.width / 2, frame.height / 2);
    let luma = plane(&frame.y, (frame.width, frame.height), (width, height))?;
    let blue = plane(&frame.u, chroma, (width, height))?;
    let red = plane(&frame.v, chroma, (width, height))?;
    let pixels = luma.iter().zip(&blue).zip(&red).flat_map(|((y, u), v)| rgb(*y, *u, *v)).collect();
    let picture = Rgb::new(width as u32, height as u32, pixels)?;
    Some(picture.upright(keys.orientation).into_raster(Frame::Still))
}

/// One plane at another size.
fn plane(bytes: &[u8], from: (usize, usize), to: (usize, usize)) -> Option<Vec<u8>> {
    let source = ImageRef::new(from.0 as u32, from.1 as u32, bytes, PixelType::U8).ok()?;
    let mut target = Image::new(to.0 as u32, to.1 as u32, PixelType::U8);
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Bilinear));
    Resizer::new().resize(&source, &mut target, &options).ok()?;
    Some(target.into_vec())
}

/// A pixel of ITU-R BT.601 in narrow range, which streams use that do not say otherwise, in 16.16 numbers.
fn rgb(y: u8, u: u8, v: u8) -> [u8; 3] {
    let (y, u, v) = ((i32::from(y) - 16) * 76_309, i32::from(u) - 128, i32::from(v) - 128);
    let value = |sum: i32| ((sum + 32_768) >> 16).clamp(0, 255) as u8;
    [value(y + 104_597 * v), value(y - 25_674 * u - 53_279 * v), value(y + 132_201 * u)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn black_white_and_red_come_out_as_such() {
        assert_eq!(rgb(16, 128, 128), [0, 0, 0]);
        assert_eq!(rgb(235, 128, 128), [255, 255, 255]);
        let [red, green, blue] = rgb(81, 90, 240);
        assert!(red > 250 && green < 5 && blue < 5, "{red} {green} {blue}");
    }

    const HALVES: &[u8] = include_bytes!("../../../fixtures/videos/halves.mp4");

    fn stills_of(bytes: &[u8]) -> Vec<Raster> {
        stills(&Content::of_memory(bytes.to_vec()), 12, Duration::from_mins(1)).expect("memory")
    }

    /// The pixel at a share of width and height.
    fn pixel(raster: &Raster, x: f64, y: f64) -> [u8; 3] {
        let (x, y) = ((f64::from(raster.width) * x) as usize, (f64::from(raster.height) * y) as usize);
        let at = (y * raster.width as usize + x) * 3;
        [raster.rgb[at], raster.rgb[at + 1], raster.rgb[at + 2]]
    }

    #[test]
    fn key_frames_show_what_was_recorded() {
        let stills = stills_of(HALVES);
        assert_eq!(stills.iter().map(|still| (still.width, still.height)).collect::<Vec<_>>(), [(128, 96); 3]);
        for still in &stills {
            let ([red, _, blue], [red_right, _, blue_right]) = (pixel(still, 0.25, 0.5), pixel(still, 0.75, 0.5));
            assert!(
                red > 170 && blue < 50 && red_right < 50 && blue_right > 170,
                "{red} {blue} {red_right} {blue_right}"
            );
        }
    }

    #[test]
    fn a_recording_of_a_turned_phone_comes_out_upright() {
        let at = memchr::memmem::find(HALVES, b"tkhd").expect("a track") + 4 + 40;
        let mut turned = HALVES.to_vec();
        let matrix: Vec<u8> =
            [0_u32, 0x1_0000, 0, 0xffff_0000].iter().flat_map(|number| number.to_be_bytes()).collect();
        turned[at..at + 16].copy_from_slice(&matrix);
        let still = stills_of(&turned).into_iter().next().expect("a frame");
        assert_eq!((still.width, still.height), (96, 128));
        let ([red, ..], [_, _, blue]) = (pixel(&still, 0.5, 0.25), pixel(&still, 0.5, 0.75));
        assert!(red > 170 && blue > 170, "red above, blue below: {red} {blue}");
    }

    #[test]
    fn a_damaged_key_frame_costs_itself() {
        let mut damaged = HALVES.to_vec();
        let (offset, length) =
            key_frames(&Content::of_memory(damaged.clone()), 12).expect("memory").expect("keys").samples[1];
        damaged[offset as usize..offset as usize + length].fill(0xff);
        assert_eq!(stills_of(&damaged).len(), 2);
    }

    #[test]
    fn a_frame_above_every_level_is_not_begun() {
        // Baseline, level 1, set 0, then 65,535 macroblocks each way.
        let bits = |value: u32| {
            let code = value + 1;
            format!("{}{code:b}", "0".repeat(code.ilog2() as usize))
        };
        let fields = [0, 0, 2, 1].map(bits).concat() + "0" + &[65_534, 65_534].map(bits).concat() + "1100" + "1";
        let padded = format!("{fields:0<0$}", fields.len().div_ceil(8) * 8);
        let mut set = vec![0x67, 66, 0, 10];
        for byte in padded.as_bytes().chunks(8) {
            set.push(u8::from_str_radix(std::str::from_utf8(byte).expect("digits"), 2).expect("bits"));
        }
        let mut parameters = vec![1, 66, 0, 10, 0xff, 0xe1, 0, set.len() as u8];
        parameters.extend(&set);
        parameters.extend([1, 0, 1, 0x68]);
        let sets = Sets::read(&parameters).expect("whole");
        assert!(!sets.fit());
    }

    proptest! {
        #[test]
        fn a_mutated_recording_does_not_panic_the_decoder(
            places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..24),
            which in 0_usize..3,
        ) {
            let keys = key_frames(&Content::of_memory(HALVES.to_vec()), 12).expect("memory").expect("keys");
            let sets = Sets::read(&keys.parameters).expect("whole");
            let (offset, length) = keys.samples[which];
            let mut sample = HALVES[offset as usize..offset as usize + length].to_vec();
            for (at, byte) in places {
                let at = at.index(sample.len());
                sample[at] = byte;
            }
            let _ = sets.decode(&sample);
        }

        #[test]
        fn any_parameters_and_any_sample_do_not_panic(
            parameters in prop::collection::vec(any::<u8>(), 0..80),
            sample in prop::collection::vec(any::<u8>(), 0..400),
        ) {
            if let Some(sets) = Sets::read(&parameters).filter(Sets::fit) {
                let _ = sets.decode(&sample);
            }
        }
    }
}
