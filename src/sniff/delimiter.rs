//! Which character parts the fields of a text table, if the text is one.

/// Records looked at.
const RECORDS: usize = 40;
/// A record with a quote that spans more bytes than this was never meant to be quoted.
const QUOTED: usize = 4096;

/// Splits the next record off a text: the number of fields, the bytes it takes, and whether its end was seen.
fn record(text: &[u8], delimiter: u8) -> (usize, usize, bool) {
    quoted_record(text, delimiter).unwrap_or_else(|| {
        let end = memchr::memchr(b'\n', text);
        let line = text.get(..end.unwrap_or(text.len())).unwrap_or(text);
        (1 + memchr::memchr_iter(delimiter, line).count(), end.map_or(text.len(), |end| end + 1), end.is_some())
    })
}

fn quoted_record(text: &[u8], delimiter: u8) -> Option<(usize, usize, bool)> {
    let (mut fields, mut is_quoted, mut at_start) = (1, false, true);
    for (position, byte) in text.iter().enumerate() {
        if is_quoted && position > QUOTED {
            return None;
        }
        match byte {
            b'"' if is_quoted => is_quoted = false,
            b'"' if at_start => is_quoted = true,
            b'\n' if !is_quoted => return Some((fields, position + 1, true)),
            byte if *byte == delimiter && !is_quoted => {
                fields += 1;
                at_start = true;
                continue;
            }
            _ => {}
        }
        at_start = matches!(byte, b' ' | b'\r') && at_start;
    }
    Some((fields, text.len(), false))
}

/// Fields of each of the first records with this delimiter, blank lines left out.
fn fields(sample: &str, delimiter: u8, is_whole: bool) -> Vec<usize> {
    let mut rest = sample.as_bytes();
    let mut counts = Vec::new();
    while !rest.is_empty() && counts.len() < RECORDS {
        let (fields, length, is_closed) = record(rest, delimiter);
        let line = rest.get(..length).unwrap_or_default();
        rest = rest.get(length..).unwrap_or_default();
        if !line.trim_ascii().is_empty() && (is_closed || is_whole) {
            counts.push(fields);
        }
    }
    counts
}

/// The delimiter of a table of at least two records and two columns; `None` for prose and single columns.
/// `is_whole` says that the sample is not cut.
pub fn delimiter(sample: &str, is_whole: bool) -> Option<u8> {
    let mut best: Option<(usize, usize, u8)> = None;
    for candidate in [b'\t', b';', b'|', b','] {
        let counts = fields(sample, candidate, is_whole);
        let Some((columns, same)) = modal(&counts) else { continue };
        let share = same * 100 / counts.len();
        let is_short = counts.len() < 4;
        // Prose has commas too: fewer records or the everyday comma need more agreement.
        let needed = match (candidate, is_short) {
            (b'\t' | b'|', false) => 70,
            (b';', false) => 75,
            (b',', false) => 80,
            (_, true) => 100,
            _ => 80,
        };
        let is_wide = columns >= if candidate == b',' && is_short { 3 } else { 2 };
        if counts.len() < 2 || !is_wide || share < needed || is_prose(sample, candidate, columns) {
            continue;
        }
        if best.is_none_or(|(share_then, columns_then, _)| (share * columns) > share_then * columns_then) {
            best = Some((share, columns, candidate));
        }
    }
    best.map(|(.., delimiter)| delimiter)
}

/// The most frequent field count above one, and how often it stands.
fn modal(counts: &[usize]) -> Option<(usize, usize)> {
    counts
        .iter()
        .filter(|count| **count > 1)
        .map(|count| (*count, counts.iter().filter(|other| *other == count).count()))
        .max_by_key(|(count, same)| (*same, *count))
}

/// A first line that is a sentence: long words-and-spaces fields, parted by a mark with a space after it.
fn is_prose(sample: &str, delimiter: u8, columns: usize) -> bool {
    if !matches!(delimiter, b',' | b';') {
        return false;
    }
    let head = sample.lines().take(8).filter(|line| !line.trim().is_empty());
    let (mut spaced, mut all) = (0, 0);
    for line in head {
        for pair in line.as_bytes().windows(2) {
            if pair.first() == Some(&delimiter) {
                all += 1;
                spaced += usize::from(pair.last() == Some(&b' '));
            }
        }
    }
    columns < 4 && all > 0 && spaced * 10 >= all * 9 && !sample.contains('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_told_from_prose() {
        let cases = [
            ("name;born;city\nAda;1990-01-02;Lyon\nBen;1985-11-30;Nice\n", Some(b';')),
            (
                "name,note\n\"Roe, Ada\",\"first, visit\"\n\"Doe, Ben\",second\nCy,third\nDi,\"fourth\nline\"\n",
                Some(b','),
            ),
            ("a\tb\n1\t2\n", Some(b'\t')),
            ("id|n|m\n1|2|3\n4|5|6\n", Some(b'|')),
            ("Dear Ada, thank you for coming.\nWe saw you on Monday, and wish you well.\nBye\n", None),
            ("one line\nanother line\n", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(delimiter(text, true), expected, "{text}");
        }
    }
}
