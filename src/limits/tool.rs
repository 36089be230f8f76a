//! What a reader may ask of an outside program: OCR of a page by Tesseract, frames of a video by ffmpeg.
//!
//! Who asks names a [`Call`] of a closed list and hands over bytes; it never names a program, an option or a path. Who
//! answers stands outside the sandbox, in `isolation`. What comes back is as hostile as the item it was made from.

use super::Content;
use serde::{Deserialize, Serialize};
use std::fmt::Debug;
use std::path::PathBuf;
use std::time::Duration;

/// The outside programs of this machine, looked for once before any worker starts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Toolbox {
    /// Tesseract, for OCR.
    pub tesseract: Option<PathBuf>,
    /// Tesseract's names of its installed languages, `osd` (orientation) among them.
    pub languages: Vec<String>,
    /// ffmpeg, for frames of videos.
    pub ffmpeg: Option<PathBuf>,
}

/// One thing that can be asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Call {
    /// The words of a picture (PNM) with their places, as Tesseract's TSV. Languages are Tesseract's names.
    Words(Vec<String>),
    /// How a picture (PNM) has to be turned, as Tesseract's orientation report.
    Orientation,
    /// Key frames of a video, as raw RGB of [`STILL_SIDE`] by [`STILL_SIDE`] pixels each.
    Stills {
        /// How many at most.
        count: u32,
        /// Length of the video, over which they spread.
        duration_ms: Option<u64>,
    },
}

/// Side of a still in pixels: a square that each frame is fitted into, the rest in [`STILL_PADDING`].
pub const STILL_SIDE: u32 = 320;
/// Colour of the part of a still that is no picture.
pub const STILL_PADDING: [u8; 3] = [1, 2, 3];

/// What a tool works on.
#[derive(Debug, Clone, Copy)]
pub enum Input<'a> {
    /// Bytes that the reader made.
    Bytes(&'a [u8]),
    /// The item itself.
    Content(&'a Content),
}

/// How a tool ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ended {
    /// In good order.
    Well,
    /// It said that it cannot do this: an exit code other than 0.
    Refused,
    /// The program is not on this machine, or was not asked for.
    Absent,
    /// It crashed, or passed its memory limit.
    Crashed,
    /// It was ended at its deadline.
    TimedOut,
    /// It answered more than `tool_answer` bytes.
    Flooded,
}

/// What a tool answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// How it ended.
    pub ended: Ended,
    /// What it had written until then.
    pub output: Vec<u8>,
}

impl Answer {
    /// An answer without output.
    pub fn none(ended: Ended) -> Self {
        Self { ended, output: Vec::new() }
    }
}

/// Who runs outside programs for readers.
pub trait Tools: Debug + Send {
    /// The programs that there are.
    fn toolbox(&self) -> &Toolbox;

    /// Asks one thing and waits for the answer, at most this long. Whatever the program does, an answer comes.
    fn run(&self, call: &Call, input: Input<'_>, within: Duration) -> Answer;
}

/// No outside program at all.
#[derive(Debug, Default)]
pub struct NoTools(Toolbox);

impl Tools for NoTools {
    fn toolbox(&self) -> &Toolbox {
        &self.0
    }

    fn run(&self, _: &Call, _: Input<'_>, _: Duration) -> Answer {
        Answer::none(Ended::Absent)
    }
}
