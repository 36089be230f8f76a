//! Types that a mark only announces, or that have no mark but a rhythm. Looks at the head alone.

use crate::model::Media;
use crate::sniff::bson::begins_document;

fn at<const N: usize>(head: &[u8], offset: usize) -> Option<[u8; N]> {
    head.get(offset..)?.first_chunk::<N>().copied()
}

/// ISO base media files by their brands (ISO/IEC 14496-12 4.3; the MP4 registration authority's list).
pub(super) fn ftyp(head: &[u8]) -> Option<Media> {
    let length = u32::from_be_bytes(at(head, 0)?) as usize;
    let brands = head.get(8..length.clamp(12, 264).min(head.len()))?.as_chunks::<4>().0;
    let known = |brand: &[u8; 4]| match brand {
        b"avif" | b"avis" => Some(Media::Avif),
        b"heic" | b"heix" | b"hevc" | b"hevx" | b"heim" | b"heis" | b"hevm" | b"hevs" => Some(Media::Heic),
        b"crx " => Some(Media::RawPhoto),
        b"qt  " => Some(Media::QuickTime),
        b"M4A " | b"M4B " | b"M4P " => Some(Media::Audio),
        b"jp2 " | b"jpx " => Some(Media::Jpeg2000),
        [b'3', b'g', b'p' | b'2' | b'e' | b'g' | b'r' | b's', _] => Some(Media::ThreeGp),
        _ => None,
    };
    let major = brands.first()?;
    let is_still = matches!(major, b"mif1" | b"msf1" | b"mif2" | b"miaf");
    Some(match known(major) {
        Some(media) => media,
        // A picture container names its codec among the compatible brands.
        None if is_still => brands.iter().find_map(known).unwrap_or(Media::Heic),
        None => Media::Mp4,
    })
}

/// RIFF by its form type.
pub(super) fn riff(head: &[u8]) -> Option<Media> {
    match &at::<4>(head, 8)? {
        b"WEBP" => Some(Media::Webp),
        b"AVI " | b"AVIX" => Some(Media::Avi),
        b"WAVE" | b"RMID" => Some(Media::Audio),
        _ => None,
    }
}

/// EBML by its DocType (RFC 8794 11.2.8.4; RFC 9559).
pub(super) fn ebml(head: &[u8]) -> Media {
    let start = head.get(..256).unwrap_or(head);
    if memchr::memmem::find(start, b"webm").is_some() { Media::Webm } else { Media::Matroska }
}

/// Windows bitmap: a header size that exists (12 to 124 bytes) behind the mark.
pub(super) fn bmp(head: &[u8]) -> Option<Media> {
    let header = u32::from_le_bytes(at(head, 14)?);
    matches!(header, 12 | 16 | 40 | 52 | 56 | 64 | 108 | 124).then_some(Media::Bmp)
}

/// Icon directory: a count that is plausible and a reserved zero in the first entry.
pub(super) fn icon(head: &[u8]) -> Option<Media> {
    let count = u16::from_le_bytes(at(head, 4)?);
    let size = u32::from_le_bytes(at(head, 14)?);
    ((1..=64).contains(&count) && at(head, 9) == Some([0]) && size > 0).then_some(Media::Icon)
}

/// A DOS header whose program header is there, or a small plain DOS program.
pub(super) fn dos_program(head: &[u8]) -> Option<Media> {
    let offset = u32::from_le_bytes(at(head, 0x3c)?) as usize;
    let next = head.get(offset..).unwrap_or_default();
    let is_program =
        next.starts_with(b"PE\0\0") || next.starts_with(b"NE") || next.starts_with(b"LE") || head.contains(&0);
    is_program.then_some(Media::Program)
}

/// TIFF, or a camera raw built on it: by DNGVersion (C612), the Canon mark at 8, or sub-pictures (14A) behind a
/// reduced-resolution first picture, which cameras write and scanners do not.
pub(super) fn tiff(head: &[u8]) -> Media {
    if head.get(8..10) == Some(b"CR") {
        return Media::RawPhoto;
    }
    let is_big = head.starts_with(b"MM");
    let short = |offset| at(head, offset).map(if is_big { u16::from_be_bytes } else { u16::from_le_bytes });
    let long = |offset| at(head, offset).map(if is_big { u32::from_be_bytes } else { u32::from_le_bytes });
    let Some(first) = long(4).map(|offset| offset as usize) else { return Media::Tiff };
    let (mut has_camera, mut has_parts, mut is_reduced) = (false, false, false);
    for index in 0..usize::from(short(first).unwrap_or(0)).min(256) {
        let entry = first.saturating_add(2 + index * 12);
        match short(entry) {
            Some(0xc612) => return Media::RawPhoto,
            Some(0x010f) => has_camera = true,
            Some(0x014a) => has_parts = true,
            Some(0x00fe) => is_reduced = long(entry.saturating_add(8)).is_some_and(|value| value & 1 == 1),
            None => break,
            _ => {}
        }
    }
    if has_camera && has_parts && is_reduced { Media::RawPhoto } else { Media::Tiff }
}

/// Types without a mark: transport streams, MPEG audio frames, old tar, raw LZMA, BSON.
pub(super) fn find(head: &[u8]) -> Option<Media> {
    if is_transport_stream(head) {
        Some(Media::MpegTs)
    } else if is_audio_frames(head) {
        Some(Media::Audio)
    } else if is_old_tar(head) {
        Some(Media::Tar)
    } else if is_lzma(head) {
        Some(Media::Lzma)
    } else if begins_document(head) {
        Some(Media::Bson)
    } else {
        None
    }
}

/// The sync byte 47 every 188 bytes, or every 192 after a four-byte clock (ISO/IEC 13818-1; BDAV).
fn is_transport_stream(head: &[u8]) -> bool {
    [(0, 188), (4, 192)].into_iter().any(|(start, step)| {
        head.len() > start + 3 * step && head.iter().skip(start).step_by(step).take(5).all(|byte| *byte == 0x47)
    })
}

/// Two MPEG audio or ADTS frames in a row (ISO/IEC 11172-3 2.4.1.3, 13818-7).
fn is_audio_frames(head: &[u8]) -> bool {
    let length = |offset| {
        let header: [u8; 6] = at(head, offset)?;
        match header {
            [0xff, b, _, d, e, f] if b & 0xf6 == 0xf0 => {
                Some(usize::from(d & 3) << 11 | usize::from(e) << 3 | usize::from(f) >> 5).filter(|n| *n > 7)
            }
            [0xff, b, c, ..] if b & 0xe6 == 0xe2 => mp3_frame(b, c),
            _ => None,
        }
    };
    length(0).and_then(|first| length(first).and_then(|second| length(first + second))).is_some()
}

/// Length in bytes of a layer III frame.
fn mp3_frame(b: u8, c: u8) -> Option<usize> {
    const RATES_1: [usize; 16] = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0];
    const RATES_2: [usize; 16] = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0];
    let is_one = b & 0x18 == 0x18;
    let rate = *if is_one { RATES_1 } else { RATES_2 }.get(usize::from(c >> 4))? * 1000;
    let base = *[44_100, 48_000, 32_000].get(usize::from(c >> 2 & 3))?;
    let hertz = match b & 0x18 {
        0x18 => base,
        0x10 => base / 2,
        0 => base / 4,
        _ => return None,
    };
    (rate > 0).then(|| if is_one { 144 } else { 72 } * rate / hertz + usize::from(c >> 1 & 1))
}

/// The checksum of a tar header without a mark (V7): the sum of its bytes, its own field read as spaces.
fn is_old_tar(head: &[u8]) -> bool {
    let Some(header) = head.first_chunk::<512>() else { return false };
    let field = header.get(148..156).unwrap_or_default();
    let digits: Vec<u8> = field.iter().copied().filter(u8::is_ascii_digit).collect();
    let Some(stated) = std::str::from_utf8(&digits).ok().and_then(|text| u32::from_str_radix(text, 8).ok()) else {
        return false;
    };
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    let own: u32 = field.iter().map(|byte| u32::from(*byte)).sum();
    stated > 0 && header.first() != Some(&0) && sum - own + 8 * 32 == stated
}

/// LZMA alone: properties 5D, a power-of-two dictionary, a size that is unknown or below a terabyte.
fn is_lzma(head: &[u8]) -> bool {
    let (Some(dictionary), Some(size)) = (at(head, 1).map(u32::from_le_bytes), at(head, 5).map(u64::from_le_bytes))
    else {
        return false;
    };
    head.first() == Some(&0x5d)
        && dictionary.is_power_of_two()
        && dictionary >= 4096
        && (size == u64::MAX || size < 1 << 40)
}

/// Bytes that look random: their counts differ no more than chance allows. Compressed formats have headers and fail
/// this; what passes is encrypted or a bare compressed stream. Below 512 bytes nothing is said.
pub(super) fn is_random(head: &[u8]) -> bool {
    if head.len() < 512 {
        return false;
    }
    let mut counts = [0_u32; 256];
    for byte in head {
        if let Some(count) = counts.get_mut(usize::from(*byte)) {
            *count += 1;
        }
    }
    let expected = head.len() as f64 / 256.0;
    let chi: f64 = counts.iter().map(|count| (f64::from(*count) - expected).powi(2) / expected).sum();
    // 255 degrees of freedom: mean 255, standard deviation 22.6; six deviations above still counts as chance.
    chi < 391.0
}
