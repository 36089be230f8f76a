//! DICOM headers (PS3.5, PS3.6): the elements that name persons, places, devices and dates, as a record; then one frame.

mod frames;

use super::Reading;
use super::passages::{Records, push_inline};
use super::properties;
use crate::model::{Code, Fault, Field, Meaning, Origin, Part, Sink};
use crate::sniff::Charset;
use frames::{Layout, Place};

/// Elements of one data set that are walked.
const ELEMENTS: u32 = 20_000;
/// Sequences and items within each other that are followed.
const DEPTH: usize = 64;
/// Longest value that is read as text.
const VALUE: u32 = 64 << 10;

/// Elements worth reading (PS3.6, table 6-1): tag and keyword.
#[rustfmt::skip]
const ELEMENT_NAMES: &[(u32, &str)] = &[
    (0x0008_0005, "SpecificCharacterSet"), (0x0008_0020, "StudyDate"), (0x0008_0050, "AccessionNumber"), (0x0008_0060, "Modality"),
    (0x0008_0070, "Manufacturer"), (0x0008_0080, "InstitutionName"), (0x0008_0081, "InstitutionAddress"), (0x0008_0090, "ReferringPhysicianName"),
    (0x0008_0092, "ReferringPhysicianAddress"), (0x0008_0094, "ReferringPhysicianTelephoneNumbers"), (0x0008_1010, "StationName"),
    (0x0008_1030, "StudyDescription"), (0x0008_103e, "SeriesDescription"), (0x0008_1040, "InstitutionalDepartmentName"),
    (0x0008_1048, "PhysiciansOfRecord"), (0x0008_1050, "PerformingPhysicianName"), (0x0008_1060, "NameOfPhysiciansReadingStudy"),
    (0x0008_1070, "OperatorsName"), (0x0008_1080, "AdmittingDiagnosesDescription"), (0x0008_1090, "ManufacturerModelName"),
    (0x0010_0010, "PatientName"), (0x0010_0020, "PatientID"), (0x0010_0021, "IssuerOfPatientID"), (0x0010_0030, "PatientBirthDate"),
    (0x0010_0040, "PatientSex"), (0x0010_1000, "OtherPatientIDs"), (0x0010_1001, "OtherPatientNames"), (0x0010_1005, "PatientBirthName"),
    (0x0010_1010, "PatientAge"), (0x0010_1020, "PatientSize"), (0x0010_1030, "PatientWeight"), (0x0010_1040, "PatientAddress"),
    (0x0010_1060, "PatientMotherBirthName"), (0x0010_1080, "MilitaryRank"), (0x0010_1090, "MedicalRecordLocator"), (0x0010_2000, "MedicalAlerts"),
    (0x0010_2110, "Allergies"), (0x0010_2150, "CountryOfResidence"), (0x0010_2152, "RegionOfResidence"), (0x0010_2154, "PatientTelephoneNumbers"),
    (0x0010_2155, "PatientTelecomInformation"), (0x0010_2160, "EthnicGroup"), (0x0010_2180, "Occupation"), (0x0010_21b0, "AdditionalPatientHistory"),
    (0x0010_21c0, "PregnancyStatus"), (0x0010_21f0, "PatientReligiousPreference"), (0x0010_2297, "ResponsiblePerson"), (0x0010_4000, "PatientComments"),
    (0x0018_1000, "DeviceSerialNumber"), (0x0018_1030, "ProtocolName"), (0x0020_0010, "StudyID"), (0x0020_4000, "ImageComments"),
    (0x0032_1032, "RequestingPhysician"), (0x0032_1060, "RequestedProcedureDescription"),
    (0x0032_4000, "StudyComments"), (0x0038_0300, "CurrentPatientLocation"), (0x0038_0500, "PatientState"), (0x0040_0006, "ScheduledPerformingPhysicianName"),
    (0x0040_a075, "VerifyingObserverName"), (0x0040_a123, "PersonName"), (0x0040_a160, "TextValue"),
];

const PIXELS: u32 = 0x7fe0_0010;
/// Delimiters of items and sequences without a length.
const ITEM_END: u32 = 0xfffe_e00d;
const SEQUENCE_END: u32 = 0xfffe_e0dd;
/// Group of the elements that say how pixels are written.
const PIXEL_GROUP: u32 = 0x0028;

/// Reads a DICOM file's header.
///
/// # Errors
/// [`Code::Truncated`] where it breaks off, the bounds; what was read before stays.
pub(super) fn read(reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    let mut set = DataSet {
        reading,
        at: 132,
        is_explicit: true,
        is_big: false,
        charset: Charset::by_code_page(1252).unwrap_or(Charset::UTF8),
        records: Records::new(Origin::of(Part::Dicom)),
        syntax: String::new(),
        is_meta: true,
        layout: Layout::default(),
    };
    let end = set.walk(sink);
    set.records.finish(sink);
    let image = sink.facts().image_mut();
    (image.width, image.height) = (set.layout.columns, set.layout.rows);
    let Some(place) = end? else { return Ok(()) };
    let syntax = set.syntax.trim_end_matches(['\0', ' ']);
    frames::read(reading, &set.layout, syntax, place, sink)
}

struct DataSet<'r> {
    reading: &'r Reading<'r>,
    at: u64,
    is_explicit: bool,
    is_big: bool,
    charset: Charset,
    records: Records,
    syntax: String,
    is_meta: bool,
    layout: Layout,
}

struct Element {
    tag: u32,
    length: u32,
    /// Known only where types are written.
    is_sequence: bool,
}

impl DataSet<'_> {
    fn bytes<const N: usize>(&mut self) -> Result<Option<[u8; N]>, Fault> {
        let mut buffer = [0; N];
        let read = self.reading.content.read_at(&mut buffer, self.at)?;
        self.at += read as u64;
        Ok((read == N).then_some(buffer))
    }

    fn short(&self, bytes: [u8; 2]) -> u16 {
        if self.is_big { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) }
    }

    fn long(&self, bytes: [u8; 4]) -> u32 {
        if self.is_big { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) }
    }

    /// The next element's tag and length (PS3.5, 7.1).
    fn element(&mut self) -> Result<Option<Element>, Fault> {
        let Some([a, b, c, d]) = self.bytes::<4>()? else { return Ok(None) };
        let group = self.short([a, b]);
        if self.is_meta && group != 2 {
            self.end_meta()?;
            self.at -= 4;
            return self.element();
        }
        let tag = u32::from(self.short([a, b])) << 16 | u32::from(self.short([c, d]));
        let Some(next) = self.bytes::<4>()? else { return Ok(None) };
        // Items and delimiters have no type in either writing.
        if !self.is_explicit || tag >> 16 == 0xfffe {
            return Ok(Some(Element { tag, length: self.long(next), is_sequence: false }));
        }
        let [v, r, low, high] = next;
        let length = if matches!(
            &[v, r],
            b"OB" | b"OD" | b"OF" | b"OL" | b"OV" | b"OW" | b"SQ" | b"SV" | b"UC" | b"UN" | b"UR" | b"UT" | b"UV"
        ) {
            let Some(length) = self.bytes::<4>()? else { return Ok(None) };
            self.long(length)
        } else {
            u32::from(self.short([low, high]))
        };
        Ok(Some(Element { tag, length, is_sequence: [v, r] == *b"SQ" }))
    }

    /// The transfer syntax decides how the rest is written (PS3.5, annex A).
    fn end_meta(&mut self) -> Result<(), Fault> {
        self.is_meta = false;
        match self.syntax.trim_end_matches(['\0', ' ']) {
            "1.2.840.10008.1.2" => self.is_explicit = false,
            "1.2.840.10008.1.2.2" => self.is_big = true,
            // What follows is deflated.
            "1.2.840.10008.1.2.1.99" => return Err(Fault::extract(Code::Unsupported)),
            _ => {}
        }
        Ok(())
    }

    /// Walks the elements up to the pixel data, and says where these are.
    fn walk(&mut self, sink: &mut dyn Sink) -> Result<Option<Place>, Fault> {
        // Sequences that end with a delimiter, and where the outermost one with a length ends.
        let (mut depth, mut sequence_end) = (0_usize, 0);
        for _ in 0..ELEMENTS {
            self.reading.budget.check()?;
            let Some(Element { tag, length, is_sequence }) = self.element()? else {
                let is_whole = self.at >= self.reading.content.size();
                return if is_whole { Ok(None) } else { Err(Fault::extract(Code::Truncated)) };
            };
            // A preview within a sequence has pixels and a layout of its own.
            let is_outermost = depth == 0 && self.at > sequence_end;
            if tag == PIXELS && is_outermost {
                let length = (length != u32::MAX).then_some(u64::from(length));
                return Ok(Some(Place { at: self.at, length, is_big: self.is_big }));
            }
            // Sequences and items are entered, not skipped, so that names within them are seen.
            if tag >> 16 == 0xfffe || length == u32::MAX || is_sequence {
                depth += usize::from(length == u32::MAX);
                depth = depth.saturating_sub(usize::from(matches!(tag, ITEM_END | SEQUENCE_END)));
                if is_sequence && length != u32::MAX {
                    sequence_end = sequence_end.max(self.at.saturating_add(u64::from(length)));
                }
                if depth > DEPTH {
                    return Err(Fault::extract(Code::TooDeep));
                }
                continue;
            }
            let end = self.at.saturating_add(u64::from(length));
            if tag >> 16 == PIXEL_GROUP && is_outermost {
                self.pixel_element(tag, length.min(64))?;
            }
            if tag == 0x0002_0010 || ELEMENT_NAMES.iter().any(|(known, _)| *known == tag) {
                self.value(tag, length.min(VALUE), sink)?;
            }
            self.at = end;
            if end > self.reading.content.size() {
                return Err(Fault::extract(Code::Truncated));
            }
        }
        Err(Fault::extract(Code::TooMuchText))
    }

    /// Image pixel and look-up attributes (PS3.3, C.7.6.3 and C.11.2).
    fn pixel_element(&mut self, tag: u32, length: u32) -> Result<(), Fault> {
        let mut raw = vec![0; length as usize];
        let read = self.reading.content.read_at(&mut raw, self.at)?;
        raw.truncate(read);
        let number = raw.first_chunk::<2>().map_or(0, |bytes| u32::from(self.short(*bytes)));
        let text = String::from_utf8_lossy(&raw).trim_matches(['\0', ' ']).to_owned();
        let decimal = text.split('\\').next().and_then(|first| first.trim().parse::<f64>().ok());
        let layout = &mut self.layout;
        match tag & 0xffff {
            0x0002 => layout.samples = number,
            0x0004 => layout.photometric = text,
            0x0006 => layout.is_planar = number == 1,
            0x0008 => layout.frames = text.parse().unwrap_or(1),
            0x0010 => layout.rows = number,
            0x0011 => layout.columns = number,
            0x0100 => layout.allocated = number,
            0x0101 => layout.stored = number,
            0x0103 => layout.is_signed = number == 1,
            0x1050 => layout.window = decimal.map(|centre| (centre, layout.window.map_or(0.0, |(_, width)| width))),
            0x1051 => layout.window = layout.window.zip(decimal).map(|((centre, _), width)| (centre, width)),
            0x1052 => {
                let slope = layout.rescale.map_or(1.0, |(slope, _)| slope);
                layout.rescale = decimal.map(|intercept| (slope, intercept));
            }
            0x1053 => layout.rescale = decimal.map(|slope| (slope, layout.rescale.map_or(0.0, |(_, shift)| shift))),
            _ => {}
        }
        Ok(())
    }

    fn value(&mut self, tag: u32, length: u32, sink: &mut dyn Sink) -> Result<(), Fault> {
        let mut raw = vec![0; length as usize];
        let read = self.reading.content.read_at(&mut raw, self.at)?;
        raw.truncate(read);
        let name = ELEMENT_NAMES.iter().find(|(known, _)| *known == tag).map_or("", |(_, name)| *name);
        match tag {
            0x0002_0010 => String::from_utf8_lossy(&raw).trim_end_matches(['\0', ' ']).clone_into(&mut self.syntax),
            0x0008_0005 => self.charset = charset(&String::from_utf8_lossy(&raw)),
            _ => {
                let text = self.charset.decode(&raw);
                self.hand_over(name, text.trim_matches(['\0', ' ']), sink);
            }
        }
        Ok(())
    }

    fn hand_over(&mut self, name: &str, text: &str, sink: &mut dyn Sink) {
        // A name's parts are family^given^middle^prefix^suffix; writings in other scripts follow behind `=`.
        let is_name = name.contains("Name")
            && !name.contains("Institution")
            && !name.contains("Station")
            && !name.contains("Model")
            && !name.contains("Protocol")
            || name.contains("Physician") && !name.contains("Address") && !name.contains("Telephone")
            || matches!(name, "ResponsiblePerson");
        let value = if is_name {
            person(text)
        } else if name.ends_with("Date") {
            date(text)
        } else {
            inline(text)
        };
        if value.is_empty() {
            return;
        }
        match name {
            "DeviceSerialNumber" => sink.field(Field::new(Origin::field(Part::Dicom, name), Meaning::Serial, value)),
            "Manufacturer" | "ManufacturerModelName" => {
                sink.field(Field::new(Origin::field(Part::Dicom, name), Meaning::Tool, value));
            }
            "StudyDate" => {
                let facts = sink.facts();
                facts.created_day = facts.created_day.or(properties::day(&value));
                self.records.pair(name, &value, sink);
            }
            _ => self.records.pair(name, &value, sink),
        }
    }
}

fn inline(text: &str) -> String {
    let mut out = String::new();
    push_inline(&mut out, &text.replace('\\', ", "));
    out
}

fn person(text: &str) -> String {
    text.split('\\')
        .map(|name| {
            let parts: Vec<&str> = name.split('=').next().unwrap_or(name).split('^').map(str::trim).collect();
            let order = [3, 1, 2, 0, 4];
            order
                .iter()
                .filter_map(|index| parts.get(*index))
                .filter(|part| !part.is_empty())
                .copied()
                .collect::<Vec<_>>()
                .join(" ")
        })
        .filter(|name| !name.is_empty())
        .collect::<Vec<_>>()
        .join(", ")
}

fn date(text: &str) -> String {
    match (text.get(..4), text.get(4..6), text.get(6..8)) {
        (Some(year), Some(month), Some(day)) if text.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("{year}-{month}-{day}")
        }
        _ => text.to_owned(),
    }
}

/// The encoding of a Specific Character Set (PS3.3, C.12.1.1.2); of several, the last is the extension.
fn charset(terms: &str) -> Charset {
    let term = terms.rsplit('\\').next().unwrap_or_default().trim_matches(['\0', ' ']);
    let label = match term.trim_start_matches("ISO_IR ").trim_start_matches("ISO 2022 IR ") {
        "192" => "utf-8",
        "101" => "iso-8859-2",
        "109" => "iso-8859-3",
        "110" => "iso-8859-4",
        "144" => "iso-8859-5",
        "127" => "iso-8859-6",
        "126" => "iso-8859-7",
        "138" => "iso-8859-8",
        "148" => "iso-8859-9",
        "13" => "shift_jis",
        "87" | "159" => "iso-2022-jp",
        "149" => "euc-kr",
        "166" => "windows-874",
        "GB18030" | "GBK" => "gb18030",
        _ => "windows-1252",
    };
    Charset::by_label(label).unwrap_or(Charset::UTF8)
}

#[cfg(test)]
mod tests {

    use crate::extract::desk::Desk;
    use crate::model::Media;
    use proptest::prelude::*;

    fn explicit(tag: (u16, u16), kind: [u8; 2], value: &[u8]) -> Vec<u8> {
        [&tag.0.to_le_bytes()[..], &tag.1.to_le_bytes(), &kind, &(value.len() as u16).to_le_bytes(), value].concat()
    }

    fn implicit(tag: (u16, u16), value: &[u8]) -> Vec<u8> {
        [&tag.0.to_le_bytes()[..], &tag.1.to_le_bytes(), &(value.len() as u32).to_le_bytes(), value].concat()
    }

    fn file(syntax: &[u8], elements: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = vec![0; 128];
        bytes.extend(b"DICM");
        bytes.extend(explicit((2, 0x10), *b"UI", syntax));
        bytes.extend(elements.concat());
        bytes
    }

    fn number(tag: (u16, u16), value: u16) -> Vec<u8> {
        explicit(tag, *b"US", &value.to_le_bytes())
    }

    /// Layout and pixels of some frames, 8 by 8.
    fn pixels(samples: u16, bits: u16, photometric: &[u8], frames: u8, data: &[u8]) -> Vec<Vec<u8>> {
        let mut head = [&0x7fe0_u16.to_le_bytes()[..], &0x10_u16.to_le_bytes(), b"OW\0\0"].concat();
        head.extend((data.len() as u32).to_le_bytes());
        vec![
            number((0x28, 2), samples),
            explicit((0x28, 4), *b"CS", photometric),
            explicit((0x28, 8), *b"IS", &[b'0' + frames, b' ']),
            number((0x28, 0x10), 8),
            number((0x28, 0x11), 8),
            number((0x28, 0x100), bits),
            number((0x28, 0x101), bits),
            [head, data.to_vec()].concat(),
        ]
    }

    fn item(bytes: &[u8]) -> Vec<u8> {
        [&[0xfe, 0xff, 0x00, 0xe0][..], &(bytes.len() as u32).to_le_bytes(), bytes].concat()
    }

    /// Puts fragments, after an empty table of offsets, in place of the pixels.
    fn encapsulate(elements: &mut [Vec<u8>], fragments: &[&[u8]]) {
        let head = elements.last_mut().expect("pixels");
        head.truncate(8);
        head.extend([0xff; 4]);
        head.extend(item(&[]));
        for fragment in fragments {
            head.extend(item(fragment));
        }
    }

    const EXPLICIT: &[u8] = b"1.2.840.10008.1.2.1\0";

    fn shown(elements: &[Vec<u8>]) -> Vec<[u8; 3]> {
        let desk = Desk::read(Media::Dicom, file(EXPLICIT, elements));
        let [raster] = desk.rasters.as_slice() else { panic!("one frame: {:?}", desk.faults) };
        assert_eq!((raster.width, raster.height), (8, 8));
        raster.rgb.chunks_exact(3).filter_map(|rgb| rgb.first_chunk().copied()).collect()
    }

    #[test]
    fn greys_are_spread_and_the_inverted_kind_is_turned() {
        let ramp: Vec<u8> = (0..64_u16).flat_map(|value| (value * 40).to_le_bytes()).collect();
        let grey = shown(&pixels(1, 16, b"MONOCHROME2 ", 1, &ramp));
        assert_eq!((grey[0], grey[63]), ([0; 3], [255; 3]));
        let inverted = shown(&pixels(1, 16, b"MONOCHROME1 ", 1, &ramp));
        assert_eq!((inverted[0], inverted[63]), ([255; 3], [0; 3]));
        let mut within = pixels(1, 16, b"MONOCHROME2 ", 1, &ramp);
        within.insert(7, explicit((0x28, 0x1050), *b"DS", b"100 "));
        within.insert(8, explicit((0x28, 0x1051), *b"DS", b"100 "));
        assert_eq!(shown(&within)[10], [255; 3]);
    }

    #[test]
    fn the_middle_frame_is_shown_in_its_colours() {
        let frames = [[10_u8, 20, 30], [200, 100, 50], [0, 0, 0]];
        let data: Vec<u8> = frames.iter().flat_map(|rgb| rgb.repeat(64)).collect();
        assert!(shown(&pixels(3, 8, b"RGB ", 3, &data)).iter().all(|rgb| *rgb == [200, 100, 50]));
        let white: Vec<u8> = [255_u8, 128, 128].repeat(64);
        assert_eq!(shown(&pixels(3, 8, b"YBR_FULL", 1, &white))[5], [255; 3]);
    }

    #[test]
    fn a_compressed_frame_is_decoded_from_its_fragments() {
        let mut stream = Vec::new();
        let picture = image::RgbImage::from_pixel(8, 8, image::Rgb([200, 100, 50]));
        picture.write_to(&mut std::io::Cursor::new(&mut stream), image::ImageFormat::Jpeg).expect("encoded");
        stream.resize(stream.len().next_multiple_of(2), 0);
        let (one, other) = stream.split_at(stream.len() / 4 * 2);
        let mut elements = pixels(3, 8, b"YBR_FULL", 1, &[]);
        encapsulate(&mut elements, &[one, other]);
        let desk = Desk::read(Media::Dicom, file(b"1.2.840.10008.1.2.4.50\0\0", &elements));
        let rgb = desk.rasters.first().and_then(|raster| raster.rgb.first_chunk::<3>()).expect("a frame");
        assert!(rgb.iter().zip([200_u8, 100, 50]).all(|(is, was)| is.abs_diff(was) < 6), "{rgb:?} {:?}", desk.faults);
    }

    #[test]
    fn a_frame_of_wavelets_is_shown_within_its_window() {
        let stream = [super::super::picture::jpeg2000::tests::ramp(), vec![0]].concat();
        let mut elements = pixels(1, 8, b"MONOCHROME2 ", 1, &[]);
        elements[4] = number((0x28, 0x11), 16);
        encapsulate(&mut elements, &[&stream]);
        let desk = Desk::read(Media::Dicom, file(b"1.2.840.10008.1.2.4.90\0\0", &elements));
        let raster = desk.rasters.first().expect("a frame");
        // Without a window the darkest is black and the lightest, 225, white.
        let greys: Vec<u8> = raster.rgb.iter().step_by(3).take(16).copied().collect();
        assert_eq!((raster.width, greys[0], greys[7], greys[15]), (16, 0, 119, 255));
    }

    #[test]
    fn a_preview_in_a_sequence_is_not_taken_for_the_picture() {
        let preview = [pixels(1, 8, b"MONOCHROME2 ", 1, &[7; 64]).concat(), Vec::new()].concat();
        let item = item(&preview);
        let mut sequence = [&0x88_u16.to_le_bytes()[..], &0x200_u16.to_le_bytes(), b"SQ\0\0"].concat();
        sequence.extend((item.len() as u32).to_le_bytes());
        sequence.extend(item);
        let data: Vec<u8> = [1_u8, 2, 3].repeat(64);
        let mut elements = pixels(3, 8, b"RGB ", 1, &data);
        elements.insert(0, sequence);
        assert_eq!(shown(&elements)[0], [1, 2, 3]);
    }

    #[test]
    fn what_is_not_decoded_and_what_breaks_off_is_said() {
        use crate::model::Code;
        let fault = |syntax: &[u8], elements: &[Vec<u8>]| {
            Desk::read(Media::Dicom, file(syntax, elements)).faults.first().map(|fault| fault.code)
        };
        let whole = pixels(1, 8, b"MONOCHROME2 ", 1, &[7; 64]);
        assert_eq!(fault(b"1.2.840.10008.1.2.5\0", &whole), Some(Code::ContentNotSeen));
        assert_eq!(fault(EXPLICIT, &pixels(1, 8, b"MONOCHROME2 ", 1, &[7; 30])), Some(Code::Truncated));
        assert_eq!(fault(b"1.2.840.10008.1.2.1.99", &whole), Some(Code::Unsupported));
    }

    #[test]
    fn both_writings_are_read() {
        let expected = "PatientName: Ada Example\nPatientID: 77\nPatientBirthDate: 1990-01-02\n\n";
        let elements = [
            ((0x10, 0x10), b"PN", &b"Example^Ada"[..]),
            ((0x10, 0x20), b"LO", b"77"),
            ((0x10, 0x30), b"DA", b"19900102"),
        ];
        let long: Vec<Vec<u8>> = elements.iter().map(|(tag, kind, value)| explicit(*tag, **kind, value)).collect();
        assert_eq!(Desk::read(Media::Dicom, file(b"1.2.840.10008.1.2.1\0", &long)).text(), expected);
        let short: Vec<Vec<u8>> = elements.iter().map(|(tag, _, value)| implicit(*tag, value)).collect();
        assert_eq!(Desk::read(Media::Dicom, file(b"1.2.840.10008.1.2\0", &short)).text(), expected);
    }

    proptest! {
        #[test]
        fn any_data_set_is_walked(bytes in any::<Vec<u8>>()) {
            let _ = Desk::read(Media::Dicom, file(b"1.2.840.10008.1.2.1\0", std::slice::from_ref(&bytes)));
            let _ = Desk::read(Media::Dicom, file(b"1.2.840.10008.1.2\0", &[bytes]));
        }
    }
}
