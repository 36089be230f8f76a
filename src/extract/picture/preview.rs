//! JPEG previews inside camera raw files, Photoshop documents and other containers, found by their own structure.

use super::super::octets::window;
use super::blocks::{Blocks, jpeg};
use crate::limits::{Budget, Content};
use crate::model::Fault;

/// Bytes that are searched for previews; the rest of a longer file is sensor data.
const SEARCHED: u64 = 96 << 20;
/// Bytes read at a time.
const STEP: usize = 4 << 20;
/// Candidates that are looked at; raw data holds a start marker by chance about once in 16 MB.
const CANDIDATES: usize = 64;

/// Offset of a stream, and its width and height in pixels.
pub(super) type Found = (u64, (u32, u32));

/// Offset and size in pixels of the embedded JPEG with the most pixels, at most `pixels` of them.
pub(super) fn largest(content: &Content, budget: &Budget, pixels: u64) -> Result<Option<Found>, Fault> {
    let mut best: Option<Found> = None;
    let area = |size: (u32, u32)| u64::from(size.0) * u64::from(size.1);
    let (mut at, mut seen) = (0_u64, 0);
    while at < content.size().min(SEARCHED) && seen < CANDIDATES {
        budget.check_now()?;
        // Three bytes of overlap, so that a marker across two windows is found.
        let bytes = window(content, at, STEP + 3)?;
        for start in memchr::memmem::find_iter(&bytes, b"\xff\xd8\xff") {
            let offset = at + start as u64;
            let mut blocks = Blocks::default();
            jpeg(content, offset, &mut blocks)?;
            seen += 1;
            // Lossless JPEG (raw data itself) has 1 to 4 components but a precision that previews do not have; the
            // decoder refuses it later, so the largest decodable is what counts here.
            if let Some(size) = blocks.size.filter(|size| area(*size) > 0 && area(*size) <= pixels)
                && is_baseline(content, offset)?
                && best.is_none_or(|(_, other)| area(size) > area(other))
            {
                best = Some((offset, size));
            }
            if seen >= CANDIDATES {
                break;
            }
        }
        at += STEP as u64;
    }
    Ok(best)
}

/// Whether the stream's frame is DCT-coded with 8 bits (SOF0 to SOF2), not the lossless coding of sensor data.
fn is_baseline(content: &Content, start: u64) -> Result<bool, Fault> {
    let mut at = start + 2;
    for _ in 0..64 {
        let head = window(content, at, 5)?;
        let [255, marker, high, low, precision] = head.as_slice() else { return Ok(false) };
        if super::blocks::is_frame(*marker) {
            return Ok(*marker <= 0xc2 && *precision == 8);
        }
        at += 2 + u64::from(u16::from_be_bytes([*high, *low]));
    }
    Ok(false)
}
