//! What was counted of files and data.

use super::{Answer, Missing, computed, keys, lines, people};
use crate::report::build::grouped;
use crate::report::figures::Figures;
use crate::report::format::{bytes, percent};
use crate::rules::notify::{Called, Fact};
use std::collections::BTreeSet;

/// What was counted of files and data.
pub(super) fn by_records(fact: Fact, figures: &Figures<'_>) -> Result<Answer, Missing> {
    const CROSSWALK: &str = "findings and classes, by rules/notify/vocabulary.toml";
    const RECORDS: &str = "records of the scan";
    match fact {
        Fact::HeadlineSentence => computed(figures.sentence.clone(), RECORDS),
        Fact::RecordsFiles => {
            let classes: Vec<String> = figures
                .classes
                .iter()
                .filter(|(_, items)| *items > 0)
                .map(|(class, items)| format!("{} {}", grouped(*items), class.title().to_lowercase()))
                .collect();
            let members = match figures.members {
                0 => String::new(),
                members => format!(" and {} members of containers", grouped(members)),
            };
            let files = format!("{} files ({}){members}", grouped(figures.files), bytes(figures.bytes));
            computed(format!("They are {files}: {}.", classes.join(", ")), RECORDS)
        }
        Fact::RecordsJoint => {
            let kinds = figures.people.by_kind.values().filter(|bounds| bounds.best > 0).count();
            computed(
                format!(
                    "{kinds} types of data about {} people (between {} and {}): {} findings in {} items.",
                    grouped(figures.people.persons.best),
                    grouped(figures.people.persons.lower),
                    grouped(figures.people.persons.upper),
                    grouped(figures.findings),
                    grouped(figures.items_with_findings)
                ),
                "matrix of persons and kinds of data",
            )
        }
        Fact::CoverageStatement => {
            let share = if figures.files == 0 { 0.0 } else { figures.read as f64 / figures.files as f64 };
            let (read, files) = (grouped(figures.read), grouped(figures.files));
            let rest =
                if figures.is_complete { "" } else { " The scan is not finished, and every figure is a lower bound." };
            computed(format!("{read} of {files} files could be read ({}).{rest}", percent(share)), RECORDS)
        }
        Fact::ProtectionEncryptedFiles => computed(
            format!("{} of {} files are encrypted themselves.", grouped(figures.encrypted), grouped(figures.files)),
            RECORDS,
        ),
        Fact::LinkageStatement => computed(figures.linkage.clone(), "de-identification check"),
        Fact::LinkageEdpb79 => {
            let is_linked = figures.linkage_rows.iter().any(|row| row.named > 0);
            keys(
                ["a"].into_iter().chain(is_linked.then_some("b")),
                "a: an open store; b: the de-identification check ties items to names",
                "the consequences",
            )
        }
        Fact::DataEdpb70 => crosswalk(figures, |row| &row.edpb, CROSSWALK),
        Fact::DataCnil => crosswalk(figures, |row| &row.cnil, CROSSWALK),
        Fact::DataIco => crosswalk(figures, |row| &row.ico, CROSSWALK),
        Fact::DataHhs => crosswalk(figures, |row| &row.hhs, CROSSWALK),
        Fact::DataSpecial => {
            let is_health = figures.assessment.is_health;
            let special = figures.traits().any(|one| figures.vocabulary.called(one, is_health).any(|row| row.special));
            computed(if special { "Yes: health data." } else { "None were found." }, CROSSWALK)
        }
        Fact::DataDescription => lines(description(figures), "findings and classes", "no personal data were found"),
        Fact::ControllersStatement => match figures.controllers {
            0 => Err("the controllers"),
            1 => computed("One controller is told by letterheads and folders.", RECORDS),
            several => computed(
                format!("{} controllers are told apart by letterheads and folders.", grouped(several)),
                RECORDS,
            ),
        },
        Fact::MethodAttachments => lines(
            vec![
                "Severity report with method and coverage (report.html, report.json).".to_owned(),
                format!(
                    "Manifest of {} files, Merkle root (RFC 6962, SHA-256) {}.",
                    grouped(figures.manifest_items),
                    figures.manifest_root
                ),
            ],
            RECORDS,
            "the attachments",
        ),
        // Every other fact was answered before this.
        _ => Err("this fact"),
    }
}

fn crosswalk(
    figures: &Figures<'_>,
    words: impl Fn(&Called) -> &Vec<String>,
    provenance: &str,
) -> Result<Answer, Missing> {
    let is_health = figures.assessment.is_health;
    let found: BTreeSet<String> = figures
        .traits()
        .flat_map(|one| figures.vocabulary.called(one, is_health))
        .flat_map(|row| words(row).iter().cloned())
        .collect();
    keys(found, provenance, "no personal data were found")
}

fn description(figures: &Figures<'_>) -> Vec<String> {
    let mut kinds: Vec<_> = figures.people.by_kind.iter().filter(|(_, bounds)| bounds.best > 0).collect();
    kinds.sort_by_key(|(kind, bounds)| (std::cmp::Reverse(bounds.best), **kind));
    let kinds = kinds.into_iter().map(|(kind, bounds)| format!("{}: about {}", kind.title(), people(bounds.best)));
    let items =
        figures.materials.iter().map(|(material, items)| format!("{}: {} items", material.title(), grouped(*items)));
    kinds.chain(items).collect()
}
