//! `report.json`: version 1 as it is.

use super::Render;
use super::v1::Report;
use std::io::{self, Write};

/// Writes JSON.
#[derive(Debug)]
pub(super) struct Json;

impl Render for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn extension(&self) -> &'static str {
        "json"
    }

    fn render(&self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        super::escape::write_json(report, out)
    }
}
