//! Numbers of devices and networks: IMEI, MAC, IP.

use super::births::Embedded;
use super::digits::{is_digits, luhn_holds};
use super::weighted::valid;
use super::{Check, Verdict, check};
use std::net::{Ipv4Addr, Ipv6Addr};

pub(super) const CHECKS: &[Check] = &[
    check("imei", " -/", 10, imei),
    Check { name: "ip", separators: "", odds: 100, cased: true, holds: ip },
    check("mac", "", 100, mac),
    check("vin", " -", 11, vin),
];

/// A phone's number: fifteen digits with Luhn's, or fourteen or sixteen of its variants without it.
fn imei(text: &str) -> Verdict {
    match text.len() {
        15 => valid(luhn_holds(text)),
        14 | 16 => valid(is_digits(text)),
        _ => None,
    }
}

/// An address of either version, with an optional prefix length.
pub(super) fn ip(text: &str) -> Verdict {
    let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
    let address = address.split('%').next()?;
    let is_ipv4 = !address.contains(':');
    let is_address = if is_ipv4 { address.parse::<Ipv4Addr>().is_ok() } else { address.parse::<Ipv6Addr>().is_ok() };
    let most = if is_ipv4 { 32 } else { 128 };
    let fit = bits.is_none_or(|bits| bits.parse::<u8>().is_ok_and(|bits| bits <= most));
    (is_address && fit).then_some(Embedded::NOTHING.tagged(if is_ipv4 { "ipv4" } else { "ipv6" }))
}

/// Six pairs of hexadecimal digits, parted by colons or dashes, or three fours parted by dots.
fn mac(text: &str) -> Verdict {
    if !matches!(text.len(), 14 | 17) {
        return None;
    }
    let sign = text.chars().find(|one| !one.is_ascii_hexdigit())?;
    let groups: Vec<&str> = text.split(sign).collect();
    let hexadecimal =
        |group: &&str, length: usize| group.len() == length && group.bytes().all(|one| one.is_ascii_hexdigit());
    valid(match (sign, groups.len()) {
        (':' | '-', 6) => groups.iter().all(|group| hexadecimal(group, 2)),
        ('.', 3) => groups.iter().all(|group| hexadecimal(group, 4)),
        _ => false,
    })
}

/// A vehicle's number, ISO 3779: no I, O or Q; the ninth place is a key in North America only.
fn vin(text: &str) -> Verdict {
    let fits = text.len() == 17
        && text.bytes().all(|one| one.is_ascii_digit() || (one.is_ascii_uppercase() && !b"IOQ".contains(&one)))
        && text.bytes().skip(13).all(|one| one.is_ascii_digit());
    valid(fits && text.bytes().any(|one| one.is_ascii_uppercase()))
}
