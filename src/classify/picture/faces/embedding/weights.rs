//! Weights as TensorFlow.js writes them: a list of names, shapes and ranges, and the numbers in one file, a byte
//! each where a range is given, else four.

use serde::Deserialize;
use std::collections::HashMap;

/// Weights by name.
pub(super) type Weights = HashMap<String, Vec<f32>>;

#[derive(Deserialize)]
struct Group {
    weights: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    shape: Vec<usize>,
    quantization: Option<Range>,
}

/// A byte stands for `min + scale * byte`.
#[derive(Deserialize)]
struct Range {
    scale: f32,
    min: f32,
}

/// Reads all weights; `None` unless list and numbers fit each other.
pub(super) fn read(manifest: &[u8], bytes: &[u8]) -> Option<Weights> {
    let groups: Vec<Group> = serde_json::from_slice(manifest).ok()?;
    let mut rest = bytes;
    let mut weights = Weights::new();
    for entry in groups.into_iter().flat_map(|group| group.weights) {
        let length = entry.shape.iter().try_fold(1_usize, |product, side| product.checked_mul(*side))?;
        let width = if entry.quantization.is_some() { 1 } else { 4 };
        let (own, after) = rest.split_at_checked(length.checked_mul(width)?)?;
        rest = after;
        let numbers = match entry.quantization {
            Some(Range { scale, min }) => own.iter().map(|byte| f32::from(*byte) * scale + min).collect(),
            None => own.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect(),
        };
        weights.insert(entry.name, numbers);
    }
    rest.is_empty().then_some(weights)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_become_numbers_in_their_range_and_a_list_that_does_not_fit_is_refused() {
        let list = br#"[{"weights":[
            {"name":"a","shape":[2],"dtype":"float32","quantization":{"dtype":"uint8","scale":0.5,"min":-1.0}},
            {"name":"c","shape":[1],"dtype":"float32"},
            {"name":"b","shape":[1,1],"dtype":"float32","quantization":{"dtype":"uint8","scale":2.0,"min":0.0}}]}]"#;
        let weights = read(list, &[0, 4, 0, 0, 0x80, 0x3f, 3]).expect("fits");
        assert_eq!((weights["a"].as_slice(), weights["b"].as_slice()), (&[-1.0, 1.0][..], &[6.0][..]));
        assert_eq!(weights["c"], [1.0]);
        assert!(read(list, &[0; 6]).is_none() && read(list, &[0; 8]).is_none() && read(b"{}", &[]).is_none());
    }
}
