//! The trained classifier: a forest of decision trees over the features and a linear model over features and the face
//! detector's activations, in a readable rule file, weighed and calibrated.
//!
//! The file is data that anyone may replace, so it is checked when it is read: every node leads forwards, every feature
//! is one that this program measures.

use super::features::Measured;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Probabilities of the three classes; they sum to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Odds {
    /// A face is the main subject.
    pub face: f64,
    /// A body, part of one, or skin.
    pub body: f64,
    /// Anything else.
    pub other: f64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(rename = "about")]
    _about: String,
    detector: String,
    features: Vec<String>,
    /// How many activations of the detector's network the linear model sees after the features.
    activations: usize,
    /// Weight of the forest against the line, 0 to 1.
    share: f64,
    curves: [[f64; 2]; 3],
    line: Line,
    body: f64,
    other: f64,
    trees: Vec<Vec<Node>>,
}

/// A linear model: logits of the three classes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    offsets: [f64; 3],
    /// Per feature, then per activation, its weight for each class.
    slopes: Vec<[f64; 3]>,
}

impl Line {
    /// Shares of the three classes (softmax).
    fn shares<'a>(&self, values: impl Iterator<Item = &'a f32>) -> [f64; 3] {
        let mut logits = self.offsets;
        for (value, slopes) in values.zip(&self.slopes) {
            for (logit, slope) in logits.iter_mut().zip(slopes) {
                *logit += slope * f64::from(*value);
            }
        }
        let highest = logits.into_iter().fold(f64::MIN, f64::max);
        let raised = logits.map(|logit| (logit - highest).exp());
        let sum: f64 = raised.iter().sum();
        raised.map(|share| share / sum)
    }
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(untagged)]
enum Node {
    /// Feature, threshold, left, right.
    Split(u16, f32, u16, u16),
    /// Shares of face photos and body photos.
    Leaf(f32, f32),
}

/// A forest that was read and checked.
#[derive(Debug, Clone)]
pub struct Forest {
    written: Written,
}

/// Why a rule file is not a forest.
#[derive(Debug, thiserror::Error)]
pub enum ForestError {
    /// Not the JSON that is expected; the message has line and column.
    #[error("not a forest")]
    Syntax(#[from] serde_json::Error),
    /// A feature is named twice: one of the two would be read for both.
    #[error("the feature {0} is named twice")]
    Twice(String),
    /// A feature that this program does not measure.
    #[error("the feature {0} is not measured by this version")]
    Unknown(String),
    /// A tree with a node that leads backwards or nowhere, or splits on a feature without a name.
    #[error("tree {0} is not a tree")]
    Tree(usize),
    /// No trees, or numbers that cannot be probabilities.
    #[error("no trees or impossible numbers")]
    Numbers,
    /// Made for another detector.
    #[error("made for the detector {0}")]
    Detector(String),
}

impl Forest {
    /// Reads a forest that was trained on a detector's answers.
    ///
    /// # Errors
    /// If it is not well-formed, or made for another detector.
    pub fn parse(bytes: &[u8], detector: &str) -> Result<Self, ForestError> {
        let written: Written = serde_json::from_slice(bytes)?;
        if written.detector != detector {
            return Err(ForestError::Detector(written.detector));
        }
        let mut names = BTreeSet::new();
        if let Some(twice) = written.features.iter().find(|name| !names.insert(name.as_str())) {
            return Err(ForestError::Twice(twice.clone()));
        }
        for (number, tree) in written.trees.iter().enumerate() {
            let leads_on = |(at, node): (usize, &Node)| match node {
                Node::Leaf(face, body) => *face >= 0.0 && *body >= 0.0 && face + body <= 1.01,
                Node::Split(feature, threshold, left, right) => {
                    let next = |to: u16| usize::from(to) > at && usize::from(to) < tree.len();
                    usize::from(*feature) < written.features.len()
                        && threshold.is_finite()
                        && next(*left)
                        && next(*right)
                }
            };
            if tree.is_empty() || !tree.iter().enumerate().all(leads_on) {
                return Err(ForestError::Tree(number));
            }
        }
        let shares = [written.share, written.body, written.other];
        let is_share = |value: f64| (0.0..=1.0).contains(&value);
        let is_finite =
            written.line.offsets.iter().chain(written.line.slopes.iter().flatten()).all(|value| value.is_finite());
        let is_whole = is_finite && written.line.slopes.len() == written.features.len() + written.activations;
        if written.trees.is_empty() || !is_whole || !shares.into_iter().all(is_share) {
            return Err(ForestError::Numbers);
        }
        Ok(Self { written })
    }

    /// Checks that every feature of the file is measured, under a name of its own.
    ///
    /// # Errors
    /// [`ForestError::Unknown`] or [`ForestError::Twice`] with the name.
    pub fn fit(&self, measured: &Measured) -> Result<(), ForestError> {
        let mut names = BTreeSet::new();
        if let Some((twice, _)) = measured.features.iter().find(|(name, _)| !names.insert(name.as_ref())) {
            return Err(ForestError::Twice(twice.to_string()));
        }
        let unknown = self.written.features.iter().find(|name| !names.contains(name.as_str()));
        unknown.map_or(Ok(()), |name| Err(ForestError::Unknown(name.clone())))
    }

    /// The lowest probability at which a body photo is called one.
    pub fn body_threshold(&self) -> f64 {
        self.written.body
    }

    /// The lowest probability at which anything else is called that.
    pub fn other_threshold(&self) -> f64 {
        self.written.other
    }

    /// Calibrated probabilities.
    pub fn odds(&self, measured: &Measured) -> Odds {
        let known: BTreeMap<&str, f32> =
            measured.features.iter().map(|(name, value)| (name.as_ref(), *value)).collect();
        let values: Vec<f32> =
            self.written.features.iter().map(|name| known.get(name.as_str()).copied().unwrap_or(0.0)).collect();
        let count = self.written.trees.len() as f64;
        let (mut face, mut body) = (0.0, 0.0);
        for tree in &self.written.trees {
            let leaf = vote(tree, &values);
            (face, body) = (face + f64::from(leaf.0) / count, body + f64::from(leaf.1) / count);
        }
        let line = self.written.line.shares(values.iter().chain(&measured.activations));
        let votes = [face, body, (1.0 - face - body).max(0.0)];
        let share = self.written.share;
        let votes = votes.into_iter().zip(line).map(|(vote, line)| share * vote + (1.0 - share) * line);
        let mut odds = [0.0; 3];
        for ((odd, vote), [slope, offset]) in odds.iter_mut().zip(votes).zip(self.written.curves) {
            let logit = ((vote + 0.01) / (1.01 - vote)).ln();
            *odd = 1.0 / (1.0 + (-(slope * logit + offset)).exp());
        }
        let [face, body, other] = odds;
        let sum = (face + body + other).max(1e-9);
        Odds { face: face / sum, body: body / sum, other: other / sum }
    }
}

fn vote(tree: &[Node], values: &[f32]) -> (f32, f32) {
    let mut at = 0;
    loop {
        match tree.get(at) {
            Some(Node::Leaf(face, body)) => return (*face, *body),
            Some(Node::Split(feature, threshold, left, right)) => {
                let value = values.get(usize::from(*feature)).copied().unwrap_or(0.0);
                at = usize::from(if value <= *threshold { *left } else { *right });
            }
            None => return (0.0, 0.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(trees: &str) -> Vec<u8> {
        format!(
            r#"{{"about":"","detector":"d","features":["a","b"],"activations":0,"share":0.5,"curves":[[1,0],[1,0],[1,0]],"line":{{"offsets":[0,0,0],"slopes":[[0,0,0],[0,0,0]]}},"body":0.6,"other":0.5,"trees":[{trees}]}}"#
        )
        .into_bytes()
    }

    fn measured(a: f32) -> Measured {
        Measured {
            features: vec![("b".into(), 9.0), ("a".into(), a)],
            activations: vec![2.0],
            skin: 0.0,
            blob: (0.0, 0),
        }
    }

    #[test]
    fn a_split_sends_low_values_left() {
        let forest = Forest::parse(&file("[[0,0.5,1,2],[0.9,0.05],[0.05,0.9]]"), "d").expect("a forest");
        let odds = forest.odds(&measured(0.5));
        assert!(odds.face > 0.5 && odds.face > 2.0 * odds.body);
        let odds = forest.odds(&measured(0.6));
        assert!(odds.body > 0.5 && (odds.face + odds.body + odds.other - 1.0).abs() < 1e-9);
    }

    #[test]
    fn activations_weigh_in_the_line_after_the_features() {
        let plain = String::from_utf8(file("[[0.3,0.3]]")).expect("text");
        let wider = plain.replace("[0,0,0]]}", "[0,0,0],[0,3,0]]}");
        assert!(Forest::parse(wider.as_bytes(), "d").is_err());
        let wider = wider.replace(r#""activations":0"#, r#""activations":1"#);
        let odds = Forest::parse(wider.as_bytes(), "d").expect("a forest").odds(&measured(0.5));
        assert!(odds.body > 2.0 * odds.other, "{odds:?}");
    }

    #[test]
    fn loops_and_unknown_features_are_refused() {
        for trees in ["", "[[0,0.5,0,1],[0.1,0.1]]", "[[2,0.5,1,2],[0.1,0.1],[0.1,0.1]]", "[[0.9,0.9]]", "[]"] {
            assert!(Forest::parse(&file(trees), "d").is_err(), "{trees}");
        }
        assert!(matches!(Forest::parse(&file("[[0.1,0.1]]"), "e"), Err(ForestError::Detector(_))));
    }

    #[test]
    fn a_feature_that_is_named_twice_or_not_measured_is_refused() {
        let plain = String::from_utf8(file("[[0.1,0.1]]")).expect("text");
        let twice = plain.replace(r#"["a","b"]"#, r#"["a","a"]"#);
        assert!(matches!(Forest::parse(twice.as_bytes(), "d"), Err(ForestError::Twice(name)) if name == "a"));
        let forest = Forest::parse(plain.as_bytes(), "d").expect("a forest");
        assert!(forest.fit(&measured(1.0)).is_ok());
        let fewer = Measured { features: vec![("a".into(), 0.0)], ..measured(1.0) };
        assert!(matches!(forest.fit(&fewer), Err(ForestError::Unknown(name)) if name == "b"));
        let more = Measured { features: vec![("b".into(), 0.0), ("a".into(), 0.0), ("b".into(), 1.0)], ..fewer };
        assert!(matches!(forest.fit(&more), Err(ForestError::Twice(name)) if name == "b"));
    }
}
