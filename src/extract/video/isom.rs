//! MP4, QuickTime, 3GP (ISO/IEC 14496-12, Apple's QuickTime File Format, 3GPP TS 26.244).

use super::super::Reading;
use super::super::bmff::{Box4, boxes, find};
use super::super::octets::{Order, text, text_utf16, window};
use super::{iso6709, made, position, poster, tag};
use crate::model::{Code, Fault, Meaning, Sink};

/// Seconds from 1904-01-01, where these files begin to count, to 1970-01-01.
const EPOCH: i64 = 2_082_844_800;
/// Largest text and largest picture that are read, in bytes.
const TEXT: usize = 64 << 10;
const PICTURE: usize = 8 << 20;
/// Namespace of Google's Spherical Video V1 (a `uuid` box in the track).
const SPHERICAL: [u8; 16] =
    [0xff, 0xcc, 0x82, 0x63, 0xf8, 0x55, 0x4a, 0x93, 0x88, 0x14, 0x58, 0x7a, 0x02, 0x52, 0x1f, 0xdd];

/// Reads the boxes.
pub(super) fn read(reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    let content = reading.content;
    let top = boxes(content, 0, content.size())?;
    let Some(movie) = top.iter().find(|entry| &entry.name == b"moov") else {
        return Err(Fault::extract(Code::Truncated));
    };
    let parts = boxes(content, movie.start, movie.end)?;
    header(reading, &parts, sink)?;
    for track in parts.iter().filter(|entry| &entry.name == b"trak") {
        reading.budget.check_now()?;
        read_track(reading, track, sink)?;
    }
    fragments(reading, &parts, &top, sink)?;
    for holder in [Some(*movie), find(content, &parts, &[b"udta"])?].into_iter().flatten() {
        user_data(reading, &holder, sink)?;
    }
    for meta in [
        find(content, &parts, &[b"meta"])?,
        find(content, &parts, &[b"udta", b"meta"])?,
        find(content, &top, &[b"meta"])?,
    ]
    .into_iter()
    .flatten()
    {
        metadata(reading, &meta, sink)?;
    }
    Ok(())
}

/// Version 0 has 32-bit times, version 1 has 64-bit ones: gives creation, time scale and duration.
fn times(data: &[u8]) -> Option<(i64, u64, u64)> {
    let b = Order::Big;
    if data.first() == Some(&1) {
        Some((b.u64(data, 4)? as i64, u64::from(b.u32(data, 20)?), b.u64(data, 24)?))
    } else {
        Some((i64::from(b.u32(data, 4)?), u64::from(b.u32(data, 12)?), u64::from(b.u32(data, 16)?)))
    }
}

fn header(reading: &Reading<'_>, parts: &[Box4], sink: &mut dyn Sink) -> Result<(), Fault> {
    let Some(header) = parts.iter().find(|entry| &entry.name == b"mvhd") else { return Ok(()) };
    if let Some((created, scale, duration)) = times(&header.payload(reading.content, 108)?) {
        if created != 0 {
            // Some writers count from 1970 against the standard; such numbers fall before 1970 otherwise.
            let seconds = if created > EPOCH { created - EPOCH } else { created };
            made("CreateDate", seconds, sink);
        }
        let milliseconds = duration.saturating_mul(1000).checked_div(scale);
        if duration != 0 && duration != u64::from(u32::MAX) {
            sink.facts().video_mut().duration_ms = milliseconds;
        }
    }
    Ok(())
}

fn read_track(reading: &Reading<'_>, track: &Box4, sink: &mut dyn Sink) -> Result<(), Fault> {
    let content = reading.content;
    let parts = boxes(content, track.start, track.end)?;
    user_data(reading, track, sink)?;
    if let Some(held) = parts.iter().find(|entry| &entry.name == b"udta") {
        user_data(reading, held, sink)?;
    }
    let handler = find(content, &parts, &[b"mdia", b"hdlr"])?;
    let kind = handler.map(|entry| window(content, entry.start + 8, 4)).transpose()?.unwrap_or_default();
    if kind != b"vide" {
        return Ok(());
    }
    if let Some(described) = find(content, &parts, &[b"mdia", b"minf", b"stbl", b"stsd"])? {
        sample_entry(reading, &described, &parts, sink)?;
    }
    for entry in parts.iter().filter(|entry| &entry.name == b"uuid") {
        let data = entry.payload(content, TEXT)?;
        if data.starts_with(&SPHERICAL) && memchr::memmem::find(&data, b"Spherical>true").is_some() {
            sink.facts().video_mut().is_spherical = true;
        }
    }
    Ok(())
}

fn sample_entry(reading: &Reading<'_>, described: &Box4, parts: &[Box4], sink: &mut dyn Sink) -> Result<(), Fault> {
    let content = reading.content;
    for entry in boxes(content, described.start + 8, described.end)?.into_iter().take(8) {
        let data = entry.payload(content, 78)?;
        let size = Order::Big.u16(&data, 24).zip(Order::Big.u16(&data, 26));
        let facts = sink.facts().video_mut();
        if facts.codec.is_none() {
            facts.codec = Some(String::from_utf8_lossy(&entry.name).trim().to_owned()).filter(|name| name.is_ascii());
            (facts.width, facts.height) = (size.map(|size| u32::from(size.0)), size.map(|size| u32::from(size.1)));
        }
        // Version 2 of spherical metadata, and Apple's, lie within the sample entry.
        let inner = boxes(content, entry.start + 78, entry.end)?;
        facts.is_spherical |= inner.iter().any(|part| matches!(&part.name, b"sv3d" | b"vexu"));
        if matches!(&entry.name, b"jpeg" | b"mjpg" | b"mjpa" | b"mjpb" | b"png ") {
            first_sample(reading, parts, sink)?;
        }
    }
    Ok(())
}

/// The first sample of a track whose frames are JPEG or PNG pictures.
fn first_sample(reading: &Reading<'_>, parts: &[Box4], sink: &mut dyn Sink) -> Result<(), Fault> {
    let content = reading.content;
    let Some(table) = find(content, parts, &[b"mdia", b"minf", b"stbl"])? else { return Ok(()) };
    let tables = boxes(content, table.start, table.end)?;
    let get = |name: &[u8; 4], length| {
        tables.iter().find(|entry| &entry.name == name).map(|entry| window(content, entry.start, length)).transpose()
    };
    let sizes = get(b"stsz", 16)?.unwrap_or_default();
    let length = Order::Big.u32(&sizes, 4).filter(|size| *size != 0).or_else(|| Order::Big.u32(&sizes, 12));
    let offset = match get(b"stco", 12)? {
        Some(offsets) => Order::Big.u32(&offsets, 8).map(u64::from),
        None => get(b"co64", 16)?.and_then(|offsets| Order::Big.u64(&offsets, 8)),
    };
    if let (Some(length), Some(offset)) = (length, offset) {
        poster(&window(content, offset, (length as usize).min(PICTURE))?, reading, sink);
    }
    Ok(())
}

/// A fragmented file tells its length by `mehd`, or by the last fragment's decode time.
fn fragments(reading: &Reading<'_>, parts: &[Box4], top: &[Box4], sink: &mut dyn Sink) -> Result<(), Fault> {
    if sink.facts().video_mut().duration_ms.is_some() {
        return Ok(());
    }
    let content = reading.content;
    let scale_of = |names: &[&[u8; 4]]| -> Result<Option<u64>, Fault> {
        let found = find(content, parts, names)?;
        let data = found.map(|entry| entry.payload(content, 40)).transpose()?;
        Ok(data.and_then(|data| times(&data)).map(|(_, scale, _)| scale).filter(|scale| *scale > 0))
    };
    let mut ticks = None;
    if let Some(whole) = find(content, parts, &[b"mvex", b"mehd"])? {
        let data = whole.payload(content, 12)?;
        let length =
            if data.first() == Some(&1) { Order::Big.u64(&data, 4) } else { Order::Big.u32(&data, 4).map(u64::from) };
        ticks = length.zip(scale_of(&[b"mvhd"])?);
    } else if let Some(last) = top.iter().rev().find(|entry| &entry.name == b"moof") {
        let inner = boxes(content, last.start, last.end)?;
        if let Some(start) = find(content, &inner, &[b"traf", b"tfdt"])? {
            let data = start.payload(content, 12)?;
            let at = if data.first() == Some(&1) {
                Order::Big.u64(&data, 4)
            } else {
                Order::Big.u32(&data, 4).map(u64::from)
            };
            ticks = at.zip(scale_of(&[b"trak", b"mdia", b"mdhd"])?);
        }
    }
    if let Some((ticks, scale)) = ticks {
        sink.facts().video_mut().duration_ms = ticks.saturating_mul(1000).checked_div(scale).filter(|ms| *ms > 0);
    }
    Ok(())
}

/// Names of `udta` entries: QuickTime's begin with ©, 3GPP's do not.
const USER_DATA: &[(&[u8; 4], &str, Meaning)] = &[
    (b"\xa9nam", "Title", Meaning::Words),
    (b"\xa9ART", "Artist", Meaning::Person),
    (b"\xa9aut", "Author", Meaning::Person),
    (b"\xa9cmt", "Comment", Meaning::Words),
    (b"\xa9des", "Description", Meaning::Words),
    (b"desc", "Description", Meaning::Words),
    (b"ldes", "LongDescription", Meaning::Words),
    (b"\xa9cpy", "Copyright", Meaning::Party),
    (b"cprt", "Copyright", Meaning::Party),
    (b"\xa9day", "ContentCreateDate", Meaning::Moment),
    (b"\xa9dir", "Director", Meaning::Person),
    (b"\xa9prd", "Producer", Meaning::Person),
    (b"\xa9prf", "Performers", Meaning::Person),
    (b"\xa9wrt", "Composer", Meaning::Person),
    (b"\xa9inf", "Information", Meaning::Words),
    (b"\xa9key", "Keywords", Meaning::Words),
    (b"\xa9loc", "LocationName", Meaning::Place),
    (b"\xa9mak", "Make", Meaning::Tool),
    (b"\xa9mod", "Model", Meaning::Tool),
    (b"\xa9swr", "Software", Meaning::Tool),
    (b"\xa9too", "Encoder", Meaning::Tool),
    (b"\xa9alb", "Album", Meaning::Words),
    (b"\xa9gen", "Genre", Meaning::Words),
    (b"\xa9src", "Source", Meaning::Party),
    (b"titl", "Title", Meaning::Words),
    (b"auth", "Author", Meaning::Person),
    (b"perf", "Performer", Meaning::Person),
    (b"dscp", "Description", Meaning::Words),
    (b"aART", "AlbumArtist", Meaning::Person),
    (b"manu", "Make", Meaning::Tool),
    (b"modl", "Model", Meaning::Tool),
    (b"SNum", "SerialNumber", Meaning::Serial),
    (b"CAME", "SerialNumberHash", Meaning::Serial),
];

fn user_data(reading: &Reading<'_>, holder: &Box4, sink: &mut dyn Sink) -> Result<(), Fault> {
    let content = reading.content;
    for entry in boxes(content, holder.start, holder.end)? {
        reading.budget.check()?;
        match &entry.name {
            b"\xa9xyz" => iso6709(&quicktime_text(&entry.payload(content, TEXT)?), "GPSCoordinates", sink),
            b"loci" => location(&entry.payload(content, TEXT)?, sink),
            b"uuid" | b"XMP_" => {
                let data = entry.payload(content, PICTURE)?;
                let packet = if &entry.name == b"uuid" { data.get(16..).unwrap_or_default() } else { &data };
                if packet.starts_with(b"<?xpacket") || packet.starts_with(b"<x:xmpmeta") {
                    super::super::picture::read_xmp(packet, sink);
                }
            }
            name => {
                if let Some((_, key, meaning)) = USER_DATA.iter().find(|row| row.0 == name) {
                    let data = entry.payload(content, TEXT)?;
                    let is_3gpp = name.first() != Some(&0xa9) && data.starts_with(&[0, 0, 0, 0]);
                    let value = if is_3gpp { coded(data.get(6..).unwrap_or_default()) } else { quicktime_text(&data) };
                    tag(key, *meaning, value, sink);
                }
            }
        }
    }
    Ok(())
}

/// QuickTime's text: a 16-bit length and language before each string; or plain; the first string is read.
fn quicktime_text(data: &[u8]) -> String {
    let length = Order::Big.u16(data, 0).map_or(0, usize::from);
    if length > 0 && length + 4 <= data.len() && data.get(4..).is_some_and(|rest| rest.first() != Some(&0)) {
        return coded(data.get(4..4 + length).unwrap_or_default());
    }
    coded(data)
}

/// UTF-16 by its mark, else UTF-8 or Windows-1252.
fn coded(bytes: &[u8]) -> String {
    let value = match bytes {
        [0xfe, 0xff, rest @ ..] => text_utf16(rest, Order::Big),
        [0xff, 0xfe, rest @ ..] => text_utf16(rest, Order::Little),
        _ => text(bytes),
    };
    value.unwrap_or_default()
}

/// `loci` (3GPP TS 26.244, 8.10): language, a name, a role, then longitude, latitude and altitude as 16.16 numbers.
fn location(data: &[u8], sink: &mut dyn Sink) {
    let Some(rest) = data.get(6..) else { return };
    let (name, after) = if rest.starts_with(&[0xfe, 0xff]) {
        let end = rest.chunks_exact(2).position(|pair| pair == [0, 0]).map_or(rest.len(), |at| at * 2);
        (coded(rest.get(..end).unwrap_or_default()), end + 2)
    } else {
        let end = rest.iter().position(|byte| *byte == 0).unwrap_or(rest.len());
        (text(rest).unwrap_or_default(), end + 1)
    };
    tag("LocationName", Meaning::Place, name, sink);
    let fixed = |at: usize| Order::Big.u32(rest, after + 1 + at).map(|bits| f64::from(bits as i32) / 65_536.0);
    if let (Some(longitude), Some(latitude)) = (fixed(0), fixed(4)) {
        position("LocationInformation", latitude, longitude, fixed(8).filter(|altitude| *altitude != 0.0), sink);
    }
}

/// Keys of `meta` with handler `mdta`, the last word after the dots.
const KEYS: &[(&str, &str, Meaning)] = &[
    ("com.apple.quicktime.make", "Make", Meaning::Tool),
    ("com.android.manufacturer", "Make", Meaning::Tool),
    ("com.apple.quicktime.model", "Model", Meaning::Tool),
    ("com.android.model", "Model", Meaning::Tool),
    ("com.android.version", "Software", Meaning::Tool),
    ("com.apple.quicktime.software", "Software", Meaning::Tool),
    ("com.apple.quicktime.creationdate", "CreationDate", Meaning::Moment),
    ("com.apple.quicktime.author", "Author", Meaning::Person),
    ("com.apple.quicktime.artist", "Artist", Meaning::Person),
    ("com.apple.quicktime.director", "Director", Meaning::Person),
    ("com.apple.quicktime.producer", "Producer", Meaning::Person),
    ("com.apple.quicktime.title", "Title", Meaning::Words),
    ("com.apple.quicktime.displayname", "DisplayName", Meaning::Words),
    ("com.apple.quicktime.description", "Description", Meaning::Words),
    ("com.apple.quicktime.comment", "Comment", Meaning::Words),
    ("com.apple.quicktime.keywords", "Keywords", Meaning::Words),
    ("com.apple.quicktime.copyright", "Copyright", Meaning::Party),
    ("com.apple.quicktime.publisher", "Publisher", Meaning::Party),
    ("com.apple.quicktime.location.name", "LocationName", Meaning::Place),
    ("com.apple.quicktime.location.body", "LocationBody", Meaning::Place),
    ("com.apple.quicktime.content.identifier", "ContentIdentifier", Meaning::Serial),
    ("com.apple.quicktime.camera.identifier", "CameraIdentifier", Meaning::Tool),
];

/// `meta`: Apple's `keys` and `ilst`, or iTunes' `ilst` with names of its own; cover art in `covr`.
fn metadata(reading: &Reading<'_>, meta: &Box4, sink: &mut dyn Sink) -> Result<(), Fault> {
    let content = reading.content;
    // QuickTime writes `meta` as a plain box, ISO files as a full one.
    let is_plain = window(content, meta.start + 4, 4)? == b"hdlr";
    let parts = boxes(content, meta.start + if is_plain { 0 } else { 4 }, meta.end)?;
    let mut keys: Vec<String> = Vec::new();
    if let Some(entry) = parts.iter().find(|entry| &entry.name == b"keys") {
        for key in boxes(content, entry.start + 8, entry.end)? {
            keys.push(text(&key.payload(content, 256)?).unwrap_or_default());
        }
    }
    let Some(list) = parts.iter().find(|entry| &entry.name == b"ilst") else { return Ok(()) };
    for entry in boxes(content, list.start, list.end)? {
        reading.budget.check()?;
        let held = boxes(content, entry.start, entry.end)?;
        let Some(data) = held.iter().find(|part| &part.name == b"data") else { continue };
        if &entry.name == b"covr" {
            poster(data.payload(content, PICTURE)?.get(8..).unwrap_or_default(), reading, sink);
            continue;
        }
        let bytes = data.payload(content, TEXT)?;
        let value = coded(bytes.get(8..).unwrap_or_default());
        let index = u32::from_be_bytes(entry.name) as usize;
        if let Some(key) = index.checked_sub(1).and_then(|index| keys.get(index)) {
            if key.contains("ISO6709") {
                iso6709(&value, "location.ISO6709", sink);
            } else if let Some((_, key, meaning)) = KEYS.iter().find(|row| row.0 == key) {
                tag(key, *meaning, value, sink);
            }
        } else if let Some((_, key, meaning)) = USER_DATA.iter().find(|row| row.0 == &entry.name) {
            tag(key, *meaning, value, sink);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::super::bmff::tests::boxed;
    use super::super::tests::read_as;
    use crate::model::Media;
    use proptest::prelude::*;

    fn movie() -> Vec<u8> {
        let mut header = vec![0; 100];
        header[4..8].copy_from_slice(&(2_082_844_800_u32 + 86_400 * 365).to_be_bytes());
        header[12..16].copy_from_slice(&1000_u32.to_be_bytes());
        header[16..20].copy_from_slice(&12_345_u32.to_be_bytes());
        let mut entry = vec![0; 78];
        entry[24..28].copy_from_slice(&[5, 0, 2, 208]);
        entry.extend(boxed(b"sv3d", &[]));
        let mut described = vec![0, 0, 0, 0, 0, 0, 0, 1];
        described.extend(boxed(b"avc1", &entry));
        let table = boxed(b"stbl", &boxed(b"stsd", &described));
        let mut media = boxed(b"hdlr", b"\0\0\0\0\0\0\0\0vide\0\0\0\0");
        media.extend(boxed(b"minf", &table));
        let track = boxed(b"trak", &boxed(b"mdia", &media));
        let mut user = boxed(b"\xa9xyz", b"\0\x10\x15\xc7+48.8577+002.29/");
        user.extend(boxed(b"loci", b"\0\0\0\0\x15\xc7Lyon\0\0\0\x04\xd7\x0a\0\x2d\xc2\x8f\0\0\0\0\0"));
        user.extend(boxed(b"auth", b"\0\0\0\0\x15\xc7Ada Exemple\0"));
        let mut movie = boxed(b"mvhd", &header);
        movie.extend(track);
        movie.extend(boxed(b"udta", &user));
        let mut file = boxed(b"ftyp", b"isom\0\0\0\0");
        file.extend(boxed(b"moov", &movie));
        file
    }

    #[test]
    fn facts_and_places_of_a_movie_are_read() {
        let (kept, outcome) = read_as(Media::Mp4, movie());
        assert_eq!(outcome, Ok(()));
        let video = kept.facts.video.clone().expect("facts");
        assert_eq!((video.duration_ms, video.width, video.height), (Some(12_345), Some(1280), Some(720)));
        assert_eq!((video.codec.as_deref(), video.is_spherical), (Some("avc1"), true));
        assert_eq!(kept.facts.created_day, Some(365));
        let shown = kept.shown();
        assert!(shown.contains(&"CreateDate=1971-01-01T00:00:00Z".to_owned()), "{shown:?}");
        assert!(shown.contains(&"GPSCoordinates=48.857700,2.290000".to_owned()), "{shown:?}");
        assert!(shown.contains(&"Author=Ada Exemple".to_owned()), "{shown:?}");
        assert!(shown.iter().any(|field| field.starts_with("LocationInformation=45.7599")), "{shown:?}");
    }

    proptest! {
        #[test]
        fn a_mutated_movie_does_not_panic(places in prop::collection::vec((0_usize..600, any::<u8>()), 1..10)) {
            let mut file = movie();
            for (at, byte) in places {
                if let Some(target) = file.get_mut(at) { *target = byte; }
            }
            let _ = read_as(Media::Mp4, file);
        }
    }
}
