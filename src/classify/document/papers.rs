//! The papers of a file that holds several: a scan run of an invoice, its plan and a consent form.
//!
//! A page begins a paper where it reads as one of a class by itself; pages that read as nothing go with the one before.

use super::{DocumentClassifier, DocumentMaterial};
use crate::model::{Paper, Passage};

/// Pages that are looked at one by one; a file of more is a collection whose first papers tell enough.
const PAGES: u32 = 60;

impl DocumentClassifier {
    /// The papers in order of their pages; empty unless there are two at least and they are of different classes.
    pub fn papers(&self, material: &DocumentMaterial<'_>) -> Vec<Paper> {
        let mut papers: Vec<Paper> = Vec::new();
        for passages in pages(material.passages) {
            let Some(page) = passages.first().and_then(|passage| passage.origin.page).filter(|page| *page <= PAGES)
            else {
                continue;
            };
            // What was found carries no page that could be trusted to be this paper's alone: words decide.
            let one = DocumentMaterial { passages, facts: None, findings: &[], name: "" };
            let Some(verdict) = self.classify(&one) else { continue };
            let is_next =
                papers.last().is_none_or(|last| (last.class, &last.subclass) != (verdict.class, &verdict.subclass));
            if is_next {
                papers.push(Paper { class: verdict.class, subclass: verdict.subclass, page });
            }
        }
        if papers.len() < 2 { Vec::new() } else { papers }
    }
}

/// The passages of each page.
fn pages(passages: &[Passage]) -> impl Iterator<Item = &[Passage]> {
    passages
        .chunk_by(|a, b| a.origin.page == b.origin.page)
        .filter(|page| page.first().is_some_and(|passage| passage.origin.page.is_some()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Class, Origin, Shape};
    use crate::rules::RuleFiles;

    fn papers(pages: &[&str]) -> Vec<(Class, u32)> {
        let classifier = DocumentClassifier::new(&RuleFiles::embedded()).unwrap();
        let passages: Vec<Passage> =
            pages.iter().zip(1..).map(|(text, page)| Passage::new(Origin::page(page), Shape::Layout, *text)).collect();
        let material = DocumentMaterial { passages: &passages, facts: None, findings: &[], name: "scan.pdf" };
        classifier.papers(&material).into_iter().map(|paper| (paper.class, paper.page)).collect()
    }

    const PLAN: &str =
        "Treatment plan\nSession 1\tLaser\t£200.00\nSession 2\tLaser\t£200.00\nTotal\t£400.00\nValid until June\n";
    const INVOICE: &str = "Invoice no. 20188\nLaser\t£200.00\nTotal\t£200.00\nPaid by card\n";

    #[test]
    fn each_paper_of_a_scan_run_is_named_with_its_first_page() {
        assert_eq!(papers(&[INVOICE, "Notes go here.\n", PLAN]), [(Class::Invoice, 1), (Class::TreatmentPlan, 3)]);
    }

    #[test]
    fn a_paper_of_two_pages_is_one() {
        assert!(papers(&[INVOICE, INVOICE]).is_empty());
        assert!(papers(&[INVOICE, "Conditions overleaf.\n"]).is_empty());
    }
}
