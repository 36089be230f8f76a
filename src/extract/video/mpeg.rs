//! MPEG transport and programme streams (ISO/IEC 13818-1): codec, duration by time stamps, size of MPEG-2 pictures.

use super::super::Reading;
use super::super::octets::{Order, window};
use crate::model::{Code, Fault, Sink};

/// Bytes at the start and end that are read for time stamps.
const ENDS: usize = 2 << 20;
/// Time stamps count at 90 kHz in 33 bits.
const CLOCK: u64 = 90;
const WRAP: u64 = 1 << 33;

/// Transport stream: packets of 188 bytes, in Blu-ray files with four bytes before each.
pub(super) fn read_transport(reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    let content = reading.content;
    let first = window(content, 0, ENDS)?;
    let Some((step, offset)) = packets(&first) else { return Err(Fault::extract(Code::Damaged)) };
    let mut stream = None;
    for packet in first.get(offset..).unwrap_or_default().chunks_exact(step) {
        reading.budget.check()?;
        stream = stream.or_else(|| video_stream(packet));
    }
    let (pid, kind) = stream.unwrap_or((u16::MAX, 0));
    let codec = match kind {
        0x01 => "mpg1",
        0x02 => "mpg2",
        0x10 => "mp4v",
        0x1b => "avc1",
        0x24 => "hvc1",
        0xea => "vc-1",
        _ => "",
    };
    let start = clocks(&first, step, offset, pid).next();
    let tail_at = content.size().saturating_sub(ENDS as u64);
    let last = window(content, tail_at - (tail_at.saturating_sub(offset as u64)) % step as u64, ENDS)?;
    let aligned = packets(&last).map_or(offset, |(_, offset)| offset);
    let end = clocks(&last, step, aligned, pid).last();
    let facts = sink.facts().video_mut();
    facts.codec = Some(codec.to_owned()).filter(|codec| !codec.is_empty());
    facts.duration_ms = between(start, end);
    if let Some((width, height)) = sequence_size(&first) {
        (facts.width, facts.height) = (Some(width), Some(height));
    }
    Ok(())
}

/// Length of a packet and offset of the first: five sync bytes in a row.
fn packets(bytes: &[u8]) -> Option<(usize, usize)> {
    [(188, 0), (192, 4), (204, 0)].into_iter().find_map(|(step, _)| {
        let offset = (0..step).find(|offset| (0..5).all(|n| bytes.get(offset + n * step) == Some(&0x47)))?;
        Some((step, offset))
    })
}

/// The number and type of the video stream, from a programme map.
fn video_stream(packet: &[u8]) -> Option<(u16, u8)> {
    let starts = packet.get(1)? & 0x40 != 0;
    let payload = match packet.get(3)? >> 4 & 3 {
        1 => 4,
        3 => 5 + usize::from(*packet.get(4)?),
        _ => return None,
    };
    let pointer = usize::from(*packet.get(payload)?);
    let table = packet.get(payload + 1 + pointer..)?;
    if !starts || table.first() != Some(&2) {
        return None;
    }
    let end = 3 + usize::from(Order::Big.u16(table, 1)? & 0x0fff);
    let mut at = 12 + usize::from(Order::Big.u16(table, 10)? & 0x0fff);
    while at + 5 <= end.saturating_sub(4) {
        let kind = *table.get(at)?;
        if matches!(kind, 0x01 | 0x02 | 0x10 | 0x1b | 0x24 | 0xea) {
            return Some((Order::Big.u16(table, at + 1)? & 0x1fff, kind));
        }
        at += 5 + usize::from(Order::Big.u16(table, at + 3)? & 0x0fff);
    }
    None
}

/// Time stamps of the video stream's packets.
fn clocks(bytes: &[u8], step: usize, offset: usize, pid: u16) -> impl Iterator<Item = u64> + '_ {
    bytes.get(offset..).unwrap_or_default().chunks_exact(step).filter_map(move |packet| {
        let head = Order::Big.u16(packet, 1)?;
        if head & 0x1fff != pid || head & 0x4000 == 0 {
            return None;
        }
        let payload = if packet.get(3)? & 0x20 != 0 { 5 + usize::from(*packet.get(4)?) } else { 4 };
        stamp(packet.get(payload..)?)
    })
}

/// Most stuffing bytes before the header of an MPEG-1 packet (ISO/IEC 11172-1, 2.4.3.3).
const STUFFING: usize = 16;

/// The presentation time stamp of a PES packet (2.4.3.6), or of a packet of an MPEG-1 system stream, whose header has
/// no length: stuffing, a buffer size of two bytes, then the stamp, told by its first bits.
fn stamp(packet: &[u8]) -> Option<u64> {
    let header = packet.strip_prefix(&[0, 0, 1])?.get(3..)?;
    let five = if header.first()? & 0xc0 == 0x80 {
        header.get(3..).filter(|_| header.get(1).is_some_and(|flags| flags & 0x80 != 0))?
    } else {
        let stuffing = header.iter().take(STUFFING).take_while(|byte| **byte == 0xff).count();
        let rest = header.get(stuffing..)?;
        let rest = if rest.first()? & 0xc0 == 0x40 { rest.get(2..)? } else { rest };
        Some(rest).filter(|rest| rest.first().is_some_and(|first| matches!(first >> 4, 2 | 3)))?
    };
    let five = five.first_chunk::<5>()?.map(u64::from);
    // Each part ends with a bit that is set; what has them not only looks like the start of a packet.
    let is_marked = [five[0], five[2], five[4]].iter().all(|part| part & 1 == 1);
    let time = (five[0] >> 1 & 7) << 30 | five[1] << 22 | (five[2] >> 1) << 15 | five[3] << 7 | five[4] >> 1;
    is_marked.then_some(time)
}

fn between(start: Option<u64>, end: Option<u64>) -> Option<u64> {
    let (start, end) = (start?, end?);
    Some(((end + WRAP - start) % WRAP) / CLOCK).filter(|ms| (1..=200 * 3_600_000).contains(ms))
}

/// Programme stream: packs and PES packets, found by their start codes.
pub(super) fn read_programme(reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    let content = reading.content;
    let first = window(content, 0, ENDS)?;
    let tail = window(content, content.size().saturating_sub(ENDS as u64), ENDS)?;
    let stamps = |bytes: &[u8]| -> Vec<u64> {
        let videos = memchr::memmem::find_iter(bytes, &[0, 0, 1])
            .filter(|at| bytes.get(at + 3).is_some_and(|id| (0xe0..=0xef).contains(id)));
        videos.filter_map(|at| stamp(bytes.get(at..)?)).collect()
    };
    let (start, end) = (stamps(&first), stamps(&tail));
    let size = sequence_size(&first);
    let facts = sink.facts().video_mut();
    facts.duration_ms = between(start.first().copied(), end.last().copied());
    if let Some((width, height)) = size {
        (facts.width, facts.height) = (Some(width), Some(height));
        let is_second = memchr::memmem::find(&first, &[0, 0, 1, 0xb5]).is_some();
        facts.codec = Some(if is_second { "mpg2" } else { "mpg1" }.to_owned());
    }
    if start.is_empty() && size.is_none() { Err(Fault::extract(Code::Damaged)) } else { Ok(()) }
}

/// Width and height in an MPEG-1 or MPEG-2 sequence header.
fn sequence_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let at = memchr::memmem::find(bytes, &[0, 0, 1, 0xb3])?;
    let bits = Order::Big.u32(bytes, at + 4)?;
    Some((bits >> 20, bits >> 8 & 0xfff)).filter(|(width, height)| *width > 15 && *height > 15)
}

#[cfg(test)]
mod tests {
    use super::super::tests::read_as;
    use crate::model::Media;

    /// A time stamp of 90,000 a second in five bytes, after its first four bits.
    fn stamp(kind: u8, ticks: u64) -> [u8; 5] {
        let part = |shift: u32| (ticks >> shift & 0xff) as u8;
        [kind << 4 | (part(30) & 7) << 1 | 1, part(22), part(15) << 1 | 1, part(7), part(0) << 1 | 1]
    }

    fn duration(packets: &[Vec<u8>]) -> Option<u64> {
        let pack = [0, 0, 1, 0xba, 0x21, 0, 1, 0, 1, 0xc3, 0x33, 0x67];
        let bytes = packets.iter().flat_map(|packet| [&pack[..], packet].concat()).collect();
        let (mut kept, outcome) = read_as(Media::MpegPs, bytes);
        outcome.expect("read");
        crate::model::Sink::facts(&mut kept).video_mut().duration_ms
    }

    #[test]
    fn durations_are_those_of_both_kinds_of_packets() {
        let packet = |header: &[u8]| [&[0, 0, 1, 0xe0, 0x07, 0xee], header, &[0x5a; 40]].concat();
        let second = |ticks| packet(&[&[0x84, 0x80, 5][..], &stamp(2, ticks)].concat());
        assert_eq!(duration(&[second(9_000), second(99_000)]), Some(1_000));
        let first = |ticks| packet(&[&[0xff, 0xff, 0x60, 0x2e][..], &stamp(3, ticks), &stamp(1, ticks)].concat());
        // The last packets have no stamp, or bytes that look like a packet without being one.
        let (none, chance) = (packet(&[0x0f]), packet(&[0x2f, 0x10, 0x20, 0x30, 0x40]));
        assert_eq!(duration(&[first(9_000), first(144_000), none, chance]), Some(1_500));
    }
}
