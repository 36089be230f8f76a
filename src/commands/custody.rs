//! Manifests of a case in the forms of others: hashdeep, for an audit of a copy, and the tag files of a BagIt bag.
//!
//! Only listed files stand in them: members of containers are covered by their container. A file whose content was not
//! read whole has no hash and is named as left out.

use crate::ledger::Ledger;
use crate::model::{Locator, Record};
use crate::report::About;
use anyhow::{Context as _, Result};
use sha2::{Digest as _, Sha256};
use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Writes the files in hashdeep's format: `hashdeep -a -k` compares a copy with it. The names are those below the source.
///
/// hashdeep has no escapes, so a name that would break its lines or act on a terminal stands, escaped, in a comment.
pub(super) fn hashdeep(ledger: &Ledger, out: &mut dyn Write) -> Result<()> {
    writeln!(out, "%%%% HASHDEEP-1.0\n%%%% size,sha256,filename")?;
    writeln!(out, "## Written by breachscope from the ledger of a case; names are below the source.")?;
    let sources = ledger.sources()?.len();
    ledger.records(|record: Record| -> Result<()> {
        let name = name_of(&record.locator, sources);
        let Some(hashes) = record.hashes else {
            return Ok(writeln!(out, "## left out, not read whole: {},-,{}", record.size, record.locator.shown())?);
        };
        let sha256 = hex(&hashes.sha256);
        let Some(name) = name.filter(|name| !name.chars().any(crate::model::is_hidden)) else {
            let shown = record.locator.shown();
            return Ok(writeln!(out, "## left out, a name without a form here: {},{sha256},{shown}", record.size)?);
        };
        Ok(writeln!(out, "{},{sha256},{name}", record.size)?)
    })?;
    Ok(out.flush()?)
}

/// What a bag could not take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct LeftOut {
    /// Files without hashes.
    pub(super) unread: u64,
    /// Names that are not UTF-8, or lead out of the bag.
    pub(super) unnameable: u64,
}

/// Writes the tag files of a bag (RFC 8493) into a folder: with the source's files in `data/` beside them, it is complete
/// and valid. There is no `fetch.txt`.
pub(super) fn bagit(ledger: &Ledger, about: &About, folder: &Path) -> Result<(Vec<PathBuf>, LeftOut)> {
    fs::create_dir_all(folder).with_context(|| format!("the folder {} cannot be made", folder.display()))?;
    let open = |name: &str| -> Result<BufWriter<fs::File>> {
        let path = folder.join(name);
        Ok(BufWriter::new(fs::File::create(&path).with_context(|| format!("{} cannot be written", path.display()))?))
    };
    let (mut sha256, mut blake3) =
        (Hashed::new(open("manifest-sha256.txt")?), Hashed::new(open("manifest-blake3.txt")?));
    let (mut files, mut bytes, mut left_out) = (0_u64, 0_u64, LeftOut::default());
    let sources = ledger.sources()?.len();
    ledger.records(|record: Record| -> Result<()> {
        let Some(hashes) = record.hashes else {
            left_out.unread += 1;
            return Ok(());
        };
        let Some(name) = name_of(&record.locator, sources).filter(|name| stays_inside(name)) else {
            left_out.unnameable += 1;
            return Ok(());
        };
        let path = encoded(&name);
        writeln!(sha256, "{}  data/{path}", hex(&hashes.sha256))?;
        writeln!(blake3, "{}  data/{path}", hex(&hashes.blake3))?;
        files += 1;
        bytes = bytes.saturating_add(record.size);
        Ok(())
    })?;
    let mut declaration = Hashed::new(open("bagit.txt")?);
    write!(declaration, "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")?;
    let mut facts = Hashed::new(open("bag-info.txt")?);
    writeln!(facts, "Bag-Software-Agent: breachscope {}", about.version)?;
    writeln!(facts, "Payload-Oxum: {bytes}.{files}")?;
    writeln!(facts, "External-Identifier: merkle-sha256:{}", about.manifest_root)?;
    writeln!(
        facts,
        "Internal-Sender-Description: Put the files of the source below data/. Left out of the manifests and not part of \
         the bag: {} files that were not read whole, {} whose names a bag cannot hold.",
        left_out.unread, left_out.unnameable
    )?;
    let mut tags = open("tagmanifest-sha256.txt")?;
    let names = ["bag-info.txt", "bagit.txt", "manifest-blake3.txt", "manifest-sha256.txt"];
    for (name, written) in names.into_iter().zip([facts, declaration, blake3, sha256]) {
        writeln!(tags, "{}  {name}", hex(&written.finish()?))?;
    }
    tags.flush()?;
    let all = names.into_iter().chain(["tagmanifest-sha256.txt"]).map(|name| folder.join(name)).collect();
    Ok((all, left_out))
}

/// The name below the source; with several sources, below the number of the source. `None` if it is not UTF-8.
fn name_of(locator: &Locator, sources: usize) -> Option<String> {
    let key = std::str::from_utf8(&locator.key).ok()?;
    Some(if sources > 1 { format!("{}/{key}", locator.source) } else { key.to_owned() })
}

fn stays_inside(name: &str) -> bool {
    !name.starts_with(['/', '~'])
        && name.split('/').all(|segment| !segment.is_empty() && segment != ".." && segment != ".")
}

/// RFC 8493, 2.1.3: carriage return, line feed and the per cent sign, and no other, are percent-encoded.
fn encoded(name: &str) -> String {
    name.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}

/// A file that is hashed as it is written.
struct Hashed {
    to: BufWriter<fs::File>,
    hasher: Sha256,
}

impl Hashed {
    fn new(to: BufWriter<fs::File>) -> Self {
        Self { to, hasher: Sha256::new() }
    }

    fn finish(mut self) -> io::Result<[u8; 32]> {
        self.to.flush()?;
        Ok(self.hasher.finalize().into())
    }
}

impl Write for Hashed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.to.write(bytes)?;
        self.hasher.update(bytes.get(..written).unwrap_or_default());
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_characters_are_encoded_and_no_other() {
        assert_eq!(encoded("a%b\r\nc d\u{e9}.pdf"), "a%25b%0D%0Ac d\u{e9}.pdf");
    }

    #[test]
    fn names_that_lead_out_of_the_bag_are_refused() {
        for name in ["../x", "a/../../x", "/x", "~/x", "a//b", "./x"] {
            assert!(!stays_inside(name), "{name}");
        }
        assert!(stays_inside("a/..b/c~"));
    }

    #[test]
    fn sources_are_told_apart_by_number() {
        let locator = Locator::new(1, "a/b");
        assert_eq!(name_of(&locator, 1).as_deref(), Some("a/b"));
        assert_eq!(name_of(&locator, 2).as_deref(), Some("1/a/b"));
        assert_eq!(name_of(&Locator::new(0, b"\xff".to_vec()), 1), None);
    }
}
