//! Workbooks: xlsx, xlsb, xls and ods by `calamine`, row by row, each sheet a page; dates as ISO 8601.

use super::Reading;
use super::grid::Grid;
use super::ole::{self, Storage};
use super::package::Package;
use super::{ooxml, opendocument};
use crate::limits::{ContentReader, guard};
use crate::model::{Code, Fault, Media, Origin, Part, Sink, Stage};
use calamine::{Cell, Data, DataRef, ExcelDateTime, Ods, Reader as _, Xls, Xlsb, Xlsx};
use std::io::BufReader;

type Source<'r> = BufReader<ContentReader<'r>>;

/// Reads a workbook.
///
/// # Errors
/// [`Code::Encrypted`], [`Code::Unreadable`], the bounds; the rows before stay.
pub(super) fn read(reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    if reading.media == Media::Xls {
        if let Ok(mut storage) = Storage::open(reading) {
            ole::read_properties(&mut storage, sink);
            ole::embedded(&mut storage, reading, sink)?;
        }
    } else {
        read_package(reading, sink)?;
    }
    let source = || BufReader::with_capacity(32 << 10, reading.content.reader());
    // The foreign reader holds shared strings whole: the sizes were measured above, the worker's memory bounds the rest.
    let end = guard(Stage::Extract, || match reading.media {
        Media::Xlsx => {
            Xlsx::new(source()).map_err(|error| fault(&error.to_string())).and_then(|book| xlsx(book, reading, sink))
        }
        Media::Xlsb => {
            Xlsb::new(source()).map_err(|error| fault(&error.to_string())).and_then(|book| xlsb(book, reading, sink))
        }
        Media::Ods => {
            Ods::new(source()).map_err(|error| fault(&error.to_string())).and_then(|book| whole(book, reading, sink))
        }
        _ => Xls::new(source()).map_err(|error| fault(&error.to_string())).and_then(|book| whole(book, reading, sink)),
    })
    .and_then(|end| end);
    match end {
        Err(fault) if matches!(fault.code, Code::Unreadable | Code::Panicked) => read_strings(reading, fault, sink),
        end => end,
    }
}

/// A workbook that the reader refuses still has its strings in one part (xlsx, ods) or in its bytes (xls, xlsb).
fn read_strings(reading: &Reading<'_>, fault: Fault, sink: &mut dyn Sink) -> Result<(), Fault> {
    if reading.media == Media::Xls {
        return super::strings::read(reading, sink).and(Err(fault));
    }
    let mut package = Package::open(reading)?;
    let names = package.names();
    for name in names.iter().filter(|name| {
        *name == "xl/sharedStrings.xml" || *name == "content.xml" || name.starts_with("xl/worksheets/sheet")
    }) {
        if let Some(xml) = package.part(name) {
            ooxml::read_loose(&xml, &Origin::of(Part::Table), reading.budget, sink)?;
        }
    }
    Err(fault)
}

/// What stands in the package beside the cells: properties, comments, drawings' text, pictures and embedded files.
fn read_package(reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    let mut package = Package::open(reading)?;
    package.measure()?;
    let names = package.names();
    if reading.media == Media::Ods {
        opendocument::open_parts(&mut package, reading, sink)?;
        return opendocument::members(&mut package, &names, reading, sink);
    }
    for name in names.iter().filter(|name| {
        name.starts_with("xl/comments")
            || name.starts_with("xl/threadedComments/")
            || name.starts_with("xl/drawings/drawing")
            || name.starts_with("xl/diagrams/data")
    }) {
        if let Some(xml) = package.part(name) {
            let is_drawing = name.starts_with("xl/d");
            let origin = Origin::of(if is_drawing { Part::Text } else { Part::Annotation });
            ooxml::read_loose(&xml, &origin, reading.budget, sink)?;
        }
    }
    ooxml::office_properties(&mut package, &names, reading, sink);
    ooxml::embedded(&mut package, &names, reading, sink)
}

/// The error's words are the crate's own; they only choose the code.
fn fault(error: &str) -> Fault {
    let lower = error.to_ascii_lowercase();
    Fault::extract(if lower.contains("password") || lower.contains("encrypt") {
        Code::Encrypted
    } else {
        Code::Unreadable
    })
}

fn xlsx(mut book: Xlsx<Source<'_>>, reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    let mut rows = Rows::new(reading);
    for name in book.sheet_names() {
        rows.begin(&name);
        if let Ok(mut cells) = book.worksheet_cells_reader(&name) {
            rows.stream(|| cells.next_cell(), sink)?;
        }
        rows.end(sink);
    }
    Ok(())
}

fn xlsb(mut book: Xlsb<Source<'_>>, reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    let mut rows = Rows::new(reading);
    for name in book.sheet_names() {
        rows.begin(&name);
        if let Ok(mut cells) = book.worksheet_cells_reader(&name) {
            rows.stream(|| cells.next_cell(), sink)?;
        }
        rows.end(sink);
    }
    Ok(())
}

/// The sheets of a format that is read whole.
fn whole<'r, B: calamine::Reader<Source<'r>>>(
    mut book: B,
    reading: &Reading<'_>,
    sink: &mut dyn Sink,
) -> Result<(), Fault> {
    let mut rows = Rows::new(reading);
    for name in book.sheet_names() {
        rows.begin(&name);
        match book.worksheet_range(&name) {
            Ok(range) => rows.range(&range, sink)?,
            Err(_) => sink.fault(Fault::extract(Code::Damaged)),
        }
        rows.end(sink);
    }
    Ok(())
}

/// Gathers cells to rows and rows to the grid of a sheet.
struct Rows<'r> {
    reading: &'r Reading<'r>,
    grid: Option<Grid>,
    sheet: u32,
    cells: u64,
    row: Vec<String>,
    at: u32,
}

/// Columns of a row that are kept; Excel's own limit.
const COLUMNS: u32 = 16_384;

impl<'r> Rows<'r> {
    fn new(reading: &'r Reading<'r>) -> Self {
        Self { reading, grid: None, sheet: 0, cells: 0, row: Vec::new(), at: 0 }
    }

    fn begin(&mut self, name: &str) {
        self.sheet += 1;
        self.at = 0;
        self.grid = Some(Grid::of_sheet(Origin { part: Part::Table, page: Some(self.sheet), key: None }, name));
    }

    /// Takes a cell; cells come in the order of their rows.
    fn cell(&mut self, (row, column): (u32, u32), value: String, sink: &mut dyn Sink) -> Result<(), Fault> {
        self.reading.budget.check()?;
        self.cells += 1;
        if self.cells > self.reading.budget.limits().cells {
            self.end(sink);
            return Err(Fault::extract(Code::TooMuchText));
        }
        if value.trim().is_empty() || column >= COLUMNS {
            return Ok(());
        }
        if row != self.at {
            self.flush(sink);
            // Blank rows between part blocks, however many there are.
            if row > self.at + 1
                && let Some(grid) = &mut self.grid
            {
                grid.row(Vec::new(), sink);
            }
            self.at = row;
        }
        let column = column as usize;
        if self.row.len() <= column {
            self.row.resize(column + 1, String::new());
        }
        if let Some(cell) = self.row.get_mut(column) {
            *cell = value;
        }
        Ok(())
    }

    /// Takes cells one by one as the file has them; damage ends the sheet.
    fn stream<'c, E>(
        &mut self,
        mut next: impl FnMut() -> Result<Option<Cell<DataRef<'c>>>, E>,
        sink: &mut dyn Sink,
    ) -> Result<(), Fault> {
        loop {
            match next() {
                Ok(Some(cell)) => self.cell(cell.get_position(), shown(cell.get_value()), sink)?,
                Ok(None) => return Ok(()),
                Err(_) => {
                    sink.fault(Fault::extract(Code::Damaged));
                    return Ok(());
                }
            }
        }
    }

    fn range(&mut self, range: &calamine::Range<Data>, sink: &mut dyn Sink) -> Result<(), Fault> {
        let (first_row, first_column) = range.start().unwrap_or((0, 0));
        for (row, column, value) in range.used_cells() {
            self.cell((first_row + row as u32, first_column + column as u32), shown_data(value), sink)?;
        }
        Ok(())
    }

    fn flush(&mut self, sink: &mut dyn Sink) {
        if let Some(grid) = self.grid.as_mut().filter(|_| !self.row.is_empty()) {
            grid.row(std::mem::take(&mut self.row), sink);
        }
    }

    fn end(&mut self, sink: &mut dyn Sink) {
        self.flush(sink);
        if let Some(grid) = self.grid.take() {
            grid.finish(sink);
        }
        sink.facts().document_mut().pages = self.sheet;
    }
}

fn shown(value: &DataRef<'_>) -> String {
    match value {
        DataRef::SharedString(text) => (*text).to_owned(),
        other => shown_data(&other.clone().into()),
    }
}

/// A cell as a reader of the sheet would write it.
fn shown_data(value: &Data) -> String {
    match value {
        Data::Int(n) => n.to_string(),
        Data::Float(n) => number(*n),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Bool(truth) => truth.to_string(),
        Data::DateTime(moment) => moment_text(moment),
        _ => String::new(),
    }
}

fn number(n: f64) -> String {
    if n.fract() == 0.0 && n.abs() < 1e15 { format!("{n:.0}") } else { format!("{n}") }
}

/// An Excel moment as ISO 8601; a duration or a time of day stays a number of days.
fn moment_text(moment: &ExcelDateTime) -> String {
    let serial = moment.as_f64();
    if !moment.is_datetime() || !(1.0..2_958_466.0).contains(&serial) {
        return number(serial);
    }
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    if hour == 0 && minute == 0 && second == 0 {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::desk::Desk;
    use crate::model::Shape;
    use proptest::prelude::*;
    use std::io::{Cursor, Write};
    use zip::write::{SimpleFileOptions, ZipWriter};

    fn workbook(sheet: &str) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        let styles = "<styleSheet><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>";
        let parts = [
            ("[Content_Types].xml", "<Types/>"),
            (
                "_rels/.rels",
                "<Relationships><Relationship Id=\"r1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>",
            ),
            ("xl/workbook.xml", "<workbook><sheets><sheet name=\"P\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"),
            (
                "xl/_rels/workbook.xml.rels",
                "<Relationships><Relationship Id=\"r1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>",
            ),
            ("xl/styles.xml", styles),
            ("xl/worksheets/sheet1.xml", sheet),
        ];
        for (name, text) in parts {
            writer.start_file(name, SimpleFileOptions::default()).expect("part");
            writer.write_all(text.as_bytes()).expect("written");
        }
        writer.finish().expect("zip").into_inner()
    }

    const SHEET: &str = "<worksheet><sheetData>\
        <row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>Name</t></is></c><c r=\"B1\" t=\"inlineStr\"><is><t>Born</t></is></c><c r=\"C1\" t=\"inlineStr\"><is><t>Phone</t></is></c></row>\
        <row r=\"2\"><c r=\"A2\" t=\"inlineStr\"><is><t>Ada Example</t></is></c><c r=\"B2\" s=\"1\"><v>32875</v></c><c r=\"C2\"><v>33199000000</v></c></row>\
        <row r=\"3\"><c r=\"A3\" t=\"inlineStr\"><is><t>Ben Muster</t></is></c><c r=\"B3\" s=\"1\"><v>31381</v></c></row>\
        </sheetData></worksheet>";

    #[test]
    fn a_sheet_is_a_table_with_heads_and_iso_dates() {
        let desk = Desk::read(Media::Xlsx, workbook(SHEET));
        assert_eq!(desk.text(), "Name\tBorn\tPhone\nAda Example\t1990-01-02\t33199000000\nBen Muster\t1985-11-30\n");
        assert_eq!((desk.passages[0].1, desk.passages[0].0.page), (Shape::Table, Some(1)));
    }

    #[test]
    fn cells_far_apart_cost_nothing() {
        let sheet = "<worksheet><dimension ref=\"A1:XFD1048576\"/><sheetData><row r=\"1\"><c r=\"A1\"><v>1</v></c></row>\
            <row r=\"1048576\"><c r=\"XFD1048576\"><v>2</v></c></row></sheetData></worksheet>";
        let desk = Desk::read(Media::Xlsx, workbook(sheet));
        assert_eq!((desk.text().as_str(), desk.faults.len()), ("1\n2\n", 0));
    }

    proptest! {
        #[test]
        fn damaged_workbooks_never_panic(at in 0_usize..4000, byte in any::<u8>()) {
            let mut bytes = workbook(SHEET);
            let length = bytes.len();
            bytes[at % length] = byte;
            for media in [Media::Xlsx, Media::Xlsb, Media::Ods, Media::Xls] {
                let _ = Desk::read(media, bytes.clone());
            }
        }
    }
}
