//! Bytes and characters of RTF on their way to the lines of their group's target.

use super::Stripper;
use super::destination::Target;
use crate::model::Fault;

impl Stripper<'_> {
    pub(super) fn byte(&mut self, byte: u8) -> Result<(), Fault> {
        self.is_new_group = false;
        if self.to_skip > 0 {
            self.to_skip -= 1;
            return Ok(());
        }
        if self.deeper > 0 {
            return Ok(());
        }
        if self.group().target == Target::Picture {
            self.picture.push(byte);
            return Ok(());
        }
        self.pending.push(byte);
        if self.pending.len() >= 4096 { self.flush_bytes() } else { Ok(()) }
    }

    pub(super) fn flush_bytes(&mut self) -> Result<(), Fault> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let bytes = std::mem::take(&mut self.pending);
        let text = if bytes.is_ascii() {
            String::from_utf8_lossy(&bytes).into_owned()
        } else {
            self.group().charset.unwrap_or(self.page).decode(&bytes)
        };
        self.push(&text)
    }

    pub(super) fn unicode(&mut self, unit: u16) -> Result<(), Fault> {
        self.flush_bytes()?;
        self.to_skip = self.group().skip;
        match (self.high.take(), unit) {
            (_, 0xd800..=0xdbff) => {
                self.high = Some(unit);
                Ok(())
            }
            (Some(high), 0xdc00..=0xdfff) => {
                let c =
                    char::decode_utf16([high, unit]).next().and_then(Result::ok).unwrap_or(char::REPLACEMENT_CHARACTER);
                self.push(c.encode_utf8(&mut [0; 4]))
            }
            // Symbol fonts are mapped to F020-F0FF.
            (_, 0xf020..=0xf0ff) => self.push(" "),
            (_, unit) => {
                let c = char::from_u32(u32::from(unit)).unwrap_or(char::REPLACEMENT_CHARACTER);
                self.push(c.encode_utf8(&mut [0; 4]))
            }
        }
    }

    pub(super) fn character(&mut self, c: char) -> Result<(), Fault> {
        self.flush_bytes()?;
        self.push(c.encode_utf8(&mut [0; 4]))
    }

    pub(super) fn push(&mut self, text: &str) -> Result<(), Fault> {
        let (group, budget) = (self.group(), self.reading.budget);
        if self.deeper > 0 {
            return Ok(());
        }
        match group.target {
            Target::Text if group.is_hidden => self.hidden.push(text, budget),
            Target::Text => self.seen.push(text, budget),
            Target::Margin => self.margin.push(text, budget),
            Target::Note => self.notes.push(text, budget),
            Target::Property(..) => {
                if self.property.len() < 64 << 10 {
                    self.property.push_str(text);
                }
                Ok(())
            }
            Target::Instruction => {
                if self.instruction.len() < 64 << 10 {
                    self.instruction.push_str(text);
                }
                Ok(())
            }
            Target::Picture | Target::Nothing => Ok(()),
        }
    }

    pub(super) fn line(&mut self) -> Result<(), Fault> {
        self.flush_bytes()?;
        match self.group().target {
            Target::Text => self.seen.end_line(),
            Target::Margin => self.margin.fresh_line(),
            Target::Note => self.notes.fresh_line(),
            _ => {}
        }
        Ok(())
    }
}
