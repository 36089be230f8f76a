//! Reads the mentions out of one record.

use super::entity::{AMONG, Draft, FOLDER, Facts, NO_DAY, Tag};
use super::names::NO_NAME;
use super::{Resolver, mix, short};
use crate::model::{CountryEvidence, Finding, Kind, Link, Material, MaterialSet, Profile, Record, Role, Token, person};
use crate::model::{NamePart, Part};
use crate::rules::ResolveRules;
use crate::rules::resolve::Scope;
use std::collections::BTreeMap;

/// 1990-01-01 in days since 1970-01-01: earlier dates of files are defaults of clocks that were never set.
const FIRST_FILE_DAY: i32 = 7305;

/// Where a mention stands.
pub(super) struct Place {
    controller: u64,
    folder: u64,
    day: Option<i32>,
    material: Material,
    region: Option<[u8; 2]>,
}

impl Resolver<'_> {
    pub(super) fn add_within(&mut self, record: &Record, folder: Option<Token>, controller: Option<Token>) {
        let folder = record.folder_subject.or(folder);
        let controller = person::controller_of(record).or(controller);
        self.subjects.make_room();
        self.staff.make_room();
        self.add_item(record, folder, controller);
        for member in &record.members {
            self.add_within(member, folder, controller);
        }
    }

    fn add_item(&mut self, record: &Record, folder: Option<Token>, controller: Option<Token>) {
        let place = self.place(record, folder, controller);
        let item = item_bytes(record);
        let (mut subjects, rest) = self.drafts(record, &place, Role::DataSubject);
        let (staff, _) = self.drafts(record, &place, Role::Practitioner);
        let named = subjects.iter().filter(|draft| draft.name != NO_NAME).map(|draft| draft.facts.country);
        let told = named.filter(|(evidence, _)| *evidence < CountryEvidence::Paperwork).map(|(_, code)| code);
        for code in place.region.into_iter().chain(told) {
            *self.countries.entry(code).or_default() += 1;
        }
        *self.mentions.entry(Role::DataSubject).or_default() += subjects.len() as u64;
        *self.mentions.entry(Role::Practitioner).or_default() += staff.len() as u64;
        let has_subject = !subjects.is_empty();
        self.seat(&mut subjects, &rest, &place);
        for draft in subjects {
            self.subjects.fold(draft, item);
        }
        for draft in staff {
            self.staff.fold(draft, item);
        }
        self.series.add(record, place.folder);
        self.note_linkage(record, &place, has_subject);
    }

    pub(super) fn place(&mut self, record: &Record, folder: Option<Token>, controller: Option<Token>) -> Place {
        let scope = controller.map_or(0, short);
        if let Some(token) = controller {
            self.controllers.insert(scope, token);
        }
        let day = record.facts.created_day.or_else(|| record.modified_ms.map(|ms| ms.div_euclid(86_400_000) as i32));
        Place {
            controller: scope,
            folder: folder.map_or(0, |token| mix(short(token), scope).max(1)),
            day: day.filter(|day| *day >= FIRST_FILE_DAY),
            material: Material::of(record),
            region: record.facts.region.as_deref().and_then(country_bytes),
        }
    }

    /// One draft a mention of this role, and the findings that are tied to nobody.
    pub(super) fn drafts<'f>(
        &mut self,
        record: &'f Record,
        place: &Place,
        role: Role,
    ) -> (Vec<Draft<'f>>, Vec<&'f Finding>) {
        let least = (self.rules.min_confidence * 1000.0) as u16;
        let mut tied: BTreeMap<u32, Vec<&Finding>> = BTreeMap::new();
        let mut loose: Vec<&'f Finding> = Vec::new();
        for finding in record.findings.iter().filter(|finding| finding.role == role) {
            if finding.confidence.as_milli() >= least {
                match finding.mention {
                    Some(mention) => tied.entry(mention).or_default().push(finding),
                    None => loose.push(finding),
                }
            }
        }
        let mut drafts: Vec<Draft<'f>> = tied.values().map(|findings| self.draft(findings, place, role)).collect();
        let mut rest = Vec::new();
        let in_path = words_in_path(&mut loose);
        if !in_path.is_empty() {
            drafts.push(self.draft(&in_path, place, role));
        }
        for finding in loose {
            let is_identity = finding.kind == Kind::PersonName || is_strong(self.rules, finding.kind);
            match (is_identity, drafts.len()) {
                (true, _) => drafts.push(self.draft(&[finding], place, role)),
                (false, _) => rest.push(finding),
            }
        }
        drafts = self.merge_within_item(drafts, role);
        if let ([only], false) = (drafts.as_mut_slice(), rest.is_empty()) {
            let more = self.draft(&rest, place, role);
            only.keys.extend(more.keys);
            only.facts.absorb(&more.facts);
            only.findings.extend(more.findings);
            rest.clear();
        }
        doubt_bare_addresses(&mut drafts, |draft| self.name_parts(draft, role));
        (drafts, rest)
    }

    /// Tokens of the parts of a draft's name that are written out.
    fn name_parts(&self, draft: &Draft<'_>, role: Role) -> Vec<u64> {
        let names = if role == Role::Practitioner { &self.staff.names } else { &self.subjects.names };
        names.parts(draft.name).iter().map(|part| part.whole).filter(|whole| *whole != 0).collect()
    }

    fn draft<'f>(&mut self, findings: &[&'f Finding], place: &Place, role: Role) -> Draft<'f> {
        let proof = (self.rules.proof_confidence * 1000.0) as u16;
        let pool = if role == Role::Practitioner { &mut self.staff } else { &mut self.subjects };
        let mut facts = Facts {
            controller: place.controller,
            first_day: place.day.unwrap_or(i32::MAX),
            material: MaterialSet::default().with(place.material),
            country: place.region.map_or((CountryEvidence::None, [0; 2]), |code| (CountryEvidence::Paperwork, code)),
            ..Facts::default()
        };
        let (mut name, mut keys) = (NO_NAME, Vec::new());
        let is_in_words = is_one_name_in_words(findings);
        if is_in_words {
            let parts: Vec<NamePart> = findings.iter().flat_map(|finding| finding.parts.iter().copied()).collect();
            name = pool.names.intern(&parts);
        }
        for finding in findings {
            let value = short(finding.token);
            facts.kinds = facts.kinds.with(finding.kind);
            note_country(&mut facts, finding);
            match finding.kind {
                Kind::PersonName if !is_in_words => {
                    let number = pool.names.intern(&finding.parts);
                    name = if name == NO_NAME { number } else { pool.names.fuller(name, number) };
                }
                Kind::DateOfBirth => {
                    facts.birth = if facts.birth == 0 { value } else { facts.birth.min(value) };
                    facts.birth_day = facts.birth_day.max(finding.hints.day.unwrap_or(NO_DAY));
                }
                Kind::Email => {
                    let words: Vec<NamePart> =
                        finding.parts.iter().filter(|part| part.sound.is_some()).copied().collect();
                    if words.len() >= self.rules.weak.parts {
                        let number = pool.names.intern(&words);
                        facts.mail_name = (pool.names.hash(number), number);
                    }
                }
                _ => {}
            }
            if let Some(scope) = strong_scope(self.rules, finding.kind) {
                let key = if scope == Scope::Controller { mix(value, place.controller) } else { value };
                keys.push((finding.kind as Tag, key));
                facts.has_strong = true;
                facts.is_proven |= finding.confidence.as_milli() >= proof;
                if finding.kind == Kind::PatientId {
                    facts.patient = (place.controller, value);
                } else if finding.kind != Kind::Email {
                    facts.number = (scheme_number(&finding.scheme), value);
                    facts.sex = facts.sex.or(finding.hints.sex);
                }
            } else if is_companion(self.rules, finding.kind) {
                keys.push((finding.kind as Tag, value));
            }
        }
        Draft { findings: findings.to_vec(), name, keys, facts }
    }

    /// Within one item, two mentions whose names agree and that nothing tells apart are one.
    fn merge_within_item<'f>(&self, drafts: Vec<Draft<'f>>, role: Role) -> Vec<Draft<'f>> {
        let names = if role == Role::Practitioner { &self.staff.names } else { &self.subjects.names };
        // A table has a mention a row: rows are persons, and comparing each with each would not scale.
        if drafts.len() > 24 {
            return drafts;
        }
        let mut merged: Vec<Draft<'f>> = Vec::with_capacity(drafts.len());
        for draft in drafts {
            let same = merged.iter_mut().find(|other| {
                let likeness = names.compare(other.name, draft.name);
                let has_common = other.keys.iter().any(|key| draft.keys.contains(key));
                let is_same = likeness.agrees && (likeness.parts >= 2 || has_common);
                is_same && !super::join::contradicts(&other.facts, &draft.facts, self.rules, true)
            });
            match same {
                Some(other) => {
                    other.name = if other.name == NO_NAME { draft.name } else { names.fuller(other.name, draft.name) };
                    other.keys.extend(draft.keys);
                    other.findings.extend(draft.findings);
                    other.facts.absorb(&draft.facts);
                }
                None => merged.push(draft),
            }
        }
        merged
    }

    /// Ties the mentions of an item to the person whose folder it lies in.
    pub(super) fn seat<'f>(&mut self, drafts: &mut Vec<Draft<'f>>, rest: &[&'f Finding], place: &Place) {
        if place.folder == 0 {
            return;
        }
        if drafts.is_empty() {
            drafts.push(self.draft(rest, place, Role::DataSubject));
        }
        let tag = if drafts.len() == 1 { FOLDER } else { AMONG };
        for draft in drafts {
            draft.keys.push((tag, place.folder));
            if tag == FOLDER {
                draft.facts.folder = (place.controller, place.folder);
                draft.facts.has_strong = true;
                draft.facts.is_proven = true;
            }
        }
    }

    fn note_linkage(&mut self, record: &Record, place: &Place, has_subject: bool) {
        let own = own_link(record, place);
        if own == Link::Code {
            let material = Material::ALL.iter().position(|one| *one == place.material).unwrap_or(0);
            self.in_folders.push([place.folder, material as u64]);
        } else {
            *self.linkage.entry((place.material, own)).or_default() += 1;
        }
        let is_picture = matches!(place.material, Material::FacePhoto | Material::BodyPhoto | Material::Video);
        if is_picture && !has_subject && place.folder == 0 {
            let mut profile = Profile { material: MaterialSet::default().with(place.material), ..Profile::default() };
            for finding in record.findings.iter().filter(|finding| finding.role == Role::DataSubject) {
                profile.kinds = profile.kinds.with(finding.kind);
            }
            *self.unlinked.entry(profile).or_default() += 1;
            self.loose_pictures.push([parent_number(record), content_number(record)]);
        }
    }
}

/// Words of a path that are tied to nobody, each a part of a name: a file is named after one person.
fn words_in_path<'f>(loose: &mut Vec<&'f Finding>) -> Vec<&'f Finding> {
    let is_word = |finding: &&Finding| {
        finding.kind == Kind::PersonName && finding.origin.part == Part::Path && finding.parts.len() == 1
    };
    let words: Vec<&Finding> = loose.iter().copied().filter(is_word).collect();
    if words.len() < 2 {
        return Vec::new();
    }
    loose.retain(|finding| !is_word(finding));
    words
}

/// Whether these findings are the words of one name, found apart in a path.
fn is_one_name_in_words(findings: &[&Finding]) -> bool {
    findings.len() > 1
        && findings.iter().all(|finding| {
            finding.kind == Kind::PersonName && finding.origin.part == Part::Path && finding.parts.len() == 1
        })
}

/// In a table of mail addresses beside which no name stands that is more than one word and fits its address, the names
/// are no names, as in a list that somebody filled to try a program out: such addresses prove nobody.
fn doubt_bare_addresses(drafts: &mut [Draft<'_>], name_parts: impl Fn(&Draft<'_>) -> Vec<u64>) {
    let is_bare = |draft: &Draft<'_>, words: &[u64]| {
        let has_more = draft
            .findings
            .iter()
            .any(|finding| !matches!(finding.kind, Kind::Email | Kind::PersonName) && is_identity(finding.kind));
        words.len() < 2 && !has_more && draft.findings.iter().any(|finding| finding.kind == Kind::Email)
    };
    let fits = |draft: &Draft<'_>, words: &[u64]| {
        let shown = draft.findings.iter().filter(|finding| finding.kind == Kind::Email);
        shown
            .flat_map(|finding| &finding.parts)
            .any(|part| part.whole.is_some_and(|whole| words.contains(&short(whole))))
    };
    let mut misfits = 0;
    for draft in drafts.iter() {
        let words = name_parts(draft);
        let can_fit = draft.findings.iter().any(|finding| finding.kind == Kind::Email && !finding.parts.is_empty());
        if !is_bare(draft, &words) || (draft.name != NO_NAME && fits(draft, &words)) {
            return;
        }
        misfits += usize::from(draft.name != NO_NAME && can_fit);
    }
    if misfits * 2 < drafts.len() || misfits < LEAST_MISFITS {
        return;
    }
    // Every draft of the item is bare here.
    for draft in drafts {
        draft.facts.has_strong = false;
        draft.facts.is_proven = false;
    }
}

/// Rows with a name that does not fit its address from which a table is doubted.
const LEAST_MISFITS: usize = 3;

/// Kinds that say who somebody is, beside name and mail address.
fn is_identity(kind: Kind) -> bool {
    kind.is_private() || matches!(kind, Kind::Phone | Kind::PostalAddress | Kind::Health)
}

/// What ties an item to a person by itself, with the folder it inherits from its container.
fn own_link(record: &Record, place: &Place) -> Link {
    let link = person::own_link(record);
    if link == Link::Nothing && place.folder != 0 { Link::Code } else { link }
}

fn strong_scope(rules: &ResolveRules, kind: Kind) -> Option<Scope> {
    rules.strong.iter().find(|key| key.kinds.contains(&kind)).map(|key| key.scope)
}

fn is_strong(rules: &ResolveRules, kind: Kind) -> bool {
    strong_scope(rules, kind).is_some()
}

fn is_companion(rules: &ResolveRules, kind: Kind) -> bool {
    kind != Kind::DateOfBirth && rules.medium.iter().any(|key| key.with.contains(&kind))
}

fn note_country(facts: &mut Facts, finding: &Finding) {
    let Some(code) = finding.hints.country.as_deref().and_then(country_bytes) else { return };
    let evidence = match finding.kind {
        Kind::PostalAddress | Kind::Postcode | Kind::Location => CountryEvidence::Address,
        Kind::NationalId | Kind::SocialSecurity | Kind::HealthId | Kind::TaxId => CountryEvidence::Identifier,
        Kind::Passport | Kind::Mrz | Kind::DrivingLicence | Kind::Nationality => CountryEvidence::Identifier,
        Kind::Phone => CountryEvidence::Phone,
        Kind::Iban | Kind::BankAccount => CountryEvidence::Account,
        Kind::Gps => CountryEvidence::Position,
        _ => return,
    };
    facts.country = facts.country.min((evidence, code));
}

fn country_bytes(code: &str) -> Option<[u8; 2]> {
    <[u8; 2]>::try_from(code.as_bytes()).ok().filter(|code| code.iter().all(u8::is_ascii_uppercase))
}

fn scheme_number(scheme: &str) -> u64 {
    scheme.bytes().fold(11, |sum, byte| mix(sum, u64::from(byte))).max(1)
}

fn item_bytes(record: &Record) -> [u8; 12] {
    record.id.as_bytes().first_chunk::<12>().copied().unwrap_or_default()
}

fn parent_number(record: &Record) -> u64 {
    let key = &record.locator.key;
    let end = key.iter().rposition(|byte| *byte == b'/').unwrap_or(0);
    key.iter().take(end).fold(u64::from(record.locator.source), |sum, byte| mix(sum, u64::from(*byte)))
}

/// Pictures that look alike count once; without a look the content decides.
fn content_number(record: &Record) -> u64 {
    let look = record.facts.image.as_ref().and_then(|image| image.look);
    look.or_else(|| record.hashes.and_then(|hashes| hashes.blake3.first_chunk::<8>().map(|b| u64::from_be_bytes(*b))))
        .unwrap_or_else(|| record.locator.name().iter().fold(3, |sum, byte| mix(sum, u64::from(*byte))))
}
