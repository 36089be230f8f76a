//! Opening a document: leniently, rebuilt where its tables are broken, with the passwords there are.
//! It must not answer an encrypted file as an empty one.

use crate::extract::Reading;
use crate::limits::guard;
use crate::model::{Code, Fault, Stage};
use lopdf::{Document, Error, LoadOptions};
use memchr::memmem;

/// How opening ended.
pub(super) enum Opened {
    /// Loaded; `repaired` says that its cross-reference data had to be rebuilt.
    Document { doc: Box<Document>, repaired: bool },
    /// Encrypted, and no password fits.
    Encrypted,
    /// This parser can do nothing with it.
    Unreadable(Fault),
}

/// Opens a document.
pub(super) fn open(reading: &Reading<'_>, bytes: &[u8]) -> Opened {
    if objects_claimed(bytes) > reading.budget.limits().pdf_objects {
        return Opened::Unreadable(Fault::extract(Code::TooManyMembers));
    }
    let limit = usize::try_from(reading.budget.limits().pdf_stream_bytes.saturating_mul(2)).unwrap_or(usize::MAX);
    let load = |password: Option<&str>, force_reconstruct: bool| {
        let options = LoadOptions {
            password: password.map(str::to_owned),
            filter: None,
            strict: false,
            max_decompressed_size: Some(limit),
            force_reconstruct,
        };
        guard(Stage::Extract, || Document::load_mem_with_options(bytes, options))
    };
    let mut outcome = load(None, false);
    if is_locked(&outcome) {
        let opened = reading.options.passwords.iter().map(|password| load(Some(password), false));
        match opened.into_iter().find(|outcome| matches!(outcome, Ok(Ok(_))) && !is_locked(outcome)) {
            Some(unlocked) => outcome = unlocked,
            None => return Opened::Encrypted,
        }
    }
    let needs_rebuild = match &outcome {
        Ok(Ok(doc)) => doc.page_iter().next().is_none() && doc.xref_recovery.is_none(),
        _ => true,
    };
    if needs_rebuild
        && let Ok(Ok(rebuilt)) = load(None, true)
        && !is_locked(&Ok(Ok(rebuilt.clone())))
        && !rebuilt.objects.is_empty()
    {
        return Opened::Document { doc: Box::new(rebuilt), repaired: true };
    }
    match outcome {
        Ok(Ok(doc)) => {
            let repaired = doc.xref_recovery.is_some();
            Opened::Document { doc: Box::new(doc), repaired }
        }
        Ok(Err(Error::Decompress(_))) => Opened::Unreadable(Fault::extract(Code::TooCompressed)),
        Ok(Err(_)) => Opened::Unreadable(Fault::extract(Code::Unreadable)),
        Err(fault) => Opened::Unreadable(fault),
    }
}

/// How many objects the file says that it holds, in its body and in its object streams.
fn objects_claimed(bytes: &[u8]) -> u64 {
    const NEAR: usize = 256;
    let in_streams = memmem::find_iter(bytes, b"/ObjStm").filter_map(|at| {
        let dictionary = bytes.get(at.saturating_sub(NEAR)..bytes.len().min(at + NEAR))?;
        let count = dictionary.get(memmem::find(dictionary, b"/N ")? + 3..)?;
        let digits = count.iter().take_while(|byte| byte.is_ascii_digit()).take(9);
        Some(digits.fold(0_u64, |sum, digit| sum * 10 + u64::from(digit - b'0')))
    });
    memmem::find_iter(bytes, b" obj").count() as u64 + in_streams.sum::<u64>()
}

/// Whether a load came back without the key: the parser then answers with no objects and no error.
fn is_locked(outcome: &Result<lopdf::Result<Document>, Fault>) -> bool {
    match outcome {
        Ok(Ok(doc)) => doc.trailer.has(b"Encrypt") && doc.encryption_state.is_none(),
        Ok(Err(Error::InvalidPassword | Error::Decryption(_) | Error::UnsupportedSecurityHandler(_))) => true,
        _ => false,
    }
}
