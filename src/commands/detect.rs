//! `breachscope detect --jsonl`: the spans of texts that come line by line, for measuring and for reuse of detection
//! alone.

use crate::detect::Detector;
use serde::{Deserialize, Serialize};
use std::io::{BufRead, Write};

/// A text to look at.
#[derive(Deserialize)]
struct Question {
    id: serde_json::Value,
    text: String,
    lang: Option<String>,
    region: Option<String>,
}

/// What is in it; positions in Unicode code points.
#[derive(Serialize)]
struct Answer {
    id: serde_json::Value,
    spans: Vec<Place>,
}

#[derive(Serialize)]
struct Place {
    start: u32,
    end: u32,
    r#type: &'static str,
    scheme: String,
    score: f64,
}

/// Reads `{id, text, lang?, region?}` lines and answers each with `{id, spans}`; blank lines are passed over.
///
/// # Errors
/// If a line is not such an object (named by its number, not quoted), or reading or writing fails.
pub fn run(mut input: impl BufRead, mut output: impl Write, detector: &Detector) -> anyhow::Result<()> {
    let mut line = String::new();
    for number in 1_usize.. {
        line.clear();
        if input.read_line(&mut line)? == 0 {
            break;
        }
        if line.trim().is_empty() {
            continue;
        }
        // The parser's message may quote the text, so only its place is told.
        let question: Question = serde_json::from_str(&line).map_err(|error| {
            anyhow::anyhow!("line {number}, column {}: expected {{id, text, lang?, region?}}", error.column())
        })?;
        serde_json::to_writer(&mut output, &answer(question, detector))?;
        output.write_all(b"\n")?;
    }
    output.flush()?;
    Ok(())
}

fn answer(question: Question, detector: &Detector) -> Answer {
    let spans = detector.spans(&question.text, question.lang.as_deref(), question.region.as_deref());
    let spans = spans.into_iter().map(|span| Place {
        start: span.start,
        end: span.end,
        r#type: span.kind.name(),
        scheme: span.scheme.to_string(),
        score: span.score.probability(),
    });
    Answer { id: question.id, spans: spans.collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::DetectOptions;
    use crate::rules::RuleFiles;

    fn answers(input: &str) -> anyhow::Result<String> {
        let detector = Detector::new(&RuleFiles::embedded(), &DetectOptions::default())?;
        let mut output = Vec::new();
        run(input.as_bytes(), &mut output, &detector)?;
        Ok(String::from_utf8(output)?)
    }

    #[test]
    fn spans_are_given_in_code_points() {
        let out = answers("{\"id\":1,\"text\":\"é: ada@example.org\"}\n\n").expect("the line fits");
        assert!(out.starts_with("{\"id\":1,\"spans\":[{\"start\":3,\"end\":18,\"type\":\"email\","), "{out}");
    }

    #[test]
    fn a_line_that_does_not_fit_is_named_and_not_quoted() {
        let error = answers("{\"id\":1,\"text\":5,\"name\":\"Ada\"}").expect_err("text is a number").to_string();
        assert!(error.starts_with("line 1, column"), "{error}");
        assert!(!error.contains("Ada"));
    }
}
