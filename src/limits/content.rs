//! The bytes of one item, read within bounds: the head first, the whole only where its type needs it.

use crate::model::{Code, Fault, Hashes, Stage};
use sha2::{Digest, Sha256};
use std::cell::OnceCell;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::{FileExt, MetadataExt as _};

/// Bytes read at the start of every item: enough for magic numbers, EXIF with its thumbnail, and most small files.
const HEAD: usize = 64 << 10;
/// Bytes read at a time when a large item is hashed.
const WINDOW: usize = 256 << 10;

/// The first bytes of an item.
pub type Head = [u8];

enum Bytes {
    File { file: File, whole: OnceCell<Vec<u8>>, opened: Option<State> },
    Memory(Vec<u8>),
}

/// What the file system says of an opened file: its size and, in nanoseconds, its last modification and change.
type State = (u64, i128, i128);

fn state(file: &File) -> Option<State> {
    let metadata = file.metadata().ok()?;
    let nanoseconds = |seconds: i64, rest: i64| i128::from(seconds) * 1_000_000_000 + i128::from(rest);
    let modified = nanoseconds(metadata.mtime(), metadata.mtime_nsec());
    Some((metadata.len(), modified, nanoseconds(metadata.ctime(), metadata.ctime_nsec())))
}

/// The content of one item. Reading never maps memory: a file that shrinks would end the process.
pub struct Content {
    bytes: Bytes,
    size: u64,
    head: Vec<u8>,
    whole_bytes: u64,
    /// Hashes, and how many bytes went into them.
    hashed: OnceCell<(Hashes, u64)>,
}

impl std::fmt::Debug for Content {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Content({} bytes)", self.size)
    }
}

impl Content {
    /// An opened file of this size. Reads the head.
    ///
    /// # Errors
    /// [`Code::Io`] if the head cannot be read.
    pub fn of_file(file: File, size: u64, whole_bytes: u64) -> Result<Self, Fault> {
        let opened = state(&file);
        let mut head = vec![0; HEAD.min(usize::try_from(size).unwrap_or(HEAD))];
        let read = read_at(&file, &mut head, 0)?;
        head.truncate(read);
        Ok(Self {
            bytes: Bytes::File { file, whole: OnceCell::new(), opened },
            size,
            head,
            whole_bytes,
            hashed: OnceCell::new(),
        })
    }

    /// A member that is already in memory.
    pub fn of_memory(bytes: Vec<u8>) -> Self {
        let (size, hashed) = (bytes.len() as u64, OnceCell::new());
        Self { size, head: Vec::new(), bytes: Bytes::Memory(bytes), whole_bytes: u64::MAX, hashed }
    }

    /// Size in bytes: what the file system said when it was opened.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Up to the first 64 KiB.
    pub fn head(&self) -> &Head {
        match &self.bytes {
            Bytes::File { .. } => &self.head,
            Bytes::Memory(bytes) => bytes.get(..HEAD).unwrap_or(bytes),
        }
    }

    /// The whole content, read once and kept.
    ///
    /// # Errors
    /// [`Code::TooLarge`] above the `whole_bytes` limit, [`Code::Io`] if it cannot be read.
    pub fn whole(&self) -> Result<&[u8], Fault> {
        match &self.bytes {
            Bytes::Memory(bytes) => Ok(bytes),
            Bytes::File { file, whole, .. } => {
                if let Some(bytes) = whole.get() {
                    return Ok(bytes);
                }
                if self.size <= self.head.len() as u64 {
                    return Ok(&self.head);
                }
                if self.size > self.whole_bytes {
                    return Err(Fault::extract(Code::TooLarge));
                }
                let mut bytes = Vec::with_capacity(self.size as usize);
                bytes.extend_from_slice(&self.head);
                bytes.resize(self.size as usize, 0);
                let rest = bytes.get_mut(self.head.len()..).unwrap_or_default();
                let read = read_at(file, rest, self.head.len() as u64)?;
                bytes.truncate(self.head.len() + read);
                Ok(whole.get_or_init(|| bytes))
            }
        }
    }

    /// Reads at an offset into a buffer; fewer bytes at the end of the content.
    ///
    /// # Errors
    /// [`Code::Io`] if it cannot be read.
    pub fn read_at(&self, buffer: &mut [u8], offset: u64) -> Result<usize, Fault> {
        match &self.bytes {
            Bytes::File { file, whole, .. } => match whole.get() {
                Some(bytes) => Ok(copy_at(bytes, buffer, offset)),
                None => read_at(file, buffer, offset),
            },
            Bytes::Memory(bytes) => Ok(copy_at(bytes, buffer, offset)),
        }
    }

    /// The bytes of a member that is in memory; `None` for a file.
    pub fn memory(&self) -> Option<&[u8]> {
        match &self.bytes {
            Bytes::Memory(bytes) => Some(bytes),
            Bytes::File { .. } => None,
        }
    }

    /// The opened file; `None` for a member in memory.
    pub fn file(&self) -> Option<&File> {
        match &self.bytes {
            Bytes::File { file, .. } => Some(file),
            Bytes::Memory(_) => None,
        }
    }

    /// A reader over the content for formats that seek. It reads the file directly, so what it yields is not kept.
    pub fn reader(&self) -> ContentReader<'_> {
        ContentReader { content: self, position: 0 }
    }

    /// SHA-256 and BLAKE3 of the whole content, read once; also says whether the content had the size that was listed
    /// and the file has stayed until now as it was when it was opened: the last thing to be asked of a content.
    ///
    /// # Errors
    /// [`Code::Io`] if it cannot be read.
    pub fn hashes(&self) -> Result<(Hashes, bool), Fault> {
        let (hashes, length) = if let Some(hashed) = self.hashed.get() {
            hashed
        } else {
            let hashed = self.hash()?;
            self.hashed.get_or_init(|| hashed)
        };
        let stayed = match &self.bytes {
            Bytes::Memory(_) => true,
            Bytes::File { file, opened, .. } => state(file) == *opened,
        };
        Ok((*hashes, *length == self.size && stayed))
    }

    /// The hashes, and how many bytes went into them.
    fn hash(&self) -> Result<(Hashes, u64), Fault> {
        let (mut sha256, mut blake3) = (Sha256::new(), blake3::Hasher::new());
        let mut length = 0_u64;
        let mut take = |bytes: &[u8]| {
            sha256.update(bytes);
            blake3.update(bytes);
            length += bytes.len() as u64;
        };
        match &self.bytes {
            Bytes::Memory(bytes) => take(bytes),
            Bytes::File { file, whole, .. } => match whole.get() {
                Some(bytes) => take(bytes),
                None if self.size <= self.head.len() as u64 => take(&self.head),
                None => {
                    take(&self.head);
                    let mut window = vec![0; WINDOW];
                    let mut offset = self.head.len() as u64;
                    loop {
                        let read = read_at(file, &mut window, offset)?;
                        if read == 0 {
                            break;
                        }
                        take(window.get(..read).unwrap_or_default());
                        offset += read as u64;
                    }
                }
            },
        }
        Ok((Hashes { sha256: sha256.finalize().into(), blake3: blake3.finalize().into() }, length))
    }
}

/// A seeking reader over a [`Content`].
#[derive(Debug, Clone)]
pub struct ContentReader<'c> {
    content: &'c Content,
    position: u64,
}

impl Read for ContentReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read =
            self.content.read_at(buffer, self.position).map_err(|_| io::Error::other("content cannot be read"))?;
        self.position += read as u64;
        Ok(read)
    }
}

impl Seek for ContentReader<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::End(offset) => self.content.size.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        self.position = target.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.position)
    }
}

fn copy_at(bytes: &[u8], buffer: &mut [u8], offset: u64) -> usize {
    let tail = usize::try_from(offset).ok().and_then(|start| bytes.get(start..)).unwrap_or_default();
    let length = tail.len().min(buffer.len());
    if let (Some(to), Some(from)) = (buffer.get_mut(..length), tail.get(..length)) {
        to.copy_from_slice(from);
    }
    length
}

/// Fills the buffer as far as the file reaches.
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> Result<usize, Fault> {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match file.read_at(rest, offset + filled as u64) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return Err(Fault::new(Stage::Source, Code::Io)),
        }
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    #[test]
    fn whole_reader_and_hashes_agree_on_a_file_larger_than_its_head() {
        let bytes: Vec<u8> = (0..200_000_u32).map(|n| (n % 251) as u8).collect();
        let mut file = tempfile::tempfile().expect("temporary file");
        file.write_all(&bytes).expect("written");
        let content = Content::of_file(file, bytes.len() as u64, 1 << 20).expect("opened");
        assert_eq!(content.head().len(), HEAD);
        let before = content.hashes().expect("hashed");
        let mut through_reader = Vec::new();
        content.reader().read_to_end(&mut through_reader).expect("read");
        assert_eq!(through_reader, bytes);
        assert_eq!(content.whole().expect("whole"), bytes);
        assert_eq!(content.hashes().expect("hashed"), before);
        assert_eq!(before.0.sha256, <[u8; 32]>::from(Sha256::digest(&bytes)));
    }

    #[test]
    fn a_file_above_the_limit_is_not_held_whole() {
        let mut file = tempfile::tempfile().expect("temporary file");
        file.write_all(&vec![7; 100_000]).expect("written");
        let content = Content::of_file(file, 100_000, 90_000).expect("opened");
        assert_eq!(content.whole().map(<[u8]>::len), Err(Fault::extract(Code::TooLarge)));
    }
}
