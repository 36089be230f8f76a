//! Faces as numbers, and what came of comparing them.

use serde::{Deserialize, Serialize};
use std::fmt;
use zeroize::Zeroize;

/// Numbers that describe a face.
pub const EMBEDDING: usize = 128;

/// A face as 128 numbers: faces of one person lie near each other. Biometric data in the sense of Art. 4(14) GDPR, so it
/// is never stored, printed or logged, and wiped when it is dropped.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct FaceEmbedding(Vec<f32>);

impl FaceEmbedding {
    /// These numbers, if they are as many as there have to be and finite.
    pub fn new(numbers: Vec<f32>) -> Option<Self> {
        let embedding = Self(numbers);
        embedding.numbers().is_some().then_some(embedding)
    }

    /// The numbers; `None` for one that did not come from [`FaceEmbedding::new`].
    pub fn numbers(&self) -> Option<&[f32; EMBEDDING]> {
        self.0.as_array().filter(|numbers| numbers.iter().all(|number| number.is_finite()))
    }
}

impl Drop for FaceEmbedding {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for FaceEmbedding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FaceEmbedding")
    }
}

/// What grouping the faces of a case came to: counts alone.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FaceGroups {
    /// The state of the ledger that was grouped: another one has other pictures.
    pub generation: i64,
    /// The model that described the faces.
    pub model: String,
    /// The detector that found them.
    pub detector: String,
    /// Distance up to which a face joins a group, in thousandths.
    pub distance_milli: u16,
    /// Different pictures with a face that were looked at.
    pub pictures: u64,
    /// Faces on them that were large enough to be compared.
    pub faces: u64,
    /// Groups of alike faces: distinct subjects as far as the model tells them apart.
    pub groups: u64,
    /// Groups of one face.
    pub single: u64,
    /// Faces in the largest group.
    pub largest: u64,
    /// Faces beyond the number of groups that fit into memory; they joined none and made none.
    pub left_out: u64,
    /// Pictures that could not be read again, or whose content is not what was scanned.
    pub unread: u64,
    /// Pictures with a face inside containers, which are not looked at again.
    pub in_containers: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_embedding_has_its_numbers_and_shows_none() {
        assert!(FaceEmbedding::new(vec![0.5; EMBEDDING - 1]).is_none());
        assert!(FaceEmbedding::new(vec![f32::NAN; EMBEDDING]).is_none());
        let embedding = FaceEmbedding::new(vec![0.5; EMBEDDING]).expect("as many as there have to be");
        assert_eq!(embedding.numbers().map(|numbers| numbers[7]), Some(0.5));
        assert_eq!(format!("{embedding:?}"), "FaceEmbedding");
    }
}
