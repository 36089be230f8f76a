//! What papers for others may be made of: counts, words out of closed lists, and the incident file.
//!
//! This is where the promise is kept that no breached value stands in a form: nothing here holds a finding, a mask, a
//! path or an item, so nothing further on can print one.

use super::build;
use super::v1::{ControllerRow, DeadlineRow, LinkRow, NameCount};
use super::{About, Evidence};
use crate::model::{Class, Code, Incident, Kind, Link, Material, Outcome, People, Role};
use crate::rules::notify::Vocabulary;
use crate::rules::severity::Trait;
use crate::score::Assessment;

/// The figures of a case.
pub(in crate::report) struct Figures<'e> {
    pub(in crate::report) people: &'e People,
    pub(in crate::report) assessment: &'e Assessment,
    pub(in crate::report) incident: &'e Incident,
    pub(in crate::report) vocabulary: &'e Vocabulary,
    pub(in crate::report) files: u64,
    pub(in crate::report) members: u64,
    pub(in crate::report) bytes: u64,
    pub(in crate::report) items_with_findings: u64,
    pub(in crate::report) findings: u64,
    pub(in crate::report) read: u64,
    pub(in crate::report) encrypted: u64,
    pub(in crate::report) is_complete: bool,
    /// Items by class.
    pub(in crate::report) classes: Vec<(Class, u64)>,
    /// Kinds of data of data subjects that were found.
    pub(in crate::report) kinds: Vec<Kind>,
    /// Kinds of items with their number.
    pub(in crate::report) materials: Vec<(Material, u64)>,
    pub(in crate::report) sentence: String,
    pub(in crate::report) linkage: String,
    pub(in crate::report) linkage_rows: Vec<LinkRow>,
    pub(in crate::report) deadlines: Vec<DeadlineRow>,
    /// Controllers that are told apart.
    pub(in crate::report) controllers: u64,
    pub(in crate::report) manifest_items: u64,
    pub(in crate::report) manifest_root: String,
    /// The one controller that this notification is for.
    pub(in crate::report) share: Option<Share>,
}

/// One controller's share, in counts.
#[derive(Debug, Clone)]
pub(in crate::report) struct Share {
    pub(in crate::report) id: String,
    pub(in crate::report) name: Option<String>,
    pub(in crate::report) country: Option<String>,
    pub(in crate::report) persons: u64,
    pub(in crate::report) files: u64,
    pub(in crate::report) members: u64,
    pub(in crate::report) bytes: u64,
    pub(in crate::report) classes: Vec<NameCount>,
    pub(in crate::report) kinds: Vec<NameCount>,
}

impl Share {
    pub(in crate::report) fn of(row: ControllerRow) -> Self {
        let ControllerRow { id, name, country, files, bytes, members, persons, classes, kinds, .. } = row;
        Self { id, name, country, persons, files, members, bytes, classes, kinds }
    }
}

impl<'e> Figures<'e> {
    pub(in crate::report) fn of(evidence: &Evidence<'e>, vocabulary: &'e Vocabulary) -> Self {
        let Evidence { tally, people, assessment, incident, about } = *evidence;
        let About { is_complete, manifest_items, manifest_root, .. } = about;
        let total = tally.total();
        let files = |outcome| tally.outcomes.get(&outcome).map_or(0, |count| count.files);
        let deadlines: Vec<DeadlineRow> = assessment.deadlines.iter().map(build::deadline_row).collect();
        let linkage = build::deidentification(people);
        let items_of = |material: Material| -> u64 {
            Link::ALL.iter().filter_map(|link| people.linkage.get(&(material, *link))).sum()
        };
        let encrypted = tally.faults.iter().filter(|(fault, _)| fault.code == Code::Encrypted);
        Self {
            people,
            assessment,
            incident,
            vocabulary,
            files: total.files,
            members: total.members,
            bytes: total.bytes,
            items_with_findings: tally.items_with_findings,
            findings: tally.kinds.values().map(|kind| kind.findings).sum(),
            read: files(Outcome::Examined) + files(Outcome::Partial),
            encrypted: encrypted.map(|(_, count)| count.files).sum(),
            is_complete: *is_complete,
            classes: Class::ALL
                .into_iter()
                .filter_map(|class| tally.classes.get(&class).map(|count| (class, count.files + count.members)))
                .collect(),
            kinds: tally
                .kinds
                .iter()
                .filter(|(_, found)| found.roles.get(&Role::DataSubject).is_some_and(|count| *count > 0))
                .map(|(kind, _)| *kind)
                .collect(),
            materials: Material::ALL
                .into_iter()
                .map(|material| (material, items_of(material)))
                .filter(|(material, items)| *items > 0 && *material != Material::Other)
                .collect(),
            sentence: build::headline(tally, people, assessment, &deadlines).sentence,
            linkage: linkage.answer,
            linkage_rows: linkage.rows,
            deadlines,
            controllers: tally.controllers.keys().flatten().count() as u64,
            manifest_items: *manifest_items,
            manifest_root: manifest_root.clone(),
            share: None,
        }
    }

    /// Kinds of data and of items in the leak, as the crosswalk names them.
    pub(in crate::report) fn traits(&self) -> impl Iterator<Item = Trait> {
        let kinds = self.kinds.iter().map(|kind| Trait::Kind(*kind));
        kinds.chain(self.materials.iter().map(|(material, _)| Trait::Material(*material)))
    }
}
