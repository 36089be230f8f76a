//! `breachscope detect --jsonl`: the spans of texts that come line by line, for measuring and for reuse of detection
//! alone.

use crate::detect::Detector;
use serde::Deserialize;
use std::io::{BufRead, BufReader, Read, Write};

/// A text to look at.
#[derive(Deserialize)]
struct Question {
    id: serde_json::Value,
    text: String,
    lang: Option<String>,
    region: Option<String>,
}

/// Bytes of questions read and of answers written at once.
const AT_ONCE: usize = 64 << 10;

/// Reads `{id, text, lang?, region?}` lines and answers each with `{id, spans}`; blank lines are passed over.
///
/// Answers are written out before more questions are waited for, so that another program can ask one at a time.
///
/// # Errors
/// If a line is not such an object (named by its number, not quoted), or reading or writing fails.
pub fn run(input: impl Read, mut output: impl Write, detector: &Detector) -> anyhow::Result<()> {
    let mut input = BufReader::with_capacity(AT_ONCE, input);
    let mut line = String::new();
    let mut answers = Vec::with_capacity(AT_ONCE);
    for number in 1_usize.. {
        if input.buffer().is_empty() || answers.len() >= AT_ONCE {
            output.write_all(&answers)?;
            output.flush()?;
            answers.clear();
        }
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
        answer(&question, detector, &mut answers)?;
    }
    output.write_all(&answers)?;
    output.flush()?;
    Ok(())
}

/// Writes the answer as a line; positions are in Unicode code points. Written by hand, because a text may have a
/// thousand spans and a serialiser takes longer over them than detection.
fn answer(question: &Question, detector: &Detector, out: &mut Vec<u8>) -> anyhow::Result<()> {
    let spans = detector.spans(&question.text, question.lang.as_deref(), question.region.as_deref());
    out.extend_from_slice(b"{\"id\":");
    serde_json::to_writer(&mut *out, &question.id)?;
    out.extend_from_slice(b",\"spans\":[");
    for (index, span) in spans.iter().enumerate() {
        out.extend_from_slice(if index == 0 { b"{\"start\":" } else { b",{\"start\":" });
        number(span.start, out);
        out.extend_from_slice(b",\"end\":");
        number(span.end, out);
        out.extend_from_slice(b",\"type\":\"");
        out.extend_from_slice(span.kind.name().as_bytes());
        out.extend_from_slice(b"\",\"scheme\":");
        quoted(&span.scheme, out)?;
        out.extend_from_slice(b",\"score\":");
        thousandths(span.score.as_milli(), out);
        out.push(b'}');
    }
    out.extend_from_slice(b"]}\n");
    Ok(())
}

/// A text in quotes. Names of rules need no escapes; those of a user's folder may.
fn quoted(text: &str, out: &mut Vec<u8>) -> anyhow::Result<()> {
    if text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'/')) {
        out.push(b'"');
        out.extend_from_slice(text.as_bytes());
        out.push(b'"');
    } else {
        serde_json::to_writer(out, text)?;
    }
    Ok(())
}

fn number(mut value: u32, out: &mut Vec<u8>) {
    let mut digits = [b'0'; 10];
    let mut first = digits.len();
    for (at, digit) in digits.iter_mut().enumerate().rev() {
        *digit = b'0' + (value % 10) as u8;
        (value, first) = (value / 10, at);
        if value == 0 {
            break;
        }
    }
    out.extend_from_slice(digits.get(first..).unwrap_or_default());
}

/// A number of thousandths as JSON writes the fraction: `0.985`, `0.5`, `1.0`.
fn thousandths(milli: u16, out: &mut Vec<u8>) {
    number(u32::from(milli / 1000), out);
    out.push(b'.');
    let mut rest = milli % 1000;
    let mut unit = 100;
    loop {
        out.push(b'0' + (rest / unit) as u8);
        rest %= unit;
        unit /= 10;
        if rest == 0 || unit == 0 {
            break;
        }
    }
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
    fn shares_are_written_as_json_writes_fractions() {
        for milli in 0..=1000 {
            let mut out = Vec::new();
            thousandths(milli, &mut out);
            let written = serde_json::to_string(&(f64::from(milli) / 1000.0)).expect("a number");
            assert_eq!(String::from_utf8(out).expect("digits"), written);
        }
    }

    #[test]
    fn a_line_that_does_not_fit_is_named_and_not_quoted() {
        let error = answers("{\"id\":1,\"text\":5,\"name\":\"Ada\"}").expect_err("text is a number").to_string();
        assert!(error.starts_with("line 1, column"), "{error}");
        assert!(!error.contains("Ada"));
    }
}
