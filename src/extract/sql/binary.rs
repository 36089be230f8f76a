//! Files in the rows of a dump: bytes written as hexadecimal digits (`\\x..` of PostgreSQL's `bytea`, `0x..` of MySQL and
//! SQL Server, `X'..'` of the standard), and the large objects of PostgreSQL, written piece by piece.

use crate::model::{Code, Fault};
use data_encoding::HEXLOWER_PERMISSIVE;

/// Fewest bytes of a file; what is shorter is a key or a hash.
const FEWEST: usize = 128;

/// A file out of a dump.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct File {
    pub(super) bytes: Vec<u8>,
    /// Why it ends early.
    pub(super) fault: Option<Fault>,
}

/// The files of a dump until they are handed over.
#[derive(Debug)]
pub(super) struct Binary {
    files: Vec<File>,
    /// The large object that is being written.
    object: Vec<u8>,
    /// Bytes of a large object that are held.
    most: usize,
    is_cut: bool,
}

impl Binary {
    pub(super) fn new(most: usize) -> Self {
        Self { files: Vec::new(), object: Vec::new(), most, is_cut: false }
    }

    /// The value, or nothing in its place if it is a file, which is kept.
    pub(super) fn take(&mut self, value: String) -> String {
        match decoded(&value).filter(|bytes| bytes.len() >= FEWEST) {
            Some(bytes) => {
                self.files.push(File { bytes, fault: None });
                String::new()
            }
            None => value,
        }
    }

    /// Whether a statement writes a large object (`SELECT pg_catalog.lowrite(0, '\\x..')`) or ends one; its bytes are kept.
    pub(super) fn takes_statement(&mut self, statement: &str) -> bool {
        if statement.contains("lo_close(") {
            if !self.object.is_empty() {
                let fault = std::mem::take(&mut self.is_cut).then(|| Fault::extract(Code::TooLarge));
                self.files.push(File { bytes: std::mem::take(&mut self.object), fault });
            }
            return true;
        }
        let Some((_, written)) = statement.split_once("lowrite(") else { return false };
        let bytes = written.split('\'').nth(1).and_then(decoded).unwrap_or_default();
        if self.object.len() + bytes.len() <= self.most {
            self.object.extend(bytes);
        } else {
            self.is_cut = true;
        }
        true
    }

    /// The files since it was asked last.
    pub(super) fn files(&mut self) -> Vec<File> {
        std::mem::take(&mut self.files)
    }
}

/// The bytes that hexadecimal digits stand for. Without a mark before them they must be many.
fn decoded(value: &str) -> Option<Vec<u8>> {
    // Reading a quoted value takes the backslash of `\\x` for an escape.
    let marked = ["\\x", "0x", "0X", "x"].iter().find_map(|mark| value.strip_prefix(mark));
    let digits = match marked {
        Some(digits) => digits,
        None if value.len() >= 4 * FEWEST && !value.bytes().all(|byte| byte.is_ascii_digit()) => value,
        None => return None,
    };
    // A value that was cut has half a byte at its end.
    let whole = digits.get(..digits.len() / 2 * 2)?;
    HEXLOWER_PERMISSIVE.decode(whole.as_bytes()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_digits_are_files_and_short_ones_stay() {
        let mut binary = Binary::new(1 << 20);
        let digits = "ffD8".repeat(80);
        for (value, is_file) in [
            (format!("\\x{digits}"), true),
            (format!("0x{digits}f"), true),
            (digits.repeat(2), true),
            (digits.clone(), false),
            ("\\xffd8".to_owned(), false),
            ("7".repeat(600), false),
            ("0x is the prefix".to_owned(), false),
        ] {
            let left = binary.take(value.clone());
            let files = binary.files();
            assert_eq!((left.is_empty(), files.len()), (is_file, usize::from(is_file)), "{value}");
            assert!(files.iter().all(|file| file.bytes.starts_with(&[0xff, 0xd8, 0xff])));
        }
    }

    #[test]
    fn a_large_object_is_put_together() {
        let mut binary = Binary::new(1 << 20);
        assert!(binary.takes_statement("SELECT pg_catalog.lowrite(0, '\\x0102')"));
        assert!(binary.takes_statement("SELECT pg_catalog.lowrite(0, '\\x03')"));
        assert!(binary.files().is_empty());
        assert!(binary.takes_statement("SELECT pg_catalog.lo_close(0)"));
        assert_eq!(binary.files(), [File { bytes: vec![1, 2, 3], fault: None }]);
        let mut small = Binary::new(2);
        for statement in ["SELECT lowrite(0, '\\x0102')", "SELECT lowrite(0, '\\x03')", "SELECT lo_close(0)"] {
            assert!(small.takes_statement(statement));
        }
        assert_eq!(small.files(), [File { bytes: vec![1, 2], fault: Some(Fault::extract(Code::TooLarge)) }]);
        assert!(!binary.takes_statement("SELECT 1"));
    }
}
