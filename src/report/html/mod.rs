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
const TEMPLATES: [(&str, &str); 8] = [
    ("macros.html", include_str!("macros.html")),
    ("found.html", include_str!("found.html")),
    ("coverage.html", include_str!("coverage.html")),
    ("data.html", include_str!("data.html")),
    ("people.html", include_str!("people.html")),
    ("items.html", include_str!("items.html")),
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
            items => items(report)?,
            style_hash => hash(STYLE),
            script_hash => hash(SCRIPT),
        };
        page.render_captured_to(context, &mut *out).map_err(io::Error::other)?;
        writeln!(out)
    }
}

/// The catalogue as data for the page's script, in an element that no browser runs. Whatever could end the element or
/// hide in it is an escape.
fn items(report: &Report) -> io::Result<String> {
    let titles = |rows: Vec<(&str, &str)>| -> serde_json::Map<String, serde_json::Value> {
        rows.into_iter().map(|(name, title)| (name.to_owned(), title.into())).collect()
    };
    let rows: Vec<_> = report
        .items
        .rows
        .iter()
        .map(|row| {
            let kinds: Vec<_> = row.kinds.iter().map(|kind| serde_json::json!([kind.kind, kind.count])).collect();
            let masks: Vec<_> = row.masks.iter().map(|mask| serde_json::json!([mask.kind, mask.mask])).collect();
            serde_json::json!([
                row.item,
                row.path,
                row.class,
                row.media,
                row.bytes,
                row.is_member,
                row.outcome,
                row.faults,
                kinds,
                masks,
                row.controller,
                row.year
            ])
        })
        .collect();
    let controllers = report.people.controllers.iter();
    let data = serde_json::json!({
        "classes": titles(report.classes.iter().map(|row| (&*row.class, &*row.title)).collect()),
        "kinds": titles(report.data.iter().map(|row| (&*row.kind, &*row.title)).collect()),
        "faults": titles(report.coverage.faults.iter().map(|row| (&*row.code, &*row.meaning)).collect()),
        "controllers": titles(controllers.filter_map(|row| Some((&*row.id, row.name.as_deref()?))).collect()),
        "total": report.items.total,
        "rows": rows,
    });
    let mut text = Vec::new();
    escape::write_compact(&data, &mut text)?;
    let text = String::from_utf8(text).map_err(io::Error::other)?;
    Ok(text.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026"))
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
    environment.add_filter("fragment", fragment);
    environment.set_formatter(|out, state, value| match value.as_str() {
        Some(text) if !value.is_safe() && text.chars().any(is_hidden) => {
            minijinja::escape_formatter(out, state, &minijinja::Value::from(escape::shown(text, true)))
        }
        _ => minijinja::escape_formatter(out, state, value),
    });
    Ok(environment)
}

/// The text as part of a link's fragment.
fn fragment(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// The hash of an inline style or script for the content security policy.
pub(super) fn hash(text: &str) -> String {
    format!("sha256-{}", data_encoding::BASE64.encode(&Sha256::digest(text.as_bytes())))
}
