//! The class of a document by weighted cues in twelve languages, each verdict with its reasons.
//!
//! All languages' cues always run: a clinic in Luxembourg mixes three. A group counts once; several must agree; a
//! title counts in full where it begins a line or column of the head, as titles do, and a quarter of that where it is
//! mentioned in a sentence, so that an invoice that names a quotation stays an invoice.

mod account;
mod amounts;
mod cues;
mod folded;
mod papers;
mod structure;
mod word_set;

pub use account::Account;

use crate::model::{Class, Confidence, DocumentFacts, Finding, Passage, Reason, Verdict};
use crate::rules::classes::{ClassRule, ClassRules, Detector};
use crate::rules::{RuleError, RuleFiles};
use cues::{Cues, Match};
use folded::Folded;
use std::collections::BTreeMap;
use structure::{Structures, Words};

/// Points, in thousandths, that a title mentioned within a sentence is worth of its weight.
const MENTIONED: i32 = 250;
/// Extra points for the class whose title comes first in the head.
const FIRST_TITLE: i32 = 2_000;
/// Points between the classes at which the confidence is halfway up.
const SLOPE: f64 = 2_500.0;

/// What is known of a document when it is classified.
#[derive(Debug, Clone, Copy)]
pub struct DocumentMaterial<'a> {
    /// Its text, in order.
    pub passages: &'a [Passage],
    /// Its facts.
    pub facts: Option<&'a DocumentFacts>,
    /// What was found in it.
    pub findings: &'a [Finding],
    /// The words of its name and folders, shown form; they weigh little and never decide.
    pub name: &'a str,
}

/// The classifier of documents. Built once a run.
#[derive(Debug)]
pub struct DocumentClassifier {
    rules: ClassRules,
    cues: Cues,
    words: Words,
    /// Folded titles of each class, for the words of file names.
    titles: Vec<Vec<String>>,
}

/// What was seen in a document, for every class alike.
struct Seen<'a> {
    folded: &'a Folded,
    matches: &'a [Match],
    structures: &'a Structures,
    /// The folded name of the item.
    name: &'a str,
    /// Matches by language.
    votes: &'a BTreeMap<[u8; 2], usize>,
}

/// The score of one class.
struct Score {
    points: i32,
    groups: usize,
    fired: Vec<Reason>,
    names: Vec<String>,
    title_at: Option<usize>,
}

impl DocumentClassifier {
    /// Reads and compiles the class rules.
    ///
    /// # Errors
    /// A rule file that does not fit its schema.
    pub fn new(files: &RuleFiles) -> Result<Self, RuleError> {
        let rules = ClassRules::load(files)?;
        let cues = Cues::new(&rules).map_err(|error| RuleError::new("classes", error.to_string()))?;
        let words = Words::new(&rules.words).map_err(|error| RuleError::new("structure.toml", error.to_string()))?;
        let titles = rules.classes.iter().map(folded_titles).collect();
        Ok(Self { rules, cues, words, titles })
    }

    /// The class of a document; `None` where no class reaches its threshold.
    pub fn classify(&self, material: &DocumentMaterial<'_>) -> Option<Verdict> {
        let folded = Folded::of(material.passages.iter().map(|passage| passage.text.expose()));
        if folded.words == 0 {
            return None;
        }
        let matches = self.cues.matches(&folded.text);
        let is_titled = matches.iter().any(|found| {
            found.leads && self.rules.classes.get(found.class).is_some_and(|rule| is_group(rule, found, "title"))
        });
        let structures = Structures::of(&folded, &self.words, material, is_titled);
        let name = folded::fold(material.name);
        let votes = votes(&matches);
        let mut scores: Vec<(usize, Score)> = (0..self.rules.classes.len())
            .filter_map(|class| {
                Some((
                    class,
                    self.score(
                        class,
                        &Seen {
                            folded: &folded,
                            matches: &matches,
                            structures: &structures,
                            name: &name,
                            votes: &votes,
                        },
                    )?,
                ))
            })
            .collect();
        let first_title = scores.iter().filter_map(|(_, score)| score.title_at).min();
        for (_, score) in &mut scores {
            if first_title.is_some() && score.title_at == first_title {
                score.points += FIRST_TITLE;
                score.fired.push(Reason::new("its title comes first", FIRST_TITLE));
            }
        }
        self.decide(scores)
    }

    /// What an invoice or plan says of itself; `None` for any other class.
    pub fn account(&self, material: &DocumentMaterial<'_>, class: Class) -> Option<Account> {
        if !matches!(class, Class::Invoice | Class::TreatmentPlan) {
            return None;
        }
        let folded = Folded::of(material.passages.iter().map(|passage| passage.text.expose()));
        let matches = self.cues.matches(&folded.text);
        let number = matches.iter().filter(|found| !found.is_cited).find_map(|found| {
            let rule = self.rules.classes.get(found.class).filter(|rule| rule.class == class)?;
            let is_label = is_group(rule, found, "title") || is_group(rule, found, "number_label");
            is_label.then(|| number_after(&folded.text, found)).flatten()
        });
        Some(Account::of(&folded, &self.words.sums, number, material.findings))
    }

    fn score(&self, class: usize, seen: &Seen<'_>) -> Option<Score> {
        let rule = self.rules.classes.get(class)?;
        let mut score = Score { points: 0, groups: 0, fired: Vec::new(), names: Vec::new(), title_at: None };
        let mine: Vec<&Match> = seen.matches.iter().filter(|found| found.class == class).collect();
        score.title_at =
            mine.iter().find(|found| found.leads && is_group(rule, found, "title")).map(|found| found.start);
        for (index, cue) in rule.cues.iter().enumerate() {
            let is_title = cue.group == "title" || cue.group == "not_this";
            // Another paper's title or number may be cited: "after your quotation no. 12".
            let is_full = |found: &Match| match cue.group.as_str() {
                _ if is_title => found.leads,
                "number_label" => !found.is_cited,
                _ => true,
            };
            let best = mine
                .iter()
                .filter(|found| found.cue == index)
                .filter(|found| cue.weight > 0 || (found.leads && score.title_at.is_none_or(|at| found.start < at)))
                .max_by_key(|found| {
                    let votes = seen.votes.get(&found.language).copied().unwrap_or(0);
                    (is_full(found), std::cmp::Reverse(found.start), votes)
                });
            let Some(best) = best else { continue };
            let full = is_full(best);
            let points = cue.weight * if full { 1000 } else { MENTIONED };
            score.add(&cue.group, points, full, language_of(best));
        }
        let numbered = mine.iter().any(|found| {
            (is_group(rule, found, "title") || is_group(rule, found, "number_label"))
                && !found.is_cited
                && number_after(&seen.folded.text, found).is_some()
        });
        for structure in &rule.structures {
            if seen.structures.has(structure.detector, numbered) {
                let points = structure.weight * 1000;
                score.points += points;
                score.groups += usize::from(points > 0);
                score.names.push(name_of(structure.detector));
                score.fired.push(Reason::new(structure.detector.words(), points));
            }
        }
        if self.titles.get(class).is_some_and(|titles| titles.iter().any(|title| seen.name.contains(title.as_str()))) {
            score.points += 1000;
            score.fired.push(Reason::new("its name says so", 1000));
        }
        Some(score)
    }

    fn decide(&self, mut scores: Vec<(usize, Score)>) -> Option<Verdict> {
        scores.retain(|(class, score)| self.rules.classes.get(*class).is_some_and(|rule| score.supports(rule)));
        scores.sort_by_key(|(class, score)| (std::cmp::Reverse(score.points), *class));
        let mut ranked = scores.into_iter();
        let (best, score) = ranked.next()?;
        let second = ranked.next();
        let rule = self.rules.classes.get(best)?;
        let lead = f64::from(score.points - rule.threshold * 1000);
        let margin = second.as_ref().map_or(f64::MAX, |(_, other)| f64::from(score.points - other.points));
        let confidence = logistic((lead + 2_000.0).min(margin + 1_000.0) / SLOPE);
        let runner_up = second.and_then(|(class, other)| {
            let rule = self.rules.classes.get(class)?;
            Some((rule.class, Confidence::from_probability(logistic(f64::from(other.points - score.points) / SLOPE))))
        });
        let mut reasons = score.fired;
        reasons.sort_by_key(|reason| (std::cmp::Reverse(reason.weight.abs()), reason.cue.clone()));
        Some(Verdict {
            class: rule.class,
            subclass: rule.subclass.clone().filter(|_| rule.class == Class::Other),
            confidence: Confidence::from_probability(confidence),
            reasons,
            runner_up,
        })
    }
}

impl Score {
    fn add(&mut self, group: &str, points: i32, full: bool, language: &str) {
        self.points += points;
        if points > 0 && full {
            self.groups += 1;
            self.names.push(group.to_owned());
        }
        self.fired.push(Reason::new(format!("{} ({language})", group.replace('_', " ")), points));
    }

    fn supports(&self, rule: &ClassRule) -> bool {
        self.points >= rule.threshold * 1000
            && self.groups >= rule.min_groups
            && rule.requires_any.iter().any(|name| self.names.contains(name))
    }
}

/// The folded titles of a class that are long enough to mean something in a file name.
fn folded_titles(rule: &ClassRule) -> Vec<String> {
    let titles = rule.cues.iter().filter(|cue| cue.group == "title").flat_map(|cue| cue.terms.values().flatten());
    titles.map(|title| folded::fold(title)).filter(|title| title.len() >= 4).collect()
}

/// Matches by language: a word of several languages is named in that of the document.
fn votes(matches: &[Match]) -> BTreeMap<[u8; 2], usize> {
    let mut votes = BTreeMap::new();
    for found in matches {
        *votes.entry(found.language).or_default() += 1;
    }
    votes
}

fn is_group(rule: &ClassRule, found: &Match, group: &str) -> bool {
    rule.cues.get(found.cue).is_some_and(|cue| cue.group == group)
}

fn language_of(found: &Match) -> &str {
    std::str::from_utf8(&found.language).unwrap_or("??")
}

/// The rule-file name of a detector, for `requires_any`.
fn name_of(detector: Detector) -> String {
    let mut name = String::new();
    for c in format!("{detector:?}").chars() {
        if c.is_ascii_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(c.to_ascii_lowercase());
    }
    name
}

/// The number that follows a title or label within a few words, on its line or the next: `Invoice no. 2019-042`.
fn number_after<'a>(text: &'a str, found: &Match) -> Option<&'a str> {
    let rest = text.get(found.end..).unwrap_or_default();
    let near = rest.split('\n').take(2).flat_map(|line| line.split([' ', '\t'])).filter(|word| !word.is_empty());
    near.take(6).find(|word| is_document_number(word))
}

/// Three digits or more that are neither a date nor an amount.
fn is_document_number(word: &str) -> bool {
    let word = word.trim_matches(|c: char| matches!(c, ',' | '.' | ';' | ':' | '(' | ')' | '#'));
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let parts = word.split(['/', '.', '-']).count();
    let has_letter = word.chars().any(char::is_alphabetic);
    let is_date = parts == 3 && !has_letter;
    digits >= 3 && !is_date && !word.contains(['%', '€', '$', '£', ','])
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Origin, Shape};

    fn classify(text: &str) -> Option<(Class, Option<String>)> {
        let classifier = DocumentClassifier::new(&RuleFiles::embedded()).unwrap();
        let passages = [Passage::new(Origin::page(1), Shape::Layout, text)];
        let material = DocumentMaterial { passages: &passages, facts: None, findings: &[], name: "x.pdf" };
        classifier.classify(&material).map(|verdict| (verdict.class, verdict.subclass))
    }

    #[test]
    fn an_invoice_that_names_a_quotation_is_an_invoice() {
        let text = "Clinique du Lac\nFACTURE N° 2019-0042\tDate : 03/05/2019\nSelon devis D-118 accepté le 12/04/2019\n\
                    Désignation\tQté\tP.U.\tTotal\nPeeling\t1\t120,00 €\t120,00 €\nTotal TTC\t120,00 €\nTVA 20 %\nRéglé par carte\n";
        assert_eq!(classify(text), Some((Class::Invoice, None)));
    }

    #[test]
    fn a_plan_that_quotes_prices_is_a_plan() {
        let text = "Harbour Clinic\nTreatment plan\nPatient: Ann Example\nSession 1\tLaser\t£200.00\nSession 2\tLaser\t£200.00\n\
                    Total\t£400.00\nThis estimate is valid until 3 June 2019\nAn invoice will follow after each session.\nPatient signature\n";
        assert_eq!(classify(text), Some((Class::TreatmentPlan, None)));
    }

    #[test]
    fn german_compounds_are_titles_and_berechnung_is_none() {
        let invoice = "Praxis\nHonorarrechnung Nr. 2018-77\nLeistung\tBetrag\nLaser\t90,00 €\nPeeling\t80,00 €\nGesamtbetrag\t170,00 €\nZahlbar bis 3.4.2018\n";
        assert_eq!(classify(invoice), Some((Class::Invoice, None)));
        assert_eq!(classify("Berechnung der Fläche\nDie Fläche beträgt 40 m2\n"), None);
    }

    #[test]
    fn a_compound_title_and_a_sum_make_an_invoice() {
        let text = "Haus am Park\nhello@hausampark.example\nBehandlungsrechnung\nNummer K5154/18 Erstellt am 18.04.2018\n\
                    Kryolipolyse 570,00 €\nStraffung 4.970,00 €\nEndsumme 5.540,00 €\nNach Kostenschätzung Q682.\n";
        assert_eq!(classify(text), Some((Class::Invoice, None)));
    }

    #[test]
    fn other_classes_have_their_subclass() {
        let consent = "Consentimiento informado\nDoña Ana Ejemplo\nDeclaro que he sido informado de los riesgos y complicaciones.\nFirma\n";
        assert_eq!(classify(consent), Some((Class::Other, Some("consent_form".into()))));
        let prices = "Price list\nBotox\tfrom £180\nFiller\tfrom £240\nPeel\t£90\nLaser\t£120\nMeso\t£100\nPRP\t£220\n";
        assert_eq!(classify(prices), Some((Class::Other, Some("price_list".into()))));
    }

    #[test]
    fn greek_russian_and_arabic_titles_count() {
        assert_eq!(
            classify("Τιμολόγιο Αρ. 20190\nΣύνολο\t120,00 €\nPeeling\t100,00 €\nΦΠΑ 24%\n"),
            Some((Class::Invoice, None))
        );
        assert_eq!(
            classify(
                "План лечения\nЭтап 1\tЛазер\t5000 руб\nЭтап 2\tЛазер\t5000 руб\nИтого\t10000 руб\nДействительно до 01.02.2019\n"
            ),
            Some((Class::TreatmentPlan, None))
        );
        assert_eq!(
            classify("فاتورة رقم 20190\nالمجموع\t500 aed\nليزر\t400 aed\nضريبة القيمة المضافة 5%\n"),
            Some((Class::Invoice, None))
        );
    }
}
