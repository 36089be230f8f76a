//! `report.md`: reads well as plain text and renders in GitHub's Markdown.
//!
//! Every value is escaped by the formatter, so that no string from outside can be markup, a link or a mention.

use super::Render;
use super::format::{bytes, grouped_value, one_decimal, percent, seconds};
use super::v1::Report;
use crate::model::locator::is_hidden;
use minijinja::value::{Serde, ValueKind};
use minijinja::{AutoEscape, Environment, UndefinedBehavior, context};
use std::fmt::Write as _;
use std::io::{self, Write};

/// Writes Markdown.
#[derive(Debug)]
pub(super) struct Markdown;

impl Render for Markdown {
    fn name(&self) -> &'static str {
        "markdown"
    }

    fn extension(&self) -> &'static str {
        "md"
    }

    fn render(&self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        let mut environment = environment().map_err(io::Error::other)?;
        environment.add_template("report.md", include_str!("markdown.md")).map_err(io::Error::other)?;
        let template = environment.get_template("report.md").map_err(io::Error::other)?;
        template.render_captured_to(context! { r => Serde(report) }, &mut *out).map_err(io::Error::other)?;
        writeln!(out)
    }
}

/// A template engine whose values are escaped for Markdown.
pub(super) fn environment() -> Result<Environment<'static>, minijinja::Error> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Custom("markdown".into()));
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_syntax(super::format::syntax()?);
    environment.set_formatter(|out, _, value| match value.kind() {
        ValueKind::String if !value.is_safe() => {
            out.write_str(&escaped(value.as_str().unwrap_or_default())).map_err(Into::into)
        }
        ValueKind::String => out.write_str(value.as_str().unwrap_or_default()).map_err(Into::into),
        _ => write!(out, "{value}").map_err(Into::into),
    });
    environment.add_filter("n", |value: minijinja::Value| grouped_value(&value));
    environment.add_filter("bytes", bytes);
    environment.add_filter("pct", percent);
    environment.add_filter("one", one_decimal);
    environment.add_filter("seconds", seconds);
    Ok(environment)
}

/// The text with everything that Markdown or GitHub would act on made plain. Line breaks become spaces; characters
/// that a reader would not see are written out.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\n' | '\r' | '\t' => out.push(' '),
            _ if is_hidden(c) => {
                let _ = write!(out, "\\\\u{{{:x}}}", c as u32);
            }
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '|' | '#' | '~' | '$' => {
                out.push('\\');
                out.push(c);
            }
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '@' => out.push_str("&#64;"),
            _ => out.push(c),
        }
    }
    // A bare address would become a link.
    out.replace("://", ":&#47;&#47;").replace("www.", "www&#46;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_outside_is_markup() {
        assert_eq!(
            escaped("a|b<script>[x](http://y)`*@z\n# t"),
            "a\\|b&lt;script&gt;\\[x\\](http:&#47;&#47;y)\\`\\*&#64;z \\# t"
        );
        assert_eq!(escaped("\u{202e}gpj"), "\\\\u{202e}gpj");
    }
}
