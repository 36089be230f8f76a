//! Notifications: drafts of the papers that the law asks for, filled with what was computed, each field with its status
//! and where it comes from. What a scanner cannot know is to be completed; nothing is guessed.

mod answers;
mod letters;
mod render;
pub mod v1;

pub use render::NotifyFormat;

use super::figures::{Figures, Share};
use super::{Evidence, build};
use crate::rules::notify::{Fact, Field, Form, LetterWords, Mark, Piece, Template, Vocabulary};
use answers::{Answer, Value, answer};
use std::fmt::Write as _;
use v1::{Addressee, Basis, FieldRow, Notification, OptionRow, SCHEMA, Status, Summary};

/// The rules that a notification is drafted by.
#[derive(Debug)]
pub struct Drafting<'r> {
    /// The form.
    pub form: &'r Form,
    /// The crosswalk.
    pub vocabulary: &'r Vocabulary,
    /// Letters by language.
    pub letters: &'r [LetterWords],
    /// Languages that were asked for; none: those of the people's countries.
    pub languages: &'r [String],
}

/// Drafts a form: one notification, or one for each controller.
pub fn draft(evidence: &Evidence<'_>, rules: &Drafting<'_>) -> Vec<Notification> {
    let mut figures = Figures::of(evidence, rules.vocabulary);
    if !rules.form.per_controller {
        return vec![notification(&figures, evidence, rules)];
    }
    let shares = build::shares(evidence.tally, evidence.people, evidence.incident);
    let mut all = Vec::new();
    for share in shares.into_iter().map(Share::of) {
        figures.share = Some(share);
        all.push(notification(&figures, evidence, rules));
    }
    all
}

fn notification(figures: &Figures<'_>, evidence: &Evidence<'_>, rules: &Drafting<'_>) -> Notification {
    let form = rules.form;
    let fields: Vec<FieldRow> = form.fields.iter().map(|field| row(field, figures)).collect();
    let (letters, letter_notes) =
        if form.letters { letters::letters(figures, rules.letters, rules.languages) } else { Default::default() };
    let mut summary = Summary::default();
    for field in &fields {
        match field.status {
            Status::Computed => summary.computed += 1,
            Status::Supplied => summary.supplied += 1,
            Status::Drafted => summary.drafted += 1,
            Status::ToBeCompleted => summary.to_be_completed += 1,
        }
    }
    Notification {
        schema: SCHEMA,
        form: form.id.clone(),
        title: form.title.clone(),
        edition: form.edition.clone(),
        note: form.note.clone(),
        addressee: figures.share.as_ref().map(|share| Addressee { id: share.id.clone(), name: share.name.clone() }),
        summary,
        fields,
        letters,
        letter_notes,
        basis: Basis {
            version: evidence.about.version.clone(),
            rules_digest: evidence.about.rules_digest.clone(),
            manifest_root: evidence.about.manifest_root.clone(),
            is_complete: evidence.about.is_complete,
        },
    }
}

fn row(field: &Field, figures: &Figures<'_>) -> FieldRow {
    let mut row = FieldRow {
        id: field.id.clone(),
        title: field.title.clone(),
        source: field.source.clone(),
        section: field.section.clone(),
        status: Status::ToBeCompleted,
        status_title: String::new(),
        text: None,
        lines: Vec::new(),
        options: Vec::new(),
        provenance: Vec::new(),
        missing: Vec::new(),
        hint: None,
    };
    if let Some(fact) = field.fill {
        fill(&mut row, field, answer(fact, figures));
    } else if let Some(template) = &field.text {
        write(&mut row, template, figures);
    } else if !field.choose.is_empty() {
        row.options = options(field, &field.choose);
        row.status = if field.mark.is_some() { Status::Drafted } else { Status::Computed };
        row.provenance.push(field.because.clone().unwrap_or_else(|| "suggested by the form's rules".to_owned()));
    }
    let is_answered = row.status != Status::ToBeCompleted;
    if is_answered && field.mark == Some(Mark::Drafted) {
        row.status = Status::Drafted;
    }
    if !is_answered || row.status == Status::Drafted {
        row.hint.clone_from(&field.hint);
    }
    FieldRow { status_title: row.status.title().to_owned(), ..row }
}

fn fill(row: &mut FieldRow, field: &Field, answer: Result<Answer, answers::Missing>) {
    match answer {
        Err(missing) => row.missing.push(missing.to_owned()),
        Ok(answer) => {
            row.status = answer.status;
            row.provenance.push(answer.provenance);
            match answer.value {
                Value::Text(text) => row.text = Some(text),
                Value::Lines(lines) => row.lines = lines,
                Value::Keys(keys) => row.options = options(field, &keys),
            }
        }
    }
}

/// Keys with the form's words; a key that the form does not list stands for itself, as the incident file wrote it.
fn options(field: &Field, keys: &[String]) -> Vec<OptionRow> {
    let title = |key: &String| field.options.get(key).unwrap_or(key).clone();
    keys.iter().map(|key| OptionRow { key: key.clone(), title: title(key) }).collect()
}

/// A text of several facts. Where one is missing, the text shows what is known and the field is to be completed.
fn write(row: &mut FieldRow, template: &Template<Fact>, figures: &Figures<'_>) {
    let mut text = String::new();
    let mut status: Option<Status> = None;
    let mut has_any = false;
    for piece in &template.0 {
        match piece {
            Piece::Words(words) => text.push_str(words),
            Piece::Place(fact) => match answer(*fact, figures) {
                Ok(answer) => {
                    has_any = true;
                    match answer.value {
                        Value::Text(value) => text.push_str(&value),
                        Value::Lines(values) | Value::Keys(values) => text.push_str(&values.join("; ")),
                    }
                    status = Some(status.map_or(answer.status, |one| merged(one, answer.status)));
                    if !row.provenance.contains(&answer.provenance) {
                        row.provenance.push(answer.provenance);
                    }
                }
                Err(missing) => {
                    let _ = write!(text, "[to be completed: {missing}]");
                    row.missing.push(missing.to_owned());
                }
            },
        }
    }
    let has_places = template.0.iter().any(|piece| matches!(piece, Piece::Place(_)));
    if has_any || !has_places {
        row.text = Some(text);
    }
    if row.missing.is_empty() {
        row.status = status.unwrap_or(Status::Drafted);
    }
}

fn merged(one: Status, other: Status) -> Status {
    if one == other { one } else { Status::Drafted }
}

#[cfg(test)]
mod tests;
