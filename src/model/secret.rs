//! Text that came out of a leak.
//!
//! A [`Secret`] can be moved and measured but not printed, copied or stored: it has no `Display`,
//! no `Clone` and no `Serialize`, and its memory is wiped when it is dropped. Only `detect` and
//! `classify` may call [`Secret::expose`], plus `commands/text.rs`, whose purpose is to print what
//! was read; `tests/layers.rs` holds that list.

use std::fmt;
use zeroize::Zeroizing;

/// A piece of leaked text, readable only through [`Secret::expose`].
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes ownership of leaked text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The clear text. Callers are listed in `tests/layers.rs`.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Length in bytes of UTF-8.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no text at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({} bytes)", self.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_prints_a_length_only() {
        assert_eq!(format!("{:?}", Secret::new("Ada Exemple")), "Secret(11 bytes)");
    }
}
