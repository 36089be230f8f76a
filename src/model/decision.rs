//! What a person decided about two mentions, against the rules or beyond them.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;
use std::str::FromStr;

/// A different mention of a person: equal mentions of one case share it. It is made of keyed tokens and tells nothing
/// outside of its case. Written as `m` and 16 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MentionId(pub u64);

impl fmt::Display for MentionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "m{:016x}", self.0)
    }
}

/// A text that is no [`MentionId`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a mention is named by `m` and 16 hexadecimal digits, as `breachscope people` prints them")]
pub struct NotAMention;

impl FromStr for MentionId {
    type Err = NotAMention;

    fn from_str(text: &str) -> Result<Self, NotAMention> {
        let digits = text.strip_prefix(['m', 'p']).filter(|digits| digits.len() == 16).ok_or(NotAMention)?;
        let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_hex.then(|| u64::from_str_radix(digits, 16).ok()).flatten().map(Self).ok_or(NotAMention)
    }
}

impl Serialize for MentionId {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for MentionId {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(de::Error::custom)
    }
}

/// Whether two mentions are one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ruling {
    /// They are one person.
    Merge,
    /// They are two persons.
    Split,
}

impl Ruling {
    /// The name in the decisions file and the audit log.
    pub fn name(self) -> &'static str {
        match self {
            Self::Merge => "merge",
            Self::Split => "split",
        }
    }
}

/// One decision. Of several about the same two mentions the last one holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// When, in milliseconds since 1970-01-01 UTC.
    pub at_ms: i64,
    /// What.
    pub ruling: Ruling,
    /// One mention.
    pub a: MentionId,
    /// The other.
    pub b: MentionId,
}

impl Decision {
    /// The decisions that hold: the last one about each pair, in order of the pairs.
    pub fn in_force(all: &[Self]) -> Vec<Self> {
        let mut last = std::collections::BTreeMap::new();
        for decision in all {
            last.insert((decision.a.min(decision.b), decision.a.max(decision.b)), *decision);
        }
        last.into_values().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mention_is_read_as_it_is_written() {
        let id = MentionId(0x00ab_cdef_0123_4567);
        assert_eq!(id.to_string(), "m00abcdef01234567");
        assert_eq!(id.to_string().parse(), Ok(id));
        for text in ["", "m", "m12", "x00abcdef01234567", "m+0abcdef01234567", "m00abcdef0123456g"] {
            assert_eq!(text.parse::<MentionId>(), Err(NotAMention), "{text}");
        }
    }

    #[test]
    fn the_last_decision_about_a_pair_holds() {
        let (a, b) = (MentionId(1), MentionId(2));
        let merge = Decision { at_ms: 1, ruling: Ruling::Merge, a, b };
        let split = Decision { at_ms: 2, ruling: Ruling::Split, a: b, b: a };
        assert_eq!(Decision::in_force(&[merge, split]), [split]);
    }
}
