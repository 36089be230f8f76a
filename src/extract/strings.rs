//! Runs of printable characters in bytes of unknown or damaged formats, as `strings` finds them: UTF-8 and UTF-16.

use super::Reading;
use super::passages::put;
use crate::limits::Budget;
use crate::model::{Code, Fault, Origin, Part, Shape, Sink};

/// Shorter runs are chance.
const RUN: usize = 6;
/// Bytes that are looked at: what is unknown is not worth more.
const BYTES: u64 = 64 << 20;
/// Text that is kept.
const TEXT: usize = 4 << 20;
const WINDOW: usize = 1 << 20;

/// Reads what is printable in an item of unknown format; notes that its format was not read.
///
/// # Errors
/// Time that is over, or a device error; what was read before stays.
pub(super) fn read(reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    sink.fault(Fault::extract(Code::Unsupported));
    let size = reading.content.size().min(BYTES);
    let mut window = vec![0; WINDOW.min(size as usize)];
    let (mut offset, mut text) = (0, String::new());
    while offset < size && text.len() < TEXT {
        let read = reading.content.read_at(&mut window, offset)?;
        if read == 0 {
            break;
        }
        find(window.get(..read).unwrap_or_default(), reading.budget, &mut text)?;
        offset += read as u64;
    }
    if reading.content.size() > BYTES || text.len() >= TEXT {
        sink.fault(Fault::extract(Code::TooMuchText));
    }
    put(sink, Origin::of(Part::Text), Shape::Flow, text);
    Ok(())
}

/// Appends the runs in these bytes, one a line.
///
/// # Errors
/// Time that is over.
pub(super) fn find(bytes: &[u8], budget: &Budget, text: &mut String) -> Result<(), Fault> {
    narrow(bytes, budget, text)?;
    wide(bytes, budget, text)
}

fn is_printable(c: char) -> bool {
    c == '\t' || !(c.is_control() || c == '\u{fffd}' || matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{fff0}'..='\u{ffff}'))
}

/// Words, not noise: mostly letters, digits, spaces and everyday punctuation.
fn push_run(run: &str, text: &mut String) {
    let count = run.chars().count();
    let plain = run
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '@' | '.' | ',' | '-' | '_' | ':' | '/' | '+' | '\t'))
        .count();
    let letters = run.chars().filter(|c| c.is_alphanumeric()).count();
    if count >= RUN && plain * 10 >= count * 8 && letters * 2 >= count && text.len() < TEXT {
        text.push_str(run.trim());
        text.push('\n');
    }
}

fn narrow(bytes: &[u8], budget: &Budget, text: &mut String) -> Result<(), Fault> {
    for chunk in bytes.utf8_chunks() {
        budget.check()?;
        for run in chunk.valid().split(|c| !is_printable(c)) {
            push_run(run, text);
        }
    }
    Ok(())
}

/// UTF-16, little endian, at even and odd offsets: Latin, Greek, Cyrillic and the like, whose high byte is small.
fn wide(bytes: &[u8], budget: &Budget, text: &mut String) -> Result<(), Fault> {
    for skip in [0, 1] {
        let mut run = String::new();
        for (index, unit) in bytes.get(skip..).unwrap_or_default().as_chunks::<2>().0.iter().enumerate() {
            if index % 4096 == 0 {
                budget.check_now()?;
            }
            let code = u16::from_le_bytes(*unit);
            match char::from_u32(u32::from(code)).filter(|c| code < 0x0600 && is_printable(*c)) {
                Some(c) => run.push(c),
                None => {
                    if !run.is_empty() {
                        push_run(&run, text);
                        run.clear();
                    }
                }
            }
        }
        push_run(&run, text);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::desk::Desk;
    use crate::model::Media;

    #[test]
    fn printable_runs_are_found_in_both_widths() {
        let wide: Vec<u8> = "Müller, Zoé".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let bytes = [b"\x00\x01Ada Example\x00\x02ab\xff".as_slice(), &wide, b"\x00\x00\x07"].concat();
        let desk = Desk::read(Media::Unknown, bytes);
        assert_eq!(desk.text(), "Ada Example\nMüller, Zoé\n");
        assert_eq!(desk.faults, [Fault::extract(Code::Unsupported)]);
    }
}
