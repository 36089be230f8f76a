//! ZIP containers as packages of named parts: what Office, OpenDocument and EPUB files are, and what archives are built
//! on. Foreign ZIP code is never asked to extract: entries are streamed into memory within bounds.

use super::Reading;
use super::inflate::{inflate, measure};
use crate::limits::{ContentReader, guard};
use crate::model::{Code, Fault, Stage};
use std::collections::BTreeMap;
use std::io::{BufReader, Seek, SeekFrom};
use zip::ZipArchive;
use zip::result::ZipError;

/// A ZIP archive over an item's content.
pub(super) type Zip<'r> = ZipArchive<BufReader<ContentReader<'r>>>;

/// Bytes of a damaged package that are kept when its parts are gathered from local headers.
const SALVAGED: usize = 64 << 20;

/// Opens the archive by its central directory.
pub(super) fn open_zip<'r>(reading: &Reading<'r>) -> Option<Zip<'r>> {
    ZipArchive::new(BufReader::with_capacity(16 << 10, reading.content.reader())).ok()
}

/// The code for an entry that cannot be opened.
pub(super) fn code_of(error: &ZipError) -> Code {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) | ZipError::InvalidPassword => Code::EncryptedMember,
        ZipError::UnsupportedArchive(_) | ZipError::CompressionMethodNotSupported(_) => Code::Unsupported,
        _ => Code::Damaged,
    }
}

/// Takes one salvaged entry: its name, its bytes, and why they end early.
pub(super) type Taker<'t> = dyn FnMut(&[u8], Vec<u8>, Option<Fault>) -> Result<(), Fault> + 't;

/// Reads entries by their local headers, for archives whose end is missing.
///
/// # Errors
/// What the taker answers, or time that is over.
pub(super) fn salvage(reading: &Reading<'_>, take: &mut Taker<'_>) -> Result<(), Fault> {
    let head = reading.content.head();
    let Some(first) = memchr::memmem::find(head, b"PK\x03\x04") else { return Ok(()) };
    let mut source = BufReader::new(reading.content.reader());
    if source.seek(SeekFrom::Start(first as u64)).is_err() {
        return Ok(());
    }
    loop {
        reading.budget.check_now()?;
        let next = guard(Stage::Extract, || match zip::read::read_zipfile_from_stream(&mut source) {
            Ok(Some(mut entry)) => {
                let (name, packed) = (entry.name_raw().to_vec(), entry.compressed_size().max(1));
                let inflated = inflate(&mut entry, packed, reading.budget);
                Some((name, inflated))
            }
            _ => None,
        });
        let Ok(Some((name, inflated))) = next else { return Ok(()) };
        let fault = inflated.fault;
        if !name.ends_with(b"/") {
            take(&name, inflated.bytes, fault)?;
        }
        if fault.is_some() {
            return Ok(());
        }
    }
}

/// Named parts.
pub(super) struct Package<'r> {
    reading: &'r Reading<'r>,
    parts: Parts<'r>,
    /// What went wrong while it was opened or read.
    pub(super) fault: Option<Fault>,
}

enum Parts<'r> {
    Indexed(Box<Zip<'r>>),
    Gathered(BTreeMap<String, Vec<u8>>),
}

impl<'r> Package<'r> {
    /// Opens the package; a damaged one is gathered from its local headers.
    ///
    /// # Errors
    /// [`Code::Unreadable`] where there are no parts at all; the bounds.
    pub(super) fn open(reading: &'r Reading<'r>) -> Result<Self, Fault> {
        if let Some(zip) = guard(Stage::Extract, || open_zip(reading))?.filter(|zip| !zip.is_empty()) {
            return Ok(Self { reading, parts: Parts::Indexed(Box::new(zip)), fault: None });
        }
        let mut parts = BTreeMap::new();
        let mut left = SALVAGED;
        salvage(reading, &mut |name, bytes, _| {
            left = left.checked_sub(bytes.len()).ok_or(Fault::extract(Code::TooLarge))?;
            parts.insert(String::from_utf8_lossy(name).into_owned(), bytes);
            Ok(())
        })?;
        if parts.is_empty() {
            return Err(Fault::extract(Code::Unreadable));
        }
        Ok(Self { reading, parts: Parts::Gathered(parts), fault: Some(Fault::extract(Code::Damaged)) })
    }

    /// The names of the parts, sorted as the digits in them count: `slide2` before `slide10`.
    pub(super) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = match &self.parts {
            Parts::Indexed(zip) => zip.file_names().flatten().map(std::borrow::Cow::into_owned).collect(),
            Parts::Gathered(parts) => parts.keys().cloned().collect(),
        };
        names.sort_by_cached_key(|name| {
            let number: u64 =
                name.bytes().filter(u8::is_ascii_digit).fold(0, |n, d| (n * 10 + u64::from(d - b'0')) % 1_000_000_000);
            (
                name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.' || c.is_ascii_lowercase()).to_owned(),
                number,
                name.clone(),
            )
        });
        names
    }

    /// A part's bytes within the bounds; `None` where there is no such part or it cannot be read.
    pub(super) fn part(&mut self, name: &str) -> Option<Vec<u8>> {
        match &mut self.parts {
            Parts::Gathered(parts) => parts.get(name).cloned(),
            Parts::Indexed(zip) => {
                let index = zip.index_for_name(name)?;
                let budget = self.reading.budget;
                let read = guard(Stage::Extract, || match zip.by_index(index) {
                    Ok(mut entry) => {
                        let packed = entry.compressed_size();
                        Ok(inflate(&mut entry, packed, budget))
                    }
                    Err(error) => Err(Fault::extract(code_of(&error))),
                });
                match read {
                    Ok(Ok(inflated)) => {
                        self.fault = self.fault.or(inflated.fault);
                        Some(inflated.bytes)
                    }
                    Ok(Err(fault)) | Err(fault) => {
                        self.fault = self.fault.or(Some(fault));
                        None
                    }
                }
            }
        }
    }

    /// Measures all parts, for packages that foreign code will read.
    ///
    /// # Errors
    /// The bound that a part breaks.
    pub(super) fn measure(&mut self) -> Result<(), Fault> {
        let Parts::Indexed(zip) = &mut self.parts else { return Ok(()) };
        for index in 0..zip.len() {
            if let Ok(mut entry) = zip.by_index(index) {
                let packed = entry.compressed_size();
                // No compression of ZIP reaches more than about 1:1032 but for bzip2 and lzma; small parts are harmless.
                if packed > 64 << 10 || entry.compression() != zip::CompressionMethod::Deflated {
                    measure(&mut entry, packed, self.reading.budget)?;
                }
            }
        }
        Ok(())
    }
}
