//! Containers written by hand or with the crates that read them: ZIP and its Office kinds, videos, DICOM, SQLite, MongoDB.

use bson::rawdoc;
use std::io::{Cursor, Write as _};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// A ZIP of these members; a password locks all of them with the old ZIP cipher.
pub(crate) fn zip(members: &[(&str, &[u8])], password: Option<&str>) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(zip::DateTime::from_date_and_time(2019, 5, 1, 12, 0, 0).expect("a valid date"));
        let options = match password {
            Some(password) => {
                zip::unstable::write::FileOptionsExt::with_deprecated_encryption(options, password.as_bytes())
                    .expect("the old cipher is there")
            }
            None => options,
        };
        writer.start_file(*name, options).expect("member begins");
        writer.write_all(bytes).expect("member is written");
    }
    writer.finish().expect("archive ends").into_inner()
}

/// A Word document of paragraphs and one table.
pub(crate) fn docx(paragraphs: &[String], rows: &[Vec<String>], author: &str) -> Vec<u8> {
    let run = |text: &str| format!("<w:p><w:r><w:t xml:space=\"preserve\">{}</w:t></w:r></w:p>", escape(text));
    let mut body: String = paragraphs.iter().map(|text| run(text)).collect();
    body.push_str("<w:tbl>");
    for row in rows {
        body.push_str("<w:tr>");
        for cell in row {
            body.push_str(&format!("<w:tc>{}</w:tc>", run(cell)));
        }
        body.push_str("</w:tr>");
    }
    body.push_str("</w:tbl>");
    let document = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>{body}</w:body></w:document>"
    );
    let core = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:creator>{}</dc:creator></cp:coreProperties>",
        escape(author)
    );
    let types = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Override PartName=\"/word/document.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/></Types>";
    let relations = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"word/document.xml\"/></Relationships>";
    zip(
        &[
            ("[Content_Types].xml", types.as_bytes()),
            ("_rels/.rels", relations.as_bytes()),
            ("word/document.xml", document.as_bytes()),
            ("docProps/core.xml", core.as_bytes()),
        ],
        None,
    )
}

/// An Excel workbook of one sheet with inline strings.
pub(crate) fn xlsx(rows: &[Vec<String>]) -> Vec<u8> {
    let mut sheet = String::new();
    for (r, row) in rows.iter().enumerate() {
        sheet.push_str(&format!("<row r=\"{}\">", r + 1));
        for (c, cell) in row.iter().enumerate() {
            let column = char::from(b'A' + c as u8);
            sheet.push_str(&format!("<c r=\"{column}{}\" t=\"inlineStr\"><is><t>{}</t></is></c>", r + 1, escape(cell)));
        }
        sheet.push_str("</row>");
    }
    let sheet = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>{sheet}</sheetData></worksheet>"
    );
    let workbook = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets><sheet name=\"Sheet1\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>";
    let book_relations = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>";
    let types = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/><Override PartName=\"/xl/worksheets/sheet1.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/></Types>";
    let relations = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>";
    zip(
        &[
            ("[Content_Types].xml", types.as_bytes()),
            ("_rels/.rels", relations.as_bytes()),
            ("xl/workbook.xml", workbook.as_bytes()),
            ("xl/_rels/workbook.xml.rels", book_relations.as_bytes()),
            ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
        ],
        None,
    )
}

pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn atom(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let mut out = ((body.len() + 8) as u32).to_be_bytes().to_vec();
    out.extend_from_slice(kind);
    out.extend_from_slice(body);
    out
}

/// An ISO base media file: brand, a movie header of some seconds, one track with its size, no samples.
pub(crate) fn iso_media(brand: &[u8; 4], seconds: u32, width: u16, height: u16, place: Option<&str>) -> Vec<u8> {
    let mut movie_header = vec![0; 100];
    movie_header[4..8].copy_from_slice(&3_600_000_000_u32.to_be_bytes());
    movie_header[12..16].copy_from_slice(&1000_u32.to_be_bytes());
    movie_header[16..20].copy_from_slice(&(seconds * 1000).to_be_bytes());
    let mut track_header = vec![0; 84];
    track_header[3] = 7;
    track_header[76..78].copy_from_slice(&width.to_be_bytes());
    track_header[80..82].copy_from_slice(&height.to_be_bytes());
    let mut handler = vec![0; 8];
    handler.extend_from_slice(b"vide");
    handler.extend_from_slice(&[0; 13]);
    let mut entry = vec![0; 78];
    entry[24..26].copy_from_slice(&width.to_be_bytes());
    entry[26..28].copy_from_slice(&height.to_be_bytes());
    let mut description = vec![0, 0, 0, 0, 0, 0, 0, 1];
    description.extend_from_slice(&atom(b"avc1", &entry));
    let table = atom(b"stbl", &atom(b"stsd", &description));
    let media = [atom(b"hdlr", &handler), atom(b"minf", &table)].concat();
    let track = [atom(b"tkhd", &track_header), atom(b"mdia", &media)].concat();
    let mut movie = [atom(b"mvhd", &movie_header), atom(b"trak", &track)].concat();
    if let Some(place) = place {
        let mut text = (place.len() as u16).to_be_bytes().to_vec();
        text.extend_from_slice(&[0x15, 0xc7]);
        text.extend_from_slice(place.as_bytes());
        movie.extend_from_slice(&atom(b"udta", &atom(b"\xa9xyz", &text)));
    }
    let brands = [brand.as_slice(), &[0, 0, 2, 0], brand].concat();
    [atom(b"ftyp", &brands), atom(b"moov", &movie), atom(b"mdat", &[0; 64])].concat()
}

fn ebml(id: &[u8], body: &[u8]) -> Vec<u8> {
    let mut out = id.to_vec();
    out.push(0x08);
    out.extend_from_slice(&(body.len() as u64).to_be_bytes()[1..]);
    let at = id.len();
    out[at] = 0x01;
    out.extend_from_slice(body);
    out
}

/// A Matroska or WebM file: header, duration and one picture track.
pub(crate) fn matroska(doctype: &str, seconds: f64) -> Vec<u8> {
    let header = ebml(&[0x1a, 0x45, 0xdf, 0xa3], &ebml(&[0x42, 0x82], doctype.as_bytes()));
    let times =
        [ebml(&[0x2a, 0xd7, 0xb1], &[0x0f, 0x42, 0x40]), ebml(&[0x44, 0x89], &(seconds * 1000.0).to_be_bytes())]
            .concat();
    let picture = ebml(&[0xe0], &[ebml(&[0xb0], &[0x02, 0x80]), ebml(&[0xba], &[0x01, 0xe0])].concat());
    let track = ebml(&[0xae], &[ebml(&[0x83], &[1]), ebml(&[0x86], b"V_VP8"), picture].concat());
    let segment = [ebml(&[0x15, 0x49, 0xa9, 0x66], &times), ebml(&[0x16, 0x54, 0xae, 0x6b], &track)].concat();
    [header, ebml(&[0x18, 0x53, 0x80, 0x67], &segment)].concat()
}

/// An AVI header of 5 seconds at 25 frames.
pub(crate) fn avi() -> Vec<u8> {
    let chunk = |id: &[u8; 4], body: &[u8]| [id.as_slice(), &(body.len() as u32).to_le_bytes(), body].concat();
    let mut header = Vec::new();
    for value in [40_000_u32, 0, 0, 0x10, 125, 0, 1, 0, 320, 240, 0, 0, 0, 0] {
        header.extend_from_slice(&value.to_le_bytes());
    }
    let list = chunk(b"LIST", &[b"hdrl".as_slice(), &chunk(b"avih", &header)].concat());
    let movie = chunk(b"LIST", b"movi");
    chunk(b"RIFF", &[b"AVI ".as_slice(), &list, &movie].concat())
}

/// An ASF header object with file properties of 7 seconds.
pub(crate) fn asf() -> Vec<u8> {
    let properties_id =
        [0xa1, 0xdc, 0xab, 0x8c, 0x47, 0xa9, 0xcf, 0x11, 0x8e, 0xe4, 0x00, 0xc0, 0x0c, 0x20, 0x53, 0x65];
    let mut properties = vec![0; 80];
    properties[40..48].copy_from_slice(&70_000_000_u64.to_le_bytes());
    let properties = [properties_id.as_slice(), &104_u64.to_le_bytes(), &properties].concat();
    let header_id = [0x30, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11, 0xa6, 0xd9, 0x00, 0xaa, 0x00, 0x62, 0xce, 0x6c];
    let length = 30 + properties.len() as u64;
    [header_id.as_slice(), &length.to_le_bytes(), &1_u32.to_le_bytes(), &[1, 2], &properties].concat()
}

/// Transport stream packets with two time stamps.
pub(crate) fn transport_stream() -> Vec<u8> {
    let mut out = Vec::new();
    for n in 0..40_u8 {
        let mut packet = vec![0xff; 188];
        packet[..4].copy_from_slice(&[0x47, if n % 20 == 0 { 0x41 } else { 0x01 }, 0x00, 0x10 | (n & 15)]);
        if n % 20 == 0 {
            packet[4..18].copy_from_slice(&[0, 0, 1, 0xe0, 0, 0, 0x80, 0x80, 5, 0x21, 0, 1 + 2 * (n / 20) * 8, 0, 1]);
        }
        out.extend_from_slice(&packet);
    }
    out
}

/// A programme stream pack header and a picture sequence header.
pub(crate) fn programme_stream() -> Vec<u8> {
    let mut out = vec![0, 0, 1, 0xba, 0x44, 0, 4, 0, 4, 1, 0, 0x89, 0xc3, 0xf8];
    out.extend_from_slice(&[
        0, 0, 1, 0xe0, 0, 20, 0x80, 0x80, 5, 0x21, 0, 1, 0, 1, 0, 0, 1, 0xb3, 0x14, 0, 0xf0, 0x13, 0, 0, 0, 0,
    ]);
    out.resize(2048, 0xff);
    out
}

/// A DICOM header with a patient module, explicit little endian.
pub(crate) fn dicom(elements: &[(u16, u16, &[u8; 2], &str)]) -> Vec<u8> {
    let mut out = vec![0; 128];
    out.extend_from_slice(b"DICM");
    let element = |group: u16, number: u16, kind: &[u8; 2], text: &str| {
        let mut value = text.as_bytes().to_vec();
        if value.len() % 2 == 1 {
            value.push(if kind == b"UI" { 0 } else { b' ' });
        }
        [&group.to_le_bytes(), &number.to_le_bytes(), kind.as_slice(), &(value.len() as u16).to_le_bytes(), &value]
            .concat()
    };
    let syntax = element(2, 0x10, b"UI", "1.2.840.10008.1.2.1");
    out.extend_from_slice(&[2, 0, 0, 0, b'U', b'L', 4, 0]);
    out.extend_from_slice(&(syntax.len() as u32).to_le_bytes());
    out.extend_from_slice(&syntax);
    for (group, number, kind, text) in elements {
        out.extend_from_slice(&element(*group, *number, kind, text));
    }
    out
}

/// An archive of `mongodump` with two collections: doctors, and the patients of these rows.
pub(crate) fn mongo_archive(doctors: &[(&str, &str)], rows: &[[String; 5]]) -> Vec<u8> {
    let end = [0xff; 4];
    let header =
        |name: &str, is_over: bool| rawdoc! { "db": "clinic", "collection": name, "EOF": is_over, "CRC": 0_i64 };
    let about = |name: &str| rawdoc! { "db": "clinic", "collection": name, "metadata": "{}", "size": 0_i64 };
    let mut out = breachscope::sniff::bson::ARCHIVE.to_vec();
    out.extend_from_slice(rawdoc! { "concurrent_collections": 1, "version": "0.1" }.as_bytes());
    for name in ["doctors", "patients"] {
        out.extend_from_slice(about(name).as_bytes());
    }
    out.extend_from_slice(&end);
    out.extend_from_slice(header("doctors", false).as_bytes());
    for (name, email) in doctors {
        out.extend_from_slice(rawdoc! { "name": *name, "email": *email, "speciality": "dermatology" }.as_bytes());
    }
    out.extend_from_slice(&end);
    out.extend_from_slice(header("patients", false).as_bytes());
    for [id, last, first, born, email] in rows {
        let born = bson::DateTime::parse_rfc3339_str(format!("{born}T00:00:00Z")).expect("a date");
        let name = rawdoc! { "first": first.as_str(), "last": last.as_str() };
        let row = rawdoc! { "patientId": id.as_str(), "name": name, "birthDate": born, "email": email.as_str() };
        out.extend_from_slice(row.as_bytes());
    }
    for name in ["doctors", "patients"] {
        out.extend_from_slice(&end);
        out.extend_from_slice(header(name, true).as_bytes());
    }
    out.extend_from_slice(&end);
    out
}

/// A SQLite database of one table.
pub(crate) fn sqlite(rows: &[[String; 5]]) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("temporary folder");
    let path = folder.path().join("x.db");
    let connection = rusqlite::Connection::open(&path).expect("database opens");
    connection
        .execute_batch("PRAGMA journal_mode=OFF; CREATE TABLE patients (id TEXT, last_name TEXT, first_name TEXT, birth_date TEXT, email TEXT);")
        .expect("table is made");
    for row in rows {
        connection
            .execute("INSERT INTO patients VALUES (?1,?2,?3,?4,?5)", rusqlite::params_from_iter(row))
            .expect("row is written");
    }
    drop(connection);
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut std::fs::File::open(&path).expect("database is there"), &mut bytes).expect("read");
    bytes
}
