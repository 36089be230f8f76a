//! Media types: what bytes are, told by content.

use serde::{Deserialize, Serialize};

/// The family that a media type belongs to; it chooses the extractor and the classifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// Still pictures.
    Picture,
    /// Moving pictures.
    Video,
    /// Sound.
    Audio,
    /// Paged or flowing documents.
    Document,
    /// Rows and columns.
    Table,
    /// Mail and messages, contacts, calendars.
    Message,
    /// Plain and marked-up text.
    Text,
    /// Containers of other files.
    Archive,
    /// Databases and dumps.
    Database,
    /// Anything else.
    Other,
}

macro_rules! media {
    ($($(#[$doc:meta])* $variant:ident = $family:ident, $mime:literal, $title:literal, [$($ext:literal),*];)*) => {
        /// A media type.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[non_exhaustive]
        pub enum Media { $(#[doc = $title] $variant,)* }

        impl Media {
            /// Every media type.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The IANA media type, or a commonly used `x-` name where none is registered.
            pub fn mime(self) -> &'static str {
                match self { $(Self::$variant => $mime,)* }
            }

            /// The variant's name: what the ledger stores.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => stringify!($variant),)* }
            }

            /// The words for a reader.
            pub fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }

            /// The family.
            pub fn family(self) -> Family {
                match self { $(Self::$variant => Family::$family,)* }
            }

            /// Extensions that fit, lower case; empty where any fits.
            pub fn extensions(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$($ext),*],)* }
            }
        }
    };
}

media! {
    Jpeg = Picture, "image/jpeg", "JPEG", ["jpg", "jpeg", "jpe", "jfif", "mpo", "thm"];
    Png = Picture, "image/png", "PNG", ["png", "apng"];
    Gif = Picture, "image/gif", "GIF", ["gif"];
    Webp = Picture, "image/webp", "WebP", ["webp"];
    Tiff = Picture, "image/tiff", "TIFF", ["tif", "tiff"];
    Bmp = Picture, "image/bmp", "BMP", ["bmp", "dib"];
    Heic = Picture, "image/heic", "HEIC", ["heic", "heif", "hif"];
    Avif = Picture, "image/avif", "AVIF", ["avif"];
    Jpeg2000 = Picture, "image/jp2", "JPEG 2000", ["jp2", "j2k", "jpx", "jpf", "j2c"];
    Icon = Picture, "image/vnd.microsoft.icon", "icon", ["ico", "cur"];
    Photoshop = Picture, "image/vnd.adobe.photoshop", "Photoshop document", ["psd", "psb"];
    RawPhoto = Picture, "image/x-raw", "camera raw photo", ["cr2", "cr3", "nef", "arw", "dng", "raf", "rw2", "orf", "pef", "srw", "x3f", "mrw", "crw"];
    Svg = Picture, "image/svg+xml", "SVG drawing", ["svg"];
    Dicom = Picture, "application/dicom", "DICOM", ["dcm", "dicom", "ima"];
    Mp4 = Video, "video/mp4", "MP4", ["mp4", "m4v", "mp4v", "f4v"];
    QuickTime = Video, "video/quicktime", "QuickTime", ["mov", "qt"];
    ThreeGp = Video, "video/3gpp", "3GP", ["3gp", "3g2", "3gpp"];
    Matroska = Video, "video/x-matroska", "Matroska", ["mkv", "mk3d"];
    Webm = Video, "video/webm", "WebM", ["webm"];
    Avi = Video, "video/x-msvideo", "AVI", ["avi"];
    Asf = Video, "video/x-ms-asf", "Windows Media", ["wmv", "asf"];
    Flv = Video, "video/x-flv", "Flash video", ["flv"];
    MpegTs = Video, "video/mp2t", "MPEG transport stream", ["ts", "mts", "m2ts", "m2t"];
    MpegPs = Video, "video/mpeg", "MPEG programme stream", ["mpg", "mpeg", "vob", "m2p", "ps"];
    Ogg = Video, "video/ogg", "Ogg", ["ogv", "ogg", "oga", "opus"];
    Audio = Audio, "audio/x-unknown", "sound", ["mp3", "wav", "flac", "m4a", "aac", "wma", "amr", "aif", "aiff"];
    Pdf = Document, "application/pdf", "PDF", ["pdf"];
    Docx = Document, "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "Word document", ["docx", "docm", "dotx", "dotm"];
    Pptx = Document, "application/vnd.openxmlformats-officedocument.presentationml.presentation", "PowerPoint presentation", ["pptx", "pptm", "ppsx", "potx"];
    Odt = Document, "application/vnd.oasis.opendocument.text", "OpenDocument text", ["odt", "ott", "fodt"];
    Odp = Document, "application/vnd.oasis.opendocument.presentation", "OpenDocument presentation", ["odp", "otp"];
    Epub = Document, "application/epub+zip", "EPUB", ["epub"];
    Rtf = Document, "application/rtf", "RTF", ["rtf", "doc"];
    Doc = Document, "application/msword", "Word 97 document", ["doc", "dot"];
    Ppt = Document, "application/vnd.ms-powerpoint", "PowerPoint 97 presentation", ["ppt", "pps", "pot"];
    PostScript = Document, "application/postscript", "PostScript", ["ps", "eps", "ai"];
    Xlsx = Table, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Excel workbook", ["xlsx", "xlsm", "xltx"];
    Xlsb = Table, "application/vnd.ms-excel.sheet.binary.macroEnabled.12", "Excel binary workbook", ["xlsb"];
    Xls = Table, "application/vnd.ms-excel", "Excel 97 workbook", ["xls", "xlt"];
    Ods = Table, "application/vnd.oasis.opendocument.spreadsheet", "OpenDocument spreadsheet", ["ods", "ots"];
    Csv = Table, "text/csv", "CSV", ["csv", "tsv", "tab", "txt", "psv"];
    Parquet = Table, "application/vnd.apache.parquet", "Parquet", ["parquet"];
    Avro = Table, "application/avro", "Avro", ["avro"];
    Mail = Message, "message/rfc822", "mail", ["eml", "mht", "mhtml", "msg", "txt"];
    Mbox = Message, "application/mbox", "mailbox", ["mbox", "mbx"];
    OutlookMessage = Message, "application/vnd.ms-outlook", "Outlook message", ["msg", "oft"];
    OutlookStore = Message, "application/vnd.ms-outlook-pst", "Outlook data file", ["pst", "ost"];
    Vcard = Message, "text/vcard", "vCard", ["vcf", "vcard"];
    Icalendar = Message, "text/calendar", "iCalendar", ["ics", "ical", "ifb"];
    Ldif = Message, "text/x-ldif", "LDIF", ["ldif", "ldi", "txt"];
    Hl7 = Message, "application/hl7-v2", "HL7 message", ["hl7"];
    Text = Text, "text/plain", "text", [];
    Html = Text, "text/html", "HTML", ["html", "htm", "xhtml", "shtml"];
    Xml = Text, "application/xml", "XML", ["xml", "xsl", "xsd", "rss", "kml", "gpx", "plist", "rdf", "xmp"];
    Json = Text, "application/json", "JSON", ["json", "geojson", "ipynb", "har", "webmanifest"];
    JsonLines = Text, "application/jsonl", "JSON lines", ["jsonl", "ndjson", "json", "log"];
    Sql = Database, "application/sql", "SQL", ["sql", "dump"];
    Sqlite = Database, "application/vnd.sqlite3", "SQLite database", ["sqlite", "sqlite3", "db", "db3", "s3db"];
    PostgresDump = Database, "application/x-pgdump", "PostgreSQL archive", ["dump", "pgdump", "backup", "dmp", "custom", "pg", "bak", "dat"];
    Bson = Database, "application/bson", "MongoDB dump", ["bson", "archive", "dump"];
    Access = Database, "application/x-msaccess", "Access database", ["mdb", "accdb"];
    Zip = Archive, "application/zip", "ZIP archive", ["zip", "jar", "apk", "war", "kmz", "xpi"];
    Gzip = Archive, "application/gzip", "gzip", ["gz", "tgz", "gzip", "svgz", "emz"];
    Tar = Archive, "application/x-tar", "tar archive", ["tar"];
    Bzip2 = Archive, "application/x-bzip2", "bzip2", ["bz2", "tbz2", "tbz"];
    Xz = Archive, "application/x-xz", "xz", ["xz", "txz"];
    Lzma = Archive, "application/x-lzma", "lzma", ["lzma"];
    Zstd = Archive, "application/zstd", "Zstandard", ["zst", "tzst"];
    SevenZip = Archive, "application/x-7z-compressed", "7-Zip archive", ["7z"];
    Rar = Archive, "application/vnd.rar", "RAR archive", ["rar"];
    Cab = Archive, "application/vnd.ms-cab-compressed", "Cabinet archive", ["cab"];
    EncryptedOffice = Document, "application/x-ole-storage", "encrypted Office document", ["docx", "xlsx", "pptx", "docm", "xlsm"];
    OleStorage = Other, "application/x-ole-storage", "OLE storage", [];
    PrivateKey = Text, "application/x-pem-file", "PEM key or certificate", ["pem", "key", "crt", "cer", "ppk"];
    Pgp = Other, "application/pgp-encrypted", "PGP message", ["gpg", "pgp", "asc"];
    Age = Other, "application/x-age-encryption", "age-encrypted file", ["age"];
    Font = Other, "font/sfnt", "font", ["ttf", "otf", "woff", "woff2", "ttc", "eot"];
    Program = Other, "application/x-executable", "program", ["exe", "dll", "so", "bin", "o", "dylib", "class", "pyc", "wasm", "sys"];
    Encrypted = Other, "application/octet-stream", "encrypted or compressed bytes", [];
    Empty = Other, "application/x-empty", "empty file", [];
    Unknown = Other, "application/octet-stream", "unknown", [];
}

impl Media {
    /// The media type with this [`Media::name`].
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|media| media.name() == name)
    }
}
