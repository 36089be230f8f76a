//! Tables that a program drew in plain text: columns lined up with blanks, and the records of `psql` with `\x`.

/// Fewest lines of a table, the heads among them.
const FEWEST: usize = 4;
/// Lines from which on a single blank in all of them parts columns; in fewer it may be chance.
const MANY: usize = 8;
/// Fewest columns.
const COLUMNS: usize = 3;
/// Longest line of a table, in characters.
const WIDEST: usize = 1000;
/// What parts the records of `psql` with `\x`.
const RECORD: &str = "-[ RECORD ";

/// The text with the cells of drawn tables parted by tabs and the records of `psql` as `key: value` lines, if it has any.
pub(super) fn parted(text: &str) -> Option<String> {
    if text.starts_with(RECORD) || text.contains("\n-[ RECORD ") {
        return Some(records(text));
    }
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let (mut out, mut copied, mut from) = (String::new(), 0, 0);
    while from < lines.len() {
        let end = from + lines.iter().skip(from).take_while(|line| may_be_row(line)).count();
        // A title may stand right above the heads.
        let table = (from..from + 2).find_map(|start| Some((start, gaps(lines.get(start..end)?)?)));
        if let Some((start, gaps)) = table {
            out.extend(lines.iter().take(start).skip(copied).copied());
            lines.iter().take(end).skip(start).for_each(|line| push_row(&mut out, line, &gaps));
            copied = end;
        }
        from = end + 1;
    }
    (copied > 0).then(|| {
        out.extend(lines.iter().skip(copied).copied());
        out
    })
}

fn may_be_row(line: &str) -> bool {
    let line = line.trim_end();
    line.len() <= 4 * WIDEST && line.contains(' ') && !line.contains('\t')
}

/// Where all lines of a block are blank between two columns, as ranges of characters; nothing if it is no table: its
/// first line must name each column and hold no digit, its first column must be filled.
fn gaps(block: &[&str]) -> Option<Vec<(usize, usize)>> {
    let head = block.first()?;
    if block.len() < FEWEST || head.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    // Values of one length need no blanks to fill; many lines of one text are no table.
    if block.iter().filter(|line| line.trim().contains("  ")).count() * 2 < block.len() {
        return None;
    }
    let width = block.iter().map(|line| line.trim_end().chars().count()).max()?;
    if width > WIDEST {
        return None;
    }
    let mut filled = vec![false; width];
    for line in block {
        for (place, c) in filled.iter_mut().zip(line.trim_end().chars()) {
            *place |= c != ' ';
        }
    }
    let next =
        |from: usize, wished: bool| filled.iter().skip(from).position(|place| *place == wished).map(|at| from + at);
    let least = if block.len() < MANY { 2 } else { 1 };
    let first = next(0, true)?;
    let (mut gaps, mut start) = (Vec::new(), first);
    while let Some(blank) = next(start, false) {
        let Some(end) = next(blank, true) else { break };
        if end - blank >= least {
            gaps.push((blank, end));
        }
        start = end;
    }
    let has_word =
        |line: &str, from: usize, to: usize| line.chars().skip(from).take(to - from).any(|c| !c.is_whitespace());
    let starts = std::iter::once(first).chain(gaps.iter().map(|gap| gap.1));
    let ends = gaps.iter().map(|gap| gap.0).chain([width]);
    let is_whole = gaps.len() + 1 >= COLUMNS
        && starts.zip(ends).all(|(from, to)| has_word(head, from, to))
        && gaps.first().is_some_and(|gap| block.iter().all(|line| has_word(line, first, gap.0)));
    is_whole.then_some(gaps)
}

fn push_row(out: &mut String, line: &str, gaps: &[(usize, usize)]) {
    let ends: Vec<usize> = line.char_indices().map(|(at, _)| at).chain([line.len()]).collect();
    let byte = |at: usize| ends.get(at).copied().unwrap_or(line.len());
    let mut from = 0;
    for (blank, next) in gaps {
        out.push_str(line.get(from..byte(*blank)).unwrap_or_default().trim());
        out.push('\t');
        from = byte(*next);
    }
    out.push_str(line.get(from..).unwrap_or_default().trim());
    out.push('\n');
}

/// `-[ RECORD 1 ]---` lines as blank ones, and `key | value` lines behind one as `key: value`.
fn records(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut is_record = false;
    for line in text.lines() {
        let pair = line.split_once('|').filter(|_| is_record);
        if line.starts_with(RECORD) {
            is_record = true;
        } else if let Some((key, value)) = pair {
            out.push_str(key.trim());
            out.push_str(": ");
            out.push_str(value.trim());
        } else {
            is_record &= !line.trim().is_empty();
            out.push_str(line);
        }
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn columns_are_parted_where_every_line_is_blank() {
        let text =
            "Patients\nid  first name  last name\n1   Ada         Example\n2   Zoé Lou     Sample\n3   Ben\n\nend\n";
        let wished = "Patients\nid\tfirst name\tlast name\n1\tAda\tExample\n2\tZoé Lou\tSample\n3\tBen\t\n\nend\n";
        assert_eq!(parted(text).as_deref(), Some(wished));
        let row = |id: u32| format!(" {id:2} {:>9} {:>10}\n", "Ada", format!("19{}-01-02", 60 + id));
        let text = format!(" id      name       born\n{}", (1..9).map(row).collect::<String>());
        assert!(parted(&text).is_some_and(|text| text.starts_with("id\tname\tborn\n1\tAda\t1961-01-02\n")));
    }

    #[test]
    fn prose_and_logs_stay() {
        let prose = "The patient came for a visit and was\nseen by her doctor, who told her that\nthe result would be with her within a\nweek, and that she need not worry for\nnow.\n";
        assert_eq!(parted(prose), None);
        assert_eq!(parted(&"The same line again and again\n".repeat(20)), None);
        let log = "2020-01-02 10:00:00  INFO  user Ada\n".repeat(9);
        assert_eq!(parted(&log), None);
    }

    #[test]
    fn records_of_psql_are_pairs() {
        let text = "-[ RECORD 1 ]----\nid    | 1\nname  | Ada | Co\n-[ RECORD 2 ]----\nid    | 2\n\na | b\n";
        assert_eq!(parted(text).as_deref(), Some("\nid: 1\nname: Ada | Co\n\nid: 2\n\na | b\n"));
    }

    proptest! {
        #[test]
        fn no_sign_is_lost(text in "([a-c1é]{0,4} {0,3}){0,6}(\n|([a-c1é]{1,4} {1,3}){2,4}\n){0,9}") {
            let bare = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            if let Some(parted) = parted(&text) {
                prop_assert_eq!(bare(&parted), bare(&text));
            }
        }
    }
}
