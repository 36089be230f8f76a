//! Files written by the tests themselves, and what reading them hands over.

mod bounds;
mod rest;
mod states;
mod text;

use super::read;
use crate::extract::{ExtractOptions, Reading};
use crate::limits::{Budget, Content, Limits};
use crate::model::{Code, Facts, Fault, Field, Locator, Media, Member, Part, Passage, Raster, Sink};
use std::fmt::Write as _;
use std::sync::Arc;

/// A file in the making: numbered objects and the keys of its trailer.
pub(super) struct Sample {
    objects: Vec<(u32, Vec<u8>)>,
    trailer: String,
}

impl Sample {
    /// A page with this content and a Helvetica named `F`; objects 1 to 5 are taken.
    pub(super) fn page(content: &str) -> Self {
        let mut sample = Self { objects: Vec::new(), trailer: "/Root 1 0 R".to_owned() };
        sample.object(1, "<</Type/Catalog/Pages 2 0 R>>");
        sample.object(2, "<</Type/Pages/Kids[3 0 R]/Count 1>>");
        sample.object(
            3,
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        );
        sample.stream(4, "", content.as_bytes());
        sample.object(5, "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>");
        sample
    }

    /// Adds or replaces an object.
    pub(super) fn object(&mut self, id: u32, body: &str) -> &mut Self {
        self.raw(id, body.as_bytes().to_vec())
    }

    /// Adds or replaces a stream.
    pub(super) fn stream(&mut self, id: u32, keys: &str, data: &[u8]) -> &mut Self {
        let mut body = format!("<<{keys}/Length {}>>\nstream\n", data.len()).into_bytes();
        body.extend_from_slice(data);
        body.extend_from_slice(b"\nendstream");
        self.raw(id, body)
    }

    fn raw(&mut self, id: u32, body: Vec<u8>) -> &mut Self {
        self.objects.retain(|(other, _)| *other != id);
        self.objects.push((id, body));
        self
    }

    /// Adds keys to the trailer.
    pub(super) fn trailer(&mut self, keys: &str) -> &mut Self {
        self.trailer.push_str(keys);
        self
    }

    /// The bytes of the file.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut file = b"%PDF-1.7\n".to_vec();
        let size = self.objects.iter().map(|(id, _)| id + 1).max().unwrap_or(1);
        let mut offsets = vec![None; size as usize];
        for (id, body) in &self.objects {
            offsets[*id as usize] = Some(file.len());
            file.extend_from_slice(format!("{id} 0 obj\n").as_bytes());
            file.extend_from_slice(body);
            file.extend_from_slice(b"\nendobj\n");
        }
        let start = file.len();
        let mut table = format!("xref\n0 {size}\n0000000000 65535 f \n");
        for offset in offsets.iter().skip(1) {
            match offset {
                Some(offset) => writeln!(table, "{offset:010} 00000 n ").expect("written"),
                None => writeln!(table, "0000000000 00000 f ").expect("written"),
            }
        }
        write!(table, "trailer\n<</Size {size} {}>>\nstartxref\n{start}\n%%EOF\n", self.trailer).expect("written");
        file.extend_from_slice(table.as_bytes());
        file
    }
}

/// What reading handed over.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) ended: Option<Fault>,
    pub(super) passages: Vec<Passage>,
    pub(super) fields: Vec<Field>,
    pub(super) members: Vec<Member>,
    pub(super) rasters: Vec<Raster>,
    pub(super) faults: Vec<Fault>,
    pub(super) facts: Facts,
}

impl Sink for Seen {
    fn passage(&mut self, passage: Passage) {
        self.passages.push(passage);
    }

    fn field(&mut self, field: Field) {
        self.fields.push(field);
    }

    fn member(&mut self, member: Member) {
        self.members.push(member);
    }

    fn raster(&mut self, raster: Raster) {
        self.rasters.push(raster);
    }

    fn fault(&mut self, fault: Fault) {
        self.faults.push(fault);
    }

    fn facts(&mut self) -> &mut Facts {
        &mut self.facts
    }
}

impl Seen {
    /// All text of one part.
    pub(super) fn text(&self, part: Part) -> String {
        self.passages
            .iter()
            .filter(|passage| passage.origin.part == part)
            .map(|passage| passage.text.expose())
            .collect()
    }

    /// The visible text of the pages.
    pub(super) fn page(&self) -> String {
        self.text(Part::Text)
    }

    /// Whether a trouble was noted or ended the reading.
    pub(super) fn has(&self, code: Code) -> bool {
        self.faults.iter().chain(&self.ended).any(|fault| fault.code == code)
    }
}

/// Reads a file under these limits and options.
pub(super) fn read_with(bytes: Vec<u8>, limits: Limits, options: &ExtractOptions) -> Seen {
    let (content, locator) = (Content::of_memory(bytes), Locator::new(0, "a.pdf"));
    let budget = Budget::new(Arc::new(limits));
    let reading = Reading { media: Media::Pdf, content: &content, locator: &locator, budget: &budget, options };
    let mut seen = Seen::default();
    seen.ended = read(&reading, &mut seen).err();
    seen
}

/// Reads a file under the usual limits.
pub(super) fn read_bytes(bytes: Vec<u8>) -> Seen {
    read_with(bytes, Limits::default(), &ExtractOptions::default())
}

/// Reads a page with this content.
pub(super) fn read_page(content: &str) -> Seen {
    read_bytes(Sample::page(content).bytes())
}
