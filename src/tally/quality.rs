//! From a reviewed sample to precision, elusion and corrected totals.
//!
//! Each class is sampled by itself, and so are the items without findings, so every share is that of a simple random
//! sample and has an exact interval (Clopper and Pearson, 1934). A corrected total adds the shares of several classes;
//! its interval adds their bounds, each taken at a confidence that keeps all of them together at 95 % (Bonferroni).

use crate::model::Class;
use crate::model::quality::{ClassQuality, Elusion, Interval, Quality};
use statrs::function::beta::beta_reg;
use std::collections::BTreeMap;

/// Share of errors that an interval allows, both sides together.
const ALPHA: f64 = 0.05;
/// Halvings of the unit interval: past the precision of a double.
const HALVINGS: u32 = 60;

/// A reviewed item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// What the program said.
    pub class: Class,
    /// What the reviewer says; `None` where the class was not judged.
    pub right_class: Option<Class>,
    /// Whether it was drawn as an item of its class.
    pub is_of_class: bool,
    /// Whether it was drawn as an item without findings.
    pub is_silent: bool,
    /// Findings that the program made.
    pub findings: u64,
    /// Findings of them that are none.
    pub wrong: Option<u64>,
    /// Personal data that were not found.
    pub missed: Option<u64>,
}

/// The populations behind a sample.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Population {
    /// Items by class.
    pub classes: BTreeMap<Class, u64>,
    /// Items without findings.
    pub silent: u64,
}

/// The exact interval of a share of which `hits` in `n` were seen, with `alpha` left outside, half on each side.
///
/// Nothing seen gives the whole range.
pub fn clopper_pearson(hits: u64, n: u64, alpha: f64) -> Interval {
    if n == 0 {
        return Interval { value: 0.0, lower: 0.0, upper: 1.0 };
    }
    let hits = hits.min(n);
    let (k, n) = (hits as f64, n as f64);
    let lower = if hits == 0 { 0.0 } else { beta_quantile(alpha / 2.0, k, n - k + 1.0) };
    let upper = if k >= n { 1.0 } else { beta_quantile(1.0 - alpha / 2.0, k + 1.0, n - k) };
    Interval { value: k / n, lower, upper }
}

/// Where the beta distribution reaches a probability, by halving: slow, sure, and exact to the last digits.
fn beta_quantile(probability: f64, a: f64, b: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        if beta_reg(a, b, middle) < probability { low = middle } else { high = middle }
    }
    f64::midpoint(low, high)
}

/// The share of a population; a population that was seen whole is known.
fn share(hits: u64, reviewed: u64, population: u64, alpha: f64) -> Interval {
    if reviewed > 0 && reviewed >= population {
        let value = hits as f64 / reviewed as f64;
        return Interval { value, lower: value, upper: value };
    }
    clopper_pearson(hits, reviewed, alpha)
}

/// What the answers say.
pub fn quality(answers: &[Answer], population: &Population, seed: u64, per_class: u64) -> Quality {
    let classes: Vec<Class> = Class::ALL.into_iter().filter(|class| population.classes.contains_key(class)).collect();
    let count = |class: &Class, right: Option<Class>| {
        let of_class = answers.iter().filter(|answer| answer.is_of_class && answer.class == *class);
        of_class
            .filter(|answer| answer.right_class.is_some() && (right.is_none() || answer.right_class == right))
            .count() as u64
    };
    let of = |class: &Class| population.classes.get(class).copied().unwrap_or(0);
    let together = ALPHA / classes.len().max(1) as f64;
    let corrected = |target: Class| {
        classes.iter().fold(Interval::default(), |sum, class| {
            let one = share(count(class, Some(target)), count(class, None), of(class), together);
            let items = of(class) as f64;
            Interval {
                value: sum.value + items * one.value,
                lower: sum.lower + items * one.lower,
                upper: sum.upper + items * one.upper,
            }
        })
    };
    let judged = |class: &Class| {
        let (reviewed, right) = (count(class, None), count(class, Some(*class)));
        ClassQuality {
            class: *class,
            items: of(class),
            reviewed,
            right,
            precision: share(right, reviewed, of(class), ALPHA),
            corrected: corrected(*class),
        }
    };
    let checked = answers.iter().filter(|answer| answer.wrong.is_some());
    Quality {
        seed,
        per_class,
        classes: classes.iter().map(judged).collect(),
        elusion: elusion(answers, population.silent),
        findings: checked.clone().map(|answer| answer.findings).sum(),
        wrong_findings: checked.filter_map(|answer| answer.wrong).sum(),
        missed_findings: answers.iter().filter_map(|answer| answer.missed).sum(),
    }
}

fn elusion(answers: &[Answer], items: u64) -> Option<Elusion> {
    let silent: Vec<u64> =
        answers.iter().filter(|answer| answer.is_silent).filter_map(|answer| answer.missed).collect();
    let (reviewed, missed) = (silent.len() as u64, silent.iter().filter(|count| **count > 0).count() as u64);
    let share = share(missed, reviewed, items, ALPHA);
    let times = |share: f64| share * items as f64;
    let missed_items = Interval { value: times(share.value), lower: times(share.lower), upper: times(share.upper) };
    (reviewed > 0).then_some(Elusion { items, reviewed, missed, share, missed_items })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rounded(hits: u64, n: u64) -> (f64, f64) {
        let interval = clopper_pearson(hits, n, ALPHA);
        let round = |share: f64| (share * 1e4).round() / 1e4;
        (round(interval.lower), round(interval.upper))
    }

    #[test]
    fn intervals_are_the_published_ones() {
        // Clopper and Pearson's own figures for 10 trials, and those that epidemiology's handbooks print.
        assert_eq!(rounded(0, 10), (0.0, 0.3085));
        assert_eq!(rounded(1, 10), (0.0025, 0.4450));
        assert_eq!(rounded(5, 10), (0.1871, 0.8129));
        assert_eq!(rounded(10, 10), (0.6915, 1.0));
        assert_eq!(rounded(81, 263), (0.2527, 0.3676));
        // Sizes that sampling plans for document review quote.
        assert_eq!(rounded(0, 300), (0.0, 0.0122));
        assert_eq!(rounded(0, 1500), (0.0, 0.0025));
        assert_eq!(rounded(20, 400), (0.0308, 0.0762));
        assert_eq!(rounded(15, 1500), (0.0056, 0.0164));
        assert_eq!(rounded(0, 0), (0.0, 1.0));
    }

    fn answer(class: Class, right: Class) -> Answer {
        Answer {
            class,
            right_class: Some(right),
            is_of_class: true,
            is_silent: false,
            findings: 2,
            wrong: Some(1),
            missed: Some(0),
        }
    }

    #[test]
    fn totals_are_corrected_by_what_the_sample_shows() {
        let mut answers = vec![answer(Class::Invoice, Class::Invoice); 8];
        answers.extend([answer(Class::Invoice, Class::Other); 2]);
        answers.extend([answer(Class::Other, Class::Other); 10]);
        let population = Population { classes: [(Class::Invoice, 1000), (Class::Other, 500)].into(), silent: 0 };
        let quality = quality(&answers, &population, 7, 10);
        let of = |class| quality.classes.iter().find(|one| one.class == class).cloned().expect("sampled");
        let invoice = of(Class::Invoice);
        assert_eq!((invoice.reviewed, invoice.right), (10, 8));
        assert!((invoice.precision.value - 0.8).abs() < 1e-12);
        assert!((invoice.corrected.value - 800.0).abs() < 1e-9);
        assert!((of(Class::Other).corrected.value - 700.0).abs() < 1e-9);
        assert!(invoice.corrected.lower < 800.0 && invoice.corrected.upper > 800.0);
        assert_eq!((quality.findings, quality.wrong_findings), (40, 20));
        assert_eq!(quality.elusion, None);
    }

    #[test]
    fn nothing_missed_in_a_sample_still_allows_some() {
        let silent = Answer {
            is_of_class: false,
            is_silent: true,
            findings: 0,
            wrong: None,
            ..answer(Class::Other, Class::Other)
        };
        let population = Population { classes: [(Class::Other, 900_000)].into(), silent: 750_000 };
        let elusion = quality(&vec![silent; 1500], &population, 1, 1500).elusion.expect("reviewed");
        assert_eq!((elusion.missed, elusion.missed_items.value as u64), (0, 0));
        assert!((1_800.0..1_850.0).contains(&elusion.missed_items.upper), "{}", elusion.missed_items.upper);
    }

    #[test]
    fn a_population_that_was_seen_whole_is_known() {
        let known = share(3, 4, 4, ALPHA);
        assert_eq!((known.lower, known.value, known.upper), (0.75, 0.75, 0.75));
    }

    proptest! {
        #[test]
        fn the_interval_holds_the_estimate_and_narrows(hits in 0_u64..200, more in 0_u64..200) {
            let n = hits + more + 1;
            let (few, many) = (clopper_pearson(hits, n, ALPHA), clopper_pearson(hits * 10, n * 10, ALPHA));
            prop_assert!(few.lower <= few.value && few.value <= few.upper);
            prop_assert!(many.upper - many.lower <= few.upper - few.lower);
        }
    }
}
