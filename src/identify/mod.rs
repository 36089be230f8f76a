//! What the bytes of an item are, told by content; the name is a hint at most.
//!
//! Three questions in turn, each over the head alone where that is enough: fixed marks ([`magic`]), structures that a
//! mark only announces ([`structure`]), and kinds of text ([`text`]).

mod magic;
mod ole;
mod package;
mod structure;
mod text;

use crate::limits::Content;
use crate::model::{Code, Family, Fault, Locator, Media, Stage};

/// The media type of an item and what was noticed on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identified {
    /// What the bytes are.
    pub media: Media,
    /// A second type that the same bytes are valid as (a ZIP behind a picture, a PDF behind a few bytes).
    pub also: Option<Media>,
    /// A wrong or missing extension, several valid types, emptiness.
    pub faults: Vec<Fault>,
}

/// Bytes before a PDF's header that readers allow (Adobe's implementation note 13 to PDF 1.7, appendix H.3).
const PDF_SLACK: usize = 1024;
/// Size of a ZIP's end record without its comment (APPNOTE 4.3.16).
const ZIP_END: usize = 22;
/// Extensions that any text may carry.
const TEXT_NAMES: [&str; 8] = ["txt", "text", "log", "md", "asc", "conf", "cfg", "ini"];

/// Identifies an item by its content.
pub fn identify(content: &Content, locator: &Locator) -> Identified {
    let noted = |code| Fault::new(Stage::Identify, code);
    if content.size() == 0 {
        return Identified { media: Media::Empty, also: None, faults: vec![noted(Code::Empty)] };
    }
    let media = media_of(content);
    let also = second_type(content, media);
    let mut faults = Vec::new();
    faults.extend(extension_fault(media, locator).map(noted));
    faults.extend(also.map(|_| noted(Code::SeveralTypes)));
    Identified { media, also, faults }
}

fn media_of(content: &Content) -> Media {
    let head = content.head();
    magic::find(content)
        .or_else(|| structure::find(head))
        .or_else(|| has_pdf(head).then_some(Media::Pdf))
        .or_else(|| text::find(head, content.size() as usize <= head.len()))
        .unwrap_or_else(|| if structure::is_random(head) { Media::Encrypted } else { Media::Unknown })
}

fn has_pdf(head: &[u8]) -> bool {
    memchr::memmem::find(head.get(..PDF_SLACK).unwrap_or(head), b"%PDF-").is_some()
}

/// What else the bytes are valid as: a PDF within another type's first bytes, or a ZIP at the end of anything.
fn second_type(content: &Content, media: Media) -> Option<Media> {
    let is_bytes = matches!(media.family(), Family::Picture | Family::Video | Family::Audio | Family::Archive)
        || matches!(media, Media::Program | Media::Pdf);
    if !is_bytes {
        return None;
    }
    if media != Media::Pdf && media != Media::Tar && has_pdf(content.head()) {
        return Some(Media::Pdf);
    }
    let mut end = [0; ZIP_END];
    let start = content.size().checked_sub(ZIP_END as u64)?;
    let is_whole = content.read_at(&mut end, start).is_ok_and(|read| read == ZIP_END);
    (is_whole && end.starts_with(b"PK\x05\x06") && !is_zip(media) && package::of_tail(content).is_some())
        .then_some(Media::Zip)
}

fn is_zip(media: Media) -> bool {
    matches!(
        media,
        Media::Zip
            | Media::Docx
            | Media::Xlsx
            | Media::Xlsb
            | Media::Pptx
            | Media::Odt
            | Media::Ods
            | Media::Odp
            | Media::Epub
    )
}

fn extension_fault(media: Media, locator: &Locator) -> Option<Code> {
    let fitting = media.extensions();
    if fitting.is_empty() {
        return None;
    }
    let Some(extension) = locator.extension() else { return Some(Code::ExtensionMissing) };
    let is_text = media.family() == Family::Text || matches!(media, Media::Csv | Media::Sql | Media::Hl7 | Media::Mail);
    let fits = fitting.contains(&extension.as_str()) || is_text && TEXT_NAMES.contains(&extension.as_str());
    (!fits).then_some(Code::ExtensionMismatch)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn told(bytes: &[u8], name: &str) -> Identified {
        identify(&Content::of_memory(bytes.to_vec()), &Locator::new(0, name))
    }

    #[test]
    fn content_counts_and_the_name_is_noted() {
        let jpeg = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00";
        assert_eq!(told(jpeg, "a.jpg"), Identified { media: Media::Jpeg, also: None, faults: vec![] });
        assert_eq!(told(jpeg, "a.pdf").faults, [Fault::new(Stage::Identify, Code::ExtensionMismatch)]);
        assert_eq!(told(jpeg, "a").faults, [Fault::new(Stage::Identify, Code::ExtensionMissing)]);
        assert_eq!(told(b"", "a").media, Media::Empty);
    }

    #[test]
    fn kinds_are_told_by_content() {
        let ftyp = |brand: &[u8]| [b"\x00\x00\x00\x18ftyp", brand, b"\x00\x00\x00\x00", brand, b"mp42"].concat();
        let mut tar = vec![0; 512];
        tar[257..262].copy_from_slice(b"ustar");
        let mut dicom = vec![0; 128];
        dicom.extend_from_slice(b"DICM\x02\x00\x00\x00UL");
        let mut stream = vec![0; 188 * 5];
        stream.iter_mut().step_by(188).for_each(|byte| *byte = 0x47);
        let cases: Vec<(Vec<u8>, Media)> = vec![
            (b"\x89PNG\r\n\x1a\n".to_vec(), Media::Png),
            (b"RIFF\x00\x00\x00\x00WEBPVP8 ".to_vec(), Media::Webp),
            (b"RIFF\x00\x00\x00\x00AVI LIST".to_vec(), Media::Avi),
            (ftyp(b"isom"), Media::Mp4),
            (ftyp(b"qt  "), Media::QuickTime),
            (ftyp(b"3gp5"), Media::ThreeGp),
            (ftyp(b"heic"), Media::Heic),
            (ftyp(b"avif"), Media::Avif),
            (ftyp(b"crx "), Media::RawPhoto),
            (ftyp(b"M4A "), Media::Audio),
            (b"\x00\x00\x00\x08wide\x00\x00\x01\x00mdat".to_vec(), Media::QuickTime),
            (b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm".to_vec(), Media::Webm),
            (b"\x1a\x45\xdf\xa3\x9f\x42\x82\x88matroska".to_vec(), Media::Matroska),
            (stream, Media::MpegTs),
            (tar, Media::Tar),
            (dicom, Media::Dicom),
            (b"SQLite format 3\0".to_vec(), Media::Sqlite),
            (b"junk before\n%PDF-1.4\n".to_vec(), Media::Pdf),
            (b"{\\rtf1\\ansi}".to_vec(), Media::Rtf),
            (b"{\"a\": 1, \"b\": [2]}".to_vec(), Media::Json),
            (b"{\"a\": 1}\n{\"a\": 2}\n".to_vec(), Media::JsonLines),
            (b"name;born\nAda;1990-01-02\nBen;1985-11-30\n".to_vec(), Media::Csv),
            (b"<?xml version=\"1.0\"?><note><to>Ada</to></note>".to_vec(), Media::Xml),
            (b"<!DOCTYPE html><html><body>hi</body></html>".to_vec(), Media::Html),
            (b"From: a@example.org\r\nTo: b@example.org\r\nSubject: x\r\n\r\nhello".to_vec(), Media::Mail),
            (
                b"From a@example.org Thu Jan  1 00:00:00 2015\nFrom: a@example.org\nSubject: x\n\nhi\n".to_vec(),
                Media::Mbox,
            ),
            (b"# x\nversion: 1\n\ndn: uid=1,dc=a\ncn: Ada\n".to_vec(), Media::Ldif),
            (b"[[patients]]\nname = \"Ada\"\n".to_vec(), Media::Text),
            (b"[[1, 2], [3, 4]]".to_vec(), Media::Json),
            (b"BEGIN:VCARD\r\nFN:Ada Example\r\nEND:VCARD\r\n".to_vec(), Media::Vcard),
            (b"MSH|^~\\&|A|B|C|D|2020||ADT^A01|1|P|2.3\rPID|1||7||Doe^Ada\r".to_vec(), Media::Hl7),
            (b"-- dump\nCREATE TABLE p (id INT);\nINSERT INTO p VALUES (1);\n".to_vec(), Media::Sql),
            (b"-----BEGIN RSA PRIVATE KEY-----\nMII".to_vec(), Media::PrivateKey),
            (b"age-encryption.org/v1\n-> X25519 ".to_vec(), Media::Age),
            (b"Dear Ada,\nplease come on Monday.\n".to_vec(), Media::Text),
            (b"7z\xbc\xaf\x27\x1c".to_vec(), Media::SevenZip),
            (b"\x1f\x8b\x08\x00".to_vec(), Media::Gzip),
        ];
        for (bytes, media) in cases {
            assert_eq!(told(&bytes, "x").media, media, "{:?}", bytes.escape_ascii().to_string());
        }
    }

    #[test]
    fn random_bytes_are_called_encrypted() {
        let mut state = 0x1234_5678_9abc_def1_u64;
        let bytes: Vec<u8> = std::iter::repeat_with(|| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 32) as u8
        })
        .take(20_000)
        .collect();
        assert_eq!(told(&[b"\x01".as_slice(), &bytes].concat(), "x.bin").media, Media::Encrypted);
    }

    #[test]
    fn a_picture_with_a_pdf_header_is_of_several_types() {
        let found = told(b"\xff\xd8\xff\xe0\x00\x10JFIF\x00 %PDF-1.4", "a.jpg");
        assert_eq!((found.media, found.also), (Media::Jpeg, Some(Media::Pdf)));
    }

    proptest! {
        #[test]
        fn any_bytes_have_a_type(bytes in any::<Vec<u8>>(), mark in 0..magic::count()) {
            let _ = told(&bytes, "x");
            let _ = told(&[magic::mark(mark), &bytes].concat(), "x");
        }
    }
}
