//! E-mail addresses: a walk both ways from every `@`, and the two ways in which people hide one.

use super::context::{head, tail};
use super::hit::Hit;
use super::schemes;
use super::view::{Setting, Sheet};
use crate::model::{Confidence, Hints, Kind, Secret};

/// Longest local part and longest domain, in bytes (RFC 5321, 4.5.3.1).
const LOCAL: usize = 64;
const DOMAIN: usize = 255;
/// How an `@` is hidden from collectors, with a blank on each side where there is no bracket.
const HIDDEN: [&str; 6] = ["(at)", "[at]", "{at}", "(a)", "(arroba)", "<at>"];

/// Finds addresses.
pub fn find(sheet: &Sheet<'_>, _setting: &Setting, out: &mut Vec<Hit>) {
    let text = sheet.text;
    let bytes = text.as_bytes();
    for at in memchr::memchr_iter(b'@', bytes) {
        if let Some((start, end)) = around(text, at, at + 1) {
            out.push(hit(sheet, start, end, 980));
        } else if let Some((start, end)) = spaced(text, at) {
            out.push(hit(sheet, start, end, 800));
        }
    }
    for open in memchr::memchr3_iter(b'(', b'[', b'{', bytes) {
        let found = HIDDEN.iter().find(|sign| {
            bytes.get(open..open + sign.len()).is_some_and(|here| here.eq_ignore_ascii_case(sign.as_bytes()))
        });
        let Some(sign) = found else { continue };
        let before = text.get(..open).unwrap_or_default().trim_end_matches(' ').len();
        let rest = text.get(open + sign.len()..).unwrap_or_default();
        let after = text.len() - rest.trim_start_matches(' ').len();
        if open - before <= 1 && after - (open + sign.len()) <= 1 {
            out.extend(around(text, before, after).map(|(start, end)| hit(sheet, start, end, 850)));
        }
    }
}

fn hit(sheet: &Sheet<'_>, start: usize, end: usize, milli: u16) -> Hit {
    let value = sheet.text.get(start..end).unwrap_or_default();
    Hit {
        passage: sheet.index,
        start,
        end,
        kind: Kind::Email,
        scheme: schemes::email(),
        confidence: Confidence::milli(milli),
        normal: Secret::new(normal(value)),
        role: None,
        hints: Hints::default(),
    }
}

/// Lower case, blanks out, a hidden `@` shown: one spelling of one mailbox.
fn normal(value: &str) -> String {
    let mut value = value.to_lowercase();
    if !value.contains('@') {
        for sign in HIDDEN {
            value = value.replace(sign, "@");
        }
    }
    value.retain(|c| !c.is_whitespace());
    value
}

/// Where the address with a local part that ends at `before` and a domain that begins at `after` begins and ends.
fn around(text: &str, before: usize, after: usize) -> Option<(usize, usize)> {
    let left = tail(text.get(..before)?, LOCAL + 8);
    let length: usize = left.chars().rev().take_while(|c| is_local(*c)).map(char::len_utf8).sum();
    let local = left.get(left.len() - length..)?;
    // `mailto:`, a path or a query before an address is not part of it.
    let local = local.rsplit(['/', '=', '?', '&', '|', '*']).next().unwrap_or(local);
    let local = local.trim_start_matches(['.', '-', '\'', '+', '#', '!', '$', '~', '^', '%']);
    let domain = domain(text, after)?;
    let is_local = !local.is_empty() && local.len() <= LOCAL && !local.ends_with('.') && !local.contains("..");
    is_local.then(|| (before - local.len(), after + domain.len()))
}

/// The domain that begins here: labels of letters, digits and hyphens, at least two, the last one of letters.
fn domain(text: &str, at: usize) -> Option<&str> {
    let rest = head(text.get(at..)?, DOMAIN);
    let length = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '-'))).unwrap_or(rest.len());
    let domain = rest.get(..length)?;
    // A sentence may go on without a blank: `ada@example.org.Then`.
    let domain = domain.split("..").next()?.trim_end_matches(['.', '-']);
    let tld = domain.rsplit_once('.')?.1;
    let is_tld = tld.chars().count() >= 2 && (tld.chars().all(char::is_alphabetic) || tld.starts_with("xn--"));
    let is_domain = domain.split('.').all(|label| !label.is_empty() && label.len() <= 63 && !label.starts_with('-'));
    (is_tld && is_domain).then_some(domain)
}

/// `ada @ example . org`, as text read from pixels has it: one blank on each side of every sign.
fn spaced(text: &str, at: usize) -> Option<(usize, usize)> {
    let left = text.get(..at)?.strip_suffix(' ')?;
    let right = text.get(at + 1..)?.strip_prefix(' ')?;
    let local: usize = tail(left, LOCAL).chars().rev().take_while(|c| is_local(*c)).map(char::len_utf8).sum();
    let name = right.find(|c: char| !(c.is_alphanumeric() || c == '-')).filter(|length| *length > 1)?;
    let rest = right.get(name..)?;
    let tld = rest.strip_prefix(" . ").or_else(|| rest.strip_prefix('.'))?;
    let length = tld.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(tld.len());
    let is_known = matches!(length, 2 | 3) && tld.get(..length)?.bytes().all(|byte| byte.is_ascii_lowercase());
    (local > 1 && is_known).then(|| (left.len() - local, text.len() - tld.len() + length))
}

fn is_local(c: char) -> bool {
    c.is_alphanumeric()
        || matches!(
            c,
            '.' | '_' | '-' | '+' | '%' | '\'' | '&' | '=' | '#' | '/' | '?' | '!' | '$' | '*' | '^' | '~' | '|'
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Origin, Part, Shape};
    use proptest::prelude::*;

    fn found(text: &str) -> Vec<String> {
        let origin = Origin::of(Part::Text);
        let mut hits = Vec::new();
        find(
            &Sheet { index: 0, origin: &origin, shape: Shape::Flow, list: None, text },
            &Setting::default(),
            &mut hits,
        );
        hits.iter().map(|hit| text[hit.start..hit.end].to_owned()).collect()
    }

    #[test]
    fn addresses_are_found_whole_and_without_their_surroundings() {
        for (text, address) in [
            ("mail ada.o'neil+x@example.co.uk.", "ada.o'neil+x@example.co.uk"),
            ("<mailto:ada@example.org>", "ada@example.org"),
            ("https://example.org/?m=ada@example.org&x=1", "ada@example.org"),
            ("ünal@exämple.de, x", "ünal@exämple.de"),
            ("a@xn--e1afmkfd.xn--p1ai", "a@xn--e1afmkfd.xn--p1ai"),
            ("ada (at) example.org", "ada (at) example.org"),
            ("ada[AT]example.org", "ada[AT]example.org"),
            ("ada @ example . org", "ada @ example . org"),
        ] {
            assert_eq!(found(text), [address], "{text}");
        }
        for text in ["@handle", "a@b", "see you @ noon.", "x @ 3 . de", "user@127.0.0.1", "(at) home"] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "([a-zé@.() -]|\\PC|\\(at\\)){0,80}") {
            prop_assert!(found(&text).iter().all(|address| !address.is_empty()));
        }
    }
}
