//! Whose each thing is: roles, and mentions that tie what belongs to one person of the item together.
//!
//! Tables give one person a row, records one a record, logs one a line. On other paper the letterhead, the footer and
//! the house's mail belong to the organisation; what is left belongs to the named data subject, or with several to the
//! one named last before it.

use super::house::houses;
use super::layout::{self, Field};
use super::normal;
use super::page::Page;
use super::staff::{self, Rows, Staff};
use crate::detect::claim::Claim;
use crate::detect::view::Sheet;
use crate::model::{Kind, Part, Role, Shape};
use crate::rules::labels::{Labels, Meaning};
use crate::rules::names::{Around, Names};
use crate::rules::words::{join, word_hash};
use std::collections::{BTreeMap, BTreeSet};

/// A person of the item.
#[derive(Debug)]
pub(super) struct Person {
    pub(super) parts: Vec<String>,
    pub(super) role: Role,
    pub(super) mention: u32,
    pub(super) is_contact: bool,
}

/// A settled thing with what its surroundings say.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// Index among the claims.
    pub(super) claim: usize,
    pub(super) line: usize,
    pub(super) meaning: Option<Meaning>,
    pub(super) group: u32,
}

/// Assigns roles and mentions.
pub(super) fn assign(labels: &Labels, names: &Names, staff: &Staff, sheets: &[Sheet<'_>], claims: &mut [Claim]) {
    let mut order: Vec<(usize, usize, usize, usize)> =
        claims.iter().enumerate().map(|(index, claim)| (claim.passage, claim.start, claim.end, index)).collect();
    order.sort_unstable();
    let mut desk = Desk::new(names, houses(names, sheets, claims));
    let mut paper = Vec::new();
    let mut page = Page::default();
    let mut fields = Vec::new();
    let path = staff::path(sheets);
    for group in order.chunk_by(|a, b| a.0 == b.0) {
        let Some(sheet) = group.first().and_then(|(passage, ..)| sheets.get(*passage)) else { continue };
        page.read(sheet, names);
        layout::read(&page, sheet, labels, &mut fields);
        let mut places = locate(&page, &fields, group, claims);
        if sheet.shape == Shape::Pairs {
            by_record(&page, &mut places);
        }
        match sheet.shape {
            Shape::Table => desk.rows(sheet, &places, &staff.rows(&page, sheet, path), claims),
            Shape::Pairs if sheet.origin.part != Part::Header => {
                desk.rows(sheet, &places, &staff.rows(&page, sheet, path), claims);
            }
            _ if is_log(sheet.text) => desk.rows(
                sheet,
                &places.iter().map(|place| Place { group: place.line as u32, ..*place }).collect::<Vec<_>>(),
                &Rows::default(),
                claims,
            ),
            _ => {
                let offset = paper.last().map_or(0, |(_, place): &(usize, Place)| place.line + 2);
                let shifted =
                    places.into_iter().map(|place| (sheet.index, Place { line: place.line + offset, ..place }));
                paper.extend(shifted);
            }
        }
    }
    desk.paper(sheets, &paper, claims);
}

/// Line, label and record of each claim on a page.
fn locate(page: &Page, fields: &[Field], group: &[(usize, usize, usize, usize)], claims: &[Claim]) -> Vec<Place> {
    let mut spans: Vec<(usize, usize, Meaning, u32)> = fields
        .iter()
        .filter_map(|field| {
            Some((
                page.word(field.first)?.start,
                page.word(field.last.checked_sub(1)?)?.end,
                field.meaning,
                field.group,
            ))
        })
        .collect();
    spans.sort_unstable_by_key(|span| (span.0, span.1));
    let starts: Vec<usize> =
        (0..page.line_count()).filter_map(|line| page.line(line).first()).map(|cell| cell.start).collect();
    group
        .iter()
        .filter_map(|(.., index)| {
            let claim = claims.get(*index)?;
            let line = starts.partition_point(|start| *start <= claim.start).saturating_sub(1);
            let upto = spans.partition_point(|span| span.0 <= claim.start);
            let span = spans.get(upto.saturating_sub(4)..upto)?.iter().rev().find(|span| span.1 >= claim.start);
            let group = span.map_or(line as u32, |span| span.3);
            Some(Place { claim: *index, line, meaning: span.map(|span| span.2), group })
        })
        .collect()
}

/// Gives every claim of a list of records the number of its record: blank lines part them.
fn by_record(page: &Page, places: &mut [Place]) {
    let mut record = 0;
    let mut line = 0;
    for place in places {
        while line < place.line {
            record += u32::from(page.line(line).iter().all(super::page::Cell::is_blank));
            line += 1;
        }
        place.group = record;
    }
}

/// Whether a text is a log: most of its lines begin with a figure or a bracket, as moments do.
fn is_log(text: &str) -> bool {
    /// Fewest lines of a log, and how many are looked at.
    const FEWEST: usize = 5;
    const LOOKED: usize = 200;
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).take(LOOKED).collect();
    let stamped = lines.iter().filter(|line| is_stamped(line)).count();
    lines.len() >= FEWEST && stamped * 10 >= lines.len() * 8
}

/// Whether a line begins with a date and a time, or a bracketed one.
fn is_stamped(line: &str) -> bool {
    /// Where a moment stands, in characters.
    const HEAD: usize = 20;
    let head: String = line.trim_start_matches('[').chars().take(HEAD).collect();
    let digits = head.chars().filter(char::is_ascii_digit).count();
    head.starts_with(|c: char| c.is_ascii_digit())
        && digits >= 8
        && head.contains(':')
        && head.contains(['-', '/', '.'])
}

/// The people of an item as they are found.
pub(super) struct Desk<'a> {
    pub(super) names: &'a Names,
    pub(super) people: Vec<Person>,
    /// People by each part of their names.
    by_part: BTreeMap<String, Vec<usize>>,
    /// Mentions of names in tables, by normal form.
    known: BTreeMap<(String, bool), u32>,
    mentions: u32,
    pub(super) houses: BTreeSet<String>,
    /// Mentions of the data subjects named on running paper, contacts not counted.
    subjects: Vec<u32>,
    /// For each place on running paper, the line and mention of the last data subject named before it.
    last_subject: Vec<Option<(usize, u32)>>,
    /// For each place, the mention of the last practitioner named before it.
    last_staff: Vec<Option<u32>>,
}

impl<'a> Desk<'a> {
    fn new(names: &'a Names, houses: BTreeSet<String>) -> Self {
        Self {
            names,
            people: Vec::new(),
            by_part: BTreeMap::new(),
            known: BTreeMap::new(),
            mentions: 0,
            houses,
            subjects: Vec::new(),
            last_subject: Vec::new(),
            last_staff: Vec::new(),
        }
    }

    fn add(&mut self, parts: Vec<String>, role: Role, is_contact: bool) -> u32 {
        let mention = self.new_mention();
        for part in &parts {
            self.by_part.entry(part.clone()).or_default().push(self.people.len());
        }
        if role == Role::DataSubject && !is_contact {
            self.subjects.push(mention);
        }
        self.people.push(Person { parts, role, mention, is_contact });
        mention
    }

    /// The person whose name this is, among those that share a part of it.
    fn same(&self, parts: &[String], role: Option<Role>, is_contact: bool) -> Option<(Role, u32)> {
        /// How many people that share a part are compared.
        const COMPARED: usize = 64;
        parts
            .iter()
            .filter_map(|part| self.by_part.get(part))
            .flat_map(|found| found.iter().take(COMPARED))
            .filter_map(|index| self.people.get(*index))
            .find(|person| {
                is_same(&person.parts, parts)
                    && role.is_none_or(|role| role == person.role)
                    && (!is_contact || person.is_contact)
            })
            .map(|person| (person.role, person.mention))
    }

    fn new_mention(&mut self) -> u32 {
        self.mentions += 1;
        self.mentions - 1
    }

    /// One person a row, record or line; practitioners and contacts beside them have mentions of their own.
    fn rows(&mut self, sheet: &Sheet<'_>, places: &[Place], staff: &Rows, claims: &mut [Claim]) {
        for row in places.chunk_by(|one, next| one.group == next.group) {
            let kinds = row.iter().filter_map(|place| claims.get(place.claim)).map(|claim| claim.kind);
            let is_staff = row.first().is_some_and(|place| staff.is_staff(place.group, kinds));
            self.row(sheet, row, is_staff, claims);
        }
    }

    /// The person of a row and those named beside them.
    fn row(&mut self, sheet: &Sheet<'_>, places: &[Place], is_staff: bool, claims: &mut [Claim]) {
        let mut own = None;
        for place in places {
            let Some(claim) = claims.get_mut(place.claim) else { continue };
            let is_other = matches!(place.meaning, Some(Meaning::Subject | Meaning::Contact));
            let role = claim.role.unwrap_or_else(|| role_of_row(claim.kind, place.meaning));
            claim.role = Some(role);
            match role {
                Role::Organisation => claim.mention = None,
                Role::DataSubject if matches!(claim.kind, Kind::Date | Kind::Title) && place.meaning.is_none() => {
                    claim.mention = None;
                }
                Role::DataSubject if is_staff && !is_other => {
                    claim.role = Some(Role::Practitioner);
                    claim.mention = Some(*own.get_or_insert_with(|| self.new_mention()));
                }
                Role::Practitioner if is_staff && place.meaning != Some(Meaning::Practitioner) => {
                    claim.mention = Some(*own.get_or_insert_with(|| self.new_mention()));
                }
                Role::Practitioner => claim.mention = Some(self.by_name(sheet, claim, true)),
                Role::DataSubject if place.meaning == Some(Meaning::Contact) && claim.kind == Kind::PersonName => {
                    claim.mention = Some(self.by_name(sheet, claim, false));
                }
                Role::DataSubject => claim.mention = Some(*own.get_or_insert_with(|| self.new_mention())),
            }
        }
    }

    fn by_name(&mut self, sheet: &Sheet<'_>, claim: &Claim, is_staff: bool) -> u32 {
        let name = normal::name(sheet.text.get(claim.start..claim.end).unwrap_or_default());
        if let Some(mention) = self.known.get(&(name.clone(), is_staff)) {
            return *mention;
        }
        let mention = self.new_mention();
        self.known.insert((name, is_staff), mention);
        mention
    }

    /// Roles and mentions on running paper, all pages together.
    fn paper(&mut self, sheets: &[Sheet<'_>], places: &[(usize, Place)], claims: &mut [Claim]) {
        self.name_people(sheets, places, claims);
        self.note_last(places, claims);
        let first_subject = Self::first_subject(places, claims);
        for (at, (_, place)) in places.iter().enumerate() {
            let Some(claim) = claims.get(place.claim).copied() else { continue };
            if claim.kind == Kind::PersonName {
                continue;
            }
            let role = claim.role.unwrap_or_else(|| self.role_on_paper(sheets, places, at, claims, first_subject));
            let mention = match role {
                Role::Organisation => None,
                Role::Practitioner => self
                    .last_staff
                    .get(at)
                    .copied()
                    .flatten()
                    .or_else(|| self.people.iter().find(|person| person.role == role).map(|person| person.mention)),
                Role::DataSubject if matches!(claim.kind, Kind::Date | Kind::Title | Kind::Organisation) => None,
                Role::DataSubject => Some(self.subject_of(place.line, at)),
            };
            if let Some(claim) = claims.get_mut(place.claim) {
                claim.role = Some(role);
                claim.mention = mention;
            }
        }
    }

    /// Gives every name its person: the same name, or a part or initial of it, is the same person.
    fn name_people(&mut self, sheets: &[Sheet<'_>], places: &[(usize, Place)], claims: &mut [Claim]) {
        let partners = partners(places, claims);
        // Names with a role first, so that a bare repetition of a practitioner's name is the practitioner again;
        // longer names first, so that a surname alone finds the full name.
        let mut named: Vec<(bool, usize, usize)> = places
            .iter()
            .enumerate()
            .filter_map(|(at, (_, place))| {
                let claim = claims.get(place.claim).filter(|claim| claim.kind == Kind::PersonName)?;
                let partner = partners.get(&at).and_then(|other| claims.get(places.get(*other)?.1.claim));
                let parts =
                    self.parts(sheets, claim).len() + partner.map_or(0, |other| self.parts(sheets, other).len());
                Some((claim.role.is_none(), usize::MAX - parts, at))
            })
            .collect();
        named.sort_unstable();
        for (_, _, at) in named {
            let Some((_, place)) = places.get(at) else { continue };
            let Some(claim) = claims.get(place.claim).copied() else { continue };
            let mut parts = self.parts(sheets, &claim);
            if let Some(other) = partners.get(&at).and_then(|other| claims.get(places.get(*other)?.1.claim)) {
                parts.extend(self.parts(sheets, other));
            }
            let is_contact = place.meaning == Some(Meaning::Contact);
            let (role, mention) = self.same(&parts, claim.role, is_contact).unwrap_or_else(|| {
                let role = claim.role.unwrap_or(Role::DataSubject);
                (role, self.add(parts, role, is_contact))
            });
            if let Some(claim) = claims.get_mut(place.claim) {
                claim.role = Some(role);
                claim.mention = Some(mention);
            }
        }
    }

    /// Parts of a claim's name, particles left out.
    fn parts(&self, sheets: &[Sheet<'_>], claim: &Claim) -> Vec<String> {
        let value =
            sheets.get(claim.passage).and_then(|sheet| sheet.text.get(claim.start..claim.end)).unwrap_or_default();
        normal::name(value)
            .split(' ')
            .filter(|part| !part.is_empty() && !self.names.around(join(0, word_hash(part))).is(Around::PARTICLE))
            .map(str::to_owned)
            .collect()
    }

    /// Place of the first name of a data subject, or of the first label that speaks of one.
    fn first_subject(places: &[(usize, Place)], claims: &[Claim]) -> Option<usize> {
        places.iter().position(|(_, place)| {
            let Some(claim) = claims.get(place.claim) else { return false };
            let is_name = claim.kind == Kind::PersonName && claim.role == Some(Role::DataSubject);
            let is_told = matches!(
                place.meaning,
                Some(
                    Meaning::Subject
                        | Meaning::BirthDate
                        | Meaning::PatientNumber
                        | Meaning::InsuranceNumber
                        | Meaning::IdentityNumber
                )
            );
            is_name || is_told
        })
    }

    /// Walks the paper once and notes, for each place, who was named last before it.
    fn note_last(&mut self, places: &[(usize, Place)], claims: &[Claim]) {
        let (mut subject, mut staff) = (None, None);
        for (_, place) in places {
            if let Some(claim) = claims.get(place.claim).filter(|claim| claim.kind == Kind::PersonName) {
                match claim.role {
                    Some(Role::DataSubject) => subject = claim.mention.map(|mention| (place.line, mention)),
                    Some(Role::Practitioner) => staff = claim.mention,
                    _ => {}
                }
            }
            self.last_subject.push(subject);
            self.last_staff.push(staff);
        }
    }

    /// The data subject that a thing belongs to: the one named on its line, else the only one, else the one named last.
    fn subject_of(&mut self, line: usize, at: usize) -> u32 {
        let last = self.last_subject.get(at).copied().flatten();
        if let Some((_, mention)) = last.filter(|(named, _)| *named == line) {
            return mention;
        }
        match self.subjects.as_slice() {
            // Nobody is named: what is there stands for one unnamed person.
            [] => self.add(Vec::new(), Role::DataSubject, false),
            [only] => *only,
            [first, ..] => last
                .map(|(_, mention)| mention)
                .filter(|mention| self.subjects.binary_search(mention).is_ok())
                .unwrap_or(*first),
        }
    }
}

/// Names on running paper that are the two halves of one, each with a label of its own: `Surname: Roe`, and on the same
/// line or one of the next two `First name: Jane`.
fn partners(places: &[(usize, Place)], claims: &[Claim]) -> BTreeMap<usize, usize> {
    /// Lines from one half to the other.
    const LINES: usize = 2;
    let names: Vec<(usize, &(usize, Place))> = places
        .iter()
        .enumerate()
        .filter(|(_, (_, place))| claims.get(place.claim).is_some_and(|claim| claim.kind == Kind::PersonName))
        .collect();
    let mut partners = BTreeMap::new();
    for pair in names.windows(2) {
        let [(at, (sheet, one)), (next, (other_sheet, other))] = pair else { continue };
        let is_pair = matches!(
            (one.meaning, other.meaning),
            (Some(Meaning::Given), Some(Meaning::Family)) | (Some(Meaning::Family), Some(Meaning::Given))
        );
        let has_roles =
            [one, other].iter().any(|place| claims.get(place.claim).is_some_and(|claim| claim.role.is_some()));
        if is_pair
            && !has_roles
            && sheet == other_sheet
            && other.line.saturating_sub(one.line) <= LINES
            && !partners.contains_key(at)
        {
            partners.insert(*at, *next);
            partners.insert(*next, *at);
        }
    }
    partners
}

/// The role of a value in a table or record.
fn role_of_row(kind: Kind, meaning: Option<Meaning>) -> Role {
    match (kind, meaning) {
        (_, Some(Meaning::Practitioner)) | (Kind::ProfessionalId, _) => Role::Practitioner,
        (_, Some(Meaning::Organisation)) | (Kind::CompanyId | Kind::CompanyOrOther | Kind::Organisation, _) => {
            Role::Organisation
        }
        _ => Role::DataSubject,
    }
}

/// Whether two names are of one person: every part of the shorter is a part or the initial of a part of the longer,
/// and one part at least is written out in both.
fn is_same(one: &[String], two: &[String]) -> bool {
    let (short, long) = if one.len() <= two.len() { (one, two) } else { (two, one) };
    if short.is_empty() {
        return false;
    }
    let is_whole = |part: &String| part.chars().count() > 1;
    let matches = |part: &String| {
        long.iter().any(|other| part == other || is_initial_of(part, other) || is_initial_of(other, part))
    };
    short.iter().all(matches) && short.iter().any(|part| is_whole(part) && long.contains(part))
}

fn is_initial_of(initial: &str, part: &str) -> bool {
    let mut letters = initial.chars();
    letters.next().is_some_and(|first| letters.next().is_none() && part.starts_with(first))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(name: &str) -> Vec<String> {
        normal::name(name).split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn a_name_and_its_short_forms_are_one_person() {
        for (one, two) in [
            ("Zélie Marchandeau", "MARCHANDEAU Zélie"),
            ("Z. Marchandeau", "Zélie Marchandeau"),
            ("Marchandeau", "Zélie Marchandeau"),
        ] {
            assert!(is_same(&parts(one), &parts(two)), "{one} {two}");
        }
        for (one, two) in [
            ("Zélie Marchandeau", "Odile Marchandeau"),
            ("Z.", "Zélie Marchandeau"),
            ("Z. Marchandeau", "Odile Marchandeau"),
        ] {
            assert!(!is_same(&parts(one), &parts(two)), "{one} {two}");
        }
    }

    #[test]
    fn logs_are_told_by_their_stamps() {
        let line = "2024-03-01 10:02:11 login ok\n";
        assert!(is_log(&line.repeat(6)));
        assert!(!is_log("2024-03-01\nDear patient\nyour visit\nis due\nsoon\n"));
    }
}
