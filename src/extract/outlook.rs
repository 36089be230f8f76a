//! Outlook messages (MS-OXMSG): properties as a header record, bodies, recipients, contacts, attachments as members,
//! attached messages in place.

use super::Reading;
use super::archive::hand_over;
use super::ole::{Storage, filetime_day, long, short, utf16};
use super::passages::{Records, put};
use super::{html, text};
use crate::model::{Code, Fault, Origin, Part, Sink, date_of};
use crate::sniff::{self, Charset};
use std::path::{Path, PathBuf};

/// Messages attached to messages that are followed.
const NESTED: u32 = 4;

/// Properties that say who and what (MS-OXPROPS), in the order they are shown.
const PROPERTIES: [(u16, &str); 34] = [
    (0x0c1a, "from"),
    (0x0c1f, "from"),
    (0x5d01, "from"),
    (0x0042, "sender"),
    (0x0065, "sender"),
    (0x5d02, "sender"),
    (0x0e04, "to"),
    (0x0e03, "cc"),
    (0x0e02, "bcc"),
    (0x0037, "subject"),
    (0x0070, "thread-topic"),
    (0x3001, "display name"),
    (0x3a06, "given name"),
    (0x3a11, "surname"),
    (0x3a45, "title"),
    (0x3a17, "job title"),
    (0x3a16, "company"),
    (0x3a18, "department"),
    (0x3a08, "business phone"),
    (0x3a09, "home phone"),
    (0x3a1c, "mobile phone"),
    (0x3a1a, "primary phone"),
    (0x3a24, "business fax"),
    (0x3a15, "postal address"),
    (0x3a29, "street"),
    (0x3a2a, "postal code"),
    (0x3a27, "city"),
    (0x3a28, "state"),
    (0x3a26, "country"),
    (0x3a5d, "home street"),
    (0x3a5b, "home postal code"),
    (0x3a59, "home city"),
    (0x3a4d, "gender"),
    (0x3a4f, "nickname"),
];

/// Reads an Outlook message.
///
/// # Errors
/// [`Code::Unreadable`], the bounds; what was read before stays.
pub(super) fn read(reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    let mut storage = match Storage::open(reading) {
        Ok(storage) => storage,
        Err(fault) => {
            super::strings::read(reading, sink)?;
            return Err(fault);
        }
    };
    message(&mut storage, Path::new("/"), 0, reading, sink)
}

/// A message's streams by property.
struct Properties<'s, 'r> {
    storage: &'s mut Storage<'r>,
    base: PathBuf,
    charset: Charset,
    /// Values of fixed length: tag and eight bytes.
    fixed: Vec<(u32, [u8; 8])>,
}

impl<'s, 'r> Properties<'s, 'r> {
    fn open(storage: &'s mut Storage<'r>, base: &Path, header: usize) -> Self {
        let bytes = storage.stream(base.join("__properties_version1.0")).unwrap_or_default();
        let fixed: Vec<(u32, [u8; 8])> = bytes
            .get(header..)
            .unwrap_or_default()
            .as_chunks::<16>()
            .0
            .iter()
            .filter_map(|entry| Some((long(entry, 0)?, *entry.get(8..)?.first_chunk::<8>()?)))
            .collect();
        let mut properties = Self {
            storage,
            base: base.to_path_buf(),
            charset: Charset::by_code_page(1252).unwrap_or(Charset::UTF8),
            fixed,
        };
        let page = properties.number(0x3fde).or_else(|| properties.number(0x3ffd));
        properties.charset = page.and_then(Charset::by_code_page).unwrap_or(properties.charset);
        properties
    }

    fn fixed(&self, id: u16, kind: u16) -> Option<[u8; 8]> {
        let tag = u32::from(id) << 16 | u32::from(kind);
        self.fixed.iter().find(|(known, _)| *known == tag).map(|(_, value)| *value)
    }

    fn number(&self, id: u16) -> Option<u32> {
        self.fixed(id, 3).and_then(|value| long(&value, 0))
    }

    fn moment(&self, id: u16) -> Option<u64> {
        self.fixed(id, 0x40).map(u64::from_le_bytes)
    }

    fn bytes(&mut self, id: u16, kind: u16) -> Option<Vec<u8>> {
        self.storage.stream(self.base.join(format!("__substg1.0_{id:04X}{kind:04X}")))
    }

    fn text(&mut self, id: u16) -> Option<String> {
        let text = if let Some(bytes) = self.bytes(id, 0x1f) {
            utf16(&bytes)
        } else {
            let bytes = self.bytes(id, 0x1e)?;
            if bytes.is_ascii() { String::from_utf8_lossy(&bytes).into_owned() } else { self.charset.decode(&bytes) }
        };
        Some(text.trim_end_matches('\0').to_owned()).filter(|text| !text.trim().is_empty())
    }
}

fn message(
    storage: &mut Storage<'_>,
    base: &Path,
    depth: u32,
    reading: &Reading<'_>,
    sink: &mut dyn Sink,
) -> Result<(), Fault> {
    reading.budget.check_now()?;
    // The header of the property stream is shorter in attached messages (MS-OXMSG 2.4.1).
    let header = if depth == 0 { 32 } else { 24 };
    let children = storage.paths(base, false);
    let child = |prefix: &str| -> Vec<PathBuf> {
        children
            .iter()
            .filter(|path| {
                path.parent() == Some(base)
                    && path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(prefix))
            })
            .cloned()
            .collect()
    };
    let mut records = Records::new(Origin::of(Part::Header));
    for recipient in child("__recip_version1.0_").iter().take(5000) {
        recipient_pair(&mut Properties::open(storage, recipient, 8), &mut records, sink);
    }
    let mut properties = Properties::open(storage, base, header);
    for (id, key) in PROPERTIES {
        if let Some(value) = properties.text(id) {
            records.pair(key, &value, sink);
        }
    }
    if let Some(day) = properties.moment(0x3a42).and_then(filetime_day).and_then(date_of) {
        records.pair("birthday", &day.to_string(), sink);
    }
    let sent = properties.moment(0x0039).or_else(|| properties.moment(0x0e06)).and_then(filetime_day);
    if let Some(day) = sent.and_then(date_of) {
        records.pair("date", &day.to_string(), sink);
    }
    records.finish(sink);
    let facts = sink.facts();
    facts.created_day = facts.created_day.or(sent);
    body(&mut properties, reading, sink)?;
    for attachment in child("__attach_version1.0_").iter().take(1000) {
        attached(storage, attachment, depth, reading, sink)?;
    }
    Ok(())
}

fn recipient_pair(properties: &mut Properties<'_, '_>, records: &mut Records, sink: &mut dyn Sink) {
    let name = properties.text(0x3001);
    let address = properties.text(0x39fe).or_else(|| properties.text(0x3003).filter(|address| address.contains('@')));
    let key = match properties.number(0x0c15) {
        Some(2) => "cc",
        Some(3) => "bcc",
        _ => "to",
    };
    match (name, address) {
        (Some(name), Some(address)) if name != address => records.pair(key, &format!("{name} <{address}>"), sink),
        (name, address) => records.pair(key, &address.or(name).unwrap_or_default(), sink),
    }
}

fn body(properties: &mut Properties<'_, '_>, reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    let origin = Origin::of(Part::Text);
    if let Some(plain) = properties.text(0x1000) {
        put(sink, origin, text::shape_of(&plain), plain);
        return Ok(());
    }
    if let Some(page) = properties.bytes(0x1013, 0x0102) {
        let charset = sniff::charset(&page).unwrap_or(properties.charset);
        return html::read_str(&charset.decode(&page), reading.budget, &origin, sink);
    }
    if let Some(page) = properties.text(0x1013) {
        return html::read_str(&page, reading.budget, &origin, sink);
    }
    if let Some(packed) = properties.bytes(0x1009, 0x0102)
        && let Some(rtf) = unpack(&packed, reading)?
    {
        // The text stands in the message itself, not in a file of its own: read it in place.
        return super::rtf::read_bytes(&rtf, reading, sink);
    }
    Ok(())
}

fn attached(
    storage: &mut Storage<'_>,
    base: &Path,
    depth: u32,
    reading: &Reading<'_>,
    sink: &mut dyn Sink,
) -> Result<(), Fault> {
    let mut properties = Properties::open(storage, base, 8);
    let name = [0x3707, 0x3704, 0x3001]
        .into_iter()
        .find_map(|id| properties.text(id))
        .unwrap_or_else(|| "attachment".to_owned());
    if let Some(bytes) = properties.bytes(0x3701, 0x0102).filter(|bytes| !bytes.is_empty()) {
        reading.budget.expand(bytes.len() as u64)?;
        return hand_over(name.as_bytes(), bytes, None, reading, sink);
    }
    let inner = base.join("__substg1.0_3701000D");
    if storage.paths(&inner, true).is_empty() {
        return Ok(());
    }
    if depth >= NESTED {
        sink.fault(Fault::extract(Code::TooDeep));
        return Ok(());
    }
    message(storage, &inner, depth + 1, reading, sink)
}

/// What the compressed body's dictionary holds at first (MS-OXRTFCP 2.1.3.1.4).
const DICTIONARY: &[u8] = b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";

/// Decompresses an RTF body (MS-OXRTFCP 2.2): 4 KiB window, eight items a control byte.
fn unpack(packed: &[u8], reading: &Reading<'_>) -> Result<Option<Vec<u8>>, Fault> {
    let (Some(kind), Some(mut rest)) = (long(packed, 8), packed.get(16..)) else { return Ok(None) };
    if kind == 0x414c_454d {
        return Ok(Some(rest.to_vec()));
    }
    let mut window = [b' '; 4096];
    for (slot, byte) in window.iter_mut().zip(DICTIONARY) {
        *slot = *byte;
    }
    let (mut at, mut out) = (DICTIONARY.len(), Vec::new());
    while let Some((control, tail)) = rest.split_first() {
        reading.budget.check()?;
        rest = tail;
        for bit in 0..8 {
            if control >> bit & 1 == 0 {
                let Some((byte, tail)) = rest.split_first() else { return Ok(Some(out)) };
                if let Some(slot) = window.get_mut(at) {
                    *slot = *byte;
                }
                at = (at + 1) % 4096;
                out.push(*byte);
                rest = tail;
                continue;
            }
            let Some(item) = short(rest, 0).map(u16::swap_bytes) else { return Ok(Some(out)) };
            rest = rest.get(2..).unwrap_or_default();
            let (offset, length) = (usize::from(item >> 4), usize::from(item & 15) + 2);
            if offset == at {
                return Ok(Some(out));
            }
            for step in 0..length {
                let byte = window.get((offset + step) % 4096).copied().unwrap_or(b' ');
                if let Some(slot) = window.get_mut(at) {
                    *slot = byte;
                }
                at = (at + 1) % 4096;
                out.push(byte);
            }
        }
    }
    Ok(Some(out))
}

#[cfg(test)]
mod tests {

    use crate::extract::desk::Desk;
    use crate::model::Media;
    use proptest::prelude::*;
    use std::io::{Cursor, Write};

    fn message_of(streams: &[(&str, &[u8])], storages: &[&str]) -> Vec<u8> {
        let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).expect("created");
        for storage in storages {
            file.create_storage(storage).expect("storage");
        }
        for (name, bytes) in streams {
            file.create_stream(name).and_then(|mut stream| stream.write_all(bytes)).expect("written");
        }
        file.into_inner().into_inner()
    }

    fn wide(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    fn sample() -> Vec<u8> {
        message_of(
            &[
                ("/__substg1.0_0037001F", &wide("Devis")),
                ("/__substg1.0_0C1A001F", &wide("Zoé Example")),
                ("/__substg1.0_1000001F", &wide("Bonjour")),
                ("/__recip_version1.0_#00000000/__substg1.0_3001001F", &wide("Ben")),
                ("/__recip_version1.0_#00000000/__substg1.0_39FE001E", b"ben@example.org"),
                ("/__attach_version1.0_#00000000/__substg1.0_3707001F", &wide("a.pdf")),
                ("/__attach_version1.0_#00000000/__substg1.0_37010102", b"%PDF-1.4"),
            ],
            &["/__recip_version1.0_#00000000", "/__attach_version1.0_#00000000"],
        )
    }

    #[test]
    fn a_message_is_read_with_its_people_and_attachments() {
        let desk = Desk::read(Media::OutlookMessage, sample());
        assert_eq!(desk.passages[0].2, "to: Ben <ben@example.org>\nfrom: Zoé Example\nsubject: Devis\n\n");
        assert_eq!((desk.passages[1].2.as_str(), desk.names()), ("Bonjour", vec!["a.pdf".to_owned()]));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn damaged_messages_never_panic(at in 0_usize..6000, byte in any::<u8>(), cut in 0_usize..6000) {
            let mut bytes = sample();
            let length = bytes.len();
            bytes[at % length] = byte;
            bytes.truncate(length - cut % length);
            for media in [Media::OutlookMessage, Media::Doc, Media::Ppt, Media::Xls, Media::OleStorage] {
                let _ = Desk::read(media, bytes.clone());
            }
        }
    }
}
