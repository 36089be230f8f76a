//! Tables in text: CSV, TSV and their kin, with the delimiter and the encoding detected, streamed.

use super::Reading;
use super::grid::Grid;
use super::markup::Bounded;
use super::windows::Windows;
use crate::model::{Code, Fault, Origin, Part, Sink};
use crate::sniff;
use csv::{ByteRecord, ReaderBuilder};

/// Text from which the delimiter is told.
const SAMPLE: usize = 64 << 10;
/// A record above this size is a quote that was never closed; quotes are then read as characters.
const RECORD: usize = 1 << 20;

/// Reads a delimited table.
///
/// # Errors
/// Time that is over, too many cells, or a device error; the rows before stay.
pub(super) fn read(reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    let head = reading.content.head();
    let charset = sniff::charset(head).unwrap_or(sniff::Charset::UTF8);
    let sample = charset.decode(head.get(..SAMPLE).unwrap_or(head));
    let is_whole = reading.content.size() as usize <= head.len().min(SAMPLE);
    let lines =
        if is_whole { sample.as_str() } else { sample.rsplit_once('\n').map_or(sample.as_str(), |(lines, _)| lines) };
    let Some(delimiter) = sniff::delimiter(lines, true) else { return super::text::read(reading, sink) };
    let mut grid = Grid::of_file(Origin::of(Part::Table));
    let end = match rows(reading, delimiter, true, 0, &mut grid, sink) {
        Ok(Some(line)) => {
            sink.fault(Fault::extract(Code::Damaged));
            rows(reading, delimiter, false, line, &mut grid, sink).map(|_| ())
        }
        Ok(None) => Ok(()),
        Err(fault) => Err(fault),
    };
    grid.finish(sink);
    end
}

/// Feeds rows to the grid. Says at which line a quote was opened that does not end.
fn rows(
    reading: &Reading<'_>,
    delimiter: u8,
    is_quoted: bool,
    first_line: u64,
    grid: &mut Grid,
    sink: &mut dyn Sink,
) -> Result<Option<u64>, Fault> {
    let (source, left) = Bounded::new(Windows::open(reading).reader());
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter)
        .quoting(is_quoted)
        .flexible(true)
        .has_headers(false)
        .buffer_capacity(64 << 10)
        .from_reader(source);
    let mut record = ByteRecord::new();
    let mut cells = 0;
    loop {
        reading.budget.check()?;
        left.set(RECORD);
        let line = reader.position().line();
        match reader.read_byte_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(_) => return Ok(is_quoted.then_some(line)),
        }
        if line < first_line {
            continue;
        }
        cells += record.len() as u64;
        if cells > reading.budget.limits().cells {
            return Err(Fault::extract(Code::TooMuchText));
        }
        grid.row(record.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect(), sink);
    }
    let left_over = reader.into_inner().into_inner().fault;
    left_over.map_or(Ok(None), Err)
}

#[cfg(test)]
mod tests {
    use crate::extract::desk::Desk;
    use crate::model::{Media, Shape};

    #[test]
    fn a_legacy_table_with_quotes_is_read_with_its_heads() {
        let text = "Prénom;Né le;Note\nZoé;01/02/1990;\"a; b\nc\"\nLéa;30/11/1985;x\n";
        let (bytes, ..) = encoding_rs::WINDOWS_1252.encode(text);
        let desk = Desk::read(Media::Csv, bytes.into_owned());
        assert_eq!(desk.text(), "Prénom\tNé le\tNote\nZoé\t01/02/1990\ta; b c\nLéa\t30/11/1985\tx\n");
        assert_eq!((desk.passages[0].1, desk.facts.document.map(|document| document.rows)), (Shape::Table, Some(2)));
    }

    #[test]
    fn a_long_table_comes_in_pieces_with_its_heads() {
        let rows = "7,Ada Example,1990-01-02\n".repeat(20_000);
        let desk = Desk::read(Media::Csv, format!("id,name,born\n{rows}").into_bytes());
        assert!(desk.passages.len() > 1);
        assert!(desk.passages.iter().all(|(.., text)| text.starts_with("id\tname\tborn\n")));
        assert_eq!(desk.facts.document.map(|document| document.rows), Some(20_000));
    }

    #[test]
    fn a_quote_that_never_ends_does_not_swallow_the_table() {
        let rows = "7,Ada,1990-01-02\n".repeat(100_000);
        let desk = Desk::read(Media::Csv, format!("id,name,born\n0,\"Ben,1990-01-03\n{rows}").into_bytes());
        assert!(desk.facts.document.is_some_and(|document| document.rows > 90_000));
    }
}
