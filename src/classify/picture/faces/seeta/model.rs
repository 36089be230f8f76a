//! The SeetaFace model file: little-endian words, three levels of classifiers.

use super::boosted::Boosted;
use super::surf::{Layer, Perceptron};
use std::io;

/// Most classifiers, layers or inputs of anything in the file; the published model has at most 512.
const MOST: usize = 4_096;

/// What the file holds, in the order of use.
#[derive(Debug)]
pub(super) struct Model {
    /// Boosted cascades that look at every place of every scale, one for each range of poses.
    pub(super) first: Vec<Boosted>,
    /// Levels of judges of what is left.
    pub(super) later: Vec<Vec<Judge>>,
}

/// Perceptrons that judge, one after the other, the proposals of some groups of the level before.
#[derive(Debug)]
pub(super) struct Judge {
    /// Groups of the level before, by number.
    pub(super) sources: Vec<usize>,
    /// Perceptrons in order.
    pub(super) stages: Vec<Perceptron>,
}

impl Model {
    /// Reads the file.
    ///
    /// # Errors
    /// [`io::ErrorKind::InvalidData`] where it is not such a file.
    pub(super) fn parse(bytes: &[u8]) -> io::Result<Self> {
        Words { rest: bytes }.model().ok_or_else(|| io::ErrorKind::InvalidData.into())
    }
}

struct Words<'a> {
    rest: &'a [u8],
}

impl Words<'_> {
    fn word(&mut self) -> Option<[u8; 4]> {
        let (word, rest) = self.rest.split_first_chunk::<4>()?;
        self.rest = rest;
        Some(*word)
    }

    fn integer(&mut self) -> Option<i32> {
        self.word().map(i32::from_le_bytes)
    }

    fn count(&mut self) -> Option<usize> {
        usize::try_from(self.integer()?).ok().filter(|count| *count <= MOST)
    }

    fn number(&mut self) -> Option<f32> {
        self.word().map(f32::from_le_bytes).filter(|number| number.is_finite())
    }

    fn numbers(&mut self, count: usize) -> Option<Vec<f32>> {
        (0..count).map(|_| self.number()).collect()
    }

    fn model(&mut self) -> Option<Model> {
        let (mut first, mut later) = (Vec::new(), Vec::new());
        for level in 0..self.count()? {
            let mut judges = Vec::new();
            for _ in 0..self.count()? {
                let mut stages = Vec::new();
                for _ in 0..self.count()? {
                    match (self.integer()?, level) {
                        (0, 0) => first.push(self.boosted()?),
                        (1, 1..) => stages.push(self.perceptron()?),
                        _ => return None,
                    }
                }
                // The first level has no sources, which the file writes as -1.
                let sources = usize::try_from(self.integer()?).unwrap_or(0);
                let sources = (0..sources.min(MOST)).map(|_| self.count()).collect::<Option<Vec<_>>>()?;
                judges.push(Judge { sources, stages });
            }
            if level > 0 {
                later.push(judges);
            }
        }
        (!first.is_empty() && !later.is_empty() && self.rest.is_empty()).then_some(Model { first, later })
    }

    fn boosted(&mut self) -> Option<Boosted> {
        let (features, bins) = (self.count()?, self.count()?);
        let places = (0..features).map(|_| Some((self.count()?, self.count()?))).collect::<Option<Vec<_>>>()?;
        let thresholds = self.numbers(features)?;
        let weights = (0..features).map(|_| self.numbers(bins + 1)).collect::<Option<Vec<_>>>()?;
        Boosted::new(&places, &thresholds, &weights)
    }

    fn perceptron(&mut self) -> Option<Perceptron> {
        let (layers, features) = (self.count()?, self.count()?);
        // The file counts features from 1.
        let features = (0..features).map(|_| self.count()?.checked_sub(1)).collect::<Option<Vec<_>>>()?;
        let threshold = self.number()?;
        let mut inputs = self.count()?;
        let mut built = Vec::new();
        for _ in 1..layers {
            let outputs = self.count()?;
            built.push(Layer::new(inputs, self.numbers(inputs * outputs)?, self.numbers(outputs)?));
            inputs = outputs;
        }
        Perceptron::new(&features, threshold, built)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_model_is_read_whole_and_a_damaged_one_is_refused() {
        let model = Model::parse(super::super::MODEL).expect("the model");
        assert_eq!((model.first.len(), model.later.len()), (3, 2));
        let stages: Vec<usize> = model.later.iter().flatten().map(|judge| judge.stages.len()).collect();
        assert_eq!(stages, [2, 1]);
        assert_eq!(model.later[0][0].sources, [0, 1, 2]);
        for end in [0, 3, 4, 40, 10_000, super::super::MODEL.len() - 1] {
            assert!(Model::parse(&super::super::MODEL[..end]).is_err(), "{end}");
        }
        assert!(Model::parse(&[0xff; 64]).is_err());
    }
}
