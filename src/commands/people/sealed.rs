//! The notification list in clear: opened with the recipient's key, and written nowhere but where it was asked for.

use super::list::{person_id, reach};
use super::sheet::Sheet;
use super::{Opened, out};
use crate::cli::{PeopleFormat, PeopleListArgs};
use crate::commands::audit;
use crate::commands::export::Seals;
use crate::commands::rows;
use crate::model::{CountryEvidence, Finding, Kind, Locator, Material, MentionId, Record, Token, date_of};
use crate::resolve::{Person, Seen};
use anyhow::{Context as _, Result};
use serde_json::{Map, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;

/// Columns before those of the kinds of data.
const FIRST: [&str; 27] = [
    "entity_id",
    "name",
    "surname",
    "given_names",
    "name_variants",
    "birth_date",
    "is_minor",
    "address_line1",
    "address_line2",
    "postcode",
    "city",
    "region",
    "country",
    "other_addresses",
    "emails",
    "phones",
    "preferred_language",
    "controller_ids",
    "residency_country",
    "residency_basis",
    "special_category",
    "first_document",
    "last_document",
    "n_documents",
    "document_ids",
    "merge_rules",
    "confidence",
];

/// Columns after them; the last five are for whoever works through the list.
const LAST: [&str; 7] =
    ["conflicts", "reachable_by", "is_counted", "notification_basis", "reviewer", "decision", "notified_at"];

/// Kinds whose values the list shows.
const OPENED: [Kind; 5] = [Kind::PersonName, Kind::DateOfBirth, Kind::PostalAddress, Kind::Email, Kind::Phone];
/// Kinds of which one person has one: two different values are a conflict.
const SINGLE: [Kind; 6] =
    [Kind::DateOfBirth, Kind::NationalId, Kind::SocialSecurity, Kind::HealthId, Kind::TaxId, Kind::Gender];
/// Documents that are named for one person; their number stands beside them.
const DOCUMENTS: usize = 50;

pub(super) fn run(args: &PeopleListArgs, folder: &Path) -> Result<u8> {
    let identity = args.identity.as_deref().context("no identity")?;
    let opened = Opened::new(folder, args.rules.as_deref())?;
    let seals = Seals::open(&opened.case, identity)?;
    let (_, mut roster) = opened.roster()?;
    let mut files: BTreeMap<MentionId, File> = BTreeMap::new();
    opened.ledger.records(|record: Record| {
        roster.mentions(&record, &mut |seen: Seen<'_>| -> Result<()> {
            files.entry(seen.person).or_default().add(&seen, &seals);
            Ok(())
        })
    })?;
    let mut persons = roster.persons();
    persons.retain(|person| args.all || person.is_counted);
    let facts = json!({ "persons": persons.len(), "in_clear": true });
    // The log first: no list in clear without its entry.
    audit::note(&opened.case, "notification_list_opened", facts)?;
    let columns = columns();
    let nobody = File::default();
    let rows = persons.iter().map(|person| row(person, files.get(&person.id).unwrap_or(&nobody)));
    let mut to = out(args.out.as_deref())?;
    if matches!(args.format, PeopleFormat::Text | PeopleFormat::Jsonl) {
        for row in rows {
            let fields: Map<_, _> =
                columns.iter().zip(row).map(|(column, cell)| (column.clone(), cell.into())).collect();
            writeln!(to, "{}", rows::json_line(&fields))?;
        }
        to.flush()?;
        return Ok(0);
    }
    let heads: Vec<&str> = columns.iter().map(String::as_str).collect();
    let mut sheet = Sheet::new(args.format, &heads, to)?;
    for row in rows {
        sheet.row(&row)?;
    }
    sheet.end()?;
    Ok(0)
}

fn columns() -> Vec<String> {
    let kinds = Kind::ALL.iter().map(|kind| format!("has_{}", kind.name()));
    let material = Material::ALL.iter().map(|material| format!("in_{}", material.name()));
    let owned = |columns: &[&str]| columns.iter().map(|column| (*column).to_owned()).collect::<Vec<_>>();
    owned(&FIRST).into_iter().chain(kinds).chain(material).chain(owned(&LAST)).collect()
}

/// What the mentions of one person say in clear.
#[derive(Default)]
struct File {
    /// Values by kind and token, each as it is written most often.
    values: BTreeMap<(Kind, Token), BTreeMap<String, u64>>,
    /// Tokens of kinds that are not opened but must not differ.
    single: BTreeSet<(Kind, Token)>,
    languages: BTreeMap<String, u64>,
    days: Option<(i32, i32)>,
    documents: Vec<String>,
    count: u64,
    last: Option<Locator>,
}

impl File {
    fn add(&mut self, seen: &Seen<'_>, seals: &Seals) {
        for finding in &seen.findings {
            self.add_finding(finding, seals);
        }
        let item = seen.item;
        if self.last.as_ref() == Some(&item.locator) {
            return;
        }
        self.last = Some(item.locator.clone());
        self.count += 1;
        if self.documents.len() < DOCUMENTS {
            self.documents.push(item.id.clone());
        }
        if let Some(language) = &item.facts.language {
            *self.languages.entry(language.clone()).or_default() += 1;
        }
        let stored = item.modified_ms.map(|ms| ms.div_euclid(86_400_000) as i32);
        if let Some(day) = item.facts.created_day.or(stored) {
            let (first, last) = self.days.unwrap_or((day, day));
            self.days = Some((first.min(day), last.max(day)));
        }
    }

    fn add_finding(&mut self, finding: &Finding, seals: &Seals) {
        if SINGLE.contains(&finding.kind) {
            self.single.insert((finding.kind, finding.token));
        }
        if OPENED.contains(&finding.kind)
            && let Some(value) = seals.value(finding)
        {
            *self.values.entry((finding.kind, finding.token)).or_default().entry(value).or_default() += 1;
        }
    }

    /// Different values of a kind, those that are written most often first; each in its most frequent writing.
    fn values(&self, kind: Kind) -> Vec<&str> {
        let mut found: Vec<(u64, &str)> = Vec::new();
        for ((_, _), writings) in self.values.range((kind, Token([0; 16]))..=(kind, Token([0xff; 16]))) {
            let sum = writings.values().sum();
            let best = writings.iter().max_by_key(|(text, count)| (**count, std::cmp::Reverse(text.as_str())));
            found.extend(best.map(|(text, _)| (sum, text.as_str())));
        }
        found.sort_by_key(|(count, text)| (std::cmp::Reverse(*count), *text));
        found.into_iter().map(|(_, text)| text).collect()
    }

    fn conflicts(&self) -> Vec<&'static str> {
        let differs = |kind: Kind| self.single.iter().filter(|(of, _)| *of == kind).count() > 1;
        SINGLE.into_iter().filter(|kind| differs(*kind)).map(Kind::name).collect()
    }
}

fn row(person: &Person, file: &File) -> Vec<String> {
    let flag = |is_so: bool| u8::from(is_so).to_string();
    let day = |day: Option<i32>| day.and_then(date_of).map_or_else(String::new, |date| date.to_string());
    let names: Vec<String> = file.values(Kind::PersonName).into_iter().map(on_one_line).collect();
    let name =
        names.iter().max_by_key(|name| (name.split(' ').count(), name.chars().count())).cloned().unwrap_or_default();
    let (surname, given) = names.iter().find_map(|name| surname_and_given(name)).unwrap_or_default();
    let addresses = file.values(Kind::PostalAddress);
    let address = Address::of(addresses.iter().copied().max_by_key(|text| text.lines().count()).unwrap_or_default());
    let others: Vec<String> = addresses.iter().map(|text| on_one_line(text)).collect();
    let (evidence, country) = &person.country;
    let language = file.languages.iter().max_by_key(|(name, count)| (**count, std::cmp::Reverse(*name)));
    let (by_mail, by_phone, by_post) = reach(person.profile.kinds);
    let by: Vec<&str> = [(by_mail, "e-mail"), (by_phone, "phone"), (by_post, "post")]
        .iter()
        .filter(|(is_so, _)| *is_so)
        .map(|(_, way)| *way)
        .collect();
    let controllers: Vec<String> = person.controllers.iter().map(Token::shown).collect();
    let residency = country.clone().filter(|_| *evidence == CountryEvidence::Address);
    let mut cells = vec![
        person_id(person.id),
        name,
        surname,
        given,
        names.join(" | "),
        file.values(Kind::DateOfBirth).join(" | "),
        flag(person.profile.is_minor),
        address.line1,
        address.line2,
        address.postcode,
        address.city,
        String::new(),
        residency.clone().unwrap_or_default(),
        others.get(1..).unwrap_or_default().join(" | "),
        file.values(Kind::Email).join(" | "),
        file.values(Kind::Phone).join(" | "),
        language.map(|(name, _)| name.clone()).unwrap_or_default(),
        controllers.join(" "),
        country.clone().unwrap_or_default(),
        country.as_ref().map(|_| evidence.title().to_owned()).unwrap_or_default(),
        flag(person.profile.kinds.has(Kind::Health) || is_medical(person)),
        day(file.days.map(|days| days.0)),
        day(file.days.map(|days| days.1)),
        file.count.to_string(),
        file.documents.join(" "),
        person.joined_by.join(" "),
        (if person.is_proven { "proven" } else { "probable" }).to_owned(),
    ];
    cells.extend(Kind::ALL.iter().map(|kind| flag(person.profile.kinds.has(*kind))));
    cells.extend(Material::ALL.iter().map(|material| flag(person.profile.material.has(*material))));
    cells.extend([file.conflicts().join(" "), by.join(" "), flag(person.is_counted)]);
    cells.extend(std::iter::repeat_n(String::new(), 4));
    cells
}

fn is_medical(person: &Person) -> bool {
    use Material::{BodyPhoto, MedicalDocument, TreatmentPlan};
    [BodyPhoto, MedicalDocument, TreatmentPlan].into_iter().any(|material| person.profile.material.has(material))
}

fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The parts of a name where its writing shows them: a comma after the family name, or a family name in capitals.
fn surname_and_given(name: &str) -> Option<(String, String)> {
    if let Some((surname, given)) = name.split_once(',') {
        return Some((surname.trim().to_owned(), given.trim().to_owned()));
    }
    let is_loud =
        |word: &&str| word.chars().filter(|c| c.is_alphabetic()).count() > 1 && !word.chars().any(char::is_lowercase);
    let (loud, quiet): (Vec<&str>, Vec<&str>) = name.split(' ').partition(|word| is_loud(word));
    (!loud.is_empty() && !quiet.is_empty()).then(|| (loud.join(" "), quiet.join(" ")))
}

/// A postal address by its lines; the last one holds postcode and city.
#[derive(Debug, Default, PartialEq, Eq)]
struct Address {
    line1: String,
    line2: String,
    postcode: String,
    city: String,
}

impl Address {
    fn of(text: &str) -> Self {
        let lines: Vec<String> = text.lines().map(on_one_line).filter(|line| !line.is_empty()).collect();
        match lines.as_slice() {
            [] => Self::default(),
            [only] => Self { line1: only.clone(), ..Self::default() },
            [first, middle @ .., last] => {
                let is_code = |word: &&str| word.chars().any(|c| c.is_ascii_digit());
                let (code, city): (Vec<&str>, Vec<&str>) = last.split(' ').partition(|word| is_code(word));
                Self { line1: first.clone(), line2: middle.join(", "), postcode: code.join(" "), city: city.join(" ") }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_parted_only_where_its_writing_shows_it() {
        let parted = |name| surname_and_given(name).map(|(surname, given)| format!("{surname}/{given}"));
        assert_eq!(parted("Exemple, Ada Maria").as_deref(), Some("Exemple/Ada Maria"));
        assert_eq!(parted("Ada DE EXEMPLE").as_deref(), Some("DE EXEMPLE/Ada"));
        assert_eq!(parted("Ada Exemple"), None);
        assert_eq!(parted("ADA EXEMPLE"), None);
    }

    #[test]
    fn the_last_line_of_an_address_holds_postcode_and_city() {
        let address = Address::of("Flat 1\n2, Invented Road\nLondon W1G 9PF");
        assert_eq!((address.line1.as_str(), address.line2.as_str()), ("Flat 1", "2, Invented Road"));
        assert_eq!((address.postcode.as_str(), address.city.as_str()), ("W1G 9PF", "London"));
        assert_eq!(Address::of("12 rue Inventée").line1, "12 rue Inventée");
    }

    #[test]
    fn a_row_has_a_cell_for_every_column() {
        let person = Person {
            id: MentionId(1),
            profile: crate::model::Profile::default(),
            mentions: 1,
            forms: 1,
            joined_by: Vec::new(),
            country: (CountryEvidence::None, None),
            is_counted: true,
            is_proven: false,
            is_named: false,
            controllers: Vec::new(),
        };
        assert_eq!(row(&person, &File::default()).len(), columns().len());
    }
}
