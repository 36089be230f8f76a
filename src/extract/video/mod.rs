//! Videos: what their containers say, and the pictures they carry.
//!
//! One file a container. Reads are windows at offsets the container names, never the whole video. Frames that need a
//! decoder come from `stills`: H.264 is decoded here, other codings where ffmpeg is installed.

mod asf;
mod avc;
mod ebml;
mod flv;
mod isom;
mod mpeg;
mod riff;
mod samples;
pub mod stills;

use super::Reading;
use super::picture::{decode_jpeg, place};
use crate::limits::guard;
use crate::model::{Code, Fault, Field, Frame, Meaning, Media, Origin, Part, Sink, Stage};
use std::fmt::Write as _;

/// Longer side of the pictures that are handed over, where the caller names none.
const SIDE: u32 = 320;

/// Reads a video's container: facts, fields, posters.
///
/// # Errors
/// The fault that ended the reading; what was handed over before it stays found.
pub fn read(reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    sink.facts().video_mut();
    let read = guard(Stage::Extract, || match reading.media {
        Media::Mp4 | Media::QuickTime | Media::ThreeGp => isom::read(reading, sink),
        Media::Matroska | Media::Webm => ebml::read(reading, sink),
        Media::Avi => riff::read(reading, sink),
        Media::Asf => asf::read(reading, sink),
        Media::Flv => flv::read(reading, sink),
        Media::MpegTs => mpeg::read_transport(reading, sink),
        Media::MpegPs => mpeg::read_programme(reading, sink),
        _ => Err(Fault::extract(Code::Unsupported)),
    });
    read?
}

/// Hands over one tag.
fn tag(key: &str, meaning: Meaning, value: impl Into<String>, sink: &mut dyn Sink) {
    let value = value.into();
    if !value.trim().is_empty() {
        sink.field(Field::new(Origin::field(Part::Container, key), meaning, value.trim()));
    }
}

/// Hands over a position.
fn position(key: &str, latitude: f64, longitude: f64, altitude: Option<f64>, sink: &mut dyn Sink) {
    if let Some(mut value) = place(latitude, longitude) {
        if let Some(altitude) = altitude {
            let _ = write!(value, ",{altitude:.1}");
        }
        tag(key, Meaning::Position, value, sink);
    }
}

/// A position in ISO 6709: `+48.8577+002.295+035.0/`, in degrees, or with minutes (`+4851.46`) or seconds.
fn iso6709(text: &str, key: &str, sink: &mut dyn Sink) {
    let text = text.trim().trim_end_matches('/').split("CRS").next().unwrap_or_default();
    let mut parts: Vec<String> = Vec::new();
    for c in text.chars() {
        match (c, parts.last_mut()) {
            ('+' | '-', _) => parts.push(c.to_string()),
            (c, Some(part)) if c.is_ascii_digit() || c == '.' => part.push(c),
            _ => return,
        }
    }
    let degrees = |part: &String, width: usize| {
        let value: f64 = part.parse().ok()?;
        let digits = part.split('.').next().map_or(0, |whole| whole.len() - 1);
        let sexagesimal = |value: f64| match digits.saturating_sub(width) {
            2 => (value / 100.0).trunc() + value % 100.0 / 60.0,
            4 => (value / 10_000.0).trunc() + (value % 10_000.0 / 100.0).trunc() / 60.0 + value % 100.0 / 3600.0,
            _ => value,
        };
        Some(sexagesimal(value.abs()).copysign(value))
    };
    if let [latitude, longitude, rest @ ..] = parts.as_slice()
        && let (Some(latitude), Some(longitude)) = (degrees(latitude, 2), degrees(longitude, 3))
    {
        position(key, latitude, longitude, rest.first().and_then(|part| part.parse().ok()), sink);
    }
}

/// Seconds from an epoch to 1970-01-01, as a date in ISO 8601; `None` for 0 (writers without a clock) and absurd years.
fn moment(seconds: i64) -> Option<(String, i32)> {
    let stamp = jiff::Timestamp::from_second(seconds).ok()?;
    let day = i32::try_from(seconds.div_euclid(86_400)).ok()?;
    ((1..=47_846).contains(&day)).then(|| (stamp.to_string(), day))
}

/// Hands over when the video was made.
fn made(key: &str, seconds: i64, sink: &mut dyn Sink) {
    if let Some((value, day)) = moment(seconds) {
        tag(key, Meaning::Moment, value, sink);
        sink.facts().created_day.get_or_insert(day);
    }
}

/// Hands over an embedded picture: cover art, a poster, a frame coded as JPEG or PNG.
fn poster(bytes: &[u8], reading: &Reading<'_>, sink: &mut dyn Sink) {
    let side = if reading.options.picture_side == 0 { SIDE } else { reading.options.picture_side };
    let limits = reading.budget.limits();
    let picture = if bytes.starts_with(&[0xff, 0xd8]) {
        decode_jpeg(bytes, side, limits).ok().map(|decoded| decoded.picture)
    } else {
        super::picture::decode_png(bytes, limits)
    };
    if let Some(picture) = picture {
        sink.raster(picture.fit(side).into_raster(Frame::Still));
    }
}

#[cfg(test)]
mod tests {
    use super::super::ExtractOptions;
    use super::super::picture::tests::Kept;
    use super::*;
    use crate::limits::{Budget, Content, Limits};
    use crate::model::Locator;
    use proptest::prelude::*;
    use std::sync::Arc;

    pub(super) fn read_as(media: Media, bytes: Vec<u8>) -> (Kept, Result<(), Fault>) {
        let (content, locator) = (Content::of_memory(bytes), Locator::new(0, "video"));
        let (budget, options) = (Budget::new(Arc::new(Limits::default())), ExtractOptions::default());
        let reading = Reading { media, content: &content, locator: &locator, budget: &budget, options: &options };
        let mut kept = Kept::default();
        let outcome = read(&reading, &mut kept);
        (kept, outcome)
    }

    #[test]
    fn positions_in_iso_6709_are_read_in_degrees_and_minutes() {
        let shown = |text: &str| {
            let mut kept = Kept::default();
            iso6709(text, "k", &mut kept);
            kept.shown().concat()
        };
        assert_eq!(shown("+48.8577+002.2950+035.0/"), "k=48.857700,2.295000,35.0");
        assert_eq!(shown("-3351.5+15112.6/"), "k=-33.858333,151.210000");
        assert_eq!(shown("+00.0000+000.0000/"), "");
        assert_eq!(shown("nowhere"), "");
    }

    proptest! {
        #[test]
        fn any_bytes_in_any_container_do_not_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
            for media in [Media::Mp4, Media::Matroska, Media::Avi, Media::Asf, Media::Flv, Media::MpegTs, Media::MpegPs] {
                let _ = read_as(media, bytes.clone());
            }
        }
    }
}
