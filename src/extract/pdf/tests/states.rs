//! The states that a document's text can be in: none may pass for another.

use super::{Sample, Seen, read_bytes, read_with};
use crate::extract::{ExtractOptions, ocr};
use crate::limits::{Answer, Call, Ended, Input, Limits, Toolbox, Tools};
use crate::model::{Code, Frame, TextState};
use lopdf::encryption::crypt_filters::{Aes256CryptFilter, CryptFilter};
use lopdf::{Document, EncryptionState, EncryptionVersion, Permissions};
use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

const TEXT: &str = "BT /F 10 Tf 50 700 Td (Ada Exemple) Tj ET";

fn state(seen: &Seen) -> Option<TextState> {
    seen.facts.document.as_ref().and_then(|document| document.text)
}

#[test]
fn a_text_document_is_text() {
    let seen = read_bytes(Sample::page(TEXT).bytes());
    assert_eq!((state(&seen), seen.faults.len(), seen.ended), (Some(TextState::Text), 0, None));
    let facts = seen.facts.document.expect("a document");
    assert_eq!((facts.pages, facts.words, facts.pictures), (1, 2, 0));
}

#[test]
fn a_page_without_anything_is_blank() {
    let seen = read_bytes(Sample::page("").bytes());
    assert_eq!(state(&seen), Some(TextState::Blank));
    assert!(seen.has(Code::NoText));
}

fn scan() -> Sample {
    let mut sample = Sample::page("q 600 0 0 800 0 0 cm /I Do Q");
    sample.object(
        3,
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</XObject<</I 6 0 R>>>>>>",
    );
    sample.stream(
        6,
        "/Type/XObject/Subtype/Image/Width 2/Height 2/BitsPerComponent 8/ColorSpace/DeviceGray",
        &[0, 255, 255, 0],
    );
    sample
}

#[test]
fn a_scan_is_image_only_and_can_be_had_as_pixels() {
    let seen = read_bytes(scan().bytes());
    assert_eq!(state(&seen), Some(TextState::ImageOnly));
    assert!(seen.has(Code::ImageOnly) && seen.rasters.is_empty());
    let options = ExtractOptions { page_rasters: true, ..ExtractOptions::default() };
    let seen = read_with(scan().bytes(), Limits::default(), &options);
    assert!(!seen.has(Code::ImageOnly));
    let raster = seen.rasters.first().expect("a raster");
    assert_eq!((raster.frame, raster.width, raster.height), (Frame::Page(1), 1666, 2222));
    assert_eq!(raster.rgb.len(), 1666 * 2222 * 3);
    assert!(raster.rgb.first().is_some_and(|red| *red < 64), "the dark corner is dark");
}

#[test]
fn a_scan_beyond_the_limit_of_pixels_is_not_drawn() {
    let options = ExtractOptions { page_rasters: true, ..ExtractOptions::default() };
    let seen = read_with(scan().bytes(), Limits { pixels: 3, ..Limits::default() }, &options);
    assert!(seen.has(Code::ImageOnly) && seen.rasters.is_empty());
}

#[test]
fn glyphs_without_characters_are_no_text() {
    let mut sample = Sample::page("BT /F 10 Tf 50 700 Td <00010002> Tj ET");
    sample.object(5, "<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H/DescendantFonts[7 0 R]>>");
    sample.object(7, "<</Type/Font/Subtype/CIDFontType2/BaseFont/X/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>>>");
    let seen = read_bytes(sample.bytes());
    assert_eq!(state(&seen), Some(TextState::NoUnicodeMap));
    assert!(seen.has(Code::NoUnicodeMap));
    assert_eq!(seen.page(), "");
}

#[test]
fn a_broken_cross_reference_table_is_repaired() {
    let mut bytes = Sample::page(TEXT).bytes();
    let at = bytes.windows(9).position(|window| window == b"startxref").expect("a start");
    bytes.truncate(at);
    bytes.extend_from_slice(b"startxref\n7\n%%EOF");
    let seen = read_bytes(bytes);
    assert_eq!((seen.page().as_str(), state(&seen)), ("Ada Exemple\n", Some(TextState::Damaged)));
    assert!(seen.has(Code::Repaired));
}

#[test]
fn bytes_without_a_document_are_unreadable() {
    let seen = read_bytes(b"%PDF-1.4\n%this is not one".to_vec());
    assert!(seen.ended.is_some_and(|fault| fault.code == Code::Unreadable));
    assert_eq!(state(&seen), None);
}

/// The sample encrypted by RC4 with a key of this length.
fn rc4(user_password: &str, key_length: usize) -> Vec<u8> {
    let mut doc = loaded();
    let version = EncryptionVersion::V2 {
        document: &doc,
        owner_password: "owner",
        user_password,
        key_length,
        permissions: Permissions::all(),
    };
    let state = EncryptionState::try_from(version).expect("a key");
    saved(&mut doc, &state)
}

/// The sample encrypted by AES with 256 bits.
fn aes_256(user_password: &str) -> Vec<u8> {
    let mut doc = loaded();
    let filter: Arc<dyn CryptFilter> = Arc::new(Aes256CryptFilter);
    let version = EncryptionVersion::V5 {
        encrypt_metadata: true,
        crypt_filters: BTreeMap::from([(b"StdCF".to_vec(), filter)]),
        file_encryption_key: &[7; 32],
        stream_filter: b"StdCF".to_vec(),
        string_filter: b"StdCF".to_vec(),
        owner_password: "owner",
        user_password,
        permissions: Permissions::all(),
    };
    let state = EncryptionState::try_from(version).expect("a key");
    saved(&mut doc, &state)
}

fn loaded() -> Document {
    let mut sample = Sample::page(TEXT);
    sample.trailer("/ID[<00112233445566778899aabbccddeeff><00112233445566778899aabbccddeeff>]");
    Document::load_mem(&sample.bytes()).expect("loaded")
}

fn saved(doc: &mut Document, state: &EncryptionState) -> Vec<u8> {
    doc.encrypt(state).expect("encrypted");
    let mut bytes = Vec::new();
    doc.save_to(&mut bytes).expect("saved");
    bytes
}

#[test]
fn an_empty_password_opens() {
    for bytes in [rc4("", 40), rc4("", 128), aes_256("")] {
        let seen = read_bytes(bytes);
        assert_eq!((seen.page().as_str(), state(&seen)), ("Ada Exemple\n", Some(TextState::Text)));
    }
}

#[test]
fn an_encrypted_file_never_reads_as_an_empty_one() {
    for bytes in [rc4("secret", 40), rc4("secret", 128), aes_256("secret")] {
        let seen = read_bytes(bytes.clone());
        assert!(seen.ended.is_some_and(|fault| fault.code == Code::Encrypted));
        assert_eq!((state(&seen), seen.passages.len()), (Some(TextState::Encrypted), 0));
        let passwords = vec!["wrong".to_owned(), "secret".to_owned()];
        let options = ExtractOptions { passwords, ..ExtractOptions::default() };
        assert_eq!(read_with(bytes, Limits::default(), &options).page(), "Ada Exemple\n");
    }
}

/// The Tesseract of this machine, run without the bounds that it has outside of tests.
#[derive(Debug)]
struct Installed(Toolbox);

impl Installed {
    fn find() -> Self {
        let listed = Self::start(&["--list-langs"], &[]);
        let languages = listed.lines().skip(1).map(str::to_owned).collect();
        Self(Toolbox { tesseract: Some("/usr/bin/tesseract".into()), languages, ..Toolbox::default() })
    }

    #[expect(clippy::disallowed_methods, reason = "the isolation module runs the program itself, not a unit test")]
    fn start(arguments: &[&str], input: &[u8]) -> String {
        use std::process::{Command, Stdio};
        let mut command = Command::new("/usr/bin/tesseract");
        let command = command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let Ok(mut child) = command.spawn() else { return String::new() };
        child.stdin.take().expect("piped").write_all(input).expect("written");
        String::from_utf8(child.wait_with_output().expect("ended").stdout).expect("UTF-8")
    }
}

impl Tools for Installed {
    fn toolbox(&self) -> &Toolbox {
        &self.0
    }

    fn run(&self, call: &Call, input: Input<'_>, _: Duration) -> Answer {
        let Input::Bytes(bytes) = input else { return Answer::none(Ended::Absent) };
        let output = match call {
            Call::Words(languages) => {
                Self::start(&["stdin", "stdout", "-l", &languages.join("+"), "--dpi", "200", "tsv"], bytes)
            }
            _ => Self::start(&["stdin", "stdout", "--psm", "0"], bytes),
        };
        Answer { ended: Ended::Well, output: output.into_bytes() }
    }
}

#[test]
fn a_page_as_pixels_can_be_read_back_by_ocr_whichever_way_it_lies() {
    let tools = Installed::find();
    if tools.0.languages.is_empty() {
        return;
    }
    let lines = "BT /F 14 Tf 60 700 Td (Patient:) Tj 150 0 Td (Ada Exemple) Tj -150 -40 Td (Telephone:) Tj 150 0 Td (0199 00 12 34) Tj
        -150 -40 Td (We confirm the date of your treatment.) Tj 0 -40 Td (Please come without make-up.) Tj ET";
    for turn in [0, 90, 180] {
        let mut sample = Sample::page(lines);
        let page = format!(
            "<</Type/Page/Parent 2 0 R/Rotate {turn}/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>"
        );
        sample.object(3, &page);
        sample.object(5, "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>");
        let raster =
            super::super::second::raster(&super::super::second::open(&sample.bytes(), &[]).expect("opened"), 0);
        let deadline = Instant::now() + Duration::from_mins(1);
        let read = ocr::Reader::new(&["en".to_owned()], &tools, deadline)
            .and_then(|mut reader| reader.read(&raster.expect("drawn")))
            .expect("read");
        assert!(read.text.expose().contains("Patient:\tAda Exemple\n"), "{turn}: {}", read.text.expose());
        assert!(read.confidence.as_milli() > 700);
    }
}
