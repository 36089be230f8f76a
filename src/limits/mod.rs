//! Bounds on what one item may cost, and the tools that keep them: [`Budget`], [`Content`], [`guard()`].
//!
//! Every bound has a number, a unit and a reason in one table, printed by `breachscope limits`. A bound that is
//! hit is a counted, reported fault of that item, never a silence.

mod budget;
mod content;
mod guard;
mod tool;

pub use budget::Budget;
pub use content::{Content, ContentReader, Head};
pub use guard::{guard, quiet_panics};
pub use tool::{Answer, Call, Ended, Input, NoTools, STILL_PADDING, STILL_SIDE, Toolbox, Tools};

use serde::{Deserialize, Serialize};

macro_rules! limits {
    ($($field:ident = $value:expr, $unit:literal, $reason:literal;)*) => {
        /// The bounds of a run. Each can be overridden with `--limit NAME=VALUE`.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        pub struct Limits { $(#[doc = $reason] pub $field: u64,)* }

        impl Default for Limits {
            fn default() -> Self {
                Self { $($field: $value,)* }
            }
        }

        impl Limits {
            /// Name, value, unit and reason of every bound, in the table's order.
            pub fn table(&self) -> Vec<(&'static str, u64, &'static str, &'static str)> {
                vec![$((stringify!($field), self.$field, $unit, $reason),)*]
            }

            /// Sets the bound with this name; `false` if there is none.
            pub fn set(&mut self, name: &str, value: u64) -> bool {
                match name {
                    $(stringify!($field) => self.$field = value,)*
                    _ => return false,
                }
                true
            }
        }
    };
}

const MIB: u64 = 1 << 20;

limits! {
    item_seconds = 20, "s", "Time for one listed item with all its members; what was found until then is kept.";
    worker_seconds = 30, "s", "Time after which the parent ends a worker that has not answered: the item's own time and a margin. It stands still while an outside program runs.";
    worker_memory = 1024 * MIB, "bytes", "Address space of a worker process; a decoder that wants more costs its item.";
    whole_bytes = 256 * MIB, "bytes", "Largest item that is held in memory whole; larger ones are read by windows or only in part.";
    expanded_bytes = 2048 * MIB, "bytes", "Decompressed bytes of one listed item over all layers: stops 42.zip by volume.";
    member_bytes = 256 * MIB, "bytes", "Decompressed bytes of one member.";
    ratio = 200, "to 1", "Expansion of one stream after its first 10 MiB; honest text stays under 50, bombs reach 1000.";
    depth = 6, "levels", "Containers within containers, mail in archives included.";
    members = 10_000, "members", "Members of one container.";
    pages = 2_000, "pages", "Pages of one document.";
    pdf_stream_bytes = 32 * MIB, "bytes", "Decompressed bytes of one PDF content stream.";
    pdf_objects = 200_000, "objects", "Objects of one PDF that are loaded at once; each dictionary costs some 850 bytes, so this is 170 MB.";
    pdf_operators = 3_000_000, "operators", "Drawing operators of one PDF, nested forms counted each time they are drawn.";
    pdf_form_depth = 8, "levels", "Forms drawn within forms on a PDF page.";
    text_bytes = 64 * MIB, "bytes", "Text of one item kept for detection; a table or log beyond it is still streamed.";
    xml_depth = 256, "levels", "Elements within elements.";
    xml_elements = 5_000_000, "elements", "Elements of one XML part.";
    cells = 20_000_000, "cells", "Cells of one table or workbook.";
    line_bytes = 16 * MIB, "bytes", "One line or one value of a text format.";
    pixels = 100_000_000, "pixels", "Pixels of a picture that is decoded; 100 megapixels is above every phone and studio camera in wide use.";
    picture_side = 30_000, "pixels", "Longer side of a picture that is decoded.";
    pictures = 500, "pictures", "Pictures of one document that are looked at.";
    findings = 200_000, "findings", "Findings kept of one item; counts beyond it are lower bounds.";
    stills = 12, "stills", "Frames of one video that are looked at.";
    ocr_seconds = 30, "s", "OCR time of one item, beside its own time.";
    ocr_pages = 20, "pages", "Pages of one item that are read by OCR.";
    tool_memory = 1024 * MIB, "bytes", "Address space of an outside program, Tesseract or ffmpeg; one that wants more costs its step.";
    tool_answer = 16 * MIB, "bytes", "What an outside program may answer; one that floods is ended.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_limit_in_the_table_can_be_set_by_its_name() {
        let mut limits = Limits::default();
        for (name, value, ..) in Limits::default().table() {
            assert!(limits.set(name, value + 1), "{name}");
        }
        assert!(limits.table().iter().zip(Limits::default().table()).all(|(new, old)| new.1 == old.1 + 1));
        assert!(!limits.set("no_such_limit", 1));
    }
}
