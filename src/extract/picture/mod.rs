//! Still pictures: their metadata as fields, and one small upright picture to look at.
//!
//! Metadata comes first and costs little; pixels are decoded at the smallest size that serves detection. Whatever
//! happens to the pixels, the metadata stays found.

mod blocks;
mod exif;
mod heif;
mod hevc;
mod iptc;
mod jpeg;
pub(super) mod jpeg2000;
mod makernote;
mod pixels;
mod png_text;
mod preview;
mod shape;
mod xmp;

pub(super) use jpeg::decode as decode_jpeg;
pub(super) use jpeg2000::{Channels, decode as decode_jpeg2000};
pub(super) use pixels::{check as check_size, looked_at_side, png as decode_png};
pub(super) use shape::Rgb;
pub(super) use xmp::read as read_xmp;

use super::Reading;
use crate::limits::guard;
use crate::model::{Fault, Media, Sink, Stage};

/// What the metadata says that decoding needs.
#[derive(Debug, Default)]
struct About {
    /// Width and height as stored, before orientation; 0 where unknown.
    size: (u32, u32),
    /// EXIF orientation, 1 to 8.
    orientation: u8,
    /// The embedded thumbnail: a JPEG stream.
    thumbnail: Option<Vec<u8>>,
    /// Software other than the camera's has rewritten the picture, so the thumbnail may be older than it.
    is_edited: bool,
}

/// Reads a picture: fields, facts, and pixels to look at.
///
/// # Errors
/// The fault that ended the reading; fields handed over before it stay found.
pub fn read(reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    let about = metadata(reading, sink)?;
    guard(Stage::Extract, || pixels::read(reading, &about, sink))?
}

/// Reads only the metadata of a picture: fields and facts, no pixels.
///
/// # Errors
/// The fault that ended the reading; fields handed over before it stay found.
pub fn read_metadata(reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    metadata(reading, sink).map(|_| ())
}

fn metadata(reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<About, Fault> {
    let blocks = blocks::collect(reading)?;
    let mut about = About { size: blocks.size.unwrap_or_default(), orientation: 1, ..About::default() };
    if reading.media == Media::Jpeg2000 {
        about.size = jpeg2000::size(reading.content.whole()?).unwrap_or_default();
    }
    let mut is_damaged = blocks.is_damaged;
    for block in &blocks.exif {
        reading.budget.check()?;
        let read = guard(Stage::Extract, || exif::read(block, &mut about, sink));
        is_damaged |= !matches!(read, Ok(true));
    }
    for block in &blocks.iptc {
        iptc::read(block, sink);
    }
    for block in &blocks.xmp {
        reading.budget.check()?;
        xmp::read(block, sink);
    }
    for (name, text) in blocks.texts {
        png_text::put(&name, text, sink);
    }
    if reading.media == Media::Heic {
        // Its own properties say how it is turned, and the decoder obeys them; EXIF only repeats it (ISO/IEC 23008-12,
        // annex A).
        about.orientation = 1;
    }
    if about.thumbnail.is_none() {
        about.thumbnail = blocks.thumbnail;
    }
    let facts = sink.facts().image_mut();
    let turned = about.orientation >= 5;
    (facts.width, facts.height) = if turned { (about.size.1, about.size.0) } else { about.size };
    facts.has_thumbnail = about.thumbnail.is_some();
    if is_damaged && reading.media != Media::RawPhoto {
        sink.fault(Fault::extract(crate::model::Code::Damaged));
    }
    Ok(about)
}

/// A position as fields write it, if it is one: within range, and not the 0,0 that devices without a fix write.
pub(in crate::extract) fn place(latitude: f64, longitude: f64) -> Option<String> {
    let is_place = latitude.abs() <= 90.0 && longitude.abs() <= 180.0 && (latitude != 0.0 || longitude != 0.0);
    is_place.then(|| format!("{latitude:.6},{longitude:.6}"))
}

/// Days since 1970-01-01 of a date that begins `YYYY:MM:DD` or `YYYY-MM-DD`, for years from 1970.
pub(super) fn day(date: &str) -> Option<i32> {
    let mut parts = date.splitn(3, [':', '-']);
    let year: i16 = parts.next()?.trim().parse().ok()?;
    let month: i8 = parts.next()?.parse().ok()?;
    let day: i8 = parts.next()?.get(..2)?.parse().ok()?;
    let date = jiff::civil::Date::new(year, month, day).ok().filter(|_| (1970..2100).contains(&year))?;
    (date - jiff::civil::date(1970, 1, 1)).get_days().into()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::super::ExtractOptions;
    use super::*;
    use crate::limits::{Budget, Content, Limits};
    use crate::model::{Code, Facts, Field, Frame, Locator, Member, Passage, Raster};
    use proptest::prelude::*;
    use std::sync::Arc;

    /// A sink that keeps what it gets.
    #[derive(Default)]
    pub(crate) struct Kept {
        pub(crate) fields: Vec<Field>,
        pub(crate) rasters: Vec<Raster>,
        pub(crate) faults: Vec<Fault>,
        pub(crate) facts: Facts,
    }

    impl Kept {
        pub(crate) fn shown(&self) -> Vec<String> {
            let shown =
                |field: &Field| format!("{}={}", field.origin.key.as_deref().unwrap_or(""), field.value.expose());
            self.fields.iter().map(shown).collect()
        }
    }

    impl Sink for Kept {
        fn passage(&mut self, _: Passage) {}
        fn field(&mut self, field: Field) {
            self.fields.push(field);
        }
        fn member(&mut self, _: Member) {}
        fn raster(&mut self, raster: Raster) {
            self.rasters.push(raster);
        }
        fn fault(&mut self, fault: Fault) {
            self.faults.push(fault);
        }
        fn facts(&mut self) -> &mut Facts {
            &mut self.facts
        }
    }

    pub(crate) fn read_as(media: Media, bytes: Vec<u8>, limits: Limits) -> (Kept, Result<(), Fault>) {
        let (content, locator) = (Content::of_memory(bytes), Locator::new(0, "picture"));
        let (budget, options) = (Budget::new(Arc::new(limits)), ExtractOptions::default());
        let reading = Reading { media, content: &content, locator: &locator, budget: &budget, options: &options };
        let mut kept = Kept::default();
        let outcome = read(&reading, &mut kept);
        (kept, outcome)
    }

    /// A picture whose left half is red and right half blue.
    fn halves(width: u32, height: u32) -> image::RgbImage {
        image::RgbImage::from_fn(width, height, |x, _| {
            image::Rgb(if x * 2 < width { [200, 30, 30] } else { [30, 30, 200] })
        })
    }

    fn written(picture: &image::RgbImage, format: image::ImageFormat) -> Vec<u8> {
        let mut bytes = std::io::Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).expect("encoded");
        bytes.into_inner()
    }

    /// The TIFF stream of an EXIF block with these ASCII or SHORT tags in its first directory.
    fn tiff(entries: &[(u16, &[u8])]) -> Vec<u8> {
        let mut stream = b"MM\0\x2a\0\0\0\x08".to_vec();
        stream.extend((entries.len() as u16).to_be_bytes());
        let mut data = Vec::new();
        for (tag, value) in entries {
            stream.extend(tag.to_be_bytes());
            if *tag == 0x112 {
                stream.extend([0, 3, 0, 0, 0, 1, 0, value[0], 0, 0]);
            } else {
                stream.extend([0, 2]);
                stream.extend((value.len() as u32).to_be_bytes());
                stream.extend((8 + 2 + entries.len() as u32 * 12 + 4 + data.len() as u32).to_be_bytes());
                data.extend_from_slice(value);
            }
        }
        stream.extend([0; 4]);
        stream.extend(data);
        stream
    }

    fn jpeg_with_exif(picture: &image::RgbImage, entries: &[(u16, &[u8])]) -> Vec<u8> {
        let plain = written(picture, image::ImageFormat::Jpeg);
        let mut exif = b"Exif\0\0".to_vec();
        exif.extend(tiff(entries));
        let mut file = vec![0xff, 0xd8, 0xff, 0xe1];
        file.extend((exif.len() as u16 + 2).to_be_bytes());
        file.extend(exif);
        file.extend(&plain[2..]);
        file
    }

    #[test]
    fn a_turned_photo_is_handed_over_upright_and_small_with_its_tags() {
        let file =
            jpeg_with_exif(&halves(1000, 500), &[(0x112, &[6]), (0x13b, b"Ada Exemple\0"), (0x110, b"Camera\0")]);
        let (kept, outcome) = read_as(Media::Jpeg, file, Limits::default());
        assert_eq!(outcome, Ok(()));
        assert_eq!(kept.shown(), ["Artist=Ada Exemple", "Model=Camera"]);
        let facts = kept.facts.image.expect("facts");
        assert!(facts.has_camera);
        assert_eq!((facts.width, facts.height), (500, 1000));
        let [raster] = kept.rasters.as_slice() else { panic!("one raster") };
        assert_eq!((raster.frame, raster.width, raster.height), (Frame::Picture, 160, 320));
        // Turned by 90 degrees, the left half is on top.
        assert!(raster.rgb[0] > 150 && raster.rgb[2] < 90);
        assert!(raster.rgb[raster.rgb.len() - 3] < 90);
    }

    #[test]
    fn every_format_gives_the_same_picture() {
        use image::ImageFormat as F;
        let formats = [
            (Media::Jpeg, F::Jpeg),
            (Media::Png, F::Png),
            (Media::Gif, F::Gif),
            (Media::Webp, F::WebP),
            (Media::Tiff, F::Tiff),
            (Media::Bmp, F::Bmp),
        ];
        for (media, format) in formats {
            let (kept, outcome) = read_as(media, written(&halves(400, 300), format), Limits::default());
            assert_eq!(outcome, Ok(()), "{media:?}");
            assert_eq!(kept.facts.image.map(|facts| (facts.width, facts.height)), Some((400, 300)), "{media:?}");
            let raster = &kept.rasters[0];
            assert_eq!((raster.width, raster.height), (320, 240), "{media:?}");
            assert!(raster.rgb[0].abs_diff(200) < 12 && raster.rgb[2].abs_diff(30) < 12, "{media:?}");
        }
    }

    #[test]
    fn more_pixels_than_the_limit_are_refused_and_metadata_is_kept() {
        let file = jpeg_with_exif(&halves(200, 100), &[(0x13b, b"Ada Exemple\0")]);
        let (kept, outcome) = read_as(Media::Jpeg, file, Limits { pixels: 19_999, ..Limits::default() });
        assert_eq!(outcome, Err(Fault::extract(Code::TooManyPixels)));
        assert_eq!(kept.shown(), ["Artist=Ada Exemple"]);
        // A PNG that claims 60000 by 60000 pixels in 33 bytes.
        let mut bomb = written(&halves(8, 8), image::ImageFormat::Png);
        bomb[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
        assert_eq!(read_as(Media::Png, bomb, Limits::default()).1, Err(Fault::extract(Code::TooManyPixels)));
    }

    #[test]
    fn a_file_cut_in_half_shows_its_upper_half() {
        for (media, format) in [(Media::Jpeg, image::ImageFormat::Jpeg), (Media::Png, image::ImageFormat::Png)] {
            let noisy = image::RgbImage::from_fn(300, 300, |x, y| image::Rgb([200, (x * y % 50) as u8, 30]));
            let mut file = written(&noisy, format);
            file.truncate(file.len() * 6 / 10);
            let (kept, outcome) = read_as(media, file, Limits::default());
            assert_eq!(outcome, Ok(()), "{media:?}");
            assert!(kept.faults.contains(&Fault::extract(Code::Truncated)), "{media:?} {:?}", kept.faults);
            assert!(kept.rasters[0].rgb[0].abs_diff(200) < 20, "{media:?}");
        }
    }

    #[test]
    fn days_count_from_1970_and_nonsense_is_none() {
        assert_eq!(day("1970:01:02 10:00:00"), Some(1));
        assert_eq!(day("2016-03-01T00:00"), Some(16861));
        assert_eq!(day("0000:00:00 00:00:00"), None);
        assert_eq!(place(0.0, 0.0), None);
        assert_eq!(place(91.0, 0.0), None);
    }

    #[test]
    fn a_heic_picture_is_decoded_and_a_broken_one_is_said_to_be() {
        let rgb: Vec<u8> =
            (0..200 * 120).flat_map(|at| if at % 200 < 100 { [220, 30, 30] } else { [30, 30, 220] }).collect();
        let options = heifer::EncodeOptions { max_threads: 1, ..heifer::EncodeOptions::default() };
        let mut file = heifer::encode_rgb8(200, 120, &rgb, &options).expect("encoded");
        let (kept, end) = read_as(Media::Heic, file.clone(), Limits::default());
        assert_eq!(end, Ok(()));
        let [raster] = kept.rasters.as_slice() else { panic!("a picture: {:?}", kept.faults) };
        assert_eq!((raster.width, raster.height), (200, 120));
        let (left, right) = (raster.rgb.get(..3).expect("a pixel"), raster.rgb.get(597..600).expect("a pixel"));
        assert!(left[0] > 180 && left[2] < 80 && right[2] > 180 && right[0] < 80, "{left:?} {right:?}");
        let image = kept.facts.image.expect("facts");
        assert_eq!((image.width, image.height), (200, 120));
        let small = Limits { pixels: 1000, ..Limits::default() };
        assert_eq!(read_as(Media::Heic, file.clone(), small).1, Err(Fault::extract(Code::TooManyPixels)));
        file.truncate(file.len() / 2);
        let (broken, end) = read_as(Media::Heic, file, Limits::default());
        assert!(broken.rasters.is_empty() && end.is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn mutated_pictures_do_not_panic(places in prop::collection::vec((0_usize..1500, any::<u8>()), 1..12), cut in 20_usize..3000) {
            use image::ImageFormat as F;
            let exif = jpeg_with_exif(&halves(40, 30), &[(0x112, &[8]), (0x13b, b"Ada Exemple\0")]);
            let files = [(Media::Jpeg, exif), (Media::Png, written(&halves(40, 30), F::Png)), (Media::Tiff, written(&halves(20, 20), F::Tiff)),
                (Media::Gif, written(&halves(40, 30), F::Gif)), (Media::Webp, written(&halves(40, 30), F::WebP)), (Media::Bmp, written(&halves(16, 9), F::Bmp))];
            for (media, mut file) in files {
                for (at, byte) in &places {
                    if let Some(target) = file.get_mut(*at) { *target = *byte; }
                }
                file.truncate(cut);
                let _ = read_as(media, file.clone(), Limits::default());
                for other in [Media::Heic, Media::RawPhoto, Media::Photoshop] {
                    let _ = read_as(other, file.clone(), Limits::default());
                }
            }
        }
    }
}
