//! Frames of a video: H.264 in MP4 by our own decoder, everything else by ffmpeg, asked through [`Tools`]: this module
//! hands the video over, reads pixels, and starts nothing.

use super::avc;
use crate::limits::{Answer, Call, Content, Ended, Input, STILL_PADDING, STILL_SIDE, Tools};
use crate::model::{Code, Fault, Frame, Media, Raster};
use std::time::Duration;

const SIDE: u32 = STILL_SIDE;
const FRAME: usize = (SIDE * SIDE * 3) as usize;

/// Up to `count` key frames spread over the video, at most 320 pixels on the longer side, and what went wrong. Empty
/// where none is wanted, nothing can decode it, or there is no time.
pub fn of_video(
    content: &Content,
    media: Media,
    duration_ms: Option<u64>,
    count: u32,
    tools: &dyn Tools,
    within: Duration,
) -> (Vec<Raster>, Option<Fault>) {
    if count == 0 {
        return (Vec::new(), None);
    }
    if matches!(media, Media::Mp4 | Media::QuickTime | Media::ThreeGp) {
        match avc::stills(content, count, within) {
            Ok(frames) if frames.is_empty() => {}
            Ok(frames) => return (frames, None),
            Err(fault) => return (Vec::new(), Some(fault)),
        }
    }
    if tools.toolbox().ffmpeg.is_none() {
        return (Vec::new(), None);
    }
    let Answer { ended, output } = tools.run(&Call::Stills { count, duration_ms }, Input::Content(content), within);
    let fault = match ended {
        Ended::Well | Ended::Refused | Ended::Absent => None,
        Ended::Crashed | Ended::Flooded => Some(Code::ToolFailed),
        Ended::TimedOut => Some(Code::ToolTimedOut),
    };
    let frames = output.chunks_exact(FRAME).take(count as usize).map(cropped).collect();
    (frames, fault.map(Fault::extract))
}

/// The frame without the padding, which lies right and below in a colour of its own.
fn cropped(frame: &[u8]) -> Raster {
    let side = SIDE as usize;
    let is_padding = |x: usize, y: usize| {
        let pixel = frame.get((y * side + x) * 3..(y * side + x) * 3 + 3).unwrap_or_default();
        pixel.iter().zip(STILL_PADDING).all(|(value, wanted)| value.abs_diff(wanted) < 2)
    };
    let width = (1..=side).rev().find(|width| (0..side).step_by(7).any(|y| !is_padding(width - 1, y))).unwrap_or(side);
    let height =
        (1..=side).rev().find(|height| (0..side).step_by(7).any(|x| !is_padding(x, height - 1))).unwrap_or(side);
    let rows = frame.chunks_exact(side * 3).take(height).filter_map(|row| row.get(..width * 3));
    Raster { frame: Frame::Still, width: width as u32, height: height as u32, rgb: rows.flatten().copied().collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_the_program_there_are_no_stills_and_no_fault() {
        let content = Content::of_memory(vec![7; 100]);
        let tools = crate::limits::NoTools::default();
        let (frames, fault) = of_video(&content, Media::Mp4, None, 3, &tools, Duration::from_secs(1));
        assert!(frames.is_empty() && fault.is_none());
    }

    #[test]
    fn padding_is_cut() {
        let mut frame: Vec<u8> = [1, 2, 3].repeat((SIDE * SIDE) as usize);
        for y in 0..180 {
            frame[y * SIDE as usize * 3..y * SIDE as usize * 3 + 960].fill(90);
        }
        let raster = cropped(&frame);
        assert_eq!((raster.width, raster.height, raster.rgb.len()), (320, 180, 320 * 180 * 3));
    }
}
