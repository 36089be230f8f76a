//! Encodings of simple fonts: one byte a code (ISO 32000-2, 9.6.5). What a font leaves unsaid is guessed as other
//! readers guess it, and said to be a guess.

use super::encoding::{Base, Table, code_in_name, text_of_name};
use super::objects::{Objects, number};
use crate::model::Fault;
use lopdf::{Dictionary, Object};

/// A character or a ligature for each of 256 codes.
pub(super) struct SimpleCodes {
    pub(super) table: Box<Table>,
    /// Codes that stand for several characters, sorted.
    pub(super) ligatures: Vec<(u8, String)>,
    /// The table is a convention that the file does not state.
    pub(super) guessed: bool,
}

impl SimpleCodes {
    /// The table of a simple font: its base, its `Differences`, its built-in encoding, or a guess.
    ///
    /// # Errors
    /// When a bound of the item is reached.
    pub(super) fn load(
        objects: Objects<'_>,
        dict: &Dictionary,
        descriptor: Option<&Dictionary>,
        is_type3: bool,
    ) -> Result<Self, Fault> {
        let base_font = objects.name(dict, b"BaseFont").unwrap_or_default();
        let family = base_font.rsplit(|byte| *byte == b'+').next().unwrap_or_default();
        let is_embedded = descriptor.is_some_and(|descriptor| {
            [b"FontFile".as_slice(), b"FontFile2", b"FontFile3"].iter().any(|key| descriptor.has(key))
        });
        let is_symbolic = descriptor
            .and_then(|descriptor| objects.number(descriptor, b"Flags"))
            .is_some_and(|flags| (flags as i64) & 4 != 0);
        let is_true_type = objects.name(dict, b"Subtype") == Some(b"TrueType");
        let encoding = objects.get(dict, b"Encoding");
        let named = match encoding {
            Some(Object::Name(name)) => Base::by_name(name),
            Some(Object::Dictionary(encoding)) => objects.name(encoding, b"BaseEncoding").and_then(Base::by_name),
            _ => None,
        };
        let own = if family.starts_with(b"ZapfDingbats") {
            Some(Base::ZapfDingbats)
        } else {
            (family.starts_with(b"Symbol") && !is_true_type).then_some(Base::Symbol)
        };
        let mut guessed = false;
        let mut ligatures = Vec::new();
        let mut table = Box::new(match own.or(named) {
            Some(base) => *base.table(),
            None if is_type3 => ['\0'; 256],
            None => {
                let fallback = if is_true_type { Base::WinAnsi } else { Base::Standard };
                guessed = is_embedded && is_symbolic;
                let built_in = descriptor.and_then(|descriptor| objects.stream(descriptor, b"FontFile"));
                match built_in.map(|program| objects.content(program)).transpose()? {
                    Some(program) => {
                        let built_in = built_in_encoding(&program.bytes, &mut ligatures);
                        guessed &= built_in.is_none();
                        built_in.unwrap_or(*fallback.table())
                    }
                    None => *fallback.table(),
                }
            }
        });
        if let Some(Object::Dictionary(encoding)) = encoding
            && let Some(differences) = objects.array(encoding, b"Differences")
        {
            let all_guessed = apply_differences(objects, differences, &mut table, &mut ligatures);
            guessed |= all_guessed;
        }
        ligatures.sort();
        ligatures.dedup_by_key(|(code, _)| *code);
        Ok(Self { table, ligatures, guessed })
    }
}

/// Writes the `Differences` into a table; says whether names were only numbers in disguise.
fn apply_differences(
    objects: Objects<'_>,
    differences: &[Object],
    table: &mut Table,
    ligatures: &mut Vec<(u8, String)>,
) -> bool {
    let (mut code, mut by_name, mut by_number) = (0_u32, 0, 0);
    for item in differences.iter().take(1024).filter_map(|item| objects.resolve(item)) {
        let name = match item {
            Object::Name(name) => name,
            other => {
                code = number(other).map_or(code, |number| number as u32);
                continue;
            }
        };
        let Ok(at) = u8::try_from(code) else { break };
        code += 1;
        ligatures.retain(|(code, _)| *code != at);
        let text = text_of_name(name);
        let guess = || code_in_name(name).and_then(|code| Base::WinAnsi.table().get(usize::from(code)).copied());
        let Some(slot) = table.get_mut(usize::from(at)) else { break };
        *slot = '\0';
        match text {
            Some(text) => {
                by_name += 1;
                let mut characters = text.chars();
                match (characters.next(), characters.next()) {
                    (Some(character), None) => *slot = character,
                    _ => ligatures.push((at, text)),
                }
            }
            None if name.as_slice() != b".notdef" => {
                if let Some(character) = guess() {
                    by_number += 1;
                    *slot = character;
                }
            }
            None => {}
        }
    }
    by_number > by_name
}

/// The encoding that a Type 1 font program states in its clear text: `dup 65 /A put`.
fn built_in_encoding(program: &[u8], ligatures: &mut Vec<(u8, String)>) -> Option<Table> {
    let clear = program.get(..memchr::memmem::find(program, b"eexec")?)?;
    let start = memchr::memmem::find(clear, b"/Encoding")?;
    let clear = clear.get(start..)?;
    if clear.get(..64).unwrap_or(clear).windows(16).any(|window| window == b"StandardEncoding") {
        return Some(*Base::Standard.table());
    }
    let mut table = ['\0'; 256];
    let mut count = 0;
    for entry in memchr::memmem::find_iter(clear, b"dup ").take(256) {
        let entry = clear.get(entry + 4..).unwrap_or_default();
        let mut words = entry.get(..48).unwrap_or(entry).split(|byte| byte.is_ascii_whitespace() || *byte == b'/');
        let code = words.next().and_then(|word| str::from_utf8(word).ok()?.parse::<u8>().ok());
        let name = words.find(|word| !word.is_empty());
        if let (Some(code), Some(text)) = (code, name.and_then(text_of_name)) {
            count += 1;
            let mut characters = text.chars();
            match (characters.next(), characters.next(), table.get_mut(usize::from(code))) {
                (Some(character), None, Some(slot)) => *slot = character,
                _ => ligatures.push((code, text)),
            }
        }
    }
    (count > 0).then_some(table)
}
