//! Reads the published form of a network (ONNX, onnx.ai) into operations that the executor knows.
//!
//! Only what face detectors of this family use is understood: convolution with its activation, pooling, upsampling by
//! two, addition. What follows them in the file (transposition, reshaping, a sigmoid) only rearranges the results, which
//! the reader of the results does itself. Anything else makes the file one that is not understood.

use prost::Message;
use std::collections::HashMap;

/// A network as steps of the executor.
#[derive(Debug, Default)]
pub(super) struct Steps {
    /// Name of each operation and its numbers, as the executor writes them.
    pub(super) operations: Vec<(&'static str, Vec<usize>)>,
    /// Name of each output and the slot that it is read from.
    pub(super) outputs: Vec<(String, usize)>,
    /// Slots of the backbone's stages that are joined later, the coarsest first: what is scaled up, then what that is
    /// added to.
    pub(super) stages: Vec<usize>,
    /// All weights.
    pub(super) weights: Vec<f32>,
}

// The parts of the published schema (onnx.proto3) that are read; what is not named here is skipped.
#[derive(Clone, PartialEq, Message)]
struct Model {
    #[prost(message, optional, tag = "7")]
    graph: Option<Graph>,
}

#[derive(Clone, PartialEq, Message)]
struct Graph {
    #[prost(message, repeated, tag = "1")]
    nodes: Vec<Node>,
    #[prost(message, repeated, tag = "5")]
    tensors: Vec<Tensor>,
    #[prost(message, repeated, tag = "11")]
    inputs: Vec<Value>,
    #[prost(message, repeated, tag = "12")]
    outputs: Vec<Value>,
}

#[derive(Clone, PartialEq, Message)]
struct Node {
    #[prost(string, repeated, tag = "1")]
    inputs: Vec<String>,
    #[prost(string, repeated, tag = "2")]
    outputs: Vec<String>,
    #[prost(string, tag = "4")]
    operation: String,
    #[prost(message, repeated, tag = "5")]
    attributes: Vec<Attribute>,
}

#[derive(Clone, PartialEq, Message)]
struct Attribute {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(int64, tag = "3")]
    integer: i64,
    #[prost(int64, repeated, tag = "8")]
    integers: Vec<i64>,
}

#[derive(Clone, PartialEq, Message)]
struct Tensor {
    #[prost(int64, repeated, tag = "1")]
    shape: Vec<i64>,
    #[prost(int32, tag = "2")]
    kind: i32,
    #[prost(string, tag = "8")]
    name: String,
    #[prost(bytes = "vec", tag = "9")]
    raw: Vec<u8>,
}

#[derive(Clone, PartialEq, Message)]
struct Value {
    #[prost(string, tag = "1")]
    name: String,
}

/// The schema's number for 32-bit floats.
const FLOAT: i32 = 1;

impl Node {
    fn integers(&self, name: &str) -> &[i64] {
        self.attributes.iter().find(|known| known.name == name).map_or(&[], |known| &known.integers)
    }

    fn input(&self, number: usize) -> Option<&str> {
        self.inputs.get(number).map(String::as_str)
    }
}

/// Reads a file; `None` where it is not ONNX or has an operation that the executor lacks.
pub(super) fn read(bytes: &[u8]) -> Option<Steps> {
    let graph = Model::decode(bytes).ok()?.graph?;
    let mut steps = Steps::default();
    // Where the values of each name are: in a slot, or, for weights, from a place in `weights`.
    let mut slots: HashMap<&str, usize> = HashMap::new();
    let mut placed: HashMap<&str, (usize, &[i64])> = HashMap::new();
    for tensor in graph.tensors.iter().filter(|tensor| tensor.kind == FLOAT) {
        placed.insert(&tensor.name, (steps.weights.len(), &tensor.shape));
        let numbers = tensor.raw.chunks_exact(4).filter_map(<[u8]>::first_chunk::<4>);
        steps.weights.extend(numbers.map(|four| f32::from_le_bytes(*four)));
    }
    let input = graph.inputs.iter().find(|input| !placed.contains_key(input.name.as_str()))?;
    slots.insert(&input.name, 0);
    for node in &graph.nodes {
        let from = slots.get(node.input(0)?).copied();
        let next = steps.operations.len() + 1;
        let (name, numbers) = match node.operation.as_str() {
            "Conv" => ("conv", convolution(node, &placed, next, from?)?),
            "Relu" => {
                // It follows the convolution that it belongs to.
                let (_, numbers) =
                    steps.operations.get_mut(from?.checked_sub(1)?).filter(|(name, _)| *name == "conv")?;
                *numbers.get_mut(RECTIFIED)? = 1;
                slots.insert(node.outputs.first()?, from?);
                continue;
            }
            "MaxPool" if node.integers("kernel_shape") == [2, 2] && node.integers("strides") == [2, 2] => {
                ("pool", vec![next, from?])
            }
            "Resize" | "Upsample" => {
                if steps.stages.is_empty() {
                    steps.stages.push(from?);
                }
                ("up", vec![next, from?])
            }
            "Add" => {
                steps.stages.push(from?);
                ("add", vec![next, from?, *slots.get(node.input(1)?)?])
            }
            "Transpose" | "Reshape" | "Sigmoid" => {
                slots.insert(node.outputs.first()?, from?);
                continue;
            }
            // What computes shapes for the steps above, in files that take any size of picture.
            "Constant" | "Shape" | "Gather" | "Unsqueeze" | "Concat" | "Slice" | "Cast" | "Mul" | "Div" | "Floor"
                if from.is_none() || node.operation == "Shape" =>
            {
                continue;
            }
            _ => return None,
        };
        steps.operations.push((name, numbers));
        slots.insert(node.outputs.first()?, next);
    }
    for output in &graph.outputs {
        steps.outputs.push((output.name.clone(), *slots.get(output.name.as_str())?));
    }
    Some(steps)
}

/// Place of the number that says whether negative results become 0.
const RECTIFIED: usize = 7;

fn convolution(node: &Node, placed: &HashMap<&str, (usize, &[i64])>, slot: usize, from: usize) -> Option<Vec<usize>> {
    let (weights, shape) = placed.get(node.input(1)?)?;
    let (biases, _) = placed.get(node.input(2)?)?;
    let size = |value: &i64| usize::try_from(*value).ok();
    let [outputs, inputs, kernel, width] = shape else { return None };
    let stride = node.integers("strides").first().map_or(Some(1), size)?;
    let group = node.attributes.iter().find(|known| known.name == "group").map_or(1, |known| known.integer);
    let is_padded = node.integers("pads").iter().all(|pad| *pad == kernel / 2);
    let is_plain = kernel == width && is_padded && node.integers("dilations").iter().all(|step| *step == 1);
    is_plain.then_some(())?;
    Some(vec![slot, from, size(outputs)?, size(inputs)?, size(kernel)?, stride, size(&group)?, 0, *weights, *biases])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attribute(name: &str, integers: &[i64]) -> Attribute {
        Attribute { name: name.to_owned(), integer: 1, integers: integers.to_vec() }
    }

    fn node(operation: &str, inputs: &[&str], output: &str, attributes: Vec<Attribute>) -> Node {
        let inputs = inputs.iter().map(|name| (*name).to_owned()).collect();
        Node { inputs, outputs: vec![output.to_owned()], operation: operation.to_owned(), attributes }
    }

    fn tensor(name: &str, shape: &[i64], values: &[f32]) -> Tensor {
        let raw = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        Tensor { shape: shape.to_vec(), kind: FLOAT, name: name.to_owned(), raw }
    }

    fn value(name: &str) -> Value {
        Value { name: name.to_owned() }
    }

    fn small() -> Graph {
        let shape = vec![attribute("kernel_shape", &[2, 2]), attribute("strides", &[2, 2])];
        Graph {
            nodes: vec![
                node("Conv", &["in", "w", "b"], "1", vec![attribute("pads", &[0; 4])]),
                node("Relu", &["1"], "2", Vec::new()),
                node("MaxPool", &["2"], "3", shape),
                node("Transpose", &["3"], "4", Vec::new()),
                node("Sigmoid", &["4"], "out", Vec::new()),
            ],
            tensors: vec![tensor("w", &[2, 1, 1, 1], &[1.0, -1.0]), tensor("b", &[2], &[0.5, 0.0])],
            inputs: vec![value("in"), value("w"), value("b")],
            outputs: vec![value("out")],
        }
    }

    #[test]
    fn a_small_network_becomes_its_steps() {
        let steps = read(&Model { graph: Some(small()) }.encode_to_vec()).expect("understood");
        assert_eq!(steps.operations, [("conv", vec![1, 0, 2, 1, 1, 1, 1, 1, 0, 2]), ("pool", vec![2, 1])]);
        assert_eq!(steps.outputs, [("out".to_owned(), 2)]);
        assert_eq!(steps.weights, [1.0, -1.0, 0.5, 0.0]);
        assert!(steps.stages.is_empty());
    }

    #[test]
    fn what_a_neck_joins_are_the_stages_of_the_backbone() {
        let mut joined = small();
        joined.nodes.truncate(3);
        joined.nodes.push(node("Resize", &["3"], "4", Vec::new()));
        joined.nodes.push(node("Add", &["2", "4"], "out", Vec::new()));
        let steps = read(&Model { graph: Some(joined) }.encode_to_vec()).expect("understood");
        assert_eq!(steps.stages, [2, 1]);
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        let mut strange = small();
        strange.nodes.push(node("LSTM", &["3"], "5", Vec::new()));
        assert!(read(&Model { graph: Some(strange) }.encode_to_vec()).is_none());
        let mut unpadded = small();
        unpadded.tensors[0].shape = vec![2, 1, 3, 3];
        assert!(read(&Model { graph: Some(unpadded) }.encode_to_vec()).is_none());
        assert!(read(b"").is_none() && read(&[0xff; 40]).is_none());
    }
}
