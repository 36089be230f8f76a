//! Decompression within bounds: bytes of one member, of the whole item, and the ratio that tells a bomb.

use crate::limits::Budget;
use crate::model::{Code, Fault};
use std::io::{ErrorKind, Read};

/// Bytes that may be expanded before the ratio is looked at.
const FREE: u64 = 10 << 20;
const STEP: usize = 64 << 10;

/// Whether so many bytes out of so few are a bomb's.
pub(super) fn is_bomb(sum: u64, packed: u64, budget: &Budget) -> bool {
    sum > FREE && sum / budget.limits().ratio > packed
}

/// What came out of a compressed stream.
#[derive(Debug)]
pub(super) struct Inflated {
    /// The bytes, up to where a bound or damage ended them.
    pub(super) bytes: Vec<u8>,
    /// Why they end early.
    pub(super) fault: Option<Fault>,
}

/// Reads a decompressor to its end or to a bound. `packed` is the size of what goes in.
pub(super) fn inflate(source: &mut dyn Read, packed: u64, budget: &Budget) -> Inflated {
    let mut bytes = Vec::new();
    let mut step = vec![0; STEP];
    let fault = loop {
        let read = match source.read(&mut step) {
            Ok(0) => break None,
            Ok(read) => read,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => break Some(Fault::extract(Code::Truncated)),
            Err(_) => break Some(Fault::extract(Code::Damaged)),
        };
        let sum = bytes.len() as u64 + read as u64;
        if is_bomb(sum, packed, budget) {
            break Some(Fault::extract(Code::TooCompressed));
        }
        if sum > budget.limits().member_bytes {
            break Some(Fault::extract(Code::TooLarge));
        }
        if let Err(fault) = budget.expand(read as u64).and_then(|()| budget.check()) {
            break Some(fault);
        }
        bytes.extend_from_slice(step.get(..read).unwrap_or_default());
    };
    Inflated { bytes, fault }
}

/// Reads a decompressor to its end or to a bound, keeping nothing: whether a part that foreign code will read whole is
/// a bomb.
///
/// # Errors
/// The bound that it breaks.
pub(super) fn measure(source: &mut dyn Read, packed: u64, budget: &Budget) -> Result<u64, Fault> {
    let mut step = vec![0; STEP];
    let mut sum = 0;
    while let Ok(read @ 1..) = source.read(&mut step) {
        sum += read as u64;
        budget.check()?;
        if is_bomb(sum, packed, budget) {
            return Err(Fault::extract(Code::TooCompressed));
        }
        if sum > budget.limits().member_bytes {
            return Err(Fault::extract(Code::TooLarge));
        }
    }
    Ok(sum)
}
