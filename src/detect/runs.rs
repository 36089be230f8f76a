//! Runs: where in a text numbers stand, as groups of ASCII letters and digits with single separators between them.
//!
//! This is the hot path: it begins where a digit stands, and nothing is allocated per number.

/// Longest group that is read as part of an identifier; longer ones are hashes, keys or pictures in base64.
const GROUP: usize = 40;

/// Shortest group that may be a key or a wallet by itself.
const LONG: usize = 26;

/// Most groups of one run. A row of more numbers than that is a table; it is read on from the next digit.
const GROUPS: usize = 32;

/// A group of ASCII letters and digits, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Group {
    /// First byte.
    pub(super) start: usize,
    /// One past the last byte.
    pub(super) end: usize,
    /// Whether it holds a digit.
    pub(super) digits: bool,
}

impl Group {
    /// Length in bytes and characters.
    pub(super) fn len(self) -> usize {
        self.end - self.start
    }
}

/// Groups in order, with the separators between them.
#[derive(Debug, Default)]
pub(super) struct Run {
    /// The groups.
    pub(super) groups: Vec<Group>,
    /// The separator after each group but the last, typographic ones as their plain forms.
    pub(super) joints: Vec<u8>,
    /// The group that the digit stands in, where it is as long as a key or a wallet.
    pub(super) long: Option<Group>,
    /// Where to look for the next run.
    pub(super) resume: usize,
}

/// A separator at a place: its plain form and its length in bytes.
fn joint(bytes: &[u8], at: usize) -> Option<(u8, usize)> {
    match bytes.get(at..)? {
        // `1 80 ... 012 / 38`: a key of two digits set off from its number.
        [b' ', b'/', b' ', a, b, rest @ ..]
            if a.is_ascii_digit() && b.is_ascii_digit() && !rest.first().is_some_and(u8::is_ascii_alphanumeric) =>
        {
            Some((b'/', 3))
        }
        [one @ (b' ' | b'-' | b'.' | b'/' | b'(' | b'*'), ..] => Some((*one, 1)),
        [0xc2, 0xa0, ..] => Some((b' ', 2)),
        [0xe2, 0x80, 0x80..=0x8a | 0xaf, ..] => Some((b' ', 3)),
        [0xe2, 0x80, 0x90..=0x95, ..] | [0xe2, 0x88, 0x92, ..] => Some((b'-', 3)),
        _ => None,
    }
}

/// The separator that ends at a place.
fn joint_before(bytes: &[u8], end: usize) -> Option<(u8, usize)> {
    (1..=3).find_map(|length| {
        let at = end.checked_sub(length)?;
        joint(bytes, at).filter(|(_, found)| *found == length)
    })
}

fn group_at(bytes: &[u8], start: usize) -> Option<Group> {
    let rest = bytes.get(start..)?;
    let length = rest.iter().take_while(|one| one.is_ascii_alphanumeric()).count();
    let digits = rest.iter().take(length).any(u8::is_ascii_digit);
    (length > 0).then_some(Group { start, end: start + length, digits })
}

fn group_before(bytes: &[u8], end: usize, floor: usize) -> Option<Group> {
    let head = bytes.get(floor..end)?;
    let length = head.iter().rev().take(GROUP + 1).take_while(|one| one.is_ascii_alphanumeric()).count();
    let start = end - length;
    let digits = bytes.get(start..end)?.iter().any(u8::is_ascii_digit);
    (length > 0).then_some(Group { start, end, digits })
}

/// Whether letters without a digit can be part of a written identifier: the `FR` of an IBAN, the key of a DNI.
fn is_piece(bytes: &[u8], group: Group) -> bool {
    let text = bytes.get(group.start..group.end).unwrap_or_default();
    group.len() <= 2 || (group.len() <= 5 && text.iter().any(u8::is_ascii_uppercase))
}

impl Run {
    /// The run around a digit. Nothing before `floor` is touched.
    pub(super) fn around(&mut self, bytes: &[u8], digit: usize, floor: usize) {
        self.groups.clear();
        self.joints.clear();
        self.long = None;
        let reach = group_before(bytes, digit, floor).map_or(digit, |group| group.start);
        let Some(first) = group_at(bytes, reach) else {
            self.resume = digit + 1;
            return;
        };
        self.resume = first.end;
        self.long = (first.len() >= LONG).then_some(first);
        if first.len() > GROUP {
            return;
        }
        self.lead(bytes, first, floor);
        self.groups.push(first);
        let mut last = first;
        while self.groups.len() < GROUPS {
            let Some((sign, length)) = joint(bytes, last.end) else { break };
            let Some(next) = group_at(bytes, last.end + length) else { break };
            if next.len() > GROUP || !(next.digits || is_piece(bytes, next)) {
                break;
            }
            self.joints.push(sign);
            self.groups.push(next);
            if next.digits {
                self.resume = next.end;
            }
            last = next;
        }
    }

    /// Up to two short groups of letters before the first group with a digit.
    fn lead(&mut self, bytes: &[u8], first: Group, floor: usize) {
        let mut next = first;
        for _ in 0..2 {
            let Some((sign, length)) = joint_before(bytes, next.start) else { break };
            let Some(group) = next.start.checked_sub(length).and_then(|end| group_before(bytes, end, floor)) else {
                break;
            };
            if group.digits || !is_piece(bytes, group) {
                break;
            }
            self.groups.insert(0, group);
            self.joints.insert(0, sign);
            next = group;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Run;

    fn groups(text: &str) -> Vec<&str> {
        let mut run = Run::default();
        run.around(text.as_bytes(), text.bytes().position(|byte| byte.is_ascii_digit()).expect("a digit"), 0);
        run.groups.iter().map(|group| text.get(group.start..group.end).expect("ASCII bounds")).collect()
    }

    #[test]
    fn letters_at_both_ends_belong_to_the_run() {
        assert_eq!(groups("DNI: X-1234567-L, hoy"), ["X", "1234567", "L"]);
        assert_eq!(groups("IBAN FR 76\u{a0}3000 6000"), ["IBAN", "FR", "76", "3000", "6000"]);
    }

    #[test]
    fn a_key_may_be_set_off_by_a_stroke() {
        assert_eq!(groups("2 55 08 14 168 025 / 38, et"), ["2", "55", "08", "14", "168", "025", "38"]);
        assert_eq!(groups("168 025 / 3800"), ["168", "025"]);
    }

    #[test]
    fn words_do_not() {
        assert_eq!(groups("jour 12 mai"), ["12"]);
    }
}
