//! The words of RTF that say where a group's text goes, and those of its font table (specification 1.9.1).

use crate::model::Meaning;
use crate::sniff::Charset;

/// Where the text of a group goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    Text,
    Margin,
    Note,
    Property(&'static str, Meaning),
    Picture,
    Instruction,
    Nothing,
}

impl Target {
    /// The target of a destination; `None` for any other word.
    pub(super) fn of(word: &[u8]) -> Option<Self> {
        Some(match word {
            b"author" => Target::Property("author", Meaning::Person),
            b"operator" => Target::Property("operator", Meaning::Person),
            b"manager" => Target::Property("manager", Meaning::Person),
            b"company" => Target::Property("company", Meaning::Party),
            b"title" => Target::Property("title", Meaning::Words),
            b"subject" => Target::Property("subject", Meaning::Words),
            b"doccomm" | b"keywords" | b"category" => Target::Property("comment", Meaning::Words),
            b"header" | b"headerl" | b"headerr" | b"headerf" | b"footer" | b"footerl" | b"footerr" | b"footerf" => {
                Target::Margin
            }
            b"annotation" | b"atnauthor" | b"footnote" => Target::Note,
            b"fldinst" => Target::Instruction,
            b"pict" => Target::Picture,
            b"fonttbl"
            | b"info"
            | b"colortbl"
            | b"stylesheet"
            | b"listtable"
            | b"listoverridetable"
            | b"rsidtbl"
            | b"generator"
            | b"themedata"
            | b"colorschememapping"
            | b"latentstyles"
            | b"datastore"
            | b"objdata"
            | b"xmlnstbl"
            | b"nonshppict"
            | b"mmathPr"
            | b"pgdsctbl"
            | b"revtbl"
            | b"creatim"
            | b"revtim"
            | b"printim"
            | b"filetbl"
            | b"sp"
            | b"bkmkstart"
            | b"bkmkend"
            | b"template"
            | b"wgrffmtfilter"
            | b"pntext"
            | b"listtext"
            | b"atnid"
            | b"atnref"
            | b"atndate" => Target::Nothing,
            _ => return None,
        })
    }
}

/// The encoding of a font's character set number (specification 1.9.1, font table).
pub(super) fn charset_of(number: i32) -> Option<Charset> {
    Charset::by_code_page(match number {
        0 => 1252,
        77 => 10000,
        128 => 932,
        129 => 949,
        134 => 936,
        136 => 950,
        161 => 1253,
        162 => 1254,
        163 => 1258,
        177 => 1255,
        178 => 1256,
        186 => 1257,
        204 => 1251,
        222 => 874,
        238 => 1250,
        _ => return None,
    })
}
