//! Looking things up in a loaded document: references followed, wrong types read as absent, streams decoded within
//! bounds. It must not interpret what it finds.

use crate::limits::Budget;
use crate::model::{Code, Fault};
use lopdf::{DecompressError, Dictionary, Document, Error, Object, ObjectId, Stream};
use std::io::Read as _;

/// A loaded document and the account that reading it spends from.
#[derive(Clone, Copy)]
pub(super) struct Objects<'a> {
    pub(super) doc: &'a Document,
    pub(super) budget: &'a Budget,
}

impl<'a> Objects<'a> {
    /// The object behind a reference, or the object itself.
    pub(super) fn resolve(self, object: &'a Object) -> Option<&'a Object> {
        self.doc.dereference(object).ok().map(|(_, object)| object).filter(|object| !object.is_null())
    }

    /// The value of a key, references followed.
    pub(super) fn get(self, dict: &'a Dictionary, key: &[u8]) -> Option<&'a Object> {
        dict.get(key).ok().and_then(|object| self.resolve(object))
    }

    /// The value of a key as a dictionary; a stream counts as its dictionary.
    pub(super) fn dict(self, dict: &'a Dictionary, key: &[u8]) -> Option<&'a Dictionary> {
        self.get(dict, key).and_then(as_dict)
    }

    /// The value of a key as an array.
    pub(super) fn array(self, dict: &'a Dictionary, key: &[u8]) -> Option<&'a [Object]> {
        self.get(dict, key).and_then(|object| object.as_array().ok()).map(Vec::as_slice)
    }

    /// The value of a key as a name.
    pub(super) fn name(self, dict: &'a Dictionary, key: &[u8]) -> Option<&'a [u8]> {
        self.get(dict, key).and_then(|object| object.as_name().ok())
    }

    /// The value of a key as a number.
    pub(super) fn number(self, dict: &'a Dictionary, key: &[u8]) -> Option<f64> {
        self.get(dict, key).and_then(number)
    }

    /// The value of a key as a stream.
    pub(super) fn stream(self, dict: &'a Dictionary, key: &[u8]) -> Option<&'a Stream> {
        self.get(dict, key).and_then(|object| object.as_stream().ok())
    }

    /// The value of a key as text.
    pub(super) fn text(self, dict: &'a Dictionary, key: &[u8]) -> Option<String> {
        self.get(dict, key).and_then(text)
    }

    /// A fixed number of numbers under a key (a box, a matrix).
    pub(super) fn numbers<const N: usize>(self, dict: &'a Dictionary, key: &[u8]) -> Option<[f64; N]> {
        let array = self.array(dict, key)?;
        let mut numbers = [0.0; N];
        for (slot, object) in numbers.iter_mut().zip(array) {
            *slot = self.resolve(object).and_then(number)?;
        }
        (array.len() >= N).then_some(numbers)
    }

    /// The decoded bytes of a stream, at most `pdf_stream_bytes`; what a bomb expands to beyond that is left out.
    ///
    /// # Errors
    /// [`Code::TooCompressed`] once the item's account is spent.
    pub(super) fn content(self, stream: &Stream) -> Result<Decoded, Fault> {
        let limit = usize::try_from(self.budget.limits().pdf_stream_bytes).unwrap_or(usize::MAX);
        let resolved = self.with_direct_filters(stream);
        let stream = resolved.as_ref().unwrap_or(stream);
        let decoded = match stream.get_plain_content_with_limit(limit) {
            Ok(bytes) => Decoded { bytes, fault: None },
            Err(Error::Decompress(DecompressError::MemoryLimitExceeded { .. })) => {
                Decoded { bytes: head_of_flate(stream, limit), fault: Some(Fault::extract(Code::TooCompressed)) }
            }
            Err(_) => Decoded { bytes: Vec::new(), fault: Some(Fault::extract(Code::Damaged)) },
        };
        self.budget.expand(decoded.bytes.len() as u64)?;
        Ok(decoded)
    }

    /// The stream with `Filter` and `DecodeParms` written in place, where they are references: the decoder follows none.
    fn with_direct_filters(self, stream: &Stream) -> Option<Stream> {
        let is_indirect = |key: &[u8]| match stream.dict.get(key) {
            Ok(Object::Reference(_)) => true,
            Ok(Object::Array(items)) => items.iter().any(|item| matches!(item, Object::Reference(_))),
            _ => false,
        };
        if !is_indirect(b"Filter") && !is_indirect(b"DecodeParms") {
            return None;
        }
        let mut direct = stream.clone();
        for key in [b"Filter".as_slice(), b"DecodeParms"] {
            let Some(value) = stream.dict.get(key).ok().and_then(|object| self.doc.dereference(object).ok()) else {
                continue;
            };
            let value = match value.1 {
                Object::Array(items) => Object::Array(
                    items
                        .iter()
                        .map(|item| self.doc.dereference(item).map_or(Object::Null, |(_, item)| item.clone()))
                        .collect(),
                ),
                other => other.clone(),
            };
            direct.dict.set(key, value);
        }
        Some(direct)
    }
}

/// What a stream decoded to, and what went wrong on the way.
pub(super) struct Decoded {
    pub(super) bytes: Vec<u8>,
    pub(super) fault: Option<Fault>,
}

/// The first bytes of a Flate stream that expands beyond its bound.
fn head_of_flate(stream: &Stream, limit: usize) -> Vec<u8> {
    let mut head = Vec::new();
    if matches!(stream.filters().as_deref(), Ok([b"FlateDecode"])) && !stream.dict.has(b"DecodeParms") {
        let mut decoder = flate2::read::ZlibDecoder::new(stream.content.as_slice()).take(limit as u64);
        // What was decoded before an error is kept.
        let _ = decoder.read_to_end(&mut head);
    }
    head
}

/// A dictionary, also that of a stream.
pub(super) fn as_dict(object: &Object) -> Option<&Dictionary> {
    match object {
        Object::Dictionary(dict) => Some(dict),
        Object::Stream(stream) => Some(&stream.dict),
        _ => None,
    }
}

/// A finite number.
pub(super) fn number(object: &Object) -> Option<f64> {
    match object {
        Object::Integer(value) => Some(*value as f64),
        Object::Real(value) if value.is_finite() => Some(f64::from(*value)),
        _ => None,
    }
}

/// A text string in any of the encodings of ISO 32000-2, 7.9.2.2, and in little-endian UTF-16, which exists.
pub(super) fn text(object: &Object) -> Option<String> {
    let bytes = match object {
        Object::String(bytes, _) => bytes,
        Object::Name(name) => return Some(String::from_utf8_lossy(name).into_owned()),
        _ => return None,
    };
    Some(text_of(bytes))
}

/// The text of a text string.
pub(super) fn text_of(bytes: &[u8]) -> String {
    let wide = |units: &mut dyn Iterator<Item = u16>| {
        char::decode_utf16(units).map(|unit| unit.unwrap_or('\u{fffd}')).collect::<String>()
    };
    let decoded = match bytes {
        [0xfe, 0xff, rest @ ..] => wide(&mut rest.as_chunks::<2>().0.iter().map(|unit| u16::from_be_bytes(*unit))),
        [0xff, 0xfe, rest @ ..] => wide(&mut rest.as_chunks::<2>().0.iter().map(|unit| u16::from_le_bytes(*unit))),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => {
            let object = Object::String(bytes.to_vec(), lopdf::StringFormat::Literal);
            lopdf::decode_text_string(&object).unwrap_or_default()
        }
    };
    decoded.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t')).collect()
}

/// The id that an object refers to.
pub(super) fn reference(object: &Object) -> Option<ObjectId> {
    object.as_reference().ok()
}
