//! The keys of a case: tokens that join equal values without telling them, and seals that only a recipient opens.
//!
//! Tokens are BLAKE3 keyed hashes truncated to 128 bits, one derived key per kind, so that equal values of different
//! kinds cannot be joined (ENISA, *Pseudonymisation techniques and best practices*, 2019; EDPB Guidelines 01/2025).
//! A seal is XChaCha20-Poly1305 under a key of the run, which itself is stored encrypted to the recipient.

use super::fold::{fold, sound};
use crate::model::{Kind, NamePart, Sealed, Token};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

/// Bytes of the run number that stands before a seal's nonce.
const RUN_BYTES: usize = 4;
/// Bytes of an XChaCha20 nonce: long enough to be drawn at random for every value.
const NONCE_BYTES: usize = 24;

/// The key of one case, derived per kind, and the seal of the run if a recipient is named.
pub struct Keyring {
    kinds: Vec<Zeroizing<[u8; 32]>>,
    part: Zeroizing<[u8; 32]>,
    initial: Zeroizing<[u8; 32]>,
    paper: Zeroizing<[u8; 32]>,
    sound: Zeroizing<[u8; 32]>,
    seal: Option<(u32, Zeroizing<[u8; 32]>)>,
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keyring")
    }
}

fn derive(case_key: &[u8; 32], name: &str) -> Zeroizing<[u8; 32]> {
    Zeroizing::new(blake3::derive_key(&format!("breachscope/v1/{name}"), case_key))
}

fn hash(key: &[u8; 32], text: &str) -> Token {
    let hash = blake3::keyed_hash(key, text.as_bytes());
    Token(hash.as_bytes().first_chunk().copied().unwrap_or_default())
}

impl Keyring {
    /// The keys of a case; `seal` is the number of the run and its sealing key.
    pub fn new(case_key: [u8; 32], seal: Option<(u32, [u8; 32])>) -> Self {
        let case_key = Zeroizing::new(case_key);
        Self {
            kinds: Kind::ALL.iter().map(|kind| derive(&case_key, kind.name())).collect(),
            part: derive(&case_key, "name_part"),
            initial: derive(&case_key, "name_initial"),
            paper: derive(&case_key, "paper_number"),
            sound: derive(&case_key, "name_sound"),
            seal: seal.map(|(run, key)| (run, Zeroizing::new(key))),
        }
    }

    /// The token of a normalised value.
    pub fn token(&self, kind: Kind, normal: &str) -> Token {
        self.kinds.get(kind as usize).map_or(Token([0; 16]), |key| hash(key, normal))
    }

    /// The token of the number of an invoice or plan.
    pub fn paper_number(&self, normal: &str) -> Token {
        hash(&self.paper, normal)
    }

    /// The tokens of one part of a name; the part may be written in any script, case or accent.
    pub fn name_part(&self, part: &str) -> NamePart {
        let folded = Zeroizing::new(fold(part));
        let first: String = folded.chars().take(1).collect();
        let is_initial = folded.chars().count() < 2;
        NamePart {
            whole: (!is_initial).then(|| hash(&self.part, &folded)),
            initial: hash(&self.initial, &first),
            sound: (!is_initial).then(|| hash(&self.sound, &Zeroizing::new(sound(&folded)))),
        }
    }

    /// Encrypts a value for the recipient; `None` where no recipient is named or the system gives no random bytes.
    ///
    /// Layout: run number (u32, little endian), nonce (24 bytes), ciphertext with tag. The kind's name is associated data.
    pub fn seal(&self, kind: Kind, value: &str) -> Option<Sealed> {
        let (run, key) = self.seal.as_ref()?;
        let mut nonce = [0; NONCE_BYTES];
        getrandom::fill(&mut nonce).ok()?;
        let cipher = XChaCha20Poly1305::new(&Key::from(**key));
        let payload = Payload { msg: value.as_bytes(), aad: kind.name().as_bytes() };
        let text = cipher.encrypt(&XNonce::from(nonce), payload).ok()?;
        let mut bytes = Vec::with_capacity(RUN_BYTES + NONCE_BYTES + text.len());
        bytes.extend_from_slice(&run.to_le_bytes());
        bytes.extend_from_slice(&nonce);
        bytes.extend_from_slice(&text);
        Some(Sealed(bytes))
    }

    /// The run whose key opens this seal.
    pub fn run_of(sealed: &Sealed) -> Option<u32> {
        sealed.0.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
    }

    /// Opens a seal with the key of its run; `None` if the key, the kind or the bytes are not those that were sealed.
    pub fn open(key: &[u8; 32], kind: Kind, sealed: &Sealed) -> Option<Zeroizing<String>> {
        let rest = sealed.0.get(RUN_BYTES..)?;
        let (nonce, text) = rest.split_first_chunk::<NONCE_BYTES>()?;
        let cipher = XChaCha20Poly1305::new(&Key::from(*key));
        let payload = Payload { msg: text, aad: kind.name().as_bytes() };
        let clear = Zeroizing::new(cipher.decrypt(&XNonce::from(*nonce), payload).ok()?);
        std::str::from_utf8(&clear).ok().map(|text| Zeroizing::new(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ring() -> Keyring {
        Keyring::new([7; 32], Some((3, [9; 32])))
    }

    #[test]
    fn tokens_join_within_a_kind_and_a_case_only() {
        let (here, other) = (ring(), Keyring::new([8; 32], None));
        assert_eq!(here.token(Kind::Email, "ada@example.org"), ring().token(Kind::Email, "ada@example.org"));
        assert_ne!(here.token(Kind::Email, "ada@example.org"), here.token(Kind::Url, "ada@example.org"));
        assert_ne!(here.token(Kind::Email, "ada@example.org"), other.token(Kind::Email, "ada@example.org"));
    }

    #[test]
    fn name_parts_join_across_accents_case_and_script() {
        let ring = ring();
        assert_eq!(ring.name_part("Élodie"), ring.name_part("ELODIE"));
        assert_eq!(ring.name_part("Иванов").whole, ring.name_part("Ivanov").whole);
        assert_eq!(ring.name_part("E.").whole, None);
        assert_eq!(ring.name_part("E.").initial, ring.name_part("Élodie").initial);
    }

    #[test]
    fn a_seal_opens_with_its_key_and_kind_only() {
        let sealed = ring().seal(Kind::Phone, "+33199000000").expect("a recipient is named");
        assert_eq!(Keyring::run_of(&sealed), Some(3));
        let open = |key: u8, kind| Keyring::open(&[key; 32], kind, &sealed).map(|text| text.to_string());
        assert_eq!(open(9, Kind::Phone).as_deref(), Some("+33199000000"));
        assert_eq!(open(8, Kind::Phone), None);
        assert_eq!(open(9, Kind::Email), None);
        assert_eq!(Keyring::new([7; 32], None).seal(Kind::Phone, "+33199000000"), None);
    }

    proptest! {
        #[test]
        fn opening_arbitrary_bytes_is_refused(bytes in any::<Vec<u8>>()) {
            prop_assert!(Keyring::open(&[9; 32], Kind::Email, &Sealed(bytes)).is_none());
        }
    }
}
