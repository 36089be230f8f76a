//! `report.html`: one file that opens from disk, needs no network and prints well.
//!
//! Escaping is on for every value; the style and the script are the program's own and allowed by their hashes alone, so
//! that nothing a file smuggles in could run even if it were not escaped.

use super::format::{bytes, grouped_value, one_decimal, percent, seconds};
use super::v1::Report;
use super::{Render, escape};
use crate::model::locator::is_hidden;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, context};
use sha2::{Digest, Sha256};
use std::io::{self, Write};

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");
const TEMPLATES: [(&str, &str); 7] = [
    ("macros.html", include_str!("macros.html")),
    ("found.html", include_str!("found.html")),
    ("coverage.html", include_str!("coverage.html")),
    ("data.html", include_str!("data.html")),
    ("people.html", include_str!("people.html")),
    ("severity.html", include_str!("severity.html")),
    ("method.html", include_str!("method.html")),
];
const PAGE: &str = include_str!("page.html");

/// Writes HTML.
#[derive(Debug)]
pub(super) struct Html;

impl Render for Html {
    fn name(&self) -> &'static str {
        "html"
    }

    fn extension(&self) -> &'static str {
        "html"
    }

    fn render(&self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        let mut environment = environment().map_err(io::Error::other)?;
        for (name, source) in TEMPLATES {
            environment.add_template(name, source).map_err(io::Error::other)?;
        }
        environment.add_template("page.html", PAGE).map_err(io::Error::other)?;
        let page = environment.get_template("page.html").map_err(io::Error::other)?;
        let context = context! {
            r => Serde(report),
            style => STYLE,
            script => SCRIPT,
            style_hash => hash(STYLE),
            script_hash => hash(SCRIPT),
        };
        page.render_captured_to(context, &mut *out).map_err(io::Error::other)?;
        writeln!(out)
    }
}

/// A template engine whose values are escaped for HTML, hidden characters written out.
pub(super) fn environment() -> Result<Environment<'static>, minijinja::Error> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_syntax(super::format::syntax()?);
    environment.add_filter("n", |value: minijinja::Value| grouped_value(&value));
    environment.add_filter("bytes", bytes);
    environment.add_filter("pct", percent);
    environment.add_filter("one", one_decimal);
    environment.add_filter("seconds", seconds);
    environment.set_formatter(|out, state, value| match value.as_str() {
        Some(text) if !value.is_safe() && text.chars().any(is_hidden) => {
            minijinja::escape_formatter(out, state, &minijinja::Value::from(escape::shown(text, true)))
        }
        _ => minijinja::escape_formatter(out, state, value),
    });
    Ok(environment)
}

/// The hash of an inline style or script for the content security policy.
pub(super) fn hash(text: &str) -> String {
    format!("sha256-{}", data_encoding::BASE64.encode(&Sha256::digest(text.as_bytes())))
}
