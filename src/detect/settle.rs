//! Settling overlaps: where several detectors claim the same text, the better claim stays.

use super::hit::Hit;
use crate::model::Kind;
use std::cmp::{Ordering, Reverse};
use std::sync::Arc;

/// A hit that stays, and what else its span would satisfy.
#[derive(Debug)]
pub struct Settled {
    /// The hit.
    pub hit: Hit,
    /// Other schemes of the same span, best first.
    pub alternatives: Vec<Arc<str>>,
    /// Which person of the item, once roles and mentions are assigned.
    pub mention: Option<u32>,
}

/// How telling a kind is against another on the same text, in hundredths: a claim that could hardly be an accident
/// (a checksum, a fixed grammar) beats one that many texts satisfy.
fn specificity(kind: Kind) -> u32 {
    match kind {
        Kind::Mrz | Kind::Iban => 150,
        Kind::Email | Kind::PaymentCard => 140,
        Kind::CryptoWallet | Kind::Secret | Kind::Gps => 135,
        Kind::NationalId | Kind::SocialSecurity | Kind::TaxId | Kind::HealthId => 130,
        Kind::Url | Kind::Ip | Kind::Mac | Kind::Imei | Kind::DateOfBirth => 128,
        Kind::PatientId | Kind::ProfessionalId | Kind::Passport | Kind::DrivingLicence => 125,
        Kind::PostalAddress => 124,
        Kind::Phone | Kind::Bic | Kind::BankAccount => 120,
        Kind::CompanyId | Kind::CompanyOrOther | Kind::VehicleId | Kind::CaseRef => 115,
        Kind::Date | Kind::Age => 112,
        Kind::PersonName | Kind::Health => 110,
        Kind::Organisation | Kind::Location | Kind::Postcode => 105,
        Kind::Title | Kind::Gender | Kind::Nationality | Kind::Profession | Kind::Device => 100,
    }
}

fn strength(hit: &Hit) -> u32 {
    u32::from(hit.confidence.as_milli()) * specificity(hit.kind)
}

/// Whether a hit may stand within another: an address holds its postcode and city, a link may hold a mail address.
fn may_nest(outer: Kind, inner: Kind) -> bool {
    match outer {
        Kind::PostalAddress => matches!(inner, Kind::Postcode | Kind::Location),
        Kind::Url => matches!(inner, Kind::Email | Kind::Secret | Kind::Gps | Kind::Ip),
        _ => false,
    }
}

/// Whether two spans on one passage exclude each other.
fn excludes(kept: &Hit, other: &Hit) -> bool {
    if kept.start >= other.end || other.start >= kept.end {
        return false;
    }
    let holds = |outer: &Hit, inner: &Hit| outer.start <= inner.start && inner.end <= outer.end;
    !(holds(kept, other) && may_nest(kept.kind, other.kind) || holds(other, kept) && may_nest(other.kind, kept.kind))
}

/// Keeps the best of overlapping hits, notes other schemes of the same span, and gives them in order of passage and
/// position. At most `cap` stay; the flag says whether some were dropped for it.
///
/// Hits are taken in groups that no other hit reaches into, so that the cost does not grow with the length of a text.
pub fn settle(mut hits: Vec<Hit>, cap: usize) -> (Vec<Settled>, bool) {
    hits.retain(|hit| hit.start < hit.end);
    // Places are sorted in place of hits, which are large.
    let mut order: Vec<(usize, usize, Reverse<usize>, usize)> =
        hits.iter().enumerate().map(|(at, hit)| (hit.passage, hit.start, Reverse(hit.end), at)).collect();
    // Each detector gives its hits in order: this sort merges what is in order already.
    order.sort();
    let mut hits: Vec<Option<Hit>> = hits.into_iter().map(Some).collect();
    let mut kept = Vec::with_capacity(hits.len());
    let mut group: Vec<Hit> = Vec::new();
    let mut reach = (0, 0);
    for hit in order.into_iter().filter_map(|(.., at)| hits.get_mut(at)?.take()) {
        if (hit.passage, hit.start) >= reach {
            settle_group(&mut group, &mut kept);
        }
        reach = reach.max((hit.passage, hit.end));
        group.push(hit);
    }
    settle_group(&mut group, &mut kept);
    let is_cut = kept.len() > cap;
    kept.truncate(cap);
    (kept, is_cut)
}

/// Settles hits that reach into each other, and adds what stays in order of position.
fn settle_group(group: &mut Vec<Hit>, kept: &mut Vec<Settled>) {
    let settled = |hit| Settled { hit, alternatives: Vec::new(), mention: None };
    if group.len() < 2 {
        kept.extend(group.drain(..).map(settled));
        return;
    }
    group.sort_by(rank);
    let from = kept.len();
    for hit in group.drain(..) {
        let rival = kept.iter_mut().skip(from).find(|other| excludes(&other.hit, &hit));
        match rival {
            Some(better) => note_alternative(better, &hit),
            None => kept.push(settled(hit)),
        }
    }
    // Stable: of hits that begin together the better comes first.
    if let Some(fresh) = kept.get_mut(from..) {
        fresh.sort_by_key(|settled| settled.hit.start);
    }
}

/// Strongest first; among equals the longer, then the earlier, then by kind and scheme, so that nothing is left to chance.
fn rank(one: &Hit, other: &Hit) -> Ordering {
    let key = |hit: &Hit| (Reverse(strength(hit)), Reverse(hit.end - hit.start), hit.start, hit.kind);
    key(one).cmp(&key(other)).then_with(|| one.scheme.cmp(&other.scheme))
}

fn note_alternative(better: &mut Settled, hit: &Hit) {
    let is_same_span = better.hit.start == hit.start && better.hit.end == hit.end;
    if is_same_span && better.hit.scheme != hit.scheme && !better.alternatives.contains(&hit.scheme) {
        better.alternatives.push(Arc::clone(&hit.scheme));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Confidence, Hints, Secret};
    use proptest::prelude::*;

    fn hit(start: usize, end: usize, kind: Kind, scheme: &str, milli: u16) -> Hit {
        Hit {
            passage: 0,
            start,
            end,
            kind,
            scheme: scheme.into(),
            confidence: Confidence::milli(milli),
            normal: Secret::new(""),
            role: None,
            hints: Hints::default(),
        }
    }

    #[test]
    fn a_phone_inside_an_iban_goes() {
        let hits = vec![hit(4, 14, Kind::Phone, "phone", 900), hit(0, 27, Kind::Iban, "iban", 950)];
        let (kept, _) = settle(hits, 10);
        assert_eq!(kept.iter().map(|settled| settled.hit.kind).collect::<Vec<_>>(), [Kind::Iban]);
        assert!(kept[0].alternatives.is_empty());
    }

    #[test]
    fn the_second_scheme_of_a_span_is_an_alternative() {
        let hits = vec![hit(0, 9, Kind::SocialSecurity, "us.ssn", 500), hit(0, 9, Kind::TaxId, "nl.bsn", 700)];
        let (kept, _) = settle(hits, 10);
        assert_eq!(&*kept[0].hit.scheme, "nl.bsn");
        assert_eq!(kept[0].alternatives, ["us.ssn".into()]);
    }

    #[test]
    fn an_address_keeps_its_postcode_and_a_link_its_mail() {
        let hits = vec![
            hit(0, 20, Kind::PostalAddress, "address", 800),
            hit(10, 15, Kind::Postcode, "postcode", 800),
            hit(30, 60, Kind::Url, "url", 900),
            hit(40, 50, Kind::Email, "email", 900),
        ];
        assert_eq!(settle(hits, 10).0.len(), 4);
    }

    proptest! {
        #[test]
        fn what_stays_never_crosses_and_order_does_not_matter(
            spans in proptest::collection::vec((0_usize..60, 1_usize..20, 0_usize..Kind::ALL.len(), 1_u16..1000), 0..40)
        ) {
            let make = |list: &[(usize, usize, usize, u16)]| list.iter().map(|(start, length, kind, milli)| {
                hit(*start, start + length, Kind::ALL[*kind], Kind::ALL[*kind].name(), *milli)
            }).collect::<Vec<_>>();
            let mut reversed = spans.clone();
            reversed.reverse();
            let (kept, _) = settle(make(&spans), 100);
            let (other, _) = settle(make(&reversed), 100);
            let line = |list: &[Settled]| list.iter().map(|s| (s.hit.start, s.hit.end, s.hit.kind)).collect::<Vec<_>>();
            let sorted = |mut list: Vec<(usize, usize, Kind)>| { list.sort_unstable(); list };
            prop_assert_eq!(sorted(line(&kept)), sorted(line(&other)));
            for (n, a) in kept.iter().enumerate() {
                for b in &kept[n + 1..] {
                    prop_assert!(!excludes(&a.hit, &b.hit));
                }
            }
        }
    }
}
