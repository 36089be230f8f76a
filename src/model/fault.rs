//! What went wrong with an item, in a closed vocabulary, and how its examination ended.

use serde::{Deserialize, Serialize};

/// The stage of the line at which something happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Listing and opening.
    Source,
    /// Finding the media type.
    Identify,
    /// Reading text, pixels, metadata, members.
    Extract,
    /// Finding personal data.
    Detect,
    /// Naming the class.
    Classify,
    /// The worker process itself.
    Worker,
}

impl Stage {
    /// The name in exports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Identify => "identify",
            Self::Extract => "extract",
            Self::Detect => "detect",
            Self::Classify => "classify",
            Self::Worker => "worker",
        }
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $effect:ident, $meaning:literal;)*) => {
        /// What went wrong. A code carries no text from the file.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[non_exhaustive]
        pub enum Code { $(#[doc = $meaning] $variant,)* }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name in exports.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// What it means, for a reader of the report.
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)* }
            }

            /// What it does to the item's outcome.
            pub fn effect(self) -> Effect {
                match self { $(Self::$variant => Effect::$effect,)* }
            }
        }
    };
}

/// What a fault does to the outcome of the item it happened on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// Nothing was lost; counted only.
    Noted,
    /// Something was read, something was not.
    Partial,
    /// Not opened, on purpose or because there is nothing to read.
    Skipped,
    /// Could not be examined.
    Failed,
}

codes! {
    ExtensionMismatch = "extension_mismatch", Noted, "The name's extension does not fit the content; the content counts.";
    ExtensionMissing = "extension_missing", Noted, "The name has no extension; the content decided.";
    SeveralTypes = "several_types", Noted, "The bytes are valid as more than one type.";
    Repaired = "repaired", Noted, "The file was damaged and was read after a repair.";
    HostileName = "hostile_name", Noted, "The name holds control characters, path tricks or bytes that are not UTF-8.";
    Encrypted = "encrypted", Failed, "Encrypted; no password was given that opens it.";
    EncryptedMember = "encrypted_member", Partial, "Holds encrypted members that were not read.";
    ImageOnly = "image_only", Partial, "The pages are pictures without a text layer and were not read by OCR.";
    NoUnicodeMap = "no_unicode_map", Partial, "The text cannot be mapped to characters.";
    NoText = "no_text", Noted, "A document without any text.";
    Damaged = "damaged", Partial, "Damaged; what could be read was read.";
    Truncated = "truncated", Partial, "Cut short; what is there was read.";
    Unreadable = "unreadable", Failed, "Too damaged to read anything.";
    Unsupported = "unsupported", Partial, "Identified, but this version has no reader for its content.";
    ContentNotSeen = "content_not_seen", Partial, "Metadata was read; the pictures in it were not looked at.";
    TooLarge = "too_large", Partial, "Larger than the size limit.";
    TooManyPixels = "too_many_pixels", Partial, "More pixels than the limit.";
    TooDeep = "too_deep", Partial, "Nested deeper than the limit.";
    TooManyMembers = "too_many_members", Partial, "More members than the limit.";
    TooCompressed = "too_compressed", Partial, "Expands beyond the ratio or byte limit: a decompression bomb.";
    TooMuchText = "too_much_text", Partial, "More text, pages or operators than the limit.";
    TooManyFindings = "too_many_findings", Partial, "More findings than the limit; counts are lower bounds.";
    Cyclic = "cyclic", Partial, "Refers to itself.";
    SlowItem = "slow_item", Partial, "The time allowed for one item was over; what was found until then is kept.";
    ToolFailed = "tool_failed", Partial, "The outside program for OCR or video frames crashed or flooded on it; the rest was read.";
    ToolTimedOut = "tool_timed_out", Partial, "The outside program for OCR or video frames passed its deadline; what it gave until then is kept.";
    Empty = "empty", Skipped, "Empty.";
    Excluded = "excluded", Skipped, "Left out by an include or exclude pattern or by the size limit that was asked for.";
    Symlink = "symlink", Skipped, "A symbolic link; links are not followed.";
    NotRegular = "not_regular", Skipped, "A FIFO, socket or device.";
    OtherFileSystem = "other_file_system", Skipped, "A folder on another file system.";
    Denied = "denied", Failed, "No permission to read it.";
    Vanished = "vanished", Failed, "Listed, but gone when it was opened.";
    Changed = "changed", Partial, "Changed while it was read.";
    Io = "io", Failed, "The device or network gave an error.";
    Panicked = "panicked", Failed, "A reader failed on it; the failure was contained.";
    Crashed = "crashed", Failed, "The worker process died on it.";
    TimedOut = "timed_out", Failed, "The worker process passed its deadline and was ended.";
    OutOfMemory = "out_of_memory", Failed, "The worker process passed its memory limit.";
}

/// One trouble with one item: the stage and the code, nothing from the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Fault {
    /// Where on the line.
    pub stage: Stage,
    /// What.
    pub code: Code,
}

impl Fault {
    /// A fault at a stage.
    pub fn new(stage: Stage, code: Code) -> Self {
        Self { stage, code }
    }

    /// A fault while reading an item's content.
    pub fn extract(code: Code) -> Self {
        Self::new(Stage::Extract, code)
    }
}

/// How the examination of an item ended: listed = examined + partial + skipped + failed, always.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Read as far as this version reads that type.
    Examined,
    /// Some of it was read.
    Partial,
    /// Not opened, on purpose or because there is nothing to read.
    Skipped,
    /// Nothing of it could be read.
    Failed,
}

impl Outcome {
    /// Every outcome in the order of the reports.
    pub const ALL: [Self; 4] = [Self::Examined, Self::Partial, Self::Skipped, Self::Failed];

    /// The name in exports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Examined => "examined",
            Self::Partial => "partial",
            Self::Skipped => "skipped",
            Self::Failed => "failed",
        }
    }

    /// The outcome that a list of faults amounts to: the worst effect among them. `has_content` says that
    /// something was read all the same, which turns a failure into a partial reading.
    pub fn of(faults: &[Fault], has_content: bool) -> Self {
        match faults.iter().map(|fault| fault.code.effect()).max() {
            None | Some(Effect::Noted) => Self::Examined,
            Some(Effect::Partial) => Self::Partial,
            Some(Effect::Skipped) => Self::Skipped,
            Some(Effect::Failed) if has_content => Self::Partial,
            Some(Effect::Failed) => Self::Failed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_fault_decides() {
        let faults = [Fault::extract(Code::ExtensionMissing), Fault::extract(Code::ImageOnly)];
        assert_eq!(Outcome::of(&faults, true), Outcome::Partial);
        assert_eq!(Outcome::of(&[Fault::extract(Code::Encrypted)], false), Outcome::Failed);
        assert_eq!(Outcome::of(&[Fault::extract(Code::Unreadable)], true), Outcome::Partial);
        assert_eq!(Outcome::of(&[], false), Outcome::Examined);
    }
}
