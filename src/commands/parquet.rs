//! A table of a case as Apache Parquet, for data frames and warehouses: typed columns, compressed, written in groups of
//! rows so that memory does not grow with the table.

use super::rows::Fields;
use ::parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use ::parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use ::parquet::file::properties::WriterProperties;
use ::parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use ::parquet::schema::types::Type;
use anyhow::Result;
use serde_json::Value;
use std::io::Write;
use std::sync::Arc;

/// Rows that are held before they are written as one group.
const GROUP: usize = 4096;

/// What a column holds. Every column may be empty in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cell {
    /// Text; a list or an object is its JSON.
    Text,
    Whole,
    Real,
    Flag,
}

fn cell(column: &str) -> Cell {
    match column {
        "size" | "modified_ms" | "created_day" | "members" | "page" | "start" | "end" | "mention" => Cell::Whole,
        "confidence" => Cell::Real,
        "organisation" => Cell::Flag,
        _ => Cell::Text,
    }
}

/// Writes rows.
pub(super) struct Rows<W: Write + Send> {
    writer: SerializedFileWriter<W>,
    columns: &'static [&'static str],
    held: Vec<Fields>,
}

impl<W: Write + Send> Rows<W> {
    pub(super) fn new(columns: &'static [&'static str], to: W) -> Result<Self> {
        let fields = columns.iter().map(|column| field(column).map(Arc::new)).collect::<Result<Vec<_>, _>>()?;
        let schema = Type::group_type_builder("row").with_fields(fields).build()?;
        let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
        let writer = SerializedFileWriter::new(to, Arc::new(schema), Arc::new(properties))?;
        Ok(Self { writer, columns, held: Vec::new() })
    }

    pub(super) fn row(&mut self, row: Fields) -> Result<()> {
        self.held.push(row);
        if self.held.len() >= GROUP { self.write() } else { Ok(()) }
    }

    pub(super) fn end(mut self) -> Result<()> {
        self.write()?;
        self.writer.into_inner()?.flush()?;
        Ok(())
    }

    fn write(&mut self) -> Result<()> {
        if self.held.is_empty() {
            return Ok(());
        }
        let mut group = self.writer.next_row_group()?;
        for column in self.columns {
            let values = self.held.iter().map(|row| row.get(*column));
            match cell(column) {
                Cell::Text => put::<ByteArrayType, _>(&mut group, values.map(|value| text(value?)))?,
                Cell::Whole => put::<Int64Type, _>(&mut group, values.map(|value| value?.as_i64()))?,
                Cell::Real => put::<DoubleType, _>(&mut group, values.map(|value| value?.as_f64()))?,
                Cell::Flag => put::<BoolType, _>(&mut group, values.map(|value| value?.as_bool()))?,
            }
        }
        group.close()?;
        self.held.clear();
        Ok(())
    }
}

fn field(column: &str) -> ::parquet::errors::Result<Type> {
    let (physical, logical) = match cell(column) {
        Cell::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        Cell::Whole => (Physical::INT64, None),
        Cell::Real => (Physical::DOUBLE, None),
        Cell::Flag => (Physical::BOOLEAN, None),
    };
    Type::primitive_type_builder(column, physical)
        .with_logical_type(logical)
        .with_repetition(Repetition::OPTIONAL)
        .build()
}

fn text(value: &Value) -> Option<ByteArray> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(ByteArray::from(text.as_str())),
        other => Some(ByteArray::from(other.to_string().as_str())),
    }
}

/// Writes the next column of a group: which rows have a value, and the values.
fn put<T, I>(group: &mut SerializedRowGroupWriter<'_, impl Write + Send>, values: I) -> Result<()>
where
    T: DataType,
    I: Iterator<Item = Option<T::T>>,
{
    let (mut levels, mut present) = (Vec::new(), Vec::new());
    for value in values {
        levels.push(i16::from(value.is_some()));
        present.extend(value);
    }
    if let Some(mut column) = group.next_column()? {
        column.typed::<T>().write_batch(&present, Some(&levels), None)?;
        column.close()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::parquet::file::reader::{FileReader as _, SerializedFileReader};
    use ::parquet::record::RowAccessor as _;
    use bytes::Bytes;
    use serde_json::json;

    #[test]
    fn what_is_written_is_read_again_with_its_types() {
        let columns = &["path", "size", "confidence", "organisation", "reasons"];
        let mut out = Vec::new();
        let mut rows = Rows::new(columns, &mut out).expect("a schema");
        for number in 0..GROUP + 2 {
            let row = json!({ "path": format!("a\u{1b}/{number}"), "size": number, "confidence": 0.5, "reasons": [1] });
            let Value::Object(mut row) = row else { panic!("an object") };
            if number == 1 {
                row.insert("organisation".to_owned(), true.into());
                row.insert("size".to_owned(), Value::Null);
            }
            rows.row(row).expect("written");
        }
        rows.end().expect("ended");
        let file = SerializedFileReader::new(Bytes::from(out)).expect("a Parquet file");
        assert_eq!(file.num_row_groups(), 2);
        let read: Vec<_> = file.get_row_iter(None).expect("rows").map(|row| row.expect("a row")).collect();
        assert_eq!(read.len(), GROUP + 2);
        assert_eq!(read[0].get_string(0).expect("text"), "a\u{1b}/0");
        assert_eq!((read[0].get_long(1).expect("whole"), read[0].get_double(2).expect("real")), (0, 0.5));
        assert_eq!(read[0].get_string(4).expect("JSON"), "[1]");
        assert!(read[1].get_bool(3).expect("a flag") && read[1].get_long(1).is_err());
        assert_eq!(read[GROUP + 1].get_long(1).expect("whole"), GROUP as i64 + 1);
    }
}
