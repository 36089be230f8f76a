//! What on a paper belongs to the house that wrote it, and what to the people it is about: mailboxes, accounts, the
//! letterhead and the footer.

use super::roles::{Desk, Place};
use crate::detect::claim::Claim;
use crate::detect::view::Sheet;
use crate::model::{Kind, Role};
use crate::rules::names::{Around, Names};
use crate::rules::words::{join, word_hash};
use std::collections::BTreeSet;

/// Mail domains of the house: those of its mailboxes, unless anybody can have an address there.
pub(super) fn houses(names: &Names, sheets: &[Sheet<'_>], claims: &[Claim]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for claim in claims.iter().filter(|claim| claim.kind == Kind::Email) {
        if let Some((local, domain)) = mail_parts(sheets, claim)
            && is_mailbox(names, &local)
            && !is_free(names, &domain)
        {
            found.insert(domain);
        }
    }
    found
}

fn mail_parts(sheets: &[Sheet<'_>], claim: &Claim) -> Option<(String, String)> {
    let value = sheets.get(claim.passage)?.text.get(claim.start..claim.end)?.to_lowercase();
    let (local, domain) = value.split_once('@')?;
    Some((local.to_owned(), domain.to_owned()))
}

fn is_mailbox(names: &Names, local: &str) -> bool {
    let head = local.split(['.', '-', '_', '+']).next().unwrap_or(local);
    names.around(join(0, word_hash(head))).is(Around::MAILBOX)
}

fn is_free(names: &Names, domain: &str) -> bool {
    let first = domain.split('.').next().unwrap_or(domain);
    names.around(join(0, word_hash(first))).is(Around::FREE_MAIL)
}

impl Desk<'_> {
    pub(super) fn role_on_paper(
        &self,
        sheets: &[Sheet<'_>],
        places: &[(usize, Place)],
        at: usize,
        claims: &[Claim],
        first_subject: Option<usize>,
    ) -> Role {
        let Some((_, place)) = places.get(at) else { return Role::DataSubject };
        let Some(claim) = claims.get(place.claim) else { return Role::DataSubject };
        match claim.kind {
            Kind::CompanyId | Kind::CompanyOrOther | Kind::Organisation => Role::Organisation,
            Kind::ProfessionalId => Role::Practitioner,
            Kind::Email => self.mail_role(sheets, claim, places, at, claims, first_subject),
            Kind::Iban | Kind::Bic | Kind::BankAccount => account_role(sheets, claim),
            Kind::Phone | Kind::PostalAddress | Kind::Postcode | Kind::Location | Kind::Url => {
                self.contact_role(sheets, places, at, claims, first_subject)
            }
            _ => Role::DataSubject,
        }
    }

    fn mail_role(
        &self,
        sheets: &[Sheet<'_>],
        claim: &Claim,
        places: &[(usize, Place)],
        at: usize,
        claims: &[Claim],
        first_subject: Option<usize>,
    ) -> Role {
        /// How many people are compared with a mail address.
        const PEOPLE: usize = 256;
        let Some((local, domain)) = mail_parts(sheets, claim) else { return Role::DataSubject };
        if self.houses.contains(&domain) || is_mailbox(self.names, &local) {
            return Role::Organisation;
        }
        let words: Vec<&str> = local.split(|c: char| !c.is_alphabetic()).filter(|word| word.len() > 2).collect();
        let names = |role: Role| {
            self.people.iter().take(PEOPLE).any(|person| {
                person.role == role
                    && person
                        .parts
                        .iter()
                        .any(|part| part.len() > 2 && words.iter().any(|word| word.contains(part.as_str())))
            })
        };
        if names(Role::DataSubject) {
            return Role::DataSubject;
        }
        if names(Role::Practitioner) {
            return Role::Practitioner;
        }
        if self.houses.is_empty() {
            return self.contact_role(sheets, places, at, claims, first_subject);
        }
        // The house writes from its own domain, so a mail address elsewhere is somebody's.
        Role::DataSubject
    }

    /// A phone, address or link: the organisation's in the letterhead, in the footer, or beside its name.
    fn contact_role(
        &self,
        sheets: &[Sheet<'_>],
        places: &[(usize, Place)],
        at: usize,
        claims: &[Claim],
        first_subject: Option<usize>,
    ) -> Role {
        /// How many lines above an address the name it belongs to may stand.
        const ABOVE: usize = 3;
        let Some((_, place)) = places.get(at) else { return Role::DataSubject };
        let above =
            places.get(..at).unwrap_or_default().iter().rev().take_while(|(_, other)| place.line - other.line <= ABOVE);
        let mut is_house_above = false;
        for (_, other) in above {
            let Some(claim) = claims.get(other.claim) else { continue };
            match (claim.kind, claim.role) {
                (Kind::PersonName, Some(Role::DataSubject)) => return Role::DataSubject,
                (Kind::PersonName, Some(Role::Practitioner)) if other.line == place.line || place.meaning.is_none() => {
                    return Role::Organisation;
                }
                (Kind::Organisation, _) | (_, Some(Role::Organisation)) => is_house_above = true,
                (
                    Kind::DateOfBirth
                    | Kind::PatientId
                    | Kind::NationalId
                    | Kind::SocialSecurity
                    | Kind::TaxId
                    | Kind::HealthId,
                    _,
                ) => return Role::DataSubject,
                _ => {}
            }
        }
        let is_before = first_subject.is_some_and(|first| at < first);
        let has_subject = first_subject.is_some();
        if is_before || is_house_above && place.meaning.is_none() {
            return Role::Organisation;
        }
        if self.is_footer(sheets, places, at, claims) {
            return Role::Organisation;
        }
        if has_subject || place.meaning.is_some() { Role::DataSubject } else { Role::Organisation }
    }

    /// Whether a line speaks of the house: it or its neighbours hold a company number, a bank account or a website.
    fn is_footer(&self, sheets: &[Sheet<'_>], places: &[(usize, Place)], at: usize, claims: &[Claim]) -> bool {
        /// How many things of the neighbouring lines are looked at.
        const LOOKED: usize = 32;
        let Some((_, place)) = places.get(at) else { return false };
        let from = places.partition_point(|(_, other)| other.line + 1 < place.line);
        let near = places.get(from..).unwrap_or_default().iter().take_while(|(_, other)| other.line <= place.line + 1);
        near.take(LOOKED).filter_map(|(_, other)| claims.get(other.claim)).any(|claim| match claim.kind {
            Kind::CompanyId | Kind::CompanyOrOther | Kind::Organisation => true,
            Kind::Iban | Kind::Bic => account_role(sheets, claim) == Role::Organisation,
            Kind::Email => mail_parts(sheets, claim)
                .is_some_and(|(local, domain)| self.houses.contains(&domain) || is_mailbox(self.names, &local)),
            _ => false,
        })
    }
}

/// Words that make an account the patient's: the text before it speaks of paying back.
const REFUND: [&str; 14] = [
    "rembours",
    "refund",
    "erstatt",
    "reembols",
    "devoluci",
    "rimbors",
    "terugbetal",
    "zwrot",
    "återbetal",
    "επιστροφ",
    "возврат",
    "client",
    "patient",
    "استرداد",
];

/// Whose account a bank account is: the organisation's, where it asks to be paid, unless the label says refund.
fn account_role(sheets: &[Sheet<'_>], claim: &Claim) -> Role {
    let text = sheets.get(claim.passage).map_or("", |sheet| sheet.text);
    let line = text.get(..claim.start).and_then(|head| head.rsplit('\n').next()).unwrap_or_default().to_lowercase();
    if REFUND.iter().any(|word| line.contains(word)) { Role::DataSubject } else { Role::Organisation }
}
