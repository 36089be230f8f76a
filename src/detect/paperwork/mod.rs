//! What paperwork says about people: names, addresses, patient numbers, health terms, and whose each thing is.
//!
//! [`Paperwork::read`] reads all sheets of one item; [`Paperwork::assign`] says, once overlaps are settled, which
//! person of the item each thing belongs to. Numbers with checksums, phones, mail and dates are found elsewhere.

mod address;
mod addressee;
mod evidence;
mod facts;
mod health;
mod house;
mod judgement;
mod layout;
mod listing;
mod lone;
mod names;
mod normal;
mod number;
mod page;
mod places;
mod roles;
mod staff;
mod streets;

use super::claim::Claim;
use super::hit::Hit;
use super::schemes;
use super::view::{Setting, Sheet};
use super::windows::Piece;
use super::written::written;
use crate::model::{Confidence, Hints, Kind, Part, Role, Secret};
use crate::rules::RuleFiles;
use crate::rules::health::HealthTerms;
use crate::rules::labels::{Labels, Meaning};
use crate::rules::names::{Around, Known, Names};
use crate::rules::words::{Form, Word, read_words};
use address::Address;
use layout::{Field, Tie};
use lone::Lent;
use names::{Found, Half};
use page::Page;
use staff::Staff;
use std::sync::Arc;

pub use crate::rules::RuleError;

#[cfg(test)]
mod tests;

/// The readers of paperwork, compiled once and shared by all threads.
#[derive(Debug)]
pub struct Paperwork {
    labels: Arc<Labels>,
    names: Names,
    health: HealthTerms,
    staff: Staff,
}

/// What was seen in one window.
#[derive(Debug, Default)]
struct Seen {
    found: Vec<Found>,
    pending: Vec<Found>,
}

/// What reading an item needs: buffers of the window at hand, and what is kept until the whole item is read.
#[derive(Debug, Default)]
pub struct Desk {
    /// Index of the sheet at hand.
    sheet: usize,
    page: Page,
    fields: Vec<Field>,
    seen: Seen,
    /// Health terms of the sheet at hand.
    health: health::Terms,
    lent: Lent,
    lone: lone::Runs,
    /// Lines above the addresses of the window.
    above: Vec<addressee::Line>,
    /// Cells of the window that are a label and nothing else.
    captions: Vec<(usize, usize)>,
}

impl Desk {
    fn turn_to(&mut self, sheet: usize) {
        if self.sheet != sheet {
            self.sheet = sheet;
            self.health.clear();
        }
    }

    /// Adds the names that the item as a whole confirms, once all its sheets are read, and clears the desk for the next
    /// item.
    pub fn finish(&mut self, sheets: &[Sheet<'_>], out: &mut Vec<Hit>) {
        if !self.lone.is_empty() && !self.lent.is_empty() {
            self.lone.lift(&self.lent.finish(), sheets, out);
        }
        self.lone.clear();
        self.lent.clear();
        self.health.clear();
        self.sheet = 0;
    }
}

impl Paperwork {
    /// Compiles the rules.
    ///
    /// # Errors
    /// If a rule file does not fit its schema.
    pub fn new(files: &RuleFiles, labels: Arc<Labels>) -> Result<Self, RuleError> {
        Ok(Self { labels, names: Names::new(files)?, health: HealthTerms::new(files)?, staff: Staff::new(files)? })
    }

    /// Reads a window of the sheet with this index: adds what it says about people, and keeps on the desk what only the
    /// rest of the item can tell. The words are those of the window; they are taken.
    pub fn read(
        &self,
        desk: &mut Desk,
        index: usize,
        piece: &Piece<'_>,
        words: &mut Vec<Word>,
        setting: &Setting,
        out: &mut Vec<Hit>,
    ) {
        desk.turn_to(index);
        desk.page.take(&piece.sheet, words, &self.names);
        layout::read(&desk.page, &piece.sheet, &self.labels, &mut desk.fields);
        layout::captions(&desk.page, &piece.sheet, &self.labels, &mut desk.captions);
        lend_mail(piece.sheet.text, &mut desk.lent);
        self.read_piece(desk, piece, setting, out);
        let Desk { page, lent, lone, seen, .. } = desk;
        for name in &seen.found {
            if name.evidence.lends() && !name.is_institution {
                let telling = (name.first..name.last).filter(|at| is_telling(page, *at));
                lent.words.extend(telling.filter_map(|at| page.word(at)).map(|word| word.hash));
            }
            out.push(name_hit(&piece.sheet, name));
        }
        for run in &seen.pending {
            if let Some(start) = piece.place(run.start) {
                let found = Found { start, end: start + (run.end - run.start), ..*run };
                lone.add(index, found, page);
            }
        }
    }

    fn read_piece(&self, desk: &mut Desk, piece: &Piece<'_>, setting: &Setting, out: &mut Vec<Hit>) {
        let Desk { page, fields, seen, health, above, captions, .. } = desk;
        let sheet = &piece.sheet;
        let text = sheet.text;
        let mut taken = self.addresses(page, sheet, fields, above, setting, out);
        self.numbers(page, sheet, fields, out);
        facts::find(page, sheet, fields, &self.labels, out);
        health::find(&self.health, page, piece, health, out);
        let reader = names::Reader { page, text, names: &self.names, labels: &self.labels };
        seen.found.clear();
        seen.pending.clear();
        Self::named_fields(&reader, fields, &mut seen.found);
        for name in above.iter().filter_map(|line| reader.addressee(*line)) {
            if seen.found.iter().all(|other| other.end <= name.start || name.end <= other.start) {
                seen.found.push(name);
            }
        }
        taken.extend(captions.iter().copied());
        taken.extend(seen.found.iter().map(|name| (name.start, name.end)));
        taken.extend(fields.iter().filter_map(|field| closed_value(page, field)));
        taken.extend(mail_spans(text));
        taken.sort_unstable();
        if sheet.origin.part != Part::Path || seen.found.is_empty() {
            reader.in_text(&taken, &mut seen.found, &mut seen.pending);
        }
    }

    /// Names in fields; a surname and a first name of one row or record become one name where their cells are neighbours.
    fn named_fields(reader: &names::Reader<'_>, fields: &[Field], found: &mut Vec<Found>) {
        let mut index = 0;
        while let Some(field) = fields.get(index) {
            index += 1;
            if !may_hold_name(field.meaning) || field.meaning == Meaning::Address {
                continue;
            }
            let next = fields.get(index).filter(|next| field.is_half_of(next));
            let before = index.checked_sub(2).and_then(|before| fields.get(before));
            let before = before.filter(|before| before.is_half_of(field));
            // A surname beside a known first name is one, whatever else the word means; and the other way round.
            let is_vouched = [before, next].into_iter().flatten().any(|other| reader.is_known(other));
            let Some(name) = reader.in_field(field, is_vouched) else { continue };
            match next
                .and_then(|next| reader.in_field(next, reader.is_known(field)))
                .filter(|next| !next.is_institution)
            {
                Some(second) if !name.is_institution && name.last == second.first && field.tie == Tie::Column => {
                    found.push(Found { end: second.end, last: second.last, ..name });
                    index += 1;
                }
                _ => found.push(Found { half: Half::of(field.meaning), ..name }),
            }
        }
    }

    fn addresses(
        &self,
        page: &Page,
        sheet: &Sheet<'_>,
        fields: &[Field],
        above: &mut Vec<addressee::Line>,
        setting: &Setting,
        out: &mut Vec<Hit>,
    ) -> Vec<(usize, usize)> {
        let reader = address::Reader { page, text: sheet.text, names: &self.names, shape: sheet.shape };
        let mut taken = Vec::new();
        let mut all = reader.all();
        for field in fields {
            match field.meaning {
                Meaning::Address => merge_labelled(&reader, field, &mut all),
                Meaning::Postcode | Meaning::City | Meaning::Country | Meaning::BirthPlace => {
                    let kind = if field.meaning == Meaning::Postcode { Kind::Postcode } else { Kind::Location };
                    out.extend(facts::place(page, sheet, field, kind));
                }
                _ => {}
            }
        }
        addressee::lines(page, sheet.shape, &all, above);
        for address in &all {
            taken.extend(address_hits(sheet, address, setting, out));
        }
        taken
    }

    fn numbers(&self, page: &Page, sheet: &Sheet<'_>, fields: &[Field], out: &mut Vec<Hit>) {
        let mut all: Vec<_> = fields.iter().filter_map(|field| number::in_field(page, sheet.text, field)).collect();
        number::in_text(page, sheet.text, &self.labels, &mut all);
        for number in all {
            let (milli, role) = match (number.kind, number.is_tied) {
                (Kind::ProfessionalId, _) => (920, Some(Role::Practitioner)),
                (_, true) => (930, None),
                (_, false) => (850, None),
            };
            let value = sheet.text.get(number.span.0..number.span.1).unwrap_or_default();
            out.push(hit(sheet, number.span, number.kind, schemes::label(), milli, normal::compact(value), role));
        }
    }

    /// Says whose each settled thing is, and which of them belong to one person.
    pub fn assign(&self, sheets: &[Sheet<'_>], _setting: &Setting, claims: &mut [Claim]) {
        roles::assign(&self.labels, &self.names, &self.staff, sheets, claims);
    }

    /// Whether a metadata value (EXIF Artist, PDF Author, XMP creator) reads as a person's name rather than a firm's,
    /// a program's or an account's.
    pub fn looks_like_name(&self, value: &str) -> bool {
        /// Longest value that is a name, in bytes.
        const LONGEST: usize = 80;
        if value.len() > LONGEST || value.contains(['@', '\\', '_', '\n', '\t', '<', '>', '©']) || value.contains("://")
        {
            return false;
        }
        let mut words = Vec::new();
        read_words(value, 0, &mut words);
        if words.is_empty() || words.len() > 6 || words.iter().any(|word| word.form == Form::Number) {
            return false;
        }
        let around = |index: usize| {
            words.get(index).map(|word| self.names.around(crate::rules::words::join(0, word.hash))).unwrap_or_default()
        };
        if (0..words.len()).any(|index| around(index).is(Around::INSTITUTION | Around::FORM | Around::STOP))
            && !around(0).is(Around::TITLE)
        {
            return false;
        }
        let is_titled = around(0).is(Around::DOCTOR | Around::TITLE) && words.len() > 1;
        if is_titled {
            words.remove(0);
        }
        let count = |flags: u8| words.iter().filter(|word| self.names.known(word.hash).is(flags)).count();
        let named = count(Known::GIVEN | Known::FAMILY | Known::GIVEN_RARE | Known::FAMILY_RARE);
        let plain = words
            .iter()
            .filter(|word| {
                let known = self.names.known(word.hash);
                known.is(Known::WORD) && !known.is(Known::GIVEN | Known::FAMILY)
            })
            .count();
        let letters = words.iter().filter(|word| word.form != Form::Initial && word.form != Form::Lower).count();
        plain == 0
            && letters > 0
            && (is_titled
                || words.len() >= 2 && named > 0
                || words.len() == 1 && count(Known::GIVEN) == 1 && count(Known::WORD | Known::PLACE) == 0)
    }
}

/// Whether a word tells a person from another: no particle, no initial, no plain word.
fn is_telling(page: &Page, index: usize) -> bool {
    let known = page.known(index);
    page.word(index).is_some_and(|word| word.len() > 2 && word.form != Form::Lower)
        && !known.is(Known::WORD | Known::JOB)
        && (known.is(Known::GIVEN) || !known.is(Known::PLACE))
}

/// Words of the local parts of mail addresses, which confirm names of the item.
fn lend_mail(text: &str, lent: &mut Lent) {
    /// Longest local part, in bytes (RFC 5321, 4.5.3.1.1).
    const LOCAL: usize = 64;
    /// Shortest word that confirms a name, in bytes.
    const SHORTEST: usize = 4;
    let bytes = text.as_bytes();
    for at in memchr::memchr_iter(b'@', bytes) {
        let head = bytes.get(at.saturating_sub(LOCAL)..at).unwrap_or_default();
        let length = head
            .iter()
            .rev()
            .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'+'))
            .count();
        let mut words = Vec::new();
        read_words(text.get(at - length..at).unwrap_or_default(), 0, &mut words);
        lent.mail.extend(
            words.iter().filter(|word| word.len() >= SHORTEST && word.form != Form::Number).map(|word| word.hash),
        );
    }
}

fn may_hold_name(meaning: Meaning) -> bool {
    matches!(
        meaning,
        Meaning::Person
            | Meaning::Given
            | Meaning::Family
            | Meaning::Subject
            | Meaning::Contact
            | Meaning::Practitioner
            | Meaning::Organisation
    )
}

/// The words of a field's value in which no name is sought: a cell or key that holds something else, a place.
fn closed_value(page: &Page, field: &Field) -> Option<(usize, usize)> {
    let is_cell =
        matches!(field.tie, Tie::Column | Tie::Key) && !matches!(field.meaning, Meaning::Other | Meaning::Health);
    let is_place = matches!(
        field.meaning,
        Meaning::City | Meaning::Country | Meaning::BirthPlace | Meaning::Nationality | Meaning::Title
    );
    match () {
        () if may_hold_name(field.meaning) => None,
        () if is_cell => span_of(page, field.first, field.last),
        () if is_place => span_of(page, field.first, field.last.min(field.first + 4)),
        () => None,
    }
}

/// Where mail addresses stand; no name is read out of their middle.
fn mail_spans(text: &str) -> impl Iterator<Item = (usize, usize)> {
    /// Longest side of an address that is looked at, in bytes.
    const SIDE: usize = 128;
    let bytes = text.as_bytes();
    let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'+' | b'%');
    memchr::memchr_iter(b'@', bytes).map(move |at| {
        let before =
            bytes.get(at.saturating_sub(SIDE)..at).unwrap_or_default().iter().rev().take_while(is_part).count();
        let after = bytes.get(at + 1..).unwrap_or_default().iter().take(SIDE).take_while(is_part).count();
        (at - before, at + 1 + after)
    })
}

fn span_of(page: &Page, first: usize, last: usize) -> Option<(usize, usize)> {
    Some((page.word(first)?.start, page.word(last.checked_sub(1)?)?.end))
}

/// Joins a labelled address with what the street grammar found in it; where it found nothing, the value is the street.
fn merge_labelled(reader: &address::Reader<'_>, field: &Field, all: &mut Vec<Address>) {
    let (page, text) = (reader.page, reader.text);
    let Some((start, end)) = facts::value_span(page, text, field) else { return };
    let inside = all.iter().position(|address| address.span().is_some_and(|(from, to)| from < end && start < to));
    if let Some(address) = inside.and_then(|index| all.get_mut(index)) {
        let is_in_value = |span: (usize, usize)| span.0 >= start && span.1 <= end;
        if let Some(street) = address.street {
            // What is left of a short line is its door: `34, r/c`.
            let has_place = address.postcode.is_some() || address.city.is_some();
            let is_door =
                !has_place && end > street.1 && text.get(street.1..end).is_some_and(|rest| rest.len() <= DOOR);
            address.street = Some((start.min(street.0), if is_door { end } else { street.1 }));
        } else if let Some(place) =
            address.postcode.or(address.city).filter(|place| place.0 > start && is_in_value(*place))
        {
            let cut =
                text.get(start..place.0).map_or(0, |head| head.trim_end_matches(|c: char| !c.is_alphanumeric()).len());
            address.street = (cut > 2).then_some((start, start + cut));
        }
        address.is_worded = true;
    } else {
        let words = page.span(field.first, field.last);
        let letters = words.iter().filter(|word| word.form != Form::Number && word.len() > 2).count();
        let telling = words
            .iter()
            .filter(|word| matches!(word.form, Form::Number | Form::Capital | Form::Upper | Form::Caseless))
            .count();
        if letters == 0 || telling < 2 || text.get(start..end).is_some_and(|value| value.contains('@')) {
            return;
        }
        all.push(Address {
            street: Some((start, end)),
            postcode: None,
            city: None,
            end: None,
            country: None,
            is_worded: true,
        });
    }
    join_below(reader, inside.unwrap_or(all.len().saturating_sub(1)), all);
}

/// Longest rest of a line behind a street and its number that is read as the door, in bytes.
const DOOR: usize = 16;

/// Gives a labelled street the postcode and city that stand below it and belong to no street yet.
fn join_below(reader: &address::Reader<'_>, index: usize, all: &mut Vec<Address>) {
    let Some(street) = all.get(index).filter(|one| one.postcode.is_none() && one.city.is_none()) else { return };
    let Some((_, end)) = street.street else { return };
    let last = reader.page.word_from(end);
    let below = all.iter().position(|place| {
        place.street.is_none()
            && place.span().is_some_and(|span| span.0 >= end && reader.is_near(last, reader.page.word_from(span.0)))
    });
    if let Some(place) = below.and_then(|below| all.get(below)).copied()
        && let Some(street) = all.get_mut(index)
    {
        *street = Address { street: street.street, is_worded: true, ..place };
        all.retain(|other| other.street.is_some() || other.span() != place.span());
    }
}

/// The hits of an address: the whole, and its postcode and city within. A place without a street is no address.
fn address_hits(sheet: &Sheet<'_>, address: &Address, setting: &Setting, out: &mut Vec<Hit>) -> Option<(usize, usize)> {
    let country = address.country.map(str::to_owned).or_else(|| setting.region.clone());
    let mut push = |span: (usize, usize), kind: Kind, milli: u16| {
        let value = written(kind, sheet.text, span.0..span.1);
        let mut made = hit(sheet, span, kind, schemes::address(), milli, normal::folded(&value), None);
        made.hints.country.clone_from(&country);
        out.push(made);
    };
    let whole = address.span()?;
    if address.street.is_some() {
        let milli = match (address.is_worded, address.postcode.is_some()) {
            (true, true) => 940,
            (true, false) => 820,
            (false, _) => 780,
        };
        push(whole, Kind::PostalAddress, milli);
    }
    let milli = if address.street.is_some() { 930 } else { 700 };
    if let Some(postcode) = address.postcode {
        push(postcode, Kind::Postcode, milli);
    }
    if let Some(city) = address.city {
        push(city, Kind::Location, milli);
    }
    Some(whole)
}

fn name_hit(sheet: &Sheet<'_>, name: &Found) -> Hit {
    let kind = if name.is_institution { Kind::Organisation } else { Kind::PersonName };
    let scheme = match name.half {
        _ if name.is_institution => schemes::institution(),
        Some(Half::Given) => schemes::given_name(),
        Some(Half::Family) => schemes::family_name(),
        None => schemes::name(),
    };
    let value = sheet.text.get(name.start..name.end).unwrap_or_default();
    let milli = name.evidence.confidence().as_milli();
    let normal = if name.is_institution { normal::folded(value) } else { normal::name(value) };
    hit(sheet, (name.start, name.end), kind, scheme, milli, normal, name.role)
}

fn hit(
    sheet: &Sheet<'_>,
    span: (usize, usize),
    kind: Kind,
    scheme: Arc<str>,
    milli: u16,
    normal: String,
    role: Option<Role>,
) -> Hit {
    Hit {
        passage: sheet.index,
        start: span.0,
        end: span.1,
        kind,
        scheme,
        confidence: Confidence::milli(milli),
        normal: Secret::new(normal),
        role,
        hints: Hints::default(),
    }
}
