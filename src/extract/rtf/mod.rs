//! RTF (specification 1.9.1) stripped to its text: paragraphs as lines, table cells parted by tabs, the information
//! group as properties, embedded pictures as members.

mod destination;
mod text;

use super::Reading;
use super::archive::hand_over;
use super::passages::Lines;
use super::properties;
use crate::model::{Code, Fault, Origin, Part, Shape, Sink};
use crate::sniff::Charset;
use destination::{Target, charset_of};

/// Groups within groups that are followed; deeper ones are skipped.
const DEPTH: usize = 256;

#[derive(Debug, Clone, Copy)]
struct Group {
    target: Target,
    /// Characters that stand for one `\u` (`\ucN`).
    skip: u16,
    charset: Option<Charset>,
    is_hidden: bool,
}

/// Reads RTF.
///
/// # Errors
/// Time that is over, too much text; what was read before stays.
pub(super) fn read(reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    read_bytes(reading.content.whole()?, reading, sink)
}

/// Reads RTF that is in memory already, such as a message's body.
///
/// # Errors
/// As [`read`].
pub(super) fn read_bytes(bytes: &[u8], reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    let mut text = Stripper::new(reading);
    let end = text.run(bytes, sink);
    text.finish(sink);
    end
}

struct Stripper<'r> {
    reading: &'r Reading<'r>,
    groups: Vec<Group>,
    /// Open groups beyond the depth that is followed.
    deeper: u64,
    seen: Lines,
    margin: Lines,
    notes: Lines,
    hidden: Lines,
    instruction: String,
    property: String,
    picture: Vec<u8>,
    picture_kind: &'static str,
    /// Bytes of the page's own encoding that are not decoded yet.
    pending: Vec<u8>,
    fonts: std::collections::BTreeMap<i32, Charset>,
    font: i32,
    in_fonts: bool,
    page: Charset,
    to_skip: u16,
    high: Option<u16>,
    is_new_group: bool,
    is_ignorable: bool,
    pictures: u32,
}

impl<'r> Stripper<'r> {
    fn new(reading: &'r Reading<'r>) -> Self {
        Self {
            reading,
            groups: vec![Group { target: Target::Text, skip: 1, charset: None, is_hidden: false }],
            deeper: 0,
            seen: Lines::default(),
            margin: Lines::default(),
            notes: Lines::default(),
            hidden: Lines::default(),
            instruction: String::new(),
            property: String::new(),
            picture: Vec::new(),
            picture_kind: "bin",
            pending: Vec::new(),
            fonts: std::collections::BTreeMap::new(),
            font: 0,
            in_fonts: false,
            page: Charset::by_code_page(1252).unwrap_or(Charset::UTF8),
            to_skip: 0,
            high: None,
            is_new_group: false,
            is_ignorable: false,
            pictures: 0,
        }
    }

    fn group(&self) -> Group {
        self.groups.last().copied().unwrap_or(Group {
            target: Target::Nothing,
            skip: 1,
            charset: None,
            is_hidden: false,
        })
    }

    fn set(&mut self, change: impl FnOnce(&mut Group)) {
        if let Some(group) = self.groups.last_mut().filter(|_| self.deeper == 0) {
            change(group);
        }
    }

    fn run(&mut self, bytes: &[u8], sink: &mut dyn Sink) -> Result<(), Fault> {
        let mut rest = bytes;
        while let Some((byte, tail)) = rest.split_first() {
            self.reading.budget.check()?;
            rest = tail;
            match byte {
                b'{' => self.open()?,
                b'}' => self.close(sink)?,
                b'\\' => rest = self.control(tail, sink)?,
                b'\r' | b'\n' | 0 => {}
                b'\t' => self.character('\t')?,
                byte => self.byte(*byte)?,
            }
        }
        self.flush_bytes()
    }

    fn open(&mut self) -> Result<(), Fault> {
        self.flush_bytes()?;
        self.to_skip = 0;
        self.is_new_group = true;
        self.is_ignorable = false;
        if self.groups.len() >= DEPTH {
            self.deeper += 1;
        } else {
            self.groups.push(self.group());
        }
        Ok(())
    }

    fn close(&mut self, sink: &mut dyn Sink) -> Result<(), Fault> {
        self.flush_bytes()?;
        self.is_new_group = false;
        if self.deeper > 0 {
            self.deeper -= 1;
            return Ok(());
        }
        if self.groups.len() <= 1 {
            return Ok(());
        }
        let Some(group) = self.groups.pop() else { return Ok(()) };
        let outer = self.group().target;
        if group.target == outer {
            return Ok(());
        }
        match group.target {
            Target::Property(key, meaning) => {
                let value = std::mem::take(&mut self.property);
                properties::put(key, meaning, &value, sink);
            }
            Target::Picture => self.end_picture(sink)?,
            Target::Instruction => self.end_instruction()?,
            Target::Margin => self.margin.fresh_line(),
            Target::Note => self.notes.fresh_line(),
            _ => {}
        }
        self.in_fonts = false;
        Ok(())
    }

    /// Reads a control word or symbol and answers with what follows it.
    fn control<'b>(&mut self, tail: &'b [u8], sink: &mut dyn Sink) -> Result<&'b [u8], Fault> {
        let letters = tail.iter().take(32).take_while(|byte| byte.is_ascii_alphabetic()).count();
        let Some((word, rest)) = tail.split_at_checked(letters) else { return Ok(&[]) };
        if word.is_empty() {
            return self.symbol(rest);
        }
        let sign = usize::from(rest.first() == Some(&b'-'));
        let digits = rest.iter().skip(sign).take(10).take_while(|byte| byte.is_ascii_digit()).count();
        let (number, rest) =
            if digits > 0 { rest.split_at_checked(sign + digits).unwrap_or((&[], rest)) } else { (&[][..], rest) };
        let value: Option<i32> = std::str::from_utf8(number).ok().and_then(|text| text.parse().ok());
        let rest = rest.strip_prefix(b" ").unwrap_or(rest);
        if word == b"bin" {
            // Raw bytes follow: they are the picture's, or nobody's.
            let count = usize::try_from(value.unwrap_or(0)).unwrap_or(0).min(rest.len());
            let (raw, rest) = rest.split_at_checked(count).unwrap_or((rest, &[]));
            if self.group().target == Target::Picture && self.deeper == 0 {
                self.picture.extend_from_slice(raw);
            }
            return Ok(rest);
        }
        self.word(word, value, sink)?;
        self.is_new_group = false;
        Ok(rest)
    }

    fn symbol<'b>(&mut self, rest: &'b [u8]) -> Result<&'b [u8], Fault> {
        let Some((symbol, after)) = rest.split_first() else { return Ok(&[]) };
        match symbol {
            b'\'' => {
                let hex = after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
                if let Some(byte) = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
                    self.byte(byte)?;
                    return Ok(after.get(2..).unwrap_or_default());
                }
            }
            b'*' => self.is_ignorable = true,
            b'~' => self.character(' ')?,
            b'_' => self.character('-')?,
            b'\\' | b'{' | b'}' => self.byte(*symbol)?,
            b'\r' | b'\n' => self.line()?,
            b'\t' => self.character('\t')?,
            _ => {}
        }
        Ok(after)
    }

    fn word(&mut self, word: &[u8], value: Option<i32>, sink: &mut dyn Sink) -> Result<(), Fault> {
        if word == b"u" {
            return self.unicode(value.unwrap_or(0) as u16);
        }
        self.flush_bytes()?;
        if self.destination(word) {
            return Ok(());
        }
        match word {
            b"par" | b"line" | b"sect" | b"page" | b"row" => self.line()?,
            b"tab" => self.character('\t')?,
            b"cell" | b"nestcell" => {
                self.seen.trim_end();
                self.character('\t')?;
            }
            b"emdash" => self.character('\u{2014}')?,
            b"endash" => self.character('\u{2013}')?,
            b"lquote" | b"rquote" => self.character('\'')?,
            b"ldblquote" | b"rdblquote" => self.character('"')?,
            b"bullet" => self.character('\u{2022}')?,
            b"emspace" | b"enspace" | b"qmspace" => self.character(' ')?,
            b"uc" => self.set(|group| group.skip = value.unwrap_or(1).clamp(0, 16) as u16),
            b"v" => self.set(|group| group.is_hidden = value != Some(0)),
            b"plain" => self.set(|group| group.is_hidden = false),
            b"ansicpg" => self.page = Charset::by_code_page(value.unwrap_or(1252) as u32).unwrap_or(self.page),
            b"mac" => self.page = Charset::by_code_page(10000).unwrap_or(self.page),
            b"f" | b"deff" if self.in_fonts || word == b"deff" => self.font = value.unwrap_or(0),
            b"f" => {
                let charset = self.fonts.get(&value.unwrap_or(0)).copied();
                self.set(|group| group.charset = charset);
            }
            b"fcharset" if self.in_fonts => {
                if let Some(charset) = charset_of(value.unwrap_or(0)) {
                    self.fonts.insert(self.font, charset);
                }
            }
            b"pngblip" => self.picture_kind = "png",
            b"jpegblip" => self.picture_kind = "jpg",
            b"emfblip" | b"wmetafile" | b"macpict" | b"dibitmap" | b"wbitmap" => self.picture_kind = "",
            b"nofpages" => {
                if let Some(pages) = value.and_then(|pages| u32::try_from(pages).ok()) {
                    sink.facts().document_mut().pages = pages;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Whether the word begins a destination, so that the group's text goes there.
    fn destination(&mut self, word: &[u8]) -> bool {
        if matches!(word, b"shppict" | b"fldrslt" | b"shptxt" | b"shpinst" | b"shp" | b"shprslt") {
            self.is_ignorable = false;
            return true;
        }
        self.in_fonts |= word == b"fonttbl";
        let target = match Target::of(word) {
            Some(target) => target,
            None if self.is_ignorable && self.is_new_group => Target::Nothing,
            None => return false,
        };
        self.is_ignorable = false;
        self.set(|group| group.target = target);
        true
    }

    /// A link's address, where the words shown are others.
    fn end_instruction(&mut self) -> Result<(), Fault> {
        let instruction = std::mem::take(&mut self.instruction);
        let address =
            instruction.split('"').find_map(|part| part.strip_prefix("mailto:").or_else(|| part.strip_prefix("tel:")));
        if let Some(address) = address {
            self.hidden.push(address, self.reading.budget)?;
            self.hidden.fresh_line();
        }
        Ok(())
    }

    fn end_picture(&mut self, sink: &mut dyn Sink) -> Result<(), Fault> {
        let raw = std::mem::take(&mut self.picture);
        let kind = std::mem::replace(&mut self.picture_kind, "bin");
        self.pictures += 1;
        sink.facts().document_mut().pictures += 1;
        if kind.is_empty() || raw.is_empty() || u64::from(self.pictures) > self.reading.budget.limits().pictures {
            return Ok(());
        }
        let hex: Vec<u8> = raw.iter().copied().filter(u8::is_ascii_hexdigit).collect();
        let even = hex.get(..hex.len() & !1).unwrap_or_default();
        let is_hex = hex.len() * 10 > raw.len() * 9;
        let bytes = if is_hex { data_encoding::HEXLOWER_PERMISSIVE.decode(even).unwrap_or_default() } else { raw };
        self.reading.budget.expand(bytes.len() as u64)?;
        let name = format!("picture-{}.{kind}", self.pictures);
        hand_over(name.as_bytes(), bytes, None, self.reading, sink)
    }

    fn finish(&mut self, sink: &mut dyn Sink) {
        if self.groups.len() > 1 || self.deeper > 0 {
            sink.fault(Fault::extract(Code::Truncated));
        }
        let key = |key: &str| Some(key.to_owned());
        self.margin.put(Origin { part: Part::Text, page: None, key: key("header") }, Shape::Layout, sink);
        self.seen.put(Origin::of(Part::Text), Shape::Layout, sink);
        self.notes.put(Origin::of(Part::Annotation), Shape::Layout, sink);
        self.hidden.put(Origin::of(Part::Hidden), Shape::Layout, sink);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::desk::Desk;
    use crate::model::Media;
    use proptest::prelude::*;

    const SAMPLE: &str = r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset204 Arial;}}{\info{\author Dr Example}}
{\header Clinic\par}Patient: Zo\'e9 \u321 ?ukasz\par {\f1\'cf\'e0}\par
\trowd Name\cell Ada\cell\row{\*\unknown secret}{\v hidden}{\pict\pngblip 89504e47}end\par}";

    #[test]
    fn text_tables_and_properties_are_read() {
        let desk = Desk::read(Media::Rtf, SAMPLE.as_bytes().to_vec());
        let texts: Vec<(Part, &str)> =
            desk.passages.iter().map(|(origin, _, text)| (origin.part, text.as_str())).collect();
        assert_eq!(
            texts,
            [
                (Part::Text, "Clinic\n"),
                (Part::Text, "Patient: Zo\u{e9} \u{141}ukasz\n\u{41f}\u{430}\nName\tAda\nend\n"),
                (Part::Hidden, "hidden")
            ]
        );
        assert_eq!(
            (desk.fields[0].2.as_str(), desk.members[0].bytes.as_slice()),
            ("Dr Example", b"\x89PNG".as_slice())
        );
    }

    #[test]
    fn deep_groups_and_lying_lengths_are_bounded() {
        let desk = Desk::read(Media::Rtf, [b"{\\rtf1 Ada ".to_vec(), b"{".repeat(1_000_000)].concat());
        assert_eq!((desk.text().trim(), desk.faults), ("Ada", vec![Fault::extract(Code::Truncated)]));
        let desk = Desk::read(Media::Rtf, b"{\\rtf1 Ada{\\pict\\bin2147483647 xx}".to_vec());
        assert_eq!(desk.text().trim(), "Ada");
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in r"[{}\\'a-fru0-9* \n-]{0,200}") {
            let _ = Desk::read(Media::Rtf, text.into_bytes());
        }
    }
}
