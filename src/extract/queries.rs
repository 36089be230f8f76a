//! Query strings in logs, decoded where they stand: `email=ada%40example.org&naissance=01%2F02%2F1980` is read as the
//! server read it.

use percent_encoding::percent_decode_str;

/// The text with every query string in it decoded, if it has any. A run of signs without a blank is one if it assigns values
/// (`name=value`) and escapes some of their signs.
pub(super) fn decoded(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut done = 0;
    let mut from = 0;
    while let Some(found) = memchr::memchr(b'%', text.as_bytes().get(from..).unwrap_or_default()) {
        let at = from + found;
        let bounds = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>');
        let start = text.get(done..at).and_then(|head| head.rfind(bounds)).map_or(done, |before| done + before + 1);
        // The sign before may be longer than a byte.
        let start = text.ceil_char_boundary(start);
        let end = text.get(at..).and_then(|rest| rest.find(bounds)).map_or(text.len(), |length| at + length);
        from = end.max(at + 1);
        let run = text.get(start..end).unwrap_or_default();
        if let Some(run) = decoded_run(run) {
            out.push_str(text.get(done..start).unwrap_or_default());
            out.push_str(&run);
            done = end;
        }
    }
    out.push_str(text.get(done..).unwrap_or_default());
    (done > 0).then_some(out)
}

fn decoded_run(run: &str) -> Option<String> {
    let is_escaped = run.as_bytes().windows(3).any(|three| match three {
        [b'%', first, second] => first.is_ascii_hexdigit() && second.is_ascii_hexdigit(),
        _ => false,
    });
    if !is_escaped || !run.contains('=') {
        return None;
    }
    let spaced = run.replace('+', " ");
    let value = percent_decode_str(&spaced).decode_utf8().ok()?;
    // A line stays a line, and a record's values stay apart.
    Some(value.replace(['\n', '\r', '\0'], " ").replace('&', " & "))
}

#[cfg(test)]
mod tests {
    use super::decoded;
    use proptest::prelude::*;

    #[test]
    fn query_strings_are_decoded_and_nothing_else() {
        assert_eq!(
            decoded("GET /p?nom=Bri%C3%A0val&tel=%2B33+6&m=a%40b.fr HTTP/1.1\n100% sure, a%20b").as_deref(),
            Some("GET /p?nom=Briàval & tel=+33 6 & m=a@b.fr HTTP/1.1\n100% sure, a%20b")
        );
        assert_eq!(decoded("x=%ff%fe y=1%0a2").as_deref(), Some("x=%ff%fe y=1 2"));
        assert_eq!(decoded("100% of x=1, a%20b"), None);
    }

    proptest! {
        #[test]
        fn any_text_is_read_and_lines_stay(text in "([a-f0-9é%=&+\"\n ]|%[0-9a-f]{2}){0,80}") {
            let lines = |text: &str| text.matches('\n').count();
            prop_assert!(decoded(&text).is_none_or(|decoded| lines(&decoded) == lines(&text)));
        }
    }
}
