//! A drafted notification in each form: Markdown, HTML, JSON, plain text.

use super::v1::{Letter, Notification};
use crate::report::{escape, html, markdown};
use minijinja::value::{Serde, ValueKind};
use minijinja::{AutoEscape, Environment, UndefinedBehavior, context};
use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

const STYLE: &str = include_str!("templates/style.css");

/// How a notification is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotifyFormat {
    /// Markdown.
    Markdown,
    /// One HTML page that loads nothing.
    Html,
    /// JSON, `breachscope.notification/1`.
    Json,
    /// Plain text.
    Text,
}

impl NotifyFormat {
    fn extension(self) -> &'static str {
        match self {
            Self::Markdown => "md",
            Self::Html => "html",
            Self::Json => "json",
            Self::Text => "txt",
        }
    }

    /// Writes all of them as one document.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write(self, notifications: &[Notification], out: &mut dyn Write) -> io::Result<()> {
        self.page(notifications, &[], out)
    }

    /// Writes a file for each notification and each letter into a folder, and returns their paths.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn write_into(self, notifications: &[Notification], folder: &Path) -> io::Result<Vec<PathBuf>> {
        fs::create_dir_all(folder)?;
        let mut written = Vec::new();
        let mut file = |name: String, notifications: &[Notification], letters: &[Letter]| -> io::Result<()> {
            let path = folder.join(format!("{name}.{}", self.extension()));
            let mut out = BufWriter::new(fs::File::create(&path)?);
            self.page(notifications, letters, &mut out)?;
            out.flush()?;
            written.push(path);
            Ok(())
        };
        for notification in notifications {
            let name = match &notification.addressee {
                Some(addressee) => format!("{}-{}", notification.form, addressee.id),
                None => notification.form.clone(),
            };
            let alone = Notification { letters: Vec::new(), ..notification.clone() };
            file(name, std::slice::from_ref(&alone), &[])?;
            for letter in &notification.letters {
                let name = format!("letter-{:02}-{}", letter.class, letter.language);
                file(name, &[], std::slice::from_ref(letter))?;
            }
        }
        Ok(written)
    }

    fn page(self, notifications: &[Notification], letters: &[Letter], out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Json => match (notifications, letters) {
                ([one], []) => escape::write_json(one, out),
                ([], [one]) => escape::write_json(one, out),
                (all, _) => escape::write_json(&all, out),
            },
            Self::Markdown => {
                let environment = markdown::environment().map_err(io::Error::other)?;
                write(environment, include_str!("templates/notification.md"), notifications, letters, out)
            }
            Self::Text => {
                let environment = plain().map_err(io::Error::other)?;
                write(environment, include_str!("templates/notification.txt"), notifications, letters, out)
            }
            Self::Html => {
                let environment = html::environment().map_err(io::Error::other)?;
                write(environment, include_str!("templates/notification.html"), notifications, letters, out)
            }
        }
    }
}

fn write(
    mut environment: Environment<'static>,
    source: &'static str,
    notifications: &[Notification],
    letters: &[Letter],
    out: &mut dyn Write,
) -> io::Result<()> {
    environment.add_template("notification", source).map_err(io::Error::other)?;
    let template = environment.get_template("notification").map_err(io::Error::other)?;
    let context = context! {
        notifications => Serde(notifications),
        letters => Serde(letters),
        style => STYLE,
        style_hash => html::hash(STYLE),
    };
    template.render_captured_to(context, &mut *out).map_err(io::Error::other)?;
    writeln!(out)
}

/// Plain text: nothing is markup, hidden characters are written out.
fn plain() -> Result<Environment<'static>, minijinja::Error> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Custom("plain".into()));
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_syntax(crate::report::format::syntax()?);
    environment.set_formatter(|out, _, value| match value.kind() {
        // What a macro wrote has been through here already.
        ValueKind::String if value.is_safe() => out.write_str(value.as_str().unwrap_or_default()).map_err(Into::into),
        ValueKind::String => {
            out.write_str(&escape::shown(value.as_str().unwrap_or_default(), false)).map_err(Into::into)
        }
        _ => write!(out, "{value}").map_err(Into::into),
    });
    environment.add_filter("n", |value: minijinja::Value| crate::report::format::grouped_value(&value));
    Ok(environment)
}
