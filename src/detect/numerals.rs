//! Digits in text: a fast way to the next one, and runs of them. ASCII digits, full-width ones, and the two Arabic sets.

/// Bytes looked at together when no digit is near; the compiler turns the test into vector instructions.
const BLOCK: usize = 32;

/// A run of digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// How many digits.
    pub count: usize,
    /// Its value; meaningless beyond 18 digits.
    pub value: u64,
}

/// The digit at a place and its length in bytes.
pub fn digit_at(bytes: &[u8], at: usize) -> Option<(u8, usize)> {
    let first = *bytes.get(at)?;
    match first {
        b'0'..=b'9' => Some((first - b'0', 1)),
        0xd9 => bytes.get(at + 1).filter(|next| (0xa0..=0xa9).contains(*next)).map(|next| (next - 0xa0, 2)),
        0xdb => bytes.get(at + 1).filter(|next| (0xb0..=0xb9).contains(*next)).map(|next| (next - 0xb0, 2)),
        0xef => match (bytes.get(at + 1), bytes.get(at + 2)) {
            (Some(0xbc), Some(last @ 0x90..=0x99)) => Some((last - 0x90, 3)),
            _ => None,
        },
        _ => None,
    }
}

fn may_begin(byte: u8) -> bool {
    byte.wrapping_sub(b'0') < 10 || byte == 0xd9 || byte == 0xdb || byte == 0xef
}

/// The run of digits that begins at the next digit from a place on.
pub fn next_run(bytes: &[u8], from: usize) -> Option<Run> {
    let mut at = from;
    loop {
        while let Some(block) = bytes.get(at..at + BLOCK) {
            if block.iter().fold(false, |any, byte| any | may_begin(*byte)) {
                break;
            }
            at += BLOCK;
        }
        let rest = bytes.get(at..)?;
        at += rest.iter().position(|byte| may_begin(*byte))?;
        if let Some(run) = run_at(bytes, at) {
            return Some(run);
        }
        at += 1;
    }
}

/// The run of digits that begins exactly here.
pub fn run_at(bytes: &[u8], start: usize) -> Option<Run> {
    let (first, length) = digit_at(bytes, start)?;
    let mut run = Run { start, end: start + length, count: 1, value: u64::from(first) };
    while let Some((digit, length)) = digit_at(bytes, run.end) {
        run.end += length;
        run.count += 1;
        run.value = run.value.wrapping_mul(10).wrapping_add(u64::from(digit));
    }
    Some(run)
}

/// Whether a digit ends just before this place.
pub fn is_digit_before(bytes: &[u8], at: usize) -> bool {
    (1..=3).any(|length| {
        at.checked_sub(length).and_then(|start| digit_at(bytes, start)).is_some_and(|(_, used)| used == length)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_found_in_every_script() {
        let text = "a 12, ٣٤ ۵۶ ７８ and after more than thirty-two letters 90";
        let mut at = 0;
        let mut values = Vec::new();
        while let Some(run) = next_run(text.as_bytes(), at) {
            values.push(run.value);
            at = run.end;
        }
        assert_eq!(values, [12, 34, 56, 78, 90]);
    }
}
