//! The name of an item, exactly as its source listed it.

use serde::{Deserialize, Serialize};
use std::fmt::Write as _;

/// The key of the short names of a case's items, so that who holds a report cannot confirm a guessed path by its id.
/// The default one, without a key, is for records outside of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct IdKey(Option<[u8; 32]>);

impl IdKey {
    /// Derived from the case key.
    pub fn of_case(key: &[u8; 32]) -> Self {
        Self(Some(blake3::derive_key("breachscope 2026 key of item ids", key)))
    }

    /// As it was stored.
    pub fn of_bytes(bytes: [u8; 32]) -> Self {
        Self(Some(bytes))
    }

    /// To be stored beside the names that it protects elsewhere.
    pub fn bytes(&self) -> [u8; 32] {
        self.0.unwrap_or_default()
    }
}

/// Where an item is: a source, a key in it, and the members that lead into containers.
///
/// Keys are bytes. A key is never normalised, never turned into a path to write to, and shown only
/// through [`Locator::shown`]. The order of locators is the order of every list in a report.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Locator {
    /// Index of the source on the command line, from 0.
    pub source: u16,
    /// The path below the source's root (`/` between segments), or the object key, as listed.
    pub key: Vec<u8>,
    /// Names of members, outermost first: `backup.zip!mail.eml!invoice.pdf` has two.
    pub members: Vec<Vec<u8>>,
}

impl Locator {
    /// A file or object that the source listed.
    pub fn new(source: u16, key: impl Into<Vec<u8>>) -> Self {
        Self { source, key: key.into(), members: Vec::new() }
    }

    /// A member of this item.
    #[must_use]
    pub fn member(&self, name: impl Into<Vec<u8>>) -> Self {
        let mut members = self.members.clone();
        members.push(name.into());
        Self { source: self.source, key: self.key.clone(), members }
    }

    /// How many containers stand around this item; 0 for a listed file.
    pub fn depth(&self) -> usize {
        self.members.len()
    }

    /// The innermost name: the last segment of the last member, or of the key.
    pub fn name(&self) -> &[u8] {
        let whole = self.members.last().unwrap_or(&self.key);
        whole.rsplit(|byte| *byte == b'/').next().unwrap_or(whole)
    }

    /// The lower-case extension without its dot, if the name has one of 1 to 8 ASCII letters or digits.
    pub fn extension(&self) -> Option<String> {
        let name = self.name();
        let dot = name.iter().rposition(|byte| *byte == b'.')?;
        let tail = name.get(dot + 1..)?;
        let is_plain = dot > 0 && (1..=8).contains(&tail.len()) && tail.iter().all(u8::is_ascii_alphanumeric);
        is_plain.then(|| String::from_utf8_lossy(tail).to_ascii_lowercase())
    }

    /// A short name for logs and evidence lists: 48 bits of a BLAKE3 hash under the case's key, in hexadecimal.
    pub fn id(&self, key: &IdKey) -> String {
        let mut hasher = match &key.0 {
            Some(key) => blake3::Hasher::new_keyed(key),
            None => blake3::Hasher::new_derive_key("breachscope 2026 item id"),
        };
        for part in std::iter::once(&self.key).chain(&self.members) {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        hasher.update(&self.source.to_le_bytes());
        data_encoding::HEXLOWER.encode(hasher.finalize().as_bytes().first_chunk::<6>().unwrap_or(&[0; 6]))
    }

    /// A form that is safe to print: `!` before members; bytes that are not UTF-8, control characters,
    /// bidirectional overrides and other invisible characters escaped. Different locators of one source
    /// have different shown forms, because a backslash is doubled and a `!` inside a name is escaped.
    pub fn shown(&self) -> String {
        let mut out = String::new();
        show_bytes(&self.key, &mut out);
        for member in &self.members {
            out.push('!');
            show_bytes(member, &mut out);
        }
        out
    }
}

fn show_bytes(bytes: &[u8], out: &mut String) {
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\\' => out.push_str("\\\\"),
                '!' => out.push_str("\\!"),
                _ if is_hidden(c) => {
                    let _ = write!(out, "\\u{{{:x}}}", c as u32);
                }
                _ => out.push(c),
            }
        }
        for byte in chunk.invalid() {
            let _ = write!(out, "\\x{byte:02x}");
        }
    }
}

/// Characters that change or hide what a reader sees: controls, bidirectional marks and overrides,
/// zero-width characters, variation and tag characters, line and paragraph separators.
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hostile_names_are_shown_escaped() {
        let locator = Locator::new(0, b"a\x1b[31m\xff\n\xe2\x80\xae.pdf".to_vec()).member("x!y");
        assert_eq!(locator.shown(), "a\\u{1b}[31m\\xff\\u{a}\\u{202e}.pdf!x\\!y");
    }

    #[test]
    fn a_guessed_path_is_not_confirmed_without_the_key_of_the_case() {
        let locator = Locator::new(0, "patients/ada-exemple/before.jpg");
        let ids = [[1; 32], [2; 32]].map(|key| locator.id(&IdKey::of_case(&key)));
        assert_ne!(ids[0], ids[1]);
        assert_eq!(ids[0], locator.id(&IdKey::of_bytes(IdKey::of_case(&[1; 32]).bytes())));
        assert_eq!(ids[0].len(), 12);
    }

    #[test]
    fn extension_is_of_the_innermost_name() {
        assert_eq!(Locator::new(0, "a.zip").member("dir.d/B.PDF").extension().as_deref(), Some("pdf"));
        assert_eq!(Locator::new(0, "dir.d/bill_2967").extension(), None);
        assert_eq!(Locator::new(0, ".profile").extension(), None);
    }

    proptest! {
        #[test]
        fn shown_is_injective(a in any::<(Vec<u8>, Vec<Vec<u8>>)>(), b in any::<(Vec<u8>, Vec<Vec<u8>>)>()) {
            let make = |(key, members): &(Vec<u8>, Vec<Vec<u8>>)| Locator { source: 0, key: key.clone(), members: members.clone() };
            let (x, y) = (make(&a), make(&b));
            prop_assert_eq!(x == y, x.shown() == y.shown());
        }

        #[test]
        fn shown_has_no_control_characters(key in any::<Vec<u8>>()) {
            prop_assert!(!Locator::new(0, key).shown().chars().any(is_hidden));
        }
    }
}
