//! PDFs, written by hand so that their bytes never change: text pages, a page that is a picture, and broken ones.

use std::fmt::Write as _;

/// A line of text: millimetres from the left and top, size in points, text.
pub(crate) type Line = (f32, f32, f32, String);

/// A document under construction.
#[derive(Default)]
struct Objects {
    bytes: Vec<u8>,
    offsets: Vec<usize>,
}

impl Objects {
    fn new() -> Self {
        Self { bytes: b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n".to_vec(), offsets: Vec::new() }
    }

    fn add(&mut self, body: &[u8]) -> usize {
        self.offsets.push(self.bytes.len());
        let number = self.offsets.len();
        self.bytes.extend_from_slice(format!("{number} 0 obj\n").as_bytes());
        self.bytes.extend_from_slice(body);
        self.bytes.extend_from_slice(b"\nendobj\n");
        number
    }

    fn stream(&mut self, entries: &str, data: &[u8]) -> usize {
        let mut body = format!("<< {entries} /Length {} >>\nstream\n", data.len()).into_bytes();
        body.extend_from_slice(data);
        body.extend_from_slice(b"\nendstream");
        self.add(&body)
    }

    fn finish(mut self, root: usize, info: Option<usize>) -> Vec<u8> {
        let start = self.bytes.len();
        let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", self.offsets.len() + 1);
        for offset in &self.offsets {
            let _ = writeln!(table, "{offset:010} 00000 n ");
        }
        let info = info.map_or(String::new(), |info| format!(" /Info {info} 0 R"));
        let _ = write!(
            table,
            "trailer\n<< /Size {} /Root {root} 0 R{info} >>\nstartxref\n{start}\n%%EOF\n",
            self.offsets.len() + 1
        );
        self.bytes.extend_from_slice(table.as_bytes());
        self.bytes
    }
}

/// WinAnsi bytes of a text, escaped for a PDF string.
fn win_ansi(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    for c in text.chars() {
        let byte = match c {
            '€' => 0x80,
            '’' => 0x92,
            'œ' => 0x9c,
            _ => u8::try_from(c as u32).unwrap_or(b'?'),
        };
        if matches!(byte, b'(' | b')' | b'\\') {
            out.push(b'\\');
        }
        out.push(byte);
    }
    out
}

/// A document of text pages on A4, with an author and a date.
pub(crate) fn text(pages: &[Vec<Line>], author: &str, date: &str) -> Vec<u8> {
    let mut objects = Objects::new();
    let font = objects.add(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>");
    let parent = font + 2 * pages.len() + 1;
    let mut kids = String::new();
    for page in pages {
        let mut content = Vec::new();
        for (x, y, size, line) in page {
            let (px, py) = (x * 72.0 / 25.4, 841.89 - y * 72.0 / 25.4);
            content.extend_from_slice(format!("BT /F1 {size} Tf {px:.2} {py:.2} Td (").as_bytes());
            content.extend_from_slice(&win_ansi(line));
            content.extend_from_slice(b") Tj ET\n");
        }
        let stream = objects.stream("", &content);
        let page = objects.add(
            format!(
                "<< /Type /Page /Parent {parent} 0 R /MediaBox [0 0 595.28 841.89] /Contents {stream} 0 R \
                 /Resources << /Font << /F1 {font} 0 R >> >> >>"
            )
            .as_bytes(),
        );
        let _ = write!(kids, "{page} 0 R ");
    }
    let tree = objects.add(format!("<< /Type /Pages /Kids [{kids}] /Count {} >>", pages.len()).as_bytes());
    let root = objects.add(format!("<< /Type /Catalog /Pages {tree} 0 R >>").as_bytes());
    let mut info = b"<< /Producer (make_fixtures) /Author (".to_vec();
    info.extend_from_slice(&win_ansi(author));
    info.extend_from_slice(format!(") /CreationDate (D:{date}090000Z) >>").as_bytes());
    let info = objects.add(&info);
    objects.finish(root, Some(info))
}

/// A document whose only page is a JPEG.
pub(crate) fn picture(jpeg: &[u8], width: u32, height: u32) -> Vec<u8> {
    let mut objects = Objects::new();
    let image = objects.stream(
        &format!(
            "/Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace /DeviceRGB /BitsPerComponent 8 \
             /Filter /DCTDecode"
        ),
        jpeg,
    );
    let stream = objects.stream("", b"q 595.28 0 0 841.89 0 0 cm /Im0 Do Q");
    let page = objects.add(
        format!(
            "<< /Type /Page /Parent {} 0 R /MediaBox [0 0 595.28 841.89] /Contents {stream} 0 R \
             /Resources << /XObject << /Im0 {image} 0 R >> >> >>",
            stream + 2
        )
        .as_bytes(),
    );
    let tree = objects.add(format!("<< /Type /Pages /Kids [{page} 0 R] /Count 1 >>").as_bytes());
    let root = objects.add(format!("<< /Type /Catalog /Pages {tree} 0 R >>").as_bytes());
    objects.finish(root, None)
}

/// A page tree that contains itself.
pub(crate) fn cyclic() -> Vec<u8> {
    let mut objects = Objects::new();
    let tree = objects.add(b"<< /Type /Pages /Kids [2 0 R 1 0 R] /Count 2 >>");
    objects.add(b"<< /Type /Pages /Parent 1 0 R /Kids [1 0 R] /Count 1 >>");
    let root = objects.add(format!("<< /Type /Catalog /Pages {tree} 0 R >>").as_bytes());
    objects.finish(root, None)
}

/// The same document locked with a user password (RC4, 128 bits), as lopdf writes it.
pub(crate) fn locked(plain: &[u8]) -> Vec<u8> {
    let mut document = lopdf::Document::load_mem(plain).expect("our own document loads");
    let id = lopdf::Object::string_literal(*b"fixture-id-00001");
    document.trailer.set("ID", lopdf::Object::Array(vec![id.clone(), id]));
    let version = lopdf::EncryptionVersion::V2 {
        document: &document,
        owner_password: "owner-of-fixture",
        user_password: "user-of-fixture",
        key_length: 128,
        permissions: lopdf::Permissions::empty(),
    };
    let state = lopdf::EncryptionState::try_from(version).expect("encryption is set up");
    document.encrypt(&state).expect("document is encrypted");
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).expect("document is written");
    bytes
}
