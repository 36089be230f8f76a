//! Decompression within bounds: bytes of one member, of the whole item, and the ratio that tells a bomb.

use crate::limits::Budget;
use crate::model::{Code, Fault};
use std::io::{self, ErrorKind, Read};

/// Bytes that may be expanded before the ratio is looked at.
const FREE: u64 = 10 << 20;
const STEP: usize = 64 << 10;

/// Whether so many bytes out of so few are a bomb's.
fn is_bomb(sum: u64, packed: u64, budget: &Budget) -> bool {
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
    let most = budget.limits().member_bytes;
    let end = pour(source, packed, most, budget, &mut |step| {
        bytes.extend_from_slice(step);
        Ok(())
    });
    Inflated { bytes, fault: end.err() }
}

/// Gives what a decompressor makes to `each`, step by step, to its end or to a bound: `most` bytes in all, those of the
/// item, and the ratio to the size of what goes in.
///
/// # Errors
/// The bound that it breaks, damage, an end too early, or what `each` ends with.
pub(super) fn pour(
    source: &mut dyn Read,
    packed: u64,
    most: u64,
    budget: &Budget,
    each: &mut dyn FnMut(&[u8]) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let (mut step, mut sum) = (vec![0; STEP], 0);
    loop {
        let read = match source.read(&mut step) {
            Ok(0) => return Ok(()),
            Ok(read) => read,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(fault_of(&error)),
        };
        sum += read as u64;
        if is_bomb(sum, packed, budget) {
            return Err(Fault::extract(Code::TooCompressed));
        }
        if sum > most {
            return Err(Fault::extract(Code::TooLarge));
        }
        budget.expand(read as u64)?;
        budget.check()?;
        each(step.get(..read).unwrap_or_default())?;
    }
}

/// What an error of a decompressor says of its source.
pub(super) fn fault_of(error: &io::Error) -> Fault {
    Fault::extract(if error.kind() == ErrorKind::UnexpectedEof { Code::Truncated } else { Code::Damaged })
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
