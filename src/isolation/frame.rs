//! Frames over the pipe between parent and child: a length (`u32`, little endian) and that many bytes of postcard.

use super::sandbox::Walls;
use crate::limits::Call;
use crate::model::{FaceEmbedding, Record};
use serde::{Deserialize, Serialize};
use std::io::{self, Read, Write};
use std::time::Duration;

/// Largest frame, in bytes: a record with as many findings as the limit allows stays below it.
pub(super) const FRAME_BYTES: u32 = 256 << 20;

/// What a child answers.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Reply {
    /// The kit is built, and these walls stand.
    Ready(Walls),
    /// The kit cannot be built: the message for the user, about rules and models only.
    Refused(String),
    /// One item is examined; with what it showed, for its copies, and its faces' descriptions where they were asked for.
    Done(Box<Record>, Option<Vec<u8>>, Vec<FaceEmbedding>),
    /// What did a file with this hash show? Answered with the bytes that came with it, or `None`.
    Recall([u8; 32]),
    /// More of the input of a tool.
    Part(Vec<u8>),
    /// Run a tool on the parts, or on the item, and answer with a [`crate::limits::Answer`].
    Ask(Ask),
}

/// What a child is to examine.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Order<E> {
    /// The entry; lent where it is sent.
    pub(super) entry: E,
    /// It may be a copy of what was seen before: ask.
    pub(super) may_be_copy: bool,
}

/// What a child asks of its parent.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Ask {
    /// What is asked.
    pub(super) call: Call,
    /// Where the tool's input is.
    pub(super) from: From,
    /// How long the child would wait.
    pub(super) within: Duration,
}

/// Where a tool's input is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum From {
    /// In the parts that were handed over.
    Parts,
    /// In the item under examination, which the parent opens itself.
    Item,
}

/// One frame.
pub(super) fn of<T: Serialize>(message: &T) -> io::Result<Vec<u8>> {
    let mut frame = postcard::to_extend(message, vec![0; 4]).map_err(io::Error::other)?;
    let length = u32::try_from(frame.len() - 4).ok().filter(|length| *length <= FRAME_BYTES);
    let length = length.ok_or_else(|| io::Error::other("frame too large"))?;
    if let Some(head) = frame.first_chunk_mut::<4>() {
        *head = length.to_le_bytes();
    }
    Ok(frame)
}

/// Writes one frame.
pub(super) fn write<T: Serialize>(out: &mut impl Write, message: &T) -> io::Result<()> {
    out.write_all(&of(message)?)?;
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
        // What follows is the begin of the next frame; a large buffer is given back.
        self.bytes = self.bytes.get(4 + length as usize..).unwrap_or_default().to_vec();
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
            let mut record = Record::unread(Locator::new(3, key), size, None, Fault::extract(Code::Empty));
            // The parent gives the item its short name; it is not sent.
            record.id.clear();
            let mut bytes = Vec::new();
            let sent = Reply::Done(Box::new(record), Some(vec![1, 2]), Vec::new());
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
        fn frames_that_arrive_together_come_out_one_by_one(parts in proptest::collection::vec(any::<Vec<u8>>(), 0..5)) {
            let mut assembly = Assembly::default();
            for part in &parts {
                assembly.push(&of(&Reply::Part(part.clone())).expect("framed"));
            }
            for part in parts {
                prop_assert_eq!(assembly.take::<Reply>().expect("well formed"), Some(Reply::Part(part)));
            }
            prop_assert_eq!(assembly.take::<Reply>().expect("well formed"), None);
        }

        #[test]
        fn noise_is_refused_without_a_panic(bytes in any::<Vec<u8>>()) {
            let mut assembly = Assembly::default();
            assembly.push(&bytes);
            let _ = assembly.take::<Reply>();
        }
    }
}
