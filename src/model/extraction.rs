//! What was read out of an item, on its way to detection and classification. Nothing here is stored.

use super::facts::Facts;
use super::fault::Fault;
use super::finding::Origin;
use super::secret::Secret;

/// How the text of a passage is laid out. Detection reads each shape in its own way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shape {
    /// Running text; a line break may fall anywhere.
    Flow,
    /// A page: one visual line a line, columns on it parted by a tab.
    Layout,
    /// A table: the first line holds the heads, cells are parted by tabs, one row a line. A tab or line break
    /// within a cell is written as a space. A long table comes in several passages, each with the heads repeated.
    Table,
    /// Records: `key: value` lines, a blank line after each record (JSON objects, vCards, mail headers, XML, forms).
    Pairs,
    /// One value whose meaning is in the origin's key (a caption, a title).
    Value,
}

/// A piece of text with its origin.
#[derive(Debug)]
pub struct Passage {
    /// Where it was read.
    pub origin: Origin,
    /// How it is laid out.
    pub shape: Shape,
    /// What its rows or records are a list of, in the file's own words: the name of a table or sheet, the key of an
    /// array. Detection reads it; like the text it is never recorded.
    pub list: Option<Secret>,
    /// The text.
    pub text: Secret,
}

impl Passage {
    /// A passage.
    pub fn new(origin: Origin, shape: Shape, text: impl Into<String>) -> Self {
        Self { origin, shape, list: None, text: Secret::new(text) }
    }

    /// The passage as part of a list of this name.
    #[must_use]
    pub fn of_list(self, name: Option<&str>) -> Self {
        Self { list: name.map(Secret::new), ..self }
    }
}

/// What a metadata field is known to hold, by the format's own definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Meaning {
    /// `latitude,longitude[,altitude]` in signed decimal degrees (and metres), WGS 84.
    Position,
    /// A person who made, owns or is shown in the item: artist, owner, creator, person shown.
    Person,
    /// A person or an organisation (copyright holder, company, credit).
    Party,
    /// Free words about the content: caption, description, title, keywords, comment.
    Words,
    /// A camera's, lens's or phone's serial number, or a picture's unique id.
    Serial,
    /// A place name.
    Place,
    /// An e-mail, phone, URL or address of a contact.
    Contact,
    /// A moment in the format's own writing.
    Moment,
    /// Software, make, model: kept as facts, not personal by itself.
    Tool,
}

/// One metadata value of known meaning.
#[derive(Debug)]
pub struct Field {
    /// Where it was read; `key` is the tag's standard name.
    pub origin: Origin,
    /// What it is by definition.
    pub meaning: Meaning,
    /// The value.
    pub value: Secret,
}

impl Field {
    /// A field.
    pub fn new(origin: Origin, meaning: Meaning, value: impl Into<String>) -> Self {
        Self { origin, meaning, value: Secret::new(value) }
    }
}

/// A member of a container: an archive's entry, a mail's attachment, a file embedded in a PDF.
#[derive(Debug)]
pub struct Member {
    /// Its name as the container writes it. A label, never a path.
    pub name: Vec<u8>,
    /// Its content, decompressed within the budget.
    pub bytes: Vec<u8>,
    /// What already went wrong with it (encrypted, cut by a limit); then `bytes` may be empty.
    pub faults: Vec<Fault>,
}

/// What a picture to look at is within its item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Frame {
    /// The picture itself, upright, scaled down for detection.
    Picture,
    /// A frame of a video or animation, or a poster of one.
    Still,
    /// A page without text, or a picture of a document, at reading resolution.
    Page(u32),
}

/// Pixels to look at: 8-bit RGB rows, upright.
pub struct Raster {
    /// What it is within its item.
    pub frame: Frame,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// `width * height * 3` bytes.
    pub rgb: Vec<u8>,
}

impl std::fmt::Debug for Raster {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Raster({:?}, {}x{})", self.frame, self.width, self.height)
    }
}

/// Where an extractor puts what it reads, as it reads it. What was handed over stays found, whatever happens next.
pub trait Sink {
    /// Takes a text.
    fn passage(&mut self, passage: Passage);
    /// Takes a metadata value.
    fn field(&mut self, field: Field);
    /// Takes a member. It is examined at once and dropped, so a container holds one member in memory at a time.
    fn member(&mut self, member: Member);
    /// Takes pixels to look at.
    fn raster(&mut self, raster: Raster);
    /// Takes a trouble; a code that is already noted is noted once.
    fn fault(&mut self, fault: Fault);
    /// The facts about the item, to be filled in.
    fn facts(&mut self) -> &mut Facts;
}
