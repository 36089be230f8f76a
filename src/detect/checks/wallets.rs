//! Addresses of crypto-assets: base58check, bech32 and bech32m (BIP 13, 173, 350), Ethereum's shape.

use super::births::Embedded;
use super::digits::part;
use super::{Check, Verdict};
use sha2::{Digest as _, Sha256};

pub(super) const CHECKS: &[Check] = &[
    Check { name: "bitcoin", separators: " ", odds: 1_000_000, cased: true, holds: bitcoin },
    Check { name: "ethereum", separators: "", odds: 1_000, cased: true, holds: ethereum },
    Check { name: "wallet", separators: "", odds: 1_000_000, cased: true, holds: wallet },
];

const BASE58: &[u8] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const BECH32: &[u8] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";

fn bitcoin(text: &str) -> Verdict {
    let held = match text.as_bytes().first() {
        Some(b'1' | b'3') => base58check(text).is_some_and(|address| address.len() == 25),
        _ if text.get(..3).is_some_and(|head| head.eq_ignore_ascii_case("bc1")) => {
            segwit(&text.to_ascii_lowercase(), "bc")
        }
        _ => false,
    };
    held.then_some(Embedded::NOTHING.tagged("bitcoin"))
}

/// Any address whose checksum can be told: Bitcoin, Litecoin, Dogecoin, Dash, Tron, Ripple-like ones are not.
fn wallet(text: &str) -> Verdict {
    if let Some(found) = bitcoin(text) {
        return Some(found);
    }
    if text.get(..4).is_some_and(|head| head.eq_ignore_ascii_case("ltc1")) {
        return segwit(&text.to_ascii_lowercase(), "ltc").then_some(Embedded::NOTHING.tagged("litecoin"));
    }
    let tag = match text.as_bytes().first()? {
        b'L' | b'M' => "litecoin",
        b'D' => "dogecoin",
        b'X' => "dash",
        b'T' => "tron",
        _ => return None,
    };
    let address = base58check(text)?;
    (address.len() == 25).then_some(Embedded::NOTHING.tagged(tag))
}

fn ethereum(text: &str) -> Verdict {
    let body = text.strip_prefix("0x")?;
    (body.len() == 40 && body.bytes().all(|one| one.is_ascii_hexdigit()))
        .then_some(Embedded::NOTHING.tagged("ethereum"))
}

/// The bytes of a base58 text whose last four are the double SHA-256 of the rest.
fn base58check(text: &str) -> Option<Vec<u8>> {
    if !(26..=36).contains(&text.len()) {
        return None;
    }
    let mut bytes = [0_u8; 32];
    for one in text.bytes() {
        let mut carry = BASE58.iter().position(|&other| other == one)? as u32;
        for slot in bytes.iter_mut().rev() {
            carry += u32::from(*slot) * 58;
            *slot = (carry & 0xff) as u8;
            carry >>= 8;
        }
    }
    let zeros = text.bytes().take_while(|&one| one == b'1').count();
    let first = bytes.iter().position(|&byte| byte != 0).unwrap_or(bytes.len());
    let address: Vec<u8> = std::iter::repeat_n(0, zeros).chain(bytes.iter().skip(first).copied()).collect();
    let (body, sum) = address.split_last_chunk::<4>()?;
    let twice = Sha256::digest(Sha256::digest(body));
    (twice.first_chunk::<4>() == Some(sum)).then(|| address.clone())
}

fn segwit(text: &str, network: &str) -> bool {
    if !(11..=90).contains(&text.len()) {
        return false;
    }
    let data: Option<Vec<u8>> = part(text, network.len() + 1, text.len())
        .bytes()
        .map(|one| BECH32.iter().position(|&other| other == one).and_then(|value| u8::try_from(value).ok()))
        .collect();
    let Some(data) = data else { return false };
    let head = network.bytes().map(|one| one >> 5).chain([0]).chain(network.bytes().map(|one| one & 31));
    let sum = head.chain(data.iter().copied()).fold(1, polymod);
    let version = data.first().copied().unwrap_or(99);
    // Five bits a character; the six last are the checksum, the first is the version.
    let program = data.len().saturating_sub(7) * 5 / 8;
    // Addresses of later versions were first written with the sum of bech32, since BIP 350 with that of bech32m.
    let held = sum == 1 || (version > 0 && sum == 0x2bc8_30a3);
    version <= 16 && (2..=40).contains(&program) && (version != 0 || matches!(program, 20 | 32)) && held
}

fn polymod(sum: u32, value: u8) -> u32 {
    const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    let top = sum >> 25;
    let shifted = ((sum & 0x01ff_ffff) << 5) ^ u32::from(value);
    GENERATOR.iter().enumerate().fold(shifted, |sum, (bit, row)| if top >> bit & 1 == 1 { sum ^ row } else { sum })
}
