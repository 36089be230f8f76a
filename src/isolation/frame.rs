//! Frames over the pipe between parent and child: a length (`u32`, little endian) and that many bytes of postcard.

use super::sandbox::Walls;
use crate::model::Record;
use serde::{Deserialize, Serialize};
use std::io::{self, Read, Write};

/// Largest frame, in bytes: a record with as many findings as the limit allows stays below it.
pub(super) const FRAME_BYTES: u32 = 256 << 20;

/// What a child answers.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Reply {
    /// The kit is built, and these walls stand.
    Ready(Walls),
    /// The kit cannot be built: the message for the user, about rules and models only.
    Refused(String),
    /// One item is examined.
    Done(Box<Record>),
}

/// Writes one frame.
pub(super) fn write<T: Serialize>(out: &mut impl Write, message: &T) -> io::Result<()> {
    let bytes = postcard::to_stdvec(message).map_err(io::Error::other)?;
    let length = u32::try_from(bytes.len()).ok().filter(|length| *length <= FRAME_BYTES);
    let length = length.ok_or_else(|| io::Error::other("frame too large"))?;
    out.write_all(&length.to_le_bytes())?;
    out.write_all(&bytes)?;
    out.flush()
}

/// Reads one frame; `None` where the stream ends before one begins.
pub(super) fn read<T: for<'de> Deserialize<'de>>(from: &mut impl Read) -> io::Result<Option<T>> {
    let mut length = [0; 4];
    match from.read_exact(&mut length) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        read => read?,
    }
    let length = u32::from_le_bytes(length);
    if length > FRAME_BYTES {
        return Err(io::Error::other("frame too large"));
    }
    let mut bytes = Vec::new();
    from.take(u64::from(length)).read_to_end(&mut bytes)?;
    postcard::from_bytes(&bytes).map(Some).map_err(io::Error::other)
}

/// Bytes of a frame as they arrive.
#[derive(Debug, Default)]
pub(super) struct Assembly {
    bytes: Vec<u8>,
}

impl Assembly {
    /// Takes what arrived.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// The frame, once it is whole.
    ///
    /// # Errors
    /// If it is too large or is not such a message.
    pub(super) fn take<T: for<'de> Deserialize<'de>>(&mut self) -> io::Result<Option<T>> {
        let Some((length, body)) = self.bytes.split_first_chunk::<4>() else { return Ok(None) };
        let length = u32::from_le_bytes(*length);
        if length > FRAME_BYTES {
            return Err(io::Error::other("frame too large"));
        }
        let Some(body) = body.get(..length as usize) else { return Ok(None) };
        let message = postcard::from_bytes(body).map_err(io::Error::other)?;
        // One request has one answer, so nothing that follows it is wanted; a large buffer is given back.
        self.bytes = Vec::new();
        Ok(Some(message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Code, Fault, Locator};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_record_comes_through_in_any_pieces(key in any::<Vec<u8>>(), size in any::<u64>(), piece in 1_usize..40) {
            let record = Record::unread(Locator::new(3, key), size, None, Fault::extract(Code::Empty));
            let mut bytes = Vec::new();
            let sent = Reply::Done(Box::new(record));
            write(&mut bytes, &sent).expect("written");
            let mut assembly = Assembly::default();
            let mut received = None;
            for part in bytes.chunks(piece) {
                assembly.push(part);
                received = assembly.take::<Reply>().expect("well formed");
            }
            prop_assert_eq!(received.as_ref(), Some(&sent));
            prop_assert_eq!(read::<Reply>(&mut bytes.as_slice()).expect("read"), Some(sent));
        }

        #[test]
        fn noise_is_refused_without_a_panic(bytes in any::<Vec<u8>>()) {
            let mut assembly = Assembly::default();
            assembly.push(&bytes);
            let _ = assembly.take::<Reply>();
        }
    }
}
