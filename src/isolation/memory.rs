//! What this run has seen already, by content: copies of a picture, a video or a page are looked at once.
//!
//! It is a cache: what it forgets is looked at again, and no output depends on it. It lives as long as the run and is
//! never stored, because what OCR read of a page is text of the leak.

use crate::limits::{Answer, Call, Ended};
use crate::pipeline::{Impression, Recall};
use hashlink::LruCache;
use std::fmt;
use std::fs::File;
use std::io::{self, Seek as _};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use zeroize::Zeroizing;

/// Pictures and videos that are remembered; one takes about 150 bytes.
const IMPRESSIONS: usize = 65_536;
/// Largest impression that is taken from a worker, in bytes.
const IMPRESSION_BYTES: usize = 512;
/// Bytes of OCR's answers that are remembered: some 300 pages.
const ANSWER_BYTES: usize = 8 << 20;
/// Bits of the filter of sizes, as a power of two.
const SIZE_BITS: u32 = 20;

type Hash = [u8; 32];

/// What was seen in this run, shared by its workers.
pub struct Memory {
    /// Impressions as workers wrote them. This process does not read them: it believes no worker.
    impressions: Mutex<LruCache<Hash, Box<[u8]>>>,
    /// A bit for each size of a file that is remembered, by its hash: no other file can be a copy.
    sizes: Box<[AtomicU64]>,
    answers: Mutex<Answers>,
}

/// Answers of OCR, by what was asked and on which pixels.
struct Answers {
    by_question: LruCache<Hash, Zeroizing<Vec<u8>>>,
    bytes: usize,
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            impressions: Mutex::new(LruCache::new(IMPRESSIONS)),
            sizes: (0..1_usize << (SIZE_BITS - 6)).map(|_| AtomicU64::new(0)).collect(),
            answers: Mutex::new(Answers { by_question: LruCache::new_unbounded(), bytes: 0 }),
        }
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Memory")
    }
}

impl Memory {
    /// Whether a file of this size may be a copy of one that is remembered: `false` is certain.
    pub(super) fn may_know(&self, size: u64) -> bool {
        let (word, bit) = place_of(size);
        self.sizes.get(word).is_some_and(|bits| bits.load(Ordering::Relaxed) & bit != 0)
    }

    /// Keeps what a file showed, as its worker wrote it.
    pub(super) fn keep(&self, blake3: Hash, size: u64, impression: Vec<u8>) {
        if impression.len() > IMPRESSION_BYTES {
            return;
        }
        lock(&self.impressions).insert(blake3, impression.into_boxed_slice());
        let (word, bit) = place_of(size);
        if let Some(bits) = self.sizes.get(word) {
            bits.fetch_or(bit, Ordering::Relaxed);
        }
    }

    /// What a file with this hash showed, as its worker wrote it.
    pub(super) fn recall(&self, blake3: &Hash) -> Option<Vec<u8>> {
        lock(&self.impressions).get(blake3).map(|impression| impression.to_vec())
    }

    /// The answer to a call, remembered from the same call on the same bytes, or worked out now. Only OCR is remembered:
    /// frames of videos are large, and copies of a video are known by their impression.
    pub(super) fn answer(
        &self,
        call: &Call,
        mut input: File,
        run: impl FnOnce(File) -> io::Result<Answer>,
    ) -> io::Result<Answer> {
        if matches!(call, Call::Stills { .. }) {
            return run(input);
        }
        let question = question(call, &mut input)?;
        if let Some(output) = lock(&self.answers).by_question.get(&question) {
            return Ok(Answer { ended: Ended::Well, output: output.to_vec() });
        }
        let answer = run(input)?;
        if answer.ended == Ended::Well {
            lock(&self.answers).keep(question, &answer.output);
        }
        Ok(answer)
    }
}

impl Answers {
    fn keep(&mut self, question: Hash, output: &[u8]) {
        if output.len() > ANSWER_BYTES / 8 {
            return;
        }
        self.bytes += output.len();
        let replaced = self.by_question.insert(question, Zeroizing::new(output.to_vec()));
        self.bytes -= replaced.map_or(0, |output| output.len());
        while self.bytes > ANSWER_BYTES {
            let Some((_, output)) = self.by_question.remove_lru() else { break };
            self.bytes -= output.len();
        }
    }
}

/// For a bench without isolation, which believes itself.
impl Recall for Memory {
    fn recall(&self, blake3: &Hash) -> Option<Impression> {
        read(&Memory::recall(self, blake3)?)
    }
}

/// An impression as it is kept.
pub(super) fn written(impression: &Impression) -> Option<Vec<u8>> {
    postcard::to_stdvec(impression).ok()
}

/// An impression that was kept.
pub(super) fn read(impression: &[u8]) -> Option<Impression> {
    postcard::from_bytes(impression).ok()
}

/// What stands for a call on these bytes.
fn question(call: &Call, input: &mut File) -> io::Result<Hash> {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&postcard::to_stdvec(call).map_err(io::Error::other)?);
    input.rewind()?;
    hasher.update_reader(input)?;
    Ok(hasher.finalize().into())
}

/// The word and the bit of a size (Fibonacci hashing: Knuth, The Art of Computer Programming 3, 6.4).
fn place_of(size: u64) -> (usize, u64) {
    let place = size.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - SIZE_BITS);
    ((place >> 6) as usize, 1 << (place & 63))
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    fn page(bytes: &[u8]) -> File {
        let mut file = tempfile::tempfile().expect("a file");
        file.write_all(bytes).expect("written");
        file
    }

    #[test]
    fn sizes_that_were_kept_may_be_known_and_others_mostly_are_not() {
        let memory = Memory::default();
        (0..1000_u64).for_each(|n| memory.keep([n as u8; 32], n * n, vec![1]));
        assert!((0..1000_u64).all(|n| memory.may_know(n * n)));
        let mistaken = (2_000_000..2_010_000_u64).filter(|size| memory.may_know(*size)).count();
        assert!(mistaken < 50, "{mistaken}");
        assert_eq!(Memory::recall(&memory, &[3; 32]), Some(vec![1]));
        assert_eq!(Memory::recall(&memory, &[0xee; 32]), Some(vec![1]));
        assert_eq!(
            Memory::recall(&memory, &{
                let mut other = [3; 32];
                other[31] = 4;
                other
            }),
            None
        );
        memory.keep([9; 32], 5, vec![0; IMPRESSION_BYTES + 1]);
        assert_eq!(Memory::recall(&memory, &[9; 32]), Some(vec![1]));
    }

    #[test]
    fn a_page_is_read_once_for_each_question_and_a_failed_reading_is_tried_again() {
        let memory = Memory::default();
        let mut runs = 0;
        let mut ask = |call: &Call, bytes: &[u8], ended: Ended| {
            memory
                .answer(call, page(bytes), |_| {
                    runs += 1;
                    Ok(Answer { ended, output: vec![runs] })
                })
                .expect("an answer")
                .output
        };
        let french = Call::Words(vec!["fra".into()]);
        assert_eq!(ask(&french, b"page", Ended::Crashed), [1]);
        assert_eq!(ask(&french, b"page", Ended::Well), [2]);
        assert_eq!(ask(&french, b"page", Ended::Well), [2]);
        assert_eq!(ask(&french, b"other page", Ended::Well), [3]);
        assert_eq!(ask(&Call::Words(vec!["deu".into()]), b"page", Ended::Well), [4]);
        assert_eq!(ask(&Call::Orientation, b"page", Ended::Well), [5]);
        let stills = Call::Stills { count: 1, duration_ms: None };
        assert_eq!(ask(&stills, b"video", Ended::Well), [6]);
        assert_eq!(ask(&stills, b"video", Ended::Well), [7]);
    }

    #[test]
    fn answers_stay_within_their_bytes() {
        let mut answers = Answers { by_question: LruCache::new_unbounded(), bytes: 0 };
        for n in 0..200_u8 {
            answers.keep([n; 32], &vec![n; 100_000]);
        }
        assert!(answers.bytes <= ANSWER_BYTES && answers.by_question.len() == ANSWER_BYTES / 100_000);
        answers.keep([199; 32], &[1, 2]);
        assert_eq!(answers.bytes, (answers.by_question.len() - 1) * 100_000 + 2);
    }
}
