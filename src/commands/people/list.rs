//! The list of persons without anything that identifies them.

use super::sheet::Sheet;
use super::{Opened, out, sealed};
use crate::cli::{PeopleFormat, PeopleListArgs};
use crate::commands::{audit, rows};
use crate::ledger::LedgerError;
use crate::model::{Kind, KindSet, Locator, MentionId, People, Record, is_hidden};
use crate::resolve::{Person, Seen};
use anyhow::{Result, bail};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::io::Write;

/// Columns of the table.
const COLUMNS: [&str; 19] = [
    "person",
    "name",
    "role",
    "is_counted",
    "is_proven",
    "mentions",
    "items",
    "kinds",
    "material",
    "country",
    "country_evidence",
    "is_minor",
    "by_mail",
    "by_phone",
    "by_post",
    "controllers",
    "joined_by",
    "forms",
    "decided",
];

pub(super) fn run(args: &PeopleListArgs) -> Result<u8> {
    let Some(folder) = &args.case else { bail!("name the case folder") };
    if args.format == PeopleFormat::Xlsx && args.out.is_none() {
        bail!("a workbook is no text: name a file with --out");
    }
    if args.identity.is_some() {
        return sealed::run(args, folder);
    }
    let opened = Opened::new(folder, args.rules.as_deref())?;
    let (people, mut roster) = opened.roster()?;
    let mut seen = Shown::default();
    opened.ledger.records(|record: Record| {
        roster.mentions(&record, &mut |mention| {
            seen.add(&mention);
            Ok::<_, LedgerError>(())
        })
    })?;
    let mut persons = roster.persons();
    persons.retain(|person| args.all || person.is_counted);
    let facts = json!({ "persons": persons.len(), "in_clear": false });
    audit::note(&opened.case, "people_listed", facts)?;
    let mut to = out(args.out.as_deref())?;
    match args.format {
        PeopleFormat::Text => text(&persons, &people, &seen, &mut to)?,
        PeopleFormat::Jsonl => {
            for person in &persons {
                writeln!(to, "{}", rows::json_line(&row(person, &seen)))?;
            }
        }
        PeopleFormat::Csv | PeopleFormat::Xlsx => {
            let mut sheet = Sheet::new(args.format, &COLUMNS, to)?;
            for person in &persons {
                let row = row(person, &seen);
                let cells: Vec<String> = COLUMNS.iter().map(|column| cell(row.get(*column))).collect();
                sheet.row(&cells)?;
            }
            return sheet.end().map(|()| 0);
        }
    }
    to.flush()?;
    Ok(0)
}

/// What the mentions of each person show beyond the persons' facts: a masked name and the number of items.
#[derive(Default)]
struct Shown {
    of: BTreeMap<MentionId, (String, u64, Option<Locator>)>,
}

impl Shown {
    fn add(&mut self, mention: &Seen<'_>) {
        let (name, items, last) = self.of.entry(mention.person).or_default();
        let masks = mention.findings.iter().filter(|finding| finding.kind == Kind::PersonName);
        // The longest mask shows most parts; of equals the lesser one, so that the order does not count.
        if let Some(mask) = masks.map(|finding| finding.mask.as_str()).max_by_key(|mask| mask.chars().count()) {
            let is_better = (mask.chars().count(), std::cmp::Reverse(mask))
                > (name.chars().count(), std::cmp::Reverse(name.as_str()));
            if is_better {
                mask.clone_into(name);
            }
        }
        if last.as_ref() != Some(&mention.item.locator) {
            *items += 1;
            *last = Some(mention.item.locator.clone());
        }
    }

    fn name(&self, person: MentionId) -> &str {
        self.of.get(&person).map_or("", |(name, ..)| name.as_str())
    }

    fn items(&self, person: MentionId) -> u64 {
        self.of.get(&person).map_or(0, |(_, items, _)| *items)
    }
}

/// The id of a person, as it is printed.
pub(super) fn person_id(id: MentionId) -> String {
    format!("p{:016x}", id.0)
}

fn row(person: &Person, seen: &Shown) -> Map<String, Value> {
    let kinds = person.profile.kinds;
    let (by_mail, by_phone, by_post) = reach(kinds);
    let values = json!({
        "person": person_id(person.id),
        "name": seen.name(person.id),
        "role": "data_subject",
        "is_counted": person.is_counted,
        "is_proven": person.is_proven,
        "mentions": person.mentions,
        "items": seen.items(person.id),
        "kinds": kinds.iter().map(Kind::name).collect::<Vec<_>>(),
        "material": person.profile.material.iter().map(crate::model::Material::name).collect::<Vec<_>>(),
        "country": person.country.1,
        "country_evidence": person.country.1.as_ref().map(|_| person.country.0.title()),
        "is_minor": person.profile.is_minor,
        "by_mail": by_mail,
        "by_phone": by_phone,
        "by_post": by_post,
        "controllers": person.controllers.iter().map(crate::model::Token::shown).collect::<Vec<_>>(),
        "joined_by": person.joined_by,
        "forms": person.forms,
        "decided": person.joined_by.iter().any(|rule| rule == "decided_by_hand"),
    });
    match values {
        Value::Object(row) => row,
        _ => Map::new(),
    }
}

/// Whether a person can be reached by mail, phone and post.
pub(super) fn reach(kinds: KindSet) -> (bool, bool, bool) {
    (kinds.has(Kind::Email), kinds.has(Kind::Phone), kinds.has(Kind::PostalAddress))
}

/// A value as a cell: lists by blanks, truth as 0 and 1.
fn cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::Bool(is_so)) => u8::from(*is_so).to_string(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" "),
        Some(other) => other.to_string(),
    }
}

fn text(persons: &[Person], people: &People, seen: &Shown, to: &mut dyn Write) -> Result<()> {
    let bounds = people.persons;
    writeln!(
        to,
        "{} persons, between {} and {}. Masked; open with --identity.\n",
        bounds.best, bounds.lower, bounds.upper
    )?;
    writeln!(
        to,
        "{:<17}  {:<28}  {:>8}  {:<7}  {:<5}  {:<5}  data",
        "person", "name", "mentions", "country", "minor", "reach"
    )?;
    for person in persons {
        let (mail, phone, post) = reach(person.profile.kinds);
        let sign = |is_so, sign| if is_so { sign } else { '-' };
        let reach: String = [sign(mail, 'e'), sign(phone, 't'), sign(post, 'p')].into_iter().collect();
        let kinds: Vec<&str> = person.profile.kinds.iter().map(Kind::name).collect();
        let name: String = seen.name(person.id).chars().filter(|c| !is_hidden(*c)).take(28).collect();
        writeln!(
            to,
            "{:<17}  {:<28}  {:>8}  {:<7}  {:<5}  {:<5}  {}{}",
            person_id(person.id),
            if name.is_empty() { "(no name)" } else { name.as_str() },
            person.mentions,
            person.country.1.as_deref().unwrap_or("-"),
            if person.profile.is_minor { "minor" } else { "-" },
            reach,
            kinds.join(" "),
            if person.is_counted { "" } else { "  [not counted]" },
        )?;
    }
    writeln!(
        to,
        "\nreach: e e-mail, t telephone, p post. {} practitioners are not in this list.",
        people.practitioners
    )?;
    Ok(())
}
