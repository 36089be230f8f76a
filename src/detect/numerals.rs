//! Digits in text: runs of them. ASCII digits, full-width ones, and the two Arabic sets.

use crate::rules::words::{Form, Word};

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

/// Every run of digits of a text, in order, in place of what the list held: all detectors of numbers read this one.
pub fn read_runs(bytes: &[u8], words: &[Word], runs: &mut Vec<Run>) {
    runs.clear();
    // A digit is part of a word, and words know whether they hold one.
    for word in words.iter().filter(|word| word.form == Form::Number) {
        let mut at = word.start;
        while at < word.end {
            match run_at(bytes, at) {
                Some(run) => {
                    at = run.end;
                    runs.push(run);
                }
                None => at += 1,
            }
        }
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
    use crate::rules::words::read_words;

    #[test]
    fn runs_are_found_in_every_script() {
        let text = "a 12, ٣٤ ۵۶ ７８ and x90y1";
        let (mut words, mut runs) = (Vec::new(), Vec::new());
        read_words(text, 0, &mut words);
        read_runs(text.as_bytes(), &words, &mut runs);
        assert_eq!(runs.iter().map(|run| run.value).collect::<Vec<_>>(), [12, 34, 56, 78, 90, 1]);
    }
}
