//! Apache Parquet files: every column that holds values, row by row, with its name.

use super::Reading;
use super::passages::Table;
use crate::limits::guard;
use crate::model::{Code, Fault, Origin, Part, Sink, Stage};
use ::parquet::errors::ParquetError;
use ::parquet::file::reader::{FileReader as _, SerializedFileReader};
use ::parquet::record::{Field, Row};
use bytes::Bytes;

/// Columns that are read; the files of analysts have hundreds, those of machines thousands.
const COLUMNS: usize = 4096;

/// Reads a Parquet file.
///
/// # Errors
/// [`Code::TooLarge`] above the whole-item limit; [`Code::Unreadable`]; [`Code::Unsupported`] for a compression that is
/// not read; [`Code::Damaged`]; the bounds. Rows before stay.
pub(super) fn read(reading: &Reading<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    let bytes = Bytes::copy_from_slice(reading.content.whole()?);
    guard(Stage::Extract, || {
        let file = SerializedFileReader::new(bytes).map_err(|_| Fault::extract(Code::Unreadable))?;
        let schema = file.metadata().file_metadata().schema();
        let heads: Vec<String> =
            schema.get_fields().iter().take(COLUMNS).map(|column| column.name().to_owned()).collect();
        let mut table = Table::new(Origin { part: Part::Table, page: Some(1), key: None }, &heads);
        let end = rows(&file, heads.len(), reading, &mut table, sink);
        table.finish(sink);
        end
    })?
}

fn rows(
    file: &SerializedFileReader<Bytes>,
    columns: usize,
    reading: &Reading<'_>,
    table: &mut Table,
    sink: &mut dyn Sink,
) -> Result<(), Fault> {
    let mut cells = 0;
    for row in file.get_row_iter(None).map_err(|error| fault(&error))? {
        let row = row.map_err(|error| fault(&error))?;
        reading.budget.check()?;
        cells += columns as u64;
        if cells > reading.budget.limits().cells {
            return Err(Fault::extract(Code::TooMuchText));
        }
        table.row(&values(&row, columns), sink);
    }
    Ok(())
}

fn fault(error: &ParquetError) -> Fault {
    let is_unread = matches!(error, ParquetError::NYI(_)) || error.to_string().contains("Disabled feature");
    Fault::extract(if is_unread { Code::Unsupported } else { Code::Damaged })
}

fn values(row: &Row, columns: usize) -> Vec<String> {
    row.get_column_iter()
        .take(columns)
        .map(|(_, field)| match field {
            Field::Null => String::new(),
            Field::Str(text) => text.clone(),
            Field::Bytes(bytes) => String::from_utf8_lossy(bytes.data()).into_owned(),
            other => other.to_string(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::extract::desk::Desk;
    use crate::model::{Code, Media, Shape};
    use ::parquet::data_type::{ByteArray, ByteArrayType, Int32Type};
    use ::parquet::file::properties::WriterProperties;
    use ::parquet::file::writer::SerializedFileWriter;
    use ::parquet::schema::parser::parse_message_type;
    use proptest::prelude::*;
    use std::sync::Arc;

    fn file() -> Vec<u8> {
        let schema = "message rows { optional binary name (UTF8); required int32 born (DATE); }";
        let schema = Arc::new(parse_message_type(schema).expect("a schema"));
        let properties = WriterProperties::builder().set_compression(::parquet::basic::Compression::SNAPPY).build();
        let mut bytes = Vec::new();
        let mut writer = SerializedFileWriter::new(&mut bytes, schema, Arc::new(properties)).expect("a writer");
        let mut group = writer.next_row_group().expect("a group");
        let mut names = group.next_column().expect("a column").expect("names");
        let name = [ByteArray::from("Ada Exemple")];
        names.typed::<ByteArrayType>().write_batch(&name, Some(&[1, 0]), None).expect("written");
        names.close().expect("closed");
        let mut dates = group.next_column().expect("a column").expect("dates");
        dates.typed::<Int32Type>().write_batch(&[7306, 0], None, None).expect("written");
        dates.close().expect("closed");
        group.close().expect("closed");
        writer.close().expect("closed");
        bytes
    }

    #[test]
    fn rows_stand_under_the_names_of_their_columns() {
        let desk = Desk::read(Media::Parquet, file());
        assert_eq!(desk.text(), "name\tborn\nAda Exemple\t1990-01-02\n\t1970-01-01\n");
        assert_eq!((desk.passages[0].1, desk.faults.len()), (Shape::Table, 0));
    }

    #[test]
    fn a_file_without_its_end_is_unreadable() {
        let mut bytes = file();
        bytes.truncate(bytes.len() - 9);
        assert_eq!(Desk::read(Media::Parquet, bytes).faults.first().map(|fault| fault.code), Some(Code::Unreadable));
    }

    proptest! {
        #[test]
        fn mutated_files_end_in_an_outcome(places in prop::collection::vec((0_usize..400, any::<u8>()), 1..8)) {
            let mut bytes = file();
            for (at, byte) in places {
                if let Some(target) = bytes.get_mut(at) { *target = byte; }
            }
            let _ = Desk::read(Media::Parquet, bytes);
        }
    }
}
