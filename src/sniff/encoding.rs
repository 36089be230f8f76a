//! Which characters bytes stand for: byte order marks, UTF-16 and UTF-32 without one, UTF-8, and the legacy
//! encodings by `chardetng`, the detector of Firefox.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// Bytes of a sample that the legacy detector sees: more changes its mind rarely and costs time.
const DETECT_BYTES: usize = 64 << 10;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Known(&'static Encoding),
    Utf32 { is_big: bool },
}

/// A character encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Charset(Form);

impl Charset {
    /// UTF-8.
    pub const UTF8: Self = Self(Form::Known(UTF_8));

    /// The encoding with this label, as HTML, XML, mail and HTTP write it (`latin1`, `utf-8`, `windows-1251`).
    pub fn by_label(label: &str) -> Option<Self> {
        Encoding::for_label(label.trim().as_bytes()).map(|encoding| Self(Form::Known(encoding)))
    }

    /// The encoding of a Windows code page number.
    pub fn by_code_page(page: u32) -> Option<Self> {
        match page {
            65001 => Some(Self::UTF8),
            1200 => Some(Self(Form::Known(UTF_16LE))),
            10000 => Self::by_label("macintosh"),
            932 => Self::by_label("shift_jis"),
            936 => Self::by_label("gbk"),
            949 => Self::by_label("euc-kr"),
            950 => Self::by_label("big5"),
            866 | 874 => Self::by_label(&format!("windows-{page}")).or_else(|| Self::by_label("ibm866")),
            1250..=1258 => Self::by_label(&format!("windows-{page}")),
            28591..=28605 => Self::by_label(&format!("iso-8859-{}", page - 28590)),
            _ => None,
        }
    }

    /// Whether it is UTF-8.
    pub fn is_utf8(self) -> bool {
        self == Self::UTF8
    }

    /// A decoder that takes bytes piece by piece.
    pub fn decoder(self) -> Decoder {
        match self.0 {
            Form::Known(encoding) => Decoder(State::Known(encoding.new_decoder_with_bom_removal())),
            Form::Utf32 { is_big } => Decoder(State::Utf32 { is_big, rest: Vec::new() }),
        }
    }

    /// Decodes all of it; what is malformed becomes U+FFFD.
    pub fn decode(self, bytes: &[u8]) -> String {
        let mut text = String::new();
        self.decoder().decode(bytes, true, &mut text);
        text
    }
}

/// A decoder that keeps a character cut between two pieces.
pub struct Decoder(State);

enum State {
    Known(encoding_rs::Decoder),
    Utf32 { is_big: bool, rest: Vec<u8> },
}

impl Decoder {
    /// Appends the text of these bytes; `is_last` flushes a cut character as U+FFFD.
    pub fn decode(&mut self, bytes: &[u8], is_last: bool, text: &mut String) {
        match &mut self.0 {
            State::Known(decoder) => {
                let mut rest = bytes;
                loop {
                    let need = decoder.max_utf8_buffer_length(rest.len()).unwrap_or(rest.len() * 3 + 16);
                    text.reserve(need);
                    let (result, read, _) = decoder.decode_to_string(rest, text, is_last);
                    rest = rest.get(read..).unwrap_or_default();
                    if result == encoding_rs::CoderResult::InputEmpty {
                        break;
                    }
                }
            }
            State::Utf32 { is_big, rest } => {
                rest.extend_from_slice(bytes);
                let (units, tail) = rest.as_chunks::<4>();
                text.extend(units.iter().filter_map(|unit| {
                    let code = if *is_big { u32::from_be_bytes(*unit) } else { u32::from_le_bytes(*unit) };
                    (code != 0xfeff).then(|| char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER))
                }));
                *rest = tail.to_vec();
            }
        }
    }
}

/// The encoding of a sample taken at the start of the bytes; `None` where the bytes are not text.
pub fn charset(sample: &[u8]) -> Option<Charset> {
    if let Some(marked) = by_mark(sample) {
        return Some(marked);
    }
    if let Some(wide) = by_zeros(sample) {
        return Some(wide);
    }
    if is_binary(sample) {
        return None;
    }
    if is_utf8(sample) { Some(Charset::UTF8) } else { Some(legacy(sample)) }
}

fn by_mark(sample: &[u8]) -> Option<Charset> {
    let form = match sample {
        [0xff, 0xfe, 0, 0, ..] => Form::Utf32 { is_big: false },
        [0, 0, 0xfe, 0xff, ..] => Form::Utf32 { is_big: true },
        [0xef, 0xbb, 0xbf, ..] => Form::Known(UTF_8),
        [0xff, 0xfe, ..] => Form::Known(UTF_16LE),
        [0xfe, 0xff, ..] => Form::Known(UTF_16BE),
        _ => return None,
    };
    let is_text = match form {
        Form::Utf32 { .. } => sample.len().is_multiple_of(4) || sample.len() >= DETECT_BYTES,
        Form::Known(encoding) if encoding == UTF_8 => true,
        // A UTF-16 mark before bytes that are not text: MP3 frames start with FF FB, random bytes with anything.
        Form::Known(_) => is_utf16_text(sample.get(2..).unwrap_or_default(), form == Form::Known(UTF_16BE)),
    };
    is_text.then_some(Charset(form))
}

/// UTF-16 or UTF-32 without a mark, by where the zero bytes of ASCII characters stand.
fn by_zeros(sample: &[u8]) -> Option<Charset> {
    let sample = sample.get(..4096).unwrap_or(sample);
    if sample.len() < 4 || !sample.contains(&0) {
        return None;
    }
    let mut zeros = [0_usize; 4];
    for unit in sample.as_chunks::<4>().0 {
        for (count, byte) in zeros.iter_mut().zip(unit) {
            *count += usize::from(*byte == 0);
        }
    }
    let units = sample.len() / 4;
    let (many, few) = (units * 2 / 5, units / 20);
    let form = match zeros {
        [a, b, c, d] if a <= few && b >= many && c >= units * 9 / 10 && d >= units * 9 / 10 => {
            Form::Utf32 { is_big: false }
        }
        [a, b, c, d] if d <= few && c >= many && b >= units * 9 / 10 && a >= units * 9 / 10 => {
            Form::Utf32 { is_big: true }
        }
        [a, b, c, d] if a + c <= 2 * few && b + d >= 2 * many => Form::Known(UTF_16LE),
        [a, b, c, d] if b + d <= 2 * few && a + c >= 2 * many => Form::Known(UTF_16BE),
        _ => return None,
    };
    match form {
        Form::Known(encoding) => is_utf16_text(sample, encoding == UTF_16BE).then_some(Charset(form)),
        Form::Utf32 { .. } => Some(Charset(form)),
    }
}

/// Whether code units are characters: hardly any controls or lone surrogates.
fn is_utf16_text(bytes: &[u8], is_big: bool) -> bool {
    let units = bytes.get(..4096).unwrap_or(bytes).as_chunks::<2>().0;
    let decoded = char::decode_utf16(
        units.iter().map(|unit| if is_big { u16::from_be_bytes(*unit) } else { u16::from_le_bytes(*unit) }),
    );
    let (mut strange, mut count) = (0_usize, 0_usize);
    for unit in decoded {
        count += 1;
        strange += usize::from(unit.map_or(true, |c| {
            (c.is_control() && !c.is_whitespace()) || matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{fff0}'..='\u{ffff}')
        }));
    }
    strange * 50 <= count
}

/// More than one control byte in fifty, or zero bytes: not text. Tabs, line ends, form feeds, escapes and the framing
/// bytes of HL7 (0B, 1C) are allowed.
fn is_binary(sample: &[u8]) -> bool {
    let (mut controls, mut zeros) = (0_usize, 0_usize);
    for byte in sample {
        zeros += usize::from(*byte == 0);
        controls += usize::from(matches!(*byte, 1..=8 | 0x0e..=0x1a | 0x1d..=0x1f | 0x7f));
    }
    controls * 50 > sample.len() || zeros * 1000 > sample.len()
}

/// Valid but for a cut last character, or with a few broken bytes among many multi-byte characters.
fn is_utf8(sample: &[u8]) -> bool {
    let (mut broken, mut wide) = (0_usize, 0_usize);
    for chunk in sample.utf8_chunks() {
        wide += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    broken <= 1 && wide > 0 && std::str::from_utf8(sample).is_err_and(|error| error.error_len().is_none())
        || broken == 0
        || broken * 20 < wide
}

fn legacy(sample: &[u8]) -> Charset {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(sample.get(..DETECT_BYTES).unwrap_or(sample), true);
    Charset(Form::Known(detector.guess(None, Utf8Detection::Deny)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_same_words_are_read_in_every_encoding() {
        let words = "Prénom; Müller; Łódź\r\n".repeat(20);
        let utf16: Vec<u8> = words.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let utf16_big: Vec<u8> = words.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let utf32: Vec<u8> = words.chars().flat_map(|c| (c as u32).to_le_bytes()).collect();
        let marked = [b"\xff\xfe".as_slice(), &utf16].concat();
        for bytes in [words.as_bytes(), &utf16, &utf16_big, &utf32, &marked] {
            let charset = charset(bytes).expect("text");
            assert_eq!(charset.decode(bytes), words, "{charset:?}");
        }
    }

    #[test]
    fn legacy_bytes_are_guessed() {
        let (bytes, ..) = encoding_rs::WINDOWS_1252.encode("Le prénom de la patiente: Zoé. Reçu à l'hôpital, opérée.");
        assert_eq!(charset(&bytes).map(|charset| charset.decode(&bytes).contains("Reçu à l'hôpital")), Some(true));
        let (bytes, ..) = encoding_rs::WINDOWS_1251.encode("Пациент поступил в клинику на операцию, адрес: Москва");
        assert_eq!(charset(&bytes).map(|charset| charset.decode(&bytes).contains("Пациент")), Some(true));
    }

    #[test]
    fn random_bytes_are_not_text() {
        let bytes: Vec<u8> = (0..4000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        assert_eq!(charset(&bytes), None);
    }

    proptest! {
        #[test]
        fn decoding_by_pieces_equals_decoding_at_once(bytes in any::<Vec<u8>>(), cut in 0_usize..64) {
            let set = charset(&bytes).unwrap_or(Charset::UTF8);
            let cut = cut.min(bytes.len());
            let mut text = String::new();
            let mut decoder = set.decoder();
            decoder.decode(&bytes[..cut], false, &mut text);
            decoder.decode(&bytes[cut..], true, &mut text);
            prop_assert_eq!(text, set.decode(&bytes));
        }
    }
}
