//! Values of secret fields: what a generated key looks like, and what a password is not.

use super::weighted::valid;
use super::{Check, Verdict};

pub(super) const CHECKS: &[Check] = &[
    Check { name: "secret.password", separators: "", odds: 1, cased: true, holds: password },
    Check { name: "secret.random", separators: "", odds: 1, cased: true, holds: random },
];

/// Beginnings and contents that mark a value as a placeholder, a variable or code rather than a secret.
const PLACEHOLDERS: &[&str] = &[
    "${",
    "{{",
    "<%",
    "%{",
    "$(",
    "#{",
    "process.env",
    "os.environ",
    "getenv",
    "ENV[",
    "example",
    "placeholder",
    "changeme",
    "your_",
    "your-",
    "yourpassword",
    "xxxx",
    "XXXX",
    "****",
    "....",
    "secrets.",
    "config.",
    "settings.",
    "undefined",
    "redacted",
    "REDACTED",
    "insert_",
    "self.",
    "this.",
    "request.",
    "params",
    "null",
    "None",
    "true",
    "false",
    "http://",
    "https://",
    "<",
    "->",
    "::",
    "()",
];

fn is_placeholder(value: &str) -> bool {
    PLACEHOLDERS.iter().any(|mark| value.contains(mark)) || value.starts_with(['$', '%', '@', '<', '[', '{', '/'])
}

/// A value that a human chose: anything but a variable, a placeholder or a sentence.
fn password(value: &str) -> Verdict {
    let repeated = value.bytes().collect::<std::collections::BTreeSet<_>>().len() < 3;
    valid((4..=128).contains(&value.len()) && !value.contains([' ', '\t', '(']) && !repeated && !is_placeholder(value))
}

/// A value that a machine made: long, of one alphabet, and spread over it.
fn random(value: &str) -> Verdict {
    let known = value.bytes().all(|one| one.is_ascii_alphanumeric() || b"-_.+/=~:!@#$%^&*".contains(&one));
    if !known || !(12..=4096).contains(&value.len()) || is_placeholder(value) {
        return None;
    }
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let upper = value.bytes().filter(u8::is_ascii_uppercase).count();
    let lower = value.bytes().filter(u8::is_ascii_lowercase).count();
    if digits == 0 && upper > 0 && lower > 0 && is_camel(value) {
        return None;
    }
    let words = digits == 0 && (upper == 0 || lower == 0);
    let enough = if words {
        value.len() >= 20 && !value.contains(['.', '_', '-', '/', ':']) && entropy(value) > 3.6
    } else {
        digits > 0 || upper > 2
    };
    valid(enough && entropy(value) > 2.3)
}

/// Whether letters read as words in a row: small letters between capitals, as names in code are written.
fn is_camel(value: &str) -> bool {
    let turns = value
        .as_bytes()
        .windows(2)
        .filter(|pair| matches!(pair, [a, b] if a.is_ascii_lowercase() != b.is_ascii_lowercase()))
        .count();
    turns * 4 < value.len()
}

/// Shannon's entropy of the bytes, in bits a byte.
fn entropy(value: &str) -> f64 {
    let mut counts = [0_u32; 256];
    for one in value.bytes() {
        if let Some(count) = counts.get_mut(usize::from(one)) {
            *count += 1;
        }
    }
    let total = f64::from(value.len().min(1 << 20) as u32);
    counts
        .iter()
        .filter(|&&count| count > 0)
        .map(|&count| f64::from(count) / total)
        .map(|share| -share * share.log2())
        .sum()
}

#[cfg(test)]
mod tests {
    use super::{password, random};

    #[test]
    fn generated_values_are_told_from_names_in_code() {
        assert!(random("9f8e7d6c5b4a39281706f5e4d3c2b1a0").is_some());
        assert!(random("customerAccountRepository").is_none());
        assert!(random("${VAULT_TOKEN_FOR_BUILD}").is_none());
    }

    #[test]
    fn passwords_are_no_variables() {
        assert!(password("hunter-22").is_some());
        assert!(password("${DB_PASSWORD}").is_none());
        assert!(password("enter your password").is_none());
    }
}
