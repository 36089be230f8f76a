//! Numbers and windows out of hostile bytes: every read is checked, a missing byte is `None`.
//!
//! Used by the readers of pictures and videos, which walk by offsets that the file itself names.

use crate::limits::Content;
use crate::model::Fault;

/// Byte order of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// Least significant byte first (`II`).
    Little,
    /// Most significant byte first (`MM`).
    Big,
}

impl Order {
    /// A 16-bit number at an offset.
    pub(super) fn u16(self, bytes: &[u8], at: usize) -> Option<u16> {
        let raw = *bytes.get(at..)?.first_chunk::<2>()?;
        Some(if self == Self::Little { u16::from_le_bytes(raw) } else { u16::from_be_bytes(raw) })
    }

    /// A 32-bit number at an offset.
    pub(super) fn u32(self, bytes: &[u8], at: usize) -> Option<u32> {
        let raw = *bytes.get(at..)?.first_chunk::<4>()?;
        Some(if self == Self::Little { u32::from_le_bytes(raw) } else { u32::from_be_bytes(raw) })
    }

    /// A 64-bit number at an offset.
    pub(super) fn u64(self, bytes: &[u8], at: usize) -> Option<u64> {
        let raw = *bytes.get(at..)?.first_chunk::<8>()?;
        Some(if self == Self::Little { u64::from_le_bytes(raw) } else { u64::from_be_bytes(raw) })
    }
}

/// `length` bytes from an offset; fewer at the end of the content.
pub(super) fn window(content: &Content, offset: u64, length: usize) -> Result<Vec<u8>, Fault> {
    let left = usize::try_from(content.size().saturating_sub(offset)).unwrap_or(usize::MAX);
    let mut bytes = vec![0; length.min(left)];
    let read = content.read_at(&mut bytes, offset)?;
    bytes.truncate(read);
    Ok(bytes)
}

/// Text of a metadata field: up to the first NUL, UTF-8 where valid, else Windows-1252; trimmed. `None` if empty.
pub(super) fn text(bytes: &[u8]) -> Option<String> {
    let bytes = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.trim().to_owned(),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0.trim().to_owned(),
    };
    (!text.is_empty()).then_some(text)
}

/// UTF-16 text in an order, up to the first NUL; trimmed. `None` if empty.
pub(super) fn text_utf16(bytes: &[u8], order: Order) -> Option<String> {
    let units = bytes.chunks_exact(2).filter_map(|pair| order.u16(pair, 0)).take_while(|unit| *unit != 0);
    let text: String = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    let text = text.trim_start_matches('\u{feff}').trim();
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_beyond_the_end_are_none() {
        assert_eq!(Order::Big.u32(&[1, 2, 3], 0), None);
        assert_eq!(Order::Little.u16(&[1, 2, 3], usize::MAX), None);
        assert_eq!(Order::Little.u16(&[1, 2, 3], 1), Some(0x0302));
    }

    #[test]
    fn text_that_is_not_utf8_is_read_as_windows_1252() {
        assert_eq!(text(b"Ren\xe9e\0rest").as_deref(), Some("Renée"));
        assert_eq!(text_utf16(&[b'Z', 0, 0xeb, 0, 0, 0, b'x', 0], Order::Little).as_deref(), Some("Zë"));
    }
}
